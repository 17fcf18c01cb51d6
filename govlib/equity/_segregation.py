"""How two groups are spread over places."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from govlib.equity import _tables

Array = NDArray[np.float64]


def dissimilarity(counts: ArrayLike, others: ArrayLike) -> float:
    r"""
    Measure how unevenly two groups are spread over places.

    Parameters
    ----------
    counts : array_like, shape (n,)
        Members of the group in each place (say, migrants in each community), 0 or more.
    others : array_like, shape (n,)
        Members of the other group in the same places.

    Returns
    -------
    float
        Share of either group that would have to move for an even spread: 0 to 1.

    Raises
    ------
    ValueError
        If an entry is missing or negative, the two differ in length, or a group has
        nobody.

    See Also
    --------
    isolation : Whom members of a group meet where they live.

    Notes
    -----
    :math:`D = \frac{1}{2} \sum_i |x_i / X - y_i / Y|` [1]_. It is above 0 by chance
    where places are small or sampled; :func:`govlib.resample.permutation_test` over
    people says by how much. Larger places look less segregated than the smaller ones
    that they consist of.

    References
    ----------
    .. [1] Duncan, O. D. and Duncan, B. (1955). A methodological analysis of segregation
       indexes. American Sociological Review 20(2), 210-217.

    Examples
    --------
    >>> dissimilarity([30, 10], [20, 60])
    0.5
    """
    x, y = _two_groups(counts, others)
    return float(np.abs(x / x.sum() - y / y.sum()).sum() / 2)


def isolation(counts: ArrayLike, others: ArrayLike) -> float:
    r"""
    Measure how much members of a group live among themselves.

    Parameters
    ----------
    counts : array_like, shape (n,)
        Members of the group in each place, 0 or more.
    others : array_like, shape (n,)
        All other people in the same places.

    Returns
    -------
    float
        Share of the own group in the place of the mean member: from the group's share
        of all people (no separation) to 1. One less this is exposure to the others.

    Raises
    ------
    ValueError
        If an entry is missing or negative, the two differ in length, or a group has
        nobody.

    See Also
    --------
    dissimilarity : A measure that does not depend on the size of the group.

    Notes
    -----
    :math:`\sum_i (x_i / X)\, x_i / (x_i + y_i)` [1]_. A large group is isolated without
    any separation: compare with its share :math:`P`, or take the correlation ratio
    :math:`(I - P) / (1 - P)`.

    References
    ----------
    .. [1] Massey, D. S. and Denton, N. A. (1988). The dimensions of residential
       segregation. Social Forces 67(2), 281-315.

    Examples
    --------
    Three of four members live where they are 30 of 50, one where they are 10 of 70:

    >>> isolation([30, 10], [20, 60])
    0.4857
    """
    x, y = _two_groups(counts, others)
    x, y = x[x > 0], y[x > 0]
    return float(x / x.sum() @ (x / (x + y)))


def _two_groups(counts: ArrayLike, others: ArrayLike) -> tuple[Array, Array]:
    """Return the members of two groups in the same places."""
    x, y = _tables.vector(counts, "counts"), _tables.vector(others, "others")
    if x.size != y.size:
        raise ValueError(f"others has {y.size} entries for {x.size} places in counts")
    for name, members in (("counts", x), ("others", y)):
        if members.sum() == 0:
            raise ValueError(f"{name} are all zero: a group without members")
    return x, y
