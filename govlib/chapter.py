"""What a chapter says and shows: rounded tables, and numbers bound to the text."""

import re

import numpy as np
import pandas as pd

_NUMBER = re.compile(r"[-+−]?\d[\d,]*(?:\.\d+)?")


def show(
    table: pd.DataFrame | pd.Series, digits: int = 3, *, index: bool = False
) -> pd.DataFrame:
    """
    Round a table for people to read.

    Every table that a chapter prints goes through here, so that what is stored
    with the notebook does not hang on the last bits of a float.

    Parameters
    ----------
    table : pandas.DataFrame or pandas.Series
        What to print. It is not changed.
    digits : int, default 3
        Decimals kept.
    index : bool, default False
        Whether the index says something and stays; otherwise it is blank.

    Returns
    -------
    pandas.DataFrame
        A copy in which floats are text with `digits` decimals, whole numbers have
        thousands separators, and what is missing is an empty cell.

    Examples
    --------
    >>> show(pd.DataFrame({"ties": [18250], "density": [0.000445]}), digits=5)
        ties  density
      18,250  0.00044
    """
    if isinstance(table, pd.Series):
        table = table.to_frame()

    def text(value: object) -> object:
        if isinstance(value, (bool, np.bool_, str)):
            return value
        if value is None or value is pd.NA or value is pd.NaT:
            return ""
        if isinstance(value, (int, np.integer)):
            return f"{value:,}"
        if isinstance(value, (float, np.floating)):
            if np.isnan(value):
                return ""
            # A negative zero would differ between machines.
            return f"{round(float(value), digits) + 0.0:,.{digits}f}"
        return value

    shown = pd.DataFrame(
        {name: [text(v) for v in table[name]] for name in table.columns},
        index=table.index if index else [""] * len(table),
        dtype=object,
    )
    shown.columns.name = table.columns.name
    if index:
        shown.index.name = table.index.name
    return shown


def stated(value: float, text: str) -> None:
    """
    Bind a number in the prose to the computation it came from.

    Silent when `value`, written in the form of `text`, gives the same number;
    otherwise prints one line. It never raises for another number, so that a reader
    may change anything and read on.

    Parameters
    ----------
    value : float
        What the cells above computed; a share where `text` ends in a per cent sign.
    text : str
        The number as the prose has it, such as ``"47.5 %"``, ``"9,060"``, ``"−0.61"``
        or ``"1.8 times"``.

    Examples
    --------
    >>> stated(4300 / 9060, "47.5 %")
    >>> stated(0.512, "47.5 %")
    the text says 47.5 %, you now have 51.2 %
    """
    found = _NUMBER.search(text)
    if found is None:
        raise ValueError(f"no number in {text!r}")
    written = found.group()
    decimals = len(written.partition(".")[2])
    number = float(value) * (100 if "%" in text[found.end() :] else 1)
    # + 0.0 turns a negative zero into zero.
    now = f"{round(number, decimals) + 0.0:,.{decimals}f}"
    if "," not in written:
        now = now.replace(",", "")
    if now.replace("-", "−") == written.lstrip("+").replace("-", "−"):
        return
    if "−" in written:
        now = now.replace("-", "−")
    changed = text[: found.start()] + now + text[found.end() :]
    print(f"the text says {text}, you now have {changed}")  # noqa: T201
