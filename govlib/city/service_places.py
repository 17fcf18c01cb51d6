"""Where services stand and people live in S city: streets, rivers, gates, walks."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from govlib.city.people import Booleans, Floats, Homes, Integers
from govlib.city.places import RINGS, Community, Size
from govlib.city.streams import stream

# Metres that people walk in fifteen minutes, as planning standards reckon.
WALK = 1000.0
# Metres from one committee's office to the next: more than in a real core, so that a
# place can be within reach of one office and beyond that of the next.
PITCH = {"core": 600.0, "inner": 750.0, "suburb": 900.0}
# Communities of a sub-district lie in tens, five side by side in two rows; between
# tens nobody walks. An office stands near the middle of its community.
TEN, ACROSS = 10, 5
SLOT = ACROSS * PITCH["suburb"] + 1600, 2 * PITCH["suburb"] + 1600
JITTER = 30.0
# Chance that a river flows through a ten, and that an estate has a wall and one gate.
RIVER = 0.6
GATED = {"old": 0.35, "high-rise": 0.9, "resettlement": 0.7, "lane": 0.0}
# Households of a residential block, about; blocks fill so much of the way across a
# community, and roads, works and schools the rest.
BLOCK, BUILT = 400, 0.65
# Places that are tried for a facility before the last resort.
TRIES = 48
# Districts on the map: the core in the middle.
MAP = ("XQFRW", "PJDKT", "UMABN", "VGECY")


@dataclass(frozen=True, slots=True)
class Function:
    """
    One of the twelve functions of a neighbourhood centre.

    Attributes
    ----------
    weight : float
        How early a community gets it: the next one comes with a chance in proportion
        to the weights of those that are still missing.
    capacity : float
        Median of the people whom a facility can serve in a day.
    second : float
        Chance that a community that has it has a second facility.
    operators : tuple of float
        Chances of the entries of `OPERATORS`.
    """

    weight: float
    capacity: float
    second: float
    operators: tuple[float, float, float]


OPERATORS = ("government", "company", "social organisation")
# The functions of the neighbourhood centres of Suzhou Industrial Park.
TWELVE = {
    "supermarket": Function(8.0, 900, 0.3, (0.0, 1.0, 0.0)),
    "restaurant": Function(7.0, 300, 0.3, (0.05, 0.85, 0.1)),
    "wet market": Function(4.0, 1500, 0.0, (0.5, 0.5, 0.0)),
    "pharmacy": Function(4.0, 200, 0.2, (0.0, 1.0, 0.0)),
    "clinic": Function(3.0, 120, 0.2, (0.85, 0.15, 0.0)),
    "hairdresser": Function(3.0, 60, 0.2, (0.0, 0.95, 0.05)),
    "bank": Function(2.5, 250, 0.0, (0.0, 1.0, 0.0)),
    "laundry": Function(2.0, 80, 0.1, (0.0, 1.0, 0.0)),
    "repair shop": Function(2.0, 40, 0.1, (0.0, 0.8, 0.2)),
    "post office": Function(1.5, 200, 0.0, (1.0, 0.0, 0.0)),
    "culture centre": Function(1.2, 250, 0.0, (0.8, 0.0, 0.2)),
    "bookshop": Function(1.0, 80, 0.0, (0.1, 0.8, 0.1)),
}


@dataclass(frozen=True, slots=True)
class River:
    """
    A river through a ten; it flows between communities.

    Attributes
    ----------
    axis : int
        0 if it is crossed going east, 1 if going north.
    at : float
        Where it flows on that axis, in metres from the corner of the ten.
    bridges : numpy.ndarray of float, shape (k,)
        Where its bridges are on the other axis.
    """

    axis: int
    at: float
    bridges: Floats


@dataclass(frozen=True, slots=True)
class Facilities:
    """
    The facilities of a ten, one entry for each function of each.

    Attributes
    ----------
    number : numpy.ndarray of int, shape (k,)
        Of the facility, from 0; functions of a neighbourhood centre share one.
    function : numpy.ndarray of int, shape (k,)
        Place in `TWELVE`.
    place : numpy.ndarray of float, shape (k, 2)
        Metres east and north of the corner of the ten.
    host : numpy.ndarray of int, shape (k,)
        Community that it was built for, by its place in the ten.
    capacity : numpy.ndarray of int, shape (k,)
        People whom it can serve in a day.
    operator : numpy.ndarray of int, shape (k,)
        Place in `OPERATORS`.
    """

    number: Integers
    function: Integers
    place: Floats
    host: Integers
    capacity: Integers
    operator: Integers


@dataclass(frozen=True, slots=True)
class Blocks:
    """
    The residential blocks of a community.

    Attributes
    ----------
    of_household : numpy.ndarray of int, shape (households,)
        Block of each household.
    estate, number : numpy.ndarray of int, shape (b,)
        Estate of each block, and its number within it, from 0.
    place : numpy.ndarray of float, shape (b, 2)
        Metres east and north of the corner of the ten.
    gate : numpy.ndarray of float, shape (b, 2)
        Where one leaves it: the gate of a walled estate, else the place itself.
    gated : numpy.ndarray of bool, shape (b,)
        Whether the estate has a wall with one gate.
    """

    of_household: Integers
    estate: Integers
    number: Integers
    place: Floats
    gate: Floats
    gated: Booleans


def walk(start: Floats, end: Floats, river: River | None = None) -> Floats:
    """
    Measure walks along streets that run east and north.

    Parameters
    ----------
    start : numpy.ndarray of float, shape (m, 2)
        Where walks start, in metres.
    end : numpy.ndarray of float, shape (n, 2)
        Where they end.
    river : River, optional
        To be crossed on the best bridge. Default: there is none.

    Returns
    -------
    numpy.ndarray of float, shape (m, n)
        Metres: the way east plus the way north, by a bridge if the river lies between.

    Examples
    --------
    300 east and 400 north are 700 on foot. With a river between, whose bridge is 100
    farther north, 200 more:

    >>> home, shop = np.array([[0.0, 0.0]]), np.array([[300.0, 400.0]])
    >>> walk(home, shop)
    array([[700.]])
    >>> walk(home, shop, River(axis=0, at=150.0, bridges=np.array([500.0])))
    array([[900.]])
    """
    apart = np.abs(start[:, None] - end[None])
    on_foot = apart.sum(axis=2)
    if river is None:
        return on_foot
    across = (start[:, None, river.axis] < river.at) != (
        end[None, :, river.axis] < river.at
    )
    along = 1 - river.axis
    by_bridge = np.abs(start[:, None, along, None] - river.bridges) + np.abs(
        end[None, :, along, None] - river.bridges
    )
    return np.where(across, apart[..., river.axis] + by_bridge.min(axis=2), on_foot)


def ten_of(community: Community) -> str:
    """
    Name the ten that a community lies in.

    Parameters
    ----------
    community : Community
        Its variables.

    Returns
    -------
    str
        Its sub-district, and a number from 1.

    Examples
    --------
    >>> from govlib.city.places import community
    >>> ten_of(community(2026, "G-2-03"))
    'G-2/1'
    """
    return f"{community.subdistrict}/{(int(community.code[-2:]) - 1) // TEN + 1}"


def corner(community: Community, size: Size) -> Floats:
    """
    Place a ten on the map of a city.

    Parameters
    ----------
    community : Community
        One of the ten.
    size : Size
        Size of the city: in a larger one districts lie farther apart.

    Returns
    -------
    numpy.ndarray of float, shape (2,)
        Metres east and north of the south-west corner of the map.
    """
    letters = list(RINGS)[: size.districts]
    rows = [[c for c in row if c in letters] for row in MAP]
    rows = [row for row in rows if row]
    north = next(i for i, row in enumerate(reversed(rows)) if community.district in row)
    east = rows[len(rows) - 1 - north].index(community.district)
    # A district is two sub-districts wide; more than ten communities lie beside them.
    tens = -(-size.communities // TEN)
    columns, lines = 2 * tens, -(-size.subdistricts // 2)
    sub = int(community.subdistrict.rpartition("-")[2]) - 1
    ten = (int(community.code[-2:]) - 1) // TEN
    place = np.array([east * columns + 2 * ten + sub % 2, north * lines + sub // 2])
    # The smaller tens of the core stand in the middle of their slots.
    pitch = PITCH[community.ring]
    spare = np.array(SLOT) - np.array([ACROSS * pitch, 2 * pitch])
    return place * np.array(SLOT) + spare / 2


def middle(community: Community) -> Floats:
    """
    Find the middle of a community in its ten.

    Parameters
    ----------
    community : Community
        Its variables.

    Returns
    -------
    numpy.ndarray of float, shape (2,)
        Metres east and north of the corner of the ten.
    """
    number = (int(community.code[-2:]) - 1) % TEN
    place = np.array([number % ACROSS + 0.5, number // ACROSS + 0.5])
    return place * PITCH[community.ring]


def office(seed: int, community: Community) -> Floats:
    """
    Place the office of a residents' committee.

    Parameters
    ----------
    seed : int
        Seed of the city.
    community : Community
        Its variables.

    Returns
    -------
    numpy.ndarray of float, shape (2,)
        Within 30 metres of the middle of the community, either way.
    """
    draws = stream(seed, "services_office", community.code).uniform(-1, 1, 2)
    return middle(community) + JITTER * draws


def river(seed: int, community: Community) -> River | None:
    """
    Let a river flow through a ten, or none.

    Parameters
    ----------
    seed : int
        Seed of the city.
    community : Community
        One of the ten.

    Returns
    -------
    River or None
        With a chance of 0.6, half of them between the two rows with three bridges,
        half between two columns with two.
    """
    draws = stream(seed, "services_river", ten_of(community)).random(5)
    if draws[0] >= RIVER:
        return None
    pitch = PITCH[community.ring]
    along_rows = draws[1] < 0.5
    n, length = (3, ACROSS * pitch) if along_rows else (2, 2 * pitch)
    # One bridge in the middle half of each part of its course.
    bridges = (np.arange(n) + 0.25 + 0.5 * draws[2 : 2 + n]) * length / n
    at = pitch if along_rows else pitch * (2 if draws[1] < 0.75 else 3)
    return River(int(along_rows), at, bridges)


def order_of_functions(seed: int, code: str) -> Integers:
    """
    Say in which order a community gets the twelve functions.

    Parameters
    ----------
    seed : int
        Seed of the city.
    code : str
        Code of the community.

    Returns
    -------
    numpy.ndarray of int, shape (12,)
        For each entry of `TWELVE` how many come before it: with k functions a
        community has those below k.

    Notes
    -----
    The largest of log(weight) plus a Gumbel draw comes first, which is drawing without
    replacement with chances in proportion to the weights.
    """
    weight = np.array([kind.weight for kind in TWELVE.values()])
    draws = stream(seed, "services_order", code).gumbel(size=len(TWELVE))
    return np.argsort(np.argsort(-(np.log(weight) + draws)))


def facilities(
    seed: int, places: Sequence[Community], functions: Floats, *, centres: bool = False
) -> Facilities:
    """
    Build the facilities of a ten so that each office has its functions within reach.

    Parameters
    ----------
    seed : int
        Seed of the city.
    places : sequence of Community
        The communities of the ten.
    functions : numpy.ndarray of float, shape (n,)
        Functions of 12 within 15 minutes' walk of each office.
    centres : bool, default False
        Whether there are neighbourhood centres with all twelve under one roof.

    Returns
    -------
    Facilities
        All of them.

    Notes
    -----
    A community that has a function and no facility within 1,000 metres of its office
    gets one: of 48 places at random, that which most such offices reach and no office
    does whose community lacks the function, the nearest to its own if there are
    several. If there is none, it stands at the outer edge of the ten, where no other
    office reaches it. Some get a second one in the next best place. Centres are built
    first, for communities that have all twelve functions.

    Capacity has its function's median times ``exp(0.35 e + 0.25 wealth)``.
    """
    offices = np.array([office(seed, place) for place in places])
    water = river(seed, places[0])
    has = np.array(
        [
            order_of_functions(seed, p.code) < k
            for p, k in zip(places, functions, strict=True)
        ]
    )
    builds: list[tuple[str, list[int]]] = [(n, [f]) for f, n in enumerate(TWELVE)]
    if centres:
        builds.insert(0, ("centre", list(range(len(TWELVE)))))
    rows: list[tuple[int, int, Floats, int, int, int]] = []
    number = 0
    for name, inside in builds:
        wanted = has[:, inside].all(axis=1)
        there = [site for _, f, site, *_ in rows if f in inside]
        served: Booleans = np.zeros(len(places), dtype=np.bool_)
        if there:
            served |= (walk(offices, np.array(there), water) <= WALK).any(axis=1)
        for host in np.flatnonzero(wanted):
            code = places[host].code
            draws = stream(seed, "services_place", code, name).random((TRIES + 1, 2))
            second = len(inside) == 1 and draws[TRIES, 0] < TWELVE[name].second
            sites = _sites(places[host], offices[host], draws)
            length = walk(offices, sites, water)
            near = length <= WALK
            fit = near[host] & ~near[~wanted].any(axis=0)
            gain = (near & (wanted & ~served)[:, None]).sum(axis=0)
            # Of places that serve as many, the one nearest to the host's office.
            best = np.lexsort((length[host], -gain, ~fit))
            best = best[fit[best]][: int(not served[host]) + int(second)]
            for which, site in enumerate(best):
                served |= near[:, site]
                for f in inside:
                    size, by = _business(seed, places[host], f, f"{name}/{which}")
                    rows.append((number, f, sites[site], int(host), size, by))
                number += 1
    columns = list(zip(*rows, strict=True))
    if not columns:
        nobody = np.empty(0, dtype=np.int64)
        return Facilities(nobody, nobody, np.empty((0, 2)), nobody, nobody, nobody)
    which, function, place, host_of, capacity, operator = map(np.array, columns)
    return Facilities(which, function, place, host_of, capacity, operator)


def _sites(place: Community, at: Floats, draws: Floats) -> Floats:
    """Return places around an office, the last where no other office reaches it."""
    tried = at + (WALK - JITTER) * (2 * draws[:TRIES] - 1)
    outward = 1 if (int(place.code[-2:]) - 1) % TEN >= ACROSS else -1
    # Other offices are a pitch away, less what both were moved.
    least = WALK - PITCH[place.ring] + 5 * JITTER
    way = least + (WALK - JITTER - least) * draws[TRIES, 1]
    return np.vstack([tried, at + np.array([0, outward * way])])


def _business(seed: int, place: Community, function: int, name: str) -> tuple[int, int]:
    """Return the capacity of a facility and who runs it."""
    kind = list(TWELVE.values())[function]
    draws = stream(seed, "services_business", place.code, str(function), name)
    size = kind.capacity * np.exp(0.35 * draws.standard_normal() + 0.25 * place.wealth)
    ends = np.cumsum(kind.operators)
    by = int(np.searchsorted(ends[:-1], draws.random(), side="right"))
    return max(10, 10 * round(float(size) / 10)), by


def blocks(seed: int, community: Community, homes: Homes) -> Blocks:
    """
    Divide a community's estates into residential blocks.

    Parameters
    ----------
    seed : int
        Seed of the city.
    community : Community
        Its variables.
    homes : Homes
        Where each household lives.

    Returns
    -------
    Blocks
        About 400 households each, whole buildings, estates side by side.

    Notes
    -----
    A walled estate has one gate in the middle of one of its four sides; everybody
    leaves and enters by it.
    """
    pitch = BUILT * PITCH[community.ring]
    west, south = middle(community) - pitch / 2
    share = np.bincount(homes.estate, minlength=community.estates) / homes.estate.size
    edges = west + pitch * np.concatenate(([0], np.cumsum(share)))
    of_household = np.empty(homes.estate.size, np.int64)
    estate, number, place, gate, gated = [], [], [], [], []
    for e in range(community.estates):
        here = homes.estate == e
        buildings = int(homes.building[here].max()) + 1
        n = int(np.clip(round(here.sum() / BLOCK), 1, buildings))
        of_household[here] = len(estate) + homes.building[here] * n // buildings
        left, width = edges[e], edges[e + 1] - edges[e]
        draws = stream(seed, "services_gate", f"{community.code}-{e + 1}").random(2)
        walled = bool(draws[0] < GATED[community.housing])
        sides = [(0.5, 0.0), (0.5, 1.0), (0.0, 0.5), (1.0, 0.5)]
        east, north = sides[int(4 * draws[1])]
        door = np.array([left + east * width, south + north * pitch])
        columns = int(np.clip(round((n * width / pitch) ** 0.5), 1, n))
        lines = -(-n // columns)
        for k in range(n):
            spot = np.array(
                [
                    left + (k % columns + 0.5) / columns * width,
                    south + (k // columns + 0.5) / lines * pitch,
                ]
            )
            estate.append(e)
            number.append(k)
            place.append(spot)
            gate.append(door if walled else spot)
            gated.append(walled)
    return Blocks(
        of_household,
        np.array(estate),
        np.array(number),
        np.array(place),
        np.array(gate),
        np.array(gated),
    )


def walks_from(blocks: Blocks, places: Floats, river: River | None) -> Floats:
    """
    Measure the walk from each block's door to each place.

    Parameters
    ----------
    blocks : Blocks
        The blocks of a community.
    places : numpy.ndarray of float, shape (n, 2)
        Metres east and north of the corner of the same ten.
    river : River or None
        The river of the ten.

    Returns
    -------
    numpy.ndarray of float, shape (b, n)
        Metres to the gate and on from it.
    """
    to_gate = np.abs(blocks.place - blocks.gate).sum(axis=1)
    return to_gate[:, None] + walk(blocks.gate, places, river)
