"""Figures of requests: checked through the data they draw."""

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt

from govlib import plots


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def areas():
    return pd.DataFrame(
        {
            "problems": [400.0, 600, 500, 300],
            "recorded": [80.0, 120, 200, 120],
            "with_platform": [False, False, True, True],
        }
    )


def legend(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def test_records_draw_a_point_per_area_and_each_groups_share():
    """By hand: 200 of 1,000 and 320 of 800."""
    ax = plots.records(areas(), group="with_platform", labels="en")
    points = [part.get_offsets() for part in ax.collections]
    np.testing.assert_allclose(points[0], [[400, 80], [600, 120]])
    np.testing.assert_allclose(points[1], [[500, 200], [300, 120]])
    everything, without, with_ = (line.get_xydata()[1] for line in ax.lines)
    assert everything[1] / everything[0] == pytest.approx(1)
    assert without[1] / without[0] == pytest.approx(0.2)
    assert with_[1] / with_[0] == pytest.approx(0.4)
    assert legend(ax)[1:] == ["no: 20 % recorded", "yes: 40 % recorded"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"recorded": -1.0}, ">= 0"),
        ({"recorded": np.nan}, "missing"),
        ({"with_platform": "x"}, None),
    ],
)
def test_records_refuse_bad_areas(change, message):
    table = areas().assign(**change)
    if message is None:
        assert len(plots.records(table, group="with_platform").collections) == 1
        return
    with pytest.raises(ValueError, match=message):
        plots.records(table)


def test_records_refuse_more_groups_than_colours():
    table = pd.DataFrame({"problems": 9.0, "recorded": 1.0, "g": list("abcde")})
    with pytest.raises(ValueError, match="5 groups"):
        plots.records(table, group="g")


def rates():
    return pd.DataFrame(
        {
            "term": ["response", "resolution", "satisfaction"],
            "estimate": [0.9, 0.5, np.nan],
            "conf_low": [0.85, 0.4, np.nan],
            "conf_high": [0.95, 0.6, np.nan],
            "closed_only": [0.95, 0.7, np.nan],
            "bound_low": [0.8, 0.3, 0.0],
            "bound_high": [0.96, 0.8, 1.0],
        }
    )


def test_service_rates_draw_estimates_reports_bounds_and_truth():
    ax = plots.service_rates(rates(), truth={"resolution": 0.48}, labels="en")
    bars = [(bar.get_x(), bar.get_width()) for bar in ax.patches]
    np.testing.assert_allclose(bars, [(0.8, 0.16), (0.3, 0.5), (0, 1)])
    estimate, usual, truth = ax.lines
    np.testing.assert_allclose(estimate.get_xdata(), [0.9, 0.5, np.nan])
    np.testing.assert_allclose(usual.get_xdata(), [0.95, 0.7, np.nan])
    np.testing.assert_allclose(truth.get_xydata(), [[0.48, 1]])
    # Read from top to bottom in the order of the table.
    np.testing.assert_allclose(estimate.get_ydata(), [2, 1, 0])
    assert ax.get_yticklabels()[0].get_text() == "Answered in time"
    assert len(legend(ax)) == 4


def test_service_rates_refuse_a_term_twice():
    with pytest.raises(ValueError, match="repeat"):
        plots.service_rates(pd.concat([rates(), rates()]))


def shares():
    return pd.DataFrame(
        {
            "with_platform": [False] * 4 + [True] * 4,
            "age_group": ["18-59", "60+", None, None] * 2,
            "term": ["share", "share", "difference", "ratio"] * 2,
            "estimate": [0.4, 0.2, 0.2, 2, 0.6, 0.36, 0.24, 5 / 3],
            "conf_low": [0.35, 0.15, 0.1, 1.5, 0.55, 0.3, 0.2, 1.4],
            "conf_high": [0.45, 0.25, 0.3, 2.5, 0.65, 0.4, 0.3, 1.9],
        }
    )


@pytest.mark.parametrize(("scale", "axis"), [("points", "linear"), ("ratio", "log")])
def test_age_gap_draws_shares_on_either_scale(scale, axis):
    ax = plots.age_gap(
        shares(), group="age_group", by="with_platform", scale=scale, labels="en"
    )
    assert ax.get_yscale() == axis
    drawn = [container.lines[0].get_ydata() for container in ax.containers]
    np.testing.assert_allclose(np.array(drawn, dtype=float), [[0.4, 0.6], [0.2, 0.36]])
    ticks = [label.get_text() for label in ax.get_xticklabels()]
    assert ticks == ["no\n20.0 points\n2.00 times", "yes\n24.0 points\n1.67 times"]
    assert legend(ax) == ["18 to 59", "60 and over"]


def test_age_gap_refuses_another_scale():
    with pytest.raises(ValueError, match="scale="):
        plots.age_gap(shares(), group="age_group", by="with_platform", scale="odds")


def test_figures_speak_chinese():
    plots.service_rates(rates(), labels="zh").figure.canvas.draw()
    ax = plots.records(areas(), group="with_platform", labels="zh")
    ax.figure.canvas.draw()
    assert legend(ax)[0] == "全部登记"
    ax = plots.age_gap(shares(), group="age_group", by="with_platform", labels="zh")
    ax.figure.canvas.draw()
    assert "百分点" in ax.get_xticklabels()[0].get_text()
