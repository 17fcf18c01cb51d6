"""What a committee has to do and to do it with, quarter by quarter; halls, services."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import comb, erf, exp, sqrt

import numpy as np

from govlib.city.cases import CASES
from govlib.city.people import MOST, Floats
from govlib.city.places import SURVEY_QUARTER, Community, community
from govlib.city.remedies import Remedy, replaced
from govlib.city.streams import stored

# The survey is taken in the last quarter.
QUARTERS = SURVEY_QUARTER
# Need is put on a scale with mean 0 and standard deviation 1 over communities of many
# cities; it keeps this much of its own draw from one quarter to the next.
NEED_MEAN, NEED_SD, NEED_KEPT = -0.12, 1.67, 0.8
# A hall goes where need was high in this quarter, and opens in one of these.
TARGETED, OPENINGS = 4, (5, 7, 9)
# Functions within 15 minutes' walk, of 12, by housing type.
FUNCTIONS = {"old": 8.4, "high-rise": 8.8, "resettlement": 5.3, "lane": 7.2}
SUBURB_HIGH_RISE = 6.3
# Communities of a sub-district are numbered from 1; a hall is known in its own ten.
NEAR = 10


@dataclass(frozen=True, slots=True)
class Institutions:
    """
    The variables of one community that need no residents, quarter by quarter.

    Attributes
    ----------
    older : float
        Expected share of residents aged 60 and over.
    need : numpy.ndarray of float, shape (12,)
        Need of the residents, in standard deviations over communities.
    staff : numpy.ndarray of float, shape (12,)
        Paid workers of the residents' committee.
    mandates : numpy.ndarray of float, shape (12,)
        Tasks a year that higher tiers pass to the committee.
    hall : numpy.ndarray of float, shape (12,)
        1 where a deliberation hall is open, else 0.
    halls_near : numpy.ndarray of float, shape (12,)
        Share of the other communities nearby that have one.
    functions : numpy.ndarray of float, shape (12,)
        Functions of 12 within 15 minutes' walk.
    """

    older: float
    need: Floats
    staff: Floats
    mandates: Floats
    hall: Floats
    halls_near: Floats
    functions: Floats

    @property
    def load(self) -> Floats:
        """
        Return mandates over what the staff can do, 11 each.

        Returns
        -------
        numpy.ndarray of float, shape (12,)
            1 where staff is just enough.
        """
        return load(self.mandates, self.staff)

    @property
    def self_governance_time(self) -> Floats:
        """
        Return the share of the committee's time left for self-governance.

        Returns
        -------
        numpy.ndarray of float, shape (12,)
            Between 0 and 0.55, falling with load.
        """
        return self_governance_time(self.load)

    @property
    def hall_since(self) -> int:
        """
        Return the quarter since which the hall of the last quarter is open.

        Returns
        -------
        int
            0 if there is none.
        """
        closed = np.flatnonzero(self.hall == 0)
        if self.hall[-1] == 0:
            return 0
        return int(closed[-1]) + 2 if closed.size else 1


def load(mandates: Floats, staff: Floats) -> Floats:
    """
    Return mandates over what the staff can do in a year, 11 each.

    Parameters
    ----------
    mandates, staff : numpy.ndarray of float
        Tasks a year, and paid workers.

    Returns
    -------
    numpy.ndarray of float
        1 where staff is just enough.
    """
    return mandates / (11 * staff)


def self_governance_time(load: Floats) -> Floats:
    """
    Return the share of a committee's time that is left for self-governance.

    Parameters
    ----------
    load : numpy.ndarray of float
        Mandates over what the staff can do.

    Returns
    -------
    numpy.ndarray of float
        ``0.55 sigma(3 (1 - load))``.
    """
    return 0.55 / (1 + np.exp(-3 * (1 - load)))


def mandate_number(need: Floats, subdistrict: Floats, own: Floats) -> Floats:
    """
    Return how many tasks a year are passed to committees.

    Parameters
    ----------
    need : numpy.ndarray of float
        Need, in standard deviations.
    subdistrict, own : numpy.ndarray of float
        Standard normal draws of the sub-district and of the community.

    Returns
    -------
    numpy.ndarray of float
        ``115 + 18 need + 20 u + 12 e``, whole, within 40 and 220.
    """
    expected = 115 + 18 * need + 20 * subdistrict
    return np.clip(np.rint(expected + 12 * own), 40, 220)


def need_path(level: Floats, fresh: Floats) -> Floats:
    """
    Return need by quarter.

    Parameters
    ----------
    level : numpy.ndarray of float, shape (...)
        ``0.9 (older - 0.25) / 0.08 - 0.6 wealth``.
    fresh : numpy.ndarray of float, shape (..., 12)
        Standard normal draws.

    Returns
    -------
    numpy.ndarray of float, shape (..., 12)
        Level plus a part of its own with standard deviation 0.7, of which 0.8 is kept
        from quarter to quarter; standardised.
    """
    fresh = 0.7 * fresh
    own = np.empty_like(fresh)
    own[..., 0] = fresh[..., 0]
    for quarter in range(1, QUARTERS):
        kept = NEED_KEPT * own[..., quarter - 1]
        own[..., quarter] = kept + sqrt(1 - NEED_KEPT**2) * fresh[..., quarter]
    return (np.asarray(level)[..., None] + own - NEED_MEAN) / NEED_SD


def need_level(older: Floats | float, wealth: Floats | float) -> Floats:
    """
    Return the level to which need returns, before it is standardised.

    Parameters
    ----------
    older : numpy.ndarray of float
        Expected share of residents aged 60 and over.
    wealth : numpy.ndarray of float
        In standard deviations of the city.

    Returns
    -------
    numpy.ndarray of float
        ``0.9 (older - 0.25) / 0.08 - 0.6 wealth``.
    """
    return np.asarray(0.9 * (older - 0.25) / 0.08 - 0.6 * wealth)


def older_share(community: Community) -> float:
    """
    Expect a share of residents aged 60 and over.

    Parameters
    ----------
    community : Community
        Its variables.

    Returns
    -------
    float
        In [0, 1].

    Notes
    -----
    Heads of households and their partners, and children of very old heads, are 60 or
    more with the chances that their normal draws give; each place in a household is
    taken with the chance that the household is as large.
    """
    total = 0.0
    for share, head, spread, size in (
        (
            1 - community.non_local_share,
            community.head_age,
            14.5,
            community.local_size,
        ),
        (community.non_local_share, 37.0, 10.5, community.non_local_size),
    ):
        chance = (size - 1) / (MOST - 1)
        pmf = [
            comb(MOST - 1, k) * chance**k * (1 - chance) ** (MOST - 1 - k)
            for k in range(MOST)
        ]
        old = 0.0
        for place, (younger, own) in enumerate(((0, 0), (0, 3), (29, 4), (32, 4))):
            z = (head - younger - 60) / sqrt(spread**2 + own**2)
            old += sum(pmf[place:]) * (1 + erf(z / sqrt(2))) / 2
        total += share * old / size
    return total


@lru_cache(maxsize=64)
def _hall(seed: int, code: str, remedies: tuple[Remedy, ...]) -> tuple[float, ...]:
    """Whether a community has a hall, by quarter; kept, since nine others ask."""
    place = community(seed, code, remedies=remedies)
    targeted = need(seed, place, older_share(place))[TARGETED - 1]
    draws = stored("random", (2,), seed, "hall", code)
    since = OPENINGS[int(draws[1] * len(OPENINGS))]
    given = draws[0] < 1 / (1 + exp(0.2 - 1.3 * targeted))
    case = _fixed(code).get("hall", given)
    return tuple(
        replaced(remedies, "hall", code, q, float(case and q >= since))
        for q in range(1, QUARTERS + 1)
    )


def _fixed(code: str) -> dict[str, float]:
    """Look up what the study says of a community or of its sub-district."""
    within = (code, code.rpartition("-")[0])
    return {k: v for c in CASES if c.community in within for k, v in c.fixed.items()}


def need(seed: int, community: Community, older: float) -> Floats:
    """
    Evaluate the need of a community's residents by quarter.

    Parameters
    ----------
    seed : int
        Seed of the city.
    community : Community
        Its variables.
    older : float
        Expected share of residents aged 60 and over.

    Returns
    -------
    numpy.ndarray of float, shape (12,)
        ``0.9 (older - 0.25) / 0.08 - 0.6 wealth + e(t)``, standardised, where e has
        standard deviation 0.7 and ``e(t + 1) = 0.8 e(t)`` plus a fresh draw.
    """
    fresh = stored("standard_normal", (QUARTERS,), seed, "need", community.code)
    return need_path(need_level(older, community.wealth), fresh)


def institutions(
    seed: int, community: Community, remedies: Sequence[Remedy] = ()
) -> Institutions:
    """
    Evaluate the equations of a community's institutions.

    Parameters
    ----------
    seed : int
        Seed of the city.
    community : Community
        Its variables, which hold in all quarters.
    remedies : sequence of Remedy, optional
        Interventions.

    Returns
    -------
    Institutions
        Its variables by quarter.

    Notes
    -----
    Mandates are 115 + 18 need + 20 u + a normal draw with standard deviation 12,
    within 40 and 220, where u is the sub-district's own draw. A hall is given with log
    odds -0.2 + 1.3 need: to places that take part less. Nearby are the other
    communities of the same ten in a sub-district's numbering (in the course city the
    whole sub-district), whether or not a smaller city shows them: so a community is
    the same in every city that has it.

    Examples
    --------
    >>> from govlib.city.places import community
    >>> place = institutions(2026, community(2026, "B-3-04"))
    >>> bool(place.hall[-1]), place.mandates.shape
    (True, (12,))
    """
    code, given = community.code, tuple(remedies)
    subdistrict = community.subdistrict
    fixed = _fixed(code)
    quarters = range(1, QUARTERS + 1)

    def normal(variable: str, place: str = code) -> float:
        return float(stored("standard_normal", (), seed, variable, place))

    def path(variable: str, values: Floats) -> Floats:
        values = np.broadcast_to(fixed.get(variable, values), QUARTERS)
        return np.array(
            [
                replaced(given, variable, code, quarter, float(value))
                for quarter, value in zip(quarters, values, strict=True)
            ]
        )

    older = older_share(community)
    needs = need(seed, community, older)
    passed = mandate_number(
        needs,
        np.asarray(normal("subdistrict", subdistrict)),
        np.asarray(normal("mandates")),
    )
    staff = 10 * (community.households / 1600) ** 0.5 * exp(0.22 * normal("staff"))
    level = FUNCTIONS[community.housing]
    if community.housing == "high-rise" and community.ring == "suburb":
        level = SUBURB_HIGH_RISE
    services = level + 0.5 * (community.wealth - community.type.wealth)
    services += 1.5 * normal("functions")
    number = int(code[-2:]) - 1
    first = number - number % NEAR
    near = [
        _hall(seed, f"{subdistrict}-{k + 1:02}", given)
        for k in range(first, first + NEAR)
        if k != number
    ]
    return Institutions(
        older=older,
        need=needs,
        staff=path("staff", np.clip(np.rint(np.array(staff)), 5, 20)),
        mandates=path("mandates", passed),
        hall=np.array(_hall(seed, code, given)),
        halls_near=np.mean(near, axis=0),
        functions=path("functions", np.clip(np.rint(np.array(services)), 0, 12)),
    )
