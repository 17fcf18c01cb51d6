"""How far everyone is from everyone, exactly, for one network or a whole city.

A set of nodes is a row of bits, 64 to a word. The *ball* of a node holds all those who
reach it in at most k steps; the ball for k + 1 is the union of the balls of the node
and of those with a tie to it. One pass over the ties so moves 64 searches a word.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from scipy import sparse
from tqdm import tqdm

from govlib import _structure

Ints = NDArray[np.intp]
Bits = NDArray[np.uint64]

# Words in one working array (a megabyte), so that three of them stay in cache.
_CACHE_WORDS = 131_072
# A row of bits narrower than this wastes more time on being found than on being read.
_LEAST_WORDS = 16
# Blocks of sources in one job: enough work to be worth handing to another worker.
_JOB_BLOCKS = 8
# Where fewer nodes than this have a k-th neighbour, they are better taken one by one.
_FEW = 16


@dataclass(frozen=True, slots=True)
class Distances:
    """
    What is known of the distances inside each network, arrays of shape (G,).

    Attributes
    ----------
    reachable : numpy.ndarray of int
        Ordered pairs of two nodes of which the first reaches the second.
    mean : numpy.ndarray of float
        Mean distance over these pairs; NaN where there is none.
    longest : numpy.ndarray of int
        Largest distance; 0 where there is no such pair.
    inverse : numpy.ndarray of float
        Sum of 1 / distance over these pairs.
    """

    reachable: Ints
    mean: NDArray[np.float64]
    longest: Ints
    inverse: NDArray[np.float64]


def distances(
    arcs: sparse.csr_array, offsets: Ints, component: Ints, *, n_jobs: int = 1
) -> Distances:
    """Measure all distances; none leads out of a `component`."""
    into = arcs.T.tocsr()
    jobs = list(_jobs(offsets))
    # The bar waits: work that is over soon shows none.
    tasks = (
        delayed(_count)(
            into[offsets[first] : offsets[last], offsets[first] : offsets[last]],
            offsets[first : last + 1] - offsets[first],
            component[offsets[first] : offsets[last]],
            blocks,
        )
        for first, last, blocks in tqdm(jobs, delay=10)
    )
    # Threads do, because numpy lets go of the interpreter while it works.
    counts: list[list[Ints]] = Parallel(n_jobs, prefer="threads")(tasks)
    found: list[Ints] = [np.zeros(1, dtype=np.intp)] * (offsets.size - 1)
    for (first, last, _), rows in zip(jobs, counts, strict=True):
        for network, row in zip(range(first, last), rows, strict=True):
            found[network] = _add(found[network], row)
    return _summarise(found)


def closure(arcs: sparse.csr_array) -> Bits:
    """Return who reaches each node, itself included, as rows of bits (n, n / 64)."""
    n = arcs.shape[0]
    lists = _lay_out(arcs.T.tocsr())
    ball = _start(lists.order, 0, -(-n // 64))
    spare, part = np.empty_like(ball), np.empty_like(ball)
    while True:
        _widen(ball, spare, part, lists)
        if np.array_equal(ball, spare):
            break
        ball, spare = spare, ball
    spare[lists.order] = ball
    return spare


@dataclass(frozen=True, slots=True)
class _Lists:
    """
    Neighbour lists, the longest first: nodes are numbered by their place in `order`.

    Attributes
    ----------
    order : numpy.ndarray, shape (n,)
        Nodes by falling number of neighbours.
    starts, neighbours : numpy.ndarray, shapes (n + 1,) and (arcs,)
        The neighbours of node i are ``neighbours[starts[i] : starts[i + 1]]``.
    columns : list of numpy.ndarray
        The k-th neighbours of all nodes (the first so many) that have one.
    rest : list of (int, numpy.ndarray)
        What remains of the lists of the few nodes with the longest.
    """

    order: Ints
    starts: Ints
    neighbours: Ints
    columns: list[Ints]
    rest: list[tuple[int, Ints]]


def _jobs(offsets: Ints) -> Iterator[tuple[int, int, list[tuple[int, int]]]]:
    """
    Yield first and last network of each job, and its blocks as (first word, words).

    How a network is cut up depends on its size alone, so that its sums do not depend
    on the workers nor on which other networks there are.
    """
    sizes = np.diff(offsets).tolist()
    first = 0
    while first < len(sizes):
        n, words, last = sizes[first], -(-sizes[first] // 64), first + 1
        if n * words > _CACHE_WORDS:
            width = max(_LEAST_WORDS, _CACHE_WORDS // n)
            pieces = -(-words // width)
            cuts = [words * k // pieces for k in range(pieces + 1)]
            blocks = [(a, b - a) for a, b in pairwise(cuts)]
            for start in range(0, pieces, _JOB_BLOCKS):
                yield first, last, blocks[start : start + _JOB_BLOCKS]
        else:
            # Neighbouring small networks advance together.
            while last < len(sizes):
                wider = max(words, -(-sizes[last] // 64))
                if (n + sizes[last]) * wider > _CACHE_WORDS:
                    break
                n, words, last = n + sizes[last], wider, last + 1
            yield first, last, [(0, words)]
        first = last


def _count(
    into: sparse.csr_array,
    offsets: Ints,
    component: Ints,
    blocks: list[tuple[int, int]],
) -> list[Ints]:
    """Return, network by network, how many ordered pairs are 0, 1, 2, … steps apart."""
    lists = _lay_out(into)
    home = np.repeat(np.arange(offsets.size - 1), np.diff(offsets))
    local = (np.arange(home.size) - offsets[home])[lists.order]
    home = home[lists.order]
    component = (component - component.min())[lists.order]
    totals = [np.zeros(1, dtype=np.intp)] * (offsets.size - 1)
    for word, words in blocks:
        ball = _start(local, word, words)
        spare, part = np.empty_like(ball), np.empty_like(ball)
        held = _sizes(ball)
        most = np.bincount(component, weights=held)[component]
        # Those whom nobody chose are done before they start.
        most = np.where(np.diff(lists.starts), most, held)
        within = [np.bincount(home, weights=held)]
        while True:
            unfinished = np.flatnonzero(held < most)
            if not unfinished.size:
                break
            if 2 * unfinished.size < held.size:
                ball[unfinished] |= _union(ball, lists, unfinished)
                held[unfinished] = _sizes(ball[unfinished])
            else:
                _widen(ball, spare, part, lists)
                ball, spare = spare, ball
                held = _sizes(ball)
            within.append(np.bincount(home, weights=held))
            if np.array_equal(within[-1], within[-2]):
                break
        steps = np.diff(np.array(within, dtype=np.intp), axis=0, prepend=0)
        totals = [_add(a, b) for a, b in zip(totals, steps.T, strict=True)]
    return totals


def _lay_out(into: sparse.csr_array) -> _Lists:
    """Sort nodes by falling number of neighbours and list these."""
    degree = np.diff(into.indptr)
    order = np.argsort(-degree, kind="stable")
    rank = np.empty_like(order)
    rank[order] = np.arange(order.size)
    neighbours = rank[into[order].indices]
    starts = np.concatenate(([0], np.cumsum(degree[order])))
    # How many nodes have more than k neighbours, for each k.
    having = order.size - np.cumsum(np.bincount(degree))[:-1]
    common = int(np.count_nonzero(having >= _FEW))
    few = int(having[common]) if common < having.size else 0
    return _Lists(
        order,
        starts,
        neighbours,
        [neighbours[starts[:c] + k] for k, c in enumerate(having[:common])],
        [(i, neighbours[starts[i] + common : starts[i + 1]]) for i in range(few)],
    )


def _start(local: Ints, word: int, words: int) -> Bits:
    """Return rows of bits, each with its own bit set if it lies in these words."""
    ball = np.zeros((local.size, words), dtype=np.uint64)
    rows = np.flatnonzero((local >= 64 * word) & (local < 64 * (word + words)))
    bit = local[rows] - 64 * word
    ball[rows, bit // 64] = np.left_shift(np.uint64(1), (bit % 64).astype(np.uint64))
    return ball


def _sizes(ball: Bits) -> NDArray[np.float32]:
    """Return how many bits are set in each row."""
    # As floats, because that product is quick; exact to 16 million in a row.
    counts = np.bitwise_count(ball).astype(np.float32)
    return counts @ np.ones(ball.shape[1], dtype=np.float32)


def _widen(ball: Bits, wider: Bits, part: Bits, lists: _Lists) -> None:
    """Fill `wider` with the union of each ball and those of the node's neighbours."""
    np.copyto(wider, ball)
    for neighbour in lists.columns:
        here, there = wider[: neighbour.size], part[: neighbour.size]
        # mode="clip" spares numpy a check and a copy; all positions are valid.
        np.take(ball, neighbour, axis=0, out=there, mode="clip")
        np.bitwise_or(here, there, out=here)
    for i, neighbours in lists.rest:
        wider[i] |= np.bitwise_or.reduce(ball[neighbours], axis=0)


def _union(ball: Bits, lists: _Lists, nodes: Ints) -> Bits:
    """Return the union of the balls of each node's neighbours, for a few nodes."""
    counts = lists.starts[nodes + 1] - lists.starts[nodes]
    begins = np.cumsum(counts) - counts
    places = _structure.spans(lists.starts, nodes)
    return np.bitwise_or.reduceat(ball[lists.neighbours[places]], begins, axis=0)


def _add(a: Ints, b: Ints) -> Ints:
    """Add two lists of counts of which one may be longer."""
    if a.size < b.size:
        a, b = b, a
    total = a.copy()
    total[: b.size] += b
    return total


def _summarise(counts: list[Ints]) -> Distances:
    """Return pairs, mean, largest and inverse distance of each network."""
    table = []
    for count in counts:
        apart = count[1:]
        steps = np.arange(1, count.size)
        pairs = int(apart.sum())
        mean = (apart @ steps) / pairs if pairs else np.nan
        reached = np.flatnonzero(apart)
        longest = int(steps[reached[-1]]) if pairs else 0
        table.append((pairs, mean, longest, (apart / steps).sum()))
    reachable, mean, longest, inverse = np.array(table).T
    return Distances(reachable.astype(np.intp), mean, longest.astype(np.intp), inverse)
