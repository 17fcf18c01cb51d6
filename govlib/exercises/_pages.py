"""Writing the tables and the pages of feedback."""

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
    for student, content in pages.items():
        _files.write(folder / f"{number}_{file_name(student)}.html", content)
    for name, table in tables.items():
        write_table(target / f"{name}.csv", table)


def write_table(path: Path, table: pd.DataFrame) -> None:
    """Write a table as a spreadsheet reads it, in Chinese too."""
    content = table.map(_safe).to_csv(
        # Points that some students lack are still whole numbers: 2, not 2.0.
        index=False,
        lineterminator="\n",
        float_format="%.6g",
    )
    _files.write(path, content, encoding="utf-8-sig")


def page(
    student: str,
    submission: Submission,
    key: dict[str, Any],
    marks: dict[str, Mark],
    status: str,
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
        elif mark.points == 0 and mark.state != "marked":
            remark = text("wrong", language)
        kind = text(_kind(item), language)
        chinese = item.get("title_zh") if language == "zh" else ""
        cells = (f"{question} {chinese or item['title']}", kind, outcome, remark)
        rows.append("".join(f"<td>{html.escape(cell)}</td>" for cell in cells))
    heads = "".join(
        f"<th>{text(code, language)}</th>"
        for code in ("question", "kind", "result", "remark")
    )
    title = html.escape(text("feedback", language, number=key["exercise"]))
    body = "".join(f"<tr>{row}</tr>\n" for row in rows)
    sums = "".join(
        f"<p>{html.escape(line)}</p>\n" for line in _sums(key, marks, language)
    )
    # Where answers could not be read, a table of zeros would be wrong.
    unread = {"ask for a re-run": "rerun", "unknown variant": "not_your_file"}
    if status in unread:
        shown = f"<p>{html.escape(text(unread[status], language))}</p>\n"
    else:
        shown = f"<table>\n<tr>{heads}</tr>\n{body}</table>\n{sums}"
    name = key.get("roster", {}).get(student, {}).get("name", "")
    who = f"{student} {name}".strip()
    if student != submission.student:
        by = text("handed_in_by", language, student=submission.student)
        who = f"{who} · {by}"
    return (
        f'<!doctype html>\n<html lang="{language}">\n<meta charset="utf-8">\n'
        f"<title>{title}</title>\n"
        "<style>body{font-family:sans-serif;max-width:50em;margin:2em auto}"
        "table{border-collapse:collapse}"
        "td,th{text-align:left;padding:.4em;border-bottom:1px solid #ccc}"
        # Chinese breaks anywhere: a column of two characters would stand on end.
        "td:nth-child(2),td:nth-child(3),th{white-space:nowrap}</style>\n"
        f"<h1>{title}</h1>\n<p>{html.escape(who)}</p>\n{shown}"
        "</html>\n"
    )


def _sums(key: dict[str, Any], marks: dict[str, Mark], language: str) -> list[str]:
    """Return what practice and graded questions add up to."""
    lines = []
    for kind in ("practice", "graded"):
        own = {q: i for q, i in key["questions"].items() if kind == _kind(i)}
        points = text(
            "points",
            language,
            points=f"{sum(marks[q].points or 0 for q in own):g}",
            maximum=sum(item["points"] for item in own.values()),
        )
        if any(marks[q].state == "awaiting" for q in own):
            points = text("waiting", language, points=points)
        lines.append(text(f"{kind}_sum", language, points=points))
    return lines


def _kind(item: dict[str, Any]) -> str:
    return "graded" if item["graded"] else "practice"
