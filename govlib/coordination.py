"""
Whether the actors of a neighbourhood work as one.

Who holds which duty, and how much actors' duties overlap; the coupling coordination
degree of subsystem scores, with its usual mistakes; who stands between others in the
network of organisations; and qualitative comparative analysis with crisp and fuzzy
sets, with a test of how often pure noise yields a path.

Scores and set memberships are numbers from 0 to 1.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any, Literal

import networkx as nx
import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from govlib import _columns, _network, _qca, _validate, resample

Array = NDArray[np.floating]
Rng = int | np.random.Generator | None

# A score of .3 computed as .1 + .2 must not fall into the class below.
SLACK = 1e-9
# The truth table doubles with each condition, and few cases fill it.
MOST_CONDITIONS = 12

COUPLING_CLASSES = {
    "low": "低水平耦合",
    "antagonistic": "拮抗",
    "run-in": "磨合",
    "high": "高水平耦合",
}
COORDINATION_CLASSES = {
    "extreme imbalance": "极度失调",
    "severe imbalance": "严重失调",
    "moderate imbalance": "中度失调",
    "mild imbalance": "轻度失调",
    "near imbalance": "濒临失调",
    "barely coordinated": "勉强协调",
    "primary coordination": "初级协调",
    "intermediate coordination": "中级协调",
    "good coordination": "良好协调",
    "quality coordination": "优质协调",
}

# Duties


def responsibilities(
    data: pd.DataFrame,
    *,
    unit: str,
    value: str,
    time: str | None = None,
    duties: Sequence[Any] | None = None,
) -> pd.DataFrame:
    """
    List who holds each duty, and which duties nobody or several actors hold.

    Parameters
    ----------
    data : pandas.DataFrame
        Responsibility list in long form: one row per actor and duty. A row that is
        there twice counts once.
    unit : str
        Column of actors, such as the Party organisation, the residents' committee, the
        owners' committee, the property company and the X of "1+3+X".
    value : str
        Column of duties.
    time : str, optional
        Column of periods, such as the years before and after a reform. They come in
        order; of texts such as "before" and "after" make an ordered category first.
        Default: one period.
    duties : sequence, optional
        All duties that somebody should hold. Default: those that occur in any period,
        so that a duty that is dropped shows as a gap, but one that nobody ever held is
        not seen.

    Returns
    -------
    pandas.DataFrame
        One row per period and duty: the period (if `time` is given), the duty, both
        called as in `data`; ``holders`` (number of actors), ``actors`` (their names,
        joined by commas) and ``status``: ``"gap"`` (no holder), ``"clear"`` (one) or
        ``"overlap"`` (several).

    Raises
    ------
    ValueError
        If a column is not there or has missing values, if there are no rows, or if
        `data` has a duty that `duties` leaves out.

    See Also
    --------
    role_overlap : How much the lists of two actors have in common.

    Examples
    --------
    >>> lists = pd.DataFrame(
    ...     {
    ...         "actor": ["committee", "property company", "committee"],
    ...         "duty": ["stairwells", "stairwells", "mediation"],
    ...     }
    ... )
    >>> table = responsibilities(
    ...     lists,
    ...     unit="actor",
    ...     value="duty",
    ...     duties=["mediation", "stairwells", "lifts"],
    ... )
    >>> table[["duty", "holders", "status"]]
             duty  holders   status
    0   mediation        1    clear
    1  stairwells        2  overlap
    2       lifts        0      gap
    """
    lists, periods = _duty_lists(data, unit, value, time)
    held = lists[value].drop_duplicates()
    duties = list(dict.fromkeys(_levels(held) if duties is None else duties))
    left_out = [duty for duty in held if duty not in duties]
    if left_out:
        raise ValueError(
            f"data column {value!r} has {len(left_out)} duty(ies) that duties= does "
            f"not list: {_validate.listing(left_out)}"
            f"{_validate.nearest(left_out[0], duties)}; add them, or correct the column"
        )
    results = ["holders", "actors", "status"]
    _columns.apart([name for name in (value, time) if name], results)
    tables = []
    for period, own in periods:
        names = own.groupby(value)[unit].agg(lambda actors: sorted(map(str, actors)))
        rows = []
        for duty in duties:
            actors = names.get(duty, [])
            n = len(actors)
            status = "gap" if n == 0 else "clear" if n == 1 else "overlap"
            rows.append((duty, n, ", ".join(actors), status))
        tables.append((period, pd.DataFrame(rows, columns=[value, *results])))
    return _stacked(tables, time)


def role_overlap(
    data: pd.DataFrame, *, unit: str, value: str, time: str | None = None
) -> pd.DataFrame:
    r"""
    Compare the duties of every two actors.

    Parameters
    ----------
    data : pandas.DataFrame
        Responsibility list in long form: one row per actor and duty. A row that is
        there twice counts once.
    unit : str
        Column of actors.
    value : str
        Column of duties.
    time : str, optional
        Column of periods. Actors of any period are compared in each. Default: one
        period.

    Returns
    -------
    pandas.DataFrame
        One row per period and pair of actors: the period (if `time` is given),
        ``source`` and ``target`` (the two, in order of name), ``shared`` (duties that
        both hold), ``jaccard`` and ``overlap``, both from 0 to 1; NaN where an actor
        has no duties (both have none, for ``jaccard``).

    Raises
    ------
    ValueError
        If a column is not there or has missing values, or if there are fewer than two
        actors.

    See Also
    --------
    responsibilities : Which duties overlap, and which nobody holds.

    Notes
    -----
    For lists :math:`A` and :math:`B`, Jaccard's index is
    :math:`|A \cap B| / |A \cup B|` and the overlap coefficient
    :math:`|A \cap B| / \min(|A|, |B|)`: the latter is 1 when a short list lies within a
    long one. Two actors may share a duty on purpose; the list does not say who leads.

    Examples
    --------
    In 2023 the committee's two duties lie within the company's three; in 2025 they
    share none. With more actors, the mean over pairs is the overlap of a community.

    >>> lists = pd.DataFrame(
    ...     {
    ...         "year": [2023] * 5 + [2025] * 3,
    ...         "actor": list("ccppp") + list("cpp"),
    ...         "duty": [1, 2, 1, 2, 3, 1, 2, 3],
    ...     }
    ... )
    >>> role_overlap(lists, unit="actor", value="duty", time="year")
       year source target  shared  jaccard  overlap
    0  2023      c      p       2   0.6667      1.0
    1  2025      c      p       0   0.0000      0.0
    """
    lists, periods = _duty_lists(data, unit, value, time)
    actors = _levels(lists[unit])
    if len(actors) < 2:
        raise ValueError(
            f"data column {unit!r} names one actor only ({_validate.listing(actors)}); "
            f"overlap needs at least two"
        )
    results = ["source", "target", "shared", "jaccard", "overlap"]
    _columns.apart([time] if time else [], results)
    tables = []
    for period, own in periods:
        held = own.groupby(unit)[value].agg(set)
        rows = []
        for one, other in combinations(actors, 2):
            a, b = held.get(one, set()), held.get(other, set())
            shared, either, fewer = len(a & b), len(a | b), min(len(a), len(b))
            jaccard = shared / either if either else np.nan
            overlap = shared / fewer if fewer else np.nan
            rows.append((one, other, shared, jaccard, overlap))
        tables.append((period, pd.DataFrame(rows, columns=results)))
    return _stacked(tables, time)


def _duty_lists(
    data: pd.DataFrame, unit: str, value: str, time: str | None
) -> tuple[pd.DataFrame, list[tuple[Any, pd.DataFrame]]]:
    """Return actors and duties, each pair once, and the same period by period."""
    data = _validate.frame(data)
    columns = {"unit": unit, "value": value}
    if time is not None:
        columns["time"] = time
    for argument, name in columns.items():
        _columns.complete(data, name, argument)
    names = _names(list(columns.values()), "unit=, value=, time", least=2)
    if data.empty:
        raise ValueError("data has no rows; give one row per actor and duty")
    lists = data[names].drop_duplicates()
    if time is None:
        return lists, [(None, lists)]
    return lists, [(p, lists[lists[time] == p]) for p in _levels(lists[time])]


def _levels(values: pd.Series) -> list:
    """Return the different values, sorted, or as their categories are ordered."""
    return list(pd.Categorical(values).remove_unused_categories().categories)


def _stacked(tables: list[tuple[Any, pd.DataFrame]], name: str | None) -> pd.DataFrame:
    """Return tables below each other, with what they are of in a first column."""
    for key, table in tables:
        if name is not None:
            table.insert(0, name, key)
    return pd.concat([table for _, table in tables], ignore_index=True)


# Scores from 0 to 1


def sample_goalposts(
    data: pd.DataFrame,
    *,
    higher_is_better: Sequence[str] = (),
    lower_is_better: Sequence[str] = (),
) -> dict[str, tuple[float, float]]:
    """
    Take the smallest and largest value of each indicator as its goalposts.

    Scores with these goalposts are min-max scores: they say where a community stands
    in this sample. One more community, or one more year, changes everybody's score, so
    that results of two studies cannot be compared. Prefer fixed goalposts; where only
    the sample is at hand, take them once from the pooled panel.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per community (and year).
    higher_is_better : sequence of str, optional
        Indicators whose largest value is the best.
    lower_is_better : sequence of str, optional
        Indicators whose smallest value is the best, such as waiting days.

    Returns
    -------
    dict
        Per indicator: worst and best value, as :func:`normalise` takes them.

    Raises
    ------
    ValueError
        If a column is not there, has missing values or text, is named on both sides,
        or has the same value in every row.

    See Also
    --------
    normalise : Scores from goalposts.

    Examples
    --------
    >>> data = pd.DataFrame({"days": [5.0, 20.0, 35.0], "served": [40.0, 80.0, 60.0]})
    >>> sample_goalposts(data, higher_is_better=["served"], lower_is_better=["days"])
    {'served': (40.0, 80.0), 'days': (35.0, 5.0)}
    """
    data = _validate.frame(data)
    ups, downs = list(higher_is_better), list(lower_is_better)
    names = _names([*ups, *downs], "higher_is_better=, lower_is_better", least=1)
    goalposts = {}
    for name in names:
        values = _columns.numbers(data, name, "higher_is_better=, lower_is_better")
        low, high = float(values.min()), float(values.max())
        if low == high:
            raise ValueError(
                f"data column {name!r} is {low:g} in every row, so the sample sets no "
                f"goalposts; set them yourself, or leave the indicator out"
            )
        goalposts[name] = (low, high) if name in ups else (high, low)
    return goalposts


def normalise(
    data: pd.DataFrame,
    *,
    goalposts: Mapping[str, tuple[float, float]],
    clip: bool = False,
) -> pd.DataFrame:
    r"""
    Turn indicators into scores between a worst and a best value.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per community (and year). It is not changed.
    goalposts : mapping
        Per column: the value that scores 0 and the value that scores 1. Where lower is
        better, the first is the larger: ``{"waiting_days": (60, 0)}``. Values that
        somebody has justified, and that are the same for all places and years, make
        scores comparable; see :func:`sample_goalposts` for those of the sample.
    clip : bool, default False
        Whether values beyond a goalpost score 0 or 1. Default: they are refused.

    Returns
    -------
    pandas.DataFrame
        Copy of `data` in which the named columns are scores from 0 to 1.

    Raises
    ------
    ValueError
        If a column is not there, has missing values or text, if both goalposts are the
        same, or if a value lies beyond them and `clip` is false.
    TypeError
        If `goalposts` is not a mapping to pairs of numbers.

    See Also
    --------
    sample_goalposts : Goalposts from the sample (min-max).
    entropy_weights : Weights of indicators from their spread.

    Notes
    -----
    The score is :math:`(x - \text{worst}) / (\text{best} - \text{worst})`.

    Examples
    --------
    >>> data = pd.DataFrame({"community": ["a", "b"], "waiting_days": [45, 15]})
    >>> normalise(data, goalposts={"waiting_days": (60, 0)})
      community  waiting_days
    0         a          0.25
    1         b          0.75
    """
    data = _validate.frame(data)
    if not isinstance(goalposts, Mapping) or not goalposts:
        raise TypeError(
            "goalposts= takes a mapping such as {'waiting_days': (60, 0)}: per column "
            "the value that scores 0 and the value that scores 1"
        )
    scores = {}
    for name, pair in goalposts.items():
        values = _columns.numbers(data, name, "goalposts")
        try:
            worst, best = (float(end) for end in pair)
        except (TypeError, ValueError):
            raise TypeError(
                f"goalposts[{name!r}] must be two numbers (worst, best), not {pair!r}"
            ) from None
        if not np.isfinite([worst, best]).all() or worst == best:
            raise ValueError(
                f"goalposts[{name!r}] must be two different finite numbers "
                f"(worst, best), not {pair!r}"
            )
        score = (values - worst) / (best - worst)
        beyond = values.index[(score < 0) | (score > 1)]
        if len(beyond) and not clip:
            raise ValueError(
                f"data column {name!r} has {len(beyond)} value(s) beyond its goalposts "
                f"{worst:g} and {best:g} in row(s) {_validate.listing(beyond)}; widen "
                f"the goalposts, or set clip=True to score them 0 or 1"
            )
        scores[name] = score.clip(0, 1)
    return data.assign(**scores)


def entropy_weights(
    data: pd.DataFrame, *, indicators: Sequence[str], shift: float = 0.0
) -> pd.DataFrame:
    r"""
    Weight indicators by how unevenly they are spread over the rows.

    The weight says how much an indicator sets these rows apart, not how much it
    matters: a facility that few have, or a typing error, gets the largest weight.
    It depends on how indicators were scaled and shifted, which
    :func:`entropy_weight_sensitivity` shows.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per community. For a panel, give all years at once: weights taken year
        by year hide that a whole city improves.
    indicators : sequence of str
        Columns of scores, all 0 or more and with more meaning better: see
        :func:`normalise`.
    shift : float, default 0.0
        Added to every score first, as many papers do "to avoid the logarithm of zero".
        There is no need: 0 ln 0 counts as 0.

    Returns
    -------
    pandas.DataFrame
        One row per indicator: ``indicator``, ``entropy`` (1 if equally spread) and
        ``weight`` (sum 1; 0 for an indicator that is the same in every row).

    Raises
    ------
    ValueError
        If a column is not there, has missing values or text or negative numbers, if
        there are fewer than two rows, if every indicator is constant, or if `shift` is
        negative.

    See Also
    --------
    entropy_weight_sensitivity : The same for several shifts.

    Notes
    -----
    With score :math:`z_{ij}` of row i of m on indicator j and
    :math:`p_{ij} = z_{ij} / \sum_i z_{ij}`,

    .. math:: e_j = -\frac{1}{\ln m} \sum_i p_{ij} \ln p_{ij}, \qquad
              w_j = \frac{1 - e_j}{\sum_l (1 - e_l)}.

    m is the number of rows, not of indicators. The entropy is Shannon's [1]_.

    References
    ----------
    .. [1] Shannon, C. E. (1948). A mathematical theory of communication. Bell System
       Technical Journal 27(3), 379-423.

    Examples
    --------
    In one of two communities is all there is of b: its entropy is 0. Of a both have the
    same. All weight goes to b.

    >>> data = pd.DataFrame({"a": [0.5, 0.5], "b": [0.0, 1.0]})
    >>> entropy_weights(data, indicators=["a", "b"])
      indicator  entropy  weight
    0         a      1.0     0.0
    1         b      0.0     1.0
    """
    data = _validate.frame(data)
    names = _names(indicators, "indicators", least=1)
    shift = _validate.between(shift, 0, np.inf, "shift=")
    scores = np.column_stack(
        [_columns.numbers(data, name, "indicators") for name in names]
    )
    m = len(scores)
    if m < 2:
        raise ValueError(f"data has {m} row(s); the spread over rows needs at least 2")
    for name, column in zip(names, scores.T, strict=True):
        if (column < 0).any():
            raise ValueError(
                f"data column {name!r} has {int((column < 0).sum())} negative "
                f"value(s); entropy needs shares: bring it to 0 to 1 with normalise"
            )
    constant = np.ptp(scores, axis=0) == 0
    if constant.all():
        raise ValueError(
            f"every indicator ({_validate.listing(names)}) is the same in every row, "
            f"so nothing sets rows apart; choose weights yourself"
        )
    shifted = scores + shift
    # A constant column may be all zero, which has no shares; its entropy is 1 anyway.
    shares = shifted / np.where(constant, 1, shifted.sum(axis=0))
    logs = np.log(shares, out=np.zeros_like(shares), where=shares > 0)
    entropy = np.where(constant, 1.0, -(shares * logs).sum(axis=0) / np.log(m))
    # Equal spread written with decimals leaves an entropy a last bit above 1.
    spread = np.maximum(1 - entropy, 0)
    return pd.DataFrame(
        {"indicator": names, "entropy": entropy, "weight": spread / spread.sum()}
    )


def entropy_weight_sensitivity(
    data: pd.DataFrame,
    *,
    indicators: Sequence[str],
    shifts: Sequence[float] = (0.0, 0.0001, 0.001, 0.01, 0.1, 1.0),
) -> pd.DataFrame:
    """
    Show how entropy weights change with the constant that is added to the scores.

    Parameters
    ----------
    data : pandas.DataFrame
        As for :func:`entropy_weights`.
    indicators : sequence of str
        Columns of scores, 0 or more.
    shifts : sequence of float
        Constants to add, 0 or more.

    Returns
    -------
    pandas.DataFrame
        One row per shift and indicator: ``shift``, ``indicator``, ``entropy``,
        ``weight``. The larger the shift, the more equal the weights.

    Raises
    ------
    ValueError
        As for :func:`entropy_weights`.

    See Also
    --------
    entropy_weights : Weights for one shift, and the formula.

    Examples
    --------
    One community has all of b, and half as much again of a as the other. The more is
    added to both, the more a counts.

    >>> data = pd.DataFrame({"a": [0.4, 0.6], "b": [0.0, 1.0]})
    >>> table = entropy_weight_sensitivity(data, indicators=["a", "b"], shifts=[0, 1])
    >>> table[["shift", "indicator", "weight"]]
       shift indicator  weight
    0      0         a  0.0282
    1      0         b  0.9718
    2      1         a  0.0378
    3      1         b  0.9622
    """
    tables = [
        entropy_weights(data, indicators=indicators, shift=shift).assign(shift=shift)
        for shift in shifts
    ]
    if not tables:
        raise ValueError("shifts= is empty; name at least one constant")
    columns = ["shift", "indicator", "entropy", "weight"]
    return pd.concat(tables, ignore_index=True)[columns]


# Coupling coordination


def coupling_coordination(
    data: pd.DataFrame,
    *,
    subsystems: Sequence[str],
    weights: Mapping[str, float] | None = None,
    form: str = "standard",
) -> pd.DataFrame:
    r"""
    Compute the coupling coordination degree of each row's subsystem scores.

    It summarises levels, of one place at one time. No link between subsystems is
    measured, so it says neither that they interact nor that one drives the other. The
    standard coupling is 1 wherever scores are equal, however bad, and near 1 for most;
    read it beside ``development`` and ``difference``.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per community (and year).
    subsystems : sequence of str
        Two or more columns of scores from 0 to 1, such as the Party organisation's, the
        committee's, the property company's and the residents'. For scores see
        :func:`normalise`.
    weights : mapping of str to float, optional
        Weight of each subsystem in the development index; they add up to 1. They have
        no place in the coupling. Default: equal.
    form : {"standard", "corrected"}
        Default ``"standard"``. The wrong forms in print, which
        :func:`coupling_variants` lists, are refused by name.

    Returns
    -------
    pandas.DataFrame
        With the index of `data`: ``coupling`` (C, 0 to 1; NaN where all scores are 0),
        ``development`` (T, the weighted mean), ``coordination`` (D, 0 to 1),
        ``difference`` (mean difference between two subsystems), ``weakest`` (the
        subsystem with the lowest score, the first if several), ``coupling_class`` and
        ``coordination_class`` (ordered categories, named in Chinese in
        ``COUPLING_CLASSES`` and ``COORDINATION_CLASSES``) and ``zero_score``: true
        where a score is 0, which makes coupling and coordination 0 by construction.

    Raises
    ------
    ValueError
        If a column is not there, has missing values, text, or values outside 0 to 1, if
        there is one subsystem only, if weights are negative, do not add up to 1 or name
        other columns, or if `form` is a wrong one.

    See Also
    --------
    coupling_variants : The wrong forms and what they give.
    coordination_intervals : How sure the degree is.
    weight_sensitivity : How far it depends on the weights.

    Notes
    -----
    For scores :math:`U_1, \dots, U_n` the standard coupling is the ratio of their
    geometric to their arithmetic mean,

    .. math:: C = \frac{n \left(\prod U_i\right)^{1/n}}{\sum U_i}, \qquad
              T = \sum \alpha_i U_i, \qquad D = \sqrt{C \, T},

    and the corrected one [1]_

    .. math:: C' = \sqrt{\left[1 - \frac{2}{n(n-1)} \sum_{i<j} |U_i - U_j|\right]
              \left(\prod \frac{U_i}{\max U}\right)^{1/(n-1)}}.

    The corrected form spreads values over the whole range, but is still 1 for equally
    bad scores, and changes when all scores are multiplied by a number.

    Classes of D are .1 wide and those of C are cut at .3, .5 and .8, the lower end
    included. The cuts are a convention; no data lie behind them.

    References
    ----------
    .. [1] Wang, S., Kong, W., Ren, L., Zhi, D. and Dai, B. (2021). Research on misuses
       and modification of coupling coordination degree model in China. Journal of
       Natural Resources 36(3), 793-810. doi:10.31497/zrzyxb.20210319

    Examples
    --------
    One weak subsystem, and three that are equally bad:

    >>> scores = pd.DataFrame(
    ...     {"Party": [0.8, 0.1], "committee": [0.6, 0.1], "residents": [0.2, 0.1]}
    ... )
    >>> names = ["Party", "committee", "residents"]
    >>> table = coupling_coordination(scores, subsystems=names)
    >>> table[["coupling", "development", "coordination", "difference"]].round(3)
       coupling  development  coordination  difference
    0     0.859        0.533         0.677         0.4
    1     1.000        0.100         0.316         0.0
    """
    data = _validate.frame(data)
    names = _names(subsystems, "subsystems", least=2)
    scores = _scores(data, names, "subsystems")
    alpha = _weights(weights, names)
    _check_form(form, scores, alpha)
    coupling, development, coordination, difference = _degrees(scores, alpha, form)
    return pd.DataFrame(
        {
            "coupling": coupling,
            "development": development,
            "coordination": coordination,
            "difference": difference,
            "weakest": np.array(names)[scores.argmin(axis=1)],
            "coupling_class": _classed(coupling, [0.3, 0.5, 0.8], COUPLING_CLASSES),
            "coordination_class": _classed(
                coordination, np.arange(1, 10) / 10, COORDINATION_CLASSES
            ),
            "zero_score": (scores == 0).any(axis=1),
        },
        index=data.index,
    )


def coupling_variants(
    scores: ArrayLike, *, weights: ArrayLike | None = None
) -> pd.DataFrame:
    r"""
    Show what right and wrong forms of the coupling give for the same scores.

    For teaching, and to find out what a published number was computed with. Of 379
    papers that Liu [1]_ read, about half had the coupling wrong.

    Parameters
    ----------
    scores : array-like, shape (n,)
        Scores of two or more subsystems, each from 0 to 1, not all 0.
    weights : array-like, shape (n,), optional
        Weights as a paper uses them, 0 or more. They need not add up to 1: that is one
        of the mistakes. Default: 1 each.

    Returns
    -------
    pandas.DataFrame
        One row per form: ``form``, ``formula``, ``coupling``, ``maximum`` (coupling of
        equal scores of 1), ``coordination``, ``correct`` and ``problem``.

    Raises
    ------
    ValueError
        If scores are missing, outside 0 to 1, all 0, or fewer than two, or if weights
        are negative, all 0, or not as many.

    See Also
    --------
    coupling_coordination : The right forms, for a table.

    Notes
    -----
    Forms follow the misuses named in [2]_: lost coefficients, exponents that fit
    another number of subsystems, and weights in the wrong place.

    References
    ----------
    .. [1] Liu, C. (2017). 耦合度计算的常见错误分析 (Common errors in computing the
       coupling degree).
    .. [2] Wang, S., Kong, W., Ren, L., Zhi, D. and Dai, B. (2021). Research on misuses
       and modification of coupling coordination degree model in China. Journal of
       Natural Resources 36(3), 793-810. doi:10.31497/zrzyxb.20210319

    Examples
    --------
    >>> coupling_variants([0.8, 0.6, 0.2])[["form", "coupling", "maximum"]].round(3)
                             form  coupling  maximum
    0                    standard     0.859    1.000
    1                   corrected     0.510    1.000
    2            lost coefficient     0.286    0.333
    3  lost coefficient, pairwise     0.441    0.500
    4                 square root     0.795    1.000
    5                  exponent 2     0.400    1.000
    6         weights in coupling     0.859    1.000
    7            weights unscaled     0.859    1.000
    """
    u = _validate.vector(scores, "scores")
    if u.size < 2:
        raise ValueError("scores has one subsystem; coupling needs at least two")
    if u.min() < 0 or u.max() > 1:
        raise ValueError(
            f"scores must lie between 0 and 1; the smallest is {u.min():g} and the "
            f"largest {u.max():g}; use normalise first"
        )
    if not u.any():
        raise ValueError("scores are all 0, so coupling is 0 / 0; it has no value")
    _validate.weights(weights, u.size, "weights")
    given = np.ones(u.size) if weights is None else _validate.vector(weights, "weights")
    alpha = given / given.sum()
    rows = []
    for name, (formula, problem) in _variants(u.size).items():
        coupling = _coupling(u, alpha, name)
        total = given if name == "weights unscaled" else alpha
        rows.append(
            {
                "form": name,
                "formula": formula,
                "coupling": coupling,
                "maximum": _coupling(
                    np.ones(u.size), np.full(u.size, 1 / u.size), name
                ),
                "coordination": float(np.sqrt(coupling * (total @ u))),
                "correct": not problem,
                "problem": problem,
            }
        )
    return pd.DataFrame(rows)


def coordination_intervals(
    data: pd.DataFrame,
    *,
    subsystems: Sequence[str],
    group: str | None = None,
    weights: Mapping[str, float] | None = None,
    form: str = "standard",
    cluster: str | None = None,
    n_resamples: int = 999,
    conf_level: float = 0.95,
    rng: Rng = None,
    n_jobs: int = 1,
) -> pd.DataFrame:
    """
    Put bootstrap intervals around the coupling coordination degree of mean scores.

    Subsystem scores are often means of a few answers. Here the scores of a group are
    the means of its rows; rows are drawn again, and the degree is taken again.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per answer: a resident who scores the subsystems of a community, or a
        community of a district.
    subsystems : sequence of str
        Two or more columns of scores from 0 to 1.
    group : str, optional
        Column of what gets a degree of its own, such as the community. Default: one
        degree for all rows.
    weights : mapping of str to float, optional
        As for :func:`coupling_coordination`.
    form : {"standard", "corrected"}
        As for :func:`coupling_coordination`.
    cluster : str, optional
        Column of what was sampled together within a group, such as the building.
    n_resamples : int, default 999
        How many times to draw.
    conf_level : float, default 0.95
        Level of the intervals.
    rng : int or numpy.random.Generator, optional
        Given to :func:`numpy.random.default_rng`.
    n_jobs : int, default 1
        Workers, as in joblib.

    Returns
    -------
    pandas.DataFrame
        Per group (if given, in a column called like it) four rows: ``term``
        (``coupling``, ``development``, ``coordination``, ``difference``), ``estimate``,
        ``std_error``, ``conf_low``, ``conf_high``, ``conf_level``, ``n_resamples``.

    Raises
    ------
    ValueError
        If a group has fewer than two rows (or clusters), and for everything that
        :func:`coupling_coordination` refuses.

    See Also
    --------
    govlib.resample.bootstrap : How draws are made and intervals taken.

    Notes
    -----
    The degree of mean scores is not the mean of degrees. Chance differences between
    subsystems lower the coupling, so that with few answers the degree is biased down
    and the interval with it.

    Examples
    --------
    Four residents score two actors; the mean scores are .5 and .5, so the degree is
    sqrt(1 * .5) = .7071.

    >>> answers = pd.DataFrame(
    ...     {"rc": [0.2, 0.4, 0.6, 0.8], "pmc": [0.4, 0.5, 0.6, 0.5]}
    ... )
    >>> table = coordination_intervals(answers, subsystems=["rc", "pmc"], rng=1)
    >>> table[["term", "estimate"]]
               term  estimate
    0      coupling    1.0000
    1   development    0.5000
    2  coordination    0.7071
    3    difference    0.0000
    """
    data = _validate.frame(data)
    names = _names(subsystems, "subsystems", least=2)
    scores = _scores(data, names, "subsystems")
    alpha = _weights(weights, names)
    _check_form(form, scores, alpha)
    terms = ["coupling", "development", "coordination", "difference"]

    def degrees(rows: pd.DataFrame) -> pd.Series:
        means = rows[names].to_numpy(dtype=float).mean(axis=0, keepdims=True)
        return pd.Series(np.ravel(_degrees(means, alpha, form)), index=terms)

    columns = names if cluster is None else [*names, cluster]
    if cluster is not None:
        _columns.complete(data, cluster, "cluster")
    parts = [(None, data)]
    if group is not None:
        _columns.apart([group], ["term", "estimate", "std_error", "conf_level"])
        groups = _columns.complete(data, group, "group")
        parts = [(key, data[groups == key]) for key in _levels(groups)]
    streams = np.random.default_rng(rng).spawn(len(parts))
    tables = []
    for (key, rows), stream in zip(parts, streams, strict=True):
        if group is not None and len(rows) < 2:
            raise ValueError(
                f"group {key!r} of {group!r} has one row; drawing again needs two"
            )
        table = resample.bootstrap(
            rows[columns],
            degrees,
            cluster=cluster,
            n_resamples=n_resamples,
            conf_level=conf_level,
            rng=stream,
            n_jobs=n_jobs,
        )
        tables.append((key, table))
    return _stacked(tables, group)


def weight_sensitivity(
    data: pd.DataFrame,
    *,
    subsystems: Sequence[str],
    form: str = "standard",
    n_draws: int = 999,
    level: float = 0.95,
    rng: Rng = None,
) -> pd.DataFrame:
    """
    Show how far coordination degrees and ranks depend on the weights of subsystems.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per community.
    subsystems : sequence of str
        Two or more columns of scores from 0 to 1.
    form : {"standard", "corrected"}
        As for :func:`coupling_coordination`.
    n_draws : int, default 999
        How many sets of weights to draw, all sets being equally likely.
    level : float, default 0.95
        Share of the draws that lies between the low and the high columns.
    rng : int or numpy.random.Generator, optional
        Given to :func:`numpy.random.default_rng`.

    Returns
    -------
    pandas.DataFrame
        With the index of `data`: ``coordination`` and ``rank`` (1 is the highest) with
        equal weights, and ``coordination_low``, ``coordination_high``, ``rank_low``,
        ``rank_high`` over the draws. Ties share the best rank.

    Raises
    ------
    ValueError
        As for :func:`coupling_coordination`.

    See Also
    --------
    coupling_coordination : The degree with weights of one's own.

    Notes
    -----
    Weights are drawn from the Dirichlet distribution with all parameters 1, the uniform
    distribution over non-negative weights that add up to 1. This is no sampling error.

    Examples
    --------
    Equal scores do not depend on the weights; unequal ones do.

    >>> scores = pd.DataFrame({"rc": [0.5, 0.9], "pmc": [0.5, 0.1]}, index=["a", "b"])
    >>> table = weight_sensitivity(scores, subsystems=["rc", "pmc"], rng=1)
    >>> table[["coordination", "coordination_low", "coordination_high"]].round(1)
       coordination  coordination_low  coordination_high
    a           0.7               0.7                0.7
    b           0.5               0.3                0.7
    """
    data = _validate.frame(data)
    names = _names(subsystems, "subsystems", least=2)
    scores = _scores(data, names, "subsystems")
    equal = _weights(None, names)
    _check_form(form, scores, equal)
    n_draws = _validate.count(n_draws, "n_draws", 2)
    level = _validate.between(level, 0, 1, "level=")
    coupling, _, coordination, _ = _degrees(scores, equal, form)
    drawn = np.random.default_rng(rng).dirichlet(np.ones(len(names)), n_draws)
    draws = np.sqrt(np.nan_to_num(coupling)[:, None] * (scores @ drawn.T))
    tails = [(1 - level) / 2, (1 + level) / 2]
    low, high = np.quantile(draws, tails, axis=1)
    ranks = _ranks(draws)
    # A rank is one that occurs: no rank between two.
    best, worst = np.quantile(ranks, tails, axis=1, method="nearest")
    return pd.DataFrame(
        {
            "coordination": coordination,
            "coordination_low": low,
            "coordination_high": high,
            "rank": _ranks(coordination[:, None])[:, 0],
            "rank_low": best,
            "rank_high": worst,
        },
        index=data.index,
    )


def _ranks(values: Array) -> NDArray[np.intp]:
    """Return ranks down each column, 1 for the largest, ties sharing the best."""
    # Equal degrees may differ in the last bits.
    frame = pd.DataFrame(np.round(values, 12))
    return frame.rank(ascending=False, method="min").to_numpy(dtype=int)


def _degrees(scores: Array, alpha: Array, form: str) -> tuple[Array, ...]:
    """Return coupling, development, coordination and difference of each row."""
    n = scores.shape[1]
    pairs = list(combinations(range(n), 2))
    difference = np.mean([abs(scores[:, i] - scores[:, j]) for i, j in pairs], axis=0)
    top = scores.max(axis=1)
    # Scores relative to the highest: small ones multiplied together would vanish.
    relative = np.divide(scores, top[:, None], where=top[:, None] > 0, out=scores * 0)
    if form == "standard":
        mean = np.where(top > 0, relative.mean(axis=1), np.nan)
        coupling = relative.prod(axis=1) ** (1 / n) / mean
    else:
        power = relative.prod(axis=1) ** (1 / (n - 1))
        coupling = np.sqrt(np.where(top > 0, (1 - difference) * power, np.nan))
    coupling = np.minimum(coupling, 1)
    development = scores @ alpha
    # Where all scores are 0, coupling has no value, but nothing is coordinated.
    coordination = np.sqrt(np.where(top > 0, coupling, 0) * development)
    return coupling, development, coordination, difference


def _coupling(u: Array, alpha: Array, form: str) -> float:
    """Return one of the couplings of :func:`coupling_variants`."""
    n = u.size
    if form in {"standard", "corrected", "weights unscaled"}:
        right = "corrected" if form == "corrected" else "standard"
        return float(_degrees(u[None], alpha, right)[0][0])
    if form == "lost coefficient":
        return float((u / u.sum()).prod() ** (1 / n))
    if form == "lost coefficient, pairwise":
        sums = np.array([u[i] + u[j] for i, j in combinations(range(n), 2)])
        # Two of three zero scores leave a sum of zero below a product of zero.
        return float((u.prod() / sums.prod()) ** (1 / n)) if sums.all() else 0.0
    if form == "weights in coupling":
        weighted = alpha * u
        if not weighted.any():
            return float("nan")
        return float(n * weighted.prod() ** (1 / n) / weighted.sum())
    share = (u / u.mean()).prod()
    return float(share**0.5 if form == "square root" else share**2)


def _variants(n: int) -> dict[str, tuple[str, str]]:
    """Return formula and problem (empty if none) of each form for n subsystems."""
    forms = {
        "standard": ("n (prod U)^(1/n) / sum U", ""),
        "corrected": ("sqrt([1 - mean |Ui - Uj|] (prod U/max U)^(1/(n-1)))", ""),
        "lost coefficient": (
            "(prod U / (sum U)^n)^(1/n)",
            f"the factor n is lost: coupling cannot exceed 1/{n}, but is read by "
            f"classes that run to 1",
        ),
        "lost coefficient, pairwise": (
            "(prod U / prod (Ui + Uj))^(1/n)",
            "the factor 2 of each pair is lost: coupling cannot exceed .5, but is read "
            "by classes that run to 1",
        ),
        "square root": (
            "(prod U / mean(U)^n)^(1/2)",
            "the root is that of two subsystems: coupling is too low, the more so the "
            "more subsystems there are",
        ),
        "exponent 2": (
            "(prod U / mean(U)^n)^2",
            "a power that is the author's choice: coupling cannot be compared between "
            "papers",
        ),
        "weights in coupling": (
            "n (prod w U)^(1/n) / sum w U",
            "weights belong to the development index: with unequal weights, equal "
            "scores are no longer fully coupled",
        ),
        "weights unscaled": (
            "n (prod U)^(1/n) / sum U, with sum w not 1 in T",
            "weights of the development index do not add up to 1: coordination can "
            "exceed 1",
        ),
    }
    # The product over pairs has as many factors as subsystems for three only, and the
    # square root is right for two.
    if n != 3:
        del forms["lost coefficient, pairwise"]
    if n == 2:
        del forms["square root"]
    return forms


def _check_form(form: object, scores: Array, alpha: Array) -> None:
    """Refuse a wrong form by saying what is wrong with it and what it would give."""
    if form in ("standard", "corrected"):
        return
    problem = _variants(scores.shape[1]).get(str(form), ("", ""))[1]
    if not problem:
        _validate.choice(form, ("standard", "corrected"), "form")
    shown = ""
    for u in scores[scores.any(axis=1)][:1]:
        wrong, right = (_coupling(u, alpha, name) for name in (str(form), "standard"))
        if abs(wrong - right) > SLACK:
            shown = f"; the first row would get {wrong:.3f} instead of {right:.3f}"
    raise ValueError(
        f"form={form!r} is a known mistake: {problem}{shown}; use form='standard' or "
        f"'corrected' (coupling_variants lists the mistakes)"
    )


def _classed(
    values: Array, cuts: ArrayLike, names: Mapping[str, str]
) -> pd.Categorical:
    codes = np.searchsorted(np.asarray(cuts) - SLACK, values, side="right")
    codes = np.where(np.isnan(values), -1, codes)
    return pd.Categorical.from_codes(codes, list(names), ordered=True)


def _names(names: object, argument: str, least: int) -> list[str]:
    """Return a list of different column names."""
    if isinstance(names, str) or not isinstance(names, Sequence):
        raise TypeError(
            f"{argument}= takes a list of column names, not {type(names).__name__}"
        )
    names = list(names)
    twice = [name for name in dict.fromkeys(names) if names.count(name) > 1]
    if twice:
        raise ValueError(f"{argument}= names {_validate.listing(twice)} twice")
    if len(names) < least:
        raise ValueError(
            f"{argument}= names {len(names)} column(s); at least {least} are needed"
        )
    return names


def _scores(data: pd.DataFrame, names: Sequence[str], argument: str) -> Array:
    """Return columns of numbers from 0 to 1, shape (rows, columns)."""
    if data.empty:
        raise ValueError("data has no rows")
    for name in names:
        values = _columns.numbers(data, name, argument)
        bad = values.index[(values < 0) | (values > 1)]
        if len(bad):
            raise ValueError(
                f"data column {name!r} ({argument}=) must lie between 0 and 1, but "
                f"{len(bad)} value(s) do not, in row(s) {_validate.listing(bad)}; "
                f"bring it to 0 to 1 first: scores with normalise, set memberships "
                f"with calibrate"
            )
    return data[list(names)].to_numpy(dtype=float)


def _weights(weights: Mapping[str, float] | None, names: Sequence[str]) -> Array:
    """Return a weight per name; they add up to one."""
    if weights is None:
        return np.full(len(names), 1 / len(names))
    if not isinstance(weights, Mapping):
        raise TypeError(
            f"weights= takes a mapping such as {{{names[0]!r}: 0.5, ...}}, "
            f"not {type(weights).__name__}"
        )
    if set(weights) != set(names):
        odd = sorted(set(weights) ^ set(names))
        raise ValueError(
            f"weights= must name each subsystem once; {_validate.listing(odd)} "
            f"is on one side only"
        )
    array = _validate.vector([weights[name] for name in names], "weights=")
    if (array < 0).any():
        raise ValueError(f"weights= must be >= 0; the smallest is {array.min():g}")
    if abs(array.sum() - 1) > 1e-6:
        raise ValueError(
            f"weights= add up to {array.sum():g}, not 1, so that coordination could "
            f"exceed 1; divide each by {array.sum():g}"
        )
    return array


# Brokers


def brokerage(
    ties: pd.DataFrame | nx.Graph,
    *,
    source: str | None = None,
    target: str | None = None,
    nodes: pd.DataFrame,
    unit: str,
    group: str,
    network: str | None = None,
    directed: bool = False,
) -> pd.DataFrame:
    r"""
    Count how often each organisation links two others that are not linked themselves.

    Parameters
    ----------
    ties : pandas.DataFrame or networkx.Graph
        One row per tie, or a graph, whose own direction holds.
    source, target : str
        Columns of `ties` with the two ends. Leave out for a networkx graph.
    nodes : pandas.DataFrame
        One row per organisation.
    unit : str
        Column of `nodes` with the ids that `ties` uses.
    group : str
        Column of `nodes` with the kind of organisation, such as Party, government,
        market and society.
    network : str, optional
        Column of `nodes` that says which network an organisation belongs to. Default:
        all are one network.
    directed : bool, default False
        Whether something flows from `source` to `target`.

    Returns
    -------
    pandas.DataFrame
        One row per organisation, in order of id: the network (if given), the id, the
        group, and the number of pairs it links as ``coordinator`` (all three of one
        group), ``itinerant`` (the two of one group, the broker of another),
        ``gatekeeper`` (lets what comes from another group into its own),
        ``representative`` (takes what comes from its own group to another),
        ``liaison`` (three groups), and ``total``. Without direction a gatekeeper is a
        representative: both are ``gatekeeper``, and there is no column
        ``representative``.

    Raises
    ------
    ValueError
        If there is one group only, if a group is missing, or if ties and nodes do not
        fit together.

    See Also
    --------
    betweenness : Paths of any length, without groups.

    Notes
    -----
    j brokers i and k if i has a tie to j, j has one to k, and i has none to k [1]_.
    Without direction each pair counts once; ``brokerage`` of R's sna counts it from
    either end, and so gives twice these numbers (and gatekeepers and representatives
    once each). Counts grow with degree and with the sizes of groups: shuffle `group`
    with :func:`govlib.resample.permutation_test` to see what chance gives.

    References
    ----------
    .. [1] Gould, R. V. and Fernandez, R. M. (1989). Structures of mediation: a formal
       approach to brokerage in transaction networks. Sociological Methodology 19,
       89-126.

    Examples
    --------
    The Party branch links two firms with each other and each with the committee:

    >>> ties = pd.DataFrame(
    ...     {"one": ["branch"] * 3, "other": ["firm 1", "firm 2", "rc"]}
    ... )
    >>> nodes = pd.DataFrame(
    ...     {
    ...         "id": ["branch", "firm 1", "firm 2", "rc"],
    ...         "kind": ["Party", "market", "market", "society"],
    ...     }
    ... )
    >>> table = brokerage(
    ...     ties, source="one", target="other", nodes=nodes, unit="id", group="kind"
    ... )
    >>> table[["id", "itinerant", "liaison", "total"]].head(2)
           id  itinerant  liaison  total
    0  branch          1        2      3
    1  firm 1          0        0      0
    """
    net = _network.read(
        ties,
        source=source,
        target=target,
        nodes=nodes,
        unit=unit,
        network=network,
        directed=directed,
    )
    kinds = _validate.groups(net.column(group, "group"), "nodes")
    codes = np.asarray(kinds.codes)
    arcs = net.arcs.tocsr()
    back = arcs.T.tocsr()
    roles = ["coordinator", "itinerant", "gatekeeper", "representative", "liaison"]
    counts = np.zeros((len(net.ids), len(roles)), dtype=int)
    for j in range(len(net.ids)):
        into = back.indices[back.indptr[j] : back.indptr[j + 1]]
        out = arcs.indices[arcs.indptr[j] : arcs.indptr[j + 1]]
        open_pair = ~arcs[into][:, out].toarray().astype(bool)
        open_pair &= into[:, None] != out
        a, b, c = codes[into][:, None], codes[j], codes[out]
        for r, role in enumerate(
            [
                (a == b) & (b == c),
                (a == c) & (a != b),
                (a != b) & (b == c),
                (a == b) & (b != c),
                (a != b) & (b != c) & (a != c),
            ]
        ):
            counts[j, r] = (role & open_pair).sum()
    _columns.apart([group], [*roles, "total", net.unit])
    table = pd.DataFrame(counts, columns=roles)
    if not net.directed:
        # Every pair was met from both ends: as gatekeeper once, as representative once.
        table = table.drop(columns="representative")
        table[["coordinator", "itinerant", "liaison"]] //= 2
    table["total"] = table.sum(axis=1)
    table.insert(0, group, np.asarray(kinds))
    return _by_node(net, table)


def betweenness(
    ties: pd.DataFrame | nx.Graph,
    *,
    source: str | None = None,
    target: str | None = None,
    nodes: pd.DataFrame | None = None,
    unit: str | None = None,
    network: str | None = None,
    directed: bool = False,
) -> pd.DataFrame:
    """
    Compute the share of shortest paths between others that run through each node.

    Degree is not brokerage: a node may have many ties among nodes that are tied anyway.
    Nor does a broker's success show: when those it brought together make ties of their
    own, its betweenness falls.

    Parameters
    ----------
    ties : pandas.DataFrame or networkx.Graph
        One row per tie, or a graph, whose own direction holds.
    source, target : str
        Columns of `ties` with the two ends. Leave out for a networkx graph.
    nodes : pandas.DataFrame, optional
        One row per organisation. Default: those that have ties.
    unit : str
        Column of `nodes` with the ids that `ties` uses.
    network : str, optional
        Column that says which network a node belongs to. Default: one network.
    directed : bool, default False
        Whether `source` chose `target`.

    Returns
    -------
    pandas.DataFrame
        One row per node, in order of network and id: the network (if given), the id,
        ``degree`` (ties, both directions) and ``betweenness``, from 0 to 1, NaN in
        networks of fewer than three nodes.

    Raises
    ------
    ValueError
        If ties and nodes do not fit together.

    See Also
    --------
    brokerage : Links between groups, by role.

    Notes
    -----
    Freeman's betweenness [1]_ by networkx, divided by the number of pairs of others.
    Its time grows with nodes times ties: seconds for a thousand organisations.

    References
    ----------
    .. [1] Freeman, L. C. (1977). A set of measures of centrality based on betweenness.
       Sociometry 40(1), 35-41.

    Examples
    --------
    All paths between four firms run through the branch; when two firms make an
    agreement, five of six pairs still depend on it.

    >>> ties = pd.DataFrame({"one": ["branch"] * 4, "other": list("abcd")})
    >>> betweenness(ties, source="one", target="other").loc[2]
    node           branch
    degree              4
    betweenness       1.0
    Name: 2, dtype: object
    >>> ties.loc[4] = ["a", "b"]
    >>> betweenness(ties, source="one", target="other").loc[2]
    node           branch
    degree              4
    betweenness    0.8333
    Name: 2, dtype: object
    """
    net = _network.read(
        ties,
        source=source,
        target=target,
        nodes=nodes,
        unit=unit,
        network=network,
        directed=directed,
    )
    shares = []
    for g in range(len(net.names)):
        one = net.piece(g, g + 1)
        n = len(one.ids)
        graph = nx.DiGraph() if net.directed else nx.Graph()
        graph.add_nodes_from(range(n))
        graph.add_edges_from(zip(one.source.tolist(), one.target.tolist(), strict=True))
        found = nx.betweenness_centrality(graph)
        shares += [found[i] if n > 2 else np.nan for i in range(n)]
    ends = np.concatenate([net.source, net.target])
    degree = np.bincount(ends, minlength=len(net.ids))
    return _by_node(net, pd.DataFrame({"degree": degree, "betweenness": shares}))


def _by_node(net: _network.Network, table: pd.DataFrame) -> pd.DataFrame:
    """Put ids, and networks if any were named, before a table of nodes."""
    names = [net.unit] if net.network is None else [net.unit, net.network]
    _columns.apart(names, list(table.columns))
    table.insert(0, net.unit, net.ids)
    if net.network is not None:
        table.insert(0, net.network, net.names[net.membership])
    return table


# Qualitative comparative analysis


def calibrate(
    values: ArrayLike,
    *,
    full_out: float,
    crossover: float,
    full_in: float,
    membership: float = 0.95,
) -> Array:
    r"""
    Turn a measured quantity into membership in a set, by three anchors.

    Anchors say what counts as, for example, "an overburdened committee". They come from
    knowledge of the matter, not from the sample's quantiles.

    Parameters
    ----------
    values : array-like, shape (n,)
        The quantity.
    full_out : float
        Value from which cases are out of the set.
    crossover : float
        Value at which a case is neither in nor out.
    full_in : float
        Value from which cases are in the set. Lower than `full_out` where the set is
        one of low values; the crossover lies between the two in any case.
    membership : float, default 0.95
        Membership at `full_in`; at `full_out` it is 1 less this. R's QCA has .95 too;
        fs/QCA takes log odds of 3, which is .9526.

    Returns
    -------
    numpy.ndarray, shape (n,)
        Memberships between 0 and 1. A value equal to the crossover gets .5 exactly,
        which :func:`truth_table` refuses: such a case fits no row.

    Raises
    ------
    ValueError
        If a value is missing, or if anchors are not in order.

    See Also
    --------
    truth_table : What to do with calibrated sets.

    Notes
    -----
    The direct method [1]_: log odds run straight from the crossover (0) to either
    anchor,

    .. math:: m(x) = \frac{1}{1 + \exp(-\ell \, (x - c) / (a - c))}, \qquad
              \ell = \ln \frac{.95}{.05},

    with :math:`a` the anchor on the side of x (:math:`\ell` negative for full_out). No
    membership is ever exactly 0 or 1; R's QCA rounds those within .0001.

    References
    ----------
    .. [1] Ragin, C. C. (2008). Redesigning Social Inquiry: Fuzzy Sets and Beyond.
       University of Chicago Press, chapter 5.

    Examples
    --------
    >>> calibrate([20, 35, 50, 80], full_out=20, crossover=50, full_in=80)
    array([0.05  , 0.1866, 0.5   , 0.95  ])
    """
    x = _validate.vector(values, "values")
    low, c, high = _validate.vector([full_out, crossover, full_in], "the anchors")
    if not (low < c < high or low > c > high):
        raise ValueError(
            f"anchors must be in order, full_out < crossover < full_in (or all the "
            f"other way round), not {low:g}, {c:g}, {high:g}"
        )
    if not 0.5 < membership < 1:
        raise ValueError(f"membership= must lie between 0.5 and 1, not {membership!r}")
    inside = (x - c) * np.sign(high - c) >= 0
    slope = np.log(membership / (1 - membership)) / np.where(inside, high - c, c - low)
    # Far beyond an anchor exp overflows, where the membership is 0 to all digits.
    return 1 / (1 + np.exp(np.clip(-slope * (x - c), -700, 700)))


def necessity(
    data: pd.DataFrame, *, conditions: Sequence[str], outcome: str
) -> pd.DataFrame:
    r"""
    Ask whether the outcome occurs only where a condition is present.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per case.
    conditions : sequence of str
        Columns of set memberships. A name with ``~`` before it is the set of cases
        outside; ``"a+b"`` is a or b and ``"a*b"`` is a and b. For a plain column its
        opposite is added.
    outcome : str
        Column of membership in the outcome; with ``~`` before it, in its absence.

    Returns
    -------
    pandas.DataFrame
        One row per condition: ``condition``, ``consistency``, ``coverage`` and
        ``relevance``, all from 0 to 1; NaN where they are 0 / 0.

    Raises
    ------
    ValueError
        If a column is not there, has missing values or values outside 0 to 1, or if
        nobody has the outcome at all.

    See Also
    --------
    sufficiency : The opposite question.

    Notes
    -----
    With memberships x in the condition and y in the outcome, consistency is
    :math:`\sum \min(x, y) / \sum y`, coverage :math:`\sum \min(x, y) / \sum x` and
    relevance :math:`\sum (1 - x) / \sum (1 - \min(x, y))` [1]_. A condition that
    (nearly) all cases have is always consistent; its relevance is then low.

    References
    ----------
    .. [1] Schneider, C. Q. and Wagemann, C. (2012). Set-Theoretic Methods for the
       Social Sciences. Cambridge University Press, chapter 9.

    Examples
    --------
    Three communities with a hall, two of which solved their case; none solved it
    without a hall.

    >>> cases = pd.DataFrame({"hall": [1, 1, 1, 0], "solved": [1, 1, 0, 0]})
    >>> necessity(cases, conditions=["hall"], outcome="solved")
      condition  consistency  coverage  relevance
    0      hall          1.0    0.6667       0.50
    1     ~hall          0.0    0.0000       0.75
    """
    data = _validate.frame(data)
    given = _names(conditions, "conditions", least=1)
    wanted = list(given)
    wanted += [
        f"~{e}" for e in given if not set(e) & set("~*+") and f"~{e}" not in given
    ]
    y = _set_of(data, outcome, "outcome")
    rows = []
    for expression in wanted:
        x = _set_of(data, expression, "conditions")
        both = np.minimum(x, y)
        coverage = _qca.ratio(both.sum(), x.sum())
        relevance = _qca.ratio((1 - x).sum(), (1 - both).sum())
        rows.append((expression, both.sum() / y.sum(), coverage, relevance))
    columns = ["condition", "consistency", "coverage", "relevance"]
    return pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(columns[1:], float))


def sufficiency(
    data: pd.DataFrame, *, paths: Sequence[str], outcome: str
) -> pd.DataFrame:
    r"""
    Ask whether the outcome occurs wherever a path is present.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per case.
    paths : sequence of str
        Combinations of columns of set memberships, such as ``"hall*~burden"``, or
        whole solutions, ``"hall*~burden+party"``.
    outcome : str
        Column of membership in the outcome; with ``~`` before it, in its absence.

    Returns
    -------
    pandas.DataFrame
        One row per path: ``path``, ``consistency``, ``pri`` (proportional reduction in
        inconsistency), ``coverage``; NaN where they are 0 / 0.

    Raises
    ------
    ValueError
        As for :func:`necessity`.

    See Also
    --------
    minimise : Find paths from a truth table.

    Notes
    -----
    With memberships x in the path and y in the outcome, consistency is
    :math:`\sum \min(x, y) / \sum x`, coverage :math:`\sum \min(x, y) / \sum y` [1]_ and

    .. math:: \mathrm{PRI} = \frac{\sum \min(x, y) - \sum \min(x, y, 1 - y)}
                                  {\sum x - \sum \min(x, y, 1 - y)}.

    A fuzzy path may be consistent with the outcome and with its absence; PRI counts
    only what speaks for one of them.

    References
    ----------
    .. [1] Ragin, C. C. (2006). Set relations in social research: evaluating their
       consistency and coverage. Political Analysis 14(3), 291-310.

    Examples
    --------
    >>> cases = pd.DataFrame({"hall": [0.9, 0.8, 0.3], "solved": [0.6, 0.9, 0.1]})
    >>> sufficiency(cases, paths=["hall"], outcome="solved")
       path  consistency     pri  coverage
    0  hall         0.75  0.6429    0.9375
    """
    data = _validate.frame(data)
    y = _set_of(data, outcome, "outcome")
    rows = [
        (path, *_qca.sufficiency(_set_of(data, path, "paths"), y))
        for path in _names(paths, "paths", least=1)
    ]
    columns = ["path", "consistency", "pri", "coverage"]
    return pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(columns[1:], float))


@dataclass(frozen=True, slots=True)
class TruthTable:
    """
    Truth table, as returned by :func:`truth_table`.

    Attributes
    ----------
    table : pandas.DataFrame
        One row per combination of conditions, in binary order: the conditions (0 or 1),
        ``cases`` (how many are mainly there), ``consistency``, ``pri`` (both NaN in
        rows without cases), ``result`` (``"sufficient"``, ``"insufficient"``, or
        ``"remainder"`` with fewer cases than `frequency`), ``contradictory`` (whether
        its cases lie on both sides of the outcome) and ``members`` (their names).
    conditions : tuple of str
        Columns of conditions.
    outcome : str
        The outcome explained, with ``~`` before it if its absence.
    frequency : int
        Fewest cases of a row that counts.
    consistency, pri : float
        Least consistency and PRI of a sufficient row.
    n : int
        Cases.
    """

    table: pd.DataFrame
    conditions: tuple[str, ...]
    outcome: str
    frequency: int
    consistency: float
    pri: float
    n: int
    _scores: Array = field(repr=False)
    _outcome: Array = field(repr=False)
    _names: tuple[str, ...] = field(repr=False)


def truth_table(
    data: pd.DataFrame,
    *,
    conditions: Sequence[str],
    outcome: str,
    frequency: int = 1,
    consistency: float = 0.8,
    pri: float = 0.0,
    unit: str | None = None,
) -> TruthTable:
    """
    List all combinations of conditions, and which are sufficient for the outcome.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per case.
    conditions : sequence of str
        Two to twelve columns of set memberships from 0 to 1; crisp sets have 0 and 1
        only. k conditions make 2**k rows, so four or five are many for 30 cases.
    outcome : str
        Column of membership in the outcome; with ``~`` before it, in its absence, which
        needs an analysis of its own.
    frequency : int, default 1
        Fewest cases of a row that counts. With 1, a row may rest on a single case: see
        :func:`noise_paths`.
    consistency : float, default 0.8
        Least consistency of a sufficient row.
    pri : float, default 0.0
        Least PRI of a sufficient row.
    unit : str, optional
        Column of the cases' names. Default: the index.

    Returns
    -------
    TruthTable
        With ``.table``; :func:`minimise` takes it.

    Raises
    ------
    ValueError
        If a column is not there, has missing values or values outside 0 to 1, or a name
        with ``~``, ``*`` or ``+``; if a case has a membership of exactly .5, which
        belongs to no row; or if all cases lie on the same side of the outcome.

    See Also
    --------
    minimise : Paths from the table.
    noise_paths : How often noise would give such rows.

    Notes
    -----
    A case is a member of the row in whose every set it is more in than out. Consistency
    and PRI of a row count all cases, by their membership in it: those of
    :func:`sufficiency` [1]_. A row whose cases contradict each other is sufficient if
    it passes both cuts; look at ``members`` before you go on.

    References
    ----------
    .. [1] Ragin, C. C. (2008). Redesigning Social Inquiry: Fuzzy Sets and Beyond.
       University of Chicago Press, chapter 7.

    Examples
    --------
    >>> cases = pd.DataFrame(
    ...     {"hall": [1, 1, 0, 0], "party": [1, 0, 1, 1], "solved": [1, 1, 1, 0]}
    ... )
    >>> found = truth_table(cases, conditions=["hall", "party"], outcome="solved")
    >>> found.table[["hall", "party", "cases", "consistency", "result", "members"]]
       hall  party  cases  consistency        result members
    0     0      0      0          NaN     remainder
    1     0      1      2          0.5  insufficient    2, 3
    2     1      0      1          1.0    sufficient       1
    3     1      1      1          1.0    sufficient       0
    """
    data = _validate.frame(data)
    scores, y = _sets(data, conditions, outcome)
    names = list(conditions)
    results = ["cases", "consistency", "pri", "result", "contradictory", "members"]
    _columns.apart(names, results)
    frequency = _validate.count(frequency, "frequency")
    consistency = _validate.between(consistency, 0, 1, "consistency=")
    pri = _validate.between(pri, 0, 1, "pri=")
    ids = data.index if unit is None else _validate.column(data, unit, "unit")
    labels = np.array([str(i) for i in ids], dtype=object)
    rows = _qca.configurations(len(names))
    x = np.column_stack([_qca.membership(scores, tuple(row)) for row in rows])
    home = _homes(scores)
    n = np.bincount(home, minlength=len(rows))
    reached, reduced, _ = _qca.sufficiency(x, y[:, None])
    table = pd.DataFrame(rows.astype(int), columns=names)
    table["cases"] = n
    table["consistency"] = np.where(n > 0, reached, np.nan)
    table["pri"] = np.where(n > 0, reduced, np.nan)
    enough = (reached >= consistency - SLACK) & (_at_least(reduced, pri))
    table["result"] = np.select(
        [n < frequency, enough], ["remainder", "sufficient"], "insufficient"
    )
    sides = [set(y[home == row] > 0.5) for row in range(len(rows))]
    table["contradictory"] = [len(side) == 2 for side in sides]
    table["members"] = [", ".join(labels[home == row]) for row in range(len(rows))]
    return TruthTable(
        table=table,
        conditions=tuple(names),
        outcome=outcome,
        frequency=frequency,
        consistency=consistency,
        pri=pri,
        n=len(data),
        _scores=scores,
        _outcome=y,
        _names=tuple(labels),
    )


@dataclass(frozen=True, slots=True)
class Solution:
    """
    Solution of a truth table, as returned by :func:`minimise`.

    Attributes
    ----------
    table : pandas.DataFrame
        One row per model and path: ``model``, ``path``, ``consistency``, ``pri``,
        ``raw_coverage``, ``unique_coverage`` (what no other path of the model covers)
        and ``members`` (cases that are mainly in the path).
    models : pandas.DataFrame
        One row per model: ``model``, ``expression``, ``consistency``, ``pri``,
        ``coverage``. More than one row means that the data do not decide between them:
        report all.
    chart : pandas.DataFrame
        Prime implicants (rows) and the truth-table rows that they cover (columns).
    assumptions : pandas.DataFrame
        The remainders that some model counts as sufficient although nobody has seen
        them: one row each, with the conditions. Empty for conservative solutions.
    kind : str
        ``"conservative"``, ``"parsimonious"`` or ``"intermediate"``.
    """

    table: pd.DataFrame
    models: pd.DataFrame
    chart: pd.DataFrame
    assumptions: pd.DataFrame
    kind: str


def minimise(
    truth: TruthTable,
    *,
    solution: Literal["conservative", "parsimonious", "intermediate"] = "conservative",
    expectations: Mapping[str, bool] | None = None,
) -> Solution:
    """
    Reduce the sufficient rows of a truth table to the fewest paths.

    Parameters
    ----------
    truth : TruthTable
        From :func:`truth_table`.
    solution : {"conservative", "parsimonious", "intermediate"}
        What remainders are used for. Default ``"conservative"`` (also called complex):
        none. ``"parsimonious"``: every one that makes paths simpler.
        ``"intermediate"``: of those only the ones that agree with `expectations`.
    expectations : mapping of str to bool, optional
        For the intermediate solution: whether theory expects the presence (True) or the
        absence (False) of a condition to bring about the outcome. Conditions left out
        have no expectation.

    Returns
    -------
    Solution
        With ``.table``, ``.models``, ``.chart`` and ``.assumptions``.

    Raises
    ------
    ValueError
        If no row is sufficient, if remainders are to be used and no row speaks against
        the outcome (any path would then do), or if expectations are missing, not
        needed, or name no condition.

    See Also
    --------
    truth_table : Where rows come from.
    noise_paths : Whether noise would have given a path too.

    Notes
    -----
    All prime implicants are found (Quine and McCluskey [1]_), and all sets of them that
    cover the sufficient rows with the fewest paths: each set is a model. No prime
    implicant is left out for being dominated. Intermediate solutions follow [2]_: a
    conservative path gives up a condition that the parsimonious path around it does
    without if theory expects its opposite; the remainders so used are the easy
    counterfactuals, and rows and these are reduced again. This is done for each pair of
    models; different results are different models.

    References
    ----------
    .. [1] McCluskey, E. J. (1956). Minimization of Boolean functions. Bell System
       Technical Journal 35(6), 1417-1444.
    .. [2] Ragin, C. C. and Sonnett, J. (2005). Between complexity and parsimony:
       limited diversity, counterfactual cases, and comparative analysis. In
       Vergleichen in der Politikwissenschaft, 180-197. VS Verlag.

    Examples
    --------
    Cases were solved with a hall and a strong Party branch, and not with a branch
    alone. Nobody has seen a place without a branch; if that is no obstacle, the branch
    has nothing to do with it.

    >>> cases = pd.DataFrame(
    ...     {"hall": [1, 1, 0, 0], "party": [1, 1, 1, 1], "solved": [1, 1, 1, 0]}
    ... )
    >>> found = truth_table(cases, conditions=["hall", "party"], outcome="solved")
    >>> minimise(found).models[["expression", "consistency", "coverage"]]
       expression  consistency  coverage
    0  hall*party          1.0    0.6667
    >>> simplest = minimise(found, solution="parsimonious")
    >>> simplest.models[["expression", "consistency", "coverage"]]
      expression  consistency  coverage
    0       hall          1.0    0.6667
    >>> simplest.assumptions
       hall  party
    0     1      0
    """
    if not isinstance(truth, TruthTable):
        raise TypeError(f"truth must come from truth_table, not {type(truth).__name__}")
    _validate.choice(
        solution, ("conservative", "parsimonious", "intermediate"), "solution"
    )
    expected = _expected(expectations, truth.conditions, solution)
    k = len(truth.conditions)
    result = truth.table["result"].to_numpy()
    wanted = set(np.flatnonzero(result == "sufficient").tolist())
    free = set(np.flatnonzero(result == "remainder").tolist())
    if not wanted:
        best = truth.table["consistency"].max()
        raise ValueError(
            f"no row of the truth table is sufficient at "
            f"consistency={truth.consistency:g}, pri={truth.pri:g}, "
            f"frequency={truth.frequency} (the highest consistency is {best:.3f}), so "
            f"there is no path to report"
        )
    if solution != "conservative" and len(wanted) + len(free) == 2**k:
        raise ValueError(
            "no row of the truth table speaks against the outcome, so with remainders "
            "every path would be sufficient; use solution='conservative' or a higher "
            "consistency="
        )
    rows = _qca.configurations(k)
    primes, chart, found = _qca.models(
        k, wanted, free if solution == "parsimonious" else set()
    )
    if solution == "intermediate":
        _, _, simplest = _qca.models(k, wanted, free)
        seen: dict[tuple, None] = {}
        all_primes: dict[_qca.Term, None] = {}
        for model in found:
            for around in simplest:
                easy = _qca.easy_counterfactuals(model, around, free, expected)
                some, _, reduced = _qca.models(k, wanted, easy)
                all_primes.update(dict.fromkeys(some))
                seen.update(dict.fromkeys(tuple(one) for one in reduced))
        found, primes = [list(model) for model in seen], list(all_primes)
        order = sorted(wanted)
        chart = np.array([[_qca.covers(p, rows[row]) for row in order] for p in primes])
    return _solution(truth, solution, found, primes, chart, wanted, free)


def noise_paths(
    data: pd.DataFrame,
    *,
    conditions: Sequence[str],
    outcome: str,
    frequency: int | Sequence[int] = (1, 2, 3),
    consistency: float | Sequence[float] = (0.75, 0.8, 0.9),
    pri: float | Sequence[float] = (0.0, 0.5, 0.7),
    n_permutations: int = 1_000,
    rng: Rng = None,
) -> pd.DataFrame:
    r"""
    Count how often pure noise yields a sufficient path at given cuts.

    The outcome is dealt out again at random over the cases. It then has nothing to do
    with the conditions, but keeps its skew, as the conditions keep theirs and what ties
    them to each other. Each such data set that has a sufficient row has a path.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per case.
    conditions : sequence of str
        Columns of set memberships.
    outcome : str
        Column of membership in the outcome; with ``~`` before it, in its absence.
    frequency : int or sequence of int
        Fewest cases of a row that counts.
    consistency : float or sequence of float
        Least consistency of a sufficient row.
    pri : float or sequence of float
        Least PRI of a sufficient row.
    n_permutations : int, default 1000
        How many noise data sets.
    rng : int or numpy.random.Generator, optional
        Given to :func:`numpy.random.default_rng`.

    Returns
    -------
    pandas.DataFrame
        One row per combination of cuts: ``frequency``, ``consistency``, ``pri``,
        ``rows`` (sufficient rows in the data), ``noise_rows`` (mean over noise data
        sets), ``noise_share`` (share of them with at least one sufficient row, and so
        with a path), ``p_value`` (of as many sufficient rows as in the data or more)
        and ``n_permutations``.

    Raises
    ------
    ValueError
        As for :func:`truth_table`.

    See Also
    --------
    truth_table : The rows of the data.

    Notes
    -----
    The p-value is :math:`(1 + \#\{R^* \ge R\}) / (1 + n)` for R sufficient rows. It
    tests the whole table; a small one does not make any single path true. That noise
    passes is well known [1]_: few cases make rows of one, a row of one is right or
    wrong by luck, and with a skewed outcome mostly right.

    References
    ----------
    .. [1] Braumoeller, B. F. (2015). Guarding against false positives in qualitative
       comparative analysis. Political Analysis 23(4), 471-487.

    Examples
    --------
    Thirty cases drawn at random. Rows of one case are sufficient by luck in every noise
    data set, rows of three still in two of three:

    >>> generator = np.random.default_rng(5)
    >>> drawn = pd.DataFrame(generator.random((30, 5)) < 0.5, columns=list("abcdy"))
    >>> table = noise_paths(
    ...     drawn, conditions=list("abcd"), outcome="y", consistency=0.8, pri=0.7, rng=1
    ... )
    >>> table[["frequency", "rows", "noise_share"]].round(1)
       frequency  rows  noise_share
    0          1     5          1.0
    1          2     1          1.0
    2          3     0          0.7
    """
    data = _validate.frame(data)
    scores, y = _sets(data, conditions, outcome)
    fewest = [_validate.count(f, "frequency") for f in _listed(frequency)]
    least = [_validate.between(c, 0, 1, "consistency=") for c in _listed(consistency)]
    least_pri = [_validate.between(p, 0, 1, "pri=") for p in _listed(pri)]
    n_permutations = _validate.count(n_permutations, "n_permutations", 2)
    generator = np.random.default_rng(rng)
    # Rows in an order of their own, so that the same seed gives the same noise.
    order = np.lexsort(np.column_stack([scores, y]).T)
    scores, y = scores[order], y[order]
    shuffled = generator.permuted(np.tile(y, (n_permutations, 1)), axis=1).T
    outcomes = np.column_stack([y, shuffled])
    n = np.bincount(_homes(scores), minlength=2 ** scores.shape[1])
    filled = np.flatnonzero(n)
    rows = _qca.configurations(scores.shape[1])[filled]
    fits = [
        _qca.sufficiency(_qca.membership(scores, tuple(row))[:, None], outcomes)[:2]
        for row in rows
    ]
    reached, reduced = np.moveaxis(np.array(fits), 1, 0)
    found = []
    for f in fewest:
        for c in least:
            for p in least_pri:
                passes = (reached >= c - SLACK) & _at_least(reduced, p)
                counts = (passes & (n[filled] >= f)[:, None]).sum(axis=0)
                own, noise = counts[0], counts[1:]
                p_value = (1 + (noise >= own).sum()) / (1 + n_permutations)
                share = (noise > 0).mean()
                found.append((f, c, p, own, noise.mean(), share, p_value))
    columns = ["frequency", "consistency", "pri", "rows", "noise_rows", "noise_share"]
    table = pd.DataFrame(found, columns=[*columns, "p_value"])
    return table.assign(n_permutations=n_permutations)


def _at_least(reduced: Array, cut: float) -> NDArray[np.bool_]:
    """Return where PRI reaches a cut; a cut of 0 asks for nothing, not even a PRI."""
    return (reduced >= cut - SLACK) | (cut == 0)


def _listed(values: Any) -> list:
    listed = list(values) if isinstance(values, Sequence) else [values]
    if not listed:
        raise ValueError("a list of cuts is empty; name at least one")
    return listed


def _homes(scores: Array) -> NDArray[np.intp]:
    """Return the number of the truth-table row that each case is mainly in."""
    k = scores.shape[1]
    return (scores > 0.5) @ (1 << np.arange(k)[::-1])


def _sets(
    data: pd.DataFrame, conditions: Sequence[str], outcome: str
) -> tuple[Array, Array]:
    """Return memberships of cases in the conditions and in the outcome."""
    names = _names(conditions, "conditions", least=2)
    if len(names) > MOST_CONDITIONS:
        raise ValueError(
            f"conditions= names {len(names)} columns, which make {2 ** len(names):,} "
            f"rows; at most {MOST_CONDITIONS} are taken, and few cases fill even those "
            f"of five"
        )
    for name in names:
        if set(str(name)) & set("~*+"):
            raise ValueError(
                f"conditions= takes plain columns, but {name!r} has one of ~ * +; "
                f"rename the column, or leave out the sign"
            )
    scores = _scores(data, names, "conditions")
    for name, column in zip(names, scores.T, strict=True):
        torn = data.index[column == 0.5]
        if len(torn):
            raise ValueError(
                f"data column {name!r} has {len(torn)} membership(s) of exactly 0.5, "
                f"in row(s) {_validate.listing(torn)}; such a case is neither in nor "
                f"out and belongs to no row: decide which, and move the crossover of "
                f"its calibration"
            )
    y = _set_of(data, outcome, "outcome")
    if outcome.strip("~ ") in names:
        raise ValueError(
            f"outcome={outcome!r} is also among conditions=; nothing explains itself"
        )
    inside = int((y > 0.5).sum())
    if inside in {0, len(y)} or np.ptp(y) == 0:
        side = "more in than out of" if inside else "not more in than out of"
        raise ValueError(
            f"all {len(y)} cases are {side} outcome {outcome!r}, so nothing sets paths "
            f"to it apart; check its calibration or add cases"
        )
    return scores, y


def _set_of(data: pd.DataFrame, expression: object, argument: str) -> Array:
    """Return membership in an expression of columns with ~ (not), * (and), + (or)."""
    if not isinstance(expression, str) or not expression.strip():
        raise TypeError(
            f"{argument}= takes names of columns as text, not {expression!r}"
        )
    alternatives = []
    for product in expression.split("+"):
        parts = []
        for literal in product.split("*"):
            name = literal.strip()
            plain = name.removeprefix("~").strip()
            x = _scores(data, [plain], argument)[:, 0]
            parts.append(1 - x if name.startswith("~") else x)
        alternatives.append(np.minimum.reduce(parts))
    member = np.maximum.reduce(alternatives)
    if argument == "outcome" and not member.any():
        raise ValueError(
            f"no case has any membership in outcome {expression!r}, so there is "
            f"nothing to explain"
        )
    return member


def _expected(
    expectations: Mapping[str, bool] | None, names: Sequence[str], solution: str
) -> list[int]:
    """Return 1 (present), 0 (absent) or 2 (no expectation) per condition."""
    if solution != "intermediate":
        if expectations is not None:
            raise ValueError(
                f"solution={solution!r} takes no expectations; use "
                f"solution='intermediate' or leave them out"
            )
        return []
    if not isinstance(expectations, Mapping) or not expectations:
        raise ValueError(
            "solution='intermediate' needs expectations= as a mapping such as "
            f"{{{names[0]!r}: True}}: whether the presence or the absence of a "
            f"condition should bring about the outcome"
        )
    for name, present in expectations.items():
        _validate.choice(name, names, "each name in expectations")
        if not isinstance(present, (bool, np.bool_)):
            raise TypeError(
                f"expectations[{name!r}] must be True (present) or False (absent), "
                f"not {present!r}; leave the condition out where there is none"
            )
    return [int(expectations.get(name, _qca.ANY)) for name in names]


def _within(
    remainders: set[int], terms: Sequence[_qca.Term], rows: NDArray[np.int8]
) -> set[int]:
    """Return the remainders that lie inside at least one term."""
    return {r for r in remainders if any(_qca.covers(t, rows[r]) for t in terms)}


def _written(term: _qca.Term, names: Sequence[str]) -> str:
    parts = zip(names, term, strict=True)
    return "*".join(n if d else f"~{n}" for n, d in parts if d != _qca.ANY)


def _solution(
    truth: TruthTable,
    kind: str,
    found: list[list[_qca.Term]],
    primes: list[_qca.Term],
    chart: NDArray[np.bool_],
    wanted: set[int],
    free: set[int],
) -> Solution:
    """Return models with their fit, as tables."""
    names, scores, y = truth.conditions, truth._scores, truth._outcome
    labels = np.array(truth._names, dtype=object)
    rows = _qca.configurations(len(names))
    paths, models, assumed = [], [], set()
    for number, terms in enumerate(found, start=1):
        whole = _qca.union(scores, terms)
        *fit, covered = map(float, _qca.sufficiency(whole, y))
        written = " + ".join(_written(term, names) for term in terms)
        models.append((number, written, *fit, covered))
        assumed |= _within(free, terms, rows)
        for term in terms:
            x = _qca.membership(scores, term)
            others = _qca.union(scores, [t for t in terms if t != term])
            without = float(_qca.sufficiency(others, y)[2])
            cases = ", ".join(labels[x > 0.5])
            fits = map(float, _qca.sufficiency(x, y))
            paths.append(
                (number, _written(term, names), *fits, covered - without, cases)
            )
    columns = ["model", "path", "consistency", "pri", "raw_coverage", "unique_coverage"]
    configurations = [_written(tuple(rows[row]), names) for row in sorted(wanted)]
    unseen = truth.table.loc[sorted(assumed), list(names)]
    return Solution(
        table=pd.DataFrame(paths, columns=[*columns, "members"]),
        models=pd.DataFrame(
            models, columns=["model", "expression", "consistency", "pri", "coverage"]
        ),
        chart=pd.DataFrame(chart, [_written(p, names) for p in primes], configurations),
        assumptions=unseen.reset_index(drop=True),
        kind=kind,
    )
