"""The words of the truth table."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """
    The words of one row of the truth table.

    Attributes
    ----------
    symbol, chapter : str
        Short name, and the chapter that estimates it.
    title_en, title_zh, estimand_en, estimand_zh : str
        What it is, in brief and exactly.
    effect, scope, spillover : str
        Kind of quantity; where it holds; whether other communities are affected.
    naive_en, naive_zh : str or None
        How a hasty reader would estimate it; None if there is no such answer.
    """

    symbol: str
    chapter: str
    title_en: str
    title_zh: str
    estimand_en: str
    estimand_zh: str
    effect: str
    scope: str
    spillover: str
    naive_en: str | None = None
    naive_zh: str | None = None


NONE = "none: a remedy reaches no other community"
