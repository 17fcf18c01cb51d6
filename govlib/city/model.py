"""Simulate S city: every table from one model."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
from tqdm import tqdm

from govlib import _validate
from govlib.city import (
    boundaries,
    lifts,
    matters,
    organisations,
    programmes,
    requests,
    services,
    structure,
    survey,
    tables,
)
from govlib.city.base import Base, base
from govlib.city.institutions import Institutions
from govlib.city.lived import Lived, alone
from govlib.city.participation import Participation, participation
from govlib.city.people import Homes, Integers, People
from govlib.city.places import Community, Size
from govlib.city.remedies import Remedy
from govlib.city.ties import WORLDS, Ties

# Modules that make further tables: each has TABLES, the names of those it makes, and
# tables(base). Those that go from community to community have planned(base),
# visited(home, plan) and gathered(codes, plan, parts), too, the last for the
# communities of some codes.
THEMES: tuple[ModuleType, ...] = (
    boundaries,
    lifts,
    matters,
    organisations,
    programmes,
    requests,
    services,
    structure,
)
# Tables that tell of residents: made together, community by community.
RESIDENTS = (
    "districts",
    "subdistricts",
    "communities",
    "estates",
    "cases",
    "survey",
    "activity_room",
    "census_residents",
    "census_ties",
    "resettlement_residents",
    "resettlement_ties",
)
# Every table.
NAMES = (*RESIDENTS, *(name for theme in THEMES for name in theme.TABLES))


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
    tables : dict of str to pandas.DataFrame
        The tables by name. Each is an attribute as well: ``city.survey`` is
        ``city.tables["survey"]``. What they hold, column by column, says
        :func:`govlib.datasets.codebook`.
    parameters : dict of str to float
        Every parameter of the model.
    remedies : tuple of Remedy
        Interventions.
    seed : int
        Seed of all draws.
    world : str
        ``"conflict"`` or ``"contact"``.
    """

    tables: dict[str, pd.DataFrame]
    parameters: dict[str, float]
    remedies: tuple[Remedy, ...]
    seed: int
    world: str

    def __getattr__(self, name: str) -> pd.DataFrame:
        # Python looks here for what is not a field. While a copy is being made
        # there are no fields yet.
        made = {} if name in ("tables", "__setstate__") else self.tables
        if name.startswith("__") or name not in made:
            hint = _validate.nearest(name, made)
            raise AttributeError(f"this city has no table {name!r}{hint}")
        return made[name]

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self.tables]

    def __str__(self) -> str:
        text = f"Synthetic S city (seed {self.seed}, {self.world})"
        counted = [
            f"{len(self.tables[name]):,} {what}"
            for name, what in (
                ("communities", "communities"),
                ("survey", "drawn for the survey"),
            )
            if name in self.tables
        ]
        if counted:
            counted.insert(1, f"{self.communities['residents'].sum():,} residents")
        return f"{text}: {', '.join([*counted, f'{len(self.tables)} tables'])}"


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
    return _shown(alone(seed, code, remedies, parameters), world)


def _shown(home: Lived, world: str) -> Neighbourhood:
    """Return a community with its residents and their ties."""
    return Neighbourhood(
        home.place,
        home.institutions,
        home.homes,
        home.people,
        home.ties(world=world),
        home.base.parameters,
        home.base.seed,
    )


def simulate(
    size: str | Size = "course",
    *,
    remedies: Sequence[Remedy] | None = None,
    seed: int = 2026,
    world: str = "conflict",
    parameters: Mapping[str, float] | None = None,
    only: Sequence[str] | None = None,
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
    only : sequence of str, optional
        Names of the tables that are wanted; all by default. Others are made only if
        these need them, which saves time: residents take most of it.

    Returns
    -------
    City
        The tables and what made them.

    Raises
    ------
    TypeError
        If an argument is of the wrong kind.
    ValueError
        If a size, world, variable, community, parameter or table is not known, or a
        value lies outside its range.

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
    _validate.choice(world, WORLDS, "world")
    bare = base(seed, size, remedies=remedies, parameters=parameters)
    wanted = set(NAMES if only is None else _known(only))
    themes = [theme for theme in THEMES if wanted & set(theme.TABLES)]
    tour = planned(bare, world, themes, wanted)
    made: dict[str, pd.DataFrame] = {}
    if tour.asked or tour.plans:
        numbers = range(len(bare.places))
        made = toured(tour, tqdm(numbers, desc="communities", disable=None))
    for theme in themes:
        if not visits(theme):
            made |= theme.tables(bare)
    return City(
        tables={name: table for name, table in made.items() if name in wanted},
        parameters=bare.parameters,
        remedies=bare.remedies,
        seed=seed,
        world=world,
    )


def _known(only: Sequence[str]) -> list[str]:
    """Return the names of wanted tables, all of which somebody makes."""
    if isinstance(only, str):
        raise TypeError(f"only= takes several names, such as [{only!r}]")
    return [_validate.choice(name, NAMES, "only") for name in only]


@dataclass(frozen=True, slots=True)
class Tour:
    """
    What is to be done in every community, decided for the whole city.

    Attributes
    ----------
    base : Base
        The city.
    world : str
        ``"conflict"`` or ``"contact"``.
    asked : bool
        Whether tables of residents are wanted.
    rosters : dict of str to str
        Estates whose network is counted.
    plans : dict of str to Any
        By the module of a theme that visits communities, what it has planned.
    """

    base: Base
    world: str
    asked: bool
    rosters: dict[str, str]
    plans: dict[str, Any]


def visits(theme: ModuleType) -> bool:
    """
    Tell whether a theme goes from community to community.

    Parameters
    ----------
    theme : module
        One of `THEMES`.

    Returns
    -------
    bool
        Otherwise its tables are made for the whole city at once.
    """
    return hasattr(theme, "visited")


def planned(
    bare: Base, world: str, themes: Iterable[ModuleType], needed: set[str]
) -> Tour:
    """Plan a tour through a city for the tables that are needed."""
    # A network is counted in the estates that the city without remedies would choose.
    counted = needed & set(tables.ROSTERS)
    return Tour(
        base=bare,
        world=world,
        asked=bool(needed & set(RESIDENTS)),
        rosters=tables.census_estates(bare.seed, bare.codes) if counted else {},
        plans={theme.__name__: theme.planned(bare) for theme in filter(visits, themes)},
    )


def toured(tour: Tour, numbers: Iterable[int]) -> dict[str, pd.DataFrame]:
    """
    Let people live in some communities, and let themes visit them.

    Parameters
    ----------
    tour : Tour
        What to do.
    numbers : iterable of int
        The communities, by their place in the city.

    Returns
    -------
    dict of str to pandas.DataFrame
        Tables of these communities: those named in `RESIDENTS`, if they are wanted,
        and those of each theme that visits.
    """
    rows = tables.Rows(tour.base.seed, tour.base.size)
    themes = [theme for theme in THEMES if theme.__name__ in tour.plans]
    parts: dict[str, list[Any]] = {name: [] for name in tour.plans}
    codes = []
    for number in numbers:
        home = Lived(tour.base, number)
        codes.append(home.place.code)
        if tour.asked:
            _ask(rows, _shown(home, tour.world), tour)
        for theme in themes:
            name = theme.__name__
            parts[name].append(theme.visited(home, tour.plans[name]))
    made = rows.frames() if tour.asked else {}
    for theme in themes:
        name = theme.__name__
        made |= theme.gathered(codes, tour.plans[name], parts[name])
    return made


def _ask(rows: tables.Rows, place: Neighbourhood, tour: Tour) -> None:
    """Survey one community, and add it to the tables that tell of residents."""
    seed = tour.base.seed
    drawn = survey.ask(
        seed,
        place.community,
        place.homes,
        place.people,
        place.degree,
        tour.base.size.surveyed,
    )
    part = place.participation()
    drawn.items.update(survey.ask_participation(seed, place.community, part, drawn))
    met = survey.meet(seed, place.community, place.people, part)
    rows.add(place, drawn, met, tour.rosters)
