"""
Made-up homes and clinics, and what other packages of Python say of them.

Run in an environment of its own with inequality 1.1.2, segregation 2.5.4 and access
1.1.10, then equity.R: python equity_peers.py. It writes equity_homes.csv,
equity_clinics.csv, equity_peers.csv and equity_access.csv; equity_versions.csv has the
versions used.
"""

from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).parent


def homes():
    """120 blocks with people, hours of service, income and residents by origin."""
    rng = np.random.default_rng(20)
    n = 120
    data = pd.DataFrame({"block": [f"b{i:03d}" for i in range(n)]})
    data["district"] = np.array(["新城", "老街", "M", "J"])[rng.integers(0, 4, n)]
    data["people"] = rng.integers(20, 900, n)
    # Few different incomes, so that many share a rank; some without any service.
    data["income"] = rng.integers(2, 14, n) * 500
    data["hours"] = np.round(rng.gamma(1.5, 4, n) * (rng.random(n) > 0.08), 1)
    data["near"] = (rng.random(n) < data["income"] / 9_000).astype(int)
    data["score"] = rng.integers(1, 6, n)
    data["migrants"] = rng.binomial(data["people"], rng.beta(1, 3, n))
    data["locals"] = data["people"] - data["migrants"]
    # On a grid of 100 m, so that some distances are equal to the cutoff of 500 m.
    data[["x", "y"]] = rng.integers(0, 30, (n, 2)) * 100
    return data


def clinics():
    rng = np.random.default_rng(21)
    data = pd.DataFrame({"clinic": [f"诊所{i:02d}" for i in range(25)]})
    data["doctors"] = rng.integers(0, 9, 25)
    data[["x", "y"]] = rng.integers(0, 30, (25, 2)) * 100
    return data


def zones(distance):
    return np.select([distance <= 200, distance <= 500], [1, 0.4], 0.1)


def main():
    from access import fca
    from inequality.atkinson import Atkinson
    from inequality.gini import Gini
    from inequality.theil import Theil, TheilD
    from segregation.singlegroup import Dissim, Isolation

    blocks, places = homes(), clinics()
    write = {"index": False, "encoding": "utf-8", "lineterminator": "\n"}
    blocks.to_csv(HERE / "equity_homes.csv", **write)
    places.to_csv(HERE / "equity_clinics.csv", **write)

    hours = blocks["hours"].to_numpy()
    split = TheilD(hours, blocks["district"].to_numpy())
    served = hours[hours > 0]
    groups = {"group_pop_var": "migrants", "total_pop_var": "people"}
    numbers = {
        "gini": Gini(hours).g,
        "theil": Theil(hours).T,
        "theil between": split.bg,
        "theil within": split.wg,
        "atkinson 0.5 of those served": Atkinson(served, 0.5).A,
        "atkinson 1 of those served": Atkinson(served, 1).A,
        "atkinson 2 of those served": Atkinson(served, 2).A,
        "dissimilarity": Dissim(blocks, **groups).statistic,
        "isolation": Isolation(blocks, **groups).statistic,
    }
    table = pd.DataFrame(
        {"case": list(numbers), "value": [np.ravel(v)[0] for v in numbers.values()]}
    )
    table.to_csv(HERE / "equity_peers.csv", **write)

    pairs = blocks.merge(places, how="cross", suffixes=("", "_clinic"))
    pairs["metres"] = np.hypot(
        pairs["x"] - pairs["x_clinic"], pairs["y"] - pairs["y_clinic"]
    )
    out = blocks[["block"]]
    for name, cutoff, weight in (("2SFCA", 500, None), ("E2SFCA", 900, zones)):
        found = fca.two_stage_fca(
            blocks.set_index("block"),
            places.set_index("clinic"),
            pairs[["block", "clinic", "metres"]],
            cutoff,
            demand_index=True,
            demand_name="people",
            supply_index=True,
            supply_name="doctors",
            cost_origin="block",
            cost_dest="clinic",
            cost_name="metres",
            weight_fn=weight,
        )
        # It leaves out blocks that reach nothing.
        out = out.assign(**{name: out["block"].map(found).fillna(0)})
    out.to_csv(HERE / "equity_access.csv", **write)


if __name__ == "__main__":
    main()
