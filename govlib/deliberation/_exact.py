"""Areas, coefficients and money as whole numbers; votes as numbered groups."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from govlib import _validate

Ints = NDArray[np.int64]

MOST_DECIMALS = 6
# Sums below this stay exact after multiplication with the law's numerators.
_LARGEST = 2**56


def whole(values: pd.Series) -> tuple[Ints, int]:
    """Return the values in units of their last decimal, and how many decimals."""
    numbers = _validate.numeric(_validate.complete(values)).to_numpy()
    for digits in range(MOST_DECIMALS + 1):
        units = np.round(numbers * 10.0**digits)
        # Both divisors are exact, so equality holds for the double that is nearest
        # to a number of so many decimals, and for no other.
        if (units / 10.0**digits == numbers).all():
            break
    else:
        raise ValueError(
            f"data column {values.name!r} has numbers of more than {MOST_DECIMALS} "
            f"decimals, which cannot be counted exactly; round them first, areas for "
            f"example with .round(2)"
        )
    if np.abs(units).sum() > _LARGEST:
        raise ValueError(
            f"data column {values.name!r} adds up to more than can be counted exactly; "
            f"use a larger unit of measure or fewer decimals"
        )
    return units.astype(np.int64), digits


def positive(values: pd.Series, what: str) -> pd.Series:
    """Return the values if all are above zero."""
    bad = _validate.numeric(_validate.complete(values)) <= 0
    if bad.any():
        raise ValueError(
            f"data column {values.name!r} ({what}=) must be above zero; "
            f"{int(bad.sum())} row(s) are not: {_validate.listing(values.index[bad])}"
        )
    return values


def chance(data: pd.DataFrame, given: object, argument: str) -> NDArray[np.float64]:
    """Return one probability a row, from a column's name or one number for all."""
    if not isinstance(given, str):
        return np.full(len(data), _validate.between(given, 0, 1, f"{argument}="))
    values = _validate.complete(_validate.column(data, given, argument))
    numbers = _validate.numeric(values).to_numpy()
    bad = (numbers < 0) | (numbers > 1)
    if bad.any():
        raise ValueError(
            f"data column {given!r} ({argument}=) holds probabilities, from 0 to 1; "
            f"{int(bad.sum())} row(s) are outside: "
            f"{_validate.listing(values.index[bad])}"
        )
    return numbers


def by_group(data: pd.DataFrame, group: str | None) -> tuple[Ints, pd.Index]:
    """Return the number of each row's group and the names of the groups, sorted."""
    if data.empty:
        raise ValueError("data has no rows; give one row per flat")
    if group is None:
        return np.zeros(len(data), dtype=np.int64), pd.Index([0])
    names = _validate.complete(_validate.column(data, group, "group"))
    groups = pd.Categorical(names).remove_unused_categories()
    return groups.codes.astype(np.int64), groups.categories


def named(table: pd.DataFrame, group: str | None, names: object) -> pd.DataFrame:
    """Return the table with the groups' names in front, if there are groups."""
    if group is None:
        return table
    if group in table.columns:
        raise ValueError(
            f"group={group!r} is also the name of a column of the result; rename it"
        )
    table.insert(0, group, names)
    return table


def add_up(home: NDArray[np.integer], values: Ints, shape: tuple[int, ...]) -> Ints:
    """Return the sum of whole numbers at each position, exactly."""
    totals = np.zeros(shape, dtype=np.int64)
    np.add.at(totals.reshape(-1), home, values)
    return totals
