"""
Likelihood of a logit with a random intercept, by adaptive Gauss-Hermite quadrature.

The quadrature is centred on each cluster's mode and scaled by the curvature there
(Pinheiro and Bates 1995), as in lme4's ``glmer``; one point is Laplace's method. The
gradient is that of the approximation itself, mode and scale included, so the maximum
is the approximation's own for any number of points.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit, log_expit, logsumexp

Array = NDArray[np.floating]


@dataclass(frozen=True, slots=True)
class Maximum:
    """Estimates (coefficients, then the intercepts' deviation) and what goes along."""

    estimates: Array
    vcov: Array
    log_likelihood: float
    modes: Array
    mode_errors: Array


def maximise(
    rows: Array,
    outcome: Array,
    cluster: NDArray[np.int32],
    n_points: int,
    start: Array,
) -> Maximum:
    """
    Maximise the likelihood; regressors (k, n) are best centred and scaled.

    `start` holds the coefficients of a fit without random intercept.
    """
    order = np.argsort(cluster, kind="stable")
    rows, outcome = np.ascontiguousarray(rows[:, order]), outcome[order]
    starts = np.flatnonzero(np.diff(cluster[order], prepend=-1))
    sizes = np.diff(starts, append=outcome.size)
    nodes, weights = np.polynomial.hermite.hermgauss(n_points)
    log_weights = np.log(weights) + nodes**2
    modes = np.zeros(starts.size)

    def sums(values: Array) -> Array:
        return np.add.reduceat(values, starts, axis=-1)

    def find_modes(eta: Array, deviation: float) -> Array:
        """Return each cluster's standard normal intercept where its posterior peaks."""
        at = modes.copy()
        for _ in range(100):
            share = expit(eta + deviation * np.repeat(at, sizes))
            slope = deviation * sums(outcome - share) - at
            bend = deviation**2 * sums(share * (1 - share)) + 1
            move = slope / bend
            at += np.clip(move, -2, 2)
            if np.abs(move).max() < 1e-12:
                break
        return at

    def evaluate(theta: Array) -> tuple[float, Array]:
        """Return minus the log likelihood and its gradient."""
        nonlocal modes
        eta, deviation = theta[:-1] @ rows, theta[-1]
        modes = find_modes(eta, deviation)
        share = expit(eta + deviation * np.repeat(modes, sizes))
        variance = share * (1 - share)
        skew = variance * (1 - 2 * share)
        curvature = deviation**2 * sums(variance) + 1
        scale = 1 / np.sqrt(curvature)

        at = modes + np.sqrt(2) * scale * nodes[:, None]
        shifted = eta + deviation * np.repeat(at, sizes, axis=1)
        signs = np.where(outcome == 1, 1.0, -1.0)
        height = sums(log_expit(signs * shifted)) - at**2 / 2 + log_weights[:, None]
        log_integral = logsumexp(height, axis=0)
        posterior = np.exp(height - log_integral)
        value = np.sum(np.log(scale) + log_integral) - starts.size * np.log(np.pi) / 2

        residual = outcome - expit(shifted)
        by_mode = deviation * sums(residual) - at
        # How the value answers to each cluster's mode and to its log scale.
        of_mode = np.sum(posterior * by_mode, axis=0)
        of_scale = 1 + np.sqrt(2) * scale * (nodes @ (posterior * by_mode))
        bend_by_mode = deviation**3 * sums(skew)
        to_curvature = -of_scale / (2 * curvature)
        to_mode = of_mode + to_curvature * bend_by_mode

        averaged = np.sum(np.repeat(posterior, sizes, axis=1) * residual, axis=0)
        per_row = (
            averaged
            - np.repeat(to_mode * deviation / curvature, sizes) * variance
            + np.repeat(to_curvature * deviation**2, sizes) * skew
        )
        mode_by_deviation = (
            sums(outcome - share) - deviation * modes * sums(variance)
        ) / curvature
        curvature_by_deviation = 2 * deviation * sums(
            variance
        ) + deviation**2 * modes * sums(skew)
        deviation_slope = np.sum(
            np.sum(posterior * at * sums(residual), axis=0)
            + to_mode * mode_by_deviation
            + to_curvature * curvature_by_deviation
        )
        return -value, -np.append(rows @ per_row, deviation_slope)

    found = minimize(
        evaluate,
        np.append(start, 0.5),
        jac=True,
        method="BFGS",
        options={"gtol": 1e-7 * max(1.0, np.sqrt(outcome.size)), "maxiter": 500},
    )
    theta = found.x * np.append(np.ones(start.size), np.sign(found.x[-1]) or 1.0)
    information = _derivative(evaluate, theta)
    # BFGS stops early when values no longer differ: finish by Newton's method.
    for _ in range(3):
        theta = theta - np.linalg.solve(information, evaluate(theta)[1])
    theta[-1] = abs(theta[-1])
    value, gradient = evaluate(theta)
    if not np.abs(gradient).max() < 1e-4 * np.sqrt(outcome.size):
        raise ValueError(
            "the random-intercept fit did not converge; look for clusters in which "
            "nearly everybody answers alike and for regressors of very different size"
        )
    information = _derivative(evaluate, theta)
    share = expit(theta[:-1] @ rows + theta[-1] * np.repeat(modes, sizes))
    spread = 1 / np.sqrt(theta[-1] ** 2 * sums(share * (1 - share)) + 1)
    return Maximum(
        estimates=theta,
        vcov=np.linalg.inv(information),
        log_likelihood=-value,
        modes=theta[-1] * modes,
        mode_errors=theta[-1] * spread,
    )


def _derivative(evaluate: object, theta: Array, width: float = 1e-4) -> Array:
    """Return the matrix of second derivatives from differences of the gradient."""
    columns = []
    for j in range(theta.size):
        step = np.zeros(theta.size)
        step[j] = width
        ahead, behind = evaluate(theta + step)[1], evaluate(theta - step)[1]  # ty: ignore
        columns.append((ahead - behind) / (2 * width))
    matrix = np.array(columns)
    return (matrix + matrix.T) / 2
