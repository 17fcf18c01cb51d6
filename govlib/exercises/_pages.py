"""Writing the tables and the pages of feedback."""

import hashlib
import html
from pathlib import Path
from typing import Any

import pandas as pd

from govlib import _files
from govlib.exercises._marks import Mark
from govlib.exercises._submissions import Submission
from govlib.exercises._texts import file_name, text


def _safe(value: object) -> object:
    """Return text that a spreadsheet will show and not compute."""
    if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")):
        return f"'{value}"
    return value


def write(
    target: Path, tables: dict[str, pd.DataFrame], number: str, pages: dict[str, str]
) -> None:
    """Write every page of feedback, then every table, into `target`."""
    folder = target / "feedback"
    folder.mkdir(parents=True, exist_ok=True)
    used: set[str] = set()
    for student, content in pages.items():
        name = f"{number}_{file_name(student)}"
        if name in used:
            # Two numbers that differ only in signs that a file name cannot hold.
            name += f"_{hashlib.sha256(student.encode('utf-8')).hexdigest()[:8]}"
        used.add(name)
        _files.write(folder / f"{name}.html", content)
    for name, table in tables.items():
        content = table.map(_safe).to_csv(index=False, lineterminator="\n")
        _files.write(target / f"{name}.csv", content, encoding="utf-8-sig")


def page(
    submission: Submission, key: dict[str, Any], marks: dict[str, Mark], status: str
) -> str:
    """Return one student's feedback as a page that needs nothing else."""
    language = submission.language
    rows = []
    for question, item in key["questions"].items():
        mark = marks[question]
        outcome, remark = "", mark.comment
        if mark.state == "awaiting":
            outcome = text("awaiting", language)
        elif mark.points is not None:
            outcome = text(
                "points", language, points=f"{mark.points:g}", maximum=item["points"]
            )
        if mark.state == "none":
            remark = text("no_answer", language)
        elif mark.state in item["hints"]:
            remark = item["hints"][mark.state][language]
        kind = text("graded" if item["graded"] else "practice", language)
        cells = (f"{question} {item['title']}", kind, outcome, remark)
        rows.append("".join(f"<td>{html.escape(cell)}</td>" for cell in cells))
    heads = "".join(
        f"<th>{text(code, language)}</th>"
        for code in ("question", "kind", "result", "remark")
    )
    title = html.escape(text("feedback", language, number=key["exercise"]))
    body = "".join(f"<tr>{row}</tr>\n" for row in rows)
    if status == "ask for a re-run":
        note = f"<p>{html.escape(text('rerun', language))}</p>\n"
        table = ""
    else:
        note = ""
        table = f"<table>\n<tr>{heads}</tr>\n{body}</table>\n"
    return (
        f'<!doctype html>\n<html lang="{language}">\n<meta charset="utf-8">\n'
        f"<title>{title}</title>\n"
        "<style>body{font-family:sans-serif;max-width:50em;margin:2em auto}"
        "td,th{text-align:left;padding:.4em;border-bottom:1px solid #ccc}</style>\n"
        f"<h1>{title}</h1>\n<p>{html.escape(submission.student)}</p>\n{note}{table}"
        "</html>\n"
    )
