"""How ties hang together: components, triangles, cores, bridges and cutpoints.

Every function takes a whole city at once, as one symmetric matrix without a diagonal,
and its loops run over steps or levels, never over nodes, ties or networks.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import csgraph

from govlib import _network

Ints = NDArray[np.intp]
Flags = NDArray[np.bool_]

# Pairs of neighbours looked up at once, which bounds the memory.
_BATCH = 1_000_000


def components(arcs: sparse.csr_array, *, strong: bool = False) -> Ints:
    """Return the number of the (strong) component of each node, shape (n,)."""
    kind = {"directed": True, "connection": "strong"} if strong else {"directed": False}
    return csgraph.connected_components(arcs, **kind)[1].astype(np.intp)


def core_numbers(neighbours: sparse.csr_array) -> Ints:
    """Return the largest k for which each node is in the k-core, shape (n,)."""
    degree = np.diff(neighbours.indptr).astype(np.intp)
    core = np.zeros_like(degree)
    left = np.flatnonzero(degree)
    gone = degree == 0
    while left.size:
        k = degree[left].min()
        peeled = left[degree[left] <= k]
        while peeled.size:
            core[peeled] = k
            gone[peeled] = True
            losing = neighbours.indices[spans(neighbours.indptr, peeled)]
            losing = losing[~gone[losing]]
            np.subtract.at(degree, losing, 1)
            peeled = _network.distinct(losing[degree[losing] <= k])
        left = left[~gone[left]]
    return core


def triangles(neighbours: sparse.csr_array) -> Iterator[tuple[Ints, Ints, Ints]]:
    """Yield the three corners of every triangle once, some at a time."""
    # Each tie is kept at the end with fewer neighbours only, so that no node has
    # many; a triangle is then found at just one of its corners.
    n = neighbours.shape[0]
    degree = np.diff(neighbours.indptr)
    rows = np.repeat(np.arange(n), degree)
    columns = neighbours.indices.astype(np.intp)
    behind, ahead = degree[rows], degree[columns]
    up = (behind < ahead) | ((behind == ahead) & (rows < columns))
    rows, columns = rows[up], columns[up]
    keys = rows * n + columns
    starts = np.searchsorted(rows, np.arange(n + 1))
    later = starts[rows + 1] - np.arange(rows.size) - 1
    ends = np.cumsum(later)
    low = 0
    while low < rows.size:
        high = int(np.searchsorted(ends, ends[low] - later[low] + _BATCH, "right"))
        high = max(high, low + 1)
        first = np.repeat(np.arange(low, high), later[low:high])
        begins = ends[low:high] - later[low:high]
        second = np.arange(first.size) - (begins - begins[0])[first - low] + first + 1
        a, b = columns[first], columns[second]
        # The third tie may be kept at either end.
        turned = (degree[a] > degree[b]) | ((degree[a] == degree[b]) & (a > b))
        third = np.where(turned, b * n + a, a * n + b)
        place = np.searchsorted(keys, third)
        place[place == keys.size] = 0
        closed = keys[place] == third
        yield rows[first[closed]], a[closed], b[closed]
        low = high


@dataclass(frozen=True, slots=True)
class Blocks:
    """
    Where the network would fall apart.

    Attributes
    ----------
    cutpoint : numpy.ndarray of bool, shape (n,)
        Whether those around the node lose each other without it.
    bridges : numpy.ndarray, shape (b, 2)
        The two ends of each tie without which its component falls in two.
    cut_off : numpy.ndarray, shape (b,)
        How many nodes the smaller of the two parts holds.
    """

    cutpoint: Flags
    bridges: Ints
    cut_off: Ints


def blocks(neighbours: sparse.csr_array, component: Ints) -> Blocks:
    """
    Find bridges and cutpoints as Tarjan and Vishkin (1985) do.

    Ties belong to one block if they lie on a common cycle. Two ties of a spanning tree
    are in one block if a tie outside the tree closes a cycle through both, and which
    are linked so, step by step, is again a question of connected components.
    """
    n = component.size
    # In what follows a node is known by its place in a search by breadth; place 0 is
    # an added node above all components, so that the forest is one tree.
    order, parent, levels = _tree(neighbours, component)
    place = np.empty_like(order)
    place[order] = np.arange(n + 1)
    size = np.ones(n + 1, dtype=np.intp)
    for level in reversed(levels):
        np.add.at(size, parent[level], size[level])
    # Number every node before those below it, and leave no gap within a subtree.
    number = np.zeros(n + 1, dtype=np.intp)
    for level in levels:
        before = np.cumsum(size[level]) - size[level]
        eldest = np.searchsorted(parent[level], parent[level])
        number[level] = number[parent[level]] + 1 + before - before[eldest]
    rows = place[np.repeat(np.arange(n), np.diff(neighbours.indptr))]
    columns = place[neighbours.indices]
    outside = (parent[rows] != columns) & (parent[columns] != rows)
    rows, columns = rows[outside], columns[outside]
    # The lowest and highest number that such a tie leads to from within a subtree.
    low, high = number.copy(), number.copy()
    np.minimum.at(low, rows, number[columns])
    np.maximum.at(high, rows, number[columns])
    for level in reversed(levels):
        np.minimum.at(low, parent[level], low[level])
        np.maximum.at(high, parent[level], high[level])
    last = number + size - 1
    # A tie of the tree goes by the name of its lower end.
    child = np.flatnonzero(parent > 0)
    above = parent[child]
    linked = (low[child] < number[above]) | (high[child] > last[above])
    first = np.concatenate([rows, child[linked]])
    second = np.concatenate([columns, above[linked]])
    links = sparse.coo_array((np.ones(first.size), (first, second)), (n + 1, n + 1))
    block = components(links.tocsr())
    # A node is a cutpoint if the ties of the tree that meet there are of two blocks.
    least, most = np.full(n + 1, n + 1), np.full(n + 1, -1)
    for end in (child, above):
        np.minimum.at(least, end, block[child])
        np.maximum.at(most, end, block[child])
    bridge = child[(low[child] >= number[child]) & (high[child] <= last[child])]
    ends = order[np.column_stack([parent[bridge], bridge])]
    whole = np.bincount(component)[component[ends[:, 0]]]
    return Blocks(
        cutpoint=(most > least)[place[:n]],
        bridges=np.sort(ends, axis=1),
        cut_off=np.minimum(size[bridge], whole - size[bridge]),
    )


def _tree(
    neighbours: sparse.csr_array, component: Ints
) -> tuple[Ints, Ints, list[slice]]:
    """Return nodes by breadth from an added node `n`, parents' places, and levels."""
    n = component.size
    roots = np.unique(component, return_index=True)[1]
    indptr = np.append(neighbours.indptr, neighbours.nnz + roots.size)
    indices = np.concatenate([neighbours.indices, roots])
    graph = sparse.csr_array((np.ones(indices.size), indices, indptr), (n + 1, n + 1))
    order, parent = csgraph.breadth_first_order(graph, n)
    place = np.empty(n + 1, dtype=np.intp)
    place[order] = np.arange(n + 1)
    above = np.append(-1, place[parent[order[1:]]])
    levels, start = [], 1
    while start <= n:
        stop = int(np.searchsorted(above, start))
        levels.append(slice(start, stop))
        start = stop
    return order.astype(np.intp), above, levels


def spans(indptr: NDArray[np.integer], rows: Ints) -> Ints:
    """Return the places of all entries of some rows, row after row."""
    counts = indptr[rows + 1] - indptr[rows]
    begins = np.cumsum(counts) - counts
    return np.arange(counts.sum()) + np.repeat(indptr[rows] - begins, counts)
