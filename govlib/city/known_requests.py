"""What is true of problems and requests in S city, and what a log makes of them."""

from math import erf, sqrt

import numpy as np
import pandas as pd

from govlib.city import requests
from govlib.city.base import Base, base
from govlib.city.model import simulate
from govlib.city.people import Floats
from govlib.city.row import NONE, Row

CHAPTERS = ("11",)
# Each city takes about two seconds; the estimators' own errors are twenty times those
# of means over so many.
CITIES = 60

POPULATION = "population of cities"
PLATFORM_EN = (
    "Property service through-train and cloud neighbourhood open in all communities "
    "against none, all else as it is"
)
PLATFORM_ZH = "所有社区均开通“物业服务直通车”和“云邻里”与均不开通相比，其余不变"
LOG_EN = "Requests of the four weeks, by their chances given limit and community"
LOG_ZH = "四周内的诉求，按给定时限和社区的概率计算"
DIFFERENCE_EN = (
    "Recorded requests per 1,000 adults with the platforms minus without: every "
    "request read as one problem more"
)
DIFFERENCE_ZH = (
    "有平台与无平台社区每千名成年人登记诉求数之差：把每件诉求读作多出一个问题"
)
CLOSED_EN = "The same share of the cases that are closed when the log is read"
CLOSED_ZH = "读取记录时已办结诉求中的同一比例"
COUNTS_EN = (
    "Recorded requests of adults up to 59 over those of the older: how many of either "
    "live there is forgotten"
)
COUNTS_ZH = "59岁及以下与60岁及以上登记诉求数之比：忽略两组人数"

ROWS = (
    Row(
        "platform_problems",
        "11",
        "Effect of the platforms on problems per 1,000 adults and year",
        "新平台对每千名成年人每年问题数的效应",
        f"{PLATFORM_EN}: no equation of problems has a platform in it",
        f"{PLATFORM_ZH}；问题方程中没有平台一项",
        "parameter",
        "model",
        NONE,
        DIFFERENCE_EN,
        DIFFERENCE_ZH,
    ),
    Row(
        "platform_recorded",
        "11",
        "Effect of the platforms on recorded requests per 1,000 adults and year",
        "新平台对每千名成年人每年登记诉求数的效应",
        f"{PLATFORM_EN}: expected recorded problems of the last four quarters",
        f"{PLATFORM_ZH}：最近四个季度登记问题数的期望",
        "total effect",
        POPULATION,
        NONE,
    ),
    Row(
        "platform_reporting",
        "11",
        "Effect of the platforms on the share of problems reported",
        "新平台对问题上报比例的效应",
        f"{PLATFORM_EN}: expected share of all adults' problems that are reported",
        f"{PLATFORM_ZH}：全体成年人的问题中上报比例的期望",
        "total effect",
        POPULATION,
        NONE,
    ),
    Row(
        "platform_solved",
        "11",
        "Effect of the platforms on the share of requests solved",
        "新平台对诉求解决比例的效应",
        f"{PLATFORM_EN}: chance that a problem, once reported, is solved sooner or "
        "later, mean over all problems of the last quarter",
        f"{PLATFORM_ZH}：问题上报后最终得到解决的概率，对最近一季度全部问题取平均",
        "total effect",
        POPULATION,
        NONE,
    ),
    Row(
        "age_points_without",
        "11",
        "Age gap in reporting without the platforms, as a difference",
        "无新平台时上报比例的年龄差距（差值）",
        "Share of problems reported by adults up to 59 minus that by the older, the "
        "platforms open nowhere",
        "各处均无新平台时，59岁及以下与60岁及以上成年人问题上报比例之差",
        "expectation",
        POPULATION,
        NONE,
    ),
    Row(
        "age_points_with",
        "11",
        "Age gap in reporting with the platforms, as a difference",
        "有新平台时上报比例的年龄差距（差值）",
        "The same, the platforms open everywhere",
        "各处均有新平台时的同一差值",
        "expectation",
        POPULATION,
        NONE,
    ),
    Row(
        "age_ratio_without",
        "11",
        "Age gap in reporting without the platforms, as a ratio",
        "无新平台时上报比例的年龄差距（比值）",
        "Share of problems reported by adults up to 59 over that by the older, the "
        "platforms open nowhere",
        "各处均无新平台时，59岁及以下与60岁及以上成年人问题上报比例之比",
        "expectation",
        POPULATION,
        NONE,
        COUNTS_EN,
        COUNTS_ZH,
    ),
    Row(
        "age_ratio_with",
        "11",
        "Age gap in reporting with the platforms, as a ratio",
        "有新平台时上报比例的年龄差距（比值）",
        "The same, the platforms open everywhere",
        "各处均有新平台时的同一比值",
        "expectation",
        POPULATION,
        NONE,
        COUNTS_EN,
        COUNTS_ZH,
    ),
    Row(
        "smartphone_points",
        "11",
        "Change of the age gap if everyone used a smartphone with ease",
        "若人人熟练使用智能手机，年龄差距的变化",
        "Age gap in points with the platforms open everywhere, everyone using a "
        "smartphone with ease, minus the same gap as people are",
        "各处均有新平台时，人人熟练使用智能手机的年龄差距减去现状下的年龄差距（百分点）",
        "total effect",
        POPULATION,
        NONE,
    ),
    Row(
        "solved_in_time",
        "11",
        "Share of requests solved within their limit",
        "时限内解决的诉求比例",
        f"{LOG_EN}: solved, and closed within the limit",
        f"{LOG_ZH}：已解决且在时限内办结",
        "expectation",
        POPULATION,
        NONE,
        "Share solved of the cases that are closed when the log is read, however late",
        "读取记录时已办结诉求中的解决比例，不论是否超时",
    ),
    Row(
        "open_15_days",
        "11",
        "Share of requests still open after 15 days",
        "15天后仍未办结的诉求比例",
        f"{LOG_EN}: not closed within 360 hours",
        f"{LOG_ZH}：360小时内未办结",
        "expectation",
        POPULATION,
        NONE,
        CLOSED_EN,
        CLOSED_ZH,
    ),
    Row(
        "satisfied_share",
        "11",
        "Share of callers who are satisfied",
        "满意的诉求人比例",
        f"{LOG_EN} and the caller's age: satisfaction above 60 points, whether rung up "
        "or not",
        f"{LOG_ZH}并给定诉求人年龄：满意度高于60分，无论是否被回访",
        "expectation",
        POPULATION,
        NONE,
        "Share satisfied of those rung up: only callers whose case was solved are, and "
        "the satisfied answer more often",
        "被回访者中的满意比例：只回访问题已解决的诉求人，且满意者更常接听",
    ),
    Row(
        "repeated_share",
        "11",
        "Share of requests that repeat a matter",
        "重复反映同一事项的诉求比例",
        "Requests of the four weeks about a matter that is in the log already, on "
        "whatever platform",
        "四周内，任一渠道已有记录的同一事项的诉求所占比例",
        "expectation",
        POPULATION,
        NONE,
        "Share of requests with the community, building and text of an earlier one",
        "与此前某诉求的社区、楼号和文本完全相同的诉求比例",
    ),
    Row(
        "integration_solved",
        "11",
        "Effect of one shared list on the share of requests solved",
        "统一清单对诉求解决比例的效应",
        "None: the model is silent. Repeated requests are handled one by one and take "
        "nothing from others",
        "无：模型未作规定。重复诉求逐件办理，不占用其他诉求的资源",
        "parameter",
        "model",
        NONE,
    ),
)


def _below(z: Floats) -> Floats:
    """Return the normal distribution function."""
    return np.array([0.5 * (1 + erf(x / sqrt(2))) for x in np.ravel(z)]).reshape(
        np.shape(z)
    )


def reporting_shares(city: Base, platform: float) -> tuple[Floats, Floats]:
    """
    Return the share of problems reported, the platforms open everywhere or nowhere.

    Parameters
    ----------
    city : Base
        The city without residents.
    platform : float
        1 everywhere, 0 nowhere.

    Returns
    -------
    shares : numpy.ndarray of float, shape (2,)
        Of adults up to 59, and of the older.
    problems : numpy.ndarray of float, shape (2,)
        Their expected problems of a year.
    """
    everywhere = np.full(len(city.codes), platform)
    chance = requests.mean_reporting(
        city, everywhere, requests.station(city)[:, requests.YEAR][:, -1]
    )
    problems = requests.adults(city) * _yearly(city)[:, None]
    return (chance * problems).sum(axis=0) / problems.sum(axis=0), problems.sum(axis=0)


def _yearly(city: Base) -> Floats:
    return requests.problem_rate(city.by_quarter("need")[:, requests.YEAR]).mean(axis=1)


def log_figures(city: Base, log: pd.DataFrame) -> dict[str, float]:
    """
    Return what is expected of the requests of a log, given what they are.

    Parameters
    ----------
    city : Base
        The city without residents.
    log : pandas.DataFrame
        Its table of requests.

    Returns
    -------
    dict of str to float
        ``solved_in_time``, ``open_15_days`` and ``satisfied_share``.
    """
    at = np.searchsorted(city.codes, log["community"].to_numpy(dtype=str))
    limit = log["limit_hours"].to_numpy(dtype=float)
    has = requests.platform(city)[at, -1]
    load = city.by_quarter("load")[at, -1]
    usual = np.full(at.size, city.parameters["overlap_before"])
    hall = city.by_quarter("hall")[at, -1]
    chance = requests.solved_chance(load, hall, usual, has, city.parameters)
    older = (log["age_group"] == requests.AGES[1]).to_numpy()
    belonging = np.where(older, 0.35, -0.1)
    in_time, late, happy = np.zeros(at.size), np.zeros(at.size), np.zeros(at.size)
    for solved, share in ((1.0, chance), (0.0, 1 - chance)):
        outcome = np.full(at.size, solved)
        mean = requests.log_hours(limit, load, has, outcome)
        in_time += solved * share * _below((np.log(limit) - mean) / 0.9)
        late += share * _below((mean - np.log(360)) / 0.9)
        points = requests.satisfaction(
            city.by_quarter("functions")[at, -1],
            city.of_place("wealth")[at],
            outcome,
            belonging,
        )
        happy += share * _below((points - 60) / np.hypot(12, 3 * 1.05))
    return {
        "solved_in_time": float(in_time.mean()),
        "open_15_days": float(late.mean()),
        "satisfied_share": float(happy.mean()),
    }


def exact() -> dict[str, float]:
    """
    Read the truths off the equations that need no simulated city.

    Returns
    -------
    dict of str to float
        By symbol.
    """
    return {"platform_problems": 0.0, "integration_solved": 0.0}


def figures(seed: int) -> dict[str, float]:
    """
    Return every truth and every naive answer of one city.

    Parameters
    ----------
    seed : int
        Seed of the city.

    Returns
    -------
    dict of str to float
        By symbol, and ``naive_`` before the naive ones.
    """
    city = base(seed, "course")
    made = requests.tables(city)
    out: dict[str, float] = {}
    recorded, reporting = [], []
    people = requests.adults(city).sum()
    for name, value in (("without", 0.0), ("with", 1.0)):
        shares, problems = reporting_shares(city, value)
        out[f"age_points_{name}"] = float(shares[0] - shares[1])
        out[f"age_ratio_{name}"] = float(shares[0] / shares[1])
        reporting.append(float(shares @ problems / problems.sum()))
        recorded.append(1000 * requests.KEPT * float(shares @ problems) / people)
    out["platform_recorded"] = recorded[1] - recorded[0]
    out["platform_reporting"] = reporting[1] - reporting[0]
    out["platform_solved"] = _solved_effect(city)
    out["smartphone_points"] = smartphone_gap(city) - out["age_points_with"]
    log = made["requests"]
    out |= log_figures(city, log)
    out["repeated_share"] = float(log["true_matter"].duplicated().mean())
    answers = naive_answers(made["problems"], log)
    return out | {f"naive_{name}": answer[0] for name, answer in answers.items()}


def _solved_effect(city: Base) -> float:
    """Return the effect of platforms on the share of reported problems solved."""
    problems = requests.adults(city).sum(axis=1) * requests.problem_rate(
        city.by_quarter("need")[:, -1]
    )
    n = len(city.codes)
    given = (
        city.by_quarter("load")[:, -1],
        city.by_quarter("hall")[:, -1],
        np.full(n, city.parameters["overlap_before"]),
    )
    one, none = (
        requests.solved_chance(*given, np.full(n, value), city.parameters)
        for value in (1.0, 0.0)
    )
    return float((one - none) @ problems / problems.sum())


def smartphone_gap(city: Base) -> float:
    """
    Return the age gap in points if everyone used a smartphone with ease.

    Parameters
    ----------
    city : Base
        The city without residents.

    Returns
    -------
    float
        Share of problems reported, up to 59 minus older, platforms everywhere.
    """
    chance = requests.mean_reporting(
        city,
        np.ones(len(city.codes)),
        requests.station(city)[:, -1],
        everyone_skilled=True,
    )
    problems = requests.adults(city) * _yearly(city)[:, None]
    shares = (chance * problems).sum(axis=0) / problems.sum(axis=0)
    return float(shares[0] - shares[1])


def naive_answers(
    problems: pd.DataFrame, log: pd.DataFrame
) -> dict[str, tuple[float, float]]:
    """
    Answer as a hasty reader of the log does.

    Parameters
    ----------
    problems, log : pandas.DataFrame
        Tables of a city: records by community, and requests.

    Returns
    -------
    dict of str to tuple
        By symbol: the answer and its standard error, with sub-districts as clusters.
    """
    out = {}
    place = problems["community"].str.rpartition("-")[0].to_numpy()
    has = problems["with_platform"].to_numpy()
    young = (problems["age_group"] == requests.AGES[0]).to_numpy()
    recorded = problems["recorded"].to_numpy(dtype=float)
    years = problems["adults"].to_numpy(dtype=float) / 4000
    with_, without = (_ratio(recorded * here, years * here) for here in (has, ~has))
    out["platform_problems"] = (
        with_[0] - without[0],
        _error(with_[1] - without[1], place),
    )
    for name, here in (("without", ~has), ("with", has)):
        ratio, influence = _ratio(recorded * (young & here), recorded * (~young & here))
        out[f"age_ratio_{name}"] = ratio, _error(influence, place)
    where = log["community"].str.rpartition("-")[0].to_numpy()
    lasted = (log["closed_hour"] - log["opened_hour"]).to_numpy()
    closed = ~np.isnan(lasted)
    solved = log["solved"].fillna(False).to_numpy(dtype=bool)
    called = log["satisfied"].notna().to_numpy()
    happy = log["satisfied"].fillna(False).to_numpy(dtype=bool)
    twice = log.duplicated(["community", "building_number", "text"]).to_numpy()
    everyone = np.ones(len(log))
    for name, part, whole in (
        ("solved_in_time", solved, closed),
        ("open_15_days", np.nan_to_num(lasted) > 360, closed),
        ("satisfied_share", happy, called),
        ("repeated_share", twice, everyone),
    ):
        share, influence = _ratio(part.astype(float), whole.astype(float))
        out[name] = share, _error(influence, where)
    return out


def _ratio(part: Floats, whole: Floats) -> tuple[float, Floats]:
    """Return a ratio of sums, and what each row adds to its error."""
    ratio = part.sum() / whole.sum()
    return float(ratio), (part - ratio * whole) / whole.sum()


def _error(influence: Floats, cluster: np.ndarray) -> float:
    """Return a linearised standard error by cluster."""
    _, place = np.unique(cluster, return_inverse=True)
    sums = np.bincount(place, weights=influence)
    return float(np.sqrt(sums.size / (sums.size - 1) * (sums**2).sum()))


def shown(seed: int) -> dict[str, tuple[float, float]]:
    """
    Return the naive answers in one city, with their standard errors.

    Parameters
    ----------
    seed : int
        Seed of the city.

    Returns
    -------
    dict of str to tuple
        By symbol.
    """
    city = simulate("course", seed=seed, only=["problems", "requests"])
    return naive_answers(city.problems, city.requests)
