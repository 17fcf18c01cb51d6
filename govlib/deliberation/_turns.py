"""Who does the talking at a meeting."""

import numpy as np
import pandas as pd

from govlib import _validate, resample
from govlib.deliberation._exact import by_group, named


def speaking_equality(
    data: pd.DataFrame,
    *,
    value: str,
    group: str | None = None,
    n_resamples: int = 999,
    conf_level: float = 0.95,
    rng: resample.Rng = None,
    n_jobs: int = 1,
) -> pd.DataFrame:
    r"""
    Measure how equally a meeting's talk is shared.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per person at the meeting, silent ones too: without them every meeting
        looks more equal than it was.
    value : str
        Column of turns, words or seconds, not negative.
    group : str, optional
        Column that says which meeting. Default: all rows are one.
    n_resamples : int, default 999
        Bootstrap draws of persons, by :func:`govlib.resample.bootstrap`.
    conf_level : float, default 0.95
        Level of the intervals.
    rng : int or numpy.random.Generator, optional
        Given to :func:`numpy.random.default_rng`.
    n_jobs : int, default 1
        Workers, as in joblib.

    Returns
    -------
    pandas.DataFrame
        Five rows per meeting: the meeting (if `group` is given), ``term``,
        ``estimate``, ``std_error``, ``conf_low``, ``conf_high``, ``conf_level``,
        ``n_resamples``. Terms: ``gini`` (0 equal, (n - 1) / n if one person speaks),
        ``herfindahl`` (1 / n to 1), ``entropy`` (1 equal, 0 one person),
        ``largest_share``, ``silent_share`` (of persons).

    Raises
    ------
    TypeError
        If `data` is no DataFrame or a column is not named.
    ValueError
        If a column is unknown or has missing values, a value is negative, nobody
        speaks at a meeting, or there are fewer than two persons.

    Notes
    -----
    With shares :math:`s_i` of n persons: Gini :math:`\sum_{ij} |s_i - s_j| / 2n`,
    Herfindahl :math:`\sum s_i^2` [1]_, entropy :math:`-\sum s_i \ln s_i / \ln n`. The
    first is not multiplied by n / (n - 1). All depend on how many were there, so
    compare meetings of like size. Equal turns are not equal influence.

    Intervals take those present for a sample of who might have been. Draws in which
    nobody speaks are left out. With fewer than about 20 persons they are too short.

    References
    ----------
    .. [1] Hirschman, A. O. (1964). The paternity of an index. American Economic
       Review 54(5), 761-762.

    Examples
    --------
    Four persons; one speaks six times, two once, one not at all:

    >>> talk = pd.DataFrame({"turns": [6, 1, 1, 0]})
    >>> table = speaking_equality(talk, value="turns", rng=1)
    >>> table[["term", "estimate"]]
                term  estimate
    0           gini    0.5625
    1     herfindahl    0.59375
    2        entropy    0.5306
    3  largest_share    0.7500
    4   silent_share    0.2500
    """
    _validate.frame(data)
    conf_level = _validate.level(conf_level)
    home, names = by_group(data, group)
    turns = _validate.numeric(
        _validate.complete(_validate.column(data, value, "value"))
    ).to_numpy()
    if (turns < 0).any():
        raise ValueError(
            f"data column {value!r} (value=) counts turns and cannot be negative; its "
            f"smallest value is {turns.min():g}"
        )
    persons, talk = np.bincount(home), np.bincount(home, turns)
    for wrong, why in ((persons < 2, "fewer than two persons"), (talk == 0, "no turn")):
        if wrong.any():
            where = "" if group is None else f": {_validate.listing(names[wrong])}"
            raise ValueError(
                f"{int(wrong.sum())} meeting(s) with {why}{where}; leave them out"
            )
    tables = []
    generators = np.random.default_rng(rng).spawn(len(names))
    for meeting, generator in enumerate(generators):
        table = resample.bootstrap(
            pd.DataFrame({"turns": turns[home == meeting]}),
            _measures,
            n_resamples=n_resamples,
            conf_level=conf_level,
            rng=generator,
            n_jobs=n_jobs,
        )
        tables.append(named(table, group, names[meeting]))
    return pd.concat(tables, ignore_index=True)


def _measures(data: pd.DataFrame) -> pd.Series:
    """Return the five measures of one meeting, NaN if nobody speaks."""
    turns = np.sort(data["turns"].to_numpy())
    n, total = len(turns), turns.sum()
    terms = ["gini", "herfindahl", "entropy", "largest_share", "silent_share"]
    if total == 0:
        return pd.Series(np.nan, index=terms)
    shares = turns / total
    spoken = shares[shares > 0]
    gini = (2 * np.arange(1, n + 1) - n - 1) @ shares / n
    # 0 - x, as the entropy of one speaker should not print as -0.
    entropy = (0 - spoken @ np.log(spoken)) / np.log(n)
    values = [gini, shares @ shares, entropy, shares[-1], 1 - len(spoken) / n]
    return pd.Series(values, index=terms)
