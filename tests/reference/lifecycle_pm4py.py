"""
Fitness of some ways through the four stages, by the alignments of pm4py.

Run with: uv run --with pm4py==2.7.23.11 python lifecycle_pm4py.py, in this folder. Its
licence (AGPL) keeps pm4py out of the project; only these figures are kept.
Writes lifecycle_pm4py.csv: the trace, letters a d x e for the stages, the cost of the
cheapest alignment with a cycle that may be gone through again, and the fitness.
"""

import itertools
from pathlib import Path

import pandas as pd
import pm4py
from pm4py.objects.process_tree.utils.generic import parse

HERE = Path(__file__).parent


def main():
    # Every way of up to three steps, some longer ones, and those that go wrong.
    ways = ["".join(w) for n in (1, 2, 3) for w in itertools.product("adxe", repeat=n)]
    ways += ["adxe", "axe", "dxe", "adx", "adxeadxe", "adxexe", "addxe", "daxe", "xeda"]
    ways += ["adxeaxe", "adadxe", "adxeadx", "adxeadxeadxe", "exda", "aaaa", "adxeda"]
    rows = [
        {"case:concept:name": f"{i:03}", "concept:name": step, "order": number}
        for i, way in enumerate(ways)
        for number, step in enumerate(way)
    ]
    log = pd.DataFrame(rows)
    log["time:timestamp"] = pd.Timestamp("2024-01-01", tz="UTC") + pd.to_timedelta(
        log.pop("order"), unit="D"
    )
    tree = parse("*( ->( 'a', 'd', 'x', 'e' ), tau )")
    net = pm4py.convert_to_petri_net(tree)
    found = pm4py.conformance_diagnostics_alignments(log, *net)
    out = pd.DataFrame(
        {
            "trace": ways,
            "cost": [round(f["cost"]) // 10_000 for f in found],
            "fitness": [f["fitness"] for f in found],
        }
    )
    out.to_csv(HERE / "lifecycle_pm4py.csv", index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
