"""Exercise 10: where matters are stuck in half of the city's sub-districts.

A variant is half of the sub-districts that ever delegate decision rights and half of
those that do not, and the day of a report. References are worked out here with sums and
products; the worked solution uses `lifecycle` and `evaluation`, so that the two check
one another.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd

from govlib import datasets
from govlib.exercises.making import Misconception, Question, number, numbers, text

NUMBER = "10"
SLUG = "lifecycle"
TITLE_EN = "Remedy 4: where does a matter get stuck?"
TITLE_ZH = "路径四：事项卡在哪一环？"
PUBLIC_SEED = 7
LAST, LIMIT, HORIZON = 1092, 90, 300
STAGES = ["analysis", "decision", "execution", "evaluation"]

INTRO_EN = """\
You work with the matters of half of the sub-districts of S city, and with a report that
is written on a certain day. S city is synthetic: no such matter exists. Days count from
the first day of quarter 1; quarters have 91 days; the files end on day 1,092."""
INTRO_ZH = """\
你将使用 S 市一半街镇的事项资料，并以某一天为报告日。S 市是合成的，其中没有真实的事项。
天数自第 1 季度首日起算，每季度 91 天，档案截至第 1092 天。"""

IMPORTS = """\
from govlib import datasets, evaluation, lifecycle
from govlib.exercises import check, hand_in, start"""

DATA_TEXT = """\
## The data

`matters` are those of your sub-districts that were opened before the day of the report,
`mine["day"]`; `closed_on` may lie after that day, and is then not known yet when the
report is written. `visits` has their visits to the four stages. `quarters` counts *all*
matters of your communities by the quarter in which they came up; `share` is the share
closed within 90 days.

> `matters` 是你的各街镇在报告日 `mine["day"]` 之前发生的事项；
> `closed_on` 可能晚于报告日，写报告时尚不可知。`visits` 是它们进入四个环节的记录。
> `quarters` 按发生季度统计你的各社区**全部**事项，`share` 为 90 天内办结的比例。"""

DATA_CODE = """\
matters = datasets.load("matters")
visits = datasets.load("matter_events")
quarters = datasets.load("matter_quarters").dropna(subset=["matters_completed"])
for table in (matters, quarters):
    table["subdistrict"] = table["community"].astype("str").str[:3]
matters = matters[
    matters["subdistrict"].isin(mine["subdistricts"])
    & (matters["opened_on"] < mine["day"])
]
visits = visits[visits["matter"].isin(matters["matter"])]
quarters = quarters[quarters["subdistrict"].isin(mine["subdistricts"])]
quarters = quarters[quarters["matters_opened"] > 0]
quarters["share"] = (
    quarters["matters_completed"] / quarters["matters_opened"]
).astype(float)"""


@dataclass(frozen=True)
class Data:
    """The tables of one variant."""

    day: int
    matters: pd.DataFrame
    visits: pd.DataFrame
    quarters: pd.DataFrame


@cache
def _tables() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    matters = datasets.load("matters")
    matters = matters.astype({"matter": str, "community": str, "decided_by": object})
    visits = datasets.load("matter_events")
    visits = visits.astype({"matter": str, "cycle_stage": str})
    quarters = datasets.load("matter_quarters").astype({"community": str})
    quarters = quarters.dropna(subset=["matters_completed"])
    quarters = quarters[quarters["matters_opened"] > 0].copy()
    completed = quarters["matters_completed"].astype(float)
    quarters["share"] = completed / quarters["matters_opened"]
    for table in (matters, quarters):
        table["subdistrict"] = table["community"].str[:3]
    return matters, visits, quarters


def variant(seed: int) -> dict:
    """Return half of the sub-districts of either kind, by lot, and a day."""
    rng = np.random.default_rng(seed)
    since = _tables()[2].groupby("subdistrict")["delegated_since"].first()
    kinds = [sorted(since.index[since > 0]), sorted(since.index[since == 0])]
    chosen: list[str] = []
    for names in kinds:
        size = len(names) // 2
        chosen += rng.choice(names, size, replace=False).tolist()
    return {"subdistricts": sorted(chosen), "day": int(rng.integers(330, 460))}


def data(parameters: dict) -> Data:
    """Return the tables of a variant."""
    matters, visits, quarters = _tables()
    day, places = parameters["day"], parameters["subdistricts"]
    mine = matters["subdistrict"].isin(places) & (matters["opened_on"] < day)
    here = matters[mine]
    return Data(
        day,
        here,
        visits[visits["matter"].isin(here["matter"])],
        quarters[quarters["subdistrict"].isin(places)],
    )


# --- q1: as of the day ---------------------------------------------------------------


def _seen(d: Data) -> tuple[np.ndarray, np.ndarray]:
    """Return days watched and whether each was closed by the day of the report."""
    closed = d.matters["closed_on"].fillna(np.inf).to_numpy()
    opened = d.matters["opened_on"].to_numpy()
    ended = closed <= d.day
    return np.where(ended, closed, d.day) - opened, ended


def _counts(open_: float, mean: float) -> dict[str, float]:
    return {"open": open_, "mean_of_closed": mean}


def _as_of(d: Data) -> dict[str, float]:
    days, ended = _seen(d)
    return _counts(float((~ended).sum()), float(days[ended].mean()))


def _at_the_end(d: Data) -> dict[str, float]:
    took = (d.matters["closed_on"] - d.matters["opened_on"]).dropna()
    return _counts(float(d.matters["closed_on"].isna().sum()), float(took.mean()))


Q1 = Question(
    name="10.q1",
    title="What was known on the day?",
    title_zh="报告日当天知道什么？",
    text_en="""\
Look at `matters` as of the day of the report, `mine["day"]`. How many were still open
(`open`), and how many days did those take on average that were closed by then
(`mean_of_closed`)?""",
    text_zh="""\
以报告日 `mine["day"]` 的眼光看 `matters`：当时还有多少件未结（`open`）？
当时已经办结的事项平均用了多少天（`mean_of_closed`）？""",
    stub='# q1 = {"open": ..., "mean_of_closed": ...}\nq1 = ...',
    solution="""\
report = lifecycle.durations(
    matters, start="opened_on", end="closed_on", until=mine["day"]
)
q1 = {
    "open": (~report["finished"]).sum(),
    "mean_of_closed": report.loc[report["finished"], "duration"].mean(),
}""",
    explanation="""\
What was closed after the day of the report was open on that day. The mean of the closed
ones is what such a report prints; the next question shows what it hides.""",
    form=lambda _: numbers(["open", "mean_of_closed"], 0, 3000),
    reference=_as_of,
    tolerance=(0.5, 0.2),
    why_tolerance="a whole number; one decimal of a mean",
    objective=1,
    minutes=6,
    misconceptions=(
        Misconception(
            "seen-from-the-end",
            _at_the_end,
            "You use closings that had not happened yet on the day of the report.",
            "你用到了报告日之后才发生的办结。",
        ),
        Misconception(
            "open-counted-as-closed",
            lambda d: _as_of(d) | {"mean_of_closed": float(_seen(d)[0].mean())},
            "Your mean counts open matters as if they had been closed on the day.",
            "你的平均值把未结事项当作在报告日办结。",
        ),
        Misconception(
            "closed-counted",
            lambda d: _as_of(d) | {"open": float(_seen(d)[1].sum())},
            "Your first number counts the closed ones.",
            "你的第一个数数的是已办结的事项。",
        ),
        Misconception(
            "mean-of-later-closings",
            lambda d: _as_of(d) | {"mean_of_closed": _at_the_end(d)["mean_of_closed"]},
            "Your mean uses closings after the day of the report.",
            "你的平均值用到了报告日之后的办结。",
        ),
    ),
)


# --- q2: the curve -------------------------------------------------------------------


def _curve(days: np.ndarray, ended: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the times of closings and what is open after each."""
    times = np.unique(days[ended])
    share, out = 1.0, []
    for time in times:
        share *= 1 - ((days == time) & ended).sum() / (days >= time).sum()
        out.append(share)
    return times, np.array(out)


def _half(times: np.ndarray, share: np.ndarray) -> float:
    return float(times[share <= 0.5][0])


def _up_to(times: np.ndarray, share: np.ndarray, horizon: float) -> float:
    inside = times < horizon
    edges = np.concatenate(([0.0], times[inside], [horizon]))
    return float((np.diff(edges) * np.concatenate(([1.0], share[inside]))).sum())


def _two(median: float, mean: float) -> dict[str, float]:
    return {"median": median, "restricted_mean": mean}


def _right_two(d: Data) -> dict[str, float]:
    curve = _curve(*_seen(d))
    return _two(_half(*curve), _up_to(*curve, HORIZON))


def _closed_two(d: Data) -> dict[str, float]:
    days, ended = _seen(d)
    closed = days[ended]
    return _two(float(np.median(closed)), float(np.minimum(closed, HORIZON).mean()))


def _open_as_closed(d: Data) -> dict[str, float]:
    days, _ = _seen(d)
    return _two(float(np.median(days)), float(np.minimum(days, HORIZON).mean()))


Q2 = Question(
    name="10.q2",
    title="How long does it take, open ones included?",
    title_zh="把未结事项算进来，要多久？",
    text_en=f"""\
As of the day of the report, with open matters counted as what they are: after how many
days are half of the matters closed (`median`, the first day on which the curve is at or
below one half), and what is the mean within {HORIZON} days (`restricted_mean`)?""",
    text_zh=f"""\
以报告日为准，并正确对待未结事项：一半事项在多少天内办结（`median`，即生存曲线首次不高于
二分之一的天数）？{HORIZON} 天内的限制平均（`restricted_mean`）是多少？""",
    stub='# q2 = {"median": ..., "restricted_mean": ...}\nq2 = ...',
    solution=f"""\
report = lifecycle.durations(
    matters, start="opened_on", end="closed_on", until=mine["day"]
)
how = {{"time": "duration", "outcome": "finished"}}
curve = lifecycle.survival_curve(report, **how)
mean = lifecycle.restricted_mean(report, **how, horizon={HORIZON})
q2 = {{
    "median": curve.medians["estimate"].iloc[0],
    "restricted_mean": mean["estimate"].iloc[0],
}}""",
    explanation="""\
At each closing the curve falls by the share of those still open and watched. Open
matters count for as long as they were watched: neither dropped nor taken as closed.""",
    form=lambda _: numbers(["median", "restricted_mean"], 0, 1000),
    reference=_right_two,
    tolerance=(0.3, 0.5),
    why_tolerance="one decimal, and half a day of a mean",
    objective=1,
    minutes=9,
    misconceptions=(
        Misconception(
            "closed-only",
            _closed_two,
            "These are the numbers of the closed matters alone. What do the open ones "
            "tell you?",
            "这只是已办结事项的数字。未结事项说明了什么？",
        ),
        Misconception(
            "open-as-closed",
            _open_as_closed,
            "You take open matters as closed on the day of the report.",
            "你把未结事项当作在报告日办结。",
        ),
        Misconception(
            "exchanged",
            lambda d: _two(*reversed(_right_two(d).values())),
            "The two numbers are exchanged.",
            "两个数对调了。",
        ),
    ),
)


# --- q3: a time limit ----------------------------------------------------------------


def _limit(d: Data) -> float:
    times, share = _curve(*_seen(d))
    return float(1 - share[times <= LIMIT][-1])


def _of(d: Data, *, closed: bool) -> float:
    days, ended = _seen(d)
    return float(
        ((days <= LIMIT) & ended).sum() / (ended.sum() if closed else len(days))
    )


Q3 = Question(
    name="10.q3",
    title="The share within the limit",
    title_zh="期限内办结的比例",
    text_en=f"""\
As of the day of the report: what share of matters is closed within {LIMIT} days of
coming up? Some came up less than {LIMIT} days before the report and are still open.""",
    text_zh=f"""\
以报告日为准：发生后 {LIMIT} 天内办结的事项占多大比例？
其中有些事项在报告日前不足 {LIMIT} 天才发生，尚未办结。""",
    stub="q3 = ...",
    solution=f"""\
report = lifecycle.durations(
    matters, start="opened_on", end="closed_on", until=mine["day"]
)
q3 = lifecycle.finished_by(
    report, time="duration", outcome="finished", limit={LIMIT}
)["estimate"].iloc[0]""",
    explanation="""\
One less the curve at the limit. "Of those closed" leaves out the slow, "of those
opened" counts as late what has not had the time.""",
    form=lambda _: number(0, 1),
    reference=_limit,
    tolerance=(0.004,),
    why_tolerance="two decimals, and a little for rounding on the way",
    objective=1,
    minutes=6,
    misconceptions=(
        Misconception(
            "of-the-closed",
            lambda d: _of(d, closed=True),
            "Your denominator holds only matters that are over. Who is missing?",
            "你的分母里只有已经办结的事项。少了谁？",
        ),
        Misconception(
            "of-the-opened",
            lambda d: _of(d, closed=False),
            "You count as late some that have not had the time yet.",
            "你把还没到期限的事项也算作超期。",
        ),
        Misconception(
            "still-open",
            lambda d: 1 - _limit(d),
            "That is the share still open at the limit.",
            "这是到期限时仍未办结的比例。",
        ),
    ),
)


# --- q4: the log ---------------------------------------------------------------------


def _ways(d: Data) -> pd.Series:
    """Return the stages of each closed matter, in order, of the whole log."""
    closed = d.matters.loc[d.matters["closed_on"].notna(), "matter"]
    rows = d.visits[d.visits["matter"].isin(closed)]
    rows = rows.sort_values(["matter", "started_on"])
    return rows.groupby("matter")["cycle_stage"].agg(list)


def _share_of(ways: pd.Series, fits) -> float:
    return float(ways.map(fits).mean())


def _keeps(way: list[str]) -> bool:
    rounds = len(way) // len(STAGES)
    return len(way) > 0 and way == STAGES * rounds


def _plan(fits: float, unevaluated: float) -> dict[str, float]:
    return {"fits": fits, "unevaluated": unevaluated}


def _right_plan(d: Data) -> dict[str, float]:
    ways = _ways(d)
    return _plan(
        _share_of(ways, _keeps), _share_of(ways, lambda way: "evaluation" not in way)
    )


def _once_only(d: Data) -> dict[str, float]:
    return _right_plan(d) | {"fits": _share_of(_ways(d), lambda way: way == STAGES)}


def _any_order(d: Data) -> dict[str, float]:
    def all_there(way: list[str]) -> bool:
        return set(way) == set(STAGES)

    return _right_plan(d) | {"fits": _share_of(_ways(d), all_there)}


Q4 = Question(
    name="10.q4",
    title="Is the cycle whole?",
    title_zh="周期完整吗？",
    text_en="""\
Take all matters that were closed by the end of the files (`closed_on` not empty), with
their whole log. What share went through analysis, decision, execution and evaluation in
this order, once or several times round (`fits`)? What share was never evaluated
(`unevaluated`)?""",
    text_zh="""\
取档案结束前已办结（`closed_on` 不为空）的全部事项及其完整日志。
依次经过分析、决策、执行、评估（一轮或多轮）的占多大比例（`fits`）？
从未评估的占多大比例（`unevaluated`）？""",
    stub='# q4 = {"fits": ..., "unevaluated": ...}\nq4 = ...',
    solution="""\
closed = matters.loc[matters["closed_on"].notna(), "matter"]
log = visits[visits["matter"].isin(closed)]
events = {"unit": "matter", "activity": "cycle_stage", "time": "started_on"}
judged = lifecycle.conformance(log, **events)
evaluated = log.loc[log["cycle_stage"] == "evaluation", "matter"].nunique()
q4 = {
    "fits": judged.cases["fits"].mean(),
    "unevaluated": 1 - evaluated / closed.nunique(),
}""",
    explanation="""\
The commonest deviation is the missing evaluation: carried out, put away, never looked
at again. Going round a second time after an evaluation is no deviation: it is what the
cycle is for.""",
    form=lambda _: numbers(["fits", "unevaluated"], 0, 1),
    reference=_right_plan,
    tolerance=(0.002, 0.002),
    why_tolerance="three decimals, and one more for rounding on the way",
    objective=2,
    minutes=9,
    misconceptions=(
        Misconception(
            "once-only",
            _once_only,
            "A second round after an evaluation is part of the plan.",
            "评估之后再走一轮，也属于计划之内。",
        ),
        Misconception(
            "any-order",
            _any_order,
            "You ask whether all four stages occur, not whether they come in order.",
            "你只看四个环节是否都出现，没有看顺序。",
        ),
        Misconception(
            "exchanged",
            lambda d: _plan(*reversed(_right_plan(d).values())),
            "The two numbers are exchanged.",
            "两个数对调了。",
        ),
        Misconception(
            "share-evaluated",
            lambda d: (
                _right_plan(d) | {"unevaluated": 1 - _right_plan(d)["unevaluated"]}
            ),
            "That is the share that was evaluated.",
            "这是经过评估的比例。",
        ),
    ),
)


# --- q5: delegated rights ------------------------------------------------------------


def _demeaned(d: Data, column: str) -> np.ndarray:
    table = d.quarters.pivot_table(index="community", columns="quarter", values=column)
    values = table.to_numpy(dtype=float)
    rows, columns = values.mean(axis=1, keepdims=True), values.mean(axis=0)
    return values - rows - columns + values.mean()


def _two_way(d: Data) -> float:
    x, y = _demeaned(d, "delegated"), _demeaned(d, "share")
    return float((x * y).sum() / (x * x).sum())


def _never_as_controls(d: Data) -> float:
    """Average the gains since the quarter before against those who never start."""
    share = d.quarters.pivot_table(index="community", columns="quarter", values="share")
    since = d.quarters.groupby("community")["delegated_since"].first()
    never = share[since == 0]
    total, size = 0.0, 0
    for start in sorted(set(since) - {0}):
        group = share[since == start]
        for quarter in share.columns[share.columns >= start]:
            gain = (group[quarter] - group[start - 1]).mean()
            gain -= (never[quarter] - never[start - 1]).mean()
            total, size = total + gain * len(group), size + len(group)
    return total / size


def _cross_section(d: Data) -> float:
    means = d.quarters.groupby("delegated")["share"].mean()
    return float(means[True] - means[False])


def _effects(two_way: float, robust: float) -> dict[str, float]:
    return {"two_way": two_way, "never_treated": robust}


def _right_effects(d: Data) -> dict[str, float]:
    return _effects(_two_way(d), _never_as_controls(d))


Q5 = Question(
    name="10.q5",
    title="What do delegated rights do?",
    title_zh="下放决策权有什么作用？",
    text_en="""\
The effect of `delegated` on `share` in `quarters`, in two ways: the coefficient of a
regression with fixed effects of communities and quarters (`two_way`), and the average
effect on those who have the rights, with never-delegating communities as controls and
the quarter before the start as base (`never_treated`; group-time effects after Callaway
and Sant'Anna, weighted by the size of the groups).""",
    text_zh="""\
用两种方法估计 `quarters` 中 `delegated` 对 `share` 的效应：
含社区与季度固定效应的回归系数（`two_way`）；
以从未下放的社区为对照、以下放前一季度为基期的平均效应
（`never_treated`，即 Callaway–Sant'Anna 组别-时间效应，按组的大小加权）。""",
    stub='# q5 = {"two_way": ..., "never_treated": ...}\nq5 = ...',
    solution="""\
panel = {
    "outcome": "share",
    "treatment": "delegated",
    "unit": "community",
    "time": "quarter",
    "cluster": "subdistrict",
}
effects = evaluation.group_time_effects(quarters, **panel)
q5 = {
    "two_way": evaluation.two_way_fixed_effects(quarters, **panel).table["estimate"][0],
    "never_treated": evaluation.aggregate_effects(effects)["estimate"].iloc[0],
}""",
    explanation="""\
The effect grows with every quarter in which committees learn to use their rights.
Two-way fixed effects take the early starters, whose effect still rises, as controls for
the late ones, and so find too little.""",
    form=lambda _: numbers(["two_way", "never_treated"], -1, 1),
    reference=_right_effects,
    tolerance=(0.0008, 0.0008),
    why_tolerance="three decimals of a share",
    objective=3,
    minutes=10,
    graded=True,
    points=2,
    misconceptions=(
        Misconception(
            "exchanged",
            lambda d: _effects(*reversed(_right_effects(d).values())),
            "You gave the two numbers in each other's place.",
            "两个数的位置写反了。",
        ),
        Misconception(
            "cross-section",
            lambda d: _right_effects(d) | {"two_way": _cross_section(d)},
            "Your first number compares quarters with and without the rights, without "
            "any fixed effects.",
            "你的第一个数直接比较有权与无权的季度，没有固定效应。",
        ),
        Misconception(
            "two-way-twice",
            lambda d: _effects(*[_two_way(d)] * 2),
            "Both numbers are the regression with two fixed effects.",
            "两个数都是双向固定效应回归。",
        ),
    ),
)


# --- q6: the layer -------------------------------------------------------------------


def _share_meant(d: Data) -> float:
    return float(d.matters["fulfilled"].dropna().astype(float).mean())


def _layer(net: float, even: float) -> dict[str, float]:
    return {"net": net, "break_even_span": even}


def _added(d: Data, *, span: bool = True) -> dict[str, float]:
    share = _share_meant(d)
    lost = 0.1 * share
    scale = 0.05 / (1 / 8 - 1 / 23)
    return _layer(0.05 - lost, 1 / (lost / scale + 1 / 23) if span else 8.0)


def _linear_span(d: Data) -> float:
    """Take guidance as falling on a straight line with the span."""
    return 23 - 0.1 * _share_meant(d) / 0.05 * (23 - 8)


Q6 = Question(
    name="10.q6",
    title="Would a layer pay?",
    title_zh="增设一层合算吗？",
    text_en="""\
Take the share of your `matters` that were carried out as meant (`fulfilled`, where it
is known) as what arrives *without* an added layer. The layer would pass on nine tenths;
its officers would look after 8 committees each instead of 23, which would bring 5
points. What is the net gain in shares (`net`), and up to which span (`break_even_span`)
would the layer not harm, guidance being inverse to the span?""",
    text_zh="""\
把你的 `matters` 中按原意落实（`fulfilled`，已知者）的比例当作**没有**增设层级时的结果。
增设层级后只传达十分之九；每名管理者联系的居委会由 23 个减为 8 个，带来 5 个百分点。
净收益（比例）`net` 是多少？若指导力度与管理幅度成反比，
管理幅度最多为多少（`break_even_span`）时，增设层级才不致有害？""",
    stub='# q6 = {"net": ..., "break_even_span": ...}\nq6 = ...',
    solution="""\
arrives = matters["fulfilled"].dropna().astype(float).mean()
table = lifecycle.added_layer(
    arrives, fidelity=0.9, coaching=0.05, span_before=23, span_after=8
)
q6 = {
    "net": table["net"].iloc[0],
    "break_even_span": table["break_even_span"].iloc[0],
}""",
    explanation="""\
The layer loses a tenth of what arrives and brings five points: it breaks even at one
half. The sign depends on where a community stands, which is why "more management" has
none of its own.""",
    form=lambda _: numbers(["net", "break_even_span"], -1, 23),
    reference=_added,
    tolerance=(0.0004, 0.02),
    why_tolerance="three decimals of a share; one decimal of a span",
    objective=4,
    minutes=8,
    misconceptions=(
        Misconception(
            "tenth-of-everything",
            lambda d: _added(d) | {"net": 0.05 - 0.1},
            "The layer loses a tenth of what arrives, not ten points.",
            "增设层级损失的是到达部分的十分之一，而不是十个百分点。",
        ),
        Misconception(
            "loss-forgotten",
            lambda d: _added(d) | {"net": 0.05},
            "That is what guidance brings. What does the layer cost?",
            "这是指导带来的好处。增设层级的代价呢？",
        ),
        Misconception(
            "straight-line",
            lambda d: _added(d) | {"break_even_span": _linear_span(d)},
            "You let guidance fall on a straight line; it is inverse to the span.",
            "你假定指导力度直线下降；它与管理幅度成反比。",
        ),
        Misconception(
            "span-as-given",
            lambda d: _added(d, span=False),
            "8 is the span that is planned. At which span is the net gain zero?",
            "8 是计划的管理幅度。净收益为零时的幅度是多少？",
        ),
        Misconception(
            "points-for-shares",
            lambda d: _added(d) | {"net": 100 * _added(d)["net"]},
            "These are points; give a share.",
            "这是百分点；请写成比例。",
        ),
    ),
)


# --- q7: judgement -------------------------------------------------------------------

Q7 = Question(
    name="10.q7",
    title="What would you tell the district?",
    title_zh="你会怎样告诉区里？",
    text_en="""\
A draft says: "Matters are closed in about three months on average. Delegation has
brought little. We propose an added layer, as in district J, to speed things up." Answer
in four to six sentences, in English or Chinese. Correct the first number with your own.
Why did the draft's regression find little? Where do matters wait, and would a layer
shorten that? Name one thing that the log cannot show.""",
    text_zh="""\
一份草稿写道：“事项平均约三个月办结。下放决策权收效甚微。建议像 J 区那样增设一个层级，
以加快办理。”请用四到六句话回答，中英文均可。先用你自己的数字纠正第一句。
草稿中的回归为什么只发现很小的作用？事项在哪里等待，增设层级能缩短吗？
再举出一件日志无法说明的事。""",
    stub="q7 = ...",
    solution='''\
q7 = """
Three months is the mean of the matters that were already closed on the day of the
report; with the open ones half take longer than four months, and the mean within 300
days is about five. The regression with two fixed effects uses communities that began
early as controls for those that began late, while the effect of the early ones still
grows, so it finds too little; against never-delegating communities the effect is larger
and rises from quarter to quarter. Matters wait for a decision above the community, and
one more desk makes that wait longer, not shorter. The layer pays only where less than
half of what is decided is carried out as meant, because it loses a tenth of what
arrives. The log cannot show whether a closed matter was solved in the eyes of those who
raised it, nor which matters never entered it.
"""''',
    explanation="""\
A good answer replaces the mean of the closed, names the early starters as bad controls,
puts the wait where it is, and keeps closed apart from solved.""",
    form=lambda _: text(40),
    objective=3,
    minutes=12,
    graded=True,
    points=4,
    rubric="""\
1 point: mean of closed matters only, with own median or restricted mean. 1 point: early
starters as controls while their effect grows, with own numbers of q5. 1 point: the wait
is for a decision above; a layer adds a desk, or pays only below the break-even. 1
point: names something that the log cannot show (solved in the eyes of residents,
matters never entered, why something waits).""",
)

QUESTIONS = [Q1, Q2, Q3, Q4, Q5, Q6, Q7]
