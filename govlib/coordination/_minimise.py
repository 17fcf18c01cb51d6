"""Paths from a truth table: all smallest solutions of its sufficient rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from govlib import _qca, _validate
from govlib.coordination._truth import TruthTable


@dataclass(frozen=True, slots=True)
class Solution:
    """
    Solution of a truth table, as returned by :func:`minimise`.

    Attributes
    ----------
    table : pandas.DataFrame
        One row per model and path: ``model``, ``path``, ``consistency``, ``pri``,
        ``raw_coverage``, ``unique_coverage`` (what no other path of the model covers)
        and ``members`` (cases that are mainly in the path).
    models : pandas.DataFrame
        One row per model: ``model``, ``expression``, ``consistency``, ``pri``,
        ``coverage``. More than one row means that the data do not decide between them:
        report all.
    chart : pandas.DataFrame
        Prime implicants (rows) and the truth-table rows that they cover (columns).
    assumptions : pandas.DataFrame
        The remainders that some model counts as sufficient although nobody has seen
        them: one row each, with the conditions. Empty for conservative solutions.
    kind : str
        ``"conservative"``, ``"parsimonious"`` or ``"intermediate"``.
    """

    table: pd.DataFrame
    models: pd.DataFrame
    chart: pd.DataFrame
    assumptions: pd.DataFrame
    kind: str


def minimise(
    truth: TruthTable,
    *,
    solution: Literal["conservative", "parsimonious", "intermediate"] = "conservative",
    expectations: Mapping[str, bool] | None = None,
) -> Solution:
    """
    Reduce the sufficient rows of a truth table to the fewest paths.

    Parameters
    ----------
    truth : TruthTable
        From :func:`truth_table`.
    solution : {"conservative", "parsimonious", "intermediate"}
        What remainders are used for. Default ``"conservative"`` (also called complex):
        none. ``"parsimonious"``: every one that makes paths simpler.
        ``"intermediate"``: of those only the ones that agree with `expectations`.
    expectations : mapping of str to bool, optional
        For the intermediate solution: whether theory expects the presence (True) or the
        absence (False) of a condition to bring about the outcome. Conditions left out
        have no expectation.

    Returns
    -------
    Solution
        With ``.table``, ``.models``, ``.chart`` and ``.assumptions``.

    Raises
    ------
    ValueError
        If no row is sufficient, if remainders are to be used and no row speaks against
        the outcome (any path would then do), or if expectations are missing, not
        needed, or name no condition.

    See Also
    --------
    truth_table : Where rows come from.
    noise_paths : Whether noise would have given a path too.

    Notes
    -----
    All prime implicants are found (Quine and McCluskey [1]_), and all sets of them that
    cover the sufficient rows with the fewest paths: each set is a model. No prime
    implicant is left out for being dominated. Intermediate solutions follow [2]_: a
    conservative path gives up a condition that the parsimonious path around it does
    without if theory expects its opposite; the remainders so used are the easy
    counterfactuals, and rows and these are reduced again. This is done for each pair of
    models; different results are different models.

    References
    ----------
    .. [1] McCluskey, E. J. (1956). Minimization of Boolean functions. Bell System
       Technical Journal 35(6), 1417-1444.
    .. [2] Ragin, C. C. and Sonnett, J. (2005). Between complexity and parsimony:
       limited diversity, counterfactual cases, and comparative analysis. In
       Vergleichen in der Politikwissenschaft, 180-197. VS Verlag.

    Examples
    --------
    Cases were solved with a hall and a strong Party branch, and not with a branch
    alone. Nobody has seen a place without a branch; if that is no obstacle, the branch
    has nothing to do with it.

    >>> from govlib import coordination
    >>> cases = pd.DataFrame(
    ...     {"hall": [1, 1, 0, 0], "party": [1, 1, 1, 1], "solved": [1, 1, 1, 0]}
    ... )
    >>> found = coordination.truth_table(
    ...     cases, conditions=["hall", "party"], outcome="solved"
    ... )
    >>> coordination.minimise(found).models[["expression", "consistency", "coverage"]]
       expression  consistency  coverage
    0  hall*party          1.0    0.6667
    >>> simplest = coordination.minimise(found, solution="parsimonious")
    >>> simplest.models[["expression", "consistency", "coverage"]]
      expression  consistency  coverage
    0       hall          1.0    0.6667
    >>> simplest.assumptions
       hall  party
    0     1      0
    """
    if not isinstance(truth, TruthTable):
        raise TypeError(f"truth must come from truth_table, not {type(truth).__name__}")
    _validate.choice(
        solution, ("conservative", "parsimonious", "intermediate"), "solution"
    )
    expected = _expected(expectations, truth.conditions, solution)
    k = len(truth.conditions)
    result = truth.table["result"].to_numpy()
    wanted = set(np.flatnonzero(result == "sufficient").tolist())
    free = set(np.flatnonzero(result == "remainder").tolist())
    if not wanted:
        best = truth.table["consistency"].max()
        raise ValueError(
            f"no row of the truth table is sufficient at "
            f"consistency={truth.consistency:g}, pri={truth.pri:g}, "
            f"frequency={truth.frequency} (the highest consistency is {best:.3f}), so "
            f"there is no path to report"
        )
    if solution != "conservative" and len(wanted) + len(free) == 2**k:
        raise ValueError(
            "no row of the truth table speaks against the outcome, so with remainders "
            "every path would be sufficient; use solution='conservative' or a higher "
            "consistency="
        )
    rows = _qca.configurations(k)
    primes, chart, found = _qca.models(
        k, wanted, free if solution == "parsimonious" else set()
    )
    if solution == "intermediate":
        _, _, simplest = _qca.models(k, wanted, free)
        seen: dict[tuple, None] = {}
        all_primes: dict[_qca.Term, None] = {}
        for model in found:
            for around in simplest:
                easy = _qca.easy_counterfactuals(model, around, free, expected)
                some, _, reduced = _qca.models(k, wanted, easy)
                all_primes.update(dict.fromkeys(some))
                seen.update(dict.fromkeys(tuple(one) for one in reduced))
        found, primes = [list(model) for model in seen], list(all_primes)
        order = sorted(wanted)
        chart = np.array([[_qca.covers(p, rows[row]) for row in order] for p in primes])
    return _solution(truth, solution, found, primes, chart, wanted, free)


def _expected(
    expectations: Mapping[str, bool] | None, names: Sequence[str], solution: str
) -> list[int]:
    """Return 1 (present), 0 (absent) or 2 (no expectation) per condition."""
    if solution != "intermediate":
        if expectations is not None:
            raise ValueError(
                f"solution={solution!r} takes no expectations; use "
                f"solution='intermediate' or leave them out"
            )
        return []
    if not isinstance(expectations, Mapping) or not expectations:
        raise ValueError(
            "solution='intermediate' needs expectations= as a mapping such as "
            f"{{{names[0]!r}: True}}: whether the presence or the absence of a "
            f"condition should bring about the outcome"
        )
    for name, present in expectations.items():
        _validate.choice(name, names, "each name in expectations")
        if not isinstance(present, (bool, np.bool_)):
            raise TypeError(
                f"expectations[{name!r}] must be True (present) or False (absent), "
                f"not {present!r}; leave the condition out where there is none"
            )
    return [int(expectations.get(name, _qca.ANY)) for name in names]


def _within(
    remainders: set[int], terms: Sequence[_qca.Term], rows: NDArray[np.int8]
) -> set[int]:
    """Return the remainders that lie inside at least one term."""
    return {r for r in remainders if any(_qca.covers(t, rows[r]) for t in terms)}


def _written(term: _qca.Term, names: Sequence[str]) -> str:
    parts = zip(names, term, strict=True)
    return "*".join(n if d else f"~{n}" for n, d in parts if d != _qca.ANY)


def _solution(
    truth: TruthTable,
    kind: str,
    found: list[list[_qca.Term]],
    primes: list[_qca.Term],
    chart: NDArray[np.bool_],
    wanted: set[int],
    free: set[int],
) -> Solution:
    """Return models with their fit, as tables."""
    names, scores, y = truth.conditions, truth._scores, truth._outcome
    labels = np.array(truth._names, dtype=object)
    rows = _qca.configurations(len(names))
    paths, models, assumed = [], [], set()
    for number, terms in enumerate(found, start=1):
        whole = _qca.union(scores, terms)
        *fit, covered = map(float, _qca.sufficiency(whole, y))
        written = " + ".join(_written(term, names) for term in terms)
        models.append((number, written, *fit, covered))
        assumed |= _within(free, terms, rows)
        for term in terms:
            x = _qca.membership(scores, term)
            others = _qca.union(scores, [t for t in terms if t != term])
            without = float(_qca.sufficiency(others, y)[2])
            cases = ", ".join(labels[x > 0.5])
            fits = map(float, _qca.sufficiency(x, y))
            paths.append(
                (number, _written(term, names), *fits, covered - without, cases)
            )
    columns = ["model", "path", "consistency", "pri", "raw_coverage", "unique_coverage"]
    configurations = [_written(tuple(rows[row]), names) for row in sorted(wanted)]
    unseen = truth.table.loc[sorted(assumed), list(names)]
    return Solution(
        table=pd.DataFrame(paths, columns=[*columns, "members"]),
        models=pd.DataFrame(
            models, columns=["model", "expression", "consistency", "pri", "coverage"]
        ),
        chart=pd.DataFrame(chart, [_written(p, names) for p in primes], configurations),
        assumptions=unseen.reset_index(drop=True),
        kind=kind,
    )
