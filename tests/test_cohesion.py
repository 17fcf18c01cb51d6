"""Cohesion against R, networkx, igraph, brute force and hand arithmetic."""

from itertools import combinations
from pathlib import Path

import igraph
import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from govlib import _distances, _network, _structure, cohesion

# sna and igraph for R; script, command and versions are beside the numbers.
FOLDER = Path(__file__).parent / "reference"
R_TIES, R_NODES, R_GRAPHS, R_VERTICES = (
    pd.read_csv(FOLDER / f"cohesion_{name}.csv", encoding="utf-8")
    for name in ["ties", "nodes", "graphs", "vertices"]
)
# The same arithmetic in another order of adding up: a few last bits of a float.
RTOL = 1e-12
# igraph for R computes local clustering in another order; measured 3e-16.
EXACT = {"check_exact": False, "rtol": RTOL, "atol": 1e-15, "check_dtype": False}


def measure(function, graph, **options):
    return function(graph, **options).iloc[0].to_dict()


def r_input(directed):
    nodes = R_NODES[R_NODES["directed"] == directed]
    return {
        "ties": R_TIES[R_TIES["source"].isin(nodes["node"])],
        "source": "source",
        "target": "target",
        "nodes": nodes,
        "unit": "node",
        "network": "graph",
        "directed": directed,
    }


def r_graphs(directed):
    graphs = R_NODES.loc[R_NODES["directed"] == directed, "graph"].unique()
    return R_GRAPHS[R_GRAPHS["graph"].isin(graphs)].sort_values("graph")


@pytest.mark.parametrize("directed", [True, False])
def test_summary_equals_r(directed):
    ours = cohesion.summary(**r_input(directed))
    theirs = r_graphs(directed).reset_index(drop=True)
    # Where there is no path of two steps sna says 1; we say nothing.
    theirs.loc[theirs["graph"] == "empty", "transitivity"] = np.nan
    shared = [name for name in theirs if name in ours]
    assert len(shared) == (18 if directed else 14)
    assert_frame_equal(ours[shared], theirs[shared], **EXACT)


@pytest.mark.parametrize("directed", [True, False])
def test_positions_equal_r(directed):
    ours = cohesion.positions(**r_input(directed))
    theirs = R_VERTICES[R_VERTICES["node"].isin(ours["node"])]
    theirs = theirs.set_index("node").loc[ours["node"]].reset_index()
    shared = [name for name in theirs if name in ours]
    assert len(shared) == (8 if directed else 6)
    assert_frame_equal(ours[shared], theirs[shared], **EXACT)


@pytest.mark.parametrize("directed", [True, False])
def test_krackhardt_equals_r(directed):
    ours = cohesion.krackhardt(**r_input(directed))
    theirs = r_graphs(directed).reset_index(drop=True)
    shared = ["graph", "connectedness", "hierarchy"] + ["efficiency"] * directed
    assert_frame_equal(ours[shared], theirs[shared], **EXACT)


def upper_boundedness(graph, *, top):
    """Krackhardt's fourth by its definition; `top` for what sna computes instead."""
    above = {v: {v} | nx.ancestors(graph, v) for v in graph}
    missing = possible = 0
    for part in nx.weakly_connected_components(graph):
        possible += (len(part) - 1) * (len(part) - 2) / 2 if len(part) > 2 else 0
        for one, other in combinations(part, 2) if len(part) > 2 else []:
            bounds = above[one] & above[other]
            if top:
                least = [a for a in bounds if all(a in above[b] for b in bounds)]
            else:
                least = [a for a in bounds if bounds <= above[a]]
            missing += not least
    return 1 - missing / possible if possible else np.nan


def digraphs():
    for name, nodes in R_NODES[R_NODES["directed"]].groupby("graph"):
        graph = nx.DiGraph()
        graph.add_nodes_from(nodes["node"])
        ties = R_TIES[R_TIES["source"].isin(nodes["node"])]
        graph.add_edges_from(ties.to_numpy().tolist())
        yield name, graph


@pytest.mark.parametrize(("name", "graph"), list(digraphs()))
def test_least_upper_boundedness_follows_its_definition(name, graph):
    stored = R_GRAPHS.set_index("graph").loc[name, "sna_lubness"]
    # sna's numbers show that the brute force reads the graphs as sna does.
    assert upper_boundedness(graph, top=True) == pytest.approx(
        stored, abs=RTOL, nan_ok=True
    )
    ours = measure(cohesion.krackhardt, graph)["least_upper_boundedness"]
    expected = upper_boundedness(graph, top=False)
    assert ours == pytest.approx(expected, abs=RTOL, nan_ok=True)


def test_krackhardt_efficiency_counts_an_undirected_tie_once():
    """Karate by hand: 1 - (78 - 33) / (34 * 33 / 2 - 33) = 1 - 45 / 528."""
    ours = measure(cohesion.krackhardt, nx.karate_club_graph())
    assert ours["efficiency"] == pytest.approx(1 - 45 / 528, rel=RTOL)
    assert ours["hierarchy"] == 0
    assert ours["least_upper_boundedness"] == 1


def test_krackhardt_of_a_tree_and_of_nothing():
    """A tree of command scores 1 on all four, by construction of the measures."""
    tree = nx.balanced_tree(2, 3, create_using=nx.DiGraph)
    assert list(measure(cohesion.krackhardt, tree).values()) == [1, 1, 1, 1]
    alone = nx.DiGraph()
    alone.add_node(1)
    assert all(np.isnan(v) for v in measure(cohesion.krackhardt, alone).values())


# (graph, values), worked by hand.
HAND = {
    # Distances 1, 2, 3, 4 occur 8, 6, 4, 2 times among 20 ordered pairs.
    "path of 5": (
        nx.path_graph(5),
        {
            "density": 0.4,
            "mean_distance": 40 / 20,
            "diameter": 4,
            "global_efficiency": (8 + 6 / 2 + 4 / 3 + 2 / 4) / 20,
            "transitivity": 0,
            "bridges": 4,
            "cutpoints": 3,
            "max_core_number": 1,
        },
    ),
    # One centre: 2 * 30 pairs at 1, 30 * 29 pairs at 2.
    "star of 31": (
        nx.star_graph(30),
        {
            "mean_distance": (60 + 2 * 870) / 930,
            "global_efficiency": (60 + 870 / 2) / 930,
            "bridges": 30,
            "cutpoints": 1,
            "mean_clustering": 0,
            "max_core_number": 1,
        },
    ),
    "complete of 7": (
        nx.complete_graph(7),
        {
            "density": 1,
            "transitivity": 1,
            "mean_clustering": 1,
            "mean_distance": 1,
            "diameter": 1,
            "max_core_number": 6,
            "bridges": 0,
            "cutpoints": 0,
        },
    ),
    # 6 triads closed of 4 * 1 + 6; 12 ordered pairs at 1, 8 at 2.
    "two triangles that share a resident": (
        nx.Graph([(1, 2), (1, 3), (2, 3), (3, 4), (3, 5), (4, 5)]),
        {
            "transitivity": 6 / 10,
            "mean_clustering": (4 * 1 + 2 / 6) / 5,
            "mean_distance": (12 + 16) / 20,
            "global_efficiency": (12 + 4) / 20,
            "bridges": 0,
            "cutpoints": 1,
            "max_core_number": 2,
        },
    ),
}


@pytest.mark.parametrize("case", HAND)
def test_summary_by_hand(case):
    graph, expected = HAND[case]
    ours = measure(cohesion.summary, graph)
    assert {name: ours[name] for name in expected} == pytest.approx(expected, rel=RTOL)


def test_three_reciprocities_by_hand():
    """One pair both ways, two pairs one way, three pairs not at all."""
    graph = nx.DiGraph([(1, 2), (2, 1), (1, 3), (4, 1)])
    ours = measure(cohesion.summary, graph)
    assert ours["edgewise_reciprocity"] == 2 / 4
    assert ours["dyadic_reciprocity"] == 4 / 6
    assert ours["nonnull_reciprocity"] == 1 / 3
    assert ours["density"] == 4 / 12
    assert ours["mean_degree"] == 1


def test_directed_transitivity_by_hand():
    """Of the paths 1-2-3, 2-3-4 and 1-3-4 only the first is closed, by 1-3."""
    graph = nx.DiGraph([(1, 2), (2, 3), (1, 3), (3, 4)])
    assert measure(cohesion.summary, graph)["transitivity"] == pytest.approx(1 / 3)


def test_published_values():
    """
    Florentine marriages, Wasserman and Faust (1994): 16 families, 20 ties, density
    .167, Pucci isolated. Zachary's club (1977): 34 members, 78 ties; 11 of them cross
    the split, as Girvan and Newman (2002) draw it: (11 - 67) / 78.
    """
    families = nx.florentine_families_graph()
    families.add_node("Pucci")
    ours = measure(cohesion.summary, families)
    assert (ours["size"], ours["ties"], ours["isolates"]) == (16, 20, 1)
    assert round(ours["density"], 3) == 0.167
    club = measure(cohesion.summary, nx.karate_club_graph(), group="club")
    assert (club["size"], club["ties"]) == (34, 78)
    assert club["e_i_index"] == pytest.approx(-56 / 78, rel=RTOL)


def test_two_mode_network_has_no_triangles():
    """Davis's Southern Women: 18 women, 14 events, 89 attendances, no odd cycle."""
    ours = measure(cohesion.summary, nx.davis_southern_women_graph(), group="bipartite")
    assert (ours["size"], ours["ties"], ours["transitivity"]) == (32, 89, 0)
    assert ours["e_i_index"] == 1


def test_e_i_index_equals_that_of_mixing():
    graph = nx.karate_club_graph()
    row = cohesion.mixing(graph, group="club", n_permutations=9, rng=1).iloc[0]
    ours = measure(cohesion.summary, graph, group="club")["e_i_index"]
    assert ours == pytest.approx(row["estimate"], rel=RTOL)


def test_e_i_index_is_missing_where_there_is_nothing_to_mix():
    nodes = pd.DataFrame({"id": list("abcd"), "w": [1, 1, 2, 2], "g": list("xyxx")})
    ties = pd.DataFrame({"s": ["c"], "t": ["d"]})
    table = cohesion.summary(
        ties, source="s", target="t", nodes=nodes, unit="id", network="w", group="g"
    )
    assert table["e_i_index"].isna().all()


@st.composite
def graphs(draw, kind=nx.Graph):
    size = draw(st.integers(1, 11))
    node = st.integers(0, size - 1)
    ends = draw(st.lists(st.tuples(node, node).filter(lambda t: t[0] != t[1])))
    graph = kind()
    graph.add_nodes_from(range(size))
    graph.add_edges_from(ends)
    return graph


check = settings(deadline=None, max_examples=150, derandomize=True)


@check
@given(graphs())
def test_undirected_equals_networkx(graph):
    ours = measure(cohesion.summary, graph)
    steps = [
        d
        for a, row in nx.all_pairs_shortest_path_length(graph)
        for b, d in row.items()
        if a != b
    ]
    assert ours["components"] == nx.number_connected_components(graph)
    assert ours["transitivity"] == pytest.approx(
        # networkx says 0 where there is no path of two steps.
        nx.transitivity(graph) if max(dict(graph.degree).values()) > 1 else np.nan,
        nan_ok=True,
    )
    assert ours["mean_distance"] == pytest.approx(
        np.mean(steps) if steps else np.nan, nan_ok=True
    )
    assert ours["diameter"] == max(steps, default=0)
    if len(graph) > 1:
        assert ours["global_efficiency"] == pytest.approx(nx.global_efficiency(graph))
    positions = cohesion.positions(graph)
    assert positions["core_number"].to_dict() == nx.core_number(graph)
    assert positions["triangles"].to_dict() == nx.triangles(graph)
    # networkx says 0 for fewer than two neighbours.
    assert positions["clustering"].fillna(0).to_dict() == pytest.approx(
        nx.clustering(graph)
    )
    assert set(positions.index[positions["cutpoint"]]) == set(
        nx.articulation_points(graph)
    )
    found = cohesion.bridges(graph)
    expected = sorted(tuple(sorted(tie)) for tie in nx.bridges(graph))
    assert list(zip(found["source"], found["target"], strict=True)) == expected
    for tie in found.itertuples():
        left = nx.Graph(graph)
        left.remove_edge(tie.source, tie.target)
        parts = [nx.node_connected_component(left, e) for e in (tie.source, tie.target)]
        assert tie.cut_off == min(map(len, parts))


@check
@given(graphs(nx.DiGraph))
def test_directed_equals_brute_force(graph):
    ours = measure(cohesion.summary, graph)
    steps = [
        d
        for a, row in nx.all_pairs_shortest_path_length(graph)
        for b, d in row.items()
        if a != b
    ]
    paths = [(i, k) for i, j in graph.edges for k in graph[j] if i != k]
    closed = sum(graph.has_edge(i, k) for i, k in paths)
    pairs = len(graph) * (len(graph) - 1)
    assert ours["transitivity"] == pytest.approx(
        closed / len(paths) if paths else np.nan, nan_ok=True
    )
    assert ours["mean_distance"] == pytest.approx(
        np.mean(steps) if steps else np.nan, nan_ok=True
    )
    assert ours["reachable_share"] == pytest.approx(
        len(steps) / pairs if pairs else np.nan, nan_ok=True
    )
    assert ours["strong_components"] == nx.number_strongly_connected_components(graph)
    assert ours["edgewise_reciprocity"] == pytest.approx(
        nx.overall_reciprocity(graph) if graph.size() else np.nan, nan_ok=True
    )
    least = measure(cohesion.krackhardt, graph)["least_upper_boundedness"]
    expected = upper_boundedness(graph, top=False)
    assert least == pytest.approx(expected, abs=RTOL, nan_ok=True)


def community(size, ties, seed, directed=False):
    kind = nx.gnm_random_graph
    return kind(size, ties, seed=seed, directed=directed)


@pytest.fixture
def small_parts(monkeypatch):
    """Cut the work on a network into the smallest parts, as on a large one."""
    monkeypatch.setattr(_distances, "_CACHE_WORDS", 1)
    monkeypatch.setattr(_distances, "_LEAST_WORDS", 1)
    monkeypatch.setattr(_distances, "_JOB_BLOCKS", 1)
    monkeypatch.setattr(_structure, "_BATCH", 7)


@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize("directed", [False, True])
def test_large_networks_are_cut_up_without_a_difference(directed):
    graph = community(300, 700, 3, directed)
    lengths = np.array(
        igraph.Graph(300, list(graph.edges), directed=directed).distances()
    )
    apart = lengths[(lengths > 0) & np.isfinite(lengths)]
    ours = measure(cohesion.summary, graph)
    assert ours["mean_distance"] == pytest.approx(apart.mean(), rel=RTOL)
    assert ours["reachable_share"] == pytest.approx(apart.size / (300 * 299), rel=RTOL)
    assert ours["diameter"] == apart.max()
    assert ours["global_efficiency"] == pytest.approx((1 / apart).sum() / (300 * 299))
    found = cohesion.positions(graph)["triangles"].to_dict()
    assert found == nx.triangles(nx.Graph(graph))


@pytest.mark.parametrize(
    "graph",
    [
        community(200, 800, 1),
        nx.barabasi_albert_graph(300, 3, seed=2),
        nx.grid_2d_graph(12, 12),
        nx.les_miserables_graph(),
        nx.random_labeled_tree(200, seed=4),
    ],
    ids=["random", "hubs", "grid", "novel", "tree"],
)
def test_middling_networks_equal_igraph(graph):
    graph = nx.convert_node_labels_to_integers(graph)
    peer = igraph.Graph(len(graph), list(graph.edges))
    ours = measure(cohesion.summary, graph)
    assert ours["mean_distance"] == pytest.approx(peer.average_path_length(), rel=RTOL)
    assert ours["diameter"] == peer.diameter()
    assert ours["max_core_number"] == max(peer.coreness())
    assert ours["bridges"] == len(peer.bridges())
    assert ours["cutpoints"] == len(peer.articulation_points())
    assert ours["transitivity"] == pytest.approx(peer.transitivity_undirected())
    assert ours["mean_clustering"] == pytest.approx(
        np.nanmean(peer.transitivity_local_undirected(mode="nan")), rel=RTOL
    )


def as_tables(networks):
    ties, nodes = [], []
    for name, graph in networks.items():
        nodes += [(f"{name}{i:03d}", name, i % 3) for i in graph]
        ties += [(f"{name}{a:03d}", f"{name}{b:03d}") for a, b in graph.edges]
    return {
        "ties": pd.DataFrame(ties, columns=["one", "other"]),
        "nodes": pd.DataFrame(nodes, columns=["resident", "estate", "origin"]),
        "source": "one",
        "target": "other",
        "unit": "resident",
        "network": "estate",
    }


CITY = {
    "E": community(40, 70, 1),
    "B": community(130, 400, 2),
    "D": nx.empty_graph(3),
    "A": nx.path_graph(30),
    "C": nx.star_graph(70),
}


def test_a_city_is_the_rows_of_its_networks():
    together = cohesion.summary(**as_tables(CITY), group="origin")
    apart = pd.concat(
        [
            cohesion.summary(**as_tables({name: CITY[name]}), group="origin")
            for name in sorted(CITY)
        ],
        ignore_index=True,
    )
    assert_frame_equal(together, apart, check_exact=True)


@pytest.mark.parametrize(
    "function",
    [cohesion.summary, cohesion.positions, cohesion.bridges, cohesion.krackhardt],
)
@pytest.mark.parametrize("directed", [False, True])
def test_order_of_rows_does_not_matter(function, directed, monkeypatch):
    monkeypatch.setattr(_network, "_PIECE", 150)
    tables = as_tables(CITY) | {"directed": directed}
    shuffled = tables | {
        name: tables[name].sample(frac=1, random_state=5) for name in ["ties", "nodes"]
    }
    assert_frame_equal(function(**tables), function(**shuffled), check_exact=True)


def test_names_do_not_matter():
    """The same network with its residents renamed, so that they sort otherwise."""
    graph = CITY["B"]
    order = np.random.default_rng(1).permutation(len(graph)).tolist()
    renamed = nx.relabel_nodes(graph, dict(enumerate(order)))
    assert_frame_equal(
        cohesion.summary(graph), cohesion.summary(renamed), rtol=RTOL, atol=0
    )
    positions = cohesion.positions(renamed).set_index("node").loc[order]
    expected = cohesion.positions(graph).drop(columns="node")
    assert_frame_equal(positions.reset_index(drop=True), expected)


def test_repeated_ties_count_once():
    tables = as_tables(CITY)
    back = tables["ties"].rename(columns={"one": "other", "other": "one"})
    twice = tables | {"ties": pd.concat([tables["ties"], back])}
    assert_frame_equal(cohesion.summary(**tables), cohesion.summary(**twice))


def test_an_isolate_changes_what_it_should():
    graph = CITY["B"]
    more = nx.Graph(graph)
    more.add_node(999)
    before, after = (measure(cohesion.summary, g) for g in (graph, more))
    for name in ["ties", "transitivity", "mean_distance", "diameter", "bridges"]:
        assert after[name] == before[name]
    for name in ["size", "isolates", "components"]:
        assert after[name] == before[name] + 1
    # 131 * 130 ordered pairs instead of 130 * 129.
    for name in ["density", "reachable_share", "global_efficiency"]:
        assert after[name] == pytest.approx(before[name] * 129 / 131, rel=RTOL)


def test_neither_workers_nor_pieces_matter(monkeypatch):
    tables = as_tables(CITY) | {"group": "origin"}
    whole = cohesion.summary(**tables)
    monkeypatch.setattr(_network, "_PIECE", 150)
    for workers in (1, 2):
        assert_frame_equal(
            cohesion.summary(**tables, n_jobs=workers), whole, check_exact=True
        )


def test_positions_name_components_by_size():
    """Three in a line, two pairs, one alone: sizes 3, 2, 2, 1."""
    graph = nx.Graph([("x", "y"), ("y", "z"), ("c", "d"), ("a", "b")])
    graph.add_node("m")
    table = cohesion.positions(graph).set_index("node")["component"]
    assert table.to_dict() == dict(zip("abcdmxyz", [2, 2, 3, 3, 4, 1, 1, 1]))  # noqa: B905


def test_one_resident_has_no_shares():
    graph = nx.empty_graph(1)
    ours = measure(cohesion.summary, graph)
    undefined = {name for name, value in ours.items() if np.isnan(value)}
    assert undefined == {
        "density",
        "transitivity",
        "mean_clustering",
        "mean_distance",
        "reachable_share",
        "global_efficiency",
    }
    assert cohesion.bridges(graph).empty


def test_counts_are_whole_numbers():
    table = cohesion.summary(nx.karate_club_graph())
    whole = table.columns[table.dtypes == np.int64]
    assert list(whole) == [
        *["size", "ties", "isolates", "components", "max_core_number"],
        *["diameter", "bridges", "cutpoints"],
    ]


@pytest.mark.parametrize(
    ("function", "name"),
    [
        (cohesion.summary, "size"),
        (cohesion.positions, "degree"),
        (cohesion.bridges, "source"),
        (cohesion.krackhardt, "hierarchy"),
    ],
)
def test_network_column_must_not_hide_a_result(function, name):
    tables = as_tables(CITY) | {"network": name}
    tables["nodes"] = tables["nodes"].rename(columns={"estate": name})
    with pytest.raises(ValueError, match="also the name of a column of the result"):
        function(**tables)


def test_id_column_must_not_hide_a_result():
    tables = as_tables(CITY) | {"unit": "degree"}
    tables["nodes"] = tables["nodes"].rename(columns={"resident": "degree"})
    with pytest.raises(ValueError, match="also the name of a column of the result"):
        cohesion.positions(**tables)


def test_missing_group_is_refused():
    tables = as_tables(CITY)
    tables["nodes"] = tables["nodes"].astype({"origin": float})
    tables["nodes"].loc[[1, 4], "origin"] = np.nan
    with pytest.raises(ValueError, match=r"'origin' has 2 missing value\(s\)"):
        cohesion.summary(**tables, group="origin")
