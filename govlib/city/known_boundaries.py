"""What is true of mandates, lift targets and piles in S city, and hasty answers."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd

from govlib.city import boundaries
from govlib.city.base import Base, base
from govlib.city.hasty import jackknife, slope
from govlib.city.institutions import QUARTERS, Institutions
from govlib.city.known_participation import TOOK_PART_EN, TOOK_PART_ZH, linear
from govlib.city.model import Neighbourhood, neighbourhood, simulate
from govlib.city.participation import YEAR_START
from govlib.city.people import Floats
from govlib.city.places import SIZES, SURVEY_QUARTER, Size, community_codes
from govlib.city.row import NONE, Row

CHAPTERS = ("02",)
# Cities over which truths are averaged; one in so many is surveyed as a whole.
# Communities of each city in which mandates are changed; for all else a city smaller
# than the course's will do.
CITIES, WHOLE, COMMUNITIES = 60, 20, 8
SMALLER = Size(districts=8, subdistricts=6, communities=4, surveyed=1)
# By how many mandates a committee is given more, and what share of them is cut.
MORE, CUT = 10, 0.3
# Load from which the formulas have no answer.
OVERLOADED = 1.0

POPULATION = "population of cities"
SLOPE_EN = (
    "Slope of the share of targets met on the number of targets, a straight line "
    "through the committees"
)
SLOPE_ZH = "各居委会指标完成率对指标数的直线斜率"
LIFTS_EN = "committees with old public housing, in the year of the special plan"
LIFTS_ZH = "有老公房的居委会，专项计划年度内"
ROWS = (
    Row(
        "mandates_participation",
        "02",
        "Effect of ten more mandates on taking part",
        "下达事项增加十项对参与的效应",
        "Every committee with five mandates more in all quarters against five fewer: "
        f"{TOOK_PART_EN}. Through the time that is left for self-governance",
        "各居委会在所有季度多五项与少五项下达事项相比："
        f"{TOOK_PART_ZH}。经由自治工作时间",
        "total effect",
        POPULATION,
        NONE,
        "Ten times the coefficient of mandates in a linear regression with age and "
        "ownership: alike people, but committees with many mandates are those in need",
        "控制年龄和住房的线性回归中下达事项系数的十倍：人相似，但事项多的社区需求也高",
    ),
    Row(
        "mandates_cut_participation",
        "02",
        "Effect of cutting mandates by 30 per cent on taking part",
        "下达事项削减30%对参与的效应",
        f"All committees with 0.7 times their mandates in all quarters; {TOOK_PART_EN}",
        f"所有居委会在所有季度的下达事项减为0.7倍；{TOOK_PART_ZH}",
        "total effect",
        POPULATION,
        NONE,
    ),
    Row(
        "mandates_cut_time",
        "02",
        "Effect of cutting mandates by 30 per cent on time for self-governance",
        "下达事项削减30%对自治工作时间占比的效应",
        "All committees with 0.7 times their mandates: mean share of the committees' "
        "time in the four quarters up to the survey",
        "所有居委会的下达事项减为0.7倍：调查前四个季度自治工作时间占比的均值",
        "total effect",
        POPULATION,
        NONE,
    ),
    Row(
        "pile_cut",
        "02",
        "Effect of cutting mandates by 30 per cent on tasks waiting, relative",
        "下达事项削减30%对积压任务数的相对效应",
        "All committees with 0.7 times their mandates from quarter 1: tasks waiting in "
        "the whole city in the survey's quarter, relative to those without the cut",
        "所有居委会自第1季度起下达事项减为0.7倍：调查季度全市积压任务数的相对变化",
        "total effect",
        POPULATION,
        NONE,
        "Three tenths less to do, three tenths less waiting",
        "任务减三成，积压也减三成",
    ),
    Row(
        "pile_mean",
        "02",
        "Tasks waiting at a committee that is not overloaded",
        "未超负荷居委会的积压任务数",
        "Committees whose load stayed below 1 in all quarters: mean tasks waiting in "
        "the survey's quarter",
        "各季度负荷均低于1的居委会：调查季度积压任务数均值",
        "expectation",
        POPULATION,
        NONE,
        "The M/M/c formula at the mean load and the mean number of staff of these "
        "committees",
        "以这些居委会的平均负荷和平均人数代入M/M/c公式",
    ),
    Row(
        "overloaded_share",
        "02",
        "Share of committees with a load of one or more",
        "负荷达到或超过1的居委会比例",
        "Committees whose mandates are at least 11 for each of the staff in the "
        "survey's quarter",
        "调查季度下达事项不少于每名工作人员11项的居委会所占比例",
        "expectation",
        POPULATION,
        NONE,
    ),
    Row(
        "lift_target_alone",
        "02",
        "Effect of one more lift target to which nobody helps",
        "无支持力量时每增加一部指标电梯的效应",
        "Derivative of the chance that a target is met by the number of targets, with "
        f"no support, mean over {LIFTS_EN}",
        f"无支持时指标完成概率对指标数的导数，{LIFTS_ZH}的均值",
        "total effect",
        POPULATION,
        NONE,
        SLOPE_EN,
        SLOPE_ZH,
    ),
    Row(
        "lift_target_supported",
        "02",
        "Effect of one more lift target with all its support",
        "支持力量足额下沉时每增加一部指标电梯的效应",
        "Derivative of the chance that a target is met by the number of targets, with "
        "the support that the plan reckons with for each: the equation has none",
        "每部指标均有计划内支持时，指标完成概率对指标数的导数；方程中为零",
        "parameter",
        "model",
        NONE,
        SLOPE_EN,
        SLOPE_ZH,
    ),
    Row(
        "lift_support",
        "02",
        "Effect of support on the chance that a lift target is met",
        "支持力量对指标完成概率的效应",
        "All the support that the plan reckons with for each target against none; "
        f"{LIFTS_EN}, each counts once",
        f"每部指标足额支持与毫无支持相比；{LIFTS_ZH}，每个居委会权重相同",
        "total effect",
        POPULATION,
        NONE,
    ),
    Row(
        "lift_completion_full",
        "02",
        "Effect of passing all support down on targets met",
        "支持力量足额下沉对指标完成率的效应",
        "Share of all committees' targets expected to be met, with all the support "
        f"that the plan reckons with against as it is; {LIFTS_EN}, each target counts "
        "once",
        f"足额支持与现状相比，全部指标的预期完成比例之差；{LIFTS_ZH}，每部指标权重相同",
        "total effect",
        POPULATION,
        NONE,
    ),
    Row(
        "duties_copied",
        "02",
        "How far a tier's duties are those of the tier above",
        "下级职责照搬上级的程度",
        "Chance that a tier takes over whatever the tier above has or has not",
        "某一层级照搬上级有无该项职责的概率",
        "parameter",
        "model",
        NONE,
        "Mean overlap coefficient of neighbouring tiers, which long lists raise by "
        "chance alone",
        "相邻层级重叠系数的均值；清单长时仅凭偶然也会较高",
    ),
)


def figures(seed: int) -> dict[str, float]:
    """
    Run one city in every setting that the truth needs.

    Parameters
    ----------
    seed : int
        Seed of the city.

    Returns
    -------
    dict of str to float
        One figure per quantity, and ``naive_`` before the naive ones; the naive answer
        on participation is missing in cities that are not surveyed as a whole.
    """
    city = base(seed, SMALLER)
    plan = boundaries.lifts(city)
    now = boundaries.piles(city)
    naive = of_lifts(boundaries.lift_table(city, plan)) | {
        "duties_copied": overlap(boundaries.duties(seed)),
        "pile_cut": -CUT,
        "pile_mean": pile_at_mean(boundaries.committee_table(city, now)),
        "mandates_participation": np.nan,
    }
    if seed % WHOLE == 1:
        whole = simulate(seed=seed, only=["survey", "communities"])
        naive["mandates_participation"] = mandates_slope(
            whole.survey, whole.communities
        )
    return {
        **_participation(seed),
        **_committees(city, now),
        **_lifts(city, plan),
        **{f"naive_{name}": value for name, value in naive.items()},
    }


def exact() -> dict[str, float]:
    """
    Read off the equations what needs no simulated city.

    Returns
    -------
    dict of str to float
        By symbol.

    Examples
    --------
    >>> exact()["lift_target_supported"]
    0.0
    """
    return {"lift_target_supported": 0.0, "duties_copied": boundaries.COPIED}


def shown(seed: int) -> dict[str, tuple[float, float]]:
    """
    Give the hasty reader's answers in the shipped city.

    Parameters
    ----------
    seed : int
        Seed of the city.

    Returns
    -------
    dict of str to tuple of float
        Answer and standard error by symbol: jackknife that leaves out one sub-district
        at a time, or one policy area.
    """
    city = simulate(seed=seed, only=["survey", "communities", *boundaries.TABLES])
    survey, places, committees = city.survey, city.communities, city.committees
    duties, lifts = city.responsibilities, city.lift_targets
    of = places.set_index("community")["subdistrict"]
    areas = duties["policy_area"]

    def without(table: pd.DataFrame, column: str, name: str) -> pd.DataFrame:
        return table[table[column].map(of.get) != name]

    everywhere = sorted(of.unique())
    errors = jackknife(
        [
            {
                "slope": mandates_slope(
                    without(survey, "community", s), without(places, "community", s)
                ),
                "at_mean": pile_at_mean(without(committees, "community", s)),
            }
            for s in everywhere
        ]
    )
    with_plan = sorted(lifts.loc[lifts["tier"] == "committee", "above"].unique())
    built = pd.DataFrame([of_lifts(lifts[lifts["above"] != s]) for s in with_plan])
    overlaps = [
        {"overlap": overlap(duties[areas != area])} for area in sorted(areas.unique())
    ]
    out = {
        "mandates_participation": (mandates_slope(survey, places), errors["slope"]),
        "pile_cut": (-CUT, 0.0),
        "pile_mean": (pile_at_mean(committees), errors["at_mean"]),
        "duties_copied": (overlap(duties), jackknife(overlaps)["overlap"]),
    }
    of_plan = jackknife(built)
    for name, answer in of_lifts(lifts).items():
        out[name] = answer, of_plan[name]
    return {name: (answer, float(error)) for name, (answer, error) in out.items()}


def some_communities(seed: int) -> list[str]:
    """
    Choose communities from all parts of a city, others in each city.

    Parameters
    ----------
    seed : int
        Seed of the city.

    Returns
    -------
    list of str
        Codes of eight communities.
    """
    codes = community_codes(SIZES["course"])
    step = len(codes) // COMMUNITIES
    # Steps of seven, so that cities one after the other do not take neighbours.
    return codes[7 * seed % step :: step]


def _participation(seed: int) -> dict[str, float]:
    """Change the mandates of some communities; means over their adults."""
    sums = np.zeros(3)
    for code in some_communities(seed):
        shown = neighbourhood(seed, code)
        has, adult = shown.institutions, shown.people.age >= 18

        def took_part(
            mandates: Floats, has: Institutions = has, shown: Neighbourhood = shown
        ) -> Floats:
            changed = replace(has, mandates=mandates)
            return replace(shown, institutions=changed).participation().chance

        more, fewer = (took_part(has.mandates + s * MORE / 2) for s in (1, -1))
        cut = took_part((1 - CUT) * has.mandates) - took_part(has.mandates)
        sums += (more - fewer)[adult].sum(), cut[adult].sum(), adult.sum()
    return {
        "mandates_participation": sums[0] / sums[2],
        "mandates_cut_participation": sums[1] / sums[2],
    }


def _committees(city: Base, piles: boundaries.Piles) -> dict[str, float]:
    """Time left and tasks waiting with mandates cut; who is overloaded now."""
    cut, year = with_fewer_mandates(city, CUT), slice(YEAR_START, QUARTERS)
    time, more = (c.by_quarter("self_governance_time")[:, year] for c in (city, cut))
    now, then = piles.waiting[:, -1], boundaries.piles(cut).waiting[:, -1]
    load = city.by_quarter("load")
    return {
        "mandates_cut_time": float((more - time).mean()),
        "pile_cut": float(then.sum() / now.sum() - 1),
        "pile_mean": float(now[(load < OVERLOADED).all(axis=1)].mean()),
        "overloaded_share": float((load[:, -1] >= OVERLOADED).mean()),
    }


def with_fewer_mandates(city: Base, cut: float) -> Base:
    """
    Cut the mandates of all committees.

    Parameters
    ----------
    city : Base
        The city.
    cut : float
        Share that is cut, 0 to 1.

    Returns
    -------
    Base
        The same city with fewer mandates in all quarters.
    """
    fewer = tuple(
        replace(has, mandates=(1 - cut) * has.mandates) for has in city.institutions
    )
    return replace(city, institutions=fewer)


def _lifts(city: Base, plan: boundaries.Lifts) -> dict[str, float]:
    """Effects of targets and of support on the chance that targets are met."""
    here = plan.eligible
    targets = plan.targets[here]
    none, all_ = (boundaries.lifts(city, s).chance[here] for s in (0.0, 1.0))
    # The derivative of a logistic function, 0.2 less log odds for each target.
    alone = -boundaries.PER_TARGET * none * (1 - none)
    gained = all_ - plan.chance[here]
    return {
        "lift_target_alone": float(alone.mean()),
        "lift_support": float((all_ - none).mean()),
        "lift_completion_full": float(np.average(gained, weights=targets)),
    }


def of_lifts(table: pd.DataFrame) -> dict[str, float]:
    """
    Fit a line to the share of targets met on their number.

    Parameters
    ----------
    table : pandas.DataFrame
        Lift targets of a city.

    Returns
    -------
    dict of str to float
        By symbol: the one line answers two questions. That on support would mislead as
        well, but is too uncertain in one city to teach it.
    """
    own = table[table["tier"] == "committee"]
    by_targets = slope(own["targets"], own["completed"] / own["targets"])
    return dict.fromkeys(("lift_target_alone", "lift_target_supported"), by_targets)


def mandates_slope(survey: pd.DataFrame, communities: pd.DataFrame) -> float:
    """
    Regress having taken part on mandates, age and ownership.

    Parameters
    ----------
    survey, communities : pandas.DataFrame
        Tables of a city.

    Returns
    -------
    float
        Difference in the share for ten more mandates.
    """
    told = survey[survey["answered"].astype(bool)].merge(
        communities[["community", "mandates"]], on="community"
    )
    part, tens, age, owner = (
        told[name].astype("Float64").astype("float64")
        for name in ("took_part", "mandates", "age", "owner")
    )
    return linear(part, [tens / MORE, age, owner])


def overlap(duties: pd.DataFrame) -> float:
    """
    Compare the lists of neighbouring tiers.

    Parameters
    ----------
    duties : pandas.DataFrame
        The table of responsibilities.

    Returns
    -------
    float
        Mean overlap coefficient: duties that both have over the shorter list.
    """
    lists = [
        set(duties.loc[duties["tier"] == tier, "policy_area"])
        for tier in boundaries.TIERS
    ]
    shares = [len(a & b) / min(len(a), len(b)) for a, b in pairwise(lists)]
    return float(np.mean(shares))


def pile_at_mean(committees: pd.DataFrame) -> float:
    """
    Put the mean load and the mean number of staff into the formula of a queue.

    Parameters
    ----------
    committees : pandas.DataFrame
        The table of committees.

    Returns
    -------
    float
        Expected number waiting at one committee, of those whose load stayed below 1.

    Notes
    -----
    With offered load a and c servers (staff, rounded) the number waiting is
    ``C a / (c - a)``, C the share that waits by Erlang's formula [1]_.

    References
    ----------
    .. [1] Cooper, R. B. (1981). Introduction to queueing theory. North Holland.
    """
    most = committees.groupby("community")["load"].transform("max")
    quarter = committees["quarter"] == SURVEY_QUARTER
    now = committees[(most < OVERLOADED) & quarter]
    servers = round(now["staff"].mean())
    offered = servers * now["load"].mean()
    lost = 1.0
    for server in range(1, servers + 1):
        lost = offered * lost / (server + offered * lost)
    waits = servers * lost / (servers - offered * (1 - lost))
    return float(waits * offered / (servers - offered))
