"""S city's lifts and meetings: owners, money, votes, objections, and who is heard."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from govlib import city, deliberation
from govlib.city import agenda as agenda_
from govlib.city import known_lifts, lift_plans, lifts
from govlib.city.base import base
from govlib.city.lived import alone
from govlib.city.parameters import resolve
from govlib.city.places import Size, community
from govlib.city.remedies import Remedy

PARAMETERS = resolve()
ESTATE_H, SUBDISTRICT_H = "B-3-04", "M-2"
SEED = 2026


def plan_of(code, seed=SEED, **how):
    return lift_plans.plans(alone(seed, code), **how)


def lifts_of(code, seed=SEED, remedies=(), **changed):
    return lifts.lifts(alone(seed, code, remedies, changed))


@pytest.fixture(scope="module")
def small():
    """Tables of a city of 48 communities."""
    return lifts.tables(base(2, Size(8, 2, 3, 10)))


@pytest.fixture(scope="module")
def joined(small):
    return small["lift_flats"].merge(small["lift_stairwells"], on="stairwell")


@pytest.fixture(scope="module")
def many():
    """Plans of a dozen communities with a thousand votes each."""
    codes = [f"{d}-1-{n:02}" for d in "AEMB" for n in range(1, 11)]
    plan = lift_plans.together([plan_of(code) for code in codes])
    return plan, lifts.draws(5, plan, 300, "test")


# ------------------------------------------------------------------ plans and owners


def test_places_of_the_study_can_be_looked_up():
    """Estate H and sub-district H are two places; both have more than others."""
    estate = plan_of(ESTATE_H)
    assert sum(code.startswith("B-3-04-1-") for code in estate.code) == 12
    assert estate.drawn.sum() == lift_plans.DRAWN
    assert {code[:3] for code in estate.code} == {"B-3"}
    town = [plan_of(f"{SUBDISTRICT_H}-{n:02}") for n in range(1, 11)]
    assert {len(plan.code) for plan in town} == {0, 6}
    assert sum(len(plan.code) for plan in town) == 24
    alone = plan_of(ESTATE_H, named=False)
    assert len(alone.code) == lift_plans.DRAWN
    assert set(alone.code) == set(np.array(estate.code)[estate.drawn])


def test_stairwells_are_full_and_flats_are_those_of_the_homes():
    code = "A-1-01"
    plan, built = plan_of(code), alone(SEED, code).homes
    for k, name in enumerate(plan.code):
        e, b, w = (
            int(part.strip("B")) - 1
            for part in name.removeprefix(code + "-").split("-")
        )
        here = (built.estate == e) & (built.building == b) & (built.stairwell == w)
        floors = built.floor[here]
        assert plan.floor[plan.home == k].tolist() == floors.tolist()
        # As many flats on each floor.
        assert len(set(np.bincount(floors)[1:])) == 1
        assert floors.max() == plan.floors[k] == built.floors[here][0]


def test_only_old_housing_plans_lifts():
    code = "M-2-01"
    assert community(SEED, code).housing == "high-rise"
    assert plan_of(code).code == ()
    came = lifts_of(code)
    assert came.passed.size == came.vote.size == 0


def test_owners_who_live_there_own_their_flat():
    plan = plan_of(ESTATE_H)
    home = plan.first[plan.owner]
    # Whoever has several flats lives in the first or elsewhere, in one stairwell.
    assert (plan.home == plan.home[home]).all()
    assert not plan.unsold[~plan.elsewhere].any()
    lived_in = plan.owner[~plan.elsewhere]
    assert len(set(lived_in)) == len(lived_in)
    # The housing company is one owner in a stairwell.
    company = pd.DataFrame({"well": plan.home, "owner": plan.owner})[plan.unsold]
    owners = company.drop_duplicates()
    assert owners["well"].is_unique
    assert set(plan.owner) == set(range(plan.owner.max() + 1))


def test_rented_flats_belong_as_the_shares_say(many):
    """0.3 to the company and 0.15 to neighbours, within four standard errors."""
    plan, _ = many
    rented = plan.elsewhere
    n = rented.sum()
    lives = np.zeros(plan.owner.max() + 1, bool)
    lives[plan.owner[~rented]] = True
    for share, found in (
        (0.3, plan.unsold[rented].mean()),
        (0.15, lives[plan.owner[rented]].mean()),
    ):
        assert abs(found - share) < 4 * (share * (1 - share) / n) ** 0.5


def test_coefficients_are_those_of_the_library():
    floors = np.arange(1, 8)
    for place, scheme in enumerate(lift_plans.SCHEMES):
        own = lift_plans.coefficients(floors, place) / 10
        library = deliberation.floor_coefficients(7, scheme)["coefficient"]
        assert own.tolist() == library.tolist()


# ------------------------------------------------------------------ money and votes


def test_payments_are_those_of_the_library_to_the_fen(joined):
    """Another implementation of largest remainders, in Python's own integers."""
    owned = joined[joined["tenure"] != "tenant"]
    for _, rows in owned.groupby("stairwell"):
        first = rows.iloc[0]
        shares = deliberation.cost_shares(
            rows,
            unit="flat",
            floor="floor",
            cost=float(first["lift_cost"]),
            subsidy=float(first["lift_subsidy"]),
            scheme=first["cost_scheme"],
            compensation=float(first["compensation"]),
        )
        assert shares["payment"].tolist() == rows["payment"].tolist()
    total = owned.groupby("stairwell")["payment"].sum()
    wells = owned.groupby("stairwell")[["lift_cost", "lift_subsidy"]].first()
    assert total.to_numpy() == pytest.approx(
        (wells["lift_cost"] - wells["lift_subsidy"]).to_numpy(), abs=1e-6
    )


def test_a_fund_spares_the_neighbours():
    plan = plan_of("A-1-01")
    yuan = np.full(len(plan.code), 20_000)
    plain = lift_plans.payments(plan, 0 * yuan)
    funded = lift_plans.payments(plan, yuan, outside=True)
    ground = plan.floor == 1
    assert (funded == plain - 2_000_000 * ground).all()
    raised = lift_plans.payments(plan, yuan)
    for k in range(len(plan.code)):
        here = plan.home == k
        assert raised[here].sum() == plain[here].sum()


def test_subsidy_is_forty_per_cent_up_to_the_cap(small):
    wells = small["lift_stairwells"]
    expected = np.minimum(0.4 * wells["lift_cost"], 280_000)
    assert wells["lift_subsidy"].tolist() == expected.round().tolist()


def test_votes_pass_as_the_library_counts(joined, small):
    """Tenants left out, several flats counted once, areas checked with the register."""
    found = deliberation.vote(
        joined,
        owner="person",
        area="flat_area",
        answer="vote",
        unit="flat",
        group="stairwell",
        tenure="tenure",
        total_area="total_area",
    )
    wells = small["lift_stairwells"].set_index("stairwell")
    votes = found.votes.set_index("stairwell")
    assert votes["passed"].tolist() == wells.loc[votes.index, "vote_passed"].tolist()
    assert votes["owners"].tolist() == wells.loc[votes.index, "owners"].tolist()
    assert 0 < votes["passed"].sum() < len(votes)
    for rule in ("two_thirds", "ninety_percent"):
        of_all = deliberation.vote(
            joined,
            owner="person",
            area="flat_area",
            answer="vote",
            unit="flat",
            group="stairwell",
            tenure="tenure",
            rule=rule,
        )
        plans_ = [plan_of(c, 2) for c in sorted(set(joined["community"]))]
        came = [lifts_of(c, 2) for c in sorted(set(joined["community"]))]
        own = {
            code: won
            for plan, one in zip(plans_, came, strict=True)
            for code, won in zip(
                plan.code, lifts.passes(plan, one.vote, rule), strict=True
            )
        }
        votes = of_all.votes.set_index("stairwell")["passed"]
        assert votes.tolist() == [own[code] for code in votes.index]


@pytest.mark.parametrize(("rule", "least"), [("civil_code", 9), ("heads", 9)])
def test_votes_by_hand(rule, least):
    """Twelve equal flats that all vote: nine must agree; eight of ten do not."""
    plan = plan_of("A-1-01")
    here = np.flatnonzero(plan.home == 0)
    n = here.size
    assert n == 12
    one = replace(
        plan,
        code=plan.code[:1],
        home=np.zeros(n, int),
        owner=np.arange(n),
        area=np.full(n, 500),
        floor=plan.floor[here],
    )
    agree, oppose, silent = lifts.AGREE, lifts.OPPOSE, lifts.SILENT
    for yes in (least - 1, least):
        vote = np.array([agree] * yes + [oppose] * (n - yes))
        assert lifts.passes(one, vote, rule).tolist() == [yes >= least]
    # Seven of nine pass, seven of ten do not, seven of seven lack the quorum.
    for came, won in ((9, True), (10, False), (7, False)):
        vote = np.array([agree] * 7 + [oppose] * (came - 7) + [silent] * (n - came))
        assert lifts.passes(one, vote, rule).tolist() == [won]
    large = replace(one, area=np.array([500] * 9 + [5000] * 3))
    vote = np.array([agree] * 9 + [oppose] * 3)
    assert lifts.passes(large, vote, rule).tolist() == [rule == "heads"]


# ------------------------------------------------------------------ who agrees


def test_utility_is_the_librarys_with_what_the_city_adds():
    """One owner per flat who lives there, need at its centre: the library's logit."""
    plan = plan_of(ESTATE_H)
    n = plan.home.size
    plan = replace(plan, owner=np.arange(n), elsewhere=np.zeros(n, bool))
    payment = lift_plans.payments(plan, np.zeros(len(plan.code), int))
    weights = deliberation.ConsentParameters(
        intercept=lifts.INTERCEPT - lifts.ELSEWHERE * lifts.ELSEWHERE_MEAN,
        cost=PARAMETERS["lift_cost"],
        hall=PARAMETERS["lift_hall"],
        hall_low=PARAMETERS["lift_hall_low"],
    )
    table = pd.DataFrame(
        {"floor": plan.floor, "yuan": payment / 100, "frail": plan.frail}
    )
    for hall in (False, True):
        own = lifts.utility(plan, payment, float(hall), lifts.NEED_MEAN, PARAMETERS)
        library = deliberation.consent(
            table,
            floor="floor",
            payment="yuan",
            hall=hall,
            frail="frail",
            parameters=weights,
        )
        assert own == pytest.approx(library["utility"].to_numpy())


def test_an_owner_decides_by_the_mean_and_need_lowers_it():
    plan = plan_of(ESTATE_H)
    payment = lift_plans.payments(plan, np.zeros(len(plan.code), int))
    low, high = (
        lifts.utility(plan, payment, 0.0, need, PARAMETERS) for need in (0.0, 1.0)
    )
    assert low - high == pytest.approx(PARAMETERS["lift_need"])
    alone = lifts.utility(
        replace(plan, owner=np.arange(plan.owner.size)), payment, 0.0, 0.0, PARAMETERS
    )
    of_owner = pd.Series(alone).groupby(plan.owner).mean()
    assert low == pytest.approx(of_owner.to_numpy()[plan.owner])
    assert np.bincount(plan.owner).max() > 1


def test_answers_keep_everybodys_own_probability(many):
    """The copula changes who agrees together, not how often each does."""
    plan, own = many
    odds = np.full(plan.home.size, 0.4)
    said = lifts.answers(plan, odds, own, 1)
    assert ((said == lifts.AGREE) <= (own.taste[:, 1] < 1)).all()
    first = plan.first
    came = said[:, first] != lifts.SILENT
    share = (said[:, first] == lifts.AGREE)[came].mean()
    # Stairwells share a mood, so that votes of one are no independent draws.
    n_eff = 300 * len(plan.code)
    assert abs(share - 1 / (1 + np.exp(-0.4))) < 4 * 0.5 / n_eff**0.5
    away = plan.elsewhere[first]
    assert came[:, away].mean() == pytest.approx(0.55, abs=0.01)
    assert came[:, ~away].mean() == pytest.approx(0.8, abs=0.01)


def test_draws_share_a_mood_and_a_taste(many):
    """Correlations of normal scores: 0.1 within a stairwell, 0.85 within an owner."""
    plan, own = many
    z = stats.norm.ppf(own.taste)
    mine = plan.first[plan.owner]
    other = np.flatnonzero(plan.home[1:] == plan.home[:-1])
    other = other[mine[other] != mine[other + 1]]
    pair = np.corrcoef(z[:, 1, other].ravel(), z[:, 1, other + 1].ravel())[0, 1]
    assert pair == pytest.approx(lifts.MOOD, abs=0.02)
    twice = np.corrcoef(z[:, 0, plan.first].ravel(), z[:, 1, plan.first].ravel())[0, 1]
    assert twice == pytest.approx(lifts.MOOD + lifts.TASTE, abs=0.01)
    assert np.array_equal(own.taste, own.taste[..., mine])


def test_pass_rate_is_that_of_the_exact_count(many):
    """The library counts all results, mood integrated; here 300 votes are held."""
    plan, own = many
    here = np.flatnonzero(plan.home == 0)
    odds = 1.5 + 0.3 * (plan.floor - 3.0)
    odds = (np.bincount(plan.owner, odds) / np.bincount(plan.owner))[plan.owner]
    passed = lifts.passes(plan, lifts.answers(plan, odds, own, 1))[:, 0]
    mine = plan.first[plan.owner][here]
    table = pd.DataFrame(
        {
            "owner": plan.owner[here],
            "area": plan.area[here] / 10,
            "p": 1 / (1 + np.exp(-odds[here])),
            "comes": np.where(plan.elsewhere[mine], 0.55, 0.8),
        }
    )
    exact = deliberation.pass_probability(
        table,
        probability="p",
        owner="owner",
        area="area",
        turnout="comes",
        correlation=lifts.MOOD + lifts.TASTE * 0,
    )["pass_probability"].iloc[0]
    assert 0.1 < exact < 0.9
    assert abs(passed.mean() - exact) < 4 * (exact * (1 - exact) / 300) ** 0.5


def test_hard_cases_go_to_the_hall_and_easy_ones_if_told():
    plan = plan_of(ESTATE_H)
    n = len(plan.code)
    yes = np.full(plan.home.size, lifts.AGREE)
    no = np.full(plan.home.size, lifts.OPPOSE)
    for hard, against in ((10, no), (-10, yes)):
        given = {"lift_hard": hard}
        assert lifts.talks(plan, against, np.full(n, 0.99), given).all()
        other = yes if against is no else no
        assert not lifts.talks(plan, other, np.full(n, 0.01), given).any()
    # 1 / (1 + exp(-10 (1 - 0.5))) = 0.99331
    sure = lifts.talks(plan, no, np.full(n, 0.9933), {"lift_hard": 10})
    assert sure.all()
    assert not lifts.talks(plan, no, np.full(n, 0.9934), {"lift_hard": 10}).any()


def test_compensation_is_offered_where_the_ground_floor_is_against():
    plan = plan_of("A-1-01")
    n = len(plan.code)
    no = np.full(plan.home.size, lifts.OPPOSE)
    one_yes = np.where(plan.floor == 1, lifts.AGREE, lifts.OPPOSE)
    for poll, chance in ((no, 0.8), (one_yes, 0.1)):
        below, above = (
            lifts.offered(plan, poll, np.full(n, chance + d)) for d in (-1e-9, 1e-9)
        )
        assert (below == 20_000).all()
        assert (above == 0).all()


# ------------------------------------------------------------------ after the vote


def test_objections_by_hand():
    plan = plan_of("A-1-01")
    n = plan.home.size
    draws = lifts.draws(1, plan)
    vote = np.full((1, n), lifts.SILENT)
    vote[:, plan.floor == 2] = lifts.AGREE
    first = np.zeros(n, bool)
    first[plan.first] = True
    for hall, part, settled_chance in ((0.0, 1.0, 0.3), (1.0, 0.6, 0.5)):
        chance = np.where(plan.floor == 1, 0.75, np.where(plan.floor == 2, 0.5, 0.12))
        objected, settled = lifts.objections(plan, vote, draws, hall)
        expected = first & (plan.floor != 2) & (draws.objects[0] < part * chance)
        assert objected[0].tolist() == expected.tolist()
        assert (settled[0] == expected & (draws.settles[0] < settled_chance)).all()


def test_built_needs_a_vote_and_no_objection_that_stays(small):
    wells = small["lift_stairwells"]
    passed = wells["vote_passed"]
    assert wells["objections"].isna().tolist() == (~passed).tolist()
    stays = wells["objections"].fillna(0) > wells["objections_settled"].fillna(0)
    assert (wells["lift_built"] == (passed & ~stays)).all()
    assert passed.sum() > wells["lift_built"].sum() > 0
    flats = small["lift_flats"]
    asked = flats["objected"].notna()
    assert set(flats.loc[asked, "stairwell"]) <= set(wells["stairwell"][passed])
    assert (flats.loc[asked, "vote"] != "agree").all()
    assert (flats.loc[asked, "tenure"] != "tenant").all()
    owners = flats[asked & flats["objected"].fillna(False)]
    counted = (
        owners.drop_duplicates(["stairwell", "person"]).groupby("stairwell").size()
    )
    found = wells.set_index("stairwell")["objections"].dropna()
    assert found[found > 0].astype(int).to_dict() == counted.to_dict()


def test_more_than_ten_meetings_in_subdistrict_h():
    assert lifts_of("M-2-04").meetings.min() >= 11
    assert lifts_of(ESTATE_H).meetings.min() < 11


# ------------------------------------------------------------------ remedies


def test_a_hall_moves_talks_votes_and_nothing_before():
    code = "A-1-01"
    without, with_ = (
        lifts_of(code, remedies=(Remedy("hall", h, start=5),)) for h in (0, 1)
    )
    assert not without.hall.any()
    assert np.array_equal(without.poll, with_.poll)
    assert np.array_equal(without.compensation, with_.compensation)
    agreed = [(one.vote == lifts.AGREE) for one in (without, with_)]
    # Talks only add to consent: whoever agreed still does.
    assert (agreed[0] <= agreed[1]).all()


def test_compensation_as_a_remedy():
    paid = lifts_of("A-1-01", remedies=(Remedy("lift_compensation", 5_000),))
    assert (paid.compensation == 5_000).all()
    other = lifts_of("A-1-01", remedies=(Remedy("lift_compensation", 0, ("A-1-02",)),))
    assert np.array_equal(other.payment, lifts_of("A-1-01").payment)


def test_a_remedy_changes_nothing_elsewhere():
    size = Size(2, 2, 3, 10)
    plain = lifts.tables(base(4, size))
    given = Remedy("lift_compensation", 50_000, ("A-1-01",))
    changed = lifts.tables(base(4, size, remedies=[given]))
    for name, table in plain.items():
        column = "stairwell" if "stairwell" in table else "item"
        away = ~table[column].str.startswith("A-1-01-")
        same = changed[name][~changed[name][column].str.startswith("A-1-01-")]
        pd.testing.assert_frame_equal(table[away], same)
    assert not plain["lift_stairwells"].equals(changed["lift_stairwells"])
    nothing = Remedy("hall", 0, ("A-1-01",), start=12)
    late = lifts.tables(base(4, size, remedies=[nothing]))
    pd.testing.assert_frame_equal(late["lift_flats"], plain["lift_flats"])


def test_a_community_is_the_same_in_every_city(small):
    alone = lifts.tables(base(2, Size(8, 1, 1, 10)))
    for name, column in (("lift_flats", "stairwell"), ("agenda_items", "item")):
        mine = small[name][small[name][column].str.startswith("A-1-01-")]
        other = alone[name][alone[name][column].str.startswith("A-1-01-")]
        pd.testing.assert_frame_equal(
            mine.reset_index(drop=True), other.reset_index(drop=True)
        )


# ------------------------------------------------------------------ meetings


def test_chances_at_meetings_by_hand():
    found = agenda_.agenda_chances(1.0, 0.5, 0.38)
    sigma = stats.logistic.cdf
    expected = sigma([-0.9 + 0.8 - 0.15, -0.9 + 0.2 + 0.3, -1.35 + 0.4 + 0.4, 0.2])
    assert np.array(found) == pytest.approx(expected)


def test_meetings_are_a_funnel(small):
    items = small["agenda_items"]
    assert set(items["quarter"]) == {9, 10, 11, 12}
    assert items.groupby(["community", "quarter"]).size().min() == 1
    assert len(items) / (48 * 4) == pytest.approx(1.4, abs=0.2)
    assert items["item"].is_unique
    for few, more in (
        ("heard", "spoke"),
        ("spoke", "attended"),
        ("attended", "invited"),
    ):
        assert (items[few] <= items[more]).all()
    halls = (items["venue"] == "hall").groupby(items["community"]).any()
    assert 0 < halls.mean() < 1


# ------------------------------------------------------------------ what is true


def test_truth_by_hand_of_meetings():
    """Halls everywhere against none, from the chances of each quarter."""
    tiny = base(3, "tiny")
    found = known_lifts.meeting_figures(tiny)
    total = heard = 0.0
    for has in tiny.institutions:
        for q in range(8, 12):
            t = has.self_governance_time[q]
            one, none = (agenda_.agenda_chances(h, has.need[q], t) for h in (1.0, 0.0))
            total += float(one[0] - none[0])
            heard += float(np.prod(one[:3]) - np.prod(none[:3]))
    assert found["hall_attended"] == pytest.approx(total / 48)
    assert found["hall_heard"] == pytest.approx(heard / 48)
    assert 0 < found["mandates_heard"] < found["hall_heard"]


def test_truths_of_lifts_have_their_signs_and_order():
    """In a city of 48 communities with a few hundred votes each."""
    found = known_lifts.lift_figures(base(7, Size(8, 2, 3, 10)))
    assert 0.15 < found["hall_consent"] < found["hall_consent_low"] < 0.35
    assert 0 < found["hall_built"] < found["hall_passed"]
    assert found["compensation_ground"] > 0
    assert found["built_share"] < found["passed_share"] == found["passed_owners"]
    assert found["older_ninety"] < found["older_two_thirds"] < found["passed_share"]
    assert found["turnout_passed"] > 0


def test_without_effect_there_is_none():
    nothing = {"lift_hall": 0, "lift_hall_low": 0}
    found = known_lifts.lift_figures(base(7, Size(4, 1, 5, 10), parameters=nothing))
    assert found["hall_consent"] == found["hall_passed"] == 0
    # Objections are settled more often in a hall all the same.
    assert found["hall_built"] >= 0


def test_naive_answers_by_hand():
    """Three stairwells of a few rows, all counted on paper."""
    wells = pd.DataFrame(
        {
            "stairwell": ["a", "b", "c", "x"],
            "community": ["k"] * 4,
            "drawn": [True, True, True, False],
            "hall_talks": [True, False, False, True],
            "compensation": [20_000, 0, 0, 0],
            "vote_passed": [True, False, True, True],
            "lift_built": [True, False, False, True],
        }
    )
    # Stairwell, floor, tenure, person, area, vote.
    rows = [
        ("a", 1, "owner", "O1", 10.0, "agree"),
        ("a", 3, "owner", "O2", 10.0, "agree"),
        ("b", 1, "owner", "O1", 90.0, "oppose"),
        ("b", 2, "owner", "O2", 10.0, "agree"),
        ("b", 3, "owner", "O3", 10.0, "agree"),
        ("b", 4, "owner", "O4", 10.0, "agree"),
        ("b", 4, "tenant", "T4", 10.0, "oppose"),
        ("c", 1, "owner", "O1", 10.0, "not voted"),
        ("c", 3, "owner", "O2", 10.0, "agree"),
        ("x", 1, "owner", "O1", 10.0, "agree"),
    ]
    columns = ["stairwell", "floor", "tenure", "person", "flat_area", "vote"]
    items = pd.DataFrame(
        {
            "venue": ["hall", "hall", "joint meeting"],
            "invited": [10, 30, 20],
            "attended": [8, 12, 5],
            "agreed": [True, False, True],
        }
    )
    found = known_lifts.naive_answers(
        {
            "lift_stairwells": wells,
            "lift_flats": pd.DataFrame(rows, columns=columns),
            "agenda_items": items,
        }
    )
    # Without talks four of five came and agreed: b three of four, c one of one.
    assert found["hall_consent"] == pytest.approx(1 - 4 / 5)
    assert found["hall_consent_low"] == pytest.approx(1 - 1 / 2)
    assert found["hall_passed"] == pytest.approx(1 - 1 / 2)
    assert found["hall_built"] == pytest.approx(1.0)
    assert found["compensation_ground"] == pytest.approx(1 - 0)
    # By heads a passes, b with three of four, c lacks the quorum (one of two).
    assert found["passed_share"] == pytest.approx(2 / 3)
    # By papers b has three of five.
    assert found["passed_owners"] == pytest.approx(1 / 3)
    assert found["built_share"] == pytest.approx(2 / 3)
    # By area b has 30 of 120; c all of those who came.
    assert found["older_two_thirds"] == pytest.approx(2 / 3)
    # Turnout 1, 1, 1/2 and passing 1, 0, 1: slope -1, times 1 - 5/6.
    assert found["turnout_passed"] == pytest.approx(-1 * (1 - Fraction(5, 6)))
    assert found["hall_attended"] == pytest.approx(20 / 40 - 5 / 20)
    assert found["hall_heard"] == found["hall_attended"]
    assert found["hall_agreed"] == pytest.approx(1 / 2 - 1)


def test_truth_names_what_it_explains():
    symbols = [row.symbol for row in known_lifts.ROWS]
    assert len(set(symbols)) == len(symbols)
    assert {row.chapter for row in known_lifts.ROWS} == {"08"}
    tiny = known_lifts.lift_figures(base(3, Size(4, 1, 5, 10)))
    known = {*tiny, *known_lifts.meeting_figures(base(3, "tiny")), *known_lifts.exact()}
    assert known == set(symbols)
    for row in known_lifts.ROWS:
        assert (row.naive_en is None) == (row.naive_zh is None)


def test_simulate_makes_the_tables_alone():
    made = city.simulate("tiny", seed=1, only=["agenda_items"])
    assert list(made.tables) == ["agenda_items"]
    assert made.agenda_items.equals(lifts.tables(base(1, "tiny"))["agenda_items"])
