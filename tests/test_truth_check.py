"""The right designs cover the truth, naive answers miss it: the table, and a sample."""

import re
import sys
from pathlib import Path

import pytest
from scipy import stats

from govlib import datasets

FOLDER = Path(__file__).parents[1] / "datasets"
TRUTH = datasets.load("truth").set_index("symbol")
CHECK = datasets.load("truth_check").set_index("symbol")


@pytest.fixture(scope="module")
def coverage():
    """The command that wrote the table, as a module."""
    sys.path.insert(0, str(FOLDER))
    import check_truth as command

    yield command
    sys.path.remove(str(FOLDER))


def test_the_table_is_of_this_truth():
    assert CHECK["value"].equals(TRUTH.loc[CHECK.index, "value"])
    assert (
        CHECK["chapter"]
        .astype(str)
        .equals(TRUTH.loc[CHECK.index, "chapter"].astype(str))
    )


@pytest.mark.parametrize("symbol", CHECK.index)
def test_intervals_cover_as_often_as_they_say(symbol):
    """The 99.9 per cent band around 95 per cent: 93.3 to 96.6 for 2,000 cities."""
    row = CHECK.loc[symbol]
    low, high = stats.binom.interval(0.999, row["cities"], 0.95) / row["cities"]
    assert row["coverage"] >= low
    if not row["at_least"]:
        assert row["coverage"] <= high


@pytest.mark.parametrize("symbol", CHECK.index[CHECK["naive_side"].notna()])
def test_naive_answers_lie_on_the_side_that_is_said(symbol):
    """On average by more than three errors, in most cities, and in the shipped one."""
    row, truth = CHECK.loc[symbol], TRUTH.loc[symbol]
    sign = 1 if row["naive_side"] == "above" else -1
    assert sign * (row["naive_mean"] - row["value"]) > 3 * row["naive_mean_error"]
    assert row["naive_share"] > 0.75
    bias = sign * (truth["naive_city"] - truth["value"])
    assert bias > 2 * truth["naive_city_error"]


def test_every_design_of_the_command_is_in_the_table(coverage):
    checks = {
        check.symbol
        for theme in coverage.THEMES
        for check in coverage.module(theme).CHECKS
    }
    assert checks == set(CHECK.index)


def test_the_datasheet_says_why_every_other_effect_has_no_row():
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    _, _, text = text.partition("<!-- end of coverage -->")
    section, _, _ = text.partition("\n## ")
    section = re.sub(
        r"`(\w+_)(\d)` to `\1(\d)`",
        lambda m: " ".join(f"`{m[1]}{n}`" for n in range(int(m[2]), int(m[3]) + 1)),
        section,
    )
    # A reason may point to a row that there is.
    named = set(re.findall(r"`(\w+)`", section)) - set(CHECK.index)
    assert named == set(TRUTH.index) - set(CHECK.index)


@pytest.mark.parametrize("theme", ["participation", "services", "structure"])
def test_the_first_city_gives_the_stored_answer(theme, coverage):
    found = coverage.answers(1, [theme])["right"]
    for check in coverage.module(theme).CHECKS:
        stored = CHECK.loc[
            check.symbol, ["sample_estimate", "sample_low", "sample_high"]
        ]
        assert found[check.symbol] == pytest.approx(stored.tolist(), abs=2e-6)
