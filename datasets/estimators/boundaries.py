"""
Right designs of chapter 02 for committees: load, lift targets and copied duties.

Sub-districts pass mandates and support on, each in its own way: errors are clustered
there. Every city has the same districts, which are strata.
"""

from itertools import pairwise

import pandas as pd

from estimators import Answer, Check
from estimators._shared import answer, ends, mean, regression, subdistrict
from govlib import mandates, participation
from govlib.city import City, Size
from govlib.city.boundaries import AREAS, EVERYWHERE, SUPPORT, TIERS
from govlib.city.known_boundaries import OVERLOADED, of_lifts, overlap
from govlib.city.places import SURVEY_QUARTER

# Only a third of the communities has old public housing, which lifts are for, and some
# sub-districts have none: 72 of these leave about 60 clusters.
SIZE = Size(8, 9, 7, 20)
TABLES = ("committees", "lift_targets", "responsibilities")
CHECKS = (
    Check(
        "overloaded_share",
        "Share of committees with a load of one or more, sub-districts drawn in each "
        "district",
        "负荷不低于1的居委会比例，各区内以街镇为抽样单位",
    ),
    Check(
        "lift_target_alone",
        "Fractional logit of the share met on targets, support and their product, need "
        "and load held fixed: one target more without support",
        "完成比例的分数logit回归，含指标、支持及其乘积，控制需求与负荷：无支持时多一部指标",
        "above",
    ),
    Check(
        "lift_target_supported",
        "The same with all the support",
        "同上，支持足额时",
        "below",
    ),
    Check(
        "lift_support",
        "Logit of each lift with the same terms, each committee counting once: all the "
        "support against none, averaged over committees",
        "以每部指标为单位的logit回归，变量同上，每个居委会权重相同：足额支持与毫无支持之差，"
        "对居委会取平均",
    ),
    Check(
        "duties_copied",
        "How much more often a tier has a duty that the tier above has; without lift "
        "retrofits, which the plan gives to all",
        "上级有该项职责时本级有的比例高出多少；不含专项计划使各级均有的加装电梯",
        "above",
    ),
)


def right(city: City) -> dict[str, Answer]:
    """Answer as the chapter does."""
    now = city.committees[city.committees["quarter"] == SURVEY_QUARTER]
    now = now.assign(
        over=(now["load"] >= OVERLOADED).astype(float),
        subdistrict=subdistrict(now["community"]),
        district=now["community"].str.partition("-")[0],
    )
    own = lift_targets(city)
    # Few committees in a sub-district, some with many targets: CR2 and its degrees of
    # freedom, for CR1 would be too narrow.
    by_lift = participation.fit(
        each_lift(own),
        "met ~ targets * per_target + need + load",
        weight="weight",
        cluster="above",
        errors="CR2",
    )
    one_more = mandates.effect_of_targets(
        own,
        completed="completed",
        targets="targets",
        resources="per_target",
        adjust=["need", "load"],
        at=[0, 1],
        cluster="above",
        errors="CR2",
    )
    support = participation.risks(by_lift, "per_target", levels=[0, 1])
    copied = regression(
        neighbours(city.responsibilities), "has ~ above + C(pair)", "area"
    )
    return {
        "overloaded_share": mean(now, "over", strata="district", errors="linearised"),
        "lift_target_alone": ends(one_more.iloc[0]),
        "lift_target_supported": ends(one_more.iloc[1]),
        "lift_support": answer(support, "risk_difference"),
        "duties_copied": answer(copied, "above"),
    }


def naive(city: City) -> dict[str, float]:
    """Answer as a hasty reader does."""
    lifts = of_lifts(city.lift_targets)
    return lifts | {"duties_copied": overlap(city.responsibilities)}


def lift_targets(city: City) -> pd.DataFrame:
    """Return committees with lift targets, support for each, and the plan's year."""
    plan = city.lift_targets
    own = plan[plan["tier"] == "committee"].rename(columns={"unit": "community"})
    of_plan = city.committees[city.committees["quarter"] > SURVEY_QUARTER - 4]
    year = of_plan.groupby("community")[["need", "load"]].mean()
    per_target = own["support"] / (SUPPORT * own["targets"])
    return own.assign(per_target=per_target).merge(year, on="community")


def each_lift(own: pd.DataFrame) -> pd.DataFrame:
    """Return one row per target; those of a committee weigh one together."""
    lifts = own.loc[own.index.repeat(own["targets"])].reset_index(drop=True)
    number = lifts.groupby("community").cumcount()
    return lifts.assign(
        met=number < lifts["completed"], weight=1 / lifts["targets"].astype(float)
    )


def neighbours(duties: pd.DataFrame) -> pd.DataFrame:
    """Return policy areas and pairs of neighbouring tiers: who has the duty."""
    areas = [area for area in AREAS if area not in EVERYWHERE]
    has = pd.crosstab(duties["policy_area"], duties["tier"])
    has = has.reindex(index=areas, columns=list(TIERS), fill_value=0).astype(float)
    return pd.concat(
        [
            pd.DataFrame(
                {
                    "area": areas,
                    "pair": below,
                    "above": has[above].array,
                    "has": has[below].array,
                }
            )
            for above, below in pairwise(TIERS)
        ],
        ignore_index=True,
    )
