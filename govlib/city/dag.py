"""What causes what in S city: the model's equations as a graph."""

from collections.abc import Collection
from dataclasses import dataclass

import networkx as nx
import pandas as pd

from govlib import _validate


@dataclass(frozen=True, slots=True)
class Node:
    """
    One variable and its equation.

    Attributes
    ----------
    variable : str
        Short name.
    level : str
        ``"community"``, ``"resident"``, ``"table"`` (who gets into one) and so on.
    title_en, title_zh : str
        What it is.
    causes : str
        Its direct causes with their signs, such as ``"+need -wealth"``; ``~`` where
        the effect has no single sign.
    equation : str
        How they act; draws of its own are left out.
    observed : bool
        Whether a shipped table has it.
    """

    variable: str
    level: str
    title_en: str
    title_zh: str
    causes: str
    equation: str
    observed: bool = True


@dataclass(frozen=True, slots=True)
class CausalGraph:
    """
    The directed graph of S city, as returned by :func:`dag`.

    Attributes
    ----------
    nodes : pandas.DataFrame
        One row per variable: ``variable``, ``level``, ``title_en``, ``title_zh``,
        ``equation`` and ``observed``.
    edges : pandas.DataFrame
        One row per direct effect: ``source``, ``target``, ``sign`` (``"+"``, ``"-"``
        or ``"~"``, where it has no single sign).
    graph : networkx.DiGraph
        The same as a graph, with the columns as attributes.
    """

    nodes: pd.DataFrame
    edges: pd.DataFrame
    graph: nx.DiGraph

    def __str__(self) -> str:
        return (
            f"Causal graph of S city: {len(self.nodes)} variables, "
            f"{len(self.edges)} direct effects"
        )


NODES = (
    Node("ring", "community", "Ring of the city", "圈层", "", "given"),
    Node(
        "subdistrict_effect",
        "sub-district",
        "Sub-district's own effect",
        "街镇自身效应",
        "",
        "standard normal",
        observed=False,
    ),
    Node(
        "community_effect",
        "community",
        "Community's own effect on ties and belonging",
        "社区自身效应",
        "",
        "standard normal",
        observed=False,
    ),
    Node(
        "housing", "community", "Housing type", "住房类型", "~ring", "chances by ring"
    ),
    Node(
        "wealth",
        "community",
        "Wealth",
        "财富水平",
        "~housing ~ring",
        "mean by housing + 0.3 in the core",
    ),
    Node(
        "non_local_share",
        "community",
        "Non-local share",
        "外来人口比例",
        "~housing",
        "beta by housing",
    ),
    Node(
        "heterogeneity",
        "community",
        "Heterogeneity of origin",
        "户籍异质性",
        "~non_local_share",
        "2 M (1 - M) for a non-local share of M",
    ),
    Node(
        "older_share",
        "community",
        "Share aged 60 and over",
        "60岁及以上比例",
        "~housing -non_local_share",
        "from ages of heads of households and their sizes",
    ),
    Node(
        "households", "community", "Households", "户数", "~housing", "range by housing"
    ),
    Node(
        "need",
        "community",
        "Need",
        "需求",
        "+older_share -wealth",
        "z(0.9 (older - 0.25) / 0.08 - 0.6 wealth + e(t))",
    ),
    Node(
        "staff",
        "community",
        "Staff of the residents' committee",
        "居委会工作人员数",
        "+households",
        "10 (households / 1,600)^0.5, 5 to 20",
    ),
    Node(
        "mandates",
        "community",
        "Mandates passed to the committee",
        "下派事项数",
        "+need +subdistrict_effect",
        "115 + 18 need + 20 u",
    ),
    Node(
        "load",
        "community",
        "Load of the committee",
        "居委会负荷",
        "+mandates -staff",
        "mandates / (11 staff)",
    ),
    Node(
        "self_governance_time",
        "community",
        "Time for self-governance",
        "自治时间占比",
        "-load",
        "0.55 sigma(3 (1 - load))",
    ),
    Node(
        "hall",
        "community",
        "Deliberation hall",
        "议事厅",
        "+need",
        "sigma(-0.2 + 1.3 need in quarter 4)",
    ),
    Node(
        "halls_near",
        "community",
        "Halls nearby",
        "邻近社区的议事厅",
        "~ring",
        "share of the other communities of the sub-district with one, by their need",
    ),
    Node(
        "activity",
        "community",
        "Shared activities",
        "共同活动",
        "+wealth +subdistrict_effect ~housing",
        "sigma(-0.5 + 2.5 wealth + rooms by housing + 0.8 u)",
    ),
    Node(
        "functions",
        "community",
        "Functions within 15 minutes, of 12",
        "15分钟内服务功能数",
        "~housing ~ring +wealth",
        "level by housing and ring + 0.5 (wealth - its mean)",
    ),
    Node(
        "origin",
        "resident",
        "Non-local origin",
        "外来户籍",
        "+non_local_share",
        "sorted by building and estate",
    ),
    Node(
        "owner",
        "resident",
        "Owned home",
        "自有住房",
        "-origin ~housing",
        "0.86 of local, 0.28 of non-local households",
    ),
    Node(
        "age",
        "resident",
        "Age",
        "年龄",
        "-origin ~housing",
        "heads: normal by origin and housing",
    ),
    Node(
        "tenure",
        "resident",
        "Years lived here",
        "居住年限",
        "+owner +age ~housing",
        "gamma, mean 14 years for owners, 3.5 for tenants; at most age and building",
    ),
    Node(
        "party",
        "resident",
        "Party member",
        "党员",
        "-origin +age",
        "0.125 of local, 0.075 of non-local adults",
    ),
    Node(
        "ties",
        "resident",
        "Ties to neighbours",
        "邻里关系数",
        "+tenure +age ~housing +activity -heterogeneity ~origin +community_effect",
        "candidates thinned by origin, age, tenure, height of building and activity",
    ),
    Node(
        "asked",
        "resident",
        "Asked to take part",
        "受邀参与",
        "+party +age +tenure +ties",
        "multinomial logit of who asks",
    ),
    Node(
        "belonging",
        "resident",
        "Belonging at the start of a quarter",
        "季初归属感",
        "+ties +owner +tenure +functions +community_effect",
        "-0.95 + 0.5 log(1 + ties) + 0.25 owner + 0.01 years + 0.05 (functions - 7)",
    ),
    Node(
        "participation",
        "resident",
        "Took part in a community decision",
        "参与社区决策",
        "+belonging +owner +age +party +asked +self_governance_time -need +hall "
        "+halls_near",
        "sigma(-2.88 + 0.7 B + 0.55 owner + 0.03 (age - 45) + 0.65 party + 0.8 asked "
        "+ 1.6 time - 0.4 need + 0.6 (hall + 0.25 near))",
    ),
    Node(
        "belonging_later",
        "resident",
        "Belonging in the next quarter",
        "下一季度归属感",
        "+belonging +participation +ties +owner +tenure +functions +community_effect",
        "B* + 0.7 (B - B*) + 0.45 (P - 0.08)",
    ),
    Node(
        "eligible_election",
        "resident",
        "May vote for the committee",
        "有居委会选举资格",
        "-origin +tenure",
        "local, or registered: sigma(-1.4 + 0.13 years)",
    ),
    Node(
        "voted_election",
        "resident",
        "Voted for the committee",
        "参加居委会选举投票",
        "+eligible_election +belonging +age +party +owner +asked",
        "sigma of a sum, among those who may",
    ),
    Node(
        "attended_meeting",
        "resident",
        "Came to a meeting",
        "出席会议",
        "+participation +hall",
        "sigma(-0.75 + 0.8 hall), among those who took part",
    ),
    Node(
        "spoke_meeting",
        "resident",
        "Spoke there",
        "会上发言",
        "+attended_meeting +self_governance_time +hall",
        "sigma(-0.2 + 2 (time - 0.28) + 0.3 hall)",
    ),
    Node(
        "adopted_meeting",
        "resident",
        "Was heard",
        "意见被采纳",
        "+spoke_meeting +self_governance_time +hall",
        "sigma(-1.35 + 4 (time - 0.28) + 0.4 hall)",
    ),
    Node(
        "joined_activity",
        "resident",
        "Joined an activity",
        "参加居委会活动",
        "+belonging +age +party +owner +asked +activity",
        "sigma of a sum",
    ),
    Node(
        "in_activity_room",
        "table",
        "Met in the activity room",
        "在活动室被遇到",
        "+participation +joined_activity",
        "the first five, by waiting times",
    ),
    Node(
        "answered",
        "table",
        "Gave an interview",
        "接受调查",
        "+owner +age +ties ~housing",
        "sigma(1.2 + 0.6 owner + 0.02 (age - 45) - 0.5 tall - 0.5 without ties)",
    ),
)


def dag() -> CausalGraph:
    """
    Return what causes what in S city.

    Returns
    -------
    CausalGraph
        Variables with their equations, direct effects with their signs, and the graph.

    See Also
    --------
    closes_back_doors : Whether adjusting for some variables is enough.

    Notes
    -----
    All within a quarter but for ``belonging_later``: what happens in one quarter moves
    belonging in the next, so that the graph has no cycle. Two variables share a common
    cause only if the graph shows one.

    Examples
    --------
    >>> city = dag()
    >>> sorted(city.graph.predecessors("load"))
    ['mandates', 'staff']
    """
    nodes = pd.DataFrame(
        [
            {
                "variable": node.variable,
                "level": node.level,
                "title_en": node.title_en,
                "title_zh": node.title_zh,
                "equation": node.equation,
                "observed": node.observed,
            }
            for node in NODES
        ]
    )
    edges = pd.DataFrame(
        [
            {"source": cause[1:], "target": node.variable, "sign": cause[0]}
            for node in NODES
            for cause in node.causes.split()
        ]
    )
    graph = nx.DiGraph()
    for row in nodes.to_dict("records"):
        graph.add_node(row.pop("variable"), **row)
    for row in edges.to_dict("records"):
        graph.add_edge(row["source"], row["target"], sign=row["sign"])
    return CausalGraph(nodes, edges, graph)


def closes_back_doors(
    graph: nx.DiGraph, exposure: str, outcome: str, given: Collection[str]
) -> bool:
    """
    Tell whether adjusting for some variables leaves the total effect alone.

    Parameters
    ----------
    graph : networkx.DiGraph
        A directed graph without cycles, such as ``dag().graph``.
    exposure, outcome : str
        The effect of the first on the second is wanted.
    given : collection of str
        Variables that are held fixed.

    Returns
    -------
    bool
        True if `given` meets the back-door criterion [1]_: none of them follows from
        the exposure, and they block every path that enters it.

    Raises
    ------
    ValueError
        If a variable is not in the graph, or exposure or outcome is among `given`.

    References
    ----------
    .. [1] Pearl, J. (2009). Causality, 2nd ed. Cambridge University Press, ch. 3.

    Examples
    --------
    Halls go where need is high, and need keeps residents from taking part:

    >>> graph = dag().graph
    >>> closes_back_doors(graph, "hall", "participation", [])
    False
    >>> closes_back_doors(graph, "hall", "participation", ["need"])
    True

    What follows from the exposure must be left alone:

    >>> closes_back_doors(graph, "activity", "participation", ["ties"])
    False
    """
    if isinstance(given, str):
        raise TypeError(f"given= takes several variables, such as [{given!r}]")
    held = set(given)
    for name in (exposure, outcome, *sorted(held)):
        _validate.choice(name, list(graph), "variable")
    if held & {exposure, outcome}:
        raise ValueError("given= must name neither the exposure nor the outcome")
    if held & nx.descendants(graph, exposure):
        return False
    entering = graph.copy()
    entering.remove_edges_from(list(graph.out_edges(exposure)))
    return bool(nx.is_d_separator(entering, {exposure}, {outcome}, held))
