"""Marking one answer, and the texts that a person marks."""

import csv
import hashlib
import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from govlib.exercises import _answers
from govlib.exercises._submissions import Submission

TEXT_COLUMNS = [
    "entry",
    "student",
    "question",
    "answer",
    "rubric",
    "maximum",
    "points",
    "comment",
]

# file, student, what is the matter
Problem = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Mark:
    """One question of one student.

    `state` is "right", "awaiting", "marked", "none" (no answer), "unmarked" (unknown
    variant), or the name of the mistake; `points` is None until somebody awards them.
    """

    state: str
    points: float | None
    comment: str = ""


def verdict(
    answer: list[float] | str, answers: dict[str, Any], item: dict[str, Any]
) -> str:
    """Return "right", a misconception's name, a verdict on range, or "other"."""

    def near(expected: list[float] | str) -> bool:
        if isinstance(answer, str) or isinstance(expected, str):
            return answer == expected
        return len(answer) == len(expected) and all(
            # As in the keys, with room for the last digit.
            abs(a - b) <= t + 1e-9
            for a, b, t in zip(answer, expected, item["tolerance"], strict=True)
        )

    if near(answers["right"]):
        return "right"
    for name, expected in answers["wrong"].items():
        if near(expected):
            return name
    if isinstance(answer, str) or isinstance(answers["right"], str):
        return "other"
    codes = (_answers.outside(item["form"], number) for number in answer)
    return next((code for code in codes if code), "other")


def marks_of(
    submission: Submission, key: dict[str, Any], texts: dict[str, dict[str, Any]]
) -> dict[str, Mark]:
    """Return the mark of each question; `texts` holds what was marked by hand."""
    variant = key["variants"].get(submission.variant)
    marks = {}
    for question, item in key["questions"].items():
        attempt = submission.last(question)
        if attempt is None:
            marks[question] = Mark("none", 0)
        elif variant is None:
            marks[question] = Mark("unmarked", None)
        elif question not in variant:
            entry = _entry(submission.student, question, str(attempt["answer"]))
            typed = texts.get(entry, {})
            points = typed.get("points")
            state = "awaiting" if points is None else "marked"
            marks[question] = Mark(state, points, typed.get("comment", ""))
        else:
            state = verdict(attempt["answer"], variant[question], item)
            marks[question] = Mark(state, item["points"] if state == "right" else 0)
    return marks


def _entry(student: str, question: str, answer: str) -> str:
    """Return a name for a text that a spreadsheet will not take for a number."""
    whole = json.dumps([student, question, answer])
    return f"text-{hashlib.sha256(whole.encode('ascii')).hexdigest()[:12]}"


def texts_of(
    chosen: dict[str, Submission],
    key: dict[str, Any],
    earlier: dict[str, dict[str, str]],
) -> tuple[dict[str, dict[str, Any]], list[Problem]]:
    """Return the texts to be marked, with the points that were typed in before."""
    texts: dict[str, dict[str, Any]] = {}
    problems = []
    for student, submission in chosen.items():
        for question, item in key["questions"].items():
            attempt = submission.last(question)
            if item["form"]["kind"] != "text" or attempt is None:
                continue
            answer = str(attempt["answer"])
            entry = _entry(student, question, answer)
            before = earlier.get(entry, {})
            typed = before.get("points", "").strip()
            points = _points(typed, item["points"])
            if typed and points is None:
                problem = (
                    f"{question}: points {typed!r} are not a number from 0 to "
                    f"{item['points']}; still awaiting marking"
                )
                problems.append(("marking.csv", student, problem))
            texts[entry] = {
                "entry": entry,
                "student": student,
                "question": question,
                "answer": answer,
                "rubric": item["rubric"],
                "maximum": item["points"],
                "points": points,
                "comment": before.get("comment", ""),
            }
    return texts, problems


def _points(typed: str, most: float) -> float | None:
    try:
        # A decimal comma is how half of Europe types a half.
        points = float(typed.replace(",", "."))
    except ValueError:
        return None
    return points if 0 <= points <= most else None


def read_points(path: Path) -> dict[str, dict[str, str]]:
    """Read what a lecturer typed, however the spreadsheet has saved it."""
    if not path.exists():
        return {}
    content = path.read_bytes()
    try:
        decoded = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        decoded = content.decode("gb18030", errors="replace")
    heading = decoded.partition("\n")[0]
    delimiter = ";" if ";" in heading else ","
    rows = list(csv.DictReader(io.StringIO(decoded, newline=""), delimiter=delimiter))
    if rows and not {"entry", "points", "comment"} <= set(rows[0]):
        raise ValueError(
            f"{str(path)!r} lacks the columns entry, points and comment; put them "
            f"back or move the file away"
        )
    return {row["entry"]: {k: row.get(k) or "" for k in TEXT_COLUMNS} for row in rows}


def marking_table(
    texts: dict[str, dict[str, Any]], earlier: dict[str, dict[str, str]]
) -> pd.DataFrame:
    """Return the table in which a lecturer types points."""
    rows = []
    for entry, row in texts.items():
        # What was typed stays as it was typed, even where it is no number.
        typed = earlier.get(entry, {}).get("points", "")
        rows.append(row | {"points": typed})
    # Rows of submissions that no longer count stay: somebody's work is in them.
    rows += [row for entry, row in earlier.items() if entry not in texts]
    return pd.DataFrame(rows, columns=TEXT_COLUMNS)
