"""Places of S city: districts, sub-districts and towns, communities, estates."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from govlib import _validate
from govlib.city.cases import CASES
from govlib.city.remedies import Remedy, replaced
from govlib.city.streams import stored, stream

# The survey is taken in the last of twelve quarters.
SURVEY_QUARTER = 12
# District letters in the order in which a larger city adds them, with their ring.
RINGS = dict(
    zip(
        "GAJMBDEKCFNPQRTUVWXY",
        ("suburb", "core", "suburb", "inner", "core", "inner", "inner", "suburb") * 2
        + ("suburb",) * 4,
        strict=True,
    )
)
# Chances of the four housing types by ring. Over the course city they give about
# 35, 38, 17 and 10 per cent of communities.
HOUSING = {
    "core": {"old": 0.47, "high-rise": 0.23, "resettlement": 0.0, "lane": 0.30},
    "inner": {"old": 0.48, "high-rise": 0.38, "resettlement": 0.09, "lane": 0.05},
    "suburb": {"old": 0.14, "high-rise": 0.50, "resettlement": 0.36, "lane": 0.0},
}


@dataclass(frozen=True, slots=True)
class Housing:
    """
    What a type of housing looks like.

    Attributes
    ----------
    households, estates, built, floors, flats, stairwells : tuple of int
        Smallest and largest number per community (households, estates), year of
        building, floors of a building, flats on a floor of a stairwell, stairwells
        of a building.
    non_local : tuple of float
        Parameters of the beta distribution of a community's non-local share.
    wealth : float
        Mean of the community's wealth, in standard deviations of the city.
    head_age : float
        Mean age of the head of a local household.
    local_size : float
        People in a local household.
    owner_discount : float
        Points by which fewer local households own their home.
    rooms : float
        Log odds of shared activities for having rooms to hold them in: high-rises
        were built with club rooms, old public housing without.
    """

    households: tuple[int, int]
    estates: tuple[int, int]
    built: tuple[int, int]
    floors: tuple[int, int]
    flats: tuple[int, int]
    stairwells: tuple[int, int]
    non_local: tuple[float, float]
    wealth: float
    head_age: float
    local_size: float
    owner_discount: float
    rooms: float


TYPES = {
    "old": Housing(
        households=(1200, 2200),
        estates=(2, 4),
        built=(1955, 1995),
        floors=(5, 6),
        flats=(2, 3),
        stairwells=(3, 5),
        non_local=(3.0, 7.0),
        wealth=-0.2,
        head_age=65.0,
        local_size=2.25,
        owner_discount=0.0,
        rooms=-3.0,
    ),
    "high-rise": Housing(
        households=(1000, 2500),
        estates=(1, 3),
        built=(1998, 2023),
        floors=(11, 33),
        flats=(2, 4),
        stairwells=(1, 2),
        non_local=(2.5, 7.5),
        wealth=0.7,
        head_age=51.0,
        local_size=2.55,
        owner_discount=0.0,
        rooms=3.0,
    ),
    "resettlement": Housing(
        households=(1500, 2600),
        estates=(1, 2),
        built=(2003, 2020),
        floors=(6, 18),
        flats=(2, 4),
        stairwells=(1, 3),
        non_local=(4.5, 5.5),
        wealth=-0.5,
        head_age=62.0,
        local_size=2.9,
        owner_discount=0.0,
        rooms=0.0,
    ),
    "lane": Housing(
        households=(600, 1500),
        estates=(2, 5),
        built=(1920, 1975),
        floors=(2, 3),
        flats=(2, 3),
        stairwells=(4, 6),
        non_local=(5.0, 5.0),
        wealth=-0.8,
        head_age=65.0,
        local_size=2.2,
        owner_discount=0.25,
        rooms=0.0,
    ),
}
NON_LOCAL_SIZE = 2.25


@dataclass(frozen=True, slots=True)
class Size:
    """
    How many places a city has, and how many residents its survey asks.

    Attributes
    ----------
    districts, subdistricts, communities : int
        Districts in the city, sub-districts or towns in each of them, communities
        in each of those.
    surveyed : int
        Residents drawn for the survey in each community.

    Examples
    --------
    >>> Size(districts=2, subdistricts=2, communities=3, surveyed=10).total
    12
    """

    districts: int
    subdistricts: int
    communities: int
    surveyed: int

    @property
    def total(self) -> int:
        """
        Number of communities in the city.

        Returns
        -------
        int
            Product of the first three numbers.
        """
        return self.districts * self.subdistricts * self.communities


SIZES = {
    "tiny": Size(2, 2, 3, 10),
    "course": Size(8, 6, 10, 20),
    "full": Size(16, 13, 23, 20),
}


def check_size(size: str | Size) -> Size:
    """
    Return the size that a name stands for.

    Parameters
    ----------
    size : str or Size
        ``"tiny"``, ``"course"``, ``"full"`` or numbers of one's own.

    Returns
    -------
    Size
        The numbers.

    Raises
    ------
    ValueError
        If the name is not known or a number is out of range.

    Examples
    --------
    >>> check_size("course").total
    480
    """
    if isinstance(size, str):
        return SIZES[_validate.choice(size, SIZES, "size")]
    if not isinstance(size, Size):
        raise TypeError(
            f"size= takes 'tiny', 'course', 'full' or a city.Size, "
            f"not {type(size).__name__}"
        )
    # Codes have one letter and at most two digits.
    most = {"districts": len(RINGS)}
    for name in ("districts", "subdistricts", "communities", "surveyed"):
        number = _validate.count(getattr(size, name), name)
        _validate.between(number, 1, most.get(name, 99), f"{name}=")
    return size


def community_codes(size: Size) -> list[str]:
    """
    Return the codes of all communities in order.

    Parameters
    ----------
    size : Size
        Size of the city.

    Returns
    -------
    list of str
        Codes such as ``"G-2-03"``: district G, its second sub-district, community 3.

    Examples
    --------
    >>> community_codes(Size(1, 1, 3, 10))
    ['G-1-01', 'G-1-02', 'G-1-03']
    """
    return sorted(
        f"{district}-{sub}-{number:02}"
        for district in list(RINGS)[: size.districts]
        for sub in range(1, size.subdistricts + 1)
        for number in range(1, size.communities + 1)
    )


@dataclass(frozen=True, slots=True)
class Community:
    """
    The variables of one community, each from its own equation.

    Attributes
    ----------
    code, subdistrict, district, ring, housing : str
        Where it is and what it is built of.
    estates : int
        Number of residential estates.
    households : int
        Number of households.
    wealth : float
        In standard deviations of the city.
    head_age : float
        Mean age of the heads of local households.
    local_size, non_local_size : float
        People in a household of either origin.
    non_local_share : float
        Expected share of residents registered elsewhere, in [0, 1].
    activity : int
        1 where shared activities are held, else 0.
    tie_draw : float
        Standard normal draw of the community's own effect on ties.
    """

    code: str
    subdistrict: str
    district: str
    ring: str
    housing: str
    estates: int
    households: int
    wealth: float
    head_age: float
    local_size: float
    non_local_size: float
    non_local_share: float
    activity: int
    tie_draw: float

    @property
    def type(self) -> Housing:
        """
        The housing type's figures.

        Returns
        -------
        Housing
            What such housing looks like.
        """
        return TYPES[self.housing]

    @property
    def heterogeneity(self) -> float:
        """
        Chance that two residents differ in origin.

        Returns
        -------
        float
            2M(1 - M) for a non-local share of M, between 0 and 0.5.
        """
        return 2 * self.non_local_share * (1 - self.non_local_share)


def whole(
    uniform: NDArray[np.float64] | float, ends: tuple[int, int]
) -> NDArray[np.int64]:
    """
    Turn uniform numbers into whole numbers, all equally likely.

    Parameters
    ----------
    uniform : numpy.ndarray of float or float
        Numbers in [0, 1).
    ends : tuple of int
        Smallest and largest number.

    Returns
    -------
    numpy.ndarray of int
        Whole numbers between the ends, both included.

    Examples
    --------
    >>> whole(np.array([0.0, 0.49, 0.51, 0.99]), (1, 2))
    array([1, 1, 2, 2])
    """
    low, high = ends
    return low + np.floor(np.asarray(uniform) * (high - low + 1)).astype(np.int64)


def community(
    seed: int,
    code: str,
    *,
    remedies: Sequence[Remedy] = (),
    quarter: int = SURVEY_QUARTER,
) -> Community:
    """
    Evaluate the equations of one community.

    Parameters
    ----------
    seed : int
        Seed of the city.
    code : str
        Code of the community.
    remedies : sequence of Remedy, optional
        Interventions; each replaces the equation of its variable.
    quarter : int, default 12
        The quarter to look at; the survey's is the last.

    Returns
    -------
    Community
        Its variables in that quarter.

    Notes
    -----
    Wealth W is normal around its housing type's mean with standard deviation 0.8,
    and 0.3 higher in the core. Activities are held with log odds
    -0.5 + 2.5 W + 0.8 U, where U is the sub-district's own draw, and 3 more in
    high-rises, 3 less in old public housing: rich communities with rooms select
    themselves into them, and their residents have fewer ties.

    Examples
    --------
    >>> community(2026, "G-2-03").households
    2920
    """
    return _evaluated(seed, code, tuple(remedies), quarter)


@lru_cache(maxsize=1 << 14)
def _share(seed: int, code: str, ends: tuple[float, float]) -> float:
    """Draw an expected non-local share."""
    return float(stream(seed, "non_local_share", code).beta(*ends))


# Kept, since the halls of nine neighbours ask for it.
@lru_cache(maxsize=2048)
def _evaluated(
    seed: int, code: str, remedies: tuple[Remedy, ...], quarter: int
) -> Community:
    """Evaluate the equations of one community."""
    subdistrict = code.rpartition("-")[0]
    district = code[0]
    ring = RINGS[district]
    # What the study says of a named case stands in place of the equation.
    fixed = {k: v for c in CASES if c.community == code for k, v in c.fixed.items()}

    def uniform(variable: str) -> float:
        return float(stored("random", (), seed, variable, code))

    def normal(variable: str, place: str = code) -> float:
        return float(stored("standard_normal", (), seed, variable, place))

    def given(variable: str, value: float) -> float:
        value = fixed.get(variable, value)
        return replaced(remedies, variable, code, quarter, value)

    chances = np.cumsum(list(HOUSING[ring].values()))
    drawn = int(np.searchsorted(chances[:-1], uniform("housing"), side="right"))
    housing = fixed.get("housing", list(TYPES)[drawn])
    kind = TYPES[housing]
    core = 0.3 if ring == "core" else 0.0
    wealth = kind.wealth + core + 0.8 * normal("wealth")
    selection = -0.5 + 2.5 * wealth + kind.rooms
    selection += 0.8 * normal("subdistrict", subdistrict)
    share = _share(seed, code, kind.non_local)
    return Community(
        code=code,
        subdistrict=subdistrict,
        district=district,
        ring=ring,
        housing=housing,
        estates=int(fixed.get("estates", whole(uniform("estates"), kind.estates))),
        households=int(
            given("households", float(whole(uniform("households"), kind.households)))
        ),
        wealth=wealth,
        head_age=kind.head_age + 2.0 * normal("head_age"),
        local_size=fixed.get("local_size", kind.local_size),
        non_local_size=fixed.get("non_local_size", NON_LOCAL_SIZE),
        non_local_share=given("non_local_share", share),
        activity=int(
            given("activity", float(uniform("activity") < 1 / (1 + np.exp(-selection))))
        ),
        tie_draw=normal("ties"),
    )
