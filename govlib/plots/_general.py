"""Figures that more than one chapter uses, and what all figures share."""

from typing import Literal

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.collections import EllipseCollection, LineCollection, PatchCollection
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.rcsetup import cycler

from govlib import _network, _validate, _words
from govlib._words import Labels, Words, wrapped

# Told apart by colour-blind readers, and in grey by their lightness: 19, 73, 40, 57.
_COLOURS = ["#0B2E5C", "#DDAA33", "#A23B5B", "#47958C"]
_LINES = ["-", "--", "-.", ":"]
_ACCENT = "#C0143C"
_QUIET = "#999999"
_WALL = "#EEEEEE"

# A histogram replaces more bars than these; beyond these, units are not named.
_MOST_BARS = 30
_MOST_NAMES = 30


def use(language: Literal["en", "zh"] = "en") -> None:
    """
    Set the size and the language of all figures that follow.

    A chapter calls it once, at its top. It sets matplotlib's defaults, so that figures
    made with seaborn or matplotlib alone look the same: 1,280 by 720 pixels with
    letters that can be read from the back of a lecture room. No function of this
    module needs it.

    Parameters
    ----------
    language : {"en", "zh"}, default "en"
        Language of figures whose function is not told otherwise by ``labels=``.

    Raises
    ------
    ValueError
        If the language is another.

    Examples
    --------
    >>> use("en")
    >>> plt.rcParams["figure.figsize"]
    [8.0, 4.5]
    """
    _words.speak(language)
    plt.rcParams.update(
        {
            "figure.figsize": (8.0, 4.5),
            "figure.dpi": 160,
            "font.size": 14,
            "axes.titlesize": "medium",
            "axes.spines.right": False,
            "axes.spines.top": False,
            "legend.frameon": False,
            "legend.fontsize": "small",
            "lines.linewidth": 2.5,
        }
    )
    plt.rcParams["axes.prop_cycle"] = cycler(color=_COLOURS)
    _words.fall_back_on_chinese()


def mixing_matrix(
    table: pd.DataFrame,
    *,
    expected: pd.DataFrame | None = None,
    ax: Axes | None = None,
    labels: Labels = None,
) -> Axes:
    r"""
    Draw how many ties lead from each group to each group.

    Parameters
    ----------
    table : pandas.DataFrame
        Counts of ties, square, as from :func:`govlib.cohesion.mixing_matrix`.
    expected : pandas.DataFrame, optional
        What chance would give, of the same shape, groups in any order. Cells then
        show ``table / expected``: 1 is what chance would give.
    ax : matplotlib.axes.Axes, optional
        Where to draw. Default: a new figure.
    labels : {"en", "zh"} or mapping, optional
        Language of titles and categories, or a mapping with words of your own, keys
        as in :func:`govlib.datasets.labels`. Default: the language of :func:`use`,
        or without it the names as they are.

    Returns
    -------
    matplotlib.axes.Axes
        One cell per pair of groups, darker for a larger share of the row's ties, or
        coloured by the ratio to chance.

    Raises
    ------
    ValueError
        If a table is not square, has other groups than its rows name, holds missing
        or negative counts, or chance would give no tie at all in some cell.

    Examples
    --------
    >>> table = pd.DataFrame([[6, 1], [1, 4]], list("ab"), list("ab"))
    >>> [text.get_text() for text in mixing_matrix(table).texts]
    ['6\n86 %', '1\n14 %', '1\n20 %', '4\n80 %']
    """
    words = Words.of(labels)
    counts = _square(table, "table")
    if expected is None:
        rows = counts.sum(axis=1, keepdims=True)
        shares = np.divide(counts, rows, out=np.zeros_like(counts), where=rows > 0)
        drawn, colours, low, high = shares, "Blues", 0.0, 1.0
        beneath, form = 100 * shares, "{:.0f} %"
    else:
        _square(expected, "expected")
        chance = _square(_same_groups(expected, table), "expected")
        if (chance == 0).any():
            raise ValueError("expected is 0 in some cell, so the ratio is undefined")
        ratio = counts / chance
        # Twice and half as many as by chance are equally far from 1.
        with np.errstate(divide="ignore"):
            drawn = np.log2(ratio).clip(-2, 2)
        colours, low, high = "PuOr_r", -2.0, 2.0
        beneath, form = ratio, "× {:.2f}"
    ax = _axes(ax)
    image = ax.imshow(drawn, cmap=colours, vmin=low, vmax=high, aspect="auto")
    for (row, column), number in np.ndenumerate(counts):
        red, green, blue, _ = image.cmap(image.norm(drawn[row, column]))
        dark = 0.299 * red + 0.587 * green + 0.114 * blue < 0.5
        ax.text(
            column,
            row,
            f"{number:,.0f}\n{form.format(beneath[row, column])}",
            ha="center",
            va="center",
            size="large",
            color="white" if dark else "black",
        )
    groups = [wrapped(words.name(g), len(counts)) for g in table.columns]
    ax.set_xticks(range(len(groups)), groups)
    ax.set_yticks(range(len(groups)), groups)
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    ax.set_ylabel(words.name(table.index.name or ""))
    ax.set_xlabel(words.name(table.columns.name or ""))
    ax.set_title(words.phrase("counts" if expected is None else "chance"))
    return ax


def network(
    table: pd.DataFrame,
    *,
    source: str,
    target: str,
    nodes: pd.DataFrame,
    unit: str,
    group: str,
    within: str,
    ax: Axes | None = None,
    labels: Labels = None,
) -> Axes:
    """
    Draw the residents of an estate, building by building, with their ties.

    Every building is a block; residents fill it from the bottom, one group after the
    other and in the order of their ids, so that the picture is the same every time.
    Ties between groups stand out.

    Parameters
    ----------
    table : pandas.DataFrame
        One row per tie.
    source, target : str
        Columns of `table` with the two ends.
    nodes : pandas.DataFrame
        One row per resident, those without ties too.
    unit, group, within : str
        Columns of `nodes`: the id, the group, and the building.
    ax : matplotlib.axes.Axes, optional
        Where to draw. Default: a new figure.
    labels : {"en", "zh"} or mapping, optional
        Language of titles and categories, or a mapping with words of your own, keys
        as in :func:`govlib.datasets.labels`. Default: the language of :func:`use`,
        or without it the names as they are.

    Returns
    -------
    matplotlib.axes.Axes
        Blocks, dots and lines, with a legend that counts residents and ties.

    Raises
    ------
    ValueError
        If a tie names nobody in `nodes`, a group or building is missing, or there is
        one group only or too many to tell apart.

    Examples
    --------
    >>> nodes = pd.DataFrame(
    ...     {"who": list("abc"), "origin": ["x", "x", "y"], "building": [1, 1, 2]}
    ... )
    >>> ties = pd.DataFrame({"one": ["a", "b"], "other": ["b", "c"]})
    >>> ax = network(
    ...     ties,
    ...     source="one",
    ...     target="other",
    ...     nodes=nodes,
    ...     unit="who",
    ...     group="origin",
    ...     within="building",
    ... )
    >>> [text.get_text() for text in ax.get_legend().get_texts()][:3]
    ['x (n = 2)', 'y (n = 1)', 'tie within a group (n = 1)']
    """
    words = Words.of(labels)
    net = _network.read(table, source=source, target=target, nodes=nodes, unit=unit)
    groups = _few(_validate.groups(net.column(group, "group"), "nodes"), group)
    buildings = pd.Categorical(
        _validate.complete(net.column(within, "within"), "nodes")
    )
    position, walls = _laid_out(buildings.codes, groups.codes)
    ax = _axes(ax)
    ax.set_aspect("equal")
    ax.axis("off")
    ax.add_collection(PatchCollection(walls, facecolor=_WALL, edgecolor="none"))

    between = groups.codes[net.source] != groups.codes[net.target]
    handles, texts = [], []
    # Thousands of lines must not cover everything, nor a few be too faint to see; both
    # kinds are equally strong, or the picture would overstate one of them.
    opacity = float(np.clip(25 / np.sqrt(max(len(between), 1)), 0.25, 0.8))
    for which, key, colour in (
        (~between, "within", _QUIET),
        (between, "between", _ACCENT),
    ):
        ends = np.stack([position[net.source[which]], position[net.target[which]]], 1)
        ax.add_collection(
            LineCollection(list(ends), colors=colour, linewidths=0.6, alpha=opacity)
        )
        handles.append(Line2D([], [], color=colour, linewidth=2))
        texts.append(words.phrase("n", title=words.phrase(key), n=which.sum()))
    dots = []
    for code, level in enumerate(groups.categories):
        here = position[groups.codes == code]
        colour = _COLOURS[code]
        ax.add_collection(
            EllipseCollection(
                np.full(len(here), 0.8),
                np.full(len(here), 0.8),
                np.zeros(len(here)),
                units="xy",
                offsets=here,
                offset_transform=ax.transData,
                facecolors=colour,
                zorder=3,
            )
        )
        dots.append(Line2D([], [], color=colour, marker="o", linestyle="none"))
        title = words.name(level, group)
        texts.insert(code, words.phrase("n", title=title, n=len(here)))
    ax.legend(
        dots + handles,
        texts,
        loc="upper center",
        bbox_to_anchor=(0.5, 0.0),
        ncols=2,
        handletextpad=0.4,
    )
    ax.set_xlim(
        min(w.get_x() for w in walls), max(w.get_corners()[1, 0] for w in walls)
    )
    ax.set_ylim(
        min(w.get_y() for w in walls), max(w.get_corners()[2, 1] for w in walls)
    )
    return ax


def distribution(
    table: pd.DataFrame,
    *,
    value: str,
    group: str | None = None,
    weight: str | None = None,
    most: int | None = None,
    ax: Axes | None = None,
    labels: Labels = None,
) -> Axes:
    """
    Draw how a quantity is spread in each group.

    Whole numbers with few different values, such as counts and coded answers, become
    bars side by side; anything else becomes the outline of a histogram.

    Parameters
    ----------
    table : pandas.DataFrame
        One row per resident or other unit.
    value : str
        Column with numbers. Rows where it is missing are left out, and the axis says
        how many.
    group : str, optional
        Column with up to four groups. Default: all rows are one group.
    weight : str, optional
        Column with survey weights, all >= 0. Default: every row counts once.
    most : int, optional
        Values of `most` and above share the last bar. Default: every value has its
        own.
    ax : matplotlib.axes.Axes, optional
        Where to draw. Default: a new figure.
    labels : {"en", "zh"} or mapping, optional
        Language of titles and categories, or a mapping with words of your own, keys
        as in :func:`govlib.datasets.labels`. Default: the language of :func:`use`,
        or without it the names as they are.

    Returns
    -------
    matplotlib.axes.Axes
        Heights are shares of the group and add up to 100 % in each.

    Raises
    ------
    ValueError
        If a column is unknown, the values are not numbers or all missing, a group or
        weight is missing, or there are too many groups to tell apart.

    Examples
    --------
    >>> table = pd.DataFrame({"ties": [0, 1, 1, 4], "origin": ["a", "a", "b", "b"]})
    >>> ax = distribution(table, value="ties", group="origin")
    >>> [float(bar.get_height()) for bar in ax.containers[0]]
    [0.5, 0.5, 0.0, 0.0, 0.0]
    """
    words = Words.of(labels)
    values = _validate.numeric(
        _validate.column(table, value, "value", "table"), "table"
    )
    kept = table[values.notna()]
    if kept.empty:
        raise ValueError(f"table column {value!r} holds no value at all")
    x = values[values.notna()].to_numpy()
    groups = pd.Categorical([""] * len(kept))
    if group is not None:
        column = _validate.column(kept, group, "group", "table")
        groups = _few(_validate.groups(column, "table"), group)
    weights = None
    if weight is not None:
        weights = _validate.column(kept, weight, "weight", "table")
    weights = _validate.weights(weights, len(kept), "weight")
    whole = bool((x == np.round(x)).all())
    if most is not None:
        _validate.count(most, "most", least=0)
        if not whole:
            raise ValueError(
                f"most= is for whole numbers, and table column {value!r} holds others"
            )
        x = np.minimum(x, most)
    low, high = x.min(), x.max()
    bars = whole and high - low <= _MOST_BARS
    # Rice's rule for the smallest group, so that its outline is not mere noise.
    smallest = np.bincount(groups.codes).min()
    bins = int(np.clip(2 * np.cbrt(smallest), 10, 25))
    if bars:
        edges = np.arange(low, high + 2) - 0.5
    elif whole:
        # Bins of unequal numbers of whole numbers would show a comb.
        width = round((high - low) / bins)
        edges = np.arange(low - 0.5, high + width, width)
    else:
        edges = np.histogram_bin_edges(x, bins)
    ax = _axes(ax)
    for code, level in enumerate(groups.categories):
        here = groups.codes == code
        shares, _ = np.histogram(x[here], edges, weights=weights[here])
        if shares.sum() == 0:
            raise ValueError(f"all rows of {level!r} have weight 0; leave them out")
        shares = shares / shares.sum()
        text = words.phrase("n", title=words.name(level, group), n=here.sum())
        if bars:
            width = 0.8 / len(groups.categories)
            shift = (code - (len(groups.categories) - 1) / 2) * width
            ax.bar(
                edges[:-1] + 0.5 + shift,
                shares,
                width,
                color=_COLOURS[code],
                label=text,
            )
        else:
            ax.stairs(
                shares,
                edges,
                color=_COLOURS[code],
                linestyle=_LINES[code],
                linewidth=2.5,
                fill=group is None,
                label=text,
            )
    if bars:
        _tick(ax, np.arange(low, high + 1).astype(int), words, value, most)
    title = words.name(value)
    if missing := len(table) - len(kept):
        title = words.phrase("missing", title=title, n=missing)
    ax.set_xlabel(title)
    ax.set_ylabel(words.phrase("share" if group is None else "share_of_group"))
    ax.yaxis.set_major_formatter(_percent)
    if group is not None:
        if not bars:
            # Outlines leave no place for the legend but above them.
            ax.margins(y=0.14 * len(groups.categories))
        ax.legend(title=words.name(group))
    return ax


def caterpillar(
    table: pd.DataFrame,
    *,
    unit: str,
    reference: float | str | None = None,
    ax: Axes | None = None,
    labels: Labels = None,
) -> Axes:
    """
    Draw an estimate with its interval for each unit, from the lowest to the highest.

    Parameters
    ----------
    table : pandas.DataFrame
        One row per unit with the columns ``estimate``, ``conf_low`` and
        ``conf_high``, as measures and fits return them.
    unit : str
        Column that names the units, each once.
    reference : float or str, optional
        A number to compare with, drawn as a line: units whose interval holds it are
        pale. Or the name of a column around which the intervals lie, such as
        ``"expected"`` in the result of :func:`govlib.cohesion.mixing`: units whose
        estimate lies within the interval are pale.
    ax : matplotlib.axes.Axes, optional
        Where to draw. Default: a new figure.
    labels : {"en", "zh"} or mapping, optional
        Language of titles and categories, or a mapping with words of your own, keys
        as in :func:`govlib.datasets.labels`. Default: the language of :func:`use`,
        or without it the names as they are.

    Returns
    -------
    matplotlib.axes.Axes
        Up to 30 units are named; of more, the axis says how many.

    Raises
    ------
    ValueError
        If a column is unknown or holds missing values or text, a unit stands in two
        rows, or an interval has its ends exchanged.

    Examples
    --------
    >>> table = pd.DataFrame(
    ...     {
    ...         "estate": ["b", "a"],
    ...         "estimate": [0.3, 0.1],
    ...         "conf_low": [0.2, 0.0],
    ...         "conf_high": [0.4, 0.2],
    ...     }
    ... )
    >>> ax = caterpillar(table, unit="estate", reference=0)
    >>> [text.get_text() for text in ax.get_yticklabels()]
    ['a', 'b']
    """
    words = Words.of(labels)
    units = _validate.unique(_validate.column(table, unit, "unit", "table"), "table")
    units = _validate.complete(units, "table")
    numbers = {
        column: _complete_numbers(table, column, column)
        for column in ("estimate", "conf_low", "conf_high")
    }
    order = np.lexsort((units.astype(str), numbers["estimate"]))
    estimate, low, high = (column[order] for column in numbers.values())
    if (low > high).any():
        raise ValueError("table has conf_low above conf_high; exchange the two columns")
    if isinstance(reference, str):
        expected = _complete_numbers(table, reference, "reference")[order]
        apart = (estimate < low) | (estimate > high)
        keys = "outside", "inside"
    else:
        middle = -np.inf if reference is None else reference
        apart = (high < middle) | (low > middle)
        keys = "excludes", "includes"
    ax = _axes(ax)
    height = np.arange(len(table))
    crowded = len(table) > _MOST_NAMES
    for which, colour, face, key in (
        (~apart, _QUIET, "white", keys[1]),
        (apart, _COLOURS[0], _COLOURS[0], keys[0]),
    ):
        ax.hlines(
            height[which],
            low[which],
            high[which],
            color=_QUIET if isinstance(reference, str) else colour,
            linewidth=1 if crowded else 2.5,
            alpha=0.6 if crowded else 1,
        )
        ax.plot(
            estimate[which],
            height[which],
            linestyle="none",
            marker="o",
            markersize=3 if crowded else 8,
            color=colour,
            markerfacecolor=face,
            label=words.phrase(key) if which.any() else None,
        )
    measure = _measured(table, words)
    if isinstance(reference, str):
        ax.plot(
            expected,
            height,
            linestyle="none",
            marker="|",
            markersize=14,
            color=_ACCENT,
            label=_with_level(table, words, words.name(reference)),
        )
    else:
        measure = _with_level(table, words, measure)
        if reference is not None:
            text = words.phrase("reference", n=reference)
            ax.axvline(reference, color=_ACCENT, linestyle="--", label=text)
    if reference is not None:
        ax.legend()
    title = words.name(unit)
    if crowded:
        title = words.phrase("ordered", title=title, n=len(table))
        ax.set_yticks([])
    else:
        ax.set_yticks(height, [words.name(name, unit) for name in units.iloc[order]])
    ax.set_ylabel(wrapped(title, 3))
    ax.set_ylim(-0.7, len(table) - 0.3)
    ax.set_xlabel(measure)
    return ax


def estimates(
    table: pd.DataFrame,
    *,
    unit: str = "term",
    group: str | None = None,
    reference: float | None = 0,
    percent: bool = False,
    ax: Axes | None = None,
    labels: Labels = None,
) -> Axes:
    """
    Draw estimates with their intervals, one line per unit, groups beside each other.

    For coefficients, effects and rates, and for a naive answer beside a better one
    and the truth.

    Parameters
    ----------
    table : pandas.DataFrame
        One row per estimate with the columns ``estimate``, ``conf_low`` and
        ``conf_high``. Where both ends are missing, as for a known truth, only the
        point is drawn.
    unit : str, default "term"
        Column that names the lines, from top to bottom in the order of the table.
    group : str, optional
        Column with up to four groups, drawn in colours and marks of their own. Each
        unit stands once in a group.
    reference : float, optional
        A number to compare with, drawn as a line; 0 unless given, none if None.
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
        Points with intervals.

    Raises
    ------
    ValueError
        If a column is unknown, an estimate is missing, an interval has one end only
        or its ends exchanged, a unit stands twice in a group, or there are too many
        groups to tell apart.

    Examples
    --------
    >>> table = pd.DataFrame(
    ...     {
    ...         "term": ["owner", "party_member"],
    ...         "estimate": [0.1, 0.2],
    ...         "conf_low": [0.0, 0.1],
    ...         "conf_high": [0.2, 0.3],
    ...     }
    ... )
    >>> [text.get_text() for text in estimates(table).get_yticklabels()]
    ['owner', 'party_member']
    """
    words = Words.of(labels)
    units = _validate.complete(_validate.column(table, unit, "unit", "table"), "table")
    groups = pd.Categorical([""] * len(table))
    if group is not None:
        column = _validate.complete(
            _validate.column(table, group, "group", "table"), "table"
        )
        # In the order in which they come, as the units are.
        order = column.cat.categories if column.dtype == "category" else column.unique()
        groups = _few(pd.Categorical(column, order), group)
    twice = pd.DataFrame({"unit": units.astype(str), "group": groups.astype(str)})
    if (again := twice.duplicated()).any():
        raise ValueError(
            f"table has {twice['unit'][again].iloc[0]!r} twice"
            + (" in one group" if group else "; name the column of groups in group=")
        )
    estimate = _complete_numbers(table, "estimate", "estimate")
    low, high = (
        _validate.numeric(
            _validate.column(table, end, end, "table"), "table"
        ).to_numpy()
        for end in ("conf_low", "conf_high")
    )
    if (np.isnan(low) != np.isnan(high)).any():
        raise ValueError("table has intervals with one end; give both or neither")
    if (low > high).any():
        raise ValueError("table has conf_low above conf_high; exchange the two columns")
    ax = _axes(ax)
    lines = units.unique()
    at = -pd.Index(lines).get_indexer(units).astype(float)
    some = [
        code for code in range(len(groups.categories)) if (groups.codes == code).any()
    ]
    # Groups share four fifths of a line, the first on top.
    step = 0.8 / max(len(some), 2)
    for place, code in enumerate(some):
        here = groups.codes == code
        height = at[here] + step * ((len(some) - 1) / 2 - place)
        colour = _COLOURS[code]
        ax.hlines(height, low[here], high[here], color=colour)
        ax.plot(
            estimate[here],
            height,
            linestyle="none",
            marker="osD^"[code],
            markersize=8,
            color=colour,
            label=words.name(groups.categories[code], group),
        )
    if reference is not None:
        ax.axvline(reference, color=_QUIET, linestyle="--", linewidth=1.5, zorder=0)
    if group is not None:
        # Beside the lines: inside, it would cover an interval sooner or later.
        ax.legend(loc="upper left", bbox_to_anchor=(1, 1), title=words.name(group))
    ax.set_yticks(-np.arange(len(lines)), [words.name(name, unit) for name in lines])
    ax.set_ylim(0.6 - len(lines), 0.6)
    ax.set_xlabel(
        _with_level(table.dropna(subset="conf_low"), words, words.name("estimate"))
    )
    if percent:
        ax.xaxis.set_major_formatter(_percent)
        ax.locator_params(axis="x", nbins=6)
    return ax


def funnel(
    table: pd.DataFrame,
    *,
    group: str | None = None,
    ax: Axes | None = None,
    labels: Labels = None,
) -> Axes:
    """
    Draw how many people come through each stage, and what share goes on.

    Parameters
    ----------
    table : pandas.DataFrame
        Result of :func:`govlib.participation.funnel`.
    group : str, optional
        Its column of groups, up to four. Default: there is one funnel.
    ax : matplotlib.axes.Axes, optional
        Where to draw. Default: a new figure.
    labels : {"en", "zh"} or mapping, optional
        Language of titles and categories, or a mapping with words of your own, keys
        as in :func:`govlib.datasets.labels`. Default: the language of :func:`use`,
        or without it the names as they are.

    Returns
    -------
    matplotlib.axes.Axes
        A bar per stage, as long as the share of all; its text says the share of those
        who came to the stage before.

    Raises
    ------
    ValueError
        If `table` is no funnel, or there are groups and `group` does not name them.

    Examples
    --------
    >>> table = pd.DataFrame(
    ...     {
    ...         "stage": ["asked", "asked", "comes", "comes"],
    ...         "term": ["share_of_all", "share_of_previous"] * 2,
    ...         "estimate": [0.4, 0.4, 0.1, 0.25],
    ...     }
    ... )
    >>> [text.get_text() for text in funnel(table).texts]
    ['40 %', '10 %  (25 % of those before)']
    """
    words = Words.of(labels)
    for name in ("stage", "term", "estimate"):
        _validate.column(table, name, name, "table")
    keys = ["stage"] if group is None else [group, "stage"]
    shares = table.set_index(keys)
    levels = [""]
    if group is not None:
        levels = list(_validate.column(table, group, "group", "table").unique())
        _few(pd.Categorical(levels), group)
    parts = {
        term: shares.loc[shares["term"] == term, "estimate"]
        for term in ("share_of_all", "share_of_previous")
    }
    if any(not part.index.is_unique for part in parts.values()):
        raise ValueError(
            "table has a stage twice; name its column of groups in group= or keep one "
            "group's rows"
        )
    stages = list(table["stage"].unique())
    ax = _axes(ax)
    thick = 0.8 / len(levels)
    for code, level in enumerate(levels):
        for row, stage in enumerate(stages):
            key = stage if group is None else (level, stage)
            share = parts["share_of_all"].loc[key]
            before = parts["share_of_previous"].loc[key]
            height = -row - thick * (code - (len(levels) - 1) / 2)
            ax.barh(
                height,
                share,
                thick,
                color=_COLOURS[code],
                label=words.name(level, group) if row == 0 else None,
            )
            # A bar of nothing has no share to go on from.
            text = f"{100 * share:.0f} %"
            if row and not np.isnan(before):
                text = words.phrase("of_previous", share=text, before=100 * before)
            ax.annotate(
                text,
                (share, height),
                (5, 0),
                textcoords="offset points",
                va="center",
                size="small",
            )
    ax.set_yticks(-np.arange(len(stages)), [words.name(s) for s in stages])
    ax.xaxis.set_major_formatter(_percent)
    # Place for the words behind the longest bar.
    ax.set_xlim(0, 1.4 * float(parts["share_of_all"].max()))
    ax.set_xlabel(words.phrase("share" if group is None else "share_of_group"))
    if group is not None:
        ax.legend(title=words.name(group), loc="lower right")
    return ax


def _percent(share: float, _: object = None) -> str:
    """Return a share as an axis writes it."""
    return f"{100 * share:.3g} %"


def _axes(ax: Axes | None) -> Axes:
    """Return the axes to draw on."""
    return plt.subplots(layout="constrained")[1] if ax is None else ax


def _few(groups: pd.Categorical, name: str) -> pd.Categorical:
    """Return groups if they are few enough to be told apart."""
    if len(groups.categories) > len(_COLOURS):
        raise ValueError(
            f"column {name!r} has {len(groups.categories)} groups, too many to tell "
            f"apart in a figure; merge them to {len(_COLOURS)} or fewer"
        )
    return groups


def _square(table: pd.DataFrame, name: str) -> np.ndarray:
    """Return the numbers of a table whose rows and columns are the same groups."""
    _validate.frame(table, name)
    if isinstance(table.index, pd.MultiIndex):
        raise ValueError(
            f"{name} holds several networks; draw one at a time, such as "
            f"{name}.loc[{table.index[0][0]!r}]"
        )
    if list(table.index) != list(table.columns):
        raise ValueError(
            f"{name} must have the same groups in rows and columns, but has "
            f"{_validate.listing(table.index)} and {_validate.listing(table.columns)}"
        )
    columns = [_validate.complete(table[group], name) for group in table]
    numbers = np.column_stack([_validate.numeric(c, name) for c in columns])
    if (numbers < 0).any():
        raise ValueError(
            f"{name} must hold counts >= 0; the smallest is {numbers.min()}"
        )
    return numbers


def _same_groups(expected: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """Return what is expected in the order of the table's groups."""
    if set(expected.columns) != set(table.columns):
        raise ValueError(
            f"expected has the groups {_validate.listing(expected.columns)}, but table "
            f"has {_validate.listing(table.columns)}"
        )
    return expected.loc[table.index, table.columns]


def _complete_numbers(table: pd.DataFrame, column: str, argument: str) -> np.ndarray:
    """Return a column of numbers none of which is missing."""
    values = _validate.complete(
        _validate.column(table, column, argument, "table"), "table"
    )
    return _validate.numeric(values, "table").to_numpy()


def _laid_out(
    buildings: np.ndarray, groups: np.ndarray
) -> tuple[np.ndarray, list[Rectangle]]:
    """
    Return where residents stand, and the walls of their buildings.

    The unit of length is the distance between two residents.
    """
    sizes = np.bincount(buildings)
    # About twice as wide as high fills a slide; the fewest empty places look best.
    near = np.sqrt(2 * len(sizes))
    columns = min(
        range(int(0.8 * near) or 1, int(1.2 * near) + 2),
        key=lambda columns: (-len(sizes) % columns, -columns),
    )
    rows = int(np.ceil(len(sizes) / columns))
    width = int(np.ceil(np.sqrt(sizes.max() * 2 * rows / columns)))
    floors = np.ceil(sizes / width)
    number = np.arange(len(sizes))
    left = number % columns * (width + 2.0)
    bottom = -(number // columns) * (floors.max() + 2.0)
    order = np.lexsort((groups, buildings))
    rank = np.empty(len(order), dtype=int)
    rank[order] = np.arange(len(order)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    position = np.column_stack(
        [left[buildings] + rank % width, bottom[buildings] + rank // width]
    )
    walls = [
        Rectangle((x - 0.8, y - 0.8), width + 0.6, height + 0.6)
        for x, y, height in zip(left, bottom, floors, strict=True)
    ]
    return position, walls


def _tick(
    ax: Axes, levels: np.ndarray, words: Words, value: str, most: int | None
) -> None:
    """Name the bars: by the labels of their codes if there are any."""
    named = [words.name(level, value) for level in levels]
    if not any(text.isdecimal() for text in named):
        texts = [wrapped(text, len(levels)) for text in named]
        ax.set_xticks(levels, texts, size="small")
        return
    step = int(np.ceil(len(levels) / 20))
    shown = levels[::step]
    texts = [str(level) for level in shown]
    if most is not None and levels[-1] == most:
        shown = [*shown[shown <= most - step], most]
        texts = [*(str(level) for level in shown[:-1]), f"{most}+"]
    ax.set_xticks(shown, texts)


def _measured(table: pd.DataFrame, words: Words) -> str:
    """Return the words for the one term of a table of results."""
    terms = table["term"].unique() if "term" in table else []
    return words.name(terms[0] if len(terms) == 1 else "estimate")


def _with_level(table: pd.DataFrame, words: Words, title: str) -> str:
    """Add how wide the intervals are, where the table says so."""
    levels = table["conf_level"].unique() if "conf_level" in table else []
    if len(levels) != 1:
        return title
    return words.phrase("interval", title=title, level=100 * levels[0])
