"""Whether two coders mean the same: Cohen's kappa and Krippendorff's alpha."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from govlib import _validate

Array = NDArray[np.float64]
SCALES = ("nominal", "ordinal", "interval")


def coder_agreement(
    data: pd.DataFrame,
    *,
    coders: Sequence[str],
    scale: str = "nominal",
    n_resamples: int = 2000,
    rng: int | np.random.Generator | None = None,
    conf_level: float = 0.95,
) -> pd.DataFrame:
    r"""
    Measure how far coders of the same texts agree beyond chance.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per text.
    coders : sequence of str
        Columns with the code that each coder gave; two or more. A missing value means
        that this coder did not code this text.
    scale : {"nominal", "ordinal", "interval"}, default "nominal"
        What a disagreement costs. Codes of an ordinal scale are numbers or ordered
        categories; of an interval scale, numbers.
    n_resamples : int, default 2000
        Bootstrap draws of texts for the interval of alpha, at least 100.
    rng : int or numpy.random.Generator, optional
        Source of random numbers.
    conf_level : float, default 0.95
        Level of the intervals.

    Returns
    -------
    pandas.DataFrame
        Rows ``"agreement"`` (share of texts coded alike) and ``"kappa"`` (Cohen's)
        for two coders, over texts that both coded; and ``"alpha"`` (Krippendorff's),
        over all texts with two codes or more. Both coefficients are 1 for perfect
        agreement, 0 for that of chance, and may be negative. Columns ``term``,
        ``estimate``, ``std_error``, ``conf_low``, ``conf_high``, ``n`` texts,
        ``conf_level``. Where only one code was ever given, chance alone agrees
        always: kappa and alpha are missing.

    Raises
    ------
    TypeError
        If `data` is no DataFrame or `coders` is one text.
    ValueError
        If there is one coder only, a column is unknown, no text has two codes, or
        codes do not fit the scale.

    See Also
    --------
    term_weights : What texts are about, without coders.

    Notes
    -----
    Kappa is :math:`(p_o - p_e) / (1 - p_e)` with :math:`p_e` from each coder's own
    frequencies [1]_; its standard error is the one for a kappa that is not zero [2]_.
    Kappa is of the nominal scale whatever `scale` says. Alpha is :math:`1 - D_o /
    D_e` from the coincidences of values within texts [3]_, with interval by bootstrap
    over texts (percentiles). The habit of calling alpha above 0.8 good and below 0.667
    useless is a convention.

    References
    ----------
    .. [1] Cohen, J. (1960). A coefficient of agreement for nominal scales.
       Educational and Psychological Measurement 20, 37-46.
    .. [2] Fleiss, J. L., Cohen, J. and Everitt, B. S. (1969). Large sample standard
       errors of kappa and weighted kappa. Psychological Bulletin 72(5), 323-327.
    .. [3] Krippendorff, K. (2011). Computing Krippendorff's alpha-reliability.
       University of Pennsylvania, Annenberg School for Communication.

    Examples
    --------
    Two coders give ten texts a code; they agree on six. By chance they would agree on
    more than half, as they use 0 most of the time [3]_:

    >>> from govlib import digital
    >>> codes = pd.DataFrame(
    ...     {
    ...         "anna": [0, 1, 0, 0, 0, 0, 0, 0, 1, 0],
    ...         "bo": [1, 1, 1, 0, 0, 1, 0, 0, 0, 0],
    ...     }
    ... )
    >>> table = digital.coder_agreement(codes, coders=["anna", "bo"], rng=1)
    >>> table[["term", "estimate"]].round(3)
            term  estimate
    0  agreement     0.600
    1      kappa     0.091
    2      alpha     0.095
    """
    if _validate.frame(data).empty:
        raise ValueError("data has no rows, so there is nothing to compare")
    conf_level = _validate.level(conf_level)
    _validate.choice(scale, SCALES, "scale")
    _validate.count(n_resamples, "n_resamples", least=100)
    if isinstance(coders, str):
        raise TypeError(f"coders= takes a list of columns, not one: {coders!r}")
    names = list(coders)
    if len(set(names)) < 2 or len(set(names)) < len(names):
        raise ValueError(
            f"coders= takes two or more different columns, not {names!r}: agreement "
            f"needs somebody to agree with"
        )
    codes, values = _codes(data, names, scale)
    coded = (codes >= 0).sum(axis=1)
    if not (coded >= 2).any():
        raise ValueError(
            "no text was coded by two coders, so nothing is known of their agreement; "
            "let both code some of the same texts"
        )
    rows = []
    if len(names) == 2:
        rows += _two_coders(codes[coded == 2], len(values), conf_level)
    pairable = codes[coded >= 2]
    within = np.stack([_coincidences(row, len(values)) for row in pairable])
    cost = _cost(scale, values)
    estimate = _alpha(within.sum(axis=0), cost, scale)
    draws = np.random.default_rng(rng)
    drawn = draws.integers(len(pairable), size=(n_resamples, len(pairable)))
    flat = within.reshape(len(pairable), -1)
    resampled = []
    for row in drawn:
        times = np.bincount(row, minlength=len(pairable))
        table = (times @ flat).reshape(cost.shape)
        resampled.append(_alpha(table, cost, scale))
    known = np.array(resampled)[~np.isnan(resampled)]
    row = {"term": "alpha", "estimate": estimate, "n": len(pairable)}
    if known.size > 1 and not np.isnan(estimate):
        tails = [(1 - conf_level) / 2, (1 + conf_level) / 2]
        low, high = np.quantile(known, tails)
        row |= {
            "std_error": known.std(ddof=1),
            "conf_low": float(low),
            "conf_high": float(high),
        }
    rows.append(row)
    out = pd.DataFrame(rows).assign(conf_level=conf_level)
    columns = ["term", "estimate", "std_error", "conf_low", "conf_high", "n"]
    out = out.reindex(columns=[*columns, "conf_level"])
    return out.astype(dict.fromkeys(columns[1:5], float))


def _codes(
    data: pd.DataFrame, names: list[str], scale: str
) -> tuple[NDArray[np.intp], Array]:
    """Return codes by number (-1 where missing), and the value of each number."""
    columns = [_validate.column(data, name, "coders") for name in names]
    stacked = pd.concat([column.astype(object) for column in columns])
    if stacked.notna().sum() == 0:
        raise ValueError("no coder gave any code; check the columns")
    if scale == "nominal":
        numbers, found = pd.factorize(stacked)
        values = np.arange(len(found), dtype=float)
    else:
        first = columns[0].dtype
        if isinstance(first, pd.CategoricalDtype) and first.ordered:
            if scale == "interval" or any(c.dtype != first for c in columns):
                raise ValueError(
                    "codes of an interval scale must be numbers, and those of an "
                    "ordinal scale categories of one order in all columns"
                )
            stacked = pd.concat(
                [c.cat.codes.astype(float).where(c.notna()) for c in columns]
            )
        else:
            stacked = pd.concat([_validate.numeric(column) for column in columns])
        values = np.unique(stacked.dropna().to_numpy(dtype=float))
        numbers = np.where(
            stacked.isna(), -1, np.searchsorted(values, stacked.fillna(values[0]))
        )
    return np.asarray(numbers, dtype=np.intp).reshape(len(names), -1).T, values


def _coincidences(row: NDArray[np.intp], k: int) -> Array:
    """Return the pairs of values within one text, weighted by its codes."""
    counts = np.bincount(row[row >= 0], minlength=k).astype(float)
    return (np.outer(counts, counts) - np.diag(counts)) / (counts.sum() - 1)


def _cost(scale: str, values: Array) -> Array:
    """Return what a disagreement costs; for an ordinal scale it depends on the data."""
    if scale == "interval":
        return np.subtract.outer(values, values) ** 2
    return 1 - np.eye(values.size)


def _alpha(table: Array, cost: Array, scale: str) -> float:
    totals = table.sum(axis=0)
    n = totals.sum()
    if scale == "ordinal":
        ranks = np.cumsum(totals) - totals / 2
        cost = np.subtract.outer(ranks, ranks) ** 2
    expected = totals @ cost @ totals
    if expected <= 0:
        return np.nan
    return float(1 - (n - 1) * (table * cost).sum() / expected)


def _two_coders(codes: NDArray[np.intp], k: int, conf_level: float) -> list[dict]:
    n = len(codes)
    table = np.bincount(codes[:, 0] * k + codes[:, 1], minlength=k * k)
    p = table.reshape(k, k) / n
    agree = float(np.trace(p))
    interval = stats.binomtest(round(agree * n), n).proportion_ci(conf_level)
    rows = [
        {
            "term": "agreement",
            "estimate": agree,
            "std_error": float(np.sqrt(agree * (1 - agree) / n)),
            "conf_low": interval.low,
            "conf_high": interval.high,
            "n": n,
        }
    ]
    first, second = p.sum(axis=1), p.sum(axis=0)
    chance = float(first @ second)
    row = {"term": "kappa", "estimate": np.nan, "n": n}
    if chance < 1:
        kappa = (agree - chance) / (1 - chance)
        own = np.diag(p)
        a = own @ (1 - (first + second) * (1 - kappa)) ** 2
        squares = np.add.outer(second, first) ** 2
        b = (1 - kappa) ** 2 * ((p * squares).sum() - own @ np.diag(squares))
        c = (kappa - chance * (1 - kappa)) ** 2
        error = float(np.sqrt(max(a + b - c, 0) / n) / (1 - chance))
        reach = stats.norm.ppf(0.5 + conf_level / 2) * error
        row |= {
            "estimate": kappa,
            "std_error": error,
            "conf_low": max(kappa - reach, -1.0),
            "conf_high": min(kappa + reach, 1.0),
        }
    rows.append(row)
    return rows
