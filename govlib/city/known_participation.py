"""What is true of participation in S city, and what a hasty reader would say."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from govlib.city.hasty import jackknife, slope
from govlib.city.institutions import QUARTERS
from govlib.city.model import Neighbourhood, neighbourhood
from govlib.city.parameters import resolve
from govlib.city.participation import BELONGING_SD, participation
from govlib.city.people import MOST, Booleans, Floats, origins, people
from govlib.city.remedies import Remedy
from govlib.city.row import NONE, Row
from govlib.city.streams import stream
from govlib.city.survey import BELONGING
from govlib.city.ties import meetings, ties

# Part of the households whose origin is set, and the shares that communities are set
# to: little enough that neighbours hardly change, and within what the city has.
FLIPPED, SHARES = 0.1, (0.2, 0.5)
# Quarter from which halls are open where they are set.
OPEN = 5

CITIES = "population of cities"
TOOK_PART_EN = (
    "taking part in a community decision in the four quarters up to the survey, as a "
    "chance given belonging at the start of that year"
)
TOOK_PART_ZH = "调查前四个季度内参与社区决策的概率（给定年初的归属感）"
HALLS_EN = "Weighted rate where a hall is open minus where none is"
HALLS_ZH = "有议事厅社区与无议事厅社区的加权参与率之差"
ROWS = (
    Row(
        "origin_total",
        "05",
        "Total effect of non-local origin on taking part",
        "外来户籍对参与的总效应",
        "Adults of a tenth of each community's households, drawn at random: all set to "
        f"non-local against all set to local, with the same draws; {TOOK_PART_EN}. "
        "Through ownership, length of residence, age, household size, Party and ties",
        "各社区随机抽取十分之一的家庭，全部设为外来与全部设为本地相比，其余随机数不变；"
        f"成年居民{TOOK_PART_ZH}。经由住房、居住年限、年龄、家庭规模、党员身份和邻里关系",
        "total effect",
        CITIES,
        NONE,
        "Coefficient of origin in a linear regression with ownership, length of "
        "residence, age and Party, which origin works through",
        "控制住房、居住年限、年龄和党员身份（均为户籍的后果）的线性回归中户籍的系数",
    ),
    Row(
        "origin_direct",
        "05",
        "Direct effect of non-local origin on taking part, log odds",
        "外来户籍对参与的直接效应（对数优势）",
        "Non-local against local with belonging, ownership, age, Party and being asked "
        "given: no equation of participation has origin in it",
        "给定归属感、住房、年龄、党员身份和是否受邀，外来与本地相比；参与方程中没有户籍",
        "parameter",
        "model",
        NONE,
        "Log odds ratio of having taken part, non-local against local, among those who "
        "answered: a gap in composition read as apathy",
        "受访者中外来与本地参与的对数优势比：把构成差异读作冷漠",
    ),
    Row(
        "origin_without_ownership",
        "05",
        "Effect of non-local origin left if it did not move ownership",
        "若户籍不影响住房自有，外来户籍对参与的剩余效应",
        "As the total effect, in a city where non-local households own their homes as "
        "often as local ones",
        "同总效应，但设外来家庭与本地家庭的住房自有率相同",
        "total effect",
        CITIES,
        NONE,
        "Weighted rate of non-local minus that of local residents: composition by "
        "ownership counted as theirs",
        "外来与本地居民的加权参与率之差：把住房构成的作用算在外来居民身上",
    ),
    Row(
        "share_total",
        "05",
        "Effect of a community's non-local share on its rate, per unit",
        "社区外来人口比例对参与率的总效应（每单位）",
        "Each community alone with a non-local share of 0.5 against 0.2: difference in "
        f"the adults' mean chance over that in share; {TOOK_PART_EN}. Composition and "
        "context together, which pull apart: fewer old residents also mean less need",
        "各社区单独将外来人口比例设为0.5与0.2相比，成年居民平均概率之差除以比例之差；"
        f"{TOOK_PART_ZH}。含构成与情境，两者方向相反：老年人减少也使需求下降",
        "total effect",
        CITIES,
        NONE,
    ),
    Row(
        "share_context",
        "05",
        "Contextual effect of a community's non-local share, per unit",
        "社区外来人口比例的情境效应（每单位）",
        "As the total effect of the share, over those adults alone whose own origin is "
        "the same at both shares",
        "同比例的总效应，但只计两种比例下自身户籍不变的成年居民",
        "total effect",
        CITIES,
        NONE,
        "Slope of communities' rates among those who answered on non-local shares: "
        "differences between persons and in housing read as one between places",
        "各社区受访者参与率对外来人口比例的回归斜率：把人与人、住房之间的差异当作地方的作用",
    ),
    Row(
        "participation_rate",
        "05",
        "Share of adults who took part",
        "参与过社区决策的成年居民比例",
        f"All adult residents; {TOOK_PART_EN}",
        f"全体成年居民；{TOOK_PART_ZH}",
        "expectation",
        CITIES,
        NONE,
        "Share of the adults met in the activity rooms: those who take part are there",
        "活动室遇到的成年居民中的比例：参与者更常在场",
    ),
    Row(
        "participation_response",
        "05",
        "Share of adults who took part, again",
        "参与过社区决策的成年居民比例（对比无应答）",
        f"All adult residents; {TOOK_PART_EN}",
        f"全体成年居民；{TOOK_PART_ZH}",
        "expectation",
        CITIES,
        NONE,
        "Unweighted share of those who answered: more of them are old, own their home "
        "and took part",
        "受访者未加权比例：老年人、有房者和参与者更常作答",
    ),
    Row(
        "election_gap",
        "05",
        "Turnout of non-local minus local residents who may vote",
        "有资格者中外来与本地居民的投票率之差",
        "Adults who may vote for the residents' committee: share of non-local minus "
        "share of local residents who did",
        "有居委会选举资格的成年居民：外来与本地居民投票比例之差",
        "expectation",
        CITIES,
        NONE,
        "The same over all adults: those who may not vote counted as not caring to",
        "对全体成年居民计算同一差值：把无资格者当作不愿投票者",
    ),
    Row(
        "asked_total",
        "05",
        "Effect of being asked by the committee on taking part",
        "受居委会邀请对参与的效应",
        f"All adults asked by the committee against nobody asked; {TOOK_PART_EN}",
        f"全体成年居民均受居委会邀请与无人受邀相比；{TOOK_PART_ZH}",
        "total effect",
        CITIES,
        NONE,
        "Weighted rate of those asked by the committee minus those asked by nobody: "
        "the committee asks those who come anyway",
        "受居委会邀请者与无人邀请者的加权参与率之差：居委会邀请的多是本来就来的人",
    ),
    Row(
        "belonging_direct",
        "05",
        "Effect of belonging on taking part, log odds per standard deviation",
        "归属感对参与的效应（每标准差的对数优势）",
        "Belonging at the start of a quarter on participation in it, all else given, "
        "as log odds of a year: 0.7 per unit times a standard deviation of 1.1",
        "给定其他条件，季初归属感对当季参与的作用（折合一年的对数优势）："
        "每单位0.7乘以标准差1.1",
        "parameter",
        "model",
        NONE,
        "Logistic regression of having taken part on the standardised mean of the four "
        "statements, asked after the year: participation has moved them",
        "参与对四项归属感陈述标准化均值的逻辑回归；陈述在年末询问，已受参与影响",
    ),
    Row(
        "owner_direct",
        "05",
        "Direct effect of an owned home on taking part, log odds",
        "自有住房对参与的直接效应（对数优势）",
        "Owned against rented, with belonging, age, Party and being asked given",
        "给定归属感、年龄、党员身份和是否受邀，自有与租住相比",
        "parameter",
        "model",
        NONE,
        "Log odds ratio of having taken part, owned against rented home, among those "
        "who answered: owners are older and belong more",
        "受访者中自有与租住的对数优势比：有房者年长且归属感强",
    ),
    Row(
        "dissatisfied_share",
        "05",
        "Share dissatisfied with the residents' committee",
        "对居委会不满意的比例",
        "All adult residents, whatever they say",
        "全体成年居民的真实态度，不论其如何回答",
        "expectation",
        CITIES,
        NONE,
        "Weighted share who say so when asked outright",
        "直接询问所得的加权比例",
    ),
    Row(
        "hall_all",
        "05",
        "Effect of deliberation halls everywhere on taking part",
        "全面设立议事厅对参与的效应",
        f"Halls in all communities from quarter {OPEN} against none anywhere; "
        f"{TOOK_PART_EN}",
        f"所有社区自第{OPEN}季度起设议事厅与均不设相比；{TOOK_PART_ZH}",
        "total effect",
        CITIES,
        "included: halls nearby count as well",
        HALLS_EN,
        HALLS_ZH,
    ),
    Row(
        "hall_direct",
        "05",
        "Effect of a community's own hall at half saturation",
        "半数邻近社区设厅时，本社区设厅对参与的效应",
        f"Own hall from quarter {OPEN} against none, half of the communities nearby "
        f"having one throughout; {TOOK_PART_EN}",
        f"邻近社区始终半数设厅，本社区自第{OPEN}季度起设厅与不设相比；{TOOK_PART_ZH}",
        "total effect",
        CITIES,
        "held fixed: half of the communities nearby have a hall",
        f"{HALLS_EN}: halls go to places in need, which take part less",
        f"{HALLS_ZH}：议事厅多设在需求高、参与少的社区",
    ),
    Row(
        "hall_spillover",
        "05",
        "Effect of halls in a tenth of the communities nearby",
        "邻近社区中每增加十分之一设厅对本社区参与的效应",
        f"Halls in 0.6 against 0.5 of the communities nearby from quarter {OPEN}, no "
        f"hall of one's own; {TOOK_PART_EN}",
        f"本社区不设厅，自第{OPEN}季度起邻近社区0.6设厅与0.5设厅相比；{TOOK_PART_ZH}",
        "total effect",
        CITIES,
        "this is it: from the communities of the same sub-district",
    ),
    Row(
        "peer_effect",
        "05",
        "Effect of others' participation on one's own",
        "他人参与对自身参与的效应",
        "One's chance of taking part per unit of the rate of the others in the "
        "community: no equation has it, the model is silent on example and pressure",
        "社区其他人的参与率每单位对自身参与概率的作用；模型方程中没有这一项，不涉及示范和压力",
        "parameter",
        "model",
        NONE,
        "Slope of having taken part on the rate of the others who answered in the "
        "community: what they share is read as what they do to each other",
        "是否参与对同社区其他受访者参与率的回归斜率：把共同处境当作相互影响",
    ),
    Row(
        "participation_icc",
        "05",
        "Intraclass correlation of taking part",
        "参与的组内相关系数",
        "Variance between communities over all variance of having taken part, all "
        "adults",
        "是否参与的社区间方差占总方差的比例，全体成年居民",
        "expectation",
        CITIES,
        NONE,
    ),
    Row(
        "belonging_icc",
        "05",
        "Intraclass correlation of belonging",
        "归属感的组内相关系数",
        "Variance between communities over all variance of belonging itself, without "
        "errors of measurement, all adults at the end of the survey's quarter",
        "归属感本身（不含测量误差）的社区间方差占总方差的比例，调查季度末全体成年居民",
        "expectation",
        CITIES,
        NONE,
    ),
)


def parameter_values() -> dict[str, float]:
    """
    Read the truths off the equations that need no simulated city.

    Returns
    -------
    dict of str to float
        By symbol.

    Examples
    --------
    >>> round(parameter_values()["belonging_direct"], 2)
    0.77
    """
    values = resolve()
    return {
        "origin_direct": 0.0,
        "peer_effect": 0.0,
        "belonging_direct": values["part_belonging"] * BELONGING_SD,
        "owner_direct": values["part_owner"],
    }


def participation_figures(seed: int, codes: Sequence[str]) -> dict[str, float]:
    """
    Run some communities of one city in every setting that the truth needs.

    Parameters
    ----------
    seed : int
        Seed of the city.
    codes : sequence of str
        Codes of the communities.

    Returns
    -------
    dict of str to float
        One figure per quantity: means over all adults concerned.
    """
    found = [_community_figures(seed, code) for code in codes]
    figures = {}
    for name in found[0]:
        total, count = np.sum([f[name][:2] for f in found], axis=0)
        figures[name] = float(total / count)
    figures["election_gap"] = figures.pop("vote_non_local") - figures.pop("vote_local")
    figures["participation_response"] = figures["participation_rate"]
    for name in ("participation_icc", "belonging_icc"):
        figures[name] = _icc(*np.transpose([f[name] for f in found]))
    return figures


def _community_figures(seed: int, code: str) -> dict[str, tuple[float, ...]]:
    """Sum and number of cases of every quantity, in one community."""
    shown = neighbourhood(seed, code)
    place, who, has = shown.community, shown.people, shown.institutions
    part = shown.participation()
    adult = who.age >= 18

    def effect(one: Floats, other: Floats, scale: float = 1.0) -> tuple[float, ...]:
        return float((one - other)[adult].sum() / scale), float(adult.sum())

    def share(values: Booleans | Floats, of: Booleans) -> tuple[float, ...]:
        return float(values[of].sum()), float(of.sum())

    def moments(values: Booleans | Floats) -> tuple[float, ...]:
        told = values[adult].astype(float)
        return told.sum(), float(told.size), (told**2).sum()

    def asked(by: int) -> Floats:
        return participation(
            seed, place, has, who, shown.degree, shown.parameters, asked_by=by
        ).chance

    def halls(own: float, near: float) -> Floats:
        open_ = np.arange(1, QUARTERS + 1) >= OPEN
        set_ = replace(has, hall=own * open_, halls_near=near * open_)
        return replace(shown, institutions=set_).participation().chance

    voters = part.eligible["election"]
    voted = part.kinds["voted_election"]
    half = halls(0.0, 0.5)
    out = {
        "participation_rate": share(part.chance, adult),
        "vote_non_local": share(voted, voters & who.non_local),
        "vote_local": share(voted, voters & ~who.non_local),
        "asked_total": effect(asked(1), asked(0)),
        "dissatisfied_share": share(part.dissatisfied, adult),
        "hall_all": effect(halls(1.0, 1.0), halls(0.0, 0.0)),
        "hall_direct": effect(halls(1.0, 0.5), half),
        "hall_spillover": effect(halls(0.0, 0.6), half),
        "participation_icc": moments(part.took_part),
        "belonging_icc": moments(part.belonging[-1]),
        **_shares(seed, code),
    }
    local = max(shown.parameters["owner_local"] - place.type.owner_discount, 0.0)
    for name, changed in (
        ("origin_total", {}),
        ("origin_without_ownership", {"owner_non_local": local}),
    ):
        out[name] = _origin(replace(shown, parameters=shown.parameters | changed))
    return out


def _origin(shown: Neighbourhood) -> tuple[float, float]:
    """Set a tenth of the households to non-local, then to local."""
    seed, place, built = shown.seed, shown.community, shown.homes
    values = shown.parameters
    drawn = stream(seed, "flipped", place.code).random(place.households) < FLIPPED
    rates = []
    for non_local in (True, False):
        origin = origins(seed, place, built, values)
        origin[drawn] = non_local
        residents = people(seed, place, built, values, origin)
        tied = ties(meetings(seed, place, built, residents, values))
        run = replace(shown, people=residents, ties=tied)
        unit = drawn[residents.household] & (residents.age >= 18)
        rates.append(run.participation().chance[unit].mean())
    # Each community counts by its adults, though few of them were set.
    adults = float((shown.people.age >= 18).sum())
    return (rates[0] - rates[1]) * adults, adults


def _shares(seed: int, code: str) -> dict[str, tuple[float, float]]:
    """Set the community's non-local share to a low and a high value."""
    chances, origin = [], []
    for share in SHARES:
        run = neighbourhood(
            seed, code, remedies=[Remedy("non_local_share", share, (code,))]
        )
        adult = run.people.age >= 18
        # By the number that a person has in both runs; some are adults in one alone.
        places = run.people.number[adult]
        chances.append(np.full(run.community.households * MOST, np.nan))
        chances[-1][places] = run.participation().chance[adult]
        origin.append(np.zeros(chances[-1].size, dtype=np.bool_))
        origin[-1][places] = run.people.non_local[adult]
    step = SHARES[1] - SHARES[0]
    total = (np.nanmean(chances[1]) - np.nanmean(chances[0])) / step
    context = np.nanmean((chances[1] - chances[0])[origin[0] == origin[1]]) / step
    count = float(np.isfinite(chances[0]).sum())
    return {
        "share_total": (float(total) * count, count),
        "share_context": (float(context) * count, count),
    }


def _icc(total: Floats, size: Floats, square: Floats) -> float:
    """Intraclass correlation by analysis of variance, groups of unequal size."""
    n, k = size.sum(), size.size
    between = (total**2 / size).sum() - total.sum() ** 2 / n
    within = (square.sum() - (total**2 / size).sum()) / (n - k)
    usual = (n - (size**2).sum() / n) / (k - 1)
    between /= k - 1
    return float((between - within) / (between + (usual - 1) * within))


def naive_answers(
    survey: pd.DataFrame, room: pd.DataFrame, communities: pd.DataFrame
) -> dict[str, float]:
    """
    Give the answers of a hasty reader from the tables of a city.

    Parameters
    ----------
    survey, room, communities : pandas.DataFrame
        Tables of a city.

    Returns
    -------
    dict of str to float
        By symbol.
    """
    told = survey[survey["answered"]].merge(
        communities[["community", "non_local_share", "hall"]], on="community"
    )
    away = (told["origin"] == "non-local").astype(float)
    part = _numbers(told["took_part"])
    owner = told["owner"].astype(float)
    weight = told["weight"]

    def rate(values: pd.Series, where: pd.Series) -> float:
        use = where & values.notna()
        return float(np.average(values[use], weights=weight[use]))

    def gap(values: pd.Series, one: pd.Series, other: pd.Series) -> float:
        return rate(values, one) - rate(values, other)

    statements = [
        _numbers(told[item]) if loading > 0 else 6 - _numbers(told[item])
        for item, loading in BELONGING.items()
    ]
    score = pd.concat(statements, axis=1).mean(axis=1, skipna=False)
    # Who may not vote did not; who may and left the question open is left out.
    eligible = told["eligible_election"].astype(bool)
    voted = _numbers(told["voted_election"]).where(eligible, 0.0)
    places = pd.DataFrame({"part": part, "community": told["community"]}).merge(
        communities[["community", "non_local_share"]], on="community"
    )
    places = places.groupby("community").mean()
    by_place = part.groupby(told["community"])
    others = by_place.transform("sum") - part
    others /= by_place.transform("count") - 1
    hall = told["hall"].astype(bool)
    halls = gap(part, hall, ~hall)
    asked = told["asked_by"]
    mediators = [
        owner,
        told["tenure_years"],
        told["age"].astype(float),
        told["party_member"].astype(float),
    ]
    return {
        "origin_total": linear(part, [away, *mediators]),
        "origin_direct": log_odds(part, away),
        "origin_without_ownership": gap(part, away == 1, away == 0),
        "share_context": slope(places["non_local_share"], places["part"]),
        "participation_rate": float(_numbers(room["took_part"]).mean()),
        "participation_response": float(part.mean()),
        "election_gap": gap(voted, away == 1, away == 0),
        "asked_total": gap(part, asked == "residents' committee", asked == "nobody"),
        "belonging_direct": log_odds(part, (score - score.mean()) / score.std()),
        "owner_direct": log_odds(part, owner),
        "peer_effect": linear(part, [others]),
        "dissatisfied_share": rate(_numbers(told["dissatisfied"]), weight > 0),
        "hall_all": halls,
        "hall_direct": halls,
    }


def naive_errors(
    survey: pd.DataFrame, room: pd.DataFrame, communities: pd.DataFrame
) -> dict[str, float]:
    """
    Find the standard errors of the hasty reader's answers.

    Parameters
    ----------
    survey, room, communities : pandas.DataFrame
        Tables of a city.

    Returns
    -------
    dict of str to float
        By symbol: jackknife that leaves out one sub-district at a time, since its
        communities share a draw.
    """
    answers = []
    for _, inside in communities.groupby("subdistrict")["community"]:
        left = [t[~t["community"].isin(inside)] for t in (survey, room, communities)]
        answers.append(naive_answers(*left))
    return {str(name): float(error) for name, error in jackknife(answers).items()}


def linear(outcome: pd.Series, terms: list[pd.Series]) -> float:
    """
    Regress an outcome on terms and return the coefficient of the first.

    Parameters
    ----------
    outcome : pandas.Series
        Zeros and ones; rows with a missing value are left out.
    terms : list of pandas.Series
        What it is regressed on, besides a constant.

    Returns
    -------
    float
        Difference per unit of the first term, the others given.
    """
    y, x = _complete(outcome, terms)
    return float(np.linalg.lstsq(x, y, rcond=None)[0][1])


def log_odds(outcome: pd.Series, term: pd.Series) -> float:
    """
    Regress the log odds of an outcome on one term.

    Parameters
    ----------
    outcome : pandas.Series
        Zeros and ones; rows with a missing value are left out.
    term : pandas.Series
        What it is regressed on, besides a constant.

    Returns
    -------
    float
        Log odds ratio per unit of the term.

    Examples
    --------
    Odds of 3/1 against 1/3, a ratio of 9:

    >>> outcome, group = (
    ...     pd.Series([1, 1, 1, 0, 1, 0, 0, 0]),
    ...     pd.Series([1] * 4 + [0] * 4),
    ... )
    >>> print(round(np.exp(log_odds(outcome, group)), 6))
    9.0
    """
    y, x = _complete(outcome, [term])
    b = np.zeros(2)
    # Newton's method from zero converges fast at shares of a fifth to a third.
    for _ in range(25):
        p = 1 / (1 + np.exp(-x @ b))
        b += np.linalg.solve((x.T * (p * (1 - p))) @ x, x.T @ (y - p))
    return float(b[1])


def _numbers(values: pd.Series) -> pd.Series:
    return values.astype("Float64").astype("float64")


def _complete(outcome: pd.Series, terms: list[pd.Series]) -> tuple[Floats, Floats]:
    """Outcome, and terms after a constant, in the rows where nothing is missing."""
    data = pd.concat([outcome, *terms], axis=1).dropna().to_numpy(dtype=float)
    return data[:, 0], np.column_stack([np.ones(len(data)), data[:, 1:]])
