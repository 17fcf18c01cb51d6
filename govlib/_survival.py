"""How long things last: the curve of those that have not ended, with late entry."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from govlib import _columns, _inference, _validate

Array = NDArray[np.float64]
Interval = Literal["log-log", "log", "plain"]
INTERVALS = ("log-log", "log", "plain")
# Numbers in one table of clusters by times: 32 MB.
BLOCK = 4_000_000


@dataclass(frozen=True, slots=True)
class Lives:
    """
    How long each row was observed, and whether it ended then.

    Attributes
    ----------
    time, entry : numpy.ndarray of float, shape (n,)
        When it ended or was last seen, and since when it was observed.
    event : numpy.ndarray of bool, shape (n,)
        Whether it ended.
    sample : Sample or None
        The cluster of each row of all the data; None without clusters.
    rows : numpy.ndarray of int, shape (n,)
        Places of these rows in all the data.
    """

    time: Array
    event: NDArray[np.bool_]
    entry: Array
    sample: _inference.Sample | None
    rows: NDArray[np.intp]

    def of(self, here: NDArray[np.bool_]) -> "Lives":
        """Return some of the rows."""
        return Lives(
            self.time[here],
            self.event[here],
            self.entry[here],
            self.sample,
            self.rows[here],
        )

    @property
    def degrees(self) -> float:
        """Clusters less one; infinity, for a normal interval, without clusters."""
        if self.sample is None:
            return np.inf
        return float(np.unique(self.sample.unit[self.rows]).size - 1)


def lives(
    data: pd.DataFrame,
    time: Array,
    event: NDArray[np.bool_],
    entry: Array,
    cluster: str | None,
) -> Lives:
    """Return what is known of all rows, and how they were drawn."""
    sample = None if cluster is None else _inference.sample(data, cluster=cluster)
    return Lives(time, event, entry, sample, np.arange(len(data)))


def groups(
    data: pd.DataFrame, group: str | None, seen: Lives, results: list[str]
) -> list[tuple[Any, Lives]]:
    """Return the groups in order with their rows; one of all without a column."""
    if group is None:
        return [(None, seen)]
    found = _validate.groups(_validate.column(data, group, "group"))
    _columns.apart([group], results)
    here = [(name, found.codes == code) for code, name in enumerate(found.categories)]
    if seen.sample is not None:
        _inference.apart(seen.sample, here, group)
    return [(name, seen.of(rows)) for name, rows in here]


def curves(
    members: list[tuple[Any, Lives]],
    group: str | None,
    conf_level: float,
    interval: Interval = "log-log",
    words: tuple[str, str] = ("time", "ended"),
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame | None]:
    """
    Return the curve and the median of each group, and the log-rank test.

    The test takes rows for independent: there is none with clusters.
    """
    from statsmodels.duration.survfunc import survdiff

    tables, medians = [], []
    for name, part in members:
        curve = kaplan_meier(part, conf_level, interval, words)
        median: dict[str, Any] = {} if group is None else {group: name}
        median |= {"n": part.time.size, "events": int(part.event.sum())}
        for column in ("estimate", "conf_low", "conf_high"):
            median[column] = first_below(curve, column)
        medians.append(median | {"conf_level": conf_level})
        if group is not None:
            curve.insert(0, group, name)
        tables.append(curve)
    test = None
    if group is not None and members[0][1].sample is None:
        parts = [part for _, part in members]
        time, event, entry = (
            np.concatenate([getattr(part, what) for part in parts])
            for what in ("time", "event", "entry")
        )
        codes = np.repeat(np.arange(len(parts)), [part.time.size for part in parts])
        statistic, p_value = survdiff(time, event.astype(float), codes, entry=entry)
        test = pd.DataFrame(
            {
                "statistic": [float(statistic)],
                "degrees_of_freedom": [len(members) - 1],
                "p_value": [float(p_value)],
            }
        )
    return pd.concat(tables, ignore_index=True), pd.DataFrame(medians), test


def kaplan_meier(
    seen: Lives,
    conf_level: float,
    interval: Interval = "log-log",
    words: tuple[str, str] = ("time", "ended"),
) -> pd.DataFrame:
    """
    Return the product-limit estimate, one row per time of an event and one for 0.

    `words` say what a time and an event are, for the one message that this raises.
    """
    from statsmodels.duration.survfunc import SurvfuncRight

    start = pd.DataFrame(
        {
            "time": [0.0],
            "at_risk": [int((seen.entry == 0).sum())],
            "events": [0],
            "estimate": [1.0],
            "std_error": [0.0],
            "conf_low": [1.0],
            "conf_high": [1.0],
            "conf_level": [conf_level],
        }
    )
    if not seen.event.any():
        return start
    found = SurvfuncRight(seen.time, seen.event.astype(float), entry=seen.entry)
    times, share = found.surv_times, np.asarray(found.surv_prob)
    at_risk, events = found.n_risk.astype(int), found.n_events.astype(int)
    emptied = np.flatnonzero(at_risk == events)
    if emptied.size and (seen.time > times[emptied[0]]).any():
        what, ended = words
        moment = times[emptied[0]]
        raise ValueError(
            f"all {at_risk[emptied[0]]} under observation at {what} {moment:g} were "
            f"{ended} while others came in later, so the curve would stay at zero; "
            f"study those who reached that {what}: drop the rows that ended by then"
        )
    curve = pd.DataFrame(
        {"time": times, "at_risk": at_risk, "events": events, "estimate": share}
    )
    error = found.surv_prob_se
    if seen.sample is not None:
        error = share * np.sqrt(_variances(curve, seen, seen.sample))
    error = np.where(share > 0, error, np.nan)
    low, high = _interval(share, error, conf_level, interval, seen.degrees)
    curve = curve.assign(
        std_error=error, conf_low=low, conf_high=high, conf_level=conf_level
    )
    return pd.concat([start, curve], ignore_index=True)


def _added(
    curve: pd.DataFrame, seen: Lives, sample: _inference.Sample
) -> Iterator[tuple[slice, Array]]:
    """
    Yield what clusters add to the log of a curve at each of its times.

    These are infinitesimal jackknife values (clusters, times), some clusters at a
    time: a row under observation adds d / (n (n - d)), one that ends takes 1 / (n - d).
    """
    times = curve["time"].to_numpy()
    n, d = (curve[name].to_numpy(dtype=float) for name in ("at_risk", "events"))
    # Where all end the curve is zero, and nobody changes that.
    each = np.divide(1, n - d, out=np.zeros(times.size), where=n > d)
    begins = np.searchsorted(times, seen.entry, side="right")
    ends = np.searchsorted(times, seen.time, side="right")
    unit = sample.unit[seen.rows]
    order = np.argsort(unit, kind="stable")
    width = times.size + 1
    step = max(BLOCK // width, 1)
    for first in range(0, sample.n_units, step):
        size = min(step, sample.n_units - first)
        bounds = np.searchsorted(unit[order], (first, first + size))
        rows = order[slice(*bounds)]
        corner = (unit[rows] - first).astype(np.intp) * width

        def counted(place: NDArray[np.intp], size: int = size) -> NDArray[np.intp]:
            return np.bincount(place, minlength=size * width).reshape(size, width)

        watched = counted(corner + begins[rows]) - counted(corner + ends[rows])
        # Beyond the last of these times endings are not looked at.
        ended = seen.event[rows] & (seen.time[rows] <= times[-1])
        own = counted((corner + ends[rows] - 1)[ended])
        added = np.cumsum(watched, axis=1)[:, :-1] * (d / n) - own[:, :-1]
        yield slice(first, first + size), added * each


def _variances(curve: pd.DataFrame, seen: Lives, sample: _inference.Sample) -> Array:
    """Return the variance of the log of a curve at each time, from its clusters."""
    total = np.zeros(len(curve))
    for _, added in _added(curve, seen, sample):
        total += np.square(np.cumsum(added, axis=1)).sum(axis=0)
    return total * sample.n_units / (sample.n_units - 1)


def area(
    curve: pd.DataFrame, horizon: float, seen: Lives
) -> tuple[float, float, Array]:
    """
    Return the area under a curve up to the horizon, with what its error comes from.

    Returns
    -------
    area, variance : float
        Greenwood's variance, or that of clusters.
    by_cluster : numpy.ndarray, shape (clusters,)
        What each cluster adds; empty without clusters.
    """
    inside = curve[curve["time"] <= horizon]
    times = inside["time"].to_numpy()
    pieces = inside["estimate"].to_numpy() * np.diff(times, append=horizon)
    # Area from each event to the horizon.
    after = pieces[::-1].cumsum()[::-1]
    if seen.sample is not None:
        by_cluster = np.zeros(seen.sample.n_units)
        for place, added in _added(inside, seen, seen.sample):
            by_cluster[place] = added @ after
        return float(pieces.sum()), between(by_cluster), by_cluster
    d, n = inside["events"].to_numpy(), inside["at_risk"].to_numpy()
    left = n - d
    shares = np.divide(d, n * left, out=np.zeros(d.size), where=(d > 0) & (left > 0))
    return float(pieces.sum()), float((after**2 * shares).sum()), np.empty(0)


def between(by_cluster: Array) -> float:
    """Return the variance of a sum over clusters, whose mean is zero."""
    units = by_cluster.size
    return float(np.square(by_cluster).sum() * units / (units - 1))


def _interval(
    share: Array, error: Array, conf_level: float, interval: Interval, degrees: float
) -> tuple[Array, Array]:
    """Return the bounds of a curve, symmetric on the scale that `interval` names."""
    z = stats.t.ppf(0.5 + conf_level / 2, degrees)
    if interval == "plain":
        return np.maximum(share - z * error, 0), np.minimum(share + z * error, 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        if interval == "log":
            reach = np.exp(z * error / share)
            return share / reach, np.minimum(share * reach, 1)
        reach = np.exp(z * error / np.abs(share * np.log(share)))
    return share**reach, share ** (1 / reach)


def first_below(curve: pd.DataFrame, column: str, level: float = 0.5) -> float:
    """Return the first time at which a curve is at or below a level, else infinity."""
    reached = curve["time"][curve[column] <= level + 1e-12]
    return float(reached.iloc[0]) if len(reached) else np.inf


def at(curve: pd.DataFrame, column: str, times: Array) -> Array:
    """Return a column of a curve as it stands at some times, its steps included."""
    place = np.searchsorted(curve["time"].to_numpy(), times, side="right") - 1
    return curve[column].to_numpy(dtype=float)[place]
