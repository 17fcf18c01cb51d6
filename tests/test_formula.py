"""The design that a formula gives, against patsy's own matrix of all rows at once."""

import numpy as np
import pandas as pd
import patsy
import pytest

from govlib import _formula

N = 50
DATA = pd.DataFrame(
    {
        "y": np.arange(N) % 2,
        "age": 20.0 + np.arange(N),
        "kids": np.arange(N) % 3,
        "owner": np.arange(N) % 5 == 0,
        "户籍": pd.Series(["外来", "本地"] * (N // 2)),
        "home": pd.Categorical(
            ["new", "old"] * (N // 2), ["old", "new", "empty"], ordered=True
        ),
        "two words": np.sqrt(np.arange(N)),
    }
)
FORMULAS = [
    "age",
    "owner * age + 户籍",
    "0 + home + np.log(age) + C(kids):age",
    "Q('two words') + center(age) + bs(age, df=4) + C(kids, Sum)",
    "1",
]


@pytest.mark.parametrize("right", FORMULAS)
@pytest.mark.parametrize("chunk", [7, 1000])
def test_columns_are_those_of_patsy(right, chunk, monkeypatch):
    monkeypatch.setattr(_formula, "CHUNK", chunk)
    _, design = _formula.read(f"y ~ {right}", DATA)
    used = DATA.assign(home=DATA["home"].cat.remove_unused_categories())
    expected = patsy.dmatrix(right, used, return_type="dataframe")
    assert design.names == list(expected.columns)
    rows = np.concatenate([design.rows(part) for part in design.chunks()], axis=1)
    matrix = expected.to_numpy().T
    assert rows == pytest.approx(matrix, abs=1e-12)


def test_changed_rows_are_those_of_changed_data():
    """Every way a variable can enter: alone, in a product, as text, as a category."""
    _, design = _formula.read("y ~ age * owner + 户籍 + C(kids) + home", DATA)
    everyone = slice(0, N)
    rows = design.rows(everyone)
    values = {"age": 33.0, "owner": True, "户籍": "外来", "kids": 2, "home": "new"}
    for name, value in values.items():
        changed = design.changed(everyone, {name: value}, rows)
        column = DATA[name].copy()
        # All levels must still occur for patsy: change every row but the last three.
        column.iloc[:-3] = value
        _, other = _formula.read(
            "y ~ age * owner + 户籍 + C(kids) + home", DATA.assign(**{name: column})
        )
        assert other.names == design.names
        assert changed[:, :-3] == pytest.approx(other.rows(everyone)[:, :-3])
    assert design.rows(everyone) == pytest.approx(rows)


def test_numeric_columns_are_not_copied():
    """A regressor that is a column of the data is that column's own memory."""
    _, design = _formula.read("y ~ age + kids + owner", DATA)
    place = design.names.index("age")
    assert np.shares_memory(design.columns[place], DATA["age"].to_numpy())
    indicator = design.columns[design.names.index("owner[T.True]")]
    assert indicator.dtype == np.int8


def test_rows_with_something_missing_are_left_out():
    data = DATA.astype({"age": float})
    data.loc[3, "age"] = np.nan
    data.loc[4, "户籍"] = None
    data.loc[5, "two words"] = np.nan
    outcome, design = _formula.read("y ~ age + 户籍", data)
    assert design.n == N - 2
    assert outcome.index.tolist() == [i for i in range(N) if i not in (3, 4)]
    assert (~design.kept).nonzero()[0].tolist() == [3, 4]


def test_columns_follow_the_order_of_the_names():
    """Patsy moves categories before numbers, whatever the formula's order."""
    _, design = _formula.read("y ~ age + 户籍", DATA)
    assert design.names == ["Intercept", "户籍[T.本地]", "age"]
    assert design.columns[2].tolist() == DATA["age"].tolist()


def test_without_constant_moves_every_place():
    _, design = _formula.read("y ~ age + owner:kids", DATA)
    bare = design.without_constant()
    assert bare.names == design.names[1:]
    assert bare.names[bare.plain["age"]] == "age"
    everyone = slice(0, N)
    changed = bare.changed(everyone, {"owner": True, "age": 1.0}, bare.rows(everyone))
    full = design.changed(everyone, {"owner": True, "age": 1.0}, design.rows(everyone))
    assert changed == pytest.approx(full[1:])
    assert bare.without_constant() is bare
