"""
The right design for each effect whose truth is known, as its chapter computes it.

One module per theme: SIZE of the city, TABLES that it reads, CHECKS (one per effect),
`right(city)` -> per symbol the estimate with the ends of its 95 per cent interval, and
`naive(city)` -> per symbol what a hasty reader finds. `check_truth.py` runs them on
many cities.
"""

from typing import Literal, NamedTuple


class Check(NamedTuple):
    """
    An effect and how it is estimated.

    Attributes
    ----------
    symbol : str
        Its row of the truth table.
    design_en, design_zh : str
        The right design in words.
    naive_side : {"above", "below", ""}
        On which side of the truth the naive answer lies; empty without a naive answer.
    at_least : bool
        Whether the interval may cover more often than it says, as intervals for what
        is true of one city do: then the upper bound is not asked for.
    """

    symbol: str
    design_en: str
    design_zh: str
    naive_side: Literal["above", "below", ""] = ""
    at_least: bool = False


# Estimate, and the lower and the upper end of its interval.
Answer = tuple[float, float, float]
