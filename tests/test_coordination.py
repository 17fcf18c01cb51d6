"""
Coordination against published tables, R (sna, igraph), other programs and hand counts.

Stored numbers come from tests/reference/coordination.R (versions beside it) and
tests/reference/coordination_qca.py.
"""

from io import StringIO
from itertools import combinations, product
from math import comb, sqrt
from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal, assert_series_equal

from govlib import _qca, coordination
from govlib.coordination import _minimise

REFERENCE = Path(__file__).parent / "reference"
NODES, TIES, ROLES, MINIMISED = (
    pd.read_csv(REFERENCE / f"coordination_{name}.csv", encoding="utf-8")
    for name in ("nodes", "ties", "roles", "qca")
)

# Lipset's indicators of 18 European states between the wars, and their fuzzy scores.
# Rihoux and Ragin (2009), Configurational Comparative Methods, Sage: raw data of
# chapters 3 and 5, fuzzy scores of chapter 5.
CONDITIONS = ["DEV", "URB", "LIT", "IND", "STB"]
LIPSET = pd.read_csv(
    StringIO("""
AU  720 33.4 98.0 33.4 10  -9  .81  .12 .99  .73 .43 .05
BE 1098 60.5 94.4 48.9  4  10  .99  .89 .98 1.00 .98 .95
CZ  586 69.0 95.9 37.4  6   7  .58  .98 .98  .90 .91 .89
EE  468 28.5 95.0 14.0  6  -6  .16  .07 .98  .01 .91 .12
FI  590 22.0 99.1 22.0  9   4  .58  .03 .99  .08 .58 .77
FR  983 21.2 96.2 34.8  5  10  .98  .03 .99  .81 .95 .95
DE  795 56.5 98.0 40.4 11  -9  .89  .79 .99  .96 .31 .05
GR  390 31.1 59.2 28.1 10  -8  .04  .09 .13  .36 .43 .06
HU  424 36.3 85.0 21.6 13  -1  .07  .16 .88  .07 .13 .42
IE  662 25.0 95.0 14.5  5   8  .72  .05 .98  .01 .95 .92
IT  517 31.4 72.1 29.6  9  -9  .34  .10 .41  .47 .58 .05
NL 1008 78.8 99.9 39.3  2  10  .98 1.00 .99  .94 .99 .95
PL  350 37.0 76.9 11.2 21  -6  .02  .17 .59  .00 .00 .12
PT  320 15.3 38.0 23.1 19  -9  .01  .02 .01  .11 .01 .05
RO  331 21.9 61.8 12.2  7  -4  .01  .03 .17  .00 .84 .21
ES  367 43.0 55.6 25.5 12  -8  .03  .30 .09  .21 .20 .06
SE  897 34.0 99.9 32.3  6  10  .95  .13 .99  .67 .91 .95
UK 1038 74.0 99.9 49.9  4  10  .98  .99 .99 1.00 .98 .95
"""),
    sep=r"\s+",
    header=None,
    index_col=0,
)
RAW, FUZZY = LIPSET.iloc[:, :6], LIPSET.iloc[:, 6:]
RAW.columns = FUZZY.columns = [*CONDITIONS, "SURV"]
CRISP = pd.DataFrame(
    {
        "DEV": RAW["DEV"] >= 550,
        "URB": RAW["URB"] >= 50,
        "LIT": RAW["LIT"] >= 75,
        "IND": RAW["IND"] >= 30,
        "STB": RAW["STB"] < 10,
        "SURV": RAW["SURV"] > 0,
    }
)


def same_models(solution, expressions):
    """Compare models as sets of paths, whatever the order."""

    def canonical(expression):
        paths = expression.replace(" ", "").split("+")
        return frozenset(frozenset(path.split("*")) for path in paths)

    ours = [canonical(one) for one in solution.models["expression"]]
    assert len(set(ours)) == len(ours)
    assert set(ours) == {canonical(one) for one in expressions}


# --- duties


LISTS = pd.DataFrame(
    [
        (2023, "党组织", "统筹"),
        (2023, "居委会", "调解"),
        (2023, "居委会", "楼道"),
        (2023, "业委会", "楼道"),
        (2023, "物业", "楼道"),
        (2023, "物业", "维修"),
        (2023, "居委会", "统筹"),
        (2025, "党组织", "统筹"),
        (2025, "居委会", "调解"),
        (2025, "业委会", "维修"),
        (2025, "物业", "楼道"),
    ],
    columns=["year", "actor", "duty"],
)


def test_duties_have_gaps_and_overlaps():
    """Counted by hand: in 2023 three hold the stairwell, in 2025 one does."""
    table = coordination.responsibilities(
        LISTS,
        unit="actor",
        value="duty",
        time="year",
        duties=["统筹", "调解", "楼道", "维修", "电梯"],
    )
    assert table["year"].tolist() == [2023] * 5 + [2025] * 5
    assert table["holders"].tolist() == [2, 1, 3, 1, 0, 1, 1, 1, 1, 0]
    assert table["status"].tolist() == [
        "overlap",
        "clear",
        "overlap",
        "clear",
        "gap",
    ] + ["clear"] * 4 + ["gap"]
    assert set(table["actors"][2].split(", ")) == {"居委会", "业委会", "物业"}
    assert table["actors"][4] == ""


def test_a_duty_that_is_dropped_is_a_gap():
    lists = LISTS[~((LISTS["year"] == 2025) & (LISTS["duty"] == "调解"))]
    table = coordination.responsibilities(
        lists, unit="actor", value="duty", time="year"
    )
    later = table[table["year"] == 2025].set_index("duty")
    assert later.loc["调解", "status"] == "gap"
    assert "电梯" not in later.index


def test_role_overlap_of_each_pair():
    """By hand, from the three duties of 居委会, two of 物业 and one of the others."""
    table = coordination.role_overlap(LISTS, unit="actor", value="duty", time="year")
    assert len(table) == 2 * comb(4, 2)
    table["pair"] = [
        frozenset(p) for p in zip(table["source"], table["target"], strict=False)
    ]
    before = table[table["year"] == 2023].set_index("pair")
    expected = {
        ("居委会", "业委会"): (1, 1 / 3, 1),
        ("居委会", "物业"): (1, 1 / 4, 1 / 2),
        ("居委会", "党组织"): (1, 1 / 3, 1),
        ("业委会", "物业"): (1, 1 / 2, 1),
        ("业委会", "党组织"): (0, 0, 0),
        ("物业", "党组织"): (0, 0, 0),
    }
    for pair, numbers in expected.items():
        row = before.loc[[frozenset(pair)]].iloc[0]
        assert (row["shared"], row["jaccard"], row["overlap"]) == pytest.approx(numbers)
    after = table[table["year"] == 2025]
    assert (after["jaccard"] == 0).all()


def test_an_actor_without_duties_in_a_period():
    lists = pd.DataFrame({"t": [1, 1, 2], "a": list("xyx"), "d": list("ppp")})
    table = coordination.role_overlap(lists, unit="a", value="d", time="t")
    assert table["jaccard"].tolist() == [1, 0]
    assert np.isnan(table["overlap"][1])


def test_every_community_has_a_list_of_its_own():
    """By hand: in b nobody holds x, which a's committee does."""
    rows = "a 1 rc x, a 1 pmc x, a 2 rc x, b 1 rc y, b 2 pmc y"
    lists = pd.DataFrame(
        [row.split() for row in rows.split(", ")],
        columns=["place", "year", "actor", "duty"],
    ).astype({"year": int})
    names = {"unit": "actor", "value": "duty", "group": "place", "time": "year"}
    table = coordination.responsibilities(lists, **names)
    assert list(table.columns[:3]) == ["place", "year", "duty"]
    found = table.set_index(["place", "year", "duty"])["status"]
    assert found.to_dict() == {
        ("a", 1, "x"): "overlap",
        ("a", 1, "y"): "gap",
        ("a", 2, "x"): "clear",
        ("a", 2, "y"): "gap",
        ("b", 1, "x"): "gap",
        ("b", 1, "y"): "clear",
        ("b", 2, "x"): "gap",
        ("b", 2, "y"): "clear",
    }
    pairs = coordination.role_overlap(lists, **names)
    assert pairs["shared"].tolist() == [1, 0, 0, 0]
    # A community alone gives what it gives among others, but for the other's duty.
    alone = coordination.responsibilities(
        lists[lists["place"] == "a"], **names, duties=["x", "y"]
    )
    assert_frame_equal(alone, table[table["place"] == "a"])


def test_duty_lists_do_not_depend_on_order_or_repetition():
    shuffled = pd.concat([LISTS, LISTS]).sample(frac=1, random_state=3)
    for measure in (coordination.responsibilities, coordination.role_overlap):
        ours = measure(LISTS, unit="actor", value="duty", time="year")
        assert_frame_equal(
            ours, measure(shuffled, unit="actor", value="duty", time="year")
        )


def test_periods_follow_an_ordered_category():
    when = pd.Categorical(["before", "after", "before"], ["before", "after"])
    lists = pd.DataFrame({"when": when, "a": list("xxy"), "d": list("ppp")})
    table = coordination.role_overlap(lists, unit="a", value="d", time="when")
    assert table["when"].tolist() == ["before", "after"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"unit": "aktor"}, "did you mean 'actor'"),
        ({"data": LISTS.assign(duty=[None, *LISTS["duty"][1:]])}, "1 missing"),
        ({"data": LISTS[:0]}, "no rows"),
        ({"data": LISTS[:1]}, "one actor only"),
        ({"value": "actor"}, "names 'actor' twice"),
        (
            {"data": LISTS.rename(columns={"year": "source"}), "time": "source"},
            "called",
        ),
    ],
)
def test_bad_duty_lists(change, message):
    arguments = {"data": LISTS, "unit": "actor", "value": "duty"} | change
    with pytest.raises(ValueError, match=message):
        coordination.role_overlap(**arguments)


def test_duties_that_the_list_leaves_out_are_named():
    with pytest.raises(ValueError, match="that duties= does not list: "):
        coordination.responsibilities(
            LISTS, unit="actor", value="duty", duties=["统筹"]
        )


# --- scores


def test_goalposts_set_the_direction():
    """By hand: 45 of 60 days is a quarter of the way from 60 to 0."""
    data = pd.DataFrame({"days": [45, 0, 60], "served": [20.0, 30.0, 40.0]})
    scores = coordination.normalise(
        data, goalposts={"days": (60, 0), "served": (0, 50)}
    )
    assert scores["days"].tolist() == [0.25, 1, 0]
    assert scores["served"].tolist() == [0.4, 0.6, 0.8]
    assert data["days"].tolist() == [45, 0, 60]


def test_fixed_goalposts_do_not_move_with_the_sample_but_min_max_does():
    """One outlier changes min-max scores of all the others, case.md section 6.3."""
    small = pd.DataFrame({"x": [10.0, 20.0, 30.0]})
    large = pd.DataFrame({"x": [10.0, 20.0, 30.0, 110.0]})

    def scored(data, goalposts):
        return coordination.normalise(data, goalposts=goalposts)["x"].tolist()

    fixed = {"x": (0, 200)}
    assert scored(small, fixed) == scored(large, fixed)[:3]
    own = [
        scored(data, coordination.sample_goalposts(data, higher_is_better=["x"]))
        for data in (small, large)
    ]
    assert own == [[0, 0.5, 1], [0, 0.1, 0.2, 1]]


def test_values_beyond_goalposts_are_refused_or_clipped():
    data = pd.DataFrame({"x": [5.0, 15.0]}, index=["a", "b"])
    with pytest.raises(ValueError, match=r"1 value\(s\) beyond .* row\(s\) 'b'"):
        coordination.normalise(data, goalposts={"x": (0, 10)})
    clipped = coordination.normalise(data, goalposts={"x": (0, 10)}, clip=True)
    assert clipped["x"].tolist() == [0.5, 1]


@pytest.mark.parametrize(
    ("goalposts", "kind", "message"),
    [
        ({"x": (3, 3)}, ValueError, "two different finite"),
        ({"x": (0, np.inf)}, ValueError, "two different finite"),
        ({"x": 3}, TypeError, "must be two numbers"),
        ({"x": ("a", "b")}, TypeError, "must be two numbers"),
        ({}, TypeError, "takes a mapping"),
        ([("x", 0, 1)], TypeError, "takes a mapping"),
        ({"y": (0, 1)}, ValueError, "no column 'y'"),
    ],
)
def test_bad_goalposts(goalposts, kind, message):
    with pytest.raises(kind, match=message):
        coordination.normalise(pd.DataFrame({"x": [0.5]}), goalposts=goalposts)


def test_constant_indicators_have_no_sample_goalposts():
    with pytest.raises(ValueError, match="is 4 in every row"):
        coordination.sample_goalposts(
            pd.DataFrame({"x": [4, 4]}), higher_is_better=["x"]
        )
    with pytest.raises(ValueError, match="names 'x' twice"):
        coordination.sample_goalposts(
            pd.DataFrame({"x": [4, 5]}), higher_is_better=["x"], lower_is_better=["x"]
        )


MATRIX = pd.DataFrame(
    [(0.1, 0.2, 0.9), (0.4, 0.3, 0.8), (0.7, 0.25, 0.1), (1, 0.35, 0.5)],
    columns=["a", "b", "c"],
)


@pytest.mark.parametrize(
    ("scaled", "shift", "entropy", "weight"),
    [
        (False, 0, (0.8463, 0.9849, 0.8675), (0.5101, 0.0500, 0.4399)),
        (True, 0, (0.7296, 0.7296, 0.7647), (0.3484, 0.3484, 0.3031)),
        (True, 0.01, None, (0.3479, 0.3479, 0.3042)),
        (True, 1, None, (0.3325, 0.3325, 0.3351)),
    ],
)
def test_entropy_weights(scaled, shift, entropy, weight):
    """Computed apart from the library, four digits (case.md section 6.4)."""
    data, names = MATRIX, list("abc")
    if scaled:
        posts = coordination.sample_goalposts(data, higher_is_better=names)
        data = coordination.normalise(data, goalposts=posts)
    table = coordination.entropy_weights(data, indicators=names, shift=shift)
    assert table["weight"].tolist() == pytest.approx(weight, abs=6e-5)
    if entropy:
        assert table["entropy"].tolist() == pytest.approx(entropy, abs=6e-5)
    assert table["weight"].sum() == pytest.approx(1)


def test_a_constant_indicator_gets_no_weight_even_if_zero():
    data = MATRIX.assign(same=0.3, none=0.0)
    table = coordination.entropy_weights(data, indicators=["a", "same", "none"])
    assert table["weight"].tolist() == [1, 0, 0]
    assert table["entropy"][1:].tolist() == [1, 1]


def test_a_year_by_year_weight_hides_what_changes_between_years():
    """By hand: b is the same everywhere in a year, so only the panel sees it."""
    panel = pd.DataFrame(
        {"year": [1, 1, 2, 2], "a": [0.4, 0.6, 0.4, 0.6], "b": [0.1, 0.1, 0.9, 0.9]}
    )
    pooled = coordination.entropy_weights(panel, indicators=["a", "b"])
    first = coordination.entropy_weights(panel[:2], indicators=["a", "b"])
    assert first["weight"][1] == 0
    assert pooled["weight"][1] > 0.9


def test_entropy_sensitivity_is_one_table_of_the_same_weights():
    table = coordination.entropy_weight_sensitivity(
        MATRIX, indicators=["a", "b", "c"], shifts=[0, 1, 1000]
    )
    assert table["weight"][:3].tolist() == pytest.approx(
        (0.5101, 0.05, 0.4399), abs=6e-5
    )
    # For a large shift s, 1 - e is proportional to the variance: (a) .45^2 * 5/9 ...
    variance = MATRIX.var()
    limit = (variance / variance.sum()).tolist()
    assert table["weight"][6:].tolist() == pytest.approx(limit, abs=1e-3)


@pytest.mark.parametrize(
    ("data", "change", "message"),
    [
        (MATRIX.assign(a=[-1, 0, 0, 1]), {}, "1 negative"),
        (MATRIX.assign(a=[np.nan, 0, 0, 1]), {}, "1 missing"),
        (MATRIX.assign(a=list("wxyz")), {}, "must hold numbers"),
        (MATRIX[:1], {}, "1 row"),
        (MATRIX.assign(a=1, b=2), {}, "same in every row"),
        (MATRIX, {"shift": -1}, "must lie between"),
        (MATRIX, {"indicators": []}, "at least 1"),
        (MATRIX, {"indicators": ["a", "a"]}, "twice"),
    ],
)
def test_bad_entropy_input(data, change, message):
    with pytest.raises(ValueError, match=message):
        coordination.entropy_weights(data, **({"indicators": ["a", "b"]} | change))


# --- coupling coordination

# U, C, T, D, C', D': computed by hand from the formulas, four digits (case.md 6.3).
DEGREES = [
    ((0.8, 0.6, 0.2), 0.8585, 0.5333, 0.6767, 0.5097, 0.5214),
    ((0.8, 0.6, 0.5), 0.9812, 0.6333, 0.7883, 0.7401, 0.6846),
    ((0.9, 0.6, 0.3), 0.9086, 0.6000, 0.7383, 0.5318, 0.5649),
    ((0.3, 0.7), 0.9165, 0.5, 0.6769, 0.5071, 0.5035),
    ((0.1, 0.9), 0.6, 0.5, 0.5477, 0.1491, 0.2730),
    ((0.5, 0.5, 0.5), 1, 0.5, 0.7071, 1, 0.7071),
    ((0.1, 0.1, 0.1), 1, 0.1, 0.3162, 1, 0.3162),
]
SCORE = st.floats(0, 1).map(lambda u: round(u, 3))


def degrees(scores, **options):
    rows = np.atleast_2d(scores)
    names = [f"u{i}" for i in range(rows.shape[1])]
    return coordination.coupling_coordination(
        pd.DataFrame(rows, columns=names), subsystems=names, **options
    )


@pytest.mark.parametrize("row", DEGREES)
def test_degrees_by_hand(row):
    u, c, t, d, corrected, corrected_d = row
    table = degrees(u)
    columns = ["coupling", "development", "coordination"]
    assert table.loc[0, columns].tolist() == pytest.approx([c, t, d], abs=6e-5)
    table = degrees(u, form="corrected")
    expected = [corrected, t, corrected_d]
    assert table.loc[0, columns].tolist() == pytest.approx(expected, abs=6e-5)


# C and corrected C of 13 cities in 2008: Wang et al. (2021), table 8.
WANG = [
    (0.9989, 0.9404),
    (0.9935, 0.8660),
    (0.8868, 0.5440),
    (0.9073, 0.5769),
    (0.6821, 0.3006),
    (0.8328, 0.4780),
    (0.6816, 0.3344),
    (0.7789, 0.4171),
    (0.6871, 0.3278),
    (0.6101, 0.2700),
    (0.8017, 0.4374),
    (0.7867, 0.4196),
    (0.7191, 0.3738),
]


@pytest.mark.parametrize(("c", "corrected"), WANG)
def test_published_pairs_come_from_admissible_scores(c, corrected):
    """
    The paper prints C and C', not U: U solved for by hand must lie within 0 to 1.

    With r = min / max, C = 2 sqrt(r) / (1 + r) gives r, and C' the difference.
    """
    root = (1 - sqrt(1 - c**2)) / c
    r = root**2
    difference = 1 - corrected**2 / r
    top = difference / (1 - r)
    assert 0 < difference < 1
    assert 0 < top < 1
    scores = (top, r * top)
    assert degrees(scores)["coupling"][0] == pytest.approx(c)
    assert degrees(scores, form="corrected")["coupling"][0] == pytest.approx(corrected)


@settings(max_examples=50, deadline=None)
@given(st.lists(SCORE, min_size=2, max_size=6), st.randoms(use_true_random=False))
def test_degrees_are_within_bounds_and_blind_to_order(u, random):
    shuffled = random.sample(u, len(u))
    for form in ("standard", "corrected"):
        one, other = degrees(u, form=form), degrees(shuffled, form=form)
        for column in ("coupling", "development", "coordination", "difference"):
            a, b = one[column][0], other[column][0]
            assert (np.isnan(a) and np.isnan(b)) or a == pytest.approx(b)
            assert np.isnan(a) or 0 <= a <= 1
        # A mean of squares is no less than the square of the mean: D <= sqrt(T).
        assert one["coordination"][0] <= sqrt(np.mean(u)) + 1e-12


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(0.05, 1), min_size=2, max_size=5), st.floats(0.2, 0.95))
def test_standard_coupling_is_free_of_scale_and_the_corrected_is_not(u, factor):
    u = np.array(u)
    assert degrees(u * factor)["coupling"][0] == pytest.approx(
        degrees(u)["coupling"][0]
    )
    before, after = (
        degrees(x, form="corrected")["coupling"][0] for x in (u, u * factor)
    )
    assert after >= before - 1e-12
    if np.ptp(u) > 0.01:
        assert after > before


def test_tiny_scores_do_not_vanish():
    """Equal scores are coupled, however small: their product underflows."""
    table = degrees(np.full((1, 4), 1e-100))
    assert table["coupling"][0] == 1


def test_zero_scores_are_said():
    table = degrees([(0, 0.5, 0.9), (0, 0, 0), (0.2, 0.5, 0.9)])
    assert table["zero_score"].tolist() == [True, True, False]
    assert table["coupling"][0] == 0
    assert np.isnan(table["coupling"][1])
    assert table["coordination"][:2].tolist() == [0, 0]
    assert pd.isna(table["coupling_class"][1])
    assert table["weakest"].tolist() == ["u0", "u0", "u0"]
    assert np.isnan(degrees([(0, 0)], form="corrected")["coupling"][0])


def test_difference_is_the_mean_over_pairs():
    """By hand: |.8-.6|, |.8-.2|, |.6-.2| have mean .4."""
    assert degrees((0.8, 0.6, 0.2))["difference"][0] == pytest.approx(0.4)


def test_weights_enter_development_only():
    """By hand: .5 x .8 + .25 x .6 + .25 x .2 = .6."""
    weights = {"u0": 0.5, "u1": 0.25, "u2": 0.25}
    weighted, equal = (
        degrees((0.8, 0.6, 0.2), weights=weights),
        degrees((0.8, 0.6, 0.2)),
    )
    assert weighted["development"][0] == pytest.approx(0.6)
    assert weighted["coupling"][0] == equal["coupling"][0]
    assert weighted["coordination"][0] == pytest.approx(
        sqrt(0.6 * equal["coupling"][0])
    )


def test_ten_classes_of_coordination():
    """Equal scores u have D = sqrt(u), so u = d^2 gives any D; lower ends belong."""
    d = np.array([0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1])
    table = degrees(np.column_stack([d**2, d**2]))
    names = list(coordination.COORDINATION_CLASSES)
    expected = [0, 1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9]
    assert table["coordination_class"].tolist() == [names[i] for i in expected]
    assert len(names) == 10
    assert coordination.COORDINATION_CLASSES["barely coordinated"] == "勉强协调"
    assert table["coordination_class"].cat.ordered


def test_four_classes_of_coupling():
    """For n = 2, C = 2 sqrt(r) / (1 + r) solved for r by hand at each cut."""
    cuts = np.array([0.29, 0.3, 0.5, 0.79, 0.8, 1])
    r = ((1 - np.sqrt(1 - cuts**2)) / cuts) ** 2
    table = degrees(np.column_stack([np.ones(6), r]))
    assert table["coupling"].to_numpy() == pytest.approx(cuts)
    names = ["low", "antagonistic", "run-in", "run-in", "high", "high"]
    assert table["coupling_class"].tolist() == names


def test_variants_by_hand():
    """Case.md section 6.2: the right .8585; lost coefficients .441 and .286."""
    table = coordination.coupling_variants([0.8, 0.6, 0.2]).set_index("form")
    expected = {
        "standard": (0.8585, 1),
        "corrected": (0.5097, 1),
        "lost coefficient": (0.2862, 1 / 3),
        "lost coefficient, pairwise": (0.4409, 1 / 2),
        # 27 x .096 / 1.6^3 = .6328, to the power of 1/2 and of 2.
        "square root": (0.7955, 1),
        "exponent 2": (0.4005, 1),
    }
    for form, numbers in expected.items():
        row = table.loc[form, ["coupling", "maximum"]].tolist()
        assert row == pytest.approx(numbers, abs=6e-5)
    # Weights of 1 each: T is the sum 1.6, and D = sqrt(.8585 x 1.6) = 1.172.
    assert table.loc["weights unscaled", "coordination"] == pytest.approx(
        1.172, abs=1e-3
    )
    assert table["correct"].tolist() == [True, True] + [False] * 6
    assert (table["problem"] == "").tolist() == table["correct"].tolist()


def test_variants_with_weights():
    """By hand: scores .5 and .5, weights .8 and .2: 2 sqrt(.4 x .1) / .5 = .8."""
    table = coordination.coupling_variants([0.5, 0.5], weights=[0.8, 0.2])
    table = table.set_index("form")
    assert table.loc["weights in coupling", "coupling"] == pytest.approx(0.8)
    assert table.loc["standard", "coupling"] == pytest.approx(1)
    # For two subsystems the square root is right, and the pairwise form is the other.
    assert not {"square root", "lost coefficient, pairwise"} & set(table.index)
    # sqrt(U1 U2 / (U1 + U2)^2), max .5.
    assert table.loc["lost coefficient", "coupling"] == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ("lost coefficient", "cannot exceed 1/3.*would get 0.286 instead of 0.859"),
        ("lost coefficient, pairwise", "cannot exceed .5.*0.441 instead of 0.859"),
        ("square root", "root is that of two.*0.795 instead"),
        ("exponent 2", "cannot be compared.*0.400 instead"),
        ("weights in coupling", "weights belong to the development index"),
        ("weights unscaled", "do not add up to 1"),
    ],
)
def test_wrong_forms_are_refused_by_name(form, words):
    with pytest.raises(ValueError, match=f"known mistake: .*{words}"):
        degrees((0.8, 0.6, 0.2), form=form)


def test_an_unknown_form_is_not_called_a_mistake():
    with pytest.raises(ValueError, match="one of 'standard', 'corrected'"):
        degrees((0.8, 0.6, 0.2), form="standart")


@pytest.mark.parametrize(
    ("scores", "options", "message"),
    [
        ((0.5, 1.2), {}, "must lie between 0 and 1, but 1"),
        ((0.5, -0.1), {}, "must lie between 0 and 1"),
        ((0.5, np.nan), {}, "1 missing"),
        ((0.5,), {}, "at least 2"),
        ((0.5, 0.4), {"weights": {"u0": 0.5, "u1": 0.6}}, "add up to 1.1"),
        ((0.5, 0.4), {"weights": {"u0": -0.5, "u1": 1.5}}, "must be >= 0"),
        ((0.5, 0.4), {"weights": {"u0": 1.0}}, "'u1' is on one side"),
        ((0.5, 0.4), {"weights": {"u0": np.nan, "u1": 1}}, "missing or infinite"),
    ],
)
def test_bad_scores(scores, options, message):
    with pytest.raises(ValueError, match=message):
        degrees(scores, **options)


def test_bad_arguments_of_coupling():
    data = pd.DataFrame({"a": [0.5], "b": [0.4]})
    with pytest.raises(TypeError, match="list of column names, not str"):
        coordination.coupling_coordination(data, subsystems="ab")
    with pytest.raises(TypeError, match="takes a mapping"):
        coordination.coupling_coordination(
            data, subsystems=["a", "b"], weights=[0.5, 0.5]
        )
    with pytest.raises(ValueError, match="no rows"):
        coordination.coupling_coordination(data[:0], subsystems=["a", "b"])
    for scores, message in [
        ([0.5], "one subsystem"),
        ([0, 0], "all 0"),
        ([0.5, 1.5], "between 0 and 1"),
    ]:
        with pytest.raises(ValueError, match=message):
            coordination.coupling_variants(scores)


# --- uncertainty


@pytest.fixture(scope="module")
def answers():
    generator = np.random.default_rng(11)
    return pd.DataFrame(
        {
            "社区": np.repeat(["b", "a"], 40),
            "楼": np.tile(np.arange(10), 8),
            "rc": generator.beta(4, 3, 80),
            "pmc": generator.beta(2, 3, 80),
        }
    )


def test_interval_of_development_has_the_closed_form(answers):
    """The bootstrap variance of a mean is sum (x - mean)^2 / n^2, exactly."""
    table = coordination.coordination_intervals(
        answers, subsystems=["rc", "pmc"], group="社区", n_resamples=400, rng=1
    )
    assert table["社区"].tolist() == ["a"] * 4 + ["b"] * 4
    rows = table[table["term"] == "development"].set_index("社区")
    for name, part in answers.groupby("社区"):
        means = part[["rc", "pmc"]].mean(axis=1)
        assert rows.loc[name, "estimate"] == pytest.approx(means.mean())
        exact = means.std(ddof=0) / sqrt(len(part))
        # Standard deviation of 400 draws: relative error 1 / sqrt(800) = 3.5 %.
        assert rows.loc[name, "std_error"] == pytest.approx(exact, rel=0.12)
    u = answers[answers["社区"] == "a"][["rc", "pmc"]].mean().tolist()
    expected = degrees(u).loc[0, table["term"][:4]].tolist()
    assert table["estimate"][:4].tolist() == pytest.approx(expected)


def test_intervals_do_not_depend_on_the_order_of_rows(answers):
    options = {
        "subsystems": ["rc", "pmc"],
        "group": "社区",
        "n_resamples": 60,
        "rng": 4,
    }
    table = coordination.coordination_intervals(answers, **options)
    shuffled = answers.sample(frac=1, random_state=2)
    assert_frame_equal(table, coordination.coordination_intervals(shuffled, **options))
    clustered = coordination.coordination_intervals(answers, cluster="楼", **options)
    assert_series_equal(table["estimate"], clustered["estimate"])
    assert (clustered["std_error"] != table["std_error"]).any()


def test_groups_have_draws_of_their_own(answers):
    twins = pd.concat([answers[:40], answers[:40].assign(社区="a")])
    table = coordination.coordination_intervals(
        twins, subsystems=["rc", "pmc"], group="社区", n_resamples=20, rng=1
    )
    a, b = table["std_error"][:4].to_numpy(), table["std_error"][4:].to_numpy()
    assert (a != b).all()


def test_a_group_of_one_row_is_named(answers):
    with pytest.raises(ValueError, match="group 'b' of '社区' has one row"):
        coordination.coordination_intervals(
            answers[39:], subsystems=["rc", "pmc"], group="社区", n_resamples=5
        )


def test_weight_sensitivity_has_the_closed_form():
    """Two weights: w is uniform, T = .1 + .8 w, and D = sqrt(C T) with C = .6."""
    data = pd.DataFrame({"a": [0.9, 0.4], "b": [0.1, 0.4]})
    table = coordination.weight_sensitivity(
        data, subsystems=["a", "b"], n_draws=20_000, level=0.9, rng=1
    )
    low, high = (sqrt(0.6 * (0.1 + 0.8 * w)) for w in (0.05, 0.95))
    # The 5 % quantile of 20,000 uniform draws has a standard deviation of .0015.
    assert table["coordination_low"][0] == pytest.approx(low, abs=0.006)
    assert table["coordination_high"][0] == pytest.approx(high, abs=0.006)
    # Scores of .4 and .4: D = sqrt(.4) whatever the weights, above .5477.
    row = ["coordination", "coordination_low", "coordination_high"]
    assert table.loc[1, row].tolist() == pytest.approx([sqrt(0.4)] * 3)
    assert table["rank"].tolist() == [2, 1]
    # .6 (.1 + .8 w) > .4 for w > .708: in 29 % of draws, so both ranks occur.
    assert table["rank_low"].tolist() == [1, 1]
    assert table["rank_high"].tolist() == [2, 2]


# --- brokers


@pytest.fixture(scope="module")
def roles():
    found = []
    for directed in (True, False):
        kind = "directed" if directed else "undirected"
        nodes = NODES[NODES["network"].str.startswith(kind)]
        ties = TIES[TIES["network"].str.startswith(kind)]
        # Ids start anew in each network.
        nodes = nodes.assign(id=nodes["network"] + nodes["id"])
        ties = ties.assign(
            source=ties["network"] + ties["source"],
            target=ties["network"] + ties["target"],
        )
        expected = ROLES[ROLES["network"].str.startswith(kind)]
        expected = expected.assign(id=expected["network"] + expected["id"])
        how = {
            "source": "source",
            "target": "target",
            "nodes": nodes,
            "unit": "id",
            "network": "network",
            "directed": directed,
        }
        found.append((ties, how, expected.set_index("id")))
    return found


def test_directed_roles_are_those_of_sna(roles):
    """R sna brokerage()."""
    ties, how, expected = roles[0]
    table = coordination.brokerage(ties, group="kind", **how).set_index("id")
    names = [
        "coordinator",
        "itinerant",
        "gatekeeper",
        "representative",
        "liaison",
        "total",
    ]
    assert_frame_equal(table[names], expected.loc[table.index, names])
    # Enough of each role for the comparison to mean something.
    assert (expected[names].sum() > 10).all()


def test_undirected_roles_are_half_of_sna(roles):
    """R sna brokerage() meets every undirected pair from both ends."""
    ties, how, expected = roles[1]
    table = coordination.brokerage(ties, group="kind", **how).set_index("id")
    expected = expected.loc[table.index]
    for name in ("coordinator", "itinerant", "liaison", "total"):
        assert (2 * table[name]).tolist() == expected[name].tolist()
        assert expected[name].sum() > 10
    assert table["gatekeeper"].tolist() == expected["gatekeeper"].tolist()
    assert table["gatekeeper"].tolist() == expected["representative"].tolist()
    assert "representative" not in table


def test_betweenness_is_that_of_igraph(roles):
    """R igraph betweenness(normalized = TRUE)."""
    for ties, how, expected in roles:
        table = coordination.betweenness(ties, **how).set_index("id")
        ours = table["betweenness"].to_numpy()
        assert ours == pytest.approx(
            expected.loc[table.index, "betweenness"], abs=1e-12
        )


def test_the_party_branch_loses_betweenness_as_it_succeeds():
    """Case.md V1: 1.000 of all 15 pairs; two agreements leave 13 of 15, 0.867."""
    graph = nx.star_graph(["branch", *"ABCDEF"])
    table = coordination.betweenness(graph).set_index("node")
    assert table.loc["branch"].tolist() == [6, 1]
    graph.add_edges_from([("A", "B"), ("C", "D")])
    table = coordination.betweenness(graph).set_index("node")
    assert table.loc["branch", "betweenness"] == pytest.approx(13 / 15)
    assert table.loc["branch", "degree"] == 6
    nodes = pd.DataFrame(
        {"node": ["branch", *"ABCDEF"], "kind": ["Party", *["market"] * 6]}
    )
    table = coordination.brokerage(graph, nodes=nodes, unit="node", group="kind")
    branch = table.set_index("node").loc["branch"]
    assert (branch["itinerant"], branch["total"]) == (13, 13)


def test_betweenness_of_two_is_undefined_and_one_group_is_refused():
    graph = nx.path_graph(2)
    assert coordination.betweenness(graph)["betweenness"].isna().all()
    nodes = pd.DataFrame({"node": [0, 1], "kind": ["a", "a"]})
    with pytest.raises(ValueError, match="one group only"):
        coordination.brokerage(graph, nodes=nodes, unit="node", group="kind")


# --- calibration


def test_published_fuzzy_scores_of_18_states():
    """Ragin (2009): anchors (out, crossover, in); log odds of 3; 2 digits."""
    anchors = {
        "DEV": (400, 550, 900),
        "URB": (25, 50, 65),
        "LIT": (50, 75, 90),
        "IND": (20, 30, 40),
        "STB": (15, 9.5, 5),
        "SURV": (-9, 0, 10),
    }
    for name, (out, crossover, into) in anchors.items():
        scores = coordination.calibrate(
            RAW[name],
            full_out=out,
            crossover=crossover,
            full_in=into,
            membership=1 / (1 + np.exp(-3)),
        )
        assert abs(scores - FUZZY[name]).max() < 0.00501, name


def test_calibration_by_hand_and_as_r():
    """Odds are 19^t; .0073374581 at 0 is what R's QCA 3.25 gives for 20, 50, 80."""
    x = [20, 25, 50, 75, 80, 0]
    up = coordination.calibrate(x, full_out=20, crossover=50, full_in=80)
    t = np.array([-1, -25 / 30, 0, 25 / 30, 1, -50 / 30])
    assert up == pytest.approx(19**t / (1 + 19**t))
    assert up[5] == pytest.approx(0.00733745807066141)
    down = coordination.calibrate(x, full_out=80, crossover=50, full_in=20)
    assert down == pytest.approx(1 - up)
    assert up[2] == 0.5


def test_calibration_with_uneven_anchors():
    """Each side has its own slope: halfway out is 19^-.5, halfway in 19^.5."""
    scores = coordination.calibrate([30, 65], full_out=20, crossover=40, full_in=90)
    assert scores == pytest.approx([19**-0.5 / (1 + 19**-0.5), 19**0.5 / (1 + 19**0.5)])
    far = coordination.calibrate([-1e9, 1e9], full_out=20, crossover=40, full_in=90)
    assert far == pytest.approx([0, 1])


@pytest.mark.parametrize(
    ("anchors", "message"),
    [
        ((50, 20, 80), "in order"),
        ((20, 20, 80), "in order"),
        ((80, 20, 50), "in order"),
        ((20, np.nan, 80), "missing"),
    ],
)
def test_bad_anchors(anchors, message):
    low, middle, high = anchors
    with pytest.raises(ValueError, match=message):
        coordination.calibrate([1, 2], full_out=low, crossover=middle, full_in=high)


def test_bad_membership_and_missing_values_of_calibration():
    anchors = {"full_out": 0, "crossover": 1, "full_in": 2}
    with pytest.raises(ValueError, match=r"between 0\.5 and 1"):
        coordination.calibrate([1], membership=0.4, **anchors)
    with pytest.raises(ValueError, match="missing"):
        coordination.calibrate([1, np.nan], **anchors)


# --- necessity and sufficiency


@pytest.mark.parametrize(
    ("condition", "consistency", "coverage", "relevance"),
    [
        ("DEV", 0.8309859154929577, 0.7746170678336981, 0.8113553113553114),
        ("URB", 0.5387323943661972, 0.7714285714285715, 0.8985831469052944),
        ("LIT", 0.9906103286384976, 0.6428027418126427, 0.5094142259414226),
        ("STB", 0.9201877934272301, 0.7069431920649235, 0.6801181102362206),
        ("~DEV", 0.2852112676056338, 0.2742663656884876, 0.5870263326910725),
        ("~LIT", 0.09624413145539908, 0.1683778234086242, 0.7642607683352737),
        ("LIT+STB", 0.995305164319249, 0.5897079276773296, 0.3802521008403361),
        ("~DEV+~URB", 0.6185446009389671, 0.4032134659525631, 0.387274155538099),
    ],
)
def test_necessity_is_that_of_r(condition, consistency, coverage, relevance):
    """R QCA 3.25 superSubset/pof on LF, printed in setqca-python's r_qca.json."""
    table = coordination.necessity(FUZZY, conditions=[condition], outcome="SURV")
    row = table.set_index("condition").loc[condition]
    assert row.tolist() == pytest.approx([consistency, coverage, relevance], rel=1e-12)


def test_necessity_adds_the_opposite_of_plain_columns():
    table = coordination.necessity(
        FUZZY, conditions=["DEV", "URB", "~URB", "DEV*URB"], outcome="~SURV"
    )
    assert table["condition"].tolist() == ["DEV", "URB", "~URB", "DEV*URB", "~DEV"]
    # By hand: 1 - SURV of the raw columns.
    y = 1 - FUZZY["SURV"]
    both = np.minimum(np.minimum(FUZZY["DEV"], FUZZY["URB"]), y)
    assert table["consistency"][3] == pytest.approx(both.sum() / y.sum())


@pytest.mark.parametrize(
    ("path", "consistency", "pri", "coverage"),
    [
        ("DEV*URB", 0.8133874239350914, 0.7761557177615573, 0.4706572769953052),
        ("DEV*~URB", 0.7449799196787148, 0.6856435643564355, 0.4354460093896713),
        ("DEV", 0.7746170678336981, 0.7431421446384042, 0.8309859154929577),
    ],
)
def test_sufficiency_is_that_of_r(path, consistency, pri, coverage):
    """R QCA 3.25 pof(relation = "sufficiency") on LF."""
    table = coordination.sufficiency(FUZZY, paths=[path], outcome="SURV")
    expected = [consistency, pri, coverage]
    assert table.loc[0, ["consistency", "pri", "coverage"]].tolist() == pytest.approx(
        expected, rel=1e-12
    )


def test_a_path_that_nobody_is_in_has_no_consistency():
    data = pd.DataFrame({"a": [0, 0, 0], "y": [1, 0, 1]})
    row = coordination.sufficiency(data, paths=["a"], outcome="y").loc[0]
    assert np.isnan(row["consistency"])
    assert np.isnan(row["pri"])
    assert row["coverage"] == 0


# --- truth tables


def test_truth_table_of_18_states():
    """R QCA 3.25 truthTable(LF, SURV, incl.cut = .8): n, incl and PRI of each row."""
    truth = coordination.truth_table(FUZZY, conditions=CONDITIONS, outcome="SURV")
    table = truth.table
    assert len(table) == 32
    seen = {
        "00000": (3, 0.215976331360947, 0),
        "00001": (2, 0.278026905829596, 0),
        "00100": (2, 0.520900321543409, 0.113095238095238),
        "00101": (1, 0.528571428571429, 0.228070175438597),
        "10101": (2, 0.804270462633452, 0.719387755102041),
        "10110": (1, 0.378205128205128, 0.0396039603960395),
        "10111": (2, 0.708771929824562, 0.634361233480176),
        "11110": (1, 0.445255474452555, 0.05),
        "11111": (4, 0.904205607476635, 0.885793871866295),
    }
    digits = table[CONDITIONS].astype(str).agg("".join, axis=1)
    for row, numbers in seen.items():
        found = table.loc[digits == row, ["cases", "consistency", "pri"]].iloc[0]
        assert found.tolist() == pytest.approx(numbers, abs=1e-12)
    counts = table["result"].value_counts().to_dict()
    assert counts == {"remainder": 23, "insufficient": 7, "sufficient": 2}
    assert table["cases"].sum() == 18
    assert table.loc[table["cases"] == 0, ["consistency", "pri"]].isna().all(axis=None)
    both = table[table["result"] == "sufficient"]["members"].tolist()
    assert both == ["FI, IE", "BE, CZ, NL, UK"]


def test_frequency_and_pri_cuts():
    how = {"conditions": CONDITIONS, "outcome": "SURV"}

    def sufficient(**cuts):
        table = coordination.truth_table(FUZZY, **how, **cuts).table
        return table.index[table["result"] == "sufficient"].tolist()

    assert sufficient() == [21, 31]
    # PRI of row 21 is .7194, of row 31 .8858 (R QCA 3.25); n is 2 and 4.
    assert sufficient(pri=0.71) == [21, 31]
    assert sufficient(pri=0.72) == [31]
    assert sufficient(frequency=2) == [21, 31]
    assert sufficient(frequency=3) == [31]
    assert sufficient(consistency=0.9) == [31]


def test_consistency_on_the_cut_is_enough():
    """Four of five: .8 exactly, and as a sum of decimals that falls short of .8."""
    data = pd.DataFrame({"a": [1] * 5 + [0], "b": 1, "y": [1, 1, 1, 1, 0, 0]})
    table = coordination.truth_table(data, conditions=["a", "b"], outcome="y").table
    assert table["result"][3] == "sufficient"
    assert table["contradictory"].tolist() == [False, False, False, True]
    # A cut one bit above: what rounding may do to sums of other decimals.
    scores = pd.DataFrame({"a": [0.7, 0.7, 0.1], "b": 0.9, "y": [0.7, 0.6, 0.0]})
    x, y = scores["a"], scores["y"]
    cut = float(np.nextafter(np.minimum(x, y).sum() / x.sum(), 1))
    table = coordination.truth_table(
        scores, conditions=["a", "b"], outcome="y", consistency=cut
    ).table
    assert table["result"][3] == "sufficient"


def test_names_come_from_the_index_or_a_column():
    data = CRISP.reset_index(names="国家")
    truth = coordination.truth_table(
        data, conditions=CONDITIONS, outcome="SURV", unit="国家"
    )
    assert truth.table["members"][31] == "BE, CZ, NL, UK"
    assert truth.n == 18


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"data": FUZZY.assign(DEV=FUZZY["DEV"].replace(0.58, 0.5))},
            "2 membership.*'CZ'",
        ),
        ({"data": FUZZY.assign(DEV=1.5)}, "must lie between 0 and 1"),
        ({"data": FUZZY.assign(DEV=np.nan)}, "18 missing"),
        ({"data": FUZZY.assign(SURV=0.9)}, "all 18 cases are more in than out of"),
        ({"data": FUZZY.assign(SURV=0.0)}, "no case has any membership"),
        ({"data": FUZZY.assign(SURV=0.3)}, "all 18 cases are not more in"),
        ({"conditions": ["DEV"]}, "at least 2"),
        ({"conditions": ["DEV", "SURV"]}, "nothing explains itself"),
        ({"conditions": ["DEV", "LIT"], "outcome": "~DEV"}, "nothing explains itself"),
        ({"conditions": ["DEV", "~URB"]}, "plain columns"),
        ({"conditions": ["DEV", "URBAN"]}, "no column 'URBAN'"),
        ({"conditions": [f"c{i}" for i in range(13)]}, "8,192 rows"),
        ({"frequency": 0}, "at least 1"),
        ({"consistency": 80}, "between 0 and 1"),
        ({"pri": -1}, "between 0 and 1"),
        ({"unit": "country"}, "no column 'country'"),
        (
            {"data": FUZZY.assign(cases=0.1), "conditions": ["DEV", "cases"]},
            "'cases' are called like columns of the result",
        ),
    ],
)
def test_bad_truth_tables(change, message):
    arguments = {"data": FUZZY, "conditions": CONDITIONS, "outcome": "SURV"} | change
    with pytest.raises(ValueError, match=message):
        coordination.truth_table(**arguments)


# --- minimisation


def solve(data, outcome="SURV", solution="conservative", expectations=None, **cuts):
    truth = coordination.truth_table(
        data, conditions=[c for c in data if c != "SURV"], outcome=outcome, **cuts
    )
    return coordination.minimise(truth, solution=solution, expectations=expectations)


@pytest.mark.parametrize(
    ("outcome", "solution", "expression"),
    [
        ("SURV", "conservative", "DEV*~URB*LIT*STB + DEV*LIT*IND*STB"),
        ("SURV", "parsimonious", "DEV*STB"),
        ("~SURV", "conservative", "~DEV*~URB*~IND + DEV*LIT*IND*~STB"),
        ("~SURV", "parsimonious", "~DEV + ~STB"),
    ],
)
def test_published_crisp_solutions(outcome, solution, expression):
    """Rihoux and De Meur (2009), chapter 3; those of SURV also R QCA 3.25 on LC."""
    found = solve(CRISP, outcome, solution, consistency=1.0)
    same_models(found, [expression])
    assert found.models.loc[0, ["consistency", "pri", "coverage"]].tolist() == [1, 1, 1]


def test_coverage_of_crisp_paths():
    """R QCA 3.25 minimize(truthTable(LC, SURV)): covS, covU and cases."""
    table = solve(CRISP, consistency=1.0).table.set_index("path")
    columns = ["raw_coverage", "unique_coverage"]
    assert table.loc["DEV*~URB*LIT*STB", columns].tolist() == [0.5, 0.25]
    assert table.loc["DEV*LIT*IND*STB", columns].tolist() == [0.75, 0.5]
    assert table.loc["DEV*~URB*LIT*STB", "members"] == "FI, FR, IE, SE"


FITS = {
    "conservative": {
        "DEV*URB*LIT*IND*STB": (
            0.9042056074766355,
            0.8857938718662952,
            0.454225352112676,
            0.3931924882629108,
        ),
        "DEV*~URB*LIT*~IND*STB": (
            0.8042704626334523,
            0.7193877551020412,
            0.2652582159624414,
            0.2042253521126761,
        ),
    },
    "parsimonious": {
        "DEV*~IND": (
            0.8148148148148149,
            0.7208121827411167,
            0.2840375586854459,
            0.1936619718309858,
        ),
        "URB*STB": (
            0.8737672583826429,
            0.8454106280193235,
            0.5199530516431925,
            0.4295774647887324,
        ),
    },
}


@pytest.mark.parametrize("solution", FITS)
def test_fuzzy_solutions_and_their_fit(solution):
    """R QCA 3.25 minimize(details = TRUE) on LF, which is Ragin (2009), page 112."""
    found = solve(FUZZY, solution=solution)
    same_models(found, [" + ".join(FITS[solution])])
    table = found.table.set_index("path")
    columns = ["consistency", "pri", "raw_coverage", "unique_coverage"]
    for path, fit in FITS[solution].items():
        assert table.loc[path, columns].tolist() == pytest.approx(fit, rel=1e-12)
    # Without overlap of paths counted twice: raw coverages less what both cover.
    raw, unique = table["raw_coverage"].sum(), table["unique_coverage"].sum()
    assert found.models["coverage"][0] == pytest.approx(raw - (raw - unique) / 2)


@pytest.mark.parametrize("industry", [True, False])
def test_fuzzy_intermediate_solution(industry):
    """R QCA 3.25 minimize(ttLF, include = "?", dir.exp = ...), IND either way."""
    expected = dict.fromkeys(CONDITIONS, True) | {"IND": industry}
    found = solve(FUZZY, solution="intermediate", expectations=expected)
    same_models(found, ["DEV*URB*LIT*STB + DEV*LIT*~IND*STB"])
    # The only easy counterfactual is DEV*URB*LIT*~IND*STB, row 29 in R from 0.
    assert found.assumptions.to_numpy().tolist() == [[1, 1, 1, 0, 1]]
    simplest = solve(FUZZY, solution="parsimonious").assumptions
    rows = simplest.to_numpy() @ [16, 8, 4, 2, 1]
    # R's simplifying assumptions.
    assert rows.tolist() == [9, 11, 13, 15, 16, 17, 20, 24, 25, 27, 28, 29]


# Rows of A B C D with the outcome A*B + C*D, five of them insufficient, seven unseen.
# R QCA: brandi1409/openqca, scripts/r-oracle/expected.json (commit b9ba860).
AMBIGUOUS = pd.DataFrame(
    [
        (0, 1, 0, 0, 0),
        (0, 0, 0, 1, 0),
        (1, 0, 1, 1, 1),
        (1, 0, 0, 1, 0),
        (1, 1, 1, 0, 1),
        (0, 1, 1, 1, 1),
        (0, 0, 0, 0, 0),
        (1, 0, 1, 0, 0),
        (0, 0, 1, 1, 1),
    ],
    columns=["A", "B", "C", "D", "SURV"],
)


@pytest.mark.parametrize(
    ("solution", "expectations", "expressions"),
    [
        ("conservative", None, ["~A*C*D + ~B*C*D + A*B*C*~D"]),
        ("parsimonious", None, ["A*B + C*D", "B*C + C*D"]),
        ("intermediate", "1111", ["C*D + A*B*C"]),
        ("intermediate", "1010", ["C*D + A*B*C"]),
    ],
)
def test_ambiguous_models(solution, expectations, expressions):
    """R QCA minimize(): two parsimonious models, one intermediate from both."""
    if expectations:
        expectations = {n: e == "1" for n, e in zip("ABCD", expectations, strict=True)}
    found = solve(
        AMBIGUOUS, solution=solution, expectations=expectations, consistency=1.0
    )
    same_models(found, expressions)
    assert found.table["model"].nunique() == len(expressions)
    assert found.chart.loc[:, "A*B*C*~D"].any()


def test_expectations_that_are_left_out_change_nothing():
    """Without an expectation for URB nothing may be dropped: conservative again."""
    found = solve(FUZZY, solution="intermediate", expectations={"DEV": True})
    same_models(found, ["DEV*URB*LIT*IND*STB + DEV*~URB*LIT*~IND*STB"])
    assert found.assumptions.empty


@pytest.mark.parametrize(
    ("solution", "expectations", "kind", "message"),
    [
        ("intermediate", None, ValueError, "needs expectations"),
        ("intermediate", {}, ValueError, "needs expectations"),
        ("intermediate", {"URBAN": True}, ValueError, "did you mean 'URB'"),
        ("intermediate", {"URB": 1}, TypeError, "must be True"),
        ("parsimonious", {"URB": True}, ValueError, "takes no expectations"),
        ("complex", None, ValueError, "must be one of"),
    ],
)
def test_bad_expectations(solution, expectations, kind, message):
    with pytest.raises(kind, match=message):
        solve(FUZZY, solution=solution, expectations=expectations)


def test_nothing_to_minimise():
    with pytest.raises(ValueError, match=r"no row .* highest consistency is 0\.904"):
        solve(FUZZY, consistency=0.95)
    with pytest.raises(TypeError, match="must come from truth_table"):
        coordination.minimise(FUZZY)
    data = pd.DataFrame({"a": [1, 1, 1], "b": [1, 1, 0], "SURV": [1, 1, 0]})
    truth = coordination.truth_table(
        data, conditions=["a", "b"], outcome="SURV", frequency=2
    )
    with pytest.raises(ValueError, match="speaks against"):
        coordination.minimise(truth, solution="parsimonious")
    same_models(coordination.minimise(truth), ["a*b"])


@st.composite
def boolean_problems(draw):
    k = draw(st.integers(1, 4))
    marks = draw(st.lists(st.sampled_from("+-?"), min_size=2**k, max_size=2**k))
    wanted = {i for i, mark in enumerate(marks) if mark == "+"}
    free = {i for i, mark in enumerate(marks) if mark == "?"}
    return k, wanted or {0}, free - (set() if wanted else {0})


def brute_force(k, wanted, free):
    """Return prime implicants and smallest covers straight from their definitions."""
    rows = list(product((0, 1), repeat=k))

    def inside(term):
        return {
            i
            for i, row in enumerate(rows)
            if all(t in (2, r) for t, r in zip(term, row, strict=True))
        }

    extent = {term: inside(term) for term in product((0, 1, 2), repeat=k)}
    implicants = [t for t, e in extent.items() if e <= wanted | free]
    primes = [
        t
        for t in implicants
        if extent[t] & wanted and not any(extent[t] < extent[o] for o in implicants)
    ]
    for size in range(1, len(primes) + 1):
        covers = [
            chosen
            for chosen in combinations(primes, size)
            if wanted <= set().union(*(extent[t] for t in chosen))
        ]
        if covers:
            return primes, covers
    raise AssertionError


@settings(max_examples=150, deadline=None)
@given(boolean_problems())
def test_models_are_those_of_brute_force(problem):
    """By definition: all implicants, those in no wider one, all smallest covers."""
    k, wanted, free = problem
    primes, covers = brute_force(k, wanted, free)
    found, chart, models = _qca.models(k, wanted, free)
    assert set(found) == set(primes)
    assert len(found) == len(primes)
    assert chart.shape == (len(primes), len(wanted))
    assert {frozenset(model) for model in models} == {frozenset(c) for c in covers}
    assert len(models) == len(covers)


def test_every_smallest_cover_comes_once():
    """By hand: of three sets of two of three rows, any two cover; so each pair once."""
    chart = np.array([[1, 1, 0], [1, 0, 1], [0, 1, 1]], dtype=bool)
    assert _qca.minimal_covers(chart) == [(0, 1), (0, 2), (1, 2)]


@pytest.mark.parametrize("row", MINIMISED.index)
def test_models_are_those_of_setqca(row):
    """The program setqca 0.2.0; it keeps, of the smallest, those of fewest literals."""
    case = MINIMISED.loc[row]
    wanted = set(map(int, str(case["wanted"]).split()))
    free = set() if pd.isna(case["free"]) else set(map(int, str(case["free"]).split()))
    _, _, models = _qca.models(case["k"], wanted, free)
    literals = [sum(digit != 2 for term in model for digit in term) for model in models]
    ours = {
        frozenset(_minimise._written(term, "abcdef"[: case["k"]]) for term in model)
        for model, n in zip(models, literals, strict=True)
        if n == min(literals)
    }
    theirs = {
        frozenset(model.strip().split(" + ")) for model in case["models"].split(" | ")
    }
    assert ours == theirs


@settings(max_examples=60, deadline=None)
@given(boolean_problems(), st.data())
def test_an_intermediate_solution_lies_between_the_others(problem, data):
    """Schneider and Wagemann (2012), chapter 8: conservative <= it <= parsimonious."""
    k, wanted, free = problem
    expected = data.draw(st.lists(st.sampled_from([0, 1, 2]), min_size=k, max_size=k))
    _, _, narrow = _qca.models(k, wanted, set())
    _, _, wide = _qca.models(k, wanted, free)
    rows = _qca.configurations(k)

    def extent(terms):
        return {
            i for i, row in enumerate(rows) if any(_qca.covers(t, row) for t in terms)
        }

    for conservative in narrow:
        for parsimonious in wide:
            easy = _qca.easy_counterfactuals(conservative, parsimonious, free, expected)
            assert easy <= free & extent(parsimonious)
            if set(expected) == {2}:
                assert not easy
            for model in _qca.models(k, wanted, easy)[2]:
                assert wanted <= extent(model) <= wanted | easy


def test_too_many_models_are_refused():
    """Six rows in a ring have two solutions of three paths; 16 rings have 2^16."""
    ring = [0b001, 0b011, 0b010, 0b110, 0b100, 0b101]
    # Rings in places that differ in two or more conditions do not touch.
    places = [p for p in range(2**5) if p.bit_count() % 2 == 0]
    _, _, models = _qca.models(5, {8 * p + row for p in (0, 3) for row in ring}, set())
    assert len(models) == 4
    with pytest.raises(ValueError, match="more than 1,000 solutions"):
        _qca.models(8, {8 * p + row for p in places for row in ring}, set())


# --- noise


def test_noise_shares_have_the_closed_form():
    """
    Two crisp conditions, one case in each of four rows, two of four with the outcome.

    Each shuffle gives two sufficient rows, whatever the cuts: share 1, p-value 1. With
    two cases a row and four of eight outcomes, a row is sufficient with both of its
    cases: 4 x C(6,2) - C(4,2) x 1 of the C(8,4) = 70 deals have one, 54 / 70.
    """
    single = pd.DataFrame({"a": [0, 0, 1, 1], "b": [0, 1, 0, 1], "y": [1, 1, 0, 0]})
    table = coordination.noise_paths(single, conditions=["a", "b"], outcome="y", rng=1)
    once = table[table["frequency"] == 1]
    assert (once["noise_share"] == 1).all()
    assert (once["noise_rows"] == 2).all()
    assert (once["p_value"] == 1).all()
    assert (table.loc[table["frequency"] == 2, "noise_share"] == 0).all()

    double = pd.concat([single, single], ignore_index=True)
    n = 20_000
    table = coordination.noise_paths(
        double,
        conditions=["a", "b"],
        outcome="y",
        frequency=2,
        consistency=0.8,
        pri=0.7,
        n_permutations=n,
        rng=2,
    )
    row = table.loc[0]
    assert row["rows"] == 2
    # 4 x 15 deals counted by row, 6 of them twice: both rows in the outcome.
    share = 54 / 70
    close = 4 * sqrt(share * (1 - share) / n)
    assert row["noise_share"] == pytest.approx(share, abs=close)
    assert row["noise_rows"] == pytest.approx(60 / 70, abs=0.02)
    # As many as two rows: 6 of 70 deals.
    assert row["p_value"] == pytest.approx(6 / 70, abs=0.01)


def test_noise_counts_the_rows_of_the_truth_table():
    how = {"conditions": CONDITIONS, "outcome": "SURV"}
    # R QCA 3.25: .521, .529, .709, .804, .904, with PRI .113, .228, .634, .719, .886.
    table = coordination.noise_paths(
        FUZZY,
        consistency=[0.5, 0.8],
        pri=[0.0, 0.2, 0.72],
        n_permutations=50,
        rng=1,
        **how,
    )
    assert table.query("frequency == 1")["rows"].tolist() == [5, 4, 1, 2, 2, 1]
    for row in table.itertuples():
        truth = coordination.truth_table(
            FUZZY,
            frequency=row.frequency,
            consistency=row.consistency,
            pri=row.pri,
            **how,
        )
        assert row.rows == (truth.table["result"] == "sufficient").sum()
    assert (table["noise_share"] <= 1).all()
    assert (table["p_value"] > 0).all()
    noise = table.set_index(["frequency", "consistency", "pri"])["noise_rows"]
    assert noise[(1, 0.5, 0.0)] > noise[(1, 0.5, 0.2)] > noise[(1, 0.5, 0.72)]
    assert noise[(1, 0.5, 0.0)] > noise[(2, 0.5, 0.0)] > noise[(2, 0.8, 0.0)]


def test_noise_of_30_cases_mostly_has_a_path():
    """Case.md: four conditions, skewed outcome, frequency 1: nearly every data set."""
    generator = np.random.default_rng(9)
    shares = []
    for _ in range(20):
        drawn = pd.DataFrame(generator.random((30, 4)) < 0.5, columns=list("abcd"))
        drawn["y"] = np.arange(30) < 20
        table = coordination.noise_paths(
            drawn,
            conditions=list("abcd"),
            outcome="y",
            consistency=0.8,
            pri=0.7,
            rng=generator,
        )
        shares.append(table["noise_share"].tolist())
    once, _, thrice = np.mean(shares, axis=0)
    # 13 or so rows with cases, four of them with one: P(no sufficient row) < (1/3)^4.
    assert once > 0.98
    assert thrice < once


def test_noise_does_not_depend_on_the_order_of_rows():
    how = {"conditions": CONDITIONS, "outcome": "SURV", "n_permutations": 40, "rng": 3}
    table = coordination.noise_paths(FUZZY, **how)
    shuffled = FUZZY.sample(frac=1, random_state=1)
    assert_frame_equal(table, coordination.noise_paths(shuffled, **how))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"frequency": []}, "empty"),
        ({"consistency": [0.8, 2]}, "between 0 and 1"),
        ({"pri": 7}, "between 0 and 1"),
        ({"n_permutations": 1}, "at least 2"),
    ],
)
def test_bad_cuts_of_noise(change, message):
    with pytest.raises(ValueError, match=message):
        coordination.noise_paths(FUZZY, conditions=CONDITIONS, outcome="SURV", **change)


def test_chinese_names_throughout():
    data = CRISP.rename(columns={"DEV": "党建 引领", "STB": "议事厅", "SURV": "成效"})
    truth = coordination.truth_table(
        data, conditions=["党建 引领", "议事厅"], outcome="成效", consistency=1.0
    )
    same_models(coordination.minimise(truth), ["党建 引领*议事厅".replace(" ", "")])
    table = coordination.sufficiency(
        data, paths=["党建 引领 * ~议事厅"], outcome="~成效"
    )
    assert table["consistency"][0] == 1
