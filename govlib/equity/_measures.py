"""Gini, Theil and Atkinson: of two vectors, of a sample, and by group."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from govlib import _columns, _inference, _validate
from govlib.equity import _draws, _tables

Array = NDArray[np.float64]


MOST_AVERSION = 20


def gini(values: ArrayLike, weights: ArrayLike | None = None) -> float:
    r"""
    Measure inequality as twice the area between the Lorenz curve and equality.

    Use it for what can be shared out: income, hours of service, green space per head.
    To compare groups use :func:`theil_decomposition`; the Gini index does not split.

    Parameters
    ----------
    values : array_like, shape (n,)
        Amount that each unit (or each person in it) holds, in any one unit of measure,
        0 or more, without missing values.
    weights : array_like, shape (n,), optional
        People in each unit. Default: every unit counts as one person.

    Returns
    -------
    float
        0 if all hold the same, at most 1 - 1/n without weights. There is no correction
        for small samples; multiply by n / (n - 1) for the one that some programs make.

    Raises
    ------
    ValueError
        If a value is negative, missing or infinite, or all values are zero; if a weight
        is negative or missing, or all weights are zero.

    See Also
    --------
    inequality : The same with an interval, from a table.
    lorenz_curve : The curve itself.

    Notes
    -----
    With values in rising order, shares of people :math:`p_i` and Lorenz ordinates
    :math:`L_i` (:math:`L_0 = 0`),

    .. math:: G = 1 - \sum_i p_i (L_i + L_{i-1}),

    the area by trapezoids, exact for whole units [1]_. It equals half the mean
    difference between two people over the mean.

    References
    ----------
    .. [1] Lerman, R. I. and Yitzhaki, S. (1989). Improving the accuracy of estimates
       of Gini coefficients. Journal of Econometrics 42(1), 43-47.

    Examples
    --------
    Service hours per head in five communities, and thousands of residents:

    >>> gini([2, 4, 6, 8, 20])
    0.4
    >>> gini([2, 4, 6, 8, 20], weights=[5, 4, 3, 4, 1])
    0.3529
    """
    y, w = _amounts(values, weights)
    # Only ratios count, and those of huge numbers must not overflow.
    return _draws.gini(y / y[-1], w)


def theil(values: ArrayLike, weights: ArrayLike | None = None) -> float:
    r"""
    Measure inequality by Theil's T, which adds up over groups.

    Parameters
    ----------
    values : array_like, shape (n,)
        Amount that each unit (or each person in it) holds, 0 or more, without missing
        values.
    weights : array_like, shape (n,), optional
        People in each unit. Default: every unit counts as one person.

    Returns
    -------
    float
        In nats: 0 if all hold the same, log n (without weights) if one holds all.

    Raises
    ------
    ValueError
        As :func:`gini`.

    See Also
    --------
    theil_decomposition : The parts between and within groups.

    Notes
    -----
    :math:`T = \sum_i p_i r_i \log r_i`, with :math:`r_i` the amount over the weighted
    mean and :math:`p_i` the share of people [1]_. A unit that holds nothing adds
    nothing, as :math:`r \log r` goes to 0; nothing is added to zeros.

    References
    ----------
    .. [1] Theil, H. (1967). Economics and Information Theory. North-Holland.

    Examples
    --------
    >>> theil([2, 4, 6, 8, 20])
    0.2763

    One of four holds all, which gives log 4:

    >>> theil([0, 0, 0, 8])
    1.3863
    """
    y, w = _amounts(values, weights)
    return _draws.Amounts.of(y, 0).theil(w)


def atkinson(
    values: ArrayLike, weights: ArrayLike | None = None, *, aversion: float = 0.5
) -> float:
    r"""
    Measure inequality as the share of the total that equality would make needless.

    An index of 0.1 says: were all served alike, 90 % of what is supplied would do as
    much good. How much good depends on `aversion`, a judgement that the reader is owed;
    report more than one.

    Parameters
    ----------
    values : array_like, shape (n,)
        Amount that each unit (or each person in it) holds, 0 or more, without missing
        values.
    weights : array_like, shape (n,), optional
        People in each unit. Default: every unit counts as one person.
    aversion : float, default 0.5
        Aversion to inequality (epsilon), 0 to 20: at 0 it does not matter who gets
        how much; the larger, the more the worst served count. Common are 0.5, 1, 2.

    Returns
    -------
    float
        From 0 (all hold the same) to 1. It is 1 where somebody holds nothing and
        `aversion` is 1 or more.

    Raises
    ------
    TypeError
        If `aversion` is no number.
    ValueError
        As :func:`gini`, and if `aversion` is below 0 or above 20.

    See Also
    --------
    gini, theil : Measures without such a parameter.

    Notes
    -----
    With mean :math:`\mu` and shares of people :math:`p_i` [1]_,

    .. math:: A = 1 - \frac{1}{\mu} \Big(\sum_i p_i y_i^{1 - \epsilon}
       \Big)^{1 / (1 - \epsilon)}, \qquad
       A = 1 - \frac{1}{\mu} \prod_i y_i^{p_i} \text{ for } \epsilon = 1.

    References
    ----------
    .. [1] Atkinson, A. B. (1970). On the measurement of inequality. Journal of Economic
       Theory 2(3), 244-263.

    Examples
    --------
    The mean of 1 and 9 is 5, their geometric mean 3, the square of the mean root 4:

    >>> atkinson([1, 9], aversion=1)
    0.4
    >>> atkinson([1, 9])
    0.2
    """
    y, w = _amounts(values, weights)
    aversion = _validate.between(aversion, 0, MOST_AVERSION, "aversion=")
    return _draws.Amounts.of(y, aversion).atkinson(w)


def inequality(
    data: pd.DataFrame,
    *,
    value: str,
    weight: str | None = None,
    group: str | None = None,
    cluster: str | None = None,
    aversion: float = 0.5,
    n_resamples: int = 999,
    conf_level: float = 0.95,
    rng: int | np.random.Generator | None = None,
    n_jobs: int = 1,
) -> pd.DataFrame:
    """
    Measure inequality in a sample, with bootstrap intervals.

    The intervals are those of :func:`govlib.resample.bootstrap`, reached faster: units
    are sorted once, and a draw only changes how often each counts.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per unit, no missing values in the columns named.
    value : str
        Column of amounts, 0 or more.
    weight : str, optional
        Column of how many people a row stands for, 0 or more. It travels with its row.
    group : str, optional
        Column of groups, for the parts of Theil's T.
    cluster : str, optional
        Column of what was drawn together, such as the community; whole clusters are
        then drawn again. Default: rows are.
    aversion : float, default 0.5
        Of Atkinson's index, 0 to 20.
    n_resamples : int, default 999
        How many times to draw.
    conf_level : float, default 0.95
        Level of the intervals.
    rng : int or numpy.random.Generator, optional
        Given to :func:`numpy.random.default_rng`. The same number gives the same table,
        whatever `n_jobs` and the order of the rows.
    n_jobs : int, default 1
        Workers, as in joblib: -1 is all cores.

    Returns
    -------
    pandas.DataFrame
        Rows ``gini``, ``theil``, ``theil_between`` and ``theil_within`` (with `group`),
        ``atkinson``, in the columns of :func:`govlib.resample.bootstrap`.

    Raises
    ------
    TypeError
        If an argument is of the wrong kind.
    ValueError
        If a column is unknown, has missing, negative or all zero values, or there are
        fewer than two rows or clusters.

    See Also
    --------
    govlib.resample.bootstrap : For every other measure.

    Notes
    -----
    A census has no sampling error: where the rows are all the communities of a city,
    use :func:`gini`, and no interval. Percentile intervals [1]_ cover less often than
    they say for few units or long tails; `theil_between` is biased upwards where groups
    are small, as means of few units differ by chance. Draws in which everybody holds
    nothing are left out and show in ``n_resamples``.

    References
    ----------
    .. [1] Mills, J. A. and Zandvakili, S. (1997). Statistical inference via
       bootstrapping for measures of inequality. Journal of Applied Econometrics 12(2),
       133-150.

    Examples
    --------
    >>> homes = pd.DataFrame({"hours": [2, 4, 6, 8, 20]})
    >>> table = inequality(homes, value="hours", rng=1)
    >>> table[["term", "estimate"]]
           term  estimate
    0      gini    0.4000
    1     theil    0.2763
    2  atkinson    0.1335
    """
    y = _tables.amounts(data, value)
    w = _tables.people(data, weight)
    aversion = _validate.between(aversion, 0, MOST_AVERSION, "aversion=")
    n_resamples = _validate.count(n_resamples, "n_resamples", 2)
    conf_level = _validate.level(conf_level)
    groups = None if group is None else _codes(data, group, "group")
    clusters = None if cluster is None else _codes(data, cluster, "cluster")
    n_units = len(y) if clusters is None else int(clusters.max()) + 1
    if n_units < 2:
        raise ValueError(
            f"data has {n_units} {cluster or 'row'}(s); drawing again needs at least 2"
        )
    # Rows that are equal in all of these are interchangeable, so that the order in
    # the file decides nothing.
    extra = [codes for codes in (groups, clusters) if codes is not None]
    order = np.lexsort([*extra, w, y])
    y, w = y[order], w[order]
    _tables.some_amount(y, w, f"data column {value!r}")
    amounts = _draws.Amounts.of(y, aversion, None if groups is None else groups[order])
    drawn = _draws.draws(
        amounts,
        w,
        None if clusters is None else clusters[order],
        n_resamples,
        rng,
        n_jobs,
    )
    _, std_error, low, high = _inference.summary_of_draws(drawn, conf_level)
    parts = [] if group is None else ["theil_between", "theil_within"]
    return pd.DataFrame(
        {
            "term": ["gini", "theil", *parts, "atkinson"],
            "estimate": amounts.all(w),
            "std_error": std_error,
            "conf_low": low,
            "conf_high": high,
            "conf_level": conf_level,
            "n_resamples": (~np.isnan(drawn)).sum(axis=0),
        }
    )


@dataclass(frozen=True, slots=True)
class TheilDecomposition:
    """
    Theil's T and its split by group, as returned by :func:`theil_decomposition`.

    Attributes
    ----------
    total : float
        Theil's T of all, in nats; ``between + within``.
    between : float
        What would be left if all of a group held their group's mean.
    within : float
        What would be left if all groups had the same mean.
    between_share : float
        ``between / total``, 0 to 1; NaN if all hold the same.
    table : pandas.DataFrame
        One row per group, in their order: its name in a column called as `group` says,
        ``population_share``, ``value_share``, ``mean``, ``theil`` (T inside the group,
        NaN if its members hold nothing), ``between`` and ``within`` (contributions that
        add up to the attributes; ``between`` is negative for groups below the mean).
    n : int
        Rows used.
    """

    total: float
    between: float
    within: float
    between_share: float
    table: pd.DataFrame
    n: int

    def __str__(self) -> str:
        share = "" if np.isnan(self.between_share) else f" ({self.between_share:.0%})"
        return (
            f"Theil T {self.total:.4f} nats over {self.n} rows in {len(self.table)} "
            f"groups: {self.between:.4f} between{share}, {self.within:.4f} within"
        )


def theil_decomposition(
    data: pd.DataFrame, *, value: str, group: str, weight: str | None = None
) -> TheilDecomposition:
    r"""
    Split inequality into that between groups and that within them.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per unit, no missing values in the columns named.
    value : str
        Column of amounts, 0 or more.
    group : str
        Column of groups, such as the district of a community.
    weight : str, optional
        Column of how many people a row stands for. Default: one.

    Returns
    -------
    TheilDecomposition
        The parts, and what each group adds to them.

    Raises
    ------
    TypeError
        If `data` is no DataFrame or a column is not named.
    ValueError
        If a column is unknown, or has missing, negative or all zero values; if a
        group has no people (all weights zero).

    See Also
    --------
    theil : The total alone.
    inequality : The parts with intervals.

    Notes
    -----
    With value shares :math:`s_g`, group means :math:`\mu_g` and T inside groups
    :math:`T_g` [1]_,

    .. math:: T = \sum_g s_g \log \frac{\mu_g}{\mu} + \sum_g s_g T_g.

    The part between groups grows as groups are cut finer, so compare it only between
    splits of as many groups.

    References
    ----------
    .. [1] Shorrocks, A. F. (1980). The class of additively decomposable inequality
       measures. Econometrica 48(3), 613-625.

    Examples
    --------
    Two districts with means 2 and 6; inside each, one place has three times as much
    as the other, so T inside is the same.

    >>> places = pd.DataFrame({"district": list("JJMM"), "hours": [1, 3, 3, 9]})
    >>> split = theil_decomposition(places, value="hours", group="district")
    >>> print(split)
    Theil T 0.2616 nats over 4 rows in 2 groups: 0.1308 between (50%), 0.1308 within
    >>> split.table[["district", "value_share", "mean", "theil", "between", "within"]]
      district  value_share  mean   theil  between  within
    0        J         0.25   2.0  0.1308  -0.1733  0.0327
    1        M         0.75   6.0  0.1308   0.3041  0.0981
    """
    y = _tables.amounts(data, value)
    w = _tables.people(data, weight)
    _tables.some_amount(y, w, f"data column {value!r}")
    _columns.apart([group], ["population_share", "value_share", "mean", "theil"])
    _columns.apart([group], ["between", "within"])
    rows = []
    mean = np.average(y, weights=w)
    for name, members in _tables.groups(data, group):
        people = w[members].sum()
        if people == 0:
            raise ValueError(_tables.nobody(name, group, weight))
        held = y[members] @ w[members]
        inside = theil(y[members], w[members]) if held > 0 else np.nan
        share = held / (mean * w.sum())
        rows.append(
            {
                group: name,
                "population_share": people / w.sum(),
                "value_share": share,
                "mean": held / people,
                "theil": inside,
                "between": share * np.log(held / people / mean) if held > 0 else 0.0,
                "within": share * inside if held > 0 else 0.0,
            }
        )
    table = pd.DataFrame(rows)
    # Rounding may leave 1e-17 below zero of groups with one mean.
    between, within = max(0.0, table["between"].sum()), table["within"].sum()
    total = between + within
    return TheilDecomposition(
        total=float(total),
        between=float(between),
        within=float(within),
        between_share=float(between / total) if total > 0 else float("nan"),
        table=table,
        n=len(y),
    )


def _amounts(values: ArrayLike, weights: ArrayLike | None) -> tuple[Array, Array]:
    """Return amounts in rising order and their weights, without units of nobody."""
    y = _tables.vector(values, "values")
    w = _validate.weights(weights, y.size, "weights")
    _tables.some_amount(y, w, "values")
    y, w = y[w > 0], w[w > 0]
    order = np.argsort(y, kind="stable")
    return y[order], w[order]


def _codes(data: pd.DataFrame, name: str, argument: str) -> NDArray[np.intp]:
    """Return numbers of the groups in the order of their names."""
    return pd.factorize(_columns.complete(data, name, argument), sort=True)[0]
