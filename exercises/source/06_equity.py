"""Exercise 06: who lives within reach in half of the city's sub-districts.

A variant is 24 of the 48 sub-districts, a function, a walking distance and a factor of
need. Nobody walks from one sub-district to another, so that each is complete in itself.
References are worked out here with sums and sorted arrays; the worked solution uses
`equity` and `participation`, so that they check one another.
"""

from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
import pandas as pd

from govlib import datasets
from govlib.exercises.making import Misconception, Question, numbers, text

NUMBER = "06"
SLUG = "equity"
TITLE_EN = "Unequal services: who lives within reach?"
TITLE_ZH = "公共服务不均等：谁能就近获得服务？"
PUBLIC_SEED = 206

INTRO_EN = """\
You work with half of the sub-districts of S city: their residential blocks, their
facilities, the walks between them, and a survey on services. S city is synthetic: no
resident in it exists."""
INTRO_ZH = """\
你将使用 S 市一半街镇的居住街坊、服务设施、步行距离，以及一份服务调查。
S 市是合成的，其中没有真实的居民。"""

IMPORTS = """\
import numpy as np

from govlib import datasets, equity, participation
from govlib.exercises import check, hand_in, start"""

DATA_TEXT = """\
## The data

`communities`, `blocks`, `facilities` and `walks` are those of your sub-districts;
nobody walks from one sub-district to another. `walks` lists pairs up to 1,000 metres on
foot. `older` counts residents of 60 and over, `capacity` how many people a facility can
serve in a day. `functions` says how many of twelve lie within 15 minutes of the
community's office. `survey` has those who told their income and how satisfied they are,
with the `weight` of the residents' survey; `doublings` is the logarithm of income to
base 2.

> `communities`、`blocks`、`facilities`、`walks` 均属于你的各街镇；
> 街镇之间无人步行往来。`walks` 只列出步行 1000 米以内的配对。
> `older` 为 60 岁及以上居民人数，`capacity` 为设施每天可接待的人数。
> `functions` 表示居委会办公室步行 15 分钟内有十二项功能中的几项。
> `survey` 为回答了收入和满意度的居民，`weight` 为居民调查的权重；
> `doublings` 是以 2 为底的收入对数。"""

DATA_CODE = """\
communities = datasets.load("communities")
communities = communities[communities["subdistrict"].isin(mine["subdistricts"])]
blocks = datasets.load("blocks").merge(
    communities[["community", "subdistrict", "district"]], on="community"
)
blocks["older_share"] = blocks["older"] / blocks["residents"]
facilities = datasets.load("facilities")
facilities = facilities[facilities["community"].isin(communities["community"])]
walks = datasets.load("walks")
walks = walks[walks["block"].isin(blocks["block"])]

answers = datasets.load("service_survey").merge(
    datasets.load("survey")[["resident", "community", "weight"]], on="resident"
)
survey = answers.merge(communities[["community", "functions"]], on="community")
survey = survey.dropna(subset=["satisfaction", "income"])
survey["doublings"] = np.log2(survey["income"].astype(float))"""

FUNCTIONS = ["clinic", "wet market", "pharmacy", "bank", "hairdresser"]
WALK = 1000

# One variant after another is worked out; the tables of the last need not stay.
_once = lru_cache(maxsize=1)


# Compared by identity, so that what several questions need can be kept for each.
@dataclass(frozen=True, eq=False)
class Data:
    """The tables of one variant."""

    communities: pd.DataFrame
    blocks: pd.DataFrame
    facilities: pd.DataFrame
    walks: pd.DataFrame
    survey: pd.DataFrame
    function: str
    metres: int
    block: str
    factor: int


@cache
def _load(name: str) -> pd.DataFrame:
    table = datasets.load(name)
    for column in table.columns[table.dtypes == "category"]:
        table[column] = table[column].astype("object")
    return table


@cache
def _survey() -> pd.DataFrame:
    told = _load("service_survey").merge(
        _load("survey")[["resident", "community", "weight"]], on="resident"
    )
    told = told.dropna(subset=["satisfaction", "income"])
    told = told.astype({"satisfaction": "float64", "income": "float64"})
    return told.assign(doublings=np.log2(told["income"]))


def variant(seed: int) -> dict:
    """Return half of the sub-districts, and what to measure in them, by lot."""
    rng = np.random.default_rng(seed)
    places = _load("communities")
    names = sorted(places["subdistrict"].unique())
    mine = sorted(rng.choice(names, 24, replace=False).tolist())
    function = str(rng.choice(FUNCTIONS))
    metres = int(rng.choice([600, 700, 800]))
    factor = int(rng.integers(3, 8))
    # A block that reaches two facilities of the function or more, and not alone.
    here = set(places.loc[places["subdistrict"].isin(mine), "community"])
    of = _load("facilities")
    of = of[(of["function"] == function) & of["community"].isin(here)]
    near = _load("walks")
    near = near[near["facility"].isin(of["facility"])]
    count = near.groupby("block")["facility"].nunique()
    block = str(rng.choice(sorted(count.index[count >= 2])))
    return {
        "subdistricts": mine,
        "function": function,
        "metres": metres,
        "block": block,
        "factor": factor,
    }


def data(parameters: dict) -> Data:
    """Return the tables of a variant."""
    places = _load("communities")
    places = places[places["subdistrict"].isin(parameters["subdistricts"])]
    blocks = _load("blocks").merge(
        places[["community", "subdistrict", "district"]], on="community"
    )
    kinds = _load("facilities")
    near, told = _load("walks"), _survey()
    return Data(
        places,
        blocks,
        kinds[kinds["community"].isin(places["community"])],
        near[near["block"].isin(blocks["block"])],
        told.merge(places[["community", "functions"]], on="community"),
        *(parameters[name] for name in ("function", "metres", "block", "factor")),
    )


def _gini(values: np.ndarray, people: np.ndarray) -> float:
    """Return half the mean difference between two people over the mean."""
    p = people / people.sum()
    differences = np.abs(values[:, None] - values[None])
    return float(p @ differences @ p / (2 * p @ values))


def _index(values: np.ndarray, people: np.ndarray, rank: np.ndarray) -> float:
    """Return the concentration index, ranks from all pairs of blocks."""
    p = people / people.sum()
    below = (rank[None] < rank[:, None]) @ p + ((rank[None] == rank[:, None]) @ p) / 2
    return float(2 * (p @ (values * below) / (p @ values)) - 1)


# --- q1: places or people ------------------------------------------------------------


def _two(communities: float, residents: float) -> dict[str, float]:
    return {"communities": communities, "residents": residents}


def _weighted(d: Data, weight: str) -> float:
    return float(np.average(d.communities["functions"], weights=d.communities[weight]))


def _means(d: Data) -> dict[str, float]:
    plain = float(d.communities["functions"].mean())
    return _two(plain, _weighted(d, "residents"))


Q1 = Question(
    name="06.q1",
    title="The mean community and the mean resident",
    title_zh="平均的社区与平均的居民",
    text_en="""\
How many `functions` does the mean community of yours have, and how many the mean
resident? Use the table of communities.""",
    text_zh="""\
在你的各社区中，平均每个社区有几项功能（`functions`）？平均每位居民呢？
请用 `communities` 表。""",
    stub='# q1 = {"communities": ..., "residents": ...}\nq1 = ...',
    solution="""\
q1 = {
    "communities": communities["functions"].mean(),
    "residents": np.average(
        communities["functions"], weights=communities["residents"]
    ),
}""",
    explanation="""\
The first counts every community once, the second every resident. They differ where
large communities have more or fewer functions than small ones.""",
    form=lambda _: numbers(["communities", "residents"], 0, 12),
    reference=_means,
    tolerance=(0.006, 0.006),
    why_tolerance="two decimals",
    objective=1,
    minutes=5,
    misconceptions=(
        Misconception(
            "exchanged",
            lambda d: _two(*reversed(_means(d).values())),
            "The two numbers are exchanged.",
            "两个数对调了。",
        ),
        Misconception(
            "weights-unused",
            lambda d: _two(*[_means(d)["communities"]] * 2),
            "Both numbers count every community once. How many residents stand behind "
            "each row?",
            "两个数都是每个社区算一次。每一行背后有多少居民？",
        ),
        Misconception(
            "share-of-twelve",
            lambda d: _two(*(mean / 12 for mean in _means(d).values())),
            "These are shares of twelve; asked is how many functions.",
            "这是占十二项的比例；题目问的是项数。",
        ),
    ),
)


# --- q2: inside the boundary ---------------------------------------------------------


def _per_head(d: Data, *, empty: bool = True) -> pd.DataFrame:
    of = d.facilities[d.facilities["function"] == d.function]
    inside = of.groupby("community")["capacity"].sum()
    table = d.communities[["community", "residents", "households"]].copy()
    table["capacity"] = table["community"].map(inside)
    table = table.fillna({"capacity": 0.0}) if empty else table.dropna()
    return table.assign(per_head=table["capacity"] / table["residents"])


def _inside(table: pd.DataFrame, value: str = "per_head") -> dict[str, float]:
    x = table[value].to_numpy(dtype=float)
    people = table["residents"].to_numpy(dtype=float)
    return _two(_gini(x, np.ones(x.size)), _gini(x, people))


Q2 = Question(
    name="06.q2",
    title="Inside the boundary",
    title_zh="边界之内",
    text_en="""\
Take the facilities of `mine["function"]`. For each community, add up the `capacity` of
those that stand in it and divide by its residents; a community without one has 0. Give
the Gini index of this over `communities` (each counts once) and over `residents` (each
counts once and has what the community has per head).""",
    text_zh="""\
取 `mine["function"]` 的设施。对每个社区，把位于其中的设施的 `capacity` 相加，
再除以居民人数；没有设施的社区记为 0。求其基尼系数：以社区为单位（`communities`，
每个社区算一次），以及以居民为单位（`residents`，每位居民算一次）。""",
    stub='# q2 = {"communities": ..., "residents": ...}\nq2 = ...',
    solution="""\
of_mine = facilities[facilities["function"] == mine["function"]]
inside = of_mine.groupby("community", observed=True)["capacity"].sum()
capacity = communities["community"].map(inside).astype(float).fillna(0)
per_head = capacity / communities["residents"]
q2 = {
    "communities": equity.gini(per_head),
    "residents": equity.gini(per_head, communities["residents"]),
}""",
    explanation="""\
The communities without any are most of the inequality: leave them out, as a merge does
unasked, and it seems to be small. And nobody stops at a boundary: see q4.""",
    form=lambda _: numbers(["communities", "residents"], 0, 1),
    reference=lambda d: _inside(_per_head(d)),
    tolerance=(0.001, 0.001),
    why_tolerance="three decimals",
    objective=1,
    minutes=8,
    misconceptions=(
        Misconception(
            "only-those-with-one",
            lambda d: _inside(_per_head(d, empty=False)),
            "The communities that have none are missing. They have 0, which is a "
            "number.",
            "没有设施的社区不见了。它们的值是 0，0 也是数。",
        ),
        Misconception(
            "capacity-not-per-head",
            lambda d: _inside(_per_head(d), "capacity"),
            "This is about capacity itself, as if all communities were as large.",
            "这是接待能力本身的不平等，如同各社区人数相同。",
        ),
        Misconception(
            "weights-unused",
            lambda d: _two(*[_inside(_per_head(d))["communities"]] * 2),
            "Both numbers count every community once.",
            "两个数都是每个社区算一次。",
        ),
    ),
)


# --- q3: coverage on foot ------------------------------------------------------------


def _served(d: Data, metres: int) -> pd.Series:
    """Tell which blocks have the function within a walk."""
    of = d.facilities.loc[d.facilities["function"] == d.function, "facility"]
    near = d.walks[d.walks["facility"].isin(of) & (d.walks["metres"] <= metres)]
    return d.blocks["block"].isin(near["block"])


def _circled(d: Data) -> pd.Series:
    """Tell which blocks have the function within a straight line."""
    of = d.facilities[d.facilities["function"] == d.function]
    east = d.blocks["x"].to_numpy()[:, None] - of["x"].to_numpy()
    north = d.blocks["y"].to_numpy()[:, None] - of["y"].to_numpy()
    near = (np.hypot(east, north) <= d.metres).any(axis=1)
    return pd.Series(near, d.blocks.index)


def _covered(d: Data, served: pd.Series) -> dict[str, float]:
    return {
        name: float(np.average(served, weights=d.blocks[name]))
        for name in ("residents", "older")
    }


Q3 = Question(
    name="06.q3",
    title="Who can walk there?",
    title_zh="谁能步行到达？",
    text_en="""\
What share of the `residents` of your blocks has at least one facility of
`mine["function"]` within `mine["metres"]` metres on foot? And what share of the `older`
residents?""",
    text_zh="""\
在步行 `mine["metres"]` 米之内，至少有一处 `mine["function"]` 设施的居民占多大比例
（`residents`）？老年居民中又占多大比例（`older`）？""",
    stub='# q3 = {"residents": ..., "older": ...}\nq3 = ...',
    solution="""\
q3 = {}
for who in ["residents", "older"]:
    reached = equity.coverage(
        blocks,
        of_mine,
        walks[walks["facility"].isin(of_mine["facility"])],
        source="block",
        target="facility",
        function="function",
        functions=[mine["function"]],
        distance="metres",
        cutoff=mine["metres"],
        weight=who,
    )
    q3[who] = reached.complete_share""",
    explanation="""\
A block is within reach or not; the weight says for how many people. Straight lines
would promise more: walls, rivers and corners cost a third of the way and more.""",
    form=lambda _: numbers(["residents", "older"], 0, 1),
    reference=lambda d: _covered(d, _served(d, d.metres)),
    tolerance=(0.001, 0.001),
    why_tolerance="three decimals",
    objective=3,
    minutes=8,
    misconceptions=(
        Misconception(
            "straight-lines",
            lambda d: _covered(d, _circled(d)),
            "Your shares are too large: a wall or a river stands in the way of some.",
            "比例偏大：有些人要绕过围墙或河流。",
        ),
        Misconception(
            "all-walks-listed",
            lambda d: _covered(d, _served(d, WALK)),
            "You count every walk that is listed, up to 1,000 metres.",
            "你把列出的所有步行（至 1000 米）都算上了。",
        ),
        Misconception(
            "blocks-alike",
            lambda d: dict.fromkeys(
                ("residents", "older"), float(_served(d, d.metres).mean())
            ),
            "These are shares of blocks, each counted once.",
            "这是街坊的比例，每个街坊算一次。",
        ),
    ),
)


# --- q4: shared supply ---------------------------------------------------------------


def _pairs(d: Data) -> pd.DataFrame:
    of = d.facilities.loc[
        d.facilities["function"] == d.function, ["facility", "capacity"]
    ]
    return d.walks.merge(of, on="facility").merge(
        d.blocks[["block", "residents", "older"]], on="block"
    )


def _access(d: Data, factor: float = 0.0) -> pd.Series:
    """Return capacity within reach per unit of demand, by block."""
    pairs = _pairs(d)
    pairs["demand"] = pairs["residents"] + factor * pairs["older"]
    around = pairs.groupby("facility")["demand"].transform("sum")
    found = (pairs["capacity"] / around).groupby(pairs["block"]).sum()
    return d.blocks["block"].map(found).fillna(0.0)


def _at(d: Data, facilities: float, access: float) -> dict[str, float]:
    del d
    return {"facilities": facilities, "access": access}


def _here(d: Data) -> pd.DataFrame:
    pairs = _pairs(d)
    return pairs[pairs["block"] == d.block]


def _right_access(d: Data) -> dict[str, float]:
    own = _access(d)[(d.blocks["block"] == d.block).to_numpy()]
    return _at(d, float(len(_here(d))), 1000 * float(own.iloc[0]))


def _unshared(d: Data) -> dict[str, float]:
    here = _here(d)
    per_head = here["capacity"].sum() / here["residents"].iloc[0]
    return _at(d, float(len(here)), 1000 * float(per_head))


def _pooled(d: Data) -> dict[str, float]:
    pairs, here = _pairs(d), _here(d)
    around = pairs[pairs["facility"].isin(here["facility"])]
    people = around.drop_duplicates("block")["residents"].sum()
    return _at(d, float(len(here)), 1000 * float(here["capacity"].sum() / people))


Q4 = Question(
    name="06.q4",
    title="Shared with whom?",
    title_zh="与谁分享？",
    text_en="""\
The block `mine["block"]`: how many `facilities` of `mine["function"]` does it reach
within 1,000 metres on foot, and what `access` has it by the two-step floating catchment
(2SFCA, no decay, everybody needs as much)? Give access as capacity per **thousand**
residents.""",
    text_zh="""\
街坊 `mine["block"]`：步行 1000 米内可达几处（`facilities`）`mine["function"]` 设施？
按两步移动搜寻法（2SFCA，不随距离衰减，人人需求相同），其可达性（`access`）是多少？
请以每**千**名居民的接待能力表示。""",
    stub='# q4 = {"facilities": ..., "access": ...}\nq4 = ...',
    solution="""\
catchment = {
    "source": "block",
    "target": "facility",
    "supply": "capacity",
    "weight": "residents",
    "distance": "metres",
    "cutoff": 1000,
}
to_mine = walks[walks["facility"].isin(of_mine["facility"])]
table = equity.floating_catchment(blocks, of_mine, to_mine, **catchment).table
row = table.set_index("block").loc[mine["block"]]
q4 = {"facilities": row["facilities"], "access": 1000 * row["access"]}""",
    explanation="""\
Each facility's capacity is divided by all who reach it; the block adds up the ratios
of the facilities that it reaches.""",
    form=lambda _: numbers(["facilities", "access"], 0, 5000),
    reference=_right_access,
    tolerance=(0.1, 0.05),
    why_tolerance="a whole number, and one decimal",
    objective=3,
    minutes=8,
    misconceptions=(
        Misconception(
            "not-shared",
            _unshared,
            "You divide by the residents of this block alone. Who else walks there?",
            "你只除以本街坊的居民人数。还有谁会去那里？",
        ),
        Misconception(
            "pooled",
            _pooled,
            "You divide all capacity by all people at once. Each facility has a "
            "catchment of its own.",
            "你把全部接待能力一次除以全部人数。每处设施都有自己的服务范围。",
        ),
        Misconception(
            "per-resident",
            lambda d: _right_access(d) | {"access": _right_access(d)["access"] / 1000},
            "Access is asked per thousand residents.",
            "可达性应按每千名居民表示。",
        ),
    ),
)


# --- q5: between and within ----------------------------------------------------------


@_once
def _counted(d: Data) -> np.ndarray:
    """Return the functions within 1,000 metres on foot of each block."""
    pairs = d.walks.merge(d.facilities[["facility", "function"]], on="facility")
    counts = pairs.groupby("block")["function"].nunique()
    return d.blocks["block"].map(counts).fillna(0.0).to_numpy()


def _theil(values: np.ndarray, people: np.ndarray) -> float:
    share = values * people / (values @ people)
    some = share > 0
    return float(
        (share[some] * np.log(share[some] / (people[some] / people.sum()))).sum()
    )


def _split(d: Data, by: str = "district", *, weighted: bool = True) -> dict[str, float]:
    values = _counted(d)
    people = d.blocks["residents"].to_numpy(dtype=float)
    if not weighted:
        people = np.ones(people.size)
    table = pd.DataFrame(
        {"by": d.blocks[by], "held": values * people, "people": people}
    )
    sums = table.groupby("by").sum()
    mean = (sums["held"] / sums["people"]).to_numpy()
    total = _theil(values, people)
    between = _theil(mean, sums["people"].to_numpy())
    return {"total": total, "between_share": between / total}


Q5 = Question(
    name="06.q5",
    title="Between districts?",
    title_zh="区与区之间？",
    text_en="""\
For each block, count the different functions within 1,000 metres on foot. What is
Theil's T of this over residents (`total`, in nats), and what share of it lies between
`district`s (`between_share`)?""",
    text_zh="""\
对每个街坊，数出步行 1000 米内有几项不同的功能。以居民为单位，其泰尔指数 T 是多少
（`total`，以奈特计）？其中区与区之间（`district`）的部分占多大比例（`between_share`）？""",
    stub='# q5 = {"total": ..., "between_share": ...}\nq5 = ...',
    solution="""\
on_foot = equity.coverage(
    blocks,
    facilities,
    walks,
    source="block",
    target="facility",
    function="function",
    distance="metres",
    cutoff=1000,
    weight="residents",
)
blocks["on_foot"] = on_foot.blocks["functions"].to_numpy()
split = equity.theil_decomposition(
    blocks, value="on_foot", group="district", weight="residents"
)
q5 = {"total": split.total, "between_share": split.between_share}""",
    explanation="""\
T splits exactly. If all districts had the same mean, the part between would go and all
the rest would stay.""",
    form=lambda _: numbers(["total", "between_share"], 0, 1),
    reference=_split,
    tolerance=(0.001, 0.003),
    why_tolerance="three decimals of T, two of a share",
    objective=2,
    minutes=7,
    misconceptions=(
        Misconception(
            "by-subdistrict",
            lambda d: _split(d, "subdistrict"),
            "Your groups are finer than districts.",
            "你的分组比区更细。",
        ),
        Misconception(
            "blocks-alike",
            lambda d: _split(d, weighted=False),
            "Every block counts once here; it is asked of residents.",
            "这里每个街坊算一次；题目以居民为单位。",
        ),
        Misconception(
            "the-other-part",
            lambda d: _split(d) | {"between_share": 1 - _split(d)["between_share"]},
            "Your share is that of the part within districts.",
            "你的比例是区内部分的占比。",
        ),
    ),
)


# --- q6: need ------------------------------------------------------------------------


def _indices(per_head: float, per_need: float) -> dict[str, float]:
    return {"per_head": per_head, "per_need": per_need}


def _ranked(d: Data, factor: float, by: str = "share") -> float:
    people = d.blocks["residents"].to_numpy(dtype=float)
    older = d.blocks["older"].to_numpy(dtype=float)
    rank = older / people if by == "share" else older
    return _index(_access(d, factor).to_numpy(), people, rank)


Q6 = Question(
    name="06.q6",
    title="Equal, or fair?",
    title_zh="平等，还是公平？",
    text_en="""\
Facilities of `mine["function"]`, 1,000 metres on foot, 2SFCA without decay. Give the
concentration index of access over residents, blocks in the order of their
`older_share`: `per_head`, where everybody needs as much; and `per_need`, where the need
per resident of a block is `1 + mine["factor"] * older_share`, both as demand and in
access.""",
    text_zh="""\
`mine["function"]` 的设施，步行 1000 米，2SFCA，不衰减。以居民为单位，街坊按
`older_share` 排序，求可达性的集中指数：`per_head` 为人人需求相同；`per_need`
为街坊的人均需求等于 `1 + mine["factor"] * older_share` 时（即以需求加权的 2SFCA）。""",
    stub='# q6 = {"per_head": ..., "per_need": ...}\nq6 = ...',
    solution="""\
trial = blocks.assign(need=1 + mine["factor"] * blocks["older_share"])
q6 = {}
for name, need in [("per_head", None), ("per_need", "need")]:
    found = equity.floating_catchment(trial, of_mine, to_mine, need=need, **catchment)
    trial["access"] = found.table["access"].to_numpy()
    q6[name] = equity.concentration_index(
        trial, value="access", rank="older_share", weight="residents"
    )""",
    explanation="""\
The first index asks whether the blocks of the old have as much per head, the second
whether they have as much for what they need. The first can be above zero while the
second is below.""",
    form=lambda _: numbers(["per_head", "per_need"], -1, 1),
    reference=lambda d: _indices(_ranked(d, 0), _ranked(d, d.factor)),
    tolerance=(0.001, 0.001),
    why_tolerance="three decimals",
    objective=3,
    minutes=8,
    graded=True,
    points=2,
    misconceptions=(
        Misconception(
            "exchanged",
            lambda d: _indices(_ranked(d, d.factor), _ranked(d, 0)),
            "The two indices are exchanged.",
            "两个指数对调了。",
        ),
        Misconception(
            "rank-by-number",
            lambda d: _indices(_ranked(d, 0, "number"), _ranked(d, d.factor, "number")),
            "Your order is by the number of older residents: large blocks come last.",
            "你按老年人数排序：大街坊排在后面。",
        ),
        Misconception(
            "need-unused",
            lambda d: _indices(*[_ranked(d, 0)] * 2),
            "Both indices treat all residents as needing the same.",
            "两个指数都假定人人需求相同。",
        ),
    ),
)


# --- q7: satisfaction ----------------------------------------------------------------


def _slopes(naive: float, adjusted: float) -> dict[str, float]:
    return {"naive": naive, "adjusted": adjusted}


def _slope(d: Data, others: list[str], *, weighted: bool = True, of: int = 1) -> float:
    """Return one coefficient of a weighted least-squares fit of satisfaction."""
    x = np.column_stack(
        [np.ones(len(d.survey)), d.survey[["functions", *others]].to_numpy(dtype=float)]
    )
    root = np.sqrt(d.survey["weight"].to_numpy() if weighted else np.ones(len(x)))
    y = d.survey["satisfaction"].to_numpy()
    return float(np.linalg.lstsq(x * root[:, None], y * root, rcond=None)[0][of])


Q7 = Question(
    name="06.q7",
    title="What is a function worth?",
    title_zh="一项功能值多少？",
    text_en="""\
By how many points does `satisfaction` differ per function (`functions`), in a weighted
linear regression on functions alone (`naive`), and with `doublings` of income held
fixed (`adjusted`)?""",
    text_zh="""\
每多一项功能（`functions`），`satisfaction` 相差多少分？
请用加权线性回归：只含功能数（`naive`），以及控制收入的 `doublings`（`adjusted`）。""",
    stub='# q7 = {"naive": ..., "adjusted": ...}\nq7 = ...',
    solution="""\
q7 = {}
for name, formula in [
    ("naive", "satisfaction ~ functions"),
    ("adjusted", "satisfaction ~ functions + doublings"),
]:
    fit = participation.fit(
        survey, formula, family="linear", weight="weight", cluster="community"
    )
    q7[name] = fit.table.set_index("term").loc["functions", "estimate"]""",
    explanation="""\
Income is a common cause: the rich live where there is more and expect more. Held fixed,
a function is worth more than it seemed.""",
    form=lambda _: numbers(["naive", "adjusted"], -20, 20),
    reference=lambda d: _slopes(_slope(d, []), _slope(d, ["doublings"])),
    tolerance=(0.006, 0.006),
    why_tolerance="two decimals",
    objective=4,
    minutes=7,
    graded=True,
    points=2,
    misconceptions=(
        Misconception(
            "exchanged",
            lambda d: _slopes(_slope(d, ["doublings"]), _slope(d, [])),
            "The two slopes are exchanged.",
            "两个斜率对调了。",
        ),
        Misconception(
            "slope-of-income",
            lambda d: _slopes(_slope(d, []), _slope(d, ["doublings"], of=2)),
            "Your second number is the coefficient of income.",
            "第二个数是收入的系数。",
        ),
        Misconception(
            "weights-unused",
            lambda d: _slopes(
                _slope(d, [], weighted=False),
                _slope(d, ["doublings"], weighted=False),
            ),
            "These slopes count every row once; use the weights.",
            "这些斜率每行只算一人，请使用权重。",
        ),
    ),
)


# --- q8: judgement -------------------------------------------------------------------

Q8 = Question(
    name="06.q8",
    title="What would you tell the planning bureau?",
    title_zh="你会怎样告诉规划部门？",
    text_en="""\
A draft report says: "Within a circle of 1,000 metres nearly everybody has a clinic, and
richer communities are less satisfied although they have more: services should go to
the richer." Answer in four to six sentences, in English or Chinese. What is wrong with
the circle? What do your answers to q6 say about whom the supply serves? Why are the
richer less satisfied, and does that call for more supply? Name one thing that walks
and capacities cannot show.""",
    text_zh="""\
一份报告草稿写道：“1000 米圆圈之内几乎人人都有诊所；富裕社区拥有更多却更不满意，
因此服务应向富裕者倾斜。”请用四到六句话回答，中英文均可。圆圈有什么问题？
你在 q6 的结果说明供给在为谁服务？富裕者为何更不满意，这是否意味着应增加供给？
再举出一件步行距离和接待能力无法说明的事。""",
    stub="q8 = ...",
    solution='''\
q8 = """
A circle ignores walls with one gate, rivers and corners, so it is an upper bound; on
foot far fewer residents reach a clinic. Per head the blocks of the old may have as much
as others, but for what they need they have less, so equal is not fair here. The richer
are less satisfied because they expect more, not because they have less: at equal
functions satisfaction falls with income. That is a reason not to read satisfaction as
need, and none to send supply to the richer; need should say where it goes. Walks and
capacities do not show prices, opening hours, quality, or who is let in.
"""''',
    explanation="""\
A good answer calls the circle an upper bound, keeps per head and per need apart with
its own numbers, explains satisfaction by expectation, and names a limit.""",
    form=lambda _: text(40),
    objective=4,
    minutes=9,
    graded=True,
    points=4,
    rubric="""\
1 point: the circle is an upper bound (walls, rivers, corners), with own numbers. 1
point: q6, per head against per need. 1 point: the richer expect more; satisfaction is
supply and expectation, so no case for more supply. 1 point: names something that walks
and capacities cannot show (price, hours, quality, stairs, being let in, the edge).""",
)

QUESTIONS = [Q1, Q2, Q3, Q4, Q5, Q6, Q7, Q8]
