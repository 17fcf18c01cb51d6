"""
Maximum likelihood for regressions on participation, a chunk of rows at a time.

Newton's method on centred regressors: each pass reads the data once, in pieces that
stay in a core's cache, so that time is that of a few matrix products and memory does
not grow with the rows. The last pass hands each chunk's scores to whoever sums them
by cluster. Families are functions of the same form (see `_logit`).

Many rows need three passes. Every 17th row gives a start that is off by about four
standard errors; the first pass takes Newton's step and adds what that step neglects,
the bend of the gradient, as the few rows have it; the second leaves rounding error.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve
from scipy.special import digamma, expit, gammaln, polygamma

from govlib import _validate
from govlib._formula import Design

Array = NDArray[np.floating]
# Log likelihood, gradient (p,), information (p, p) and, where asked for, the score
# of every row (p, m).
Pieces = tuple[float, Array, Array, Array | None]

# Squared distance from the maximum, in standard errors, at which scores are those of
# the maximum; and one so near that the next pass is expected to be the last.
TOLERANCE = 1e-15
NEAR = 1e-4
# Rounding may keep a sum of very unequal rows from TOLERANCE, not from this.
ROUNDED = 1e-10
MOST_STEPS = 60
# From its centred start Newton needs fewer steps than this unless the maximum is at
# infinity; then every step adds about one to the diverging linear predictor.
PATIENCE = 12
# Above so many rows, every THINNING-th row supplies the starting values.
LARGE = 200_000
THINNING = 17
# Squared distance per parameter, in standard errors, beyond which such a start is not
# trusted: THINNING is expected, more means an outcome too rare among the few.
ASTRAY = 10 * THINNING
# One over alpha from which counts cannot be told from Poisson ones, nor be computed.
LEAST_SPREAD = 1e10


@dataclass(frozen=True, slots=True)
class Maximum:
    """
    Where the likelihood is highest.

    Attributes
    ----------
    estimates : numpy.ndarray
        Coefficients and extra parameters as reported.
    vcov : numpy.ndarray
        The model's own covariance of them (linear: with variance RSS / n).
    centre, back : numpy.ndarray
        What was subtracted from each regressor, and the matrix that takes estimates
        for centred regressors to those reported.
    scores_to_estimates : numpy.ndarray
        Takes a sum of scores to its influence on the estimates: the sandwich is
        this matrix times the scores' covariance times its transpose.
    log_likelihood : float
        At the maximum.
    """

    estimates: Array
    vcov: Array
    centre: Array
    back: Array
    scores_to_estimates: Array
    log_likelihood: float


class Sums(Protocol):
    """Takes the scores of a pass chunk by chunk; a new pass starts afresh."""

    def clear(self) -> None:
        """Forget the scores of an earlier pass."""

    def __call__(self, chunk: slice, scores: Array) -> None:
        """Take the scores (p, m) of some rows."""


@dataclass(frozen=True, slots=True)
class _Problem:
    """A family and the rows that it is fitted to."""

    family: str
    design: Design
    centre: Array
    outcome: Array
    weight: Array | None
    offset: Array | None

    def thinned(self) -> "_Problem":
        """Return the problem of every THINNING-th row."""
        few = slice(None, None, THINNING)
        columns = [column[few].copy() for column in self.design.columns]
        n = len(range(self.design.n)[few])
        return replace(
            self,
            design=replace(self.design, columns=columns, n=n),
            outcome=self.outcome[few],
            weight=None if self.weight is None else self.weight[few],
            offset=None if self.offset is None else self.offset[few],
        )

    def total(
        self, theta: Array, sums: Sums | None = None
    ) -> tuple[float, Array, Array]:
        """Return log likelihood, gradient and information of all rows."""
        p = theta.size
        value, gradient, information = 0.0, np.zeros(p), np.zeros((p, p))
        weight, offset = self.weight, self.offset
        # One buffer for all chunks: fresh memory costs more than the arithmetic.
        buffer = self.design.buffer()
        for chunk in self.design.chunks():
            one, slope, curvature, scores = FAMILIES[self.family](
                theta,
                self.design.rows(chunk, self.centre, buffer),
                self.outcome[chunk],
                None if weight is None else weight[chunk],
                None if offset is None else offset[chunk],
                sums is not None,
            )
            value += one
            gradient += slope
            information += curvature
            if sums is not None and scores is not None:
                sums(chunk, scores)
        return value, gradient, information


@dataclass(frozen=True, slots=True)
class _Point:
    """Parameters with log likelihood, gradient and information there."""

    theta: Array
    value: float
    gradient: Array
    information: Array


@dataclass(frozen=True, slots=True)
class _Few:
    """Some of the rows, the maximum that they give, and where they started from."""

    problem: _Problem
    found: _Point
    start: Array

    def bend(self, step: Array) -> Array:
        """Return what a step adds to the gradient beyond its linear part, per row."""
        at = self.found
        _, gradient, _ = self.problem.total(at.theta + step)
        return (gradient - at.gradient + at.information @ step) / self.problem.design.n


def maximise(
    family: str,
    design: Design,
    outcome: Array,
    weight: Array | None = None,
    offset: Array | None = None,
    sums: Sums | None = None,
) -> Maximum:
    """Maximise a log likelihood; `sums` gets every chunk's scores at the maximum."""
    centre = _centre(design, family)
    everyone = _Problem(family, design, centre, outcome, weight, offset)
    start = _start(family, design, outcome, weight, offset)
    few = None
    if design.n > LARGE and family != "linear":
        thinned = everyone.thinned()
        try:
            # Rows at a fixed distance may miss a category of data in a periodic
            # order; where they do not, no regressor is a combination of others.
            _full_rank(thinned.design, centre)
            few = _Few(thinned, _newton(thinned, start, NEAR), start)
        except ValueError:
            pass
    if few is None:
        _full_rank(design, centre)
    else:
        start = few.found.theta
    found = _newton(everyone, start, TOLERANCE, sums, few)
    theta, log_likelihood = found.theta, found.value
    back = _uncentred(family, design, centre, theta)
    variance = 1.0
    if family == "linear":
        variance = -2 * log_likelihood / design.n
        log_likelihood = -design.n / 2 * (np.log(2 * np.pi * variance) + 1)
    estimates = back @ theta
    if family == "negative_binomial":
        estimates[-1] = np.exp(theta[-1])
    inverse = np.linalg.inv(found.information)
    return Maximum(
        estimates=estimates,
        vcov=variance * back @ inverse @ back.T,
        centre=centre,
        back=back,
        scores_to_estimates=back @ inverse,
        log_likelihood=float(log_likelihood),
    )


def _newton(
    problem: _Problem,
    theta: Array,
    tolerance: float,
    sums: Sums | None = None,
    few: _Few | None = None,
) -> _Point:
    """Return the maximum found from `theta`, which `few` rows may have given."""
    family, n = problem.family, problem.design.n
    best, step, distance = -np.inf, np.zeros_like(theta), np.inf
    for count in range(MOST_STEPS):
        collected = None
        if sums is not None and distance <= NEAR:
            sums.clear()
            collected = sums
        value, gradient, information = problem.total(theta, collected)
        # A step too long lowers the likelihood: take half of it. Rounding in the
        # sum must not look like that, hence the slack.
        if not value >= best - 1e-9 * abs(best):
            step = step / 2
            theta = theta - step
            continue
        best = value
        step = _solved(information, gradient)
        if count >= PATIENCE and family != "linear":
            _refuse_separation(problem, step)
        scale = 1.0
        if family == "linear":
            scale = -2 * value / n
            if scale <= 1e-24 * np.var(problem.outcome):
                raise ValueError(
                    "the formula gives the outcome exactly in every row, so there is "
                    "no error to estimate; look for a regressor made from the outcome"
                )
        before, distance = distance, gradient @ step / scale
        rounded = distance <= ROUNDED and distance > before / 10
        if (sums is None or collected is not None) and (
            distance <= tolerance or rounded
        ):
            return _Point(theta, value, gradient, information)
        if count == 0 and few is not None:
            if not distance <= ASTRAY * theta.size:
                theta, best, distance = few.start, -np.inf, np.inf
                continue
            more = _solved(information, few.bend(step) * n)
            # A few rows may know nothing of it; a small correction is one.
            if more @ information @ more < distance / 100:
                step = step + more
        theta = theta + step
    if family == "negative_binomial":
        raise ValueError(
            "negative_binomial found no variance beyond that of counts at random; "
            "use family='poisson'"
        )
    raise ValueError(
        f"family={family!r} did not converge in {MOST_STEPS} steps; look for "
        f"categories with few rows and for regressors of very different size"
    )


def _canonical(
    rows: Array, residual: Array, curvature: Array | None, scored: bool
) -> tuple[Array, Array, Array | None]:
    """
    Return gradient, information and scores where mean and outcome meet.

    The rows are weighted in place: a product of a matrix with itself is the cheapest.
    """
    gradient = rows @ residual
    scores = rows * residual if scored else None
    if curvature is not None:
        rows *= np.sqrt(curvature)
    return gradient, rows @ rows.T, scores


def _logit(
    theta: Array,
    rows: Array,
    outcome: Array,
    weight: Array | None,
    offset: Array | None,  # noqa: ARG001
    scored: bool,
) -> Pieces:
    """Logistic regression: log odds are linear."""
    # Log odds of what was observed. Beyond e^300 to one nothing changes any more.
    sign = 2 * outcome - 1
    right = np.minimum(sign * (theta @ rows), 300)
    odds = np.exp(right)
    total = 1 + odds
    value = right - np.log(total)
    residual = sign / total
    curvature = odds / np.square(total)
    if weight is not None:
        value, residual = value * weight, residual * weight
        curvature *= weight
    return float(value.sum()), *_canonical(rows, residual, curvature, scored)


def _linear(
    theta: Array,
    rows: Array,
    outcome: Array,
    weight: Array | None,
    offset: Array | None,  # noqa: ARG001
    scored: bool,
) -> Pieces:
    """Least squares: minus half the sum of squared residuals."""
    error = outcome - theta @ rows
    residual = error if weight is None else error * weight
    return float(-0.5 * error @ residual), *_canonical(rows, residual, weight, scored)


def _poisson(
    theta: Array,
    rows: Array,
    outcome: Array,
    weight: Array | None,
    offset: Array | None,
    scored: bool,
) -> Pieces:
    """Poisson counts: the log mean is linear, the variance is the mean."""
    eta = theta @ rows if offset is None else theta @ rows + offset
    with np.errstate(over="ignore"):
        mean = np.exp(eta)
    value = outcome * eta - mean - gammaln(outcome + 1)
    residual = outcome - mean
    if weight is not None:
        value, residual, mean = value * weight, residual * weight, mean * weight
    return float(value.sum()), *_canonical(rows, residual, mean, scored)


def _negative_binomial(
    theta: Array,
    rows: Array,
    outcome: Array,
    weight: Array | None,
    offset: Array | None,
    scored: bool,  # noqa: ARG001
) -> Pieces:
    """Overdispersed counts, variance mean + alpha mean^2; last comes log alpha."""
    eta = theta[:-1] @ rows if offset is None else theta[:-1] @ rows + offset
    with np.errstate(over="ignore"):
        mean = np.exp(eta)
        size = np.exp(-theta[-1])
    if not size < LEAST_SPREAD or not np.isfinite(mean).all():
        return -np.inf, theta * 0, np.eye(theta.size), None
    total = size + mean
    value = (
        gammaln(outcome + size)
        - gammaln(size)
        - gammaln(outcome + 1)
        + size * np.log(size / total)
        + outcome * np.log(mean / total)
    )
    by_eta = size * (outcome - mean) / total
    by_size = (
        digamma(outcome + size)
        - digamma(size)
        + np.log(size / total)
        + (mean - outcome) / total
    )
    eta_eta = size * mean * (size + outcome) / total**2
    eta_size = mean * (outcome - mean) / total**2
    size_size = (
        polygamma(1, outcome + size)
        - polygamma(1, size)
        + 1 / size
        - 2 / total
        + (size + outcome) / total**2
    )
    # In log alpha, d size = -size.
    by_log = -size * by_size
    eta_log = -size * eta_size
    log_log = size**2 * size_size + size * by_size
    if weight is not None:
        value, by_eta, by_log = value * weight, by_eta * weight, by_log * weight
        eta_eta, eta_log, log_log = eta_eta * weight, eta_log * weight, log_log * weight
    scores = np.vstack([rows * by_eta, by_log])
    information = np.empty((theta.size, theta.size))
    information[:-1, :-1] = (rows * eta_eta) @ rows.T
    information[-1, :-1] = information[:-1, -1] = -rows @ eta_log
    information[-1, -1] = -log_log.sum()
    return float(value.sum()), scores.sum(axis=1), information, scores


def _ordered(
    theta: Array,
    rows: Array,
    outcome: Array,
    weight: Array | None,
    offset: Array | None,  # noqa: ARG001
    scored: bool,  # noqa: ARG001
) -> Pieces:
    """Cumulative logit; the last parameters are the cut points in order."""
    k, m = rows.shape
    cuts = np.concatenate(([-np.inf], theta[k:], [np.inf]))
    if (np.diff(theta[k:]) <= 0).any():
        return -np.inf, theta * 0, np.eye(theta.size), None
    level = outcome.astype(np.intp)
    eta = theta[:k] @ rows
    upper, lower = expit(cuts[level + 1] - eta), expit(cuts[level] - eta)
    # Two probabilities near one would cancel: use the mirror image there.
    share = np.where(
        lower > 0.5,
        expit(eta - cuts[level]) - expit(eta - cuts[level + 1]),
        upper - lower,
    )
    share = np.maximum(share, np.finfo(float).tiny)
    upper_slope = upper * expit(eta - cuts[level + 1])
    lower_slope = lower * expit(eta - cuts[level])
    # Rows of the two linear predictors that bound each outcome.
    above, below = np.zeros((theta.size, m)), np.zeros((theta.size, m))
    above[:k] = below[:k] = -rows
    position = np.arange(m)
    has_upper, has_lower = level < theta.size - k, level > 0
    above[k + level[has_upper], position[has_upper]] = 1
    below[k + level[has_lower] - 1, position[has_lower]] = 1
    scores = (above * upper_slope - below * lower_slope) / share
    plain = np.ones(m) if weight is None else weight
    upper_bend = plain * upper_slope * (1 - 2 * upper) / share
    lower_bend = plain * lower_slope * (1 - 2 * lower) / share
    information = (
        (scores * plain) @ scores.T
        - (above * upper_bend) @ above.T
        + (below * lower_bend) @ below.T
    )
    scores = scores * plain
    return float(plain @ np.log(share)), scores.sum(axis=1), information, scores


# Each may overwrite the rows that it is given.
FAMILIES: dict[str, Callable[..., Pieces]] = {
    "logit": _logit,
    "linear": _linear,
    "ordered": _ordered,
    "poisson": _poisson,
    "negative_binomial": _negative_binomial,
}


def extra_names(family: str, levels: Sequence) -> list[str]:
    """Return the names of the parameters beside the coefficients."""
    if family == "ordered":
        return [f"{a}|{b}" for a, b in pairwise(levels)]
    return ["alpha"] if family == "negative_binomial" else []


def _start(
    family: str,
    design: Design,
    outcome: Array,
    weight: Array | None,
    offset: Array | None,
) -> Array:
    """Return the maximum without regressors, which is close for centred ones."""
    theta = np.zeros(len(design.names))
    mean = float(np.average(outcome, weights=weight))
    if family == "ordered":
        shares = np.bincount(outcome.astype(np.intp), weights=weight)
        below = np.cumsum(shares)[:-1] / shares.sum()
        return np.concatenate([theta, np.log(below / (1 - below))])
    if "Intercept" in design.names:
        at = design.names.index("Intercept")
        if family == "logit":
            theta[at] = np.log(mean / (1 - mean))
        if family in {"poisson", "negative_binomial"}:
            exposed = (
                1.0 if offset is None else np.average(np.exp(offset), weights=weight)
            )
            theta[at] = np.log(mean / exposed)
    if family == "negative_binomial":
        spread = float(np.average(np.square(outcome - mean), weights=weight))
        alpha = max((spread - mean) / mean**2, 0.1)
        theta = np.append(theta, np.log(alpha))
    return theta


def _solved(information: Array, gradient: Array) -> Array:
    """Return Newton's step; far from the maximum, a shorter one uphill."""
    diagonal = np.abs(np.diag(information))
    scale = 1 / np.sqrt(np.where(diagonal > 0, diagonal, 1.0))
    scaled = information * np.outer(scale, scale)
    ridge = 0.0
    while True:
        try:
            factor = cho_factor(scaled + ridge * np.eye(scale.size))
        except np.linalg.LinAlgError:
            ridge = max(10 * ridge, 1e-8)
            continue
        return scale * cho_solve(factor, scale * gradient)


def _centre(design: Design, family: str) -> Array:
    """Return what to subtract from each column; nothing without a constant."""
    centre = np.zeros(len(design.names))
    if "Intercept" in design.names or family == "ordered":
        for place, name in enumerate(design.names):
            if name != "Intercept":
                centre[place] = design.columns[place].mean(dtype=float)
    return centre


def _uncentred(family: str, design: Design, centre: Array, theta: Array) -> Array:
    """Return the matrix that takes centred estimates back to the formula's."""
    back = np.eye(theta.size)
    k = len(design.names)
    if "Intercept" in design.names:
        at = design.names.index("Intercept")
        back[at, :k] -= centre
    if family == "ordered":
        back[k:, :k] = centre
    if family == "negative_binomial":
        back[-1, -1] = np.exp(theta[-1])
    return back


def _full_rank(design: Design, centre: Array) -> None:
    """Refuse a regressor that is constant or made up of the ones before it."""
    k = len(design.names)
    gram = np.zeros((k, k))
    for chunk in design.chunks():
        rows = design.rows(chunk, centre)
        gram += rows @ rows.T
    size = np.sqrt(np.diag(gram))
    for name, length, middle in zip(design.names, size, centre, strict=True):
        if length <= 1e-12 * max(abs(middle), 1e-300) * np.sqrt(design.n):
            raise ValueError(
                f"{name!r} has one value only in the rows used, so nothing can be "
                f"said about it; leave it out of the formula"
            )
    gram /= np.outer(size, size)
    for j in range(1, k):
        weights, *_ = np.linalg.lstsq(gram[:j, :j], gram[:j, j], rcond=None)
        if 1 - gram[:j, j] @ weights < 1e-11:
            made_of = [
                name
                for name, share in zip(design.names[:j], weights, strict=True)
                if abs(share) > 1e-6
            ]
            raise ValueError(
                f"{design.names[j]!r} is a combination of "
                f"{_validate.listing(made_of)} in the rows used, so their effects "
                f"cannot be told apart; leave one out of the formula"
            )


def _refuse_separation(problem: _Problem, step: Array) -> None:
    """
    Raise if going on along `step` raises no row's misfit: the maximum is infinite.

    A direction in which every row's likelihood only grows proves separation (Albert
    and Anderson 1984); Newton's steps turn into that direction.
    """
    family, design, outcome = problem.family, problem.design, problem.outcome
    k = len(design.names)
    lowest, highest = np.inf, 0.0
    for chunk in design.chunks():
        move = step[:k] @ design.rows(chunk, problem.centre)
        gain = _gains(family, move, outcome[chunk], step[k:])
        lowest, highest = min(lowest, gain.min()), max(highest, np.abs(gain).max())
    if lowest < -1e-4 * highest:
        return
    alone = _separating(family, design, outcome)
    if not alone:
        ranges = np.array([np.ptp(column[:]) for column in design.columns])
        reach = np.abs(step[:k]) * ranges
        alone = [
            name
            for name, far in zip(design.names, reach, strict=True)
            if far > 1e-3 * reach.max()
        ]
    named = _validate.listing(alone)
    what = f"the outcome follows from {named} without exception"
    if family in {"poisson", "negative_binomial"}:
        what = f"the outcome is always 0 for some values of {named}"
    raise ValueError(
        f"perfect separation: {what}, so the coefficient would be infinite; merge or "
        f"drop that category, or leave the variable out of the formula"
    )


def _gains(family: str, move: Array, outcome: Array, extra: Array) -> Array:
    """Return how a move of the linear predictor helps each row; losses are negative."""
    if family == "logit":
        return np.where(outcome == 1, move, -move)
    if family == "ordered":
        level = outcome.astype(np.intp)
        upper = np.append(extra, np.inf)[level] - move
        lower = move - np.concatenate(([-np.inf], extra))[level]
        both = np.minimum(upper, lower)
        return np.where(np.isfinite(both), both, 0.0)
    return np.where(outcome == 0, -move, -np.abs(move))


def _separating(family: str, design: Design, outcome: Array) -> list[str]:
    """Return the coefficients whose regressor separates the outcome on its own."""
    found = []
    counts = family in {"poisson", "negative_binomial"}
    group = (outcome > 0).astype(np.int8) if counts else outcome
    for name, column in zip(design.names, design.columns, strict=True):
        if name == "Intercept":
            continue
        by = pd.Series(column).groupby(group)
        low, high = by.min().to_numpy(), by.max().to_numpy()
        rising = (high[:-1] <= low[1:]).all()
        falling = (low[:-1] >= high[1:]).all()
        if (rising or falling) and (not counts or low[1] == high[1]):
            found.append(name)
    return found
