"""
Time and memory of simulating S city, by size.

In memory: seconds, milliseconds per community, the exponent with which time grows (1 is
linear) and the peak memory that Python and numpy asked for, from a second run. Written
to Parquet by two workers, each size in a process of its own: seconds, and the most
memory that the main process and a worker had (resident, libraries included).

Run with: python benchmarks/city.py
"""

import math
import subprocess
import sys
import time
import tracemalloc

from govlib import city

IN_MEMORY = {
    "60 communities": city.Size(2, 3, 10, 20),
    "480 communities (course)": city.Size(8, 6, 10, 20),
}
WRITTEN = {
    "480 communities (course)": (8, 6, 10, 20),
    "1,472 communities": (16, 4, 23, 20),
    "4,784 communities (full)": (16, 13, 23, 20),
}
# Workers tell their memory once they have ended.
WRITE = """
import resource, sys, tempfile, time
from joblib.externals.loky import get_reusable_executor
from govlib import city
size = city.Size(*map(int, sys.argv[1:]))
with tempfile.TemporaryDirectory() as folder:
    start = time.perf_counter()
    city.write(folder, size=size, n_jobs=2)
    print(time.perf_counter() - start)
get_reusable_executor().shutdown()
for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN):
    print(resource.getrusage(who).ru_maxrss / 1024)
"""


def growth(seconds: float, total: int, before: tuple[float, int] | None) -> str:
    """Return the exponent with which time grew since the size before."""
    if before is None:
        return ""
    return f"{math.log(seconds / before[0], total / before[1]):.2f}"


def main() -> None:
    city.simulate("tiny")  # imports and caches
    print("| city in memory | seconds | ms per community | growth | peak MiB |")
    print("|---|---:|---:|---:|---:|")
    before = None
    for name, size in IN_MEMORY.items():
        start = time.perf_counter()
        city.simulate(size)
        seconds = time.perf_counter() - start
        tracemalloc.start()
        city.simulate(size)
        peak = tracemalloc.get_traced_memory()[1] / 2**20
        tracemalloc.stop()
        print(
            f"| {name} | {seconds:.1f} | {1000 * seconds / size.total:.0f} "
            f"| {growth(seconds, size.total, before)} | {peak:.0f} |"
        )
        before = seconds, size.total

    print("\n| city written | seconds | growth | main MiB | worker MiB |")
    print("|---|---:|---:|---:|---:|")
    before = None
    for name, numbers in WRITTEN.items():
        done = subprocess.run(
            [sys.executable, "-c", WRITE, *map(str, numbers)],
            capture_output=True,
            encoding="utf-8",
            check=True,
        )
        seconds, own, worker = map(float, done.stdout.split())
        total = city.Size(*numbers).total
        print(
            f"| {name} | {seconds:.1f} | {growth(seconds, total, before)} "
            f"| {own:.0f} | {worker:.0f} |"
        )
        before = seconds, total


if __name__ == "__main__":
    main()
