"""A whole city into files: in chunks, so that a large one needs little memory."""

import os
import shutil
import tempfile
from collections.abc import Callable, Generator, Iterable
from contextlib import ExitStack, closing
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Any

import joblib
import pandas as pd
from tqdm import tqdm

from govlib import _validate
from govlib.city import tables
from govlib.city.base import Base, base
from govlib.city.model import (
    NAMES,
    RESIDENTS,
    THEMES,
    Tour,
    planned,
    toured,
    visits,
)
from govlib.city.places import Size
from govlib.city.ties import WORLDS

# Tables that are made, and written, some communities at a time.
IN_PARTS = {
    *("communities", "estates", "survey", "activity_room"),
    *(name for theme in filter(visits, THEMES) for name in theme.TABLES),
}
FORMATS = ("parquet", "csv")


def write(
    folder: str | os.PathLike[str],
    *,
    size: str | Size = "full",
    seed: int = 2026,
    world: str = "conflict",
    form: str = "parquet",
    overwrite: bool = False,
    n_jobs: int | None = None,
) -> list[Path]:
    """
    Simulate a city of any size and write its tables.

    Parameters
    ----------
    folder : path
        Where the files go; made if there is none.
    size : str or Size, default "full"
        As in :func:`simulate`; ``"full"`` has 4,784 communities.
    seed : int, default 2026
        Seed of all draws.
    world : str, default "conflict"
        As in :func:`simulate`.
    form : {"parquet", "csv"}, default "parquet"
        Kind of file. Parquet needs the package pyarrow: ``pip install "govlib[io]"``.
    overwrite : bool, default False
        Whether files of the same names may be replaced.
    n_jobs : int, optional
        Workers, as in :class:`joblib.Parallel`. The files do not depend on it.

    Returns
    -------
    list of pathlib.Path
        The files, one per table, in the order of their names.

    Raises
    ------
    ModuleNotFoundError
        If pyarrow is needed and missing.
    FileExistsError
        If a file is there already and may not be replaced.
    ValueError
        If an argument is not one of those listed.

    See Also
    --------
    simulate : The same tables in memory.

    Notes
    -----
    Communities are simulated a sub-district at a time, and rows stand in that order.
    Files get their names once all of them are whole: whoever interrupts finds the
    folder as it was.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     files = write(folder, size="tiny", form="csv")
    ...     "survey.csv" in [file.name for file in files]
    True
    """
    _validate.choice(form, FORMATS, "form")
    _validate.choice(world, WORLDS, "world")
    if form == "parquet":
        _pyarrow()
    city = base(seed, size)
    out = Path(folder)
    taken = [name for name in NAMES if (out / f"{name}.{form}").exists()]
    if taken and not overwrite:
        raise FileExistsError(
            f"{out} holds {taken[0]}.{form} already; choose another folder, or say "
            f"overwrite=True (--overwrite)"
        )
    out.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=".part-", dir=out))
    try:
        _write_all(city, world, beside, form, n_jobs)
        for name in NAMES:
            os.replace(beside / f"{name}.{form}", out / f"{name}.{form}")
    finally:
        shutil.rmtree(beside)
    return sorted(out / f"{name}.{form}" for name in NAMES)


def _write_all(
    city: Base, world: str, folder: Path, form: str, n_jobs: int | None
) -> None:
    """Write every table into an empty folder."""

    def start(jobs: Iterable[Any]) -> "closing[Generator[Any, None, None]]":
        # Closed, it stops its workers: nobody writes into a folder that is taken away.
        return closing(joblib.Parallel(n_jobs=n_jobs, return_as="generator")(jobs))

    kept: dict[str, list[pd.DataFrame]] = {}
    writers: dict[str, _Writer] = {}
    with ExitStack() as stack:
        # Themes that visit nobody are at work while the tour is planned.
        apart = stack.enter_context(
            start(
                joblib.delayed(_write_theme)(theme.tables, city, folder, form)
                for theme in THEMES
                if not visits(theme)
            )
        )
        tour = planned(city, world, THEMES, {*RESIDENTS})
        plan = folder / "tour"
        joblib.dump(tour, plan)
        stack.callback(_planned.cache_clear)
        chunks = [
            list(numbers)
            for _, numbers in groupby(
                range(len(city.codes)), lambda number: city.places[number].subdistrict
            )
        ]
        done = stack.enter_context(
            start(joblib.delayed(_toured)(plan, numbers) for numbers in chunks)
        )
        for made in tqdm(done, total=len(chunks), desc="sub-districts", disable=None):
            for name, table in made.items():
                if name in IN_PARTS:
                    if name not in writers:
                        writer = _Writer(folder / f"{name}.{form}")
                        writers[name] = stack.enter_context(writer)
                    writers[name].add(table)
                # Cases are looked up among all places.
                if name not in IN_PARTS or name in ("communities", "estates"):
                    kept.setdefault(name, []).append(table)
        for _ in apart:
            pass
    whole = {name: pd.concat(t, ignore_index=True) for name, t in kept.items()}
    for name in ("districts", "subdistricts"):
        whole[name] = whole[name].drop_duplicates(ignore_index=True)
    whole["cases"] = tables.cases(whole)
    _write_whole({n: t for n, t in whole.items() if n not in IN_PARTS}, folder, form)


def _write_theme(
    made: Callable[[Base], dict[str, pd.DataFrame]], city: Base, folder: Path, form: str
) -> None:
    """Make the tables of a theme for the whole city, and write them."""
    _write_whole(made(city), folder, form)


def _write_whole(whole: dict[str, pd.DataFrame], folder: Path, form: str) -> None:
    """Write tables that are whole."""
    for name, table in whole.items():
        with _Writer(folder / f"{name}.{form}") as writer:
            writer.add(table)


def _toured(plan: Path, numbers: list[int]) -> dict[str, pd.DataFrame]:
    """Go on the part of a tour that leads through some communities."""
    return toured(_planned(plan), numbers)


@lru_cache(maxsize=1)
def _planned(plan: Path) -> Tour:
    """Read a tour, which is large, once in each worker."""
    return joblib.load(plan)


class _Writer:
    """A file that a table is written to in parts, all with the columns of the first."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.parquet: Any = None
        self.empty: pd.DataFrame | None = None

    def __enter__(self) -> "_Writer":
        return self

    def __exit__(self, *_: object) -> None:
        if self.empty is not None and not self.path.exists():
            self._append(self.empty)
        if self.parquet is not None:
            self.parquet.close()

    def add(self, table: pd.DataFrame) -> None:
        """Add rows."""
        if len(table):
            self._append(table)
        else:
            # It may not know the types of its columns: not for the first to be written.
            self.empty = table

    def _append(self, table: pd.DataFrame) -> None:
        if self.path.suffix == ".csv":
            new = not self.path.exists()
            with open(self.path, "a", encoding="utf-8", newline="") as file:
                table.to_csv(file, index=False, header=new, lineterminator="\n")
            return
        arrow, parquet = _pyarrow()
        if self.parquet is None:
            rows = arrow.Table.from_pandas(table, preserve_index=False)
            self.parquet = parquet.ParquetWriter(self.path, rows.schema)
        else:
            rows = arrow.Table.from_pandas(
                table, schema=self.parquet.schema, preserve_index=False
            )
        self.parquet.write_table(rows)


def _pyarrow() -> tuple[Any, Any]:
    """Return the two modules of pyarrow that are used."""
    try:
        import pyarrow
        import pyarrow.parquet
    except ModuleNotFoundError as error:
        error.add_note('Parquet files need pyarrow: pip install "govlib[io]"')
        raise
    return pyarrow, pyarrow.parquet
