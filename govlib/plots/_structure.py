"""Figures of who works with whom, who does what, and how well actors go together."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.lines import Line2D

from govlib import _columns, _network, _validate
from govlib._words import Labels, Words, wrapped
from govlib.plots._general import _ACCENT, _COLOURS, _QUIET, _axes, _complete_numbers

# From white to the darkest of the colours: light letters can be read from .6 on.
_SHADES = LinearSegmentedColormap.from_list("shades", ["#FFFFFF", _COLOURS[0]])
_MOST_ROWS = 40
_MOST_NODES = 40
_RESULTS = ("sufficient", "insufficient", "remainder")

WORDS = {
    "en": {
        "phrases": {
            "size": "larger: more of the shortest paths between others",
            "mean_scores": "Mean of the scores, T",
        },
        "names": {
            "coupling": "Coupling, C",
            "coordination": "Coordination, D",
            "development": "Mean of the scores, T",
            "cases": "cases",
            "consistency": "consistency",
            "pri": "PRI",
            "sufficient": "sufficient",
            "insufficient": "not sufficient",
            "remainder": "not seen",
        },
    },
    "zh": {
        "phrases": {
            "size": "圆越大：其他组织间的最短路径越多经过它",
            "mean_scores": "评分均值 T",
        },
        "names": {
            "coupling": "耦合度 C",
            "coordination": "协调度 D",
            "development": "评分均值 T",
            "cases": "案例数",
            "consistency": "一致性",
            "pri": "PRI",
            "sufficient": "充分",
            "insufficient": "不充分",
            "remainder": "未观察到",
        },
    },
}


def organisation_network(
    table: pd.DataFrame,
    *,
    source: str,
    target: str,
    nodes: pd.DataFrame,
    unit: str,
    group: str,
    size: str | None = None,
    ax: Axes | None = None,
    labels: Labels = None,
) -> Axes:
    """
    Draw the organisations of one community with their ties.

    Kinds with a single organisation stand in the middle under their names, all others
    around them, kind by kind. A place depends on `nodes` alone, so that two pictures
    of the same organisations can be laid side by side.

    Parameters
    ----------
    table : pandas.DataFrame
        One row per tie.
    source, target : str
        Columns of `table` with the two ends.
    nodes : pandas.DataFrame
        One row per organisation, those without ties too; at most 40.
    unit, group : str
        Columns of `nodes`: the id and the kind.
    size : str, optional
        Column of `nodes` with what the area of a dot shows, from 0 to 1, such as its
        betweenness. Default: all dots are alike.
    ax : matplotlib.axes.Axes, optional
        Where to draw. Default: a new figure.
    labels : {"en", "zh"} or mapping, optional
        Language of titles and categories, or a mapping with words of your own, keys
        as in :func:`govlib.datasets.labels`. Default: the language of :func:`use`,
        or without it the names as they are.

    Returns
    -------
    matplotlib.axes.Axes
        Dots and lines, with a legend of the kinds that have several organisations.

    Raises
    ------
    ValueError
        If a tie names nobody in `nodes`, a kind is missing, a size lies outside 0 to
        1, or there are more than 40 organisations.

    Examples
    --------
    >>> nodes = pd.DataFrame(
    ...     {"who": list("abcd"), "kind": ["party", "committee", "firm", "firm"]}
    ... )
    >>> ties = pd.DataFrame({"one": ["a", "a"], "other": ["b", "c"]})
    >>> ax = organisation_network(
    ...     ties, source="one", target="other", nodes=nodes, unit="who", group="kind"
    ... )
    >>> [text.get_text() for text in ax.texts]
    ['committee', 'party']
    """
    words = Words.of(labels, WORDS)
    net = _network.read(table, source=source, target=target, nodes=nodes, unit=unit)
    if len(net.ids) > _MOST_NODES:
        raise ValueError(
            f"nodes has {len(net.ids)} organisations, too many to draw; take one "
            f"community at a time, at most {_MOST_NODES}"
        )
    kinds = _validate.groups(net.column(group, "group"), "nodes")
    areas = np.full(len(net.ids), 0.15)
    if size is not None:
        areas = _columns.numbers(
            pd.DataFrame({size: np.asarray(net.column(size, "size"))}), size, "size"
        ).to_numpy()
        if areas.min() < 0 or areas.max() > 1:
            raise ValueError(
                f"nodes column {size!r} (size=) must lie between 0 and 1, but runs "
                f"from {areas.min():g} to {areas.max():g}"
            )
    count = np.bincount(kinds.codes, minlength=len(kinds.categories))
    centre = count[kinds.codes] == 1
    where = _rings(np.asarray(kinds.codes), centre)
    ax = _axes(ax)
    ax.set_aspect("equal")
    ax.axis("off")
    lines = np.stack([where[net.source], where[net.target]], axis=1)
    ax.add_collection(LineCollection(list(lines), colors=_QUIET, linewidths=1.2))
    outer = [k for k, n in enumerate(count) if n > 1]
    colours = {k: _COLOURS[1 + i % (len(_COLOURS) - 1)] for i, k in enumerate(outer)}
    ax.scatter(
        *where.T,
        s=60 + 1400 * areas,
        c=[
            _COLOURS[0] if c else colours[k]
            for k, c in zip(kinds.codes, centre, strict=True)
        ],
        edgecolors="white",
        linewidths=1,
        zorder=3,
    )
    for k in np.flatnonzero(count == 1):
        (x, y), text = (
            where[kinds.codes == k][0],
            words.name(kinds.categories[k], group),
        )
        ax.annotate(
            wrapped(text, 5),
            (x, y),
            xytext=(0, 16 if y >= 0 else -16),
            textcoords="offset points",
            ha="center",
            va="bottom" if y >= 0 else "top",
            size="x-small",
            zorder=4,
            bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.75, "pad": 1},
        )
    handles = [
        Line2D([], [], color=colours[k], marker="o", linestyle="none") for k in outer
    ]
    texts = [
        words.phrase("n", title=words.name(kinds.categories[k], group), n=count[k])
        for k in outer
    ]
    if outer:
        ax.legend(
            handles,
            texts,
            loc="upper center",
            bbox_to_anchor=(0.5, 0.0),
            ncols=1,
            handletextpad=0.4,
            fontsize="small",
        )
    ax.set_xlim(-1.25, 1.25)
    ax.set_ylim(-1.2, 1.2)
    return ax


def _rings(codes: np.ndarray, centre: np.ndarray) -> np.ndarray:
    """Return where organisations stand: the single ones inside, the others around."""
    where = np.empty((len(codes), 2))
    for inside, radius, turn in ((True, 0.42, 0.125), (False, 1.1, 0.0)):
        here = np.flatnonzero(centre == inside)
        here = here[np.argsort(codes[here], kind="stable")]
        angle = 2 * np.pi * (np.arange(len(here)) / max(len(here), 1) + turn)
        where[here] = radius * np.column_stack([np.cos(angle), np.sin(angle)])
    if centre.sum() == 1:
        where[centre] = 0
    return where


def score_map(
    table: pd.DataFrame,
    *,
    unit: str,
    columns: Sequence[str],
    digits: int = 2,
    kind: str | None = None,
    ax: Axes | None = None,
    labels: Labels = None,
) -> Axes:
    """
    Show scores from 0 to 1 as a map of shades, one row per unit.

    For actors' scores of some communities, or for a responsibility list with 1 where an
    actor holds a duty.

    Parameters
    ----------
    table : pandas.DataFrame
        One row per unit, at most 40, drawn in the order of the table.
    unit : str
        Column that names the rows.
    columns : sequence of str
        Columns of numbers from 0 to 1.
    digits : int, default 2
        Decimals written into the cells; with 0, a cell says nothing but its shade.
    kind : str, optional
        Column of the codebook of which `columns` are categories, such as ``"actor"``.
    ax : matplotlib.axes.Axes, optional
        Where to draw. Default: a new figure.
    labels : {"en", "zh"} or mapping, optional
        As in :func:`organisation_network`.

    Returns
    -------
    matplotlib.axes.Axes
        White is 0, the darkest shade 1.

    Raises
    ------
    ValueError
        If a column is not there, has missing values or values outside 0 to 1, or if
        there are no rows or more than 40.

    Examples
    --------
    >>> table = pd.DataFrame({"place": ["a", "b"], "party": [0.8, 0.1], "rc": [0, 1]})
    >>> ax = score_map(table, unit="place", columns=["party", "rc"])
    >>> [text.get_text() for text in ax.texts]
    ['0.80', '0.00', '0.10', '1.00']
    """
    words = Words.of(labels, WORDS)
    _validate.frame(table, "table")
    names = _validate.complete(_validate.column(table, unit, "unit", "table"), "table")
    if not 1 <= len(table) <= _MOST_ROWS:
        raise ValueError(
            f"table has {len(table)} rows; a map that can be read has 1 to {_MOST_ROWS}"
        )
    scores = np.column_stack(
        [_complete_numbers(table, name, "columns") for name in columns]
    ).astype(float)
    for name, values in zip(columns, scores.T, strict=True):
        if values.min() < 0 or values.max() > 1:
            raise ValueError(
                f"table column {name!r} must lie between 0 and 1, but runs from "
                f"{values.min():g} to {values.max():g}"
            )
    ax = _axes(ax)
    ax.imshow(scores, cmap=_SHADES, vmin=0, vmax=1, aspect="auto")
    if digits:
        _write(ax, [[f"{v:.{digits}f}" for v in row] for row in scores], scores)
    titles = [wrapped(words.name(name, kind), 2 * len(columns)) for name in columns]
    ax.set_xticks(range(len(columns)), titles, size="x-small")
    texts = [words.name(name, unit) for name in names]
    ax.set_yticks(range(len(texts)), texts, size="small" if len(texts) < 15 else 9)
    _grid(ax, *scores.shape)
    return ax


def coupling_level(
    table: pd.DataFrame,
    *,
    value: str = "coupling",
    highlight: str | None = None,
    ax: Axes | None = None,
    labels: Labels = None,
) -> Axes:
    """
    Set the coupling, or the degree of coordination, against the level of the scores.

    Parameters
    ----------
    table : pandas.DataFrame
        From :func:`govlib.coordination.coupling_coordination`: columns
        ``development`` and `value`, both from 0 to 1.
    value : {"coupling", "coordination"}
        What stands on the vertical axis.
    highlight : str, optional
        Column of true and false: rows that stand out, with a legend that counts them
        under the column's name.
    ax : matplotlib.axes.Axes, optional
        Where to draw. Default: a new figure.
    labels : {"en", "zh"} or mapping, optional
        As in :func:`organisation_network`.

    Returns
    -------
    matplotlib.axes.Axes
        One dot per row; rows whose coupling has no value are left out.

    Raises
    ------
    ValueError
        If a column is not there or `value` is another.

    Examples
    --------
    >>> table = pd.DataFrame({"development": [0.1, 0.5], "coupling": [1.0, 0.9]})
    >>> coupling_level(table).get_ylabel()
    'coupling'
    """
    words = Words.of(labels, WORDS)
    _validate.choice(value, ("coupling", "coordination"), "value")
    there = table[_validate.column(table, value, "value", "table").notna()]
    x = _complete_numbers(there, "development", "table")
    y = _complete_numbers(there, value, "value")
    ax = _axes(ax)
    marked = np.zeros(len(there), dtype=bool)
    if highlight is not None:
        chosen = _validate.column(there, highlight, "highlight", "table")
        marked = chosen.to_numpy(dtype=bool)
    ax.scatter(x[~marked], y[~marked], s=18, color=_COLOURS[0], alpha=0.5)
    if highlight is not None:
        title = words.phrase("n", title=words.name(highlight), n=int(marked.sum()))
        ax.scatter(x[marked], y[marked], s=36, color=_ACCENT, marker="D", label=title)
        ax.legend(loc="lower right")
    ax.set(
        xlim=(0, 1),
        ylim=(-0.02, 1.02),
        xlabel=words.name("development"),
        ylabel=words.name(value),
    )
    return ax


def truth_table(
    table: pd.DataFrame,
    *,
    conditions: Sequence[str],
    kind: str | None = None,
    ax: Axes | None = None,
    labels: Labels = None,
) -> Axes:
    """
    Draw a truth table of qualitative comparative analysis.

    Parameters
    ----------
    table : pandas.DataFrame
        The ``table`` of a :class:`govlib.coordination.TruthTable`, or some of its rows:
        at most 40, drawn in the order of the table.
    conditions : sequence of str
        Columns of conditions, 0 or 1.
    kind : str, optional
        Column of the codebook of which `conditions` are categories.
    ax : matplotlib.axes.Axes, optional
        Where to draw. Default: a new figure.
    labels : {"en", "zh"} or mapping, optional
        As in :func:`organisation_network`.

    Returns
    -------
    matplotlib.axes.Axes
        One line per row: a filled dot for a condition that is present, an empty one for
        one that is absent; cases, consistency, PRI and result in words.

    Raises
    ------
    ValueError
        If a column is not there, a condition is neither 0 nor 1, or there are no rows
        or more than 40.

    Examples
    --------
    >>> table = pd.DataFrame(
    ...     {
    ...         "hall": [1, 0],
    ...         "cases": [3, 0],
    ...         "consistency": [0.9, None],
    ...         "pri": [0.8, None],
    ...         "result": ["sufficient", "remainder"],
    ...     }
    ... )
    >>> ax = truth_table(table, conditions=["hall"])
    >>> [text.get_text() for text in ax.texts]
    ['3', '0.90', '0.80', 'sufficient', '0', '', '', 'remainder']
    """
    words = Words.of(labels, WORDS)
    _validate.frame(table, "table")
    if not 1 <= len(table) <= _MOST_ROWS:
        raise ValueError(
            f"table has {len(table)} rows; a figure that can be read has 1 to "
            f"{_MOST_ROWS}"
        )
    present = np.column_stack(
        [_complete_numbers(table, name, "conditions") for name in conditions]
    )
    if not np.isin(present, (0, 1)).all():
        raise ValueError("conditions= must name columns of 0 and 1")
    ax = _axes(ax)
    k, n = len(conditions), len(table)
    row, column = np.indices(present.shape)
    for filled in (0, 1):
        at = present == filled
        ax.scatter(
            column[at],
            row[at],
            s=90,
            facecolors=_COLOURS[0] if filled else "white",
            edgecolors=_COLOURS[0],
        )
    results = _validate.column(table, "result", "table", "table").to_numpy()
    shown: Mapping[str, Sequence[str]] = {
        "cases": [f"{v:.0f}" for v in _complete_numbers(table, "cases", "table")],
        **{
            name: ["" if pd.isna(v) else f"{float(v):.2f}" for v in table[name]]
            for name in ("consistency", "pri")
        },
        "result": [words.name(result, "result") for result in results],
    }
    size = "small" if n <= 16 else 9
    for r in range(n):
        good = results[r] == _RESULTS[0]
        for c, texts in enumerate(shown.values()):
            ax.text(
                k + 0.35 + c * 1.05,
                r,
                texts[r],
                ha="center",
                va="center",
                size=size,
                color=_ACCENT
                if good
                else "black"
                if results[r] != _RESULTS[2]
                else _QUIET,
            )
    titles = [
        *(wrapped(words.name(name, kind), k + 5) for name in conditions),
        *(words.name(name) for name in shown),
    ]
    places = [*range(k), *(k + 0.35 + c * 1.05 for c in range(len(shown)))]
    ax.set_xticks(places, titles, size="x-small")
    ax.xaxis.tick_top()
    ax.set_yticks([])
    ax.set_xlim(-0.6, k + 4.3)
    ax.set_ylim(n - 0.4, -0.6)
    ax.tick_params(length=0)
    for side in ("left", "right", "bottom", "top"):
        ax.spines[side].set_visible(False)
    return ax


def _write(ax: Axes, texts: Sequence[Sequence[str]], shades: np.ndarray) -> None:
    """Write into the cells of a map, in white where they are dark."""
    for r, row in enumerate(texts):
        for c, text in enumerate(row):
            colour = "white" if shades[r, c] > 0.6 else "black"
            ax.text(c, r, text, ha="center", va="center", color=colour, size="small")


def _grid(ax: Axes, rows: int, columns: int) -> None:
    """Draw thin lines between the cells of a map."""
    ax.tick_params(length=0)
    for r in range(rows + 1):
        ax.axhline(r - 0.5, color="#DDDDDD", linewidth=0.8)
    for c in range(columns + 1):
        ax.axvline(c - 0.5, color="#DDDDDD", linewidth=0.8)
    for side in ("left", "right", "bottom", "top"):
        ax.spines[side].set_visible(False)
