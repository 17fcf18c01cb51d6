"""Exercise 11: a log, a survey and four platforms in a part of the city.

A variant is 32 of the 48 sub-districts. References are worked out here with counts,
products and an EM of its own; the worked solution uses `digital`, so that the two
check one another.
"""

from collections import Counter
from dataclasses import dataclass
from functools import cache
from itertools import combinations

import numpy as np
import pandas as pd

from govlib import datasets
from govlib.exercises.making import Misconception, Question, numbers, text

NUMBER = "11"
SLUG = "digital"
TITLE_EN = "Remedy 5: do platforms serve the old?"
TITLE_ZH = "路径五：数字平台服务到老年人了吗？"
PUBLIC_SEED = 11

INTRO_EN = """\
You work with 32 of the 48 sub-districts of S city, which is synthetic: nobody made
these requests. The log holds four weeks and was read at hour 672; a case without
`closed_hour` was still open then."""
INTRO_ZH = """\
你将使用 S 市 48 个街镇中的 32 个。S 市是合成的，这些诉求并非真人提出。
诉求记录共四周，在第 672 小时读取；没有 `closed_hour` 的诉求当时尚未办结。"""

IMPORTS = """\
from govlib import datasets, digital
from govlib.exercises import check, hand_in, start"""

DATA_TEXT = """\
## The data

`log` holds all requests on four platforms, of one community in each of your
sub-districts. `survey` holds adults who were asked what went wrong in the last year
(`problems`) and what of it they reported (`reported`); `adults_per_answer` is its
weight. `records` holds what offices have on their lists (`recorded`), by community,
quarter (four of them) and age group.

> `log` 是你的每个街镇中一个社区在四个渠道上的全部诉求。`survey` 询问成年人最近一年
> 遇到的问题（`problems`）和其中上报的问题（`reported`），权重为 `adults_per_answer`。
> `records` 是机关登记的问题数（`recorded`），按社区、季度（共四个）和年龄组列出。"""

DATA_CODE = """\
def mine_only(name):
    table = datasets.load(name)
    return table[table["community"].str.rpartition("-")[0].isin(mine["subdistricts"])]


log = mine_only("requests").reset_index(drop=True)
survey = mine_only("request_survey").reset_index(drop=True)
records = mine_only("problems").drop(columns=["problems", "reported"])
times = {"opened": "opened_hour", "closed": "closed_hour", "now": 672}"""

# What q5 compares, and how near counts as equal.
HOURS, ALIKE, SURE = 96, 0.4, 0.9


@dataclass(frozen=True)
class Data:
    """The tables of one variant."""

    log: pd.DataFrame
    survey: pd.DataFrame
    records: pd.DataFrame


@cache
def _tables() -> tuple[pd.DataFrame, ...]:
    out = []
    for name in ("requests", "request_survey", "problems"):
        table = datasets.load(name)
        table["subdistrict"] = table["community"].str.rpartition("-")[0]
        out.append(table.astype({"age_group": str}))
    return tuple(out)


def variant(seed: int) -> dict:
    """Return two thirds of the sub-districts, by lot."""
    rng = np.random.default_rng(seed)
    names = sorted(_tables()[0]["subdistrict"].unique())
    return {"subdistricts": sorted(rng.choice(names, 32, replace=False).tolist())}


def data(parameters: dict) -> Data:
    """Return the tables of a variant."""
    chosen = [
        table[table["subdistrict"].isin(parameters["subdistricts"])].reset_index(
            drop=True
        )
        for table in _tables()
    ]
    return Data(*chosen)


# --- q1: the three rates -------------------------------------------------------------


def _lasted(log: pd.DataFrame) -> np.ndarray:
    return (log["closed_hour"].fillna(672) - log["opened_hour"]).to_numpy()


def _ended(log: pd.DataFrame, at: float, counts: np.ndarray) -> float:
    """Return the share that has ended as counted by `at`, open cases at risk."""
    lasted, done = _lasted(log), log["closed_hour"].notna().to_numpy()
    still, share = 1.0, 0.0
    for moment in np.unique(lasted[done & (lasted <= at)]):
        now = done & (lasted == moment)
        risk = (lasted >= moment).sum()
        share += still * (now & counts).sum() / risk
        still *= 1 - now.sum() / risk
    return float(share)


def _solved(log: pd.DataFrame) -> np.ndarray:
    return log["solved"].fillna(False).to_numpy(dtype=bool)


# References by the places of a variant: each takes a while.
_IN_TIME: dict[frozenset[str], float] = {}


def _places(d: Data) -> frozenset[str]:
    return frozenset(d.log["community"])


def _in_time(d: Data) -> float:
    key = _places(d)
    if key not in _IN_TIME:
        _IN_TIME[key] = sum(
            len(part) / len(d.log) * _ended(part, limit, _solved(part))
            for limit, part in d.log.groupby("limit_hours")
        )
    return _IN_TIME[key]


def _closed(d: Data) -> pd.DataFrame:
    return d.log[d.log["closed_hour"].notna()]


def _two(report: float, in_time: float) -> dict[str, float]:
    return {"report": float(report), "in_time": float(in_time)}


def _report(d: Data) -> float:
    return float(_solved(_closed(d)).mean())


def _good(log: pd.DataFrame) -> np.ndarray:
    return _solved(log) & (_lasted(log) <= log["limit_hours"]).to_numpy()


Q1 = Question(
    name="11.q1",
    title="Solved in time",
    title_zh="按时解决",
    text_en="""\
Give two rates of `log`. `report`, as offices print it: of the **closed** cases, the
share solved (`solved`), however late. `in_time`: of **all** requests, the share solved
within their own limit (`limit_hours`), with open cases counted as open and not as
failures.""",
    text_zh="""\
求 `log` 的两个比率。`report`（通常报告）：**已办结**诉求中已解决（`solved`）的比例，
不论是否超时。`in_time`：**全部**诉求中在各自时限（`limit_hours`）内解决的比例，
未办结的按“尚未办结”处理，而不是当作失败。""",
    stub='# q1 = {"report": ..., "in_time": ...}\nq1 = ...',
    solution="""\
rates = digital.kpi(
    log,
    **times,
    answered="answered_hour",
    resolved="solved",
    satisfied="satisfied",
    limit="limit_hours",
).set_index("term")
q1 = {
    "report": rates.loc["resolution", "closed_only"],
    "in_time": rates.loc["resolution", "estimate"],
}""",
    explanation="""\
What cannot be solved stays open longest, so the closed cases are the easy ones. The
second rate adds up, in each class of limit, the chance of being closed as solved at
each time among those still open then.""",
    form=lambda _: numbers(["report", "in_time"], 0, 1),
    reference=lambda d: _two(_report(d), _in_time(d)),
    tolerance=(0.001, 0.001),
    why_tolerance="three decimals",
    objective=1,
    minutes=8,
    misconceptions=(
        Misconception(
            "open-as-failures",
            lambda d: _two(_report(d), _good(d.log).mean()),
            "You count requests as failures that came in too late to be solved by now.",
            "有些诉求受理太晚，读取时还来不及解决，你却算作失败。",
        ),
        Misconception(
            "closed-in-time",
            lambda d: _two(_report(d), _good(_closed(d)).mean()),
            "Your second rate still divides by the closed cases alone.",
            "第二个比率仍然只除以已办结的诉求。",
        ),
        Misconception(
            "report-twice",
            lambda d: _two(_report(d), _report(d)),
            "Both numbers are the usual report.",
            "两个数都是通常报告的比率。",
        ),
        Misconception(
            "exchanged",
            lambda d: _two(_in_time(d), _report(d)),
            "The two numbers are exchanged.",
            "两个数对调了。",
        ),
    ),
)


# --- q2: how long --------------------------------------------------------------------


def _all(log: pd.DataFrame) -> np.ndarray:
    return np.ones(len(log), dtype=bool)


def _median(log: pd.DataFrame) -> float:
    """Return the first time at which at most half are open."""
    lasted, done = _lasted(log), log["closed_hour"].notna().to_numpy()
    still = 1.0
    for moment in np.unique(lasted[done]):
        still *= 1 - (done & (lasted == moment)).sum() / (lasted >= moment).sum()
        if still <= 0.5:
            return float(moment)
    return float("nan")


def _times(median: float, later: float) -> dict[str, float]:
    return {"median": float(median), "open_7_days": float(later)}


def _right_times(d: Data) -> dict[str, float]:
    return _times(_median(d.log), 1 - _ended(d.log, 168, _all(d.log)))


Q2 = Question(
    name="11.q2",
    title="How long does it take?",
    title_zh="要多久？",
    text_en="""\
With open cases counted right: after how many hours is half of all requests closed
(`median`), and what share is still open after 168 hours (`open_7_days`, between 0 and
1)?""",
    text_zh="""\
正确计入未办结诉求：多少小时后有一半诉求办结（`median`）？
168 小时后仍未办结的比例是多少（`open_7_days`，0 到 1 之间）？""",
    stub='# q2 = {"median": ..., "open_7_days": ...}\nq2 = ...',
    solution="""\
long = digital.handling_times(log, **times, limits=[168]).set_index("term")["estimate"]
q2 = {"median": long["median"], "open_7_days": long["still_open"]}""",
    explanation="""\
An open case says "longer than this". The Kaplan-Meier estimate uses it for as long as
it was watched, and no longer.""",
    form=lambda _: numbers(["median", "open_7_days"], 0, 672),
    reference=_right_times,
    tolerance=(0.3, 0.001),
    why_tolerance="a third of an hour, three decimals",
    objective=1,
    minutes=7,
    misconceptions=(
        Misconception(
            "closed-only",
            lambda d: _times(
                np.median(_lasted(_closed(d))), (_lasted(_closed(d)) > 168).mean()
            ),
            "You left the open cases out, and they are the long ones.",
            "你去掉了未办结的诉求，而它们正是耗时长的。",
        ),
        Misconception(
            "open-as-closed-at-reading",
            lambda d: _times(np.median(_lasted(d.log)), (_lasted(d.log) > 168).mean()),
            "You treat open cases as if they had been closed when the log was read.",
            "你把未办结的诉求当作在读取时办结了。",
        ),
        Misconception(
            "share-closed",
            lambda d: (
                _right_times(d) | {"open_7_days": 1 - _right_times(d)["open_7_days"]}
            ),
            "Your second number is the share closed by then.",
            "第二个数是届时已办结的比例。",
        ),
    ),
)


# --- q3: problems and reports --------------------------------------------------------


def _factors(rows: pd.DataFrame, weight: np.ndarray) -> tuple[float, float]:
    """Return problems per head and the share of them that is reported."""
    problems, reported = (
        float(weight @ rows[name].to_numpy()) for name in ("problems", "reported")
    )
    return problems / float(weight.sum()), reported / problems


def _halves(d: Data, *, weighted: bool = True) -> list[tuple[float, float]]:
    out = []
    for has in (False, True):
        rows = d.survey[d.survey["with_platform"] == has]
        weight = rows["adults_per_answer"].to_numpy()
        out.append(_factors(rows, weight if weighted else np.ones(len(rows))))
    return out


def _split(halves: list[tuple[float, float]]) -> dict[str, float]:
    (l0, p0), (l1, p1) = halves
    return {
        "recorded": 1000 * (l1 * p1 - l0 * p0),
        "from_reporting": 1000 * (l0 + l1) / 2 * (p1 - p0),
    }


def _problems_part(d: Data) -> dict[str, float]:
    right = _split(_halves(d))
    return right | {"from_reporting": right["recorded"] - right["from_reporting"]}


Q3 = Question(
    name="11.q3",
    title="More problems, or more reports?",
    title_zh="是问题多了，还是上报多了？",
    text_en="""\
From `survey`, with weights, where the platforms are (`with_platform`) less where they
are not: how many more requests per 1,000 adults and year (`recorded`), and how many of
these are due to a larger share of problems being reported (`from_reporting`; take the
mean of both groups' problems, as in the chapter)?""",
    text_zh="""\
用 `survey` 加权计算，有新平台（`with_platform`）减无新平台：
每千名成年人每年多出多少诉求（`recorded`）？其中多少来自上报比例的提高
（`from_reporting`；按本章做法，取两组问题数的平均）？""",
    stub='# q3 = {"recorded": ..., "from_reporting": ...}\nq3 = ...',
    solution="""\
model = digital.reporting_model(
    survey,
    problems="problems",
    reported="reported",
    group="with_platform",
    weight="adults_per_answer",
)
more = model[model["with_platform"] == "difference"].set_index("term")["estimate"]
q3 = {"recorded": more["recorded"], "from_reporting": more["from_reporting"]}""",
    explanation="""\
Records are problems times the chance of a report. Nearly all of the difference is the
second factor: a better channel.""",
    form=lambda _: numbers(["recorded", "from_reporting"], -1000, 1000),
    reference=lambda d: _split(_halves(d)),
    tolerance=(0.5, 0.5),
    why_tolerance="one request in 2,000 adults",
    objective=2,
    minutes=8,
    misconceptions=(
        Misconception(
            "weights-unused",
            lambda d: _split(_halves(d, weighted=False)),
            "As many old people were asked as young ones, though fewer live there.",
            "老年人与其他人受访人数相同，但实际居住的老年人较少。",
        ),
        Misconception(
            "problems-part",
            _problems_part,
            "Your second number is the part that is due to problems.",
            "第二个数是由问题数引起的部分。",
        ),
        Misconception(
            "direction-reversed",
            lambda d: {k: -v for k, v in _split(_halves(d)).items()},
            "The difference is with platforms less without; yours is the reverse.",
            "差应为有平台减无平台；你的方向反了。",
        ),
        Misconception(
            "per-head",
            lambda d: {k: v / 1000 for k, v in _split(_halves(d)).items()},
            "These are per adult; give them per 1,000 adults.",
            "这是每人的数；请给出每千名成年人的数。",
        ),
    ),
)


# --- q4: two scales ------------------------------------------------------------------


def _shares(d: Data, *, of: str = "problems", weighted: bool = True) -> np.ndarray:
    """Return shares reported: without and with platforms, up to 59 and older."""
    out = np.empty((2, 2))
    for i, has in enumerate((False, True)):
        for j, age in enumerate(("18-59", "60+")):
            rows = d.survey[
                (d.survey["with_platform"] == has) & (d.survey["age_group"] == age)
            ]
            weight = (
                rows["adults_per_answer"]
                if weighted
                else rows["adults_per_answer"] ** 0
            )
            if of == "people":
                rows = rows.assign(
                    reported=(rows["reported"] > 0).astype(float), problems=1.0
                )
            out[i, j] = (weight * rows["reported"]).sum() / (
                weight * rows["problems"]
            ).sum()
    return out


def _changes(s: np.ndarray) -> dict[str, float]:
    return {
        "points": 100 * float(s[1, 0] - s[1, 1] - s[0, 0] + s[0, 1]),
        "ratio": float(s[1, 0] / s[1, 1] / (s[0, 0] / s[0, 1])),
    }


Q4 = Question(
    name="11.q4",
    title="Wider or narrower?",
    title_zh="差距变大还是变小？",
    text_en="""\
The age gap in `survey` is between the shares of problems that are reported by adults
up to 59 and by the older, with weights. By how many percentage **points** is it larger
with platforms than without (`points`), and by what factor is the **ratio** of the two
shares (younger over older) multiplied (`ratio`; below 1 is narrower)?""",
    text_zh="""\
`survey` 中的年龄差距是59岁及以下与60岁及以上成年人问题上报比例（加权）之间的差距。
有平台比无平台时，差距大多少个**百分点**（`points`）？两个比例之**比**（年轻比年老）
乘上了多少倍（`ratio`；小于 1 表示缩小）？""",
    stub='# q4 = {"points": ..., "ratio": ...}\nq4 = ...',
    solution="""\
gaps = digital.age_gap(
    survey,
    used="reported",
    of="problems",
    group="age_group",
    by="with_platform",
    weight="adults_per_answer",
)
change = gaps[gaps["with_platform"] == "change"].set_index("term")["estimate"]
q4 = {"points": 100 * change["difference"], "ratio": change["ratio"]}""",
    explanation="""\
The two scales need not agree, and each has an interval: with a third of the city left
out the ratio is hardly known.""",
    form=lambda _: numbers(["points", "ratio"], -100, 100),
    reference=lambda d: _changes(_shares(d)),
    tolerance=(0.1, 0.01),
    why_tolerance="a tenth of a point, two decimals of a ratio",
    objective=3,
    minutes=8,
    misconceptions=(
        Misconception(
            "shares-not-points",
            lambda d: (
                _changes(_shares(d)) | {"points": _changes(_shares(d))["points"] / 100}
            ),
            "Give the first number in percentage points.",
            "第一个数请用百分点表示。",
        ),
        Misconception(
            "weights-unused",
            lambda d: _changes(_shares(d, weighted=False)),
            "Communities differ in size; use the weights.",
            "社区大小不同，请使用权重。",
        ),
        Misconception(
            "people-for-problems",
            lambda d: _changes(_shares(d, of="people")),
            "You compare people who reported anything. It is asked of problems.",
            "你比较的是有过上报的人。题目问的是问题。",
        ),
        Misconception(
            "without-over-with",
            lambda d: {
                "points": -_changes(_shares(d))["points"],
                "ratio": 1 / _changes(_shares(d))["ratio"],
            },
            "The comparison runs the wrong way: with platforms against without.",
            "比较的方向反了：应为有平台与无平台相比。",
        ),
    ),
)


# --- q5: links -----------------------------------------------------------------------


def _characters(text: str) -> set[str]:
    """Return pairs of Chinese characters, and numbers, of one text."""
    found, run = set(), ""
    for c in [*text, "，"]:
        if c.isdigit() and run.isdigit():
            run += c
            continue
        chinese = "\u4e00" <= c <= "\u9fff"
        if run and (run.isdigit() or not chinese):
            if run.isdigit() or len(run) == 1:
                found.add(run)
            run = ""
        if chinese and run:
            found.add(run[-1] + c)
        run = run + c if chinese or c.isdigit() else ""
    return found


@cache
def _patterns() -> pd.DataFrame:
    """Return the agreement pattern of every pair of requests of a community."""
    log = _tables()[0]
    pieces = [_characters(text) for text in log["text"]]
    rows = []
    fields = ["building_number", "limit_hours", "age_group"]
    values = [log[name].to_numpy() for name in fields]
    opened = log["opened_hour"].to_numpy()
    for place, members in log.groupby("community").indices.items():
        for i, j in combinations(members, 2):
            shared = 2 * len(pieces[i] & pieces[j])
            alike = shared >= ALIKE * (len(pieces[i]) + len(pieces[j])) - 1e-9
            near = abs(opened[i] - opened[j]) <= HOURS
            rows.append((place, i, j, *(v[i] == v[j] for v in values), near, alike))
    names = ["community", "i", "j", *fields, "near", "alike"]
    return pd.DataFrame(rows, columns=names)


def _probabilities(g: np.ndarray) -> np.ndarray:
    """Return the chance of each pair to be one matter, by EM over patterns."""
    kinds, place, count = np.unique(g, axis=0, return_inverse=True, return_counts=True)
    m, u, p = np.full(g.shape[1], 0.9), np.full(g.shape[1], 0.1), 0.1
    for _ in range(2000):
        same = p * np.prod(np.where(kinds, m, 1 - m), axis=1)
        other = (1 - p) * np.prod(np.where(kinds, u, 1 - u), axis=1)
        chance = same / (same + other)
        m = (count * chance) @ kinds / (count @ chance)
        u = (count * (1 - chance)) @ kinds / (count @ (1 - chance))
        p = count @ chance / count.sum()
    return chance[place.ravel()]


def _pairs(labels: np.ndarray) -> int:
    return sum(n * (n - 1) // 2 for n in Counter(labels).values())


_LINKS: dict[frozenset[str], tuple[np.ndarray, np.ndarray]] = {}


def _linked(d: Data) -> tuple[np.ndarray, np.ndarray]:
    """Return the matter found and the true matter of each request."""
    mine = _places(d)
    if mine in _LINKS:
        return _LINKS[mine]
    whole = _tables()[0]
    pairs = _patterns()
    pairs = pairs[pairs["community"].isin(mine)]
    g = pairs[["building_number", "limit_hours", "age_group", "near", "alike"]]
    linked = pairs[_probabilities(g.to_numpy(dtype=float)) >= SURE]
    label = {i: i for i in range(len(whole))}

    def root(i: int) -> int:
        while label[i] != i:
            i = label[i]
        return i

    for i, j in zip(linked["i"], linked["j"], strict=True):
        label[root(j)] = root(i)
    rows = np.flatnonzero(whole["community"].isin(mine))
    found = np.array([root(i) for i in rows])
    _LINKS[mine] = found, whole["true_matter"].to_numpy()[rows]
    return _LINKS[mine]


def _quality(d: Data) -> dict[str, float]:
    found, true = _linked(d)
    both = _pairs(np.array([f"{a}/{b}" for a, b in zip(found, true, strict=True)]))
    return {"precision": both / _pairs(found), "recall": both / _pairs(true)}


def _of_requests(d: Data) -> dict[str, float]:
    """Count requests that are not the first of their matter, not pairs."""
    found, true = pd.Series(_linked(d)[0]), pd.Series(_linked(d)[1])
    again, truly = found.duplicated(), true.duplicated()
    return {
        "precision": float((again & truly).sum() / again.sum()),
        "recall": float((again & truly).sum() / truly.sum()),
    }


def _of_matters(d: Data) -> dict[str, float]:
    """Count groups of two or more that are found whole, not pairs."""
    found, true = (
        {
            frozenset(rows)
            for rows in pd.Series(labels).groupby(labels).indices.values()
            if len(rows) > 1
        }
        for labels in _linked(d)
    )
    both = len(found & true)
    return {"precision": both / len(found), "recall": both / len(true)}


Q5 = Question(
    name="11.q5",
    title="Links that can be trusted?",
    title_zh="链接可信吗？",
    text_en="""\
Link the requests of `log` as in the chapter: blocks are communities; `building_number`,
`limit_hours` and `age_group` agree if equal, `opened_hour` within 96 hours, `text` from
a similarity of 0.4; threshold 0.9. Then compare with `true_matter`, pair by pair: what
share of the pairs put together are truly one matter (`precision`), and what share of
the pairs that truly are one matter were put together (`recall`)?""",
    text_zh="""\
按本章方法链接 `log` 中的诉求：以社区为区块；`building_number`、`limit_hours`、
`age_group` 相等即一致，`opened_hour` 相差96小时以内，`text` 相似度不低于0.4；
阈值0.9。再与 `true_matter` 逐对比较：归为一起的诉求对中真正是同一事项的比例
（`precision`），真正是同一事项的诉求对中被归为一起的比例（`recall`）？""",
    stub='# q5 = {"precision": ..., "recall": ...}\nq5 = ...',
    solution="""\
linked = digital.link(
    log,
    unit="request",
    block="community",
    equal=["building_number", "limit_hours", "age_group"],
    near={"opened_hour": 96},
    similar={"text": 0.4},
)
quality = digital.linkage_quality(
    log.assign(matter=linked.table["matter"]), found="matter", truth="true_matter"
).set_index("term")["estimate"]
q5 = {"precision": quality["precision"], "recall": quality["recall"]}""",
    explanation="""\
What is linked is nearly always right, but a third of the true pairs are missed: callers
word the same fault in other ways. A share of repeated requests from these links is a
lower bound, nearly.""",
    form=lambda _: numbers(["precision", "recall"], 0, 1),
    reference=_quality,
    tolerance=(0.003, 0.003),
    why_tolerance="two decimals and a little more",
    objective=4,
    minutes=10,
    misconceptions=(
        Misconception(
            "exchanged",
            lambda d: {
                "precision": _quality(d)["recall"],
                "recall": _quality(d)["precision"],
            },
            "The two shares are exchanged: which of them divides by what was found?",
            "两个比例对调了：哪一个应除以找到的诉求对数？",
        ),
        Misconception(
            "requests-not-pairs",
            _of_requests,
            "You count requests that repeat an earlier one. It is asked of pairs.",
            "你数的是重复的诉求。题目问的是诉求对。",
        ),
        Misconception(
            "matters-not-pairs",
            _of_matters,
            "You count whole matters. A matter of three requests has three pairs.",
            "你数的是整个事项。三件诉求的事项包含三对。",
        ),
    ),
)


# --- q6: need behind the records -----------------------------------------------------


def _need(d: Data, shares: np.ndarray | None = None) -> dict[str, float]:
    """Return records over chances, per 1,000 adults and year."""
    out = {}
    chance = _shares(d) if shares is None else shares
    for i, (name, has) in enumerate((("without", False), ("with", True))):
        rows = d.records[d.records["with_platform"] == has]
        problems = sum(
            rows.loc[rows["age_group"] == age, "recorded"].sum() / chance[i, j]
            for j, age in enumerate(("18-59", "60+"))
        )
        out[name] = float(4000 * problems / rows["adults"].sum())
    return out


def _ages_alone(d: Data) -> dict[str, float]:
    rows = d.survey
    shares = [
        (part["adults_per_answer"] * part["reported"]).sum()
        / (part["adults_per_answer"] * part["problems"]).sum()
        for _, part in rows.groupby("age_group")
    ]
    return _need(d, np.array([shares, shares]))


Q6 = Question(
    name="11.q6",
    title="Need behind the records",
    title_zh="记录背后的需求",
    text_en="""\
`records` holds what offices know. Divide `recorded` by the chance that a problem is
reported, which `survey` gives with weights for each of four groups: without or with
platforms, up to 59 or older. How many problems per 1,000 adults and **year** does that
make without (`without`) and with platforms (`with`)? (`adults` counts the same people
in each of the four quarters.)""",
    text_zh="""\
`records` 是机关掌握的情况。请将 `recorded` 除以问题被上报的概率，
该概率由 `survey` 加权得出，分四组：有无平台、59岁及以下或60岁及以上。
每千名成年人每**年**的问题数，在无平台处（`without`）和有平台处（`with`）各为多少？
（`adults` 在四个季度中是同一批人。）""",
    stub='# q6 = {"without": ..., "with": ...}\nq6 = ...',
    solution="""\
gaps = digital.age_gap(
    survey,
    used="reported",
    of="problems",
    group="age_group",
    by="with_platform",
    weight="adults_per_answer",
)
keys = ["with_platform", "age_group"]
chances = gaps[gaps["term"] == "share"]
chances = chances.astype({"with_platform": bool, "age_group": str})
sums = records.astype({"age_group": str}).groupby(keys)[["recorded", "adults"]].sum()
year = sums.reset_index().merge(chances[[*keys, "estimate"]], on=keys)
year["years"] = year["adults"] / 4
need = digital.true_need(
    year,
    recorded="recorded",
    reporting="estimate",
    people="years",
    group="with_platform",
).set_index("with_platform")["estimate"]
q6 = {"without": need[False], "with": need[True]}""",
    explanation="""\
Records are nearly twice as many with platforms; the problems behind them are about as
many. A few per cent of reports are lost before they are recorded, so both numbers are a
little low.""",
    form=lambda _: numbers(["without", "with"], 0, 5000),
    reference=_need,
    tolerance=(1.0, 1.0),
    why_tolerance="one problem in 1,000 adults",
    objective=2,
    minutes=10,
    graded=True,
    points=2,
    misconceptions=(
        Misconception(
            "records-as-need",
            lambda d: _need(d, np.ones((2, 2))),
            "These are the records themselves.",
            "这是登记数本身。",
        ),
        Misconception(
            "platforms-forgotten",
            _ages_alone,
            "With platforms the chance of a report is another one.",
            "有平台处的上报概率不同。",
        ),
        Misconception(
            "per-quarter",
            lambda d: {k: v / 4 for k, v in _need(d).items()},
            "These are per quarter; it is asked of a year.",
            "这是每季度的数；题目问的是每年。",
        ),
    ),
)


# --- q7: judgement -------------------------------------------------------------------

Q7 = Question(
    name="11.q7",
    title="What would you tell the district?",
    title_zh="你会怎样告诉区里？",
    text_en="""\
A draft says: "Since the through-train opened, complaints have nearly doubled. It solves
74 % of them and satisfies 87 % of callers; but the old are left behind." Answer in four
to six sentences, in English or Chinese. What does the first sentence show, and what
would you have to know to call it worse? Which two selections stand behind 74 % and
87 %? Is the last clause right, on which scale? Name one thing that these data cannot
show.""",
    text_zh="""\
一份草稿写道：“直通车开通以来，投诉几乎翻了一番。它解决了其中74%，87%的来电者满意；
但老年人被落下了。”请用四到六句话回答，中英文均可。第一句说明了什么，要称之为“变差”
还需知道什么？74%和87%背后各有怎样的选择？最后一句对吗，在哪种尺度上？
再举出一件这些数据无法说明的事。""",
    stub="q7 = ...",
    solution='''\
q7 = """
Recorded complaints are problems times the chance that one is reported, and the survey
says that nearly all of the increase is reporting, so the channel is better; to call the
service worse one would need the number of problems, which no log holds. The 74 % divide
by closed cases, and those that cannot be solved are still open; within the limit about
half are solved. The 87 % are callers whose case was solved and who picked up the
telephone, so they say nothing of the others. The gap between young and old has grown in
points, while as a ratio these data cannot tell whether it is wider or narrower: the
report should give both scales with intervals. The data cannot show whether sharing one
list would solve more, nor what became of those who never report anything.
"""''',
    explanation="""\
A good answer keeps problems and reports apart, names open cases and call-backs as
selections, gives both scales, and names a limit.""",
    form=lambda _: text(40),
    objective=2,
    minutes=9,
    graded=True,
    points=4,
    rubric="""\
1 point: more records are a better channel unless problems are known. 1 point: 74 % of
closed cases, 87 % of called-back solved cases, both named as selections. 1 point: the
age gap on both scales (grown in points; ratio not settled by these data). 1 point:
names something that the data cannot show (effect of integration, those who never
report, quality of solutions, cause of the difference where platforms were not drawn by
lot).""",
)

QUESTIONS = [Q1, Q2, Q3, Q4, Q5, Q6, Q7]
