"""Who would visit or ask whom for help: one model of ties between neighbours."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from govlib.city.parameters import bound
from govlib.city.people import MOST, Booleans, Floats, Homes, Integers, People
from govlib.city.places import Community
from govlib.city.streams import pair_uniforms, poisson_quantile, stream

# Where a resident's ties start: same stairwell, anywhere in the estate, anywhere in
# the community, and in the rest of the sub-district (counted, not traced to a person).
PLACES = {"stairwell": 0.47, "estate": 0.38, "community": 0.10, "outside": 0.05}
# Ties no longer grow with age or years lived here beyond these.
OLDEST, LONGEST = 85, 40
# Sign of the effect of heterogeneity on ties between origins.
WORLDS = {"conflict": -1.0, "contact": 1.0}


@dataclass(frozen=True, slots=True)
class Ties:
    """
    The ties of one community.

    Attributes
    ----------
    source, target : numpy.ndarray of int, shape (m,)
        Places of two residents in `People`, source below target, each pair once.
    closed : numpy.ndarray of bool, shape (m,)
        True where a neighbour in common made the tie.
    outside : numpy.ndarray of int, shape (n,)
        Ties of each resident with other communities of the sub-district.
    """

    source: Integers
    target: Integers
    closed: Booleans
    outside: Integers


def exposure(age: Integers, tenure: Floats, parameters: dict[str, float]) -> Floats:
    """
    Factor by which age and length of residence raise a resident's ties.

    Parameters
    ----------
    age : numpy.ndarray of int, shape (n,)
        Years.
    tenure : numpy.ndarray of float, shape (n,)
        Years lived here.
    parameters : dict of str to float
        All parameters.

    Returns
    -------
    numpy.ndarray of float, shape (n,)
        ``(years / 8 + 0.2) ** tenure_effect * exp(age_effect * (age - 45))``.

    Examples
    --------
    >>> exposure(np.array([45]), np.array([6.4]), {"tenure_effect": 1, "age_effect": 1})
    array([1.])
    """
    years = np.minimum(tenure, LONGEST) / 8 + 0.2
    old = np.minimum(age, OLDEST) - 45
    return years ** parameters["tenure_effect"] * np.exp(parameters["age_effect"] * old)


def mixed_rate(community: Community, parameters: dict[str, float], world: str) -> float:
    """
    Factor on the chance of a tie when two residents differ in origin.

    Parameters
    ----------
    community : Community
        Its variables.
    parameters : dict of str to float
        All parameters.
    world : str
        ``"conflict"`` or ``"contact"``.

    Returns
    -------
    float
        ``exp(-homophily -/+ heterogeneity * 2M(1 - M))``.
    """
    contact = WORLDS[world] * parameters["heterogeneity"] * community.heterogeneity
    return float(np.exp(contact - parameters["homophily"]))


@dataclass(frozen=True, slots=True)
class Meetings:
    """
    Pairs of residents who would be tied if activities were held, and why.

    Attributes
    ----------
    seed, community, homes, people, parameters
        As given to :func:`meetings`.
    pull : numpy.ndarray of float, shape (n,)
        What each resident brings into the chance of a tie.
    rate, mixed : float
        Ties that a resident starts, before all factors; factor for two residents of
        different origin.
    pairs : numpy.ndarray of int, shape (k,)
        ``source * n + target``; a pair may meet several times.
    accept : numpy.ndarray of float, shape (k,)
        Stored uniform numbers on the scale of the factors: the pair becomes tied if
        their product is larger.
    chance : numpy.ndarray of float, shape (k,)
        Product of all factors but that for activities.
    """

    seed: int
    community: Community
    homes: Homes
    people: People
    parameters: dict[str, float]
    pull: Floats
    rate: float
    mixed: float
    pairs: Integers
    accept: Floats
    chance: Floats


def meetings(
    seed: int,
    community: Community,
    homes: Homes,
    people: People,
    parameters: dict[str, float],
    world: str = "conflict",
) -> Meetings:
    """
    Let the residents of one community meet, whether activities are held or not.

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
    parameters : dict of str to float
        All parameters.
    world : str, default "conflict"
        Whether heterogeneity costs ties between origins or makes them.

    Returns
    -------
    Meetings
        What :func:`ties` chooses from.
    """
    n = people.age.size
    exposed = exposure(people.age, people.tenure, parameters)
    tall = homes.tall[people.household]
    # What one end brings into the chance of a tie; the square root of the effect of a
    # tall building, since both ends bring theirs.
    pull = exposed * np.exp(parameters["high_rise_effect"] / 2 * tall)
    spread = parameters["tie_spread"] * community.tie_draw
    rate = float(parameters["tie_rate"] * np.exp(spread))
    mixed = mixed_rate(community, parameters, world)
    most_active = max(1.0, float(np.exp(parameters["activity_effect"])))
    estate = homes.estate[people.household]
    stairwell = homes.block * 100 + homes.stairwell
    met = {
        "community": np.zeros_like(estate),
        "estate": estate,
        "stairwell": stairwell[people.household],
    }
    found = []
    for place, where in met.items():
        i, j, accept = candidates(
            seed,
            community,
            place,
            people.sociability,
            where,
            pull,
            most_active,
            rate,
            mixed,
        )
        chance = pull[i] * pull[j]
        years = np.abs(people.age[i] - people.age[j])
        chance *= np.exp(-parameters["age_closeness"] * years)
        chance[people.non_local[i] != people.non_local[j]] *= mixed
        keep = accept / most_active < chance
        keep &= people.household[i] != people.household[j]
        pairs = np.minimum(i, j)[keep] * n + np.maximum(i, j)[keep]
        found.append((pairs, accept[keep], chance[keep]))
    pairs, accept, chance = (np.concatenate(part) for part in zip(*found, strict=True))
    return Meetings(
        seed=seed,
        community=community,
        homes=homes,
        people=people,
        parameters=parameters,
        pull=pull,
        rate=rate,
        mixed=mixed,
        pairs=pairs,
        accept=accept,
        chance=chance,
    )


def ties(met: Meetings, activity: float | None = None) -> Ties:
    """
    Tie the residents of one community to one another.

    Parameters
    ----------
    met : Meetings
        Who of them meet.
    activity : float, optional
        Whether activities are held; as in their community by default.

    Returns
    -------
    Ties
        Each pair once, and each resident's ties outside.

    Notes
    -----
    Candidates come from a maximal set that hangs on sociability and address alone:
    one end from the whole community, the other from the same stairwell, estate or
    community, both in proportion to sociability. A candidate becomes a tie if its
    stored uniform number lies below the product of all factors, each divided by the
    largest value that its parameters allow. A remedy therefore thins the same
    candidates, and one that raises a factor only adds ties. A resident of a larger
    estate meets no more candidates, so that density falls with size by construction.

    Then one synchronous round of closure: each neighbour in common introduces two
    residents of one building with the same chance, times the factor for origin.
    """
    community, people, parameters = met.community, met.people, met.parameters
    if activity is None:
        activity = community.activity
    n = people.age.size
    active = np.exp(parameters["activity_effect"] * activity)
    pairs = np.unique(met.pairs[met.accept / active < met.chance])

    closed = closures(met, pairs)
    everything = np.concatenate((pairs, closed))
    order = np.argsort(everything, kind="stable")
    draws = stream(met.seed, "ties_outside", community.code)
    uniform = draws.random((community.households, MOST))
    outside = poisson_quantile(
        uniform.ravel()[people.number],
        met.rate * PLACES["outside"] * active * people.sociability * met.pull,
    )
    return Ties(
        everything[order] // n,
        everything[order] % n,
        np.repeat([False, True], (pairs.size, closed.size))[order],
        outside,
    )


def candidates(
    seed: int,
    community: Community,
    place: str,
    sociability: Floats,
    where: Integers,
    pull: Floats,
    most_active: float,
    rate: float,
    mixed: float,
) -> tuple[Integers, Integers, Floats]:
    """
    Draw the pairs who may become tied in one kind of place.

    Parameters
    ----------
    seed : int
        Seed of the city.
    community : Community
        Its variables.
    place : str
        ``"stairwell"``, ``"estate"`` or ``"community"``.
    sociability : numpy.ndarray of float, shape (n,)
        Weight of each resident in the draws.
    where : numpy.ndarray of int, shape (n,)
        The stairwell, estate or community of each resident, in order of address.
    pull : numpy.ndarray of float, shape (n,)
        What each resident brings into the chance of a tie.
    most_active : float
        Factor for shared activities where it is largest.
    rate : float
        Ties a resident starts, before all factors.
    mixed : float
        Factor for two residents of different origin.

    Returns
    -------
    i, j : numpy.ndarray of int, shape (k,)
        The two residents. Candidates who would fail whoever there the second is, with
        activities and without, are left out.
    accept : numpy.ndarray of float, shape (k,)
        Stored uniform numbers on the scale of all factors.
    """
    most_pull = (LONGEST / 8 + 0.2) ** bound("tenure_effect") * np.exp(
        bound("age_effect") * (OLDEST - 45)
    )
    most_mixed = np.exp(bound("heterogeneity") / 2)
    most = most_pull**2 * most_mixed * np.exp(bound("activity_effect"))

    number = int(np.ceil(where.size * rate * PLACES[place] * most))
    one, other, accept = (
        stream(seed, f"candidates_{end}_{place}", community.code).random(number)
        for end in ("one", "other", "accept")
    )
    accept = accept * most
    # Residents stand in order of address, so a place is a stretch of them.
    change = np.flatnonzero(np.diff(where)) + 1
    first = np.concatenate(([0], change))
    last = np.concatenate((change, [where.size])) - 1
    stretch = np.repeat(np.arange(first.size), last - first + 1)

    # Most fail whoever lives there, and need not be looked up, which is what takes
    # time. The last bits of a product hang on the order of its factors.
    high = max(mixed, 1) * most_active * 1.000001
    best = pull * (np.maximum.reduceat(pull, first) * high)[stretch]
    left = np.flatnonzero(accept < best.max())
    ends = np.cumsum(sociability)
    find = _finder(ends)
    i = np.minimum(find(one[left] * ends[-1]), where.size - 1)
    keep = accept[left] < best[i]
    left, i = left[keep], i[keep]
    first, last = first[stretch[i]], last[stretch[i]]
    low = ends[first] - sociability[first]
    j = find(low + other[left] * (ends[last] - low))
    return i, np.clip(j, first, last), accept[left]


def _finder(ends: Floats) -> Callable[[Floats], Integers]:
    """
    Return what gives ``np.searchsorted(ends, values, "right")``, for many values.

    A table says where to start for values of each size; few steps are left. Values
    lie from zero to the last of the ends.
    """
    size = 4 * ends.size
    width = ends[-1] / size
    # A little early rather than late, whatever rounding does.
    start = np.searchsorted(ends, np.arange(size) * (width * (1 - 1e-12)), "right")
    # Nothing lies beyond the last place.
    bounds = np.append(ends, np.inf)

    def find(values: Floats) -> Integers:
        place = start[np.minimum((values / width).astype(np.intp), size - 1)]
        behind = np.flatnonzero(bounds[place] <= values)
        while behind.size:
            place[behind] += 1
            behind = behind[bounds[place[behind]] <= values[behind]]
        return place

    return find


def among(values: Integers, some: Integers) -> Booleans:
    """
    Tell which numbers are among others that are in order.

    Parameters
    ----------
    values : numpy.ndarray of int, shape (k,)
        Numbers, best in order.
    some : numpy.ndarray of int, shape (m,)
        Other numbers, in order.

    Returns
    -------
    numpy.ndarray of bool, shape (k,)
        As :func:`numpy.isin`, which would put everything in order once more.

    Examples
    --------
    >>> among(np.array([1, 4, 9]), np.array([4, 5]))
    array([False,  True, False])
    """
    place = np.searchsorted(some, values)
    found = np.zeros(values.size, dtype=np.bool_)
    inside = place < some.size
    found[inside] = some[place[inside]] == values[inside]
    return found


def closures(met: Meetings, pairs: Integers) -> Integers:
    """
    Find the pairs whom neighbours in common introduce to each other.

    Parameters
    ----------
    met : Meetings
        Who meet.
    pairs : numpy.ndarray of int, shape (m,)
        Ties so far, ``source * n + target``, sorted.

    Returns
    -------
    numpy.ndarray of int
        New ties in the same form. With k neighbours in common the chance is
        ``1 - (1 - closure) ** k``; each pair has one stored uniform number.
    """
    people = met.people
    n = people.age.size
    building = met.homes.block[people.household]
    source, target = pairs // n, pairs % n
    one = np.concatenate((target, source))
    two = np.concatenate((source, target))
    # The neighbours of each resident, in order: those with lower numbers come first.
    order = np.argsort(one, kind="stable")
    neighbour = two[order]
    last = np.cumsum(np.bincount(one, minlength=n))[one[order]]
    # Every neighbour, and every later neighbour of the same resident.
    later = last - 1 - np.arange(order.size)
    i = np.repeat(neighbour, later)
    along = np.arange(i.size) - np.repeat(np.cumsum(later) - later, later)
    k = neighbour[np.repeat(np.arange(1, order.size + 1), later) + along]
    keep = building[i] == building[k]
    keep &= people.household[i] != people.household[k]
    reached, common = np.unique(i[keep] * n + k[keep], return_counts=True)
    new = ~among(reached, pairs)
    reached, common = reached[new], common[new]
    i, k = reached // n, reached % n
    differ = people.non_local[i] != people.non_local[k]
    chance = met.parameters["closure"] * np.where(differ, min(met.mixed, 1.0), 1.0)
    uniform = pair_uniforms(
        met.seed, ("closure", met.community.code), people.number[i], people.number[k]
    )
    return reached[uniform < 1 - (1 - chance) ** common]
