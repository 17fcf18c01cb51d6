"""Figures of the city's model: what causes what, and what a remedy brings and costs."""

from collections.abc import Collection

import networkx as nx
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch

from govlib import _validate
from govlib._words import Labels, Words, wrapped
from govlib.plots._general import _ACCENT, _COLOURS, _QUIET, _axes, _complete_numbers

WORDS = {
    "en": {
        "phrases": {
            "more": "more of it",
            "less": "less of it",
            "either": "either",
            "frontier": "nothing does more for less",
        },
        "names": {
            "cost": "Cost",
            "effect": "Effect",
        },
    },
    "zh": {
        "phrases": {
            "more": "使其增加",
            "less": "使其减少",
            "either": "方向不定",
            "frontier": "没有更省且更有效的方案",
        },
        "names": {
            "cost": "成本",
            "effect": "效应",
        },
    },
}
# Colour and line by sign, told apart in grey as well.
_SIGNS = {
    "+": (_COLOURS[0], "-", "more"),
    "-": (_ACCENT, "--", "less"),
    "~": (_QUIET, ":", "either"),
}


def causal_graph(
    edges: pd.DataFrame,
    *,
    only: Collection[str] | None = None,
    ax: Axes | None = None,
    labels: Labels = None,
) -> Axes:
    """
    Draw what causes what, causes to the left of their effects.

    Parameters
    ----------
    edges : pandas.DataFrame
        One row per direct effect: ``source``, ``target`` and ``sign`` (``"+"``,
        ``"-"`` or ``"~"``), as in ``city.dag().edges``.
    only : collection of str, optional
        Variables to draw; effects between others are left out. Default: all, which is
        too many to read for a large graph.
    ax : matplotlib.axes.Axes, optional
        Where to draw. Default: a new figure.
    labels : {"en", "zh"} or mapping, optional
        As in the other figures; a mapping may name the variables.

    Returns
    -------
    matplotlib.axes.Axes
        One text per variable, one arrow per effect: dark and whole where it raises,
        red and broken where it lowers, grey and dotted where it may do either.

    Raises
    ------
    ValueError
        If a column is missing, a sign is not known, a variable in `only` is not in the
        table, or effects go round in a circle.

    Examples
    --------
    >>> edges = pd.DataFrame({"source": ["need"], "target": ["hall"], "sign": ["+"]})
    >>> [text.get_text() for text in causal_graph(edges).texts]
    ['need', 'hall']
    """
    words = Words.of(labels, WORDS)
    table = _validate.frame(edges, "edges")
    for name in ("source", "target", "sign"):
        _validate.complete(_validate.column(table, name, name, "edges"), "edges")
    for sign in table["sign"].unique():
        _validate.choice(sign, _SIGNS, "sign")
    graph = nx.DiGraph()
    for row in table.to_dict("records"):
        graph.add_edge(row["source"], row["target"], sign=row["sign"])
    if only is not None:
        for name in only:
            _validate.choice(name, list(graph), "only")
        graph = graph.subgraph(set(only)).copy()
    if not nx.is_directed_acyclic_graph(graph):
        circle = [source for source, _ in nx.find_cycle(graph)]
        raise ValueError(
            f"edges go round in a circle: {_validate.listing(circle)}; give a variable "
            f"a name for each time that it is measured"
        )
    ax = _axes(ax)
    where = _layers(graph)
    across = int(max(x for x, _ in where.values())) + 1
    boxes = {}
    for name in sorted(where, key=lambda n: where[n]):
        text = ax.text(
            *where[name],
            wrapped(words.name(name), max(across, 4)),
            ha="center",
            va="center",
            size="small",
            bbox={"boxstyle": "round,pad=0.3", "fc": "white", "ec": _QUIET, "lw": 1},
            zorder=3,
        )
        boxes[name] = text.get_bbox_patch()
    for source, target, sign in graph.edges(data="sign"):
        colour, line, _ = _SIGNS[sign]
        arrow = FancyArrowPatch(
            where[source],
            where[target],
            arrowstyle="-|>",
            mutation_scale=14,
            connectionstyle=f"arc3,rad={_bend(source, target, where)}",
            patchA=boxes[source],
            patchB=boxes[target],
            shrinkA=2,
            shrinkB=2,
            color=colour,
            linestyle=line,
            linewidth=1.6,
            zorder=4,
        )
        ax.add_patch(arrow)
    for sign, (colour, line, key) in _SIGNS.items():
        if sign in {s for _, _, s in graph.edges(data="sign")}:
            ax.plot([], [], color=colour, linestyle=line, label=words.phrase(key))
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, 0), ncols=3)
    x, y = np.array(list(where.values()), dtype=float).T
    ax.set_xlim(x.min() - 0.5, x.max() + 0.5)
    ax.set_ylim(y.min() - 0.6, y.max() + 0.6)
    ax.set_axis_off()
    # Arrows end at boxes whose size is known once texts have been laid out.
    figure = ax.get_figure(root=True)
    if figure is not None:
        figure.draw_without_rendering()
    return ax


def _bend(source: str, target: str, where: dict[str, tuple[float, float]]) -> float:
    """Return the bend with which an arrow passes farthest from other variables."""
    start, end = np.array(where[source]), np.array(where[target])
    others = [np.array(p) for n, p in where.items() if n not in (source, target)]
    if end[0] - start[0] <= 1 or not others:
        return 0.0
    t = np.linspace(0.1, 0.9, 17)[:, None]
    across = np.array([end[1] - start[1], start[0] - end[0]])

    def clear(bend: float) -> float:
        # matplotlib's arc3: a quadratic curve, its control point beside the middle.
        middle = (start + end) / 2 + bend * across
        curve = (1 - t) ** 2 * start + 2 * t * (1 - t) * middle + t**2 * end
        # Boxes are wide: a step to the side counts less than one up or down.
        away = [
            np.hypot(0.7 * d[:, 0], d[:, 1]).min() for d in (curve - p for p in others)
        ]
        return min(min(away), 0.6) - 0.05 * abs(bend)

    return max((0.0, 0.15, -0.15, 0.3, -0.3, 0.45, -0.45), key=clear)


def _layers(graph: nx.DiGraph) -> dict[str, tuple[float, float]]:
    """Place each variable one column after its last cause, near its causes' height."""
    column = {}
    for name in nx.lexicographical_topological_sort(graph):
        column[name] = 1 + max(
            (column[p] for p in graph.predecessors(name)), default=-1
        )
    # A variable without causes stands just before its first effect.
    for name in graph:
        after = [column[s] for s in graph.successors(name)]
        if not graph.in_degree(name) and after:
            column[name] = min(after) - 1
    height: dict[str, float] = {}
    layers: dict[int, list[str]] = {}
    for name in sorted(column, key=lambda n: (column[n], n)):
        layers.setdefault(column[name], []).append(name)
    for number in sorted(layers):
        near = {
            name: np.mean([height[p] for p in graph.predecessors(name)] or [0.0])
            for name in layers[number]
        }
        order = sorted(layers[number], key=lambda n: (near[n], n))
        for k, name in enumerate(order):
            # Every other column is shifted a little, so that texts do not collide.
            height[name] = k - (len(order) - 1) / 2 + 0.18 * (number % 2)
    return {name: (float(column[name]), height[name]) for name in column}


def cost_frontier(
    table: pd.DataFrame,
    *,
    unit: str,
    cost: str,
    effect: str = "estimate",
    ax: Axes | None = None,
    labels: Labels = None,
) -> Axes:
    """
    Draw what each remedy brings against what it costs.

    Parameters
    ----------
    table : pandas.DataFrame
        One row per remedy; with ``conf_low`` and ``conf_high`` intervals are drawn.
    unit : str
        Column that names the remedies.
    cost : str
        Column of costs, 0 or more.
    effect : str, default "estimate"
        Column of effects, of which more is better.
    ax : matplotlib.axes.Axes, optional
        Where to draw. Default: a new figure.
    labels : {"en", "zh"} or mapping, optional
        As in the other figures.

    Returns
    -------
    matplotlib.axes.Axes
        One point per remedy, and a line through those that no other beats: none has a
        larger effect at the same cost or less.

    Raises
    ------
    ValueError
        If a column is missing or has missing values, or a cost is negative.

    Examples
    --------
    >>> table = pd.DataFrame(
    ...     {"remedy": ["a", "b", "c"], "yuan": [1, 2, 3], "estimate": [0.1, 0.05, 0.2]}
    ... )
    >>> ax = cost_frontier(table, unit="remedy", cost="yuan")
    >>> ax.lines[0].get_xdata().tolist()
    [1.0, 3.0]
    """
    words = Words.of(labels, WORDS)
    table = _validate.frame(table, "table")
    names = _validate.complete(_validate.column(table, unit, "unit", "table"), "table")
    costs = _complete_numbers(table, cost, "cost").astype(float)
    effects = _complete_numbers(table, effect, "effect").astype(float)
    if (costs < 0).any():
        raise ValueError(
            f"table column {cost!r} (cost=) must be >= 0; the smallest is "
            f"{costs.min():g}"
        )
    ax = _axes(ax)
    order = np.lexsort((-effects, costs))
    best, line = -np.inf, []
    for k in order:
        if effects[k] > best:
            best = effects[k]
            line.append(k)
    ax.plot(
        costs[line],
        effects[line],
        color=_QUIET,
        drawstyle="steps-post",
        linewidth=1.5,
        label=words.phrase("frontier"),
    )
    if {"conf_low", "conf_high"} <= set(table.columns):
        low, high = (_complete_numbers(table, c, c) for c in ("conf_low", "conf_high"))
        ax.vlines(costs, low, high, color=_QUIET, linewidth=1.5)
    on = np.isin(np.arange(costs.size), line)
    for chosen, face in ((on, _COLOURS[0]), (~on, "white")):
        ax.scatter(
            costs[chosen], effects[chosen], s=60, color=face, ec=_COLOURS[0], zorder=3
        )
    for name, x, y in zip(names, costs, effects, strict=True):
        ax.annotate(
            words.name(name, unit),
            (x, y),
            xytext=(8, 6),
            textcoords="offset points",
            size="small",
        )
    ax.axhline(0, color=_QUIET, linewidth=0.8)
    ax.margins(x=0.15, y=0.12)
    ax.set(xlabel=words.name(cost), ylabel=words.name(effect))
    ax.legend(loc="best")
    return ax
