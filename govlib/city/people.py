"""The residents of one community: homes, households, origin, age, tenure."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from govlib.city.places import Community, whole
from govlib.city.streams import stream

# The year of the survey.
YEAR = 2025
# A household has one to six people.
MOST = 6

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Homes:
    """
    The homes of one community, one entry per household in order of address.

    Attributes
    ----------
    estate, building, stairwell : numpy.ndarray of int, shape (households,)
        Numbers from 0; buildings within the estate, stairwells within the building.
    floor : numpy.ndarray of int, shape (households,)
        From 1.
    floors : numpy.ndarray of int, shape (households,)
        Floors of the household's building.
    built : numpy.ndarray of int, shape (estates,)
        Year in which each estate was built.
    """

    estate: Integers
    building: Integers
    stairwell: Integers
    floor: Integers
    floors: Integers
    built: Integers

    @property
    def tall(self) -> Booleans:
        """
        Whether each household lives in a tall building.

        Returns
        -------
        numpy.ndarray of bool, shape (households,)
            True from ten floors.
        """
        return self.floors >= 10

    @property
    def block(self) -> Integers:
        """
        Number of each household's building in the community.

        Returns
        -------
        numpy.ndarray of int, shape (households,)
            Different for buildings of different estates.
        """
        return self.estate * 1000 + self.building


@dataclass(frozen=True, slots=True)
class People:
    """
    The residents of one community, one entry each in order of address.

    Attributes
    ----------
    household : numpy.ndarray of int, shape (n,)
        Number of the household in the community, from 0.
    number : numpy.ndarray of int, shape (n,)
        Number of the person that no remedy changes: six places a household.
    non_local, female, owner, party : numpy.ndarray of bool, shape (n,)
        Registered elsewhere; female; in a home that the household owns; Party member.
    age : numpy.ndarray of int, shape (n,)
        Years.
    tenure : numpy.ndarray of float, shape (n,)
        Years lived in this home.
    sociability : numpy.ndarray of float, shape (n,)
        Gamma draws with mean 1 that make some people know many neighbours.
    """

    household: Integers
    number: Integers
    non_local: Booleans
    female: Booleans
    owner: Booleans
    party: Booleans
    age: Integers
    tenure: Floats
    sociability: Floats


def homes(seed: int, community: Community) -> Homes:
    """
    Lay out a community's estates, buildings, stairwells and floors.

    Parameters
    ----------
    seed : int
        Seed of the city.
    community : Community
        Its variables.

    Returns
    -------
    Homes
        Where each household lives.

    Examples
    --------
    >>> from govlib.city.places import community
    >>> int(homes(2026, community(2026, "G-2-03")).floors.max())
    18
    """
    kind, code, n = community.type, community.code, community.households

    def uniform(variable: str, size: int) -> Floats:
        return stream(seed, variable, code).random(size)

    # Estates of unequal size, the largest about three times the smallest.
    weight = 3 ** uniform("estate_size", community.estates)
    starts = np.concatenate(([0], np.rint(np.cumsum(weight / weight.sum()) * n)))
    starts = starts.astype(np.int64)
    built = whole(uniform("built", community.estates), kind.built)
    estate = np.repeat(np.arange(community.estates), np.diff(starts))
    building, stairwell, floor, floors = (np.empty(n, np.int64) for _ in range(4))
    for e, (first, last) in enumerate(pairwise(starts)):
        draws = stream(seed, "buildings", f"{code}-{e + 1}")
        flats = int(whole(draws.random(), kind.flats))
        wells = int(whole(draws.random(), kind.stairwells))
        # As many buildings as could ever be needed; the last in use may be part empty.
        size = last - first
        height = whole(draws.random(size // (flats * kind.floors[0]) + 1), kind.floors)
        capacity = height * flats * wells
        ends = np.cumsum(capacity)
        place = np.arange(size)
        b = np.searchsorted(ends, place, side="right")
        place = place - (ends - capacity)[b]
        building[first:last] = b
        floors[first:last] = height[b]
        stairwell[first:last] = place // (height[b] * flats)
        floor[first:last] = 1 + place % (height[b] * flats) // flats
    return Homes(estate, building, stairwell, floor, floors, built)


def origins(
    seed: int, community: Community, homes: Homes, parameters: dict[str, float]
) -> Booleans:
    """
    Decide which households are non-local, sorted by building.

    Parameters
    ----------
    seed : int
        Seed of the city.
    community : Community
        Its variables.
    homes : Homes
        Where each household lives.
    parameters : dict of str to float
        All parameters.

    Returns
    -------
    numpy.ndarray of bool, shape (households,)
        True for households registered elsewhere.

    Notes
    -----
    Each home has a score: a normal draw of its estate, one of its building and a
    logistic draw of its own. The homes with the highest scores are non-local, as
    many as the community's share asks for. Who may live next door is thus unequal
    before anyone prefers anyone.
    """
    code, n = community.code, community.households
    k = community.estates
    by_estate = stream(seed, "estate_sorting", code).standard_normal(k)
    # Buildings are numbered within estates; give each its own draw.
    by_building = np.empty(n)
    for e in range(k):
        here = homes.estate == e
        draws = stream(seed, "building_sorting", f"{code}-{e + 1}")
        by_building[here] = draws.standard_normal(homes.building[here].max() + 1)[
            homes.building[here]
        ]
    own = stream(seed, "origin", code).logistic(size=n)
    score = (
        parameters["estate_sorting"] * by_estate[homes.estate]
        + parameters["building_sorting"] * by_building
        + own
    )
    # Households of either origin differ in size; the share is one of people.
    share = community.non_local_share
    local = (1 - share) / community.local_size
    non_local = share / community.non_local_size
    wanted = round(n * non_local / (local + non_local))
    chosen = np.zeros(n, dtype=np.bool_)
    chosen[np.argsort(-score, kind="stable")[:wanted]] = True
    return chosen


def sizes(uniform: Floats, mean: float) -> Integers:
    """
    Draw household sizes of one to six that average to a mean.

    Parameters
    ----------
    uniform : numpy.ndarray of float, shape (households,)
        Stored uniform numbers.
    mean : float
        People per household, between 1 and 6.

    Returns
    -------
    numpy.ndarray of int, shape (households,)
        Sizes, whose sum is the mean times the number of households, rounded.

    Notes
    -----
    One plus a binomial count of five, read off the stored numbers; then the
    households whose numbers lie nearest to the next size give or take one person
    until the sum is right.

    Examples
    --------
    >>> sizes(np.array([0.1, 0.5, 0.9]), 2.0)
    array([1, 2, 3])
    """
    chance = (mean - 1) / (MOST - 1)
    pmf = np.array([1, 5, 10, 10, 5, 1]) * np.array(
        [chance**k * (1 - chance) ** (MOST - 1 - k) for k in range(MOST)]
    )
    ends = np.cumsum(pmf)[:-1]
    size = 1 + np.searchsorted(ends, uniform, side="right")
    order = np.argsort(uniform, kind="stable")
    gap = round(mean * uniform.size) - int(size.sum())
    while gap:
        step = 1 if gap > 0 else -1
        able = order[(size[order] < MOST) if gap > 0 else (size[order] > 1)]
        # Spread over the whole distribution, so that no size is favoured.
        few = able[np.linspace(0, able.size - 1, min(abs(gap), able.size)).astype(int)]
        size[few] += step
        gap = round(mean * uniform.size) - int(size.sum())
    return size


def ages(community: Community, non_local: Booleans, draws: Floats) -> Integers:
    """
    Give every possible member of each household an age.

    Parameters
    ----------
    community : Community
        Its variables.
    non_local : numpy.ndarray of bool, shape (households,)
        Origin of the household.
    draws : numpy.ndarray of float, shape (households, 6)
        Standard normal draws.

    Returns
    -------
    numpy.ndarray of int, shape (households, 6)
        Ages in years, 0 to 95: head, partner, two children or parents, and two of
        the third generation.
    """
    head = np.where(
        non_local, 37 + 10.5 * draws[:, 0], community.head_age + 14.5 * draws[:, 0]
    )
    head = np.clip(head, 20, 92)
    partner = head + 3 * draws[:, 1]
    members = [head, partner]
    for place, gap in ((2, 29), (3, 32)):
        child = head - gap + 4 * draws[:, place]
        # Who is too young to have a child at home shares it with a parent.
        members.append(np.where(child < 0, head + gap + draws[:, place], child))
    grandchild = head[:, None] - 55 + 5 * draws[:, 4:]
    third = np.where(grandchild < 0, head[:, None] + 26 + 4 * draws[:, 4:], grandchild)
    members = np.column_stack([*members, third])
    members[:, 1] = np.maximum(members[:, 1], 20)
    return np.floor(np.clip(members, 0, 95)).astype(np.int64)


def people(
    seed: int,
    community: Community,
    homes: Homes,
    parameters: dict[str, float],
    non_local_home: Booleans | None = None,
) -> People:
    """
    Fill a community's homes with residents.

    Parameters
    ----------
    seed : int
        Seed of the city.
    community : Community
        Its variables.
    homes : Homes
        Where each household lives.
    parameters : dict of str to float
        All parameters.
    non_local_home : numpy.ndarray of bool, shape (households,), optional
        Origin of each household, in place of :func:`origins`.

    Returns
    -------
    People
        The residents.

    Notes
    -----
    Origin moves ownership (0.86 of local, 0.28 of non-local households own),
    ownership moves length of residence (gamma with shape 4 and scale 3.6 years for
    owners, 1.6 and 2.2 for tenants, never longer than the building stands), and
    non-local residents are younger and less often Party members.

    Examples
    --------
    >>> from govlib.city import parameters, places
    >>> estate = places.community(2026, "G-2-03")
    >>> residents = people(2026, estate, homes(2026, estate), parameters.resolve())
    >>> len(residents.age), int(residents.non_local.sum())
    (9060, 4300)
    """
    code, n = community.code, community.households

    def draws(variable: str) -> np.random.Generator:
        return stream(seed, variable, code)

    if non_local_home is None:
        non_local_home = origins(seed, community, homes, parameters)
    uniform = draws("household_size").random(n)
    size = np.empty(n, np.int64)
    for mean, here in (
        (community.local_size, ~non_local_home),
        (community.non_local_size, non_local_home),
    ):
        size[here] = sizes(uniform[here], mean)

    chance = np.where(
        non_local_home,
        parameters["owner_non_local"],
        max(parameters["owner_local"] - community.type.owner_discount, 0.0),
    )
    owner_home = draws("owner").random(n) < chance
    # Both lengths are drawn for everyone, so that a home that changes hands in
    # another run keeps its draws.
    stay = np.where(
        owner_home,
        3.6 * draws("tenure_owner").standard_gamma(4.0, n),
        2.2 * draws("tenure_tenant").standard_gamma(1.6, n),
    )
    stay = np.minimum(stay, YEAR - homes.built[homes.estate])

    age = ages(community, non_local_home, draws("age").standard_normal((n, MOST)))
    sex = draws("sex").random((n, MOST)) < 0.5
    sex[:, 1] = ~sex[:, 0]
    belongs = draws("party").random((n, MOST)) < np.where(
        non_local_home, parameters["party_non_local"], parameters["party_local"]
    ).reshape(-1, 1)
    sociable = draws("sociability").standard_gamma(1.3, (n, MOST)) / 1.3

    lives = np.arange(MOST) < size[:, None]
    household, place = np.nonzero(lives)
    years = age[lives]
    return People(
        household=household,
        number=household * MOST + place,
        non_local=non_local_home[household],
        female=sex[lives],
        owner=owner_home[household],
        party=belongs[lives] & (years >= 18),
        age=years,
        tenure=np.round(np.minimum(stay[household], years), 1),
        sociability=sociable[lives],
    )
