"""Who stands between others in a network of organisations."""

import networkx as nx
import numpy as np
import pandas as pd

from govlib import _columns, _network, _validate


def brokerage(
    ties: pd.DataFrame | nx.Graph,
    *,
    source: str | None = None,
    target: str | None = None,
    nodes: pd.DataFrame,
    unit: str,
    group: str,
    network: str | None = None,
    directed: bool = False,
) -> pd.DataFrame:
    r"""
    Count how often each organisation links two others that are not linked themselves.

    Parameters
    ----------
    ties : pandas.DataFrame or networkx.Graph
        One row per tie, or a graph, whose own direction holds.
    source, target : str
        Columns of `ties` with the two ends. Leave out for a networkx graph.
    nodes : pandas.DataFrame
        One row per organisation.
    unit : str
        Column of `nodes` with the ids that `ties` uses.
    group : str
        Column of `nodes` with the kind of organisation, such as Party, government,
        market and society.
    network : str, optional
        Column of `nodes` that says which network an organisation belongs to. Default:
        all are one network.
    directed : bool, default False
        Whether something flows from `source` to `target`.

    Returns
    -------
    pandas.DataFrame
        One row per organisation, in order of id: the network (if given), the id, the
        group, and the number of pairs it links as ``coordinator`` (all three of one
        group), ``itinerant`` (the two of one group, the broker of another),
        ``gatekeeper`` (lets what comes from another group into its own),
        ``representative`` (takes what comes from its own group to another),
        ``liaison`` (three groups), and ``total``. Without direction a gatekeeper is a
        representative: both are ``gatekeeper``, and there is no column
        ``representative``.

    Raises
    ------
    ValueError
        If there is one group only, if a group is missing, or if ties and nodes do not
        fit together.

    See Also
    --------
    betweenness : Paths of any length, without groups.

    Notes
    -----
    j brokers i and k if i has a tie to j, j has one to k, and i has none to k [1]_.
    Without direction each pair counts once; ``brokerage`` of R's sna counts it from
    either end, and so gives twice these numbers (and gatekeepers and representatives
    once each). Counts grow with degree and with the sizes of groups: shuffle `group`
    with :func:`govlib.resample.permutation_test` to see what chance gives.

    References
    ----------
    .. [1] Gould, R. V. and Fernandez, R. M. (1989). Structures of mediation: a formal
       approach to brokerage in transaction networks. Sociological Methodology 19,
       89-126.

    Examples
    --------
    The Party branch links two firms with each other and each with the committee:

    >>> from govlib import coordination
    >>> ties = pd.DataFrame(
    ...     {"one": ["branch"] * 3, "other": ["firm 1", "firm 2", "rc"]}
    ... )
    >>> nodes = pd.DataFrame(
    ...     {
    ...         "id": ["branch", "firm 1", "firm 2", "rc"],
    ...         "kind": ["Party", "market", "market", "society"],
    ...     }
    ... )
    >>> table = coordination.brokerage(
    ...     ties, source="one", target="other", nodes=nodes, unit="id", group="kind"
    ... )
    >>> table[["id", "itinerant", "liaison", "total"]].head(2)
           id  itinerant  liaison  total
    0  branch          1        2      3
    1  firm 1          0        0      0
    """
    net = _network.read(
        ties,
        source=source,
        target=target,
        nodes=nodes,
        unit=unit,
        network=network,
        directed=directed,
    )
    kinds = _validate.groups(net.column(group, "group"), "nodes")
    codes = np.asarray(kinds.codes)
    arcs = net.arcs.tocsr()
    back = arcs.T.tocsr()
    roles = ["coordinator", "itinerant", "gatekeeper", "representative", "liaison"]
    counts = np.zeros((len(net.ids), len(roles)), dtype=int)
    for j in range(len(net.ids)):
        into = back.indices[back.indptr[j] : back.indptr[j + 1]]
        out = arcs.indices[arcs.indptr[j] : arcs.indptr[j + 1]]
        open_pair = ~arcs[into][:, out].toarray().astype(bool)
        open_pair &= into[:, None] != out
        a, b, c = codes[into][:, None], codes[j], codes[out]
        for r, role in enumerate(
            [
                (a == b) & (b == c),
                (a == c) & (a != b),
                (a != b) & (b == c),
                (a == b) & (b != c),
                (a != b) & (b != c) & (a != c),
            ]
        ):
            counts[j, r] = (role & open_pair).sum()
    _columns.apart([group], [*roles, "total", net.unit])
    table = pd.DataFrame(counts, columns=roles)
    if not net.directed:
        # Every pair was met from both ends: as gatekeeper once, as representative once.
        table = table.drop(columns="representative")
        table[["coordinator", "itinerant", "liaison"]] //= 2
    table["total"] = table.sum(axis=1)
    table.insert(0, group, np.asarray(kinds))
    return _by_node(net, table)


def betweenness(
    ties: pd.DataFrame | nx.Graph,
    *,
    source: str | None = None,
    target: str | None = None,
    nodes: pd.DataFrame | None = None,
    unit: str | None = None,
    network: str | None = None,
    directed: bool = False,
) -> pd.DataFrame:
    """
    Compute the share of shortest paths between others that run through each node.

    Degree is not brokerage: a node may have many ties among nodes that are tied anyway.
    Nor does a broker's success show: when those it brought together make ties of their
    own, its betweenness falls.

    Parameters
    ----------
    ties : pandas.DataFrame or networkx.Graph
        One row per tie, or a graph, whose own direction holds.
    source, target : str
        Columns of `ties` with the two ends. Leave out for a networkx graph.
    nodes : pandas.DataFrame, optional
        One row per organisation. Default: those that have ties.
    unit : str
        Column of `nodes` with the ids that `ties` uses.
    network : str, optional
        Column that says which network a node belongs to. Default: one network.
    directed : bool, default False
        Whether `source` chose `target`.

    Returns
    -------
    pandas.DataFrame
        One row per node, in order of network and id: the network (if given), the id,
        ``degree`` (ties, both directions) and ``betweenness``, from 0 to 1, NaN in
        networks of fewer than three nodes.

    Raises
    ------
    ValueError
        If ties and nodes do not fit together.

    See Also
    --------
    brokerage : Links between groups, by role.

    Notes
    -----
    Freeman's betweenness [1]_ by networkx, divided by the number of pairs of others.
    Its time grows with nodes times ties: seconds for a thousand organisations.

    References
    ----------
    .. [1] Freeman, L. C. (1977). A set of measures of centrality based on betweenness.
       Sociometry 40(1), 35-41.

    Examples
    --------
    All paths between four firms run through the branch; when two firms make an
    agreement, five of six pairs still depend on it.

    >>> from govlib import coordination
    >>> ties = pd.DataFrame({"one": ["branch"] * 4, "other": list("abcd")})
    >>> coordination.betweenness(ties, source="one", target="other").loc[2]
    node           branch
    degree              4
    betweenness       1.0
    Name: 2, dtype: object
    >>> ties.loc[4] = ["a", "b"]
    >>> coordination.betweenness(ties, source="one", target="other").loc[2]
    node           branch
    degree              4
    betweenness    0.8333
    Name: 2, dtype: object
    """
    net = _network.read(
        ties,
        source=source,
        target=target,
        nodes=nodes,
        unit=unit,
        network=network,
        directed=directed,
    )
    shares = []
    for g in range(len(net.names)):
        one = net.piece(g, g + 1)
        n = len(one.ids)
        graph = nx.DiGraph() if net.directed else nx.Graph()
        graph.add_nodes_from(range(n))
        graph.add_edges_from(zip(one.source.tolist(), one.target.tolist(), strict=True))
        found = nx.betweenness_centrality(graph)
        shares += [found[i] if n > 2 else np.nan for i in range(n)]
    ends = np.concatenate([net.source, net.target])
    degree = np.bincount(ends, minlength=len(net.ids))
    return _by_node(net, pd.DataFrame({"degree": degree, "betweenness": shares}))


def _by_node(net: _network.Network, table: pd.DataFrame) -> pd.DataFrame:
    """Put ids, and networks if any were named, before a table of nodes."""
    names = [net.unit] if net.network is None else [net.unit, net.network]
    _columns.apart(names, list(table.columns))
    table.insert(0, net.unit, net.ids)
    if net.network is not None:
        table.insert(0, net.network, net.names[net.membership])
    return table
