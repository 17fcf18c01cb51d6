"""Giving every student of a roster their own numbers."""

import hashlib
import hmac
import io
import json
import secrets
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

import numpy as np
import pandas as pd
from tqdm import tqdm

from govlib import _files, _validate
from govlib.exercises import _answers, _pages, _roster, making
from govlib.exercises._marks import read_marking
from govlib.exercises._roster import Student
from govlib.exercises._texts import LANGUAGES, file_name
from govlib.exercises.making import Answers

# Draws after which a variant that nobody has is given up, or a fit one is.
MOST_DRAWS = 400
# Fit variants that say what is usual, and the share of them that stays outside.
USUAL = 100
OUTSIDE = 0.05
LEAST_SECRET = 16

Solved = dict[str, Answers]
Band = dict[str, list[float]]
# Solves a variant, once; None if it is not fit to be given.
Solve = Callable[[dict[str, Any]], Solved | None]

README = """\
Unpack this archive first. Keep its files together in one folder, open {notebook} in
JupyterLab (start it with: govlib lab, or as your course has shown you) and begin with
the first cell. Hand in the .answers.json file that the last cell writes.

请先解压。把这些文件放在同一个文件夹里，用 JupyterLab 打开 {notebook}
（用 govlib lab 启动，或按课程说明启动），从第一个单元格做起。
最后提交最后一个单元格写出的 .answers.json 文件。
"""


@dataclass(frozen=True, slots=True)
class Released:
    """
    What :func:`release` wrote.

    Attributes
    ----------
    table : pandas.DataFrame
        One row per student of the marking file: ``student``, ``name``, ``group``,
        ``variant``, ``file`` (the archive to hand out).
    new : int
        How many archives were written now; the others were there.
    kits : pathlib.Path
        Folder of the archives, one for each student.
    marking : pathlib.Path
        The lecturer's marking file.
    remarks : list of str
        What the lecturer should know.
    """

    table: pd.DataFrame
    new: int
    kits: Path
    marking: Path
    remarks: list[str]

    def __str__(self) -> str:
        there = len(self.table) - self.new
        kept = f" ({there} were there and stay as they are)" if there else ""
        lines = [
            *self.remarks,
            f"{self.kits}: {self.new} archives to hand out, one for each student{kept}",
            f"{self.marking}: keep this one; it grades them:",
            f'  govlib grade FOLDER --marking "{self.marking}"',
        ]
        return "\n".join(lines)


def release(
    students: str | PathLike[str],
    *,
    source: str | PathLike[str],
    out: str | PathLike[str],
    secret: str | PathLike[str] | None = None,
    language: Literal["en", "zh"] = "en",
) -> Released:
    """
    Give every student of a roster an exercise with their own numbers.

    Draws a variant for each student from the lecturer's secret, and writes one
    archive per student (notebook and practice keys, no graded answer) and one
    marking file for the lecturer. Called again with a longer roster it adds the new
    students and touches nothing that is there.

    Parameters
    ----------
    students : str or path
        Roster: a CSV file in UTF-8 or GB18030 with a column of student numbers
        (``student``, ``student id``, ``id``, ``number`` or ``学号``) and, if you
        like, ``name`` or ``姓名``, and ``group`` or ``小组``. Those of one group hand
        in together and get the same numbers. Numbers are read as text.
    source : str or path
        Source of the exercise in the course folder,
        ``exercises/source/NN_slug.py``. It is executed; the notebook is taken from
        ``exercises``.
    out : str or path
        Folder for the results.
    secret : str or path, optional
        Text file with at least 16 characters. Default: ``secret.txt`` in `out`, made
        at the first run. The same secret gives the same students the same numbers.
    language : {"en", "zh"}, default "en"
        Language of hints that the notebook starts with.

    Returns
    -------
    Released
        Who got what, and where it is.

    Raises
    ------
    FileNotFoundError
        If the roster, the source, its notebook or `secret` is not there.
    FileExistsError
        If `out` holds archives whose marking file is gone.
    ValueError
        If a number in the roster is missing, repeated, longer than 64 characters or
        shortened by a spreadsheet (with its row), if the exercise or its data have
        changed since the first run, or if no variant is fit.

    See Also
    --------
    grade : Mark what comes back, each by its own numbers.

    Notes
    -----
    Written to `out`: ``NN_slug/NN_slug_<student>.zip`` to hand out, and for the
    lecturer ``NN_slug.marking.json``, ``NN_slug.kits.csv`` (who has which file) and
    ``secret.txt``.

    A variant is drawn with a seed that is a keyed hash of exercise, student (or
    group) and number of the draw; the first that is fit, of usual difficulty and not
    yet taken is given out. Fit means that no two of the right answer and the known
    mistakes can be taken for one another. Difficulty is described by each number of
    each right answer, and by the distance of each question's nearest mistake in
    tolerances (its logarithm); a variant is of usual difficulty if all of these lie
    within the middle 95 % of a hundred fit variants. The limits are in the marking
    file. How hard students find a variant is not known; this keeps answers alike in
    size and direction and traps alike in depth. Where the exercise has fewer fit
    variants than there are students, some share one and the remarks say so.

    Examples
    --------
    >>> release("no.csv", source="exercises/source/04_cohesion.py", out="class")
    Traceback (most recent call last):
        ...
    FileNotFoundError: there is no roster 'no.csv'
    """
    _validate.choice(language, LANGUAGES, "language")
    roster, remarks = _roster.read(Path(students))
    source, out = Path(source), Path(out)
    exercise = making.load(source)
    stem = f"{exercise.NUMBER}_{exercise.SLUG}"
    book = _notebook(source.parent.parent / f"{stem}.ipynb", exercise)
    kits, marking = out / stem, out / f"{stem}.marking.json"
    if not marking.exists() and kits.is_dir() and any(kits.glob("*.zip")):
        raise FileExistsError(
            f"{kits} holds archives, but {marking.name} is gone, by which they would "
            f"be graded; put it back or choose another folder"
        )
    earlier = read_marking(marking) if marking.exists() else {}
    out.mkdir(parents=True, exist_ok=True)
    key = _secret(Path(secret) if secret else out / "secret.txt", made=not secret)

    content, solved, shared = _drawn(exercise, roster, key, earlier)
    kits.mkdir(exist_ok=True)
    # Before the archives: one that nothing can grade must not get out.
    _files.write(marking, _files.to_json(content))
    table = pd.DataFrame(
        [
            {"student": student, **row, "file": f"{stem}_{file_name(student)}.zip"}
            for student, row in content["roster"].items()
        ],
        columns=["student", "name", "group", "variant", "file"],
    )
    files = dict(zip(table["student"], table["file"], strict=True))
    new = [student for student in files if not (kits / files[student]).exists()]
    for student in tqdm(new, desc=f"{exercise.NUMBER} archives", unit="student"):
        variant = content["roster"][student]["variant"]
        given = content["parameters"][variant]
        mine = _together(content["roster"], student)
        sheet = making.sheet(exercise, variant, given, solved[variant])
        kit = {
            f"{stem}.ipynb": _own(book, mine, language),
            f"{stem}.keys.json": _files.to_json(sheet | {"students": mine}),
            # With a mark at its beginning, by which an old editor knows Chinese.
            "README.txt": "\ufeff" + README.format(notebook=f"{stem}.ipynb"),
        }
        name = files[student]
        _files.write(kits / name, _archive(name.removesuffix(".zip"), kit))
    _pages.write_table(out / f"{stem}.kits.csv", table)
    if shared:
        remarks.append(
            f"exercise {exercise.NUMBER} has too few fit variants: {shared} student(s) "
            f"or group(s) share theirs with another"
        )
    return Released(table, len(new), kits, marking, remarks)


# --- drawing -------------------------------------------------------------------------


def _drawn(
    exercise: ModuleType, roster: list[Student], key: bytes, earlier: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Solved], int]:
    """Return the marking file, answers by variant, and how many share a variant."""
    rows: dict[str, dict[str, str]] = dict(earlier.get("roster", {}))
    parameters: dict[str, Any] = dict(earlier.get("parameters", {}))
    solve = _solver(exercise)
    for variant, given in parameters.items():
        if not _alike(solve(given), earlier["variants"][variant]):
            raise ValueError(
                f"exercise {exercise.NUMBER} or its data have changed since numbers "
                f"were first given out, so the answers differ; release to another "
                f"folder, or go back to the edition of the first release"
            )
    band = earlier.get("usual") or _usual(exercise, solve)
    for s in roster:
        there = rows.get(s.student, {"variant": ""})
        rows[s.student] = there | {"name": s.name, "group": s.group}
    units: dict[tuple[str, str], list[str]] = {}
    for student, row in rows.items():
        unit = ("group", row["group"]) if row["group"] else ("student", student)
        units.setdefault(unit, []).append(student)
    taken = {_spelt(given) for given in parameters.values()}
    shared = 0
    # In the order of their names: the order of a roster is nobody's doing.
    for unit in tqdm(sorted(units), desc=f"{exercise.NUMBER} numbers", unit="student"):
        known = {rows[student]["variant"] for student in units[unit]} - {""}
        if len(known) > 1:
            raise ValueError(
                f"the students of group {unit[1]!r} were given different numbers "
                f"before they were a group; release to another folder, or leave the "
                f"group out"
            )
        if known:
            variant = known.pop()
        else:
            given, fresh = _draw(exercise, solve, band, taken, key, unit)
            shared += not fresh
            variant = _hash(key, exercise.NUMBER, "name", _spelt(given)).hex()[:10]
            parameters[variant] = given
            taken.add(_spelt(given))
        for student in units[unit]:
            rows[student] = rows[student] | {"variant": variant}
    solved = {name: solve(given) or {} for name, given in parameters.items()}
    first = dict([next(iter(parameters.items()))])
    content = making.marking(exercise, first) | {
        "variants": solved,
        "parameters": parameters,
        "usual": band,
        "roster": dict(sorted(rows.items())),
    }
    return content, solved, shared


def _draw(
    exercise: ModuleType,
    solve: Solve,
    band: Band,
    taken: set[str],
    key: bytes,
    unit: tuple[str, str],
) -> tuple[dict[str, Any], bool]:
    """Return the first variant that may be given, and whether nobody else has it."""
    second: dict[str, Any] | None = None
    for draw in range(MOST_DRAWS):
        digest = _hash(key, exercise.NUMBER, *unit, draw)
        given = exercise.variant(int.from_bytes(digest[:8], "big") >> 1)
        spelt = _spelt(given)
        if second is not None and spelt in taken:
            continue
        solved = solve(given)
        if solved is None or not _within(_measures(exercise, solved), band):
            continue
        if spelt not in taken:
            return given, True
        second = given
    if second is None:
        raise ValueError(
            f"exercise {exercise.NUMBER}: none of {MOST_DRAWS} variants is fit; its "
            f"source needs more variants or fewer misconceptions"
        )
    return second, False


def _solver(exercise: ModuleType) -> Solve:
    """Return a function that solves a variant and remembers it."""
    known: dict[str, Solved | None] = {}

    def solve(parameters: dict[str, Any]) -> Solved | None:
        spelt = _spelt(parameters)
        if spelt not in known:
            known[spelt] = _solved(exercise, parameters)
        return known[spelt]

    return solve


def _solved(exercise: ModuleType, parameters: dict[str, Any]) -> Solved | None:
    """Return the answers of a variant, or None at the first two that clash."""
    data = exercise.data(parameters)
    solved = {}
    for question in exercise.QUESTIONS:
        if question.reference is None:
            continue
        try:
            known = making.answers(question, parameters, data)
        except _answers.Unfit:
            return None
        if making.clashes(question, known):
            return None
        solved[question.name] = known
    return solved


def _measures(exercise: ModuleType, solved: Solved) -> dict[str, float]:
    """Return what describes the difficulty of a variant."""
    found: dict[str, float] = {}
    for question in exercise.QUESTIONS:
        known = solved.get(question.name)
        if known is None or isinstance(known["right"], str):
            continue
        right, width = np.array(known["right"]), np.array(question.tolerance)
        for place, number in enumerate(known["right"]):
            found[f"{question.name} number {place + 1}"] = number
        wrong = [np.array(answer) for answer in known["wrong"].values()]
        if wrong:
            # Two answers differ as far as their most different number does.
            near = min(float(np.max(np.abs(right - w) / width)) for w in wrong)
            found[f"{question.name} nearest mistake"] = float(np.log10(near))
    return found


def _usual(exercise: ModuleType, solve: Solve) -> Band:
    """Return the limits of each measure among fit variants, the same for everybody."""
    found: dict[str, dict[str, float]] = {}
    seeds = range(1, USUAL * 20 + 1)
    with tqdm(total=USUAL, desc=f"{exercise.NUMBER} difficulty", unit="variant") as bar:
        for parameters in (exercise.variant(seed) for seed in seeds):
            spelt = _spelt(parameters)
            if spelt in found or (solved := solve(parameters)) is None:
                continue
            found[spelt] = _measures(exercise, solved)
            bar.update()
            if len(found) == USUAL:
                break
    table = pd.DataFrame(found.values())
    return {
        str(name): [float(values.quantile(q)) for q in (OUTSIDE / 2, 1 - OUTSIDE / 2)]
        for name, values in table.items()
    }


def _within(measures: dict[str, float], band: Band) -> bool:
    # With room for the last digit, in which two computers may differ.
    return all(
        low - 1e-9 <= measures[name] <= high + 1e-9
        for name, (low, high) in band.items()
    )


def _spelt(parameters: dict[str, Any]) -> str:
    return json.dumps(parameters, sort_keys=True)


def _alike(first: Any, second: Any) -> bool:
    """Compare answers, numbers to nine digits."""
    if isinstance(first, dict) and isinstance(second, dict):
        return first.keys() == second.keys() and all(
            _alike(first[name], second[name]) for name in first
        )
    if isinstance(first, list) and isinstance(second, list):
        return len(first) == len(second) and np.allclose(first, second, 1e-9, 1e-12)
    return first == second


# --- secret --------------------------------------------------------------------------


def _secret(path: Path, *, made: bool) -> bytes:
    """Read the secret; make it where it is ours to make."""
    if made and not path.exists():
        _files.write(path, secrets.token_hex(32) + "\n")
    if not path.is_file():
        raise FileNotFoundError(f"there is no secret {str(path)!r}")
    # An editor may have added a mark at the beginning or another end of line.
    text = path.read_text(encoding="utf-8-sig").strip()
    if len(text) < LEAST_SECRET:
        raise ValueError(
            f"the secret in {str(path)!r} has {len(text)} characters; it needs at "
            f"least {LEAST_SECRET}, or students could guess it"
        )
    return text.encode("utf-8")


def _hash(key: bytes, *parts: object) -> bytes:
    return hmac.digest(key, json.dumps(parts).encode("ascii"), hashlib.sha256)


# --- archives ------------------------------------------------------------------------


def _notebook(path: Path, exercise: ModuleType) -> dict[str, Any]:
    """Read the student's notebook, if it is the one of this source."""
    if not path.is_file():
        raise FileNotFoundError(
            f"there is no notebook {path.name} beside the folder of sources; run "
            f"python exercises/build.py {exercise.NUMBER}"
        )
    book = json.loads(path.read_text(encoding="utf-8"))
    cells = {"".join(cell["source"]) for cell in book["cells"]}
    if not cells >= {making.cell(q, q.stub) for q in exercise.QUESTIONS}:
        raise ValueError(
            f"{path.name} is older than its source: run python exercises/build.py "
            f"{exercise.NUMBER}"
        )
    return book


def _together(rows: dict[str, dict[str, str]], student: str) -> list[str]:
    """Return a student and those of the same group, the student first."""
    group = rows[student]["group"]
    others = [s for s, row in rows.items() if group and row["group"] == group]
    return [student, *(other for other in others if other != student)]


def _own(book: dict[str, Any], students: list[str], language: str) -> str:
    """Return the notebook with its first cell filled in."""
    filled = {
        'student = ""': f"student = {_literal(students[0])}",
        "members = []": f"members = {_literal(students[1:])}",
        'language = "en"': f'language = "{language}"',
    }

    def own(cell: dict[str, Any]) -> dict[str, Any]:
        if cell["id"] != "start":
            return cell
        source = "".join(cell["source"])
        for empty, full in filled.items():
            if empty not in source:
                raise ValueError(f"the notebook's first cell lacks {empty}; rebuild it")
            source = source.replace(empty, full, 1)
        return cell | {"source": source.splitlines(keepends=True)}

    return _files.to_json(book | {"cells": [own(cell) for cell in book["cells"]]})


def _literal(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _archive(folder: str, files: dict[str, str]) -> bytes:
    """Return a zip archive of one folder; the same files give the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            # Without a date, and readable by all: the default is an empty mode.
            entry = zipfile.ZipInfo(f"{folder}/{name}")
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, text.encode("utf-8"))
    return buffer.getvalue()
