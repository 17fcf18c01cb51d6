"""What moves the rate at which matters end."""

import warnings
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from govlib import _columns, _inference, _validate
from govlib._formula import read
from govlib.lifecycle._moments import filled, flags_of

Array = NDArray[np.float64]
Ties = Literal["efron", "breslow"]

# Beyond this many standard deviations of log hazard a coefficient has run away.
_RUNAWAY = 15


@dataclass(frozen=True, slots=True)
class CoxFit:
    """
    Fitted proportional hazards model, as returned by :func:`cox`.

    Attributes
    ----------
    table : pandas.DataFrame
        One row per coefficient: ``term``, ``estimate`` (log hazard ratio),
        ``std_error``, ``statistic``, ``p_value``, ``conf_low``, ``conf_high``,
        ``conf_level``, and ``hazard_ratio``, ``ratio_low``, ``ratio_high``.
    vcov : pandas.DataFrame
        Covariance of the estimates, terms on both axes.
    formula : str
        Formula as given.
    ties : str
        How ends at the same time are treated.
    errors : str
        ``"classical"``, or ``"clustered"`` with a cluster.
    conf_level : float
        Level of the intervals.
    n : int
        Rows used.
    n_dropped : int
        Rows left out because a variable was missing.
    events : int
        Ends among the rows used.
    n_clusters : int or None
        Clusters, or None without them.
    log_likelihood : float
        Partial log likelihood at the estimates.
    """

    table: pd.DataFrame
    vcov: pd.DataFrame
    formula: str
    ties: str
    errors: str
    conf_level: float
    n: int
    n_dropped: int
    events: int
    n_clusters: int | None
    log_likelihood: float
    _model: Any = field(repr=False)

    def __str__(self) -> str:
        clusters = f", {self.n_clusters} clusters" if self.n_clusters else ""
        return (
            f"{self.formula} (Cox, {self.ties}): {self.n} rows, {self.events} events"
            f"{clusters}, {self.n_dropped} dropped as missing; {self.errors} errors"
        )

    def statsmodels(self) -> Any:
        """
        Return the model of statsmodels that was fitted.

        Returns
        -------
        statsmodels.duration.hazard_regression.PHRegResults
            With ``baseline_cumulative_hazard``, ``martingale_residuals`` and more.
            Its own standard errors are the classical ones.
        """
        return self._model


def cox(
    data: pd.DataFrame,
    formula: str,
    *,
    outcome: str,
    entry: str | None = None,
    strata: str | None = None,
    cluster: str | None = None,
    ties: Ties = "efron",
    conf_level: float = 0.95,
) -> CoxFit:
    r"""
    Estimate what raises or lowers the rate at which things end.

    A hazard ratio of 2 says that of two matters equally old and both open, the one is
    twice as likely to be closed tomorrow. It does not say "twice as fast".

    Parameters
    ----------
    data : pandas.DataFrame
        One row per matter; several rows if it changed on the way (:func:`split_at`).
    formula : str
        Time and regressors, such as ``"days ~ load + delegated"``, as in
        :func:`govlib.participation.fit`. Times are above zero.
    outcome : str
        Column of true and false (or 1 and 0): whether it ended then.
    entry : str, optional
        Column of times at which each row came under observation.
    strata : str, optional
        Column of groups with a baseline of their own each, whose ends are compared
        within the group only.
    cluster : str, optional
        Column of what belongs together, such as the community: errors then allow for
        it.
    ties : {"efron", "breslow"}, default "efron"
        How ends at the same time are treated; R and lifelines take ``"efron"`` too.
    conf_level : float, default 0.95
        Level of the intervals.

    Returns
    -------
    CoxFit
        The table and what further questions need.

    Raises
    ------
    TypeError
        If `data` is no DataFrame or `formula` no text.
    ValueError
        If the formula has a mistake or no regressor; a time or an entry is out of
        range; everything is open; a regressor is constant or a combination of others,
        or separates those that end from those that do not; or there is one cluster.

    See Also
    --------
    survival_curve : Curves without a model.
    restricted_mean : A difference in days, where "rate" would be misread.

    Notes
    -----
    Cox's partial likelihood [1]_ by statsmodels' ``PHReg``; normal intervals. Clustered
    errors are :math:`A^{-1} (\sum_g s_g s_g') A^{-1}` with the score residuals
    :math:`s_g` of a cluster and information :math:`A` [2]_, without a small-sample
    factor, as in R's ``coxph(cluster = )``; at least 40 clusters should stand behind
    them. With a change of rate over time the ratio is an average over the times that
    happened to be observed. Rows with a missing variable are dropped and counted.

    References
    ----------
    .. [1] Cox, D. R. (1972). Regression models and life-tables. Journal of the Royal
       Statistical Society B 34(2), 187-220.
    .. [2] Lin, D. Y. and Wei, L. J. (1989). The robust inference for the Cox
       proportional hazards model. Journal of the American Statistical Association
       84, 1074-1078.

    Examples
    --------
    Four matters end on days 1 to 4, of kind b, a, b, a. With
    :math:`\theta = e^{\beta}` of b, the likelihood is
    :math:`\theta^2 / ((2 + 2\theta)(2 + \theta)(1 + \theta))`, whose maximum is where
    :math:`\theta^2 - \theta - 4 = 0`:

    >>> data = pd.DataFrame(
    ...     {"days": [1, 2, 3, 4], "closed": 1, "kind": ["b", "a", "b", "a"]}
    ... )
    >>> fit = cox(data, "days ~ kind", outcome="closed")
    >>> float(fit.table["hazard_ratio"][0])
    2.5616
    """
    from statsmodels.duration.hazard_regression import PHReg

    filled(data, "matter")
    conf_level = _validate.level(conf_level)
    _validate.choice(ties, ("efron", "breslow"), "ties")
    times, design = read(formula, data)
    design = design.without_constant()
    if not design.names:
        raise ValueError(
            f"formula {formula!r} has no regressor; write the time on the left and at "
            f"least one column on the right of ~"
        )
    used = data.loc[design.kept]
    x = times.to_numpy(dtype=float)
    bad = used.index[~(x > 0)]
    if len(bad):
        raise ValueError(
            f"the time in {formula!r} is not above zero in row(s) "
            f"{_validate.listing(bad)}; correct or drop them"
        )
    events = flags_of(used, outcome)
    since = None
    if entry is not None:
        since = _columns.amounts(used, entry, "entry").to_numpy()
        late = used.index[since >= x]
        if len(late):
            raise ValueError(
                f"data column {entry!r} (entry=) is not below the time in row(s) "
                f"{_validate.listing(late)}: never under observation; drop them"
            )
    stratum = None
    if strata is not None:
        groups = _validate.groups(_validate.column(used, strata, "strata"))
        stratum = np.asarray(groups.codes)
    regressors = np.column_stack([np.asarray(c, dtype=float) for c in design.columns])
    centred = regressors - regressors.mean(axis=0)
    # statsmodels counts who enters at the moment of an end as at risk in it; R and the
    # definition, time in (entry, end], do not.
    later = None if since is None else np.nextafter(since, np.inf)
    model = PHReg(x, centred, events.astype(float), later, stratum, ties=ties)
    found, beta, vcov = _fitted(model, centred, design.names, formula)
    n_clusters = None
    if cluster is not None:
        sample = _inference.sample(used, cluster=cluster)
        n_clusters = sample.n_units
        residuals = _score_residuals(model, beta, x, events, since, stratum)
        sums = np.zeros((n_clusters, beta.size))
        np.add.at(sums, sample.unit, residuals)
        vcov = vcov @ (sums.T @ sums) @ vcov
    table = _inference.table(
        design.names, beta, np.sqrt(np.diag(vcov)), np.inf, conf_level
    ).drop(columns="degrees_of_freedom")
    table["hazard_ratio"] = np.exp(table["estimate"])
    table["ratio_low"] = np.exp(table["conf_low"])
    table["ratio_high"] = np.exp(table["conf_high"])
    return CoxFit(
        table=table,
        vcov=pd.DataFrame(vcov, design.names, design.names),
        formula=formula,
        ties=ties,
        errors="classical" if cluster is None else "clustered",
        conf_level=conf_level,
        n=len(used),
        n_dropped=len(data) - len(used),
        events=int(events.sum()),
        n_clusters=n_clusters,
        log_likelihood=float(model.loglike(beta)),
        _model=found,
    )


def _fitted(
    model: Any, regressors: Array, names: list[str], formula: str
) -> tuple[Any, Array, Array]:
    """Return the fit, its estimates and their covariance, or say why there is none."""
    spread = regressors.std(axis=0)
    far = np.zeros(spread.size, dtype=bool)
    if (spread > 0).all() and np.linalg.matrix_rank(regressors / spread) == spread.size:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                found = model.fit(disp=0)
            beta = np.asarray(found.params, dtype=float)
            information = -np.asarray(model.hessian(beta))
            far = np.abs(beta * spread) > _RUNAWAY
            scaled = information / np.outer(spread, spread)
            if not far.any() and np.linalg.cond(scaled) < 1e12:
                return found, beta, np.linalg.inv(information)
        except (np.linalg.LinAlgError, Warning):
            # Newton's steps run away where no maximum exists.
            pass
    which = [n for n, bad in zip(names, far | (spread == 0), strict=True) if bad]
    raise ValueError(
        f"a regressor of {formula!r} ({_validate.listing(which or names)}) is a "
        f"combination of others, does not vary among those compared, or separates what "
        f"ended from what is open; leave it out or merge its groups"
    )


def _score_residuals(
    model: Any,
    beta: Array,
    time: Array,
    event: NDArray[np.bool_],
    entry: Array | None,
    stratum: NDArray | None,
) -> Array:
    """
    Return each row's part of the score, shape (n, k).

    statsmodels' own leave late entry out of account. Among the d that end together,
    Efron's weights let each be at risk for the average of the risk sets from all d down
    to one: those who end weigh (1 - j/d) in the j-th.
    """
    covariates = np.asarray(model.exog)
    risk = np.exp(covariates @ beta)
    since = np.full(time.size, -np.inf) if entry is None else entry
    groups = np.zeros(time.size, dtype=int) if stratum is None else stratum
    out = np.zeros_like(covariates)
    for group in np.unique(groups):
        here = np.flatnonzero(groups == group)
        out[here] = _within(
            covariates[here],
            risk[here],
            time[here],
            event[here],
            since[here],
            efron=model.ties == "efron",
        )
    return out


def _within(
    x: Array,
    risk: Array,
    time: Array,
    event: NDArray[np.bool_],
    entry: Array,
    *,
    efron: bool,
) -> Array:
    """Return score residuals within one stratum."""
    moments, inverse = np.unique(time[event], return_inverse=True)
    deaths = np.bincount(inverse)
    weighted = np.column_stack((risk, x * risk[:, None]))
    # Sums over those at risk: entered before the moment, not ended before it.
    by_time, by_entry = np.argsort(time), np.argsort(entry)
    total = weighted.sum(axis=0)

    def up_to(order: NDArray[np.intp], keys: Array, side: Any) -> Array:
        sums = np.vstack((np.zeros(x.shape[1] + 1), weighted[order].cumsum(axis=0)))
        return sums[np.searchsorted(keys[order], moments, side=side)]

    entered = up_to(by_entry, entry, "left") if np.isfinite(entry).any() else total
    at_risk = entered - up_to(by_time, time, "left")
    ending = np.zeros((moments.size, x.shape[1] + 1))
    np.add.at(ending, inverse, weighted[event])
    # Per moment: hazard, hazard times mean covariate, both for those who go on; and
    # the same as they count for those who end, with the mean to set against their own.
    hazard, of_ending = np.zeros(moments.size), np.zeros(moments.size)
    pull = np.zeros((moments.size, x.shape[1]))
    pull_ending, mean = pull.copy(), pull.copy()
    for j in range(int(deaths.max())):
        open_ = deaths > j
        share = j / deaths[open_] if efron else np.zeros(open_.sum())
        left = at_risk[open_] - share[:, None] * ending[open_]
        mean_j = left[:, 1:] / left[:, :1]
        step = 1 / left[:, 0]
        hazard[open_] += step
        of_ending[open_] += (1 - share) * step
        pull[open_] += step[:, None] * mean_j
        pull_ending[open_] += ((1 - share) * step)[:, None] * mean_j
        mean[open_] += mean_j / deaths[open_][:, None]
    first = np.searchsorted(moments, entry, side="right")
    last = np.searchsorted(moments, time, side="right")
    cumulated = np.concatenate(([0.0], hazard.cumsum()))
    pulled = np.vstack((np.zeros(x.shape[1]), pull.cumsum(axis=0)))
    own_hazard = cumulated[last] - cumulated[first]
    own_pull = pulled[last] - pulled[first]
    own_hazard[event] += (of_ending - hazard)[inverse]
    own_pull[event] += (pull_ending - pull)[inverse]
    out = risk[:, None] * (own_pull - x * own_hazard[:, None])
    out[event] += x[event] - mean[inverse]
    return out
