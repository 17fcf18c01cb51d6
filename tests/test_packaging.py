"""What is installed from a wheel: the library with its data and font, and no more."""

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# Runs where the wheel was unpacked. Looking into the checkout (but not into an
# environment that may lie in it) or asking the network is an error, whoever does it.
ELSEWHERE = """
import os, sys

site, checkout, prefix = (os.path.realpath(p) for p in sys.argv[1:])

def guard(event, arguments):
    if event in {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname"}:
        raise RuntimeError(f"network: {event} {arguments}")
    if event in {"open", "os.listdir", "os.scandir"} and isinstance(arguments[0], str):
        path = os.path.abspath(arguments[0])
        if path.startswith(checkout + os.sep) and not path.startswith(prefix + os.sep):
            raise RuntimeError(f"checkout: {event} {path}")

sys.path = [site] + [p for p in sys.path if os.path.realpath(p) != checkout]
sys.addaudithook(guard)
try:
    open(os.path.join(checkout, "pyproject.toml"), encoding="utf-8")
except RuntimeError:
    pass
else:
    raise AssertionError("the guard does not guard")

import govlib
from matplotlib import pyplot as plt
from govlib import datasets, plots

assert os.path.realpath(govlib.__file__).startswith(site + os.sep), govlib.__file__
for name in datasets.names():
    rows, columns = datasets.load(name).shape
    print(name, rows, columns)
plots.use("zh")
figure, axes = plt.subplots()
axes.set_title("外来人口")
figure.canvas.draw()
"""


def _contents(wheel):
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Build the sdist, a wheel from the sdist, and a wheel from the checkout."""
    folder = tmp_path_factory.mktemp("built")
    # Without isolation nothing is fetched: the build tool is a development tool.
    build = [sys.executable, "-m", "build", "--no-isolation", "--outdir"]
    for where, option in (("sdist", []), ("checkout", ["--wheel"])):
        run = subprocess.run(
            [*build, str(folder / where), *option, str(ROOT)],
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
        assert run.returncode == 0, run.stdout[-2000:] + run.stderr[-2000:]
    return folder


@pytest.fixture(scope="module")
def wheel(built):
    return next((built / "sdist").glob("*.whl"))


def test_wheel_from_the_sdist_is_the_wheel_from_the_checkout(built, wheel):
    from_sdist = _contents(wheel)
    from_checkout = _contents(next((built / "checkout").glob("*.whl")))
    assert from_sdist.keys() == from_checkout.keys()
    changed = [name for name in from_sdist if from_sdist[name] != from_checkout[name]]
    assert changed == []


def test_wheel_holds_the_library_its_data_and_its_font_only(wheel):
    contents = _contents(wheel)
    tops = {name.partition("/")[0] for name in contents}
    assert len(tops) == 2
    info = next(top for top in tops if top.endswith(".dist-info"))
    assert tops == {"govlib", info}
    for path in sorted((ROOT / "datasets").glob("*.csv")):
        assert contents[f"govlib/_data/{path.name}"] == path.read_bytes()
    for name in ("GovlibSansSC-Regular.ttf", "OFL.txt"):
        path = ROOT / "govlib" / "fonts" / name
        assert contents[f"govlib/fonts/{name}"] == path.read_bytes()
    assert b"SIL OPEN FONT LICENSE" in contents["govlib/fonts/OFL.txt"]
    # Questions with their answers, tests and caches stay at home.
    unwanted = ("source/", "solutions/", "tests/", "__pycache__", ".ipynb")
    assert [name for name in contents if any(u in name for u in unwanted)] == []


def test_sdist_holds_what_a_maintainer_needs(built):
    with tarfile.open(next((built / "sdist").glob("*.tar.gz"))) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    for wanted in (
        "datasets/build.py",
        "datasets/datapackage.json",
        ".ci/font.py",
        "notebooks/course.toml",
        "tests/test_packaging.py",
    ):
        assert wanted in names
    assert [n for n in names if "__pycache__" in n or n.startswith(".venv")] == []


def test_installed_wheel_loads_every_table_with_no_checkout_and_no_network(
    wheel, tmp_path
):
    site = tmp_path / "另一处 site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    # Isolated mode: neither the current folder nor the environment has a say.
    python = [sys.executable, "-I", "-X", "utf8", "-W", "error"]
    run = subprocess.run(
        [*python, "-c", ELSEWHERE, str(site), str(ROOT), sys.prefix],
        capture_output=True,
        encoding="utf-8",
        check=False,
        cwd=tmp_path,
    )
    assert run.returncode == 0, run.stderr[-3000:]
    loaded = {line.split()[0]: int(line.split()[1]) for line in run.stdout.splitlines()}
    # The rows of each file but the first; no cell holds a line end.
    assert loaded == {
        path.stem: path.read_bytes().count(b"\n") - 1
        for path in (ROOT / "datasets").glob("*.csv")
    }
