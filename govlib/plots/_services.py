"""Figures of who has how much, of what is within reach, and of where."""

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
    _percent,
)

WORDS = {
    "en": {
        "phrases": {
            "equality": "all alike",
            "of_people": "People, from those with least",
            "of_people_by": "People, in the order of {by}",
            "of_value": "Share of all that they have",
            "km_east": "Kilometres east",
            "km_north": "Kilometres north",
            "theil": "Theil's T, in nats",
        },
        "names": {
            "between": "between",
            "within": "within",
            "covered_share": "Share of people with it within reach",
            "access": "Access",
        },
    },
    "zh": {
        "phrases": {
            "equality": "完全平等",
            "of_people": "人口，由少到多排列",
            "of_people_by": "人口，按{by}排列",
            "of_value": "所拥有份额",
            "km_east": "东向（公里）",
            "km_north": "北向（公里）",
            "theil": "泰尔T指数（奈特）",
        },
        "names": {
            "between": "组间",
            "within": "组内",
            "covered_share": "可达人口比例",
            "access": "可达性",
        },
    },
}

# Rows that can be read on a slide.
_MOST_PLACES = 30


def lorenz(
    table: pd.DataFrame,
    *,
    group: str | None = None,
    rank: str | None = None,
    ax: Axes | None = None,
    labels: Labels = None,
) -> Axes:
    """
    Draw Lorenz or concentration curves.

    Parameters
    ----------
    table : pandas.DataFrame
        Points from :func:`govlib.equity.lorenz_curve` or
        :func:`govlib.equity.concentration_curve`: ``population_share`` and
        ``value_share``.
    group : str, optional
        Column with up to four groups, a curve each. Default: there is one curve.
    rank : str, optional
        What people are in the order of, if not of what they have.
    ax : matplotlib.axes.Axes, optional
        Where to draw. Default: a new figure.
    labels : {"en", "zh"} or mapping, optional
        Language of titles and categories, or a mapping with words of your own, keys
        as in :func:`govlib.datasets.labels`. Default: the language of :func:`use`,
        or without it the names as they are.

    Returns
    -------
    matplotlib.axes.Axes
        A curve per group and the diagonal, on which all have alike.

    Raises
    ------
    ValueError
        If a column is unknown, has missing values or shares outside 0 to 1, or there
        are too many groups to tell apart.

    Examples
    --------
    >>> points = pd.DataFrame(
    ...     {"population_share": [0, 0.5, 1], "value_share": [0, 0.2, 1]}
    ... )
    >>> lorenz(points).lines[0].get_ydata().tolist()
    [0.0, 0.2, 1.0]
    """
    words = Words.of(labels, WORDS)
    shares = []
    for name in ("population_share", "value_share"):
        numbers = _complete_numbers(table, name, name)
        if numbers.min() < 0 or numbers.max() > 1:
            raise ValueError(
                f"table column {name!r} must hold shares from 0 to 1, but runs from "
                f"{numbers.min():g} to {numbers.max():g}"
            )
        shares.append(numbers)
    groups = pd.Categorical([""] * len(table))
    if group is not None:
        column = _validate.complete(
            _validate.column(table, group, "group", "table"), "table"
        )
        # In the order in which they come.
        groups = _few(pd.Categorical(column, column.unique()), group)
    ax = _axes(ax)
    for code, level in enumerate(groups.categories):
        here = groups.codes == code
        ax.plot(
            shares[0][here],
            shares[1][here],
            color=_COLOURS[code],
            linestyle=_LINES[code],
            label=words.name(level, group),
        )
    ax.plot(
        [0, 1],
        [0, 1],
        color=_QUIET,
        linewidth=1.5,
        zorder=0,
        label=words.phrase("equality"),
    )
    ax.set_xlim(0, 1)
    ax.set_ylim(0, 1)
    ax.set_aspect("equal")
    ax.xaxis.set_major_formatter(_percent)
    ax.yaxis.set_major_formatter(_percent)
    order = "of_people" if rank is None else "of_people_by"
    ax.set_xlabel(words.phrase(order, by=words.name(rank or "")))
    ax.set_ylabel(words.phrase("of_value"))
    if group is not None:
        # Beside the square, where there is room on a slide.
        ax.legend(loc="upper left", bbox_to_anchor=(1.02, 1))
    return ax


def reach(
    table: pd.DataFrame,
    *,
    unit: str,
    function: str,
    value: str = "covered_share",
    ax: Axes | None = None,
    labels: Labels = None,
) -> Axes:
    """
    Draw which places have which functions within reach.

    Parameters
    ----------
    table : pandas.DataFrame
        The table of :func:`govlib.equity.coverage` with groups: one row per place and
        function.
    unit, function : str
        Its columns of places and of functions.
    value : str, default "covered_share"
        Its column of shares from 0 to 1; a missing one (nobody lives there) stays
        white.
    ax : matplotlib.axes.Axes, optional
        Where to draw. Default: a new figure.
    labels : {"en", "zh"} or mapping, optional
        Language of titles and categories, or a mapping with words of your own, keys
        as in :func:`govlib.datasets.labels`. Default: the language of :func:`use`,
        or without it the names as they are.

    Returns
    -------
    matplotlib.axes.Axes
        One row per place, one cell per function with its percentage; functions from
        the commonest to the rarest.

    Raises
    ------
    ValueError
        If a column is unknown, a pair comes twice, shares are outside 0 to 1, or there
        are more than thirty places.

    Examples
    --------
    >>> table = pd.DataFrame(
    ...     {
    ...         "place": ["a", "a", "b", "b"],
    ...         "kind": ["clinic", "bank", "clinic", "bank"],
    ...         "covered_share": [1, 0.5, 0.8, 0],
    ...     }
    ... )
    >>> ax = reach(table, unit="place", function="kind")
    >>> [text.get_text() for text in ax.texts]
    ['100', '50', '80', '0']
    """
    words = Words.of(labels, WORDS)
    for name, argument in ((unit, "unit"), (function, "function"), (value, "value")):
        _validate.column(table, name, argument, "table")
    if table.duplicated([unit, function]).any():
        twice = table[table.duplicated([unit, function])].iloc[0]
        raise ValueError(
            f"table has {twice[function]!r} of {twice[unit]!r} twice; keep one row for "
            f"each pair"
        )
    places = table[unit].unique()
    if len(places) > _MOST_PLACES:
        raise ValueError(
            f"column {unit!r} has {len(places)} places, too many rows for a figure; "
            f"draw {_MOST_PLACES} or fewer"
        )
    shares = _validate.numeric(table[value], "table")
    if shares.min() < 0 or shares.max() > 1:
        raise ValueError(
            f"table column {value!r} must hold shares from 0 to 1, but runs from "
            f"{shares.min():g} to {shares.max():g}"
        )
    wide = (
        table.assign(**{value: shares})
        .astype({unit: object, function: object})
        .pivot_table(value, unit, function, aggfunc="first", dropna=False)
        .loc[list(places)]
    )
    wide = wide[wide.mean().sort_values(ascending=False, kind="stable").index]
    ax = _axes(ax)
    image = ax.imshow(wide, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    # Twelve columns leave room for the number alone; the axis says that it is a share.
    cells = np.asarray(wide, dtype=np.float64)
    colours = np.asarray(image.cmap(image.norm(cells)))
    for (row, column), share in np.ndenumerate(cells):
        if np.isnan(share):
            continue
        red, green, blue, _ = colours[row, column]
        dark = 0.299 * red + 0.587 * green + 0.114 * blue < 0.5
        ax.text(
            column,
            row,
            f"{100 * share:.0f}",
            ha="center",
            va="center",
            size="small",
            color="white" if dark else "black",
        )
    ax.set_xticks(
        range(wide.shape[1]),
        [words.name(name, function) for name in wide.columns],
        rotation=40,
        ha="right",
        rotation_mode="anchor",
        size="small",
    )
    ax.set_yticks(range(len(wide)), [words.name(name, unit) for name in wide.index])
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    ax.set_ylabel(words.name(unit))
    ax.set_title(f"{words.name(value)} (%)")
    return ax


def parts(
    table: pd.DataFrame,
    *,
    unit: str,
    ax: Axes | None = None,
    labels: Labels = None,
) -> Axes:
    """
    Draw how much of each inequality lies between groups and how much within them.

    Parameters
    ----------
    table : pandas.DataFrame
        One row per split, with ``between`` and ``within``, as the attributes of
        :func:`govlib.equity.theil_decomposition`.
    unit : str
        Column that names the splits.
    ax : matplotlib.axes.Axes, optional
        Where to draw. Default: a new figure.
    labels : {"en", "zh"} or mapping, optional
        Language of titles and categories, or a mapping with words of your own, keys
        as in :func:`govlib.datasets.labels`. Default: the language of :func:`use`,
        or without it the names as they are.

    Returns
    -------
    matplotlib.axes.Axes
        A bar per split, in two parts; the text says what share lies between.

    Raises
    ------
    ValueError
        If a column is unknown, has missing values, or a part is negative.

    Examples
    --------
    >>> table = pd.DataFrame({"by": ["district"], "between": [0.1], "within": [0.3]})
    >>> [text.get_text() for text in parts(table, unit="by").texts]
    ['25 %']
    """
    words = Words.of(labels, WORDS)
    names = _validate.unique(
        _validate.complete(_validate.column(table, unit, "unit", "table"), "table"),
        "table",
    )
    amounts = {
        name: _complete_numbers(table, name, name) for name in ("between", "within")
    }
    least = min(values.min() for values in amounts.values())
    if least < 0:
        raise ValueError(f"parts of inequality must be >= 0; the smallest is {least:g}")
    ax = _axes(ax)
    height, start = -np.arange(len(table)), np.zeros(len(table))
    for place, (name, values) in enumerate(amounts.items()):
        ax.barh(
            height, values, 0.6, start, color=_COLOURS[place], label=words.name(name)
        )
        start = start + values
    for at, between, total in zip(height, amounts["between"], start, strict=True):
        if total > 0:
            ax.annotate(
                f"{100 * between / total:.0f} %",
                (total, at),
                (5, 0),
                textcoords="offset points",
                va="center",
            )
    ax.set_yticks(height, [words.name(name, unit) for name in names])
    ax.set_xlim(0, 1.12 * start.max() or 1)
    ax.set_xlabel(words.phrase("theil"))
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1))
    return ax


def access_map(
    table: pd.DataFrame,
    *,
    value: str,
    coordinates: tuple[str, str],
    weight: str | None = None,
    facilities: pd.DataFrame | None = None,
    most: float | None = None,
    ax: Axes | None = None,
    labels: Labels = None,
) -> Axes:
    """
    Draw a map of blocks, coloured by what they have within reach.

    Parameters
    ----------
    table : pandas.DataFrame
        One row per block.
    value : str
        Column of amounts, 0 or more. A block that has nothing is an empty ring.
    coordinates : tuple of str
        Two columns of places in metres, in both tables.
    weight : str, optional
        Column of people; the area of a dot is in proportion. Default: all alike.
    facilities : pandas.DataFrame, optional
        One row per facility, drawn as crosses.
    most : float, optional
        Amount with the darkest colour, and all above it. Default: the largest.
    ax : matplotlib.axes.Axes, optional
        Where to draw. Default: a new figure.
    labels : {"en", "zh"} or mapping, optional
        Language of titles and categories, or a mapping with words of your own, keys
        as in :func:`govlib.datasets.labels`. Default: the language of :func:`use`,
        or without it the names as they are.

    Returns
    -------
    matplotlib.axes.Axes
        The map with equal scales, in kilometres, and a bar of colours.

    Raises
    ------
    TypeError
        If `coordinates` are not two names.
    ValueError
        If a column is unknown, has missing values, or an amount is negative.

    Examples
    --------
    >>> blocks = pd.DataFrame({"x": [0, 500], "y": [0, 0], "access": [0, 2]})
    >>> ax = access_map(blocks, value="access", coordinates=("x", "y"))
    >>> ax.get_xlabel()
    'Kilometres east'
    """
    words = Words.of(labels, WORDS)
    if isinstance(coordinates, str) or len(coordinates) != 2:
        raise TypeError(
            f"coordinates= takes two column names, such as ('x', 'y'), "
            f"not {coordinates!r}"
        )
    east, north = (
        _complete_numbers(table, name, "coordinates") / 1000 for name in coordinates
    )
    amounts = _complete_numbers(table, value, "value")
    if amounts.min() < 0:
        raise ValueError(
            f"table column {value!r} must be >= 0; the smallest is {amounts.min():g}"
        )
    area = np.full(len(table), 60.0)
    if weight is not None:
        people = _validate.weights(
            _validate.column(table, weight, "weight", "table"), len(table), "weight"
        )
        area = 120 * people / people.max()
    ax = _axes(ax)
    some = amounts > 0
    ax.scatter(
        east[~some],
        north[~some],
        area[~some],
        facecolors="none",
        edgecolors=_ACCENT,
        linewidths=1.2,
    )
    dots = ax.scatter(
        east[some],
        north[some],
        area[some],
        amounts[some],
        cmap="viridis_r",
        vmin=0,
        vmax=amounts.max() if most is None else most,
    )
    if facilities is not None:
        ax.plot(
            *(
                _validate.numeric(
                    _validate.complete(
                        _validate.column(facilities, name, "coordinates", "facilities"),
                        "facilities",
                    ),
                    "facilities",
                )
                / 1000
                for name in coordinates
            ),
            linestyle="none",
            marker="x",
            color="black",
            markersize=7,
            markeredgewidth=2,
        )
    ax.set_aspect("equal")
    ax.set_xlabel(words.phrase("km_east"))
    ax.set_ylabel(words.phrase("km_north"))
    # As high as the map, whatever its shape.
    ax.figure.colorbar(
        dots,
        cax=ax.inset_axes((1.03, 0, 0.03, 1)),
        label=wrapped(words.name(value), 3),
        extend="max" if most is not None and amounts.max() > most else "neither",
    )
    return ax
