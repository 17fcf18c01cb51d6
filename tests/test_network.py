"""What comes in at the door of every network measure, and what is refused there."""

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from govlib import _network

TIES = pd.DataFrame({"from": ["c", "a", "b"], "to": ["a", "b", "a"]})
NODES = pd.DataFrame({"id": ["d", "c", "b", "a"], "estate": ["E2", "E1", "E1", "E1"]})


def read(ties=TIES, nodes=NODES, **options):
    options = {"source": "from", "target": "to", "unit": "id"} | options
    return _network.read(ties, nodes=nodes, **options)


def pairs(net):
    return list(zip(net.ids[net.source], net.ids[net.target], strict=True))


def test_nodes_are_sorted_and_kept_and_ties_are_simple():
    """By hand: a-b is listed from both ends, d has no tie."""
    net = read(network="estate")
    assert list(net.ids) == ["a", "b", "c", "d"]
    assert list(net.names) == ["E1", "E2"]
    assert pairs(net) == [("a", "b"), ("a", "c")]
    assert list(net.offsets) == [0, 3, 4]
    assert list(net.tie_offsets) == [0, 2, 2]
    assert list(net.membership) == [0, 0, 0, 1]
    assert net.neighbours.toarray().astype(int).tolist() == [
        [0, 1, 1, 0],
        [1, 0, 0, 0],
        [1, 0, 0, 0],
        [0, 0, 0, 0],
    ]


def test_direction_is_kept():
    net = read(directed=True)
    assert pairs(net) == [("a", "b"), ("b", "a"), ("c", "a")]
    assert net.arcs.toarray().sum() == 3
    assert net.neighbours.toarray().sum() == 4


def test_columns_follow_the_order_of_nodes():
    assert list(read(network="estate").column("id", "group")) == ["a", "b", "c", "d"]


def test_networks_keep_the_order_of_categories():
    order = pd.CategoricalDtype(["E3", "E2", "E1"], ordered=True)
    net = read(nodes=NODES.astype({"estate": order}), network="estate")
    assert list(net.names) == ["E2", "E1"]
    assert list(net.ids) == ["d", "a", "b", "c"]


def test_order_of_rows_does_not_matter():
    one = read(network="estate")
    other = read(TIES[::-1], NODES.sample(frac=1, random_state=1), network="estate")
    assert list(one.ids) == list(other.ids)
    assert pairs(one) == pairs(other)


def test_inputs_are_not_modified():
    ties, nodes = TIES.copy(), NODES.copy()
    read(ties, nodes, network="estate")
    pd.testing.assert_frame_equal(ties, TIES)
    pd.testing.assert_frame_equal(nodes, NODES)


def test_without_nodes_those_with_ties_are_the_nodes():
    net = _network.read(TIES, source="from", target="to")
    assert list(net.ids) == ["a", "b", "c"]
    assert net.unit == "node"


def test_without_nodes_the_network_is_a_column_of_ties():
    ties = TIES.assign(estate=["E2", "E1", "E1"]).replace({"from": {"c": "x"}})
    ties.loc[0, "to"] = "y"
    net = _network.read(ties, source="from", target="to", network="estate")
    assert list(net.ids) == ["a", "b", "x", "y"]
    assert list(net.tie_counts) == [1, 1]


def test_chinese_ids_and_columns():
    nodes = pd.DataFrame({"居民": ["丙", "乙", "甲"], "籍贯": ["本地", "外来", "本地"]})
    ties = pd.DataFrame({"甲方": ["甲"], "乙方": ["乙"]})
    net = _network.read(ties, source="甲方", target="乙方", nodes=nodes, unit="居民")
    assert pairs(net) == [("乙", "甲")]
    assert list(net.column("籍贯", "group")) == ["本地", "外来", "本地"]


def test_categories_and_whole_floats_are_ids_too():
    ties = TIES.astype({"from": "category", "to": "category"})
    assert pairs(read(ties)) == [("a", "b"), ("a", "c")]
    ties = pd.DataFrame({"from": [1.0, 2.0], "to": [2, 3]})
    assert pairs(read(ties, pd.DataFrame({"id": [1, 2, 3]}))) == [(1, 2), (2, 3)]


def test_graph_brings_its_nodes_and_attributes():
    net = _network.read(nx.karate_club_graph())
    assert (len(net.ids), net.source.size, net.directed) == (34, 78, False)
    assert net.column("club", "group").value_counts().to_dict() == {
        "Mr. Hi": 17,
        "Officer": 17,
    }


def test_graph_with_parallel_ties_and_ids_of_any_kind():
    graph = nx.MultiDiGraph([(1, "a"), (1, "a"), ("a", (1, 2))])
    net = _network.read(graph)
    assert net.directed
    assert net.source.size == 2
    assert set(net.ids) == {1, "a", (1, 2)}


def test_graph_with_a_table_of_nodes():
    net = _network.read(nx.Graph([("a", "b")]), nodes=NODES, unit="id")
    assert len(net.ids) == 4


def test_network_without_ties():
    net = read(TIES[:0], network="estate")
    assert list(net.tie_counts) == [0, 0]


REFUSED = {
    "not a table": ({"ties": [(1, 2)]}, TypeError, "ties must be a pandas DataFrame"),
    "misspelt column": (
        {"nodes": NODES.rename(columns={"id": "resident"}), "unit": "residents"},
        ValueError,
        "nodes has no column 'residents'.*did you mean 'resident'",
    ),
    "no source": ({"source": None}, TypeError, "source= is required"),
    "no unit": ({"unit": None}, TypeError, "unit= is required"),
    "unit without nodes": ({"nodes": None}, TypeError, "give that table too"),
    "missing end": (
        {"ties": TIES.assign(to=["a", None, "a"])},
        ValueError,
        r"ties column 'to' has 1 missing value\(s\) in row\(s\) 1",
    ),
    "missing id": (
        {"nodes": NODES.assign(id=["d", None, "b", "a"])},
        ValueError,
        r"nodes column 'id' has 1 missing value\(s\) in row\(s\) 1",
    ),
    "missing network": (
        {"nodes": NODES.assign(estate=[None, "E", "E", "E"]), "network": "estate"},
        ValueError,
        "nodes column 'estate' has 1 missing",
    ),
    "repeated id": (
        {"nodes": NODES.assign(id=["a", "c", "b", "a"])},
        ValueError,
        r"1 value\(s\) repeat: 'a'",
    ),
    "unknown resident": (
        {"ties": TIES.assign(to=["a", "zz", "zz"])},
        ValueError,
        r"names 1 id\(s\) in 2 row\(s\) that nodes column 'id' does not list: 'zz'",
    ),
    "text and numbers": (
        {"nodes": pd.DataFrame({"id": [1, 2, 3]})},
        ValueError,
        "text in ties column 'from', whole numbers in nodes column 'id'",
    ),
    "text and numbers in ties": (
        {"ties": TIES.assign(to=[1, 2, 3]), "nodes": None, "unit": None},
        ValueError,
        "'from' holds text but 'to' holds whole numbers",
    ),
    "self-tie": (
        {"ties": TIES.assign(to=["c", "b", "a"])},
        ValueError,
        r"1 row\(s\) that tie someone to themselves: row\(s\) 0; drop",
    ),
    "tie across networks": (
        {"ties": TIES.assign(to=["d", "b", "a"]), "network": "estate"},
        ValueError,
        r"1 row\(s\) between two networks: row\(s\) 0, the first between 'E1' and 'E2'",
    ),
    "id in two networks": (
        {"ties": TIES.assign(w=[1, 2, 2]), "nodes": None, "unit": None, "network": "w"},
        ValueError,
        r"1 id\(s\) have ties in more than one network: 'a'",
    ),
    "nobody": ({"ties": TIES[:0], "nodes": NODES[:0]}, ValueError, "there is no node"),
    "graph with columns": (
        {"ties": nx.Graph([(1, 2)]), "nodes": None, "unit": None},
        TypeError,
        "leave out source= and target=",
    ),
    "undirected graph as directed": (
        {
            "ties": nx.Graph([(1, 2)]),
            "nodes": None,
            "unit": None,
            "source": None,
            "target": None,
            "directed": True,
        },
        ValueError,
        "undirected networkx graph",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused(case):
    options, error, message = REFUSED[case]
    with pytest.raises(error, match=message):
        read(**options)


def test_graph_attribute_called_like_the_ids():
    graph = nx.Graph()
    graph.add_node(1, node="x")
    with pytest.raises(ValueError, match="give another name as unit="):
        _network.read(graph)
    assert list(_network.read(graph, unit="id").ids) == [1]


def test_positions_are_whole_numbers():
    net = read()
    assert net.source.dtype == net.offsets.dtype == np.intp
