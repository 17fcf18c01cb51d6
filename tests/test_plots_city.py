"""Figures of the city's model: judged by what they draw."""

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt
from matplotlib.colors import to_hex
from matplotlib.patches import FancyArrowPatch

from govlib import _words, city, plots
from govlib.plots import _city

mpl.use("Agg")
EDGES = pd.DataFrame(
    {
        "source": ["wealth", "wealth", "need", "hall", "need"],
        "target": ["need", "activity", "hall", "part", "part"],
        "sign": ["-", "+", "+", "+", "-"],
    }
)
COSTS = pd.DataFrame(
    {
        "remedy": ["a", "b", "c", "d"],
        "yuan": [2.0, 1.0, 3.0, 3.0],
        "estimate": [0.05, 0.1, 0.2, 0.15],
    }
)


@pytest.fixture(autouse=True)
def _clean(monkeypatch):
    """Leave no figure and no setting behind."""
    monkeypatch.setattr(_words, "_language", None)
    with mpl.rc_context():
        yield
    plt.close("all")


def places(ax):
    return {text.get_text(): text.get_position() for text in ax.texts}


def arrows(ax):
    return [p for p in ax.patches if isinstance(p, FancyArrowPatch)]


def test_causes_stand_left_of_their_effects():
    ax = plots.causal_graph(EDGES)
    at = places(ax)
    assert set(at) == {"wealth", "need", "activity", "hall", "part"}
    for row in EDGES.itertuples():
        assert at[row.source][0] < at[row.target][0]
    assert len(set(at.values())) == len(at)
    assert len(arrows(ax)) == len(EDGES)


def test_signs_differ_in_colour_and_line():
    ax = plots.causal_graph(EDGES)
    shown = {(to_hex(a.get_edgecolor()), a.get_linestyle()) for a in arrows(ax)}
    assert len(shown) == 2
    assert len({line for _, line in shown}) == 2
    said = [text.get_text() for text in ax.get_legend().get_texts()]
    assert said == ["more of it", "less of it"]


def test_only_some_variables_and_the_effects_among_them():
    ax = plots.causal_graph(EDGES, only=["need", "hall", "part"])
    assert set(places(ax)) == {"need", "hall", "part"}
    assert len(arrows(ax)) == 3


def test_bent_arrow_keeps_away_from_what_is_between():
    where = {"a": (0.0, 0.0), "b": (1.0, 0.0), "c": (2.0, 0.0)}
    assert _city._bend("a", "b", where) == 0
    assert abs(_city._bend("a", "c", where)) > 0.2


def test_the_whole_city_can_be_drawn_in_chinese():
    found = city.dag()
    plots.use("zh")
    names = dict(zip(found.nodes["variable"], found.nodes["title_zh"], strict=True))
    ax = plots.causal_graph(found.edges, labels=names)
    assert len(ax.texts) == len(found.nodes)
    ax.figure.canvas.draw()


@pytest.mark.parametrize(
    ("edges", "options", "message"),
    [
        (EDGES.assign(sign="?"), {}, "sign"),
        (EDGES.drop(columns="sign"), {}, "sign"),
        (EDGES, {"only": ["needs"]}, "did you mean 'need'"),
        (
            pd.concat(
                [
                    EDGES,
                    pd.DataFrame({"source": ["part"], "target": ["need"], "sign": "+"}),
                ]
            ),
            {},
            "go round in a circle",
        ),
    ],
)
def test_wrong_graphs_are_refused(edges, options, message):
    with pytest.raises(ValueError, match=message):
        plots.causal_graph(edges, **options)


def test_frontier_goes_through_what_nothing_beats():
    """b (1, .1) beats a (2, .05); c (3, .2) beats d (3, .15)."""
    ax = plots.cost_frontier(COSTS, unit="remedy", cost="yuan")
    line = ax.lines[0]
    assert line.get_xdata().tolist() == [1, 3]
    assert line.get_ydata().tolist() == [0.1, 0.2]
    filled, empty = ax.collections[-2:]
    assert sorted(map(tuple, filled.get_offsets())) == [(1, 0.1), (3, 0.2)]
    assert sorted(map(tuple, empty.get_offsets())) == [(2, 0.05), (3, 0.15)]
    assert {text.get_text() for text in ax.texts} == set("abcd")


def test_frontier_draws_intervals_and_speaks_chinese():
    table = COSTS.assign(conf_low=COSTS["estimate"] - 0.01, conf_high=0.3)
    ax = plots.cost_frontier(table, unit="remedy", cost="yuan", labels="zh")
    segments = np.array(ax.collections[0].get_segments())
    assert segments[:, 1, 1].tolist() == [0.3] * 4
    assert ax.get_legend().get_texts()[0].get_text() == "没有更省且更有效的方案"


def test_negative_costs_are_refused():
    with pytest.raises(ValueError, match="must be >= 0; the smallest is -1"):
        plots.cost_frontier(COSTS.assign(yuan=-1), unit="remedy", cost="yuan")
