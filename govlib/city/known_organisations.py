"""What is true of S city's organisations and lift services, beside hasty answers."""

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from govlib.city.base import Base
from govlib.city.hasty import jackknife, slope
from govlib.city.model import simulate
from govlib.city.organisations import (
    AUTONOMY,
    AUTONOMY_SD,
    MONTHS,
    PEAK,
    QUARTER,
    REGISTER,
    SERVICE_RATE,
    TABLES,
    Organisations,
    autonomy,
    dissolving,
    expected_score,
    lift_cases,
    organisations,
    quality,
    score,
    special_plans,
    tables,
    with_share,
)
from govlib.city.parameters import resolve
from govlib.city.people import YEAR, Booleans, Floats
from govlib.city.places import SIZES, community, community_codes
from govlib.city.row import NONE, Row

CHAPTERS = ("03",)
# A mean over communities has in one city about the error that its estimator has there:
# 400 cities make it twenty times smaller.
CITIES = 400
# What the hasty answers give on average is told by fewer.
HASTY = 60
# Half of the step by which a share of income is moved, and the years of a long life.
STEP, LONG = 0.05, 5
SEVEN = 7

POPULATION = "population of cities"
SILENT = "none: the model is silent"
LIVING_EN = "Registered organisations alive at the survey"
LIVING_ZH = "调查时存续的已登记组织"
SINCE_EN = f"All registered organisations founded since {REGISTER}"
SINCE_ZH = f"{REGISTER}年以来成立的全部已登记组织"
ROWS = (
    Row(
        "lift_wait_peak",
        "03",
        "Months that cases wait at the peak of a special plan",
        "专项计划高峰期的等待月数",
        "Cases that ask a lift service in quarters 5 to 7 where a special plan "
        "concentrates them there: mean months until a team is free",
        "有专项计划的街镇中，第5至7季度提出的事项：到有服务队可办的平均月数",
        "expectation",
        POPULATION,
        NONE,
        "Erlang's wait at the mean rate of cases over the three years: as many cases, "
        "but no peak",
        "按三年平均到达率计算的爱尔朗等待：事项数相同，但没有高峰",
    ),
    Row(
        "lift_spread",
        "03",
        "Effect of spreading the cases of a special plan evenly, months",
        "将专项计划的事项均匀分布对等待的效应（月）",
        "The same cases with the same work, coming evenly over three years against "
        "crowded in three quarters: mean wait of all cases of special plans",
        "事项与工作量不变，三年内均匀到来与集中在三个季度相比：专项计划全部事项的平均等待",
        "total effect",
        POPULATION,
        NONE,
    ),
    Row(
        "lift_incubation",
        "03",
        "Effect of seven instead of four teams at the peak, months",
        "高峰期由四队增至七队的效应（月）",
        "Seven teams against four in every lift service, the same cases with the same "
        "work: mean wait of those that ask in the peak of a special plan",
        "每个服务组织七队与四队相比，事项与工作量不变：专项计划高峰期提出的事项的平均等待",
        "total effect",
        POPULATION,
        NONE,
        "Erlang's wait at the mean rate with seven teams less that with four",
        "按平均到达率计算，七队与四队的爱尔朗等待之差",
    ),
    Row(
        "dependence_autonomy",
        "03",
        "Effect of a tenth of income more from the office on the autonomy score",
        "来自街道的收入增加十分之一对自主性得分的效应",
        f"{LIVING_EN}: mean score of the six statements, 1 to 5, with the office's "
        "share of income a tenth higher, whoever founded it",
        f"{LIVING_ZH}：来自街道的收入比例高出十分之一、发起方不变时，"
        "六项陈述（1至5分）的平均得分之差",
        "total effect",
        POPULATION,
        NONE,
        "Slope of the score on the share: founding is counted as paying",
        "得分对该比例的斜率：把发起的作用算作出资的作用",
    ),
    Row(
        "dependence_quality",
        "03",
        "Effect of a tenth of income more from the office on quality, points",
        "来自街道的收入增加十分之一对服务质量的效应（分）",
        f"{LIVING_EN}: quality with the office's share of income a tenth higher, the "
        "other sources in proportion and the same income in all; through autonomy and "
        "through concentration",
        f"{LIVING_ZH}：总收入不变，来自街道的收入比例高出十分之一、其他来源按比例减少时的"
        "服务质量之差；经由自主性与收入集中度",
        "total effect",
        POPULATION,
        NONE,
        "Slope of quality on the share: who depends on the office is richer",
        "服务质量对该比例的斜率：依赖街道的组织收入更高",
    ),
    Row(
        "autonomy_quality",
        "03",
        "Effect of a standard deviation of autonomy on quality, points",
        "自主性每增加一个标准差对服务质量的效应（分）",
        "Autonomy itself, income and its sources given: 4 points per unit times a "
        "standard deviation of 0.94",
        "给定收入及其来源，自主性本身的作用：每单位4分乘以标准差0.94",
        "parameter",
        "model",
        NONE,
        "Slope of quality on the standardised score: the score has errors, and who "
        "depends on the office is richer and less autonomous",
        "服务质量对标准化得分的斜率：得分含误差，且依赖街道的组织收入更高、自主性更低",
    ),
    Row(
        "concentration_quality",
        "03",
        "Effect of a tenth of concentration of income on quality, points",
        "收入集中度每增加0.1对服务质量的效应（分）",
        "HHI of income higher by 0.1, with autonomy and income given",
        "给定自主性和收入，收入的HHI高出0.1",
        "parameter",
        "model",
        NONE,
    ),
    Row(
        "nominal_purchases",
        "03",
        "Share of the offices' money that buys in name only",
        "街道购买中名义购买的金额比例",
        "Offices' payments to registered organisations in the survey's year: share of "
        "the amount that goes to those that the office or its centre set up",
        "调查年度街道付给已登记组织的款项：付给街道或其中心自设组织的金额比例",
        "expectation",
        POPULATION,
        NONE,
        "Share that goes to organisations that the office itself set up: the way "
        "through its centre is missed",
        "付给街道直接设立的组织的比例：漏掉经由其中心设立的",
    ),
    Row(
        "organisation_life",
        "03",
        "Median life of an organisation, years",
        "社会组织的中位寿命（年）",
        "Years by which half of all that were ever founded are dissolved, filed and "
        "registered",
        "全部曾成立的组织（含备案）中半数解散所需年数",
        "expectation",
        POPULATION,
        NONE,
        "Mean age at which the dissolved ones of the register ended: the living, who "
        "last longer, are left out",
        "名录中已解散组织的平均寿命：漏掉仍然存续、寿命更长的组织",
    ),
    Row(
        "organisation_dependence",
        "03",
        "Mean share of income from the office",
        "来自街道的收入比例均值",
        f"{SINCE_EN}, those dissolved included",
        f"{SINCE_ZH}，含已解散的",
        "expectation",
        POPULATION,
        NONE,
        "The same among the living: whom the office pays lasts longer",
        "只看存续组织的同一比例：由街道出资的组织更持久",
    ),
    Row(
        "organisation_autonomy",
        "03",
        "Mean autonomy score",
        "自主性平均得分",
        f"{SINCE_EN}, as they would answer if the dissolved could be asked, 1 to 5",
        f"{SINCE_ZH}：若已解散的也能作答，六项陈述的平均得分（1至5分）",
        "expectation",
        POPULATION,
        NONE,
        "Mean score of the living: the most autonomous were dissolved more often",
        "存续组织的平均得分：最自主的组织更常解散",
    ),
    Row(
        "dependence_life",
        "03",
        "Effect of a tenth of income more from the office on living five years",
        "来自街道的收入增加十分之一对存续五年的效应",
        "All registered organisations ever founded: chance of lasting five years with "
        "the office's share of income a tenth higher",
        "全部曾成立的已登记组织：来自街道的收入比例高出十分之一时存续五年的概率之差",
        "total effect",
        POPULATION,
        NONE,
    ),
    Row(
        "organisations_participation",
        "03",
        "Effect of social organisations on taking part",
        "社会组织对居民参与的效应",
        "A resident's chance of taking part per organisation in the community: no "
        f"equation has it; {SILENT}",
        "社区每增加一个组织对居民参与概率的作用：模型方程中没有这一项",
        "parameter",
        "model",
        NONE,
    ),
    Row(
        "dependence_innovation",
        "03",
        "Effect of dependence on innovation",
        "依赖性对服务创新的效应",
        f"The study's claim that captured organisations bring nothing new; {SILENT}",
        "原研究认为受制的组织缺乏创新；模型中没有这一项",
        "parameter",
        "model",
        NONE,
    ),
    Row(
        "lift_members",
        "03",
        "Effect of a lift service's members on its speed",
        "服务组织成员构成对办理速度的效应",
        "Lead residents, retired cadres or committee workers as members on the time "
        f"that a case takes: no equation has it; {SILENT}",
        "成员是居民骨干、退休干部还是居委会人员对办理用时的作用：模型方程中没有这一项",
        "parameter",
        "model",
        NONE,
    ),
)


def places(seed: int) -> Base:
    """
    Simulate the places of a city alone, which is all that organisations start from.

    Parameters
    ----------
    seed : int
        Seed of the city.

    Returns
    -------
    Base
        A course-size city without institutions.
    """
    size = SIZES["course"]
    where = tuple(community(seed, code) for code in community_codes(size))
    return Base(seed, size, (), resolve(), where, ())


def exact() -> dict[str, float]:
    """
    Read the truths off the equations that need no simulated city.

    Returns
    -------
    dict of str to float
        By symbol; zeros where the model is silent.

    Examples
    --------
    >>> round(exact()["autonomy_quality"], 2)
    3.76
    """
    values = resolve()
    return {
        "autonomy_quality": values["quality_autonomy"] * AUTONOMY_SD,
        "concentration_quality": values["quality_hhi"] / 10,
        "organisations_participation": 0.0,
        "dependence_innovation": 0.0,
        "lift_members": 0.0,
    }


def figures(seed: int) -> dict[str, float]:
    """
    Find in one city what the truth averages over many.

    Parameters
    ----------
    seed : int
        Seed of the city.

    Returns
    -------
    dict of str to float
        One figure per symbol, and after ``naive_`` the hasty answers in some cities.
    """
    base = places(seed)
    out = organisation_figures(base, organisations(base)) | lift_figures(base)
    if seed <= HASTY:
        hasty = naive_answers(tables(base))
        out |= {f"naive_{name}": value for name, value in hasty.items()}
    return out


def organisation_figures(base: Base, found: Organisations) -> dict[str, float]:
    """
    Find effects on organisations, and what all of them are like.

    Parameters
    ----------
    base : Base
        The city.
    found : Organisations
        Its organisations.

    Returns
    -------
    dict of str to float
        By symbol.
    """
    values = base.parameters
    share = found.shares[:, 0]
    living = found.registered & found.alive
    since = found.registered & (found.founded >= REGISTER)
    # The draw behind autonomy, which a changed share leaves as it is.
    level = autonomy(share, found.founder, np.zeros(share.size), values)
    draw = (found.autonomy - level) / 0.75

    def autonomous(moved: Floats) -> Floats:
        return autonomy(moved, found.founder, draw, values)

    def rated(moved: Floats) -> Floats:
        shares = with_share(found.shares, moved)
        return quality(autonomous(moved), found.income, shares, values)

    def lasting(moved: Floats) -> Floats:
        # Years to dissolution are exponential: the draw divided by the rate.
        usual = np.where(found.registered, 5.2, 2.6) + 1.2 * (found.founder != 2)
        rate = dissolving(moved, found.income - usual, values)
        return np.exp(-LONG * rate)

    def effect(outcome: Callable[[Floats], Floats], who: Booleans) -> float:
        # Shares near 0 or 1 can be moved by less: all that is moved adds up.
        high, low = (np.clip(share + s, 0, 1) for s in (STEP, -STEP))
        change = (outcome(high) - outcome(low))[who].sum()
        return float(2 * STEP * change / (high - low)[who].sum())

    paid = np.exp(found.income) * share
    # Accounts of the survey's year: of those who lived to see it.
    current = found.registered & (found.dissolved >= YEAR)
    return {
        "dependence_autonomy": effect(lambda s: expected_score(autonomous(s)), living),
        "dependence_quality": effect(rated, living),
        "dependence_life": effect(lasting, found.registered),
        "nominal_purchases": float(
            paid[current & (found.founder != 2)].sum() / paid[current].sum()
        ),
        "organisation_life": float(np.median(found.life)),
        "organisation_dependence": float(share[since].mean()),
        "organisation_autonomy": float(expected_score(found.autonomy[since]).mean()),
    }


def lift_figures(base: Base) -> dict[str, float]:
    """
    Run the lift services of one city in every setting that the truth needs.

    Parameters
    ----------
    base : Base
        The city.

    Returns
    -------
    dict of str to float
        By symbol, in months.
    """
    cases = lift_cases(base)
    special = special_plans(base, sorted(set(base.of_place("subdistrict"))))
    crowded = special[cases.service]
    peak = crowded & np.isin(cases.asked // QUARTER + 1, PEAK)
    more, even = lift_cases(base, teams=SEVEN), lift_cases(base, peak_share=0.25)
    return {
        "lift_wait_peak": float(cases.wait[peak].mean()),
        "lift_spread": float((even.wait - cases.wait)[crowded].mean()),
        "lift_incubation": float((more.wait - cases.wait)[peak].mean()),
    }


def naive_answers(made: Mapping[str, pd.DataFrame]) -> dict[str, float]:
    """
    Give the answers of a hasty reader from the tables of a city.

    Parameters
    ----------
    made : mapping of str to pandas.DataFrame
        Tables of organisations and lift services.

    Returns
    -------
    dict of str to float
        By symbol.
    """
    table, income = made["organisations"], made["organisation_income"]
    amount = income["amount"].astype(float)
    total = amount.groupby(income["organisation"]).sum()
    office = income[income["payer"] == "office"].set_index("organisation")["amount"]
    share = (office.reindex(total.index).fillna(0) / total).rename("share")
    data = table.merge(share, left_on="organisation", right_index=True)
    data = data[data["registered"]]
    alive = data[data["dissolved"].isna()]
    scale = pd.Series(score(alive[list(AUTONOMY)].to_numpy(dtype=float)), alive.index)
    since = alive["founded"] >= REGISTER
    gone = table.dropna(subset=["dissolved"])
    current = income[(income["payer"] == "office") & (income["account_year"] == YEAR)]
    founder = current["organisation"].map(
        table.set_index("organisation")["founder_kind"]
    )
    own = current["amount"][founder == "office"].sum() / current["amount"].sum()
    return {
        **_lift_answers(made["lift_teams"], made["lift_cases"]),
        "dependence_autonomy": slope(alive["share"], scale) / 10,
        "dependence_quality": slope(alive["share"], alive["quality"]) / 10,
        "autonomy_quality": slope(scale, alive["quality"]) * float(scale.std()),
        "nominal_purchases": float(own),
        "organisation_life": float((gone["dissolved"] - gone["founded"]).mean()),
        "organisation_dependence": float(alive["share"][since].mean()),
        "organisation_autonomy": float(scale[since].mean()),
    }


def _lift_answers(teams: pd.DataFrame, cases: pd.DataFrame) -> dict[str, float]:
    """Wait at the mean rate of the sub-districts with a special plan."""
    services = teams.loc[teams["special_plan"], ["lift_service", "teams"]]
    count = cases["lift_service"].isin(services["lift_service"]).sum()
    rate = 12 * count / (MONTHS * len(services))
    four = erlang_wait(rate, int(services["teams"].iloc[0]))
    return {
        "lift_wait_peak": four,
        "lift_incubation": erlang_wait(rate, SEVEN) - four,
    }


def erlang_wait(rate: float, teams: int) -> float:
    """
    Expect the months that cases wait if they come at a steady rate.

    Parameters
    ----------
    rate : float
        Cases a year, of which the teams can do more.
    teams : int
        Number of teams.

    Returns
    -------
    float
        Months, by Erlang's second formula.

    Examples
    --------
    >>> round(erlang_wait(8, 4), 2)
    1.14
    """
    load, lost = rate / SERVICE_RATE, 1.0
    for team in range(1, teams + 1):
        lost = load * lost / (team + load * lost)
    waiting = teams * lost / (teams - load * (1 - lost))
    return float(12 * waiting / (teams * SERVICE_RATE - rate))


def naive_errors(made: Mapping[str, pd.DataFrame]) -> dict[str, float]:
    """
    Find the standard errors of the hasty reader's answers.

    Parameters
    ----------
    made : mapping of str to pandas.DataFrame
        Tables of organisations and lift services.

    Returns
    -------
    dict of str to float
        By symbol: jackknife that leaves out one sub-district at a time.
    """
    where = made["organisations"]["community"].str.rpartition("-")[0]
    paid = made["organisation_income"]["organisation"].str.rsplit("-", n=2).str[0]
    service = made["lift_cases"]["lift_service"].str.removesuffix("-L")
    answers = []
    for left_out in made["lift_teams"]["subdistrict"]:
        answers.append(
            naive_answers(
                {
                    "organisations": made["organisations"][where != left_out],
                    "organisation_income": made["organisation_income"][
                        paid != left_out
                    ],
                    "lift_teams": made["lift_teams"].query("subdistrict != @left_out"),
                    "lift_cases": made["lift_cases"][service != left_out],
                }
            )
        )
    return {str(name): float(error) for name, error in jackknife(answers).items()}


def shown(seed: int) -> dict[str, tuple[float, float]]:
    """
    Give the hasty answers in one city, with their standard errors.

    Parameters
    ----------
    seed : int
        Seed of the city.

    Returns
    -------
    dict of str to tuple of float
        Answer and error by symbol.
    """
    made = simulate("course", seed=seed, only=TABLES).tables
    errors = naive_errors(made)
    return {n: (value, errors[n]) for n, value in naive_answers(made).items()}
