"""Exercise 08: votes on lifts in half of the communities of old housing.

A variant is half of those communities, one of their stairwells, and the numbers of an
offer. References are counted here in whole numbers and by listing all results; the
worked solution uses `deliberation`, so that the two check one another.
"""

from dataclasses import dataclass
from functools import cache
from itertools import product

import numpy as np
import pandas as pd

from govlib import datasets
from govlib.exercises.making import Misconception, Question, number, numbers, text

NUMBER = "08"
SLUG = "deliberation"
TITLE_EN = "Remedy 2: how can an old estate agree on a lift?"
TITLE_ZH = "路径二：老旧小区如何就加装电梯达成一致？"
PUBLIC_SEED = 3

INTRO_EN = """\
You count votes on lifts in half of the communities of old housing of S city, share a
cost, and say what an offer is worth. S city is synthetic: nobody in it exists. A lift
is
matter 7 of article 278 of the Civil Code: owners with at least two thirds of the area
and of the number take part, and at least three quarters of these, by area and by
number,
agree."""
INTRO_ZH = """\
你将统计 S 市一半老公房社区的加装电梯表决，分摊费用，并判断一个方案值多少。
S 市是合成的，其中没有真实的人。加装电梯属于《民法典》第278条第七项：
参与表决的业主按面积和人数均达三分之二，其中按面积和人数均达四分之三同意。"""

IMPORTS = """\
import numpy as np
import pandas as pd

from govlib import datasets, deliberation
from govlib.exercises import check, hand_in, start"""

DATA_TEXT = """\
## The data

`stairwells` and `flats` are those drawn by lot in your communities. `flats` has one row
for the owner of each flat (`tenure` is `"owner"`, or `"unsold"` for the housing
company)
and one more where a `"tenant"` lives in it; `person` is the same for all flats of one
owner. `one` holds the rows of a single stairwell. `items` are the agenda items of your
communities.

> `stairwells` 和 `flats` 是你的各社区中抽签选出的门洞及其住房。
> `flats` 中每套住房的业主一行
> （`tenure` 为 `"owner"`，房管单位未售者为 `"unsold"`），
> 有租户居住的另加一行 `"tenant"`；
> 同一业主的各套住房 `person` 相同。`one` 是其中一个门洞的各行。
> `items` 是你的各社区的议题。"""

DATA_CODE = """\
stairwells = datasets.load("lift_stairwells")
mine_too = stairwells["community"].isin(mine["communities"])
stairwells = stairwells[stairwells["drawn"] & mine_too]
flats = datasets.load("lift_flats")
flats = flats[flats["stairwell"].isin(stairwells["stairwell"])]
one = flats[flats["stairwell"] == mine["stairwell"]]
items = datasets.load("agenda_items")
items = items[items["community"].isin(mine["communities"])]"""

# An offer: yuan in thousands, chances by floor in hundredths.
COSTS, SUBSIDIES, PAID = (560, 760), (180, 281), (8, 26)
CHANCES = ((15, 40), (40, 65), (55, 70), (65, 80), (75, 88), (85, 96))
TENTHS = (0, 5, 10, 11, 12, 13)


@dataclass(frozen=True)
class Data:
    """The tables and numbers of one variant."""

    flats: pd.DataFrame
    one: pd.DataFrame
    items: pd.DataFrame
    mine: dict


@cache
def _tables() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    wells = datasets.load("lift_stairwells").astype({"stairwell": str})
    wells = wells[wells["drawn"]][["stairwell", "community"]]
    flats = datasets.load("lift_flats")
    words = ["stairwell", "flat", "tenure", "person", "vote"]
    flats = flats[[*words, "floor", "flat_area"]].astype(dict.fromkeys(words, str))
    flats = flats.merge(wells, on="stairwell")
    # Tenths of a square metre are whole numbers.
    flats["tenths"] = (10 * flats["flat_area"]).round().astype(int)
    items = datasets.load("agenda_items").astype({"community": str, "venue": str})
    return wells, flats, items


def variant(seed: int) -> dict:
    """Return half of the communities, a stairwell in them, and an offer, by lot."""
    rng = np.random.default_rng(seed)
    wells, _, _ = _tables()
    names = sorted(wells["community"].unique())
    half = sorted(rng.choice(names, len(names) // 2, replace=False).tolist())
    telling = [str(well) for place in half for well in _telling().get(place, [])]
    return {
        "communities": half,
        "stairwell": str(rng.choice(telling)),
        "cost": int(rng.integers(*COSTS)) * 1000,
        "subsidy": int(rng.integers(*SUBSIDIES)) * 1000,
        "compensation": int(rng.integers(*PAID)) * 1000,
        "chances": [int(rng.integers(*ends)) / 100 for ends in CHANCES],
        "turnout": int(rng.integers(70, 90)) / 100,
        "objection": int(rng.integers(40, 80)) / 100,
        "mediation": int(rng.integers(20, 75)) / 100,
    }


@cache
def _telling() -> dict[str, list[str]]:
    """Stairwells in which every way to miscount gives another number, by community."""
    _, flats, _ = _tables()
    owned = flats[flats["tenure"] != "tenant"]
    heads = owned.drop_duplicates(["stairwell", "person"])
    yes = heads["vote"] == "agree"
    count = pd.DataFrame(
        {
            "papers": flats.groupby("stairwell").size(),
            "flats": owned.groupby("stairwell").size(),
            "heads": heads.groupby("stairwell").size(),
            "agree": yes.groupby(heads["stairwell"]).sum(),
        }
    )
    fit = count[
        (count["papers"] > count["flats"] + 1)
        & (count["heads"] < count["flats"])
        & (count["agree"] > 2)
    ]
    where = flats.groupby("stairwell")["community"].first()[fit.index]
    return where.groupby(where).apply(lambda of: sorted(of.index)).to_dict()


def data(parameters: dict) -> Data:
    """Return the tables of a variant."""
    _, flats, items = _tables()
    mine = flats[flats["community"].isin(parameters["communities"])]
    return Data(
        mine,
        mine[mine["stairwell"] == parameters["stairwell"]],
        items[items["community"].isin(parameters["communities"])],
        parameters,
    )


# --- q1: who counts ------------------------------------------------------------------


def _counted(rows: pd.DataFrame, heads: pd.DataFrame) -> dict[str, float]:
    came = heads["vote"] != "not voted"
    area = rows["tenths"][rows["vote"] != "not voted"].sum()
    yes = rows["tenths"][rows["vote"] == "agree"].sum()
    return {
        "owners": float(len(heads)),
        "took_part": float(came.sum()),
        "agree": float((heads["vote"] == "agree").sum()),
        "area_share": float(yes / area),
    }


def _owned(d: Data) -> pd.DataFrame:
    return d.one[d.one["tenure"] != "tenant"]


def _right_count(d: Data) -> dict[str, float]:
    rows = _owned(d)
    return _counted(rows, rows.drop_duplicates("person"))


def _area_of_all(d: Data) -> dict[str, float]:
    rows = _owned(d)
    yes = rows["tenths"][rows["vote"] == "agree"].sum()
    return _right_count(d) | {"area_share": float(yes / rows["tenths"].sum())}


Q1 = Question(
    name="08.q1",
    title="Count one stairwell",
    title_zh="统计一个门洞",
    text_en="""\
In the stairwell `one`: how many **owners** are there, how many of them took part in the
vote (`took_part`), how many agreed (`agree`), and what share of the **area that took
part** belongs to those who agreed (`area_share`, 0 to 1)?""",
    text_zh="""\
在门洞 `one` 中：共有多少位**业主**（`owners`），多少位参与表决（`took_part`），
多少位同意（`agree`）？同意者的专有面积占**参与表决面积**的多大比例（`area_share`，
0 到 1）？""",
    stub=(
        '# q1 = {"owners": ..., "took_part": ..., "agree": ..., "area_share": ...}\n'
        "q1 = ..."
    ),
    solution="""\
counted = deliberation.vote(
    one,
    owner="person",
    area="flat_area",
    answer="vote",
    unit="flat",
    tenure="tenure",
)
tests = counted.table.set_index("test")
q1 = {
    "owners": tests.loc["quorum_number", "of"],
    "took_part": tests.loc["quorum_number", "have"],
    "agree": tests.loc["majority_number", "have"],
    "area_share": tests.loc["majority_area", "share"],
}""",
    explanation="""\
Tenants' papers do not count. Whoever owns several flats is one owner with the area of
all of them, and so is the housing company. Shares are of what took part, not of
all.""",
    form=lambda _: numbers(["owners", "took_part", "agree", "area_share"], 0, 60),
    reference=_right_count,
    tolerance=(0.1, 0.1, 0.1, 0.001),
    why_tolerance="whole numbers, and three decimals of a share",
    objective=1,
    minutes=8,
    misconceptions=(
        Misconception(
            "tenants-counted",
            lambda d: _counted(d.one, d.one.drop_duplicates("person")),
            "There are too many: whose paper counts for nothing in law?",
            "人数偏多：哪些人的表决票在法律上不计？",
        ),
        Misconception(
            "flats-for-owners",
            lambda d: _counted(_owned(d), _owned(d)),
            "You counted flats. Whoever owns several counts once by number.",
            "你数的是套数。拥有多套者按人数只计一人。",
        ),
        Misconception(
            "area-of-all",
            _area_of_all,
            "Your share is one of all area. The law asks of the area that took part.",
            "你的比例以全部面积为分母。法律问的是参与表决的面积。",
        ),
    ),
)


# --- q2: what passes -----------------------------------------------------------------


def _totals(rows: pd.DataFrame, weight: pd.Series) -> pd.DataFrame:
    """Weights of all, of those who came and of those who agree, by stairwell."""
    parts = {
        "of": weight,
        "came": weight.where(rows["vote"] != "not voted", 0),
        "agree": weight.where(rows["vote"] == "agree", 0),
    }
    return pd.DataFrame(parts).groupby(rows["stairwell"]).sum()


def _passes(
    d: Data, *, area: bool = True, quorum: bool = True, of_all: bool = False
) -> float:
    rows = d.flats[d.flats["tenure"] != "tenant"]
    heads = rows.drop_duplicates(["stairwell", "person"])
    counts = [_totals(heads, pd.Series(1, index=heads.index))]
    if area:
        counts.append(_totals(rows, rows["tenths"]))
    won = pd.Series(True, index=counts[0].index)
    for total in counts:
        base = total["of"] if of_all else total["came"]
        won &= (4 * total["agree"] >= 3 * base) & (total["came"] > 0)
        if quorum:
            won &= 3 * total["came"] >= 2 * total["of"]
    return float(won.mean())


def _papers(d: Data) -> float:
    total = _totals(d.flats, pd.Series(1, index=d.flats.index))
    won = (4 * total["agree"] >= 3 * total["came"]) & (
        3 * total["came"] >= 2 * total["of"]
    )
    return float(won.mean())


def _pass(law: float, heads: float) -> dict[str, float]:
    return {"law": law, "heads": heads}


Q2 = Question(
    name="08.q2",
    title="How many pass?",
    title_zh="多少门洞通过？",
    text_en="""\
What share of your `stairwells` pass the vote by article 278 (`law`), and what share
would pass if only the number of owners were counted and not their area (`heads`)?""",
    text_zh="""\
你的 `stairwells` 中，依第278条表决通过的占多大比例（`law`）？
若只数业主人数、不计面积，通过的占多大比例（`heads`）？""",
    stub='# q2 = {"law": ..., "heads": ...}\nq2 = ...',
    solution="""\
counted = deliberation.vote(
    flats,
    owner="person",
    area="flat_area",
    answer="vote",
    unit="flat",
    group="stairwell",
    tenure="tenure",
)
by_number = counted.table[counted.table["test"].str.endswith("number")]
q2 = {
    "law": counted.votes["passed"].mean(),
    "heads": by_number.groupby("stairwell", observed=True)["passed"].all().mean(),
}""",
    explanation="""\
Both counts are needed. Those against hold more of the area here, since ground-floor
flats are larger: a count of heads alone lets more stairwells pass than the law
does.""",
    form=lambda _: numbers(["law", "heads"], 0, 1),
    reference=lambda d: _pass(_passes(d), _passes(d, area=False)),
    tolerance=(0.0015, 0.0015),
    why_tolerance="a quarter of one stairwell in about 166",
    objective=1,
    minutes=9,
    graded=True,
    points=2,
    misconceptions=(
        Misconception(
            "tenants-counted",
            lambda d: _pass(_passes(d), _papers(d)),
            "Your second share counts papers, those of tenants too.",
            "第二个比例数的是表决票，其中有租户的。",
        ),
        Misconception(
            "quorum-forgotten",
            lambda d: _pass(
                _passes(d, quorum=False), _passes(d, area=False, quorum=False)
            ),
            "Some of these votes fail because too few took part.",
            "其中有些表决因参与者太少而不成立。",
        ),
        Misconception(
            "three-quarters-of-all",
            lambda d: _pass(
                _passes(d, of_all=True), _passes(d, area=False, of_all=True)
            ),
            "Three quarters are asked of those who take part, not of all.",
            "四分之三是对参与表决者而言，不是对全体。",
        ),
        Misconception(
            "exchanged",
            lambda d: _pass(_passes(d, area=False), _passes(d)),
            "The two shares are exchanged.",
            "两个比例对调了。",
        ),
    ),
)


# --- q3: money -----------------------------------------------------------------------


def _payments(
    d: Data,
    *,
    subsidy: bool = True,
    raised: bool = True,
    unit: int = 1,
    tenths: tuple[int, ...] = TENTHS,
) -> dict[str, float]:
    """Share fen among two flats a floor by largest remainder, lower flats first."""
    paid = 100 * d.mine["compensation"]
    amount = 100 * (d.mine["cost"] - subsidy * d.mine["subsidy"]) + 2 * paid * raised
    weight = [k for k in tenths for _ in (1, 2)]
    amount //= unit
    due = [amount * w // sum(weight) for w in weight]
    rest = [amount * w % sum(weight) for w in weight]
    order = sorted(range(12), key=lambda i: (-rest[i], i))
    for i in order[: amount - sum(due)]:
        due[i] += 1
    return {
        "ground": (due[0] * unit - paid) / 100,
        "third": due[4] * unit / 100,
        "top": due[10] * unit / 100,
    }


Q3 = Question(
    name="08.q3",
    title="To the last fen",
    title_zh="精确到分",
    text_en="""\
Six floors, two flats on each (101, 102, 201, ... 602). A lift costs `mine["cost"]`
yuan,
the city pays `mine["subsidy"]`, floors have the coefficients 0, 0.5, 1, 1.1, 1.2, 1.3.
Each ground-floor flat is **paid** `mine["compensation"]`, which all flats raise by the
same coefficients. What do flats 101 (`ground`), 301 (`third`) and 601 (`top`) pay, in
yuan with two decimals? Who is paid has a number below zero.""",
    text_zh="""\
六层，每层两套（101、102、201……602）。电梯费用 `mine["cost"]` 元，政府补贴
`mine["subsidy"]` 元，各层系数为 0、0.5、1、1.1、1.2、1.3。每套底层住房**获得**补偿
`mine["compensation"]` 元，由各户按同一系数分摊。101（`ground`）、301（`third`）、
601（`top`）各付多少元（保留两位小数）？获得补偿者为负数。""",
    stub='# q3 = {"ground": ..., "third": ..., "top": ...}\nq3 = ...',
    solution="""\
building = pd.DataFrame({"floor": np.repeat(range(1, 7), 2)})
building["flat"] = [
    f"{floor}0{side}" for floor, side in zip(building["floor"], [1, 2] * 6, strict=True)
]
shares = deliberation.cost_shares(
    building,
    unit="flat",
    floor="floor",
    cost=mine["cost"],
    subsidy=mine["subsidy"],
    compensation=mine["compensation"],
).set_index("flat")["payment"]
q3 = {"ground": shares["101"], "third": shares["301"], "top": shares["601"]}""",
    explanation="""\
The flats raise cost less subsidy *plus* the compensation of both ground-floor flats.
Shares are rounded down to the fen; what is left goes to the largest remainders, lower
flats first, so that all payments add up to cost less subsidy.""",
    form=lambda _: numbers(["ground", "third", "top"], -100_000, 1_000_000),
    reference=_payments,
    tolerance=(0.004, 0.004, 0.004),
    why_tolerance="less than half a fen",
    objective=2,
    minutes=10,
    misconceptions=(
        Misconception(
            "subsidy-forgotten",
            lambda d: _payments(d, subsidy=False),
            "The city pays a part of the cost first.",
            "费用中先要扣除政府补贴。",
        ),
        Misconception(
            "compensation-from-nowhere",
            lambda d: _payments(d, raised=False),
            "Your payments add up to too little: who raises the compensation?",
            "各户应付之和偏小：补偿由谁出？",
        ),
        Misconception(
            "whole-yuan",
            lambda d: _payments(d, unit=100),
            "These are whole yuan. The fen are asked for.",
            "这是精确到元的结果。题目要求精确到分。",
        ),
        Misconception(
            "alike-from-floor-2",
            lambda d: _payments(d, tenths=(0, 10, 10, 10, 10, 10)),
            "All flats from the second floor pay alike here. Use the coefficients.",
            "这里二层以上各户相同。请使用各层系数。",
        ),
    ),
)


# --- q4: the chance to pass ----------------------------------------------------------


def _results(
    chances: list[float], turnout: float, stays: list[float] | None = None
) -> dict[tuple[int, int], float]:
    """Chance of each number that comes and agrees, times that nobody objects."""
    found = {(0, 0): 1.0}
    for i, chance in enumerate(chances):
        on = 1.0 if stays is None else stays[i]
        new: dict[tuple[int, int], float] = {}
        for (came, agree), mass in found.items():
            for came_more, agree_more, part in (
                (1, 1, turnout * chance),
                (1, 0, turnout * (1 - chance) * on),
                (0, 0, (1 - turnout) * on),
            ):
                key = came + came_more, agree + agree_more
                new[key] = new.get(key, 0.0) + mass * part
        found = new
    return found


def _chances(d: Data) -> list[float]:
    return [chance for chance in d.mine["chances"] for _ in (1, 2)]


def _law(results: dict[tuple[int, int], float]) -> float:
    return sum(
        mass
        for (came, agree), mass in results.items()
        if 3 * came >= 24 and 4 * agree >= 3 * came
    )


def _right_chance(d: Data) -> float:
    return _law(_results(_chances(d), d.mine["turnout"]))


def _at_least(d: Data, least: int) -> float:
    results = _results(_chances(d), d.mine["turnout"])
    return sum(mass for (_, agree), mass in results.items() if agree >= least)


def _alike(d: Data) -> float:
    mean = [float(np.mean(_chances(d)))] * 12
    return _law(_results(mean, d.mine["turnout"]))


Q4 = Question(
    name="08.q4",
    title="Will this stairwell agree?",
    title_zh="这个门洞会同意吗？",
    text_en="""\
In the same building, with equal areas and twelve owners, each owner takes part with the
chance `mine["turnout"]`, and, if so, agrees with the chance of the floor in
`mine["chances"]` (six numbers, from the ground floor up), independently of the others.
What is the chance that the vote passes by article 278?""",
    text_zh="""\
在同一栋楼中，面积相同，十二位业主。每位业主以概率 `mine["turnout"]` 参与表决；
若参与，则以所在楼层的概率 `mine["chances"]`（六个数，自底层起）同意，彼此独立。
依第278条表决通过的概率是多少？""",
    stub="q4 = ...",
    solution="""\
owners = pd.DataFrame(
    {"owner": range(12), "area": 1, "agrees": np.repeat(mine["chances"], 2)}
)
ask = {"owner": "owner", "area": "area", "turnout": mine["turnout"]}
chance = deliberation.pass_probability(owners, probability="agrees", **ask)
q4 = chance["pass_probability"].iloc[0]""",
    explanation="""\
The vote is a count of two things at once, of who comes and of who agrees. The exact
chance adds up all results in which both thresholds are met.""",
    form=lambda _: number(0, 1),
    reference=_right_chance,
    tolerance=(0.001,),
    why_tolerance="three decimals",
    objective=3,
    minutes=9,
    misconceptions=(
        Misconception(
            "everybody-comes",
            lambda d: _law(_results(_chances(d), 1.0)),
            "Your owners all take part. Look at the turnout.",
            "你让所有业主都参与了表决。请看参与概率。",
        ),
        Misconception(
            "three-quarters-of-all",
            lambda d: _at_least(d, 9),
            "Three quarters are asked of those who take part, not of all twelve.",
            "四分之三是对参与表决者而言，不是对全部十二位。",
        ),
        Misconception(
            "two-thirds-of-all",
            lambda d: _at_least(d, 8),
            "That is the older rule: two thirds of all must agree.",
            "这是旧规则：须全体三分之二同意。",
        ),
        Misconception(
            "all-floors-alike",
            _alike,
            "You gave every owner the mean chance. Floors differ, and it matters.",
            "你给每位业主用了平均概率。各层不同，结果也不同。",
        ),
    ),
)


# --- q5: passed is not built ---------------------------------------------------------


def _stays(d: Data, mediation: float) -> list[float]:
    """Chance that the work goes on, of each owner who did not agree."""
    return [1 - d.mine["objection"] * (1 - mediation)] * 4 + [1.0] * 8


def _both(passed: float, built: float) -> dict[str, float]:
    return {"passed": passed, "built": built}


def _built(d: Data, mediation: float) -> float:
    stays = _stays(d, mediation)
    return _law(_results(_chances(d), d.mine["turnout"], stays))


def _only_voters(d: Data) -> float:
    """Objections only of those who came and did not agree."""
    chances, turnout = _chances(d), d.mine["turnout"]
    stays = _stays(d, d.mine["mediation"])
    # The four low owners are listed; the others are counted.
    upper = _results(chances[4:], turnout)
    total = 0.0
    for low in product((0, 1, 2), repeat=4):
        mass, came, agree = 1.0, 0, 0
        for i, what in enumerate(low):
            come, yes = what > 0, what == 2
            part = turnout if come else 1 - turnout
            if come:
                part *= chances[i] if yes else (1 - chances[i]) * stays[i]
            mass, came, agree = mass * part, came + come, agree + yes
        for (c, a), rest in upper.items():
            if 3 * (c + came) >= 24 and 4 * (a + agree) >= 3 * (c + came):
                total += mass * rest
    return total


Q5 = Question(
    name="08.q5",
    title="Passed is not built",
    title_zh="通过不等于建成",
    text_en="""\
As in q4. After a vote that passed, each owner of floors 1 and 2 who **did not agree**
(voted no, or did not vote) objects in the notice period with the chance
`mine["objection"]`; owners higher up never do. Mediation settles each objection with
the chance `mine["mediation"]`; one that stays stops the work. Give the chance that the
vote passes (`passed`), and that the lift is built (`built`).""",
    text_zh="""\
同 q4。表决通过后，一、二层中**未同意**的业主（反对或未投票）各以概率
`mine["objection"]` 在公示期内提出异议，其余楼层不会。每个异议以概率
`mine["mediation"]` 经调解解决；只要有一个未解决，工程就停止。
求表决通过的概率（`passed`）和电梯建成的概率（`built`）。""",
    stub='# q5 = {"passed": ..., "built": ...}\nq5 = ...',
    solution="""\
owners["objects"] = np.repeat([mine["objection"]] * 2 + [0.0] * 4, 2)
both = deliberation.build_probability(
    owners,
    probability="agrees",
    objection="objects",
    mediation=mine["mediation"],
    **ask,
).iloc[0]
q5 = {"passed": both["pass_probability"], "built": both["build_probability"]}""",
    explanation="""\
The two rates cannot simply be multiplied: where the vote passes, fewer owners of the
low
floors are left who could object. So the expectation is taken over both at once.""",
    form=lambda _: numbers(["passed", "built"], 0, 1),
    reference=lambda d: _both(_right_chance(d), _built(d, d.mine["mediation"])),
    tolerance=(0.001, 0.001),
    why_tolerance="three decimals",
    objective=4,
    minutes=8,
    graded=True,
    points=2,
    misconceptions=(
        Misconception(
            "rates-multiplied",
            lambda d: _both(
                _right_chance(d),
                _right_chance(d)
                * float(
                    np.prod(
                        [
                            1 - (1 - d.mine["turnout"] * c) * (1 - s)
                            for c, s in zip(
                                _chances(d)[:4],
                                _stays(d, d.mine["mediation"])[:4],
                                strict=True,
                            )
                        ]
                    )
                ),
            ),
            "You multiplied two rates. Where the vote passes, the low floors agree "
            "more often than elsewhere.",
            "你把两个比率相乘了。表决通过时，低层同意得更多。",
        ),
        Misconception(
            "no-mediation",
            lambda d: _both(_right_chance(d), _built(d, 0.0)),
            "Mediation settles a part of the objections.",
            "调解会解决一部分异议。",
        ),
        Misconception(
            "voters-only",
            lambda d: _both(_right_chance(d), _only_voters(d)),
            "Who did not vote did not agree either, and may object.",
            "未投票者同样未同意，也可以提出异议。",
        ),
    ),
)


# --- q6: attendance and influence ----------------------------------------------------


def _gap(d: Data, column: str, of: str) -> float:
    total = d.items.groupby("venue")[[column, of]].sum()
    share = total[column] / total[of]
    return float(share["hall"] - share["joint meeting"])


def _mean_gap(d: Data, column: str) -> float:
    share = (d.items[column] / d.items["invited"]).groupby(d.items["venue"]).mean()
    return float(share["hall"] - share["joint meeting"])


def _two(attended: float, heard: float) -> dict[str, float]:
    return {"attended": attended, "heard": heard}


def _right_gaps(d: Data) -> dict[str, float]:
    return _two(_gap(d, "attended", "invited"), _gap(d, "heard", "invited"))


Q6 = Question(
    name="08.q6",
    title="Attendance or influence?",
    title_zh="到会还是影响？",
    text_en="""\
Of all residents **invited** to your `items`, taken together: what share attended at
halls, minus what share attended at joint meetings (`attended`)? And the same difference
for those who saw what they said adopted (`heard`), again of all **invited**.""",
    text_zh="""\
把你的 `items` 中**受邀**的居民合在一起：议事厅的到会比例减联席会议的到会比例是多少
（`attended`）？意见被采纳者（`heard`）占**受邀者**的比例，同样之差是多少？""",
    stub='# q6 = {"attended": ..., "heard": ...}\nq6 = ...',
    solution="""\
sums = items.groupby("venue", observed=True)[["invited", "attended", "heard"]].sum()
shares = sums[["attended", "heard"]].div(sums["invited"], axis=0)
q6 = (shares.loc["hall"] - shares.loc["joint meeting"]).to_dict()""",
    explanation="""\
The gain in people who are heard is a small part of the gain in people who come.
Speaking
and being heard hang on the committee's time as well as on the hall.""",
    form=lambda _: numbers(["attended", "heard"], -1, 1),
    reference=_right_gaps,
    tolerance=(0.0004, 0.0004),
    why_tolerance="three decimals",
    objective=4,
    minutes=7,
    misconceptions=(
        Misconception(
            "of-those-who-came",
            lambda d: _right_gaps(d) | {"heard": _gap(d, "heard", "attended")},
            "Your second share is one of those who came. It is asked of all invited.",
            "第二个比例以到会者为分母。题目问的是受邀者。",
        ),
        Misconception(
            "mean-of-items",
            lambda d: _two(_mean_gap(d, "attended"), _mean_gap(d, "heard")),
            "You averaged the shares of items. Add up residents first.",
            "你对各议题的比例取了平均。请先把人数相加。",
        ),
        Misconception(
            "reversed",
            lambda d: _two(*(-gap for gap in _right_gaps(d).values())),
            "The difference is halls minus joint meetings.",
            "差应为议事厅减联席会议。",
        ),
    ),
)


# --- q7: judgement -------------------------------------------------------------------

Q7 = Question(
    name="08.q7",
    title="What would you tell the sub-district office?",
    title_zh="你会怎样告诉街道办？",
    text_en="""\
A draft report says: "Stairwells that talked in the hall passed hardly more often than
the others, so halls do little. But attendance is up, and three quarters of all papers
said yes: the lifts will come." Answer in four to six sentences, in English or Chinese.
Why may the first comparison be unfair to the hall, and what would you hold fixed? What
is wrong with "three quarters of all papers", and with "will come"? What does attendance
not show? Name one thing that these tables cannot tell.""",
    text_zh="""\
一份报告草稿写道：“在议事厅协商的门洞通过率并不比其他门洞高多少，可见议事厅作用不大。
不过到会人数增加了，而且全部表决票中四分之三同意：电梯一定会建成。”
请用四到六句话回答，中英文均可。第一个比较为什么可能对议事厅不公平，你会控制什么？
“全部表决票的四分之三”和“一定会建成”错在哪里？到会人数不能说明什么？
再举出一件这些表无法说明的事。""",
    stub="q7 = ...",
    solution='''\
q7 = """
The stairwells that went to the hall were the hard ones: at the door far fewer of their
owners agreed, so the plain comparison is unfair, and I would compare stairwells with
the
same answers at the door, the same floors and the same need. Papers are not owners:
tenants' papers do not count, an owner of several flats counts once, and the law asks
for
area as well as number, of those who take part, with a quorum of two thirds. A vote that
passed is followed by a notice period in which the low floors may object, and a good
part
of what passes is never built. Attendance shows who came, not who was heard, which rose
by
far less. The tables cannot tell what was said in the hall, nor whether the offer that
passes is fair to the ground floor.
"""''',
    explanation="""\
A good answer names the selection of hard cases and what to hold fixed, corrects count
and
denominator, keeps passed and built apart, and names a limit.""",
    form=lambda _: text(40),
    objective=4,
    minutes=9,
    graded=True,
    points=4,
    rubric="""\
1 point: hard cases go to the hall; hold the poll (and floor, need) fixed. 1 point:
tenants
and several flats; area and number; of those who take part. 1 point: passed is not built
(notice, objection, mediation), and attendance is not being heard. 1 point: names
something
that the tables cannot tell (what was said, fairness, a real city).""",
)

QUESTIONS = [Q1, Q2, Q3, Q4, Q5, Q6, Q7]
