"""What an error must name: the column, how many, where, and what to do."""

import numpy as np
import pandas as pd
import pytest

from govlib import _validate

DATA = pd.DataFrame(
    {
        "income": [1.0, np.nan, 3.0],
        "district": ["J", "J", "M"],
        "amount": ["1,200", "7", None],
        "人数": [1, 2, 3],
        "rate": [1.0, np.inf, 2.0],
    }
)


def test_frame_refuses_what_is_not_a_table():
    with pytest.raises(TypeError, match="data must be a pandas DataFrame, not dict"):
        _validate.frame({})


def test_frame_refuses_two_columns_of_one_name():
    twice = pd.DataFrame([[1, 2]], columns=["a", "a"])
    with pytest.raises(ValueError, match="more than one column called 'a'; rename"):
        _validate.frame(twice)


@pytest.mark.parametrize(
    ("typed", "meant"), [("incme", "income"), ("Income", "income"), ("人数数", "人数")]
)
def test_column_suggests_the_nearest(typed, meant):
    with pytest.raises(ValueError, match=rf"value=\); did you mean '{meant}'\?"):
        _validate.column(DATA, typed, "value")


def test_column_lists_what_there_is_when_nothing_is_near():
    with pytest.raises(ValueError, match="it has 'income', 'district', 'amount'"):
        _validate.column(DATA, "xyz", "value")


def test_column_of_an_empty_table():
    with pytest.raises(ValueError, match="it has no columns"):
        _validate.column(pd.DataFrame(), "income", "value")


def test_column_must_be_named_by_text():
    with pytest.raises(TypeError, match=r"value= takes the name .* not int"):
        _validate.column(DATA, 3, "value")
    with pytest.raises(TypeError, match="value= is required"):
        _validate.column(DATA, None, "value")


def test_complete_counts_and_places_missing_values():
    with pytest.raises(ValueError, match=r"'income' has 1 missing value\(s\) in row"):
        _validate.complete(DATA["income"])
    assert _validate.complete(DATA["人数"]).tolist() == [1, 2, 3]


def test_unique_lists_repeats():
    with pytest.raises(ValueError, match=r"1 value\(s\) repeat: 'J'; drop"):
        _validate.unique(DATA["district"])


def test_numeric_refuses_text_even_if_it_looks_like_numbers():
    with pytest.raises(ValueError, match="text such as '1,200'; convert it"):
        _validate.numeric(DATA["amount"])
    digits = pd.Series(["1", "2"], name="amount")
    with pytest.raises(ValueError, match="text such as '1', '2'"):
        _validate.numeric(digits)


def test_numeric_refuses_infinity_and_keeps_missing():
    with pytest.raises(ValueError, match=r"'rate' has 1 infinite value\(s\) in row"):
        _validate.numeric(DATA["rate"])
    assert _validate.numeric(DATA["income"]).isna().tolist() == [False, True, False]


@pytest.mark.parametrize("dtype", ["object", "Int64", "boolean", "float32"])
def test_numeric_takes_every_kind_of_number(dtype):
    values = pd.Series([1, None, 0], dtype=dtype, name="x")
    out = _validate.numeric(values)
    assert out.dtype == float
    assert out.tolist()[::2] == [1, 0]
    assert np.isnan(out[1])


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([[1, 2]], "shape"),
        ([], "at least one number"),
        (["a"], "must hold numbers only"),
        ([1, np.nan, np.inf], "has 2 missing or infinite"),
    ],
)
def test_vector_refuses(values, message):
    with pytest.raises(ValueError, match=message):
        _validate.vector(values, "values")


def test_weights_add_up_to_one():
    assert _validate.weights(None, 4, "weights").tolist() == [0.25] * 4
    assert _validate.weights([3, 1], 2, "weights").tolist() == [0.75, 0.25]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([1, 2, 3], "has 3 entries for 2 values"),
        ([1, -1], "must be >= 0; the smallest is -1"),
        ([0, 0], "all zero"),
    ],
)
def test_weights_refuse(values, message):
    with pytest.raises(ValueError, match=message):
        _validate.weights(values, 2, "weights")


def test_choice_lists_the_options():
    assert _validate.choice("labels", ("labels", "degree"), "null") == "labels"
    with pytest.raises(ValueError, match="did you mean 'labels'"):
        _validate.choice("label", ("labels", "degree"), "null")


def test_count_takes_whole_numbers_only():
    assert _validate.count(np.int64(3), "n") == 3
    with pytest.raises(TypeError, match="whole number, not float"):
        _validate.count(3.0, "n")
    with pytest.raises(TypeError, match="whole number, not bool"):
        _validate.count(True, "n")
    with pytest.raises(ValueError, match="at least 1, not 0"):
        _validate.count(0, "n")


@pytest.mark.parametrize("level", [0, 1, 95])
def test_level_lies_between_zero_and_one(level):
    with pytest.raises(ValueError, match="between 0 and 1"):
        _validate.level(level)


def test_listing_reads_well():
    assert _validate.listing(np.array([1, 2])) == "1, 2"
    assert _validate.listing(range(8)) == "0, 1, 2, 3, 4 and 3 more"


@pytest.mark.parametrize("value", [-0.1, 1.5, float("nan")])
def test_between_names_the_range(value):
    assert _validate.between(1, 0, 1, "share") == 1
    with pytest.raises(ValueError, match="share must lie between 0 and 1, not"):
        _validate.between(value, 0, 1, "share")


def test_between_takes_numbers_only():
    with pytest.raises(TypeError, match="share takes a number, not str '1'"):
        _validate.between("1", 0, 1, "share")
    with pytest.raises(TypeError, match="not bool"):
        _validate.between(True, 0, 1, "share")


def test_groups_leave_out_empty_categories_and_keep_the_order():
    values = pd.Categorical(["外来", "本地"], categories=["本地", "外来", "其他"])
    kept = _validate.groups(pd.Series(values, name="origin"))
    assert kept.categories.tolist() == ["本地", "外来"]
    assert kept.codes.tolist() == [1, 0]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (["J", "J"], "has one group only"),
        (["J", None], r"has 1 missing value\(s\)"),
        (range(11), "has 11 different numbers .* cut numbers into classes"),
        ([f"group {i}" for i in range(51)], "has 51 different values"),
    ],
)
def test_groups_refuse(values, message):
    with pytest.raises(ValueError, match=message):
        _validate.groups(pd.Series(values, name="district"))


def test_ten_numbers_may_be_groups():
    assert len(_validate.groups(pd.Series(range(10))).categories) == 10
