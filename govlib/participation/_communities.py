"""How communities differ: random intercepts, likeness of neighbours, its price."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from govlib import _inference, _likelihood, _random_intercept, _validate
from govlib._formula import read
from govlib.participation._regression import outcome_of, rows_used


@dataclass(frozen=True, slots=True)
class RandomInterceptFit:
    """
    Logit with a random intercept, as returned by :func:`fit_random_intercept`.

    Attributes
    ----------
    table : pandas.DataFrame
        One row per coefficient: ``term``, ``estimate`` (log odds within a cluster),
        ``std_error``, ``statistic``, ``p_value``, ``conf_low``, ``conf_high``,
        ``degrees_of_freedom``, ``conf_level``.
    vcov : pandas.DataFrame
        Covariance of the coefficients.
    intercept_sd : float
        Standard deviation of the clusters' intercepts, in log odds, >= 0.
    intraclass_correlation : float
        Share of the latent variance that lies between clusters,
        sd^2 / (sd^2 + pi^2 / 3), in [0, 1].
    clusters : pandas.DataFrame
        One row per cluster, sorted by it: ``cluster``, ``n``, ``estimate`` (its
        intercept where the posterior peaks, in log odds from the average),
        ``std_error``, ``conf_low``, ``conf_high``.
    formula : str
        Formula as given.
    n_points : int
        Points of the quadrature.
    conf_level : float
        Level of the intervals.
    n, n_dropped, n_clusters : int
        Rows used, rows left out as missing, clusters.
    log_likelihood : float
        At the estimates, as approximated with `n_points`.
    """

    table: pd.DataFrame
    vcov: pd.DataFrame
    intercept_sd: float
    intraclass_correlation: float
    clusters: pd.DataFrame
    formula: str
    n_points: int
    conf_level: float
    n: int
    n_dropped: int
    n_clusters: int
    log_likelihood: float

    def __str__(self) -> str:
        return (
            f"{self.formula}, random intercept of {self.n_clusters} clusters "
            f"(sd {self.intercept_sd:.3f}): {self.n} rows, {self.n_dropped} dropped "
            f"as missing; quadrature with {self.n_points} point(s)"
        )


def fit_random_intercept(
    data: pd.DataFrame,
    formula: str,
    *,
    cluster: str,
    n_points: int = 15,
    conf_level: float = 0.95,
) -> RandomInterceptFit:
    r"""
    Fit a logit in which every community has its own level of participation.

    Use it to ask how much communities differ and which stand out. Its coefficients
    compare people of one community and are farther from zero than those of
    :func:`fit`, which compare people of the whole city.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per person. There are no weights: they would be needed at both levels.
    formula : str
        As for :func:`fit`; the outcome is true or false, or 1 and 0.
    cluster : str
        Column of the communities.
    n_points : int, default 15
        Points of the adaptive quadrature; 1 is Laplace's approximation, which is off
        when clusters are small. State it: results differ.
    conf_level : float, default 0.95
        Level of the intervals.

    Returns
    -------
    RandomInterceptFit
        Coefficients, the spread of communities and each community's place.

    Raises
    ------
    TypeError
        If `data` is no DataFrame or `n_points` no whole number.
    ValueError
        As :func:`fit`; and if no cluster has two rows, so that clusters and chance
        cannot be told apart.

    See Also
    --------
    intraclass_correlation : Likeness of neighbours without a model.

    Notes
    -----
    Rows with a missing value in the formula are dropped and counted. With
    :math:`b_g \sim N(0, 1)`, :math:`\mathrm{logit}\, P(y_{ig} = 1) = x_{ig}'\beta +
    \sigma b_g`; the integral over :math:`b_g` is a Gauss-Hermite sum around each
    cluster's mode [1]_, as in ``glmer(..., nAGQ = n_points)`` of R's lme4. Standard
    errors come from the second derivatives of the likelihood in :math:`(\beta,
    \sigma)`, and z statistics from the normal distribution.

    References
    ----------
    .. [1] Pinheiro, J. C. and Bates, D. M. (1995). Approximations to the
       log-likelihood function in the nonlinear mixed-effects model. Journal of
       Computational and Graphical Statistics 4(1), 12-35.

    Examples
    --------
    In two communities seven of eight vote, in two others one of eight. The log odds of
    the latter two are -1.95, and their places are drawn towards the average:

    >>> from govlib import participation
    >>> residents = pd.DataFrame(
    ...     {
    ...         "votes": [1, 1, 1, 1, 1, 1, 1, 0] * 2 + [0, 0, 0, 0, 0, 0, 0, 1] * 2,
    ...         "place": list("JJJJJJJJKKKKKKKKLLLLLLLLMMMMMMMM"),
    ...     }
    ... )
    >>> fitted = participation.fit_random_intercept(
    ...     residents, "votes ~ 1", cluster="place"
    ... )
    >>> fitted.clusters[["cluster", "n", "estimate"]]
      cluster  n  estimate
    0       J  8    1.5454
    1       K  8    1.5454
    2       L  8   -1.5454
    3       M  8   -1.5454
    """
    _validate.frame(data)
    n_points = _validate.count(n_points, "n_points")
    conf_level = _validate.level(conf_level)
    values, design = read(formula, data)
    outcome, _ = outcome_of(values, "logit")
    drawn = rows_used(data, design, cluster=cluster)
    sample = _inference.sample(drawn, cluster=cluster)
    sizes = sample.sizes()
    if sizes.max() < 2:
        raise ValueError(
            f"no cluster of {cluster!r} has two rows, so differences between clusters "
            f"cannot be told from chance; use fit"
        )
    # The fit without random intercept does all checks and gives the start.
    plain = _likelihood.maximise("logit", design, outcome)
    rows = design.rows(slice(0, design.n), plain.centre)
    scale = np.sqrt(np.mean(np.square(rows), axis=1))
    start = scale * np.linalg.solve(plain.back, plain.estimates)
    found = _random_intercept.maximise(
        rows / scale[:, None], outcome, sample.unit, n_points, start
    )
    back = plain.back / scale
    estimates, spread = back @ found.estimates[:-1], float(found.estimates[-1])
    vcov = back @ found.vcov[:-1, :-1] @ back.T
    reach = stats.norm.ppf(0.5 + conf_level / 2) * found.mode_errors
    clusters = pd.DataFrame(
        {
            "cluster": pd.unique(drawn[cluster]),
            "n": sizes,
            "estimate": found.modes,
            "std_error": found.mode_errors,
            "conf_low": found.modes - reach,
            "conf_high": found.modes + reach,
        }
    ).sort_values("cluster", ignore_index=True)
    return RandomInterceptFit(
        table=_inference.table(
            design.names, estimates, np.sqrt(np.diag(vcov)), np.inf, conf_level
        ),
        vcov=pd.DataFrame(vcov, design.names, design.names),
        intercept_sd=spread,
        intraclass_correlation=spread**2 / (spread**2 + np.pi**2 / 3),
        clusters=clusters,
        formula=formula,
        n_points=n_points,
        conf_level=conf_level,
        n=design.n,
        n_dropped=len(data) - design.n,
        n_clusters=sample.n_units,
        log_likelihood=found.log_likelihood,
    )


def intraclass_correlation(
    data: pd.DataFrame, *, value: str, cluster: str, conf_level: float = 0.95
) -> pd.DataFrame:
    r"""
    Measure how alike people of one community are.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per person, no missing values in the two columns.
    value : str
        Column of numbers, or true and false (then the scale is that of the shares).
    cluster : str
        Column of the communities; at least one has two rows.
    conf_level : float, default 0.95
        Level of the interval.

    Returns
    -------
    pandas.DataFrame
        One row: ``term``, ``estimate`` (1: all variation lies between communities;
        0: none beyond chance; below 0: people of one community differ more than
        people at large), ``std_error``, ``statistic`` (F), ``p_value`` (of the F test
        of no difference), ``conf_low``, ``conf_high``, ``n``, ``n_clusters``,
        ``conf_level``.

    Raises
    ------
    TypeError
        If `data` is no DataFrame.
    ValueError
        If a column is unknown, has missing values or holds no numbers; if there is
        one cluster, or none with two rows, or all values are equal.

    See Also
    --------
    design_effect : What likeness costs in precision.

    Notes
    -----
    The analysis-of-variance estimator :math:`\rho = (MSB - MSW) / (MSB + (n_0 - 1)
    MSW)` with :math:`n_0 = (n - \sum_g n_g^2 / n) / (G - 1)`; the error is Swiger's
    and the interval inverts the F test, exact for normal values and clusters of one
    size [1]_.

    References
    ----------
    .. [1] Donner, A. (1986). A review of inference procedures for the intraclass
       correlation coefficient in the one-way random effects model. International
       Statistical Review 54(1), 67-82.

    Examples
    --------
    Means 1 and 5, each with deviations of one: MSB is 16 and MSW is 2, so the
    likeness is 14 / 18.

    >>> from govlib import participation
    >>> residents = pd.DataFrame({"ties": [0, 2, 4, 6], "place": ["J", "J", "M", "M"]})
    >>> table = participation.intraclass_correlation(
    ...     residents, value="ties", cluster="place"
    ... )
    >>> table[["term", "estimate"]]
                         term  estimate
    0  intraclass_correlation    0.7778
    """
    _validate.frame(data)
    conf_level = _validate.level(conf_level)
    y = _validate.numeric(
        _validate.complete(_validate.column(data, value, "value"))
    ).to_numpy()
    sample = _inference.sample(data, cluster=cluster)
    sizes = sample.sizes()
    n, groups = y.size, sizes.size
    if n == groups:
        raise ValueError(
            f"no cluster of {cluster!r} has two rows, so likeness within clusters is "
            f"unknown"
        )
    means = np.bincount(sample.unit, weights=y) / sizes
    between = sizes @ np.square(means - y.mean()) / (groups - 1)
    within = np.sum(np.square(y - means[sample.unit])) / (n - groups)
    if between + within == 0:
        raise ValueError(f"data column {value!r} has one value only, so nothing varies")
    size = (n - sizes @ sizes / n) / (groups - 1)
    rho = (between - within) / (between + (size - 1) * within)
    error = np.sqrt(2 * (n - 1) / ((n - groups) * (groups - 1))) * (
        (1 - rho) * (1 + (size - 1) * rho) / size
    )
    ratio = between / within if within > 0 else np.inf
    tail = (1 - conf_level) / 2
    degrees = groups - 1, n - groups
    bounds = ratio / stats.f.ppf([1 - tail, tail], *degrees)
    low, high = (
        (bound - 1) / (bound + size - 1) if np.isfinite(bound) else 1.0
        for bound in bounds
    )
    return pd.DataFrame(
        {
            "term": ["intraclass_correlation"],
            "estimate": rho,
            "std_error": error,
            "statistic": ratio,
            "p_value": stats.f.sf(ratio, *degrees),
            "conf_low": low,
            "conf_high": high,
            "n": n,
            "n_clusters": groups,
            "conf_level": conf_level,
        }
    )


def design_effect(
    data: pd.DataFrame,
    *,
    value: str,
    weight: str | None = None,
    cluster: str | None = None,
    strata: str | None = None,
) -> pd.DataFrame:
    r"""
    Say how many people drawn at random a clustered, weighted sample is worth.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per person, no missing values in the columns used.
    value : str
        Column of numbers, or true and false, whose mean is wanted.
    weight, cluster, strata : str, optional
        Columns of sampling weights, of what was drawn together, and of the strata.

    Returns
    -------
    pandas.DataFrame
        Rows ``"design"`` (variance of the weighted mean over that of a simple random
        sample of as many people) and, as far as they apply, its usual explanations
        ``"weighting"`` and ``"clustering"``; columns ``term``, ``estimate``,
        ``effective_n`` (``n / estimate``) and ``n``.

    Raises
    ------
    TypeError
        If `data` is no DataFrame.
    ValueError
        If a column is unknown or has missing values, a weight is not above zero, all
        values are equal, or there are fewer than two clusters in a stratum.

    See Also
    --------
    intraclass_correlation : The likeness that makes clusters cost precision.

    Notes
    -----
    *design*: linearised variance over :math:`s_w^2 / n`, as ``svymean(...,
    deff = "replace")`` of R's survey. *weighting*: Kish's :math:`n \sum w^2 / (\sum
    w)^2` [1]_. *clustering*: :math:`1 + (\bar m - 1) \rho` with mean cluster size
    :math:`\bar m = \sum n_g^2 / n`. The two explain the first only roughly.

    References
    ----------
    .. [1] Kish, L. (1965). Survey sampling. Wiley, ch. 8 and 11.

    Examples
    --------
    Four communities of two who always agree. The variance of the mean is that of four
    values, 1/3 / 4; that of eight people drawn at random is 2/7 / 8.

    >>> from govlib import participation
    >>> residents = pd.DataFrame(
    ...     {"votes": [1, 1, 0, 0, 1, 1, 0, 0], "place": list("JJKKLLMM")}
    ... )
    >>> participation.design_effect(residents, value="votes", cluster="place")
             term  estimate  effective_n  n
    0      design    2.3333       3.4286  8
    1  clustering    2.0000       4.0000  8
    """
    _validate.frame(data)
    y = _validate.numeric(
        _validate.complete(_validate.column(data, value, "value"))
    ).to_numpy()
    n = y.size
    w = _inference.weight_or_one(data, weight)
    sample = _inference.sample(data, cluster=cluster, strata=strata)
    mean = w @ y / n
    spread = w @ np.square(y - mean) / (n - 1)
    if spread == 0:
        raise ValueError(f"data column {value!r} has one value only, so nothing varies")
    variance = _inference.linearised(sample, (w * (y - mean) / n)[None])[0, 0]
    effects = {"design": variance / (spread / n)}
    if weight is not None:
        effects["weighting"] = w @ w / n
    if cluster is not None:
        sizes = sample.sizes()
        rho = intraclass_correlation(data, value=value, cluster=cluster)["estimate"][0]
        effects["clustering"] = 1 + (sizes @ sizes / n - 1) * rho
    estimate = np.array(list(effects.values()))
    return pd.DataFrame(
        {
            "term": list(effects),
            "estimate": estimate,
            "effective_n": n / estimate,
            "n": n,
        }
    )
