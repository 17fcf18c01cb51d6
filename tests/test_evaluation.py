"""
Trials, staggered starts, paths and scales against other programs, by hand, by truth.

Stored numbers come from tests/reference/evaluation.R and evaluation_panel.py (versions
beside them).
"""

from itertools import combinations, product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal
from scipy import stats

from govlib import _event_study, evaluation

REFERENCE = Path(__file__).parent / "reference"


def read(name):
    return pd.read_csv(REFERENCE / name, encoding="utf-8")


PEOPLE = read("evaluation_people.csv")
R = read("evaluation.csv").set_index(["case", "term"])
PANEL = read("evaluation_panel.csv")
NUMBERS = read("evaluation_panel_numbers.csv")
COLUMNS = {
    "outcome": "meetings",
    "treatment": "hall",
    "unit": "community",
    "time": "quarter",
}
TRIAL = {"outcome": "ties", "treatment": "hall"}
# Both sides invert the same small matrices in double precision.
RTOL = 1e-8
# clubSandwich takes symmetric square roots of matrices by another route.
RTOL_CR2 = 1e-7


def line(table, term):
    return table.set_index("term").loc[term]


# --- randomisation inference


def test_all_right_cups_of_tea_are_one_of_seventy():
    """Fisher (1935): 8 cups, 4 with milk first; all right has chance 1/70 a side."""
    cups = pd.DataFrame({"says": [1, 1, 1, 1, 0, 0, 0, 0], "milk": [1] * 4 + [0] * 4})
    test = evaluation.randomisation_inference(cups, outcome="says", treatment="milk")
    assert test.exact
    assert test.n_assignments == 70
    assert test.table["p_value"][0] == pytest.approx(2 / 70)


def clustered_trial():
    """Eight communities of 1 to 3 people in two strata, 4 and 4, 2 and 1 treated."""
    rng = np.random.default_rng(4)
    sizes = np.array([1, 3, 2, 2, 3, 1, 2, 3])
    place = np.repeat(np.arange(8), sizes)
    return pd.DataFrame(
        {
            "place": np.array([f"社区{k}" for k in range(8)])[place],
            "list": np.where(place < 4, "老", "新"),
            "hall": np.isin(place, (1, 2, 6)).astype(int),
            "ties": rng.normal(size=place.size).round(2) + np.isin(place, (1, 2, 6)),
        }
    )


def by_hand(data, hall):
    """Difference in means over people in each list, weighted by people."""
    total = 0
    for _, part in data.assign(hall=hall).groupby("list"):
        means = part.groupby("hall")["ties"].mean()
        total += (means[1] - means[0]) * len(part) / len(data)
    return total


def test_clusters_and_strata_are_drawn_as_they_were_drawn():
    """All 6 x 4 assignments, listed here one by one."""
    data = clustered_trial()
    names = [f"社区{k}" for k in range(8)]
    drawn = []
    for first, second in product(combinations(range(4), 2), range(4, 8)):
        chosen = {names[k] for k in (*first, second)}
        drawn.append(by_hand(data, data["place"].isin(chosen).astype(int)))
    observed = by_hand(data, data["hall"])
    above = np.mean([d >= observed - 1e-12 for d in drawn])
    below = np.mean([d <= observed + 1e-12 for d in drawn])
    test = evaluation.randomisation_inference(
        data, cluster="place", strata="list", **TRIAL
    )
    assert np.sort(test.draws) == pytest.approx(np.sort(drawn))
    row = test.table.iloc[0]
    assert row["estimate"] == pytest.approx(observed)
    assert row["p_value"] == pytest.approx(min(1, 2 * min(above, below)))
    assert row["std_error"] == pytest.approx(np.std(drawn))


def test_studentised_draws_are_welch_statistics():
    """scipy's t of unequal variances under each of the 70 assignments."""
    rng = np.random.default_rng(8)
    data = pd.DataFrame({"ties": rng.gamma(1, 2, 8), "hall": [1, 0] * 4})
    expected = []
    for chosen in combinations(range(8), 4):
        on = np.isin(np.arange(8), chosen)
        t = stats.ttest_ind(data["ties"][on], data["ties"][~on], equal_var=False)
        expected.append(t.statistic)
    test = evaluation.randomisation_inference(data, statistic="studentised", **TRIAL)
    assert np.sort(test.draws) == pytest.approx(np.sort(expected))
    on = data["hall"] == 1
    t = stats.ttest_ind(data["ties"][on], data["ties"][~on], equal_var=False)
    assert test.table["statistic"][0] == pytest.approx(t.statistic)


def test_studentised_strata_add_variances_by_the_square_of_their_share():
    """By hand: strata of 4 and 6 rows, sum of share^2 (s1^2 / n1 + s0^2 / n0)."""
    rng = np.random.default_rng(10)
    data = pd.DataFrame({"list": [1] * 4 + [2] * 6, "ties": rng.normal(size=10)})
    data["hall"] = [1, 1, 0, 0, 1, 1, 0, 0, 0, 0]
    gap = variance = 0
    for _, part in data.groupby("list"):
        share = len(part) / 10
        one, none = (part.loc[part["hall"] == arm, "ties"] for arm in (1, 0))
        gap += share * (one.mean() - none.mean())
        variance += share**2 * (one.var() / one.size + none.var() / none.size)
    test = evaluation.randomisation_inference(
        data, strata="list", statistic="studentised", **TRIAL
    )
    assert test.table["statistic"][0] == pytest.approx(gap / np.sqrt(variance))


@pytest.mark.parametrize("statistic", ["difference", "studentised"])
@pytest.mark.parametrize("cluster", [None, "place"])
def test_interval_holds_what_the_test_does_not_reject(statistic, cluster):
    """Outcomes less an effect just inside the interval pass, just outside they fail."""
    rng = np.random.default_rng(5)
    sizes = np.ones(11, int) if cluster is None else rng.integers(1, 6, 11)
    data = pd.DataFrame({"place": np.repeat(np.arange(11), sizes)})
    data["hall"] = (data["place"] < 5).astype(int)
    data["ties"] = rng.normal(size=11)[data["place"]] + rng.normal(size=len(data))
    how = {"statistic": statistic, "cluster": cluster, **TRIAL}
    row = evaluation.randomisation_inference(data, conf_level=0.9, **how).table.iloc[0]

    def p_value(effect):
        less = data.assign(ties=data["ties"] - effect * data["hall"])
        return evaluation.randomisation_inference(less, **how).table["p_value"][0]

    for bound, outward in ((row["conf_low"], -1), (row["conf_high"], 1)):
        assert p_value(bound - outward * 1e-6) > 0.1
        assert p_value(bound + outward * 1e-6) <= 0.1


@pytest.mark.parametrize("seed", range(8))
def test_ties_on_paper_are_ties(seed):
    """Tenths are no binary fractions; the counts are made in whole numbers here."""
    rng = np.random.default_rng(seed)
    whole, hall = rng.integers(0, 6, 8), np.array([1, 1, 1, 0, 0, 0, 0, 0])
    sums = np.array([whole[list(chosen)].sum() for chosen in combinations(range(8), 3)])
    observed = whole @ hall
    expected = 2 * min(np.mean(sums >= observed), np.mean(sums <= observed))
    data = pd.DataFrame({"hall": hall, "ties": whole / 10})
    found = evaluation.randomisation_inference(data, **TRIAL).table["p_value"][0]
    assert found == pytest.approx(min(1, expected))


def test_drawn_assignments_count_the_one_observed():
    """Nothing like it among 99 of the 184,756 draws: p is 2 (1 + 0) / (1 + 99)."""
    data = pd.DataFrame({"hall": [1] * 10 + [0] * 10, "ties": range(20, 0, -1)})
    test = evaluation.randomisation_inference(data, n_permutations=99, rng=1, **TRIAL)
    assert test.table["p_value"][0] == pytest.approx(0.02)


def test_interval_of_the_difference_is_an_order_statistic():
    """
    Assignment r shows as much as observed from tau = (D - a_r) / (1 - b_r) on.

    Here b_r is the share of the treated among r's treated less that among the others.
    """
    rng = np.random.default_rng(6)
    hall = np.array([1, 0] * 5)
    y = rng.normal(size=10)
    data = pd.DataFrame({"hall": hall, "ties": y})
    crossing = []
    for chosen in combinations(range(10), 5):
        on = np.isin(np.arange(10), chosen)
        b = hall[on].mean() - hall[~on].mean()
        if b < 1:
            gap = y[hall == 1].mean() - y[hall == 0].mean()
            crossing.append((gap - y[on].mean() + y[~on].mean()) / (1 - b))
    # p >= .025 takes at least 7 of 252, one of which is the assignment itself.
    expected = np.sort(crossing)[[5, -6]]
    row = evaluation.randomisation_inference(data, **TRIAL).table.iloc[0]
    assert [row["conf_low"], row["conf_high"]] == pytest.approx(list(expected))


def test_too_few_assignments_leave_the_interval_open():
    data = pd.DataFrame({"ties": [5, 7, 1, 3], "hall": [1, 1, 0, 0]})
    row = evaluation.randomisation_inference(data, **TRIAL).table.iloc[0]
    assert (row["conf_low"], row["conf_high"]) == (-np.inf, np.inf)


def test_random_draws_come_near_the_exact_test():
    """12 over 6 = 924 assignments, listed; or 400 drawn, times a few seeds."""
    rng = np.random.default_rng(9)
    data = pd.DataFrame({"hall": [1, 0] * 6, "ties": rng.normal(size=12)})
    data["ties"] += 0.8 * data["hall"]
    exact = evaluation.randomisation_inference(data, **TRIAL)
    assert exact.n_assignments == 924
    p = exact.table["p_value"][0]
    drawn = [
        evaluation.randomisation_inference(data, n_permutations=400, rng=seed, **TRIAL)
        for seed in range(20)
    ]
    assert not drawn[0].exact
    found = [test.table["p_value"][0] for test in drawn]
    # One-sided p / 2 of 400 draws, mean of 20; and (1 + #) / (1 + R) adds 1 / 401.
    error = 2 * np.sqrt(p / 2 * (1 - p / 2) / 400 / 20)
    assert np.mean(found) == pytest.approx(p + 2 / 401, abs=4 * error)
    assert min(found) >= 2 / 401


def test_same_seed_same_answer_in_any_order_of_rows():
    data = PEOPLE
    how = {"cluster": "community", "n_permutations": 50, "rng": 3, **TRIAL}
    one = evaluation.randomisation_inference(data, **how)
    shuffled = data.sample(frac=1, random_state=1)
    two = evaluation.randomisation_inference(shuffled, **how)
    assert_frame_equal(one.table, two.table)
    how.pop("cluster")
    one = evaluation.randomisation_inference(data, **how)
    assert_frame_equal(
        one.table, evaluation.randomisation_inference(shuffled, **how).table
    )


def test_certain_effect_of_equal_people_is_not_lost_to_rounding():
    """Outcomes 0.1 and 0.4 exactly: only the drawn assignment shows 0.3."""
    data = pd.DataFrame({"hall": [1] * 4 + [0] * 4, "ties": [0.4] * 4 + [0.1] * 4})
    for statistic in ("difference", "studentised"):
        test = evaluation.randomisation_inference(data, statistic=statistic, **TRIAL)
        assert test.table["p_value"][0] == pytest.approx(2 / 70)


# --- trials by regression


@pytest.mark.parametrize(
    ("case", "how"),
    [
        ("people", {}),
        ("people strata age", {"strata": "stratum", "covariates": ["age"]}),
        ("people weight", {"strata": "stratum", "weight": "weight"}),
        ("clusters", {"average_over": "clusters"}),
        ("clusters weight", {"average_over": "clusters", "weight": "weight"}),
        (
            "clusters strata age",
            {
                "strata": "stratum",
                "covariates": ["age"],
                "average_over": "clusters",
            },
        ),
    ],
)
def test_cluster_trial_is_that_of_clubsandwich(case, how):
    """R clubSandwich, vcovCR(type = "CR2") and coef_test(test = "Satterthwaite")."""
    table = evaluation.cluster_trial(PEOPLE, cluster="community", **TRIAL, **how)
    ours, expected = line(table, "effect"), R.loc[case, "effect"]
    for column in ("estimate", "std_error", "degrees_of_freedom"):
        assert ours[column] == pytest.approx(expected[column], rel=RTOL_CR2)
    assert (ours["n"], ours["n_clusters"]) == (len(PEOPLE), 14)


def test_untreated_mean_is_that_of_average_people():
    """statsmodels' least squares, at the mean age and the mean strata."""
    table = evaluation.cluster_trial(
        PEOPLE, cluster="community", strata="stratum", covariates=["age"], **TRIAL
    )
    fit = smf.ols("ties ~ hall + C(stratum) + age", PEOPLE).fit()
    expected = fit.predict(PEOPLE.assign(hall=0)).mean()
    assert line(table, "untreated")["estimate"] == pytest.approx(expected)


def test_very_many_clusters_take_a_bound_for_degrees_of_freedom(monkeypatch):
    full = evaluation.cluster_trial(PEOPLE, cluster="community", **TRIAL)
    monkeypatch.setattr("govlib.evaluation._shared.MANY_CLUSTERS", 13)
    bound = evaluation.cluster_trial(PEOPLE, cluster="community", **TRIAL)
    # Seven treated communities, seven not.
    assert line(bound, "effect")["degrees_of_freedom"] == 6
    assert line(full, "effect")["degrees_of_freedom"] > 6
    assert (full["std_error"] == bound["std_error"]).all()


def test_district_j_gains_eight_points():
    """The study: resolution 62 to 78 per cent in J, 60 to 68 elsewhere."""
    rates = {("J", 1): 62, ("J", 2): 78, ("K", 1): 60, ("K", 2): 68}
    cases = pd.DataFrame(
        [
            (district, year, float(case < rate))
            for (district, year), rate in rates.items()
            for case in range(100)
        ],
        columns=["district", "year", "resolved"],
    )
    table = evaluation.difference_in_differences(
        cases, outcome="resolved", group="district", treated="J", time="year"
    )
    assert list(table["estimate"]) == pytest.approx([0.16, 0.08, 0.08])
    # Four binomial variances with n - 1: by hand.
    parts = [p / 100 * (1 - p / 100) / 99 for p in rates.values()]
    assert line(table, "effect")["std_error"] == pytest.approx(np.sqrt(sum(parts)))


def test_difference_in_differences_is_that_of_clubsandwich():
    """R clubSandwich, linear_contrast of ties ~ hall * quarter."""
    table = evaluation.difference_in_differences(
        PEOPLE, outcome="ties", group="hall", treated=1, time="quarter",
        cluster="community",
    )  # fmt: skip
    for term, name in zip(table["term"], ["treated", "others", "effect"], strict=True):
        expected = R.loc["difference in differences", name]
        for column in ("estimate", "std_error", "degrees_of_freedom"):
            assert line(table, term)[column] == pytest.approx(
                expected[column], rel=RTOL_CR2
            )


def test_change_without_clusters_is_welchs():
    """R t.test."""
    table = evaluation.difference_in_differences(
        PEOPLE, outcome="ties", group="hall", treated=1, time="quarter"
    )
    expected = R.loc["change welch", "treated"]
    for column in ("estimate", "std_error", "degrees_of_freedom"):
        assert table[column][0] == pytest.approx(expected[column], rel=RTOL)


# --- planning a trial


@pytest.mark.parametrize("term", R.loc["power"].index)
def test_power_is_that_of_r(term):
    """R power.t.test(strict = TRUE), the spread of cluster means by hand."""
    n, m, effect = term.split()
    found = evaluation.trial_power(
        effect=float(effect),
        n_clusters=2 * int(n),
        cluster_size=int(m),
        intraclass_correlation=0.035,
        standard_deviation=1.2,
    )
    assert found == pytest.approx(R.loc[("power", term), "estimate"], rel=1e-6)


@pytest.mark.parametrize("n", ["10", "28"])
def test_detectable_effect_is_that_of_r(n):
    found = evaluation.detectable_effect(
        n_clusters=2 * int(n),
        cluster_size=20,
        intraclass_correlation=0.035,
        standard_deviation=1.2,
    )
    assert found == pytest.approx(R.loc[("detectable", n), "estimate"], rel=1e-6)


# The case: 9.6 points around a rate of .27, 20 people per community, likeness .035.
PLAN = {
    "effect": 0.096,
    "cluster_size": 20,
    "intraclass_correlation": 0.035,
    "base_rate": 0.222,
}


def test_power_of_rates_is_that_of_r():
    """R's noncentral t with the spread of either arm, also for uneven arms."""
    for n in range(54, 61):
        expected = R.loc[("rate", str(n)), "estimate"]
        found = evaluation.trial_power(n_clusters=n, **PLAN)
        assert found == pytest.approx(expected, rel=1e-6)


def test_the_case_needs_about_56_communities():
    """56 by the textbook's normal formula (55.2, R); R's t puts 80 % at 58."""
    normal = R.loc[("rate normal", "both arms"), "estimate"]
    assert np.ceil(normal) == 56
    assert evaluation.clusters_needed(**PLAN) == 58
    again = evaluation.detectable_effect(
        n_clusters=58, **{k: v for k, v in PLAN.items() if k != "effect"}
    )
    assert 0.094 < again < 0.096


def test_unequal_sizes_cost_as_the_design_effect_says():
    """1 + ((1 + v^2) m - 1) rho by hand: m = 20, v = .6, rho = .035 gives 1.917."""
    base = {"effect": 0.3, "n_clusters": 40, "standard_deviation": 1.0}
    found = evaluation.trial_power(
        cluster_size=20, intraclass_correlation=0.035, size_variation=0.6, **base
    )
    # One person per cluster of that variance has the same power.
    same = evaluation.trial_power(
        cluster_size=1,
        intraclass_correlation=0,
        **(base | {"standard_deviation": np.sqrt(1.917 / 20)}),
    )
    assert found == pytest.approx(same, rel=1e-12)


def test_power_is_what_simulated_trials_find():
    """250 trials of 40 communities: rates .222 and .368 among 20 people each."""
    rng = np.random.default_rng(12)
    rate = np.where(np.arange(40) < 20, 0.222, 0.368)
    # Beta rates within an arm have likeness 1 / (a + b + 1).
    total = 1 / 0.035 - 1
    data = pd.DataFrame(
        {"place": np.arange(40), "hall": (rate > 0.3).astype(int), "part": 0.0}
    )
    found = 0
    for _ in range(250):
        people = rng.binomial(20, rng.beta(rate * total, (1 - rate) * total))
        table = evaluation.cluster_trial(
            data.assign(part=people / 20),
            outcome="part",
            treatment="hall",
            cluster="place",
        )
        found += line(table, "effect")["p_value"] < 0.05
    planned = evaluation.trial_power(
        n_clusters=40, **(PLAN | {"effect": 0.146, "base_rate": 0.222})
    )
    # Four binomial errors of 250 trials.
    error = np.sqrt(planned * (1 - planned) / 250)
    assert found / 250 == pytest.approx(planned, abs=4 * error)


# --- staggered starts


def group_time(data=PANEL, **how):
    return evaluation.group_time_effects(data, **COLUMNS, **how)


CSDID = NUMBERS[NUMBERS["program"] == "csdid"]


@pytest.mark.parametrize("case", CSDID["case"].unique())
def test_effects_and_averages_are_those_of_csdid(case):
    """Python csdid: comparison, covariate, anticipation, base period, units."""
    comparison, covariate, early, base, who = case.split(" ", 4)
    effects = group_time(
        PANEL if who == "all" else PANEL[PANEL["start"] > 0],
        comparison=comparison,
        covariates=[] if covariate == "none" else [covariate],
        anticipation=int(early),
        base_period=base,
    )
    rows = [
        (f"{row.group:g} {row.time:g}", row.estimate, row.std_error)
        for row in effects.table.itertuples()
    ]
    for by in ("simple", "dynamic", "group", "calendar"):
        table = evaluation.aggregate_effects(effects, by=by)
        labels = ["overall", *(f"{x:g}" for x in table.iloc[1:, 1])]
        rows += [
            (f"{by} {label}", row.estimate, row.std_error)
            for label, row in zip(labels, table.itertuples(), strict=True)
        ]
    ours = pd.DataFrame(rows, columns=["term", "estimate", "std_error"])
    expected = CSDID[CSDID["case"] == case]
    both = ours.merge(expected, on="term", how="outer", indicator=True)
    assert (both["_merge"] == "both").all()
    for column in ("estimate", "std_error"):
        assert both[f"{column}_x"].to_numpy() == pytest.approx(
            both[f"{column}_y"].to_numpy(), rel=RTOL, abs=1e-10, nan_ok=True
        )


@pytest.mark.parametrize("comparison", ["never_treated", "not_yet_treated"])
def test_effects_are_those_of_diff_diff(comparison):
    """Python diff-diff, without covariates (with them it trims the odds)."""
    case = f"{comparison} none 0 varying all"
    expected = NUMBERS[(NUMBERS["program"] == "diff-diff") & (NUMBERS["case"] == case)]
    expected = expected.set_index("term")
    effects = group_time(comparison=comparison)
    overall = evaluation.aggregate_effects(effects)
    for column in ("estimate", "std_error"):
        assert overall[column][0] == pytest.approx(
            expected.loc["simple overall", column], rel=RTOL
        )
    for row in effects.table.itertuples():
        peer = expected.loc[f"{row.group:g} {row.time:g}"]
        assert row.estimate == pytest.approx(peer["estimate"], rel=RTOL)
        assert row.std_error == pytest.approx(peer["std_error"], rel=RTOL)


def test_clustered_errors_are_those_of_a_regression_of_changes():
    """Two periods, one start: statsmodels' clustered errors without any factor."""
    two = PANEL[PANEL["quarter"].isin([2, 3]) & PANEL["start"].isin([0, 3])]
    effects = group_time(two, cluster="subdistrict")
    before, changes = (two[two["quarter"] == q].set_index("community") for q in (2, 3))
    changes = changes.assign(change=changes["meetings"] - before["meetings"])
    fit = smf.ols("change ~ hall", changes).fit(
        cov_type="cluster",
        cov_kwds={"groups": changes["subdistrict"], "use_correction": False},
    )
    row = effects.table.iloc[0]
    assert row["estimate"] == pytest.approx(fit.params["hall"])
    assert row["std_error"] == pytest.approx(fit.bse["hall"])
    assert effects.n_clusters == changes["subdistrict"].nunique()


def test_pre_trends_test_does_not_depend_on_the_base_period():
    """One is a linear map of the other, which a Wald test does not see."""
    varying, universal = (
        group_time(base_period=base).pre_trends for base in ("varying", "universal")
    )
    assert varying["degrees_of_freedom"][0] == 7
    assert_frame_equal(varying, universal)
    # One effect before the start: the square of its z statistic.
    few = PANEL[PANEL["start"].isin([0, 3]) & PANEL["quarter"].isin([1, 2, 3])]
    effects = group_time(few)
    z = effects.table.query("event_time == -1")["statistic"].item()
    assert effects.pre_trends["statistic"][0] == pytest.approx(z**2)
    assert effects.pre_trends["p_value"][0] == pytest.approx(2 * stats.norm.sf(abs(z)))


def test_units_treated_from_the_beginning_are_counted_out():
    effects = group_time()
    assert effects.n_dropped == (PANEL.groupby("community")["start"].first() == 1).sum()
    assert effects.n + effects.n_dropped == PANEL["community"].nunique()


def test_units_that_may_react_in_the_first_period_are_counted_out_too():
    """Starters of quarter 2, who may react in quarter 1, change nothing."""
    early = PANEL["community"].isin(PANEL.loc[PANEL["start"] == 4, "community"][:40])
    moved = PANEL.assign(
        hall=PANEL["hall"].where(~early, (PANEL["quarter"] >= 2).astype(int))
    )
    effects = group_time(moved, anticipation=1)
    assert effects.n_dropped - group_time().n_dropped == early.sum() / 6
    left = group_time(PANEL[~early], anticipation=1)
    assert_frame_equal(effects.table, left.table)


def test_band_of_independent_estimates_has_the_closed_form():
    """The largest of K independent normals: quantile of |z| at level^(1/K)."""
    sums = np.zeros((4000, 5))
    for k in range(5):
        # Each estimate rests on clusters of its own.
        sums[800 * k : 800 * (k + 1), k] = 1 + k
    wide = _event_study.uniform_critical_value(
        sums, 0.95, 4000, np.random.default_rng(1)
    )
    expected = stats.norm.ppf((1 + 0.95 ** (1 / 5)) / 2)
    # Quantile of 4,000 draws at 5 %: sqrt(.05 * .95 / 4000) / density (.13) = .027.
    assert wide == pytest.approx(expected, abs=0.1)
    one = _event_study.uniform_critical_value(
        sums[:, :1], 0.95, 4000, np.random.default_rng(1)
    )
    assert one == pytest.approx(1.96, abs=0.12)


def test_band_is_wider_than_the_intervals_and_repeatable():
    table = evaluation.event_study(PANEL, n_resamples=200, rng=1, **COLUMNS)
    known = table.dropna()
    assert list(table["event_time"]) == [-5, -4, -3, -2, -1, 0, 1, 2, 3]
    assert table.loc[table["event_time"] == -1, "std_error"].isna().all()
    assert (known["band_low"] < known["conf_low"]).all()
    shuffled = PANEL.sample(frac=1, random_state=2)
    assert_frame_equal(
        table, evaluation.event_study(shuffled, n_resamples=200, rng=1, **COLUMNS)
    )


@pytest.mark.parametrize("cluster", ["community", "subdistrict"])
def test_two_way_fixed_effects_are_those_of_pyfixest(cluster):
    """Python pyfixest feols with CRV1, nested fixed effects not counted."""
    fitted = evaluation.two_way_fixed_effects(PANEL, cluster=cluster, **COLUMNS)
    expected = NUMBERS[NUMBERS["case"] == f"two-way {cluster}"].iloc[0]
    for column in ("estimate", "std_error"):
        assert fitted.table[column][0] == pytest.approx(expected[column], rel=RTOL)


def test_comparisons_are_those_of_diff_diff():
    """Python diff-diff bacon_decompose(weights = "exact"); weight in std_error."""
    fitted = evaluation.two_way_fixed_effects(PANEL[PANEL["start"] != 1], **COLUMNS)
    parts = NUMBERS[NUMBERS["case"] == "two by two"].set_index("term")
    assert len(fitted.comparisons) == len(parts) == 9
    for row in fitted.comparisons.itertuples():
        other = "never_treated" if np.isinf(row.compared_with) else row.compared_with
        name = other if isinstance(other, str) else f"{other:g}"
        peer = parts.loc[f"{row.group:g} {name}"]
        assert row.estimate == pytest.approx(peer["estimate"], rel=RTOL)
        assert row.weight == pytest.approx(peer["std_error"], rel=RTOL)


@settings(max_examples=30, deadline=None)
@given(
    starts=st.lists(st.sampled_from([1, 2, 3, 5, 9]), min_size=3, max_size=9),
    seed=st.integers(0, 10_000),
)
def test_two_way_fixed_effects_are_what_its_parts_add_up_to(starts, seed):
    """Any effects without noise: both decompositions give the estimate back."""
    rng = np.random.default_rng(seed)
    times = np.arange(1, 6)
    start = np.array(starts)[:, None]
    # Refused, see below: one unit starts or none does, or all do at once.
    assume(len(set(starts)) > 1 and sum(1 < start < 9 for start in starts) > 1)
    of_group = rng.normal(size=(10, 6))
    effect = np.where(times >= start, of_group[start, times], 0)
    level = rng.normal(size=start.shape) + rng.normal(size=5) + effect
    data = pd.DataFrame(
        {
            "unit": np.repeat(np.arange(len(starts)), 5),
            "time": np.tile(times, len(starts)),
            "on": (times >= start).astype(int).ravel(),
            "y": level.ravel(),
        }
    )
    fitted = evaluation.two_way_fixed_effects(
        data, outcome="y", treatment="on", unit="unit", time="time"
    )
    estimate = fitted.table["estimate"][0]
    weights, parts = fitted.weights, fitted.comparisons
    assert weights["weight"].sum() == pytest.approx(1)
    assert parts["weight"].sum() == pytest.approx(1)
    assert (parts["weight"] > 0).all()
    assert parts["estimate"] @ parts["weight"] == pytest.approx(estimate, abs=1e-9)
    known = of_group[weights["group"].astype(int), weights["time"].astype(int)]
    assert known @ weights["weight"] == pytest.approx(estimate, abs=1e-9)


def roll_out(rng):
    """120 communities, halls in quarter 5, 7, 9 or never; +.02 each quarter."""
    quarter = np.arange(1, 13)
    start = np.repeat([5, 7, 9, 99], 30)[:, None]
    effect = np.where(quarter >= start, 0.02 * (quarter - start + 1), 0)
    noise = rng.normal(0, 0.05, size=effect.shape)
    # Early starters are better off: levels differ, trends do not.
    y = 0.5 - 0.01 * np.minimum(start, 12) + 0.01 * quarter + effect + noise
    data = pd.DataFrame(
        {
            "community": np.repeat(np.arange(120), 12),
            "quarter": np.tile(quarter, 120),
            "hall": (quarter >= start).astype(int).ravel(),
            "meetings": y.ravel(),
        }
    )
    return data


def test_growing_effects_are_recovered_and_two_way_fixed_effects_miss_them():
    """
    Truth by hand: starts 5, 7, 9 are seen 8, 6, 4 quarters with effects .02 to .16.

    Mean over treated unit-periods: .02 (36 + 21 + 10) / 18 = .0744.
    """
    rng = np.random.default_rng(20)
    truth = 0.02 * (36 + 21 + 10) / 18
    found, naive, covered, late = [], [], 0, []
    for _ in range(40):
        data = roll_out(rng)
        effects = group_time(data)
        row = evaluation.aggregate_effects(effects).iloc[0]
        found.append(row["estimate"])
        covered += row["conf_low"] <= truth <= row["conf_high"]
        event = evaluation.aggregate_effects(effects, by="dynamic")
        late.append(event.set_index("event_time")["estimate"])
        fitted = evaluation.two_way_fixed_effects(data, **COLUMNS)
        naive.append(fitted.table["estimate"][0])
    error = np.std(found, ddof=1) / np.sqrt(40)
    assert np.mean(found) == pytest.approx(truth, abs=3.5 * error)
    # 95 % of 40, less three times sqrt(.05 * .95 / 40) = 3.4 %.
    assert covered >= 34
    mean = pd.concat(late, axis=1).mean(axis=1)
    for since in range(8):
        assert mean[since] == pytest.approx(0.02 * (since + 1), abs=0.01)
    for before in (-7, -4, -1):
        assert mean[before] == pytest.approx(0, abs=0.01)
    spread = np.std(naive, ddof=1) / np.sqrt(40)
    assert np.mean(naive) < truth - 10 * spread
    assert fitted.weights["weight"].min() < 0 < fitted.negative_share


# --- paths


def test_paths_are_regressions():
    """statsmodels' least squares, and products of its coefficients."""
    split = evaluation.mediation(
        PEOPLE,
        outcome="ties",
        treatment="hall",
        mediators=["age", "weight"],
        covariates=["quarter"],
        cluster="community",
        n_resamples=20,
        rng=1,
    )
    one = smf.ols("age ~ hall + quarter", PEOPLE).fit().params
    two = smf.ols("weight ~ hall + age + quarter", PEOPLE).fit().params
    y = smf.ols("ties ~ hall + age + weight + quarter", PEOPLE).fit().params
    total = smf.ols("ties ~ hall + quarter", PEOPLE).fit().params
    estimate = split.table.set_index("term")["estimate"]
    assert estimate["total"] == pytest.approx(total["hall"])
    assert estimate["direct"] == pytest.approx(y["hall"])
    assert estimate["indirect"] == pytest.approx(total["hall"] - y["hall"])
    assert estimate["through age"] == pytest.approx(one["hall"] * y["age"])
    assert estimate["through weight"] == pytest.approx(two["hall"] * y["weight"])
    assert estimate["through age and weight"] == pytest.approx(
        one["hall"] * two["age"] * y["weight"]
    )
    paths = split.paths.set_index(["source", "target"])["estimate"]
    assert paths["age", "weight"] == pytest.approx(two["age"])
    assert len(paths) == 6
    assert split.n == len(PEOPLE)


def chain(n, rng):
    """Activity drawn at random, +.5 ties; a tie is +.4 belonging, activity +.2."""
    activity = rng.integers(0, 2, n)
    ties = 0.5 * activity + rng.normal(size=n)
    belonging = 0.4 * ties + 0.2 * activity + rng.normal(size=n)
    return pd.DataFrame({"activity": activity, "ties": ties, "belonging": belonging})


SPLIT = {"outcome": "belonging", "treatment": "activity"}


def test_bootstrap_error_of_a_product_is_near_sobels():
    """Sobel (1982): sqrt(a^2 se_b^2 + b^2 se_a^2) holds in a large sample."""
    data = chain(2000, np.random.default_rng(1))
    split = evaluation.mediation(
        data, mediators=["ties"], n_resamples=300, rng=2, **SPLIT
    )
    a = smf.ols("ties ~ activity", data).fit()
    b = smf.ols("belonging ~ activity + ties", data).fit()
    sobel = np.hypot(
        a.params["activity"] * b.bse["ties"], b.params["ties"] * a.bse["activity"]
    )
    row = line(split.table, "through ties")
    # 300 draws: 1 / sqrt(600) = 4 % times three, and the approximation's own error.
    assert row["std_error"] == pytest.approx(sobel, rel=0.15)
    assert row["conf_low"] < 0.2 < row["conf_high"]


def feedback():
    """
    The study's loop in equilibrium: B = .4 P + .3 A, P = .5 B, and errors of P and B.

    The errors are orthogonal to activity and to each other in the sample.
    """
    rng = np.random.default_rng(2)
    activity = np.repeat([0.0, 1.0], 50)
    basis = np.column_stack([np.ones(100), activity, rng.normal(size=(100, 2))])
    errors = np.linalg.qr(basis)[0][:, 2:]
    belonging = (0.3 * activity + errors[:, 0] + 0.4 * errors[:, 1]) / (1 - 0.4 * 0.5)
    part = 0.5 * belonging + errors[:, 1]
    return pd.DataFrame(
        {"activity": activity, "belonging": belonging, "participation": part}
    )


def test_loop_of_belonging_and_participation_gives_the_total_but_not_the_path():
    """The study's system: totals .3 / .8 = .375 and .1875; the path is not .5."""
    data = feedback()
    how = {"treatment": "activity", "n_resamples": 10, "rng": 1}
    back = evaluation.mediation(
        data, outcome="belonging", mediators=["participation"], **how
    )
    assert line(back.table, "total")["estimate"] == pytest.approx(0.375)
    split = evaluation.mediation(
        data, outcome="participation", mediators=["belonging"], **how
    )
    assert line(split.table, "total")["estimate"] == pytest.approx(0.1875)
    # By hand: errors of belonging (e_B + .4 e_P) / .8 have variance 1.8125 and
    # covariance .5 with e_P, so least squares gives .5 + .5 / 1.8125.
    arrow = split.paths.set_index("source").loc["belonging", "estimate"]
    assert arrow == pytest.approx(0.5 + 0.5 / 1.8125)


@pytest.mark.parametrize("rho", [-0.6, 0.0, 0.3, 0.8])
def test_sensitivity_gives_the_path_back_at_the_true_correlation(rho):
    """Errors made to correlate with rho exactly: the effect is 2 x 1.5 at that rho."""
    rng = np.random.default_rng(3)
    activity = np.repeat([0.0, 1.0], 30)
    basis = np.column_stack([np.ones(60), activity, rng.normal(size=(60, 2))])
    u, v = np.linalg.qr(basis)[0][:, 2:].T
    ties = 2 * activity + 0.7 * u
    rest = 1.3 * (rho * u + np.sqrt(1 - rho**2) * v)
    data = pd.DataFrame(
        {
            "activity": activity,
            "ties": ties,
            "belonging": 1.5 * ties + 0.4 * activity + rest,
        }
    )
    how = {"n_resamples": 10, "rng": 1, **SPLIT}
    tried = evaluation.mediation_sensitivity(
        data, mediator="ties", correlations=[0.0, rho], **how
    )
    assert tried.table["estimate"][1] == pytest.approx(3.0)
    split = evaluation.mediation(data, mediators=["ties"], **how)
    naive = line(split.table, "indirect")["estimate"]
    assert tried.table["estimate"][0] == pytest.approx(naive)
    at_zero = evaluation.mediation_sensitivity(
        data, mediator="ties", correlations=[tried.rho_at_zero], **how
    )
    assert at_zero.table["estimate"][0] == pytest.approx(0, abs=1e-9)


def test_default_correlations_and_clusters():
    data = chain(60, np.random.default_rng(4)).assign(小区=np.arange(60) % 12)
    how = {"mediator": "ties", "cluster": "小区", "n_resamples": 30, **SPLIT}
    one = evaluation.mediation_sensitivity(data, rng=1, **how)
    assert list(one.table["rho"]) == pytest.approx(list(np.arange(-9, 10) / 10))
    assert (one.table["std_error"] > 0).all()
    rows = evaluation.mediation_sensitivity(data, rng=1, **(how | {"cluster": None}))
    assert not np.allclose(one.table["std_error"], rows.table["std_error"])


# --- scales


ANSWERS = pd.DataFrame({"归属": [5, 2, 4], "朋友": [4, 1, 4], "想搬走": [2, 5, 4]})
ITEMS = list(ANSWERS)
SCALE = {"items": ITEMS, "limits": (1, 5)}


def test_scores_by_hand():
    """Turned third item: 4, 1, 2; means 13/3, 4/3, 10/3."""
    scores = evaluation.scale_scores(ANSWERS, reverse=["想搬走"], **SCALE)
    assert list(scores) == pytest.approx([13 / 3, 4 / 3, 10 / 3])
    turned = evaluation.reverse_code(ANSWERS, items=["想搬走"], limits=(1, 5))
    assert list(turned["想搬走"]) == [4, 1, 2]
    assert ANSWERS["想搬走"].tolist() == [2, 5, 4]
    assert turned["归属"].tolist() == [5, 2, 4]


def test_some_missing_answers_are_allowed_if_asked():
    """Two answers, 5 and 4 turned: 4.5; one answer is not enough."""
    answers = pd.DataFrame({"a": [5, np.nan], "b": [np.nan, 3], "c": [2, np.nan]})
    scores = evaluation.scale_scores(
        answers, items=["a", "b", "c"], limits=(1, 5), reverse=["c"], least_answered=2
    )
    assert scores[0] == pytest.approx(4.5)
    assert np.isnan(scores[1])


def test_acquiescence_by_hand():
    """First person: P = 4.5, N = 2: (4.5 + 2) / 2 - 3 = .25 and 3 + 2.5 / 2 = 4.25."""
    table = evaluation.acquiescence(ANSWERS, reverse=["想搬走"], **SCALE)
    assert list(table["acquiescence"]) == pytest.approx([0.25, 0.25, 1.0])
    assert list(table["corrected_score"]) == pytest.approx([4.25, 1.25, 3.0])
    assert list(table["score"]) == pytest.approx([13 / 3, 4 / 3, 10 / 3])


answer = st.integers(2, 4)


@settings(max_examples=25, deadline=None)
@given(
    rows=st.lists(st.tuples(*[answer] * 4), min_size=1, max_size=8),
    shift=st.sampled_from([-1, 1]),
)
def test_agreeing_more_moves_acquiescence_only(rows, shift):
    """Everyone agrees one step more with all items, whatever they say."""
    data = pd.DataFrame(rows, columns=list("abcd"))
    how = {"items": list("abcd"), "reverse": ["d"], "limits": (1, 5)}
    before = evaluation.acquiescence(data, **how)
    after = evaluation.acquiescence(data + shift, **how)
    moved = after - before
    assert np.allclose(moved["acquiescence"], shift)
    assert np.allclose(moved["corrected_score"], 0)
    # Three items up, one down: an unbalanced scale moves by half a step.
    assert np.allclose(moved["score"], shift / 2)
    balanced = evaluation.acquiescence(data, **(how | {"reverse": ["c", "d"]}))
    assert np.allclose(balanced["score"], balanced["corrected_score"])


# --- bad input


def without(data, rows, **change):
    return data.drop(index=data.index[rows]).assign(**change)


def changed(data, column, value, rows=0):
    data = data.astype({column: object})
    data.loc[data.index[rows], column] = value
    return data.infer_objects()


BOTH = [evaluation.group_time_effects, evaluation.two_way_fixed_effects]
STARTERS = PANEL[PANEL["start"] > 1]


@pytest.mark.parametrize("function", BOTH)
@pytest.mark.parametrize(
    ("data", "says"),
    [
        (PANEL.drop(index=7), "1 unit.*are not seen in each of the 6 periods"),
        (pd.concat([PANEL, PANEL[:2]]), "1 unit.*more than one row in a period"),
        (changed(PANEL, "hall", 0, 5), "1 unit.*leave treatment again"),
        (PANEL.assign(hall=0), "is 0 in every row, so there is nobody to compare"),
        (PANEL.assign(hall=1), "is 1 in every row, so there is nobody to compare"),
        (PANEL.assign(hall=PANEL["hall"] * 2), "1 and 0, but holds 2"),
        (changed(PANEL, "meetings", np.nan), "'meetings' has 1 missing value"),
        (PANEL.assign(quarter="q1"), "must hold numbers but holds text"),
        (PANEL[PANEL["quarter"] == 3], "has one period only"),
        (PANEL.rename(columns={"hall": "halls"}), "did you mean 'halls'"),
    ],
)
def test_bad_panels_say_what_is_wrong(function, data, says):
    if "leave" in says:
        # A unit that starts in quarter 3 and has no hall again in quarter 6.
        unit = PANEL.loc[PANEL["start"] == 3, "community"].iloc[0]
        row = np.flatnonzero((PANEL["community"] == unit) & (PANEL["quarter"] == 6))
        data = changed(PANEL, "hall", 0, row[0])
    with pytest.raises(ValueError, match=says):
        function(data, **COLUMNS)


@pytest.mark.parametrize(
    ("data", "how", "says"),
    [
        (STARTERS, {}, "comparison='not_yet_treated' those who start later, last in 6"),
        (
            PANEL[PANEL["start"] == 3],
            {"comparison": "not_yet_treated"},
            "all units start in 3 and none is never treated",
        ),
        (PANEL[PANEL["start"] < 2], {}, "already treated in the first period"),
        (
            PANEL[~PANEL["start"].isin([3]) | (PANEL["community"] == 8)],
            {"cluster": "start"},
            "lie in fewer than two clusters",
        ),
        (PANEL, {"covariates": ["quarter"]}, "changes over time in 160 unit"),
        (
            PANEL.assign(luck=PANEL["need"] + 9 * (PANEL["start"] > 0)),
            {"covariates": ["luck"]},
            "tell treated units from the others",
        ),
        (PANEL, {"covariates": ["need", "need"]}, "names 'need' twice"),
        (PANEL.assign(one=1), {"covariates": ["one"]}, "constant, or combinations"),
        (PANEL, {"anticipation": -1}, "anticipation= must lie between 0"),
        (PANEL, {"comparison": "never"}, "comparison= must be one of"),
        (PANEL, {"base_period": "first"}, "base_period= must be one of"),
    ],
)
def test_bad_comparisons_say_what_is_left(data, how, says):
    with pytest.raises(ValueError, match=says):
        group_time(data, **how)


def test_a_group_of_one_unit_has_no_error():
    alone = PANEL.loc[PANEL["start"] == 3, "community"].iloc[0]
    data = PANEL[(PANEL["start"] != 3) | (PANEL["community"] == alone)]
    with pytest.raises(ValueError, match=r"1 unit.*of those who start in 3 .*fewer"):
        group_time(data)


def test_two_way_fixed_effects_need_untreated_periods():
    with pytest.raises(ValueError, match="changes for no unit, or for all in the same"):
        evaluation.two_way_fixed_effects(PANEL[PANEL["start"] == 3], **COLUMNS)
    with pytest.raises(ValueError, match="changes lie in one cluster of 'city'"):
        evaluation.two_way_fixed_effects(
            PANEL.assign(city="S"), cluster="city", **COLUMNS
        )


MIXED = changed(PEOPLE, "hall", 0)


@pytest.mark.parametrize(
    ("data", "how", "says"),
    [
        (MIXED, {}, "differs within 1 cluster.*'c01'"),
        (PEOPLE.assign(hall=1), {}, "is 1 in every row"),
        (PEOPLE[PEOPLE["community"].isin(["c01", "c02"])], {}, "1 treated and 1 untre"),
        (changed(PEOPLE, "ties", np.nan, [0, 1]), {}, "'ties' has 2 missing value"),
        (PEOPLE, {"covariates": ["hall"]}, "repeat one another or the treatment"),
        (PEOPLE, {"strata": "community"}, "too few for 14 strata"),
        (
            PEOPLE.iloc[::9].iloc[:6].assign(one=range(6), community=list("abcdef")),
            {"covariates": ["age", "one", "weight", "quarter"]},
            "6 clusters are too few for 1 strata, 4 covariate",
        ),
        (PEOPLE, {"average_over": "people!"}, "did you mean 'people'"),
        (PEOPLE.assign(weight=0), {"weight": "weight"}, "zero or negative"),
    ],
)
def test_bad_trials_say_what_is_wrong(data, how, says):
    with pytest.raises(ValueError, match=says):
        evaluation.cluster_trial(data, cluster="community", **TRIAL, **how)


def test_a_huge_cluster_is_to_be_averaged_first():
    data = pd.DataFrame(
        {"place": [0] * 4001 + [1, 2, 3], "hall": [0] * 4001 + [0, 1, 1], "ties": 1.0}
    )
    with pytest.raises(ValueError, match="largest cluster has 4001 rows"):
        evaluation.cluster_trial(data, cluster="place", **TRIAL)


@pytest.mark.parametrize(
    ("how", "says"),
    [
        ({"cluster": "community", "strata": "community"}, "needs 1 of each; join str"),
        ({"strata": "quarter", "cluster": "community"}, "differs within .* cluster"),
        ({"statistic": "t"}, "statistic= must be one of"),
        ({"n_permutations": 1}, "n_permutations= must be at least 2"),
    ],
)
def test_bad_randomisations_say_what_is_wrong(how, says):
    with pytest.raises(ValueError, match=says):
        evaluation.randomisation_inference(PEOPLE, **TRIAL, **how)


def test_studentised_pairs_have_no_spread():
    pairs = pd.DataFrame({"pair": [1, 1, 2, 2], "hall": [0, 1, 1, 0], "ties": range(4)})
    with pytest.raises(ValueError, match="needs 2 of each; join strata, or use stat"):
        evaluation.randomisation_inference(
            pairs, strata="pair", statistic="studentised", **TRIAL
        )


@pytest.mark.parametrize(
    ("change", "how", "says"),
    [
        ({}, {"treated": 2}, "has no 2 .treated=."),
        ({"hall": 1}, {}, "has only 1, so there is nobody"),
        ({"quarter": PEOPLE["age"]}, {}, "but must have two, before and after"),
        ({}, {"weight": "weight"}, "weight= needs cluster="),
        (
            {"quarter": PEOPLE["hall"]},
            {},
            "others have 0 row.* in period 1; with fewer",
        ),
        ({}, {"cluster": "hall"}, "others have 1 cluster.* in period 0"),
    ],
)
def test_bad_differences_say_what_is_wrong(change, how, says):
    how = {"group": "hall", "treated": 1, "time": "quarter", "outcome": "ties"} | how
    with pytest.raises(ValueError, match=says):
        evaluation.difference_in_differences(PEOPLE.assign(**change), **how)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"base_rate": None}, "give base_rate= .* and not both"),
        ({"standard_deviation": 1.0}, "and not both"),
        ({"base_rate": 0.95}, "base_rate= plus effect= must lie between 0 and 1"),
        ({"effect": 0}, "effect=0 is found by no trial"),
        ({"effect": 1e-6}, "too small for a trial"),
        ({"power": 1}, "power= must lie between 0 and 1"),
        ({"intraclass_correlation": 2}, "intraclass_correlation= must lie between"),
        ({"share_treated": 0.0}, "share_treated= must lie between"),
    ],
)
def test_bad_plans_say_what_is_wrong(change, says):
    with pytest.raises(ValueError, match=says):
        evaluation.clusters_needed(**(PLAN | change))


def test_an_arm_of_one_community_has_no_power():
    with pytest.raises(ValueError, match="leaves 1 treated and 9 not"):
        evaluation.trial_power(n_clusters=10, share_treated=0.1, **PLAN)
    with pytest.raises(ValueError, match="find no increase of the rate"):
        evaluation.detectable_effect(
            n_clusters=4, cluster_size=1, intraclass_correlation=0.5, base_rate=0.9
        )
    with pytest.raises(ValueError, match="must be larger than alpha"):
        evaluation.detectable_effect(
            n_clusters=20, cluster_size=1, intraclass_correlation=0, base_rate=0.5,
            power=0.04,
        )  # fmt: skip
    with pytest.raises(ValueError, match="nothing varies"):
        evaluation.trial_power(
            effect=1, n_clusters=8, cluster_size=9, intraclass_correlation=0,
            standard_deviation=0,
        )  # fmt: skip


def test_uneven_arms_have_the_fewest_communities_that_will_do():
    found = evaluation.clusters_needed(share_treated=0.2, **PLAN)
    power = [
        evaluation.trial_power(n_clusters=n, share_treated=0.2, **PLAN)
        for n in (found - 1, found)
    ]
    assert power[0] < 0.8 <= power[1]
    assert found > 58


CHAIN = chain(20, np.random.default_rng(5))


@pytest.mark.parametrize(
    ("change", "how", "error", "says"),
    [
        ({}, {"mediators": "ties"}, TypeError, r"write mediators=\[...\]"),
        ({}, {"mediators": []}, ValueError, "one or two columns in order, not 0"),
        ({}, {"mediators": ["activity"]}, ValueError, "stand in two places"),
        ({"ties": CHAIN["activity"]}, {}, ValueError, "constant or a combination"),
        ({"ties": "many"}, {}, ValueError, "must hold numbers but holds text"),
        ({"ties": np.nan}, {}, ValueError, "20 missing value"),
    ],
)
def test_bad_paths_say_what_is_wrong(change, how, error, says):
    with pytest.raises(error, match=says):
        evaluation.mediation(
            CHAIN.assign(**change), **({"mediators": ["ties"]} | SPLIT | how)
        )


@pytest.mark.parametrize(
    ("change", "rho", "says"),
    [
        ({}, [1.0], "must lie between -1 and 1"),
        ({"belonging": CHAIN["activity"]}, [0.0], "follows exactly"),
    ],
)
def test_bad_correlations_say_what_is_wrong(change, rho, says):
    with pytest.raises(ValueError, match=says):
        evaluation.mediation_sensitivity(
            CHAIN.assign(**change), mediator="ties", correlations=rho, **SPLIT
        )


def test_draws_that_cannot_tell_columns_apart_are_left_out():
    """Of 3 x 3 x ... draws of few clusters, some hold treated clusters only."""
    data = CHAIN.assign(place=np.repeat([0, 1, 2, 3], 5))
    data["activity"] = (data["place"] < 2).astype(int)
    split = evaluation.mediation(
        data, mediators=["ties"], cluster="place", n_resamples=100, rng=1, **SPLIT
    )
    # Both arms are missed with chance 2 / 2^4.
    assert 75 < split.table["n_resamples"][0] < 97
    assert np.isfinite(split.table["std_error"]).all()


@pytest.mark.parametrize(
    ("change", "how", "error", "says"),
    [
        ({"归属": [5, -8, 4]}, {}, ValueError, r"1 answer.*1 to 5: -8.* in row.* 1;"),
        ({"归属": [5, np.nan, 4]}, {}, ValueError, "1 missing value"),
        ({}, {"reverse": ["想搬"]}, ValueError, "did you mean '想搬走'"),
        ({}, {"reverse": "想搬走"}, TypeError, "takes a list of column names"),
        ({}, {"limits": (5, 1)}, ValueError, "must rise"),
        ({}, {"limits": 5}, TypeError, "takes two numbers"),
        ({}, {"items": []}, ValueError, "items= is empty"),
        ({}, {"least_answered": 4}, ValueError, "more than the 3 items"),
    ],
)
def test_bad_scales_say_what_is_wrong(change, how, error, says):
    with pytest.raises(error, match=says):
        evaluation.scale_scores(ANSWERS.assign(**change), **(SCALE | how))


@pytest.mark.parametrize("reverse", [[], ITEMS])
def test_agreement_needs_both_wordings(reverse):
    with pytest.raises(ValueError, match="must name some of the items and leave some"):
        evaluation.acquiescence(ANSWERS, reverse=reverse, **SCALE)


def test_nothing_varies_and_no_error_is_made_up():
    """Rounding is no standard error: p would be zero for an effect of 1e-17."""
    same = PEOPLE.assign(ties=0.1)
    difference = {"group": "hall", "treated": 1, "time": "quarter", "outcome": "ties"}
    for table in (
        evaluation.cluster_trial(same, cluster="community", **TRIAL),
        evaluation.difference_in_differences(same, cluster="community", **difference),
        evaluation.difference_in_differences(same, **difference),
    ):
        assert table[["std_error", "p_value", "conf_low"]].isna().all(axis=None)
    still = PANEL.assign(meetings=PANEL["quarter"] + 0.1 * PANEL["hall"])
    table = evaluation.event_study(still, n_resamples=9, rng=1, **COLUMNS)
    assert table["estimate"].iloc[-4:].to_list() == pytest.approx([0.1] * 4)
    assert table[["std_error", "p_value", "band_low"]].isna().all(axis=None)
    fitted = evaluation.two_way_fixed_effects(still, **COLUMNS)
    assert fitted.table["std_error"].isna().all()


def test_empty_tables_say_so():
    with pytest.raises(ValueError, match="is empty, so there is nobody to compare"):
        evaluation.randomisation_inference(PEOPLE[:0], **TRIAL)


def test_results_of_other_functions_are_refused():
    with pytest.raises(TypeError, match="must come from group_time_effects, not Data"):
        evaluation.aggregate_effects(PANEL)
    with pytest.raises(TypeError, match="data must be a pandas DataFrame"):
        group_time(PANEL.to_numpy())
