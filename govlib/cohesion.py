"""How closely people are knit together, and who with whom: measures of networks."""

from collections.abc import Callable, Iterator
from itertools import pairwise, permutations
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from numpy.typing import NDArray
from scipy import stats
from tqdm import tqdm

from govlib import (
    _distances,
    _mixing,
    _network,
    _reach,
    _structure,
    _validate,
    resample,
)

Ints = NDArray[np.intp]

# The whole network


def summary(
    ties: pd.DataFrame | nx.Graph,
    *,
    source: str | None = None,
    target: str | None = None,
    nodes: pd.DataFrame | None = None,
    unit: str | None = None,
    network: str | None = None,
    group: str | None = None,
    directed: bool = False,
    n_jobs: int = 1,
) -> pd.DataFrame:
    r"""
    Describe how closely each network is knit, one row per network.

    No single number is cohesion. Density falls as a network grows even if everybody
    keeps as many friends, so compare `mean_degree` as well; and a few residents who
    know everybody make distances short without making a neighbourhood.

    Parameters
    ----------
    ties : pandas.DataFrame or networkx.Graph
        One row per tie, or a graph, whose own direction holds. A tie that is listed
        twice counts once, and so does an undirected tie listed from both ends.
    source, target : str
        Columns of `ties` with the two ends. Leave out for a networkx graph.
    nodes : pandas.DataFrame, optional
        One row per resident. Default: the residents are those who have ties. Give it,
        or those without any tie are forgotten and the place looks closer than it is.
    unit : str
        Column of `nodes` with the ids that `ties` uses.
    network : str, optional
        Column of `nodes` (of `ties`, if there is no `nodes`) that says which network a
        resident belongs to, such as the estate. Default: all are one network.
    group : str, optional
        Column of `nodes` with groups, 2 to 50 of them, for `e_i_index`.
    directed : bool, default False
        Whether `source` chose `target`. Default: a tie belongs to both.
    n_jobs : int, default 1
        Workers for the distances, as in joblib: -1 is all cores. The numbers do not
        depend on it.

    Returns
    -------
    pandas.DataFrame
        One row per network, in the order of their names:

        - the name, in a column called as `network` says (if given);
        - ``size``, ``ties``: residents and ties;
        - ``density``: share of pairs that are tied, 0 to 1 (ordered pairs if directed);
        - ``mean_degree``: ties per resident; if directed, the ties that one sends;
        - ``isolates``: residents without any tie;
        - ``components``, ``largest_component_share``: parts within which a chain of
          ties joins all, whatever the direction, and the share of residents in the
          largest one;
        - ``strong_components`` (directed only): parts within which all reach all;
        - ``edgewise_reciprocity``, ``dyadic_reciprocity``, ``nonnull_reciprocity``
          (directed only), see Notes;
        - ``transitivity``: share of two-step paths that are closed;
        - ``mean_clustering``: mean share of a resident's neighbours who know each
          other, over the residents with at least two neighbours;
        - ``max_core_number``: largest k such that some residents all have k ties or
          more among themselves;
        - ``mean_distance``: mean number of steps over the ordered pairs of which the
          first reaches the second, and ``reachable_share``, the share of such pairs;
        - ``diameter``: largest number of steps; 0 if nobody reaches anybody;
        - ``global_efficiency``: mean of 1 / distance over all ordered pairs, 0 for
          those that do not reach each other. Also called compactness;
        - ``bridges``, ``cutpoints``: ties, and residents, without whom a component
          would fall apart;
        - ``e_i_index`` (with `group`): ties between groups less ties inside them, over
          all ties, from -1 to 1.

        Distances and ``strong_components`` follow the direction of ties;
        ``mean_clustering``, ``max_core_number``, ``bridges`` and ``cutpoints`` take
        residents as tied if either chose the other. NaN where a share has nothing to
        be a share of: pairs of a single resident, ties of a network without ties,
        E-I of a network with one group only.

    Raises
    ------
    TypeError
        If `ties` or `nodes` is of the wrong kind, or a column is not named.
    ValueError
        If a column does not exist, an id or group is missing, an id is repeated in
        `nodes`, a tie names someone who is not in `nodes`, joins someone to themselves
        or joins two networks, if there are no residents, or if the network column is
        called like a column of the result.

    See Also
    --------
    positions : The same for each resident.
    krackhardt : How close a directed network is to a tree of command.
    mixing : The E-I index with what chance alone would give.

    Notes
    -----
    With :math:`M` pairs that chose each other, :math:`A` of which one chose the other
    and :math:`N` of which neither did, reciprocity is a different number in each of
    three definitions: edgewise :math:`2M / (2M + A)`, the share of ties that are
    returned; dyadic :math:`(M + N) / (M + A + N)`, the share of pairs that agree; and
    non-null dyadic :math:`M / (M + A)` [1]_.

    Transitivity counts paths :math:`i \to j \to k` between different residents and
    the share of them that have :math:`i \to k` ("weak" in [1]_); for undirected ties
    that is three times the triangles over the connected triples.

    Whoever has fewer than two neighbours has no clustering. Some programs count it as
    zero there; the two differ where many residents have few ties.

    Distances are exact: a search from every resident, 64 of them at once in the bits
    of a word [2]_. The time grows with ties times residents of each network, so that
    it is linear in the number of networks but not in the size of one. Efficiency is
    that of [3]_; bridges and cutpoints are found as in [4]_.

    References
    ----------
    .. [1] Butts, C. T. (2008). Social network analysis with sna. Journal of
       Statistical Software 24(6).
    .. [2] Then, M. and others (2014). The more the merrier: efficient multi-source
       graph traversal. Proceedings of the VLDB Endowment 8(4), 449-460.
    .. [3] Latora, V. and Marchiori, M. (2001). Efficient behavior of small-world
       networks. Physical Review Letters 87(19), 198701.
    .. [4] Tarjan, R. E. and Vishkin, U. (1985). An efficient parallel biconnectivity
       algorithm. SIAM Journal on Computing 14(4), 862-874.

    Examples
    --------
    A triangle with one resident attached, and one resident nobody knows. Of the ten
    pairs four are tied and two are two steps apart; of five paths of two steps, three
    are closed.

    >>> residents = pd.DataFrame({"resident": list("abcde")})
    >>> visits = pd.DataFrame({"one": list("aabc"), "other": list("bccd")})
    >>> table = summary(
    ...     visits, source="one", target="other", nodes=residents, unit="resident"
    ... )
    >>> table[["size", "ties", "density", "isolates", "transitivity"]]
       size  ties  density  isolates  transitivity
    0     5     4      0.4         1           0.6
    >>> table[["mean_distance", "reachable_share", "global_efficiency"]]
       mean_distance  reachable_share  global_efficiency
    0         1.3333              0.6                0.5
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
    # First of all, so that a mistake in the groups is told at once.
    e_i_index = {} if group is None else {"e_i_index": _e_i_index(net, group)}
    table = _piecewise(_summary, net, n_jobs)
    return table.join(pd.DataFrame(e_i_index, index=table.index))


def positions(
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
    Describe where each resident stands in the network, one row per resident.

    Parameters
    ----------
    ties : pandas.DataFrame or networkx.Graph
        One row per tie, or a graph, whose own direction holds. A tie that is listed
        twice counts once.
    source, target : str
        Columns of `ties` with the two ends. Leave out for a networkx graph.
    nodes : pandas.DataFrame, optional
        One row per resident. Default: the residents are those who have ties.
    unit : str
        Column of `nodes` with the ids that `ties` uses.
    network : str, optional
        Column of `nodes` (of `ties`, if there is no `nodes`) that says which network a
        resident belongs to. Default: all are one network.
    directed : bool, default False
        Whether `source` chose `target`. Default: a tie belongs to both.

    Returns
    -------
    pandas.DataFrame
        One row per resident, sorted by network and id:

        - the network and the id, in columns called as `network` (if given) and `unit`
          say, or ``node`` without `nodes`;
        - ``in_degree``, ``out_degree`` (directed only): by how many one was chosen,
          and how many one chose;
        - ``degree``: residents tied to this one, in either direction;
        - ``component``: 1 for the largest part of the network, 2 for the next;
        - ``core_number``: largest k for which one belongs to a set of residents who
          all have k ties or more among themselves;
        - ``triangles``: pairs of neighbours who are tied to each other;
        - ``clustering``: the share of such pairs, NaN with fewer than two neighbours;
        - ``cutpoint``: whether those around would lose each other without this one.

        All but the first two take residents as tied if either chose the other.

    Raises
    ------
    TypeError, ValueError
        For everything that :func:`summary` refuses.

    See Also
    --------
    summary : One row per network.
    bridges : Ties that hold a network together.

    Notes
    -----
    Core numbers are those of [1]_, clustering that of [2]_.

    References
    ----------
    .. [1] Seidman, S. B. (1983). Network structure and minimum degree. Social
       Networks 5(3), 269-287.
    .. [2] Watts, D. J. and Strogatz, S. H. (1998). Collective dynamics of
       'small-world' networks. Nature 393, 440-442.

    Examples
    --------
    A triangle a, b, c, with d attached to c:

    >>> visits = pd.DataFrame({"one": list("aabc"), "other": list("bccd")})
    >>> table = positions(visits, source="one", target="other")
    >>> table[["node", "degree", "core_number", "clustering", "cutpoint"]]
      node  degree  core_number  clustering  cutpoint
    0    a       2            2      1.0000     False
    1    b       2            2      1.0000     False
    2    c       3            2      0.3333      True
    3    d       1            1         NaN     False
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
    return _piecewise(_positions, net)


def bridges(
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
    List the ties that alone hold two parts of a network together.

    Parameters
    ----------
    ties : pandas.DataFrame or networkx.Graph
        One row per tie, or a graph, whose own direction holds. A tie that is listed
        twice counts once.
    source, target : str
        Columns of `ties` with the two ends. Leave out for a networkx graph.
    nodes : pandas.DataFrame, optional
        One row per resident. Default: the residents are those who have ties.
    unit : str
        Column of `nodes` with the ids that `ties` uses.
    network : str, optional
        Column of `nodes` (of `ties`, if there is no `nodes`) that says which network a
        resident belongs to. Default: all are one network.
    directed : bool, default False
        Whether `source` chose `target`. Two who chose each other are one bridge.

    Returns
    -------
    pandas.DataFrame
        One row per bridge: the network (in a column called as `network` says, if
        given), ``source`` and ``target``, the ids of the two ends in sorted order, and
        ``cut_off``, how many residents are in the smaller of the two parts into which
        the component would fall. Sorted by network, source and target.

    Raises
    ------
    TypeError, ValueError
        For everything that :func:`summary` refuses.

    See Also
    --------
    positions : Among others, the residents who hold a network together.

    Notes
    -----
    A bridge is a tie on no cycle, the direction of ties left aside. This is not the
    *local* bridge of [1]_, which lies on no cycle of length three.

    References
    ----------
    .. [1] Granovetter, M. S. (1973). The strength of weak ties. American Journal of
       Sociology 78(6), 1360-1380.

    Examples
    --------
    Two triangles joined by the tie between c and d:

    >>> visits = pd.DataFrame({"one": list("aabcdde"), "other": list("bccdeff")})
    >>> bridges(visits, source="one", target="other")
      source target  cut_off
    0      c      d        3
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
    return _piecewise(_bridges, net)


def krackhardt(
    ties: pd.DataFrame | nx.Graph,
    *,
    source: str | None = None,
    target: str | None = None,
    nodes: pd.DataFrame | None = None,
    unit: str | None = None,
    network: str | None = None,
    directed: bool = False,
) -> pd.DataFrame:
    r"""
    Measure how close each network is to a tree of command, in four numbers.

    A chart in which everybody has one superior and one person stands above all scores
    1 on each. How an organisation really works shows in where it falls short.

    Parameters
    ----------
    ties : pandas.DataFrame or networkx.Graph
        One row per tie from superior to subordinate, or a graph, whose own direction
        holds. A tie that is listed twice counts once.
    source, target : str
        Columns of `ties` with the two ends. Leave out for a networkx graph.
    nodes : pandas.DataFrame, optional
        One row per member. Default: the members are those who have ties.
    unit : str
        Column of `nodes` with the ids that `ties` uses.
    network : str, optional
        Column of `nodes` (of `ties`, if there is no `nodes`) that says which network a
        member belongs to. Default: all are one network.
    directed : bool, default False
        Whether a tie runs from `source` to `target`. Without direction, hierarchy is 0
        and least upper boundedness 1 wherever they are defined.

    Returns
    -------
    pandas.DataFrame
        One row per network: the name (in a column called as `network` says, if given),
        and four numbers from 0 to 1:

        - ``connectedness``: share of pairs that a chain of ties joins, whatever the
          direction;
        - ``hierarchy``: share, among pairs of which one reaches the other, of those
          where the other does not reach back;
        - ``efficiency``: 1 if no tie is more than needed to hold the components
          together, 0 if all possible ties are there. It has nothing to do with
          ``global_efficiency`` of :func:`summary`;
        - ``least_upper_boundedness``: share of pairs that have a nearest common
          superior, as far as components allow.

        NaN where a share has nothing to be a share of: pairs of a single member, no
        pair of which one reaches the other, no component that could hold a tie more
        than it needs, no component of three or more.

    Raises
    ------
    TypeError, ValueError
        For everything that :func:`summary` refuses.

    See Also
    --------
    summary : How closely a network is knit.

    Notes
    -----
    As in [1]_, with weak components of :math:`n_c` members and :math:`e_c` ties, sums
    running over components:

    .. math::

        \text{efficiency} = 1 - \frac{\sum_c (e_c - (n_c - 1))}
        {\sum_c (m_c - (n_c - 1))},

    :math:`m_c = n_c (n_c - 1)`, or half of it without direction: a tie then counts
    once. A program that takes an undirected tie for two arcs gives another number.

    An upper bound of two members is whoever reaches both (a member reaches itself);
    a *least* upper bound is an upper bound that all upper bounds reach. With :math:`V`
    pairs, inside components of three or more, that have none,

    .. math::

        \text{least upper boundedness} = 1 - \frac{V}
        {\sum_{c: n_c > 2} (n_c - 1)(n_c - 2) / 2}.

    The package sna for R (2.7) documents this but asks for an upper bound that reaches
    all others, which gives smaller numbers. The time for this one grows with the cube
    of the size of a directed network.

    References
    ----------
    .. [1] Krackhardt, D. (1994). Graph theoretical dimensions of informal
       organizations. In K. M. Carley and M. J. Prietula (eds), Computational
       Organization Theory, 89-111. Lawrence Erlbaum.

    Examples
    --------
    Two chiefs above c, who stands above d. Everyone is joined, nobody reaches back,
    three ties are what four need, but the two chiefs have nobody above them both: one
    pair out of (4 - 1) (4 - 2) / 2.

    >>> orders = pd.DataFrame({"from": list("abc"), "to": list("ccd")})
    >>> table = krackhardt(orders, source="from", target="to", directed=True)
    >>> table[["connectedness", "hierarchy", "efficiency"]]
       connectedness  hierarchy  efficiency
    0            1.0        1.0         1.0
    >>> table["least_upper_boundedness"]
    0    0.6667
    Name: least_upper_boundedness, dtype: float64
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
    return _piecewise(_krackhardt, net)


def _piecewise(
    measure: Callable[[_network.Network, int], pd.DataFrame],
    net: _network.Network,
    n_jobs: int = 1,
) -> pd.DataFrame:
    """Measure some networks at a time, or one large one with all workers."""
    pieces = net.pieces()
    if len(pieces) == 1:
        return measure(net, n_jobs)
    # The bar waits: work that is over soon shows none. Threads do, because numpy lets
    # go of the interpreter while it works.
    tables = Parallel(n_jobs, prefer="threads")(
        delayed(measure)(net.piece(first, last), 1)
        for first, last in tqdm(pieces, delay=10)
    )
    return pd.concat(tables, ignore_index=True)


def _summary(net: _network.Network, n_jobs: int) -> pd.DataFrame:
    """Return the rows of :func:`summary` but for the E-I index."""
    sizes, home, neighbours = net.sizes, net.membership, net.neighbours
    pairs = sizes * (sizes - 1)
    component = _structure.components(neighbours)
    members, roots = _parts(component)
    largest = np.maximum.reduceat(members[component], net.offsets[:-1])
    degree = np.diff(neighbours.indptr)
    triangles, closed = _triangles(net)
    clustering = _ratio(triangles, degree * (degree - 1) / 2)
    defined = ~np.isnan(clustering)
    blocks = _structure.blocks(neighbours, component)
    distances = _distances.distances(net.arcs, net.offsets, component, n_jobs=n_jobs)
    table: dict[str, Any] = {
        "size": sizes,
        "ties": net.tie_counts,
        "density": _ratio(net.tie_counts, pairs if net.directed else pairs / 2),
        "mean_degree": net.tie_counts * (1 if net.directed else 2) / sizes,
        "isolates": _sums(net, degree == 0),
        "components": np.bincount(home[roots]),
        "largest_component_share": largest / sizes,
    }
    paths = degree * (degree - 1) / 2
    if net.directed:
        strong = _structure.components(net.arcs, strong=True)
        table["strong_components"] = np.bincount(home[_parts(strong)[1]])
        chosen, choosing = _degrees(net)
        each = chosen + choosing - degree
        paths = chosen * choosing - each
        mutual = _sums(net, each) / 2
        one_way = net.tie_counts - 2 * mutual
        table["edgewise_reciprocity"] = _ratio(2 * mutual, net.tie_counts)
        table["dyadic_reciprocity"] = _ratio(pairs / 2 - one_way, pairs / 2)
        table["nonnull_reciprocity"] = _ratio(mutual, mutual + one_way)
    table |= {
        "transitivity": _ratio(closed, _sums(net, paths)),
        "mean_clustering": _ratio(
            _sums(net, np.where(defined, clustering, 0)), _sums(net, defined)
        ),
        "max_core_number": np.maximum.reduceat(
            _structure.core_numbers(neighbours), net.offsets[:-1]
        ),
        "mean_distance": distances.mean,
        "reachable_share": _ratio(distances.reachable, pairs),
        "diameter": distances.longest,
        "global_efficiency": _ratio(distances.inverse, pairs),
        "bridges": np.bincount(home[blocks.bridges[:, 0]], minlength=sizes.size),
        "cutpoints": _sums(net, blocks.cutpoint),
    }
    return _named(net, table, np.arange(sizes.size))


def _positions(net: _network.Network, _: int) -> pd.DataFrame:
    """Return the rows of :func:`positions`."""
    neighbours = net.neighbours
    component = _structure.components(neighbours)
    degree = np.diff(neighbours.indptr)
    triangles = _triangles(net)[0]
    table: dict[str, Any] = {}
    if net.directed:
        table["in_degree"], table["out_degree"] = _degrees(net)
    table |= {
        "degree": degree,
        "component": _by_size(net, component),
        "core_number": _structure.core_numbers(neighbours),
        "triangles": triangles,
        "clustering": _ratio(triangles, degree * (degree - 1) / 2),
        "cutpoint": _structure.blocks(neighbours, component).cutpoint,
    }
    if net.unit in table:
        raise ValueError(
            f"the ids are in a column called {net.unit!r}, which is also the name of "
            f"a column of the result; rename it"
        )
    return _named(net, {net.unit: net.ids} | table, net.membership)


def _bridges(net: _network.Network, _: int) -> pd.DataFrame:
    """Return the rows of :func:`bridges`."""
    component = _structure.components(net.neighbours)
    found = _structure.blocks(net.neighbours, component)
    order = np.lexsort(found.bridges.T[::-1])
    first, second = found.bridges[order].T
    table = {
        "source": net.ids[first],
        "target": net.ids[second],
        "cut_off": found.cut_off[order],
    }
    return _named(net, table, net.membership[first])


def _krackhardt(net: _network.Network, _: int) -> pd.DataFrame:
    """Return the rows of :func:`krackhardt`."""
    sizes = net.sizes
    component = _structure.components(net.neighbours)
    members, roots = _parts(component)
    home = net.membership[roots]
    joined = np.bincount(home, weights=members * (members - 1))
    needed = sizes - np.bincount(home)
    possible = joined if net.directed else joined / 2
    bounded = np.where(members > 2, (members - 1) * (members - 2) / 2, 0)
    mutual, either, unbounded = joined, joined, np.zeros(sizes.size)
    if net.directed:
        counts = [
            _reach.command(net.arcs[a:b, a:b], component[a:b] - component[a])
            for a, b in pairwise(net.offsets)
        ]
        mutual, either, unbounded = np.array(counts).T
    table = {
        "connectedness": _ratio(joined, sizes * (sizes - 1)),
        "hierarchy": 1 - _ratio(mutual, either),
        "efficiency": 1 - _ratio(net.tie_counts - needed, possible - needed),
        "least_upper_boundedness": 1
        - _ratio(unbounded, np.bincount(home, weights=bounded)),
    }
    return _named(net, table, np.arange(sizes.size))


def _triangles(net: _network.Network) -> tuple[Ints, Ints]:
    """Return triangles of each node, and closed two-step paths of each network."""
    n = net.membership.size
    count = np.zeros(n, dtype=np.intp)
    closed = np.zeros(len(net.names), dtype=np.intp)
    keys = net.source * n + net.target
    for corners in _structure.triangles(net.neighbours):
        for corner in corners:
            count += np.bincount(corner, minlength=n)
        if not net.directed:
            continue
        home = net.membership[corners[0]]
        tied = {
            (i, j): _contains(keys, corners[i] * n + corners[j])
            for i, j in permutations(range(3), 2)
        }
        for i, j, k in permutations(range(3)):
            path = tied[i, j] & tied[j, k] & tied[i, k]
            closed += np.bincount(home[path], minlength=closed.size)
    return count, closed if net.directed else _sums(net, count)


def _contains(keys: Ints, wanted: Ints) -> NDArray[np.bool_]:
    """Say which of the wanted numbers are among the sorted keys."""
    place = np.searchsorted(keys, wanted)
    return keys[np.minimum(place, keys.size - 1)] == wanted


def _degrees(net: _network.Network) -> tuple[Ints, Ints]:
    """Return by how many each node was chosen, and how many it chose."""
    n = net.membership.size
    return np.bincount(net.target, minlength=n), np.bincount(net.source, minlength=n)


def _parts(component: Ints) -> tuple[Ints, Ints]:
    """Return how many nodes each component has, and the first of them."""
    return np.bincount(component), np.unique(component, return_index=True)[1]


def _by_size(net: _network.Network, component: Ints) -> Ints:
    """Rank the components of each network from 1, by size and then by first id."""
    members, roots = _parts(component)
    home = net.membership[roots]
    order = np.lexsort((roots, -members, home))
    counts = np.bincount(home)
    number = np.empty_like(order)
    number[order] = np.arange(order.size) - np.repeat(
        np.cumsum(counts) - counts, counts
    )
    return number[component] + 1


def _e_i_index(net: _network.Network, group: str) -> NDArray[np.float64]:
    """Return the E-I index of each network, NaN where it has one group only."""
    groups = _validate.groups(net.column(group, "group"), "nodes")
    codes = np.asarray(groups.codes)
    mixed = (codes[net.source] != codes[net.target]).astype(np.intp)
    external = np.bincount(
        net.membership[net.source], weights=mixed, minlength=net.sizes.size
    )
    starts = net.offsets[:-1]
    several = np.maximum.reduceat(codes, starts) > np.minimum.reduceat(codes, starts)
    index = _ratio(2 * external - net.tie_counts, net.tie_counts)
    return np.where(several, index, np.nan)


def _sums(net: _network.Network, values: NDArray[Any]) -> NDArray[Any]:
    """Add up the values of the nodes of each network."""
    # Every network has a node, without which reduceat would not add but repeat.
    kind = np.intp if values.dtype == bool else values.dtype
    return np.add.reduceat(values, net.offsets[:-1], dtype=kind)


def _ratio(part: NDArray[Any], whole: NDArray[Any]) -> NDArray[np.float64]:
    """Divide, giving NaN where there is nothing to divide by."""
    out = np.full(np.shape(whole), np.nan)
    return np.divide(part, whole, out=out, where=whole != 0)


def _named(net: _network.Network, table: dict[str, Any], home: Ints) -> pd.DataFrame:
    """Return the table with the name of each row's network in front, if it has one."""
    if net.network is None:
        return pd.DataFrame(table)
    if net.network in table:
        raise ValueError(
            f"network={net.network!r} is also the name of a column of the result; "
            f"rename that column"
        )
    return pd.DataFrame({net.network: net.names[home]} | table)


# Mixing


def mixing_matrix(
    ties: pd.DataFrame | nx.Graph,
    *,
    source: str | None = None,
    target: str | None = None,
    nodes: pd.DataFrame | None = None,
    unit: str | None = None,
    group: str,
    network: str | None = None,
    directed: bool = False,
) -> pd.DataFrame:
    """
    Count ties by the groups of their two ends.

    Read a row as: of the ties that this group's members have, how many lead to each
    group. Divide by the row sum for shares. What chance alone would give depends on
    how large the groups are; :func:`mixing` compares with that.

    Parameters
    ----------
    ties : pandas.DataFrame or networkx.Graph
        One row per tie, or a graph, whose own direction holds. A tie that is listed
        twice counts once.
    source, target : str
        Columns of `ties` with the two ends. Leave out for a networkx graph.
    nodes : pandas.DataFrame
        One row per resident, those without ties too. Leave out for a graph that
        holds the columns below as attributes of its nodes.
    unit : str
        Column of `nodes` with the ids that `ties` uses.
    group : str
        Column of `nodes` with the group, 2 to 50 of them; a category without members
        is left out.
    network : str, optional
        Column of `nodes` that says which network a resident belongs to. Default: all
        are one network.
    directed : bool, default False
        Whether `source` chose `target`. Default: a tie belongs to both.

    Returns
    -------
    pandas.DataFrame
        Square, rows ``source`` and columns ``target``, both in the order of the
        groups. **Undirected ties are counted once from either end**: a tie inside a
        group twice in one cell of the diagonal, a tie between groups once in each of
        two cells. So the table is symmetric, a row sum is the number of ties that
        members have (their degrees added up), and the E-I index is (sum off the
        diagonal - sum of the diagonal) / sum of all. With `network`, one such square
        per network below the other, the network as outer row label.

    Raises
    ------
    ValueError
        If a group is missing, if there is one group only, or if there are too many;
        and for everything that :func:`summary` refuses.

    See Also
    --------
    mixing : Indices of the table, and what they would be by chance.

    References
    ----------
    .. [1] Newman, M. E. J. (2003). Mixing patterns in networks. Physical Review E
       67(2), 026126.

    Examples
    --------
    Three locals who all know each other, three non-local residents in a line, and
    one tie between the two groups:

    >>> nodes = pd.DataFrame(
    ...     {
    ...         "resident": list("abcdef"),
    ...         "origin": ["local"] * 3 + ["non-local"] * 3,
    ...     }
    ... )
    >>> ties = pd.DataFrame({"one": list("aabdec"), "other": list("bccefd")})
    >>> mixing_matrix(
    ...     ties,
    ...     source="one",
    ...     target="other",
    ...     nodes=nodes,
    ...     unit="resident",
    ...     group="origin",
    ... )
    target     local  non-local
    source
    local          6          1
    non-local      1          4
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
    groups = _validate.groups(net.column(group, "group"), "nodes")
    levels = groups.categories
    cells = (len(net.names), len(levels), len(levels))
    counts = np.zeros(cells, dtype=np.intp)
    near, far = groups.codes[net.source], groups.codes[net.target]
    place = net.membership[net.source]
    np.add.at(counts, (place, near, far), 1)
    if not net.directed:
        np.add.at(counts, (place, far, near), 1)
    rows = pd.Index(levels, name="source")
    if network is not None:
        rows = pd.MultiIndex.from_product(
            [net.names, levels], names=[network, "source"]
        )
    return pd.DataFrame(
        counts.reshape(-1, len(levels)),
        index=rows,
        columns=pd.Index(levels, name="target"),
    )


def mixing(
    ties: pd.DataFrame | nx.Graph,
    *,
    source: str | None = None,
    target: str | None = None,
    nodes: pd.DataFrame | None = None,
    unit: str | None = None,
    group: str,
    network: str | None = None,
    directed: bool = False,
    null: str = "labels",
    within: str | None = None,
    n_permutations: int = 999,
    conf_level: float = 0.95,
    rng: int | np.random.Generator | None = None,
) -> pd.DataFrame:
    r"""
    Measure whether ties stay inside groups, beyond what chance alone would give.

    Most ties of a large group lead to its own members even if nobody cares about
    groups: opportunity is not preference. Every index therefore comes with the value
    that a *null* world gives, in which groups play no part. Which world is a choice:

    ``"labels"``
        Keeps who is tied to whom, and how large the groups are; deals out the group
        labels anew. *Would this network look like this if the groups were spread over
        its residents by lot?*
    ``"within"``
        As before, but labels change places only inside a stratum, such as the
        building, that the column `within` names. *Are ties inside groups more than
        where people live explains?*
    ``"degree"``
        Keeps the groups and how many ties every resident has; cuts all ties and pairs
        the loose ends at random, which may tie someone to oneself or twice to the
        same person. *Is it more than how sociable each group is explains?*

    Parameters
    ----------
    ties : pandas.DataFrame or networkx.Graph
        One row per tie, or a graph, whose own direction holds. A tie that is listed
        twice counts once.
    source, target : str
        Columns of `ties` with the two ends. Leave out for a networkx graph.
    nodes : pandas.DataFrame
        One row per resident, those without ties too: they count in group sizes.
        Leave out for a graph that holds the columns below as attributes of its nodes.
    unit : str
        Column of `nodes` with the ids that `ties` uses.
    group : str
        Column of `nodes` with the group, 2 to 50 of them; a category without members
        is left out.
    network : str, optional
        Column of `nodes` that says which network a resident belongs to. Default: all
        are one network. A network has its own random draws, whichever others are in
        the table.
    directed : bool, default False
        Whether `source` chose `target`. Default: a tie belongs to both.
    null : {"labels", "within", "degree"}, default "labels"
        Which world to compare with.
    within : str, optional
        Column of `nodes` with the strata. Needed by ``null="within"``. With any null,
        the log odds ratio then compares pairs inside the same stratum only.
    n_permutations : int, default 999
        How many draws from the null.
    conf_level : float, default 0.95
        Share of the draws that lies between ``conf_low`` and ``conf_high``.
    rng : int or numpy.random.Generator, optional
        Given to :func:`numpy.random.default_rng`.

    Returns
    -------
    pandas.DataFrame
        Per network (column `network`, if given) one row per ``term``: ``e_i_index``,
        ``assortativity``, ``coleman_homophily[<group>]`` for each group, and
        ``log_odds_ratio``. ``estimate`` is the index as observed; ``expected`` and
        ``std_error`` are its mean and standard deviation over the draws, ``statistic``
        is (estimate - expected) / std_error, ``p_value`` is two-sided, ``conf_low``
        and ``conf_high`` hold the draws, not the estimate. Then ``conf_level``,
        ``n_permutations`` (draws in which the index is defined) and ``null``.

        NaN where an index is not defined: all of a network with no tie or with one
        group only, Coleman of a group with no tie or of one member, the null of the
        log odds ratio under ``"degree"`` (loops and repeats are no pairs). The log
        odds ratio is infinite where pairs of one kind are never, or always, tied.

    Raises
    ------
    ValueError
        If a group or stratum is missing, if there is one group only in the whole
        table, or if there are too many; if ``null="within"`` comes without `within`;
        and for everything that :func:`summary` refuses.

    See Also
    --------
    mixing_matrix : The counts behind it.
    tie_odds : The log odds ratio with a standard error, as an effect to compare.
    govlib.resample.permutation_test : The same test for any measure, and the p-value.

    Notes
    -----
    Let :math:`e_{gh}` be the share of :func:`mixing_matrix` in cell :math:`g, h`,
    :math:`a_g` and :math:`b_g` its row and column sums, :math:`n_g` of :math:`n`
    residents in group :math:`g`.

    - E-I index [1]_, from -1 (all ties inside groups) to 1 (all between):
      :math:`1 - 2 \sum_g e_{gg}`.
    - Assortativity [2]_, 1 if all ties are inside, 0 if ends meet at random:
      :math:`(\sum_g e_{gg} - \sum_g a_g b_g) / (1 - \sum_g a_g b_g)`.
    - Coleman homophily [3]_, from -1 to 1: with
      :math:`w_g = a_g (n_g - 1) / (n - 1)` the share expected if members chose by lot,
      :math:`(e_{gg} - w_g) / (a_g - w_g)` where :math:`e_{gg} > w_g`, else
      :math:`(e_{gg} - w_g) / w_g`.
    - Log odds ratio [4]_: log of the odds that a pair of one group is tied over the
      odds that a mixed pair is. Over strata :math:`k` it is that of Mantel and
      Haenszel, :math:`\sum_k (A_k D_k / N_k) / \sum_k (B_k C_k / N_k)`, where
      :math:`A` and :math:`B` are pairs of one group, tied and not, :math:`C` and
      :math:`D` mixed pairs, tied and not. Ordered pairs in a directed network.

    Under ``"degree"`` the expected shares inside groups are exact:
    :math:`\sum_g d_g (d_g - 1) / (2m (2m - 1))` for :math:`m` ties and :math:`d_g`
    loose ends of group :math:`g`. The first two nulls keep the whole structure of the
    network, so that clustering and hubs do not make the test too sure of itself.

    References
    ----------
    .. [1] Krackhardt, D. and Stern, R. N. (1988). Informal networks and
       organizational crises: an experimental simulation. Social Psychology Quarterly
       51(2), 123-140.
    .. [2] Newman, M. E. J. (2003). Mixing patterns in networks. Physical Review E
       67(2), 026126.
    .. [3] Coleman, J. S. (1958). Relational analysis: the study of social
       organizations with survey methods. Human Organization 17(4), 28-36.
    .. [4] Moody, J. (2001). Race, school integration, and friendship segregation in
       America. American Journal of Sociology 107(3), 679-716.

    Examples
    --------
    Three locals who all know each other, three non-local residents in a line, and
    one tie between the two groups: (1 - 5) / 6. If labels were dealt by lot, two
    residents would share one with probability 2/5, and 3/5 - 2/5 is 0.2.

    >>> nodes = pd.DataFrame(
    ...     {
    ...         "resident": list("abcdef"),
    ...         "origin": ["local"] * 3 + ["non-local"] * 3,
    ...     }
    ... )
    >>> ties = pd.DataFrame({"one": list("aabdec"), "other": list("bccefd")})
    >>> table = mixing(
    ...     ties,
    ...     source="one",
    ...     target="other",
    ...     nodes=nodes,
    ...     unit="resident",
    ...     group="origin",
    ...     rng=1,
    ... )
    >>> table.loc[[0], ["term", "estimate"]]
            term  estimate
    0  e_i_index   -0.6667
    >>> bool(0.15 < table["expected"][0] < 0.25)
    True
    """
    _validate.choice(null, ["labels", "within", "degree"], "null")
    if null == "within" and within is None:
        raise ValueError(
            'null="within" needs within=: name the column of nodes with the strata, '
            "such as the building"
        )
    n_permutations = _validate.count(n_permutations, "n_permutations", 2)
    conf_level = _validate.level(conf_level)
    net = _network.read(
        ties,
        source=source,
        target=target,
        nodes=nodes,
        unit=unit,
        network=network,
        directed=directed,
    )
    groups = _validate.groups(net.column(group, "group"), "nodes")
    terms = [
        "e_i_index",
        "assortativity",
        *(f"coleman_homophily[{level}]" for level in groups.categories),
        "log_odds_ratio",
    ]
    entropy = np.random.default_rng(rng).integers(2**32, size=4)
    tables = []
    # The bar waits: a table that is done soon shows none, nor does one network.
    count = len(net.names)
    each = tqdm(_each(net, groups, within), total=count, delay=10, disable=count == 1)
    for name, one in each:
        stream = _mixing.stream(entropy, name)
        if null == "degree":
            draws = _mixing.degree_draws(one, n_permutations, stream)
        else:
            draws = _mixing.label_draws(
                one, n_permutations, stream, within=null == "within"
            )
        table = resample.null_table(terms, _mixing.observed(one), draws, conf_level)
        tables.append(table.assign(null=null))
    table = pd.concat(tables, ignore_index=True)
    home = np.repeat(np.arange(len(net.names)), len(terms))
    return _named(net, {str(name): table[name] for name in table}, home)


def tie_odds(
    ties: pd.DataFrame | nx.Graph,
    *,
    source: str | None = None,
    target: str | None = None,
    nodes: pd.DataFrame | None = None,
    unit: str | None = None,
    group: str,
    network: str | None = None,
    directed: bool = False,
    within: str | None = None,
    conf_level: float = 0.95,
) -> pd.DataFrame:
    r"""
    Compare the odds of a tie inside a group with the odds of a mixed tie.

    Unlike a share of ties, an odds ratio does not depend on how large the groups are;
    and with strata, such as the building, it does not depend on who lives near whom
    either. Use it to compare networks of different make-up.

    Parameters
    ----------
    ties : pandas.DataFrame or networkx.Graph
        One row per tie, or a graph, whose own direction holds. A tie that is listed
        twice counts once.
    source, target : str
        Columns of `ties` with the two ends. Leave out for a networkx graph.
    nodes : pandas.DataFrame
        One row per resident, those without ties too: they count in the pairs. Leave
        out for a graph that holds the columns below as attributes of its nodes.
    unit : str
        Column of `nodes` with the ids that `ties` uses.
    group : str
        Column of `nodes` with the group, 2 to 50 of them.
    network : str, optional
        Column of `nodes` that says which network a resident belongs to. Default: all
        are one network.
    directed : bool, default False
        Whether `source` chose `target`: pairs are then ordered.
    within : str, optional
        Column of `nodes` with the strata: only pairs inside one are compared, each
        with the others of its stratum. Default: all pairs of the network.
    conf_level : float, default 0.95
        Level of ``conf_low`` and ``conf_high``.

    Returns
    -------
    pandas.DataFrame
        One row per network: ``term`` ("log_odds_ratio"), ``estimate`` (0 is no
        difference), ``std_error``, ``statistic`` (estimate / std_error), ``p_value``,
        ``conf_low``, ``conf_high``, ``conf_level``; and the pairs behind it:
        ``tied_same``, ``pairs_same``, ``tied_mixed``, ``pairs_mixed``. The estimate is
        infinite, and its standard error NaN, where pairs of one kind are never,
        or always, tied; it is NaN where there are no pairs of one kind.

    Raises
    ------
    ValueError
        If a group or stratum is missing, if there is one group only in the whole
        table, or if there are too many; and for everything that :func:`summary`
        refuses.

    See Also
    --------
    mixing : A test that does not suppose that pairs are independent.

    Notes
    -----
    The estimate is the log of the odds ratio of Mantel and Haenszel (:func:`mixing`
    has the formula), the variance that of [1]_, the interval and the test are normal.
    They treat pairs as independent. Pairs that share a resident, or close a triangle,
    are not, so that the true uncertainty is larger; test with :func:`mixing`.

    References
    ----------
    .. [1] Robins, J., Breslow, N. and Greenland, S. (1986). Estimators of the
       Mantel-Haenszel variance consistent in both sparse data and large-strata
       limiting models. Biometrics 42(2), 311-323.

    Examples
    --------
    Of 6 pairs of one origin 5 are tied, of 9 mixed pairs 1: log((5/1) / (1/8)), with
    standard error sqrt(1/5 + 1/1 + 1/1 + 1/8).

    >>> nodes = pd.DataFrame(
    ...     {
    ...         "resident": list("abcdef"),
    ...         "origin": ["local"] * 3 + ["non-local"] * 3,
    ...     }
    ... )
    >>> ties = pd.DataFrame({"one": list("aabdec"), "other": list("bccefd")})
    >>> table = tie_odds(
    ...     ties,
    ...     source="one",
    ...     target="other",
    ...     nodes=nodes,
    ...     unit="resident",
    ...     group="origin",
    ... )
    >>> table[["estimate", "std_error", "tied_same", "pairs_same"]]
       estimate  std_error  tied_same  pairs_same
    0    3.6889     1.5248          5           6
    """
    conf_level = _validate.level(conf_level)
    net = _network.read(
        ties,
        source=source,
        target=target,
        nodes=nodes,
        unit=unit,
        network=network,
        directed=directed,
    )
    groups = _validate.groups(net.column(group, "group"), "nodes")
    pairs = [_mixing.observed_pairs(one) for _, one in _each(net, groups, within)]
    estimate = np.array([_mixing.log_odds_ratio(p)[0] for p in pairs])
    std_error = np.sqrt([_mixing.log_odds_variance(p)[0] for p in pairs])
    half = stats.norm.isf((1 - conf_level) / 2) * std_error
    with np.errstate(invalid="ignore"):
        statistic = estimate / std_error
    table = {
        "term": "log_odds_ratio",
        "estimate": estimate,
        "std_error": std_error,
        "statistic": statistic,
        "p_value": 2 * stats.norm.sf(abs(statistic)),
        "conf_low": estimate - half,
        "conf_high": estimate + half,
        "conf_level": conf_level,
        "tied_same": [int(p.tied_same.sum()) for p in pairs],
        "pairs_same": [int((p.tied_same + p.free_same).sum()) for p in pairs],
        "tied_mixed": [int(p.tied_mixed.sum()) for p in pairs],
        "pairs_mixed": [int((p.tied_mixed + p.free_mixed).sum()) for p in pairs],
    }
    return _named(net, table, np.arange(len(pairs)))


def _each(
    net: _network.Network, groups: pd.Categorical, within: str | None
) -> Iterator[tuple[Any, _mixing.Mixing]]:
    """Yield every network by name, its nodes numbered from 0."""
    strata = np.zeros(len(net.ids), dtype=np.intp)
    if within is not None:
        strata = np.asarray(pd.Categorical(net.column(within, "within")).codes)
    for g, name in enumerate(net.names):
        first = net.offsets[g]
        members = slice(first, net.offsets[g + 1])
        ties = slice(net.tie_offsets[g], net.tie_offsets[g + 1])
        yield (
            name,
            _mixing.lay_out(
                groups.codes[members],
                strata[members],
                net.source[ties] - first,
                net.target[ties] - first,
                len(groups.categories),
                directed=net.directed,
            ),
        )
