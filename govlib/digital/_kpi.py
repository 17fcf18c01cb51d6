"""The three rates of a service line, with open requests counted as what they are."""

from collections.abc import Sequence
from functools import cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from govlib import _inference, _validate
from govlib.digital import _times

Array = NDArray[np.float64]
# Limits of the four classes of requests, in hours: 2 hours, 1, 7 and 15 days.
LIMITS = (2.0, 24.0, 168.0, 360.0)


def kpi(
    data: pd.DataFrame,
    *,
    opened: str,
    answered: str,
    closed: str,
    resolved: str,
    satisfied: str,
    limit: str | float,
    now: object,
    group: str | None = None,
    cluster: str | None = None,
    weights: Sequence[float] = (0.2, 0.4, 0.4),
    conf_level: float = 0.95,
) -> pd.DataFrame:
    r"""
    Compute response, resolution and satisfaction rates from an open log.

    The usual report divides by the requests that are closed. Those that take long are
    open, so the report flatters; and it flatters more, the younger the log is.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per request.
    opened, answered, closed : str
        Columns of times (or of hours): when the request came in, when somebody first
        got in touch, when the case was closed. Missing: not yet.
    resolved : str
        Column that says whether a closed case was solved (true and false, or 1 and
        0); missing where it is open.
    satisfied : str
        Column of the caller's answer when called back; missing where not called.
    limit : str or float
        Column of each request's limit in hours, or one number for all; the usual
        classes are 2, 24, 168 (7 days) and 360 (15 days).
    now : datetime or float
        When the log was read, in the unit of `opened`.
    group : str, optional
        Column of groups, such as platforms; each has its own rates.
    cluster : str, optional
        Column of what belongs together, such as communities.
    weights : sequence of float, default (0.2, 0.4, 0.4)
        Weights of the three rates in the score; scaled to add up to one. Cities
        differ: say which you use.
    conf_level : float, default 0.95
        Level of the intervals.

    Returns
    -------
    pandas.DataFrame
        Per group four rows: ``term`` is ``"response"`` (answered within the limit),
        ``"resolution"`` (solved within the limit), ``"satisfaction"`` (satisfied,
        of those called back) or ``"score"``. Shares in [0, 1]: ``estimate`` with
        ``std_error``, ``conf_low`` and ``conf_high``; ``closed_only``, the usual
        report: of the answered, those in time; of the closed, those solved, however
        late; of the called, those satisfied; ``bound_low`` and ``bound_high``, what
        the rate over all requests may be, if all that is not known were bad, or good.
        ``n`` requests, ``n_unknown`` not yet known (for satisfaction: not asked; for
        the score missing), ``conf_level``. An estimate is missing if no request of a
        group and class was watched until its limit, or nobody was called.

    Raises
    ------
    TypeError
        If `data` is no DataFrame, or `now` or `limit` is of the wrong kind.
    ValueError
        If a column is unknown; a case was answered or closed before it was opened or
        after `now`; an open case has an outcome or a closed one has none; all cases
        are open; a limit is not above zero; weights are negative or all zero.

    See Also
    --------
    handling_times : How long cases take.

    Notes
    -----
    Within a class of limit :math:`l`, the share answered in time is one minus the
    Kaplan-Meier estimate at :math:`l` [1]_; the share solved in time is the
    Aalen-Johansen estimate at :math:`l`, closing unsolved being the competing event
    [2]_. Classes are weighted by their share of requests. Errors add up infinitesimal
    jackknife values, by cluster where there is one; intervals are symmetric in log
    odds. With every case closed the estimates are plain shares. All rest on one
    assumption: requests opened late in the log are handled like those opened early.

    Satisfaction is not repaired, as no curve tells what those say who were not asked:
    look at its bounds.

    References
    ----------
    .. [1] Kaplan, E. L. and Meier, P. (1958). Nonparametric estimation from incomplete
       observations. Journal of the American Statistical Association 53, 457-481.
    .. [2] Aalen, O. O. and Johansen, S. (1978). An empirical transition matrix for
       non-homogeneous Markov chains based on censored observations. Scandinavian
       Journal of Statistics 5, 141-150.

    Examples
    --------
    Four requests with a limit of 24 hours. Two were solved at once, one late, and one
    came in an hour before the log was read. The report says 100 %:

    >>> from govlib import digital
    >>> log = pd.DataFrame(
    ...     {
    ...         "opened": [0.0, 0.0, 0.0, 99.0],
    ...         "answered": [1.0, 1.0, 30.0, None],
    ...         "closed": [2.0, 5.0, 60.0, None],
    ...         "solved": [1, 1, 1, None],
    ...         "happy": [1, None, None, None],
    ...     }
    ... )
    >>> rates = digital.kpi(
    ...     log,
    ...     opened="opened",
    ...     answered="answered",
    ...     closed="closed",
    ...     resolved="solved",
    ...     satisfied="happy",
    ...     limit=24,
    ...     now=100,
    ... )
    >>> columns = ["term", "estimate", "closed_only", "bound_low", "bound_high"]
    >>> rates.loc[1:2, columns]
               term  estimate  closed_only  bound_low  bound_high
    1    resolution      0.67          1.0       0.50        0.75
    2  satisfaction      1.00          1.0       0.25        1.00
    """
    if _validate.frame(data).empty:
        raise ValueError("data has no rows, so there is nothing to measure")
    conf_level = _validate.level(conf_level)
    given = _validate.vector(weights, "weights")
    if given.size != 3:
        raise ValueError(f"weights= takes three numbers, not {given.size}")
    given = _validate.weights(weights, 3, "weights")
    until_answer, has_answer = _times.spells(
        data, opened=opened, ended=answered, argument="answered", now=now
    )
    until_close, is_closed = _times.spells(
        data, opened=opened, ended=closed, argument="closed", now=now
    )
    if not is_closed.any():
        raise ValueError(
            f"all {len(data)} request(s) are open (column {closed!r} is empty), so no "
            f"rate can be estimated; read the log later"
        )
    solved = _outcome(data, resolved, "resolved")
    _match(data, resolved, closed, ~np.isnan(solved), is_closed)
    happy = _outcome(data, satisfied, "satisfied")
    of_request = _times.limits(data, limit)
    sample = _inference.sample(data, cluster=cluster)
    solved = np.nan_to_num(solved)
    response = _Spell(until_answer, has_answer, np.ones(len(data)))
    resolution = _Spell(until_close, is_closed, solved)
    tables = []
    for name, members in _inference.domains(data, group, sample):
        rows, influences = [], []
        for term, spell in (("response", response), ("resolution", resolution)):
            row, influence = _in_time(spell, of_request, members)
            if term == "resolution":
                closed_here = members & is_closed
                row["closed_only"] = _share(solved[closed_here])
            rows.append({"term": term} | row)
            influences.append(influence)
        row, influence = _asked(happy, members)
        rows.append({"term": "satisfaction"} | row)
        influences.append(influence)
        table = pd.DataFrame(rows)
        score = {"term": "score", "n": int(members.sum()), "n_unknown": np.nan}
        for column in ("estimate", "closed_only", "bound_low", "bound_high"):
            score[column] = _weighted(given, table[column])
        stacked = np.vstack([*influences, _weighted_rows(given, influences)])
        table.loc[3] = score
        errors = np.sqrt(np.diag(_inference.linearised(sample, stacked)))
        table["std_error"] = np.where(table["estimate"].isna(), np.nan, errors)
        low, high = _inference.share_interval(
            table["estimate"],
            table["std_error"],
            _inference.degrees_in(sample, members),
            conf_level,
        )
        table["conf_low"], table["conf_high"] = low, high
        if group is not None:
            table.insert(0, group, name)
        tables.append(table)
    out = pd.concat(tables, ignore_index=True)
    out["conf_level"] = conf_level
    first = [] if group is None else [group]
    return out[
        [
            *first,
            *("term", "estimate", "std_error", "conf_low", "conf_high", "closed_only"),
            *("bound_low", "bound_high", "n", "n_unknown", "conf_level"),
        ]
    ]


class _Spell:
    """How long something has lasted, whether it ended, and whether that counts."""

    def __init__(self, lasted: Array, done: NDArray[np.bool_], counts: Array) -> None:
        self.lasted = lasted
        self.done = done
        self.counts = counts


def _in_time(
    spell: _Spell, limit: Array, members: NDArray[np.bool_]
) -> tuple[dict, Array]:
    """Return the row of a rate, and the influence of each request on it."""
    n = int(members.sum())
    lasted, done, counts = spell.lasted, spell.done, spell.counts
    total, influence, share_of = 0.0, np.zeros(limit.size), np.zeros(limit.size)
    for each in np.unique(limit[members]):
        here = np.flatnonzero(members & (limit == each))
        curve = _times.curve(lasted[here], done[here], counts[here])
        share = curve.by(each)
        part = here.size / n
        total += part * share
        share_of[here] = share
        influence[here] = part * curve.influence(
            each, lasted[here], done[here], counts[here]
        )
    # Which class a request falls in is drawn as well.
    influence[members] += (share_of[members] - total) / n
    good = done & (lasted <= limit) & (counts == 1)
    unknown = ~done & (lasted < limit)
    row = {
        "estimate": total,
        "closed_only": _share((lasted <= limit)[members & done]),
        "bound_low": good[members].mean(),
        "bound_high": (good | unknown)[members].mean(),
        "n": n,
        "n_unknown": int(unknown[members].sum()),
    }
    return row, influence


def _asked(happy: Array, members: NDArray[np.bool_]) -> tuple[dict, Array]:
    """Return the row of satisfaction, and the influence of each request on it."""
    told = members & ~np.isnan(happy)
    n, share = int(members.sum()), _share(happy[told])
    influence = np.zeros(happy.size)
    if told.any():
        influence[told] = (happy[told] - share) / told.sum()
    yes = float(happy[told].sum())
    silent = n - int(told.sum())
    row = {
        "estimate": share,
        "closed_only": share,
        "bound_low": yes / n,
        "bound_high": (yes + silent) / n,
        "n": n,
        "n_unknown": silent,
    }
    return row, influence


def _share(values: NDArray) -> float:
    return float(values.mean()) if values.size else np.nan


def _weighted(weights: Array, values: pd.Series) -> float:
    """Return the weighted mean; a rate of weight zero may be unknown."""
    used = weights > 0
    return float(weights[used] @ values.to_numpy(dtype=float)[used])


def _weighted_rows(weights: Array, rows: list[Array]) -> Array:
    used = np.flatnonzero(weights > 0)
    return np.sum([weights[i] * rows[i] for i in used], axis=0)


def _outcome(data: pd.DataFrame, name: str, argument: str) -> Array:
    """Return true and false as 1 and 0, and missing as NaN."""
    values = _validate.column(data, name, argument)
    present = values.notna()
    wrong = values[present & ~values.isin((0, 1))]
    if len(wrong):
        raise ValueError(
            f"data column {name!r} ({argument}=) must hold true and false, or 1 and 0, "
            f"but holds {_validate.listing(wrong.unique())} in row(s) "
            f"{_validate.listing(wrong.index)}; say which value counts, as in "
            f"data[{name!r}] == {_validate.listing(wrong.unique()[:1])}"
        )
    return np.where(present, values.isin((1,)), np.nan)


def _match(
    data: pd.DataFrame,
    resolved: str,
    closed: str,
    told: NDArray[np.bool_],
    is_closed: NDArray[np.bool_],
) -> None:
    """Refuse a closed case without an outcome, and an open one that has one."""
    for wrong, what, remedy in (
        (is_closed & ~told, "closed but have no outcome", "fill"),
        (told & ~is_closed, "open but have an outcome", "empty"),
    ):
        if wrong.any():
            raise ValueError(
                f"{int(wrong.sum())} request(s) are {what} (columns {closed!r} and "
                f"{resolved!r}), in row(s) {_validate.listing(data.index[wrong])}; "
                f"{remedy} {resolved!r} there or correct {closed!r}"
            )


def handling_times(
    data: pd.DataFrame,
    *,
    opened: str,
    closed: str,
    now: object,
    limits: Sequence[float] = LIMITS,
    group: str | None = None,
    cluster: str | None = None,
    conf_level: float = 0.95,
) -> pd.DataFrame:
    r"""
    Tell how long requests take, those still open included.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per request.
    opened, closed : str
        Columns of times (or of hours); `closed` is missing where a case is open.
    now : datetime or float
        When the log was read, in the unit of `opened`.
    limits : sequence of float, default (2, 24, 168, 360)
        Ages in hours at which to say what share is still open.
    group : str, optional
        Column of groups.
    cluster : str, optional
        Column of what belongs together, such as communities.
    conf_level : float, default 0.95
        Level of the intervals.

    Returns
    -------
    pandas.DataFrame
        Per group a row with ``term`` ``"median"`` (hours), one ``"mean_closed"`` (the
        usual report: mean hours of the closed cases) and one ``"still_open"`` per
        limit, whose ``limit`` says which; ``estimate``, ``conf_low``, ``conf_high``,
        ``closed_only`` (the same figure of closed cases alone), ``n``, ``n_open``,
        ``conf_level``. The median is missing if more than half are still open at the
        longest time watched; a share open is missing beyond that time. The upper end
        of the median's interval is infinite where the log does not reach it. The mean
        of closed cases has no interval: it estimates nothing.

    Raises
    ------
    TypeError
        If `data` is no DataFrame or `now` is of the wrong kind.
    ValueError
        If a column is unknown, a case was closed before it was opened or after
        `now`, all cases are open, or a limit is not above zero.

    See Also
    --------
    kpi : Shares within each request's own limit.

    Notes
    -----
    Kaplan-Meier [1]_. The median is the first time at which at most half are open, or
    the midpoint of the time during which exactly half are, as R's ``survfit`` has it.
    Its interval holds the times at which half lies within the interval of the share
    open, symmetric in log odds [2]_.

    References
    ----------
    .. [1] Kaplan, E. L. and Meier, P. (1958). Nonparametric estimation from incomplete
       observations. Journal of the American Statistical Association 53, 457-481.
    .. [2] Brookmeyer, R. and Crowley, J. (1982). A confidence interval for the median
       survival time. Biometrics 38, 29-41.

    Examples
    --------
    Days until ten requests were closed; two have been open for 15 days. The mean of
    the closed is 5.6 days, while a fifth takes more than 15:

    >>> from govlib import digital
    >>> log = pd.DataFrame(
    ...     {
    ...         "opened": [0.0] * 10,
    ...         "closed": [1, 2, 3, 3, 5, 7, 10, 14, None, None],
    ...     }
    ... )
    >>> times = digital.handling_times(
    ...     log, opened="opened", closed="closed", now=15, limits=[15]
    ... )
    >>> times[["term", "estimate", "closed_only"]]
              term  estimate  closed_only
    0       median       6.0          4.0
    1  mean_closed       5.6          5.6
    2   still_open       0.2          0.0
    """
    if _validate.frame(data).empty:
        raise ValueError("data has no rows, so there is nothing to measure")
    conf_level = _validate.level(conf_level)
    ages = _validate.vector(limits, "limits")
    if (ages <= 0).any():
        raise ValueError(f"limits= takes hours above 0; the smallest is {ages.min():g}")
    lasted, done = _times.spells(
        data, opened=opened, ended=closed, argument="closed", now=now
    )
    if not done.any():
        raise ValueError(
            f"all {len(data)} request(s) are open (column {closed!r} is empty), so "
            f"nothing is known of how long they take; read the log later"
        )
    sample = _inference.sample(data, cluster=cluster)
    counts = np.ones(len(data))
    tables = []
    for name, members in _inference.domains(data, group, sample):
        here = np.flatnonzero(members)
        curve = _times.curve(lasted[here], done[here], counts[here])
        degrees = _inference.degrees_in(sample, members)
        ended = lasted[here][done[here]]
        rows: list[dict] = []
        own = lasted[here], done[here], counts[here], curve.places(lasted[here])

        @cache
        def interval(
            age: float,
            curve: _times.Curve = curve,
            own: tuple = own,
            here: NDArray[np.intp] = here,
            degrees: int = degrees,
        ) -> tuple[float, float]:
            influence = np.zeros((1, lasted.size))
            influence[0, here] = curve.influence(age, *own)
            error = np.sqrt(_inference.linearised(sample, influence)[0, 0])
            low, high = _inference.share_interval(
                1 - curve.by(age), error, degrees, conf_level
            )
            return float(low), float(high)

        low, high = _around_median(curve, interval)
        rows.append(
            {
                "term": "median",
                "estimate": _median(curve),
                "conf_low": low,
                "conf_high": high,
                "closed_only": float(np.median(ended)) if ended.size else np.nan,
            }
        )
        mean = _share(ended)
        rows.append({"term": "mean_closed", "estimate": mean, "closed_only": mean})
        for age in ages:
            low, high = interval(age)
            rows.append(
                {
                    "term": "still_open",
                    "limit": age,
                    "estimate": 1 - curve.by(age),
                    "conf_low": low,
                    "conf_high": high,
                    "closed_only": _share(ended > age),
                }
            )
        table = pd.DataFrame(rows)
        table["n"], table["n_open"] = here.size, here.size - ended.size
        if group is not None:
            table.insert(0, group, name)
        tables.append(table)
    out = pd.concat(tables, ignore_index=True)
    out["conf_level"] = conf_level
    first = [] if group is None else [group]
    return out[
        [
            *first,
            *("term", "limit", "estimate", "conf_low", "conf_high", "closed_only"),
            *("n", "n_open", "conf_level"),
        ]
    ]


def _median(curve: _times.Curve) -> float:
    """Return when half are closed; the midpoint of a level stretch at one half."""
    after = curve.open_after
    # Products of shares may miss one half by their last bits.
    below = np.flatnonzero(after <= 0.5 + 1e-12)
    if not below.size:
        return np.nan
    first = below[0]
    if abs(after[first] - 0.5) < 1e-12 and first + 1 < curve.time.size:
        return float(curve.time[first : first + 2].mean())
    return float(curve.time[first])


def _around_median(curve: _times.Curve, interval) -> tuple[float, float]:
    """Return the first times at which either end of the interval falls to one half."""
    ends = []
    for side in (0, 1):
        # The ends fall with time as the share does, so halving finds the crossing.
        left, right = 0, curve.time.size
        while left < right:
            middle = (left + right) // 2
            if interval(curve.time[middle])[side] <= 0.5:
                right = middle
            else:
                left = middle + 1
        ends.append(float(curve.time[left]) if left < curve.time.size else np.inf)
    return ends[0], ends[1]
