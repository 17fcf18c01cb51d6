"""How strong something unmeasured would have to be to explain an estimate away."""

import numpy as np
import pandas as pd
from scipy import stats

from govlib import _validate

MEASURES = ("risk_ratio", "odds_ratio_rare", "odds_ratio_common")


def e_value(
    estimate: float,
    *,
    conf_low: float | None = None,
    conf_high: float | None = None,
    measure: str = "risk_ratio",
) -> pd.DataFrame:
    r"""
    Say how strong an unmeasured confounder must be to explain a ratio away.

    Parameters
    ----------
    estimate : float
        Risk ratio or odds ratio, above zero, such as one of :func:`risks`.
    conf_low, conf_high : float, optional
        Its interval. Only the limit nearer to one matters.
    measure : {"risk_ratio", "odds_ratio_rare", "odds_ratio_common"}
        What `estimate` is. An odds ratio is near to a risk ratio where fewer than 15 %
        have the outcome (rare); otherwise (common) its square root is taken for one.

    Returns
    -------
    pandas.DataFrame
        Rows ``"estimate"`` and, with an interval, ``"limit"``; columns ``term``,
        ``risk_ratio`` (what was judged, on the scale of risks) and ``e_value`` (>= 1):
        the least risk ratio that an unmeasured confounder must have both with what is
        studied and with the outcome, beyond everything in the formula. 1 for a limit:
        the interval holds one already.

    Raises
    ------
    TypeError
        If a number is none.
    ValueError
        If a number is not above zero, the estimate lies outside its interval, or
        `measure` is unknown.

    See Also
    --------
    robustness_value : The same question for a linear regression.

    Notes
    -----
    :math:`E = R + \sqrt{R (R - 1)}` with the risk ratio R, or 1/R below one [1]_. A
    confounder of that strength could explain the estimate, a weaker one could not;
    whether there is one is a question of substance, and a large E-value is no proof of
    an effect. The square root assumes risks between 20 % and 80 %.

    References
    ----------
    .. [1] VanderWeele, T. J. and Ding, P. (2017). Sensitivity analysis in observational
       research: introducing the E-value. Annals of Internal Medicine 167(4), 268-274.

    Examples
    --------
    Breast-feeding and deaths by respiratory infection, the example of the article:

    >>> from govlib import participation
    >>> participation.e_value(3.9, conf_low=1.8, conf_high=8.7)
           term  risk_ratio  e_value
    0  estimate         3.9     7.26
    1     limit         1.8     3.00
    """
    _validate.choice(measure, MEASURES, "measure")
    bounds = [
        None if bound is None else _above_zero(bound, name)
        for bound, name in ((conf_low, "conf_low="), (conf_high, "conf_high="))
    ]
    ratios = {"estimate": _above_zero(estimate, "estimate")}
    low, high = bounds[0] or 0.0, bounds[1] or np.inf
    if not low <= estimate <= high:
        raise ValueError(
            f"the estimate {estimate:g} must lie in its interval, {low:g} to {high:g}"
        )
    near = bounds[0] if estimate >= 1 else bounds[1]
    if near is not None:
        ratios["limit"] = max(near, 1.0) if estimate >= 1 else min(near, 1.0)
    ratio = np.array(list(ratios.values()))
    if measure == "odds_ratio_common":
        ratio = np.sqrt(ratio)
    away = np.maximum(ratio, 1 / ratio)
    return pd.DataFrame(
        {
            "term": list(ratios),
            "risk_ratio": ratio,
            "e_value": away + np.sqrt(away * (away - 1)),
        }
    )


def _above_zero(value: object, name: str) -> float:
    """Return a finite number above zero."""
    return _validate.between(value, np.finfo(float).tiny, np.finfo(float).max, name)


def robustness_value(
    estimate: float,
    *,
    std_error: float,
    degrees_of_freedom: float,
    reduction: float = 1.0,
    conf_level: float = 0.95,
) -> pd.DataFrame:
    r"""
    Say how strong a confounder must be to overturn a linear regression.

    Parameters
    ----------
    estimate, std_error : float
        Coefficient of :func:`fit` with ``family="linear"`` and classical errors.
    degrees_of_freedom : float
        Of the residuals, at least two; all are in the fit's table.
    reduction : float, default 1.0
        Share of the estimate to be explained away, in (0, 1]; 0.5 asks for half.
    conf_level : float, default 0.95
        One less this is the level at which significance is lost.

    Returns
    -------
    pandas.DataFrame
        Columns ``term`` and ``estimate``, all shares of variance in [0, 1]:
        ``"partial_r2"`` of the variable with the outcome, which is also what a
        confounder that explains all of the outcome left must explain of the variable;
        ``"robustness_value"``: a confounder that explains as much both of the variable
        and of the outcome, beyond the formula, takes the estimate away;
        ``"robustness_value_of_significance"``: likewise its significance.

    Raises
    ------
    TypeError
        If a number is none.
    ValueError
        If a number is outside the range above.

    See Also
    --------
    e_value : The same question for risk ratios and odds ratios.

    Notes
    -----
    With :math:`f = q\, |t| / \sqrt{df}` for the reduction q, the robustness value is
    :math:`\frac{1}{2} (\sqrt{f^4 + 4 f^2} - f^2)`. For significance f is less by
    :math:`f^* = t^* / \sqrt{df - 1}`, with :math:`t^*` the critical value at df - 1;
    the value is 0 where nothing is left, and :math:`(f^2 - f^{*2}) / (1 + f^2)` of the
    full f where the full f exceeds :math:`1 / f^*` [1]_. Errors robust to clusters have
    no such reading.

    References
    ----------
    .. [1] Cinelli, C. and Hazlett, C. (2020). Making sense of sensitivity: extending
       omitted variable bias. Journal of the Royal Statistical Society B 82(1), 39-67.

    Examples
    --------
    Violence and attitudes to peace in Darfur, the example of the article:

    >>> from govlib import participation
    >>> participation.robustness_value(
    ...     0.0973, std_error=0.02326, degrees_of_freedom=783
    ... )
                                   term  estimate
    0                        partial_r2     0.022
    1                  robustness_value     0.139
    2  robustness_value_of_significance     0.076
    """
    most = np.finfo(float).max
    estimate = _validate.between(estimate, -most, most, "estimate")
    std_error = _above_zero(std_error, "std_error=")
    degrees = _validate.between(degrees_of_freedom, 2, most, "degrees_of_freedom=")
    reduction = _validate.between(reduction, np.finfo(float).tiny, 1, "reduction=")
    conf_level = _validate.level(conf_level)
    f = abs(estimate) / std_error / np.sqrt(degrees)
    critical = stats.t.ppf(0.5 + conf_level / 2, degrees - 1) / np.sqrt(degrees - 1)
    whole, left = reduction * f, reduction * f - critical
    if whole > 1 / critical:
        significance = (whole**2 - critical**2) / (1 + whole**2)
    else:
        significance = _robustness(left) if left > 0 else 0.0
    return pd.DataFrame(
        {
            "term": [
                "partial_r2",
                "robustness_value",
                "robustness_value_of_significance",
            ],
            "estimate": [f**2 / (1 + f**2), _robustness(whole), significance],
        }
    )


def _robustness(f: float) -> float:
    """Solve r^2 / (1 - r) = f^2; written so that a large f loses no digits."""
    return 2 * f / (f + np.sqrt(f**2 + 4))
