"""
Walking access beside PySAL access; bootstrapped inequality beside a loop.

Enhanced two-step floating catchment (Gaussian weights, 1,200 m) of 100,000 blocks and
10,000 facilities, 35 km square; then a million blocks in bounded memory. ``access``
makes all pairs of points, 10^9 of them here, so its pairs come from scipy's tree too,
and it starts from the same table where that is said. Gini and Theil of 100,000 units
with 1,000 bootstrap draws, beside a loop that resamples and calls ``inequality``. First
all must give the same numbers; then runs take turns and medians are compared. Memory is
the highest total of arrays alive beside the data (tracemalloc); the pairs that scipy's
tree holds come on top, at most 1.5 million of 24 bytes.

Run with: uv run --with access==1.1.10 --with inequality==1.1.2 python
benchmarks/equity.py. Without these two, it times govlib alone.
"""

import importlib.util
import statistics
import time
import tracemalloc

import numpy as np
import pandas as pd
from scipy.spatial import KDTree

from govlib import equity

CUTOFF = 1_200
SIGMA = 500
REPEATS = 3
DRAWS = 1_000
FEW = 20  # draws of the loop, scaled up


def gaussian(distance):
    return np.exp(-(distance**2) / (2 * SIGMA**2))


def city(n_blocks, n_facilities):
    """Blocks and facilities at random on a square of 35 km."""
    rng = np.random.default_rng(1)
    blocks = pd.DataFrame(rng.uniform(0, 35_000, (n_blocks, 2)), columns=["x", "y"])
    blocks["block"] = np.arange(n_blocks)
    blocks["people"] = rng.integers(1, 300, n_blocks).astype(float)
    facilities = pd.DataFrame(
        rng.uniform(0, 35_000, (n_facilities, 2)), columns=["x", "y"]
    )
    facilities["clinic"] = np.arange(n_facilities)
    facilities["doctors"] = rng.uniform(1, 9, n_facilities)
    return blocks, facilities


def table_of_pairs(blocks, facilities):
    found = KDTree(blocks[["x", "y"]]).sparse_distance_matrix(
        KDTree(facilities[["x", "y"]]), CUTOFF, output_type="ndarray"
    )
    return pd.DataFrame(
        {"block": found["i"], "clinic": found["j"], "metres": found["v"]}
    )


def ours(blocks, facilities, pairs=None):
    where = {"coordinates": ("x", "y")} if pairs is None else {"distance": "metres"}
    return equity.floating_catchment(
        blocks,
        facilities,
        pairs,
        source="block",
        target="clinic",
        supply="doctors",
        weight="people",
        cutoff=CUTOFF,
        decay=gaussian,
        **where,
    ).table["access"]


def by_access(blocks, facilities, pairs=None):
    from access import fca

    if pairs is None:
        pairs = table_of_pairs(blocks, facilities)
    return fca.two_stage_fca(
        blocks.set_index("block"),
        facilities.set_index("clinic"),
        pairs,
        CUTOFF,
        demand_index=True,
        demand_name="people",
        supply_index=True,
        supply_name="doctors",
        cost_origin="block",
        cost_dest="clinic",
        cost_name="metres",
        weight_fn=gaussian,
    )


def bootstrap(data, draws=DRAWS):
    return equity.inequality(data, value="hours", n_resamples=draws, rng=1)


def loop(data, draws=FEW):
    from inequality.gini import Gini
    from inequality.theil import Theil

    values, rng = data["hours"].to_numpy(), np.random.default_rng(1)
    out = []
    for _ in range(draws):
        drawn = values[rng.integers(values.size, size=values.size)]
        out.append((Gini(drawn).g, Theil(drawn).T))
    return np.array(out)


def seconds(function, *arguments):
    start = time.perf_counter()
    function(*arguments)
    return time.perf_counter() - start


def megabytes(function, *arguments):
    tracemalloc.start()
    function(*arguments)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / 1e6


def compare(name, functions, *arguments, scales=(1, 1)):
    """Print the medians of runs that take turns."""
    times = [[], []]
    for _ in range(REPEATS):
        for kept, function, scale in zip(times, functions, scales, strict=True):
            kept.append(seconds(function, *arguments) * scale)
    mine, peer = map(statistics.median, times)
    print(f"{name}: govlib {mine:.2f} s, peer {peer:.2f} s; ratio {peer / mine:.1f}")


def main():
    peers = all(map(importlib.util.find_spec, ("access", "inequality")))
    blocks, facilities = city(100_000, 10_000)
    pairs = table_of_pairs(blocks, facilities)
    homes = pd.DataFrame({"hours": np.random.default_rng(1).lognormal(size=100_000)})
    if peers:
        theirs = by_access(blocks, facilities, pairs).reindex(blocks["block"])
        for mine in (ours(blocks, facilities), ours(blocks, facilities, pairs)):
            np.testing.assert_allclose(mine, theirs.fillna(0), rtol=1e-9, atol=1e-15)
        mine, draws = bootstrap(homes, 200).head(2), loop(homes, 200)
        error = draws.std(axis=0, ddof=1)
        # Two standard errors of 200 draws each differ by a tenth of themselves.
        np.testing.assert_allclose(mine["std_error"], error, rtol=0.3)
        np.testing.assert_allclose(mine["estimate"], draws.mean(axis=0), rtol=0.01)
        print(f"E2SFCA, 100,000 blocks, 10,000 facilities, {len(pairs):,} pairs")
        functions = ours, by_access
        compare("from coordinates", functions, blocks, facilities)
        compare("from a table of distances", functions, blocks, facilities, pairs)
        compare(
            f"Gini and Theil, 100,000 units, {DRAWS:,} draws (peer: {FEW}, scaled up)",
            (bootstrap, loop),
            homes,
            scales=(1, DRAWS / FEW),
        )
        print(f"memory of access {megabytes(by_access, blocks, facilities):.0f} MB")
    else:
        print("access and inequality are not installed: govlib alone")
        print(f"{DRAWS:,} draws of 100,000 units {seconds(bootstrap, homes):.2f} s")
    for n in (10_000, 100_000, 1_000_000):
        some = city(n, 10_000)
        print(
            f"E2SFCA, {n:9,} blocks {seconds(ours, *some):6.2f} s, "
            f"{megabytes(ours, *some):4.0f} MB"
        )
    dense = city(20_000, 10_000)
    for frame in dense:
        frame[["x", "y"]] /= 35
    print(
        f"E2SFCA, 20,000 blocks, nearly all facilities in reach (2 x 10^8 pairs) "
        f"{seconds(ours, *dense):.2f} s, {megabytes(ours, *dense):.0f} MB"
    )


if __name__ == "__main__":
    main()
