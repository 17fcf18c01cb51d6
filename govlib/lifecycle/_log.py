"""An event log as coded arrays, sorted by matter and time."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from govlib import _validate
from govlib.lifecycle._moments import filled, moments

Array = NDArray[np.float64]
Codes = NDArray[np.intp]

# What stands before the first and after the last event of a matter.
START, END, OPEN = "start", "end", "open"


@dataclass(frozen=True, slots=True)
class Log:
    """
    The events of an event log in order.

    Attributes
    ----------
    units : pandas.Index
        Matters, in the order of their names.
    activities : list
        Activities, in the order of their names.
    activity : numpy.ndarray of int
        Activity of each event, by matter and then time.
    time : numpy.ndarray of float
        Its moment.
    starts : numpy.ndarray of int, shape (units + 1,)
        Where the events of each matter begin, and the number of events.
    closed : numpy.ndarray of bool, shape (units,)
        Whether each matter has come to its end.
    """

    units: pd.Index
    activities: list
    activity: Codes
    time: Array
    starts: Codes
    closed: NDArray[np.bool_]

    @property
    def unit(self) -> Codes:
        """Return the number of each event's matter."""
        return np.repeat(np.arange(len(self.units)), np.diff(self.starts))

    def sequences(self) -> list[bytes]:
        """Return the activities of each matter as bytes: equal for equal variants."""
        width = 1 if len(self.activities) <= 256 else 4
        kind = np.uint8 if width == 1 else np.uint32
        whole = self.activity.astype(kind).tobytes()
        ends = (self.starts * width).tolist()
        return [whole[a:b] for a, b in pairwise(ends)]

    def decoded(self, sequence: bytes) -> list:
        """Return the activities of a sequence by name."""
        kind = np.uint8 if len(self.activities) <= 256 else np.uint32
        return [self.activities[code] for code in np.frombuffer(sequence, kind)]


def _coded(values: pd.Series) -> tuple[Codes, pd.Index]:
    """Return the codes of values and the values, in their order."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        used = values.cat.remove_unused_categories().cat
        return used.codes.to_numpy().astype(np.intp), used.categories
    codes, found = pd.factorize(values)
    try:
        order = np.argsort(np.asarray(found), kind="stable")
    except TypeError:
        raise ValueError(
            f"data column {values.name!r} holds text and numbers together; make them "
            f"one kind with .astype(str)"
        ) from None
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    return rank[codes], pd.Index(found[order])


def read(
    data: pd.DataFrame,
    *,
    unit: str,
    activity: str,
    time: str,
    order: str | None = None,
    closing: str | Sequence[str] | None = None,
) -> Log:
    """Return an event log in order, or say what is wrong with it."""
    filled(data, "event")
    unit_column = _validate.complete(_validate.column(data, unit, "unit"))
    activity_column = _validate.complete(_validate.column(data, activity, "activity"))
    when = moments(data, time, "time")
    later = None if order is None else moments(data, order, "order")
    units, unit_names = _coded(unit_column)
    acts, act_names = _coded(activity_column)
    keys = [when, units] if later is None else [later, when, units]
    # A log that is in order already, as most are, need not be sorted again.
    ahead = units[1:] > units[:-1]
    behind = units[1:] == units[:-1]
    inside = when[1:] > when[:-1]
    if later is not None:
        inside |= (when[1:] == when[:-1]) & (later[1:] > later[:-1])
    if not (ahead | (behind & inside)).all():
        row = np.lexsort(keys)
        units, acts, when = units[row], acts[row], when[row]
        later = None if later is None else later[row]
        _refuse_ties(data, row, units, acts, when, later, time)
    starts = np.searchsorted(units, np.arange(len(unit_names) + 1))
    closed = np.ones(len(unit_names), dtype=bool)
    if closing is not None:
        last = [closing] if isinstance(closing, str) else list(closing)
        names = list(act_names)
        for name in last:
            if name not in names:
                raise ValueError(
                    f"data column {activity!r} (activity=) never holds closing= "
                    f"{name!r}{_validate.nearest(name, names)}; so every matter would "
                    f"count as open: name the activity that closes one"
                )
        closed = np.isin(acts[starts[1:] - 1], [names.index(n) for n in last])
    return Log(unit_names, list(act_names), acts, when, starts, closed)


def _refuse_ties(
    data: pd.DataFrame,
    row: Codes,
    units: Codes,
    acts: Codes,
    when: Array,
    later: Array | None,
    time: str,
) -> None:
    """Refuse events of one matter whose order is unknown."""
    tied = (units[1:] == units[:-1]) & (when[1:] == when[:-1])
    if later is not None:
        tied &= later[1:] == later[:-1]
    if not tied.any():
        return
    same = tied & (acts[1:] == acts[:-1])
    if same.any():
        again = data.index[row[1:][same]]
        raise ValueError(
            f"data holds {int(same.sum())} event(s) twice (same matter, activity and "
            f"time), in row(s) {_validate.listing(again)}; drop them with "
            f"drop_duplicates first, or a matter would follow itself"
        )
    rows = data.index[row[1:][tied]]
    raise ValueError(
        f"{int(tied.sum())} event(s) have the same {time!r} as another of their "
        f"matter, in row(s) {_validate.listing(rows)}, so their order is unknown; give "
        f"finer times, or a column that numbers them in order="
    )
