"""
How often the right design's interval holds the truth, over many simulated cities.

    python datasets/coverage.py [--cities 2000] [--jobs 2] [--themes NAME ...]

Writes truth_check.csv, one row per effect: how often the 95 per cent interval of the
right design covers the truth, and on which side of it the naive answer lies. Cities
have seeds 1, 2, and so on and at least 40 sub-districts. With --themes other rows stay
as they are. Then run build.py, which describes the table anew.
"""

import argparse
import importlib
import warnings
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType

import joblib
import pandas as pd
from build import merged, read_codebook, text
from tqdm import tqdm

from govlib import city, datasets
from govlib.city import Size

HERE = Path(__file__).parent
TABLE = HERE / "truth_check.csv"
THEMES = sorted(
    path.stem
    for path in (HERE / "estimators").glob("*.py")
    if not path.stem.startswith("_")
)


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
            value = truth.loc[check.symbol, "value"]
            answer = pd.DataFrame(
                right[check.symbol].dropna().tolist(), columns=["mid", "low", "high"]
            )
            first = answer.iloc[0]
            answer = answer.dropna()
            sign = {"above": 1, "below": -1, "": 0}[check.naive_side]
            hasty = naive[check.symbol].dropna() if sign else pd.Series(dtype=float)
            out.append(
                {
                    "symbol": check.symbol,
                    "chapter": truth.loc[check.symbol, "chapter"],
                    "design_en": check.design_en,
                    "design_zh": check.design_zh,
                    "value": value,
                    "communities": module(theme).SIZE.total,
                    "cities": len(answer),
                    "coverage": answer.eval("low <= @value <= high").mean(),
                    "at_least": check.at_least,
                    "mean_estimate": answer["mid"].mean(),
                    "mean_estimate_error": answer["mid"].sem(),
                    "mean_half_width": (answer["high"] - answer["low"]).mean() / 2,
                    "naive_side": check.naive_side or None,
                    "naive_mean": hasty.mean(),
                    "naive_mean_error": hasty.sem(),
                    "naive_share": (sign * (hasty - value) > 0).mean(),
                    "sample_estimate": first["mid"],
                    "sample_low": first["low"],
                    "sample_high": first["high"],
                }
            )
    return out


def run(themes: list[str], cities: int, jobs: int) -> pd.DataFrame:
    """Return the rows of themes over so many cities; one simulation for each size."""
    sizes: dict[Size, list[str]] = {}
    for theme in themes:
        sizes.setdefault(module(theme).SIZE, []).append(theme)
    out = []
    for size, alike in sizes.items():
        tasks = (joblib.delayed(answers)(s, alike) for s in range(1, cities + 1))
        done = joblib.Parallel(n_jobs=jobs, return_as="generator")(tasks)
        found = list(tqdm(done, total=cities, desc=f"{', '.join(alike)}, {size.total}"))
        right = pd.DataFrame([f["right"] for f in found])
        naive = pd.DataFrame([f["naive"] for f in found])
        out += rows(alike, right, naive)
    return pd.DataFrame(out)


def main() -> None:
    """Read the command line and write the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cities", type=int, default=2000)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--themes", nargs="+", choices=THEMES, default=THEMES)
    parser.add_argument("--out", metavar="FILE", type=Path, default=TABLE)
    given = parser.parse_args()
    table = run(given.themes, given.cities, given.jobs)
    if given.out.exists():
        old = pd.read_csv(given.out, dtype={"chapter": "str"})
        table = pd.concat([old[~old["symbol"].isin(table["symbol"])], table])
    table = table.sort_values(["chapter", "symbol"])
    fields = merged(read_codebook(), "truth_check")
    given.out.write_bytes(text(table, fields).encode("utf-8"))


if __name__ == "__main__":
    main()
