"""Columns that hold moments: numbers in any one unit, or dates, which become days."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from govlib import _columns, _validate

Array = NDArray[np.float64]

# The four stages of whole-cycle management, in order.
CYCLE = ("analysis", "decision", "execution", "evaluation")


def numbers_of(
    values: pd.Series, argument: str, table: str = "data", *, gaps: bool = False
) -> Array:
    """Return moments as floats; with `gaps` those not reached yet are NaN."""
    if not gaps:
        values = _validate.complete(values, table)
    kind = values.dtype
    if isinstance(kind, pd.DatetimeTZDtype):
        values = values.dt.tz_convert("UTC").dt.tz_localize(None)
        kind = values.dtype
    if pd.api.types.is_datetime64_dtype(kind):
        seconds = values.to_numpy(dtype="datetime64[ns]")
        out = seconds.astype("int64") / 86_400e9
        out[np.isnat(seconds)] = np.nan
        return out
    if pd.api.types.is_object_dtype(kind) and values.isna().all():
        return np.full(len(values), np.nan)
    try:
        return _validate.numeric(values, table).to_numpy(dtype=float, na_value=np.nan)
    except ValueError as error:
        if "text" not in str(error):
            raise
        raise ValueError(
            f"{table} column {values.name!r} ({argument}=) must hold numbers or dates "
            f"but holds text; convert it with pandas.to_datetime first"
        ) from None


def moments(
    data: pd.DataFrame,
    name: object,
    argument: str,
    table: str = "data",
    *,
    gaps: bool = False,
) -> Array:
    """Return a column of moments as floats."""
    column = _validate.column(data, name, argument, table)
    return numbers_of(column, argument, table, gaps=gaps)


def moment(value: object, argument: str, like: pd.Series) -> float:
    """Return one moment as a float on the scale of a column."""
    dates = pd.api.types.is_datetime64_any_dtype(like.dtype)
    if dates:
        try:
            given = pd.Series([pd.Timestamp(value)])  # ty: ignore[invalid-argument-type]
        except (TypeError, ValueError) as error:
            raise ValueError(
                f"{argument}= must be a date, since column {like.name!r} holds dates: "
                f"{error}"
            ) from None
        return float(numbers_of(given, argument)[0])
    number = isinstance(value, (int, float, np.number))
    if isinstance(value, bool) or not number or not np.isfinite(value):
        raise TypeError(
            f"{argument}= must be a number, since column {like.name!r} holds numbers, "
            f"not {value!r}"
        )
    return float(value)


def filled(data: pd.DataFrame, what: str, table: str = "data") -> pd.DataFrame:
    """Return a table that has rows."""
    _validate.frame(data, table)
    if data.empty:
        raise ValueError(f"{table} has no rows; give at least one {what}")
    return data


def stages_of(stages: object) -> list[str]:
    """Return the stages of a cycle in order, each once."""
    if isinstance(stages, str) or not isinstance(stages, (list, tuple)):
        raise TypeError(
            f"stages= takes a list of stages in order, such as {list(CYCLE)}, "
            f"not {type(stages).__name__}"
        )
    names = list(stages)
    if len(names) < 2 or len(set(names)) < len(names):
        raise ValueError(
            f"stages= must name two or more different stages, not "
            f"{_validate.listing(names, 12)}"
        )
    return names


def known_stages(
    values: pd.Series, stages: list[str], argument: str, table: str = "data"
) -> NDArray[np.intp]:
    """Return the place of each entry among the stages, or list the unknown ones."""
    values = _validate.complete(values, table)
    place = {name: number for number, name in enumerate(stages)}
    found = values.astype("object").map(place)
    unknown = values[found.isna()]
    if len(unknown):
        first = unknown.iloc[0]
        raise ValueError(
            f"{table} column {values.name!r} ({argument}=) holds {len(unknown)} "
            f"value(s) that are no stage: {_validate.listing(unknown.unique())}"
            f"{_validate.nearest(first, stages)}; the stages are "
            f"{_validate.listing(stages, 12)}, in this order: rename the values or "
            f"give stages="
        )
    return found.to_numpy(dtype=np.intp)


def flags_of(data: pd.DataFrame, name: object) -> NDArray[np.bool_]:
    """Return whether each has ended, and refuse a column in which none has."""
    events = _columns.flags(data, name, "outcome")
    if not events.any():
        raise ValueError(
            f"data column {name!r} (outcome=) is false in all {len(data)} row(s): "
            f"everything is still open, so nothing is known of how long it takes but "
            f"that it takes longer; wait, or report the times open so far"
        )
    return events
