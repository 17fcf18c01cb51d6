"""
Checking answers in a notebook, handing them in, and grading a folder of them.

A student's notebook calls :func:`start`, :func:`check` and :func:`hand_in`; a
lecturer calls :func:`grade`. The package holds no question and no answer: they are
in the course folder, under ``exercises``.
"""

from govlib.exercises._grade import Grades, grade
from govlib.exercises._session import check, hand_in, start

__all__ = ["Grades", "check", "grade", "hand_in", "start"]
