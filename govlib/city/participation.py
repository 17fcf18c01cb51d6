"""Who belongs, who is asked, who may, and who takes part: every kind, by quarter."""

from dataclasses import dataclass

import numpy as np

from govlib.city.institutions import QUARTERS, Institutions
from govlib.city.people import MOST, Booleans, Floats, Integers, People
from govlib.city.places import Community
from govlib.city.streams import stream

# Quarters of the year before the survey, in which people say whether they took part.
YEAR_START = QUARTERS - 4
# Belonging keeps this much of its distance from its own level in a quarter, and is
# moved by participation above or below this constant, about the quarterly mean.
BELONGING_KEPT, USUAL = 0.7, 0.08
# Belonging of a resident like the average one, and its spread, for other scales.
BELONGING_MEAN, BELONGING_SD = 0.0, 1.1
INTERCEPT = -2.88
# Who asked: nobody, and from here on somebody. The committee and stairwell leaders
# mobilise; a neighbour does not.
ASKED_BY = ("nobody", "residents' committee", "stairwell leader", "neighbour")
# Kinds of participation in the survey year besides community decisions: log odds of
# a resident of 45 without anything else, and per unit of belonging, year of age from
# 45, Party membership, owned home, being asked, shared activities, need, hall.
KINDS = {
    "voted_election": (-0.95, 0.35, 0.058, 0.45, 0.3, 0.4, 0.0, 0.0, 0.0),
    "voted_owners": (-0.55, 0.35, 0.012, 0.3, 0.0, 0.3, 0.0, 0.0, 0.1),
    "volunteered": (-2.4, 0.4, 0.012, 0.9, 0.2, 0.5, 0.3, 0.0, 0.0),
    "joined_activity": (-1.6, 0.4, 0.014, 0.2, 0.1, 0.3, 0.8, 0.0, 0.0),
    "posted_chat": (-1.3, 0.3, -0.025, 0.1, 0.4, 0.0, 0.0, 0.0, 0.0),
    "called_hotline": (-1.95, 0.3, -0.02, 0.0, 0.2, 0.0, 0.0, 0.4, 0.0),
    "donated": (-2.55, 0.3, 0.01, 0.8, 0.2, 0.3, 0.0, 0.0, 0.0),
}


@dataclass(frozen=True, slots=True)
class Participation:
    """
    Belonging and participation in one community, one entry per resident.

    Children have entries as well, so that places in `People` hold; they are not asked
    and nothing here counts them.

    Attributes
    ----------
    belonging : numpy.ndarray of float, shape (13, n)
        Before each quarter, and in the last row after the survey's.
    decided : numpy.ndarray of bool, shape (12, n)
        Whether each took part in a community decision in each quarter.
    chance : numpy.ndarray of float, shape (n,)
        Chance of having taken part in any of the last four quarters, given all that
        came before them.
    asked_by : numpy.ndarray of int, shape (n,)
        Place in `ASKED_BY`.
    eligible : dict of str to numpy.ndarray of bool
        Who may vote for the committee, vote as an owner, come to a meeting.
    kinds : dict of str to numpy.ndarray of bool
        Other participation in the survey year.
    dissatisfied : numpy.ndarray of bool, shape (n,)
        With the residents' committee, whatever they say.
    """

    belonging: Floats
    decided: Booleans
    chance: Floats
    asked_by: Integers
    eligible: dict[str, Booleans]
    kinds: dict[str, Booleans]
    dissatisfied: Booleans

    @property
    def took_part(self) -> Booleans:
        """
        Tell who took part in a community decision in the last four quarters.

        Returns
        -------
        numpy.ndarray of bool, shape (n,)
            Hearings, deliberation and written opinions; votes do not count.
        """
        return _any(self.decided)


def sigmoid(log_odds: Floats) -> Floats:
    """
    Turn log odds into chances.

    Parameters
    ----------
    log_odds : numpy.ndarray of float
        Any numbers.

    Returns
    -------
    numpy.ndarray of float
        Between 0 and 1.
    """
    return 1 / (1 + np.exp(-log_odds))


def quarterly(log_odds: Floats) -> Floats:
    """
    Turn the log odds of a year into the chance of one of its quarters.

    Parameters
    ----------
    log_odds : numpy.ndarray of float
        Log odds of taking part at least once in four quarters.

    Returns
    -------
    numpy.ndarray of float
        Four such quarters give the chance that belongs to the log odds.

    Examples
    --------
    >>> chance = quarterly(np.array([-1.0, 0.0]))
    >>> 1 - (1 - chance) ** 4
    array([0.26894142, 0.5       ])
    """
    # The fourth root, by two square roots, is many times faster than by logarithms.
    return 1 - 1 / np.sqrt(np.sqrt(1 + np.exp(log_odds)))


def belonging_level(
    seed: int,
    community: Community,
    people: People,
    degree: Integers,
    parameters: dict[str, float],
) -> Floats:
    """
    Evaluate the belonging to which residents return, with seven functions in reach.

    Parameters
    ----------
    seed : int
        Seed of the city.
    community : Community
        Its variables.
    people : People
        Its residents.
    degree : numpy.ndarray of int, shape (n,) or (k, n)
        Neighbours whom each resident would visit or ask for help; at several times.
    parameters : dict of str to float
        All parameters.

    Returns
    -------
    numpy.ndarray of float, shape (n,) or (k, n)
        ``-0.95 + 0.5 log(1 + ties) + 0.25 owner + 0.01 years + u + e``, where u is
        the community's own draw, which also moves its ties, and e has standard
        deviation 0.85.
    """
    return (
        -0.95
        + parameters["belonging_ties"] * np.log1p(degree)
        + parameters["belonging_owner"] * people.owner
        + 0.010 * people.tenure
        + parameters["belonging_community"] * community.tie_draw
        + 0.85 * _normal(seed, "belonging", community, people)
    )


def asked(
    seed: int, community: Community, people: People, degree: Integers
) -> Integers:
    """
    Decide who is asked to take part, and by whom.

    Parameters
    ----------
    seed : int
        Seed of the city.
    community : Community
        Its variables.
    people : People
        Its residents.
    degree : numpy.ndarray of int, shape (n,) or (k, n)
        Neighbours whom each resident would visit or ask for help; at several times.

    Returns
    -------
    numpy.ndarray of int, shape (n,) or (k, n)
        Place in `ASKED_BY`, by a multinomial logit: the committee and stairwell
        leaders ask Party members, the old and those who have long lived here;
        neighbours ask those with many ties.
    """
    old, years, close = people.age - 45, people.tenure, np.log1p(degree)
    # Odds against nobody, added up one after the other.
    first = np.exp(-1.75 + 1.1 * people.party + 0.020 * old + 0.020 * years)
    second = first + np.exp(-1.80 + 0.5 * people.party + 0.015 * old + 0.030 * years)
    third = second + np.exp(-2.70 + 0.2 * people.party + 0.005 * old + 0.700 * close)
    uniform = _uniform(seed, "asked", community, people)
    # Read from above, so that nobody stands below the last end.
    by = np.ones(close.shape, dtype=np.int64)
    for odds in (first, second, third):
        by += uniform >= odds / (1 + third)
    return np.where(by > 3, 0, by)


def personal_log_odds(
    owner: Booleans,
    age: Integers,
    party: Booleans,
    asked: Booleans,
    parameters: dict[str, float],
) -> Floats:
    """
    Return the part of the log odds of participation that residents bring.

    Parameters
    ----------
    owner, party, asked : numpy.ndarray of bool, shape (n,)
        Owned home, Party member, asked by somebody.
    age : numpy.ndarray of int, shape (n,)
        Years.
    parameters : dict of str to float
        All parameters.

    Returns
    -------
    numpy.ndarray of float, shape (n,)
        Without belonging, which changes from quarter to quarter.
    """
    return (
        parameters["part_owner"] * owner
        + parameters["part_age"] * (age - 45)
        + parameters["part_party"] * party
        + parameters["part_asked"] * asked
    )


def shared_log_odds(
    time: Floats,
    need: Floats,
    hall: Floats,
    halls_near: Floats,
    parameters: dict[str, float],
) -> Floats:
    """
    Return the part of the log odds of participation that a community shares.

    Parameters
    ----------
    time, need, hall, halls_near : numpy.ndarray of float
        Self-governance time, need, own hall, share of halls nearby, by quarter.
    parameters : dict of str to float
        All parameters.

    Returns
    -------
    numpy.ndarray of float
        Of the same shape.
    """
    return (
        INTERCEPT
        + parameters["part_time"] * time
        - parameters["part_need"] * need
        + parameters["part_hall"] * (hall + parameters["spillover"] * halls_near)
    )


def live(
    own: Floats,
    common: Floats,
    level: Floats,
    functions: Floats,
    uniform: Floats,
    parameters: dict[str, float],
) -> tuple[Floats, Booleans, Floats]:
    """
    Live through twelve quarters of belonging and participation.

    Parameters
    ----------
    own : numpy.ndarray of float, shape (n,) or (12, n)
        From :func:`personal_log_odds`.
    common : numpy.ndarray of float, shape (12,) or (12, n)
        From :func:`shared_log_odds`.
    level : numpy.ndarray of float, shape (n,) or (12, n)
        Belonging to which each returns with seven functions in reach.
    functions : numpy.ndarray of float, shape (12,) or (12, n)
        Functions in reach.
    uniform : numpy.ndarray of float, shape (12, n)
        Stored uniform numbers.
    parameters : dict of str to float
        All parameters.

    Returns
    -------
    belonging : numpy.ndarray of float, shape (13, n)
        Before each quarter, and after the last.
    decided : numpy.ndarray of bool, shape (12, n)
        Whether each took part.
    chance : numpy.ndarray of float, shape (n,)
        Of having taken part in the last four quarters, given all before them.
    """
    services = 0.05 * (functions - 7)
    n = uniform.shape[1]
    own, level = (np.broadcast_to(values, (QUARTERS, n)) for values in (own, level))

    def chance(quarter: int, belonging: Floats) -> Floats:
        log_odds = own[quarter] + common[quarter]
        return quarterly(log_odds + parameters["part_belonging"] * belonging)

    def later(quarter: int, belonging: Floats, part: Booleans | float) -> Floats:
        home = level[quarter] + services[quarter]
        moved = parameters["feedback"] * (part - USUAL)
        return home + BELONGING_KEPT * (belonging - home) + moved

    belonging = np.empty((QUARTERS + 1, n))
    decided = np.empty((QUARTERS, n), dtype=np.bool_)
    belonging[0] = level[0] + services[0]
    for quarter in range(QUARTERS):
        decided[quarter] = uniform[quarter] < chance(quarter, belonging[quarter])
        belonging[quarter + 1] = later(quarter, belonging[quarter], decided[quarter])

    path, never = belonging[YEAR_START], 1.0
    for quarter in range(YEAR_START, QUARTERS):
        never = never * (1 - chance(quarter, path))
        path = later(quarter, path, 0.0)
    return belonging, decided, np.asarray(1 - never)


def participation(
    seed: int,
    community: Community,
    institutions: Institutions,
    people: People,
    degree: Integers,
    parameters: dict[str, float],
    asked_by: Integers | int | None = None,
) -> Participation:
    """
    Live through twelve quarters of one community.

    Parameters
    ----------
    seed : int
        Seed of the city.
    community : Community
        Its variables, which hold in all quarters, as do its residents and ties.
    institutions : Institutions
        Its variables by quarter.
    people : People
        Its residents.
    degree : numpy.ndarray of int, shape (n,)
        Neighbours whom each resident would visit or ask for help.
    parameters : dict of str to float
        All parameters.
    asked_by : int or numpy.ndarray of int, optional
        Who asks everybody, in place of the equation.

    Returns
    -------
    Participation
        Belonging and participation.

    Notes
    -----
    With log odds eta(t) for a year like quarter t, a resident takes part in the
    quarter with chance ``1 - (1 - sigma(eta)) ** (1/4)``. Participation in one quarter
    moves belonging in the next, never in the same, and fades::

        B(t + 1) = B* + 0.7 (B(t) - B*) + feedback (P(t) - 0.08)

    Given belonging at the start of the year, the chance of having taken part in it is
    ``1 - prod(1 - q(t))`` along the path of one who has not yet.

    Origin has no place in any of these equations but that of who is registered to
    vote: it acts through ownership, length of residence, age, Party and ties alone.
    """
    if asked_by is None:
        asked_by = asked(seed, community, people, degree)
    asked_by = np.broadcast_to(asked_by, people.age.shape)
    level = belonging_level(seed, community, people, degree, parameters)
    uniform = _uniform(seed, "participation", community, people, QUARTERS)
    belonging, decided, chance = live(
        personal_log_odds(
            people.owner, people.age, people.party, asked_by > 0, parameters
        ),
        shared_log_odds(
            institutions.self_governance_time,
            institutions.need,
            institutions.hall,
            institutions.halls_near,
            parameters,
        ),
        level,
        institutions.functions,
        uniform,
        parameters,
    )

    took_part = _any(decided)
    eligible = eligibility(seed, community, people)
    return Participation(
        belonging=belonging,
        decided=decided,
        chance=chance,
        asked_by=asked_by,
        eligible=eligible,
        kinds=_kinds(
            seed,
            community,
            institutions,
            people,
            belonging[YEAR_START],
            asked_by,
            eligible,
            took_part,
        ),
        dissatisfied=_uniform(seed, "dissatisfied", community, people)
        < sigmoid(
            -0.85
            - 0.5 * belonging[YEAR_START]
            + 1.2 * (institutions.load[-1] - 1)
            + 0.3 * institutions.need[-1]
        ),
    )


def eligibility(seed: int, community: Community, people: People) -> dict[str, Booleans]:
    """
    Say who may take part in what.

    Parameters
    ----------
    seed : int
        Seed of the city.
    community : Community
        Its variables.
    people : People
        Its residents.

    Returns
    -------
    dict of str to numpy.ndarray of bool
        ``"election"``: local adults, and non-local ones who have registered here, the
        more the longer they have lived here; ``"owners_vote"``: adults of a household
        that owns its home; ``"meeting"``: adults who have lived here half a year.
    """
    adult = people.age >= 18
    uniform = _uniform(seed, "registered", community, people)
    registered = uniform < sigmoid(-1.4 + 0.13 * people.tenure)
    return {
        "election": adult & (~people.non_local | registered),
        "owners_vote": adult & people.owner,
        "meeting": adult & (people.tenure >= 0.5),
    }


def _kinds(
    seed: int,
    community: Community,
    institutions: Institutions,
    people: People,
    belonging: Floats,
    asked_by: Integers,
    eligible: dict[str, Booleans],
    took_part: Booleans,
) -> dict[str, Booleans]:
    """Every other kind of participation in the survey year, each with its own draw."""
    need, hall = institutions.need[-1], institutions.hall[-1]
    time = institutions.self_governance_time[-1] - 0.28

    def happens(kind: str, log_odds: Floats | float) -> Booleans:
        return _uniform(seed, kind, community, people) < sigmoid(np.asarray(log_odds))

    out = {}
    for kind, (start, b, age, party, owner, ask, active, needs, halls) in KINDS.items():
        out[kind] = happens(
            kind,
            start
            + b * belonging
            + age * (people.age - 45)
            + party * people.party
            + owner * people.owner
            + ask * (asked_by > 0)
            + active * community.activity
            + needs * need
            + halls * hall,
        )
    out["voted_election"] &= eligible["election"]
    out["voted_owners"] &= eligible["owners_vote"]
    # A hall brings people to meetings; whether they are heard hangs on the
    # committee's time as well.
    attended = happens("attended_meeting", -0.75 + 0.8 * hall)
    out["attended_meeting"] = attended & took_part & eligible["meeting"]
    spoke = happens("spoke_meeting", -0.2 + 2.0 * time + 0.3 * hall)
    out["spoke_meeting"] = spoke & out["attended_meeting"]
    adopted = happens("adopted_meeting", -1.35 + 4.0 * time + 0.4 * hall)
    out["adopted_meeting"] = adopted & out["spoke_meeting"]
    return out


def _any(decided: Booleans) -> Booleans:
    """Tell who took part in any of the last four quarters."""
    return np.asarray(decided[YEAR_START:].any(axis=0))


def _uniform(
    seed: int, variable: str, community: Community, people: People, times: int = 0
) -> Floats:
    """Look up stored uniform numbers of each resident, or as many rows of them."""
    shape = (community.households * MOST, *([times] if times else []))
    return stream(seed, variable, community.code).random(shape)[people.number].T


def _normal(seed: int, variable: str, community: Community, people: People) -> Floats:
    """Look up stored normal numbers of each resident."""
    draws = stream(seed, variable, community.code)
    return draws.standard_normal(community.households * MOST)[people.number]
