"""From arrays to tables: codes for every place and person, tidy rows, fixed order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from govlib.city.cases import CASES
from govlib.city.participation import ASKED_BY
from govlib.city.people import homes
from govlib.city.places import RINGS, Size, community
from govlib.city.survey import BELONGING

if TYPE_CHECKING:
    from govlib.city.model import Neighbourhood
    from govlib.city.people import Floats
    from govlib.city.survey import Answers

# Columns of the rows that a theme has for one community.
Columns = dict[str, Any]

# Tables that tell of the estates whose network is counted.
ROSTERS = (
    "estates",
    "census_residents",
    "census_ties",
    "resettlement_residents",
    "resettlement_ties",
)
# Who was asked, column by column, and what they answered.
Told = tuple[dict[str, Any], "dict[str, Floats]"]

# Households of the estates whose network is counted, three of each housing type.
CENSUS_SIZES = {
    "old": (120, 400, 800),
    "high-rise": (150, 500, 1000),
    "resettlement": (250, 600, 900),
    "lane": (90, 200, 400),
}
ORIGINS = np.array(["local", "non-local"])
SEXES = np.array(["male", "female"])
# Words for the answers that are stored as numbers; other questions are yes or no,
# but for these counts and scales.
WORDS = {"asked_by": ASKED_BY, "list_version": ("short", "long")}
NUMBERS = {
    "ties",
    "known_by_name",
    "visits",
    "jobs_known",
    "trust_neighbours",
    "list_count",
    *BELONGING,
}


def joined(parts: Sequence[Columns]) -> pd.DataFrame:
    """
    Put rows of several communities into one table.

    Parameters
    ----------
    parts : sequence of dict
        Columns by name, the same in each part.

    Returns
    -------
    pandas.DataFrame
        The rows in order. One table is made much faster than many.

    Examples
    --------
    >>> joined([{"ties": [1, 2]}, {"ties": [3]}])["ties"].tolist()
    [1, 2, 3]
    """
    return pd.DataFrame(
        {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    )


def census_estates(seed: int, codes: list[str]) -> dict[str, str]:
    """
    Choose the estates whose network is counted.

    For each housing type and size, the estate with the nearest number of households
    in a community with at least 15 per cent of either origin. The choice is made on
    the city without remedies, so that a remedy does not move the census.

    Parameters
    ----------
    seed : int
        Seed of the city.
    codes : list of str
        Codes of its communities.

    Returns
    -------
    dict of str to str
        ``"census"`` or ``"resettlement"`` by code of the estate.
    """
    found: list[tuple[str, str, int]] = []
    chosen: dict[str, str] = {}
    named = {c.place: c.case for c in CASES if c.level == "estate"}
    for code in codes:
        place = community(seed, code)
        counts = np.bincount(homes(seed, place).estate, minlength=place.estates)
        for number, households in enumerate(counts, 1):
            estate = f"{code}-{number}"
            if estate in named:
                if named[estate] == "resettlement_estate":
                    chosen[estate] = "resettlement"
            elif 0.15 <= place.non_local_share <= 0.85:
                found.append((place.housing, estate, int(households)))
    for housing, wanted in CENSUS_SIZES.items():
        for households in wanted:
            near = [
                (abs(have - households), estate)
                for kind, estate, have in found
                if kind == housing and estate not in chosen
            ]
            if near:
                chosen[min(near)[1]] = "census"
    return chosen


def addresses(place: Neighbourhood, who: NDArray[np.int64]) -> dict[str, list[str]]:
    """
    Name residents and where they live.

    Parameters
    ----------
    place : Neighbourhood
        One community.
    who : numpy.ndarray of int, shape (k,)
        Residents, by their place in `People`.

    Returns
    -------
    dict of str to list of str
        Codes of each: ``resident``, ``estate``, ``building``, ``stairwell`` and
        ``household``.
    """
    at, home = place.homes, place.people.household
    # Residents and households are numbered within their estate, from 1.
    first_home = np.searchsorted(at.estate, np.arange(place.community.estates))
    first_resident = np.searchsorted(home, first_home)
    estate = at.estate[home[who]]
    resident = who - first_resident[estate] + 1
    household = home[who] - first_home[estate] + 1
    out: dict[str, list[str]] = {
        name: []
        for name in ("resident", "estate", "building", "stairwell", "household")
    }
    for e, r, h, b, s in zip(
        estate,
        resident,
        household,
        at.building[home[who]],
        at.stairwell[home[who]],
        strict=True,
    ):
        code = f"{place.community.code}-{e + 1}"
        out["resident"].append(f"{code}-{r:05}")
        out["estate"].append(code)
        out["building"].append(f"{code}-B{b + 1:02}")
        out["stairwell"].append(f"{code}-B{b + 1:02}-{s + 1}")
        out["household"].append(f"{code}-H{h:04}")
    return out


class Rows:
    """
    Collect the rows of all tables, community by community.

    Parameters
    ----------
    seed : int
        Seed of the city.
    size : Size
        Size of the city.
    """

    def __init__(self, seed: int, size: Size) -> None:
        self.seed = seed
        self.size = size
        self.communities: list[dict[str, Any]] = []
        self.estates: list[dict[str, Any]] = []
        self.survey: list[Told] = []
        self.room: list[Told] = []
        self.residents: dict[str, list[pd.DataFrame]] = {
            "census": [],
            "resettlement": [],
        }
        self.ties: dict[str, list[pd.DataFrame]] = {"census": [], "resettlement": []}

    def add(
        self,
        place: Neighbourhood,
        answers: Answers,
        room: Answers,
        rosters: Mapping[str, str],
    ) -> None:
        """
        Add one community.

        Parameters
        ----------
        place : Neighbourhood
            The community.
        answers : Answers
            Its survey.
        room : Answers
            Those met in its activity room.
        rosters : mapping of str to str
            Estates whose network is counted.
        """
        if not self.communities:
            # A city without any roster still has the tables, with no rows.
            nobody = np.array([], dtype=np.int64)
            for roster in self.residents:
                self.residents[roster].append(_residents(place, nobody))
                self.ties[roster].append(_ties(place, nobody))
        self.communities.append(_community(place))
        self.survey.append(_survey(place, answers))
        self.room.append(_room(place, room))
        of_person = place.homes.estate[place.people.household]
        for number in range(place.community.estates):
            estate = f"{place.community.code}-{number + 1}"
            roster = rosters.get(estate, "none")
            here = np.flatnonzero(of_person == number)
            self.estates.append(_estate(place, number, here) | {"roster": roster})
            if roster != "none":
                self.residents[roster].append(_residents(place, here))
                self.ties[roster].append(_ties(place, here))

    def frames(self) -> dict[str, pd.DataFrame]:
        """
        Return all tables, each sorted by its key.

        Returns
        -------
        dict of str to pandas.DataFrame
            The tables by name.
        """
        out = {
            **_divisions(self.size),
            "communities": pd.DataFrame(self.communities),
            "estates": pd.DataFrame(self.estates),
            "survey": _told(self.survey),
            "activity_room": _told(self.room),
        }
        for roster in ("census", "resettlement"):
            for kind, parts in (("residents", self.residents), ("ties", self.ties)):
                out[f"{roster}_{kind}"] = pd.concat(parts[roster])
        out["cases"] = cases(out)
        for name, frame in out.items():
            by = list(frame.columns[: 3 if "ties" in name else 1])
            out[name] = frame.sort_values(by, ignore_index=True)
        return out


def cases(made: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """
    List the places that the study names, as far as the city has them.

    Parameters
    ----------
    made : mapping of str to pandas.DataFrame
        Tables of districts, subdistricts, communities and estates.

    Returns
    -------
    pandas.DataFrame
        One row per case, in order of its name.
    """
    known: set[str] = set()
    for level in ("district", "subdistrict"):
        known |= set(made[f"{level}s"][level])
    known |= set(made["communities"]["community"]) | set(made["estates"]["estate"])
    names = (
        "case",
        "level",
        "place",
        "title_en",
        "title_zh",
        "description_en",
        "description_zh",
        "chapter",
    )
    rows = [
        {name: getattr(case, name) for name in names}
        for case in CASES
        if case.place in known
    ]
    return pd.DataFrame(rows, columns=list(names)).sort_values(
        "case", ignore_index=True
    )


def _divisions(size: Size) -> dict[str, pd.DataFrame]:
    """Districts, and sub-districts or towns, with their names in both languages."""
    named = {c.place: c for c in CASES if c.level == "sub-district"}
    districts, subdistricts = [], []
    for district in list(RINGS)[: size.districts]:
        ring = RINGS[district]
        districts.append(
            {
                "district": district,
                "ring": ring,
                "title_en": f"District {district}",
                "title_zh": f"{district}区",
            }
        )
        for number in range(1, size.subdistricts + 1):
            code = f"{district}-{number}"
            # In the suburbs every other division of a district is a town.
            town = ring == "suburb" and number % 2 == 1
            english, chinese = ("Town", "镇") if town else ("Sub-district", "街道")
            title_en = f"{english} {number} of district {district}"
            title_zh = f"{district}区第{number}{chinese}"
            if code in named:
                title_en, title_zh = named[code].title_en, named[code].title_zh
            subdistricts.append(
                {
                    "subdistrict": code,
                    "district": district,
                    "kind": "town" if town else "sub-district",
                    "title_en": title_en,
                    "title_zh": title_zh,
                }
            )
    return {
        "districts": pd.DataFrame(districts),
        "subdistricts": pd.DataFrame(subdistricts),
    }


def _community(place: Neighbourhood) -> dict[str, Any]:
    who, what, has = place.people, place.community, place.institutions
    return {
        "community": what.code,
        "subdistrict": what.subdistrict,
        "district": what.district,
        "ring": what.ring,
        "housing": what.housing,
        "estates": what.estates,
        "households": what.households,
        "residents": who.age.size,
        "non_local_share": who.non_local.mean(),
        "older_share": (who.age >= 60).mean(),
        "owner_share": who.owner.mean(),
        "wealth": what.wealth,
        "activity": bool(what.activity),
        "need": has.need[-1],
        "staff": int(has.staff[-1]),
        "mandates": int(has.mandates[-1]),
        "load": has.load[-1],
        "self_governance_time": has.self_governance_time[-1],
        "hall": bool(has.hall[-1]),
        "hall_since": has.hall_since,
        "functions": int(has.functions[-1]),
    }


def _estate(
    place: Neighbourhood, number: int, here: NDArray[np.int64]
) -> dict[str, Any]:
    at, who = place.homes, place.people
    home = at.estate == number
    stairwells = np.unique(at.building[home] * 1000 + at.stairwell[home])
    return {
        "estate": f"{place.community.code}-{number + 1}",
        "community": place.community.code,
        "housing": place.community.housing,
        "built": int(at.built[number]),
        "buildings": int(at.building[home].max()) + 1,
        "stairwells": stairwells.size,
        "most_floors": int(at.floors[home].max()),
        "households": int(home.sum()),
        "residents": here.size,
        "non_local": int(who.non_local[here].sum()),
    }


def _attributes(place: Neighbourhood, who: NDArray[np.int64]) -> dict[str, Any]:
    people = place.people
    return {
        "origin": ORIGINS[people.non_local[who].astype(int)],
        "age": people.age[who],
        "sex": SEXES[people.female[who].astype(int)],
        "owner": people.owner[who],
        "tenure_years": people.tenure[who],
        "party_member": people.party[who],
    }


def _residents(place: Neighbourhood, here: NDArray[np.int64]) -> pd.DataFrame:
    names = addresses(place, here)
    household = names.pop("household")
    floor = place.homes.floor[place.people.household[here]]
    last = {"floor": floor, "household": household, **_attributes(place, here)}
    return pd.DataFrame(names | last)


def _ties(place: Neighbourhood, here: NDArray[np.int64]) -> pd.DataFrame:
    inside = np.isin(place.ties.source, here) & np.isin(place.ties.target, here)
    source, target = (
        np.searchsorted(here, ends[inside])
        for ends in (place.ties.source, place.ties.target)
    )
    names = addresses(place, here)
    resident = np.array(names["resident"], dtype=object)
    return pd.DataFrame(
        {
            "estate": np.array(names["estate"], dtype=object)[source],
            "source": resident[source],
            "target": resident[target],
        }
    )


def _survey(place: Neighbourhood, answers: Answers) -> Told:
    who = answers.person
    names = addresses(place, who)
    about = {
        "resident": names["resident"],
        "community": np.full(who.size, place.community.code),
        "estate": names["estate"],
        "weight": answers.weight,
        "answered": answers.answered,
        "building_floors": place.homes.floors[place.people.household[who]],
        **_attributes(place, who),
    }
    return about, answers.items


def _room(place: Neighbourhood, room: Answers) -> Told:
    names = addresses(place, room.person)
    about = {
        "resident": names["resident"],
        "community": np.full(room.person.size, place.community.code),
        "estate": names["estate"],
        **_attributes(place, room.person),
    }
    return about, room.items


def _told(parts: list[Told]) -> pd.DataFrame:
    """Put communities below one another: columns once, not a frame for each."""
    about, items = (
        {name: np.concatenate([part[name] for part in kind]) for name in kind[0]}
        for kind in zip(*parts, strict=True)
    )
    return pd.DataFrame({**about, **_items(items)})


def _items(items: dict[str, Floats]) -> dict[str, Any]:
    """Answers as columns: words, whole numbers, or yes and no."""
    out: dict[str, Any] = {}
    for item, values in items.items():
        if item in WORDS:
            word = dict(enumerate(WORDS[item]))
            out[item] = pd.Series(values).map(word).to_numpy(dtype=object)
        else:
            kind = "Int64" if item in NUMBERS else "boolean"
            out[item] = pd.array(values, dtype="Float64").astype(kind)
    return out
