"""Reading what students hand in. Files are data here: nothing in them is run."""

import json
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from govlib.exercises._answers import MOST_CHARACTERS
from govlib.exercises._session import MIME
from govlib.exercises._texts import LANGUAGES, clean_id

MOST_BYTES = 20_000_000
# Nobody tries more often; a longer list is kept at both ends.
MOST_ATTEMPTS = 500
MOST_NUMBERS = 16

_CHECK = re.compile(r"""check\(\s*["']((\d\d)\.q\d+)["']""")
_STUDENT = re.compile(r"""^student\s*=\s*(["'])(.*?)\1""", re.MULTILINE)


@dataclass
class Submission:
    """One readable file."""

    file: str
    notebook: bool
    modified: float
    exercise: str
    student: str
    variant: str = ""
    language: str = "en"
    # Oldest first: {"answer": list of float, str or None, "verdict": str}.
    attempts: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)

    def last(self, question: str) -> dict[str, Any] | None:
        """Return the last attempt that holds an answer."""
        found = [a for a in self.attempts.get(question, []) if a["answer"] is not None]
        return found[-1] if found else None

    def first(self, question: str) -> dict[str, Any] | None:
        """Return the first attempt that holds an answer."""
        found = [a for a in self.attempts.get(question, []) if a["answer"] is not None]
        return found[0] if found else None

    def size(self) -> int:
        """Return the number of attempts: the later of two versions has more."""
        return sum(len(attempts) for attempts in self.attempts.values())


class _Unreadable(Exception):
    """A file that cannot be taken, with the sentence that says why."""


def read(folder: Path) -> tuple[list[Submission], list[tuple[str, str]]]:
    """Return the submissions under `folder`, and (file, problem) for the rest."""
    submissions, problems = [], []
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        # What editors and archive tools leave behind is not a submission.
        if any(part.startswith((".", "__MACOSX")) for part in Path(name).parts):
            continue
        # Nor is what lies beside the notebook when a whole folder is handed in.
        if name.endswith((".keys.json", ".attempts.jsonl")):
            continue
        try:
            # A link may point outside the folder: another file than was handed in.
            if path.is_symlink():
                raise _Unreadable("a link, not a file; not followed")
            if not path.is_file():
                continue
            submissions.append(_read_file(path, name))
        except _Unreadable as problem:
            problems.append((name, str(problem)))
        except OSError as error:
            problems.append((name, f"cannot be opened: {error.strerror}"))
    return submissions, problems


def _read_file(path: Path, name: str) -> Submission:
    notebook = name.casefold().endswith(".ipynb")
    if not notebook and not name.casefold().endswith(".json"):
        kind = (
            "unpack it first"
            if path.suffix in (".zip", ".rar", ".7z")
            else ("neither a notebook nor an .answers.json file")
        )
        raise _Unreadable(f"not read: {kind}")
    stat = path.stat()
    if stat.st_size > MOST_BYTES:
        raise _Unreadable(
            f"not read: {stat.st_size / 1e6:,.0f} MB is more than "
            f"{MOST_BYTES / 1e6:.0f} MB; ask for the .answers.json file"
        )
    try:
        content = json.loads(path.read_bytes())
    except (ValueError, RecursionError, MemoryError):
        raise _Unreadable(
            "not read: it is not valid JSON (cut off, or changed by hand); ask for "
            "it again"
        ) from None
    if not isinstance(content, dict):
        raise _Unreadable("not read: it holds no submission; ask for it again")
    read_content = _from_notebook if notebook else _from_answers
    return read_content(content, name, stat.st_mtime)


def _from_answers(content: dict[str, Any], name: str, modified: float) -> Submission:
    exercise, questions = content.get("exercise"), content.get("questions")
    if not isinstance(exercise, str) or not isinstance(questions, dict):
        raise _Unreadable("not read: not a file written by hand_in(); ask for it again")
    submission = Submission(name, False, modified, exercise, "")
    _take_head(submission, content)
    for question, item in questions.items():
        attempts = item.get("attempts") if isinstance(item, dict) else None
        _take(submission, question, attempts)
    return submission


def _from_notebook(content: dict[str, Any], name: str, modified: float) -> Submission:
    cells = content.get("cells")
    if not isinstance(cells, list):
        raise _Unreadable("not read: it has no cells; ask for it again")
    submission = Submission(name, True, modified, "", "")
    typed = None
    carried = set()
    for cell in cells:
        if not isinstance(cell, dict) or cell.get("cell_type") != "code":
            continue
        source = _joined(cell.get("source"))
        typed = typed or _STUDENT.search(source)
        for question, exercise in _CHECK.findall(source):
            submission.exercise = submission.exercise or exercise
            submission.sources[question] = source
        for payload in _payloads(cell.get("outputs")):
            head = Submission(name, True, modified, "", "")
            _take_head(head, payload)
            carried.add(head.student)
            submission.student = head.student
            submission.variant = head.variant
            submission.language = head.language
            _take(submission, payload.get("question"), payload.get("attempts"))
    if not submission.exercise:
        raise _Unreadable("not read: no question of an exercise in it")
    if typed and clean_id(typed.group(2))[0]:
        submission.student = clean_id(typed.group(2))[0]
    others = sorted(carried - {submission.student, ""})
    if others:
        submission.remarks.append(
            f"outputs carry another student number: {', '.join(others)}"
        )
    return submission


def _payloads(outputs: object) -> Iterable[dict[str, Any]]:
    for output in outputs if isinstance(outputs, list) else []:
        data = output.get("data") if isinstance(output, dict) else None
        payload = data.get(MIME) if isinstance(data, dict) else None
        if isinstance(payload, dict):
            yield payload


def _joined(source: object) -> str:
    if isinstance(source, list):
        return "".join(line for line in source if isinstance(line, str))
    return source if isinstance(source, str) else ""


def _take_head(submission: Submission, content: dict[str, Any]) -> None:
    """Copy who and which variant; what is not of the right kind stays empty."""
    submission.student = clean_id(content.get("student"))[0]
    variant, language = content.get("variant"), content.get("language")
    submission.variant = variant[:64] if isinstance(variant, str) else ""
    submission.language = language if language in LANGUAGES else "en"


def _take(submission: Submission, question: object, attempts: object) -> None:
    """Copy the attempts that have the form that check() writes."""
    if not isinstance(question, str) or not isinstance(attempts, list):
        submission.remarks.append("an entry that check() did not write was left out")
        return
    if len(attempts) > MOST_ATTEMPTS:
        half = MOST_ATTEMPTS // 2
        attempts = attempts[:half] + attempts[-half:]
    taken = []
    for attempt in attempts:
        if not isinstance(attempt, dict):
            continue
        answer = _plain(attempt.get("answer"))
        verdict = attempt.get("verdict")
        if answer is None and attempt.get("answer") is not None:
            submission.remarks.append(f"{question}: an unreadable answer was left out")
        taken.append(
            {
                "answer": answer,
                "verdict": verdict if isinstance(verdict, str) else "",
            }
        )
    # A copied cell holds part of the story; the longer one holds all of it.
    if len(taken) >= len(submission.attempts.get(question, [])):
        submission.attempts[question] = taken


def _plain(answer: object) -> list[float] | str | None:
    """Return a few finite numbers or a short text; anything else is no answer."""
    if isinstance(answer, str):
        return answer[:MOST_CHARACTERS]
    if not isinstance(answer, list) or not 0 < len(answer) <= MOST_NUMBERS:
        return None
    numbers = []
    for number in answer:
        if isinstance(number, bool) or not isinstance(number, (int, float)):
            return None
        try:
            value = float(number)
        except OverflowError:
            return None
        if not math.isfinite(value):
            return None
        numbers.append(value)
    return numbers
