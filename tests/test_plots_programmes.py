"""Figures of trials and staggered starts, through the data that they draw."""

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt
from matplotlib.colors import to_hex

from govlib import _words, plots

STUDY = pd.DataFrame(
    {
        "event_time": [1.0, -2.0, -1.0, 0.0],
        "estimate": [4.0, 0.5, 0.0, 2.0],
        "conf_low": [3.0, -0.5, np.nan, 1.5],
        "conf_high": [5.0, 1.5, np.nan, 2.5],
    }
)
PLACES = pd.DataFrame(
    {
        "before": [1.0, 3.0, 2.0, 5.0],
        "after": [2.0, 4.0, 2.0, 4.0],
        "arm": ["stage", "stage", "none", "none"],
    }
)


@pytest.fixture(autouse=True)
def _clean(monkeypatch):
    """Leave no figure and no setting behind."""
    monkeypatch.setattr(_words, "_language", None)
    with mpl.rc_context():
        yield
    plt.close("all")


def points(ax):
    """Return x and y of lines that are marks only."""
    marks = [line for line in ax.lines if line.get_linestyle() == "None"]
    return [(list(line.get_xdata()), list(line.get_ydata())) for line in marks]


def test_event_study_draws_estimates_in_order_of_time():
    ax = plots.event_study(STUDY)
    assert points(ax) == [([-2, -1, 0, 1], [0.5, 0, 2, 4])]
    ends = np.array(ax.collections[0].get_segments())
    # What is zero by definition has no interval.
    assert ends[:, :, 1].tolist() == [[-0.5, 1.5], [1.5, 2.5], [3, 5]]
    start = [line.get_xdata()[0] for line in ax.lines if line.get_linestyle() == "--"]
    assert start == [-0.5]
    assert ax.get_legend() is None


def test_event_study_draws_the_band_behind_and_the_truth_as_a_line():
    table = STUDY.assign(
        band_low=STUDY["conf_low"] - 1,
        band_high=STUDY["conf_high"] + 1,
        known=[3.5, np.nan, np.nan, 1.8],
    )
    ax = plots.event_study(table, truth="known")
    band, interval = (np.array(c.get_segments()) for c in ax.collections)
    assert len(band) == 3
    assert band[-1, :, 1].tolist() == [2, 6]
    assert interval[-1, :, 1].tolist() == [3, 5]
    line = next(line for line in ax.lines if line.get_label() == "truth")
    assert (list(line.get_xdata()), list(line.get_ydata())) == ([0, 1], [1.8, 3.5])


def test_event_studies_stand_side_by_side():
    both = pd.concat([STUDY.assign(who="all"), STUDY.assign(who="some")])
    ax = plots.event_study(both, group="who", percent=True)
    (first, _), (second, _) = points(ax)
    assert np.subtract(second, first) == pytest.approx([0.16] * 4)
    assert [t.get_text() for t in ax.get_legend().get_texts()] == ["all", "some"]
    ax.figure.canvas.draw()
    assert ax.get_yticklabels()[0].get_text().endswith("%")


@pytest.mark.parametrize(
    ("table", "how", "says"),
    [
        (STUDY.drop(columns="event_time"), {}, "no column 'event_time'"),
        (STUDY.assign(estimate=np.nan), {}, "4 missing value"),
        (pd.concat([STUDY, STUDY]), {}, "event_time 1 twice; name the column"),
        (
            STUDY.rename(columns={"conf_low": "conf_high", "conf_high": "conf_low"}),
            {},
            "conf_low above conf_high",
        ),
        (STUDY, {"truth": "tru"}, "no column 'tru'"),
    ],
)
def test_bad_event_studies_say_what_is_wrong(table, how, says):
    with pytest.raises(ValueError, match=says):
        plots.event_study(table, **how)


def heights(ax, colour):
    """Return the sum of the bars of a colour."""
    bars = [b for b in ax.patches if to_hex(b.get_facecolor()).upper() == colour]
    return sum(bar.get_height() for bar in bars)


@pytest.mark.parametrize("observed", [4.0, -4.0, 0.3])
def test_bars_beyond_the_observed_are_the_two_sided_share(observed):
    drawn = np.array([-4.0, -1.0, -0.3, 0.0, 0.1, 0.3, 1.0, 4.0])
    ax = plots.reassignments(
        pd.DataFrame({"gap": drawn}), value="gap", observed=observed
    )
    share = np.mean(np.abs(drawn) >= abs(observed) - 1e-9)
    assert heights(ax, "#0B2E5C") == pytest.approx(share)
    assert heights(ax, "#999999") == pytest.approx(1 - share)
    assert ax.lines[0].get_xdata()[0] == observed


def test_reassignments_hold_what_lies_far_out():
    ax = plots.reassignments(
        pd.DataFrame({"gap": [-1.0, 0.0, 1.0]}), value="gap", observed=7.5, percent=True
    )
    assert sum(bar.get_height() for bar in ax.patches) == pytest.approx(1)
    low, high = ax.get_xlim()
    assert low < -1 < 7.5 < high
    # Nothing varies: all draws show zero, and so did the lot.
    still = plots.reassignments(
        pd.DataFrame({"gap": [0.0, 0.0]}), value="gap", observed=0.0
    )
    assert sum(bar.get_height() for bar in still.patches) == pytest.approx(1)


@pytest.mark.parametrize(
    ("table", "observed", "says"),
    [
        (pd.DataFrame({"gap": []}), 1.0, "holds no value"),
        (pd.DataFrame({"gap": [1.0, np.nan]}), 1.0, "1 missing value"),
        (pd.DataFrame({"gap": [1.0]}), np.nan, "observed="),
    ],
)
def test_bad_reassignments_say_what_is_wrong(table, observed, says):
    with pytest.raises(ValueError, match=says):
        plots.reassignments(table, value="gap", observed=observed)


def test_before_after_draws_each_unit_and_the_mean_of_each_arm():
    ax = plots.before_after(PLACES, before="before", after="after", group="arm")
    bold = [line for line in ax.lines if line.get_linewidth() > 3]
    means = {line.get_label(): list(line.get_ydata()) for line in bold}
    assert means == {
        "none (mean of 2)": [3.5, 3.0],
        "stage (mean of 2)": [2.0, 3.0],
    }
    faint = [list(line.get_ydata()) for line in ax.lines if line.get_linewidth() < 1]
    assert sorted(faint) == [[1, 2], [2, 2], [3, 4], [5, 4]]


def test_words_are_chinese_if_asked():
    ax = plots.before_after(
        PLACES, before="before", after="after", group="arm", labels="zh"
    )
    assert [text.get_text() for text in ax.get_xticklabels()] == ["之前", "之后"]
    assert plots.event_study(STUDY, labels="zh").get_xlabel() == "开始以来的时期数"
    ax = plots.reassignments(
        pd.DataFrame({"gap": [0.0, 1.0]}), value="gap", observed=1.0, labels="zh"
    )
    assert ax.get_legend().get_texts()[0].get_text() == "观测值（1）"


def test_arms_that_are_missing_are_refused():
    with pytest.raises(ValueError, match="missing value"):
        plots.before_after(
            PLACES.assign(arm=["stage", None, "none", "none"]),
            before="before",
            after="after",
            group="arm",
        )
