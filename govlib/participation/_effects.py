"""What a fitted regression says of people: effects, risks and predictions."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from govlib import _inference, _model, _validate
from govlib.participation._regression import ParticipationFit

Array = NDArray[np.floating]


def average_marginal_effects(
    fit: ParticipationFit, *, variables: Sequence[str] | None = None
) -> pd.DataFrame:
    r"""
    Average over the people in the data what a change in one variable would do.

    The effect in points of probability (logit, ordered), in units of the outcome
    (linear) or in expected counts at people's own exposure. Interactions and powers
    are followed through the formula: the effect of `age` moves every term that holds
    `age`.

    Parameters
    ----------
    fit : ParticipationFit
        Result of :func:`fit`.
    variables : sequence of str, optional
        Columns to change, one at a time. Default: every column on the right of the
        formula.

    Returns
    -------
    pandas.DataFrame
        One row per variable and contrast (for ordered, per outcome level as well,
        named in ``outcome``): ``term``, ``contrast``, ``estimate``, ``std_error``,
        ``statistic``, ``p_value``, ``conf_low``, ``conf_high``,
        ``degrees_of_freedom``, ``conf_level``. A category, a boolean and a number
        that is only ever 0 and 1 are changed from the first level to each other one
        (contrast ``"renter - owner"``); any other number has the contrast
        ``"slope"``, per unit.

    Raises
    ------
    ValueError
        If a variable is not on the right of the formula.

    See Also
    --------
    risks : Risk difference, risk ratio and odds ratio side by side.

    Notes
    -----
    With mean :math:`g(x_i'\beta)` and weights :math:`w_i`, the effect of a number is
    :math:`\sum_i w_i g'(x_i'\beta)\, (\partial x_i / \partial z)'\beta / \sum_i w_i`,
    that of a level :math:`\sum_i w_i [g(x_{i1}'\beta) - g(x_{i0}'\beta)] / \sum_i
    w_i`. Standard errors are by the delta method from ``fit.vcov``, for the people in
    the data: their regressors count as given [1]_.

    References
    ----------
    .. [1] Ai, C. and Norton, E. C. (2003). Interaction terms in logit and probit
       models. Economics Letters 80(1), 123-129.

    Examples
    --------
    Three of four owners vote and one of four tenants: half a point of probability.

    >>> from govlib import participation
    >>> residents = pd.DataFrame(
    ...     {"votes": [1, 1, 1, 0, 1, 0, 0, 0], "owner": [1, 1, 1, 1, 0, 0, 0, 0]}
    ... )
    >>> effects = participation.average_marginal_effects(
    ...     participation.fit(residents, "votes ~ owner")
    ... )
    >>> effects[["term", "contrast", "estimate", "std_error"]]
        term contrast  estimate  std_error
    0  owner    1 - 0       0.5     0.3062
    """
    levels = fit._fitted.design.levels
    chosen = (
        list(fit._fitted.design.variables) if variables is None else list(variables)
    )
    if not chosen:
        raise ValueError(f"{fit.formula!r} has no variable whose effect could be asked")
    for name in chosen:
        _explains(fit, name)
    slopes = _model.mean_slopes(
        fit._fitted, [name for name in chosen if name not in levels]
    )
    effects = []
    for name in chosen:
        if name in slopes:
            effects.append((name, "slope", *slopes[name]))
            continue
        means, gradients = _model.mean_outcomes(
            fit._fitted, [{name: level} for level in levels[name]]
        )
        for i, level in enumerate(levels[name][1:], start=1):
            contrast = f"{level} - {levels[name][0]}"
            difference = means[i] - means[0], gradients[i] - gradients[0]
            effects.append((name, contrast, *difference))
    terms, contrasts, estimates, directions = zip(*effects, strict=True)
    outcomes = fit._fitted.levels or [""]
    table = _by_delta(
        fit,
        np.repeat(terms, len(outcomes)),
        np.concatenate(estimates),
        np.concatenate(directions),
    )
    table.insert(1, "contrast", np.repeat(contrasts, len(outcomes)))
    if fit._fitted.levels:
        table.insert(2, "outcome", outcomes * len(terms))
    return table


def risks(
    fit: ParticipationFit, variable: str, *, levels: Sequence | None = None
) -> pd.DataFrame:
    r"""
    Compare the risk of two groups as difference, ratio and odds ratio, side by side.

    Everyone in the data is given the one level and then the other, all else as it is
    (standardisation), so that the groups compared are alike in what the formula
    holds. The three measures then say the same in three scales; none of them is the
    exponentiated coefficient, which stands beside them.

    Parameters
    ----------
    fit : ParticipationFit
        A logit from :func:`fit`.
    variable : str
        Column on the right of the formula.
    levels : sequence, optional
        Levels to compare, the reference first. Default: all levels of a category,
        boolean or 0/1 column. A number needs them, such as ``[30, 60]``.

    Returns
    -------
    pandas.DataFrame
        Rows per contrast: ``"risk"`` of each level (contrast is the level), then
        ``"risk_difference"``, ``"risk_ratio"``, ``"odds_ratio"`` and, where the
        formula gives everyone the same one, ``"conditional_odds_ratio"``. Columns
        ``term``, ``contrast``, ``estimate``, ``std_error``, ``statistic``,
        ``p_value``, ``conf_low``, ``conf_high``, ``degrees_of_freedom``,
        ``conf_level``. Ratios are tested against one and have intervals symmetric in
        logs; a risk has an interval symmetric in log odds and no test.

    Raises
    ------
    ValueError
        If the fit is no logit, the variable is not in the formula, a level does not
        occur, or a number comes without levels.

    See Also
    --------
    average_marginal_effects : The risk difference for every variable.

    Notes
    -----
    :math:`R_a = \sum_i w_i\, \mathrm{logit}^{-1}(x_{i}(a)'\beta) / \sum_i w_i`;
    errors by the delta method. The odds ratio of averaged risks lies nearer to one
    than :math:`e^\beta`, without any confounding: odds ratios do not collapse [1]_.

    References
    ----------
    .. [1] Greenland, S., Robins, J. M. and Pearl, J. (1999). Confounding and
       collapsibility in causal inference. Statistical Science 14(1), 29-46.

    Examples
    --------
    With a hall 54 of 90 issues are agreed, without one 36 of 90:

    >>> from govlib import participation
    >>> issues = pd.DataFrame(
    ...     {
    ...         "hall": [True] * 90 + [False] * 90,
    ...         "agreed": [1] * 54 + [0] * 36 + [1] * 36 + [0] * 54,
    ...     }
    ... )
    >>> table = participation.risks(participation.fit(issues, "agreed ~ hall"), "hall")
    >>> table[["term", "contrast", "estimate"]]
                         term      contrast  estimate
    0                    risk         False      0.40
    1                    risk          True      0.60
    2         risk_difference  True - False      0.20
    3              risk_ratio  True / False      1.50
    4              odds_ratio  True / False      2.25
    5  conditional_odds_ratio  True / False      2.25
    """
    if fit.family != "logit":
        raise ValueError(
            f"risks are those of a logit, but the fit is {fit.family}; use "
            f"average_marginal_effects"
        )
    _explains(fit, variable)
    chosen = _chosen_levels(fit, variable, levels)
    means, gradients = _model.mean_outcomes(
        fit._fitted, [{variable: level} for level in chosen]
    )
    risk, direction = means[:, 0], gradients[:, 0]
    odds = risk / (1 - risk)
    by_odds = direction / (1 - risk)[:, None] ** 2
    table = _by_delta(fit, ["risk"] * len(chosen), risk, direction)
    table[["statistic", "p_value"]] = np.nan
    _bound_shares(table, fit.conf_level)
    table.insert(1, "contrast", [str(level) for level in chosen])
    tables = [table]
    for i in range(1, len(chosen)):
        terms = ["risk_difference", "risk_ratio", "odds_ratio"]
        estimates = [risk[i] - risk[0], risk[i] / risk[0], odds[i] / odds[0]]
        slopes = [
            direction[i] - direction[0],
            (direction[i] - estimates[1] * direction[0]) / risk[0],
            (by_odds[i] - estimates[2] * by_odds[0]) / odds[0],
        ]
        same = _model.same_for_everyone(fit._fitted, variable, chosen[0], chosen[i])
        if same is not None:
            terms.append("conditional_odds_ratio")
            estimates.append(np.exp(same @ fit._fitted.estimates))
            slopes.append(estimates[-1] * same)
        ratio = np.arange(len(terms)) > 0
        table = _by_delta(fit, terms, np.array(estimates), np.array(slopes), ratio)
        signs = np.where(ratio, "/", "-")
        names = [f"{chosen[i]} {sign} {chosen[0]}" for sign in signs]
        table.insert(1, "contrast", names)
        tables.append(table)
    return pd.concat(tables, ignore_index=True)


def _chosen_levels(
    fit: ParticipationFit, variable: str, levels: Sequence | None
) -> list:
    """Return the levels to compare, or say which there are."""
    have = fit._fitted.design.levels.get(variable)
    if levels is None:
        if have is None:
            low, high = (
                fit._fitted.design.variables[variable].quantile(q) for q in (0.1, 0.9)
            )
            raise ValueError(
                f"{variable!r} is a number: name the values to compare, such as "
                f"levels=[{low:g}, {high:g}]"
            )
        return have
    chosen = list(levels)
    if len(chosen) < 2:
        raise ValueError(f"levels= takes at least two values, not {len(chosen)}")
    for level in chosen:
        if have is not None and level not in have:
            raise ValueError(
                f"{variable!r} has no level {level!r}{_validate.nearest(level, have)}; "
                f"it has {_validate.listing(have, 12)}"
            )
    return chosen


def _explains(fit: ParticipationFit, name: str) -> None:
    """Refuse a variable that is not on the right of the formula."""
    variables = fit._fitted.design.variables
    if name not in variables:
        hint = _validate.nearest(name, variables) or (
            f"; it holds {_validate.listing(variables, 12)}"
        )
        raise ValueError(f"{name!r} does not explain anything in {fit.formula!r}{hint}")


def _by_delta(
    fit: ParticipationFit,
    terms: ArrayLike,
    estimates: Array,
    gradients: Array,
    ratio: ArrayLike = False,
) -> pd.DataFrame:
    """Return a table of functions of the estimates with these gradients (q, p)."""
    return _inference.table(
        terms,
        estimates,
        _inference.by_delta(gradients, fit.vcov.to_numpy()),
        fit._degrees_of(gradients),
        fit.conf_level,
        ratio=ratio,
    )


def predict(fit: ParticipationFit, data: pd.DataFrame) -> pd.DataFrame:
    r"""
    Say what a fitted regression expects of people, also of such as are not in the data.

    Parameters
    ----------
    fit : ParticipationFit
        Result of :func:`fit`.
    data : pandas.DataFrame
        One row per person or kind of person, with every column on the right of the
        formula and none of it missing.

    Returns
    -------
    pandas.DataFrame
        Those columns, with the index of `data`, and beside them ``estimate``
        (probability for logit, and for ordered one row for each level in ``outcome``;
        mean for linear; expected count, per unit of an exposure, for counts),
        ``std_error``, ``conf_low``, ``conf_high``, ``degrees_of_freedom``,
        ``conf_level``.

    Raises
    ------
    TypeError
        If `data` is no DataFrame.
    ValueError
        If a column is not there, has missing values or a level that the fit has not
        seen.

    See Also
    --------
    average_marginal_effects : What a change would do, averaged over people.

    Notes
    -----
    Errors are by the delta method and those of the expectation: people scatter around
    it. Intervals are symmetric in log odds for probabilities and in logs for counts.
    Beyond the range of the data a prediction is the formula's, not the data's.

    Examples
    --------
    Three of four owners vote and one of four tenants:

    >>> from govlib import participation
    >>> residents = pd.DataFrame(
    ...     {"votes": [1, 1, 1, 0, 1, 0, 0, 0], "owner": [1, 1, 1, 1, 0, 0, 0, 0]}
    ... )
    >>> fitted = participation.fit(residents, "votes ~ owner")
    >>> table = participation.predict(fitted, pd.DataFrame({"owner": [0, 1]}))
    >>> table[["owner", "estimate", "std_error"]]
       owner  estimate  std_error
    0      0      0.25     0.2165
    1      1      0.75     0.2165
    """
    model = replace(fit._fitted, offset=None)
    rows = model.design.rows_of(_validate.frame(data))
    expected = _model.expect(model, rows, slice(0, len(data)))
    # One row for each person and outcome, persons first.
    by_coefficients = expected.slope.T[:, :, None] * rows.T[:, None, :]
    by_extra = np.moveaxis(expected.by_extra, 2, 0)
    gradients = np.concatenate([by_coefficients, by_extra], axis=2)
    gradients = gradients.reshape(-1, model.estimates.size)
    counts = model.family in {"poisson", "negative_binomial"}
    table = _by_delta(fit, "", expected.mean.T.ravel(), gradients, counts)
    if model.family in {"logit", "ordered"}:
        _bound_shares(table, fit.conf_level)
    outcomes = len(expected.mean)
    people = data[list(model.design.variables)]
    people = people.iloc[np.repeat(np.arange(len(people)), outcomes)]
    table = table.drop(columns=["term", "statistic", "p_value"]).set_axis(people.index)
    if model.levels:
        table.insert(0, "outcome", model.levels * len(data))
    return pd.concat([people, table], axis=1)


def _bound_shares(table: pd.DataFrame, conf_level: float) -> None:
    """Give a table of shares intervals symmetric in log odds, in place."""
    table["conf_low"], table["conf_high"] = _inference.share_interval(
        table["estimate"], table["std_error"], table["degrees_of_freedom"], conf_level
    )
