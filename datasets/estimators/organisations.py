"""
Right designs of chapter 03: a peak of cases, who pays, who decides, who survives.

Offices found organisations at a rate of their own, and wealth lies in patches, so that
organisations of one sub-district resemble one another: all errors are clustered there.
"""

import numpy as np
import pandas as pd
from statsmodels.formula.api import ols

from estimators import Answer, Check
from estimators._shared import answer, ends, mean, regression, subdistrict
from govlib import organisations, participation
from govlib.city import City, Size
from govlib.city.known_organisations import naive_answers
from govlib.city.organisations import AUTONOMY, NOW, REGISTER
from govlib.city.people import YEAR

# Two fifths of the shipped city's communities: with one fifth, some groups have no
# survivor.
SIZE = Size(8, 6, 4, 20)
TABLES = (
    "organisations",
    "organisation_income",
    "service_centres",
    "lift_teams",
    "lift_cases",
)
CHECKS = (
    Check(
        "dependence_autonomy",
        "Linear regression of the score of the living, who founded them held fixed",
        "存续组织得分的线性回归，控制发起方",
        "below",
    ),
    Check(
        "dependence_quality",
        "Linear regression of quality with income and founder held fixed, slopes by "
        "founder averaged over the living",
        "服务质量的线性回归，控制收入与发起方，斜率随发起方而异并对存续组织取平均",
        "above",
    ),
    Check(
        "autonomy_quality",
        "Linear regression with income and its sources and founder held fixed, "
        "divided by the reliability of what these leave of the score",
        "线性回归，控制收入及其来源与发起方，再除以得分剩余部分的信度",
        "below",
    ),
    Check(
        "nominal_purchases",
        "Founders followed to the end, through the office's own centre too",
        "追溯全部发起关系，包括经由街道自设的中心",
        "below",
    ),
    Check(
        "organisation_life",
        "Kaplan-Meier from the age at which the register saw each, the living included",
        "卡普兰-迈耶法，自进入名录时的年龄起算，含存续组织",
        "below",
    ),
    Check(
        "organisation_dependence",
        "All that were founded since the register began, by their last accounts",
        "名录建立以来成立的全部组织，用其最后一份账目",
        "above",
    ),
    Check(
        "organisation_autonomy",
        "Each living organisation stands for those like it that are gone, alike in "
        "founder and in who paid",
        "每个存续组织代表与其发起方和资金来源相似而已解散的组织",
        "below",
    ),
)


def right(city: City) -> dict[str, Answer]:
    """Answer as the chapter does."""
    register, paid = with_places(city), payers(city)
    legal = register[register["registered"]].merge(paid, on="organisation")
    living = legal[legal["dissolved"].isna()]
    recent = legal[legal["founded"] >= REGISTER]
    quality = participation.average_marginal_effects(
        participation.fit(
            living,
            "quality ~ dependence * official + log_income",
            family="linear",
            cluster="subdistrict",
            errors="CR2",
        ),
        variables=["dependence"],
    )
    return {
        "dependence_autonomy": answer(
            regression(living, "autonomy ~ dependence + official"), "dependence"
        ),
        "dependence_quality": answer(quality, "dependence"),
        "autonomy_quality": through_autonomy(living),
        "nominal_purchases": mean(
            contracts(city, register), "nominal", weight="amount"
        ),
        "organisation_life": median_life(register),
        "organisation_dependence": mean(recent, "founder_share"),
        "organisation_autonomy": mean(stood_for(recent), "autonomy"),
    }


def naive(city: City) -> dict[str, float]:
    """Answer as a hasty reader does."""
    return naive_answers(city.tables)


def with_places(city: City) -> pd.DataFrame:
    """Add sub-district, who founded and the score of autonomy to the register."""
    items = city.organisations[list(AUTONOMY)].astype(float)
    # Worded the other way round.
    turned = items.assign(plan_approved=6 - items["plan_approved"])
    return city.organisations.assign(
        subdistrict=subdistrict(city.organisations["community"]),
        official=city.organisations["founder_kind"] != "residents",
        autonomy=turned.mean(axis=1, skipna=False),
    )


def payers(city: City) -> pd.DataFrame:
    """Return who depends on the office by how many tenths, and how rich they are."""
    accounts = city.organisation_income.assign(office="office")
    paid = organisations.income(
        accounts, unit="organisation", source="payer", value="amount", founder="office"
    ).table
    return paid.assign(
        dependence=10 * paid["founder_share"], log_income=np.log(paid["total"])
    )


def through_autonomy(living: pd.DataFrame) -> Answer:
    """
    Return what a standard deviation of autonomy, free of error, does to quality.

    Income from the office lowers autonomy and concentrates income, so that both are
    held fixed; then so much of the score's variance is error that the slope must be
    divided by the reliability of the rest. How sure alpha is counts for little.
    """
    held = "dependence + hhi + log_income + official"
    alpha = organisations.reliability(
        living, items=list(AUTONOMY), reverse=["plan_approved"], limits=(1, 5)
    ).table.set_index("term")["estimate"]["alpha"]
    score = living["autonomy"]
    left = ols(f"autonomy ~ {held}", living).fit().mse_resid
    reliable = 1 - (1 - alpha) * score.var() / left
    times = np.sqrt(alpha) * score.std() / reliable
    slope = answer(regression(living, f"quality ~ autonomy + {held}"), "autonomy")
    estimate, low, high = (float(times * x) for x in slope)
    return estimate, low, high


def contracts(city: City, register: pd.DataFrame) -> pd.DataFrame:
    """Return the office's payments of the survey's year, nominal ones marked."""
    income = city.organisation_income
    now = income[(income["payer"] == "office") & (income["account_year"] == YEAR)]
    bought = now.merge(register[["organisation", "subdistrict"]], on="organisation")
    centres = city.service_centres.rename(columns={"centre": "organisation"})
    found = organisations.nominal_purchases(
        bought,
        pd.concat([t[["organisation", "founder"]] for t in (register, centres)]),
        purchaser="subdistrict",
        provider="organisation",
        unit="organisation",
        founder="founder",
        value="amount",
    ).contracts
    steps = bought["organisation"].map(found.set_index("organisation")["steps"])
    return bought.assign(nominal=steps.notna().astype(float))


def stood_for(recent: pd.DataFrame) -> pd.DataFrame:
    """
    Replace the score of each by what its mean is right for, whether it lives or not.

    The mean of these is that of the living, each weighted by one over the share alive
    of those like it (as in `organisations.survivorship`); unlike weighted scores they
    vary between sub-districts as the mean does.
    """
    fifth = recent.groupby("official")["founder_share"].transform(
        lambda share: pd.qcut(share, 5, labels=False, duplicates="drop")
    )
    alive = recent["dissolved"].isna()
    alike = recent.groupby([recent["official"], fifth])
    usual = alike["autonomy"].transform("mean")
    share_alive = alive.groupby([recent["official"], fifth]).transform("mean")
    more = ((recent["autonomy"] - usual) / share_alive).fillna(0)
    return recent.assign(autonomy=usual + more)


def median_life(register: pd.DataFrame) -> Answer:
    """Return the median life, from the age at which the register saw each."""
    since = register["founded"]
    seen = register.assign(
        age=register["dissolved"].fillna(NOW) - since,
        ended=register["dissolved"].notna(),
        entry=(REGISTER - since).clip(lower=0),
    )
    lasting = organisations.survival(
        seen, time="age", outcome="ended", entry="entry", cluster="subdistrict"
    )
    return ends(lasting.medians.iloc[0])
