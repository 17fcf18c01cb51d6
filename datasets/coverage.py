"""
How often the right design's interval holds the truth, over many simulated cities.

    python datasets/coverage.py [--seeds 2000] [--jobs 2] [--themes NAME ...]

Writes truth_check.csv, one row per effect: how often the 95 per cent interval of the
right design covers the truth, and on which side of it the naive answer lies. Cities
are smaller than the shipped one, with at least 40 sub-districts. With --themes other
rows stay as they are.
"""

import argparse
import importlib
import warnings
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType

import joblib
import numpy as np
import pandas as pd
from tqdm import tqdm

from govlib import city, datasets

HERE = Path(__file__).parent
TABLE = HERE / "truth_check.csv"
THEMES = sorted(
    path.stem
    for path in (HERE / "estimators").glob("*.py")
    if not path.stem.startswith("_")
)
# What the suite computes anew.
SAMPLE = 1


def module(theme: str) -> ModuleType:
    """Return the estimators of a theme."""
    return importlib.import_module(f"estimators.{theme}")


def answers(seed: int, themes: Iterable[str]) -> dict[str, dict[str, tuple]]:
    """
    Answer as the right design does, and as a hasty reader does, in one city.

    Parameters
    ----------
    seed : int
        Seed of the city.
    themes : iterable of str
        Names of modules that share a size.

    Returns
    -------
    dict
        ``right`` and ``naive``, each by symbol.
    """
    modules = [module(theme) for theme in themes]
    tables = sorted({table for m in modules for table in m.TABLES})
    right: dict[str, tuple] = {}
    naive: dict[str, float] = {}
    with warnings.catch_warnings():
        # A chapter would want its readers to see them; here they come 2,000 times.
        warnings.simplefilter("ignore")
        place = city.simulate(modules[0].SIZE, seed=seed, only=tables)
        for m in modules:
            right |= m.right(place)
            naive |= m.naive(place)
    return {"right": right, "naive": naive}


def rows(
    themes: list[str], right: pd.DataFrame, naive: pd.DataFrame
) -> list[dict[str, object]]:
    """Return one row per effect, from the answers of every city."""
    truth = datasets.load("truth").set_index("symbol")
    out = []
    for theme in themes:
        for check in module(theme).CHECKS:
            known = truth.loc[check.symbol]
            value = known["value"]
            each = np.array(right[check.symbol].tolist(), dtype=float)
            each = each[~np.isnan(each).any(axis=1)]
            estimate, low, high = each.T
            row = {
                "symbol": check.symbol,
                "chapter": known["chapter"],
                "design_en": check.design_en,
                "design_zh": check.design_zh,
                "value": value,
                "seeds": len(each),
                "coverage": np.mean((low <= value) & (value <= high)),
                "at_least": check.at_least,
                "mean_estimate": estimate.mean(),
                "mean_estimate_error": estimate.std(ddof=1) / len(each) ** 0.5,
                "mean_half_width": np.mean(high - low) / 2,
                "naive_side": check.naive_side,
                "naive_mean": np.nan,
                "naive_mean_error": np.nan,
                "naive_share": np.nan,
                "sample_estimate": right[check.symbol].iloc[SAMPLE - 1][0],
                "sample_low": right[check.symbol].iloc[SAMPLE - 1][1],
                "sample_high": right[check.symbol].iloc[SAMPLE - 1][2],
            }
            if check.naive_side:
                hasty = naive[check.symbol].dropna().astype(float)
                sign = 1 if check.naive_side == "above" else -1
                row["naive_mean"] = hasty.mean()
                row["naive_mean_error"] = hasty.std(ddof=1) / len(hasty) ** 0.5
                row["naive_share"] = np.mean(sign * (hasty - value) > 0)
            out.append(row)
    return out


def run(themes: list[str], seeds: int, jobs: int) -> pd.DataFrame:
    """Return the rows of themes over so many cities; one simulation for each size."""
    sizes: dict[city.Size, list[str]] = {}
    for theme in themes:
        sizes.setdefault(module(theme).SIZE, []).append(theme)
    out = []
    for size, alike in sizes.items():
        tasks = (joblib.delayed(answers)(s, alike) for s in range(1, seeds + 1))
        done = joblib.Parallel(n_jobs=jobs, return_as="generator")(tasks)
        found = list(tqdm(done, total=seeds, desc=f"{size.total} communities"))
        right = pd.DataFrame([f["right"] for f in found])
        naive = pd.DataFrame([f["naive"] for f in found])
        out += rows(alike, right, naive)
    return pd.DataFrame(out)


def main() -> None:
    """Read the command line and write the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--seeds", type=int, default=2000)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--themes", nargs="+", choices=THEMES, default=THEMES)
    parser.add_argument("--out", type=Path, default=TABLE)
    options = parser.parse_args()
    new = run(options.themes, options.seeds, options.jobs)
    if options.out.exists():
        old = pd.read_csv(options.out, dtype={"chapter": str})
        new = pd.concat([old[~old["symbol"].isin(new["symbol"])], new])
    new = new.sort_values(["chapter", "symbol"])
    new.to_csv(options.out, index=False, float_format="%.6g", lineterminator="\n")


if __name__ == "__main__":
    main()
