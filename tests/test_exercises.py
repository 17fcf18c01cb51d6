"""Checking, recording, handing in and grading, on a toy exercise made here."""

import json
import os
import re
import time
import zipfile
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from govlib import _files, exercises
from govlib.exercises import _answers, _keys, _session, _submissions, making
from govlib.exercises._texts import _TEXTS, clean_id, file_name
from govlib.exercises.making import Misconception, Question

STUBS = {f"q{i}": f"q{i} = ..." for i in range(1, 7)}


def _question(number, form, reference=None, tolerance=(), wrong=None, **more):
    misconceptions = [
        Misconception(name, lambda _, value=value: value, f"hint {name}", f"提示{name}")
        for name, value in (wrong or {}).items()
    ]
    return Question(
        name=f"00.q{number}",
        title=f"Question {number}",
        text_en="",
        text_zh="",
        stub=STUBS[f"q{number}"],
        solution="",
        explanation="",
        form=lambda _: form,
        objective=1,
        minutes=1,
        reference=None if reference is None else lambda _: reference,
        tolerance=tolerance,
        misconceptions=misconceptions,
        **more,
    )


TABLE = pd.DataFrame({"estate": ["A", "B"], "density": [0.1, 0.2]})
TOY = SimpleNamespace(
    NUMBER="00",
    SLUG="toy",
    TITLE_EN="A toy",
    TITLE_ZH="玩具",
    data=lambda parameters: parameters,
    QUESTIONS=[
        # 4,300 of 9,060 residents; 0.31 stands for a share of households.
        _question(1, making.share(), 0.4746, [0.002], {"households": 0.31}),
        _question(
            2,
            making.numbers(["within", "between"], 0, 1000, whole=True),
            {"within": 320, "between": 80},
            [0.5, 0.5],
            {"ends": {"within": 640, "between": 160}},
        ),
        _question(
            3, making.table("estate", ["A", "B"], ["density"], 0, 1), TABLE, [0.01] * 2
        ),
        # E-I of 320 ties within and 80 between: (80 - 320) / 400.
        _question(
            4,
            making.number(-1, 1),
            -0.6,
            [0.01],
            {"sign": 0.6},
            graded=True,
            points=2,
        ),
        _question(
            5, making.choice("abc"), "b", wrong={"naive": "a"}, graded=True, points=1
        ),
        _question(6, making.text(5), graded=True, points=4, rubric="the rubric"),
    ],
)
PUBLIC = {"estate": "A"}
RIGHT = {
    "00.q1": 0.4746,
    "00.q2": [320, 80],
    "00.q3": TABLE,
    "00.q4": -0.6,
    "00.q5": "b",
    "00.q6": "Chance is not zero because groups differ in size.",
}


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """A student's folder, in which the kernel runs."""
    folder = tmp_path / "课程 exercises"
    folder.mkdir()
    (folder / "00_toy.keys.json").write_text(
        _files.to_json(making.sheet(TOY, "public", PUBLIC)), encoding="utf-8"
    )
    monkeypatch.chdir(folder)
    monkeypatch.setattr(_session, "_session", None)
    return folder


@pytest.fixture
def marking(tmp_path):
    path = tmp_path / "00_toy.marking.json"
    content = making.marking(TOY, {"public": PUBLIC})
    path.write_text(_files.to_json(content), encoding="utf-8")
    return path


@pytest.fixture
def said(monkeypatch):
    """What a student sees, line by line, and what goes into the outputs with it."""
    lines = []
    monkeypatch.setattr(
        _session, "_say", lambda line, payload=None: lines.append((line, payload))
    )
    return lines


# --- keys ----------------------------------------------------------------------------


@settings(max_examples=30, deadline=None)  # slow hashes are meant to be
@given(
    st.floats(-1e6, 1e6, allow_subnormal=False),
    st.sampled_from([1e-4, 0.002, 0.01, 0.5, 3.0]),
)
def test_a_key_opens_inside_the_tolerance_only(reference, tolerance):
    key = _keys.make_key([reference], [tolerance], "salt")
    for sign in (-1, 1):
        assert _keys.opens(key, [reference + sign * 0.9 * tolerance])
        assert not _keys.opens(key, [reference + sign * 1.1 * tolerance])


def test_every_number_of_a_key_counts():
    key = _keys.make_key([1.0, 2.0], [0.1, 0.1], "salt")
    assert _keys.opens(key, [1.05, 2.05])
    assert not _keys.opens(key, [1.05, 2.2])
    assert not _keys.opens(key, [1.2, 2.05])
    assert not _keys.opens(key, [1.0])


def test_salts_hide_that_two_answers_are_equal():
    first, second = (_keys.make_key([1.0], [0.1], salt) for salt in "ab")
    assert first["hash"] != second["hash"]
    assert first == _keys.make_key([1.0], [0.1], "a")


def test_the_sheet_holds_no_answer():
    sheet = making.sheet(TOY, "public", PUBLIC)["questions"]
    for name in ("00.q4", "00.q5", "00.q6"):
        assert set(sheet[name]) == {"graded", "form"}
    written = json.dumps(sheet)
    assert "0.4746" not in written
    assert "-0.6" not in written


def test_a_choice_for_practice_is_refused():
    question = _question(1, making.choice("ab"), "a")
    toy = SimpleNamespace(**vars(TOY) | {"QUESTIONS": [question]})
    with pytest.raises(ValueError, match="make it graded"):
        making.sheet(toy, "public", PUBLIC)


# --- screening -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reference", "wrong", "expected"),
    [
        (0.5, {"near": 0.503}, ["00.q1: right and near are too close"]),
        (0.5, {"a": 0.7, "b": 0.703}, ["00.q1: a and b are too close"]),
        (0.5, {"percent": 50, "far": 0.51}, []),
        (1.5, {}, ["00.q1: an answer is unfit (percent)"]),
        (np.nan, {}, ["00.q1: an answer is unfit (not_finite)"]),
    ],
)
def test_screen(reference, wrong, expected):
    question = _question(1, making.share(), reference, [0.002], wrong)
    toy = SimpleNamespace(**vars(TOY) | {"QUESTIONS": [question]})
    assert making.screen(toy, PUBLIC) == expected


# --- form ----------------------------------------------------------------------------

SHARE = making.share()
COUNTS = making.numbers(["within", "between"], 0, 1000, whole=True)
CELLS = making.table("estate", ["A", "B"], ["density"], 0, 1)


@pytest.mark.parametrize(
    ("form", "answer", "reduced"),
    [
        (SHARE, 1, [1.0]),
        (SHARE, np.float32(0.5), [0.5]),
        (SHARE, pd.Series([0.5], index=["x"]), [0.5]),
        (SHARE, pd.DataFrame({"x": [0.5]}), [0.5]),
        (SHARE, np.array(0.5), [0.5]),
        (COUNTS, {"between": 80, "within": 320, "all": 400}, [320, 80]),
        (COUNTS, pd.Series({"between": 80, "within": 320}), [320, 80]),
        (COUNTS, (320, 80), [320, 80]),
        (COUNTS, np.array([320, 80]), [320, 80]),
        (COUNTS, pd.DataFrame({"between": [80], "within": [320]}), [320, 80]),
        (CELLS, TABLE.iloc[::-1], [0.1, 0.2]),
        (CELLS, TABLE.set_index("estate"), [0.1, 0.2]),
        (CELLS, TABLE.assign(more=1).astype({"estate": "category"}), [0.1, 0.2]),
        (making.choice("abc"), " Ｂ ", "b"),
        (making.text(3), " 机会不等于偏好 ", "机会不等于偏好"),
    ],
)
def test_ways_to_write_the_same(form, answer, reduced):
    assert _answers.reduce(form, answer) == reduced


@pytest.mark.parametrize(
    ("form", "answer", "code"),
    [
        (SHARE, "0.5", "quotes"),
        (SHARE, True, "number_wanted"),
        (SHARE, object(), "number_wanted"),
        (SHARE, 1j, "number_wanted"),
        (SHARE, {"a": 1}, "number_wanted"),
        (SHARE, [0.1, 0.2], "one_of_many"),
        (SHARE, [], "one_of_many"),
        (SHARE, TABLE, "one_of_many"),
        (SHARE, np.nan, "not_finite"),
        (SHARE, np.inf, "not_finite"),
        (SHARE, pd.NA, "not_finite"),
        (SHARE, 10**400, "not_finite"),
        (SHARE, 47.46, "percent"),
        (SHARE, -0.1, "range"),
        (SHARE, 101, "range"),
        (COUNTS, [320, 80.5], "whole"),
        (COUNTS, [320, 2000], "range"),
        (COUNTS, [320], "numbers_wanted"),
        (COUNTS, 320, "numbers_wanted"),
        (COUNTS, {"within": 320, "betwen": 80}, "name_missing"),
        (COUNTS, {"within": 320, "between": None}, "number_wanted"),
        (CELLS, [0.1, 0.2], "table_wanted"),
        (CELLS, TABLE.rename(columns={"density": "densty"}), "column_missing"),
        (CELLS, TABLE[:1], "row_missing"),
        (CELLS, pd.concat([TABLE, TABLE]), "row_twice"),
        (CELLS, TABLE.assign(density=np.nan), "not_finite"),
        (making.choice("abc"), "d", "choice_wanted"),
        (making.choice("abc"), 1, "choice_wanted"),
        (making.text(5), "too short", "text_short"),
        (making.text(5), "word " * 2000, "text_long"),
        (making.text(5), 5, "text_wanted"),
    ],
)
def test_wrong_forms_are_told_how(form, answer, code):
    with pytest.raises(_answers.Unfit) as caught:
        _answers.reduce(form, answer)
    assert caught.value.code == code
    for language in ("en", "zh"):
        assert "{" not in exercises._session.text(
            code, language, **dict(caught.value.details)
        )


def test_every_sentence_is_there_in_both_languages():
    for english, chinese in _TEXTS.values():
        assert english
        assert any("\u4e00" <= letter <= "\u9fff" for letter in chinese)


def test_half_a_surrogate_pair_can_be_written():
    answer = _answers.reduce(making.text(1), "word \ud83d")
    assert answer.encode("utf-8")


@pytest.mark.parametrize(
    ("words", "count"), [("one, two - three", 3), ("机会 is 不同", 5), ("... !", 0)]
)
def test_words_are_counted_in_both_scripts(words, count):
    assert _answers.count_words(words) == count


# --- check ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "answer", "language", "expected"),
    [
        ("00.q1", 0.4746, "en", "00.q1: right."),
        ("00.q1", 0.4746, "zh", "00.q1: 正确。"),
        ("00.q1", 0.31, "en", "00.q1: not yet. hint households"),
        ("00.q1", 0.31, "zh", "00.q1: 还不对。提示households"),
        ("00.q1", 0.2, "en", "the form is right"),
        ("00.q1", 47.46, "en", "Divide by 100"),
        ("00.q1", ..., "en", "not answered yet"),
        ("00.q1", None, "en", "not answered yet"),
        ("00.q6", "", "en", "not answered yet"),
        ("00.q2", {"within": 1, "betwen": 2}, "en", "you have 'within', 'betwen'."),
        ("00.q2", {"within": 1, "betwen": 2}, "zh", "现有 'within', 'betwen'。"),
        ("00.q3", TABLE, "en", "right."),
        ("00.q4", 0.6, "en", "recorded"),
        ("00.q4", -0.6, "en", "recorded"),
        ("00.q4", 3, "en", "lies between -1 and 1"),
        ("00.q5", "a", "en", "recorded"),
        ("00.q6", RIGHT["00.q6"], "zh", "已记录"),
        ("00.q11", 1, "en", "did you mean '00.q1'?"),
        ("00.Q1", 1, "en", "did you mean '00.q1'?"),
        ("77.q1", 1, "en", "there is no file 77_*.keys.json"),
    ],
)
@pytest.mark.usefixtures("desk")
def test_what_check_says(said, question, answer, language, expected):
    exercises.start("00", language=language)
    exercises.check(question, answer)
    assert expected.casefold() in said[-1][0].casefold()


@pytest.mark.usefixtures("desk")
def test_a_graded_question_says_the_same_of_right_and_wrong(said):
    exercises.start("00")
    exercises.check("00.q4", -0.6)
    exercises.check("00.q4", 0.6)
    assert said[-1][0] == said[-2][0]


class Hostile:
    """Equal to everything, and raises when looked at."""

    __hash__ = None

    def __eq__(self, other):
        return True

    def __float__(self):
        raise RuntimeError("no")

    def __repr__(self):
        raise RuntimeError("no")

    @property
    def __class__(self):
        raise RuntimeError("no")


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize("question", list(RIGHT))
def test_check_never_raises_and_no_object_is_right_by_trick(said, question):
    exercises.start("00")
    for answer in (Hostile(), [Hostile()], {"within": Hostile()}, print, [[[]]], b"1"):
        exercises.check(question, answer)
        assert "right." not in said[-1][0]


@pytest.mark.usefixtures("desk")
def test_check_works_when_the_first_cell_was_not_run(said):
    exercises.check("00.q1", 0.4746)
    assert said[-1][0] == "00.q1: right."


def test_a_solution_one_folder_down_finds_the_sheet(desk, said, monkeypatch):
    (desk / "solutions").mkdir()
    monkeypatch.chdir(desk / "solutions")
    assert exercises.start("00", record=False) == PUBLIC
    exercises.check("00.q1", 0.4746)
    assert said[-1][0] == "00.q1: right."
    assert list((desk / "solutions").iterdir()) == []


@pytest.mark.usefixtures("desk")
def test_start_reports_what_it_cannot_use(said):
    exercises.start("00", student=20260001, language="de")
    assert "between quotation marks" in said[0][0]
    assert '"en" or "zh"' in said[1][0]
    exercises.start("00", student="2.0260001E+7")
    assert "a spreadsheet has shortened" in said[3][0]


@pytest.mark.parametrize(
    ("typed", "clean"),
    [
        (" 00123 ", "00123"),
        ("２０２６", "2026"),
        ("S-17B", "s-17b"),
        ("张三", "张三"),
        ("1e5", ""),
        ("2.026E+07", ""),
        ("x" * 65, ""),
        ("\u202a20260001\u200b", "20260001"),
        (17, ""),
    ],
)
def test_student_numbers_have_one_spelling(typed, clean):
    assert clean_id(typed)[0] == clean


@pytest.mark.parametrize(
    ("student", "name"),
    [("00123", "00123"), ("张三", "张三"), ("", "unnamed"), ("s-17_b", "s-17_b")],
)
def test_student_numbers_as_file_names(student, name):
    assert file_name(student) == name


HARD_NAMES = [
    "../../etc",
    "a/b",
    "a\\b",
    "a b",
    "a_b",
    "con.",
    ".",
    "张" * 64,
    "x" * 300,
]


@given(st.lists(st.text(max_size=64), unique=True, max_size=5))
def test_file_names_are_safe_and_different(students):
    students = [*HARD_NAMES, *(s for s in students if s and s not in HARD_NAMES)]
    names = [file_name(student) for student in students]
    assert len(set(names)) == len(names)
    for name in names:
        assert re.fullmatch(r"[\w-]+", name)
        assert len(name.encode("utf-8")) < 120


@given(st.text(max_size=20))
def test_a_clean_number_is_clean(typed):
    clean, problem = clean_id(typed)
    assert problem or clean_id(clean) == (clean, None)


# --- attempts ------------------------------------------------------------------------


def test_attempts_are_kept_in_the_output_and_beside_the_notebook(desk, said):
    exercises.start("00", student="A1")
    for answer in (0.31, 0.31, 0.4746):
        exercises.check("00.q1", answer)
    expected = [
        {"answer": [0.31], "verdict": "households"},
        {"answer": [0.4746], "verdict": "right"},
    ]
    assert said[-1][1]["attempts"] == expected
    lines = _files.read_lines(desk / "00_toy.attempts.jsonl")
    assert [{k: line[k] for k in ("answer", "verdict")} for line in lines] == expected


def test_a_restart_forgets_nothing(desk, said, monkeypatch):
    exercises.start("00")
    exercises.check("00.q1", 0.31)
    with open(desk / "00_toy.attempts.jsonl", "ab") as file:
        file.write(b'{"question": "00.q1", "answ')  # the computer went off here
    monkeypatch.setattr(_session, "_session", None)
    exercises.start("00", student="a1")
    exercises.check("00.q1", 0.4746)
    verdicts = [attempt["verdict"] for attempt in said[-1][1]["attempts"]]
    assert verdicts == ["households", "right"]


@pytest.mark.usefixtures("desk")
def test_somebody_else_at_the_same_computer_starts_anew(said):
    exercises.start("00", student="a1")
    exercises.check("00.q1", 0.31)
    exercises.start("00", student="b2")
    exercises.check("00.q1", 0.4746)
    assert len(said[-1][1]["attempts"]) == 1


def test_out_of_range_answers_are_attempts_and_wrong_types_have_no_answer(desk, said):
    exercises.start("00")
    exercises.check("00.q1", 47.46)
    exercises.check("00.q1", "0.4746")
    assert said[-1][1]["attempts"] == [
        {"answer": [47.46], "verdict": "percent"},
        {"answer": None, "verdict": "quotes"},
    ]
    assert len(_files.read_lines(desk / "00_toy.attempts.jsonl")) == 2


def test_a_folder_that_cannot_be_written_to_loses_no_output(desk, said, monkeypatch):
    def refuse(*_):
        raise PermissionError(13, "read-only")

    monkeypatch.setattr(_files, "append", refuse)
    monkeypatch.setattr(_files, "write", refuse)
    exercises.start("00", student="a1")
    exercises.check("00.q1", 0.31)
    exercises.start("00", student="a1")
    exercises.check("00.q1", 0.4746)
    assert len(said[-1][1]["attempts"]) == 2
    exercises.hand_in()
    assert "Hand in the notebook itself" in said[-1][0]
    assert sorted(path.name for path in desk.iterdir()) == ["00_toy.keys.json"]


# --- hand in -------------------------------------------------------------------------


def test_hand_in_lists_and_writes_one_file(desk, said):
    exercises.start("00", student=" Ａ1 ")
    exercises.check("00.q1", 0.4746)
    exercises.hand_in()
    lines = [line for line, _ in said[-3:]]
    assert lines[0] == "Answered: 00.q1."
    assert lines[1].startswith("Not answered yet: 00.q2, 00.q3")
    written = json.loads((desk / "00_a1.answers.json").read_text(encoding="utf-8"))
    assert written["student"] == "a1"
    assert written["questions"]["00.q1"]["attempts"] == [
        {"answer": [0.4746], "verdict": "right"}
    ]
    assert not list(desk.glob("*.part"))


def test_hand_in_without_a_number_writes_nothing(desk, said):
    exercises.start("00", language="zh")
    exercises.hand_in()
    assert "学号" in said[-1][0]
    assert not list(desk.glob("*.answers.json"))


def test_an_interrupted_hand_in_leaves_the_old_file(desk, said, monkeypatch):
    exercises.start("00", student="a1")
    exercises.hand_in()
    before = (desk / "00_a1.answers.json").read_bytes()

    def interrupted(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", interrupted)
    exercises.check("00.q1", 0.4746)
    exercises.hand_in()
    assert "No file written" in said[-1][0]
    assert (desk / "00_a1.answers.json").read_bytes() == before
    assert not list(desk.glob(".*.part"))


# --- a class -------------------------------------------------------------------------


def submit(folder, student, answers, *, variant="public", sources=None, **more):
    """Write the notebook and the file that a student's work leaves behind.

    `answers` maps a question to one answer or to a list of attempts, oldest first,
    each as check() records it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    head = {
        "exercise": "00",
        "student": student,
        "variant": variant,
        "language": more.get("language", "en"),
    }
    questions = {
        question: {
            "attempts": [
                {"answer": _plain(question, answer), "verdict": "claimed"}
                for answer in (given if isinstance(given, Attempts) else [given])
            ]
        }
        for question, given in answers.items()
    }
    kinds = more.get("kinds", ("ipynb", "json"))
    if "json" in kinds:
        (folder / f"00_{file_name(student)}.answers.json").write_text(
            json.dumps(head | {"questions": questions}), encoding="utf-8"
        )
    if "ipynb" in kinds:
        cells = [_cell(f'student = "{student}"', None)]
        for question in RIGHT:
            variable = question.partition(".")[2]
            worked = (sources or {}).get(question, f"{variable} = worked_out()")
            source = f'{worked}\ncheck("{question}", {variable})'
            payload = None
            if question in questions and not more.get("cleared"):
                payload = head | {"question": question} | questions[question]
            cells.append(_cell(source, payload))
        (folder / f"{file_name(student)}.ipynb").write_text(
            json.dumps({"cells": cells, "metadata": {}, "nbformat": 4}),
            encoding="utf-8",
        )


class Attempts(list):
    """Several attempts at one question."""


def _plain(question, answer):
    form = next(q.form({}) for q in TOY.QUESTIONS if q.name == question)
    try:
        return _answers.reduce(form, answer)
    except _answers.Unfit as unfit:
        return unfit.numbers


def _cell(source, payload):
    data = {"text/plain": "a line", _session.MIME: payload}
    outputs = [{"output_type": "display_data", "data": data, "metadata": {}}]
    return {
        "cell_type": "code",
        "source": source.splitlines(keepends=True),
        "outputs": outputs if payload else [],
    }


def grades_of(result, student):
    return result.grades.set_index("student").loc[student]


@pytest.fixture
def classroom(tmp_path):
    folder = tmp_path / "submissions 提交"
    wrong = RIGHT | {"00.q1": Attempts([0.31, 0.4746]), "00.q4": 0.6}
    submit(folder / "complete", "a1", RIGHT)
    submit(folder / "lost", "b2", wrong | {"00.q2": [640, 160]}, language="zh")
    submit(folder / "lazy", "c3", {"00.q1": 47.46}, kinds=("ipynb",))
    submit(folder / "cleared", "d4", RIGHT, cleared=True, kinds=("ipynb",))
    return folder


def test_a_class_is_graded(classroom, marking, tmp_path):
    result = exercises.grade(classroom, marking=marking)
    complete, lost = grades_of(result, "a1"), grades_of(result, "b2")
    assert (complete["practice"], complete["practice_of"]) == (3, 3)
    # The text waits for a person: 2 + 1 of 2 + 1 + 4.
    assert (complete["graded"], complete["graded_of"]) == (3, 7)
    assert complete["status"] == "awaiting marking"
    assert (lost["practice"], lost["graded"]) == (2, 1)
    lazy, cleared = grades_of(result, "c3"), grades_of(result, "d4")
    assert (lazy["status"], lazy["practice"]) == ("marked", 0)
    assert cleared["status"] == "ask for a re-run"
    assert pd.isna(cleared["practice"])
    assert str(result).startswith(
        "students: 4 (ask for a re-run 1, awaiting marking 2, marked 1)"
    )
    assert str(result).endswith("submissions 提交_00_marked")
    out = tmp_path / "submissions 提交_00_marked"
    assert (out / "grades.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    page = (out / "feedback" / "00_b2.html").read_text(encoding="utf-8")
    assert "提示ends" in page
    assert "提示sign" in page
    assert "hint" not in page


def test_item_analysis_is_by_first_attempts(classroom, marking):
    items = exercises.grade(classroom, marking=marking).items.set_index("question")
    first = items.loc["00.q1"]
    # Firsts: right, households, percent; lasts: right, right, percent.
    assert first["students"] == 3
    assert first["first_right"] == pytest.approx(1 / 3)
    assert first["last_right"] == pytest.approx(2 / 3)
    assert first["attempts"] == pytest.approx(4 / 3)
    assert first["commonest_first_mistake"] == "households"
    # Points of q4 are 2, 0, 0; of the rest without the unmarked text 4, 3, 0.
    by_hand = np.corrcoef([2, 0, 0], [4, 3, 0])[0, 1]
    assert items.loc["00.q4", "discrimination"] == pytest.approx(by_hand)
    assert pd.isna(items.loc["00.q6", "discrimination"])


def test_mistakes_are_counted(classroom, marking):
    table = exercises.grade(classroom, marking=marking).misconceptions
    found = table.set_index(["question", "mistake"])["students"].to_dict()
    assert found == {
        ("00.q1", "households"): 1,
        ("00.q1", "percent"): 1,
        ("00.q2", "ends"): 1,
        ("00.q4", "sign"): 1,
    }


def test_verdicts_in_a_file_are_not_believed(tmp_path, marking):
    submit(tmp_path / "in", "a1", {"00.q1": 0.31}, kinds=("json",))
    path = tmp_path / "in" / "00_a1.answers.json"
    path.write_text(
        path.read_text(encoding="utf-8").replace("claimed", "right"), encoding="utf-8"
    )
    result = exercises.grade(tmp_path / "in", marking=marking)
    assert grades_of(result, "a1")["00.q1"] == 0


def test_texts_are_marked_by_hand_and_merged(classroom, marking, tmp_path):
    out = tmp_path / "out"
    exercises.grade(classroom, marking=marking, out=out)
    texts = pd.read_csv(out / "marking.csv", encoding="utf-8-sig", dtype=str)
    assert texts["student"].tolist() == ["a1", "b2"]
    assert texts["rubric"].tolist() == ["the rubric"] * 2
    texts["points"] = ["3,5", "9"]
    texts["comment"] = ["写得好", ""]
    # As a Chinese Windows saves it, with the separator of a German one.
    texts.to_csv(out / "marking.csv", index=False, sep=";", encoding="gb18030")
    result = exercises.grade(classroom, marking=marking, out=out, overwrite=True)
    marked, waiting = grades_of(result, "a1"), grades_of(result, "b2")
    assert (marked["status"], marked["00.q6"]) == ("marked", 3.5)
    assert waiting["status"] == "awaiting marking"
    assert "'9' are not a number from 0 to 4" in " ".join(result.problems["problem"])
    page = (out / "feedback" / "00_a1.html").read_text(encoding="utf-8")
    assert "写得好" in page
    again = pd.read_csv(out / "marking.csv", encoding="utf-8-sig", dtype=str)
    assert again["points"].tolist() == ["3,5", "9"]


def test_marks_typed_for_an_older_text_are_kept_but_not_given(
    classroom, marking, tmp_path
):
    out = tmp_path / "out"
    exercises.grade(classroom, marking=marking, out=out)
    texts = pd.read_csv(out / "marking.csv", encoding="utf-8-sig", dtype=str)
    texts["points"] = "4"
    texts.to_csv(out / "marking.csv", index=False, encoding="utf-8-sig")
    submit(classroom / "complete", "a1", RIGHT | {"00.q6": "A new text of five words."})
    result = exercises.grade(classroom, marking=marking, out=out, overwrite=True)
    assert grades_of(result, "a1")["status"] == "awaiting marking"
    assert grades_of(result, "b2")["status"] == "marked"
    again = pd.read_csv(out / "marking.csv", encoding="utf-8-sig", dtype=str)
    assert len(again) == 3


def test_nothing_is_overwritten_unasked(classroom, marking, tmp_path):
    exercises.grade(classroom, marking=marking, out=tmp_path / "out")
    with pytest.raises(FileExistsError, match="overwrite=True"):
        exercises.grade(classroom, marking=marking, out=tmp_path / "out")


def test_a_spreadsheet_computes_nothing(tmp_path, marking):
    text = "=HYPERLINK(1) and four more words here"
    submit(tmp_path / "in", "a1", {"00.q6": text})
    exercises.grade(tmp_path / "in", marking=marking, out=tmp_path / "out")
    written = (tmp_path / "out" / "marking.csv").read_text(encoding="utf-8-sig")
    assert ",'=HYPERLINK" in written
    page = (tmp_path / "out" / "feedback" / "00_a1.html").read_text(encoding="utf-8")
    assert "<script" not in page


def test_feedback_escapes_what_students_write(tmp_path, marking):
    submit(tmp_path / "in", "<script>x", {"00.q1": 0.31}, kinds=("json",))
    exercises.grade(tmp_path / "in", marking=marking, out=tmp_path / "out")
    (page,) = (tmp_path / "out" / "feedback").iterdir()
    assert "<script" not in page.read_text(encoding="utf-8")


# --- copying, duplicates, differences ------------------------------------------------


def test_stubs_with_answers_and_equal_code_are_listed_not_punished(tmp_path, marking):
    long = "q2 = [320, 80]  # mine\n" + "\n".join(f"step_{i} = {i}" for i in range(12))
    renamed = long.replace("# mine", "# my own idea").replace(" = ", "=")
    sources = {"00.q1": STUBS["q1"], "00.q2": long}
    submit(tmp_path / "in", "a1", RIGHT, sources=sources)
    submit(
        tmp_path / "in", "b2", RIGHT, sources={"00.q1": "q1 = 1 - 2", "00.q2": renamed}
    )
    result = exercises.grade(tmp_path / "in", marking=marking)
    flags = {(f.student, f.question, f.flag) for f in result.flags.itertuples()}
    assert flags == {
        ("a1", "00.q1", "an answer, but the cell is the stub"),
        ("a1", "00.q2", "same code as b2"),
        ("b2", "00.q2", "same code as a1"),
        ("a1", "00.q6", "same text as b2"),
        ("b2", "00.q6", "same text as a1"),
    }
    assert grades_of(result, "a1")["practice"] == 3


def test_outputs_of_somebody_else_are_reported(tmp_path, marking):
    submit(tmp_path / "in", "a1", RIGHT, kinds=("ipynb",))
    path = tmp_path / "in" / "a1.ipynb"
    path.write_text(
        path.read_text(encoding="utf-8").replace('student = \\"a1', 'student = \\"z9'),
        encoding="utf-8",
    )
    result = exercises.grade(tmp_path / "in", marking=marking)
    assert result.grades["student"].tolist() == ["z9"]
    assert "another student number: a1" in result.problems["problem"][0]


def test_the_file_counts_and_differences_are_listed(tmp_path, marking):
    submit(tmp_path / "in", "a1", RIGHT, kinds=("json",))
    submit(tmp_path / "in", "a1", RIGHT | {"00.q1": 0.31}, kinds=("ipynb",))
    result = exercises.grade(tmp_path / "in", marking=marking)
    assert grades_of(result, "a1")["00.q1"] == 1
    assert "notebook and file differ in 00.q1" in result.problems["problem"][0]


@pytest.mark.parametrize(("keep", "points"), [("last", 0), ("best", 1)])
def test_two_versions_of_one_student(tmp_path, marking, keep, points):
    later = {"00.q1": Attempts([0.4746, 0.31])}
    submit(tmp_path / "in" / "1", "a1", {"00.q1": 0.4746}, kinds=("json",))
    submit(tmp_path / "in" / "2", " A1", later, kinds=("json",))
    result = exercises.grade(tmp_path / "in", marking=marking, keep=keep)
    assert len(result.grades) == 1
    assert grades_of(result, "a1")["00.q1"] == points
    assert "two versions differ in 00.q1" in result.problems["problem"][0]


def test_a_variant_that_is_not_known_is_not_a_zero(tmp_path, marking):
    submit(tmp_path / "in", "a1", RIGHT, variant="v17")
    result = exercises.grade(tmp_path / "in", marking=marking)
    assert grades_of(result, "a1")["status"] == "unknown variant"
    assert pd.isna(grades_of(result, "a1")["graded"])
    assert "variant 'v17' is not in the marking file" in " ".join(
        result.problems["problem"]
    )


def test_two_people_without_a_number_stay_two(tmp_path, marking):
    submit(tmp_path / "in" / "x", "", {"00.q1": 0.4746}, kinds=("ipynb",))
    submit(tmp_path / "in" / "y", "", {"00.q1": 0.31}, kinds=("ipynb",))
    result = exercises.grade(tmp_path / "in", marking=marking)
    assert result.grades["student"].tolist() == [
        "unnamed: x/unnamed.ipynb",
        "unnamed: y/unnamed.ipynb",
    ]
    assert result.grades["00.q1"].tolist() == [1, 0]


# --- files that are broken or hostile ------------------------------------------------

_HEAD = '{"exercise": "00", "student": "h", "variant": "public", "questions": '
BROKEN = {
    "cut.ipynb": '{"cells": [{"cell_type": "code", "sour',
    "empty.ipynb": "",
    "list.ipynb": "[]",
    "no_cells.ipynb": "{}",
    "strange.ipynb": '{"cells": [1, {"cell_type": "code", "source": {}}]}',
    "other.ipynb": '{"cells": [{"cell_type": "code", "source": "print(1)"}]}',
    "deep.answers.json": "[" * 200_000,
    "binary.answers.json": b"\xff\xfe\x00\x01",
    "number.answers.json": "1",
    "form.answers.json": '{"exercise": 4, "questions": []}',
    "huge_number.answers.json": _HEAD + "1" * 10_000 + "}",
    "essay.docx": "words",
    "all.zip": "PK",
}


def test_broken_files_are_reported_and_the_rest_is_graded(
    classroom, marking, monkeypatch
):
    monkeypatch.setattr(_submissions, "MOST_BYTES", 1_000_000)
    for name, content in BROKEN.items():
        raw = content if isinstance(content, bytes) else content.encode("utf-8")
        (classroom / name).write_bytes(raw)
    submit(classroom / "large", "e5", RIGHT, kinds=("json",))
    with open(classroom / "large" / "00_e5.answers.json", "ab") as file:
        file.write(b" " * 1_000_000)
    (classroom / ".DS_Store").write_bytes(b"x")
    (classroom / "__MACOSX").mkdir()
    (classroom / "__MACOSX" / "._a.ipynb").write_bytes(b"x")
    result = exercises.grade(classroom, marking=marking)
    assert len(result.grades) == 4
    reported = set(result.problems["file"])
    assert reported >= {*BROKEN, "large/00_e5.answers.json"}
    assert not any("MACOSX" in name or "DS_Store" in name for name in reported)


def pack(path, files):
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)


def test_a_folder_handed_in_as_an_archive(classroom, marking, tmp_path):
    submit(tmp_path / "desk", "e5", RIGHT)
    files = {f"作业/{p.name}": p.read_bytes() for p in (tmp_path / "desk").iterdir()}
    files |= {"作业/README.txt": "x", "__MACOSX/._a.ipynb": "x", "作业/photo.jpg": "x"}
    pack(classroom / "e5" / "作业.ZIP", files | {"作业/cut.ipynb": '{"cells": ['})
    result = exercises.grade(classroom, marking=marking)
    row = grades_of(result, "e5")
    assert (row["practice"], row["graded"]) == (3, 3)
    assert row["file"] == "e5/作业.ZIP/作业/00_e5.answers.json"
    problems = result.problems.set_index("file")["problem"]
    assert "not valid JSON" in problems["e5/作业.ZIP/作业/cut.ipynb"]
    assert "neither a notebook" in problems["e5/作业.ZIP/作业/photo.jpg"]
    assert len(problems) == 3  # with the cleared notebook of d4
    assert not list(classroom.rglob("00_e5*"))


def test_hostile_archives_are_reported(classroom, marking, tmp_path, monkeypatch):
    monkeypatch.setattr(_submissions, "MOST_BYTES", 100_000)
    submit(tmp_path / "desk", "e5", RIGHT, kinds=("json",))
    good = (tmp_path / "desk" / "00_e5.answers.json").read_bytes()
    pack(classroom / "bomb.zip", {"a.answers.json": b"[" + b" " * 10_000_000})
    many = {f"{i}.answers.json": b" " * 40_000 for i in range(5)}
    pack(classroom / "together.zip", many)
    pack(classroom / "count.zip", {f"{i}.json": "" for i in range(101)})
    pack(classroom / "nested.zip", {"inner.zip": "PK", "../../up.answers.json": good})
    pack(classroom / "locked.zip", {"a.answers.json": good})
    locked = bytearray((classroom / "locked.zip").read_bytes())
    for head, place in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        locked[locked.index(head) + place] |= 1
    (classroom / "locked.zip").write_bytes(locked)
    pack(classroom / "lying.zip", {"a.answers.json": b" " * 150_000})
    lying = (classroom / "lying.zip").read_bytes()
    size = (150_000).to_bytes(4, "little")
    (classroom / "lying.zip").write_bytes(
        lying.replace(size, (9).to_bytes(4, "little"))
    )
    result = exercises.grade(classroom, marking=marking)
    problems = result.problems.groupby("file")["problem"].agg(" ".join)
    assert "MB is more than" in problems["bomb.zip/a.answers.json"]
    assert "101 files in one archive; unpack it first" in problems["count.zip"]
    assert "unpack it first" in problems["nested.zip/inner.zip"]
    assert "broken or locked archive" in problems["locked.zip"]
    assert any(name.startswith("lying.zip") for name in problems.index)
    # Two of the five fit into what one submission may be.
    together = problems[problems.index.str.startswith("together.zip")]
    assert together.str.contains("MB is more than").sum() == 3
    # A name that leads out of the archive is only a name.
    assert grades_of(result, "e5")["practice"] == 3
    assert not list(tmp_path.rglob("up.answers.json"))


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege on Windows")
def test_links_are_not_followed(classroom, marking, tmp_path):
    secret = tmp_path / "secret.answers.json"
    submit(tmp_path / "elsewhere", "s", RIGHT, kinds=("json",))
    (tmp_path / "elsewhere" / "00_s.answers.json").rename(secret)
    (classroom / "link.answers.json").symlink_to(secret)
    result = exercises.grade(classroom, marking=marking)
    assert "s" not in set(result.grades["student"])
    assert "link.answers.json" in set(result.problems["file"])


@pytest.mark.parametrize(
    "answer",
    [
        "[NaN]",
        "[Infinity]",
        "[true]",
        '["0.4746"]',
        "[[0.4746]]",
        "0.4746",
        "[1e999]",
        "[" + "9" * 400 + "]",
        "[" + ",".join(["0.4746"] * 100) + "]",
        "{}",
        "[]",
    ],
)
def test_hostile_answers_earn_nothing(tmp_path, marking, answer):
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "h.answers.json").write_text(
        _HEAD
        + '{"00.q1": {"attempts": [{"answer": '
        + answer
        + ', "verdict": "right"}]}, "00.q2": {"attempts": 7}, "x": 1}}',
        encoding="utf-8",
    )
    result = exercises.grade(folder, marking=marking)
    assert grades_of(result, "h")["status"] == "nothing answered"
    assert "00.q1: an unreadable answer was left out" in set(result.problems["problem"])


def test_a_list_for_a_letter_and_a_letter_for_a_list(tmp_path, marking):
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "h.answers.json").write_text(
        _HEAD + '{"00.q1": {"attempts": [{"answer": "0.4746"}]},'
        '"00.q5": {"attempts": [{"answer": [1]}]},'
        '"00.q6": {"attempts": [{"answer": [1]}]}}}',
        encoding="utf-8",
    )
    result = exercises.grade(folder, marking=marking)
    assert grades_of(result, "h")["graded"] == 0


def test_other_exercises_are_reported(classroom, marking):
    (classroom / "07.answers.json").write_text(
        '{"exercise": "07", "student": "a", "questions": {}}', encoding="utf-8"
    )
    result = exercises.grade(classroom, marking=marking)
    assert "not graded: exercise '07'" in set(result.problems["problem"])


def test_what_grade_refuses(classroom, marking, tmp_path):
    with pytest.raises(FileNotFoundError, match="no folder"):
        exercises.grade(tmp_path / "nowhere", marking=marking)
    with pytest.raises(FileNotFoundError, match="no marking file"):
        exercises.grade(classroom, marking=tmp_path / "nothing.json")
    with pytest.raises(ValueError, match="is not a marking file"):
        exercises.grade(classroom, marking=next(classroom.rglob("*.answers.json")))
    with pytest.raises(ValueError, match="keep= must be one of"):
        exercises.grade(classroom, marking=marking, keep="first")
    with pytest.raises(ValueError, match="inside the folder of submissions"):
        exercises.grade(classroom, marking=marking, out=classroom / "out")
    (tmp_path / "empty").mkdir()
    with pytest.raises(ValueError, match="no submission of exercise 00"):
        exercises.grade(tmp_path / "empty", marking=marking)


def test_results_do_not_depend_on_the_order_of_files(classroom, marking, tmp_path):
    first = exercises.grade(classroom, marking=marking, out=tmp_path / "1")
    for number, folder in enumerate(sorted(classroom.iterdir(), reverse=True)):
        folder.rename(classroom / f"{number}_renamed")
    second = exercises.grade(classroom, marking=marking, out=tmp_path / "2")
    pd.testing.assert_frame_equal(
        first.grades.drop(columns="file"), second.grades.drop(columns="file")
    )
    pd.testing.assert_frame_equal(first.items, second.items)


def test_three_hundred_submissions_take_seconds(tmp_path, marking):
    for number in range(300):
        submit(tmp_path / "in" / str(number), f"s{number:03}", RIGHT)
    started = time.perf_counter()
    result = exercises.grade(tmp_path / "in", marking=marking)
    assert len(result.grades) == 300
    assert time.perf_counter() - started < 30
