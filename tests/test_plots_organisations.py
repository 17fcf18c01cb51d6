"""Figures of waiting lines, income and lives, judged by the data they draw."""

import logging

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt
from matplotlib.colors import same_color

from govlib import _words, datasets, organisations, plots
from govlib.plots import _organisations


@pytest.fixture(autouse=True)
def _clean(monkeypatch):
    """Leave no figure and no setting behind."""
    monkeypatch.setattr(_words, "_language", None)
    with mpl.rc_context():
        yield
    plt.close("all")


def drawn(ax):
    """Draw as for a file; warnings are errors, so a missing glyph fails here."""
    ax.figure.canvas.draw()
    return ax


def legend(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


WAVE = pd.DataFrame({"load": [0.4, 2.1, 0.5, 0.4], "wait": [0.0, 0.9, 0.3, 0.01]})


# ------------------------------------------------------------------ delay


def test_delay_goes_round_and_marks_the_peak():
    ax = drawn(plots.delay(WAVE))
    full, path, peak = ax.lines
    assert full.get_xdata() == [1, 1]
    assert path.get_xdata().tolist() == WAVE["load"].tolist()
    assert path.get_ydata().tolist() == WAVE["wait"].tolist()
    assert [float(peak.get_xdata()[0]), float(peak.get_ydata()[0])] == [2.1, 0.9]
    # Points near zero lie on one another and have no number.
    assert [text.get_text() for text in ax.texts] == ["2", "3"]
    assert [tuple(text.xy) for text in ax.texts] == [(2.1, 0.9), (0.5, 0.3)]
    assert legend(ax) == ["period by period", "longest wait"]


def test_delay_leaves_endless_waits_out_of_the_curve():
    curve = organisations.waiting([11, 6, 12, 14], service_rate=3, teams=4)
    ax = drawn(plots.delay(WAVE, curve=curve))
    line = ax.lines[0]
    assert line.get_xdata().tolist() == pytest.approx([6 / 12, 11 / 12])
    assert line.get_ydata().tolist() == curve["mean_wait"].iloc[[1, 0]].tolist()
    # The curve does not decide how high the figure is.
    assert ax.get_ylim()[1] == pytest.approx(1.15 * 0.9)


def test_delay_takes_the_waves_of_the_library():
    table = organisations.waiting_over_time([5, 25, 5, 5], service_rate=3, teams=4)
    ax = drawn(plots.delay(table))
    peak = ax.lines[-1]
    assert float(peak.get_ydata()[0]) == table.loc[table["peak"], "wait"].item()


def test_delay_of_a_line_without_waits():
    ax = drawn(plots.delay(pd.DataFrame({"load": [0.1, 0.2], "wait": [0.0, 0.0]})))
    assert not ax.texts


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (WAVE.head(0), "no rows"),
        (WAVE.drop(columns="load"), "has no column 'load'"),
        (WAVE.assign(wait=[0, np.nan, 1, 2]), "1 missing"),
        (WAVE.assign(wait=[0, np.inf, 1, 2]), "1 infinite"),
    ],
)
def test_delay_refuses(table, words):
    with pytest.raises(ValueError, match=words):
        plots.delay(table)


# ------------------------------------------------------------------ composition

PAID = pd.DataFrame(
    {
        "who": ["b", "b", "a", "b", "a"],
        "payer": ["fees", "office", "office", "fees", "gifts"],
        "yuan": [10, 60, 5, 10, 15],
    }
)


def test_parts_add_up_and_keep_their_order():
    ax = drawn(plots.composition(PAID, unit="who", group="payer", value="yuan"))
    assert [t.get_text() for t in ax.get_yticklabels()] == ["b", "a"]
    assert legend(ax) == ["fees", "office", "gifts"]
    widths = [[bar.get_width() for bar in bars] for bars in ax.containers]
    # b: 20, 60 and 0 of 80; a: 0, 5 and 15 of 20.
    assert np.array(widths).T.tolist() == [[0.25, 0.75, 0], [0, 0.25, 0.75]]
    starts = [[bar.get_x() for bar in bars] for bars in ax.containers]
    assert np.array(starts).T.tolist() == [[0, 0.25, 1], [0, 0, 0.25]]
    colours = [bars[0].get_facecolor() for bars in ax.containers]
    assert not same_color(colours[0], colours[1])


def test_categories_decide_the_order_and_empty_ones_are_left_out():
    table = PAID.assign(
        payer=pd.Categorical(PAID["payer"], ["gifts", "none", "office", "fees"])
    )
    ax = drawn(plots.composition(table, unit="who", group="payer", value="yuan"))
    assert legend(ax) == ["gifts", "office", "fees"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"yuan": [1, -1, 1, 1, 1]}, "must be >= 0; the smallest is -1"),
        ({"yuan": [0, 0, 5, 0, 15]}, "'b' have nothing in column 'yuan'"),
        ({"payer": list("abcde")}, None),
        ({"who": None}, "5 missing"),
    ],
)
def test_composition_refuses(change, words):
    table = PAID.assign(**change)
    if words is None:
        plots.composition(table, unit="who", group="payer", value="yuan")
        table = pd.concat([table, table.assign(payer="f")])
        words = "2 units and 6 parts, too many"
    with pytest.raises(ValueError, match=words):
        plots.composition(table, unit="who", group="payer", value="yuan")


# ------------------------------------------------------------------ survival

LIVES = pd.DataFrame(
    {
        "age": [1, 2, 3, 3, 5, 10, 14, 7, 15, 15],
        "dissolved": [1, 1, 1, 1, 1, 1, 1, 0, 0, 0],
        "founder": ["office", "residents"] * 5,
    }
)


def test_curves_fall_in_steps():
    """By hand: .9, .8, .6, .5 and so on, from one."""
    lasting = organisations.survival(LIVES, time="age", outcome="dissolved")
    ax = drawn(plots.survival(lasting.table))
    curve, half = ax.lines
    assert curve.get_drawstyle() == "steps-post"
    assert curve.get_xdata().tolist() == [0, 1, 2, 3, 5, 10, 14]
    assert curve.get_ydata()[:5].tolist() == pytest.approx([1, 0.9, 0.8, 0.6, 0.5])
    assert list(half.get_ydata()) == [0.5, 0.5]
    assert ax.get_ylabel() == "Share that lasts longer (95 % interval)"


def test_groups_have_curves_of_their_own():
    lasting = organisations.survival(
        LIVES, time="age", outcome="dissolved", group="founder"
    )
    shuffled = lasting.table.iloc[::-1]
    ax = drawn(plots.survival(shuffled, group="founder"))
    # In the order in which they come, each in the order of time.
    assert legend(ax) == ["residents", "office"]
    for line, name in zip(ax.lines, ("residents", "office"), strict=False):
        table = lasting.table[lasting.table["founder"] == name]
        assert line.get_xdata().tolist() == table["time"].tolist()
        assert line.get_ydata().tolist() == table["estimate"].tolist()
    assert ax.lines[0].get_linestyle() != ax.lines[1].get_linestyle()
    many = pd.concat([lasting.table.assign(founder=name) for name in "abcde"])
    with pytest.raises(ValueError, match="5 groups, too many"):
        plots.survival(many, group="founder")
    with pytest.raises(ValueError, match="has no column 'founde'"):
        plots.survival(lasting.table, group="founde")


# ------------------------------------------------------------------ Chinese


def test_chinese_is_written_where_it_is_asked_for(caplog):
    lasting = organisations.survival(
        LIVES, time="age", outcome="dissolved", group="founder"
    )
    with caplog.at_level(logging.WARNING):
        wait = drawn(plots.delay(WAVE, labels="zh"))
        income = drawn(
            plots.composition(
                PAID, unit="who", group="payer", value="yuan", labels="zh"
            )
        )
        lives = drawn(plots.survival(lasting.table, group="founder", labels="zh"))
    assert legend(wait) == ["逐期", "最长等待"]
    assert income.get_xlabel() == "占收入的比例"
    assert "街道办事处" in legend(income)
    assert lives.get_ylabel() == "存续更久的比例（95%区间）"
    assert caplog.messages == []


def test_both_languages_say_the_same_things():
    english, chinese = (_organisations.WORDS[lang] for lang in ("en", "zh"))
    for kind in ("phrases", "names"):
        assert english[kind].keys() == chinese[kind].keys()


def test_labels_of_the_shipped_tables():
    income = datasets.load("organisation_income")
    register = datasets.load("organisations")[["organisation", "founder_kind"]]
    ax = drawn(
        plots.composition(
            income.merge(register, on="organisation"),
            unit="founder_kind",
            group="payer",
            value="amount",
            labels="en",
        )
    )
    assert legend(ax)[0] == "sub-district office"
    for bars in zip(*ax.containers, strict=True):
        assert sum(bar.get_width() for bar in bars) == pytest.approx(1)
