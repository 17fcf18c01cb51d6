"""Social organisations: founders, income, autonomy, lives; services for new lifts."""

import heapq
from collections.abc import Mapping
from dataclasses import dataclass
from math import erf, sqrt

import numpy as np
import pandas as pd

from govlib.city.base import Base
from govlib.city.people import YEAR, Booleans, Floats, Integers
from govlib.city.streams import poisson_quantile

TABLES = (
    "organisations",
    "organisation_income",
    "service_centres",
    "lift_teams",
    "lift_cases",
)

# Years in which organisations are founded; those dissolved before the register began
# are not in it. The survey is taken at the end of its year.
FOUNDED, REGISTER, NOW = 2004, 2015, YEAR + 1
# A community has room for so many organisations.
MOST = 48
PURPOSES = np.array(["activity", "service", "rights"])
PURPOSE_SHARES = (0.65, 0.28, 0.07)
# Share that is registered as a legal person, by purpose; the rest is only filed.
REGISTERED = np.array([0.15, 0.6, 0.25])
FOUNDERS = np.array(["office", "centre", "residents"])
# Whole parameters of the beta distribution of the share of income from the
# sub-district, by founder.
SHARES = np.array([[6, 3], [6, 3], [2, 5]])
# Sources besides the sub-district, and what weight each has by purpose.
SOURCES = ("office", "government", "fees", "donations", "foundation")
WEIGHTS = np.array([[0.6, 1.2, 0.8, 0.3], [1.2, 0.9, 0.5, 0.6], [0.4, 0.6, 1.0, 0.5]])
# Income and dependence are taken from their usual level.
USUAL_SHARE, USUAL_HHI, USUAL_INCOME = 0.45, 0.42, 5.7
# Statements of the autonomy scale: loading, negative if worded the other way round.
AUTONOMY = {
    "own_director": 0.75,
    "own_staff": 0.7,
    "own_budget": 0.7,
    "may_decline": 0.6,
    "plan_approved": -0.65,
    "own_projects": 0.65,
}
CUTS = np.array([-1.5, -0.5, 0.5, 1.5])
# Tendency to agree with any statement, and the spread of autonomy itself.
AGREEING, AUTONOMY_SD = 0.2, 0.94
# Months of the lift programme, and of a quarter.
MONTHS, QUARTER = 36, 3
# Quarters in which the cases of a special plan crowd, and the share of sub-districts
# that have one.
PEAK, SPECIAL = (5, 6, 7), 0.5
# Cases a team finishes in a year.
SERVICE_RATE = 3.0


@dataclass(frozen=True, slots=True)
class Organisations:
    """
    All organisations ever founded in a city, one entry each, dissolved ones included.

    Attributes
    ----------
    community, number : numpy.ndarray of int, shape (n,)
        Place of the community in `Base.codes`, and number in it, from 1.
    founded : numpy.ndarray of float, shape (n,)
        Year and part of the year.
    purpose, founder : numpy.ndarray of int, shape (n,)
        Places in `PURPOSES` and `FOUNDERS`.
    registered : numpy.ndarray of bool, shape (n,)
        Whether it is a legal person; else it is only filed.
    shares : numpy.ndarray of float, shape (n, 5)
        Shares of income by source, in the order of `SOURCES`.
    income : numpy.ndarray of float, shape (n,)
        Log of the yearly income in thousands of yuan.
    autonomy : numpy.ndarray of float, shape (n,)
        Autonomy, with mean about 0 and standard deviation about 1.
    life : numpy.ndarray of float, shape (n,)
        Years from founding to dissolution, within the window or not.
    """

    community: Integers
    number: Integers
    founded: Floats
    purpose: Integers
    founder: Integers
    registered: Booleans
    shares: Floats
    income: Floats
    autonomy: Floats
    life: Floats

    @property
    def dissolved(self) -> Floats:
        """
        Year of dissolution.

        Returns
        -------
        numpy.ndarray of float, shape (n,)
            Of `NOW` or more where the organisation is alive.
        """
        return self.founded + self.life

    @property
    def alive(self) -> Booleans:
        """
        Whether each lives at the time of the survey.

        Returns
        -------
        numpy.ndarray of bool, shape (n,)
            One entry each.
        """
        return self.dissolved >= NOW

    @property
    def listed(self) -> Booleans:
        """
        Whether each is in the register, which began in `REGISTER`.

        Returns
        -------
        numpy.ndarray of bool, shape (n,)
            False for those dissolved before.
        """
        return self.dissolved > REGISTER


def concentration(shares: Floats) -> Floats:
    """
    Measure how concentrated income is.

    Parameters
    ----------
    shares : numpy.ndarray of float, shape (n, k)
        Shares of income by source.

    Returns
    -------
    numpy.ndarray of float, shape (n,)
        Sum of squared shares.

    Examples
    --------
    >>> concentration(np.array([[0.7, 0.1, 0.1, 0.1]])).round(2)
    array([0.52])
    """
    return (shares**2).sum(axis=1)


def with_share(shares: Floats, share: Floats | float) -> Floats:
    """
    Set the share of income from the sub-district, the rest keeping its proportions.

    Parameters
    ----------
    shares : numpy.ndarray of float, shape (n, k)
        Shares of income; the sub-district's first.
    share : numpy.ndarray of float or float
        What the first share is set to, in [0, 1].

    Returns
    -------
    numpy.ndarray of float, shape (n, k)
        Shares that add up to 1.

    Examples
    --------
    >>> with_share(np.array([[0.6, 0.1, 0.3]]), 0.2).round(1)
    array([[0.2, 0.2, 0.6]])
    """
    rest = shares[:, 1:] / shares[:, 1:].sum(axis=1, keepdims=True)
    first = np.broadcast_to(share, len(shares))[:, None]
    return np.hstack([first, (1 - first) * rest])


def autonomy(
    share: Floats, founder: Integers, draw: Floats, values: Mapping[str, float]
) -> Floats:
    """
    Evaluate an organisation's autonomy.

    Parameters
    ----------
    share : numpy.ndarray of float, shape (n,)
        Share of income from the sub-district.
    founder : numpy.ndarray of int, shape (n,)
        Place in `FOUNDERS`.
    draw : numpy.ndarray of float, shape (n,)
        Standard normal.
    values : mapping of str to float
        Parameters of the model.

    Returns
    -------
    numpy.ndarray of float, shape (n,)
        ``autonomy_share (share - 0.45) + autonomy_founder`` (if not founded by
        residents) ``+ 0.75 draw``, about a fixed level.
    """
    official = founder != 2
    return (
        0.1
        + values["autonomy_share"] * (share - USUAL_SHARE)
        + values["autonomy_founder"] * official
        + 0.75 * draw
    )


def quality(
    autonomous: Floats, income: Floats, shares: Floats, values: Mapping[str, float]
) -> Floats:
    """
    Expect the quality of an organisation's service, as its users rate it.

    Parameters
    ----------
    autonomous, income : numpy.ndarray of float, shape (n,)
        Autonomy, and log income.
    shares : numpy.ndarray of float, shape (n, 5)
        Shares of income by source.
    values : mapping of str to float
        Parameters of the model.

    Returns
    -------
    numpy.ndarray of float, shape (n,)
        ``64 + quality_autonomy autonomy + quality_income (income - 5.7) +
        quality_hhi (HHI - 0.42)``, in points; users' ratings spread around it.
    """
    return (
        64
        + values["quality_autonomy"] * autonomous
        + values["quality_income"] * (income - USUAL_INCOME)
        + values["quality_hhi"] * (concentration(shares) - USUAL_HHI)
    )


def dissolving(share: Floats, income: Floats, values: Mapping[str, float]) -> Floats:
    """
    Evaluate the rate at which organisations are dissolved.

    Parameters
    ----------
    share, income : numpy.ndarray of float, shape (n,)
        Share of income from the sub-district; log income less its mean among those of
        its founder and status.
    values : mapping of str to float
        Parameters of the model.

    Returns
    -------
    numpy.ndarray of float, shape (n,)
        ``dissolving exp(dissolving_share (share - 0.45) - 0.35 income)`` a year:
        who is paid by the sub-district lasts longer.
    """
    log_rate = values["dissolving_share"] * (share - USUAL_SHARE) - 0.35 * income
    return values["dissolving"] * np.exp(log_rate)


def organisations(base: Base) -> Organisations:
    """
    Found the organisations of a city, and let them live.

    Parameters
    ----------
    base : Base
        Places and institutions of the city.

    Returns
    -------
    Organisations
        All that were founded since 2004.

    Notes
    -----
    A community's number is Poisson with log mean ``2.05 + 0.25 W + 0.3 A +
    ln(residents / 4200) + 0.6 draw``: rich communities and those with activities have
    more. The years of founding lean to the present. Sub-district offices found one
    with log odds ``-0.9 + 0.25 U``, where U is the sub-district's own draw; their
    service centres a third as often; the rest are the residents' own. The share of
    income from the office is beta(6, 3) if it or its centre founded the organisation
    and beta(2, 5) if not; log income is higher by 1.2 for those of the office.

    Examples
    --------
    >>> from govlib.city.base import base
    >>> found = organisations(base(2026, "tiny"))
    >>> bool((found.founded >= 2004).all()), found.shares.shape[1]
    (True, 5)
    """
    values = base.parameters
    where = len(base.codes)
    mean = np.exp(
        2.05
        + 0.25 * base.of_place("wealth")
        + 0.3 * base.of_place("activity")
        + np.log(base.residents / 4200)
        + 0.6 * base.normal("organisations")
    )
    count = np.minimum(poisson_quantile(base.uniform("organisations_n"), mean), MOST)
    here = np.arange(MOST) < count[:, None]

    def draws(equation: str, *shape: int) -> Floats:
        return base.uniform(f"organisation_{equation}", MOST, *shape)[here]

    def normal(equation: str) -> Floats:
        return base.normal(f"organisation_{equation}", MOST)[here]

    community = np.repeat(np.arange(where), count)
    founded = FOUNDED + (NOW - FOUNDED) * draws("founded") ** 0.7
    purpose = np.searchsorted(np.cumsum(PURPOSE_SHARES)[:-1], draws("purpose"), "right")
    official = 1 / (1 + np.exp(0.9 - 0.25 * base.subdistrict_draw[community]))
    who = draws("founder")
    founder = np.where(who < official, 0, np.where(who < official * 4 / 3, 1, 2))
    registered = draws("registered") < REGISTERED[purpose]
    # A gamma draw of whole shape is a sum of exponentials, and a beta draw the share
    # of one such sum: the same uniforms serve both founders.
    waits = -np.log1p(-draws("share", 9))
    a, b = SHARES[founder].T
    upto = np.cumsum(waits, axis=1)
    rows = np.arange(len(a))
    share = upto[rows, a - 1] / upto[rows, a + b - 1]
    rest = WEIGHTS[purpose] * -np.log1p(-draws("sources", len(SOURCES) - 1))
    shares = with_share(np.hstack([share[:, None], rest]), share)
    around = 0.25 * base.of_place("wealth")[community] + 0.5 * normal("income")
    usual = np.where(registered, 5.2, 2.6) + 1.2 * (founder != 2)
    life = -np.log1p(-draws("life")) / dissolving(share, around, values)
    return Organisations(
        community=community,
        number=np.broadcast_to(np.arange(1, MOST + 1), here.shape)[here],
        founded=founded,
        purpose=purpose,
        founder=founder,
        registered=registered,
        shares=shares,
        income=usual + around,
        autonomy=autonomy(share, founder, normal("autonomy"), values),
        life=life,
    )


def answers(base: Base, found: Organisations) -> Integers:
    """
    Answer the statements of the autonomy scale, for all ever founded.

    Parameters
    ----------
    base : Base
        Places and institutions of the city.
    found : Organisations
        Its organisations.

    Returns
    -------
    numpy.ndarray of int, shape (n, 6)
        1 to 5, in the order of `AUTONOMY`, as answered: not turned round.

    Notes
    -----
    Behind each statement stands ``loading x autonomy / 0.94`` plus a draw that makes
    its variance 1, plus 0.2, the tendency to agree; it is cut at -1.5, -0.5, 0.5 and
    1.5.
    """
    loading = np.array(list(AUTONOMY.values()))
    draw = base.normal("organisation_items", MOST, len(loading))
    own = draw[found.community, found.number - 1]
    behind = loading * found.autonomy[:, None] / AUTONOMY_SD
    behind = behind + np.sqrt(1 - loading**2) * own + AGREEING
    return 1 + (behind[:, :, None] > CUTS).sum(axis=2)


def score(answered: Integers | Floats) -> Floats:
    """
    Average the answers, those to statements worded the other way round turned.

    Parameters
    ----------
    answered : numpy.ndarray, shape (n, 6)
        Answers, 1 to 5.

    Returns
    -------
    numpy.ndarray of float, shape (n,)
        From 1 to 5, higher for more autonomy.

    Examples
    --------
    >>> score(np.array([[5, 5, 5, 5, 1, 5]]))
    array([5.])
    """
    turned = np.array([loading < 0 for loading in AUTONOMY.values()])
    return np.where(turned, 6 - answered, answered).mean(axis=1)


def expected_score(autonomous: Floats) -> Floats:
    """
    Expect the score on the scale, given autonomy itself.

    Parameters
    ----------
    autonomous : numpy.ndarray of float, shape (n,)
        Autonomy.

    Returns
    -------
    numpy.ndarray of float, shape (n,)
        From 1 to 5.
    """
    normal = np.vectorize(lambda z: (1 + erf(z / sqrt(2))) / 2, otypes=[float])
    total = np.zeros(len(autonomous))
    for loading in AUTONOMY.values():
        spread = sqrt(1 - loading**2)
        level = loading * autonomous / AUTONOMY_SD + AGREEING
        agreed = normal((level[:, None] - CUTS) / spread).sum(axis=1)
        total += 5 - agreed if loading < 0 else 1 + agreed
    return total / len(AUTONOMY)


def accounts(base: Base, found: Organisations) -> Floats:
    """
    Draw up the latest yearly accounts of organisations.

    Parameters
    ----------
    base : Base
        Places and institutions of the city.
    found : Organisations
        Its organisations.

    Returns
    -------
    numpy.ndarray of float, shape (n, 5)
        Whole thousands of yuan by source: income times share times a log-normal draw
        with standard deviation 0.15.
    """
    draw = base.normal("organisation_accounts", MOST, len(SOURCES))
    spread = np.exp(0.15 * draw[found.community, found.number - 1])
    return np.rint(np.exp(found.income)[:, None] * found.shares * spread)


@dataclass(frozen=True, slots=True)
class Cases:
    """
    Stairwells that ask a lift service for help, one entry each.

    Attributes
    ----------
    service : numpy.ndarray of int, shape (n,)
        Place of the sub-district among those of the city.
    asked, started, finished : numpy.ndarray of float, shape (n,)
        Months since the programme began.
    """

    service: Integers
    asked: Floats
    started: Floats
    finished: Floats

    @property
    def wait(self) -> Floats:
        """
        Months from asking to the start of work.

        Returns
        -------
        numpy.ndarray of float, shape (n,)
            At least 0.
        """
        return self.started - self.asked


def special_plans(base: Base, subdistricts: list[str]) -> Booleans:
    """
    Draw the sub-districts whose lifts stand in a special plan.

    Parameters
    ----------
    base : Base
        Places and institutions of the city.
    subdistricts : list of str
        Their codes.

    Returns
    -------
    numpy.ndarray of bool, shape (k,)
        True where cases come in a wave: by lot, half of them.
    """
    return base.uniform("lift_plan", of=subdistricts) < SPECIAL


def profile(special: bool, peak_share: float) -> Floats:
    """
    Spread the cases of a programme over its quarters.

    Parameters
    ----------
    special : bool
        Whether a special plan concentrates them.
    peak_share : float
        Share of cases in the three peak quarters if it does.

    Returns
    -------
    numpy.ndarray of float, shape (12,)
        Shares that add up to 1.

    Examples
    --------
    >>> profile(True, 0.57).round(3)[[3, 4, 5]]
    array([0.048, 0.19 , 0.19 ])
    """
    quarters = MONTHS // QUARTER
    shares = np.full(quarters, 1 / quarters)
    if special:
        shares[:] = (1 - peak_share) / (quarters - len(PEAK))
        shares[np.array(PEAK) - 1] = peak_share / len(PEAK)
    return shares


def serve(asked: Floats, work: Floats, teams: Floats) -> Floats:
    """
    Let teams take cases in the order in which they came.

    Parameters
    ----------
    asked, work : numpy.ndarray of float, shape (n,)
        Months at which cases come, in order, and months of work on each.
    teams : numpy.ndarray of float, shape (12,)
        Number of teams in each quarter, at least one; the last number holds on. A team
        that is given up finishes its case.

    Returns
    -------
    numpy.ndarray of float, shape (n,)
        Months at which work starts.

    Examples
    --------
    One team, three months a case:

    >>> serve(np.array([0.0, 1, 9]), np.full(3, 3.0), np.ones(12))
    array([0., 3., 9.])
    """
    number = teams.astype(int)
    # Free from, and given up at: one entry per stretch of quarters with a k-th team.
    free: list[tuple[float, float]] = []
    for level in range(1, int(number.max()) + 1):
        has = np.concatenate(([False], number >= level, [False]))
        turns = np.flatnonzero(has[1:] != has[:-1])
        for start, stop in zip(turns[::2], turns[1::2], strict=True):
            end = np.inf if stop == len(number) else float(QUARTER * stop)
            free.append((float(QUARTER * start), end))
    heapq.heapify(free)
    started = np.empty(len(asked))
    for case, (came, months) in enumerate(zip(asked, work, strict=True)):
        while True:
            ready, end = heapq.heappop(free)
            start = max(came, ready)
            if start < end:
                break
        started[case] = start
        heapq.heappush(free, (start + months, end))
    return started


def lift_cases(
    base: Base, *, peak_share: float | None = None, teams: int | None = None
) -> Cases:
    """
    Follow the cases of all lift services of a city.

    Parameters
    ----------
    base : Base
        Places and institutions of the city.
    peak_share : float, optional
        Share of a special plan's cases in the peak quarters; 0.25 spreads them evenly.
        Default: the model's own.
    teams : int, optional
        Number of teams everywhere and always. Default: the model's own.

    Returns
    -------
    Cases
        In the order of sub-districts and of asking.

    Notes
    -----
    Each sub-district has one service, founded under the city's lead, and a Poisson
    number of cases in three years, with mean 24. A case takes an exponential time of
    four months on average, one of `lift_teams` teams at a time. Neither the number of
    cases nor the work on each changes if they come at another time or meet more teams.
    """
    values = base.parameters
    if peak_share is None:
        peak_share = values["lift_peak"]
    codes, first = np.unique(base.of_place("subdistrict"), return_index=True)
    subdistricts = [str(code) for code in codes]
    given = base.settled("lift_teams", np.full(len(base.codes), values["lift_teams"]))
    inside = base.within("subdistrict")
    special = special_plans(base, subdistricts)
    most = 90
    count = poisson_quantile(
        base.uniform("lift_cases", of=subdistricts),
        np.full(len(codes), values["lift_cases"]),
    )
    position = base.uniform("lift_asked", most, of=subdistricts)
    effort = base.uniform("lift_effort", most, of=subdistricts)
    parts: list[tuple[Floats, ...]] = []
    for k in range(len(first)):
        n = min(int(count[k]), most)
        bounds = np.concatenate(([0.0], np.cumsum(profile(special[k], peak_share))))
        months = QUARTER * np.arange(len(bounds))
        asked = np.interp(np.sort(position[k, :n]), bounds, months)
        work = -np.log1p(-effort[k, :n]) * 12 / SERVICE_RATE
        # More teams in any of its communities are teams of the sub-district.
        path = given[inside == k].max(axis=0) if teams is None else np.full(12, teams)
        started = serve(asked, work, path)
        parts.append((np.full(n, k), asked, started, started + work))
    service, asked, started, finished = (
        np.concatenate(column) for column in zip(*parts, strict=True)
    )
    return Cases(service.astype(np.int64), asked, started, finished)


def tables(base: Base) -> dict[str, pd.DataFrame]:
    """
    Make the tables of organisations and of lift services.

    Parameters
    ----------
    base : Base
        Places and institutions of the city.

    Returns
    -------
    dict of str to pandas.DataFrame
        By name, rows in order of their keys.
    """
    found = organisations(base)
    codes = np.array(base.codes)
    subdistrict = base.of_place("subdistrict")
    out = _organisations(base, found, codes, subdistrict)
    names = sorted(set(subdistrict))
    out["service_centres"] = pd.DataFrame(
        {
            "centre": [f"{name}-C" for name in names],
            "subdistrict": names,
            "founder": names,
        }
    )
    return out | _lifts(base, names)


def _organisations(
    base: Base,
    found: Organisations,
    codes: np.ndarray,
    subdistrict: np.ndarray,
) -> dict[str, pd.DataFrame]:
    """Rows of the register, and the accounts of those registered."""
    listed = found.listed
    order = np.flatnonzero(listed)
    alive, registered = found.alive[order], found.registered[order]
    code = codes[found.community[order]]
    name = [f"{c}-O{n:02}" for c, n in zip(code, found.number[order], strict=True)]
    founder = found.founder[order]
    local = subdistrict[found.community[order]].astype(object)
    asked = alive & registered
    noise = base.normal("organisation_quality", MOST)
    expected = quality(found.autonomy, found.income, found.shares, base.parameters)
    rated = expected + 6 * noise[found.community, found.number - 1]
    people = base.uniform("organisation_staff", MOST)
    staff = 1 + poisson_quantile(
        people[found.community, found.number - 1],
        np.minimum(np.exp(found.income) / 110, 60),
    )
    table = pd.DataFrame(
        {
            "organisation": name,
            "community": code,
            "purpose": PURPOSES[found.purpose[order]],
            "registered": registered,
            "founder_kind": FOUNDERS[founder],
            "founder": np.where(
                founder == 0,
                local,
                np.where(founder == 1, local + "-C", "residents"),
            ),
            # Outwards to a hundredth of a year, so that no life is too short to see.
            "founded": np.floor(100 * found.founded[order]) / 100,
            "dissolved": np.where(
                alive, np.nan, np.ceil(100 * found.dissolved[order]) / 100
            ),
            "staff": _where(asked, staff[order]),
            **{
                item: _where(asked, column[order])
                for item, column in zip(AUTONOMY, answers(base, found).T, strict=True)
            },
            "quality": np.where(asked, np.round(rated[order].clip(0, 100), 1), np.nan),
        }
    )
    # The latest accounts are of the survey's year, or of the year of dissolution.
    year = np.minimum(np.floor(found.dissolved[order]), YEAR).astype(int)
    kept = np.flatnonzero(registered)
    income = pd.DataFrame(
        {
            "organisation": np.repeat(np.array(name)[kept], len(SOURCES)),
            "account_year": np.repeat(year[kept], len(SOURCES)),
            "payer": np.tile(np.array(SOURCES), len(kept)),
            "amount": accounts(base, found)[order][kept].ravel().astype(np.int64),
        }
    )
    # A source that paid nothing is no source.
    income = income[income["amount"] > 0]
    income = income.sort_values(["organisation", "payer"], ignore_index=True)
    table = table.sort_values("organisation", ignore_index=True)
    return {"organisations": table, "organisation_income": income}


def _lifts(base: Base, names: list[str]) -> dict[str, pd.DataFrame]:
    """Rows of the lift services, and of their cases."""
    cases = lift_cases(base)
    given = base.settled(
        "lift_teams", np.full(len(base.codes), base.parameters["lift_teams"])
    )
    inside = base.within("subdistrict")
    members = poisson_quantile(
        base.uniform("lift_members", 3, of=names).ravel(),
        np.tile([3.0, 2.5, 3.5], len(names)),
    ).reshape(-1, 3)
    teams = pd.DataFrame(
        {
            "lift_service": [f"{name}-L" for name in names],
            "subdistrict": names,
            "special_plan": special_plans(base, names),
            "teams": [
                int(given[inside == k].max(axis=0)[-1]) for k in range(len(names))
            ],
            "lead_residents": 1 + members[:, 0],
            "retired_cadres": 1 + members[:, 1],
            "committee_workers": 1 + members[:, 2],
        }
    )
    service = teams["lift_service"].to_numpy()[cases.service]
    number = np.concatenate(
        [np.arange(1, n + 1) for n in np.bincount(cases.service, minlength=len(names))]
    )
    # Downwards to a hundredth of a month: who asks in the last one asks before its end.
    rows = pd.DataFrame(
        {
            "lift_case": [f"{s}{n:03}" for s, n in zip(service, number, strict=True)],
            "lift_service": service,
            "month_asked": np.floor(100 * cases.asked) / 100,
            "month_started": np.floor(100 * cases.started) / 100,
            "month_finished": np.floor(100 * cases.finished) / 100,
        }
    )
    # What lies beyond the end of the records is not known.
    for column in ("month_started", "month_finished"):
        rows[column] = rows[column].where(rows[column] <= MONTHS)
    return {"lift_teams": teams, "lift_cases": rows}


def _where(known: Booleans, values: Integers) -> pd.Series:
    """Whole numbers where they are known, else missing."""
    return pd.Series(np.where(known, values, np.nan)).astype("Int64")
