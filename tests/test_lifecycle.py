"""
Time with open cases, event logs, rights, layers and staff, against R and hand counts.

Stored numbers come from tests/reference/lifecycle.R, versions beside it. What the plan
and the log have in common was also compared with pm4py outside the project; the figures
are in the tests that say so.
"""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from govlib import lifecycle
from govlib.lifecycle import CYCLE

REFERENCE = Path(__file__).parent / "reference"
# R and statsmodels solve for the same maximum; measured gap 2e-9 of a coefficient.
TIGHT = {"rel": 1e-6, "abs": 1e-9}
COX = "days ~ kind + delegated + load"


def read(name):
    return pd.read_csv(REFERENCE / name, encoding="utf-8", skipinitialspace=True)


NUMBERS = read("lifecycle.csv")
MATTERS = read("lifecycle_matters.csv")


def reference(case):
    found = NUMBERS[NUMBERS["case"] == case]
    assert len(found)
    return found.set_index("term")


def close(mine, theirs, **how):
    return mine == pytest.approx(
        np.asarray(theirs, dtype=float), nan_ok=True, **(how or TIGHT)
    )


# --- durations and curves

SEEN = {"start": "opened", "end": "closed"}


def test_durations_as_of_a_day():
    matters = pd.DataFrame({"opened": [0, 60, 120], "closed": [30, 110, np.nan]})
    early = lifecycle.durations(matters, **SEEN, until=100)
    assert early["duration"].tolist() == [30, 40]
    assert early["finished"].tolist() == [True, False]
    late = lifecycle.durations(matters, **SEEN, until=130)
    assert late["duration"].tolist() == [30, 50, 10]
    assert late["finished"].tolist() == [True, True, False]


def test_durations_of_dates_are_days():
    days = pd.DataFrame(
        {
            "opened": pd.to_datetime(["2024-01-01 00:00", "2024-01-03 12:00"]),
            "closed": pd.to_datetime(["2024-01-02 06:00", None]),
        }
    )
    table = lifecycle.durations(days, **SEEN, until="2024-01-05")
    assert table["duration"].tolist() == [1.25, 1.5]
    zoned = days.apply(lambda c: c.dt.tz_localize("Asia/Shanghai"))
    until = pd.Timestamp("2024-01-05", tz="Asia/Shanghai")
    # A moment in another zone is the same moment; only its writing differs.
    moved = lifecycle.durations(zoned, **SEEN, until=until)
    assert moved["duration"].tolist() == [1.25, 1.5]


@pytest.mark.parametrize(
    ("data", "until", "error", "words"),
    [
        ({"opened": [5], "closed": [3]}, 9, ValueError, "before or at the moment"),
        ({"opened": [5], "closed": [5]}, 9, ValueError, r"1 row\(s\) are closed"),
        ({"opened": [5.0, None], "closed": [6, 7]}, 9, ValueError, "missing"),
        ({"opened": [5], "closed": [6]}, 2, ValueError, "nothing was opened"),
        ({"opened": ["5"], "closed": [6]}, 9, ValueError, "to_datetime"),
        ({"opened": [5], "closed": [6]}, "9", TypeError, "holds numbers"),
        ({"opened": [], "closed": []}, 9, ValueError, "no rows"),
    ],
)
def test_durations_refuse(data, until, error, words):
    with pytest.raises(error, match=words):
        lifecycle.durations(pd.DataFrame(data), **SEEN, until=until)


HOW = {"time": "days", "outcome": "closed"}


@pytest.mark.parametrize("interval", ["log-log", "log", "plain"])
def test_curve_is_that_of_r(interval):
    """R survival::survfit with the conf.type of the same name, many ties."""
    curve = lifecycle.survival_curve(MATTERS, **HOW, interval=interval)
    mine, theirs = curve.table.iloc[1:], reference(interval)
    assert close(mine["time"].to_numpy(), theirs.index)
    assert close(
        mine["at_risk"].to_numpy(), reference(f"{interval} at risk")["estimate"]
    )
    # R leaves out the bounds where nobody is left.
    some = (mine["estimate"] > 0).to_numpy()
    for column in ("estimate", "std_error", "conf_low", "conf_high"):
        assert close(mine[column].to_numpy()[some], theirs[column][some])
    of_half = reference(f"{interval} median").iloc[0]
    row = curve.medians.iloc[0]
    for column in ("estimate", "conf_low", "conf_high"):
        assert row[column] == pytest.approx(of_half[column])


def test_curve_with_late_entry_is_that_of_r():
    curve = lifecycle.survival_curve(MATTERS, **HOW, entry="since").table.iloc[1:]
    theirs = reference("late")
    some = (curve["estimate"] > 0).to_numpy()
    for column in ("estimate", "std_error", "conf_low", "conf_high"):
        assert close(curve[column].to_numpy()[some], theirs[column][some])


def test_log_rank_is_that_of_r():
    test = lifecycle.survival_curve(MATTERS, **HOW, group="kind").test
    assert close(test["statistic"].to_numpy(), reference("log-rank")["estimate"])
    assert test["degrees_of_freedom"].tolist() == [2]


def test_restricted_means_are_those_of_r():
    """R survival: summary(fit, rmean = 40)."""
    table = lifecycle.restricted_mean(MATTERS, **HOW, horizon=40, group="kind")
    theirs = reference("restricted mean")
    means = table[table["term"] == "restricted_mean"]
    assert means["kind"].tolist() == theirs.index.tolist()
    for column in ("estimate", "std_error"):
        assert close(means[column].to_numpy(), theirs[column])
    difference = table[table["term"] == "difference"].iloc[0]
    first, second = theirs["estimate"].iloc[:2]
    assert difference["kind"] == "repair"
    assert difference["estimate"] == pytest.approx(second - first)
    both = np.hypot(*theirs["std_error"].iloc[:2])
    assert difference["std_error"] == pytest.approx(both)
    assert difference["statistic"] == pytest.approx((second - first) / both)


# g / (g - 1), which R leaves out.
INFLATED = np.sqrt(
    MATTERS["community"].nunique() / (MATTERS["community"].nunique() - 1)
)
BY_PLACE = {**HOW, "cluster": "community"}


@pytest.mark.parametrize(
    ("case", "entry"), [("clustered", None), ("late clustered", "since")]
)
def test_clustered_curve_is_that_of_r(case, entry, monkeypatch):
    """R survival::survfit(cluster =, robust = TRUE), also a few clusters at a time."""
    found = lifecycle.survival_curve(MATTERS, **BY_PLACE, entry=entry)
    curve = found.table.iloc[1:]
    some = (curve["estimate"] > 0).to_numpy()
    theirs = reference(case)[some]
    for column, times in (("estimate", 1), ("std_error", INFLATED)):
        assert close(curve[column].to_numpy()[some], times * theirs[column])
    # Symmetric in log(-log), t with one degree less than the 24 clusters.
    s, error = (curve[name].to_numpy()[some] for name in ("estimate", "std_error"))
    reach = np.exp(stats.t.ppf(0.975, 23) * error / (s * -np.log(s)))
    assert close(curve["conf_low"].to_numpy()[some], s**reach)
    monkeypatch.setattr("govlib._survival.BLOCK", 100)
    again = lifecycle.survival_curve(MATTERS, **BY_PLACE, entry=entry)
    pd.testing.assert_frame_equal(again.table, found.table, rtol=1e-12)


def test_clustered_restricted_means_and_differences_are_those_of_r():
    """R survival::pseudo(type = "rmst"), influences summed by community."""
    table = lifecycle.restricted_mean(MATTERS, **BY_PLACE, horizon=40, group="kind")
    theirs = reference("restricted mean clustered")
    assert close(table["estimate"].to_numpy(), theirs["estimate"])
    assert close(table["std_error"].to_numpy(), INFLATED * theirs["std_error"])
    places = MATTERS.groupby("kind")["community"].nunique() - 1
    # Welch: that of the sum of two variances.
    square = theirs["std_error"].iloc[:3].to_numpy() ** 2
    welch = [
        (square[0] + square[k]) ** 2
        / (square[0] ** 2 / places.iloc[0] + square[k] ** 2 / places.iloc[k])
        for k in (1, 2)
    ]
    assert close(table["degrees_of_freedom"].to_numpy(), [*places, *welch])


def test_rows_as_their_own_clusters_have_the_error_of_greenwood():
    rows = MATTERS.assign(row=range(len(MATTERS)))
    inflated = np.sqrt(len(rows) / (len(rows) - 1))
    for measure, how in (
        (lifecycle.finished_by, {"limit": [3, 10, 30], "group": "kind"}),
        (lifecycle.restricted_mean, {"horizon": 40}),
    ):
        alone, own = (
            measure(rows, **HOW, **how),
            measure(rows, **HOW, **how, cluster="row"),
        )
        assert close(own["std_error"].to_numpy(), inflated * alone["std_error"])


def test_copies_in_a_cluster_add_nothing():
    copies = pd.concat([MATTERS.assign(of=range(len(MATTERS)))] * 3)
    once = lifecycle.finished_by(
        copies.drop_duplicates("of"), **HOW, limit=10, cluster="of"
    )
    thrice = lifecycle.finished_by(copies, **HOW, limit=10, cluster="of")
    columns = ["estimate", "std_error", "conf_low", "conf_high"]
    assert close(thrice[columns].iloc[0].to_numpy(), once[columns].iloc[0])


def test_clusters_leave_no_log_rank_test_and_need_two_in_each_group():
    assert lifecycle.survival_curve(MATTERS, **BY_PLACE, group="kind").test is None
    few = MATTERS[(MATTERS["kind"] != "repair") | (MATTERS["community"] == "C02")]
    with pytest.raises(ValueError, match=r"'repair' of 'kind' have rows of one clust"):
        lifecycle.survival_curve(few, **BY_PLACE, group="kind")
    with pytest.raises(ValueError, match="only one cluster of 'community'"):
        lifecycle.survival_curve(few[few["community"] == "C02"], **BY_PLACE)


def test_restricted_mean_of_finished_ones_is_the_mean_of_capped_times():
    data = pd.DataFrame({"days": [4, 1, 9, 2], "closed": 1})
    table = lifecycle.restricted_mean(data, **HOW, horizon=5)
    assert table["estimate"][0] == pytest.approx((4 + 1 + 5 + 2) / 4)
    beyond = lifecycle.restricted_mean(data, **HOW, horizon=20)
    assert beyond["estimate"][0] == pytest.approx(16 / 4)


def test_finished_by_is_one_less_the_curve_of_r():
    table = lifecycle.finished_by(MATTERS, **HOW, limit=[10, 30], group="kind")
    for kind, mine in table.groupby("kind"):
        theirs = reference(f"by {kind}")
        for column in ("estimate", "std_error", "conf_low", "conf_high"):
            assert close(mine[column].to_numpy(), theirs[column])


def test_finished_by_beside_what_is_often_reported():
    """By hand: 8 opened, 6 closed, 4 of them by day 7 (7 included), 1 open younger."""
    data = pd.DataFrame(
        {"days": [1, 3, 5, 7, 9, 12, 3, 15], "closed": [1, 1, 1, 1, 1, 1, 0, 0]}
    )
    row = lifecycle.finished_by(data, **HOW, limit=7).iloc[0]
    assert (row["n"], row["still_open"]) == (8, 1)
    assert row["of_closed"] == pytest.approx(4 / 6)
    assert row["of_opened"] == pytest.approx(4 / 8)
    # At risk 8, 7 (one censored after the second), 5, 4: the product of survivals.
    assert row["estimate"] == pytest.approx(1 - 7 / 8 * 6 / 7 * 4 / 5 * 3 / 4)


def test_the_median_of_ten_requests():
    """Closed at 1, 2, 3, 3, 5, 7, 10, 14, open at 15, 15: half take longer than 5."""
    data = pd.DataFrame(
        {"days": [14, 1, 15, 2, 3, 3, 5, 15, 7, 10], "closed": [1, 1, 0] + [1] * 7}
    )
    data.loc[7, "closed"] = 0
    curve = lifecycle.survival_curve(data, **HOW)
    assert curve.medians["estimate"][0] == 5
    assert curve.table["estimate"].iloc[-1] == pytest.approx(0.2)
    assert data.loc[data["closed"] == 1, "days"].mean() == pytest.approx(5.625)


@pytest.mark.parametrize(
    ("call", "change", "how", "words"),
    [
        ("survival_curve", {"closed": 0}, {}, "false in all 260 row"),
        ("survival_curve", {"days": 0}, {}, "above zero"),
        ("survival_curve", {}, {"interval": "loglog"}, "did you mean 'log-log'"),
        ("survival_curve", {}, {"entry": "days"}, "never under observation"),
        ("survival_curve", {}, {"group": "none"}, "no column 'none'"),
        ("restricted_mean", {"closed": 0}, {"horizon": 5}, "everything is still open"),
        ("restricted_mean", {}, {"horizon": 0}, "above zero"),
        ("finished_by", {}, {"limit": [5, 500]}, "within what was watched"),
        ("finished_by", {"closed": 0}, {"limit": 5}, "everything is still open"),
    ],
)
def test_curves_refuse(call, change, how, words):
    with pytest.raises(ValueError, match=words):
        getattr(lifecycle, call)(MATTERS.assign(**change), **HOW, **how)


def test_restricted_mean_refuses_a_horizon_that_nobody_reached():
    data = pd.DataFrame({"days": [3, 8, 5], "closed": [1, 0, 1]})
    assert len(lifecycle.restricted_mean(data, **HOW, horizon=8))
    with pytest.raises(ValueError, match="beyond the longest time watched, 8"):
        lifecycle.restricted_mean(data, **HOW, horizon=8.5)


# --- Cox


@pytest.mark.parametrize(
    ("case", "formula", "how"),
    [
        ("efron", COX, {}),
        ("breslow", COX, {"ties": "breslow"}),
        ("late entry", COX, {"entry": "since"}),
        ("strata", "days ~ delegated + load", {"strata": "kind"}),
        ("clusters", COX, {"cluster": "community"}),
        ("clusters breslow", COX, {"cluster": "community", "ties": "breslow"}),
        ("late clusters", COX, {"cluster": "community", "entry": "since"}),
        (
            "strata clusters",
            "days ~ delegated + load",
            {"strata": "kind", "cluster": "community"},
        ),
    ],
)
def test_cox_is_that_of_r(case, formula, how):
    """R survival::coxph, exact covariance and, with a cluster, its robust errors."""
    fit = lifecycle.cox(MATTERS, formula, outcome="closed", **how)
    theirs = reference(case)
    mine = fit.table.assign(
        term=fit.table["term"].str.replace("[T.", "").str.rstrip("]")
    ).set_index("term")
    assert set(mine.index) == set(theirs.index)
    mine = mine.loc[theirs.index]
    # Newton stops when a step is small; the gap measured is below 1e-6 of an error.
    assert close(mine["estimate"].to_numpy(), theirs["estimate"], abs=1e-6)
    assert close(mine["std_error"].to_numpy(), theirs["std_error"], rel=1e-5)
    likelihood = reference(f"{case} log likelihood")["estimate"].iloc[0]
    assert fit.log_likelihood == pytest.approx(likelihood, rel=1e-8)
    assert mine["hazard_ratio"].tolist() == pytest.approx(np.exp(mine["estimate"]))


def test_cox_drops_missing_rows_and_says_how_many():
    holes = MATTERS.assign(load=MATTERS["load"].where(MATTERS.index >= 10))
    fit = lifecycle.cox(holes, COX, outcome="closed")
    assert (fit.n, fit.n_dropped) == (250, 10)
    rest = lifecycle.cox(MATTERS.iloc[10:], COX, outcome="closed")
    pd.testing.assert_frame_equal(fit.table, rest.table)
    assert "10 dropped" in str(fit)
    assert fit.statsmodels().params == pytest.approx(fit.table["estimate"], abs=1e-12)


def test_cox_does_not_mind_the_order_of_rows():
    mixed = MATTERS.sample(frac=1, random_state=1)
    how = {"outcome": "closed", "cluster": "community", "entry": "since"}
    one, other = (lifecycle.cox(data, COX, **how) for data in (MATTERS, mixed))
    pd.testing.assert_frame_equal(one.table, other.table, rtol=1e-8)


@pytest.mark.parametrize(
    ("change", "formula", "words"),
    [
        ({}, "days ~ 1", "no regressor"),
        ({"closed": 0}, COX, "everything is still open"),
        ({"days": -1}, COX, "not above zero"),
        ({"twice": MATTERS["load"] * 2}, "days ~ load + twice", "combination"),
        ({"same": MATTERS["closed"]}, "days ~ same", "separates"),
        ({}, "days ~ laod", "laod"),
    ],
)
def test_cox_refuses(change, formula, words):
    with pytest.raises(ValueError, match=words):
        lifecycle.cox(MATTERS.assign(**change), formula, outcome="closed")


def test_a_state_that_changes_on_the_way():
    """R: tmerge with tdc, then coxph(Surv(tstart, tstop, ended) ~ after)."""
    change = np.where(MATTERS["delegated"] == 1, 8.0, np.nan)
    data = MATTERS.assign(matter=np.arange(len(MATTERS)), change=change)
    spells = lifecycle.split_at(data, unit="matter", **HOW, at="change")
    fit = lifecycle.cox(spells, "days ~ after", outcome="closed", entry="entry")
    theirs = reference("changing")
    assert close(fit.table["estimate"].to_numpy(), theirs["estimate"])
    assert close(fit.table["std_error"].to_numpy(), theirs["std_error"])
    # Nothing is lost: every end stays, and the time observed adds up.
    assert spells["closed"].sum() == data["closed"].sum()
    assert (spells["days"] - spells["entry"]).sum() == data["days"].sum()


def test_split_at_by_hand():
    staff = pd.DataFrame(
        {"w": [1, 2, 3], "t": [5.0, 4, 4], "gone": [1, 1, 0], "at": [5, 0, 1.5]}
    )
    how = {"unit": "w", "time": "t", "outcome": "gone", "at": "at"}
    parts = lifecycle.split_at(staff, **how)
    # A change at the very end was not lived to see; one at 0 held from the start.
    assert parts[["w", "entry", "t", "gone", "after"]].to_numpy().tolist() == [
        [1, 0.0, 5.0, 1, False],
        [2, 0.0, 4.0, 1, True],
        [3, 0.0, 1.5, 0, False],
        [3, 1.5, 4.0, 0, True],
    ]
    with pytest.raises(ValueError, match="is negative"):
        lifecycle.split_at(staff.assign(at=-1), **how)
    with pytest.raises(ValueError, match="name each row once"):
        lifecycle.split_at(staff.assign(w=1), **how)
    with pytest.raises(ValueError, match="called like"):
        lifecycle.split_at(staff.assign(after=1), **how)


def test_rates_are_those_of_r():
    """R poisson.test(84, 12) and poisson.test(c(84, 120), c(12, 30))."""
    data = pd.DataFrame(
        {
            "years": [12 / 84] * 84 + [30 / 120] * 120,
            "event": 1,
            "with": [True] * 84 + [False] * 120,
        }
    )
    how = {"time": "years", "outcome": "event"}
    table = lifecycle.event_rate(data, **how, group="with").set_index("term")
    theirs = reference("rate")
    for mine, name in (
        (table.loc["rate"].iloc[1], "with"),
        (table.loc["ratio"], "ratio"),
    ):
        for column in ("estimate", "conf_low", "conf_high"):
            assert mine[column] == pytest.approx(theirs.loc[name, column], rel=1e-6)
    none = lifecycle.event_rate(data.assign(event=0), **how).iloc[0]
    # The exact upper limit of no event in 42 years: -log(0.025) / 42.
    assert none["conf_high"] == pytest.approx(-np.log(0.025) / 42)
    assert (none["estimate"], none["conf_low"]) == (0, 0)


# --- the log

WAY = {"unit": "matter", "activity": "stage", "time": "day"}


def log_of(*ways):
    """A log in which matter i goes way i, one event a day."""
    rows = [(i, step, d) for i, way in enumerate(ways) for d, step in enumerate(way)]
    return pd.DataFrame(rows, columns=["matter", "stage", "day"])


A, D, X, E, C = "analysis", "decision", "execution", "evaluation", "closed"
TOY = log_of([A, D, X, E, C], [A, D, X, E, C], [A, X, E, C], [A, D, A, D], [A])


def test_directly_follows_by_hand():
    table = lifecycle.directly_follows(TOY, **WAY, closing=C)
    counts = table.set_index(["source", "target"])["events"].to_dict()
    assert counts == {
        ("start", A): 5,
        (A, D): 4,
        (D, X): 2,
        (A, X): 1,
        (X, E): 3,
        (E, C): 3,
        (D, A): 1,
        (C, "end"): 3,
        (D, "open"): 1,
        (A, "open"): 1,
    }
    row = table.set_index(["source", "target"]).loc[(A, D)]
    # Matter 3 went from analysis to decision twice; six events follow an analysis.
    assert (row["cases"], row["share"]) == (3, pytest.approx(4 / 6))
    assert table["events"].is_monotonic_decreasing


def test_times_between_are_those_of_the_pair():
    log = pd.DataFrame(
        {"matter": [2, 1, 1, 2, 3, 3], "stage": [A, D, A, D, A, D]}
    ).assign(day=[0, 9.0, 2, 1, 0, 4])
    row = lifecycle.directly_follows(log, **WAY).set_index("source").loc[A]
    assert (row["mean"], row["median"]) == (pytest.approx(12 / 3), 4)


def test_variants_by_hand():
    table = lifecycle.variants(TOY, **WAY, closing=C).set_index("variant")
    assert table.loc[" → ".join([A, D, X, E, C]), ["cases", "open"]].tolist() == [2, 0]
    assert table.loc[A, ["length", "cases", "open"]].tolist() == [1, 1, 1]
    assert table["cumulative_share"].iloc[-1] == pytest.approx(1)
    assert table["share"].sum() == pytest.approx(1)
    assert table.loc[" → ".join([A, X, E, C]), "median"] == 3
    assert np.isnan(table.loc[A, "median"])


@settings(deadline=None, max_examples=25)
@given(st.randoms(use_true_random=False))
def test_the_order_of_rows_says_nothing(random):
    rows = list(range(len(TOY)))
    random.shuffle(rows)
    for call in (lifecycle.directly_follows, lifecycle.variants):
        pd.testing.assert_frame_equal(
            call(TOY.iloc[rows], **WAY, closing=C), call(TOY, **WAY, closing=C)
        )


def test_names_of_matters_may_be_of_any_kind():
    named = TOY.assign(matter=TOY["matter"].map("M{:03}".format))
    for data in (named, named.astype({"matter": "category", "stage": "category"})):
        table = lifecycle.directly_follows(data, **WAY, closing=C)
        pd.testing.assert_frame_equal(
            table, lifecycle.directly_follows(TOY, **WAY, closing=C)
        )


def test_events_of_one_moment_need_an_order():
    log = pd.DataFrame({"matter": 1, "stage": [A, D, X], "day": [0, 1, 1]})
    with pytest.raises(ValueError, match="order is unknown"):
        lifecycle.variants(log, **WAY)
    table = lifecycle.variants(log.assign(n=[1, 3, 2]), **WAY, order="n")
    assert table["variant"].tolist() == [" → ".join([A, X, D])]


@pytest.mark.parametrize(
    ("data", "how", "words"),
    [
        (TOY.iloc[:0], {}, "has no rows; give at least one event"),
        (pd.concat([TOY, TOY.iloc[[3, 7]]]), {}, r"2 event\(s\) twice"),
        (TOY.assign(stage=TOY["stage"].where(TOY.index > 2)), {}, "missing"),
        (TOY, {"closing": "close"}, "did you mean 'closed'"),
        (TOY.replace({"stage": {A: "start"}}), {}, "rename them"),
        (TOY.assign(matter=[1, "a"] * 9 + [1]), {}, "text and numbers together"),
    ],
)
def test_logs_refuse(data, how, words):
    with pytest.raises(ValueError, match=words):
        lifecycle.directly_follows(data, **WAY, **how)


# --- conformance


def conform(*ways, closing=C, **how):
    return lifecycle.conformance(log_of(*ways), **WAY, closing=closing, **how)


@pytest.mark.parametrize(
    ("way", "missing", "extra", "fitness"),
    [
        pytest.param([A, D, X, E, C], 0, 0, 1, id="as planned"),
        pytest.param([A, X, E, C], 1, 0, 1 - 1 / 7, id="undecided: 1 of 3 + 4"),
        pytest.param([D, A, X, E, C], 1, 1, 1 - 2 / 8, id="exchanged: 2 of 4 + 4"),
        pytest.param([A, D, X, E, A, D, X, E, C], 0, 0, 1, id="two rounds"),
        pytest.param([A, D, D, X, E, C], 0, 1, 1 - 1 / 9, id="decided twice"),
        pytest.param([A, D, X, E, X, E, C], 2, 0, 1 - 2 / 10, id="half a round"),
        pytest.param([X, C], 3, 0, 1 - 3 / 5, id="just done: 3 of 1 + 4"),
        pytest.param([A, D], 0, 0, 1, id="open, so far as planned"),
        pytest.param([A, X], 1, 0, 1 - 1 / 2, id="open, undecided: 1 of 2"),
    ],
)
def test_conformance_by_hand(way, missing, extra, fitness):
    # The planned way stands beside it, so that the log knows how a matter is closed.
    row = conform(way, [A, D, X, E, C]).cases.iloc[0]
    assert (row["missing"], row["extra"]) == (missing, extra)
    assert row["fitness"] == pytest.approx(fitness)
    assert row["fits"] == (missing + extra == 0)
    assert row["open"] == (way[-1] != C)


def test_conformance_without_repeats_and_by_stage():
    found = conform([A, D, X, E, A, D, X, E, C], [A, X, E, C], repeats=False)
    assert found.cases["extra"].tolist() == [4, 0]
    assert found.stages.set_index("stage")["missing"].to_dict() == {
        A: 0,
        D: 1,
        X: 0,
        E: 0,
    }
    assert found.stages["visits"].tolist() == [3, 2, 3, 3]
    assert found.summary["fits"][0] == 0
    assert found.summary["missing"][0] == pytest.approx(1 / 2)
    assert "2 matters" in str(found)


def test_conformance_like_alignments_of_pm4py():
    """
    pm4py 2.7.23.11, fitness_alignments against the looping tree of the four stages.

    Traces aeb... with a analysis, d decision, x execution, e evaluation; the figures
    are its ``fitness`` per trace, printed in tests/reference/lifecycle_pm4py.csv.
    """
    stored = read("lifecycle_pm4py.csv")
    names = {"a": A, "d": D, "x": X, "e": E}
    ways = [[names[letter] for letter in trace] for trace in stored["trace"]]
    found = lifecycle.conformance(log_of(*ways), **WAY)
    cost = found.cases["missing"] + found.cases["extra"]
    assert cost.tolist() == stored["cost"].tolist()
    assert found.cases["fitness"].tolist() == pytest.approx(stored["fitness"].tolist())


@settings(deadline=None, max_examples=50)
@given(st.lists(st.sampled_from(CYCLE), min_size=1, max_size=9))
def test_conformance_never_costs_more_than_starting_anew(way):
    row = lifecycle.conformance(log_of(way), **WAY).cases.iloc[0]
    assert 0 <= row["fitness"] <= 1
    assert row["missing"] + row["extra"] <= len(way) + 4
    # Every event is in the plan or extra; the plan's stages are events or missing.
    assert (len(way) - row["extra"] + row["missing"]) % 4 == 0


def test_conformance_refuses_an_unknown_stage():
    with pytest.raises(ValueError, match="no stage: 'desicion'; did you mean 'decis"):
        conform([A, "desicion", X, E, C])
    with pytest.raises(TypeError, match="list of stages"):
        lifecycle.conformance(TOY, **WAY, stages="analysis")
    with pytest.raises(ValueError, match="two or more different"):
        lifecycle.conformance(TOY, **WAY, stages=[A, A])


# --- stages

VISITS = {
    "unit": "matter",
    "stage": "stage",
    "start": "started",
    "finish": "finished",
    "opened": "opened",
    "closed": "closed",
}
CASES = pd.DataFrame(
    {"matter": [3, 1, 2, 4], "opened": [2, 0, 5, 9], "closed": [None, 12.0, None, None]}
)
DONE = pd.DataFrame(
    {
        "matter": [1, 1, 1, 1, 2, 3],
        "stage": [A, D, X, E, A, A],
        "started": [1, 3, 5, 9, 6, 4],
        "finished": [3, 4, 8, 12.0, 8, None],
    }
)


def test_stage_spells_by_hand():
    spells = lifecycle.stage_spells(DONE, CASES, **VISITS, until=20)
    rows = spells[["matter", "stage", "phase", "duration", "finished"]]
    assert rows.to_numpy().tolist() == [
        [1, A, "waiting", 1, True],
        [1, A, "working", 2, True],
        [1, D, "working", 1, True],
        [1, X, "waiting", 1, True],
        [1, X, "working", 3, True],
        [1, E, "waiting", 1, True],
        [1, E, "working", 3, True],
        [2, A, "waiting", 1, True],
        [2, A, "working", 2, True],
        [2, D, "waiting", 12, False],
        [3, A, "waiting", 2, True],
        [3, A, "working", 16, False],
        [4, A, "waiting", 11, False],
    ]


def test_stage_spells_as_of_an_earlier_day():
    spells = lifecycle.stage_spells(DONE, CASES, **VISITS, until=7)
    mine = spells[spells["matter"] == 1]
    assert mine["duration"].tolist() == [1, 2, 1, 1, 2]
    assert mine["finished"].tolist() == [True, True, True, True, False]
    assert spells.loc[spells["matter"] == 2, "duration"].tolist() == [1, 1]
    assert 4 not in spells["matter"].to_list()
    # Every matter's spells add up to the time since it came up.
    total = spells.groupby("matter")["duration"].sum()
    assert total.to_dict() == {1: 7, 2: 2, 3: 5}


def test_what_came_later_is_not_used():
    """A log cut at the day and a whole one, seen on that day, say the same."""
    cut = DONE[DONE["started"] <= 4]
    whole, part = (
        lifecycle.stage_spells(visits, CASES, **VISITS, until=4.5)
        for visits in (DONE, cut)
    )
    pd.testing.assert_frame_equal(whole, part)
    # Decided on day 4, the first matter waits for half a day to be carried out.
    last = whole[whole["matter"] == 1].iloc[-1]
    assert last[["stage", "phase", "duration", "finished"]].tolist() == [
        X,
        "waiting",
        0.5,
        False,
    ]


def test_a_matter_after_its_last_stage_waits_for_the_first_again():
    cases = CASES.assign(closed=None).iloc[[1]]
    spells = lifecycle.stage_spells(DONE.iloc[:4], cases, **VISITS, until=20)
    assert spells.iloc[-1][["stage", "phase", "duration"]].tolist() == [A, "waiting", 8]


def test_a_matter_that_was_carried_out_first_waits_for_its_decision():
    cases = pd.DataFrame({"matter": [1], "opened": [0], "closed": [None]})
    visits = pd.DataFrame({"matter": 1, "stage": [A, D, X, E, A, X]}).assign(
        started=np.arange(1, 12, 2), finished=np.arange(2, 13, 2.0)
    )
    spells = lifecycle.stage_spells(visits, cases, **VISITS, until=20)
    assert spells.iloc[-1][["stage", "phase", "duration"]].tolist() == [D, "waiting", 8]


def test_where_matters_are_stuck():
    spells = lifecycle.stage_spells(DONE, CASES, **VISITS, until=20)
    some = spells[spells["stage"] == A]
    table = lifecycle.stuck(some, horizon=10)
    waiting, working = table.iloc[0], table.iloc[1]
    assert (waiting["spells"], waiting["open"]) == (4, 1)
    assert waiting["mean_finished"] == pytest.approx((1 + 1 + 2) / 3)
    # Ends at 1, 1, 2 of four: 1 + 1/2 + 1/4 * 8 within 10 days.
    assert waiting["estimate"] == pytest.approx(3.5)
    # Ends at 2, 2 of three, the third open: 2 + 8/3.
    assert working["estimate"] == pytest.approx(2 + 8 / 3)
    total = 4 * 3.5 + 3 * (2 + 8 / 3)
    assert table["share"].tolist() == pytest.approx([14 / total, 14 / total])
    with pytest.raises(ValueError, match=r"none of the 1 spell\(s\) .*decision"):
        lifecycle.stuck(spells[spells["matter"] == 2], horizon=10)


@pytest.mark.parametrize(
    ("visits", "cases", "words"),
    [
        ({}, {"closed": [None, None, 3.0, None]}, "before they were opened"),
        ({"stage": "review"}, {}, "6 value.* that are no stage: 'review'"),
        ({"matter": [1, 1, 1, 1, 2, 9]}, {}, "belong to no matter of cases.* 9"),
        ({"finished": 0}, {}, r"6 visit\(s\) are finished .* before they began"),
        ({"started": [1, 2, 5, 9, 6, 4]}, {}, "waiting is negative"),
        ({"started": [1, 3, 5, 9, 4, 4]}, {}, "begin before their matter was opened"),
        ({"finished": [3, 4, 8, None, 8, None]}, {}, "although their matter is closed"),
        ({}, {"matter": [3, 1, 1, 4]}, "must name each row once"),
    ],
)
def test_stage_spells_refuse(visits, cases, words):
    with pytest.raises(ValueError, match=words):
        lifecycle.stage_spells(
            DONE.assign(**visits), CASES.assign(**cases), **VISITS, until=20
        )


def test_stage_spells_refuse_an_empty_register_and_double_visits():
    with pytest.raises(ValueError, match="cases has no rows"):
        lifecycle.stage_spells(DONE, CASES.iloc[:0], **VISITS, until=20)
    twice = pd.concat([DONE, DONE.iloc[[4]]])
    with pytest.raises(ValueError, match="same moment as another"):
        lifecycle.stage_spells(twice, CASES, **VISITS, until=20)
    with pytest.raises(ValueError, match="no matter was opened before"):
        lifecycle.stage_spells(DONE, CASES, **VISITS, until=0)


def test_matters_that_nobody_has_begun_on_are_spells_too():
    spells = lifecycle.stage_spells(DONE.iloc[:0], CASES[2:], **VISITS, until=20)
    assert spells[["matter", "duration"]].to_numpy().tolist() == [[2, 15], [4, 11]]
    assert not spells["finished"].any()


# --- rights, layers, staff


def test_rights_on_paper_and_in_fact():
    data = pd.DataFrame(
        {
            "may": [1, 1, 1, 1, 0, 0, 0, 0, 0, 0],
            "does": [1, 1, 1, 0, 1, 0, 0, 0, 0, 0],
            "place": list("aabbccddee"),
        }
    )
    how = {"entitled": "may", "local": "does"}
    table = lifecycle.decision_rights(data, **how).set_index("term")
    assert table["estimate"].to_dict() == pytest.approx(
        {"formal": 0.4, "real": 0.4, "take_up": 0.75, "beyond": 1 / 6}
    )
    assert table["n"].tolist() == [10, 10, 4, 6]
    # Rows drawn one by one: n / (n - 1) times p (1 - p) / n.
    assert table.loc["formal", "std_error"] == pytest.approx(np.sqrt(0.24 / 9))
    # Clusters: sums of x - p are 1.2, 1.2, -.8, -.8, -.8 over 10 rows.
    clustered = lifecycle.decision_rights(data, **how, cluster="place")
    sums = np.array([1.2, 1.2, -0.8, -0.8, -0.8]) / 10
    expected = np.sqrt(5 / 4 * (sums**2).sum())
    assert clustered["std_error"][0] == pytest.approx(expected)
    grouped = lifecycle.decision_rights(data.assign(may=0), **how, group="does")
    assert np.isnan(grouped.loc[grouped["term"] == "take_up", "estimate"]).all()
    with pytest.raises(ValueError, match="true and false"):
        lifecycle.decision_rights(data.assign(may=2), **how)


PANEL = {"unit": "place", "opened": "opened", "closed": "closed"}


def test_completion_panel_by_hand():
    data = pd.DataFrame(
        {
            "place": ["b", "a", "a", "a", "b"],
            "opened": [5, 0, 29, 30, 65],
            "closed": [15.0, 10.0, 60, None, None],
        }
    )
    table = lifecycle.completion_panel(data, **PANEL, limit=10, period=30, until=70)
    assert table.to_numpy().tolist() == [
        ["a", 1, 2, 1, 0.5],
        ["a", 2, 1, 0, 0.0],
        ["b", 1, 1, 1, 1.0],
    ]
    for change, words in (
        ({"closed": 0}, "before they were opened"),
        ({"opened": -1}, "before origin"),
    ):
        with pytest.raises(ValueError, match=words):
            lifecycle.completion_panel(
                data.assign(**change), **PANEL, limit=10, period=30, until=70
            )
    with pytest.raises(ValueError, match="no period of 30 has had 50"):
        lifecycle.completion_panel(data, **PANEL, limit=50, period=30, until=70)


def test_completion_panel_of_dates():
    data = pd.DataFrame(
        {
            "place": ["a", "a"],
            "opened": pd.to_datetime(["2024-01-10", "2024-04-02"]),
            "closed": pd.to_datetime(["2024-02-01", None]),
        }
    )
    how = {"limit": 30, "period": 91, "origin": "2024-01-01"}
    table = lifecycle.completion_panel(data, **PANEL, **how, until="2024-12-31")
    assert table[["period", "completed"]].to_numpy().tolist() == [[1, 1], [2, 0]]


def test_layers_of_the_study():
    """case: fidelity .9 a layer, four layers 65.6 %, five 59.0 %."""
    assert lifecycle.transmitted(4) == pytest.approx(0.6561)
    assert lifecycle.transmitted([5, 0]).tolist() == pytest.approx([0.59049, 1])
    with pytest.raises(ValueError, match="whole numbers"):
        lifecycle.transmitted(1.5)


def test_the_break_even_of_an_added_layer():
    """By hand: 0.05 / (1 - 0.9) = 0.5; at 0.8 the layer loses 0.08 and brings 0.05."""
    table = lifecycle.added_layer([0.5, 0.8, 0.2])
    assert table["net"].tolist() == pytest.approx([0, -0.03, 0.03])
    assert table["with_layer"].tolist() == pytest.approx([0.5, 0.77, 0.23])
    assert table["break_even_completion"].tolist() == pytest.approx([0.5] * 3)
    assert table["break_even_fidelity"].tolist() == pytest.approx([0.9, 0.9375, 0.75])
    # At the break-even completion, the span given is the break-even span.
    assert table["break_even_span"][0] == pytest.approx(8)
    for row in table.itertuples():
        span = row.break_even_span
        guidance = 0.05 * (1 / span - 1 / 23) / (1 / 8 - 1 / 23)
        assert guidance == pytest.approx(row.lost)
    assert lifecycle.added_layer(0.5, coaching=0)["net"][0] == pytest.approx(-0.05)
    for how, words in (
        ({"span_after": 30}, "below span_before"),
        ({"fidelity": 1}, "always pays"),
        ({"fidelity": 1.2}, "between 0 and 1"),
    ):
        with pytest.raises(ValueError, match=words):
            lifecycle.added_layer(0.5, **how)
    with pytest.raises(ValueError, match="completion must lie"):
        lifecycle.added_layer([0.5, 1.5])


def test_staff_reaches_the_limit_from_either_side():
    """Closed form t / (t + l - t l), at which a step changes nothing."""
    how = {"training": 0.2, "leaving": 0.3, "leaving_trained": 0.1}
    limit = 0.2 / (0.2 + 0.1 - 0.02)
    for trained in (0.0, 1.0):
        table = lifecycle.staff_training(**how, trained=trained, quarters=80)
        assert table["trained"].iloc[-1] == pytest.approx(limit)
        assert table["trained"].iloc[-2] == pytest.approx(limit, abs=1e-9)
        assert table["capacity"].iloc[-1] == pytest.approx(11 + 2 * limit)
    # From nobody trained: 30 % leave, then a fifth of all is trained.
    first = lifecycle.staff_training(**how, quarters=1, tasks_per_worker=13).iloc[1]
    assert first[["left", "trained", "newcomers_trained"]].tolist() == pytest.approx(
        [0.3, 0.2, 0.2]
    )
    assert first["load"] == pytest.approx(13 / 11.4)
    second = lifecycle.staff_training(**how, quarters=2).iloc[2]
    assert second["left"] == pytest.approx(0.2 * 0.1 + 0.8 * 0.3)
    with pytest.raises(ValueError, match="no limit"):
        lifecycle.staff_training(training=0, leaving=0)
    with pytest.raises(ValueError, match="training= must lie between 0 and 1"):
        lifecycle.staff_training(training=2, leaving=0.1)
