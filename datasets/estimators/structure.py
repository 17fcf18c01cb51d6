"""Chapter 09: what "1+3+X" and the weakest actor do for matters that are resolved."""

import numpy as np
import pandas as pd
from scipy import stats

from estimators import Answer, Check
from govlib import participation
from govlib.city import City, Size, known_structure
from govlib.city.structure import DUTIES

SIZE = Size(8, 6, 10, 20)
TABLES = ("actor_scores", "party_units", "agreements")
CHECKS = (
    Check(
        "office_resolution",
        "Regression on 1+3+X with load and hall held fixed; clusters: sub-districts",
        "控制负荷和议事厅后对“1+3+X”的回归；以街镇聚类",
        naive_side="below",
    ),
    Check(
        "overlap_resolution",
        "Two-stage least squares: 1+3+X is the instrument for the measured overlap, "
        "load and hall held fixed",
        "两阶段最小二乘：以“1+3+X”为所测职责交叉的工具变量，控制负荷和议事厅",
        naive_side="below",
    ),
    Check(
        "weakest_resolution",
        "Two-stage least squares: the weakest score a year before is the instrument "
        "for this year's, since delegates rate with error; load, hall and 1+3+X held "
        "fixed",
        "两阶段最小二乘：评分有误差，以上一年的最弱评分为本年的工具变量，控制负荷、议事厅"
        "和“1+3+X”",
    ),
    Check(
        "coupling_down",
        "Slope on the coupling with the weakest actor held fixed, all scores "
        "instrumented by those of the year before, times what the coupling lacks of 1",
        "控制最弱主体后对耦合度的斜率（各评分以上一年为工具变量）乘以耦合度与1的差距",
        naive_side="above",
    ),
    Check(
        "office_matched",
        "Difference of the shares that meet a need; clusters: sub-districts",
        "有无联合办公的协议对接需求比例之差；以街镇聚类",
    ),
)
SCORES = ["party_score", "committee_score", "owners_score", "property_score"]
# Moves both where 1+3+X is adopted and what gets resolved; halls are its other cause.
REST = ["year_load", "hall_time"]
# By how much duties must be shared less, and the weakest actor be stronger.
LESS, STRONGER = known_structure.OVERLAP[1] - known_structure.OVERLAP[0], 0.1


def right(city: City) -> dict[str, Answer]:
    """Estimate with the confounders held fixed and errors of measurement removed."""
    year = _years(city)
    office = participation.fit(
        year,
        "share_resolved ~ joint_office + year_load + hall_time",
        family="linear",
        cluster="subdistrict",
        errors="CR2",
    ).table.set_index("term")
    overlap = two_stage(year, ["overlap"], ["joint_office"], REST)
    strong = [*REST, "joint_office"]
    weakest = two_stage(year, ["weakest"], ["weakest_before"], strong)
    coupling = two_stage(
        year,
        ["coupling", "weakest"],
        ["coupling_before", "weakest_before"],
        strong,
    )
    return {
        "office_resolution": _answer(office.loc["joint_office"]),
        "overlap_resolution": _times(overlap, LESS),
        "weakest_resolution": _times(weakest, STRONGER),
        "coupling_down": _times(coupling, 1 - year["coupling"].mean()),
        "office_matched": _matched(city, year),
    }


def naive(city: City) -> dict[str, float]:
    """Answer as a hasty reader does."""
    scores = city.tables["actor_scores"]
    places = scores[["community"]].drop_duplicates()
    others = (city.tables[name] for name in ("party_units", "agreements"))
    return known_structure.naive_answers(places, scores, *others)


def two_stage(
    data: pd.DataFrame, wanted: list[str], instruments: list[str], rest: list[str]
) -> Answer:
    """
    Estimate the first slope by two-stage least squares, sub-districts as clusters.

    Errors are CR1, with t of one degree of freedom less than there are clusters.
    """
    outcome = data["share_resolved"].to_numpy()
    clusters, codes = _clusters(data)
    fixed = [np.ones(len(data)), *(data[name].to_numpy(float) for name in rest)]
    x = np.column_stack([*(data[name] for name in wanted), *fixed]).astype(float)
    z = np.column_stack([*(data[name] for name in instruments), *fixed]).astype(float)
    inverse = np.linalg.inv(z.T @ x)
    slopes = inverse @ (z.T @ outcome)
    scores = z * (outcome - x @ slopes)[:, None]
    sums = np.zeros((clusters, z.shape[1]))
    np.add.at(sums, codes, scores)
    n, k = x.shape
    factor = clusters / (clusters - 1) * (n - 1) / (n - k)
    error = np.sqrt(factor * (inverse @ sums.T @ sums @ inverse.T)[0, 0])
    width = stats.t.ppf(0.975, clusters - 1) * error
    return float(slopes[0]), float(slopes[0] - width), float(slopes[0] + width)


def _clusters(data: pd.DataFrame) -> tuple[int, np.ndarray]:
    codes, names = pd.factorize(data["subdistrict"])
    return len(names), codes


def _years(city: City) -> pd.DataFrame:
    """Return the last year of each community, with the scores of the year before."""
    scores = city.tables["actor_scores"]
    rated = scores[SCORES].to_numpy(float)
    scores = scores.assign(
        subdistrict=scores["community"].str.rpartition("-")[0],
        joint_office=scores["joint_office"].astype(float),
        share_resolved=scores["matters_resolved"] / scores["matters_raised"],
        overlap=scores["duties_shared"] / len(DUTIES),
        weakest=rated.min(axis=1),
        development=rated.mean(axis=1),
        coupling=rated.prod(axis=1) ** (1 / len(SCORES)) / rated.mean(axis=1),
    )
    last = scores[scores["year"] == scores["year"].max()]
    before = scores[scores["year"] == scores["year"].max() - 1].set_index("community")
    had = before.loc[last["community"], ["weakest", "development", "coupling"]]
    return last.reset_index(drop=True).join(
        had.add_suffix("_before").reset_index(drop=True)
    )


def _matched(city: City, year: pd.DataFrame) -> Answer:
    agreements = city.tables["agreements"].merge(
        year[["community", "subdistrict", "joint_office"]], on="community"
    )
    fit = participation.fit(
        agreements.assign(need_matched=agreements["need_matched"].astype(float)),
        "need_matched ~ joint_office",
        family="linear",
        cluster="subdistrict",
        errors="CR2",
    )
    return _answer(fit.table.set_index("term").loc["joint_office"])


def _answer(row: pd.Series) -> Answer:
    return float(row["estimate"]), float(row["conf_low"]), float(row["conf_high"])


def _times(answer: Answer, factor: float) -> Answer:
    estimate, *ends = (factor * end for end in answer)
    return estimate, min(ends), max(ends)
