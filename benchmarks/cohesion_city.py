"""
All measures of cohesion for every community of a city, and how time grows.

10, 100 and 1,000 communities of 3,000 residents and 12,000 ties each, one call for all
of them, one and two workers. Memory is the highest total of arrays alive, the tables
that were given included (tracemalloc).

Run with: python benchmarks/cohesion_city.py [most communities]
"""

import math
import sys
import time
import tracemalloc

import pandas as pd
from cohesion import community

from govlib import cohesion

RESIDENTS, TIES = 3_000, 12_000


def city(communities):
    ties, nodes = [], []
    for number in range(communities):
        # Ten different communities are enough; each has ids of its own.
        some_ties, some_nodes = community(RESIDENTS, TIES, number % 10)
        ties.append(some_ties + RESIDENTS * number)
        some_nodes["resident"] += RESIDENTS * number
        nodes.append(some_nodes.assign(community=number))
    return pd.concat(ties, ignore_index=True), pd.concat(nodes, ignore_index=True)


def measure(ties, nodes, n_jobs):
    return cohesion.summary(
        ties,
        source="source",
        target="target",
        nodes=nodes,
        unit="resident",
        network="community",
        group="non_local",
        n_jobs=n_jobs,
    )


def main():
    most = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    print(
        "| communities | workers | seconds | ms per community | growth | MB at most |"
    )
    print("|---:|---:|---:|---:|---:|---:|")
    before = {}
    for communities in [n for n in (10, 100, 1_000) if n <= most]:
        tracemalloc.start()
        ties, nodes = city(communities)
        tracemalloc.reset_peak()
        measure(ties, nodes, 1)
        memory = tracemalloc.get_traced_memory()[1] / 1e6
        tracemalloc.stop()
        for workers in (1, 2):
            start = time.perf_counter()
            table = measure(ties, nodes, workers)
            seconds = time.perf_counter() - start
            # A community is the same row wherever it stands in the city.
            again = table.drop(columns="community")
            for first in range(10):
                if len(again[first::10].drop_duplicates()) != 1:
                    raise SystemExit("a community depends on where it stands")
            growth = ""
            if workers in before:
                growth = f"{math.log10(seconds / before[workers]):.2f}"
            before[workers] = seconds
            print(
                f"| {communities:,} | {workers} | {seconds:.1f} | "
                f"{1000 * seconds / communities:.1f} | {growth} | {memory:,.0f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
