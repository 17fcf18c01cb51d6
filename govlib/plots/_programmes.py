"""Figures of trials and of staggered starts."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from govlib import _validate
from govlib._words import Labels, Vocabulary, Words
from govlib.plots._general import (
    _ACCENT,
    _COLOURS,
    _LINES,
    _QUIET,
    _axes,
    _complete_numbers,
    _few,
    _percent,
    _with_level,
)

WORDS: Vocabulary = {
    "en": {
        "phrases": {
            "after": "after",
            "assignments": "Share of the assignments",
            "before": "before",
            "mean_of": "{name} (mean of {n:,})",
            "observed": "observed ({n:.3g})",
            "truth": "truth",
        },
        "names": {"event_time": "Periods since the start", "difference": "Difference"},
    },
    "zh": {
        "phrases": {
            "after": "之后",
            "assignments": "占全部分配方案的比例",
            "before": "之前",
            "mean_of": "{name}（{n:,}个的均值）",
            "observed": "观测值（{n:.3g}）",
            "truth": "真值",
        },
        "names": {"event_time": "开始以来的时期数", "difference": "差值"},
    },
}


def event_study(
    table: pd.DataFrame,
    *,
    group: str | None = None,
    truth: str | None = None,
    percent: bool = False,
    ax: Axes | None = None,
    labels: Labels = None,
) -> Axes:
    """
    Draw effects by time since the start, before it and after.

    Parameters
    ----------
    table : pandas.DataFrame
        One row per time since the start with ``event_time``, ``estimate``,
        ``conf_low`` and ``conf_high``; an estimate that is zero by definition has no
        interval. With ``band_low`` and ``band_high`` the simultaneous band is drawn
        behind.
    group : str, optional
        Column with up to four estimates of the same effects, drawn beside each other.
    truth : str, optional
        Column with the known effect, drawn as a line; missing where it is not known.
    percent : bool, default False
        Whether the axis shows shares as percentages.
    ax : matplotlib.axes.Axes, optional
        Where to draw. Default: a new figure.
    labels : {"en", "zh"} or mapping, optional
        Language of titles and categories, or a mapping with words of your own, keys
        as in :func:`govlib.datasets.labels`. Default: the language of :func:`use`,
        or without it the names as they are.

    Returns
    -------
    matplotlib.axes.Axes
        Points with intervals; the start is a dashed line just left of time 0.

    Raises
    ------
    ValueError
        If a column is unknown, an estimate or time is missing, an interval has its
        ends exchanged, a time stands twice in a group, or there are too many groups.

    Examples
    --------
    >>> table = pd.DataFrame(
    ...     {
    ...         "event_time": [-1, 0, 1],
    ...         "estimate": [0.0, 2.0, 4.0],
    ...         "conf_low": [None, 1.5, 3.0],
    ...         "conf_high": [None, 2.5, 5.0],
    ...     }
    ... )
    >>> event_study(table).get_xlabel()
    'event_time'
    """
    words = Words.of(labels, WORDS)
    time = _complete_numbers(table, "event_time", "event_time")
    estimate = _complete_numbers(table, "estimate", "estimate")
    ends = {
        end: _validate.numeric(
            _validate.column(table, end, end, "table"), "table"
        ).to_numpy()
        for end in ("conf_low", "conf_high", "band_low", "band_high")
        if end.startswith("conf") or end in table
    }
    if (ends["conf_low"] > ends["conf_high"]).any():
        raise ValueError("table has conf_low above conf_high; exchange the two columns")
    groups = pd.Categorical([""] * len(table))
    if group is not None:
        groups = _few(
            pd.Categorical(
                _validate.complete(
                    _validate.column(table, group, "group", "table"), "table"
                )
            ),
            group,
        )
    twice = pd.DataFrame({"time": time, "group": groups.codes}).duplicated()
    if twice.any():
        raise ValueError(
            f"table has event_time {time[twice][0]:g} twice"
            + (" in one group" if group else "; name the column of groups in group=")
        )
    ax = _axes(ax)
    count = len(groups.categories)
    for code, level in enumerate(groups.categories):
        here = np.flatnonzero(groups.codes == code)
        here = here[np.argsort(time[here])]
        # Side by side, so that one interval does not hide another.
        at = time[here] + 0.16 * (code - (count - 1) / 2)
        kinds = [("conf", 2.5, 1.0)]
        if "band_low" in ends and "band_high" in ends:
            kinds.insert(0, ("band", 7.0, 0.25))
        for kind, width, alpha in kinds:
            low, high = ends[f"{kind}_low"][here], ends[f"{kind}_high"][here]
            known = ~np.isnan(low)
            ax.vlines(
                at[known],
                low[known],
                high[known],
                color=_COLOURS[code],
                linewidth=width,
                alpha=alpha,
            )
        ax.plot(
            at,
            estimate[here],
            linestyle="none",
            marker="osD^"[code],
            markersize=8,
            color=_COLOURS[code],
            label=words.name(level, group),
        )
    if truth is not None:
        known = _validate.numeric(
            _validate.column(table, truth, "truth", "table"), "table"
        )
        line = pd.Series(known.to_numpy(), index=time).dropna().groupby(level=0).first()
        ax.plot(
            line.index,
            line,
            color=_ACCENT,
            linewidth=2.5,
            label=words.phrase("truth"),
            zorder=1,
        )
    ax.axhline(0, color=_QUIET, linewidth=1.5, zorder=0)
    ax.axvline(-0.5, color=_QUIET, linestyle="--", linewidth=1.5, zorder=0)
    ax.locator_params(axis="x", integer=True, nbins=20)
    ax.set_xlabel(words.name("event_time"))
    ax.set_ylabel(
        _with_level(table.dropna(subset="conf_low"), words, words.name("estimate"))
    )
    if percent:
        ax.yaxis.set_major_formatter(_percent)
    if group is not None or truth is not None:
        handles, names = ax.get_legend_handles_labels()
        kept = [(h, n) for h, n in zip(handles, names, strict=True) if n]
        # With several groups it would cover an interval sooner or later.
        beside = {"bbox_to_anchor": (1, 1)} if group is not None else {}
        ax.legend(*zip(*kept, strict=True), loc="upper left", **beside)
    return ax


def reassignments(
    table: pd.DataFrame,
    *,
    value: str,
    observed: float,
    percent: bool = False,
    ax: Axes | None = None,
    labels: Labels = None,
) -> Axes:
    """
    Draw what a trial would have shown under other draws, and what it did show.

    Parameters
    ----------
    table : pandas.DataFrame
        One row per assignment that could have been drawn.
    value : str
        Column with what each would show if the treatment did nothing.
    observed : float
        What the assignment that was drawn shows.
    percent : bool, default False
        Whether the axis shows shares as percentages.
    ax : matplotlib.axes.Axes, optional
        Where to draw. Default: a new figure.
    labels : {"en", "zh"} or mapping, optional
        Language of titles and categories, or a mapping with words of your own, keys
        as in :func:`govlib.datasets.labels`. Default: the language of :func:`use`,
        or without it the names as they are.

    Returns
    -------
    matplotlib.axes.Axes
        A histogram whose heights are shares of the assignments, with those as far
        from zero as the observed one in another colour, and a line.

    Raises
    ------
    ValueError
        If the column is unknown, empty or has missing values, or `observed` is no
        number.

    Examples
    --------
    >>> table = pd.DataFrame({"difference": [-4.0, -1.0, 0.0, 0.0, 1.0, 4.0]})
    >>> ax = reassignments(table, value="difference", observed=4.0)
    >>> round(float(sum(bar.get_height() for bar in ax.patches)), 6)
    1.0
    """
    words = Words.of(labels, WORDS)
    drawn = _complete_numbers(table, value, "value")
    if not drawn.size:
        raise ValueError(f"table column {value!r} holds no value at all")
    observed = _validate.between(observed, -np.inf, np.inf, "observed=")
    ax = _axes(ax)
    # A bin ends at the observed value on either side, so that colours are honest.
    most = max(np.abs(drawn).max(), abs(observed)) or 1.0
    far = abs(observed) or most
    width = far / max(1, round(far / (most / 12)))
    steps = int(np.ceil(most / width - 1e-9)) + 1
    edges = width * np.arange(-steps, steps + 1)
    # What equals the observed one belongs to the far side, on the left as well.
    inward = np.nextafter(far, 0) * (1 - 1e-12)
    placed = np.where(drawn <= -inward, drawn - width * 1e-9, drawn)
    placed = np.where(drawn >= inward, drawn + width * 1e-9, placed)
    shares = np.histogram(placed, edges)[0] / drawn.size
    middle = (edges[1:] + edges[:-1]) / 2
    beyond = np.abs(middle) > far
    for chosen, colour in ((~beyond, _QUIET), (beyond, _COLOURS[0])):
        ax.bar(middle[chosen], shares[chosen], width, color=colour, edgecolor="white")
    ax.axvline(
        observed,
        color=_ACCENT,
        linewidth=2.5,
        label=words.phrase("observed", n=observed),
    )
    ax.set_xlabel(words.name(value))
    ax.set_ylabel(words.phrase("assignments"))
    ax.yaxis.set_major_formatter(_percent)
    if percent:
        ax.xaxis.set_major_formatter(_percent)
    ax.margins(y=0.15)
    ax.legend(loc="upper left")
    return ax


def before_after(
    table: pd.DataFrame,
    *,
    before: str,
    after: str,
    group: str,
    percent: bool = False,
    ax: Axes | None = None,
    labels: Labels = None,
) -> Axes:
    """
    Draw how each unit changed, and the mean of each arm.

    Parameters
    ----------
    table : pandas.DataFrame
        One row per unit, such as a community.
    before, after : str
        Columns of numbers.
    group : str
        Column with the arms, up to four.
    percent : bool, default False
        Whether the axis shows shares as percentages.
    ax : matplotlib.axes.Axes, optional
        Where to draw. Default: a new figure.
    labels : {"en", "zh"} or mapping, optional
        Language of titles and categories, or a mapping with words of your own, keys
        as in :func:`govlib.datasets.labels`. Default: the language of :func:`use`,
        or without it the names as they are.

    Returns
    -------
    matplotlib.axes.Axes
        A faint line per unit and a strong one per arm.

    Raises
    ------
    ValueError
        If a column is unknown or has missing values, or there are too many arms.

    Examples
    --------
    >>> table = pd.DataFrame(
    ...     {"before": [1.0, 3.0], "after": [2.0, 3.0], "arm": ["stage", "none"]}
    ... )
    >>> ax = before_after(table, before="before", after="after", group="arm")
    >>> [text.get_text() for text in ax.get_xticklabels()]
    ['before', 'after']
    """
    words = Words.of(labels, WORDS)
    values = np.column_stack(
        [
            _complete_numbers(table, name, argument)
            for name, argument in ((before, "before"), (after, "after"))
        ]
    )
    arms = _few(
        _validate.groups(_validate.column(table, group, "group", "table"), "table"),
        group,
    )
    ax = _axes(ax)
    for code, level in enumerate(arms.categories):
        here = arms.codes == code
        # Arms a little apart, or faint lines of one would cover those of another.
        at = np.array([0.0, 1.0]) + 0.03 * (code - (len(arms.categories) - 1) / 2)
        ax.plot(
            at, values[here].T, color=_COLOURS[code], linewidth=0.8, alpha=0.2, zorder=1
        )
        ax.plot(
            at,
            values[here].mean(axis=0),
            color=_COLOURS[code],
            linestyle=_LINES[code],
            marker="osD^"[code],
            markersize=10,
            linewidth=3.5,
            label=words.phrase(
                "mean_of", name=words.name(level, group), n=int(here.sum())
            ),
            zorder=2,
        )
    ax.set_xticks([0, 1], [words.phrase("before"), words.phrase("after")])
    ax.set_xlim(-0.25, 1.25)
    if percent:
        ax.yaxis.set_major_formatter(_percent)
    ax.legend(loc="upper left", title=words.name(group))
    return ax
