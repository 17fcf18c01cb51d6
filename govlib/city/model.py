"""Simulate S city: every table from one model."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np
import pandas as pd
from tqdm import tqdm

from govlib import _validate
from govlib.city import parameters as parameters_
from govlib.city import places as places_
from govlib.city import remedies as remedies_
from govlib.city import survey, tables
from govlib.city.institutions import Institutions, institutions
from govlib.city.participation import Participation, participation
from govlib.city.people import Homes, Integers, People, homes, people
from govlib.city.places import Community, Size
from govlib.city.remedies import Remedy
from govlib.city.ties import WORLDS, Ties, ties


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """
    One community with its residents and their ties, as arrays.

    Attributes
    ----------
    community : Community
        Its variables.
    institutions : Institutions
        Those that change from quarter to quarter.
    homes : Homes
        Where each household lives.
    people : People
        Its residents.
    ties : Ties
        Their ties.
    parameters : dict of str to float
        Every parameter of the model.
    seed : int
        Seed of all draws.
    """

    community: Community
    institutions: Institutions
    homes: Homes
    people: People
    ties: Ties
    parameters: dict[str, float]
    seed: int

    @property
    def degree(self) -> Integers:
        """
        Number of neighbours whom each resident would visit or ask, in and outside.

        Returns
        -------
        numpy.ndarray of int, shape (n,)
            One number per resident.
        """
        n = self.people.age.size
        ends = np.concatenate((self.ties.source, self.ties.target))
        return np.bincount(ends, minlength=n) + self.ties.outside

    def participation(self) -> Participation:
        """
        Live through the twelve quarters.

        Returns
        -------
        Participation
            Belonging and participation of every resident.
        """
        return participation(
            self.seed,
            self.community,
            self.institutions,
            self.people,
            self.degree,
            self.parameters,
        )


@dataclass(frozen=True, slots=True)
class City:
    """
    A synthetic S city: its tables and what made them.

    Attributes
    ----------
    districts, subdistricts, communities, estates : pandas.DataFrame
        The places, one row each.
    cases : pandas.DataFrame
        Where the places stand that the study names.
    survey : pandas.DataFrame
        One row per resident drawn for the survey, with weight and missing answers.
    activity_room : pandas.DataFrame
        Five adults met in the activity room of each community: no sample of anybody.
    census_residents, census_ties : pandas.DataFrame
        All residents of a dozen estates, and all ties within each estate.
    resettlement_residents, resettlement_ties : pandas.DataFrame
        The same for the study's resettlement estate.
    parameters : dict of str to float
        Every parameter of the model.
    remedies : tuple of Remedy
        Interventions.
    seed : int
        Seed of all draws.
    world : str
        ``"conflict"`` or ``"contact"``.
    """

    districts: pd.DataFrame
    subdistricts: pd.DataFrame
    communities: pd.DataFrame
    estates: pd.DataFrame
    cases: pd.DataFrame
    survey: pd.DataFrame
    activity_room: pd.DataFrame
    census_residents: pd.DataFrame
    census_ties: pd.DataFrame
    resettlement_residents: pd.DataFrame
    resettlement_ties: pd.DataFrame
    parameters: dict[str, float]
    remedies: tuple[Remedy, ...]
    seed: int
    world: str

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """
        All tables by name.

        Returns
        -------
        dict of str to pandas.DataFrame
            The tables.
        """
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {k: v for k, v in values.items() if isinstance(v, pd.DataFrame)}

    def __str__(self) -> str:
        return (
            f"Synthetic S city (seed {self.seed}, {self.world}): "
            f"{len(self.communities):,} communities, "
            f"{self.communities['residents'].sum():,} residents, "
            f"{len(self.survey):,} drawn for the survey"
        )


def neighbourhood(
    seed: int,
    code: str,
    *,
    remedies: Sequence[Remedy] = (),
    parameters: Mapping[str, float] | None = None,
    world: str = "conflict",
) -> Neighbourhood:
    """
    Simulate one community alone, with the same draws as in the whole city.

    Parameters
    ----------
    seed : int
        Seed of the city.
    code : str
        Code of the community.
    remedies : sequence of Remedy, optional
        Interventions.
    parameters : mapping of str to float, optional
        Parameters to replace.
    world : str, default "conflict"
        ``"conflict"`` or ``"contact"``.

    Returns
    -------
    Neighbourhood
        The community, its residents and their ties.

    Examples
    --------
    >>> estate = neighbourhood(2026, "G-2-03")
    >>> estate.people.age.size
    9060
    """
    values = parameters_.resolve(parameters)
    place = places_.community(seed, code, remedies=remedies)
    built = homes(seed, place)
    residents = people(seed, place, built, values)
    tied = ties(seed, place, built, residents, values, world)
    has = institutions(seed, place, remedies)
    return Neighbourhood(place, has, built, residents, tied, values, seed)


def simulate(
    size: str | Size = "course",
    *,
    remedies: Sequence[Remedy] | None = None,
    seed: int = 2026,
    world: str = "conflict",
    parameters: Mapping[str, float] | None = None,
) -> City:
    """
    Simulate S city.

    The same seed gives the same city; a remedy or another parameter changes what
    follows from it and no other draw, so that two runs differ by the effect alone.

    Parameters
    ----------
    size : str or Size, default "course"
        ``"tiny"`` (12 communities, for tests), ``"course"`` (480, as shipped),
        ``"full"`` (4,784), or a :class:`Size` of one's own.
    remedies : sequence of Remedy, optional
        Interventions; none by default.
    seed : int, default 2026
        Seed of all draws, at least 0.
    world : str, default "conflict"
        Sign of the effect of a community's heterogeneity on ties between origins:
        ``"conflict"`` (fewer, the study's view) or ``"contact"`` (more).
    parameters : mapping of str to float, optional
        Values that replace those of `PARAMETERS`.

    Returns
    -------
    City
        All tables and what made them.

    Raises
    ------
    TypeError
        If an argument is of the wrong kind.
    ValueError
        If a size, world, variable, community or parameter is not known, or a value
        lies outside its range.

    See Also
    --------
    neighbourhood : One community alone.
    truth : What is known to be true of the model.

    Notes
    -----
    The population of every community is simulated with its homes and ties; the survey
    is a sample of it. All residents are synthetic. The effect of heterogeneity is
    contested: [1]_ argues for conflict, [2]_ finds effects of either sign.

    References
    ----------
    .. [1] Putnam, R. D. (2007). E pluribus unum: diversity and community in the
       twenty-first century. Scandinavian Political Studies 30(2), 137-174.
    .. [2] van der Meer, T. and Tolsma, J. (2014). Ethnic diversity and its effects
       on social cohesion. Annual Review of Sociology 40, 459-478.

    Examples
    --------
    >>> city = simulate("tiny")
    >>> len(city.communities), len(city.survey), len(city.resettlement_residents)
    (12, 120, 9060)
    """
    size = places_.check_size(size)
    _validate.count(seed, "seed", least=0)
    _validate.choice(world, WORLDS, "world")
    values = parameters_.resolve(parameters)
    codes = places_.community_codes(size)
    given = remedies_.check(remedies, codes)
    rows = tables.Rows(seed, size)
    # A network is counted in the estates that the city without remedies would choose.
    rosters = tables.census_estates(seed, codes)
    for code in tqdm(codes, desc="communities", disable=None):
        place = neighbourhood(
            seed, code, remedies=given, parameters=values, world=world
        )
        drawn = survey.ask(
            seed,
            place.community,
            place.homes,
            place.people,
            place.degree,
            size.surveyed,
        )
        part = place.participation()
        drawn.items.update(survey.ask_participation(seed, place.community, part, drawn))
        met = survey.meet(seed, place.community, place.people, part)
        rows.add(place, drawn, met, rosters)
    return City(
        **rows.frames(), parameters=values, remedies=given, seed=seed, world=world
    )
