"""Rates, composite indices and ranks: against R, by hand, and by their invariances."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from govlib import indicators

REFERENCE = Path(__file__).parent / "reference"
# R's survey and poisson.test: see reference/indicators.R.
R = pd.read_csv(REFERENCE / "indicators.csv", encoding="utf-8")
PEOPLE = pd.read_csv(REFERENCE / "participation_people.csv", encoding="utf-8")
PEOPLE["score"] = PEOPLE["score"].where(PEOPLE["resident"] % 7 != 0)
DESIGNS = {
    "rows": {},
    "clusters": {"cluster": "community"},
    "both": {"cluster": "community", "strata": "stratum"},
    "strata": {"strata": "community"},
}
# R prints 15 digits; both solve the same sums.
RTOL = 1e-12

PLACES = pd.DataFrame(
    {
        "place": ["a", "b", "c", "d"],
        "base": [0.2, 0.9, 0.5, 0.5],
        "part": [0.8, 0.1, 0.5, 0.5],
        "error": [0.1, 0.0, 0.05, 0.05],
    }
)
EQUAL = {"base": 1, "part": 1}


@pytest.mark.parametrize("case", DESIGNS)
def test_rates_equal_r_survey(case):
    table = indicators.rates(
        PEOPLE,
        values=["score", "owner"],
        group="origin",
        weight="weight",
        **DESIGNS[case],
    )
    wanted = R[R["case"] == case].rename(columns={"group": "origin"})
    both = table.merge(wanted, on=["origin", "term"], suffixes=("", "_r"))
    assert len(both) == len(wanted) == 6
    for column in ("estimate", "std_error", "n"):
        np.testing.assert_allclose(both[column], both[f"{column}_r"], rtol=RTOL)
    missing = (
        PEOPLE["score"].isna().groupby(PEOPLE["origin"]).sum().loc[["local"]].item()
    )
    first = both.query("origin == 'local' and term == 'score'")
    assert first["n_missing"].item() == missing > 0


def test_designs_give_different_errors():
    """Or the reference could not tell one argument from another."""
    errors = R[R["term"] == "score"].groupby("group")["std_error"]
    assert (errors.nunique() == 4).all()


def test_weighted_share_by_hand():
    """(2 + 4) of 10; influences 2(.4), 4(.4), -1(.6), -3(.6) over 10, times 4/3."""
    data = pd.DataFrame({"part": [1, 1, 0, 0], "w": [2, 4, 1, 3]})
    got = indicators.rates(data, values=["part"], weight="w").iloc[0]
    variance = 4 / 3 * (0.08**2 + 0.16**2 + 0.06**2 + 0.18**2)
    assert got["estimate"] == pytest.approx(0.6, abs=1e-15)
    assert got["std_error"] == pytest.approx(variance**0.5, abs=1e-15)
    assert 0 < got["conf_low"] < 0.6 < got["conf_high"] < 1


def test_means_have_symmetric_intervals_and_keep_order_of_categories():
    data = pd.DataFrame(
        {
            "x": [1.0, 2.0, 4.0, 7.0],
            "g": pd.Categorical(["low", "low", "high", "high"], ["low", "high", "no"]),
        }
    )
    table = indicators.rates(data, values=["x"], group="g")
    assert list(table["g"]) == ["low", "high"]
    middle = (table["conf_low"] + table["conf_high"]) / 2
    np.testing.assert_allclose(middle, [1.5, 5.5], atol=1e-12)


def test_yes_no_columns_with_missing_answers():
    data = pd.DataFrame({"part": pd.array([True, None, False, True], "boolean")})
    got = indicators.rates(data, values=["part"]).iloc[0]
    assert (got["estimate"], got["n"], got["n_missing"]) == (pytest.approx(2 / 3), 3, 1)


@pytest.mark.parametrize("level", [0.95, 0.9])
@pytest.mark.parametrize("count", [0, 1, 10, 84])
def test_exact_poisson_intervals_equal_r(count, level):
    data = pd.DataFrame({"k": [count], "years": [12]})
    got = indicators.count_rates(
        data, value="k", population="years", per=1, conf_level=level
    ).iloc[0]
    wanted = R[(R["case"] == f"poisson {level}") & (R["group"] == str(count))]
    wanted = wanted.set_index("term")["estimate"]
    assert got["conf_low"] == pytest.approx(wanted["low"], rel=1e-9)
    assert got["conf_high"] == pytest.approx(wanted["high"], rel=1e-9)
    assert got["estimate"] == pytest.approx(count / 12, abs=1e-15)


def test_counts_are_summed_before_they_are_divided():
    """84 events in 12 community-years, 120 in 30: 7 and 4 a year."""
    data = pd.DataFrame(
        {
            "association": ["yes", "no", "yes", "no"],
            "events": [80, 20, 4, 100],
            "years": [10, 20, 2, 10],
        }
    )
    table = indicators.count_rates(
        data, value="events", population="years", group="association", per=1
    ).set_index("association")
    assert table["estimate"].to_dict() == {"no": 4.0, "yes": 7.0}
    # Limits of the funnel hold the common rate, and are wider for fewer years.
    usual = 204 / 42
    assert (table["limit_low"] < usual).all()
    assert (table["limit_high"] > usual).all()
    width = table["limit_high"] - table["limit_low"]
    assert width["yes"] > width["no"]


def test_index_by_hand():
    table = indicators.composite_index(PLACES, weights={"base": 3, "part": 1})
    assert table["index"].tolist() == pytest.approx([0.35, 0.7, 0.5, 0.5], abs=1e-15)
    assert table["rank"].tolist() == [4, 1, 2.5, 2.5]
    table = indicators.composite_index(PLACES, weights=EQUAL, method="geometric")
    assert table["index"].tolist() == pytest.approx([0.4, 0.3, 0.5, 0.5], abs=1e-12)
    zero = PLACES.assign(part=0.0)
    table = indicators.composite_index(zero, weights=EQUAL, method="geometric")
    assert (table["index"] == 0).all()
    # A score that does not count may be zero.
    alone = {"base": 1, "part": 0}
    table = indicators.composite_index(zero, weights=alone, method="geometric")
    assert table["index"].tolist() == pytest.approx([0.2, 0.9, 0.5, 0.5], abs=1e-12)


def test_weights_decide_the_ranking():
    table = indicators.compare_weights(
        PLACES,
        unit="place",
        weightings={"base": {"base": 1}, "part": {"part": 1}, "both": EQUAL},
    ).set_index("place")
    assert table.loc["a", ["base", "part", "both"]].tolist() == [4, 1, 2.5]
    assert table.loc["b", ["base", "part", "both"]].tolist() == [1, 4, 2.5]
    assert table.loc["a", "spread"] == 3
    assert table["spread"].max() == 3


def test_ranks_by_chance_of_two_equals():
    """Two communities with equal scores and errors lead in half of the draws each."""
    data = pd.DataFrame(
        {"place": list("abcd"), "x": [0.6, 0.6, 0.1, 0.1], "e": [0.05, 0.05, 0, 0]}
    )
    table = indicators.rank_intervals(
        data, unit="place", weights={"x": 1}, std_errors={"x": "e"}, draws=4000, rng=1
    ).set_index("place")
    # Standard error of a share of 4,000 draws: 0.008.
    assert table["top_quarter"].to_dict() == pytest.approx(
        {"a": 0.5, "b": 0.5, "c": 0, "d": 0}, abs=0.03
    )
    assert table.loc["a", ["rank", "rank_low", "rank_high"]].tolist() == [1.5, 1, 2]
    assert table.loc["c", ["rank", "rank_low", "rank_high"]].tolist() == [3.5, 3, 4]


def test_weights_drawn_around_equal_ones_have_the_variance_of_a_dirichlet():
    """Weight of the first of two: Beta(c/2, c/2), so a leads when it is above 2/3."""
    data = pd.DataFrame({"place": ["a", "b"], "x": [0.6, 0.4], "y": [0.1, 0.5]})
    table = indicators.rank_intervals(
        data,
        unit="place",
        weights={"x": 1, "y": 1},
        concentration=2,
        draws=4000,
        rng=1,
    ).set_index("place")
    # 0.2 w > 0.4 (1 - w); with Beta(1, 1), uniform, in a third of the draws.
    assert table.loc["a", "top_quarter"] == pytest.approx(1 / 3, abs=0.03)


def test_same_draws_same_ranks_and_no_change_of_input():
    before = PLACES.copy()
    options = {"unit": "place", "weights": EQUAL, "std_errors": {"part": "error"}}
    one, two = (indicators.rank_intervals(PLACES, **options, rng=5) for _ in range(2))
    pd.testing.assert_frame_equal(one, two)
    pd.testing.assert_frame_equal(before, PLACES)
    assert list(one["rank"]) == sorted(one["rank"])


scores = st.lists(st.floats(0.01, 1), min_size=3, max_size=8)


@given(scores, st.randoms(use_true_random=False), st.floats(0.1, 10))
def test_index_ignores_order_of_rows_and_scale_of_weights(values, random, scale):
    data = pd.DataFrame({"x": values, "y": values[::-1]})
    weights = {"x": 2.0, "y": 1.0}
    whole = indicators.composite_index(data, weights=weights)
    order = random.sample(range(len(values)), len(values))
    scaled = {name: weight * scale for name, weight in weights.items()}
    shuffled = indicators.composite_index(data.iloc[order], weights=scaled)
    np.testing.assert_allclose(
        shuffled["index"].sort_index(), whole["index"], atol=1e-12
    )
    pd.testing.assert_series_equal(
        shuffled["rank"].sort_index(), whole["rank"], check_names=False
    )


@given(scores)
def test_geometric_mean_never_exceeds_the_arithmetic(values):
    data = pd.DataFrame({"x": values, "y": values[::-1]})
    weights = {"x": 1, "y": 1}
    low, high = (
        indicators.composite_index(data, weights=weights, method=method)["index"]
        for method in ("geometric", "arithmetic")
    )
    assert (low <= high + 1e-12).all()


WRONG = [
    (lambda d: indicators.rates(d, values="part"), TypeError, r"such as \['part'\]"),
    (lambda d: indicators.rates(d, values=[]), ValueError, "at least one column"),
    (lambda d: indicators.rates(d, values=["prat"]), ValueError, "did you mean 'part'"),
    (lambda d: indicators.rates(d, values=["place"]), ValueError, "place"),
    (
        lambda d: indicators.rates(
            d.assign(w=[1, 0, 1, 1]), values=["part"], weight="w"
        ),
        ValueError,
        "zero or negative",
    ),
    (
        lambda d: indicators.rates(d.assign(part=np.nan), values=["part"]),
        ValueError,
        "no answer",
    ),
    (
        lambda d: indicators.rates(d, values=["part"], strata="place"),
        ValueError,
        "only one row in stratum",
    ),
    (
        lambda d: indicators.count_rates(d, value="part", population="base"),
        ValueError,
        "whole numbers",
    ),
    (
        lambda d: indicators.count_rates(
            d.assign(k=1, n=[1, 0, 1, 1]), value="k", population="n"
        ),
        ValueError,
        "above zero",
    ),
    (
        lambda d: indicators.composite_index(d, weights=["base"]),
        TypeError,
        "takes a mapping",
    ),
    (
        lambda d: indicators.composite_index(d, weights={"base": 0}),
        ValueError,
        "all zero",
    ),
    (
        lambda d: indicators.composite_index(d, weights={"base": -1}),
        ValueError,
        "weights",
    ),
    (
        lambda d: indicators.composite_index(d.assign(base=40), weights={"base": 1}),
        ValueError,
        "outside 0 to 1",
    ),
    (
        lambda d: indicators.composite_index(d, weights=EQUAL, method="harmonic"),
        ValueError,
        "method",
    ),
    (
        lambda d: indicators.composite_index(d.assign(rank=1), weights=EQUAL),
        ValueError,
        "rename",
    ),
    (
        lambda d: indicators.compare_weights(d, unit="place", weightings={}),
        TypeError,
        "weightings=",
    ),
    (
        lambda d: indicators.compare_weights(
            d.assign(place="a"), unit="place", weightings={"e": EQUAL}
        ),
        ValueError,
        "place",
    ),
    (
        lambda d: indicators.rank_intervals(d, unit="place", weights=EQUAL),
        ValueError,
        "std_errors= .* or concentration=",
    ),
    (
        lambda d: indicators.rank_intervals(
            d, unit="place", weights=EQUAL, std_errors={"parts": "error"}
        ),
        ValueError,
        "did you mean 'part'",
    ),
    (
        lambda d: indicators.rank_intervals(
            d.assign(error=-1),
            unit="place",
            weights=EQUAL,
            std_errors={"part": "error"},
        ),
        ValueError,
        ">= 0",
    ),
]


@pytest.mark.parametrize(("call", "error", "message"), WRONG)
def test_bad_input_is_refused(call, error, message):
    with pytest.raises(error, match=message):
        call(PLACES)


def test_group_in_one_cluster_has_no_error_to_give():
    """Its mean would seem never to vary: an interval of no width."""
    data = pd.DataFrame({"street": list("aabb"), "took_part": [0, 1, 1, 1]})
    with pytest.raises(
        ValueError, match=r"'a', 'b' of 'street' have rows of one cluster"
    ):
        indicators.rates(data, group="street", values=["took_part"], cluster="street")
