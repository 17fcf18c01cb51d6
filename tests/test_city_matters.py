"""Matters, rights, layers and staff of S city: equations by hand, draws, tables."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from govlib import datasets, lifecycle
from govlib.city import Remedy, known_matters, matters
from govlib.city.base import base
from govlib.city.places import Size
from govlib.city.streams import stream

KEYS = {
    "matter_events": ["matter", "started_on"],
    "matter_quarters": ["community", "quarter"],
    "matters": ["matter"],
    "workers": ["worker"],
}
# Two sub-districts of every district, so that district J is there.
SOME = Size(8, 2, 2, 1)


@pytest.fixture(scope="module")
def small():
    return base(2026, SOME)


@pytest.fixture(scope="module")
def found(small):
    return matters.matters(small)


@pytest.fixture(scope="module")
def files(small):
    return matters.tables(small)


def changed(city, *remedies):
    return replace(city, remedies=tuple(remedies))


def same(one, other):
    for name in matters.TABLES:
        pd.testing.assert_frame_equal(one[name], other[name])


# --- equations


def test_rights_by_hand():
    """One in ten always, three more once delegated; of these 10 % and 13 % more."""
    on = np.array([[0, 1, 1, 1, 0.0], [0, 0, 1, 1, 1.0]])
    layer = np.array([[0.0] * 5, [1.0] * 5])
    some = {"rights_before": 0.1, "rights_delegated": 0.4}
    old, new, used = matters.rights(on, layer, some)
    # Under a layer nothing may be decided until rights are delegated.
    assert old.tolist() == [[0.1] * 5, [0, 0, 0.1, 0.1, 0.1]]
    assert new == pytest.approx(
        np.array([[0, 0.3, 0.3, 0.3, 0], [0, 0, 0.3, 0.3, 0.3]])
    )
    assert used[0, 1:4] == pytest.approx([0.1, 0.23, 0.36])
    assert matters.rights(np.ones((1, 12)), np.zeros((1, 12)), some)[2].max() == 1


def test_fulfilment_breaks_even_at_one_half():
    """0.9 p + 0.05 = p at p = 0.5; ability 1 / (1 + exp(-1.6)) at a load of 0.9."""
    some = {"layer_fidelity": 0.9, "layer_coaching": 0.05}
    on, off = np.array(1.0), np.array(0.0)
    load = np.linspace(0.3, 2.5, 200)
    without = matters.fulfilment(load, np.array(4), off, some)
    gain = matters.fulfilment(load, np.array(4), on, some) - without
    assert gain == pytest.approx(0.05 - 0.1 * without)
    assert ((gain > 0) == (without < 0.5)).all()
    ability = 1 / (1 + np.exp(-1.6))
    usual = matters.fulfilment(np.array(0.9), np.array(4), off, some)
    assert usual == pytest.approx(0.6561 * ability)
    local = matters.fulfilment(np.array(0.9), np.array(1), off, some)
    assert local == pytest.approx(0.9 * ability)
    assert known_matters.exact()["layer_break_even"] == pytest.approx(0.5)


def test_rights_are_delegated_by_subdistrict_in_waves():
    city = base(2026)
    on = matters.delegated(city)
    since = np.where(on.any(axis=1), on.argmax(axis=1) + 1, 0)
    by = pd.Series(since).groupby(city.of_place("subdistrict"))
    assert (by.min() == by.max()).all()
    assert set(since) == {0, 5, 7, 9}
    assert (np.diff(on, axis=1) >= 0).all()
    layered = matters.layered(city)[:, 0] == 1
    assert (since[layered] == 0).all()
    assert set(city.of_place("district")[layered]) == {"J"}
    # Overloaded sub-districts delegate more often: log odds 1.5 + 0.9 u.
    names = by.first().index[~by.first().index.str.startswith("J")]
    draws = [float(stream(2026, "subdistrict", n).standard_normal()) for n in names]
    ever = by.first()[names] > 0
    chance = 1 / (1 + np.exp(-1.5 - 0.9 * np.array(draws)))
    spread = np.sqrt((chance * (1 - chance)).sum())
    assert abs(ever.sum() - chance.sum()) < 3 * spread


def test_times_have_the_means_of_their_equations(small, found):
    """Exponential times: mean 115 times the mean of exp(kind + 0.25 z) and the desk."""
    scale = sum(
        share * np.exp(k)
        for share, k in zip(matters.KIND_SHARE, matters.KIND_TIME, strict=True)
    ) * np.exp(matters.SPREAD**2 / 2)
    up = ~found.local & (found.stage[..., 1] == matters.DECISION)
    waits = found.waiting[..., 1]
    for layer in (0, 1):
        here = (matters.layered(small) == layer)[:, :, None] & up
        mean = matters.UP_WAITING * scale * (matters.DESK if layer else 1)
        error = waits[here].std() / np.sqrt(here.sum())
        assert waits[here].mean() == pytest.approx(mean, abs=4 * error)
    # What is decided locally waits for the committee: 3 days at the usual load.
    load = known_matters._load(small, slice(None))
    busy = np.exp(0.9 * (load - matters.USUAL))
    busy *= np.where(matters.layered(small) > 0, matters.GUIDANCE, 1)
    rest = (waits / busy[:, :, None])[found.local]
    error = rest.std() / np.sqrt(rest.size)
    assert rest.mean() == pytest.approx(3 * scale, abs=4 * error)


def test_shares_are_those_of_the_equations(small, found):
    n = found.local.shape[-1]
    error = np.sqrt(0.25 / found.local.size)
    chance = np.repeat(found.local_chance[:, :, None], n, axis=2)
    assert found.local.mean() == pytest.approx(chance.mean(), abs=4 * error)
    meant = found.fulfilled_chance
    assert found.fulfilled.mean() == pytest.approx(meant.mean(), abs=4 * error)
    followed = found.followed.mean()
    assert followed == pytest.approx(1 / matters.FOLLOWED, abs=4 * error)
    assert (found.days_up - found.days_local).mean() > 80
    assert not found.local[matters.layered(small).astype(bool)].any()


def test_staff_leaves_and_is_trained_at_its_rates(small):
    held = matters.staff(small)
    load = np.repeat(small.by_quarter("load")[:, None], held.filled.shape[1], axis=1)
    rate = 0.065 * np.exp(0.6 * (load - 0.9))
    for trained, factor in ((False, 1), (True, np.exp(-0.25))):
        here = held.filled & (held.trained == trained)
        expected = 1 - np.exp(-rate[here] * factor)
        error = np.sqrt((expected * (1 - expected)).sum())
        assert abs(held.leaves[here].sum() - expected.sum()) < 4 * error
    everybody = matters.staff(changed(small, Remedy("training", 1)))
    assert (everybody.trained_share == 1).all()
    nobody = matters.staff(changed(small, Remedy("training", 0)))
    assert (nobody.trained_share == 0).all()


# --- remedies


def test_a_remedy_without_effect_changes_no_byte(small, files):
    already = [
        Remedy("layer", 0, communities=("A-1-01",)),
        Remedy("delegation", 0, communities=("A-1-01",), start=1),
    ]
    assert not matters.delegated(small)[0].any()
    same(matters.tables(changed(small, *already)), files)


@pytest.mark.parametrize(
    "remedy", [("delegation", 1), ("layer", 1), ("training", 1), ("staff", 30)]
)
def test_a_remedy_in_one_community_moves_no_other(small, files, remedy):
    place = small.codes[5]
    moved = base(2026, SOME, remedies=[Remedy(*remedy, communities=(place,), start=3)])
    tables = matters.tables(moved)
    for name, table in tables.items():
        mine, theirs = (
            t[t.iloc[:, 0].astype(str).str[:6] != place].reset_index(drop=True)
            for t in (table, files[name])
        )
        pd.testing.assert_frame_equal(mine, theirs)
    quarter = tables["matter_quarters"]
    if remedy[0] == "delegation":
        here = quarter[quarter["community"] == place]
        assert here["delegated_since"].unique().tolist() == [3]


def test_delegation_and_the_layer_move_what_they_should(small, found):
    on = matters.matters(changed(small, Remedy("delegation", 1)))
    off = matters.matters(changed(small, Remedy("delegation", 0)))
    # Common draws: what the community may decide without, it may with as well.
    assert (on.local | ~off.local).all()
    assert on.local.mean() > off.local.mean() + 0.15
    assert (on.days_local == off.days_local).all()
    layer = matters.matters(changed(small, Remedy("layer", 1)))
    assert layer.days_up.mean() > found.days_up.mean()
    training = matters.matters(changed(small, Remedy("training", 1)))
    assert (
        training.days_up
        <= matters.matters(changed(small, Remedy("training", 0))).days_up + 1e-9
    ).mean() > 0.95


def test_a_community_is_the_same_in_every_city_that_has_it(files):
    more = matters.tables(base(2026, Size(8, 2, 3, 1)))
    for name, table in files.items():
        key = table.columns[0]
        place = table[key].astype(str).str[:6]
        there = more[name][key].astype(str).str[:6].isin(set(place))
        pd.testing.assert_frame_equal(more[name][there].reset_index(drop=True), table)


# --- tables


def test_tables_are_sorted_by_key_and_named(files):
    assert set(files) == set(matters.TABLES)
    for name, table in files.items():
        key = KEYS[name]
        assert not table.duplicated(key).any()
        pd.testing.assert_frame_equal(table, table.sort_values(key, ignore_index=True))


def test_the_log_can_be_read_by_the_library(files):
    """Order, closings and stages are what `stage_spells` insists on."""
    spells = lifecycle.stage_spells(
        files["matter_events"],
        files["matters"],
        unit="matter",
        stage="cycle_stage",
        start="started_on",
        finish="finished_on",
        opened="opened_on",
        closed="closed_on",
        until=matters.LAST,
    )
    heads = files["matters"].set_index("matter")
    total = spells.groupby("matter")["duration"].sum()
    until = heads["closed_on"].fillna(matters.LAST)
    assert total.to_numpy() == pytest.approx((until - heads["opened_on"]).to_numpy())
    # A matter is open exactly where one of its spells is.
    still = (~spells["finished"]).groupby(spells["matter"]).any()
    assert (still == heads["closed_on"].isna()).all()


def test_the_panel_counts_what_came_up(found, files):
    quarters = files["matter_quarters"]
    assert quarters["matters_opened"].sum() == found.exists.sum()
    last = quarters["quarter"] == 12
    assert quarters.loc[last, "matters_completed"].isna().all()
    rest = quarters[~last]
    assert (rest["matters_completed"] <= rest["matters_opened"]).all()
    done = (found.exists & (found.days <= 90))[:, :11].sum()
    assert rest["matters_completed"].sum() == done


def test_staff_files_hold_together(files):
    workers = files["workers"]
    assert (
        workers["left_on"].dropna() > workers["joined"][workers["left_on"].notna()]
    ).all()
    trained = workers.dropna(subset=["trained_on"])
    assert (trained["trained_on"] >= trained["joined"]).all()
    assert (trained["trained_on"] % matters.QUARTER == 0).all()
    until = trained["left_on"].fillna(matters.LAST)
    assert (trained["trained_on"] < until).all()


# --- what is true


def test_stored_truth_agrees_with_the_equations_and_the_lessons():
    truth = datasets.truth().query("chapter == '10'").set_index("symbol")
    assert set(truth.index) == {row.symbol for row in known_matters.ROWS}
    for symbol, value in known_matters.exact().items():
        assert truth.loc[symbol, "value"] == pytest.approx(value, abs=1e-5)
    naive = truth.dropna(subset=["naive_city"])
    bias = naive["naive_city"] - naive["value"]
    assert (bias.abs() > 2 * naive["naive_city_error"]).all()
    expected = naive["naive_expected"] - naive["value"]
    assert (np.sign(expected) == np.sign(bias)).all()
    # The closed are the quick ones; early starters hide a growing effect.
    low = ["matter_mean", "matter_median", "decision_waiting", "delegation_average"]
    assert (expected[low] < 0).all()
    assert expected["matter_in_time"] > 0
    assert expected["training_leaving"] < 0


@pytest.mark.slow
def test_a_sample_of_the_truth_again():
    """One city, within what cities differ by (standard deviation of sixty)."""
    truth = datasets.truth().query("chapter == '10'").set_index("symbol")
    figures = known_matters.figures(1)
    for symbol in truth.index[truth["seeds"] > 0]:
        spread = truth.loc[symbol, "monte_carlo_error"] * np.sqrt(60)
        gap = figures[symbol] - truth.loc[symbol, "value"]
        assert abs(gap) < 4 * spread, symbol
