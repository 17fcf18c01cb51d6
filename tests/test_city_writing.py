"""A city into files: the same tables, whole or not at all."""

import builtins
import os
import subprocess
import sys

import pandas as pd
import pytest

from govlib import city, cli
from govlib.city import Size, writing


@pytest.fixture(scope="module")
def whole():
    return city.simulate("tiny", seed=5).tables


def read(folder, name, form):
    if form == "csv":
        return pd.read_csv(folder / f"{name}.csv", encoding="utf-8")
    return pd.read_parquet(folder / f"{name}.parquet")


def plain(table):
    """Return values alone: a missing one is None, whatever the column's type."""
    return table.astype(object).where(table.notna(), None)


@pytest.mark.parametrize("form", ["parquet", "csv"])
def test_files_hold_the_tables_of_the_same_city(whole, tmp_path, form):
    files = city.write(tmp_path, size="tiny", seed=5, form=form)
    assert {file.stem for file in files} == set(whole)
    assert sorted(tmp_path.iterdir()) == files
    for name in whole:
        got = read(tmp_path, name, form)
        assert list(got.columns) == list(whole[name].columns)
        if form == "parquet":
            pd.testing.assert_frame_equal(plain(got), plain(whole[name]))
        assert len(got) == len(whole[name])


@pytest.mark.parametrize(
    ("size", "seed"),
    [
        # Nobody has a stairwell for a lift, nor drew a stage: tables without rows.
        (Size(3, 2, 1, 10), 1),
        # There are some, but not in the sub-district that is written first.
        (Size(3, 2, 1, 10), 2),
        # The tenth sub-district stands before the second in the order of names.
        (Size(1, 11, 1, 10), 3),
    ],
)
def test_parts_of_a_city_make_up_its_tables(size, seed, tmp_path):
    whole = city.simulate(size, seed=seed).tables
    city.write(tmp_path, size=size, seed=seed)
    for name, table in whole.items():
        got, by = read(tmp_path, name, "parquet"), list(table.columns[:3])
        pd.testing.assert_frame_equal(
            plain(got.sort_values(by, ignore_index=True)),
            plain(table.sort_values(by, ignore_index=True)),
        )


def test_workers_and_chunks_change_no_byte(tmp_path):
    for jobs in (1, 2):
        city.write(tmp_path / str(jobs), size="tiny", seed=5, form="csv", n_jobs=jobs)
    for file in (tmp_path / "1").iterdir():
        assert file.read_bytes() == (tmp_path / "2" / file.name).read_bytes()


def test_interruption_leaves_the_folder_as_it_was(tmp_path, monkeypatch):
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")

    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(writing.tables, "cases", stop)
    with pytest.raises(KeyboardInterrupt):
        city.write(tmp_path, size="tiny", seed=5, form="csv")
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_older_files_are_replaced_only_if_asked(tmp_path):
    (tmp_path / "survey.csv").write_text("mine", encoding="utf-8")
    with pytest.raises(FileExistsError, match=r"survey\.csv already"):
        city.write(tmp_path, size="tiny", seed=5, form="csv")
    assert (tmp_path / "survey.csv").read_text(encoding="utf-8") == "mine"
    city.write(tmp_path, size="tiny", seed=5, form="csv", overwrite=True)
    assert len(read(tmp_path, "survey", "csv")) == 120


def test_a_missing_package_is_named(tmp_path, monkeypatch):
    usual = builtins.__import__

    def without(name, *rest):
        if name.startswith("pyarrow"):
            raise ModuleNotFoundError("No module named 'pyarrow'", name="pyarrow")
        return usual(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ModuleNotFoundError) as caught:
        city.write(tmp_path / "out", size="tiny")
    assert 'pip install "govlib[io]"' in caught.value.__notes__[0]
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [({"form": "xlsx"}, "form"), ({"size": "huge"}, "size"), ({"world": "x"}, "world")],
)
def test_wrong_requests_are_refused(tmp_path, options, message):
    with pytest.raises(ValueError, match=message):
        city.write(tmp_path, **options)


def test_command(tmp_path, capsys):
    out = tmp_path / "城市"
    words = ["city", "--size", "tiny", "--out", str(out), "--jobs", "1"]
    assert cli.main(words) == 0
    assert f"{out}: {len(list(out.iterdir()))} tables" in capsys.readouterr().out
    # A second time it would replace them: it says how.
    assert cli.main(words) == 2
    assert "--overwrite" in capsys.readouterr().err


@pytest.mark.slow
def test_full_city_in_bounded_time_and_memory(tmp_path):
    code = (
        "import resource, time; from govlib import city; start = time.time(); "
        "from joblib.externals.loky import get_reusable_executor as workers; "
        # Workers tell their memory once they have ended.
        f"city.write({str(tmp_path)!r}, n_jobs=2); workers().shutdown(); "
        "own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss; "
        "workers = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss; "
        "print(time.time() - start, own / 1e6, workers / 1e6)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        encoding="utf-8",
        env=os.environ,
        check=True,
    )
    _, own, worker = map(float, done.stdout.split())
    assert worker > 0
    assert own + 2 * worker < 6
    assert len(read(tmp_path, "communities", "parquet")) == 4784
