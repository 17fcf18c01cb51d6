"""Organisations and lift services of S city: equations, tables, and what is true."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from pandas.testing import assert_frame_equal
from scipy import stats

from govlib import city, datasets
from govlib.city import known_organisations as known
from govlib.city import organisations as made
from govlib.city.base import base as base_of
from govlib.city.parameters import resolve

VALUES = resolve()
ITEMS = list(made.AUTONOMY)


@pytest.fixture(scope="module")
def base():
    """A course-size city without institutions, which organisations do not need."""
    return known.places(7)


@pytest.fixture(scope="module")
def found(base):
    return made.organisations(base)


@pytest.fixture(scope="module")
def truth():
    table = datasets.truth().set_index("symbol")
    return table[table["chapter"].astype(str) == "03"]


@pytest.fixture(scope="module")
def shipped():
    return {name: datasets.load(name) for name in made.TABLES}


@pytest.fixture(scope="module")
def tiny():
    return city.simulate("tiny", only=made.TABLES).tables


# ------------------------------------------------------------------ organisations


def test_equations_by_hand():
    """Share 0.65 and the office as founder: 0.1 - 1.6 * 0.2 - 0.5 + 0.75 * 2."""
    share, founder = np.array([0.65, 0.65]), np.array([0, 2])
    autonomous = made.autonomy(share, founder, np.array([2.0, 2.0]), VALUES)
    assert autonomous.tolist() == pytest.approx([0.78, 1.28])
    # HHI of (.65, .35): .4225 + .1225 = .545; 64 + 4 * .78 + 7 * .3 - 8 * .125.
    shares = np.array([[0.65, 0.35]])
    rated = made.quality(autonomous[:1], np.array([6.0]), shares, VALUES)
    assert rated[0] == pytest.approx(64 + 3.12 + 2.1 - 1.0)
    # 0.07 exp(-3.5 * 0.2 - 0.35 * 2).
    rate = made.dissolving(share[:1], np.array([2.0]), VALUES)
    assert rate[0] == pytest.approx(0.07 * np.exp(-1.4))


def test_shares_are_beta(found):
    """Sums of exponentials against scipy's beta, all ever founded."""
    for founder, (a, b) in ((0, (6, 3)), (1, (6, 3)), (2, (2, 5))):
        share = found.shares[found.founder == founder, 0]
        assert len(share) > 300
        assert stats.kstest(share, stats.beta(a, b).cdf).pvalue > 1e-3
    assert found.shares.sum(axis=1) == pytest.approx(np.ones(len(found.life)))
    assert (found.shares > 0).all()


def test_lives_are_exponential(found):
    """Life times rate is standard exponential, the rate written out."""
    usual = np.where(found.registered, 5.2, 2.6) + 1.2 * (found.founder != 2)
    log_rate = -3.5 * (found.shares[:, 0] - 0.45) - 0.35 * (found.income - usual)
    standard = found.life * 0.07 * np.exp(log_rate)
    assert stats.kstest(standard, stats.expon.cdf).pvalue > 1e-3


def test_income_leans_on_the_founder_and_on_wealth(base, found):
    """Log income is 5.2 or 2.6, 1.2 more from the office, and 0.25 of wealth."""
    wealth = base.of_place("wealth")[found.community]
    data = pd.DataFrame(
        {
            "income": found.income,
            "registered": found.registered.astype(float),
            "official": (found.founder != 2).astype(float),
            "wealth": wealth,
        }
    )
    fit = smf.ols("income ~ registered + official + wealth", data).fit()
    for name, value in (
        ("Intercept", 2.6),
        ("registered", 2.6),
        ("official", 1.2),
        ("wealth", 0.25),
    ):
        assert abs(fit.params[name] - value) < 4 * fit.bse[name], name
    assert fit.mse_resid**0.5 == pytest.approx(0.5, abs=0.02)


def test_more_organisations_where_they_are_likelier(base, found):
    """Poisson counts around a log-normal mean: the slopes of log counts."""
    count = np.bincount(found.community, minlength=len(base.codes))
    data = pd.DataFrame(
        {
            "count": count,
            "wealth": base.of_place("wealth"),
            "activity": base.of_place("activity").astype(float),
            "size": np.log(base.residents / 4200),
        }
    )
    # Mixing draws of standard deviation 0.6 multiply the mean by exp(0.18).
    fit = smf.poisson("count ~ wealth + activity + size", data).fit(
        disp=0, cov_type="HC1"
    )
    for name, value in (
        ("Intercept", 2.05 + 0.18),
        ("wealth", 0.25),
        ("activity", 0.3),
        ("size", 1.0),
    ):
        assert abs(fit.params[name] - value) < 4 * fit.bse[name], name


def test_concentration_and_changed_shares_by_hand():
    shares = np.array([[0.7, 0.1, 0.1, 0.1], [0.4, 0.2, 0.25, 0.15]])
    assert made.concentration(shares).tolist() == pytest.approx([0.52, 0.285])
    moved = made.with_share(shares, np.array([0.1, 1.0]))
    assert moved[0].tolist() == pytest.approx([0.1, 0.3, 0.3, 0.3])
    assert moved[1].tolist() == pytest.approx([1, 0, 0, 0])


def test_answers_follow_autonomy(base, found):
    """Against scipy: chance of each answer at autonomy itself, item by item."""
    answered = made.answers(base, found)
    loading = np.array(list(made.AUTONOMY.values()))
    level = loading * found.autonomy[:, None] / 0.94 + 0.2
    spread = np.sqrt(1 - loading**2)
    for cut, answer in zip((-1.5, -0.5, 0.5, 1.5), (2, 3, 4, 5), strict=True):
        chance = stats.norm.sf((cut - level) / spread)
        difference = (answered >= answer).mean(axis=0) - chance.mean(axis=0)
        error = np.sqrt((chance * (1 - chance)).sum(axis=0)) / len(chance)
        assert (abs(difference) < 4 * error).all()
    # The one worded the other way runs against the others.
    assert np.corrcoef(answered.T)[4, [0, 1, 2, 3, 5]].max() < -0.2


def test_expected_score_is_the_mean_of_scores(base, found):
    """The closed form against the answers themselves; and at one point by scipy."""
    score = made.score(made.answers(base, found))
    gap = score - made.expected_score(found.autonomy)
    assert abs(gap.mean()) < 4 * gap.std() / len(gap) ** 0.5
    # At a standard deviation of autonomy, 0.94, the loading itself is the level.
    by_hand = 0.0
    for loading in made.AUTONOMY.values():
        spread = (1 - loading**2) ** 0.5
        up = stats.norm.sf((made.CUTS - 0.2 - loading) / spread).sum()
        by_hand += 1 + up if loading > 0 else 5 - up
    assert made.expected_score(np.array([0.94]))[0] == pytest.approx(by_hand / 6)


# ------------------------------------------------------------------ lift services


def kiefer_wolfowitz(asked, work, teams):
    """Waits by the vector of workloads, sorted at each arrival (1955)."""
    load, before, waits = np.zeros(teams), 0.0, []
    for came, months in zip(asked, work, strict=True):
        load = np.sort(np.maximum(load - (came - before), 0))
        waits.append(load[0])
        load[0] += months
        before = came
    return np.array(waits)


@pytest.mark.parametrize("teams", [1, 3, 4])
def test_teams_serve_in_order(teams):
    rng = np.random.default_rng(teams)
    asked = np.cumsum(rng.exponential(4 / teams, 300))
    work = rng.exponential(3.8, 300)
    started = made.serve(asked, work, np.full(12, teams))
    assert started - asked == pytest.approx(kiefer_wolfowitz(asked, work, teams))


def test_a_steady_line_waits_as_erlang_says():
    """Eight cases a year, four teams, 40,000 cases: 1.14 months (case O2)."""
    rng = np.random.default_rng(3)
    asked = np.cumsum(rng.exponential(12 / 8, 40_000))
    work = rng.exponential(12 / made.SERVICE_RATE, 40_000)
    wait = made.serve(asked, work, np.full(12, 4)) - asked
    blocks = wait.reshape(100, -1).mean(axis=1)
    assert abs(wait.mean() - 1.1353) < 4 * blocks.std() / 10


def test_teams_may_come_and_go():
    """By hand: a second team in months 3 to 6 alone; it finishes what it has begun."""
    teams = np.array([1, 2, *[1] * 10])
    asked, work = np.array([0.0, 1, 2, 2.5]), np.array([4.0, 5, 5, 1])
    # The first takes case 1 to month 4, then case 3 to 9; the second case 2 from 3
    # to 8, when it is given up; so case 4 waits for month 9.
    assert made.serve(asked, work, teams).tolist() == [0, 3, 4, 9]


def test_profile_by_hand():
    """57 per cent in three quarters: .19 each, .43 / 9 in the others."""
    crowded = made.profile(True, 0.57)
    assert crowded[4:7].tolist() == pytest.approx([0.19] * 3)
    assert crowded[[0, 3, 7, 11]].tolist() == pytest.approx([0.43 / 9] * 4)
    assert made.profile(False, 0.57).tolist() == pytest.approx([1 / 12] * 12)


def test_cases_come_as_the_profile_says(base):
    subdistricts = sorted(set(base.of_place("subdistrict")))
    cases, special = made.lift_cases(base), made.special_plans(base, subdistricts)
    count = np.bincount(cases.service, minlength=len(special))
    # Poisson with mean 24: the dispersion test.
    assert abs(count.mean() - 24) < 4 * (24 / 48) ** 0.5
    dispersion = ((count - count.mean()) ** 2).sum() / count.mean()
    assert 1e-3 < stats.chi2.sf(dispersion, 47) < 1 - 1e-3
    for plan in (True, False):
        quarter = (cases.asked[special[cases.service] == plan] // 3).astype(int)
        seen = np.bincount(quarter, minlength=12)
        shares = np.full(12, 1 / 12)
        if plan:
            shares = np.array([0.3 / 9] * 4 + [0.7 / 3] * 3 + [0.3 / 9] * 5)
        assert stats.chisquare(seen, shares * seen.sum()).pvalue > 1e-3
    work = cases.finished - cases.started
    assert stats.kstest(work, stats.expon(scale=4).cdf).pvalue > 1e-3


def test_more_teams_never_wait_longer(base):
    four, seven = made.lift_cases(base), made.lift_cases(base, teams=7)
    assert (four.asked == seven.asked).all()
    assert (seven.wait <= four.wait + 1e-9).all()
    assert (seven.wait >= 0).all()
    even = made.lift_cases(base, peak_share=0.25)
    assert np.bincount(even.service).tolist() == np.bincount(four.service).tolist()
    assert even.finished - even.started == pytest.approx(four.finished - four.started)


# ------------------------------------------------------------------ tables


def test_register_holds_what_it_should(tiny, shipped):
    for tables in (tiny, shipped):
        register, income = tables["organisations"], tables["organisation_income"]
        alive = register["dissolved"].isna()
        assert register["organisation"].is_unique
        assert register["organisation"].is_monotonic_increasing
        assert (register.loc[~alive, "dissolved"] > 2015).all()
        assert (register["dissolved"].fillna(2026) > register["founded"]).all()
        asked = alive & register["registered"]
        for column in ["staff", "quality", *ITEMS]:
            assert (register[column].notna() == asked).all(), column
        legal = register.loc[register["registered"], "organisation"]
        assert set(income["organisation"]) == set(legal)
        year = income.drop_duplicates("organisation").set_index("organisation")
        ended = register.set_index("organisation")["dissolved"].loc[year.index]
        # Dates are rounded up to a hundredth: the last day of a year may look later.
        late = ended.fillna(2025.5).sub(0.01).clip(upper=2025.99).floordiv(1)
        assert (year["account_year"] - late).abs().max() <= 1
        assert (year["account_year"] == late).mean() > 0.98
        assert (income["amount"] > 0).all()


def test_founders_are_known(shipped):
    register, centres = shipped["organisations"], shipped["service_centres"]
    where = register["community"].astype(str).str.rpartition("-")[0]
    kind = register["founder_kind"].astype(str)
    founder = register["founder"].astype(str)
    assert (founder[kind == "office"] == where[kind == "office"]).all()
    assert (founder[kind == "centre"] == where[kind == "centre"] + "-C").all()
    assert (founder[kind == "residents"] == "residents").all()
    assert (centres["centre"] == centres["founder"].astype(str) + "-C").all()


def test_cases_beyond_the_records_are_empty(shipped):
    cases = shipped["lift_cases"]
    assert cases["month_asked"].max() < 36
    for column in ("month_started", "month_finished"):
        assert cases[column].max() <= 36
    known_ = cases.dropna()
    assert (known_["month_started"] >= known_["month_asked"]).all()
    assert (known_["month_finished"] >= known_["month_started"]).all()
    assert cases.loc[cases["month_started"].isna(), "month_finished"].isna().all()
    order = cases.groupby("lift_service", observed=True)["month_asked"]
    assert order.apply(lambda months: months.is_monotonic_increasing).all()


def test_an_organisation_is_the_same_in_a_larger_city(tiny, shipped):
    small, large = tiny["organisations"], shipped["organisations"]
    large = large[large["community"].isin(small["community"])]
    assert_frame_equal(
        small.reset_index(drop=True),
        large.reset_index(drop=True),
        check_dtype=False,
        check_categorical=False,
    )


def changed(left, right, column):
    """Return the values of a column in whose rows two tables differ."""
    one, two = (
        {tuple(map(str, row)) for row in table.itertuples(index=False)}
        for table in (left, right)
    )
    place = left.columns.get_loc(column)
    return {row[place] for row in one ^ two}


def test_a_remedy_of_no_effect_changes_nothing(tiny):
    same = [
        city.Remedy("lift_teams", 4),
        city.Remedy("lift_teams", 9, start=13),
        city.Remedy("mandates", 200),
    ]
    other = city.simulate("tiny", remedies=same, only=made.TABLES).tables
    for name, table in tiny.items():
        assert_frame_equal(table, other[name])


def test_more_teams_reach_their_own_subdistrict_alone(tiny):
    remedy = [city.Remedy("lift_teams", 9, communities=("A-1-02",), start=5)]
    other = city.simulate("tiny", remedies=remedy, only=made.TABLES).tables
    assert changed(tiny["lift_cases"], other["lift_cases"], "lift_service") <= {"A-1-L"}
    teams = other["lift_teams"].set_index("lift_service")["teams"]
    assert teams.drop("A-1-L").tolist() == [4] * 3
    assert teams["A-1-L"] == 9
    assert_frame_equal(tiny["organisations"], other["organisations"])


def test_activities_bring_organisations_to_their_own_community_alone(tiny):
    places = base_of(2026, "tiny").places
    code = next(place.code for place in places if not place.activity)
    remedy = [city.Remedy("activity", 1, communities=(code,))]
    other = city.simulate("tiny", remedies=remedy, only=made.TABLES).tables
    before, after = tiny["organisations"], other["organisations"]
    assert changed(before, after, "community") <= {code}
    assert set(before["organisation"]) <= set(after["organisation"])


# ------------------------------------------------------------------ truth


def test_chapter_and_symbols(truth):
    assert [row.symbol for row in known.ROWS] == truth.index.tolist()
    # What the study claims without a mechanism in the model says so.
    for symbol in ("organisations_participation", "dependence_innovation"):
        assert "the model is silent" in truth.loc[symbol, "estimand_en"]
    silent = truth["estimand_en"].str.contains("the model is silent")
    assert silent.sum() == 3
    assert (truth.loc[silent, "value"] == 0).all()
    assert truth.loc["autonomy_quality", "value"] == pytest.approx(4 * 0.94)
    assert truth.loc["concentration_quality", "value"] == pytest.approx(-0.8)


def test_stored_truth_agrees_with_cities_it_has_not_seen(truth):
    fresh = pd.DataFrame(
        [
            known.organisation_figures(base, made.organisations(base))
            | known.lift_figures(base)
            for base in map(known.places, range(401, 405))
        ]
    )
    for symbol in fresh:
        row = truth.loc[symbol]
        spread = row["monte_carlo_error"] * row["seeds"] ** 0.5
        error = spread * (1 / len(fresh) + 1 / row["seeds"]) ** 0.5
        assert abs(fresh[symbol].mean() - row["value"]) < 4 * error, symbol


def test_effects_by_hand(found, base, truth):
    """Quality has slope 4 times autonomy's -1.6, and -8 times that of HHI."""
    share = found.shares[:, 0]
    living = found.registered & found.alive
    rest = (found.shares[:, 1:] ** 2).sum(axis=1) / (1 - share) ** 2
    # d/ds of s^2 + (1 - s)^2 rest.
    slope = 4 * -1.6 - 8 * (2 * share - 2 * (1 - share) * rest)
    got = known.organisation_figures(base, found)["dependence_quality"]
    assert got == pytest.approx(slope[living].mean() / 10, rel=0.02)
    row = truth.loc["dependence_quality"]
    spread = row["monte_carlo_error"] * row["seeds"] ** 0.5
    assert abs(row["value"] - slope[living].mean() / 10) < 4 * spread


@pytest.mark.parametrize(
    ("symbol", "part"),
    [
        # The naive answer hangs on the mean rate alone, waits on every case.
        ("lift_wait_peak", 8),
        ("lift_incubation", 8),
        ("dependence_autonomy", 20),
        ("dependence_quality", 20),
        ("nominal_purchases", 20),
        # The median lies in a flat part of the curve; the naive answer is 40 away.
        ("organisation_life", 4),
        ("organisation_dependence", 15),
        ("organisation_autonomy", 15),
    ],
)
def test_monte_carlo_error_is_small(truth, symbol, part):
    row = truth.loc[symbol]
    assert 0 < row["monte_carlo_error"] <= row["naive_city_error"] / part


@pytest.mark.parametrize(
    ("symbol", "direction"),
    [
        # The average hides the peak, and what more teams do there.
        ("lift_wait_peak", -1),
        ("lift_incubation", 1),
        # Founding is counted as paying.
        ("dependence_autonomy", -1),
        # Who depends on the office is richer.
        ("dependence_quality", 1),
        # A score has errors.
        ("autonomy_quality", -1),
        # The way through the centre is missed.
        ("nominal_purchases", -1),
        # The living are left out.
        ("organisation_life", -1),
        # The dissolved are left out.
        ("organisation_dependence", 1),
        ("organisation_autonomy", -1),
    ],
)
def test_naive_answer_misleads(truth, symbol, direction):
    """On average, and in the shipped city by more than two standard errors."""
    row = truth.loc[symbol]
    average = row["naive_expected"] - row["value"]
    noise = np.hypot(row["naive_expected_error"], row["monte_carlo_error"])
    assert np.sign(average) == direction
    assert abs(average) > 4 * noise
    gap = row["naive_city"] - row["value"]
    assert np.sign(gap) == direction
    assert abs(gap) > 2 * row["naive_city_error"]


def test_naive_answers_come_from_the_shipped_tables(truth, shipped):
    """With pandas and statsmodels, from the files that a student reads."""
    naive = truth["naive_city"]
    register, income = shipped["organisations"], shipped["organisation_income"]
    paid = income.pivot_table(
        index="organisation",
        columns="payer",
        values="amount",
        fill_value=0,
        observed=True,
    )
    share = paid["office"] / paid.sum(axis=1)
    living = register[register["registered"] & register["dissolved"].isna()].copy()
    living["share"] = living["organisation"].map(share)
    turned = living[ITEMS].astype(float).assign(plan_approved=6 - living[ITEMS[4]])
    living["score"] = turned.astype(float).mean(axis=1)
    for symbol, formula, scale in (
        ("dependence_quality", "quality ~ share", 0.1),
        ("dependence_autonomy", "score ~ share", 0.1),
        ("autonomy_quality", "quality ~ score", living["score"].std()),
    ):
        fit = smf.ols(formula, living).fit()
        assert naive[symbol] == pytest.approx(scale * fit.params.iloc[1], abs=1e-5)
    gone = register.dropna(subset=["dissolved"])
    age = (gone["dissolved"] - gone["founded"]).mean()
    assert naive["organisation_life"] == pytest.approx(age, abs=1e-5)
    since = living["founded"] >= 2015
    assert naive["organisation_dependence"] == pytest.approx(
        living["share"][since].mean(), abs=1e-5
    )
    assert naive["organisation_autonomy"] == pytest.approx(
        living["score"][since].mean(), abs=1e-5
    )


def test_naive_waits_are_erlangs():
    """Case O2: 0.35, 1.14 and 9.86 months at 6, 8 and 11 cases a year."""
    waits = [known.erlang_wait(rate, 4) for rate in (6, 8, 11)]
    assert np.round(waits, 2).tolist() == [0.35, 1.14, 9.86]


def test_the_right_design_finds_the_truth(truth, shipped):
    """Income and founder held fixed, within three standard errors."""
    income = shipped["organisation_income"]
    total = income.groupby("organisation")["amount"].sum()
    office = income[income["payer"] == "office"].set_index("organisation")["amount"]
    register = shipped["organisations"]
    living = register[register["registered"] & register["dissolved"].isna()].copy()
    living["log_income"] = np.log(living["organisation"].map(total).astype(float))
    paid = living["organisation"].map(office).fillna(0).astype(float)
    living["tenth"] = 10 * paid / np.exp(living["log_income"])
    living["founder_kind"] = living["founder_kind"].astype(str)
    fit = smf.ols("quality ~ tenth + log_income + founder_kind", living).fit()
    gap = fit.params["tenth"] - truth.loc["dependence_quality", "value"]
    assert abs(gap) < 3 * fit.bse["tenth"]
    crude = smf.ols("quality ~ tenth", living).fit()
    assert crude.params["tenth"] - truth.loc["dependence_quality", "value"] > (
        5 * crude.bse["tenth"]
    )
