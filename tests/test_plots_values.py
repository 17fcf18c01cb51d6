"""Figures of rates, tested by what they draw."""

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt

from govlib import indicators, plots


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


# 2 and 20 events among 10,000 and 30,000: 5.5 per 10,000 together.
DATA = pd.DataFrame({"count": [20, 2, 0], "people": [30_000, 10_000, 2_000]})
TABLE = indicators.count_rates(DATA, value="count", population="people")


def lines(ax):
    return {line.get_label(): line for line in ax.lines}


def test_points_stand_at_their_size_and_rate():
    """By hand: 20 / 3 and 2 per 10,000; 22 among 42,000 is 5.24."""
    ax = plots.rate_limits(TABLE)
    drawn = lines(ax)
    inside = drawn["3 places within"].get_xydata()
    assert inside.ravel() == pytest.approx([30_000, 20 / 3, 10_000, 2, 2_000, 0])
    assert drawn["0 places beyond"].get_xydata().size == 0
    assert drawn["all together"].get_ydata() == pytest.approx([22 / 4.2] * 2)


def test_band_holds_the_limits_from_small_to_large():
    ax = plots.rate_limits(TABLE)
    (band,) = ax.collections
    corners = band.get_paths()[0].vertices
    assert corners[:, 0].min() == 2_000
    assert corners[:, 0].max() == 30_000
    assert corners[:, 1].max() == pytest.approx(TABLE["limit_high"].max())
    top = corners[np.isclose(corners[:, 0], 10_000), 1]
    assert top.max() == pytest.approx(TABLE["limit_high"][1])


def test_band_does_not_cross_itself():
    """Rows in no order: along its outline the band goes out once and back once."""
    ax = plots.rate_limits(TABLE.iloc[[1, 0, 2]])
    (band,) = ax.collections
    way = np.sign(np.diff(band.get_paths()[0].vertices[:, 0]))
    way = way[way != 0]
    assert (np.diff(way) != 0).sum() <= 2


def test_place_beyond_its_limits_is_dark():
    """A rate above the upper limit and one below the lower; one on the limit stays."""
    table = TABLE.assign(limit_low=[0, 3, 0.0], limit_high=[5, 9, 0.0])
    drawn = lines(plots.rate_limits(table))
    beyond = drawn["2 places beyond"]
    assert beyond.get_xdata().tolist() == [30_000, 10_000]
    assert beyond.get_color() != drawn["1 places within"].get_color()


def test_words():
    ax = plots.rate_limits(TABLE, labels={"estimate": "Clubs per 10,000"})
    assert ax.get_ylabel() == "Clubs per 10,000"
    assert plots.rate_limits(TABLE, labels="en").get_xlabel() == "Residents"
    said = plots.rate_limits(TABLE, labels="zh").get_legend_handles_labels()[1]
    assert "若差异纯属偶然，95%的社区位于此范围" in said


@pytest.mark.parametrize("column", ["population", "limit_low", "conf_level"])
def test_refuses(column):
    with pytest.raises(ValueError, match=column):
        plots.rate_limits(TABLE.drop(columns=column))
    with pytest.raises(ValueError, match=column):
        plots.rate_limits(TABLE.assign(**{column: [1.0, np.nan, 1.0]}))
