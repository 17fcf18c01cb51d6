"""Exercise 07: activities, a lottery and a staggered start in half of the city.

A variant is 24 of the 48 sub-districts, eight communities of the trial and a plan.
References are worked out here with plain sums; the worked solution uses `evaluation`,
so that the two check one another.
"""

from dataclasses import dataclass
from functools import cache
from itertools import combinations
from math import sqrt

import numpy as np
import pandas as pd
from scipy import stats

from govlib import datasets
from govlib.exercises.making import Misconception, Question, number, numbers, text

NUMBER = "07"
SLUG = "belonging"
TITLE_EN = "Remedy 1: do shared activities create belonging?"
TITLE_ZH = "路径一：共同活动能带来归属感吗？"
PUBLIC_SEED = 110

INTRO_EN = """\
You work with half of the sub-districts of S city: the survey, the trial of
good-neighbour stages and the panel by quarter. S city is synthetic: no resident in it
exists. Shared activities are held in some communities; in the trial a lot decided which
communities got a stage, open from quarter 5."""
INTRO_ZH = """\
你将使用 S 市一半街镇的数据：居民调查、睦邻小舞台试验和季度面板。
S 市是合成的，其中没有真实的居民。一些社区举办共同活动；
在试验中，由抽签决定哪些社区自第 5 季度起开办小舞台。"""

IMPORTS = """\
import numpy as np
import pandas as pd

from govlib import datasets, evaluation
from govlib.exercises import check, hand_in, start"""

DATA_TEXT = """\
## The data

`survey` has the interviewed residents of your sub-districts, with `activity` (whether
activities are held in their community) and `weight` (how many residents a row stands
for). `people` are the adults of your part of the trial who were reached again: `stage`
says whether their community drew a stage; `_before` and `_after` are the two
interviews. `eight` has the mean `gain` in belonging (1 to 5) of each of eight
communities of the trial. `panel` has one row per community and quarter.

> `survey` 是你所在街镇的受访居民，含 `activity`（所在社区是否举办活动）和
> `weight`（一行代表多少居民）。`people` 是你那部分试验中两次都访问到的成年居民：
> `stage` 表示所在社区是否抽中小舞台，`_before` 和 `_after` 是两次访问的回答。
> `eight` 是试验中八个社区归属感（1 至 5 分）的平均增量 `gain`。
> `panel` 每个社区每个季度一行。"""

DATA_CODE = """\
communities = datasets.load("communities")
near = communities[communities["subdistrict"].isin(mine["subdistricts"])]
survey = datasets.load("survey").query("answered").merge(
    near[["community", "activity"]].astype({"community": str}), on="community"
)
trial = datasets.load("activity_trial")
people = trial[trial["ties_after"].notna()]
items = ["belong_home", "belong_part", "belong_leave", "belong_indifferent"]
gains = {}
for wave in ["before", "after"]:
    gains[wave] = evaluation.scale_scores(
        people,
        items=[f"{item}_{wave}" for item in items],
        limits=(1, 5),
        reverse=[f"belong_indifferent_{wave}"],
    )
gain = (gains["after"] - gains["before"]).rename("gain").to_frame()
eight = gain.join(people[["community", "stage"]]).astype({"community": str})
eight = eight[eight["community"].isin(mine["communities"])]
eight = eight.groupby(["community", "stage"], as_index=False)["gain"].mean()
people = people[people["community"].isin(near["community"])]
panel = datasets.load("panel")
panel = panel[panel["community"].isin(near["community"])].astype({"community": str})"""

QUARTERS, STARTS = 12, (5, 7, 9)


@dataclass(frozen=True)
class Data:
    """The tables of one variant."""

    survey: pd.DataFrame
    people: pd.DataFrame
    eight: pd.DataFrame
    panel: dict[str, np.ndarray]
    plan: dict[str, float]


@cache
def _tables() -> dict[str, pd.DataFrame]:
    """Return the tables in plain types."""
    places = datasets.load("communities").astype({"community": str})
    places = places.set_index("community")
    survey = datasets.load("survey").query("answered").astype({"community": str})
    survey = survey.assign(
        took_part=survey["took_part"].astype("Float64").astype(float),
        ties=survey["ties"].astype("Float64").astype(float),
        activity=survey["community"].map(places["activity"]).astype(bool),
    )
    trial = datasets.load("activity_trial").astype({"community": str, "district": str})
    trial = trial[trial["ties_after"].notna()]
    for wave in ("before", "after"):
        told = [
            trial[f"belong_{item}_{wave}"].astype(float)
            for item in ("home", "part", "leave")
        ]
        told.append(6 - trial[f"belong_indifferent_{wave}"].astype(float))
        trial = trial.assign(
            **{
                f"belonging_{wave}": sum(told) / 4,
                f"ties_{wave}": trial[f"ties_{wave}"].astype(float),
                f"took_part_{wave}": trial[f"took_part_{wave}"].astype(float),
            }
        )
    panel = datasets.load("panel").astype({"community": str})
    out = {"survey": survey, "trial": trial, "panel": panel}
    return {
        name: table.assign(
            subdistrict=table["community"].map(places["subdistrict"].astype(str))
        )
        for name, table in out.items()
    }


def variant(seed: int) -> dict:
    """Return half of the sub-districts, eight communities of the trial and a plan."""
    rng = np.random.default_rng(seed)
    tables = _tables()
    names = sorted(tables["survey"]["subdistrict"].unique())
    mine = sorted(rng.choice(names, 24, replace=False).tolist())
    arms = tables["trial"].groupby("community")["stage"].first()
    eight = [
        code
        for stage in (True, False)
        for code in rng.choice(sorted(arms.index[arms == stage]), 4, replace=False)
    ]
    return {
        "subdistricts": mine,
        "communities": sorted(str(code) for code in eight),
        "effect": round(float(rng.choice(np.arange(0.03, 0.081, 0.005))), 3),
        "size": int(rng.integers(12, 31)),
        "likeness": round(float(rng.choice(np.arange(0.02, 0.071, 0.005))), 3),
    }


def data(parameters: dict) -> Data:
    """Return the tables of a variant."""
    tables = _tables()
    near = {
        name: table[table["subdistrict"].isin(parameters["subdistricts"])]
        for name, table in tables.items()
    }
    trial = tables["trial"]
    chosen = trial[trial["community"].isin(parameters["communities"])]
    chosen = chosen.assign(gain=chosen["belonging_after"] - chosen["belonging_before"])
    eight = chosen.groupby(["community", "stage"], as_index=False)["gain"].mean()
    rows = near["panel"].sort_values(["community", "quarter"])
    wide = {
        name: rows[name].to_numpy().reshape(-1, QUARTERS)
        for name in ("activity", "hall", "mean_ties", "participation_rate")
    }
    plan = {name: parameters[name] for name in ("effect", "size", "likeness")}
    return Data(near["survey"], near["trial"], eight, wide, plan)


# --- q1: the survey ------------------------------------------------------------------


def _gap(rows: pd.DataFrame, outcome: str, *, weighted: bool = True) -> float:
    """Return the mean where activities are held minus where they are not."""
    told = rows.dropna(subset=[outcome])
    means = {}
    for held, part in told.groupby("activity"):
        weight = part["weight"] if weighted else None
        means[held] = float(np.average(part[outcome], weights=weight))
    return means[True] - means[False]


def _naive(d: Data, **how: bool) -> dict[str, float]:
    return {
        "ties": _gap(d.survey, "ties", **how),
        "participation": _gap(d.survey, "took_part", **how),
    }


def _silent_as_no(d: Data) -> dict[str, float]:
    rows = d.survey.fillna({"ties": 0.0, "took_part": 0.0})
    return {"ties": _gap(rows, "ties"), "participation": _gap(rows, "took_part")}


Q1 = Question(
    name="07.q1",
    title="With activities and without",
    title_zh="有活动与没有活动",
    text_en="""\
In `survey`, with weights: by how much do the mean number of ties (`ties`) and the share
that took part (`participation`, from `took_part`) differ, communities with activities
minus those without? Leave out those who did not answer the question. Give the share
between -1 and 1.""",
    text_zh="""\
在 `survey` 中用权重计算：有活动的社区减没有活动的社区，平均关系数（`ties`）
与参与比例（`participation`，由 `took_part` 得出）各相差多少？
没有回答该题的人不计。比例之差写成 -1 到 1 之间的数。""",
    stub='# q1 = {"ties": ..., "participation": ...}\nq1 = ...',
    solution="""\
def gap(outcome):
    known = survey.dropna(subset=[outcome]).astype({outcome: float})
    table = evaluation.cluster_trial(
        known,
        outcome=outcome,
        treatment="activity",
        cluster="community",
        weight="weight",
    )
    return table["estimate"].iloc[1]


q1 = {"ties": gap("ties"), "participation": gap("took_part")}""",
    explanation="""\
These are differences between places, not effects: rich high-rises hold the activities.
Their towers make few ties, and their little need makes many participants, so that the
first number is too small and the second too large.""",
    form=lambda _: numbers(["ties", "participation"], -10, 10),
    reference=_naive,
    tolerance=(0.01, 0.002),
    why_tolerance="two decimals of a mean, three of a share",
    objective=2,
    minutes=8,
    misconceptions=(
        Misconception(
            "weights-unused",
            lambda d: _naive(d, weighted=False),
            "These numbers count every row once; use the weights.",
            "这些数每行只算一人，请使用权重。",
        ),
        Misconception(
            "direction-reversed",
            lambda d: {name: -gap for name, gap in _naive(d).items()},
            "The difference is with activities minus without; yours is the other way.",
            "差应为有活动减没有活动；你的方向反了。",
        ),
        Misconception(
            "silent-as-no",
            _silent_as_no,
            "Some of those whom you count as having no ties, or as not having taken "
            "part, gave no answer.",
            "你算作没有关系或没有参与的人里，有些其实没有作答。",
        ),
        Misconception(
            "percentage-points",
            lambda d: _naive(d) | {"participation": 100 * _naive(d)["participation"]},
            "The second number is in percentage points; it is asked as a share.",
            "第二个数是百分点；题目要求写成比例。",
        ),
    ),
)


# --- q2: the trial -------------------------------------------------------------------


OUTCOMES = {"ties": "ties", "participation": "took_part"}


def _gained(d: Data) -> dict[str, float]:
    """Return the mean gain with a stage minus the mean gain without, of people."""
    return {
        name: _mean(d, column, "after", stage=True)
        - _mean(d, column, "before", stage=True)
        - _mean(d, column, "after", stage=False)
        + _mean(d, column, "before", stage=False)
        for name, column in OUTCOMES.items()
    }


def _mean(d: Data, column: str, wave: str, *, stage: bool) -> float:
    rows = d.people[d.people["stage"] == stage]
    return float(rows[f"{column}_{wave}"].mean())


def _stage_only(d: Data) -> dict[str, float]:
    return {
        name: _mean(d, column, "after", stage=True)
        - _mean(d, column, "before", stage=True)
        for name, column in OUTCOMES.items()
    }


def _after_only(d: Data) -> dict[str, float]:
    return {
        name: _mean(d, column, "after", stage=True)
        - _mean(d, column, "after", stage=False)
        for name, column in OUTCOMES.items()
    }


Q2 = Question(
    name="07.q2",
    title="What did the stage do?",
    title_zh="小舞台带来了什么？",
    text_en="""\
In `people`, each counted once: the mean gain (after minus before) with a stage minus
the mean gain without, in ties (`ties`) and in having taken part, yes counted as 1
(`participation`, from `took_part_before` and `took_part_after`; `.astype(float)` turns
yes into 1).""",
    text_zh="""\
在 `people` 中，每人算一次：有小舞台者的平均增量（之后减之前）减没有者的平均增量，
分别对关系数（`ties`）和是否参与（`participation`，是计为 1，
由 `took_part_before` 和 `took_part_after` 得出；`.astype(float)` 把“是”变为 1）
计算。""",
    stub='# q2 = {"ties": ..., "participation": ...}\nq2 = ...',
    solution="""\
def effect(before, after):
    gain = people[after].astype(float) - people[before].astype(float)
    table = evaluation.cluster_trial(
        people.assign(gain=gain), outcome="gain", treatment="stage", cluster="community"
    )
    return table["estimate"].iloc[1]


q2 = {
    "ties": effect("ties_before", "ties_after"),
    "participation": effect("took_part_before", "took_part_after"),
}""",
    explanation="""\
The lot makes the arms alike before, on average; gains take off what is left by luck.
More people took part everywhere after two years, since halls opened in the same time:
before and after is not with and without.""",
    form=lambda _: numbers(["ties", "participation"], -10, 10),
    reference=_gained,
    tolerance=(0.005, 0.002),
    why_tolerance="two decimals of a mean, three of a share, rounded on the way",
    objective=1,
    minutes=8,
    misconceptions=(
        Misconception(
            "stage-only",
            _stage_only,
            "Your gains are those of communities with a stage alone. What happened "
            "elsewhere meanwhile?",
            "你的增量只是有小舞台社区的。同一时期其他社区发生了什么？",
        ),
        Misconception(
            "after-only",
            _after_only,
            "These are differences after two years. What the arms differed in before "
            "is still in them.",
            "这是两年后的差异，其中还包含两组开始前就有的差异。",
        ),
        Misconception(
            "direction-reversed",
            lambda d: {name: -gap for name, gap in _gained(d).items()},
            "The difference is with a stage minus without; yours is the other way.",
            "差应为有小舞台减没有；你的方向反了。",
        ),
    ),
)


# --- q3: the lottery -----------------------------------------------------------------


def _draws(d: Data) -> tuple[float, np.ndarray]:
    """Return the difference observed, and those of all ways to draw four of eight."""
    gain, stage = d.eight["gain"].to_numpy(), d.eight["stage"].to_numpy(dtype=bool)

    def gap(on: np.ndarray) -> float:
        return float(gain[on].mean() - gain[~on].mean())

    ways = combinations(range(8), 4)
    return gap(stage), np.array([gap(np.isin(range(8), way)) for way in ways])


def _one_sided(d: Data, side: int = 1) -> float:
    observed, drawn = _draws(d)
    return float(np.mean(side * drawn >= side * observed - 1e-9))


def _p_value(d: Data) -> float:
    return min(1.0, 2 * min(_one_sided(d), _one_sided(d, -1)))


def _t_test(d: Data, *, pooled: bool) -> float:
    gain, stage = d.eight["gain"], d.eight["stage"].astype(bool)
    return float(stats.ttest_ind(gain[stage], gain[~stage], equal_var=pooled).pvalue)


Q3 = Question(
    name="07.q3",
    title="Draw the lots again",
    title_zh="重新抽签",
    text_en="""\
`eight` has eight communities of the trial, four of which drew a stage. Take the
difference in mean `gain`, with a stage minus without. If the stage did nothing, how
often would the 70 ways to draw four of eight show a difference at least as large, and
how often one at most as large? Give the two-sided p-value: twice the smaller of these
two shares, but at most 1. (Suppose that the eight were drawn from one list.)""",
    text_zh="""\
`eight` 中有试验的八个社区，其中四个抽中小舞台。取 `gain` 均值之差（有减没有）。
如果小舞台毫无作用，从八个中抽四个的 70 种方式里，差值至少这么大的占多少，
至多这么大的又占多少？请给出双侧 p 值：两者中较小者的两倍，但不超过 1。
（假定八个社区来自同一份名单。）""",
    stub="q3 = ...",
    solution="""\
test = evaluation.randomisation_inference(eight, outcome="gain", treatment="stage")
q3 = test.table["p_value"].iloc[0]""",
    explanation="""\
Nothing was assumed about how gains are spread: chance is in the lot alone. With eight
communities the smallest p-value possible is 2 / 70; only more communities can show
more.""",
    # A little above one, for p-values that are rounded up.
    form=lambda _: number(0, 1.01),
    reference=_p_value,
    # Multiples of 2 / 70, but a t test is often close to one of them.
    tolerance=(0.0006,),
    why_tolerance="three decimals",
    objective=1,
    minutes=8,
    misconceptions=(
        Misconception(
            "one-sided",
            lambda d: _p_value(d) / 2,
            "This counts one side only.",
            "这只算了一侧。",
        ),
        Misconception(
            "t-test",
            lambda d: _t_test(d, pooled=False),
            "This comes from a t test. Count draws of the lot instead.",
            "这来自 t 检验。请改为数抽签的方式。",
        ),
        Misconception(
            "t-test-pooled",
            lambda d: _t_test(d, pooled=True),
            "This comes from a t test with one variance for both arms. Count draws of "
            "the lot instead.",
            "这来自假定两组方差相等的 t 检验。请改为数抽签的方式。",
        ),
        Misconception(
            "drawn-one-left-out",
            lambda d: min(
                1.0, 2 * (min(_one_sided(d), _one_sided(d, -1)) * 70 - 1) / 69
            ),
            "The draw that happened is one of the 70 as well.",
            "实际发生的那次抽签也是 70 种之一。",
        ),
    ),
)


# --- q4: a staggered start -----------------------------------------------------------


def _start(d: Data) -> np.ndarray:
    """Return the first quarter with activities, 0 if none."""
    held = d.panel["activity"].astype(bool)
    return np.where(held.any(axis=1), held.argmax(axis=1) + 1, 0)


def _two_way(d: Data, outcome: str) -> float:
    on = d.panel["activity"].astype(float)
    left = on - on.mean(axis=1, keepdims=True)
    left -= left.mean(axis=0)
    return float((left * d.panel[outcome]).sum() / (left**2).sum())


def _since(
    d: Data, outcome: str, since: int, *, everyone: bool = False
) -> tuple[float, float]:
    """Return the effect some quarters after the start, and how many show it."""
    y, start = d.panel[outcome], _start(d)
    total = size = 0.0
    for group in STARTS:
        quarter = group + since
        if quarter > QUARTERS:
            continue
        change = y[:, quarter - 1] - y[:, group - 2]
        mine = start == group
        n = float(mine.sum())
        others = ~mine if everyone else start == 0
        total += n * float(change[mine].mean() - change[others].mean())
        size += n
    return total / size, size


def _staggered(two_way: float, after_4: float) -> dict[str, float]:
    return {"two_way": two_way, "after_4": after_4}


def _right_staggered(d: Data, *, everyone: bool = False) -> dict[str, float]:
    return _staggered(
        _two_way(d, "mean_ties"), _since(d, "mean_ties", 4, everyone=everyone)[0]
    )


Q4 = Question(
    name="07.q4",
    title="Those who have not started",
    title_zh="与尚未开始者比较",
    text_en="""\
In `panel`, for `mean_ties`. `two_way`: the coefficient of `activity` in a regression
with effects of community and quarter. `after_4`: the effect **four** quarters after the
start: for the starters of quarter 5 (and of 7) the mean change from the last quarter
before the start, less that of communities that never start; groups count by their
number of communities.""",
    text_zh="""\
在 `panel` 中，对 `mean_ties`：`two_way` 是带社区效应和季度效应的回归中
`activity` 的系数。
`after_4` 是开始后**第四个**季度的效应：第 5 季度（以及第 7 季度）开始的社区，
从开始前最后一个季度起的平均变化，减去从不开始的社区的变化；各组按社区数加权。""",
    stub='# q4 = {"two_way": ..., "after_4": ...}\nq4 = ...',
    solution="""\
columns = {
    "outcome": "mean_ties",
    "treatment": "activity",
    "unit": "community",
    "time": "quarter",
}
fitted = evaluation.two_way_fixed_effects(panel, **columns)
study = evaluation.event_study(panel, **columns).set_index("event_time")
q4 = {
    "two_way": fitted.table["estimate"].iloc[0],
    "after_4": study.loc[4, "estimate"],
}""",
    explanation="""\
Starters of quarter 9 are not seen four quarters later. Two-way fixed effects squeeze a
growing effect into one number and use communities already treated as if they were not;
the event study shows the growth.""",
    form=lambda _: numbers(["two_way", "after_4"], -10, 10),
    reference=_right_staggered,
    tolerance=(0.005, 0.01),
    why_tolerance="two decimals",
    objective=3,
    minutes=10,
    misconceptions=(
        Misconception(
            "one-quarter-late",
            lambda d: _staggered(
                _two_way(d, "mean_ties"), _since(d, "mean_ties", 5)[0]
            ),
            "Your effect is seen five quarters after the start.",
            "你的效应是开始后第五个季度的。",
        ),
        Misconception(
            "compared-with-all",
            lambda d: _right_staggered(d, everyone=True),
            "Among those whom you compare with, some have activities already.",
            "与之比较的社区中，有些已经有活动。",
        ),
        Misconception(
            "exchanged",
            lambda d: _staggered(*reversed(_right_staggered(d).values())),
            "The two numbers are exchanged.",
            "两个数对调了。",
        ),
        Misconception(
            "one-quarter-early",
            lambda d: _staggered(
                _two_way(d, "mean_ties"), _since(d, "mean_ties", 3)[0]
            ),
            "Count again: the quarter of the start is time 0.",
            "请重新数：开始的那个季度是第 0 期。",
        ),
    ),
)


# --- q5: a second programme ----------------------------------------------------------


def _average(d: Data, outcome: str) -> float:
    """Return the average over all communities and quarters with activities."""
    found = [_since(d, outcome, since) for since in range(8)]
    return sum(e * n for e, n in found) / sum(n for _, n in found)


def _without_hall(d: Data) -> Data:
    never = ~d.panel["hall"].astype(bool).any(axis=1)
    kept = {name: values[never] for name, values in d.panel.items()}
    return Data(d.survey, d.people, d.eight, kept, d.plan)


def _programmes(everywhere: float, without: float) -> dict[str, float]:
    return {"all": everywhere, "never_a_hall": without}


def _right_programmes(d: Data) -> dict[str, float]:
    rate = "participation_rate"
    return _programmes(100 * _average(d, rate), 100 * _average(_without_hall(d), rate))


def _halls_open_now(d: Data) -> dict[str, float]:
    """Leave out communities that start activities in a quarter with a hall."""
    last = ~d.panel["hall"][:, 4].astype(bool)
    kept = {name: values[last] for name, values in d.panel.items()}
    early = Data(d.survey, d.people, d.eight, kept, d.plan)
    return _right_programmes(d) | {
        "never_a_hall": 100 * _average(early, "participation_rate")
    }


Q5 = Question(
    name="07.q5",
    title="Two programmes at once",
    title_zh="两项举措同时推行",
    text_en="""\
Now `participation_rate`. Average the effects on all communities that start, over all
their quarters with activities (each community and quarter counts once), compared with
communities that never start: among **all** communities of `panel` (`all`), and among
those that **never** get a deliberation hall in any of the twelve quarters
(`never_a_hall`). Give percentage points.""",
    text_zh="""\
改用 `participation_rate`。对所有开始活动的社区，在其有活动的全部季度上取平均效应
（每个社区每个季度算一次），与从不开始的社区比较：在 `panel` 的**全部**社区中（`all`），
以及在十二个季度里**从未**设议事厅的社区中（`never_a_hall`）。以百分点为单位。""",
    stub='# q5 = {"all": ..., "never_a_hall": ...}\nq5 = ...',
    solution="""\
columns = {"treatment": "activity", "unit": "community", "time": "quarter"}


def average(rows):
    effects = evaluation.group_time_effects(
        rows, outcome="participation_rate", **columns
    )
    table = evaluation.aggregate_effects(effects, by="simple")
    return 100 * table["estimate"].iloc[0]


has_hall = panel.loc[panel["hall"], "community"]
q5 = {
    "all": average(panel),
    "never_a_hall": average(panel[~panel["community"].isin(has_hall)]),
}""",
    explanation="""\
Halls open in quarters 5, 7 and 9 where need is high, which is where activities do not
start. They raise participation among those compared with, and the effect of activities
seems negative. An estimator that is robust to staggered starts is not robust to a
second programme.""",
    form=lambda _: numbers(["all", "never_a_hall"], -20, 20),
    reference=_right_programmes,
    tolerance=(0.01, 0.01),
    why_tolerance="two decimals of a percentage point",
    objective=3,
    minutes=9,
    graded=True,
    points=2,
    misconceptions=(
        Misconception(
            "two-way-for-both",
            lambda d: _programmes(
                100 * _two_way(d, "participation_rate"),
                100 * _two_way(_without_hall(d), "participation_rate"),
            ),
            "These come from a regression with effects of community and quarter.",
            "这两个数来自带社区效应和季度效应的回归。",
        ),
        Misconception(
            "exchanged",
            lambda d: _programmes(*reversed(_right_programmes(d).values())),
            "You have the two the other way round.",
            "你把这两个数写反了。",
        ),
        Misconception(
            "no-hall-yet",
            _halls_open_now,
            "Some of the communities that you keep get a hall later.",
            "你保留的社区中，有些后来设了议事厅。",
        ),
        Misconception(
            "shares",
            lambda d: {n: v / 100 for n, v in _right_programmes(d).items()},
            "These are shares; give percentage points.",
            "这是比例；请以百分点为单位。",
        ),
    ),
)


# --- q6: planning --------------------------------------------------------------------

BASE_RATE = 0.25


def _power(effect: float, n: int, size: float, likeness: float) -> float:
    """Return the power of a trial with n communities, half of them treated."""
    one = (n + 1) // 2
    other = BASE_RATE + effect
    spread = other * (1 - other) / one + BASE_RATE * (1 - BASE_RATE) / (n - one)
    error = sqrt(spread * (1 + (size - 1) * likeness) / size)
    critical = stats.t.ppf(0.975, n - 2)
    shift = effect / error
    return float(
        stats.nct.sf(critical, n - 2, shift) + stats.nct.cdf(-critical, n - 2, shift)
    )


def _needed(effect: float, size: float, likeness: float) -> int:
    low, high = 3, 4
    while _power(effect, high, size, likeness) < 0.8:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        if _power(effect, middle, size, likeness) < 0.8:
            low = middle
        else:
            high = middle
    return high


def _plan(d: Data, **change: float) -> float:
    return float(_needed(**(d.plan | change)))


Q6 = Question(
    name="07.q6",
    title="How many communities?",
    title_zh="需要多少个社区？",
    text_en="""\
A trial is planned: half of the communities drawn for a stage, `mine["size"]` residents
asked in each, intraclass correlation `mine["likeness"]`, a quarter of the residents
(0.25) taking part without a stage. How many communities **in all** does it take to find
a rise by `mine["effect"]` (a share) with 80 % power at the 5 % level?""",
    text_zh="""\
计划一项试验：一半社区抽中小舞台，每个社区访问 `mine["size"]` 人，
组内相关系数为 `mine["likeness"]`，没有小舞台时四分之一（0.25）的居民参与。
要以 80% 的功效、5% 的显著性水平发现 `mine["effect"]`（比例）的提高，
**总共**需要多少个社区？""",
    stub="q6 = ...",
    solution="""\
q6 = evaluation.clusters_needed(
    effect=mine["effect"],
    cluster_size=mine["size"],
    intraclass_correlation=mine["likeness"],
    base_rate=0.25,
)""",
    explanation="""\
Communities are what the lot draws, so they are what counts. The more alike neighbours
are, the less another interview in the same community tells.""",
    form=lambda _: number(4, 100_000, whole=True),
    reference=_plan,
    tolerance=(2.5,),
    why_tolerance="textbooks that use the normal distribution get one or two less",
    objective=4,
    minutes=7,
    graded=True,
    points=2,
    misconceptions=(
        Misconception(
            "likeness-ignored",
            lambda d: _plan(d, likeness=0.0),
            "You treat residents of one community as independent.",
            "你把同一社区的居民当作相互独立。",
        ),
        Misconception(
            "per-arm",
            lambda d: float(np.ceil(_plan(d) / 2)),
            "This is the number in each arm.",
            "这是每一组的社区数。",
        ),
        Misconception(
            "people-for-communities",
            lambda d: _plan(d) * d.plan["size"],
            "This is the number of residents.",
            "这是居民人数。",
        ),
    ),
)


# --- q7: judgement -------------------------------------------------------------------

Q7 = Question(
    name="07.q7",
    title="What would you tell the district?",
    title_zh="你会怎样告诉区里？",
    text_en="""\
A draft report says: "Where activities are held, more residents take part, and Auntie
Wang's society shows how it works. Activities should be held everywhere to raise
participation; for ties they do little." Answer in four to six sentences, in English or
Chinese. Use q1 and q2 to say in which direction selection misleads for ties and for
participation, and why the directions differ. What does q5 add about other programmes?
What would you need to know about participation, and how large would the trial have to
be (q6)?""",
    text_zh="""\
一份报告草稿写道：“有活动的地方居民参与更多，王阿姨爱心服务社说明了其中的道理。
应普遍举办活动以提高参与；对邻里关系作用不大。”请用四到六句话回答，中英文均可。
用 q1 和 q2 说明：选择对邻里关系和对参与分别朝哪个方向误导，为什么方向不同？
q5 对其他举措说明了什么？关于参与还需要知道什么，试验需要多大（q6）？""",
    stub="q7 = ...",
    solution='''\
q7 = """
In the survey communities with activities have about one tie more than others, but by
lot a stage brings almost two: the comparison hides part of the effect, because
activities are held in high-rises, where people know few neighbours. For participation
the same selection works the other way, since rich communities with little need take
part more anyhow, so the survey makes the effect look too large. One society in one old
street has nothing to compare with. The panel warns that another programme at the same
time can turn the sign: halls opened where no activities started. Whether activities
raise participation at all is not known from these data; an effect of a few points takes
a trial of a hundred communities or more, and one of a single point takes thousands.
"""''',
    explanation="""\
A good answer names both directions with own numbers and a reason for each, does not
take a case for a comparison, says that halls opened at the same time, and gives the
size of a trial that could answer the question.""",
    form=lambda _: text(40),
    objective=2,
    minutes=10,
    graded=True,
    points=4,
    rubric="""\
1 point: ties are understated and participation overstated, with own numbers of q1 and
q2, or says that q2 is too uncertain to show it and argues from need and wealth. 1
point: a reason for each direction (high-rises; wealth and need). 1 point: a second
programme at the same time, or a case without comparison, cannot carry the claim. 1
point: the effect on participation is unknown here, and says what size of trial would
find it.""",
)

QUESTIONS = [Q1, Q2, Q3, Q4, Q5, Q6, Q7]
