"""Figures of lifts, judged by the data they draw."""

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt
from matplotlib.colors import same_color

from govlib import _words, deliberation, plots


@pytest.fixture(autouse=True)
def _clean(monkeypatch):
    """Leave no figure and no setting behind."""
    monkeypatch.setattr(_words, "_language", None)
    with mpl.rc_context():
        yield
    plt.close("all")


def _draw(ax):
    """Draw as for a file; warnings are errors, so a missing glyph fails here."""
    ax.figure.canvas.draw()
    return ax


FLOORS = pd.DataFrame(
    {
        "floor": [2, 1, 1, 2, 1, 2, 1, 2],
        "share": [0.3, 0.1, 0.4, 0.6, 0.2, 0.5, 0.25, 0.55],
        "hall_talks": [True] * 4 + [False] * 4,
        "when": ["poll", "poll", "vote", "vote"] * 2,
    }
)


def test_one_line_for_each_group_and_time():
    ax = _draw(plots.consent_by_floor(FLOORS, group="hall_talks", time="when"))
    drawn = [(line.get_linestyle(), line.get_ydata().tolist()) for line in ax.lines]
    assert drawn == [
        ("--", [0.1, 0.3]),
        ("-", [0.4, 0.6]),
        ("--", [0.2, 0.5]),
        ("-", [0.25, 0.55]),
    ]
    assert same_color(ax.lines[0].get_color(), ax.lines[1].get_color())
    assert not same_color(ax.lines[0].get_color(), ax.lines[2].get_color())
    legend = [text.get_text() for text in ax.get_legend().get_texts()]
    assert legend == ["True", "False", "poll", "vote"]
    assert ax.get_xticks().tolist() == [1, 2]


def test_consent_in_chinese():
    ax = plots.consent_by_floor(FLOORS, group="hall_talks", time="when", labels="zh")
    assert (_draw(ax).get_xlabel(), ax.get_ylabel()) == ("楼层", "同意比例")


@pytest.mark.parametrize(
    ("table", "how", "message"),
    [
        (FLOORS, {}, "a floor twice on the line"),
        (FLOORS.assign(share=2.0), {"group": "hall_talks"}, "from 0 to 1"),
        (FLOORS.assign(share=np.nan), {"group": "hall_talks"}, "missing"),
        (FLOORS, {"group": "nobody"}, "nobody"),
        (FLOORS.assign(g=range(8)), {"group": "g"}, "too many to tell"),
    ],
)
def test_consent_refuses(table, how, message):
    with pytest.raises(ValueError, match=message):
        plots.consent_by_floor(table, **how)


def test_bars_are_means_of_a_floors_flats():
    table = pd.DataFrame({"floor": [1, 2, 2], "payment": [-30.0, 1000.0, 3000.0]})
    ax = _draw(plots.cost_by_floor(table))
    assert [bar.get_height() for bar in ax.containers[0]] == [-30.0, 2000.0]
    assert [text.get_text() for text in ax.texts] == ["−30", "2,000"]
    paid, pays = (bar.get_facecolor() for bar in ax.containers[0])
    assert not same_color(paid, pays)


def test_offers_side_by_side():
    table = pd.DataFrame(
        {
            "floor": [1, 2, 1, 2],
            "payment": [0.0, 10.0, -5.0, 15.0],
            "offer": list("aabb"),
        }
    )
    ax = _draw(plots.cost_by_floor(table, group="offer", labels="zh"))
    heights = [[bar.get_height() for bar in bars] for bars in ax.containers]
    assert heights == [[0.0, 10.0], [-5.0, 15.0]]
    assert ax.get_ylabel() == "每套金额（元）"
    left = [bars[0].get_x() for bars in ax.containers]
    assert left[1] == pytest.approx(left[0] + 0.4)


def test_vote_against_its_thresholds():
    """Seven of ten agree: the quorum is met, three quarters are not."""
    stairwell = pd.DataFrame(
        {
            "who": range(12),
            "area": 80,
            "answer": ["yes"] * 7 + ["no"] * 3 + ["未投"] * 2,
        }
    )
    found = deliberation.vote(stairwell, owner="who", area="area", answer="answer")
    ax = _draw(plots.vote_tests(found.table, labels="en"))
    widths = [bar.get_width() for bar in ax.containers[1]]
    assert widths == pytest.approx([10 / 12, 10 / 12, 0.7, 0.7])
    assert [text.get_text() for text in ax.texts] == [
        "800 of 960, needs 640",
        "10 of 12, needs 8",
        "560 of 800, needs 600: fails",
        "7 of 10, needs 8: fails",
    ]
    marks = [segment[0, 0] for segment in ax.collections[0].get_segments()]
    assert marks == pytest.approx([2 / 3, 2 / 3, 0.75, 0.75])
    colours = [bar.get_facecolor() for bar in ax.containers[1]]
    assert same_color(colours[0], colours[1])
    assert not same_color(colours[0], colours[2])
    assert _draw(plots.vote_tests(found.table, labels="zh")).get_xlabel() == "比例"


def test_vote_tests_refuse_two_votes():
    table = pd.DataFrame({"test": ["a", "a"]})
    with pytest.raises(ValueError, match="a test twice"):
        plots.vote_tests(table)
