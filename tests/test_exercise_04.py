"""Exercise 04: its files, its checks, and a mock class that hands it in."""

import copy
import json
import os
import re
import shutil
import tomllib
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

from govlib import _notebooks, exercises
from govlib.exercises import _session, making

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "exercises"
STEM = "04_cohesion"


def _load(path):
    spec = spec_from_file_location(path.stem, path)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


build = _load(FOLDER / "build.py")
EXERCISE = build.load(FOLDER / "source" / f"{STEM}.py")
PARAMETERS = EXERCISE.variant(EXERCISE.PUBLIC_SEED)
DATA = EXERCISE.data(PARAMETERS)
QUESTIONS = {question.name: question for question in EXERCISE.QUESTIONS}
MARKING = FOLDER / "solutions" / f"{STEM}.marking.json"
TEXT = (
    "Shuffling within buildings is the right comparison, because people choose only "
    "among those they meet. Zero ignores group size, and shuffling among all residents "
    "ignores who lives where. A difference remains, but age or tenure may explain it. "
    "Belonging is not shown by ties."
)
RIGHT = {
    name: question.reference(DATA) if question.reference else TEXT
    for name, question in QUESTIONS.items()
}


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


# --- files ---------------------------------------------------------------------------


def test_the_public_variant_has_clear_answers():
    assert making.screen(EXERCISE, PARAMETERS) == []


def test_files_are_what_the_source_says():
    for path, content in build.outputs(EXERCISE).items():
        stored, expected = json.loads(_read(path)), json.loads(content)
        if path.suffix == ".ipynb":
            for cell in stored["cells"]:
                if cell["cell_type"] == "code":
                    # The solution's outputs are compared by running it.
                    cell |= {"execution_count": None, "outputs": []}
        assert _alike(stored, expected), (
            f"{path.name} is stale: run python exercises/build.py 04"
        )


def test_the_students_notebook_holds_no_output():
    book = json.loads(_read(FOLDER / f"{STEM}.ipynb"))
    code = [cell for cell in book["cells"] if cell["cell_type"] == "code"]
    assert all(not c["outputs"] and c["execution_count"] is None for c in code)
    assert book["metadata"]["kernelspec"]["name"] == "python3"
    source = "".join(line for cell in code for line in cell["source"])
    checks = re.findall(r'check\("(04\.q\d)"', source)
    assert checks == list(QUESTIONS)


def test_the_students_folder_gives_no_graded_answer_away():
    texts = [_read(FOLDER / f"{STEM}{end}") for end in (".ipynb", ".keys.json")]
    sheet = json.loads(texts[1])["questions"]
    for name, question in QUESTIONS.items():
        assert question.solution.strip() not in texts[0]
        if not question.graded:
            continue
        assert set(sheet[name]) == {"graded", "form"}
        for misconception in question.misconceptions:
            assert misconception.hint_en not in "".join(texts)
            assert f'"{misconception.name}"' not in json.dumps(sheet[name])
        if question.reference:
            plain = making.reduced(question, PARAMETERS, RIGHT[name])
            for number in plain:
                assert not any(f"{abs(number):.3f}" in text for text in texts)


def test_no_practice_answer_stands_in_the_keys():
    text = _read(FOLDER / f"{STEM}.keys.json")
    for name, question in QUESTIONS.items():
        if question.reference and not question.graded:
            for number in making.reduced(question, PARAMETERS, RIGHT[name]):
                assert f"{number:.6g}" not in re.findall(r"[-\d.e]+", text)


def test_the_exercise_is_the_chapters():
    with open(ROOT / "notebooks" / "course.toml", "rb") as file:
        chapters = tomllib.load(file)["chapter"]
    chapter = next(c for c in chapters if c["number"] == EXERCISE.NUMBER)
    for name in ("SLUG", "TITLE_EN", "TITLE_ZH"):
        assert getattr(EXERCISE, name) == chapter[name.lower()]
    assert 5 <= len(EXERCISE.QUESTIONS) <= 8
    assert sum(question.graded for question in EXERCISE.QUESTIONS) >= 2


@pytest.mark.parametrize("name", QUESTIONS)
def test_questions_are_complete(name):
    question = QUESTIONS[name]
    assert question.explanation
    assert bool(question.why_tolerance) == bool(question.tolerance)
    assert bool(question.rubric) == (question.reference is None)
    for chinese in (question.text_zh, *(m.hint_zh for m in question.misconceptions)):
        assert re.search("[\u4e00-\u9fff]", chinese)
    wrong = [misconception.name for misconception in question.misconceptions]
    assert len(set(wrong)) == len(wrong)
    assert len(wrong) >= 3 or question.reference is None


# --- checks --------------------------------------------------------------------------


def test_checks_take_right_and_wrong_answers_for_what_they_are():
    """The public variant and another; --readme does the same for twenty."""
    table = build.measure(EXERCISE, build.variants(EXERCISE, 2))
    failed = table[~table["as_expected"]]
    assert failed.empty, failed.to_string()
    assert table["variant"].nunique() == 2


def test_the_stored_kill_rate_is_complete():
    rest = _read(FOLDER / "README.md").partition(build.MARKS[0])[2]
    rows = re.findall(
        r"\| (04\.q\d) \| (\d+) \| \d+ \| (\d+)% \| \d+ \| (\d+)% \|", rest
    )
    tried = [name for name, question in QUESTIONS.items() if question.reference]
    assert rows == [(name, "20", "100", "100") for name in tried]


def test_the_worked_solution_earns_full_marks(tmp_path):
    """Its way and the reference's are different; each number is found twice."""
    (tmp_path / "in").mkdir()
    shutil.copy(FOLDER / "solutions" / f"{STEM}.ipynb", tmp_path / "in")
    (row,) = exercises.grade(tmp_path / "in", marking=MARKING).grades.itertuples()
    assert (row.practice, row.practice_of) == (5, 5)
    # The text is worth 4 of 8 and waits for a person.
    assert (row.graded, row.graded_of, row.awaiting) == (4, 8, 1)


# --- in a kernel ---------------------------------------------------------------------


def _run(book, folder):
    shutil.copy(FOLDER / f"{STEM}.keys.json", folder)
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


def test_run_all_reaches_the_end_of_an_untouched_notebook(tmp_path):
    book = _notebooks.read(FOLDER / f"{STEM}.ipynb")
    assert _run(book, tmp_path) is None
    lines = _lines(book)
    assert sum("not answered yet" in line for line in lines) == len(QUESTIONS)
    assert "put your student number into the first cell" in lines[-1]
    assert not list(tmp_path.glob("*.answers.json"))


def test_a_students_work_comes_through_notebook_and_file(tmp_path):
    """What a real kernel stores in outputs is what grading reads."""
    book = _notebooks.read(FOLDER / f"{STEM}.ipynb")
    for cell in book.cells:
        name = f"04.{cell.id}"
        if name in QUESTIONS:
            cell.source = making.cell(QUESTIONS[name], QUESTIONS[name].solution)
        cell.source = cell.source.replace('student = ""', 'student = "０17"')
        cell.source = cell.source.replace('language = "en"', 'language = "zh"')
    work = tmp_path / "in"
    work.mkdir()
    assert _run(book, work) is None
    assert "04.q1: 正确。" in _lines(book)
    _notebooks.write(book, work / f"{STEM}.ipynb")
    assert (work / "04_017.answers.json").exists()
    result = exercises.grade(work, marking=MARKING)
    (row,) = result.grades.itertuples()
    assert (row.student, row.practice, row.graded) == ("017", 5, 4)
    assert result.problems["problem"].tolist() == [
        "same answers as 04_017.answers.json"
    ]


# --- a mock class --------------------------------------------------------------------


@pytest.fixture
def hand_in(tmp_path, monkeypatch):
    """Work through the notebook as a student does; return the folder handed in."""

    def work(student, answers, sources, *, language="en"):
        folder = tmp_path / "in" / student
        folder.mkdir(parents=True)
        shutil.copy(FOLDER / f"{STEM}.keys.json", folder)
        monkeypatch.chdir(folder)
        monkeypatch.setattr(_session, "_session", None)
        said = []
        monkeypatch.setattr(_session, "_say", lambda *line: said.append(line))
        book = json.loads(_read(FOLDER / f"{STEM}.ipynb"))
        cells = {cell["id"]: cell for cell in book["cells"]}
        first = "".join(cells["start"]["source"])
        cells["start"]["source"] = first.replace(
            'student = ""', f'student = "{student}"'
        )
        exercises.start("04", student=student, language=language)
        for name, tries in answers.items():
            for answer in tries:
                exercises.check(name, answer)
            cell = cells[name.partition(".")[2]]
            cell["source"] = sources.get(name, cell["source"])
            data = {"text/plain": said[-1][0], _session.MIME: said[-1][1]}
            cell["outputs"] = [{"output_type": "display_data", "data": data}]
        exercises.hand_in()
        path = folder / f"{STEM}.ipynb"
        path.write_text(json.dumps(book, ensure_ascii=False), encoding="utf-8")
        return folder

    return work


def _wrong(name):
    return QUESTIONS[name].misconceptions[0].wrong(DATA)


def test_a_mock_class(hand_in, tmp_path):
    own = {
        name: making.cell(question, question.solution)
        for name, question in QUESTIONS.items()
    }
    once = {name: [answer] for name, answer in RIGHT.items()}
    hand_in("complete", once, own)
    hand_in("lazy", {"04.q1": [0.5], "04.q3": [47.5]}, {})
    lost = {
        name: [_wrong(name)] if question.graded else [_wrong(name), RIGHT[name]]
        for name, question in QUESTIONS.items()
        if question.reference
    }
    hand_in("lost", lost, {}, language="zh")
    copied = tmp_path / "in" / "copying"
    copied.mkdir()
    book = _read(tmp_path / "in" / "complete" / f"{STEM}.ipynb")
    (copied / f"{STEM}.ipynb").write_text(
        book.replace('student = \\"complete\\"', 'student = \\"copying\\"'),
        encoding="utf-8",
    )
    broken = hand_in("broken", once, own)
    (broken / "04_broken.answers.json").unlink()
    cut = _read(broken / f"{STEM}.ipynb")[:-2000]
    (broken / f"{STEM}.ipynb").write_text(cut, encoding="utf-8")
    cleared = hand_in("cleared", once, own)
    (cleared / "04_cleared.answers.json").unlink()
    book = json.loads(_read(cleared / f"{STEM}.ipynb"))
    without = copy.deepcopy(book)
    for cell in without["cells"]:
        cell["outputs"] = []
    (cleared / f"{STEM}.ipynb").write_text(json.dumps(without), encoding="utf-8")

    result = exercises.grade(tmp_path / "in", marking=MARKING, out=tmp_path / "out")
    grades = result.grades.set_index("student")
    assert grades["status"].to_dict() == {
        "complete": "awaiting marking",
        "copying": "awaiting marking",
        "lazy": "marked",
        "lost": "marked",
        "cleared": "ask for a re-run",
    }
    points = grades[["practice", "graded"]].T.to_dict("list")
    assert points["complete"] == points["copying"] == [5, 4]
    assert points["lazy"] == [0, 0]
    # Right at the second try in practice; graded questions have one verdict, later.
    assert points["lost"] == [5, 0]
    problems = result.problems.set_index("file")["problem"].astype(str)
    assert "not valid JSON" in problems[f"broken/{STEM}.ipynb"]
    assert "another student number: complete" in problems[f"copying/{STEM}.ipynb"]
    flags = result.flags.set_index(["student", "question"])["flag"]
    assert flags["copying", "04.q5"] == "same code as cleared, complete"
    assert "the cell is the stub" in flags["lost", "04.q1"]
    items = result.items.set_index("question")
    assert items.loc["04.q5", "commonest_first_mistake"] == "sign-reversed"
    assert items.loc["04.q3", "commonest_first_mistake"] == "density-carried-over"
    lost_page = _read(tmp_path / "out" / "feedback" / "04_lost.html")
    assert QUESTIONS["04.q6"].misconceptions[0].hint_zh in lost_page
