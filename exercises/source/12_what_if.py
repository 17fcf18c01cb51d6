"""Exercise 12: remedies on a city of one's own.

A variant is a city (a seed), the number of mandates that the remedy sets, and costs.
References are read off one table of effects; what a hasty reader would say is worked
out from the city left alone.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from govlib import city
from govlib.exercises.making import Misconception, Question, number, numbers, text

NUMBER = "12"
SLUG = "what_if"
TITLE_EN = "What if: which remedy, where, for how much?"
TITLE_ZH = "如果：哪种路径，在哪里，花多少？"
PUBLIC_SEED = 1

INTRO_EN = """\
You are given a city of your own: the same equations as S city, other chance. It is
synthetic: nobody lives in it. The city council asks what remedies would bring, and what
they would cost. Costs are assumptions for teaching."""
INTRO_ZH = """\
你得到一座属于自己的城市：方程与 S 市相同，随机数不同。它是合成的，没有真实的居民。
市议会想知道各项对策能带来什么、要花多少。成本为教学假设。"""

IMPORTS = """\
import numpy as np
import pandas as pd

from govlib import city
from govlib.exercises import check, hand_in, start"""

DATA_TEXT = """\
## Your city

`left_alone` is your city without any remedy: `left_alone.by_quarter(name)` has one row
per community and one column per quarter; it knows `need`, `staff`, `mandates`, `load`,
`self_governance_time`, `hall`, `halls_near` and `functions`. `effect_of(remedies)`
takes a *list* of remedies, runs 10 futures with and without them and returns a table as
in the chapter: `baseline` and `estimate`, the effect. `city.Remedy(name, value)` sets
one value everywhere; `each(name, values)` takes one value per community and makes the
list. `mandates` is the number of tasks that the council would allow. `costs` are
thousand yuan a year for the whole programme, divided by all communities of the city: a
community that has a hall already is counted and costs nothing more.

> `left_alone` 是没有任何对策的你的城市：`left_alone.by_quarter(name)` 每个社区一行，
> 每个季度一列，`name` 可取 `need`、`staff`、`mandates`、`load`、
> `self_governance_time`、`hall`、`halls_near`、`functions`。
> `effect_of(remedies)` 接收对策的*列表*，在有、无对策两种情况下各模拟 10 个未来，
> 返回与本章相同的表：`baseline`（基线）和 `estimate`（效应）。
> `city.Remedy(name, value)` 在所有社区设定同一个值；
> `each(name, values)` 接收每个社区各一个值，并生成这个列表。
> `mandates` 是市议会允许的下派事项数。
> `costs` 是整个方案每年的成本（千元）除以全市所有社区数：
> 已有议事厅的社区也计入，但不再增加成本。"""

DATA_CODE = """\
size = city.Size(districts=6, subdistricts=4, communities=2, surveyed=20)
left_alone = city.base(mine["seed"], size)
mandates, costs = mine["mandates"], mine["costs"]
outcomes = [
    "self_governance_time", "load", "matters_resolved", "requests_recorded", "need"
]

def effect_of(remedies):
    table = city.what_if(
        {"it": remedies}, outcomes, size=size, runs=10, seed=mine["seed"]
    )
    return table.set_index("term")

def each(name, values):
    places = zip(left_alone.codes, values, strict=True)
    return [city.Remedy(name, int(value), (code,)) for code, value in places]"""

SIZE = city.Size(districts=6, subdistricts=4, communities=2, surveyed=20)
OUTCOMES = [
    "self_governance_time",
    "load",
    "matters_resolved",
    "requests_recorded",
    "need",
]
MOST_STAFF = 9
PRICED = ("1+3+X", "halls", "fewer mandates")


@dataclass(frozen=True)
class Data:
    """Effects in one city, the city left alone, and what its variant says."""

    table: pd.DataFrame
    time: np.ndarray
    mandates: np.ndarray
    need: np.ndarray
    parameters: dict


def variant(seed: int) -> dict:
    """Return a city, a number of mandates and costs."""
    rng = np.random.default_rng(seed)
    return {
        "seed": int(rng.integers(1, 1_000_000)),
        "mandates": int(rng.integers(14, 18) * 5),
        "costs": {
            "1+3+X": int(rng.integers(4, 9) * 5),
            "halls": int(rng.integers(9, 15) * 5),
            "fewer mandates": int(rng.integers(2, 5) * 5),
        },
    }


@lru_cache(maxsize=64)
def _effects(
    seed: int, mandates: int
) -> tuple[pd.DataFrame, np.ndarray, np.ndarray, np.ndarray]:
    left_alone = city.base(seed, SIZE)
    staff = left_alone.by_quarter("staff")[:, -1]
    remedies = {
        "fewer mandates": [city.Remedy("mandates", mandates)],
        "halls": [city.Remedy("hall", 1)],
        "1+3+X": [city.Remedy("joint_office", 1)],
        "platform": [city.Remedy("platform", 1)],
    }
    for more in range(1, MOST_STAFF + 1):
        remedies[f"staff {more}"] = [
            city.Remedy("staff", int(has + more), (code,))
            for code, has in zip(left_alone.codes, staff, strict=True)
        ]
    table = city.what_if(remedies, OUTCOMES, size=SIZE, runs=10, seed=seed)
    table = table.set_index(["remedy", "term"])
    return (
        table,
        left_alone.by_quarter("self_governance_time")[:, -1],
        left_alone.by_quarter("mandates")[:, -1],
        left_alone.by_quarter("need")[:, -1],
    )


def data(parameters: dict) -> Data:
    """Return the effects of a variant."""
    return Data(*_effects(parameters["seed"], parameters["mandates"]), parameters)


def _get(d: Data, remedy: str, term: str, column: str = "estimate") -> float:
    return float(d.table.loc[(remedy, term), column])


# --- q1: one remedy ------------------------------------------------------------------


def _pair(baseline: float, effect: float) -> dict[str, float]:
    return {"baseline": baseline, "effect": effect}


def _time(d: Data) -> tuple[float, float]:
    term = "self_governance_time"
    return _get(d, "fewer mandates", term, "baseline"), _get(d, "fewer mandates", term)


Q1 = Question(
    name="12.q1",
    title="What does one remedy do?",
    title_zh="一项对策有什么作用？",
    text_en="""\
Every committee gets `mandates` tasks a year, whatever it has now. What share of their
time do committees have for self-governance without the remedy (`baseline`), and how
much does the remedy add (`effect`)? Both as shares, not in per cent.""",
    text_zh="""\
让每个居委会每年都只承担 `mandates` 项任务，无论现在是多少。没有对策时，居委会用于自治的
时间占比是多少（`baseline`）？对策使它增加多少（`effect`）？都写成比例，不用百分数。""",
    stub='# q1 = {"baseline": ..., "effect": ...}\nq1 = ...',
    solution="""\
fewer = effect_of([city.Remedy("mandates", mandates)])
time = fewer.loc["self_governance_time"]
q1 = {"baseline": time["baseline"], "effect": time["estimate"]}""",
    explanation="""\
The effect is the difference between two runs that meet the same chance. The baseline
belongs beside it: without it nobody can tell whether the effect is large.""",
    form=lambda _: numbers(["baseline", "effect"], -1, 1),
    reference=lambda d: _pair(*_time(d)),
    # One course of the city may come near the mean over its futures.
    tolerance=(0.0002, 0.0006),
    why_tolerance="four decimals of the baseline, three of the effect",
    objective=1,
    minutes=6,
    misconceptions=(
        Misconception(
            "after-for-effect",
            lambda d: _pair(_time(d)[0], sum(_time(d))),
            "Your second number is the share after the remedy. The effect is what the "
            "remedy adds.",
            "第二个数是实施对策之后的占比；效应是对策增加的部分。",
        ),
        Misconception(
            "relative-change",
            lambda d: _pair(_time(d)[0], _time(d)[1] / _time(d)[0]),
            "Your second number is relative to the baseline. Give the difference of "
            "the two shares.",
            "第二个数是相对于基线的变化；请给出两个占比之差。",
        ),
        Misconception(
            "load-for-time",
            lambda d: (
                _pair(
                    _get(d, "fewer mandates", "load", "baseline"),
                    _get(d, "fewer mandates", "load"),
                )
                if _get(d, "fewer mandates", "load", "baseline") <= 1
                else _pair(_time(d)[0], _get(d, "fewer mandates", "load"))
            ),
            "That is the load, tasks over capacity. Which row has the time?",
            "这是负荷，即任务与能力之比。哪一行才是时间？",
        ),
        Misconception(
            "one-course",
            lambda d: _pair(float(d.time.mean()), _time(d)[1]),
            "That is one course of the city; take the column `baseline`.",
            "这只是城市的一种走向；请取 `baseline` 一列。",
        ),
    ),
)


# --- q2: seeing and doing ------------------------------------------------------------


def _seen_done(seen: float, done: float) -> dict[str, float]:
    return {"seen": seen, "done": done}


def _seen(d: Data) -> float:
    few = d.mandates <= np.median(d.mandates)
    return float(d.time[few].mean() - d.time[~few].mean())


Q2 = Question(
    name="12.q2",
    title="Seeing is not doing",
    title_zh="看到不等于做到",
    text_en="""\
In the last quarter of the city left alone, compare committees with at most the median
number of mandates with those that have more: by how much is the mean share of time for
self-governance larger among the first (`seen`)? And what does setting `mandates`
everywhere do (`done`, from q1)?""",
    text_zh="""\
在未施加对策的城市的最后一个季度，把任务数不超过中位数的居委会与其余居委会相比：
前者用于自治的平均时间占比高多少（`seen`）？而在所有社区设定 `mandates` 的效应是多少
（`done`，见 q1）？""",
    stub='# q2 = {"seen": ..., "done": ...}\nq2 = ...',
    solution="""\
now = pd.DataFrame({
    "mandates": left_alone.by_quarter("mandates")[:, -1],
    "time": left_alone.by_quarter("self_governance_time")[:, -1],
})
few = now["mandates"] <= now["mandates"].median()
q2 = {
    "seen": now.loc[few, "time"].mean() - now.loc[~few, "time"].mean(),
    "done": time["estimate"],
}""",
    explanation="""\
The two answer different questions. The first compares committees that differ in need,
staff and sub-district as well; the second changes one number and nothing else.""",
    form=lambda _: numbers(["seen", "done"], -1, 1),
    reference=lambda d: _seen_done(_seen(d), _time(d)[1]),
    tolerance=(0.0006, 0.0006),
    why_tolerance="three decimals",
    objective=1,
    minutes=9,
    misconceptions=(
        Misconception(
            "seen-for-done",
            lambda d: _seen_done(*[_seen(d)] * 2),
            "Your second number compares committees as they are. Take the effect of "
            "the intervention.",
            "第二个数仍是对现状的比较；请取干预的效应。",
        ),
        Misconception(
            "done-for-seen",
            lambda d: _seen_done(*[_time(d)[1]] * 2),
            "Your first number is the effect of the intervention. It is asked of "
            "committees as they are.",
            "第一个数是干预的效应；题目问的是现状的比较。",
        ),
        Misconception(
            "exchanged",
            lambda d: _seen_done(_time(d)[1], _seen(d)),
            "The two are exchanged.",
            "两个数对调了。",
        ),
        Misconception(
            "wrong-way-round",
            lambda d: _seen_done(-_seen(d), _time(d)[1]),
            "You subtracted the other way round: those with few mandates come first.",
            "减法方向相反：应以任务少的居委会减去任务多的。",
        ),
    ),
)


# --- q3: the same by other means -----------------------------------------------------


def _enough(d: Data) -> int:
    """Return the fewest workers whose effect reaches that of fewer mandates."""
    wanted = _time(d)[1]
    return next(k for k in range(1, MOST_STAFF + 1) if _with_staff(d, k) >= wanted)


def _with_staff(d: Data, more: int) -> float:
    return _get(d, f"staff {more}", "self_governance_time")


Q3 = Question(
    name="12.q3",
    title="The same by other means",
    title_zh="换一种办法达到同样效果",
    text_en="""\
Give *every* committee one worker more than it has, then two, and so on, until the mean
share of time for self-governance rises by at least as much as by the remedy of q1. By
how much does it rise then?""",
    text_zh="""\
让*每个*居委会在现有人数之上增加一名工作人员，再增加到两名，依此类推，直到自治时间占比的
平均增幅不低于 q1 的对策。这时它增加了多少？""",
    stub="q3 = ...",
    solution=f"""\
staff = left_alone.by_quarter("staff")[:, -1]
for more in range(1, {MOST_STAFF + 1}):
    effect = effect_of(each("staff", staff + more)).loc["self_governance_time"]
    if effect["estimate"] >= time["estimate"]:
        break
q3 = effect["estimate"]""",
    explanation="""\
Load is mandates over capacity, so that both remedies go through the same door. Several
workers in every committee cost more than a list of tasks that are no longer passed
down.""",
    form=lambda _: number(-1, 1),
    reference=lambda d: _with_staff(d, _enough(d)),
    tolerance=(0.0006,),
    why_tolerance="three decimals",
    objective=2,
    minutes=10,
    misconceptions=(
        Misconception(
            "one-too-few",
            lambda d: _with_staff(d, _enough(d) - 1),
            "With so many workers the effect is still smaller than that of the "
            "mandates.",
            "增加这么多人，效应仍小于减少任务的效应。",
        ),
        Misconception(
            "one-too-many",
            lambda d: _with_staff(d, _enough(d) + 1),
            "One worker fewer is already enough.",
            "少一人就已足够。",
        ),
        Misconception(
            "the-remedy-itself",
            lambda d: _time(d)[1],
            "That is what the remedy of q1 brings. Whole workers bring a little more.",
            "这是 q1 对策本身的效应；按整人增加会略多一些。",
        ),
    ),
)


# --- q4: recorded is not needed ------------------------------------------------------


def _platform(d: Data, column: str = "estimate") -> float:
    return _get(d, "platform", "requests_recorded", column)


def _need(d: Data) -> float:
    return _get(d, "platform", "need", "baseline")


def _opened(recorded: float, need: float) -> dict[str, float]:
    return {"recorded": recorded, "need": need}


Q4 = Question(
    name="12.q4",
    title="More requests, more need?",
    title_zh="诉求更多，需求就更多吗？",
    text_en="""\
A platform opens in every community (`platform` = 1). By how many does it raise the
requests recorded per 1,000 adults and year (`recorded`)? And how high is mean need
with the platform (`need`, in standard deviations)?""",
    text_zh="""\
在每个社区开通平台（`platform` = 1）。每千名成年居民每年登记的诉求增加多少件
（`recorded`）？有平台时平均需求是多少（`need`，单位为标准差）？""",
    stub='# q4 = {"recorded": ..., "need": ...}\nq4 = ...',
    solution="""\
opened = effect_of([city.Remedy("platform", 1)])
q4 = {
    "recorded": opened.loc["requests_recorded", "estimate"],
    "need": opened.loc["need", "baseline"] + opened.loc["need", "estimate"],
}""",
    explanation="""\
Need is what it was, to the last digit: the remedy sits behind it in the graph. What
rises is how much of it is seen.""",
    form=lambda _: numbers(["recorded", "need"], -1000, 1000),
    reference=lambda d: _opened(_platform(d), _need(d)),
    tolerance=(0.06, 0.001),
    why_tolerance="one decimal of requests, three of need",
    objective=3,
    minutes=5,
    misconceptions=(
        Misconception(
            "recorded-is-need",
            lambda d: _opened(
                _platform(d), _need(d) + _platform(d) / _platform(d, "baseline")
            ),
            "Requests rise; need does not follow from a platform. Look at its row.",
            "诉求增加了，但需求并不由平台决定。请看它那一行。",
        ),
        Misconception(
            "after-for-effect",
            lambda d: _opened(_platform(d) + _platform(d, "baseline"), _need(d)),
            "Your first number is what is recorded with the platform, not what it "
            "adds.",
            "第一个数是有平台时的登记数，不是平台增加的数量。",
        ),
        Misconception(
            "per-adult",
            lambda d: _opened(_platform(d) / 1000, _need(d)),
            "Your first number is per adult; it is asked per 1,000.",
            "第一个数是人均；题目要求每千人。",
        ),
        Misconception(
            "effect-on-need",
            lambda d: _opened(_platform(d), 0.0),
            "Your second number is the effect on need; it is asked how high need is.",
            "第二个数是对需求的效应；题目问的是需求的水平。",
        ),
        Misconception(
            "one-course",
            lambda d: _opened(_platform(d), float(d.need.mean())),
            "That is one course of the city; take the column `baseline`.",
            "这只是城市的一种走向；请取 `baseline` 一列。",
        ),
    ),
)


# --- q5: for how much ----------------------------------------------------------------


def _worth(d: Data) -> dict[str, float]:
    """Return points of matters resolved per 10,000 yuan."""
    return {
        name: 100 * _get(d, name, "matters_resolved") / d.parameters["costs"][name] * 10
        for name in PRICED
    }


def _scaled(values: dict[str, float], factor: float) -> dict[str, float]:
    return {name: factor * value for name, value in values.items()}


Q5 = Question(
    name="12.q5",
    title="What does a yuan buy?",
    title_zh="一元钱能换来什么？",
    text_en="""\
For each of `"1+3+X"` (`joint_office` = 1), `"halls"` (`hall` = 1) and
`"fewer mandates"` (the remedy of q1): by how many **percentage points** does the share
of matters resolved rise per 10,000 yuan? `costs` are thousand yuan a year for the whole
programme, divided by all communities of the city (one that has a hall already is
counted and costs nothing more).""",
    text_zh="""\
对于 `"1+3+X"`（`joint_office` = 1）、`"halls"`（`hall` = 1）和 `"fewer mandates"`
（q1 的对策）：每一万元使事项解决比例上升多少个**百分点**？
`costs` 是整个方案每年的成本（千元）除以全市所有社区数
（已有议事厅的社区也计入，但不再增加成本）。""",
    stub='# q5 = {"1+3+X": ..., "halls": ..., "fewer mandates": ...}\nq5 = ...',
    solution="""\
remedies = {
    "1+3+X": [city.Remedy("joint_office", 1)],
    "halls": [city.Remedy("hall", 1)],
    "fewer mandates": [city.Remedy("mandates", mandates)],
}
q5 = {}
for name, given in remedies.items():
    points = 100 * effect_of(given).loc["matters_resolved", "estimate"]
    q5[name] = points / (costs[name] / 10)""",
    explanation="""\
Points per yuan rank remedies that can be had in any amount. A remedy that is cheap and
small may be first in this list and still not be enough.""",
    form=lambda _: numbers(list(PRICED), -1000, 1000),
    reference=_worth,
    tolerance=(0.006, 0.006, 0.006),
    why_tolerance="two decimals",
    objective=2,
    minutes=10,
    graded=True,
    points=3,
    misconceptions=(
        Misconception(
            "shares-for-points",
            lambda d: _scaled(_worth(d), 0.01),
            "These are shares; percentage points are a hundred times as large.",
            "这是比例；百分点要乘以一百。",
        ),
        Misconception(
            "per-thousand",
            lambda d: _scaled(_worth(d), 0.1),
            "These are points per 1,000 yuan; it is asked per 10,000.",
            "这是每千元的百分点；题目要求每万元。",
        ),
        Misconception(
            "yuan-per-point",
            lambda d: {name: 1 / value for name, value in _worth(d).items()},
            "You divided costs by effects; it is asked what money buys.",
            "你用成本除以效应；题目问的是一定的钱能换来多少。",
        ),
        Misconception(
            "costs-forgotten",
            lambda d: {
                name: 100 * _get(d, name, "matters_resolved") for name in PRICED
            },
            "These are effects; divide them by what they cost.",
            "这只是效应；还要除以成本。",
        ),
    ),
)


# --- q6: judgement -------------------------------------------------------------------

Q6 = Question(
    name="12.q6",
    title="What do you tell the council?",
    title_zh="你怎样告诉市议会？",
    text_en="""\
A memo says: "The simulation proves that fewer mandates work, with an interval of a
fraction of a point. Do it everywhere." Answer in four to six sentences, in English or
Chinese. What does the narrow interval cover, and what not? Which of your answers would
change if a slope of the model were half as large? What would you do before doing it
everywhere?""",
    text_zh="""\
一份备忘录写道：“模拟证明减少下派任务有效，区间不到一个百分点。应在全市推行。”
请用四到六句话回答，中英文均可。这个很窄的区间包含了什么，没有包含什么？
如果模型中某个斜率只有一半大，你的哪些答案会改变？在全市推行之前，你会先做什么？""",
    stub="q6 = ...",
    solution='''\
q6 = """
The interval covers what chance may still do in this one city if every equation is
right: the need that arises and nothing else. It does not cover whether the equations
are right, and it says nothing about another city. That mandates cost time was written
into the model as an assumption, so the simulation cannot prove it; it only works out
what follows. If the effect of load were half as large, the effects on time and on
matters resolved would shrink to about a half, and the ranking by points per yuan with
them, while the platform would still leave need alone. Before doing it everywhere I
would set it by lot in some sub-districts, measure both groups, and ask who does the
tasks that are no longer passed down.
"""''',
    explanation="""\
A good answer keeps chance and model apart, names what was put in, says which answers
hang on it, and asks for a trial.""",
    form=lambda _: text(40),
    objective=3,
    minutes=10,
    graded=True,
    points=4,
    rubric="""\
1 point: the interval is over futures of one city under the model. 1 point: it does not
hold the uncertainty of the equations, nor another city. 1 point: says which answers
change with a slope, and which do not. 1 point: a trial, a comparison group, or the cost
that was left out.""",
)

QUESTIONS = [Q1, Q2, Q3, Q4, Q5, Q6]
