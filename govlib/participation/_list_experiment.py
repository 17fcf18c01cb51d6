"""List experiments: how common is what people do not admit."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import nnls

from govlib import _inference, _validate

Array = NDArray[np.floating]


@dataclass(frozen=True, slots=True)
class _Lists:
    """Counts of two random halves, and how these were drawn."""

    count: Array
    long: NDArray[np.bool_]
    weight: Array
    sample: _inference.Sample
    n_items: int

    def shares(self, arm: NDArray[np.bool_], hits: Array) -> tuple[Array, Array]:
        """Return means of `hits` (q, n) in an arm, and each row's influence."""
        weight = self.weight * arm
        mean = hits @ weight / weight.sum()
        return mean, weight * (hits - mean[:, None]) / weight.sum()


def _lists(
    data: pd.DataFrame,
    value: str,
    treated: str,
    n_items: int,
    weight: str | None,
    cluster: str | None,
    strata: str | None,
) -> _Lists:
    """Return the counts and lists of a list experiment, or say what is wrong."""
    _validate.frame(data)
    n_items = _validate.count(n_items, "n_items", 2)
    count = _validate.numeric(
        _validate.complete(_validate.column(data, value, "value"))
    ).to_numpy()
    given = _validate.complete(_validate.column(data, treated, "treated"))
    if not given.isin((0, 1)).all() or given.nunique() < 2:
        raise ValueError(
            f"data column {treated!r} (treated=) must hold true and false, or 1 and 0, "
            f"and both: true for the long list; it holds "
            f"{_validate.listing(given.unique())}"
        )
    long = given.isin((1,)).to_numpy()
    most = n_items + long
    bad = (count < 0) | (count > most) | (count % 1 != 0)
    if bad.any():
        raise ValueError(
            f"data column {value!r} (value=) must hold whole numbers from 0 to "
            f"{n_items}, and to {n_items + 1} on the long list; {int(bad.sum())} "
            f"value(s) do not, in row(s) {_validate.listing(data.index[bad])}"
        )
    return _Lists(
        count,
        long,
        _inference.weight_or_one(data, weight),
        _inference.sample(data, cluster=cluster, strata=strata),
        n_items,
    )


def list_experiment(
    data: pd.DataFrame,
    *,
    value: str,
    treated: str,
    n_items: int,
    group: str | None = None,
    weight: str | None = None,
    cluster: str | None = None,
    strata: str | None = None,
    conf_level: float = 0.95,
) -> pd.DataFrame:
    r"""
    Estimate the share of people to whom a sensitive item applies (item count).

    A random half is asked how many of some harmless items apply to them, the other
    half the same with the sensitive item added. Nobody says which.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per person, no missing values in the columns used.
    value : str
        Column of how many items a person counted.
    treated : str
        Column of true and false (or 1 and 0): true had the long list.
    n_items : int
        Harmless items, at least two.
    group : str, optional
        Column of groups; each has its own estimate.
    weight, cluster, strata : str, optional
        Columns of sampling weights, of what was drawn together, and of the strata.
    conf_level : float, default 0.95
        Level of the intervals.

    Returns
    -------
    pandas.DataFrame
        Three rows (per group): ``"mean_short_list"``, ``"mean_long_list"`` and their
        difference, ``"sensitive_share"``, which chance may put below 0 or above 1: it
        is left there. Columns ``term``, ``estimate``, ``std_error``, ``statistic``,
        ``p_value``, ``conf_low``, ``conf_high``, ``degrees_of_freedom``,
        ``conf_level`` and ``n``.

    Raises
    ------
    TypeError
        If `data` is no DataFrame or `n_items` no whole number.
    ValueError
        If a column is unknown or has missing values, a count is impossible, a group
        lacks one of the lists, or a weight is not above zero.

    See Also
    --------
    list_experiment_check : Whether the two assumptions behind the estimate hold.

    Notes
    -----
    The difference of two weighted means, with errors linearised jointly, as
    ``svyglm(value ~ treated)`` of R's survey. It is the share if the sensitive item
    changes no answer to the others and nobody lies in the count [1]_. Its error is far
    larger than that of a direct question with as many people.

    References
    ----------
    .. [1] Blair, G. and Imai, K. (2012). Statistical analysis of list experiments.
       Political Analysis 20(1), 47-77.

    Examples
    --------
    On average 1.5 of three items, and 1.75 of the same with "my vote was collected at
    the door" added:

    >>> from govlib import participation
    >>> people = pd.DataFrame(
    ...     {"items": [0, 1, 2, 3, 1, 1, 2, 3], "long": [False] * 4 + [True] * 4}
    ... )
    >>> table = participation.list_experiment(
    ...     people, value="items", treated="long", n_items=3
    ... )
    >>> table[["term", "estimate"]]
                  term  estimate
    0  mean_short_list      1.50
    1   mean_long_list      1.75
    2  sensitive_share      0.25
    """
    conf_level = _validate.level(conf_level)
    lists = _lists(data, value, treated, n_items, weight, cluster, strata)
    tables = []
    for name, members in _inference.domains(data, group, lists.sample):
        arms = members & ~lists.long, members & lists.long
        if not (arms[0].any() and arms[1].any()):
            raise ValueError(
                f"group {_validate.listing([name])} of {group!r} has people of one "
                f"list only, so there is nothing to compare"
            )
        (short, by_short), (long, by_long) = (
            lists.shares(arm, lists.count[None]) for arm in arms
        )
        influence = np.vstack([by_short, by_long, by_long - by_short])
        vcov = _inference.linearised(lists.sample, influence)
        table = _inference.table(
            ["mean_short_list", "mean_long_list", "sensitive_share"],
            np.concatenate([short, long, long - short]),
            np.sqrt(np.diag(vcov)),
            max(_inference.degrees_in(lists.sample, members) - 1, 1),
            conf_level,
        )
        table["n"] = [int(arms[0].sum()), int(arms[1].sum()), int(members.sum())]
        if group is not None:
            table.insert(0, group, name)
        tables.append(table)
    return pd.concat(tables, ignore_index=True)


def list_experiment_check(
    data: pd.DataFrame,
    *,
    value: str,
    treated: str,
    n_items: int,
    weight: str | None = None,
    cluster: str | None = None,
    strata: str | None = None,
    n_draws: int = 10_000,
    rng: np.random.Generator | int | None = None,
) -> pd.DataFrame:
    r"""
    Check a list experiment: does the sensitive item disturb the others, is it hidden.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per person, no missing values in the columns used.
    value, treated : str
        As for :func:`list_experiment`.
    n_items : int
        Harmless items, at least two.
    weight, cluster, strata : str, optional
        As for :func:`list_experiment`.
    n_draws : int, default 10_000
        Draws from which the p value comes.
    rng : numpy.random.Generator, int or None, optional
        Source of these draws.

    Returns
    -------
    pandas.DataFrame
        Columns ``term``, ``n_items``, ``sensitive``, ``estimate``, ``std_error``,
        ``statistic``, ``p_value``. Rows ``"type"``: the estimated share of people to
        whom so many harmless items apply and the sensitive one does or does not;
        negative ones are impossible and point to a design effect. ``"design_effect"``:
        the test that all are >= 0. ``"floor"`` and ``"ceiling"``: the share to whom
        none or all of the harmless items apply; the latter cannot hide a yes (nor the
        former a no), and should be small.

    Raises
    ------
    TypeError
        If `data` is no DataFrame, or `n_items` or `n_draws` no whole number.
    ValueError
        As :func:`list_experiment`.

    See Also
    --------
    list_experiment : The estimate itself.

    Notes
    -----
    With :math:`Y` the count and T the list, the share of type (y, yes) is :math:`P(Y
    \le y | T = 0) - P(Y \le y | T = 1)`, that of (y, no) :math:`P(Y \le y | T = 1) -
    P(Y \le y - 1 | T = 0)` [1]_. The statistic, for either row of types, is the squared
    distance of the estimates from the nearest ones that are possible, in the metric of
    their covariance; its distribution at the edge is simulated. The p value is twice
    the smaller of the two (Bonferroni). It is conservative, and a small sample hides
    much: no proof that all is well.

    References
    ----------
    .. [1] Blair, G. and Imai, K. (2012). Statistical analysis of list experiments.
       Political Analysis 20(1), 47-77.

    Examples
    --------
    All are possible, so nothing speaks against the design:

    >>> from govlib import participation
    >>> people = pd.DataFrame(
    ...     {"items": [0, 1, 1, 2, 1, 1, 2, 3], "long": [False] * 4 + [True] * 4}
    ... )
    >>> table = participation.list_experiment_check(
    ...     people, value="items", treated="long", n_items=2, rng=1
    ... )
    >>> table[["term", "n_items", "sensitive", "estimate", "p_value"]]
                term  n_items sensitive  estimate  p_value
    0           type        0      True      0.25      NaN
    1           type        1      True      0.25      NaN
    2           type        2      True      0.25      NaN
    3           type        0     False      0.00      NaN
    4           type        1     False      0.25      NaN
    5           type        2     False      0.00      NaN
    6  design_effect     <NA>      <NA>       NaN      1.0
    7          floor        0      <NA>      0.25      NaN
    8        ceiling        2      <NA>      0.25      NaN
    """
    lists = _lists(data, value, treated, n_items, weight, cluster, strata)
    n_draws = _validate.count(n_draws, "n_draws")
    generator = np.random.default_rng(rng)
    levels = np.arange(lists.n_items + 1)
    at_most = (lists.count <= levels[:, None]).astype(float)
    short, by_short = lists.shares(~lists.long, at_most)
    long, by_long = lists.shares(lists.long, at_most)
    below, by_below = np.append(0, short[:-1]), np.roll(by_short, 1, axis=0)
    by_below[0] = 0
    table = pd.DataFrame(
        {
            "term": "type",
            "n_items": np.tile(levels, 2),
            "sensitive": np.repeat([True, False], levels.size),
            "estimate": np.concatenate([short - long, long - below]),
        }
    )
    influence = np.vstack([by_short - by_long, by_long - by_below])
    vcov = _inference.linearised(lists.sample, influence)
    table["std_error"] = np.sqrt(np.maximum(np.diag(vcov), 0))
    tests = []
    # The last yes and the first no are shares of one list: they cannot be negative.
    for part in (levels[:-1], levels.size + levels[1:]):
        estimate = table["estimate"].to_numpy()[part]
        tests.append(_distance(estimate, vcov[np.ix_(part, part)], n_draws, generator))
    statistic, p_value = min(tests, key=lambda test: test[1])
    share, influence = lists.shares(
        ~lists.long, np.array([lists.count == 0, lists.count == lists.n_items], float)
    )
    errors = np.sqrt(np.diag(_inference.linearised(lists.sample, influence)))
    rest = pd.DataFrame(
        {
            "term": ["design_effect", "floor", "ceiling"],
            "n_items": [None, 0, lists.n_items],
            "estimate": [np.nan, *share],
            "std_error": [np.nan, *errors],
            "statistic": [statistic, np.nan, np.nan],
            "p_value": [min(1.0, 2 * p_value), np.nan, np.nan],
        }
    )
    both = {"n_items": "Int64"}
    table = pd.concat([table.astype(both), rest.astype(both)], ignore_index=True)
    return table.astype({"sensitive": "boolean"})


def _distance(
    estimate: Array, vcov: Array, n_draws: int, generator: np.random.Generator
) -> tuple[float, float]:
    """Return the squared distance of shares from those >= 0, and its p value."""
    below = estimate < -1e-12
    if not below.any():
        return 0.0, 1.0
    if (np.diag(vcov)[below] < 1e-24).any():
        return np.inf, 1 / (1 + n_draws)
    values, vectors = np.linalg.eigh(vcov)
    # A count that nobody gave leaves a share without variance.
    kept = values > 1e-12 * values[-1]
    whiten = (vectors[:, kept] / np.sqrt(values[kept])).T
    statistic = nnls(whiten, whiten @ estimate)[1] ** 2
    draws = generator.standard_normal((n_draws, int(kept.sum())))
    drawn = np.array([nnls(whiten, draw)[1] ** 2 for draw in draws])
    return statistic, (1 + np.sum(drawn >= statistic)) / (1 + n_draws)
