"""
Waiting lines against closed forms, other programs and simulation.

Stored numbers come from tests/reference/organisations_queues.py (versions beside it).
"""

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from govlib import _queue

REFERENCE = Path(__file__).parent / "reference/organisations_queues.csv"
NUMBERS = pd.read_csv(REFERENCE, encoding="utf-8")

loads = st.floats(0.05, 40)
servers = st.integers(1, 30)


def line(arrival_rate, **how):
    how = {"service_rate": 1.0, "servers": 1, "servers_name": "teams"} | how
    return _queue.performance(arrival_rate, **how)


def stationary(arrival, service, teams, patience, most=400):
    """Probabilities of 0, 1, ... in the system, by solving the balance equations."""
    states = np.arange(most)
    leave = service * np.minimum(states, teams)
    leave = leave + np.maximum(states - teams, 0) / patience
    generator = np.diag(np.full(most - 1, arrival), 1) + np.diag(leave[1:], -1)
    generator -= np.diag(generator.sum(axis=1))
    generator[:, 0] = 1
    return np.linalg.solve(generator.T, np.eye(most)[0])


@settings(deadline=None, max_examples=60)
@given(loads, servers)
def test_blocking_is_a_truncated_poisson(load, c):
    """Erlang's B is P(N = c) / P(N <= c) for a Poisson N: scipy."""
    expected = stats.poisson.pmf(c, load) / stats.poisson.cdf(c, load)
    assert _queue.blocking(np.array([load]), c)[0] == pytest.approx(expected, rel=1e-9)


@settings(deadline=None, max_examples=60)
@given(st.floats(0.01, 0.99), servers)
def test_waiting_is_the_sum_over_states(utilisation, c):
    """Erlang's C from the textbook's sum over states, with factorials."""
    load = utilisation * c
    full = load**c / math.factorial(c) / (1 - utilisation)
    expected = full / (sum(load**k / math.factorial(k) for k in range(c)) + full)
    assert _queue.waiting(np.array([load]), c)[0] == pytest.approx(expected, rel=1e-9)


def test_blocking_of_many_servers_does_not_overflow():
    """B(n, n) tends to sqrt(2 / (pi n)) (Stirling); 171! overflows a double."""
    n = 100_000
    expected = math.sqrt(2 / (math.pi * n))
    assert _queue.blocking(np.array([n]), n)[0] == pytest.approx(expected, rel=0.01)


def test_each_row_may_have_its_own_servers():
    each = line([8.0, 8.0, 0.5], service_rate=3.0, servers=[4, 3, 1])
    for row, (rate, c) in enumerate([(8.0, 4), (8.0, 3), (0.5, 1)]):
        alone = line(rate, service_rate=3.0, servers=c)
        pd.testing.assert_frame_equal(each.iloc[[row]].reset_index(drop=True), alone)


def test_one_server_has_the_textbook_form():
    """M/M/1: time in the system 1 / (mu - lambda), waiting share rho."""
    table = line([0, 8, 9.5], service_rate=10.0, longer_than=0.1)
    assert table["mean_time_in_system"].tolist() == pytest.approx([0.1, 0.5, 2.0])
    assert table["waiting_share"].tolist() == pytest.approx([0, 0.8, 0.95])
    assert table["mean_waiting"].tolist() == pytest.approx([0, 3.2, 18.05])
    expected = [0, 0.8 * math.exp(-0.2), 0.95 * math.exp(-0.05)]
    assert table["longer_share"].tolist() == pytest.approx(expected)


@pytest.mark.parametrize("rate", [12, 13.5])
def test_a_load_of_one_or_more_never_ends(rate):
    row = line(rate, service_rate=3.0, servers=4, longer_than=100).iloc[0]
    assert not row["stable"]
    assert row["waiting_share"] == row["longer_share"] == 1
    assert row[["mean_wait", "mean_time_in_system", "mean_waiting"]].tolist() == (
        [math.inf] * 3
    )


@settings(deadline=None, max_examples=60)
@given(st.floats(0.1, 30), st.floats(0.2, 5), st.integers(1, 12), st.floats(0.05, 5))
def test_impatience_solves_the_balance_equations(arrival, service, teams, patience):
    """An independent solution of the same chain, cut off at 400 states."""
    p = stationary(arrival, service, teams, patience)
    states = np.arange(p.size)
    row = line(arrival, service_rate=service, servers=teams, patience=patience).iloc[0]
    queue = p @ np.maximum(states - teams, 0)
    # Those who do not leave are served: flow out of the teams over flow in.
    served = service * (p @ np.minimum(states, teams)) / arrival
    close = {"rel": 1e-7, "abs": 1e-10}
    assert row["waiting_share"] == pytest.approx(p[teams:].sum(), **close)
    assert row["mean_waiting"] == pytest.approx(queue, **close)
    assert row["leaving_share"] == pytest.approx(1 - served, **close)
    assert row["mean_time_in_system"] == pytest.approx(p @ states / arrival, **close)
    assert row["stable"]


@pytest.mark.parametrize("arrival", [5.0, 40.0, 900.0])
def test_patience_like_service_gives_a_poisson_number(arrival):
    """If people leave as fast as they are served, all is M/M/infinity: Poisson."""
    row = line(arrival, service_rate=2.0, servers=20, patience=0.5).iloc[0]
    number = stats.poisson(arrival / 2)
    states = np.arange(2000)
    queue = number.pmf(states) @ np.maximum(states - 20, 0)
    assert row["waiting_share"] == pytest.approx(number.sf(19), rel=1e-9)
    assert row["mean_waiting"] == pytest.approx(queue, rel=1e-9)


def test_endless_patience_is_erlang_c():
    rates = [6.0, 11.0]
    patient = line(rates, service_rate=3.0, servers=4, patience=1e8)
    without = line(rates, service_rate=3.0, servers=4)
    both = ["waiting_share", "mean_wait", "mean_time_in_system", "mean_waiting"]
    pd.testing.assert_frame_equal(patient[both], without[both], rtol=1e-5)


def test_overload_sends_away_what_cannot_be_done():
    """Fluid limit: a share 1 - c mu / lambda leaves; wait = that times patience."""
    row = line(6000.0, service_rate=3.0, servers=4, patience=1e6).iloc[0]
    assert row["leaving_share"] == pytest.approx(1 - 12 / 6000, rel=1e-9)
    assert row["mean_wait"] == pytest.approx(998_000, rel=1e-9)


def of_row(row):
    patience = None if math.isnan(row.patience) else row.patience
    limit = None if math.isnan(row.longer_than) else row.longer_than
    table = line(
        row.arrival_rate,
        service_rate=row.service_rate,
        servers=int(row.teams),
        patience=patience,
        longer_than=limit,
    )
    return table[row.measure][0]


def rows(source):
    found = NUMBERS[NUMBERS["source"] == source]
    return [
        pytest.param(row, id=f"{row.measure} {row.Index}") for row in found.itertuples()
    ]


@pytest.mark.parametrize("row", rows("pyworkforce"))
def test_as_pyworkforce(row):
    assert of_row(row) == pytest.approx(row.value, rel=1e-9)


@pytest.mark.parametrize("row", rows("ciw"))
def test_as_simulated_by_ciw(row):
    """Eighteen comparisons: beyond four standard errors by chance once in 900."""
    assert abs(of_row(row) - row.value) < 4 * row.std_error
    assert row.std_error < 0.03 * row.value


@pytest.mark.parametrize(
    ("how", "error", "words"),
    [
        ({"servers": 0}, ValueError, r"teams= must be at least 1, not 0"),
        ({"servers": 2.5}, TypeError, "teams= takes a whole number"),
        ({"servers": [1, 2]}, ValueError, "2 entries for 1 arrival"),
        ({"servers": [0]}, ValueError, "whole numbers of at least 1"),
        ({"service_rate": 0}, ValueError, "service_rate= must be above zero"),
        ({"service_rate": math.nan}, ValueError, "service_rate="),
        ({"service_rate": math.inf}, ValueError, "service_rate="),
        ({"service_rate": "3"}, TypeError, "takes a number"),
        ({"patience": 0}, ValueError, "patience= must be above zero"),
        ({"patience": 1.0, "longer_than": 1.0}, ValueError, "leave out patience"),
        ({"longer_than": -1}, ValueError, "longer_than="),
        ({"longer_than": math.inf}, ValueError, "longer_than="),
    ],
)
def test_bad_rates_are_refused(how, error, words):
    with pytest.raises(error, match=words):
        line(1.0, **how)


@pytest.mark.parametrize(
    ("rate", "words"),
    [(-1, "must be >= 0"), (math.nan, "missing or infinite"), ([], "at least one")],
)
def test_bad_arrivals_are_refused(rate, words):
    with pytest.raises(ValueError, match=words):
        line(rate)
