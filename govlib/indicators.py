"""
How far communities are: rates, an index of several of them, and ranks.

- From a survey or a register: :func:`rates` with weights and design-based errors,
  :func:`count_rates` per so many residents with exact intervals.
- One number from several: :func:`composite_index`, with weights of your own; compare
  weightings with :func:`compare_weights`.
- Who comes first, and how sure that is: :func:`rank_intervals`.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from govlib import _columns, _inference, _validate

METHODS = ("arithmetic", "geometric")


def rates(
    data: pd.DataFrame,
    *,
    values: Sequence[str],
    group: str | None = None,
    weight: str | None = None,
    cluster: str | None = None,
    strata: str | None = None,
    conf_level: float = 0.95,
) -> pd.DataFrame:
    r"""
    Estimate means or shares of several columns, by group.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per person (or other unit) asked. It is not changed.
    values : sequence of str
        Columns of numbers, or of true and false, whose mean is a share.
    group : str, optional
        Column with the groups that are reported apart, such as communities.
    weight : str, optional
        Column with sampling weights above zero: how many people a row stands for.
    cluster : str, optional
        Column with the units that were drawn first. Default: rows were drawn.
    strata : str, optional
        Column with the parts of the population from each of which a sample was drawn.
        Where every community was sampled, communities are strata, not clusters.
    conf_level : float, default 0.95
        Level of the intervals.

    Returns
    -------
    pandas.DataFrame
        One row per group and column: the group under its own name, ``term`` (the
        column), ``estimate``, ``std_error``, ``conf_low``, ``conf_high``,
        ``conf_level``, ``n`` (rows used) and ``n_missing``.

    Raises
    ------
    ValueError
        If a column is not there or holds text, a weight is missing, zero or negative,
        a column has no answer in a group, or a stratum has one row or cluster only.

    See Also
    --------
    count_rates : Events per so many residents.
    rank_intervals : Ranks of groups with their uncertainty.

    Notes
    -----
    Missing answers are left out column by column, and counted. The mean of group g is
    the ratio :math:`\hat p = \sum_{i \in g} w_i y_i / \sum_{i \in g} w_i`; its variance
    is linearised [1]_: rows of the group have the influence
    :math:`u_i = w_i (y_i - \hat p) / \sum_g w`, all others 0, and with sums
    :math:`u_{hc}` over the :math:`n_h` clusters of stratum h it is
    :math:`\sum_h \frac{n_h}{n_h - 1} \sum_c (u_{hc} - \bar u_h)^2`. Intervals use t
    with as many degrees of freedom as the group has clusters less strata; those of
    shares are symmetric in log odds.

    References
    ----------
    .. [1] Lumley, T. (2010). Complex Surveys: A Guide to Analysis Using R. Wiley,
       ch. 2.

    Examples
    --------
    Two of four took part; the two who did stand for six of ten residents:

    >>> data = pd.DataFrame({"part": [1, 1, 0, 0], "stands_for": [2, 4, 1, 3]})
    >>> table = rates(data, values=["part"], weight="stands_for")
    >>> table[["term", "estimate", "n"]]
       term  estimate  n
    0  part       0.6  4
    """
    data = _validate.frame(data)
    names = _names(values, "values")
    level = _validate.level(conf_level)
    given = _inference.weight_or_one(data, weight)
    sample = _inference.sample(data, cluster=cluster, strata=strata)
    numbers = {
        name: _validate.numeric(_validate.column(data, name, "values")).to_numpy(
            dtype=float, na_value=np.nan
        )
        for name in names
    }
    rows = []
    for label, inside in _inference.domains(data, group, sample):
        for name, number in numbers.items():
            told = inside & ~np.isnan(number)
            if not told.any():
                where = "" if group is None else f" in {group} {label!r}"
                raise ValueError(
                    f"data column {name!r} (values=) has no answer{where}; leave it "
                    f"or the group out"
                )
            w = given * told
            y = np.where(told, number, 0.0)
            mean = float(w @ y / w.sum())
            influence = w * (y - mean) / w.sum()
            error = float(_inference.linearised(sample, influence[None])[0, 0]) ** 0.5
            degrees = _inference.degrees_in(sample, told)
            if np.isin(y, (0, 1)).all():
                low, high = _inference.share_interval(mean, error, degrees, level)
            else:
                reach = stats.t.ppf(0.5 + level / 2, degrees) * error
                low, high = mean - reach, mean + reach
            row = {} if group is None else {group: label}
            rows.append(
                row
                | {
                    "term": name,
                    "estimate": mean,
                    "std_error": error,
                    "conf_low": float(low),
                    "conf_high": float(high),
                    "conf_level": level,
                    "n": int(told.sum()),
                    "n_missing": int((inside & ~told).sum()),
                }
            )
    return pd.DataFrame(rows)


def count_rates(
    data: pd.DataFrame,
    *,
    value: str,
    population: str,
    group: str | None = None,
    per: float = 10_000,
    conf_level: float = 0.95,
) -> pd.DataFrame:
    r"""
    Compute events per so many residents, with exact intervals.

    Use it for what is counted, not asked: organisations, agreements, requests. Rates
    of small places scatter widely by chance alone, so the highest and the lowest are
    mostly small places: look at the intervals.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per place (and year). It is not changed.
    value : str
        Column of counts, whole numbers from 0.
    population : str
        Column with what the counts are set against, above 0: residents, or resident
        years.
    group : str, optional
        Column with groups over which both are summed first. Default: every row is a
        group of its own.
    per : float, default 10000
        Size of the population that rates refer to.
    conf_level : float, default 0.95
        Level of the intervals.

    Returns
    -------
    pandas.DataFrame
        One row per group (or row of `data`): ``count``, ``population``, ``estimate``
        (count per `per`), ``conf_low``, ``conf_high``, ``conf_level`` and
        ``limit_low``, ``limit_high``: where the group's rate would lie with that
        probability if its true rate were that of all groups together (the limits of a
        funnel plot).

    Raises
    ------
    ValueError
        If a column is not there or has missing values, counts are not whole numbers
        from 0, or a population is not above 0.

    See Also
    --------
    rates : Means and shares of what was asked.

    Notes
    -----
    Counts are taken as Poisson. With count k, population n and level
    :math:`1 - \alpha`, the interval is that of Garwood [1]_:
    :math:`\chi^2_{\alpha/2}(2k) / 2` to :math:`\chi^2_{1 - \alpha/2}(2k + 2) / 2`,
    over n. Events that come in clusters vary more than that.

    References
    ----------
    .. [1] Garwood, F. (1936). Fiducial limits for the Poisson distribution. Biometrika
       28(3/4), 437-442.

    Examples
    --------
    Ten organisations among 20,000 residents, none among 1,000. The small place may
    have up to 37 per 10,000, for all we know:

    >>> data = pd.DataFrame({"organisations": [10, 0], "residents": [20_000, 1_000]})
    >>> table = count_rates(data, value="organisations", population="residents")
    >>> table[["estimate", "conf_low", "conf_high"]].round(1)
       estimate  conf_low  conf_high
    0       5.0       2.4        9.2
    1       0.0       0.0       36.9
    """
    data = _validate.frame(data)
    counts = _columns.counts(data, value, "value")
    people = _columns.above_zero(data, population, "population")
    level = _validate.level(conf_level)
    _validate.between(per, 0, np.inf, "per=")
    table = pd.DataFrame({"count": counts, "population": people})
    if group is not None:
        labels = _validate.complete(_validate.column(data, group, "group"))
        _columns.apart([group], ["count", "population", "estimate"])
        table = table.groupby(labels, observed=True, sort=True).sum().reset_index()
    k, n = table["count"].to_numpy(), table["population"].to_numpy()
    tail = (1 - level) / 2
    low = np.where(k > 0, stats.chi2.ppf(tail, np.maximum(2 * k, 1)) / 2, 0.0)
    high = stats.chi2.ppf(1 - tail, 2 * k + 2) / 2
    usual = k.sum() / n.sum() * n
    return table.assign(
        estimate=per * k / n,
        conf_low=per * low / n,
        conf_high=per * high / n,
        conf_level=level,
        limit_low=per * stats.poisson.ppf(tail, usual) / n,
        limit_high=per * stats.poisson.ppf(1 - tail, usual) / n,
    )


def composite_index(
    data: pd.DataFrame,
    *,
    weights: Mapping[str, float],
    method: str = "arithmetic",
) -> pd.DataFrame:
    r"""
    Combine scores into one index.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per community, with scores from 0 to 1 of which more is better. It is
        not changed.
    weights : mapping of str to float
        Weight of each score by its column, 0 or more; they are divided by their sum.
    method : {"arithmetic", "geometric"}, default "arithmetic"
        In the arithmetic mean much of one makes up for little of another; in the
        geometric one it does not, and a score of 0 makes the index 0.

    Returns
    -------
    pandas.DataFrame
        Copy of `data` with ``index`` (0 to 1) and ``rank`` (1 is the highest; equal
        indices share the mean of their ranks).

    Raises
    ------
    TypeError
        If `weights` is not a mapping.
    ValueError
        If a column is not there, has missing values or a score outside 0 to 1, a
        weight is negative, or all are 0.

    See Also
    --------
    compare_weights : Ranks under several weightings.
    rank_intervals : Ranks with their uncertainty.

    Notes
    -----
    With scores :math:`s_j` and weights :math:`w_j` that add up to 1, the index is
    :math:`\sum_j w_j s_j` or :math:`\prod_j s_j^{w_j}` [1]_. No method finds the
    weights: they say what counts, which is a judgement.

    References
    ----------
    .. [1] OECD and JRC (2008). Handbook on Constructing Composite Indicators. OECD
       Publishing, ch. 6.

    Examples
    --------
    Two communities with the same arithmetic mean; one is uneven:

    >>> data = pd.DataFrame({"served": [0.5, 0.9], "takes_part": [0.5, 0.1]})
    >>> equal = {"served": 1, "takes_part": 1}
    >>> composite_index(data, weights=equal)["index"].round(2).tolist()
    [0.5, 0.5]
    >>> table = composite_index(data, weights=equal, method="geometric")
    >>> table["index"].round(2).tolist()
    [0.5, 0.3]
    """
    data = _validate.frame(data)
    names, given = _weights(weights)
    _validate.choice(method, METHODS, "method")
    _columns.apart(list(data.columns), ["index", "rank"])
    index = _combined(_scores(data, names), given, method)
    return data.assign(index=index, rank=_ranks(index))


def compare_weights(
    data: pd.DataFrame,
    *,
    unit: str,
    weightings: Mapping[str, Mapping[str, float]],
    method: str = "arithmetic",
) -> pd.DataFrame:
    """
    Rank communities under several weightings, side by side.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per community, with scores from 0 to 1.
    unit : str
        Column that names the communities.
    weightings : mapping of str to mapping
        Weights as in :func:`composite_index`, by a name of your own.
    method : {"arithmetic", "geometric"}, default "arithmetic"
        As in :func:`composite_index`.

    Returns
    -------
    pandas.DataFrame
        One row per community, in the order of its best rank: `unit`, the rank under
        each weighting (a column of its name), and ``spread``, the largest of these
        ranks minus the smallest.

    Raises
    ------
    TypeError
        If `weightings` is not a mapping of mappings.
    ValueError
        If a unit comes twice, or as for :func:`composite_index`.

    See Also
    --------
    rank_intervals : Uncertainty of ranks by sampling and by weights.

    Examples
    --------
    >>> data = pd.DataFrame(
    ...     {"place": ["a", "b"], "served": [0.9, 0.4], "takes_part": [0.1, 0.5]}
    ... )
    >>> compare_weights(
    ...     data,
    ...     unit="place",
    ...     weightings={
    ...         "services": {"served": 1, "takes_part": 0},
    ...         "residents": {"served": 0, "takes_part": 1},
    ...     },
    ... )
      place  services  residents  spread
    0     a       1.0        2.0     1.0
    1     b       2.0        1.0     1.0
    """
    data = _validate.frame(data)
    units = _validate.unique(_validate.column(data, unit, "unit"))
    if not isinstance(weightings, Mapping) or not weightings:
        raise TypeError(
            "weightings= takes a mapping of names to weights, such as "
            "{'equal': {'served': 1, 'takes_part': 1}}"
        )
    _columns.apart([str(name) for name in weightings], [unit, "spread"])
    ranks = {
        name: composite_index(data, weights=weights, method=method)["rank"]
        for name, weights in weightings.items()
    }
    table = pd.DataFrame(ranks)
    best = table.min(axis=1)
    table.insert(0, unit, units)
    table["spread"] = table[list(ranks)].max(axis=1) - best
    return table.loc[best.sort_values(kind="stable").index].reset_index(drop=True)


def rank_intervals(
    data: pd.DataFrame,
    *,
    unit: str,
    weights: Mapping[str, float],
    std_errors: Mapping[str, str] | None = None,
    concentration: float | None = None,
    method: str = "arithmetic",
    draws: int = 2000,
    conf_level: float = 0.95,
    rng: int | np.random.Generator | None = None,
) -> pd.DataFrame:
    r"""
    Rank communities, and say how far their ranks can be trusted.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per community, with scores from 0 to 1.
    unit : str
        Column that names the communities.
    weights : mapping of str to float
        Weight of each score, as in :func:`composite_index`.
    std_errors : mapping of str to str, optional
        By score, the column with its standard error: scores from a sample are
        uncertain. Scores that are not named are taken as known.
    concentration : float, optional
        If given, weights are uncertain too: each draw takes them from a Dirichlet
        distribution around `weights`. The larger, the closer: with four equal weights,
        4 draws any weights with equal chance, 100 leaves each within about 0.17 to
        0.34.
    method : {"arithmetic", "geometric"}, default "arithmetic"
        As in :func:`composite_index`.
    draws : int, default 2000
        Number of draws.
    conf_level : float, default 0.95
        Level of the intervals.
    rng : int or numpy.random.Generator, optional
        Source of the draws; give one to get the same numbers again.

    Returns
    -------
    pandas.DataFrame
        One row per community in the order of its rank: `unit`, ``index``, ``rank``,
        ``rank_low`` and ``rank_high`` (range of its rank over the draws),
        ``top_quarter`` (share of draws in which it is among the first quarter) and
        ``conf_level``.

    Raises
    ------
    TypeError
        If `weights` or `std_errors` is not a mapping.
    ValueError
        If neither `std_errors` nor `concentration` is given, a standard error is
        missing or negative, or as for :func:`composite_index`.

    See Also
    --------
    compare_weights : Ranks under weightings of your own.

    Notes
    -----
    Each draw adds normal errors to the scores (kept within 0 and 1), takes weights,
    and ranks. This describes how ranks scatter around the estimates [1]_; drawn errors
    come on top of those that the estimates have already, so that a community at the
    top of a noisy league is drawn too far from the middle rather than too near.

    References
    ----------
    .. [1] Goldstein, H. and Spiegelhalter, D. J. (1996). League tables and their
       limitations. Journal of the Royal Statistical Society A 159(3), 385-443.

    Examples
    --------
    Two communities that a sample cannot tell apart, and one far behind:

    >>> data = pd.DataFrame(
    ...     {
    ...         "place": ["a", "b", "c"],
    ...         "served": [0.61, 0.60, 0.20],
    ...         "error": [0.05, 0.05, 0.05],
    ...     }
    ... )
    >>> table = rank_intervals(
    ...     data,
    ...     unit="place",
    ...     weights={"served": 1},
    ...     std_errors={"served": "error"},
    ...     rng=1,
    ... )
    >>> table[["place", "rank", "rank_low", "rank_high"]]
      place  rank  rank_low  rank_high
    0     a   1.0       1.0        2.0
    1     b   2.0       1.0        2.0
    2     c   3.0       3.0        3.0
    """
    data = _validate.frame(data)
    units = _validate.unique(_validate.column(data, unit, "unit"))
    names, given = _weights(weights)
    _validate.choice(method, METHODS, "method")
    level = _validate.level(conf_level)
    _validate.count(draws, "draws", least=100)
    if std_errors is None and concentration is None:
        raise ValueError(
            "give std_errors= (what sampling leaves open) or concentration= (what the "
            "choice of weights leaves open), or both: without them ranks are certain"
        )
    scores = _scores(data, names)
    errors = _errors(data, names, std_errors)
    if concentration is not None:
        concentration = _validate.between(concentration, 1e-3, np.inf, "concentration=")
    generator = np.random.default_rng(rng)
    ranks = np.empty((draws, len(data)))
    for k in range(draws):
        noisy = scores + errors * generator.standard_normal(scores.shape)
        weighing = given
        if concentration is not None:
            weighing = np.zeros(given.size)
            used = given > 0
            weighing[used] = generator.dirichlet(concentration * given[used])
        ranks[k] = _ranks(_combined(np.clip(noisy, 0, 1), weighing, method))
    index = _combined(scores, given, method)
    low, high = np.quantile(ranks, [(1 - level) / 2, (1 + level) / 2], axis=0)
    first = np.ceil(len(data) / 4)
    table = pd.DataFrame(
        {
            unit: units.to_numpy(),
            "index": index,
            "rank": _ranks(index),
            "rank_low": np.floor(low),
            "rank_high": np.ceil(high),
            "top_quarter": (ranks <= first).mean(axis=0),
            "conf_level": level,
        }
    )
    return table.sort_values("rank", kind="stable", ignore_index=True)


def _names(values: Sequence[str], argument: str) -> list[str]:
    """Return names of columns, of which there is at least one, each once."""
    if isinstance(values, str):
        raise TypeError(f"{argument}= takes several columns, such as [{values!r}]")
    names = list(values)
    if not names or len(set(names)) < len(names):
        raise ValueError(f"{argument}= must name at least one column, each once")
    return names


def _weights(weights: Mapping[str, float]) -> tuple[list[str], NDArray[np.float64]]:
    """Return columns and their weights, which add up to one."""
    if not isinstance(weights, Mapping) or not weights:
        raise TypeError(
            "weights= takes a mapping of columns to weights, such as "
            "{'served': 2, 'takes_part': 1}"
        )
    given = np.array(
        [
            _validate.between(weight, 0, np.inf, f"weights[{name!r}]")
            for name, weight in weights.items()
        ]
    )
    if not 0 < given.sum() < np.inf:
        raise ValueError("weights= are all zero; at least one must count")
    return list(weights), given / given.sum()


def _scores(data: pd.DataFrame, names: list[str]) -> NDArray[np.float64]:
    """Return scores from 0 to 1, one column each."""
    columns = []
    for name in names:
        values = _columns.numbers(data, name, "weights")
        beyond = values.index[(values < 0) | (values > 1)]
        if len(beyond):
            raise ValueError(
                f"data column {name!r} has {len(beyond)} value(s) outside 0 to 1 in "
                f"row(s) {_validate.listing(beyond)}; turn indicators into scores "
                f"first: (value - worst) / (best - worst), and set what lies beyond a "
                f"goalpost to it (.clip(0, 1))"
            )
        columns.append(values.to_numpy(dtype=float))
    return np.column_stack(columns)


def _errors(
    data: pd.DataFrame, names: list[str], std_errors: Mapping[str, str] | None
) -> NDArray[np.float64]:
    """Return standard errors of the scores, 0 where they are taken as known."""
    errors = np.zeros((len(data), len(names)))
    if std_errors is None:
        return errors
    if not isinstance(std_errors, Mapping):
        raise TypeError(
            "std_errors= takes a mapping of scores to columns, such as "
            "{'takes_part': 'std_error'}"
        )
    for name, column in std_errors.items():
        _validate.choice(name, names, "std_errors")
        errors[:, names.index(name)] = _columns.amounts(data, column, "std_errors")
    return errors


def _combined(
    scores: NDArray[np.float64], weights: NDArray[np.float64], method: str
) -> NDArray[np.float64]:
    """Return the index of each row."""
    if method == "arithmetic":
        return scores @ weights
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.where(weights > 0, weights * np.log(scores), 0.0)
    return np.exp(logs.sum(axis=1))


def _ranks(index: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return ranks from 1 for the highest; equal ones share their mean."""
    # Sums that differ in the last bit alone are equal.
    return stats.rankdata(-np.round(index, 12), method="average")
