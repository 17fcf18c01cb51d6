"""Who has ties with whom, and with whom by chance: arrays in, arrays out.

Letters used throughout: B draws, K groups, S strata. Ties are counted as *arcs*: a
directed tie is one, an undirected tie is two, one from either end, so that one set of
formulas serves both kinds of network.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.intp]
Floats = NDArray[np.float64]
Labels = NDArray[np.uint8]

# Bytes of one working array, of which there are about six at a time: they stay in
# cache, and memory is bounded whatever the network.
_BATCH_BYTES = 2_000_000

# For fewer people sorting keys gains nothing; among more, too many share a key.
_DEALT_BY_KEYS = range(200, 20_000)


@dataclass(frozen=True, slots=True)
class Mixing:
    """
    One network with its groups, laid out for permutation.

    Attributes
    ----------
    labels : numpy.ndarray, shape (n,)
        Group of each node, 0 to ``n_groups - 1``; nodes of a stratum side by side.
    source, target : numpy.ndarray, shape (m,)
        Ends of the ties as positions in `labels`; the ties inside the first stratum
        come first, those of the second next, and ties between strata last.
    node_strata, tie_strata : list of slice, length S
        Where the nodes and the ties of each stratum lie.
    n_groups : int
        K, at least 1.
    directed : bool
        Whether a tie runs one way.
    """

    labels: Labels
    source: Ints
    target: Ints
    node_strata: list[slice]
    tie_strata: list[slice]
    n_groups: int
    directed: bool


@dataclass(frozen=True, slots=True)
class Pairs:
    """
    The two-by-two table of pairs in each stratum: same group or mixed, tied or not.

    Attributes
    ----------
    tied_same, free_same, tied_mixed, free_mixed : numpy.ndarray, shape (S, B)
        Counts of pairs; ordered pairs in a directed network.
    """

    tied_same: Floats
    free_same: Floats
    tied_mixed: Floats
    free_mixed: Floats

    @property
    def total(self) -> Floats:
        """All pairs of a stratum; 1 instead of 0, so that one may divide by it."""
        total = self.tied_same + self.free_same + self.tied_mixed + self.free_mixed
        return np.maximum(total, 1)


def lay_out(
    labels: Ints,
    strata: Ints,
    source: Ints,
    target: Ints,
    n_groups: int,
    *,
    directed: bool,
) -> Mixing:
    """Sort nodes and ties by stratum; equal numbers in `strata` are one stratum."""
    # Of a city's strata a network holds a few: number these from 0.
    levels, strata = np.unique(strata, return_inverse=True)
    n_strata = levels.size
    order = np.argsort(strata, kind="stable")
    place = np.empty_like(order)
    place[order] = np.arange(order.size)
    inside = np.where(strata[source] == strata[target], strata[source], n_strata)
    tie_order = np.argsort(inside, kind="stable")
    return Mixing(
        labels[order].astype(np.uint8),
        place[source[tie_order]],
        place[target[tie_order]],
        _slices(strata, n_strata),
        _slices(inside, n_strata),
        n_groups,
        directed,
    )


def stream(entropy: Ints, name: object) -> np.random.Generator:
    """Return a random stream for the network `name`, whatever other networks exist."""
    digest = hashlib.sha256(str(name).encode()).digest()
    words = np.frombuffer(digest, dtype="<u4")
    return np.random.default_rng([*entropy.tolist(), *words.tolist()])


def observed(net: Mixing) -> Floats:
    """Return the measures of the network as it is, shape (K + 3,)."""
    if np.unique(net.labels).size < 2:
        # All ties are inside the one group whatever anybody prefers.
        return np.full(net.n_groups + 3, np.nan)
    return _measures(net, net.labels[:, None])[0]


def observed_pairs(net: Mixing) -> Pairs:
    """Return the pairs of the network as it is, B = 1."""
    labels = net.labels[:, None]
    near, far = _ends(net, labels)
    return _pairs(net, labels, near == far)


def label_draws(
    net: Mixing, n_draws: int, generator: np.random.Generator, *, within: bool
) -> Floats:
    """Return the measures with labels shuffled (in strata if `within`), (B, K + 3)."""
    blocks = net.node_strata if within else [slice(None)]
    batch = max(1, _BATCH_BYTES // max(net.source.size, net.labels.size))
    draws = []
    for size in _batches(n_draws, batch):
        dealt = [_deal(net.labels[rows], size, generator) for rows in blocks]
        draws.append(_measures(net, np.concatenate(dealt)))
    return np.concatenate(draws)


def _deal(labels: Labels, times: int, generator: np.random.Generator) -> Labels:
    """Return `labels` in random order, each of `times` columns in its own."""
    if labels.size not in _DEALT_BY_KEYS:
        return _shuffle(labels, times, generator).T.copy()
    # Everyone draws a key; the lowest keys get the first label, and so on. Sorting
    # 16-bit keys is faster than shuffling.
    keys = generator.integers(2**16, size=(times, labels.size), dtype=np.uint16)
    ranked = np.sort(keys, axis=1, kind="stable")
    ordered = np.sort(labels)
    dealt = np.full(keys.shape, ordered[0])
    unclear = np.zeros(times, dtype=bool)
    for end in np.flatnonzero(np.diff(ordered)) + 1:
        last = ranked[:, end - 1]
        later = keys > last[:, None]
        dealt += later.view(np.uint8) * (ordered[end] - ordered[end - 1])
        unclear |= last == ranked[:, end]
    # Where two share the key at a border, nothing says who gets which label. Such
    # rows are shuffled instead; as keys know no names, the others stay fair.
    dealt[unclear] = _shuffle(labels, int(unclear.sum()), generator)
    return dealt.T.copy()


def _shuffle(labels: Labels, times: int, generator: np.random.Generator) -> Labels:
    """Return `labels` in random order, each of `times` rows in its own."""
    rows = np.repeat(labels[None], times, axis=0)
    return generator.permuted(rows, axis=1, out=rows)


def degree_draws(net: Mixing, n_draws: int, generator: np.random.Generator) -> Floats:
    """Return the measures with ties paired anew at random, shape (B, K + 3)."""
    _, *ends = _arcs(net, *_ends(net, net.labels[:, None]))
    out, into = (end[0].astype(np.intp) for end in ends)
    # The measures need no more than how many arcs stay in each group, and those
    # counts can be drawn as such: no tie need be made.
    if net.directed:
        first, second = np.tile(out, (n_draws, 1)), np.tile(into, (n_draws, 1))
    else:
        # Every tie has a first and a second end: deal half of all ends as first.
        first = generator.multivariate_hypergeometric(
            out, net.source.size, size=n_draws, method="marginals"
        )
        second = out - first
    within = _random_diagonal(first, second, generator).astype(float)
    if not net.directed:
        within *= 2
    sizes = np.bincount(net.labels, minlength=net.n_groups)
    # Loops and repeated ties have no place in a comparison of pairs.
    no_odds = np.full(n_draws, np.nan)
    return np.column_stack([_from_arcs(within, *ends, sizes), no_odds])


def _pairs(net: Mixing, labels: Labels, same: NDArray[np.bool_]) -> Pairs:
    """Count pairs inside strata; `same` says which ties join a group, (m, B)."""
    each = 1 if net.directed else 2
    tied = _lengths(net.tie_strata)
    tied_same = _strata_sums(same, net.tie_strata)
    size = _lengths(net.node_strata)
    all_pairs = size * (size - 1) / each
    same_pairs = np.zeros_like(tied_same)
    for group in range(net.n_groups):
        count = _strata_sums(labels == group, net.node_strata)
        same_pairs += count * (count - 1) / each
    return Pairs(
        tied_same,
        same_pairs - tied_same,
        tied - tied_same,
        (all_pairs - same_pairs) - (tied - tied_same),
    )


def log_odds_ratio(table: Pairs) -> Floats:
    """Return the log of the Mantel-Haenszel odds ratio, shape (B,)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.log(
            (table.tied_same * table.free_mixed / table.total).sum(axis=0)
            / (table.free_same * table.tied_mixed / table.total).sum(axis=0)
        )


def log_odds_variance(table: Pairs) -> Floats:
    """Return the variance of Robins, Breslow and Greenland (1986), shape (B,)."""
    total = table.total
    p = (table.tied_same + table.free_mixed) / total
    q = (table.free_same + table.tied_mixed) / total
    r = table.tied_same * table.free_mixed / total
    s = table.free_same * table.tied_mixed / total
    r_sum, s_sum = r.sum(axis=0), s.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return (
            (p * r).sum(axis=0) / (2 * r_sum**2)
            + (p * s + q * r).sum(axis=0) / (2 * r_sum * s_sum)
            + (q * s).sum(axis=0) / (2 * s_sum**2)
        )


def _measures(net: Mixing, labels: Labels) -> Floats:
    """Return E-I, assortativity, Coleman per group, log odds ratio: (B, K + 3)."""
    near, far = _ends(net, labels)
    sizes = np.bincount(net.labels, minlength=net.n_groups)
    odds = log_odds_ratio(_pairs(net, labels, near == far))
    return np.column_stack([_from_arcs(*_arcs(net, near, far), sizes), odds])


def _ends(net: Mixing, labels: Labels) -> tuple[Labels, Labels]:
    """Return the groups at both ends of every tie, each shape (m, B)."""
    return labels.take(net.source, axis=0), labels.take(net.target, axis=0)


def _arcs(net: Mixing, near: Labels, far: Labels) -> tuple[Floats, Floats, Floats]:
    """Return the arcs that stay in, leave and reach each group, each shape (B, K)."""
    within, out, into = np.empty((3, near.shape[1], net.n_groups))
    for group in range(net.n_groups):
        starts, ends = near == group, far == group
        within[:, group] = _column_sums(starts & ends)
        out[:, group] = _column_sums(starts)
        into[:, group] = _column_sums(ends)
    if net.directed:
        return within, out, into
    return 2 * within, out + into, out + into


def _from_arcs(within: Floats, out: Floats, into: Floats, sizes: Ints) -> Floats:
    """Return E-I, assortativity and Coleman from arcs by group, each (B, K)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        total = out.sum(axis=1, keepdims=True)
        inside = within.sum(axis=1, keepdims=True) / total
        chance = (out * into).sum(axis=1, keepdims=True) / total**2
        expected = out * (sizes - 1) / (sizes.sum() - 1)
        excess = within - expected
        coleman = excess / np.where(excess > 0, out - expected, expected)
        assortativity = (inside - chance) / (1 - chance)
    return np.column_stack([1 - 2 * inside, assortativity, coleman])


def _column_sums(flags: NDArray[np.bool_]) -> Floats:
    """Return how many flags are set in each column."""
    # A byte counts to 255. Adding bytes, 255 rows at a time, is several times faster
    # than widening every flag first.
    flags = flags.view(np.uint8)
    whole = flags.shape[0] // 255 * 255
    blocks = flags[:whole].reshape(-1, 255, flags.shape[1])
    sums = blocks.sum(axis=1, dtype=np.uint8).sum(axis=0, dtype=float)
    return sums + flags[whole:].sum(axis=0, dtype=np.uint8)


def _random_diagonal(rows: Ints, columns: Ints, generator: np.random.Generator) -> Ints:
    """Draw the diagonal of random tables with these margins, each shape (B, K)."""
    left = columns.copy()
    diagonal = np.empty_like(rows)
    for row in range(rows.shape[1]):
        need = rows[:, row].copy()
        rest = left.sum(axis=1)
        for column in range(rows.shape[1]):
            rest -= left[:, column]
            drawn = generator.hypergeometric(left[:, column], rest, need)
            left[:, column] -= drawn
            need -= drawn
            if column == row:
                diagonal[:, row] = drawn
    return diagonal


def _strata_sums(flags: NDArray[np.bool_], strata: list[slice]) -> Floats:
    """Return how many flags are set in each stratum, shape (S, B)."""
    return np.array([_column_sums(flags[rows]) for rows in strata])


def _lengths(strata: list[slice]) -> Floats:
    """Return how many rows each stratum has, shape (S, 1)."""
    return np.array([[rows.stop - rows.start] for rows in strata], dtype=float)


def _slices(sorted_codes: Ints, n_codes: int) -> list[slice]:
    """Return where each code lies once the codes are sorted."""
    stops = np.cumsum(np.bincount(sorted_codes, minlength=n_codes)[:n_codes])
    starts = np.concatenate(([0], stops[:-1]))
    return [slice(int(a), int(b)) for a, b in zip(starts, stops, strict=True)]


def _batches(total: int, most: int) -> Iterator[int]:
    """Yield whole numbers of at most `most` that add up to `total`."""
    while total > 0:
        yield min(total, most)
        total -= most
