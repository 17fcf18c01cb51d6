"""The commands as a student, a lecturer and a maintainer type them."""

import json
import os
import queue
import re
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

import govlib
from govlib import _course, _notebooks, cli

ROOT = Path(__file__).resolve().parent.parent
ROW = """
[[chapter]]
number = "{number}"
slug = "{slug}"
title_en = "{slug}"
exists = {exists}
"""


def notebook(*cells: str) -> str:
    """Return a notebook with these code cells, never run."""
    return json.dumps(
        {
            "cells": [
                {
                    "cell_type": "code",
                    "id": f"c{i}",
                    "metadata": {},
                    "source": text,
                    "outputs": [],
                    "execution_count": None,
                }
                for i, text in enumerate(cells)
            ],
            "metadata": {},
            "nbformat": 4,
            "nbformat_minor": 5,
        }
    )


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A course of two chapters and one planned, in a folder with a difficult name."""
    folder = tmp_path / "课程 course"
    write(
        folder / "notebooks/course.toml",
        ROW.format(number="00", slug="start", exists="true")
        + ROW.format(number="04", slug="cohesion", exists="true")
        + ROW.format(number="05", slug="later", exists="false"),
    )
    write(folder / "notebooks/00_start.ipynb", notebook("print('one')", "1 + 1"))
    write(folder / "notebooks/04_cohesion.ipynb", notebook("2", "1 / 0", "3"))
    write(folder / "exercises/04_cohesion.ipynb", notebook("q1 = ..."))
    write(folder / "exercises/04_cohesion.keys.json", "{}")
    write(folder / "exercises/source/04_cohesion.py", "")
    write(folder / "exercises/solutions/04_cohesion.ipynb", notebook("q1 = 1"))
    write(folder / "exercises/solutions/04_cohesion.marking.json", "{}")
    monkeypatch.chdir(folder)
    return folder


def files(folder: Path) -> list[str]:
    return sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and path.name != _course.RECORD
    )


COPY = [
    "exercises/04_cohesion.ipynb",
    "exercises/04_cohesion.keys.json",
    "notebooks/00_start.ipynb",
    "notebooks/04_cohesion.ipynb",
    "notebooks/course.toml",
]


# Which course, which chapter.


def test_course_is_found_from_below(course):
    below = course / "notebooks" / "deeper"
    below.mkdir()
    assert _course.find(below) == course


def test_course_is_found_from_the_checkout(tmp_path):
    assert _course.find(tmp_path) == ROOT


def test_bare_wheel_says_where_the_course_comes_from(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(_course, "__file__", str(tmp_path / "site" / "govlib" / "x.py"))
    monkeypatch.chdir(tmp_path)
    assert cli.main(["run"]) == 2
    error = capsys.readouterr().err
    assert "clone of the repository" in error
    assert f"govlib-{govlib.__version__}.tar.gz" in error


@pytest.mark.parametrize(
    "word", ["4", "04", "cohesion", "Cohesion", "04_cohesion", "04_cohesion.ipynb"]
)
def test_chapter_names(course, word):
    assert _course.notebooks(course, [word]) == [
        course / "notebooks" / "04_cohesion.ipynb"
    ]


def test_chapters_default_to_those_that_exist_and_run_once(course):
    names = [path.stem for path in _course.notebooks(course, [])]
    assert names == ["00_start", "04_cohesion"]
    assert len(_course.notebooks(course, ["0", "start", "00"])) == 1


def test_any_notebook_by_its_path(course):
    write(course / "mine.ipynb", notebook("1"))
    assert _course.notebooks(course, ["mine.ipynb"]) == [Path("mine.ipynb")]


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("cohesoin", "did you mean 'cohesion'?"),
        ("99", "chapters are 00_start, 04_cohesion, 05_later"),
        ("5", "05_later is planned but not written yet"),
        ("gone.ipynb", "there is no chapter or notebook 'gone.ipynb'"),
    ],
)
@pytest.mark.usefixtures("course")
def test_unknown_chapter(capsys, word, message):
    assert cli.main(["run", word]) == 2
    assert message in capsys.readouterr().err


# A student's own copy.


def test_copy_holds_what_a_student_needs_and_no_solutions(course, tmp_path):
    mine = tmp_path / "我的 作业"
    done = _course.copy(course, mine)
    assert files(mine) == COPY == done.new
    assert _course.copy(course, mine) == _course.Copied()


def test_copy_refreshes_what_the_student_left_alone(course, tmp_path):
    _course.copy(course, tmp_path / "mine")
    write(course / "notebooks/00_start.ipynb", notebook("'second edition'"))
    done = _course.copy(course, tmp_path / "mine")
    assert done == _course.Copied(refreshed=["notebooks/00_start.ipynb"])
    assert "second edition" in read(tmp_path / "mine/notebooks/00_start.ipynb")


def test_copy_never_overwrites_what_the_student_changed(course, tmp_path):
    mine = tmp_path / "mine"
    _course.copy(course, mine)
    chapter, newer = "notebooks/04_cohesion.ipynb", "notebooks/04_cohesion_newer.ipynb"
    write(mine / chapter, "my work")
    assert _course.copy(course, mine) == _course.Copied()  # nothing newer to offer

    write(course / chapter, notebook("'second edition'"))
    assert _course.copy(course, mine).kept == [(chapter, newer)]
    assert read(mine / chapter) == "my work"
    assert "second edition" in read(mine / newer)
    assert _course.copy(course, mine) == _course.Copied()  # offered once

    write(course / chapter, notebook("'third edition'"))
    assert _course.copy(course, mine).kept == [(chapter, newer)]
    assert "third edition" in read(mine / newer)

    write(mine / newer, "my work on the third")
    write(course / chapter, notebook("'fourth edition'"))
    third = "notebooks/04_cohesion_newer_2.ipynb"
    assert _course.copy(course, mine).kept == [(chapter, third)]
    assert read(mine / chapter) == "my work"
    assert read(mine / newer) == "my work on the third"
    assert "fourth edition" in read(mine / third)


def test_copy_without_its_record_takes_every_file_for_changed(course, tmp_path):
    mine = tmp_path / "mine"
    _course.copy(course, mine)
    write(mine / _course.RECORD, "{ torn")
    write(course / "notebooks/00_start.ipynb", notebook("'second edition'"))
    before = read(mine / "notebooks/00_start.ipynb")
    assert len(_course.copy(course, mine).kept) == 1
    assert read(mine / "notebooks/00_start.ipynb") == before


def test_copy_brings_back_what_the_student_deleted(course, tmp_path):
    _course.copy(course, tmp_path / "mine")
    (tmp_path / "mine/notebooks/00_start.ipynb").unlink()
    assert _course.copy(course, tmp_path / "mine").new == ["notebooks/00_start.ipynb"]


def test_copy_stays_inside_its_folder(course, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    mine = tmp_path / "mine"
    mine.mkdir()
    try:
        (mine / "notebooks").symlink_to(elsewhere, target_is_directory=True)
    except OSError:
        pytest.skip("this system does not let a user make links")
    with pytest.raises(ValueError, match="outside"):
        _course.copy(course, mine)
    assert files(elsewhere) == []


@pytest.mark.usefixtures("course")
def test_copy_refuses_the_course_folder(capsys):
    assert cli.main(["lab", "--copy", "."]) == 2
    assert "the course folder itself" in capsys.readouterr().err


def test_copy_is_refreshed_from_the_course_not_from_itself(course):
    mine = course / "mine"
    _course.copy(course, mine)
    assert _course.find(mine) == mine
    assert _course.find(mine, original=True) == course


# Running.


def test_run_reports_each_chapter_and_each_failure(course, capfd):
    before = {path: read(path) for path in course.rglob("*.ipynb")}
    assert cli.main(["run", "--out", "报告 out"]) == 1
    said = capfd.readouterr()
    assert "04_cohesion, cell [2]: ZeroDivisionError: division by zero" in said.err
    assert files(course / "报告 out") == ["00_start.html", "04_cohesion.html"]
    page = read(course / "报告 out/00_start.html")
    assert "one" in page
    # Without a network the page must be whole; formulas alone ask for MathJax.
    loaded = re.findall(r"<(?:script|link|img)[^>]+(?:src|href)=\"(http[^\"]+)", page)
    assert all("mathjax" in address for address in loaded)
    assert "import(" not in page
    assert {path: read(path) for path in course.rglob("*.ipynb")} == before


def test_store_keeps_nothing_that_varies(course):
    path = course / "notebooks/00_start.ipynb"
    write(
        path,
        notebook(
            "import os",
            # Lines that come one by one are one output.
            "import time\nprint('a', flush=True)\ntime.sleep(0.5)\n"
            "print('b')\nprint(os.environ['PYTHONHASHSEED'])",
            "#| fig-alt: A dot & a line\n"
            "import matplotlib.pyplot as plt\n_ = plt.plot([0, 1])",
        ),
    )
    write(path, read(path).replace("{}", '{"scrolled": true}', 1))
    assert cli.main(["run", "--store", "0"]) == 0
    first = path.read_bytes()
    stored = json.loads(first)
    assert [cell["execution_count"] for cell in stored["cells"]] == [1, 2, 3]
    assert "".join(stored["cells"][1]["outputs"][0]["text"]) == "a\nb\n0\n"
    (figure,) = stored["cells"][2]["outputs"]
    assert figure["metadata"]["image/png"] == {"alt": "A dot & a line"}
    page = _notebooks.page(_notebooks.read(path), "figure")
    assert re.search("""alt=["']A dot &amp; a line["']""", page)
    assert stored["metadata"]["kernelspec"]["name"] == "python3"
    assert stored["metadata"]["language_info"] == {"name": "python"}
    assert all(cell["metadata"] == {} for cell in stored["cells"])
    assert b"\r" not in first
    assert cli.main(["run", "--store", "0"]) == 0
    assert path.read_bytes() == first


def test_store_leaves_a_failing_chapter_alone(course):
    path = course / "notebooks/04_cohesion.ipynb"
    before = path.read_bytes()
    assert cli.main(["run", "--store", "4"]) == 1
    assert path.read_bytes() == before


def test_a_file_that_is_no_notebook(course, capsys):
    write(course / "bad.ipynb", "not json")
    assert cli.main(["run", "bad.ipynb"]) == 2
    assert "bad.ipynb is not a notebook" in capsys.readouterr().err


# Opening.


@pytest.mark.usefixtures("course")
def test_lab_opens_the_copy_on_the_next_free_port(tmp_path):
    """As root and without a display it prints an address that answers."""
    mine = tmp_path / "我的 course"
    with socket.socket() as taken:
        taken.bind(("localhost", 0))
        taken.listen()
        port = taken.getsockname()[1]
        environment = {k: v for k, v in os.environ.items() if "DISPLAY" not in k}
        command = "from govlib.cli import main; raise SystemExit(main())"
        options = ["--no-browser", "--port", str(port), "--copy", mine]
        lab = subprocess.Popen(
            [sys.executable, "-c", command, "lab", *options],
            env=environment | {"PYTHONUTF8": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )
        try:
            said, address = until_address(lab)
            found = re.search(r":(\d+)/lab/tree/notebooks/00_start.ipynb\?", address)
            assert found, said
            assert int(found.group(1)) != port
            token = address.partition("token=")[2]
            api = f"http://localhost:{found.group(1)}/api/contents/notebooks"
            names = [
                item["name"] for item in fetched(f"{api}?token={token}")["content"]
            ]
            assert "04_cohesion.ipynb" in names
            with urllib.request.urlopen(address, timeout=30) as reply:
                page = reply.read().decode("utf-8")
            config = json.loads(
                page.split('id="jupyter-config-data"')[1]
                .split(">", 1)[1]
                .split("</script>")[0]
            )
            # Jupyter's question about news, which would look for them on the network.
            off = config["disabledExtensions"]
            assert "@jupyterlab/apputils-extension:announcements" in off
        finally:
            lab.terminate()
            lab.communicate(timeout=30)
    assert files(mine) == COPY


def fetched(address: str) -> dict:
    """Return what the server sends; it prints its address shortly before it listens."""
    for _ in range(30):
        try:
            with urllib.request.urlopen(address, timeout=30) as reply:
                return json.load(reply)
        except urllib.error.URLError as error:
            refused = error
            time.sleep(1)
    raise refused


def until_address(lab: subprocess.Popen) -> tuple[str, str]:
    """Return what was printed up to the first address, and the address."""
    lines: queue.Queue[str] = queue.Queue()
    threading.Thread(
        target=lambda: [lines.put(line) for line in lab.stdout], daemon=True
    ).start()
    said, end = "", time.monotonic() + 60
    while time.monotonic() < end:
        try:
            line = lines.get(timeout=1)
        except queue.Empty:
            assert lab.poll() is None, said
            continue
        said += line
        if found := re.search(r"http://localhost\S+", line):
            return said, found.group()
    raise AssertionError(said)


def test_browser_is_not_tried_without_a_display(monkeypatch):
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr("webbrowser.get", lambda: pytest.fail("was tried"))
    assert not cli._has_browser()


# Grading.


def test_grade_passes_on_what_was_asked(course, monkeypatch, capsys):
    from govlib import exercises

    calls = []
    monkeypatch.setattr(
        exercises, "grade", lambda *a, **k: calls.append((a, k)) or "5 students"
    )
    words = ["grade", "handed in", "--keep", "best", "--overwrite", "--pseudonyms"]
    assert cli.main(words) == 0
    marking = course / "exercises/solutions/04_cohesion.marking.json"
    asked = {"marking": marking, "out": None, "keep": "best"}
    asked |= {"pseudonyms": True, "overwrite": True}
    assert calls == [((Path("handed in"),), asked)]
    assert capsys.readouterr().out == "5 students\n"


def test_grade_asks_which_marking_file(course, capsys):
    write(course / "exercises/solutions/05_later.marking.json", "{}")
    assert cli.main(["grade", "."]) == 2
    error = capsys.readouterr().err
    assert "--marking" in error
    assert "05_later.marking.json" in error


# Around the commands.


def test_version_and_help(capsys):
    for asked, expected in [
        (["--version"], f"govlib {govlib.__version__}"),
        (["--help"], "open the course in JupyterLab"),
        (["run", "--help"], "one HTML report each"),
    ]:
        with pytest.raises(SystemExit) as end:
            cli.main(asked)
        assert end.value.code == 0
        assert expected in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize("asked", [[], ["labb"], ["run", "--sotre"]])
def test_wrong_command(asked, capsys):
    with pytest.raises(SystemExit) as end:
        cli.main(asked)
    assert end.value.code == 2
    assert "usage: govlib" in capsys.readouterr().err


@pytest.mark.usefixtures("course")
def test_missing_package_is_named_with_its_remedy(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "jupyterlab.labapp", None)
    assert cli.main(["lab"]) == 2
    assert 'pip install "govlib[course]"' in capsys.readouterr().err


@pytest.mark.usefixtures("course")
def test_interrupting_is_not_an_error(monkeypatch, capsys):
    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(_course, "notebooks", stop)
    assert cli.main(["run"]) == 130
    assert capsys.readouterr().err == "govlib: interrupted\n"
