"""Uncertainty and tests for any measure: draw again, measure again."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from numpy.typing import NDArray
from tqdm import tqdm

from govlib import _inference, _validate

# Draws are handed out in blocks of this many, each block with a random stream of
# its own, so that nothing depends on which worker takes which block.
_BLOCK = 25

# Two draws that are equal on paper may differ in the last bits of a float.
_SAME = 1e-12

Rng = int | np.random.Generator | None
Statistic = Callable[[pd.DataFrame], Any]
Draw = Callable[[np.random.Generator], pd.DataFrame]


def bootstrap(
    data: pd.DataFrame,
    statistic: Statistic,
    *,
    cluster: str | None = None,
    n_resamples: int = 999,
    conf_level: float = 0.95,
    rng: Rng = None,
    n_jobs: int = 1,
) -> pd.DataFrame:
    r"""
    Measure how far an estimate would move had other units been sampled.

    Rows are drawn from the data with replacement, as many as there are, and the
    measure is taken again; this is done many times. Where people were sampled by
    community (or class, or household), name that column in `cluster`: whole
    clusters are then drawn, because neighbours resemble each other and rows drawn
    one by one would make the estimate look surer than it is.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per unit. It is not changed.
    statistic : callable
        Takes a DataFrame like `data`, with rows numbered from 0, and returns a
        number, a Series (one number per label), or a DataFrame with columns
        ``term`` and ``estimate``. Survey weights need nothing more: they are a
        column, and travel with their row.
    cluster : str, optional
        Column of `data` that says which cluster a row belongs to. A cluster that
        is drawn twice is there twice under the same name. Default: draw rows.
    n_resamples : int, default 999
        How many times to draw.
    conf_level : float, default 0.95
        Level of ``conf_low`` and ``conf_high``.
    rng : int or numpy.random.Generator, optional
        Given to :func:`numpy.random.default_rng`. The same number gives the same
        table, whatever `n_jobs` and the order of the rows.
    n_jobs : int, default 1
        Workers, as in joblib: -1 is all cores. Inside
        ``joblib.parallel_config(backend="dask")`` the draws run on that cluster.

    Returns
    -------
    pandas.DataFrame
        One row per label, in the order in which `statistic` gives them: ``term``
        ("value" for a plain number), ``estimate`` (from `data` itself),
        ``std_error``, ``conf_low``, ``conf_high``, ``conf_level``, and
        ``n_resamples``, the number of draws in which the measure was defined. The
        others, such as those without anyone from a small group, are left out.

    Raises
    ------
    ValueError
        If `data` has fewer than two rows (or clusters), if the cluster column is
        not there or has missing values, or if a label comes twice.
    TypeError
        If `statistic` returns anything else than the three forms above.

    See Also
    --------
    permutation_test : Whether two columns have to do with each other at all.

    Notes
    -----
    With :math:`T^*_1, \dots, T^*_R` the measure in each draw, the standard error is
    their standard deviation (divisor :math:`R - 1`) and the interval runs between
    their quantiles, the percentile interval of [1]_, chapter 13. It is the interval
    that keeps to the range of the measure and is the same on a log scale. It is not
    corrected for bias: with few units or a skewed measure it covers less often than
    it says; with fewer than about 30 clusters the same holds for clusters. Missing
    values are left to `statistic`. Networks cannot be drawn by residents, as a
    resident drawn without neighbours has no ties; draw whole networks.

    References
    ----------
    .. [1] Efron, B. and Tibshirani, R. J. (1993). An Introduction to the Bootstrap.
       Chapman and Hall.

    Examples
    --------
    Hours of volunteering of six residents. The mean is 4; its standard error by the
    bootstrap is near sqrt(mean squared deviation / 6) = sqrt(6 / 6) = 1:

    >>> hours = pd.DataFrame({"hours": [1, 2, 3, 4, 6, 8]})
    >>> table = bootstrap(hours, lambda d: d["hours"].mean(), rng=1)
    >>> table[["term", "estimate"]]
        term  estimate
    0  value       4.0
    >>> bool(0.9 < table["std_error"][0] < 1.1)
    True
    """
    data = _ordered(_validate.frame(data))
    n_resamples = _validate.count(n_resamples, "n_resamples", 2)
    conf_level = _validate.level(conf_level)
    clusters = None
    if cluster is not None:
        clusters = _rows_by(_validate.column(data, cluster, "cluster"))
    n_units = len(data if clusters is None else clusters)
    if n_units < 2:
        raise ValueError(
            f"data has {n_units} {cluster or 'row'}(s); drawing again needs at least 2"
        )

    def draw(generator: np.random.Generator) -> pd.DataFrame:
        rows = generator.integers(n_units, size=n_units)
        if clusters is not None:
            rows = np.concatenate([clusters[unit] for unit in rows])
        return data.iloc[rows].reset_index(drop=True)

    estimate = _measure(statistic, data)
    draws = _draws(statistic, draw, estimate.index, n_resamples, rng, n_jobs)
    _, std_error, low, high = _inference.summary_of_draws(draws, conf_level)
    return pd.DataFrame(
        {
            "term": estimate.index,
            "estimate": estimate.to_numpy(),
            "std_error": std_error,
            "conf_low": low,
            "conf_high": high,
            "conf_level": conf_level,
            "n_resamples": (~np.isnan(draws)).sum(axis=0),
        }
    )


def permutation_test(
    data: pd.DataFrame,
    statistic: Statistic,
    *,
    value: str,
    within: str | None = None,
    n_permutations: int = 999,
    conf_level: float = 0.95,
    rng: Rng = None,
    n_jobs: int = 1,
) -> pd.DataFrame:
    r"""
    Test whether one column has to do with the others, by shuffling it.

    If the column `value` (say, who is a local) had nothing to do with the rest (say,
    who takes part), then handing its entries out again at random would give measures
    like the one observed. How often they are as extreme is the p-value.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per unit. It is not changed.
    statistic : callable
        Takes a DataFrame like `data` and returns a number, a Series, or a DataFrame
        with columns ``term`` and ``estimate``.
    value : str
        Column to shuffle. Its entries keep their numbers: nobody gets a new value,
        only another row's.
    within : str, optional
        Column of strata, such as the building or the randomisation block: entries
        then change places inside a stratum only. Default: over all rows.
    n_permutations : int, default 999
        How many shuffles; 999 make p-values of two decimals.
    conf_level : float, default 0.95
        Share of the shuffles that lies between ``conf_low`` and ``conf_high``.
    rng : int or numpy.random.Generator, optional
        Given to :func:`numpy.random.default_rng`. The same number gives the same
        table, whatever `n_jobs` and the order of the rows.
    n_jobs : int, default 1
        Workers, as in :func:`bootstrap`.

    Returns
    -------
    pandas.DataFrame
        One row per label: ``term``, ``estimate`` (observed), ``expected`` and
        ``std_error`` (mean and standard deviation over the shuffles), ``statistic``
        ((estimate - expected) / std_error), ``p_value`` (two-sided), ``conf_low``
        and ``conf_high`` (where the shuffles lie: an interval of the *null*, not of
        the estimate), ``conf_level`` and ``n_permutations`` (the shuffles in which
        the measure was defined).

    Raises
    ------
    ValueError
        If a column is not there, if `value` is the same in every row (of every
        stratum), if a stratum is missing, or if a label comes twice.
    TypeError
        If `statistic` returns anything else than the three forms above.

    See Also
    --------
    bootstrap : How sure an estimate is.

    Notes
    -----
    With :math:`R` shuffles, the one-sided p-values count the observed data as one
    more shuffle, so that none is ever zero [1]_:

    .. math:: p_{\ge} = \frac{1 + \#\{T^*_r \ge T\}}{1 + R}, \qquad
              p_{\le} = \frac{1 + \#\{T^*_r \le T\}}{1 + R},

    and the two-sided one is twice the smaller, at most 1. It needs no symmetry.

    References
    ----------
    .. [1] Phipson, B. and Smyth, G. K. (2010). Permutation P-values should never be
       zero. Statistical Applications in Genetics and Molecular Biology 9(1), 39.

    Examples
    --------
    Three who take part have lived here 7, 8 and 9 years, three who do not 1, 2 and
    3. Of the 20 ways to choose three of six, one gives a difference of 6 or more and
    one of -6 or less: the exact p-value is 2 / 20.

    >>> data = pd.DataFrame({"part": list("yyynnn"), "years": [7, 8, 9, 1, 2, 3]})
    >>> def difference(d):
    ...     means = d.groupby("part")["years"].mean()
    ...     return means["y"] - means["n"]
    >>> table = permutation_test(data, difference, value="part", rng=1)
    >>> float(table["estimate"][0])
    6.0
    >>> bool(0.06 < table["p_value"][0] < 0.14)
    True
    """
    data = _ordered(_validate.frame(data))
    n_permutations = _validate.count(n_permutations, "n_permutations", 2)
    conf_level = _validate.level(conf_level)
    values = _validate.column(data, value, "value").array
    strata = [np.arange(len(data))]
    if within is not None:
        strata = _rows_by(_validate.column(data, within, "within"))
    if all(pd.Series(values[rows]).nunique(dropna=False) < 2 for rows in strata):
        where = f" of every {within!r}" if within is not None else ""
        raise ValueError(
            f"data column {value!r} is the same in every row{where}, "
            f"so there is nothing to shuffle"
        )

    def draw(generator: np.random.Generator) -> pd.DataFrame:
        order = np.arange(len(data))
        for rows in strata:
            order[rows] = generator.permutation(rows)
        return data.assign(**{value: values[order]})

    estimate = _measure(statistic, data)
    draws = _draws(statistic, draw, estimate.index, n_permutations, rng, n_jobs)
    return null_table(estimate.index, estimate.to_numpy(), draws, conf_level)


def null_table(
    terms: Sequence[Any] | pd.Index,
    estimates: NDArray[np.float64],
    draws: NDArray[np.float64],
    conf_level: float = 0.95,
) -> pd.DataFrame:
    """
    Set estimates beside what chance alone gives, one row per measure.

    This is how :func:`permutation_test` and the mixing tests report; use it for
    draws from a null model of your own.

    Parameters
    ----------
    terms : sequence, length k
        Names of the measures.
    estimates : numpy.ndarray, shape (k,)
        The measures as observed.
    draws : numpy.ndarray, shape (r, k)
        The measures in `r` draws from the null. NaN where a measure is not defined
        in a draw; such draws are left out of that row.
    conf_level : float, default 0.95
        Share of the draws that lies between ``conf_low`` and ``conf_high``.

    Returns
    -------
    pandas.DataFrame
        The columns of :func:`permutation_test`. All but ``estimate`` is NaN where
        the measure is defined in no draw, or not as observed. Infinite draws count
        in the p-value; ``expected``, ``std_error`` and ``statistic`` are then NaN,
        as is ``statistic`` where all draws are equal.

    See Also
    --------
    permutation_test : Draws by shuffling a column, and the formula of the p-value.

    Examples
    --------
    Of four draws one is as high as what was observed and all are as low or lower:
    one-sided p-values (1 + 1) / 5 and (1 + 4) / 5, two-sided 2 x 2 / 5.

    >>> draws = np.array([[1.0], [2.0], [3.0], [6.0]])
    >>> table = null_table(["ties"], np.array([6.0]), draws)
    >>> table[["term", "estimate", "expected", "p_value"]]
       term  estimate  expected  p_value
    0  ties       6.0       3.0      0.8
    """
    draws = np.where(np.isnan(estimates), np.nan, draws)
    expected, std_error, low, high = _inference.summary_of_draws(draws, conf_level)
    slack = _SAME * np.where(np.isinf(estimates), 0, np.maximum(1, np.abs(estimates)))
    defined = (~np.isnan(draws)).sum(axis=0)
    above = (draws >= estimates - slack).sum(axis=0)
    below = (draws <= estimates + slack).sum(axis=0)
    p_value = np.minimum(1, 2 * (1 + np.minimum(above, below)) / (1 + defined))
    with np.errstate(invalid="ignore"):
        statistic = (estimates - expected) / np.where(std_error > 0, std_error, np.nan)
    return pd.DataFrame(
        {
            "term": terms,
            "estimate": estimates,
            "expected": expected,
            "std_error": std_error,
            "statistic": statistic,
            "p_value": np.where(defined > 0, p_value, np.nan),
            "conf_low": low,
            "conf_high": high,
            "conf_level": conf_level,
            "n_permutations": defined,
        }
    )


def _ordered(data: pd.DataFrame) -> pd.DataFrame:
    """Return the rows in an order that their contents alone decide."""
    # Otherwise the same seed would draw other people from a re-sorted file. Rows
    # with the same contents are interchangeable. The hash has a fixed key.
    # pandas loads this function on first use, which the type checker cannot follow.
    keys = pd.util.hash_pandas_object(data, index=False)  # ty: ignore[not-callable]
    order = np.argsort(keys, kind="stable")
    return data.iloc[order].reset_index(drop=True)


def _rows_by(values: pd.Series) -> list[NDArray[np.intp]]:
    """Return the row numbers of each value, in the order of the values."""
    codes, levels = pd.factorize(_validate.complete(values), sort=True)
    sizes = np.bincount(codes, minlength=len(levels))
    return np.split(np.argsort(codes, kind="stable"), np.cumsum(sizes)[:-1])


def _measure(statistic: Statistic, data: pd.DataFrame) -> pd.Series:
    """Return what `statistic` says of `data` as floats by label."""
    result = statistic(data)
    if isinstance(result, pd.DataFrame):
        missing = {"term", "estimate"} - set(result.columns)
        if missing:
            raise TypeError(
                f"statistic returned a DataFrame without the column(s) "
                f"{_validate.listing(sorted(missing))}; return term and estimate"
            )
        result = result.set_index("term")["estimate"]
    if not isinstance(result, pd.Series):
        if not isinstance(result, (int, float, np.number)):
            raise TypeError(
                f"statistic must return a number, a Series or a DataFrame with term "
                f"and estimate, not {type(result).__name__}"
            )
        result = pd.Series({"value": result})
    twice = result.index[result.index.duplicated()].unique()
    if len(twice):
        raise ValueError(
            f"statistic returned more than one number for {_validate.listing(twice)}; "
            f"give each its own label"
        )
    return result.astype(float)


def _draws(
    statistic: Statistic,
    draw: Draw,
    terms: pd.Index,
    n_draws: int,
    rng: Rng,
    n_jobs: int,
) -> NDArray[np.float64]:
    """Return the measure in each draw, shape (n_draws, len(terms))."""
    sizes = [min(_BLOCK, n_draws - i) for i in range(0, n_draws, _BLOCK)]
    streams = np.random.default_rng(rng).spawn(len(sizes))

    def block(size: int, stream: np.random.Generator) -> NDArray[np.float64]:
        return np.array(
            # A group that is absent from a draw leaves its term NaN there.
            [_measure(statistic, draw(stream)).reindex(terms) for _ in range(size)]
        )

    # The bar waits: work that is over soon shows none.
    jobs = tqdm(zip(sizes, streams, strict=True), total=len(sizes), delay=10)
    return np.concatenate(Parallel(n_jobs)(delayed(block)(*job) for job in jobs))
