"""Exercise 04: the resettlement estate building by building, and two estates.

A variant is ten buildings of the resettlement estate and two estates whose network
was counted, one at least twice as large as the other. References are worked out here
with counts and closed forms; the worked solution uses `cohesion`, so that the two
check one another.
"""

from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
import pandas as pd

from govlib import datasets
from govlib.exercises.making import Misconception, Question, numbers, share, table, text

NUMBER = "04"
SLUG = "cohesion"
TITLE_EN = "Do locals and migrants know each other?"
TITLE_ZH = "本地人与外来人口相互认识吗？"
PUBLIC_SEED = 126

INTRO_EN = """\
You work with ten buildings of the resettlement estate and with two other estates of
S city. S city is synthetic: no resident in it exists. A *tie* joins two residents who
would visit one another or ask one another for help; it has no direction."""
INTRO_ZH = """\
你将使用动迁安置小区的十栋楼和 S 市的另外两个小区。S 市是合成的，
其中没有真实的居民。*联系*表示两位居民会互相串门或求助，没有方向。"""

IMPORTS = """\
from govlib import cohesion, datasets
from govlib.exercises import check, hand_in, start"""

DATA_TEXT = """\
## The data

`my_residents` and `my_ties` are your ten buildings: the people who live there, and the
ties with **both** ends there. `residents` and `ties` are the whole resettlement estate.
`two_residents` and `two_ties` are your two other estates, `mine["estate"]` and the
larger one, `mine["other"]`.

> `my_residents` 和 `my_ties` 是你的十栋楼：楼里的居民，以及**两端**都在楼里的联系。
> `residents` 和 `ties` 是整个安置小区。`two_residents` 和 `two_ties`
> 是另外两个小区：`mine["estate"]` 和较大的 `mine["other"]`。"""

DATA_CODE = """\
residents = datasets.load("resettlement_residents")
ties = datasets.load("resettlement_ties")
my_residents = residents[residents["building"].isin(mine["buildings"])]
both_ends = ties[["source", "target"]].isin(set(my_residents["resident"])).all(axis=1)
my_ties = ties[both_ends]

two = [mine["estate"], mine["other"]]
census_residents = datasets.load("census_residents")
census_ties = datasets.load("census_ties")
two_residents = census_residents[census_residents["estate"].isin(two)]
two_ties = census_ties[census_ties["estate"].isin(two)]"""

NON_LOCAL = "non-local"

# One variant after another is worked out; the tables of the last need not stay.
_once = lru_cache(maxsize=1)


# Compared by identity, so that what several questions need can be kept for each.
@dataclass(frozen=True, eq=False)
class Data:
    """The tables of one variant."""

    residents: pd.DataFrame
    ties: pd.DataFrame
    whole_ties: pd.DataFrame
    whole_residents: pd.DataFrame
    two_residents: pd.DataFrame
    two_ties: pd.DataFrame
    estate: str
    other: str


@cache
def _load(name: str) -> pd.DataFrame:
    return datasets.load(name)


def variant(seed: int) -> dict:
    """Return ten buildings and two estates, by lot."""
    rng = np.random.default_rng(seed)
    homes = _load("resettlement_residents")["building"].astype(str)
    buildings = sorted(rng.choice(sorted(homes.unique()), 10, replace=False).tolist())
    sizes = _load("census_residents")["estate"].astype(str).value_counts()
    names = sorted(sizes.index)
    pairs = [(a, b) for a in names for b in names if sizes[b] >= 2 * sizes[a]]
    estate, other = pairs[rng.integers(len(pairs))]
    return {"buildings": buildings, "estate": estate, "other": other}


def data(parameters: dict) -> Data:
    """Return the tables of a variant."""
    whole, all_ties = _load("resettlement_residents"), _load("resettlement_ties")
    residents = whole[whole["building"].isin(parameters["buildings"])]
    here = set(residents["resident"])
    inside = all_ties["source"].isin(here) & all_ties["target"].isin(here)
    two = [parameters["estate"], parameters["other"]]
    people, links = _load("census_residents"), _load("census_ties")
    return Data(
        residents,
        all_ties[inside],
        all_ties,
        whole,
        people[people["estate"].isin(two)],
        links[links["estate"].isin(two)],
        *two,
    )


# --- q1: who lives here --------------------------------------------------------------


def _share(d: Data) -> float:
    return float((d.residents["origin"] == NON_LOCAL).mean())


def _parts(non_local: float) -> dict[str, float]:
    return {
        "share": non_local,
        "fractionalisation": 1 - non_local**2 - (1 - non_local) ** 2,
    }


def _by_household(d: Data) -> dict[str, float]:
    first = d.residents.drop_duplicates("household")
    return _parts(float((first["origin"] == NON_LOCAL).mean()))


Q1 = Question(
    name="04.q1",
    title="Who lives here?",
    title_zh="谁住在这里？",
    text_en="""\
What share of the residents of your ten buildings are non-local, and how mixed are the
buildings taken together? Measure the mix by *fractionalisation*, the chance that two
people drawn at random (the same one may be drawn twice) are of different origin: one
minus the sum of the squared shares. Give both as shares between 0 and 1.""",
    text_zh="""\
十栋楼的居民中外来人口占多大比例？合在一起看有多混杂？混杂程度用*分化指数*衡量：
随机抽取两人（可重复抽到同一人）来源不同的概率，即 1 减去各比例平方之和。
两个数都写成 0 到 1 之间的比例。""",
    stub='# q1 = {"share": ..., "fractionalisation": ...}\nq1 = ...',
    solution="""\
share = (my_residents["origin"] == "non-local").mean()
q1 = {"share": share, "fractionalisation": 1 - share**2 - (1 - share) ** 2}""",
    explanation="""\
The table has one row per resident, so the mean of a yes-or-no column is a share of
residents. Fractionalisation of two groups is at most 0.5, when both are equally
large.""",
    form=lambda _: numbers(["share", "fractionalisation"], 0, 1),
    reference=lambda d: _parts(_share(d)),
    tolerance=(0.002, 0.002),
    why_tolerance="three decimals, and one more for rounding on the way",
    objective=2,
    minutes=5,
    misconceptions=(
        Misconception(
            "households-for-residents",
            _by_household,
            "You counted households. Households of the two groups differ in size, so "
            "a share of households is not a share of residents.",
            "你数的是户。两类居民的户规模不同，户的比例不等于人的比例。",
        ),
        Misconception(
            "local-for-non-local",
            lambda d: _parts(1 - _share(d)),
            "The first number looks like the share of the other group.",
            "第一个数像是另一个群体的比例。",
        ),
        Misconception(
            "sameness-for-mix",
            lambda d: {
                "share": _share(d),
                "fractionalisation": 1 - _parts(_share(d))["fractionalisation"],
            },
            "The second number is the chance that two people are of the *same* origin.",
            "第二个数是两人来源*相同*的概率。",
        ),
        Misconception(
            "whole-estate",
            lambda d: _parts(float((d.whole_residents["origin"] == NON_LOCAL).mean())),
            "These are numbers of the whole estate. The question is about your ten "
            "buildings.",
            "这是整个小区的数。题目问的是你的十栋楼。",
        ),
    ),
)


# --- q2, q3: estates of different size -----------------------------------------------


@_once
def _sizes(d: Data) -> pd.DataFrame:
    people = d.two_residents["estate"].astype(str).value_counts()
    links = d.two_ties["estate"].astype(str).value_counts()
    return pd.DataFrame({"n": people, "m": links}).loc[[d.estate, d.other]]


def _cohesion(n: pd.Series, m: pd.Series) -> pd.DataFrame:
    out = pd.DataFrame({"density": 2 * m / (n * (n - 1)), "mean_degree": 2 * m / n})
    return out.rename_axis("estate").reset_index()


@_once
def _without_isolates(d: Data) -> pd.DataFrame:
    ends = pd.concat([d.two_ties["source"], d.two_ties["target"]])
    tied = d.two_residents[d.two_residents["resident"].isin(ends)]
    return _cohesion(tied["estate"].astype(str).value_counts(), _sizes(d)["m"])


def _two_forms(parameters: dict) -> dict:
    rows = [parameters["estate"], parameters["other"]]
    return table("estate", rows, ["density", "mean_degree"], 0, 1000)


def _scaled(d: Data, density: float, degree: float) -> pd.DataFrame:
    right = _cohesion(_sizes(d)["n"], _sizes(d)["m"])
    return right.assign(
        density=right["density"] * density, mean_degree=right["mean_degree"] * degree
    )


Q2 = Question(
    name="04.q2",
    title="How closely knit are two estates?",
    title_zh="两个小区的联系有多紧密？",
    text_en="""\
Make a table with one row for each of your two other estates and the columns `estate`,
`density` and `mean_degree`. Everybody who lives there counts, also those whom nobody
named. More columns do no harm.""",
    text_zh="""\
做一个表：另外两个小区各占一行，列为 `estate`、`density`（密度）和
`mean_degree`（平均度）。住在那里的每个人都要算，包括没有任何联系的人。
多出的列没有关系。""",
    stub="q2 = ...",
    solution="""\
q2 = cohesion.summary(
    two_ties,
    source="source",
    target="target",
    nodes=two_residents,
    unit="resident",
    network="estate",
)""",
    explanation="""\
The table of residents goes in as `nodes`: a table of ties cannot know those who have
none. Each tie has two ends, so the mean degree is twice the number of ties over the
number of residents, and density is the mean degree over the number of possible
neighbours.""",
    form=_two_forms,
    reference=lambda d: _cohesion(_sizes(d)["n"], _sizes(d)["m"]),
    tolerance=(0.0001, 0.02) * 2,
    why_tolerance="four decimals of a density and two of a degree",
    objective=1,
    minutes=6,
    misconceptions=(
        Misconception(
            "isolates-forgotten",
            _without_isolates,
            "You left out the residents without a tie: a table of ties does not name "
            "them. Take the number of people from the table of residents.",
            "你漏掉了没有联系的居民：联系表里没有他们。人数要从居民表中取。",
        ),
        Misconception(
            "each-tie-once",
            lambda d: _scaled(d, 1, 0.5),
            "Your mean degree counts each tie for one person only. A tie belongs to "
            "both of its ends.",
            "你的平均度把每条联系只算给一个人。一条联系属于两端的两个人。",
        ),
        Misconception(
            "ordered-pairs",
            lambda d: _scaled(d, 0.5, 1),
            "Your density divides by ordered pairs. A tie without direction joins a "
            "pair of people once.",
            "你的密度除以的是有序对。没有方向的联系，每一对人只算一次。",
        ),
        Misconception(
            "ties-over-people",
            lambda d: _scaled(d, 0.5, 0.5),
            "Both numbers look half as large as they should be. How many ends has a "
            "tie, and how many pairs can be made of n people?",
            "两个数都像是只有应有的一半。一条联系有几端？n 个人能组成多少对？",
        ),
    ),
)


def _density_at_equal_degree(d: Data) -> float:
    sizes = _sizes(d)
    degree = 2 * sizes["m"][d.estate] / sizes["n"][d.estate]
    return float(degree / (sizes["n"][d.other] - 1))


def _density(d: Data, estate: str) -> float:
    rows = _cohesion(_sizes(d)["n"], _sizes(d)["m"]).set_index("estate")
    return float(rows["density"][estate])


Q3 = Question(
    name="04.q3",
    title="Is a lower density less cohesion?",
    title_zh="密度低就是凝聚力弱吗？",
    text_en="""\
Suppose that people in the larger estate, `mine["other"]`, had on average exactly as
many ties as those in the smaller one, `mine["estate"]`. What density would the larger
estate then have?""",
    text_zh="""\
假设较大小区 `mine["other"]` 的居民平均联系数与较小小区 `mine["estate"]` 完全相同，
那么较大小区的密度会是多少？""",
    stub="q3 = ...",
    solution="""\
two_estates = q2.set_index("estate")
people = two_residents["estate"].value_counts()
q3 = two_estates["mean_degree"][mine["estate"]] / (people[mine["other"]] - 1)""",
    explanation="""\
Equally sociable people give a lower density in a larger place, because nobody can know
twice as many neighbours just because there are twice as many. Between places of
different size compare mean degrees, or the density with this one.""",
    form=lambda _: share(),
    reference=_density_at_equal_degree,
    tolerance=(0.0001,),
    why_tolerance="four decimals, as in q2",
    objective=1,
    minutes=7,
    misconceptions=(
        Misconception(
            "density-carried-over",
            lambda d: _density(d, d.estate),
            "You kept the density. With the same density people in a larger estate "
            "would have more ties each; here each has as many as before.",
            "你让密度保持不变。密度相同意味着大小区里每人的联系更多；这里要求每人一样多。",
        ),
        Misconception(
            "as-it-is",
            lambda d: _density(d, d.other),
            "This is the density that the larger estate has now. What if its people "
            "had as many ties as those of the smaller one?",
            "这是较大小区现在的密度。如果那里的人与较小小区的人联系一样多呢？",
        ),
        Misconception(
            "each-tie-once",
            lambda d: _density_at_equal_degree(d) / 2,
            "Half of what it should be: a tie counts for the degree of both its ends.",
            "只有应有的一半：一条联系计入两端各自的度。",
        ),
    ),
)


# --- q4, q5, q6: mixing --------------------------------------------------------------


@cache
def _non_local() -> pd.Series:
    """Return whether each resident of the whole estate is non-local."""
    whole = _load("resettlement_residents")
    return whole.set_index("resident")["origin"] == NON_LOCAL


def _origins(links: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return whether each end of each tie is non-local."""
    non_local = _non_local()
    return non_local[links["source"]].to_numpy(), non_local[links["target"]].to_numpy()


def _counts(first: np.ndarray, second: np.ndarray) -> dict[str, int]:
    return {
        "local": int((~first & ~second).sum()),
        "between": int((first != second).sum()),
        "non_local": int((first & second).sum()),
    }


@_once
def _mixing(d: Data) -> dict[str, int]:
    return _counts(*_origins(d.ties))


def _to_outside(d: Data) -> dict[str, int]:
    here = set(d.residents["resident"])
    ends = d.whole_ties[["source", "target"]].isin(here)
    return _counts(*_origins(d.whole_ties[ends.any(axis="columns")]))


def _one_direction(d: Data) -> dict[str, int]:
    first, second = _origins(d.ties)
    return _mixing(d) | {"between": int((~first & second).sum())}


Q4 = Question(
    name="04.q4",
    title="Who knows whom?",
    title_zh="谁认识谁？",
    text_en="""\
Count the ties inside your ten buildings (`my_ties`): between two locals (`local`),
between a local and a non-local resident (`between`), and between two non-local
residents (`non_local`).""",
    text_zh="""\
数一数十栋楼内部的联系（`my_ties`）：两位本地人之间（`local`）、
本地人与外来人口之间（`between`）、两位外来人口之间（`non_local`）。""",
    stub='# q4 = {"local": ..., "between": ..., "non_local": ...}\nq4 = ...',
    solution="""\
origin = my_residents.set_index("resident")["origin"].astype(str)
pairs = my_ties["source"].map(origin) + " and " + my_ties["target"].map(origin)
count = pairs.value_counts()
q4 = {
    "local": count["local and local"],
    "between": count["local and non-local"] + count["non-local and local"],
    "non_local": count["non-local and non-local"],
}""",
    explanation="""\
A tie has no direction, so it does not matter which of its ends is called the source:
both orders of a mixed pair are *between*. The three counts add up to the number of
ties.""",
    form=lambda _: numbers(["local", "between", "non_local"], 0, 1_000_000, whole=True),
    reference=_mixing,
    tolerance=(0.5, 0.5, 0.5),
    why_tolerance="counts are exact",
    objective=2,
    minutes=7,
    misconceptions=(
        Misconception(
            "ends-for-ties",
            lambda d: {name: 2 * count for name, count in _mixing(d).items()},
            "You counted ends, two for each tie. The three counts should add up to "
            "the number of rows of my_ties.",
            "你数的是端点，每条联系有两个。三个数之和应等于 my_ties 的行数。",
        ),
        Misconception(
            "one-direction",
            _one_direction,
            "Some mixed ties are missing. In a tie without direction either end may "
            "be the non-local one.",
            "少了一些跨群体的联系。没有方向的联系，哪一端都可能是外来人口。",
        ),
        Misconception(
            "ties-to-outside",
            _to_outside,
            "You counted ties that lead out of the ten buildings too. my_ties has "
            "only those with both ends inside.",
            "你把通向十栋楼以外的联系也数进去了。my_ties 只含两端都在楼里的联系。",
        ),
    ),
)


def _e_i(d: Data) -> float:
    count = _mixing(d)
    return 2 * count["between"] / sum(count.values()) - 1


def _expected_everywhere(d: Data) -> float:
    """Return E-I with labels shuffled among all: a tie is mixed if two draws differ."""
    n, k = len(d.residents), int((d.residents["origin"] == NON_LOCAL).sum())
    return 2 * (2 * k * (n - k) / (n * (n - 1))) - 1


@_once
def _expected_within(d: Data) -> float:
    """Return E-I with labels shuffled inside each building, tie by tie."""
    building = d.residents.set_index("resident")["building"].astype(str)
    groups = d.residents.assign(non_local=d.residents["origin"] == NON_LOCAL).groupby(
        d.residents["building"].astype(str)
    )["non_local"]
    size, share_of = groups.size(), groups.mean()
    a, b = building[d.ties["source"]], building[d.ties["target"]]
    p, q = share_of[a].to_numpy(), share_of[b].to_numpy()
    n = size[a].to_numpy()
    # Two different people of one building: the second is drawn from the n - 1 left.
    same = 2 * p * (1 - p) * n / (n - 1)
    mixed = np.where(a.to_numpy() == b.to_numpy(), same, p * (1 - q) + q * (1 - p))
    return float(2 * mixed.mean() - 1)


def _against(e_i: float, expected: float) -> dict[str, float]:
    return {"e_i_index": e_i, "expected": expected}


Q5 = Question(
    name="04.q5",
    title="What would chance give?",
    title_zh="偶然会给出什么？",
    text_en="""\
Compute the E-I index of your ten buildings from q4: ties *between* the groups minus
ties *within* them, over all ties. Then say which E-I to expect if the ties stay as they
are and origins are dealt out at random among **all** residents of the ten buildings.
Formula or permutations: both are good enough here.""",
    text_zh="""\
用 q4 的结果计算十栋楼的 E-I 指数：（群体*之间*的联系 − 群体*内部*的联系）/ 全部联系。
再说明：如果联系不变，把来源标签在十栋楼的**全部**居民中随机重新分配，
E-I 的期望值是多少？用公式或置换都可以。""",
    stub='# q5 = {"e_i_index": ..., "expected": ...}\nq5 = ...',
    solution="""\
anywhere = cohesion.mixing(
    my_ties,
    source="source",
    target="target",
    nodes=my_residents,
    unit="resident",
    group="origin",
    null="labels",
    rng=1,
).set_index("term")
q5 = {
    "e_i_index": anywhere["estimate"]["e_i_index"],
    "expected": anywhere["expected"]["e_i_index"],
}""",
    explanation="""\
Chance alone does not give zero: two people drawn from unequal groups are more often of
the same origin. With n residents, of whom k are non-local, a tie is mixed with
probability 2k(n − k) / (n(n − 1)), and the expected E-I is twice that minus one.""",
    form=lambda _: numbers(["e_i_index", "expected"], -1, 1),
    reference=lambda d: _against(_e_i(d), _expected_everywhere(d)),
    tolerance=(0.005, 0.008),
    why_tolerance="two decimals; the mean of 999 permutations has an error of 0.001",
    objective=2,
    minutes=9,
    misconceptions=(
        Misconception(
            "sign-reversed",
            lambda d: _against(-_e_i(d), -_expected_everywhere(d)),
            "The signs are reversed. E comes first: ties that lead to the other "
            "(external) group count positive.",
            "符号反了。E 在前：通向另一群体（外部）的联系为正。",
        ),
        Misconception(
            "chance-is-zero",
            lambda d: _against(_e_i(d), 0.0),
            "You took zero for chance. That holds only for two groups of equal size; "
            "how large are yours?",
            "你把偶然当作零。只有两个群体一样大时才如此；你的两个群体各有多大？",
        ),
        Misconception(
            "share-between",
            lambda d: _against((_e_i(d) + 1) / 2, (_expected_everywhere(d) + 1) / 2),
            "These look like shares of mixed ties. The E-I index subtracts the ties "
            "within the groups too, so it runs from -1 to 1.",
            "这像是跨群体联系的比例。E-I 指数还要减去群体内部的联系，取值从 −1 到 1。",
        ),
        Misconception(
            "within-buildings",
            lambda d: _against(_e_i(d), _expected_within(d)),
            "You dealt out origins inside each building. Here they are dealt out "
            "among all residents; the next question is about buildings.",
            "你是在每栋楼内部重新分配来源。这里要在全部居民中分配；楼内分配是下一题。",
        ),
    ),
)


def _judged(d: Data, expected: float) -> dict[str, float]:
    return {"expected": expected, "difference": _e_i(d) - expected}


Q6 = Question(
    name="04.q6",
    title="Opportunity or preference?",
    title_zh="是机会，还是偏好？",
    text_en="""\
Most ties join people of one building, and buildings differ in who lives there. What E-I
is to be expected if origins are dealt out at random **within each building**
(`expected`)? And how far is the observed E-I from it, observed minus expected
(`difference`)? If you use permutations, take at least 999.""",
    text_zh="""\
大多数联系发生在同一栋楼里，而各栋楼的居民构成不同。如果来源只在**每栋楼内部**
随机重新分配，E-I 的期望值是多少（`expected`）？观察值减去期望值是多少
（`difference`）？用置换时至少 999 次。""",
    stub='# q6 = {"expected": ..., "difference": ...}\nq6 = ...',
    solution="""\
inside_buildings = cohesion.mixing(
    my_ties,
    source="source",
    target="target",
    nodes=my_residents,
    unit="resident",
    group="origin",
    null="within",
    within="building",
    rng=1,
).set_index("term")
e_i = inside_buildings.loc["e_i_index"]
q6 = {"expected": e_i["expected"], "difference": e_i["estimate"] - e_i["expected"]}""",
    explanation="""\
What dealing out within buildings explains is opportunity: people can only choose among
those they meet. What is left is closer to preference, though not proof of it: floors,
stairwells, age and length of residence also sort people inside a building.""",
    form=lambda _: numbers(["expected", "difference"], -2, 2),
    reference=lambda d: _judged(d, _expected_within(d)),
    tolerance=(0.01, 0.01),
    why_tolerance="two decimals; the mean of 999 permutations has an error of 0.001",
    objective=3,
    minutes=9,
    graded=True,
    points=2,
    misconceptions=(
        Misconception(
            "opportunity-ignored",
            lambda d: _judged(d, _expected_everywhere(d)),
            "This deals out origins among all residents, as if everybody were equally "
            "likely to meet everybody.",
            "这是在全部居民中分配来源，等于假定任何两人相遇的机会相同。",
        ),
        Misconception(
            "difference-reversed",
            lambda d: {
                "expected": _expected_within(d),
                "difference": _expected_within(d) - _e_i(d),
            },
            "The difference is observed minus expected; yours is the other way round.",
            "差应为观察值减期望值；你的方向反了。",
        ),
        Misconception(
            "chance-is-zero",
            lambda d: _judged(d, 0.0),
            "Zero is what chance gives only where two groups of equal size mix freely.",
            "只有两个一样大的群体自由混合时，偶然才给出零。",
        ),
    ),
)


# --- q7: who has nobody --------------------------------------------------------------


def _alone(d: Data, links: pd.DataFrame) -> pd.Series:
    resident = d.residents["resident"]
    return ~(resident.isin(links["source"]) | resident.isin(links["target"]))


def _isolated(d: Data, links: pd.DataFrame) -> dict[str, float]:
    alone = _alone(d, links).groupby(d.residents["origin"].astype(str)).mean()
    return {"local": float(alone["local"]), "non_local": float(alone[NON_LOCAL])}


def _of_all(d: Data) -> dict[str, float]:
    alone, origin = _alone(d, d.whole_ties), d.residents["origin"]
    return {
        "local": float((alone & (origin == "local")).mean()),
        "non_local": float((alone & (origin == NON_LOCAL)).mean()),
    }


def _of_the_alone(d: Data) -> dict[str, float]:
    origin = d.residents["origin"][_alone(d, d.whole_ties)]
    return {
        "local": float((origin == "local").mean()),
        "non_local": float((origin == NON_LOCAL).mean()),
    }


Q7 = Question(
    name="04.q7",
    title="Who has nobody?",
    title_zh="谁没有任何联系？",
    text_en="""\
Of the local residents of your ten buildings, what share has no tie to anybody in the
**whole** resettlement estate (`local`)? And of the non-local residents (`non_local`)?
""",
    text_zh="""\
十栋楼的本地居民中，与**整个**安置小区的任何人都没有联系的占多大比例（`local`）？
外来人口中呢（`non_local`）？""",
    stub='# q7 = {"local": ..., "non_local": ...}\nq7 = ...',
    solution="""\
positions = cohesion.positions(
    ties,
    source="source",
    target="target",
    nodes=residents,
    unit="resident",
).set_index("resident")
degree = my_residents["resident"].map(positions["degree"])
alone = (degree == 0).groupby(my_residents["origin"].astype(str)).mean()
q7 = {"local": alone["local"], "non_local": alone["non-local"]}""",
    explanation="""\
Two things can go wrong here. Isolates are in no table of ties, so the people must come
from the table of residents. And a boundary makes isolates: with `my_ties` everybody
whose only friends live in the next building would seem alone.""",
    form=lambda _: numbers(["local", "non_local"], 0, 1),
    reference=lambda d: _isolated(d, d.whole_ties),
    tolerance=(0.003, 0.003),
    why_tolerance="three decimals, and one more for rounding on the way",
    objective=4,
    minutes=7,
    graded=True,
    points=2,
    misconceptions=(
        Misconception(
            "boundary-makes-isolates",
            lambda d: _isolated(d, d.ties),
            "You looked only at ties inside the ten buildings. People whose friends "
            "live in another building are not alone.",
            "你只看了十栋楼内部的联系。朋友住在别的楼的人并不孤立。",
        ),
        Misconception(
            "isolates-forgotten",
            lambda d: dict.fromkeys(_isolated(d, d.whole_ties), 0.0),
            "In a table of ties everybody has one. Start from the residents.",
            "联系表里的人都有联系。要从居民表出发。",
        ),
        Misconception(
            "share-of-all-residents",
            _of_all,
            "You divided by all residents. The question asks about each group by "
            "itself.",
            "你除以的是全部居民。题目问的是每个群体内部的比例。",
        ),
        Misconception(
            "share-of-the-isolated",
            _of_the_alone,
            "You turned the condition round: this is who the isolated are, not how "
            "many of each group are isolated.",
            "条件反了：这是孤立者的构成，而不是每个群体中孤立者的比例。",
        ),
        Misconception(
            "groups-swapped",
            lambda d: dict(
                zip(
                    ["local", "non_local"],
                    reversed(_isolated(d, d.whole_ties).values()),
                    strict=True,
                )
            ),
            "The two groups are swapped.",
            "两个群体对调了。",
        ),
    ),
)


# --- q8: judgement -------------------------------------------------------------------

Q8 = Question(
    name="04.q8",
    title="What would you tell the committee?",
    title_zh="你会怎样回答居委会？",
    text_en="""\
Someone on the residents' committee says: "Our E-I index is far below zero. So locals
and non-local residents do not want to know each other." Answer in four to six
sentences, in English or Chinese. Which comparison is the right one for this claim, and
why not the others? What do your numbers of q5 and q6 leave of the claim? Name one thing
about a community's consciousness that a census of ties cannot show.""",
    text_zh="""\
居委会有人说：“我们的 E-I 指数远低于零，可见本地人和外来人口不愿意相互认识。”
请用四到六句话回答，中英文均可。判断这个说法应当用哪一种比较？为什么不用其他的？
根据你在 q5 和 q6 得到的数，这个说法还剩下多少？
再举出一件联系普查无法说明的、关于居民共同体意识的事。""",
    stub="q8 = ...",
    solution='''\
q8 = """
Zero is the wrong yardstick, because groups of unequal size give an E-I below zero by
chance alone. Dealing out origins among all residents corrects for size but still lets
everybody meet everybody. The claim is about wanting, so the fair comparison holds
opportunity fixed: origins dealt out within each building. Part of the distance to zero
is then opportunity, and the difference in q6 is what remains; it is large, so the claim
is not refuted, but stairwell, age and length of residence may also stand behind it. The
census shows who would visit whom; it does not show whether people feel that the estate
is theirs.
"""''',
    explanation="""\
A good answer picks the comparison by what the claim is about, and says what is left
when opportunity is held fixed. It does not read the share of ties within groups as a
wish.""",
    form=lambda _: text(40),
    objective=4,
    minutes=10,
    graded=True,
    points=4,
    rubric="""\
1 point: names shuffling within buildings as the comparison, because the claim is about
preference at given opportunity. 1 point: says what is wrong with zero or with shuffling
among all. 1 point: uses own numbers and says that something (not everything) remains,
and that it need not be preference. 1 point: names something that ties do not show
(belonging, trust, willingness to take part, direction or strength of ties).""",
)

QUESTIONS = [Q1, Q2, Q3, Q4, Q5, Q6, Q7, Q8]
