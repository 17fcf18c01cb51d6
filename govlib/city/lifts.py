"""Lifts for old stairwells: who is asked, who agrees, what passes, what gets built."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from math import erf, sqrt
from typing import Any

import numpy as np
import pandas as pd

from govlib.city.agenda import TOPICS, Agenda, agenda
from govlib.city.base import Base
from govlib.city.cases import CASES
from govlib.city.lift_plans import SCHEMES, Plans, payments, plans, together
from govlib.city.lived import Lived, lived
from govlib.city.participation import sigmoid
from govlib.city.people import Booleans, Floats, Integers
from govlib.city.remedies import replaced
from govlib.city.streams import poisson_quantile, stream

TABLES = ("lift_stairwells", "lift_flats", "agenda_items")

# Everybody is asked at the door in the first of these quarters, before any hall is
# open; owners vote in the second.
POLLED, VOTED = 4, 10
# Meetings that the study counts in its sub-district: more than ten.
MEETINGS = 11
# Yuan for each ground-floor flat, where it is offered: nearly always after a poll in
# which no owner of the ground floor agreed, else seldom.
COMPENSATION, OFFERED, SELDOM = 20_000, 0.8, 0.1
# Log odds that an owner agrees, besides what `PARAMETERS` say of halls, money, need.
INTERCEPT, CLIMB, LOSS = -0.1, 0.79, (1.8, 0.66)
FRAILTY, FRAIL_MEAN = 0.3, 0.25
# Who lives elsewhere, and need, are centred on old housing.
ELSEWHERE, ELSEWHERE_MEAN, NEED_MEAN = -0.6, 0.28, 0.8
# What the vote of an owner shares with the neighbours' in one stairwell, and with the
# owner's own answer at another time; variances of a standard normal draw.
MOOD, TASTE = 0.1, 0.75
# Chance to be met at the door and to vote, of those who live here and elsewhere.
TAKES_PART = ((0.9, 0.65), (0.8, 0.55))
ABSTAINS = 0.08
# After a vote that passed: chance to object, of an owner who did not agree, by floor;
# talks in a hall leave this part of it. Chance that mediation settles an objection,
# without and with a hall.
OBJECTS, HEARD, SETTLED = (0.75, 0.5, 0.12), 0.6, (0.3, 0.5)
# Answers and tenures as numbers, in the order of their words.
AGREE, OPPOSE, ABSTAIN, SILENT = range(4)
ANSWERS = ("agree", "oppose", "abstain", "not voted")


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
    hall : numpy.ndarray of bool, shape (S,)
        Whether talks were held in a deliberation hall.
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
    hall: Booleans
    meetings: Integers
    passed: Booleans
    built: Booleans
    objected: Booleans
    settled: Booleans


def utility(
    plans: Plans,
    payment: Integers,
    hall: Floats | Booleans | float,
    need: Floats | float,
    parameters: dict[str, float],
) -> Floats:
    """
    Evaluate the log odds that each flat's owner agrees to the lift.

    Parameters
    ----------
    plans : Plans
        The stairwells.
    payment : numpy.ndarray of int, shape (n,)
        Fen.
    hall, need : float or numpy.ndarray of float, shape (n,)
        Whether talks were held in a deliberation hall, and the community's need.
    parameters : dict of str to float
        All parameters.

    Returns
    -------
    numpy.ndarray of float, shape (n,)
        An owner of several flats decides by their mean, the same for all of them.

    Notes
    -----
    With floor f, payment m in 10,000 yuan, hall h, frailty r::

        -0.1 + (0.79 + 0.3 (r - 0.25)) (f - 1) - lift_cost m - 1.8 [f = 1]
        - 0.66 [f = 2] + h (lift_hall + lift_hall_low [f <= 2])
        - 0.6 (elsewhere - 0.28) - lift_need (need - 0.8)

    Who lives elsewhere does not climb: r is 0. The numbers are teaching assumptions.
    """
    above, low = plans.floor - 1, plans.floor <= 2
    frail = np.where(plans.elsewhere, 0.0, plans.frail)
    of_flat = (
        INTERCEPT
        + (CLIMB + FRAILTY * (frail - FRAIL_MEAN)) * above
        - parameters["lift_cost"] * payment / 1_000_000
        - LOSS[0] * (plans.floor == 1)
        - LOSS[1] * (plans.floor == 2)
        + hall * (parameters["lift_hall"] + parameters["lift_hall_low"] * low)
        + ELSEWHERE * (plans.elsewhere - ELSEWHERE_MEAN)
        - parameters["lift_need"] * (need - NEED_MEAN)
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
    heads = np.zeros(plans.home.size, np.int64)
    heads[plans.first] = 1
    weights = [heads] if rule == "heads" else [heads, plans.area]
    won = np.ones((*vote.shape[:-1], len(plans.code)), np.bool_)
    for weight in weights:
        everyone = _sums(plans, weight)
        came = _sums(plans, weight * (vote != SILENT))
        agree = _sums(plans, weight * (vote == AGREE))
        if rule in ("civil_code", "heads"):
            won &= (3 * came >= 2 * everyone) & (4 * agree >= 3 * came)
        else:
            up, down = {"two_thirds": (2, 3), "ninety_percent": (9, 10)}[rule]
            won &= down * agree >= up * everyone
    return won


def _sums(plans: Plans, values: Integers | Booleans) -> Integers:
    """Add up flats' whole numbers by stairwell, shape (..., n) to (..., S)."""
    if not plans.code:
        return np.zeros((*values.shape[:-1], 0), np.int64)
    # Flats of a stairwell stand together.
    starts = np.searchsorted(plans.home, np.arange(len(plans.code)))
    return np.add.reduceat(values.astype(np.int64), starts, axis=-1)


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
        return Draws(
            *(np.zeros((times, *s)) for s in ((2, 0), (2, 0), (0,), (0,), (0,)))
        )
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
    here, away = TAKES_PART[at]
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
    poll : numpy.ndarray of int, shape (..., n)
        Answers at the door.
    uniform : numpy.ndarray of float, shape (..., S)
        Stored numbers.

    Returns
    -------
    numpy.ndarray of int, shape (..., S)
        Yuan for each flat on the ground floor: 20,000 with chance 0.8 where nobody
        on it agreed in the poll, with chance 0.1 elsewhere.
    """
    agreed = _sums(plans, (plans.floor == 1) & (poll == AGREE))
    chance = np.where(agreed == 0, OFFERED, SELDOM)
    return COMPENSATION * (uniform < chance).astype(np.int64)


def against(plans: Plans, poll: Integers) -> Floats:
    """
    Measure how many did not agree at the door.

    Parameters
    ----------
    plans : Plans
        The stairwells.
    poll : numpy.ndarray of int, shape (..., n)
        Answers at the door.

    Returns
    -------
    numpy.ndarray of float, shape (..., S)
        Share of flats whose owner was against or not met.
    """
    everyone = _sums(plans, np.ones(plans.home.size, np.int64))
    return _sums(plans, poll != AGREE) / everyone


def talks(
    plans: Plans, poll: Integers, uniform: Floats, parameters: dict[str, float]
) -> Booleans:
    """
    Decide which stairwells would bring their talks to a hall.

    Parameters
    ----------
    plans : Plans
        The stairwells.
    poll : numpy.ndarray of int, shape (..., n)
        Answers at the door.
    uniform : numpy.ndarray of float, shape (..., S)
        Stored numbers.
    parameters : dict of str to float
        All parameters.

    Returns
    -------
    numpy.ndarray of bool, shape (..., S)
        True with log odds ``lift_hard (d - 0.5)``, d being the share that did not
        agree: with the parameter above zero, hard cases go to the hall.
    """
    return uniform < sigmoid(parameters["lift_hard"] * (against(plans, poll) - 0.5))


def objections(
    plans: Plans, vote: Integers, draws: Draws, hall: Floats | Booleans | float
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
    hall : float or numpy.ndarray of float, shape (n,) or (..., n)
        Whether talks were held in a deliberation hall.

    Returns
    -------
    objected, settled : numpy.ndarray of bool, shape (..., n)
        True for the first flat of an owner who did not agree, with a chance by its
        floor (0.75, 0.5, and 0.12 above), after talks in a hall 0.6 of it; mediation
        settles 0.3, after such talks 0.5 of the objections.
    """
    chance = np.array(OBJECTS)[np.minimum(plans.floor, len(OBJECTS)) - 1]
    chance = chance * np.where(hall, HEARD, 1.0)
    one = np.zeros(plans.home.size, np.bool_)
    one[plans.first] = True
    objected = one & (vote != AGREE) & (draws.objects < chance)
    settled = objected & (draws.settles < np.where(hall, SETTLED[1], SETTLED[0]))
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
    return _sums(plans, objected & ~settled) == 0


def lifts(home: Lived) -> Lifts:
    """
    Poll, offer, vote, wait for objections, and build, in one community.

    Parameters
    ----------
    home : Lived
        The community; of the remedies ``"lift_compensation"`` acts here.

    Returns
    -------
    Lifts
        What came of it.

    Notes
    -----
    The poll at the door is in quarter 4, the vote in quarter 10. Let d be the share of
    flats whose owner did not agree at the door. Where a hall is open, talks are held in
    it with log odds ``lift_hard (d - 0.5)``. Before the vote there are
    ``2 + 3 hall + 3 d`` meetings on average, hall being whether talks were; in the
    study's sub-district H at least 11. No equation has meetings on its right-hand side.
    """
    seed, community, institutions = home.base.seed, home.place, home.institutions
    parameters, remedies = home.base.parameters, home.base.remedies
    plan = plans(home)
    own = draws(seed, plan)
    need = institutions.need
    n_wells = len(plan.code)
    extra = [stream(seed, "lift_talks", code).random(3) for code in plan.code]
    lot, meet, go = np.array(extra).reshape(-1, 3).T

    nothing = np.zeros(n_wells, np.int64)
    first = payments(plan, nothing)
    first = utility(plan, first, 0.0, need[POLLED - 1], parameters)
    poll = answers(plan, first, own, 0)[0]
    compensation = offered(plan, poll, lot)
    given = replaced(remedies, "lift_compensation", community.code, VOTED, float("nan"))
    if given == given:
        compensation = np.full(n_wells, int(given))
    payment = payments(plan, compensation)
    hall = talks(plan, poll, go, parameters) & (institutions.hall[VOTED - 1] == 1)
    inside = hall[plan.home]
    second = utility(plan, payment, inside, need[VOTED - 1], parameters)
    vote = answers(plan, second, own, 1)[0]
    meetings = poisson_quantile(meet, 2 + 3 * hall + 3 * against(plan, poll))
    named = next(c.place for c in CASES if c.case == "subdistrict_h")
    if community.subdistrict == named:
        meetings = np.maximum(meetings, MEETINGS)
    passed = passes(plan, vote)
    objected, settled = (
        part[0] & passed[plan.home] for part in objections(plan, vote, own, inside)
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
        hall=hall,
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
    uniform = np.concatenate([np.zeros((4, 0)), *parts], axis=1)
    agree = uniform[:2] < sigmoid(0.4 + 0.5 * (plans.floor - 1))
    met = np.array([[here] for here, _ in TAKES_PART])
    return np.where(uniform[2:] < met, np.where(agree, AGREE, OPPOSE), SILENT)


def tables(base: Base) -> dict[str, pd.DataFrame]:
    """
    Make the tables of lifts and of the meetings where they are talked about.

    Parameters
    ----------
    base : Base
        The city without its residents.

    Returns
    -------
    dict of str to pandas.DataFrame
        By name.
    """
    return gathered(base.codes, None, [visited(home, None) for home in lived(base)])


def planned(base: Base) -> None:
    """Nothing is decided for the whole city."""


def visited(home: Lived, plan: None) -> tuple[Lifts, Agenda]:  # noqa: ARG001
    """Return what came of one community's plans, and its meetings."""
    return lifts(home), agenda(home.base.seed, home.place, home.institutions)


def gathered(
    codes: Sequence[str],
    plan: None,  # noqa: ARG001
    parts: Sequence[tuple[Lifts, Agenda]],
) -> dict[str, pd.DataFrame]:
    """Put the rows of communities together."""
    came, held = (list(part) for part in zip(*parts, strict=True))
    of_place = [
        code for code, part in zip(codes, came, strict=True) for _ in part.plans.code
    ]
    every = _together(came)
    found = (
        _stairwells(of_place, every).sort_values("stairwell"),
        _flats(every).sort_values(["stairwell", "flat", "tenure"]),
        _items(codes, held),
    )
    return {
        name: table.reset_index(drop=True)
        for name, table in zip(TABLES, found, strict=True)
    }


def _together(parts: Sequence[Lifts]) -> Lifts:
    """Put what came of the plans of several communities into one."""
    joined: dict[str, Any] = {
        field.name: np.concatenate([getattr(part, field.name) for part in parts])
        for field in fields(Lifts)
        if field.name != "plans"
    }
    return Lifts(plans=together([part.plans for part in parts]), **joined)


def _stairwells(of_place: list[str], came: Lifts) -> pd.DataFrame:
    plan, n = came.plans, len(came.plans.code)

    def count(where: Booleans, weight: Integers | None = None) -> Integers:
        home = plan.home[where]
        weights = None if weight is None else weight[where]
        return np.bincount(home, weights, n).round().astype(np.int64)

    every = np.ones(plan.home.size, np.bool_)
    first = np.zeros(plan.home.size, np.bool_)
    first[plan.first] = True
    passed = pd.array(came.passed, dtype="boolean")

    def only_passed(values: Integers | Booleans, kind: str) -> pd.Series:
        return pd.Series(values).astype(kind).where(pd.Series(passed))

    codes = pd.Series(plan.code, dtype="str")
    return pd.DataFrame(
        {
            "stairwell": codes,
            "estate": codes.str.rsplit("-", n=2).str[0].astype("str"),
            "community": pd.Series(of_place, dtype="str"),
            "drawn": plan.drawn,
            "floors": plan.floors,
            "flats": count(every),
            "owners": count(first),
            "total_area": count(every, plan.area) / 10,
            "lift_cost": plan.cost,
            "lift_subsidy": plan.subsidy,
            "cost_scheme": pd.Series(plan.scheme)
            .map(dict(enumerate(SCHEMES)))
            .astype("str"),
            "hall_talks": came.hall,
            "meetings": came.meetings,
            "compensation": came.compensation,
            "vote_passed": came.passed,
            "objections": only_passed(count(came.objected), "Int64"),
            "objections_settled": only_passed(count(came.settled), "Int64"),
            "lift_built": came.built,
        }
    )


def _flats(came: Lifts) -> pd.DataFrame:
    plan = came.plans
    codes = np.array(plan.code, dtype=object)
    flat = [f"{f}{k:02}" for f, k in zip(plan.floor, plan.number, strict=True)]
    # Owners are numbered within their stairwell.
    starts = np.full(len(plan.code), plan.owner.size)
    np.minimum.at(starts, plan.home, plan.owner)
    number = plan.owner - starts[plan.home] + 1
    objected = pd.Series(came.objected).astype("boolean")
    # Of an owner's flats the first stands for all; who agreed cannot object.
    asked = came.passed[plan.home] & (came.vote != AGREE)
    mine = plan.first[plan.owner]
    owners = pd.DataFrame(
        {
            "stairwell": codes[plan.home],
            "flat": flat,
            "tenure": np.where(plan.unsold, "unsold", "owner"),
            "person": [f"O{k:02}" for k in number],
            "floor": plan.floor,
            "flat_area": plan.area / 10,
            "frail": np.where(plan.elsewhere, 0.0, plan.frail),
            "coefficient": plan.coefficient / 10,
            "payment": came.payment / 100,
            "poll": np.array(ANSWERS)[came.poll],
            "vote": np.array(ANSWERS)[came.vote],
            "objected": objected.iloc[mine].set_axis(range(mine.size)).where(asked),
        }
    )
    rented = plan.elsewhere
    tenants = owners[rented].assign(
        tenure="tenant",
        person=[f"T{name}" for name in np.array(flat, dtype=object)[rented]],
        frail=plan.frail[rented],
        coefficient=np.nan,
        payment=np.nan,
        poll=np.array(ANSWERS)[came.tenant_poll[rented]],
        vote=np.array(ANSWERS)[came.tenant_vote[rented]],
        objected=pd.NA,
    )
    rows = pd.concat([owners, tenants.astype(owners.dtypes)], ignore_index=True)
    text = ["stairwell", "flat", "tenure", "person", "poll", "vote"]
    return rows.astype(dict.fromkeys(text, "str") | {"objected": "boolean"})


def _items(codes: Sequence[str], held: Sequence[Agenda]) -> pd.DataFrame:
    names, of_place = [], []
    for code, part in zip(codes, held, strict=True):
        first = np.searchsorted(part.quarter, part.quarter)
        within = np.arange(part.quarter.size) - first + 1
        numbered = zip(part.quarter, within, strict=True)
        names += [f"{code}-Q{quarter:02}-{k}" for quarter, k in numbered]
        of_place += [code] * part.quarter.size
    joined: dict[str, Any] = {
        field.name: np.concatenate([getattr(part, field.name) for part in held])
        for field in fields(Agenda)
    }
    return pd.DataFrame(
        {
            "item": pd.Series(names, dtype="str"),
            "community": pd.Series(of_place, dtype="str"),
            "quarter": joined["quarter"],
            "venue": np.where(joined["hall"], "hall", "joint meeting"),
            "item_topic": np.array(TOPICS)[joined["topic"]],
            "invited": joined["invited"],
            "attended": joined["attended"],
            "spoke": joined["spoke"],
            "heard": joined["adopted"],
            "agreed": joined["agreed"],
        }
    ).astype(dict.fromkeys(["venue", "item_topic"], "str"))
