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
    Parameter("lift_cost", 0.4, 0, 2, "log odds of a lift lost per 10,000 yuan paid"),
    Parameter("lift_hall", 0.78, 0, 3, "log odds of a lift after talks in a hall"),
    Parameter("lift_hall_low", 0.55, 0, 3, "the same in addition on floors 1 and 2"),
    Parameter("lift_need", 0.4, -2, 2, "log odds of a lift lost per unit of need"),
    Parameter("lift_hard", 10, -20, 20, "log odds of hall talks per share against"),
    Parameter("autonomy_share", -1.6, -5, 0, "autonomy, of income share of the office"),
    Parameter("autonomy_founder", -0.5, -3, 0, "autonomy if not founded by residents"),
    Parameter("quality_autonomy", 4, 0, 20, "points of quality per unit of autonomy"),
    Parameter("quality_income", 7, 0, 20, "points of quality per unit of log income"),
    Parameter("quality_hhi", -8, -40, 0, "points of quality, of income's HHI"),
    Parameter("dissolving", 0.07, 0, 1, "organisations dissolved a year, as a rate"),
    Parameter(
        "dissolving_share", -3.5, -5, 5, "log rate, of income share of the office"
    ),
    Parameter("lift_teams", 4, 1, 50, "teams of a sub-district's lift service"),
    Parameter("lift_cases", 24, 1, 60, "lift cases of a sub-district in three years"),
    Parameter("lift_peak", 0.7, 0.25, 1, "part of a special plan's in its peak"),
    Parameter("overlap_before", 0.35, 0.05, 0.8, "role overlap without a list"),
    Parameter("overlap_list", 0.10, 0.01, 0.8, "role overlap with a list in force"),
    Parameter("resolved_load", -0.8, -3, 0, "log odds of a resolved matter, of load"),
    Parameter("resolved_hall", 0.5, 0, 2, "log odds where a deliberation hall is open"),
    Parameter("resolved_overlap", -1.5, -5, 0, "log odds per unit of role overlap"),
    Parameter(
        "resolved_weakest", 2.5, 0, 8, "log odds, of the weakest actor's strength"
    ),
    Parameter("agreement_coverage", 2.5, 0, 6, "log odds to sign, of Party coverage"),
    Parameter("matched_office", 1.0, 0, 3, "log odds to meet a need, of 1+3+X"),
    Parameter("expectation_income", 1, 0, 3, "functions expected more, of income"),
    Parameter("satisfaction_functions", 2.75, 0, 8, "satisfaction, of a function near"),
    Parameter("satisfaction_expectation", -4, -8, 0, "the same, of one expected"),
    Parameter("report_platform", 0.9, 0, 3, "log odds to report, of a platform"),
    Parameter("report_age", -0.018, -0.1, 0, "log odds to report per year, from 45"),
    Parameter("report_skill", 1.4, 0, 3, "log odds to report with a smartphone"),
    Parameter("report_station", 0.4, 0, 3, "the same of a doorstep station without"),
    Parameter("solved_platform", 0.4, 0, 2, "log odds of a solved request, of one"),
    Parameter("rights_before", 0.1, 0, 1, "share of matters decided locally anyway"),
    Parameter("rights_delegated", 0.4, 0, 1, "the same once rights are delegated"),
    Parameter("waiting_load", 0.9, 0, 3, "log of waiting at a committee, of load"),
    Parameter("layer_fidelity", 0.9, 0, 1, "part of an instruction a layer passes on"),
    Parameter("layer_coaching", 0.05, 0, 1, "share fulfilled that guidance adds"),
    Parameter("training_leaving", -0.25, -2, 2, "log rate of leaving, if trained"),
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
