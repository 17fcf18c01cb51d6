"""S city's institutions, belonging and participation: who, when, and by what path."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats

from govlib import city
from govlib import participation as methods
from govlib.city import institutions as institutions_
from govlib.city import participation as participation_
from govlib.city import places, survey
from govlib.city.parameters import resolve

CODES = ("A-1-02", "B-2-03", "C-3-04", "G-1-02", "J-4-05", "M-5-06")
COMMUNITY = "G-1-02"
PARAMETERS = resolve()


@pytest.fixture(scope="module")
def place():
    return city.neighbourhood(1, COMMUNITY)


@pytest.fixture(scope="module")
def part(place):
    return place.participation()


@pytest.fixture(scope="module")
def tiny():
    return city.simulate("tiny", seed=3)


@pytest.fixture(scope="module")
def several():
    """Six communities with their participation."""
    found = [city.neighbourhood(1, code) for code in CODES]
    return [(one, one.participation()) for one in found]


def near(share, chance, n):
    """Whether a share lies within four standard errors of its chance."""
    return abs(share - chance) < 4 * (chance * (1 - chance) / n) ** 0.5


def sigma(x):
    return 1 / (1 + np.exp(-x))


# ------------------------------------------------------------------ institutions


def test_expected_share_of_the_old_is_what_residents_show(several):
    """Closed form against the residents of six communities; the first digit holds."""
    expected = np.array([one.institutions.older for one, _ in several])
    shown = np.array([(one.people.age >= 60).mean() for one, _ in several])
    assert np.abs(expected - shown).max() < 0.04
    assert np.corrcoef(expected, shown)[0, 1] > 0.98


def test_expected_share_of_the_old_by_hand():
    """Nobody but heads, all local, half of them past 60 at a mean age of 60."""
    alone = replace(
        places.community(1, COMMUNITY),
        local_size=1.0,
        non_local_share=0.0,
        head_age=60.0,
    )
    assert institutions_.older_share(alone) == pytest.approx(0.5)


def test_need_is_kept_from_quarter_to_quarter():
    """Own draws of 600 communities: spread 0.7 and correlation 0.8, each quarter."""
    own = []
    for code in places.community_codes(places.Size(8, 6, 13, 1))[:600]:
        there = places.community(3, code)
        older = institutions_.older_share(there)
        level = 0.9 * (older - 0.25) / 0.08 - 0.6 * there.wealth
        needs = institutions_.need(3, there, older)
        own.append(needs * institutions_.NEED_SD + institutions_.NEED_MEAN - level)
    own = np.array(own)
    for quarter in (0, 5, 11):
        assert own[:, quarter].std() == pytest.approx(0.7, rel=4 / 1200**0.5)
    for quarter in (1, 11):
        found = np.corrcoef(own[:, quarter - 1], own[:, quarter])[0, 1]
        # The standard error of Fisher's z is 1 / sqrt(n - 3).
        assert abs(np.arctanh(found) - np.arctanh(0.8)) < 4 / 597**0.5


def test_need_is_standardised():
    codes = places.community_codes(places.SIZES["course"])
    values = [
        institutions_.need(s, there, institutions_.older_share(there))[-1]
        for s in (5, 6)
        for there in (places.community(s, code) for code in codes)
    ]
    assert abs(np.mean(values)) < 0.15
    assert np.std(values) == pytest.approx(1, abs=0.1)


def test_load_and_time_by_hand(place):
    """110 mandates for ten: load 1 and half of 0.55; 220: 0.55 sigma(-3)."""
    for mandates, load, time in (
        (110, 1.0, 0.275),
        (220, 2.0, 0.55 / (1 + np.exp(3))),
    ):
        remedies = [city.Remedy("mandates", mandates), city.Remedy("staff", 10)]
        has = institutions_.institutions(1, place.community, remedies)
        assert has.load[-1] == pytest.approx(load)
        assert has.self_governance_time[-1] == pytest.approx(time)


def test_halls_go_where_need_is():
    """Logistic regression over a city gives back -0.2 and 1.3; openings spread."""
    codes = places.community_codes(places.SIZES["course"])
    needs, halls, since = [], [], []
    # The old estate H has its hall from the study, whatever its need.
    for code in set(codes) - {"B-3-04"}:
        has = institutions_.institutions(7, places.community(7, code))
        needs.append(has.need[institutions_.TARGETED - 1])
        halls.append(has.hall[-1])
        since.append(has.hall_since)
    fit = sm.Logit(halls, sm.add_constant(np.array(needs))).fit(disp=0)
    assert (abs(fit.params - [-0.2, 1.3]) < 4 * fit.bse).all()
    since = np.array(since)
    assert ((since > 0) == (np.array(halls) == 1)).all()
    counts = [(since == q).sum() for q in (5, 7, 9)]
    assert sum(counts) == (since > 0).sum()
    assert stats.chisquare(counts).pvalue > 0.001


@pytest.mark.parametrize(
    ("steps", "since"),
    [({1: 1}, 1), ({1: 0, 6: 1}, 6), ({1: 1, 8: 0}, 0), ({1: 1, 4: 0, 9: 1}, 9)],
)
def test_hall_since_by_hand(place, steps, since):
    remedies = [city.Remedy("hall", value, start=q) for q, value in steps.items()]
    has = institutions_.institutions(1, place.community, remedies)
    assert has.hall_since == since


def test_halls_nearby_are_those_of_the_other_nine():
    """All closed but one: a ninth for its sub-district, nothing for others."""
    closed = city.Remedy("hall", 0)
    open_ = city.Remedy("hall", 1, communities=("A-1-03",), start=6)
    for code, share in (
        ("A-1-02", 1 / 9),
        ("A-1-10", 1 / 9),
        ("A-1-03", 0),
        ("A-1-11", 0),
        ("A-2-02", 0),
        ("B-1-02", 0),
    ):
        has = institutions_.institutions(1, places.community(1, code), [closed, open_])
        assert has.halls_near == pytest.approx([0] * 5 + [share] * 7)


def test_named_cases_have_what_the_study_says():
    codes = places.community_codes(places.SIZES["course"])
    for code in [c for c in codes if c.startswith("K-3")]:
        has = institutions_.institutions(2026, places.community(2026, code))
        assert (has.functions == 12).all()
    for seed in (1, 2, 3):
        has = institutions_.institutions(seed, places.community(seed, "B-3-04"))
        assert has.hall_since in (5, 7, 9)


def test_staff_and_mandates_keep_to_their_ranges():
    codes = places.community_codes(places.SIZES["course"])
    rows = [institutions_.institutions(4, places.community(4, c)) for c in codes]
    staff = np.array([r.staff for r in rows])
    assert staff.min() >= 5
    assert staff.max() <= 20
    assert np.median(staff) == 10
    mandates = np.array([r.mandates for r in rows])
    assert mandates.min() >= 40
    assert mandates.max() <= 220


# ------------------------------------------------------------------ time and chance


def test_quarters_make_the_year():
    log_odds = np.linspace(-6, 6, 25)
    year = 1 - (1 - participation_.quarterly(log_odds)) ** 4
    assert year == pytest.approx(sigma(log_odds), rel=1e-12)


def test_participation_moves_belonging_in_the_next_quarter_only():
    """A hall from quarter 6: the same decisions before it, the same belonging in it."""
    without, with_ = (
        city.neighbourhood(
            1, COMMUNITY, remedies=[city.Remedy("hall", h, start=6), first]
        ).participation()
        for first in (city.Remedy("hall", 0),)
        for h in (0, 1)
    )
    assert (without.decided[:5] == with_.decided[:5]).all()
    assert (without.belonging[:6] == with_.belonging[:6]).all()
    changed = without.decided[5] != with_.decided[5]
    assert changed.any()
    assert ((without.belonging[6] != with_.belonging[6]) == changed).all()


def test_belonging_by_hand(place, part):
    """B(t + 1) = B* + 0.7 (B(t) - B*) + 0.45 (P(t) - 0.08), with B(1) = B*."""
    home = part.belonging[0]
    for quarter in range(12):
        gain = 0.45 * (part.decided[quarter] - 0.08)
        wanted = home + 0.7 * (part.belonging[quarter] - home) + gain
        assert part.belonging[quarter + 1] == pytest.approx(wanted)
    assert (place.institutions.functions == place.institutions.functions[0]).all()


def test_services_move_belonging():
    """Four functions more from quarter 3 move belonging towards 0.2 more."""
    few, many = (
        city.neighbourhood(
            1,
            COMMUNITY,
            remedies=[
                city.Remedy("functions", 4),
                city.Remedy("functions", f, start=3),
            ],
            parameters={"feedback": 0},
        ).participation()
        for f in (4, 8)
    )
    rise = (many.belonging - few.belonging).mean(axis=1)
    assert rise[:3] == pytest.approx([0, 0, 0])
    assert rise[3:6] == pytest.approx([0.2 * (1 - 0.7**k) for k in (1, 2, 3)])


def test_belonging_has_its_coefficients(several):
    """Least squares on ties, ownership and years gives 0.5, 0.25 and 0.01 back."""
    rows, found = [], []
    for one, part_ in several:
        rows.append(
            np.column_stack([np.log1p(one.degree), one.people.owner, one.people.tenure])
        )
        level = part_.belonging[0] - 0.2 * one.community.tie_draw
        found.append(level - 0.05 * (one.institutions.functions[0] - 7))
    fit = sm.OLS(np.concatenate(found), sm.add_constant(np.vstack(rows))).fit()
    assert (abs(fit.params - [-0.95, 0.5, 0.25, 0.01]) < 4 * fit.bse).all()
    assert fit.mse_resid**0.5 == pytest.approx(0.85, rel=0.02)


def test_chances_are_those_of_what_happens(several):
    """Taking part, 0 or 1, minus its chance: mean 0 by every cause; four errors."""
    took, chance, causes = [], [], []
    for one, part_ in several:
        took.append(part_.took_part)
        chance.append(part_.chance)
        who = one.people
        causes.append(
            np.column_stack(
                [np.ones(who.age.size), who.age - 45, who.owner, who.non_local]
            )
        )
    chance = np.concatenate(chance)
    gap = np.concatenate(took) - chance
    causes = np.vstack(causes)
    error = ((causes.T**2) @ (chance * (1 - chance))) ** 0.5
    assert (np.abs(causes.T @ gap) < 4 * error).all()


def test_a_year_of_constant_log_odds_is_one_logit(place):
    """Without feedback and with halls and need held, chance = sigma(eta) by hand."""
    still = replace(
        place.institutions,
        need=np.full(12, 0.5),
        mandates=np.full(12, 110.0),
        staff=np.full(12, 10.0),
        hall=np.ones(12),
        halls_near=np.full(12, 0.4),
    )
    quiet = replace(
        place, institutions=still, parameters=PARAMETERS | {"feedback": 0.0}
    )
    got = quiet.participation()
    who = place.people
    eta = (
        participation_.INTERCEPT
        + 0.7 * got.belonging[0]
        + 0.55 * who.owner
        + 0.03 * (who.age - 45)
        + 0.65 * who.party
        + 0.8 * (got.asked_by > 0)
        + 1.6 * 0.275
        - 0.4 * 0.5
        + 0.6 * (1 + 0.25 * 0.4)
    )
    assert got.chance == pytest.approx(sigma(eta))


# ------------------------------------------------------------------ who


def test_origin_has_no_arrow_of_its_own(place, part):
    """Everyone's origin turned round and nothing else: only registration changes."""
    other = replace(place.people, non_local=~place.people.non_local)
    turned = participation_.participation(
        place.seed, place.community, place.institutions, other, place.degree, PARAMETERS
    )
    assert (turned.belonging == part.belonging).all()
    assert (turned.decided == part.decided).all()
    assert (turned.asked_by == part.asked_by).all()
    assert (turned.dissatisfied == part.dissatisfied).all()
    for kind, values in part.kinds.items():
        assert (turned.kinds[kind] == values).all() == (kind != "voted_election")


def test_direct_effect_of_origin_is_zero(several):
    """Logit with every mediator at the start of the year and community constants."""
    rows, took = [], []
    for number, (one, part_) in enumerate(several):
        who = one.people
        adult = who.age >= 18
        constants = np.zeros((adult.sum(), len(several)))
        constants[:, number] = 1
        terms = [
            who.non_local,
            part_.belonging[8],
            who.owner,
            who.age - 45,
            who.party,
            part_.asked_by > 0,
        ]
        rows.append(np.column_stack([t[adult] for t in terms] + [constants]))
        took.append(part_.took_part[adult])
    fit = sm.Logit(np.concatenate(took), np.vstack(rows)).fit(disp=0)
    assert abs(fit.params[0]) < 4 * fit.bse[0]
    assert fit.bse[0] < 0.1
    # Belonging moves within the year, so 0.7 is found a little smaller.
    assert 0.55 < fit.params[1] < 0.72
    assert (abs(fit.params[2:6] - [0.55, 0.03, 0.65, 0.8]) < 5 * fit.bse[2:6]).all()


def test_eligibility_nests(several):
    for one, part_ in several:
        who, kinds, may = one.people, part_.kinds, part_.eligible
        adult = who.age >= 18
        assert (may["election"] | who.non_local | ~adult).all()
        assert (may["owners_vote"] == (adult & who.owner)).all()
        assert (may["meeting"] == (adult & (who.tenure >= 0.5))).all()
        assert not (kinds["voted_election"] & ~may["election"]).any()
        assert not (kinds["voted_owners"] & ~may["owners_vote"]).any()
        stages = [
            may["meeting"] & part_.took_part,
            kinds["attended_meeting"],
            kinds["spoke_meeting"],
            kinds["adopted_meeting"],
        ]
        for before, after in pairwise(stages):
            assert not (after & ~before).any()
            assert after.any()


def test_registration_rises_with_years_here(place):
    """Non-local for 0 and for 20 years: sigma(-1.4) and sigma(1.2)."""
    who = place.people
    n = who.age.size
    for years in (0, 20):
        all_ = replace(
            who,
            non_local=np.ones(n, bool),
            age=np.full(n, 40),
            tenure=np.full(n, float(years)),
        )
        may = participation_.eligibility(1, place.community, all_)["election"]
        assert near(may.mean(), sigma(-1.4 + 0.13 * years), n)


def test_asked_by_hand(place):
    """Of 45, new here, no ties, not in the Party: odds exp(-1.75), (-1.8), (-2.7)."""
    who = place.people
    n = who.age.size
    plain = replace(
        who, age=np.full(n, 45), tenure=np.zeros(n), party=np.zeros(n, bool)
    )
    by = participation_.asked(1, place.community, plain, np.zeros(n, np.int64))
    odds = np.exp([0, -1.75, -1.8, -2.7])
    for asker, chance in enumerate(odds / odds.sum()):
        assert near((by == asker).mean(), chance, n)
    friends = participation_.asked(1, place.community, plain, np.full(n, 20))
    assert (friends == 3).sum() > 2 * (by == 3).sum()


def test_draws_stay_with_the_person_when_others_move_in(place):
    """Twice the households: those who were there keep every stored number."""
    larger = replace(place.community, households=2 * place.community.households)
    for times in (0, 12):
        small, large = (
            participation_._uniform(1, "any", there, place.people, times)
            for there in (place.community, larger)
        )
        assert (small == large).all()
    assert small.shape == (12, place.people.age.size)


@pytest.mark.parametrize(
    ("variable", "low", "high"), [("hall", 0, 1), ("staff", 5, 20)]
)
def test_more_only_adds_participants(variable, low, high):
    less, more = (
        city.neighbourhood(
            1, COMMUNITY, remedies=[city.Remedy(variable, value)]
        ).participation()
        for value in (low, high)
    )
    assert not (less.took_part & ~more.took_part).any()
    assert (less.chance <= more.chance).all()
    assert more.took_part.sum() > 1.1 * less.took_part.sum()


def test_mandates_take_participants():
    few, many = (
        city.neighbourhood(1, COMMUNITY, remedies=[city.Remedy("mandates", value)])
        for value in (60, 180)
    )
    assert (few.participation().chance > many.participation().chance).all()


# ------------------------------------------------------------------ what is said


def _asked_many(place, part, belonging, n=6000):
    """The first resident, asked many times with the belonging given."""
    path = part.belonging.copy()
    path[-1] = belonging
    sample = survey.Answers(np.zeros(n, np.int64), np.ones(n), np.ones(n, bool), {})
    return survey.ask_participation(
        1, place.community, replace(part, belonging=path), sample
    )


@pytest.mark.parametrize("sds", [-1.0, 0.0, 1.0])
def test_statements_by_the_closed_form(place, part, sds):
    """P(answer > k) = 1 - Phi((cut - l z - 0.2) / sqrt(1 - l ** 2 + 0.3 ** 2))."""
    items = _asked_many(place, part, sds * participation_.BELONGING_SD)
    loadings = {
        "belong_home": 0.8,
        "belong_part": 0.75,
        "belong_leave": 0.65,
        "belong_indifferent": -0.6,
    }
    for item, loading in loadings.items():
        told = items[item][np.isfinite(items[item])]
        spread = (1 - loading**2 + 0.09) ** 0.5
        for answer, cut in enumerate((-1.5, -0.5, 0.5, 1.5), 1):
            chance = stats.norm.sf((cut - loading * sds - 0.2) / spread)
            assert near((told > answer).mean(), chance, told.size)


def test_agreeing_ties_statements_to_their_reverse(place, part):
    """At the same belonging, 0.09 / sqrt of the two variances; four errors at 6,000."""
    items = pd.DataFrame(_asked_many(place, part, 0.0))
    found = items["belong_home"].corr(items["belong_indifferent"])
    wanted = 0.09 / ((1.09 - 0.64) * (1.09 - 0.36)) ** 0.5
    # Five categories blur the latent correlation a little.
    assert 0.7 * wanted < found < wanted


@pytest.mark.parametrize("dissatisfied", [True, False])
def test_list_experiment_by_hand(place, part, dissatisfied):
    """Harmless complaints add up to 1.3; the long list has one more for the annoyed."""
    same = replace(part, dissatisfied=np.full_like(part.dissatisfied, dissatisfied))
    items = pd.DataFrame(_asked_many(place, same, 0.0)).dropna(subset=["list_count"])
    means = items.groupby("list_version")["list_count"].mean()
    error = 4 * (0.55 * 0.45 + 0.35 * 0.65 + 0.25 * 0.75 + 0.15 * 0.85) ** 0.5
    error /= (len(items) / 2) ** 0.5
    assert abs(means[0] - 1.3) < error
    assert abs(means[1] - 1.3 - dissatisfied) < error
    assert near(items["list_version"].mean(), 0.5, len(items))
    told = items["dissatisfied"].dropna()
    assert near(told.mean(), 0.45 * dissatisfied, told.size) or not dissatisfied
    assert dissatisfied or told.max() == 0


def test_who_did_not_take_part_leaves_it_open(place, part):
    """Open with chance sigma(-3.3) of those who took part, sigma(-2.2) of others."""
    for took in (True, False):
        same = replace(part, decided=np.full_like(part.decided, took))
        items = _asked_many(place, same, 0.0)
        open_ = np.isnan(items["took_part"])
        assert near(open_.mean(), sigma(-3.3 + 1.1 * (not took)), open_.size)
        for item in survey.MEETING[:1]:
            assert (np.isnan(items[item]) == open_).all()


def test_survey_has_holes_where_the_codebook_says(tiny):
    table = tiny.survey
    silent = table[~table["answered"]]
    register = ["eligible_election", "eligible_owners_vote", "eligible_meeting"]
    assert table[register].notna().all().all()
    first = table.columns.get_loc("ties")
    answers = [c for c in table.columns[first:] if c not in register]
    assert len(silent) > 5
    assert silent[answers].isna().all().all()
    told = table[table["answered"]]
    for vote, may in (
        ("voted_election", "eligible_election"),
        ("voted_owners", "eligible_owners_vote"),
    ):
        assert told.loc[~told[may], vote].isna().all()
        assert told.loc[told[may], vote].notna().mean() > 0.8
    assert (told["attended_meeting"].isna() == told["took_part"].isna()).all()
    came = told["attended_meeting"].fillna(False)
    assert (told["spoke_meeting"].notna() == came).all()
    spoke = told["spoke_meeting"].fillna(False)
    assert (told["adopted_meeting"].notna() == spoke).all()


def test_the_funnel_runs_on_the_survey(tiny):
    """The measure of chapter 05 takes the columns as they are."""
    table = tiny.survey.dropna(subset=["asked_by", "took_part"])
    table = table.assign(asked=table["asked_by"] != "nobody")
    stages = [
        "eligible_meeting",
        "asked",
        "took_part",
        "attended_meeting",
        "spoke_meeting",
        "adopted_meeting",
    ]
    out = methods.funnel(table, stages=stages, weight="weight", cluster="community")
    assert len(out) == 12
    # People may come unasked; but nobody attends without having taken part.
    unasked = out.set_index(["stage", "term"])["n_without_previous"]
    assert unasked["took_part", "share_of_all"] > 0


def test_activity_room_holds_five_adults_who_take_part(several):
    met, all_ = [], []
    for one, part_ in several:
        room = survey.meet(one.seed, one.community, one.people, part_)
        assert np.unique(room.person).size == survey.MET == 5
        adult = one.people.age >= 18
        assert adult[room.person].all()
        met.append(part_.took_part[room.person].mean())
        all_.append(part_.took_part[adult].mean())
        assert (room.items["took_part"] == part_.took_part[room.person]).all()
    assert np.mean(met) > 2 * np.mean(all_)
