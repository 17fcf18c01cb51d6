"""The truth table: its figures recomputed, and the direction of every naive answer."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats
from statsmodels.stats.contingency_tables import StratifiedTable

from govlib import city, datasets
from govlib.city import known, known_participation
from govlib.city.parameters import resolve

TRUTH = datasets.load("truth").set_index("symbol")
# Cities that the stored table (seeds 1 to 400) has not seen.
FRESH = range(401, 407)


@pytest.fixture(scope="module")
def fresh():
    return pd.DataFrame([known.estate_figures(seed) for seed in FRESH])


@pytest.fixture(scope="module")
def fresh_participation():
    """Two cities of eight communities: a part of what a stored row averages."""
    return pd.DataFrame(
        [
            known_participation.participation_figures(s, known.some_communities(s))
            for s in list(FRESH)[:2]
        ]
    )


@pytest.fixture(scope="module")
def answers():
    """The survey of the shipped city as a student reads it, in floats."""
    told = datasets.load("survey").query("answered")
    told = told.merge(
        datasets.load("communities")[["community", "non_local_share", "hall"]],
        on="community",
    )
    yes = told.select_dtypes("boolean").columns
    told[yes] = told[yes].astype("Float64").astype(float)
    told["away"] = (told["origin"] == "non-local").astype(float)
    return told


@pytest.fixture(scope="module")
def estate():
    return (
        datasets.load("resettlement_residents").set_index("resident"),
        datasets.load("resettlement_ties"),
    )


def test_preference_by_hand():
    """1.2 + 1.1 * 2 * (4,300 / 9,060) * (4,760 / 9,060), exact in the model."""
    row = TRUTH.loc["homophily_direct"]
    assert row["value"] == pytest.approx(
        1.2 + 1.1 * 2 * 4300 * 4760 / 9060**2, abs=5e-6
    )
    assert row["monte_carlo_error"] == 0
    assert row["effect"] == "parameter"


@pytest.mark.parametrize(
    "symbol",
    [
        "size_elasticity",
        "homophily_total",
        "ei_expected",
        "ei_opportunity",
        "ei_preference",
        "contact_cross_ties",
    ],
)
def test_stored_truth_agrees_with_cities_it_has_not_seen(symbol, fresh):
    """Means differ by less than four standard errors of their difference."""
    row = TRUTH.loc[symbol]
    # The spread comes from the stored 400 cities: six would not tell it.
    spread = row["monte_carlo_error"] * row["seeds"] ** 0.5
    error = spread * (1 / len(FRESH) + 1 / row["seeds"]) ** 0.5
    assert abs(fresh[symbol].mean() - row["value"]) < 4 * error


def test_activity_effect_agrees_with_cities_it_has_not_seen():
    row = TRUTH.loc["activity_ties"]
    found = [on - off for seed in FRESH for on, off, _ in known.activity_figures(seed)]
    spread = row["monte_carlo_error"] * row["seeds"] ** 0.5
    error = spread * (1 / len(FRESH) + 1 / row["seeds"]) ** 0.5
    assert abs(np.mean(found) - row["value"]) < 4 * error
    assert min(found) > 0


@pytest.mark.parametrize(
    ("symbol", "part"),
    [
        ("homophily_total", 20),
        # 0.00883 against an error of 0.1755: a hair above a twentieth.
        ("activity_ties", 19.8),
        ("origin_total", 6),
        ("asked_total", 10),
        ("hall_all", 10),
        ("hall_direct", 10),
        # Rates differ between communities more than effects do; the naive answers
        # are many times these errors away.
        ("participation_rate", 1.5),
        ("participation_response", 1.5),
        ("election_gap", 3),
        ("share_context", 4),
        ("dissatisfied_share", 1),
    ],
)
def test_monte_carlo_error_is_small(symbol, part):
    """Against the standard error of what a chapter would estimate."""
    row = TRUTH.loc[symbol]
    assert 0 < row["monte_carlo_error"] <= row["naive_city_error"] / part


@pytest.mark.parametrize(
    ("symbol", "direction"),
    [
        # Density falls with size although ties per resident do not.
        ("size_elasticity", -1),
        # Closeness in age and introductions are counted as preference.
        ("homophily_direct", 1),
        # Sorting into buildings is counted as preference.
        ("homophily_total", 1),
        ("ei_opportunity", 1),
        ("ei_preference", -1),
        # Controlling what origin works through leaves next to nothing of it.
        ("origin_total", 1),
        # Composition is read as apathy.
        ("origin_direct", -1),
        ("origin_without_ownership", -1),
        # Places with many non-local residents differ in other ways as well.
        ("share_context", -1),
        # Who is met where people take part takes part; so does who answers.
        ("participation_rate", 1),
        ("participation_response", 1),
        # Those who may not vote are counted as not caring to.
        ("election_gap", -1),
        # The committee asks those who come anyway.
        ("asked_total", 1),
        # Participation has moved belonging before it is asked about.
        ("belonging_direct", 1),
        ("owner_direct", 1),
        # What people share is read as what they do to each other.
        ("peer_effect", 1),
        # Most do not say so.
        ("dissatisfied_share", -1),
        # Halls go where people take part less.
        ("hall_all", -1),
        ("hall_direct", -1),
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


def test_size_hardly_moves_ties():
    """Meeting chances do not know the estate's size; only closure does, a little."""
    assert abs(TRUTH.loc["size_elasticity", "value"]) < 0.05


def test_naive_answers_come_from_the_shipped_tables(estate):
    """E-I index and slope of density, with pandas, from the files a student reads."""
    residents, ties = estate
    origin = residents["origin"].astype(str)
    mixed = origin[ties["source"]].to_numpy() != origin[ties["target"]].to_numpy()
    shuffled = 4 * 4300 * 4760 / (9060 * 9059) - 1
    assert TRUTH.loc["ei_opportunity", "naive_city"] == pytest.approx(
        shuffled, abs=5e-6
    )
    assert TRUTH.loc["ei_preference", "naive_city"] == pytest.approx(
        2 * mixed.mean() - 1 - shuffled, abs=1e-5
    )
    size = datasets.load("census_residents").groupby("estate").size()
    count = datasets.load("census_ties").groupby("estate").size()
    density = 2 * count / (size * (size - 1))
    slope = np.polyfit(np.log(size), np.log(density), 1)[0]
    assert TRUTH.loc["size_elasticity", "naive_city"] == pytest.approx(slope, abs=1e-5)


@pytest.mark.parametrize(
    ("symbol", "by"), [("homophily_direct", "building"), ("homophily_total", "estate")]
)
def test_log_odds_ratio_agrees_with_statsmodels(estate, symbol, by):
    """Against statsmodels, on tables counted by pandas from the shipped files."""
    residents, ties = estate
    residents = residents.astype({"origin": str})
    ends = [residents.loc[ties[end]] for end in ("source", "target")]
    inside = (ends[0][by].to_numpy() == ends[1][by].to_numpy()).astype(bool)
    same = ends[0]["origin"].to_numpy() == ends[1]["origin"].to_numpy()
    where = ends[0][by].to_numpy()
    tables = []
    for place, people in residents.groupby(by):
        local = (people["origin"] == "local").sum()
        other = len(people) - local
        home = people.groupby("household").size()
        same_pairs = (local * (local - 1) + other * (other - 1)) / 2
        same_pairs -= (home * (home - 1) / 2).sum()
        here = inside & (where == place)
        a, c = (here & same).sum(), (here & ~same).sum()
        if local and other:
            tables.append([[a, same_pairs - a], [c, local * other - c]])
    pooled = StratifiedTable([np.array(t, dtype=float) for t in tables])
    assert TRUTH.loc[symbol, "naive_city"] == pytest.approx(
        np.log(pooled.oddsratio_pooled), abs=1e-5
    )


def test_comparison_of_activities_by_hand():
    """Means 4 and 2; residuals by hand: three communities with activities, two without.

    With: totals / weights 8/2, 3/1, 5/1, so mean 16/4 = 4 and residuals 0, -1/4, 1/4:
    3/2 * 1/8. Without: 2/2, 6/2, mean 8/4 = 2, residuals -2/4, 2/4: 2 * 1/2.
    """
    survey = pd.DataFrame(
        {
            "community": ["a", "a", "b", "c", "d", "e"],
            "weight": [1.0, 1.0, 1.0, 1.0, 2.0, 2.0],
            "ties": pd.array([2, 6, 3, 5, 1, 3], dtype="Int64"),
        }
    )
    communities = pd.DataFrame(
        {"community": list("abcde"), "activity": [True, True, True, False, False]}
    )
    got = known.activity_difference(survey, communities)
    assert got == pytest.approx([2, (3 / 16 + 1) ** 0.5])


# ------------------------------------------------------------------ participation


@pytest.mark.parametrize(
    ("symbol", "value"),
    [
        ("origin_direct", 0),
        ("peer_effect", 0),
        ("owner_direct", 0.55),
        ("belonging_direct", 0.7 * 1.1),
    ],
)
def test_parameters_of_participation(symbol, value):
    row = TRUTH.loc[symbol]
    assert row["value"] == pytest.approx(value, abs=5e-6)
    assert row["effect"] == "parameter"
    assert row["seeds"] == row["monte_carlo_error"] == 0


@pytest.mark.parametrize(
    "symbol",
    [
        "origin_total",
        "origin_without_ownership",
        "share_total",
        "share_context",
        "participation_rate",
        "election_gap",
        "asked_total",
        "dissatisfied_share",
        "hall_all",
        "hall_direct",
        "hall_spillover",
        "participation_icc",
        "belonging_icc",
    ],
)
def test_participation_agrees_with_cities_it_has_not_seen(symbol, fresh_participation):
    row = TRUTH.loc[symbol]
    spread = row["monte_carlo_error"] * row["seeds"] ** 0.5
    error = spread * (1 / len(fresh_participation) + 1 / row["seeds"]) ** 0.5
    assert abs(fresh_participation[symbol].mean() - row["value"]) < 4 * error


def test_effects_of_participation_hang_together():
    """Less of origin's effect is left without ownership; spillover adds to a hall."""
    value = TRUTH["value"]
    assert value["origin_total"] < value["origin_without_ownership"] < 0
    assert 0 < value["hall_spillover"] < value["hall_direct"] < value["hall_all"]
    # Half of what all nearby add, five tenths, and the hall itself.
    together = value["hall_direct"] + 10 * value["hall_spillover"]
    assert value["hall_all"] == pytest.approx(together, rel=0.1)
    # Composition, at about the size of the individual effect, and context.
    assert value["share_total"] == pytest.approx(
        value["origin_total"] + value["share_context"], abs=0.03
    )
    rates = ["participation_rate", "participation_response"]
    assert value[rates[0]] == value[rates[1]]


def test_origin_does_nothing_where_its_paths_are_cut():
    """Without belonging, ownership, age, Party and asking: exactly nothing."""
    cut = ["belonging", "owner", "age", "party", "asked"]
    place = city.neighbourhood(
        1, "G-1-02", parameters={f"part_{name}": 0 for name in cut}
    )
    effect, adults = known_participation._origin(place)
    assert effect == pytest.approx(0, abs=1e-9 * adults)
    open_ = city.neighbourhood(1, "G-1-02")
    assert known_participation._origin(open_)[0] < -0.05 * adults
    assert resolve()["part_age"] > 0


def test_effect_of_the_share_by_hand():
    """0.3 more: rates of all adults; context with pandas, by person and origin."""
    frames = []
    for share in (0.2, 0.5):
        remedy = city.Remedy("non_local_share", share, communities=("G-1-02",))
        place = city.neighbourhood(1, "G-1-02", remedies=[remedy])
        people = pd.DataFrame(
            {
                "number": place.people.number,
                "away": place.people.non_local,
                "chance": place.participation().chance,
            }
        )
        frames.append(people[place.people.age >= 18])
    got = known_participation._shares(1, "G-1-02")
    total, count = got["share_total"]
    assert count == len(frames[0])
    rise = frames[1]["chance"].mean() - frames[0]["chance"].mean()
    assert total / count == pytest.approx(rise / 0.3)
    both = frames[0].merge(frames[1], on=["number", "away"])
    context, count = got["share_context"]
    rise = (both["chance_y"] - both["chance_x"]).mean()
    assert context / count == pytest.approx(rise / 0.3)


def test_icc_is_that_of_the_analysis_of_variance():
    """For groups of equal size n: (F - 1) / (F - 1 + n), with F from scipy."""
    groups = np.random.default_rng(1).normal(size=(9, 12)) + np.arange(9)[:, None] / 4
    f = stats.f_oneway(*groups).statistic
    got = known_participation._icc(
        groups.sum(axis=1), np.full(9, 12.0), (groups**2).sum(axis=1)
    )
    assert got == pytest.approx((f - 1) / (f - 1 + 12))


def _told(symbol, value):
    assert TRUTH.loc[symbol, "naive_city"] == pytest.approx(value, abs=1.5e-5)


def test_naive_gaps_come_from_the_shipped_tables(answers):
    """Weighted means with pandas."""

    def mean(data, item):
        data = data.dropna(subset=[item])
        return (data[item] * data["weight"]).sum() / data["weight"].sum()

    def gap(data, item, by):
        return mean(data[data[by] == 1], item) - mean(data[data[by] == 0], item)

    _told("participation_response", answers["took_part"].mean())
    room = datasets.load("activity_room")
    _told("participation_rate", room["took_part"].astype(float).mean())
    _told("dissatisfied_share", mean(answers, "dissatisfied"))
    _told("origin_without_ownership", gap(answers, "took_part", "away"))
    for symbol in ("hall_all", "hall_direct"):
        _told(symbol, gap(answers, "took_part", "hall"))
    counted = answers.copy()
    counted.loc[counted["eligible_election"] == 0, "voted_election"] = 0
    _told("election_gap", gap(counted, "voted_election", "away"))
    by = answers.dropna(subset=["asked_by"])
    by = by[by["asked_by"].isin(["nobody", "residents' committee"])]
    by = by.assign(by=(by["asked_by"] != "nobody").astype(int))
    _told("asked_total", gap(by, "took_part", "by"))


def test_naive_regressions_come_from_the_shipped_tables(answers):
    """With statsmodels."""

    def fit(model, terms, data):
        data = data.dropna(subset=["took_part", *terms])
        x = sm.add_constant(data[terms].astype(float))
        return model(data["took_part"].astype(float), x).fit(
            **({"disp": 0} if model is sm.Logit else {})
        )

    mediators = ["owner", "tenure_years", "age", "party_member"]
    linear = fit(sm.OLS, ["away", *mediators], answers)
    _told("origin_total", linear.params["away"])
    for symbol, term in (("origin_direct", "away"), ("owner_direct", "owner")):
        _told(symbol, fit(sm.Logit, [term], answers).params[term])
    statements = ["belong_home", "belong_part", "belong_leave", "belong_indifferent"]
    told = answers[statements].astype("Float64").astype(float)
    told["belong_indifferent"] = 6 - told["belong_indifferent"]
    score = told.mean(axis=1, skipna=False)
    answers = answers.assign(score=(score - score.mean()) / score.std())
    _told("belonging_direct", fit(sm.Logit, ["score"], answers).params["score"])
    part = answers.dropna(subset=["took_part"])
    same = part.groupby("community")["took_part"]
    others = (same.transform("sum") - part["took_part"]) / (same.transform("size") - 1)
    part = part.assign(others=others)
    _told("peer_effect", fit(sm.OLS, ["others"], part).params["others"])
    places = part.groupby("community")[["took_part", "non_local_share"]].mean()
    slope = fit(sm.OLS, ["non_local_share"], places.reset_index())
    _told("share_context", slope.params["non_local_share"])


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"cities": 2}, ValueError, "cities= must be at least 8, not 2"),
        ({"cities": 10.0}, TypeError, "cities= takes a whole number"),
        ({"seed": -1}, ValueError, "seed= must be at least 0"),
    ],
)
def test_bad_input(arguments, error, message):
    with pytest.raises(error, match=message):
        city.truth(**arguments)


@pytest.mark.slow
def test_truth_does_not_depend_on_workers():
    one, two = (city.truth(cities=8, n_jobs=jobs) for jobs in (1, 2))
    pd.testing.assert_frame_equal(one, two)
    assert list(one["symbol"]) == list(TRUTH.index)
