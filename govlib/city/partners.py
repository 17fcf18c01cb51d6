"""Party units, agreements with resident units, and the network of organisations."""

from collections.abc import Mapping
from itertools import combinations

import numpy as np
import pandas as pd

from govlib.city.base import Base
from govlib.city.cases import CASES
from govlib.city.institutions import QUARTERS
from govlib.city.participation import sigmoid
from govlib.city.people import Booleans, Floats, Integers
from govlib.city.streams import poisson_quantile, stream

# Sub-districts whose network of organisations is recorded: Z, H, the town of the
# co-building agreements, and one that the study does not name.
NETWORKS = ("A-1", "B-3", "G-1", "M-2")
# Quarters in which it is recorded.
RECORDED = {"before": 4, "after": QUARTERS}
_TOWN = next(c.place for c in CASES if c.case == "cobuilding_town")
# Log odds that the town's lead adds to an agreement.
TOWN_LEAD = 1.2
MOST_UNITS = 14
UNIT_KINDS = ("school", "hospital", "bank", "shop", "firm", "public institution")
OFFERS = ("rooms", "volunteers", "money", "equipment", "expertise")
# Households of a building, by housing type.
BUILDING = {"old": 48, "high-rise": 110, "resettlement": 80, "lane": 10}
MOST_BUILDINGS = 180
SOCIAL = 3
KINDS = (
    "party",
    "committee",
    "owners",
    "property",
    "social organisation",
    "resident unit",
)
# Chance of a working tie between two organisations of a community; with "1+3+X", whose
# joint office the first four sit in; between others, where a unit has an agreement.
PLAIN = {
    ("party", "committee"): 1.0,
    ("party", "owners"): 0.25,
    ("party", "property"): 0.25,
    ("committee", "owners"): 0.6,
    ("committee", "property"): 0.7,
    ("owners", "property"): 0.5,
    ("party", "social organisation"): 0.5,
    ("committee", "social organisation"): 0.5,
    ("social organisation", "social organisation"): 0.1,
}
SIGNED = {
    ("party", "resident unit"): (1.0, 1.0),
    ("committee", "resident unit"): (0.1, 0.45),
    ("owners", "resident unit"): (0.0, 0.1),
    ("property", "resident unit"): (0.05, 0.15),
    ("social organisation", "resident unit"): (0.03, 0.3),
    ("resident unit", "resident unit"): (0.02, 0.3),
}


def coverage(base: Base) -> Floats:
    """
    Evaluate the chance that a building has a Party branch.

    Parameters
    ----------
    base : Base
        The city without residents. A remedy may set ``party_coverage``.

    Returns
    -------
    numpy.ndarray of float, shape (n, 12)
        ``sigmoid(0.1 + 0.6 wealth + 0.5 draw)``, the same in all quarters unless a
        remedy sets it.
    """
    own = sigmoid(
        0.1 + 0.6 * base.of_place("wealth") + 0.5 * base.normal("partners_coverage")
    )
    return base.settled("party_coverage", own)


def units(base: Base) -> Integers:
    """
    Count the firms and institutions in each community's area.

    Parameters
    ----------
    base : Base
        The city without residents.

    Returns
    -------
    numpy.ndarray of int, shape (n,)
        3 plus a Poisson count with mean ``4 exp(0.3 wealth)``, at most 14.
    """
    mean = 4 * np.exp(0.3 * base.of_place("wealth"))
    counts = 3 + poisson_quantile(base.uniform("partners_units"), mean)
    return np.minimum(counts, MOST_UNITS)


def signing_chance(
    covered: Floats, wealth: Floats, town: Booleans, parameters: Mapping[str, float]
) -> Floats:
    """
    Evaluate the chance that a resident unit signs an agreement within three years.

    Parameters
    ----------
    covered : numpy.ndarray of float, shape (n,)
        Chance that a building has a Party branch.
    wealth : numpy.ndarray of float, shape (n,)
        Wealth of the community.
    town : numpy.ndarray of bool, shape (n,)
        Whether it lies in the town of the co-building agreements.
    parameters : mapping of str to float
        With ``agreement_coverage``.

    Returns
    -------
    numpy.ndarray of float, shape (n,)
        ``sigmoid(-0.8 + 2.5 (coverage - 0.5) + 0.3 wealth + 1.2 town)``, the first
        slope being the parameter.
    """
    slope = parameters["agreement_coverage"]
    return sigmoid(-0.8 + slope * (covered - 0.5) + 0.3 * wealth + TOWN_LEAD * town)


def matching_chance(office: Floats, parameters: Mapping[str, float]) -> Floats:
    """
    Evaluate the chance that what a unit offers meets a need of the community.

    Parameters
    ----------
    office : numpy.ndarray of float
        1 where Party organisation and committee work in one office by "1+3+X".
    parameters : mapping of str to float
        With ``matched_office``.

    Returns
    -------
    numpy.ndarray of float
        ``sigmoid(-0.4 + 1.0 office)``, the slope being the parameter: who knows the
        offers must meet who knows the needs.
    """
    return sigmoid(-0.4 + parameters["matched_office"] * office)


def in_town(base: Base) -> Booleans:
    """
    Tell which communities lie in the town of the co-building agreements.

    Parameters
    ----------
    base : Base
        The city without residents.

    Returns
    -------
    numpy.ndarray of bool, shape (n,)
        One entry per community.
    """
    return base.of_place("subdistrict") == _TOWN


def in_network(base: Base) -> Booleans:
    """
    Tell in which communities the network of organisations is recorded.

    Parameters
    ----------
    base : Base
        The city without residents.

    Returns
    -------
    numpy.ndarray of bool, shape (n,)
        One entry per community.
    """
    return np.isin(base.of_place("subdistrict"), NETWORKS)


def signed(base: Base) -> Integers:
    """
    Find the quarter in which each resident unit signs an agreement.

    Parameters
    ----------
    base : Base
        The city without residents.

    Returns
    -------
    numpy.ndarray of int, shape (n, 14)
        1 to 12; 0 for a unit that does not sign or does not exist.
    """
    chance = signing_chance(
        coverage(base)[:, -1], base.of_place("wealth"), in_town(base), base.parameters
    )
    drawn = base.uniform("partners_signing", MOST_UNITS, 2)
    signs = drawn[..., 0] < chance[:, None]
    signs &= np.arange(MOST_UNITS) < units(base)[:, None]
    return np.where(signs, 1 + (QUARTERS * drawn[..., 1]).astype(np.int64), 0)


def tables(base: Base, office: Floats) -> dict[str, pd.DataFrame]:
    """
    Make the tables of Party units, agreements and the network of organisations.

    Parameters
    ----------
    base : Base
        The city without residents.
    office : numpy.ndarray of float, shape (n, 12)
        1 in quarters in which "1+3+X" is in force.

    Returns
    -------
    dict of str to pandas.DataFrame
        By name.
    """
    when = signed(base)
    nodes, ties = _network(base, office, when)
    return {
        "party_units": _party_units(base),
        "agreements": _agreements(base, office, when),
        "organisation_nodes": nodes,
        "organisation_ties": ties,
    }


def _party_units(base: Base) -> pd.DataFrame:
    of = np.array([BUILDING[kind] for kind in base.of_place("housing")])
    buildings = np.clip(np.rint(base.of_place("households") / of), 2, MOST_BUILDINGS)
    there = np.arange(MOST_BUILDINGS) < buildings[:, None]
    drawn = base.uniform("partners_branches", MOST_BUILDINGS)
    branches = (there & (drawn < coverage(base)[:, -1:])).sum(axis=1)
    firms = units(base)
    return pd.DataFrame(
        {
            "community": np.array(base.codes, dtype=object),
            "buildings": buildings.astype(np.int64),
            "party_branches": branches.astype(np.int64),
            "party_coverage": branches / buildings,
            "resident_units": firms,
        }
    )


def _agreements(base: Base, office: Floats, when: Integers) -> pd.DataFrame:
    place, unit = np.nonzero(when)
    chance = matching_chance(office[:, -1], base.parameters)
    drawn = base.uniform("partners_matching", MOST_UNITS, 5)[place, unit]
    matched = drawn[:, 0] < chance[place]
    promised = 10 * (1 + (8 * drawn[:, 1]).astype(np.int64))
    part = np.where(matched, 0.6 + 0.4 * drawn[:, 2], 0.3 * drawn[:, 2])
    kind = (len(UNIT_KINDS) * drawn[:, 3]).astype(np.int64)
    offer = (len(OFFERS) * drawn[:, 4]).astype(np.int64)
    codes = np.array(base.codes, dtype=object)[place]
    names = [f"{code}-U{u + 1:02}" for code, u in zip(codes, unit, strict=True)]
    return pd.DataFrame(
        {
            "resident_unit": np.array(names, dtype=object),
            "community": codes,
            "unit_kind": np.array(UNIT_KINDS, dtype=object)[kind],
            "signed_quarter": when[place, unit],
            "offer": np.array(OFFERS, dtype=object)[offer],
            "hours_promised": promised,
            "hours_delivered": np.rint(promised * part).astype(np.int64),
            "need_matched": matched,
        }
    )


def tie_chance(one: str, other: str, office: bool, agreed: bool) -> float:
    """
    Look up the chance of a working tie between two organisations of a community.

    Parameters
    ----------
    one, other : str
        Their kinds, in the order of `KINDS`.
    office : bool
        Whether "1+3+X" is in force, whose joint office the first four sit in.
    agreed : bool
        Whether each resident unit among the two has an agreement.

    Returns
    -------
    float
        In [0, 1].

    Examples
    --------
    >>> tie_chance("owners", "property", office=True, agreed=True)
    1.0
    >>> tie_chance("committee", "resident unit", office=False, agreed=True)
    0.1
    """
    if "resident unit" in (one, other):
        return SIGNED[one, other][office] if agreed else 0.0
    if office and "social organisation" not in (one, other):
        return 1.0
    return PLAIN.get((one, other), 0.0)


def links(
    seats: list[str], agreed: list[bool], office: bool, draws: Floats
) -> Booleans:
    """
    Decide which organisations of a community have a working tie.

    Parameters
    ----------
    seats : list of str
        Kind of each organisation, in the order of `KINDS`.
    agreed : list of bool
        Whether each has an agreement; true for those that need none.
    office : bool
        Whether "1+3+X" is in force.
    draws : numpy.ndarray of float, shape (at least the number of pairs,)
        Stored uniform numbers.

    Returns
    -------
    numpy.ndarray of bool, shape (number of pairs,)
        In the order of `itertools.combinations`: ties are only added by an office or
        an agreement.
    """
    chances = [
        tie_chance(seats[i], seats[j], office, agreed[i] and agreed[j])
        for i, j in combinations(range(len(seats)), 2)
    ]
    return draws[: len(chances)] < np.array(chances)


def seats_of(number: int) -> list[str]:
    """
    List the organisations of a community by kind.

    Parameters
    ----------
    number : int
        Resident units in its area.

    Returns
    -------
    list of str
        Three social organisations stand before the resident units, so that a pair has
        the same draw however many units there are.
    """
    return [*KINDS[:4], *["social organisation"] * SOCIAL, *["resident unit"] * number]


def _network(
    base: Base, office: Floats, when: Integers
) -> tuple[pd.DataFrame, pd.DataFrame]:
    nodes: list[tuple[str, str, str]] = []
    ties: list[tuple[str, str, str, str]] = []
    counts = units(base)
    for c in np.flatnonzero(in_network(base)):
        code = base.codes[c]
        seats = seats_of(int(counts[c]))
        names = [f"{code}-{kind}" for kind in KINDS[:4]]
        names += [f"{code}-S{s + 1}" for s in range(SOCIAL)]
        names += [f"{code}-U{u + 1:02}" for u in range(counts[c])]
        nodes += [(n, code, s) for n, s in zip(names, seats, strict=True)]
        pairs = list(combinations(range(len(seats)), 2))
        for period, quarter in RECORDED.items():
            there = joined(base, c, seats, office, when, quarter)
            ties += [
                (code, period, names[i], names[j])
                for (i, j), tied in zip(pairs, there, strict=True)
                if tied
            ]
    keys = ["community", "period", "source", "target"]
    return (
        pd.DataFrame(nodes, columns=["node", "community", "node_kind"]).sort_values(
            "node", ignore_index=True
        ),
        pd.DataFrame(ties, columns=keys).sort_values(keys, ignore_index=True),
    )


def joined(
    base: Base,
    place: int,
    seats: list[str],
    office: Floats,
    when: Integers,
    quarter: int,
) -> Booleans:
    """
    Decide which organisations of one community have a tie in a quarter.

    Parameters
    ----------
    base : Base
        The city without residents.
    place : int
        The community, by its place in `base.codes`.
    seats : list of str
        Kind of each of its organisations.
    office : numpy.ndarray of float, shape (n, 12)
        1 in quarters in which "1+3+X" is in force.
    when : numpy.ndarray of int, shape (n, 14)
        Quarter of each agreement, 0 without one.
    quarter : int
        The quarter to look at.

    Returns
    -------
    numpy.ndarray of bool, shape (number of pairs,)
        In the order of `itertools.combinations`.
    """
    fixed = len(KINDS[:4]) + SOCIAL
    own = when[place, : len(seats) - fixed]
    agreed = [True] * fixed + [bool(q) and q <= quarter for q in own]
    most = fixed + MOST_UNITS
    # A pair keeps its draw however many units the community has.
    square = stream(base.seed, "partners_ties", base.codes[place]).random((most, most))
    draws = square[np.triu_indices(len(seats), 1)]
    working = bool(office[place, quarter - 1] > 0)
    return links(seats, agreed, working, draws)
