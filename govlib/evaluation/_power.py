"""How large a trial must be: power, communities needed, effects to be found."""

from typing import Any

import numpy as np
from scipy import optimize, stats

from govlib import _validate


def trial_power(
    *,
    effect: float,
    n_clusters: int,
    cluster_size: float,
    intraclass_correlation: float,
    base_rate: float | None = None,
    standard_deviation: float | None = None,
    size_variation: float = 0.0,
    share_treated: float = 0.5,
    alpha: float = 0.05,
) -> float:
    r"""
    Say how likely a planned trial is to find an effect.

    Parameters
    ----------
    effect : float
        True effect: for rates in shares (0.096 is 9.6 points), else in units of the
        outcome.
    n_clusters : int
        Communities in all, treated and not.
    cluster_size : float
        People asked per community (mean).
    intraclass_correlation : float
        Likeness of people of one community, from 0 to 1.
    base_rate : float, optional
        For an outcome of zeros and ones: the rate without treatment.
    standard_deviation : float, optional
        For any other outcome: its standard deviation among all people of an arm. Give
        this or `base_rate`.
    size_variation : float, default 0
        Standard deviation of cluster sizes over their mean.
    share_treated : float, default 0.5
        Share of the communities that is treated.
    alpha : float, default 0.05
        Level of the two-sided test.

    Returns
    -------
    float
        Probability that the test rejects "no effect".

    Raises
    ------
    TypeError
        If a number is none.
    ValueError
        If a number lies outside its range, both or neither of `base_rate` and
        `standard_deviation` are given, the rate with treatment is no rate, or an arm
        has fewer than two communities.

    See Also
    --------
    clusters_needed : The number of communities for a given power.
    detectable_effect : The effect for a given power.

    Notes
    -----
    With arms of :math:`k_1, k_0` communities of :math:`m` people on average, variance
    :math:`\sigma^2` (for rates :math:`p(1-p)` of each arm), likeness :math:`\rho` and
    size variation :math:`v`, the error of the difference is

    .. math:: \sqrt{\left(\frac{\sigma_1^2}{k_1 m} + \frac{\sigma_0^2}{k_0 m}\right)
              \left[1 + \left((1 + v^2) m - 1\right) \rho\right]}

    [1]_, [2]_, and power is that of a t test with :math:`k_1 + k_0 - 2` degrees of
    freedom. Strata and covariates, if they tell something, add to it. Textbooks that
    use the normal distribution get one or two communities less.

    References
    ----------
    .. [1] Donner, A. and Klar, N. (2000). Design and Analysis of Cluster Randomization
       Trials in Health Research. Arnold, chapter 5.
    .. [2] Eldridge, S. M., Ashby, D. and Kerry, S. (2006). Sample size for cluster
       randomized trials: effect of coefficient of variation of cluster size and
       analysis method. International Journal of Epidemiology 35(5), 1292-1300.

    Examples
    --------
    Twenty people in each of 58 communities, of whom 22 per cent take part:

    >>> trial_power(
    ...     effect=0.096,
    ...     n_clusters=58,
    ...     cluster_size=20,
    ...     intraclass_correlation=0.035,
    ...     base_rate=0.222,
    ... )
    0.805
    """
    _inside(alpha, "alpha=")
    n_clusters = _validate.count(n_clusters, "n_clusters", 4)
    share = _validate.between(share_treated, 0, 1, "share_treated=")
    size = _validate.between(cluster_size, 1, np.inf, "cluster_size=")
    likeness = _validate.between(
        intraclass_correlation, 0, 1, "intraclass_correlation="
    )
    variation = _validate.between(size_variation, 0, np.inf, "size_variation=")
    effect = _validate.between(effect, -np.inf, np.inf, "effect=")
    if (base_rate is None) == (standard_deviation is None):
        raise ValueError(
            "give base_rate= for an outcome of zeros and ones, or "
            "standard_deviation= for any other, and not both"
        )
    if base_rate is not None:
        rate = _validate.between(base_rate, 0, 1, "base_rate=")
        other = _validate.between(rate + effect, 0, 1, "base_rate= plus effect=")
        variances = other * (1 - other), rate * (1 - rate)
    else:
        spread = _validate.between(standard_deviation, 0, np.inf, "standard_deviation=")
        variances = spread**2, spread**2
    treated = int(np.floor(share * n_clusters + 0.5))
    arms = treated, n_clusters - treated
    if min(arms) < 2:
        raise ValueError(
            f"share_treated={share:g} of {n_clusters} communities leaves {arms[0]} "
            f"treated and {arms[1]} not; at least two of each are needed"
        )
    # Variance of a cluster's mean over that of a person.
    per_cluster = (1 + ((1 + variation**2) * size - 1) * likeness) / size
    error = np.sqrt(per_cluster * sum(np.divide(variances, arms)))
    if error == 0:
        raise ValueError("nothing varies, so there is no test to have power")
    degrees = n_clusters - 2
    critical = stats.t.ppf(1 - alpha / 2, degrees)
    # Two-sided; beyond 40 errors power is one and the tails underflow.
    shift = min(abs(effect) / error, 40.0)
    tails = (
        stats.nct.sf(critical, degrees, shift),
        stats.nct.cdf(-critical, degrees, shift),
    )
    return float(min(1.0, sum(tails)))


def clusters_needed(
    *,
    effect: float,
    cluster_size: float,
    intraclass_correlation: float,
    base_rate: float | None = None,
    standard_deviation: float | None = None,
    size_variation: float = 0.0,
    share_treated: float = 0.5,
    alpha: float = 0.05,
    power: float = 0.8,
) -> int:
    """
    Say how many communities a trial needs to find an effect.

    Parameters
    ----------
    effect : float
        True effect, not zero: for rates in shares (0.096 is 9.6 points), else in units
        of the outcome.
    cluster_size : float
        People asked per community (mean).
    intraclass_correlation : float
        Likeness of people of one community, from 0 to 1.
    base_rate : float, optional
        For an outcome of zeros and ones: the rate without treatment.
    standard_deviation : float, optional
        For any other outcome. Give this or `base_rate`.
    size_variation : float, default 0
        Standard deviation of cluster sizes over their mean.
    share_treated : float, default 0.5
        Share of the communities that is treated.
    alpha : float, default 0.05
        Level of the two-sided test.
    power : float, default 0.8
        Wanted probability of finding the effect.

    Returns
    -------
    int
        Communities in all, treated and not.

    Raises
    ------
    TypeError
        If a number is none.
    ValueError
        As :func:`trial_power`, or if more than ten million would be needed.

    See Also
    --------
    trial_power : The formula.

    Notes
    -----
    The smallest number for which :func:`trial_power` is at least `power`. Asking more
    people in each community helps little once their number times the likeness is
    large; more communities always help.

    References
    ----------
    .. [1] Donner, A. and Klar, N. (2000). Design and Analysis of Cluster Randomization
       Trials in Health Research. Arnold, chapter 5.

    Examples
    --------
    >>> plan = {"effect": 0.096, "intraclass_correlation": 0.035, "base_rate": 0.222}
    >>> clusters_needed(cluster_size=20, **plan)
    58
    >>> clusters_needed(cluster_size=200, **plan)
    29
    """
    wanted = _inside(power, "power=")
    plan: dict[str, Any] = {
        "effect": effect,
        "cluster_size": cluster_size,
        "intraclass_correlation": intraclass_correlation,
        "base_rate": base_rate,
        "standard_deviation": standard_deviation,
        "size_variation": size_variation,
        "share_treated": share_treated,
        "alpha": alpha,
    }
    share = _inside(share_treated, "share_treated=")
    # Two communities in the smaller arm.
    low = max(4, int(np.ceil(1.5 / min(share, 1 - share))) + 1)
    if effect == 0:
        raise ValueError("effect=0 is found by no trial; name the least that matters")
    if trial_power(n_clusters=low, **plan) >= wanted:
        return low
    high = low
    while trial_power(n_clusters=high, **plan) < wanted:
        low, high = high, 2 * high
        if high > 10_000_000:
            raise ValueError(
                f"more than {high // 2:,} communities would be needed to find an "
                f"effect of {effect:g}; it is too small for a trial"
            )
    while high - low > 1:
        middle = (low + high) // 2
        if trial_power(n_clusters=middle, **plan) < wanted:
            low = middle
        else:
            high = middle
    return high


def _inside(value: object, name: str) -> float:
    """Return a number above 0 and below 1."""
    number = _validate.between(value, 0, 1, name)
    if number in {0, 1}:
        raise ValueError(f"{name} must lie between 0 and 1, not {number:g}")
    return number


def detectable_effect(
    *,
    n_clusters: int,
    cluster_size: float,
    intraclass_correlation: float,
    base_rate: float | None = None,
    standard_deviation: float | None = None,
    size_variation: float = 0.0,
    share_treated: float = 0.5,
    alpha: float = 0.05,
    power: float = 0.8,
) -> float:
    """
    Say how large an effect must be for a trial to find it.

    Parameters
    ----------
    n_clusters : int
        Communities in all, treated and not.
    cluster_size : float
        People asked per community (mean).
    intraclass_correlation : float
        Likeness of people of one community, from 0 to 1.
    base_rate : float, optional
        For an outcome of zeros and ones: the rate without treatment.
    standard_deviation : float, optional
        For any other outcome. Give this or `base_rate`.
    size_variation : float, default 0
        Standard deviation of cluster sizes over their mean.
    share_treated : float, default 0.5
        Share of the communities that is treated.
    alpha : float, default 0.05
        Level of the two-sided test.
    power : float, default 0.8
        Wanted probability of finding the effect.

    Returns
    -------
    float
        Smallest increase that is found with probability `power`.

    Raises
    ------
    TypeError
        If a number is none.
    ValueError
        As :func:`trial_power`, or if no increase of the rate would be found.

    See Also
    --------
    trial_power : The formula.

    Notes
    -----
    The root of :func:`trial_power` less `power`, which grows with the effect.

    References
    ----------
    .. [1] Donner, A. and Klar, N. (2000). Design and Analysis of Cluster Randomization
       Trials in Health Research. Arnold, chapter 5.

    Examples
    --------
    >>> plan = {"cluster_size": 20, "intraclass_correlation": 0.035}
    >>> detectable_effect(n_clusters=58, base_rate=0.222, **plan)
    0.0953
    """
    wanted = _inside(power, "power=")

    def missing(effect: float) -> float:
        found = trial_power(
            effect=effect,
            n_clusters=n_clusters,
            cluster_size=cluster_size,
            intraclass_correlation=intraclass_correlation,
            base_rate=base_rate,
            standard_deviation=standard_deviation,
            size_variation=size_variation,
            share_treated=share_treated,
            alpha=alpha,
        )
        return found - wanted

    if missing(0.0) >= 0:
        raise ValueError(
            f"power={power:g} must be larger than alpha={alpha:g}: that much is found "
            f"without any effect"
        )
    if base_rate is not None:
        # Just below one, where nothing would vary any more.
        most = (1 - base_rate) * (1 - 1e-9)
        if missing(most) < 0:
            raise ValueError(
                f"{n_clusters} communities find no increase of the rate "
                f"{base_rate:g} with probability {power:g}; take more"
            )
    else:
        most = float(standard_deviation or 1.0)
        while missing(most) < 0:
            most *= 2
    return float(optimize.brentq(missing, 0.0, most, xtol=1e-12, rtol=1e-12))
