"""The numbers in S city's equations: one row each, with the range they may take."""

from collections.abc import Mapping
from dataclasses import dataclass

from govlib import _validate


@dataclass(frozen=True, slots=True)
class Parameter:
    """
    One number in an equation of S city.

    Attributes
    ----------
    name : str
        How it is called in ``simulate(parameters={name: value})``.
    value : float
        What it is unless replaced.
    low, high : float
        Range it may take. The upper ends bound the chance of a tie, so that
        another value thins the same candidates.
    meaning : str
        What it does, with its unit.
    """

    name: str
    value: float
    low: float
    high: float
    meaning: str


PARAMETERS = (
    Parameter("tie_rate", 3.6, 0.1, 6, "ties a resident starts, before all factors"),
    Parameter("homophily", 1.2, 0, 3, "log rate of a same-origin against a mixed pair"),
    Parameter(
        "heterogeneity", 1.1, 0, 1.1, "log rate of a mixed pair, per unit of 2M(1 - M)"
    ),
    Parameter("age_closeness", 0.03, 0, 0.1, "log rate lost per year of difference"),
    Parameter("tenure_effect", 0.2, 0, 0.3, "power of (years lived here / 8 + 0.2)"),
    Parameter("age_effect", 0.005, 0, 0.008, "log rate per year of age, from 45"),
    Parameter("high_rise_effect", -0.45, -1, 0, "log rate in buildings over 9 floors"),
    Parameter("activity_effect", 0.35, 0, 0.5, "log rate where activities are held"),
    Parameter("closure", 0.25, 0, 1, "chance that a common neighbour introduces two"),
    Parameter("tie_spread", 0.1, 0, 0.5, "standard deviation of communities' log rate"),
    Parameter("building_sorting", 1.7, 0, 3, "log odds: spread of origin by building"),
    Parameter("estate_sorting", 0.5, 0, 3, "log odds: spread of origin by estate"),
    Parameter("owner_local", 0.86, 0, 1, "chance that a local household owns its home"),
    Parameter("owner_non_local", 0.28, 0, 1, "the same for a non-local household"),
    Parameter("party_local", 0.125, 0, 1, "chance that a local adult is in the Party"),
    Parameter("party_non_local", 0.075, 0, 1, "the same for a non-local adult"),
    Parameter("belonging_ties", 0.5, 0, 1, "belonging per unit of log(1 + ties)"),
    Parameter("belonging_owner", 0.25, 0, 1, "belonging of those in an owned home"),
    Parameter("belonging_community", 0.2, 0, 1, "spread of communities' belonging"),
    Parameter("feedback", 0.45, 0, 1, "belonging gained by one participation"),
    Parameter("part_belonging", 0.7, 0, 2, "log odds of participation, of belonging"),
    Parameter("part_owner", 0.55, 0, 2, "log odds of those in an owned home"),
    Parameter("part_age", 0.03, 0, 0.1, "log odds per year of age, from 45"),
    Parameter("part_party", 0.65, 0, 2, "log odds of Party members"),
    Parameter("part_asked", 0.8, 0, 3, "log odds of those who are asked"),
    Parameter("part_time", 1.6, 0, 5, "log odds per unit of self-governance time"),
    Parameter("part_need", 0.4, 0, 2, "log odds lost per unit of need"),
    Parameter("part_hall", 0.6, 0, 3, "log odds where a deliberation hall is open"),
    Parameter("spillover", 0.25, 0, 1, "part of it by halls in all communities near"),
)


def resolve(parameters: Mapping[str, float] | None = None) -> dict[str, float]:
    """
    Return every parameter, with those replaced that `parameters` names.

    Parameters
    ----------
    parameters : mapping of str to float, optional
        New values by name.

    Returns
    -------
    dict of str to float
        All parameters by name.

    Raises
    ------
    ValueError
        If a name is not known or a value lies outside its range.

    Examples
    --------
    >>> resolve({"homophily": 0})["homophily"]
    0.0
    """
    new = dict(parameters or {})
    known = {p.name: p for p in PARAMETERS}
    for name, value in new.items():
        if name not in known:
            raise ValueError(
                f"parameters= has no {name!r}{_validate.nearest(name, known)}; "
                f"it knows {_validate.listing(known, 20)}"
            )
        low, high = known[name].low, known[name].high
        _validate.between(value, low, high, f"parameter {name!r}")
    return {name: float(new.get(name, p.value)) for name, p in known.items()}


def bound(name: str) -> float:
    """
    Return the upper end of a parameter's range.

    Parameters
    ----------
    name : str
        Name of the parameter.

    Returns
    -------
    float
        The largest value it may take.

    Examples
    --------
    >>> bound("activity_effect")
    0.5
    """
    return next(float(p.high) for p in PARAMETERS if p.name == name)
