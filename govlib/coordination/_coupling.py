"""The coupling coordination degree of subsystem scores, and how sure it is."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from govlib import _columns, _inference, _validate
from govlib.coordination._forms import check_form, degrees
from govlib.coordination._inputs import (
    SLACK,
    levels,
    names_of,
    scores_of,
    stacked,
    weights_of,
)

Array = NDArray[np.floating]
Rng = int | np.random.Generator | None

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

    >>> from govlib import coordination
    >>> scores = pd.DataFrame(
    ...     {"Party": [0.8, 0.1], "committee": [0.6, 0.1], "residents": [0.2, 0.1]}
    ... )
    >>> names = ["Party", "committee", "residents"]
    >>> table = coordination.coupling_coordination(scores, subsystems=names)
    >>> table[["coupling", "development", "coordination", "difference"]].round(3)
       coupling  development  coordination  difference
    0     0.859        0.533         0.677         0.4
    1     1.000        0.100         0.316         0.0
    """
    data = _validate.frame(data)
    names = names_of(subsystems, "subsystems", least=2)
    scores = scores_of(data, names, "subsystems")
    alpha = weights_of(weights, names)
    check_form(form, scores, alpha)
    coupling, development, coordination, difference = degrees(scores, alpha, form)
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
        Given to :func:`numpy.random.default_rng`. The same number gives the same
        table, whatever the order of the rows.

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
    govlib.resample.bootstrap : The same for any measure, and how to read it.

    Notes
    -----
    The interval runs between quantiles of the draws, as there. The degree of mean
    scores is not the mean of degrees. Chance differences between subsystems lower the
    coupling, so that with few answers the degree is biased down and the interval with
    it.

    Examples
    --------
    Four residents score two actors; the mean scores are .5 and .5, so the degree is
    sqrt(1 * .5) = .7071.

    >>> from govlib import coordination
    >>> answers = pd.DataFrame(
    ...     {"rc": [0.2, 0.4, 0.6, 0.8], "pmc": [0.4, 0.5, 0.6, 0.5]}
    ... )
    >>> table = coordination.coordination_intervals(
    ...     answers, subsystems=["rc", "pmc"], rng=1
    ... )
    >>> table[["term", "estimate"]]
               term  estimate
    0      coupling    1.0000
    1   development    0.5000
    2  coordination    0.7071
    3    difference    0.0000
    """
    data = _validate.frame(data)
    names = names_of(subsystems, "subsystems", least=2)
    scores = scores_of(data, names, "subsystems")
    alpha = weights_of(weights, names)
    check_form(form, scores, alpha)
    terms = ["coupling", "development", "coordination", "difference"]
    n_resamples = _validate.count(n_resamples, "n_resamples", 2)
    conf_level = _validate.level(conf_level)
    if cluster is not None:
        _columns.complete(data, cluster, "cluster")
    parts = [(None, data)]
    if group is not None:
        _columns.apart([group], ["term", "estimate", "std_error", "conf_level"])
        groups = _columns.complete(data, group, "group")
        parts = [(key, data[groups == key]) for key in levels(groups)]
    streams = np.random.default_rng(rng).spawn(len(parts))
    tables = []
    for (key, rows), stream in zip(parts, streams, strict=True):
        totals, sizes = _units(rows, names, cluster)
        if len(sizes) < 2:
            what = "data" if group is None else f"group {key!r} of {group!r}"
            raise ValueError(
                f"{what} has one {cluster or 'row'}; drawing again needs two"
            )
        means = _drawn_means(totals, sizes, n_resamples, stream)
        draws = np.column_stack(degrees(means, alpha, form))
        _, std_error, low, high = _inference.summary_of_draws(draws, conf_level)
        own = totals.sum(axis=0, keepdims=True) / sizes.sum()
        table = pd.DataFrame(
            {
                "term": terms,
                "estimate": np.ravel(degrees(own, alpha, form)),
                "std_error": std_error,
                "conf_low": low,
                "conf_high": high,
                "conf_level": conf_level,
                "n_resamples": (~np.isnan(draws)).sum(axis=0),
            }
        )
        tables.append((key, table))
    return stacked(tables, group)


def _units(
    rows: pd.DataFrame, names: Sequence[str], cluster: str | None
) -> tuple[Array, Array]:
    """Return sums of scores and numbers of rows of what is drawn, in a fixed order."""
    if cluster is not None:
        by = rows.groupby(cluster, observed=True)
        return by[list(names)].sum().to_numpy(), by.size().to_numpy(dtype=float)
    scores = rows[list(names)].to_numpy(dtype=float)
    return scores[np.lexsort(scores.T)], np.ones(len(scores))


def _drawn_means(
    totals: Array, sizes: Array, n_resamples: int, generator: np.random.Generator
) -> Array:
    """Return the mean scores of each draw, shape (draws, subsystems)."""
    n = len(sizes)
    means = np.empty((n_resamples, totals.shape[1]))
    # All draws at once would need a gigabyte for a large survey.
    block = max(1, 1_000_000 // n)
    for start in range(0, n_resamples, block):
        stop = min(start + block, n_resamples)
        chosen = generator.integers(n, size=(stop - start, n))
        size = sizes[chosen].sum(axis=1)
        means[start:stop] = totals[chosen].sum(axis=1) / size[:, None]
    return means


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

    >>> from govlib import coordination
    >>> scores = pd.DataFrame({"rc": [0.5, 0.9], "pmc": [0.5, 0.1]}, index=["a", "b"])
    >>> table = coordination.weight_sensitivity(scores, subsystems=["rc", "pmc"], rng=1)
    >>> table[["coordination", "coordination_low", "coordination_high"]].round(1)
       coordination  coordination_low  coordination_high
    a           0.7               0.7                0.7
    b           0.5               0.3                0.7
    """
    data = _validate.frame(data)
    names = names_of(subsystems, "subsystems", least=2)
    scores = scores_of(data, names, "subsystems")
    equal = weights_of(None, names)
    check_form(form, scores, equal)
    n_draws = _validate.count(n_draws, "n_draws", 2)
    level = _validate.between(level, 0, 1, "level=")
    coupling, _, coordination, _ = degrees(scores, equal, form)
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


def _classed(
    values: Array, cuts: ArrayLike, names: Mapping[str, str]
) -> pd.Categorical:
    codes = np.searchsorted(np.asarray(cuts) - SLACK, values, side="right")
    codes = np.where(np.isnan(values), -1, codes)
    return pd.Categorical.from_codes(codes, list(names), ordered=True)
