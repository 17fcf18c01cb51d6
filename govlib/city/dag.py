"""What causes what in S city: the model's equations as a graph."""

from collections.abc import Collection
from dataclasses import dataclass

import networkx as nx
import pandas as pd

from govlib import _validate
from govlib.city.causes import NODES


@dataclass(frozen=True, slots=True)
class CausalGraph:
    """
    The directed graph of S city, as returned by :func:`dag`.

    Attributes
    ----------
    nodes : pandas.DataFrame
        One row per variable: ``variable``, ``level``, ``title_en``, ``title_zh``,
        ``equation`` and ``observed``.
    edges : pandas.DataFrame
        One row per direct effect: ``source``, ``target``, ``sign`` (``"+"``, ``"-"``
        or ``"~"``, where it has no single sign).
    graph : networkx.DiGraph
        The same as a graph, with the columns as attributes.
    """

    nodes: pd.DataFrame
    edges: pd.DataFrame
    graph: nx.DiGraph

    def __str__(self) -> str:
        return (
            f"Causal graph of S city: {len(self.nodes)} variables, "
            f"{len(self.edges)} direct effects"
        )


def dag() -> CausalGraph:
    """
    Return what causes what in S city.

    Returns
    -------
    CausalGraph
        Variables with their equations, direct effects with their signs, and the graph.

    See Also
    --------
    closes_back_doors : Whether adjusting for some variables is enough.

    Notes
    -----
    All within a quarter but for ``belonging_later``: what happens in one quarter moves
    belonging in the next, so that the graph has no cycle. Two variables share a common
    cause only if the graph shows one.

    Examples
    --------
    >>> city = dag()
    >>> sorted(city.graph.predecessors("load"))
    ['mandates', 'staff']
    """
    nodes = pd.DataFrame(
        [
            {
                "variable": node.variable,
                "level": node.level,
                "title_en": node.title_en,
                "title_zh": node.title_zh,
                "equation": node.equation,
                "observed": node.observed,
            }
            for node in NODES
        ]
    )
    edges = pd.DataFrame(
        [
            {"source": cause[1:], "target": node.variable, "sign": cause[0]}
            for node in NODES
            for cause in node.causes.split()
        ]
    )
    graph = nx.DiGraph()
    for row in nodes.to_dict("records"):
        graph.add_node(row.pop("variable"), **row)
    for row in edges.to_dict("records"):
        graph.add_edge(row["source"], row["target"], sign=row["sign"])
    return CausalGraph(nodes, edges, graph)


def closes_back_doors(
    graph: nx.DiGraph, exposure: str, outcome: str, given: Collection[str]
) -> bool:
    """
    Tell whether adjusting for some variables leaves the total effect alone.

    Parameters
    ----------
    graph : networkx.DiGraph
        A directed graph without cycles, such as ``dag().graph``.
    exposure, outcome : str
        The effect of the first on the second is wanted.
    given : collection of str
        Variables that are held fixed.

    Returns
    -------
    bool
        True if `given` meets the back-door criterion [1]_: none of them follows from
        the exposure, and they block every path that enters it.

    Raises
    ------
    ValueError
        If a variable is not in the graph, or exposure or outcome is among `given`.

    References
    ----------
    .. [1] Pearl, J. (2009). Causality, 2nd ed. Cambridge University Press, ch. 3.

    Examples
    --------
    Halls go where need is high, and need keeps residents from taking part:

    >>> graph = dag().graph
    >>> closes_back_doors(graph, "hall", "participation", [])
    False
    >>> closes_back_doors(graph, "hall", "participation", ["need"])
    True

    What follows from the exposure must be left alone:

    >>> closes_back_doors(graph, "activity", "participation", ["ties"])
    False
    """
    if isinstance(given, str):
        raise TypeError(f"given= takes several variables, such as [{given!r}]")
    held = set(given)
    for name in (exposure, outcome, *sorted(held)):
        _validate.choice(name, list(graph), "variable")
    if held & {exposure, outcome}:
        raise ValueError("given= must name neither the exposure nor the outcome")
    if held & nx.descendants(graph, exposure):
        return False
    entering = graph.copy()
    entering.remove_edges_from(list(graph.out_edges(exposure)))
    return bool(nx.is_d_separator(entering, {exposure}, {outcome}, held))
