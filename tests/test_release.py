"""Giving a class its own numbers, and grading what comes back."""

import csv
import io
import json
import os
import re
import shutil
import textwrap
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from govlib import _files, _notebooks, cli, exercises
from govlib.exercises import _keys, _release, _roster, _session, making

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "exercises"
build = making.load(FOLDER / "build.py")

# A shop sells x of a hundred things. Every fourth x has a mistake that looks right,
# and one in fifty is far from the rest.
TOY = """
import numpy as np

from govlib.exercises.making import Misconception, Question, number, text

NUMBER, SLUG, PUBLIC_SEED = "00", "toy", 2
TITLE_EN, TITLE_ZH = "A toy", "玩具"
INTRO_EN = INTRO_ZH = DATA_TEXT = "text"
IMPORTS = "from govlib.exercises import check, hand_in, start"
DATA_CODE = "x = mine['x']"
SPACE = {space}


def variant(seed):
    x = int(np.random.default_rng(seed).integers(1, SPACE + 1))
    return {{"x": 101 * x if x % 50 == 0 else x}}


def data(parameters):
    return parameters["x"]


def ask(name, **more):
    return Question(
        name=f"00.{{name}}", title=name, text_en="", text_zh="", stub=f"{{name}} = ...",
        solution="", explanation="", objective=1, minutes=1, **more,
    )


QUESTIONS = [
    ask(
        "q1",
        title_zh="第一题",
        form=lambda _: number(0, 1e9),
        reference=lambda x: {factor} * x,
        tolerance=[0.1],
        misconceptions=[
            Misconception("half", lambda x: x / 2, "think of both", "想想两边"),
            Misconception("fourth", lambda x: 2 * x + (x % 4) / 2, "hint", "提示"),
        ],
    ),
    ask(
        "q2",
        form=lambda _: number(0, 1e9),
        reference=lambda x: x + 7,
        tolerance=[0.5],
        misconceptions=[Misconception("minus", lambda x: x - 7, "hint", "提示")],
        graded=True,
        points=2,
    ),
    ask("q3", form=lambda _: text(2), graded=True, points=4, rubric="a rubric"),
]
"""
CLASS = "学号,姓名,小组\n007,张三,\ns-2,李四,甲\ns-3,王五,甲\n４,Anna,\n../5,Ed,\n"


@pytest.fixture
def toy(tmp_path):
    """The source of a small exercise in a course folder."""
    return make_toy(tmp_path / "course 课程")


def make_toy(course, space=1000, factor=2):
    source = course / "exercises" / "source" / "00_toy.py"
    source.parent.mkdir(parents=True, exist_ok=True)
    source.write_text(TOY.format(space=space, factor=factor), encoding="utf-8")
    book = build.written(build.student_notebook(making.load(source)))
    (course / "exercises" / "00_toy.ipynb").write_text(book, encoding="utf-8")
    return source


def write(path, text, encoding="utf-8"):
    path.write_bytes(text.encode(encoding))
    return path


@pytest.fixture
def roster(tmp_path):
    return write(tmp_path / "名单.csv", CLASS)


@pytest.fixture
def released(toy, roster, tmp_path):
    # The same numbers in every run of the tests.
    (tmp_path / "released").mkdir()
    write(tmp_path / "released" / "secret.txt", "not a secret, only a test\n")
    return exercises.release(roster, source=toy, out=tmp_path / "released")


def archives(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.glob("**/*.zip"))}


def kit(released, student):
    """Return the files of a student's archive by name."""
    name = released.table.set_index("student").loc[student, "file"]
    with zipfile.ZipFile(released.kits / name) as archive:
        assert {Path(entry).parent.as_posix() for entry in archive.namelist()} == {
            name.removesuffix(".zip")
        }
        return {
            Path(entry).name: archive.read(entry).decode("utf-8")
            for entry in archive.namelist()
        }


def variants(released):
    marking = json.loads(released.marking.read_text(encoding="utf-8"))
    return {
        student: marking["parameters"][row["variant"]]
        for student, row in marking["roster"].items()
    }


# --- rosters -------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
def test_a_roster_as_excel_saves_it(tmp_path, encoding):
    path = write(tmp_path / "名单.csv", CLASS, encoding)
    students, said = _roster.read(path)
    assert [s.student for s in students] == ["007", "s-2", "s-3", "4", "../5"]
    assert [s.name for s in students] == ["张三", "李四", "王五", "Anna", "Ed"]
    assert [s.group for s in students] == ["", "甲", "甲", "", ""]
    assert said == []


@pytest.mark.parametrize(
    "heading", ["student", "Student ID", "student_no.", "ID", " 学号 ", "ID number"]
)
def test_headings_that_are_understood(tmp_path, heading):
    path = write(tmp_path / "r.csv", f"mail,{heading}\na@b,0012\n")
    assert _roster.read(path)[0] == [_roster.Student("0012")]


def test_a_long_number_keeps_its_digits(tmp_path):
    path = write(tmp_path / "r.csv", "id\n310101199001011234567\n0\n")
    numbers = [s.student for s in _roster.read(path)[0]]
    assert numbers == ["310101199001011234567", "0"]


def test_empty_rows_are_said(tmp_path):
    path = write(tmp_path / "r.csv", "id,name\na,x\n,\nb,y\n , \n")
    students, said = _roster.read(path)
    assert len(students) == 2
    assert said == ["r.csv: empty row(s) left out: 3, 5"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("id\n1\n2.02601E+11\n", r"row 3: 2.02601E\+11 has lost digits"),
        ("id\n1e5\n", "row 2: 1e5 has lost digits"),
        ("id,name\nA1,x\nb,y\n\uff21\uff11 ,z\n", "rows 2 and 4: .* is there twice"),
        ("id,name\n1,x\n,y\n", "row 3: there is no student number"),
        (f"id\n{'9' * 300}\n", "row 2: the student number is longer than 64"),
        ('id\n"a""b"\n', "row 2: .* holds a quotation mark"),
        ("id\n=\\x\n", "row 2: .* a backslash"),
        ("id,name\n", "has headings but no student"),
        ("mail,name\na@b,x\n", "no column of student numbers.*names 'mail', 'name'"),
        ("ID,Student\n1,x\n", "more than one column may be the student: 'ID', 'Stu"),
        ("id;name\n1;x\n", "separated by semicolons"),
        ("PK\x03\x04", "is an Excel workbook"),
        ("", "is empty"),
    ],
)
def test_rosters_that_are_refused(tmp_path, content, message):
    path = write(tmp_path / "r.csv", content)
    with pytest.raises(ValueError, match=f"r.csv.*{message}"):
        _roster.read(path)


def test_many_errors_are_told_at_once_but_not_all(tmp_path):
    path = write(tmp_path / "r.csv", "id\n" + "1e5\n" * 12)
    with pytest.raises(ValueError, match=r"row 2: .*row 11: .*; and 2 more$"):
        _roster.read(path)


# --- what is released ----------------------------------------------------------------


def test_an_archive_for_everybody(released):
    table = released.table.set_index("student")
    assert sorted(table.index) == ["../5", "007", "4", "s-2", "s-3"]
    assert set(archives(released.kits)) == set(table["file"])
    assert table.loc["007", "file"] == "00_toy_007.zip"
    for name in table["file"]:
        assert re.fullmatch(r"[\w-]+\.zip", name)
    assert released.new == 5
    text = (released.kits.parent / "00_toy.kits.csv").read_text(encoding="utf-8-sig")
    rows = {row["student"]: row for row in csv.DictReader(io.StringIO(text))}
    assert rows["007"]["name"] == "张三"
    assert 'govlib grade FOLDER --marking "' in str(released)


def test_an_archive_holds_the_students_own_notebook(released):
    files = kit(released, "s-3")
    assert set(files) == {"00_toy.ipynb", "00_toy.keys.json", "README.txt"}
    sheet = json.loads(files["00_toy.keys.json"])
    assert sheet["parameters"] == variants(released)["s-3"]
    assert sheet["students"] == ["s-3", "s-2"]
    start = next(
        "".join(cell["source"])
        for cell in json.loads(files["00_toy.ipynb"])["cells"]
        if cell["id"] == "start"
    )
    assert 'student = "s-3"  #' in start
    assert 'members = ["s-2"]  #' in start
    assert "请先解压" in files["README.txt"]
    alone = json.loads(kit(released, "../5")["00_toy.ipynb"])
    assert 'student = "../5"' in "".join(alone["cells"][1]["source"])


def test_an_archive_gives_no_graded_answer_away(released):
    x = variants(released)["007"]["x"]
    files = kit(released, "007")
    sheet = json.loads(files["00_toy.keys.json"])["questions"]
    assert set(sheet["00.q2"]) == set(sheet["00.q3"]) == {"graded", "form"}
    for text in files.values():
        assert "minus" not in text
        assert "rubric" not in text
        assert str(2 * x) not in re.findall(r"[\d.]+", text)
        assert str(x + 7) not in re.findall(r"[\d.]+", text)


def test_practice_keys_are_those_of_the_variant(released):
    for student, parameters in variants(released).items():
        item = json.loads(kit(released, student)["00_toy.keys.json"])["questions"][
            "00.q1"
        ]
        x = parameters["x"]
        assert _keys.opens(item["key"], [2 * x])
        assert not _keys.opens(item["key"], [2 * x + 1])
        assert _keys.opens(item["misconceptions"][0]["key"], [x / 2])


def test_numbers_are_ones_own_fit_and_usual(toy, tmp_path):
    path = write(tmp_path / "r.csv", "id\n" + "\n".join(f"s{i}" for i in range(60)))
    secret = write(tmp_path / "s.txt", "a secret that never changes")
    released = exercises.release(path, source=toy, out=tmp_path / "o", secret=secret)
    given = [parameters["x"] for parameters in variants(released).values()]
    assert len(set(given)) == 60
    # Fit: with x a multiple of four, a mistake cannot be told from the answer.
    assert all(x % 4 for x in given)
    # Usual: a hundred times as large is not, nor are the smallest and largest.
    assert max(given) < 1000
    usual = json.loads(released.marking.read_text(encoding="utf-8"))["usual"]
    low, high = usual["00.q1 number 1"]
    assert low > 2
    assert all(low <= 2 * x <= high for x in given)
    exercise = making.load(toy)
    assert max(exercise.variant(seed)["x"] for seed in range(1, 200)) > 1000
    assert released.remarks == []


def test_limits_of_what_is_usual_are_quantiles(toy):
    """By hand: numbers and distances of all variants with the same seeds."""
    exercise = making.load(toy)
    drawn = [exercise.variant(seed)["x"] for seed in range(1, 300)]
    fit = list(dict.fromkeys(x for x in drawn if x % 4))[: _release.USUAL]
    usual = _release._usual(exercise, _release._solver(exercise))
    assert usual["00.q2 number 1"] == pytest.approx(
        np.quantile([x + 7 for x in fit], [0.025, 0.975])
    )
    # Right is x + 7 and the mistake x - 7, with a tolerance of a half: 28 tolerances.
    assert usual["00.q2 nearest mistake"] == pytest.approx([np.log10(28)] * 2)
    near = [min(abs(2 * x - x / 2), (x % 4) / 2) / 0.1 for x in fit]
    assert usual["00.q1 nearest mistake"] == pytest.approx(
        np.log10(np.quantile(near, [0.025, 0.975], method="nearest")), abs=0.2
    )


def test_the_same_secret_gives_the_same_numbers(toy, roster, released, tmp_path):
    first, *rest = CLASS.splitlines()
    turned = write(tmp_path / "turned.csv", "\n".join([first, *rest[::-1]]))
    secret = tmp_path / "released" / "secret.txt"
    again = exercises.release(turned, source=toy, out=tmp_path / "2", secret=secret)
    assert archives(again.kits) == archives(released.kits)
    assert again.marking.read_bytes() == released.marking.read_bytes()
    assert not (tmp_path / "2" / "secret.txt").exists()
    # Whoever else is in the class:
    few = write(tmp_path / "few.csv", "id\n4\n../5\n")
    fewer = exercises.release(few, source=toy, out=tmp_path / "f", secret=secret)
    assert archives(fewer.kits).items() <= archives(released.kits).items()
    # An editor may add a mark and another end of line.
    write(tmp_path / "edited.txt", "\ufeff" + secret.read_text(encoding="utf-8")[:-1])
    edited = tmp_path / "edited.txt"
    third = exercises.release(roster, source=toy, out=tmp_path / "3", secret=edited)
    assert archives(third.kits) == archives(released.kits)


def test_another_secret_gives_other_numbers(toy, roster, released, tmp_path):
    other = exercises.release(roster, source=toy, out=tmp_path / "other")
    assert variants(other) != variants(released)


def test_those_of_a_group_have_the_same_numbers(released):
    given = variants(released)
    assert given["s-2"] == given["s-3"]
    assert len({parameters["x"] for parameters in given.values()}) == 4


def test_a_late_student_changes_nobody_else(toy, released, tmp_path):
    before, given = archives(released.kits), variants(released)
    late = write(tmp_path / "late.csv", "id,name,group\n0,Late,\ns-9,Later,甲\n")
    again = exercises.release(late, source=toy, out=tmp_path / "released")
    assert again.new == 2
    assert "2 archives to hand out, one for each student (5 were there" in str(again)
    after = archives(again.kits)
    assert {name: after[name] for name in before} == before
    assert variants(again) == given | {
        "0": variants(again)["0"],
        "s-9": given["s-2"],
    }
    assert len(json.loads(again.marking.read_text(encoding="utf-8"))["roster"]) == 7


def test_a_lost_archive_is_written_again(toy, roster, released, tmp_path):
    before = archives(released.kits)
    (released.kits / "00_toy_007.zip").unlink()
    assert exercises.release(roster, source=toy, out=tmp_path / "released").new == 1
    assert archives(released.kits) == before


def test_an_interrupted_release_is_finished_by_the_next(
    toy, roster, tmp_path, monkeypatch
):
    real, written = _files.write, []

    def interrupted(path, *rest, **more):
        if len(written) == 4:
            raise KeyboardInterrupt
        written.append(path.name)
        real(path, *rest, **more)

    monkeypatch.setattr(_files, "write", interrupted)
    with pytest.raises(KeyboardInterrupt):
        exercises.release(roster, source=toy, out=tmp_path / "out")
    # An archive that nothing can grade must not get out.
    assert written[:2] == ["secret.txt", "00_toy.marking.json"]
    monkeypatch.setattr(_files, "write", real)
    done = exercises.release(roster, source=toy, out=tmp_path / "out")
    assert len(archives(done.kits)) == 5
    secret = tmp_path / "out" / "secret.txt"
    anew = exercises.release(roster, source=toy, out=tmp_path / "2", secret=secret)
    assert archives(anew.kits) == archives(done.kits)


def test_where_there_are_too_few_variants_some_are_shared(tmp_path):
    # Of 1 to 8, the answers of 1, 4 and 8 are not clear.
    source = make_toy(tmp_path / "small", space=8)
    path = write(tmp_path / "r.csv", "id\n" + "\n".join("abcdefgh"))
    released = exercises.release(path, source=source, out=tmp_path / "out")
    given = [parameters["x"] for parameters in variants(released).values()]
    shared = len(given) - len(set(given))
    assert shared > 0
    assert released.remarks == [
        f"exercise 00 has too few fit variants: {shared} student(s) or group(s) share "
        f"theirs with another"
    ]


@pytest.mark.parametrize("late", ["d", "e", "f", "g"])
def test_a_late_student_gets_what_nobody_has(tmp_path, late):
    # Four of the eight are fit and usual: one is left.
    source = make_toy(tmp_path / "small", space=8)
    write(tmp_path / "s.txt", "not a secret, only a test")
    for roster in ("id\na\nb\nc\n", f"id\n{late}\n"):
        path = write(tmp_path / "r.csv", roster)
        released = exercises.release(
            path, source=source, out=tmp_path / "out", secret=tmp_path / "s.txt"
        )
        assert released.remarks == []
    given = [parameters["x"] for parameters in variants(released).values()]
    assert len(set(given)) == 4


def test_no_fit_variant_at_all(tmp_path):
    source = make_toy(tmp_path / "none", factor=0.5)
    path = write(tmp_path / "r.csv", "id\na\n")
    with pytest.raises(ValueError, match="none of 400 variants is fit"):
        exercises.release(path, source=source, out=tmp_path / "out")
    assert not list((tmp_path / "out").glob("*.json"))


def test_hints_in_chinese(toy, roster, tmp_path):
    released = exercises.release(roster, source=toy, out=tmp_path / "o", language="zh")
    assert 'language = \\"zh\\"  #' in kit(released, "007")["00_toy.ipynb"]


# --- what is refused -----------------------------------------------------------------


def test_another_edition_of_the_exercise_is_refused(toy, roster, released, tmp_path):
    before = released.marking.read_bytes()
    make_toy(toy.parents[2], factor=3)
    with pytest.raises(ValueError, match="have changed since numbers were first"):
        exercises.release(roster, source=toy, out=tmp_path / "released")
    assert released.marking.read_bytes() == before


def test_archives_without_their_marking_file_are_refused(
    toy, roster, released, tmp_path
):
    released.marking.unlink()
    with pytest.raises(FileExistsError, match=r"00_toy.marking.json is gone"):
        exercises.release(roster, source=toy, out=tmp_path / "released")


@pytest.mark.usefixtures("released")
def test_students_with_different_numbers_are_no_group(toy, tmp_path):
    later = write(tmp_path / "r.csv", "id,group\n007,乙\n4,乙\n")
    with pytest.raises(ValueError, match="group '乙' were given different numbers"):
        exercises.release(later, source=toy, out=tmp_path / "released")


def test_a_notebook_that_is_not_the_sources_is_refused(toy, roster, tmp_path):
    book = toy.parents[1] / "00_toy.ipynb"
    stale = book.read_text(encoding="utf-8").replace("q2 = ...", "q2 = None")
    book.write_text(stale, encoding="utf-8")
    with pytest.raises(ValueError, match=r"is older than its source.*build.py 00"):
        exercises.release(roster, source=toy, out=tmp_path / "out")
    book.unlink()
    with pytest.raises(FileNotFoundError, match=r"no notebook 00_toy.ipynb"):
        exercises.release(roster, source=toy, out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("more", "error", "message"),
    [
        ({"secret": "none.txt"}, FileNotFoundError, "there is no secret 'none.txt'"),
        ({"language": "de"}, ValueError, "language= must be one of 'en', 'zh'"),
        ({"students": "no.csv"}, FileNotFoundError, "there is no roster 'no.csv'"),
        ({"source": "x/99_no.py"}, FileNotFoundError, "there is no exercise 99_no.py"),
    ],
)
def test_what_release_refuses(toy, roster, tmp_path, more, error, message):
    asked = {"students": roster, "source": toy, "out": tmp_path / "out"} | more
    with pytest.raises(error, match=message):
        exercises.release(asked.pop("students"), **asked)


def test_a_short_secret_is_refused(toy, roster, tmp_path):
    short = write(tmp_path / "secret.txt", "2026\n")
    with pytest.raises(ValueError, match="has 4 characters; it needs at least 16"):
        exercises.release(roster, source=toy, out=tmp_path / "out", secret=short)


# --- a class that hands in -----------------------------------------------------------


@pytest.fixture
def work(released, tmp_path, monkeypatch):
    """Unpack the archive of one student, answer as another if asked, hand in."""

    def unpack_and_work(owner, answers, *, folder=None, **head):
        desk = tmp_path / "in" / (folder or owner.replace("/", "_"))
        desk.mkdir(parents=True)
        write(desk / "00_toy.keys.json", kit(released, owner)["00_toy.keys.json"])
        monkeypatch.chdir(desk)
        monkeypatch.setattr(_session, "_session", None)
        said = []
        monkeypatch.setattr(_session, "_say", lambda *line: said.append(line[0]))
        x = exercises.start("00", **({"student": owner} | head))["x"]
        for question, answer in answers(x).items():
            exercises.check(question, answer)
        exercises.hand_in()
        return said

    return unpack_and_work


def right(x):
    return {"00.q1": 2 * x, "00.q2": x + 7, "00.q3": "two words"}


def wrong(x):
    return {"00.q1": x / 2, "00.q2": x - 7}


def graded(released, tmp_path, **more):
    return exercises.grade(tmp_path / "in", marking=released.marking, **more)


def test_everybody_is_marked_by_their_own_numbers(work, released, tmp_path):
    assert "00.q1: right." in work("007", right)
    assert "00.q1: not yet. think of both" in work("4", wrong)
    result = graded(released, tmp_path)
    table = result.grades.set_index("student")
    assert table["status"].to_dict() == {
        "../5": "nothing handed in",
        "007": "awaiting marking",
        "4": "marked",
        "s-2": "nothing handed in",
        "s-3": "nothing handed in",
    }
    assert table.loc["007", ["00.q1", "00.q2"]].tolist() == [1, 2]
    assert table.loc["4", ["00.q1", "00.q2"]].tolist() == [0, 0]
    # Nobody has marked what was not handed in: no zero, no page.
    assert table.loc["../5", ["practice", "graded", "00.q1"]].isna().all()
    assert table["name"].tolist() == ["Ed", "张三", "Anna", "李四", "王五"]
    assert [p.name for p in sorted((result.folder / "feedback").iterdir())] == [
        "00_007.html",
        "00_4.html",
    ]
    assert result.flags.empty
    assert result.problems.empty
    mistakes = result.misconceptions.set_index("question")["mistake"].to_dict()
    assert mistakes == {"00.q1": "half", "00.q2": "minus"}
    assert "nothing handed in 3" in str(result)


def test_feedback_in_chinese_has_chinese_titles(work, released, tmp_path):
    work("4", wrong, language="zh")
    result = graded(released, tmp_path)
    page = (result.folder / "feedback" / "00_4.html").read_text(encoding="utf-8")
    assert "00.q1 第一题" in page
    assert "想想两边" in page
    # A question without a Chinese title shows the one it has.
    assert "00.q2 q2" in page
    assert "4 Anna" in page
    assert "练习：0 / 1 分" in page
    assert "计分：0 / 6 分<" in page


def test_a_page_says_what_adds_up_and_what_waits(work, released, tmp_path):
    work("007", lambda x: right(x) | {"00.q1": 3 * x + 1})
    result = graded(released, tmp_path)
    page = (result.folder / "feedback" / "00_007.html").read_text(encoding="utf-8")
    assert "Practice: 0 of 1<" in page
    assert "Graded: 2 of 6, some answers awaiting marking<" in page
    # A mistake that nobody foresaw is still said to be one.
    assert page.count("Not right.") == 1
    rows = (result.folder / "grades.csv").read_text(encoding="utf-8-sig").splitlines()
    assert "007,张三,,awaiting marking,0,1,2,6,1,3,0,2,,007," in "\n".join(rows)


def test_numbers_of_somebody_else_are_marked_and_flagged(work, released, tmp_path):
    said = work("007", right, student="4")
    assert any("made for 007, not for 4" in line for line in said)
    result = graded(released, tmp_path)
    assert result.grades.set_index("student").loc["4", "00.q2"] == 2
    flags = result.flags[["student", "flag"]].to_numpy().tolist()
    assert flags == [["4", "answers carry the numbers of 007"]]


def test_a_cell_copied_with_its_output_is_flagged(released, tmp_path):
    """Each answer of a notebook is marked by the numbers that it carries."""

    def cell(question, student, answer):
        row = released.table.set_index("student").loc[student]
        payload = {"exercise": "00", "question": question, "student": "4"}
        payload |= {"variant": row["variant"], "attempts": [{"answer": [answer]}]}
        data = {_session.MIME: payload}
        return {
            "cell_type": "code",
            "source": f'check("{question}", 1)',
            "outputs": [{"output_type": "display_data", "data": data}],
        }

    given = {student: row["x"] for student, row in variants(released).items()}
    cells = [
        cell("00.q1", "4", 2 * given["4"]),
        cell("00.q2", "007", given["007"] + 7),
    ]
    (tmp_path / "in").mkdir()
    write(tmp_path / "in" / "4.ipynb", json.dumps({"cells": cells}))
    result = graded(released, tmp_path)
    row = result.grades.set_index("student").loc["4"]
    assert row[["00.q1", "00.q2"]].tolist() == [1, 2]
    assert result.flags["flag"].tolist() == ["answers carry the numbers of 007"]


def test_who_is_not_on_the_roster_is_flagged(work, released, tmp_path):
    work("007", right, student="stranger")
    result = graded(released, tmp_path)
    assert set(result.flags["flag"]) == {
        "not on the roster",
        "answers carry the numbers of 007",
    }
    assert result.grades.set_index("student").loc["stranger", "00.q2"] == 2


def test_the_public_numbers_are_not_marked(work, released, tmp_path):
    work("007", right)
    path = tmp_path / "in" / "007" / "00_007.answers.json"
    own = released.table.set_index("student").loc["007", "variant"]
    write(path, path.read_text(encoding="utf-8").replace(own, "public"))
    result = graded(released, tmp_path)
    row = result.grades.set_index("student").loc["007"]
    assert row["status"] == "unknown variant"
    assert pd.isna(row["graded"])
    assert "variant 'public' is not in" in " ".join(result.problems["problem"])
    page = (result.folder / "feedback" / "00_007.html").read_text(encoding="utf-8")
    assert "numbers that were not given out" in page
    assert "no answer" not in page


# --- groups --------------------------------------------------------------------------


def test_one_hands_in_for_the_group(work, released, tmp_path):
    work("s-2", right, members=["S-3 ", "s-2"])
    result = graded(released, tmp_path)
    table = result.grades.set_index("student")
    assert table.loc["s-3", ["status", "00.q1", "00.q2"]].tolist() == [
        *table.loc["s-2", ["status", "00.q1", "00.q2"]]
    ]
    assert table["handed_in_by"].to_dict() == {
        **dict.fromkeys(["../5", "007", "4"], ""),
        **dict.fromkeys(["s-2", "s-3"], "s-2"),
    }
    page = (result.folder / "feedback" / "00_s-3.html").read_text(encoding="utf-8")
    assert "s-3 王五 · handed in by s-2" in page
    # One piece of work is one text to mark and one answer to count.
    assert len(result.marking) == 1
    assert result.items["students"].tolist() == [1, 1, 1]
    assert result.flags.empty


def test_ones_own_work_goes_before_that_of_the_group(work, released, tmp_path):
    work("s-2", right, members=["s-3"])
    work("s-3", wrong, members=["s-2"])
    result = graded(released, tmp_path)
    table = result.grades.set_index("student")
    assert table["00.q2"][["s-2", "s-3"]].tolist() == [2, 0]
    assert set(result.flags["flag"]) == {
        "named as a member by s-3 too; s-2/00_s-2.answers.json counts",
        "named as a member by s-2 too; s-3/00_s-3.answers.json counts",
    }


def test_an_untouched_notebook_does_not_undo_the_groups_work(work, released, tmp_path):
    work("s-2", right, members=["s-3"])
    work("s-3", lambda _: {}, members=["s-2"])
    table = graded(released, tmp_path).grades.set_index("student")
    assert table.loc["s-3", ["00.q2", "handed_in_by"]].tolist() == [2, "s-2"]


def test_members_who_do_not_belong_are_flagged(work, released, tmp_path):
    work("s-2", right, members=["007", "ghost"])
    result = graded(released, tmp_path)
    assert result.flags["flag"].tolist() == [
        "names 007, who is not of the same group",
        "names ghost, who is not on the roster",
    ]
    assert result.grades.set_index("student").loc["ghost", "00.q2"] == 2


@pytest.mark.parametrize("members", ["s-3", 7, ["1e5"], [3]])
def test_members_that_cannot_be_read_are_said(work, members):
    assert any(
        "a list of texts" in line for line in work("s-2", right, members=members)
    )


@pytest.mark.parametrize("members", ['"x"', "7", "[7, {}]", "null", '["x","x"]'])
def test_hostile_members_break_nothing(work, released, tmp_path, members):
    work("4", right)
    path = tmp_path / "in" / "4" / "00_4.answers.json"
    text = path.read_text(encoding="utf-8")
    write(path, text.replace('"student"', f'"members": {members}, "student"', 1))
    grades = graded(released, tmp_path).grades
    assert set(grades["student"]) - {"x"} == {"../5", "007", "4", "s-2", "s-3"}


def test_the_same_code_in_a_group_is_not_worth_a_flag(work, released, tmp_path):
    long = "q1 = 1\n" + "\n".join(f"step_{i} = {i}" for i in range(20))
    for owner in ("s-2", "s-3", "007"):
        work(owner, right)
        path = tmp_path / "in" / owner / "00_toy.ipynb"
        book = json.loads(kit(released, owner)["00_toy.ipynb"])
        for cell in book["cells"]:
            if cell["id"] == "q1":
                cell["source"] = f'{long}\ncheck("00.q1", q1)'
        write(path, json.dumps(book))
    flags = graded(released, tmp_path).flags
    alike = flags[flags["question"] == "00.q1"].set_index("student")["flag"].to_dict()
    assert alike == {
        "007": "same code as s-2, s-3",
        "s-2": "same code as 007",
        "s-3": "same code as 007",
    }


# --- pseudonyms ----------------------------------------------------------------------


def test_pseudonyms_hide_who_is_who(work, released, tmp_path):
    work("s-2", right, members=["s-3"])
    work("007", right)
    result = graded(released, tmp_path, pseudonyms=True)
    who = pd.read_csv(result.folder / "pseudonyms.csv", dtype=str).set_index("student")
    assert sorted(who.index) == ["../5", "007", "4", "s-2", "s-3"]
    names = who["pseudonym"]
    assert names.is_unique
    for name in ("grades", "marking"):
        text = (result.folder / f"{name}.csv").read_text(encoding="utf-8-sig")
        # A pseudonym may happen to hold 007, but none has it as a word.
        words = set(re.findall(r"\w[\w-]*", text))
        assert not words & {"007", "s-2", "s-3", "张三"}
        assert names["007"] in text
    table = result.grades.set_index("student")
    assert table.loc[names["s-3"], "handed_in_by"] == names["s-2"]
    assert table.index.is_monotonic_increasing
    # Pages go to the students.
    assert (result.folder / "feedback" / "00_007.html").exists()


def test_points_typed_under_a_pseudonym_are_kept(work, released, tmp_path):
    work("007", right)
    first = graded(released, tmp_path)
    path = first.folder / "marking.csv"

    def typed(points):
        rows = pd.read_csv(path, dtype=str, encoding="utf-8-sig")
        rows["points"] = points
        rows.to_csv(path, index=False, encoding="utf-8-sig")

    typed("3")
    hidden = graded(released, tmp_path, pseudonyms=True, overwrite=True)
    assert hidden.grades["00.q3"].dropna().tolist() == [3]
    assert len(hidden.marking) == 1
    typed("4")
    again = graded(released, tmp_path, pseudonyms=True, overwrite=True)
    assert again.grades["00.q3"].dropna().tolist() == [4]
    assert again.grades["student"].tolist() == hidden.grades["student"].tolist()
    # Marked without knowing whose it is, then merged with the names.
    typed("2")
    open_ = graded(released, tmp_path, overwrite=True)
    assert open_.grades.set_index("student").loc["007", "00.q3"] == 2
    assert open_.marking["student"].tolist() == ["007"]


def test_an_old_text_is_hidden_too(work, released, tmp_path):
    work("007", right)
    first = graded(released, tmp_path)
    path = tmp_path / "in" / "007" / "00_007.answers.json"
    write(path, path.read_text(encoding="utf-8").replace("two words", "other words"))
    graded(released, tmp_path, pseudonyms=True, overwrite=True)
    text = (first.folder / "marking.csv").read_text(encoding="utf-8-sig")
    assert "two words" in text
    assert "007" not in re.findall(r"\w+", text)


# --- by command, and with a real exercise --------------------------------------------


def test_the_command(toy, roster, tmp_path, monkeypatch, capsys):
    course = toy.parents[2]
    (course / "notebooks").mkdir()
    write(course / "notebooks" / "course.toml", "chapter = []\n")
    monkeypatch.chdir(course)
    asked = ["release", "--students", str(roster), "--out", str(tmp_path / "out")]
    assert cli.main([*asked, "--exercise", "toy", "--language", "zh"]) == 0
    said = capsys.readouterr()
    assert "5 archives to hand out" in said.out
    assert len(archives(tmp_path / "out")) == 5
    assert cli.main([*asked, "--exercise", "cohesion"]) == 2
    assert "no exercise 'cohesion'; exercises are 00_toy" in capsys.readouterr().err
    write(tmp_path / "bad.csv", "id\n1e5\n")
    assert cli.main(["release", "--students", str(tmp_path / "bad.csv")]) == 2
    assert "row 2: 1e5 has lost digits" in capsys.readouterr().err
    shutil.rmtree(course / "exercises" / "source")
    assert cli.main(asked) == 2
    assert "no exercises/source" in capsys.readouterr().err


def test_a_real_exercise_from_roster_to_grades(tmp_path, monkeypatch):
    """An archive, unpacked and worked in a kernel; the course folder is elsewhere."""
    # What is usual takes long to find, and is tested above.
    monkeypatch.setattr(_release, "_usual", lambda *_: {})
    path = write(tmp_path / "r.csv", "学号,姓名\n学生甲,张三\nb2,李四\n")
    source = FOLDER / "source" / "04_cohesion.py"
    released = exercises.release(path, source=source, out=tmp_path / "released")
    name = released.table.set_index("student").loc["学生甲", "file"]
    with zipfile.ZipFile(released.kits / name) as archive:
        archive.extractall(tmp_path / "in")
    (desk,) = (tmp_path / "in").iterdir()
    book = _notebooks.read(desk / "04_cohesion.ipynb")
    questions = {q.name: q for q in making.load(source).QUESTIONS}
    for cell in book.cells:
        if question := questions.get(f"04.{cell.id}"):
            cell.source = making.cell(question, question.solution)
    problem = _notebooks.execute(
        book, desk, executed=lambda: None, environment=dict(os.environ)
    )
    assert problem is None
    _notebooks.write(book, desk / "04_cohesion.ipynb")
    assert (desk / "04_学生甲.answers.json").exists()
    result = exercises.grade(tmp_path / "in", marking=released.marking)
    row = result.grades.set_index("student").loc["学生甲"]
    assert row[["practice", "graded", "awaiting"]].tolist() == [5, 4, 1]
    assert result.flags.empty


def test_help_of_the_command_names_what_it_needs(capsys):
    with pytest.raises(SystemExit):
        cli.main(["release", "--help"])
    said = " ".join(capsys.readouterr().out.split())
    for word in textwrap.dedent(
        "--students --exercise --out --secret 学号 小组"
    ).split():
        assert word in said
