"""
How a question is written down, screened, and turned into its two files.

For those who write exercises. A source file holds :class:`Question` objects; the
sheet goes to the student (practice keys only), the marking file to the lecturer.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from types import ModuleType
from typing import Any

from govlib.exercises import _answers, _keys

# Room for the last digit of a float when two tolerances touch.
_ROUNDING = 1e-9


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
            right = _answers.reduce(question.form(parameters), question.reference(data))
        except _answers.Unfit as unfit:
            found.append(f"{question.name}: the reference is unfit ({unfit.code})")
            continue
        answers = {"right": right} | {
            m.name: reduced(question, parameters, m.wrong(data))
            for m in question.misconceptions
        }
        found += [
            f"{question.name}: {a} and {b} are too close"
            for a, b in combinations(answers, 2)
            if same(answers[a], answers[b], question.tolerance)
        ]
    return found


def sheet(
    exercise: ModuleType, variant: str, parameters: dict[str, Any]
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
    data = exercise.data(parameters)
    questions: dict[str, Any] = {}
    for question in exercise.QUESTIONS:
        item: dict[str, Any] = {
            "graded": question.graded,
            "form": question.form(parameters),
        }
        if not question.graded:
            answers = {"right": question.reference(data)} | {
                m.name: m.wrong(data) for m in question.misconceptions
            }
            keys = {}
            for name, answer in answers.items():
                plain = reduced(question, parameters, answer)
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
    answers: dict[str, Any] = {}
    for variant, parameters in variants.items():
        data = exercise.data(parameters)
        answers[variant] = {
            question.name: {
                "right": reduced(question, parameters, question.reference(data)),
                "wrong": {
                    m.name: reduced(question, parameters, m.wrong(data))
                    for m in question.misconceptions
                },
            }
            for question in exercise.QUESTIONS
            if question.reference is not None
        }
    return {
        "exercise": exercise.NUMBER,
        "slug": exercise.SLUG,
        "questions": questions,
        "variants": answers,
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
