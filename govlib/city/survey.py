"""The survey of residents: who is drawn, who answers, and what they say."""

from dataclasses import dataclass

import numpy as np

from govlib.city.participation import (
    BELONGING_MEAN,
    BELONGING_SD,
    Participation,
)
from govlib.city.people import MOST, Booleans, Floats, Homes, Integers, People
from govlib.city.places import Community
from govlib.city.streams import poisson_quantile, stream

# Cut points on the scale of log(1 + ties) plus a logistic draw, set so that the
# answers match published shares of Shanghai's and China's surveys (see `facts`).
VISITS = (2.48, 1.00, 0.72, 0.47, 0.25, 0.05)
JOBS = (3.74, 2.60, 1.75, 0.72)
TRUST = (3.06, -0.31, -1.97, -3.57)
DIRECTOR = 2.31
# How closely each statement about belonging follows the resident's own, and the cut
# points between the five answers; the last statement is put the other way round.
BELONGING = {
    "belong_home": 0.80,
    "belong_part": 0.75,
    "belong_leave": 0.65,
    "belong_indifferent": -0.60,
}
AGREE = (-1.5, -0.5, 0.5, 1.5)
# Shares whom the four harmless complaints of the list experiment annoy, and of the
# dissatisfied the share who say so when asked outright.
COMPLAINTS = (0.55, 0.35, 0.25, 0.15)
ADMIT = 0.45
# Put only to those who say whether they took part.
MEETING = ("attended_meeting", "spoke_meeting", "adopted_meeting")
# Adults met in each community's activity room, and how much likelier those are met,
# in logs, who took part in a community decision or joined an activity.
MET, ROOM_PART, ROOM_JOINED = 5, 2.4, 1.6


@dataclass(frozen=True, slots=True)
class Answers:
    """
    The survey of one community, one entry per resident drawn.

    Attributes
    ----------
    person : numpy.ndarray of int, shape (surveyed,)
        Places in `People`.
    weight : numpy.ndarray of float, shape (surveyed,)
        Residents whom each one stands for: one over the chance of being drawn.
    answered : numpy.ndarray of bool, shape (surveyed,)
        Whether there was an interview.
    items : dict of str to numpy.ndarray of float
        Answers by question; NaN where there is none.
    """

    person: Integers
    weight: Floats
    answered: Booleans
    items: dict[str, Floats]


def draw(seed: int, community: Community, people: People, surveyed: int) -> Answers:
    """
    Draw adults with unequal chances and give each a weight.

    Parameters
    ----------
    seed : int
        Seed of the city.
    community : Community
        Its variables.
    people : People
        Its residents.
    surveyed : int
        Adults to draw.

    Returns
    -------
    Answers
        Who is drawn, without answers.

    Notes
    -----
    Households are equally likely and one adult of each is asked, so that an adult
    who lives with many others is drawn less often; from 60 years of age the chance
    is one and a half times as high. Drawn systematically along the addresses.
    """
    adult = np.flatnonzero(people.age >= 18)
    home = people.household[adult]
    size = np.bincount(home)[home]
    chance = np.where(people.age[adult] >= 60, 1.5, 1.0) / size
    ends = np.cumsum(chance)
    start = stream(seed, "survey_draw", community.code).random()
    step = ends[-1] / surveyed
    drawn = np.searchsorted(ends, (start + np.arange(surveyed)) * step, side="right")
    return Answers(adult[drawn], step / chance[drawn], np.ones(surveyed, bool), {})


def ask(
    seed: int,
    community: Community,
    homes: Homes,
    people: People,
    degree: Integers,
    surveyed: int,
) -> Answers:
    """
    Survey one community.

    Parameters
    ----------
    seed : int
        Seed of the city.
    community : Community
        Its variables.
    homes : Homes
        Where each household lives.
    people : People
        Its residents.
    degree : numpy.ndarray of int, shape (n,)
        Neighbours whom each resident would visit or ask for help.
    surveyed : int
        Adults to draw.

    Returns
    -------
    Answers
        Who was drawn and what they said.

    Notes
    -----
    Tenants, the young, people in high-rise buildings and people without ties give
    fewer interviews, and those without ties more often leave the question on ties
    open: the answers are not missing at random.
    """
    sample = draw(seed, community, people, surveyed)
    who = sample.person
    tie = degree[who].astype(np.float64)

    def logistic(item: str) -> Floats:
        return stream(seed, f"survey_{item}", community.code).logistic(size=surveyed)

    tall = homes.tall[people.household[who]]
    willing = (
        1.2
        + 0.6 * people.owner[who]
        + 0.02 * (people.age[who] - 45)
        - 0.5 * tall
        - 0.5 * (tie == 0)
    )
    answered = logistic("interview") < willing
    uniform = stream(seed, "survey_known_by_name", community.code).random(surveyed)
    close = np.log1p(tie)

    def scale(item: str, cuts: tuple[float, ...], spread: float = 1.0) -> Floats:
        # Answer 1 lies above the first cut, 2 between the first and second, ...
        latent = close + spread * logistic(item)
        return 1.0 + (latent[:, None] < np.array(cuts)).sum(axis=1)

    items = {
        "ties": tie.copy(),
        "known_by_name": tie + poisson_quantile(uniform, 1.6 * (tie + 1)),
        "visits": scale("visits", VISITS),
        "jobs_known": scale("jobs_known", JOBS),
        "trust_neighbours": scale("trust_neighbours", TRUST),
        "knows_director": 2 - scale("knows_director", (DIRECTOR,)),
    }
    for item, values in items.items():
        open_ = -3.3 + (0.9 * (tie == 0) if item == "ties" else 0.0)
        values[(logistic(f"open_{item}") < open_) | ~answered] = np.nan
    return Answers(who, sample.weight, answered, items)


def told(who: Integers, part: Participation) -> dict[str, Floats]:
    """
    Say what residents would truthfully answer on participation.

    Parameters
    ----------
    who : numpy.ndarray of int, shape (k,)
        Residents, by their place in `People`.
    part : Participation
        Participation in their community.

    Returns
    -------
    dict of str to numpy.ndarray of float
        By question; NaN where it is not put: votes to those without one, whether one
        spoke to those who did not come, whether it was adopted to those who did not
        speak.
    """
    eligible = {
        f"eligible_{k}": v[who].astype(np.float64) for k, v in part.eligible.items()
    }
    kinds = {k: v[who].astype(np.float64) for k, v in part.kinds.items()}
    for kind, asked in (
        ("voted_election", eligible["eligible_election"]),
        ("voted_owners", eligible["eligible_owners_vote"]),
        ("adopted_meeting", kinds["spoke_meeting"]),
        ("spoke_meeting", kinds["attended_meeting"]),
    ):
        kinds[kind][asked == 0] = np.nan
    return {
        "eligible_election": eligible["eligible_election"],
        "voted_election": kinds["voted_election"],
        "eligible_owners_vote": eligible["eligible_owners_vote"],
        "voted_owners": kinds["voted_owners"],
        "eligible_meeting": eligible["eligible_meeting"],
        "asked_by": part.asked_by[who].astype(np.float64),
        "took_part": part.took_part[who].astype(np.float64),
        **{item: kinds[item] for item in MEETING},
    } | {k: v for k, v in kinds.items() if not k.startswith("voted")}


def ask_participation(
    seed: int, community: Community, part: Participation, sample: Answers
) -> dict[str, Floats]:
    """
    Ask those drawn about participation, belonging and the residents' committee.

    Parameters
    ----------
    seed : int
        Seed of the city.
    community : Community
        Its variables.
    part : Participation
        Participation of its residents.
    sample : Answers
        Who was drawn, and who gave an interview.

    Returns
    -------
    dict of str to numpy.ndarray of float
        Answers by question; NaN where there is none. Who is eligible is known of all.

    Notes
    -----
    Belonging is asked about after the year in which people took part. A statement's
    answer follows belonging with the loading l and a draw of its own with the root of
    1 - l ** 2, plus a style of agreeing with anything, normal with mean 0.2 and
    standard deviation 0.3. Those who did not take part leave that question open more
    often. Half of the interviews, at random, have a list with one complaint more, on
    the residents' committee; asked outright, most of the dissatisfied do not say so.
    """
    who, code = sample.person, community.code
    k = who.size

    def draws(item: str) -> np.random.Generator:
        return stream(seed, f"survey_{item}", code)

    items = told(who, part)
    z = (part.belonging[-1, who] - BELONGING_MEAN) / BELONGING_SD
    style = 0.2 + 0.3 * draws("agreeing").standard_normal(k)
    for item, loading in BELONGING.items():
        own = np.sqrt(1 - loading**2) * draws(item).standard_normal(k)
        latent = loading * z + own + style
        items[item] = 1.0 + (latent[:, None] > np.array(AGREE)).sum(axis=1)
    long = draws("list_version").random(k) < 0.5
    annoyed = draws("list_count").random((k, len(COMPLAINTS))) < COMPLAINTS
    dissatisfied = part.dissatisfied[who]
    items["list_version"] = long.astype(np.float64)
    items["list_count"] = annoyed.sum(axis=1) + (long & dissatisfied).astype(np.float64)
    admits = draws("dissatisfied").random(k) < ADMIT
    items["dissatisfied"] = (dissatisfied & admits).astype(np.float64)

    for item, values in items.items():
        if item.startswith("eligible"):
            continue
        values[~sample.answered] = np.nan
        if item not in ("list_version", *MEETING):
            silent = 1.1 * ~part.took_part[who] if item == "took_part" else 0.0
            open_ = draws(f"open_{item}").logistic(size=k) < -3.3 + silent
            values[open_] = np.nan
    # Nobody is asked about a meeting who left open whether there was any.
    for item in MEETING:
        items[item][np.isnan(items["took_part"])] = np.nan
    return items


def meet(
    seed: int, community: Community, people: People, part: Participation
) -> Answers:
    """
    Meet five adults in a community's activity room.

    Parameters
    ----------
    seed : int
        Seed of the city.
    community : Community
        Its variables.
    people : People
        Its residents.
    part : Participation
        Their participation.

    Returns
    -------
    Answers
        Who is met and what they say, truthfully and to every question; no weights.

    Notes
    -----
    Each adult comes in after a time with an exponential distribution whose rate is
    higher for those who take part and join activities; the first five are met.
    """
    draws = stream(seed, "activity_room", community.code)
    wait = draws.standard_exponential(community.households * MOST)[people.number]
    wait *= np.exp(
        -ROOM_PART * part.took_part - ROOM_JOINED * part.kinds["joined_activity"]
    )
    wait[people.age < 18] = np.inf
    who = np.sort(np.argsort(wait, kind="stable")[:MET])
    nothing = np.full(MET, np.nan)
    return Answers(who, nothing, np.ones(MET, bool), told(who, part))
