"""
Chapter 07: what shared activities do, from a lottery and from a staggered start.

Left out are the effects by quarters since the start: late ones rest on a dozen starters
of one wave, too few clusters for any interval.
"""

import numpy as np
import pandas as pd

from estimators import Answer, Check
from estimators._shared import answer, around, staggered
from govlib import evaluation
from govlib.city import City, Size, known_programmes
from govlib.city.hasty import jackknife
from govlib.city.institutions import QUARTERS
from govlib.city.people import Booleans
from govlib.city.programmes import STARTS
from govlib.city.survey import BELONGING

SIZE = Size(8, 6, 2, 20)
TABLES = ("activity_trial", "panel")
TRIAL_EN = (
    "Communities drawn by lot within districts, answers before held fixed; clusters: "
    "communities"
)
TRIAL_ZH = "按区抽签的社区试验，控制事前回答；以社区聚类"
EVENT_EN = "Starters against communities that never start, quarter by quarter, t"
EVENT_ZH = "逐季与从未开始活动的社区比较，t分布"
ALONE_EN = f"{EVENT_EN}; communities without a hall only"
ALONE_ZH = f"{EVENT_ZH}；仅限没有议事厅的社区"
NEED_EN = f"{ALONE_EN}, need held fixed; leaving out one community at a time"
NEED_ZH = f"{ALONE_ZH}，控制需求；逐一剔除社区"
CHECKS = (
    Check("trial_ties", TRIAL_EN, TRIAL_ZH),
    Check("trial_belonging", TRIAL_EN, TRIAL_ZH),
    Check("trial_participation", TRIAL_EN, TRIAL_ZH, naive_side="above"),
    Check("panel_ties", EVENT_EN, EVENT_ZH, naive_side="below"),
    Check("panel_belonging", ALONE_EN, ALONE_ZH),
    Check("panel_participation", NEED_EN, NEED_ZH, naive_side="below"),
)
ITEMS = list(BELONGING)
REVERSED = [item for item, loading in BELONGING.items() if loading < 0]
PANEL = {
    "ties": "mean_ties",
    "belonging": "mean_belonging",
    "participation": "participation_rate",
}


def right(city: City) -> dict[str, Answer]:
    """Let the lot decide; without a lot compare with those who never start."""
    return _trial(city.tables["activity_trial"]) | _panel(city.tables["panel"])


def naive(city: City) -> dict[str, float]:
    """Read off before and after, and two-way fixed effects."""
    trial, panel = city.tables["activity_trial"], city.tables["panel"]
    staged = trial[trial["stage"]]
    change = _numbers(staged["took_part_after"]) - _numbers(staged["took_part_before"])
    panel = panel.sort_values(["community", "quarter"])
    treated = panel["activity"].to_numpy().reshape(-1, QUARTERS)
    out = {"trial_participation": change.groupby(staged["community"]).mean().mean()}
    for outcome in ("ties", "participation"):
        values = panel[PANEL[outcome]].to_numpy().reshape(-1, QUARTERS)
        out[f"panel_{outcome}"] = known_programmes.two_way(values, treated)
    return out


def _trial(trial: pd.DataFrame) -> dict[str, Answer]:
    told = trial.dropna(subset=["ties_after"])
    for wave in ("before", "after"):
        told = told.assign(
            **{
                f"belonging_{wave}": evaluation.scale_scores(
                    told,
                    items=[f"{item}_{wave}" for item in ITEMS],
                    limits=(1, 5),
                    reverse=[f"{item}_{wave}" for item in REVERSED],
                    least_answered=len(ITEMS),
                ),
                f"participation_{wave}": _numbers(told[f"took_part_{wave}"]),
                f"ties_{wave}": _numbers(told[f"ties_{wave}"]),
            }
        )
    out = {}
    for outcome in PANEL:
        table = evaluation.cluster_trial(
            told,
            outcome=f"{outcome}_after",
            treatment="stage",
            cluster="community",
            strata="district",
            covariates=[f"{outcome}_before"],
        )
        out[f"trial_{outcome}"] = answer(table, "effect")
    return out


def _panel(panel: pd.DataFrame) -> dict[str, Answer]:
    # A second programme at the same time: halls go where no activities start, and
    # move participation and, by it, belonging.
    halls = panel.loc[panel["hall"], "community"]
    alone = panel[~panel["community"].isin(halls)]
    first = alone[alone["activity"]].groupby("community")["quarter"].min()
    starters = first.value_counts().reindex(STARTS, fill_value=0)
    if starters.min() < 3:
        # One city in some hundreds: a wave of one has no error, nor if one is left out.
        return {f"panel_{outcome}": (np.nan, np.nan, np.nan) for outcome in PANEL}
    return {
        "panel_ties": staggered(_started(panel, "mean_ties")),
        "panel_belonging": staggered(_started(alone, "mean_belonging")),
        "panel_participation": _at_equal_need(alone),
    }


def _started(rows: pd.DataFrame, outcome: str) -> evaluation.GroupTimeEffects:
    """Compare those that start with those that never do."""
    return evaluation.group_time_effects(
        rows,
        outcome=outcome,
        treatment="activity",
        unit="community",
        time="quarter",
        base_period="universal",
    )


def _at_equal_need(alone: pd.DataFrame) -> Answer:
    """
    Average since the start, where need stays as it is.

    Halls go where need is high, so those without one that never start were little in
    need when halls were given, and more so later. The average is that of
    :func:`_started`, on arrays, for it is found again without each community.
    """
    alone = alone.sort_values(["community", "quarter"])
    rate, need, active = (
        alone[name].to_numpy(float).reshape(-1, QUARTERS)
        for name in ("participation_rate", "need", "activity")
    )
    before = active == 0
    own_level = np.repeat(np.eye(len(rate)), QUARTERS, axis=0)
    common_level = np.tile(np.eye(QUARTERS), (len(rate), 1))
    columns = np.column_stack([need.ravel(), own_level, common_level])

    def average(kept: Booleans) -> float:
        rows = (before & kept[:, None]).ravel()
        slope = np.linalg.lstsq(columns[rows], rate.ravel()[rows])[0][0]
        level = rate - slope * need
        never = kept & before.all(axis=1)
        total = number = 0.0
        for start in STARTS:
            change = level[:, start - 1 :] - level[:, [start - 2]]
            own = kept & (before.sum(axis=1) == start - 1)
            effects = change[own].mean(axis=0) - change[never].mean(axis=0)
            total += own.sum() * effects.sum()
            number += own.sum() * effects.size
        return float(total / number)

    every = np.ones(len(rate), np.bool_)
    left_out = [
        {"average": average(np.arange(len(rate)) != one)} for one in range(len(rate))
    ]
    error = jackknife(left_out)["average"]
    return around(average(every), error, len(rate) - 1)


def _numbers(values: pd.Series) -> pd.Series:
    return values.astype("Float64").astype("float64")
