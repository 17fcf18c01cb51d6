"""
Logit with clustered errors and average marginal effects, against statsmodels.

Run: ``python benchmarks/participation.py [rows]`` (default one million rows, ten
columns, 1,000 clusters). Agreement to 1e-8 is checked before any ratio is printed.
Memory is the highest total of arrays alive beside the data (tracemalloc).
"""

import gc
import sys
import time
import tracemalloc

import numpy as np
import pandas as pd
import statsmodels.formula.api as smf

from govlib import _formula, participation

COLUMNS = [f"x{j}" for j in range(10)]
FORMULA = "y ~ " + " + ".join(COLUMNS)
AGREEMENT = 1e-8


def people(n: int) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    data = pd.DataFrame(rng.normal(size=(n, 10)), columns=COLUMNS)
    data["community"] = rng.integers(0, 1_000, n)
    effect = rng.normal(scale=0.3, size=1_000)[data["community"]]
    odds = np.exp(-0.5 + data[COLUMNS] @ np.linspace(-0.5, 0.5, 10) + effect)
    data["y"] = (rng.random(n) < odds / (1 + odds)).astype(float)
    return data


def ours(data: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    fit = participation.fit(data, FORMULA, cluster="community")
    return fit.table, participation.average_marginal_effects(fit)


def theirs(data: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    fit = smf.logit(FORMULA, data).fit(
        disp=0, cov_type="cluster", cov_kwds={"groups": data["community"]}
    )
    table = pd.DataFrame({"estimate": fit.params, "std_error": fit.bse})
    return table, fit.get_margeff().summary_frame()


def timed(function, *arguments, repeats: int = 3) -> float:
    """Return the shortest of some times, in seconds."""
    return taking_turns([function], *arguments, repeats=repeats)[0]


def taking_turns(functions, *arguments, repeats: int = 5) -> list[float]:
    """Return the shortest time of each, in seconds: a busy spell slows all alike."""
    times = []
    for function in functions * repeats:
        gc.collect()
        start = time.perf_counter()
        function(*arguments)
        times.append(time.perf_counter() - start)
    return [min(times[i :: len(functions)]) for i in range(len(functions))]


def memory(function, *arguments) -> float:
    """Return the highest memory beside what was there before, in MB."""
    gc.collect()
    tracemalloc.start()
    function(*arguments)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / 1e6


def gap(data: pd.DataFrame) -> float:
    """Return the largest relative difference of any number from statsmodels'."""
    (table, effects), (peer, margins) = ours(data), theirs(data)
    pairs = [
        (table["estimate"], peer["estimate"]),
        (table["std_error"], peer["std_error"]),
        (effects["estimate"], margins["dy/dx"]),
        (effects["std_error"], margins["Std. Err."]),
    ]
    return max(
        np.max(np.abs(mine.to_numpy() / other.to_numpy() - 1)) for mine, other in pairs
    )


def main(n: int) -> None:
    data = people(n)
    size = data.memory_usage(index=False).sum() / 1e6
    difference = gap(data)
    print(f"largest relative difference from statsmodels: {difference:.1e}")
    if difference > AGREEMENT:
        raise SystemExit(f"no agreement to {AGREEMENT:g}: no ratio is given")
    mine, peer = taking_turns([ours, theirs], data)
    print(f"{n:,} rows: govlib {mine:.3f} s, statsmodels {peer:.2f} s", end="; ")
    print(f"ratio {peer / mine:.1f}")
    print(
        f"memory beside {size:.0f} MB of data: govlib {memory(ours, data):.0f} MB, "
        f"statsmodels {memory(theirs, data):.0f} MB"
    )
    fit = timed(participation.fit, data, FORMULA)
    formula = timed(_formula.read, FORMULA, data)
    print(f"of {fit:.3f} s to fit, the formula takes {formula:.3f} s", end="; ")
    category = data.assign(home=np.array(["a", "b", "c", "d"])[np.arange(n) % 4])
    richer = FORMULA + " + home + x0:home"
    fit = timed(participation.fit, category, richer)
    formula = timed(_formula.read, richer, category)
    print(f"with a category of text and its interaction {formula:.3f} of {fit:.3f} s")
    few = people(n // 10)
    small = timed(ours, few)
    growth = np.log10(mine / small)
    print(f"time grows as rows to the power {growth:.2f} ({n // 10:,} to {n:,} rows)")


if __name__ == "__main__":
    main(int(float(sys.argv[1])) if len(sys.argv) > 1 else 1_000_000)
