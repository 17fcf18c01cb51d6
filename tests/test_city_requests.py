"""Requests of S city: equations by hand, what a remedy moves, what a log hides."""

import re

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from govlib.city import Remedy, known_requests, requests, simulate
from govlib.city.base import base
from govlib.city.parameters import resolve
from govlib.city.request_texts import TOPICS, request_text

NAMES = ["problems", "request_survey", "requests"]


def made(**given):
    return simulate("tiny", only=NAMES, **given).tables


@pytest.fixture(scope="module")
def tiny():
    return made()


@pytest.fixture(scope="module")
def course():
    return simulate("course", only=NAMES).tables


def one(**given):
    return {name: np.array([float(value)]) for name, value in given.items()}


# --- Equations


def test_problems_by_hand():
    """exp(-0.9 + 0.45 x 2) = exp(0) = 1."""
    assert requests.problem_rate(np.array([2.0])) == pytest.approx(1)


def test_skill_by_hand():
    """At 55 and with ten years of school: 1 / (1 + exp(-1.9)) = 0.8699."""
    at = requests.skill_chance(np.array([55.0]), np.array([10.0]))
    assert at == pytest.approx(0.86989, abs=1e-5)


@pytest.mark.parametrize(
    ("age", "skill", "platform", "station", "log_odds"),
    [
        (45, 1, 0, 0, -1.2),
        (45, 0, 0, 0, -2.6),
        (45, 0, 0, 1, -2.2),
        (45, 1, 0, 1, -1.2),
        (45, 1, 1, 0, -0.3),
        (95, 0, 1, 1, -2.2),
    ],
)
def test_reporting_by_hand(age, skill, platform, station, log_odds):
    """-2.6 + .9 platform - .018 (age - 45) + 1.4 skill + .4 station (1 - skill)."""
    who = requests.Adults(**one(age=age, schooling=10, skill=skill, belonging=0))
    chance = requests.reporting_chance(
        who, np.array([platform]), np.array([station]), resolve()
    )
    assert np.log(chance / (1 - chance)) == pytest.approx(log_odds)


def test_solving_handling_and_satisfaction_by_hand():
    usual = np.array([0.9]), np.zeros(1), np.array([0.35])
    log_odds = [
        np.log(p / (1 - p)).item()
        for p in (
            requests.solved_chance(*usual, np.array([has]), resolve()) for has in (0, 1)
        )
    ]
    # 0.9 - 1.5 x .35 = .375, and .4 more with a platform.
    assert log_odds == pytest.approx([0.375, 0.775])
    hours = requests.log_hours(*(np.array([v]) for v in (24.0, 1.9, 1.0, 0.0)))
    assert hours == pytest.approx(np.log(24) - 0.35 + 0.5 - 0.35 + 0.9)
    points = requests.satisfaction(*(np.array([v]) for v in (9.0, 1.0, 1.0, -1.0)))
    assert points == pytest.approx(62 + 5.2 - 4 + 7 - 3)


def test_binomial_counts_equal_numpys_distribution():
    """Smallest counts whose distribution function exceeds the uniform numbers."""
    from scipy import stats

    rng = np.random.default_rng(1)
    u, n = rng.random(500), rng.integers(0, 60, 500)
    p = rng.uniform(0.02, 0.98, 500)
    expected = np.maximum(stats.binom.ppf(u, n, p), 0)
    np.testing.assert_array_equal(requests.binomial_quantile(u, n, p), expected)


def test_people_spread_evenly_have_the_moments_of_random_ones():
    """Means over the nodes against a large random draw of the same equations."""
    u = np.stack([requests._spread(requests.NODES, b) for b in (2, 3, 5)], axis=-1)
    rng = np.random.default_rng(2).random((200_000, 3))
    for older in (False, True):
        nodes = requests._adults(np.full(requests.NODES, older), u)
        many = requests._adults(np.full(len(rng), older), rng)
        for has in (0.0, 1.0):
            few_chance, chance = (
                requests.reporting_chance(who, np.array(has), np.array(0.0), resolve())
                for who in (nodes, many)
            )
            assert few_chance.mean() == pytest.approx(chance.mean(), abs=0.01)


# --- Tables


def test_keys_ranges_and_order(tiny):
    problems, survey, log = (tiny[name] for name in NAMES)
    assert not problems.duplicated(["community", "quarter", "age_group"]).any()
    assert (problems["recorded"] <= problems["reported"]).all()
    assert (problems["reported"] <= problems["problems"]).all()
    assert sorted(problems["quarter"].unique()) == [9, 10, 11, 12]
    assert survey["reply"].is_unique
    assert (survey["reported"] <= survey["problems"]).all()
    old = survey["age"] >= 60
    assert (old == (survey["age_group"] == "60+")).all()
    assert survey.groupby(["community", "age_group"]).size().eq(6).all()
    assert log["request"].is_unique
    assert log["request"].is_monotonic_increasing
    assert (log["opened_hour"] < 672).all()
    assert not (log["answered_hour"] < log["opened_hour"]).any()
    assert not (log["closed_hour"] < log["answered_hour"]).any()
    assert (log["solved"].notna() == log["closed_hour"].notna()).all()


def test_only_callers_whose_case_is_solved_are_rung_up(course):
    log = course["requests"]
    called = log["satisfied"].notna()
    assert log.loc[called, "solved"].all()
    assert 0.4 < called[log["solved"].fillna(False)].mean() < 0.75


def test_new_platforms_are_used_only_where_they_are(course):
    log = course["requests"]
    new = log["platform"].isin(["through_train", "cloud"])
    assert new[log["with_platform"]].any()
    assert not new[~log["with_platform"]].any()


def test_district_m_has_the_through_train_everywhere(course):
    """The study places it there; about half of the others have it."""
    problems = course["problems"]
    m = problems["community"].str.startswith("M-")
    assert problems.loc[m, "with_platform"].all()
    assert 0.3 < problems.loc[~m, "with_platform"].mean() < 0.75


def test_repeats_are_of_one_place_and_mostly_on_another_platform(course):
    log = course["requests"]
    groups = log.groupby("true_matter")
    assert groups["community"].nunique().eq(1).all()
    assert groups["building_number"].nunique().eq(1).all()
    assert groups.size().max() <= 3
    again = groups.filter(lambda rows: len(rows) > 1).groupby("true_matter")
    assert again["platform"].nunique().gt(1).mean() > 0.95
    assert 0.15 < log["true_matter"].duplicated().mean() < 0.3


def test_clerks_and_coders_are_wrong_as_often_as_stated(course):
    """6, 10 and 16 % of codes; three standard errors of 2,200 and 440 texts."""
    log = course["requests"]
    for column, wrong in (
        ("topic", 0.06),
        ("topic_coder_a", 0.10),
        ("topic_coder_b", 0.16),
    ):
        known = log[log[column].notna()]
        error = 3 * np.sqrt(wrong * (1 - wrong) / len(known))
        assert (known[column] != known["true_topic"]).mean() == pytest.approx(
            wrong, abs=error
        )


def test_problems_have_the_mean_of_their_equation(course):
    city = base(2026, "course")
    rate = requests.problem_rate(city.by_quarter("need")[:, requests.YEAR]).mean(axis=1)
    expected = (requests.adults(city) * rate[:, None]).sum()
    total = course["problems"]["problems"].sum()
    assert total == pytest.approx(expected, abs=4 * np.sqrt(expected))


def test_texts_are_short_varied_and_name_nobody(course):
    texts = course["requests"]["text"]
    assert texts.str.len().between(6, 60).all()
    assert texts.nunique() / len(texts) > 0.98
    # Numbers are building numbers; no road, no surname with a title, no telephone.
    numbers = {n for text in texts for n in re.findall(r"\d+", text)}
    assert numbers <= {str(n) for n in range(1, 13)}
    assert not texts.str.contains("[路街弄][0-9]|先生|女士|电话：").any()


@pytest.mark.parametrize("topic", TOPICS)
def test_texts_speak_of_their_topic(topic):
    draws = np.random.default_rng(3).random((20, 9))
    things = TOPICS[topic][0]
    for row in draws:
        text = request_text(topic, 5, True, row)
        assert "5号楼" in text
        assert any(thing in text for thing in things)


# --- Remedies


def test_a_remedy_that_changes_nothing_changes_no_byte(tiny):
    has = tiny["problems"].set_index("community")["with_platform"]
    where = tuple(sorted(set(has[has].index)))
    assert where
    same = made(remedies=[Remedy("platform", 1, communities=where, start=5)])
    for name in NAMES:
        assert_frame_equal(same[name], tiny[name])


def test_a_platform_changes_its_own_community_only(tiny):
    has = tiny["problems"].set_index("community")["with_platform"]
    # One that is in the log.
    place = next(code for code in sorted(set(has[~has].index)) if code.endswith("-03"))
    new = made(remedies=[Remedy("platform", 1, communities=(place,))])
    for name in NAMES:
        before, after = tiny[name], new[name]
        assert_frame_equal(
            after[after["community"] != place].reset_index(drop=True),
            before[before["community"] != place].reset_index(drop=True),
        )
    before, after = (
        table[table["community"] == place]
        for table in (tiny["problems"], new["problems"])
    )
    # More is reported of the same problems, in every cell.
    assert (after["problems"].to_numpy() == before["problems"].to_numpy()).all()
    assert (after["reported"].to_numpy() >= before["reported"].to_numpy()).all()
    assert after["reported"].sum() > 1.3 * before["reported"].sum()


def test_a_station_moves_those_without_a_smartphone():
    none, all_ = (made(remedies=[Remedy("doorstep", v)]) for v in (0, 1))
    survey = none["request_survey"].merge(
        all_["request_survey"], on="reply", suffixes=("", "_all")
    )
    moved = survey["reported_all"] != survey["reported"]
    assert not moved[survey["smartphone"]].any()
    assert (survey["reported_all"] >= survey["reported"]).all()


def test_the_seed_decides():
    again = made()
    for name in NAMES:
        assert_frame_equal(again[name], made()[name])
    assert not made(seed=7)["problems"].equals(again["problems"])


# --- What is known


@pytest.fixture(scope="module")
def figures():
    return pd.DataFrame([known_requests.figures(seed) for seed in (1, 2)])


def test_every_row_has_its_figure(figures):
    exact = known_requests.exact()
    for row in known_requests.ROWS:
        assert (row.symbol in figures) != (row.symbol in exact)
        naive = f"naive_{row.symbol}" in figures
        assert naive == (row.naive_en is not None), row.symbol


def test_truths_are_as_the_chapter_says(figures):
    """More recorded, no more problems; points grow, the ratio shrinks."""
    mean = figures.mean()
    assert mean["platform_recorded"] == pytest.approx(81, abs=15)
    assert mean["platform_solved"] == pytest.approx(0.07, abs=0.025)
    assert mean["age_points_with"] > mean["age_points_without"] + 0.04
    assert mean["age_ratio_with"] < mean["age_ratio_without"] - 0.1
    assert mean["smartphone_points"] < -0.05


def test_naive_answers_err_on_the_stated_side(course):
    known = known_requests.figures(2026) | known_requests.exact()
    shown = known_requests.naive_answers(course["problems"], course["requests"])
    sign = {
        "platform_problems": 1,
        "age_ratio_without": 1,
        "age_ratio_with": 1,
        "solved_in_time": 1,
        "open_15_days": -1,
        "satisfied_share": 1,
        "repeated_share": -1,
    }
    assert set(shown) == set(sign)
    for name, (answer, error) in shown.items():
        assert sign[name] * (answer - known[name]) > 2 * error, name


def test_log_figures_equal_a_simulation():
    """Expected shares against realised ones of some logs, within their spread."""
    expected, realised = [], []
    for seed in range(1, 7):
        city = base(seed, "course")
        has, helped = requests.platform(city), requests.station(city)
        log = requests._requests(city, has[:, -1], helped[:, -1])
        expected.append(known_requests.log_figures(city, log)["open_15_days"])
        # Opened early enough to be watched for 15 days.
        old = log[log["opened_hour"] < 672 - 360]
        lasted = old["closed_hour"].fillna(9999) - old["opened_hour"]
        realised.append((lasted > 360).mean())
    gap = np.subtract(realised, expected)
    assert abs(gap.mean()) < 4 * gap.std(ddof=1) / np.sqrt(len(gap))
