"""The truth table: its figures recomputed, and the direction of every naive answer."""

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.contingency_tables import StratifiedTable

from govlib import city, datasets
from govlib.city import known

TRUTH = datasets.load("truth").set_index("symbol")
# Cities that the stored table (seeds 1 to 400) has not seen.
FRESH = range(401, 407)


@pytest.fixture(scope="module")
def fresh():
    return pd.DataFrame([known.estate_figures(seed) for seed in FRESH])


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


@pytest.mark.parametrize("symbol", ["homophily_total", "activity_ties"])
def test_monte_carlo_error_is_small(symbol):
    """At most one twentieth of the standard error of what a chapter would estimate."""
    row = TRUTH.loc[symbol]
    assert 0 < row["monte_carlo_error"] <= row["naive_city_error"] / 20


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
