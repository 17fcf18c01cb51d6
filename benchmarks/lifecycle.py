"""
An event log of a million events, beside pm4py.

200,000 matters go through analysis, decision, execution, evaluation and closing, some
of them twice or with a stage left out. From the same table, sorted by matter and time:
the directly-follows graph with mean times, the variants, the days from first to last
event, and the share within 15, 30 and 90 days. First both must count the same pairs and
variants and give the same times; then runs take turns and medians are compared. govlib
checks the log on the way (missing values, events twice, order) and counts open matters.
Memory is the highest total of arrays alive beside the data (tracemalloc), which does
not see what pm4py keeps outside numpy and Python. pm4py (AGPL) is no dependency.

Run with: uv run --with pm4py==2.7.23.11 python benchmarks/lifecycle.py. Without it, it
times govlib alone.
"""

import importlib.util
import statistics
import time
import tracemalloc

import numpy as np
import pandas as pd

from govlib import lifecycle

EVENTS = 1_000_000
REPEATS = 3
LIMITS = [15, 30, 90]
STAGES = [*lifecycle.CYCLE, "closed"]
LOG = {"unit": "matter", "activity": "stage", "time": "day"}


def event_log(events):
    """Draw a log of about so many events, in order, with names as text."""
    rng = np.random.default_rng(1)
    matters = events // 5
    rounds = 1 + (rng.random(matters) < 0.1)
    parts = []
    for turn in (1, 2):
        who = np.flatnonzero(rounds >= turn)
        for number, stage in enumerate(lifecycle.CYCLE):
            there = who[rng.random(who.size) >= (0.05, 0.08, 0.02, 0.2)[number]]
            parts.append((there, 10 * turn + number, stage))
    closed = np.flatnonzero(rng.random(matters) < 0.9)
    parts.append((closed, 99, "closed"))
    log = pd.DataFrame(
        {
            "matter": np.concatenate([who for who, _, _ in parts]),
            "place": np.concatenate([np.full(w.size, p) for w, p, _ in parts]),
            "stage": np.concatenate([np.full(w.size, s) for w, _, s in parts]),
        }
    ).sort_values(["matter", "place"], ignore_index=True)
    opened = rng.uniform(0, 365, matters)[log["matter"]]
    step = pd.Series(rng.exponential(9, len(log)) + 0.01)
    log["day"] = opened + step.groupby(log["matter"]).cumsum()
    log["matter"] = log["matter"].map("M{:06}".format)
    return log.drop(columns="place")


def in_pm4py(log):
    """Return the same log under the names and with the times that pm4py wants."""
    return pd.DataFrame(
        {
            "case:concept:name": log["matter"],
            "concept:name": log["stage"],
            "time:timestamp": pd.Timestamp("2024-01-01", tz="UTC")
            + pd.to_timedelta(log["day"], unit="D").dt.round("us"),
        }
    )


def graph(log):
    return lifecycle.directly_follows(log, **LOG)


def ways(log):
    return lifecycle.variants(log, **LOG, closing="closed")


def days(log):
    first = log.groupby("matter", sort=True)["day"].agg(["min", "max"])
    first["closed"] = log.groupby("matter", sort=True)["stage"].last() == "closed"
    return first[first["max"] > first["min"]]


def indicators(log):
    spans = days(log)
    spans = spans.assign(took=spans["max"] - spans["min"])
    return lifecycle.finished_by(spans, time="took", outcome="closed", limit=LIMITS)


def graph_of_peer(log):
    import pm4py

    counts, _, _ = pm4py.discover_dfg(log)
    times, _, _ = pm4py.discover_performance_dfg(log)
    return counts, times


def ways_of_peer(log):
    import pm4py

    return pm4py.get_variants(log)


def indicators_of_peer(log):
    import pm4py

    took = np.array(pm4py.get_all_case_durations(log)) / 86_400
    return [(took <= limit).mean() for limit in LIMITS]


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


def agree(log, peer):
    """Stop unless both count the same and take the same times."""
    mine = graph(log)
    inner = mine[mine["mean"].notna()].set_index(["source", "target"])
    counts, times = graph_of_peer(peer)
    if inner["events"].to_dict() != dict(counts):
        raise SystemExit("pairs differ: no ratio is given")
    theirs = pd.Series({k: v["mean"] / 86_400 for k, v in times.items()})
    # pm4py keeps microseconds and rounds means to them.
    np.testing.assert_allclose(inner["mean"], theirs[inner.index], atol=1e-6)
    found = ways(log).set_index("variant")["cases"].to_dict()
    expected = {" → ".join(k): v for k, v in ways_of_peer(peer).items()}
    if found != expected:
        raise SystemExit("variants differ: no ratio is given")
    took = days(log)
    share = ((took["max"] - took["min"]).to_numpy()[:, None] <= LIMITS).sum(axis=0)
    # Those with one event took no time at all, and count as done in theirs.
    alone = log["matter"].nunique() - len(took)
    np.testing.assert_allclose(
        (share + alone) / log["matter"].nunique(), indicators_of_peer(peer), atol=1e-5
    )


def main():
    log = event_log(EVENTS)
    matters = log["matter"].nunique()
    print(f"{len(log):,} events of {matters:,} matters, text ids")
    steps = {"directly-follows and times": (graph, graph_of_peer)}
    steps["variants"] = (ways, ways_of_peer)
    steps["time limits"] = (indicators, indicators_of_peer)
    there = importlib.util.find_spec("pm4py") is not None
    peer = in_pm4py(log)
    if there:
        agree(log, peer)
        print("the same pairs, variants, mean times and shares from both")
    else:
        print("pm4py is not installed: govlib alone")
    for name, (function, other) in steps.items():
        mine, theirs = [], []
        for _ in range(REPEATS):
            mine.append(seconds(function, log))
            if there:
                theirs.append(seconds(other, peer))
        line = f"{name}: govlib {statistics.median(mine):.2f} s"
        if there:
            ratio = statistics.median(theirs) / statistics.median(mine)
            line += f", pm4py {statistics.median(theirs):.2f} s; ratio {ratio:.1f}"
        print(line)
    print(f"memory of directly-follows {megabytes(graph, log):.0f} MB", end="")
    print(f", of pm4py {megabytes(graph_of_peer, peer):.0f} MB" if there else "")
    few = event_log(EVENTS // 10)
    for name, (function, _) in steps.items():
        growth = np.log10(seconds(function, log) / seconds(function, few))
        print(f"{name}: time grows as events to the power {growth:.2f}")


if __name__ == "__main__":
    main()
