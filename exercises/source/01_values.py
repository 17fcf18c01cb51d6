"""Exercise 01: the four values in half of the city's sub-districts.

A variant is 24 of the 48 sub-districts. References are worked out here in numpy; the
worked solution uses `indicators`, so that the two check one another.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd
from scipy import stats

from govlib import datasets
from govlib.exercises.making import Misconception, Question, number, numbers, text

NUMBER = "01"
SLUG = "values"
TITLE_EN = "Four values: how far is each community?"
TITLE_ZH = "四重价值：每个社区走到了哪一步？"
PUBLIC_SEED = 102

INTRO_EN = """\
You work with half of the sub-districts of S city: their registers, and the survey of
their residents. S city is synthetic: no resident in it exists. To *take part* means to
have taken part in a decision of the community in the last twelve months."""
INTRO_ZH = """\
你将使用 S 市一半街镇的登记资料和居民调查。S 市是合成的，其中没有真实的居民。
*参与*指过去十二个月内参加过社区的决策。"""

IMPORTS = """\
import numpy as np
import pandas as pd

from govlib import datasets, indicators
from govlib.exercises import check, hand_in, start"""

DATA_TEXT = """\
## The data

All tables are those of your sub-districts. `places` has one row per community:
`residents`, `organisations` (living ones), `coverage` (share of buildings with a Party
branch) and `functions` (services within 15 minutes, of 12). `answers` has one row for
each resident who said whether they took part, with `weight`. `year` has one row per
community and quarter of the last year, with the committee's `participation_rate`.
`posts` are the goalposts of the index: worst and best.

> 所有表格都只含你的各街镇。`places` 每个社区一行：居民人数 `residents`、存续组织数
> `organisations`、有党支部的楼栋比例 `coverage`、15分钟内的服务功能数 `functions`
> （共12项）。`answers` 中每位回答了是否参与的居民一行，附权重 `weight`。`year` 为最近
> 一年每个社区每季度一行，含居委会登记的 `participation_rate`。`posts` 是综合指数的
> 目标值下限与上限。"""

DATA_CODE = """\
places = datasets.load("communities")
places = places[places["subdistrict"].isin(mine["subdistricts"])]
places = places[["community", "subdistrict", "residents", "functions"]].merge(
    datasets.load("party_units")[["community", "party_coverage"]], on="community"
)
places = places.rename(columns={"party_coverage": "coverage"})
register = datasets.load("organisations")
living = register.loc[register["dissolved"].isna(), "community"].value_counts()
places["organisations"] = places["community"].map(living).fillna(0).astype(int)
answers = datasets.load("survey").dropna(subset=["took_part"])
answers = answers[answers["community"].isin(places["community"])]
year = datasets.load("panel").query("quarter >= 9")
year = year[year["community"].isin(places["community"])]
posts = {"party": (0, 1), "participation": (0, 0.6)}
posts |= {"social": (0, 40), "services": (0, 12)}"""

POSTS = {"party": 1.0, "participation": 0.6, "social": 40.0, "services": 12.0}
EQUAL = dict.fromkeys(POSTS, 0.25)
HALF = {k: 0.5 if k == "participation" else 1 / 6 for k in POSTS}


@dataclass(frozen=True)
class Data:
    """The tables of one variant; `rates` has one row per community."""

    places: pd.DataFrame
    answers: pd.DataFrame
    year: pd.DataFrame
    rates: pd.DataFrame


@cache
def _tables() -> dict[str, pd.DataFrame]:
    places = datasets.load("communities").astype({"community": str, "subdistrict": str})
    places = places[["community", "subdistrict", "residents", "functions"]]
    party = datasets.load("party_units").astype({"community": str})
    party = party.set_index("community")
    register = datasets.load("organisations").astype({"community": str})
    living = register.loc[register["dissolved"].isna(), "community"].value_counts()
    places["coverage"] = places["community"].map(party["party_coverage"])
    places["organisations"] = places["community"].map(living).fillna(0).astype(int)
    places["ever"] = places["community"].map(register["community"].value_counts())
    places["ever"] = places["ever"].fillna(0).astype(int)
    answers = datasets.load("survey").dropna(subset=["took_part"])
    answers = answers.astype({"community": str, "took_part": float})
    answers = answers[["community", "weight", "took_part"]]
    year = datasets.load("panel").query("quarter >= 9").astype({"community": str})
    return {
        "places": places,
        "answers": answers,
        "year": year[["community", "quarter", "participation_rate"]],
    }


def variant(seed: int) -> dict:
    """Return half of the sub-districts, by lot."""
    rng = np.random.default_rng(seed)
    names = sorted(_tables()["places"]["subdistrict"].unique())
    return {"subdistricts": sorted(rng.choice(names, 24, replace=False).tolist())}


def data(parameters: dict) -> Data:
    """Return the tables of a variant."""
    tables = _tables()
    places = tables["places"]
    places = places[places["subdistrict"].isin(parameters["subdistricts"])]
    places = places.reset_index(drop=True)
    here = places["community"]
    answers = tables["answers"][tables["answers"]["community"].isin(here)]
    year = tables["year"][tables["year"]["community"].isin(here)]
    return Data(places, answers, year, _rates(answers).loc[here])


def _rates(answers: pd.DataFrame) -> pd.DataFrame:
    """Return weighted rate, squared error and answers of each community."""
    w, y = answers["weight"], answers["took_part"]
    by = answers["community"]
    rate = (w * y).groupby(by).sum() / w.groupby(by).sum()
    part = w * (y - by.map(rate)) / by.map(w.groupby(by).sum())
    n = y.groupby(by).size()
    # Influences add up to zero within a community, so their mean square is enough.
    square = (part**2).groupby(by).sum() * n / (n - 1)
    return pd.DataFrame({"rate": rate, "square": square, "n": n})


# --- q1: rates with weights ----------------------------------------------------------


def _city(d: Data, column: str | None = "weight") -> float:
    weights = None if column is None else d.answers[column]
    return float(np.average(d.answers["took_part"], weights=weights))


def _two(one: str, first: float, other: str, second: float) -> dict[str, float]:
    return {one: float(first), other: float(second)}


def _right_city(d: Data) -> dict[str, float]:
    return _two("unweighted", _city(d, None), "weighted", _city(d))


def _inverted(d: Data) -> dict[str, float]:
    weights = 1 / d.answers["weight"]
    wrong = float(np.average(d.answers["took_part"], weights=weights))
    return _right_city(d) | {"weighted": wrong}


Q1 = Question(
    name="01.q1",
    title="How many took part?",
    title_zh="有多少人参与？",
    text_en="""\
What share of adults took part, by `answers`: each answer counted once (`unweighted`),
and with `weight` (`weighted`)?""",
    text_zh="""\
根据 `answers`，多大比例的成年人参与过：每份答案算一次（`unweighted`）；
以及按 `weight` 加权（`weighted`）？""",
    stub='# q1 = {"unweighted": ..., "weighted": ...}\nq1 = ...',
    solution="""\
rate = indicators.rates(
    answers, values=["took_part"], weight="weight", strata="community"
)
q1 = {
    "unweighted": answers["took_part"].astype(float).mean(),
    "weighted": rate["estimate"][0],
}""",
    explanation="""\
The old and those who live alone were drawn more often, and the old take part more: the
weights put that right.""",
    form=lambda _: numbers(["unweighted", "weighted"], 0, 1),
    reference=_right_city,
    tolerance=(0.0005, 0.0005),
    why_tolerance="three decimals",
    objective=1,
    minutes=6,
    misconceptions=(
        Misconception(
            "weights-inverted",
            _inverted,
            "Your weights are upside down: a row stands for `weight` adults.",
            "你的权重用反了：权重表示一行代表多少成年人。",
        ),
        Misconception(
            "both-unweighted",
            lambda d: _two("unweighted", _city(d, None), "weighted", _city(d, None)),
            "Both shares count each answer once; one of them should be weighted.",
            "两个比例都把每份答案算一次；其中一个应当加权。",
        ),
        Misconception(
            "exchanged",
            lambda d: _two("unweighted", _city(d), "weighted", _city(d, None)),
            "The two shares are exchanged.",
            "两个比例对调了。",
        ),
    ),
)


# --- q2: person-times ----------------------------------------------------------------


def _quarters(d: Data) -> pd.DataFrame:
    return d.year.pivot_table(
        index="community", columns="quarter", values="participation_rate"
    )


def _right_bounds(d: Data) -> dict[str, float]:
    rate = _quarters(d)
    return _two("least", rate.max(axis=1).mean(), "most", rate.sum(axis=1).mean())


def _mean_least(d: Data) -> dict[str, float]:
    return _right_bounds(d) | {"least": float(_quarters(d).mean(axis=1).mean())}


def _as_independent(d: Data) -> dict[str, float]:
    ever = 1 - (1 - _quarters(d)).prod(axis=1)
    return _right_bounds(d) | {"most": float(ever.mean())}


def _smallest(d: Data) -> dict[str, float]:
    return _right_bounds(d) | {"least": float(_quarters(d).min(axis=1).mean())}


def _city_first(d: Data) -> dict[str, float]:
    return _right_bounds(d) | {"least": float(_quarters(d).mean().max())}


Q2 = Question(
    name="01.q2",
    title="Person-times are not persons",
    title_zh="人次不是人数",
    text_en="""\
`year` says which share of adults took part in each quarter, not who came back. What
share of a community's adults took part in the year, at `least` and at `most`, for all
that the register can say? Work out both bounds for each community and give the mean
over communities.""",
    text_zh="""\
`year` 说明每季度参与的成年人比例，但没有说明谁又来了。仅凭登记资料，
一个社区全年参与过的成年人比例至少（`least`）和至多（`most`）是多少？
请对每个社区计算两个界限，再给出对社区的平均数。""",
    stub='# q2 = {"least": ..., "most": ...}\nq2 = ...',
    solution="""\
by_place = year.groupby("community")["participation_rate"]
q2 = {"least": by_place.max().mean(), "most": by_place.sum().mean()}""",
    explanation="""\
If the same people came in every quarter, the best quarter has them all; if nobody came
twice, all quarters add up. Anything in between needs to know who.""",
    form=lambda _: numbers(["least", "most"], 0, 1),
    reference=_right_bounds,
    # The city's quarters are so alike that its best is close to their mean.
    tolerance=(0.0002, 0.0005),
    why_tolerance="four decimals of the lower bound, three of the upper",
    objective=2,
    minutes=8,
    misconceptions=(
        Misconception(
            "mean-quarter",
            _mean_least,
            "Your lower bound is the mean quarter. At least as many as in which one?",
            "你的下界是季度平均数。至少不少于哪一个季度的人数？",
        ),
        Misconception(
            "independent-quarters",
            _as_independent,
            "Your upper bound takes quarters as independent. And if nobody came twice?",
            "你的上界假定各季度相互独立。如果没有人来过两次呢？",
        ),
        Misconception(
            "smallest-quarter",
            _smallest,
            "Your lower bound is the weakest quarter. Did nobody else come?",
            "你的下界取了各社区参与最少的季度。难道没有其他人来过？",
        ),
        Misconception(
            "city-first",
            _city_first,
            "Your lower bound is the best quarter of the city's means. Take the best "
            "quarter of each community first, then the mean.",
            "你的下界取了全市均值最高的季度。请先取每个社区最高的季度，再求平均。",
        ),
        Misconception(
            "exchanged",
            lambda d: _two(
                "least", _right_bounds(d)["most"], "most", _right_bounds(d)["least"]
            ),
            "The two bounds are exchanged.",
            "两个界限对调了。",
        ),
    ),
)


# --- q3: small numbers ---------------------------------------------------------------


def _beyond(d: Data, column: str = "organisations", per: bool = True) -> int:
    k, n = d.places[column].to_numpy(), d.places["residents"].to_numpy()
    usual = k.sum() * (n / n.sum() if per else 1 / len(n))
    low, high = stats.poisson.ppf([[0.025], [0.975]], usual)
    return int(((k < low) | (k > high)).sum())


def _above_only(d: Data) -> int:
    k, n = d.places["organisations"].to_numpy(), d.places["residents"].to_numpy()
    return int((k > stats.poisson.ppf(0.975, k.sum() / n.sum() * n)).sum())


Q3 = Question(
    name="01.q3",
    title="Beyond the funnel",
    title_zh="漏斗之外",
    text_en="""\
Compute living `organisations` per 10,000 `residents` of each community. How many
communities lie beyond the limits (`limit_low`, `limit_high`) within which 95 % would
lie if only chance differed?""",
    text_zh="""\
计算每个社区每万名居民（`residents`）的存续组织数（`organisations`）。
若社区之间只有偶然差异，95% 的社区会位于 `limit_low` 与 `limit_high` 之间；
实际有多少个社区在此范围之外？""",
    stub="q3 = ...",
    solution="""\
density = indicators.count_rates(
    places, value="organisations", population="residents"
)
low = density["estimate"] < density["limit_low"]
high = density["estimate"] > density["limit_high"]
q3 = int((low | high).sum())""",
    explanation="""\
By chance about twelve would lie beyond. Far more do: organisations come in
clusters, or have causes. The limits are wide where few people live.""",
    form=lambda _: number(0, 240, whole=True),
    reference=_beyond,
    tolerance=(0.5,),
    why_tolerance="a count",
    objective=2,
    minutes=8,
    misconceptions=(
        Misconception(
            "above-only",
            _above_only,
            "You count those above the upper limit alone.",
            "你只数了高于上限的社区。",
        ),
        Misconception(
            "size-forgotten",
            lambda d: _beyond(d, per=False),
            "Your limits take all communities as equally large.",
            "你的界限把所有社区当作一样大。",
        ),
        Misconception(
            "all-ever-founded",
            lambda d: _beyond(d, "ever"),
            "Dissolved organisations are among yours.",
            "你把已解散的组织也算进去了。",
        ),
    ),
)


# --- q4: the index -------------------------------------------------------------------


def _scores(d: Data, *, clipped: bool = True) -> pd.DataFrame:
    p = d.places
    raw = {
        "party": p["coverage"],
        "participation": d.rates["rate"].to_numpy(),
        "social": 10_000 * p["organisations"] / p["residents"],
        "services": p["functions"],
    }
    scored = {k: np.asarray(v, dtype=float) / POSTS[k] for k, v in raw.items()}
    table = pd.DataFrame(scored)
    return table.clip(0, 1) if clipped else table


def _index(scored: pd.DataFrame, weights: dict[str, float]) -> np.ndarray:
    return sum(w * scored[k] for k, w in weights.items()).to_numpy()


def _product(scored: pd.DataFrame) -> np.ndarray:
    return scored.prod(axis=1).to_numpy() ** 0.25


def _indices(arithmetic: np.ndarray, geometric: np.ndarray) -> dict[str, float]:
    return _two("arithmetic", arithmetic.mean(), "geometric", geometric.mean())


def _right_index(d: Data) -> dict[str, float]:
    scored = _scores(d)
    return _indices(_index(scored, EQUAL), _product(scored))


def _sample_posts(d: Data) -> dict[str, float]:
    scored = _scores(d)
    scored = (scored - scored.min()) / (scored.max() - scored.min())
    return _indices(_index(scored, EQUAL), _product(scored))


def _not_clipped(d: Data) -> dict[str, float]:
    scored = _scores(d, clipped=False)
    return _indices(_index(scored, EQUAL), _product(scored))


def _zeros_left_out(d: Data) -> dict[str, float]:
    product = _product(_scores(d))
    return _right_index(d) | {"geometric": float(product[product > 0].mean())}


Q4 = Question(
    name="01.q4",
    title="One number from four",
    title_zh="四个数变一个数",
    text_en="""\
Score each community between the goalposts of `posts`, values beyond a goalpost set to
it: `party` from `coverage`, `participation` from the weighted rate of its `answers`,
`social` from organisations per 10,000 residents, `services` from `functions`. With
equal weights, what is the mean over communities of the `arithmetic` and of the
`geometric` index?""",
    text_zh="""\
按 `posts` 的目标值给每个社区打分（超出者取目标值）：`party` 取 `coverage`，
`participation` 取该社区 `answers` 的加权参与率，`social` 取每万名居民的组织数，
`services` 取 `functions`。等权重下，算术指数（`arithmetic`）和几何指数
（`geometric`）对社区的平均数各是多少？""",
    stub='# q4 = {"arithmetic": ..., "geometric": ...}\nq4 = ...',
    solution="""\
asked = {"values": ["took_part"], "weight": "weight", "strata": "community"}
rates = indicators.rates(answers, group="community", **asked).set_index("community")
density = indicators.count_rates(
    places, value="organisations", population="residents"
)


def scored(rate):
    raw = {
        "party": places["coverage"].to_numpy(),
        "participation": rate.loc[places["community"]].to_numpy(),
        "social": density["estimate"].to_numpy(),
        "services": places["functions"].to_numpy(),
    }
    table = pd.DataFrame({"community": places["community"].to_numpy()})
    for name, (worst, best) in posts.items():
        table[name] = np.clip((raw[name] - worst) / (best - worst), 0, 1)
    return table


scores = scored(rates["estimate"])
equal = dict.fromkeys(posts, 1)
q4 = {
    method: indicators.composite_index(scores, weights=equal, method=method)[
        "index"
    ].mean()
    for method in ["arithmetic", "geometric"]
}""",
    explanation="""\
The geometric mean is never above the arithmetic one, and a score of zero makes it zero:
nobody among a dozen took part, or there is no organisation.""",
    form=lambda _: numbers(["arithmetic", "geometric"], 0, 1),
    reference=_right_index,
    tolerance=(0.001, 0.001),
    why_tolerance="three decimals",
    objective=3,
    minutes=11,
    misconceptions=(
        Misconception(
            "goalposts-from-sample",
            _sample_posts,
            "Your goalposts are the lowest and highest of the sample, not `posts`.",
            "你用的是样本的最低值和最高值，而不是 `posts`。",
        ),
        Misconception(
            "zeros-left-out",
            _zeros_left_out,
            "Communities with a score of zero are missing from the geometric mean.",
            "几何指数中缺少得分为零的社区。",
        ),
        Misconception(
            "not-clipped",
            _not_clipped,
            "Some of your scores lie above 1.",
            "你的一些得分超过了 1。",
        ),
        Misconception(
            "exchanged",
            lambda d: _indices(_product(_scores(d)), _index(_scores(d), EQUAL)),
            "The two indices are exchanged.",
            "两个指数对调了。",
        ),
    ),
)


# --- q5: what the weights decide -----------------------------------------------------


def _first(index: np.ndarray) -> np.ndarray:
    """Tell who ranks within the first quarter."""
    ranks = stats.rankdata(-np.round(index, 12), method="average")
    return ranks <= len(index) / 4


def _falls(d: Data, weights: dict[str, float]) -> float:
    scored = _scores(d)
    equal = _first(_index(scored, EQUAL))
    return float(1 - _first(_index(scored, weights))[equal].mean())


def _of_all(d: Data) -> float:
    scored = _scores(d)
    equal, half = _first(_index(scored, EQUAL)), _first(_index(scored, HALF))
    return float((equal & ~half).mean())


DOUBLE = {k: 0.4 if k == "participation" else 0.2 for k in POSTS}
ALONE = {k: float(k == "participation") for k in POSTS}

Q5 = Question(
    name="01.q5",
    title="What the weights decide",
    title_zh="权重决定了什么",
    text_en="""\
Let participation count half and the others a sixth each (arithmetic, scores as in q4).
Of the communities within the top quarter under equal weights (rank at most a quarter of
their number), what share is not within it under the new weights?""",
    text_zh="""\
让参与占一半、其余各占六分之一（算术指数，得分同 q4）。在等权重下位于前四分之一
（名次不超过社区数的四分之一）的社区中，多大比例在新权重下不在前四分之一？""",
    stub="q5 = ...",
    solution="""\
ranks = indicators.compare_weights(
    scores,
    unit="community",
    weightings={"equal": equal, "half": equal | {"participation": 3}},
)
quarter = len(ranks) / 4
q5 = (ranks.loc[ranks["equal"] <= quarter, "half"] > quarter).mean()""",
    explanation="""\
Three against one, one and one is a half. No larger sample would help: this part of the
ranking was chosen, not found.""",
    form=lambda _: number(0, 1),
    reference=lambda d: _falls(d, HALF),
    tolerance=(0.004,),
    why_tolerance="a community is .017 of the share",
    objective=3,
    minutes=8,
    graded=True,
    points=2,
    misconceptions=(
        Misconception(
            "doubled-not-half",
            lambda d: _falls(d, DOUBLE),
            "Twice the weight of each other is two fifths, not a half.",
            "其他各项权重的两倍是五分之二，不是一半。",
        ),
        Misconception(
            "participation-alone",
            lambda d: _falls(d, ALONE),
            "Your second index is participation alone.",
            "你的第二个指数只剩下参与一项。",
        ),
        Misconception(
            "share-of-all",
            _of_all,
            "You divide by all communities, not by those of the top quarter.",
            "你除以了全部社区数，而不是前四分之一的社区数。",
        ),
    ),
)


# --- q6: how much is noise -----------------------------------------------------------


def _signal(d: Data) -> float:
    return float(1 - d.rates["square"].mean() / d.rates["rate"].var())


def _lead(d: Data) -> float:
    rate = np.sort(d.rates["rate"].to_numpy())[::-1]
    return float(rate[: len(rate) // 4].mean() - rate.mean())


def _noisy(signal: float, lead: float) -> dict[str, float]:
    return {"signal": signal, "lead": lead}


def _right_noise(d: Data) -> dict[str, float]:
    return _noisy(_signal(d), _signal(d) * _lead(d))


def _not_squared(d: Data) -> dict[str, float]:
    part = 1 - float((d.rates["square"] ** 0.5).mean() / d.rates["rate"].std())
    return _noisy(part, part * _lead(d))


Q6 = Question(
    name="01.q6",
    title="How much of the league table is signal?",
    title_zh="排行榜中有多少是信号？",
    text_en="""\
Take the weighted rates of the communities and their standard errors (q4). The `signal`
is one minus the mean of the squared standard errors over the variance of the rates. The
top quarter of the table (the first quarter of communities by rate) leads the mean of
all communities by some amount; what `lead` is left when every rate is shrunk to the
mean with that one signal?""",
    text_zh="""\
取各社区的加权参与率及其标准误（q4）。`signal` 等于一减去标准误平方的均值与参与率方差
之比。排行榜前四分之一社区（按参与率）领先全部社区均值若干；用这一个信号比例将每个
参与率向均值收缩后，还剩多少领先（`lead`）？""",
    stub='# q6 = {"signal": ..., "lead": ...}\nq6 = ...',
    solution="""\
rate = rates["estimate"]
signal = 1 - (rates["std_error"] ** 2).mean() / rate.var()
best = rate.sort_values(ascending=False).head(len(rate) // 4)
q6 = {"signal": signal, "lead": signal * (best.mean() - rate.mean())}""",
    explanation="""\
What is seen is truth plus chance, so variances add up. Chosen for being high, the top
quarter is high in both; asked again it would keep the signal's part of its lead.""",
    form=lambda _: numbers(["signal", "lead"], -1, 1),
    reference=_right_noise,
    tolerance=(0.004, 0.001),
    why_tolerance="population or sample variance, equal rates in another order",
    objective=4,
    minutes=10,
    graded=True,
    points=2,
    misconceptions=(
        Misconception(
            "lead-not-shrunk",
            lambda d: _noisy(_signal(d), _lead(d)),
            "Your lead is that of the table as it stands.",
            "你的领先幅度是未收缩的。",
        ),
        Misconception(
            "noise-not-signal",
            lambda d: _noisy(1 - _signal(d), (1 - _signal(d)) * _lead(d)),
            "You have the share of chance, not of signal.",
            "你得到的是偶然的比例，不是信号的比例。",
        ),
        Misconception(
            "errors-not-squared",
            _not_squared,
            "Variances add up, standard deviations do not.",
            "可以相加的是方差，而不是标准差。",
        ),
    ),
)


# --- q7: judgement -------------------------------------------------------------------

Q7 = Question(
    name="01.q7",
    title="What would you tell the district?",
    title_zh="你会怎样告诉区里？",
    text_en="""\
The district wants to publish the table of q4 and give the top quarter a prize: "The
register shows that over a third of adults took part, and the best communities lead by
twenty points." Answer in four to six sentences, in English or Chinese: use q2, q5 and
q6, say what you would publish instead, and name one thing that these tables cannot
show.""",
    text_zh="""\
区里想公布 q4 的排行榜，并奖励前四分之一的社区：“登记资料显示三分之一以上的成年人
参与过，最好的社区领先二十个百分点。”请用四到六句话回答，中英文均可：
用上 q2、q5 和 q6，说明你会改为公布什么，并举出一件这些数据无法说明的事。""",
    stub="q7 = ...",
    solution='''\
q7 = """
The register counts person-times: the sum of four quarters is only an upper bound, and
with the same people in each quarter it could be a tenth of adults. The lead of twenty
points is mostly chance, because each community has about fourteen answers; asked again,
the top quarter would keep about a third of it. And three in ten of the top quarter of
the index lose their place when participation counts half, which is a choice that the
district should make in public and not leave to us. I would publish rates with their
intervals, the four values side by side, and the ranking under several weightings, and
give no prize by rank. The tables cannot show whether anybody who took part was heard.
"""''',
    explanation="""\
A good answer keeps three things apart: what is counted, what chance does, and what was
chosen.""",
    form=lambda _: text(40),
    objective=4,
    minutes=9,
    graded=True,
    points=4,
    rubric="""\
1 point: person-times against persons, with the bounds of q2. 1 point: most of the lead
is chance (q6), so a prize would go to luck. 1 point: weights are a choice (q5), and who
should make it. 1 point: a better thing to publish, or a fair limit of the tables (being
heard, non-response, cause).""",
)

QUESTIONS = [Q1, Q2, Q3, Q4, Q5, Q6, Q7]
