"""
Right design of chapter 02 for mandates: alike people in alike places.

Need brings mandates, and the sub-district's own draw brings mandates and activities.
Activities depend on wealth and housing too, so that these must be held fixed with them.
"""

from estimators import Answer, Check
from estimators._shared import answer
from govlib import participation
from govlib.city import City, Size
from govlib.city.known_boundaries import MORE, mandates_slope

SIZE = Size(8, 6, 2, 20)
TABLES = ("communities", "survey")
# Need, activity, wealth and housing close all back doors; the rest is for precision.
HELD = "age + owner + need + staff + activity + wealth + housing"
CHECKS = (
    Check(
        "mandates_participation",
        "Average marginal effect in a logit with age, ownership, need, staff, "
        "activities, wealth and housing held fixed",
        "logit回归的平均边际效应，控制年龄、住房产权、需求、工作人员、活动、财富和住房类型",
        "below",
    ),
)


def right(city: City) -> dict[str, Answer]:
    """Answer as the chapter does, with the places alike in wealth and housing."""
    people = city.survey.dropna(subset=["took_part"]).merge(
        city.communities, on="community"
    )
    people = people.assign(
        tens=people["mandates"] / MORE,
        took_part=people["took_part"].astype(bool),
        owner=people["owner"].astype(bool),
    )
    fitted = participation.fit(
        people,
        f"took_part ~ tens + {HELD}",
        weight="weight",
        cluster="subdistrict",
        errors="CR2",
    )
    effect = participation.average_marginal_effects(fitted, variables=["tens"])
    return {"mandates_participation": answer(effect, "tens")}


def naive(city: City) -> dict[str, float]:
    """Answer as a hasty reader does."""
    return {"mandates_participation": mandates_slope(city.survey, city.communities)}
