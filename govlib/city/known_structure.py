"""What is true of role lists, actors' strength, agreements and the Party's place."""

from dataclasses import replace
from itertools import combinations

import networkx as nx
import numpy as np
import pandas as pd

from govlib.city import partners, structure
from govlib.city.base import Base, base
from govlib.city.hasty import jackknife, slope
from govlib.city.institutions import QUARTERS
from govlib.city.model import simulate
from govlib.city.parameters import resolve
from govlib.city.people import Floats
from govlib.city.remedies import Remedy
from govlib.city.row import NONE, Row

CHAPTERS = ("09",)
CITIES = 80
# Role overlap and Party coverage that effects compare.
OVERLAP = (0.35, 0.10)
COVERAGE = (0.3, 0.8)
# What the naive answers are read off.
SHOWN = ("communities", "actor_scores", "party_units", "agreements")
_MANY = "population of cities"
_SCORES = [f"{name}_score" for name in structure.ACTORS]

ROWS = (
    Row(
        "office_resolution",
        "09",
        'Effect of "1+3+X" on the share of matters resolved',
        "“1+3+X”对事项解决率的效应",
        "Community, 1+3+X with its responsibility list from the first quarter against "
        "never: chance that a matter is resolved within the third year, averaged over "
        "communities. Through role overlap alone",
        "以社区为单位，自第1季度起实行“1+3+X”及责任清单与从不实行相比：第三年事项当年"
        "解决的概率，对社区取平均。仅通过职责交叉起作用",
        "total effect",
        _MANY,
        NONE,
        "Share resolved in the third year where 1+3+X is in force minus where it is "
        "not: sub-districts under pressure adopt it, and pressure hinders resolution",
        "第三年实行与未实行“1+3+X”社区的解决率之差：压力大的街镇先实行，而压力妨碍解决",
    ),
    Row(
        "overlap_resolution",
        "09",
        "Effect of role overlap .10 instead of .35 on the share of matters resolved",
        "职责交叉由0.35降至0.10对事项解决率的效应",
        "All communities, role overlap .10 against .35 in all quarters: chance that a "
        "matter is resolved within the third year, averaged over communities",
        "全部社区，各季度职责交叉0.10与0.35相比：第三年事项当年解决的概率，对社区取平均",
        "total effect",
        _MANY,
        NONE,
        "Slope of the share resolved in the third year on the share of duties with "
        "several holders, times -.25: twenty duties measure overlap with error, and "
        "overlap was cut where load is high",
        "第三年解决率对多头承担职责比例的斜率乘以−0.25：20项职责对交叉程度的度量有误差，"
        "且交叉程度在高负荷处被压低",
    ),
    Row(
        "overlap_direct",
        "09",
        "Effect of role overlap on a matter being resolved, log odds per unit",
        "职责交叉对事项解决的效应（每单位的对数优势）",
        "With load, hall and the weakest actor's strength given",
        "给定负荷、议事厅和最弱主体的能力",
        "parameter",
        "model",
        NONE,
    ),
    Row(
        "weakest_resolution",
        "09",
        "Effect of a weakest actor stronger by .1 on the share of matters resolved",
        "最弱主体能力提高0.1对事项解决率的效应",
        "Strength of the weakest of the four actors plus .1, load, hall and overlap as "
        "they are: chance that a matter is resolved within the third year, averaged "
        "over communities",
        "四类主体中最弱者的能力加0.1，负荷、议事厅和职责交叉不变：第三年事项当年解决的"
        "概率，对社区取平均",
        "total effect",
        _MANY,
        NONE,
    ),
    Row(
        "coupling_down",
        "09",
        "Effect of full coupling on the share resolved, all actors as weak as the "
        "weakest",
        "完全耦合对事项解决率的效应：各主体都降到最弱者的水平",
        "All four actors of a community set to the strength of its weakest, so that "
        "the coupling is 1, against as they are: third year, averaged over communities",
        "社区四类主体的能力都设为最弱者的水平，使耦合度为1，与原状相比：第三年，对社区取平均",
        "total effect",
        _MANY,
        NONE,
        "Slope of the share resolved on the coupling of the scores, times what the "
        "coupling lacks of 1 on average: coupled communities have a stronger weakest "
        "actor",
        "解决率对评分耦合度的斜率乘以平均耦合度与1的差距：耦合度高的社区最弱者较强",
    ),
    Row(
        "coupling_up",
        "09",
        "Effect of full coupling on the share resolved, all actors at their mean",
        "完全耦合对事项解决率的效应：各主体都调到平均水平",
        "All four actors of a community set to their mean strength, so that the "
        "coupling is 1, against as they are: third year, averaged over communities",
        "社区四类主体的能力都设为其均值，使耦合度为1，与原状相比：第三年，对社区取平均",
        "total effect",
        _MANY,
        NONE,
    ),
    Row(
        "coverage_matched",
        "09",
        "Effect of Party coverage .8 instead of .3 on needs matched per community",
        "党支部覆盖率由0.3升至0.8对每社区对接需求数的效应",
        "All communities, coverage of buildings by Party branches .8 against .3: "
        "expected number of agreements with resident units that meet a need, up to "
        "quarter 12, mean over communities",
        "全部社区，楼栋党支部覆盖率0.8与0.3相比：截至第12季度，与驻区单位的协议中对接需求的"
        "期望数，对社区取平均",
        "total effect",
        _MANY,
        NONE,
        "Slope of agreements per community on coverage, times .5: an agreement is "
        "counted as a need met, and rich communities have both more branches and more "
        "firms",
        "每社区协议数对覆盖率的斜率乘以0.5：把协议当作需求已对接，且富裕社区党支部和企业都更多",
    ),
    Row(
        "office_matched",
        "09",
        'Effect of "1+3+X" on the share of agreements that meet a need',
        "“1+3+X”对协议对接需求比例的效应",
        "Chance that an agreement meets a need, with a joint office against without",
        "有联合办公与没有联合办公相比，一份协议对接需求的概率",
        "total effect",
        "model",
        NONE,
    ),
    Row(
        "office_betweenness",
        "09",
        'Effect of "1+3+X" on the betweenness of the Party organisation',
        "“1+3+X”对党组织中介中心性的效应",
        "Communities whose network is recorded, 1+3+X from the first quarter against "
        "never: share of shortest paths between others in the network of quarter 12 "
        "that run through the Party organisation, mean over communities",
        "有组织网络记录的社区，自第1季度起实行“1+3+X”与从不实行相比：第12季度网络中，"
        "其他组织间最短路径经过党组织的比例，对社区取平均",
        "total effect",
        _MANY,
        NONE,
        "After minus before where 1+3+X is in force: agreements grew everywhere in "
        "these two years, and each is a tie of the Party organisation",
        "实行“1+3+X”的社区前后之差：这两年各处协议都在增加，而每份协议都是党组织的一条联系",
    ),
    Row(
        "meetings_agreement",
        "09",
        "Effect of the number of meetings on an agreement about a lift",
        "会议次数对加装电梯达成一致的效应",
        "More than ten meetings against few, as in sub-district H: no equation has it, "
        "the model is silent on how often people must meet",
        "如H街道召开十多次会议与很少开会相比：模型方程中没有这一项，不涉及会议次数",
        "parameter",
        "model",
        NONE,
    ),
)


def betweenness(bare: Base, office: Floats, quarter: int = QUARTERS) -> Floats:
    """
    Measure the Party organisation's place in each recorded network of a quarter.

    Parameters
    ----------
    bare : Base
        The city without residents.
    office : numpy.ndarray of float, shape (n, 12)
        1 in quarters in which "1+3+X" is in force.
    quarter : int, default 12
        The quarter to look at.

    Returns
    -------
    numpy.ndarray of float, shape (number of recorded networks,)
        Share of shortest paths between others, in [0, 1].
    """
    when, counts = partners.signed(bare), partners.units(bare)
    found = []
    for place in np.flatnonzero(partners.in_network(bare)):
        seats = partners.seats_of(int(counts[place]))
        there = partners.joined(bare, int(place), seats, office, when, quarter)
        pairs = combinations(range(len(seats)), 2)
        graph = nx.Graph([p for p, tied in zip(pairs, there, strict=True) if tied])
        graph.add_nodes_from(range(len(seats)))
        found.append(nx.betweenness_centrality(graph)[0])
    return np.array(found)


def matched(bare: Base, covered: Floats) -> Floats:
    """
    Expect the number of needs that agreements meet in each community.

    Parameters
    ----------
    bare : Base
        The city without residents.
    covered : numpy.ndarray of float, shape (n,)
        Chance that a building has a Party branch.

    Returns
    -------
    numpy.ndarray of float, shape (n,)
        Units times the chances that one signs and that its offer meets a need.
    """
    signs = partners.signing_chance(
        covered, bare.of_place("wealth"), partners.in_town(bare), bare.parameters
    )
    office = structure.structure(bare).office[:, -1]
    return (
        partners.units(bare) * signs * partners.matching_chance(office, bare.parameters)
    )


def figures(seed: int) -> dict[str, float]:
    """
    Work out every effect in one city, and what a hasty reader would say there.

    Parameters
    ----------
    seed : int
        Seed of the city.

    Returns
    -------
    dict of str to float
        One number per symbol, and ``naive_`` before the naive ones.
    """
    bare = base(seed, "course")

    def chance(variable: str, value: float) -> float:
        changed = replace(bare, remedies=(Remedy(variable, value),))
        return float(structure.structure(changed).chance[:, -1].mean())

    has = structure.structure(bare)
    strength = has.strength[:, -1]

    def with_weakest(weakest: Floats) -> float:
        given = has.load[:, -1], has.hall[:, -1], has.overlap[:, -1]
        return float(structure.resolved_chance(*given, weakest, bare.parameters).mean())

    usual = with_weakest(strength.min(axis=1))
    level = np.repeat(strength.min(axis=1, keepdims=True), len(_SCORES), axis=1)
    more, fewer = (np.full(len(bare.codes), c) for c in COVERAGE[::-1])
    ever, never = (np.full_like(has.office, value) for value in (1, 0))
    tables = structure.tables(bare)
    places = pd.DataFrame(
        {"community": bare.codes, "subdistrict": bare.of_place("subdistrict")}
    )
    naive = naive_answers(
        places, *(tables[name] for name in SHOWN if name != "communities")
    )
    return {
        "office_resolution": chance("joint_office", 1) - chance("joint_office", 0),
        "overlap_resolution": chance("role_overlap", OVERLAP[1])
        - chance("role_overlap", OVERLAP[0]),
        "weakest_resolution": with_weakest(strength.min(axis=1) + 0.1) - usual,
        "coupling_down": with_weakest(level.min(axis=1)) - usual,
        "coupling_up": with_weakest(strength.mean(axis=1)) - usual,
        "coverage_matched": float((matched(bare, more) - matched(bare, fewer)).mean()),
        "office_betweenness": float(
            (betweenness(bare, ever) - betweenness(bare, never)).mean()
        ),
        **{f"naive_{name}": value for name, value in naive.items()},
        "naive_office_betweenness": float(_growth(bare, has.office).mean()),
    }


def naive_answers(
    communities: pd.DataFrame,
    scores: pd.DataFrame,
    party: pd.DataFrame,
    agreements: pd.DataFrame,
) -> dict[str, float]:
    """
    Answer as a hasty reader does.

    Parameters
    ----------
    communities, scores, party, agreements : pandas.DataFrame
        Tables of a city; the first says which communities there are.

    Returns
    -------
    dict of str to float
        By symbol.
    """
    here = communities["community"]
    last = scores[(scores["year"] == structure.YEARS) & scores["community"].isin(here)]
    share = last["matters_resolved"] / last["matters_raised"]
    office = last["joint_office"].astype(bool)
    sums = last.groupby(office)[["matters_resolved", "matters_raised"]].sum()
    by_office = sums["matters_resolved"] / sums["matters_raised"]
    shared = last["duties_shared"] / len(structure.DUTIES)
    u = last[_SCORES].to_numpy(dtype=float)
    coupling = u.prod(axis=1) ** (1 / u.shape[1]) / u.mean(axis=1)
    own = party[party["community"].isin(here)]
    many = own["community"].map(agreements.groupby("community").size()).fillna(0)
    return {
        "office_resolution": float(by_office[True] - by_office[False]),
        "overlap_resolution": slope(shared, share) * (OVERLAP[1] - OVERLAP[0]),
        "coupling_down": slope(coupling, share) * float(1 - coupling.mean()),
        "coverage_matched": slope(own["party_coverage"], many)
        * (COVERAGE[1] - COVERAGE[0]),
    }


def exact() -> dict[str, float]:
    """
    Read off the equations what needs no simulated city.

    Returns
    -------
    dict of str to float
        By symbol.
    """
    values = resolve()
    without, with_office = partners.matching_chance(np.array([0.0, 1.0]), values)
    return {
        "overlap_direct": values["resolved_overlap"],
        "office_matched": float(with_office - without),
        "meetings_agreement": 0.0,
    }


def shown(seed: int) -> dict[str, tuple[float, float]]:
    """
    Give the naive answers in the shipped city.

    Parameters
    ----------
    seed : int
        Its seed.

    Returns
    -------
    dict of str to tuple of float
        By symbol: the answer, and its standard error by a jackknife that leaves out
        one sub-district at a time, since its communities decide together.
    """
    bare = base(seed, "course")
    city = simulate("course", seed=seed, only=[t for t in SHOWN if t != "communities"])
    places = pd.DataFrame(
        {"community": bare.codes, "subdistrict": bare.of_place("subdistrict")}
    )
    tables = [city.tables[name] for name in SHOWN if name != "communities"]
    answer = naive_answers(places, *tables)
    left = pd.DataFrame(
        [
            naive_answers(places[places["subdistrict"] != out], *tables)
            for out in places["subdistrict"].unique()
        ]
    )
    error = jackknife(left)
    # Networks are recorded in too few sub-districts to leave one out.
    growth = _growth(bare, structure.structure(bare).office)
    spread = float(growth.std(ddof=1) / growth.size**0.5)
    return {
        **{name: (value, float(error[name])) for name, value in answer.items()},
        "office_betweenness": (float(growth.mean()), spread),
    }


def _growth(bare: Base, office: Floats) -> Floats:
    """Return what the Party organisation's betweenness gained where 1+3+X came."""
    working = office[partners.in_network(bare), -1] > 0
    early, late = (
        betweenness(bare, office, quarter)[working]
        for quarter in partners.RECORDED.values()
    )
    return late - early
