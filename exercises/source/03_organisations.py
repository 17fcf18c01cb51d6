"""Exercise 03: the organisations and lift services of half of the sub-districts.

A variant is 24 of the 48 sub-districts. References are worked out here in numpy; the
worked solution uses `organisations`, so that the two check one another.
"""

from dataclasses import dataclass
from functools import cache
from math import ceil

import numpy as np
import pandas as pd
from scipy import stats

from govlib import datasets
from govlib.exercises.making import Misconception, Question, number, numbers, text

NUMBER = "03"
SLUG = "organisations"
TITLE_EN = "Weak social organisations: who pays, who decides, who waits?"
TITLE_ZH = "社会组织自治能力不足：谁出钱，谁决定，谁等待？"
PUBLIC_SEED = 301

INTRO_EN = """\
You work with the register of social organisations, their accounts and the cases of the
lift services in half of the sub-districts of S city. S city is synthetic: no
organisation in it exists. The *office* is the sub-district office (街道办事处)."""
INTRO_ZH = """\
你将使用 S 市一半街镇的社会组织名录、账目以及加装电梯服务事项。
S 市是合成的，其中没有真实的组织。*office* 指街道办事处。"""

IMPORTS = """\
import numpy as np
import pandas as pd

from govlib import datasets, organisations, participation
from govlib.exercises import check, hand_in, start"""

DATA_TEXT = """\
## The data

All tables are those of your sub-districts. `register` has one row per organisation, the
dissolved ones included (`dissolved` is empty for the living). `accounts` has one row
per registered organisation and payer, from its latest accounts, in thousands of yuan.
`living` are the registered organisations alive, with `dependence`, the *tenths* of
their income that the office paid, and `income`. `services` are the lift services,
`cases` the stairwells that asked them, with times in months. Every service has four
teams, and a team finishes three cases a year.

> 所有表格都只含你的各街镇。`register` 每个组织一行，含已解散的（存续组织的 `dissolved`
> 为空）。`accounts` 每个已登记组织和付款方一行，取最近一年账目，单位为千元。
> `living` 是存续的已登记组织，`dependence` 为来自街道的收入占几成（十分之几），
> `income` 为总收入。`services` 是加装电梯服务组织，`cases` 是向其求助的楼道，
> 时间以月计。每个服务组织有四支服务队，每队每年办结三件。"""

DATA_CODE = """\
places = datasets.load("communities")[["community", "subdistrict"]]
register = datasets.load("organisations").merge(places, on="community")
register = register[register["subdistrict"].isin(mine["subdistricts"])]
accounts = datasets.load("organisation_income")
accounts = accounts.merge(
    register[["organisation", "subdistrict", "founder"]], on="organisation"
)
centres = datasets.load("service_centres")
services = datasets.load("lift_teams")
services = services[services["subdistrict"].isin(mine["subdistricts"])]
cases = datasets.load("lift_cases").merge(services, on="lift_service")

total = accounts.groupby("organisation")["amount"].sum()
office = accounts[accounts["payer"] == "office"].set_index("organisation")["amount"]
living = register[register["registered"] & register["dissolved"].isna()].copy()
living["income"] = living["organisation"].map(total)
living["dependence"] = (
    10 * living["organisation"].map(office).fillna(0) / living["income"]
)
items = ["own_director", "own_staff", "own_budget", "may_decline"]
items += ["plan_approved", "own_projects"]"""

ITEMS = ["own_director", "own_staff", "own_budget", "may_decline"]
ITEMS += ["plan_approved", "own_projects"]
TURNED = "plan_approved"
# A team finishes so many cases a year; the register began and the survey ended then.
RATE, TEAMS, REGISTER, NOW = 3.0, 4, 2015, 2026
YEARS, YEAR = 3, 2025


@dataclass(frozen=True)
class Data:
    """The tables of one variant."""

    register: pd.DataFrame
    accounts: pd.DataFrame
    living: pd.DataFrame
    services: pd.DataFrame
    cases: pd.DataFrame


@cache
def _tables() -> dict[str, pd.DataFrame]:
    places = datasets.load("communities").astype({"community": str})
    where = places.set_index("community")["subdistrict"].astype(str)
    register = datasets.load("organisations").astype(
        {"community": str, "founder_kind": str, "founder": str, "organisation": str}
    )
    register["subdistrict"] = register["community"].map(where)
    accounts = datasets.load("organisation_income").astype(
        {"payer": str, "organisation": str}
    )
    accounts = accounts.merge(
        register[["organisation", "subdistrict", "founder_kind"]], on="organisation"
    )
    services = datasets.load("lift_teams").astype(
        {"subdistrict": str, "lift_service": str}
    )
    cases = datasets.load("lift_cases").astype({"lift_service": str})
    cases = cases.merge(
        services[["lift_service", "subdistrict", "special_plan"]], on="lift_service"
    )
    cases["wait"] = cases["month_started"] - cases["month_asked"]
    return {
        "register": register,
        "accounts": accounts,
        "services": services,
        "cases": cases,
    }


def variant(seed: int) -> dict:
    """Return half of the sub-districts, by lot."""
    rng = np.random.default_rng(seed)
    names = sorted(_tables()["services"]["subdistrict"])
    return {"subdistricts": sorted(rng.choice(names, 24, replace=False).tolist())}


def data(parameters: dict) -> Data:
    """Return the tables of a variant."""
    kept = {
        name: table[table["subdistrict"].isin(parameters["subdistricts"])]
        for name, table in _tables().items()
    }
    register, accounts = kept["register"], kept["accounts"]
    total = accounts.groupby("organisation")["amount"].sum()
    office = accounts[accounts["payer"] == "office"].set_index("organisation")["amount"]
    living = register[register["registered"] & register["dissolved"].isna()].copy()
    living["income"] = living["organisation"].map(total).astype(float)
    paid = living["organisation"].map(office).fillna(0)
    living["dependence"] = 10 * paid / living["income"]
    return Data(register, accounts, living, kept["services"], kept["cases"])


# --- q1: who pays --------------------------------------------------------------------


def _pay(office_share: float, hhi: float) -> dict[str, float]:
    return {"office_share": office_share, "hhi": hhi}


def _shares(d: Data) -> pd.DataFrame:
    """Return shares of income, one row per registered organisation."""
    paid = d.accounts.pivot_table(
        index="organisation", columns="payer", values="amount", fill_value=0
    )
    return paid.div(paid.sum(axis=1), axis=0)


def _right_pay(d: Data) -> dict[str, float]:
    shares = _shares(d)
    return _pay(float(shares["office"].mean()), float((shares**2).sum(axis=1).mean()))


def _pooled(d: Data) -> dict[str, float]:
    shares = d.accounts.groupby("payer")["amount"].sum() / d.accounts["amount"].sum()
    return _pay(float(shares["office"]), float((shares**2).sum()))


def _normalised(d: Data) -> dict[str, float]:
    shares = _shares(d)
    n = (shares > 0).sum(axis=1)
    hhi = (shares**2).sum(axis=1)
    normal = ((hhi - 1 / n) / (1 - 1 / n))[n > 1]
    return _right_pay(d) | {"hhi": float(normal.mean())}


def _living_pay(d: Data) -> dict[str, float]:
    shares = _shares(d).loc[d.living["organisation"]]
    return _pay(float(shares["office"].mean()), float((shares**2).sum(axis=1).mean()))


Q1 = Question(
    name="03.q1",
    title="Who pays?",
    title_zh="谁出钱？",
    text_en="""\
For every registered organisation in `accounts`, living or dissolved, compute the share
of its income that the office paid and the HHI of its income (not normalised). Give the
mean over organisations of each: `office_share` and `hhi`. Every organisation counts
once, however rich.""",
    text_zh="""\
对 `accounts` 中的每个已登记组织（含已解散的），计算街道付款占其收入的比例，
以及其收入的 HHI（不作标准化）。给出两者对组织的平均数：`office_share` 和 `hhi`。
每个组织无论收入多少都算一次。""",
    stub='# q1 = {"office_share": ..., "hhi": ...}\nq1 = ...',
    solution="""\
paid = organisations.income(
    accounts.assign(office="office"),
    unit="organisation",
    source="payer",
    value="amount",
    founder="office",
).table
q1 = {"office_share": paid["founder_share"].mean(), "hhi": paid["hhi"].mean()}""",
    explanation="""\
The mean over organisations says what a typical organisation lives of. Adding up all
money first answers another question, in which the rich ones count most.""",
    form=lambda _: numbers(["office_share", "hhi"], 0, 1),
    reference=_right_pay,
    tolerance=(0.001, 0.001),
    why_tolerance="three decimals",
    objective=2,
    minutes=6,
    misconceptions=(
        Misconception(
            "all-money-first",
            _pooled,
            "You added the income of all organisations first, so that the rich ones "
            "count most. Which unit does the question average over?",
            "你先把所有组织的收入相加，收入高的组织权重最大。题目是对什么求平均？",
        ),
        Misconception(
            "normalised",
            _normalised,
            "Your second number is the normalised index.",
            "第二个数是标准化后的指数。",
        ),
        Misconception(
            "living-only",
            _living_pay,
            "Only living organisations are in your means.",
            "你的平均数只包含存续组织。",
        ),
    ),
)


# --- q2: average and peak ------------------------------------------------------------


def _erlang(rate: float, teams: int = TEAMS) -> float:
    """Return the mean wait in months; Erlang's B is a truncated Poisson."""
    load = rate / RATE
    lost = stats.poisson.pmf(teams, load) / stats.poisson.cdf(teams, load)
    share = teams * lost / (teams - load * (1 - lost))
    return float(12 * share / (teams * RATE - rate))


def _crowded(d: Data) -> tuple[pd.DataFrame, int]:
    """Return the cases of special plans, and the number of services that have one."""
    return d.cases[d.cases["special_plan"]], int(d.services["special_plan"].sum())


def _rate(d: Data) -> float:
    cases, services = _crowded(d)
    return len(cases) / services / YEARS


def _at_peak(cases: pd.DataFrame) -> pd.DataFrame:
    return cases[(cases["month_asked"] >= 12) & (cases["month_asked"] < 21)]


def _waits(by_average: float, at_peak: float) -> dict[str, float]:
    return {"by_average": by_average, "at_peak": at_peak}


def _right_waits(d: Data) -> dict[str, float]:
    return _waits(_erlang(_rate(d)), float(_at_peak(_crowded(d)[0])["wait"].mean()))


Q2 = Question(
    name="03.q2",
    title="The average and the peak",
    title_zh="平均与高峰",
    text_en="""\
Look at the services with a special plan (`special_plan`) and their cases, in months.
`by_average`: the mean wait by Erlang's formula at the mean number of cases that such a
service gets a year, over the 36 months. `at_peak`: the mean wait that the cases had
which asked in quarters 5 to 7 (`month_asked` from 12 to below 21).""",
    text_zh="""\
只看有专项计划（`special_plan`）的服务组织及其事项，单位为月。`by_average`：
按这类服务组织36个月内平均每年收到的事项数，用爱尔朗公式算出的平均等待。
`at_peak`：第5至7季度提出的事项（`month_asked` 从12起、小于21）
的实际平均等待。""",
    stub='# q2 = {"by_average": ..., "at_peak": ...}\nq2 = ...',
    solution="""\
crowded = cases[cases["special_plan"]]
rate = len(crowded) / services["special_plan"].sum() / 3
steady = organisations.waiting(rate, service_rate=3, teams=4)
peak = crowded[crowded["month_asked"].between(12, 21, inclusive="left")]
q2 = {
    "by_average": 12 * steady["mean_wait"][0],
    "at_peak": (peak["month_started"] - peak["month_asked"]).mean(),
}""",
    explanation="""\
The same cases, the same teams. Erlang's formula is right for a steady rate, and these
did not come at one.""",
    form=lambda _: numbers(["by_average", "at_peak"], 0, 60),
    reference=_right_waits,
    tolerance=(0.02, 0.02),
    why_tolerance="two decimals of a month, and one more for rounding on the way",
    objective=1,
    minutes=8,
    misconceptions=(
        Misconception(
            "years-for-months",
            lambda d: (
                _right_waits(d) | {"by_average": _right_waits(d)["by_average"] / 12}
            ),
            "Your first wait is in years: rates are a year.",
            "第一个等待时间的单位是年：到达率是按年计的。",
        ),
        Misconception(
            "work-included",
            lambda d: (
                _right_waits(d)
                | {"by_average": _right_waits(d)["by_average"] + 12 / RATE}
            ),
            "Your first time includes the work itself; a wait ends when work starts.",
            "第一个时间包含了办理本身；等待到开始办理为止。",
        ),
        Misconception(
            "whole-programme",
            lambda d: (
                _right_waits(d) | {"at_peak": float(_crowded(d)[0]["wait"].mean())}
            ),
            "Your second wait is that of the whole programme.",
            "第二个数是整个计划期间的平均等待。",
        ),
        Misconception(
            "all-services",
            lambda d: _waits(
                _erlang(len(d.cases) / len(d.services) / YEARS),
                float(_at_peak(d.cases)["wait"].mean()),
            ),
            "These are waits of all services; look at those with a special plan.",
            "这是全部服务组织的等待；请只看有专项计划的。",
        ),
    ),
)


# --- q3: teams for the peak ----------------------------------------------------------


def _enough(rate: float) -> int:
    """Return the fewest teams with a mean wait of a month or less."""
    teams = int(rate / RATE) + 1
    while _erlang(rate, teams) > 1:
        teams += 1
    return teams


def _busiest(d: Data) -> float:
    """Return cases a year of a service with a plan, in its busiest quarter."""
    cases, services = _crowded(d)
    return 4 * np.bincount((cases["month_asked"] // 3).astype(int)).max() / services


def _teams(average: int, peak: int) -> dict[str, float]:
    return {"average": average, "peak": peak}


def _right_teams(d: Data) -> dict[str, float]:
    return _teams(_enough(_rate(d)), _enough(_busiest(d)))


def _together(d: Data) -> dict[str, float]:
    services = _crowded(d)[1]
    return _teams(_enough(_rate(d) * services), _enough(_busiest(d) * services))


Q3 = Question(
    name="03.q3",
    title="How many teams?",
    title_zh="需要多少支服务队？",
    text_en="""\
How many teams does a service with a special plan need, so that the mean wait is a month
at most: at the mean rate of q2 (`average`), and if the rate of the quarter in which
most cases came, all such services together, lasted (`peak`)? Use Erlang's formula and
rates for one service.""",
    text_zh="""\
有专项计划的服务组织需要多少支队，才能使平均等待不超过一个月：
按 q2 的平均到达率（`average`）；以及若事项最多的那个季度（这类服务组织合计）的到达率
一直持续（`peak`）？用爱尔朗公式，到达率按一个服务组织计算。""",
    stub='# q3 = {"average": ..., "peak": ...}\nq3 = ...',
    solution="""\
quarter = (crowded["month_asked"] // 3 + 1).astype(int)
busiest = 4 * quarter.value_counts().max() / services["special_plan"].sum()
needed = organisations.teams_needed([rate, busiest], service_rate=3, max_wait=1 / 12)
q3 = {"average": needed["teams"][0], "peak": needed["teams"][1]}""",
    explanation="""\
Teams beyond the load are the price of randomness: just as many teams as work arrives
would leave an endless line. Teams for the peak stand idle for most of three years.""",
    form=lambda _: numbers(["average", "peak"], 1, 400, whole=True),
    reference=_right_teams,
    tolerance=(0.4, 0.4),
    why_tolerance="teams are whole",
    objective=1,
    minutes=7,
    graded=True,
    misconceptions=(
        Misconception(
            "just-the-load",
            lambda d: _teams(ceil(_rate(d) / RATE), ceil(_busiest(d) / RATE)),
            "So many teams can do the work, but how long would cases wait?",
            "这么多队干得完活，但事项要等多久？",
        ),
        Misconception(
            "all-services-together",
            _together,
            "These are teams for all such services together.",
            "这是全部此类服务组织合计所需的队数。",
        ),
        Misconception(
            "quarter-as-year",
            lambda d: _teams(_right_teams(d)["average"], _enough(_busiest(d) / 4)),
            "A team's three cases are a year's; your peak's are those of a quarter.",
            "每队三件是按年计的；你的高峰事项数是按季度计的。",
        ),
    ),
)


# --- q4: in name only ----------------------------------------------------------------


def _nominal(direct: float, whole_chain: float) -> dict[str, float]:
    return {"direct": direct, "whole_chain": whole_chain}


def _bought(d: Data) -> pd.DataFrame:
    rows = d.accounts
    return rows[(rows["payer"] == "office") & (rows["account_year"] == YEAR)]


def _in_name(rows: pd.DataFrame, value: pd.Series) -> dict[str, float]:
    kind = rows["founder_kind"]
    own = value[kind == "office"].sum() / value.sum()
    return _nominal(float(own), float(value[kind != "residents"].sum() / value.sum()))


def _right_nominal(d: Data) -> dict[str, float]:
    return _in_name(_bought(d), _bought(d)["amount"])


def _by_contract(d: Data) -> dict[str, float]:
    rows = _bought(d)
    return _in_name(rows, pd.Series(1.0, rows.index))


def _all_years(d: Data) -> dict[str, float]:
    rows = d.accounts[d.accounts["payer"] == "office"]
    return _in_name(rows, rows["amount"])


def _all_payers(d: Data) -> dict[str, float]:
    rows = d.accounts[d.accounts["account_year"] == YEAR]
    return _in_name(rows, rows["amount"])


Q4 = Question(
    name="03.q4",
    title="Purchased in name only",
    title_zh="名义购买",
    text_en="""\
Take what the office paid in 2025 (`account_year`) to each organisation as a purchase by
the sub-district in which it lies. What share of the **amount** went to organisations
that this office founded itself (`direct`), and to those that it founded itself or
through its service centre (`whole_chain`)? `founder` holds the code of a sub-district
or centre, or `"residents"`; `centres` says who founded the centres.""",
    text_zh="""\
把街道在2025年（`account_year`）付给各组织的款项看作所在街镇的购买。
在**金额**中，付给该街道自己发起的组织的占多大比例（`direct`）？
付给它自己发起、或经由其服务中心发起的组织的占多大比例（`whole_chain`）？
`founder` 为街道或中心的代码，或 `"residents"`；`centres` 说明各中心由谁设立。""",
    stub='# q4 = {"direct": ..., "whole_chain": ...}\nq4 = ...',
    solution="""\
founders = pd.concat(
    [
        register[["organisation", "founder"]],
        centres.rename(columns={"centre": "organisation"})[["organisation", "founder"]],
    ]
)
bought = accounts[(accounts["payer"] == "office") & (accounts["account_year"] == 2025)]
found = organisations.nominal_purchases(
    bought,
    founders,
    purchaser="subdistrict",
    provider="organisation",
    unit="organisation",
    founder="founder",
    value="amount",
)
own = found.contracts.loc[found.contracts["steps"] == 1, "amount"].sum()
q4 = {
    "direct": own / bought["amount"].sum(),
    "whole_chain": found.table["amount_share"].iloc[-1],
}""",
    explanation="""\
Who looks one step back misses the children of the centre. A chain of founders is a
reason to look at who directs, not a proof.""",
    form=lambda _: numbers(["direct", "whole_chain"], 0, 1),
    reference=_right_nominal,
    tolerance=(0.001, 0.001),
    why_tolerance="three decimals",
    objective=2,
    minutes=8,
    misconceptions=(
        Misconception(
            "contracts-counted",
            _by_contract,
            "You counted purchases; the question asks for shares of the amount.",
            "你数的是购买次数；题目问的是金额比例。",
        ),
        Misconception(
            "all-years",
            _all_years,
            "Accounts of organisations that dissolved before 2025 are among yours.",
            "你的账目中包含2025年以前解散的组织。",
        ),
        Misconception(
            "all-payers",
            _all_payers,
            "These are shares of all income, whoever paid it.",
            "这是占全部收入的比例，不论由谁付款。",
        ),
        Misconception(
            "one-step-only",
            lambda d: _nominal(*[_right_nominal(d)["direct"]] * 2),
            "Both shares stop at the office's own. Who founded the centres?",
            "两个比例都只看街道直接发起的组织。服务中心又是谁设立的？",
        ),
    ),
)


# --- q5: the scale -------------------------------------------------------------------


def _alpha(answers: pd.DataFrame) -> float:
    k = answers.shape[1]
    own = answers.var().sum()
    return float(k / (k - 1) * (1 - own / answers.sum(axis=1).var()))


def _answers(d: Data) -> pd.DataFrame:
    return d.living[ITEMS].astype(float)


def _turned(answers: pd.DataFrame) -> pd.DataFrame:
    return answers.assign(**{TURNED: 6 - answers[TURNED]})


def _scale(answers: pd.DataFrame) -> dict[str, float]:
    return {"alpha": _alpha(answers), "mean": float(answers.mean(axis=1).mean())}


def _zero_based(d: Data) -> dict[str, float]:
    answers = _answers(d)
    wrong = answers.assign(**{TURNED: 5 - answers[TURNED]})
    return _scale(wrong)


Q5 = Question(
    name="03.q5",
    title="A scale of autonomy",
    title_zh="自主性量表",
    text_en="""\
Build the autonomy scale from the six `items` of `living`: turn round the one that is
worded the other way (answers run from 1 to 5). Give Cronbach's `alpha`, and the `mean`
over organisations of the average answer.""",
    text_zh="""\
用 `living` 的六个条目 `items` 构建自主性量表：把反向题翻转（答案为1至5）。
给出克隆巴赫系数 `alpha`，以及各组织平均答案的平均数 `mean`。""",
    stub='# q5 = {"alpha": ..., "mean": ...}\nq5 = ...',
    solution="""\
scale = organisations.reliability(
    living, items=items, reverse=["plan_approved"], limits=(1, 5)
)
q5 = {
    "alpha": scale.table.set_index("term").loc["alpha", "estimate"],
    "mean": scale.items["mean"].mean(),
}""",
    explanation="""\
Turned round, 1 becomes 5: low plus high minus the answer. An item left as it is drags
alpha down and says "autonomous" for those who ask for approval.""",
    form=lambda _: numbers(["alpha", "mean"], -5, 5),
    reference=lambda d: _scale(_turned(_answers(d))),
    tolerance=(0.003, 0.003),
    why_tolerance="two decimals, with room for rounding of the items",
    objective=3,
    minutes=7,
    misconceptions=(
        Misconception(
            "not-turned",
            lambda d: _scale(_answers(d)),
            "One item runs against the others. Read the codebook: which agreement "
            "means less autonomy?",
            "有一个条目与其他条目方向相反。请看编码簿：同意哪一条意味着自主性更低？",
        ),
        Misconception(
            "turned-from-zero",
            _zero_based,
            "Your turned answers run from 0 to 4.",
            "翻转后的答案变成了0至4。",
        ),
        Misconception(
            "item-dropped",
            lambda d: _scale(_answers(d).drop(columns=TURNED)),
            "You dropped the item that is worded the other way; turn it round instead.",
            "你删掉了反向题；应当把它翻转。",
        ),
    ),
)


# --- q6: at equal income -------------------------------------------------------------


def _slope(d: Data, *held: pd.Series, of: pd.Series | None = None) -> float:
    x = d.living["dependence"] if of is None else of
    columns = [np.ones(len(d.living)), x, *held]
    design = np.column_stack(columns).astype(float)
    quality = d.living["quality"].to_numpy(dtype=float)
    return float(np.linalg.lstsq(design, quality, rcond=None)[0][1])


def _two(crude: float, equal: float) -> dict[str, float]:
    return {"crude": crude, "equal_income": equal}


def _logged(d: Data) -> pd.Series:
    return np.log(d.living["income"])


def _right_slopes(d: Data) -> dict[str, float]:
    return _two(_slope(d), _slope(d, _logged(d)))


def _per_unit(d: Data) -> dict[str, float]:
    return _two(*(10 * slope for slope in _right_slopes(d).values()))


def _score(d: Data) -> pd.Series:
    return _turned(_answers(d)).mean(axis=1)


Q6 = Question(
    name="03.q6",
    title="Dependence at equal income",
    title_zh="同等收入下的依赖",
    text_en="""\
By least squares, in `living`: how many points of `quality` go with one tenth more of
the income from the office (`dependence`): with nothing held fixed (`crude`), and with
the natural logarithm of `income` held fixed (`equal_income`)?""",
    text_zh="""\
在 `living` 中用最小二乘法：来自街道的收入（`dependence`）每多一成，
`quality` 变化多少分：不控制其他变量（`crude`）；以及控制 `income`
的自然对数（`equal_income`）？""",
    stub='# q6 = {"crude": ..., "equal_income": ...}\nq6 = ...',
    solution="""\
living["log_income"] = np.log(living["income"])
slopes = [
    participation.fit(living, f"quality ~ dependence{more}", family="linear")
    .table.set_index("term")
    .loc["dependence", "estimate"]
    for more in ("", " + log_income")
]
q6 = {"crude": slopes[0], "equal_income": slopes[1]}""",
    explanation="""\
Organisations of the office are richer, and money buys quality: without income in the
model its effect hides that of dependence. Holding autonomy fixed instead would take
away the very way by which dependence works.""",
    form=lambda _: numbers(["crude", "equal_income"], -50, 50),
    reference=_right_slopes,
    tolerance=(0.01, 0.01),
    why_tolerance="two decimals",
    objective=3,
    minutes=9,
    graded=True,
    points=2,
    misconceptions=(
        Misconception(
            "per-whole-income",
            _per_unit,
            "Your slopes are for all of the income, not for a tenth.",
            "你的斜率对应全部收入，而不是一成。",
        ),
        Misconception(
            "income-not-logged",
            lambda d: _two(_slope(d), _slope(d, d.living["income"])),
            "Income itself is held fixed, not its logarithm.",
            "控制的是收入本身，而不是其对数。",
        ),
        Misconception(
            "mediator-held",
            lambda d: _two(_slope(d), _slope(d, _logged(d), _score(d))),
            "Autonomy is held fixed too. Is it a cause of dependence, or a step on the "
            "way from it?",
            "你还控制了自主性。它是依赖的原因，还是依赖起作用的中间环节？",
        ),
        Misconception(
            "exchanged",
            lambda d: _two(*reversed(_right_slopes(d).values())),
            "The two slopes are exchanged.",
            "两个斜率对调了。",
        ),
    ),
)


# --- q7: how long they last ----------------------------------------------------------


def _median(age: np.ndarray, ended: np.ndarray, entry: np.ndarray) -> float:
    """Return the time at which the product-limit curve reaches one half."""
    share = 1.0
    for time in np.unique(age[ended]):
        at_risk = (entry < time) & (age >= time)
        share *= 1 - (ended & (age == time)).sum() / at_risk.sum()
        if share <= 0.5 + 1e-12:
            return float(time)
    return float("inf")


def _lives(d: Data) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rows = d.register
    ended = rows["dissolved"].notna().to_numpy()
    age = (rows["dissolved"].fillna(NOW) - rows["founded"]).round(6).to_numpy()
    entry = (REGISTER - rows["founded"]).clip(lower=0).round(6).to_numpy()
    return age, ended, entry


def _right_median(d: Data) -> float:
    return _median(*_lives(d))


def _from_founding(d: Data) -> float:
    age, ended, entry = _lives(d)
    return _median(age, ended, np.zeros_like(entry))


def _dissolved_only(d: Data) -> float:
    age, ended, _ = _lives(d)
    return float(np.median(age[ended]))


def _all_ages(d: Data) -> float:
    return float(np.median(_lives(d)[0]))


Q7 = Question(
    name="03.q7",
    title="How long do they last?",
    title_zh="它们能存续多久？",
    text_en="""\
By what age (in years) are half of the organisations dissolved? Use all of `register`.
Those alive were last seen at the end of 2025, which is 2026.0. The register began in
2015.0: whoever was founded before came under observation only then.""",
    text_zh="""\
到多少岁（年）时，半数组织已经解散？使用 `register` 的全部组织。
存续组织最后一次观察是在2025年底，即2026.0。名录始于2015.0：
此前成立的组织从那时起才进入观察。""",
    stub="q7 = ...",
    solution="""\
lives = register.assign(
    age=register["dissolved"].fillna(2026) - register["founded"],
    ended=register["dissolved"].notna(),
    entry=(2015 - register["founded"]).clip(lower=0),
)
lasting = organisations.survival(lives, time="age", outcome="ended", entry="entry")
q7 = lasting.medians["estimate"][0]""",
    explanation="""\
The living have not ended: they count as long as they were seen. And those founded
before the register began could not be seen to dissolve earlier.""",
    form=lambda _: number(0, 40),
    reference=_right_median,
    tolerance=(0.05,),
    why_tolerance="dates are hundredths of a year; the curve is flat in between",
    objective=4,
    minutes=7,
    misconceptions=(
        Misconception(
            "dissolved-only",
            _dissolved_only,
            "You look at the dissolved alone. What is known of the living?",
            "你只看了已解散的组织。对存续组织我们知道什么？",
        ),
        Misconception(
            "all-as-ended",
            _all_ages,
            "You treat the living as if they had ended today.",
            "你把存续组织当作今天就结束了。",
        ),
        Misconception(
            "late-entry-forgotten",
            _from_founding,
            "Your curve follows the old ones from their founding, when nobody kept a "
            "register.",
            "你的曲线从老组织成立时开始算，而那时还没有名录。",
        ),
    ),
)


# --- q8: judgement -------------------------------------------------------------------

Q8 = Question(
    name="03.q8",
    title="What would you tell the sub-district office?",
    title_zh="你会怎样告诉街道办？",
    text_en="""\
A draft report says: "We asked the living organisations. They live of the office, and
they serve no worse for it; so we should found more of our own." Answer in four to six
sentences, in English or Chinese. Who was not asked, and in which direction does that
move the picture? What do your answers to q4 and q6 say about "purchase" and about "no
worse"? What would cutting the office's money do to those that depend on it? Name one
thing that these tables cannot show.""",
    text_zh="""\
一份报告草稿写道：“我们询问了存续的组织。它们靠街道出资，服务并不更差，
所以我们应当多办一些自己的组织。”请用四到六句话回答，中英文均可。
谁没有被问到，这使结论偏向哪一边？你在 q4 和 q6 的结果如何说明“购买”和“并不更差”？
若削减街道的资金，依赖它的组织会怎样？再举出一件这些数据无法说明的事。""",
    stub="q8 = ...",
    solution='''\
q8 = """
The organisations that dissolved were not asked, and among them are mostly the
residents' own, which lived of many payers and decided for themselves; so the living
look more dependent and less autonomous than all that were ever founded. Most of the
office's money goes to providers that it or its centre set up, so these purchases are
purchases in name: nobody competed. That they serve no worse holds only because they are
richer; at equal income a tenth more from the office goes with about a point less of
quality. But the office's money also keeps organisations alive, so cutting it without
another payer would end some of the best. The tables cannot show who directs an
organisation in fact, nor whether it brought anything new.
"""''',
    explanation="""\
A good answer names the dissolved and the direction of the bias, tells a purchase from a
grant to oneself, compares at equal income, and sees that dependence buys survival.""",
    form=lambda _: text(40),
    objective=4,
    minutes=8,
    graded=True,
    points=4,
    rubric="""\
1 point: the dissolved are missing, and they were more independent (so the living look
more dependent than all). 1 point: uses q4, most purchases are in name only. 1 point:
uses q6, at equal income dependence goes with lower quality, and why the crude slope
hides it. 1 point: cutting money shortens lives without another payer, or names a fair
limit of the tables (who directs, innovation, cause).""",
)

QUESTIONS = [Q1, Q2, Q3, Q4, Q5, Q6, Q7, Q8]
