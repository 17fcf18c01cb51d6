"""One community with those who live there: what several themes need, made once."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from govlib.city.base import Base, some
from govlib.city.institutions import Institutions
from govlib.city.people import Homes, People, homes, people
from govlib.city.places import SIZES, Community
from govlib.city.remedies import Remedy
from govlib.city.ties import Meetings, Ties, meetings, ties


@dataclass(frozen=True)
class Lived:
    """
    A community of a city and its residents, each part made when first asked for.

    Themes that go from community to community are shown each of them in turn, so that
    no more than one is in memory.

    Attributes
    ----------
    base : Base
        The city without its residents.
    number : int
        The community, by its place in the city.
    """

    base: Base
    number: int

    @property
    def place(self) -> Community:
        """Return its variables."""
        return self.base.places[self.number]

    @property
    def institutions(self) -> Institutions:
        """Return those that change from quarter to quarter."""
        return self.base.institutions[self.number]

    @cached_property
    def homes(self) -> Homes:
        """Return where each household lives."""
        return homes(self.base.seed, self.place)

    @cached_property
    def people(self) -> People:
        """Return its residents."""
        return people(self.base.seed, self.place, self.homes, self.base.parameters)

    @cached_property
    def _met(self) -> dict[str, Meetings]:
        return {}

    @cached_property
    def _tied(self) -> dict[tuple[float, str], Ties]:
        return {}

    def ties(self, activity: float | None = None, world: str = "conflict") -> Ties:
        """
        Return the ties of its residents.

        Parameters
        ----------
        activity : float, optional
            Shared activities; as they are by default.
        world : str, default "conflict"
            ``"conflict"`` or ``"contact"``.

        Returns
        -------
        Ties
            Made once for each of these.
        """
        if activity is None:
            activity = self.place.activity
        if world not in self._met:
            self._met[world] = meetings(
                self.base.seed,
                self.place,
                self.homes,
                self.people,
                self.base.parameters,
                world,
            )
        if (activity, world) not in self._tied:
            self._tied[activity, world] = ties(self._met[world], activity)
        return self._tied[activity, world]


def alone(
    seed: int,
    code: str,
    remedies: Sequence[Remedy] = (),
    parameters: Mapping[str, float] | None = None,
) -> Lived:
    """Show one community, with the same draws as in the whole city."""
    return Lived(some(seed, SIZES["course"], [code], remedies, parameters), 0)


def lived(base: Base) -> Iterator[Lived]:
    """Show the communities of a city one after the other."""
    return (Lived(base, number) for number in range(len(base.places)))
