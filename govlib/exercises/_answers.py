"""From what a student assigned to a few plain numbers, or to what is wrong with it."""

import math
import unicodedata
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from govlib import _validate

MOST_CHARACTERS = 4000


class Unfit(ValueError):
    """An answer of the wrong form: the code of a sentence and what it needs."""

    def __init__(
        self, code: str, numbers: list[float] | None = None, **details: object
    ) -> None:
        super().__init__(code)
        self.code = code
        # Out-of-range numbers are still an answer worth recording.
        self.numbers = numbers
        self.details = details


def is_missing(answer: object) -> bool:
    """Whether the stub is still there."""
    return answer is ... or answer is None or (isinstance(answer, str) and not answer)


def reduce(form: Mapping[str, Any], answer: object) -> list[float] | str:
    """Return the numbers (or the text) that `answer` stands for; raise `Unfit`."""
    return _KINDS[form["kind"]](form, answer)


def _given(answer: object) -> str:
    """Return what `answer` is, in signs that read in both languages."""
    if isinstance(answer, pd.DataFrame):
        return f"DataFrame ({len(answer)} x {answer.shape[1]})"
    if isinstance(answer, (pd.Series, list, tuple, dict, set)):
        return f"{type(answer).__name__} ({len(answer)})"
    if isinstance(answer, np.ndarray):
        return f"array {answer.shape}"
    if isinstance(answer, str):
        return repr(answer[:40])
    if isinstance(answer, (int, float, np.generic)):
        return str(answer)
    return type(answer).__name__


def _one(answer: object) -> float:
    """Return one finite number."""
    if isinstance(answer, str):
        raise Unfit("quotes")
    if isinstance(answer, (pd.Series, pd.DataFrame, np.ndarray, list, tuple)):
        cells = np.asarray(answer, dtype=object).ravel()
        # The one cell of a selection is what the student meant.
        if cells.size != 1:
            raise Unfit("one_of_many", given=_given(answer))
        return _one(cells[0])
    if answer is pd.NA:
        raise Unfit("not_finite")
    if isinstance(answer, (bool, np.bool_)) or not isinstance(
        answer, (int, float, np.integer, np.floating)
    ):
        raise Unfit("number_wanted", given=_given(answer))
    try:
        number = float(answer)
    except OverflowError:
        raise Unfit("not_finite") from None
    if not math.isfinite(number):
        raise Unfit("not_finite")
    return number


def outside(form: Mapping[str, Any], number: float) -> str | None:
    """Return in which way `number` makes no sense as an answer, or None."""
    least, most = form["least"], form["most"]
    if not least <= number <= most:
        share = (least, most) == (0, 1)
        return "percent" if share and 1 < number <= 100 else "range"
    return "whole" if form.get("whole") and number != round(number) else None


def _in_range(form: Mapping[str, Any], numbers: list[float]) -> list[float]:
    for number in numbers:
        code = outside(form, number)
        if code:
            least, most = f"{form['least']:g}", f"{form['most']:g}"
            raise Unfit(code, numbers, least=least, most=most, value=f"{number:g}")
    return numbers


def _number(form: Mapping[str, Any], answer: object) -> list[float]:
    return _in_range(form, [_one(answer)])


def _numbers(form: Mapping[str, Any], answer: object) -> list[float]:
    names = form["names"]
    if isinstance(answer, pd.DataFrame) and len(answer) == 1:
        answer = answer.iloc[0]
    if isinstance(answer, pd.Series) and answer.index.dtype.kind == "i":
        # Positions are no names.
        answer = answer.tolist()
    if isinstance(answer, (dict, pd.Series)):
        named = {str(key): value for key, value in answer.items()}
        for name in names:
            if name not in named:
                raise Unfit("name_missing", name=name, has=_validate.listing(named))
        values = [named[name] for name in names]
    elif isinstance(answer, (list, tuple, np.ndarray)) and len(answer) == len(names):
        values = list(answer)
    else:
        raise Unfit("numbers_wanted", names=", ".join(names), given=_given(answer))
    return _in_range(form, [_one(value) for value in values])


def _table(form: Mapping[str, Any], answer: object) -> list[float]:
    key, rows, columns = form["key"], form["rows"], form["columns"]
    if not isinstance(answer, pd.DataFrame):
        raise Unfit(
            "table_wanted", names=", ".join([key, *columns]), given=_given(answer)
        )
    # The key may be a column or the index; both are ways to say the same.
    table = answer if key in answer.columns else answer.reset_index()
    for name in [key, *columns]:
        if name not in table.columns:
            has = _validate.listing(answer.columns)
            raise Unfit("column_missing", name=name, has=has)
    names = table[key].astype(str)
    numbers = []
    for row in rows:
        found = table[names == row]
        if len(found) == 0:
            raise Unfit("row_missing", name=row)
        if len(found) > 1:
            raise Unfit("row_twice", name=row, count=len(found))
        numbers += [_one(found[column].iloc[0]) for column in columns]
    return _in_range(form, numbers)


def _choice(form: Mapping[str, Any], answer: object) -> str:
    options = form["options"]
    chosen = (
        unicodedata.normalize("NFKC", answer).strip().casefold()
        if isinstance(answer, str)
        else ""
    )
    if chosen not in options:
        raise Unfit("choice_wanted", names=", ".join(options), given=_given(answer))
    return chosen


def count_words(answer: str) -> int:
    """Return words, counting each Chinese character as one."""
    chinese = sum("\u4e00" <= letter <= "\u9fff" for letter in answer)
    spaced = "".join(" " if "\u4e00" <= c <= "\u9fff" else c for c in answer)
    return chinese + sum(any(c.isalnum() for c in word) for word in spaced.split())


def _text(form: Mapping[str, Any], answer: object) -> str:
    if not isinstance(answer, str):
        raise Unfit("text_wanted", given=_given(answer))
    words = count_words(answer)
    if words < form["least_words"]:
        raise Unfit("text_short", least=form["least_words"], now=words)
    if len(answer) > MOST_CHARACTERS:
        raise Unfit("text_long", most=MOST_CHARACTERS, now=len(answer))
    # Half of a surrogate pair cannot be written to a file.
    return answer.strip().encode("utf-8", "replace").decode("utf-8")


_KINDS = {
    "number": _number,
    "numbers": _numbers,
    "table": _table,
    "choice": _choice,
    "text": _text,
}
