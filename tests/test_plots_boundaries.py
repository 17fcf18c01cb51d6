"""Figures of the cascade, of shared duties and of waiting, judged by what they draw."""

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt

from govlib import _words, mandates, plots

TIERS = ["city", "district", "committee"]
PASSED = pd.DataFrame(
    {
        "tier": TIERS,
        "cumulative_markup": [1.0, 1.1, 1.5],
        "cumulative_passed_on": [1.0, 1.0, 0.6],
    }
)
ALIKE = pd.DataFrame(
    [[1, 0.9, 0.5], [0.9, 1, 0.25], [0.5, 0.25, 1]],
    pd.Index(TIERS, name="tier"),
    pd.Index(TIERS, name="tier"),
)
LOADS = mandates.waiting([5, 9, 8, 10, 12], service_rate=10)


@pytest.fixture(autouse=True)
def _clean(monkeypatch):
    monkeypatch.setattr(_words, "_language", None)
    with mpl.rc_context():
        yield
    plt.close("all")


def _draw(ax):
    """Draw as for a file; warnings are errors, so a missing glyph fails here."""
    ax.figure.canvas.draw()
    return ax


def _texts(items):
    return [item.get_text() for item in items]


def test_cascade_draws_two_bars_a_tier():
    ax = _draw(plots.cascade(PASSED, tier="tier"))
    targets, resources = ax.containers
    assert [bar.get_width() for bar in targets] == pytest.approx([100, 110, 150])
    assert [bar.get_width() for bar in resources] == pytest.approx([100, 100, 60])
    # From the top down, targets above resources.
    middles = [bar.get_y() + bar.get_height() / 2 for bar in targets]
    assert middles == pytest.approx([0.2, -0.8, -1.8])
    assert _texts(ax.get_yticklabels()) == TIERS
    assert _texts(ax.get_legend().get_texts()) == ["targets", "resources"]
    assert ax.get_xlim()[1] > 150


def test_cascade_of_targets_alone():
    ax = _draw(plots.cascade(PASSED.drop(columns="cumulative_passed_on"), tier="tier"))
    assert len(ax.containers) == 1
    assert ax.get_legend() is None


def test_cascade_speaks_chinese():
    ax = _draw(plots.cascade(PASSED, tier="tier", labels="zh"))
    assert _texts(ax.get_yticklabels())[-1] == "居委会"
    assert _texts(ax.get_legend().get_texts()) == ["指标", "资源"]


def test_cascade_refuses():
    with pytest.raises(ValueError, match="must name each row once"):
        plots.cascade(pd.concat([PASSED, PASSED]), tier="tier")
    with pytest.raises(ValueError, match="no column 'cumulative_markup'"):
        plots.cascade(PASSED[["tier"]], tier="tier")


def test_overlap_shows_every_pair_once():
    ax = _draw(plots.overlap(ALIKE))
    assert _texts(ax.texts) == ["0.90", "0.50", "0.25"]
    at = [text.get_position() for text in ax.texts]
    # Rows are the second tier on, columns the first to the last but one.
    assert at == [(0, 0), (0, 1), (1, 1)]
    assert _texts(ax.get_yticklabels()) == ["district", "committee"]
    assert _texts(ax.get_xticklabels()) == ["city", "district"]
    shades = ax.images[0].get_array()
    assert shades[1, 0] == 0.5
    assert np.isnan(np.ma.filled(shades.astype(float), np.nan)[0, 1])


def test_overlap_speaks_chinese():
    ax = _draw(plots.overlap(ALIKE, labels="zh"))
    assert _texts(ax.get_xticklabels()) == ["市", "区"]


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (ALIKE * 2, "shares from 0 to 1"),
        (ALIKE.iloc[:1, :1], "one group only"),
        (ALIKE.iloc[:2], "same groups in rows and columns"),
        (ALIKE.where(ALIKE != 0.5), "missing"),
    ],
)
def test_overlap_refuses(table, words):
    with pytest.raises(ValueError, match=words):
        plots.overlap(table)


def test_waiting_draws_the_stable_part_in_order_of_load():
    """M/M/1 with mu = 10: wait rho / (mu - lambda), .1, .4 and .9."""
    ax = _draw(plots.waiting(LOADS))
    line = ax.lines[0]
    assert line.get_xdata().tolist() == [0.5, 0.8, 0.9]
    assert line.get_ydata() == pytest.approx([0.1, 0.4, 0.9])
    # Beyond a load of one there is no line but a shaded part up to the last load.
    shaded = ax.patches[0]
    assert (shaded.get_x(), shaded.get_width()) == pytest.approx((1, 0.2))
    assert _texts(ax.texts) == ["never ends"]


def test_waiting_draws_a_line_for_each_number_of_staff():
    table = mandates.waiting([5, 9, 5, 9], service_rate=10, staff=[1, 1, 2, 2])
    seen = pd.DataFrame({"load": [0.4, 1.6], "mean_wait": [0.0, 30.0]})
    ax = _draw(plots.waiting(table, observed=seen, most=2, labels="zh"))
    legend = _texts(ax.get_legend().get_texts())
    assert legend == ["1名工作人员", "2名工作人员", "观测值"]
    points = ax.lines[2]
    assert points.get_xdata().tolist() == [0.4, 1.6]
    assert ax.get_xlim() == pytest.approx((0.25, 1.6))
    assert ax.get_ylim() == (0, 2)


@pytest.mark.parametrize(
    ("table", "how", "words"),
    [
        (LOADS.assign(load=1.5), {}, "no load below 1"),
        (LOADS.assign(mean_wait=np.nan), {}, "5 missing"),
        (LOADS, {"value": "wait"}, "no column 'wait'"),
        (LOADS.assign(staff=range(5)), {}, "too many to tell apart"),
        (LOADS, {"observed": LOADS[["load"]]}, "no column 'mean_wait'"),
    ],
)
def test_waiting_refuses(table, how, words):
    with pytest.raises(ValueError, match=words):
        plots.waiting(table, **how)
