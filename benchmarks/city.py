"""
Time and memory of simulating S city, by size.

    python benchmarks/city.py [--full]

Prints, for each size, seconds, milliseconds per community, the exponent with which
time grows (1 is linear) and the peak memory that Python and numpy asked for, from a
second run of the smallest and the course city.
"""

import argparse
import math
import time
import tracemalloc

from govlib import city

SIZES = {
    "60 communities": city.Size(2, 3, 10, 20),
    "480 communities (course)": city.Size(8, 6, 10, 20),
    "4,784 communities (full)": city.Size(16, 13, 23, 20),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help="the largest city too")
    full = parser.parse_args().full
    city.simulate("tiny")  # imports and caches
    print("| city | seconds | ms per community | growth | peak MiB |")
    print("|---|---:|---:|---:|---:|")
    before = None
    for name, size in SIZES.items():
        large = size.total > 1000
        if large and not full:
            continue
        start = time.perf_counter()
        city.simulate(size)
        seconds = time.perf_counter() - start
        growth = peak = ""
        if before:
            growth = f"{math.log(seconds / before[1], size.total / before[0]):.2f}"
        before = size.total, seconds
        if not large:
            tracemalloc.start()
            city.simulate(size)
            peak = f"{tracemalloc.get_traced_memory()[1] / 2**20:.0f}"
            tracemalloc.stop()
        each = 1000 * seconds / size.total
        print(f"| {name} | {seconds:.1f} | {each:.0f} | {growth} | {peak} |")


if __name__ == "__main__":
    main()
