"""Shared activities as a programme: a trial by lot, and a start in three waves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
import pandas as pd
from scipy.special import ndtr

from govlib.city.base import Base
from govlib.city.institutions import QUARTERS, Institutions
from govlib.city.lived import Lived, lived
from govlib.city.participation import (
    BELONGING_MEAN,
    BELONGING_SD,
    asked,
    belonging_level,
    personal_log_odds,
    quarterly,
    shared_log_odds,
)
from govlib.city.participation import live as quarters_lived
from govlib.city.people import MOST, Booleans, Floats, Integers, People
from govlib.city.places import Community, community
from govlib.city.streams import pair_uniforms, stream
from govlib.city.survey import AGREE, BELONGING
from govlib.city.tables import Columns, joined
from govlib.city.ties import among

TABLES = ("activity_trial", "panel")
# A tie that activities make is made in one of so many quarters from their start on.
GROWTH = 8
# Quarters in which communities start, the eager ones first, and how eager they are.
STARTS, EAGER = (5, 7, 9), (1.25, 0.35)
# The trial: so many communities of each district at most, adults asked in each, the
# quarter after which they are asked first, and that in which the stages open.
DRAWN, ASKED, BEFORE = 16, 20, 4
OPEN = BEFORE + 1
# Adults called in each community and quarter for the panel.
CALLED = 40
# Style of agreeing with anything, mean and standard deviation, as in the survey.
STYLE = (0.2, 0.3)


@dataclass(frozen=True, slots=True)
class Acquaintance:
    """
    Neighbours whom each resident of a community would visit or ask for help.

    Attributes
    ----------
    without : numpy.ndarray of int, shape (n,)
        Their number if no activities are held.
    gained : numpy.ndarray of int, shape (8, n)
        How many more there are in the first to eighth quarter with activities.
    """

    without: Integers
    gained: Integers

    def degree(self, held: Floats | Booleans) -> Integers:
        """
        Count each resident's neighbours quarter by quarter.

        Parameters
        ----------
        held : numpy.ndarray, shape (12,)
            1 in quarters in which activities are held, else 0.

        Returns
        -------
        numpy.ndarray of int, shape (12, n)
            A tie once made is kept, also when activities stop.
        """
        count = np.minimum(np.cumsum(np.asarray(held) > 0), GROWTH)
        nobody = np.zeros_like(self.without)
        return self.without + np.vstack([nobody, self.gained])[count]


def acquaintance(home: Lived, *, ever: bool = True) -> Acquaintance:
    """
    Find which ties activities make, and when.

    Parameters
    ----------
    home : Lived
        The community; whether it has activities does not matter.
    ever : bool, default True
        False where activities are never held: nothing is gained, in half the time.

    Returns
    -------
    Acquaintance
        Ties without activities, and those gained by quarter.

    Notes
    -----
    The ties of :func:`govlib.city.ties.ties` with activities and without, in the
    world of conflict. Those that are in the first network alone are made by
    activities, each in one of the eight quarters from their start on, all equally
    likely, by a stored uniform number of the pair. From the eighth quarter on the
    network is the one that the survey counts.
    """
    seed, community, people = home.base.seed, home.place, home.people
    code, n = community.code, people.age.size
    off = home.ties(0)
    ends = np.concatenate((off.source, off.target))
    without = np.bincount(ends, minlength=n) + off.outside
    if not ever:
        return Acquaintance(without, np.zeros((GROWTH, n), dtype=np.int64))
    on = home.ties(1)
    new = ~among(on.source * n + on.target, off.source * n + off.target)
    source, target = on.source[new], on.target[new]
    numbers = people.number[source], people.number[target]
    uniform = pair_uniforms(
        seed, ("programmes_delay", code), np.minimum(*numbers), np.maximum(*numbers)
    )
    delay = np.floor(GROWTH * uniform).astype(np.int64)
    ends, delays = np.concatenate((source, target)), np.concatenate((delay, delay))
    made = np.bincount(delays * n + ends, minlength=GROWTH * n).reshape(GROWTH, n)
    # Ties outside are counted, not traced: as many of them, rounded by a stored draw.
    draws = stream(seed, "programmes_outside", code)
    rounding = draws.random(community.households * MOST)[people.number]
    part = np.arange(1, GROWTH + 1)[:, None] / GROWTH
    outside = np.floor(part * (on.outside - off.outside) + rounding * (part < 1))
    outside = np.minimum(outside, on.outside - off.outside).astype(np.int64)
    return Acquaintance(without, np.cumsum(made, axis=0) + outside)


@dataclass(frozen=True, slots=True)
class Life:
    """
    Belonging and participation in one community as its ties grow.

    Attributes
    ----------
    belonging : numpy.ndarray of float, shape (13, n)
        Before each quarter, and in the last row after the last.
    decided : numpy.ndarray of bool, shape (12, n)
        Whether each took part in a community decision in each quarter.
    chance : numpy.ndarray of float, shape (12, n)
        Chance of that, given belonging at the start of the quarter.
    year : numpy.ndarray of float, shape (n,)
        Chance of having taken part in any of the last four quarters, given belonging
        at the start of that year.
    """

    belonging: Floats
    decided: Booleans
    chance: Floats
    year: Floats


def live(
    seed: int,
    community: Community,
    institutions: Institutions,
    people: People,
    degree: Integers,
    parameters: Mapping[str, float],
) -> Life:
    """
    Live through twelve quarters in which ties may change.

    Parameters
    ----------
    seed : int
        Seed of the city.
    community : Community
        Its variables.
    institutions : Institutions
        Its variables by quarter.
    people : People
        Its residents.
    degree : numpy.ndarray of int, shape (12, n)
        Neighbours whom each resident would visit or ask for help, by quarter.
    parameters : mapping of str to float
        All parameters.

    Returns
    -------
    Life
        Belonging and participation. Where ties stay the same they are those of
        :func:`govlib.city.participation.participation`, draw by draw.

    Notes
    -----
    In each quarter those are asked, and that level is what belonging returns to, which
    follow from the ties of this quarter::

        B(t + 1) = B*(t) + 0.7 (B(t) - B*(t)) + feedback (P(t) - 0.08)

    Activities act through ties alone: on belonging, on who is asked, and by both on
    participation, which moves belonging in the next quarter.
    """
    values = dict(parameters)
    shape = (community.households * MOST, QUARTERS)
    uniform = stream(seed, "participation", community.code).random(shape)
    common = shared_log_odds(
        institutions.self_governance_time,
        institutions.need,
        institutions.hall,
        institutions.halls_near,
        values,
    )
    # Most quarters are like the one before.
    new = np.append(True, (degree[1:] != degree[:-1]).any(axis=1))
    now, since = degree[new], np.cumsum(new) - 1
    level = belonging_level(seed, community, people, now, values)[since]
    called = asked(seed, community, people, now) > 0
    own = personal_log_odds(people.owner, people.age, people.party, called, values)
    own = own[since]
    belonging, decided, year = quarters_lived(
        own, common, level, institutions.functions, uniform[people.number].T, values
    )
    log_odds = own + common[:, None] + values["part_belonging"] * belonging[:-1]
    return Life(belonging, decided, quarterly(log_odds), year)


def expected_score(belonging: Floats) -> Floats:
    """
    Expect the score of the four statements on belonging.

    Parameters
    ----------
    belonging : numpy.ndarray of float
        Belonging itself.

    Returns
    -------
    numpy.ndarray of float
        Mean of the four answers from 1 to 5, the reversed one turned round.

    Notes
    -----
    An answer is 1 and one more for each cut point c below ``l z + own + style``, where
    z is belonging in standard deviations, l the loading, own normal with variance
    ``1 - l ** 2`` and style normal with mean 0.2 and standard deviation 0.3: each is
    passed with chance ``Phi((l z + 0.2 - c) / sqrt(1 - l ** 2 + 0.3 ** 2))``.

    Examples
    --------
    Agreeing with anything raises three statements and lowers the one turned round:

    >>> expected_score(np.zeros(1)).round(3)
    array([3.1])
    """
    z = (belonging - BELONGING_MEAN) / BELONGING_SD
    total = np.zeros_like(z)
    for loading in BELONGING.values():
        spread = sqrt(1 - loading**2 + STYLE[1] ** 2)
        answer = 1.0 + sum(
            ndtr((loading * z + STYLE[0] - cut) / spread) for cut in AGREE
        )
        total += answer if loading > 0 else 6 - answer
    return total / len(BELONGING)


def answers(belonging: Floats, style: Floats, own: Floats) -> Integers:
    """
    Answer the four statements on belonging.

    Parameters
    ----------
    belonging : numpy.ndarray of float, shape (..., k)
        Belonging of those asked.
    style : numpy.ndarray of float, shape (..., k)
        How much each agrees with anything.
    own : numpy.ndarray of float, shape (4, ..., k)
        Standard normal draws of each statement.

    Returns
    -------
    numpy.ndarray of int, shape (4, ..., k)
        From 1 (strongly disagree) to 5, as answered, in the order of the survey.
    """
    z = (belonging - BELONGING_MEAN) / BELONGING_SD
    out = np.ones(own.shape, dtype=np.int64)
    for number, loading in enumerate(BELONGING.values()):
        latent = loading * z + sqrt(1 - loading**2) * own[number] + style
        for cut in AGREE:
            out[number] += latent > cut
    return out


def starts(base: Base) -> Integers:
    """
    Tell when each community starts its activities.

    Parameters
    ----------
    base : Base
        The city without residents.

    Returns
    -------
    numpy.ndarray of int, shape (n,)
        Quarter, 0 if never. Those that hold activities at the survey start in quarter
        5, 7 or 9: the eager first, where eagerness is wealth plus a normal draw with
        standard deviation 0.8. Remedies do not count.
    """
    eager = base.of_place("wealth") + 0.8 * base.normal("programmes_eager")
    first, second = EAGER
    wave = np.where(eager > first, 0, np.where(eager > second, 1, 2))
    return np.where(_held(base), np.array(STARTS)[wave], 0)


def _held(base: Base) -> Booleans:
    """Whether communities hold activities of their own accord."""
    places = base.places
    if any(remedy.variable == "activity" for remedy in base.remedies):
        places = tuple(community(base.seed, code) for code in base.codes)
    return np.array([place.activity > 0 for place in places])


def lottery(base: Base) -> tuple[Booleans, Booleans]:
    """
    Draw the communities of the trial, and those of them that get a stage.

    Parameters
    ----------
    base : Base
        The city without residents.

    Returns
    -------
    chosen, stage : numpy.ndarray of bool, shape (n,)
        In each district up to 16 communities without activities, an even number of
        them, by lot; and half of these, by lot.
    """
    lot, held = base.uniform("programmes_lot"), _held(base)
    district = base.within("district")
    chosen, stage = np.zeros_like(held), np.zeros_like(held)
    for number in range(district.max() + 1):
        able = np.flatnonzero((district == number) & ~held)
        able = able[np.argsort(lot[able], kind="stable")][:DRAWN]
        able = able[: able.size // 2 * 2]
        chosen[able] = True
        # Places in the lottery follow the draw, so every other one is by lot as well.
        stage[able[::2]] = True
    return chosen, stage


def tables(base: Base) -> dict[str, pd.DataFrame]:
    """
    Run the trial and the panel.

    Parameters
    ----------
    base : Base
        The city without residents.

    Returns
    -------
    dict of str to pandas.DataFrame
        ``activity_trial``, one row per adult asked, and ``panel``, one per community
        and quarter.

    Notes
    -----
    Both are runs of the city's equations in which activities have a beginning, while
    the survey's tables take them as old. In the trial they are opened, by the
    do-operator, where the lot fell; in the panel they start where and when communities
    chose. A remedy on activities comes on top of either. Ties are those of the world
    of conflict.
    """
    plan = planned(base)
    return gathered(base.codes, plan, [visited(home, plan) for home in lived(base)])


@dataclass(frozen=True, slots=True)
class Plan:
    """
    Where activities are held and stages open; one row per community.

    Attributes
    ----------
    rolled, staged : numpy.ndarray of float, shape (n, 12)
        Whether activities are held, in the panel's run and in the trial's.
    chosen, stage : numpy.ndarray of bool, shape (n,)
        Whether it takes part in the trial, and is given a stage.
    """

    rolled: Floats
    staged: Floats
    chosen: Booleans
    stage: Booleans


def planned(base: Base) -> Plan:
    """Choose the communities of the trial, and when others start."""
    when = starts(base)[:, None]
    quarters = np.arange(1, QUARTERS + 1)
    own = (when > 0) & (quarters >= when)
    alone = base.settled("activity", np.zeros(own.shape))
    chosen, stage = lottery(base)
    return Plan(
        rolled=base.settled("activity", own.astype(float)),
        staged=np.maximum(alone, stage[:, None] * (quarters >= OPEN)),
        chosen=chosen,
        stage=stage,
    )


def visited(home: Lived, plan: Plan) -> tuple[Columns, Columns | None]:
    """Return one community's rows of the panel, and of the trial."""
    i, seed, place, who = home.number, home.base.seed, home.place, home.people
    has, values = home.institutions, home.base.parameters
    ever = bool(plan.rolled[i].any() or plan.staged[i].any())
    known = acquaintance(home, ever=ever)
    degree = known.degree(plan.rolled[i])
    life = live(seed, place, has, who, degree, values)
    panel = _panel(seed, place, has, who, degree, life, plan.rolled[i])
    # A city without any trial still has the table, with no rows.
    if not (plan.chosen[i] or i == 0):
        return panel, None
    degree = known.degree(plan.staged[i])
    life = live(seed, place, has, who, degree, values)
    trial = _trial(seed, place, who, degree, life, bool(plan.stage[i]))
    if not plan.chosen[i]:
        trial = {name: column[:0] for name, column in trial.items()}
    return panel, trial


def gathered(
    codes: Sequence[str],  # noqa: ARG001
    plan: Plan,  # noqa: ARG001
    parts: Sequence[tuple[Columns, Columns | None]],
) -> dict[str, pd.DataFrame]:
    """Put the rows of communities together."""
    panel, trial = zip(*parts, strict=True)
    told = [part for part in trial if part is not None]
    found = {"panel": joined(panel)}
    if told:
        trial = joined(told)
        kinds = {
            f"{name}_{wave}": "boolean" if name == "took_part" else "Int64"
            for name in ("ties", *BELONGING, "took_part")
            for wave in ("before", "after")
        }
        found["activity_trial"] = trial.astype(kinds)
    return found


def _adults_by_lot(draws: Floats, people: People, size: int) -> Integers:
    """Return as many adults as are asked, in the order of their stored draws."""
    adults = np.flatnonzero(people.age >= 18)
    lot = draws[people.number[adults]]
    # The first of them, without putting all others in order.
    if lot.size > size:
        first = np.argpartition(lot, size)[:size]
        adults, lot = adults[first], lot[first]
    return adults[np.argsort(lot)]


def _panel(
    seed: int,
    place: Community,
    institutions: Institutions,
    people: People,
    degree: Integers,
    life: Life,
    held: Floats,
) -> Columns:
    """Count participants and call forty adults in each quarter."""
    draws = stream(seed, "programmes_telephone", place.code)
    lots = draws.random((QUARTERS, place.households * MOST))
    adult = people.age >= 18
    called = [_adults_by_lot(lot, people, CALLED) for lot in lots]
    ties = [degree[quarter, who].mean() for quarter, who in enumerate(called)]
    told = stream(seed, "programmes_told", place.code)
    style = told.standard_normal((QUARTERS, CALLED))
    own = told.standard_normal((QUARTERS, len(BELONGING), CALLED))
    score = [
        _score(life.belonging[quarter + 1, who], style[quarter], own[quarter])[1]
        for quarter, who in enumerate(called)
    ]
    return {
        "community": np.full(QUARTERS, place.code),
        "quarter": np.arange(1, QUARTERS + 1),
        "activity": held > 0,
        "hall": institutions.hall > 0,
        "need": institutions.need,
        "mean_ties": ties,
        "mean_belonging": [told.mean() for told in score],
        "participation_rate": life.decided[:, adult].mean(axis=1),
    }


def _score(belonging: Floats, style: Floats, own: Floats) -> tuple[Integers, Floats]:
    """Return the answers to the four statements, and their mean once turned round."""
    style = STYLE[0] + STYLE[1] * style[: belonging.size]
    told = answers(belonging, style, own[:, : belonging.size])
    reversed_ = np.array([loading < 0 for loading in BELONGING.values()])
    return told, np.where(reversed_[:, None], 6 - told, told).mean(axis=0)


def _trial(
    seed: int,
    place: Community,
    people: People,
    degree: Integers,
    life: Life,
    stage: bool,
) -> Columns:
    """Ask twenty adults before the stages open, and again two years later."""
    draws = stream(seed, "programmes_asked", place.code)
    who = _adults_by_lot(draws.random(place.households * MOST), people, ASKED)
    style = draws.standard_normal(ASKED)
    own = draws.standard_normal((2, len(BELONGING), ASKED))
    moved = draws.logistic(size=ASKED)[: who.size] < -2.2 + 0.5 * (degree[-1, who] == 0)
    rows: Columns = {
        "respondent": [f"{place.code}-T{k:02}" for k in range(1, who.size + 1)],
        "community": np.full(who.size, place.code),
        "district": np.full(who.size, place.district),
        "stage": np.full(who.size, stage),
        "origin": np.where(people.non_local[who], "non-local", "local"),
        "age": people.age[who],
        "owner": people.owner[who],
        "tenure_years": people.tenure[who],
    }
    year = slice(BEFORE - 4, BEFORE), slice(QUARTERS - 4, QUARTERS)
    for wave, (when, quarters) in enumerate(zip((BEFORE, QUARTERS), year, strict=True)):
        word = ("before", "after")[wave]
        told, _ = _score(life.belonging[when, who], style, own[wave])
        values = {
            "ties": degree[when - 1, who],
            **dict(zip(BELONGING, told, strict=True)),
            "took_part": life.decided[quarters][:, who].any(axis=0),
        }
        gone = moved if wave else np.zeros(who.size, dtype=np.bool_)
        for name, answer in values.items():
            rows[f"{name}_{word}"] = np.where(gone, np.nan, answer)
    return rows
