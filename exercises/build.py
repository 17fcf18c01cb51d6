"""
Write what students and lecturers use, from the one source of each exercise.

For each ``exercises/source/NN_slug.py``::

    exercises/NN_slug.ipynb                    the student's notebook
    exercises/NN_slug.keys.json                its sheet: forms, practice keys
    exercises/solutions/NN_slug.ipynb          the worked solution, executed
    exercises/solutions/NN_slug.marking.json   what the lecturer's command needs

Run ``python exercises/build.py`` after changing a source, the data or a measure, and
``python exercises/build.py --readme`` to measure the kill rate again.
"""

import argparse
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import joblib
import nbformat
import numpy as np
import pandas as pd

from govlib import _files, _notebooks
from govlib.exercises import _answers, _keys, _marks, making
from govlib.exercises.making import Question, load

HERE = Path(__file__).resolve().parent
PUBLIC = "public"
# Between these the README holds what --readme measured.
MARKS = ("<!-- kill rate -->", "<!-- end -->")

HOW_EN = """\
**How it works.** Each question has one cell. Replace `...` by your work and run the
cell: `check` tells you at once what it thinks. Do not round; if you must, give four
decimals. *Practice* questions say whether you are right, or which mistake your answer
looks like; try as often as you like. *Graded* questions are only checked for form and
recorded. In the last cell, `hand_in()` lists what is still missing and writes the one
file that you hand in. You may run all cells at any time: an open question stops
nothing."""
HOW_ZH = """\
**怎样做。** 每道题一个单元格。把 `...` 换成你的代码并运行：`check` 会马上回答。
请不要四舍五入；如需取舍，保留四位小数。
*练习题*会告诉你是否正确，或者你的答案像哪一种错误，可以反复尝试。
*计分题*只检查形式并记录。最后一个单元格的 `hand_in()` 会列出还没做的题，
并写出需要提交的那个文件。随时可以运行全部单元格，没做的题不会中断运行。"""
SECRECY = """\
The keys beside this notebook keep you from reading an answer by accident; they are not
secret. Passing every practice question is not yet full marks."""


def sources(numbers: list[str]) -> list[Path]:
    """Return the source files of the named exercises, or of all."""
    paths = sorted((HERE / "source").glob("[0-9][0-9]_*.py"))
    return [path for path in paths if not numbers or path.stem[:2] in numbers]


# --- notebooks -----------------------------------------------------------------------


def _notebook(cells: list[Any]) -> Any:
    book = nbformat.v4.new_notebook(cells=cells)
    book.metadata = {
        "kernelspec": _notebooks.KERNEL,
        "language_info": {"name": "python"},
    }
    return book


def _markdown(name: str, text: str) -> Any:
    return nbformat.v4.new_markdown_cell(text.strip(), id=name)


def _code(name: str, source: str) -> Any:
    return nbformat.v4.new_code_cell(source.strip(), id=name)


def _asked(question: Question) -> str:
    variable = question.name.partition(".")[2]
    kind, kind_zh = ("graded", "计分") if question.graded else ("practice", "练习")
    title = " · ".join(filter(None, (question.title, question.title_zh)))
    points = "1 point" if question.points == 1 else f"{question.points} points"
    return (
        f"## {variable}. {title}\n\n"
        f"*{kind} {kind_zh} · {points} · about {question.minutes} minutes*\n\n"
        f"{question.text_en.strip()}\n\n"
        f"> {question.text_zh.strip()}"
    )


def student_notebook(exercise: ModuleType) -> Any:
    """Return the notebook that a student opens: no outputs, no answers."""
    minutes = sum(question.minutes for question in exercise.QUESTIONS)
    number = exercise.NUMBER
    cells = [
        _markdown(
            "title",
            f"# Exercise {number}. {exercise.TITLE_EN}\n\n"
            f"{exercise.TITLE_ZH} · about {minutes} minutes\n\n"
            f"{exercise.INTRO_EN.strip()}\n\n{HOW_EN}\n\n{SECRECY}\n\n"
            f"{exercise.INTRO_ZH.strip()}\n\n{HOW_ZH}",
        ),
        _code(
            "start",
            f"{exercise.IMPORTS.strip()}\n\n"
            'student = ""  # your student number, in quotation marks 学号\n'
            "members = []  # the numbers of those who hand in with you 合作者学号\n"
            'language = "en"  # "zh" for hints in Chinese 中文提示\n\n'
            "mine = start(\n"
            f'    "{number}", student=student, members=members, language=language\n'
            ")\nmine",
        ),
        _markdown("data-text", exercise.DATA_TEXT),
        _code("data", exercise.DATA_CODE),
    ]
    for question in exercise.QUESTIONS:
        variable = question.name.partition(".")[2]
        # The text says mine["estate"] and names no place: the same notebook serves
        # every variant.
        cells.append(_markdown(f"{variable}-text", _asked(question)))
        cells.append(_code(variable, making.cell(question, question.stub)))
    cells += [
        _markdown(
            "hand-in-text",
            "## Hand in\n\nSave the notebook, then run this cell and hand in the file "
            "that it writes.\n\n"
            "> 提交：保存笔记本，运行下面的单元格，提交它写出的文件。",
        ),
        _code("hand-in", "hand_in()"),
    ]
    return _notebook(cells)


def solution_notebook(exercise: ModuleType) -> Any:
    """Return the worked solution of the public variant, not yet executed."""
    number = exercise.NUMBER
    imports = exercise.IMPORTS.replace(", hand_in", "").strip()
    cells = [
        _markdown(
            "title",
            f"# Exercise {number}, worked. {exercise.TITLE_EN}\n\n"
            f"{exercise.TITLE_ZH}\n\n"
            "One good way to each answer, with the public numbers. Yours may differ "
            "and be as good.\n\n> 用公开数据给出每道题的一种好做法；你的做法可以不同。",
        ),
        _code("start", f'{imports}\n\nmine = start("{number}", record=False)\nmine'),
        _code("data", exercise.DATA_CODE),
    ]
    for question in exercise.QUESTIONS:
        variable = question.name.partition(".")[2]
        cells.append(_markdown(f"{variable}-text", _asked(question)))
        cells.append(_code(variable, making.cell(question, question.solution)))
        explanation = question.explanation.strip()
        if question.rubric:
            explanation += f"\n\n**Points.** {question.rubric.strip()}"
        cells.append(_markdown(f"{variable}-why", explanation))
    return _notebook(cells)


def written(book: Any) -> str:
    """Return `book` as the file holds it."""
    return nbformat.writes(book, version=4, indent=1, ensure_ascii=False) + "\n"


def outputs(exercise: ModuleType, folder: Path = HERE) -> dict[Path, str]:
    """Return the content of each file by path; the solution not yet executed."""
    stem = f"{exercise.NUMBER}_{exercise.SLUG}"
    parameters = exercise.variant(exercise.PUBLIC_SEED)
    clashes = making.screen(exercise, parameters)
    if clashes:
        raise ValueError(f"{stem}: the public variant is unfit: {'; '.join(clashes)}")
    solutions = folder / "solutions"
    return {
        folder / f"{stem}.ipynb": written(student_notebook(exercise)),
        folder / f"{stem}.keys.json": _files.to_json(
            making.sheet(exercise, PUBLIC, parameters)
        ),
        solutions / f"{stem}.marking.json": _files.to_json(
            making.marking(exercise, {PUBLIC: parameters})
        ),
        solutions / f"{stem}.ipynb": written(solution_notebook(exercise)),
    }


def build(exercise: ModuleType) -> None:
    """Write the four files of an exercise and execute its solution."""
    for path, content in outputs(exercise).items():
        path.parent.mkdir(exist_ok=True)
        _files.write(path, content)
        if path.parent.name == "solutions" and path.suffix == ".ipynb":
            book = _notebooks.read(path)
            problem = _notebooks.execute(
                book,
                path.parent,
                executed=lambda: None,
                environment=os.environ | _notebooks.STORING,
            )
            if problem:
                raise SystemExit(f"{path.name}, {problem}")
            _notebooks.write(book, path)
        print(path.relative_to(HERE.parent).as_posix())


# --- the kill rate -------------------------------------------------------------------


def variants(exercise: ModuleType, count: int) -> dict[str, dict[str, Any]]:
    """Return the public variant and the first others that pass the screening."""
    found = {PUBLIC: exercise.variant(exercise.PUBLIC_SEED)}
    seed = 0
    while len(found) < count:
        seed += 1
        parameters = exercise.variant(seed)
        if parameters not in found.values() and not making.screen(exercise, parameters):
            found[f"seed {seed}"] = parameters
        if seed > 50 * count:
            raise ValueError(f"only {len(found)} of {count} variants are fit")
    return found


def _judge(question: Question, item: Any, marked: Any, answer: object) -> str:
    """Return the verdict on an answer as a student assigns it."""
    if _answers.is_missing(answer):
        return "missing"
    try:
        plain = _answers.reduce(item["form"], answer)
    except _answers.Unfit as unfit:
        if unfit.numbers is None:
            return unfit.code
        plain = unfit.numbers
        verdict = _verdict(question, item, marked, plain)
        # Practice says what is wrong with the form, unless it is a known mistake.
        return unfit.code if verdict == "other" and not question.graded else verdict
    return _verdict(question, item, marked, plain)


def _verdict(
    question: Question, item: Any, marked: Any, plain: list[float] | str
) -> str:
    """Return the verdict of the key for practice, of the marking file for graded."""
    if question.graded or isinstance(plain, str):
        rules = {"tolerance": list(question.tolerance), "form": item["form"]}
        return _marks.verdict(plain, marked, rules)
    if _keys.opens(item["key"], plain):
        return "right"
    for misconception in item["misconceptions"]:
        if _keys.opens(misconception["key"], plain):
            return misconception["name"]
    return "other"


def _equivalents(answer: object) -> list[object]:
    """Return other ways to write the same answer."""
    if isinstance(answer, pd.DataFrame):
        return [answer.iloc[::-1], answer.assign(more=1)]
    if isinstance(answer, dict):
        series = pd.Series(answer)
        return [series, series.iloc[::-1], list(answer.values()), series.to_frame().T]
    if isinstance(answer, str):
        return [answer.upper(), f" {answer} "]
    return [np.float64(answer), pd.Series([answer]), np.array([answer])]


def _moved(plain: list[float], tolerance: Any, by: float) -> list[list[float]]:
    """Return `plain` with one number moved by so many tolerances, each way."""
    return [
        [x + sign * by * t if i == place else x for i, x in enumerate(plain)]
        for place, t in enumerate(tolerance)
        for sign in (-1, 1)
    ]


def _trials(
    question: Question, parameters: dict[str, Any], data: Any
) -> Iterator[tuple[str, object, str]]:
    """Yield what is tried, the answer, and the verdict that it must get."""
    reference = question.reference(data)
    yield "reference", reference, "right"
    for answer in _equivalents(reference):
        yield "equivalent", answer, "right"
    yield "stub", ..., "missing"
    for misconception in question.misconceptions:
        yield misconception.name, misconception.wrong(data), misconception.name
    form = question.form(parameters)
    is_share = form["kind"] == "number" and (form["least"], form["most"]) == (0, 1)
    # Below one per cent, a percentage is itself a possible share.
    if is_share and reference > 0.01:
        yield "percent", 100 * reference, "percent"


def measure(exercise: ModuleType, chosen: dict[str, dict[str, Any]]) -> pd.DataFrame:
    """Try right and wrong answers at every question of every chosen variant.

    One row per trial: `question`, `variant`, what was `tried`, whether it is `right`,
    and whether the check took it `as_expected` (a misconception: with its own hint).
    """
    rows = []
    for variant, parameters in chosen.items():
        data = exercise.data(parameters)
        sheet = making.sheet(exercise, variant, parameters)["questions"]
        marked = making.marking(exercise, {variant: parameters})["variants"][variant]
        for question in exercise.QUESTIONS:
            name = question.name
            if question.reference is None:
                continue
            item, answers = sheet[name], marked[name]
            for tried, answer, expected in _trials(question, parameters, data):
                fine = _judge(question, item, answers, answer) == expected
                rows.append((name, variant, tried, expected == "right", fine))
            plain = making.reduced(question, parameters, question.reference(data))
            for by, right in ((0.9, True), (1.1, False)):
                for moved in _moved(plain, question.tolerance, by):
                    fine = (
                        _verdict(question, item, answers, moved) == "right"
                    ) == right
                    rows.append((name, variant, f"{by} tolerance", right, fine))
    columns = ["question", "variant", "tried", "right", "as_expected"]
    return pd.DataFrame(rows, columns=columns)


def kill_rate(table: pd.DataFrame) -> str:
    """Return the table of the README: what was tried, and how it was taken."""
    lines = [
        "| question | variants | right answers tried | accepted "
        "| wrong answers tried | caught, each with its own hint |",
        "|---|---|---|---|---|---|",
    ]
    for name, mine in table.groupby("question"):
        good = mine.loc[mine["right"], "as_expected"]
        bad = mine.loc[~mine["right"], "as_expected"]
        lines.append(
            f"| {name} | {mine['variant'].nunique()} | {len(good)} | {good.mean():.0%} "
            f"| {len(bad)} | {bad.mean():.0%} |"
        )
    return "\n".join(lines)


def _measured(source: Path, count: int) -> pd.DataFrame:
    """Measure one exercise."""
    exercise = load(source)
    return measure(exercise, variants(exercise, count))


def readme(count: int) -> None:
    """Measure every exercise and write the table into the README."""
    path = HERE / "README.md"
    # An exercise's module cannot be sent to another process; its path can.
    jobs = (joblib.delayed(_measured)(source, count) for source in sources([]))
    table = pd.concat(joblib.Parallel(n_jobs=-1)(jobs))
    before, mark, rest = path.read_text(encoding="utf-8").partition(MARKS[0])
    after = rest.partition(MARKS[1])[2]
    body = kill_rate(table)
    _files.write(path, f"{before}{mark}\n{body}\n{MARKS[1]}{after}")
    print(body)
    if not table["as_expected"].all():
        print(table[~table["as_expected"]].to_string(index=False))
        sys.exit(1)


def main() -> None:
    """Build the named exercises, or measure all."""
    parser = argparse.ArgumentParser(description=__doc__.strip().partition("\n")[0])
    parser.add_argument("number", nargs="*", help="exercises to build; default all")
    parser.add_argument(
        "--readme", action="store_true", help="measure the kill rate of all exercises"
    )
    parser.add_argument(
        "--variants", type=int, default=8, help="variants to measure (default 8)"
    )
    arguments = parser.parse_args()
    if arguments.readme:
        readme(arguments.variants)
        return
    for path in sources(arguments.number):
        build(load(path))


if __name__ == "__main__":
    main()
