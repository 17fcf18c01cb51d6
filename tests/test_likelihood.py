"""Likelihoods against scipy.stats, their derivatives against differences."""

import numpy as np
import pytest
from scipy import stats
from scipy.special import expit

from govlib import _likelihood

RNG = np.random.default_rng(5)
M = 40
ROWS = np.vstack([np.ones(M), RNG.normal(size=M)])
WEIGHT = RNG.uniform(0.5, 2, M)
OFFSET = RNG.normal(size=M) / 4
COUNTS = RNG.poisson(2, M).astype(float)
# family: outcome, parameters, offset where the family has one
CASES = {
    "logit": (RNG.integers(0, 2, M).astype(float), [0.2, -0.7], None),
    "linear": (RNG.normal(size=M), [0.2, -0.7], None),
    "poisson": (COUNTS, [0.4, 0.3], OFFSET),
    "negative_binomial": (COUNTS, [0.4, 0.3, -0.5], OFFSET),
    "ordered": (RNG.integers(0, 4, M).astype(float), [0.1, 0.5, -1.0, 0.2, 1.1], None),
}


def log_likelihood(family, theta, outcome, offset):
    """Return each row's log likelihood by scipy's distributions."""
    eta = theta[:2] @ ROWS + (0 if offset is None else offset)
    if family == "logit":
        return stats.bernoulli.logpmf(outcome, expit(eta))
    if family == "linear":
        return stats.norm.logpdf(outcome, eta) + np.log(2 * np.pi) / 2
    if family == "poisson":
        return stats.poisson.logpmf(outcome, np.exp(eta))
    if family == "negative_binomial":
        size = np.exp(-theta[2])
        return stats.nbinom.logpmf(outcome, size, size / (size + np.exp(eta)))
    cuts = np.array([-np.inf, *theta[2:], np.inf])
    level = outcome.astype(int)
    return np.log(
        stats.logistic.cdf(cuts[level + 1] - eta)
        - stats.logistic.cdf(cuts[level] - eta)
    )


@pytest.mark.parametrize("weight", [None, WEIGHT], ids=["plain", "weighted"])
@pytest.mark.parametrize("family", CASES)
def test_value_gradient_information_and_scores(family, weight):
    outcome, theta, offset = CASES[family]
    theta = np.array(theta)

    def pieces(at):
        function = _likelihood.FAMILIES[family]
        return function(at, ROWS.copy(), outcome, weight, offset, True)

    value, gradient, information, scores = pieces(theta)
    each = log_likelihood(family, theta, outcome, offset)
    plain = np.ones(M) if weight is None else weight
    assert value == pytest.approx(each @ plain)
    assert scores.sum(axis=1) == pytest.approx(gradient)
    for j in range(theta.size):
        h = np.zeros(theta.size)
        h[j] = 1e-6
        ahead, behind = pieces(theta + h), pieces(theta - h)
        assert gradient[j] == pytest.approx((ahead[0] - behind[0]) / 2e-6, rel=1e-6)
        bend = (ahead[1] - behind[1]) / 2e-6
        assert information[j] == pytest.approx(-bend, rel=1e-5, abs=1e-6)


@pytest.mark.parametrize("eta", [-40.0, 40.0])
def test_far_tails_of_an_ordered_outcome(eta):
    """
    An answer whose chance is e^-40: the log is -40, the slope towards it is one.

    In plain differences of probabilities nothing of it would be left.
    """
    outcome = np.array([1.0 if eta < 0 else 0.0])
    theta = np.array([1.0, 0.0])
    value, gradient, information, _ = _likelihood._ordered(
        theta, np.array([[eta]]), outcome, None, None, True
    )
    assert value == pytest.approx(-40)
    # Plus one for the highest answer times -40, minus one for the lowest times 40.
    assert gradient[0] == pytest.approx(-40)
    assert np.isfinite(information).all()


def test_a_logit_does_not_overflow():
    rows, never = np.array([[800.0, -800.0]]), np.zeros(2)
    one = np.ones(1)
    value, gradient, _, _ = _likelihood._logit(one, rows, never, None, None, False)
    assert value == pytest.approx(-800)
    assert gradient[0] == pytest.approx(-800)
