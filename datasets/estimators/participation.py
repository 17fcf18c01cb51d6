"""
Chapter 05: who takes part, and what origin, being asked and halls do.

A survey of 40 communities, each in a sub-district of its own, 40 residents each.
"""

import pandas as pd

from estimators import Answer, Check
from estimators._shared import answer, ends
from govlib import participation
from govlib.city import City
from govlib.city.known_participation import naive_answers
from govlib.city.places import Size

SIZE = Size(8, 5, 1, 40)
TABLES = ("survey", "activity_room", "communities")
DESIGN = {"weight": "weight", "cluster": "community"}
# Forty clusters are few.
FEW = {**DESIGN, "errors": "CR2"}
# What is known of everybody drawn and moves who gives an interview.
RESPONDS = "responds ~ owner + age + C(building_floors > 6) + origin"
CHECKS = (
    Check(
        "origin_total",
        "Risk difference with the community's non-local share held fixed and nothing "
        "that origin works through, weighted for who answers",
        "给定社区外来人口比例、不控制户籍的任何后果，按应答倾向加权的风险差",
        "above",
    ),
    Check(
        "share_total",
        "Marginal effect of the non-local share, housing type held fixed",
        "给定住房类型，外来人口比例的边际效应",
    ),
    Check(
        "share_context",
        "Marginal effect of the non-local share, own origin and housing type held "
        "fixed",
        "给定自身户籍与住房类型，外来人口比例的边际效应",
        "below",
    ),
    Check(
        "election_gap",
        "Risk difference among those who may vote",
        "仅在有选举资格者中计算的风险差",
        "below",
    ),
    Check(
        "asked_total",
        "Risk difference with age, home, Party, length of residence, origin and ties "
        "held fixed",
        "给定年龄、住房、党员身份、居住年限、户籍和邻里关系的风险差",
        "above",
    ),
    Check(
        "dissatisfied_share",
        "List experiment: mean of the long minus that of the short list",
        "列举实验：长清单与短清单均值之差",
        "below",
    ),
    Check(
        "hall_direct",
        "Risk difference with the community's need held fixed",
        "给定社区需求的风险差",
        "below",
    ),
)


def right(city: City) -> dict[str, Answer]:
    """Answer as the right designs do."""
    drawn = city.survey.merge(city.communities, on="community")
    drawn = drawn.assign(responds=drawn["took_part"].notna())
    weights = participation.response_weights(drawn, RESPONDS, weight="weight")
    drawn["weight"] = weights["weight"]
    part = drawn.dropna(subset=["took_part", "weight"])
    may = part["eligible_election"].astype(bool)
    voters = part[may].dropna(subset=["voted_election"])
    long = part["list_version"] == "long"
    listed = part.assign(long=long).dropna(subset=["list_count", "list_version"])
    hidden = participation.list_experiment(
        listed, value="list_count", treated="long", n_items=4, **DESIGN
    )
    return {
        "origin_total": risk_difference(
            part, "took_part ~ origin + non_local_share", "origin"
        ),
        "share_total": slope(part, "took_part ~ non_local_share + housing"),
        "share_context": slope(part, "took_part ~ non_local_share + origin + housing"),
        "election_gap": risk_difference(voters, "voted_election ~ origin", "origin"),
        "asked_total": risk_difference(
            part.dropna(subset=["asked_by", "ties"]),
            "took_part ~ asked_by + age + owner + party_member + tenure_years + origin "
            "+ np.log1p(ties)",
            "asked_by",
            ["nobody", "residents' committee"],
        ),
        "dissatisfied_share": ends(hidden.iloc[-1]),
        "hall_direct": risk_difference(part, "took_part ~ hall + need", "hall"),
    }


def risk_difference(
    data: pd.DataFrame,
    formula: str,
    variable: str,
    levels: list | None = None,
) -> Answer:
    """Return the difference of standardised risks."""
    fit = participation.fit(data, formula, **FEW)
    return answer(participation.risks(fit, variable, levels=levels), "risk_difference")


def slope(data: pd.DataFrame, formula: str) -> Answer:
    """Return the average marginal effect of the non-local share."""
    fit = participation.fit(data, formula, **FEW)
    table = participation.average_marginal_effects(fit, variables=["non_local_share"])
    return ends(table.iloc[0])


def naive(city: City) -> dict[str, float]:
    """Return what a hasty reader finds."""
    return naive_answers(city.survey, city.activity_room, city.communities)
