"""Figures of agreement by floor, of what each floor pays, and of a vote's tests."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from govlib import _validate
from govlib._words import Labels, Words
from govlib.plots._general import (
    _ACCENT,
    _COLOURS,
    _LINES,
    _QUIET,
    _WALL,
    _axes,
    _complete_numbers,
    _few,
    _percent,
)

WORDS = {
    "en": {
        "phrases": {
            "agree": "Share that agrees",
            "pays": "Yuan per flat",
            "passed": "{have:g} of {of:g}, needs {need:g}",
            "failed": "{have:g} of {of:g}, needs {need:g}: fails",
            "of_all": "Share",
            "threshold": "needed",
        },
        "names": {
            "floor": "Floor",
            "quorum_area": "take part, by area",
            "quorum_number": "take part, by number",
            "majority_area": "agree, by area",
            "majority_number": "agree, by number",
        },
    },
    "zh": {
        "phrases": {
            "agree": "同意比例",
            "pays": "每套金额（元）",
            "passed": "{of:g}中的{have:g}，须{need:g}",
            "failed": "{of:g}中的{have:g}，须{need:g}：未通过",
            "of_all": "比例",
            "threshold": "所需比例",
        },
        "names": {
            "floor": "楼层",
            "quorum_area": "参与（面积）",
            "quorum_number": "参与（人数）",
            "majority_area": "同意（面积）",
            "majority_number": "同意（人数）",
        },
    },
}


def consent_by_floor(
    table: pd.DataFrame,
    *,
    floor: str = "floor",
    value: str = "share",
    group: str | None = None,
    time: str | None = None,
    ax: Axes | None = None,
    labels: Labels = None,
) -> Axes:
    """
    Draw which share of each floor agrees, by group, before and after.

    Parameters
    ----------
    table : pandas.DataFrame
        One row per floor, group and time.
    floor, value : str
        Columns of floors and of shares, 0 to 1.
    group : str, optional
        Column of up to four groups, drawn in colours of their own.
    time : str, optional
        Column of up to four times in order, drawn in lines of their own: the last one
        solid.
    ax : matplotlib.axes.Axes, optional
        Where to draw. Default: a new figure.
    labels : {"en", "zh"} or mapping, optional
        Language of titles and categories, or a mapping with words of your own, keys
        as in :func:`govlib.datasets.labels`. Default: the language of :func:`use`,
        or without it the names as they are.

    Returns
    -------
    matplotlib.axes.Axes
        One line per group and time, from the ground floor up.

    Raises
    ------
    ValueError
        If a column is unknown or missing somewhere, a share is outside 0 to 1, a floor
        stands twice on a line, or there are too many groups or times to tell apart.

    Examples
    --------
    >>> table = pd.DataFrame({"floor": [1, 2, 3], "share": [0.1, 0.3, 0.4]})
    >>> consent_by_floor(table).lines[0].get_ydata().tolist()
    [0.1, 0.3, 0.4]
    """
    words = Words.of(labels, WORDS)
    floors = _complete_numbers(table, floor, "floor")
    shares = _complete_numbers(table, value, "value")
    if ((shares < 0) | (shares > 1)).any():
        raise ValueError(f"table column {value!r} (value=) holds shares, from 0 to 1")
    groups = _levels(table, group, "group")
    times = _levels(table, time, "time")
    # The last time is the one that counts.
    style: list[Any] = [*reversed(_LINES[: len(times.categories)])]
    ax = _axes(ax)
    for g, name in enumerate(groups.categories):
        for t, when in enumerate(times.categories):
            here = (groups.codes == g) & (times.codes == t)
            order = np.argsort(floors[here], kind="stable")
            x, y = floors[here][order], shares[here][order]
            if (np.diff(x) == 0).any():
                raise ValueError(
                    f"table has a floor twice on the line {name!r} {when!r}; take the "
                    f"mean of each floor first"
                )
            ax.plot(x, y, style[t], color=_COLOURS[g], marker="osD^"[g])
    handles, texts = [], []
    if group is not None:
        for k, level in enumerate(groups.categories):
            handles.append(Line2D([], [], color=_COLOURS[k], marker="osD^"[k]))
            texts.append(words.name(level, group))
    if time is not None:
        for k, level in enumerate(times.categories):
            handles.append(Line2D([], [], color=_QUIET, linestyle=style[k]))
            texts.append(words.name(level, time))
    if handles:
        ax.legend(handles, texts, loc="upper left", bbox_to_anchor=(1, 1))
    ax.set_xticks(np.unique(floors).astype(int))
    ax.set_xlabel(words.name(floor))
    ax.set_ylabel(words.phrase("agree"))
    ax.set_ylim(0, 1)
    ax.yaxis.set_major_formatter(_percent)
    return ax


def cost_by_floor(
    table: pd.DataFrame,
    *,
    floor: str = "floor",
    value: str = "payment",
    group: str | None = None,
    ax: Axes | None = None,
    labels: Labels = None,
) -> Axes:
    """
    Draw what a flat on each floor pays, or is paid, under one or several offers.

    Parameters
    ----------
    table : pandas.DataFrame
        One row per flat, and per offer, as from
        :func:`govlib.deliberation.cost_shares`.
    floor, value : str
        Columns of floors and of yuan, below zero for who is paid.
    group : str, optional
        Column of up to four offers.
    ax : matplotlib.axes.Axes, optional
        Where to draw. Default: a new figure.
    labels : {"en", "zh"} or mapping, optional
        Language of titles and categories, or a mapping with words of your own, keys
        as in :func:`govlib.datasets.labels`. Default: the language of :func:`use`,
        or without it the names as they are.

    Returns
    -------
    matplotlib.axes.Axes
        One bar per floor and offer, the mean over the floor's flats. With one offer,
        bars have their yuan written on them.

    Raises
    ------
    ValueError
        If a column is unknown or missing somewhere, or there are too many offers to
        tell apart.

    Examples
    --------
    >>> table = pd.DataFrame({"floor": [1, 1, 2], "payment": [-50.0, -50.0, 100.0]})
    >>> [float(bar.get_height()) for bar in cost_by_floor(table).containers[0]]
    [-50.0, 100.0]
    """
    words = Words.of(labels, WORDS)
    floors = _complete_numbers(table, floor, "floor")
    yuan = _complete_numbers(table, value, "value")
    groups = _levels(table, group, "group")
    ax = _axes(ax)
    width = 0.8 / len(groups.categories)
    for g, name in enumerate(groups.categories):
        here = groups.codes == g
        levels, place = np.unique(floors[here], return_inverse=True)
        mean = np.bincount(place, yuan[here]) / np.bincount(place)
        shift = (g - (len(groups.categories) - 1) / 2) * width
        bars = ax.bar(
            levels + shift,
            mean,
            width,
            color=_COLOURS[g],
            label=words.name(name, group),
        )
        if group is None:
            for bar, height in zip(bars, mean, strict=True):
                if height < 0:
                    bar.set_color(_ACCENT)
            texts = [f"{height:,.0f}".replace("-", "−") for height in mean]
            ax.bar_label(bars, texts, size="small", padding=2)
    if group is not None:
        ax.legend(loc="upper left", bbox_to_anchor=(1, 1), title=words.name(group))
    ax.axhline(0, color=_QUIET, linewidth=1)
    ax.set_xticks(np.unique(floors).astype(int))
    ax.set_xlabel(words.name(floor))
    ax.set_ylabel(words.phrase("pays"))
    ax.yaxis.set_major_formatter(lambda y, _: f"{y:,.0f}".replace("-", "−"))
    ax.margins(y=0.12)
    return ax


def vote_tests(
    table: pd.DataFrame,
    *,
    ax: Axes | None = None,
    labels: Labels = None,
) -> Axes:
    """
    Draw the tests of one vote against their thresholds.

    Parameters
    ----------
    table : pandas.DataFrame
        Tests of one vote with ``test``, ``have``, ``of``, ``share``, ``threshold``,
        ``need`` and ``passed``, as in ``.table`` of :func:`govlib.deliberation.vote`.
    ax : matplotlib.axes.Axes, optional
        Where to draw. Default: a new figure.
    labels : {"en", "zh"} or mapping, optional
        Language of titles and categories, or a mapping with words of your own, keys
        as in :func:`govlib.datasets.labels`. Default: the language of :func:`use`,
        or without it the names as they are.

    Returns
    -------
    matplotlib.axes.Axes
        One bar per test, with a mark at the threshold and what is needed beside it.

    Raises
    ------
    ValueError
        If a column is unknown or missing somewhere, or a test stands twice.

    Examples
    --------
    >>> table = pd.DataFrame(
    ...     {
    ...         "test": ["majority_number"],
    ...         "have": [7],
    ...         "of": [9],
    ...         "share": [7 / 9],
    ...         "threshold": [0.75],
    ...         "need": [7],
    ...         "passed": [True],
    ...     }
    ... )
    >>> [text.get_text() for text in vote_tests(table).texts]
    ['7 of 9, needs 7']
    """
    words = Words.of(labels, WORDS)
    tests = _validate.complete(
        _validate.column(table, "test", "test", "table"), "table"
    )
    if tests.duplicated().any():
        raise ValueError("table has a test twice; give the tests of one vote")
    number = {
        name: _complete_numbers(table, name, name)
        for name in ("have", "of", "share", "threshold", "need")
    }
    passed = _validate.column(table, "passed", "passed", "table").to_numpy(dtype=bool)
    at = -np.arange(len(tests), dtype=float)
    ax = _axes(ax)
    ax.barh(at, 1, 0.62, color=_WALL)
    colours = [_COLOURS[0] if won else _ACCENT for won in passed]
    ax.barh(at, number["share"], 0.62, color=colours)
    ax.vlines(number["threshold"], at - 0.42, at + 0.42, color=_COLOURS[1], lw=4)
    for k, height in enumerate(at):
        key = "passed" if passed[k] else "failed"
        places = {name: number[name][k] for name in ("have", "of", "need")}
        ax.text(1.02, height, words.phrase(key, **places), va="center", size="small")
    ax.set_yticks(at, [words.name(test, "test") for test in tests])
    ax.set_xlim(0, 1)
    ax.set_xlabel(words.phrase("of_all"))
    ax.xaxis.set_major_formatter(_percent)
    mark = Line2D([], [], color=_COLOURS[1], lw=4)
    ax.legend(
        [mark], [words.phrase("threshold")], loc="lower left", bbox_to_anchor=(0, 1)
    )
    return ax


def _levels(table: pd.DataFrame, column: str | None, argument: str) -> pd.Categorical:
    """Return a column's levels in the order in which they come, few enough."""
    if column is None:
        return pd.Categorical([""] * len(table))
    values = _validate.complete(
        _validate.column(table, column, argument, "table"), "table"
    )
    order = values.cat.categories if values.dtype == "category" else values.unique()
    return _few(pd.Categorical(values, order), column)
