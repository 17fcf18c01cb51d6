"""What follows what in an event log, by which ways, and how far from the plan."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from govlib import _validate
from govlib.lifecycle._log import END, OPEN, START, Codes, Log, read
from govlib.lifecycle._moments import CYCLE, known_stages, stages_of

Array = NDArray[np.float64]

# Between activities in the name of a variant.
ARROW = " → "


def directly_follows(
    data: pd.DataFrame,
    *,
    unit: str,
    activity: str,
    time: str,
    order: str | None = None,
    closing: str | Sequence[str] | None = None,
) -> pd.DataFrame:
    """
    Count which activity directly follows which, and how long that takes.

    Parameters
    ----------
    data : pandas.DataFrame
        An event log: one row per event, in any order.
    unit : str
        Column of the matter (case) that an event belongs to.
    activity : str
        Column of what was done.
    time : str
        Column of moments, numbers in any unit or dates (which become days).
    order : str, optional
        Column of numbers that put events of one matter and time in order.
    closing : str or sequence of str, optional
        Activities that close a matter. A matter whose last event is another is open,
        and that event is followed by ``"open"``, not ``"end"``. Default: every matter
        is taken as closed.

    Returns
    -------
    pandas.DataFrame
        One row per pair, the most frequent first: ``source``, ``target``, ``events``
        (how often), ``cases`` (in how many matters), ``share`` of all that follows the
        source, and ``mean``, ``median`` time between the two. Rows from ``"start"``
        and to ``"end"`` and ``"open"`` have no times. With open matters the times are
        those of steps that were *taken*: see :func:`stage_spells` for the others.

    Raises
    ------
    TypeError
        If `data` is no DataFrame.
    ValueError
        If the log is empty, a column is unknown or of the wrong kind, a value is
        missing, an event stands there twice, events of one matter have the same time
        and no order, an activity is called like ``"start"``, ``"end"`` or ``"open"``,
        or no event is `closing`.

    See Also
    --------
    variants : Whole ways instead of pairs.

    Notes
    -----
    The directly-follows graph of process mining [1]_. It forgets the way: that a
    follows b and c follows a somewhere does not say that any matter went b, a, c.

    References
    ----------
    .. [1] van der Aalst, W. M. P. (2016). Process mining: data science in action, 2nd
       ed. Springer.

    Examples
    --------
    >>> log = pd.DataFrame(
    ...     {
    ...         "matter": [1, 1, 1, 2, 2],
    ...         "stage": ["analysis", "decision", "closed", "analysis", "closed"],
    ...         "day": [0, 4, 10, 1, 3],
    ...     }
    ... )
    >>> directly_follows(log, unit="matter", activity="stage", time="day")[
    ...     ["source", "target", "events", "share", "mean"]
    ... ]
         source    target  events  share  mean
    0     start  analysis       2    1.0   NaN
    1    closed       end       2    1.0   NaN
    2  analysis    closed       1    0.5   2.0
    3  analysis  decision       1    0.5   4.0
    4  decision    closed       1    1.0   6.0
    """
    log = read(
        data, unit=unit, activity=activity, time=time, order=order, closing=closing
    )
    k = len(log.activities)
    taken = [name for name in (START, END, OPEN) if name in log.activities]
    if taken:
        raise ValueError(
            f"data column {activity!r} (activity=) holds {_validate.listing(taken)}, "
            f"which stand for the ends of a matter in the result; rename them"
        )
    names = [*log.activities, START, END, OPEN]
    inner = np.ones(log.activity.size, dtype=bool)
    inner[log.starts[1:] - 1] = False
    here = np.flatnonzero(inner)
    pair = log.activity[here] * (k + 3) + log.activity[here + 1]
    took = log.time[here + 1] - log.time[here]
    unit_of = log.unit[here]
    rows = []
    by_pair = np.argsort(pair, kind="stable")
    found, first = np.unique(pair[by_pair], return_index=True)
    for code, members in zip(found, np.split(by_pair, first[1:]), strict=True):
        source, target = divmod(int(code), k + 3)
        # Rows of a pair keep the order of matters.
        cases = 1 + int((np.diff(unit_of[members]) != 0).sum())
        times = took[members]
        rows.append(
            (source, target, members.size, cases, times.mean(), np.median(times))
        )
    begins = np.bincount(log.activity[log.starts[:-1]], minlength=k)
    last = log.activity[log.starts[1:] - 1]
    for target, kept in ((k + 1, log.closed), (k + 2, ~log.closed)):
        for source, n in enumerate(np.bincount(last[kept], minlength=k)):
            rows.append((source, target, n, n, np.nan, np.nan))
    rows += [(k, target, n, n, np.nan, np.nan) for target, n in enumerate(begins)]
    columns = ["source", "target", "events", "cases", "mean", "median"]
    table = pd.DataFrame([row for row in rows if row[2]], columns=columns)
    share = table["events"] / table.groupby("source")["events"].transform("sum")
    table.insert(4, "share", share)
    # Start before activities before ends among the equally frequent.
    rank = np.array([*range(1, k + 1), 0, k + 1, k + 2])
    table["_from"], table["_to"] = rank[table["source"]], rank[table["target"]]
    table = table.sort_values(
        ["events", "_from", "_to"], ascending=[False, True, True], ignore_index=True
    ).drop(columns=["_from", "_to"])
    for column in ("source", "target"):
        table[column] = pd.Series(names, dtype=object)[table[column]].to_numpy()
    return table


@dataclass(frozen=True, slots=True)
class _Ways:
    """The distinct sequences of a log, and which matter went which."""

    found: list[bytes]
    of_unit: Codes


def _ways(log: Log) -> _Ways:
    codes, found = pd.factorize(np.array(log.sequences(), dtype=object))
    return _Ways(list(found), codes)


def variants(
    data: pd.DataFrame,
    *,
    unit: str,
    activity: str,
    time: str,
    order: str | None = None,
    closing: str | Sequence[str] | None = None,
) -> pd.DataFrame:
    """
    Count the different ways that matters took, from first event to last.

    Parameters
    ----------
    data : pandas.DataFrame
        An event log: one row per event, in any order.
    unit, activity, time, order : str
        As in :func:`directly_follows`; `order` is optional.
    closing : str or sequence of str, optional
        As in :func:`directly_follows`.

    Returns
    -------
    pandas.DataFrame
        One row per way, the most frequent first: ``variant``, the activities joined by
        arrows; ``length``, their number; ``cases``; ``share`` and
        ``cumulative_share`` of all matters; ``open``, matters that stand at its end;
        ``median``, time from first to last event of those closed. The way of an open
        matter is not finished: it may yet become another variant.

    Raises
    ------
    TypeError
        If `data` is no DataFrame.
    ValueError
        As :func:`directly_follows`.

    See Also
    --------
    conformance : How far each is from the planned one.

    Examples
    --------
    >>> log = pd.DataFrame(
    ...     {
    ...         "matter": [1, 1, 2, 2, 3],
    ...         "stage": ["analysis", "decision"] * 2 + ["analysis"],
    ...         "day": [0, 4, 1, 3, 5],
    ...     }
    ... )
    >>> variants(log, unit="matter", activity="stage", time="day", closing="decision")[
    ...     ["variant", "cases", "open", "median"]
    ... ]
                   variant  cases  open  median
    0  analysis → decision      2     0     3.0
    1             analysis      1     1     NaN
    """
    log = read(
        data, unit=unit, activity=activity, time=time, order=order, closing=closing
    )
    ways = _ways(log)
    took = log.time[log.starts[1:] - 1] - log.time[log.starts[:-1]]
    n = len(ways.found)
    cases = np.bincount(ways.of_unit, minlength=n)
    median = (
        pd.Series(np.where(log.closed, took, np.nan)).groupby(ways.of_unit).median()
    )
    steps = [log.decoded(way) for way in ways.found]
    table = pd.DataFrame(
        {
            "variant": [ARROW.join(map(str, way)) for way in steps],
            "length": [len(way) for way in steps],
            "cases": cases,
            "share": cases / cases.sum(),
            "open": np.bincount(ways.of_unit[~log.closed], minlength=n),
            "median": median.to_numpy(),
        }
    ).sort_values(["cases", "variant"], ascending=[False, True], ignore_index=True)
    table.insert(4, "cumulative_share", table["share"].cumsum())
    return table


@dataclass(frozen=True, slots=True)
class Conformance:
    """
    How far matters kept to the planned cycle, as returned by :func:`conformance`.

    Attributes
    ----------
    summary : pandas.DataFrame
        One row: ``cases``; ``fits``, share without any deviation; ``fitness``, mean
        over matters; ``missing`` and ``extra`` stages per matter; ``open``, matters
        judged on what they have done so far.
    stages : pandas.DataFrame
        One row per stage: ``stage``, ``visits``; ``missing``, how often it was passed
        over; ``extra``, how often it stood where the plan has none.
    cases : pandas.DataFrame
        One row per matter: the unit, ``fits``, ``missing``, ``extra``, ``fitness``,
        ``rounds`` of the cycle begun, ``open``.
    """

    summary: pd.DataFrame
    stages: pd.DataFrame
    cases: pd.DataFrame

    def __str__(self) -> str:
        row = self.summary.iloc[0]
        return (
            f"{len(self.cases):,} matters, of which {row['fits']:.1%} keep to the "
            f"plan; mean fitness {row['fitness']:.3f}; per matter "
            f"{row['missing']:.2f} stages missing and {row['extra']:.2f} extra"
        )


def conformance(
    data: pd.DataFrame,
    *,
    unit: str,
    activity: str,
    time: str,
    order: str | None = None,
    stages: Sequence[str] = CYCLE,
    closing: str | None = None,
    repeats: bool = True,
) -> Conformance:
    r"""
    Compare each matter with the planned cycle of stages.

    Parameters
    ----------
    data : pandas.DataFrame
        An event log: one row per event, in any order.
    unit, activity, time, order : str
        As in :func:`directly_follows`; `order` is optional. All activities are stages
        or `closing`.
    stages : sequence of str, default the four stages
        The plan: ``analysis``, ``decision``, ``execution``, ``evaluation``, each once
        and in this order.
    closing : str, optional
        The activity that closes a matter and is no stage. A matter without it is open:
        it is compared with the best beginning of the plan, so that what it has not
        come to is not missing. Default: all are closed.
    repeats : bool, default True
        Whether the whole cycle may be gone through again: an evaluation that finds the
        matter unsolved begins a new analysis. With False, that is a deviation.

    Returns
    -------
    Conformance
        Summary, stages and matters.

    Raises
    ------
    TypeError
        If `data` is no DataFrame or `stages` no list.
    ValueError
        As :func:`directly_follows`; an activity is no stage; or stages are not two or
        more different ones.

    See Also
    --------
    variants : The ways themselves.

    Notes
    -----
    The cheapest alignment with the plan [1]_: a stage of the plan that the log lacks is
    *missing*, an event that the plan lacks *extra*, each at cost one. The fitness of a
    matter is :math:`1 - c / (e + m)`, with cost :math:`c`, :math:`e` events and
    :math:`m` stages in the shortest way through the plan (0 for an open matter, which
    may have done nothing). Of equally cheap alignments the one with more missing and
    fewer extra stages is taken. Each variant is aligned once.

    References
    ----------
    .. [1] van der Aalst, W. M. P., Adriansyah, A. and van Dongen, B. (2012). Replaying
       history on process models for conformance checking and performance analysis.
       WIREs Data Mining and Knowledge Discovery 2(2), 182-192.

    Examples
    --------
    The first matter keeps to the plan, the second was carried out undecided:

    >>> log = pd.DataFrame(
    ...     {
    ...         "matter": [1] * 4 + [2] * 3,
    ...         "stage": [*CYCLE, "analysis", "execution", "evaluation"],
    ...         "day": [0, 4, 9, 20, 0, 2, 8],
    ...     }
    ... )
    >>> found = conformance(log, unit="matter", activity="stage", time="day")
    >>> found.cases[["matter", "fits", "missing", "extra", "fitness"]]
       matter   fits  missing  extra  fitness
    0       1   True        0      0   1.0000
    1       2  False        1      0   0.8571
    >>> found.stages["missing"].tolist()
    [0, 1, 0, 0]
    """
    names = stages_of(stages)
    plan = [*names, closing] if closing is not None else names
    _validate.frame(data)
    column = _validate.column(data, activity, "activity")
    known_stages(column, plan, "activity")
    log = read(
        data, unit=unit, activity=activity, time=time, order=order, closing=closing
    )
    place = np.array([plan.index(name) for name in log.activities])
    ways = _ways(log)
    k = len(names)
    n = len(log.units)
    missing, extra = np.zeros((n, k), dtype=int), np.zeros((n, k), dtype=int)
    rounds, events = np.zeros(n, dtype=int), np.zeros(n, dtype=int)
    # A way is judged by itself and by whether it has ended.
    key = ways.of_unit * 2 + log.closed
    for code in np.unique(key):
        here = key == code
        way, closed = divmod(int(code), 2)
        steps = [int(place[a]) for a in _codes(log, ways.found[way])]
        # Ending is no stage; a closing event in the middle is one too many.
        inner = [s for s in steps if s < k]
        found = _aligned(inner, k, closed=bool(closed), repeats=repeats)
        missing[here], extra[here], rounds[here] = found
        events[here] = len(inner)
    cost = missing.sum(axis=1) + extra.sum(axis=1)
    most = events + np.where(log.closed, k, 0)
    fitness = 1 - np.divide(cost, most, out=np.zeros(n), where=most > 0)
    cases = pd.DataFrame(
        {
            unit: log.units,
            "fits": cost == 0,
            "missing": missing.sum(axis=1),
            "extra": extra.sum(axis=1),
            "fitness": fitness,
            "rounds": rounds,
            "open": ~log.closed,
        }
    )
    visits = np.bincount(place[log.activity], minlength=len(plan))[:k]
    by_stage = pd.DataFrame(
        {
            "stage": names,
            "visits": visits,
            "missing": missing.sum(axis=0),
            "extra": extra.sum(axis=0),
        }
    )
    summary = pd.DataFrame(
        {
            "cases": [n],
            "fits": [float((cost == 0).mean())],
            "fitness": [float(fitness.mean())],
            "missing": [float(missing.sum() / n)],
            "extra": [float(extra.sum() / n)],
            "open": [int((~log.closed).sum())],
        }
    )
    return Conformance(summary, by_stage, cases)


def _codes(log: Log, way: bytes) -> Codes:
    kind = np.uint8 if len(log.activities) <= 256 else np.uint32
    return np.frombuffer(way, kind).astype(np.intp)


def _aligned(
    steps: list[int], k: int, *, closed: bool, repeats: bool
) -> tuple[list[int], list[int], int]:
    """
    Return missing and extra stages of a way, and rounds begun, at least cost.

    A state is how many stages of the plan are done; with `repeats`, the plan is as long
    as the way could ever need.
    """
    rounds = len(steps) + 1 if repeats else 1
    plan = list(range(k)) * rounds
    states = len(plan) + 1
    # Cost, then extra stages: among equally cheap alignments fewer extra ones.
    cost = [(j, 0) for j in range(states)]
    back: list[list[str]] = [["missing"] * states]
    for step in steps:
        new, way = [(cost[0][0] + 1, cost[0][1] + 1)], ["extra"]
        for j in range(1, states):
            options = [
                ((new[j - 1][0] + 1, new[j - 1][1]), "missing"),
                ((cost[j][0] + 1, cost[j][1] + 1), "extra"),
            ]
            if plan[j - 1] == step:
                options.append((cost[j - 1], "both"))
            best = min(options, key=lambda option: option[0])
            new.append(best[0])
            way.append(best[1])
        cost, back = new, [*back, way]
    ends = range(k, states, k) if closed else range(states)
    j, i = min(ends, key=lambda end: (*cost[end], end)), len(steps)
    begun = -(-j // k)
    missing, extra = [0] * k, [0] * k
    while i or j:
        move = back[i][j] if i else "missing"
        if move == "missing":
            j -= 1
            missing[plan[j]] += 1
        elif move == "extra":
            i -= 1
            extra[steps[i]] += 1
        else:
            i, j = i - 1, j - 1
    return missing, extra, max(begun, 1)
