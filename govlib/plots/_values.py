"""Figures of rates, and of what chance alone does to them."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from govlib._words import Labels, Words
from govlib.plots._general import (
    _ACCENT,
    _COLOURS,
    _QUIET,
    _axes,
    _complete_numbers,
    _measured,
)

WORDS = {
    "en": {
        "phrases": {
            "overall": "all together",
            "limits": "{level:.0f} % of places lie here if they differ by chance alone",
            "beyond": "{n} places beyond",
            "within_limits": "{n} places within",
        },
        "names": {"population": "Residents"},
    },
    "zh": {
        "phrases": {
            "overall": "总体",
            "limits": "若差异纯属偶然，{level:.0f}%的社区位于此范围",
            "beyond": "{n}个在范围外",
            "within_limits": "{n}个在范围内",
        },
        "names": {"population": "居民人数"},
    },
}


def rate_limits(
    table: pd.DataFrame, *, ax: Axes | None = None, labels: Labels = None
) -> Axes:
    """
    Draw rates against the size of places, and how far chance alone takes them.

    A funnel plot: its limits are wide for small places and narrow for large ones.

    Parameters
    ----------
    table : pandas.DataFrame
        Result of :func:`govlib.indicators.count_rates`, one row per place, or some of
        its rows.
    ax : matplotlib.axes.Axes, optional
        Where to draw. Default: a new figure.
    labels : {"en", "zh"} or mapping, optional
        Language of titles and categories, or a mapping with words of your own, keys
        as in :func:`govlib.datasets.labels`. Default: the language of
        :func:`govlib.plots.use`, or without it the names as they are.

    Returns
    -------
    matplotlib.axes.Axes
        A point per place, dark beyond the limits; the limits as a band; the rate of
        all together as a line.

    Raises
    ------
    ValueError
        If a column is unknown or has missing values or text.

    See Also
    --------
    govlib.plots.caterpillar : Rates in their order, each with its interval.

    Examples
    --------
    >>> from govlib import indicators
    >>> data = pd.DataFrame({"clubs": [10, 40], "residents": [20_000, 20_000]})
    >>> table = indicators.count_rates(data, value="clubs", population="residents")
    >>> ax = rate_limits(table)
    >>> ax.get_legend_handles_labels()[1][-1]
    '2 places beyond'
    """
    words = Words.of(labels, WORDS)
    columns = ("population", "estimate", "limit_low", "limit_high", "conf_level")
    people, rate, low, high, level = (
        _complete_numbers(table, name, name) for name in columns
    )
    ax = _axes(ax)
    order = np.argsort(people, kind="stable")
    ax.fill_between(
        people[order],
        low[order],
        high[order],
        color=_QUIET,
        alpha=0.25,
        linewidth=0,
        label=words.phrase("limits", level=100 * level[0]),
    )
    ax.axhline(
        float(np.average(rate, weights=people)),
        color=_ACCENT,
        linestyle="--",
        linewidth=1.5,
        label=words.phrase("overall"),
    )
    beyond = (rate < low) | (rate > high)
    for which, colour, key in (
        (~beyond, _QUIET, "within_limits"),
        (beyond, _COLOURS[0], "beyond"),
    ):
        ax.plot(
            people[which],
            rate[which],
            linestyle="none",
            marker="o",
            markersize=5,
            alpha=0.8,
            color=colour,
            label=words.phrase(key, n=int(which.sum())),
        )
    ax.set_ylim(bottom=0)
    ax.xaxis.set_major_formatter("{x:,.0f}")
    ax.set_xlabel(words.name("population"))
    ax.set_ylabel(_measured(table, words))
    ax.legend(loc="upper right")
    return ax
