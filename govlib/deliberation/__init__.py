"""
How owners agree: votes under art. 278, shared costs, consent, opinions and talk.

A *flat* is an exclusive unit and a row; an *owner* is who may vote on it. Areas,
votes and money are counted in whole numbers, so that nothing is decided by rounding.
"""

from govlib.deliberation._chances import build_probability, pass_probability
from govlib.deliberation._consent import (
    ConsentParameters,
    OfferSearch,
    cheapest_offer,
    consent,
)
from govlib.deliberation._costs import airport_shapley, cost_shares, floor_coefficients
from govlib.deliberation._opinions import (
    OpinionPath,
    bounded_confidence,
    degroot,
    friedkin_johnsen,
)
from govlib.deliberation._turns import speaking_equality
from govlib.deliberation._votes import VoteResult, vote

__all__ = [
    "ConsentParameters",
    "OfferSearch",
    "OpinionPath",
    "VoteResult",
    "airport_shapley",
    "bounded_confidence",
    "build_probability",
    "cheapest_offer",
    "consent",
    "cost_shares",
    "degroot",
    "floor_coefficients",
    "friedkin_johnsen",
    "pass_probability",
    "speaking_equality",
    "vote",
]
