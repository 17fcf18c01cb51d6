"""Problems, who reports them on which platform, and what becomes of a request."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from govlib.city.base import Base
from govlib.city.institutions import QUARTERS
from govlib.city.participation import sigmoid
from govlib.city.people import Booleans, Floats, Integers
from govlib.city.request_texts import CHANCES, DRAWS, TOPICS, request_text
from govlib.city.streams import poisson_quantile

TABLES = ("problems", "request_survey", "requests")

AGES = ("18-59", "60+")
# Adults among all residents, and the quarters of the last year.
ADULTS, YEAR = 0.87, slice(8, 12)
# Quarter in which platforms opened; a sub-district has one or has not.
PLATFORM_SINCE = 5
# People like those of either age group: enough of them, evenly spread.
NODES = 60
# Share of reports that are not lost on paper or between two offices.
KEPT = 0.96

# The log: four weeks at the end of the last quarter, in one community of each
# sub-district, read at its last hour.
LOGGED, HOURS, QUARTER_DAYS = 3, 672, 91
# More matters of one age group than any community has in the log.
MOST = 400
PLATFORMS = ("hotline", "through_train", "cloud", "doorstep")
# Chance of each platform, by whether the community has the new ones and by age.
CHOICES = {
    (False, "18-59"): (0.75, 0.0, 0.0, 0.25),
    (False, "60+"): (0.45, 0.0, 0.0, 0.55),
    (True, "18-59"): (0.30, 0.35, 0.25, 0.10),
    (True, "60+"): (0.35, 0.15, 0.05, 0.45),
}
# Chances that a matter is reported again, once and twice, and hours until then.
AGAIN, AGAIN_HOURS = (0.20, 0.06), 30.0
# Limits in hours, and their chances by topic.
LIMITS = (2, 24, 168, 360)
LIMIT_CHANCES = {
    "lift": (0.45, 0.45, 0.10, 0.0),
    "lighting": (0.0, 0.55, 0.45, 0.0),
    "leak": (0.15, 0.35, 0.30, 0.20),
    "waste": (0.0, 0.60, 0.40, 0.0),
    "noise": (0.10, 0.50, 0.40, 0.0),
    "parking": (0.0, 0.15, 0.50, 0.35),
    "clutter": (0.0, 0.15, 0.60, 0.25),
    "care": (0.0, 0.10, 0.50, 0.40),
}
# Chances that a clerk and either coder write down another topic, and texts coded.
MISTAKEN, CODED = (0.06, 0.10, 0.16), 0.2
# Of solved cases that are closed, the chance that the caller is rung up and answers:
# of those who are not satisfied, and of those who are.
CALLED = (0.40, 0.65)
# Adults of either age group asked in each community about problems and reports.
ASKED = 6


@dataclass(frozen=True, slots=True)
class Adults:
    """
    Adults of either age group, or of a survey, as far as reporting goes.

    Attributes
    ----------
    age : numpy.ndarray of float
        Years.
    schooling : numpy.ndarray of float
        Years at school.
    skill : numpy.ndarray of float
        Chance of using a smartphone with ease, or 0 and 1.
    belonging : numpy.ndarray of float
        As in participation.
    """

    age: Floats
    schooling: Floats
    skill: Floats
    belonging: Floats


def platform(base: Base) -> Floats:
    """
    Decide where the new platforms are.

    Parameters
    ----------
    base : Base
        The city without residents.

    Returns
    -------
    numpy.ndarray of float, shape (n, 12)
        1 where the property through-train and the cloud neighbourhood are open.

    Notes
    -----
    A sub-district has them from quarter 5 on with the chance ``sigmoid(w)``, w being
    the mean wealth of its communities: firms start where fees are paid. District M,
    where the study places the through-train, has them everywhere.
    """
    place = base.within("subdistrict")
    wealth = base.of_place("wealth").astype(float)
    mean = np.bincount(place, weights=wealth) / np.bincount(place)
    draw = base.uniform("requests_platform", of=list(base.of_place("subdistrict")))
    has = (draw.ravel() < sigmoid(mean)[place]) | (base.of_place("district") == "M")
    open_ = np.arange(1, QUARTERS + 1) >= PLATFORM_SINCE
    return base.settled("platform", has[:, None] * open_)


def station(base: Base) -> Floats:
    """
    Decide where a doorstep station helps those who have no smartphone.

    Parameters
    ----------
    base : Base
        The city without residents.

    Returns
    -------
    numpy.ndarray of float, shape (n, 12)
        1 with a chance of 0.3, wherever it is.
    """
    has = base.uniform("requests_station").ravel() < 0.3
    return base.settled("doorstep", has.astype(float))


def problem_rate(need: Floats) -> Floats:
    """
    Return the problems that an adult has in a year.

    Parameters
    ----------
    need : numpy.ndarray of float
        Need of the community.

    Returns
    -------
    numpy.ndarray of float
        ``exp(-0.9 + 0.45 need)``, whatever the platform.

    Examples
    --------
    >>> problem_rate(np.zeros(1)).round(3)
    array([0.407])
    """
    return np.exp(-0.9 + 0.45 * need)


def skill_chance(age: Floats, schooling: Floats) -> Floats:
    """
    Return the chance of using a smartphone with ease.

    Parameters
    ----------
    age, schooling : numpy.ndarray of float
        Years.

    Returns
    -------
    numpy.ndarray of float
        ``sigmoid(1.9 - 0.10 (age - 55) + 0.25 (schooling - 10))``.

    Examples
    --------
    >>> skill_chance(np.array([30.0, 75.0]), np.array([14.0, 8.0])).round(2)
    array([1.  , 0.35])
    """
    return sigmoid(1.9 - 0.10 * (age - 55) + 0.25 * (schooling - 10))


def reporting_chance(
    adults: Adults,
    platform: Floats,
    station: Floats,
    parameters: Mapping[str, float],
) -> Floats:
    """
    Return the chance that an adult reports a problem.

    Parameters
    ----------
    adults : Adults
        Who they are; `skill` may be a chance.
    platform, station : numpy.ndarray of float
        1 where there is one.
    parameters : mapping of str to float
        All parameters.

    Returns
    -------
    numpy.ndarray of float
        The mean over those with and without `skill` s of ``sigmoid(-2.6 + 0.9
        platform - 0.018 (age - 45) + 1.4 s + 0.3 belonging + 0.4 station (1 - s))``.

    Notes
    -----
    The age effect of -0.025 a year that the prototype of the model had goes in part
    through the smartphone here, which a remedy can replace, while age stays.
    """
    shared = (
        -2.6
        + parameters["report_platform"] * platform
        + parameters["report_age"] * (adults.age - 45)
        + 0.3 * adults.belonging
    )
    with_skill = sigmoid(shared + parameters["report_skill"])
    without = sigmoid(shared + parameters["report_station"] * station)
    return adults.skill * with_skill + (1 - adults.skill) * without


def _spread(n: int, base: int) -> Floats:
    """Return n numbers spread evenly over (0, 1): van der Corput's sequence."""
    out, scale, left = np.zeros(n), 1.0, np.arange(1, n + 1)
    while left.any():
        scale /= base
        out += scale * (left % base)
        left = left // base
    return out


def _adults(older: Booleans, u: Floats) -> Adults:
    """Turn uniform numbers (..., 4) into adults; two make one normal draw."""
    age = np.where(older, 60 + 28 * (1 - np.sqrt(1 - u[..., 0])), 18 + 42 * u[..., 0])
    # Box and Muller: both halves of a pair are used.
    length = np.sqrt(-2 * np.log1p(-u[..., 1]))
    first = length * np.cos(2 * np.pi * u[..., 2])
    second = length * np.sin(2 * np.pi * u[..., 2])
    schooling = np.clip(np.where(older, 9.0, 13.0) + 3 * first, 0, 19).round()
    belonging = np.where(older, 0.35, -0.1) + 1.05 * second
    return Adults(age, schooling, skill_chance(age, schooling), belonging)


def mean_reporting(
    base: Base, platform: Floats, station: Floats, *, everyone_skilled: bool = False
) -> Floats:
    """
    Return each age group's mean chance of reporting a problem.

    Parameters
    ----------
    base : Base
        The city without residents.
    platform, station : numpy.ndarray of float, shape (n,)
        1 where there is one.
    everyone_skilled : bool, default False
        Whether everyone is made to use a smartphone with ease.

    Returns
    -------
    numpy.ndarray of float, shape (n, 2)
        Of those up to 59, and of the older.
    """
    u = np.stack([_spread(NODES, b) for b in (2, 3, 5)], axis=-1)
    mean = base.parameters["belonging_community"] * base.of_place("tie_draw")
    out = np.empty((len(base.codes), len(AGES)))
    for k in range(len(AGES)):
        who = _adults(np.full(NODES, k == 1), u)
        skill = np.ones(NODES) if everyone_skilled else who.skill
        local = Adults(who.age, who.schooling, skill, who.belonging + mean[:, None])
        out[:, k] = reporting_chance(
            local, platform[:, None], station[:, None], base.parameters
        ).mean(axis=1)
    return out


def adults(base: Base) -> Floats:
    """
    Return the number of adults in either age group.

    Parameters
    ----------
    base : Base
        The city without residents.

    Returns
    -------
    numpy.ndarray of float, shape (n, 2)
        Whole numbers.
    """
    everyone = ADULTS * base.residents
    older = np.minimum(base.older / ADULTS, 0.9) * everyone
    return np.rint(np.column_stack([everyone - older, older]))


def solved_chance(
    load: Floats,
    hall: Floats,
    overlap: Floats,
    platform: Floats,
    parameters: Mapping[str, float],
) -> Floats:
    """
    Return the chance that a request is solved in the end.

    Parameters
    ----------
    load, hall, overlap, platform : numpy.ndarray of float
        Of the community: the committee's load, whether it has a hall and a platform,
        and its role overlap.
    parameters : mapping of str to float
        All parameters.

    Returns
    -------
    numpy.ndarray of float
        ``sigmoid(0.9 - 0.8 (load - 0.9) + 0.5 hall + 0.4 platform - 1.5 overlap)``.

    Examples
    --------
    >>> from govlib.city.parameters import resolve
    >>> usual = np.array([0.9]), np.zeros(1), np.array([0.35])
    >>> for has in (0, 1):
    ...     print(solved_chance(*usual, np.array([has]), resolve()).round(3))
    [0.593]
    [0.685]
    """
    return sigmoid(
        0.9
        + parameters["resolved_load"] * (load - 0.9)
        + parameters["resolved_hall"] * hall
        + parameters["solved_platform"] * platform
        + parameters["resolved_overlap"] * overlap
    )


def log_hours(limit: Floats, load: Floats, platform: Floats, solved: Floats) -> Floats:
    """
    Return the mean logarithm of the hours until a request is closed.

    Parameters
    ----------
    limit : numpy.ndarray of float
        Its limit in hours.
    load, platform : numpy.ndarray of float
        Of the community.
    solved : numpy.ndarray of float
        1 if it is solved in the end.

    Returns
    -------
    numpy.ndarray of float
        ``log(limit) - 0.35 + 0.5 (load - 0.9) - 0.35 platform + 0.9 (1 - solved)``:
        what cannot be solved stays open longer.
    """
    return (
        np.log(limit) - 0.35 + 0.5 * (load - 0.9) - 0.35 * platform + 0.9 * (1 - solved)
    )


def satisfaction(
    functions: Floats, wealth: Floats, solved: Floats, belonging: Floats
) -> Floats:
    """
    Return the mean satisfaction of callers, in points of 100.

    Parameters
    ----------
    functions, wealth : numpy.ndarray of float
        Of the community.
    solved : numpy.ndarray of float
        1 if the request is solved.
    belonging : numpy.ndarray of float
        Of the caller.

    Returns
    -------
    numpy.ndarray of float
        ``62 + 2.6 (functions - 7) - 4 wealth + 7 solved + 3 belonging``; the draw of
        a caller has standard deviation 12, and 60 points are called satisfied.
    """
    return 62 + 2.6 * (functions - 7) - 4.0 * wealth + 7 * solved + 3 * belonging


def binomial_quantile(uniform: Floats, n: Integers, chance: Floats) -> Integers:
    """
    Turn stored uniform numbers into binomial counts.

    Parameters
    ----------
    uniform : numpy.ndarray of float, shape (k,)
        Numbers in [0, 1).
    n : numpy.ndarray of int, shape (k,)
        Numbers of trials.
    chance : numpy.ndarray of float, shape (k,)
        Chances, above 0 and below 1.

    Returns
    -------
    numpy.ndarray of int, shape (k,)
        Smallest counts whose distribution function exceeds the uniform numbers, so
        that a higher chance never gives a lower count.

    Examples
    --------
    Of two trials with chance one half: 0 up to .25, 1 up to .75, then 2.

    >>> u = np.array([0.2, 0.5, 0.9])
    >>> binomial_quantile(u, np.array([2, 2, 2]), np.full(3, 0.5))
    array([0, 1, 2])
    """
    most = int(n.max()) if n.size else 0
    log_factorial = np.concatenate(([0.0], np.cumsum(np.log(np.arange(1, most + 1)))))
    out = np.zeros(n.size, dtype=np.int64)
    below = np.zeros(n.size)
    for k in range(most + 1):
        inside = np.flatnonzero((n >= k) & (out == k))
        if not inside.size:
            break
        of, p = n[inside], chance[inside]
        below[inside] += np.exp(
            log_factorial[of]
            - log_factorial[k]
            - log_factorial[of - k]
            + k * np.log(p)
            + (of - k) * np.log1p(-p)
        )
        more = (uniform[inside] >= below[inside]) & (of > k)
        out[inside[more]] += 1
    return out


def tables(base: Base) -> dict[str, pd.DataFrame]:
    """
    Make the tables of requests.

    Parameters
    ----------
    base : Base
        The city without residents.

    Returns
    -------
    dict of str to pandas.DataFrame
        ``problems``: by community, age group and quarter, with what was reported and
        recorded; ``request_survey``: adults asked about both; ``requests``: the log
        of four weeks on all platforms.
    """
    has, helped = platform(base), station(base)
    return {
        "problems": _problems(base, has, helped),
        "request_survey": _survey(base, has[:, -1], helped[:, -1]),
        "requests": _requests(base, has[:, -1], helped[:, -1]),
    }


def _problems(base: Base, has: Floats, helped: Floats) -> pd.DataFrame:
    n, quarters = len(base.codes), range(*YEAR.indices(QUARTERS))
    people = adults(base)
    need = base.by_quarter("need")
    # Four parts, as the count of a large community's problems has too many steps.
    draws = base.uniform("requests_problems", QUARTERS, len(AGES), 4)
    reports = base.uniform("requests_reports", QUARTERS, len(AGES), 2)
    parts = []
    for q in quarters:
        chance = mean_reporting(base, has[:, q], helped[:, q])
        mean = people * problem_rate(need[:, q])[:, None] / 4
        problems = np.sum(
            [
                poisson_quantile(draws[:, q, :, part].ravel(), mean.ravel() / 4)
                for part in range(4)
            ],
            axis=0,
        )
        told = binomial_quantile(reports[:, q, :, 0].ravel(), problems, chance.ravel())
        kept = np.full(told.size, KEPT)
        recorded = binomial_quantile(reports[:, q, :, 1].ravel(), told, kept)
        parts.append(
            pd.DataFrame(
                {
                    "community": np.repeat(base.codes, len(AGES)),
                    "quarter": q + 1,
                    "age_group": np.tile(AGES, n),
                    "with_platform": np.repeat(has[:, q] == 1, len(AGES)),
                    "adults": people.ravel().astype(np.int64),
                    "problems": problems,
                    "reported": told,
                    "recorded": recorded,
                }
            )
        )
    keys = ["community", "quarter", "age_group"]
    return pd.concat(parts).sort_values(keys, ignore_index=True)


def _survey(base: Base, has: Floats, helped: Floats) -> pd.DataFrame:
    u = base.uniform("requests_survey", len(AGES) * ASKED, 6)
    # As many of the old as of the others, though fewer live there.
    older = np.broadcast_to(np.arange(len(AGES) * ASKED) >= ASKED, u.shape[:2])
    who = _adults(older, u[..., :3])
    stands = np.repeat(adults(base) / ASKED, ASKED, axis=1)
    mean = base.parameters["belonging_community"] * base.of_place("tie_draw")
    skilled = u[..., 3] < who.skill
    drawn = Adults(
        who.age, who.schooling, skilled.astype(float), who.belonging + mean[:, None]
    )
    chance = reporting_chance(drawn, has[:, None], helped[:, None], base.parameters)
    rate = problem_rate(base.by_quarter("need")[:, YEAR]).mean(axis=1)
    problems = poisson_quantile(u[..., 4].ravel(), np.repeat(rate, older.shape[1]))
    told = binomial_quantile(u[..., 5].ravel(), problems, chance.ravel())
    numbers = [
        f"{code}-Q{i:02}" for code in base.codes for i in range(1, older.shape[1] + 1)
    ]
    return pd.DataFrame(
        {
            "reply": numbers,
            "community": np.repeat(base.codes, older.shape[1]),
            "with_platform": np.repeat(has == 1, older.shape[1]),
            "doorstep": np.repeat(helped == 1, older.shape[1]),
            "adults_per_answer": stands.ravel(),
            "age": np.floor(who.age).astype(np.int64).ravel(),
            "age_group": np.where(older, AGES[1], AGES[0]).ravel(),
            "schooling": who.schooling.astype(np.int64).ravel(),
            "smartphone": skilled.ravel(),
            "belonging_score": drawn.belonging.round(2).ravel(),
            "problems": problems,
            "reported": told,
        }
    )


@dataclass(frozen=True, slots=True)
class Matters:
    """
    The matters that reach the log, one entry each.

    Attributes
    ----------
    place : numpy.ndarray of int, shape (m,)
        Place of the community in the city.
    number : numpy.ndarray of int, shape (m,)
        Number of the matter among those that its community might have.
    older : numpy.ndarray of bool, shape (m,)
        Whether the caller is 60 or over.
    draws : numpy.ndarray of float, shape (m, 32)
        Stored uniform numbers.
    """

    place: Integers
    number: Integers
    older: Booleans
    draws: Floats


# Uniform numbers of a matter, and of each of its up to three requests.
OF_MATTER, OF_REQUEST = 10, 10 + DRAWS


def logged(base: Base) -> Integers:
    """
    Choose the communities whose requests are in the log.

    Parameters
    ----------
    base : Base
        The city without residents.

    Returns
    -------
    numpy.ndarray of int
        Places of the third community of each sub-district, or of its last.
    """
    number = min(LOGGED, base.size.communities)
    return np.flatnonzero([code.endswith(f"-{number:02}") for code in base.codes])


def matters(base: Base, has: Floats, helped: Floats) -> Matters:
    """
    Draw the matters of four weeks that are recorded.

    Parameters
    ----------
    base : Base
        The city without residents.
    has, helped : numpy.ndarray of float, shape (n,)
        Platform and doorstep station in the last quarter.

    Returns
    -------
    Matters
        Those of all communities in the log.
    """
    where = logged(base)
    codes = [base.codes[i] for i in where]
    rate = problem_rate(base.by_quarter("need")[where, -1])[:, None]
    share = HOURS / 24 / QUARTER_DAYS / 4
    chance = mean_reporting(base, has, helped)[where]
    mean = adults(base)[where] * rate * share * chance * KEPT
    counts = poisson_quantile(
        base.uniform("requests_count", len(AGES), of=codes).ravel(), mean.ravel()
    ).reshape(mean.shape)
    counts = np.minimum(counts, MOST)
    draws = base.uniform("requests_matter", len(AGES), MOST, OF_MATTER, of=codes)
    inside = np.arange(MOST) < counts[..., None]
    place, age, number = np.nonzero(inside)
    return Matters(
        where[place], age * MOST + number, age == 1, draws[place, age, number]
    )


def _pick(chances: Floats, draw: Floats) -> Integers:
    """Choose by cumulated chances (m, k), one draw (m,) each."""
    ends = np.cumsum(chances, axis=1)[:, :-1]
    return (draw[:, None] >= ends).sum(axis=1)


def _other(choice: Integers, draw: Floats, chance: float, k: int) -> Integers:
    """Mistake a choice for another of k with some chance."""
    step = 1 + np.minimum((draw / chance * (k - 1)).astype(np.int64), k - 2)
    return np.where(draw < chance, (choice + step) % k, choice)


def _requests(base: Base, has: Floats, helped: Floats) -> pd.DataFrame:
    found = matters(base, has, helped)
    topics, m = tuple(TOPICS), found.place.size
    u = found.draws
    ages = np.where(found.older, AGES[1], AGES[0])
    topic = _pick(np.array([CHANCES[a] for a in ages]), u[:, 0])
    limit = np.array(LIMITS)[
        _pick(np.array([LIMIT_CHANCES[topics[t]] for t in topic]), u[:, 1])
    ]
    building = 1 + (u[:, 2] * 12).astype(np.int64)
    first = u[:, 3] * HOURS
    load = base.by_quarter("load")[:, -1]
    overlap = base.settled(
        "role_overlap", np.full(len(base.codes), base.parameters["overlap_before"])
    )[:, -1]
    chance = solved_chance(
        load, base.by_quarter("hall")[:, -1], overlap, has, base.parameters
    )[found.place]
    solved = u[:, 4] < chance
    repeats = (u[:, 5] < AGAIN[0] + AGAIN[1]).astype(int) + (u[:, 5] < AGAIN[1])
    mood = np.sqrt(-2 * np.log1p(-u[:, 6]))
    noise, belonging = (
        12 * mood * np.cos(2 * np.pi * u[:, 7]),
        np.where(found.older, 0.35, -0.1) + 1.05 * mood * np.sin(2 * np.pi * u[:, 7]),
    )
    happy = (
        satisfaction(
            base.by_quarter("functions")[found.place, -1],
            base.of_place("wealth")[found.place],
            solved.astype(float),
            belonging,
        )
        + noise
        > 60
    )
    # All requests of a matter in the order of matters: first calls, then repeats.
    of = np.repeat(np.arange(m), 1 + repeats)
    turn = np.arange(of.size) - np.searchsorted(of, of)
    own = _of_requests(base, found, of, turn)
    options = np.array(
        [CHOICES[bool(has[p]), a] for p, a in zip(found.place, ages, strict=True)]
    )
    at = _platforms(options[of], own[:, 0], turn)
    wait = -AGAIN_HOURS * np.log1p(-own[:, 1]) * (turn > 0)
    opened = first[of] + wait * turn
    normal = np.sqrt(-2 * np.log1p(-own[:, 2]))
    late, early = (
        normal * np.cos(2 * np.pi * own[:, 3]),
        normal * np.sin(2 * np.pi * own[:, 3]),
    )
    place = found.place[of]
    mean = log_hours(limit[of], load[place], has[place], solved[of].astype(float))
    lasts = np.exp(mean + 0.9 * late)
    answer = np.exp(
        np.log(limit[of])
        - 1.3
        + 0.4 * (load[place] - 0.9)
        - 0.4 * has[place]
        + 0.8 * early
    )
    answered, closed = opened + np.minimum(answer, lasts), opened + lasts
    is_closed = closed <= HOURS
    reached = np.where(happy[of], CALLED[1], CALLED[0])
    called = is_closed & solved[of] & (own[:, 4] < reached)
    written, coder_a, coder_b = (
        _other(topic[of], own[:, 5 + i], wrong, len(topics))
        for i, wrong in enumerate(MISTAKEN)
    )
    coded = own[:, 8] < CODED
    text = []
    for i, j in enumerate(of):
        draws = own[i, 10:].copy()
        # What is wrong with what is the matter's own, four times in five.
        if own[i, 9] < 0.8:
            draws[:2] = u[j, 8:10]
        text.append(
            request_text(
                topics[topic[j]], int(building[j]), bool(found.older[j]), draws
            )
        )
    names = np.array(topics, dtype=object)
    table = pd.DataFrame(
        {
            "community": np.array(base.codes, dtype=object)[place],
            "platform": np.array(PLATFORMS, dtype=object)[at],
            "with_platform": has[place] == 1,
            "age_group": ages[of],
            "building_number": building[of],
            "topic": names[written],
            "opened_hour": opened.round(1),
            "limit_hours": limit[of].astype(np.int64),
            "answered_hour": answered.round(1),
            "closed_hour": closed.round(1),
            "solved": pd.array(solved[of], dtype="boolean"),
            "satisfied": pd.array(happy[of], dtype="boolean"),
            "text": text,
            "topic_coder_a": pd.Series(names[coder_a]).where(coded),
            "topic_coder_b": pd.Series(names[coder_b]).where(coded),
            "true_topic": names[topic[of]],
            "true_matter": [
                f"{base.codes[p]}-M{k + 1:03}"
                for p, k in zip(place, found.number[of], strict=True)
            ],
        }
    )
    table["answered_hour"] = table["answered_hour"].where(answered <= HOURS)
    table["closed_hour"] = table["closed_hour"].where(is_closed)
    table["solved"] = table["solved"].where(is_closed)
    table["satisfied"] = table["satisfied"].where(called)
    table = table[table["opened_hour"] < HOURS]
    table = table.sort_values(
        ["community", "opened_hour", "true_matter", "platform"], ignore_index=True
    )
    number = table.groupby("community").cumcount() + 1
    codes = [f"{c}-R{k:03}" for c, k in zip(table["community"], number, strict=True)]
    table.insert(0, "request", codes)
    return table


def _of_requests(base: Base, found: Matters, of: Integers, turn: Integers) -> Floats:
    """Look up the stored uniform numbers of each request."""
    where, place = np.unique(found.place, return_inverse=True)
    codes = [base.codes[i] for i in where]
    if not codes:
        return np.empty((0, OF_REQUEST))
    draws = base.uniform(
        "requests_request", len(AGES) * MOST, 1 + len(AGAIN), OF_REQUEST, of=codes
    )
    return draws[place[of], found.number[of], turn]


def _platforms(options: Floats, draw: Floats, turn: Integers) -> Integers:
    """Choose a platform for each request; a repeat goes to another one."""
    out = np.empty(turn.size, dtype=np.int64)
    left = options.copy()
    last = int(turn.max()) if turn.size else -1
    for step in range(last + 1):
        here = np.flatnonzero(turn == step)
        if step:
            # The request before this one is of the same matter.
            left[here] = left[here - 1]
            left[here, out[here - 1]] = 0.0
        chances = left[here]
        total = chances.sum(axis=1, keepdims=True)
        # Where no other platform is left, the hotline is rung again.
        chances = np.where(total > 0, chances / np.where(total > 0, total, 1), 0.0)
        out[here] = np.where(total.ravel() > 0, _pick(chances, draw[here]), 0)
    return out
