"""Shared errors and intervals, against counts by hand and closed forms."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from govlib import _inference


@pytest.mark.parametrize("groups", [3, 1000])
def test_grouped_sums_agree_with_a_loop(groups):
    rng = np.random.default_rng(0)
    rows, codes = rng.normal(size=(2, 10)), rng.integers(0, groups, 10)
    totals = np.ones((2, groups))
    _inference.add_by_group(totals, codes.astype(np.int32), rows)
    expected = np.ones((2, groups))
    for i, code in enumerate(codes):
        expected[:, code] += rows[:, i]
    assert totals == pytest.approx(expected)


def test_linearised_covariance_by_hand():
    """
    Strata a (clusters with sums 1, 3) and b (sums 2, 2, 5), one score each row.

    a: 2/1 * ((1-2)^2 + (3-2)^2) = 4; b: 3/2 * (1 + 1 + 4) = 9.
    """
    data = pd.DataFrame(
        {
            "s": list("aaabbbb"),
            "c": [1, 2, 2, 3, 4, 5, 5],
            "z": [1.0, 1.0, 2.0, 2.0, 2.0, 1.0, 4.0],
        }
    ).iloc[[4, 2, 0, 6, 1, 3, 5]]
    sample = _inference.sample(data, cluster="c", strata="s")
    sums = _inference.Scores(sample, 1)
    sums(slice(0, 3), data["z"].to_numpy()[None, :3])
    sums(slice(3, 7), data["z"].to_numpy()[None, 3:])
    assert sums.linearised()[0, 0] == pytest.approx(13)
    # 1 + 9 + 4 + 4 + 25, around zero and without factor.
    assert sums.clustered()[0, 0] == pytest.approx(43)


def test_rows_are_their_own_clusters():
    """The same numbers whether rows are named as clusters or not."""
    rng = np.random.default_rng(1)
    scores = rng.normal(size=(2, 30))
    data = pd.DataFrame({"row": range(30), "s": ["a", "b", "b"] * 10})
    each = []
    for cluster in ("row", None):
        sums = _inference.Scores(
            _inference.sample(data, cluster=cluster, strata="s"), 2
        )
        sums(slice(0, 30), scores)
        each.append(sums.linearised())
    assert each[0] == pytest.approx(each[1])


def test_variance_of_a_mean_is_the_textbook_one():
    """s^2 / n."""
    y = np.array([3.0, 1.0, 4.0, 1.0, 5.0])
    sums = _inference.Scores(_inference.sample(pd.DataFrame(index=range(5))), 1)
    sums(slice(0, 5), (y - y.mean())[None] / 5)
    assert sums.linearised()[0, 0] == pytest.approx(y.var(ddof=1) / 5)


def test_cr2_of_a_mean_of_clusters_is_that_of_their_means():
    """
    Clusters of one size, a mean only: CR2 is the variance of G cluster means.

    Its degrees of freedom are then G - 1 exactly (Bell and McCaffrey 2002).
    """
    rng = np.random.default_rng(2)
    y = rng.normal(size=(6, 4)) + rng.normal(size=(6, 1))
    vcov, pieces = _inference.bias_reduced(
        np.ones((1, 24)),
        (y - y.mean()).ravel(),
        np.ones(24),
        np.ones(24),
        np.repeat(np.arange(6), 4).astype(np.int32),
        np.eye(1),
    )
    assert vcov[0, 0] == pytest.approx(y.mean(axis=1).var(ddof=1) / 6)
    assert pieces.degrees_of_freedom(np.ones((1, 1)))[0] == pytest.approx(5)


def test_cr2_where_a_cluster_has_its_own_regressor():
    """
    A regressor of one cluster alone: that cluster fits itself and adds nothing.

    The other clusters' errors are those of the fit without it.
    """
    rng = np.random.default_rng(3)
    y = rng.normal(size=(5, 4))
    cluster = np.repeat(np.arange(5), 4).astype(np.int32)
    only = (cluster == 4).astype(float)
    others = y[:4].mean()
    residual = (y - others).ravel()
    residual[16:] = y[4] - y[4].mean()
    vcov, _ = _inference.bias_reduced(
        np.vstack([np.ones(20), only]),
        residual,
        np.ones(20),
        np.ones(20),
        cluster,
        np.eye(2),
    )
    assert vcov[0, 0] == pytest.approx(y[:4].mean(axis=1).var(ddof=1) / 4)


def test_table_tests_and_intervals():
    """Normal and t by scipy.stats; a ratio of 2 with log error .25 by hand."""
    table = _inference.table(
        ["a", "b", "r"], [1.0, 1.0, 2.0], [0.5, 0.5, 0.5], [np.inf, 4, np.inf],
        ratio=[False, False, True],
    )  # fmt: skip
    assert table["statistic"].tolist() == pytest.approx([2, 2, np.log(2) / 0.25])
    assert table["p_value"][0] == pytest.approx(2 * stats.norm.sf(2))
    assert table["p_value"][1] == pytest.approx(2 * stats.t.sf(2, 4))
    z, t = stats.norm.ppf(0.975), stats.t.ppf(0.975, 4)
    low = [1 - 0.5 * z, 1 - 0.5 * t, 2 * np.exp(-0.25 * z)]
    high = [1 + 0.5 * z, 1 + 0.5 * t, 2 * np.exp(0.25 * z)]
    assert table["conf_low"].tolist() == pytest.approx(low)
    assert table["conf_high"].tolist() == pytest.approx(high)


def test_share_intervals_at_the_ends_are_clopper_pearsons():
    for successes in (0, 10):
        exact = stats.binomtest(successes, 10).proportion_ci(method="exact")
        assert _inference.share_interval(successes / 10, 0.0, 9, 0.95) == pytest.approx(
            tuple(exact)
        )


def test_weights_have_mean_one():
    data = pd.DataFrame({"w": [2, 4, 6]})
    assert _inference.weight(data, "w") == pytest.approx([0.5, 1, 1.5])
    assert _inference.weight(data, None) is None
