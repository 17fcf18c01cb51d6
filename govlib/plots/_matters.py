"""Figures of where matters are stuck, which ways they go, and when a layer pays."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch

from govlib import _validate
from govlib._words import Labels, Words
from govlib.plots._general import (
    _ACCENT,
    _COLOURS,
    _MOST_NAMES,
    _QUIET,
    _axes,
    _complete_numbers,
    _percent,
)

# The ends of a matter in the table of what follows what.
_ENDS = ("start", "end", "open")

WORDS = {
    "en": {
        "phrases": {
            "open": "{n:,} open",
            "time_in": "Mean days per matter that comes to the stage",
            "events": "{n:,}",
            "forward": "next stage",
            "skip": "stage passed over",
            "back": "back",
            "net": "Net gain of the layer, in shares",
            "completion": "Share carried out as meant, without the layer",
            "pays": "the layer pays",
            "costs": "the layer costs",
            "break_even": "break-even at {share}",
        },
        "names": {
            "phase=waiting": "waiting",
            "phase=working": "work",
            "stage=analysis": "analysis",
            "stage=decision": "decision",
            "stage=execution": "execution",
            "stage=evaluation": "evaluation",
            "stage=closed": "closed",
            "stage=start": "start",
            "stage=end": "closed",
        },
    },
    "zh": {
        "phrases": {
            "open": "未结{n:,}件",
            "time_in": "进入该环节的事项平均天数",
            "events": "{n:,}",
            "forward": "进入下一环节",
            "skip": "跳过环节",
            "back": "退回",
            "net": "增设层级的净收益（比例）",
            "completion": "无该层级时按原意落实的比例",
            "pays": "增设合算",
            "costs": "增设不合算",
            "break_even": "平衡点{share}",
        },
        "names": {
            "phase=waiting": "等待",
            "phase=working": "办理",
            "stage=analysis": "分析",
            "stage=decision": "决策",
            "stage=execution": "执行",
            "stage=evaluation": "评估",
            "stage=closed": "办结",
            "stage=start": "开始",
            "stage=end": "办结",
        },
    },
}


def stuck(
    table: pd.DataFrame,
    *,
    group: str | None = None,
    ax: Axes | None = None,
    labels: Labels = None,
) -> Axes:
    """
    Draw where matters are stuck: waiting and work, stage by stage.

    Parameters
    ----------
    table : pandas.DataFrame
        As from :func:`govlib.lifecycle.stuck`: columns ``stage``, ``phase``,
        ``estimate`` and ``open``; stages from top to bottom in the order of the table.
    group : str, optional
        Column of groups, such as who decided; each stage then has a bar for each.
    ax : matplotlib.axes.Axes, optional
        Where to draw. Default: a new figure.
    labels : {"en", "zh"} or mapping, optional
        Language of titles and categories, or a mapping with words of your own, keys
        as in :func:`govlib.datasets.labels`. Default: the language of :func:`use`,
        or without it the names as they are.

    Returns
    -------
    matplotlib.axes.Axes
        One bar per stage (and group), its parts the phases, and behind it how many
        matters are in the stage now.

    Raises
    ------
    ValueError
        If a column is unknown or has missing values, a time is negative, a stage has a
        phase twice, there is no row, or there are too many bars or phases.

    Examples
    --------
    >>> table = pd.DataFrame(
    ...     {
    ...         "stage": ["analysis", "analysis", "decision"],
    ...         "phase": ["waiting", "working", "waiting"],
    ...         "estimate": [9.0, 4.0, 60.0],
    ...         "open": [2, 1, 40],
    ...     }
    ... )
    >>> [text.get_text() for text in stuck(table).texts]
    ['3 open', '40 open']
    """
    words = Words.of(labels, WORDS)
    columns = ["stage", "phase"] + ([] if group is None else [group])
    kept = [
        _validate.complete(_validate.column(table, name, name, "table"), "table")
        for name in columns
    ]
    time = _complete_numbers(table, "estimate", "estimate")
    still = _complete_numbers(table, "open", "open")
    if not len(time):
        raise ValueError("table has no rows; give at least one stage")
    if (time < 0).any():
        raise ValueError(f"table has a negative time, {time.min():g}; correct it")
    where = pd.MultiIndex.from_arrays([kept[0].astype(object), *kept[2:]])
    bars = where.unique()
    # Groups of one stage beside each other, stages in the order in which they come.
    first = {stage: n for n, stage in enumerate(kept[0].astype(object).unique())}
    bars = sorted(bars, key=lambda bar: first[bar[0]])
    phases = list(kept[1].astype(object).unique())
    if len(bars) > _MOST_NAMES or len(phases) > len(_COLOURS):
        raise ValueError(
            f"table has {len(bars)} bars of {len(phases)} phases, too many for a "
            f"figure ({_MOST_NAMES} and {len(_COLOURS)} at most); leave some out"
        )
    twice = pd.DataFrame({"bar": where, "phase": kept[1].astype(object)}).duplicated()
    if twice.any():
        raise ValueError(
            f"table has {int(twice.sum())} stage(s) with a phase twice; name the "
            f"column of groups in group="
        )
    ax = _axes(ax)
    colours = dict(zip(phases, [_ACCENT, _COLOURS[0], *_COLOURS[1:3]], strict=False))
    ends = np.zeros(len(bars))
    count = np.zeros(len(bars))
    for phase in phases:
        lengths = np.zeros(len(bars))
        for row in np.flatnonzero((kept[1] == phase).to_numpy()):
            place = bars.index(where[row])
            lengths[place] = time[row]
            count[place] += still[row]
        ax.barh(
            range(len(bars)),
            lengths,
            left=ends,
            height=0.65,
            color=colours[phase],
            label=words.name(phase, "phase"),
        )
        ends += lengths
    for place, end in enumerate(ends):
        ax.annotate(
            words.phrase("open", n=int(count[place])),
            (end, place),
            xytext=(5, 0),
            textcoords="offset points",
            va="center",
            size="small",
        )
    names = [
        words.name(bar[0], "stage")
        if group is None
        else f"{words.name(bar[0], 'stage')}: {words.name(bar[1], group)}"
        for bar in bars
    ]
    ax.set_yticks(range(len(bars)), names)
    ax.invert_yaxis()
    ax.set_xlim(0, 1.22 * (ends.max() or 1))
    ax.tick_params(axis="y", length=0)
    ax.set_xlabel(words.phrase("time_in"))
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=len(phases))
    return ax


def process_map(
    table: pd.DataFrame,
    *,
    order: Sequence[str],
    least: float = 0.01,
    ax: Axes | None = None,
    labels: Labels = None,
) -> Axes:
    r"""
    Draw which stage follows which: the directly-follows graph.

    Stages stand in a row in the planned order. What goes on to the next stage is
    straight, what passes one over is an arc above, what goes back an arc below; the
    wider, the more often. Open matters are counted in the box of the stage that they
    were last in.

    Parameters
    ----------
    table : pandas.DataFrame
        As from :func:`govlib.lifecycle.directly_follows`: ``source``, ``target``,
        ``events``.
    order : sequence of str
        The activities from left to right, all that occur.
    least : float, default 0.01
        Arrows with fewer events than this share of all matters are left out.
    ax : matplotlib.axes.Axes, optional
        Where to draw. Default: a new figure.
    labels : {"en", "zh"} or mapping, optional
        Language of titles and categories, or a mapping with words of your own, keys
        as in :func:`govlib.datasets.labels`. Default: the language of :func:`use`,
        or without it the names as they are.

    Returns
    -------
    matplotlib.axes.Axes
        Boxes, with the matters that stand there open, and arrows with their number of
        events.

    Raises
    ------
    ValueError
        If a column is unknown or missing values, an activity is not in `order`, there
        is no row, or there are more than twelve activities.

    Examples
    --------
    >>> table = pd.DataFrame(
    ...     {
    ...         "source": ["start", "analysis", "decision", "analysis"],
    ...         "target": ["analysis", "decision", "end", "open"],
    ...         "events": [9, 7, 7, 2],
    ...     }
    ... )
    >>> ax = process_map(table, order=["analysis", "decision"])
    >>> [text.get_text() for text in ax.texts]
    ['start', 'analysis\n2 open', 'decision', 'end', '9', '7', '7']
    """
    words = Words.of(labels, WORDS)
    sources, targets = (
        _validate.complete(_validate.column(table, name, name, "table"), "table")
        .astype(object)
        .tolist()
        for name in ("source", "target")
    )
    events = _complete_numbers(table, "events", "events")
    if not sources:
        raise ValueError("table has no rows; give at least one pair")
    _validate.between(least, 0, 1, "least=")
    plan = list(order)
    if len(plan) > 12:
        raise ValueError(f"order= has {len(plan)} activities; 12 at most can be drawn")
    strange = sorted({*sources, *targets} - {*plan, *_ENDS}, key=str)
    if strange:
        raise ValueError(
            f"table has {_validate.listing(strange)}, which order= lacks"
            f"{_validate.nearest(strange[0], plan)}; add them"
        )
    ax = _axes(ax)
    places = {name: x for x, name in enumerate(["start", *plan, "end"])}
    total = sum(n for s, n in zip(sources, events, strict=True) if s == "start")
    total = total or events.max()
    stand = {
        source: int(n)
        for source, target, n in zip(sources, targets, events, strict=True)
        if target == "open" and n
    }
    for name, x in places.items():
        end = name in _ENDS
        title = words.name(name, "stage")
        if name in stand:
            title += "\n" + words.phrase("open", n=stand[name])
        ax.text(
            x,
            0,
            title,
            ha="center",
            va="center",
            size="x-small",
            color="black" if end else "white",
            bbox={
                "boxstyle": "round,pad=0.4",
                "facecolor": "white" if end else _COLOURS[0],
                "edgecolor": _QUIET if end else _COLOURS[0],
            },
            zorder=3,
        )
    seen = set()
    for source, target, n in sorted(
        zip(sources, targets, events, strict=True), key=lambda row: -row[2]
    ):
        if target == "open" or n < least * total:
            continue
        a, b = places[source], places[target]
        kind = "forward" if b == a + 1 else "skip" if b > a else "back"
        colour = {"forward": _COLOURS[0], "skip": _COLOURS[1], "back": _ACCENT}[kind]
        seen.add(kind)
        # Above for what is passed over, below for what goes back; higher if further.
        bend = 0.0 if kind == "forward" else -0.4
        side = 1 if b > a else -1
        edge = 0.0 if kind == "forward" else 0.23 * side
        # From box to box in a row; arcs from the middle of one to that of another.
        inset = 0.38 if kind == "forward" else 0.08 * side
        ax.add_patch(
            FancyArrowPatch(
                (a + inset, edge),
                (b - inset, edge),
                connectionstyle=f"arc3,rad={bend}",
                arrowstyle="-|>",
                mutation_scale=11,
                linewidth=0.8 + 4 * n / total,
                color=colour,
                shrinkA=0,
                shrinkB=0,
            )
        )
        height = edge + 0.4 * abs(b - a) / 2 * side if bend else 0.0
        ax.text(
            (a + b) / 2,
            height + 0.11 * side,
            words.phrase("events", n=int(n)),
            ha="center",
            va="center",
            size="x-small",
            color=colour if kind != "skip" else "#7A5B00",
        )
    lengths = [
        abs(places[s] - places[t])
        for s, t in zip(sources, targets, strict=True)
        if t != "open"
    ]
    reach = max(0.7, 0.2 * max(lengths, default=1) + 0.4)
    ax.set_aspect("equal")
    ax.set_xlim(-0.5, len(places) - 0.5)
    ax.set_ylim(-reach, reach)
    ax.axis("off")
    colours = {"forward": _COLOURS[0], "skip": _COLOURS[1], "back": _ACCENT}
    ax.legend(
        [Line2D([], [], color=colours[k], linewidth=3) for k in colours if k in seen],
        [words.phrase(k) for k in colours if k in seen],
        loc="lower center",
        bbox_to_anchor=(0.5, -0.15),
        ncols=3,
    )
    return ax


def break_even(
    table: pd.DataFrame,
    *,
    points: pd.Series | None = None,
    ax: Axes | None = None,
    labels: Labels = None,
) -> Axes:
    """
    Draw for which shares an added layer pays, and where units stand.

    Parameters
    ----------
    table : pandas.DataFrame
        As from :func:`govlib.lifecycle.added_layer`, one row per completion:
        ``completion``, ``net``, ``break_even_completion``.
    points : pandas.Series, optional
        Shares of units, such as communities, drawn as a row of ticks.
    ax : matplotlib.axes.Axes, optional
        Where to draw. Default: a new figure.
    labels : {"en", "zh"} or mapping, optional
        Language of titles and categories, or a mapping with words of your own, keys
        as in :func:`govlib.datasets.labels`. Default: the language of :func:`use`,
        or without it the names as they are.

    Returns
    -------
    matplotlib.axes.Axes
        The net gain as a line, zero, and the break-even point.

    Raises
    ------
    ValueError
        If a column is unknown or has missing values, or there is no row.

    Examples
    --------
    >>> table = pd.DataFrame(
    ...     {
    ...         "completion": [0.0, 1.0],
    ...         "net": [0.05, -0.05],
    ...         "break_even_completion": 0.5,
    ...     }
    ... )
    >>> break_even(table).texts[-1].get_text()
    'break-even at 50 %'
    """
    words = Words.of(labels, WORDS)
    share = _complete_numbers(table, "completion", "completion")
    net = _complete_numbers(table, "net", "net")
    even = _complete_numbers(table, "break_even_completion", "break_even_completion")
    if not len(share):
        raise ValueError("table has no rows; give at least one completion")
    row = np.argsort(share)
    share, net = share[row], net[row]
    ax = _axes(ax)
    ax.axhline(0, color=_QUIET, linestyle="--", linewidth=1.5, zorder=0)
    ax.plot(share, net, color=_COLOURS[0])
    ax.fill_between(share, 0, net, where=net > 0, color=_COLOURS[3], alpha=0.25)
    ax.fill_between(share, 0, net, where=net < 0, color=_ACCENT, alpha=0.18)
    low, high = min(net.min(), 0.0), max(net.max(), 0.0)
    spread = (high - low) or 1.0
    if points is not None:
        given = _validate.vector(points, "points")
        ax.plot(
            given,
            np.full(given.size, low - 0.06 * spread),
            linestyle="none",
            marker="|",
            markersize=12,
            color=_COLOURS[0],
            alpha=0.35,
        )
    # Near the ends of the line, where it is far from zero.
    if net[0] > 0:
        ax.text(
            share[0] + 0.02 * (share[-1] - share[0]),
            0.07 * spread,
            words.phrase("pays"),
            color="#2B6A65",
        )
    if net[-1] < 0:
        ax.text(
            share[-1] - 0.02 * (share[-1] - share[0]),
            -0.07 * spread,
            words.phrase("costs"),
            ha="right",
            va="top",
            color=_ACCENT,
        )
    at = float(even[0])
    if share[0] <= at <= share[-1]:
        ax.plot(at, 0, marker="o", color=_COLOURS[0], markersize=9)
        ax.annotate(
            words.phrase("break_even", share=_percent(at)),
            (at, 0),
            xytext=(10, 8),
            textcoords="offset points",
        )
    ax.set_ylim(low - 0.15 * spread, high + 0.15 * spread)
    ax.xaxis.set_major_formatter(_percent)
    ax.yaxis.set_major_formatter(_percent)
    ax.set_xlabel(words.phrase("completion"))
    ax.set_ylabel(words.phrase("net"))
    return ax
