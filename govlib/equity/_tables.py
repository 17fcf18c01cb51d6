"""What measures of equity take in."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from govlib import _columns, _validate

Array = NDArray[np.float64]


def vector(values: ArrayLike, name: str) -> Array:
    """Return an array of amounts, 0 or more."""
    array = _validate.vector(values, name)
    if (array < 0).any():
        raise ValueError(
            f"{name} must be >= 0; the smallest of {int((array < 0).sum())} negative "
            f"one(s) is {array.min():g}: shares of a total need amounts"
        )
    return array


def some_amount(y: Array, w: Array, name: str) -> None:
    """Refuse amounts that are all zero where anybody lives."""
    if not (y[w > 0] > 0).any():
        raise ValueError(f"{name}: all amounts are zero, so shares are undefined")


def numbers(data: pd.DataFrame, name: str, argument: str) -> Array:
    """Return a complete column of numbers."""
    return _columns.numbers(rows(data), name, argument).to_numpy()


def amounts(
    data: pd.DataFrame, name: str, argument: str = "value", table: str = "data"
) -> Array:
    """Return a complete column of amounts, 0 or more."""
    return _columns.amounts(rows(data, table), name, argument, table).to_numpy()


def rows(data: pd.DataFrame, table: str = "data") -> pd.DataFrame:
    """Return a table that has rows."""
    if _validate.frame(data, table).empty:
        raise ValueError(f"{table} has no rows, so there is nothing to measure")
    return data


def people(data: pd.DataFrame, weight: str | None, table: str = "data") -> Array:
    """Return how many people each row stands for."""
    if weight is None:
        return np.ones(len(data))
    people = amounts(data, weight, "weight", table)
    if people.sum() == 0:
        raise ValueError(
            f"{table} column {weight!r} (weight=) is all zero, so nobody is there to "
            f"measure; check the column"
        )
    return people


def nobody(name: object, group: str | None, weight: str | None) -> str:
    return (
        f"group {name!r} of data column {group!r} has no people: all its {weight!r} "
        f"are zero; drop the group"
    )


def groups(
    data: pd.DataFrame, group: str | None, table: str = "data"
) -> list[tuple[object, NDArray[np.intp]]]:
    """Return name and row numbers of each group in order; without groups, of all."""
    if group is None:
        return [(None, np.arange(len(data)))]
    values = _columns.complete(data, group, "group", table)
    found = pd.Categorical(values).remove_unused_categories()
    sizes = np.bincount(found.codes, minlength=len(found.categories))
    rows = np.split(np.argsort(found.codes, kind="stable"), np.cumsum(sizes)[:-1])
    return list(zip(found.categories, rows, strict=True))
