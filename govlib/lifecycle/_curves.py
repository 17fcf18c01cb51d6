"""Time to an event when some have not come to it yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from govlib import _columns, _inference, _survival, _validate
from govlib._survival import Interval
from govlib.lifecycle._moments import filled, flags_of, moment, numbers_of

Array = NDArray[np.float64]


def durations(data: pd.DataFrame, *, start: str, end: str, until: Any) -> pd.DataFrame:
    """
    Turn opening and closing moments into times that know of open cases.

    What was opened after `until` did not exist yet and is left out; what was closed
    later was still open. So the same table, looked at as of an earlier day, shows what
    could be known on that day.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per matter.
    start : str
        Column of the moments of opening, numbers in any unit or dates.
    end : str
        Column of the moments of closing, missing while open.
    until : number or date
        The last moment that counts as observed: the day of the report.

    Returns
    -------
    pandas.DataFrame
        The rows opened before `until`, their columns, and ``duration``, time to the
        closing or to `until`, above zero (dates give days), and ``finished``, whether
        it was closed by then.

    Raises
    ------
    TypeError
        If `data` is no DataFrame or `until` is of another kind than the columns.
    ValueError
        If a column is unknown or of the wrong kind, an opening is missing, something
        was closed before or at its opening, nothing was opened by `until`, or the
        table has columns called like the result's.

    See Also
    --------
    survival_curve : What to do with them.

    Examples
    --------
    On day 100 one of three matters is closed, one open, and one does not exist yet:

    >>> matters = pd.DataFrame({"opened": [0, 60, 120], "closed": [30, 110, None]})
    >>> durations(matters, start="opened", end="closed", until=100)
       opened  closed  duration  finished
    0       0    30.0      30.0      True
    1      60   110.0      40.0     False
    """
    filled(data, "matter")
    opened_column = _validate.column(data, start, "start")
    opened = numbers_of(opened_column, "start")
    closed = numbers_of(_validate.column(data, end, "end"), "end", gaps=True)
    _columns.apart(list(data.columns), ["duration", "finished"])
    last = moment(until, "until", opened_column)
    early = data.index[closed <= opened]
    if len(early):
        raise ValueError(
            f"{len(early)} row(s) are closed ({end!r}) before or at the moment they "
            f"were opened ({start!r}): row(s) {_validate.listing(early)}; correct the "
            f"dates or drop the rows"
        )
    seen = opened < last
    if not seen.any():
        raise ValueError(
            f"nothing was opened before until={until!r}; the first opening is "
            f"{opened_column.min()}"
        )
    finished = closed <= last
    out = data.copy()
    out["duration"] = np.where(finished, closed, last) - opened
    out["finished"] = finished
    return out[seen]


@dataclass(frozen=True, slots=True)
class SurvivalCurve:
    """
    How long things stay open, as returned by :func:`survival_curve`.

    Attributes
    ----------
    table : pandas.DataFrame
        One row per time at which something ended, and one for time 0: the group (if
        any); ``time``; ``at_risk``, open and observed just before; ``events``;
        ``estimate``, share open longer; ``std_error``, ``conf_low``, ``conf_high``,
        ``conf_level``.
    medians : pandas.DataFrame
        One row per group: ``n``, ``events``; ``estimate``, the time by which half have
        ended (infinite if the curve stays above), ``conf_low``, ``conf_high``,
        ``conf_level``.
    test : pandas.DataFrame or None
        Log-rank test that all groups take equally long: ``statistic``,
        ``degrees_of_freedom``, ``p_value``. None without groups, or with clusters.
    interval : str
        Scale on which intervals are symmetric.
    """

    table: pd.DataFrame
    medians: pd.DataFrame
    test: pd.DataFrame | None
    interval: str


def survival_curve(
    data: pd.DataFrame,
    *,
    time: str,
    outcome: str,
    entry: str | None = None,
    group: str | None = None,
    cluster: str | None = None,
    interval: Interval = "log-log",
    conf_level: float = 0.95,
) -> SurvivalCurve:
    r"""
    Estimate how long matters stay open, from closed and open ones together.

    An open matter has not taken "until today": it takes longer than that. Dropping it,
    or averaging the closed ones, keeps the quick and loses the slow.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per matter, open ones included.
    time : str
        Column of times, above zero: to the end, or as long as observed.
    outcome : str
        Column of true and false (or 1 and 0): whether it ended then.
    entry : str, optional
        Column of times at which each came under observation, from 0 to below `time`.
        Default: all from the start.
    group : str, optional
        Column of groups with a curve each, 2 to 50 of them.
    cluster : str, optional
        Column of what belongs together, such as communities: matters of one cluster
        may be alike. Default: all are independent.
    interval : {"log-log", "log", "plain"}, default "log-log"
        Scale on which intervals are symmetric; see Notes.
    conf_level : float, default 0.95
        Level of the intervals.

    Returns
    -------
    SurvivalCurve
        The curves, the medians, and with groups but no clusters the log-rank test.

    Raises
    ------
    TypeError
        If `data` is no DataFrame.
    ValueError
        If a column is unknown, has missing values or the wrong kind; there is no row,
        or only one cluster (in all or in a group); everything is open; a time is not
        above zero or an entry not below it; or everybody under observation ended
        before others came in.

    See Also
    --------
    restricted_mean : A mean that open cases leave possible.
    finished_by : Shares finished within a time limit.

    Notes
    -----
    Kaplan-Meier [1]_: :math:`\hat S(t) = \prod_{t_j \le t} (1 - d_j / n_j)`, where of
    :math:`n_j` open just before :math:`t_j` :math:`d_j` end; Greenwood's standard
    error, by statsmodels. Intervals are symmetric in :math:`\log(-\log S)`,
    :math:`\log S` or :math:`S`; R's ``survfit`` takes ``"log"`` unless told, and
    lifelines ``"log-log"``: the reason why two programs rarely print the same
    interval. The median is the first time at which the curve is at or below one half
    (R gives the middle of a stretch at exactly one half). Being open at the last look
    must have nothing to do with being about to end.

    With clusters the error is that of the infinitesimal jackknife (as R's ``survfit``
    with ``cluster``), times :math:`\sqrt{g / (g - 1)}` for g clusters, and intervals
    take t with one degree of freedom less than the clusters of the group. The log-rank
    test, which takes matters for independent, is left out; :func:`cox` has `cluster`.

    References
    ----------
    .. [1] Kaplan, E. L. and Meier, P. (1958). Nonparametric estimation from incomplete
       observations. Journal of the American Statistical Association 53, 457-481.

    Examples
    --------
    Ten requests, two still open at day 15. The mean of those closed is 5.6 days; half
    take longer than 5, and one in five longer than 14:

    >>> data = pd.DataFrame(
    ...     {
    ...         "days": [1, 2, 3, 3, 5, 7, 10, 14, 15, 15],
    ...         "closed": [1, 1, 1, 1, 1, 1, 1, 1, 0, 0],
    ...     }
    ... )
    >>> curve = survival_curve(data, time="days", outcome="closed")
    >>> float(curve.medians["estimate"][0])
    5.0
    >>> curve.table[["time", "at_risk", "estimate"]].tail(2)
       time  at_risk  estimate
    6  10.0        4       0.3
    7  14.0        3       0.2
    """
    filled(data, "matter")
    _validate.choice(interval, _survival.INTERVALS, "interval")
    conf_level = _validate.level(conf_level)
    seen = _read(data, time, outcome, entry, cluster)
    results = ["n", "time", "at_risk", "events", "estimate"]
    members = _survival.groups(data, group, seen, results)
    return SurvivalCurve(
        *_survival.curves(members, group, conf_level, interval), interval
    )


def _read(
    data: pd.DataFrame, time: str, outcome: str, entry: str | None, cluster: str | None
) -> _survival.Lives:
    """Return times, whether each ended, and since when each was observed."""
    times = _columns.above_zero(data, time, "time")
    events = flags_of(data, outcome)
    since = np.zeros(len(data))
    if entry is not None:
        since = _columns.amounts(data, entry, "entry").to_numpy()
        late = times.index[since >= times]
        if len(late):
            raise ValueError(
                f"data column {entry!r} (entry=) is not below {time!r} in row(s) "
                f"{_validate.listing(late)}: never under observation; drop them"
            )
    return _survival.lives(data, times.to_numpy(), events, since, cluster)


def restricted_mean(
    data: pd.DataFrame,
    *,
    time: str,
    outcome: str,
    horizon: float,
    group: str | None = None,
    cluster: str | None = None,
    conf_level: float = 0.95,
) -> pd.DataFrame:
    r"""
    Estimate the mean time spent within a horizon, open cases included.

    Nobody knows the mean of times that have not ended. The mean of the time that falls
    *within* a horizon, say a year, is known as soon as some have been watched for a
    year: what takes longer counts as a year.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per matter, open ones included.
    time, outcome : str
        As in :func:`survival_curve`.
    horizon : float
        Above zero, and not beyond the longest time of any group, in the unit of
        `time`.
    group : str, optional
        Column of groups, 2 to 50. Adds rows for the difference of each from the first.
    cluster : str, optional
        As in :func:`survival_curve`.
    conf_level : float, default 0.95
        Level of the intervals.

    Returns
    -------
    pandas.DataFrame
        Rows by ``term``: ``"restricted_mean"`` (of each group) and ``"difference"``
        (group less the first one). Columns: the group (if any), ``horizon``,
        ``n``, ``events`` within the horizon, ``estimate``, ``std_error``,
        ``statistic`` and ``p_value`` (for differences), ``conf_low``, ``conf_high``,
        with clusters ``degrees_of_freedom``, ``conf_level``.

    Raises
    ------
    TypeError
        If `data` is no DataFrame or `horizon` no number.
    ValueError
        As :func:`survival_curve`; or the horizon lies beyond what was watched.

    See Also
    --------
    survival_curve : The curve whose area this is.

    Notes
    -----
    The area under the Kaplan-Meier curve up to the horizon :math:`\tau`; its variance
    is :math:`\sum_{t_j \le \tau} A_j^2 d_j / (n_j (n_j - d_j))` with :math:`A_j` the
    area from :math:`t_j` to the horizon, as in R's survival
    (``print(fit, rmean = )``) [1]_. Normal intervals. With clusters as in
    :func:`survival_curve`; a difference takes into account that groups may share them,
    and has Welch's degrees of freedom.

    References
    ----------
    .. [1] Royston, P. and Parmar, M. K. B. (2013). Restricted mean survival time: an
       alternative to the hazard ratio. BMC Medical Research Methodology 13, 152.

    Examples
    --------
    Times 1, 2 and 3, the last still open: the curve is 1, 2/3, 1/3 on three unit
    steps, so the mean within 3 is 2.

    >>> data = pd.DataFrame({"days": [1, 2, 3], "closed": [1, 1, 0]})
    >>> table = restricted_mean(data, time="days", outcome="closed", horizon=3)
    >>> table[["term", "estimate"]]
                  term  estimate
    0  restricted_mean       2.0
    """
    filled(data, "matter")
    conf_level = _validate.level(conf_level)
    horizon = _validate.between(horizon, 0, np.inf, "horizon=")
    seen = _read(data, time, outcome, None, cluster)
    if not 0 < horizon < np.inf:
        raise ValueError(f"horizon= must be above zero and finite, not {horizon:g}")
    results = ["term", "horizon", "n", "events"]
    members = _survival.groups(data, group, seen, results)
    rows: list[dict[str, Any]] = []
    moved = []
    for name, part in members:
        longest = float(part.time.max())
        if horizon > longest and not part.event[part.time == longest].all():
            where = "" if group is None else f" in group {name!r}"
            raise ValueError(
                f"horizon= {horizon:g} lies beyond the longest time watched{where}, "
                f"{longest:g}, when some were still open; take a horizon up to that"
            )
        curve = _survival.kaplan_meier(part, conf_level)
        estimate, variance, by_cluster = _survival.area(curve, horizon, part)
        moved.append(by_cluster)
        rows.append(
            {
                "term": "restricted_mean",
                "name": name,
                "n": part.time.size,
                "events": int((part.event & (part.time <= horizon)).sum()),
                "estimate": estimate,
                "variance": variance,
                "degrees": part.degrees,
            }
        )
    first = rows[0]
    for row, by_cluster in zip(rows[1:], moved[1:], strict=True):
        variance, degrees = row["variance"] + first["variance"], np.inf
        if cluster is not None:
            parts = [(one["variance"] ** 2, one["degrees"]) for one in (row, first)]
            degrees = variance**2 / sum(square / d for square, d in parts)
            # One cluster may have rows in both groups.
            variance = _survival.between(by_cluster - moved[0])
        both = {k: row[k] + first[k] for k in ("n", "events")}
        rows.append(
            {
                "term": "difference",
                "name": row["name"],
                **both,
                "estimate": row["estimate"] - first["estimate"],
                "variance": variance,
                "degrees": degrees,
            }
        )
    frame = pd.DataFrame(rows)
    table = _inference.table(
        list(frame["term"]),
        frame["estimate"],
        np.sqrt(frame["variance"]),
        frame["degrees"],
        conf_level,
    )
    if cluster is None:
        table = table.drop(columns="degrees_of_freedom")
    table.loc[table["term"] == "restricted_mean", ["statistic", "p_value"]] = np.nan
    table.insert(1, "horizon", horizon)
    for place, name in enumerate(["n", "events"], 2):
        table.insert(place, name, frame[name])
    if group is not None:
        table.insert(0, group, frame["name"])
    return table


def finished_by(
    data: pd.DataFrame,
    *,
    time: str,
    outcome: str,
    limit: float | Sequence[float],
    group: str | None = None,
    cluster: str | None = None,
    interval: Interval = "log-log",
    conf_level: float = 0.95,
) -> pd.DataFrame:
    r"""
    Estimate the share finished within a time limit, open cases counted right.

    "Closed in time, of those closed" leaves out whoever waits longest; "of those
    opened" counts a matter opened yesterday as late. Neither is the share asked for.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per matter, open ones included.
    time, outcome : str
        As in :func:`survival_curve`.
    limit : float or sequence of float
        One limit or several, above zero and within what was watched.
    group : str, optional
        Column of groups, 2 to 50.
    cluster : str, optional
        As in :func:`survival_curve`.
    interval : {"log-log", "log", "plain"}, default "log-log"
        Scale of the curve on which intervals are symmetric.
    conf_level : float, default 0.95
        Level of the intervals.

    Returns
    -------
    pandas.DataFrame
        One row per group and limit: the group (if any), ``limit``, ``n``,
        ``still_open``, not finished and not yet as old as the limit; ``estimate``,
        share finished within the limit (that is, at the latest on it), ``std_error``,
        ``conf_low``, ``conf_high``, ``conf_level``; and what is often reported
        instead: ``of_closed`` and ``of_opened``, those closed in time over the closed
        and over all.

    Raises
    ------
    TypeError
        If `data` is no DataFrame.
    ValueError
        As :func:`survival_curve`; or a limit is not above zero or longer than anything
        was watched.

    See Also
    --------
    survival_curve : The curve that this reads off.

    Examples
    --------
    Limit of 7 days. Four of eight were closed by then, two were opened 3 days ago:

    >>> data = pd.DataFrame(
    ...     {
    ...         "days": [1, 2, 5, 6, 9, 12, 3, 3],
    ...         "closed": [1, 1, 1, 1, 1, 1, 0, 0],
    ...     }
    ... )
    >>> table = finished_by(data, time="days", outcome="closed", limit=7)
    >>> table[["still_open", "estimate", "of_closed", "of_opened"]]
       still_open  estimate  of_closed  of_opened
    0           2     0.625     0.6667        0.5
    """
    filled(data, "matter")
    _validate.choice(interval, _survival.INTERVALS, "interval")
    conf_level = _validate.level(conf_level)
    limits = _validate.vector(np.atleast_1d(np.asarray(limit)), "limit=")
    seen = _read(data, time, outcome, None, cluster)
    results = ["limit", "n", "still_open", "estimate", "of_closed", "of_opened"]
    parts = []
    for name, part in _survival.groups(data, group, seen, results):
        mine, ended = part.time, part.event
        longest = mine.max()
        bad = limits[(limits <= 0) | (limits > longest)]
        if bad.size:
            where = "" if group is None else f" in group {name!r}"
            raise ValueError(
                f"limit= must lie above zero and within what was watched{where} (up "
                f"to {longest:g}), not {_validate.listing(bad)}"
            )
        curve = _survival.kaplan_meier(part, conf_level, interval)
        in_time = ((mine[:, None] <= limits) & ended[:, None]).sum(axis=0)
        young = ((mine[:, None] < limits) & ~ended[:, None]).sum(axis=0)
        with np.errstate(invalid="ignore"):
            of_closed = in_time / ended.sum()
        table = pd.DataFrame(
            {
                "limit": limits,
                "n": mine.size,
                "still_open": young,
                "estimate": 1 - _survival.at(curve, "estimate", limits),
                "std_error": _survival.at(curve, "std_error", limits),
                "conf_low": 1 - _survival.at(curve, "conf_high", limits),
                "conf_high": 1 - _survival.at(curve, "conf_low", limits),
                "conf_level": conf_level,
                "of_closed": of_closed,
                "of_opened": in_time / mine.size,
            }
        )
        if group is not None:
            table.insert(0, group, name)
        parts.append(table)
    return pd.concat(parts, ignore_index=True)


def split_at(
    data: pd.DataFrame,
    *,
    unit: str,
    time: str,
    outcome: str,
    at: str,
    name: str = "after",
) -> pd.DataFrame:
    """
    Split each row where its state changes, so that time before does not count for it.

    Whoever is trained in the third year must have stayed for three years first. If
    those years are credited to the training, training seems to keep people: immortal
    time [1]_.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per worker, matter or other unit.
    unit : str
        Column that names the rows, each once.
    time, outcome : str
        As in :func:`survival_curve`.
    at : str
        Column of times of the change, counted from the same start; missing where there
        is none. One at or after `time` does not count: it was not lived to see.
    name : str, default "after"
        Name of the new column of true and false.

    Returns
    -------
    pandas.DataFrame
        One or two rows per unit: the columns of `data` with `time` and `outcome` of
        the part; ``entry``, when the part began; and `name`. Use `entry` in
        :func:`survival_curve` and :func:`cox`.

    Raises
    ------
    TypeError
        If `data` is no DataFrame.
    ValueError
        If a column is unknown or of the wrong kind, a unit occurs twice, a change is
        negative, or a new column has a name that is taken.

    See Also
    --------
    cox : Rates of ending before and after.

    References
    ----------
    .. [1] Suissa, S. (2008). Immortal time bias in pharmacoepidemiology. American
       Journal of Epidemiology 167(4), 492-499.

    Examples
    --------
    One leaves after 5 quarters and was trained after 2; the other never was:

    >>> staff = pd.DataFrame(
    ...     {
    ...         "worker": ["a", "b"],
    ...         "quarters": [5, 3],
    ...         "left": [1, 0],
    ...         "trained": [2, None],
    ...     }
    ... )
    >>> split_at(staff, unit="worker", time="quarters", outcome="left", at="trained")
      worker  quarters  left  trained  entry  after
    0      a       2.0     0      2.0    0.0  False
    1      a       5.0     1      2.0    2.0   True
    2      b       3.0     0      NaN    0.0  False
    """
    filled(data, "unit")
    _validate.unique(_columns.complete(data, unit, "unit"))
    times = _columns.above_zero(data, time, "time").to_numpy()
    events = _columns.flags(data, outcome, "outcome")
    _columns.apart(["entry", name], list(data.columns))
    column = _validate.column(data, at, "at")
    change = _validate.numeric(column.astype("float64")).to_numpy()
    negative = column.index[change < 0]
    if len(negative):
        raise ValueError(
            f"data column {at!r} (at=) is negative in row(s) "
            f"{_validate.listing(negative)}: a change before the start; correct it, or "
            f"set it to 0 where the state held from the start"
        )
    change = np.where(change < times, change, np.inf)
    before, after = change > 0, np.isfinite(change)
    rows = np.concatenate((np.flatnonzero(before), np.flatnonzero(after)))
    later = np.repeat([False, True], [before.sum(), after.sum()])
    out = data.iloc[rows].copy()
    out[time] = np.where(later, times[rows], np.minimum(times, change)[rows])
    ends = np.where(later, events[rows], (events & ~after)[rows])
    out[outcome] = ends.astype(data[outcome].dtype)
    out["entry"] = np.where(later, np.where(before, change, 0.0)[rows], 0.0)
    out[name] = later
    order = np.lexsort((later, rows))
    return out.iloc[order].reset_index(drop=True)
