"""
Reference numbers on waiting lines, from pyworkforce and from simulation with ciw.

Run in an environment of its own with both installed:  python organisations_queues.py
Writes organisations_queues.csv (what defines a case, the measure, its value and, where
simulated, the standard error over 20 replications) and the versions beside it.
"""

import csv
from importlib.metadata import version
from pathlib import Path

import numpy as np

FILE = Path(__file__).with_suffix(".csv")
VERSIONS = FILE.with_name("organisations_queues_versions.csv")
HEAD = ["source", "arrival_rate", "service_rate", "teams", "patience", "longer_than"]


def by_formula():
    """Yield rows from pyworkforce; its interval is our unit of time."""
    from pyworkforce.queuing import ErlangC

    for arrival, service, teams, limit in [
        (6, 3, 4, 0.5),
        (8, 3, 4, 0.5),
        (11, 3, 4, 0.5),
        (100, 1, 110, 0.2),
        (950, 1, 1000, 0.05),
    ]:
        peer = ErlangC(transactions=arrival, aht=1 / service, asa=limit, interval=1)
        case = ["pyworkforce", arrival, service, teams, "", limit]
        yield [*case, "waiting_share", peer.waiting_probability(teams), ""]
        yield [*case, "longer_share", 1 - peer.service_level(teams), ""]
    for arrival, service, limit, share in [
        (11, 3, 0.5, 0.2),
        (100, 1, 0.2, 0.1),
        (400, 2, 0.1, 0.05),
    ]:
        peer = ErlangC(transactions=arrival, aht=1 / service, asa=limit, interval=1)
        teams = peer.required_positions(service_level=1 - share)["raw_positions"]
        case = ["pyworkforce needed", arrival, service, teams, "", limit]
        yield [*case, "longer_share", share, ""]


def by_simulation():
    """Yield means and their standard errors from ciw, the first tenth left out."""
    for case in [
        (8, 3, 4, None),
        (8, 10, 1, None),
        (8, 3, 4, 0.5),
        (15, 3, 4, 0.5),
        (12, 3, 4, 2),
    ]:
        runs = [simulate(*case, seed) for seed in range(20)]
        for measure in runs[0]:
            values = np.array([run[measure] for run in runs])
            error = values.std(ddof=1) / np.sqrt(len(values))
            yield ["ciw", *case, "", measure, values.mean(), error]


def simulate(arrival, service, teams, patience, seed, customers=20_000):
    import ciw

    ciw.seed(seed)
    leave = patience and [ciw.dists.Exponential(1 / patience)]
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(arrival)],
        service_distributions=[ciw.dists.Exponential(service)],
        number_of_servers=[teams],
        reneging_time_distributions=leave or None,
    )
    simulation = ciw.Simulation(network)
    end = customers / arrival
    simulation.simulate_until_max_time(end)
    records = [r for r in simulation.get_all_records() if r.arrival_date > end / 10]
    wait = np.array([r.waiting_time for r in records])
    found = {
        "waiting_share": (wait > 0).mean(),
        "mean_wait": wait.mean(),
        "mean_time_in_system": np.mean([r.exit_date - r.arrival_date for r in records]),
    }
    if patience:
        found["leaving_share"] = np.mean([r.record_type == "renege" for r in records])
    return found


def write(path, head, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([head, *rows])


if __name__ == "__main__":
    head = [*HEAD, "measure", "value", "std_error"]
    write(FILE, head, [*by_formula(), *by_simulation()])
    names = ["pyworkforce", "ciw"]
    write(VERSIONS, ["package", "version"], [[n, version(n)] for n in names])
