"""Every error about input is phrased here: what, where, how many, what to do."""

from collections.abc import Collection, Iterable, Sized
from difflib import get_close_matches
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray


def nearest(word: object, options: Iterable[object]) -> str:
    """Return "; did you mean 'x'?" for the option nearest to `word`, else ""."""
    names = [str(option) for option in options]
    close = get_close_matches(str(word), names, n=1, cutoff=0.6)
    if not close:
        lower = {name.casefold(): name for name in names}
        close = get_close_matches(str(word).casefold(), lower, n=1, cutoff=0.6)
        close = [lower[name] for name in close]
    return f"; did you mean {close[0]!r}?" if close else ""


def listing(items: Iterable[object], most: int = 5) -> str:
    """Return the first few items as "'a', 'b' and 3 more"."""
    # A numpy scalar would print as np.int64(3), which a student cannot read.
    shown = [repr(i.item() if isinstance(i, np.generic) else i) for i in items]
    if len(shown) <= most:
        return ", ".join(shown)
    return f"{', '.join(shown[:most])} and {len(shown) - most} more"


def frame(data: object, name: str = "data") -> pd.DataFrame:
    """Return `data` if it is a DataFrame whose column names are all different."""
    if not isinstance(data, pd.DataFrame):
        raise TypeError(
            f"{name} must be a pandas DataFrame, not {type(data).__name__}; "
            f"read a file with pandas.read_csv first"
        )
    twice = data.columns[data.columns.duplicated()].unique()
    if len(twice):
        raise ValueError(
            f"{name} has more than one column called {listing(twice)}; rename them"
        )
    return data


def column(
    data: pd.DataFrame, name: object, argument: str, table: str = "data"
) -> pd.Series:
    """Return the column that `argument` names, or say which name is nearest."""
    if name is None:
        raise TypeError(f"{argument}= is required: name the column of {table}")
    if not isinstance(name, str):
        raise TypeError(
            f"{argument}= takes the name of a column of {table} as text, "
            f"not {type(name).__name__}"
        )
    if name not in data.columns:
        have = "" if len(data.columns) else " (it has no columns)"
        hint = nearest(name, data.columns) or (
            f"; it has {listing(data.columns, 12)}" if len(data.columns) else ""
        )
        raise ValueError(f"{table} has no column {name!r} ({argument}=){have}{hint}")
    return data[name]


def complete(values: pd.Series, table: str = "data") -> pd.Series:
    """Return `values` if none is missing, or say how many and in which rows."""
    missing = values.isna()
    if missing.any():
        rows = listing(values.index[missing])
        raise ValueError(
            f"{table} column {values.name!r} has {int(missing.sum())} missing "
            f"value(s) in row(s) {rows}; drop or fill these rows first"
        )
    return values


def unique(values: pd.Series, table: str = "data") -> pd.Series:
    """Return `values` if they are all different, or list the repeated ones."""
    again = values[values.duplicated()].unique()
    if len(again):
        raise ValueError(
            f"{table} column {values.name!r} must name each row once, but "
            f"{len(again)} value(s) repeat: {listing(again)}; drop the duplicates"
        )
    return values


def numeric(values: pd.Series, table: str = "data") -> pd.Series:
    """Return `values` as floats, or show the entries that are not numbers."""
    kind = pd.api.types.infer_dtype(values, skipna=True)
    if kind in {"boolean", "integer", "floating", "mixed-integer-float"}:
        out = values.astype(float)
    else:
        out = pd.to_numeric(values, errors="coerce").astype(float)
        bad = out.isna() & values.notna()
        # Text that happens to hold digits is refused too: guessing that "1,200"
        # or "007" is a number is how wrong numbers get in.
        shown = listing(values[bad if bad.any() else values.notna()].unique())
        raise ValueError(
            f"{table} column {values.name!r} must hold numbers but holds text such "
            f"as {shown}; convert it with pandas.to_numeric first"
        )
    infinite = np.isinf(out)
    if infinite.any():
        raise ValueError(
            f"{table} column {values.name!r} has {int(infinite.sum())} infinite "
            f"value(s) in row(s) {listing(values.index[infinite])}; replace them first"
        )
    return out


def vector(values: ArrayLike, name: str) -> NDArray[np.float64]:
    """Return a one-dimensional array of finite floats with at least one entry."""
    array = np.asarray(values)
    if array.ndim != 1 or array.size == 0:
        raise ValueError(
            f"{name} must be one column of at least one number, "
            f"not an array of shape {array.shape}"
        )
    if array.dtype.kind not in "biuf":
        try:
            array = pd.to_numeric(pd.Series(values)).to_numpy()
        except (TypeError, ValueError) as error:
            raise ValueError(f"{name} must hold numbers only: {error}") from None
    array = array.astype(float)
    bad = int((~np.isfinite(array)).sum())
    if bad:
        raise ValueError(
            f"{name} has {bad} missing or infinite value(s); drop or fill them first"
        )
    return array


def weights(values: ArrayLike | None, n: int, name: str) -> NDArray[np.float64]:
    """Return `n` weights that add up to one; equal ones when none are given."""
    if values is None:
        return np.full(n, 1 / n)
    array = vector(values, name)
    if array.size != n:
        raise ValueError(f"{name} has {array.size} entries for {n} values")
    if (array < 0).any():
        raise ValueError(f"{name} must be >= 0; the smallest is {array.min():g}")
    if array.sum() == 0:
        raise ValueError(f"{name} are all zero, so shares are undefined")
    return array / array.sum()


def choice(value: Any, options: Collection[Any], name: str) -> Any:
    """Return `value` if it is one of `options`, or list them."""
    if value not in options:
        hint = nearest(value, options) if isinstance(value, str) else ""
        raise ValueError(
            f"{name}= must be one of {listing(options, 12)}, not {value!r}{hint}"
        )
    return value


def count(value: object, name: str, least: int = 1) -> int:
    """Return `value` as a whole number of at least `least`."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
        raise TypeError(
            f"{name}= takes a whole number, not {type(value).__name__} {value!r}"
        )
    if value < least:
        raise ValueError(f"{name}= must be at least {least}, not {value}")
    return int(value)


def level(value: float) -> float:
    """Return a confidence level strictly between 0 and 1."""
    if not 0 < value < 1:
        raise ValueError(f"conf_level= must lie between 0 and 1, not {value!r}")
    return float(value)


def between(value: object, low: float, high: float, name: str) -> float:
    """Return `value` if it is a number from `low` to `high`, both included."""
    if isinstance(value, bool) or not isinstance(value, (int, float, np.number)):
        # An array would fill the screen.
        many = isinstance(value, Sized) and not isinstance(value, str)
        what = f"of {len(value)} values" if many else repr(value)
        raise TypeError(f"{name} takes a number, not {type(value).__name__} {what}")
    if not low <= value <= high:
        raise ValueError(f"{name} must lie between {low:g} and {high:g}, not {value}")
    return float(value)


def groups(values: pd.Series, table: str = "data") -> pd.Categorical:
    """Return `values` as two or more groups in order, without empty ones."""
    values = complete(values, table)
    kept = pd.Categorical(values).remove_unused_categories()
    levels = kept.categories
    if len(levels) < 2:
        raise ValueError(
            f"{table} column {values.name!r} has one group only ({listing(levels)}), "
            f"so nothing can be said about two; name a column with more groups"
        )
    numbers = pd.api.types.is_numeric_dtype(values.dtype) and len(levels) > 10
    if numbers or len(levels) > 50:
        kind = "numbers" if numbers else "values"
        raise ValueError(
            f"{table} column {values.name!r} has {len(levels)} different {kind} "
            f"({listing(levels)}), too many for groups; cut numbers into classes with "
            f"pandas.cut first"
        )
    return kept
