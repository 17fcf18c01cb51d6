"""Chapter 09: what "1+3+X" and the weakest actor do for matters that are resolved."""

import numpy as np
import pandas as pd
from scipy import stats
from scipy.special import expit

from estimators import Answer, Check
from govlib import participation
from govlib.city import City, Size, known_structure
from govlib.city.structure import DUTIES

SIZE = Size(8, 6, 10, 20)
TABLES = ("actor_scores", "actor_ratings", "agreements", "committees", "party_units")
ALIKE_EN = "load, hall, need and staff held fixed"
ALIKE_ZH = "控制负荷、议事厅、需求和人员"
SIMEX_EN = (
    "Logit of matters resolved with load, hall and 1+3+X held fixed, standardised; "
    "delegates rate with error: error is added and the trend carried back to none"
)
SIMEX_ZH = (
    "事项解决的逻辑回归，控制负荷、议事厅和“1+3+X”，标准化；评分有误差：逐步加入误差，"
    "再外推至无误差"
)
CHECKS = (
    Check(
        "office_resolution",
        f"Logit of matters resolved on 1+3+X, {ALIKE_EN}, standardised; clusters: "
        "sub-districts",
        f"事项解决对“1+3+X”的逻辑回归，{ALIKE_ZH}，标准化；以街镇聚类",
        naive_side="below",
    ),
    Check(
        "overlap_resolution",
        "The same over what 1+3+X does to the overlap measured: 1+3+X is the "
        f"instrument; {ALIKE_EN}",
        f"上一效应除以“1+3+X”对所测职责交叉的效应（工具变量）；{ALIKE_ZH}",
        naive_side="below",
    ),
    Check(
        "coupling_down",
        f"Slope on the coupling, weakest actor given. {SIMEX_EN}",
        f"给定最弱主体，对耦合度的斜率。{SIMEX_ZH}",
        naive_side="above",
    ),
    Check(
        "office_matched",
        "Difference of the shares that meet a need; clusters: sub-districts",
        "有无联合办公的协议对接需求比例之差；以街镇聚类",
    ),
)
SCORES = ["party_score", "committee_score", "owners_score", "property_score"]
# The pull of higher tiers moves 1+3+X and mandates. Load holds it fixed, but links it
# with what else makes mandates and staff, need and size: so these are held fixed, too.
ALIKE = ["year_load", "hall_time", "need", "staff"]
# By how much duties must be shared less, and the weakest actor be stronger.
LESS, STRONGER = known_structure.OVERLAP[1] - known_structure.OVERLAP[0], 0.1
# Error is added in these amounts, in variances of the delegates' own; so many draws.
ADDED, TIMES = (1.0, 2.0), 10


def right(city: City) -> dict[str, Answer]:
    """Estimate with the confounders held fixed and errors of measurement removed."""
    year = _year(city)
    clusters = year["subdistrict"].nunique()
    office = _office(year)
    overlap = _overlap(year, office)
    weakest, coupling = without_error(year, _rating_error(city))
    agreements = city.tables["agreements"].merge(
        year[["community", "subdistrict", "joint_office"]], on="community"
    )
    matched = participation.fit(
        agreements.assign(met=agreements["need_matched"].astype(float)),
        "met ~ joint_office",
        family="linear",
        cluster="subdistrict",
        errors="CR2",
    ).table.set_index("term")
    return {
        "office_resolution": _interval(*office, clusters),
        "overlap_resolution": _interval(*overlap, clusters),
        # Not among CHECKS: in a pilot of 62 cities its interval covered 85 per cent.
        "weakest_resolution": weakest,
        "coupling_down": coupling,
        "office_matched": _answer(matched.loc["joint_office"]),
    }


def naive(city: City) -> dict[str, float]:
    """Answer as a hasty reader does."""
    scores = city.tables["actor_scores"]
    places = scores[["community"]].drop_duplicates()
    others = (city.tables[name] for name in ("party_units", "agreements"))
    return known_structure.naive_answers(places, scores, *others)


def _office(data: pd.DataFrame) -> tuple[float, float]:
    """Return what 1+3+X everywhere against nowhere does, and its standard error."""
    rest = np.column_stack([np.ones(len(data)), data[ALIKE].to_numpy(float)])
    held, everywhere, nowhere = (
        np.column_stack([office, rest])
        for office in (data["joint_office"], np.ones(len(data)), np.zeros(len(data)))
    )
    return _contrast(data, held, everywhere, nowhere)


def _overlap(data: pd.DataFrame, office: tuple[float, float]) -> tuple[float, float]:
    """
    Return what `LESS` overlap does, with 1+3+X as instrument, and its standard error.

    Wald: what 1+3+X does to matters over what it does to the overlap measured; errors
    by the delta method, the errors of the two being independent draws.
    """
    first = participation.fit(
        data,
        f"overlap ~ joint_office + {' + '.join(ALIKE)}",
        family="linear",
        cluster="subdistrict",
        errors="CR2",
    ).table.set_index("term")
    moved, error = first.loc["joint_office", ["estimate", "std_error"]]
    ratio = office[0] / moved
    return LESS * ratio, abs(LESS / moved) * np.hypot(office[1], ratio * error)


def without_error(data: pd.DataFrame, error: float) -> tuple[Answer, Answer]:
    """
    Estimate what a stronger weakest actor does, and what coupling does beside it.

    SIMEX: error of the delegates' kind is added to the scores, and the quadratic trend
    of the estimates carried back to where there is none. So is that of their variance
    less what the added error makes of it (Stefanski and Cook 1995).

    Parameters
    ----------
    data : pandas.DataFrame
        One row per community.
    error : float
        Standard error of a score.
    """
    rng = np.random.default_rng(9)
    scores = data[SCORES].to_numpy(float)
    drawn = error * rng.standard_normal((TIMES, *scores.shape))
    # Each draw with its mirror image: what is linear in the error cancels out.
    drawn = np.concatenate([drawn, -drawn])
    found = [_effects(data, scores)[None]]
    for part in ADDED:
        noisy = np.clip(scores + part**0.5 * drawn, 0.01, 1)
        # Who does not exist is known not to.
        tried = np.where(scores > 0, noisy, 0)
        found.append(np.array([_effects(data, each) for each in tried]))
    spread = [0, *(each[:, 0].var(axis=0, ddof=1) for each in found[1:])]
    squares = [(each[:, 1] ** 2).mean(axis=0) for each in found]
    estimates = _at_none([each[:, 0].mean(axis=0) for each in found])
    variances = _at_none([a - b for a, b in zip(squares, spread, strict=True)])
    # Never surer than with the error.
    variances = np.maximum(variances, squares[0])
    clusters = data["subdistrict"].nunique()
    weakest, coupling = (
        _interval(estimate, variance**0.5, clusters)
        for estimate, variance in zip(estimates, variances, strict=True)
    )
    return weakest, coupling


def _at_none(values: list[np.ndarray]) -> np.ndarray:
    """Carry the quadratic trend over error added back to one part less than none."""
    square, slope, level = np.polyfit([0, *ADDED], np.array(values), 2)
    return square - slope + level


def _effects(data: pd.DataFrame, scores: np.ndarray) -> np.ndarray:
    """Return both effects on the share resolved, and below them their errors."""
    weakest = scores.min(axis=1)
    coupling = scores.prod(axis=1) ** (1 / scores.shape[1]) / scores.mean(axis=1)
    rest = data[["year_load", "hall_time", "joint_office"]].to_numpy(float)
    one = np.ones(len(data))
    x = np.column_stack([weakest, one, rest])
    stronger = np.column_stack([weakest + STRONGER, one, rest])
    both = np.column_stack([x, coupling])
    coupled = np.column_stack([x, one])
    return np.array([_contrast(data, x, stronger), _contrast(data, both, coupled)]).T


def _contrast(
    data: pd.DataFrame,
    x: np.ndarray,
    changed: np.ndarray,
    unchanged: np.ndarray | None = None,
) -> tuple[float, float]:
    """
    Fit a logit of matters and change what it knows of every community.

    Returns the mean change of the chance, and its error with sub-districts as clusters.
    """
    unchanged = x if unchanged is None else unchanged
    won = data["matters_resolved"].to_numpy(float)
    raised = data["matters_raised"].to_numpy(float)
    slopes = np.zeros(x.shape[1])
    # Newton's steps; the last change nothing in six digits.
    for _ in range(6):
        chance = expit(x @ slopes)
        weight = raised * chance * (1 - chance)
        inverse = np.linalg.inv(x.T @ (weight[:, None] * x))
        slopes = slopes + inverse @ (x.T @ (won - raised * chance))
    before, after = expit(unchanged @ slopes), expit(changed @ slopes)
    codes, names = pd.factorize(data["subdistrict"])
    sums = np.zeros((len(names), x.shape[1]))
    np.add.at(sums, codes, x * (won - raised * expit(x @ slopes))[:, None])
    moved = changed * (after * (1 - after))[:, None]
    gradient = (moved - unchanged * (before * (1 - before))[:, None]).mean(axis=0)
    variance = inverse @ sums.T @ sums @ inverse * len(names) / (len(names) - 1)
    error = (gradient @ variance @ gradient) ** 0.5
    return float((after - before).mean()), float(error)


def _rating_error(city: City) -> float:
    """Return the standard error of a score, the mean of a community's delegates."""
    ratings = city.tables["actor_ratings"]
    there = ratings[SCORES].where(ratings[SCORES] > 0)
    by_place = there.groupby(ratings["community"])
    squares = (by_place.var() / by_place.count()).to_numpy()
    return float(np.nanmean(squares) ** 0.5)


def _year(city: City) -> pd.DataFrame:
    """Return the last year of each community."""
    scores = city.tables["actor_scores"]
    last = scores[scores["year"] == scores["year"].max()]
    quarters = city.tables["committees"]
    recent = quarters[quarters["quarter"] > quarters["quarter"].max() - 4]
    means = recent.groupby("community")[["need", "staff"]].mean()
    return last.assign(
        subdistrict=last["community"].str.rpartition("-")[0],
        joint_office=last["joint_office"].astype(float),
        share_resolved=last["matters_resolved"] / last["matters_raised"],
        overlap=last["duties_shared"] / len(DUTIES),
    ).merge(means, left_on="community", right_index=True)


def _interval(estimate: float, error: float, clusters: int) -> Answer:
    width = float(stats.t.ppf(0.975, clusters - 1)) * float(error)
    return float(estimate), float(estimate) - width, float(estimate) + width


def _answer(row: pd.Series) -> Answer:
    return float(row["estimate"]), float(row["conf_low"]), float(row["conf_high"])
