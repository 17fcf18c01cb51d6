"""Who does what in a community: role lists, actors' strength, what gets resolved."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from govlib.city import partners
from govlib.city.base import Base
from govlib.city.cases import CASES
from govlib.city.participation import sigmoid
from govlib.city.people import Floats, Integers

TABLES = (
    "party_units",
    "agreements",
    "organisation_nodes",
    "organisation_ties",
    "role_lists",
    "actor_scores",
    "actor_ratings",
)

# The last year of three is the year before the survey.
YEARS = 3
ACTORS = ("party", "committee", "owners", "property")
# Who may hold a duty: the 1, the 3, and X, all other forces.
HOLDERS = (*ACTORS, "others")
# Duties of a responsibility list, with who should hold each.
DUTIES = {
    "joint meetings": "party",
    "disputes between actors": "party",
    "agreements with resident units": "party",
    "mediation": "committee",
    "delegates": "committee",
    "care of older residents": "committee",
    "certificates": "committee",
    "activity room": "committee",
    "waste sorting": "committee",
    "maintenance fund": "owners",
    "choice of property company": "owners",
    "house rules": "owners",
    "lift retrofit": "owners",
    "stairwells": "property",
    "repairs": "property",
    "parking": "property",
    "gates": "property",
    "greenery": "property",
    "volunteers": "others",
    "meals for older residents": "others",
}
# Chance that the owners have a committee of their own; elsewhere a property committee
# mostly stands in for it.
OWNERS_COMMITTEE = {"old": 0.7, "high-rise": 0.65, "resettlement": 0.4, "lane": 0.1}
STANDS_IN = 0.85
BODIES = ("owners' committee", "property committee", "none")
# Spread of an actor's strength between communities and from year to year, and of one
# delegate's rating of it.
LASTING, YEARLY, RATING = 0.35, 0.15, 0.18
RATERS = 8
# Weakest actor, load and overlap of a usual community.
USUAL_WEAKEST, USUAL_LOAD = 0.35, 0.9
# Chance of a duty that nobody holds, without and with a list of responsibilities.
GAP, GAP_WITH_LIST = 0.12, 0.03
# No more matters than this are brought up in a year.
MOST_MATTERS = 120
_ZED = next(c.place for c in CASES if c.case == "subdistrict_z")
ZED_SINCE, SINCE = 5, (5, 9)


@dataclass(frozen=True, slots=True)
class Structure:
    """
    How the actors of every community share the work, year by year.

    Attributes
    ----------
    office : numpy.ndarray of float, shape (n, 12)
        1 in quarters in which "1+3+X" is in force, with its responsibility list.
    overlap : numpy.ndarray of float, shape (n, 3)
        Role overlap: chance that a duty has several holders, mean of the year.
    body : numpy.ndarray of int, shape (n,)
        Place in `BODIES`: who speaks for the owners.
    strength : numpy.ndarray of float, shape (n, 3, 4)
        How well each of the four actors does its part, 0 to 1.
    load, hall : numpy.ndarray of float, shape (n, 3)
        The committee's load, and the share of the year with a deliberation hall.
    matters : numpy.ndarray of int, shape (n, 3)
        Matters that residents bring up.
    chance : numpy.ndarray of float, shape (n, 3)
        Chance that a matter is resolved within the year.
    """

    office: Floats
    overlap: Floats
    body: Integers
    strength: Floats
    load: Floats
    hall: Floats
    matters: Integers
    chance: Floats


def yearly(values: Floats) -> Floats:
    """
    Average quarters to years.

    Parameters
    ----------
    values : numpy.ndarray of float, shape (n, 12)
        One column per quarter.

    Returns
    -------
    numpy.ndarray of float, shape (n, 3)
        One column per year.

    Examples
    --------
    >>> yearly(np.arange(12.0)[None])
    array([[1.5, 5.5, 9.5]])
    """
    return values.reshape(len(values), YEARS, -1).mean(axis=2)


def office_since(base: Base) -> Integers:
    """
    Find the quarter since which each community works by "1+3+X".

    Parameters
    ----------
    base : Base
        The city without residents.

    Returns
    -------
    numpy.ndarray of int, shape (n,)
        5 or 9; 13, after the last quarter, where it never does.

    Notes
    -----
    A sub-district decides for its communities, with log odds -0.3 + 2.5 u, where u is
    its own draw, which brings mandates as well: those under pressure decide first.
    Sub-district Z works by it from quarter 5.
    """
    place = base.of_place("subdistrict")
    draws = base.uniform("structure_office", 2, of=list(place))
    decides = draws[:, 0] < sigmoid(-0.3 + 2.5 * base.subdistrict_draw)
    since = np.where(draws[:, 1] < 0.5, *SINCE)
    since = np.where(decides, since, base.by_quarter("load").shape[1] + 1)
    return np.where(place == _ZED, ZED_SINCE, since)


def role_overlap(
    load: Floats, office: Floats, own: Floats, parameters: Mapping[str, float]
) -> Floats:
    """
    Evaluate how often two actors hold the same duty.

    Parameters
    ----------
    load : numpy.ndarray of float, shape (n, 12)
        Load of the committee.
    office : numpy.ndarray of float, shape (n, 12)
        1 where "1+3+X" is in force.
    own : numpy.ndarray of float, shape (n,)
        The community's own draw.
    parameters : mapping of str to float
        With ``overlap_before`` and ``overlap_list``.

    Returns
    -------
    numpy.ndarray of float, shape (n, 12)
        ``sigmoid(logit(before) + 0.5 (load - 1) + 0.3 own)``, times list / before
        where a list is in force: where more lands on a committee, work goes to whoever
        is at hand.
    """
    before, with_list = parameters["overlap_before"], parameters["overlap_list"]
    log_odds = np.log(before / (1 - before)) + 0.5 * (load - 1) + 0.3 * own[:, None]
    return sigmoid(log_odds) * np.where(office > 0, with_list / before, 1)


def strengths(
    coverage: Floats,
    time: Floats,
    wealth: Floats,
    hall: Floats,
    body: Integers,
    draws: Floats,
) -> Floats:
    """
    Evaluate how well each actor does its part.

    Parameters
    ----------
    coverage : numpy.ndarray of float, shape (n,)
        Chance that a building has a Party branch.
    time : numpy.ndarray of float, shape (n, 3)
        Share of the committee's time left for self-governance.
    wealth : numpy.ndarray of float, shape (n,)
        Wealth of the community.
    hall : numpy.ndarray of float, shape (n, 3)
        Share of the year with a deliberation hall.
    body : numpy.ndarray of int, shape (n,)
        Place in `BODIES`.
    draws : numpy.ndarray of float, shape (n, 3, 4)
        What each actor has of its own, in log odds.

    Returns
    -------
    numpy.ndarray of float, shape (n, 3, 4)
        In [0, 1], in the order of `ACTORS`: log odds 0.3 + 3 (coverage - 0.5) for the
        Party organisation, 0.1 + 4 (time - 0.29) for the residents' committee, 0.1 +
        0.5 wealth + 0.4 hall for the owners' committee, 0.1 + 0.6 wealth for the
        property company, plus draws. A property committee that stands in for the
        owners is weaker by 1; where nobody speaks for them, the strength is 0.
    """
    log_odds = np.empty_like(draws)
    log_odds[..., 0] = (0.3 + 3 * (coverage - 0.5))[:, None]
    log_odds[..., 1] = 0.1 + 4 * (time - 0.29)
    log_odds[..., 2] = (0.1 + 0.5 * wealth - 1.0 * (body == 1))[:, None] + 0.4 * hall
    log_odds[..., 3] = (0.1 + 0.6 * wealth)[:, None]
    out = sigmoid(log_odds + draws)
    out[body == BODIES.index("none"), :, ACTORS.index("owners")] = 0
    return out


def resolved_chance(
    load: Floats,
    hall: Floats,
    overlap: Floats,
    weakest: Floats,
    parameters: Mapping[str, float],
) -> Floats:
    """
    Evaluate the chance that a matter is resolved within the year.

    Parameters
    ----------
    load : numpy.ndarray of float
        Load of the committee.
    hall : numpy.ndarray of float
        Share of the year with a deliberation hall.
    overlap : numpy.ndarray of float
        Role overlap.
    weakest : numpy.ndarray of float
        Strength of the weakest of the four actors: most matters need all of them.
    parameters : mapping of str to float
        With ``resolved_load``, ``resolved_hall``, ``resolved_overlap`` and
        ``resolved_weakest``.

    Returns
    -------
    numpy.ndarray of float
        ``sigmoid(0.9 - 0.8 (load - 0.9) + 0.5 hall - 1.5 overlap
        + 2.5 (weakest - 0.35))``, the four slopes being parameters. The other actors'
        strength and their coupling have no term.

    Examples
    --------
    At an overlap of .35 the log odds are 0.9 - 0.525 = 0.375; a list takes it to .10
    and the log odds to 0.75:

    >>> from govlib.city.parameters import resolve
    >>> usual = np.array([0.9]), np.array([0.0])
    >>> for overlap in (0.35, 0.10):
    ...     resolved_chance(*usual, np.array([overlap]), np.array([0.35]), resolve())
    array([0.5927])
    array([0.6792])
    """
    return sigmoid(
        0.9
        + parameters["resolved_load"] * (load - USUAL_LOAD)
        + parameters["resolved_hall"] * hall
        + parameters["resolved_overlap"] * overlap
        + parameters["resolved_weakest"] * (weakest - USUAL_WEAKEST)
    )


def structure(base: Base) -> Structure:
    """
    Evaluate the equations of all communities.

    Parameters
    ----------
    base : Base
        The city without residents. A remedy may set ``joint_office``,
        ``role_overlap`` and ``party_coverage``.

    Returns
    -------
    Structure
        Its variables.

    Notes
    -----
    Residents bring up ``30 exp(0.2 need)`` matters in a community of 1,600
    households, more in proportion to the root of their number.
    """
    quarters = np.arange(base.by_quarter("load").shape[1]) + 1
    office = base.settled(
        "joint_office", (quarters >= office_since(base)[:, None]).astype(float)
    )
    load = base.by_quarter("load")
    overlap = base.settled(
        "role_overlap",
        role_overlap(load, office, base.normal("structure_overlap"), base.parameters),
    )
    hall = yearly(base.by_quarter("hall"))
    housing = base.of_place("housing")
    drawn = base.uniform("structure_owners", 2)
    own = np.array([OWNERS_COMMITTEE[kind] for kind in housing])
    body = np.where(drawn[:, 0] < own, 0, np.where(drawn[:, 1] < STANDS_IN, 1, 2))
    lasting = base.normal("structure_lasting", len(ACTORS))[:, None]
    fresh = base.normal("structure_yearly", YEARS, len(ACTORS))
    strength = strengths(
        partners.coverage(base)[:, -1],
        yearly(base.by_quarter("self_governance_time")),
        base.of_place("wealth"),
        hall,
        body,
        LASTING * lasting + YEARLY * fresh,
    )
    need = yearly(base.by_quarter("need"))
    many = 30 * np.sqrt(base.of_place("households") / 1600)
    expected = many[:, None] * np.exp(0.2 * need)
    shocks = base.normal("structure_matters", YEARS)
    # A count with about the spread of a Poisson one.
    matters = np.rint(expected + np.sqrt(expected) * shocks)
    return Structure(
        office=office,
        overlap=yearly(overlap),
        body=body,
        strength=strength,
        load=yearly(load),
        hall=hall,
        matters=np.clip(matters, 3, MOST_MATTERS).astype(np.int64),
        chance=resolved_chance(
            yearly(load),
            hall,
            yearly(overlap),
            strength.min(axis=2),
            base.parameters,
        ),
    )


def resolved(base: Base, has: Structure) -> Integers:
    """
    Count the matters resolved within each year.

    Parameters
    ----------
    base : Base
        The city without residents.
    has : Structure
        Its variables.

    Returns
    -------
    numpy.ndarray of int, shape (n, 3)
        One stored number per matter decides, so that a higher chance only adds.
    """
    draws = base.uniform("structure_resolved", YEARS, MOST_MATTERS)
    brought = np.arange(MOST_MATTERS) < has.matters[..., None]
    return ((draws < has.chance[..., None]) & brought).sum(axis=2)


def ratings(base: Base, has: Structure) -> Floats:
    """
    Let eight delegates of each community rate its actors.

    Parameters
    ----------
    base : Base
        The city without residents.
    has : Structure
        Its variables.

    Returns
    -------
    numpy.ndarray of float, shape (n, 3, 8, 4)
        Tenths from 0 to 1: the strength plus a normal draw with standard deviation
        0.18. An actor that does not exist gets 0 from all.
    """
    noise = base.normal("structure_ratings", YEARS, RATERS, len(ACTORS))
    seen = has.strength[:, :, None] + RATING * noise
    told = np.rint(10 * np.clip(seen, 0, 1)) / 10
    return np.where(has.strength[:, :, None] > 0, told, 0.0)


def holders(base: Base, has: Structure) -> Integers:
    """
    Say who holds each duty.

    Parameters
    ----------
    base : Base
        The city without residents.
    has : Structure
        Its variables.

    Returns
    -------
    numpy.ndarray of int, shape (n, 3, 20, 5)
        1 where an actor of `HOLDERS` holds a duty of `DUTIES`. A duty has several
        holders with the chance that role overlap says, in a third of these cases
        three, and nobody with a chance of 0.12, or 0.03 with a list in force at the
        end of the year.
    """
    duties, actors = len(DUTIES), len(HOLDERS)
    drawn = base.uniform("structure_duties", duties, 2)
    order = np.argsort(base.uniform("structure_holders", duties, actors), axis=-1)
    right = np.array([HOLDERS.index(holder) for holder in DUTIES.values()])
    # Whoever should hold a duty comes first, the others by lot.
    position = np.argsort(order, axis=-1)
    first = np.arange(actors) == right[:, None]
    ahead = position < (position * first).sum(axis=-1, keepdims=True)
    rank = np.where(first, 0, position + ahead)
    shared = drawn[:, None, :, 0] < has.overlap[..., None]
    listed = has.office.reshape(len(has.body), YEARS, -1)[..., -1] > 0
    gap = np.where(listed, GAP_WITH_LIST, GAP)[..., None]
    nobody = drawn[:, None, :, 0] >= 1 - gap
    number = np.where(shared, 2 + (drawn[:, None, :, 1] < 1 / 3), 1)
    number = np.where(nobody & ~shared, 0, number)
    return (rank[:, None] < number[..., None]).astype(np.int64)


def tables(base: Base) -> dict[str, pd.DataFrame]:
    """
    Make the tables of this theme.

    Parameters
    ----------
    base : Base
        The city without residents.

    Returns
    -------
    dict of str to pandas.DataFrame
        Those of `TABLES`.
    """
    has = structure(base)
    rated = ratings(base, has)
    held = holders(base, has)
    return {
        **partners.tables(base, has.office),
        "role_lists": _role_lists(base, held),
        "actor_scores": _actor_scores(base, has, rated, held),
        "actor_ratings": _actor_ratings(base, rated),
    }


def _role_lists(base: Base, held: Integers) -> pd.DataFrame:
    shown = np.flatnonzero(partners.in_network(base))
    place, year, duty, holder = np.nonzero(held[shown][:, [0, YEARS - 1]])
    return pd.DataFrame(
        {
            "community": np.array(base.codes, dtype=object)[shown][place],
            "year": np.array([1, YEARS])[year],
            "duty": np.array(list(DUTIES), dtype=object)[duty],
            "actor": np.array(HOLDERS, dtype=object)[holder],
        }
    ).sort_values(["community", "year", "duty", "actor"], ignore_index=True)


def _actor_scores(
    base: Base, has: Structure, rated: Floats, held: Integers
) -> pd.DataFrame:
    n = len(base.codes)
    scores = rated.mean(axis=2).reshape(n * YEARS, len(ACTORS))
    several = held.sum(axis=-1)
    office = has.office.reshape(n, YEARS, -1)[..., -1] > 0
    return pd.DataFrame(
        {
            "community": np.repeat(base.codes, YEARS).astype(object),
            "year": np.tile(np.arange(YEARS) + 1, n),
            **{f"{name}_score": scores[:, a] for a, name in enumerate(ACTORS)},
            "owners_body": np.repeat(np.array(BODIES, dtype=object)[has.body], YEARS),
            "joint_office": office.ravel(),
            "duties_shared": (several > 1).sum(axis=-1).ravel(),
            "duties_open": (several == 0).sum(axis=-1).ravel(),
            "year_load": has.load.ravel(),
            "hall_time": has.hall.ravel(),
            "matters_raised": has.matters.ravel(),
            "matters_resolved": resolved(base, has).ravel(),
        }
    )


def _actor_ratings(base: Base, rated: Floats) -> pd.DataFrame:
    shown = np.flatnonzero(partners.in_network(base))
    last = rated[shown, -1].reshape(len(shown) * RATERS, len(ACTORS))
    codes = np.array(base.codes, dtype=object)[shown]
    return pd.DataFrame(
        {
            "community": np.repeat(codes, RATERS),
            "rater": np.tile(np.arange(RATERS) + 1, len(shown)),
            **{f"{name}_score": last[:, a] for a, name in enumerate(ACTORS)},
        }
    )
