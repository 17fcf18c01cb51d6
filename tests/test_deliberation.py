"""
Votes by hand, by fractions and by enumeration; costs to the fen; opinions by algebra.

Stored numbers come from tests/reference/deliberation.R (version beside it).
"""

from fractions import Fraction
from itertools import permutations, product
from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from govlib import deliberation

REFERENCE = Path(__file__).parent / "reference"
NUMBERS = pd.read_csv(
    REFERENCE / "deliberation.csv", encoding="utf-8", dtype={"term": str}
).set_index(["case", "term"])["value"]
# Sums of the same products in another order.
RTOL = 1e-10

WITHOUT_HALL = [0.11, 0.27, 0.41, 0.56, 0.71, 0.82]
WITH_HALL = [0.32, 0.58, 0.60, 0.74, 0.84, 0.91]


def reference(case):
    return NUMBERS[case]


def ballots(agree, oppose=0, silent=0, abstain=0, area=80.0):
    answers = ["同意"] * agree + ["反对"] * oppose + ["弃权"] * abstain
    answers += ["未投"] * silent
    return pd.DataFrame({"owner": range(len(answers)), "area": area, "answer": answers})


def count(data, **how):
    return deliberation.vote(data, owner="owner", area="area", answer="answer", **how)


def passed(data, **how):
    return bool(count(data, **how).votes["passed"].all())


def row(result, name):
    return result.table.set_index("test").loc[name]


# --- vote


@pytest.mark.parametrize(
    ("agree", "oppose", "wins"),
    [
        (6, 2, True),  # the least: 8 of 12 come, 6 of 8 agree, half of all
        (7, 2, True),  # 9 come (75 %), 7 of 9 = 77.8 %
        (7, 3, False),  # one more "no": 7 of 10 = 70 %
        (7, 0, False),  # 7 of 12 = 58 % come: no quorum, though all agree
        (5, 3, False),
        (9, 3, True),  # exactly three quarters of all
    ],
)
def test_six_storeys_of_two_flats(agree, oppose, wins):
    """The exercise R2 of the case: quorum 8 of 12, three quarters of who came."""
    assert passed(ballots(agree, oppose, 12 - agree - oppose)) is wins


def test_table_says_what_is_lacking():
    """Twelve of 80 square metres, seven of ten agree: 8 are needed, 640 of 800."""
    result = count(ballots(7, 3, 2))
    columns = ["have", "of", "need", "lacking", "passed"]
    assert result.table.set_index("test")[columns].to_dict("index") == {
        "quorum_area": dict(zip(columns, [800, 960, 640, 0, True], strict=True)),
        "quorum_number": dict(zip(columns, [10, 12, 8, 0, True], strict=True)),
        "majority_area": dict(zip(columns, [560, 800, 600, 40, False], strict=True)),
        "majority_number": dict(zip(columns, [7, 10, 8, 1, False], strict=True)),
    }
    assert result.table["share"].tolist() == pytest.approx([5 / 6, 5 / 6, 0.7, 0.7])
    assert result.table["threshold"].tolist() == [2 / 3, 2 / 3, 0.75, 0.75]
    votes = result.votes.iloc[0]
    assert (votes["owners"], votes["area"]) == (12, 960)
    answers = ["agree", "oppose", "abstain", "not_voted"]
    assert votes[answers].tolist() == [7, 3, 0, 2]
    # One who changes from no to yes: 8 of 10.
    assert votes["more_agree_needed"] == 1
    assert votes[[f"{a}_area" for a in answers]].tolist() == [560, 240, 0, 160]
    assert "0 of 1 vote(s) passed" in str(result)


@pytest.mark.parametrize("matter", range(1, 10))
def test_majority_by_matter(matter):
    """Art. 278: items 6, 7, 8 three quarters of who came; the others above half."""
    special = matter in {6, 7, 8}
    assert passed(ballots(9, 3), matter=matter)
    assert passed(ballots(8, 4), matter=matter) is not special
    assert passed(ballots(7, 5), matter=matter) is not special
    # Half is not more than half.
    assert not passed(ballots(6, 6), matter=matter)


@pytest.mark.parametrize("matter", range(1, 10))
def test_property_law_asks_of_all(matter):
    """Property Law art. 76: two thirds for items (5), (6); others above half."""
    special = matter in {5, 6, 7}
    assert passed(ballots(8, 0, 4), matter=matter, rule="property_law")
    seven = passed(ballots(7, 0, 5), matter=matter, rule="property_law")
    assert seven is not special
    assert not passed(ballots(6, 0, 6), matter=matter, rule="property_law")


def test_older_rules_and_their_tests():
    assert passed(ballots(8, 4), rule="two_thirds")
    assert not passed(ballots(7, 2, 3), rule="two_thirds")
    assert passed(ballots(9, 1), rule="ninety_percent")
    assert not passed(ballots(10, 2), rule="ninety_percent")
    result = count(ballots(10, 2), rule="ninety_percent")
    assert result.table["test"].tolist() == ["majority_area", "majority_number"]
    assert result.table["need"].tolist() == [864, 11]  # .9 * 960; 10.8 rounded up


def test_area_at_the_threshold_is_exact():
    """0.9 of 1.35 is two thirds, though as floats 0.7 + 0.1 + 0.1 is below 0.9."""
    assert 0.7 + 0.1 + 0.1 < 0.9
    data = ballots(3, 0, 2, area=[0.7, 0.1, 0.1, 0.25, 0.2])
    quorum = row(count(data), "quorum_area")
    assert quorum["passed"]
    assert quorum["have"] == quorum["need"] == 0.9
    # One hundredth less in the hands of those who came, and it fails.
    data["area"] = [0.69, 0.1, 0.1, 0.25, 0.21]
    quorum = row(count(data), "quorum_area")
    assert not quorum["passed"]
    assert quorum["lacking"] == 0.01


def test_half_the_area_is_not_more_than_half():
    assert 0.1 + 0.2 + 0.3 > 0.6
    data = ballots(3, 2, area=[0.1, 0.2, 0.3, 0.2, 0.4])
    assert not row(count(data, matter=9), "majority_area")["passed"]
    assert row(count(data, matter=9), "majority_number")["passed"]


def test_area_and_number_are_both_needed():
    """Six owners agree, but the two against hold most of the area."""
    data = ballots(6, 2, 0, area=[50.0] * 6 + [60.0, 60.0])
    result = count(data)
    assert row(result, "majority_number")["passed"]  # 6 of 8
    assert not row(result, "majority_area")["passed"]  # 300 of 420 = 71 %


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["同意", "反对", "弃权", "未投"]), st.integers(1, 9)),
        min_size=1,
        max_size=5,
    ),
    st.sampled_from(["civil_code", "two_thirds"]),
    st.sampled_from([1, 7]),
)
def test_more_agreement_is_the_least_of_all_changes(rows, rule, matter):
    """Every set of owners who might change to agree, one by one."""
    data = pd.DataFrame(rows, columns=["answer", "area"])
    data["owner"] = data.index
    if (data["answer"] == "未投").all():
        return
    n = len(data)
    changes = np.array(list(product([False, True], repeat=n)))
    every = pd.concat([data] * len(changes), ignore_index=True)
    every["change"] = np.repeat(np.arange(len(changes)), n)
    every.loc[changes.ravel(), "answer"] = "同意"
    every = every.groupby("change").filter(lambda d: (d["answer"] != "未投").any())
    votes = count(every, group="change", rule=rule, matter=matter).votes
    wins = votes.loc[votes["passed"], "change"]
    changed = changes & (data["answer"] != "同意").to_numpy()
    least = changed[wins].sum(axis=1).min()
    found = count(data, rule=rule, matter=matter).votes["more_agree_needed"]
    assert found.tolist() == [least]


def test_abstaining_takes_part_without_agreeing():
    result = count(ballots(6, 1, 4, abstain=1))
    assert row(result, "quorum_number")["have"] == 8
    assert row(result, "majority_number")["have"] == 6
    assert passed(ballots(6, 1, 4, abstain=1))
    assert not passed(ballots(6, 1, 3, abstain=2))


def test_one_buyer_and_the_developer_count_once():
    """Four flats, one of them of A too, and three unsold: A, B, developer."""
    data = pd.DataFrame(
        {
            "flat": ["101", "102", "201", "202", "301", "302"],
            "owner": ["A", "A", "B", None, None, None],
            "tenure": ["业主", "owner", "Owner", "开发商", "未售", "developer"],
            "area": [50.5, 60.25, 70, 80, 80, 80],
            "answer": ["同意", "yes", "no", "not voted", "未投", "Not voted"],
        }
    )
    result = count(data, unit="flat", tenure="tenure")
    votes = result.votes.iloc[0]
    assert (votes["owners"], votes["agree"], votes["oppose"]) == (3, 1, 1)
    assert votes["agree_area"] == 110.75
    assert votes["not_voted_area"] == 240
    # The developer's vote is one vote with all its area.
    data.loc[3:, "answer"] = "同意"
    votes = count(data, unit="flat", tenure="tenure").votes.iloc[0]
    assert (votes["owners"], votes["agree"], votes["agree_area"]) == (3, 2, 350.75)


def test_owners_are_counted_anew_in_each_scope():
    """A has a flat in each of two stairwells: one owner in the estate, two in all."""
    data = pd.DataFrame(
        {
            "owner": ["A", "B", "A", "C"],
            "stairwell": ["甲", "甲", "乙", "乙"],
            "area": 80,
            "answer": ["同意", "同意", "反对", "同意"],
        }
    )
    votes = count(data, group="stairwell").votes
    assert votes["stairwell"].tolist() == sorted(["甲", "乙"])
    assert votes["owners"].tolist() == [2, 2]
    with pytest.raises(ValueError, match=r"1 owner.*different answers.*'A'"):
        count(data)
    data.loc[2, "answer"] = "同意"
    assert count(data).votes["owners"].tolist() == [3]


def test_tenants_and_parking_do_not_count():
    data = pd.DataFrame(
        {
            "flat": ["101", "101", "102", "P1"],
            "owner": ["A", "T", "B", "B"],
            "tenure": ["owner", "租户", "owner", "owner"],
            "use": ["住宅", "住宅", "flat", "车位"],
            "area": [80, 80, 80, 12],
            "answer": ["no", "yes", "yes", "yes"],
        }
    )
    result = count(data, unit="flat", tenure="tenure", use="use", total_area=160)
    votes = result.votes.iloc[0]
    assert (votes["owners"], votes["area"], votes["agree"]) == (2, 160, 1)
    assert (result.n_tenants, result.n_parking) == (1, 1)
    with pytest.raises(
        ValueError, match=r"1 tenant.*name the column of flats as unit="
    ):
        count(data, tenure="tenure")
    data = data.drop(index=0)
    with pytest.raises(ValueError, match=r"1 flat.*tenant only.*'101'.*add a row"):
        count(data, unit="flat", tenure="tenure", use="use")


def test_silence_counted_with_the_majority():
    """Six of seven who came agree; the five at home do not make the quorum."""
    data = ballots(6, 1, 5)
    assert not passed(data)
    result = count(data, nonvoters="with_majority")
    assert row(result, "quorum_number")["have"] == 12
    assert row(result, "majority_number")["have"] == 11
    assert result.votes["passed"].all()
    assert result.votes["agree"].tolist() == [6]
    assert result.votes["more_agree_needed"].isna().all()
    # If "no" leads, silence fills the quorum and does not agree.
    result = count(ballots(1, 6, 5), nonvoters="with_majority")
    assert row(result, "quorum_number")["have"] == 12
    assert row(result, "majority_number")["have"] == 1
    # Where nobody leads by area and by number, silence stays silence.
    tied = ballots(3, 3, 6)
    assert row(count(tied, nonvoters="with_majority"), "quorum_number")["have"] == 6
    split = ballots(2, 1, 1, area=[50.0, 50.0, 200.0, 50.0])
    result = count(split, nonvoters="with_majority")
    assert row(result, "quorum_number")["have"] == 3


def test_a_vote_without_voters_fails_among_others():
    data = pd.concat([ballots(8, 0), ballots(0, 0, 8)], keys=["a", "b"])
    data = data.reset_index(0, names="stairwell").reset_index(drop=True)
    result = count(data, group="stairwell")
    assert result.votes["passed"].tolist() == [True, False]
    alone = result.table[result.table["stairwell"] == "b"]
    assert not alone["passed"].any()
    assert alone["share"].isna().tolist() == [False, False, True, True]


ROW = st.tuples(
    st.integers(0, 2),  # vote
    st.integers(0, 5),  # owner
    st.integers(1, 999),  # tenths of square metres
)


@settings(max_examples=80, deadline=None)
@given(
    rows=st.lists(ROW, min_size=1, max_size=15),
    answers=st.lists(st.sampled_from(["同意", "反对", "弃权", "未投"]), min_size=18),
    matter=st.integers(1, 9),
    rule=st.sampled_from(["civil_code", "property_law", "two_thirds"]),
)
def test_vote_is_that_of_fractions(rows, answers, matter, rule):
    """The definition, vote by vote, in Python's fractions; any order of the rows."""
    data = pd.DataFrame(rows, columns=["vote", "owner", "tenths"])
    data["area"] = data["tenths"] / 10
    data["answer"] = [answers[v * 6 + o] for v, o, _ in rows]
    if (data["answer"] == "未投").all():
        with pytest.raises(ValueError, match="nobody took part"):
            count(data, group="vote", matter=matter, rule=rule)
        return
    expected = []
    for _, flats in data.groupby("vote"):
        areas = [Fraction(int(t), 10) for t in flats["tenths"]]
        heads = flats.groupby("owner")["answer"].first()
        wins = []
        for kinds, sizes in (
            (flats["answer"], areas),
            (heads, [Fraction(1)] * len(heads)),
        ):
            pairs = list(zip(kinds, sizes, strict=True))
            total = sum(s for _, s in pairs)
            came = sum(s for k, s in pairs if k != "未投")
            agree = sum(s for k, s in pairs if k == "同意")
            if rule == "civil_code":
                wins.append(came * 3 >= total * 2)
                if matter in {6, 7, 8}:
                    wins.append(agree * 4 >= came * 3 and came > 0)
                else:
                    wins.append(agree * 2 > came)
            elif rule == "two_thirds" or matter in {5, 6, 7}:
                wins.append(agree * 3 >= total * 2)
            else:
                wins.append(agree * 2 > total)
        expected.append(all(wins))
    found = count(
        data.sample(frac=1, random_state=1), group="vote", matter=matter, rule=rule
    )
    assert found.votes["passed"].tolist() == expected


def test_chinese_columns_and_many_votes_at_once():
    generator = np.random.default_rng(3)
    data = pd.DataFrame(
        {
            "楼栋": np.repeat([f"{k}号楼" for k in range(300)], 12),
            "业主": np.tile(np.arange(12), 300),
            "面积": generator.choice([53.2, 61.35, 78.9], 3600),
            "意见": generator.choice(["同意", "反对", "未投"], 3600, p=[0.6, 0.2, 0.2]),
        }
    )
    how = {"owner": "业主", "area": "面积", "answer": "意见"}
    result = deliberation.vote(data, group="楼栋", **how)
    assert 0 < result.votes["passed"].sum() < 300
    for name in ("0号楼", "7号楼", "299号楼"):
        alone = deliberation.vote(data[data["楼栋"] == name], **how)
        ours = result.table[result.table["楼栋"] == name].drop(columns="楼栋")
        pd.testing.assert_frame_equal(ours.reset_index(drop=True), alone.table)


GOOD = ballots(8, 4).assign(flat=[f"{f}0{d}" for f in range(1, 7) for d in (1, 2)])


@pytest.mark.parametrize(
    ("change", "how", "message"),
    [
        ({"answer": "赞 同"}, {}, "unknown word.*'赞 同'.*use one of.*'同意'"),
        ({"answer": "agreee"}, {}, "unknown word.*did you mean 'agree'"),
        ({"answer": "未投"}, {}, "nobody took part"),
        ({"answer": None}, {}, "12 missing"),
        ({"area": 0}, {}, r"must be above zero; 12 row\(s\)"),
        ({"area": 1 / 3}, {}, "more than 6 decimals"),
        ({"area": 1e16}, {}, "more than can be counted"),
        ({"flat": "101"}, {"unit": "flat"}, "11 flat.*two votes.*'101'"),
        ({"owner": None}, {}, "missing"),
        ({}, {"total_area": 959.99}, "add up to 960.0, not to the stated.* 959.99"),
        ({"total": 961}, {"total_area": "total"}, "stated total of 961"),
        ({"k": "业主？"}, {"tenure": "k"}, "unknown word"),
        ({"k": "租户"}, {"tenure": "k", "unit": "flat"}, "12 flat.*tenant only"),
        ({}, {"matter": 10}, "matter= must be one of"),
        ({}, {"rule": "civil"}, "did you mean 'civil_code'"),
        ({}, {"nonvoters": "yes"}, "nonvoters= must be one of"),
        ({"passed": "a"}, {"group": "passed"}, "also the name of a column"),
    ],
)
def test_vote_refuses(change, how, message):
    with pytest.raises(ValueError, match=message):
        count(GOOD.assign(**change), **how)


def test_vote_refuses_an_owner_in_two_spellings():
    data = GOOD.assign(owner=["王芳", "王 芳", *range(10)])
    with pytest.raises(ValueError, match=r"in two ways.*'王芳', '王 芳'"):
        count(data)
    with pytest.raises(ValueError, match="no rows"):
        count(GOOD[:0])
    apart = GOOD.assign(
        use=["车位"] * 2 + ["住宅"] * 10, g=["车库"] * 2 + ["1号楼"] * 10
    )
    with pytest.raises(ValueError, match="no owner of a unit that counts in '车库'"):
        count(apart, use="use", group="g")
    with pytest.raises(TypeError, match="one number for one vote"):
        count(GOOD.assign(g=1), group="g", total_area=960)
    with pytest.raises(TypeError, match="whole number"):
        count(GOOD, matter=7.0)


def test_total_area_is_compared_exactly():
    data = ballots(2, 1, area=[0.1, 0.2, 0.3])
    assert count(data, total_area=0.6).votes["owners"][0] == 3
    assert count(data, total_area=0.60).votes["owners"][0] == 3


# --- pass_probability, build_probability

EIGHT = pd.DataFrame(
    {
        "owner": range(8),
        "area": [53.2, 61.35, 72.5, 80.9, 80.9, 94.75, 101.1, 120.3],
        "agree": [0.2, 0.35, 0.45, 0.6, 0.75, 0.8, 0.9, 0.95],
        "comes": [0.9, 0.7, 0.8, 0.6, 0.95, 0.85, 0.75, 0.9],
        "objects": [0.5, 0.3, 0, 0, 0, 0, 0, 0],
    }
)


def chance(data, probability="agree", **how):
    table = deliberation.pass_probability(
        data, probability=probability, owner="owner", area="area", **how
    )
    return table["pass_probability"].to_numpy()


@pytest.mark.parametrize(
    ("case", "how"),
    [
        ("code7", {}),
        ("code5", {"matter": 5}),
        ("number", {"by": "number"}),
        ("two_thirds", {"rule": "two_thirds"}),
        ("ninety_percent", {"rule": "ninety_percent"}),
    ],
)
def test_pass_probability_lists_all_results(case, how):
    """R: all 3^8 results of eight owners with unequal areas."""
    found = chance(EIGHT, turnout="comes", **how)[0]
    assert found == pytest.approx(reference("independent")[case], rel=RTOL)


@pytest.mark.parametrize("rho", ["0.1", "0.5", "0.9"])
def test_common_mood_is_integrated(rho):
    """R: integrate() over the mood, all results listed at each."""
    found = chance(EIGHT, turnout="comes", correlation=float(rho))[0]
    assert found == pytest.approx(reference("correlated")[rho], rel=1e-8)


def test_mood_keeps_everybodys_own_probability():
    """One owner decides alone, so the mood must not matter."""
    one = pd.DataFrame({"owner": [1], "area": 80})
    for rho in (0.0, 0.3, 0.95):
        assert chance(one, 0.37, correlation=rho)[0] == pytest.approx(0.37, rel=1e-9)


def test_build_probability_is_that_of_r():
    table = deliberation.build_probability(
        EIGHT[::-1],
        probability="agree",
        objection="objects",
        mediation=0.4,
        owner="owner",
        area="area",
        turnout="comes",
    )
    passes, builds = reference("independent")["code7"], reference("built")["code7"]
    expected = [8, passes, builds, builds / passes]
    assert table.iloc[0].tolist() == pytest.approx(expected, rel=RTOL)


def test_build_probability_by_hand():
    """Mediation that settles all builds all; with none, only unanimity is left."""
    data = pd.DataFrame({"owner": range(4), "area": 80})
    how = {"probability": 0.5, "owner": "owner", "area": "area", "objection": 1.0}
    settled = deliberation.build_probability(data, mediation=1, **how)
    assert settled["built_if_passed"][0] == 1
    never = deliberation.build_probability(data, mediation=0, **how)
    assert never["build_probability"][0] == 1 / 16
    hopeless = deliberation.build_probability(
        data, mediation=0, **(how | {"probability": 0.0})
    )
    assert np.isnan(hopeless["built_if_passed"][0])


def stairwell(by_floor, **columns):
    return pd.DataFrame(
        {
            "owner": range(12),
            "flat": [f"{f}0{d}" for f in range(1, 7) for d in (1, 2)],
            "floor": np.repeat(np.arange(1, 7), 2),
            "area": 80,
            "agree": np.repeat(by_floor, 2),
        }
        | columns
    )


def two_counts(p, comes):
    """Return the joint distribution of owners who come and who agree."""
    mass = np.ones((1, 1))
    for q in p:
        new = np.zeros((mass.shape[0] + 1, mass.shape[1] + 1))
        new[:-1, :-1] += mass * (1 - comes)
        new[1:, :-1] += mass * comes * (1 - q)
        new[1:, 1:] += mass * comes * q
        mass = new
    return mass


@pytest.mark.parametrize(
    ("by_floor", "draft"), [(WITHOUT_HALL, 0.042), (WITH_HALL, 0.284)]
)
def test_three_quarters_turnout_meets_the_draft(by_floor, draft):
    """
    Case 5.5: 4.2 % and 28.4 % of 4,000 simulated stairwells pass.

    Exact for independent owners of equal flats of whom three quarters come: 4.06 % and
    28.35 %, within two standard errors of 4,000 draws (0.3 and 0.7 points). The other
    expected number is a convolution in two dimensions, written out here.
    """
    found = chance(stairwell(by_floor), turnout=0.75)[0]
    joint = two_counts(np.repeat(by_floor, 2), 0.75)
    came, agree = np.indices(joint.shape)
    exact = joint[(came >= 8) & (4 * agree >= 3 * came)].sum()
    assert found == pytest.approx(exact, rel=RTOL)
    assert found == pytest.approx(draft, abs=2 * np.sqrt(draft * (1 - draft) / 4000))


def test_many_votes_are_each_as_alone():
    generator = np.random.default_rng(5)
    data = pd.DataFrame(
        {
            "stairwell": np.repeat(np.arange(40), 6),
            "owner": np.tile(np.arange(6), 40),
            "area": np.tile([50.5, 60, 60, 50.5, 75.25, 60], 40),
            "agree": generator.random(240),
            "comes": generator.choice([1.0, 0.6], 240),
        }
    )
    # Owner 0 has a second flat in half of the stairwells.
    double = (data["owner"] == 5) & (data["stairwell"] < 20)
    data.loc[double, "owner"] = 0
    for column in ("agree", "comes"):
        first = data.groupby(["stairwell", "owner"])[column].transform("first")
        data[column] = first
    how = {"turnout": "comes", "correlation": 0.2}
    found = chance(data.sample(frac=1, random_state=2), group="stairwell", **how)
    alone = [chance(d, **how)[0] for _, d in data.groupby("stairwell")]
    assert found == pytest.approx(np.array(alone), rel=1e-12)
    for k in (0, 30):
        rows = data[data["stairwell"] == k].drop_duplicates("owner")
        area = data[data["stairwell"] == k].groupby("owner")["area"].sum()
        assert chance(data[data["stairwell"] == k], turnout="comes") == pytest.approx(
            brute_force(area[rows["owner"]].to_numpy(), rows["agree"], rows["comes"])
        )


def brute_force(area, agree, comes):
    total = 0.0
    for result in product(("no", "yes", "home"), repeat=len(area)):
        mass, came, yes = 1.0, np.zeros(2), np.zeros(2)
        for a, p, t, r in zip(area, agree, comes, result, strict=True):
            mass *= {"no": t * (1 - p), "yes": t * p, "home": 1 - t}[r]
            came += (a, 1) if r != "home" else 0
            yes += (a, 1) if r == "yes" else 0
        # Quarters are exact in floats, so no tolerance is needed here.
        everyone = np.array([area.sum(), len(area)])
        total += mass * ((3 * came >= 2 * everyone) & (4 * yes >= 3 * came)).all()
    return total


def test_silence_with_the_majority_raises_the_chance():
    """Four who come half of the time and always agree: any one of them is enough."""
    data = pd.DataFrame({"owner": range(4), "area": 80})
    found = chance(data, 1.0, turnout=0.5, nonvoters="with_majority")[0]
    assert found == 1 - 0.5**4
    assert chance(data, 1.0, turnout=0.5)[0] == 5 / 16  # 3 or 4 of 4 come


@pytest.mark.parametrize(
    ("data", "how", "message"),
    [
        (EIGHT.assign(agree=1.2), {}, "from 0 to 1; 8 row"),
        (EIGHT, {"probability": 1.2}, "probability= must lie between 0 and 1"),
        (EIGHT.assign(owner=1), {}, r"two values for the owner.*such as their mean"),
        (EIGHT.assign(area=-1), {}, "above zero"),
        (EIGHT, {"correlation": 1.0}, "correlation= must lie between 0 and 0.95"),
        (EIGHT, {"by": "heads"}, "by= must be one of"),
        (EIGHT[:0], {}, "no rows"),
        (
            pd.DataFrame({"owner": range(40), "area": 50 + np.arange(40) ** 3 / 10}),
            {"probability": 0.5},
            "areas of 40 owners are so different.*round the areas",
        ),
    ],
)
def test_pass_probability_refuses(data, how, message):
    with pytest.raises(ValueError, match=message):
        chance(data, **how)


# --- costs


def shares(data, **how):
    return deliberation.cost_shares(data, unit="flat", floor="floor", **how)


def test_case_of_the_study_to_the_yuan_and_to_the_fen():
    """
    420,000 yuan over 0, .5, 1, 1.1, 1.2, 1.3 twice: 20,588; 41,176; 45,294; ...

    By hand, 420,000 / 10.2 = 41,176.4706. Rounded they add up to 419,998. In yuan,
    419,996 after rounding down; the remainders .7647 (fifth floor) and .4706 (third)
    are the largest, so these four flats pay one yuan more.
    """
    data = stairwell(WITH_HALL)
    yuan = shares(data, cost=700_000, subsidy=280_000, smallest="yuan")["payment"]
    plain = np.round(420_000 * np.array([0, 0.5, 1, 1.1, 1.2, 1.3]) / 10.2)
    assert plain.tolist() == [0, 20_588, 41_176, 45_294, 49_412, 53_529]
    assert 2 * plain.sum() == 419_998
    expected = [0, 20_588, 41_177, 45_294, 49_412, 53_529]
    assert yuan.tolist() == np.repeat(expected, 2).tolist()
    assert yuan.sum() == 420_000
    fen = shares(data, cost=700_000, subsidy=280_000)["payment"]
    # Remainders in fen: .53 .06 .76 .47 .18 (twice); 4 fen are left.
    expected = [0, 20_588.24, 41_176.47, 45_294.12, 49_411.76, 53_529.41]
    assert fen.tolist() == np.repeat(expected, 2).tolist()
    assert round(fen.sum() * 100) == 42_000_000


def test_ties_go_to_the_lower_flat_number():
    """One yuan for three equal flats: 34, 33, 33 fen; 502 comes before 1001."""
    data = pd.DataFrame({"flat": ["1001", "502", "601"], "floor": [10, 5, 6]})
    found = shares(data, cost=1, scheme="equal").set_index("flat")["payment"]
    assert found.to_dict() == {"1001": 0.33, "502": 0.34, "601": 0.33}
    numbers = data.assign(flat=data["flat"].astype(int))
    found = shares(numbers, cost=1, scheme="equal").set_index("flat")["payment"]
    assert found.to_dict() == {1001: 0.33, 502: 0.34, 601: 0.33}


def test_compensation_is_raised_from_the_others():
    data = stairwell(WITH_HALL)
    found = shares(data, cost=700_000, subsidy=280_000, compensation=20_000)
    assert found["due"].sum() == pytest.approx(460_000, abs=1e-6)
    assert found["compensation"].tolist() == [20_000] * 2 + [0] * 10
    assert found["payment"].tolist()[:2] == [-20_000, -20_000]
    assert round(found["payment"].sum() * 100) == 42_000_000
    assert found["share"].sum() == pytest.approx(1)
    by_floor = shares(data, cost=700_000, compensation={1: 100, 2: 50.5})
    assert by_floor["compensation"].tolist() == [100, 100, 50.5, 50.5] + [0] * 8


def test_area_and_own_coefficients():
    """Coefficient times area: 1 x 60 and 2 x 45 share 100 yuan as 40 and 60."""
    data = pd.DataFrame(
        {"flat": [1, 2], "floor": [2, 3], "area": [60, 45.0], "k": [1, 2]}, index=[7, 9]
    )
    for how in ({"coefficient": "k"}, {"scheme": {2: 0.5, 3: 1.0}}):
        found = shares(data, cost=100, area="area", **how)
        assert found["payment"].tolist() == [40, 60]
        assert found.index.tolist() == [7, 9]


@pytest.mark.parametrize(
    ("scheme", "expected"),
    [
        ("guangzhou", [0, 0.5, 1, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6]),
        ("guangzhou_estate", [0, 0, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.3]),
        ("steep", [0, 0, 1, 1.2, 1.4, 1.6, 1.8, 2.0, 2.2]),
        ("equal", [0, 1, 1, 1, 1, 1, 1, 1, 1]),
    ],
)
def test_schemes_are_those_of_the_case(scheme, expected):
    """Case 4.1, table of schemes; nine floors."""
    table = deliberation.floor_coefficients(9, scheme)
    assert table["coefficient"].tolist() == expected
    assert table["floor"].tolist() == list(range(1, 10))


def test_airport_game_is_that_of_all_orders():
    """R: mean over 120 orders of arrival; ties and a free rider among five."""
    expected = reference("airport").to_numpy()
    data = pd.DataFrame({"flat": list("edcba"), "alone": [120, 75, 30, 30, 0]})
    found = deliberation.airport_shapley(data, unit="flat", value="alone")
    assert found["shapley"].tolist()[::-1] == pytest.approx(expected, rel=RTOL)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 50), min_size=1, max_size=5), st.integers(0, 9))
def test_shapley_of_two_groups_by_all_orders(costs, other):
    data = pd.DataFrame(
        {"flat": range(len(costs) + 1), "alone": [*costs, other], "g": "b"}
    )
    data.loc[len(costs), "g"] = "a"
    found = deliberation.airport_shapley(data, unit="flat", value="alone", group="g")
    orders = list(permutations(range(len(costs))))
    expected = np.zeros(len(costs))
    for order in orders:
        reached = 0
        for i in order:
            expected[i] += max(costs[i] - reached, 0) / len(orders)
            reached = max(reached, costs[i])
    assert found["shapley"].to_numpy() == pytest.approx([*expected, other], abs=1e-9)


def test_shapley_scheme_counts_the_flats_that_are_there():
    """
    Floors 1, 2, 3, 3: three flats share the first storey, two the second.

    Of 600 yuan for two storeys: 300 / 3 = 100 each, and 300 / 2 = 150 more.
    """
    data = pd.DataFrame({"flat": [1, 2, 3, 4], "floor": [1, 2, 3, 3]})
    found = shares(data, cost=600, scheme="shapley")
    assert found["payment"].tolist() == [0, 100, 250, 250]
    # One flat a floor, four floors: 1/3, 1/3 + 1/2, 1/3 + 1/2 + 1.
    table = deliberation.floor_coefficients(4, "shapley")
    expected = [0, (1 / 3) / (5 / 6), 1, (11 / 6) / (5 / 6)]
    assert table["coefficient"].tolist() == pytest.approx(expected)


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(
        st.tuples(st.integers(0, 1), st.integers(2, 33), st.integers(1, 20_000)),
        min_size=1,
        max_size=20,
    ),
    cost=st.integers(0, 10**8),
    paid=st.integers(0, 10**6),
    smallest=st.sampled_from(["fen", "yuan"]),
)
def test_money_adds_up_and_is_within_one_of_its_quota(rows, cost, paid, smallest):
    """Largest remainder: sums exact, each within one unit of the exact quota."""
    data = pd.DataFrame(rows, columns=["stair", "floor", "area"])
    data["flat"] = data.index
    data["area"] = data["area"] / 100
    scale = {"fen": 100, "yuan": 1}[smallest]
    found = shares(
        data,
        cost=cost / scale,
        group="stair",
        area="area",
        compensation={5: paid / scale},
        smallest=smallest,
    )
    money = (found[["due", "payment"]] * scale).round().astype(int)
    assert (found["payment"] * scale - money["payment"]).abs().max() < 1e-4
    assert (money["payment"].groupby(data["stair"]).sum() == cost).all()
    for _, flats in data.groupby("stair"):
        weights = [
            Fraction(round(k * 10)) * Fraction(round(a * 100))
            for k, a in zip(
                found.loc[flats.index, "coefficient"], flats["area"], strict=True
            )
        ]
        amount = cost + paid * int((flats["floor"] == 5).sum())
        for weight, due in zip(weights, money.loc[flats.index, "due"], strict=True):
            assert abs(amount * weight / sum(weights) - due) < 1


def test_big_numbers_stay_exact():
    """Weights of more bits than a machine word: two flats share 1e12 yuan in halves."""
    data = pd.DataFrame({"flat": [1, 2], "floor": 2, "area": 123_456.789012, "k": 7.1})
    found = shares(data, cost=1e9 + 0.01, area="area", coefficient="k")
    assert found["payment"].tolist() == [500_000_000.01, 500_000_000.0]


HOUSE = stairwell(WITH_HALL)


@pytest.mark.parametrize(
    ("change", "how", "message"),
    [
        ({}, {"subsidy": 800_000}, "subsidy= is more than cost="),
        ({"flat": "101"}, {}, "11 flat.*twice"),
        ({"floor": 0}, {}, "whole numbers from 1"),
        ({"floor": 1.5}, {}, "whole numbers from 1"),
        ({"floor": 1}, {}, "all coefficients of a group are zero"),
        ({}, {"scheme": {1: 0}}, "no coefficient for floor.*2, 3, 4, 5, 6"),
        ({}, {"scheme": "guangzhu"}, "did you mean 'guangzhou'"),
        ({"k": -1}, {"coefficient": "k"}, "cannot be negative"),
        ({"a": 0}, {"area": "a"}, "above zero"),
        ({}, {"scheme": "shapley", "area": "area"}, "leave out area="),
        ({}, {"compensation": -5}, "compensation= must lie between"),
        ({}, {"cost": 100.5, "smallest": "yuan"}, "cost= must be in whole yuan"),
        ({}, {"cost": 100.505}, r"cost= must be in whole fen"),
        ({"c": range(12)}, {"cost": "c"}, "one amount, not negative, throughout"),
        ({}, {"smallest": "jiao"}, "smallest= must be one of"),
    ],
)
def test_cost_shares_refuses(change, how, message):
    with pytest.raises(ValueError, match=message):
        shares(HOUSE.assign(**change), **({"cost": 700_000} | how))


def test_airport_and_coefficients_refuse():
    data = pd.DataFrame({"flat": [1, 2], "alone": [-1, 2]})
    with pytest.raises(ValueError, match="cannot be negative"):
        deliberation.airport_shapley(data, unit="flat", value="alone")
    with pytest.raises(ValueError, match="at least 2"):
        deliberation.floor_coefficients(1)


# --- consent and offers


@pytest.mark.parametrize(
    ("hall", "expected"), [(False, WITHOUT_HALL), (True, WITH_HALL)]
)
def test_consent_by_floor_meets_the_case(hall, expected):
    """Case 5.5: mean consent by floor without and with the hall."""
    data = stairwell(WITH_HALL)
    data = data.join(shares(data, cost=700_000, subsidy=280_000)["payment"])
    found = deliberation.consent(data, floor="floor", payment="payment", hall=hall)
    by_floor = found.groupby("floor")["probability"].mean()
    assert by_floor.tolist() == pytest.approx(expected, abs=0.006)


def test_pass_rates_that_follow_from_consent():
    """
    Case 5.5: 0.15 % without subsidy, 39.3 % with hall and 60 % of the ground floor.

    From the same weights, three quarters coming: 0.17 %; and 38.5 % if a fund pays the
    ground floor 60 % of its loss (1.8 / 0.4 x 10,000 x 0.6 = 27,000 yuan a flat).
    """
    data = stairwell(WITH_HALL)

    def rate(subsidy, paid, hall):
        pay = shares(data, cost=700_000, subsidy=subsidy)["payment"]
        pay = pay - paid * (data["floor"] == 1)
        found = deliberation.consent(
            data.assign(pay=pay), floor="floor", payment="pay", hall=hall
        )
        return chance(data.assign(agree=found["probability"]), turnout=0.75)[0]

    assert rate(0, 0, False) == pytest.approx(0.0015, abs=0.0004)
    assert rate(280_000, 27_000, True) == pytest.approx(0.393, abs=0.01)


def test_utility_by_hand():
    p = deliberation.ConsentParameters(
        intercept=1,
        climb=2,
        cost=0.5,
        loss_first=3,
        loss_second=0.25,
        hall=0.7,
        hall_low=0.1,
        frailty=4,
        frail_mean=0.5,
    )
    data = pd.DataFrame(
        {
            "floor": [1, 2, 3],
            "pay": [-20_000, 10_000, 0],
            "hall": [False, True, True],
            "frail": [1, 1, 0],
        },
        index=list("abc"),
    )
    found = deliberation.consent(
        data, floor="floor", payment="pay", hall="hall", frail="frail", parameters=p
    )
    # 1 + 1 - 3; 1 + 2 - .5 - .25 + .8 + 4 x .5; 1 + 4 + .7 - 4 x .5 x 2
    assert found["utility"].tolist() == pytest.approx([-1, 5.05, 1.7])
    assert found["probability"]["a"] == pytest.approx(1 / (1 + np.e))
    with pytest.raises(TypeError, match="takes a ConsentParameters"):
        deliberation.consent(data, floor="floor", payment="pay", parameters={})
    with pytest.raises(ValueError, match="from 0 to 1"):
        deliberation.consent(data, floor="floor", payment="pay", frail="floor")


OFFER = {
    "unit": "flat",
    "floor": "floor",
    "owner": "owner",
    "area": "area",
    "cost": 700_000,
    "subsidy": 280_000,
    "turnout": 0.75,
}


def test_offer_is_the_cheapest_that_reaches_the_target():
    """Each offer put together by hand from the other functions."""
    data = stairwell(WITH_HALL)
    found = deliberation.cheapest_offer(
        data,
        **OFFER,
        hall=True,
        schemes=["guangzhou", "shapley"],
        compensations=[0, 10_000, 20_000],
        target=0.32,
    )
    assert len(found.table) == 6
    assert found.table["total_compensation"].is_monotonic_increasing
    for row in found.table.itertuples():
        pay = shares(
            data,
            cost=700_000,
            subsidy=280_000,
            scheme=row.scheme,
            compensation=row.compensation,
        )["payment"]
        agree = deliberation.consent(
            data.assign(pay=pay), floor="floor", payment="pay", hall=True
        )["probability"]
        rate = chance(data.assign(agree=agree), turnout=0.75)[0]
        assert row.pass_probability == pytest.approx(rate, rel=RTOL)
        assert row.total_compensation == 2 * row.compensation
        if (row.scheme, row.compensation) == (found.scheme, found.compensation):
            assert found.flats["payment"].tolist() == pay.tolist()
            assert found.flats["probability"].tolist() == pytest.approx(agree)
    enough = found.table[found.table["pass_probability"] > 0.32]
    best = enough.sort_values(
        ["total_compensation", "pass_probability"], ascending=[True, False]
    ).iloc[0]
    assert found.reaches_target
    assert (found.scheme, found.compensation) == (best["scheme"], best["compensation"])
    assert found.pass_probability == best["pass_probability"] > 0.32
    assert "cheapest offer that reaches 32%" in str(found)


def test_of_equally_cheap_offers_the_likeliest_is_taken():
    found = deliberation.cheapest_offer(
        stairwell(WITH_HALL), **OFFER, compensations=[0], target=0
    )
    rates = found.table["pass_probability"]
    assert rates.nunique() == 4
    assert rates.is_monotonic_decreasing
    assert found.pass_probability == rates[0]
    assert found.scheme == found.table["scheme"][0]


def test_offer_that_does_not_reach_the_target_says_so():
    found = deliberation.cheapest_offer(stairwell(WITH_HALL), **OFFER, target=0.99)
    assert not found.reaches_target
    assert found.pass_probability == found.table["pass_probability"].max()
    assert "no offer reaches 99%" in str(found)


def test_money_from_a_fund_does_what_the_neighbours_money_cannot():
    """Without the hall, compensation raised from neighbours costs as many votes."""
    how = OFFER | {"schemes": ["guangzhou"], "compensations": [0, 15_000]}
    flats = deliberation.cheapest_offer(stairwell(WITH_HALL), **how)
    rates = flats.table.set_index("compensation")["pass_probability"]
    assert rates[15_000] < rates[0]
    fund = deliberation.cheapest_offer(stairwell(WITH_HALL), **how, paid_by="outside")
    rates = fund.table.set_index("compensation")["pass_probability"]
    assert rates[15_000] > rates[0]
    # The fund's money reaches the ground floor and nobody else pays for it.
    assert fund.flats["payment"].sum() == pytest.approx(420_000 - 2 * 15_000)


def test_offer_from_known_probabilities_and_an_owner_of_two_flats():
    data = stairwell(WITHOUT_HALL)
    how = OFFER | {"schemes": {"own": dict(enumerate([0, 0.5, 1, 1.1, 1.2, 1.3], 1))}}
    found = deliberation.cheapest_offer(
        data, **how, compensations=[0], probability="agree"
    )
    assert found.scheme == "own"
    assert found.flats["probability"].tolist() == pytest.approx(data["agree"])
    assert found.pass_probability == pytest.approx(chance(data, turnout=0.75)[0])
    # The owner of 101 and 601 has the mean of both log odds.
    data.loc[10, "owner"] = 0
    found = deliberation.cheapest_offer(data, **how, compensations=[0])
    one, other = found.flats["probability"][[0, 10]]
    assert one == other
    floors = deliberation.consent(found.flats, floor="floor", payment="payment")[
        "utility"
    ]
    assert np.log(one / (1 - one)) == pytest.approx(floors[[0, 10]].mean())


def test_offer_refuses():
    with pytest.raises(ValueError, match="nothing to try"):
        deliberation.cheapest_offer(HOUSE, **OFFER, schemes=[])
    with pytest.raises(ValueError, match="paid_by= must be one of"):
        deliberation.cheapest_offer(HOUSE, **OFFER, paid_by="city")


# --- opinions

FIVE = pd.DataFrame(
    {
        "who": list("edcba"),
        "start": [1, 0, 0.4, 0.9, 0.1],
        "own": [0, 0, 0, 0.1, 0.5],
        "moves": [0.2, 1, 0.75, 0.5, 0.9],
    }
)
HEARS = pd.DataFrame(
    [
        ("a", "b", 3),
        ("a", "c", 2),
        ("b", "c", 4),
        ("c", "a", 6),
        ("c", "b", 4),
        ("d", "a", 1),
        ("d", "e", 3),
        ("e", "b", 1),
        ("e", "d", 1),
    ],
    columns=["one", "other", "much"],
)


def listen(nodes, ties, model=deliberation.degroot, **how):
    return model(ties, nodes=nodes, **(WAYS | {"directed": True} | how))


WAYS = {"unit": "who", "value": "start", "source": "one", "target": "other"}


def test_degroot_is_the_power_of_the_matrix():
    """R: W to the power 2,000, and the left eigenvector of the closed circle."""
    found = listen(FIVE, HEARS, weight="much", self_weight="own")
    final = found.final
    assert final["who"].tolist() == list("abcde")
    assert final["limit"].tolist() == pytest.approx(reference("degroot"), rel=RTOL)
    influence = [*reference("influence"), 0, 0]
    assert final["influence"].tolist() == pytest.approx(influence, rel=RTOL)
    assert final["circle"].tolist()[:3] == [1, 1, 1]
    assert final["circle"].isna().tolist() == [False] * 3 + [True] * 2
    assert final["period"].tolist()[:3] == [1, 1, 1]
    assert found.converges
    assert "all settle" in str(found)
    path = found.table
    assert len(path) == 21 * 5
    first = path[path["round"] == 1].set_index("who")["start"]
    # a: .5 x .1 + .3 x .9 + .2 x .4; d: .25 x .1 + .75 x 1
    assert first["a"] == pytest.approx(0.4)
    assert first["d"] == pytest.approx(0.775)


def talks(*pairs):
    return pd.DataFrame(pairs, columns=["one", "other"])


def people(*opinions):
    return pd.DataFrame({"who": range(len(opinions)), "start": opinions})


@pytest.mark.parametrize(
    ("pairs", "period"),
    [
        ([(0, 1), (1, 0)], 2),
        ([(0, 1), (1, 2), (2, 0)], 3),
        ([(0, 1), (1, 2), (2, 3), (3, 0)], 4),
        ([(0, 1), (1, 2), (2, 0), (1, 0)], 1),  # cycles of 2 and 3
        ([(0, 1), (1, 2), (2, 3), (3, 0), (1, 0)], 2),  # cycles of 2 and 4
    ],
)
def test_period_of_a_circle(pairs, period):
    """By hand: the greatest common divisor of the lengths of its cycles."""
    n = 1 + max(max(pair) for pair in pairs)
    data = people(*range(n))
    found = listen(data, talks(*pairs))
    assert found.final["period"].tolist() == [period] * n
    assert found.converges is (period == 1)
    assert found.final["limit"].isna().all() == (period > 1)
    lazy = listen(data, talks(*pairs), self_weight=0.01)
    assert lazy.converges
    assert np.ptp(lazy.final["limit"]) < 1e-9


def test_two_circles_a_hermit_and_one_in_between():
    """0 and 1 swing; 2 and 3 agree on 3; 4 hears 3 only; 5 hears 1 too; 6 nobody."""
    data = people(0, 1, 2, 4, 9, 9, 7)
    ties = talks((0, 1), (1, 0), (2, 3), (3, 2), (4, 3), (5, 3), (5, 1))
    own = data.assign(own=[0, 0, 0.5, 0.5, 0, 0, 0])
    found = listen(own, ties, self_weight="own")
    limits = found.final["limit"]
    assert limits[[2, 3, 4, 6]].tolist() == pytest.approx([3, 3, 3, 7])
    assert limits[[0, 1, 5]].isna().all()
    assert not found.converges
    assert "not all settle" in str(found)
    circles = found.final["circle"]
    assert circles[[0, 1, 2, 3, 6]].tolist() == [1, 1, 2, 2, 3]
    assert found.final["period"][[0, 2, 6]].tolist() == [2, 1, 1]


def test_ties_of_both_and_graphs():
    """Undirected with self-weight: influence is in proportion to strength, 3, 4, 1."""
    data = people(0, 0, 8)
    ties = talks((0, 1), (2, 1)).assign(much=[3, 1])
    how = {"self_weight": 0.2, "weight": "much"}
    table = listen(data, ties, directed=False, **how)
    assert table.final["influence"].tolist() == pytest.approx([3 / 8, 4 / 8, 1 / 8])
    assert table.final["limit"].tolist() == pytest.approx([1, 1, 1])
    graph = nx.Graph()
    graph.add_nodes_from((i, {"start": x}) for i, x in enumerate([0, 0, 8]))
    graph.add_weighted_edges_from([(0, 1, 3), (2, 1, 1)], weight="much")
    drawn = deliberation.degroot(graph, value="start", unit="who", **how)
    pd.testing.assert_frame_equal(drawn.final, table.final)
    plain = deliberation.degroot(graph, value="start", unit="who", self_weight=0.2)
    assert plain.final["influence"].tolist() == pytest.approx([1 / 4, 2 / 4, 1 / 4])


def test_swings_may_cancel():
    """Two swap 0 and 1; who hears both alike rests at 1/2, who hears one does not."""
    data = people(0, 1, 9, 9)
    ties = talks((0, 1), (1, 0), (2, 0), (2, 1), (3, 0))
    final = listen(data, ties).final
    assert final["limit"].isna().tolist() == [True, True, False, True]
    assert final["limit"][2] == pytest.approx(0.5)
    # Four in a ring, 0 1 0 1, swing with half of their period.
    ring = talks((0, 1), (1, 2), (2, 3), (3, 0), (4, 0))
    final = listen(people(0, 1, 0, 1, 9), ring).final
    assert final["period"].tolist()[:4] == [4] * 4
    assert final["limit"].isna().all()
    # Who think the same have nothing to swap, whatever the period.
    same = listen(people(4, 4, 9, 9), ties)
    assert same.final["limit"].tolist() == pytest.approx([4, 4, 4, 4])
    assert same.final["period"].tolist()[:2] == [2, 2]


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10_000))
def test_degroot_on_random_graphs_is_what_a_long_run_gives(seed):
    generator = np.random.default_rng(seed)
    n = int(generator.integers(2, 8))
    pairs = [
        (i, j)
        for i in range(n)
        for j in range(n)
        if i != j and generator.random() < 0.3
    ]
    data = people(*generator.random(n))
    ties = pd.DataFrame(pairs, columns=["one", "other"], dtype=int)
    found = listen(data, ties, n_rounds=2)
    matrix = np.zeros((n, n))
    for i, j in pairs:
        matrix[i, j] = 1
    alone = matrix.sum(axis=1) == 0
    matrix[alone, alone] = 1
    matrix /= matrix.sum(axis=1, keepdims=True)
    # 840 is a multiple of every period that seven persons can have.
    far = np.linalg.matrix_power(matrix, 840 * 500)
    steps = [far @ data["start"]]
    for _ in range(12):
        steps.append(matrix @ steps[-1])
    steps = np.array(steps)
    settled = np.ptp(steps, axis=0) < 1e-7
    limit = found.final["limit"].to_numpy()
    assert (np.isfinite(limit) == settled).all()
    assert limit[settled] == pytest.approx(steps[-1][settled], abs=1e-7)


def test_friedkin_johnsen_is_the_closed_form():
    """R: solve(I - diag(moves) W, (I - diag(moves)) start)."""
    how = {"weight": "much", "self_weight": "own", "susceptibility": "moves"}
    found = listen(FIVE, HEARS, deliberation.friedkin_johnsen, **how, n_rounds=400)
    expected = reference("friedkin_johnsen").to_numpy()
    assert found.final["limit"].to_numpy() == pytest.approx(expected, rel=RTOL)
    last = found.table[found.table["round"] == 400]["start"].to_numpy()
    assert last == pytest.approx(expected, rel=1e-9)


def test_friedkin_johnsen_keeps_hermits_and_refuses_who_floats():
    data = people(0, 1, 5)
    how = {"model": deliberation.friedkin_johnsen, "susceptibility": 1.0}
    found = listen(data, talks((0, 1)), **how)
    assert found.final["limit"].tolist() == [1, 1, 5]
    with pytest.raises(ValueError, match=r"2 person.*neither hold on.*: 0, 1;"):
        listen(data, talks((0, 1), (1, 0)), **how)


def near(data, **how):
    return deliberation.bounded_confidence(data, unit="who", value="start", **how)


def test_less_or_equal_differs_from_less():
    """0.6 and 0.8 differ by just 0.2, which floats put a little above it."""
    assert 0.8 - 0.6 > 0.2 > 0.6 - 0.4  # the trap
    for pair in ((0.6, 0.8), (0.4, 0.6)):
        meet = near(people(*pair), bound=0.2).final
        assert meet["limit"].tolist() == pytest.approx([sum(pair) / 2] * 2)
        assert meet["cluster"].tolist() == [1, 1]
        apart = near(people(*pair), bound=0.2, inclusive=False).final
        assert apart["limit"].tolist() == list(pair)
        assert apart["cluster"].tolist() == [1, 2]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.integers(0, 20), min_size=2, max_size=12),
    st.integers(1, 8),
    st.booleans(),
)
def test_all_at_once_is_the_definition_in_fractions(opinions, bound, inclusive):
    """Hegselmann and Krause in Python's fractions, three rounds."""
    data = people(*[o / 20 for o in opinions])
    how = {"bound": bound / 20, "inclusive": inclusive, "n_rounds": 3}
    found = near(data, **how).table
    pairs = [(i, j) for i in range(len(opinions)) for j in range(i)]
    tied = near(data, ties=talks(*pairs), source="one", target="other", **how).table
    now = [Fraction(o, 20) for o in opinions]
    for step in range(1, 4):
        heard = [
            [
                y
                for y in now
                if abs(x - y) < Fraction(bound, 20)
                or (inclusive and abs(x - y) == Fraction(bound, 20))
            ]
            for x in now
        ]
        now = [sum(h) / len(h) for h in heard]
        for table in (found, tied):
            ours = table[table["round"] == min(step, table["round"].max())]["start"]
            assert ours.to_numpy() == pytest.approx([float(x) for x in now], abs=1e-9)


def test_only_neighbours_are_heard():
    """A line 0 - 1 - 2, whose ends do not hear each other: 1/2, 3/3, 3/2."""
    found = near(
        people(0, 1, 2),
        bound=5,
        ties=talks((0, 1), (1, 2)),
        source="one",
        target="other",
        n_rounds=1,
    )
    assert found.final["limit"].tolist() == [0.5, 1, 1.5]
    assert not found.converges


def test_pairs_keep_the_mean_and_end_in_clusters():
    """Deffuant with step 1/2: each meeting keeps the sum; far groups stay apart."""
    data = people(0, 0.1, 0.2, 0.7, 0.8, 0.9)
    found = near(data, bound=0.3, update="pairs", rng=1, n_rounds=300)
    final = found.final
    assert found.converges
    assert final["limit"].tolist() == pytest.approx([0.1] * 3 + [0.8] * 3, abs=1e-6)
    assert final["cluster"].tolist() == [1, 1, 1, 2, 2, 2]
    again = near(data[::-1], bound=0.3, update="pairs", rng=1, n_rounds=300)
    pd.testing.assert_frame_equal(found.table, again.table)
    sums = found.table.groupby("round")["start"].sum()
    assert sums.to_numpy() == pytest.approx(2.7)


def test_pairs_meet_along_ties_only_and_move_by_the_step():
    data = people(0, 1, 1)
    how = {"ties": talks((0, 1)), "source": "one", "target": "other", "update": "pairs"}
    found = near(data, bound=1, n_rounds=1, step=0.25, rng=1, **how)
    # Two meetings of the only pair: the gap of 1 halves to .5 and to .25.
    assert found.final["limit"].tolist() == [0.375, 0.625, 1]
    assert not found.converges
    exclusive = near(data, bound=1, n_rounds=5, inclusive=False, rng=1, **how)
    assert exclusive.final["limit"].tolist() == [0, 1, 1]
    assert exclusive.converges


@pytest.mark.parametrize(
    ("data", "ties", "how", "message"),
    [
        (FIVE, HEARS.assign(other="x"), {}, "does not list"),
        (FIVE, HEARS.assign(other=HEARS["one"]), {}, "tie someone to themselves"),
        (pd.concat([FIVE, FIVE]), HEARS, {}, "repeat"),
        (FIVE.assign(start=None), HEARS, {}, "5 missing"),
        (FIVE, HEARS.assign(much=0), {"weight": "much"}, "must be above zero"),
        (FIVE, pd.concat([HEARS, HEARS]), {"weight": "much"}, "more than once"),
        (FIVE, HEARS, {"self_weight": 2}, "self_weight= must lie between"),
        (FIVE, HEARS, {"self_weight": "start2"}, "no column 'start2'"),
        (FIVE, HEARS, {"n_rounds": 0}, "at least 1"),
        (FIVE.rename(columns={"who": "limit"}), HEARS, {"unit": "limit"}, "rename it"),
    ],
)
def test_degroot_refuses(data, ties, how, message):
    with pytest.raises(ValueError, match=message):
        listen(data, ties, **how)


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"bound": 0}, "bound= must be above zero"),
        ({"bound": 1, "step": 0.6}, "step= must lie between 0 and 0.5"),
        ({"bound": 1, "update": "one"}, "update= must be one of"),
    ],
)
def test_bounded_confidence_refuses(how, message):
    with pytest.raises(ValueError, match=message):
        near(people(0, 1), **how)
    with pytest.raises(ValueError, match="at least one pair"):
        near(people(0), bound=1, update="pairs")


# --- speaking turns


def test_speaking_by_hand():
    """Shares .5, .25, .25, 0: Gini 3/8, Herfindahl 3/8, entropy 1.5 ln 2 / ln 4."""
    data = pd.DataFrame({"会": ["b"] * 4 + ["a"] * 3, "turns": [2, 4, 2, 0, 5, 5, 5]})
    how = {"value": "turns", "rng": 1, "n_resamples": 20}
    table = deliberation.speaking_equality(data, group="会", **how)
    assert table["会"].tolist() == ["a"] * 5 + ["b"] * 5
    found = table.set_index(["会", "term"])["estimate"]
    assert found["b"].tolist() == pytest.approx([0.375, 0.375, 0.75, 0.5, 0.25])
    assert found["a"].tolist() == pytest.approx([0, 1 / 3, 1, 1 / 3, 0])
    one = pd.DataFrame({"turns": [0, 7, 0, 0]})
    alone = deliberation.speaking_equality(one, **how)
    assert alone["estimate"].tolist() == [0.75, 1, 0, 1, 0.75]


def test_speaking_interval_is_the_bootstrap_of_persons():
    """
    All 4^4 samples of the persons 3, 1, 0, 0 with a voice: mean and spread listed.

    The share of silent persons is a mean, so its error is sqrt(.5 x .5 / 4) but for
    the draws of silence alone, which are left out.
    """
    data = pd.DataFrame({"turns": [3, 1, 0, 0]})
    table = deliberation.speaking_equality(data, value="turns", rng=1, n_resamples=2000)
    silent = [
        np.mean(np.array(draw) == 0)
        for draw in product([3, 1, 0, 0], repeat=4)
        if sum(draw)
    ]
    row = table.set_index("term").loc["silent_share"]
    assert row["std_error"] == pytest.approx(np.std(silent), rel=0.05)
    # A draw is silent with probability 1/16; sd of the count is sqrt(2000 x 15) / 16.
    assert row["n_resamples"] == pytest.approx(2000 * 15 / 16, abs=4 * 10.8)


@pytest.mark.parametrize(
    ("turns", "message"),
    [
        ([1, -1], "cannot be negative"),
        ([0, 0], "no turn"),
        ([3], "fewer than two persons"),
        ([1, None], "1 missing"),
    ],
)
def test_speaking_refuses(turns, message):
    with pytest.raises(ValueError, match=message):
        deliberation.speaking_equality(pd.DataFrame({"turns": turns}), value="turns")
