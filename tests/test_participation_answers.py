"""
Missing and dishonest answers, unmeasured confounders and predictions.

Stored numbers come from tests/reference/participation_answers.R (versions beside it).
"""

import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, stats

from govlib import participation

REFERENCE = Path(__file__).parent / "reference"


def stored(name):
    return pd.read_csv(REFERENCE / f"participation_{name}.csv", encoding="utf-8")


PEOPLE = stored("people").merge(stored("answers_people"), on="resident")
PEOPLE["said"] = PEOPLE["votes"].where(PEOPLE["answered"] == 1)
NUMBERS = stored("answers").astype({"term": str})
DESIGNS = {
    "strata cluster weight": {
        "strata": "stratum",
        "cluster": "community",
        "weight": "weight",
    },
    "cluster weight": {"cluster": "community", "weight": "weight"},
    "weight": {"weight": "weight"},
}


def reference(case):
    table = NUMBERS[NUMBERS["case"] == case].set_index("term")
    assert len(table), case
    return table


# Unmeasured confounders.


@pytest.mark.parametrize(
    ("estimate", "interval", "measure", "expected"),
    [
        # VanderWeele and Ding (2017), breast-feeding: 7.26 and 3.0 for 3.9 (1.8, 8.7).
        (3.9, (1.8, 8.7), "risk_ratio", [7.2631, 3.0]),
        # By hand: 1 / 0.5 = 2, 2 + sqrt(2); the upper limit .8: 1.25 + sqrt(.3125).
        (0.5, (0.3, 0.8), "risk_ratio", [3.41421, 1.80902]),
        # By hand: the interval holds one.
        (1.5, (0.9, 2.5), "risk_ratio", [2.36603, 1.0]),
        (0.5, (0.3, 1.1), "risk_ratio", [3.41421, 1.0]),
        # By hand: sqrt(4) = 2 and sqrt(2.25) = 1.5.
        (4.0, (2.25, 9.0), "odds_ratio_common", [3.41421, 2.36603]),
        (4.0, (2.25, 9.0), "odds_ratio_rare", [7.46410, 3.92705]),
    ],
)
def test_e_values(estimate, interval, measure, expected):
    low, high = interval
    table = participation.e_value(
        estimate, conf_low=low, conf_high=high, measure=measure
    )
    assert table["e_value"].tolist() == pytest.approx(expected, rel=1e-5)
    assert table["term"].tolist() == ["estimate", "limit"]
    assert len(participation.e_value(estimate, measure=measure)) == 1


@given(ratio=st.floats(1.0, 50))
def test_a_confounder_of_the_e_value_explains_the_ratio(ratio):
    """The bias of two such risk ratios is ab / (a + b - 1) (Ding, VanderWeele 2016)."""
    e = participation.e_value(ratio)["e_value"][0]
    assert e * e / (2 * e - 1) == pytest.approx(ratio, rel=1e-9)
    inverse = participation.e_value(1 / ratio)["e_value"][0]
    assert inverse == pytest.approx(e, rel=1e-7)


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"estimate": 0.0}, "estimate must lie"),
        ({"estimate": -1.0}, "estimate must lie"),
        ({"estimate": 2.0, "conf_low": 0.0}, "conf_low= must lie"),
        ({"estimate": 2.0, "conf_low": 3.0}, "must lie in its interval"),
        ({"estimate": 2.0, "measure": "odds"}, "measure= must be one of"),
        ({"estimate": np.nan}, "estimate must lie"),
    ],
)
def test_e_value_refuses(how, message):
    with pytest.raises(ValueError, match=message):
        participation.e_value(**how)
    with pytest.raises(TypeError, match="takes a number"):
        participation.e_value("2")


def test_robustness_of_darfur():
    """Cinelli and Hazlett (2020), table 1, and R sensemakr 0.1.4 on darfur."""
    table = participation.robustness_value(
        0.09731582, std_error=0.02325654, degrees_of_freedom=783
    )
    assert table["estimate"].tolist() == pytest.approx(
        [0.02187309, 0.1387764, 0.07625797], rel=2e-6
    )


@pytest.mark.parametrize(
    ("t", "degrees", "reduction"),
    [(4.2, 783, 1.0), (4.2, 783, 0.5), (2.0, 783, 1.0), (300.0, 50, 1.0), (9, 12, 1.0)],
)
def test_robustness_is_the_least_strength_that_overturns(t, degrees, reduction):
    """
    Its definition, searched: the worst confounder with both shares at most r.

    Adjusted estimate and error are equations 7 and 8 of the article.
    """

    def adjusted(r, tested):
        shares = np.linspace(0, r, 20_001)
        error = np.sqrt((1 - shares) / (1 - r) / (degrees - 1) * degrees)
        bias = np.sqrt(shares * r / (1 - r) * degrees)
        gap = t * reduction - bias
        if tested:
            gap = gap - stats.t.ppf(0.975, degrees - 1) * error
        return gap.min()

    def least(tested):
        if adjusted(1e-12, tested) <= 0:
            return 0.0
        return optimize.brentq(adjusted, 1e-12, 1 - 1e-9, args=(tested,))

    table = participation.robustness_value(
        -t, std_error=1.0, degrees_of_freedom=degrees, reduction=reduction
    )
    assert table["estimate"][0] == pytest.approx(t**2 / (t**2 + degrees))
    assert table["estimate"][1] == pytest.approx(least(False), rel=1e-6)
    assert table["estimate"][2] == pytest.approx(least(True), rel=1e-5)


@pytest.mark.parametrize(
    "change",
    [{"std_error": 0}, {"degrees_of_freedom": 1}, {"reduction": 0}, {"reduction": 1.5}],
)
def test_robustness_refuses(change):
    how = {"std_error": 1.0, "degrees_of_freedom": 10} | change
    with pytest.raises(ValueError, match=f"{next(iter(change))}= must lie between"):
        participation.robustness_value(1.0, **how)


# List experiments.

LIST = {"value": "items", "treated": "long", "n_items": 3}


@pytest.mark.parametrize("design", DESIGNS)
def test_list_experiment_is_that_of_svyglm(design):
    """R survey svyglm(items ~ long), of everybody and of a domain."""
    table = participation.list_experiment(PEOPLE, **LIST, **DESIGNS[design])
    expected = reference(f"list {design}")
    table = table.set_index("term").loc[expected.index]
    for column in expected.columns[1:]:
        got = table[column].to_numpy()
        assert got == pytest.approx(expected[column].to_numpy(), rel=1e-9), column
    groups = participation.list_experiment(
        PEOPLE, **LIST, **DESIGNS[design], group="origin"
    )
    some = groups[groups["origin"] == "non-local"].set_index("term")
    expected = reference(f"list non-local {design}")
    for column in ("estimate", "std_error"):
        got = some.loc[expected.index, column].to_numpy()
        assert got == pytest.approx(expected[column].to_numpy(), rel=1e-9), column


def test_list_experiment_counts_its_people():
    table = participation.list_experiment(PEOPLE, **LIST, group="origin")
    long = PEOPLE.groupby("origin")["long"].agg(["size", "sum"])
    n = table.pivot_table(index="origin", columns="term", values="n")
    assert n["mean_long_list"].tolist() == long["sum"].tolist()
    assert n["sensitive_share"].tolist() == long["size"].tolist()


def test_types_of_a_list_experiment_are_those_of_svyglm():
    """R survey: cumulative shares compared by svyglm; floor and ceiling by svymean."""
    table = participation.list_experiment_check(
        PEOPLE, **LIST, **DESIGNS["strata cluster weight"], rng=1
    )
    types = table[table["term"] == "type"]
    expected = reference("types")
    answer = types["sensitive"].map({True: "yes", False: "no"}).astype(str)
    terms = types["n_items"].astype(str) + " " + answer
    for column in ("estimate", "std_error"):
        got = types[column].to_numpy()
        assert got == pytest.approx(expected.loc[terms, column].to_numpy(), rel=1e-8)
        got = table[column].tolist()[-2:]
        ends = expected.loc[["floor", "ceiling"], column].tolist()
        assert got == pytest.approx(ends, rel=1e-8)
    assert types["estimate"].sum() == pytest.approx(1)
    assert table["p_value"].dropna().tolist() == [1.0]


def spoilt():
    """With the long list people count fewer than before: the item disturbs them."""
    rng = np.random.default_rng(3)
    data = pd.DataFrame({"items": rng.binomial(2, 0.5, 400), "long": [0, 1] * 200})
    data["items"] -= data["long"] * (data["items"] > 0) * (rng.random(400) < 0.1)
    return data


def test_the_p_value_of_a_design_effect():
    """
    Two shares: the closed form of a chi-bar-squared distribution.

    With correlation r the cone has the angle arccos(-r): weights 1/2 for one degree of
    freedom and (pi - angle) / 2 pi for two. Distances by minimising over the cone.
    """
    data = spoilt()
    table = participation.list_experiment_check(
        data, value="items", treated="long", n_items=2, n_draws=20_000, rng=1
    )
    arms = [data.loc[data["long"] == t, "items"].to_numpy() for t in (0, 1)]
    cumulated = [np.array([a <= 0, a <= 1, a <= 2], float) for a in arms]
    short, long = (c.mean(axis=1) for c in cumulated)
    # Every row counts alike: covariances of means, times n / (n - 1) of all rows.
    spread = [np.cov(c, ddof=0) / c.shape[1] * 400 / 399 for c in cumulated]
    tests = []
    yes = short[:2] - long[:2], (spread[0] + spread[1])[:2, :2]
    no = long[1:] - short[:2], spread[1][1:, 1:] + spread[0][:2, :2]
    # Of three cumulated shares the last of the short list is one, so two are tested.
    for estimate, vcov in (yes, no):
        if (estimate >= 0).all():
            tests.append((0.0, 1.0))
            continue
        inverse = np.linalg.inv(vcov)

        def distance(x, estimate=estimate, inverse=inverse):
            return (estimate - x) @ inverse @ (estimate - x)

        found = optimize.minimize(
            distance, [0.1, 0.1], bounds=[(0, None)] * 2, tol=1e-14
        )
        r = vcov[0, 1] / np.sqrt(vcov[0, 0] * vcov[1, 1])
        weight = (np.pi - np.arccos(-r)) / (2 * np.pi)
        p = stats.chi2.sf(found.fun, 1) / 2 + weight * stats.chi2.sf(found.fun, 2)
        tests.append((found.fun, p))
    statistic, p = min(tests, key=lambda test: test[1])
    row = table[table["term"] == "design_effect"].iloc[0]
    assert row["statistic"] == pytest.approx(statistic, rel=1e-5)
    assert 0.02 < 2 * p < 0.2
    # Three Monte-Carlo standard errors of the simulated p value, doubled.
    assert abs(row["p_value"] - 2 * p) < 6 * np.sqrt(p * (1 - p) / 20_000) + 2e-4


def test_a_design_effect_beyond_doubt():
    """On the short list all count one, on the long list none, which cannot be."""
    data = pd.DataFrame({"items": [1, 0] * 10, "long": [0, 1] * 10})
    table = participation.list_experiment_check(
        data, value="items", treated="long", n_items=2, n_draws=999, rng=1
    )
    row = table[table["term"] == "design_effect"].iloc[0]
    assert row["statistic"] == np.inf
    assert row["p_value"] == pytest.approx(2 / 1000)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"items": 5}, "whole numbers from 0 to 3, and to 4"),
        ({"items": 0.5}, "600 value"),
        ({"items": [4] + [0] * 599, "long": [0, 1] * 300}, r"1 value\(s\) do not"),
        ({"long": 1}, "and both"),
        ({"long": "是"}, "holds '是'"),
        ({"items": [None] + [1] * 599}, "1 missing"),
    ],
)
def test_list_experiments_refuse(change, message):
    data = PEOPLE.assign(**change)
    for function in (
        participation.list_experiment,
        participation.list_experiment_check,
    ):
        with pytest.raises(ValueError, match=message):
            function(data, **LIST)
    with pytest.raises(ValueError, match="group 0 of 'g' has people of one"):
        participation.list_experiment(
            PEOPLE.assign(g=PEOPLE["long"]), **LIST, group="g"
        )
    with pytest.raises(TypeError, match="n_items= takes a whole number"):
        participation.list_experiment(PEOPLE, **(LIST | {"n_items": 3.0}))


# Missing answers.


@pytest.mark.parametrize("design", DESIGNS)
def test_bounds_are_means_of_filled_answers(design):
    """R survey svymean with 0 and 1 filled in; the interval's reach by uniroot."""
    bounds = participation.worst_case_bounds(PEOPLE, value="said", **DESIGNS[design])
    row, expected = bounds.iloc[0], reference(f"bounds {design}")
    for side in ("lower", "upper"):
        got = row[[f"{side}_bound", f"std_error_{side}"]].tolist()
        values = expected.loc[side, ["estimate", "std_error"]].tolist()
        assert got == pytest.approx(values, rel=1e-9)
    reach = expected.loc["reach", "estimate"]
    low = row["lower_bound"] - reach * row["std_error_lower"]
    high = row["upper_bound"] + reach * row["std_error_upper"]
    assert row["conf_low"] == pytest.approx(low, rel=1e-9)
    assert row["conf_high"] == pytest.approx(high, rel=1e-9)
    assert row["n_missing"] == (PEOPLE["answered"] == 0).sum()
    mean = expected.loc["answers"]
    for assume, side in (("missing_lower", "upper"), ("missing_higher", "lower")):
        row = participation.worst_case_bounds(
            PEOPLE, value="said", assume=assume, **DESIGNS[design]
        ).iloc[0]
        assert row[f"{side}_bound"] == pytest.approx(mean["estimate"], rel=1e-9)
        assert row[f"std_error_{side}"] == pytest.approx(mean["std_error"], rel=1e-9)
        assert row["mean_of_answers"] == pytest.approx(mean["estimate"], rel=1e-9)


def test_bounds_without_missing_answers_are_an_ordinary_interval():
    """One value: its mean plus and minus 1.96 standard errors."""
    row = participation.worst_case_bounds(PEOPLE, value="votes").iloc[0]
    mean, error = PEOPLE["votes"].mean(), PEOPLE["votes"].sem()
    assert row["conf_low"] == pytest.approx(mean - 1.959963984540054 * error, rel=1e-9)
    assert row["conf_high"] == pytest.approx(mean + 1.959963984540054 * error, rel=1e-9)


def test_the_reach_between_near_bounds():
    """
    Imbens and Manski (2004), equation 7, put in: the larger error holds for both sides.

    Of 200 people 20 say yes and 6 nothing: .10 and .13, errors by hand.
    """
    data = pd.DataFrame({"said": [1] * 20 + [0] * 174 + [None] * 6})
    row = participation.worst_case_bounds(data, value="said").iloc[0]
    errors = [np.sqrt(p * (1 - p) / 199) for p in (0.1, 0.13)]
    reach = (row["conf_high"] - 0.13) / errors[1]
    assert (0.1 - row["conf_low"]) / errors[0] == pytest.approx(reach)
    covered = stats.norm.cdf(reach + 0.03 / errors[1]) - stats.norm.cdf(-reach)
    assert covered == pytest.approx(0.95, abs=1e-10)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**31))
def test_the_truth_lies_between_the_bounds(seed):
    rng = np.random.default_rng(seed)
    truth = rng.uniform(-2, 5, 40)
    asked = pd.DataFrame({"y": truth, "w": rng.uniform(1, 3, 40), "g": ["a", "b"] * 20})
    asked["seen"] = asked["y"].where(rng.random(40) < 0.6)
    asked.loc[:1, "seen"] = asked.loc[:1, "y"]
    table = participation.worst_case_bounds(
        asked, value="seen", low=-2, high=5, weight="w", group="g"
    )
    for row in table.itertuples():
        some = asked[asked["g"] == row.g]
        mean = np.average(some["y"], weights=some["w"])
        assert row.lower_bound <= mean <= row.upper_bound
        gap = row.upper_bound - row.lower_bound
        assert gap == pytest.approx(7 * row.share_missing)


@pytest.mark.parametrize("dtype", ["boolean", "Float64", "object"])
def test_bounds_of_nullable_answers(dtype):
    data = PEOPLE.assign(said=PEOPLE["said"].astype("boolean").astype(dtype))
    table = participation.worst_case_bounds(data, value="said")
    pd.testing.assert_frame_equal(
        table, participation.worst_case_bounds(PEOPLE, value="said")
    )


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"value": "score"}, "outside 0 to 1"),
        ({"value": "said", "low": 1}, "must be below high"),
        ({"value": "said", "assume": "lower"}, "assume= must be one of"),
        ({"value": "none"}, "no answer at all"),
        ({"value": "sayd"}, "did you mean 'said'"),
        ({"value": "said", "assume": "missing_lower", "group": "answered"}, "group 0"),
        ({"value": "origin"}, "holds text"),
    ],
)
def test_bounds_refuse(how, message):
    with pytest.raises(ValueError, match=message):
        participation.worst_case_bounds(PEOPLE.assign(none=None), **how)


def test_response_probabilities_are_those_of_svyglm():
    table = participation.response_weights(
        PEOPLE, "answered ~ age * origin", weight="weight"
    )
    expected = reference("response")["estimate"].to_numpy()
    assert table["probability"].to_numpy()[:20] == pytest.approx(expected, rel=1e-8)
    answered = PEOPLE["answered"] == 1
    ratio = PEOPLE["weight"] / table["probability"]
    pd.testing.assert_series_equal(
        table["weight"], ratio.where(answered), check_names=False
    )


def test_response_weights_within_cells_add_up_to_everybody_asked():
    """A saturated logit gives each cell's own rate (closed form)."""
    index = PEOPLE.index[::-1] + 1000
    data = PEOPLE.set_axis(index)
    table = participation.response_weights(data, "answered ~ C(owner) * origin")
    assert table.index.equals(index)
    by = [data["owner"], data["origin"]]
    sums = table["weight"].groupby(by).sum()
    assert sums.to_numpy() == pytest.approx(data.groupby(by).size().to_numpy())


def test_response_weights_warn_of_hardly_any_answers():
    data = PEOPLE.assign(answered=0, far=[1] * 100 + [0] * 500)
    data.loc[[0, 1], "answered"] = 1
    data.loc[100:400, "answered"] = 1
    message = "100 of 600 people had a probability to answer below 0.05.*positivity"
    with pytest.warns(UserWarning, match=message):
        table = participation.response_weights(data, "answered ~ far")
    assert table["trimmed"].sum() == 100
    assert table["weight"][:2].tolist() == pytest.approx([20, 20])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        table = participation.response_weights(
            data, "answered ~ far", least_probability=0.01
        )
    assert table["weight"][:2].tolist() == pytest.approx([50, 50])


def test_response_weights_refuse():
    data = PEOPLE.assign(nobody=PEOPLE["answered"].where(PEOPLE["age"] < 60, 0))
    with pytest.raises(ValueError, match=r"perfect separation.*'old"):
        participation.response_weights(
            data.assign(old=data["age"] >= 60), "nobody ~ old"
        )
    with pytest.raises(ValueError, match=r"1 row\(s\) miss a variable"):
        participation.response_weights(
            PEOPLE.assign(age=PEOPLE["age"].where(PEOPLE.index > 0)), "answered ~ age"
        )
    with pytest.raises(ValueError, match="least_probability= must lie"):
        participation.response_weights(PEOPLE, "answered ~ age", least_probability=0)


ORIGIN = {"local": 5200, "non-local": 3100, "returned": 700}
SOME = PEOPLE[PEOPLE["answered"] == 1]


@pytest.mark.parametrize(
    ("case", "totals"),
    [
        ("rake", {"origin": ORIGIN, "owner": {0: 4000, 1: 5000}}),
        ("postStratify", {"origin": pd.Series(ORIGIN)}),
    ],
)
def test_weights_for_known_totals_are_those_of_r(case, totals):
    """R survey rake(epsilon = 1e-9) and postStratify."""
    weights = participation.rake(SOME, totals, weight="weight")
    expected = reference(case)["estimate"].to_numpy()
    assert weights.to_numpy() == pytest.approx(expected, rel=1e-7)
    assert weights.index.equals(SOME.index)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**31))
def test_raked_weights_meet_all_totals(seed):
    """Totals of a table that exists; shares instead of counts scale the weights."""
    rng = np.random.default_rng(seed)
    truth = rng.uniform(1, 9, len(SOME))
    totals = {
        name: pd.Series(truth, SOME.index).groupby(SOME[name]).sum()
        for name in ("origin", "owner", "stratum")
    }
    weights = participation.rake(SOME, totals)
    for name, known in totals.items():
        sums = weights.groupby(SOME[name]).sum()
        assert sums.to_numpy() == pytest.approx(known.to_numpy(), rel=1e-8)
    shares = {name: known / truth.sum() for name, known in totals.items()}
    scaled = participation.rake(SOME, shares)
    assert scaled.to_numpy() * truth.sum() == pytest.approx(weights.to_numpy())


@pytest.mark.parametrize(
    ("totals", "message"),
    [
        ({"origin": {"local": 1, "non-local": 1}}, "no total for 'returned'"),
        ({"origin": ORIGIN | {"abroad": 5}}, "nobody in data column 'origin' is 'abro"),
        ({"origin": ORIGIN | {"local": 0}}, "numbers above zero"),
        ({"origin": ORIGIN, "owner": {0: 1, 1: 2}}, "add up to 9000.*'owner' to 3"),
        ({"orign": ORIGIN}, "did you mean 'origin'"),
    ],
)
def test_rake_refuses(totals, message):
    with pytest.raises(ValueError, match=message):
        participation.rake(SOME, totals)


def test_rake_says_that_no_weights_do():
    """Only owners are local: 10 local people and 5 owners cannot be."""
    data = pd.DataFrame({"owner": [1, 0, 0], "origin": ["l", "n", "n"]})
    totals = {"owner": {1: 5, 0: 15}, "origin": {"l": 10, "n": 10}}
    with pytest.raises(ValueError, match="no weights met all totals after 50 rounds"):
        participation.rake(data, totals, max_steps=50)
    with pytest.raises(TypeError, match="takes a dictionary of columns"):
        participation.rake(data, [])
    with pytest.raises(TypeError, match="'owner' takes levels"):
        participation.rake(data, {"owner": 5})


# Predictions.

NEW = pd.DataFrame(
    {
        "age": [25, 50, 80],
        "owner": [0, 1, 1],
        "origin": ["local", "non-local", "returned"],
    },
    index=[7, 7, 8],
)
OUTCOME = {"logit": "votes", "linear": "score", "poisson": "meetings"}
RIGHT = "age * owner + origin"


@pytest.mark.parametrize("family", OUTCOME)
def test_predictions_are_those_of_r(family):
    """R survey predict(svyglm, type = "response", se.fit = TRUE)."""
    exposure = "years" if family == "poisson" else None
    fit = participation.fit(
        PEOPLE,
        f"{OUTCOME[family]} ~ {RIGHT}",
        family=family,
        exposure=exposure,
        **DESIGNS["strata cluster weight"],
    )
    table = participation.predict(fit, NEW)
    expected = reference(f"predict {family}")
    for column in ("estimate", "std_error"):
        values = expected[column].to_numpy()
        assert table[column].to_numpy() == pytest.approx(values, rel=1e-8)
    assert table.index.tolist() == [7, 7, 8]
    assert (table["conf_low"] < table["estimate"]).all()
    if family == "linear":
        reach = stats.t.ppf(0.975, fit.table["degrees_of_freedom"][0])
        low = table["estimate"] - reach * table["std_error"]
        assert table["conf_low"].to_numpy() == pytest.approx(low.to_numpy())
    if family == "poisson":
        product = table["conf_low"] * table["conf_high"]
        assert product.to_numpy() == pytest.approx(table["estimate"].to_numpy() ** 2)


def test_predictions_of_an_ordered_outcome_by_hand():
    fit = participation.fit(PEOPLE, f"trust ~ {RIGHT}", family="ordered")
    table = participation.predict(fit, NEW)
    assert table["outcome"].tolist() == [1, 2, 3, 4] * 3
    sums = table["estimate"].to_numpy().reshape(3, 4).sum(axis=1)
    assert sums == pytest.approx([1, 1, 1])
    b = fit.table.set_index("term")["estimate"]
    eta = 50 * b["age"] + b["owner"] + 50 * b["age:owner"] + b["origin[T.non-local]"]
    first = 1 / (1 + np.exp(-(b["1|2"] - eta)))
    assert table["estimate"].iloc[4] == pytest.approx(first)
    # The error of a probability is p (1 - p) times that of its log odds.
    gradient = pd.Series(0.0, fit.vcov.index)
    gradient["1|2"] = 1
    gradient["age"], gradient["owner"], gradient["age:owner"] = -50, -1, -50
    gradient["origin[T.non-local]"] = -1
    error = first * (1 - first) * np.sqrt(gradient @ fit.vcov @ gradient)
    assert table["std_error"].iloc[4] == pytest.approx(error)


def test_predictions_follow_the_formula():
    """Centring, splines and categories keep what they learnt from the fit's data."""
    right = "center(age) + bs(years, df=4) + C(owner) + origin"
    fit = participation.fit(PEOPLE, f"votes ~ {right}", cluster="community")
    table = participation.predict(fit, PEOPLE)
    model = fit.statsmodels()
    assert table["estimate"].to_numpy() == pytest.approx(
        np.asarray(model.predict()), rel=1e-6
    )
    some = participation.predict(fit, PEOPLE.iloc[5:9])
    pd.testing.assert_frame_equal(some, table.iloc[5:9])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"origin": "nonlocal"}, "holds 'nonlocal', which no row of the fit had"),
        ({"age": [1, np.nan, 2]}, "1 missing"),
        ({"age": "old"}, "must hold numbers"),
    ],
)
def test_predictions_refuse(change, message):
    fit = participation.fit(PEOPLE, f"votes ~ {RIGHT}")
    with pytest.raises(ValueError, match=message):
        participation.predict(fit, NEW.assign(**change))
    with pytest.raises(ValueError, match="no column 'age'"):
        participation.predict(fit, NEW.drop(columns="age"))
    with pytest.raises(TypeError, match="must be a pandas DataFrame"):
        participation.predict(fit, {"age": [1]})
