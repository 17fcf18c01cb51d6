"""Right and wrong forms of the coupling of subsystem scores."""

from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from govlib import _validate
from govlib.coordination._inputs import SLACK

Array = NDArray[np.floating]


def coupling_variants(
    scores: ArrayLike, *, weights: ArrayLike | None = None
) -> pd.DataFrame:
    r"""
    Show what right and wrong forms of the coupling give for the same scores.

    For teaching, and to find out what a published number was computed with. Of 379
    papers that Liu [1]_ read, about half had the coupling wrong.

    Parameters
    ----------
    scores : array-like, shape (n,)
        Scores of two or more subsystems, each from 0 to 1, not all 0.
    weights : array-like, shape (n,), optional
        Weights as a paper uses them, 0 or more. They need not add up to 1: that is one
        of the mistakes. Default: 1 each.

    Returns
    -------
    pandas.DataFrame
        One row per form: ``form``, ``formula``, ``coupling``, ``maximum`` (coupling of
        equal scores of 1), ``coordination``, ``correct`` and ``problem``.

    Raises
    ------
    ValueError
        If scores are missing, outside 0 to 1, all 0, or fewer than two, or if weights
        are negative, all 0, or not as many.

    See Also
    --------
    coupling_coordination : The right forms, for a table.

    Notes
    -----
    Forms follow the misuses named in [2]_: lost coefficients, exponents that fit
    another number of subsystems, and weights in the wrong place.

    References
    ----------
    .. [1] Liu, C. (2017). 耦合度计算的常见错误分析 (Common errors in computing the
       coupling degree).
    .. [2] Wang, S., Kong, W., Ren, L., Zhi, D. and Dai, B. (2021). Research on misuses
       and modification of coupling coordination degree model in China. Journal of
       Natural Resources 36(3), 793-810. doi:10.31497/zrzyxb.20210319

    Examples
    --------
    >>> from govlib import coordination
    >>> coordination.coupling_variants([0.8, 0.6, 0.2])[
    ...     ["form", "coupling", "maximum"]
    ... ].round(3)
                             form  coupling  maximum
    0                    standard     0.859    1.000
    1                   corrected     0.510    1.000
    2            lost coefficient     0.286    0.333
    3  lost coefficient, pairwise     0.441    0.500
    4                 square root     0.795    1.000
    5                  exponent 2     0.400    1.000
    6         weights in coupling     0.859    1.000
    7            weights unscaled     0.859    1.000
    """
    u = _validate.vector(scores, "scores")
    if u.size < 2:
        raise ValueError("scores has one subsystem; coupling needs at least two")
    if u.min() < 0 or u.max() > 1:
        raise ValueError(
            f"scores must lie between 0 and 1; the smallest is {u.min():g} and the "
            f"largest {u.max():g}; use normalise first"
        )
    if not u.any():
        raise ValueError("scores are all 0, so coupling is 0 / 0; it has no value")
    _validate.weights(weights, u.size, "weights")
    given = np.ones(u.size) if weights is None else _validate.vector(weights, "weights")
    alpha = given / given.sum()
    rows = []
    for name, (formula, problem) in _variants(u.size).items():
        coupling = _coupling(u, alpha, name)
        total = given if name == "weights unscaled" else alpha
        rows.append(
            {
                "form": name,
                "formula": formula,
                "coupling": coupling,
                "maximum": _coupling(
                    np.ones(u.size), np.full(u.size, 1 / u.size), name
                ),
                "coordination": float(np.sqrt(coupling * (total @ u))),
                "correct": not problem,
                "problem": problem,
            }
        )
    return pd.DataFrame(rows)


def degrees(scores: Array, alpha: Array, form: str) -> tuple[Array, ...]:
    """Return coupling, development, coordination and difference of each row."""
    n = scores.shape[1]
    pairs = list(combinations(range(n), 2))
    difference = np.mean([abs(scores[:, i] - scores[:, j]) for i, j in pairs], axis=0)
    top = scores.max(axis=1)
    # Scores relative to the highest: small ones multiplied together would vanish.
    relative = np.divide(scores, top[:, None], where=top[:, None] > 0, out=scores * 0)
    if form == "standard":
        mean = np.where(top > 0, relative.mean(axis=1), np.nan)
        coupling = relative.prod(axis=1) ** (1 / n) / mean
    else:
        power = relative.prod(axis=1) ** (1 / (n - 1))
        coupling = np.sqrt(np.where(top > 0, (1 - difference) * power, np.nan))
    coupling = np.minimum(coupling, 1)
    development = scores @ alpha
    # Where all scores are 0, coupling has no value, but nothing is coordinated.
    coordination = np.sqrt(np.where(top > 0, coupling, 0) * development)
    return coupling, development, coordination, difference


def _coupling(u: Array, alpha: Array, form: str) -> float:
    """Return one of the couplings of :func:`coupling_variants`."""
    n = u.size
    if form in {"standard", "corrected", "weights unscaled"}:
        right = "corrected" if form == "corrected" else "standard"
        return float(degrees(u[None], alpha, right)[0][0])
    if form == "lost coefficient":
        return float((u / u.sum()).prod() ** (1 / n))
    if form == "lost coefficient, pairwise":
        sums = np.array([u[i] + u[j] for i, j in combinations(range(n), 2)])
        # Two of three zero scores leave a sum of zero below a product of zero.
        return float((u.prod() / sums.prod()) ** (1 / n)) if sums.all() else 0.0
    if form == "weights in coupling":
        weighted = alpha * u
        if not weighted.any():
            return float("nan")
        return float(n * weighted.prod() ** (1 / n) / weighted.sum())
    share = (u / u.mean()).prod()
    return float(share**0.5 if form == "square root" else share**2)


def _variants(n: int) -> dict[str, tuple[str, str]]:
    """Return formula and problem (empty if none) of each form for n subsystems."""
    forms = {
        "standard": ("n (prod U)^(1/n) / sum U", ""),
        "corrected": ("sqrt([1 - mean |Ui - Uj|] (prod U/max U)^(1/(n-1)))", ""),
        "lost coefficient": (
            "(prod U / (sum U)^n)^(1/n)",
            f"the factor n is lost: coupling cannot exceed 1/{n}, but is read by "
            f"classes that run to 1",
        ),
        "lost coefficient, pairwise": (
            "(prod U / prod (Ui + Uj))^(1/n)",
            "the factor 2 of each pair is lost: coupling cannot exceed .5, but is read "
            "by classes that run to 1",
        ),
        "square root": (
            "(prod U / mean(U)^n)^(1/2)",
            "the root is that of two subsystems: coupling is too low, the more so the "
            "more subsystems there are",
        ),
        "exponent 2": (
            "(prod U / mean(U)^n)^2",
            "a power that is the author's choice: coupling cannot be compared between "
            "papers",
        ),
        "weights in coupling": (
            "n (prod w U)^(1/n) / sum w U",
            "weights belong to the development index: with unequal weights, equal "
            "scores are no longer fully coupled",
        ),
        "weights unscaled": (
            "n (prod U)^(1/n) / sum U, with sum w not 1 in T",
            "weights of the development index do not add up to 1: coordination can "
            "exceed 1",
        ),
    }
    # The product over pairs has as many factors as subsystems for three only, and the
    # square root is right for two.
    if n != 3:
        del forms["lost coefficient, pairwise"]
    if n == 2:
        del forms["square root"]
    return forms


def check_form(form: object, scores: Array, alpha: Array) -> None:
    """Refuse a wrong form by saying what is wrong with it and what it would give."""
    if form in ("standard", "corrected"):
        return
    problem = _variants(scores.shape[1]).get(str(form), ("", ""))[1]
    if not problem:
        _validate.choice(form, ("standard", "corrected"), "form")
    shown = ""
    for u in scores[scores.any(axis=1)][:1]:
        wrong, right = (_coupling(u, alpha, name) for name in (str(form), "standard"))
        if abs(wrong - right) > SLACK:
            shown = f"; the first row would get {wrong:.3f} instead of {right:.3f}"
    raise ValueError(
        f"form={form!r} is a known mistake: {problem}{shown}; use form='standard' or "
        f"'corrected' (coupling_variants lists the mistakes)"
    )
