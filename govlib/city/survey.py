"""The survey of residents: who is drawn, who answers, and what they say."""

from dataclasses import dataclass

import numpy as np

from govlib.city.people import Booleans, Floats, Homes, Integers, People
from govlib.city.places import Community
from govlib.city.streams import poisson_quantile, stream

# Cut points on the scale of log(1 + ties) plus a logistic draw, set so that the
# answers match published shares of Shanghai's and China's surveys (see `facts`).
VISITS = (2.48, 1.00, 0.72, 0.47, 0.25, 0.05)
JOBS = (3.74, 2.60, 1.75, 0.72)
TRUST = (3.06, -0.31, -1.97, -3.57)
DIRECTOR = 2.31


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
