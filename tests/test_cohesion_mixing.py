"""Mixing by group: hand figures, R, igraph, networkx and full enumeration."""

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

from govlib import _mixing, cohesion, resample

COLUMNS = {"source": "one", "target": "other", "unit": "resident", "group": "origin"}
# Same arithmetic in another order: the last few bits of a float.
EXACT = {"rel": 1e-12, "abs": 1e-12}

# Made by tests/reference/mixing.R with R 4.2.2: netseg 1.0-4, igraph 1.3.5,
# stats::mantelhaen.test and stats::glm.
REFERENCE = pd.read_csv(
    Path(__file__).parent / "reference" / "mixing.csv", encoding="utf-8"
)


def tables(pairs, groups):
    """Node and tie tables of residents 0, 1, ... with these groups and ties."""
    nodes = pd.DataFrame({"resident": np.arange(len(groups)), "origin": list(groups)})
    ties = pd.DataFrame(pairs, columns=["one", "other"], dtype=int)
    return ties, nodes


def values(table, column="estimate"):
    return table.set_index("term")[column].to_dict()


@pytest.fixture
def eight():
    """Eight residents, ten ties, three of group a: 56 ways to choose them."""
    pairs = [
        (0, 1),
        (0, 2),
        (1, 2),
        (2, 3),
        (3, 4),
        (4, 5),
        (3, 5),
        (5, 6),
        (0, 6),
        (1, 4),
    ]
    return tables(pairs, list("aabbabbb"))


@pytest.fixture
def estate():
    """Sixty residents in six buildings, more ties inside buildings and groups."""
    rng = np.random.default_rng(3)
    building = np.arange(60) // 10
    group = np.where(rng.random(60) < 0.2 + 0.1 * building, "local", "non-local")
    chance = 0.02 + 0.2 * (building[:, None] == building)
    chance = chance * np.where(group[:, None] == group, 1.5, 0.6)
    pairs = np.argwhere(np.triu(rng.random((60, 60)) < chance, 1))
    ties, nodes = tables(pairs, group)
    return ties, nodes.assign(building=building)


# --- the indices against hand figures and other software


def test_counts_by_hand_undirected():
    """A triangle of a, a path of b of three, a bridge: 3, 2 and 1 ties."""
    ties, nodes = tables([(0, 1), (0, 2), (1, 2), (3, 4), (4, 5), (2, 3)], "aaabbb")
    table = cohesion.mixing_matrix(ties, nodes=nodes, **COLUMNS)
    assert table.to_numpy().tolist() == [[6, 1], [1, 4]]
    assert (table.index.name, table.columns.name) == ("source", "target")
    # Row sums are degrees added up: 2 + 2 + 3, and 2 + 2 + 1.
    assert table.sum(axis=1).to_dict() == {"a": 7, "b": 5}


def test_counts_by_hand_directed():
    """a chooses b twice, b chooses a once, b chooses b once."""
    ties, nodes = tables([(0, 2), (1, 2), (2, 0), (3, 2)], "aabb")
    table = cohesion.mixing_matrix(ties, nodes=nodes, directed=True, **COLUMNS)
    assert table.to_numpy().tolist() == [[0, 2], [1, 1]]


def test_counts_equal_networkx(estate):
    """networkx counts an undirected tie from both ends too, inside a group twice."""
    ties, nodes = estate
    graph = nx.from_pandas_edgelist(ties, "one", "other")
    nx.set_node_attributes(graph, nodes.set_index("resident")["origin"], "origin")
    peer = nx.attribute_mixing_matrix(
        graph, "origin", mapping={"local": 0, "non-local": 1}, normalized=False
    )
    table = cohesion.mixing_matrix(ties, nodes=nodes, **COLUMNS)
    assert table.to_numpy().tolist() == peer.tolist()


def test_e_i_of_320_inside_and_80_between_is_minus_0_6():
    """(80 - 320) / 400."""
    inside = [(i, 2 + i) for i in range(320)]
    between = [(0, 322 + i) for i in range(80)]
    groups = ["local"] * 322 + ["non-local"] * 80
    ties, nodes = tables(inside + between, groups)
    table = cohesion.mixing(ties, nodes=nodes, n_permutations=2, rng=1, **COLUMNS)
    assert values(table)["e_i_index"] == pytest.approx(-0.60, **EXACT)


def test_e_i_of_the_karate_club():
    """-0.71795 by netseg::ei: of 78 ties, 67 inside the two clubs and 11 between."""
    graph = nx.karate_club_graph()
    table = cohesion.mixing(graph, group="club", n_permutations=2, rng=1)
    assert values(table)["e_i_index"] == pytest.approx((11 - 67) / 78, **EXACT)
    assert values(table)["e_i_index"] == pytest.approx(-0.71795, abs=5e-6)


def from_counts(counts, sizes):
    """Make a directed network with these numbers of ties between groups."""
    starts = np.concatenate(([0], np.cumsum(sizes)))
    pairs = []
    for g, row in enumerate(counts):
        for h, count in enumerate(row):
            options = [
                (i, j)
                for i in range(starts[g], starts[g + 1])
                for j in range(starts[h], starts[h + 1])
                if i != j
            ]
            pairs += options[:count]
    return tables(pairs, np.repeat([f"g{g}" for g in range(len(sizes))], sizes))


def test_coleman_of_his_own_example():
    """Coleman (1958): 60 boys, 40 girls; exact figures in netseg's test-coleman.R."""
    ties, nodes = from_counts([[45, 15], [20, 20]], [60, 40])
    table = cohesion.mixing(
        ties, nodes=nodes, directed=True, n_permutations=2, rng=1, **COLUMNS
    )
    assert values(table)["coleman_homophily[g0]"] == pytest.approx(0.38125, abs=5e-6)
    assert values(table)["coleman_homophily[g1]"] == pytest.approx(0.175, abs=5e-6)


def test_classroom_as_published():
    """netseg's README: 13 boys and 13 girls, ties 40, 2, 5 and 41."""
    ties, nodes = from_counts([[40, 2], [5, 41]], [13, 13])
    table = values(
        cohesion.mixing(
            ties, nodes=nodes, directed=True, n_permutations=2, rng=1, **COLUMNS
        )
    )
    assert table["coleman_homophily[g0]"] == pytest.approx(0.9084249, abs=5e-8)
    assert table["coleman_homophily[g1]"] == pytest.approx(0.7909699, abs=5e-8)
    assert np.exp(table["log_odds_ratio"]) == pytest.approx(16.58071, abs=5e-6)


def test_coleman_is_minus_one_without_a_tie_inside():
    """Fewer ties inside than by lot: (0 - w) / w."""
    ties, nodes = tables([(0, 2), (0, 3), (1, 2), (1, 3)], "aabb")
    table = values(
        cohesion.mixing(ties, nodes=nodes, n_permutations=2, rng=1, **COLUMNS)
    )
    assert table["coleman_homophily[a]"] == table["coleman_homophily[b]"] == -1
    assert table["e_i_index"] == 1
    assert table["log_odds_ratio"] == -np.inf


def reference_network(directed):
    """The network of tests/reference/mixing.R, by the same whole-number rules."""
    i = np.arange(1, 37)
    building = (i - 1) // 9
    group = np.where((7 * i) % 5 < 3 - building % 2, "local", "non-local")
    if directed:
        group = np.where((5 * i) % 7 == 0, "returned", group)
    near = building[:, None] == building
    chance = 2 + 4 * near + 3 * (group[:, None] == group)
    a, b = i[:, None], i
    tied = (a * a + 3 * b * b + a * b + 5 * b) % 23 < chance
    tied = tied & ~np.eye(36, dtype=bool) if directed else np.triu(tied, 1)
    ties, nodes = tables(np.argwhere(tied), group)
    return ties, nodes.assign(building=building)


@pytest.mark.parametrize("name", ["undirected", "directed"])
def test_indices_equal_r(name):
    ties, nodes = reference_network(name == "directed")
    expected = REFERENCE.loc[REFERENCE["network"].eq(name)]
    expected = expected.set_index("term")["value"].to_dict()
    both = {"nodes": nodes, "directed": name == "directed"} | COLUMNS
    table = cohesion.mixing(ties, n_permutations=2, rng=1, **both)
    # R's figures have 15 or 16 digits; mantelhaen.test and glm's errors fewer.
    indices = {k: v for k, v in expected.items() if k in set(table["term"])}
    assert len(indices) == len(table)
    assert values(table) == pytest.approx(indices, abs=1e-13)
    odds = cohesion.tie_odds(ties, within="building", **both).iloc[0]
    assert odds["estimate"] == pytest.approx(expected["mantel_haenszel"], abs=1e-12)
    assert odds["std_error"] == pytest.approx(expected["std_error"], abs=1e-12)
    stratified = cohesion.mixing(
        ties, within="building", n_permutations=2, rng=1, **both
    )
    assert values(stratified)["log_odds_ratio"] == pytest.approx(odds["estimate"])
    everyone = cohesion.tie_odds(ties, **both).iloc[0]
    assert everyone["std_error"] == pytest.approx(expected["std_error_all"], rel=1e-9)
    assert everyone["estimate"] == pytest.approx(expected["log_odds_ratio"], abs=1e-13)


def test_tie_odds_by_hand():
    """Of 6 pairs of one group 5 tied, of 9 mixed pairs 1; Woolf's standard error."""
    ties, nodes = tables([(0, 1), (0, 2), (1, 2), (3, 4), (4, 5), (2, 3)], "aaabbb")
    row = cohesion.tie_odds(ties, nodes=nodes, conf_level=0.9, **COLUMNS).iloc[0]
    error = np.sqrt(1 / 5 + 1 / 1 + 1 / 1 + 1 / 8)
    assert row["estimate"] == pytest.approx(np.log(5 * 8))
    assert row["std_error"] == pytest.approx(error)
    assert row["statistic"] == pytest.approx(np.log(40) / error)
    # 90 %: the normal quantile 1.6448536.
    assert row["conf_low"] == pytest.approx(np.log(40) - 1.6448536 * error, abs=1e-6)
    assert row["conf_high"] == pytest.approx(np.log(40) + 1.6448536 * error, abs=1e-6)
    # z = 2.41930: 2 (1 - Phi(z)), by tables of the normal distribution.
    assert row["p_value"] == pytest.approx(0.01555, abs=2e-5)
    counts = ["tied_same", "pairs_same", "tied_mixed", "pairs_mixed"]
    assert row[counts].tolist() == [5, 6, 1, 9]


@st.composite
def networks(draw):
    n = draw(st.integers(3, 12))
    directed = draw(st.booleans())
    pairs = draw(
        st.lists(
            st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)).filter(
                lambda p: p[0] != p[1]
            ),
            min_size=2,
            max_size=30,
        )
    )
    groups = draw(st.lists(st.integers(0, 2), min_size=n, max_size=n))
    groups[:2] = [0, 1]
    return pairs, groups, directed


@settings(max_examples=60, deadline=None)
@given(networks())
def test_assortativity_equals_networkx_and_igraph(network):
    pairs, groups, directed = network
    ties, nodes = tables(pairs, groups)
    table = cohesion.mixing(
        ties, nodes=nodes, directed=directed, n_permutations=2, rng=1, **COLUMNS
    )
    ours = values(table)["assortativity"]
    graph = nx.DiGraph(pairs) if directed else nx.Graph(pairs)
    nx.set_node_attributes(graph, dict(enumerate(groups)), "group")
    other = igraph.Graph(n=len(groups), edges=list(graph.edges()), directed=directed)
    with np.errstate(invalid="ignore"):
        peer = other.assortativity_nominal(groups, directed=directed)
    assert ours == pytest.approx(peer, nan_ok=True, abs=1e-9)
    if not np.isnan(peer):
        peer = nx.attribute_assortativity_coefficient(graph, "group")
        assert ours == pytest.approx(peer, abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(networks(), st.randoms(use_true_random=False))
def test_order_of_rows_and_direction_of_writing_do_not_matter(network, random):
    pairs, groups, directed = network
    ties, nodes = tables(pairs, groups)
    call = {"directed": directed, "n_permutations": 9, "rng": 1} | COLUMNS
    expected = cohesion.mixing(ties, nodes=nodes, **call)
    mixed = random.sample(pairs, len(pairs))
    if not directed:
        mixed = [p[::-1] if random.random() < 0.5 else p for p in mixed]
    # A tie listed twice counts once.
    ties = tables([*mixed, mixed[0]], groups)[0]
    rows = random.sample(range(len(nodes)), len(nodes))
    assert_frame_equal(cohesion.mixing(ties, nodes=nodes.iloc[rows], **call), expected)


# --- the nulls


def naive(ties, labels, directed=False):
    """Measure by plain Python, from the definitions of the docstring."""
    n = len(labels)
    arcs = [(labels[a], labels[b]) for a, b in ties]
    if not directed:
        arcs += [(h, g) for g, h in arcs]
    total = len(arcs)
    levels = sorted(set(labels))
    share = {
        (g, h): sum(arc == (g, h) for arc in arcs) / total
        for g in levels
        for h in levels
    }
    row = {g: sum(share[g, h] for h in levels) for g in levels}
    column = {h: sum(share[g, h] for g in levels) for h in levels}
    inside = sum(share[g, g] for g in levels)
    chance = sum(row[g] * column[g] for g in levels)
    out = {"e_i_index": 1 - 2 * inside, "assortativity": np.nan}
    if chance < 1 - 1e-12:
        out["assortativity"] = (inside - chance) / (1 - chance)
    for g in levels:
        lot = row[g] * (labels.count(g) - 1) / (n - 1)
        above = share[g, g] > lot
        limit = row[g] - lot if above else lot
        out[f"coleman_homophily[{g}]"] = (
            (share[g, g] - lot) / limit if limit else np.nan
        )
    same = sum(g == h for g, h in arcs)
    all_same = sum(labels.count(g) * (labels.count(g) - 1) for g in levels)
    all_mixed = n * (n - 1) - all_same
    mixed = total - same
    top, bottom = same * (all_mixed - mixed), (all_same - same) * mixed
    with np.errstate(divide="ignore", invalid="ignore"):
        out["log_odds_ratio"] = float(np.log(np.float64(top) / np.float64(bottom)))
    return out


def label_moments(ties, n, sizes):
    """Mean and variance of E-I when labels are dealt by lot, in closed form.

    The number of ties inside groups is a sum of indicators over ties. Two ties share
    one resident (a path of three) or none; probabilities that both are inside follow
    from falling factorials of the group sizes. It needs a simple undirected graph.
    """
    m = len(ties)

    def fall(x, k):
        return np.prod([x - i for i in range(k)], dtype=float)

    one = sum(fall(s, 2) for s in sizes) / fall(n, 2)
    path = sum(fall(s, 3) for s in sizes) / fall(n, 3)
    apart = sum(
        fall(s, 4) if g == h else fall(s, 2) * fall(t, 2)
        for g, s in enumerate(sizes)
        for h, t in enumerate(sizes)
    ) / fall(n, 4)
    degree = np.bincount(np.ravel(ties), minlength=n)
    paths = (degree * (degree - 1)).sum()
    second = m * one + paths * path + (m * (m - 1) - paths) * apart
    variance = second - (m * one) ** 2
    return 1 - 2 * one, 4 * variance / m**2


def every_labelling(nodes):
    """All ways to deal the labels, as lists."""
    n, first = len(nodes), int(nodes["origin"].eq("a").sum())
    for chosen in combinations(range(n), first):
        yield ["a" if i in chosen else "b" for i in range(n)]


def test_closed_form_moments_equal_enumeration(eight):
    """So that the closed form may stand for the truth in larger networks below."""
    ties, nodes = eight
    pairs = ties.to_numpy()
    every = [naive(pairs, labels)["e_i_index"] for labels in every_labelling(nodes)]
    mean, variance = label_moments(pairs, 8, [3, 5])
    assert mean == pytest.approx(np.mean(every), **EXACT)
    assert variance == pytest.approx(np.var(every), **EXACT)


@pytest.mark.parametrize("by_keys", [False, True])
def test_label_null_equals_enumeration(by_keys, eight, monkeypatch):
    """Means, deviations and p-values over all 56 labellings, for every index."""
    monkeypatch.setattr(_mixing, "_DEALT_BY_KEYS", range(99) if by_keys else range(0))
    ties, nodes = eight
    every = pd.DataFrame(
        [naive(ties.to_numpy(), labels) for labels in every_labelling(nodes)]
    )
    table = cohesion.mixing(ties, nodes=nodes, n_permutations=20_000, rng=1, **COLUMNS)
    for row in table.itertuples():
        exact = every[row.term]
        # Three Monte-Carlo errors of 20,000 draws.
        assert row.expected == pytest.approx(exact.mean(), abs=3 * exact.std() / 141)
        assert row.std_error == pytest.approx(exact.std(ddof=0), rel=0.03)
        tails = [
            (exact <= row.estimate + 1e-9).mean(),
            (exact >= row.estimate - 1e-9).mean(),
        ]
        assert row.p_value == pytest.approx(min(1, 2 * min(tails)), abs=0.02)
        assert row.statistic == pytest.approx(
            (row.estimate - row.expected) / row.std_error
        )


@pytest.mark.parametrize("copies", [1, 5])
def test_label_null_has_the_closed_form_moments(copies, estate):
    """Sixty residents are shuffled, three hundred are dealt labels by keys."""
    ties, nodes = estate
    ties = pd.concat([ties + 60 * k for k in range(copies)], ignore_index=True)
    nodes = pd.concat([nodes] * copies, ignore_index=True)
    nodes["resident"] = np.arange(len(nodes))
    mean, variance = label_moments(
        ties.to_numpy(), len(nodes), nodes["origin"].value_counts().tolist()
    )
    table = cohesion.mixing(ties, nodes=nodes, n_permutations=8000, rng=1, **COLUMNS)
    row = table.iloc[0]
    # sd / sqrt(8000) and 1 / sqrt(16000), three times over.
    assert row["expected"] == pytest.approx(mean, abs=3 * np.sqrt(variance / 8000))
    assert row["std_error"] == pytest.approx(np.sqrt(variance), rel=0.024)


@pytest.mark.parametrize("directed", [False, True])
def test_every_draw_equals_the_naive_measure(directed, estate):
    """The fast path, column by column, against plain Python on the same labels."""
    ties, nodes = estate
    pairs = ties.to_numpy()
    codes = pd.Categorical(nodes["origin"]).codes.astype(np.intp)
    codes[nodes["resident"] % 7 == 0] = 2
    one = np.zeros(60, dtype=np.intp)
    net = _mixing.lay_out(codes, one, *pairs.T, n_groups=3, directed=directed)
    rng = np.random.default_rng(5)
    labels = np.column_stack([rng.permutation(codes) for _ in range(20)])
    fast = _mixing._measures(net, labels.astype(np.uint8))
    for draw, column in zip(fast, labels.T, strict=True):
        slow = naive(pairs, column.tolist(), directed)
        assert draw == pytest.approx(list(slow.values()), **EXACT)


class FewKeys:
    """A generator whose keys are 0 to 3 only, so that many are shared."""

    def __init__(self):
        self.generator = np.random.default_rng(9)
        self.permuted = self.generator.permuted

    def integers(self, _, size, dtype):
        return self.generator.integers(4, size=size, dtype=dtype)


@pytest.mark.parametrize("generator", [np.random.default_rng(9), FewKeys()])
def test_labels_are_dealt_fairly(generator, monkeypatch):
    """Labels 0, 0, 1, 3, 3 have 5!/(2! 1! 2!) = 30 orders, each as likely."""
    monkeypatch.setattr(_mixing, "_DEALT_BY_KEYS", range(99))
    labels = np.array([3, 0, 1, 0, 3], dtype=np.uint8)
    dealt = _mixing._deal(labels, 30_000, generator)
    orders, counts = np.unique(dealt, axis=1, return_counts=True)
    assert orders.shape == (5, 30)
    assert (np.sort(orders, axis=0).T == [0, 0, 1, 3, 3]).all()
    # 1,000 of each; sd sqrt(1000 * 29/30) = 31, four times over for 30 of them.
    assert abs(counts - 1000).max() < 125


def test_label_null_equals_resample(estate):
    """The fast test against the general one with the plain measure."""
    ties, nodes = estate
    pairs = ties.to_numpy()
    fast = cohesion.mixing(ties, nodes=nodes, n_permutations=4000, rng=1, **COLUMNS)

    def plain(data):
        # Residents come in any order; ties name them.
        labels = data.sort_values("resident")["origin"].to_numpy()
        return float(np.where(labels[pairs[:, 0]] == labels[pairs[:, 1]], -1, 1).mean())

    slow = resample.permutation_test(
        nodes, plain, value="origin", n_permutations=2000, rng=2
    ).iloc[0]
    row = fast.iloc[0]
    assert row["estimate"] == pytest.approx(slow["estimate"], **EXACT)
    # Three times the Monte-Carlo error of the difference.
    error = row["std_error"] * np.sqrt(1 / 4000 + 1 / 2000)
    assert row["expected"] == pytest.approx(slow["expected"], abs=3 * error)
    assert row["std_error"] == pytest.approx(slow["std_error"], rel=0.06)
    assert row["conf_low"] == pytest.approx(slow["conf_low"], abs=10 * error)


def test_within_null_is_enumerated():
    """Two buildings of three with one and two of a: 9 labellings."""
    pairs = [(0, 1), (1, 2), (3, 4), (2, 3), (0, 5), (1, 4)]
    ties, nodes = tables(pairs, list("abbaab"))
    nodes["building"] = ["x"] * 3 + ["y"] * 3
    every = []
    for i in range(3):
        for j in range(3, 6):
            labels = ["b"] * 3 + ["a"] * 3
            labels[i], labels[j] = "a", "b"
            every.append(naive(pairs, labels)["e_i_index"])
    table = cohesion.mixing(
        ties,
        nodes=nodes,
        null="within",
        within="building",
        n_permutations=9000,
        rng=1,
        **COLUMNS,
    )
    row = table.iloc[0]
    assert row["expected"] == pytest.approx(
        np.mean(every), abs=3 * np.std(every) / np.sqrt(9000)
    )
    assert row["std_error"] == pytest.approx(np.std(every), rel=0.03)
    assert row["null"] == "within"


def test_within_null_removes_what_buildings_explain():
    """Groups live apart and ties keep to buildings: nothing is left inside one."""
    rng = np.random.default_rng(8)
    building = np.arange(200) // 20
    group = np.where(rng.random(200) < 0.1 + 0.8 * (building % 2), "a", "b")
    pairs = np.argwhere(
        np.triu((rng.random((200, 200)) < 0.3) & (building[:, None] == building), 1)
    )
    ties, nodes = tables(pairs, group)
    nodes["building"] = building
    call = {"nodes": nodes, "within": "building", "rng": 1} | COLUMNS
    everywhere = cohesion.mixing(ties, **call).set_index("term")
    inside = cohesion.mixing(ties, null="within", **call).set_index("term")
    assert everywhere.loc["e_i_index", "statistic"] < -10
    assert abs(inside.loc["e_i_index", "statistic"]) < 3
    # Ties were made without regard to groups: the odds inside buildings are equal.
    assert abs(inside.loc["log_odds_ratio", "estimate"]) < 0.2


@pytest.mark.parametrize("directed", [False, True])
def test_degree_null_has_the_closed_form_mean(directed, estate):
    """E(share inside): sum d(d-1) / 2m(2m-1), or sum out*in / m^2 if directed."""
    ties, nodes = estate
    m = len(ties)
    origin = nodes["origin"].to_numpy()
    first, second = origin[ties["one"]], origin[ties["other"]]
    share = 0.0
    for g in ("local", "non-local"):
        out, into = (first == g).sum(), (second == g).sum()
        if directed:
            share += out * into / m**2
        else:
            share += (out + into) * (out + into - 1) / (2 * m * (2 * m - 1))
    table = cohesion.mixing(
        ties,
        nodes=nodes,
        directed=directed,
        null="degree",
        n_permutations=8000,
        rng=1,
        **COLUMNS,
    ).set_index("term")
    row = table.loc["e_i_index"]
    assert row["expected"] == pytest.approx(
        1 - 2 * share, abs=3 * row["std_error"] / np.sqrt(8000)
    )
    # Degrees are held, so that these are linear in the share inside.
    assert table.loc["assortativity", "statistic"] == pytest.approx(-row["statistic"])
    assert table.loc["log_odds_ratio"].isna()[["expected", "p_value"]].all()
    assert not np.isnan(table.loc["log_odds_ratio", "estimate"])


@pytest.mark.parametrize("directed", [False, True])
def test_degree_null_equals_shuffled_ends(directed, eight):
    """The drawn counts against really cutting and re-pairing all ends."""
    ties, nodes = eight
    nodes["origin"] = list("aabbabbc")
    pairs = ties.to_numpy()
    codes = pd.Categorical(nodes["origin"]).codes.astype(np.intp)
    net = _mixing.lay_out(
        codes, np.zeros(8, dtype=np.intp), *pairs.T, n_groups=3, directed=directed
    )
    rng = np.random.default_rng(2)
    draws = _mixing.degree_draws(net, 6000, rng)[:, 0]
    ends = codes[pairs]
    shuffled = []
    for _ in range(6000):
        if directed:
            first, second = ends[:, 0], rng.permutation(ends[:, 1])
        else:
            first, second = rng.permutation(ends.ravel()).reshape(-1, 2).T
        shuffled.append(1 - 2 * np.mean(first == second))
    levels = np.round(np.unique([*draws, *shuffled]), 9)
    ours, theirs = (
        np.array([np.mean(np.isclose(x, level)) for level in levels])
        for x in (draws, shuffled)
    )
    # Each frequency has a Monte-Carlo error of at most sqrt(.25 / 6000) = 0.0065.
    assert ours == pytest.approx(theirs, abs=0.028)


# --- a whole city, and traps


@pytest.fixture
def city(eight):
    """Three estates of different make-up in one pair of tables."""
    ties, nodes = eight
    parts = []
    for k, labels in enumerate(["aabbabbb", "ababbbab", "bbbbaaaa"]):
        parts.append(
            (
                ties + 8 * k,
                nodes.assign(
                    resident=nodes["resident"] + 8 * k,
                    origin=list(labels),
                    estate=f"小区{k}",
                ),
            )
        )
    all_ties, all_nodes = (
        pd.concat(p, ignore_index=True) for p in zip(*parts, strict=True)
    )
    return all_ties, all_nodes


@pytest.mark.parametrize("null", ["labels", "degree"])
def test_a_network_has_its_own_draws(city, null):
    """Leaving out one estate changes no figure of the others."""
    ties, nodes = city
    call = {"network": "estate", "null": null, "n_permutations": 50, "rng": 1} | COLUMNS
    whole = cohesion.mixing(ties, nodes=nodes, **call)
    assert whole.columns[0] == "estate"
    assert len(whole) == 3 * 5
    part = nodes["estate"].ne("小区0")
    rest = cohesion.mixing(ties[ties["one"] >= 8], nodes=nodes[part], **call)
    assert_frame_equal(whole[whole["estate"].ne("小区0")].reset_index(drop=True), rest)


def test_twin_networks_have_draws_of_their_own(eight):
    """Two estates alike in all but name: one index, two samples from one null."""
    ties, nodes = eight
    both = pd.concat(
        [nodes.assign(estate="x"), nodes.assign(resident=nodes.index + 8, estate="y")]
    )
    table = cohesion.mixing(
        pd.concat([ties, ties + 8]),
        nodes=both,
        network="estate",
        n_permutations=50,
        rng=1,
        **COLUMNS,
    )
    first = table[table["term"].eq("e_i_index")]
    assert len(set(first["estimate"])) == 1
    assert len(set(first["expected"])) == 2


def test_buildings_may_lie_anywhere_among_the_ids():
    """R's figures for ids sorted by building hold for ids in any order."""
    ties, nodes = reference_network(directed=False)
    new = np.random.default_rng(4).permutation(36)
    nodes["resident"] = new
    ties = ties.apply(lambda end: new[end])
    row = cohesion.tie_odds(ties, nodes=nodes, within="building", **COLUMNS).iloc[0]
    expected = REFERENCE[REFERENCE["network"].eq("undirected")]
    expected = expected.set_index("term")["value"]
    assert row["estimate"] == pytest.approx(expected["mantel_haenszel"], abs=1e-12)
    assert row["std_error"] == pytest.approx(expected["std_error"], abs=1e-12)


def test_a_city_has_the_figures_of_each_network(city):
    ties, nodes = city
    both = {"network": "estate"} | COLUMNS
    whole = cohesion.mixing_matrix(ties, nodes=nodes, **both)
    odds = cohesion.tie_odds(ties, nodes=nodes, **both)
    table = cohesion.mixing(ties, nodes=nodes, n_permutations=5, rng=1, **both)
    for k in range(3):
        mine = ties[ties["one"] // 8 == k]
        people = nodes[nodes["estate"].eq(f"小区{k}")]
        assert_frame_equal(
            whole.loc[f"小区{k}"],
            cohesion.mixing_matrix(mine, nodes=people, **COLUMNS),
        )
        assert_frame_equal(
            odds.iloc[[k], 1:].reset_index(drop=True),
            cohesion.tie_odds(mine, nodes=people, **COLUMNS),
        )
        alone = cohesion.mixing(mine, nodes=people, n_permutations=5, rng=1, **COLUMNS)
        assert values(table[table["estate"].eq(f"小区{k}")]) == pytest.approx(
            values(alone)
        )


def test_estates_with_one_group_or_no_tie_are_not_defined(city):
    ties, nodes = city
    nodes.loc[nodes["estate"].eq("小区0"), "origin"] = "b"
    ties = ties[ties["one"] < 16]
    both = {"network": "estate"} | COLUMNS
    table = cohesion.mixing(ties, nodes=nodes, n_permutations=9, rng=1, **both)
    undefined = table.groupby("estate")["estimate"].agg(lambda x: x.isna().all())
    assert undefined.tolist() == [True, False, True]
    bad = table[table["estate"].ne("小区1")]
    assert bad.loc[:, "expected":"conf_high"].isna().all(axis=None)
    assert bad["n_permutations"].eq(0).all()
    for null in ("degree", "labels"):
        cohesion.mixing(ties, nodes=nodes, null=null, n_permutations=9, rng=1, **both)
    assert cohesion.tie_odds(ties, nodes=nodes, **both)["estimate"].isna().tolist() == [
        True,
        False,
        True,
    ]
    matrix = cohesion.mixing_matrix(ties, nodes=nodes, **both)
    # Ten ties inside one group are twenty ends; no tie is none.
    assert matrix.loc["小区0"].to_numpy().tolist() == [[0, 0], [0, 20]]
    assert matrix.loc["小区2"].to_numpy().sum() == 0


def test_isolates_count_in_group_sizes():
    """Two a tied to each other; two, then four, b without ties: w = 1/3, then 1/5."""
    for others, chance in [(2, 1 / 3), (4, 1 / 5)]:
        ties, nodes = tables([(0, 1), (0, 2)], ["a", "a"] + ["b"] * others)
        table = values(
            cohesion.mixing(ties, nodes=nodes, n_permutations=9, rng=1, **COLUMNS)
        )
        # a has three ends, two of them inside.
        assert table["coleman_homophily[a]"] == pytest.approx(
            (2 - 3 * chance) / (3 - 3 * chance)
        )


def test_a_group_of_one_has_no_homophily():
    ties, nodes = tables([(0, 1), (1, 2), (2, 0), (2, 3)], "aaab")
    table = cohesion.mixing(ties, nodes=nodes, n_permutations=99, rng=1, **COLUMNS)
    by_term = table.set_index("term")
    assert by_term.loc["coleman_homophily[b]"].isna()[["estimate", "p_value"]].all()
    # Three ties inside and one between: (1 - 3) / 4.
    assert by_term.loc["e_i_index", "estimate"] == pytest.approx(-0.5)


def test_empty_categories_are_left_out_and_order_is_kept(eight):
    ties, nodes = eight
    nodes["origin"] = pd.Categorical(nodes["origin"], categories=["c", "b", "a"])
    table = cohesion.mixing(ties, nodes=nodes, n_permutations=9, rng=1, **COLUMNS)
    assert table["term"].tolist() == [
        "e_i_index",
        "assortativity",
        "coleman_homophily[b]",
        "coleman_homophily[a]",
        "log_odds_ratio",
    ]
    matrix = cohesion.mixing_matrix(ties, nodes=nodes, **COLUMNS)
    assert matrix.index.tolist() == matrix.columns.tolist() == ["b", "a"]


def test_input_is_not_modified(eight):
    ties, nodes = eight
    before = ties.copy(), nodes.copy()
    cohesion.mixing(ties, nodes=nodes, n_permutations=9, rng=1, **COLUMNS)
    assert_frame_equal(ties, before[0])
    assert_frame_equal(nodes, before[1])


BAD = [
    ({"group": "orign"}, {}, "did you mean 'origin'"),
    ({}, {"origin": [None, *"abbabbb"]}, "'origin' has 1 missing"),
    ({}, {"origin": "a"}, "has one group only .'a'."),
    ({"group": "resident"}, {"resident": range(8)}, None),
    ({"group": "age"}, {"age": np.arange(8) + 20.5}, None),
    ({"null": "lables"}, {}, "did you mean 'labels'"),
    ({"null": "within"}, {}, "needs within="),
    ({"null": "within", "within": "bulding"}, {"building": 1}, "'building'"),
    ({"within": "building"}, {"building": [None] * 8}, "8 missing"),
    ({"network": "term"}, {"term": "x"}, "also the name of a column of the result"),
    ({"n_permutations": 0}, {}, "at least 2"),
    ({"conf_level": 95}, {}, "between 0 and 1"),
]


@pytest.mark.parametrize(("arguments", "columns", "match"), BAD)
def test_bad_input_is_refused(arguments, columns, match, eight):
    ties, nodes = eight
    call = COLUMNS | {"n_permutations": 9, "rng": 1} | arguments
    nodes = nodes.assign(**columns)
    if match is None:  # up to ten numbers may be codes of groups
        assert len(cohesion.mixing(ties, nodes=nodes, **call)) == 8 + 3
        return
    with pytest.raises(ValueError, match=match):
        cohesion.mixing(ties, nodes=nodes, **call)


def test_numbers_and_ids_given_as_groups_are_refused():
    pairs = [(i, i + 1) for i in range(59)]
    ties, nodes = tables(pairs, np.arange(60) % 11)
    with pytest.raises(ValueError, match=r"11 different numbers .*pandas\.cut"):
        cohesion.mixing_matrix(ties, nodes=nodes, **COLUMNS)
    nodes["origin"] = [f"r{i}" for i in range(60)]
    with pytest.raises(ValueError, match="60 different values"):
        cohesion.mixing(ties, nodes=nodes, rng=1, **COLUMNS)
