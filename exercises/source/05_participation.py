"""Exercise 05: who takes part in half of the city's sub-districts.

A variant is 24 of the 48 sub-districts. References are worked out here with weighted
sums; the worked solution uses `participation`, so that the two check one another.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd

from govlib import datasets
from govlib.exercises.making import Misconception, Question, number, numbers, text

NUMBER = "05"
SLUG = "participation"
TITLE_EN = "Who takes part, and why not?"
TITLE_ZH = "谁参与，为什么不参与？"
PUBLIC_SEED = 3

INTRO_EN = """\
You work with the survey in half of the sub-districts of S city. S city is synthetic: no
resident in it exists. To *take part* means to have taken part in a decision of the
community in the last twelve months: a hearing, a deliberation, a written opinion. Votes
are asked about by themselves."""
INTRO_ZH = """\
你将使用 S 市一半街镇的居民调查。S 市是合成的，其中没有真实的居民。
*参与*指过去十二个月内参加过社区的决策：听证、协商或书面意见；投票另行询问。"""

IMPORTS = """\
import numpy as np

from govlib import datasets, participation
from govlib.exercises import check, hand_in, start"""

DATA_TEXT = """\
## The data

`my_survey` has one row for each resident drawn in your sub-districts, answered or not.
`people` are those of them who said whether they took part (`took_part`). `weight` says
how many residents a row stands for. Residents of one community were drawn together.
`home` is `"owner"` or `"renter"`.

> `my_survey` 中，你的各街镇每位被抽中的居民占一行，无论是否作答。
> `people` 是其中回答了是否参与（`took_part`）的人。`weight` 表示一行代表多少居民。
> 同一社区的居民是一起抽取的。`home` 为 `"owner"`（自有住房）或 `"renter"`（租房）。"""

DATA_CODE = """\
communities = datasets.load("communities")
survey = datasets.load("survey").merge(
    communities[["community", "subdistrict", "non_local_share"]], on="community"
)
survey["home"] = np.where(survey["owner"], "owner", "renter")
my_survey = survey[survey["subdistrict"].isin(mine["subdistricts"])]
people = my_survey[my_survey["took_part"].notna()]"""

MOBILISERS = ["residents' committee", "stairwell leader"]


@dataclass(frozen=True)
class Data:
    """The tables of one variant."""

    survey: pd.DataFrame
    people: pd.DataFrame


@cache
def _survey() -> pd.DataFrame:
    places = datasets.load("communities")[["community", "subdistrict"]].astype(str)
    survey = datasets.load("survey")
    survey = survey.assign(
        community=survey["community"].astype(str),
        estate=survey["estate"].astype(str),
        non_local=survey["origin"] == "non-local",
        asked_by=survey["asked_by"].astype("object"),
    )
    for column in survey.columns[survey.dtypes == "boolean"]:
        survey[column] = survey[column].astype("float64")
    share = datasets.load("communities").astype({"community": str})
    share = share.set_index("community")["non_local_share"]
    survey["non_local_share"] = survey["community"].map(share)
    return survey.merge(places, on="community")


def variant(seed: int) -> dict:
    """Return half of the sub-districts, by lot."""
    rng = np.random.default_rng(seed)
    names = sorted(_survey()["subdistrict"].unique())
    return {"subdistricts": sorted(rng.choice(names, 24, replace=False).tolist())}


def data(parameters: dict) -> Data:
    """Return the tables of a variant."""
    survey = _survey()
    mine = survey[survey["subdistrict"].isin(parameters["subdistricts"])]
    return Data(mine, mine[mine["took_part"].notna()])


def _mean(rows: pd.DataFrame, column: str) -> float:
    return float(np.average(rows[column], weights=rows["weight"]))


# --- q1: weights ---------------------------------------------------------------------


def _shares(unweighted: float, weighted: float) -> dict[str, float]:
    return {"unweighted": unweighted, "weighted": weighted}


def _right_shares(d: Data) -> dict[str, float]:
    return _shares(float(d.people["took_part"].mean()), _mean(d.people, "took_part"))


def _missing_as_no(d: Data) -> dict[str, float]:
    rows = d.survey.fillna({"took_part": 0.0})
    return _shares(float(rows["took_part"].mean()), _mean(rows, "took_part"))


def _over_all_weights(d: Data) -> dict[str, float]:
    right = _right_shares(d)
    part = d.people["weight"].sum() / d.survey["weight"].sum()
    return right | {"weighted": right["weighted"] * part}


Q1 = Question(
    name="05.q1",
    title="What share took part?",
    title_zh="多大比例的人参与了？",
    text_en="""\
What share of those who answered took part: counting every row once (`unweighted`), and
letting every row stand for as many residents as its weight says (`weighted`)? Give both
as shares between 0 and 1.""",
    text_zh="""\
在作答者中，参与的人占多大比例：每行算一人（`unweighted`），
以及每行按其权重代表若干居民（`weighted`）？两个数都写成 0 到 1 之间的比例。""",
    stub='# q1 = {"unweighted": ..., "weighted": ...}\nq1 = ...',
    solution="""\
took_part = people["took_part"].astype(float)
q1 = {
    "unweighted": took_part.mean(),
    "weighted": np.average(took_part, weights=people["weight"]),
}""",
    explanation="""\
Households were drawn with equal chances and one adult asked in each; from 60 years of
age the chance was half as large again. Weights undo that: older people take part more
often and are too many in the rows.""",
    form=lambda _: numbers(["unweighted", "weighted"], 0, 1),
    reference=_right_shares,
    tolerance=(0.001, 0.001),
    why_tolerance="three decimals",
    objective=1,
    minutes=5,
    misconceptions=(
        Misconception(
            "missing-as-no",
            _missing_as_no,
            "Those who gave no answer are counted as if they had said no.",
            "没有作答的人被当作没有参与。",
        ),
        Misconception(
            "exchanged",
            lambda d: _shares(*reversed(_right_shares(d).values())),
            "The two numbers are exchanged.",
            "两个数对调了。",
        ),
        Misconception(
            "weights-unused",
            lambda d: _shares(*[float(d.people["took_part"].mean())] * 2),
            "Both numbers count every row once. Multiply each row by its weight, and "
            "divide by what?",
            "两个数都是每行算一人。每行要乘以权重，那么应除以什么？",
        ),
        Misconception(
            "weights-of-the-silent",
            _over_all_weights,
            "Your weighted share is too small: the weights below the line belong to "
            "more people than those above it.",
            "加权比例偏小：分母中的权重所属的人比分子多。",
        ),
    ),
)


# --- q2: three scales ----------------------------------------------------------------


def _rates(d: Data, *, weighted: bool = True) -> tuple[float, float]:
    """Return the shares of local and of non-local residents who took part."""
    rates = []
    for non_local in (False, True):
        rows = d.people[d.people["non_local"] == non_local]
        mean = _mean(rows, "took_part") if weighted else rows["took_part"].mean()
        rates.append(float(mean))
    return rates[0], rates[1]


def _three(local: float, other: float) -> dict[str, float]:
    odds = other / (1 - other) / (local / (1 - local))
    return {"difference": other - local, "ratio": other / local, "odds_ratio": odds}


Q2 = Question(
    name="05.q2",
    title="One gap, three scales",
    title_zh="一个差距，三种尺度",
    text_en="""\
Compare non-local with local residents, locals as the reference, with weights: the
*difference* of the shares that took part, their *ratio*, and the *odds ratio*.""",
    text_zh="""\
以本地人为参照，用权重比较外来人口与本地人的参与比例：
两个比例之差（`difference`）、之比（`ratio`），以及优势比（`odds_ratio`）。""",
    stub='# q2 = {"difference": ..., "ratio": ..., "odds_ratio": ...}\nq2 = ...',
    solution="""\
fit = participation.fit(
    people, "took_part ~ origin", weight="weight", cluster="community"
)
scales = participation.risks(fit, "origin").set_index("term")["estimate"]
q2 = {
    "difference": scales["risk_difference"],
    "ratio": scales["risk_ratio"],
    "odds_ratio": scales["odds_ratio"],
}""",
    explanation="""\
The three say the same in three scales. Where an outcome is common, as here, the odds
ratio lies further from one than the ratio of the shares: "half the odds" is not "half
as likely".""",
    form=lambda _: numbers(["difference", "ratio", "odds_ratio"], -1, 10),
    reference=lambda d: _three(*_rates(d)),
    tolerance=(0.002, 0.008, 0.008),
    why_tolerance="three decimals of a share, two of a ratio",
    objective=2,
    minutes=7,
    misconceptions=(
        Misconception(
            "locals-over-others",
            lambda d: _three(*reversed(_rates(d))),
            "The comparison runs the wrong way: locals are the reference.",
            "比较的方向反了：应以本地人为参照。",
        ),
        Misconception(
            "odds-for-risks",
            lambda d: _three(*_rates(d)) | {"ratio": _three(*_rates(d))["odds_ratio"]},
            "Your ratio is a ratio of odds. What is asked for there is the ratio of "
            "two shares.",
            "你的比值是优势之比。这里要的是两个比例之比。",
        ),
        Misconception(
            "log-odds",
            lambda d: (
                _three(*_rates(d))
                | {"odds_ratio": float(np.log(_three(*_rates(d))["odds_ratio"]))}
            ),
            "Your odds ratio looks like a coefficient of a logit, which is the "
            "logarithm of one.",
            "你的优势比像是逻辑回归的系数，那是对数。",
        ),
        Misconception(
            "weights-unused",
            lambda d: _three(*_rates(d, weighted=False)),
            "These numbers count every row once; use the weights.",
            "这些数每行只算一人，请使用权重。",
        ),
    ),
)


# --- q3: composition -----------------------------------------------------------------


def _gaps(d: Data) -> pd.Series:
    """Return the gap between origins among renters and among owners."""
    rates = {
        (own, non_local): _mean(rows, "took_part")
        for (own, non_local), rows in d.people.groupby(["owner", "non_local"])
    }
    return pd.Series({own: rates[own, True] - rates[own, False] for own in (0, 1)})


def _standardised(d: Data, rows: pd.DataFrame) -> float:
    owners = float(np.average(rows["owner"].astype(float), weights=rows["weight"]))
    gaps = _gaps(d)
    return float(owners * gaps[1] + (1 - owners) * gaps[0])


def _crude(d: Data) -> float:
    local, other = _rates(d)
    return other - local


Q3 = Question(
    name="05.q3",
    title="If they had the same homes",
    title_zh="如果住房状况相同",
    text_en="""\
Non-local residents rent more often. Suppose that both groups owned and rented in the
proportions of `people` as a whole (with weights), and that owners and renters of either
origin took part as they do now. What would then be the difference, non-local minus
local, between the shares that take part?""",
    text_zh="""\
外来人口更多租房。假设两个群体的自有和租房比例都与 `people` 整体相同（加权），
而各来源的自有者和租房者参与的比例保持不变。那么参与比例之差（外来减本地）是多少？""",
    stub="q3 = ...",
    solution="""\
same_homes = participation.fit(people, "took_part ~ origin * home", weight="weight")
q3 = participation.risks(same_homes, "origin").set_index("term")["estimate"][
    "risk_difference"
]""",
    explanation="""\
This is standardisation: the gap inside each kind of home, averaged with the same mix
for both groups. A logit with the interaction reproduces the four shares exactly, and
`risks` averages over everybody in `people`. What is left of the gap is not due to who
owns; what has gone is not false, it works through ownership.""",
    form=lambda _: number(-1, 1),
    reference=lambda d: _standardised(d, d.people),
    tolerance=(0.002,),
    why_tolerance="three decimals, and one more for rounding on the way",
    objective=3,
    minutes=9,
    misconceptions=(
        Misconception(
            "crude-gap",
            _crude,
            "This is the gap as it is. Look at owners and renters apart first.",
            "这是现有的差距。请先分别看自有者和租房者。",
        ),
        Misconception(
            "direction-reversed",
            lambda d: -_standardised(d, d.people),
            "The difference is non-local minus local; yours is the other way round.",
            "差应为外来减本地；你的方向反了。",
        ),
        Misconception(
            "owners-only",
            lambda d: float(_gaps(d)[1]),
            "This is the gap among owners alone.",
            "这只是自有住房者中的差距。",
        ),
        Misconception(
            "renters-only",
            lambda d: float(_gaps(d)[0]),
            "This is the gap among renters alone.",
            "这只是租房者中的差距。",
        ),
    ),
)


# --- q4: clusters --------------------------------------------------------------------


def _std_error(d: Data, cluster: str | None) -> float:
    """Return the linearised error of the weighted share."""
    rows = d.people
    weight = rows["weight"].to_numpy()
    part = rows["took_part"].to_numpy()
    score = weight * (part - np.average(part, weights=weight))
    if cluster is not None:
        score = pd.Series(score).groupby(rows[cluster].to_numpy()).sum().to_numpy()
    g = len(score)
    return float(np.sqrt(g / (g - 1) * (score**2).sum()) / weight.sum())


def _errors(independent: float, clustered: float) -> dict[str, float]:
    return {"independent": independent, "clustered": clustered}


def _binomial(d: Data) -> float:
    share = _mean(d.people, "took_part")
    return float(np.sqrt(share * (1 - share) / len(d.people)))


Q4 = Question(
    name="05.q4",
    title="How sure are we?",
    title_zh="我们有多大把握？",
    text_en="""\
Give two standard errors of the **weighted** share of q1: as if every resident had been
drawn independently of the others (`independent`), and with communities as clusters
(`clustered`). Both with weights, by linearisation.""",
    text_zh="""\
求 q1 中**加权**比例的两个标准误：假定每位居民独立抽取（`independent`），
以及以社区为聚类（`clustered`）。两者都使用权重，按线性化方法。""",
    stub='# q4 = {"independent": ..., "clustered": ...}\nq4 = ...',
    solution="""\
alone = participation.funnel(people, stages=["took_part"], weight="weight")
together = participation.funnel(
    people, stages=["took_part"], weight="weight", cluster="community"
)
q4 = {
    "independent": alone["std_error"].iloc[0],
    "clustered": together["std_error"].iloc[0],
}""",
    explanation="""\
Neighbours resemble one another, so twenty of one community tell less than twenty from
anywhere. The squared ratio of the two errors is the part of the design effect that is
due to clustering.""",
    form=lambda _: numbers(["independent", "clustered"], 0, 1),
    reference=lambda d: _errors(_std_error(d, None), _std_error(d, "community")),
    tolerance=(0.00015, 0.00015),
    why_tolerance="four decimals, with room for n or n - 1 in the formula",
    objective=1,
    minutes=8,
    misconceptions=(
        Misconception(
            "clusters-ignored",
            lambda d: _errors(*[_std_error(d, None)] * 2),
            "Both errors treat residents as independent. Which column says who was "
            "drawn together?",
            "两个标准误都把居民当作独立。哪一列表示谁是一起抽取的？",
        ),
        Misconception(
            "larger-clusters",
            lambda d: _errors(_std_error(d, None), _std_error(d, "subdistrict")),
            "Your clusters are sub-districts; residents were drawn by community.",
            "你以街镇为聚类；居民是按社区抽取的。",
        ),
        Misconception(
            "weights-ignored",
            lambda d: _errors(_binomial(d), _std_error(d, "community")),
            "Your first error knows of no weights. Unequal weights cost precision too.",
            "第一个标准误没有考虑权重。权重不等也会损失精度。",
        ),
        Misconception(
            "percentage-points",
            lambda d: _errors(
                100 * _std_error(d, None), 100 * _std_error(d, "community")
            ),
            "These are percentage points; give errors of a share between 0 and 1.",
            "这是百分点；请给出 0 到 1 之间比例的标准误。",
        ),
    ),
)


# --- q5: eligibility -----------------------------------------------------------------


def _turnout(rows: pd.DataFrame) -> float:
    """Return the gap in the share that voted, non-local minus local."""
    voted = {
        non_local: _mean(part, "voted") for non_local, part in rows.groupby("non_local")
    }
    return voted[True] - voted[False]


def _voters(rows: pd.DataFrame) -> pd.DataFrame:
    """Return all whose vote is known: those who may not vote did not."""
    voted = rows["voted_election"].where(rows["eligible_election"] == 1, 0.0)
    return rows.assign(voted=voted).dropna(subset="voted")


def _gap(all_adults: float, eligible: float) -> dict[str, float]:
    return {"all_adults": all_adults, "eligible": eligible}


def _both(rows: pd.DataFrame) -> dict[str, float]:
    return _gap(_turnout(rows), _turnout(rows[rows["eligible_election"] == 1]))


def _turnouts(d: Data) -> dict[str, float]:
    return _both(_voters(d.survey[d.survey["answered"]]))


def _silent_as_no(d: Data) -> dict[str, float]:
    return _both(d.survey.assign(voted=d.survey["voted_election"].fillna(0.0)))


Q5 = Question(
    name="05.q5",
    title="Who may vote?",
    title_zh="谁有投票资格？",
    text_en="""\
By how much does the share that voted in the last committee election differ, non-local
minus local, with weights: among **all** adults, where those who are not eligible count
as not having voted (`all_adults`), and among the **eligible** (`eligible`)? The columns
are `eligible_election`, a register and so known of everybody, and `voted_election`. Use
those of `my_survey` who were interviewed (`answered`), and leave out the eligible who
did not say whether they voted.""",
    text_zh="""\
在上次居委会选举中，投票比例之差（外来减本地，加权）是多少：在**全体**成年人中，
没有资格者算作未投票（`all_adults`）；以及在**有资格者**中（`eligible`）？
相关列为 `eligible_election`（登记信息，人人已知）和 `voted_election`。
请用 `my_survey` 中接受了访问的人（`answered`），有资格但没有回答是否投票的人不计。""",
    stub='# q5 = {"all_adults": ..., "eligible": ...}\nq5 = ...',
    solution="""\
known = my_survey[my_survey["answered"]].copy()
known["voted"] = known["voted_election"].where(known["eligible_election"], False)
known = known.dropna(subset="voted")


def gap(rows):
    turnout = participation.funnel(
        rows, stages=["voted"], group="origin", weight="weight"
    )
    first = turnout.drop_duplicates("origin").set_index("origin")["estimate"]
    return first["non-local"] - first["local"]


q5 = {"all_adults": gap(known), "eligible": gap(known[known["eligible_election"]])}""",
    explanation="""\
Most of the gap among all adults is a rule about who may register, not a wish to stay
away. A rate of participation says little before it says: of whom?""",
    form=lambda _: numbers(["all_adults", "eligible"], -1, 1),
    reference=_turnouts,
    tolerance=(0.002, 0.002),
    why_tolerance="three decimals, and one more for rounding on the way",
    objective=4,
    minutes=9,
    misconceptions=(
        Misconception(
            "silent-as-no",
            _silent_as_no,
            "Some of those whom you count as not having voted gave no answer.",
            "你算作未投票的人里，有些其实没有作答。",
        ),
        Misconception(
            "never-interviewed",
            lambda d: _both(_voters(d.survey)),
            "You count people who were drawn but never interviewed, and only those of "
            "them who may not vote.",
            "你把抽中但没有接受访问的人也算了进来，而且只算了其中没有资格的人。",
        ),
        Misconception(
            "eligible-twice",
            lambda d: _gap(*[_turnouts(d)["eligible"]] * 2),
            "Both numbers are about the eligible. An empty `voted_election` of someone "
            "who may not vote is not a missing answer.",
            "两个数都只涉及有资格者。没有资格的人 `voted_election` 为空，并不是缺答。",
        ),
        Misconception(
            "exchanged",
            lambda d: _gap(*reversed(_turnouts(d).values())),
            "The two numbers are exchanged.",
            "两个数对调了。",
        ),
        Misconception(
            "direction-reversed",
            lambda d: _gap(*(-gap for gap in _turnouts(d).values())),
            "The difference is non-local minus local; yours is the other way round.",
            "差应为外来减本地；你的方向反了。",
        ),
    ),
)


# --- q6: places and people -----------------------------------------------------------


def _between(d: Data) -> float:
    groups = d.people.groupby("community")
    rate = groups[["took_part", "weight"]].apply(lambda rows: _mean(rows, "took_part"))
    share = groups["non_local_share"].first()
    return float(np.polyfit(share, rate, 1)[0])


def _slope(rows: pd.DataFrame, by: str | None) -> float:
    """Return the weighted least-squares slope of taking part on being non-local."""
    x, y = rows["non_local"].astype(float), rows["took_part"]
    weight = rows["weight"]
    key = rows[by] if by else pd.Series(0, rows.index)

    def centred(values: pd.Series) -> pd.Series:
        total = (values * weight).groupby(key).transform("sum")
        return values - total / weight.groupby(key).transform("sum")

    x, y = centred(x), centred(y)
    return float((weight * x * y).sum() / (weight * x * x).sum())


def _levels(between: float, within: float) -> dict[str, float]:
    return {"between": between, "within": within}


Q6 = Question(
    name="05.q6",
    title="Places or people?",
    title_zh="是地方，还是人？",
    text_en="""\
Two slopes, of `people`. `between`: take one row per community, with the weighted share
that took part and the community's `non_local_share`, and fit a straight line through
the communities (each counts once). `within`: fit a line through the residents, taking
part on being non-local (0 or 1), with weights and a constant of its own for each
community.""",
    text_zh="""\
用 `people` 求两个斜率。`between`：每个社区一行，以加权参与比例对该社区的
`non_local_share` 拟合直线（每个社区算一次）。`within`：在居民层面，
以是否参与对是否外来（0 或 1）拟合直线，使用权重，并给每个社区各自的常数项。""",
    stub='# q6 = {"between": ..., "within": ...}\nq6 = ...',
    solution="""\
took_part = people.assign(part=people["took_part"].astype(float) * people["weight"])
sums = took_part.groupby("community", observed=True)[["part", "weight"]].sum()
share = people.groupby("community", observed=True)["non_local_share"].first()
within = participation.fit(
    people, "took_part ~ origin + community", family="linear", weight="weight"
)
q6 = {
    "between": np.polyfit(share, sums["part"] / sums["weight"], 1)[0],
    "within": within.table.set_index("term")["estimate"]["origin[T.non-local]"],
}""",
    explanation="""\
The first slope is about communities, the second about neighbours. Communities with
many non-local residents differ in more than that: their halls, their committees' time,
how long people have lived there. Reading the one as the other is the ecological
fallacy.""",
    form=lambda _: numbers(["between", "within"], -2, 2),
    reference=lambda d: _levels(_between(d), _slope(d.people, "community")),
    tolerance=(0.004, 0.002),
    why_tolerance="two decimals of a slope between communities, three of a difference",
    objective=3,
    minutes=9,
    graded=True,
    points=2,
    misconceptions=(
        Misconception(
            "pooled-for-within",
            lambda d: _levels(_between(d), _slope(d.people, None)),
            "Your second slope compares residents of different communities too.",
            "第二个斜率也比较了不同社区的居民。",
        ),
        Misconception(
            "exchanged",
            lambda d: _levels(_slope(d.people, "community"), _between(d)),
            "The two slopes are exchanged.",
            "两个斜率对调了。",
        ),
        Misconception(
            "places-for-people",
            lambda d: _levels(*[_between(d)] * 2),
            "Your second slope is one of communities; it is asked of residents.",
            "第二个斜率是社区层面的；题目问的是居民层面。",
        ),
    ),
)


# --- q7: who asked, who was heard ----------------------------------------------------


def _asked(d: Data) -> pd.DataFrame:
    return d.people[d.people["asked_by"].notna()]


def _heard(mobilised: float, heard: float) -> dict[str, float]:
    return {"mobilised": mobilised, "heard": heard}


def _mobilised(rows: pd.DataFrame, by: list[str]) -> float:
    asked = rows["asked_by"].isin(by).to_numpy()
    return float(np.average(asked, weights=rows["weight"]))


def _adopted(d: Data, stage: str | None) -> float:
    """Return the share heard, of all or of those who came to a stage of the meeting."""
    rows = d.people if stage is None else d.people[d.people[stage] == 1]
    return _mean(rows.fillna({"adopted_meeting": 0.0}), "adopted_meeting")


def _right_heard(d: Data) -> dict[str, float]:
    asked = _asked(d)
    return _heard(
        _mobilised(asked[asked["took_part"] == 1], MOBILISERS), _adopted(d, None)
    )


Q7 = Question(
    name="05.q7",
    title="Asked by whom, and heard?",
    title_zh="谁来邀请，意见被采纳了吗？",
    text_en="""\
With weights, among `people` and leaving out missing answers. `mobilised`: of those who
took part, what share had been asked by the residents' committee or by a stairwell
leader (`asked_by`)? `heard`: of **all**, what share saw something that they said at a
meeting adopted (`adopted_meeting`, empty for those who did not speak)?""",
    text_zh="""\
用权重，在 `people` 中计算，缺答不计。`mobilised`：参与者中，由居委会或楼组长邀请
（`asked_by`）的占多大比例？`heard`：在**全体**中，在会上所说的意见得到采纳
（`adopted_meeting`，未发言者为空）的占多大比例？""",
    stub='# q7 = {"mobilised": ..., "heard": ...}\nq7 = ...',
    solution="""\
part = people[people["took_part"] & people["asked_by"].notna()]
by_officials = part["asked_by"].isin(["residents' committee", "stairwell leader"])
stages = ["took_part", "attended_meeting", "spoke_meeting", "adopted_meeting"]
way = participation.funnel(people, stages=stages, weight="weight").set_index("term")
q7 = {
    "mobilised": np.average(by_officials, weights=part["weight"]),
    "heard": way.loc["share_of_all", "estimate"].iloc[-1],
}""",
    explanation="""\
Attendance is not influence: of all residents, very few saw a proposal of theirs
adopted. And part of participation is mobilised by those who count it.""",
    form=lambda _: numbers(["mobilised", "heard"], 0, 1),
    reference=_right_heard,
    tolerance=(0.003, 0.001),
    why_tolerance="three decimals, and a little more for the smaller group",
    objective=4,
    minutes=8,
    graded=True,
    points=2,
    misconceptions=(
        Misconception(
            "heard-of-those-who-came",
            lambda d: _right_heard(d) | {"heard": _adopted(d, "attended_meeting")},
            "Your second share is one of those who attended. It is asked of all.",
            "第二个比例是到会者中的比例。题目问的是全体。",
        ),
        Misconception(
            "heard-of-those-who-spoke",
            lambda d: _right_heard(d) | {"heard": _adopted(d, "spoke_meeting")},
            "Your second share is one of those who spoke: for all others the column "
            "is empty. It is asked of all.",
            "第二个比例是发言者中的比例：其他人这一列为空。题目问的是全体。",
        ),
        Misconception(
            "neighbours-mobilise",
            lambda d: (
                _right_heard(d)
                | {
                    "mobilised": _mobilised(
                        _asked(d)[_asked(d)["took_part"] == 1],
                        [*MOBILISERS, "neighbour"],
                    )
                }
            ),
            "A neighbour who asks is neither the committee nor a stairwell leader.",
            "邻居的邀请既不是居委会的，也不是楼组长的。",
        ),
        Misconception(
            "asked-of-all",
            lambda d: (
                _right_heard(d) | {"mobilised": _mobilised(_asked(d), MOBILISERS)}
            ),
            "Your first share is one of all residents. It is asked of those who took "
            "part.",
            "第一个比例是全体居民中的比例。题目问的是参与者。",
        ),
    ),
)


# --- q8: judgement -------------------------------------------------------------------

Q8 = Question(
    name="05.q8",
    title="What would you tell the sub-district office?",
    title_zh="你会怎样告诉街道办？",
    text_en="""\
A draft report says: "Non-local residents have half the odds of taking part. They are
apathetic; they need more publicity." Answer in four to six sentences, in English or
Chinese. Correct what is wrong with the number. What do your answers to q3 and q5 leave
of "apathetic"? Which of total and direct effect is the right one for deciding whom to
invite, and which for judging attitudes? Name one thing that this survey cannot
show.""",
    text_zh="""\
一份报告草稿写道：“外来人口参与的优势只有一半。他们态度冷漠，需要加强宣传。”
请用四到六句话回答，中英文均可。先纠正数字的问题。根据你在 q3 和 q5 的结果，
“冷漠”还剩下多少？决定邀请谁时该看总效应还是直接效应，判断态度时又该看哪一个？
再举出一件这次调查无法说明的事。""",
    stub="q8 = ...",
    solution='''\
q8 = """
Half the odds is not half as likely: the shares that took part differ by fewer points
than the odds suggest, and the report should give the two shares. Much of the gap goes
once owners are compared with owners and renters with renters, and most of the gap in
voting goes once only the eligible are counted, so what looks like apathy is in part a
rule and in part who rents. For deciding whom to invite the total effect is the right
one, because those people are in fact absent, whatever the reason. For judging attitudes
only what remains at equal homes, age and length of residence could count, and even that
is a residual. The survey cannot show what those who refused the interview think, nor
whether anybody would have come if asked.
"""''',
    explanation="""\
A good answer gives shares instead of odds, says what composition and eligibility leave,
keeps total and direct apart by the purpose, and names a limit of the data.""",
    form=lambda _: text(40),
    objective=2,
    minutes=10,
    graded=True,
    points=4,
    rubric="""\
1 point: says that half the odds is not half the share, with own numbers. 1 point: uses
q3 and q5 (composition, eligibility) on "apathetic". 1 point: total effect for whom to
invite, direct (or what remains) for attitudes, with a reason. 1 point: names something
that the survey cannot show (silence of non-respondents, what would happen if asked,
attitudes, cause).""",
)

QUESTIONS = [Q1, Q2, Q3, Q4, Q5, Q6, Q7, Q8]
