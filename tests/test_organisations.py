"""
Teams, income, founders, scales and survival against R, closed forms and hand counts.

Stored numbers come from tests/reference/organisations.R and organisations_queues.py
(versions beside them).
"""

import heapq
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from govlib import lifecycle, organisations

REFERENCE = Path(__file__).parent / "reference"
NUMBERS = pd.read_csv(
    REFERENCE / "organisations.csv", encoding="utf-8", skipinitialspace=True
)
NUMBERS["term"] = NUMBERS["term"].str.strip()
QUEUES = pd.read_csv(REFERENCE / "organisations_queues.csv", encoding="utf-8")
ITEMS = pd.read_csv(REFERENCE / "organisations_items.csv", encoding="utf-8")
LIVES = pd.read_csv(REFERENCE / "organisations_lives.csv", encoding="utf-8")


def reference(case):
    table = NUMBERS[NUMBERS["case"] == case].set_index("term")
    assert len(table), case
    return table


# --- teams and waiting (the formulas themselves: test_queue.py)


def test_lift_teams_of_the_case():
    """Case O2: four teams, three cases a year each; Erlang C waits in months."""
    table = organisations.waiting([6, 8, 11], service_rate=3, teams=4)
    months = 12 * table["mean_wait"]
    assert months.round(2).tolist() == [0.35, 1.14, 9.86]
    assert table["load"].tolist() == pytest.approx([1 / 2, 2 / 3, 11 / 12])


def test_erlang_formulas_by_hand():
    """a = 1, c = 2: B = (1/2) / (1 + 1 + 1/2); C = 2 B / (2 - 1 (1 - B)) = 1/3."""
    assert organisations.erlang_b(1, 2) == pytest.approx(1 / 5)
    assert organisations.erlang_c(1, 2) == pytest.approx(1 / 3)
    assert organisations.erlang_b(0, 3) == organisations.erlang_c(0, 3) == 0
    assert organisations.erlang_c(3, 3) == 1
    assert organisations.erlang_b(3, 3) < 1


@pytest.mark.parametrize("formula", [organisations.erlang_b, organisations.erlang_c])
def test_erlang_refuses_bad_input(formula):
    with pytest.raises(ValueError, match="load must lie between 0"):
        formula(-1, 2)
    with pytest.raises(ValueError, match="teams= must be at least 1"):
        formula(1, 0)
    with pytest.raises(TypeError, match="whole number"):
        formula(1, 1.5)


def test_teams_needed_as_pyworkforce():
    rows = QUEUES[QUEUES["source"] == "pyworkforce needed"]
    assert len(rows) == 3
    for row in rows.itertuples():
        table = organisations.teams_needed(
            row.arrival_rate,
            service_rate=row.service_rate,
            max_share=row.value,
            longer_than=row.longer_than,
        )
        assert table["teams"].tolist() == [row.teams]


@settings(deadline=None, max_examples=50)
@given(
    st.floats(0, 60),
    st.floats(0.2, 4),
    st.floats(0.001, 3),
    st.none() | st.floats(0.1, 5),
)
def test_teams_needed_are_the_fewest(arrival, service, target, patience):
    """One team less misses the target."""
    table = organisations.teams_needed(
        arrival, service_rate=service, max_wait=target, patience=patience
    )
    teams = int(table["teams"][0])
    assert table["mean_wait"][0] <= target
    if teams > 1:
        fewer = organisations.waiting(
            arrival, service_rate=service, teams=teams - 1, patience=patience
        )
        assert fewer["mean_wait"][0] > target


def test_teams_needed_meets_all_targets():
    one = organisations.teams_needed(8, service_rate=3, max_share=0.05)
    two = organisations.teams_needed(8, service_rate=3, max_share=0.05, max_wait=1e-6)
    assert one["waiting_share"][0] <= 0.05
    assert two["teams"][0] > one["teams"][0]


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({}, "give a target"),
        ({"max_wait": 0}, "max_wait= must be above zero"),
        ({"max_share": 0}, "max_share= must be above zero"),
        ({"max_share": 1.2}, "max_share="),
        ({"max_wait": 1, "longer_than": 1}, "goes with max_share"),
    ],
)
def test_teams_needed_refuses(how, words):
    with pytest.raises(ValueError, match=words):
        organisations.teams_needed(5, service_rate=1, **how)


# Over the load, drained within a period, and over it again.
@example([20.0, 0.0, 30.0], 3.0, 4, 1.0)
@settings(deadline=None, max_examples=30)
@given(
    st.lists(st.floats(0, 40), min_size=1, max_size=5),
    st.floats(0.3, 5),
    st.integers(1, 6),
    st.sampled_from([0.25, 1.0]),
)
def test_backlog_solves_the_fluid_equation(arrivals, service, teams, period):
    """scipy's solver, period by period, with tight steps."""
    table = organisations.waiting_over_time(
        arrivals, service_rate=service, teams=teams, period=period
    )
    inside = 0.0
    for row, cases in zip(table.itertuples(), arrivals, strict=True):
        rate = cases / period
        solved = solve_ivp(
            lambda _, x, rate=rate: rate - service * np.minimum(x, teams),
            (0, period),
            [inside],
            rtol=1e-8,
            atol=1e-9,
            max_step=period / 50,
        )
        inside = solved.y[0, -1]
        assert row.backlog == pytest.approx(max(inside - teams, 0), abs=1e-4)
        assert row.wait == pytest.approx(row.backlog / (teams * service))
        assert row.load == pytest.approx(rate / (teams * service))


def test_backlog_of_a_wave_is_that_of_a_large_simulation():
    """1,000 teams, 100 times the example: Poisson arrivals, exponential services."""
    rng = np.random.default_rng(5)
    teams, service, wave = 1000, 3.0, [1250, 6250, 1250, 1250]
    table = organisations.waiting_over_time(wave, service_rate=service, teams=teams)
    times = np.concatenate(
        [np.sort(rng.uniform(k, k + 1, rng.poisson(n))) for k, n in enumerate(wave)]
    )
    free, started = [0.0] * teams, []
    for time in times:
        start = max(time, heapq.heappop(free))
        started.append(start)
        heapq.heappush(free, start + rng.exponential(1 / service))
    started = np.array(started)
    for row in table.itertuples():
        waiting = ((times <= row.period) & (started > row.period)).sum()
        # Numbers of some thousands have standard deviations below 100.
        assert waiting == pytest.approx(row.backlog, abs=300)
    assert table["backlog"][1] > 2700


def test_the_peak_is_marked_and_the_average_hides_it():
    table = organisations.waiting_over_time([0, 30, 0, 0], service_rate=3, teams=4)
    assert table["peak"].tolist() == [False, True, False, False]
    # The same 30 spread over four periods: 7.5 a year, as `waiting` has it.
    even = organisations.waiting(7.5, service_rate=3, teams=4)["mean_wait"][0]
    assert table["average_wait"].tolist() == [even] * 4
    assert table["stationary_wait"].tolist() == [0, math.inf, 0, 0]
    # Full after ln(10 / 6) / 3 of the year, then 30 - 12 a year more.
    backlog = 18 * (1 - math.log(10 / 6) / 3)
    assert table["backlog"][1] == pytest.approx(backlog)
    assert table["wait"].max() > 5 * even
    calm = organisations.waiting_over_time([1, 2], service_rate=3, teams=4)
    assert not calm["peak"].any()


def test_a_period_of_another_length_is_the_same_rate():
    quarter = organisations.waiting_over_time(
        [2] * 4, service_rate=3, teams=4, period=0.25
    )
    year = organisations.waiting_over_time([8], service_rate=3, teams=4)
    assert quarter["average_wait"][0] == pytest.approx(year["average_wait"][0])
    assert quarter["load"].tolist() == pytest.approx([2 / 3] * 4)
    with pytest.raises(ValueError, match="period= must be above zero"):
        organisations.waiting_over_time([1], service_rate=1, teams=1, period=0)
    with pytest.raises(ValueError, match="arrivals must be >= 0"):
        organisations.waiting_over_time([1, -1], service_rate=1, teams=1)
    with pytest.raises(TypeError, match="teams= takes a whole number"):
        organisations.waiting_over_time([1, 2], service_rate=1, teams=[1, 2])


# --- income


def paid(shares, **more):
    table = pd.DataFrame(
        {"组织": "服务社", "来源": list("abcdefgh")[: len(shares)], "金额": shares}
    )
    return table.assign(**more)


def measured(data, **more):
    found = organisations.income(data, unit="组织", source="来源", value="金额", **more)
    return found.table.iloc[0]


def test_income_of_the_case():
    """Case O2: .7/.1/.1/.1 has an HHI of .52, after reform .285."""
    before = measured(paid([0.7, 0.1, 0.1, 0.1], f="a"), founder="f")
    after = measured(paid([40, 20, 25, 15], f="a"), founder="f")
    assert before["hhi"] == pytest.approx(0.52)
    assert after["hhi"] == pytest.approx(0.285)
    assert before["founder_share"] == pytest.approx(0.7)
    # (.52 - 1/4) / (3/4) and 1 / .52.
    assert before["hhi_normalised"] == pytest.approx(0.36)
    assert before["effective_sources"] == pytest.approx(1 / 0.52)
    assert before["largest_source"] == "a"


@settings(deadline=None, max_examples=50)
@given(st.lists(st.floats(0.01, 1e6), min_size=1, max_size=8))
def test_income_measures_keep_to_their_ranges(amounts):
    row = measured(paid(amounts))
    n = len(amounts)
    assert 1 / n - 1e-12 <= row["hhi"] <= 1 + 1e-12
    assert row["largest_share"] == pytest.approx(max(amounts) / sum(amounts))
    if n == 1:
        assert math.isnan(row["hhi_normalised"])
    else:
        assert -1e-12 <= row["hhi_normalised"] <= 1 + 1e-12


def test_income_adds_payments_and_keeps_organisations_apart():
    data = pd.DataFrame(
        {
            "org": ["y", "x", "y", "x", "y"],
            "from": ["fees", "office", "office", "office", "fees"],
            "yuan": [1, 5, 2, 5, 1],
            "founder": ["residents", "office", "residents", "office", "residents"],
        },
        index=[9, 9, 3, 1, 0],
    )
    found = organisations.income(
        data, unit="org", source="from", value="yuan", founder="founder"
    )
    assert found.table["org"].tolist() == ["x", "y"]
    assert found.table["total"].tolist() == [10, 4]
    assert found.table["hhi"].tolist() == [1, 0.5]
    # On a tie the first in order of names; a founder who pays nothing has none.
    assert found.table["largest_source"].tolist() == ["office", "fees"]
    assert found.table["founder_share"].tolist() == [1, 0]
    assert found.shares.to_numpy().tolist() == [
        ["x", "office", 10, 1.0],
        ["y", "fees", 2, 0.5],
        ["y", "office", 2, 0.5],
    ]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (paid([1, -1]), r"'金额' \(value=\) must be >= 0, but holds -1"),
        (paid([0, 0]), "'服务社' have no income"),
        (paid([1, None]), "1 missing"),
        (paid([1, 2], f=["a", "b"]), "more than one founder"),
        (paid(["1", "2"]), "holds text"),
        (paid([1]).head(0), "no rows; give at least one payment"),
    ],
)
def test_income_refuses(data, words):
    founder = "f" if "f" in data else None
    with pytest.raises(ValueError, match=words):
        measured(data, founder=founder)


def test_income_refuses_names_of_its_own_columns():
    with pytest.raises(ValueError, match="'total' are called like columns"):
        organisations.income(
            paid([1]).rename(columns={"组织": "total"}),
            unit="total",
            source="来源",
            value="金额",
        )


# --- purchases in name only

FOUNDERS = pd.DataFrame(
    {
        "organisation": ["centre", "lift", "club", "centre", "lift", "institute"],
        "founder": ["office", "centre", "residents", "firm", "district", "district"],
    }
)


def nominal(contracts, founders=FOUNDERS, **more):
    return organisations.nominal_purchases(
        contracts,
        founders,
        purchaser="buyer",
        provider="seller",
        unit="organisation",
        founder="founder",
        **more,
    )


def contracts(*pairs, yuan=1):
    buyers, sellers = zip(*pairs, strict=True)
    return pd.DataFrame({"buyer": buyers, "seller": sellers, "yuan": yuan})


def test_chains_of_founders_are_followed():
    """By hand, from the six links above."""
    found = nominal(
        contracts(
            ("office", "centre"),
            ("office", "lift"),
            ("office", "club"),
            ("district", "lift"),
            ("district", "centre"),
            ("elsewhere", "lift"),
            yuan=[10, 20, 30, 40, 50, 0],
        ),
        value="yuan",
    )
    assert found.contracts["in_name_only"].tolist() == [
        True, True, False, True, False, False,
    ]  # fmt: skip
    assert found.contracts["steps"].tolist()[:2] == [1, 2]
    assert found.contracts["steps"].isna().tolist() == [
        False, False, True, False, True, True,
    ]  # fmt: skip
    assert found.contracts["chain"][1] == "office → centre → lift"
    assert found.contracts["chain"][3] == "district → lift"
    table = found.table
    assert table["buyer"].tolist()[:3] == ["district", "elsewhere", "office"]
    assert table["buyer"].isna().tolist() == [False, False, False, True]
    assert table["contracts"].tolist() == [2, 1, 3, 6]
    assert table["in_name_only"].tolist() == [1, 0, 2, 3]
    assert table["share"].tolist() == pytest.approx([1 / 2, 0, 2 / 3, 1 / 2])
    assert table["amount_in_name_only"].tolist() == [40, 0, 30, 70]
    # A purchaser that pays nothing has no share of an amount.
    assert table["amount_share"].tolist() == pytest.approx(
        [40 / 90, math.nan, 30 / 60, 70 / 150], nan_ok=True
    )


def test_parties_may_be_categories():
    pairs = contracts(("office", "lift"), ("office", "club"))
    found = nominal(pairs.drop(columns="yuan").astype("category"))
    assert found.contracts["in_name_only"].tolist() == [True, False]
    assert "amount" not in found.table


@pytest.mark.parametrize(
    ("contracts", "founders", "words"),
    [
        (contracts(("office", "choir")), FOUNDERS, "no row in founders: 'choir'"),
        (contracts(("lift", "lift")), FOUNDERS, "same purchaser and provider"),
        (contracts(("office", "lift")).head(0), FOUNDERS, "no rows"),
        (
            contracts(("a", "b")),
            pd.DataFrame({"organisation": ["a", "b"], "founder": ["b", "a"]}),
            "circle",
        ),
        (
            contracts(("a", "b")),
            pd.DataFrame({"organisation": ["b"], "founder": ["b"]}),
            "circle: 'b'",
        ),
        (contracts(("a", None)), FOUNDERS, "1 missing"),
        (contracts(("a", "lift")).assign(chain=1), FOUNDERS, "rename"),
        (contracts(("a", "lift"), yuan=-1), FOUNDERS, "contracts column 'yuan'"),
    ],
)
def test_nominal_purchases_refuse(contracts, founders, words):
    with pytest.raises(ValueError, match=words):
        nominal(contracts, founders, value="yuan")


# --- the scale

NAMES = list(ITEMS.columns)
TURNED = {"items": NAMES, "reverse": ["ordered"], "limits": (1, 5)}


def test_alpha_is_that_of_psych():
    """R psych::alpha and alpha.ci (Feldt)."""
    scale = organisations.reliability(ITEMS, **TURNED)
    row = scale.table.set_index("term").loc["alpha"]
    expected = reference("scale").loc["alpha"]
    for column in ("estimate", "conf_low", "conf_high"):
        assert row[column] == pytest.approx(expected[column], rel=1e-10)
    assert scale.n == 300


@pytest.mark.parametrize(
    ("case", "how"), [("scale", TURNED), ("three", {"items": NAMES[:3]})]
)
def test_omega_is_that_of_lavaan(case, how):
    """R lavaan: omega as a defined parameter, error from the expected information."""
    scale = organisations.reliability(ITEMS, **how)
    row = scale.table.set_index("term").loc["omega"]
    expected = reference(case).loc["omega"]
    # lavaan stops at a relative change of 1e-10 in the likelihood.
    assert row["estimate"] == pytest.approx(expected["estimate"], rel=1e-6)
    assert row["std_error"] == pytest.approx(expected["std_error"], rel=1e-5)
    # Symmetric in log odds.
    logit = [math.log(p / (1 - p)) for p in row[["conf_low", "estimate", "conf_high"]]]
    assert logit[1] == pytest.approx((logit[0] + logit[2]) / 2)
    spread = row["std_error"] / (row["estimate"] * (1 - row["estimate"]))
    assert logit[2] - logit[1] == pytest.approx(1.959964 * spread)


@pytest.mark.parametrize(
    ("case", "rel"),
    [
        ("item_total", 1e-10),
        ("item_rest", 1e-10),
        ("alpha_if_dropped", 1e-10),
        # factanal stops earlier than we do.
        ("loading", 1e-4),
    ],
)
def test_items_are_those_of_psych_and_factanal(case, rel):
    items = organisations.reliability(ITEMS, **TURNED).items
    expected = reference(case)["estimate"].loc[NAMES]
    assert items[case].tolist() == pytest.approx(expected.tolist(), rel=rel)


def test_reversed_items_are_found():
    """As psych::alpha(check.keys = TRUE) finds them."""
    table = organisations.item_analysis(ITEMS, items=NAMES)
    keys = reference("keys")["estimate"].loc[NAMES]
    assert (table["reversed"].to_numpy() == (keys < 0).to_numpy()).all()
    assert table["reversed"].sum() == 1
    with pytest.raises(ValueError, match="'ordered' run against"):
        organisations.reliability(ITEMS, items=NAMES)
    turned = organisations.reliability(ITEMS, **TURNED).items.set_index("item")
    assert not turned["reversed"].any()
    means = turned["mean"] - ITEMS.mean()
    assert means["ordered"] == pytest.approx(6 - 2 * ITEMS["ordered"].mean())
    assert means.drop("ordered").abs().max() == 0


def test_two_items_that_contradict_each_other_are_no_scale():
    """Their weights balance exactly; the first counts as worded the right way."""
    data = pd.DataFrame({"a": [1, 2, 3, 4, 5], "b": [4, 5, 3, 1, 2]})
    table = organisations.item_analysis(data, items=["a", "b"])
    assert table["reversed"].tolist() == [False, True]
    with pytest.raises(ValueError, match="'b' run against"):
        organisations.reliability(data, items=["a", "b"])


def test_items_that_cancel_out_have_no_alpha_without_the_third():
    data = pd.DataFrame(
        {"a": [1, 2, 3, 4, 5], "b": [5, 4, 3, 2, 1], "c": [2, 1, 3, 5, 4]}
    )
    table = organisations.item_analysis(data, items=["a", "b", "c"]).set_index("item")
    assert table["alpha_if_dropped"].isna().tolist() == [False, False, True]
    assert math.isnan(table.loc["c", "item_rest"])
    # a and c: Spearman-Brown of .8.
    assert table.loc["b", "alpha_if_dropped"] == pytest.approx(1.6 / 1.8)


def test_equal_items_have_alpha_equal_to_omega():
    """Parallel items: every covariance alike, both are k r / (1 + (k - 1) r)."""
    r, k = 0.4, 5
    root = np.linalg.cholesky(np.full((k, k), r) + (1 - r) * np.eye(k))
    noise = np.random.default_rng(1).normal(size=(50, k))
    noise -= noise.mean(axis=0)
    white = noise @ np.linalg.inv(np.linalg.cholesky(np.cov(noise.T))).T
    data = pd.DataFrame(white @ root.T, columns=list("abcde"))
    table = organisations.reliability(data, items=list("abcde")).table
    expected = k * r / (1 + (k - 1) * r)
    assert table["estimate"].tolist() == pytest.approx([expected] * 2, rel=1e-6)


def test_two_items_have_alpha_only():
    """Spearman-Brown for equal variances: 2 r / (1 + r), r = .8."""
    data = pd.DataFrame({"a": [1, 2, 3, 4, 5], "b": [2, 1, 3, 5, 4]})
    scale = organisations.reliability(data, items=["a", "b"])
    assert scale.table["estimate"][0] == pytest.approx(2 * 0.8 / 1.8)
    assert scale.table["estimate"].isna().tolist() == [False, True]
    assert scale.items["alpha_if_dropped"].isna().all()


def test_a_heywood_case_has_no_omega():
    """Correlations .9, .9 and .65 would need a loading of sqrt(.81 / .65) > 1."""
    r = np.array([[1, 0.9, 0.9], [0.9, 1, 0.65], [0.9, 0.65, 1]])
    noise = np.random.default_rng(1).normal(size=(40, 3))
    noise -= noise.mean(axis=0)
    white = noise @ np.linalg.inv(np.linalg.cholesky(np.cov(noise.T))).T
    data = pd.DataFrame(white @ np.linalg.cholesky(r).T, columns=["甲", "乙", "丙"])
    scale = organisations.reliability(data, items=["甲", "乙", "丙"])
    assert scale.heywood == ("甲",)
    assert math.isnan(scale.table["estimate"][1])


@pytest.mark.parametrize(
    ("change", "how", "error", "words"),
    [
        ({}, {"items": ["staff"]}, ValueError, "at least two columns"),
        ({}, {"items": "staff"}, TypeError, "takes a list"),
        ({}, {"items": ["staff", "staff"]}, ValueError, "each once"),
        ({}, {"items": ["staff", "buget"]}, ValueError, "did you mean 'budget'"),
        ({"staff": 3}, {"items": NAMES[:3]}, ValueError, "'staff' have the same"),
        ({"staff": np.nan}, {"items": NAMES[:3]}, ValueError, "300 missing"),
        ({"staff": 99}, {**TURNED}, ValueError, "'staff' have the same"),
        ({}, {"items": NAMES, "reverse": ["ordered"]}, ValueError, "needs limits="),
        ({}, {**TURNED, "limits": (1, 4)}, ValueError, "outside limits= 1 to 4"),
        ({}, {**TURNED, "limits": (5, 1)}, ValueError, "lowest answer, then"),
        ({}, {**TURNED, "reverse": ["oder"]}, ValueError, "did you mean 'ordered'"),
        ({}, {**TURNED, "reverse": "ordered"}, TypeError, "takes a list"),
        ({}, {**TURNED, "conf_level": 1}, ValueError, "conf_level="),
    ],
)
def test_reliability_refuses(change, how, error, words):
    with pytest.raises(error, match=words):
        organisations.reliability(ITEMS.assign(**change), **how)


def test_reliability_needs_more_rows_than_items():
    with pytest.raises(ValueError, match="6 rows are too few for 6 items"):
        organisations.reliability(ITEMS.head(6), **TURNED)


# --- survival


def lasting(data=LIVES, **how):
    how = {"time": "age", "outcome": "dissolved"} | how
    return organisations.survival(data, **how)


def compare(curve, median, case):
    expected = reference(case)
    assert curve["time"].tolist() == [0, *expected.index.astype(float)]
    at_risk = reference(f"{case} at risk")["estimate"].tolist()
    assert curve["at_risk"].tolist()[1:] == at_risk
    for column in ("estimate", "std_error", "conf_low", "conf_high"):
        assert curve[column].tolist()[1:] == pytest.approx(
            expected[column].tolist(), rel=1e-9, nan_ok=True
        ), column
    of_half = reference(f"{case} median").iloc[0]
    for column in ("estimate", "conf_low", "conf_high"):
        assert median[column] == of_half[column]


@pytest.mark.parametrize(("case", "entry"), [("whole", None), ("late", "entry")])
def test_curve_is_that_of_survfit(case, entry):
    """R survival::survfit(conf.type = "log-log"), many ties; also with late entry."""
    found = lasting(entry=entry)
    compare(found.table, found.medians.iloc[0], case)
    assert found.test is None


def test_curves_by_group_are_those_of_survfit_and_survdiff():
    found = lasting(group="founder")
    for row, case in enumerate(["office", "residents"]):
        curve = found.table[found.table["founder"] == case]
        compare(curve, found.medians.iloc[row], case)
    expected = reference("log-rank")["estimate"].iloc[0]
    assert found.test["statistic"][0] == pytest.approx(expected, rel=1e-9)
    assert found.test["degrees_of_freedom"][0] == 1
    assert found.test["p_value"][0] < 0.001


def test_log_rank_with_late_entry_is_the_score_test_of_cox():
    """R survival::coxph(Surv(entry, time, event))$score, no ties."""
    found = lasting(time="exact", entry="since", group="founder")
    expected = reference("log-rank late")["estimate"].iloc[0]
    assert found.test["statistic"][0] == pytest.approx(expected, rel=1e-8)


def test_forgetting_late_entry_flatters():
    """Those who died before the register began are not in it."""
    late = lasting(entry="entry").table
    naive = lasting().table
    assert (late["estimate"] <= naive["estimate"]).all()


def test_requests_of_the_case():
    """Case R5: events 1,2,3,3,5,7,10,14, open at 15,15: S falls by hand."""
    data = pd.DataFrame(
        {"day": [1, 2, 3, 3, 5, 7, 10, 14, 15, 15], "closed": [1] * 8 + [0] * 2}
    )
    found = lasting(data, time="day", outcome="closed")
    assert found.table["estimate"].tolist() == pytest.approx(
        [1, 0.9, 0.8, 0.6, 0.5, 0.4, 0.3, 0.2]
    )
    assert found.medians["estimate"][0] == 5


def test_clustered_lives_are_those_of_lifecycle():
    """Which are those of R: tests/test_lifecycle.py."""
    data = LIVES.assign(place=np.arange(len(LIVES)) % 30)
    how = {"entry": "entry", "group": "founder", "cluster": "place"}
    mine = lasting(data, **how)
    theirs = lifecycle.survival_curve(data, time="age", outcome="dissolved", **how)
    pd.testing.assert_frame_equal(mine.table, theirs.table)
    pd.testing.assert_frame_equal(mine.medians, theirs.medians)
    assert mine.test is None
    assert not mine.table["std_error"].equals(lasting(group="founder").table.std_error)


def test_nobody_dissolved_is_a_flat_curve():
    data = pd.DataFrame({"age": [2, 3], "dissolved": [False, False]})
    found = lasting(data)
    assert found.table["estimate"].tolist() == [1]
    assert found.medians["estimate"][0] == math.inf


def test_everybody_dissolved_ends_at_zero():
    data = pd.DataFrame({"age": [2, 3], "dissolved": [True, True]})
    table = lasting(data).table
    assert table["estimate"].tolist() == pytest.approx([1, 0.5, 0])
    assert table["conf_high"].isna().tolist() == [False, False, True]


@pytest.mark.parametrize(
    ("change", "how", "words"),
    [
        ({"age": 0}, {}, r"'age' \(time=\) must be above zero"),
        ({"dissolved": 2}, {}, "true and false"),
        ({"dissolved": np.nan}, {}, "missing"),
        ({"entry": 99}, {"entry": "entry"}, "is not below 'age'"),
        ({"entry": -1}, {"entry": "entry"}, "must be >= 0"),
        ({"founder": "office"}, {"group": "founder"}, "one group only"),
        ({"dissolved": 0}, {"group": "founder"}, "false in every row"),
        ({"time": 1}, {"time": "tme"}, "did you mean"),
    ],
)
def test_survival_refuses(change, how, words):
    with pytest.raises(ValueError, match=words):
        lasting(LIVES.assign(**change), **how)


def test_survival_refuses_an_empty_table_and_an_emptied_risk_set():
    with pytest.raises(ValueError, match="no rows"):
        lasting(LIVES.head(0))
    data = pd.DataFrame({"age": [1, 5, 6], "dissolved": 1, "entry": [0, 2, 2]})
    with pytest.raises(ValueError, match="all 1 under observation at age 1"):
        lasting(data, entry="entry")


# --- survivorship


def lives(n, seed):
    rng = np.random.default_rng(seed)
    office = rng.random(n) < 0.5
    autonomy = rng.normal(np.where(office, 2.0, 5.0), 1)
    dissolved = rng.random(n) < np.where(office, 0.3, 0.7)
    founder = np.where(office, "街道", "居民")
    return pd.DataFrame({"a": autonomy, "dissolved": dissolved, "founder": founder})


def seen(data, **how):
    return organisations.survivorship(data, value="a", outcome="dissolved", **how)


def test_survivorship_by_hand():
    """Alive 2, 6 and 6, dissolved 4: 14/3 against 18/4."""
    data = pd.DataFrame(
        {"a": [2.0, 4, 6, 6], "dissolved": [0, 1, 0, 0], "g": ["x", "x", "y", "y"]}
    )
    table = seen(data, group="g").set_index("term")["estimate"]
    # Group x: half of all, mean of its living 2; group y: half, mean 6.
    assert table.to_dict() == pytest.approx(
        {"survivors": 14 / 3, "reweighted": 4, "all": 4.5, "bias": 14 / 3 - 4.5}
    )


def test_survivorship_errors_are_those_of_redrawing():
    """A bootstrap of rows in numpy: 1,000 draws have a relative error of 2 %."""
    data = lives(400, 2)
    table = seen(data, group="founder").set_index("term")
    rng = np.random.default_rng(3)
    value, alive = data["a"].to_numpy(), ~data["dissolved"].to_numpy()
    office = (data["founder"] == "街道").to_numpy()
    draws = []
    for _ in range(1000):
        rows = rng.integers(400, size=400)
        y, here, mine = value[rows], alive[rows], office[rows]
        groups = [y[here & mine].mean(), y[here & ~mine].mean()]
        reweighted = np.average(groups, weights=[mine.mean(), 1 - mine.mean()])
        living, everyone = y[here].mean(), y.mean()
        draws.append([living, reweighted, everyone, living - everyone])
    assert table["std_error"].tolist() == pytest.approx(np.std(draws, axis=0), rel=0.1)
    # The mean of all is a plain mean.
    assert table.loc["all", "std_error"] == pytest.approx(data["a"].sem())
    assert table["p_value"].isna().tolist() == [True, True, True, False]


def test_copies_in_a_cluster_add_nothing_to_what_is_known():
    data = lives(60, 5).assign(of=range(60))
    once = seen(data, group="founder")
    thrice = seen(pd.concat([data] * 3), group="founder", cluster="of")
    pd.testing.assert_frame_equal(thrice, once)


def test_reweighting_corrects_and_needs_no_values_of_the_dissolved():
    data = lives(20_000, 4)
    known = seen(data, group="founder").set_index("term")["estimate"]
    blind = data.assign(a=data["a"].where(~data["dissolved"]))
    asked = seen(blind, group="founder").set_index("term")["estimate"]
    assert asked.index.tolist() == ["survivors", "reweighted"]
    assert asked.to_dict() == known[asked.index].to_dict()
    # Half and half of 2 and 5; seen .7 x 2 and .3 x 5.
    assert known["survivors"] == pytest.approx(2.9, abs=0.05)
    assert known["reweighted"] == pytest.approx(3.5, abs=0.05)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ({"a": [1, None, 3], "dissolved": [0, 0, 1]}, "1 missing"),
        ({"a": [1, 2, 3, None], "dissolved": [0, 0, 1, 1]}, "1 missing"),
        ({"a": [1, 2, 3], "dissolved": [0, 1, 1]}, "1 living and 2 dissolved"),
        ({"a": [1, 2, 3], "dissolved": [0, 0, 0]}, "3 living and 0 dissolved"),
        ({"a": [1, 2, 3], "dissolved": [0, 0, 1], "g": list("xxy")}, "'y' of 'g'"),
    ],
)
def test_survivorship_refuses(rows, words):
    data = pd.DataFrame(rows)
    with pytest.raises(ValueError, match=words):
        seen(data, group="g" if "g" in data else None)
