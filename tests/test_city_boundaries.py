"""Mandates, piles, lift targets and duties of S city, and what is true of them."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from pandas.testing import assert_frame_equal

from govlib import city, datasets, mandates
from govlib.city import boundaries, known_boundaries
from govlib.city.base import base
from govlib.city.places import Size

SMALL = Size(districts=8, subdistricts=6, communities=2, surveyed=1)
TIERS = ["city", "district", "sub-district", "committee"]
TRUTH = datasets.load("truth").set_index("symbol")


@pytest.fixture(scope="module")
def small():
    return base(5, SMALL)


@pytest.fixture(scope="module")
def tables(small):
    return boundaries.tables(small)


def run(remedies=(), size=SMALL, seed=5):
    return boundaries.tables(base(seed, size, remedies=list(remedies)))


def desks(small, mandates, staff):
    """Return piles with the same mandates and staff everywhere and always."""
    same = tuple(
        replace(has, mandates=np.full(12, mandates), staff=np.full(12, staff))
        for has in small.institutions
    )
    return boundaries.piles(replace(small, institutions=same))


# ------------------------------------------------------------------ piles


@pytest.mark.parametrize(
    ("staff", "mandates", "waiting"),
    # Load 1/2. M/M/1: rho^2 / (1 - rho); M/M/2: 2 rho^3 / (1 - rho^2).
    [(1.0, 5.5, 1 / 2), (2.0, 11.0, 1 / 3)],
)
def test_piles_are_those_of_the_textbook(small, staff, mandates, waiting):
    found = desks(small, mandates, staff).waiting[:, 2:]
    # Quarters of a community resemble one another a little: communities are clusters.
    each = found.mean(axis=1)
    error = each.std(ddof=1) / each.size**0.5
    assert abs(each.mean() - waiting) < 4 * error
    assert error < waiting / 10


def test_a_worker_finishes_33_a_quarter(small):
    """A mean of 13 / 33 weeks a task, and as many tasks as three for a mandate."""
    found = desks(small, 60.0, 10.0)
    tasks = found.tasks.sum()
    assert abs(tasks - 180 * found.tasks.size) < 4 * (180 * found.tasks.size) ** 0.5
    weeks = found.worked.sum() / found.finished.sum()
    assert weeks == pytest.approx(13 / 33, rel=4 / found.finished.sum() ** 0.5)


def test_an_overload_piles_up_without_end(small):
    """Load 2: 660 come and 330 are done, so that 330 more wait after each quarter."""
    found = desks(small, 220.0, 10.0).waiting.mean(axis=0)
    assert np.diff(found) == pytest.approx(np.full(11, 330), rel=0.05)


def test_nothing_is_done_that_did_not_come(small):
    found = boundaries.piles(small)
    left = np.cumsum(found.tasks - found.finished, axis=1)
    assert left.min() >= 0
    assert (found.worked <= 13 * small.by_quarter("staff") + 1e-9).all()


def test_fewer_mandates_bring_the_same_tasks_later(small):
    now = boundaries.piles(small)
    cut = boundaries.piles(known_boundaries.with_fewer_mandates(small, 0.3))
    assert (np.cumsum(cut.tasks, axis=1) <= np.cumsum(now.tasks, axis=1)).all()
    # A task that comes later may meet a fuller desk, but hardly ever does.
    shorter = cut.waiting.sum(axis=1) <= now.waiting.sum(axis=1)
    assert shorter.mean() > 0.95
    assert cut.waiting.sum() < 0.4 * now.waiting.sum()
    assert cut.tasks.sum() / now.tasks.sum() == pytest.approx(0.7, abs=0.01)


# ------------------------------------------------------------------ lifts


def test_chance_of_a_lift_by_hand():
    """1.4 - 0.2 * 5 * 0.6 - 0.8 * 0.2 - 0.9 * 0.5 - 0.3 = -0.11."""
    one = (np.array([x]) for x in (5.0, 0.4, 1.2, 0.5, -1.0))
    assert boundaries.lift_chance(*one)[0] == pytest.approx(1 / (1 + np.exp(0.11)))


def test_what_is_passed_down_adds_up(tables):
    """The city adds 4 per cent; districts have all support, below them it shrinks."""
    lifts = tables["lift_targets"]
    passed = mandates.cascade(
        lifts,
        unit="unit",
        tier="tier",
        above="above",
        tiers=TIERS,
        targets="targets",
        resources="support",
    )
    completed = lifts.groupby("tier")["completed"].sum()
    assert (completed == completed.iloc[0]).all()
    table = passed.table.set_index("tier")
    # Whole lifts: half a lift of each of eight districts at most.
    assert table["targets"]["district"] == pytest.approx(
        1.04 * table["targets"]["city"], abs=5
    )
    assert table["passed_on"]["district"] == pytest.approx(1)
    assert table["resources"]["city"] == pytest.approx(
        10 * table["targets"]["city"], abs=5
    )
    below = passed.units[passed.units["tier"] == "sub-district"]
    assert below["passed_on"].between(0, 1).all()
    assert below["passed_on"].std() > 0.15


def test_only_old_public_housing_has_targets(small, tables):
    units = tables["lift_targets"].query("tier == 'committee'")["unit"]
    old = np.array(small.codes)[small.of_place("housing") == "old"]
    assert units.tolist() == old.tolist()


def test_lifts_are_met_as_often_as_their_chance(small):
    plan = boundaries.lifts(small)
    expected = (plan.chance * plan.targets).sum()
    error = (plan.chance * (1 - plan.chance) * plan.targets).sum() ** 0.5
    assert abs(plan.built.sum() - expected) < 4 * error


def test_support_may_be_set(small):
    given = base(5, SMALL, remedies=[city.Remedy("lift_support", 1.0)])
    plan, all_ = boundaries.lifts(given), boundaries.lifts(small, 1.0)
    assert (plan.support[plan.eligible] == 1).all()
    assert (plan.chance == all_.chance).all()
    # The same draws: no lift is lost where help comes.
    assert (plan.built >= boundaries.lifts(small).built).all()
    late = base(5, SMALL, remedies=[city.Remedy("lift_support", 1.0, start=10)])
    assert (boundaries.lifts(late).support == boundaries.lifts(small).support).all()


# ------------------------------------------------------------------ duties, mandates


def test_duties_have_their_chances():
    """Over 80 cities: 0.7 at the top; 0.75 more where the tier above has it."""
    found = []
    for seed in range(1, 81):
        rows = boundaries.duties(seed)
        has = pd.crosstab(rows["policy_area"], rows["tier"])
        found.append(has.reindex(boundaries.AREAS, columns=TIERS, fill_value=0))
    has = pd.concat(found).drop(index=list(boundaries.EVERYWHERE)) > 0
    n = len(has)
    assert abs(has["city"].mean() - 0.7) < 4 * (0.21 / n) ** 0.5
    for above, below in pairwise(TIERS):
        with_, without = has.loc[has[above], below], has.loc[~has[above], below]
        error = (with_.var() / with_.size + without.var() / without.size) ** 0.5
        assert abs(with_.mean() - without.mean() - 0.75) < 4 * error
        assert abs(without.mean() - 0.25 * 0.6) < 4 * without.std() / without.size**0.5


def test_every_tier_has_a_duty_in_lift_retrofits():
    rows = boundaries.duties(3)
    here = rows[rows["policy_area"] == "lift retrofit"]
    assert set(here["tier"]) == set(TIERS)


def test_lists_hold_as_many_mandates_as_there_are(tables):
    listed, committees = tables["mandates"], tables["committees"]
    now = committees[committees["quarter"] == 12].set_index("community")["mandates"]
    counts = listed.groupby("community").size()
    assert {code[:3] for code in counts.index} == set(boundaries.LISTED)
    assert (counts == now[counts.index]).all()
    items = ["community", "tier", "policy_area", "mandate_kind"]
    assert not listed.duplicated(items).any()


def test_money_comes_with_few_mandates():
    """Shares 0.3, 0.2 and 0.1 by tier; four standard errors."""
    listed = run(size=Size(2, 6, 20, 1))["mandates"]
    for tier, share in (("city", 0.3), ("district", 0.2), ("sub-district", 0.1)):
        funded = listed.loc[listed["tier"] == tier, "funded"]
        error = (share * (1 - share) / len(funded)) ** 0.5
        assert abs(funded.mean() - share) < 4 * error


# ------------------------------------------------------------------ remedies


def test_a_remedy_without_effect_changes_nothing(tables):
    lifts = tables["lift_targets"].query("tier == 'committee'")
    unit, target = lifts[["unit", "targets"]].iloc[0]
    same = run([city.Remedy("lift_targets", int(target), communities=(unit,))])
    for name, table in tables.items():
        assert_frame_equal(table, same[name])


def test_a_remedy_reaches_no_other_committee(tables):
    changed = run([city.Remedy("mandates", 40, communities=("A-1-01",))])
    for name in ("committees", "mandates"):
        one, other = (
            t[name][t[name]["community"] != "A-1-01"].reset_index(drop=True)
            for t in (tables, changed)
        )
        assert_frame_equal(one, other)
    lifts, now = (t["lift_targets"].set_index("unit") for t in (tables, changed))
    moved = lifts.index[(lifts != now).any(axis=1) & lifts["above"].notna()]
    assert set(moved) <= {"A", "A-1", "A-1-01"}
    assert_frame_equal(tables["responsibilities"], changed["responsibilities"])
    short = changed["mandates"].query("community == 'A-1-01'")
    full = tables["mandates"].query("community == 'A-1-01'")
    items = ["tier", "policy_area", "mandate_kind", "funded"]
    assert len(short) == 40
    assert len(short[items].merge(full[items])) == 40


def test_a_community_is_the_same_in_every_city(tables):
    larger = run(size=Size(8, 6, 3, 1))["committees"]
    both = tables["committees"]["community"].unique()
    same = larger[larger["community"].isin(both)].reset_index(drop=True)
    assert_frame_equal(tables["committees"], same)


def test_a_city_without_old_housing_or_lists_has_empty_tables():
    found = run(size=Size(1, 1, 1, 1), seed=2)
    assert len(found["mandates"]) == 0
    assert list(found["mandates"]) == [
        "mandate",
        "community",
        "tier",
        "policy_area",
        "mandate_kind",
        "funded",
    ]


# ------------------------------------------------------------------ truth


@pytest.fixture(scope="module")
def fresh():
    """A city that the stored rows, of seeds 1 to 60, have not seen."""
    return pd.DataFrame([known_boundaries.figures(seed) for seed in (102,)])


@pytest.mark.parametrize(
    "symbol",
    [
        "mandates_participation",
        "mandates_cut_participation",
        "mandates_cut_time",
        "pile_cut",
        "pile_mean",
        "overloaded_share",
        "lift_target_alone",
        "lift_support",
        "lift_completion_full",
    ],
)
def test_stored_truth_agrees_with_cities_it_has_not_seen(symbol, fresh):
    row = TRUTH.loc[symbol]
    spread = row["monte_carlo_error"] * row["seeds"] ** 0.5
    error = spread * (1 / len(fresh) + 1 / row["seeds"]) ** 0.5
    assert abs(fresh[symbol].mean() - row["value"]) < 4 * error


@pytest.mark.parametrize(
    ("symbol", "direction"),
    [
        # Need brings mandates and keeps people at home.
        ("mandates_participation", -1),
        # Waiting is convex in load.
        ("pile_cut", 1),
        ("pile_mean", -1),
        # One slope for targets with and without support.
        ("lift_target_alone", 1),
        ("lift_target_supported", -1),
        # Long lists overlap by chance.
        ("duties_copied", 1),
    ],
)
def test_naive_answer_misleads(symbol, direction):
    """On average, and in the shipped city by more than two standard errors."""
    row = TRUTH.loc[symbol]
    average = row["naive_expected"] - row["value"]
    noise = np.hypot(row["naive_expected_error"], row["monte_carlo_error"])
    assert np.sign(average) == direction
    assert abs(average) > 4 * noise
    shipped = row["naive_city"] - row["value"]
    assert np.sign(shipped) == direction
    assert abs(shipped) > 2 * row["naive_city_error"]


@pytest.mark.parametrize(
    ("symbol", "error"),
    # What a chapter's estimate of each is uncertain by: the naive slopes' jackknife,
    # and the clustered error of a logit by lift.
    [
        ("mandates_participation", 0.002),
        ("lift_target_alone", 0.0044),
        ("lift_support", 0.06),
    ],
)
def test_monte_carlo_error_is_small(symbol, error):
    assert 0 < TRUTH.loc[symbol, "monte_carlo_error"] <= error / 10


def test_time_won_by_the_equation():
    """0.55 sigma(3 (1 - load)) of the shipped loads, as they are and times 0.7."""
    table = datasets.load("committees").query("quarter > 8")
    load = table["load"].to_numpy()
    time, more = (0.55 / (1 + np.exp(-3 * (1 - part * load))) for part in (1, 0.7))
    row = TRUTH.loc["mandates_cut_time"]
    spread = row["monte_carlo_error"] * row["seeds"] ** 0.5
    assert abs((more - time).mean() - row["value"]) < 4 * spread
    assert table["self_governance_time"].to_numpy() == pytest.approx(time, abs=0.001)


def test_naive_answers_come_from_the_shipped_tables():
    """The slope by statsmodels, the formula by `mandates`, the lines by numpy."""
    survey = datasets.load("survey").query("answered")
    told = survey.merge(
        datasets.load("communities")[["community", "mandates"]], on="community"
    )
    told = told.dropna(subset=["took_part"])
    told = told.assign(
        part=told["took_part"].astype(float), own=told["owner"].astype(float)
    )
    slope = smf.ols("part ~ mandates + age + own", told).fit().params["mandates"]
    assert TRUTH.loc["mandates_participation", "naive_city"] == pytest.approx(
        10 * slope, abs=1e-5
    )
    committees = datasets.load("committees")
    worst = committees.groupby("community", observed=True)["load"].max()
    now = committees[committees["quarter"] == 12].set_index("community")
    now = now.loc[worst.index[worst < 1]]
    staff, rate = round(now["staff"].mean()), 33 / 13
    pile = mandates.waiting(
        now["load"].mean() * staff * rate, service_rate=rate, staff=staff
    )
    # Loads are stored with three decimals.
    assert TRUTH.loc["pile_mean", "naive_city"] == pytest.approx(
        pile["mean_waiting"].iloc[0], rel=0.01
    )
    lifts = datasets.load("lift_targets").query("tier == 'committee'")
    line = np.polyfit(lifts["targets"], lifts["completed"] / lifts["targets"], 1)
    assert TRUTH.loc["lift_target_alone", "naive_city"] == pytest.approx(
        line[0], abs=1e-5
    )
