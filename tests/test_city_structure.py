"""Role lists, actors, agreements and networks of S city; the truth of chapter 09."""

from dataclasses import replace
from itertools import combinations
from math import exp, log

import networkx as nx
import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from govlib import city, datasets
from govlib.city import known_structure, partners, structure
from govlib.city.base import base
from govlib.city.parameters import resolve
from govlib.city.places import Size
from govlib.city.remedies import Remedy

SCORES = [f"{name}_score" for name in structure.ACTORS]
PARAMETERS = resolve()
# Symbols, and on which side of the truth the naive answer lies.
NAIVE = {
    "office_resolution": -1,
    "overlap_resolution": -1,
    "coupling_down": 1,
    "coverage_matched": 1,
    "office_betweenness": 1,
}


def logistic(x):
    return 1 / (1 + exp(-x))


@pytest.fixture(scope="module")
def course():
    return base(7, "course")


@pytest.fixture(scope="module")
def has(course):
    return structure.structure(course)


@pytest.fixture(scope="module")
def tables(course):
    return structure.tables(course)


def do(bare, *remedies):
    return replace(bare, remedies=tuple(remedies))


# --- equations, by hand


def test_overlap_by_hand():
    """.35 at a load of 1, times 2/7 with a list; the log odds rise by .5 per load."""
    load = np.array([[1.0, 1.0, 2.0]])
    office = np.array([[0.0, 1.0, 0.0]])
    found = structure.role_overlap(load, office, np.zeros(1), PARAMETERS)
    rising = logistic(log(0.35 / 0.65) + 0.5)
    assert found[0] == pytest.approx([0.35, 0.10, rising])


def test_resolution_by_hand():
    """.9 - .8 (1.4 - .9) + .5 - 1.5 * .2 + 2.5 (.45 - .35) = .95."""
    chance = structure.resolved_chance(
        np.array([1.4]), np.array([1.0]), np.array([0.2]), np.array([0.45]), PARAMETERS
    )
    assert chance[0] == pytest.approx(logistic(0.95))


def test_strengths_by_hand():
    """Log odds of the docstring; a stand-in is weaker by one; nobody has none."""
    draws = np.zeros((3, 1, 4))
    ones = np.ones(3)
    found = structure.strengths(
        coverage=0.7 * ones,
        time=np.full((3, 1), 0.19),
        wealth=ones,
        hall=np.full((3, 1), 0.5),
        body=np.array([0, 1, 2]),
        draws=draws,
    )[:, 0]
    assert found[0] == pytest.approx([logistic(x) for x in (0.9, -0.3, 0.8, 0.7)])
    assert found[1, 2] == pytest.approx(logistic(-0.2))
    assert found[2, 2] == 0
    assert found[2, [0, 1, 3]] == pytest.approx(found[0, [0, 1, 3]])


def test_agreements_by_hand():
    """-.8 + 2.5 * .3 + .3 * 1 = .25 and 1.2 more in the town; -.4 and .6 to match."""
    chance = partners.signing_chance(
        np.full(2, 0.8), np.ones(2), np.array([False, True]), PARAMETERS
    )
    assert chance == pytest.approx([logistic(0.25), logistic(1.45)])
    met = partners.matching_chance(np.array([0.0, 1.0]), PARAMETERS)
    assert met == pytest.approx([logistic(-0.4), logistic(0.6)])


def test_years_are_means_of_four_quarters(has, course):
    assert has.load[5, 1] == pytest.approx(course.by_quarter("load")[5, 4:8].mean())


def test_chances_follow_from_the_weakest_alone(has):
    """Strong actors may change places or weaken to the weakest without any effect."""
    weakest = has.strength.min(axis=2)
    given = has.load, has.hall, has.overlap
    assert structure.resolved_chance(*given, weakest, PARAMETERS) == pytest.approx(
        has.chance
    )


# --- who works by 1+3+X


def test_z_works_by_it_from_quarter_five_and_nobody_before(course):
    since = structure.office_since(course)
    place = course.of_place("subdistrict")
    assert set(since[place == "A-1"]) == {5}
    assert set(since) == {5, 9, 13}
    assert all(len(set(since[place == name])) == 1 for name in set(place))


def test_those_under_pressure_decide_first():
    """By the equation the sub-district's own draw decides; over twenty cities."""
    pressed, calm = [], []
    for seed in range(20):
        bare = base(seed, Size(8, 6, 1, 10))
        working = structure.office_since(bare) < 13
        pressed.append(bare.subdistrict_draw[working].mean())
        calm.append(bare.subdistrict_draw[~working].mean())
    assert np.mean(pressed) - np.mean(calm) > 1


def test_overlap_meets_its_targets(has):
    """.35 before and .10 with a list, case by case about one in twelve off."""
    assert has.overlap[:, 0].mean() == pytest.approx(0.35, abs=0.02)
    listed = has.office[:, -4:].min(axis=1) > 0
    assert has.overlap[listed, -1].mean() == pytest.approx(0.10, abs=0.015)


# --- what can be seen of it


def test_counts_have_their_chances(course, has):
    """Resolved over raised against the mean chance: within four standard errors."""
    found = structure.resolved(course, has)
    expected = (has.matters * has.chance).sum()
    error = (has.matters * has.chance * (1 - has.chance)).sum() ** 0.5
    assert abs(found.sum() - expected) < 4 * error
    assert (found <= has.matters).all()


def test_ratings_are_of_the_strength(course, has):
    """Normal noise of .18, cut to 0 to 1: no bias in the middle; tenths, eight each."""
    rated = structure.ratings(course, has)
    middle = (has.strength > 0.45) & (has.strength < 0.55)
    gap = (rated.mean(axis=2) - has.strength)[middle]
    assert abs(gap.mean()) < 4 * gap.std() / gap.size**0.5
    assert gap.std() == pytest.approx(0.18 / 8**0.5, rel=0.1)
    assert rated[has.body == 2][..., 2].max() == 0
    assert rated * 10 == pytest.approx(np.rint(rated * 10))


def test_holders_follow_overlap(course, has):
    """Shares of duties against their chances, within four standard errors."""
    held = structure.holders(course, has)
    n = held.sum(axis=3)
    for year in range(structure.YEARS):
        p = has.overlap[:, year]
        shared = (n[:, year] > 1).mean(axis=1)
        assert abs((shared - p).mean()) < 4 * ((p * (1 - p) / 20).mean() / 480) ** 0.5
    listed = has.office[:, -1] > 0
    for where, chance in ((listed, 0.03), (~listed, 0.12)):
        open_ = (n[where, -1] == 0).mean()
        error = (chance * (1 - chance) / (20 * where.sum())) ** 0.5
        assert abs(open_ - chance) < 4 * error
    right = [structure.HOLDERS.index(a) for a in structure.DUTIES.values()]
    for duty, actor in enumerate(right):
        taken = n[:, :, duty] > 0
        assert (held[:, :, duty, actor][taken] == 1).all()
    three = (n == 3).sum() / (n > 1).sum()
    assert three == pytest.approx(1 / 3, abs=0.02)


def test_scores_are_means_of_the_ratings(tables):
    last = tables["actor_scores"].query("year == 3").set_index("community")
    ratings = tables["actor_ratings"].groupby("community")[SCORES].mean()
    assert len(ratings) == 40
    pd.testing.assert_frame_equal(ratings, last.loc[ratings.index, SCORES])


def test_lists_say_what_scores_count(tables):
    lists = tables["role_lists"].groupby(["community", "year", "duty"]).size()
    shared = (lists > 1).groupby(level=[0, 1]).sum()
    counted = tables["actor_scores"].set_index(["community", "year"])
    same = counted.loc[shared.index, "duties_shared"]
    assert shared.to_list() == same.to_list()
    open_ = 20 - lists.groupby(level=[0, 1]).size()
    assert open_.to_list() == counted.loc[open_.index, "duties_open"].to_list()


def test_agreements_deliver_less_than_they_promise(tables, has, course):
    table = tables["agreements"]
    assert (table["hours_delivered"] <= table["hours_promised"]).all()
    office = pd.Series(has.office[:, -1] > 0, index=course.codes)
    working = table["community"].map(office)
    for group, p in ((False, logistic(-0.4)), (True, logistic(0.6))):
        met = table.loc[working == group, "need_matched"]
        assert abs(met.mean() - p) < 4 * (p * (1 - p) / len(met)) ** 0.5
    assert table["signed_quarter"].between(1, 12).all()


def test_units_have_ties_by_agreement_only(tables):
    signed = tables["agreements"].set_index("resident_unit")["signed_quarter"]
    ties = tables["organisation_ties"]
    ends = pd.concat(
        [
            ties[["period", e]].set_axis(["period", "node"], axis=1)
            for e in ("source", "target")
        ]
    )
    units = ends[ends["node"].str.contains("-U")]
    by = units["node"].map(signed)
    assert by.notna().all()
    assert (by[units["period"] == "before"] <= 4).all()


def test_networks_only_grow_and_offices_join_the_four(tables, has, course):
    ties = tables["organisation_ties"]
    pairs = {
        period: set(zip(rows["source"], rows["target"], strict=True))
        for period, rows in ties.groupby("period")
    }
    assert pairs["before"] < pairs["after"]
    nodes = set(tables["organisation_nodes"]["node"])
    assert {end for pair in pairs["after"] for end in pair} <= nodes
    assert all(a[:6] == b[:6] for a, b in pairs["after"])
    working = pd.Series(has.office[:, -1] > 0, index=course.codes)
    for code in tables["organisation_nodes"]["community"].unique():
        four = [f"{code}-{kind}" for kind in partners.KINDS[:4]]
        joined = sum(pair in pairs["after"] for pair in combinations(four, 2))
        assert (joined == 6) or not working[code]


def test_branches_have_their_coverage(tables, course):
    party = tables["party_units"]
    chance = partners.coverage(course)[:, -1]
    expected = (party["buildings"] * chance).sum()
    error = (party["buildings"] * chance * (1 - chance)).sum() ** 0.5
    assert abs(party["party_branches"].sum() - expected) < 4 * error


# --- interventions


def test_a_remedy_in_one_community_changes_nothing_elsewhere(course, tables):
    there = "G-1-04"
    changed = structure.tables(
        do(
            course,
            Remedy("role_overlap", 0.9, (there,)),
            Remedy("party_coverage", 1.0, (there,)),
        ),
    )
    for name, table in tables.items():
        other = changed[name]
        pd.testing.assert_frame_equal(
            table[table["community"] != there].reset_index(drop=True),
            other[other["community"] != there].reset_index(drop=True),
        )
    assert not changed["role_lists"].equals(tables["role_lists"])
    own = changed["party_units"].set_index("community").loc[there]
    assert own["party_branches"] == own["buildings"]


def test_a_remedy_without_effect_changes_no_byte(course, tables):
    zed = tuple(code for code in course.codes if code.startswith("A-1-"))
    changed = structure.tables(do(course, Remedy("joint_office", 1, zed, 5)))
    for name, table in tables.items():
        assert changed[name].to_csv() == table.to_csv()


def test_a_list_only_adds(course):
    """Stored draws: less overlap resolves what was resolved, and raises nothing."""
    before = do(course, Remedy("joint_office", 0))
    after = do(course, Remedy("joint_office", 1))
    one, other = structure.structure(before), structure.structure(after)
    assert (one.matters == other.matters).all()
    assert (structure.resolved(before, one) <= structure.resolved(after, other)).all()


def test_a_community_is_the_same_in_every_city():
    small = structure.tables(base(7, "tiny"))
    large = structure.tables(base(7, "course"))
    for name, table in small.items():
        same = large[name][large[name]["community"].isin(table["community"])]
        assert same.to_csv(index=False) == table.to_csv(index=False), name


def test_simulate_makes_them_alone():
    made = city.simulate("tiny", only=["actor_scores"])
    assert list(made.tables) == ["actor_scores"]
    assert len(made.actor_scores) == 36


# --- truth


TRUTH = datasets.truth().query("chapter == '09'").set_index("symbol")


@pytest.fixture(scope="module")
def fresh():
    """Cities that the stored table (seeds 1 to 80) has not seen."""
    return pd.DataFrame([known_structure.figures(seed) for seed in (501, 502)])


def test_parameters_and_what_the_model_is_silent_on():
    """Read off the equations: logistic(.6) - logistic(-.4), -1.5, and nothing."""
    assert TRUTH.loc["overlap_direct", "value"] == -1.5
    matched = logistic(0.6) - logistic(-0.4)
    assert TRUTH.loc["office_matched", "value"] == pytest.approx(matched, abs=5e-6)
    silent = TRUTH.loc["meetings_agreement"]
    assert silent["value"] == 0
    assert "silent" in silent["estimand_en"]


@pytest.mark.parametrize(
    "symbol", [row.symbol for row in known_structure.ROWS if row.effect != "parameter"]
)
def test_stored_truth_agrees_with_cities_it_has_not_seen(symbol, fresh):
    """Less than four standard errors of the difference apart."""
    row = TRUTH.loc[symbol]
    if symbol not in fresh:
        assert row["seeds"] == 0
        return
    spread = row["monte_carlo_error"] * row["seeds"] ** 0.5
    error = spread * (1 / len(fresh) + 1 / row["seeds"]) ** 0.5
    assert abs(fresh[symbol].mean() - row["value"]) <= 4 * error + 1e-5


def test_levelling_down_couples_fully_and_changes_nothing(fresh):
    assert TRUTH.loc["coupling_down", "value"] == 0
    assert (fresh["coupling_down"] == 0).all()


@pytest.mark.parametrize(("symbol", "side"), NAIVE.items())
def test_naive_answer_misleads(symbol, side):
    """On average on the side that it says, and in S city by over two errors."""
    row = TRUTH.loc[symbol]
    assert side * (row["naive_expected"] - row["value"]) > (
        4 * row["naive_expected_error"]
    )
    assert side * (row["naive_city"] - row["value"]) > 2 * row["naive_city_error"]
    assert row["naive_en"]
    assert row["naive_zh"]


def test_monte_carlo_error_is_small():
    """Below a twentieth of the standard error that one city gives."""
    for symbol in ("office_resolution", "overlap_resolution", "coverage_matched"):
        row = TRUTH.loc[symbol]
        assert row["monte_carlo_error"] < row["naive_city_error"] / 20


def test_naive_answers_come_from_the_shipped_tables():
    """Worked out again with pandas, statsmodels and networkx."""
    last = datasets.load("actor_scores").query("year == 3").set_index("community")
    share = last["matters_resolved"] / last["matters_raised"]
    sums = last.groupby("joint_office")[["matters_resolved", "matters_raised"]].sum()
    rates = sums["matters_resolved"] / sums["matters_raised"]
    assert TRUTH.loc["office_resolution", "naive_city"] == pytest.approx(
        rates[True] - rates[False], abs=1e-5
    )

    def slope(x, y):
        return sm.OLS(np.asarray(y), sm.add_constant(np.asarray(x))).fit().params[1]

    u = last[SCORES]
    geometric = np.exp(np.log(u.where(u > 0)).mean(axis=1)).where(
        (u > 0).all(axis=1), 0
    )
    coupling = geometric / u.mean(axis=1)
    found = slope(coupling, share) * (1 - coupling.mean())
    assert TRUTH.loc["coupling_down", "naive_city"] == pytest.approx(found, abs=1e-5)
    shared = slope(last["duties_shared"] / 20, share) * -0.25
    assert TRUTH.loc["overlap_resolution", "naive_city"] == pytest.approx(
        shared, abs=1e-5
    )
    party = datasets.load("party_units").set_index("community")
    many = datasets.load("agreements")["community"].value_counts()
    agreed = slope(party["party_coverage"], many.reindex(party.index).fillna(0)) * 0.5
    assert TRUTH.loc["coverage_matched", "naive_city"] == pytest.approx(
        agreed, abs=1e-3
    )
    nodes, ties = (
        datasets.load("organisation_nodes"),
        datasets.load("organisation_ties"),
    )
    growth = []
    for code, own in nodes.groupby("community"):
        if not last.loc[code, "joint_office"]:
            continue
        between = []
        for period in ("before", "after"):
            rows = ties[(ties["community"] == code) & (ties["period"] == period)]
            graph = nx.Graph()
            graph.add_nodes_from(own["node"])
            graph.add_edges_from(zip(rows["source"], rows["target"], strict=True))
            between.append(nx.betweenness_centrality(graph)[f"{code}-party"])
        growth.append(between[1] - between[0])
    assert TRUTH.loc["office_betweenness", "naive_city"] == pytest.approx(
        np.mean(growth), abs=1e-5
    )
