"""Who is tied to whom: from a table of ties, or a graph, to checked whole numbers."""

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from govlib import _validate

Ints = NDArray[np.intp]

# Nodes and ties worked on at once, which bounds the memory that a city takes.
_PIECE = 250_000


@dataclass(frozen=True)
class Network:
    """
    One or many networks, coded and checked, as returned by :func:`read`.

    Nodes are numbered from 0 to ``n - 1`` through all networks, sorted by network and
    then by id, whatever the order of the rows; so the nodes of network ``g`` are
    ``offsets[g]`` to ``offsets[g + 1] - 1``. Ties are simple: a tie that is listed
    twice counts once, no node is tied to itself, and an undirected tie is held once,
    with ``source < target``. Nodes without ties are kept.

    Attributes
    ----------
    ids : pandas.Index, length n
        Id of each node as the user wrote it.
    names : pandas.Index, length G
        The networks, sorted; a single 0 when the user named no network column.
    offsets : numpy.ndarray, shape (G + 1,)
        Where the nodes of each network start.
    source, target : numpy.ndarray, shape (m,)
        Node numbers at both ends of each tie, sorted by source and then target, and
        therefore by network.
    tie_offsets : numpy.ndarray, shape (G + 1,)
        Where the ties of each network start.
    directed : bool
        Whether a tie runs one way.
    unit, network : str, str or None
        Names of the id column and of the network column; None when there is none.
    nodes : pandas.DataFrame
        The node table as given, or one made from the ties.
    rows : numpy.ndarray, shape (n,)
        Which row of `nodes` each node is.
    """

    ids: pd.Index
    names: pd.Index
    offsets: Ints
    source: Ints
    target: Ints
    tie_offsets: Ints
    directed: bool
    unit: str
    network: str | None
    nodes: pd.DataFrame
    rows: Ints

    @property
    def sizes(self) -> Ints:
        """Number of nodes of each network, shape (G,)."""
        return np.diff(self.offsets)

    @property
    def tie_counts(self) -> Ints:
        """Number of ties of each network, shape (G,)."""
        return np.diff(self.tie_offsets)

    @cached_property
    def membership(self) -> Ints:
        """Number of the network that each node belongs to, shape (n,)."""
        return np.repeat(np.arange(len(self.names)), self.sizes)

    @cached_property
    def arcs(self) -> sparse.csr_array:
        """Who has a tie to whom, shape (n, n); symmetric if undirected."""
        ones = np.ones(self.source.size, dtype=bool)
        shape = (len(self.ids), len(self.ids))
        arcs = sparse.csr_array((ones, (self.source, self.target)), shape=shape)
        return arcs if self.directed else arcs + arcs.T.tocsr()

    @cached_property
    def neighbours(self) -> sparse.csr_array:
        """Who has a tie with whom in either direction, shape (n, n), symmetric."""
        return self.arcs + self.arcs.T.tocsr() if self.directed else self.arcs

    def pieces(self) -> list[tuple[int, int]]:
        """Return first and last network of pieces that fit into little memory."""
        ends = self.offsets + self.tie_offsets
        cuts = [0]
        while cuts[-1] < len(self.names):
            most = ends[cuts[-1]] + _PIECE
            last = int(np.searchsorted(ends, most, side="right")) - 1
            cuts.append(max(last, cuts[-1] + 1))
        return list(pairwise(cuts))

    def piece(self, first: int, last: int) -> "Network":
        """Return the networks from `first` to before `last`, without node table."""
        start, stop = self.offsets[first], self.offsets[last]
        ties = slice(self.tie_offsets[first], self.tie_offsets[last])
        return replace(
            self,
            ids=self.ids[start:stop],
            names=self.names[first:last],
            offsets=self.offsets[first : last + 1] - start,
            source=self.source[ties] - start,
            target=self.target[ties] - start,
            tie_offsets=self.tie_offsets[first : last + 1] - ties.start,
            nodes=self.nodes[:0],
            rows=self.rows[:0],
        )

    def column(self, name: object, argument: str) -> pd.Series:
        """Return a column of the node table, one value a node, none missing."""
        values = _validate.column(self.nodes, name, argument, "nodes")
        return _validate.complete(values, "nodes").iloc[self.rows]


def read(
    ties: pd.DataFrame | nx.Graph,
    *,
    source: str | None = None,
    target: str | None = None,
    nodes: pd.DataFrame | None = None,
    unit: str | None = None,
    network: str | None = None,
    directed: bool = False,
) -> Network:
    """
    Check ties and nodes and number them.

    Parameters
    ----------
    ties : pandas.DataFrame or networkx.Graph
        One row a tie, or a graph, whose own direction holds and whose node attributes
        become the node table unless `nodes` is given.
    source, target : str
        Columns of `ties` with the ids at both ends; left out for a graph.
    nodes : pandas.DataFrame, optional
        One row a node. Default: the nodes are those that have ties.
    unit : str
        Column of `nodes` with the ids; left out without `nodes`.
    network : str, optional
        Column of `nodes` (or, without `nodes`, of `ties`) that says which network a
        node belongs to. Default: there is one network.
    directed : bool, default False
        Whether a tie runs from source to target only.

    Returns
    -------
    Network
        Never with a tie that the user did not list, and never without a node that
        they did.

    Raises
    ------
    TypeError
        If an argument is of the wrong kind or a column is not named.
    ValueError
        If a column does not exist, an id is missing or repeated, a tie names an
        unknown node, joins a node to itself or joins two networks, or if there is
        no node.
    """
    if isinstance(ties, nx.Graph):
        if source is not None or target is not None:
            raise TypeError(
                "ties is a networkx graph, which knows the ends of its ties; "
                "leave out source= and target="
            )
        if directed and not ties.is_directed():
            raise ValueError(
                "directed=True, but ties is an undirected networkx graph; leave out "
                "directed=, or build the graph as a networkx.DiGraph"
            )
        directed = ties.is_directed()
        ties, nodes, unit = _tables(ties, nodes, unit)
        source, target = "source", "target"
    ties = _validate.frame(ties, "ties")
    ends = [
        _validate.complete(_validate.column(ties, name, argument, "ties"), "ties")
        for name, argument in [(source, "source"), (target, "target")]
    ]
    if nodes is None:
        if unit is not None:
            raise TypeError(
                f"unit={unit!r} names a column of the node table; "
                f"give that table too, as nodes="
            )
        nodes, unit = _nodes_of(ties, ends, network), "node"
    nodes = _validate.frame(nodes, "nodes")
    ids = _validate.column(nodes, unit, "unit", "nodes")
    _validate.unique(_validate.complete(ids, "nodes"), "nodes")
    if ids.empty:
        raise ValueError("there is no node: nodes (or ties, without nodes) has no rows")
    rows, names, sizes = _sorted_rows(nodes, ids, network)
    index = _index(ids.iloc[rows])
    first, second = (_positions(end, index, str(unit)) for end in ends)
    offsets = _starts(sizes)
    _check_ties(ties, first, second, offsets, names)
    if not directed:
        first, second = np.minimum(first, second), np.maximum(first, second)
    first, second = np.divmod(distinct(first * len(index) + second), len(index))
    return Network(
        ids=index,
        names=names,
        offsets=offsets,
        source=first,
        target=second,
        tie_offsets=np.searchsorted(first, offsets),
        directed=directed,
        unit=str(unit),
        network=network,
        nodes=nodes,
        rows=rows,
    )


def distinct(values: Ints) -> Ints:
    """Return the values sorted, each once."""
    # numpy.unique takes several times longer on millions of whole numbers.
    values = np.sort(values)
    return values[np.diff(values, prepend=-1) > 0]


def _tables(
    graph: nx.Graph, nodes: pd.DataFrame | None, unit: str | None
) -> tuple[pd.DataFrame, pd.DataFrame, str | None]:
    """Return the ties and the nodes of a graph as tables, and the id column."""
    ends = list(graph.edges())
    ties = pd.DataFrame(
        {
            "source": _index([a for a, _ in ends]),
            "target": _index([b for _, b in ends]),
        }
    )
    if nodes is not None:
        return ties, nodes, unit
    unit = "node" if unit is None else unit
    attributes = pd.DataFrame([data for _, data in graph.nodes(data=True)])
    if unit in attributes.columns:
        raise ValueError(
            f"the graph's nodes have an attribute {unit!r}, which is also to be the "
            f"name of the id column; give another name as unit="
        )
    attributes.insert(0, unit, _index(list(graph.nodes())))
    return ties, attributes, unit


def _nodes_of(
    ties: pd.DataFrame, ends: list[pd.Series], network: str | None
) -> pd.DataFrame:
    """Return a table of the nodes that have ties, with their network."""
    kinds = [_kind(end) for end in ends]
    if len(ties) and kinds[0] != kinds[1]:
        raise ValueError(
            f"ties column {ends[0].name!r} holds {kinds[0]} but {ends[1].name!r} holds "
            f"{kinds[1]}; convert one of them, for example with .astype(str)"
        )
    if network == "node":
        raise ValueError("network='node' is taken for the ids; rename that column")
    columns: dict[str, Any] = {"node": pd.concat(ends, ignore_index=True)}
    if network is not None:
        names = _validate.column(ties, network, "network", "ties")
        columns[network] = pd.concat([names, names], ignore_index=True)
    nodes = pd.DataFrame(columns).drop_duplicates(ignore_index=True)
    several = nodes["node"][nodes["node"].duplicated()].unique()
    if len(several):
        raise ValueError(
            f"{len(several)} id(s) have ties in more than one network: "
            f"{_validate.listing(several)}; give every node an id of its own, "
            f"for example the network's name and the id joined"
        )
    return nodes


def _sorted_rows(
    nodes: pd.DataFrame, ids: pd.Series, network: str | None
) -> tuple[Ints, pd.Index, Ints]:
    """Return the order of nodes by network and id, the networks, and their sizes."""
    index = _index(ids)
    if index.is_monotonic_increasing:
        rows = np.arange(len(index))
    else:
        try:
            rows = np.asarray(index.argsort())
        except TypeError:
            # Ids of several kinds, as a graph may have, cannot be compared.
            keys = [f"{type(i).__name__} {i!r}" for i in index]
            rows = np.argsort(keys, kind="stable")
    if network is None:
        return rows, pd.Index([0]), np.array([len(index)])
    names = _validate.column(nodes, network, "network", "nodes")
    groups = pd.Categorical(_validate.complete(names, "nodes"))
    groups = groups.remove_unused_categories()
    codes = np.asarray(groups.codes, dtype=np.intp)[rows]
    rows = rows[np.argsort(codes, kind="stable")]
    return rows, groups.categories, np.bincount(codes)


def _positions(end: pd.Series, index: pd.Index, unit: str) -> Ints:
    """Return the number of the node that each tie names."""
    positions = index.get_indexer(_index(end))
    unknown = positions < 0
    if not unknown.any():
        return positions
    kinds = _kind(end), _kind(index)
    if kinds[0] != kinds[1]:
        raise ValueError(
            f"ids do not match: {kinds[0]} in ties column {end.name!r}, {kinds[1]} in "
            f"nodes column {unit!r}; convert one of them, for example with .astype(str)"
        )
    ids = end[unknown].unique()
    raise ValueError(
        f"ties column {end.name!r} names {len(ids)} id(s) in {int(unknown.sum())} "
        f"row(s) that nodes column {unit!r} does not list: {_validate.listing(ids)}"
        f"{_validate.nearest(ids[0], index)}; add them to nodes or drop these ties"
    )


def _check_ties(
    ties: pd.DataFrame, first: Ints, second: Ints, offsets: Ints, names: pd.Index
) -> None:
    """Refuse ties of a node with itself and ties between two networks."""
    loops = first == second
    if loops.any():
        raise ValueError(
            f"ties has {int(loops.sum())} row(s) that tie someone to themselves: "
            f"row(s) {_validate.listing(ties.index[loops])}; drop these rows"
        )
    home, away = (
        np.searchsorted(offsets, e, side="right") - 1 for e in (first, second)
    )
    across = home != away
    if across.any():
        row = int(np.flatnonzero(across)[0])
        raise ValueError(
            f"ties has {int(across.sum())} row(s) between two networks: row(s) "
            f"{_validate.listing(ties.index[across])}, the first between "
            f"{_validate.listing([names[home[row]]])} and "
            f"{_validate.listing([names[away[row]]])}; drop these "
            f"rows, or leave out network= to treat all as one network"
        )


def _index(values: Any) -> pd.Index:
    """Return ids as an index; tuples stay ids and categories become what they name."""
    if isinstance(getattr(values, "dtype", None), pd.CategoricalDtype):
        values = values.astype(values.cat.categories.dtype)
    return pd.Index(values, tupleize_cols=False)


def _kind(values: Any) -> str:
    """Say in plain words what kind of ids these are."""
    kind = pd.api.types.infer_dtype(_index(values), skipna=True)
    plain = {"string": "text", "integer": "whole numbers", "floating": "numbers"}
    return plain.get(kind, kind)


def _starts(sizes: Ints) -> Ints:
    """Return where each of several consecutive blocks starts, and where all end."""
    return np.concatenate(([0], np.cumsum(sizes)))
