"""Who reaches whom in one directed network, and whether two have a common superior."""

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from govlib import _distances, _structure

Ints = NDArray[np.intp]


def command(arcs: sparse.csr_array, component: Ints) -> tuple[int, int, int]:
    """
    Count pairs for Krackhardt's hierarchy and least upper boundedness.

    Returns
    -------
    mutual, either, unbounded : int
        Pairs that reach each other; pairs of which at least one reaches the other;
        pairs in one component without a least upper bound.
    """
    strong = _structure.components(arcs, strong=True)
    members = np.bincount(strong)
    mutual = int((members * (members - 1)).sum()) // 2
    above = np.bitwise_count(_distances.closure(arcs)).sum(axis=1, dtype=np.intp)
    either = int((above - 1).sum()) - mutual
    # Number nodes by falling number of those above them. The first node in a set of
    # upper bounds is then the one with most above it.
    order = np.argsort(-above, kind="stable")
    above = above[order]
    bounds = _distances.closure(arcs[order][:, order])
    # Those who reach each other have the same superiors: one of them stands for all.
    strong, component = strong[order], component[order]
    one = np.unique(strong, return_index=True)[1]
    one = one[np.argsort(component[one], kind="stable")]
    bounds, component = bounds[one], component[one]
    members = members[strong[one]]
    ends = np.searchsorted(component, component, side="right")
    unbounded = 0
    for i, end in enumerate(ends):
        common = bounds[i] & bounds[i + 1 : end]
        word = (common != 0).argmax(axis=1)
        bits = common[np.arange(word.size), word]
        # The number of zeros below the lowest bit that is set.
        first = 64 * word + np.bitwise_count(
            (bits & (~bits + np.uint64(1))) - np.uint64(1)
        )
        # All above an upper bound are upper bounds too. If there are as many of them
        # as there are upper bounds, they are all of them, and it is the least.
        most = np.where(bits != 0, above[np.minimum(first, above.size - 1)], -1)
        missing = most != np.bitwise_count(common).sum(axis=1, dtype=np.intp)
        unbounded += int(members[i] * members[i + 1 : end][missing].sum())
    return mutual, either, unbounded
