"""
Cascades, load, overlap and responsibilities against hand counts, R and enumeration.

Stored numbers come from tests/reference/mandates.R (versions beside it); the formulas
of waiting lines are tested in test_queue.py.
"""

import math
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal
from scipy import stats

from govlib import mandates

REFERENCE = Path(__file__).parent / "reference"
NUMBERS = pd.read_csv(
    REFERENCE / "mandates.csv", encoding="utf-8", skipinitialspace=True
)
COMMITTEES = pd.read_csv(REFERENCE / "mandates_committees.csv", encoding="utf-8")


def reference(case):
    table = NUMBERS[NUMBERS["case"].str.strip() == case]
    assert len(table), case
    return table.reset_index(drop=True)


# --- the cascade

TIERS = ["市", "区", "街道", "居委会"]
UNITS = pd.DataFrame(
    {
        "name": ["S", "J", "M", "J1", "J2", "M1", "J1a", "J1b", "J2a", "M1a"],
        "tier": ["市"] + ["区"] * 2 + ["街道"] * 3 + ["居委会"] * 4,
        "above": [None, "S", "S", "J", "J", "M", "J1", "J1", "J2", "M1"],
        "lifts": [100, 60, 50, 36, 36, 60, 20, 22, 40, 60],
        "posts": [40, 20, 10, 8, 7, 5, 2, 2, 3, 1],
        "staff": [10, 8, 8, 6, 6, 6, 5, 5, 5, 5],
    }
)


def handed(data=UNITS, **how):
    how = {"tiers": TIERS, "targets": "lifts", "resources": "posts"} | how
    return mandates.cascade(data, unit="name", tier="tier", above="above", **how)


def test_cascade_by_hand():
    """Sums by tier: lifts 100, 110, 132, 142; posts 40, 30, 20, 8."""
    table = handed(staff="staff").table
    assert table["tier"].tolist() == TIERS
    assert table["units"].tolist() == [1, 2, 3, 4]
    assert table["targets"].tolist() == [100, 110, 132, 142]
    assert table["added"].tolist()[1:] == [10, 22, 10]
    assert table["markup"].tolist()[1:] == pytest.approx([1.1, 1.2, 142 / 132])
    assert table["resources"].tolist() == [40, 30, 20, 8]
    assert table["passed_on"].tolist()[1:] == pytest.approx([3 / 4, 2 / 3, 2 / 5])
    assert table["cumulative_markup"].tolist() == pytest.approx([1, 1.1, 1.32, 1.42])
    assert table["cumulative_passed_on"].tolist() == pytest.approx([1, 0.75, 0.5, 0.2])
    assert table["backing"].tolist() == pytest.approx(
        [1, 0.75 / 1.1, 0.5 / 1.32, 0.2 / 1.42]
    )
    assert table["targets_per_unit"].tolist() == [100, 55, 44, 35.5]
    assert table["targets_per_staff"].tolist() == pytest.approx(
        [10, 110 / 16, 132 / 18, 142 / 20]
    )
    assert table["resources_per_staff"][3] == pytest.approx(8 / 20)
    assert table.loc[0, ["added", "markup", "passed_on"]].isna().all()


def test_cascade_by_unit_by_hand():
    units = handed(staff="staff").units.set_index("name")
    assert units.loc["J", ["units_below", "markup", "passed_on"]].tolist() == (
        pytest.approx([2, 72 / 60, 15 / 20])
    )
    assert units.loc["M1", "markup"] == 1
    assert units.loc[["J1a", "M1a"], "markup"].isna().all()
    assert units.loc["M1a", "targets_per_staff"] == 12


def test_cascade_does_not_depend_on_the_order_of_rows():
    shuffled = UNITS.sample(frac=1, random_state=3)
    assert_frame_equal(handed().table, handed(shuffled).table)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.floats(1, 1e3), min_size=9, max_size=9))
def test_what_tiers_add_adds_up(targets):
    """The top's targets and what each tier adds make those of the committees."""
    table = handed(UNITS.assign(lifts=[100.0, *targets])).table
    assert 100 + table["added"].sum() == pytest.approx(table["targets"].iloc[-1])
    assert np.prod(table["markup"].dropna()) == pytest.approx(
        table["cumulative_markup"].iloc[-1]
    )


def test_targets_alone_are_followed_as_with_resources():
    """The case splits targets level by level; who has what for them is not written."""
    both, alone = handed(staff="staff"), handed(resources=None, staff="staff")
    gone = "resource|passed_on|backing"
    for one, other in ((both.table, alone.table), (both.units, alone.units)):
        kept = one.loc[:, ~one.columns.str.contains(gone)]
        assert_frame_equal(kept, other)
        assert kept.shape[1] < one.shape[1]


def test_a_unit_without_resources_hands_on_no_ratio():
    posts = UNITS["posts"].where(UNITS["name"] != "M1", 0)
    units = handed(UNITS.assign(posts=posts)).units.set_index("name")
    assert math.isnan(units.loc["M1", "passed_on"])


def with_cell(row, column, value):
    data = UNITS.astype({"above": object})
    data.loc[row, column] = value
    return data


@pytest.mark.parametrize(
    ("data", "how", "words"),
    [
        (with_cell(9, "above", "M"), {}, "do not nest: 1 unit.*'M1a'"),
        (with_cell(9, "above", "X"), {}, "do not nest: 1 unit.*'M1a'"),
        (with_cell(3, "above", None), {}, "do not nest: 1 unit.*'J1'"),
        (with_cell(0, "above", "J"), {}, "'S' of the top tier"),
        (with_cell(1, "tier", "县"), {}, r"\(tier=\) holds '县'"),
        (UNITS.head(9), {}, "do not nest: 1 unit.*'M1'"),
        (with_cell(4, "name", "J1"), {}, "'J1'; drop the duplicates"),
        (with_cell(4, "lifts", -1), {}, r"'lifts' \(targets=\) must be >= 0.*-1"),
        (with_cell(4, "staff", 0), {"staff": "staff"}, "'staff'.*must be above zero"),
        (with_cell(0, "posts", 0), {}, "resources of the top tier '市' are zero"),
        (UNITS.astype({"lifts": float}).assign(lifts=np.nan), {}, "10 missing"),
        (UNITS, {"tiers": ["市"]}, "two or more tiers"),
        (UNITS, {"tiers": [*TIERS, "楼"]}, "'楼' have no unit"),
        (UNITS, {"targets": "lift"}, "did you mean 'lifts'"),
    ],
)
def test_cascade_refuses(data, how, words):
    with pytest.raises(ValueError, match=words):
        handed(data, **how)


def test_tiers_are_a_list():
    with pytest.raises(TypeError, match="takes a list"):
        handed(tiers="市")


def test_transmission_of_the_case():
    """Case R4: nine tenths per layer; four layers keep 65.6 %, five 59.0 %."""
    arrives = mandates.transmission([0.9] * 5)["arrives"]
    assert arrives[3] == pytest.approx(0.9**4)
    assert arrives[4] == pytest.approx(0.9**5)
    assert round(100 * (arrives[4] - arrives[3]), 1) == -6.6
    for bad in ([1.1], [-0.1], [np.nan], []):
        with pytest.raises(ValueError, match="fidelity"):
            mandates.transmission(bad)


# --- load and waiting


def test_committee_of_the_case():
    """Case O1: mu = 10; half a week at 8 arrivals, two weeks at 9.5."""
    table = mandates.waiting([8, 9.5], service_rate=10)
    assert table["mean_time_in_system"].tolist() == pytest.approx([0.5, 2.0])
    assert table["load"][1] / table["load"][0] == pytest.approx(1.1875)


def test_committees_with_staff_of_their_own():
    """Load = mandates / (11 staff): the city's rule."""
    table = mandates.waiting([110, 140], service_rate=11, staff=[12, 10])
    assert table["load"].tolist() == pytest.approx([110 / 132, 140 / 110])
    assert table["stable"].tolist() == [True, False]
    with pytest.raises(ValueError, match="staff= must hold whole numbers"):
        mandates.waiting([110, 140], service_rate=11, staff=[12, 0])


def records(**columns):
    table = {"name": ["甲"], "a": [160], "t": [20], "c": [160], "w": [16], "s": [1]}
    return pd.DataFrame(table).assign(**columns)


def loaded(data, **how):
    return mandates.load(
        data,
        unit="name",
        arrivals="a",
        time="t",
        completed="c",
        time_worked="w",
        staff="s",
        **({"rng": 1} | how),
    )


CASES = [(160, 20, 160, 16, 1), (38, 4, 35, 7.5, 2), (900, 52, 800, 190, 4)]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_interval_of_the_load_is_near_the_exact_one(case):
    """R poisson.test: the exact interval, of which Jeffreys' is a little inside."""
    data = records(**dict(zip("atcws", case, strict=True)))
    row = loaded(data, n_draws=100_000).iloc[0]
    expected = reference("load " + " ".join(f"{x:g}" for x in case)).iloc[0]
    assert row["estimate"] == pytest.approx(expected["estimate"])
    assert row["conf_low"] == pytest.approx(expected["conf_low"], rel=0.04)
    assert row["conf_high"] == pytest.approx(expected["conf_high"], rel=0.04)
    # And exactly: a ratio of two gammas is an F. 100,000 draws miss by 0.3 %.
    a, t, c, w, s = case
    exact = stats.f((2 * a + 1), (2 * c + 1))
    scale = (a + 0.5) / t / ((c + 0.5) / w) / s
    bounds = scale * exact.ppf([0.025, 0.975])
    assert row[["conf_low", "conf_high"]].tolist() == pytest.approx(bounds, rel=0.005)
    assert row["overload_share"] == pytest.approx(exact.sf(1 / scale), abs=0.005)


def test_estimates_are_those_of_the_known_rates():
    rows = loaded(records(a=38, t=4, c=35, w=7, s=2)).set_index("term")["estimate"]
    known = mandates.waiting(9.5, service_rate=5, staff=2).iloc[0]
    for term in ("load", "waiting_share", "mean_wait", "mean_time_in_system"):
        assert rows[term] == pytest.approx(known[term])


def test_intervals_cover_as_often_as_they_say():
    """1,000 committees at lambda 6, mu 8 over 30 weeks; 95 % less 4 x 0.7 points."""
    rng = np.random.default_rng(8)
    n = 1000
    worked = 30 * 6 / 8
    data = pd.DataFrame(
        {
            "name": range(n),
            "a": rng.poisson(6 * 30, n),
            "t": 30,
            "c": rng.poisson(8 * worked, n),
            "w": worked,
            "s": 1,
        }
    )
    table = loaded(data, n_draws=1000)
    truth = mandates.waiting(6, service_rate=8).iloc[0]
    for term, rows in table.groupby("term"):
        inside = (rows["conf_low"] <= truth[term]) & (truth[term] <= rows["conf_high"])
        assert 0.922 < inside.mean() < 0.978, term


def test_an_overloaded_committee_never_ends():
    rows = loaded(records(a=220)).set_index("term")
    assert rows.loc["mean_wait", "estimate"] == math.inf
    assert rows.loc["mean_wait", "conf_high"] == math.inf
    assert rows.loc["mean_wait", "conf_low"] < math.inf
    assert rows.loc["waiting_share", "estimate"] == 1
    # Two gammas of 220.5 and 160.5; 4,000 draws: three standard errors.
    expected = stats.f(441, 321).sf(20 * 160.5 / (16 * 220.5))
    assert rows.loc["load", "overload_share"] == pytest.approx(expected, abs=0.018)


def test_load_does_not_depend_on_the_order_of_rows():
    data = pd.concat([records(name="b"), records(name="a", a=90)])
    assert_frame_equal(loaded(data), loaded(data.iloc[::-1]))
    assert loaded(data)["name"].tolist() == ["a"] * 4 + ["b"] * 4


def test_numbers_as_names_are_ordered_as_numbers():
    data = pd.concat([records(name=10), records(name=2, a=90)])
    assert loaded(data)["name"].tolist() == [2] * 4 + [10] * 4


def test_no_arrivals_are_no_load():
    rows = loaded(records(a=0)).set_index("term")["estimate"]
    assert rows.tolist() == [0, 0, 0, 0.1]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"s": 0}, r"'s' \(staff=\) must hold whole numbers from 1"),
        ({"s": 1.5}, "whole numbers"),
        ({"a": -1}, r"\(arrivals=\) must hold whole numbers from 0"),
        ({"c": 0}, r"\(completed=\) must hold whole numbers from 1"),
        ({"t": 0}, r"\(time=\) must be above zero"),
        ({"w": 21}, "more 'w' than 's' times 't': '甲'"),
        ({"a": None}, "missing"),
    ],
)
def test_load_refuses(change, words):
    with pytest.raises(ValueError, match=words):
        loaded(records(**change))


def test_load_refuses_repeated_and_empty():
    with pytest.raises(ValueError, match="must name each row once"):
        loaded(pd.concat([records(), records()]))
    with pytest.raises(ValueError, match="no rows"):
        loaded(records().head(0))
    with pytest.raises(ValueError, match="n_draws= must be at least 100"):
        loaded(records(), n_draws=10)


# --- the effect of targets


def effect(data=COMMITTEES, **how):
    return mandates.effect_of_targets(
        data, completed="completed", targets="targets", resources="resources", **how
    )


@pytest.mark.parametrize(
    ("case", "how"),
    [
        # 20 clusters; 150 rows.
        ("clustered CR2", {"cluster": "subdistrict", "adjust": ["need"]}),
        (
            "clustered CR1",
            {"cluster": "subdistrict", "adjust": ["need"], "errors": "CR1"},
        ),
        ("rows CR1", {}),
        ("rows CR2", {"errors": "CR2"}),
    ],
)
def test_effect_is_that_of_glm_and_clubsandwich(case, how):
    """R glm(quasibinomial), clubSandwich, sandwich; gradients there by differences."""
    table = effect(**how)
    expected = reference(case)
    assert table["term"].tolist() == ["effect"] * 3 + ["difference"]
    quartiles = np.quantile(COMMITTEES["resources"], [0.25, 0.5, 0.75])
    assert table["resources"].tolist()[:3] == pytest.approx(quartiles.tolist())
    for column in ("estimate", "std_error", "degrees_of_freedom"):
        ours, theirs = table[column].tolist(), expected[column].tolist()
        assert ours == pytest.approx(theirs, rel=1e-6), column
    row = table.iloc[3]
    reach = stats.t.ppf(0.975, row["degrees_of_freedom"]) * row["std_error"]
    assert row["conf_high"] - row["estimate"] == pytest.approx(reach)


def test_resources_cushion_targets_in_the_reference_data():
    """The script that drew them gave the product a coefficient of +.03."""
    table = effect(adjust=["need"], at=[1, 6])
    assert table["estimate"][0] < table["estimate"][1]
    assert table["p_value"][2] < 0.05


def test_effect_does_not_depend_on_units_of_resources():
    in_yuan = COMMITTEES.assign(resources=COMMITTEES["resources"] * 1e5)
    columns = ["estimate", "std_error", "degrees_of_freedom"]
    assert_frame_equal(effect()[columns], effect(in_yuan)[columns], rtol=1e-6)


@pytest.mark.parametrize(
    ("change", "how", "error", "words"),
    [
        ({"targets": 0}, {}, ValueError, r"\(targets=\) must be above zero"),
        ({"completed": 99}, {}, ValueError, "above 'targets' in row"),
        ({"completed": -1}, {}, ValueError, "must be >= 0"),
        ({"completed": 0}, {}, ValueError, "none, or all"),
        ({"completed": COMMITTEES["targets"]}, {}, ValueError, "none, or all"),
        ({"need": 1}, {"adjust": ["need"]}, ValueError, "constant or combinations"),
        ({"targets": 30}, {}, ValueError, "constant or combinations"),
        ({}, {"adjust": ["resources"]}, ValueError, "constant or combinations"),
        ({"resources": 2}, {}, ValueError, "ascending order"),
        ({}, {"at": [3, 2]}, ValueError, "ascending order"),
        ({}, {"adjust": "need"}, TypeError, "takes a list"),
        ({"subdistrict": "z"}, {"cluster": "subdistrict"}, ValueError, "only one"),
        ({"need": np.nan}, {"adjust": ["need"]}, ValueError, "missing"),
    ],
)
def test_effect_refuses(change, how, error, words):
    with pytest.raises(error, match=words):
        effect(COMMITTEES.assign(**change), **how)


def test_effect_refuses_few_rows_and_separation():
    with pytest.raises(ValueError, match="4 rows are too few for 4"):
        effect(COMMITTEES.head(4), at=[1, 2])
    done = np.where(COMMITTEES["targets"] > 12, 0, COMMITTEES["targets"])
    with pytest.raises(ValueError, match="separates rows"):
        effect(COMMITTEES.assign(completed=done))


# --- duties


def lists(**duties):
    rows = [(tier, duty) for tier, those in duties.items() for duty in those]
    return pd.DataFrame(rows, columns=["tier", "duty"])


def overlapping(data, **how):
    return mandates.duty_overlap(data, unit="duty", group="tier", **({"rng": 1} | how))


def test_overlap_by_hand():
    """a-e, d-g, e: shared 2 of 4 (union 7), 1 of 1 (5), 1 of 1 (4); N = 7."""
    found = overlapping(lists(市="abcde", 区="defg", 街="e"))
    table = found.table.set_index(["tier", "other_tier"])
    assert table["shared"].to_dict() == {
        ("区", "市"): 2,
        ("区", "街"): 1,
        ("市", "街"): 1,
    }
    assert table.loc[("区", "市"), "overlap"] == 2 / 4
    assert table.loc[("区", "市"), "jaccard"] == 2 / 7
    assert table.loc[("市", "街"), ["overlap", "jaccard"]].tolist() == [1, 1 / 5]
    assert table.loc[("区", "市"), "expected_overlap"] == pytest.approx(5 / 7)
    assert found.matrix.loc["街", "区"] == found.matrix.loc["区", "街"] == 1
    assert (np.diag(found.matrix) == 1).all()
    index = found.isomorphism.set_index("term")["estimate"]
    assert index["overlap"] == pytest.approx((0.5 + 1 + 1) / 3)
    assert index["jaccard"] == pytest.approx((2 / 7 + 1 / 4 + 1 / 5) / 3)


def test_chance_is_enumerated():
    """All 10 x 10 pairs of lists of 2 and 3 of 5 duties, each as likely."""
    data = lists(a="vw", b="vwx")
    found = overlapping(data, n_duties=5, n_permutations=4000)
    shared = np.array(
        [
            len(set(one) & set(two))
            for one in combinations(range(5), 2)
            for two in combinations(range(5), 3)
        ]
    )
    row, index = found.table.iloc[0], found.isomorphism.iloc[0]
    assert row["expected_overlap"] == pytest.approx((shared / 2).mean())
    assert row["p_value"] == pytest.approx((shared >= 2).mean())
    # 4,000 draws: three standard errors.
    assert index["expected"] == pytest.approx((shared / 2).mean(), abs=0.015)
    assert index["std_error"] == pytest.approx((shared / 2).std(), rel=0.05)
    expected = min(1, 2 * min((shared >= 2).mean(), (shared <= 2).mean()))
    assert index["p_value"] == pytest.approx(expected, abs=0.04)
    jaccard = (shared / (5 - shared)).mean()
    assert found.isomorphism["expected"][1] == pytest.approx(jaccard, abs=0.015)


@settings(deadline=None, max_examples=50)
@given(
    st.lists(st.sets(st.integers(0, 12), min_size=1), min_size=2, max_size=4),
    st.integers(0, 5),
)
def test_overlap_keeps_to_its_range_and_ignores_names(sets, more):
    data = lists(**{f"t{k}": sorted(s) for k, s in enumerate(sets)})
    n = data["duty"].nunique() + more
    found = overlapping(data, n_duties=n, n_permutations=20)
    table = found.table
    assert (table["jaccard"] <= table["overlap"]).all()
    assert table["overlap"].between(0, 1).all()
    assert (table["p_value"].between(0, 1)).all()
    assert (
        (table["overlap"] == 1)
        == (table["shared"] == table[["duties", "other_duties"]].min(axis=1))
    ).all()
    shuffled = overlapping(
        data.sample(frac=1, random_state=1), n_duties=n, n_permutations=20
    )
    assert_frame_equal(found.isomorphism, shuffled.isomorphism)


def test_order_of_categories_is_kept():
    data = lists(city="ab", office="bc")
    data["tier"] = pd.Categorical(data["tier"], ["office", "city"])
    assert overlapping(data).matrix.index.tolist() == ["office", "city"]


@pytest.mark.parametrize(
    ("data", "how", "words"),
    [
        (lists(a="xy"), {}, "fewer than two groups"),
        (lists(a="xx", b="x"), {}, "repeat a 'duty' of the same 'tier'"),
        (lists(a="xy", b="z"), {"n_duties": 2}, "data lists 3 duties"),
        (lists(a=["x", None], b="z"), {}, "1 missing"),
        (lists(a="x", b="y").head(0), {}, "fewer than two groups"),
    ],
)
def test_overlap_refuses(data, how, words):
    with pytest.raises(ValueError, match=words):
        overlapping(data, **how)


def test_overlap_refuses_a_tier_without_duties():
    data = lists(a="x", b="y")
    data["tier"] = pd.Categorical(data["tier"], ["a", "b", "c"])
    with pytest.raises(ValueError, match="'c' of 'tier' have no duties"):
        overlapping(data)


# --- responsibilities

LIST = pd.DataFrame(
    [
        ("加装电梯", "街道", "牵头"),
        ("加装电梯", "居委会", "牵头"),
        ("加装电梯", "物业", "知晓"),
        ("垃圾分类", "居委会", "配合"),
        ("收费", "物业", "牵头"),
        ("收费", "居委会", "配合"),
    ],
    columns=["事项", "主体", "角色"],
)
ROLES = ["牵头", "配合", "知晓"]


def laid_out(data=LIST, **how):
    how = {"unit": "事项", "group": "主体", "role": "角色", "roles": ROLES} | how
    return mandates.responsibilities(data, **how)


def test_gaps_by_hand():
    found = laid_out(
        units=["加装电梯", "垃圾分类", "收费", "养老"],
        groups=["街道", "居委会", "业委会", "物业"],
    )
    table = found.table
    assert table["finding"].tolist() == ["double lead", "no lead", "ok", "nobody"]
    assert table["leads"].tolist() == ["街道, 居委会", "", "物业", ""]
    assert table[ROLES].to_numpy().tolist() == [
        [2, 0, 1],
        [0, 1, 0],
        [1, 1, 0],
        [0] * 3,
    ]
    actors = found.actors
    assert actors[ROLES].to_numpy().tolist() == [
        [1, 0, 0],
        [1, 2, 0],
        [0] * 3,
        [1, 0, 1],
    ]
    assert actors["idle"].tolist() == [False, False, True, False]
    assert actors["share_led"].tolist() == [1 / 4, 1 / 4, 0, 1 / 4]
    assert found.matrix.loc["加装电梯"].tolist() == ["牵头", "牵头", "", "知晓"]
    assert (found.matrix.loc["养老"] == "").all()


def test_only_told_is_idle():
    data = pd.DataFrame({"t": ["x", "x"], "a": ["p", "q"], "r": ["lead", "informed"]})
    found = mandates.responsibilities(data, unit="t", group="a", role="r")
    assert found.actors["idle"].tolist() == [False, True]
    assert found.table["finding"].tolist() == ["ok"]


def test_matrix_counts_every_row_once():
    found = laid_out(LIST.sample(frac=1, random_state=2))
    assert (found.matrix != "").sum().sum() == len(LIST)
    assert_frame_equal(found.table, laid_out().table)


@pytest.mark.parametrize(
    ("data", "how", "error", "words"),
    [
        (LIST.head(0), {}, ValueError, "responsibility list is empty"),
        (LIST.assign(角色="牵引"), {}, ValueError, "holds '牵引', not in roles="),
        (LIST.assign(角色=None), {}, ValueError, "6 missing"),
        (pd.concat([LIST, LIST.head(1)]), {}, ValueError, "second role in one task"),
        (LIST, {"units": ["收费"]}, ValueError, "units= must list every name"),
        (LIST, {"groups": ["街道"] * 2}, ValueError, "groups= must list every"),
        (LIST, {"groups": "街道"}, TypeError, "takes a list of names"),
        (LIST, {"roles": ["牵头"]}, ValueError, "two or more roles"),
        (LIST, {"roles": "牵头"}, TypeError, "takes a list"),
        (LIST, {"roles": [*ROLES, "leads"]}, ValueError, "'leads' are called"),
        (LIST, {"roles": [*ROLES, "事项"]}, ValueError, "'事项' are called"),
        (LIST, {"role": "角"}, ValueError, "no column '角'"),
    ],
)
def test_responsibilities_refuse(data, how, error, words):
    with pytest.raises(error, match=words):
        laid_out(data, **how)
