"""Exercise 02: what lands on the committees of half of the city's sub-districts.

A variant is 24 of the 48 sub-districts, one committee near a load of one, and 30 of
the 40 policy areas. References are worked out here with counts, closed forms and a
short Newton method; the worked solution uses `mandates` and `participation`, so that
the two check one another.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd
from scipy import stats

from govlib import datasets
from govlib.exercises.making import Misconception, Question, number, numbers, text

NUMBER = "02"
SLUG = "boundaries"
TITLE_EN = "Blurred boundaries: how much lands on a committee?"
TITLE_ZH = "权责边界不清：多少事务落到居委会？"
PUBLIC_SEED = 102

INTRO_EN = """\
You work with the residents' committees in half of the sub-districts of S city, and with
thirty policy areas. S city is synthetic: no committee in it exists. Quarter 12 is the
quarter of the survey; a quarter has 13 weeks."""
INTRO_ZH = """\
你将使用 S 市一半街镇的居委会数据，以及三十个工作领域。
S 市是合成的，其中没有真实的居委会。
第 12 季度是居民调查所在的季度；一个季度有 13 周。"""

IMPORTS = """\
import numpy as np
import pandas as pd

from govlib import datasets, mandates, participation
from govlib.exercises import check, hand_in, start"""

DATA_TEXT = """\
## The data

`committees` has one row per committee of yours in quarter 12. `plan` has your
sub-districts and their committees that have lift targets (`targets`), with the support
that came down to each (`support`, in team-weeks) and the lifts built (`completed`).
`lifts` are its committees, with their need and load in the year of the plan and
`per_target`, support per target as a share of the ten team-weeks that the plan reckons
with. `people` are the residents of your communities who said whether they took part.
`duties` are the duties of the four tiers in your policy areas, `mine["areas"]`.

> `committees`：你的各居委会在第 12 季度各占一行。`plan`：你的街镇及其有加装电梯指标
> （`targets`）的居委会，以及下沉的支持力量（`support`，队周）和建成数（`completed`）。
> `lifts` 是其中的居委会，附有计划年度的需求与负荷，
> 以及每部指标所得支持占计划十队周的比例（`per_target`）。
> `people` 是你的社区中回答了是否参与的居民。
> `duties` 是四个层级在你的工作领域（`mine["areas"]`）中的职责。"""

DATA_CODE = """\
communities = datasets.load("communities")
ours = communities[communities["subdistrict"].isin(mine["subdistricts"])]
history = datasets.load("committees")
history = history[history["community"].isin(ours["community"])]
committees = history[history["quarter"] == 12]

plan = datasets.load("lift_targets").astype({"unit": str, "tier": str, "above": object})
top = plan["unit"].isin(mine["subdistricts"])
plan = plan[top | plan["above"].isin(mine["subdistricts"])].copy()
plan.loc[plan["tier"] == "sub-district", "above"] = None

year = history[history["quarter"] > 8].astype({"community": str})
year = year.groupby("community")[["need", "load"]].mean()
lifts = plan[plan["tier"] == "committee"].rename(columns={"unit": "community"})
lifts = lifts.merge(year, on="community")
lifts["per_target"] = lifts["support"] / (10 * lifts["targets"])

variables = ["community", "mandates", "need", "staff", "self_governance_time"]
people = datasets.load("survey").merge(ours[variables], on="community")
people = people[people["took_part"].notna()]
people["tens"] = people["mandates"] / 10

duties = datasets.load("responsibilities")
duties = duties[duties["policy_area"].isin(mine["areas"])]"""

# Tasks a quarter for each mandate, and that one of the staff finishes.
TASKS, FINISHED, WEEKS = 3, 33, 13
RATE = FINISHED / WEEKS
TIERS = ["city", "district", "sub-district", "committee"]


@dataclass(frozen=True)
class Data:
    """The tables of one variant."""

    committees: pd.DataFrame
    plan: pd.DataFrame
    lifts: pd.DataFrame
    people: pd.DataFrame
    duties: pd.DataFrame
    areas: list[str]
    committee: str


@cache
def _tables() -> dict[str, pd.DataFrame]:
    places = datasets.load("communities").astype({"community": str, "subdistrict": str})
    of = places.set_index("community")["subdistrict"]
    committees = datasets.load("committees").astype({"community": str})
    committees["subdistrict"] = committees["community"].map(of)
    plan = datasets.load("lift_targets").astype({"unit": str, "tier": str})
    plan["above"] = plan["above"].astype(object)
    year = committees[committees["quarter"] > 8].groupby("community")
    year = year[["need", "load"]].mean()
    lifts = plan[plan["tier"] == "committee"].rename(columns={"unit": "community"})
    lifts = lifts.merge(year, on="community")
    lifts["per_target"] = lifts["support"] / (10 * lifts["targets"])
    people = datasets.load("survey").astype({"community": str})
    people = people[people["took_part"].notna()].merge(
        places[
            [
                "community",
                "subdistrict",
                "mandates",
                "need",
                "staff",
                "self_governance_time",
            ]
        ],
        on="community",
    )
    duties = datasets.load("responsibilities").astype(str)
    return {
        "committees": committees[committees["quarter"] == 12],
        "plan": plan,
        "lifts": lifts,
        "people": people,
        "duties": duties,
    }


@cache
def _areas() -> list[str]:
    return sorted(datasets.load("responsibilities")["policy_area"].cat.categories)


def variant(seed: int) -> dict:
    """Return half of the sub-districts, a committee near a load of one, and areas."""
    rng = np.random.default_rng(seed)
    while True:
        drawn = _draw(rng)
        effect = _of_a_target(data(drawn))
        # q8 asks for a choice that follows from q6: a target alone must do harm there,
        # and more of it than one with support.
        if effect["alone"] < min(0, effect["supported"]):
            return drawn


def _draw(rng: np.random.Generator) -> dict:
    committees = _tables()["committees"]
    names = sorted(committees["subdistrict"].unique())
    chosen = sorted(rng.choice(names, 24, replace=False).tolist())
    mine = committees[committees["subdistrict"].isin(chosen)]
    # Where nobody is ever idle, time worked and time employed are the same.
    busy = mine["weeks_worked"] / (WEEKS * mine["staff"])
    near = mine[mine["load"].between(0.8, 1.1) & busy.between(0.7, 0.95)]
    areas = sorted(rng.choice(_areas(), 30, replace=False).tolist())
    return {
        "subdistricts": chosen,
        "committee": str(rng.choice(sorted(near["community"]))),
        "areas": areas,
    }


def data(parameters: dict) -> Data:
    """Return the tables of a variant."""
    tables, mine = _tables(), parameters["subdistricts"]
    plan = tables["plan"]

    def here(name: str, column: str = "subdistrict") -> pd.DataFrame:
        return tables[name][tables[name][column].isin(mine)]

    return Data(
        committees=here("committees"),
        plan=plan[plan["unit"].isin(mine) | plan["above"].isin(mine)],
        lifts=here("lifts", "above"),
        people=here("people"),
        duties=tables["duties"][
            tables["duties"]["policy_area"].isin(parameters["areas"])
        ],
        areas=parameters["areas"],
        committee=parameters["committee"],
    )


# --- q1: the cascade -----------------------------------------------------------------


def _handed(d: Data) -> tuple[float, float]:
    """Return targets and support of the committees over those of sub-districts."""
    sums = d.plan.groupby("tier")[["targets", "support"]].sum()
    ratio = sums.loc["committee"] / sums.loc["sub-district"]
    return float(ratio["targets"]), float(ratio["support"])


def _down(added: float, backing: float) -> dict[str, float]:
    return {"added": added, "backing": backing}


def _right_down(d: Data) -> dict[str, float]:
    targets, support = _handed(d)
    return _down(targets - 1, support / targets)


def _mean_of_ratios(d: Data) -> dict[str, float]:
    top = d.plan[d.plan["tier"] == "sub-district"].set_index("unit")
    below = d.plan[d.plan["tier"] == "committee"].groupby("above")
    ratio = below[["targets", "support"]].sum() / top[["targets", "support"]]
    backing = ratio["support"] / ratio["targets"]
    return _down(float(ratio["targets"].mean()) - 1, float(backing.mean()))


Q1 = Question(
    name="02.q1",
    title="What comes down?",
    title_zh="下来的是什么？",
    text_en="""\
Take all your sub-districts together. By what share do the targets of their committees
exceed their own (`added`; 0.2 if a fifth was added)? And what is the support per target
of the committees, as a share of the sub-districts' own support per target
(`backing`)?""",
    text_zh="""\
把你的所有街镇合在一起。各居委会的指标合计比街镇自身的指标多出多大比例
（`added`，若增加五分之一则为 0.2）？各居委会每部指标所得的支持，
相当于街镇每部指标支持的多大比例（`backing`）？""",
    stub='# q1 = {"added": ..., "backing": ...}\nq1 = ...',
    solution="""\
passed = mandates.cascade(
    plan,
    unit="unit",
    tier="tier",
    above="above",
    tiers=["sub-district", "committee"],
    targets="targets",
    resources="support",
).table
q1 = {"added": passed["markup"].iloc[1] - 1, "backing": passed["backing"].iloc[1]}""",
    explanation="""\
Targets grow on the way (层层加码) and support stays above: both thin out what stands
behind a single lift. Sums over units, so that a large sub-district counts for more.""",
    form=lambda _: numbers(["added", "backing"], 0, 2),
    reference=_right_down,
    tolerance=(0.002, 0.002),
    why_tolerance="three decimals, with room for rounding on the way",
    objective=1,
    minutes=7,
    misconceptions=(
        Misconception(
            "ratio-for-share-added",
            lambda d: _right_down(d) | {"added": _handed(d)[0]},
            "Your first number compares the targets with one another; asked for is by "
            "how much they exceed.",
            "第一个数是两级指标之比；题目问的是多出的比例。",
        ),
        Misconception(
            "support-not-per-target",
            lambda d: _right_down(d) | {"backing": _handed(d)[1]},
            "Your second number follows the support alone. How many targets does it "
            "have to serve?",
            "第二个数只看支持力量本身。它要支撑多少指标？",
        ),
        Misconception(
            "mean-of-ratios",
            _mean_of_ratios,
            "These are means over sub-districts, small and large alike. Take all of "
            "them together.",
            "这是各街镇比值的简单平均，大小街镇同等计算。请合在一起算。",
        ),
    ),
)


# --- q2: load and waiting ------------------------------------------------------------


def _wait(rate: np.ndarray, service: np.ndarray, servers: np.ndarray) -> np.ndarray:
    """Return the mean wait of M/M/c by the recursion for Erlang's B."""
    offered = rate / service
    lost = np.ones_like(offered)
    for server in range(1, int(servers.max()) + 1):
        more = offered * lost / (server + offered * lost)
        lost = np.where(server <= servers, more, lost)
    share = servers * lost / (servers - offered * (1 - lost))
    return share / (servers * service - rate)


def _desks(d: Data, most: float) -> tuple[np.ndarray, np.ndarray]:
    """Return tasks a week and staff of the committees with a load below `most`."""
    mine = d.committees[d.committees["load"] < most]
    return (
        TASKS * mine["mandates"].to_numpy(float) / WEEKS,
        mine["staff"].to_numpy(float),
    )


def _waits(overloaded: float, wait: float) -> dict[str, float]:
    return {"overloaded": overloaded, "mean_wait": wait}


def _right_waits(d: Data) -> dict[str, float]:
    rate, staff = _desks(d, 0.95)
    wait = _wait(rate, np.full_like(rate, RATE), staff)
    share = float((d.committees["load"] >= 1).mean())
    return _waits(share, float(wait.mean()))


def _one_fast_worker(d: Data) -> float:
    rate, staff = _desks(d, 0.95)
    return float(_wait(rate, RATE * staff, np.ones_like(staff)).mean())


def _at_the_mean(d: Data) -> float:
    rate, staff = _desks(d, 0.95)
    servers = np.array([round(staff.mean())], dtype=float)
    mean = np.mean(rate / (RATE * staff)) * servers * RATE
    return float(_wait(mean, np.array([RATE]), servers)[0])


Q2 = Question(
    name="02.q2",
    title="Who is overloaded, and who waits?",
    title_zh="谁超负荷，谁在等待？",
    text_en="""\
In `committees`: what share have a load of one or more (`overloaded`)? For those with a
load **below 0.95**, what is the mean over committees of the weeks that a task waits
until it is taken up (`mean_wait`), by the formula? Three tasks a quarter come with each
mandate; one of the staff finishes 33 a quarter, and all staff take from one pile.""",
    text_zh="""\
在 `committees` 中：负荷达到或超过 1 的占多大比例（`overloaded`）？
对负荷**低于 0.95** 的居委会，按公式计算每件任务平均等待多少周才有人着手，
再对居委会取平均（`mean_wait`）。每项下达事项每季度带来三件任务；
每名工作人员每季度办结 33 件，全体人员共用一个任务堆。""",
    stub='# q2 = {"overloaded": ..., "mean_wait": ...}\nq2 = ...',
    solution="""\
fine = committees[committees["load"] < 0.95]
waits = mandates.waiting(
    3 * fine["mandates"] / 13, service_rate=33 / 13, staff=fine["staff"].to_numpy()
)
q2 = {
    "overloaded": (committees["load"] >= 1).mean(),
    "mean_wait": waits["mean_wait"].mean(),
}""",
    explanation="""\
The mean is made by a few committees just below 0.95; most tasks elsewhere wait for
minutes. Above one the formula has no answer, and a mean over all committees would be
infinite.""",
    form=lambda _: numbers(["overloaded", "mean_wait"], 0, 20),
    reference=_right_waits,
    tolerance=(0.002, 0.002),
    why_tolerance="three decimals, with room for rounding on the way",
    objective=2,
    minutes=7,
    misconceptions=(
        Misconception(
            "time-in-system",
            lambda d: (
                _right_waits(d) | {"mean_wait": _right_waits(d)["mean_wait"] + 1 / RATE}
            ),
            "Your weeks run until the task is done, not until it is taken up.",
            "你算的是到办结为止的时间，不是到着手为止的等待。",
        ),
        Misconception(
            "one-fast-worker",
            lambda d: _right_waits(d) | {"mean_wait": _one_fast_worker(d)},
            "You have one desk that is as fast as all staff together. With several, a "
            "task waits only if all of them are busy.",
            "你把全体人员当作一个很快的人。有几个人时，只有全都忙时任务才需等待。",
        ),
        Misconception(
            "formula-at-the-mean",
            lambda d: _right_waits(d) | {"mean_wait": _at_the_mean(d)},
            "You have put the average committee into the formula. Is the curve "
            "straight between them?",
            "你把“平均居委会”代入了公式。这条曲线在它们之间是直的吗？",
        ),
        Misconception(
            "stable-share",
            lambda d: (
                _right_waits(d) | {"overloaded": 1 - _right_waits(d)["overloaded"]}
            ),
            "Your share is of those who can manage.",
            "你的比例是能应付的居委会所占的。",
        ),
    ),
)


# --- q3: a cut -----------------------------------------------------------------------


def _piles(rate: np.ndarray, staff: np.ndarray) -> np.ndarray:
    return rate * _wait(rate, np.full_like(rate, RATE), staff)


def _fewer(d: Data) -> float:
    rate, staff = _desks(d, 0.95)
    return float(_piles(0.8 * rate, staff).sum() / _piles(rate, staff).sum() - 1)


def _fewer_each(d: Data) -> float:
    rate, staff = _desks(d, 0.95)
    return float((_piles(0.8 * rate, staff) / _piles(rate, staff)).mean() - 1)


def _shorter(d: Data) -> float:
    rate, staff = _desks(d, 0.95)
    full = np.full_like(rate, RATE)
    before, after = _wait(rate, full, staff), _wait(0.8 * rate, full, staff)
    return float(after.sum() / before.sum()) - 1


Q3 = Question(
    name="02.q3",
    title="A fifth fewer mandates",
    title_zh="下达事项减少五分之一",
    text_en="""\
Take the same committees, with a load below 0.95. If each had a fifth fewer mandates and
the same staff, by what share would the number of tasks **waiting**, all these
committees together, change in the long run (formula; −0.5 if half are gone)?""",
    text_zh="""\
仍取负荷低于 0.95 的居委会。若每个居委会的下达事项减少五分之一而人员不变，
按公式，这些居委会**积压**的任务总数长期会变化多大比例（若减少一半则为 −0.5）？""",
    stub="q3 = ...",
    solution="""\
fewer = mandates.waiting(
    0.8 * 3 * fine["mandates"] / 13,
    service_rate=33 / 13,
    staff=fine["staff"].to_numpy(),
)
q3 = fewer["mean_waiting"].sum() / waits["mean_waiting"].sum() - 1""",
    explanation="""\
Waiting is convex in load: a fifth less to do takes most of the pile away, because most
of the pile lies with those who were nearly full.""",
    form=lambda _: number(-1, 1),
    reference=_fewer,
    tolerance=(0.002,),
    why_tolerance="three decimals, with room for rounding on the way",
    objective=2,
    minutes=6,
    misconceptions=(
        Misconception(
            "in-proportion",
            lambda _: -0.2,
            "That would be so if the pile were in proportion to the load.",
            "只有积压与负荷成正比时才会如此。",
        ),
        Misconception(
            "mean-of-changes",
            _fewer_each,
            "You have averaged the changes of committees, those with no pile to speak "
            "of included. Add the piles first.",
            "你对各居委会的变化取了平均，几乎没有积压的也算在内。请先把积压相加。",
        ),
        Misconception(
            "waits-for-piles",
            _shorter,
            "This is how much shorter a task waits; asked for is how many wait.",
            "这是每件任务等待时间的变化；题目问的是积压的件数。",
        ),
        Misconception(
            "what-remains",
            lambda d: 1 + _fewer(d),
            "This is what remains of the pile; asked for is the change.",
            "这是剩下的比例；题目问的是变化。",
        ),
    ),
)


# --- q4: an interval -----------------------------------------------------------------


def _interval(
    d: Data, *, time: str = "worked", shared: bool = True
) -> dict[str, float]:
    """Return the load of one committee and its interval: a ratio of gammas is an F."""
    row = d.committees.set_index("community").loc[d.committee]
    weeks = {
        "worked": row["weeks_worked"],
        "employed": WEEKS * row["staff"],
        "calendar": WEEKS,
    }
    staff = row["staff"] if shared else 1
    came, done = row["tasks"], row["finished"]
    exact = stats.f(2 * came + 1, 2 * done + 1)
    half = (came + 0.5) / WEEKS / ((done + 0.5) / weeks[time]) / staff
    return {
        "load": came / WEEKS / (done / weeks[time]) / staff,
        "low": half * exact.ppf(0.025),
        "high": half * exact.ppf(0.975),
    }


Q4 = Question(
    name="02.q4",
    title="Is this committee overloaded?",
    title_zh="这个居委会超负荷了吗？",
    text_en="""\
The committee `mine["committee"]`. From its records of the quarter (13 weeks) alone,
give the estimate of its load with the ends of its 95 % interval.""",
    text_zh="""\
居委会 `mine["committee"]`。仅根据它本季度（13 周）的记录，
给出负荷的估计值及其 95% 区间的两端。""",
    stub='# q4 = {"load": ..., "low": ..., "high": ...}\nq4 = ...',
    solution="""\
one = committees[committees["community"] == mine["committee"]].assign(weeks=13.0)
estimated = mandates.load(
    one,
    unit="community",
    arrivals="tasks",
    time="weeks",
    completed="finished",
    time_worked="weeks_worked",
    staff="staff",
    n_draws=40_000,
    rng=1,
).set_index("term")
q4 = {
    "load": estimated.loc["load", "estimate"],
    "low": estimated.loc["load", "conf_low"],
    "high": estimated.loc["load", "conf_high"],
}""",
    explanation="""\
One quarter's counts leave the load uncertain by a tenth or two either way, and with it
whether a mean wait exists at all.""",
    form=lambda _: numbers(["load", "low", "high"], 0, 50),
    reference=_interval,
    tolerance=(0.005, 0.015, 0.015),
    why_tolerance="the ends come from random draws, which move the second decimal",
    objective=2,
    minutes=7,
    graded=True,
    points=2,
    misconceptions=(
        Misconception(
            "time-employed",
            lambda d: _interval(d, time="employed"),
            "You have taken the weeks for which the staff are employed. What would an "
            "idle committee look like then?",
            "你用了人员受雇的全部时间。那样的话，清闲的居委会会怎样？",
        ),
        Misconception(
            "calendar-weeks",
            lambda d: _interval(d, time="calendar"),
            "You have taken the weeks of the quarter for the time that was worked. How "
            "many people worked in them?",
            "你把季度的周数当作用工时间。这些周里有多少人在工作？",
        ),
        Misconception(
            "one-desk",
            lambda d: _interval(d, shared=False),
            "You have left out how many share the tasks.",
            "你没有考虑由多少人分担任务。",
        ),
    ),
)


# --- q5: mandates or need ------------------------------------------------------------


def _effect(d: Data, *names: str, unit: float = 10) -> float:
    """Return the weighted linear effect of ten mandates, other columns held fixed."""
    told = d.people
    terms = [told["mandates"] / unit, *(told[name] for name in names)]
    x = np.column_stack([np.ones(len(told)), *(t.to_numpy(float) for t in terms)])
    root = np.sqrt(told["weight"].to_numpy(float))
    y = told["took_part"].to_numpy(float)
    return float(np.linalg.lstsq(x * root[:, None], y * root, rcond=None)[0][1])


def _effects(alike: float, with_need: float) -> dict[str, float]:
    return {"alike": alike, "with_need": with_need}


def _right_effects(d: Data) -> dict[str, float]:
    return _effects(
        _effect(d, "age", "owner"), _effect(d, "age", "owner", "need", "staff")
    )


Q5 = Question(
    name="02.q5",
    title="Mandates, or need?",
    title_zh="是下达事项，还是需求？",
    text_en="""\
Linear regressions of having taken part on mandates, with weights. By how much does the
share that took part differ for **ten more mandates**: with age and ownership held fixed
(`alike`), and with need and staff held fixed as well (`with_need`)? Give shares
(−0.02 for two points less).""",
    text_zh="""\
以是否参与对下达事项做加权线性回归。**下达事项多十项**时，参与比例相差多少：
控制年龄和住房自有（`alike`），以及再控制需求和工作人员数（`with_need`）？
写成比例（少两个百分点为 −0.02）。""",
    stub='# q5 = {"alike": ..., "with_need": ...}\nq5 = ...',
    solution="""\
alike, with_need = (
    participation.fit(
        people, f"took_part ~ tens + {fixed}", family="linear", weight="weight"
    )
    .table.set_index("term")
    .loc["tens", "estimate"]
    for fixed in ("age + owner", "age + owner + need + staff")
)
q5 = {"alike": alike, "with_need": with_need}""",
    explanation="""\
Need brings mandates and keeps people at home. Comparing people alike in age and home
does not make their places alike. What is left is still no proof: half of the city's
sub-districts leave a wide interval, and whatever else they differ in is not held
fixed.""",
    form=lambda _: numbers(["alike", "with_need"], -1, 1),
    reference=_right_effects,
    tolerance=(0.0003, 0.0003),
    why_tolerance="four decimals, with room for rounding on the way",
    objective=3,
    minutes=9,
    graded=True,
    points=2,
    misconceptions=(
        Misconception(
            "per-mandate",
            lambda d: {k: v / 10 for k, v in _right_effects(d).items()},
            "This is for one mandate more; asked for are ten.",
            "这是多一项的差别；题目问的是多十项。",
        ),
        Misconception(
            "exchanged",
            lambda d: _effects(*reversed(_right_effects(d).values())),
            "The two numbers are exchanged.",
            "两个数对调了。",
        ),
        Misconception(
            "time-held-fixed",
            lambda d: (
                _right_effects(d)
                | {
                    "with_need": _effect(
                        d, "age", "owner", "need", "staff", "self_governance_time"
                    )
                }
            ),
            "You also hold fixed the time that is left for self-governance. What does "
            "a mandate take away?",
            "你还控制了自治工作时间。下达事项占用的正是什么？",
        ),
    ),
)


# --- q6: targets with and without support --------------------------------------------


def _fractional(
    d: Data, adjust: tuple[str, ...], resources: str = "per_target"
) -> tuple[np.ndarray, np.ndarray]:
    """Return the fractional logit's coefficients and the columns that it holds."""
    own = d.lifts
    targets = own["targets"].to_numpy(float)
    support = own[resources].to_numpy(float)
    others = [own[name].to_numpy(float) for name in adjust]
    x = np.column_stack(
        [np.ones(len(own)), targets, support, targets * support, *others]
    )
    share = own["completed"].to_numpy(float) / targets
    b = np.zeros(x.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-x @ b))
        b += np.linalg.solve((x.T * (p * (1 - p))) @ x, x.T @ (share - p))
    return b, x


def _of_a_target(
    d: Data, adjust: tuple[str, ...] = ("need", "load")
) -> dict[str, float]:
    b, x = _fractional(d, adjust)
    found = {}
    for name, support in (("alone", 0.0), ("supported", 1.0)):
        there = x.copy()
        there[:, 2], there[:, 3] = support, support * x[:, 1]
        p = 1 / (1 + np.exp(-there @ b))
        found[name] = float((p * (1 - p)).mean() * (b[1] + b[3] * support))
    return found


def _straight(d: Data) -> float:
    own = d.lifts
    return float(np.polyfit(own["targets"], own["completed"] / own["targets"], 1)[0])


Q6 = Question(
    name="02.q6",
    title="A target, alone or with help",
    title_zh="单独的指标，或有支持的指标",
    text_en="""\
In `lifts`: what does one more target do to the share of targets met, where none of the
support comes with a target (`alone`) and where all of it does (`supported`)? A
fractional logit on targets, `per_target` and their product, with need and load held
fixed. Give shares.""",
    text_zh="""\
在 `lifts` 中：当指标完全没有支持（`alone`）和支持足额（`supported`）时，
每多一部指标，指标完成率变化多少？以指标数、`per_target` 及其乘积做分数逻辑回归，
控制需求和负荷。写成比例。""",
    stub='# q6 = {"alone": ..., "supported": ...}\nq6 = ...',
    solution="""\
effect = mandates.effect_of_targets(
    lifts,
    completed="completed",
    targets="targets",
    resources="per_target",
    adjust=["need", "load"],
    at=[0, 1],
    cluster="above",
)["estimate"]
q6 = {"alone": effect.iloc[0], "supported": effect.iloc[1]}""",
    explanation="""\
A single slope of completion on targets is a mixture of the two. Whether targets do harm
is a question about what comes with them.""",
    form=lambda _: numbers(["alone", "supported"], -1, 1),
    reference=_of_a_target,
    tolerance=(0.0006, 0.0006),
    why_tolerance="three decimals, with room for rounding on the way",
    objective=1,
    minutes=8,
    graded=True,
    points=2,
    misconceptions=(
        Misconception(
            "one-straight-line",
            lambda d: dict.fromkeys(("alone", "supported"), _straight(d)),
            "You have one slope for both. Let it differ by what comes with a target.",
            "两种情形用了同一个斜率。请让它随支持力量而不同。",
        ),
        Misconception(
            "exchanged",
            lambda d: dict(
                zip(
                    ("alone", "supported"),
                    reversed(_of_a_target(d).values()),
                    strict=True,
                )
            ),
            "The two numbers are exchanged.",
            "两个数对调了。",
        ),
        Misconception(
            "nothing-held-fixed",
            lambda d: _of_a_target(d, ()),
            "Need and load are not held fixed: where does the support go?",
            "没有控制需求和负荷：支持力量投向了哪里？",
        ),
    ),
)


# --- q7: duties ----------------------------------------------------------------------


def _lists(d: Data) -> tuple[set[str], set[str]]:
    rows = d.duties.groupby("tier")["policy_area"]
    return set(rows.get_group("city")), set(rows.get_group("committee"))


def _found(d: Data) -> dict[str, float]:
    city, committee = _lists(d)
    leads = d.duties[d.duties["role"] == "lead"]["policy_area"].value_counts()
    return {
        "overlap": len(city & committee) / min(len(city), len(committee)),
        "expected": max(len(city), len(committee)) / len(d.areas),
        "without_lead": float(len(d.areas) - len(leads)),
        "double": float((leads > 1).sum()),
    }


def _jaccard(d: Data) -> float:
    city, committee = _lists(d)
    return len(city & committee) / len(city | committee)


def _listed(d: Data) -> int:
    return int(d.duties["policy_area"].nunique())


def _expected_of_listed(d: Data) -> float:
    return _found(d)["expected"] * len(d.areas) / _listed(d)


def _listed_without_lead(d: Data) -> float:
    return _found(d)["without_lead"] - (len(d.areas) - _listed(d))


Q7 = Question(
    name="02.q7",
    title="The lists of the tiers",
    title_zh="各层级的清单",
    text_en="""\
In your policy areas, **all thirty** of `mine["areas"]`. The overlap coefficient of the
duties of the *city* and the *committees* (`overlap`), and what chance would give
(`expected`) if each list were drawn at random from the thirty. How many of the thirty
areas have nobody who leads (`without_lead`), and how many have two or more who lead
(`double`)?""",
    text_zh="""\
在你的**全部三十个**工作领域（`mine["areas"]`）中：*市*与*居委会*职责的重叠系数
（`overlap`），以及若两份清单都从这三十个领域中随机抽取，凭偶然的期望值（`expected`）。
三十个领域中，有多少个无人牵头（`without_lead`），多少个有两个或以上牵头者（`double`）？""",
    stub=(
        '# q7 = {"overlap": ..., "expected": ..., "without_lead": ..., "double": ...}\n'
        "q7 = ..."
    ),
    solution="""\
pairs = mandates.duty_overlap(
    duties, unit="policy_area", group="tier", n_duties=30, rng=1
).table
pair = pairs[(pairs["tier"] == "city") & (pairs["other_tier"] == "committee")].iloc[0]
roles = mandates.responsibilities(
    duties, unit="policy_area", group="tier", role="role", units=mine["areas"]
).table["finding"]
q7 = {
    "overlap": pair["overlap"],
    "expected": pair["expected_overlap"],
    "without_lead": roles.isin(["nobody", "no lead"]).sum(),
    "double": (roles == "double lead").sum(),
}""",
    explanation="""\
Long lists overlap by chance: much of a high overlap needs no explanation. An area in
which no tier has a duty has no row: it is the gap that the list itself cannot show.""",
    form=lambda _: numbers(["overlap", "expected", "without_lead", "double"], 0, 40),
    reference=_found,
    tolerance=(0.002, 0.002, 0.1, 0.1),
    why_tolerance="three decimals of a share; counts are exact",
    objective=4,
    minutes=8,
    misconceptions=(
        Misconception(
            "jaccard",
            lambda d: _found(d) | {"overlap": _jaccard(d)},
            "Your overlap divides by all duties of the two. What does the coefficient "
            "divide by?",
            "你的重叠除以两者的全部职责。重叠系数除以什么？",
        ),
        Misconception(
            "areas-without-rows",
            lambda d: (
                _found(d)
                | {
                    "expected": _expected_of_listed(d),
                    "without_lead": _listed_without_lead(d),
                }
            ),
            "Some of your areas stand in no row of `duties`. Are they there?",
            "你的一些领域在 `duties` 中没有任何一行。它们算在内了吗？",
        ),
        Misconception(
            "nobody-forgotten",
            lambda d: _found(d) | {"without_lead": _listed_without_lead(d)},
            "Areas that stand in no row of `duties` have nobody who leads either.",
            "在 `duties` 中没有任何一行的领域，同样无人牵头。",
        ),
        Misconception(
            "chance-of-listed",
            lambda d: _found(d) | {"expected": _expected_of_listed(d)},
            "From how many areas does chance draw?",
            "偶然是从多少个领域中抽取的？",
        ),
        Misconception(
            "chance-unasked",
            lambda d: _found(d) | {"expected": 0.0},
            "Two lists of this length share something by chance.",
            "这样长的两份清单仅凭偶然也会有共同之处。",
        ),
    ),
)


# --- q8: judgement -------------------------------------------------------------------

Q8 = Question(
    name="02.q8",
    title="What would you tell the district?",
    title_zh="你会怎样告诉区政府？",
    text_en="""\
A draft report says: "Committees have a mean load of one, so they can just manage.
Every ten mandates cost one and a half points of participation. Lift targets are missed
because there are too many of them." Answer in four to six sentences, in English or
Chinese. What is wrong with each of the three sentences, by your answers to q2, q5 and
q6? Which would you rather ask for, fewer targets or more support, and why? Name one
thing that these data cannot show.""",
    text_zh="""\
一份报告草稿写道：“居委会平均负荷为 1，刚好应付得来。
每增加十项下达事项，参与率降低一个半百分点。加装电梯指标完不成，是因为指标太多。”
请用四到六句话回答，中英文均可。根据你在 q2、q5 和 q6 的结果，这三句话各错在哪里？
你会要求减少指标还是增加支持，为什么？再举出一件这些数据无法说明的事。""",
    stub="q8 = ...",
    solution='''\
q8 = """
A mean load of one hides that nearly half of the committees are above it, where the
pile grows without end, while others have hands free; waiting is a curve, so the average
committee says nothing about the pile. A good part of the difference for ten mandates
goes once need is held fixed, because old and poor places get more mandates and take
part less, and what is left has a wide interval. Lift targets do harm where no support
comes with them and hardly any where it does, so a slope over all committees mixes two
things. I would ask for support before fewer targets, since with support one more target
costs next to nothing. The data cannot show whether sub-districts that pass on more
support are also better run in ways that nobody recorded, nor what the tasks that wait
were worth.
"""''',
    explanation="""\
A good answer gives the share that is overloaded, names need as what brings mandates and
keeps people away, tells targets with support from targets without, and knows that
support was not dealt out by lot.""",
    form=lambda _: text(40),
    objective=3,
    minutes=8,
    graded=True,
    points=4,
    rubric="""\
1 point: mean load against the share overloaded (own number), or the curve. 1 point:
need as confounder of mandates, with the two numbers of q5. 1 point: targets with and
without support told apart, and a choice that follows. 1 point: a limit of the data
(support not by lot, unmeasured differences of sub-districts, value of tasks,
self-report).""",
)

QUESTIONS = [Q1, Q2, Q3, Q4, Q5, Q6, Q7, Q8]
