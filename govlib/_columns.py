"""Columns of a table as measures need them: complete, and of the right kind."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from govlib import _validate


def complete(
    data: pd.DataFrame, name: object, argument: str, table: str = "data"
) -> pd.Series:
    """Return a column without missing values."""
    return _validate.complete(_validate.column(data, name, argument, table), table)


def numbers(
    data: pd.DataFrame, name: object, argument: str, table: str = "data"
) -> pd.Series:
    """Return a column of finite numbers."""
    return _validate.numeric(complete(data, name, argument, table), table)


def amounts(
    data: pd.DataFrame, name: object, argument: str, table: str = "data"
) -> pd.Series:
    """Return a column of numbers of at least zero."""
    values = numbers(data, name, argument, table)
    _all(values, values >= 0, argument, "must be >= 0", table)
    return values


def above_zero(data: pd.DataFrame, name: object, argument: str) -> pd.Series:
    """Return a column of numbers above zero."""
    values = numbers(data, name, argument)
    _all(values, values > 0, argument, "must be above zero")
    return values


def counts(
    data: pd.DataFrame, name: object, argument: str, least: int = 0
) -> pd.Series:
    """Return a column of whole numbers of at least `least`, as floats."""
    values = numbers(data, name, argument)
    fine = (values == values.round()) & (values >= least)
    _all(values, fine, argument, f"must hold whole numbers from {least} on")
    return values


def flags(data: pd.DataFrame, name: object, argument: str) -> NDArray[np.bool_]:
    """Return a column of true and false, or 1 and 0, as booleans."""
    values = complete(data, name, argument)
    _all(values, values.isin((0, 1)), argument, "must hold true and false, or 1 and 0")
    return values.astype(bool).to_numpy()


def _all(
    values: pd.Series, fine: pd.Series, argument: str, rule: str, table: str = "data"
) -> None:
    """Say which rows break a rule, if any do."""
    bad = values[~fine]
    if len(bad):
        raise ValueError(
            f"{table} column {values.name!r} ({argument}=) {rule}, but holds "
            f"{_validate.listing(bad.unique())} in row(s) "
            f"{_validate.listing(bad.index)}; correct or drop them first"
        )


def apart(names: list[str], results: list[str]) -> None:
    """Refuse columns that are called like those of a result that keeps them."""
    both = [name for name in names if name in results]
    if both:
        raise ValueError(
            f"column(s) {_validate.listing(both)} are called like columns of the "
            f"result; rename them first"
        )
