"""Figures of chapter 09, through the data that they draw."""

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt
from matplotlib.colors import to_hex

from govlib import coordination, plots

NODES = pd.DataFrame(
    {
        "who": ["p", "c", "u1", "u2", "u3"],
        "kind": ["party", "committee", "unit", "unit", "unit"],
        "between": [1.0, 0.25, 0.0, 0.0, 0.0],
    }
)
TIES = pd.DataFrame({"one": ["p", "p", "u1"], "other": ["c", "u1", "u2"]})
ENDS = {"source": "one", "target": "other", "unit": "who", "group": "kind"}


@pytest.fixture(autouse=True)
def no_figure_left():
    yield
    plt.close("all")


def texts(ax):
    return [text.get_text() for text in ax.texts]


# --- the network


def test_network_draws_every_organisation_and_tie():
    ax = plots.organisation_network(TIES, nodes=NODES, **ENDS)
    lines, dots = ax.collections
    assert len(lines.get_segments()) == 3
    assert len(dots.get_offsets()) == 5
    assert sorted(texts(ax)) == ["committee", "party"]
    legend = [text.get_text() for text in ax.get_legend().get_texts()]
    assert legend == ["unit (n = 3)"]


def test_ties_end_at_their_dots():
    ax = plots.organisation_network(TIES, nodes=NODES, **ENDS)
    lines, dots = ax.collections
    places = {tuple(np.round(place, 9)) for place in dots.get_offsets()}
    assert len(places) == 5
    for segment in lines.get_segments():
        assert {tuple(np.round(end, 9)) for end in segment} <= places


def test_areas_are_the_sizes():
    """60 for nothing and 1,460 for 1, in the order of the nodes' ids."""
    ax = plots.organisation_network(TIES, nodes=NODES, size="between", **ENDS)
    areas = ax.collections[1].get_sizes()
    assert sorted(areas) == [60, 60, 60, 60 + 350, 60 + 1400]


def test_places_do_not_depend_on_ties():
    first, second = (
        plots.organisation_network(ties, nodes=NODES, **ENDS).collections[1]
        for ties in (TIES, TIES.head(1))
    )
    assert np.array_equal(first.get_offsets(), second.get_offsets())


def test_network_speaks_chinese():
    nodes = NODES.assign(kind=["党组织", "居委会", "驻区单位", "驻区单位", "驻区单位"])
    ax = plots.organisation_network(TIES, nodes=nodes, labels="zh", **ENDS)
    assert sorted(texts(ax)) == sorted(["党组织", "居委会"])


@pytest.mark.parametrize(
    ("nodes", "options", "message"),
    [
        (NODES.assign(between=[2, 0, 0, 0, 0]), {"size": "between"}, "between 0 and 1"),
        (NODES.head(3), {}, "u2"),
        (NODES.assign(kind=None), {}, "kind"),
    ],
)
def test_bad_networks(nodes, options, message):
    with pytest.raises(ValueError, match=message):
        plots.organisation_network(TIES, nodes=nodes, **ENDS, **options)


def test_a_whole_city_is_refused():
    nodes = pd.DataFrame({"who": range(41), "kind": "unit"})
    ties = pd.DataFrame({"one": [0], "other": [1]})
    with pytest.raises(ValueError, match="41 organisations"):
        plots.organisation_network(ties, nodes=nodes, **ENDS)


# --- scores

MAP = pd.DataFrame({"place": ["a", "b"], "party": [0.75, 0.1], "rc": [0.0, 1.0]})


def test_map_shows_its_numbers():
    ax = plots.score_map(MAP, unit="place", columns=["party", "rc"])
    assert ax.images[0].get_array().tolist() == [[0.75, 0.0], [0.1, 1.0]]
    assert texts(ax) == ["0.75", "0.00", "0.10", "1.00"]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["a", "b"]
    # Letters on dark cells are white.
    assert [to_hex(t.get_color()) for t in ax.texts][::3] == ["#ffffff", "#ffffff"]


def test_map_without_numbers_and_with_words():
    ax = plots.score_map(
        MAP, unit="place", columns=["party", "rc"], digits=0, labels={"rc": "居委会"}
    )
    assert texts(ax) == []
    assert [label.get_text() for label in ax.get_xticklabels()] == ["party", "居委会"]


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (MAP.assign(rc=[0, 1.2]), "column 'rc' must lie between 0 and 1"),
        (MAP.assign(rc=[0, np.nan]), "missing"),
        (MAP.head(0), "0 rows"),
        (pd.concat([MAP] * 21), "42 rows"),
    ],
)
def test_bad_maps(table, message):
    with pytest.raises(ValueError, match=message):
        plots.score_map(table, unit="place", columns=["party", "rc"])


# --- coupling


def test_coupling_against_level():
    """(.2, .8): C = 2 sqrt(.16) / 1 = .8 and T = .5; a zero score; no score at all."""
    scores = pd.DataFrame({"a": [0.2, 0.0, 0.0], "b": [0.8, 0.6, 0.0]})
    table = coordination.coupling_coordination(scores, subsystems=["a", "b"])
    ax = plots.coupling_level(table, highlight="zero_score", labels="en")
    plain, marked = (dots.get_offsets().tolist() for dots in ax.collections)
    assert plain == [[pytest.approx(0.5), pytest.approx(0.8)]]
    assert marked == [[pytest.approx(0.3), 0.0]]
    assert ax.get_xlabel() == "Mean of the scores, T"
    assert ax.get_legend().get_texts()[0].get_text().endswith("(n = 1)")
    other = plots.coupling_level(table, value="coordination", labels="zh")
    assert other.get_ylabel() == "协调度 D"
    with pytest.raises(ValueError, match="value"):
        plots.coupling_level(table, value="level")


# --- truth table


@pytest.fixture
def rows():
    cases = pd.DataFrame({"hall": [1, 1, 0], "party": [1, 0, 1], "solved": [1, 1, 0]})
    found = coordination.truth_table(
        cases, conditions=["hall", "party"], outcome="solved"
    )
    return found.table


def test_truth_table_draws_every_row(rows):
    """Rows 00, 01, 10, 11: empty dots where a condition is absent."""
    ax = plots.truth_table(rows, conditions=["hall", "party"], labels="en")
    empty, filled = (dots.get_offsets().tolist() for dots in ax.collections)
    assert empty == [[0, 0], [1, 0], [0, 1], [1, 2]]
    assert filled == [[1, 1], [0, 2], [0, 3], [1, 3]]
    words = texts(ax)
    assert words[3::4] == ["not seen", "not sufficient", "sufficient", "sufficient"]
    assert words[0::4] == ["0", "1", "1", "1"]
    assert words[1:3] == ["", ""]


def test_truth_table_speaks_chinese(rows):
    ax = plots.truth_table(rows, conditions=["hall", "party"], labels="zh")
    assert texts(ax)[-1] == "充分"


def test_truth_table_uses_words_of_a_column(rows):
    names = {"hall": "x", "actor=hall": "议事厅"}
    ax = plots.truth_table(
        rows, conditions=["hall", "party"], kind="actor", labels=names
    )
    assert ax.get_xticklabels()[0].get_text() == "议事厅"


def test_bad_truth_tables(rows):
    with pytest.raises(ValueError, match="0 and 1"):
        plots.truth_table(rows.assign(hall=0.5), conditions=["hall", "party"])
    with pytest.raises(ValueError, match="0 rows"):
        plots.truth_table(rows.head(0), conditions=["hall", "party"])
