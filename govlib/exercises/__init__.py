"""
Giving out exercises, checking answers in a notebook, handing in, and grading.

A student's notebook calls :func:`start`, :func:`check` and :func:`hand_in`; a
lecturer calls :func:`release` and :func:`grade`. The package holds no question and no
answer: they are in the course folder, under ``exercises``.
"""

from govlib.exercises._grade import Grades, grade
from govlib.exercises._release import Released, release
from govlib.exercises._session import check, hand_in, start

__all__ = [
    "Grades",
    "Released",
    "check",
    "grade",
    "hand_in",
    "release",
    "start",
]
