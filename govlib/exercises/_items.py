"""What a class's answers say about the questions, and what to look at."""

import re
from collections import defaultdict
from typing import Any

import numpy as np
import pandas as pd

from govlib.exercises._marks import Mark, verdict
from govlib.exercises._submissions import Submission

# student, question, what to look at
Flag = tuple[str, str, str]

# Shorter cells are alike by chance: there are few ways to write one line.
LEAST_ALIKE = 80


def analyse(
    chosen: dict[str, Submission],
    key: dict[str, Any],
    marks: dict[str, dict[str, Mark]],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return one row per question, and one per question and kind of first mistake."""
    points = _points(key, marks)
    items, mistakes = [], []
    for question, item in key["questions"].items():
        answered = [
            (submission, first)
            for submission in chosen.values()
            if (first := submission.first(question))
            and submission.variant_of(question) in key["variants"]
        ]
        n = len(answered)
        row: dict[str, Any] = {
            "question": question,
            "title": item["title"],
            "kind": "graded" if item["graded"] else "practice",
            "students": n,
            "first_right": np.nan,
            "last_right": np.nan,
            "attempts": np.nan,
            "discrimination": _discrimination(points, question),
            "commonest_first_mistake": "",
            "share": np.nan,
        }
        items.append(row)
        if not n:
            continue
        row["attempts"] = sum(len(s.attempts[question]) for s, _ in answered) / n
        if item["form"]["kind"] == "text":
            continue
        firsts = [
            verdict(
                first["answer"],
                key["variants"][submission.variant_of(question)][question],
                item,
            )
            for submission, first in answered
        ]
        lasts = [
            marks[submission.student][question].state for submission, _ in answered
        ]
        row["first_right"] = firsts.count("right") / n
        row["last_right"] = lasts.count("right") / n
        # Ties in alphabetical order, so that nothing hangs on the names of files.
        tally = sorted(
            ((firsts.count(name), name) for name in set(firsts) - {"right"}),
            key=lambda pair: (-pair[0], pair[1]),
        )
        if tally:
            row["commonest_first_mistake"], row["share"] = tally[0][1], tally[0][0] / n
        mistakes += [(question, name, count, count / n) for count, name in tally]
    columns = ["question", "mistake", "students", "share"]
    return pd.DataFrame(items), pd.DataFrame(mistakes, columns=columns)


def _points(key: dict[str, Any], marks: dict[str, dict[str, Mark]]) -> pd.DataFrame:
    """Return students by questions, without what nobody has marked yet."""
    table = pd.DataFrame(
        {
            student: {question: mark.points for question, mark in mine.items()}
            for student, mine in marks.items()
            if any(mark.state != "none" for mark in mine.values())
        },
        index=list(key["questions"]),
        dtype=float,
    ).T
    return table.dropna(axis="index", how="all").dropna(axis="columns")


def _discrimination(points: pd.DataFrame, question: str) -> float:
    """Correlate the points of a question with those of all others."""
    if question not in points or len(points) < 3:
        return np.nan
    own = points[question]
    rest = points.drop(columns=question).sum(axis="columns")
    if own.nunique() < 2 or rest.nunique() < 2:
        return np.nan
    return float(np.corrcoef(own, rest)[0, 1])


def _code(source: str) -> str:
    """Return `source` without comments and blanks, for comparing only."""
    lines = (line.partition("#")[0] for line in source.splitlines())
    return re.sub(r"\s+", "", "".join(lines))


def unrun(submission: Submission, key: dict[str, Any]) -> list[str]:
    """Return the questions with work in their cell and no recorded answer."""
    return [
        question
        for question, item in key["questions"].items()
        if submission.last(question) is None
        and _code(submission.sources.get(question, "")) not in ("", _code(item["stub"]))
    ]


def flags(
    chosen: dict[str, Submission], key: dict[str, Any], doubts: list[Flag]
) -> pd.DataFrame:
    """Return what a lecturer may want to look at; nothing here costs a point."""
    found = list(doubts)
    alike: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for student, submission in chosen.items():
        found += [(student, "", flag) for flag in _class(student, chosen, key)]
        found += [
            (student, question, "work in the cell, but no recorded answer")
            for question in unrun(submission, key)
        ]
        for question, item in key["questions"].items():
            code = _code(submission.sources.get(question, ""))
            stub = _code(item["stub"])
            last = submission.last(question)
            if code == stub and last is not None:
                found.append((student, question, "an answer, but the cell is the stub"))
            if len(code) >= len(stub) + LEAST_ALIKE:
                alike["code", question, code].append(student)
            if last and isinstance(last["answer"], str):
                words = "".join(last["answer"].split())
                if len(words) >= LEAST_ALIKE // 2:
                    alike["text", question, words].append(student)
    for (what, question, _), students in alike.items():
        for student in students:
            mates = {student, *_mates(student, chosen, key)}
            if others := ", ".join(s for s in students if s not in mates):
                found.append((student, question, f"same {what} as {others}"))
    return pd.DataFrame(sorted(found), columns=["student", "question", "flag"])


def _mates(
    student: str, chosen: dict[str, Submission], key: dict[str, Any]
) -> set[str]:
    """Return those whose work may be the same: named by either, or of one group."""
    roster = key.get("roster", {})
    group = roster.get(student, {}).get("group")
    mates = {s for s, row in roster.items() if group and row["group"] == group}
    naming = {s for s, other in chosen.items() if student in other.members}
    own = chosen[student].members if student in chosen else []
    return mates.union(naming, own) - {student}


def _class(
    student: str, chosen: dict[str, Submission], key: dict[str, Any]
) -> list[str]:
    """Say where a submission does not fit the roster, if there is one."""
    roster = key.get("roster")
    if not roster:
        return []
    submission, row = chosen[student], roster.get(student)
    found = [] if row else ["not on the roster"]
    own = row["variant"] if row else ""
    carried = {submission.variant_of(question) for question in submission.attempts}
    for variant in sorted(carried & set(key["variants"]) - {own}):
        owners = [s for s, other in roster.items() if other["variant"] == variant]
        listed = ", ".join(owners) or "nobody on the roster"
        found.append(f"answers carry the numbers of {listed}")
    for member in submission.members:
        if member not in roster:
            found.append(f"names {member}, who is not on the roster")
        elif row and row["group"] != roster[member]["group"]:
            found.append(f"names {member}, who is not of the same group")
    return found
