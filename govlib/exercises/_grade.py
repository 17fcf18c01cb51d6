"""Grading a folder of submissions as data."""

import secrets
from collections import defaultdict
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from govlib import _validate
from govlib.exercises import _items, _marks, _pages, _submissions
from govlib.exercises._items import Flag
from govlib.exercises._marks import Mark, Problem
from govlib.exercises._submissions import Submission


@dataclass(frozen=True, slots=True)
class Grades:
    """
    What :func:`grade` found, table by table.

    Attributes
    ----------
    grades : pandas.DataFrame
        One row per student: ``student``, ``name`` and ``group`` if the marking file
        has a roster, ``status``, ``practice`` and ``practice_of``, ``graded`` and
        ``graded_of`` (points), ``awaiting`` (answers to be marked by hand),
        ``attempts``, the points of each question, ``handed_in_by``, ``file``.
    marking : pandas.DataFrame
        One row per text: ``entry``, ``student``, ``question``, ``answer``,
        ``rubric``, ``maximum``, ``points``, ``comment``.
    items : pandas.DataFrame
        One row per question: ``question``, ``title``, ``kind``, ``students`` who
        answered, ``first_right`` and ``last_right`` (shares of them, by first and
        last attempt), ``attempts`` (mean), ``discrimination`` (correlation of being
        right at last with the points of all other questions),
        ``commonest_first_mistake`` and its ``share``.
    misconceptions : pandas.DataFrame
        One row per question and kind of first mistake: ``question``, ``mistake``,
        ``students``, ``share``.
    flags : pandas.DataFrame
        What a lecturer may want to look at, never punished: ``student``,
        ``question`` (empty if the flag is about all of a submission), ``flag``.
    problems : pandas.DataFrame
        Files that need something: ``file``, ``student``, ``problem``.
    folder : pathlib.Path
        Where the tables and the feedback were written.
    """

    grades: pd.DataFrame
    marking: pd.DataFrame
    items: pd.DataFrame
    misconceptions: pd.DataFrame
    flags: pd.DataFrame
    problems: pd.DataFrame
    folder: Path

    def __str__(self) -> str:
        status = sorted(self.grades["status"].value_counts().items())
        lines = [
            f"students: {len(self.grades)}"
            f" ({', '.join(f'{name} {count}' for name, count in status)})",
            f"files that need attention: {len(self.problems)}; "
            f"flags: {len(self.flags)}",
        ]
        if len(self.misconceptions):
            top = self.misconceptions.sort_values(
                ["students", "question", "mistake"], ascending=[False, True, True]
            ).iloc[0]
            lines.append(
                f"commonest first mistake: {top['mistake']} in {top['question']} "
                f"(students: {top['students']})"
            )
        return "\n".join([*lines, f"written to {self.folder}"])


def grade(
    folder: str | PathLike[str],
    *,
    marking: str | PathLike[str],
    out: str | PathLike[str] | None = None,
    keep: Literal["last", "best"] = "last",
    pseudonyms: bool = False,
    overwrite: bool = False,
) -> Grades:
    """
    Grade a folder of submissions without running a line of them.

    Reads every notebook and every ``.answers.json`` file under `folder` as data,
    marks the recorded answers, and writes tables for the lecturer and one page of
    feedback per student. A file that cannot be read is reported, the rest are graded.

    Parameters
    ----------
    folder : str or path
        Submissions, in any subfolders, of one exercise.
    marking : str or path
        Marking file of the exercise, ``NN_slug.marking.json``: the one that
        :func:`release` wrote, or that of the public numbers in the course folder.
    out : str or path, optional
        Where to write. Default: beside `folder`, its name followed by the number of
        the exercise, such as ``handed-in_04_marked``.
    keep : {"last", "best"}, default "last"
        Which of several different submissions of a student counts. The last is the
        one with most recorded attempts, then the one saved latest.
    pseudonyms : bool, default False
        Whether ``grades.csv`` and ``marking.csv`` name students by pseudonyms, for a
        second marker or a notice board. Who is who is in ``pseudonyms.csv``, which is
        kept from run to run; the other tables, and the pages, name students.
    overwrite : bool, default False
        Whether earlier results in `out` may be replaced. Points and comments that
        were typed into ``marking.csv`` are read first and always kept.

    Returns
    -------
    Grades
        The tables that were written.

    Raises
    ------
    FileNotFoundError
        If `folder` or `marking` is not there.
    FileExistsError
        If `out` holds results and `overwrite` is False.
    ValueError
        If `marking` is not a marking file, `keep` is unknown, or no submission is of
        its exercise.

    Notes
    -----
    Written to `out`: ``grades.csv``, ``marking.csv`` (fill in the points and call
    again with ``overwrite=True``), ``items.csv``, ``misconceptions.csv``,
    ``flags.csv``, ``problems.csv`` (all UTF-8 with a byte order mark, which Excel
    needs) and ``feedback/NN_<student>.html``.

    A recorded answer is a claim: the verdict is computed again here. Where a student
    handed in both a notebook and a file written by ``hand_in()``, the file counts and
    differences are listed. A notebook with cleared outputs is not a zero: its status
    is "ask for a re-run". Each answer is marked by the variant that it carries; one
    that is not the roster's for this student is flagged, and one that the marking file
    does not know is not marked. Students of the roster who handed in nothing are
    listed with that status and without points. Whoever is named as a member by
    another and has handed in nothing gets the points and the feedback of that piece of
    work. Discrimination is the corrected item-total correlation
    [1]_, from students who answered at least one question.

    References
    ----------
    .. [1] Henrysson, S. (1963). Correction of item-total correlations in item
       analysis. Psychometrika 28(2), 211-218.

    Examples
    --------
    >>> grade("no such folder", marking="04_cohesion.marking.json")
    Traceback (most recent call last):
        ...
    FileNotFoundError: there is no folder 'no such folder'
    """
    _validate.choice(keep, ("last", "best"), "keep")
    folder = Path(folder)
    if not folder.is_dir():
        raise FileNotFoundError(f"there is no folder {str(folder)!r}")
    key = _marks.read_marking(Path(marking))
    whole = folder.resolve()
    # The same folder may hold several exercises, graded one after another.
    beside = whole.with_name(f"{whole.name}_{key['exercise']}_marked")
    target = Path(out) if out else beside
    if not overwrite and (target / "grades.csv").exists():
        raise FileExistsError(
            f"{str(target)!r} already holds results; choose another out= or ask for "
            f"overwrite=True (--overwrite); points typed into marking.csv are kept"
        )
    if target.resolve().is_relative_to(whole):
        raise ValueError(
            f"out= {str(target)!r} lies inside the folder of submissions; choose a "
            f"folder beside it"
        )

    submissions, unread = _submissions.read(folder)
    problems: list[Problem] = [(file, "", problem) for file, problem in unread]
    number = key["exercise"]
    for other in [s for s in submissions if s.exercise != number]:
        problems.append(
            (other.file, other.student, f"not graded: exercise {other.exercise!r}")
        )
    submissions = [s for s in submissions if s.exercise == number]
    if not submissions:
        raise ValueError(
            f"no submission of exercise {number} in {str(folder)!r}: "
            f"{len(problems)} files looked at"
        )
    earlier = _marks.read_points(target / "marking.csv")
    chosen, aside = _choose(submissions, key, keep)
    everybody = {*chosen, *(m for s in chosen.values() for m in s.members)}
    everybody.update(key.get("roster", {}))
    # Those of an earlier run are needed even where none are asked for now: points
    # may have been typed beside them.
    aliases = _pseudonyms(
        target / "pseudonyms.csv", sorted(everybody) if pseudonyms else []
    )
    names = aliases if pseudonyms else {}
    texts, untyped = _marks.texts_of(chosen, key, earlier, aliases, hidden=pseudonyms)
    marks = {
        student: _marks.marks_of(submission, key, texts)
        for student, submission in chosen.items()
    }
    status = {
        student: _status(submission, key, marks[student])
        for student, submission in chosen.items()
    }
    people, doubts = _people(chosen, key, status)
    problems += aside + untyped
    for student, submission in chosen.items():
        found = list(dict.fromkeys(submission.remarks))
        if status[student] == "unknown variant":
            unknown = {submission.variant_of(q) for q in submission.attempts}
            listed = _validate.listing(sorted(unknown - set(key["variants"])))
            found.append(f"variant {listed} is not in the marking file")
        if status[student] == "ask for a re-run":
            found.append("outputs cleared: ask for a re-run")
        problems += [(submission.file, student, problem) for problem in found]
    items, misconceptions = _items.analyse(chosen, key, marks)
    result = Grades(
        _grade_table(people, names, chosen, key, marks, status),
        _marks.marking_table(texts, earlier, names),
        items,
        misconceptions,
        _items.flags(chosen, key, doubts),
        pd.DataFrame(problems, columns=["file", "student", "problem"]),
        target,
    )
    pages = {
        student: _pages.page(student, chosen[by], key, marks[by], status[by])
        for student, by in people.items()
        if by
    }
    tables = {name: getattr(result, name) for name in _TABLES}
    if names:
        who = pd.DataFrame(names.items(), columns=["student", "pseudonym"])
        # First, because without it nobody knows who is who.
        tables = {"pseudonyms": who, **tables}
    _pages.write(target, tables, key["exercise"], pages)
    return result


# grades last: where it stands, everything stands.
_TABLES = ("marking", "items", "misconceptions", "flags", "problems", "grades")


def _choose(
    submissions: list[Submission], key: dict[str, Any], keep: str
) -> tuple[dict[str, Submission], list[Problem]]:
    """Return the submission that counts of each student, and what was set aside."""
    groups: dict[str, list[Submission]] = defaultdict(list)
    for submission in submissions:
        if not submission.student:
            # Two people without a number are not one person.
            submission.student = f"unnamed: {submission.file}"
            submission.remarks.append("no student number")
        groups[submission.student].append(submission)

    def latest(submission: Submission) -> tuple[int, float, str]:
        return submission.size(), submission.modified, submission.file

    def best(submission: Submission) -> tuple[float, tuple[int, float, str]]:
        marks = _marks.marks_of(submission, key, {})
        return sum(m.points or 0 for m in marks.values()), latest(submission)

    chosen, aside = {}, []
    for student, group in sorted(groups.items()):
        # hand_in() is the act of handing in; the notebook stands behind it.
        written = [s for s in group if not s.notebook and s.attempts]
        candidates = written or [s for s in group if s.attempts] or group
        counts = max(candidates, key=best if keep == "best" else latest)
        chosen[student] = counts
        for other in group:
            if other is counts:
                continue
            counts.sources = counts.sources or other.sources
            counts.remarks += other.remarks
            if difference := _difference(other, counts, key):
                aside.append((other.file, student, difference))
    return chosen, aside


def _difference(other: Submission, counts: Submission, key: dict[str, Any]) -> str:
    """Say in what a submission differs from the one that counts; "" if in nothing."""
    if not other.attempts:
        return f"no recorded answers; {counts.file} counts"
    differ = [
        question
        for question in key["questions"]
        if (other.last(question) or {}).get("answer")
        != (counts.last(question) or {}).get("answer")
    ]
    if not differ:
        return ""
    kind = "notebook and file" if other.notebook != counts.notebook else "two versions"
    return f"{kind} differ in {', '.join(differ)}; {counts.file} counts"


def _status(submission: Submission, key: dict[str, Any], marks: dict[str, Mark]) -> str:
    states = {mark.state for mark in marks.values()}
    if "unmarked" in states:
        return "unknown variant"
    if states == {"none"}:
        worked = _items.unrun(submission, key)
        return "ask for a re-run" if worked else "nothing answered"
    return "awaiting marking" if "awaiting" in states else "marked"


def _people(
    chosen: dict[str, Submission], key: dict[str, Any], status: dict[str, str]
) -> tuple[dict[str, str], list[Flag]]:
    """Return everybody with the student whose submission is theirs ("" for nobody's).

    And what is in doubt: work in which more than one submission has a part.
    """
    people = {student: student for student in chosen}
    doubts = []
    for student, submission in chosen.items():
        for member in submission.members:
            by = people.setdefault(member, student)
            # An untouched notebook beside the work of the group is no work.
            if by == member and status[member] == "nothing answered":
                by = people[member] = student
            if by == student:
                continue
            if _difference(submission, chosen[by], key):
                flag = f"named as a member by {student} too; {chosen[by].file} counts"
                doubts.append((member, "", flag))
    for student in key.get("roster", {}):
        people.setdefault(student, "")
    return dict(sorted(people.items())), doubts


def _pseudonyms(path: Path, students: list[str]) -> dict[str, str]:
    """Return a pseudonym for each student, those of an earlier run first."""
    names: dict[str, str] = {}
    if path.exists():
        rows = _marks.read_rows(path, {"student", "pseudonym"})
        names = {row["student"]: row["pseudonym"] for row in rows}
    for student in students:
        # Drawn, not computed from the number: numbers can be tried out.
        while student not in names:
            drawn = f"p-{secrets.token_hex(3)}"
            if drawn not in names.values():
                names[student] = drawn
    return names


def _grade_table(
    people: dict[str, str],
    names: dict[str, str],
    chosen: dict[str, Submission],
    key: dict[str, Any],
    marks: dict[str, dict[str, Mark]],
    status: dict[str, str],
) -> pd.DataFrame:
    roster = key.get("roster", {})
    rows = []
    for student, by in people.items():
        row: dict[str, Any] = {"student": names.get(student, student)}
        if roster and not names:
            known = roster.get(student, {})
            row |= {"name": known.get("name", ""), "group": known.get("group", "")}
        if not by:
            rows.append(row | {"status": "nothing handed in"})
            continue
        submission, mine = chosen[by], marks[by]
        unread = status[by] in ("ask for a re-run", "unknown variant")
        row["status"] = status[by]
        for kind, graded in (("practice", False), ("graded", True)):
            own = {q: i for q, i in key["questions"].items() if i["graded"] == graded}
            # Not a zero: nobody knows yet.
            row[kind] = None if unread else sum(mine[q].points or 0 for q in own)
            row[f"{kind}_of"] = sum(item["points"] for item in own.values())
        row["awaiting"] = sum(mark.state == "awaiting" for mark in mine.values())
        row["attempts"] = submission.size()
        row |= {q: None if unread else mark.points for q, mark in mine.items()}
        row["handed_in_by"] = names.get(by, by)
        rows.append(row if names else row | {"file": submission.file})
    # In the order of names, unless they are made up.
    table = pd.DataFrame(sorted(rows, key=lambda row: row["student"]))
    texts = table.columns.intersection(["handed_in_by", "file"])
    return table.fillna(dict.fromkeys(texts, ""))
