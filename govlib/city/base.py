"""The city without its residents, as arrays: what every theme starts from."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from govlib import _validate
from govlib.city import parameters as parameters_
from govlib.city import places as places_
from govlib.city import remedies as remedies_
from govlib.city.institutions import QUARTERS, Institutions, institutions
from govlib.city.people import Booleans, Floats, Integers
from govlib.city.places import Community, Size
from govlib.city.remedies import Remedy
from govlib.city.streams import stored

# Variables that change from quarter to quarter.
QUARTERLY = (
    "need",
    "staff",
    "mandates",
    "load",
    "self_governance_time",
    "hall",
    "halls_near",
    "functions",
)


@dataclass(frozen=True)
class Base:
    """
    Places and institutions of a city, before anybody lives in it.

    Arrays have one row per community in the order of `codes`, and where they change
    with time one column per quarter.

    Attributes
    ----------
    seed : int
        Seed of all draws.
    size : Size
        Size of the city.
    remedies : tuple of Remedy
        Interventions, checked.
    parameters : dict of str to float
        Every parameter of the model.
    places : tuple of Community
        Variables of each community that hold in all quarters.
    institutions : tuple of Institutions
        Those that change.
    """

    seed: int
    size: Size
    remedies: tuple[Remedy, ...]
    parameters: dict[str, float]
    places: tuple[Community, ...]
    institutions: tuple[Institutions, ...]

    def __getstate__(self) -> dict[str, Any]:
        # What was worked out from these can be worked out again: a worker needs less.
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @cached_property
    def codes(self) -> list[str]:
        """
        Codes of the communities.

        Returns
        -------
        list of str
            In order.
        """
        return [place.code for place in self.places]

    def of_place(self, name: str) -> np.ndarray:
        """
        Collect a variable of `Community`.

        Parameters
        ----------
        name : str
            Its attribute, such as ``"wealth"`` or ``"housing"``.

        Returns
        -------
        numpy.ndarray, shape (n,)
            One entry per community.
        """
        return np.array([getattr(place, name) for place in self.places])

    def by_quarter(self, name: str) -> Floats:
        """
        Collect a variable of `Institutions`.

        Parameters
        ----------
        name : str
            Its attribute: ``"need"``, ``"staff"``, ``"mandates"``, ``"load"``,
            ``"self_governance_time"``, ``"hall"``, ``"halls_near"``, ``"functions"``.

        Returns
        -------
        numpy.ndarray of float, shape (n, 12)
            One row per community, one column per quarter; not to be changed.
        """
        _validate.choice(name, QUARTERLY, "name")
        if name not in self._quarterly:
            values = np.array([getattr(has, name) for has in self.institutions])
            values.flags.writeable = False
            self._quarterly[name] = values
        return self._quarterly[name]

    @cached_property
    def _quarterly(self) -> dict[str, Floats]:
        return {}

    @cached_property
    def older(self) -> Floats:
        """
        Expected share of residents aged 60 and over.

        Returns
        -------
        numpy.ndarray of float, shape (n,)
            In [0, 1].
        """
        return np.array([has.older for has in self.institutions])

    @cached_property
    def residents(self) -> Floats:
        """
        Expected number of residents.

        Returns
        -------
        numpy.ndarray of float, shape (n,)
            Households times their expected size.
        """
        share = self.of_place("non_local_share")
        local, non_local = self.of_place("local_size"), self.of_place("non_local_size")
        # The share is one of residents; households of either origin follow from it.
        return self.of_place("households") / ((1 - share) / local + share / non_local)

    @cached_property
    def subdistrict_draw(self) -> Floats:
        """
        Draw of each community's sub-district, which moves mandates and activities.

        Returns
        -------
        numpy.ndarray of float, shape (n,)
            Standard normal, the same within a sub-district.
        """
        return self.normal("subdistrict", of=self.of_place("subdistrict"))

    def uniform(
        self, variable: str, *shape: int, of: Iterable[str] | None = None
    ) -> Floats:
        """
        Look up the stored uniform numbers of an equation.

        Parameters
        ----------
        variable : str
            Name of the equation: of its own, not one that another equation uses.
        *shape : int
            How many numbers each community has; one by default.
        of : iterable of str, optional
            Codes of other places, such as each community's sub-district.

        Returns
        -------
        numpy.ndarray of float, shape (n, *shape)
            Numbers in [0, 1), the same for a community in every city that has it,
            whatever the remedies.
        """
        places = self.codes if of is None else of
        return np.array(
            [stored("random", shape, self.seed, variable, p) for p in places]
        )

    def normal(
        self, variable: str, *shape: int, of: Iterable[str] | None = None
    ) -> Floats:
        """
        Look up the stored standard normal numbers of an equation.

        Parameters
        ----------
        variable : str
            Name of the equation: of its own, not one that another equation uses.
        *shape : int
            How many numbers each community has; one by default.
        of : iterable of str, optional
            Codes of other places, such as each community's sub-district.

        Returns
        -------
        numpy.ndarray of float, shape (n, *shape)
            Normal numbers, the same for a community in every city that has it.
        """
        places = self.codes if of is None else of
        return np.array(
            [stored("standard_normal", shape, self.seed, variable, p) for p in places]
        )

    def settled(self, variable: str, values: ArrayLike) -> Floats:
        """
        Let the remedies replace the values of a variable.

        Parameters
        ----------
        variable : str
            One that a remedy may set.
        values : array_like, shape (n,) or (n, 12)
            What its equation gives.

        Returns
        -------
        numpy.ndarray of float, shape (n, 12)
            In each quarter the value of the remedy that started last, else the
            equation's.
        """
        array = np.asarray(values, dtype=float)
        if array.ndim == 1:
            array = array[:, None]
        out = np.repeat(array, QUARTERS // array.shape[1], axis=1)
        acting = [r for r in self.remedies if r.variable == variable]
        for remedy in sorted(acting, key=lambda r: r.start):
            out[self.among(remedy.communities), remedy.start - 1 :] = remedy.value
        return out

    def among(self, codes: Sequence[str] | None) -> Booleans:
        """
        Tell which communities are among some.

        Parameters
        ----------
        codes : sequence of str, optional
            Codes of communities; None means all.

        Returns
        -------
        numpy.ndarray of bool, shape (n,)
            One entry per community.
        """
        if codes is None:
            return np.ones(len(self.codes), dtype=np.bool_)
        return np.isin(self.codes, list(codes))

    def within(self, level: str) -> Integers:
        """
        Give the districts or sub-districts of communities numbers.

        Parameters
        ----------
        level : str
            ``"district"`` or ``"subdistrict"``.

        Returns
        -------
        numpy.ndarray of int, shape (n,)
            From 0, in the order of their codes.
        """
        return np.unique(self.of_place(level), return_inverse=True)[1]


def base(
    seed: int,
    size: str | Size = "course",
    *,
    remedies: Sequence[Remedy] | None = None,
    parameters: Mapping[str, float] | None = None,
) -> Base:
    """
    Simulate the places and institutions of a city, without its residents.

    Parameters
    ----------
    seed : int
        Seed of the city.
    size : str or Size, default "course"
        As in :func:`govlib.city.simulate`.
    remedies : sequence of Remedy, optional
        Interventions.
    parameters : mapping of str to float, optional
        Parameters to replace.

    Returns
    -------
    Base
        The same variables as in the whole city, in about a thousandth of a second
        for each community.

    Examples
    --------
    >>> small = base(2026, "tiny")
    >>> small.by_quarter("need").shape
    (12, 12)
    """
    size = places_.check_size(size)
    _validate.count(seed, "seed", least=0)
    codes = places_.community_codes(size)
    given = remedies_.check(remedies, codes)
    return some(seed, size, codes, given, parameters)


def some(
    seed: int,
    size: Size,
    codes: Iterable[str],
    remedies: Sequence[Remedy] = (),
    parameters: Mapping[str, float] | None = None,
) -> Base:
    """Simulate the places and institutions of some communities of a city."""
    places = tuple(places_.community(seed, code, remedies=remedies) for code in codes)
    return Base(
        seed=seed,
        size=size,
        remedies=tuple(remedies),
        parameters=parameters_.resolve(parameters),
        places=places,
        institutions=tuple(institutions(seed, place, remedies) for place in places),
    )
