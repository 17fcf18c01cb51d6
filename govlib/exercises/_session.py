"""What runs in a student's notebook: start, check, hand in."""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

from govlib import _files
from govlib.exercises import _answers, _keys
from govlib.exercises._texts import LANGUAGES, clean_id, file_name, text

MIME = "application/vnd.govlib.attempts+json"


@dataclass
class _Session:
    """One exercise being worked on in this kernel."""

    sheet: dict[str, Any]
    folder: Path
    student: str = ""
    members: list[str] = field(default_factory=list)
    language: str = "en"
    record: bool = True
    attempts: list[dict[str, Any]] = field(default_factory=list)

    @property
    def log(self) -> Path:
        number, slug = self.sheet["exercise"], self.sheet["slug"]
        return self.folder / f"{number}_{slug}.attempts.jsonl"

    def of(self, question: str) -> list[dict[str, Any]]:
        """Return this student's attempts at `question`, oldest first."""
        return [
            attempt
            for attempt in self.attempts
            # Attempts made before the number was typed in are the same person's.
            if attempt.get("question") == question
            and attempt.get("student") in ("", self.student)
            and attempt.get("variant") == self.sheet["variant"]
        ]

    def add(self, attempt: dict[str, Any]) -> None:
        """Keep `attempt`, unless the cell was only run again unchanged."""
        before = self.of(attempt["question"])
        if before and all(
            before[-1].get(key) == attempt[key] for key in ("answer", "verdict")
        ):
            return
        self.attempts.append(attempt)
        if self.record:
            try:
                _files.append(self.log, attempt)
            except OSError:
                # A read-only folder: the cell's output still holds the attempt.
                self.record = False


# A notebook has one kernel and one student. The calls of its cells are kept as short
# as check("04.q1", q1), so what the first cell said must be remembered here.
_session: _Session | None = None


def _say(line: str, payload: dict[str, Any] | None = None) -> None:
    """Show `line`; `payload` goes with it into the cell's output, unseen."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    if shell is None:
        print(line)  # noqa: T201
        return
    from IPython.display import display

    bundle: dict[str, Any] = {"text/plain": line}
    if payload is not None:
        bundle[MIME] = payload
    display(bundle, raw=True)


def _sheet(number: str) -> dict[str, Any]:
    """Read the sheet of exercise `number` beside the notebook, or one folder up."""
    here = Path.cwd()
    for folder in (here, here.parent):
        for path in sorted(folder.glob(f"{number}_*.keys.json")):
            return json.loads(path.read_text(encoding="utf-8"))
    raise FileNotFoundError(f"{number}_*.keys.json")


def start(
    number: str,
    *,
    student: str = "",
    members: Sequence[str] = (),
    language: str = "en",
    record: bool = True,
) -> dict[str, Any]:
    """
    Open an exercise and return the numbers that make it yours.

    Reads ``<number>_*.keys.json`` beside the notebook (or one folder up) and says
    where attempts will be kept. A student number or language that cannot be used is
    reported in one line and left out, so that the notebook still runs to its end.

    Parameters
    ----------
    number : str
        Number of the exercise as text, such as ``"04"``.
    student : str, default ""
        Student number as text. Full-width digits, capitals and blanks around it make
        no difference. Empty for self-study: nothing can then be handed in.
    members : sequence of str, default ()
        Student numbers of those with whom you hand in one piece of work. They get
        the same points and feedback.
    language : {"en", "zh"}, default "en"
        Language of hints and messages.
    record : bool, default True
        Whether attempts are kept in a file beside the notebook. A worked solution
        keeps none.

    Returns
    -------
    dict
        The parameters of your variant, such as the names of your estates.

    Raises
    ------
    FileNotFoundError
        If the exercise's file is not beside the notebook.

    See Also
    --------
    check : Check one answer.
    hand_in : Write the file to hand in.

    Examples
    --------
    >>> start("99")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    FileNotFoundError: exercise 99 needs the file 99_*.keys.json beside the ...
    """
    global _session
    language_given, language = language, language if language in LANGUAGES else "en"
    try:
        sheet = _sheet(number)
    except FileNotFoundError as error:
        raise FileNotFoundError(
            f"exercise {number} needs the file {error} beside the notebook; copy it "
            f"from the course's exercises folder, or open the notebook there"
        ) from None
    clean, problem = clean_id(student)
    others, unread = _others(members, clean)
    session = _Session(sheet, Path.cwd(), clean, others, language, record)
    if record:
        session.attempts = _files.read_lines(session.log)
    if _session and not session.attempts and _session.log == session.log:
        # The folder cannot be written to: what this kernel knows is all there is.
        session.attempts = _session.attempts
    _session = session
    if problem:
        _say(text(problem, language, id=student))
    if unread:
        _say(text("members", language))
    made_for = sheet.get("students", [clean])
    if clean and clean not in made_for:
        names = ", ".join(made_for)
        _say(text("not_yours", language, others=names, id=clean))
    if language_given != language:
        _say(text("language", language, given=language_given))
    kept = text("kept" if record else "not_kept", language, file=session.log.name)
    _say(
        text(
            "started",
            language,
            number=sheet["exercise"],
            title=sheet[f"title_{language}"],
            variant=sheet["variant"],
            kept=kept,
        )
    )
    return dict(sheet["parameters"])


def _others(members: object, student: str) -> tuple[list[str], bool]:
    """Return the other members in their one spelling, and whether any is unread."""
    if isinstance(members, str) or not isinstance(members, Sequence):
        return [], True
    cleaned = [clean_id(member)[0] for member in members]
    others = dict.fromkeys(name for name in cleaned if name and name != student)
    return list(others), "" in cleaned


def check(question: str, answer: object) -> None:
    """
    Say whether an answer is right, or what it looks like if it is not.

    Practice questions are compared at once: right, a known misconception with a
    hint, or neither. Graded questions are checked for form, type and range and
    recorded. It shows one line, never the answer, and it never raises, so that all
    cells of a notebook can be run.

    Parameters
    ----------
    question : str
        Name of the question, such as ``"04.q1"``.
    answer : object
        What you found: a number, several numbers (list, dict or Series), a table, a
        letter or a text, as the question asks. ``...`` means not answered yet.

    See Also
    --------
    start : Say who you are and in which language you want hints.
    hand_in : Write the file to hand in.

    Notes
    -----
    Every attempt is kept twice: in the output of its cell and in a file beside the
    notebook. Running a cell again without change is not another attempt.

    Examples
    --------
    Outside the exercises' folder there is nothing to compare with:

    >>> check("99.q1", 0.5)  # doctest: +ELLIPSIS
    99.q1: not checked: there is no file 99_*.keys.json beside this notebook. ...
    """
    language = _session.language if _session else "en"
    try:
        line, payload = _checked(str(question), answer)
        _say(f"{question}: {line}", payload)
    except FileNotFoundError as error:
        _say(f"{question}: {text('no_sheet', language, name=error)}")
    except Exception as error:  # A student's cell must always reach its end.
        what = f"{type(error).__name__}: {error}"[:200]
        _say(f"{question}: {text('failed', language, error=what)}")


def _checked(question: str, answer: object) -> tuple[str, dict[str, Any] | None]:
    """Return the line to show and the attempts to keep in the output."""
    global _session
    number = question.partition(".")[0]
    if _session is None or _session.sheet["exercise"] != number:
        # The first cell was not run: what it would have said is taken as empty.
        _session = _Session(_sheet(number), Path.cwd())
        _session.attempts = _files.read_lines(_session.log)
    session, language = _session, _session.language
    item = session.sheet["questions"].get(question)
    if item is None:
        names = list(session.sheet["questions"])
        return text("unknown", language, name=question, nearest=names), None
    if _answers.is_missing(answer):
        return text("missing", language), None
    attempt: dict[str, Any] = {
        "question": question,
        "student": session.student,
        "variant": session.sheet["variant"],
    }
    try:
        reduced = _answers.reduce(item["form"], answer)
    except _answers.Unfit as unfit:
        verdict, line = unfit.code, text(unfit.code, language, **unfit.details)
        if unfit.numbers is not None and not item["graded"]:
            # A known mistake may lie outside the range, and its hint says more.
            known, hint = _verdict(item, unfit.numbers, language)
            if known not in ("other", "right"):
                verdict, line = known, hint
        attempt |= {"answer": _short(unfit.numbers), "verdict": verdict}
    else:
        verdict, line = _verdict(item, reduced, language)
        attempt |= {"answer": _short(reduced), "verdict": verdict}
    session.add(attempt)
    return line, _payload(session, question)


def _verdict(
    item: dict[str, Any], reduced: list[float] | str, language: str
) -> tuple[str, str]:
    if item["graded"] or isinstance(reduced, str):
        return "recorded", text("recorded", language)
    if _keys.opens(item["key"], reduced):
        return "right", text("right", language)
    for misconception in item["misconceptions"]:
        if _keys.opens(misconception["key"], reduced):
            hint = misconception[f"hint_{language}"]
            return misconception["name"], text("hint", language, hint=hint)
    return "other", text("other", language)


def _short(answer: list[float] | str | None) -> list[float] | str | None:
    """Leave out digits in which two computers may differ; no tolerance needs them."""
    if not isinstance(answer, list):
        return answer
    return [float(f"{number:.10g}") for number in answer]


def _payload(session: _Session, question: str) -> dict[str, Any]:
    return {
        "question": question,
        **_head(session),
        "attempts": [
            {"answer": attempt.get("answer"), "verdict": attempt.get("verdict")}
            for attempt in session.of(question)
        ],
    }


def _head(session: _Session) -> dict[str, Any]:
    """Return who answers what; members only where there are any."""
    together = {"members": session.members} if session.members else {}
    return {
        "exercise": session.sheet["exercise"],
        "student": session.student,
        **together,
        "variant": session.sheet["variant"],
        "language": session.language,
    }


def hand_in() -> None:
    """
    Say what is answered and write the one file to hand in.

    Lists answered and missing questions and writes
    ``<number>_<student number>.answers.json`` beside the notebook, in one step, so
    that an interrupted computer leaves the old file or the new one. It never raises.

    See Also
    --------
    check : Check one answer.

    Notes
    -----
    The file holds the last answer and all attempts of each question, as numbers and
    texts. It holds no code and nothing about the computer.

    Examples
    --------
    >>> hand_in()
    No exercise is open: run the first cell of the notebook, then this one.
    """
    if _session is None:
        _say(text("not_started", "en"))
        return
    session, language = _session, _session.language
    number = session.sheet["exercise"]
    questions: dict[str, Any] = {}
    for question in session.sheet["questions"]:
        attempts = _payload(session, question)["attempts"]
        if attempts:
            questions[question] = {"attempts": attempts}
    missing = [name for name in session.sheet["questions"] if name not in questions]
    none = text("none", language)
    _say(text("answered", language, names=", ".join(questions) or none))
    if missing:
        _say(text("unanswered", language, names=", ".join(missing)))
    if not session.student:
        _say(text("id_needed", language))
        return
    path = session.folder / f"{number}_{file_name(session.student)}.answers.json"
    content = {
        **_head(session),
        "govlib": version("govlib"),
        "questions": questions,
    }
    try:
        _files.write(path, _files.to_json(content))
    except OSError as error:
        reason = error.strerror or type(error).__name__
        _say(text("not_written", language, error=reason))
        return
    _say(text("written", language, file=path.name))
