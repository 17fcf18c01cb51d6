"""The synthetic S city: one causal model from which every table and truth comes."""

from govlib.city.known import truth
from govlib.city.model import City, Neighbourhood, neighbourhood, simulate
from govlib.city.parameters import PARAMETERS, Parameter
from govlib.city.places import Size
from govlib.city.remedies import Remedy

__all__ = [
    "PARAMETERS",
    "City",
    "Neighbourhood",
    "Parameter",
    "Remedy",
    "Size",
    "neighbourhood",
    "simulate",
    "truth",
]
