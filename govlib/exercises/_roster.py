"""Reading a list of students, however the registry's spreadsheet has saved it."""

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from govlib import _validate, datasets
from govlib.exercises._texts import clean_id

# Headings that are understood, without blanks, dots and capitals.
_HEADINGS = {
    "student": (
        *("student", "studentid", "studentno", "studentnumber", "id", "idnumber"),
        *("number", "学号", "学生学号", "学生编号"),
    ),
    "name": ("name", "fullname", "studentname", "姓名", "学生姓名"),
    "group": ("group", "team", "小组", "组别", "组号", "分组"),
}
# What would end a text in the notebook's first cell.
_UNUSABLE = re.compile(r"[\"'\\\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Student:
    """One row; `group` hands in together, where there are groups."""

    student: str
    name: str = ""
    group: str = ""


def read(path: Path) -> tuple[list[Student], list[str]]:
    """Return the students in the order of the file, and what should be said of it."""
    if not path.is_file():
        raise FileNotFoundError(f"there is no roster {str(path)!r}")
    name = path.name
    text = datasets._decode(path.read_bytes(), name, None)
    (_, headings), *lines = datasets._lines(text, name)
    places = _places(headings, name)
    students: list[Student] = []
    rows: dict[str, int] = {}
    empty, wrong = [], []
    for row, cells in lines:
        if not any(cell.strip() for cell in cells):
            empty.append(row)
            continue
        given = cells[places["student"]].strip()
        clean, problem = clean_id(given)
        if problem == "id_scientific":
            wrong.append(
                f"row {row}: {given} has lost digits in a spreadsheet; format the "
                f"column as text, type the number again and save"
            )
        elif not clean:
            wrong.append(f"row {row}: {_LACKING[problem]}")
        elif _UNUSABLE.search(clean):
            wrong.append(
                f"row {row}: {given!r} holds a quotation mark, a backslash or a sign "
                f"that cannot be seen; leave it out"
            )
        elif clean in rows:
            wrong.append(f"rows {rows[clean]} and {row}: {given!r} is there twice")
        else:
            rows[clean] = row
            more = {
                key: " ".join(unicodedata.normalize("NFKC", cells[place]).split())
                for key, place in places.items()
                if key != "student"
            }
            students.append(Student(clean, **more))
    if wrong:
        rest = f"; and {len(wrong) - 10} more" if len(wrong) > 10 else ""
        raise ValueError(f"{name}: {'; '.join(wrong[:10])}{rest}")
    if not students:
        raise ValueError(f"{name} has headings but no student")
    said = [f"{name}: empty row(s) left out: {_validate.listing(empty)}"]
    return students, said if empty else []


_LACKING = {
    None: "there is no student number",
    "id_long": "the student number is longer than 64 characters",
}


def _places(headings: list[str], name: str) -> dict[str, int]:
    """Return the place of each column that is understood."""
    folded = [
        re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", heading)).casefold()
        for heading in headings
    ]
    places = {}
    for key, known in _HEADINGS.items():
        found = [place for place, heading in enumerate(folded) if heading in known]
        if len(found) > 1:
            both = _validate.listing(headings[place] for place in found)
            raise ValueError(
                f"{name}: more than one column may be the {key}: {both}; rename all "
                f"but one"
            )
        if found:
            places[key] = found[0]
    if "student" not in places:
        have = _validate.listing((h.strip() for h in headings), 12)
        raise ValueError(
            f"{name} has no column of student numbers; call it 'student', 'student "
            f"id', 'id', 'number' or '学号'. The first line names {have}"
        )
    return places
