"""
A model formula as columns that a fit reads chunk by chunk.

A design matrix of a million rows is as large as the data. Here a regressor that is
a numeric column of the data is that column's own memory; only what a formula makes
(indicators of a category, interactions, logarithms) is stored, indicators in one
byte a row. Formulas are read by patsy, whose names of coefficients are kept.
"""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from govlib import _validate

# Rows worked on at a time: eleven columns of floats then fit in a core's cache.
CHUNK = 8_192


@dataclass(frozen=True, slots=True)
class Term:
    """Some columns of a design: how patsy builds them and from which variables."""

    builder: Any
    place: slice
    variables: frozenset[str]


@dataclass(frozen=True, slots=True)
class Design:
    """
    The rows that a fit uses, column by column.

    Attributes
    ----------
    names : list of str
        Coefficients in order.
    columns : list of numpy.ndarray
        One array per coefficient, each of length `n`.
    variables : dict
        The variables on the right of the formula, for the rows used; text and
        categories are categoricals whose every level occurs.
    terms : list of Term
        The parts of the formula, in order.
    plain : dict
        Place of each numeric variable that enters as it is and nowhere else.
    levels : dict
        Levels of each variable that is a category or holds 0 and 1 only, the
        reference first.
    kept : numpy.ndarray
        Which rows of the data are used.
    n : int
        Number of rows used.
    """

    names: list[str]
    columns: list[NDArray]
    variables: dict[str, pd.Series]
    terms: list[Term]
    plain: dict[str, int]
    levels: dict[str, list]
    kept: NDArray[np.bool_]
    n: int

    def chunks(self) -> Iterator[slice]:
        """Return the slices of rows to work on one at a time."""
        return (slice(i, min(i + CHUNK, self.n)) for i in range(0, self.n, CHUNK))

    def without_constant(self) -> "Design":
        """Return the design less its constant, where cut points take its place."""
        if "Intercept" not in self.names:
            return self
        moved = [
            replace(term, place=slice(term.place.start - 1, term.place.stop - 1))
            for term in self.terms
            if term.variables
        ]
        return replace(
            self,
            names=self.names[1:],
            columns=self.columns[1:],
            terms=moved,
            plain={name: place - 1 for name, place in self.plain.items()},
        )

    def buffer(self) -> NDArray[np.floating]:
        """Return memory for the rows of any chunk."""
        return np.empty((len(self.columns), CHUNK))

    def rows(
        self,
        chunk: slice,
        centre: NDArray[np.floating] | None = None,
        buffer: NDArray[np.floating] | None = None,
    ) -> NDArray[np.floating]:
        """
        Return the rows of a chunk, shape (k, m), less `centre` where given.

        They are written into `buffer` where given, over those of an earlier chunk.
        """
        size = len(range(self.n)[chunk])
        new = buffer is None
        out = np.empty((len(self.columns), size)) if new else buffer[:, :size]
        for place, values in enumerate(self.columns):
            if centre is None:
                out[place] = values[chunk]
            else:
                np.subtract(values[chunk], centre[place], out=out[place])
        return out

    def changed(
        self, chunk: slice, values: Mapping[str, Any], rows: NDArray[np.floating]
    ) -> NDArray[np.floating]:
        """Return the rows of a chunk had some variables had other values."""
        out = rows.copy()
        for name in values.keys() & self.plain.keys():
            out[self.plain[name]] = values[name]
        rebuilt = values.keys() - self.plain.keys()
        if rebuilt:
            data = {name: column.iloc[chunk] for name, column in self.variables.items()}
            data |= {name: _filled(values[name], data[name]) for name in rebuilt}
            for term in self.terms:
                if term.variables & rebuilt:
                    out[term.place] = _built(term, data)
        return out

    def rows_of(self, data: pd.DataFrame) -> NDArray[np.floating]:
        """Return the rows of people who were not in the data, shape (k, m)."""
        new = {
            name: _typed(_validate.complete(_validate.column(data, name, "formula")), c)
            for name, c in self.variables.items()
        }
        out = np.ones((len(self.columns), len(data)))
        for term in self.terms:
            if term.variables:
                out[term.place] = _built(term, new)
        return out


def read(formula: str, data: pd.DataFrame) -> tuple[pd.Series, Design]:
    """Return the outcome and the design of a formula for the complete rows."""
    import patsy.eval
    import patsy.highlevel

    description = _parsed(formula)
    (outcome_term,) = description.lhs_termlist
    (outcome_factor,) = outcome_term.factors
    regressors = _factors(description.rhs_termlist)
    left = _variables(outcome_factor, data)
    right = [name for factor in regressors for name in _variables(factor, data)]
    used = list(dict.fromkeys(left + right))

    kept = np.ones(len(data), dtype=bool)
    for name in used:
        kept &= data[name].notna().to_numpy()
    if not kept.any():
        raise ValueError(
            f"no row of data is complete: each of its {len(data)} row(s) misses at "
            f"least one of {_validate.listing(used, 12)}"
        )
    everything = bool(kept.all())
    columns = {name: data[name] if everything else data[name][kept] for name in used}
    variables = {name: _regressor(columns[name]) for name in dict.fromkeys(right)}
    n = int(kept.sum())

    # Formulas see the data, patsy's functions and numpy, not the notebook: a
    # mistyped column must not pick up a variable of the same name.
    environment = patsy.eval.EvalEnvironment([{"np": np}])
    outcome = _evaluated(outcome_factor, columns, environment)
    right_side = patsy.desc.ModelDesc([], description.rhs_termlist)
    with np.errstate(all="ignore"):
        try:
            info = patsy.highlevel.incr_dbuilder(
                right_side, lambda: iter([variables] if variables else []), environment
            )
        except (patsy.PatsyError, TypeError, ValueError) as error:
            raise ValueError(_unreadable(formula, error)) from None

    terms, stored = [], []
    for term in description.rhs_termlist:
        names = [name for factor in term.factors for name in _variables(factor, data)]
        place = info.term_slices[term]
        made = Term(info.subset([term]), place, frozenset(names))
        terms.append(made)
        if not names:
            block = [np.broadcast_to(1.0, n)]
        elif _is_plain(term, variables):
            block = [variables[names[0]].to_numpy()]
        else:
            block = _stored(made, variables, n)
        stored.append((place.start, block))
    # patsy puts categories before numbers, whatever the order in the formula.
    stored.sort(key=lambda item: item[0])

    times = [name for term in terms for name in term.variables]
    plain = {
        term.factors[0].name(): made.place.start
        for term, made in zip(description.rhs_termlist, terms, strict=True)
        if _is_plain(term, variables) and times.count(term.factors[0].name()) == 1
    }
    design = Design(
        names=list(info.column_names),
        columns=[column for _, block in stored for column in block],
        variables=variables,
        terms=terms,
        plain=plain,
        levels=_levels(info, variables, data),
        kept=kept,
        n=n,
    )
    return pd.Series(outcome, name=outcome_factor.name()), design


def _parsed(formula: str) -> Any:
    """Return patsy's description of a formula with one outcome."""
    import patsy.desc

    if not isinstance(formula, str):
        raise TypeError(
            f"formula is text such as 'votes ~ age + owner', "
            f"not {type(formula).__name__}"
        )
    if formula.count("~") != 1:
        raise ValueError(
            f"formula {formula!r} must have one '~' between the outcome and what "
            f"explains it, as in 'votes ~ age + owner'"
        )
    if "|" in formula:
        raise ValueError(
            f"formula {formula!r} holds '|'; name the groups of a random intercept by "
            f"cluster= of fit_random_intercept"
        )
    try:
        description = patsy.desc.ModelDesc.from_formula(formula)
    except (patsy.PatsyError, SyntaxError) as error:
        raise ValueError(_unreadable(formula, error)) from None
    left = description.lhs_termlist
    if len(left) != 1 or len(left[0].factors) != 1:
        raise ValueError(
            f"formula {formula!r} must have exactly one outcome left of '~'"
        )
    return description


def _unreadable(formula: str, error: Exception) -> str:
    return f"formula {formula!r} cannot be read: {str(error).splitlines()[0]}"


def _factors(terms: list) -> list:
    return [factor for term in terms for factor in term.factors]


def _variables(factor: Any, data: pd.DataFrame) -> list[str]:
    """Return the columns that a factor uses, or name the one nearest to a typo."""
    from patsy.builtins import __all__ as builtins

    try:
        tree = ast.parse(factor.code, mode="eval")
    except SyntaxError:
        raise ValueError(f"formula part {factor.code!r} cannot be read") from None
    quoted = [
        str(node.args[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "Q"
        and node.args
        and isinstance(node.args[0], ast.Constant)
    ]
    names = [node.id for node in ast.walk(tree) if isinstance(node, ast.Name)]
    functions = {"np", *builtins}
    bare = [name for name in names if name in data.columns or name not in functions]
    for name in quoted + bare:
        if name not in data.columns and f"{name}(" in factor.code and hasattr(np, name):
            raise ValueError(f"formula calls {name}(...); write np.{name}(...)")
        _validate.column(data, name, "formula")
    return list(dict.fromkeys(quoted + bare))


def _regressor(values: pd.Series) -> pd.Series:
    """Return a variable without missing entries as numbers, booleans or categories."""
    kind = pd.api.types.infer_dtype(values, skipna=True)
    if isinstance(values.dtype, pd.CategoricalDtype):
        out = values.cat.remove_unused_categories()
    elif kind == "string":
        out = values.astype("category")
    elif kind == "boolean":
        return values if values.dtype == bool else values.astype(bool)
    else:
        plain = isinstance(values.dtype, np.dtype) and values.dtype.kind in "iuf"
        out = values if plain else _validate.numeric(values)
        if np.isinf(out.to_numpy()).any():
            _validate.numeric(out)
        return out
    if len(out.cat.categories) == 1:
        raise ValueError(
            f"data column {values.name!r} has one value only "
            f"({out.cat.categories[0]!r}) in the rows used, so nothing can be said "
            f"about it; leave it out of the formula"
        )
    return out


def _evaluated(factor: Any, columns: dict[str, pd.Series], environment: Any) -> Any:
    """Return the values of the outcome."""
    import patsy

    state: dict = {}
    with np.errstate(all="ignore"):
        try:
            factor.memorize_passes_needed(state, environment)
            return factor.eval(state, columns)
        except (patsy.PatsyError, TypeError, ValueError, KeyError) as error:
            raise ValueError(
                f"outcome {factor.name()!r} cannot be computed: "
                f"{str(error).splitlines()[0]}"
            ) from None


def _is_plain(term: Any, variables: Mapping[str, pd.Series]) -> bool:
    """Tell whether a term is one numeric column of the data, as it stands."""
    if len(term.factors) != 1 or term.factors[0].name() not in variables:
        return False
    dtype = variables[term.factors[0].name()].dtype
    return isinstance(dtype, np.dtype) and dtype.kind in "iuf"


def _stored(term: Term, variables: dict[str, pd.Series], n: int) -> list[NDArray]:
    """Return a term's columns, in one byte a row where they are small integers."""
    blocks = []
    for start in range(0, n, CHUNK):
        chunk = slice(start, start + CHUNK)
        block = _built(term, {k: v.iloc[chunk] for k, v in variables.items()})
        small = np.clip(block, -100, 100).astype(np.int8)
        blocks.append(small if (small == block).all() else block)
    return list(np.concatenate(blocks, axis=1))


def _built(term: Term, data: Mapping[str, pd.Series]) -> NDArray[np.floating]:
    """Return patsy's columns for some rows; what cannot be computed is an error."""
    import patsy.build

    with np.errstate(all="ignore"):
        try:
            (built,) = patsy.build.build_design_matrices([term.builder], data, "raise")
            out = np.asarray(built).T
        except (patsy.PatsyError, NotImplementedError) as error:
            out, reason = None, str(error).splitlines()[0]
    if out is None or not np.isfinite(out).all():
        named = ":".join(term.builder.term_names)
        reason = "some values are infinite" if out is not None else reason
        raise ValueError(
            f"{named!r} in the formula cannot be computed for some rows ({reason}); "
            f"look for logarithms of zero, divisions by zero and the ends of splines"
        )
    return out


def _filled(value: Any, like: pd.Series) -> pd.Series:
    """Return a column typed as `like` that holds one value, or the given numbers."""
    if isinstance(like.dtype, pd.CategoricalDtype):
        codes = np.full(len(like), like.cat.categories.get_loc(value))
        return pd.Series(pd.Categorical.from_codes(codes, dtype=like.dtype), like.index)
    dtype = bool if like.dtype == bool else float
    return pd.Series(np.broadcast_to(np.asarray(value, dtype), len(like)), like.index)


def _typed(values: pd.Series, like: pd.Series) -> pd.Series:
    """Return a column typed as `like`, or say which of its values that never had."""
    if isinstance(like.dtype, pd.CategoricalDtype):
        known = like.cat.categories
        new = [level for level in values.unique() if level not in known]
        if new:
            raise ValueError(
                f"data column {values.name!r} holds {_validate.listing(new)}, which no "
                f"row of the fit had; it had {_validate.listing(known, 12)}"
            )
        return pd.Series(pd.Categorical(values, dtype=like.dtype), values.index)
    numbers = _validate.numeric(values)
    return numbers.astype(bool) if like.dtype == bool else numbers


def _levels(
    info: Any, variables: Mapping[str, pd.Series], data: pd.DataFrame
) -> dict[str, list]:
    """Return the levels of the variables that are compared level by level."""
    levels: dict[str, list] = {}
    for name, values in variables.items():
        if isinstance(values.dtype, pd.CategoricalDtype):
            levels[name] = list(values.cat.categories)
        elif values.dtype == bool:
            levels[name] = [False, True]
        elif np.isin(values.iloc[:CHUNK], (0, 1)).all() and values.isin((0, 1)).all():
            levels[name] = [0, 1]
    for factor, about in info.factor_infos.items():
        names = _variables(factor, data)
        if about.type == "categorical" and len(names) == 1:
            levels.setdefault(names[0], list(about.categories))
    return levels
