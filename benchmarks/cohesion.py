"""
All measures of cohesion of one community, beside python-igraph and networkx.

3,000 residents with 12,000 ties: density, transitivity, mean clustering, core numbers,
components, exact mean distance, efficiency, diameter and E-I. govlib starts from the
tables, checks them, and finds bridges and cutpoints as well; the peers start from a
finished graph and take each thing in one pass where they can. First all must give the
same numbers; then runs take turns and medians are compared.

Run with: python benchmarks/cohesion.py
"""

import statistics
import time
import tracemalloc
from collections import Counter

import igraph
import networkx as nx
import numpy as np
import pandas as pd

from govlib import cohesion

REPEATS = 9
# The same sums in another order.
RTOL = 1e-12


def community(residents, ties, seed):
    """Ties at random, some of which close triangles; returns ties and nodes."""
    rng = np.random.default_rng(seed)
    near = rng.geometric(1 / 12, size=6 * ties) * rng.choice([-1, 1], size=6 * ties)
    far = rng.integers(residents, size=6 * ties)
    one = rng.integers(residents, size=6 * ties)
    other = np.where(rng.random(6 * ties) < 0.35, (one + near) % residents, far)
    pairs = np.sort(np.column_stack([one, other])[one != other], axis=1)
    pairs = rng.permutation(np.unique(pairs, axis=0))[:ties]
    nodes = pd.DataFrame(
        {"resident": np.arange(residents), "non_local": rng.random(residents) < 0.47}
    )
    return pd.DataFrame(pairs, columns=["source", "target"]), nodes


def ours(ties, nodes):
    table = cohesion.summary(
        ties,
        source="source",
        target="target",
        nodes=nodes,
        unit="resident",
        group="non_local",
    )
    return table.iloc[0].to_dict()


def by_igraph(graph):
    paths = graph.path_length_hist(directed=False)
    steps = np.array([(first, count) for first, _, count in paths.bins()])
    pairs = len(graph.vs) * (len(graph.vs) - 1) / 2
    group = np.array(graph.vs["non_local"])
    mixed = sum(group[a] != group[b] for a, b in graph.get_edgelist())
    return {
        "density": graph.density(),
        "transitivity": graph.transitivity_undirected(),
        "mean_clustering": graph.transitivity_avglocal_undirected(mode="nan"),
        "max_core_number": max(graph.coreness()),
        "components": len(graph.connected_components()),
        "mean_distance": (steps[:, 0] @ steps[:, 1]) / steps[:, 1].sum(),
        "global_efficiency": (steps[:, 1] / steps[:, 0]).sum() / pairs,
        "diameter": int(steps[:, 0].max()),
        "e_i_index": (2 * mixed - graph.ecount()) / graph.ecount(),
    }


def by_networkx(graph):
    steps = Counter()
    for _, row in nx.all_pairs_shortest_path_length(graph):
        steps.update(row.values())
    del steps[0]
    clustering = nx.clustering(graph)
    defined = [clustering[v] for v, degree in graph.degree if degree > 1]
    pairs = len(graph) * (len(graph) - 1)
    group = nx.get_node_attributes(graph, "non_local")
    mixed = sum(group[a] != group[b] for a, b in graph.edges)
    return {
        "density": nx.density(graph),
        "transitivity": nx.transitivity(graph),
        "mean_clustering": sum(defined) / len(defined),
        "max_core_number": max(nx.core_number(graph).values()),
        "components": nx.number_connected_components(graph),
        "mean_distance": sum(d * c for d, c in steps.items()) / sum(steps.values()),
        "global_efficiency": sum(c / d for d, c in steps.items()) / pairs,
        "diameter": max(steps),
        "e_i_index": (2 * mixed - graph.size()) / graph.size(),
    }


def main():
    ties, nodes = community(3_000, 12_000, 1)
    finished = igraph.Graph(len(nodes), ties.to_numpy().tolist())
    finished.vs["non_local"] = nodes["non_local"].tolist()
    graph = nx.Graph()
    graph.add_nodes_from(nodes["resident"])
    nx.set_node_attributes(graph, nodes["non_local"].to_dict(), "non_local")
    graph.add_edges_from(ties.to_numpy().tolist())
    tasks = {
        "govlib": lambda: ours(ties, nodes),
        "python-igraph": lambda: by_igraph(finished),
        "networkx": lambda: by_networkx(graph),
    }
    found = {name: task() for name, task in tasks.items()}
    for name in ["python-igraph", "networkx"]:
        for term, value in found[name].items():
            np.testing.assert_allclose(found["govlib"][term], value, rtol=RTOL)
    times = {name: [] for name in tasks}
    for repeat in range(REPEATS):
        for name, task in tasks.items():
            if name == "networkx" and repeat:
                continue  # once is long enough
            start = time.perf_counter()
            task()
            times[name].append(time.perf_counter() - start)
    seconds = {name: statistics.median(each) for name, each in times.items()}
    print("The same numbers from all three, to a relative 1e-12.\n")
    print("| tool | seconds | times govlib | MB at most |")
    print("|---|---:|---:|---:|")
    for name, task in tasks.items():
        memory = "not traced"
        if name == "govlib":
            tracemalloc.start()
            task()
            memory = f"{tracemalloc.get_traced_memory()[1] / 1e6:.0f}"
            tracemalloc.stop()
        ratio = seconds[name] / seconds["govlib"]
        print(f"| {name} | {seconds[name]:.4f} | {ratio:.1f} | {memory} |")


if __name__ == "__main__":
    main()
