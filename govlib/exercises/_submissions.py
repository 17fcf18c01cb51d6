"""Reading what students hand in. Files are data here: nothing in them is run."""

import io
import json
import math
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from govlib.exercises._answers import MOST_CHARACTERS
from govlib.exercises._session import MIME
from govlib.exercises._texts import LANGUAGES, clean_id

MOST_BYTES = 20_000_000
# Nobody tries more often; a longer list is kept at both ends.
MOST_ATTEMPTS = 500
MOST_FILES = 100  # in one archive
MOST_NUMBERS = 16
MOST_MEMBERS = 32

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
    members: list[str] = field(default_factory=list)
    variant: str = ""
    language: str = "en"
    # By question, where a notebook's outputs carry more than one.
    variants: dict[str, str] = field(default_factory=dict)
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

    def variant_of(self, question: str) -> str:
        """Return the variant that the answer to `question` carries."""
        return self.variants.get(question, self.variant)

    def size(self) -> int:
        """Return the number of attempts: the later of two versions has more."""
        return sum(len(attempts) for attempts in self.attempts.values())


class _Unreadable(Exception):
    """A file that cannot be taken, with the sentence that says why."""


def read(folder: Path) -> tuple[list[Submission], list[tuple[str, str]]]:
    """Return the submissions under `folder`, and (file, problem) for the rest."""
    submissions, problems = [], []
    for name, modified, content in _found(folder):
        try:
            submissions.append(_read_file(content, name, modified))
        except _Unreadable as problem:
            problems.append((name, str(problem)))
    return submissions, problems


# The content of a file, or why there is none.
Content = bytes | _Unreadable


def _found(folder: Path) -> Iterator[tuple[str, float, Content]]:
    """Yield each file that may be a submission, and those inside archives."""
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if _left_behind(name):
            continue
        # A link may point outside the folder: another file than was handed in.
        if path.is_symlink():
            yield name, 0.0, _Unreadable("a link, not a file; not followed")
        elif path.is_file():
            try:
                stat = path.stat()
                with open(path, "rb") as file:
                    content = _limited(file, stat.st_size)
            except OSError as error:
                yield name, 0.0, _Unreadable(f"cannot be opened: {error.strerror}")
                continue
            if isinstance(content, bytes) and name.casefold().endswith(".zip"):
                for inner, unpacked in _unpacked(content):
                    yield f"{name}{inner}", stat.st_mtime, unpacked
            else:
                yield name, stat.st_mtime, content


def _left_behind(name: str) -> bool:
    """Whether a file is none that a student hands in."""
    # What editors and archive tools leave behind is not a submission.
    parts = set(Path(name).parts) - {".."}
    if any(part.startswith((".", "__MACOSX")) for part in parts):
        return True
    # Nor is what lies beside the notebook when a whole folder is handed in.
    return name.endswith((".keys.json", ".attempts.jsonl", "README.txt"))


def _limited(file: IO[bytes], size: int) -> Content:
    """Return the content of a file that is not larger than any submission."""
    if size <= MOST_BYTES:
        # An archive may say less than is true.
        content = file.read(MOST_BYTES + 1)
        if len(content) <= MOST_BYTES:
            return content
    return _Unreadable(
        f"not read: {max(size, MOST_BYTES) / 1e6:,.0f} MB is more than "
        f"{MOST_BYTES / 1e6:.0f} MB; ask for the .answers.json file"
    )


def _unpacked(content: bytes) -> Iterator[tuple[str, Content]]:
    """Yield the files of an archive, read in memory; nothing is written anywhere."""
    left = MOST_BYTES
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            if len(entries) > MOST_FILES:
                count = f"{len(entries)} files in one archive"
                yield "", _Unreadable(f"not read: {count}; unpack it first")
                return
            for entry in entries:
                if entry.is_dir() or _left_behind(entry.filename):
                    continue
                with archive.open(entry) as file:
                    # All files together must not be more than one may be.
                    unpacked = _limited(file, entry.file_size + MOST_BYTES - left)
                left -= len(unpacked) if isinstance(unpacked, bytes) else 0
                yield f"/{entry.filename}", unpacked
    # What zipfile raises for broken, locked and unknown archives has no common name.
    except Exception as error:
        problem = f"not read: a broken or locked archive ({type(error).__name__})"
        yield "", _Unreadable(f"{problem}; ask for it again")


def _read_file(content: Content, name: str, modified: float) -> Submission:
    notebook = name.casefold().endswith(".ipynb")
    if isinstance(content, _Unreadable):
        raise content
    if not notebook and not name.casefold().endswith(".json"):
        archive = name.casefold().endswith((".zip", ".rar", ".7z"))
        kind = "neither a notebook nor an .answers.json file"
        raise _Unreadable(f"not read: {'unpack it first' if archive else kind}")
    try:
        read = json.loads(content)
    except (ValueError, RecursionError, MemoryError):
        raise _Unreadable(
            "not read: it is not valid JSON (cut off, or changed by hand); ask for "
            "it again"
        ) from None
    if not isinstance(read, dict):
        raise _Unreadable("not read: it holds no submission; ask for it again")
    return (_from_notebook if notebook else _from_answers)(read, name, modified)


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
            submission.members = head.members
            submission.variant = head.variant
            submission.language = head.language
            question = payload.get("question")
            if _take(submission, question, payload.get("attempts")):
                submission.variants[str(question)] = head.variant
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
    members = content.get("members")
    if isinstance(members, list):
        cleaned = (clean_id(member)[0] for member in members[:MOST_MEMBERS])
        submission.members = sorted({*cleaned} - {"", submission.student})


def _take(submission: Submission, question: object, attempts: object) -> bool:
    """Copy the attempts that have the form that check() writes; say whether."""
    if not isinstance(question, str) or not isinstance(attempts, list):
        submission.remarks.append("an entry that check() did not write was left out")
        return False
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
    if len(taken) < len(submission.attempts.get(question, [])):
        return False
    submission.attempts[question] = taken
    return True


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
