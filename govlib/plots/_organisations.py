"""Figures of waiting lines, of income by source, and of how long things last."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from govlib import _validate
from govlib._words import Labels, Words
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

# Parts of a whole lie side by side: a light one more may follow the four colours.
_PARTS = [*_COLOURS, "#C9C9C9"]

WORDS = {
    "en": {
        "phrases": {
            "peak": "longest wait",
            "steady": "steady arrivals",
            "observed": "period by period",
            "share_of_income": "Share of income",
            "lasting": "Share that lasts longer",
        },
        "names": {
            "load": "Load: what arrives over what the teams can do",
            "wait": "Wait",
            "mean_wait": "Mean wait",
            "time": "Age in years",
        },
    },
    "zh": {
        "phrases": {
            "peak": "最长等待",
            "steady": "平稳到达",
            "observed": "逐期",
            "share_of_income": "占收入的比例",
            "lasting": "存续更久的比例",
        },
        "names": {
            "load": "负荷：到达量与服务能力之比",
            "wait": "等待时间",
            "mean_wait": "平均等待时间",
            "time": "存续年数",
        },
    },
}


def delay(
    table: pd.DataFrame,
    *,
    value: str = "wait",
    curve: pd.DataFrame | None = None,
    ax: Axes | None = None,
    labels: Labels = None,
) -> Axes:
    """
    Draw how long cases wait against the load, period by period, and mark the peak.

    A steady load has its wait, the curve. A wave goes round: the line still waits when
    the load has gone, so that the longest wait comes after the highest load.

    Parameters
    ----------
    table : pandas.DataFrame
        One row per period, in order, with ``load`` and a wait, as from
        :func:`govlib.organisations.waiting_over_time`.
    value : str, default "wait"
        Column of `table` with the wait. Its title is the label of the axis: say the
        unit there (``labels={"wait": "Wait in months"}``).
    curve : pandas.DataFrame, optional
        Steady arrivals, with ``load`` and ``mean_wait`` in the unit of `value`, as
        from :func:`govlib.organisations.waiting`. Infinite waits are left out.
    ax : matplotlib.axes.Axes, optional
        Where to draw. Default: a new figure.
    labels : {"en", "zh"} or mapping, optional
        Language of titles and categories, or a mapping with words of your own, keys
        as in :func:`govlib.datasets.labels`. Default: the language of :func:`use`,
        or without it the names as they are.

    Returns
    -------
    matplotlib.axes.Axes
        Points joined in order, the longest wait marked, a line at a load of 1. Periods
        with a twentieth of the longest wait or more have their number.

    Raises
    ------
    ValueError
        If a column is unknown, missing or infinite somewhere, or there is no row.

    Examples
    --------
    >>> table = pd.DataFrame({"load": [0.4, 2.1, 0.4], "wait": [0.0, 0.9, 0.3]})
    >>> [text.get_text() for text in delay(table).texts]
    ['2', '3']
    """
    words = Words.of(labels, WORDS)
    load = _complete_numbers(table, "load", "load")
    wait = _complete_numbers(table, value, "value")
    if not len(wait):
        raise ValueError("table has no rows; give at least one period")
    ax = _axes(ax)
    if curve is not None:
        x = _complete_numbers(curve, "load", "load")
        y = _validate.column(curve, "mean_wait", "mean_wait", "curve")
        y = _validate.complete(y, "curve").to_numpy(dtype=float)
        order = np.argsort(x)
        known = order[np.isfinite(y[order])]
        ax.plot(x[known], y[known], color=_COLOURS[1], label=words.phrase("steady"))
    ax.axvline(1, color=_QUIET, linestyle="--", linewidth=1.5, zorder=0)
    ax.plot(
        load,
        wait,
        color=_COLOURS[0],
        linewidth=1.2,
        marker="o",
        markersize=7,
        label=words.phrase("observed"),
    )
    peak = int(wait.argmax())
    ax.plot(
        load[peak],
        wait[peak],
        linestyle="none",
        marker="o",
        markersize=15,
        markerfacecolor="none",
        markeredgewidth=2.5,
        markeredgecolor=_ACCENT,
        label=words.phrase("peak"),
    )
    for period, at in enumerate(zip(load, wait, strict=True), 1):
        # Points without a wait lie on one another.
        if at[1] < 0.05 * wait[peak] or wait[peak] == 0:
            continue
        ax.annotate(
            str(period),
            at,
            xytext=(9, 5),
            textcoords="offset points",
            size="small",
        )
    top = wait.max() or 1.0
    ax.set_ylim(-0.06 * top, 1.15 * top)
    ax.set_xlim(left=0)
    ax.set_xlabel(words.name("load"))
    ax.set_ylabel(words.name(value))
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1))
    return ax


def composition(
    table: pd.DataFrame,
    *,
    unit: str,
    group: str,
    value: str,
    ax: Axes | None = None,
    labels: Labels = None,
) -> Axes:
    """
    Draw what each unit's whole is made of, such as its income by source.

    Parameters
    ----------
    table : pandas.DataFrame
        One row per unit and part; rows of the same two are added up.
    unit : str
        Column that names the bars, from top to bottom in the order of the table, at
        most 30.
    group : str
        Column of the parts, at most five, in the order of their categories or else in
        which they come.
    value : str
        Column of amounts, >= 0.
    ax : matplotlib.axes.Axes, optional
        Where to draw. Default: a new figure.
    labels : {"en", "zh"} or mapping, optional
        Language of titles and categories, or a mapping with words of your own, keys
        as in :func:`govlib.datasets.labels`. Default: the language of :func:`use`,
        or without it the names as they are.

    Returns
    -------
    matplotlib.axes.Axes
        One bar per unit, whose parts add up to 100 %.

    Raises
    ------
    ValueError
        If a column is unknown or has missing values, an amount is negative, a unit has
        nothing at all, or there are too many units or parts.

    Examples
    --------
    >>> table = pd.DataFrame(
    ...     {"who": ["a", "a", "b"], "payer": ["x", "y", "x"], "yuan": [30, 10, 5]}
    ... )
    >>> ax = composition(table, unit="who", group="payer", value="yuan")
    >>> [float(bar.get_width()) for bar in ax.containers[0]]
    [0.75, 1.0]
    """
    words = Words.of(labels, WORDS)
    columns = [
        _validate.complete(_validate.column(table, name, argument, "table"), "table")
        for name, argument in ((unit, "unit"), (group, "group"))
    ]
    amount = _complete_numbers(table, value, "value")
    if (amount < 0).any():
        raise ValueError(
            f"table column {value!r} must be >= 0; the smallest is {amount.min():g}"
        )
    levels = [
        [x for x in c.cat.categories if (c == x).any()]
        if c.dtype == "category"
        else list(c.unique())
        for c in columns
    ]
    bars, parts = levels
    if len(bars) > 30 or len(parts) > len(_PARTS):
        raise ValueError(
            f"table has {len(bars)} units and {len(parts)} parts, too many for a "
            f"figure; keep 30 and {len(_PARTS)} or fewer"
        )
    rows = pd.DataFrame(
        {
            "unit": columns[0].astype(object).to_numpy(),
            "part": columns[1].astype(object).to_numpy(),
            "amount": amount,
        }
    )
    sums = rows.pivot_table(
        index="unit", columns="part", values="amount", aggfunc="sum", fill_value=0
    ).loc[bars, parts]
    total = sums.sum(axis=1)
    if (total == 0).any():
        raise ValueError(
            f"unit(s) {_validate.listing(total.index[total == 0])} have nothing in "
            f"column {value!r}; drop them"
        )
    shares = sums.div(total, axis=0)
    left = np.zeros(len(bars))
    at = -np.arange(len(bars), dtype=float)
    ax = _axes(ax)
    for colour, part in zip(_PARTS, parts, strict=False):
        width = shares[part].to_numpy()
        ax.barh(
            at,
            width,
            left=left,
            color=colour,
            edgecolor="white",
            label=words.name(part, group),
        )
        left += width
    ax.set_yticks(at, [words.name(name, unit) for name in bars])
    ax.set_xlim(0, 1)
    ax.xaxis.set_major_formatter(_percent)
    ax.set_xlabel(words.phrase("share_of_income"))
    ax.spines["left"].set_visible(False)
    ax.tick_params(axis="y", length=0)
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1), title=words.name(group))
    return ax


def survival(
    table: pd.DataFrame,
    *,
    group: str | None = None,
    ax: Axes | None = None,
    labels: Labels = None,
) -> Axes:
    """
    Draw what share lasts longer than any age, with intervals.

    Parameters
    ----------
    table : pandas.DataFrame
        The curve, as in the ``table`` of :func:`govlib.organisations.survival`:
        columns ``time``, ``estimate``, ``conf_low``, ``conf_high``.
    group : str, optional
        Column with up to four groups, each with a curve.
    ax : matplotlib.axes.Axes, optional
        Where to draw. Default: a new figure.
    labels : {"en", "zh"} or mapping, optional
        Language of titles and categories, or a mapping with words of your own, keys
        as in :func:`govlib.datasets.labels`. Default: the language of :func:`use`,
        or without it the names as they are.

    Returns
    -------
    matplotlib.axes.Axes
        Steps that fall at each age at which something ended, and a line at one half.

    Raises
    ------
    ValueError
        If a column is unknown, a time or estimate is missing, or there are too many
        groups to tell apart.

    Examples
    --------
    >>> table = pd.DataFrame(
    ...     {
    ...         "time": [0.0, 2.0, 5.0],
    ...         "estimate": [1.0, 0.8, 0.4],
    ...         "conf_low": [1.0, 0.6, 0.1],
    ...         "conf_high": [1.0, 0.9, 0.7],
    ...     }
    ... )
    >>> survival(table).lines[0].get_ydata().tolist()
    [1.0, 0.8, 0.4]
    """
    words = Words.of(labels, WORDS)
    time = _complete_numbers(table, "time", "time")
    share = _complete_numbers(table, "estimate", "estimate")
    low, high = (
        _validate.numeric(
            _validate.column(table, end, end, "table"), "table"
        ).to_numpy()
        for end in ("conf_low", "conf_high")
    )
    groups = pd.Categorical([""] * len(table))
    if group is not None:
        column = _validate.complete(
            _validate.column(table, group, "group", "table"), "table"
        )
        # In the order in which they come.
        groups = _few(pd.Categorical(column, column.unique()), group)
    ax = _axes(ax)
    for code, level in enumerate(groups.categories):
        here = np.flatnonzero(groups.codes == code)
        here = here[np.argsort(time[here], kind="stable")]
        ax.step(
            time[here],
            share[here],
            where="post",
            color=_COLOURS[code],
            linestyle=_LINES[code],
            label=words.name(level, group),
        )
        ax.fill_between(
            time[here],
            low[here],
            high[here],
            step="post",
            color=_COLOURS[code],
            alpha=0.2,
            linewidth=0,
        )
    ax.axhline(0.5, color=_QUIET, linestyle="--", linewidth=1.5, zorder=0)
    ax.set_ylim(0, 1.02)
    ax.set_xlim(0, time.max() if len(time) else None)
    ax.yaxis.set_major_formatter(_percent)
    ax.set_xlabel(words.name("time"))
    ax.set_ylabel(_with_level(table, words, words.phrase("lasting")))
    if group is not None:
        ax.legend(loc="upper right", title=words.name(group))
    return ax
