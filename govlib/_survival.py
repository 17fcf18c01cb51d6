"""How long things last: the curve of those that have not ended, with late entry."""

from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

Array = NDArray[np.float64]
Interval = Literal["log-log", "log", "plain"]
INTERVALS = ("log-log", "log", "plain")


def kaplan_meier(
    time: Array,
    event: NDArray[np.bool_],
    entry: Array,
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
            "at_risk": [int((entry == 0).sum())],
            "events": [0],
            "estimate": [1.0],
            "std_error": [0.0],
            "conf_low": [1.0],
            "conf_high": [1.0],
            "conf_level": [conf_level],
        }
    )
    if not event.any():
        return start
    found = SurvfuncRight(time, event.astype(float), entry=entry)
    times, share = found.surv_times, np.asarray(found.surv_prob)
    at_risk, events = found.n_risk.astype(int), found.n_events.astype(int)
    emptied = np.flatnonzero(at_risk == events)
    if emptied.size and (time > times[emptied[0]]).any():
        what, ended = words
        moment = times[emptied[0]]
        raise ValueError(
            f"all {at_risk[emptied[0]]} under observation at {what} {moment:g} were "
            f"{ended} while others came in later, so the curve would stay at zero; "
            f"study those who reached that {what}: drop the rows that ended by then"
        )
    error = np.where(share > 0, found.surv_prob_se, np.nan)
    low, high = _interval(share, error, conf_level, interval)
    curve = pd.DataFrame(
        {
            "time": times,
            "at_risk": at_risk,
            "events": events,
            "estimate": share,
            "std_error": error,
            "conf_low": low,
            "conf_high": high,
            "conf_level": conf_level,
        }
    )
    return pd.concat([start, curve], ignore_index=True)


def _interval(
    share: Array, error: Array, conf_level: float, interval: Interval
) -> tuple[Array, Array]:
    """Return the bounds of a curve, symmetric on the scale that `interval` names."""
    z = stats.norm.ppf(0.5 + conf_level / 2)
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
