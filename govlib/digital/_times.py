"""When requests were opened, answered and closed, in hours; curves of open cases."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from govlib import _columns, _validate

Array = NDArray[np.float64]


def hours(
    data: pd.DataFrame, name: object, argument: str, *, may_miss: bool = False
) -> Array:
    """Return a column of times as hours since any fixed moment; missing as NaN."""
    values = _validate.column(data, name, argument)
    if not may_miss:
        _validate.complete(values)
    if pd.api.types.is_datetime64_any_dtype(values):
        return _of_datetimes(values)
    if values.isna().all():
        return np.full(len(values), np.nan)
    if not pd.api.types.is_numeric_dtype(values):
        raise ValueError(
            f"data column {values.name!r} ({argument}=) must hold times or hours, but "
            f"holds text such as {_validate.listing(values.dropna().unique(), 3)}; "
            f"convert it with pandas.to_datetime first"
        )
    return _validate.numeric(values).to_numpy(dtype=float)


def _of_datetimes(values: pd.Series) -> Array:
    if values.dt.tz is not None:
        values = values.dt.tz_convert("UTC").dt.tz_localize(None)
    seconds = values.to_numpy(dtype="datetime64[us]").astype(np.int64) / 3.6e9
    return np.where(values.isna(), np.nan, seconds)


def moment(now: object, data: pd.DataFrame, opened: str) -> float:
    """Return the time at which the log was read, in the hours of its columns."""
    if pd.api.types.is_datetime64_any_dtype(data[opened]):
        try:
            # As a column, so that its time zone is met as those of the data are.
            read = pd.Series(pd.to_datetime([now]))
        except (TypeError, ValueError):
            read = pd.Series(pd.to_datetime([None]))
        if read.isna().any() or isinstance(now, (int, float)):
            raise ValueError(
                f"now= must be a time, as column {opened!r} is, such as "
                f"'2026-01-31 12:00', not {now!r}"
            )
        return float(_of_datetimes(read)[0])
    if isinstance(now, bool) or not isinstance(now, (int, float, np.number)):
        raise TypeError(
            f"now= must be a number of hours, as column {opened!r} is, not {now!r}"
        )
    if not np.isfinite(now):
        raise ValueError(f"now= must be a finite number of hours, not {now!r}")
    return float(now)


def spells(
    data: pd.DataFrame, *, opened: str, ended: str, argument: str, now: object
) -> tuple[Array, NDArray[np.bool_]]:
    """
    Return how long each request has lasted, and whether it has ended.

    A request that has not ended has lasted until `now`, and longer: how much longer
    nobody knows.
    """
    start = hours(data, opened, "opened")
    end = hours(data, ended, argument, may_miss=True)
    read = moment(now, data, opened)
    order(data, start, end, opened, ended, "before it was opened")
    late = start > read
    if late.any():
        raise ValueError(
            f"{int(late.sum())} request(s) were opened after now={now!r}, in row(s) "
            f"{_validate.listing(data.index[late])}; set now= to the time at which "
            f"the log was read"
        )
    late = end > read
    if late.any():
        raise ValueError(
            f"data column {ended!r} ({argument}=) has {int(late.sum())} time(s) after "
            f"now={now!r}, in row(s) {_validate.listing(data.index[late])}; set now= "
            f"to the time at which the log was read"
        )
    done = ~np.isnan(end)
    return np.where(done, end, read) - start, done


def order(
    data: pd.DataFrame, first: Array, then: Array, one: str, other: str, words: str
) -> None:
    """Refuse a time that lies before the one it has to follow."""
    wrong = then < first
    if wrong.any():
        raise ValueError(
            f"{int(wrong.sum())} request(s) have {other!r} {words} ({one!r}), in "
            f"row(s) {_validate.listing(data.index[wrong])}; correct these times or "
            f"drop the rows"
        )


def limits(data: pd.DataFrame, limit: str | float) -> Array:
    """Return each request's limit in hours."""
    if isinstance(limit, str):
        return _columns.above_zero(data, limit, "limit").to_numpy(dtype=float)
    if isinstance(limit, bool) or not isinstance(limit, (int, float, np.number)):
        raise TypeError(
            f"limit= takes a column or a number of hours, not {type(limit).__name__}"
        )
    if not 0 < limit < np.inf:
        raise ValueError(f"limit= must be a number of hours above 0, not {limit!r}")
    return np.full(len(data), float(limit))


@dataclass(frozen=True, slots=True)
class Curve:
    """
    How many of some requests have ended by each time, open ones counted right.

    Attributes
    ----------
    time : numpy.ndarray, shape (k,)
        Different times at which one ended, in ascending order.
    at_risk, ended, counted : numpy.ndarray, shape (k,)
        Still open just before; ended then, for any reason; ended as counted.
    before : numpy.ndarray, shape (k,)
        Share still open just before (Kaplan-Meier).
    share : numpy.ndarray, shape (k,)
        Share ended as counted by then (Aalen-Johansen).
    longest : float
        Longest time that any request was watched.
    """

    time: Array
    at_risk: Array
    ended: Array
    counted: Array
    before: Array
    share: Array
    longest: float

    @property
    def open_after(self) -> Array:
        """Return the share still open just after each time."""
        return self.before * (1 - self.ended / self.at_risk)

    def by(self, limit: float) -> float:
        """Return the share ended as counted by `limit`; NaN where nobody can know."""
        here = int(np.searchsorted(self.time, limit, side="right"))
        if self.longest < limit and not (here and self.open_after[here - 1] == 0):
            return np.nan
        return float(self.share[here - 1]) if here else 0.0

    def places(self, lasted: Array) -> NDArray[np.intp]:
        """Return how many times of the curve each request has seen."""
        return np.searchsorted(self.time, lasted, side="right")

    def influence(
        self,
        limit: float,
        lasted: Array,
        done: NDArray[np.bool_],
        counts: Array,
        places: NDArray[np.intp] | None = None,
    ) -> Array:
        """
        Return what each request adds to the error of :meth:`by`.

        These are the infinitesimal jackknife values: their squares add up to
        Greenwood's variance where every ending counts. Whoever asks for many limits
        finds the `places` once.
        """
        here = int(np.searchsorted(self.time, limit, side="right"))
        if not here:
            return np.zeros(lasted.size)
        risk = self.at_risk[:here]
        ended, counted = self.ended[:here], self.counted[:here]
        later = self.share[here - 1] - self.share[:here]
        left = risk - ended
        # After the last one has ended, nothing is left for it to change.
        per_ending = np.divide(later, left, out=np.zeros(here), where=left > 0)
        per_counted = self.before[:here] / risk
        watched = per_ending * ended / risk - per_counted * counted / risk
        watched = np.concatenate(([0.0], np.cumsum(watched)))
        seen = np.minimum(self.places(lasted) if places is None else places, here)
        out = watched[seen]
        own = done & (lasted <= limit)
        at = seen[own] - 1
        out[own] += counts[own] * per_counted[at] - per_ending[at]
        return out


def curve(lasted: Array, done: NDArray[np.bool_], counts: Array) -> Curve:
    """Return the curve of some requests; `counts` is 1 where an ending counts."""
    rows = np.sort(lasted)
    ends, place = np.unique(lasted[done], return_inverse=True)
    ended = np.bincount(place, minlength=ends.size).astype(np.float64)
    counted = np.bincount(place, weights=counts[done], minlength=ends.size)
    counted = counted.astype(np.float64)
    # A request that is open at the very moment another ends is still at risk then.
    at_risk = rows.size - np.searchsorted(rows, ends, side="left").astype(float)
    after = np.cumprod(1 - ended / at_risk) if ends.size else ended
    before = np.concatenate(([1.0], after[:-1])) if ends.size else ended
    share = np.cumsum(before * counted / at_risk)
    longest = float(rows[-1]) if rows.size else 0.0
    return Curve(ends, at_risk, ended, counted, before, share, longest)
