"""Every exercise: its files, its checks, and a student's work in a kernel."""

import json
import os
import re
import shutil
import tomllib
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import SimpleNamespace

import pytest

from govlib import _notebooks, exercises
from govlib.exercises import making

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "exercises"
STEMS = sorted(path.stem for path in (FOLDER / "source").glob("[0-9]*.py"))
TEXT = (
    "This text is as long as a student's answer has to be, and says nothing: nobody "
    "but a lecturer can mark a text, so what is tested here is only that it is taken, "
    "counted, kept and shown as waiting for marking. Forty words are asked for."
)


def _load(path):
    spec = spec_from_file_location(path.stem, path)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


build = _load(FOLDER / "build.py")


@cache
def _exercise(stem):
    """Return an exercise with its public variant and the right answers to it."""
    source = build.load(FOLDER / "source" / f"{stem}.py")
    parameters = source.variant(source.PUBLIC_SEED)
    data = source.data(parameters)
    questions = {question.name: question for question in source.QUESTIONS}
    return SimpleNamespace(
        stem=stem,
        source=source,
        parameters=parameters,
        questions=questions,
        right={
            name: question.reference(data) if question.reference else TEXT
            for name, question in questions.items()
        },
        practice=sum(q.points for q in questions.values() if not q.graded),
        graded=sum(q.points for q in questions.values() if q.graded),
        texts=sum(q.points for q in questions.values() if not q.reference),
    )


@pytest.fixture(params=STEMS)
def exercise(request):
    return _exercise(request.param)


def _read(path):
    return path.read_text(encoding="utf-8")


def _alike(first, second):
    """Compare JSON; numbers to nine digits, as other machines add up differently."""
    if isinstance(first, dict) and isinstance(second, dict):
        return first.keys() == second.keys() and all(
            _alike(first[key], second[key]) for key in first
        )
    if isinstance(first, list) and isinstance(second, list):
        return len(first) == len(second) and all(map(_alike, first, second))
    if isinstance(first, float) and isinstance(second, float):
        return first == pytest.approx(second, rel=1e-9, abs=1e-12)
    return first == second


def _marking(exercise):
    return FOLDER / "solutions" / f"{exercise.stem}.marking.json"


# --- files ---------------------------------------------------------------------------


def test_the_public_variant_has_clear_answers(exercise):
    assert making.screen(exercise.source, exercise.parameters) == []


def test_files_are_what_the_source_says(exercise):
    for path, content in build.outputs(exercise.source).items():
        stored, expected = json.loads(_read(path)), json.loads(content)
        if path.suffix == ".ipynb":
            for cell in stored["cells"]:
                if cell["cell_type"] == "code":
                    # The solution's outputs are compared by running it.
                    cell |= {"execution_count": None, "outputs": []}
        assert _alike(stored, expected), (
            f"{path.name} is stale: run python exercises/build.py"
        )


def test_the_students_notebook_holds_no_output(exercise):
    book = json.loads(_read(FOLDER / f"{exercise.stem}.ipynb"))
    code = [cell for cell in book["cells"] if cell["cell_type"] == "code"]
    assert all(not c["outputs"] and c["execution_count"] is None for c in code)
    assert book["metadata"]["kernelspec"]["name"] == "python3"
    source = "".join(line for cell in code for line in cell["source"])
    checks = re.findall(r'check\("(\d\d\.q\d)"', source)
    assert checks == list(exercise.questions)


def test_the_students_folder_gives_no_graded_answer_away(exercise):
    texts = [
        _read(FOLDER / f"{exercise.stem}{end}") for end in (".ipynb", ".keys.json")
    ]
    sheet = json.loads(texts[1])["questions"]
    for name, question in exercise.questions.items():
        assert question.solution.strip() not in texts[0]
        if not question.graded:
            continue
        assert set(sheet[name]) == {"graded", "form"}
        for misconception in question.misconceptions:
            assert misconception.hint_en not in "".join(texts)
            assert f'"{misconception.name}"' not in json.dumps(sheet[name])
        if question.reference:
            plain = making.reduced(question, exercise.parameters, exercise.right[name])
            for number in plain:
                assert not any(f"{abs(number):.3f}" in text for text in texts)


def test_no_practice_answer_stands_in_the_keys(exercise):
    sheet = json.loads(_read(FOLDER / f"{exercise.stem}.keys.json"))["questions"]
    for name, question in exercise.questions.items():
        if question.reference and not question.graded:
            # Its form says what may be answered; a hash is no number.
            told = [
                number
                for item in (sheet[name], *sheet[name]["misconceptions"])
                for part in ("offset", "step")
                for number in item["key"][part]
            ]
            assert told
            for number in making.reduced(
                question, exercise.parameters, exercise.right[name]
            ):
                assert f"{number:.6g}" not in [f"{known:.6g}" for known in told]
                # Three digits or more would hardly stand in a hint by chance.
                if len(f"{number:.6g}".lstrip("-0.")) > 2:
                    words = re.findall(r"[-\d.]+", json.dumps(sheet[name]))
                    assert f"{number:.6g}" not in words


def test_the_exercise_is_the_chapters(exercise):
    with open(ROOT / "notebooks" / "course.toml", "rb") as file:
        chapters = tomllib.load(file)["chapter"]
    chapter = next(c for c in chapters if c["number"] == exercise.source.NUMBER)
    for name in ("SLUG", "TITLE_EN", "TITLE_ZH"):
        assert getattr(exercise.source, name) == chapter[name.lower()]
    assert 5 <= len(exercise.questions) <= 8
    assert sum(q.graded for q in exercise.questions.values()) >= 2


def test_questions_are_complete(exercise):
    for question in exercise.questions.values():
        _is_complete(question)


def _is_complete(question):
    assert question.explanation
    assert bool(question.why_tolerance) == bool(question.tolerance)
    assert bool(question.rubric) == (question.reference is None)
    for chinese in (question.text_zh, *(m.hint_zh for m in question.misconceptions)):
        assert re.search("[\u4e00-\u9fff]", chinese)
    wrong = [misconception.name for misconception in question.misconceptions]
    assert len(set(wrong)) == len(wrong)
    assert len(wrong) >= 3 or question.reference is None


# --- checks --------------------------------------------------------------------------


def test_checks_take_right_and_wrong_answers_for_what_they_are(exercise):
    """The public variant and another; --readme does the same for twenty."""
    table = build.measure(exercise.source, build.variants(exercise.source, 2))
    failed = table[~table["as_expected"]]
    assert failed.empty, failed.to_string()
    assert table["variant"].nunique() == 2


def test_the_stored_kill_rate_is_complete(exercise):
    rest = _read(FOLDER / "README.md").partition(build.MARKS[0])[2]
    rows = re.findall(
        rf"\| ({exercise.stem[:2]}\.q\d) \| (\d+) \| \d+ \| (\d+)% \| \d+ \| (\d+)% \|",
        rest,
    )
    tried = [
        name for name, question in exercise.questions.items() if question.reference
    ]
    assert rows == [(name, "8", "100", "100") for name in tried]


def test_the_worked_solution_earns_full_marks(exercise, tmp_path):
    """Its way and the reference's are different; each number is found twice."""
    (tmp_path / "in").mkdir()
    shutil.copy(FOLDER / "solutions" / f"{exercise.stem}.ipynb", tmp_path / "in")
    (row,) = exercises.grade(
        tmp_path / "in", marking=_marking(exercise)
    ).grades.itertuples()
    assert row.practice == row.practice_of == exercise.practice
    # Texts wait for a person.
    assert row.graded == exercise.graded - exercise.texts
    assert row.graded_of == exercise.graded
    assert bool(row.awaiting) == bool(exercise.texts)


# --- in a kernel ---------------------------------------------------------------------


def _run(exercise, book, folder):
    shutil.copy(FOLDER / f"{exercise.stem}.keys.json", folder)
    return _notebooks.execute(
        book, folder, executed=lambda: None, environment=dict(os.environ)
    )


def _lines(book):
    return [
        output["data"]["text/plain"]
        for cell in book.cells
        for output in cell.get("outputs", [])
        if output["output_type"] == "display_data"
    ]


def test_run_all_reaches_the_end_of_an_untouched_notebook(exercise, tmp_path):
    book = _notebooks.read(FOLDER / f"{exercise.stem}.ipynb")
    assert _run(exercise, book, tmp_path) is None
    lines = _lines(book)
    assert sum("not answered yet" in line for line in lines) == len(exercise.questions)
    assert "put your student number into the first cell" in lines[-1]
    assert not list(tmp_path.glob("*.answers.json"))


def test_a_students_work_comes_through_notebook_and_file(exercise, tmp_path):
    """What a real kernel stores in outputs is what grading reads."""
    book, number = _notebooks.read(FOLDER / f"{exercise.stem}.ipynb"), exercise.stem[:2]
    for cell in book.cells:
        question = exercise.questions.get(f"{number}.{cell.id}")
        if question:
            cell.source = making.cell(question, question.solution)
        cell.source = cell.source.replace('student = ""', 'student = "０17"')
        cell.source = cell.source.replace('language = "en"', 'language = "zh"')
    work = tmp_path / "in"
    work.mkdir()
    assert _run(exercise, book, work) is None
    assert f"{number}.q1: 正确。" in _lines(book)
    _notebooks.write(book, work / f"{exercise.stem}.ipynb")
    assert (work / f"{number}_017.answers.json").exists()
    result = exercises.grade(work, marking=_marking(exercise))
    (row,) = result.grades.itertuples()
    assert (row.student, row.practice) == ("017", exercise.practice)
    assert row.graded == exercise.graded - exercise.texts
    # A notebook and its file that say the same need nobody's attention.
    assert result.problems.empty
