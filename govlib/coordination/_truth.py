"""Truth tables of set memberships, and how often noise passes their cuts."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from govlib import _columns, _qca, _validate
from govlib.coordination._inputs import SLACK, names_of, scores_of
from govlib.coordination._sets import set_of

Array = NDArray[np.floating]
Rng = int | np.random.Generator | None

# The truth table doubles with each condition, and few cases fill it.
MOST_CONDITIONS = 12


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
    >>> from govlib import coordination
    >>> cases = pd.DataFrame(
    ...     {"hall": [1, 1, 0, 0], "party": [1, 0, 1, 1], "solved": [1, 1, 1, 0]}
    ... )
    >>> found = coordination.truth_table(
    ...     cases, conditions=["hall", "party"], outcome="solved"
    ... )
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

    >>> from govlib import coordination
    >>> generator = np.random.default_rng(5)
    >>> drawn = pd.DataFrame(generator.random((30, 5)) < 0.5, columns=list("abcdy"))
    >>> table = coordination.noise_paths(
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
    names = names_of(conditions, "conditions", least=2)
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
    scores = scores_of(data, names, "conditions")
    for name, column in zip(names, scores.T, strict=True):
        torn = data.index[column == 0.5]
        if len(torn):
            raise ValueError(
                f"data column {name!r} has {len(torn)} membership(s) of exactly 0.5, "
                f"in row(s) {_validate.listing(torn)}; such a case is neither in nor "
                f"out and belongs to no row: decide which, and move the crossover of "
                f"its calibration"
            )
    y = set_of(data, outcome, "outcome")
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
