"""
Effects of a staggered start: panels, two-by-two comparisons and their averages.

Every estimate comes with its influence on each unit, from which errors by cluster,
averages of estimates and simultaneous bands follow by matrix products.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit

from govlib import _columns, _validate

Array = NDArray[np.floating]

# Beyond this chance of treatment a comparison unit would count for 200 others.
LARGEST_PROPENSITY = 0.995


@dataclass(frozen=True, slots=True)
class Panel:
    """
    A balanced panel, one row per unit and one column per period, in order.

    Attributes
    ----------
    outcome : numpy.ndarray
        Shape (units, periods).
    times : numpy.ndarray
        Periods, shape (periods,).
    start : numpy.ndarray
        First treated period of each unit, infinite if there is none.
    covariates : numpy.ndarray
        Shape (units, k).
    cluster : numpy.ndarray
        Number of each unit's cluster.
    """

    outcome: Array
    times: Array
    start: Array
    covariates: Array
    cluster: NDArray[np.intp]

    def part(self, units: NDArray[np.bool_], periods: NDArray[np.bool_]) -> "Panel":
        """Return some units and periods; clusters are numbered anew."""
        _, cluster = np.unique(self.cluster[units], return_inverse=True)
        return Panel(
            self.outcome[np.ix_(units, periods)],
            self.times[periods],
            self.start[units],
            self.covariates[units],
            cluster,
        )

    def groups(self) -> Array:
        """Return the starts that occur, without "never"."""
        found = np.unique(self.start)
        return found[np.isfinite(found)]

    def treatment(self) -> Array:
        """Return 1 where a unit is treated and else 0, shape (units, periods)."""
        return (self.start[:, None] <= self.times).astype(float)


def zero_or_one(data: pd.DataFrame, name: str) -> Array:
    """Return the column treatment= as zeros and ones, of which both occur."""
    values = _columns.flags(data, name, "treatment").astype(float)
    if np.unique(values).size < 2:
        everyone = f"{values[0]:g} in every row" if values.size else "empty"
        raise ValueError(
            f"data column {name!r} (treatment=) is {everyone}, so there is nobody to "
            f"compare with; both treated and untreated rows are needed"
        )
    return values


def read_panel(
    data: pd.DataFrame,
    *,
    outcome: str,
    treatment: str,
    unit: str,
    time: str,
    cluster: str | None,
    covariates: list[str],
) -> Panel:
    """Return a table of unit by period as a panel, or say why it is none."""
    _validate.frame(data)
    y = _columns.numbers(data, outcome, "outcome").to_numpy()
    treated = zero_or_one(data, treatment)
    when = _columns.numbers(data, time, "time").to_numpy()
    who = _columns.complete(data, unit, "unit")
    codes, found = pd.factorize(who, sort=True)
    units = np.asarray(found)
    times, period = np.unique(when, return_inverse=True)
    if times.size < 2:
        raise ValueError(
            f"data column {time!r} (time=) has one period only ({times[0]:g}); change "
            f"is seen between at least two"
        )
    seen = np.zeros((units.size, times.size), dtype=int)
    np.add.at(seen, (codes, period), 1)
    twice = units[(seen > 1).any(axis=1)]
    if len(twice):
        raise ValueError(
            f"{len(twice)} unit(s) of {unit!r} have more than one row in a period of "
            f"{time!r}: {_validate.listing(twice)}; keep one row, or average them"
        )
    short = units[(seen == 0).any(axis=1)]
    if len(short):
        raise ValueError(
            f"{len(short)} unit(s) of {unit!r} are not seen in each of the "
            f"{times.size} periods of {time!r}: {_validate.listing(short)}; drop these "
            f"units, or the periods that they miss"
        )
    outcomes, on = np.empty(seen.shape), np.empty(seen.shape)
    outcomes[codes, period], on[codes, period] = y, treated
    left = units[(np.diff(on, axis=1) < 0).any(axis=1)]
    if len(left):
        raise ValueError(
            f"{len(left)} unit(s) of {unit!r} leave treatment again: "
            f"{_validate.listing(left)}; these methods hold for starts that last: "
            f"drop these units, or end the panel before they leave"
        )
    start = np.where(on.any(axis=1), times[np.argmax(on, axis=1)], np.inf)

    def of_unit(name: str, argument: str) -> pd.Series:
        values = _columns.complete(data, name, argument)
        changing = values.groupby(codes).nunique().to_numpy() > 1
        if changing.any():
            raise ValueError(
                f"data column {name!r} ({argument}=) changes over time in "
                f"{int(changing.sum())} unit(s): {_validate.listing(units[changing])}; "
                f"give one value per unit, such as that of the first period"
            )
        first = pd.Series(np.arange(len(data))).groupby(codes).first()
        return values.iloc[first]

    groups = np.arange(units.size)
    if cluster is not None:
        groups, _ = pd.factorize(of_unit(cluster, "cluster"), sort=True)
    x = [_validate.numeric(of_unit(name, "covariates")) for name in covariates]
    return Panel(
        outcomes, times, start, np.array(x).reshape(len(x), units.size).T, groups
    )


@dataclass(frozen=True, slots=True)
class Effects:
    """
    Estimates and the influence of each unit on them.

    ``group`` and ``time`` (K,) say of whom and when; ``influence`` (n, K) averages to
    zero, and an estimate moves by ``influence.sum() / n``.
    """

    group: Array
    time: Array
    estimate: Array
    influence: Array


def comparison_panel(panel: Panel, comparison: str, anticipation: float) -> Panel:
    """
    Return what can be compared.

    Units already treated when the panel begins have no period before. Without a
    never-treated unit the last to start stand in, until they start.
    """
    early = panel.start <= panel.times[0] + anticipation
    panel = panel.part(~early, np.ones(panel.times.size, dtype=bool))
    groups = panel.groups()
    if not groups.size:
        raise ValueError(
            "every treated unit is already treated in the first period (or within "
            "anticipation= of it), so nothing is known of the time before"
        )
    if np.isinf(panel.start).any():
        return panel
    if groups.size == 1:
        raise ValueError(
            f"all units start in {groups[0]:g} and none is never treated, so nobody "
            f"is left to compare with in any period after; add untreated units"
        )
    if comparison == "never_treated":
        raise ValueError(
            f"no unit is never treated; with comparison='not_yet_treated' those who "
            f"start later, last in {groups[-1]:g}, serve until they start"
        )
    kept = panel.times < groups[-1] - anticipation
    panel = panel.part(np.ones(panel.start.size, dtype=bool), kept)
    start = np.where(panel.start == groups[-1], np.inf, panel.start)
    return Panel(panel.outcome, panel.times, start, panel.covariates, panel.cluster)


def group_time(
    panel: Panel, comparison: str, anticipation: float, base_period: str
) -> Effects:
    """Return the effect on each group of starters in each period."""
    n = panel.start.size
    keys, estimates, influences = [], [], []
    for group in panel.groups():
        treated = panel.start == group
        _at_least_two(panel, treated, f"of those who start in {group:g}")
        clean = np.flatnonzero(panel.times < group - anticipation)[-1]
        for t, time in enumerate(panel.times):
            base = clean
            if base_period == "varying" and time < group - anticipation:
                if t == 0:
                    continue
                base = t - 1
            keys.append((group, time))
            influence = np.zeros(n)
            if t == base:
                estimates.append(0.0)
                influences.append(influence)
                continue
            others = np.isinf(panel.start)
            if comparison == "not_yet_treated":
                later = max(time, panel.times[base]) + anticipation
                others = (panel.start > later) & ~treated
            who = f"to compare with those who start in {group:g}"
            _at_least_two(panel, others, who)
            used = treated | others
            change = panel.outcome[used, t] - panel.outcome[used, base]
            estimate, part = two_by_two(change, treated[used], panel.covariates[used])
            influence[used] = part * n / used.sum()
            estimates.append(estimate)
            influences.append(influence)
    group, time = np.array(keys).T
    return Effects(group, time, np.array(estimates), np.array(influences).T)


def _at_least_two(panel: Panel, units: NDArray[np.bool_], who: str) -> None:
    if np.unique(panel.cluster[units]).size < 2:
        raise ValueError(
            f"{int(units.sum())} unit(s) {who} lie in fewer than two clusters, so "
            f"variation between them is unknown; join them with a similar group, or "
            f"leave them out"
        )


def two_by_two(
    change: Array, treated: NDArray[np.bool_], covariates: Array
) -> tuple[float, Array]:
    r"""
    Return a difference in differences and the influence of each unit.

    With covariates :math:`X` it is doubly robust (Sant'Anna and Zhao 2020, the
    estimator with logit and least squares): comparison units are weighted by the odds
    of treatment, and what a regression among them predicts is taken off.
    """
    d, n = treated.astype(float), treated.size
    if not covariates.shape[1]:
        share = d.mean()
        one, none = change[treated].mean(), change[~treated].mean()
        influence = d * (change - one) / share
        influence -= (1 - d) * (change - none) / (1 - share)
        return one - none, influence
    centred = covariates - covariates.mean(axis=0)
    x = np.column_stack([np.ones(n), centred])
    among = x[~treated]
    if np.linalg.matrix_rank(among) < x.shape[1]:
        raise ValueError(
            "covariates= are constant, or combinations of one another, among the "
            "units compared with; use fewer"
        )
    chance = _propensity(x, d)
    beta = np.linalg.lstsq(among, change[~treated], rcond=None)[0]
    rest = change - x @ beta
    odds = chance * (1 - d) / (1 - chance)
    one, none = d @ rest / d.sum(), odds @ rest / odds.sum()
    # What each unit adds to the regression and to the logit.
    by_line = n * ((1 - d) * rest)[:, None] * x @ np.linalg.inv(among.T @ among)
    information = (x * (chance * (1 - chance))[:, None]).T @ x
    by_odds = n * (d - chance)[:, None] * x @ np.linalg.inv(information)
    on_treated = d * (rest - one) - by_line @ (d @ x / n)
    on_others = odds * (rest - none) - by_line @ (odds @ x / n)
    on_others += by_odds @ ((odds * (rest - none)) @ x / n)
    return one - none, on_treated / d.mean() - on_others / odds.mean()


def _propensity(x: Array, d: Array) -> Array:
    """Return the chance of treatment by logit, if treated and others overlap."""
    beta = np.zeros(x.shape[1])
    for _ in range(50):
        chance = expit(x @ beta)
        weight = chance * (1 - chance)
        if weight.sum() < 1e-8 or np.linalg.cond((x * weight[:, None]).T @ x) > 1e14:
            break
        step = np.linalg.solve((x * weight[:, None]).T @ x, x.T @ (d - chance))
        beta += step
        if np.abs(x @ step).max() < 1e-10:
            break
    chance = expit(x @ beta)
    if chance[d == 0].max() > LARGEST_PROPENSITY or chance[d == 1].max() > 1 - 1e-8:
        raise ValueError(
            "covariates= tell treated units from the others (almost) for certain, so "
            "nobody alike is left to compare with; use fewer covariates"
        )
    return chance


def averages(
    panel: Panel, effects: Effects, by: str
) -> tuple[Array, Array, Array, float, Array]:
    """
    Return labels, averages and their influences, and the overall average with its own.

    Groups count by their size among all units, whose sampling is counted too.
    """
    n = panel.start.size
    belongs = (panel.start[:, None] == effects.group).astype(float)
    share = belongs.mean(axis=0)
    after = effects.time >= effects.group

    def mean(chosen: NDArray[np.bool_], sized: bool = True) -> tuple[float, Array]:
        size = share[chosen] if sized else np.ones(chosen.sum())
        weight = size / size.sum()
        value = float(effects.estimate[chosen] @ weight)
        influence = effects.influence[:, chosen] @ weight
        if sized:
            # How the estimate moves with the shares of the groups.
            lever = (effects.estimate[chosen] - value) / size.sum()
            influence = influence + (belongs[:, chosen] - share[chosen]) @ lever
        return value, influence

    if by == "simple":
        overall = mean(after)
        return np.empty(0), np.empty(0), np.empty((n, 0)), *overall
    label = {
        "dynamic": effects.time - effects.group,
        "group": effects.group,
        "calendar": effects.time,
    }[by]
    rows = np.ones_like(after) if by == "dynamic" else after
    labels = np.unique(label[rows])
    means = [mean(rows & (label == value), by != "group") for value in labels]
    values = np.array([value for value, _ in means])
    influence = np.array([part for _, part in means]).T
    if by == "group":
        of_group = (panel.start[:, None] == labels).astype(float)
        size = of_group.mean(axis=0)
        weight = size / size.sum()
        overall = float(values @ weight)
        lever = (values - overall) / size.sum()
        part = influence @ weight + (of_group - size) @ lever
    else:
        counted = labels >= 0 if by == "dynamic" else np.ones(labels.size, dtype=bool)
        overall = float(values[counted].mean())
        part = influence[:, counted].mean(axis=1)
    return labels, values, influence, overall, part


def by_cluster(influence: Array, cluster: NDArray[np.intp]) -> Array:
    """Return what each cluster adds to the estimates, shape (clusters, K)."""
    sums = np.zeros((cluster.max() + 1, influence.shape[1]))
    np.add.at(sums, cluster, influence)
    return sums / len(influence)


def uniform_critical_value(
    sums: Array,
    conf_level: float,
    n_resamples: int,
    rng: np.random.Generator,
) -> float:
    """Return how many errors wide a band is that holds all estimates at once."""
    error = np.sqrt(np.square(sums).sum(axis=0))
    scaled = sums[:, error > 0] / error[error > 0]
    # One sign per cluster is one draw (Rademacher multipliers).
    largest = np.empty(n_resamples)
    for first in range(0, n_resamples, 256):
        size = min(256, n_resamples - first)
        signs = rng.integers(0, 2, size=(size, len(sums))) * 2.0 - 1
        largest[first : first + size] = np.abs(signs @ scaled).max(axis=1, initial=0)
    return float(np.quantile(largest, conf_level))


def demeaned(values: Array) -> Array:
    """Return what is left of a panel after effects of unit and period."""
    centred = values - values.mean(axis=1, keepdims=True)
    return centred - centred.mean(axis=0)


def two_by_two_parts(panel: Panel) -> pd.DataFrame:
    """Return the comparisons that two-way fixed effects average, with weights."""
    whole = np.square(demeaned(panel.treatment())).mean()
    first, last = panel.times[0], panel.times[-1]
    starts = np.unique(panel.start)
    rows = []
    for i, early in enumerate(starts):
        for late in starts[i + 1 :]:
            never, always = late > last, early <= first
            windows = []
            if not always:
                kind = "treated and never treated" if never else "earlier and later"
                windows.append((early, late, panel.times < late, kind))
            if not never:
                kind = "later and already treated"
                windows.append((late, early, panel.times >= early, kind))
            for changing, same, window, kind in windows:
                units = np.isin(panel.start, (early, late))
                part = panel.part(units, window)
                rest = demeaned(part.treatment())
                size = units.mean() * window.mean()
                rows.append(
                    {
                        "comparison": kind,
                        "group": changing,
                        "compared_with": same,
                        "estimate": (rest * part.outcome).sum() / np.square(rest).sum(),
                        "weight": size**2 * np.square(rest).mean() / whole,
                    }
                )
    return pd.DataFrame(rows)
