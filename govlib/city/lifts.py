"""Lifts for old stairwells: who owns, what each pays, who agrees, what gets built."""

from __future__ import annotations

from dataclasses import dataclass
from math import erf, sqrt
from typing import TYPE_CHECKING

import numpy as np

from govlib.city.cases import CASES
from govlib.city.institutions import QUARTERS, Institutions
from govlib.city.participation import sigmoid
from govlib.city.people import Booleans, Floats, Homes, Integers, People
from govlib.city.places import Community, whole
from govlib.city.streams import poisson_quantile, stream

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Everybody is asked at the door in the first of these quarters, before any hall is
# open; owners vote in the second.
POLLED, VOTED = 4, 10
# Stairwells drawn in each community of old housing; the study's estate and
# sub-district have as many in all.
DRAWN = 2
NAMED = {"estate_h": 12, "subdistrict_h": 6}
# Meetings that the study counts in its sub-district: more than ten.
MEETINGS = 11
# Cost of a lift in units of 10,000 yuan; the subsidy is a share of it, up to a cap.
COST, SUBSIDY_SHARE, SUBSIDY_CAP = (56, 82), 0.4, 280_000
# Coefficients by floor in tenths: those of the first floors, and what each floor above
# adds. How many plans use each.
SCHEMES = {
    "guangzhou": ((0, 5, 10), 1, 0.60),
    "steep": ((0, 0, 10), 2, 0.25),
    "equal": ((0, 10), 0, 0.15),
}
# Yuan for each ground-floor flat, where it is offered: nearly always after a poll in
# which no owner of the ground floor agreed, else seldom.
COMPENSATION, OFFERED, SELDOM = 20_000, 0.8, 0.1
# Rented homes: part belongs to the housing company that built the house and has not
# sold them, part to a neighbour, the rest each to somebody elsewhere.
COMPANY, NEIGHBOUR = 0.3, 0.15
# Log odds that an owner agrees: the floor's and the money's part, ...
CONSENT = {
    "intercept": -0.3,
    "climb": 0.79,
    "cost": 0.4,
    "loss_first": 1.8,
    "loss_second": 0.66,
    "hall": 0.78,
    "hall_low": 0.55,
    "frailty": 0.3,
    "frail_mean": 0.25,
    # ... who lives elsewhere, and troubled places. Both are centred on old housing.
    "elsewhere": -0.6,
    "elsewhere_mean": 0.28,
    "need": -0.7,
    "need_mean": 0.8,
}
# What the vote of an owner shares with the neighbours' in one stairwell, and with the
# owner's own answer at another time; variances of a standard normal draw.
MOOD, TASTE = 0.1, 0.5
# Chance to be met at the door and to vote, of those who live here and elsewhere.
MET, COMES, COMES_ELSEWHERE, MET_ELSEWHERE = 0.9, 0.8, 0.55, 0.65
ABSTAINS = 0.08
# After a vote that passed: chance to object, of an owner who did not agree, by floor;
# talks in a hall leave this part of it. Chance that mediation settles an objection.
OBJECTS = (0.5, 0.25, 0.03)
HEARD = 0.6
SETTLED, SETTLED_HALL = 0.5, 0.7
# Answers and tenures as numbers, in the order of their words.
AGREE, OPPOSE, ABSTAIN, SILENT = range(4)
ANSWERS = ("agree", "oppose", "abstain", "not voted")
OWNER, TENANT, UNSOLD = range(3)
TENURES = ("owner", "tenant", "unsold")


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


@dataclass(frozen=True, slots=True)
class Lifts:
    """
    What came of the plans of one community.

    Attributes
    ----------
    plans : Plans
        The stairwells.
    compensation : numpy.ndarray of int, shape (S,)
        Yuan for each flat on the ground floor.
    payment : numpy.ndarray of int, shape (n,)
        What each flat pays, in fen; below zero if it is paid.
    poll, vote : numpy.ndarray of int, shape (n,)
        Answer of the flat's owner, a place in `ANSWERS`.
    tenant_poll, tenant_vote : numpy.ndarray of int, shape (n,)
        Answer of those who rent, where somebody does.
    meetings : numpy.ndarray of int, shape (S,)
        Meetings before the vote.
    passed, built : numpy.ndarray of bool, shape (S,)
        Whether the vote passed under art. 278, and whether the lift was built.
    objected, settled : numpy.ndarray of bool, shape (n,)
        Whether the flat's owner objected in the notice period after a vote that
        passed, and whether mediation settled it; of an owner's first flat.
    """

    plans: Plans
    compensation: Integers
    payment: Integers
    poll: Integers
    vote: Integers
    tenant_poll: Integers
    tenant_vote: Integers
    meetings: Integers
    passed: Booleans
    built: Booleans
    objected: Booleans
    settled: Booleans


def plans(seed: int, community: Community, homes: Homes, people: People) -> Plans:
    """
    Choose stairwells for a lift, and say who owns their flats.

    Parameters
    ----------
    seed : int
        Seed of the city.
    community : Community
        Its variables.
    homes : Homes
        Where each household lives.
    people : People
        The residents.

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
    code = community.code
    well = homes.block * 1000 + homes.stairwell
    levels, place, size = np.unique(well, return_inverse=True, return_counts=True)
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
    if community.housing != "old":
        full[:] = False
    lot = np.array([stream(seed, "lift_plan", name).random() for name in names])
    order = [int(k) for k in np.argsort(lot, kind="stable") if full[k]]
    drawn = order[:DRAWN]
    chosen = sorted(set(drawn) | set(_named(code, order, estates)))
    return _plans(seed, homes, people, place, chosen, names, drawn, floors)


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


def _plans(
    seed: int,
    homes: Homes,
    people: People,
    place: Integers,
    chosen: list[int],
    names: list[str],
    drawn: list[int],
    floors: Integers,
) -> Plans:
    """Give each chosen stairwell its offer, and each flat its owner."""
    oldest = np.zeros(homes.floor.size, np.int64)
    np.maximum.at(oldest, people.household, people.age)
    owned = np.zeros(homes.floor.size, np.bool_)
    owned[people.household] = people.owner
    offers, flats = [], []
    owners = 0
    for at, k in enumerate(chosen):
        here = np.flatnonzero(place == k)
        draws = stream(seed, "lift_offer", names[k]).random(3)
        cost = int(whole(draws[0], COST)) * 10_000
        scheme = int(np.searchsorted(np.cumsum(_PARTS)[:-1], draws[1], side="right"))
        subsidy = min(round(SUBSIDY_SHARE * cost), SUBSIDY_CAP)
        offers.append((cost, subsidy, scheme))
        floor = homes.floor[here]
        number = np.arange(here.size) - np.searchsorted(floor, floor) + 1
        # Flats on one side are larger, the same way on every floor.
        base, step = whole(draws[2], (38, 62)), (0, 95, -40)
        area = 10 * base + np.array(step)[(number - 1) % 3]
        owner, unsold = _owners(seed, names[k], owned[here])
        flats.append(
            (
                np.full(here.size, at),
                floor,
                number,
                area,
                coefficients(floor, scheme),
                np.clip((oldest[here] - 60) / 40, 0, 1),
                ~owned[here],
                owners + owner,
                unsold,
            )
        )
        owners += int(owner.max()) + 1
    columns = [np.concatenate(part) for part in zip(*flats, strict=True)]
    if not columns:
        columns = [np.zeros(0, np.int64) for _ in range(9)]
        columns[5], columns[6], columns[8] = (
            np.zeros(0),
            np.zeros(0, np.bool_),
            np.zeros(0, np.bool_),
        )
    cost, subsidy, scheme = np.array(offers, np.int64).reshape(-1, 3).T
    return Plans(
        code=tuple(names[k] for k in chosen),
        estate=np.array(
            [int(names[k].rsplit("-", 3)[1]) - 1 for k in chosen], np.int64
        ),
        drawn=np.isin(chosen, drawn),
        floors=floors[chosen],
        cost=cost,
        subsidy=subsidy,
        scheme=scheme,
        home=columns[0],
        floor=columns[1],
        number=columns[2],
        area=columns[3],
        coefficient=columns[4],
        frail=columns[5],
        elsewhere=columns[6],
        owner=columns[7],
        unsold=columns[8],
    )


_PARTS = [part for _, _, part in SCHEMES.values()]


def _owners(seed: int, name: str, owned: Booleans) -> tuple[Integers, Booleans]:
    """Number the owners of a stairwell's flats by their first flat."""
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


def payments(
    plans: Plans, compensation: Integers, outside: bool = False
) -> NDArray[np.int64]:
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


def utility(plans: Plans, payment: Integers, hall: Floats, need: Floats) -> Floats:
    """
    Evaluate the log odds that each flat's owner agrees to the lift.

    Parameters
    ----------
    plans : Plans
        The stairwells.
    payment : numpy.ndarray of int, shape (n,)
        Fen.
    hall, need : float
        Whether a hall is open in the community, and its need.

    Returns
    -------
    numpy.ndarray of float, shape (n,)
        An owner of several flats decides by their mean, the same for all of them.

    Notes
    -----
    With floor f, payment m in 10,000 yuan, hall h, frailty r::

        -0.3 + (0.79 + 0.3 (r - 0.25)) (f - 1) - 0.4 m - 1.8 [f = 1] - 0.66 [f = 2]
        + h (0.78 + 0.55 [f <= 2]) - 0.6 (elsewhere - 0.28) - 0.7 (need - 0.8)

    Who lives elsewhere does not climb: r is 0. The numbers are teaching assumptions.
    """
    c, above, low = CONSENT, plans.floor - 1, plans.floor <= 2
    frail = np.where(plans.elsewhere, 0.0, plans.frail)
    of_flat = (
        c["intercept"]
        + (c["climb"] + c["frailty"] * (frail - c["frail_mean"])) * above
        - c["cost"] * payment / 1_000_000
        - c["loss_first"] * (plans.floor == 1)
        - c["loss_second"] * (plans.floor == 2)
        + hall * (c["hall"] + c["hall_low"] * low)
        + c["elsewhere"] * (plans.elsewhere - c["elsewhere_mean"])
        + c["need"] * (need - c["need_mean"])
    )
    flats = np.bincount(plans.owner)
    return (np.bincount(plans.owner, of_flat) / flats)[plans.owner]


def passes(plans: Plans, vote: Integers, rule: str = "civil_code") -> Booleans:
    """
    Count votes on a lift.

    Parameters
    ----------
    plans : Plans
        The stairwells.
    vote : numpy.ndarray of int, shape (..., n)
        Answer of each flat's owner, a place in `ANSWERS`.
    rule : {"civil_code", "heads", "two_thirds", "ninety_percent"}
        Art. 278, matter 7: two thirds take part and three quarters of these agree, by
        area and by number. ``"heads"``: the same by number alone. The older rules:
        two thirds, or 90 per cent, of all agree, by area and by number.

    Returns
    -------
    numpy.ndarray of bool, shape (..., S)
        Whether each passes.
    """
    n_wells, first = len(plans.code), plans.first

    def total(where: Booleans, weight: Integers) -> Integers:
        # Sums over the flats of each stairwell, which stand together.
        return np.add.reduceat(where * weight, starts, axis=-1)

    if not n_wells:
        return np.zeros((*vote.shape[:-1], 0), np.bool_)
    starts = np.searchsorted(plans.home, np.arange(n_wells))
    heads = np.zeros(plans.home.size, np.int64)
    heads[first] = 1
    won = np.ones((*vote.shape[:-1], n_wells), np.bool_)
    for weight in (heads, plans.area):
        if rule == "heads" and weight is plans.area:
            continue
        everyone = total(np.ones_like(vote, np.bool_), weight)
        came, agree = total(vote != SILENT, weight), total(vote == AGREE, weight)
        if rule in ("civil_code", "heads"):
            won &= (3 * came >= 2 * everyone) & (4 * agree >= 3 * came)
        else:
            up, down = {"two_thirds": (2, 3), "ninety_percent": (9, 10)}[rule]
            won &= down * agree >= up * everyone
    return won


def normal_cdf(z: Floats) -> Floats:
    """
    Evaluate the distribution function of the standard normal.

    Parameters
    ----------
    z : numpy.ndarray of float
        Any numbers.

    Returns
    -------
    numpy.ndarray of float
        Between 0 and 1.

    Examples
    --------
    >>> normal_cdf(np.array([0.0, 1.96])).round(3)
    array([0.5  , 0.975])
    """
    root = sqrt(2)
    flat = [0.5 * (1 + erf(v / root)) for v in z.ravel().tolist()]
    return np.array(flat).reshape(z.shape)


@dataclass(frozen=True, slots=True)
class Draws:
    """
    Stored uniform numbers of a vote, of each flat's owner; any leading shape.

    Attributes
    ----------
    taste : numpy.ndarray of float, shape (..., 2, n)
        The owner agrees where it is below the chance: at the poll, at the vote.
        Alike within a stairwell and within an owner.
    comes : numpy.ndarray of float, shape (..., 2, n)
        Met at the door; votes.
    abstains, objects, settles : numpy.ndarray of float, shape (..., n)
        Of those who come without agreeing; in the notice period; by mediation.
    """

    taste: Floats
    comes: Floats
    abstains: Floats
    objects: Floats
    settles: Floats


def draws(seed: int, plans: Plans, times: int = 1, variable: str = "lift") -> Draws:
    """
    Look up the stored numbers of the owners in each stairwell.

    Parameters
    ----------
    seed : int
        Seed of the city.
    plans : Plans
        The stairwells.
    times : int, default 1
        How many votes.
    variable : str, default "lift"
        Name of the streams; another gives other draws.

    Returns
    -------
    Draws
        Arrays with `times` as leading shape. Flats of one owner have one draw, that of
        the owner's first flat.
    """
    parts = []
    for k, code in enumerate(plans.code):
        n = int((plans.home == k).sum())
        rng = stream(seed, variable, code)
        mood = rng.standard_normal((times, 1, 1))
        taste = rng.standard_normal((times, 1, n))
        fresh = rng.standard_normal((times, 2, n))
        z = sqrt(MOOD) * mood + sqrt(TASTE) * taste + sqrt(1 - MOOD - TASTE) * fresh
        parts.append((z, rng.random((times, 5, n))))
    if not parts:
        return Draws(*(np.zeros((times, *s)) for s in ((2, 0), (2, 0), (0,), (0,), (0,))))
    z, uniform = (np.concatenate(p, axis=-1) for p in zip(*parts, strict=True))
    mine = plans.first[plans.owner]
    z, uniform = z[..., mine], uniform[..., mine]
    return Draws(
        taste=normal_cdf(z),
        comes=uniform[:, :2],
        abstains=uniform[:, 2],
        objects=uniform[:, 3],
        settles=uniform[:, 4],
    )


def answers(
    plans: Plans, log_odds: Floats, draws: Draws, at: int, turnout: float | None = None
) -> Integers:
    """
    Read off what each owner answers.

    Parameters
    ----------
    plans : Plans
        The stairwells.
    log_odds : numpy.ndarray of float, shape (n,)
        Utility of the lift.
    draws : Draws
        Stored numbers.
    at : int
        0 for the poll, 1 for the vote.
    turnout : float, optional
        Chance to take part, in place of what holds for those here and elsewhere.

    Returns
    -------
    numpy.ndarray of int, shape (..., n)
        Places in `ANSWERS`.
    """
    here, away = ((MET, MET_ELSEWHERE), (COMES, COMES_ELSEWHERE))[at]
    # Who has several flats takes part as who has the first of them.
    mine = plans.first[plans.owner]
    come = np.where(plans.elsewhere[mine], away, here) if turnout is None else turnout
    agree = draws.taste[..., at, :] < sigmoid(log_odds)
    abstain = draws.abstains < ABSTAINS
    said = np.where(agree, AGREE, np.where(abstain & (at == 1), ABSTAIN, OPPOSE))
    return np.where(draws.comes[..., at, :] < come, said, SILENT)


def offered(plans: Plans, poll: Integers, uniform: Floats) -> Integers:
    """
    Decide where the ground floor is offered compensation.

    Parameters
    ----------
    plans : Plans
        The stairwells.
    poll : numpy.ndarray of int, shape (n,)
        Answers at the door.
    uniform : numpy.ndarray of float, shape (S,)
        Stored numbers.

    Returns
    -------
    numpy.ndarray of int, shape (S,)
        Yuan for each flat on the ground floor: 20,000 with chance 0.8 where nobody
        on it agreed in the poll, with chance 0.1 elsewhere.
    """
    low = plans.floor == 1
    agreed = np.bincount(
        plans.home[low], poll[low] == AGREE, minlength=len(plans.code)
    )
    chance = np.where(agreed == 0, OFFERED, SELDOM)
    return COMPENSATION * (uniform < chance).astype(np.int64)


def objections(
    plans: Plans, vote: Integers, draws: Draws, hall: float
) -> tuple[Booleans, Booleans]:
    """
    Say which owners would object if the vote passed, and whose objection is settled.

    Parameters
    ----------
    plans : Plans
        The stairwells.
    vote : numpy.ndarray of int, shape (..., n)
        Answers.
    draws : Draws
        Stored numbers.
    hall : float
        Whether a hall is open.

    Returns
    -------
    objected, settled : numpy.ndarray of bool, shape (..., n)
        True for the first flat of an owner who did not agree, with a chance by its
        floor (0.5, 0.25, and 0.03 above), in a hall 0.6 of it; mediation settles half,
        in a hall 0.7 of the objections.
    """
    chance = np.array(OBJECTS)[np.minimum(plans.floor, len(OBJECTS)) - 1]
    chance = chance * (HEARD if hall else 1.0)
    one = np.zeros(plans.home.size, np.bool_)
    one[plans.first] = True
    objected = one & (vote != AGREE) & (draws.objects < chance)
    settled = objected & (draws.settles < (SETTLED_HALL if hall else SETTLED))
    return objected, settled


def stands(plans: Plans, objected: Booleans, settled: Booleans) -> Booleans:
    """
    Tell in which stairwells no objection stays.

    Parameters
    ----------
    plans : Plans
        The stairwells.
    objected, settled : numpy.ndarray of bool, shape (..., n)
        As from :func:`objections`.

    Returns
    -------
    numpy.ndarray of bool, shape (..., S)
        True where work may go on.
    """
    if not plans.code:
        return np.zeros((*objected.shape[:-1], 0), np.bool_)
    starts = np.searchsorted(plans.home, np.arange(len(plans.code)))
    return np.add.reduceat((objected & ~settled).astype(int), starts, axis=-1) == 0


def lifts(
    seed: int,
    community: Community,
    institutions: Institutions,
    homes: Homes,
    people: People,
) -> Lifts:
    """
    Poll, offer, vote, wait for objections, and build, in one community.

    Parameters
    ----------
    seed : int
        Seed of the city.
    community : Community
        Its variables.
    institutions : Institutions
        Its variables by quarter.
    homes : Homes
        Where each household lives.
    people : People
        The residents.

    Returns
    -------
    Lifts
        What came of it.

    Notes
    -----
    The poll at the door is in quarter 4, the vote in quarter 10. Before the vote there
    are ``2 + 3 hall + 3 d`` meetings on average, d being the share of owners who did
    not agree at the door; in the study's sub-district H at least 11. No equation has
    meetings on its right-hand side.
    """
    plan = plans(seed, community, homes, people)
    own = draws(seed, plan)
    hall, need = institutions.hall, institutions.need
    n_wells = len(plan.code)
    extra = np.array(
        [stream(seed, "lift_talks", code).random(2) for code in plan.code]
    ).reshape(-1, 2)

    nothing = np.zeros(n_wells, np.int64)
    first = utility(plan, payments(plan, nothing), hall[POLLED - 1], need[POLLED - 1])
    poll = answers(plan, first, own, 0)[0]
    compensation = offered(plan, poll, extra[:, 0])
    payment = payments(plan, compensation)
    open_ = float(hall[VOTED - 1])
    vote = answers(plan, utility(plan, payment, open_, need[VOTED - 1]), own, 1)[0]
    against = np.bincount(plan.home, poll != AGREE, n_wells) / np.maximum(
        np.bincount(plan.home, minlength=n_wells), 1
    )
    meetings = poisson_quantile(extra[:, 1], 2 + 3 * open_ + 3 * against)
    named = next(c.place for c in CASES if c.case == "subdistrict_h")
    if community.subdistrict == named:
        meetings = np.maximum(meetings, MEETINGS)
    passed = passes(plan, vote)
    objected, settled = (
        part[0] & passed[plan.home] for part in objections(plan, vote, own, open_)
    )
    tenants = _tenants(seed, plan)
    return Lifts(
        plans=plan,
        compensation=compensation,
        payment=payment,
        poll=poll,
        vote=vote,
        tenant_poll=tenants[0],
        tenant_vote=tenants[1],
        meetings=meetings,
        passed=passed,
        built=passed & stands(plan, objected, settled),
        objected=objected,
        settled=settled,
    )


def _tenants(seed: int, plans: Plans) -> Integers:
    """Ask those who rent, who ride and do not pay, at both times; shape (2, n)."""
    parts = [
        stream(seed, "lift_tenants", code).random((4, int((plans.home == k).sum())))
        for k, code in enumerate(plans.code)
    ]
    uniform = np.concatenate(parts, axis=1) if parts else np.zeros((4, 0))
    agree = uniform[:2] < sigmoid(0.4 + 0.5 * (plans.floor - 1))
    return np.where(
        uniform[2:] < [[MET], [COMES]], np.where(agree, AGREE, OPPOSE), SILENT
    )


@dataclass(frozen=True, slots=True)
class Agenda:
    """
    Items on the agenda of one community's meetings in the survey year.

    Attributes
    ----------
    quarter, topic : numpy.ndarray of int, shape (k,)
        Quarter, and place in `TOPICS`.
    hall : numpy.ndarray of bool, shape (k,)
        Whether the meeting was in a deliberation hall; else a joint meeting.
    invited, attended, spoke, adopted : numpy.ndarray of int, shape (k,)
        Residents: called to the meeting, came, spoke, saw what they said adopted.
    agreed : numpy.ndarray of bool, shape (k,)
        Whether the matter was settled by agreement.
    """

    quarter: Integers
    topic: Integers
    hall: Booleans
    invited: Integers
    attended: Integers
    spoke: Integers
    adopted: Integers
    agreed: Booleans


TOPICS = ("lift", "parking", "waste", "property service", "common space")
# Residents called to one item at most, and items of a quarter at most.
MOST_INVITED, MOST_ITEMS = 60, 6


def agenda_chances(
    hall: Floats | float, need: Floats | float, time: Floats | float
) -> tuple[Floats, Floats, Floats, Floats]:
    """
    Evaluate how likely one attends, speaks and is heard, and the matter is agreed.

    Parameters
    ----------
    hall, need, time : float or numpy.ndarray of float
        Whether a hall is open, the community's need, and the share of the committee's
        time left for self-governance.

    Returns
    -------
    attends, speaks, heard, agreed : numpy.ndarray of float
        Chances: of those invited, of those who came, of those who spoke, of matters.

    Notes
    -----
    Log odds ``-0.9 + 0.8 hall - 0.3 need``, ``-0.9 + 2 t + 0.3 hall``,
    ``-1.35 + 4 t + 0.4 hall`` and ``-0.4 + 0.8 hall - 0.4 need``, where t is time less
    0.28: as at the meetings that the survey asks about, a hall brings people, and
    whether they are heard hangs on the committee's time as well.
    """
    t = np.asarray(time) - 0.28
    hall, need = np.asarray(hall, float), np.asarray(need, float)
    return (
        sigmoid(-0.9 + 0.8 * hall - 0.3 * need),
        sigmoid(-0.9 + 2.0 * t + 0.3 * hall),
        sigmoid(-1.35 + 4.0 * t + 0.4 * hall),
        sigmoid(-0.4 + 0.8 * hall - 0.4 * need),
    )


def agenda(seed: int, community: Community, institutions: Institutions) -> Agenda:
    """
    Hold the meetings of one community in the four quarters up to the survey.

    Parameters
    ----------
    seed : int
        Seed of the city.
    community : Community
        Its variables.
    institutions : Institutions
        Its variables by quarter.

    Returns
    -------
    Agenda
        One entry per item: one a quarter and 0.4 more on average.
    """
    rng = stream(seed, "agenda", community.code)
    rows = []
    for quarter in range(QUARTERS - 3, QUARTERS + 1):
        uniform = rng.random((MOST_ITEMS, 4))
        people = rng.random((MOST_ITEMS, 3, MOST_INVITED))
        items = 1 + int(poisson_quantile(uniform[:1, 0], np.array([0.4]))[0])
        q = quarter - 1
        hall = institutions.hall[q]
        attends, speaks, heard, agreed = agenda_chances(
            hall, institutions.need[q], institutions.self_governance_time[q]
        )
        for draw, who in zip(uniform[:items], people[:items], strict=True):
            invited = int(whole(draw[1], (20, MOST_INVITED)))
            came = who[0, :invited] < attends
            spoke = came & (who[1, :invited] < speaks)
            adopted = spoke & (who[2, :invited] < heard)
            topic = int(whole(draw[2], (0, len(TOPICS) - 1)))
            numbers = invited, came.sum(), spoke.sum(), adopted.sum()
            rows.append((quarter, topic, hall == 1, *numbers, draw[3] < agreed))
    table = np.array(rows, np.int64).T
    return Agenda(
        quarter=table[0],
        topic=table[1],
        hall=table[2].astype(np.bool_),
        invited=table[3],
        attended=table[4],
        spoke=table[5],
        adopted=table[6],
        agreed=table[7].astype(np.bool_),
    )
