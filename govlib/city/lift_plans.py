"""Stairwells that plan a lift: who owns which flat, and what each would pay."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, NamedTuple

import numpy as np

from govlib.city.cases import CASES
from govlib.city.lived import Lived
from govlib.city.people import Booleans, Floats, Integers
from govlib.city.places import whole
from govlib.city.streams import stream

# Stairwells drawn in each community of old housing; the study's estate and its
# sub-district's communities have as many in all.
DRAWN = 2
NAMED = {"estate_h": 12, "subdistrict_h": 6}
# Cost of a lift in units of 10,000 yuan; the subsidy is a share of it, up to a cap.
COST, SUBSIDY_SHARE, SUBSIDY_CAP = (50, 72), 0.4, 280_000
# Coefficients by floor in tenths: those of the first floors, and what each floor above
# adds; and how many plans use each.
SCHEMES = {
    "guangzhou": ((0, 5, 10), 1, 0.60),
    "steep": ((0, 0, 10), 2, 0.25),
    "equal": ((0, 10), 0, 0.15),
}
# Tenths of a square metre by which flats on the ground floor are larger.
YARD = 80
# Rented homes: part belongs to the housing company that built the house and has not
# sold them, part to a neighbour, the rest each to somebody elsewhere.
COMPANY, NEIGHBOUR = 0.3, 0.15


@dataclass(frozen=True, slots=True)
class Plans:
    """
    Stairwells of one community where a lift is planned, and their flats.

    Attributes
    ----------
    code : tuple of str, length S
        Codes of the stairwells.
    estate : numpy.ndarray of int, shape (S,)
        Number of the estate, from 0.
    drawn : numpy.ndarray of bool, shape (S,)
        Drawn by lot like those of every other community of old housing.
    floors, cost, subsidy, scheme : numpy.ndarray of int, shape (S,)
        Floors; yuan; place in `SCHEMES`.
    home : numpy.ndarray of int, shape (n,)
        Stairwell of each flat, by its place here.
    floor, number : numpy.ndarray of int, shape (n,)
        Floor from 1, and number on the floor from 1.
    area : numpy.ndarray of int, shape (n,)
        Exclusive area in tenths of a square metre.
    coefficient : numpy.ndarray of int, shape (n,)
        Tenths.
    frail : numpy.ndarray of float, shape (n,)
        How hard stairs are for those who live in the flat, 0 to 1.
    elsewhere : numpy.ndarray of bool, shape (n,)
        Whether somebody else than the owner lives in it.
    owner : numpy.ndarray of int, shape (n,)
        Number of the flat's owner in the community, from 0.
    unsold : numpy.ndarray of bool, shape (n,)
        Whether the owner is the housing company.
    """

    code: tuple[str, ...]
    estate: Integers
    drawn: Booleans
    floors: Integers
    cost: Integers
    subsidy: Integers
    scheme: Integers
    home: Integers
    floor: Integers
    number: Integers
    area: Integers
    coefficient: Integers
    frail: Floats
    elsewhere: Booleans
    owner: Integers
    unsold: Booleans

    @property
    def first(self) -> Integers:
        """
        Place of the first flat of each owner.

        Returns
        -------
        numpy.ndarray of int, shape (owners,)
            Places in the arrays of flats.
        """
        return np.unique(self.owner, return_index=True)[1]


class _Well(NamedTuple):
    """A stairwell chosen for a lift: its name, and its flats from the ground up."""

    name: str
    drawn: bool
    floors: int
    floor: Integers
    oldest: Integers
    owned: Booleans


def plans(home: Lived, *, named: bool = True) -> Plans:
    """
    Choose stairwells for a lift, and say who owns their flats.

    Parameters
    ----------
    home : Lived
        The community.
    named : bool, default True
        Whether to add stairwells where the study names the place.

    Returns
    -------
    Plans
        The stairwells; none where housing is not old.

    Notes
    -----
    Two stairwells without an empty flat are drawn by lot in each community of old
    housing, more where the study names the place. A home whose residents do not own
    it belongs to the housing company that never sold it (0.3), to a neighbour in the
    stairwell (0.15) or to somebody elsewhere. Stairs are hard for a household by the
    age of its oldest member: ``(age - 60) / 40``, within 0 and 1.
    """
    # Elsewhere, which is in most communities, nobody need be made who lives there.
    wells = _wells(home, named) if home.place.housing == "old" else []
    return _plans(home.base.seed, wells)


def _wells(home: Lived, named: bool) -> list[_Well]:
    """Choose the stairwells of a community of old housing."""
    code, homes, people = home.place.code, home.homes, home.people
    well = homes.block * 1000 + homes.stairwell
    levels, place = np.unique(well, return_inverse=True)
    top = np.zeros(levels.size, np.int64)
    np.maximum.at(top, place, homes.floor)
    floors = np.zeros(levels.size, np.int64)
    floors[place] = homes.floors
    # A stairwell is full if its top floor is, for flats are filled from below.
    on_top = np.bincount(place[homes.floor == floors[place]], minlength=levels.size)
    on_first = np.bincount(place[homes.floor == 1], minlength=levels.size)
    full = (top == floors) & (on_top == on_first)
    estates, blocks, wells = levels // 1_000_000, levels // 1000 % 1000, levels % 1000
    names = [
        f"{code}-{e + 1}-B{b + 1:02}-{w + 1}"
        for e, b, w in zip(estates, blocks, wells, strict=True)
    ]
    lot = np.full(levels.size, np.inf)
    for k in np.flatnonzero(full):
        lot[k] = stream(home.base.seed, "lift_plan", names[k]).random()
    order = [int(k) for k in np.argsort(lot, kind="stable") if full[k]]
    drawn = order[:DRAWN]
    more = _named(code, order, estates) if named else []

    oldest = np.zeros(homes.floor.size, np.int64)
    np.maximum.at(oldest, people.household, people.age)
    owned = np.zeros(homes.floor.size, np.bool_)
    owned[people.household] = people.owner
    chosen = []
    for k in sorted({*drawn, *more}):
        here = np.flatnonzero(place == k)
        flats = homes.floor[here], oldest[here], owned[here]
        chosen.append(_Well(names[k], k in drawn, int(floors[k]), *flats))
    return chosen


def _named(code: str, order: list[int], estates: Integers) -> list[int]:
    """Choose more stairwells where the study names the place."""
    found: list[int] = []
    for case in CASES:
        if case.case in NAMED and case.level == "estate" and case.community == code:
            number = int(case.place.rpartition("-")[2]) - 1
            there = [k for k in order if estates[k] == number]
            found += there[: NAMED[case.case]]
        elif case.case in NAMED and code.startswith(f"{case.place}-"):
            found += order[: NAMED[case.case]]
    return found


def _plans(seed: int, wells: Sequence[_Well]) -> Plans:
    """Give each chosen stairwell its offer, and each flat its owner."""
    offers, flats = [], []
    owners = 0
    for at, well in enumerate(wells):
        draws = stream(seed, "lift_offer", well.name).random(3)
        cost = int(whole(draws[0], COST)) * 10_000
        scheme = int(np.searchsorted(np.cumsum(_PARTS)[:-1], draws[1], side="right"))
        subsidy = min(round(SUBSIDY_SHARE * cost), SUBSIDY_CAP)
        offers.append((cost, subsidy, scheme))
        floor = well.floor
        number = np.arange(floor.size) - np.searchsorted(floor, floor) + 1
        # Flats on one side are larger, the same way on every floor; those on the
        # ground floor have grown into the yard.
        base, step = whole(draws[2], (38, 62)), (0, 95, -40)
        area = 10 * base + np.array(step)[(number - 1) % 3] + YARD * (floor == 1)
        owner, unsold = _owners(seed, well.name, well.owned)
        flats.append(
            (
                np.full(floor.size, at),
                floor,
                number,
                area,
                coefficients(floor, scheme),
                np.clip((well.oldest - 60) / 40, 0, 1),
                ~well.owned,
                owners + owner,
                unsold,
            )
        )
        owners += int(owner.max()) + 1

    def joined(column: int, kind: type) -> Any:
        parts = [np.zeros(0, kind), *(flat[column] for flat in flats)]
        return np.concatenate(parts).astype(kind)

    cost, subsidy, scheme = np.array(offers, np.int64).reshape(-1, 3).T
    return Plans(
        code=tuple(well.name for well in wells),
        estate=np.array(
            [int(well.name.rsplit("-", 3)[1]) - 1 for well in wells], np.int64
        ),
        drawn=np.array([well.drawn for well in wells], np.bool_),
        floors=np.array([well.floors for well in wells], np.int64),
        cost=cost,
        subsidy=subsidy,
        scheme=scheme,
        home=joined(0, np.int64),
        floor=joined(1, np.int64),
        number=joined(2, np.int64),
        area=joined(3, np.int64),
        coefficient=joined(4, np.int64),
        frail=joined(5, np.float64),
        elsewhere=joined(6, np.bool_),
        owner=joined(7, np.int64),
        unsold=joined(8, np.bool_),
    )


_PARTS = [part for _, _, part in SCHEMES.values()]


def _owners(seed: int, name: str, owned: Booleans) -> tuple[Integers, Booleans]:
    """Give each flat of a stairwell its owner's number, in the order of first flats."""
    n = owned.size
    draws = stream(seed, "lift_owners", name).random((2, n))
    unsold = ~owned & (draws[0] < COMPANY)
    neighbours = np.flatnonzero(owned)
    owner = np.arange(n)
    owner[unsold] = n
    if neighbours.size:
        bought = ~owned & ~unsold & (draws[0] < COMPANY + NEIGHBOUR)
        owner[bought] = neighbours[(draws[1, bought] * neighbours.size).astype(int)]
    _, first, numbered = np.unique(owner, return_index=True, return_inverse=True)
    return np.argsort(np.argsort(first))[numbered], unsold


def coefficients(floor: Integers, scheme: int) -> Integers:
    """
    Look up the coefficient of each flat.

    Parameters
    ----------
    floor : numpy.ndarray of int, shape (n,)
        Floors, from 1.
    scheme : int
        Place in `SCHEMES`.

    Returns
    -------
    numpy.ndarray of int, shape (n,)
        Tenths.

    Examples
    --------
    >>> coefficients(np.arange(1, 7), 0)
    array([ 0,  5, 10, 11, 12, 13])
    """
    first, step, _ = list(SCHEMES.values())[scheme]
    last = len(first)
    above = np.maximum(floor - last, 0)
    return np.array(first)[np.minimum(floor, last) - 1] + step * above


def payments(plans: Plans, compensation: Integers, outside: bool = False) -> Integers:
    """
    Share the cost of each lift to the last fen.

    Parameters
    ----------
    plans : Plans
        The stairwells.
    compensation : numpy.ndarray of int, shape (S,)
        Yuan for each flat on the ground floor.
    outside : bool, default False
        Whether a fund pays the compensation; otherwise all flats raise it by their
        coefficients.

    Returns
    -------
    numpy.ndarray of int, shape (n,)
        Fen that each flat pays, less what it is paid.

    Notes
    -----
    Each pays in proportion to its coefficient, rounded down; what is left goes, one
    fen each, to the largest remainders, of equal ones to the lower flat.
    """
    n_wells = len(plans.code)
    paid = 100 * compensation[plans.home] * (plans.floor == 1)
    raised = 0 if outside else np.bincount(plans.home, paid, n_wells).astype(np.int64)
    amount = 100 * (plans.cost - plans.subsidy) + raised
    weight = np.bincount(plans.home, plans.coefficient, n_wells).astype(np.int64)
    product = amount[plans.home] * plans.coefficient
    due, remainder = np.divmod(product, weight[plans.home])
    left = amount - np.bincount(plans.home, due, n_wells).astype(np.int64)
    order = np.lexsort((plans.number, plans.floor, -remainder, plans.home))
    starts = np.searchsorted(plans.home, np.arange(n_wells))
    place = np.arange(order.size) - starts[plans.home[order]]
    due[order] += place < left[plans.home[order]]
    return due - paid


def together(parts: Sequence[Plans]) -> Plans:
    """
    Put the plans of several communities into one.

    Parameters
    ----------
    parts : sequence of Plans
        Plans, at least one.

    Returns
    -------
    Plans
        Stairwells and owners are numbered on.
    """
    joined: dict[str, Any] = {
        field.name: np.concatenate([getattr(part, field.name) for part in parts])
        for field in fields(Plans)
        if field.name != "code"
    }
    for name, sizes in (
        ("home", [len(part.code) for part in parts]),
        ("owner", [part.first.size for part in parts]),
    ):
        before = np.cumsum([0, *sizes[:-1]])
        flats = [part.home.size for part in parts]
        joined[name] = joined[name] + np.repeat(before, flats)
    return Plans(code=tuple(code for part in parts for code in part.code), **joined)
