"""The truth of chapter 01: rates, their league table, and what weights decide."""

import numpy as np
import pandas as pd
import pytest

from govlib import datasets, indicators
from govlib.city import known_values
from govlib.city.base import base
from govlib.city.model import neighbourhood

TRUTH = datasets.truth().query("chapter == '01'").set_index("symbol")
# Symbols, and on which side of the truth the naive answer lies.
NAIVE = {
    "participants": 1,
    "rate_spread": 1,
    "rate_signal": 1,
    "top_lead": 1,
    "top_kept": 1,
    "weights_moved": -1,
}


@pytest.fixture(scope="module")
def fresh():
    """Cities that the stored table (seeds 1 to 20) has not seen."""
    return pd.DataFrame([known_values.figures(seed) for seed in (501, 502)])


@pytest.fixture(scope="module")
def rates():
    """Rates of the shipped tables, by weighted sums in pandas."""
    told = datasets.load("survey").dropna(subset=["took_part"])
    told = told.assign(community=told["community"].astype(str))
    part = told["took_part"].astype(float) * told["weight"]
    by = told["community"]
    panel = datasets.load("panel").query("quarter in (9, 10, 11, 12)")
    panel = panel.assign(community=panel["community"].astype(str))
    return pd.DataFrame(
        {
            "asked": part.groupby(by).sum() / told["weight"].groupby(by).sum(),
            "times": panel.groupby("community")["participation_rate"].sum(),
        }
    )


# --- by hand


def test_scores_lie_between_goalposts():
    """.6 buildings of 1; .3 of .6; 50 organisations are beyond 40; 3 of 12."""
    raw = pd.DataFrame(
        {"party": [0.6], "participation": [0.3], "social": [50.0], "services": [3]}
    )
    assert known_values.scores(raw).iloc[0].to_dict() == pytest.approx(
        {"party": 0.6, "participation": 0.5, "social": 1.0, "services": 0.25}
    )


def test_first_quarter_is_rounded_up_and_takes_the_first_of_equal_ones():
    inside = known_values.first_quarter(np.array([0.2, 0.5, 0.1, 0.5, 0.5]))
    assert inside.tolist() == [False, True, False, True, False]


def test_weights_move_by_hand():
    """
    Four communities, one in the top quarter. Equal: a has (1 + 0 + 1 + 1) / 4 = .75,
    b (.2 + 1 + .2 + .2) / 4 = .4. Participation half: a .5, b .6.
    """
    raw = pd.DataFrame(
        {
            "party": [1, 0.2, 0, 0],
            "participation": [0, 0.6, 0, 0],
            "social": [40, 8, 0, 0],
            "services": [12, 2.4, 0, 0],
        },
        dtype=float,
    )
    assert known_values.moved(raw) == 1
    assert known_values.moved(raw.assign(participation=[0.6, 0.0, 0, 0])) == 0


def test_naive_answers_by_hand():
    """Rates 0, .1, .2, .9: mean .3, the top quarter is .9 alone."""
    rates = pd.DataFrame({"asked": [0.2, 0.9, 0, 0.1], "times": [0.4, 1.2, 0.1, 0.3]})
    found = known_values.naive_answers(rates)
    assert found["top_lead"] == pytest.approx(0.6)
    assert found["participants"] == pytest.approx(0.5)
    # Squares from .3: .01 + .36 + .09 + .04 = .5 over three.
    assert found["rate_spread"] == pytest.approx((0.5 / 3) ** 0.5)


def test_communities_come_from_all_parts_and_differ_by_city():
    one, other = (known_values.some_communities(seed) for seed in (1, 2))
    assert len(one) == len(other) == 48
    assert not set(one) & set(other)
    assert len({code[:3] for code in one}) == 48


def test_institutions_agree_with_the_shipped_tables():
    """Counted again with pandas from three tables."""
    found = known_values.institutions(base(2026, "course"))
    places = datasets.load("communities").astype({"community": str})
    places = places.set_index("community")
    party = datasets.load("party_units").astype({"community": str})
    register = datasets.load("organisations").astype({"community": str})
    living = register[register["dissolved"].isna()].groupby("community").size()
    density = living.reindex(places.index).fillna(0) / places["residents"] * 10_000
    assert found.index.tolist() == places.index.tolist()
    assert found["party"].to_numpy() == pytest.approx(
        party.set_index("community")["party_coverage"].to_numpy(), abs=1e-4
    )
    assert found["social"].to_numpy() == pytest.approx(density.to_numpy(), rel=1e-3)
    assert (found["services"] == places["functions"]).all()


def test_rates_are_of_adults_and_of_those_who_answered(rates):
    """The survey's rate is that of the shipped table; the others from residents."""
    place = neighbourhood(2026, "B-2-07")
    found = known_values._rates(place)
    assert found["asked"] == pytest.approx(rates.loc["B-2-07", "asked"], abs=1e-3)
    part = place.participation()
    adults = [i for i, age in enumerate(place.people.age) if age >= 18]
    assert found["true"] == pytest.approx(np.mean([part.chance[i] for i in adults]))
    entries = sum(int(part.decided[q, i]) for q in (8, 9, 10, 11) for i in adults)
    assert found["times"] == pytest.approx(entries / len(adults))


# --- truth


def test_rows_are_those_of_the_module():
    assert TRUTH.index.tolist() == [row.symbol for row in known_values.ROWS]
    assert set(TRUTH["seeds"]) == {0, known_values.CITIES}


def test_the_model_is_silent_on_weights():
    silent = TRUTH.loc["right_weights"]
    assert silent["value"] == 0
    assert "silent" in silent["estimand_en"]


@pytest.mark.parametrize("symbol", NAIVE)
def test_stored_truth_agrees_with_cities_it_has_not_seen(symbol, fresh):
    """Less than four standard errors of the difference apart."""
    row = TRUTH.loc[symbol]
    spread = row["monte_carlo_error"] * row["seeds"] ** 0.5
    error = spread * (1 / len(fresh) + 1 / row["seeds"]) ** 0.5
    assert abs(fresh[symbol].mean() - row["value"]) <= 4 * error + 1e-5


def test_persons_are_fewer_than_times_and_more_than_a_quarter_has(fresh):
    """In each city: nobody is counted less often than once, nor more than four."""
    assert (fresh["participants"] < fresh["naive_participants"]).all()
    assert (fresh["participants"] > fresh["naive_participants"] / 4).all()


@pytest.mark.parametrize(("symbol", "side"), NAIVE.items())
def test_naive_answer_misleads(symbol, side):
    """On average on the side that it says, and in S city by over two errors."""
    row = TRUTH.loc[symbol]
    gap = side * (row["naive_expected"] - row["value"])
    assert gap > 4 * np.hypot(row["naive_expected_error"], row["monte_carlo_error"])
    assert side * (row["naive_city"] - row["value"]) > 2 * row["naive_city_error"]
    assert row["naive_en"]
    assert row["naive_zh"]


def test_naive_answers_come_from_the_shipped_tables(rates):
    """Worked out again with pandas; tables and truth are rounded."""
    asked = rates["asked"]
    best = asked.sort_values(ascending=False).head(120)
    shipped = TRUTH["naive_city"]
    assert shipped["participants"] == pytest.approx(rates["times"].mean(), abs=1e-4)
    assert shipped["rate_spread"] == pytest.approx(asked.std(), abs=1e-5)
    assert shipped["top_lead"] == pytest.approx(best.mean() - asked.mean(), abs=1e-5)
    # With ten communities each, a jackknife of a mean is the error of means of ten.
    by_place = rates["times"].groupby(rates.index.str[:3]).mean()
    error = by_place.std() / len(by_place) ** 0.5
    assert TRUTH.loc["participants", "naive_city_error"] == pytest.approx(
        error, abs=1e-6
    )


def test_shrinking_comes_near_the_truth():
    """The chapter's better answers, within four standard errors of the truth."""
    told = datasets.load("survey").dropna(subset=["took_part"])
    table = indicators.rates(
        told,
        values=["took_part"],
        group="community",
        weight="weight",
        strata="community",
    )
    rate = table["estimate"]
    signal = 1 - (table["std_error"] ** 2).mean() / rate.var()
    spread = (signal * rate.var()) ** 0.5
    lead = signal * (rate.sort_values().tail(120).mean() - rate.mean())
    for symbol, found in (
        ("rate_signal", signal),
        ("rate_spread", spread),
        ("top_lead", lead),
    ):
        row = TRUTH.loc[symbol]
        # Over cities the truth of 48 communities scatters more than that of 480.
        assert abs(found - row["value"]) < 4 * row["monte_carlo_error"], symbol
