"""What is true of shared activities in S city, and what a hasty reader would say."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from govlib.city.base import Base, some
from govlib.city.hasty import jackknife
from govlib.city.institutions import QUARTERS
from govlib.city.lived import Lived
from govlib.city.model import simulate
from govlib.city.participation import YEAR_START
from govlib.city.people import Booleans, Floats, Integers, People
from govlib.city.places import SIZES, community_codes
from govlib.city.programmes import (
    BEFORE,
    GROWTH,
    OPEN,
    Acquaintance,
    Life,
    acquaintance,
    expected_score,
    live,
    starts,
)
from govlib.city.row import NONE, Row
from govlib.city.survey import BELONGING

CHAPTERS = ("07",)
CITIES = 50
# One in so many communities of each simulated city; others in each city.
STEP = 20
POPULATION = "population of cities"
# Outcomes of the panel, and what each is.
OUTCOMES = {
    "ties": (
        "ties per resident",
        "人均关系数",
        "mean neighbours whom an adult would visit or ask for help",
        "成年居民会走访或求助的邻居数均值",
    ),
    "belonging": (
        "the score of belonging, 1 to 5",
        "归属感得分（1至5分）",
        "expected mean of the four statements on belonging, the reversed one turned "
        "round, of adults",
        "成年居民四项归属感陈述（反向题已转换）的期望均值",
    ),
    "participation": (
        "the share that takes part in a quarter",
        "季度参与比例",
        "chance of taking part in a community decision in the quarter, given belonging "
        "at its start, of adults",
        "成年居民该季度参与社区决策的概率（给定季度初的归属感）",
    ),
}
# Settings in which each community is run.
RUNS = (
    "never",
    "always",
    "trial",
    "own",
    "never without loop",
    "always without loop",
)
YEAR_EN = (
    "taking part in a community decision in the last four quarters, as a chance given "
    "belonging at the start of that year"
)
YEAR_ZH = "最近四个季度内参与社区决策的概率（给定年初的归属感）"


def _old(outcome: str, title_en: str, title_zh: str, en: str, zh: str) -> Row:
    return Row(
        f"activities_{outcome}",
        "07",
        f"Effect of activities long held on {title_en}",
        f"长期开展的共同活动对{title_zh}的效应",
        f"Activities held for as long as anyone remembers against never, in all "
        f"communities; {en}",
        f"所有社区长期举办共同活动与从未举办相比；{zh}",
        "total effect",
        POPULATION,
        NONE,
        "Weighted mean of the survey where activities are held minus where they are "
        "not: rich high-rises hold them",
        "调查中有活动社区与无活动社区的加权均值之差：富裕的高层小区才办活动",
    )


def _trial(
    outcome: str, title_en: str, title_zh: str, en: str, zh: str, *naive: str
) -> Row:
    return Row(
        f"trial_{outcome}",
        "07",
        f"Effect of a good-neighbour stage after two years on {title_en}",
        f"睦邻小舞台开办两年后对{title_zh}的效应",
        f"Stage open from quarter {OPEN} against none, in communities without "
        f"activities, at the end of quarter {QUARTERS}; {en}",
        f"在没有活动的社区，自第{OPEN}季度起开办小舞台与不开办相比，第{QUARTERS}季度末；{zh}",
        "total effect",
        POPULATION,
        NONE,
        *naive,
    )


def _average(outcome: str, *naive: str) -> Row:
    title_en, title_zh, en, zh = OUTCOMES[outcome]
    return Row(
        f"panel_{outcome}",
        "07",
        f"Mean effect of activities since their start on {title_en}",
        f"活动开始以来对{title_zh}的平均效应",
        "Communities that start activities in quarter 5, 7 or 9, as they do against "
        f"never, mean over their quarters with activities; {en}",
        f"在第5、7或9季度开始活动的社区，如期开始与从不开始相比，对有活动的各季度取平均；{zh}",
        "total effect",
        POPULATION,
        NONE,
        *naive,
    )


def _event(outcome: str, since: int) -> Row:
    title_en, title_zh, en, zh = OUTCOMES[outcome]
    return Row(
        f"event_{outcome}_{since}",
        "07",
        f"Effect {since} quarter(s) after the start on {title_en}",
        f"开始后第{since}个季度对{title_zh}的效应",
        "Communities that start activities in quarter 5, 7 or 9 and are seen "
        f"{since} quarter(s) later, as they do against never; {en}",
        f"在第5、7或9季度开始活动且{since}个季度后仍可观测的社区，如期开始与从不开始相比；{zh}",
        "total effect",
        POPULATION,
        NONE,
    )


ROWS = (
    _old("ties", *OUTCOMES["ties"]),
    _old("belonging", *OUTCOMES["belonging"]),
    _old("participation", "taking part in a year", "年度参与", YEAR_EN, YEAR_ZH),
    _trial("ties", *OUTCOMES["ties"]),
    _trial("belonging", *OUTCOMES["belonging"]),
    _trial(
        "participation",
        "taking part in a year",
        "年度参与",
        YEAR_EN,
        YEAR_ZH,
        "Share after minus share before where a stage opened: halls opened in the same "
        "years",
        "有小舞台的社区前后参与比例之差：同一时期还开设了议事厅",
    ),
    _average(
        "ties",
        "Two-way fixed effects: those who started early stand in for those who have "
        "not started, and their growing effect is taken off",
        "双向固定效应：较早开始的社区被当作尚未开始的对照，其增长中的效应被减去",
    ),
    _average("belonging"),
    _average(
        "participation",
        "Two-way fixed effects: where no activities start, halls open",
        "双向固定效应：没有开始活动的社区更多地开设了议事厅",
    ),
    *(
        _event(outcome, since)
        for outcome in ("ties", "belonging")
        for since in range(GROWTH)
    ),
    Row(
        "activities_belonging_direct",
        "07",
        "Effect of activities on belonging with ties held fixed",
        "关系数固定时共同活动对归属感的效应",
        "No equation of belonging has activities in it: they act through ties alone, "
        "and through the participation that ties bring",
        "归属感方程中没有活动一项：活动只通过邻里关系及其带来的参与起作用",
        "parameter",
        "model",
        NONE,
    ),
    Row(
        "loop_belonging",
        "07",
        "Part of the effect on belonging that comes back through participation",
        "经由参与返回的那部分归属感效应",
        "Effect of activities long held on the score of belonging, minus the same "
        "effect if participation did not move belonging (feedback set to 0)",
        "长期活动对归属感得分的效应，减去参与不影响归属感（反馈参数为0）时的同一效应",
        "total effect",
        POPULATION,
        NONE,
    ),
    Row(
        "participation_belonging",
        "07",
        "Effect of taking part once on belonging",
        "参与一次对归属感的效应",
        "All adults take part in the last quarter against none; expected score of "
        "belonging right after it, 1 to 5",
        "全体成年居民在最后一个季度都参与与都不参与相比；其后的归属感得分期望（1至5分）",
        "total effect",
        POPULATION,
        NONE,
        "Weighted mean score of those who took part minus of those who did not: who "
        "belongs takes part",
        "参与者与未参与者加权平均得分之差：有归属感的人更会参与",
    ),
)


@dataclass(frozen=True, slots=True)
class _Means:
    """Means over the adults of one community: by quarter, and of the last year."""

    ties: Floats
    belonging: Floats
    participation: Floats
    year: float
    # Shares that took part, as it happened.
    first_year: float
    last_year: float


@dataclass(frozen=True, slots=True)
class _Community:
    """One community, ready to be run with activities from any quarter on."""

    city: Base
    number: int
    people: People
    known: Acquaintance

    @property
    def adult(self) -> Booleans:
        return self.people.age >= 18

    def life(self, degree: Integers, **changed: float) -> Life:
        return live(
            self.city.seed,
            self.city.places[self.number],
            self.city.institutions[self.number],
            self.people,
            degree,
            self.city.parameters | changed,
        )

    def means(self, degree: Integers, scored: int = 1, **changed: float) -> _Means:
        """Live through the quarters; belonging is scored in the last so many."""
        life = self.life(degree, **changed)
        score = expected_score(life.belonging[-scored:, self.adult])
        return _Means(
            ties=degree[:, self.adult].mean(axis=1),
            belonging=score.mean(axis=1),
            participation=life.chance[:, self.adult].mean(axis=1),
            year=float(life.year[self.adult].mean()),
            first_year=_share(life, slice(None, BEFORE), self.adult),
            last_year=_share(life, slice(YEAR_START, None), self.adult),
        )


def _share(life: Life, quarters: slice, adult: Booleans) -> float:
    return float(life.decided[quarters][:, adult].any(axis=0).mean())


def _ready(city: Base, number: int) -> _Community:
    home = Lived(city, number)
    return _Community(city, number, home.people, acquaintance(home))


def some_of(seed: int) -> Base:
    """
    Choose communities from all parts of a city, others in each city.

    Parameters
    ----------
    seed : int
        Seed of the city.

    Returns
    -------
    Base
        One in twenty communities of a course-size city.
    """
    codes = community_codes(SIZES["course"])[seed % STEP :: STEP]
    return some(seed, SIZES["course"], codes)


def figures(seed: int) -> dict[str, float]:
    """
    Run some communities of one city in every setting that the truth needs.

    Parameters
    ----------
    seed : int
        Seed of the city.

    Returns
    -------
    dict of str to float
        One figure per quantity, and ``naive_`` before the naive ones; NaN where the
        city's communities do not show it.
    """
    city = some_of(seed)
    when = starts(city)
    quarters = np.arange(1, QUARTERS + 1)
    paths: dict[str, list[_Means]] = {name: [] for name in RUNS}
    once = []
    for number, start in enumerate(when):
        place = _ready(city, number)
        never = place.known.degree(np.zeros(QUARTERS))
        # The survey's network, in which activities are old.
        always = np.broadcast_to(
            place.known.without + place.known.gained[-1], never.shape
        )
        own = place.known.degree((start > 0) & (quarters >= start))
        for name, run in (
            ("never", place.means(never, QUARTERS)),
            ("always", place.means(always)),
            ("trial", place.means(place.known.degree(quarters >= OPEN))),
            ("own", place.means(own, QUARTERS)),
            ("never without loop", place.means(never, feedback=0.0)),
            ("always without loop", place.means(always, feedback=0.0)),
        ):
            paths[name].append(run)
        once.append(_once(place, always if start else never))
    out = _long_held(paths, when > 0) | _opened(paths, when > 0) | _panel(paths, when)
    gain, told_yes, yes, told_no, no = np.sum(once, axis=0)
    out["participation_belonging"] = gain / len(once)
    out["naive_participation_belonging"] = told_yes / yes - told_no / no
    return out


def _once(place: _Community, degree: Integers) -> tuple[float, ...]:
    """Take part once: what it adds to the score; and scores of those who did or not."""
    step, adult = place.city.parameters["feedback"], place.adult
    life = place.life(degree)
    after = life.belonging[-1, adult]
    without = after - step * life.decided[-1, adult]
    gain = expected_score(without + step) - expected_score(without)
    score, part = expected_score(after), life.decided[YEAR_START:, adult].any(axis=0)
    return (
        float(gain.mean()),
        float(score[part].sum()),
        float(part.sum()),
        float(score[~part].sum()),
        float((~part).sum()),
    )


def _last(runs: list[_Means], outcome: str) -> Floats:
    """Return an outcome at the end of the last quarter, one entry per community."""
    if outcome == "participation":
        return np.array([run.year for run in runs])
    return np.array([getattr(run, outcome)[-1] for run in runs])


def _long_held(paths: dict[str, list[_Means]], held: Booleans) -> dict[str, float]:
    out = {}
    for outcome in OUTCOMES:
        on, off = (_last(paths[name], outcome) for name in ("always", "never"))
        out[f"activities_{outcome}"] = float((on - off).mean())
        if held.any() and not held.all():
            naive = on[held].mean() - off[~held].mean()
            out[f"naive_activities_{outcome}"] = float(naive)
    on, off = (
        _last(paths[f"{name} without loop"], "belonging")
        for name in ("always", "never")
    )
    out["loop_belonging"] = out["activities_belonging"] - float((on - off).mean())
    return out


def _opened(paths: dict[str, list[_Means]], held: Booleans) -> dict[str, float]:
    out = {}
    for outcome in OUTCOMES:
        on, off = (_last(paths[name], outcome)[~held] for name in ("trial", "never"))
        out[f"trial_{outcome}"] = float((on - off).mean())
    runs = [run for run, other in zip(paths["trial"], held, strict=True) if not other]
    change = [run.last_year - run.first_year for run in runs]
    out["naive_trial_participation"] = float(np.mean(change))
    return out


def _panel(paths: dict[str, list[_Means]], when: Integers) -> dict[str, float]:
    """Averages over quarters with activities, and by quarters since the start."""
    quarters = np.arange(1, QUARTERS + 1)
    since = np.where(when[:, None] > 0, quarters - when[:, None], -1)
    out = {}
    for outcome in OUTCOMES:
        own, never = (
            np.array([getattr(run, outcome) for run in paths[name]])
            for name in ("own", "never")
        )
        effect = own - never
        if (since >= 0).any():
            out[f"panel_{outcome}"] = float(effect[since >= 0].mean())
            fitted = two_way(own, since >= 0)
            if outcome != "belonging":
                out[f"naive_panel_{outcome}"] = fitted
        if outcome != "participation":
            for e in range(GROWTH):
                seen = since == e
                out[f"event_{outcome}_{e}"] = (
                    float(effect[seen].mean()) if seen.any() else np.nan
                )
    return out


def two_way(outcome: Floats, treated: Booleans) -> float:
    """
    Regress an outcome on treatment, units and periods.

    Parameters
    ----------
    outcome : numpy.ndarray of float, shape (units, periods)
        A balanced panel.
    treated : numpy.ndarray of bool, shape (units, periods)
        Where a unit is treated.

    Returns
    -------
    float
        Coefficient of treatment.

    Examples
    --------
    One unit gains 3 when its treatment starts, the other 1 all the same:

    >>> outcome = np.array([[0.0, 3.0], [0.0, 1.0]])
    >>> two_way(outcome, np.array([[False, True], [False, False]]))
    2.0
    """
    d = treated - treated.mean(axis=1, keepdims=True)
    d = d - d.mean(axis=0)
    return float((d * outcome).sum() / (d * d).sum())


def exact() -> dict[str, float]:
    """
    Read the truths off the equations that need no simulated city.

    Returns
    -------
    dict of str to float
        By symbol.
    """
    return {"activities_belonging_direct": 0.0}


def shown(seed: int) -> dict[str, tuple[float, float]]:
    """
    Give the answers of a hasty reader from the tables of a city.

    Parameters
    ----------
    seed : int
        Seed of the city.

    Returns
    -------
    dict of str to tuple of float
        Per symbol the answer and its standard error, with communities as clusters.
    """
    city = simulate(
        "course", seed=seed, only=("communities", "survey", "activity_trial", "panel")
    )
    told = city.survey[city.survey["answered"]].merge(
        city.communities[["community", "activity"]], on="community"
    )
    statements = [
        _numbers(told[item]) if loading > 0 else 6 - _numbers(told[item])
        for item, loading in BELONGING.items()
    ]
    told["belonging"] = pd.concat(statements, axis=1).mean(axis=1, skipna=False)
    out = {
        f"activities_{outcome}": difference(told, column, "activity")
        for outcome, column in (
            ("ties", "ties"),
            ("belonging", "belonging"),
            ("participation", "took_part"),
        )
    }
    known = told.dropna(subset=["took_part"])
    known = known.assign(part=known["took_part"].astype(bool))
    out["participation_belonging"] = difference(known, "belonging", "part")
    trial = city.activity_trial[city.activity_trial["stage"]]
    change = _numbers(trial["took_part_after"]) - _numbers(trial["took_part_before"])
    by_place = change.groupby(trial["community"]).mean()
    out["trial_participation"] = (
        float(by_place.mean()),
        float(by_place.std(ddof=1) / np.sqrt(len(by_place))),
    )
    panel = city.panel.sort_values(["community", "quarter"])
    shape = (panel["community"].nunique(), QUARTERS)
    treated = panel["activity"].to_numpy().reshape(shape)
    for outcome, column in (
        ("ties", "mean_ties"),
        ("participation", "participation_rate"),
    ):
        values = panel[column].to_numpy().reshape(shape)
        estimate = two_way(values, treated)
        # Leave one community out at a time.
        kept = ~np.eye(len(values), dtype=np.bool_)
        others = [{outcome: two_way(values[k], treated[k])} for k in kept]
        out[f"panel_{outcome}"] = estimate, float(jackknife(others)[outcome])
    return out


def difference(data: pd.DataFrame, value: str, group: str) -> tuple[float, float]:
    """
    Compare weighted means of two groups of the survey.

    Parameters
    ----------
    data : pandas.DataFrame
        Rows of the survey, with ``community`` and ``weight``.
    value : str
        Column of numbers or truth values; rows without one are left out.
    group : str
        Column of true and false.

    Returns
    -------
    difference : float
        Weighted mean where true minus where false.
    std_error : float
        Its linearised standard error, with communities as clusters.
    """
    told = data.assign(value=_numbers(data[value])).dropna(subset=["value"])
    influence = np.zeros(len(told))
    out = 0.0
    for held, sign in ((True, 1.0), (False, -1.0)):
        part = (told[group] == held).to_numpy()
        weight = told["weight"].to_numpy() * part
        mean = float(weight @ told["value"].to_numpy() / weight.sum())
        out += sign * mean
        influence += sign * weight * (told["value"].to_numpy() - mean) / weight.sum()
    by_place = pd.Series(influence).groupby(told["community"].to_numpy()).sum()
    n = len(by_place)
    return out, float(np.sqrt(n / (n - 1) * (by_place**2).sum()))


def _numbers(values: pd.Series) -> pd.Series:
    return values.astype("Float64").astype("float64")
