"""The synthetic S city: one causal model from which every table and truth comes."""

from govlib.city.base import Base, base
from govlib.city.dag import CausalGraph, closes_back_doors, dag
from govlib.city.known import truth
from govlib.city.model import City, Neighbourhood, neighbourhood, simulate
from govlib.city.parameters import PARAMETERS, Parameter
from govlib.city.places import Size
from govlib.city.remedies import Remedy
from govlib.city.scenarios import OUTCOMES, Outcome, what_if
from govlib.city.writing import write

__all__ = [
    "OUTCOMES",
    "PARAMETERS",
    "Base",
    "CausalGraph",
    "City",
    "Neighbourhood",
    "Outcome",
    "Parameter",
    "Remedy",
    "Size",
    "base",
    "closes_back_doors",
    "dag",
    "neighbourhood",
    "simulate",
    "truth",
    "what_if",
    "write",
]
