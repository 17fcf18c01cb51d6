"""
Inequality and access against R, PySAL, closed forms and hand counts.

Stored numbers come from tests/reference/equity.R and equity_peers.py (versions beside).
"""

from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from pandas.testing import assert_frame_equal
from scipy import special

from govlib import equity, resample
from govlib.equity import _draws, _pairs

REFERENCE = Path(__file__).parent / "reference"


def read(name):
    return pd.read_csv(REFERENCE / f"equity_{name}.csv", encoding="utf-8")


HOMES, CLINICS, ACCESS = read("homes"), read("clinics"), read("access")
R = pd.read_csv(REFERENCE / "equity.csv", encoding="utf-8").set_index("case")["value"]
PEERS = read("peers").set_index("case")["value"]
# Both sides add up some hundred numbers; R's are stored with 15 digits.
EXACT = {"rel": 1e-12, "abs": 1e-14}

amounts = arrays(float, st.integers(2, 30), elements=st.floats(0.1, 1e4))
# Supply per head of five places, and thousands of people in them.
SUPPLY, HEADS = [2, 4, 6, 8, 20], [5, 4, 3, 4, 1]

WEIGHTS = pytest.mark.parametrize(
    ("weight", "label"), [(None, ""), ("people", " weighted")]
)


def weights(weight):
    return None if weight is None else HOMES[weight]


# --- Gini, Theil, Atkinson


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        pytest.param([3, 3, 3], 0, id="equality: 0 by definition"),
        pytest.param([0, 0, 0, 1], 3 / 4, id="one holder of n=4: 1 - 1/n"),
        pytest.param([5, 1, 4, 2, 3], 4 / 15, id="by hand: 2*55/(5*15) - 6/5"),
        pytest.param(SUPPLY, 0.4, id="by hand: 2*160/(5*40) - 6/5"),
        pytest.param([7], 0, id="one unit"),
        pytest.param([True, False], 1 / 2, id="one of two has it"),
    ],
)
def test_gini_known_values(values, expected):
    assert equity.gini(values) == pytest.approx(expected, abs=1e-12)


def test_case_of_unequal_supply():
    """Worked case O4 of the course: .400/.353 and .276/.225, to three decimals."""
    found = [f(SUPPLY, w) for f in (equity.gini, equity.theil) for w in (None, HEADS)]
    assert [round(x, 3) for x in found] == [0.4, 0.353, 0.276, 0.225]


def test_gini_of_exponential_is_one_half():
    """Lorenz curve of Exp(1) is p + (1 - p) log(1 - p), whose Gini is 1/2."""
    mid = (np.arange(200_000) + 0.5) / 200_000
    assert equity.gini(-np.log1p(-mid)) == pytest.approx(0.5, abs=1e-4)


def test_gini_weighted_by_hand():
    """Sum over pairs p_i p_j |y_i - y_j| / mean: (.1 + .6) / 4, unsorted on purpose."""
    result = equity.gini([5, 1, 4, 2, 3], weights=[600, 100, 100, 100, 100])
    assert result == pytest.approx(0.7 / 4, abs=1e-12)


@WEIGHTS
def test_gini_and_theil_are_those_of_r(weight, label):
    """R laeken gini; sum over all pairs; Theil from its definition."""
    w = weights(weight)
    for case in ("gini", "gini of all pairs"):
        assert equity.gini(HOMES["hours"], w) == pytest.approx(R[case + label], **EXACT)
    assert equity.theil(HOMES["hours"], w) == pytest.approx(R["theil" + label], **EXACT)


@WEIGHTS
@pytest.mark.parametrize("aversion", [0.25, 0.5, 1, 2])
def test_atkinson_is_that_of_r(weight, label, aversion):
    """By R from the definition; those with nothing left out from 1 on."""
    some = HOMES["hours"] > (0 if aversion >= 1 else -1)
    case = f"atkinson {aversion}{' of those served' if aversion >= 1 else ''}{label}"
    w = weights(weight)
    found = equity.atkinson(
        HOMES["hours"][some], None if w is None else w[some], aversion=aversion
    )
    assert found == pytest.approx(R[case], **EXACT)


def test_inequality_package_agrees():
    """PySAL's inequality, without weights: Gini, Theil and Atkinson."""
    hours = HOMES["hours"]
    assert equity.gini(hours) == pytest.approx(PEERS["gini"], **EXACT)
    assert equity.theil(hours) == pytest.approx(PEERS["theil"], **EXACT)
    for aversion in (0.5, 1, 2):
        assert equity.atkinson(hours[hours > 0], aversion=aversion) == pytest.approx(
            PEERS[f"atkinson {aversion} of those served"], **EXACT
        )


def test_theil_and_atkinson_of_the_lognormal():
    """Closed forms with log variance s^2: s^2 / 2 and 1 - exp(-aversion s^2 / 2)."""
    values = np.exp(0.5 * special.ndtri((np.arange(50_000) + 0.5) / 50_000))
    assert equity.theil(values) == pytest.approx(0.125, rel=2e-3)
    for aversion in (0.5, 1, 1 + 1e-9, 2):
        assert equity.atkinson(values, aversion=aversion) == pytest.approx(
            1 - np.exp(-aversion * 0.125), rel=2e-3
        )


def test_those_who_hold_nothing():
    """0 log 0 is 0; a mean with a zero factor is 0, but only if somebody is there."""
    assert equity.theil([0, 0, 0, 5]) == pytest.approx(np.log(4), abs=1e-14)
    assert equity.atkinson([0, 1, 1, 1], aversion=0.5) == pytest.approx(1 - 9 / 12)
    assert equity.atkinson([0, 1, 1, 1], aversion=1) == 1
    assert equity.atkinson([0, 1, 1, 1], aversion=2) == 1
    assert equity.atkinson([0, 1, 9], [0, 1, 1], aversion=1) == pytest.approx(0.4)
    assert equity.atkinson([0, 7], aversion=0) == 0


def test_atkinson_near_one_keeps_its_digits():
    """Between .999999999 and 1.000000001 the index moves by about 1e-9, not more."""
    at = equity.atkinson([1, 9, 4], aversion=1)
    for aversion in (1 - 1e-12, 1 + 1e-12):
        found = equity.atkinson([1, 9, 4], aversion=aversion)
        assert found == pytest.approx(at, abs=1e-11)


@pytest.mark.parametrize("scale", [1e-300, 1e300])
def test_tiny_and_huge_amounts_do_not_overflow(scale):
    values = np.array([1.0, 9.0]) * scale
    assert equity.gini(values) == pytest.approx(0.4)  # 1/10 - 1/2, turned round
    assert equity.atkinson(values, aversion=1) == pytest.approx(0.4)
    # Shares .1 and .9 of two: .1 log .2 + .9 log 1.8.
    theil = 0.1 * np.log(0.2) + 0.9 * np.log(1.8)
    assert equity.theil(values) == pytest.approx(theil)


def test_what_nobody_holds_does_not_count():
    """However large: beside it the other amounts would lose their digits."""
    assert equity.gini([1e-5, 9e-5, 1e308], [1, 1, 0]) == pytest.approx(0.4, rel=1e-12)


MEASURES = pytest.mark.parametrize(
    "measure", [equity.gini, equity.theil, equity.atkinson]
)


@MEASURES
@given(amounts, st.randoms(use_true_random=False))
def test_order_of_units_does_not_matter(measure, values, random):
    people = np.arange(1.0, values.size + 1)
    order = random.sample(range(values.size), values.size)
    assert measure(values[order], people[order]) == pytest.approx(
        measure(values, people), abs=1e-9
    )


@MEASURES
@given(amounts, st.floats(0.01, 100))
def test_unit_of_measure_does_not_matter(measure, values, scale):
    assert measure(values * scale) == pytest.approx(measure(values), abs=1e-9)


@MEASURES
@given(amounts, st.integers(1, 3))
def test_weight_of_two_is_two_people(measure, values, times):
    people = 1 + np.arange(values.size) % (times + 1)
    assert measure(values, people) == pytest.approx(
        measure(np.repeat(values, people)), abs=1e-9
    )


@MEASURES
@given(amounts, st.floats(0.01, 0.49))
def test_a_transfer_to_the_poorest_lowers_inequality(measure, values, share):
    """Pigou and Dalton."""
    after = np.sort(values)
    moved = share * (after[-1] - after[0])
    after[0], after[-1] = after[0] + moved, after[-1] - moved
    assert measure(after) <= measure(values) + 1e-9


@pytest.mark.parametrize(
    ("values", "people", "message"),
    [
        ([3, -1, 2], None, "values must be >= 0; the smallest of 1 negative .* is -1"),
        ([3, np.nan], None, "1 missing or infinite"),
        ([3, np.inf], None, "1 missing or infinite"),
        ([0, 0], None, "values: all amounts are zero"),
        ([0, 5], [1, 0], "values: all amounts are zero"),
        ([], None, "at least one number"),
        ([[1, 2]], None, "one column"),
        ([1, 2], [1], "1 entries for 2 values"),
        ([1, 2], [1, -1], "weights must be >= 0"),
        ([1, 2], [0, 0], "weights are all zero"),
        (["a", "b"], None, "numbers only"),
    ],
)
@MEASURES
def test_bad_amounts_are_refused(measure, values, people, message):
    with pytest.raises(ValueError, match=message):
        measure(values, people)


@pytest.mark.parametrize("aversion", [-0.1, 21, np.nan])
def test_bad_aversion_is_refused(aversion):
    with pytest.raises(ValueError, match="aversion= must lie between 0 and 20"):
        equity.atkinson([1, 2], aversion=aversion)


# --- Theil by group


@WEIGHTS
def test_theil_decomposition_is_that_of_r(weight, label):
    split = equity.theil_decomposition(
        HOMES, value="hours", group="district", weight=weight
    )
    for part in ("between", "within"):
        expected = R[f"theil {part}{label}"]
        assert getattr(split, part) == pytest.approx(expected, **EXACT)
        assert split.table[part].sum() == pytest.approx(expected, **EXACT)
    assert split.total == pytest.approx(R[f"theil{label}"], **EXACT)
    assert split.between_share == pytest.approx(split.between / split.total)
    assert split.n == 120
    assert split.table["district"].tolist() == ["J", "M", "新城", "老街"]
    for row in split.table.itertuples():
        expected = R[f"theil between {row.district}{label}"]
        assert row.between == pytest.approx(expected, **EXACT)


def test_theil_decomposition_is_that_of_pysal():
    split = equity.theil_decomposition(HOMES, value="hours", group="district")
    assert split.between == pytest.approx(PEERS["theil between"], **EXACT)
    assert split.within == pytest.approx(PEERS["theil within"], **EXACT)


def test_theil_decomposition_at_its_ends():
    """All between; none between; a group that holds nothing adds nothing."""
    data = pd.DataFrame({"g": list("aabb"), "x": [1, 1, 3, 3], "y": [1, 3, 1, 3]})
    split = equity.theil_decomposition(data, value="x", group="g")
    assert split.between_share == 1
    assert split.table["theil"].tolist() == [0, 0]
    split = equity.theil_decomposition(data, value="y", group="g")
    assert (split.between, split.between_share) == (0, 0)
    split = equity.theil_decomposition(
        data.assign(z=[0, 0, 4, 4]), value="z", group="g"
    )
    # Half of the people hold all: log 2, all of it between.
    assert split.between == split.total == pytest.approx(np.log(2))
    assert np.isnan(split.table["theil"][0])
    split = equity.theil_decomposition(data.assign(c=2), value="c", group="g")
    assert split.total == 0
    assert np.isnan(split.between_share)
    assert str(split) == (
        "Theil T 0.0000 nats over 4 rows in 2 groups: 0.0000 between, 0.0000 within"
    )


def test_theil_decomposition_refuses_a_group_of_nobody():
    data = pd.DataFrame({"g": list("aab"), "x": [1, 2, 3], "w": [1, 1, 0]})
    with pytest.raises(ValueError, match="group 'b' of data column 'g' has no people"):
        equity.theil_decomposition(data, value="x", group="g", weight="w")
    with pytest.raises(ValueError, match="'mean' are called like columns"):
        equity.theil_decomposition(
            data.rename(columns={"g": "mean"}), value="x", group="mean"
        )


# --- Intervals


def test_inequality_measures_what_the_plain_functions_do():
    table = equity.inequality(
        HOMES,
        value="hours",
        weight="people",
        group="district",
        aversion=0.25,
        n_resamples=20,
        rng=1,
    ).set_index("term")["estimate"]
    cases = {"gini": "gini", "theil": "theil", "atkinson": "atkinson 0.25"}
    cases |= {"theil_between": "theil between", "theil_within": "theil within"}
    assert set(table.index) == set(cases)
    for term, case in cases.items():
        assert table[term] == pytest.approx(R[f"{case} weighted"], **EXACT)


@given(amounts, st.integers(0, 2**32 - 1))
def test_a_draw_is_measured_like_its_repeated_rows(values, seed):
    """The count of each unit stands for its repetitions."""
    rng = np.random.default_rng(seed)
    values = np.sort(np.where(rng.random(values.size) < 0.2, 0, values))
    values[-1] = 5e4
    groups = rng.integers(0, 3, values.size)
    times = np.bincount(rng.integers(values.size, size=values.size)).astype(float)
    times = np.append(times, np.zeros(values.size - times.size))
    drawn = pd.DataFrame({"x": values, "g": groups}).loc[
        np.repeat(np.arange(values.size), times.astype(int))
    ]
    aversion = rng.choice([0.5, 1.0, 2.0])
    found = _draws.Amounts.of(values, aversion, groups).all(times)
    if drawn["x"].max() == 0:
        assert np.isnan(found).all()
        return
    split = equity.theil_decomposition(drawn, value="x", group="g")
    expected = [
        equity.gini(drawn["x"]),
        equity.theil(drawn["x"]),
        split.between,
        split.within,
        equity.atkinson(drawn["x"], aversion=aversion),
    ]
    assert found == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("cluster", [None, "district"])
def test_intervals_are_those_of_the_general_bootstrap(cluster):
    """govlib.resample draws rows of a DataFrame, 500 times against 4,000 here."""
    fast = equity.inequality(
        HOMES, value="hours", weight="people", cluster=cluster, n_resamples=4000, rng=1
    ).iloc[0]
    slow = resample.bootstrap(
        HOMES,
        lambda d: equity.gini(d["hours"], d["people"]),
        cluster=cluster,
        n_resamples=500,
        rng=2,
    ).iloc[0]
    # Off by chance: the error 1/sqrt(1000) = 3 %, a bound by 12 % of it; thrice that.
    assert fast["std_error"] == pytest.approx(slow["std_error"], rel=0.1)
    for bound in ("conf_low", "conf_high"):
        assert fast[bound] == pytest.approx(slow[bound], abs=0.36 * slow["std_error"])


def test_error_of_the_gini_of_an_exponential_sample():
    """Variance 1 / (12 (n - 1)): Gail and Gastwirth (1978), JRSS B 40, 350-357."""
    data = pd.DataFrame({"x": np.random.default_rng(3).exponential(size=4_000)})
    table = equity.inequality(data, value="x", n_resamples=1000, rng=1)
    assert table["std_error"][0] == pytest.approx(np.sqrt(1 / 12 / 4000), rel=0.12)


def test_intervals_do_not_depend_on_order_or_workers():
    how = {"value": "hours", "group": "district", "weight": "people", "rng": 4}
    one = equity.inequality(HOMES, n_resamples=60, **how)
    with joblib.parallel_config(backend="threading"):
        two = equity.inequality(HOMES.iloc[::-1], n_resamples=60, n_jobs=2, **how)
    assert_frame_equal(one, two, rtol=1e-12)
    assert one["conf_level"].eq(0.95).all()
    by_cluster = equity.inequality(HOMES, cluster="district", n_resamples=60, **how)
    assert (by_cluster["std_error"] != one["std_error"]).all()


def test_draws_in_which_nobody_holds_anything_are_left_out():
    """One of three holds all: (2/3)^3 = 30 % of draws miss them."""
    data = pd.DataFrame({"x": [0, 0, 5]})
    table = equity.inequality(data, value="x", n_resamples=1000, rng=1)
    assert 640 < table["n_resamples"][0] < 770
    assert table.loc[table["term"] == "gini", "conf_high"].item() == pytest.approx(
        2 / 3
    )


def test_inequality_refuses_what_cannot_be_drawn():
    data = pd.DataFrame({"x": [1, 2], "c": ["a", "a"]})
    with pytest.raises(ValueError, match=r"data has 1 c\(s\); drawing again needs"):
        equity.inequality(data, value="x", cluster="c")
    with pytest.raises(ValueError, match=r"data has 1 row\(s\)"):
        equity.inequality(data[:1], value="x")
    with pytest.raises(ValueError, match="n_resamples"):
        equity.inequality(data, value="x", n_resamples=1)
    with pytest.raises(ValueError, match="conf_level"):
        equity.inequality(data, value="x", conf_level=95)


# --- Lorenz and concentration


def area(curve):
    """Twice the area between the diagonal and the curve."""
    return 1 - 2 * np.trapezoid(curve["value_share"], curve["population_share"])


@WEIGHTS
def test_areas_of_the_curves_are_the_indices_of_r(weight, label):
    curve = equity.lorenz_curve(HOMES, value="hours", weight=weight)
    assert area(curve) == pytest.approx(R[f"gini{label}"], **EXACT)
    curve = equity.concentration_curve(
        HOMES, value="hours", rank="income", weight=weight
    )
    assert area(curve) == pytest.approx(R[f"concentration hours{label}"], **EXACT)
    # As many points as different incomes, and the origin.
    assert len(curve) == HOMES["income"].nunique() + 1


def test_curves_by_group():
    curves = equity.lorenz_curve(
        HOMES, value="hours", weight="people", group="district"
    )
    assert curves.columns.tolist() == ["district", "population_share", "value_share"]
    for name, curve in curves.groupby("district"):
        own = HOMES[HOMES["district"] == name]
        expected = equity.gini(own["hours"], own["people"])
        assert area(curve) == pytest.approx(expected, **EXACT)
        assert curve.iloc[0, 1:].tolist() == [0, 0]
        assert curve.iloc[-1, 1:].tolist() == [1, 1]
        slopes = np.diff(curve["value_share"]) / np.diff(curve["population_share"])
        assert (np.diff(slopes) > -1e-12).all()


def test_curve_of_a_group_with_nothing_is_refused():
    data = pd.DataFrame({"g": list("aab"), "x": [1, 2, 0]})
    with pytest.raises(ValueError, match="group 'b', data column 'x': all amounts"):
        equity.lorenz_curve(data, value="x", group="g")
    with pytest.raises(ValueError, match="called like columns of the result"):
        equity.lorenz_curve(
            data.rename(columns={"g": "value_share"}), value="x", group="value_share"
        )


BOUNDS = {"near": (0, 1), "score": (1, 5)}


@WEIGHTS
@pytest.mark.parametrize("value", ["hours", "near", "score"])
def test_concentration_indices_are_those_of_r(value, weight, label):
    """R: slope of the weighted regression on ranks from all pairs."""
    how = {"value": value, "rank": "income", "weight": weight}
    found = equity.concentration_index(HOMES, **how)
    # lm solves by QR; measured gaps are below 1e-13.
    assert found == pytest.approx(R[f"concentration {value}{label}"], rel=1e-10)
    if value in BOUNDS:
        for correction in ("wagstaff", "erreygers"):
            found = equity.concentration_index(
                HOMES, **how, correction=correction, bounds=BOUNDS[value]
            )
            assert found == pytest.approx(R[f"{correction} {value}{label}"], rel=1e-10)


def test_concentration_by_own_amount_is_the_gini():
    found = equity.concentration_index(
        HOMES, value="hours", rank="hours", weight="people"
    )
    assert found == pytest.approx(R["gini weighted"], **EXACT)
    turned = HOMES.assign(rank=-HOMES["hours"])
    found = equity.concentration_index(turned, value="hours", rank="rank")
    assert found == pytest.approx(-R["gini"], **EXACT)


@given(
    arrays(float, 12, elements=st.floats(1, 5)),
    arrays(float, 12, elements=st.integers(0, 4)),
    st.sampled_from(["wagstaff", "erreygers"]),
)
def test_having_and_lacking_mirror_each_other(score, income, correction):
    """What the corrections are for (Erreygers 2009); the plain index does not."""
    score[:2] = 2, 3
    data = pd.DataFrame({"has": score, "lacks": 6 - score, "income": income})
    has, lacks = (
        equity.concentration_index(
            data, value=v, rank="income", correction=correction, bounds=(1, 5)
        )
        for v in ("has", "lacks")
    )
    assert has == pytest.approx(-lacks, abs=1e-12)


def test_people_of_one_rank_share_it():
    """One income: nobody is poorer. Order within an income decides nothing."""
    data = pd.DataFrame({"x": [0, 1, 2, 9], "income": 5})
    assert equity.concentration_index(data, value="x", rank="income") == 0
    data["income"] = [1, 1, 2, 2]
    # Means .5 and 5.5 at ranks 1/4 and 3/4: cov = 2.5 / 4, so 2 * .625 / 3.
    for rows in ([0, 1, 2, 3], [1, 0, 3, 2]):
        found = equity.concentration_index(data.iloc[rows], value="x", rank="income")
        assert found == pytest.approx(1.25 / 3)


def test_concentration_index_refuses():
    data = pd.DataFrame({"x": [0, 1, 3], "r": [1, 2, 3], "none": 0, "less": [-1, 1, 2]})

    def index(value="x", **how):
        return equity.concentration_index(data, value=value, rank="r", **how)

    with pytest.raises(TypeError, match="needs bounds="):
        index(correction="erreygers")
    with pytest.raises(TypeError, match="bounds= goes with correction="):
        index(bounds=(0, 3))
    with pytest.raises(ValueError, match="did you mean 'wagstaff'"):
        index(correction="wagstaf", bounds=(0, 3))
    with pytest.raises(ValueError, match=r"1 value\(s\) outside bounds= 0 to 1"):
        index(correction="wagstaff", bounds=(0, 1))
    with pytest.raises(ValueError, match="rising order"):
        index(correction="wagstaff", bounds=(3, 0))
    with pytest.raises(ValueError, match="rising order"):
        index(correction="wagstaff", bounds=(0, np.inf))
    with pytest.raises(TypeError, match="bounds= takes a number"):
        index(correction="wagstaff", bounds=(0, "3"))
    with pytest.raises(ValueError, match="at one of its bounds"):
        index("none", correction="wagstaff", bounds=(0, 1))
    with pytest.raises(ValueError, match="all amounts are zero"):
        index("none")
    with pytest.raises(ValueError, match=r"must be >= 0, but holds -1.0 in row\(s\) 0"):
        index("less")
    # With bounds they are welcome: 8 cov / 3 by the definition, ranks 1/6, 3/6, 5/6.
    cov = np.cov([-1, 1, 2], [1 / 6, 3 / 6, 5 / 6], ddof=0)[0, 1]
    found = index("less", correction="erreygers", bounds=(-1, 2))
    assert found == pytest.approx(8 * cov / 3)


# --- Walking access: coverage


FUNCTIONS = [f"function {k:02d}" for k in range(1, 13)]


def worked_case():
    """Three communities with 9, 12 and 5 of 12 functions; case V4 of the course."""
    blocks = pd.DataFrame({"place": list("abc"), "people": [4000, 6000, 2000]})
    facilities = pd.DataFrame({"facility": FUNCTIONS, "function": FUNCTIONS})
    distances = pd.DataFrame(
        [
            (place, name, 15 if k < n else 15.01)
            for place, n in zip("abc", (9, 12, 5), strict=True)
            for k, name in enumerate(FUNCTIONS)
        ],
        columns=["place", "facility", "minutes"],
    )
    return blocks, facilities, distances


HOW = {
    "source": "place",
    "target": "facility",
    "function": "function",
    "distance": "minutes",
    "cutoff": 15,
}


def test_case_of_twelve_functions():
    """Worked case V4: weighted mean 9.83 (81.9 %), unweighted 8.67 (72.2 %)."""
    tables = worked_case()
    reached = equity.coverage(*tables, weight="people", **HOW)
    assert round(reached.mean_functions, 2) == 9.83
    assert round(reached.mean_functions / 12, 3) == 0.819
    assert round(reached.table["covered_share"].mean(), 3) == 0.819
    assert reached.complete_share == 0.5
    assert reached.blocks["functions"].tolist() == [9, 12, 5]
    assert reached.table["covered_share"].iloc[[0, 4, 5, 8, 9, 11]].tolist() == (
        pytest.approx([1, 1, 5 / 6, 5 / 6, 0.5, 0.5])
    )
    plain = equity.coverage(*tables, **HOW)
    assert round(plain.mean_functions, 2) == 8.67
    assert str(reached) == (
        "9.83 of 12 functions within 15 for the mean resident of 3 blocks; 50.0% of "
        "residents have all"
    )


def test_coverage_by_group():
    blocks, facilities, distances = worked_case()
    blocks["district"] = ["J", "M", "J"]
    reached = equity.coverage(
        blocks, facilities, distances, weight="people", group="district", **HOW
    )
    wide = reached.table.pivot_table("covered_share", "district", "function")
    assert wide.shape == (2, 12)
    assert wide.loc["M"].eq(1).all()
    # a (4,000) has functions 1 to 9, c (2,000) 1 to 5.
    assert wide.loc["J"].tolist() == pytest.approx([1] * 5 + [2 / 3] * 4 + [0] * 3)
    assert reached.blocks.columns.tolist() == [
        "place",
        "district",
        "population",
        "functions",
    ]
    # A community may be its own group.
    own = equity.coverage(blocks, facilities, distances, group="place", **HOW)
    assert own.table.groupby("place")["covered_share"].sum().tolist() == [9, 12, 5]


def test_functions_that_the_city_lacks_are_missed():
    blocks, facilities, distances = worked_case()
    few = facilities[:5]
    near = distances[distances["facility"].isin(few["facility"])]
    assert equity.coverage(blocks, few, near, **HOW).complete_share == 1
    wanted = equity.coverage(blocks, few, near, functions=FUNCTIONS, **HOW)
    assert wanted.complete_share == 0
    assert wanted.mean_functions == 5
    assert wanted.table["function"].tolist() == FUNCTIONS
    category = few.assign(function=pd.Categorical(few["function"], FUNCTIONS))
    assert_frame_equal(
        equity.coverage(blocks, category, near, **HOW).table, wanted.table
    )


def test_a_centre_with_many_functions_is_one_place():
    """Twelve functions under one roof; two of a kind count once."""
    blocks = pd.DataFrame({"place": ["a"], "x": [0], "y": [0]})
    centre = pd.DataFrame(
        {"facility": "中心", "function": FUNCTIONS, "x": 300, "y": 400}
    )
    other = centre[:1].assign(facility="店")
    how = {k: v for k, v in HOW.items() if k not in {"distance", "cutoff"}}
    how["coordinates"] = ("x", "y")
    both = pd.concat([centre, other], ignore_index=True)
    assert equity.coverage(blocks, both, cutoff=500, **how).mean_functions == 12
    assert equity.coverage(blocks, both, cutoff=499.99, **how).mean_functions == 0
    moved = centre.assign(x=range(12))
    with pytest.raises(
        ValueError, match=r"1 facility\(s\) stand in more than one place"
    ):
        equity.coverage(blocks, moved, cutoff=500, **how)


def test_coverage_by_coordinates_is_that_by_distances():
    facilities = CLINICS.assign(kind=np.arange(25) % 4)
    pairs = HOMES.merge(CLINICS, how="cross", suffixes=("", "_clinic"))
    pairs["metres"] = np.hypot(
        pairs["x"] - pairs["x_clinic"], pairs["y"] - pairs["y_clinic"]
    )
    how = {"source": "block", "target": "clinic", "function": "kind", "cutoff": 500}
    one = equity.coverage(HOMES, facilities, coordinates=("x", "y"), **how)
    two = equity.coverage(HOMES, facilities, pairs, distance="metres", **how)
    assert_frame_equal(one.table, two.table)
    assert_frame_equal(one.blocks, two.blocks)
    # By pandas alone.
    near = pairs[pairs["metres"] <= 500].merge(facilities[["clinic", "kind"]])
    expected = near.groupby("block")["kind"].nunique().reindex(HOMES["block"]).fillna(0)
    assert one.blocks["functions"].tolist() == expected.tolist()


def test_coverage_gives_an_interval_by_blocks():
    """As the docstring of the module promises: blocks are resampled, not recomputed."""
    reached = equity.coverage(*worked_case(), weight="people", **HOW)
    table = resample.bootstrap(
        reached.blocks,
        lambda d: np.average(d["functions"], weights=d["population"]),
        n_resamples=200,
        rng=1,
    )
    assert table["estimate"][0] == pytest.approx(reached.mean_functions)
    assert table["conf_low"][0] == 5
    assert table["conf_high"][0] == 12


def test_coverage_refuses():
    blocks, facilities, distances = worked_case()

    def cover(b=blocks, f=facilities, d=distances, **how):
        return equity.coverage(b, f, d, **(HOW | how))

    with pytest.raises(ValueError, match="not in functions=: 'function 12'"):
        cover(functions=FUNCTIONS[:11])
    with pytest.raises(TypeError, match="functions= takes a list"):
        cover(functions="clinic")
    with pytest.raises(
        ValueError, match=r"again with the same 'function' in row\(s\) 12"
    ):
        cover(f=pd.concat([facilities, facilities[:1]], ignore_index=True))
    with pytest.raises(ValueError, match=r"'population' \(weight=\)|no column"):
        cover(weight="population")
    with pytest.raises(ValueError, match="all zero, so nobody"):
        cover(b=blocks.assign(people=0), weight="people")
    with pytest.raises(ValueError, match="group= and function= are both"):
        cover(b=blocks.assign(function="x"), group="function")
    with pytest.raises(ValueError, match="called like columns of the result"):
        equity.coverage(
            blocks,
            facilities.rename(columns={"function": "functions"}),
            distances,
            **(HOW | {"function": "functions"}),
        )


# --- Walking access: floating catchments


CATCHMENT = {
    "source": "block",
    "target": "clinic",
    "supply": "doctors",
    "weight": "people",
}
ZONES = {200: 1, 500: 0.4, 900: 0.1}


def all_pairs():
    pairs = HOMES.merge(CLINICS, how="cross", suffixes=("", "_clinic"))
    pairs["metres"] = np.hypot(
        pairs["x"] - pairs["x_clinic"], pairs["y"] - pairs["y_clinic"]
    )
    return pairs[["block", "clinic", "metres"]]


@pytest.mark.parametrize("by", ["distances", "coordinates"])
@pytest.mark.parametrize(
    ("method", "cutoff", "decay"), [("2SFCA", 500, None), ("E2SFCA", 900, ZONES)]
)
def test_access_is_that_of_pysal(method, cutoff, decay, by):
    """PySAL access; with homes and clinics at the cutoff exactly, and some far off."""
    pairs = all_pairs()
    assert (pairs["metres"] == cutoff).any()
    # Rows in any order.
    given = (pairs.sample(frac=1, random_state=1),) if by == "distances" else ()
    where = {"distance": "metres"} if given else {"coordinates": ("x", "y")}
    found = equity.floating_catchment(
        HOMES, CLINICS, *given, cutoff=cutoff, decay=decay, **CATCHMENT, **where
    )
    assert found.table["block"].tolist() == ACCESS["block"].tolist()
    assert found.table["access"].to_numpy() == pytest.approx(
        ACCESS[method].to_numpy(), **EXACT
    )
    near = pairs[pairs["metres"] <= cutoff].groupby("block").size()
    expected = near.reindex(HOMES["block"]).fillna(0)
    assert found.table["facilities"].tolist() == expected.tolist()


def test_zones_and_functions_of_distance_agree():
    def steps(d):
        return np.select([d <= 200, d <= 500], [1, 0.4], 0.1)

    tables = [
        equity.floating_catchment(
            HOMES, CLINICS, coordinates=("x", "y"), cutoff=900, decay=d, **CATCHMENT
        ).table
        for d in (ZONES, steps)
    ]
    assert_frame_equal(*tables)


def test_gaussian_decay_by_hand():
    """exp(-(1/2)(1/2)^2) less exp(-1/2) over 1 less the same, at half the cutoff."""
    blocks = pd.DataFrame({"block": [1, 2, 3], "people": [1, 1, 1]})
    clinics = pd.DataFrame({"clinic": ["x"], "doctors": [1]})
    walks = pd.DataFrame({"block": [1, 2, 3], "clinic": "x", "m": [0, 5, 10]})
    found = equity.floating_catchment(
        blocks, clinics, walks, cutoff=10, decay="gaussian", distance="m", **CATCHMENT
    )
    half = (np.exp(-1 / 8) - np.exp(-1 / 2)) / (1 - np.exp(-1 / 2))
    assert found.table["access"].tolist() == pytest.approx(
        [1 / (1 + half), half / (1 + half), 0]
    )
    assert found.table["facilities"].tolist() == [1, 1, 1]


def test_supply_is_neither_made_nor_lost():
    """Demand times access adds up to the supply that is reached."""
    found = equity.floating_catchment(
        HOMES,
        CLINICS,
        coordinates=("x", "y"),
        cutoff=300,
        need="income",
        decay={100: 1, 300: 0.3},
        **CATCHMENT,
    )
    table, facilities = found.table, found.facilities
    assert table["demand"].tolist() == (HOMES["people"] * HOMES["income"]).tolist()
    reached = CLINICS["doctors"].sum() - found.unused_supply
    assert table["demand"] @ table["access"] == pytest.approx(reached)
    assert found.mean == pytest.approx(reached / table["demand"].sum())
    nobody = facilities["ratio"].isna()
    assert nobody.any()
    assert found.unused_supply == facilities["supply"][nobody].sum() > 0
    alone = table["facilities"] == 0
    assert alone.any()
    assert (table["access"][alone] == 0).all()
    assert found.unreached_share == pytest.approx(
        table["demand"][alone].sum() / table["demand"].sum()
    )


def test_need_by_hand():
    """Twice the need is twice the demand: 3 doctors for 1 x 1 + 1 x 2."""
    blocks = pd.DataFrame({"block": [1, 2], "people": 1, "older": [1, 2]})
    clinics = pd.DataFrame({"clinic": ["x"], "doctors": [3]})
    walks = pd.DataFrame({"block": [1, 2], "clinic": "x", "m": 1})
    how = {"cutoff": 1, "distance": "m", **CATCHMENT}
    found = equity.floating_catchment(blocks, clinics, walks, need="older", **how)
    assert found.table["access"].tolist() == [1, 1]
    found = equity.floating_catchment(blocks, clinics, walks, **how)
    assert found.table["access"].tolist() == [1.5, 1.5]


def test_blocks_without_people_and_clinics_without_blocks():
    """Block 3 has no people and reaches y, which nobody else does: undefined."""
    blocks = pd.DataFrame({"block": [1, 2, 3, 4], "people": [2, 0, 0, 2]})
    clinics = pd.DataFrame({"clinic": ["x", "y", "z"], "doctors": [4, 1, 5]})
    walks = pd.DataFrame({"block": [1, 2, 3], "clinic": ["x", "x", "y"], "m": 1})
    found = equity.floating_catchment(
        blocks, clinics, walks, cutoff=1, distance="m", **CATCHMENT
    )
    assert found.table["access"].tolist() == pytest.approx(
        [2, 2, np.nan, 0], nan_ok=True
    )
    assert found.facilities["ratio"].tolist() == pytest.approx(
        [2, np.nan, np.nan], nan_ok=True
    )
    assert found.unused_supply == 6
    assert found.mean == 1
    assert found.unreached_share == 0.5
    assert str(found) == (
        "1 supplied per unit of demand within 1, over 4 blocks and 3 facilities; 50.0% "
        "of demand reaches none, 6 of the supply is reached by nobody"
    )


def test_nothing_within_reach_at_all():
    blocks = pd.DataFrame({"block": [1], "people": [2], "x": 0, "y": 0})
    clinics = pd.DataFrame({"clinic": ["x"], "doctors": [4], "x": 9, "y": 9})
    walks = pd.DataFrame({"block": [1], "clinic": ["x"], "m": [7]})
    for table, where in (((walks,), {"distance": "m"}), ((), {"coordinates": "xy"})):
        where = {k: tuple(v) if v == "xy" else v for k, v in where.items()}
        found = equity.floating_catchment(
            blocks, clinics, *table, cutoff=5, **CATCHMENT, **where
        )
        assert found.table["access"].tolist() == [0]
        assert (found.mean, found.unreached_share, found.unused_supply) == (0, 1, 4)


def test_portions_change_nothing(monkeypatch):
    """Small portions of pairs and blocks, as a large city would have."""
    how = {"cutoff": 900, "decay": ZONES, **CATCHMENT}
    pairs = all_pairs()

    def both():
        return [
            equity.floating_catchment(HOMES, CLINICS, coordinates=("x", "y"), **how),
            equity.floating_catchment(HOMES, CLINICS, pairs, distance="metres", **how),
        ]

    whole = both()
    portions = []
    near = _pairs._near
    monkeypatch.setattr(_pairs, "_PAIRS", 50)
    monkeypatch.setattr(_pairs, "_BLOCKS", 30)

    def counted(*arguments):
        for part in near(*arguments):
            portions.append(part[1].size)
            yield part

    monkeypatch.setattr(_pairs, "_near", counted)
    for one, two in zip(whole, both(), strict=True):
        assert_frame_equal(one.table, two.table)
        assert_frame_equal(one.facilities, two.facilities)
    assert len(portions) > 20
    assert max(portions) <= 50
    reached = equity.coverage(
        HOMES,
        CLINICS.assign(kind="clinic"),
        pairs,
        source="block",
        target="clinic",
        function="kind",
        distance="metres",
        cutoff=900,
    )
    near_any = pairs[pairs["metres"] <= 900]["block"].nunique()
    assert reached.complete_share == pytest.approx(near_any / 120)


def test_places_that_coincide_are_in_reach():
    blocks = pd.DataFrame({"block": [1, 2], "people": 1, "x": [5, 5], "y": [5, 5]})
    clinics = pd.DataFrame({"clinic": ["x"], "doctors": [4], "x": [5], "y": [5]})
    found = equity.floating_catchment(
        blocks, clinics, coordinates=("x", "y"), cutoff=1, **CATCHMENT
    )
    assert found.table["access"].tolist() == [2, 2]


SMALL = {
    "blocks": pd.DataFrame({"block": [1, 2], "people": [3, 4], "x": 0, "y": [0, 1]}),
    "facilities": pd.DataFrame(
        {"clinic": ["x", "y"], "doctors": [1, 2], "x": 0, "y": 0}
    ),
    "distances": pd.DataFrame(
        {"block": [1, 2, 2], "clinic": ["x", "x", "y"], "m": [1.0, 2.0, 3.0]},
        index=[10, 11, 12],
    ),
}


@pytest.mark.parametrize(
    ("table", "column", "values", "message"),
    [
        ("blocks", "block", [1, 1], "blocks column 'block' must name each row once"),
        ("blocks", "block", [1, None], "'block' has 1 missing"),
        ("blocks", "people", [0, 0], "'people' .weight=. is all zero"),
        (
            "blocks",
            "people",
            [1, -2],
            "blocks column 'people' .weight=. must be >= 0, .* -2.0 in row.s. 1",
        ),
        ("blocks", "people", ["1", "2"], "must hold numbers"),
        ("facilities", "clinic", ["x", "x"], "must name each row once"),
        ("facilities", "doctors", [0, 0], "'doctors' is all zero, so there is nothing"),
        (
            "facilities",
            "doctors",
            [1, np.nan],
            "facilities column 'doctors' has 1 miss",
        ),
        (
            "facilities",
            "doctors",
            [1, -1],
            "facilities column 'doctors' .supply=. must be >= 0",
        ),
        ("distances", "m", [1, -2, 3], "distances column 'm' has 1 negative.*11"),
        ("distances", "m", [1, np.nan, 3], "1 missing value.s. in row.s. 11"),
        ("distances", "m", [1, np.inf, 3], "1 infinite"),
        ("distances", "block", [1, 2, 9], "names 1 that are not among the blocks: 9"),
        ("distances", "clinic", ["x", "x", "w"], "not among the facilities: 'w'"),
        (
            "distances",
            "clinic",
            ["x", "x", "x"],
            "lists 1 pair.s. of 'block' and 'cl.*12",
        ),
    ],
)
def test_bad_tables_are_refused(table, column, values, message):
    tables = {k: v.copy() for k, v in SMALL.items()}
    tables[table][column] = values
    with pytest.raises(ValueError, match=message):
        equity.floating_catchment(**tables, distance="m", cutoff=5, **CATCHMENT)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"cutoff": 0}, ValueError, "cutoff= must be a distance above 0"),
        ({"cutoff": np.inf}, ValueError, "cutoff= must be a distance above 0"),
        ({"cutoff": "5"}, TypeError, "cutoff= takes a number"),
        ({"distance": None}, TypeError, "distance= is required"),
        ({"distance": "metre"}, ValueError, "no column 'metre'"),
        ({"coordinates": ("x", "y")}, TypeError, "give either distances .* not both"),
        ({"distances": None}, TypeError, "give either distances"),
        ({"weight": None}, TypeError, "weight= is required"),
        ({"need": "x"}, ValueError, "'x' is zero wherever people live"),
        ({"decay": "gausian"}, ValueError, "did you mean 'gaussian'"),
        ({"decay": 3}, TypeError, "decay= takes 'gaussian', a mapping"),
        ({"decay": {}}, ValueError, "decay= must give a weight up to the cutoff 5"),
        ({"decay": {4: 1}}, ValueError, "zones end at 4.0"),
        ({"decay": {1: 1, 5: -1}}, ValueError, "decay= gave 1 weight.s. .*such as -1"),
        ({"decay": lambda d: d - 2}, ValueError, "decay= gave 1 weight"),
        ({"decay": lambda _: 1}, ValueError, r"array of shape \(\)"),
        ({"blocks": [1, 2]}, TypeError, "blocks must be a pandas DataFrame"),
        ({"facilities": SMALL["facilities"][:0]}, ValueError, "facilities has no rows"),
        ({"source": "access"}, ValueError, "no column 'access'"),
    ],
)
def test_bad_arguments_are_refused(change, error, message):
    how = SMALL | {"distance": "m", "cutoff": 5} | CATCHMENT | change
    with pytest.raises(error, match=message):
        equity.floating_catchment(**how)


@pytest.mark.parametrize("coordinates", ["x", ("x",), ("x", "y", "z")])
def test_coordinates_are_two_columns(coordinates):
    tables = {k: SMALL[k] for k in ("blocks", "facilities")}
    with pytest.raises(TypeError, match="coordinates= takes two column names"):
        equity.floating_catchment(
            **tables, coordinates=coordinates, cutoff=5, **CATCHMENT
        )


def test_results_do_not_overwrite_the_names_of_ids():
    tables = {k: v.rename(columns={"block": "access"}) for k, v in SMALL.items()}
    with pytest.raises(ValueError, match="'access' are called like columns"):
        equity.floating_catchment(
            **tables, distance="m", cutoff=5, **(CATCHMENT | {"source": "access"})
        )


def test_tables_are_not_changed():
    before = {k: v.copy() for k, v in SMALL.items()}
    equity.floating_catchment(**SMALL, distance="m", cutoff=5, **CATCHMENT)
    for name, table in SMALL.items():
        assert_frame_equal(table, before[name])


# --- Expectation gap


def test_expectation_gap_by_hand():
    """Weights 3 and 1: gaps 2 and -2, so 1; three of four miss 2, so 1.5."""
    data = pd.DataFrame({"hope": [5, 3], "got": [3, 5], "w": [3, 1]})
    table = equity.expectation_gap(data, expected="hope", value="got", weight="w")
    assert table.loc[0].to_dict() == {
        "n": 2,
        "expected": 4.5,
        "value": 3.5,
        "gap": 1.0,
        "unmet_share": 0.75,
        "shortfall": 1.5,
    }


def test_expectation_gap_with_intervals():
    """The bootstrap error of a mean is sd / sqrt(n)."""
    data = HOMES.assign(hope=HOMES["score"] + HOMES["near"])

    def gaps(d):
        table = equity.expectation_gap(
            d, expected="hope", value="score", group="district"
        )
        return table.set_index("district")["gap"]

    table = resample.bootstrap(data, gaps, n_resamples=300, rng=1).set_index("term")
    for name, near in HOMES.groupby("district")["near"]:
        assert table.loc[name, "estimate"] == pytest.approx(near.mean())
        expected = near.std(ddof=0) / np.sqrt(len(near))
        # Thrice 1/sqrt(600), and that sizes of districts vary from draw to draw.
        assert table.loc[name, "std_error"] == pytest.approx(expected, rel=0.15)


def test_expectation_gap_refuses():
    data = pd.DataFrame({"e": [1, None], "v": [1, 2], "g": ["a", "b"], "w": [1, 0]})
    with pytest.raises(ValueError, match="'e' has 1 missing"):
        equity.expectation_gap(data, expected="e", value="v")
    with pytest.raises(ValueError, match="group 'b' of data column 'g' has no people"):
        equity.expectation_gap(
            data.assign(e=1), expected="e", value="v", group="g", weight="w"
        )


# --- Separation of groups


def test_segregation_is_that_of_pysal():
    counts = HOMES["migrants"], HOMES["locals"]
    assert equity.dissimilarity(*counts) == pytest.approx(
        PEERS["dissimilarity"], **EXACT
    )
    assert equity.isolation(*counts) == pytest.approx(PEERS["isolation"], **EXACT)


def test_segregation_at_its_ends():
    apart, even = ([5, 0, 0], [0, 2, 9]), ([2, 4, 6], [3, 6, 9])
    assert equity.dissimilarity(*apart) == equity.isolation(*apart) == 1
    assert equity.dissimilarity(*even) == pytest.approx(0, abs=1e-15)
    # An even spread: the group's share of all, 12 of 30.
    assert equity.isolation(*even) == pytest.approx(0.4)
    # A place where nobody lives says nothing.
    assert equity.isolation([2, 0], [2, 0]) == 0.5


@given(
    arrays(float, 6, elements=st.integers(0, 50)),
    arrays(float, 6, elements=st.integers(0, 50)),
)
def test_dissimilarity_is_symmetric_and_isolation_not_below_its_share(x, y):
    x[0], y[1] = x[0] + 1, y[1] + 1
    assert equity.dissimilarity(x, y) == pytest.approx(equity.dissimilarity(y, x))
    share = x.sum() / (x + y).sum()
    assert share - 1e-12 <= equity.isolation(x, y) <= 1 + 1e-12


@pytest.mark.parametrize("measure", [equity.dissimilarity, equity.isolation])
@pytest.mark.parametrize(
    ("x", "y", "message"),
    [
        ([1, 2], [1], "others has 1 entries for 2 places"),
        ([0, 0], [1, 2], "counts are all zero"),
        ([1, 2], [0, 0], "others are all zero"),
        ([1, -2], [1, 1], "counts must be >= 0"),
        ([1, np.nan], [1, 1], "counts has 1 missing"),
    ],
)
def test_segregation_refuses(measure, x, y, message):
    with pytest.raises(ValueError, match=message):
        measure(x, y)


# --- Concentration of suppliers


def test_herfindahl_known_values():
    """Worked case O2: .52 and, after reform, .285; normalised (H - 1/4) / (3/4)."""
    before, after = [0.7, 0.1, 0.1, 0.1], [0.4, 0.2, 0.25, 0.15]
    assert equity.herfindahl(before) == pytest.approx(0.52)
    assert equity.herfindahl(after) == pytest.approx(0.285)
    assert equity.herfindahl(after, normalised=True) == pytest.approx(0.035 / 0.75)
    for n in (2, 10):
        assert equity.herfindahl([3] * n) == pytest.approx(1 / n)
        assert equity.herfindahl([3] * n, normalised=True) == pytest.approx(
            0, abs=1e-15
        )
    for normalised in (False, True):
        assert equity.herfindahl([8, 0, 0], normalised=normalised) == 1


def test_supplier_concentration_by_hand():
    """老街: 4 + 2 of 8 from the street; M: one funder, a grant of nothing aside."""
    grants = pd.DataFrame(
        {
            "place": ["老街", "M", "老街", "老街", "M"],
            "funder": ["street", "street", "firm", "street", "firm"],
            "yuan": [4, 5, 2, 2, 0],
        }
    )
    table = equity.supplier_concentration(
        grants, unit="place", source="funder", value="yuan"
    ).set_index("place")
    assert table.index.tolist() == ["M", "老街"]
    assert table.loc["老街"].to_dict() == {
        "suppliers": 2,
        "total": 8,
        "largest": "street",
        "largest_share": 0.75,
        "herfindahl": 0.625,
        "normalised_herfindahl": 0.25,
        "single": False,
    }
    row = table.loc["M"]
    assert (row["suppliers"], row["herfindahl"], row["single"]) == (1, 1, True)
    assert row["normalised_herfindahl"] == 1


@settings(max_examples=20)
@given(arrays(float, 8, elements=st.floats(0.1, 100)))
def test_supplier_concentration_is_herfindahl_of_each_unit(given_amounts):
    data = pd.DataFrame({"u": [1, 2] * 4, "s": list("aabbccdd"), "v": given_amounts})
    table = equity.supplier_concentration(data, unit="u", source="s", value="v")
    for row, (_, own) in zip(table.itertuples(), data.groupby("u"), strict=True):
        assert row.herfindahl == pytest.approx(equity.herfindahl(own["v"]))
        expected = equity.herfindahl(own["v"], normalised=True)
        assert row.normalised_herfindahl == pytest.approx(expected, abs=1e-12)


def test_supplier_concentration_refuses():
    data = pd.DataFrame({"u": ["a", "b"], "s": ["x", "x"], "v": [0, 2]})
    how = {"unit": "u", "source": "s", "value": "v"}
    with pytest.raises(ValueError, match=r"all zero for 1 unit\(s\) of 'u': 'a'"):
        equity.supplier_concentration(data, **how)
    with pytest.raises(ValueError, match=r"'v' \(value=\) must be >= 0"):
        equity.supplier_concentration(data.assign(v=[1, -1]), **how)
    with pytest.raises(ValueError, match="'s' has 1 missing"):
        equity.supplier_concentration(data.assign(v=1, s=["x", None]), **how)
    with pytest.raises(ValueError, match="called like columns of the result"):
        equity.supplier_concentration(
            data.rename(columns={"u": "total"}), **(how | {"unit": "total"})
        )


# --- Bad columns, everywhere


TABLES = [
    (equity.inequality, {"value": "x"}),
    (equity.theil_decomposition, {"value": "x", "group": "g"}),
    (equity.lorenz_curve, {"value": "x"}),
    (equity.concentration_curve, {"value": "x", "rank": "r"}),
    (equity.concentration_index, {"value": "x", "rank": "r"}),
    (equity.expectation_gap, {"expected": "r", "value": "x"}),
    (equity.supplier_concentration, {"unit": "g", "source": "g2", "value": "x"}),
]


@pytest.mark.parametrize(("function", "how"), TABLES)
def test_bad_columns_are_refused(function, how):
    data = pd.DataFrame(
        {"x": [1, 2, 4], "r": [1, 2, 3], "g": list("aab"), "g2": list("aab")}
    )
    function(data, **how)
    with pytest.raises(TypeError, match="must be a pandas DataFrame"):
        function(data["x"], **how)
    with pytest.raises(ValueError, match="data has no rows"):
        function(data[:0], **how)
    for name in how.values():
        with pytest.raises(ValueError, match=f"{name!r} has 1 missing"):
            function(data.assign(**{name: [None, *data[name][1:]]}), **how)
        with pytest.raises(ValueError, match=f"data has no column {name!r}"):
            function(data.drop(columns=name), **how)
    with pytest.raises(ValueError, match="must hold numbers"):
        function(data.assign(x=list("abc")), **how)
    if "group" in how or function in (equity.lorenz_curve, equity.inequality):
        with pytest.raises(
            ValueError,
            match=r"'x' \(value=\) must be >= 0, but holds -2.0 in row\(s\) 1",
        ):
            function(data.assign(x=[1, -2, 4]), **how)
        with pytest.raises(ValueError, match=r"'w' \(weight=\) must be >= 0"):
            function(data.assign(w=[1, -2, 4]), weight="w", **how)
        with pytest.raises(ValueError, match=r"'w' \(weight=\) is all zero"):
            function(data.assign(w=0), weight="w", **how)
        with pytest.raises(ValueError, match="'x': all amounts are zero"):
            function(data.assign(x=0), **how)
