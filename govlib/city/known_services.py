"""What is true of services in S city, and what a hasty reader would say."""

from math import erf

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from govlib.city import services
from govlib.city.base import Base, base
from govlib.city.hasty import jackknife, slope
from govlib.city.parameters import resolve
from govlib.city.people import Booleans, Floats
from govlib.city.row import NONE, Row
from govlib.city.service_places import WALK

CHAPTERS = ("06",)
# Their spread over cities is small beside what sets naive answers apart.
CITIES = 32
POPULATION = "population of cities"

ON_FOOT_EN = "within 1,000 metres on foot from the door of their block"
ON_FOOT_ZH = "自所住街坊门口步行1000米内"
ROWS = (
    Row(
        "functions_satisfaction",
        "06",
        "Effect of one more function on satisfaction with services",
        "每增加一项服务功能对服务满意度的效应",
        "Points of 100 per function of 12 within 15 minutes of the committee's office, "
        "what people expect given: satisfaction_functions",
        "居委会15分钟步行范围内每多一项功能（共12项）带来的满意度分数（满分100），"
        "期望给定；即参数satisfaction_functions",
        "parameter",
        "model",
        NONE,
        "Slope of satisfaction on functions among those who answered, income left out: "
        "where there are more functions people are richer and expect more",
        "受访者满意度对功能数的回归斜率，未控制收入：功能多的地方居民更富裕、期望更高",
    ),
    Row(
        "income_satisfaction",
        "06",
        "Effect of twice the income on satisfaction with services",
        "收入翻倍对服务满意度的效应",
        "Points of 100 at equal functions, through what people expect: "
        "expectation_income times satisfaction_expectation, per doubling",
        "功能数相同时收入翻倍经由期望带来的满意度分数变化："
        "expectation_income乘以satisfaction_expectation，按翻倍折算",
        "parameter",
        "model",
        NONE,
        "Slope of satisfaction on the logarithm of income, functions left out: the "
        "rich live where there are more of them",
        "满意度对收入对数的回归斜率，未控制功能数：富裕者住在功能更多的地方",
    ),
    Row(
        "functions_on_foot",
        "06",
        "Functions within a walk of fifteen minutes, mean resident",
        "居民步行15分钟内的平均功能数",
        f"All residents, functions of 12 {ON_FOOT_EN}, by the gate and over bridges",
        f"全体居民，{ON_FOOT_ZH}（经小区大门与桥梁）的功能数（共12项）",
        "expectation",
        POPULATION,
        NONE,
        "The same within 1,000 metres as the crow flies: no walls, no rivers, no "
        "corners",
        "按1000米直线距离计算：忽略围墙、河流和转弯",
    ),
    Row(
        "older_without_clinic",
        "06",
        "Share of older residents without a clinic within reach",
        "步行15分钟内没有诊所的老年居民比例",
        f"Residents of 60 and over without a clinic {ON_FOOT_EN}",
        f"60岁及以上居民中，{ON_FOOT_ZH}没有诊所者所占比例",
        "expectation",
        POPULATION,
        NONE,
        "The same within 1,000 metres as the crow flies",
        "按1000米直线距离计算",
    ),
    Row(
        "clinic_gini",
        "06",
        "Inequality of access to clinics, Gini",
        "诊所可达性的基尼系数",
        "All residents; places of clinics within 1,000 metres on foot, each clinic's "
        "shared by all who reach it",
        "全体居民；步行1000米内的诊所接待量，每家诊所由所有可到达者分享",
        "expectation",
        POPULATION,
        NONE,
        "Gini over communities, each counted once, of places inside the boundary per "
        "resident: as if nobody crossed it",
        "以社区为单位（各计一次）的辖区内人均接待量的基尼系数：假定无人越界就诊",
    ),
    Row(
        "functions_between_districts",
        "06",
        "Share of inequality in functions that lies between districts",
        "功能数不平等中区际差异的占比",
        f"Theil's T over all residents of functions {ON_FOOT_EN}: part between the "
        "means of districts over the whole",
        f"以全体居民{ON_FOOT_ZH}的功能数计算泰尔T指数：各区均值之间的部分占总体的比例",
        "expectation",
        POPULATION,
        NONE,
    ),
    Row(
        "functions_shortfall",
        "06",
        "Functions that people expect and do not have",
        "居民期望而未得的功能数",
        "All residents: functions expected less those within 15 minutes of the "
        "committee's office, nothing counted for those who have more than they expect",
        "全体居民：期望的功能数减去居委会15分钟步行范围内的功能数，超出期望者计为零",
        "expectation",
        POPULATION,
        NONE,
        "Mean expected less mean functions: who has more than expected makes up for "
        "who has less",
        "期望均值减去功能数均值：超出期望者抵消了不足者",
    ),
    Row(
        "centres_everywhere",
        "06",
        "Effect of all twelve functions everywhere on satisfaction",
        "各社区均具备十二项功能对满意度的效应",
        "All residents, twelve functions within 15 minutes of every office against "
        "those that there are: mean satisfaction in points of 100",
        "全体居民，各居委会15分钟步行范围内均有十二项功能与现状相比：满意度均值（满分100）",
        "total effect",
        POPULATION,
        NONE,
    ),
    Row(
        "supplier_quality",
        "06",
        "Effect of a single supplier on satisfaction with services",
        "单一供给主体对服务满意度的效应",
        "none: the model is silent. Who runs a facility has no place in any equation "
        "of satisfaction, though the study holds that single supply lowers quality",
        "无：模型未涉及。满意度方程中没有供给主体，尽管原研究认为供给主体单一会降低质量",
        "parameter",
        "model",
        NONE,
    ),
)


def exact() -> dict[str, float]:
    """
    Read the truths off the equations that need no simulated city.

    Returns
    -------
    dict of str to float
        By symbol.

    Examples
    --------
    >>> round(exact()["income_satisfaction"], 2)
    -6.16
    """
    values = resolve()
    per_sd = values["expectation_income"] * values["satisfaction_expectation"]
    return {
        "functions_satisfaction": values["satisfaction_functions"],
        "income_satisfaction": float(per_sd * np.log(2) / services.INCOME_SPREAD),
        "supplier_quality": 0.0,
    }


def figures(seed: int) -> dict[str, float]:
    """
    Measure everything in one city, rightly and as a hasty reader does.

    Parameters
    ----------
    seed : int
        Seed of the city.

    Returns
    -------
    dict of str to float
        By symbol, and by ``naive_`` and symbol.
    """
    city = base(seed, "course")
    found = services.tables(city)
    naive = naive_answers(city, found)
    return truths(city, found) | {f"naive_{name}": x for name, x in naive.items()}


def shown(seed: int) -> dict[str, tuple[float, float]]:
    """
    Give the hasty reader's answers in one city, with their errors.

    Parameters
    ----------
    seed : int
        Seed of the city.

    Returns
    -------
    dict of str to tuple of float
        By symbol: answer, and its standard error by a jackknife that leaves out one
        sub-district at a time.
    """
    city = base(seed, "course")
    found = services.tables(city)
    place = city.of_place("subdistrict")
    error = jackknife(
        [naive_answers(city, found, place != name) for name in np.unique(place)]
    )
    answers = naive_answers(city, found)
    return {name: (answers[name], float(error[name])) for name in answers}


def truths(city: Base, found: dict[str, pd.DataFrame]) -> dict[str, float]:
    """
    Measure access and expectation in one city.

    Parameters
    ----------
    city : Base
        The city without its residents.
    found : dict of str to pandas.DataFrame
        Its tables on services.

    Returns
    -------
    dict of str to float
        By symbol, but for what :func:`exact` knows.
    """
    blocks, kinds = found["blocks"], found["facilities"]
    near = found["walks"][["block", "facility"]]
    people = blocks["residents"].to_numpy(dtype=float)
    reached = functions_near(blocks, kinds, near)
    clinics = kinds[kinds["function"] == "clinic"]
    to_clinic = near[near["facility"].isin(clinics["facility"])]
    places = catchment(blocks, clinics, to_clinic, people)
    district = blocks["community"].str[0].to_numpy()
    functions = city.by_quarter("functions")[:, -1]
    # Within a community expectation is normal, so that its mean excess is known.
    parameters = city.parameters
    rise = parameters["expectation_income"]
    mean = services.EXPECTED + rise * services.INCOME_WEALTH * city.of_place("wealth")
    spread = np.hypot(rise * services.INCOME_OWN, services.EXPECTED_SPREAD)
    missed = excess(mean - functions, spread)
    lacking = np.average(12 - functions, weights=city.residents)
    return {
        "functions_on_foot": float(np.average(reached, weights=people)),
        "older_without_clinic": without(blocks, to_clinic),
        "clinic_gini": gini(places, people),
        "functions_between_districts": between_share(reached, people, district),
        "functions_shortfall": float(np.average(missed, weights=city.residents)),
        "centres_everywhere": float(parameters["satisfaction_functions"] * lacking),
    }


def naive_answers(
    city: Base, found: dict[str, pd.DataFrame], kept: Booleans | None = None
) -> dict[str, float]:
    """
    Give the answers of a hasty reader.

    Parameters
    ----------
    city : Base
        The city without its residents.
    found : dict of str to pandas.DataFrame
        Its tables on services.
    kept : numpy.ndarray of bool, shape (n,), optional
        Communities to look at. Default: all.

    Returns
    -------
    dict of str to float
        By symbol.
    """
    codes = np.array(city.codes)
    if kept is None:
        kept = np.ones(codes.size, dtype=np.bool_)
    blocks = found["blocks"][found["blocks"]["community"].isin(codes[kept])]
    kinds = found["facilities"][found["facilities"]["community"].isin(codes[kept])]
    straight = as_the_crow_flies(blocks, kinds)
    clinics = kinds[kinds["function"] == "clinic"]
    people = blocks["residents"].to_numpy(dtype=float)
    to_clinic = straight[straight["facility"].isin(clinics["facility"])]
    inside = clinics.groupby("community")["capacity"].sum().reindex(codes[kept])
    residents = blocks.groupby("community")["residents"].sum().reindex(codes[kept])
    per_head = (inside.fillna(0) / residents).to_numpy()
    functions = pd.Series(city.by_quarter("functions")[:, -1], codes)
    told = found["service_survey"]
    home = told["resident"].str[:6]
    told = told.assign(functions=home.map(functions))[home.isin(codes[kept])]
    told = told.astype(
        dict.fromkeys(("income", "expected_functions", "satisfaction"), "float64")
    )
    return {
        "functions_satisfaction": slope(told["functions"], told["satisfaction"]),
        "income_satisfaction": slope(np.log2(told["income"]), told["satisfaction"]),
        "functions_on_foot": float(
            np.average(functions_near(blocks, kinds, straight), weights=people)
        ),
        "older_without_clinic": without(blocks, to_clinic),
        "clinic_gini": gini(per_head, np.ones(per_head.size)),
        "functions_shortfall": float(
            (told["expected_functions"] - told["functions"]).mean()
        ),
    }


def as_the_crow_flies(blocks: pd.DataFrame, kinds: pd.DataFrame) -> pd.DataFrame:
    """
    Pair blocks with facilities at most 1,000 metres off in a straight line.

    Parameters
    ----------
    blocks, kinds : pandas.DataFrame
        Tables of blocks and of facilities.

    Returns
    -------
    pandas.DataFrame
        ``block`` and ``facility`` of each pair. Sub-districts lie farther apart.
    """
    once = kinds.drop_duplicates("facility")
    homes_in = dict(list(blocks.groupby(blocks["community"].str[:3])))
    pairs = []
    for name, here in once.groupby(once["community"].str[:3]):
        homes = homes_in[name]
        apart = homes[["x", "y"]].to_numpy()[:, None] - here[["x", "y"]].to_numpy()
        b, f = np.nonzero(np.hypot(apart[..., 0], apart[..., 1]) <= WALK)
        pairs.append(
            pd.DataFrame(
                {
                    "block": homes["block"].to_numpy()[b],
                    "facility": here["facility"].to_numpy()[f],
                }
            )
        )
    return pd.concat(pairs, ignore_index=True)


def functions_near(
    blocks: pd.DataFrame, kinds: pd.DataFrame, near: pd.DataFrame
) -> Floats:
    """
    Count the functions within reach of each block.

    Parameters
    ----------
    blocks, kinds : pandas.DataFrame
        Tables of blocks and of facilities.
    near : pandas.DataFrame
        Pairs of ``block`` and ``facility`` within reach.

    Returns
    -------
    numpy.ndarray of float, shape (b,)
        Functions of 12.
    """
    pairs = near.merge(kinds[["facility", "function"]], on="facility")
    counts = pairs.groupby("block")["function"].nunique()
    return counts.reindex(blocks["block"]).fillna(0).to_numpy(dtype=float)


def without(blocks: pd.DataFrame, near: pd.DataFrame) -> float:
    """
    Find the share of older residents who reach nothing.

    Parameters
    ----------
    blocks : pandas.DataFrame
        Table of blocks.
    near : pandas.DataFrame
        Pairs of ``block`` and ``facility`` within reach.

    Returns
    -------
    float
        In [0, 1].
    """
    alone = ~blocks["block"].isin(near["block"])
    return float(blocks.loc[alone, "older"].sum() / blocks["older"].sum())


def catchment(
    blocks: pd.DataFrame, kinds: pd.DataFrame, near: pd.DataFrame, demand: Floats
) -> Floats:
    """
    Share each facility's capacity among all who reach it.

    Parameters
    ----------
    blocks, kinds : pandas.DataFrame
        Tables of blocks and of facilities, each of these once.
    near : pandas.DataFrame
        Pairs of ``block`` and ``facility`` within reach.
    demand : numpy.ndarray of float, shape (b,)
        People, or what they need.

    Returns
    -------
    numpy.ndarray of float, shape (b,)
        Capacity per unit of demand, summed over the facilities that a block reaches.
    """
    pairs = near.assign(
        demand=near["block"].map(pd.Series(demand, blocks["block"].to_numpy()))
    )
    capacity = kinds.set_index("facility")["capacity"]
    ratio = capacity / pairs.groupby("facility")["demand"].sum()
    found = pairs["facility"].map(ratio).groupby(pairs["block"]).sum()
    return found.reindex(blocks["block"]).fillna(0).to_numpy(dtype=float)


def gini(values: Floats, people: Floats) -> float:
    """
    Measure inequality between people.

    Parameters
    ----------
    values, people : numpy.ndarray of float, shape (n,)
        What each person of a place has, and how many they are.

    Returns
    -------
    float
        In [0, 1]: twice the covariance of value and rank over the mean.

    Examples
    --------
    >>> round(gini(np.array([2.0, 4, 6, 8, 20]), np.ones(5)), 3)
    0.4
    """
    order = np.argsort(values, kind="stable")
    y, share = values[order], people[order] / people.sum()
    rank = np.cumsum(share) - share / 2
    return float(2 * (share * y) @ (rank - 0.5) / (share @ y))


def between_share(values: Floats, people: Floats, group: NDArray[np.str_]) -> float:
    """
    Find the part of Theil's T that lies between the means of groups.

    Parameters
    ----------
    values, people : numpy.ndarray of float, shape (n,)
        What each person of a place has, and how many they are.
    group : numpy.ndarray of str, shape (n,)
        Group of each place.

    Returns
    -------
    float
        In [0, 1].
    """

    def theil(y: Floats, p: Floats) -> float:
        some = y > 0
        ratio = y[some] / np.average(y, weights=p)
        return float((p[some] * ratio * np.log(ratio)).sum() / p.sum())

    number = np.unique(group, return_inverse=True)[1]
    size = np.bincount(number, people).astype(float)
    mean = np.bincount(number, people * values) / size
    return theil(mean, size) / theil(values, people)


def excess(gap: Floats, spread: float) -> Floats:
    """
    Find the mean of the positive part of a normal variable.

    Parameters
    ----------
    gap : numpy.ndarray of float
        Means.
    spread : float
        Standard deviation.

    Returns
    -------
    numpy.ndarray of float
        ``gap Phi(gap / spread) + spread phi(gap / spread)``.

    Examples
    --------
    >>> excess(np.array([0.0]), 1.0).round(4)
    array([0.3989])
    """
    z = gap / spread
    below = np.array([0.5 * (1 + erf(x / 2**0.5)) for x in z])
    return gap * below + spread * np.exp(-(z**2) / 2) / (2 * np.pi) ** 0.5
