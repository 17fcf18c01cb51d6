"""One matter, several platforms: candidate pairs in blocks, in bounded memory."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from govlib import _columns, _validate
from govlib.digital import _times
from govlib.digital._fellegi_sunter import FellegiSunter, fellegi_sunter
from govlib.digital._texts import bigrams

Array = NDArray[np.float64]
Integers = NDArray[np.intp]
# Pairs compared at a time: their arrays then take some tens of megabytes.
PAIRS = 200_000


@dataclass(frozen=True, slots=True)
class Linkage:
    """
    Requests linked to matters, as returned by :func:`link`.

    Attributes
    ----------
    table : pandas.DataFrame
        One row per request in the order of the data: the unit and ``matter``, a
        number that requests about the same matter share.
    links : pandas.DataFrame
        One row per linked pair: ``source``, ``target``, ``probability``.
    model : FellegiSunter
        What each field's agreement is worth.
    n : int
        Number of requests.
    n_pairs : int
        Number of pairs compared.
    n_matters : int
        Number of different matters.
    """

    table: pd.DataFrame
    links: pd.DataFrame
    model: FellegiSunter
    n: int
    n_pairs: int
    n_matters: int

    def __str__(self) -> str:
        return (
            f"{self.n:,} requests about {self.n_matters:,} matters; "
            f"{len(self.links):,} of {self.n_pairs:,} pairs compared are linked"
        )


def link(
    data: pd.DataFrame,
    *,
    unit: str,
    block: str | Sequence[str],
    equal: Sequence[str] = (),
    near: Mapping[str, float] | None = None,
    similar: Mapping[str, float] | None = None,
    across: str | None = None,
    threshold: float = 0.9,
) -> Linkage:
    r"""
    Find requests about the same matter on platforms that do not talk to each other.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per request.
    unit : str
        Column that names each request.
    block : str or sequence of str
        Columns that must agree for a pair to be compared at all, such as the
        community: without blocks, 100,000 requests make five billion pairs.
    equal : sequence of str, optional
        Columns that agree where they are equal.
    near : mapping of str to float, optional
        Columns of numbers, or of times, that agree where they differ by at most so
        much (times: hours).
    similar : mapping of str to float, optional
        Columns of text that agree where the Dice similarity of their pairs of
        characters is at least so much (0 to 1).
    across : str, optional
        Column, such as the platform: pairs within one value of it are not compared.
    threshold : float, default 0.9
        Probability from which a pair is linked.

    Returns
    -------
    Linkage
        Matters, links and weights.

    Raises
    ------
    TypeError
        If `data` is no DataFrame.
    ValueError
        If a column is unknown or named twice; a unit repeats or is missing; a blocking
        value is missing; fewer than three fields are compared; no pair is left to
        compare; the EM algorithm finds nothing to tell apart.

    See Also
    --------
    fellegi_sunter : The weights, from patterns counted elsewhere.
    linkage_quality : How good the links are, where the truth is known.
    integration : What linking saves.

    Notes
    -----
    Pairs are made block by block, 200,000 at a time, and only the count of each
    pattern of agreement is kept; once the weights are known, a second pass keeps the
    pairs above the threshold. Memory so depends on the number of requests and links,
    not of pairs [1]_. Linked pairs are joined: if A is B and B is C, then A is C.
    Missing values and empty texts do not agree with anything. Pairs of characters
    stand for words, as Chinese writes none; Dice similarity is twice the number of
    shared pairs over the number of both texts.

    References
    ----------
    .. [1] Christen, P. (2012). A survey of indexing techniques for scalable record
       linkage and deduplication. IEEE Transactions on Knowledge and Data Engineering
       24(9), 1537-1555.

    Examples
    --------
    Two lamps and a lift, the first lamp and the lift reported on two platforms each:

    >>> from govlib import digital
    >>> log = pd.DataFrame(
    ...     {
    ...         "request": ["r1", "r2", "r3", "r4", "r5"],
    ...         "place": ["a"] * 5,
    ...         "building": [1, 1, 2, 3, 3],
    ...         "hour": [0.0, 5.0, 90.0, 91.0, 95.0],
    ...         "text": [
    ...             "楼道灯不亮",
    ...             "楼道灯坏了不亮",
    ...             "路灯不亮",
    ...             "电梯停运",
    ...             "电梯停运了",
    ...         ],
    ...     }
    ... )
    >>> linked = digital.link(
    ...     log,
    ...     unit="request",
    ...     block="place",
    ...     equal=["building"],
    ...     near={"hour": 24},
    ...     similar={"text": 0.5},
    ... )
    >>> linked.table["matter"].to_list()
    [0, 0, 1, 2, 2]
    """
    if _validate.frame(data).empty:
        raise ValueError("data has no rows, so there is nothing to link")
    units = _validate.unique(_columns.complete(data, unit, "unit"))
    threshold = _validate.between(threshold, 0, 1, "threshold=")
    names = [block] if isinstance(block, str) else list(block)
    if not names:
        raise ValueError("block= takes at least one column")
    if isinstance(equal, str):
        raise TypeError(f"equal= takes a list of columns, not one text: {equal!r}")
    fields = _fields(data, equal, near or {}, similar or {}, names)
    blocks = _blocks(data, names)
    platform = None
    if across is not None:
        platform = pd.factorize(_columns.complete(data, across, "across"))[0]
    counts = np.zeros(1 << len(fields), dtype=np.int64)
    for one, two in _pairs(blocks, platform):
        counts += np.bincount(_pattern(fields, one, two), minlength=counts.size)
    n_pairs = int(counts.sum())
    if not n_pairs:
        raise ValueError(
            f"no pair is left to compare: no two requests share "
            f"{_validate.listing(names)}"
            + ("" if across is None else f" and differ in {across!r}")
            + "; block by fewer columns"
        )
    seen = np.flatnonzero(counts)
    table = pd.DataFrame(
        {name: seen >> i & 1 for i, (name, _) in enumerate(fields)}
    ).assign(pairs=counts[seen])
    model = fellegi_sunter(table, count="pairs")
    chance = np.zeros(counts.size)
    in_order = model.patterns[[name for name, _ in fields]].to_numpy()
    chance[in_order @ (1 << np.arange(len(fields)))] = model.patterns["probability"]
    sources, targets, chances = [], [], []
    for one, two in _pairs(blocks, platform):
        of_pair = chance[_pattern(fields, one, two)]
        kept = of_pair >= threshold
        sources.append(one[kept].astype(np.int32))
        targets.append(two[kept].astype(np.int32))
        chances.append(of_pair[kept])
    source, target = np.concatenate(sources), np.concatenate(targets)
    n_matters, matter = _join(source, target, len(data))
    found = units.to_numpy()
    links = pd.DataFrame(
        {
            "source": found[source],
            "target": found[target],
            "probability": np.concatenate(chances),
        }
    )
    return Linkage(
        pd.DataFrame({unit: found, "matter": matter}, index=data.index),
        links,
        model,
        len(data),
        n_pairs,
        n_matters,
    )


def _join(
    source: NDArray[np.int32], target: NDArray[np.int32], n: int
) -> tuple[int, Integers]:
    """Return how many matters there are, and each request's, in order of appearance."""
    ones = np.ones(source.size, dtype=bool)
    graph = sparse.coo_array((ones, (source, target)), shape=(n, n))
    found, label = connected_components(graph, directed=False)
    return int(found), pd.factorize(label)[0]


class _Equal:
    def __init__(self, values: pd.Series) -> None:
        self.codes = pd.factorize(values)[0]

    def __call__(self, one: Integers, two: Integers) -> NDArray[np.bool_]:
        left = self.codes[one]
        return (left == self.codes[two]) & (left >= 0)


class _Near:
    def __init__(self, values: Array, reach: float) -> None:
        self.values, self.reach = values, reach

    def __call__(self, one: Integers, two: Integers) -> NDArray[np.bool_]:
        # A missing value is near to nothing.
        return np.abs(self.values[one] - self.values[two]) <= self.reach


class _Similar:
    def __init__(self, texts: pd.Series, least: float) -> None:
        rows, columns, vocabulary = [], [], {}
        for i, text in enumerate(texts):
            for pair in set(bigrams(text)) if isinstance(text, str) else ():
                rows.append(i)
                columns.append(vocabulary.setdefault(pair, len(vocabulary)))
        ones = np.ones(len(rows), dtype=np.int16)
        shape = (len(texts), max(len(vocabulary), 1))
        self.held = sparse.csr_array((ones, (rows, columns)), shape=shape)
        self.sizes = np.diff(self.held.indptr)
        self.least = least

    def __call__(self, one: Integers, two: Integers) -> NDArray[np.bool_]:
        total = self.sizes[one] + self.sizes[two]
        shared = np.zeros(one.size)
        # However many they share, it is at most the shorter text: look no further.
        most = 2 * np.minimum(self.sizes[one], self.sizes[two])
        open_ = np.flatnonzero((most >= self.least * total) & (most > 0))
        both = self.held[one[open_]].multiply(self.held[two[open_]])
        shared[open_] = np.asarray(both.sum(axis=1)).ravel()
        # A tolerance for shares such as 0.6, which floats miss by their last bit.
        return (2 * shared >= self.least * total - 1e-9) & (total > 0) & (shared > 0)


def _fields(
    data: pd.DataFrame,
    equal: Sequence[str],
    near: Mapping[str, float],
    similar: Mapping[str, float],
    blocks: list[str],
) -> list[tuple[str, _Equal | _Near | _Similar]]:
    names = [*equal, *near, *similar]
    again = sorted({name for name in names if names.count(name) > 1})
    again += [name for name in names if name in blocks]
    if again:
        raise ValueError(
            f"column(s) {_validate.listing(again)} are compared twice, or compared and "
            f"blocked by; name each once"
        )
    if len(names) < 3:
        raise ValueError(
            f"{len(names)} field(s) are compared, but at least three are needed to "
            f"tell the same matter from another; add some to equal=, near= or similar="
        )
    out: list[tuple[str, _Equal | _Near | _Similar]] = []
    for name in equal:
        out.append((name, _Equal(_validate.column(data, name, "equal"))))
    for name, reach in near.items():
        if not reach >= 0:
            raise ValueError(f"near= takes distances >= 0, not {reach!r} for {name!r}")
        values = _times.hours(data, name, "near", may_miss=True)
        out.append((name, _Near(values, float(reach))))
    for name, least in similar.items():
        texts = _validate.column(data, name, "similar")
        present = texts.dropna()
        if not present.map(lambda text: isinstance(text, str)).all():
            raise ValueError(
                f"data column {name!r} (similar=) must hold text; use near= for "
                f"numbers and times"
            )
        _validate.between(least, 0, 1, f"similarity of {name!r}")
        out.append((name, _Similar(texts, float(least))))
    return out


def _blocks(data: pd.DataFrame, names: list[str]) -> list[Integers]:
    """Return the rows of each block that has two or more."""
    codes = np.zeros(len(data), dtype=np.int64)
    for name in names:
        values = _columns.complete(data, name, "block")
        of_value, levels = pd.factorize(values)
        codes = pd.factorize(codes * len(levels) + of_value)[0]
    sizes = np.bincount(codes)
    rows = np.argsort(codes, kind="stable")
    found = np.split(rows, np.cumsum(sizes)[:-1])
    return [rows for rows in found if rows.size > 1]


def _pairs(
    blocks: list[Integers], platform: Integers | None
) -> Iterator[tuple[Integers, Integers]]:
    """Return pairs of rows of one block, at most `PAIRS` or one row's at a time."""
    ones: list[Integers] = []
    twos: list[Integers] = []
    waiting = 0
    for rows in blocks:
        n = rows.size
        first = 0
        while first < n - 1:
            last = first + 1
            made = n - 1 - first
            while last < n - 1 and waiting + made + n - 1 - last <= PAIRS:
                made += n - 1 - last
                last += 1
            left = np.arange(first, last)
            each = n - 1 - left
            one = np.repeat(left, each)
            start = np.repeat(np.cumsum(each) - each, each)
            two = np.arange(one.size) - start + one + 1
            one, two = rows[one], rows[two]
            if platform is not None:
                other = platform[one] != platform[two]
                one, two = one[other], two[other]
            ones.append(one)
            twos.append(two)
            waiting += made
            first = last
            if waiting >= PAIRS or len(ones) >= 4_000:
                yield np.concatenate(ones), np.concatenate(twos)
                ones, twos, waiting = [], [], 0
    if ones:
        yield np.concatenate(ones), np.concatenate(twos)


def _pattern(
    fields: list[tuple[str, _Equal | _Near | _Similar]], one: Integers, two: Integers
) -> Integers:
    """Return the pattern of each pair: one bit per field."""
    code = np.zeros(one.size, dtype=np.intp)
    for i, (_, agrees) in enumerate(fields):
        code |= agrees(one, two).astype(np.intp) << i
    return code


def linkage_quality(
    data: pd.DataFrame, *, found: str, truth: str, conf_level: float = 0.95
) -> pd.DataFrame:
    """
    Compare linked requests with the true matters, pair by pair.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per request.
    found : str
        Column with the matter that linkage gave, such as ``matter`` of :func:`link`.
    truth : str
        Column with the true matter.
    conf_level : float, default 0.95
        Level of the intervals.

    Returns
    -------
    pandas.DataFrame
        Rows ``"precision"`` (of linked pairs, share truly the same), ``"recall"`` (of
        truly same pairs, share linked) and ``"f1"`` (their harmonic mean);
        ``estimate``, ``conf_low``, ``conf_high`` (exact binomial; none for f1),
        ``n`` pairs, ``conf_level``. Missing where there are no such pairs.

    Raises
    ------
    TypeError
        If `data` is no DataFrame.
    ValueError
        If a column is unknown or has missing values.

    See Also
    --------
    link : Find the matters.

    Examples
    --------
    Requests 1, 2 and 3 are one matter, of which linkage found 1 and 2; it also
    joined 4 and 5, which are two:

    >>> from govlib import digital
    >>> log = pd.DataFrame({"found": [1, 1, 2, 3, 3], "true": [1, 1, 1, 2, 3]})
    >>> quality = digital.linkage_quality(log, found="found", truth="true")
    >>> quality[["term", "estimate", "n"]]
            term  estimate  n
    0  precision      0.50  2
    1     recall      0.33  3
    2         f1      0.40  5
    """
    from scipy import stats

    if _validate.frame(data).empty:
        raise ValueError("data has no rows, so there is nothing to compare")
    conf_level = _validate.level(conf_level)
    one = pd.factorize(_columns.complete(data, found, "found"))[0].astype(np.int64)
    two = pd.factorize(_columns.complete(data, truth, "truth"))[0].astype(np.int64)
    together = np.unique(one * (two.max() + 1) + two, return_counts=True)[1]
    both, linked, same = (
        int((n * (n - 1) // 2).sum())
        for n in (together, np.bincount(one), np.bincount(two))
    )
    rows = []
    for term, of in (("precision", linked), ("recall", same)):
        row = {"term": term, "estimate": both / of if of else np.nan, "n": of}
        if of:
            interval = stats.binomtest(both, of).proportion_ci(conf_level)
            row |= {"conf_low": interval.low, "conf_high": interval.high}
        rows.append(row)
    of = linked + same
    rows.append({"term": "f1", "estimate": 2 * both / of if of else np.nan, "n": of})
    out = pd.DataFrame(rows).assign(conf_level=conf_level)
    columns = ["term", "estimate", "conf_low", "conf_high", "n", "conf_level"]
    return out.reindex(columns=columns).astype({"conf_low": float, "conf_high": float})


def integration(
    data: pd.DataFrame,
    *,
    matter: str,
    group: str | None = None,
    effort: str | None = None,
) -> pd.DataFrame:
    """
    Tell what is saved when platforms share one list of matters.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per request.
    matter : str
        Column that requests about the same matter share, such as from :func:`link`.
    group : str, optional
        Column, such as the platform. A repeated request is counted for the group of
        the request that repeats: any but the first row of a matter, so sort by time.
    effort : str, optional
        Column with what handling each request takes (hours, at least 0).

    Returns
    -------
    pandas.DataFrame
        One row per group, then one of all (group missing): ``requests``, ``matters``
        first met there, ``repeated`` requests, ``share`` repeated (0 to 1) and, with
        `effort`, the ``effort`` spent on repeated ones.

    Raises
    ------
    TypeError
        If `data` is no DataFrame.
    ValueError
        If a column is unknown, has missing values, or effort is negative.

    See Also
    --------
    link : Find the matters.

    Notes
    -----
    An upper bound of the saving: somebody still has to tell the callers, and a second
    report of a matter also says that it matters.

    Examples
    --------
    >>> from govlib import digital
    >>> log = pd.DataFrame(
    ...     {"platform": ["12345", "app", "app"], "matter": [1, 1, 2], "h": [2, 3, 1]}
    ... )
    >>> digital.integration(log, matter="matter", group="platform", effort="h")
      platform  requests  matters  repeated  share  effort
    0    12345         1        1         0   0.00     0.0
    1      app         2        1         1   0.50     3.0
    2      NaN         3        2         1   0.33     3.0
    """
    if _validate.frame(data).empty:
        raise ValueError("data has no rows, so there is nothing to count")
    matters = _columns.complete(data, matter, "matter")
    repeated = matters.duplicated().to_numpy()
    spent = None
    if effort is not None:
        spent = _columns.amounts(data, effort, "effort").to_numpy(dtype=float)
    everyone = np.ones(len(data), dtype=bool)
    parts: list[tuple[object, NDArray[np.bool_]]] = [(np.nan, everyone)]
    if group is not None:
        values = _columns.complete(data, group, "group")
        found = pd.Categorical(values).remove_unused_categories()
        parts = [
            *((level, found.codes == i) for i, level in enumerate(found.categories)),
            *parts,
        ]
    rows = []
    for name, members in parts:
        n, again = int(members.sum()), int((members & repeated).sum())
        row = {} if group is None else {group: name}
        row |= {"requests": n, "matters": n - again, "repeated": again}
        row["share"] = again / n
        if spent is not None:
            row["effort"] = float(spent[members & repeated].sum())
        rows.append(row)
    return pd.DataFrame(rows)
