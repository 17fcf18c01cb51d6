"""Exercise 09: whether actors work as one in half of the sub-districts.

A variant is 24 of the 48 sub-districts, three communities whose lists and networks are
recorded, and the numbers of an invented paper. References are worked out here with
numpy and by counting; the worked solution uses `coordination`, so that the two check
one another.
"""

from collections import deque
from dataclasses import dataclass
from functools import cache
from itertools import combinations

import numpy as np
import pandas as pd

from govlib import datasets
from govlib.exercises.making import Misconception, Question, numbers, text

NUMBER = "09"
SLUG = "structure"
TITLE_EN = 'Remedy 3: does "1+3+X" make actors work as one?'
TITLE_ZH = "路径三：“1+3+X”能让多元主体合而为一吗？"
PUBLIC_SEED = 909

INTRO_EN = """\
You work with the actors' scores in half of the sub-districts of S city, and with the
responsibility lists and networks of three communities. S city is synthetic: no
community and no organisation in it exists."""
INTRO_ZH = """\
你将使用 S 市一半街镇的主体评分，以及三个社区的责任清单和组织网络。
S 市是合成的，其中没有真实的社区和组织。"""

IMPORTS = """\
from govlib import coordination, datasets
from govlib.exercises import check, hand_in, start"""

DATA_TEXT = """\
## The data

`scores` has one row for each community of your sub-districts, in year 3; `actors`
names the columns with the four actors' scores, from 0 to 1. `duties` lists who holds
which of the 20 duties in each of *your* three communities `mine["communities"]`, in
years 1 and 3; a duty without a row has no holder. `nodes` and `ties` are their
organisations and ties, `period` before and after: ties of before are listed again under
after.

> `scores` 是你的各街镇在第 3 年的社区评分，每社区一行；
> `actors` 是四类主体评分（0 到 1）的列名。`duties` 是*你的*三个社区
> `mine["communities"]` 第 1 年和第 3 年各项职责（各 20 项）的承担者，
> 没有行的职责无人承担。
> `nodes` 和 `ties` 是这些社区的组织及其联系，`period` 表示之前和之后，
> 之前已有的联系在之后中再次列出。"""

DATA_CODE = """\
actors = ["party_score", "committee_score", "owners_score", "property_score"]
scores = datasets.load("actor_scores").query("year == 3")
scores = scores[scores["community"].str[:-3].isin(mine["subdistricts"])]
duties = datasets.load("role_lists").query("community in @mine['communities']")
nodes = datasets.load("organisation_nodes").query("community in @mine['communities']")
ties = datasets.load("organisation_ties").query("community in @mine['communities']")"""

ACTORS = ["party_score", "committee_score", "owners_score", "property_score"]
N_DUTIES = 20
# The mistakes that the invented paper may have made, as the question numbers them.
MISTAKES = (2, 3, 4, 5)


@dataclass(frozen=True)
class Data:
    """The tables of one variant."""

    scores: pd.DataFrame
    own: np.ndarray
    duties: pd.DataFrame
    nodes: pd.DataFrame
    ties: pd.DataFrame
    ties_before: pd.DataFrame
    paper: np.ndarray
    told: float
    mistake: int


@cache
def _load(name: str) -> pd.DataFrame:
    table = datasets.load(name)
    for column in table.columns[table.dtypes == "category"]:
        table[column] = table[column].astype(str)
    return table


@cache
def _last() -> pd.DataFrame:
    scores = _load("actor_scores")
    last = scores[scores["year"] == scores["year"].max()]
    return last.assign(subdistrict=last["community"].str[:-3])


def _papers(u: np.ndarray) -> dict[int, float]:
    """Return the coupling of three scores: right, and by each mistake."""
    product, total = u.prod(), u.sum()
    pairs = np.prod([a + b for a, b in combinations(u, 2)])
    right = 3 * product ** (1 / 3) / total
    return {
        1: right,
        2: (product / total**3) ** (1 / 3),
        3: (product / pairs) ** (1 / 3),
        4: (27 * product / total**3) ** 2,
        5: (27 * product / total**3) ** 0.5,
    }


def variant(seed: int) -> dict:
    """Return half of the sub-districts, three communities, and a paper, by lot."""
    rng = np.random.default_rng(seed)
    last = _last()
    recorded = set(_load("organisation_nodes")["community"])
    fit = last["joint_office"] & last["community"].isin(recorded)
    fit &= (last[ACTORS] > 0).all(axis=1)
    three = rng.choice(sorted(last.loc[fit, "community"]), 3, replace=False).tolist()
    within = sorted({community[:-3] for community in three})
    others = sorted(set(last["subdistrict"]) - set(within))
    rest = rng.choice(others, 24 - len(within), replace=False).tolist()
    u = rng.choice(np.arange(2, 10), 3, replace=False) / 10
    mistake = int(rng.choice(MISTAKES))
    return {
        "subdistricts": sorted(within + rest),
        "communities": three,
        "paper_scores": [float(x) for x in u],
        "paper_coupling": round(float(_papers(u)[mistake]), 3),
    }


def data(parameters: dict) -> Data:
    """Return the tables of a variant."""
    last = _last()
    scores = last[last["subdistrict"].isin(parameters["subdistricts"])]
    three = parameters["communities"]
    nodes, ties, roles = (
        _load(name)[_load(name)["community"].isin(three)]
        for name in ("organisation_nodes", "organisation_ties", "role_lists")
    )
    paper = np.array(parameters["paper_scores"])
    papers = _papers(paper)
    told = parameters["paper_coupling"]
    return Data(
        scores=scores,
        own=scores.loc[scores["community"] == three[0], ACTORS].to_numpy()[0],
        duties=roles,
        nodes=nodes,
        ties=ties[ties["period"] == "after"],
        ties_before=ties[ties["period"] == "before"],
        paper=paper,
        told=told,
        mistake=min(MISTAKES, key=lambda way: abs(papers[way] - told)),
    )


# --- q1: the degree ------------------------------------------------------------------


def _degree(u: np.ndarray) -> tuple[float, float, float]:
    """Return C, T and D of scores on the last axis of one community."""
    c = float(np.exp(np.log(u).mean()) / u.mean())
    t = float(u.mean())
    return c, t, float(np.sqrt(c * t))


def _three(c: float, t: float, d: float) -> dict[str, float]:
    return {"C": c, "T": t, "D": d}


def _factor_lost(d: Data) -> dict[str, float]:
    c, t, _ = _degree(d.own)
    return _three(c / 4, t, float(np.sqrt(c / 4 * t)))


def _not_rooted(d: Data) -> dict[str, float]:
    c, t, _ = _degree(d.own)
    return _three(c, t, c * t)


def _summed(d: Data) -> dict[str, float]:
    c, t, _ = _degree(d.own)
    return _three(c, 4 * t, float(np.sqrt(c * 4 * t)))


Q1 = Question(
    name="09.q1",
    title="Coupling, level, coordination",
    title_zh="耦合度、发展水平、协调度",
    text_en="""\
For the four scores of your first community, `mine["communities"][0]`, in year 3: the
coupling `C`, the mean `T` (equal weights) and the degree of coordination `D`, in the
standard form.""",
    text_zh="""\
用你的第一个社区 `mine["communities"][0]` 第 3 年的四个评分，
按标准形式计算耦合度 `C`、均值 `T`（等权）和协调度 `D`。""",
    stub='# q1 = {"C": ..., "T": ..., "D": ...}\nq1 = ...',
    solution="""\
own = scores[scores["community"] == mine["communities"][0]]
degree = coordination.coupling_coordination(own, subsystems=actors).iloc[0]
q1 = {
    "C": degree["coupling"],
    "T": degree["development"],
    "D": degree["coordination"],
}""",
    explanation="""\
C is the geometric over the arithmetic mean of the four scores; D is the root of C times
T. C is high although no score need be: it says how equal the scores are.""",
    form=lambda _: numbers(["C", "T", "D"], 0, 4),
    reference=lambda d: _three(*_degree(d.own)),
    tolerance=(0.0015, 0.0015, 0.0015),
    why_tolerance="three decimals, rounded on the way",
    objective=1,
    minutes=7,
    misconceptions=(
        Misconception(
            "factor-lost",
            _factor_lost,
            "What is C of four equal scores by your formula? It should be 1.",
            "按你的公式，四个相等评分的 C 是多少？应当是 1。",
        ),
        Misconception(
            "root-lost",
            _not_rooted,
            "Your D is C times T. A step is missing.",
            "你的 D 是 C 乘以 T，还少一步。",
        ),
        Misconception(
            "summed-not-averaged",
            _summed,
            "Your T is a sum. The weights of the four scores add up to 1.",
            "你的 T 是总和。四个评分的权重之和应为 1。",
        ),
        Misconception(
            "corrected-form",
            lambda d: _corrected(d.own),
            "This is the corrected form; the standard one is asked for.",
            "这是修正形式；题目要的是标准形式。",
        ),
    ),
)


def _corrected(u: np.ndarray) -> dict[str, float]:
    n = len(u)
    apart = np.mean([abs(a - b) for a, b in combinations(u, 2)])
    c = float(np.sqrt((1 - apart) * np.prod(u / u.max()) ** (1 / (n - 1))))
    return _three(c, float(u.mean()), float(np.sqrt(c * u.mean())))


# --- q2: a paper's mistake -----------------------------------------------------------


def _way(coupling: float, way: int) -> dict[str, float]:
    return {"right": coupling, "way": way}


def _right_way(d: Data) -> dict[str, float]:
    return _way(_papers(d.paper)[1], d.mistake)


Q2 = Question(
    name="09.q2",
    title="What did the paper do?",
    title_zh="这篇论文是怎么算的？",
    text_en="""\
A paper reports the coupling `mine["paper_coupling"]` for the three scores
`mine["paper_scores"]`. What is their coupling in the standard form (`right`), and how
did the paper come to its number (`way`, 1 to 5)?

1. rightly
2. without the factor 3: the cube root of the product over the cube of the sum
3. without the factor 2 of each pair: the cube root of the product over the product of
   the three sums of two
4. with the exponent 2: the square of the ratio of the product to the cube of the mean
5. with the square root of that ratio, as for two scores""",
    text_zh="""\
一篇论文对三个评分 `mine["paper_scores"]` 报告耦合度 `mine["paper_coupling"]`。
按标准形式，它们的耦合度是多少（`right`）？论文的数是怎么算出来的（`way`，1 到 5）？

1. 算对了
2. 丢了系数 3：乘积除以总和的立方，再开立方
3. 丢了每对的系数 2：乘积除以三个两两之和的乘积，再开立方
4. 指数取 2：乘积与均值立方之比的平方
5. 取该比值的平方根，那是两个评分时的写法""",
    stub='# q2 = {"right": ..., "way": ...}\nq2 = ...',
    solution="""\
variants = coordination.coupling_variants(mine["paper_scores"]).set_index("form")
ways = {
    "standard": 1,
    "lost coefficient": 2,
    "lost coefficient, pairwise": 3,
    "exponent 2": 4,
    "square root": 5,
}
apart = (variants.loc[list(ways), "coupling"] - mine["paper_coupling"]).abs()
q2 = {"right": variants.loc["standard", "coupling"], "way": ways[apart.idxmin()]}""",
    explanation="""\
Compute each and see which fits: a coupling in print can be checked whenever the scores
are printed too. By the second way it can never exceed 1/3, by the third never 1/2, and
is read by classes that run to 1.""",
    form=lambda _: numbers(["right", "way"], 0, 5),
    reference=_right_way,
    tolerance=(0.0015, 0.1),
    why_tolerance="three decimals, rounded on the way; a number of the list",
    objective=1,
    minutes=6,
    graded=True,
    misconceptions=(
        Misconception(
            "taken-for-right",
            lambda d: _way(d.told, 1),
            "Compute the coupling of these three scores yourself and compare.",
            "请自己计算这三个评分的耦合度并比较。",
        ),
        Misconception(
            "the-mistake-beside-it",
            lambda d: _right_way(d) | {"way": {2: 3, 3: 2, 4: 5, 5: 4}[d.mistake]},
            "That way would give another number; compute it.",
            "那种算法会给出另一个数；请算一算。",
        ),
        Misconception(
            "paper-for-right",
            lambda d: _way(d.told, d.mistake),
            "Your coupling is the paper's, which you say is wrong.",
            "你给的耦合度就是论文的数，而你说它算错了。",
        ),
    ),
)


# --- q3: what D repeats --------------------------------------------------------------


def _all_degrees(scores: pd.DataFrame) -> pd.DataFrame:
    u = scores[ACTORS].to_numpy(dtype=float)
    t = u.mean(axis=1)
    c = u.prod(axis=1) ** 0.25 / t
    return pd.DataFrame({"C": c, "T": t, "D": np.sqrt(c * t), "zero": (u == 0).any(1)})


def _correlations(everybody: float, without: float, high: float) -> dict[str, float]:
    return {"high": high, "all": everybody, "without_zero": without}


def _right_correlations(d: Data, degree: str = "D") -> dict[str, float]:
    found = _all_degrees(d.scores)
    rest = found[~found["zero"]]
    return _correlations(
        float(found[degree].corr(found["T"])),
        float(rest[degree].corr(rest["T"])),
        float((found["C"] >= 0.8).mean()),
    )


def _with_root(d: Data) -> dict[str, float]:
    found = _all_degrees(d.scores)
    root, rest = np.sqrt(found["T"]), ~found["zero"]
    return _right_correlations(d) | {
        "all": float(found["D"].corr(root)),
        "without_zero": float(found["D"][rest].corr(root[rest])),
    }


def _high_degree(d: Data) -> dict[str, float]:
    found = _all_degrees(d.scores)
    return _right_correlations(d) | {"high": float((found["D"] >= 0.8).mean())}


Q3 = Question(
    name="09.q3",
    title="What does D add?",
    title_zh="D 增加了什么信息？",
    text_en="""\
Over the communities of `scores`: the share whose **C** is .8 or more, which the usual
classes call high (`high`); the correlation of **D** with **T** over all communities
(`all`), and over those none of whose four scores is 0 (`without_zero`).""",
    text_zh="""\
在 `scores` 的各社区中：**C** 达到 0.8（通常称“高水平耦合”）的社区比例（`high`）；
**D** 与 **T** 在全部社区中的相关系数（`all`），以及在四个评分都不为 0 的社区中的
相关系数（`without_zero`）。""",
    stub='# q3 = {"high": ..., "all": ..., "without_zero": ...}\nq3 = ...',
    solution="""\
degrees = coordination.coupling_coordination(scores, subsystems=actors)
rest = degrees[~degrees["zero_score"]]
q3 = {
    "high": (degrees["coupling"] >= 0.8).mean(),
    "all": degrees["coordination"].corr(degrees["development"]),
    "without_zero": rest["coordination"].corr(rest["development"]),
}""",
    explanation="""\
Nearly every community is "highly coupled". A single score of 0 makes D 0 however good
the other three are. Without such communities D repeats T: read T.""",
    form=lambda _: numbers(["high", "all", "without_zero"], -1, 1),
    reference=_right_correlations,
    tolerance=(0.002, 0.001, 0.001),
    why_tolerance="three decimals",
    objective=2,
    minutes=7,
    misconceptions=(
        Misconception(
            "coupling-for-degree",
            lambda d: _right_correlations(d, "C"),
            "Your correlations are those of C; D is asked for.",
            "你的相关系数是 C 的；题目问的是 D。",
        ),
        Misconception(
            "degree-for-coupling",
            _high_degree,
            "Your share is that of D; C is asked for there.",
            "你的比例是按 D 算的；那里问的是 C。",
        ),
        Misconception(
            "zeros-kept",
            lambda d: (
                _right_correlations(d) | {"without_zero": _right_correlations(d)["all"]}
            ),
            "Both correlations are over all communities. Which have a score of 0?",
            "两个相关系数都包括全部社区。哪些社区有评分为 0？",
        ),
        Misconception(
            "exchanged",
            lambda d: _correlations(
                _right_correlations(d)["without_zero"],
                _right_correlations(d)["all"],
                _right_correlations(d)["high"],
            ),
            "The two correlations are exchanged.",
            "两个相关系数对调了。",
        ),
        Misconception(
            "root-of-level",
            _with_root,
            "You correlate with the root of T; T itself is asked for.",
            "你用的是 T 的平方根；题目要的是与 T 本身的相关。",
        ),
    ),
)


# --- q4: goalposts -------------------------------------------------------------------


def _by_sample(
    d: Data, *, axis: int | None = 0, scores: pd.DataFrame | None = None
) -> float:
    u = (d.scores if scores is None else scores)[ACTORS].to_numpy(dtype=float)
    low, high = u.min(axis=axis), u.max(axis=axis)
    if axis is None:
        low, high = np.full(4, u.min()), np.full(4, u.max())
    scored = np.clip((d.own - low) / (high - low), 0, 1)
    t = scored.mean()
    return float(np.sqrt(scored.prod() ** 0.25 / t * t))


def _posts(fixed: float, sample: float) -> dict[str, float]:
    return {"fixed": fixed, "sample": sample}


def _right_posts(d: Data) -> dict[str, float]:
    return _posts(_degree(d.own)[2], _by_sample(d))


Q4 = Question(
    name="09.q4",
    title="Goalposts that move",
    title_zh="会移动的标杆",
    text_en="""\
The degree of coordination D of your first community twice: with the scores as they are,
whose goalposts are 0 and 1 for everybody (`fixed`); and with each of the four scores
first put on a scale from its smallest to its largest value in `scores` (min-max,
`sample`).""",
    text_zh="""\
计算你的第一个社区的协调度 D 两次：直接用评分，其标杆对所有社区都是 0 和 1（`fixed`）；
以及先把四个评分各自按 `scores` 中的最小值和最大值标准化之后（min-max，`sample`）。""",
    stub='# q4 = {"fixed": ..., "sample": ...}\nq4 = ...',
    solution="""\
posts = coordination.sample_goalposts(scores, higher_is_better=actors)
moved = coordination.normalise(scores, goalposts=posts)
q4 = {
    name: coordination.coupling_coordination(table, subsystems=actors)
    .loc[scores["community"] == mine["communities"][0], "coordination"]
    .iloc[0]
    for name, table in {"fixed": scores, "sample": moved}.items()
}""",
    explanation="""\
The community is the same; the sample decides its D. With other sub-districts in it, or
one outlier more, `sample` would be another number, and the classes of D would have
moved with it. Results on min-max scores cannot be compared between studies.""",
    form=lambda _: numbers(["fixed", "sample"], 0, 1),
    reference=_right_posts,
    # Goalposts of the city and of half of it are often near one another.
    tolerance=(0.0003, 0.0003),
    why_tolerance="four decimals, rounded on the way",
    objective=2,
    minutes=8,
    misconceptions=(
        Misconception(
            "goalposts-of-the-city",
            lambda d: _posts(_degree(d.own)[2], _by_sample(d, scores=_last())),
            "Your goalposts come from all communities; take those of `scores`.",
            "你的标杆取自全市所有社区；请取自 `scores`。",
        ),
        Misconception(
            "one-scale-for-all",
            lambda d: _posts(_degree(d.own)[2], _by_sample(d, axis=None)),
            "You used the smallest and largest of all four scores together.",
            "你用的是四个评分合在一起的最小值和最大值。",
        ),
        Misconception(
            "not-moved",
            lambda d: _posts(*[_degree(d.own)[2]] * 2),
            "Both numbers are on the fixed scale.",
            "两个数都是固定标杆下的。",
        ),
        Misconception(
            "exchanged",
            lambda d: _posts(_by_sample(d), _degree(d.own)[2]),
            "The two numbers are exchanged.",
            "两个数对调了。",
        ),
    ),
)


# --- q5: the list --------------------------------------------------------------------

LIST = ["shared_before", "open_before", "shared_after", "open_after"]


def _held(d: Data, year: int) -> pd.Series:
    """Return the number of holders of each duty that has any, by community."""
    own = d.duties[d.duties["year"] == year]
    return own.groupby(["community", "duty"]).size()


def _counts(d: Data, year: int) -> tuple[int, int]:
    held = _held(d, year)
    return int((held > 1).sum()), 3 * N_DUTIES - len(held)


def _listed(*values: float) -> dict[str, float]:
    return dict(zip(LIST, values, strict=True))


def _right_list(d: Data) -> dict[str, float]:
    return _listed(*_counts(d, 1), *_counts(d, 3))


def _rows_counted(d: Data) -> dict[str, float]:
    out = []
    for year in (1, 3):
        out += [int((_held(d, year) - 1).sum()), _counts(d, year)[1]]
    return _listed(*out)


Q5 = Question(
    name="09.q5",
    title="Who holds what?",
    title_zh="谁承担什么？",
    text_en="""\
Of the 60 duties in your three communities together (20 in each), how many have several
holders, and how many have none: in year 1 (`shared_before`, `open_before`) and in
year 3 (`shared_after`, `open_after`)?""",
    text_zh="""\
你的三个社区合计 60 项职责（各 20 项）中，由多个主体承担的和无人承担的各有多少：
第 1 年（`shared_before`、`open_before`）和第 3 年（`shared_after`、`open_after`）？""",
    stub=f"# names: {LIST}\nq5 = ...",
    solution="""\
status = coordination.responsibilities(
    duties,
    unit="actor",
    value="duty",
    group="community",
    time="year",
    duties=list(datasets.load("role_lists")["duty"].cat.categories),
)
counts = status.groupby("year")["status"].value_counts()
q5 = {
    "shared_before": counts.get((1, "overlap"), 0),
    "open_before": counts.get((1, "gap"), 0),
    "shared_after": counts.get((3, "overlap"), 0),
    "open_after": counts.get((3, "gap"), 0),
}""",
    explanation="""\
A duty that nobody holds has no row, so a count of rows misses it: the list of all
duties must come from elsewhere. Whether overlap is a fault the list cannot say; it does
not name who leads.""",
    form=lambda _: numbers(LIST, 0, 300, whole=True),
    reference=_right_list,
    tolerance=(0.1, 0.1, 0.1, 0.1),
    why_tolerance="whole numbers",
    objective=3,
    minutes=8,
    graded=True,
    points=2,
    misconceptions=(
        Misconception(
            "gaps-not-seen",
            lambda d: _listed(_counts(d, 1)[0], 0, _counts(d, 3)[0], 0),
            "You found no duty without a holder. Such a duty has no row; how many "
            "duties are there in all?",
            "你没有找到无人承担的职责。这样的职责没有行；职责一共有多少项？",
        ),
        Misconception(
            "years-exchanged",
            lambda d: _listed(*_counts(d, 3), *_counts(d, 1)),
            "Before is year 1, after is year 3.",
            "之前是第 1 年，之后是第 3 年。",
        ),
        Misconception(
            "holders-counted",
            _rows_counted,
            "You counted holders beyond the first. A duty with three is one duty.",
            "你数的是多出来的承担者。有三个承担者的职责也只是一项职责。",
        ),
    ),
)


# --- q6: the broker ------------------------------------------------------------------


def _paths(ties: pd.DataFrame, nodes: list[str], hub: str) -> tuple[float, int]:
    """Return the pairs of others that depend on an organisation, and its degree."""
    near: dict[str, set[str]] = {node: set() for node in nodes}
    for a, b in zip(ties["source"], ties["target"], strict=True):
        if a in near:
            near[a].add(b)
            near[b].add(a)
    far, ways = {}, {}
    for start in nodes:
        length, count, queue = {start: 0}, {start: 1}, deque([start])
        while queue:
            here = queue.popleft()
            for other in sorted(near[here]):
                if other not in length:
                    length[other], count[other] = length[here] + 1, 0
                    queue.append(other)
                if length[other] == length[here] + 1:
                    count[other] += count[here]
        far[start], ways[start] = length, count
    total = 0.0
    for a, b in combinations([n for n in nodes if n != hub], 2):
        if b in far[a] and hub in far[a]:
            through = far[a][hub] + far[hub][b] == far[a][b]
            total += through * ways[a][hub] * ways[hub][b] / ways[a][b]
    return total, len(near[hub])


def _broker(betweenness: float, degree: float) -> dict[str, float]:
    return {"betweenness": betweenness, "degree": degree}


def _brokers(
    d: Data, *, tied: bool = False, share: str = "pairs", before: bool = False
) -> dict[str, float]:
    """Return means over the three networks, in which only tied nodes may count."""
    ties = d.ties_before if before else d.ties
    ends = {*ties["source"], *ties["target"]}
    between, degrees = [], []
    for _, own in d.nodes.groupby("community"):
        hub = own.loc[own["node_kind"] == "party", "node"].iloc[0]
        nodes = [node for node in own["node"] if not tied or node in ends]
        n = len(nodes)
        total, degree = _paths(ties, nodes, hub)
        # As one network, all three have the pairs of others in all of them.
        together = len(d.nodes)
        whole = {
            "pairs": (n - 1) * (n - 2) / 2,
            "together": (together - 1) * (together - 2) / 2,
            "none": 1.0,
        }
        if share == "degree":
            between.append(degree / (n - 1))
        else:
            between.append(total / whole[share])
        degrees.append(degree)
    return _broker(float(np.mean(between)), float(np.mean(degrees)))


Q6 = Question(
    name="09.q6",
    title="Who stands between?",
    title_zh="谁居于其间？",
    text_en="""\
In the networks of your three communities **after** (`period`): the mean betweenness of
the Party organisations, each as a share of all pairs of *other* organisations of its
community, from 0 to 1 (`betweenness`), and their mean number of ties (`degree`).
Organisations without ties count.""",
    text_zh="""\
在你的三个社区**之后**（`period`）的网络中：党组织中介中心性的均值，
每个以本社区其他组织两两之间的比例表示，从 0 到 1（`betweenness`），
以及党组织联系数的均值（`degree`）。没有联系的组织也计算在内。""",
    stub='# q6 = {"betweenness": ..., "degree": ...}\nq6 = ...',
    solution="""\
found = coordination.betweenness(
    ties[ties["period"] == "after"],
    source="source",
    target="target",
    nodes=nodes,
    unit="node",
    network="community",
).merge(nodes)
party = found[found["node_kind"] == "party"]
q6 = {
    "betweenness": party["betweenness"].mean(),
    "degree": party["degree"].mean(),
}""",
    explanation="""\
Betweenness counts shortest paths between others, shared among several where there are
several. A degree counts ties, and ties to those who know each other anyway bring no
brokerage.""",
    form=lambda _: numbers(["betweenness", "degree"], 0, 200),
    reference=_brokers,
    tolerance=(0.0015, 0.02),
    why_tolerance="three decimals of a share, two of a mean",
    objective=3,
    minutes=8,
    misconceptions=(
        Misconception(
            "pairs-not-shares",
            lambda d: _brokers(d, share="none"),
            "Your betweenness counts pairs; divide by the pairs of others.",
            "你的中介中心性是对数；请除以其他组织两两组合的总数。",
        ),
        Misconception(
            "isolates-lost",
            lambda d: _brokers(d, tied=True),
            "Organisations without ties are missing from your network.",
            "你的网络漏掉了没有联系的组织。",
        ),
        Misconception(
            "degree-as-share",
            lambda d: _brokers(d, share="degree"),
            "Your betweenness is the degree as a share. Who has many ties need not "
            "stand between others.",
            "你的中介中心性其实是联系数的比例。联系多不等于居于他人之间。",
        ),
        Misconception(
            "one-network",
            lambda d: _brokers(d, share="together"),
            "You took three communities as one network.",
            "你把三个社区当作一个网络。",
        ),
        Misconception(
            "networks-before",
            lambda d: _brokers(d, before=True),
            "These are the networks before.",
            "这是之前的网络。",
        ),
    ),
)


# --- q7: a path ----------------------------------------------------------------------


def _member(x: np.ndarray, out: float, half: float, full: float) -> np.ndarray:
    side = np.where(x >= half, full - half, half - out)
    return 1 / (1 + np.exp(-np.log(19) * (x - half) / side))


def _sets(d: Data) -> tuple[np.ndarray, np.ndarray]:
    """Return membership in the path (all four strong) and in the outcome."""
    strong = _member(d.scores[ACTORS].to_numpy(dtype=float), 0.3, 0.5, 0.7)
    share = d.scores["matters_resolved"] / d.scores["matters_raised"]
    return strong.min(axis=1), _member(share.to_numpy(dtype=float), 0.45, 0.6, 0.8)


def _fit(consistency: float, pri: float, coverage: float) -> dict[str, float]:
    return {"consistency": consistency, "pri": pri, "coverage": coverage}


def _fits(x: np.ndarray, y: np.ndarray) -> dict[str, float]:
    both = np.minimum(x, y)
    torn = np.minimum(both, 1 - y).sum()
    part, size = both.sum(), x.sum()
    return _fit(
        float(part / size),
        float((part - torn) / (size - torn)),
        float(part / y.sum()),
    )


def _crisp(d: Data) -> dict[str, float]:
    x, y = _sets(d)
    return _fits((x > 0.5).astype(float), (y > 0.5).astype(float))


def _exchanged(d: Data) -> dict[str, float]:
    right = _fits(*_sets(d))
    return right | {
        "consistency": right["coverage"],
        "coverage": right["consistency"],
    }


def _product(d: Data) -> dict[str, float]:
    strong = _member(d.scores[ACTORS].to_numpy(dtype=float), 0.3, 0.5, 0.7)
    return _fits(strong.prod(axis=1), _sets(d)[1])


Q7 = Question(
    name="09.q7",
    title="Are four strong actors sufficient?",
    title_zh="四类主体都强就充分吗？",
    text_en="""\
Over the communities of `scores`. Calibrate each of the four scores with full out .3,
crossover .5 and full in .7 (membership .95 at full in), and the share of matters
resolved (`matters_resolved` over `matters_raised`) with .45, .6 and .8. For the path
"all four actors are strong", give `consistency`, `pri` and `coverage` for the
outcome.""",
    text_zh="""\
在 `scores` 的各社区中：四个评分都按完全不隶属 0.3、交叉点 0.5、完全隶属 0.7 校准
（完全隶属处的隶属度为 0.95），事项解决率（`matters_resolved` 除以 `matters_raised`）
按 0.45、0.6、0.8 校准。对路径“四类主体都强”，给出它对结果的一致性（`consistency`）、
PRI（`pri`）和覆盖度（`coverage`）。""",
    stub='# q7 = {"consistency": ..., "pri": ..., "coverage": ...}\nq7 = ...',
    solution="""\
strong = scores.copy()
for actor in actors:
    strong[actor] = coordination.calibrate(
        scores[actor], full_out=0.3, crossover=0.5, full_in=0.7
    )
strong["outcome"] = coordination.calibrate(
    scores["matters_resolved"] / scores["matters_raised"],
    full_out=0.45,
    crossover=0.6,
    full_in=0.8,
)
path = coordination.sufficiency(strong, paths=["*".join(actors)], outcome="outcome")
q7 = path.loc[0, ["consistency", "pri", "coverage"]].to_dict()""",
    explanation="""\
The path passes the customary cuts, and it should: in S city the weakest actor decides.
But it covers a part of the outcome only. The *cuts* alone prove little: with the
outcome dealt out by lot the same path still passes .8 and .7 in about one deal in five.
The value itself is another matter: in noise it is about .78, and in 10,000 deals we saw
none above .88.""",
    form=lambda _: numbers(["consistency", "pri", "coverage"], 0, 1),
    reference=lambda d: _fits(*_sets(d)),
    tolerance=(0.003, 0.003, 0.003),
    why_tolerance="three decimals",
    objective=4,
    minutes=8,
    graded=True,
    points=2,
    misconceptions=(
        Misconception(
            "consistency-for-coverage",
            _exchanged,
            "Consistency divides by the size of the path, coverage by that of the "
            "outcome.",
            "一致性除以路径的大小，覆盖度除以结果的大小。",
        ),
        Misconception(
            "crisp",
            _crisp,
            "You rounded memberships to 0 and 1 first.",
            "你先把隶属度取整成了 0 和 1。",
        ),
        Misconception(
            "multiplied",
            _product,
            '"And" of fuzzy sets is their minimum, not their product.',
            "模糊集的“且”取最小值，而不是乘积。",
        ),
    ),
)


# --- q8: judgement -------------------------------------------------------------------

Q8 = Question(
    name="09.q8",
    title="What would you tell the sub-district office?",
    title_zh="你会怎样告诉街道办？",
    text_en="""\
A draft report says: "Our communities reach a coupling of .96: the actors are highly
integrated. QCA finds three sufficient paths. The list of responsibilities made no
difference: with it 67 % of matters are resolved, without it 66 %." Answer in four to
six sentences, in English or Chinese. What does .96 say, and what not? What would you
ask before you believe the paths? Name a reason why the last comparison may mislead, and
how you would check it. Which one figure of this exercise would you put in the report
instead?""",
    text_zh="""\
一份报告草稿写道：“我们各社区的耦合度达到 0.96，各主体高度融合。
QCA 发现三条充分路径。责任清单没有作用：有清单的社区解决率为 67%，没有的为 66%。”
请用四到六句话回答，中英文均可。0.96 说明什么，不说明什么？
相信这些路径之前你会问什么？举出最后一项比较可能误导的一个原因，以及你会如何检验。
你会把本练习中的哪一个数放进报告？""",
    stub="q8 = ...",
    solution='''\
q8 = """
A coupling of .96 says that the four scores of a community are nearly equal, which they
also are where all four are bad; no link between actors was measured. I would report the
mean and the weakest score instead. Before I believe the paths I would ask how many
communities stand in each row, and how often the same cuts give a path when the outcome
is dealt out at random. The comparison with and without the list may mislead because
sub-districts under pressure adopt it first and pressure hinders resolution; I would
compare at equal load, or before and after in both groups. In the report I would put the
number of duties with several holders before and after.
"""''',
    explanation="""\
A good answer keeps equality of levels and interaction apart, asks what noise would
give, names load (or need) as a confounder with a check, and prefers a number that
measures links or duties.""",
    form=lambda _: text(40),
    objective=2,
    minutes=8,
    graded=True,
    points=4,
    rubric="""\
1 point: says that coupling measures equality of scores, not links, and can be near 1
for bad scores. 1 point: asks for cases per row, a permutation or noise check, or
sensitivity of the calibration. 1 point: names selection by pressure, load or need, and
a check (equal load, before and after, random roll-out). 1 point: chooses a figure with
a reason (duties shared or open, weakest actor, mean with interval, betweenness).""",
)

QUESTIONS = [Q1, Q2, Q3, Q4, Q5, Q6, Q7, Q8]
