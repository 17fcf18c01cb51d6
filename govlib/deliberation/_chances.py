"""The chance that a vote passes, and that what was voted for is built."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from govlib import _validate
from govlib.deliberation._exact import Ints, by_group, chance, named, positive, whole
from govlib.deliberation._votes import (
    AGREE,
    OPPOSE,
    SILENT,
    Nonvoters,
    Rule,
    check_rule,
    owners,
    run_tests,
)

Floats = NDArray[np.float64]
By = Literal["both", "number", "area"]

# Results of a vote told apart at once, and numbers held at once.
MOST_STATES = 1_000_000
_BLOCK = 4_000_000


def pass_probability(
    data: pd.DataFrame,
    *,
    probability: str | float,
    owner: str,
    area: str,
    group: str | None = None,
    turnout: str | float = 1.0,
    correlation: float = 0.0,
    matter: int = 7,
    rule: Rule = "civil_code",
    nonvoters: Nonvoters = "absent",
    by: By = "both",
) -> pd.DataFrame:
    r"""
    Find the chance that a vote will pass, from each owner's chance of agreeing.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per flat of an owner; no tenants and no parking spaces.
    probability : str or float
        Column (or one number) of the probability, 0 to 1, that the owner agrees if
        taking part; otherwise the answer is no.
    owner, area : str
        Columns of owners and of exclusive areas, as in :func:`vote`. Whoever has
        several flats has one probability.
    group : str, optional
        Column that says which rows vote together. Default: all.
    turnout : str or float, default 1
        Column (or one number) of the probability that the owner takes part.
    correlation : float, default 0
        How alike owners of one vote are beyond their probabilities, 0 to 0.95: 0 is
        independent, see Notes.
    matter, rule, nonvoters : int, str, str
        As in :func:`vote`.
    by : {"both", "number", "area"}
        Default ``"both"``, as the law says. The others leave out half of the tests,
        to see what a count of heads alone would say.

    Returns
    -------
    pandas.DataFrame
        One row per vote: the vote (if `group` is given), ``owners``, and
        ``pass_probability``.

    Raises
    ------
    TypeError
        If `data` is no DataFrame or a column is not named.
    ValueError
        If a column is unknown or has missing values, a probability is outside 0 to
        1, an owner has two probabilities, an area is not above zero, or areas are
        so different that too many results would have to be told apart.

    See Also
    --------
    vote : Counting the votes once they are in.
    build_probability : Passed is not built.

    Notes
    -----
    Owners are added one by one, and the distribution of (area and number taking
    part, area and number agreeing) is carried along, as in [1]_ for the power of
    voters. This is exact, no simulation; equal results are merged, so it is fast
    where areas repeat. Where they do not, round them.

    With `correlation` :math:`\rho`, a mood :math:`Z \sim N(0, 1)` is common to all
    owners of a vote, and owner i agrees with probability :math:`\Phi\{(\Phi^{-1}(p_i)
    + \sqrt\rho Z) / \sqrt{1 - \rho}\}` given it [2]_. Everybody's own probability
    remains :math:`p_i`; only votes that are nearly unanimous become more frequent.
    The integral over Z is a trapezoid sum, right to about ten digits.

    References
    ----------
    .. [1] Mann, I. and Shapley, L. S. (1962). Values of large games VI: evaluating
       the electoral college exactly. RAND Memorandum RM-3158.
    .. [2] Vasicek, O. (2002). Loan portfolio value. Risk 15(12), 160-162.

    Examples
    --------
    Four owners of equal flats who all come and agree with probability 1/2: at least
    three must agree, which has probability 5/16.

    >>> flats = pd.DataFrame({"owner": list("abcd"), "area": 80})
    >>> pass_probability(flats, owner="owner", area="area", probability=0.5)
       owners  pass_probability
    0       4            0.3125

    Six floors of two flats after talks in the hall, three owners in four taking part:

    >>> by_floor = np.repeat([0.32, 0.58, 0.60, 0.74, 0.84, 0.91], 2)
    >>> flats = pd.DataFrame({"owner": range(12), "area": 80, "agrees": by_floor})
    >>> ask = {"owner": "owner", "area": "area", "probability": "agrees"}
    >>> pass_probability(flats, turnout=0.75, **ask)
       owners  pass_probability
    0      12             0.283
    """
    chances = _chances(data, owner, area, group, probability, turnout, by)
    check_rule(rule, matter, nonvoters)
    found = chances.of(correlation, rule, matter, nonvoters)
    columns = {"owners": chances.sizes, "pass_probability": found}
    return named(pd.DataFrame(columns), group, chances.names)


def build_probability(
    data: pd.DataFrame,
    *,
    probability: str | float,
    objection: str | float,
    mediation: float,
    owner: str,
    area: str,
    group: str | None = None,
    turnout: str | float = 1.0,
    correlation: float = 0.0,
    matter: int = 7,
    rule: Rule = "civil_code",
    nonvoters: Nonvoters = "absent",
) -> pd.DataFrame:
    r"""
    Find the chance that a lift is voted for, and that it is built.

    After the vote comes a notice period. Every owner who did not agree may object;
    mediation settles an objection or does not; one that stays stops the work.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per flat of an owner; no tenants and no parking spaces.
    probability : str or float
        Column (or one number) of the probability that the owner agrees if taking part.
    objection : str or float
        Column (or one number) of the probability that the owner objects in the notice
        period, *given* that they did not agree; 0 for upper floors, say.
    mediation : float
        Probability that mediation settles an objection, each on its own.
    owner, area, group, turnout, correlation, matter, rule, nonvoters : various
        As in :func:`pass_probability`.

    Returns
    -------
    pandas.DataFrame
        One row per vote: the vote (if `group` is given), ``owners``,
        ``pass_probability``, ``build_probability`` (passes, and no objection stays)
        and ``built_if_passed``, their ratio (NaN if it cannot pass).

    Raises
    ------
    TypeError, ValueError
        For everything that :func:`pass_probability` refuses, and if `objection` or
        `mediation` is outside 0 to 1.

    See Also
    --------
    pass_probability : The vote alone.

    Notes
    -----
    With :math:`o_i` the objection of owner i and m mediation, each owner who did not
    agree lets the work go on with probability :math:`1 - o_i (1 - m)`, whether they
    voted no or stayed at home. The expectation of the product over them, where the
    vote passes, is computed exactly like the chance of passing. Votes and objections
    are not independent, so the two rates cannot simply be multiplied.

    Examples
    --------
    Four owners who all come and agree with probability 1/2. All four agree with
    probability 1/16; with three of them (4/16) the fourth objects half of the time,
    and mediation settles none:

    >>> flats = pd.DataFrame({"owner": list("abcd"), "area": 80})
    >>> build_probability(
    ...     flats,
    ...     owner="owner",
    ...     area="area",
    ...     probability=0.5,
    ...     objection=0.5,
    ...     mediation=0,
    ... )
       owners  pass_probability  build_probability  built_if_passed
    0       4            0.3125             0.1875              0.6
    """
    chances = _chances(data, owner, area, group, probability, turnout, "both")
    check_rule(rule, matter, nonvoters)
    mediation = _validate.between(mediation, 0, 1, "mediation=")
    objects = _one_each(data, objection, "objection", chances)
    vote = correlation, rule, matter, nonvoters
    passed = chances.of(*vote)
    built = chances.of(*vote, goes_on=1 - objects * (1 - mediation))
    ratio = np.full(len(passed), np.nan)
    np.divide(built, passed, out=ratio, where=passed > 0)
    columns = {
        "owners": chances.sizes,
        "pass_probability": passed,
        "build_probability": built,
        "built_if_passed": ratio,
    }
    return named(pd.DataFrame(columns), group, chances.names)


@dataclass(frozen=True)
class _Chances:
    """Owners sorted by vote and area, with what each may do."""

    names: pd.Index
    offsets: Ints
    person: Ints
    first: Ints
    order: Ints
    area: Ints
    agrees: Floats
    comes: Floats
    by: By

    @property
    def sizes(self) -> Ints:
        """Owners of each vote."""
        return np.diff(self.offsets)

    def of(
        self,
        correlation: float,
        rule: Rule,
        matter: int,
        nonvoters: Nonvoters,
        goes_on: Floats | None = None,
    ) -> Floats:
        """Return the chance of passing, times `goes_on` of each who did not agree."""
        goes_on = np.ones(len(self.first)) if goes_on is None else goes_on
        moods, weight = _moods(_validate.between(correlation, 0, 0.95, "correlation="))
        found = np.empty(len(self.names))
        for areas, votes in self._layouts():
            everyone_comes = all(
                (self.comes[self.offsets[v] : self.offsets[v + 1]] == 1).all()
                for v in votes
            )
            plan = _plan(areas, self.by, everyone_comes)
            tests = run_tests(*plan.totals, rule, matter, nonvoters)
            used = [t for t in tests if self.by == "both" or t.name.endswith(self.by)]
            passes = np.logical_and.reduce([test.passed for test in used])
            step = max(1, _BLOCK // (plan.most * len(moods)))
            for block in np.split(votes, range(step, len(votes), step)):
                rows = self.offsets[block] + np.arange(len(areas))[:, None]
                given = _in_mood(self.agrees[rows], moods, correlation)
                mass = plan.run(given, self.comes[rows], goes_on[rows])
                found[block] = mass[passes].sum(axis=0) @ weight
        return np.clip(found, 0, 1)

    def _layouts(self) -> Iterator[tuple[Ints, Ints]]:
        """Return votes whose owners have the same areas, up to scale."""
        alike: dict[bytes, tuple[Ints, list[int]]] = {}
        for vote, (start, stop) in enumerate(
            zip(self.offsets[:-1], self.offsets[1:], strict=True)
        ):
            areas = self.area[start:stop]
            areas = areas // np.gcd.reduce(areas)
            alike.setdefault(areas.tobytes(), (areas, []))[1].append(vote)
        for areas, votes in alike.values():
            yield areas, np.array(votes)


@dataclass(frozen=True)
class _Plan:
    """How the results of a vote merge as owners are added; the same for all moods."""

    merges: list[tuple[Ints, Ints]]
    everyone_comes: bool
    totals: tuple[Ints, Ints]
    most: int

    def run(self, agrees: Floats, comes: Floats, goes_on: Floats) -> Floats:
        """Return the mass of each result, shape (results, votes, moods)."""
        mass = np.ones((1, *agrees.shape[1:]))
        for k, (order, starts) in enumerate(self.merges):
            come, on = comes[k][:, None], goes_on[k][:, None]
            yes, no = come * agrees[k], come * (1 - agrees[k]) * on
            parts = [mass * no, mass * yes]
            if not self.everyone_comes:
                parts.append(mass * ((1 - come) * on))
            mass = np.add.reduceat(np.concatenate(parts)[order], starts, axis=0)
        return mass


def _plan(areas: Ints, by: By, everyone_comes: bool) -> _Plan:
    """Return how results merge, and owners and areas by answer of each result."""
    n, total = len(areas), int(areas.sum())
    count = np.zeros(n, dtype=np.int64) if by == "area" else np.ones(n, dtype=np.int64)
    size = np.zeros(n, dtype=np.int64) if by == "number" else areas
    # One number holds owners and areas that say no, and that agree.
    bases = [n + 1, n + 1, total + 1, total + 1]
    if (n + 1) ** 2 * (total + 1) ** 2 >= 2**62:
        _too_many(n)
    units = np.cumprod([1, *bases[:3]])
    keys = np.zeros(1, dtype=np.int64)
    merges, most = [], 1
    for c, a in zip(count, size, strict=True):
        no, yes = c * units[0] + a * units[2], c * units[1] + a * units[3]
        parts = [keys + no, keys + yes] + ([] if everyone_comes else [keys])
        joined = np.concatenate(parts)
        order = np.argsort(joined, kind="stable")
        ordered = joined[order]
        starts = np.flatnonzero(np.diff(ordered, prepend=-1))
        keys = ordered[starts]
        merges.append((order, starts))
        most = max(most, len(joined))
        if most > MOST_STATES:
            _too_many(n)
    no_n, yes_n, no_a, yes_a = (
        keys // unit % base for unit, base in zip(units, bases, strict=True)
    )
    by_number, by_area = (
        np.zeros((len(keys), 4), dtype=np.int64),
        np.zeros((len(keys), 4), dtype=np.int64),
    )
    for table, no, yes, everyone in (
        (by_number, no_n, yes_n, n),
        (by_area, no_a, yes_a, total),
    ):
        table[:, OPPOSE], table[:, AGREE] = no, yes
        table[:, SILENT] = everyone - no - yes
    return _Plan(merges, everyone_comes, (by_number, by_area), most)


def _too_many(n: int) -> None:
    raise ValueError(
        f"the areas of {n} owners are so different that more than {MOST_STATES:,} "
        f"results of the vote would have to be told apart; round the areas, for "
        f"example to the nearest 5 square metres, or use by='number'"
    )


def _moods(correlation: float) -> tuple[Floats, Floats]:
    """Return moods and their weights; one mood when owners are independent."""
    if correlation == 0:
        return np.zeros(1), np.ones(1)
    step = 0.25 * np.sqrt(1 - correlation)
    moods = np.arange(-8.5, 8.5, step)
    weight = stats.norm.pdf(moods)
    return moods, weight / weight.sum()


def _in_mood(agrees: Floats, moods: Floats, correlation: float) -> Floats:
    """Return chances of agreeing by mood, shape (owners, votes, moods)."""
    if correlation == 0:
        return agrees[..., None]
    own = stats.norm.ppf(agrees)[..., None]
    shift = np.sqrt(correlation) * moods
    return stats.norm.cdf((own + shift) / np.sqrt(1 - correlation))


def _chances(
    data: pd.DataFrame,
    owner: str,
    area: str,
    group: str | None,
    probability: str | float,
    turnout: str | float,
    by: By,
) -> _Chances:
    """Return checked owners, sorted so that nothing depends on the order of rows."""
    _validate.frame(data)
    _validate.choice(by, get_args(By), "by")
    home, names = by_group(data, group)
    areas, _ = whole(positive(_validate.column(data, area, "area"), "area"))
    person, first = owners(data, owner, home)
    area_of = np.zeros(len(first), dtype=np.int64)
    np.add.at(area_of, person, areas)
    bare: dict[str, Any] = {"person": person, "first": first}
    agrees = _each(data, probability, "probability", **bare)
    comes = _each(data, turnout, "turnout", **bare)
    order = np.lexsort((comes, agrees, area_of, home[first]))
    return _Chances(
        names=names,
        offsets=np.searchsorted(home[first][order], np.arange(len(names) + 1)),
        person=person,
        first=first,
        order=order,
        area=area_of[order],
        agrees=agrees[order],
        comes=comes[order],
        by=by,
    )


def _one_each(
    data: pd.DataFrame, given: str | float, argument: str, chances: _Chances
) -> Floats:
    """Return one probability an owner, in the order of `chances`."""
    found = _each(data, given, argument, person=chances.person, first=chances.first)
    return found[chances.order]


def _each(
    data: pd.DataFrame,
    given: str | float,
    argument: str,
    *,
    person: Ints,
    first: Ints,
) -> Floats:
    """Return one probability an owner, or say who has two."""
    values = chance(data, given, argument)
    two = values != values[first][person]
    if two.any():
        raise ValueError(
            f"data column {given!r} ({argument}=) has two values for the owner of "
            f"row(s) {_validate.listing(data.index[two])}; an owner of several flats "
            f"has one vote, so give all of them one value, such as their mean"
        )
    return values[first]
