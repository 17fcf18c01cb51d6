"""Figures of what is passed down the tiers, of shared duties, and of full desks."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from govlib import _validate
from govlib._words import Labels, Words, wrapped
from govlib.plots._general import (
    _ACCENT,
    _COLOURS,
    _LINES,
    _QUIET,
    _axes,
    _complete_numbers,
    _few,
    _square,
)

WORDS = {
    "en": {
        "phrases": {
            "of_top": "Of what the top tier has, in per cent",
            "passed_targets": "targets",
            "passed_resources": "resources",
            "overlap": "Shared duties, as a share of the shorter list",
            "staff": "{n} staff",
            "never": "never ends",
            "observed": "observed",
        },
        "names": {
            "load": "Load: what arrives over what the staff can do",
            "mean_wait": "Mean wait",
            "mean_time_in_system": "Mean time until done",
            "mean_waiting": "Tasks waiting",
        },
    },
    "zh": {
        "phrases": {
            "of_top": "相当于最上层的百分比",
            "passed_targets": "指标",
            "passed_resources": "资源",
            "overlap": "共有职责占较短清单的比例",
            "staff": "{n}名工作人员",
            "never": "永无止境",
            "observed": "观测值",
        },
        "names": {
            "load": "负荷：到达量与工作能力之比",
            "mean_wait": "平均等待时间",
            "mean_time_in_system": "平均办结时间",
            "mean_waiting": "积压任务数",
        },
    },
}


def cascade(
    table: pd.DataFrame,
    *,
    tier: str,
    ax: Axes | None = None,
    labels: Labels = None,
) -> Axes:
    """
    Draw what becomes of targets and resources on their way down the tiers.

    Parameters
    ----------
    table : pandas.DataFrame
        The table of :func:`govlib.mandates.cascade`, one row per tier from the top;
        with ``cumulative_markup``, and ``cumulative_passed_on`` if resources are known.
    tier : str
        Its column of tiers.
    ax : matplotlib.axes.Axes, optional
        Where to draw. Default: a new figure.
    labels : {"en", "zh"} or mapping, optional
        Language of titles and categories, or a mapping with words of your own, keys
        as in :func:`govlib.datasets.labels`. Default: the language of :func:`use`,
        or without it the names as they are.

    Returns
    -------
    matplotlib.axes.Axes
        Two bars per tier, in per cent of the top tier's.

    Raises
    ------
    ValueError
        If a column is unknown or has missing values, or a tier comes twice.

    Examples
    --------
    >>> table = pd.DataFrame(
    ...     {
    ...         "tier": ["city", "committee"],
    ...         "cumulative_markup": [1.0, 1.2],
    ...         "cumulative_passed_on": [1.0, 0.4],
    ...     }
    ... )
    >>> [text.get_text() for text in cascade(table, tier="tier").texts]
    ['100', '120', '100', '40']
    """
    words = Words.of(labels, WORDS)
    names = _validate.unique(
        _validate.complete(_validate.column(table, tier, "tier", "table"), "table"),
        "table",
    )
    columns = {"passed_targets": "cumulative_markup"}
    if "cumulative_passed_on" in table:
        columns["passed_resources"] = "cumulative_passed_on"
    shares = {
        key: _complete_numbers(table, name, name) for key, name in columns.items()
    }
    ax = _axes(ax)
    thick = 0.8 / len(shares)
    for place, (key, values) in enumerate(shares.items()):
        height = -np.arange(len(table)) - thick * (place - (len(shares) - 1) / 2)
        ax.barh(
            height, 100 * values, thick, color=_COLOURS[place], label=words.phrase(key)
        )
        for at, value in zip(height, 100 * values, strict=True):
            ax.annotate(
                f"{value:.0f}",
                (value, at),
                (5, 0),
                textcoords="offset points",
                va="center",
                size="small",
            )
    ax.axvline(100, color=_QUIET, linestyle="--", linewidth=1.5, zorder=0)
    ax.set_yticks(-np.arange(len(table)), [words.name(name, tier) for name in names])
    ax.set_xlabel(words.phrase("of_top"))
    # Place for the number behind the longest bar.
    ax.set_xlim(0, 110 * max(values.max() for values in shares.values()))
    if len(shares) > 1:
        ax.legend(loc="upper left", bbox_to_anchor=(1, 1))
    return ax


def overlap(
    table: pd.DataFrame, *, ax: Axes | None = None, labels: Labels = None
) -> Axes:
    """
    Draw how alike the duties of the tiers are, pair by pair.

    Parameters
    ----------
    table : pandas.DataFrame
        Overlap coefficients from 0 to 1, tiers on both axes: the matrix of
        :func:`govlib.mandates.duty_overlap`.
    ax : matplotlib.axes.Axes, optional
        Where to draw. Default: a new figure.
    labels : {"en", "zh"} or mapping, optional
        Language of titles and categories, or a mapping with words of your own, keys
        as in :func:`govlib.datasets.labels`. Default: the language of :func:`use`,
        or without it the names as they are.

    Returns
    -------
    matplotlib.axes.Axes
        One cell per pair, each pair once, darker for more in common.

    Raises
    ------
    ValueError
        If the table is not square, its rows name others than its columns, a value is
        missing or not between 0 and 1, or there is one tier only.

    Examples
    --------
    >>> table = pd.DataFrame([[1, 0.75], [0.75, 1]], ["city", "town"], ["city", "town"])
    >>> [text.get_text() for text in overlap(table).texts]
    ['0.75']
    """
    words = Words.of(labels, WORDS)
    values = _square(table, "table")
    if values.size == 1:
        raise ValueError("table has one group only, and nothing to compare it with")
    if values.max() > 1:
        raise ValueError(
            f"table must hold shares from 0 to 1; the largest is {values.max():g}"
        )
    # A pair stands once: rows are the second tier to the last, columns the first on.
    lower = np.where(np.tri(len(values) - 1, dtype=bool), values[1:, :-1], np.nan)
    ax = _axes(ax)
    image = ax.imshow(lower, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    for (row, column), value in np.ndenumerate(lower):
        if np.isnan(value):
            continue
        red, green, blue, _ = image.cmap(image.norm(value))
        dark = 0.299 * red + 0.587 * green + 0.114 * blue < 0.5
        ax.text(
            column,
            row,
            f"{value:.2f}",
            ha="center",
            va="center",
            size="large",
            color="white" if dark else "black",
        )
    column = table.columns.name
    within = None if column is None else str(column)
    groups = [
        wrapped(words.name(group, within), len(values)) for group in table.columns
    ]
    ax.set_xticks(range(len(groups) - 1), groups[:-1])
    ax.set_yticks(range(len(groups) - 1), groups[1:])
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    ax.set_title(words.phrase("overlap"))
    return ax


def waiting(
    table: pd.DataFrame,
    *,
    value: str = "mean_wait",
    observed: pd.DataFrame | None = None,
    most: float | None = None,
    ax: Axes | None = None,
    labels: Labels = None,
) -> Axes:
    """
    Draw how waiting grows with load, and where it never ends.

    Parameters
    ----------
    table : pandas.DataFrame
        Result of :func:`govlib.mandates.waiting` for many loads: ``load``, ``staff``
        and the column `value`. One line for each number of staff, up to four.
    value : str, default "mean_wait"
        Column to draw. Infinite values, from a load of 1 on, are left out.
    observed : pandas.DataFrame, optional
        Committees with their ``load`` and the same column, drawn as points.
    most : float, optional
        Upper end of the vertical axis. Default: as the finite values need.
    ax : matplotlib.axes.Axes, optional
        Where to draw. Default: a new figure.
    labels : {"en", "zh"} or mapping, optional
        Language of titles and categories, or a mapping with words of your own, keys
        as in :func:`govlib.datasets.labels`. Default: the language of :func:`use`,
        or without it the names as they are.

    Returns
    -------
    matplotlib.axes.Axes
        Lines and points, and beyond a load of 1 a shaded part.

    Raises
    ------
    ValueError
        If a column is unknown or has missing values, there are too many numbers of
        staff to tell apart, or all loads are 1 or more.

    Examples
    --------
    >>> table = pd.DataFrame(
    ...     {"load": [0.5, 0.9, 1.0], "staff": 1, "mean_wait": [1.0, 9.0, float("inf")]}
    ... )
    >>> ax = waiting(table)
    >>> ax.lines[0].get_ydata().tolist()
    [1.0, 9.0]
    """
    words = Words.of(labels, WORDS)
    load = _complete_numbers(table, "load", "load")
    values = _finite_or_inf(table, value)
    staff = _validate.complete(
        _validate.column(table, "staff", "staff", "table"), "table"
    )
    groups = _few(pd.Categorical(staff), "staff")
    if not (load < 1).any():
        raise ValueError("table has no load below 1, so there is no wait to draw")
    seen = None
    if observed is not None:
        seen = (
            _complete_numbers(observed, "load", "observed"),
            _finite_or_inf(observed, value),
        )
    ax = _axes(ax)
    for code, level in enumerate(groups.categories):
        here = np.flatnonzero((groups.codes == code) & np.isfinite(values))
        here = here[np.argsort(load[here], kind="stable")]
        ax.plot(
            load[here],
            values[here],
            color=_COLOURS[code],
            linestyle=_LINES[code],
            label=words.phrase("staff", n=level),
        )
    right = load.max()
    if seen is not None:
        ax.plot(
            *seen,
            linestyle="none",
            marker="o",
            markersize=4,
            alpha=0.5,
            color=_QUIET,
            zorder=0,
            label=words.phrase("observed"),
        )
        right = max(right, seen[0].max())
    right = max(right, 1.15)
    ax.axvspan(1, right, color=_ACCENT, alpha=0.12, linewidth=0)
    ax.axvline(1, color=_ACCENT, linestyle="--", linewidth=1.5)
    ax.text(
        (1 + right) / 2,
        0.95,
        words.phrase("never"),
        transform=ax.get_xaxis_transform(),
        ha="center",
        va="top",
        color=_ACCENT,
        # Above points, and to be read where there are many.
        zorder=4,
        bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.8},
    )
    ax.set_xlim(min(load.min(), 0 if seen is None else seen[0].min()), right)
    ax.set_ylim(0, most)
    ax.set_xlabel(words.name("load"))
    ax.set_ylabel(words.name(value))
    ax.legend(loc="upper left")
    return ax


def _finite_or_inf(table: pd.DataFrame, name: str) -> np.ndarray:
    """Return a column of numbers that may be infinite but not missing."""
    column = _validate.complete(
        _validate.column(table, name, "value", "table"), "table"
    )
    never = column.isin([np.inf])
    numbers = _validate.numeric(column.mask(never, 0.0), "table").to_numpy()
    return np.where(never, np.inf, numbers)
