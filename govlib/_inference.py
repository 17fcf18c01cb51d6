"""
Standard errors and intervals that topics share.

Weights are sampling weights: what an estimate is worth comes from how scores vary
between sampled clusters, never from the sum of weights. Every small-sample factor is
named in words beside the number it gave.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import stats
from scipy.special import expit

from govlib import _validate

Array = NDArray[np.floating]


@dataclass(frozen=True, slots=True)
class Sample:
    """
    How rows were drawn: sampled units, and the strata that they were drawn from.

    Attributes
    ----------
    unit : numpy.ndarray
        Number of the sampled unit of each row: its cluster, or the row itself.
    stratum_of_unit : numpy.ndarray
        Number of each sampled unit's stratum, shape (n_units,).
    n_units, n_strata : int
        Clusters (or rows) and strata.
    clustered, stratified : bool
        Whether a cluster and strata were given.
    """

    unit: NDArray[np.int32]
    stratum_of_unit: NDArray[np.int32]
    n_units: int
    n_strata: int
    clustered: bool
    stratified: bool

    def sizes(self) -> NDArray[np.intp]:
        """Return how many rows each sampled unit has."""
        return np.bincount(self.unit, minlength=self.n_units)


def weight(data: pd.DataFrame, name: str | None) -> Array | None:
    """Return sampling weights scaled to mean one, or None without them."""
    if name is None:
        return None
    values = _validate.numeric(
        _validate.complete(_validate.column(data, name, "weight"))
    )
    bad = values.index[values <= 0]
    if len(bad):
        raise ValueError(
            f"data column {name!r} (weight=) has {len(bad)} value(s) that are zero or "
            f"negative in row(s) {_validate.listing(bad)}; a weight says for how many "
            f"people a row stands: drop rows that stand for nobody"
        )
    array = values.to_numpy()
    return array / array.mean()


def weight_or_one(data: pd.DataFrame, name: str | None) -> Array:
    """Return sampling weights scaled to mean one; ones without them."""
    given = weight(data, name)
    return np.ones(len(data)) if given is None else given


def sample(
    data: pd.DataFrame, *, cluster: str | None = None, strata: str | None = None
) -> Sample:
    """Return how rows were drawn, or say why no error can be computed."""
    unit, n_units = np.arange(len(data), dtype=np.int32), len(data)
    if cluster is not None:
        unit, n_units = _codes(data, cluster, "cluster")
    of_unit, n_strata = np.zeros(n_units, dtype=np.int32), 1
    if strata is not None:
        stratum, n_strata = _codes(data, strata, "strata")
        of_unit[unit] = stratum
        astray = np.flatnonzero(of_unit[unit] != stratum)
        if astray.size:
            again = data[cluster].iloc[astray].unique()
            raise ValueError(
                f"{len(again)} cluster(s) lie in more than one stratum: "
                f"{_validate.listing(again)}; where codes start anew in each stratum, "
                f"join the two columns to one name"
            )
    sizes = np.bincount(of_unit, minlength=n_strata)
    lonely = np.flatnonzero(sizes < 2)
    if lonely.size:
        what = "row" if cluster is None else f"cluster of {cluster!r}"
        where = remedy = ""
        if strata is not None:
            rows = [int(np.argmax(of_unit[unit] == number)) for number in lonely]
            names = data[strata].iloc[rows]
            where = f" in stratum {_validate.listing(names)} of {strata!r}"
            remedy = "; merge it with a similar stratum"
        raise ValueError(
            f"there is only one {what}{where}, so variation between them is unknown; "
            f"at least two are needed{remedy}"
        )
    return Sample(
        unit, of_unit, n_units, n_strata, cluster is not None, strata is not None
    )


def _codes(
    data: pd.DataFrame, name: str, argument: str
) -> tuple[NDArray[np.int32], int]:
    values = _validate.complete(_validate.column(data, name, argument))
    codes, found = pd.factorize(values)
    return codes.astype(np.int32), len(found)


def add_by_group(totals: Array, codes: NDArray[np.int32], rows: Array) -> None:
    """Add rows (p, m) into their groups' totals (p, groups), in place."""
    groups = totals.shape[1]
    for total, row in zip(totals, rows, strict=True):
        if groups <= 4 * codes.size:
            total += np.bincount(codes, weights=row, minlength=groups)
        else:
            np.add.at(total, codes, row)


class Scores:
    """Sums scores by sampled unit as they come, and gives their covariance."""

    def __init__(self, sample: Sample, p: int) -> None:
        self.sample = sample
        groups = sample.n_units if sample.clustered else sample.n_strata
        self.totals = np.zeros((p, groups))
        self.outer = np.zeros((p, p))
        self.sizes = np.bincount(sample.stratum_of_unit, minlength=sample.n_strata)
        self.inflation = self.sizes / (self.sizes - 1)

    def clear(self) -> None:
        """Forget the scores taken so far."""
        self.totals[:] = 0
        self.outer[:] = 0

    def __call__(self, chunk: slice, scores: Array) -> None:
        """Take the scores (p, m) of some rows."""
        unit = self.sample.unit[chunk]
        if self.sample.clustered:
            add_by_group(self.totals, unit, scores)
            return
        # Rows drawn on their own: keep products, not a score for every row.
        stratum = self.sample.stratum_of_unit[unit]
        add_by_group(self.totals, stratum, scores)
        self.outer += (scores * self.inflation[stratum]) @ scores.T

    def linearised(self) -> Array:
        """
        Return the covariance of the summed scores by Taylor linearisation.

        Sampled units vary around the mean of their stratum, with n_h / (n_h - 1).
        """
        if not self.sample.clustered:
            around_zero = self.totals * (self.inflation / self.sizes)
            return self.outer - around_zero @ self.totals.T
        of_unit = self.sample.stratum_of_unit
        sums = np.zeros((len(self.totals), self.sample.n_strata))
        add_by_group(sums, of_unit, self.totals)
        around = self.totals - (sums / self.sizes)[:, of_unit]
        return (around * self.inflation[of_unit]) @ around.T

    def clustered(self) -> Array:
        """Return the sum over clusters of the outer product of their scores."""
        return self.totals @ self.totals.T


def domains(
    data: pd.DataFrame, group: str | None, sample: Sample | None = None
) -> list[tuple[Any, NDArray[np.bool_]]]:
    """
    Return the groups in order with their rows; one of all without a column.

    With a sample, a group whose rows lie in one cluster is refused.
    """
    if group is None:
        return [(None, np.ones(len(data), dtype=bool))]
    values = _validate.complete(_validate.column(data, group, "group"))
    if isinstance(values.dtype, pd.CategoricalDtype):
        levels = list(values.cat.remove_unused_categories().cat.categories)
    else:
        levels = sorted(values.unique())
    out = [(level, (values == level).to_numpy()) for level in levels]
    if sample is not None:
        apart(sample, out, group)
    return out


def apart(
    sample: Sample, groups: list[tuple[Any, NDArray[np.bool_]]], group: str
) -> None:
    """Refuse groups whose rows lie in one cluster: it would seem never to vary."""
    if not sample.clustered:
        return
    alone = [name for name, here in groups if np.ptp(sample.unit[here]) == 0]
    if alone:
        raise ValueError(
            f"group(s) {_validate.listing(alone)} of {group!r} have rows of one "
            f"cluster (cluster=) only, so variation between clusters is unknown there; "
            f"merge them with similar groups, leave them out, or name what was sampled "
            f"within them"
        )


def linearised(sample: Sample, influence: Array) -> Array:
    """Return the covariance of sums of influences (q, n)."""
    sums = Scores(sample, len(influence))
    sums(slice(0, influence.shape[1]), influence)
    return sums.linearised()


def degrees_in(sample: Sample, members: NDArray[np.bool_]) -> int:
    """Return sampled units less strata among some rows, at least one."""
    if not sample.clustered:
        units, strata = int(members.sum()), sample.stratum_of_unit[members]
    else:
        inside = np.unique(sample.unit[members])
        units, strata = inside.size, sample.stratum_of_unit[inside]
    return max(units - np.unique(strata).size, 1)


@dataclass(frozen=True, slots=True)
class Satterthwaite:
    """
    What degrees of freedom of any contrast need, cluster by cluster.

    For the contrast `c`, cluster g adds ``(c'V c)_g = (p_g' e)**2``; its working
    expectation and that of its square come from the small matrices kept here, with
    k coefficients: see :func:`bias_reduced`.
    """

    own: Array
    left: Array
    right: Array
    inverse: Array
    middle: Array

    def degrees_of_freedom(self, contrasts: Array) -> Array:
        """Return one number for each column of `contrasts` (k, q)."""
        out = np.empty(contrasts.shape[1])
        for j, contrast in enumerate(contrasts.T):
            left, right = self.left @ contrast, self.right @ contrast
            cross = left @ self.inverse @ right.T
            pairs = right @ (self.inverse @ self.middle @ self.inverse) @ right.T
            pairs -= cross + cross.T
            own = np.einsum("a,gab,b->g", contrast, self.own, contrast)
            pairs[np.diag_indices_from(pairs)] += own
            out[j] = np.trace(pairs) ** 2 / np.square(pairs).sum()
        return out


def bias_reduced(
    rows: Array,
    residual: Array,
    variance: Array,
    weight: Array,
    cluster: NDArray[np.int32],
    back: Array,
) -> tuple[Array, Satterthwaite]:
    r"""
    Return the CR2 covariance of a regression and its degrees of freedom.

    Parameters
    ----------
    rows : numpy.ndarray, shape (k, n)
        Regressors.
    residual, variance, weight : numpy.ndarray, shape (n,)
        Outcome less mean; working variance, which with a canonical link is also the
        mean's derivative by the linear predictor; and sampling weight.
    cluster : numpy.ndarray, shape (n,)
        Number of each row's cluster.
    back : numpy.ndarray, shape (k, k)
        Takes the coefficients of `rows` to those reported.

    Notes
    -----
    With :math:`e = y - \mu`, working variance :math:`\Phi = v`, derivatives
    :math:`U = v X` and :math:`W = w / v`, cluster g contributes :math:`U_g' W_g A_g
    e_g`, where :math:`A_g = D_g B_g^{-1/2} D_g`, :math:`D_g = \Phi_g^{1/2}`,
    :math:`B_g = D_g [(I - H) \Phi (I - H)']_{gg} D_g` and :math:`H = U (U'WU)^{-1}
    U'W`, so that the covariance is unbiased under the working variance (Bell and
    McCaffrey 2002; Pustejovsky and Tipton 2018, eq. 7). The degrees of freedom of a
    contrast are :math:`(\sum_g q_{gg})^2 / \sum_{gh} q_{gh}^2` with :math:`q_{gh} =
    p_g' \Phi p_h`, where :math:`p_g` holds the weights of all rows' errors in what
    cluster g contributes.
    """
    k = len(rows)
    derivative = rows * variance
    inverse = np.linalg.inv((rows * weight) @ derivative.T)
    middle = (rows * weight) @ (derivative * weight).T
    order = np.argsort(cluster, kind="stable")
    starts = np.flatnonzero(np.diff(cluster[order], prepend=-1))
    total = np.zeros((k, k))
    own, left, right = [], [], []
    for members in np.split(order, starts[1:]):
        u, v, w = derivative[:, members], variance[members], weight[members]
        root = np.sqrt(v)
        projected = u.T @ inverse
        # H Phi, since W Phi = w.
        cross = (projected @ u) * w
        block = projected @ middle @ projected.T - cross - cross.T
        block[np.diag_indices_from(block)] += v
        values, vectors = np.linalg.eigh(block * np.outer(root, root))
        # A regressor that varies in this cluster alone leaves a zero here.
        kept = values > 1e-10 * values[-1]
        inverse_root = np.where(kept, 1 / np.sqrt(np.where(kept, values, 1.0)), 0.0)
        adjust = (vectors * inverse_root) @ vectors.T * np.outer(root, root)
        used = adjust @ (rows[:, members] * w).T @ inverse @ back.T
        gain = used.T @ residual[members]
        total += np.outer(gain, gain)
        own.append(used.T @ (used * v[:, None]))
        left.append((u * w) @ used)
        right.append(u @ used)
    pieces = Satterthwaite(
        np.array(own), np.array(left), np.array(right), inverse, middle
    )
    return total, pieces


def by_delta(gradients: Array, vcov: Array) -> Array:
    """Return the standard errors of functions with these gradients (q, p)."""
    return np.sqrt(np.einsum("qp,pr,qr->q", gradients, vcov, gradients))


def table(
    terms: ArrayLike,
    estimate: ArrayLike,
    std_error: ArrayLike,
    degrees_of_freedom: ArrayLike = np.inf,
    conf_level: float = 0.95,
    *,
    ratio: ArrayLike = False,
) -> pd.DataFrame:
    """
    Return a tidy table of estimates with tests and intervals.

    Where `ratio` is true the estimate is a ratio: it is tested against one, and its
    interval is symmetric on the log scale.
    """
    estimate = np.asarray(estimate, dtype=float)
    std_error = np.broadcast_to(np.asarray(std_error, dtype=float), estimate.shape)
    degrees = np.broadcast_to(np.asarray(degrees_of_freedom, float), estimate.shape)
    is_ratio = np.broadcast_to(ratio, estimate.shape)
    with np.errstate(divide="ignore", invalid="ignore"):
        middle = np.where(is_ratio, np.log(np.where(is_ratio, estimate, 1.0)), estimate)
        spread = np.where(is_ratio, std_error / estimate, std_error)
        statistic = middle / spread
    reach = stats.t.ppf(0.5 + conf_level / 2, degrees) * spread
    low, high = middle - reach, middle + reach
    return pd.DataFrame(
        {
            "term": np.asarray(terms, dtype=object),
            "estimate": estimate,
            "std_error": std_error,
            "statistic": statistic,
            "p_value": 2 * stats.t.sf(np.abs(statistic), degrees),
            "conf_low": np.where(is_ratio, np.exp(np.where(is_ratio, low, 0)), low),
            "conf_high": np.where(is_ratio, np.exp(np.where(is_ratio, high, 0)), high),
            "degrees_of_freedom": degrees,
            "conf_level": conf_level,
        }
    )


def share_interval(
    share: ArrayLike,
    std_error: ArrayLike,
    degrees_of_freedom: ArrayLike,
    conf_level: float,
) -> tuple[Array, Array]:
    """
    Return intervals for shares, symmetric in log odds.

    Where nobody or everybody counts, log odds are infinite: the exact binomial
    bound then holds with as many draws as there are sampled units.
    """
    share, degrees = np.asarray(share, float), np.asarray(degrees_of_freedom, float)
    bound = ((1 - conf_level) / 2) ** (1 / (degrees + 1))
    with np.errstate(divide="ignore", invalid="ignore"):
        middle = np.log(share / (1 - share))
        reach = stats.t.ppf(0.5 + conf_level / 2, degrees) * (
            std_error / (share * (1 - share))
        )
    low, high = expit(middle - reach), expit(middle + reach)
    none, all_ = share == 0, share == 1
    low = np.where(none, 0.0, np.where(all_, bound, low))
    return low, np.where(all_, 1.0, np.where(none, 1 - bound, high))


def summary_of_draws(draws: Array, conf_level: float) -> Array:
    """Return mean, standard deviation, low and high quantile of each column."""
    tails = [(1 - conf_level) / 2, (1 + conf_level) / 2]
    out = np.full((4, draws.shape[1]), np.nan)
    for k, column in enumerate(draws.T):
        values = column[~np.isnan(column)]
        if values.size < 2:
            continue
        # An infinite draw leaves no mean: inf, or inf - inf, which is NaN.
        with np.errstate(invalid="ignore"):
            mean, spread = values.mean(), values.std(ddof=1)
            out[2:, k] = np.quantile(values, tails)
        if np.isfinite(mean):
            # Equal draws may leave the last bits of a float as their spread.
            equal = np.ptp(values) <= 1e-12 * max(1, abs(mean))
            out[:2, k] = mean, 0 if equal else spread
    return out
