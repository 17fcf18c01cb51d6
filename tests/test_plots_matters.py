"""Figures of matters, tested through the data that they draw."""

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt

from govlib import lifecycle, plots

WHERE = pd.DataFrame(
    {
        "stage": ["analysis", "analysis", "decision", "decision"],
        "phase": ["waiting", "working"] * 2,
        "estimate": [9.0, 4.0, 60.0, 8.0],
        "open": [2, 1, 40, 3],
    }
)
FOLLOWS = pd.DataFrame(
    {
        "source": ["start", "analysis", "decision", "analysis", "decision"],
        "target": ["analysis", "decision", "end", "open", "analysis"],
        "events": [90, 75, 70, 20, 5],
    }
)


@pytest.fixture(autouse=True)
def closed_figures():
    yield
    plt.close("all")


def texts(ax):
    return [text.get_text() for text in ax.texts]


def test_stuck_draws_waiting_then_work():
    ax = plots.stuck(WHERE)
    waiting, working = ax.containers
    assert [bar.get_width() for bar in waiting] == [9, 60]
    assert [(bar.get_x(), bar.get_width()) for bar in working] == [(9, 4), (60, 8)]
    assert texts(ax) == ["3 open", "43 open"]
    assert [t.get_text() for t in ax.get_yticklabels()] == ["analysis", "decision"]
    # The first stage stands at the top.
    assert ax.yaxis_inverted()


def test_stuck_by_group_and_in_chinese():
    both = pd.concat([WHERE.assign(who="a"), WHERE.assign(who="b", estimate=1.0)])
    ax = plots.stuck(both, group="who", labels="zh")
    assert [t.get_text() for t in ax.get_yticklabels()] == [
        "分析: a",
        "分析: b",
        "决策: a",
        "决策: b",
    ]
    assert [bar.get_width() for bar in ax.containers[0]] == [9, 1, 60, 1]
    assert texts(ax)[0] == "未结3件"
    legend = [t.get_text() for t in ax.get_legend().get_texts()]
    assert legend == ["等待", "办理"]


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (WHERE.iloc[:0], "no rows"),
        (WHERE.assign(estimate=-1.0), "negative time"),
        (pd.concat([WHERE, WHERE]), "phase twice; name the column of groups"),
        (WHERE.drop(columns="open"), "no column 'open'"),
        (WHERE.assign(stage=[None, "b", "c", "d"]), "missing"),
    ],
)
def test_stuck_refuses(table, words):
    with pytest.raises(ValueError, match=words):
        plots.stuck(table)


def test_process_map_draws_what_follows_what():
    ax = plots.process_map(FOLLOWS, order=["analysis", "decision"])
    said = texts(ax)
    assert said[:4] == ["start", "analysis\n20 open", "decision", "end"]
    assert said[4:] == ["90", "75", "70", "5"]
    widths = [patch.get_linewidth() for patch in ax.patches]
    assert widths == sorted(widths, reverse=True)
    assert len(widths) == 4
    legend = [t.get_text() for t in ax.get_legend().get_texts()]
    assert legend == ["next stage", "back"]


def test_process_map_leaves_out_what_is_rare():
    ax = plots.process_map(FOLLOWS, order=["analysis", "decision"], least=0.1)
    assert "5" not in texts(ax)
    assert len(ax.patches) == 3


def test_process_map_takes_the_table_of_the_library():
    log = pd.DataFrame(
        {
            "matter": [1, 1, 1, 2],
            "stage": ["analysis", "decision", "execution", "analysis"],
            "day": [0, 1, 2, 0],
        }
    )
    table = lifecycle.directly_follows(
        log, unit="matter", activity="stage", time="day", closing="execution"
    )
    ax = plots.process_map(table, order=lifecycle.CYCLE[:3], labels="zh")
    assert texts(ax)[:5] == ["开始", "分析\n未结1件", "决策", "执行", "办结"]


@pytest.mark.parametrize(
    ("table", "how", "words"),
    [
        (FOLLOWS.iloc[:0], {}, "no rows"),
        (FOLLOWS, {"order": ["analysis", "desicion"]}, "did you mean 'desicion'"),
        (FOLLOWS, {"least": 2}, "between 0 and 1"),
        (FOLLOWS, {"order": list("abcdefghijklm")}, "12 at most"),
    ],
)
def test_process_map_refuses(table, how, words):
    with pytest.raises(ValueError, match=words):
        plots.process_map(table, **({"order": ["analysis", "decision"]} | how))


def test_break_even_draws_line_and_point():
    table = lifecycle.added_layer(np.linspace(0.8, 0.2, 7))
    ax = plots.break_even(table, points=pd.Series([0.4, 0.6]))
    _, line, ticks, point = ax.lines
    assert line.get_xdata() == pytest.approx(np.linspace(0.2, 0.8, 7))
    assert line.get_ydata()[[0, -1]] == pytest.approx([0.03, -0.03])
    assert ticks.get_xdata().tolist() == [0.4, 0.6]
    assert point.get_xdata()[0] == pytest.approx(0.5)
    assert texts(ax) == ["the layer pays", "the layer costs", "break-even at 50 %"]
    assert texts(plots.break_even(table, labels="zh"))[-1] == "平衡点50 %"


def test_break_even_without_the_point_in_sight():
    ax = plots.break_even(lifecycle.added_layer([0.7, 0.9]))
    assert texts(ax) == ["the layer costs"]
    with pytest.raises(ValueError, match="no rows"):
        plots.break_even(lifecycle.added_layer([0.7]).iloc[:0])
