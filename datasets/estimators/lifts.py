"""
Chapter 08: what talks in a hall and compensation do, and what passes in law.

Where a hall is open, the share of flats against at the door decides with chance which
stairwells bring their talks to it; whether one is open hangs on need. Left out is what
talks do for a lift that is built: few are, and intervals held the truth in 92 per cent
of a thousand cities.
"""

import pandas as pd

from estimators import Answer, Check
from estimators._shared import answer, regression, share, subdistrict
from govlib import deliberation, participation
from govlib.city import City, Size, base, known_lifts
from govlib.city.lifts import TABLES as TOLD
from govlib.city.lifts import VOTED

SIZE = Size(8, 6, 10, 20)
TABLES = TOLD
ALIKE_EN = (
    "share of flats against at the door and the need of the quarter of the vote held "
    "fixed"
)
ALIKE_ZH = "控制上门意见中的反对比例和表决当季的需求"
OPEN_EN = (
    "Logit of agreeing on talks, where a hall is open, standardised over its "
    f"votes; {ALIKE_EN}; clusters: communities"
)
OPEN_ZH = (
    "在已设议事厅的社区内，同意对协商的逻辑回归，对其投票标准化；"
    f"{ALIKE_ZH}；以社区聚类"
)
CHECKS = (
    Check("hall_consent", OPEN_EN, OPEN_ZH, naive_side="below"),
    Check(
        "hall_consent_low",
        f"{OPEN_EN}; floors 1 and 2",
        f"{OPEN_ZH}；仅一、二层",
        naive_side="below",
    ),
    Check(
        "hall_passed",
        f"Lines for passing with and without talks, at the average; {ALIKE_EN}",
        f"有无协商各拟合一条通过的直线，在均值处比较；{ALIKE_ZH}",
        naive_side="below",
    ),
    Check(
        "compensation_ground",
        "Linear regression of agreeing on the ground floor on the offer, the poll that "
        f"decides on it, talks, {ALIKE_EN}",
        f"底层同意对补偿的线性回归，控制决定是否补偿的底层上门意见和协商，并{ALIKE_ZH}",
        naive_side="below",
    ),
    Check(
        "passed_share",
        "Share of votes that pass, counted by area and by number",
        "按面积和人数计票的通过比例",
        naive_side="above",
    ),
    Check(
        "passed_owners",
        "Share of votes that pass, tenants left out and owners counted once",
        "剔除租户、业主只计一次的通过比例",
        naive_side="above",
    ),
    Check(
        "built_share",
        "Share of lifts built, objections counted",
        "计入异议后的电梯建成比例",
        naive_side="above",
    ),
    Check(
        "older_two_thirds",
        "Share with two thirds of all owners, by area and by number",
        "全体业主按面积和人数均达三分之二的比例",
        naive_side="above",
    ),
    Check(
        "hall_attended",
        "Regression of the share of the invited who attend on the venue, need of the "
        "quarter held fixed",
        "到会比例对场所的回归，控制当季需求",
        naive_side="below",
    ),
    Check(
        "hall_heard",
        "Lines for the share of the invited who see what they said adopted, by venue, "
        "at the average need of the quarter; its square held fixed, too",
        "拟合受邀者意见被采纳比例的直线（每种场所各一条），在当季平均需求处比较，并控制需求的平方",
        naive_side="above",
    ),
    Check(
        "hall_agreed",
        "Logit of agreement on the venue, need of the quarter held fixed, standardised",
        "达成一致对场所的逻辑回归，控制当季需求，标准化",
        naive_side="below",
    ),
)
# Held fixed where stairwells are compared.
ALIKE = ["against", "need"]
# How `deliberation.vote` reads the ballots.
COLUMNS = {
    "owner": "person",
    "area": "flat_area",
    "answer": "vote",
    "unit": "flat",
    "group": "stairwell",
    "tenure": "tenure",
    "total_area": "total_area",
}


def right(city: City) -> dict[str, Answer]:
    """Count as the law counts, and compare cases that were as hard."""
    need = _need(city)
    drawn, votes, ballots = _lifts(city, need[need["quarter"] == VOTED])
    items = _items(city, need)
    halls = items.loc[items["hall"] & (items["quarter"] == VOTED), "community"]
    open_ = votes[votes["community"].isin(halls)]
    # The table's own count; that of `deliberation.vote` is the same and takes longer.
    passed = _share(drawn, drawn.set_index("stairwell")["vote_passed"])
    older = deliberation.vote(ballots, rule="two_thirds", **COLUMNS).votes
    older = _share(drawn, older.set_index("stairwell")["passed"])
    built = _share(drawn, drawn.set_index("stairwell")["lift_built"])
    return {
        "hall_consent": _talked(open_),
        "hall_consent_low": _talked(open_[open_["floor"] <= 2]),
        "hall_passed": _lines(drawn, "vote_passed", "hall_talks", ALIKE),
        "compensation_ground": answer(
            regression(
                votes[votes["floor"] == 1].assign(agrees=votes["agrees"].astype(float)),
                "agrees ~ offered + nobody + hall_talks + against + need",
            ),
            "offered[T.True]",
        ),
        "passed_share": passed,
        "passed_owners": passed,
        "built_share": built,
        "older_two_thirds": older,
        "hall_attended": answer(
            regression(items, "attended_share ~ hall + need"),
            "hall[T.True]",
        ),
        "hall_heard": _lines(items, "heard_share", "hall", ["need", "need_squared"]),
        "hall_agreed": _risk(items, "agreed ~ hall + need", "hall", "subdistrict"),
    }


def naive(city: City) -> dict[str, float]:
    """Answer as a hasty reader does."""
    return known_lifts.naive_answers({name: city.tables[name] for name in TOLD})


def _need(city: City) -> pd.DataFrame:
    """
    Return the need of each committee in each quarter.

    The table `committees` has it too, and takes all their work to make.
    """
    bare = base(city.seed, SIZE)
    need = bare.by_quarter("need")
    quarters = range(1, need.shape[1] + 1)
    places = pd.MultiIndex.from_product(
        [bare.codes, quarters], names=["community", "quarter"]
    )
    return pd.DataFrame({"need": need.ravel()}, places).reset_index()


def _lifts(
    city: City, then: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return the stairwells drawn by lot, their owners who voted, and all papers."""
    drawn = city.tables["lift_stairwells"]
    drawn = drawn[drawn["drawn"]]
    drawn = drawn.merge(then[["community", "need"]], on="community")
    drawn["subdistrict"] = subdistrict(drawn["community"])
    papers = city.tables["lift_flats"]
    ballots = papers.merge(drawn[["stairwell", "total_area"]], on="stairwell")
    owners = ballots[ballots["tenure"] != "tenant"]
    agreed = (owners["poll"] == "agree").groupby(owners["stairwell"])
    drawn["against"] = drawn["stairwell"].map(1 - agreed.mean())
    ground = owners[owners["floor"] == 1]
    some = (ground["poll"] == "agree").groupby(ground["stairwell"]).any()
    drawn["nobody"] = ~drawn["stairwell"].map(some).astype(bool)
    drawn["offered"] = drawn["compensation"] > 0
    known = ["stairwell", "community", "subdistrict", "hall_talks", "offered", "nobody"]
    votes = owners[owners["vote"] != "not voted"].merge(
        drawn[[*known, *ALIKE]], on="stairwell"
    )
    votes["agrees"] = votes["vote"] == "agree"
    return drawn, votes, ballots


def _items(city: City, need: pd.DataFrame) -> pd.DataFrame:
    """Return the agenda items with what their committee was like in that quarter."""
    items = city.tables["agenda_items"].merge(need, on=["community", "quarter"])
    items["subdistrict"] = subdistrict(items["community"])
    items["hall"] = items["venue"] == "hall"
    items["attended_share"] = items["attended"] / items["invited"]
    items["heard_share"] = items["heard"] / items["invited"]
    items["need_squared"] = items["need"] ** 2
    return items


def _share(drawn: pd.DataFrame, values: pd.Series) -> Answer:
    """Share of stairwells; they have a committee and a sub-district in common."""
    value = drawn["stairwell"].map(values).astype(float)
    return share(drawn.assign(value=value), "value")


def _lines(data: pd.DataFrame, outcome: str, treatment: str, held: list[str]) -> Answer:
    """
    Compare by lines of their own, at the average of what is held fixed.

    Few votes pass: in some cities none without talks, where a logit has no answer.
    """
    values = data[[outcome, treatment, *held]].astype(float)
    values[held] -= values[held].mean()
    values["subdistrict"] = data["subdistrict"]
    lines = regression(values, f"{outcome} ~ {treatment} * ({' + '.join(held)})")
    return answer(lines, treatment)


def _talked(votes: pd.DataFrame) -> Answer:
    """Compare votes after talks with others where a hall was open."""
    formula = f"agrees ~ hall_talks * ({' + '.join(ALIKE)})"
    return _risk(votes, formula, "hall_talks", "community")


def _risk(data: pd.DataFrame, formula: str, variable: str, cluster: str) -> Answer:
    """Give everybody the one and then the other, all else as it is."""
    fit = participation.fit(data, formula, cluster=cluster, errors="CR2")
    return answer(participation.risks(fit, variable), "risk_difference")
