"""Exercise 04: a mock class that hands it in."""

import copy
import json
import shutil
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

from govlib import exercises
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
