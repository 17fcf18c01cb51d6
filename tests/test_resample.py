"""Bootstrap and permutation against closed forms, scipy and full enumeration."""

from itertools import combinations, product

import joblib
import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from scipy import stats

from govlib import resample


def mean(data):
    return data["value"].mean()


def difference(data):
    means = data.groupby("group")["value"].mean()
    return means["a"] - means["b"]


@pytest.fixture
def sample():
    return pd.DataFrame({"value": np.random.default_rng(7).gamma(2, 3, size=60)})


@pytest.fixture
def two_groups():
    # n = 8, two groups of four: 70 ways to choose, few enough to list them all.
    return pd.DataFrame({"group": list("aababbab"), "value": [9, 7, 3, 8, 1, 5, 6, 2]})


# --- bootstrap


def test_bootstrap_mean_has_the_closed_form_standard_error(sample):
    """The bootstrap variance of a mean is exactly sum (x - mean)^2 / n^2."""
    table = resample.bootstrap(sample, mean, n_resamples=2000, rng=1)
    exact = sample["value"].std(ddof=0) / np.sqrt(len(sample))
    # A standard deviation of 2,000 draws has a relative error of 1/sqrt(4000) = 1.6 %.
    assert table["std_error"][0] == pytest.approx(exact, rel=0.05)
    assert table["estimate"][0] == pytest.approx(np.mean(sample["value"]))


def test_bootstrap_agrees_with_scipy(sample):
    ours = resample.bootstrap(sample, mean, n_resamples=5000, conf_level=0.9, rng=1)
    peer = stats.bootstrap(
        (sample["value"].to_numpy(),),
        np.mean,
        n_resamples=5000,
        confidence_level=0.9,
        method="percentile",
        rng=2,
    )
    # Quantiles at 5 % of 5,000 draws: sd = sqrt(.05 * .95 / 5000) / density, which
    # is 0.03 standard errors; the two differ by sqrt(2) times that, three times over.
    close = 0.13 * peer.standard_error
    assert ours["conf_low"][0] == pytest.approx(peer.confidence_interval.low, abs=close)
    assert ours["conf_high"][0] == pytest.approx(
        peer.confidence_interval.high, abs=close
    )
    assert ours["std_error"][0] == pytest.approx(peer.standard_error, rel=0.05)
    assert ours["conf_level"][0] == 0.9


def test_bootstrap_of_three_rows_has_the_enumerated_distribution():
    """All 3^3 samples of the values 0, 3 and 9, each as likely as the others."""
    values = np.array([0.0, 3.0, 9.0])
    means = np.array([values[list(s)].mean() for s in product(range(3), repeat=3)])
    table = resample.bootstrap(
        pd.DataFrame({"value": values}), mean, n_resamples=5000, rng=3
    )
    assert table["std_error"][0] == pytest.approx(means.std(), rel=0.03)
    # A mean of 0, or of 9, has probability 1/27 = 3.7 %: more than a tail of 2.5 %.
    assert (table["conf_low"][0], table["conf_high"][0]) == (0, 9)


def test_bootstrap_by_cluster_has_the_closed_form_standard_error():
    """Equal clusters: the mean of the cluster means, so sd of these / sqrt(G)."""
    generator = np.random.default_rng(5)
    level = generator.normal(0, 2, size=40)
    data = pd.DataFrame(
        {
            "cluster": np.repeat([f"社区{k:02d}" for k in range(40)], 10),
            "value": np.repeat(level, 10) + generator.normal(size=400),
        }
    ).sample(frac=1, random_state=1)
    table = resample.bootstrap(data, mean, cluster="cluster", n_resamples=2000, rng=1)
    means = data.groupby("cluster")["value"].mean()
    exact = means.std(ddof=0) / np.sqrt(40)
    assert table["std_error"][0] == pytest.approx(exact, rel=0.05)
    by_rows = resample.bootstrap(data, mean, n_resamples=500, rng=1)
    # Ten in a cluster with intra-class correlation 0.8: sqrt(1 + 9 * .8) = 2.9 times.
    assert table["std_error"][0] > 2 * by_rows["std_error"][0]


def test_bootstrap_by_cluster_takes_every_row_of_a_cluster():
    data = pd.DataFrame({"cluster": [3, 1, 3, 2, 2, 3], "value": 1})

    def whole(d):
        sizes = d.groupby("cluster").size()
        return float(all(n % {1: 1, 2: 2, 3: 3}[c] == 0 for c, n in sizes.items()))

    table = resample.bootstrap(data, whole, cluster="cluster", n_resamples=50, rng=1)
    assert table["conf_low"][0] == table["estimate"][0] == 1


def test_bootstrap_interval_covers_as_often_as_it_says():
    """Normal, n = 50: percentile coverage of the mean is near 94 %; 60 samples."""
    generator = np.random.default_rng(11)
    covered = 0
    for _ in range(60):
        data = pd.DataFrame({"value": generator.normal(1, 2, size=50)})
        table = resample.bootstrap(data, mean, n_resamples=99, rng=generator)
        covered += table["conf_low"][0] <= 1 <= table["conf_high"][0]
    # 94 % less three times sqrt(.94 * .06 / 60) = 3.1 %; not always, either.
    assert 0.84 <= covered / 60 < 1


def test_bootstrap_keeps_weights_with_their_rows():
    """All weight on the rows of value 5: the weighted mean is 5 in every draw."""
    data = pd.DataFrame({"value": [1, 5, 2, 5, 3, 5], "weight": [0, 1, 0, 2, 0, 9]})

    def weighted(d):
        total = d["weight"].sum()
        return (d["value"] * d["weight"]).sum() / total if total else np.nan

    table = resample.bootstrap(data, weighted, n_resamples=400, rng=1)
    assert table["std_error"][0] == 0
    # No weight at all in a draw of six: probability (1/2)^6, so about 6 of 400.
    assert 380 <= table["n_resamples"][0] < 400


def test_bootstrap_takes_series_and_tidy_frames():
    data = pd.DataFrame({"group": list("aaabbb"), "value": [1.0, 2, 3, 4, 5, 6]})

    def series(d):
        return d.groupby("group")["value"].mean()

    def frame(d):
        return (
            series(d).rename_axis("term").rename("estimate").reset_index().assign(x="")
        )

    one, two = (
        resample.bootstrap(data, f, n_resamples=60, rng=1) for f in (series, frame)
    )
    assert one["term"].tolist() == ["a", "b"]
    assert one["estimate"].tolist() == [2, 5]
    # A draw without anyone of "a" has probability 1/64: about 1 of 60 is left out.
    assert one["n_resamples"].between(50, 60).all()
    assert_frame_equal(one, two)


# --- permutation


def test_permutation_agrees_with_full_enumeration(two_groups):
    """All 70 ways to choose who is in group a."""
    values = two_groups["value"].to_numpy(float)
    every = np.array(
        [
            values[list(a)].mean() - (values.sum() - values[list(a)].sum()) / 4
            for a in combinations(range(8), 4)
        ]
    )
    observed = difference(two_groups)
    exact = 2 * min(
        np.mean(every >= observed - 1e-9), np.mean(every <= observed + 1e-9)
    )
    table = resample.permutation_test(
        two_groups, difference, value="group", n_permutations=3000, rng=1
    )
    row = table.iloc[0]
    assert row["estimate"] == observed
    # Monte-Carlo errors: 3 * sd / sqrt(3000), 3 / sqrt(6000), 3 * sqrt(2p/3000).
    assert row["expected"] == pytest.approx(0, abs=3 * every.std() / np.sqrt(3000))
    assert row["std_error"] == pytest.approx(every.std(), rel=0.04)
    assert row["p_value"] == pytest.approx(exact, abs=3 * np.sqrt(2 * exact / 3000))
    assert row["statistic"] == pytest.approx(
        (row["estimate"] - row["expected"]) / row["std_error"]
    )
    assert row["conf_low"] == np.quantile(every, 0.025, method="inverted_cdf")
    assert row["conf_high"] == np.quantile(every, 0.975, method="inverted_cdf")


def test_permutation_agrees_with_scipy(two_groups):
    a = two_groups.loc[two_groups["group"].eq("a"), "value"].to_numpy()
    b = two_groups.loc[two_groups["group"].eq("b"), "value"].to_numpy()
    # scipy lists all 70 here: exact.
    peer = stats.permutation_test((a, b), lambda x, y: x.mean() - y.mean())
    table = resample.permutation_test(
        two_groups, difference, value="value", n_permutations=3000, rng=4
    )
    assert table["p_value"][0] == pytest.approx(
        peer.pvalue, abs=3 * np.sqrt(2 * peer.pvalue / 3000)
    )


def test_permutation_within_strata_stays_there():
    """Group a holds 1 and 20; shuffled, one of 1 and 2 and one of 10 and 20."""
    data = pd.DataFrame(
        {"stratum": list("xyxy"), "group": list("abba"), "value": [1, 10, 2, 20]}
    )
    seen = set()

    def record(d):
        assert d.groupby("stratum")["group"].nunique().eq(2).all()
        taken = d.loc[d["group"].eq("a"), "value"].sum()
        seen.add(int(taken))
        return float(taken)

    table = resample.permutation_test(
        data, record, value="group", within="stratum", n_permutations=400, rng=1
    )
    assert seen == {11, 12, 21, 22}
    # Of 11, 12, 21 and 22, half are as high as 21: twice that is 1.
    assert table["p_value"][0] == 1
    assert table["expected"][0] == pytest.approx(16.5, abs=0.8)


def test_p_value_counts_the_observed_data_once():
    """R draws, none as far out: 2 (1 + 0) / (1 + R), by the formula of the page."""
    draws = np.linspace(-1, 1, 99)[:, None]
    table = resample.null_table(["far"], np.array([5.0]), draws)
    assert table["p_value"][0] == pytest.approx(2 / 100)
    table = resample.null_table(["low"], np.array([-5.0]), draws)
    assert table["p_value"][0] == pytest.approx(2 / 100)


def test_null_table_of_draws_that_are_all_equal():
    draws = np.full((50, 1), 0.1) + np.tile([0, 1e-17], 25)[:, None]
    table = resample.null_table(["same"], np.array([0.1]), draws)
    assert (table["std_error"][0], table["p_value"][0]) == (0, 1)
    assert np.isnan(table["statistic"][0])


def test_null_table_leaves_out_what_is_not_defined():
    draws = np.array([[1.0, 1, np.nan], [np.nan, 2, np.nan], [3, np.inf, np.nan]])
    table = resample.null_table(["gap", "inf", "none"], np.array([3.0, 5, 1]), draws)
    assert table["n_permutations"].tolist() == [2, 3, 0]
    # Two defined draws, one as high: 2 (1 + 1) / 3 is above 1. Infinite: 2 * 2 / 4.
    assert table["p_value"].tolist()[:2] == [1, 1]
    assert table["expected"][0] == 2
    assert table.loc[1:, ["expected", "std_error", "statistic"]].isna().to_numpy().all()
    assert np.isnan(table["p_value"][2])
    unknown = resample.null_table(["x"], np.array([np.nan]), draws[:, [0]])
    assert unknown.loc[0, "expected":"conf_high"].isna().all()


# --- what holds for both

CALLS = [
    pytest.param(
        lambda d, **k: resample.bootstrap(d, mean, n_resamples=60, **k), id="rows"
    ),
    pytest.param(
        lambda d, **k: resample.bootstrap(
            d, mean, cluster="group", n_resamples=60, **k
        ),
        id="clusters",
    ),
    pytest.param(
        lambda d, **k: resample.permutation_test(
            d, difference, value="group", n_permutations=60, **k
        ),
        id="permutation",
    ),
]


@pytest.mark.parametrize("call", CALLS)
def test_workers_do_not_change_the_result(call, two_groups):
    expected = call(two_groups, rng=1)
    with joblib.parallel_config(backend="threading"):
        assert_frame_equal(call(two_groups, rng=1, n_jobs=3), expected)


def test_processes_do_not_change_the_result(two_groups):
    """Processes get the measure by pickling: a lambda must survive that."""
    tables = [
        resample.bootstrap(
            two_groups, lambda d: d["value"].sum(), n_resamples=60, rng=1, n_jobs=jobs
        )
        for jobs in (1, 2)
    ]
    assert_frame_equal(*tables)


@pytest.mark.parametrize("call", CALLS)
def test_order_of_rows_does_not_change_the_result(call, two_groups):
    expected = call(two_groups, rng=1)
    assert_frame_equal(call(two_groups.iloc[::-1], rng=1), expected)
    assert_frame_equal(call(two_groups.set_index(np.zeros(8)), rng=1), expected)


@pytest.mark.parametrize("call", CALLS)
def test_seeds_matter_and_repeat(call, two_groups):
    assert not call(two_groups, rng=1).equals(call(two_groups, rng=2))
    # A generator goes on where it stands: the second call draws anew.
    generator = np.random.default_rng(1)
    first, second = call(two_groups, rng=generator), call(two_groups, rng=generator)
    assert_frame_equal(first, call(two_groups, rng=1))
    assert not first.equals(second)


@pytest.mark.parametrize("call", CALLS)
def test_input_is_not_modified(call, two_groups):
    before = two_groups.copy()
    call(two_groups, rng=1)
    assert_frame_equal(two_groups, before)


def test_blocks_do_not_repeat_each_other(sample):
    """With one stream for all blocks, draws 26 to 50 would repeat 1 to 25."""
    seen = []
    resample.bootstrap(
        sample, lambda d: seen.append(mean(d)) or 0.0, n_resamples=100, rng=1
    )
    assert len(set(seen)) == len(seen) == 101


BAD = [
    (lambda _: resample.bootstrap([1, 2], mean), TypeError, "DataFrame, not list"),
    (
        lambda d: resample.bootstrap(d, mean, cluster="grup"),
        ValueError,
        "did you mean 'group'",
    ),
    (
        lambda d: resample.bootstrap(d.assign(group=None), mean, cluster="group"),
        ValueError,
        "8 missing",
    ),
    (
        lambda d: resample.bootstrap(d.assign(group=1), mean, cluster="group"),
        ValueError,
        r"1 group\(s\); drawing again needs at least 2",
    ),
    (lambda d: resample.bootstrap(d.head(1), mean), ValueError, r"1 row\(s\)"),
    (lambda d: resample.bootstrap(d, mean, n_resamples=1), ValueError, "at least 2"),
    (lambda d: resample.bootstrap(d, mean, conf_level=95), ValueError, "between 0"),
    (lambda d: resample.bootstrap(d, lambda _: "5"), TypeError, "not str"),
    (
        lambda d: resample.bootstrap(d, lambda _: pd.DataFrame({"x": [1]})),
        TypeError,
        "without the column.*'estimate', 'term'",
    ),
    (
        lambda d: resample.bootstrap(d, lambda _: pd.Series([1, 2], index=["a", "a"])),
        ValueError,
        "more than one number for 'a'",
    ),
    (
        lambda d: resample.permutation_test(d, mean, value="Value"),
        ValueError,
        "did you mean 'value'",
    ),
    (
        lambda d: resample.permutation_test(d, mean, value="value", within="group"),
        None,
        None,
    ),
    (
        lambda d: resample.permutation_test(d.assign(value=1), mean, value="value"),
        ValueError,
        "nothing to shuffle",
    ),
    (
        lambda d: resample.permutation_test(d, mean, value="group", within="group"),
        ValueError,
        "same in every row of every 'group'",
    ),
    (
        lambda d: resample.permutation_test(
            d.assign(w=[None] + [1] * 7), mean, value="value", within="w"
        ),
        ValueError,
        "'w' has 1 missing",
    ),
]


@pytest.mark.parametrize(("call", "error", "match"), BAD)
def test_bad_input_is_refused(call, error, match, two_groups):
    if error is None:  # the same call with nothing wrong goes through
        call(two_groups)
        return
    with pytest.raises(error, match=match):
        call(two_groups)
