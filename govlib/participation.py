"""
Who takes part in a community, and why not.

Regressions of participation with survey weights and clusters, read as average
marginal effects and risks rather than odds; the funnel from eligible to adopted; and
who speaks for whom.

Three words used throughout. A *weight* is a sampling weight: how many people a row
stands for. A *cluster* is what was drawn or assigned together, such as a community;
rows of a cluster are not independent. *Strata* are the lists that clusters were drawn
from.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from govlib import _inference, _likelihood, _model, _random_intercept, _validate
from govlib._formula import Design, read

Array = NDArray[np.floating]
Family = Literal["logit", "linear", "ordered", "poisson", "negative_binomial"]
Errors = Literal["classical", "linearised", "CR1", "CR2"]

# Fewer clusters than this and the usual clustered errors are too small.
FEW_CLUSTERS = 40
# CR2 holds a matrix of rows by rows for the largest cluster: 128 MB at this size.
LARGEST_CLUSTER = 4_000
COUNTS = {"poisson", "negative_binomial"}


@dataclass(frozen=True, slots=True)
class ParticipationFit:
    """
    Fitted regression on participation, as returned by :func:`fit`.

    Attributes
    ----------
    table : pandas.DataFrame
        One row per coefficient: ``term``, ``estimate`` (log odds for logit and
        ordered, units of the outcome for linear, logs of the mean for counts),
        ``std_error``, ``statistic``, ``p_value``, ``conf_low``, ``conf_high``,
        ``degrees_of_freedom``, ``conf_level``. Cut points (ordered) and ``alpha``
        (negative_binomial) follow the coefficients.
    vcov : pandas.DataFrame
        Covariance of the estimates, terms on both axes.
    formula : str
        Formula as given.
    family : str
        Kind of model.
    errors : str
        Kind of standard errors used: ``"classical"``, ``"linearised"``, ``"CR1"`` or
        ``"CR2"``.
    small_sample : str
        The small-sample factor in words, with its value.
    conf_level : float
        Level of ``conf_low`` and ``conf_high``.
    n : int
        Rows used.
    n_dropped : int
        Rows left out because a variable in the formula was missing.
    n_clusters : int or None
        Clusters, or None without them.
    log_likelihood : float
        At the estimates; with weights, that of the weighted sample (weights of mean
        one), which compares models but has no chi-squared distribution.
    """

    table: pd.DataFrame
    vcov: pd.DataFrame
    formula: str
    family: str
    errors: str
    small_sample: str
    conf_level: float
    n: int
    n_dropped: int
    n_clusters: int | None
    log_likelihood: float
    _fitted: _model.Model = field(repr=False)
    _sample: _inference.Sample = field(repr=False)
    _degrees: float | _inference.Satterthwaite = field(repr=False)

    def __str__(self) -> str:
        clusters = f", {self.n_clusters} clusters" if self.n_clusters else ""
        return (
            f"{self.formula} ({self.family}): {self.n} rows{clusters}, "
            f"{self.n_dropped} dropped as missing; "
            f"{self.errors} errors, {self.small_sample}"
        )

    def statsmodels(self) -> Any:
        """
        Fit the same model with statsmodels and return its results object.

        Nothing is fitted until this is called, and a large design matrix is then
        made in full. Estimates are equal. Standard errors are equal for classical
        and CR1 errors without weights; with weights statsmodels' own are not those
        of a sample, so keep to ``table``.

        Returns
        -------
        statsmodels results
            Of ``Logit``, ``OLS``, ``OrderedModel``, ``Poisson`` or
            ``NegativeBinomial``; with weights of ``GLM`` or ``WLS``.

        Raises
        ------
        ValueError
            If weights were given and statsmodels has no weights for the family.
        """
        cluster = self._sample.unit if self.errors == "CR1" else None
        return _model.statsmodels(self._fitted, cluster)

    def _degrees_of(self, gradients: Array) -> Array:
        """Return the degrees of freedom of functions with these gradients (q, p)."""
        if isinstance(self._degrees, _inference.Satterthwaite):
            return self._degrees.degrees_of_freedom(gradients.T)
        return np.full(len(gradients), self._degrees)


def fit(
    data: pd.DataFrame,
    formula: str,
    *,
    family: Family = "logit",
    weight: str | None = None,
    cluster: str | None = None,
    strata: str | None = None,
    exposure: str | None = None,
    errors: Errors | None = None,
    conf_level: float = 0.95,
) -> ParticipationFit:
    r"""
    Regress participation on what may explain it.

    Read the result with :func:`average_marginal_effects` (points of probability) or
    :func:`risks`; a log odds ratio is neither.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per person.
    formula : str
        Outcome and regressors as in R, such as ``"votes ~ age + owner * origin"``;
        ``C(x)`` makes categories of numbers, ``np.log(x)`` transforms. Only columns
        of `data` are seen, never a variable of the notebook. Names that are no
        Python words are written ``Q("...")``.
    family : {"logit", "linear", "ordered", "poisson", "negative_binomial"}
        Default ``"logit"``: the outcome is true or false, or 1 and 0. ``"linear"``:
        any number. ``"ordered"``: an ordered category or whole numbers, cumulative
        logit. ``"poisson"``, ``"negative_binomial"``: counts, log link; the latter
        with variance :math:`\mu + \alpha\mu^2`.
    weight : str, optional
        Column of sampling weights, all above zero. Their scale does not matter.
    cluster : str, optional
        Column of what was drawn or assigned together.
    strata : str, optional
        Column of the strata that clusters (or rows) were drawn from.
    exposure : str, optional
        For counts: column of what the count is per (people, years), above zero.
    errors : {"classical", "linearised", "CR1", "CR2"}, optional
        Default: ``"linearised"`` with weights or strata; with a cluster alone
        ``"CR2"`` below 40 clusters (for logit, linear and poisson, no cluster above
        4,000 rows) and otherwise ``"CR1"``; ``"classical"`` with none of them. See
        Notes.
    conf_level : float, default 0.95
        Level of the intervals.

    Returns
    -------
    ParticipationFit
        The table of coefficients and what further questions need.

    Raises
    ------
    TypeError
        If `data` is no DataFrame or `formula` no text.
    ValueError
        If the formula has a typing error or names no column; the outcome is of the
        wrong kind or has one value; a regressor is constant, or a combination of
        others, or separates the outcome perfectly; a weight is missing, zero or
        negative; there is one cluster, or one in a stratum, or a cluster is missing;
        no degrees of freedom are left.

    See Also
    --------
    fit_random_intercept : Logit with an intercept for each community.
    average_marginal_effects : Effects in points of probability.

    Notes
    -----
    Rows with a missing value in a variable of the formula are dropped and counted.
    A category that then no longer occurs is left out.

    With score :math:`s_i` of row i (times its weight) and information :math:`A`, all
    but classical errors are :math:`A^{-1} B A^{-1}`:

    - *linearised* (Taylor; [1]_): :math:`B = \sum_h \frac{n_h}{n_h - 1} \sum_c
      (s_{hc} - \bar s_h)(s_{hc} - \bar s_h)'` over the :math:`n_h` clusters (rows,
      without them) c of stratum h; t with clusters less strata, less coefficients
      but one. Units are taken as drawn with replacement: no finite population
      correction. Equal to ``svyglm`` of R's survey.
    - *CR1*: :math:`B = \frac{G}{G - 1} \frac{n - 1}{n - k} \sum_c s_c s_c'`; t with
      G - 1. Software differs in this factor, so ``small_sample`` states it.
    - *CR2* [2]_: residuals adjusted so that the covariance is unbiased under the
      model, and Satterthwaite degrees of freedom of each contrast, as in R's
      clubSandwich.
    - *classical*: the model's own; t with n - k for linear, else normal.

    References
    ----------
    .. [1] Binder, D. A. (1983). On the variances of asymptotically normal estimators
       from complex surveys. International Statistical Review 51(3), 279-292.
    .. [2] Pustejovsky, J. E. and Tipton, E. (2018). Small-sample methods for
       cluster-robust variance estimation and hypothesis testing in fixed effects
       models. Journal of Business & Economic Statistics 36(4), 672-683.

    Examples
    --------
    Of four owners three vote, of four tenants one. The odds are 3 and 1/3, so the log
    odds ratio is log 9:

    >>> residents = pd.DataFrame(
    ...     {"votes": [1, 1, 1, 0, 1, 0, 0, 0], "owner": [1, 1, 1, 1, 0, 0, 0, 0]}
    ... )
    >>> fitted = fit(residents, "votes ~ owner")
    >>> fitted.table[["term", "estimate", "std_error"]]
            term  estimate  std_error
    0  Intercept   -1.0986     1.1547
    1      owner    2.1972     1.6330
    """
    _validate.frame(data)
    _validate.choice(family, _likelihood.FAMILIES, "family")
    conf_level = _validate.level(conf_level)
    values, design = read(formula, data)
    outcome, levels = _outcome(values, family)
    if family == "ordered":
        design = design.without_constant()
    drawn = _rows_used(data, design, weight=weight, cluster=cluster, strata=strata)
    weights = _inference.weight(drawn, weight)
    sample = _inference.sample(drawn, cluster=cluster, strata=strata)
    offset = _log_exposure(data, exposure, family, design)
    errors = _errors(errors, family, sample, weight)

    terms = design.names + _likelihood.extra_names(family, levels)
    n, p, units = design.n, len(terms), sample.n_units
    sums = _inference.Scores(sample, p)
    found = _likelihood.maximise(family, design, outcome, weights, offset, sums)
    bread = found.scores_to_estimates
    degrees: float | _inference.Satterthwaite
    if errors == "CR2":
        vcov, degrees = _bias_reduced(
            family, design, outcome, weights, offset, sample, found
        )
        words = "residuals adjusted cluster by cluster"
    elif errors == "CR1":
        factor = units / (units - 1) * (n - 1) / _left(n - p, n, "rows", p)
        vcov = factor * bread @ sums.clustered() @ bread.T
        words, degrees = f"G/(G-1) * (n-1)/(n-k) = {factor:.6g}", units - 1
    elif errors == "linearised":
        what = "rows" if cluster is None else "clusters"
        degrees = _left(units - sample.n_strata + 1 - p, units, what, p)
        vcov = bread @ sums.linearised() @ bread.T
        words = "n/(n-1) in each stratum"
        if sample.n_strata == 1:
            words = f"n/(n-1) = {units / (units - 1):.6g} of {what}"
    elif family == "linear":
        degrees = _left(n - p, n, "rows", p)
        vcov, words = found.vcov * n / degrees, f"n/(n-k) = {n / degrees:.6g}"
    else:
        vcov, words, degrees = found.vcov, "no small-sample factor", np.inf
    if isinstance(degrees, _inference.Satterthwaite):
        of_each = degrees.degrees_of_freedom(np.eye(p))
    else:
        of_each = np.full(p, float(degrees))
    table = _inference.table(
        terms, found.estimates, np.sqrt(np.diag(vcov)), of_each, conf_level
    )
    model = _model.Model(
        family, design, outcome, levels, weights, offset, found.estimates
    )
    return ParticipationFit(
        table=table,
        vcov=pd.DataFrame(vcov, terms, terms),
        formula=formula,
        family=family,
        errors=errors,
        small_sample=words,
        conf_level=conf_level,
        n=n,
        n_dropped=len(data) - n,
        n_clusters=None if cluster is None else units,
        log_likelihood=found.log_likelihood,
        _fitted=model,
        _sample=sample,
        _degrees=degrees,
    )


def _rows_used(
    data: pd.DataFrame, design: Design, **columns: str | None
) -> pd.DataFrame:
    """Return the columns that say how rows were drawn, for the rows used."""
    names = [
        _validate.column(data, name, argument).name
        for argument, name in columns.items()
        if name is not None
    ]
    drawn = data[list(dict.fromkeys(names))]
    return drawn if design.n == len(data) else drawn[design.kept]


def _left(degrees: int, units: int, what: str, k: int) -> int:
    """Return degrees of freedom if any are left."""
    if degrees < 1:
        raise ValueError(
            f"{units} {what} leave no degrees of freedom for {k} coefficients; use "
            f"fewer regressors, or with clusters errors='CR2'"
        )
    return degrees


def _errors(
    errors: str | None, family: str, sample: _inference.Sample, weight: str | None
) -> Errors:
    """Return the kind of standard errors, or say why the one asked for is wrong."""
    clustered, stratified = sample.clustered, sample.stratified
    largest = int(sample.sizes().max())
    adjustable = family in {"logit", "linear", "poisson"} and largest <= LARGEST_CLUSTER
    if errors is None:
        if weight is not None or stratified:
            return "linearised"
        if not clustered:
            return "classical"
        return "CR2" if sample.n_units < FEW_CLUSTERS and adjustable else "CR1"
    _validate.choice(errors, ("classical", "linearised", "CR1", "CR2"), "errors")
    if errors == "classical" and (weight is not None or clustered or stratified):
        raise ValueError(
            "errors='classical' take rows for independent draws of equal weight; with "
            "weight=, cluster= or strata= use 'linearised', or with clusters 'CR1' or "
            "'CR2'"
        )
    if errors in {"CR1", "CR2"} and not clustered:
        raise ValueError(f"errors={errors!r} needs cluster=; without, use 'linearised'")
    if errors in {"CR1", "CR2"} and stratified:
        raise ValueError(f"errors={errors!r} knows no strata; use 'linearised'")
    if errors == "CR2" and not adjustable:
        raise ValueError(
            f"errors='CR2' is for logit, linear and poisson with clusters of at most "
            f"{LARGEST_CLUSTER} rows; here the family is {family} and the largest "
            f"cluster has {largest} rows; use 'CR1'"
        )
    return errors  # ty: ignore[invalid-explicit-return]


def _outcome(values: pd.Series, family: str) -> tuple[Array, list]:
    """Return the outcome as floats (ordered: positions) and its levels in order."""
    name = values.name
    kind = pd.api.types.infer_dtype(values, skipna=True)
    categorical = isinstance(values.dtype, pd.CategoricalDtype)
    levels: list = []
    if family == "ordered" and categorical and values.cat.ordered:
        values = values.cat.remove_unused_categories()
        levels = list(values.cat.categories)
        outcome = values.cat.codes.to_numpy().astype(float)
    elif categorical or kind in {"string", "mixed", "mixed-integer"}:
        shown = _validate.listing(sorted(map(str, values.unique())))
        if family == "ordered":
            remedy = "give its order with pandas.Categorical(..., ordered=True)"
        elif family == "logit":
            first = str(values.iloc[0])
            remedy = (
                f'say which value is taking part, as in \'({name} == "{first}") ~ '
                f"...': the alphabet would decide otherwise"
            )
        else:
            remedy = "it must hold numbers"
        raise ValueError(f"outcome {name!r} holds text such as {shown}; {remedy}")
    else:
        numbers = _validate.numeric(_validate.complete(values, "outcome"), "outcome")
        outcome = numbers.to_numpy()
        if family == "ordered":
            if (outcome % 1).any():
                raise ValueError(
                    f"outcome {name!r} has fractions, so its values are no ordered "
                    f"categories; use family='linear'"
                )
            found, positions = np.unique(outcome, return_inverse=True)
            levels = [int(level) for level in found]
            outcome = positions.astype(float)
    if (outcome == outcome[0]).all():
        raise ValueError(
            f"outcome {name!r} has one value only ({values.iloc[0]!s}) in the rows "
            f"used, so nothing can explain it"
        )
    if family == "logit" and not np.isin(outcome, (0, 1)).all():
        shown = _validate.listing(np.unique(outcome))
        raise ValueError(
            f"outcome {name!r} must be true or false, or 1 and 0, for logit but holds "
            f"{shown}; say which values are taking part, as in '({name} == "
            f"{outcome[0]:g}) ~ ...', or use family='linear' or 'ordered'"
        )
    if family in COUNTS and ((outcome < 0).any() or (outcome % 1).any()):
        raise ValueError(
            f"outcome {name!r} must hold counts (0, 1, 2, ...) for {family}, but its "
            f"values go from {outcome.min():g} to {outcome.max():g}, some of them no "
            f"counts; use family='linear'"
        )
    return outcome, levels


def _log_exposure(
    data: pd.DataFrame, exposure: str | None, family: str, design: Design
) -> Array | None:
    if exposure is None:
        return None
    if family not in COUNTS:
        raise ValueError(
            f"exposure= belongs to counts (poisson, negative_binomial), not to {family}"
        )
    values = _validate.column(data, exposure, "exposure")[design.kept]
    numbers = _validate.numeric(_validate.complete(values))
    if (numbers <= 0).any():
        raise ValueError(
            f"data column {exposure!r} (exposure=) must be above zero, but its "
            f"smallest value is {numbers.min():g}: no count can come from nobody"
        )
    return np.log(numbers.to_numpy())


def _bias_reduced(
    family: str,
    design: Design,
    outcome: Array,
    weight: Array | None,
    offset: Array | None,
    sample: _inference.Sample,
    found: _likelihood.Maximum,
) -> tuple[Array, _inference.Satterthwaite]:
    """Return the CR2 covariance and what its degrees of freedom need."""
    everyone = slice(0, design.n)
    eta = found.estimates @ design.rows(everyone)
    eta = eta if offset is None else eta + offset
    mean, slope, _ = _model.response(family, eta)
    return _inference.bias_reduced(
        design.rows(everyone, found.centre),
        outcome - mean,
        slope,
        np.ones(design.n) if weight is None else weight,
        sample.unit,
        found.back,
    )


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

    >>> residents = pd.DataFrame(
    ...     {"votes": [1, 1, 1, 0, 1, 0, 0, 0], "owner": [1, 1, 1, 1, 0, 0, 0, 0]}
    ... )
    >>> effects = average_marginal_effects(fit(residents, "votes ~ owner"))
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

    >>> issues = pd.DataFrame(
    ...     {
    ...         "hall": [True] * 90 + [False] * 90,
    ...         "agreed": [1] * 54 + [0] * 36 + [1] * 36 + [0] * 54,
    ...     }
    ... )
    >>> table = risks(fit(issues, "agreed ~ hall"), "hall")
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
    table[["conf_low", "conf_high"]] = [
        _inference.share_interval(*values, fit.conf_level)
        for values in table[["estimate", "std_error", "degrees_of_freedom"]].to_numpy()
    ]
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

    >>> residents = pd.DataFrame(
    ...     {
    ...         "votes": [1, 1, 1, 1, 1, 1, 1, 0] * 2 + [0, 0, 0, 0, 0, 0, 0, 1] * 2,
    ...         "place": list("JJJJJJJJKKKKKKKKLLLLLLLLMMMMMMMM"),
    ...     }
    ... )
    >>> fitted = fit_random_intercept(residents, "votes ~ 1", cluster="place")
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
    outcome, _ = _outcome(values, "logit")
    drawn = _rows_used(data, design, cluster=cluster)
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

    >>> residents = pd.DataFrame({"ties": [0, 2, 4, 6], "place": ["J", "J", "M", "M"]})
    >>> table = intraclass_correlation(residents, value="ties", cluster="place")
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

    >>> residents = pd.DataFrame(
    ...     {"votes": [1, 1, 0, 0, 1, 1, 0, 0], "place": list("JJKKLLMM")}
    ... )
    >>> design_effect(residents, value="votes", cluster="place")
             term  estimate  effective_n  n
    0      design    2.3333       3.4286  8
    1  clustering    2.0000       4.0000  8
    """
    _validate.frame(data)
    y = _validate.numeric(
        _validate.complete(_validate.column(data, value, "value"))
    ).to_numpy()
    n = y.size
    w = _inference.weight(data, weight)
    sample = _inference.sample(data, cluster=cluster, strata=strata)
    w = np.ones(n) if w is None else w
    mean = w @ y / n
    spread = w @ np.square(y - mean) / (n - 1)
    if spread == 0:
        raise ValueError(f"data column {value!r} has one value only, so nothing varies")
    variance = _linearised(sample, (w * (y - mean) / n)[None])[0, 0]
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


def _linearised(sample: _inference.Sample, influence: Array) -> Array:
    """Return the covariance of sums of influences (q, n)."""
    sums = _inference.Scores(sample, len(influence))
    sums(slice(0, influence.shape[1]), influence)
    return sums.linearised()


def _degrees_in(sample: _inference.Sample, members: NDArray[np.bool_]) -> int:
    """Return sampled units less strata among some rows, at least one."""
    if not sample.clustered:
        units, strata = int(members.sum()), sample.stratum_of_unit[members]
    else:
        inside = np.unique(sample.unit[members])
        units, strata = inside.size, sample.stratum_of_unit[inside]
    return max(units - np.unique(strata).size, 1)


def funnel(
    data: pd.DataFrame,
    *,
    stages: Sequence[str],
    group: str | None = None,
    weight: str | None = None,
    cluster: str | None = None,
    strata: str | None = None,
    conf_level: float = 0.95,
) -> pd.DataFrame:
    r"""
    Follow people from eligible to asked, attending, speaking and being heard.

    Where the funnel narrows says what kind of answer is needed: nobody asked them,
    they did not come, or they came and nothing followed.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per person.
    stages : sequence of str
        Columns of true and false (or 1 and 0) in order, such as ``["eligible",
        "asked", "attends", "speaks", "adopted"]``. A missing value is allowed after a
        stage that was not reached (the question was not put) and counts as not
        reached.
    group : str, optional
        Column of groups; each has its own funnel.
    weight, cluster, strata : str, optional
        Columns of sampling weights, of what was drawn together, and of the strata.
    conf_level : float, default 0.95
        Level of the intervals.

    Returns
    -------
    pandas.DataFrame
        Two rows per stage (and group): ``term`` is ``"share_of_all"`` or
        ``"share_of_previous"``; ``stage``; ``estimate`` in [0, 1], missing where
        nobody reached the stage before; ``std_error``, ``conf_low``, ``conf_high``;
        ``n`` people who went through this and every stage before; ``n_before`` people
        who came to it; ``n_without_previous`` people at this stage who missed an
        earlier one (who came unasked), counted nowhere else; ``conf_level``.

    Raises
    ------
    TypeError
        If `data` is no DataFrame.
    ValueError
        If a column is unknown, a stage holds anything but true and false, or is
        missing for somebody who reached the stage before; if a group or a weight is
        missing, or a weight not above zero.

    See Also
    --------
    representation : Whether those who speak are like those who live there.

    Notes
    -----
    Shares are ratios of weighted sums, with linearised errors over the whole sample
    (groups and stages are domains of it), and intervals symmetric in log odds with t
    quantiles, as ``svyciprop`` of R's survey; where nobody or everybody goes on, the
    exact binomial bound with as many draws as there are sampled units.

    Examples
    --------
    Of 100 people 40 attend, half of these speak, and 30 % of the voices are adopted:
    effective participation is 6 %.

    >>> people = pd.DataFrame(
    ...     {
    ...         "attends": [True] * 40 + [False] * 60,
    ...         "speaks": [True] * 20 + [False] * 80,
    ...         "adopted": [True] * 6 + [False] * 94,
    ...     }
    ... )
    >>> table = funnel(people, stages=["attends", "speaks", "adopted"])
    >>> table[["stage", "term", "estimate", "n", "n_before"]]
         stage               term  estimate   n  n_before
    0  attends       share_of_all      0.40  40       100
    1  attends  share_of_previous      0.40  40       100
    2   speaks       share_of_all      0.20  20       100
    3   speaks  share_of_previous      0.50  20        40
    4  adopted       share_of_all      0.06   6       100
    5  adopted  share_of_previous      0.30   6        20
    """
    _validate.frame(data)
    conf_level = _validate.level(conf_level)
    stages = _stage_names(stages)
    w = _inference.weight(data, weight)
    w = np.ones(len(data)) if w is None else w
    sample = _inference.sample(data, cluster=cluster, strata=strata)
    through = np.ones(len(data), dtype=bool)
    reached, without = [through], []
    for stage in stages:
        here = _reached(data, stage, through)
        without.append(here & ~through)
        through = through & here
        reached.append(through)
    tables = []
    for name, members in _groups(data, group):
        table = _shares(sample, w, members, reached, stages, conf_level)
        late = [int((skipped & members).sum()) for skipped in without]
        table["n_without_previous"] = np.repeat(late, 2)
        table["conf_level"] = conf_level
        if group is not None:
            table.insert(0, group, name)
        tables.append(table)
    return pd.concat(tables, ignore_index=True)


def _stage_names(stages: Sequence[str]) -> list[str]:
    if isinstance(stages, str):
        raise TypeError(
            f"stages= takes a list of columns in order, not one: {stages!r}"
        )
    names = list(stages)
    if not names or len(set(names)) < len(names):
        raise ValueError("stages= takes at least one column, and each column once")
    return names


def _truth(values: pd.Series) -> NDArray[np.bool_]:
    """Return true and false, or 1 and 0, as booleans; missing is false."""
    present = values.dropna()
    if not present.isin((0, 1)).all():
        others = present[~present.isin((0, 1))].unique()
        raise ValueError(
            f"data column {values.name!r} must hold true and false, or 1 and 0, but "
            f"holds {_validate.listing(others)}; say which value counts, as in "
            f"data[{values.name!r}] == {_validate.listing(others[:1])}"
        )
    return values.fillna(0).astype(bool).to_numpy()


def _reached(
    data: pd.DataFrame, stage: str, through: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Return who is at a stage; a missing answer of those who got so far is refused."""
    values = _validate.column(data, stage, "stages")
    _validate.complete(values[through])
    return _truth(values)


def _groups(
    data: pd.DataFrame, group: str | None
) -> list[tuple[Any, NDArray[np.bool_]]]:
    """Return the groups in order with their rows; one of all without a column."""
    if group is None:
        return [(None, np.ones(len(data), dtype=bool))]
    values = _validate.complete(_validate.column(data, group, "group"))
    if isinstance(values.dtype, pd.CategoricalDtype):
        levels = list(values.cat.remove_unused_categories().cat.categories)
    else:
        levels = sorted(values.unique())
    return [(level, (values == level).to_numpy()) for level in levels]


def _shares(
    sample: _inference.Sample,
    weight: Array,
    members: NDArray[np.bool_],
    reached: list[NDArray[np.bool_]],
    stages: list[str],
    conf_level: float,
) -> pd.DataFrame:
    """Return each stage's share of everyone and of the stage before."""
    rows = []
    for i, stage in enumerate(stages):
        for term, before in (("share_of_all", 0), ("share_of_previous", i)):
            base = members & reached[before]
            here = members & reached[i + 1]
            row = {
                "stage": stage,
                "term": term,
                "estimate": np.nan,
                "std_error": np.nan,
                "conf_low": np.nan,
                "conf_high": np.nan,
                "n": int(here.sum()),
                "n_before": int(base.sum()),
            }
            if base.any():
                total = weight[base].sum()
                share = float(min(weight[here].sum() / total, 1.0))
                if here.sum() == base.sum():
                    share = 1.0
                influence = weight * base * (here - share) / total
                error = np.sqrt(_linearised(sample, influence[None])[0, 0])
                low, high = _inference.share_interval(
                    share, error, _degrees_in(sample, base), conf_level
                )
                row |= {
                    "estimate": share,
                    "std_error": error,
                    "conf_low": low,
                    "conf_high": high,
                }
            rows.append(row)
    return pd.DataFrame(rows)


def representation(
    data: pd.DataFrame,
    *,
    voice: str,
    group: str,
    weight: str | None = None,
    cluster: str | None = None,
    strata: str | None = None,
    conf_level: float = 0.95,
) -> pd.DataFrame:
    r"""
    Compare who speaks with who lives there.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per resident, speakers or not: those at the meeting alone cannot show
        who is absent.
    voice : str
        Column of true and false, or of how often each person speaks (>= 0).
    group : str
        Column of groups, none missing.
    weight, cluster, strata : str, optional
        Columns of sampling weights, of what was drawn together, and of the strata.
    conf_level : float, default 0.95
        Level of the intervals.

    Returns
    -------
    pandas.DataFrame
        Four rows per group: ``term`` is ``"share_of_residents"``,
        ``"share_of_voices"``, their ``"difference"`` (points) and their ``"ratio"``
        (2: twice as many voices as people; 1: in proportion); ``estimate``,
        ``std_error``, ``statistic``, ``p_value`` (difference against 0, ratio against
        1), ``conf_low``, ``conf_high``, ``degrees_of_freedom``, ``conf_level``. A
        group without any voice has the ratio 0 and no interval for it.

    Raises
    ------
    TypeError
        If `data` is no DataFrame.
    ValueError
        If a column is unknown, has missing values or a wrong kind; a voice is
        negative or nobody speaks; there is one group; a weight is not above zero.

    See Also
    --------
    funnel : Where on the way voices are lost.

    Notes
    -----
    With weights :math:`w_i`, voices :math:`v_i` and group membership :math:`1_{ig}`,
    the shares are :math:`\sum w_i v_i 1_{ig} / \sum w_i v_i` and :math:`\sum w_i
    1_{ig} / \sum w_i`, and the ratio is theirs [1]_. Errors are linearised jointly,
    since the same people are in both shares.

    References
    ----------
    .. [1] Verba, S., Schlozman, K. L. and Brady, H. E. (1995). Voice and equality:
       civic voluntarism in American politics. Harvard University Press.

    Examples
    --------
    Half of ten residents are tenants but one voice in five is theirs:

    >>> people = pd.DataFrame(
    ...     {
    ...         "speaks": [1, 1, 1, 1, 0, 1, 0, 0, 0, 0],
    ...         "home": ["own"] * 5 + ["rent"] * 5,
    ...     }
    ... )
    >>> table = representation(people, voice="speaks", group="home")
    >>> table.loc[table["home"] == "rent", ["term", "estimate"]]
                     term  estimate
    4  share_of_residents       0.5
    5     share_of_voices       0.2
    6          difference      -0.3
    7               ratio       0.4
    """
    _validate.frame(data)
    conf_level = _validate.level(conf_level)
    v = _validate.numeric(
        _validate.complete(_validate.column(data, voice, "voice"))
    ).to_numpy()
    if (v < 0).any():
        raise ValueError(
            f"data column {voice!r} (voice=) says how often people speak and cannot be "
            f"negative; its smallest value is {v.min():g}"
        )
    if not v.any():
        raise ValueError(f"data column {voice!r} (voice=) is zero for everyone")
    w = _inference.weight(data, weight)
    w = np.ones(len(data)) if w is None else w
    sample = _inference.sample(data, cluster=cluster, strata=strata)
    groups = _groups(data, group)
    if len(groups) < 2:
        raise ValueError(f"data column {group!r} (group=) has one group only")
    degrees = _degrees_in(sample, np.ones(len(data), dtype=bool))
    tables = []
    for name, members in groups:
        residents, voices = w @ members / w.sum(), w @ (v * members) / (w @ v)
        influence = np.vstack(
            [
                w * (members - residents) / w.sum(),
                w * v * (members - voices) / (w @ v),
            ]
        )
        directions = np.array(
            [[1, 0], [0, 1], [-1, 1], [-voices / residents**2, 1 / residents]]
        )
        estimates = [residents, voices, voices - residents, voices / residents]
        errors = _inference.by_delta(directions, _linearised(sample, influence))
        terms = ["share_of_residents", "share_of_voices", "difference", "ratio"]
        is_ratio = np.array([False, False, False, True])
        table = _inference.table(
            terms, estimates, errors, degrees, conf_level, ratio=is_ratio
        )
        table.loc[:1, ["statistic", "p_value"]] = np.nan
        for row in (0, 1):
            table.loc[row, ["conf_low", "conf_high"]] = _inference.share_interval(
                estimates[row], errors[row], degrees, conf_level
            )
        if voices == 0:
            unknown = ["std_error", "statistic", "p_value", "conf_low", "conf_high"]
            table.loc[3, unknown] = np.nan
        table.insert(0, group, name)
        tables.append(table)
    return pd.concat(tables, ignore_index=True)
