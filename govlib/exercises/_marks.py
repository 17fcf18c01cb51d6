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

# By student and question: the row of the marking table.
Texts = dict[tuple[str, str], dict[str, Any]]
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


def read_marking(path: Path) -> dict[str, Any]:
    """Return the content of a marking file."""
    if not path.is_file():
        raise FileNotFoundError(f"there is no marking file {str(path)!r}")
    try:
        key = json.loads(path.read_text(encoding="utf-8"))
        _ = key["exercise"], key["questions"], key["variants"]
    except (ValueError, KeyError, TypeError):
        raise ValueError(
            f"{str(path)!r} is not a marking file; it is called NN_slug.marking.json"
        ) from None
    return key


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
    submission: Submission, key: dict[str, Any], texts: Texts
) -> dict[str, Mark]:
    """Return the mark of each question; `texts` holds what was marked by hand."""
    marks = {}
    for question, item in key["questions"].items():
        attempt = submission.last(question)
        variant = key["variants"].get(submission.variant_of(question))
        if attempt is None:
            marks[question] = Mark("none", 0)
        elif variant is None:
            marks[question] = Mark("unmarked", None)
        elif question not in variant:
            typed = texts.get((submission.student, question), {})
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
    pseudonyms: dict[str, str],
    *,
    hidden: bool,
) -> tuple[Texts, list[Problem]]:
    """
    Return the texts to be marked, with the points that were typed in before.

    What was typed, under a pseudonym or not, is taken out of `earlier`; what is left
    there belongs to no text.
    """
    texts: Texts = {}
    problems = []
    for student, submission in chosen.items():
        for question, item in key["questions"].items():
            attempt = submission.last(question)
            if item["form"]["kind"] != "text" or attempt is None:
                continue
            answer = str(attempt["answer"])
            alias = pseudonyms.get(student, student)
            entries = [_entry(name, question, answer) for name in (student, alias)]
            shown, entry = (alias, entries[1]) if hidden else (student, entries[0])
            found = [earlier.pop(known) for known in entries if known in earlier]
            before = found[-1] if found else {}
            typed = before.get("points", "").strip()
            points = _points(typed, item["points"])
            if typed and points is None:
                problem = (
                    f"{question}: points {typed!r} are not a number from 0 to "
                    f"{item['points']}; still awaiting marking"
                )
                problems.append(("marking.csv", student, problem))
            texts[student, question] = {
                "entry": entry,
                "student": shown,
                "question": question,
                "answer": answer,
                "rubric": item["rubric"],
                "maximum": item["points"],
                "points": points,
                "typed": before.get("points", ""),
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
    rows = read_rows(path, {"entry", "points", "comment"})
    return {row["entry"]: {k: row.get(k) or "" for k in TEXT_COLUMNS} for row in rows}


def read_rows(path: Path, needed: set[str]) -> list[dict[str, str]]:
    """Return the rows of a table written here that a spreadsheet may have saved."""
    content = path.read_bytes()
    try:
        decoded = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        decoded = content.decode("gb18030", errors="replace")
    heading = decoded.partition("\n")[0]
    delimiter = ";" if ";" in heading else ","
    rows = list(csv.DictReader(io.StringIO(decoded, newline=""), delimiter=delimiter))
    if rows and not needed <= set(rows[0]):
        raise ValueError(
            f"{str(path)!r} lacks the columns {', '.join(sorted(needed))}; put them "
            f"back or move the file away"
        )
    return rows


def marking_table(
    texts: Texts, rest: dict[str, dict[str, str]], names: dict[str, str]
) -> pd.DataFrame:
    """Return the table in which a lecturer types points."""
    # What was typed stays as it was typed, even where it is no number.
    rows = [row | {"points": row["typed"]} for row in texts.values()]
    # Rows of submissions that no longer count stay: somebody's work is in them.
    for row in rest.values():
        rows.append(row | {"student": names.get(row["student"], row["student"])})
    return pd.DataFrame(rows, columns=TEXT_COLUMNS)
