"""
The permutation test of mixing, beside networkx and a plain numpy loop.

One community of 3,000 residents with 12,000 ties, half of them non-local residents;
1,000 label permutations of the same five indices each: E-I, assortativity, Coleman
homophily of both groups and the log odds ratio. networkx counts the ties of each
permutation; the numpy loop counts them with bincount. First all three must give the
same estimates and moments; then runs take turns and medians are compared.

Run with: python benchmarks/mixing.py
"""

import statistics
import time
import tracemalloc

import networkx as nx
import numpy as np
import pandas as pd

from govlib import cohesion

PERMUTATIONS = 1000
REPEATS = 7
FEW = 20  # networkx is too slow for more


def community(n, m, rng):
    """Random ties, more of them inside groups; returns ties and nodes."""
    group = rng.random(n) < 0.47
    pairs = rng.integers(n, size=(6 * m, 2))
    keep = pairs[:, 0] != pairs[:, 1]
    keep &= rng.random(6 * m) < np.where(
        group[pairs[:, 0]] == group[pairs[:, 1]], 1, 0.4
    )
    pairs = np.unique(np.sort(pairs[keep], axis=1), axis=0)
    pairs = rng.permutation(pairs)[:m]
    nodes = pd.DataFrame({"resident": np.arange(n), "non_local": group})
    return pd.DataFrame(pairs, columns=["source", "target"]), nodes


def five(cells, sizes):
    """The five indices of one two-by-two table of tie ends."""
    total = cells.sum()
    ends = cells.sum(axis=1)
    inside = np.trace(cells) / total
    chance = (ends**2).sum() / total**2
    lot = ends * (sizes - 1) / (sizes.sum() - 1)
    excess = np.diag(cells) - lot
    coleman = excess / np.where(excess > 0, ends - lot, lot)
    same, mixed = np.trace(cells) / 2, (total - np.trace(cells)) / 2
    same_pairs, mixed_pairs = (sizes * (sizes - 1)).sum() / 2, sizes.prod()
    odds = same * (mixed_pairs - mixed) / ((same_pairs - same) * mixed)
    return 1 - 2 * inside, (inside - chance) / (1 - chance), *coleman, np.log(odds)


def moments(index, labels, rng, permutations):
    draws = np.array([index(rng.permutation(labels)) for _ in range(permutations)])
    return np.array(index(labels)), draws.mean(axis=0), draws.std(axis=0, ddof=1)


def by_govlib(ties, nodes):
    table = cohesion.mixing(
        ties,
        source="source",
        target="target",
        nodes=nodes,
        unit="resident",
        group="non_local",
        n_permutations=PERMUTATIONS,
        rng=1,
    )
    return table[["estimate", "expected", "std_error"]].to_numpy().T


def by_numpy(ties, nodes):
    labels = nodes["non_local"].to_numpy().astype(np.intp)
    source, target = ties["source"].to_numpy(), ties["target"].to_numpy()
    sizes = np.bincount(labels)

    def index(of):
        cells = np.bincount(2 * of[source] + of[target], minlength=4).reshape(2, 2)
        return five(cells + cells.T, sizes)

    return moments(index, labels, np.random.default_rng(2), PERMUTATIONS)


def by_networkx(ties, nodes):
    """Few permutations; the time is scaled up, and said to be."""
    graph = nx.from_pandas_edgelist(ties)
    labels = nodes["non_local"].to_numpy().astype(int)
    sizes = np.bincount(labels)

    def index(of):
        nx.set_node_attributes(graph, dict(enumerate(of.tolist())), "group")
        cells = nx.attribute_mixing_matrix(
            graph, "group", mapping={0: 0, 1: 1}, normalized=False
        )
        return five(cells, sizes)

    return moments(index, labels, np.random.default_rng(3), FEW)


def seconds(function, *arguments):
    start = time.perf_counter()
    function(*arguments)
    return time.perf_counter() - start


def peak_megabytes(function, *arguments):
    tracemalloc.start()
    function(*arguments)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / 1e6


def check(ties, nodes):
    """Stop unless all agree: estimates exactly, moments to Monte-Carlo error."""
    estimate, expected, error = by_govlib(ties, nodes)
    for peer, draws in [(by_numpy, PERMUTATIONS), (by_networkx, FEW)]:
        theirs = peer(ties, nodes)
        np.testing.assert_allclose(estimate, theirs[0], rtol=0, atol=1e-12)
        near = abs(expected - theirs[1]) < 5 * error / draws**0.5
        near &= abs(theirs[2] / error - 1) < 5 / (2 * draws) ** 0.5
        if not near.all():
            raise SystemExit(f"{peer.__name__} gives other moments: {theirs}")


def main():
    ties, nodes = community(3000, 12_000, np.random.default_rng(1))
    check(ties, nodes)
    peers = {"govlib": by_govlib, "numpy loop": by_numpy, "networkx": by_networkx}
    times = {name: [] for name in peers}
    for _ in range(REPEATS):
        for name, function in peers.items():
            scale = PERMUTATIONS / FEW if name == "networkx" else 1
            times[name].append(seconds(function, ties, nodes) * scale)
    ours = statistics.median(times["govlib"])
    print(f"{PERMUTATIONS} label permutations, 3,000 residents, 12,000 ties; medians")
    print(f"networkx: {FEW} permutations, scaled up")
    for name, function in peers.items():
        median = statistics.median(times[name])
        print(
            f"{name:12} {median:8.3f} s  {median / ours:7.1f} x govlib's time  "
            f"peak {peak_megabytes(function, ties, nodes):5.1f} MB"
        )
    print("growth with size, 4 ties a resident")
    for n in (1000, 10_000, 50_000):
        larger = community(n, 4 * n, np.random.default_rng(1))
        print(
            f"{n:8,} residents {seconds(by_govlib, *larger):8.3f} s  "
            f"peak {peak_megabytes(by_govlib, *larger):6.1f} MB"
        )


if __name__ == "__main__":
    main()
