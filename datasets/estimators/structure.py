"""Chapter 09: what "1+3+X" does for matters resolved and for needs that are met."""

import pandas as pd

from estimators import Answer, Check
from estimators._shared import answer, around, ends, regression, subdistrict
from govlib import participation
from govlib.city import City, Size, known_structure
from govlib.city.structure import DUTIES

SIZE = Size(8, 6, 4, 20)
TABLES = ("actor_scores", "agreements", "committees", "party_units")
ALIKE_EN = "load, hall, need and staff held fixed"
ALIKE_ZH = "控制负荷、议事厅、需求和人员"
CHECKS = (
    Check(
        "office_resolution",
        f"Logit of matters resolved on 1+3+X, {ALIKE_EN}, standardised",
        f"事项解决对“1+3+X”的逻辑回归，{ALIKE_ZH}，标准化",
        "below",
    ),
    Check(
        "overlap_resolution",
        "The same over what 1+3+X does to the overlap measured: 1+3+X is the "
        f"instrument; {ALIKE_EN}",
        f"上一效应除以“1+3+X”对所测职责交叉的效应（工具变量）；{ALIKE_ZH}",
        "below",
    ),
    Check(
        "office_matched",
        "Difference of the shares that meet a need; clusters: sub-districts",
        "有无联合办公的协议对接需求比例之差；以街镇聚类",
    ),
)
# The pull of higher tiers moves 1+3+X and mandates. Load holds it fixed, but links it
# with what else makes mandates and staff, need and size: so these are held fixed, too.
ALIKE = "year_load + hall_time + need + staff"
# By how much duties must be shared less.
LESS = known_structure.OVERLAP[1] - known_structure.OVERLAP[0]


def right(city: City) -> dict[str, Answer]:
    """Estimate with the confounders held fixed and errors of measurement removed."""
    year = _year(city)
    # A row for the matters resolved and one for the others.
    matters = pd.concat(
        [
            year.assign(resolved=1, matters=year["matters_resolved"]),
            year.assign(
                resolved=0, matters=year["matters_raised"] - year["matters_resolved"]
            ),
        ]
    )
    fit = participation.fit(
        matters[matters["matters"] > 0],
        f"resolved ~ joint_office + {ALIKE}",
        weight="matters",
        cluster="subdistrict",
        errors="CR2",
    )
    risks = participation.risks(fit, "joint_office").set_index("term")
    office = risks.loc["risk_difference"]
    overlap = regression(year, f"overlap ~ joint_office + {ALIKE}")
    moved = overlap.set_index("term").loc["joint_office"]
    agreements = city.agreements.merge(
        year[["community", "subdistrict", "joint_office"]], on="community"
    ).assign(met=lambda rows: rows["need_matched"].astype(float))
    return {
        "office_resolution": ends(office),
        "overlap_resolution": _ratio(office, moved),
        "office_matched": answer(
            regression(agreements, "met ~ joint_office"), "joint_office"
        ),
    }


def naive(city: City) -> dict[str, float]:
    """Answer as a hasty reader does."""
    places = city.actor_scores[["community"]].drop_duplicates()
    return known_structure.naive_answers(
        places, city.actor_scores, city.party_units, city.agreements
    )


def _ratio(effect: pd.Series, moved: pd.Series) -> Answer:
    """
    Return what `LESS` overlap does, with 1+3+X as instrument.

    Wald: what 1+3+X does to matters over what it does to the overlap measured; errors
    by the delta method, the errors of the two being independent draws.
    """
    ratio = effect["estimate"] / moved["estimate"]
    error = (effect["std_error"] ** 2 + (ratio * moved["std_error"]) ** 2) ** 0.5
    estimate, error = LESS * ratio, abs(LESS / moved["estimate"]) * error
    return around(estimate, error, effect["degrees_of_freedom"])


def _year(city: City) -> pd.DataFrame:
    """Return the last year of each community."""
    scores, quarters = city.actor_scores, city.committees
    last = scores[scores["year"] == scores["year"].max()]
    recent = quarters[quarters["quarter"] > quarters["quarter"].max() - 4]
    means = recent.groupby("community")[["need", "staff"]].mean()
    return last.assign(
        subdistrict=subdistrict(last["community"]),
        joint_office=last["joint_office"].astype(float),
        overlap=last["duties_shared"] / len(DUTIES),
    ).merge(means, left_on="community", right_index=True)
