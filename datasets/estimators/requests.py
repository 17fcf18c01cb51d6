"""Platforms, reporting, age gaps and the rates of a log: chapter 11."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.special import expit

from estimators import Answer, Check
from estimators._shared import around, ends, subdistrict
from govlib import digital, participation
from govlib.city import City, Size, known_requests
from govlib.city.people import Floats
from govlib.city.requests import AGES

# Twelve adults of a community have few problems to report, and a ratio of shares needs
# many: two fifths of the shipped city's communities.
SIZE = Size(8, 6, 4, 20)
TABLES = ("committees", "problems", "request_survey", "requests")

# First quarter of the last year; hours for which the log runs.
YEAR, READ = 9, 672
# Requests that had three times as long as the longest of these limits to be closed,
# and more, so that whether they are solved is known.
SHORT, WATCHED = 24, 504

CHECKS = (
    Check(
        "platform_problems",
        "Survey of problems, Poisson at equal need, marginal effect; clusters: "
        "sub-districts",
        "问题调查，需求相同时的泊松回归边际效应；按街镇聚类",
        "above",
    ),
    Check(
        "platform_recorded",
        "Records by community, age group and quarter, Poisson at equal need, marginal "
        "effect; clusters: sub-districts",
        "按社区、年龄组和季度的登记数，需求相同时的泊松回归边际效应；按街镇聚类",
    ),
    Check(
        "platform_reporting",
        "Survey, one row per problem, logit at equal age and belonging, marginal "
        "effect; clusters: sub-districts",
        "调查中每个问题一行，年龄与归属感相同时的逻辑回归边际效应；按街镇聚类",
    ),
    Check(
        "platform_solved",
        "Log, requests with limits up to 24 hours that were watched to their end, "
        "logit at equal load and need, marginal effect; clusters: sub-districts",
        "记录中时限不超过24小时且已观察到结果的诉求，负荷与需求相同时的逻辑回归边际效应；"
        "按街镇聚类",
    ),
    *(
        Check(
            f"age_{scale}_{name}",
            f"Survey, {scale_en} of shares of problems reported where platforms are "
            f"{where_en}; clusters: sub-districts",
            f"调查，{where_zh}平台之处问题上报比例的{scale_zh}；按街镇聚类",
            side,
        )
        for scale, scale_en, scale_zh, side in (
            ("points", "difference", "差值", ""),
            ("ratio", "ratio", "比值", "above"),
        )
        for name, where_en, where_zh in (
            ("without", "not open", "未开通"),
            ("with", "open", "已开通"),
        )
    ),
    Check(
        "smartphone_points",
        "Survey, one row per problem, logit on smartphone, station, platform, age and "
        "belonging; everyone with a smartphone against people as they are; clusters: "
        "sub-districts",
        "调查中每个问题一行，对智能手机、站点、平台、年龄和归属感作逻辑回归；"
        "人人使用智能手机与现状相比；按街镇聚类",
    ),
    Check(
        "solved_in_time",
        "Log, cumulative incidence of being solved within the limit, open cases as "
        "censored; clusters: communities",
        "记录中时限内解决的累积发生率，未办结者作为删失；按社区聚类",
        "above",
    ),
    Check(
        "open_15_days",
        "Log, Kaplan-Meier at 360 hours; clusters: communities",
        "记录在360小时处的Kaplan-Meier值；按社区聚类",
        "below",
    ),
)


def right(city: City) -> dict[str, Answer]:
    """Return what the chapter calls the better answers."""
    need = city.committees[city.committees["quarter"] >= YEAR]
    survey = city.request_survey
    survey = survey.assign(
        subdistrict=subdistrict(survey["community"]),
        need=survey["community"].map(need.groupby("community")["need"].mean()),
        with_platform=survey["with_platform"].astype(float),
    )
    told = _by_problem(survey)
    return {
        "platform_problems": _problems(survey),
        "platform_recorded": _recorded(city.problems, need),
        "platform_reporting": _reporting(told),
        "platform_solved": _solved(city.requests, need),
        **_age_gaps(survey),
        "smartphone_points": _smartphone(told),
        **_rates(city.requests),
    }


def naive(city: City) -> dict[str, float]:
    """Return the hasty reader's answers."""
    answers = known_requests.naive_answers(city.problems, city.requests)
    return {name: answer for name, (answer, _) in answers.items()}


def _effect(fitted: participation.ParticipationFit, scale: float = 1.0) -> Answer:
    """Return the marginal effect of the platforms."""
    effects = participation.average_marginal_effects(
        fitted, variables=["with_platform"]
    )
    return ends(effects.iloc[0], scale)


def _by_problem(survey: pd.DataFrame) -> pd.DataFrame:
    """Return one row per problem, reported or not."""
    rows = survey.loc[survey.index.repeat(survey["problems"])]
    number = rows.groupby(level=0).cumcount()
    return rows.assign(
        told=(number < rows["reported"]).astype(int),
        older=(rows["age_group"] != AGES[0]).astype(float),
        smart=rows["smartphone"].astype(float),
        helped=(rows["doorstep"] & ~rows["smartphone"]).astype(float),
    ).reset_index(drop=True)


def _problems(survey: pd.DataFrame) -> Answer:
    """Compare problems per 1,000 adults at equal need."""
    fitted = participation.fit(
        survey,
        "problems ~ with_platform + need",
        family="poisson",
        weight="adults_per_answer",
        cluster="subdistrict",
        errors="CR2",
    )
    return _effect(fitted, 1000)


def _recorded(problems: pd.DataFrame, need: pd.DataFrame) -> Answer:
    """Compare records per 1,000 adults and year at equal need and age."""
    rows = problems.merge(
        need[["community", "quarter", "need"]], on=["community", "quarter"]
    )
    has = rows["with_platform"].astype(float)
    older = (rows["age_group"] != AGES[0]).astype(float)
    rows = rows.assign(
        with_platform=has,
        older=older,
        older_with=has * older,
        years=rows["adults"] / 4,
        subdistrict=subdistrict(rows["community"]),
    )
    names = ["with_platform", "older", "older_with", "need"]
    fitted = participation.fit(
        rows,
        f"recorded ~ {' + '.join(names)}",
        family="poisson",
        exposure="years",
        cluster="subdistrict",
        errors="CR2",
    )
    worlds = [
        rows[names].assign(with_platform=has, older_with=has * older)
        for has in (1.0, 0.0)
    ]
    years = rows["years"].to_numpy(dtype=float)
    return _contrast(
        fitted, worlds, 1000 * years[None] / years.sum(), rows["subdistrict"]
    )


def _reporting(told: pd.DataFrame) -> Answer:
    """Compare shares of problems reported by people of the same age and belonging."""
    fitted = participation.fit(
        told,
        "told ~ with_platform * older + belonging_score",
        weight="adults_per_answer",
        cluster="subdistrict",
        errors="CR2",
    )
    return _effect(fitted)


def _solved(log: pd.DataFrame, need: pd.DataFrame) -> Answer:
    """Compare shares of requests solved, where it is known whether they were."""
    last = need[need["quarter"] == need["quarter"].max()]
    rows = log[(log["limit_hours"] <= SHORT) & (log["opened_hour"] <= WATCHED)]
    rows = rows.dropna(subset=["solved"]).merge(
        last[["community", "need", "load"]], on="community"
    )
    rows = rows.assign(
        solved=rows["solved"].astype(int),
        with_platform=rows["with_platform"].astype(float),
    )
    fitted = participation.fit(
        rows, "solved ~ with_platform + load + need", cluster="community", errors="CR2"
    )
    return _effect(fitted)


def _age_gaps(survey: pd.DataFrame) -> dict[str, Answer]:
    """Compare shares reported by age, on two scales, without and with platforms."""
    gaps = digital.age_gap(
        survey,
        used="reported",
        of="problems",
        group="age_group",
        by="with_platform",
        weight="adults_per_answer",
        cluster="subdistrict",
    ).set_index(["with_platform", "term"])
    return {
        f"age_{short}_{name}": ends(gaps.loc[(has, term)])
        for short, term in (("points", "difference"), ("ratio", "ratio"))
        for name, has in (("without", 0.0), ("with", 1.0))
    }


def _smartphone(told: pd.DataFrame) -> Answer:
    """
    Give everyone a smartphone, platforms being open everywhere.

    The age gap in points then, less the gap as people are.
    """
    names = ["with_platform", "age", "belonging_score", "smart", "helped"]
    fitted = participation.fit(
        told,
        f"told ~ {' + '.join(names)}",
        weight="adults_per_answer",
        cluster="subdistrict",
        errors="CR2",
    )
    as_is = told[names].assign(with_platform=1.0)
    weight = told["adults_per_answer"].to_numpy(dtype=float)
    young = weight * (told["older"].to_numpy() == 0)
    old = weight - young
    # Shares of the young count once, those of the old count against them.
    levers = np.array([young / young.sum(), -old / old.sum()])
    worlds = as_is.assign(smart=1.0, helped=0.0), as_is
    return _contrast(fitted, worlds, levers, told["subdistrict"])


def _contrast(
    fitted: participation.ParticipationFit,
    worlds: Sequence[pd.DataFrame],
    levers: Floats,
    place: pd.Series,
) -> Answer:
    """
    Compare what is expected of the same rows in one world and in another.

    Parameters
    ----------
    fitted : ParticipationFit
        A logit, or a Poisson regression of rates.
    worlds : sequence of pandas.DataFrame
        Regressors as they are in the first world and in the second.
    levers : numpy.ndarray of float, shape (k, n)
        Weights of rows in each of k means, whose sum is asked for.
    place : pandas.Series
        Cluster of each row.

    Notes
    -----
    The error is that of the coefficients, and that of who is there: another city has
    other people. Given who is there outcomes move the first alone, so that the two
    are independent.
    """
    beta, lever = fitted.table["estimate"].to_numpy(), levers.sum(axis=0)
    change, slope = np.zeros(lever.size), np.zeros(beta.size)
    for sign, world in zip((1, -1), worlds, strict=True):
        design = np.column_stack([np.ones(len(world)), world.to_numpy(dtype=float)])
        if fitted.family == "logit":
            mean = expit(design @ beta)
            steep = mean * (1 - mean)
        else:
            mean = steep = np.exp(design @ beta)
        change += sign * mean
        slope += sign * (lever * steep) @ design
    influence = np.zeros(lever.size)
    for one in levers:
        influence += one * (change - one @ change / one.sum())
    sums = pd.Series(influence).groupby(place.to_numpy()).sum()
    g = len(sums)
    variance = slope @ fitted.vcov.to_numpy() @ slope + g / (g - 1) * (sums**2).sum()
    return around(lever @ change, variance**0.5, g - 1)


def _rates(log: pd.DataFrame) -> dict[str, Answer]:
    """Return rates of the log with open cases counted."""
    rates = digital.kpi(
        log,
        opened="opened_hour",
        answered="answered_hour",
        closed="closed_hour",
        resolved="solved",
        satisfied="satisfied",
        limit="limit_hours",
        now=READ,
        cluster="community",
    ).set_index("term")
    times = digital.handling_times(
        log,
        opened="opened_hour",
        closed="closed_hour",
        now=READ,
        limits=[15 * 24],
        cluster="community",
    ).set_index("term")
    return {
        "solved_in_time": ends(rates.loc["resolution"]),
        "open_15_days": ends(times.loc["still_open"]),
    }
