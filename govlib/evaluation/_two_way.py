"""Two-way fixed effects, and what they average."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from govlib import _event_study, _inference, _validate
from govlib.evaluation._shared import known


@dataclass(frozen=True, slots=True)
class TwoWayFixedEffects:
    """
    Two-way fixed effects and what they average, see :func:`two_way_fixed_effects`.

    Attributes
    ----------
    table : pandas.DataFrame
        One row: ``term``, ``estimate``, ``std_error``, ``statistic``, ``p_value``,
        ``conf_low``, ``conf_high``, ``degrees_of_freedom``, ``conf_level``.
    weights : pandas.DataFrame
        ``group`` (first treated period), ``time``, ``weight``: how much the effect on
        each group in each treated period counts; the weights add up to one, and may
        be negative.
    comparisons : pandas.DataFrame
        ``comparison`` (kind), ``group`` (those whose treatment changes),
        ``compared_with`` (start of those whose treatment does not change; infinite:
        never), ``estimate``, ``weight``: the comparisons of two groups that the
        estimate averages.
    negative_share : float
        Share of treated unit-periods whose effect counts negatively.
    small_sample : str
        The small-sample factor in words, with its value.
    n, n_clusters : int
        Rows and clusters.
    """

    table: pd.DataFrame
    weights: pd.DataFrame
    comparisons: pd.DataFrame
    negative_share: float
    small_sample: str
    n: int
    n_clusters: int


def two_way_fixed_effects(
    data: pd.DataFrame,
    *,
    outcome: str,
    treatment: str,
    unit: str,
    time: str,
    cluster: str | None = None,
    conf_level: float = 0.95,
) -> TwoWayFixedEffects:
    r"""
    Regress on treatment, units and periods, and show what that averages.

    Where all start together this is the difference in differences. Where starts are
    staggered and effects grow it is biased, and may have the wrong sign: use it to
    see why, and :func:`group_time_effects` for the answer.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per unit and period, every unit in every period, no missing values.
    outcome : str
        Column of numbers, or true and false.
    treatment : str
        Column of 1 from the period in which the unit starts, and 0 before.
    unit, time : str
        Columns of the unit and of the period, a number that rises by one from period
        to period (1, 2, 3; codes such as 20251 after 20244 would count as 7 later).
    cluster : str, optional
        Column of what was treated as a whole; units lie in one cluster each. Default:
        the unit.
    conf_level : float, default 0.95
        Level of the interval.

    Returns
    -------
    TwoWayFixedEffects
        The estimate, the weights of the effects and the comparisons behind it.

    Raises
    ------
    TypeError
        If `data` is no DataFrame.
    ValueError
        If a column is unknown, has missing values or holds no numbers; a unit has two
        rows in a period, or none, or leaves treatment; treatment changes for all in
        the same period; all units that start lie in one cluster.

    See Also
    --------
    group_time_effects : Compares with untreated units only.

    Notes
    -----
    With :math:`\tilde D_{it}` what units and periods leave of treatment, the
    estimate is :math:`\sum \tilde D Y / \sum \tilde D^2`. If trends are parallel it
    is a sum of the effects on the treated with weights :math:`\tilde D_{it} / \sum_{D
    = 1} \tilde D` [1]_; those of early starters in late periods can be negative. It is
    also an average of all comparisons of two groups, among them of later starters
    with those already treated, whose growing effect is then taken off [2]_.
    Errors are CR1, :math:`G / (G - 1) \cdot (n - 1) / (n - k)` with k counting
    treatment and periods but not units, which lie within clusters.

    References
    ----------
    .. [1] de Chaisemartin, C. and D'Haultfoeuille, X. (2020). Two-way fixed effects
       estimators with heterogeneous treatment effects. American Economic Review
       110(9), 2964-2996.
    .. [2] Goodman-Bacon, A. (2021). Difference-in-differences with variation in
       treatment timing. Journal of Econometrics 225(2), 254-277.

    Examples
    --------
    One unit starts in quarter 2 and its effect grows from 1 to 5; the other starts in
    quarter 3 with an effect of 1. No effect is below 1, but the estimate is negative:

    >>> panel = pd.DataFrame(
    ...     {
    ...         "place": ["a"] * 3 + ["b"] * 3,
    ...         "quarter": [1, 2, 3] * 2,
    ...         "hall": [0, 1, 1, 0, 0, 1],
    ...         "meetings": [0, 1, 5, 0, 0, 1],
    ...     }
    ... )
    >>> columns = {"outcome": "meetings", "treatment": "hall"}
    >>> fitted = two_way_fixed_effects(panel, unit="place", time="quarter", **columns)
    >>> fitted.table[["term", "estimate"]]
         term  estimate
    0  effect      -1.0
    >>> fitted.weights
       group  time  weight
    0    2.0   2.0     1.0
    1    2.0   3.0    -0.5
    2    3.0   3.0     0.5
    """
    conf_level = _validate.level(conf_level)
    panel = _event_study.read_panel(
        data,
        outcome=outcome,
        treatment=treatment,
        unit=unit,
        time=time,
        cluster=cluster,
        covariates=[],
    )
    d = panel.treatment()
    rest = _event_study.demeaned(d)
    if np.abs(rest).max() < 1e-9:
        raise ValueError(
            f"{treatment!r} changes for no unit, or for all in the same period, so "
            f"its effect cannot be told from those of units and periods; add units "
            f"that start in another period or never"
        )
    clusters = int(panel.cluster.max()) + 1
    changing = d.min(axis=1) != d.max(axis=1)
    if np.unique(panel.cluster[changing]).size < 2:
        raise ValueError(
            f"all units whose treatment changes lie in one cluster of "
            f"{cluster or unit!r}, whose own luck cannot be told from the effect; at "
            f"least two are needed"
        )
    bread = np.square(rest).sum()
    estimate = (rest * panel.outcome).sum() / bread
    left = _event_study.demeaned(panel.outcome) - estimate * rest
    score = np.bincount(panel.cluster, weights=(rest * left).sum(axis=1))
    n, k = d.size, 1 + panel.times.size
    factor = clusters / (clusters - 1) * (n - 1) / (n - k)
    error = known(np.sqrt(factor * np.square(score).sum()) / bread, panel.outcome)
    groups = panel.groups()
    of_group = np.array([rest[panel.start == g].sum(axis=0) for g in groups])
    g, t = np.nonzero(groups[:, None] <= panel.times)
    weights = pd.DataFrame(
        {
            "group": groups[g],
            "time": panel.times[t],
            "weight": of_group[g, t] / of_group[g, t].sum(),
        }
    )
    return TwoWayFixedEffects(
        table=_inference.table(["effect"], [estimate], error, clusters - 1, conf_level),
        weights=weights,
        comparisons=_event_study.two_by_two_parts(panel),
        negative_share=float((rest[d == 1] < -1e-12).mean()),
        small_sample=f"G/(G-1) * (n-1)/(n-k) = {factor:.6g}",
        n=n,
        n_clusters=clusters,
    )
