"""
Minimise random truth tables with setqca, for tests/test_coordination.py.

Run in this folder, in an environment of its own with setqca 0.2.0:
python coordination_qca.py. Writes coordination_qca.csv: conditions, rows to cover, rows
that may be used, and every minimal solution (fewest paths, then fewest literals).
"""

import csv
import random
from importlib import import_module, metadata
from pathlib import Path


def main() -> None:
    # By name and here: the project itself has no setqca, but reads this file.
    setqca = import_module("setqca")
    program = f"setqca {metadata.version('setqca')}"
    draw = random.Random(20260905)
    path = Path("coordination_qca.csv")
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["program", "k", "wanted", "free", "models"])
        for case in range(120):
            k = 2 + case % 4
            rows = list(range(2**k))
            draw.shuffle(rows)
            cut = max(1, round(draw.choice([0.1, 0.3, 0.5]) * len(rows)))
            wanted = sorted(rows[:cut])
            free = sorted(rows[cut : cut + draw.randrange(len(rows) - cut)])
            found = setqca.minimize(
                set(wanted), dont_cares=set(free), width=k, max_solutions=10_000
            )
            models = sorted(one.as_expression(tuple("abcdef"[:k])) for one in found)
            lists = [" ".join(map(str, rows)) for rows in (wanted, free)]
            table.writerow([program, k, *lists, " | ".join(models)])


if __name__ == "__main__":
    main()
