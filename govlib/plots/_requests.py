"""Figures of problems, records and service rates."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, NullFormatter, PercentFormatter

from govlib import _validate
from govlib._words import Labels, Words
from govlib.plots._general import _COLOURS, _QUIET, _axes

WORDS = {
    "en": {
        "phrases": {
            "all_recorded": "all of it recorded",
            "bounds": "if all that is not known were bad, or good",
            "closed_only": "usual report: closed cases only",
            "gap": "{difference:.1f} points\n{ratio:.2f} times",
            "one_in": "{group}: {share:.0f} % recorded",
            "open_too": "open cases counted (95 % interval)",
            "per_thousand": "{title} per 1,000 adults and year",
            "points": "Share reported",
            "ratio": "Share reported (log scale)",
        },
        "names": {
            "response": "Answered in time",
            "resolution": "Solved in time",
            "satisfaction": "Satisfied",
            "score": "Score",
        },
    },
    "zh": {
        "phrases": {
            "all_recorded": "全部登记",
            "bounds": "未知者全为差或全为好时",
            "closed_only": "通常报告：只算已办结",
            "gap": "相差{difference:.1f}个百分点\n{ratio:.2f}倍",
            "one_in": "{group}：登记{share:.0f}%",
            "open_too": "计入未办结（95%区间）",
            "per_thousand": "每千名成年人每年{title}",
            "points": "上报比例",
            "ratio": "上报比例（对数刻度）",
        },
        "names": {
            "response": "按时响应",
            "resolution": "按时解决",
            "satisfaction": "满意",
            "score": "综合得分",
        },
    },
}


def records(
    table: pd.DataFrame,
    *,
    problems: str = "problems",
    recorded: str = "recorded",
    group: str | None = None,
    ax: Axes | None = None,
    labels: Labels = None,
) -> Axes:
    """
    Draw what is recorded of the problems against the problems themselves.

    Parameters
    ----------
    table : pandas.DataFrame
        One row per area, both columns per 1,000 adults and year.
    problems, recorded : str, default "problems" and "recorded"
        Columns of numbers, 0 or more.
    group : str, optional
        Column of groups, such as whether there is a platform; at most four.
    ax : matplotlib.axes.Axes, optional
        Where to draw. Default: a new figure.
    labels : {"en", "zh"} or mapping, optional
        Language of titles and categories, or a mapping with words of your own.
        Default: the language of :func:`use`, or the names as they are.

    Returns
    -------
    matplotlib.axes.Axes
        One point per area; per group the line of its own share recorded; and dashed
        the line on which all would be.

    Raises
    ------
    ValueError
        If a column is unknown, has missing or negative values, or there are more than
        four groups.

    Examples
    --------
    >>> areas = pd.DataFrame({"problems": [400, 500], "recorded": [100, 125]})
    >>> ax = records(areas)
    >>> len(ax.collections[0].get_offsets()), ax.get_legend_handles_labels()[1]
    (2, ['all of it recorded', 'recorded: 25 % recorded'])
    """
    words = Words.of(labels, WORDS)
    _validate.frame(table, "table")
    x, y = (
        _validate.numeric(_validate.complete(_validate.column(table, name, argument)))
        for name, argument in ((problems, "problems"), (recorded, "recorded"))
    )
    if (x < 0).any() or (y < 0).any():
        raise ValueError(f"{problems!r} and {recorded!r} must be >= 0 to be drawn")
    parts = [(words.name(recorded), np.ones(len(table), dtype=bool))]
    if group is not None:
        values = _validate.complete(_validate.column(table, group, "group"))
        found = pd.Categorical(values).remove_unused_categories()
        if len(found.categories) > len(_COLOURS):
            raise ValueError(
                f"group= has {len(found.categories)} groups, but only "
                f"{len(_COLOURS)} colours can be told apart; merge groups"
            )
        parts = [
            (words.name(level, group), np.asarray(found == level))
            for level in found.categories
        ]
    ax = _axes(ax)
    end = float(x.max()) * 1.05
    top = float(y.max()) * 1.15
    ax.plot(
        [0, end],
        [0, end],
        color=_QUIET,
        linestyle="--",
        linewidth=1.5,
        label=words.phrase("all_recorded"),
    )
    for (name, here), colour in zip(parts, _COLOURS, strict=False):
        ax.scatter(x[here], y[here], s=18, alpha=0.5, color=colour, linewidths=0)
        share = y[here].sum() / x[here].sum()
        ax.plot(
            [0, end],
            [0, share * end],
            color=colour,
            label=words.phrase("one_in", group=name, share=100 * share),
        )
    ax.set(
        xlim=(0, end),
        ylim=(0, max(top, end / 3)),
        xlabel=words.phrase("per_thousand", title=words.name(problems)),
        ylabel=words.phrase("per_thousand", title=words.name(recorded)),
    )
    ax.legend(loc="lower right")
    return ax


def service_rates(
    table: pd.DataFrame,
    *,
    truth: dict[str, float] | None = None,
    ax: Axes | None = None,
    labels: Labels = None,
) -> Axes:
    """
    Draw service rates with open cases counted beside the usual report.

    Parameters
    ----------
    table : pandas.DataFrame
        Rows of one group from :func:`govlib.digital.kpi`.
    truth : dict of str to float, optional
        What is true, by term, where it is known.
    ax : matplotlib.axes.Axes, optional
        Where to draw. Default: a new figure.
    labels : {"en", "zh"} or mapping, optional
        Language of titles and categories, or a mapping with words of your own.
        Default: the language of :func:`use`, or the names as they are.

    Returns
    -------
    matplotlib.axes.Axes
        Per rate: a grey bar between its bounds, the estimate with its interval, the
        usual report as a ring, and the truth as a cross.

    Raises
    ------
    ValueError
        If a column is missing, or a term stands in more than one row.

    Examples
    --------
    >>> rates = pd.DataFrame(
    ...     {
    ...         "term": ["resolution"],
    ...         "estimate": [0.5],
    ...         "conf_low": [0.4],
    ...         "conf_high": [0.6],
    ...         "closed_only": [0.7],
    ...         "bound_low": [0.3],
    ...         "bound_high": [0.8],
    ...     }
    ... )
    >>> ax = service_rates(rates, labels="en")
    >>> ax.get_yticklabels()[0].get_text()
    'Solved in time'
    """
    words = Words.of(labels, WORDS)
    _validate.frame(table, "table")
    names = ("term", "estimate", "conf_low", "conf_high", "closed_only")
    for name in (*names, "bound_low", "bound_high"):
        _validate.column(table, name, name, "table")
    _validate.unique(table["term"], "table")
    ax = _axes(ax)
    place = np.arange(len(table))[::-1]
    low, high = table["bound_low"], table["bound_high"]
    ax.barh(place, high - low, left=low, height=0.5, color="#DDDDDD")
    ax.hlines(
        place, table["conf_low"], table["conf_high"], color=_COLOURS[0], linewidth=2.5
    )
    ax.plot(table["estimate"], place, "o", color=_COLOURS[0], markersize=9)
    ax.plot(
        table["closed_only"],
        place,
        "o",
        color=_COLOURS[2],
        markersize=12,
        fillstyle="none",
        markeredgewidth=2.5,
    )
    handles: list[Line2D | Patch] = [
        Line2D([], [], marker="o", color=_COLOURS[0], label=words.phrase("open_too")),
        Line2D(
            [],
            [],
            color=_COLOURS[2],
            marker="o",
            linestyle="",
            fillstyle="none",
            markeredgewidth=2.5,
            label=words.phrase("closed_only"),
        ),
        Patch(color="#DDDDDD", label=words.phrase("bounds")),
    ]
    if truth:
        known = [
            (truth[t], p)
            for t, p in zip(table["term"], place, strict=True)
            if t in truth
        ]
        at, height = np.array(known).T
        ax.plot(at, height, "X", color="black", markersize=11, zorder=5)
        handles.append(
            Line2D(
                [],
                [],
                marker="X",
                linestyle="",
                color="black",
                label=words.name("truth"),
            )
        )
    ax.set(xlim=(0, 1.02), ylim=(-0.6, len(table) - 0.4))
    ax.set_yticks(place, [words.name(term) for term in table["term"]])
    ax.xaxis.set_major_formatter(PercentFormatter(1, symbol=" %"))
    ax.legend(handles=handles, loc="upper center", bbox_to_anchor=(0.4, -0.12), ncols=2)
    return ax


def age_gap(
    table: pd.DataFrame,
    *,
    group: str,
    by: str,
    scale: str = "points",
    ax: Axes | None = None,
    labels: Labels = None,
) -> Axes:
    r"""
    Draw the shares of two age groups in two settings, on either scale.

    Parameters
    ----------
    table : pandas.DataFrame
        From :func:`govlib.digital.age_gap` with ``by=``.
    group, by : str
        Columns of age groups and of settings.
    scale : {"points", "ratio"}, default "points"
        ``"ratio"`` draws on a logarithmic axis, where equal ratios are equally far
        apart.
    ax : matplotlib.axes.Axes, optional
        Where to draw. Default: a new figure.
    labels : {"en", "zh"} or mapping, optional
        Language of titles and categories, or a mapping with words of your own.
        Default: the language of :func:`use`, or the names as they are.

    Returns
    -------
    matplotlib.axes.Axes
        One line with intervals per age group; below it the gap of each setting.

    Raises
    ------
    ValueError
        If a column is missing or `scale` is another.

    Examples
    --------
    >>> shares = pd.DataFrame(
    ...     {
    ...         "platform": ["no"] * 4 + ["yes"] * 4,
    ...         "age": ["young", "old", None, None] * 2,
    ...         "term": ["share", "share", "difference", "ratio"] * 2,
    ...         "estimate": [0.4, 0.2, 0.2, 2, 0.6, 0.36, 0.24, 5 / 3],
    ...         "conf_low": 0.1,
    ...         "conf_high": 0.9,
    ...     }
    ... )
    >>> ax = age_gap(shares, group="age", by="platform")
    >>> [text.get_text() for text in ax.get_xticklabels()]
    ['no\n20.0 points\n2.00 times', 'yes\n24.0 points\n1.67 times']
    """
    words = Words.of(labels, WORDS)
    _validate.frame(table, "table")
    _validate.choice(scale, ("points", "ratio"), "scale")
    for name in (group, by, "term", "estimate", "conf_low", "conf_high"):
        _validate.column(table, name, "table", "table")
    shares = table[table["term"] == "share"]
    settings = list(dict.fromkeys(shares[by]))
    ax = _axes(ax)
    for i, (age, line) in enumerate(shares.groupby(group, sort=False, observed=True)):
        ends = [
            line["estimate"] - line["conf_low"],
            line["conf_high"] - line["estimate"],
        ]
        ax.errorbar(
            np.arange(len(line)),
            line["estimate"],
            yerr=np.array(ends),
            color=_COLOURS[i],
            marker="o",
            markersize=8,
            linestyle="-" if i == 0 else "--",
            label=words.name(age, group),
        )
    if scale == "ratio":
        ax.set_yscale("log")
        ticks = [0.05, 0.1, 0.2, 0.3, 0.4, 0.6, 0.8]
        ax.set_yticks(ticks)
        ax.yaxis.set_minor_formatter(NullFormatter())
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:.0f} %"))
    found = table.set_index([by, "term"])["estimate"]
    below = [
        f"{words.name(setting, by)}\n"
        + words.phrase(
            "gap",
            difference=100 * found[setting, "difference"],
            ratio=found[setting, "ratio"],
        )
        for setting in settings
    ]
    low, high = shares["conf_low"].min(), shares["conf_high"].max()
    ax.set_ylim(low * 0.8, high * 1.1) if scale == "ratio" else ax.set_ylim(
        0, high * 1.1
    )
    ax.set_xlim(-0.25, len(settings) - 0.75)
    ax.set_xticks(range(len(settings)), below)
    ax.set(xlabel=words.name(by), ylabel=words.phrase(scale))
    ax.legend(loc="upper left")
    return ax
