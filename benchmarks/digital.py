"""
Service rates of a million requests, and links among 100,000, in bounded memory.

Rates and times of a log with four limits, a tenth of it open, by 10 platforms and 1,000
communities as clusters. Links of requests in blocks of the same community and day with
four fields, text among them: time and memory by the number of requests at a constant
size of blocks. Before links are timed, those of 2,000 requests are compared with what
all pairs at once give. Memory is the highest total of arrays alive beside the data
(tracemalloc).

Run with: python benchmarks/digital.py [requests of the log]
"""

import sys
import time
import tracemalloc

import numpy as np
import pandas as pd

from govlib import digital
from govlib.digital import _linkage

THINGS = ["楼道灯", "路灯", "水管", "电梯", "垃圾房", "消防通道", "外墙", "充电桩"]
FAULTS = [
    "不亮了",
    "漏水严重",
    "坏了没修",
    "被车堵住",
    "味道很大",
    "噪声扰民",
    "堆满杂物",
]
ASKS = ["", "，请处理", "，谢谢", "，请尽快派人来看", "，已经说过一次了"]
COLUMNS = {
    "opened": "opened",
    "answered": "answered",
    "closed": "closed",
    "resolved": "solved",
    "satisfied": "happy",
    "limit": "limit",
    "now": 2000,
}


def log(n):
    """A log of 2,000 hours with times to a tenth of an hour."""
    rng = np.random.default_rng(1)
    data = pd.DataFrame({"opened": rng.uniform(0, 2000, n).round(1)})
    data["limit"] = rng.choice([2, 24, 168, 360], n)
    data["platform"] = rng.integers(0, 10, n)
    data["community"] = rng.integers(0, 1000, n)
    lasts = (data["limit"] * rng.lognormal(-0.3, 1, n)).round(1)
    data["answered"] = data["opened"] + (lasts * rng.random(n)).round(1)
    data["closed"] = data["opened"] + lasts
    data["solved"] = (rng.random(n) < 0.7).astype(float)
    data.loc[data["closed"] > 2000, ["closed", "solved"]] = np.nan
    data.loc[data["answered"] > 2000, "answered"] = np.nan
    data["happy"] = (rng.random(n) < 0.8).astype(float)
    data["happy"] = data["happy"].where((data["solved"] == 1) & (rng.random(n) < 0.5))
    return data


def requests(n):
    """Requests in blocks of about forty, one in four a repeat."""
    rng = np.random.default_rng(2)
    matter = np.sort(rng.integers(0, int(0.75 * n), n))
    kinds = int(matter.max()) + 1
    of = {
        "community": rng.integers(0, max(n // 40, 1), kinds),
        "building": rng.integers(1, 13, kinds),
        "floor": rng.integers(1, 7, kinds),
        "hour": rng.uniform(0, 500, kinds),
    }
    data = pd.DataFrame({name: values[matter] for name, values in of.items()})
    data["hour"] += rng.exponential(8, n)
    things, faults = rng.choice(THINGS, kinds), rng.choice(FAULTS, kinds)
    asks = rng.choice(ASKS, n)
    data["text"] = [
        things[k] + faults[k] + ask for k, ask in zip(matter, asks, strict=True)
    ]
    return data.assign(request=np.arange(n), true=matter)


def link(data):
    return digital.link(
        data,
        unit="request",
        block="community",
        equal=["building", "floor"],
        near={"hour": 48},
        similar={"text": 0.5},
    )


def measured(function, *arguments, **given):
    start = time.perf_counter()
    result = function(*arguments, **given)
    seconds = time.perf_counter() - start
    tracemalloc.start()
    function(*arguments, **given)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return result, seconds, peak / 1e6


def main():
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    data = log(n)
    print(f"{n:,} requests, {data['closed'].isna().mean():.0%} open")
    for name, given in (
        ("rates of all", {}),
        ("rates by platform, clustered", {"group": "platform", "cluster": "community"}),
    ):
        _, seconds, peak = measured(digital.kpi, data, **COLUMNS, **given)
        print(f"{name:30} {seconds:6.1f} s  {peak:6.0f} MB")
    times = {name: COLUMNS[name] for name in ("opened", "closed", "now")}
    _, seconds, peak = measured(digital.handling_times, data, **times)
    print(f"{'times, median with interval':30} {seconds:6.1f} s  {peak:6.0f} MB")

    small = requests(2_000)
    kept = _linkage.PAIRS
    chunked = link(small)
    _linkage.PAIRS = 10**9
    pd.testing.assert_frame_equal(chunked.table, link(small).table)
    _linkage.PAIRS = kept
    for n in (10_000, 100_000):
        data = requests(n)
        linked, seconds, peak = measured(link, data)
        quality = digital.linkage_quality(
            data.assign(found=linked.table["matter"]), found="found", truth="true"
        )["estimate"]
        print(
            f"links of {n:,} requests, {linked.n_pairs:,} pairs "
            f"{seconds:5.1f} s  {peak:4.0f} MB; precision {quality[0]:.2f}, recall "
            f"{quality[1]:.2f}"
        )
    one = requests(10_000).assign(community=0)
    linked, seconds, peak = measured(link, one)
    print(
        f"one block of 10,000 requests, {linked.n_pairs:,} pairs {seconds:5.1f} s  "
        f"{peak:4.0f} MB"
    )


if __name__ == "__main__":
    main()
