"""
Boolean algebra of qualitative comparative analysis: fit, prime implicants, covers.

A configuration of k conditions is a row number from 0 to 2**k - 1 whose binary digits
say which conditions are present, the first condition first. A term is a tuple of k
digits: 0 absent, 1 present, 2 does not matter.
"""

from collections.abc import Iterable, Sequence
from itertools import product

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]
Term = tuple[int, ...]
ANY = 2
# Ratios of sums of decimals, such as .8 for four of five, may miss by the last bits.
SLACK = 1e-9
MOST_MODELS = 1_000


def ratio(part: Array, whole: Array) -> Array:
    """Return part / whole, NaN where the whole is empty."""
    part, whole = np.broadcast_arrays(part, whole)
    # What is left of a difference of equal sums is rounding, not membership.
    return np.divide(part, whole, out=np.full(whole.shape, np.nan), where=whole > SLACK)


def sufficiency(x: Array, y: Array) -> tuple[Array, Array, Array]:
    """Return consistency, PRI and coverage of sets x for the outcome, over cases."""
    # Cases lie on the first axis.
    both = np.minimum(x, y)
    overlap = both.sum(axis=0)
    torn = np.minimum(both, 1 - y).sum(axis=0)
    size = x.sum(axis=0)
    return (
        ratio(overlap, size),
        ratio(overlap - torn, size - torn),
        ratio(overlap, y.sum(axis=0)),
    )


def configurations(k: int) -> NDArray[np.int8]:
    """Return all combinations of k conditions, shape (2**k, k), in order."""
    return np.array(list(product((0, 1), repeat=k)), dtype=np.int8)


def membership(scores: Array, term: Term) -> Array:
    """Return how far each case is in a term; scores have shape (cases, k)."""
    parts = [
        scores[:, i] if digit else 1 - scores[:, i]
        for i, digit in enumerate(term)
        if digit != ANY
    ]
    return np.minimum.reduce(parts) if parts else np.ones(len(scores))


def union(scores: Array, terms: Iterable[Term]) -> Array:
    """Return how far each case is in at least one of the terms."""
    parts = [membership(scores, term) for term in terms]
    return np.maximum.reduce(parts) if parts else np.zeros(len(scores))


def covers(term: Term, row: Sequence[int]) -> bool:
    """Return whether a configuration (or a narrower term) lies inside a term."""
    return all(t in (ANY, r) for t, r in zip(term, row, strict=True))


def prime_implicants(k: int, wanted: set[int], free: set[int]) -> list[Term]:
    """
    Return every prime implicant of the wanted rows, free rows used where they help.

    All 3**k terms are laid out as a k-dimensional array: a term that leaves a condition
    open holds where both terms that fix it hold. Nothing is merged pair by pair.
    """
    allowed = np.zeros(2**k, dtype=bool)
    allowed[list(wanted | free)] = True
    useful = np.zeros(2**k, dtype=bool)
    useful[list(wanted)] = True
    allowed, useful = allowed.reshape((2,) * k), useful.reshape((2,) * k)
    for axis in range(k):
        both = allowed.all(axis=axis, keepdims=True)
        allowed = np.concatenate([allowed, both], axis=axis)
        either = useful.any(axis=axis, keepdims=True)
        useful = np.concatenate([useful, either], axis=axis)
    prime = allowed & useful
    for axis in range(k):
        # A term is not prime where it may leave one more condition open.
        wider = np.take(allowed, [ANY], axis=axis)
        none = np.zeros_like(wider)
        prime &= ~np.concatenate([wider, wider, none], axis=axis)
    return [tuple(int(digit) for digit in term) for term in np.argwhere(prime)]


def minimal_covers(chart: NDArray[np.bool_]) -> list[tuple[int, ...]]:
    """
    Return all smallest sets of prime implicants that cover every row of a chart.

    The chart has shape (prime implicants, rows). Sets are ordered, none twice.
    """
    covered = [_bits(np.flatnonzero(row)) for row in chart]
    ways = [_bits(np.flatnonzero(column)) for column in chart.T]
    found: list[tuple[int, ...]] = []

    def search(
        left: list[int], chosen: tuple[int, ...], usable: int, size: int
    ) -> None:
        if not left:
            found.append(tuple(sorted(chosen)))
            if len(found) > MOST_MODELS:
                raise ValueError(
                    f"more than {MOST_MODELS:,} solutions explain the rows equally "
                    f"well, so that none of them explains anything; use fewer "
                    f"conditions or more cases"
                )
            return
        left = sorted(left, key=lambda row: (ways[row] & usable).bit_count())
        # Rows that no prime implicant shares need one each.
        needed, taken = 0, 0
        for row in left:
            if not ways[row] & usable & taken:
                needed, taken = needed + 1, taken | ways[row] & usable
        if len(chosen) + needed > size:
            return
        # A set is reached once only: what an earlier branch took, later ones may not.
        options = ways[left[0]] & usable
        while options:
            p = (options & -options).bit_length() - 1
            options &= options - 1
            usable &= ~(1 << p)
            rest = [row for row in left if not covered[p] >> row & 1]
            search(rest, (*chosen, p), usable, size)

    size = 0
    while not found:
        size += 1
        search(list(range(len(ways))), (), (1 << len(chart)) - 1, size)
    return sorted(found)


def _bits(numbers: Iterable[int]) -> int:
    return sum(1 << int(number) for number in numbers)


def models(
    k: int, wanted: set[int], free: set[int]
) -> tuple[list[Term], NDArray[np.bool_], list[list[Term]]]:
    """Return prime implicants, their chart and every smallest solution."""
    primes = prime_implicants(k, wanted, free)
    rows = configurations(k)[sorted(wanted)]
    chart = np.array([[covers(term, row) for row in rows] for term in primes])
    return (
        primes,
        chart,
        [[primes[p] for p in cover] for cover in minimal_covers(chart)],
    )


def easy_counterfactuals(
    conservative: list[Term],
    parsimonious: list[Term],
    remainders: set[int],
    expected: Sequence[int],
) -> set[int]:
    """
    Return the remainders that parsimony uses and that theory does not speak against.

    `expected` holds 1 (present), 0 (absent) or 2 (no expectation) per condition. A path
    of the conservative solution drops a condition that the parsimonious path around it
    does without, if theory expects the opposite of what the path asks for: if the
    outcome occurs even so, it would all the more with the condition as expected.
    """
    rows = configurations(len(expected))
    easy: set[int] = set()
    for path in conservative:
        for around in parsimonious:
            if not covers(around, path):
                continue
            widened = tuple(
                ANY if wide == ANY and theory == 1 - digit else digit
                for digit, wide, theory in zip(path, around, expected, strict=True)
            )
            easy |= {row for row in remainders if covers(widened, rows[row])}
    return easy
