"""How long matters wait for each stage and are worked on in it."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from govlib import _columns, _validate
from govlib.lifecycle._curves import restricted_mean
from govlib.lifecycle._moments import (
    CYCLE,
    filled,
    known_stages,
    moment,
    numbers_of,
    stages_of,
)

Array = NDArray[np.float64]
PHASES = ("waiting", "working")
_ESTIMATE = ("estimate", "std_error", "conf_low", "conf_high")


def stage_spells(
    data: pd.DataFrame,
    cases: pd.DataFrame,
    *,
    unit: str,
    stage: str,
    start: str,
    finish: str,
    opened: str,
    closed: str,
    until: Any,
    stages: Sequence[str] = CYCLE,
) -> pd.DataFrame:
    """
    Cut the life of each matter into waiting for a stage and work in it.

    A matter waits for its first stage from the day it was opened, and for each later
    one from the day the stage before was finished. What is not over by `until` is a
    spell too, an open one: where matters are stuck *now* shows only in these.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per visit of a matter to a stage.
    cases : pandas.DataFrame
        One row per matter, those too that no stage has begun on.
    unit : str
        Column of both tables that names the matter.
    stage, start, finish : str
        Columns of `data`: the stage, and when work on it began and ended (missing if
        it has not ended).
    opened, closed : str
        Columns of `cases`: when the matter came up and when it was closed (missing if
        it has not been). Numbers in any unit, or dates.
    until : number or date
        The last moment that counts as observed; what happened later is not used.
    stages : sequence of str, default the four stages
        The stages in order. An open matter between stages waits for the first one that
        it has not been through since it last was in the first stage; after all of
        them, for the first again.

    Returns
    -------
    pandas.DataFrame
        One row per spell, in order of the matters' names and time: the unit,
        ``stage`` (a category, in order), ``phase`` (``"waiting"`` or ``"working"``),
        ``began`` (moment), ``duration`` (dates give days), ``finished``. Spells
        without any duration are left out, unless they are open.

    Raises
    ------
    TypeError
        If a table is no DataFrame, `stages` no list, or `until` of another kind than
        the columns.
    ValueError
        If a table is empty or lacks a column; a stage is not known; a visit belongs to
        no matter; a matter was closed before it was opened, a stage finished before it
        began or began before the one before had finished; two visits of a matter to a
        stage begin together; a closed matter has an unfinished stage; or nothing was
        opened by `until`.

    See Also
    --------
    stuck : The summary of it.

    Examples
    --------
    Seen on day 20, the first matter is closed; the second waits for a decision:

    >>> cases = pd.DataFrame({"matter": [1, 2], "opened": [0, 5], "closed": [9, None]})
    >>> visits = pd.DataFrame(
    ...     {
    ...         "matter": [1, 1, 2],
    ...         "stage": ["analysis", "decision", "analysis"],
    ...         "started": [2, 5, 6],
    ...         "finished": [4, 9, 8],
    ...     }
    ... )
    >>> stage_spells(
    ...     visits,
    ...     cases,
    ...     unit="matter",
    ...     stage="stage",
    ...     start="started",
    ...     finish="finished",
    ...     opened="opened",
    ...     closed="closed",
    ...     until=20,
    ... ).drop(columns="began")
       matter     stage    phase  duration  finished
    0       1  analysis  waiting       2.0      True
    1       1  analysis  working       2.0      True
    2       1  decision  waiting       1.0      True
    3       1  decision  working       4.0      True
    4       2  analysis  waiting       1.0      True
    5       2  analysis  working       2.0      True
    6       2  decision  waiting      12.0     False
    """
    names = stages_of(stages)
    _validate.frame(data)
    filled(cases, "matter", "cases")
    key = _validate.unique(_columns.complete(cases, unit, "unit", "cases"), "cases")
    opened_column = _validate.column(cases, opened, "opened", "cases")
    came = numbers_of(opened_column, "opened", "cases")
    ended = numbers_of(
        _validate.column(cases, closed, "closed", "cases"), "closed", "cases", gaps=True
    )
    early = cases.index[ended < came]
    if len(early):
        raise ValueError(
            f"{len(early)} matter(s) are closed ({closed!r}) before they were opened "
            f"({opened!r}), in row(s) {_validate.listing(early)} of cases; correct the "
            f"dates or drop the rows"
        )
    last = moment(until, "until", opened_column)
    if not (came < last).any():
        raise ValueError(
            f"no matter was opened before until={until!r}; the first was opened at "
            f"{opened_column.min()}"
        )
    matters = pd.Index(key)
    position = matters.get_indexer(pd.Index(_columns.complete(data, unit, "unit")))
    stray = data.index[position < 0]
    if len(stray):
        raise ValueError(
            f"{len(stray)} visit(s) belong to no matter of cases, in row(s) "
            f"{_validate.listing(stray)}: {_validate.listing(data.loc[stray, unit])}; "
            f"add the matters or drop the visits"
        )
    at = known_stages(_validate.column(data, stage, "stage"), names, "stage")
    began = numbers_of(_validate.column(data, start, "start"), "start")
    left = numbers_of(_validate.column(data, finish, "finish"), "finish", gaps=True)
    backwards = data.index[left < began]
    if len(backwards):
        raise ValueError(
            f"{len(backwards)} visit(s) are finished ({finish!r}) before they began "
            f"({start!r}), in row(s) {_validate.listing(backwards)}; correct the dates"
        )
    order = np.lexsort((began, position))
    position, at = position[order], at[order]
    began, left = began[order], left[order]
    _check_order(data, order, position, began, left, ended, came)

    # As of the last moment: what came later is not known yet.
    begun = began <= last
    position, at, began, left = position[begun], at[begun], began[begun], left[begun]
    left = np.where(left <= last, left, np.nan)
    ended = np.where(ended <= last, ended, np.nan)
    first = np.r_[True, position[1:] != position[:-1]]
    final = np.r_[position[1:] != position[:-1], True] if position.size else first[:0]
    first = first[: position.size]
    ready = np.where(first, came[position], np.r_[np.nan, left[:-1]][: position.size])
    spells = [
        (position, at, 0, ready, began),
        (position, at, 1, began, np.where(np.isnan(left), np.inf, left)),
    ]
    # Open matters that wait for a stage that nobody has begun.
    between = final & ~np.isnan(left) & np.isnan(ended[position])
    idle = np.setdiff1d(np.flatnonzero(np.isnan(ended)), position)
    waits_for = _next_stages(at, first, np.flatnonzero(between), len(names))
    for who, what, since in (
        (position[between], waits_for, left[between]),
        (idle, np.zeros(idle.size, dtype=int), came[idle]),
    ):
        spells.append((who, what, 0, since, np.full(who.size, np.inf)))
    who, what, phase, since, to = (
        np.concatenate([np.broadcast_to(s[part], s[0].shape) for s in spells])
        for part in range(5)
    )
    finished = to <= last
    duration = np.where(finished, to, last) - since
    kept = (since < last) & (duration > 0)
    # In order of names, as far as these can be put in order.
    rank = np.argsort(np.argsort(matters.to_numpy(), kind="stable"), kind="stable")
    row = np.flatnonzero(kept)
    row = row[np.lexsort((phase[row], since[row], rank[who[row]]))]
    return pd.DataFrame(
        {
            unit: matters[who[row]],
            "stage": pd.Categorical.from_codes(what[row], names, ordered=True),
            "phase": pd.Categorical.from_codes(phase[row], list(PHASES), ordered=True),
            "began": since[row],
            "duration": duration[row],
            "finished": finished[row],
        }
    )


def _next_stages(
    at: NDArray[np.intp],
    first: NDArray[np.bool_],
    rows: NDArray[np.intp],
    k: int,
) -> NDArray[np.intp]:
    """Return the stage that each matter waits for after its visit in a row."""
    out = np.zeros(rows.size, dtype=np.intp)
    for number, row in enumerate(rows):
        been = {int(at[row])}
        place = int(row)
        while at[place] != 0 and not first[place]:
            place -= 1
            been.add(int(at[place]))
        out[number] = next((stage for stage in range(k) if stage not in been), 0)
    return out


def _check_order(
    data: pd.DataFrame,
    order: NDArray[np.intp],
    position: NDArray[np.intp],
    began: Array,
    left: Array,
    ended: Array,
    came: Array,
) -> None:
    """Refuse visits that overlap, come before their matter, or outlive it."""

    def refuse(bad: NDArray[np.bool_], what: str) -> None:
        if bad.any():
            rows = data.index[order[bad]]
            raise ValueError(
                f"{int(bad.sum())} visit(s) {what}, in row(s) "
                f"{_validate.listing(rows)}; correct or drop them"
            )

    if not position.size:
        return
    again = np.r_[False, position[1:] == position[:-1]]
    refuse(
        again & np.r_[False, began[1:] == began[:-1]],
        "begin at the same moment as another of the same matter",
    )
    before = np.r_[np.nan, left[:-1]]
    refuse(
        again & ~(began >= before),
        "begin before the visit before them was finished, so waiting is negative",
    )
    refuse(began < came[position], "begin before their matter was opened")
    over = ~np.isnan(ended[position])
    refuse(
        over & ~(left <= ended[position]),
        "are unfinished, or finished later, although their matter is closed",
    )


def stuck(
    data: pd.DataFrame,
    *,
    stage: str = "stage",
    phase: str = "phase",
    time: str = "duration",
    outcome: str = "finished",
    horizon: float,
    cluster: str | None = None,
    conf_level: float = 0.95,
) -> pd.DataFrame:
    """
    Show where matters get stuck: time in each stage and phase, open spells included.

    Parameters
    ----------
    data : pandas.DataFrame
        Spells as from :func:`stage_spells`, or a part of their rows.
    stage, phase, time, outcome : str
        Its columns, called as there by default.
    horizon : float
        A spell counts up to this long, in the unit of `time`; see `horizon` below.
    cluster : str, optional
        Column of what belongs together, such as communities; as in
        :func:`survival_curve`.
    conf_level : float, default 0.95
        Level of the intervals.

    Returns
    -------
    pandas.DataFrame
        One row per stage and phase that occurs, in order: ``stage``, ``phase``;
        ``spells``; ``open``, not over yet; ``mean_finished``, the mean of those that
        are over (the naive answer); ``horizon``, shorter than asked for where the
        longest spell of the kind is shorter and still open; ``estimate``, the mean
        within it with open spells counted right, ``std_error``, ``conf_low``,
        ``conf_high``, ``conf_level``; and ``share`` of all time: estimate times
        spells, over the sum of these.

    Raises
    ------
    TypeError
        If `data` is no DataFrame.
    ValueError
        As :func:`restricted_mean`; a kind of spell of which none is over is named.

    See Also
    --------
    restricted_mean : What `estimate` is.

    Examples
    --------
    >>> spells = pd.DataFrame(
    ...     {
    ...         "stage": ["decision"] * 4,
    ...         "phase": ["waiting"] * 2 + ["working"] * 2,
    ...         "duration": [2.0, 10, 4, 4],
    ...         "finished": [1, 0, 1, 1],
    ...     }
    ... )
    >>> stuck(spells, horizon=10)[["phase", "open", "mean_finished", "estimate"]]
         phase  open  mean_finished  estimate
    0  waiting     1            2.0       6.0
    1  working     0            4.0       4.0
    """
    filled(data, "spell")
    for name, argument in ((stage, "stage"), (phase, "phase")):
        _validate.complete(_validate.column(data, name, argument))
    rows = []
    for names, part in data.groupby([stage, phase], observed=True):
        where, doing = tuple(names)  # ty: ignore[invalid-argument-type]
        over = part[outcome].astype(bool)
        if not over.any():
            raise ValueError(
                f"none of the {len(part)} spell(s) {where}, {doing} is over, so its "
                f"time is not known; leave it out, or look again later"
            )
        longest = float(part[time].max())
        within = horizon if over[part[time] == longest].all() else min(horizon, longest)
        mean = restricted_mean(
            part,
            time=time,
            outcome=outcome,
            horizon=within,
            cluster=cluster,
            conf_level=conf_level,
        ).iloc[0]
        rows.append(
            {
                "stage": where,
                "phase": doing,
                "spells": len(part),
                "open": int((~over).sum()),
                "mean_finished": part.loc[over, time].mean(),
                "horizon": within,
                **{column: mean[column] for column in _ESTIMATE},
                "conf_level": conf_level,
            }
        )
    table = pd.DataFrame(rows)
    total = table["estimate"] * table["spells"]
    table["share"] = total / total.sum()
    for name, column in (("stage", stage), ("phase", phase)):
        if isinstance(data[column].dtype, pd.CategoricalDtype):
            table[name] = pd.Categorical(
                table[name], data[column].cat.categories, ordered=True
            )
    return table
