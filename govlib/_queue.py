"""
Waiting lines with random arrivals: blocking, waiting and giving up.

Arrivals are Poisson and service times exponential (M/M/c), in any unit of time, the
same for rates and waits. Load is offered load: arrivals times mean service time.
"""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from govlib import _validate

Array = NDArray[np.float64]
Ints = int | NDArray[np.intp]


def positive(value: object, name: str) -> float:
    """Return `value` if it is a finite number above zero."""
    number = _validate.between(value, 0, np.finfo(float).max, f"{name}=")
    if number == 0:
        raise ValueError(f"{name}= must be above zero")
    return number


def rates(values: ArrayLike, name: str) -> Array:
    """Return one or more rates of at least zero as a vector."""
    array = _validate.vector(np.atleast_1d(np.asarray(values)), name)
    if (array < 0).any():
        raise ValueError(f"{name} must be >= 0; the smallest is {array.min():g}")
    return array


def blocking(load: Array, servers: Ints) -> Array:
    """Return Erlang's B: the share that finds all servers busy and is lost."""
    # One server more at a time: factorials would overflow from 171 servers on.
    share = np.ones_like(load)
    for server in range(1, int(np.max(servers)) + 1):
        more = load * share / (server + load * share)
        share = np.where(server <= servers, more, share)
    return share


def waiting(load: Array, servers: Ints) -> Array:
    """Return Erlang's C: the share that has to wait, 1 where the line never ends."""
    lost = blocking(load, servers)
    return np.where(load < servers, servers * lost / (servers - load * (1 - lost)), 1.0)


def mean_wait(arrival_rate: Array, service_rate: Array, servers: Ints) -> Array:
    """Return the mean wait before service, infinite at a load of one or more."""
    spare = servers * service_rate - arrival_rate
    share = waiting(arrival_rate / service_rate, servers)
    with np.errstate(divide="ignore"):
        return np.where(spare > 0, share / np.maximum(spare, 0), np.inf)


def impatient(
    arrival_rate: float, service_rate: float, servers: int, patience: float
) -> tuple[float, float]:
    """
    Return the share that waits and the mean number waiting, if people give up.

    Weights of the states with k waiting are taken relative to the likeliest k, so that
    none overflows; beyond `reach` of it they are below 1e-18.
    """
    if arrival_rate == 0:
        return 0.0, 0.0
    served, leaving = servers * service_rate, 1 / patience
    reach = int(12 * np.sqrt(arrival_rate * patience)) + 130
    mode = max(0, int((arrival_rate - served) * patience))
    above = np.arange(mode + 1, mode + reach + 1)
    below = np.arange(mode, max(mode - reach, 0), -1)
    more = np.cumprod(arrival_rate / (served + leaving * above))
    fewer = np.cumprod((served + leaving * below) / arrival_rate)
    total = 1 + more.sum() + fewer.sum()
    queue = mode + more @ above + fewer @ (below - 1)
    # Weight of all servers busy and nobody waiting.
    none = 1.0 if mode == 0 else fewer[-1] if mode <= reach else 0.0
    lost = blocking(np.array([arrival_rate / service_rate]), servers)[0]
    norm = lost * total + none * (1 - lost)
    return float(lost * total / norm), float(lost * queue / norm)


def _servers(servers: ArrayLike, name: str, arrivals: Array) -> NDArray[np.intp]:
    """Return one number of servers per arrival rate."""
    each = np.asarray(servers)
    if each.ndim == 0:
        return np.full(arrivals.size, _validate.count(each[()], name))
    each = _validate.vector(each, name)
    if each.size != arrivals.size:
        raise ValueError(
            f"{name}= has {each.size} entries for {arrivals.size} arrival rates"
        )
    if (each < 1).any() or (each != each.round()).any():
        raise ValueError(f"{name}= must hold whole numbers of at least 1")
    return each.astype(np.intp)


def performance(
    arrival_rate: ArrayLike,
    *,
    service_rate: float,
    servers: ArrayLike,
    servers_name: str,
    patience: float | None = None,
    longer_than: float | None = None,
) -> pd.DataFrame:
    """Return one row per arrival rate with load, waits and people in the line."""
    arrivals = rates(arrival_rate, "arrival_rate")
    service_rate = positive(service_rate, "service_rate")
    servers = _servers(servers, servers_name, arrivals)
    load = arrivals / service_rate
    stable = load < servers
    if patience is None:
        share = waiting(load, servers)
        wait = mean_wait(arrivals, np.array(service_rate), servers)
        queue = np.where(stable, arrivals * np.where(stable, wait, 0), np.inf)
        stay = wait + 1 / service_rate
    else:
        patience = positive(patience, "patience")
        stable[:] = True
        pairs = [
            impatient(rate, service_rate, number, patience)
            for rate, number in zip(arrivals, servers, strict=True)
        ]
        share, queue = np.array(pairs).T
        wait = np.divide(queue, arrivals, out=np.zeros_like(queue), where=arrivals > 0)
        leave = wait / patience
        stay = wait + (1 - leave) / service_rate
    table = pd.DataFrame(
        {
            "arrival_rate": arrivals,
            "service_rate": service_rate,
            servers_name: servers,
            "load": load / servers,
            "stable": stable,
            "waiting_share": share,
            "mean_wait": wait,
            "mean_time_in_system": stay,
            "mean_waiting": queue,
        }
    )
    if patience is not None:
        table["leaving_share"] = leave
    if longer_than is not None:
        if patience is not None:
            raise ValueError(
                "longer_than= is for people who wait to the end; leave out patience="
            )
        limit = _validate.between(longer_than, 0, np.finfo(float).max, "longer_than=")
        spare = np.maximum(servers * service_rate - arrivals, 0)
        table["longer_share"] = share * np.exp(-spare * limit)
    return table
