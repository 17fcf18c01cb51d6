"""Regressions of participation with survey weights and clusters."""

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from govlib import _inference, _likelihood, _model, _validate
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

    >>> from govlib import participation
    >>> residents = pd.DataFrame(
    ...     {"votes": [1, 1, 1, 0, 1, 0, 0, 0], "owner": [1, 1, 1, 1, 0, 0, 0, 0]}
    ... )
    >>> fitted = participation.fit(residents, "votes ~ owner")
    >>> fitted.table[["term", "estimate", "std_error"]]
            term  estimate  std_error
    0  Intercept   -1.0986     1.1547
    1      owner    2.1972     1.6330
    """
    _validate.frame(data)
    _validate.choice(family, _likelihood.FAMILIES, "family")
    conf_level = _validate.level(conf_level)
    values, design = read(formula, data)
    outcome, levels = outcome_of(values, family)
    if family == "ordered":
        design = design.without_constant()
    drawn = rows_used(data, design, weight=weight, cluster=cluster, strata=strata)
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


def rows_used(
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


def outcome_of(values: pd.Series, family: str) -> tuple[Array, list]:
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
