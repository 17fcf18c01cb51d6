"""What joint meetings and deliberation halls do with the items on their agenda."""

from dataclasses import dataclass

import numpy as np

from govlib.city.institutions import QUARTERS, Institutions
from govlib.city.participation import sigmoid
from govlib.city.people import Booleans, Floats, Integers
from govlib.city.places import Community, whole
from govlib.city.streams import poisson_quantile, stream

TOPICS = ("lift", "parking", "waste", "property service", "common space")
# Residents called to one item at most, and items of a quarter at most.
MOST_INVITED, MOST_ITEMS = 60, 6


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
