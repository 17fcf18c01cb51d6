"""The causal graph: complete, without cycles, true to the equations, used rightly."""

import networkx as nx
import pandas as pd
import pytest

from govlib import city, datasets

GRAPH = city.dag().graph
SIZE = city.Size(1, 1, 3, 30)


def test_graph_table_and_picture_agree():
    found = city.dag()
    assert list(found.nodes["variable"]) == list(found.graph)
    assert set(zip(found.edges["source"], found.edges["target"], strict=True)) == set(
        found.graph.edges
    )
    assert set(found.edges["source"]) <= set(found.nodes["variable"])
    assert not found.edges.duplicated(["source", "target"]).any()
    assert set(found.edges["sign"]) == {"+", "-", "~"}
    assert found.graph.edges["need", "participation"]["sign"] == "-"


def test_graph_has_no_cycle_since_time_is_explicit():
    assert nx.is_directed_acyclic_graph(GRAPH)
    assert nx.has_path(GRAPH, "participation", "belonging_later")
    assert not nx.has_path(GRAPH, "participation", "belonging")


def test_words_are_complete_in_both_languages():
    nodes = city.dag().nodes
    assert nodes[["title_en", "title_zh", "equation"]].notna().all().all()
    assert nodes["title_en"].is_unique
    assert nodes["title_zh"].is_unique
    assert nodes["title_zh"].str.contains(r"[\u4e00-\u9fff]").all()


def test_what_the_graph_calls_observed_is_in_a_table():
    columns = {
        column for name in datasets.names() for column in datasets.load(name).columns
    }
    # The same under the name that the survey gives it.
    renamed = {
        "party": "party_member",
        "tenure": "tenure_years",
        "asked": "asked_by",
        "participation": "took_part",
        "belonging": None,
        "belonging_later": "belong_home",
        "heterogeneity": None,
        "halls_near": None,
        "in_activity_room": None,
    }
    nodes = city.dag().nodes.query("observed")
    missing = [
        name for name in nodes["variable"] if renamed.get(name, name) not in columns
    ]
    assert [name for name in missing if name not in renamed] == []


# What each remedy may move: its variable and what follows from it, by the columns of
# the tables; and what it must move, or the graph has an arrow without an equation.
@pytest.mark.parametrize(
    ("remedy", "moved"),
    [
        (
            city.Remedy("mandates", 200),
            {"mandates", "load", "self_governance_time"},
        ),
        (city.Remedy("staff", 100), {"staff", "load", "self_governance_time"}),
        (city.Remedy("hall", 1), {"hall", "hall_since"}),
        (city.Remedy("functions", 0), {"functions"}),
    ],
)
def test_remedies_move_what_follows_from_them_and_nothing_else(remedy, moved):
    tables = ["communities", "survey"]
    plain = city.simulate(SIZE, seed=3, only=tables)
    changed = city.simulate(SIZE, seed=3, remedies=[remedy], only=tables)
    found = {
        name
        for name in plain.communities
        if not plain.communities[name].equals(changed.communities[name])
    }
    assert found == moved
    # Nobody's attributes, ties or willingness to be asked follow from it.
    for name in ("origin", "owner", "age", "party", "ties", "asked"):
        assert name not in nx.descendants(GRAPH, remedy.variable)
    for name in ("origin", "owner", "age", "party_member", "ties", "asked_by"):
        pd.testing.assert_series_equal(plain.survey[name], changed.survey[name])
    assert not plain.survey["took_part"].equals(changed.survey["took_part"])


# (exposure, outcome, given, whether that is enough), by the paths of `case.md` 5.3.
SETS = [
    # Need sends halls and keeps people away: chapters 00, 05 and 08.
    ("hall", "participation", [], False),
    ("hall", "participation", ["need"], True),
    ("hall", "consent", [], False),
    ("hall", "consent", ["need"], True),
    ("hall", "lift_built", ["need"], True),
    # Need, and the sub-district through activities: chapter 02. Activities held fixed
    # alone tie the sub-district to wealth and housing.
    ("mandates", "participation", [], False),
    ("mandates", "participation", ["need"], False),
    ("mandates", "participation", ["need", "subdistrict_effect"], True),
    ("mandates", "participation", ["need", "staff", "activity", "age", "owner"], False),
    (
        "mandates",
        "participation",
        ["need", "staff", "activity", "wealth", "housing"],
        True,
    ),
    ("lift_targets", "lift_target_met", [], False),
    ("lift_targets", "lift_target_met", ["need", "load"], False),
    ("lift_targets", "lift_target_met", ["need", "load", "support"], True),
    ("support", "lift_target_met", ["need", "load", "lift_targets"], True),
    # Who pays decides; with the money held fixed, so does who decides: chapter 03.
    ("office_share", "autonomy", [], True),
    ("office_share", "quality", ["organisation_income"], True),
    ("autonomy", "quality", [], False),
    ("autonomy", "quality", ["office_share", "organisation_income"], True),
    # A step on the way is no place to stand: chapter 05.
    ("origin", "participation", ["owner"], False),
    ("origin", "participation", ["non_local_share"], True),
    ("non_local_share", "participation", [], False),
    ("non_local_share", "participation", ["housing"], True),
    ("asked", "participation", ["age", "owner", "party", "tenure"], False),
    (
        "asked",
        "participation",
        ["age", "owner", "party", "tenure", "origin", "ties"],
        True,
    ),
    # The rich expect more, and live where more is near: chapter 06.
    ("functions", "satisfaction", [], False),
    ("functions", "satisfaction", ["income"], True),
    ("income", "satisfaction", [], False),
    ("income", "satisfaction", ["functions"], True),
    # Wealth and housing choose activities: chapter 07.
    ("activity", "ties", [], False),
    ("activity", "ties", ["wealth", "housing"], True),
    ("activity", "participation", ["wealth", "housing"], False),
    (
        "activity",
        "participation",
        ["wealth", "housing", "ring", "need", "functions", "mandates"],
        True,
    ),
    ("activity", "belonging", ["wealth", "housing", "ties"], False),
    # Pressed sub-districts adopt 1+3+X; load held fixed alone ties their pressure to
    # need and staff: chapter 09.
    ("joint_office", "matter_resolved", [], False),
    ("joint_office", "matter_resolved", ["load", "hall"], False),
    ("joint_office", "matter_resolved", ["load", "hall", "need", "staff"], True),
    ("joint_office", "matched", [], True),
    # Delegation and training: chapter 10. The layer is the district's own choice.
    ("delegation", "matter_in_time", [], False),
    ("delegation", "matter_in_time", ["load"], True),
    ("training", "worker_leaves", [], False),
    ("training", "worker_leaves", ["load"], True),
    ("layer", "matter_in_time", [], True),
    # Rich communities get the platform and have fewer problems: chapter 11.
    ("platform", "problems", [], False),
    ("platform", "problems", ["need"], True),
    ("platform", "recorded", ["need"], False),
    ("platform", "recorded", ["need", "age", "belonging"], True),
    # Whom one meets in the activity room follows from taking part.
    ("party", "participation", ["origin", "age", "in_activity_room"], False),
]


@pytest.mark.parametrize(("exposure", "outcome", "given", "enough"), SETS)
def test_adjustment_sets(exposure, outcome, given, enough):
    assert city.closes_back_doors(GRAPH, exposure, outcome, given) == enough


def test_an_isolated_pair_and_a_collider_by_hand():
    """Textbook shapes: a -> c <- b needs nothing; holding c opens the path."""
    collider = nx.DiGraph([("a", "c"), ("b", "c"), ("b", "y")])
    assert city.closes_back_doors(collider, "a", "y", [])
    confounder = nx.DiGraph([("z", "a"), ("z", "y"), ("a", "y")])
    assert not city.closes_back_doors(confounder, "a", "y", [])
    assert city.closes_back_doors(confounder, "a", "y", ["z"])
    m = nx.DiGraph([("u", "a"), ("u", "c"), ("v", "c"), ("v", "y"), ("a", "y")])
    assert city.closes_back_doors(m, "a", "y", [])
    assert not city.closes_back_doors(m, "a", "y", ["c"])


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (("hall", "participation", "need"), TypeError, "several variables"),
        (("halls", "participation", []), ValueError, "did you mean 'hall'"),
        (("hall", "participation", ["hall"]), ValueError, "neither the exposure"),
    ],
)
def test_wrong_questions_are_refused(arguments, error, message):
    with pytest.raises(error, match=message):
        city.closes_back_doors(GRAPH, *arguments)


def test_graph_says_how_large_it_is():
    assert str(city.dag()) == (
        f"Causal graph of S city: {len(GRAPH)} variables, "
        f"{GRAPH.number_of_edges()} direct effects"
    )
