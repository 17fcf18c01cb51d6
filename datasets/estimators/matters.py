"""Matters, delegated rights, the added layer and training: chapter 10."""

import numpy as np
import pandas as pd

from estimators import Answer, Check
from estimators._shared import answer, ends, regression, staggered, subdistrict
from govlib import evaluation, lifecycle, participation
from govlib.city import City, Size, known_matters

# One matter in 45 is followed, and one community in two opens its staff files, so that
# fewer communities would leave little to count.
SIZE = Size(8, 6, 4, 20)
TABLES = ("committees", "matters", "matter_events", "matter_quarters", "workers")

YEAR, QUARTER, LAST = 364, 91, 1092
HORIZON, LIMIT = 300, 90
# Quarters before any right is delegated, and those whose matters had a year to close.
UNTOUCHED, WATCHED = 4, 8

CHECKS = (
    Check(
        "matter_mean",
        "Restricted mean (Kaplan-Meier) of the first year's matters as of its last "
        "day, open ones as censored; clusters: sub-districts",
        "截至第一年末，将未结事项作为删失的限制平均（Kaplan-Meier）；按街镇聚类",
        "below",
    ),
    Check(
        "matter_median",
        "Median of the same Kaplan-Meier curve",
        "同一Kaplan-Meier曲线的中位数",
        "below",
    ),
    Check(
        "matter_in_time",
        "One minus the same curve at 90 days",
        "1减去同一曲线在90天处的值",
        "above",
    ),
    Check(
        "decision_waiting",
        "Restricted mean of the first waits for a decision, those not over as "
        "censored; clusters: sub-districts",
        "首轮等待决策时间的限制平均，未结束者作为删失；按街镇聚类",
        "below",
    ),
    Check(
        "delegation_average",
        "Group-time effects against communities never delegated to, all treated "
        "communities and quarters counting the same; clusters: sub-districts, t",
        "以从未下放的社区为对照的分组分期效应，各受处理社区与季度权重相同；"
        "按街镇聚类，t分布",
        "below",
    ),
    Check(
        "delegation_growth",
        "Slope over the quarters since delegation less that of communities never "
        "delegated to in the same quarters; clusters: sub-districts",
        "下放后各季度的斜率减去同期从未下放社区的斜率；按街镇聚类",
    ),
    Check(
        "layer_completion",
        "District J against the others before any right is delegated, at equal load; "
        "clusters: sub-districts (CR2)",
        "任何权力下放之前，负荷相同时J区与其他区之差；按街镇聚类（CR2）",
        "below",
    ),
    Check(
        "layer_fulfilled",
        "Share of followed matters carried out as meant, district J against "
        "communities not delegated to so far, at equal load; clusters: sub-districts "
        "(CR2)",
        "所跟踪事项按原意落实的比例，负荷相同时J区与尚未下放社区之差；按街镇聚类（CR2）",
    ),
    Check(
        "training_leaving",
        "Poisson regression of leavers on training at the quarter's load, per day on "
        "the staff from the first course day after joining, split on the day of "
        "training; clusters: committees",
        "以负荷为控制变量的离职数泊松回归，按在岗日计：自入职后首个培训日起观察，"
        "并在受训当天分段；按居委会聚类",
        "below",
    ),
)


def right(city: City) -> dict[str, Answer]:
    """Return what the chapter calls the better answers."""
    load = city.committees.groupby("community")["load"].mean()
    return {
        **_times(city),
        "decision_waiting": _waiting(city),
        **_delegation(city.matter_quarters),
        "layer_completion": _layer(city.matter_quarters, load),
        "layer_fulfilled": _as_meant(city, load),
        "training_leaving": _training(city.workers, city.committees),
    }


def naive(city: City) -> dict[str, float]:
    """Return the hasty reader's answers."""
    seen = known_matters.first_year(city.matters, city.matter_events)
    return {
        **known_matters.closed_only(seen),
        "delegation_average": known_matters.two_way(city.matter_quarters)[0],
        "layer_completion": known_matters.layer_gap(city.matter_quarters)[0],
        "training_leaving": known_matters.ever_trained(city.workers)[0],
    }


def _first(city: City) -> pd.DataFrame:
    """Return the matters of the first year."""
    rows = city.matters[city.matters["opened_on"] < YEAR]
    return rows.assign(subdistrict=subdistrict(rows["community"]))


def _times(city: City) -> dict[str, Answer]:
    """Follow the first year's matters until its last day."""
    first = _first(city)
    report = lifecycle.durations(first, start="opened_on", end="closed_on", until=YEAR)
    timed = {"time": "duration", "outcome": "finished", "cluster": "subdistrict"}
    mean = lifecycle.restricted_mean(report, **timed, horizon=HORIZON)
    within = lifecycle.finished_by(report, **timed, limit=LIMIT)
    return {
        "matter_mean": ends(mean.iloc[0]),
        "matter_median": ends(
            lifecycle.survival_curve(report, **timed).medians.iloc[0]
        ),
        "matter_in_time": ends(within.iloc[0]),
    }


def _waiting(city: City) -> Answer:
    """Follow the first waits for a decision until the last day of the first year."""
    first = _first(city)
    visits = city.matter_events[city.matter_events["matter"].isin(first["matter"])]
    spells = lifecycle.stage_spells(
        visits,
        first,
        unit="matter",
        stage="cycle_stage",
        start="started_on",
        finish="finished_on",
        opened="opened_on",
        closed="closed_on",
        until=YEAR,
    )
    waits = spells[(spells["stage"] == "decision") & (spells["phase"] == "waiting")]
    waits = waits.sort_values("began").drop_duplicates("matter")
    waits = waits.merge(first[["matter", "subdistrict"]], on="matter")
    return ends(lifecycle.stuck(waits, horizon=HORIZON, cluster="subdistrict").iloc[0])


def _shares(quarters: pd.DataFrame) -> pd.DataFrame:
    """Return shares closed in time of communities with matters in every quarter."""
    known = quarters.dropna(subset=["matters_completed"])
    empty = known.loc[known["matters_opened"] == 0, "community"]
    known = known[~known["community"].isin(empty)]
    share = known["matters_completed"].astype(float) / known["matters_opened"]
    return known.assign(share=share, subdistrict=subdistrict(known["community"]))


def _delegation(quarters: pd.DataFrame) -> dict[str, Answer]:
    """Compare communities that decide for themselves with those that never will."""
    known = _shares(quarters)
    effects = evaluation.group_time_effects(
        known,
        outcome="share",
        treatment="delegated",
        unit="community",
        time="quarter",
        cluster="subdistrict",
    )
    slopes = pd.concat(
        [_slopes(known, int(g)) for g in known["delegated_since"].unique() if g]
    )
    growth = regression(slopes, "slope ~ held + C(since)", weight="squares")
    return {
        "delegation_average": staggered(effects),
        "delegation_growth": answer(growth, "held"),
    }


def _slopes(known: pd.DataFrame, since: int) -> pd.DataFrame:
    """
    Return slopes from a quarter on, of those who begin then and those who never do.

    Weights are the sums of squares of the quarters: a slope over seven of them is
    known better than one over three.
    """
    rows = known[
        known["delegated_since"].isin([0, since]) & (known["quarter"] >= since)
    ]
    rows = rows.sort_values(["community", "quarter"])
    time = rows["quarter"].unique().astype(float)
    time -= time.mean()
    of = rows.drop_duplicates("community")
    return pd.DataFrame(
        {
            "slope": rows["share"].to_numpy().reshape(-1, time.size)
            @ time
            / (time @ time),
            "held": (of["delegated_since"] > 0).astype(float),
            "since": since,
            "squares": time @ time,
            "subdistrict": of["subdistrict"],
        }
    )


def _at_equal_load(rows: pd.DataFrame, outcome: str) -> Answer:
    """Compare places with the layer and without it, given their committees' load."""
    line = regression(rows, f"{outcome} ~ with_layer + load")
    return answer(line, "with_layer")


def _layer(quarters: pd.DataFrame, load: pd.Series) -> Answer:
    """Compare district J with the others while nothing is delegated anywhere."""
    early = quarters[quarters["quarter"] <= UNTOUCHED]
    sums = early.groupby("community").agg(
        done=("matters_completed", "sum"),
        opened=("matters_opened", "sum"),
        with_layer=("layer", "first"),
    )
    sums = sums[sums["opened"] > 0]
    rows = sums.assign(
        share=sums["done"].astype(float) / sums["opened"],
        with_layer=sums["with_layer"].astype(float),
        load=load.loc[sums.index],
        subdistrict=subdistrict(sums.index.to_series()),
    )
    return _at_equal_load(rows, "share")


def _as_meant(city: City, load: pd.Series) -> Answer:
    """
    Compare what is carried out as meant in district J and where nothing is delegated.

    Only matters that had a year to close: what closes soon is decided locally more
    often, and loses less on the way.
    """
    rows = city.matters.assign(quarter=city.matters["opened_on"] // QUARTER + 1)
    rows = rows.merge(city.matter_quarters, on=["community", "quarter"])
    rows = rows[~rows["delegated"] & (rows["quarter"] <= WATCHED)]
    rows = rows.dropna(subset=["fulfilled"])
    rows = rows.assign(
        meant=rows["fulfilled"].astype(float),
        with_layer=rows["layer"].astype(float),
        load=rows["community"].astype(str).map(load).astype(float),
        subdistrict=subdistrict(rows["community"]),
    )
    return _at_equal_load(rows, "meant")


def _training(workers: pd.DataFrame, committees: pd.DataFrame) -> Answer:
    """Compare rates of leaving in committees under the same load in the quarter."""
    days = _worker_days(workers).merge(
        committees[["community", "quarter", "load"]], on=["community", "quarter"]
    )
    fitted = participation.fit(
        days,
        "leavers ~ trained + load",
        family="poisson",
        exposure="days",
        cluster="community",
        errors="CR2",
    )
    return answer(fitted.table, "trained")


def _worker_days(workers: pd.DataFrame) -> pd.DataFrame:
    """
    Count days on the staff and leavers by committee, quarter and training.

    Courses are held on a quarter's first day. Who has just joined can neither be
    trained nor leave before the next of them, so that everybody's time starts there;
    days before a training count as untrained.
    """
    joined = workers["joined"].clip(lower=0).to_numpy(dtype=float)
    since = np.ceil(joined / QUARTER) * QUARTER
    left = workers["left_on"].fillna(np.inf).to_numpy(dtype=float)
    trained = workers["trained_on"].fillna(np.inf).to_numpy(dtype=float)
    parts = []
    for quarter in range(1, LAST // QUARTER + 1):
        begin, end = (quarter - 1) * QUARTER, quarter * QUARTER
        parts.append(
            pd.DataFrame(
                {
                    "community": workers["community"],
                    "quarter": quarter,
                    "trained": trained <= begin,
                    "days": np.minimum(left, end) - np.maximum(since, begin),
                    "leavers": left <= end,
                }
            )
        )
    rows = pd.concat(parts)
    rows = rows[rows["days"] > 0]
    keys = ["community", "quarter", "trained"]
    return (
        rows.groupby(keys, as_index=False, observed=True)
        .sum()
        .astype({"trained": float})
    )
