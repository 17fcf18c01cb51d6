"""Who has which duties, what is passed down to committees, and what waits there."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from govlib.city.base import Base
from govlib.city.institutions import QUARTERS
from govlib.city.participation import sigmoid
from govlib.city.people import Booleans, Floats
from govlib.city.streams import stream

TABLES = ("committees", "lift_targets", "mandates", "responsibilities")

TIERS = ("city", "district", "sub-district", "committee")
ROLES = ("lead", "support", "informed")
# Each mandate brings a task a month, a ledger or an inspection; a worker finishes 11
# mandates a year, as in `Institutions.load`, and so 33 tasks a quarter.
TASKS, FINISHED = 3, 33
WEEKS = 13

# The special plan for lifts is set by what is known in one quarter and runs in four.
PLANNED, PLAN = 8, slice(8, 12)
# Households in old public housing for each lift that the city wants, team-weeks of
# support that it reckons with for one, and what the tiers add to targets.
PER_LIFT, SUPPORT = 350, 10
# Log odds that each target costs to which nobody helps.
PER_TARGET = 0.2
ADDED_BY_CITY, ADDED_BY_DISTRICT, ADDED_BY_SUBDISTRICT = 0.04, 0.08, 0.14

# Policy areas, by the department whose line they are.
AREAS = {
    "elder care": "civil affairs",
    "disability support": "civil affairs",
    "hardship relief": "civil affairs",
    "volunteering": "civil affairs",
    "lift retrofit": "housing",
    "repair of old buildings": "housing",
    "illegal building": "housing",
    "property disputes": "housing",
    "vaccination": "health",
    "epidemic control": "health",
    "blood donation": "health",
    "health files": "health",
    "waste sorting": "urban management",
    "stairwell cleaning": "urban management",
    "parking order": "urban management",
    "street vendors": "urban management",
    "pets": "urban management",
    "population register": "public security",
    "rented homes": "public security",
    "fraud prevention": "public security",
    "mediation": "public security",
    "job placement": "human resources",
    "pension checks": "human resources",
    "medical insurance": "human resources",
    "fire inspection": "emergency",
    "flood control": "emergency",
    "gas safety": "emergency",
    "activity room": "culture and education",
    "reading room": "culture and education",
    "school enrolment": "culture and education",
    "summer care": "culture and education",
    "party branch records": "party building",
    "civilised city campaign": "party building",
    "publicity": "party building",
    "census": "statistics",
    "household survey": "statistics",
    "petitions": "letters and visits",
    "hotline replies": "letters and visits",
    "food safety": "market regulation",
    "shop licences": "market regulation",
}
# Chance that the city has a duty, that a tier below takes over what the tier above
# has or has not, and that it has a duty on its own account otherwise.
CITY_HAS, COPIED, OWN = 0.7, 0.75, 0.6
# The special plan gives every tier a duty here.
EVERYWHERE = ("lift retrofit",)
# Chances of the roles of a tier in its duties.
ROLE_CHANCES = {
    "city": (0.35, 0.25, 0.40),
    "district": (0.50, 0.35, 0.15),
    "sub-district": (0.50, 0.40, 0.10),
    "committee": (0.35, 0.60, 0.05),
}

# Mandates by the tier and the kind they are of: relative numbers; and the chance that
# money or people come with one.
FROM = {"city": 0.20, "district": 0.35, "sub-district": 0.45}
FUNDED = {"city": 0.30, "district": 0.20, "sub-district": 0.10}
KINDS = {"report": 0.40, "inspection": 0.25, "certificate": 0.20, "target": 0.15}
# Sub-districts whose committees keep a list of their mandates: Z, and the one with
# the resettlement estate.
LISTED = ("A-1", "G-2")


@dataclass(frozen=True, slots=True)
class Piles:
    """
    What came to committees, was done and lay about; one column per quarter.

    Attributes
    ----------
    tasks, finished : numpy.ndarray of float, shape (n, 12)
        Tasks that came in and that were finished.
    worked : numpy.ndarray of float, shape (n, 12)
        Person-weeks spent on them.
    waiting : numpy.ndarray of float, shape (n, 12)
        Tasks that nobody had taken up, mean over the quarter.
    """

    tasks: Floats
    finished: Floats
    worked: Floats
    waiting: Floats


@dataclass(frozen=True, slots=True)
class Lifts:
    """
    The special plan for lifts; one entry per community.

    Attributes
    ----------
    eligible : numpy.ndarray of bool, shape (n,)
        Old public housing, which the plan is for; elsewhere all else is zero.
    targets : numpy.ndarray of float, shape (n,)
        Lifts that the committee is told to bring about, whole numbers.
    to_subdistrict, to_district, wanted : numpy.ndarray of float, shape (n,)
        The same as its sub-district is told, as its district is told, and as the city
        wants it: before each tier has added to it.
    passed : numpy.ndarray of float, shape (n,)
        Share of the planned support that the district passes on.
    support : numpy.ndarray of float, shape (n,)
        Support per target over what the plan reckons with, 0 to 1.
    chance : numpy.ndarray of float, shape (n,)
        Chance that a target is met within the year.
    built : numpy.ndarray of float, shape (n,)
        Lifts built.
    """

    eligible: Booleans
    targets: Floats
    to_subdistrict: Floats
    to_district: Floats
    wanted: Floats
    passed: Floats
    support: Floats
    chance: Floats
    built: Floats


def piles(base: Base) -> Piles:
    r"""
    Let tasks come in and be worked off over twelve quarters.

    Parameters
    ----------
    base : Base
        The city.

    Returns
    -------
    Piles
        What was recorded, quarter by quarter.

    Notes
    -----
    Committees start the first quarter with nothing to do. Tasks come at random, three
    a quarter for each mandate; each of the staff finishes 33 a quarter in the mean,
    with exponential times: an M/M/c queue whose load is mandates / (11 staff) [1]_. A
    worker's next finish is drawn whether or not there is work, and counts if there
    is. So the draws do not hang on mandates or staff, and fewer mandates bring the
    same tasks later.

    References
    ----------
    .. [1] Cooper, R. B. (1981). Introduction to queueing theory. North Holland.

    Examples
    --------
    >>> from govlib.city.base import base
    >>> city = base(1, "tiny")
    >>> piles(city).tasks.shape
    (12, 12)
    """
    mandates, staff = base.by_quarter("mandates"), base.by_quarter("staff")
    n = len(base.codes)
    records = np.zeros((4, n, QUARTERS))
    pile = np.zeros(n)
    for quarter in range(QUARTERS):
        arrivals = TASKS * mandates[:, quarter]
        people = staff[:, quarter]
        times, servers = _events(base, quarter, arrivals, FINISHED * people)
        tasks, finished, worked, waiting = records[:, :, quarter]
        tasks += (servers < 0).sum(axis=1)
        last = np.zeros(n)
        # One event of every committee at a time; those beyond the quarter do nothing.
        for now, server in zip(times.T, servers.T, strict=True):
            length = now - last
            worked += np.minimum(pile, people) * length
            waiting += np.maximum(pile - people, 0) * length
            last = now
            done = (server >= 0) & (server * people < pile)
            finished += done
            pile = pile + (server < 0) - done
    records[2] *= WEEKS
    return Piles(*records)


def _events(
    base: Base, quarter: int, arrivals: Floats, services: Floats
) -> tuple[Floats, Floats]:
    """
    Return when something may happen, and what, in one quarter of every committee.

    Times are parts of the quarter, in order, and end with 1. What is negative for a
    new task, infinite for the end of the quarter, and otherwise says where among the
    staff a worker would finish, from 0 to 1.
    """
    found = []
    for code, come, go in zip(base.codes, arrivals, services, strict=True):
        draws = stream(base.seed, f"boundaries_tasks_{quarter + 1}", code)
        goes = stream(base.seed, f"boundaries_finishes_{quarter + 1}", code)
        came = _moments(draws, come)
        went = _moments(goes, go)
        marks = stream(base.seed, f"boundaries_workers_{quarter + 1}", code)
        times = np.concatenate((came, went))
        what = np.concatenate((np.full(came.size, -1.0), marks.random(went.size)))
        order = np.argsort(times, kind="stable")
        found.append((times[order], what[order]))
    most = max(times.size for times, _ in found) + 1
    times, what = np.ones((len(found), most)), np.full((len(found), most), np.inf)
    for row, (when, which) in enumerate(found):
        times[row, : when.size], what[row, : when.size] = when, which
    return times, what


def _moments(draws: np.random.Generator, expected: float) -> Floats:
    """Return the moments of a Poisson process in [0, 1) with so many expected."""
    # The same draws for any number expected: the process is stretched.
    many = int(expected + 8 * expected**0.5 + 20)
    moments = np.cumsum(draws.standard_exponential(many)) / max(expected, 1e-9)
    return moments[moments < 1]


def lifts(base: Base, support: float | None = None) -> Lifts:
    """
    Pass the lift targets down, with what support there is, and build.

    Parameters
    ----------
    base : Base
        The city.
    support : float, optional
        Support per target over what the plan reckons with, the same for all
        committees, in place of its equation.

    Returns
    -------
    Lifts
        Targets, support and what was built.

    Notes
    -----
    There is about one target for 350 households of old public housing, more where need
    was high in quarter 8: ``households / 350 exp(0.1 need + 0.5 e)``, times what the
    tiers add, as a whole number of at least one. The city adds 4 per cent to what it
    wants, districts about 8, sub-districts about 14 (each by its own draw). Ten
    team-weeks of support are reckoned for each lift that the city wants. Districts pass
    on about six sevenths; sub-districts about half, very differently, and more to
    committees in need. ``support`` is what comes down for each *target*, so that
    targets which the tiers added thin it out.

    A target is met with log odds ``1.4 - 0.2 targets (1 - support) - 0.8 (load - 1) -
    0.9 need + 0.3 e``, with load and need of the plan's year: targets do harm as far as
    nobody helps with them.
    """
    district = base.of_place("district").tolist()
    subdistrict = base.of_place("subdistrict").tolist()
    needs = base.by_quarter("need")
    eligible = base.of_place("housing") == "old"
    known = needs[:, PLANNED - 1]
    by_district = ADDED_BY_DISTRICT * np.exp(
        0.4 * base.normal("boundaries_added", of=district)
    )
    by_subdistrict = ADDED_BY_SUBDISTRICT * np.exp(
        0.5 * base.normal("boundaries_added", of=subdistrict)
    )
    added = (1 + ADDED_BY_CITY) * (1 + by_district) * (1 + by_subdistrict)
    around = np.exp(0.1 * known + 0.5 * base.normal("boundaries_lift_targets"))
    given = np.rint(base.of_place("households") / PER_LIFT * around * added)
    given = base.settled("lift_targets", np.maximum(given, 1))
    targets = given[:, PLAN.start] * eligible

    passed = sigmoid(1.8 + 0.5 * base.normal("boundaries_passed", of=district))
    on = sigmoid(1.6 * base.normal("boundaries_passed", of=subdistrict) + 2 * known)
    own = passed * on / added
    share = base.settled("lift_support", own)[:, PLAN.start]
    if support is not None:
        share = np.full_like(share, support)
    share = share * eligible

    chance = lift_chance(
        targets,
        share,
        base.by_quarter("load")[:, PLAN].mean(axis=1),
        needs[:, PLAN].mean(axis=1),
        base.normal("boundaries_lifts"),
    )
    uniform = base.uniform("boundaries_built", 100)
    slot = np.arange(uniform.shape[1])
    built = ((uniform < chance[:, None]) & (slot < targets[:, None])).sum(axis=1)
    return Lifts(
        eligible=eligible,
        targets=targets,
        to_subdistrict=targets / (1 + by_subdistrict),
        to_district=targets / (1 + by_subdistrict) / (1 + by_district),
        wanted=targets / added,
        passed=passed * eligible,
        support=share,
        chance=chance,
        built=built.astype(float),
    )


def lift_chance(
    targets: Floats, support: Floats, load: Floats, need: Floats, own: Floats
) -> Floats:
    """
    Evaluate the chance that a committee meets a lift target.

    Parameters
    ----------
    targets : numpy.ndarray of float, shape (n,)
        Lifts that it is told to bring about.
    support : numpy.ndarray of float, shape (n,)
        Support per target over what the plan reckons with, 0 to 1.
    load, need : numpy.ndarray of float, shape (n,)
        Of the plan's year.
    own : numpy.ndarray of float, shape (n,)
        Standard normal draws of the committees.

    Returns
    -------
    numpy.ndarray of float, shape (n,)
        As in the notes of :func:`lifts`.

    Examples
    --------
    With all support the number of targets does not matter:

    >>> few, many = np.array([2.0, 20.0])
    >>> zero, one = np.zeros(1), np.ones(1)
    >>> [lift_chance(t, one, one, zero, zero).round(3).item() for t in (few, many)]
    [0.802, 0.802]
    """
    return sigmoid(
        1.4 - 0.2 * targets * (1 - support) - 0.8 * (load - 1) - 0.9 * need + 0.3 * own
    )


def duties(seed: int, copied: float = COPIED) -> pd.DataFrame:
    """
    Draw who has which duty in which role.

    Parameters
    ----------
    seed : int
        Seed of the city.
    copied : float, default 0.75
        Chance that a tier takes over whether the tier above has a duty.

    Returns
    -------
    pandas.DataFrame
        One row per duty of a tier: ``policy_area``, ``tier``, ``department``,
        ``role``.

    Notes
    -----
    The city has a duty in an area with chance 0.7. Each tier below takes over with
    chance `copied` whatever the tier above has or has not, and has a duty with chance
    0.6 otherwise: so its share of the areas in which the tier above has a duty is
    larger by `copied` than its share of the others. Under the special plan all have one
    in lift retrofits.

    Examples
    --------
    >>> sorted(duties(1)["role"].unique())
    ['informed', 'lead', 'support']
    """
    rows = []
    for area, department in AREAS.items():
        draws = stream(seed, "boundaries_duties", area).random((len(TIERS), 3))
        has = False
        for tier, (take, own, role) in zip(TIERS, draws, strict=True):
            if tier == "city":
                has = own < CITY_HAS
            elif take >= copied:
                has = own < OWN
            if has or area in EVERYWHERE:
                ends = np.cumsum(ROLE_CHANCES[tier])[:-1]
                place = int(np.searchsorted(ends, role, side="right"))
                rows.append(
                    {
                        "policy_area": area,
                        "tier": tier,
                        "department": department,
                        "role": ROLES[place],
                    }
                )
    return pd.DataFrame(rows).sort_values(["policy_area", "tier"], ignore_index=True)


def tables(base: Base) -> dict[str, pd.DataFrame]:
    """
    Make the tables of this theme.

    Parameters
    ----------
    base : Base
        The city.

    Returns
    -------
    dict of str to pandas.DataFrame
        The tables by name, sorted by key.
    """
    return {
        "committees": committee_table(base, piles(base)),
        "lift_targets": lift_table(base, lifts(base)),
        "mandates": _mandates(base),
        "responsibilities": duties(base.seed),
    }


def committee_table(base: Base, found: Piles) -> pd.DataFrame:
    """
    Say what every committee had to do in each quarter, and what was done.

    Parameters
    ----------
    base : Base
        The city.
    found : Piles
        What came and was done.

    Returns
    -------
    pandas.DataFrame
        One row per community and quarter.
    """
    n = len(base.codes)

    def column(values: Floats, kind: str = "float64") -> np.ndarray:
        return values.ravel().astype(kind)

    return pd.DataFrame(
        {
            "community": np.repeat(base.codes, QUARTERS),
            "quarter": np.tile(np.arange(1, QUARTERS + 1), n),
            "need": column(base.by_quarter("need")),
            "staff": column(base.by_quarter("staff"), "int64"),
            "mandates": column(base.by_quarter("mandates"), "int64"),
            "load": column(base.by_quarter("load")),
            "self_governance_time": column(base.by_quarter("self_governance_time")),
            "tasks": column(found.tasks, "int64"),
            "finished": column(found.finished, "int64"),
            "weeks_worked": column(found.worked),
            "waiting": column(found.waiting),
        }
    )


def lift_table(base: Base, plan: Lifts) -> pd.DataFrame:
    """
    Add targets, support and lifts up for the units of every tier.

    Parameters
    ----------
    base : Base
        The city.
    plan : Lifts
        Targets, support and lifts of the committees.

    Returns
    -------
    pandas.DataFrame
        One row per unit that has a target, sorted by its code.
    """
    own = pd.DataFrame(
        {
            "city": "S",
            "district": base.of_place("district"),
            "subdistrict": base.of_place("subdistrict"),
            "committee": base.codes,
            "wanted": plan.wanted,
            "to_district": plan.to_district,
            "to_subdistrict": plan.to_subdistrict,
            "targets": plan.targets,
            "passed": SUPPORT * plan.wanted * plan.passed,
            "support": SUPPORT * plan.targets * plan.support,
            "completed": plan.built,
        }
    )[plan.eligible]
    own["planned"] = SUPPORT * own["wanted"]
    parts = []
    # A unit is told what the tier above has made of it, and has for it what the tier
    # above has passed on.
    for tier, unit, above, targets, support in (
        ("city", "city", None, "wanted", "planned"),
        ("district", "district", "city", "to_district", "planned"),
        ("sub-district", "subdistrict", "district", "to_subdistrict", "passed"),
        ("committee", "committee", "subdistrict", "targets", "support"),
    ):
        sums = own.groupby(unit)[[targets, support, "completed"]].sum()
        parents = own.groupby(unit)[above].first() if above else None
        parts.append(
            pd.DataFrame(
                {
                    "unit": sums.index.astype(str),
                    "tier": tier,
                    "above": None if parents is None else parents.to_numpy(),
                    "targets": np.rint(sums[targets].to_numpy()).astype("int64"),
                    "support": sums[support].to_numpy(),
                    "completed": sums["completed"].to_numpy().astype("int64"),
                }
            )
        )
    columns = ["unit", "tier", "above", "targets", "support", "completed"]
    if not len(own):
        return pd.DataFrame({name: [] for name in columns})
    return pd.concat(parts).sort_values("unit", ignore_index=True)[columns]


def _mandates(base: Base) -> pd.DataFrame:
    """List the mandates of the committees that keep such a list."""
    items = pd.MultiIndex.from_product(
        [FROM, AREAS, KINDS], names=["tier", "policy_area", "mandate_kind"]
    ).to_frame(index=False)
    weight = items["tier"].map(FROM) * items["mandate_kind"].map(KINDS)
    funded = items["tier"].map(FUNDED).to_numpy()
    counts = base.by_quarter("mandates")[:, -1].astype(int)
    parts = []
    for code, count in zip(base.codes, counts, strict=True):
        if code.rpartition("-")[0] not in LISTED:
            continue
        # The smallest of exponential draws over weights: a draw without replacement,
        # of which a shorter list is the beginning.
        draws = stream(base.seed, "boundaries_mandates", code)
        keys = draws.standard_exponential(len(items)) / weight.to_numpy()
        money = draws.random(len(items)) < funded
        chosen = np.sort(np.argsort(keys, kind="stable")[:count])
        rows = items.iloc[chosen].assign(funded=money[chosen])
        numbers = [f"{code}-M{k:03}" for k in range(1, len(chosen) + 1)]
        rows.insert(0, "mandate", numbers)
        rows.insert(1, "community", code)
        parts.append(rows)
    if not parts:
        empty = items.head(0).assign(funded=np.zeros(0, dtype=bool))
        empty.insert(0, "mandate", pd.Series(dtype="str"))
        empty.insert(1, "community", pd.Series(dtype="str"))
        return empty
    return pd.concat(parts).sort_values("mandate", ignore_index=True)
