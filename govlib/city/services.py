"""Services of S city: where they are, who walks how far, who expects what of them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from govlib.city.base import Base
from govlib.city.cases import CASES
from govlib.city.lived import Lived, lived
from govlib.city.people import Booleans, Floats, Homes, People
from govlib.city.places import Community
from govlib.city.service_places import (
    OPERATORS,
    TWELVE,
    WALK,
    Blocks,
    Facilities,
    River,
    blocks,
    corner,
    facilities,
    office,
    river,
    ten_of,
    walk,
    walks_from,
)
from govlib.city.streams import stream
from govlib.city.survey import draw
from govlib.city.tables import Columns, joined

TABLES = ("blocks", "facilities", "offices", "service_survey", "walks")

NEW_TOWN = next(case.place for case in CASES if case.case == "new_town")
# Income a month per head of a household: median in yuan, spread of its logarithm.
# It follows the community's wealth and a draw of its own, together about standard.
INCOME, INCOME_SPREAD = 6000.0, 0.45
INCOME_WEALTH, INCOME_OWN = 0.75, 0.65
# Functions that people of middling income expect, and how far people differ.
EXPECTED, EXPECTED_SPREAD = 7.5, 1.2
# Satisfaction of 100 where people have seven functions and expect what is usual.
SATISFIED, SATISFIED_SPREAD, USUAL = 66.0, 11.0, 7.0

# Columns of the survey on services, and the answers they hold.
ANSWERS = {
    "income": "income",
    "expected_functions": "expected",
    "satisfaction": "satisfaction",
}


@dataclass(frozen=True, slots=True)
class Ten:
    """
    Ten communities that share facilities, and all that lies between them.

    Attributes
    ----------
    places : list of int
        Communities, by their place in the city.
    offices : numpy.ndarray of float, shape (n, 2)
        Where their committees have offices, in metres from the corner of the ten.
    river : River or None
        The river through the ten.
    facilities : Facilities
        All facilities.
    """

    places: list[int]
    offices: Floats
    river: River | None
    facilities: Facilities

    @property
    def walks_of_offices(self) -> Floats:
        """
        Measure the walk from each office to each facility.

        Returns
        -------
        numpy.ndarray of float, shape (n, k)
            Metres, one column for each entry of the facilities.
        """
        return walk(self.offices, self.facilities.place, self.river)


def tens(base: Base) -> list[Ten]:
    """
    Build the facilities of a city, ten by ten.

    Parameters
    ----------
    base : Base
        The city without its residents.

    Returns
    -------
    list of Ten
        In the order of the communities.
    """
    inside: dict[str, list[int]] = {}
    for number, place in enumerate(base.places):
        inside.setdefault(ten_of(place), []).append(number)
    functions = base.by_quarter("functions")[:, -1]
    found = []
    for numbers in inside.values():
        some = [base.places[i] for i in numbers]
        built = facilities(
            base.seed,
            some,
            functions[numbers],
            centres=some[0].subdistrict == NEW_TOWN,
        )
        at = np.array([office(base.seed, place) for place in some])
        found.append(Ten(numbers, at, river(base.seed, some[0]), built))
    return found


def income(seed: int, community: Community) -> Floats:
    """
    Give every household of a community an income.

    Parameters
    ----------
    seed : int
        Seed of the city.
    community : Community
        Its variables.

    Returns
    -------
    numpy.ndarray of float, shape (households,)
        ``0.75 wealth + 0.65 e``, about standard over the city's households; in yuan a
        month per head ``6000 exp(0.45 income)``.
    """
    own = stream(seed, "services_income", community.code)
    drawn = own.standard_normal(community.households)
    return INCOME_WEALTH * community.wealth + INCOME_OWN * drawn


def yuan(standard: Floats) -> Floats:
    """
    Turn standardised income into yuan.

    Parameters
    ----------
    standard : numpy.ndarray of float
        As from :func:`income`.

    Returns
    -------
    numpy.ndarray of float
        Yuan a month per head.

    Examples
    --------
    >>> yuan(np.array([0.0]))
    array([6000.])
    """
    return INCOME * np.exp(INCOME_SPREAD * standard)


def expected_functions(
    income: Floats, draws: Floats, parameters: dict[str, float]
) -> Floats:
    """
    Say how many of the twelve functions people expect within 15 minutes.

    Parameters
    ----------
    income : numpy.ndarray of float, shape (n,)
        Standardised.
    draws : numpy.ndarray of float, shape (n,)
        Standard normal.
    parameters : dict of str to float
        All parameters.

    Returns
    -------
    numpy.ndarray of float, shape (n,)
        ``7.5 + expectation_income income + 1.2 e``, not rounded.
    """
    rise = parameters["expectation_income"] * income
    return EXPECTED + rise + EXPECTED_SPREAD * draws


def satisfaction(
    functions: Floats | float,
    expected: Floats,
    draws: Floats,
    parameters: dict[str, float],
) -> Floats:
    """
    Evaluate satisfaction with the services near by.

    Parameters
    ----------
    functions : float or numpy.ndarray of float, shape (n,)
        Functions of 12 within 15 minutes' walk of the community's office.
    expected : numpy.ndarray of float, shape (n,)
        Functions expected.
    draws : numpy.ndarray of float, shape (n,)
        Standard normal.
    parameters : dict of str to float
        All parameters.

    Returns
    -------
    numpy.ndarray of float, shape (n,)
        ``66 + satisfaction_functions (functions - 7) + satisfaction_expectation
        (expected - 7.5) + 11 e``, on a scale of 0 to 100 that it may leave.

    Notes
    -----
    Belonging and how requests are handled have no part in it: what functions do by way
    of belonging is small and within their coefficient.
    """
    return (
        SATISFIED
        + parameters["satisfaction_functions"] * (functions - USUAL)
        + parameters["satisfaction_expectation"] * (expected - EXPECTED)
        + SATISFIED_SPREAD * draws
    )


def answers(
    base: Base, number: int, built: Homes, who: People
) -> dict[str, np.ndarray]:
    """
    Ask those drawn for the survey about services, by telephone.

    Parameters
    ----------
    base : Base
        The city without its residents.
    number : int
        Place of the community in it.
    built : Homes
        Where each household lives.
    who : People
        Residents.

    Returns
    -------
    dict of str to numpy.ndarray
        One entry per resident who answered: ``person`` (place in `People`),
        ``weight`` as in the survey, ``income`` in yuan, ``expected``,
        ``satisfaction``; NaN where a question was left open.

    Notes
    -----
    Tenants, the young and people in tall buildings answer less often; of those who
    do, the rich leave the question on income open more often.
    """
    seed, place = base.seed, base.places[number]
    sample = draw(seed, place, who, base.size.surveyed)
    person, k = sample.person, base.size.surveyed
    home = who.household[person]

    def draws(item: str) -> np.random.Generator:
        return stream(seed, f"services_{item}", place.code)

    willing = (
        1.2
        + 0.6 * who.owner[person]
        + 0.02 * (who.age[person] - 45)
        - 0.5 * built.tall[home]
    )
    told: Booleans = draws("answer").logistic(size=k) < willing
    # People of one household have one income, whoever of them is asked.
    rich = income(seed, place)[home]
    hoped = expected_functions(
        rich, draws("expectation").standard_normal(k), base.parameters
    )
    content = satisfaction(
        base.institutions[number].functions[-1],
        hoped,
        draws("satisfaction").standard_normal(k),
        base.parameters,
    )
    items = {
        "income": 100 * np.rint(yuan(rich) / 100),
        "expected": np.clip(np.rint(hoped), 0, len(TWELVE)),
        "satisfaction": np.clip(np.rint(content), 0, 100),
    }
    for item, values in items.items():
        silent = -2.1 + 0.3 * rich if item == "income" else -3.5
        values[draws(f"open_{item}").logistic(size=k) < silent] = np.nan
    out = {"person": person, "weight": sample.weight}
    return {item: values[told] for item, values in (out | items).items()}


def tables(base: Base) -> dict[str, pd.DataFrame]:
    """
    Make the tables on services.

    Parameters
    ----------
    base : Base
        The city without its residents.

    Returns
    -------
    dict of str to pandas.DataFrame
        ``blocks``, ``facilities``, ``offices``, ``service_survey`` and ``walks`` (up
        to 1,000 metres).
    """
    plan = planned(base)
    return gathered(base.codes, plan, [visited(home, plan) for home in lived(base)])


@dataclass(frozen=True, slots=True)
class Plan:
    """
    What was built for each community.

    Attributes
    ----------
    offices, facilities : dict of str to pandas.DataFrame
        Rows of these tables for ten communities, by the code of the first.
    corner : list of numpy.ndarray
        By community, the corner from which places are measured.
    river : list of River or None
        The river through its ten.
    names : list of numpy.ndarray
        Facilities of its ten.
    built : list of numpy.ndarray, shape (k, 2)
        Where these stand.
    """

    offices: dict[str, pd.DataFrame]
    facilities: dict[str, pd.DataFrame]
    corner: list[Floats]
    river: list[River | None]
    names: list[np.ndarray]
    built: list[Floats]


def planned(base: Base) -> Plan:
    """Build the facilities of a city and name them."""
    n = len(base.places)
    nothing = [np.empty(0)] * n
    plan = Plan({}, {}, [*nothing], [None] * n, [*nothing], [*nothing])
    numbered: dict[str, int] = {}
    for ten in tens(base):
        first = base.places[ten.places[0]]
        at = corner(first, base.size)
        codes = np.array([base.places[i].code for i in ten.places])
        start = numbered.get(first.subdistrict, 0)
        built = ten.facilities
        names = np.array(
            [f"{first.subdistrict}-{start + n + 1:03}" for n in built.number]
        )
        numbered[first.subdistrict] = start + len(set(built.number.tolist()))
        plan.offices[first.code] = pd.DataFrame(
            {"community": codes} | _metres(ten.offices + at)
        )
        plan.facilities[first.code] = pd.DataFrame(
            {
                "facility": names,
                "community": codes[ten.walks_of_offices.argmin(axis=0)]
                if len(names)
                else names,
                "function": np.array(list(TWELVE))[built.function],
                **_metres(built.place + at),
                "capacity": built.capacity,
                "operator": np.array(OPERATORS)[built.operator],
            }
        )
        _, once = np.unique(built.number, return_index=True)
        for number in ten.places:
            plan.corner[number], plan.river[number] = at, ten.river
            plan.names[number], plan.built[number] = names[once], built.place[once]
    return plan


def visited(home: Lived, plan: Plan) -> dict[str, Columns]:
    """Return the rows of one community: blocks, walks from them, and the survey."""
    base, number, place = home.base, home.number, home.place
    near = blocks(base.seed, place, home.homes)
    rows = {
        "blocks": _blocks(base, place, home.people, near, plan.corner[number]),
        "service_survey": _survey(base, number, home.homes, home.people),
    }
    names = plan.names[number]
    if len(names):
        length = walks_from(near, plan.built[number], plan.river[number])
        b, f = np.nonzero(length <= WALK)
        rows["walks"] = {
            "block": _names(place, near)[b],
            "facility": names[f],
            "metres": np.rint(length[b, f]).astype(np.int64),
        }
    return rows


def gathered(
    codes: Sequence[str],
    plan: Plan,
    parts: Sequence[dict[str, Columns]],
) -> dict[str, pd.DataFrame]:
    """Put the rows of communities together, in order."""
    tens = [code for code in codes if code in plan.offices]
    found = {
        "offices": pd.concat([plan.offices[code] for code in tens]),
        "facilities": pd.concat([plan.facilities[code] for code in tens]),
    }
    for name in ("blocks", "service_survey", "walks"):
        some = [part[name] for part in parts if name in part]
        if some:
            found[name] = joined(some)
    answered = dict.fromkeys(ANSWERS, "Int64")
    found["service_survey"] = found["service_survey"].astype(answered)
    keys = {
        "blocks": ["block"],
        "facilities": ["facility", "function"],
        "offices": ["community"],
        "service_survey": ["resident"],
        "walks": ["block", "facility"],
    }
    return {
        name: table.sort_values(keys[name], ignore_index=True)
        for name, table in found.items()
    }


def _metres(places: Floats) -> dict[str, np.ndarray]:
    whole = np.rint(places).astype(np.int64)
    return {"x": whole[:, 0], "y": whole[:, 1]}


def _names(place: Community, near: Blocks) -> np.ndarray:
    """Return the codes of a community's blocks."""
    pairs = zip(near.estate, near.number, strict=True)
    return np.array([f"{place.code}-{e + 1}-{n + 1}" for e, n in pairs])


def _blocks(
    base: Base, place: Community, who: People, near: Blocks, at: Floats
) -> Columns:
    """Count who lives in each block, and average what they live on."""
    n = near.estate.size
    of = near.of_household[who.household]
    residents = np.bincount(of, minlength=n)
    paid = yuan(income(base.seed, place))[who.household]
    mean = np.bincount(of, paid, minlength=n) / np.maximum(residents, 1)
    return {
        "block": _names(place, near),
        "community": np.full(n, place.code),
        **_metres(near.place + at),
        "gated": near.gated,
        "residents": residents,
        "older": np.bincount(of[who.age >= 60], minlength=n),
        "income": (100 * np.rint(mean / 100)).astype(np.int64),
    }


def _survey(base: Base, number: int, built: Homes, who: People) -> Columns:
    """Put the answers of one community into rows."""
    place = base.places[number]
    told = answers(base, number, built, who)
    estate = built.estate[who.household]
    first = np.searchsorted(estate, np.arange(place.estates))
    person = told["person"]
    names = [
        f"{place.code}-{e + 1}-{i - first[e] + 1:05}"
        for i, e in zip(person, estate[person], strict=True)
    ]
    return {"resident": names, **{name: told[item] for name, item in ANSWERS.items()}}
