"""What if: a remedy against none, over many futures of one city, on arrays."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import joblib
import numpy as np
import pandas as pd
from tqdm import tqdm

from govlib import _validate
from govlib.city import institutions as institutions_
from govlib.city import requests, services, structure
from govlib.city.base import Base, base
from govlib.city.model import neighbourhood
from govlib.city.parameters import PARAMETERS
from govlib.city.participation import (
    asked,
    belonging_level,
    live,
    personal_log_odds,
    shared_log_odds,
)
from govlib.city.people import Floats, Integers
from govlib.city.places import Size
from govlib.city.remedies import Remedy
from govlib.city.streams import stream

# Quarters that have been; from the next one on, chance is drawn anew in each run.
PAST = 4
# Adults of each community whose lives are followed.
FOLLOWED = 20
# Runs a worker takes at a time: enough to outweigh sending it the city.
TOGETHER = 25
# The last city's adults: finding them takes longer than a hundred runs.
_KEPT: dict[tuple[int, Size, bool], "Followed"] = {}
# Parameters besides those of participation that `spread` makes uncertain.
LOOSE = ("feedback", "spillover")
# Residents, their homes and ties are those of the city as it stands.
SETTLED_BEFOREHAND = ("households", "non_local_share")


@dataclass(frozen=True, slots=True)
class Followed:
    """
    Adults of all communities, some of each.

    Attributes
    ----------
    community : numpy.ndarray of int, shape (k,)
        Place of each one's community in the city.
    weight : numpy.ndarray of float, shape (k,)
        Adults whom each stands for.
    own : numpy.ndarray of float, shape (2, k)
        Part of the log odds of participation that each brings, without and with
        shared activities, which bring ties, and ties bring invitations.
    level : numpy.ndarray of float, shape (2, k)
        Belonging to which each returns, without and with activities.
    ties : numpy.ndarray of float, shape (2, k)
        Neighbours whom each would visit or ask, without and with activities.
    """

    community: Integers
    weight: Floats
    own: Floats
    level: Floats
    ties: Floats


@dataclass(frozen=True, slots=True)
class Outcome:
    """
    What a scenario can tell.

    Attributes
    ----------
    title_en, title_zh : str
        What it is, with its unit.
    residents : bool
        Whether residents have to be followed for it.
    """

    title_en: str
    title_zh: str
    residents: bool


OUTCOMES = {
    "participation": Outcome(
        "Share of adults who took part in the last year",
        "过去一年参与社区决策的成年居民比例",
        residents=True,
    ),
    "belonging": Outcome("Mean belonging at the end", "期末平均归属感", residents=True),
    "ties": Outcome("Mean ties per adult", "成年居民平均关系数", residents=True),
    "load": Outcome("Mean load of committees", "居委会平均负荷", residents=False),
    "self_governance_time": Outcome(
        "Mean share of time for self-governance", "平均自治时间占比", residents=False
    ),
    "need": Outcome("Mean need", "平均需求", residents=False),
    "matters_resolved": Outcome(
        "Share of matters resolved within the year",
        "居民事项当年解决比例",
        residents=False,
    ),
    "requests_recorded": Outcome(
        "Requests recorded per 1,000 adults and year",
        "每千名成年居民每年登记诉求数",
        residents=False,
    ),
    "requests_solved": Outcome(
        "Share of requests that are solved", "诉求解决比例", residents=False
    ),
    "satisfaction": Outcome(
        "Satisfaction with services, of 100",
        "服务满意度（满分100）",
        residents=False,
    ),
}


@dataclass(frozen=True, eq=False)
class _Future(Base):
    """
    A city some of whose variables have the values of one run.

    Attributes
    ----------
    drawn, gathered : dict
        Stored numbers and variables looked up so far, the same in all runs.
    changed : dict
        Variables by quarter that this run has values of its own of.
    """

    drawn: dict[tuple, Floats]
    gathered: dict[str, np.ndarray]
    changed: dict[str, Floats] = field(default_factory=dict)

    @classmethod
    def of(cls, arm: "_Arm", parameters: dict[str, float]) -> "_Future":
        """Return an arm's city."""
        city = arm.city
        return cls(
            city.seed,
            city.size,
            city.remedies,
            parameters,
            city.places,
            city.institutions,
            arm.drawn,
            arm.gathered,
        )

    def by_quarter(self, name: str) -> Floats:
        """Collect a variable: this run's, or that of all runs."""
        if name in self.changed:
            return self.changed[name]
        if name not in self.gathered:
            self.gathered[name] = super().by_quarter(name)
        return self.gathered[name]

    def of_place(self, name: str) -> np.ndarray:
        """Collect a variable of communities, once for all runs."""
        if name not in self.gathered:
            self.gathered[name] = super().of_place(name)
        return self.gathered[name]

    def uniform(
        self, variable: str, *shape: int, of: Iterable[str] | None = None
    ) -> Floats:
        """Look up stored numbers, once for all runs."""
        key = ("uniform", variable, shape, of is None)
        if key not in self.drawn:
            self.drawn[key] = super().uniform(variable, *shape, of=of)
        return self.drawn[key]

    def normal(
        self, variable: str, *shape: int, of: Iterable[str] | None = None
    ) -> Floats:
        """Look up stored numbers, once for all runs."""
        key = ("normal", variable, shape, of is None)
        if key not in self.drawn:
            self.drawn[key] = super().normal(variable, *shape, of=of)
        return self.drawn[key]


@dataclass(frozen=True, slots=True)
class _Arm:
    """One city under some remedies: what does not change from run to run."""

    city: Base
    fixed: dict[str, np.ndarray]
    drawn: dict[tuple[Any, ...], np.ndarray]
    gathered: dict[str, np.ndarray]

    @classmethod
    def of(cls, city: Base, people: Followed | None) -> "_Arm":
        fixed: dict[str, np.ndarray] = {
            name: city.by_quarter(name)
            for name in ("staff", "hall", "halls_near", "functions")
        }
        fixed |= {
            "need_level": institutions_.need_level(city.older, city.of_place("wealth")),
            "need_draws": city.normal("need", institutions_.QUARTERS),
            "mandates_draw": city.normal("mandates"),
            "subdistrict_draw": city.subdistrict_draw,
        }
        if people is not None:
            fixed |= {"community": people.community, "weight": people.weight}
            active = (city.of_place("activity") > 0)[people.community]
            for name in ("own", "level", "ties"):
                without, with_ = getattr(people, name)
                fixed[name] = np.where(active, with_, without)
        return cls(city, fixed, {}, {})


class _Run:
    """One future of one city: variables by name, each computed when first asked for."""

    def __init__(
        self, arm: _Arm, seed: int, number: int, parameters: dict[str, float]
    ) -> None:
        self.seed, self.number = seed, number
        self.parameters = parameters
        self.known = dict(arm.fixed)
        self.city = _Future.of(arm, parameters)

    def __getitem__(self, name: str) -> np.ndarray:
        if name not in self.known:
            self.known |= EQUATIONS[name](self)
        return self.known[name]

    def draws(self, variable: str) -> np.random.Generator:
        """Return this run's own stream, the same under all remedies."""
        return stream(self.seed, "what_if", variable, str(self.number))

    def outcome(self, name: str) -> float:
        """Return the city's figure for an outcome."""
        values = self[name]
        if OUTCOMES[name].residents:
            return float(np.average(values, weights=self["weight"]))
        if values.ndim == 2:
            values = values[:, -1]
        return float(values.mean())


def _need(run: _Run) -> dict[str, Floats]:
    fresh = run["need_draws"].copy()
    later = run.draws("need").standard_normal(fresh.shape)
    fresh[:, PAST:] = later[:, PAST:]
    return {"need": institutions_.need_path(run["need_level"], fresh)}


def _load(run: _Run) -> dict[str, Floats]:
    passed = institutions_.mandate_number(
        run["need"], run["subdistrict_draw"][:, None], run["mandates_draw"][:, None]
    )
    mandates = run.city.settled("mandates", passed)
    return {"load": institutions_.load(mandates, run["staff"])}


def _time(run: _Run) -> dict[str, Floats]:
    return {"self_governance_time": institutions_.self_governance_time(run["load"])}


def _participation(run: _Run) -> dict[str, Floats]:
    of = run["community"]
    common = shared_log_odds(
        run["self_governance_time"],
        run["need"],
        run["hall"],
        run["halls_near"],
        run.parameters,
    )
    belonging, _, chance = live(
        run["own"],
        common.T[:, of],
        run["level"],
        run["functions"].T[:, of],
        run.draws("participation").random((institutions_.QUARTERS, of.size)),
        run.parameters,
    )
    return {"participation": chance, "belonging": belonging[-1]}


def _structure(run: _Run) -> dict[str, Floats]:
    for name in ("need", "load", "self_governance_time"):
        run.city.changed[name] = run[name]
    has = structure.structure(run.city)
    return {"matters_resolved": has.chance[:, -1], "overlap": has.overlap[:, -1]}


def _recorded(run: _Run) -> dict[str, Floats]:
    city = run.city
    open_, helped = requests.platform(city)[:, -1], requests.station(city)[:, -1]
    adults = requests.adults(city)
    problems = requests.problem_rate(run["need"][:, -1:]) * adults
    reported = problems * requests.mean_reporting(city, open_, helped)
    return {"requests_recorded": 1000 * reported.sum(axis=1) / adults.sum(axis=1)}


def _solved(run: _Run) -> dict[str, Floats]:
    chance = requests.solved_chance(
        run["load"][:, -1],
        run["hall"][:, -1],
        run["overlap"],
        requests.platform(run.city)[:, -1],
        run.parameters,
    )
    return {"requests_solved": chance}


def _satisfaction(run: _Run) -> dict[str, Floats]:
    functions = run["functions"][:, -1]
    usual = np.full(functions.size, services.EXPECTED)
    nothing = np.zeros(functions.size)
    return {
        "satisfaction": services.satisfaction(functions, usual, nothing, run.parameters)
    }


# Which equations give a variable. Each asks the run for what it needs, so that only
# those are evaluated that an outcome depends on.
EQUATIONS: dict[str, Callable[[_Run], dict[str, Floats]]] = {
    "need": _need,
    "load": _load,
    "self_governance_time": _time,
    "participation": _participation,
    "belonging": _participation,
    "matters_resolved": _structure,
    "overlap": _structure,
    "requests_recorded": _recorded,
    "requests_solved": _solved,
    "satisfaction": _satisfaction,
}


def _followed(
    seed: int, size: Size, n_jobs: int | None, activities: bool = True
) -> Followed:
    """
    Choose adults of every community, and find their ties.

    Without and with activities where a remedy sets these; else, in half the time, as
    things are in either case.
    """
    key = (seed, size, activities)
    if key in _KEPT:
        return _KEPT[key]
    city = base(seed, size)
    jobs = (
        joblib.delayed(_some_adults)(
            seed, place.code, (0, 1) if activities else (place.activity,) * 2
        )
        for place in city.places
    )
    found = list(joblib.Parallel(n_jobs=n_jobs)(jobs))
    sizes = [weight.size for weight, *_ in found]
    weight, own, level, ties = (
        np.concatenate([f[k] for f in found], axis=-1) for k in range(4)
    )
    community = np.repeat(np.arange(len(sizes)), sizes)
    _KEPT.clear()
    _KEPT[key] = Followed(community, weight, own, level, ties)
    return _KEPT[key]


def _some_adults(
    seed: int, code: str, activities: tuple[int, int]
) -> tuple[Floats, Floats, Floats, Floats]:
    """Return weight, own log odds, level of belonging and ties of some adults."""
    own, level, ties = [], [], []
    for activity in dict.fromkeys(activities):
        place = neighbourhood(seed, code, remedies=[Remedy("activity", activity)])
        people, values = place.people, place.parameters
        adult = np.flatnonzero(people.age >= 18)
        order = stream(seed, "followed", code).permutation(adult.size)
        who = np.sort(adult[order[:FOLLOWED]])
        asked_by = asked(seed, place.community, people, place.degree)
        mine = personal_log_odds(
            people.owner, people.age, people.party, asked_by > 0, values
        )
        home = belonging_level(seed, place.community, people, place.degree, values)
        own.append(mine[who])
        level.append(home[who])
        ties.append(place.degree[who].astype(np.float64))
    adults = adult.size
    # One that holds in either case stands for both.
    own, level, ties = (x * (3 - len(x)) for x in (own, level, ties))
    weight = np.full(who.size, adults / who.size)
    return weight, np.array(own), np.array(level), np.array(ties)


def what_if(
    remedies: Mapping[str, Sequence[Remedy]],
    outcomes: Sequence[str] = ("participation",),
    *,
    size: str | Size = "course",
    runs: int = 1000,
    seed: int = 2026,
    spread: float = 0.0,
    parameters: Mapping[str, float] | None = None,
    conf_level: float = 0.95,
    n_jobs: int | None = None,
) -> pd.DataFrame:
    """
    Compare remedies with doing nothing, over many futures of one city.

    Parameters
    ----------
    remedies : mapping of str to sequence of Remedy
        Remedies by a name of your own; those under one name act together.
    outcomes : sequence of str, default ("participation",)
        Names in `OUTCOMES`: ``"participation"``, ``"belonging"``, ``"ties"``,
        ``"load"``, ``"self_governance_time"``, ``"need"``, ``"matters_resolved"``,
        ``"requests_recorded"``, ``"requests_solved"``, ``"satisfaction"``.
    size : str or Size, default "course"
        As in :func:`simulate`.
    runs : int, default 1000
        Futures, at least 2.
    seed : int, default 2026
        Seed of the city and of its futures.
    spread : float, default 0.0
        How uncertain the model's effects are: in every run each of its parameters on
        participation and belonging is multiplied by the exponential of a normal draw
        with this standard deviation. 0 takes them as known.
    parameters : mapping of str to float, optional
        Values that replace those of `PARAMETERS`.
    conf_level : float, default 0.95
        Share of the runs that the interval holds.
    n_jobs : int, optional
        Workers, as in :class:`joblib.Parallel`. The numbers do not depend on it, and
        ``joblib.parallel_config`` puts the work on a cluster.

    Returns
    -------
    pandas.DataFrame
        One row per remedy and outcome: ``remedy``, ``term`` (the outcome),
        ``baseline`` (its mean without the remedy), ``estimate`` (mean effect),
        ``monte_carlo_error`` of it, ``conf_low`` and ``conf_high`` (the range of the
        effect over the runs), ``conf_level`` and ``runs``.

    Raises
    ------
    TypeError
        If `remedies` is not a mapping or holds something else than remedies.
    ValueError
        If an outcome, variable or community is not known, a number is out of range,
        or a remedy changes who lives where, which :func:`simulate` alone can do.

    See Also
    --------
    simulate : Every table of the city under remedies.
    truth : Effects averaged over many cities.

    Notes
    -----
    The city, its residents and their ties, and what happened in the first four
    quarters are given; the need that arises later and who takes part are drawn anew
    in each run, with the same draws under every remedy. The interval is the range of
    effects in *this* city over its futures: it is not an interval for another city,
    nor for the study's claims. Participation is followed for twenty adults of each
    community.

    Examples
    --------
    A fifth fewer mandates leave committees more time in every future:

    >>> fewer = {"80 mandates": [Remedy("mandates", 80)]}
    >>> table = what_if(fewer, ["self_governance_time"], size="tiny", runs=20)
    >>> bool((table["conf_low"] > 0).all())
    True
    """
    if not isinstance(remedies, Mapping):
        raise TypeError(
            "remedies= takes a mapping such as {'halls': [city.Remedy('hall', 1)]}, "
            f"not {type(remedies).__name__}"
        )
    if isinstance(outcomes, str):
        raise TypeError(f"outcomes= takes several names, such as [{outcomes!r}]")
    for name in outcomes:
        _validate.choice(name, OUTCOMES, "outcomes")
    _validate.count(runs, "runs", least=2)
    _validate.between(spread, 0, 1, "spread=")
    _validate.between(conf_level, 0.5, 0.999, "conf_level=")
    bare = base(seed, size, parameters=parameters)
    arms = [bare]
    for name, given in remedies.items():
        arms.append(base(seed, size, remedies=given, parameters=parameters))
        for remedy in given:
            if remedy.variable in SETTLED_BEFOREHAND:
                raise ValueError(
                    f"remedy {name!r} sets {remedy.variable!r}, which changes who "
                    f"lives where; use city.simulate(remedies=...) for it"
                )
    people = None
    if any(OUTCOMES[name].residents for name in outcomes):
        sets = any(r.variable == "activity" for g in remedies.values() for r in g)
        people = _followed(seed, bare.size, n_jobs, sets)
    ready = [_Arm.of(city, people) for city in arms]
    numbers = [range(k, min(k + TOGETHER, runs)) for k in range(0, runs, TOGETHER)]
    jobs = (
        joblib.delayed(_some_runs)(ready, tuple(outcomes), seed, some, spread)
        for some in numbers
    )
    done = joblib.Parallel(n_jobs=n_jobs, return_as="generator")(jobs)
    found = np.concatenate(
        list(tqdm(done, total=len(numbers), desc="runs", disable=None))
    )
    tail = 100 * (1 - conf_level) / 2
    rows = []
    for k, name in enumerate(remedies, 1):
        for j, outcome in enumerate(outcomes):
            effect = found[:, k, j] - found[:, 0, j]
            low, high = np.percentile(effect, [tail, 100 - tail])
            rows.append(
                {
                    "remedy": name,
                    "term": outcome,
                    "baseline": found[:, 0, j].mean(),
                    "estimate": effect.mean(),
                    "monte_carlo_error": effect.std(ddof=1) / runs**0.5,
                    "conf_low": low,
                    "conf_high": high,
                    "conf_level": conf_level,
                    "runs": runs,
                }
            )
    return pd.DataFrame(rows)


def _some_runs(
    arms: list[_Arm],
    outcomes: tuple[str, ...],
    seed: int,
    numbers: range,
    spread: float,
) -> Floats:
    """Return figures by run, arm and outcome."""
    found = np.empty((len(numbers), len(arms), len(outcomes)))
    for row, number in enumerate(numbers):
        values = _uncertain(arms[0].city.parameters, seed, number, spread)
        for column, arm in enumerate(arms):
            run = _Run(arm, seed, number, values)
            found[row, column] = [run.outcome(name) for name in outcomes]
    return found


def _uncertain(
    values: dict[str, float], seed: int, number: int, spread: float
) -> dict[str, float]:
    """Return parameters of participation and its feedback as one run has them."""
    if spread == 0:
        return values
    moved = dict(values)
    draws = stream(seed, "what_if", "parameters", str(number)).standard_normal(
        len(PARAMETERS)
    )
    for parameter, draw in zip(PARAMETERS, draws, strict=True):
        if parameter.name.startswith("part_") or parameter.name in LOOSE:
            moved[parameter.name] = float(
                np.clip(
                    values[parameter.name] * np.exp(spread * draw),
                    parameter.low,
                    parameter.high,
                )
            )
    return moved
