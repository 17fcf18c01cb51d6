"""Exercise 11: references and the library check one another; a student hands in."""

import json
import shutil
from pathlib import Path

import pytest

from govlib import exercises
from govlib.exercises import _session, making

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "exercises"
STEM = "11_digital"
EXERCISE = making.load(FOLDER / "source" / f"{STEM}.py")
PARAMETERS = EXERCISE.variant(EXERCISE.PUBLIC_SEED)
DATA = EXERCISE.data(PARAMETERS)
QUESTIONS = {question.name: question for question in EXERCISE.QUESTIONS}
MARKING = FOLDER / "solutions" / f"{STEM}.marking.json"


@pytest.fixture(scope="module")
def worked():
    """Run the worked solutions on the public variant, as their notebook does."""
    names: dict = {"mine": PARAMETERS}
    imports = EXERCISE.IMPORTS.rpartition("from govlib.exercises")[0]
    exec(imports, names)
    exec(EXERCISE.DATA_CODE, names)
    for question in EXERCISE.QUESTIONS:
        exec(question.solution, names)
    return names


@pytest.mark.parametrize("name", [n for n, q in QUESTIONS.items() if q.reference])
def test_reference_and_worked_solution_agree(name, worked):
    """One with counts, products and an EM of its own; the other with `digital`."""
    reference = QUESTIONS[name].reference(DATA)
    answer = worked[name.partition(".")[2]]
    assert set(answer) == set(reference)
    for key, value in reference.items():
        assert answer[key] == pytest.approx(value, rel=1e-6), key


def test_a_student_goes_wrong_and_then_right(worked, tmp_path, monkeypatch):
    folder = tmp_path / "in" / "s1"
    folder.mkdir(parents=True)
    shutil.copy(FOLDER / f"{STEM}.keys.json", folder)
    monkeypatch.chdir(folder)
    monkeypatch.setattr(_session, "_session", None)
    said = []
    monkeypatch.setattr(_session, "_say", lambda *line: said.append(line))
    exercises.start("11", student="s1", language="en")
    for name, question in QUESTIONS.items():
        answer = worked[name.partition(".")[2]]
        if question.reference and not question.graded:
            mistake = question.misconceptions[0]
            exercises.check(name, mistake.wrong(DATA))
            assert mistake.hint_en in said[-1][0]
        exercises.check(name, answer)
        # A text recorded for marking by hand has no verdict yet.
        assert said[-1][0].endswith(": right.") == (not question.graded)
    exercises.hand_in()
    handed = json.loads((folder / "11_s1.answers.json").read_text(encoding="utf-8"))
    assert handed
    result = exercises.grade(tmp_path / "in", marking=MARKING, out=tmp_path / "out")
    row = result.grades.set_index("student").loc["s1"]
    assert (row["practice"], row["graded"]) == (5, 2)
    assert row["status"] == "awaiting marking"
