"""Figures of services, tested by what they draw."""

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt

from govlib import equity, plots


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


# Service hours of the course's worked case, and thousands of people.
PLACES = pd.DataFrame({"hours": [2, 4, 6, 8, 20], "people": [5, 4, 3, 4, 1]})


def texts(things):
    return [thing.get_text() for thing in things]


# ------------------------------------------------------------------ Lorenz


def test_lorenz_draws_the_points_and_the_diagonal():
    curves = pd.concat(
        [
            equity.lorenz_curve(PLACES, value="hours").assign(by="places"),
            equity.lorenz_curve(PLACES, value="hours", weight="people").assign(
                by="people"
            ),
        ]
    )
    ax = plots.lorenz(curves, group="by")
    places, people, equal = ax.lines
    # By hand: 2, 6, 12, 20 and 40 of 40, a fifth of the places at a time.
    assert places.get_xdata() == pytest.approx([0, 0.2, 0.4, 0.6, 0.8, 1])
    assert places.get_ydata() == pytest.approx([0, 0.05, 0.15, 0.3, 0.5, 1])
    # 10, 26, 44, 76 and 96 of 96 hours; 5, 9, 12, 16 and 17 of 17 thousand people.
    assert people.get_xdata() == pytest.approx(np.array([0, 5, 9, 12, 16, 17]) / 17)
    assert people.get_ydata() == pytest.approx(np.array([0, 10, 26, 44, 76, 96]) / 96)
    assert equal.get_xydata().tolist() == [[0, 0], [1, 1]]
    assert texts(ax.get_legend().get_texts()) == ["places", "people", "all alike"]
    assert (ax.get_xlim(), ax.get_ylim()) == ((0, 1), (0, 1))


def test_lorenz_says_what_people_are_ordered_by():
    points = pd.DataFrame({"population_share": [0, 1], "value_share": [0, 1]})
    assert plots.lorenz(points).get_xlabel() == "People, from those with least"
    ax = plots.lorenz(points, rank="income", labels="zh")
    assert ax.get_xlabel() == "人口，按收入排列"
    assert ax.get_legend() is None


def test_lorenz_refuses():
    points = pd.DataFrame({"population_share": [0, 1], "value_share": [0, 1.2]})
    with pytest.raises(ValueError, match="'value_share' must hold shares from 0 to 1"):
        plots.lorenz(points)
    with pytest.raises(ValueError, match="no column 'value_share'"):
        plots.lorenz(points[["population_share"]])
    many = pd.concat([points.assign(value_share=[0, 1], g=g) for g in range(5)])
    with pytest.raises(ValueError, match="5 groups, too many"):
        plots.lorenz(many, group="g")


# ------------------------------------------------------------------ reach


REACH = pd.DataFrame(
    {
        "place": ["b", "b", "a", "a"],
        "kind": ["bank", "clinic", "bank", "clinic"],
        "covered_share": [0.25, 0.5, 0.0, 1.0],
    }
)


def test_reach_orders_functions_by_how_common_they_are():
    ax = plots.reach(REACH, unit="place", function="kind")
    assert texts(ax.get_yticklabels()) == ["b", "a"]
    # Clinics: (0.5 + 1) / 2; banks: 0.25 / 2.
    assert texts(ax.get_xticklabels()) == ["clinic", "bank"]
    assert np.asarray(ax.images[0].get_array()).tolist() == [[0.5, 0.25], [1, 0]]
    assert texts(ax.texts) == ["50", "25", "100", "0"]


def test_reach_leaves_places_without_people_white():
    table = REACH.assign(covered_share=[np.nan, np.nan, 0.0, 1.0])
    ax = plots.reach(table, unit="place", function="kind")
    assert texts(ax.texts) == ["100", "0"]
    assert np.isnan(np.asarray(ax.images[0].get_array().filled(np.nan))[0]).all()


def test_reach_takes_categories_and_speaks_chinese():
    table = REACH.rename(columns={"place": "district", "kind": "function"})
    table = table.astype({"district": "category", "function": "category"})
    ax = plots.reach(table, unit="district", function="function", labels="zh")
    assert texts(ax.get_xticklabels()) == ["卫生所", "银行"]
    assert ax.get_title() == "可达人口比例 (%)"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"covered_share": [0.2, 0.4, 0.1, 1.5]}, "shares from 0 to 1"),
        ({"kind": ["bank", "bank", "bank", "clinic"]}, "'bank' of 'b' twice"),
    ],
)
def test_reach_refuses(change, message):
    with pytest.raises(ValueError, match=message):
        plots.reach(REACH.assign(**change), unit="place", function="kind")


def test_reach_refuses_too_many_places():
    table = pd.DataFrame({"p": range(31), "k": "x", "covered_share": 1})
    with pytest.raises(ValueError, match="31 places, too many rows"):
        plots.reach(table, unit="p", function="k")


# ------------------------------------------------------------------ parts


def test_parts_stack_and_say_the_share_between():
    table = pd.DataFrame({"by": ["x", "y"], "between": [0.1, 0], "within": [0.3, 0.4]})
    ax = plots.parts(table, unit="by")
    between, within = ax.containers
    assert [bar.get_width() for bar in between] == [0.1, 0]
    assert [bar.get_x() for bar in within] == [0.1, 0]
    assert [bar.get_width() for bar in within] == pytest.approx([0.3, 0.4])
    assert texts(ax.texts) == ["25 %", "0 %"]
    assert texts(ax.get_yticklabels()) == ["x", "y"]
    ax = plots.parts(table, unit="by", labels="zh")
    assert texts(ax.get_legend().get_texts()) == ["组间", "组内"]


def test_parts_of_nothing_and_of_less():
    table = pd.DataFrame({"by": ["x"], "between": [0.0], "within": [0.0]})
    assert texts(plots.parts(table, unit="by").texts) == []
    with pytest.raises(ValueError, match="parts of inequality must be >= 0"):
        plots.parts(table.assign(between=-0.1), unit="by")
    with pytest.raises(ValueError, match="must name each row once"):
        plots.parts(pd.concat([table, table]), unit="by")


# ------------------------------------------------------------------ map


BLOCKS = pd.DataFrame(
    {"x": [0, 500, 1500], "y": [0, 1000, 0], "access": [0, 2, 5], "people": [1, 2, 4]}
)


def test_map_draws_rings_for_those_who_reach_nothing():
    shops = pd.DataFrame({"x": [250], "y": [750]})
    ax = plots.access_map(
        BLOCKS,
        value="access",
        coordinates=("x", "y"),
        weight="people",
        facilities=shops,
        most=4,
    )
    rings, dots = ax.collections
    assert rings.get_offsets().tolist() == [[0, 0]]
    assert rings.get_facecolors().size == 0
    assert dots.get_offsets().tolist() == [[0.5, 1], [1.5, 0]]
    assert dots.get_array().tolist() == [2, 5]
    assert dots.get_clim() == (0, 4)
    # Areas in proportion to people: 1, 2 and 4.
    assert [*rings.get_sizes(), *dots.get_sizes()] == pytest.approx([30, 60, 120])
    assert ax.lines[0].get_xydata().tolist() == [[0.25, 0.75]]
    assert ax.get_aspect() == 1
    assert ax.get_xlabel() == "Kilometres east"


def test_map_refuses():
    how = {"value": "access", "coordinates": ("x", "y")}
    with pytest.raises(TypeError, match="coordinates= takes two column names"):
        plots.access_map(BLOCKS, value="access", coordinates="xy")
    with pytest.raises(ValueError, match="'access' must be >= 0; the smallest is -1"):
        plots.access_map(BLOCKS.assign(access=[1, -1, 2]), **how)
    with pytest.raises(ValueError, match="1 missing"):
        plots.access_map(BLOCKS.assign(x=[0, None, 1]), **how)
    with pytest.raises(ValueError, match="no column 'y'"):
        plots.access_map(BLOCKS, facilities=BLOCKS[["x"]], **how)
