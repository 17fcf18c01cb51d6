"""
Whether social organisations stand on their own feet, and what happens at a peak.

How many teams a concentrated programme needs; who pays an organisation and who founded
it; how far a scale of autonomy can be trusted; how long organisations last, and what is
seen when only the living are asked.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import optimize, stats

from govlib import _columns, _inference, _queue, _survival, _validate

Array = NDArray[np.float64]

# A unique variance below this share of an item's variance counts as none (Heywood).
_LEAST_UNIQUE = 0.005

# Teams and waiting


def erlang_b(load: float, teams: int) -> float:
    r"""
    Return the share of cases that finds every team busy and is turned away.

    Parameters
    ----------
    load : float
        Offered load in teams: cases per unit of time times mean time per case, >= 0.
    teams : int
        Number of teams, at least one.

    Returns
    -------
    float
        Probability of being blocked, 0 to 1. Nobody waits in this model.

    Raises
    ------
    ValueError
        If the load is negative or there is no team.
    TypeError
        If the load is no number or `teams` no whole number.

    See Also
    --------
    erlang_c : The same where cases wait instead.

    Notes
    -----
    Erlang's first formula, by the recursion over teams :math:`B_0 = 1`, :math:`B_c =
    a B_{c-1} / (c + a B_{c-1})`, which needs no factorials [1]_. It holds for any
    distribution of the time per case.

    References
    ----------
    .. [1] Cooper, R. B. (1981). Introduction to queueing theory. North Holland.

    Examples
    --------
    With a load of one and two teams: (1/2) / (1 + 1 + 1/2) = 1/5.

    >>> erlang_b(1, 2)
    0.2
    """
    teams = _validate.count(teams, "teams")
    return float(_queue.blocking(_load(load), teams)[0])


def erlang_c(load: float, teams: int) -> float:
    r"""
    Return the share of cases that has to wait for a free team.

    Parameters
    ----------
    load : float
        Offered load in teams: cases per unit of time times mean time per case, >= 0.
    teams : int
        Number of teams, at least one, who share one waiting line.

    Returns
    -------
    float
        Probability of waiting, 0 to 1; 1 at a load of `teams` or more, where the line
        grows without end.

    Raises
    ------
    ValueError
        If the load is negative or there is no team.
    TypeError
        If the load is no number or `teams` no whole number.

    See Also
    --------
    waiting : How long they wait.

    Notes
    -----
    Erlang's second formula from the first: :math:`C = cB / (c - a(1 - B))` [1]_.

    References
    ----------
    .. [1] Cooper, R. B. (1981). Introduction to queueing theory. North Holland.

    Examples
    --------
    One team that is busy four fifths of the time keeps four in five waiting:

    >>> erlang_c(0.8, 1)
    0.8
    """
    teams = _validate.count(teams, "teams")
    return float(_queue.waiting(_load(load), teams)[0])


def _load(load: float) -> Array:
    return np.array([_validate.between(load, 0, np.finfo(float).max, "load")])


def waiting(
    arrival_rate: ArrayLike,
    *,
    service_rate: float,
    teams: ArrayLike,
    patience: float | None = None,
    longer_than: float | None = None,
) -> pd.DataFrame:
    r"""
    Tell how long cases wait for a team, for one or many rates of arrival.

    Waits are flat as long as teams have time to spare, and explode when they have not:
    give a range of rates to see the curve.

    Parameters
    ----------
    arrival_rate : float or array_like
        Cases per unit of time, >= 0; each gives one row.
    service_rate : float
        Cases that one team finishes in the same unit of time, above zero.
    teams : int or array_like of int
        Teams who share one waiting line, at least one; or one number per rate.
    patience : float, optional
        Mean time after which a waiting case gives up, above zero. Default: nobody
        gives up.
    longer_than : float, optional
        A time limit for the wait, >= 0; adds ``longer_share``. Only without patience.

    Returns
    -------
    pandas.DataFrame
        One row per rate: ``arrival_rate``, ``service_rate``, ``teams``; ``load``, what
        arrives over what the teams can do; ``stable``, false where the line grows
        without end (a load of 1 or more without patience: waits are then infinite);
        ``waiting_share``; ``mean_wait`` before a team comes, over all cases;
        ``mean_time_in_system``, the wait and the work; ``mean_waiting``, cases in the
        line; with patience ``leaving_share``, cases that give up; with a limit
        ``longer_share``, cases that wait longer.

    Raises
    ------
    ValueError
        If a rate is negative, missing or infinite, the service rate or patience is not
        above zero, there is no team, or a limit is given together with patience.
    TypeError
        If a number is expected and something else given.

    See Also
    --------
    teams_needed : The smallest number of teams that keeps waits short.
    waiting_over_time : Arrivals that come in a wave.

    Notes
    -----
    Arrivals are Poisson with rate :math:`\lambda`, times per case exponential with rate
    :math:`\mu`, and all :math:`c` teams share one line (M/M/c). With :math:`C` of
    :func:`erlang_c`, the mean wait is :math:`C / (c\mu - \lambda)` and the share that
    waits longer than t is :math:`C e^{-(c\mu - \lambda)t}`. With patience of mean
    :math:`1/\theta`, exponential, it is Erlang's A (M/M/c+M), the stationary
    distribution of a birth and death chain, of which no load is too much [1]_: people
    leave. Without patience long waits are overstated where people do leave. These are
    averages over the long run with a steady rate; see :func:`waiting_over_time`.

    References
    ----------
    .. [1] Gans, N., Koole, G. and Mandelbaum, A. (2003). Telephone call centers:
       tutorial, review, and research prospects. Manufacturing & Service Operations
       Management 5(2), 79-141.

    Examples
    --------
    Four lift teams finish three cases a year each. At 6, 8 and 11 cases a year the
    wait, in months:

    >>> table = waiting([6, 8, 11], service_rate=3, teams=4)
    >>> (12 * table["mean_wait"]).round(2).tolist()
    [0.35, 1.14, 9.86]
    """
    return _queue.performance(
        arrival_rate,
        service_rate=service_rate,
        servers=teams,
        servers_name="teams",
        patience=patience,
        longer_than=longer_than,
    )


def teams_needed(
    arrival_rate: ArrayLike,
    *,
    service_rate: float,
    max_wait: float | None = None,
    max_share: float | None = None,
    longer_than: float | None = None,
    patience: float | None = None,
) -> pd.DataFrame:
    r"""
    Find the smallest number of teams that keeps waits below a target.

    Parameters
    ----------
    arrival_rate : float or array_like
        Cases per unit of time, >= 0; each gives one row.
    service_rate : float
        Cases that one team finishes in the same unit of time, above zero.
    max_wait : float, optional
        The mean wait may be this long at most, above zero.
    max_share : float, optional
        This share of cases, between 0 and 1, may wait longer than `longer_than`.
    longer_than : float, optional
        Time limit that goes with `max_share`. Default: no time, so that `max_share`
        limits the cases that wait at all.
    patience : float, optional
        Mean time after which a waiting case gives up. Default: nobody gives up.

    Returns
    -------
    pandas.DataFrame
        As :func:`waiting`, one row per rate, with the smallest number of ``teams``
        that meets all targets given.

    Raises
    ------
    ValueError
        If no target is given, a target or rate is out of range, or a time limit is
        given with patience or without `max_share`.
    TypeError
        If a number is expected and something else given.

    See Also
    --------
    waiting : What a given number of teams achieves.

    Notes
    -----
    Waits fall with every team added, so the number is found by bisection, from the
    load upwards. Teams beyond the load are the price of randomness: for the same share
    that waits they grow with the square root of the load only, so that one pool needs
    fewer than several small ones.

    Examples
    --------
    Eleven cases a year keep four teams 92 % busy, and nearly ten months behind. For a
    mean wait of at most one month:

    >>> table = teams_needed([6, 11], service_rate=3, max_wait=1 / 12)
    >>> table[["arrival_rate", "teams", "load", "mean_wait"]]
       arrival_rate  teams    load  mean_wait
    0           6.0      4  0.5000     0.0290
    1          11.0      6  0.6111     0.0300
    """
    rates = _queue.rates(arrival_rate, "arrival_rate")
    service_rate = _queue.positive(service_rate, "service_rate")
    if max_wait is None and max_share is None:
        raise ValueError("give a target: max_wait=, max_share= or both")
    if max_wait is not None:
        max_wait = _queue.positive(max_wait, "max_wait")
    if max_share is not None:
        max_share = _queue.positive(
            _validate.between(max_share, 0, 1, "max_share="), "max_share"
        )
    if longer_than is not None and max_share is None:
        raise ValueError("longer_than= goes with max_share=: what share may wait so?")

    def row(rate: float, teams: int) -> pd.DataFrame:
        return waiting(
            rate,
            service_rate=service_rate,
            teams=teams,
            patience=patience,
            longer_than=longer_than,
        )

    def enough(rate: float, teams: int) -> bool:
        found = row(rate, teams).iloc[0]
        share = found["waiting_share" if longer_than is None else "longer_share"]
        return bool(
            (max_wait is None or found["mean_wait"] <= max_wait)
            and (max_share is None or share <= max_share)
        )

    rows = []
    for rate in rates:
        # Patience aside, as many teams as the load are too few.
        few = int(rate / service_rate) if patience is None else 0
        many, step = few + 1, 1
        while not enough(rate, many):
            few, many, step = many, many + step, 2 * step
        while many - few > 1:
            middle = (few + many) // 2
            few, many = (few, middle) if enough(rate, middle) else (middle, many)
        rows.append(row(rate, many))
    return pd.concat(rows, ignore_index=True)


def waiting_over_time(
    arrivals: ArrayLike,
    *,
    service_rate: float,
    teams: int,
    period: float = 1.0,
) -> pd.DataFrame:
    r"""
    Follow the waiting line when cases come in a wave, and mark its peak.

    A programme that is easily done on average may be far behind at its peak, and the
    delay peaks after the arrivals do.

    Parameters
    ----------
    arrivals : array_like
        Cases that come in each period, in order, >= 0.
    service_rate : float
        Cases that one team finishes per unit of time, above zero.
    teams : int
        Teams who share one waiting line, at least one.
    period : float, default 1.0
        Length of a period, in the unit of time of `service_rate`: with cases per
        quarter and a service rate per year, 0.25.

    Returns
    -------
    pandas.DataFrame
        One row per period: ``period`` (from 1); ``arrivals``; ``load``, what arrives
        over what the teams can do; ``average_wait``, the mean wait if the same cases
        came evenly over all periods: the naive answer; ``stationary_wait``, the mean
        wait if this period's rate lasted for ever, infinite from a load of 1 on;
        ``backlog``, cases waiting at the end of the period; ``wait``, how long a case
        that comes then waits for a team; ``peak``, true where ``wait`` is longest (in
        the first such period; nowhere if nobody waits). Waits are in the unit of time
        of `service_rate`.

    Raises
    ------
    ValueError
        If an arrival is negative, missing or infinite, a rate or the period is not
        above zero, or there is no team.
    TypeError
        If a number is expected and something else given.

    See Also
    --------
    waiting : A steady rate of arrivals.

    Notes
    -----
    ``stationary_wait`` is the pointwise stationary approximation [1]_: good where the
    rate changes slowly and the load stays below one. ``backlog`` is the fluid
    approximation: cases in the system :math:`x` follow :math:`x' = \lambda(t) - \mu
    \min(x, c)` from an empty start, solved exactly in each period; a case that comes at
    its end waits :math:`\max(x - c, 0) / c\mu`. It carries the backlog from period to
    period and is right for a large programme; it knows no randomness, so that it shows
    no wait below a load of one, where the first column does.

    References
    ----------
    .. [1] Green, L. and Kolesar, P. (1991). The pointwise stationary approximation for
       queues with nonstationary arrivals. Management Science 37(1), 84-97.

    Examples
    --------
    Four teams finish three cases a year each. Forty cases in four years are a load of
    0.83; when 25 of them come in the second year, those at its end wait 11 months:

    >>> table = waiting_over_time([5, 25, 5, 5], service_rate=3, teams=4)
    >>> table[["arrivals", "load", "average_wait", "wait", "peak"]]
       arrivals    load  average_wait    wait   peak
    0       5.0  0.4167        0.3289  0.0000  False
    1      25.0  2.0833        0.3289  0.9233   True
    2       5.0  0.4167        0.3289  0.3400  False
    3       5.0  0.4167        0.3289  0.0000  False
    """
    cases = _queue.rates(arrivals, "arrivals")
    service_rate = _queue.positive(service_rate, "service_rate")
    teams = _validate.count(teams, "teams")
    period = _queue.positive(period, "period")
    rate = cases / period
    table = waiting(rate, service_rate=service_rate, teams=teams)
    average = waiting(rate.mean(), service_rate=service_rate, teams=teams)
    inside, backlog = 0.0, []
    for each in rate:
        inside = _fluid(inside, each, service_rate, teams, period)
        backlog.append(max(inside - teams, 0.0))
    wait = np.array(backlog) / (teams * service_rate)
    return pd.DataFrame(
        {
            "period": np.arange(1, len(rate) + 1),
            "arrivals": cases,
            "load": table["load"],
            "average_wait": average["mean_wait"][0],
            "stationary_wait": table["mean_wait"],
            "backlog": backlog,
            "wait": wait,
            "peak": (np.arange(len(wait)) == wait.argmax()) & (wait > 0),
        }
    )


def _fluid(
    inside: float, rate: float, service_rate: float, teams: int, time: float
) -> float:
    """Return how many cases are in the system after some time of a steady rate."""
    drift = rate - teams * service_rate
    if inside > teams or (inside == teams and drift >= 0):
        if inside + drift * time >= teams:
            return inside + drift * time
        time -= (inside - teams) / -drift
        inside = teams
    load = rate / service_rate
    if load > teams:
        full = np.log((load - inside) / (load - teams)) / service_rate
        if full < time:
            return teams + drift * (time - full)
    return load + (inside - load) * float(np.exp(-service_rate * time))


# Who pays, and who founded


@dataclass(frozen=True, slots=True)
class Income:
    """
    How concentrated the income of organisations is, from :func:`income`.

    Attributes
    ----------
    table : pandas.DataFrame
        One row per organisation: the organisation; ``total``; ``sources``, as listed;
        ``largest_source`` (the first in order of names on a tie), ``largest_share``;
        ``hhi``, from 1 / sources to 1; ``hhi_normalised``, from 0 (equal shares) to 1,
        missing with one source; ``effective_sources``, 1 / HHI; and with a founder
        ``founder_share``, 0 to 1.
    shares : pandas.DataFrame
        One row per organisation and source: both names, ``amount`` and ``share``.
    """

    table: pd.DataFrame
    shares: pd.DataFrame


def income(
    data: pd.DataFrame,
    *,
    unit: str,
    source: str,
    value: str,
    founder: str | None = None,
) -> Income:
    r"""
    Measure how far organisations depend on one source of income.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per payment (organisation and source); rows of the same organisation
        and source are added up.
    unit : str
        Column of organisations.
    source : str
        Column of where the money comes from.
    value : str
        Column of amounts, >= 0. A source with the amount zero counts as a source.
    founder : str, optional
        Column with the organisation's founder, in the words of `source`; the same in
        all rows of an organisation. A founder that pays nothing has the share zero.

    Returns
    -------
    Income
        The table of measures and the shares behind it.

    Raises
    ------
    TypeError
        If `data` is no DataFrame or a column is not named.
    ValueError
        If a column is unknown or has missing values, there is no row, an amount is
        negative or no number, an organisation has no income at all or more than one
        founder.

    See Also
    --------
    nominal_purchases : Contracts between a founder and its own organisation.

    Notes
    -----
    With shares :math:`s_j` of :math:`n` sources, the Herfindahl-Hirschman index [1]_
    is :math:`H = \sum_j s_j^2` and its normalised form :math:`(H - 1/n) / (1 - 1/n)`.
    The latter compares organisations with different numbers of sources, but hangs on
    which sources are listed; H does not.

    References
    ----------
    .. [1] Hirschman, A. O. (1964). The paternity of an index. American Economic Review
       54(5), 761.

    Examples
    --------
    Seven tenths from the sub-district that founded it, and after a reform four:

    >>> data = pd.DataFrame(
    ...     {
    ...         "year": ["before"] * 4 + ["after"] * 4,
    ...         "payer": ["sub-district", "fees", "gifts", "foundation"] * 2,
    ...         "yuan": [70, 10, 10, 10, 40, 20, 25, 15],
    ...         "founder": "sub-district",
    ...     }
    ... )
    >>> measured = income(
    ...     data, unit="year", source="payer", value="yuan", founder="founder"
    ... )
    >>> measured.table[["year", "hhi", "hhi_normalised", "founder_share"]]
         year    hhi  hhi_normalised  founder_share
    0   after  0.285          0.0467            0.4
    1  before  0.520          0.3600            0.7
    """
    _validate.frame(data)
    names = [
        _columns.complete(data, unit, "unit"),
        _columns.complete(data, source, "source"),
    ]
    amount = _columns.amounts(data, value, "value")
    if data.empty:
        raise ValueError("data has no rows; give at least one payment")
    keys = [
        pd.Series(name.array, name=which)
        for name, which in zip(names, "us", strict=True)
    ]
    paid = pd.Series(amount.array).groupby(keys, observed=True).sum()
    total = paid.groupby("u", observed=True).sum()
    if (total == 0).any():
        raise ValueError(
            f"organisation(s) {_validate.listing(total.index[total == 0])} have no "
            f"income in column {value!r}, so shares are undefined; drop them"
        )
    share = paid / total.reindex(paid.index.get_level_values("u")).to_numpy()
    by_unit = share.groupby("u", observed=True)
    sources, hhi = by_unit.size(), (share**2).groupby("u", observed=True).sum()
    spread = np.where(sources > 1, 1 - 1 / sources, np.nan)
    table = pd.DataFrame(
        {
            "total": total,
            "sources": sources,
            "largest_source": [key[1] for key in by_unit.idxmax()],
            "largest_share": by_unit.max(),
            "hhi": hhi,
            "hhi_normalised": (hhi - 1 / sources) / spread,
            "effective_sources": 1 / hhi,
        }
    )
    _columns.apart([unit], [*table.columns, "amount", "share", "founder_share"])
    _columns.apart([source], [unit, "amount", "share"])
    if founder is not None:
        founders = _columns.complete(data, founder, "founder")
        pairs = pd.DataFrame({"u": names[0].array, "f": founders.array})
        pairs = pairs.drop_duplicates()
        twice = pairs["u"][pairs["u"].duplicated()].unique()
        if len(twice):
            raise ValueError(
                f"organisation(s) {_validate.listing(twice)} have more than one "
                f"founder in column {founder!r}; name the same one in all their rows"
            )
        of_unit = pairs.set_index("u")["f"].reindex(table.index)
        wanted = pd.MultiIndex.from_arrays([table.index, of_unit])
        table["founder_share"] = share.reindex(wanted).fillna(0).to_numpy()
    shares = pd.DataFrame({"amount": paid, "share": share}).reset_index(
        names=[unit, source]
    )
    return Income(table.reset_index(names=unit), shares)


@dataclass(frozen=True, slots=True)
class NominalPurchases:
    """
    Purchases whose provider the purchaser set up, from :func:`nominal_purchases`.

    Attributes
    ----------
    table : pandas.DataFrame
        One row per purchaser, and a last one for all: the purchaser (missing in the
        last row), ``contracts``, ``in_name_only``, ``share``, and with amounts
        ``amount``, ``amount_in_name_only``, ``amount_share``.
    contracts : pandas.DataFrame
        The contracts as given, with ``in_name_only``; ``steps``, the founding links
        from purchaser to provider (1: founded by it; missing if there is no chain);
        and ``chain``, the names along the shortest chain, missing without one.
    """

    table: pd.DataFrame
    contracts: pd.DataFrame


def nominal_purchases(
    contracts: pd.DataFrame,
    founders: pd.DataFrame,
    *,
    purchaser: str,
    provider: str,
    unit: str,
    founder: str,
    value: str | None = None,
) -> NominalPurchases:
    """
    Find contracts that a purchaser gave to an organisation that it set up itself.

    A purchase is one in name only if the provider was founded by the purchaser, or by
    something that the purchaser founded, and so on.

    Parameters
    ----------
    contracts : pandas.DataFrame
        One row per contract.
    founders : pandas.DataFrame
        One row per organisation and founder; an organisation may have several.
    purchaser, provider : str
        Columns of `contracts` with the two parties.
    unit, founder : str
        Columns of `founders` with the organisation and who founded it, in the same
        words as the parties.
    value : str, optional
        Column of `contracts` with amounts, >= 0.

    Returns
    -------
    NominalPurchases
        Shares by purchaser, and the contracts with the chain found.

    Raises
    ------
    TypeError
        If a table is no DataFrame or a column is not named.
    ValueError
        If a column is unknown or has missing values, there is no contract, an amount
        is negative, a provider is not in `founders` (so that nothing is known about
        it), a purchaser buys from itself, or organisations founded each other in a
        circle.

    See Also
    --------
    income : Share of income from the founder.

    Notes
    -----
    Founding says who set an organisation up, not who directs it today: the finding is
    a reason to look, and to ask who hires, who signs and who may leave.

    Examples
    --------
    The sub-district office set up a centre, and the centre set up the lift service:

    >>> founders = pd.DataFrame(
    ...     {
    ...         "organisation": ["centre", "lift service", "arts club"],
    ...         "founder": ["office", "centre", "residents"],
    ...     }
    ... )
    >>> contracts = pd.DataFrame(
    ...     {
    ...         "buyer": "office",
    ...         "seller": ["lift service", "arts club"],
    ...         "yuan": [300, 100],
    ...     }
    ... )
    >>> found = nominal_purchases(
    ...     contracts,
    ...     founders,
    ...     purchaser="buyer",
    ...     provider="seller",
    ...     unit="organisation",
    ...     founder="founder",
    ...     value="yuan",
    ... )
    >>> found.contracts[["seller", "in_name_only", "chain"]]
             seller  in_name_only                           chain
    0  lift service          True  office → centre → lift service
    1     arts club         False                             NaN
    >>> found.table[["share", "amount_share"]].iloc[-1].tolist()
    [0.5, 0.75]
    """
    _validate.frame(contracts, "contracts")
    _validate.frame(founders, "founders")
    buyers = _columns.complete(contracts, purchaser, "purchaser", "contracts")
    sellers = _columns.complete(contracts, provider, "provider", "contracts")
    founded = _columns.complete(founders, unit, "unit", "founders")
    by = _columns.complete(founders, founder, "founder", "founders")
    if contracts.empty:
        raise ValueError("contracts has no rows; give at least one contract")
    unknown = sellers[~sellers.isin(founded)].unique()
    if len(unknown):
        raise ValueError(
            f"{len(unknown)} provider(s) have no row in founders: "
            f"{_validate.listing(unknown)}; add who founded them"
        )
    same = contracts.index[buyers.astype(object) == sellers.astype(object)]
    if len(same):
        raise ValueError(
            f"contracts row(s) {_validate.listing(same)} have the same purchaser and "
            f"provider; drop them: nothing was purchased"
        )
    links = nx.DiGraph(list(zip(by, founded, strict=True)))
    if not nx.is_directed_acyclic_graph(links):
        circle = [link[0] for link in nx.find_cycle(links)]
        raise ValueError(
            f"founders go in a circle: {_validate.listing(circle)} founded one "
            f"another; correct the table"
        )
    # Two chains may be equally short: names in order make the choice.
    links = nx.DiGraph(sorted(links.edges, key=str))
    chains: list[list[Any] | None] = []
    for buyer, seller in zip(buyers, sellers, strict=True):
        joined = buyer in links and nx.has_path(links, buyer, seller)
        chains.append(nx.shortest_path(links, buyer, seller) if joined else None)
    _columns.apart(list(contracts.columns), ["in_name_only", "steps", "chain"])
    _columns.apart([purchaser], ["contracts", "share", "amount", "amount_share"])
    out = contracts.copy()
    out["in_name_only"] = [chain is not None for chain in chains]
    out["steps"] = [np.nan if chain is None else len(chain) - 1 for chain in chains]
    out["chain"] = [chain and " → ".join(map(str, chain)) for chain in chains]
    flags = out["in_name_only"].to_numpy()
    rows = [(name, (buyers == name).to_numpy()) for name in sorted(buyers.unique())]
    rows.append((None, np.ones(len(out), dtype=bool)))
    table = pd.DataFrame(
        {
            purchaser: [name for name, _ in rows],
            "contracts": [int(here.sum()) for _, here in rows],
            "in_name_only": [int((here & flags).sum()) for _, here in rows],
        }
    )
    table["share"] = table["in_name_only"] / table["contracts"]
    if value is not None:
        amount = _columns.amounts(contracts, value, "value", "contracts").to_numpy()
        table["amount"] = [amount[here].sum() for _, here in rows]
        table["amount_in_name_only"] = [amount[here & flags].sum() for _, here in rows]
        table["amount_share"] = table["amount_in_name_only"] / table["amount"].where(
            table["amount"] > 0
        )
    return NominalPurchases(table, out)


# A scale of autonomy


@dataclass(frozen=True, slots=True)
class Reliability:
    """
    How far a sum of items can be trusted, from :func:`reliability`.

    Attributes
    ----------
    table : pandas.DataFrame
        Rows ``"alpha"`` and ``"omega"``: ``term``, ``estimate``, ``std_error`` (omega
        only), ``conf_low``, ``conf_high``, ``conf_level``. Omega is missing with two
        items, which fit any one factor, and in a Heywood case.
    items : pandas.DataFrame
        One row per item, as from :func:`item_analysis`, after turning round.
    heywood : tuple of str
        Items without any error variance in the one-factor fit, which then is no
        solution: the items have more than one dimension, or the sample is small.
    n : int
        Rows used.
    """

    table: pd.DataFrame
    items: pd.DataFrame
    heywood: tuple[str, ...]
    n: int


def item_analysis(data: pd.DataFrame, *, items: Sequence[str]) -> pd.DataFrame:
    r"""
    Look at each item of a scale before adding the items up.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per respondent.
    items : sequence of str
        Columns of the items, at least two, coded as answered.

    Returns
    -------
    pandas.DataFrame
        One row per item: ``item``; ``mean``, ``std_dev``; ``item_total``, its
        correlation with the sum of all items; ``item_rest``, with the sum of the
        others (corrected item-total correlation); ``alpha_if_dropped``, missing with
        two items or if the others cancel out; ``loading``, standardised, on the one
        factor fitted by maximum likelihood (missing with two items); ``reversed``, true
        if the item runs against most others, so was probably worded the other way.

    Raises
    ------
    TypeError
        If `data` is no DataFrame or `items` is one name.
    ValueError
        If there are fewer than two items or a column comes twice, is unknown, no
        number, has missing values or one value only; if there are not more rows than
        items.

    See Also
    --------
    reliability : Alpha and omega of the items as a scale.

    Notes
    -----
    An item counts as reversed if its weight in the first principal component of the
    correlations has the sign of the minority (by sum of weights). With as many items
    worded one way as the other, which half is "reversed" is a matter of convention:
    here those that run against the first item, if the weights balance.

    Examples
    --------
    >>> answers = pd.DataFrame(
    ...     {"a": [1, 2, 3, 4, 5], "b": [2, 1, 3, 5, 4], "against": [5, 4, 2, 2, 1]}
    ... )
    >>> table = item_analysis(answers, items=["a", "b", "against"])
    >>> table.loc[table["reversed"], "item"].tolist()
    ['against']
    """
    names, values = _items(data, items)
    return _item_table(names, values)


def reliability(
    data: pd.DataFrame,
    *,
    items: Sequence[str],
    reverse: Sequence[str] = (),
    limits: tuple[float, float] | None = None,
    conf_level: float = 0.95,
) -> Reliability:
    r"""
    Tell how far the sum of some items can be trusted: Cronbach's alpha and omega.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per respondent.
    items : sequence of str
        Columns of the items, at least two, coded as answered.
    reverse : sequence of str, optional
        Those of `items` that are worded the other way round: x becomes low + high - x.
    limits : tuple of float, optional
        Lowest and highest answer possible, such as ``(1, 5)``. Needed with `reverse`;
        an answer outside is an error.
    conf_level : float, default 0.95
        Level of the intervals.

    Returns
    -------
    Reliability
        Alpha and omega with intervals, and the table of items.

    Raises
    ------
    TypeError
        If `data` is no DataFrame, or `items` or `reverse` is one name.
    ValueError
        As :func:`item_analysis`; if an item runs against the others and is not in
        `reverse`, since alpha then says nothing; if an item to be reversed is not in
        `items`, `limits` are not in order or an answer lies outside them.

    See Also
    --------
    item_analysis : Which items run against the others.

    Notes
    -----
    With :math:`k` items of variance :math:`s_i^2` and sum of variance :math:`s^2`,
    alpha is :math:`\frac{k}{k-1}(1 - \sum_i s_i^2 / s^2)`. Its interval is Feldt's
    [1]_: :math:`(1 - \alpha) / (1 - \hat\alpha)` is taken as F with :math:`n - 1` and
    :math:`(n - 1)(k - 1)` degrees of freedom. Alpha is a lower bound of reliability
    unless all items load equally, and no proof of one dimension.

    Omega [2]_ is :math:`(\sum \lambda_i)^2 / [(\sum \lambda_i)^2 + \sum \psi_i]` with
    loadings :math:`\lambda` and unique variances :math:`\psi` of one factor fitted to
    the covariances by maximum likelihood. Its standard error is by the delta method
    from the expected information under normality; its interval is symmetric in log
    odds. Answers in few classes are not normal: bootstrap then, with
    :func:`govlib.resample.bootstrap`.

    References
    ----------
    .. [1] Feldt, L. S., Woodruff, D. J. and Salih, F. A. (1987). Statistical inference
       for coefficient alpha. Applied Psychological Measurement 11(1), 93-103.
    .. [2] McDonald, R. P. (1999). Test theory: a unified treatment. Erlbaum.

    Examples
    --------
    Variances 2.5, 2.5 and 2.7, and of the sum 20.7: 3/2 (1 - 7.7/20.7) = 0.942.

    >>> answers = pd.DataFrame(
    ...     {"a": [1, 2, 3, 4, 5], "b": [2, 1, 3, 5, 4], "against": [5, 4, 2, 2, 1]}
    ... )
    >>> scale = reliability(
    ...     answers, items=["a", "b", "against"], reverse=["against"], limits=(1, 5)
    ... )
    >>> scale.table[["term", "estimate"]].head(1)
        term  estimate
    0  alpha     0.942
    """
    names, values = _items(data, items)
    conf_level = _validate.level(conf_level)
    values = _turned(names, values, reverse, limits)
    table = _item_table(names, values)
    against = table.loc[table["reversed"], "item"]
    if len(against):
        raise ValueError(
            f"item(s) {_validate.listing(against)} run against the others, so a sum of "
            f"all means nothing; if they are worded the other way round, name them in "
            f"reverse= with limits= of the scale (see item_analysis)"
        )
    n, k = values.shape
    alpha = _alpha(np.cov(values.T))
    tails = [(1 + conf_level) / 2, (1 - conf_level) / 2]
    low, high = 1 - (1 - alpha) * stats.f.ppf(tails, n - 1, (n - 1) * (k - 1))
    rows = [("alpha", alpha, np.nan, low, high)]
    heywood: tuple[str, ...] = ()
    omega = (np.nan,) * 4
    if k > 2:
        loading, unique = _one_factor(np.corrcoef(values.T))
        heywood = tuple(
            name for name, u in zip(names, unique, strict=True) if u <= _LEAST_UNIQUE
        )
        if not heywood:
            omega = _omega(loading, unique, values.std(axis=0), n, conf_level)
    rows.append(("omega", *omega))
    columns = ["term", "estimate", "std_error", "conf_low", "conf_high"]
    out = pd.DataFrame(rows, columns=columns)
    out["conf_level"] = conf_level
    return Reliability(out, table, heywood, n)


def _items(data: pd.DataFrame, items: Sequence[str]) -> tuple[list[str], Array]:
    _validate.frame(data)
    if isinstance(items, str):
        raise TypeError(f"items= takes a list of columns, not one: {items!r}")
    names = list(items)
    if len(names) < 2 or len(set(names)) < len(names):
        raise ValueError(
            f"items= takes at least two columns, each once, not {names}; one item has "
            f"no reliability that could be computed"
        )
    values = np.column_stack(
        [
            _validate.numeric(_validate.complete(_validate.column(data, name, "items")))
            for name in names
        ]
    )
    if len(values) <= len(names):
        raise ValueError(
            f"{len(values)} rows are too few for {len(names)} items; more rows than "
            f"items are needed"
        )
    flat = [n for n, c in zip(names, values.T, strict=True) if np.ptp(c) == 0]
    if flat:
        raise ValueError(
            f"item(s) {_validate.listing(flat)} have the same answer in every row; "
            f"drop them"
        )
    return names, values


def _turned(
    names: list[str],
    values: Array,
    reverse: Sequence[str],
    limits: tuple[float, float] | None,
) -> Array:
    """Return answers with reversed items turned round."""
    if isinstance(reverse, str):
        raise TypeError(f"reverse= takes a list of items, not one: {reverse!r}")
    for name in reverse:
        _validate.choice(name, names, "reverse")
    if limits is None:
        if len(reverse):
            raise ValueError("reverse= needs limits=, such as (1, 5)")
        return values
    low, high = limits
    if not low < high:
        raise ValueError(
            f"limits= takes the lowest answer, then the highest, not {low:g} and "
            f"{high:g}"
        )
    astray = [
        name
        for name, answers in zip(names, values.T, strict=True)
        if answers.min() < low or answers.max() > high
    ]
    if astray:
        raise ValueError(
            f"item(s) {_validate.listing(astray)} have answers outside limits= "
            f"{low:g} to {high:g}; are there codes for missing answers?"
        )
    return np.where(np.isin(names, list(reverse)), low + high - values, values)


def _alpha(covariance: Array) -> float:
    """Return alpha, missing if the items of the sum cancel out."""
    k, own, total = len(covariance), np.trace(covariance), covariance.sum()
    return k / (k - 1) * (1 - own / total) if total > 1e-12 * own else np.nan


def _item_table(names: list[str], values: Array) -> pd.DataFrame:
    k = len(names)
    total = values.sum(axis=1)
    covariance, correlation = np.cov(values.T), np.corrcoef(values.T)
    first = np.linalg.eigh(correlation)[1][:, -1]
    balance = first.sum()
    rest = total[:, None] - values
    loading, dropped = np.full(k, np.nan), np.full(k, np.nan)
    if k > 2:
        loading = _one_factor(correlation)[0]
        for i in range(k):
            others = np.arange(k) != i
            dropped[i] = _alpha(covariance[np.ix_(others, others)])
    return pd.DataFrame(
        {
            "item": names,
            "mean": values.mean(axis=0),
            "std_dev": values.std(axis=0, ddof=1),
            "item_total": [_correlation(v, total) for v in values.T],
            "item_rest": [
                _correlation(v, r) for v, r in zip(values.T, rest.T, strict=True)
            ],
            "alpha_if_dropped": dropped,
            "loading": loading,
            "reversed": first * (first[0] if abs(balance) < 1e-8 else balance) < 0,
        }
    )


def _correlation(x: Array, y: Array) -> float:
    """Return the correlation, missing if the items of a sum cancel out."""
    if np.ptp(y) == 0:
        return np.nan
    return float(np.corrcoef(x, y)[0, 1])


def _one_factor(correlation: Array) -> tuple[Array, Array]:
    """
    Return loadings and unique variances of one factor by maximum likelihood.

    The likelihood is maximised over the unique variances, given which the loadings
    are the first eigenvector (Lawley and Maxwell 1971, chapter 4).
    """
    k = len(correlation)

    def loadings(unique: Array) -> tuple[Array, Array]:
        scale = np.sqrt(unique)
        values, vectors = np.linalg.eigh(correlation / np.outer(scale, scale))
        found = scale * vectors[:, -1] * np.sqrt(max(values[-1] - 1, 0))
        return found * (np.sign(found.sum()) or 1), values[:-1]

    def lack_of_fit(unique: Array) -> tuple[float, Array]:
        found, others = loadings(unique)
        residual = np.outer(found, found) + np.diag(unique) - correlation
        # Perfectly correlated items leave an eigenvalue of zero.
        others = np.maximum(others, 1e-300)
        value = (others - np.log(others)).sum() - (k - 1)
        return value, np.diag(residual) / unique**2

    start = np.full(k, 0.5)
    result = optimize.minimize(
        lack_of_fit,
        start,
        jac=True,
        method="L-BFGS-B",
        bounds=[(_LEAST_UNIQUE, 1)] * k,
        options={"ftol": 1e-15, "gtol": 1e-9, "maxiter": 1000},
    )
    return loadings(result.x)[0], result.x


def _omega(
    loading: Array, unique: Array, scale: Array, n: int, conf_level: float
) -> tuple[float, float, float, float]:
    """Return omega, its standard error and interval, from a standardised fit."""
    loading, unique = loading * scale, unique * scale**2
    k = len(loading)
    common, error = loading.sum() ** 2, unique.sum()
    omega = common / (common + error)
    # Expected information of loadings and unique variances under normality.
    inverse = np.linalg.inv(np.outer(loading, loading) + np.diag(unique))
    along = inverse @ loading
    information = n * np.block(
        [
            [
                inverse * (loading @ along) + np.outer(along, along),
                inverse * along[None, :],
            ],
            [inverse * along[:, None], inverse**2 / 2],
        ]
    )
    gradient = (
        np.concatenate(
            [
                np.full(k, 2 * loading.sum() * error),
                np.full(k, -common),
            ]
        )
        / (common + error) ** 2
    )
    std_error = float(np.sqrt(gradient @ np.linalg.solve(information, gradient)))
    low, high = _inference.share_interval(float(omega), std_error, np.inf, conf_level)
    return float(omega), std_error, float(low), float(high)


# How long organisations last


@dataclass(frozen=True, slots=True)
class Survival:
    """
    How long organisations last, as returned by :func:`survival`.

    Attributes
    ----------
    table : pandas.DataFrame
        One row per time at which an organisation was dissolved, and one for the start:
        the group (if any); ``time``; ``at_risk``, under observation just before;
        ``events``; ``estimate``, share that lasts longer; ``std_error``, ``conf_low``,
        ``conf_high``, ``conf_level``.
    medians : pandas.DataFrame
        One row per group: ``n``, ``events``; ``estimate``, the time by which half are
        dissolved (infinite if the curve stays above), ``conf_low``, ``conf_high``,
        ``conf_level``.
    test : pandas.DataFrame or None
        Log-rank test that all groups last equally long: ``statistic``,
        ``degrees_of_freedom``, ``p_value``. None without groups, or with clusters.
    """

    table: pd.DataFrame
    medians: pd.DataFrame
    test: pd.DataFrame | None


def survival(
    data: pd.DataFrame,
    *,
    time: str,
    outcome: str,
    entry: str | None = None,
    group: str | None = None,
    cluster: str | None = None,
    conf_level: float = 0.95,
) -> Survival:
    r"""
    Estimate how long organisations last, from living and dissolved ones together.

    Those still alive have not lasted "until today": they last longer than that. And a
    register that began in 2010 knows of the older ones only those that lived to see it:
    give the age at which each came under observation in `entry`.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per organisation, dissolved ones included.
    time : str
        Column of ages, above zero: at dissolution, or when last seen alive.
    outcome : str
        Column of true and false (or 1 and 0): whether it was dissolved at that age.
    entry : str, optional
        Column of ages at which each came under observation, from 0 to below `time`.
        Default: all were observed from their founding.
    group : str, optional
        Column of groups with a curve each, 2 to 50 of them.
    cluster : str, optional
        Column of what belongs together, such as sub-districts: organisations of one
        cluster may be alike. Default: all are independent.
    conf_level : float, default 0.95
        Level of the intervals.

    Returns
    -------
    Survival
        The curves, the medians, and with groups but no clusters the log-rank test.

    Raises
    ------
    TypeError
        If `data` is no DataFrame.
    ValueError
        If a column is unknown, has missing values or the wrong kind; an age is not
        above zero or an entry not below it; there is no row, or only one cluster (in
        all or in a group); or, with late entry,
        everybody under observation was dissolved before others came in, so that the
        curve would stay at zero.

    See Also
    --------
    survivorship : How far the living alone mislead about something else.

    Notes
    -----
    Kaplan-Meier [1]_ with Greenwood's standard error, by statsmodels: :math:`\hat S(t)
    = \prod_{t_j \le t} (1 - d_j / n_j)`, where :math:`n_j` are those who entered before
    :math:`t_j` and were not yet gone. Intervals are symmetric in :math:`\log(-\log S)`,
    which keeps them between 0 and 1; R's ``survfit`` takes the plain log unless told
    ``conf.type = "log-log"``. The median is the first time at which the curve is at or
    below one half (R gives the middle of a stretch at exactly one half), and its
    interval is where the bounds of the curve cross one half. Being seen alive last must
    have nothing to do with being about to dissolve.

    With clusters the error is that of the infinitesimal jackknife (as R's ``survfit``
    with ``cluster``), times :math:`\sqrt{g / (g - 1)}` for g clusters, and intervals
    take t with one degree of freedom less than the clusters of the group. The log-rank
    test, which takes organisations for independent, is left out; see
    :func:`govlib.lifecycle.cox`.

    References
    ----------
    .. [1] Kaplan, E. L. and Meier, P. (1958). Nonparametric estimation from incomplete
       observations. Journal of the American Statistical Association 53, 457-481.

    Examples
    --------
    Ten organisations, of which three still live at ages 7, 15 and 15. The mean age of
    the dissolved is 5.4 years, but half last longer than:

    >>> data = pd.DataFrame(
    ...     {
    ...         "age": [1, 2, 3, 3, 5, 10, 14, 7, 15, 15],
    ...         "dissolved": [1, 1, 1, 1, 1, 1, 1, 0, 0, 0],
    ...     }
    ... )
    >>> lasting = survival(data, time="age", outcome="dissolved")
    >>> lasting.table[["time", "at_risk", "events", "estimate"]].head(4)
       time  at_risk  events  estimate
    0   0.0       10       0       1.0
    1   1.0       10       1       0.9
    2   2.0        9       1       0.8
    3   3.0        8       2       0.6
    >>> float(lasting.medians["estimate"][0])
    5.0
    """
    _validate.frame(data)
    conf_level = _validate.level(conf_level)
    ages = _columns.above_zero(data, time, "time")
    if data.empty:
        raise ValueError("data has no rows; give at least one organisation")
    events = _columns.flags(data, outcome, "outcome")
    since = np.zeros(len(data))
    if entry is not None:
        since = _columns.amounts(data, entry, "entry").to_numpy()
        late = ages.index[since >= ages]
        if len(late):
            raise ValueError(
                f"data column {entry!r} (entry=) is not below {time!r} in row(s) "
                f"{_validate.listing(late)}: never seen alive; drop them"
            )
    if group is not None and not events.any():
        raise ValueError(
            f"data column {outcome!r} (outcome=) is false in every row, so groups "
            f"cannot be compared"
        )
    seen = _survival.lives(data, ages.to_numpy(), events, since, cluster)
    results = ["n", "time", "at_risk", "events", "estimate"]
    members = _survival.groups(data, group, seen, results)
    return Survival(
        *_survival.curves(members, group, conf_level, words=("age", "dissolved"))
    )


def survivorship(
    data: pd.DataFrame,
    *,
    value: str,
    outcome: str,
    group: str | None = None,
    cluster: str | None = None,
    conf_level: float = 0.95,
) -> pd.DataFrame:
    r"""
    Show how far the living organisations mislead about all that were ever founded.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per organisation ever founded, dissolved ones included.
    value : str
        Column of what is to be known about organisations, such as autonomy. It may be
        missing for the dissolved, who cannot be asked; then for all of them.
    outcome : str
        Column of true and false (or 1 and 0): whether it was dissolved.
    group : str, optional
        Column of something known about all and linked with being dissolved, such as
        who founded it, 2 to 50 groups. Adds the row ``"reweighted"``.
    cluster : str, optional
        Column of what belongs together, such as sub-districts: organisations of one
        cluster may be alike. Default: all are independent.
    conf_level : float, default 0.95
        Level of the intervals.

    Returns
    -------
    pandas.DataFrame
        Rows by ``term``: ``"survivors"``, the mean of those alive: the naive answer;
        with a group ``"reweighted"``, the mean of those alive, each standing for its
        group; and, if the dissolved have values, ``"all"`` and ``"bias"``, survivors
        less all. Columns ``estimate``, ``std_error``, ``statistic`` and ``p_value``
        (for the bias), ``conf_low``, ``conf_high``, ``degrees_of_freedom``,
        ``conf_level``.

    Raises
    ------
    TypeError
        If `data` is no DataFrame.
    ValueError
        If a column is unknown or of the wrong kind, a value is missing for a living
        organisation or for some of the dissolved only; if fewer than two are alive or
        none is dissolved; if a group has no survivor to stand for it; if there is
        only one cluster.

    See Also
    --------
    survival : How long organisations last.

    Notes
    -----
    With :math:`n_g` of :math:`n` organisations in group g, the reweighted mean is
    :math:`\sum_g (n_g / n) \bar y_{g,\text{alive}}`: survivors weighted by one over
    their group's share alive. It is right if, within a group, being dissolved has
    nothing to do with the value; it cannot be tested where the dissolved have no
    values. Errors are linearised, with clusters or else organisations as drawn one by
    one; t with one degree of freedom less than these.

    Examples
    --------
    Three of four dependent organisations (autonomy 2) were dissolved, none of the four
    independent ones (autonomy 6):

    >>> data = pd.DataFrame(
    ...     {
    ...         "autonomy": [2.0, None, None, None, 6, 6, 6, 6],
    ...         "dissolved": [0, 1, 1, 1, 0, 0, 0, 0],
    ...         "founder": ["office"] * 4 + ["residents"] * 4,
    ...     }
    ... )
    >>> table = survivorship(
    ...     data, value="autonomy", outcome="dissolved", group="founder"
    ... )
    >>> table[["term", "estimate"]]
             term  estimate
    0   survivors       5.2
    1  reweighted       4.0
    """
    _validate.frame(data)
    conf_level = _validate.level(conf_level)
    dissolved = _columns.flags(data, outcome, "outcome")
    alive = ~dissolved
    column = _validate.column(data, value, "value")
    known = not column[dissolved].isna().all()
    asked = data if known else data[alive]
    _columns.numbers(asked, value, "value")
    y = column.astype(float).fillna(0).to_numpy()
    n, sample = len(data), _inference.sample(data, cluster=cluster)
    if alive.sum() < 2 or not dissolved.any():
        raise ValueError(
            f"data has {int(alive.sum())} living and {int(dissolved.sum())} dissolved "
            f"organisation(s); at least two and one are needed for a comparison"
        )
    living = y[alive].mean()
    of_living = alive * (y - living) / alive.mean()
    rows = {"survivors": (living, of_living)}
    if group is not None:
        groups = _validate.groups(_validate.column(data, group, "group"))
        sizes = np.bincount(groups.codes)
        left = np.bincount(groups.codes, weights=alive)
        if (left == 0).any():
            none = groups.categories[left == 0]
            raise ValueError(
                f"group(s) {_validate.listing(none)} of {group!r} have no living "
                f"organisation to stand for them; merge them with similar ones"
            )
        means = np.bincount(groups.codes, weights=y * alive) / left
        estimate = sizes @ means / n
        mean, stands_for = means[groups.codes], (sizes / left)[groups.codes]
        influence = mean - estimate + alive * stands_for * (y - mean)
        rows["reweighted"] = (estimate, influence)
    if known:
        rows["all"] = (y.mean(), y - y.mean())
        rows["bias"] = (living - y.mean(), of_living - rows["all"][1])
    estimates, influences = zip(*rows.values(), strict=True)
    covariance = _inference.linearised(sample, np.array(influences) / n)
    table = _inference.table(
        list(rows),
        estimates,
        np.sqrt(covariance.diagonal()),
        sample.n_units - 1,
        conf_level,
    )
    table.loc[table["term"] != "bias", ["statistic", "p_value"]] = np.nan
    return table
