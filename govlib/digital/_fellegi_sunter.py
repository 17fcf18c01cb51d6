"""How much an agreement is worth: Fellegi and Sunter's weights by EM over patterns."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from govlib import _columns, _validate

Array = NDArray[np.floating]
# Shares and chances are kept this far from 0 and 1, where weights are infinite.
LEAST = 1e-6


@dataclass(frozen=True, slots=True)
class FellegiSunter:
    """
    Weights of agreement, as returned by :func:`fellegi_sunter`.

    Attributes
    ----------
    table : pandas.DataFrame
        One row per field: ``term``; ``m`` and ``u``, the chance that it agrees in
        pairs of the same matter and of different ones; ``agree`` and ``disagree``,
        the base-2 logarithms that either adds to a pair's weight.
    patterns : pandas.DataFrame
        One row per pattern of agreement: the fields (0 or 1), ``pairs``, ``weight``
        (sum of the logarithms), ``probability`` of being the same matter; the most
        probable first.
    share : float
        Estimated share of pairs that are the same matter.
    n : int
        Number of pairs.
    iterations : int
        Steps of the EM algorithm.
    log_likelihood : float
        At the solution.
    """

    table: pd.DataFrame
    patterns: pd.DataFrame
    share: float
    n: int
    iterations: int
    log_likelihood: float

    def __str__(self) -> str:
        return (
            f"{self.n:,} pairs, {100 * self.share:.2f} % of them the same matter by "
            f"{len(self.table)} fields ({self.iterations} steps)"
        )


def fellegi_sunter(
    patterns: pd.DataFrame,
    *,
    count: str | None = None,
    tolerance: float = 1e-9,
    most_steps: int = 10_000,
) -> FellegiSunter:
    r"""
    Learn from agreement patterns which pairs are the same matter.

    No pair needs to be known in advance: the same matter shows as agreement in many
    fields at once, which by chance hardly happens.

    Parameters
    ----------
    patterns : pandas.DataFrame
        One row per pair, or per pattern with `count`. Every other column is a field:
        1 where the pair agrees, 0 where it does not.
    count : str, optional
        Column with the number of pairs of each pattern.
    tolerance : float, default 1e-9
        The algorithm stops when no chance changes by more.
    most_steps : int, default 10000
        It gives up after so many steps.

    Returns
    -------
    FellegiSunter
        Weights, patterns and the share of pairs that are the same matter.

    Raises
    ------
    TypeError
        If `patterns` is no DataFrame.
    ValueError
        If there are fewer than three fields, or values other than 0 and 1; a field is
        the same in all pairs, so it tells nothing; the algorithm does not settle.

    See Also
    --------
    link : Find the pairs among many requests, too.

    Notes
    -----
    With :math:`\gamma` the pattern of a pair, :math:`p` the share of pairs that are
    the same matter, and fields independent within both classes [1]_,

    .. math:: P(\gamma) = p \prod_k m_k^{\gamma_k} (1 - m_k)^{1 - \gamma_k}
       + (1 - p) \prod_k u_k^{\gamma_k} (1 - u_k)^{1 - \gamma_k},

    maximised by EM [2]_ from :math:`m = 0.9`, :math:`u = 0.1`, :math:`p = 0.1`, after
    every two steps with a leap in the direction that they took [3]_. The
    class that agrees more is called the same matter. Two fields have three free
    counts for five unknowns, so three fields are the fewest. Chances are held within
    1e-6 of 0 and 1. Fields that depend on each other (time and text of one form) make
    probabilities too sure: check a sample by eye.

    References
    ----------
    .. [1] Fellegi, I. P. and Sunter, A. B. (1969). A theory for record linkage.
       Journal of the American Statistical Association 64, 1183-1210.
    .. [2] Winkler, W. E. (1988). Using the EM algorithm for weight computation in the
       Fellegi-Sunter model of record linkage. Proceedings of the Section on Survey
       Research Methods, American Statistical Association, 667-671.
    .. [3] Varadhan, R. and Roland, C. (2008). Simple and globally convergent methods
       for accelerating the convergence of any EM algorithm. Scandinavian Journal of
       Statistics 35(2), 335-353.

    Examples
    --------
    Thirty of a thousand pairs agree in all of three fields, most in at most one:

    >>> from govlib import digital
    >>> counts = pd.DataFrame(
    ...     {
    ...         "place": [1, 1, 1, 0, 0, 0, 1, 0],
    ...         "kind": [1, 1, 0, 1, 0, 1, 0, 0],
    ...         "day": [1, 0, 1, 1, 1, 0, 0, 0],
    ...         "pairs": [30, 3, 3, 3, 95, 95, 95, 676],
    ...     }
    ... )
    >>> fitted = digital.fellegi_sunter(counts, count="pairs")
    >>> fitted.patterns.loc[:2, ["place", "kind", "day", "pairs", "probability"]]
       place  kind  day  pairs  probability
    0      1     1    1     30         0.96
    1      1     1    0      3         0.00
    2      1     0    1      3         0.00
    """
    _validate.frame(patterns, "patterns")
    if patterns.empty:
        raise ValueError("patterns has no rows: no pair was compared")
    fields = [name for name in patterns.columns if name != count]
    if len(fields) < 3:
        raise ValueError(
            f"patterns has {len(fields)} field(s), but EM needs at least three to tell "
            f"two kinds of pairs apart; compare more fields"
        )
    g = np.column_stack([_columns.flags(patterns, name, "patterns") for name in fields])
    n = np.ones(len(patterns))
    if count is not None:
        n = _columns.amounts(patterns, count, "count").to_numpy(dtype=float)
    if not n.any():
        raise ValueError(f"patterns column {count!r} (count=) is all zero")
    code = g @ (1 << np.arange(len(fields)))
    found, place = np.unique(code, return_inverse=True)
    pairs = np.bincount(place, weights=n).astype(float)
    found, pairs = found[pairs > 0], pairs[pairs > 0]
    g = (found[:, None] >> np.arange(len(fields)) & 1).astype(float)
    agreeing = pairs @ g
    constant = [
        name
        for name, k in zip(fields, agreeing, strict=True)
        if k == 0 or k == pairs.sum()
    ]
    if constant:
        raise ValueError(
            f"field(s) {_validate.listing(constant)} agree in all pairs or in none, so "
            f"they tell nothing apart; leave them out (a field that blocks agrees "
            f"always)"
        )
    m, u, p, steps = _em(g, pairs, tolerance, most_steps)
    if m.sum() < u.sum():
        m, u, p = u, m, 1 - p
    same, other = _densities(g, m), _densities(g, u)
    mixture = p * same + (1 - p) * other
    agree, disagree = np.log2(m / u), np.log2((1 - m) / (1 - u))
    out = pd.DataFrame(g.astype(int), columns=fields)
    out["pairs"] = np.round(pairs).astype(int) if (pairs % 1 == 0).all() else pairs
    out["weight"] = g @ agree + (1 - g) @ disagree
    out["probability"] = p * same / mixture
    # Ties in probability are put in the order of the patterns themselves.
    out = out.sort_values(
        ["probability", "weight", *fields], ascending=False, kind="stable"
    )
    table = pd.DataFrame(
        {"term": fields, "m": m, "u": u, "agree": agree, "disagree": disagree}
    )
    return FellegiSunter(
        table,
        out.reset_index(drop=True),
        float(p),
        round(float(pairs.sum())),
        steps,
        float(pairs @ np.log(mixture)),
    )


def _densities(g: Array, chance: Array) -> Array:
    return np.exp(g @ np.log(chance) + (1 - g) @ np.log1p(-chance))


def _em(
    g: Array, pairs: Array, tolerance: float, most_steps: int
) -> tuple[Array, Array, float, int]:
    """Return the chances m and u and the share of matters that EM settles at."""
    k = g.shape[1]
    chances = np.concatenate((np.full(k, 0.9), np.full(k, 0.1), [0.1]))
    for step in range(2, most_steps + 1, 2):
        one, _ = _improved(g, pairs, chances)
        two, likelihood = _improved(g, pairs, one)
        move = one - chances
        bend = two - one - move
        if np.abs(two - one).max() < tolerance:
            return two[:k], two[k : 2 * k], float(two[-1]), step
        # Where few pairs are the same matter, EM creeps: two steps say how far it
        # would get. The leap is kept if it is likelier than where they were.
        length = max(np.linalg.norm(move) / max(np.linalg.norm(bend), 1e-300), 1.0)
        leap = chances + 2 * length * move + length**2 * bend
        leap = np.clip(leap, LEAST, 1 - LEAST)
        chances = leap if _improved(g, pairs, leap)[1] >= likelihood else two
    raise ValueError(
        f"EM did not settle in {most_steps} steps (last change "
        f"{np.abs(two - one).max():.1g}); the fields may not tell two kinds of pairs "
        f"apart: compare others, or raise tolerance="
    )


def _improved(g: Array, pairs: Array, chances: Array) -> tuple[Array, float]:
    """Return the chances after a step of EM, and the log likelihood before it."""
    k = g.shape[1]
    m, u, p = chances[:k], chances[k : 2 * k], chances[-1]
    same, other = p * _densities(g, m), (1 - p) * _densities(g, u)
    weight = pairs * same / (same + other)
    rest = pairs - weight
    new = np.concatenate(
        (
            weight @ g / weight.sum(),
            rest @ g / rest.sum(),
            [weight.sum() / pairs.sum()],
        )
    )
    return np.clip(new, LEAST, 1 - LEAST), float(pairs @ np.log(same + other))
