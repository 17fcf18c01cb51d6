"""
How a question is written down, screened, and turned into its two files.

For those who write exercises. A source file holds :class:`Question` objects; the
sheet goes to the student (practice keys only), the marking file to the lecturer.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib.util import module_from_spec, spec_from_file_location
from itertools import combinations
from pathlib import Path
from types import ModuleType
from typing import Any

from govlib.exercises import _answers, _keys

# Room for the last digit of a float when two tolerances touch.
_ROUNDING = 1e-9

# {"right": answer, "wrong": {misconception: answer}}, each as its form reduces it.
Answers = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Misconception:
    """
    One wrong way to an answer, and what to say to those who took it.

    Attributes
    ----------
    name : str
        Short name in lower case with hyphens, for the item analysis.
    wrong : callable
        Takes the variant's data, returns the answer that this way produces.
    hint_en, hint_zh : str
        What to think about again. It does not give the answer away.
    """

    name: str
    wrong: Callable[[Any], Any]
    hint_en: str
    hint_zh: str


@dataclass(frozen=True, slots=True)
class Question:
    """
    One question with everything that is known about it.

    Attributes
    ----------
    name : str
        Such as ``"04.q1"``; the variable of the answer is the part after the dot.
    title : str
        A few words for the heading.
    text_en, text_zh : str
        What is asked, in Markdown. It names no place of a variant but says
        ``mine["estate"]``, because one notebook serves them all.
    stub : str
        The student's cell before the line that checks; it ends with the assignment.
    solution : str
        The same cell worked out; it may differ from the way of `reference`.
    explanation : str
        What the worked solution says below the cell.
    form : callable
        Takes the variant's parameters, returns the form of the answer (`number`,
        `share`, `numbers`, `table`, `choice` or `text`).
    reference : callable or None
        Takes the variant's data, returns the right answer; None for a text.
    tolerance : sequence of float
        One for each number that the answer is reduced to; empty for letters, texts.
    why_tolerance : str
        The reason for it.
    objective : int
        Which of the chapter's objectives it serves, counted from 1.
    minutes : int
        Time for a student who has read the chapter.
    graded : bool
        Whether the student sees the verdict only from the lecturer.
    points : int
        What a right answer earns.
    misconceptions : sequence of Misconception
        Known wrong ways.
    rubric : str
        For a text: how to award points.
    title_zh : str
        The title in Chinese, for the heading and for feedback in Chinese.
    """

    name: str
    title: str
    text_en: str
    text_zh: str
    stub: str
    solution: str
    explanation: str
    form: Callable[[dict[str, Any]], dict[str, Any]]
    objective: int
    minutes: int
    reference: Callable[[Any], Any] | None = None
    tolerance: Sequence[float] = ()
    why_tolerance: str = ""
    graded: bool = False
    points: int = 1
    misconceptions: Sequence[Misconception] = field(default=())
    rubric: str = ""
    title_zh: str = ""


def load(path: Path) -> ModuleType:
    """
    Import the source of one exercise from its path.

    Parameters
    ----------
    path : pathlib.Path
        Such as ``exercises/source/04_cohesion.py``.

    Returns
    -------
    module
        The source, executed.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ImportError
        If it is not Python.

    Examples
    --------
    >>> load(Path("exercises/source/99_none.py"))
    Traceback (most recent call last):
    FileNotFoundError: there is no exercise 99_none.py
    """
    if not path.is_file():
        raise FileNotFoundError(f"there is no exercise {path.name}")
    spec = spec_from_file_location(f"exercise_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise ImportError(f"cannot import {path}")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def number(least: float, most: float, *, whole: bool = False) -> dict[str, Any]:
    """
    Return the form of one number.

    Parameters
    ----------
    least, most : float
        Range of answers that make sense.
    whole : bool, default False
        Whether the answer counts things.

    Returns
    -------
    dict
        The form.

    Examples
    --------
    >>> number(-1, 1)["kind"]
    'number'
    """
    return {"kind": "number", "least": least, "most": most, "whole": whole}


def share() -> dict[str, Any]:
    """
    Return the form of a share; a percentage is recognised and explained.

    Returns
    -------
    dict
        The form.

    Examples
    --------
    >>> share()["most"]
    1
    """
    return number(0, 1)


def numbers(
    names: Sequence[str], least: float, most: float, *, whole: bool = False
) -> dict[str, Any]:
    """
    Return the form of several numbers, by name or in order.

    Parameters
    ----------
    names : sequence of str
        Two to four names.
    least, most : float
        Range of each.
    whole : bool, default False
        Whether they count things.

    Returns
    -------
    dict
        The form.

    Examples
    --------
    >>> numbers(["within", "between"], 0, 100)["names"]
    ['within', 'between']
    """
    return {**number(least, most, whole=whole), "kind": "numbers", "names": list(names)}


def table(
    key: str, rows: Sequence[str], columns: Sequence[str], least: float, most: float
) -> dict[str, Any]:
    """
    Return the form of a table that is judged by two to four of its cells.

    Parameters
    ----------
    key : str
        Column (or index) that names the rows.
    rows : sequence of str
        Rows that are read, in any order in the answer.
    columns : sequence of str
        Columns that are read.
    least, most : float
        Range of every cell.

    Returns
    -------
    dict
        The form.

    Examples
    --------
    >>> table("estate", ["A", "B"], ["density"], 0, 1)["rows"]
    ['A', 'B']
    """
    return {
        "kind": "table",
        "key": key,
        "rows": list(rows),
        "columns": list(columns),
        "least": least,
        "most": most,
    }


def choice(options: Sequence[str]) -> dict[str, Any]:
    """
    Return the form of a choice between letters.

    Parameters
    ----------
    options : sequence of str
        The letters, in lower case.

    Returns
    -------
    dict
        The form.

    Examples
    --------
    >>> choice("abc")["options"]
    ['a', 'b', 'c']
    """
    return {"kind": "choice", "options": list(options)}


def text(least_words: int) -> dict[str, Any]:
    """
    Return the form of a text that is marked by hand.

    Parameters
    ----------
    least_words : int
        Words (or Chinese characters) below which it is no answer yet.

    Returns
    -------
    dict
        The form.

    Examples
    --------
    >>> text(20)["kind"]
    'text'
    """
    return {"kind": "text", "least_words": least_words}


def same(
    first: list[float] | str,
    second: list[float] | str,
    tolerance: Sequence[float],
) -> bool:
    """
    Whether a check could take two reduced answers for one another.

    Parameters
    ----------
    first, second : list of float or str
        Answers as the form reduces them.
    tolerance : sequence of float
        One for each number.

    Returns
    -------
    bool
        True if the bins around the two overlap in every number.

    Examples
    --------
    >>> same([0.50], [0.52], [0.005])
    False
    """
    if isinstance(first, str) or isinstance(second, str):
        return first == second
    return all(
        abs(a - b) <= 2 * t + _ROUNDING
        for a, b, t in zip(first, second, tolerance, strict=True)
    )


def reduced(
    question: Question, parameters: dict[str, Any], answer: object
) -> list[float] | str:
    """
    Return `answer` as the form of `question` reduces it, whatever its range.

    Parameters
    ----------
    question : Question
        Whose form is used.
    parameters : dict
        The variant.
    answer : object
        A reference, or what a misconception leads to.

    Returns
    -------
    list of float or str
        The numbers or the text.

    Examples
    --------
    >>> ask = Question("00.q1", "", "", "", "", "", "", lambda _: share(), 1, 1)
    >>> reduced(ask, {}, 47.5)
    [47.5]
    """
    try:
        return _answers.reduce(question.form(parameters), answer)
    except _answers.Unfit as unfit:
        if unfit.numbers is None:
            raise
        return unfit.numbers


def screen(exercise: ModuleType, parameters: dict[str, Any]) -> list[str]:
    """
    Say why a variant must not be given to a student.

    Parameters
    ----------
    exercise : module
        A source file: ``QUESTIONS``, ``data(parameters)``.
    parameters : dict
        The variant.

    Returns
    -------
    list of str
        One line for each answer that its form refuses, and for each two of
        reference and misconceptions that a check could take for one another. Empty
        if the variant is fit.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> half = Misconception("half", lambda data: data / 2, "", "")
    >>> ask = Question(
    ...     "00.q1",
    ...     *[""] * 6,
    ...     form=lambda parameters: number(0, 9),
    ...     objective=1,
    ...     minutes=1,
    ...     reference=lambda data: data,
    ...     tolerance=[0.1],
    ...     misconceptions=[half],
    ... )
    >>> toy = SimpleNamespace(QUESTIONS=[ask], data=lambda parameters: parameters["x"])
    >>> screen(toy, {"x": 4})
    []
    >>> screen(toy, {"x": 0})
    ['00.q1: right and half are too close']
    """
    data = exercise.data(parameters)
    found = []
    for question in exercise.QUESTIONS:
        if question.reference is None:
            continue
        try:
            found += clashes(question, answers(question, parameters, data))
        except _answers.Unfit as unfit:
            found.append(f"{question.name}: an answer is unfit ({unfit.code})")
    return found


def answers(question: Question, parameters: dict[str, Any], data: Any) -> Answers:
    """
    Return what is right and what the known mistakes lead to, reduced.

    Parameters
    ----------
    question : Question
        One that has a reference.
    parameters : dict
        The variant.
    data : object
        Its tables.

    Returns
    -------
    dict
        ``right``, an answer; ``wrong``, an answer by the name of each misconception.

    Raises
    ------
    ValueError
        If the form refuses the reference, or if a misconception leads to no number.

    Examples
    --------
    >>> third = Misconception("third", lambda data: data / 3, "", "")
    >>> ask = Question(
    ...     "00.q1",
    ...     *[""] * 6,
    ...     form=lambda parameters: number(0, 9),
    ...     objective=1,
    ...     minutes=1,
    ...     reference=lambda data: data,
    ...     tolerance=[0.1],
    ...     misconceptions=[third],
    ... )
    >>> answers(ask, {}, 6)
    {'right': [6.0], 'wrong': {'third': [2.0]}}
    """
    if question.reference is None:
        raise ValueError(f"{question.name} is marked by hand: it has no answer")
    return {
        "right": _answers.reduce(question.form(parameters), question.reference(data)),
        # Wrong answers may be out of range: that is how some are recognised.
        "wrong": {
            m.name: reduced(question, parameters, m.wrong(data))
            for m in question.misconceptions
        },
    }


def clashes(question: Question, known: Answers) -> list[str]:
    """
    Name each two known answers that a check could take for one another.

    Parameters
    ----------
    question : Question
        Whose tolerance is used.
    known : dict
        What :func:`answers` returns.

    Returns
    -------
    list of str
        One line for each two.

    Examples
    --------
    >>> ask = Question("00.q1", *[""] * 6, form=dict, objective=1, minutes=1)
    >>> clashes(ask, {"right": "a", "wrong": {"naive": "a"}})
    ['00.q1: right and naive are too close']
    """
    named = {"right": known["right"]} | known["wrong"]
    return [
        f"{question.name}: {a} and {b} are too close"
        for a, b in combinations(named, 2)
        if same(named[a], named[b], question.tolerance)
    ]


def sheet(
    exercise: ModuleType,
    variant: str,
    parameters: dict[str, Any],
    solved: dict[str, Answers] | None = None,
) -> dict[str, Any]:
    """
    Return what the student's folder holds: forms, and keys of practice questions.

    Parameters
    ----------
    exercise : module
        A source file.
    variant : str
        Name of the variant.
    parameters : dict
        The variant.
    solved : dict, optional
        What :func:`answers` returns for each practice question, if that is known
        already.

    Returns
    -------
    dict
        Content of ``NN_slug.keys.json``. Graded questions have a form and no key.

    Raises
    ------
    ValueError
        If a practice question asks for a letter or a text.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> toy = SimpleNamespace(
    ...     NUMBER="00", SLUG="toy", TITLE_EN="", TITLE_ZH="", QUESTIONS=[], data=dict
    ... )
    >>> sheet(toy, "public", {})["variant"]
    'public'
    """
    if solved is None:
        data = exercise.data(parameters)
        solved = {
            question.name: answers(question, parameters, data)
            for question in exercise.QUESTIONS
            if not question.graded
        }
    questions: dict[str, Any] = {}
    for question in exercise.QUESTIONS:
        item: dict[str, Any] = {
            "graded": question.graded,
            "form": question.form(parameters),
        }
        if not question.graded:
            known = solved[question.name]
            keys = {}
            for name, plain in ({"right": known["right"]} | known["wrong"]).items():
                if isinstance(plain, str):
                    # With three letters to try, a key and a verdict are the answer.
                    raise ValueError(f"{question.name} has no numbers: make it graded")
                keys[name] = _keys.make_key(
                    plain,
                    question.tolerance,
                    f"{variant} {question.name} {name}",
                )
            item["key"] = keys["right"]
            item["misconceptions"] = [
                {
                    "name": m.name,
                    "hint_en": m.hint_en,
                    "hint_zh": m.hint_zh,
                    "key": keys[m.name],
                }
                for m in question.misconceptions
            ]
        questions[question.name] = item
    return {
        "exercise": exercise.NUMBER,
        "slug": exercise.SLUG,
        "title_en": exercise.TITLE_EN,
        "title_zh": exercise.TITLE_ZH,
        "variant": variant,
        "parameters": parameters,
        "questions": questions,
    }


def marking(
    exercise: ModuleType, variants: dict[str, dict[str, Any]]
) -> dict[str, Any]:
    """
    Return the lecturer's file: what is right and what is known to be wrong.

    Parameters
    ----------
    exercise : module
        A source file.
    variants : dict
        Parameters of each variant by its name.

    Returns
    -------
    dict
        Content of ``NN_slug.marking.json``, which :func:`govlib.exercises.grade`
        reads.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> toy = SimpleNamespace(
    ...     NUMBER="00", SLUG="toy", TITLE_EN="", TITLE_ZH="", QUESTIONS=[], data=dict
    ... )
    >>> marking(toy, {"public": {}})["variants"]
    {'public': {}}
    """
    questions = {
        question.name: {
            "title": question.title,
            "title_zh": question.title_zh,
            "graded": question.graded,
            "points": question.points,
            # Rows of a table differ between variants; kind and range do not.
            "form": question.form(next(iter(variants.values()))),
            "tolerance": list(question.tolerance),
            "rubric": question.rubric,
            "stub": cell(question, question.stub),
            "hints": {
                m.name: {"en": m.hint_en, "zh": m.hint_zh}
                for m in question.misconceptions
            },
        }
        for question in exercise.QUESTIONS
    }
    variants_answers: dict[str, dict[str, Answers]] = {}
    for variant, parameters in variants.items():
        data = exercise.data(parameters)
        variants_answers[variant] = {
            question.name: answers(question, parameters, data)
            for question in exercise.QUESTIONS
            if question.reference is not None
        }
    return {
        "exercise": exercise.NUMBER,
        "slug": exercise.SLUG,
        "questions": questions,
        "variants": variants_answers,
    }


def cell(question: Question, source: str) -> str:
    """
    Return a question's one cell: `source` and the line that checks it.

    Parameters
    ----------
    question : Question
        Whose cell it is.
    source : str
        The stub or the solution.

    Returns
    -------
    str
        Source of the cell.

    Examples
    --------
    >>> ask = Question("00.q1", "", "", "", "", "", "", lambda _: share(), 1, 1)
    >>> print(cell(ask, "q1 = ..."))
    q1 = ...
    check("00.q1", q1)
    """
    variable = question.name.partition(".")[2]
    return f'{source.strip()}\ncheck("{question.name}", {variable})'
