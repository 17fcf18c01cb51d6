"""What is true of lifts and deliberation in S city, and what a hasty reader says."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pandas as pd

from govlib.city.agenda import agenda_chances
from govlib.city.base import Base, base
from govlib.city.hasty import jackknife, slope
from govlib.city.institutions import QUARTERS
from govlib.city.lift_plans import Plans, payments, plans, together
from govlib.city.lifts import (
    ANSWERS,
    COMPENSATION,
    POLLED,
    TABLES,
    VOTED,
    answers,
    draws,
    objections,
    offered,
    passes,
    stands,
    tables,
    talks,
    utility,
)
from govlib.city.lived import lived
from govlib.city.participation import sigmoid
from govlib.city.people import Booleans, Floats, Integers
from govlib.city.row import NONE, Row
from govlib.city.streams import stream

CHAPTERS = ("08",)
# Cities, and votes in each, over which chances are averaged; a hasty reader is asked in
# one city of so many.
CITIES, VOTES, ASKED = 72, 16, 4
# Part of the mandates that a what-if takes away.
CUT = 0.3

MANY = "population of cities"
WELLS_EN = "Two stairwells drawn in each community of old housing"
WELLS_ZH = "每个老公房社区抽取的两个门洞"
HALLS_EN = "halls in all communities from quarter 5 against none anywhere"
HALLS_ZH = "自第5季度起所有社区设议事厅与均不设相比"
TALKS_EN = "talks in a deliberation hall in all of them against in none"
TALKS_ZH = "全部在议事厅协商与均不在议事厅协商相比"
LAW_EN = "pass under article 278 (area and number, of those who take part)"
LAW_ZH = "依第278条（参与表决者的面积与人数）通过"
ROWS = (
    Row(
        "hall_consent",
        "08",
        "Effect of talks in a deliberation hall on agreeing to a lift",
        "议事厅协商对同意加装电梯的效应",
        f"{WELLS_EN}, {TALKS_EN}: mean chance that the owner of a flat agrees at the "
        "vote, if taking part",
        f"{WELLS_ZH}，{TALKS_ZH}：各套住房的业主若参与表决时同意的平均概率",
        "total effect",
        MANY,
        NONE,
        "Share of flats whose owner agreed, of those who took part, after talks in a "
        "hall minus without: hard cases go to the hall",
        "在议事厅协商与未协商的门洞相比，参与表决者中同意的比例之差：难办的门洞更常去议事厅",
    ),
    Row(
        "hall_consent_low",
        "08",
        "The same on floors 1 and 2",
        "议事厅协商对一、二层业主同意的效应",
        f"{WELLS_EN}, flats on floors 1 and 2, {TALKS_EN}: mean chance that the owner "
        "agrees at the vote, if taking part",
        f"{WELLS_ZH}中一、二层住房，{TALKS_ZH}：业主若参与表决时同意的平均概率",
        "total effect",
        MANY,
        NONE,
        "The same difference of shares on floors 1 and 2",
        "一、二层中同一比例之差",
    ),
    Row(
        "hall_passed",
        "08",
        "Effect of talks in a deliberation hall on passing the vote",
        "议事厅协商对表决通过的效应",
        f"{WELLS_EN}, {TALKS_EN}: chance to {LAW_EN}",
        f"{WELLS_ZH}，{TALKS_ZH}：{LAW_ZH}的概率",
        "total effect",
        MANY,
        NONE,
        "Share of votes that passed, after talks in a hall minus without",
        "在议事厅协商与未协商的门洞相比，表决通过比例之差",
    ),
    Row(
        "hall_built",
        "08",
        "Effect of talks in a deliberation hall on lifts built",
        "议事厅协商对电梯建成的效应",
        f"{WELLS_EN}, {TALKS_EN}: chance that the vote passes and no objection stays",
        f"{WELLS_ZH}，{TALKS_ZH}：表决通过且无未解决异议的概率",
        "total effect",
        MANY,
        NONE,
        "Share of lifts built, after talks in a hall minus without",
        "在议事厅协商与未协商的门洞相比，电梯建成比例之差",
    ),
    Row(
        "compensation_ground",
        "08",
        "Effect of compensation on the ground floor's consent",
        "补偿对底层业主同意的效应",
        f"{WELLS_EN}, flats on the ground floor, {COMPENSATION:,} yuan for each, "
        "raised from all flats, against nothing: mean chance that the owner agrees at "
        "the vote, if taking part",
        f"{WELLS_ZH}的底层住房，每套补偿{COMPENSATION:,}元（由各户分摊）与不补偿相比：业主若参与"
        "表决时同意的平均概率",
        "total effect",
        MANY,
        NONE,
        "Share of ground-floor owners who agreed, where compensation was offered minus "
        "where it was not: it is offered where the ground floor is against",
        "提出补偿与未提出补偿的门洞相比，底层业主同意比例之差：补偿多在底层反对处提出",
    ),
    Row(
        "compensation_passed",
        "08",
        "Effect of compensation, raised by the neighbours, on passing",
        "补偿（邻里分摊）对表决通过的效应",
        f"{WELLS_EN}, {COMPENSATION:,} yuan to each flat on the ground floor, raised "
        f"from all flats, against nothing: chance to {LAW_EN}",
        f"{WELLS_ZH}，底层每套补偿{COMPENSATION:,}元（由各户分摊）与不补偿相比：{LAW_ZH}的概率",
        "total effect",
        MANY,
        NONE,
    ),
    Row(
        "compensation_fund",
        "08",
        "Effect of compensation, paid by a fund, on passing",
        "补偿（基金出资）对表决通过的效应",
        f"{WELLS_EN}, {COMPENSATION:,} yuan to each flat on the ground floor from a "
        f"fund, against nothing: chance to {LAW_EN}",
        f"{WELLS_ZH}，底层每套由基金补偿{COMPENSATION:,}元与不补偿相比：{LAW_ZH}的概率",
        "total effect",
        MANY,
        NONE,
    ),
    Row(
        "passed_share",
        "08",
        "Share of votes that pass",
        "表决通过的比例",
        f"{WELLS_EN}: chance to {LAW_EN}",
        f"{WELLS_ZH}：{LAW_ZH}的概率",
        "expectation",
        MANY,
        NONE,
        "The same by number of owners alone: areas are left out",
        "只数人数、不计面积所得的比例",
    ),
    Row(
        "passed_owners",
        "08",
        "Share of votes that pass, again",
        "表决通过的比例（对比计入租户）",
        f"{WELLS_EN}: chance to {LAW_EN}",
        f"{WELLS_ZH}：{LAW_ZH}的概率",
        "expectation",
        MANY,
        NONE,
        "Every paper in the box counted as one, three quarters of them agreeing: "
        "tenants vote, and who owns three flats counts three times",
        "票箱中每张票各计一票，四分之三同意即算通过：租户也算，拥有三套者计三次",
    ),
    Row(
        "built_share",
        "08",
        "Share of lifts that are built",
        "电梯建成的比例",
        f"{WELLS_EN}: chance that the vote passes and no objection stays",
        f"{WELLS_ZH}：表决通过且无未解决异议的概率",
        "expectation",
        MANY,
        NONE,
        "Share of votes that passed: passed read as built",
        "表决通过的比例：把通过当作建成",
    ),
    Row(
        "older_two_thirds",
        "08",
        "Share that passes if two thirds of all must agree",
        "须全体三分之二同意时的通过比例",
        f"{WELLS_EN}: chance that at least two thirds of all owners agree, by area and "
        "by number, as before 2021",
        f"{WELLS_ZH}：全体业主按面积和人数均至少三分之二同意（2021年以前的规则）的概率",
        "expectation",
        MANY,
        NONE,
        "Two thirds of those who took part: the wrong denominator",
        "参与表决者的三分之二：分母有误",
    ),
    Row(
        "older_ninety",
        "08",
        "Share that passes if 90 per cent of all must agree",
        "须全体90%同意时的通过比例",
        f"{WELLS_EN}: chance that at least 90 per cent of all owners agree, by area "
        "and by number",
        f"{WELLS_ZH}：全体业主按面积和人数均至少90%同意的概率",
        "expectation",
        MANY,
        NONE,
    ),
    Row(
        "turnout_passed",
        "08",
        "Effect of everybody voting on passing",
        "全员投票对表决通过的效应",
        f"{WELLS_EN}, all owners take part against as they do: chance to {LAW_EN}",
        f"{WELLS_ZH}，全体业主参与表决与照常参与相比：{LAW_ZH}的概率",
        "total effect",
        MANY,
        NONE,
        "Slope of having passed on the share of owners who took part, times the share "
        "who did not: few votes fail by their quorum alone",
        "是否通过对参与率的回归斜率乘以未参与比例：其实仅因未达法定参与率而失败者很少",
    ),
    Row(
        "meetings_passed",
        "08",
        "Effect of five more meetings on passing",
        "多开五次会对表决通过的效应",
        "Chance to pass per five meetings before the vote: no equation has meetings on "
        "its right-hand side, the model is silent on them",
        "表决前每多五次会议对通过概率的作用；模型方程右侧没有会议次数，模型对此不作说明",
        "parameter",
        "model",
        NONE,
    ),
    Row(
        "hall_attended",
        "08",
        "Effect of deliberation halls on attending",
        "议事厅对到会的效应",
        f"Residents invited to an agenda item in the survey year, {HALLS_EN}: mean "
        "chance to attend",
        f"调查年度受邀参加议题讨论的居民，{HALLS_ZH}：到会的平均概率",
        "total effect",
        MANY,
        NONE,
        "Share of the invited who came, at halls minus at joint meetings",
        "议事厅与联席会议相比，受邀者到会比例之差",
    ),
    Row(
        "hall_heard",
        "08",
        "Effect of deliberation halls on being heard",
        "议事厅对意见被采纳的效应",
        f"Residents invited to an agenda item in the survey year, {HALLS_EN}: mean "
        "chance to attend, speak and see it adopted",
        f"调查年度受邀参加议题讨论的居民，{HALLS_ZH}：到会、发言且意见被采纳的平均概率",
        "total effect",
        MANY,
        NONE,
        "Gain in attendance, halls minus joint meetings: attendance read as influence",
        "议事厅与联席会议到会比例之差：把到会当作影响力",
    ),
    Row(
        "hall_agreed",
        "08",
        "Effect of deliberation halls on agreement",
        "议事厅对达成一致的效应",
        f"Agenda items of the survey year, {HALLS_EN}: mean chance that the matter is "
        "settled by agreement",
        f"调查年度的议题，{HALLS_ZH}：协商一致的平均概率",
        "total effect",
        MANY,
        NONE,
        "Share of items agreed on, at halls minus at joint meetings",
        "议事厅与联席会议相比，协商一致比例之差",
    ),
    Row(
        "mandates_heard",
        "08",
        "Effect of 30 per cent fewer mandates on being heard",
        "减少三成任务对意见被采纳的效应",
        "Residents invited to an agenda item in the survey year, mandates of all "
        "committees cut by 30 per cent against as they are: mean chance to attend, "
        "speak and see it adopted; through the committee's time",
        "调查年度受邀参加议题讨论的居民，所有居委会任务减少三成与现状相比：到会、发言且"
        "意见被采纳的平均概率；经由居委会自治时间",
        "total effect",
        MANY,
        NONE,
    ),
)


def exact() -> dict[str, float]:
    """
    Read off the equations what needs no simulated city.

    Returns
    -------
    dict of str to float
        By symbol.

    Examples
    --------
    >>> exact()
    {'meetings_passed': 0.0}
    """
    return {"meetings_passed": 0.0}


def figures(seed: int) -> dict[str, float]:
    """
    Run the lifts and meetings of one city in every setting that the truth needs.

    Parameters
    ----------
    seed : int
        Seed of the city.

    Returns
    -------
    dict of str to float
        One figure per quantity, and in every fourth city ``naive_`` before what a
        hasty reader finds.
    """
    city = base(seed)
    found = {**lift_figures(city), **meeting_figures(city)}
    if seed % ASKED == 1:
        answer = naive_answers(tables(city))
        found |= {f"naive_{name}": value for name, value in answer.items()}
    return found


def lift_figures(city: Base) -> dict[str, float]:
    """
    Hold the votes of one city many times in every setting.

    Parameters
    ----------
    city : Base
        The city without its residents.

    Returns
    -------
    dict of str to float
        Chances and their differences, over the stairwells drawn by lot.
    """
    plan, of_place = _drawn(city)
    need = city.by_quarter("need")[of_place]
    own = draws(city.seed, plan, VOTES, "lift_truth")
    n_wells, parameters = len(plan.code), city.parameters
    lots = np.array(
        [stream(city.seed, "lift_truth_lot", c).random((2, VOTES)) for c in plan.code]
    ).transpose(1, 2, 0)

    def pay(yuan: int, outside: bool = False) -> Integers:
        return payments(plan, np.full(n_wells, yuan), outside)

    now = need[:, VOTED - 1]
    money = {0: pay(0), 1: pay(COMPENSATION), 2: pay(COMPENSATION, outside=True)}
    odds = {
        (hall, paid): utility(plan, fen, hall, now, parameters)
        for hall in (0.0, 1.0)
        for paid, fen in money.items()
    }
    first = utility(plan, money[0], 0.0, need[:, POLLED - 1], parameters)
    poll = answers(plan, first, own, 0)
    given = offered(plan, poll, lots[0])[:, plan.home] > 0
    wells = np.flatnonzero(np.diff(plan.home, prepend=-1))
    open_ = city.by_quarter("hall")[of_place[wells], VOTED - 1] == 1
    hall = (talks(plan, poll, lots[1], parameters) & open_)[:, plan.home]

    def rates(log_odds: Floats, halls: Booleans, turnout: float | None = None) -> Rates:
        votes = answers(plan, log_odds, own, 1, turnout)
        passed = passes(plan, votes)
        on = stands(plan, *objections(plan, votes, own, halls))
        return Rates(votes, float(passed.mean()), float((passed & on).mean()))

    out: dict[str, float] = {}
    for sign, inside in ((1, True), (-1, False)):
        talked = np.where(given, odds[inside, 1], odds[inside, 0])
        chance = sigmoid(talked)
        came = rates(talked, np.full(plan.home.size, inside))
        for name, value in (
            ("hall_consent", chance.mean()),
            ("hall_consent_low", chance[:, plan.floor <= 2].mean()),
            ("hall_passed", came.passed),
            ("hall_built", came.built),
        ):
            out[name] = out.get(name, 0.0) + sign * float(value)

    paid = {k: np.where(hall, odds[1.0, k], odds[0.0, k]) for k in money}
    ground = plan.floor == 1
    gain = sigmoid(paid[1][:, ground]) - sigmoid(paid[0][:, ground])
    out["compensation_ground"] = float(gain.mean())
    plain = rates(paid[0], hall).passed
    out["compensation_passed"] = rates(paid[1], hall).passed - plain
    out["compensation_fund"] = rates(paid[2], hall).passed - plain

    shown_odds = np.where(given, paid[1], paid[0])
    came = rates(shown_odds, hall)
    out["passed_share"] = out["passed_owners"] = came.passed
    out["built_share"] = came.built
    out["older_two_thirds"] = float(passes(plan, came.votes, "two_thirds").mean())
    out["older_ninety"] = float(passes(plan, came.votes, "ninety_percent").mean())
    out["turnout_passed"] = rates(shown_odds, hall, 1.0).passed - came.passed
    return out


class Rates(NamedTuple):
    """Votes, and how many of them pass and are built."""

    votes: Integers
    passed: float
    built: float


def _drawn(city: Base) -> tuple[Plans, Integers]:
    """Put the stairwells drawn by lot together, and say where each flat lies."""
    parts, of_place = [], []
    for home in lived(city):
        if home.place.housing != "old":
            continue
        part = plans(home, named=False)
        parts.append(part)
        of_place.append(np.full(part.home.size, home.number))
    return together(parts), np.concatenate(of_place)


def meeting_figures(city: Base) -> dict[str, float]:
    """
    Evaluate the chances at meetings of one city, with and without halls.

    Parameters
    ----------
    city : Base
        The city without its residents.

    Returns
    -------
    dict of str to float
        Differences of chances, over communities and the quarters of the survey year.
    """
    year = slice(QUARTERS - 4, QUARTERS)
    need = city.by_quarter("need")[:, year]
    time = city.by_quarter("self_governance_time")[:, year]
    load = city.by_quarter("load")[:, year]
    hall = city.by_quarter("hall")[:, year]
    with_, without = (agenda_chances(h, need, time) for h in (1.0, 0.0))
    # The committee's time as it follows from load: see `Institutions`.
    eased = 0.55 * sigmoid(3 * (1 - (1 - CUT) * load))
    heard = [np.prod(c[:3], axis=0).mean() for c in (with_, without)]
    now, then = (
        np.prod(agenda_chances(hall, need, t)[:3], axis=0).mean() for t in (time, eased)
    )
    return {
        "hall_attended": float((with_[0] - without[0]).mean()),
        "hall_heard": float(heard[0] - heard[1]),
        "hall_agreed": float((with_[3] - without[3]).mean()),
        "mandates_heard": float(then - now),
    }


def naive_answers(made: dict[str, pd.DataFrame]) -> dict[str, float]:
    """
    Give the answers of a hasty reader from the tables of a city.

    Parameters
    ----------
    made : dict of str to pandas.DataFrame
        Its tables.

    Returns
    -------
    dict of str to float
        By symbol.
    """
    wells, rows, items = (made[name] for name in TABLES)
    wells = wells[wells["drawn"]]
    columns = ["stairwell", "hall_talks", "compensation"]
    rows = rows.merge(wells[columns], on="stairwell")
    agreed, came = rows["vote"] == ANSWERS[0], rows["vote"] != ANSWERS[3]
    owned = rows["tenure"] != "tenant"

    def gap(values: pd.Series, where: pd.Series) -> float:
        return float(values[where].mean() - values[~where].mean())

    told = owned & came
    low = told & (rows["floor"] <= 2)
    ground = told & (rows["floor"] == 1)
    hall = wells["hall_talks"]
    passed = wells["vote_passed"].astype(float)
    heads = rows[owned].drop_duplicates(["stairwell", "person"])
    by_heads = _three_quarters(heads, quorum=True)
    by_papers = _three_quarters(rows, quorum=True)
    of_those = _share(heads, lambda r: r["vote"] != ANSWERS[3])
    turnout = wells["stairwell"].map(of_those)
    met = items["venue"] == "hall"
    attended = float(
        items["attended"][met].sum() / items["invited"][met].sum()
        - items["attended"][~met].sum() / items["invited"][~met].sum()
    )
    yes = agreed.astype(float)
    return {
        "hall_consent": gap(yes[told], rows["hall_talks"][told]),
        "hall_consent_low": gap(yes[low], rows["hall_talks"][low]),
        "hall_passed": gap(passed, hall),
        "hall_built": gap(wells["lift_built"].astype(float), hall),
        "compensation_ground": gap(yes[ground], rows["compensation"][ground] > 0),
        "passed_share": float(by_heads.mean()),
        "passed_owners": float(by_papers.mean()),
        "built_share": float(passed.mean()),
        "older_two_thirds": _two_thirds_of_those(rows[owned], heads),
        "turnout_passed": slope(turnout, passed) * float(1 - turnout.mean()),
        "hall_attended": attended,
        "hall_heard": attended,
        "hall_agreed": gap(items["agreed"].astype(float), met),
    }


def _share(rows: pd.DataFrame, what: Callable[[pd.DataFrame], pd.Series]) -> pd.Series:
    """Share of each stairwell's rows."""
    return what(rows).astype(float).groupby(rows["stairwell"]).mean()


def _three_quarters(rows: pd.DataFrame, *, quorum: bool) -> pd.Series:
    """Count rows as votes: three quarters of those who came, of two thirds."""
    came = _share(rows, lambda r: r["vote"] != ANSWERS[3])
    agreed = _share(rows, lambda r: r["vote"] == ANSWERS[0])
    # Shares of a dozen rows: a little slack for what binary fractions lose.
    won = agreed >= 0.75 * came - 1e-9
    return won & (came >= 2 / 3 - 1e-9) if quorum else won


def _two_thirds_of_those(rows: pd.DataFrame, heads: pd.DataFrame) -> float:
    """Share of votes with two thirds of those who came, by number and area."""
    won = None
    for counted, weight in ((heads, 1.0), (rows, rows["flat_area"])):
        size = pd.Series(weight, index=counted.index)
        groups = counted["stairwell"]
        agree = size.where(counted["vote"] == ANSWERS[0], 0.0).groupby(groups).sum()
        came = size.where(counted["vote"] != ANSWERS[3], 0.0).groupby(groups).sum()
        test = (agree >= 2 / 3 * came - 1e-9) & (came > 0)
        won = test if won is None else won & test
    return float(pd.Series(won).mean())


def shown(seed: int) -> dict[str, tuple[float, float]]:
    """
    Give the naive answers in the shipped city with their standard errors.

    Parameters
    ----------
    seed : int
        Seed of the city.

    Returns
    -------
    dict of str to tuple of float
        By symbol: answer, and jackknife error that leaves out one sub-district at a
        time, since its communities share a draw.
    """
    made = tables(base(seed))
    answer = naive_answers(made)
    place = {
        name: table["community"] for name, table in made.items() if name != "lift_flats"
    }
    wells = made["lift_stairwells"].set_index("stairwell")["community"]
    place["lift_flats"] = made["lift_flats"]["stairwell"].map(wells)
    within = {name: code.str.rpartition("-")[0] for name, code in place.items()}
    left = [
        naive_answers({n: table[within[n] != out] for n, table in made.items()})
        for out in sorted(within["agenda_items"].unique())
    ]
    errors = jackknife(left)
    return {name: (value, float(errors[name])) for name, value in answer.items()}
