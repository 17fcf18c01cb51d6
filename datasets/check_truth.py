"""
How often the right design's interval holds the truth, over many simulated cities.

    python datasets/check_truth.py [--cities 2000] [--after 0] [--jobs 2]
                                [--themes NAME ...]

Writes truth_check.csv, one row per effect: how often the 95 per cent interval of the
right design covers the truth, and on which side of it the naive answer lies. Cities
have seeds 1, 2, and so on and at least 40 sub-districts. With --themes other rows stay
as they are; stopped early, it leaves what it has. With --after N it goes on from the
city of seed N + 1 and puts the new cities together with those in the table. Then run
build.py, which describes the table anew.
"""

import argparse
import importlib
import warnings
from collections.abc import Iterable, Iterator
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

# Cities after which what is known so far is written.
STEP = 100


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
    themes: list[str], truth: pd.DataFrame, right: pd.DataFrame, naive: pd.DataFrame
) -> list[dict[str, object]]:
    """Return one row per effect, from its truth and the answers of every city."""
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


def run(
    themes: list[str], cities: int, after: int, jobs: int
) -> Iterator[pd.DataFrame]:
    """Yield the rows of themes, again and again with more cities; all rows at last."""
    truth = datasets.load("truth").set_index("symbol")
    sizes: dict[Size, list[str]] = {}
    for theme in themes:
        sizes.setdefault(module(theme).SIZE, []).append(theme)
    done: list[dict[str, object]] = []
    for size, alike in sizes.items():
        seeds = range(after + 1, after + cities + 1)
        tasks = (joblib.delayed(answers)(seed, alike) for seed in seeds)
        found = joblib.Parallel(n_jobs=jobs, return_as="generator")(tasks)
        right, naive = [], []
        about = f"{', '.join(alike)}: {size.total} communities"
        for number, answer in enumerate(tqdm(found, total=cities, desc=about), 1):
            right.append(answer["right"])
            naive.append(answer["naive"])
            if number % STEP == 0 or number == cities:
                new = rows(alike, truth, pd.DataFrame(right), pd.DataFrame(naive))
                yield pd.DataFrame(done + new)
        done += new


def together(old: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
    """Return rows of old and new cities as if of all at once; the sample is the old."""
    old, new = old.set_index("symbol"), new.set_index("symbol")
    n, m = old["cities"], new["cities"]
    out = old.assign(cities=n + m)
    for name in ("coverage", "mean_half_width", "naive_share"):
        out[name] = (n * old[name] + m * new[name]) / (n + m)
    for name in ("mean_estimate", "naive_mean"):
        out[name] = (n * old[name] + m * new[name]) / (n + m)
        squares = sum(
            k * ((k - 1) * rows[f"{name}_error"] ** 2 + (rows[name] - out[name]) ** 2)
            for k, rows in ((n, old), (m, new))
        )
        out[f"{name}_error"] = (squares / (n + m - 1) / (n + m)) ** 0.5
    return out.reset_index()


def main() -> None:
    """Read the command line and write the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cities", type=int, default=2000)
    parser.add_argument("--after", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--themes", nargs="+", choices=THEMES, default=THEMES)
    parser.add_argument("--out", metavar="FILE", type=Path, default=TABLE)
    given = parser.parse_args()
    fields = merged(read_codebook(), "truth_check")
    known = pd.DataFrame(columns=["symbol"])
    if given.out.exists():
        known = pd.read_csv(given.out, dtype={"chapter": "str"})
    for table in run(given.themes, given.cities, given.after, given.jobs):
        same = known["symbol"].isin(table["symbol"])
        if given.after:
            table = together(known[same], table)
        table = pd.concat([known[~same], table]).sort_values(["chapter", "symbol"])
        given.out.write_bytes(text(table, fields).encode("utf-8"))


if __name__ == "__main__":
    main()
