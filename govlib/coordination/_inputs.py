"""Columns, weights and tables as the measures of coordination need them."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from govlib import _columns, _validate

Array = NDArray[np.floating]

# A score of .3 computed as .1 + .2 must not fall into the class below.
SLACK = 1e-9


def names_of(names: object, argument: str, least: int) -> list[str]:
    """Return a list of different column names."""
    if isinstance(names, str) or not isinstance(names, Sequence):
        raise TypeError(
            f"{argument}= takes a list of column names, not {type(names).__name__}"
        )
    names = list(names)
    twice = [name for name in dict.fromkeys(names) if names.count(name) > 1]
    if twice:
        raise ValueError(f"{argument}= names {_validate.listing(twice)} twice")
    if len(names) < least:
        raise ValueError(
            f"{argument}= names {len(names)} column(s); at least {least} are needed"
        )
    return names


def scores_of(data: pd.DataFrame, names: Sequence[str], argument: str) -> Array:
    """Return columns of numbers from 0 to 1, shape (rows, columns)."""
    if data.empty:
        raise ValueError("data has no rows")
    for name in names:
        values = _columns.numbers(data, name, argument)
        bad = values.index[(values < 0) | (values > 1)]
        if len(bad):
            raise ValueError(
                f"data column {name!r} ({argument}=) must lie between 0 and 1, but "
                f"{len(bad)} value(s) do not, in row(s) {_validate.listing(bad)}; "
                f"bring it to 0 to 1 first: scores with normalise, set memberships "
                f"with calibrate"
            )
    return data[list(names)].to_numpy(dtype=float)


def weights_of(weights: Mapping[str, float] | None, names: Sequence[str]) -> Array:
    """Return a weight per name; they add up to one."""
    if weights is None:
        return np.full(len(names), 1 / len(names))
    if not isinstance(weights, Mapping):
        raise TypeError(
            f"weights= takes a mapping such as {{{names[0]!r}: 0.5, ...}}, "
            f"not {type(weights).__name__}"
        )
    if set(weights) != set(names):
        odd = sorted(set(weights) ^ set(names))
        raise ValueError(
            f"weights= must name each subsystem once; {_validate.listing(odd)} "
            f"is on one side only"
        )
    array = _validate.vector([weights[name] for name in names], "weights=")
    if (array < 0).any():
        raise ValueError(f"weights= must be >= 0; the smallest is {array.min():g}")
    if abs(array.sum() - 1) > 1e-6:
        raise ValueError(
            f"weights= add up to {array.sum():g}, not 1, so that coordination could "
            f"exceed 1; divide each by {array.sum():g}"
        )
    return array


def levels(values: pd.Series) -> list:
    """Return the different values, sorted, or as their categories are ordered."""
    return list(pd.Categorical(values).remove_unused_categories().categories)


def stacked(tables: list[tuple[Any, pd.DataFrame]], name: str | None) -> pd.DataFrame:
    """Return tables below each other, with what they are of in a first column."""
    for key, table in tables:
        if name is not None:
            table.insert(0, name, key)
    return pd.concat([table for _, table in tables], ignore_index=True)
