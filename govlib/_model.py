"""
A fitted regression as numbers: what it expects of people, also had they been others.

Averages run over the rows a chunk at a time, as the fit does, and come with their
gradients by the parameters, from which standard errors follow by the delta method.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit

from govlib._formula import Design

Array = NDArray[np.floating]


@dataclass(frozen=True, slots=True)
class Model:
    """
    What a fit was made from, and its estimates.

    Attributes
    ----------
    family : str
        Kind of model.
    design : Design
        Regressors of the rows used.
    outcome : numpy.ndarray
        Outcome of these rows; for ordered, positions in `levels`.
    levels : list
        Levels of an ordered outcome, else empty.
    weight, offset : numpy.ndarray or None
        Sampling weights of mean one; logs of the exposure.
    estimates : numpy.ndarray
        Coefficients, then the other parameters.
    """

    family: str
    design: Design
    outcome: Array
    levels: list
    weight: Array | None
    offset: Array | None
    estimates: Array


def response(family: str, eta: Array) -> tuple[Array, Array, Array]:
    """Return the mean of an outcome and its first two derivatives by `eta`."""
    if family == "linear":
        return eta, np.ones_like(eta), np.zeros_like(eta)
    if family == "logit":
        mean = expit(eta)
        slope = mean * (1 - mean)
        return mean, slope, slope * (1 - 2 * mean)
    mean = np.exp(eta)
    return mean, mean, mean


@dataclass(frozen=True, slots=True)
class Expected:
    """
    What some rows are expected to do, for each of J outcomes (one unless ordered).

    ``mean``, ``slope`` and ``bend`` (J, m) are the expectation and its derivatives by
    the linear predictor; ``by_extra`` and ``slope_by_extra`` (J, q, m) are those of
    mean and slope by the extra parameters.
    """

    mean: Array
    slope: Array
    bend: Array
    by_extra: Array
    slope_by_extra: Array


def expect(model: Model, rows: Array, chunk: slice) -> Expected:
    """Return the expected outcomes of rows (k, m)."""
    k, m = rows.shape
    theta = model.estimates
    extra = theta.size - k
    eta = theta[:k] @ rows
    if model.family != "ordered":
        eta = eta if model.offset is None else eta + model.offset[chunk]
        mean, slope, bend = response(model.family, eta)
        # alpha of the negative binomial does not move the mean.
        none = np.zeros((1, extra, m))
        return Expected(mean[None], slope[None], bend[None], none, none)
    # P(level j) is a difference of two cumulative probabilities.
    edge = np.zeros((1, m))
    below, slope, bend = (
        np.vstack([edge, part, edge])
        for part in response("logit", theta[k:, None] - eta)
    )
    below[-1] = 1.0
    by_extra, slope_by_extra = np.zeros((2, extra + 1, extra, m))
    for cut in range(extra):
        by_extra[cut, cut], by_extra[cut + 1, cut] = slope[cut + 1], -slope[cut + 1]
        slope_by_extra[cut, cut] = -bend[cut + 1]
        slope_by_extra[cut + 1, cut] = bend[cut + 1]
    return Expected(
        np.diff(below, axis=0),
        -np.diff(slope, axis=0),
        np.diff(bend, axis=0),
        by_extra,
        slope_by_extra,
    )


def mean_outcomes(
    model: Model, scenarios: Sequence[Mapping[str, Any]]
) -> tuple[Array, Array]:
    """
    Average expected outcomes over everyone, had some variables had other values.

    Returns means, shape (scenarios, J), and gradients, shape (scenarios, J, p).
    """
    design, p, k = model.design, model.estimates.size, len(model.design.names)
    outcomes = len(model.levels) or 1
    means = np.zeros((len(scenarios), outcomes))
    gradients = np.zeros((len(scenarios), outcomes, p))
    for chunk in design.chunks():
        share = _share(model, chunk)
        rows = design.rows(chunk)
        for i, values in enumerate(scenarios):
            changed = design.changed(chunk, values, rows)
            expected = expect(model, changed, chunk)
            means[i] += expected.mean @ share
            gradients[i, :, :k] += (expected.slope * share) @ changed.T
            gradients[i, :, k:] += expected.by_extra @ share
    return means, gradients


def mean_slopes(model: Model, names: Sequence[str]) -> dict[str, tuple[Array, Array]]:
    """Return each number's average slope, shape (J,), and its gradient (J, p)."""
    if not names:
        return {}
    design, p, k = model.design, model.estimates.size, len(model.design.names)
    coefficients = model.estimates[:k]
    outcomes = len(model.levels) or 1
    plain = [name for name in names if name in design.plain]
    effects = {name: np.zeros(outcomes) for name in names}
    gradients = {name: np.zeros((outcomes, p)) for name in names}
    slope, bend = np.zeros(outcomes), np.zeros((outcomes, p))
    buffer = design.buffer()
    for chunk in design.chunks():
        share = _share(model, chunk)
        rows = design.rows(chunk, buffer=buffer)
        expected = expect(model, rows, chunk)
        slope += expected.slope @ share
        bend[:, :k] += (expected.bend * share) @ rows.T
        bend[:, k:] += expected.slope_by_extra @ share
        for name in effects.keys() - set(plain):
            change = _change(design, chunk, name, rows)
            along = coefficients @ change
            effects[name] += expected.slope @ (share * along)
            gradients[name][:, :k] += (expected.bend * share * along) @ rows.T
            gradients[name][:, :k] += (expected.slope * share) @ change.T
            gradients[name][:, k:] += expected.slope_by_extra @ (share * along)
    # A number that enters as it is moves the linear predictor by its coefficient.
    for name in plain:
        place = design.plain[name]
        effects[name] = slope * coefficients[place]
        gradients[name] = bend * coefficients[place]
        gradients[name][:, place] += slope
    return {name: (effects[name], gradients[name]) for name in names}


def _change(design: Design, chunk: slice, name: str, rows: Array) -> Array:
    """Return the derivative of the design by a variable, by central differences."""
    column = design.variables[name]
    values = column.iloc[chunk].to_numpy().astype(float)
    # The cube root of the rounding error balances it against curvature. Splines are
    # not defined beyond the data, so the ends look inwards only.
    width = np.cbrt(np.finfo(float).eps) * (np.std(values) or 1.0)
    above = np.minimum(values + width, column.max())
    below = np.maximum(values - width, column.min())
    ahead = design.changed(chunk, {name: above}, rows)
    behind = design.changed(chunk, {name: below}, rows)
    return (ahead - behind) / (above - below)


def _share(model: Model, chunk: slice) -> Array:
    """Return each row's share of everyone."""
    if model.weight is None:
        size = len(range(model.design.n)[chunk])
        return np.full(size, 1 / model.design.n)
    return model.weight[chunk] / model.design.n


def same_for_everyone(model: Model, variable: str, low: Any, high: Any) -> Array | None:
    """Return by how much the design differs between levels if all rows agree."""
    design = model.design
    same = None
    for chunk in design.chunks():
        rows = design.rows(chunk)
        change = design.changed(chunk, {variable: high}, rows)
        change -= design.changed(chunk, {variable: low}, rows)
        same = change[:, :1] if same is None else same
        if np.abs(change - same).max() > 1e-9 * (1 + np.abs(same).max()):
            return None
    return None if same is None else same[:, 0]


def statsmodels(model: Model, cluster: NDArray[np.int32] | None) -> Any:
    """Return statsmodels' results of the same model, errors by cluster if given."""
    import statsmodels.api as sm
    from statsmodels.miscmodels.ordinal_model import OrderedModel

    design, family, start = model.design, model.family, model.estimates
    x = pd.DataFrame(design.rows(slice(0, design.n)).T, columns=design.names)
    y = pd.Series(model.outcome, name="outcome")
    if model.weight is not None:
        if family in {"ordered", "negative_binomial"}:
            raise ValueError(f"statsmodels has no weights for {family}")
        if family == "linear":
            return sm.WLS(y, x, weights=model.weight).fit()
        kind = sm.families.Binomial() if family == "logit" else sm.families.Poisson()
        weighted = sm.GLM(
            y, x, family=kind, offset=model.offset, var_weights=model.weight
        )
        return weighted.fit(start_params=start)
    how: dict[str, Any] = {}
    if cluster is not None:
        how = {"cov_type": "cluster", "cov_kwds": {"groups": cluster}}
    if family == "linear":
        return sm.OLS(y, x).fit(**how)
    how |= {"start_params": start, "disp": 0}
    if family == "logit":
        return sm.Logit(y, x).fit(**how)
    if family == "poisson":
        return sm.Poisson(y, x, offset=model.offset).fit(**how)
    if family == "negative_binomial":
        return sm.NegativeBinomial(y, x, offset=model.offset).fit(method="bfgs", **how)
    # statsmodels takes the first cut point and the logs of the steps to the others.
    k = len(design.names)
    steps = np.log(np.diff(start[k:]))
    how["start_params"] = np.concatenate([start[: k + 1], steps])
    return OrderedModel(y, x, distr="logit").fit(method="bfgs", **how)
