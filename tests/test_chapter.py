"""Expected texts are worked by hand from the rule in each docstring."""

import numpy as np
import pandas as pd
import pytest

from govlib import chapter


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (4300 / 9060, "47.5 %"),
        (4300 / 9060, "about 47 % of residents"),
        (9060, "9,060"),
        (9060.4, "9060"),
        (-0.605, "−0.60"),  # binary 0.605 lies below the half, so it rounds down
        (-0.61, "-0.61"),
        (1.84, "1.8 times"),
        (0.04, "+0.0"),
        (-0.04, "0.0"),  # no negative zero
    ],
)
def test_stated_is_silent_when_text_and_value_agree(value, text, capsys):
    chapter.stated(value, text)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("value", "text", "now"),
    [
        (0.512, "47.5 %", "51.2 %"),
        (9061, "9,060", "9,061"),
        (0.61, "−0.61", "0.61"),
        (-0.62, "−0.61", "−0.62"),
        (float("nan"), "47.5 %", "nan %"),
        (0.475, "0.5 % of", "47.5 % of"),
    ],
)
def test_stated_says_what_the_number_is_now(value, text, now, capsys):
    chapter.stated(value, text)
    out = capsys.readouterr().out
    assert out == f"the text says {text}, you now have {now}\n"


def test_stated_needs_a_number_in_the_text():
    with pytest.raises(ValueError, match="no number in 'many'"):
        chapter.stated(1, "many")


def test_show_rounds_a_copy():
    table = pd.DataFrame(
        {
            "estate": ["一号", "二号"],
            "ties": [18250, 3],
            "share": [0.00044444, -0.00001],
            "known": [True, False],
            "missing": [np.nan, 1.5],
        }
    )
    before = table.copy()
    shown = chapter.show(table)
    pd.testing.assert_frame_equal(table, before)
    assert shown.to_numpy().tolist() == [
        ["一号", "18,250", "0.000", True, ""],
        ["二号", "3", "0.000", False, "1.500"],
    ]
    assert list(shown.index) == ["", ""]


def test_show_keeps_an_index_that_says_something():
    counts = pd.Series([2, 1], index=pd.Index(["local", "non-local"], name="origin"))
    shown = chapter.show(counts.rename("residents"), index=True)
    assert shown.index.tolist() == ["local", "non-local"]
    assert shown.index.name == "origin"


def test_show_keeps_columns_that_are_categories():
    wide = pd.DataFrame([[1, 2]], columns=pd.CategoricalIndex(["a", "b"]))
    assert chapter.show(wide).to_numpy().tolist() == [["1", "2"]]
