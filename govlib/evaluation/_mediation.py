"""Paths of an effect, and what an unseen cause would change."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from govlib import _columns, _validate, resample
from govlib.evaluation._shared import Array, names_of


@dataclass(frozen=True, slots=True)
class Mediation:
    """
    Paths of an effect, as returned by :func:`mediation`.

    Attributes
    ----------
    table : pandas.DataFrame
        Rows ``"total"``, ``"direct"``, ``"indirect"`` and one ``"through ..."`` for
        each path: ``term``, ``estimate``, ``std_error``, ``conf_low``,
        ``conf_high``, ``conf_level``, ``n_resamples``.
    paths : pandas.DataFrame
        The arrows of the path diagram: ``source``, ``target``, ``estimate`` (the
        coefficient) and the same columns.
    n : int
        Rows.
    """

    table: pd.DataFrame
    paths: pd.DataFrame
    n: int


def mediation(
    data: pd.DataFrame,
    *,
    outcome: str,
    treatment: str,
    mediators: Sequence[str],
    covariates: Sequence[str] = (),
    cluster: str | None = None,
    n_resamples: int = 999,
    conf_level: float = 0.95,
    rng: resample.Rng = None,
    n_jobs: int = 1,
) -> Mediation:
    r"""
    Split an effect into what runs through a mediator and what does not.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per person or community, no missing values in the columns used.
    outcome, treatment : str
        Columns of numbers.
    mediators : sequence of str
        One column of numbers, or two of which the first may move the second (such as
        ties, then belonging).
    covariates : sequence of str, optional
        Columns of numbers that come before the treatment and may move mediators and
        outcome.
    cluster : str, optional
        Column of what was drawn or treated as a whole: the bootstrap draws these.
    n_resamples : int, default 999
        Bootstrap draws.
    conf_level : float, default 0.95
        Level of the intervals.
    rng : int or numpy.random.Generator, optional
        Given to :func:`numpy.random.default_rng`.
    n_jobs : int, default 1
        Workers, as in :func:`govlib.resample.bootstrap`.

    Returns
    -------
    Mediation
        The effects, and the coefficients of the path diagram.

    Raises
    ------
    TypeError
        If `data` is no DataFrame, or mediators or covariates no list.
    ValueError
        If a column is unknown, named twice, has missing values or holds no numbers;
        if there are more than two mediators; if a column is a combination of others.

    See Also
    --------
    mediation_sensitivity : What an unseen common cause would change.

    Notes
    -----
    Least squares of each mediator on what comes before it, and of the outcome on all.
    A path's effect is the product of its coefficients, and total = direct + indirect
    (g-computation for linear equations without interactions [1]_). Intervals are
    bootstrap percentiles, as products are skewed.

    That the treatment was drawn at random makes *total* causal, not the split: that
    takes that no unseen cause moves both mediator and outcome, and that the outcome
    does not move the mediator back. Where belonging and participation feed each
    other, :math:`B = .4 P + .3 A` and :math:`P = .5 B`, one unit of activity moves
    belonging by :math:`.3 / (1 - .4 \times .5) = .375` in the end: *total* finds this,
    the arrow from belonging to participation is not .5.

    References
    ----------
    .. [1] VanderWeele, T. J. (2015). Explanation in Causal Inference: Methods for
       Mediation and Interaction. Oxford University Press, chapters 2 and 5.

    Examples
    --------
    Activity adds 2 ties; each tie adds 3 points of belonging, activity itself 1:

    >>> people = pd.DataFrame(
    ...     {
    ...         "activity": [0, 0, 1, 1, 0, 0, 1, 1],
    ...         "ties": [0, 2, 2, 4, 0, 2, 2, 4],
    ...     }
    ... )
    >>> people["belonging"] = 3 * people["ties"] + people["activity"]
    >>> columns = {"outcome": "belonging", "treatment": "activity"}
    >>> split = mediation(people, mediators=["ties"], n_resamples=20, rng=1, **columns)
    >>> split.table[["term", "estimate"]]
               term  estimate
    0         total       7.0
    1        direct       1.0
    2      indirect       6.0
    3  through ties       6.0
    """
    between = names_of(mediators, "mediators")
    if not 1 <= len(between) <= 2:
        raise ValueError(
            f"mediators= takes one or two columns in order, not {len(between)}"
        )
    data, x = _variables(data, outcome, treatment, between, covariates, cluster)
    arrows = [
        (source, target)
        for place, target in enumerate([*between, outcome])
        for source in [treatment, *between[:place]]
    ]
    terms = ["total", "direct", "indirect", *(f"through {name}" for name in between)]
    if len(between) == 2:
        terms.append(f"through {between[0]} and {between[1]}")

    def effects(draw: pd.DataFrame) -> pd.Series:
        before, arrow = [treatment], {}
        for target in [*between, outcome]:
            beta = _coefficients(draw, target, [*before, *x])
            arrow |= {(source, target): beta[i] for i, source in enumerate(before)}
            before.append(target)
        through = [arrow[treatment, m] * arrow[m, outcome] for m in between]
        if len(between) == 2:
            first, second = between
            through.append(
                arrow[treatment, first] * arrow[first, second] * arrow[second, outcome]
            )
        direct, indirect = arrow[treatment, outcome], sum(through)
        split = [direct + indirect, direct, indirect, *through]
        return pd.Series([*split, *(arrow[key] for key in arrows)])

    found = resample.bootstrap(
        data,
        effects,
        cluster=cluster,
        n_resamples=n_resamples,
        conf_level=conf_level,
        rng=rng,
        n_jobs=n_jobs,
    )
    table, paths = found[: len(terms)], found[len(terms) :]
    sources, targets = zip(*arrows, strict=True)
    paths = paths.drop(columns="term").reset_index(drop=True)
    paths.insert(0, "source", sources)
    paths.insert(1, "target", targets)
    return Mediation(table.assign(term=terms), paths, len(data))


def _variables(
    data: pd.DataFrame,
    outcome: str,
    treatment: str,
    mediators: list[str],
    covariates: Sequence[str],
    cluster: str | None,
) -> tuple[pd.DataFrame, list[str]]:
    """Return the columns used, numbers as floats, and the names of covariates."""
    _validate.frame(data)
    x = names_of(covariates, "covariates")
    by_argument = [
        (outcome, "outcome"),
        (treatment, "treatment"),
        *((name, "mediators") for name in mediators),
        *((name, "covariates") for name in x),
    ]
    used = {
        name: _columns.numbers(data, name, argument).to_numpy()
        for name, argument in by_argument
    }
    if len(used) < len(by_argument):
        names = [name for name, _ in by_argument]
        twice = sorted({name for name in names if names.count(name) > 1})
        raise ValueError(
            f"{_validate.listing(twice)} cannot stand in two places of the path "
            f"diagram; name different columns"
        )
    rows = np.array([np.ones(len(data)), *(used[n] for n, _ in by_argument[1:])])
    if np.linalg.matrix_rank(rows) < len(rows):
        raise ValueError(
            f"among {_validate.listing(list(used)[1:], 12)} one column is constant or "
            f"a combination of others (or rows are too few), so their effects cannot "
            f"be told apart; leave it out"
        )
    kept = pd.DataFrame(used)
    if cluster is not None:
        # Under a name that no column has, as a cluster may be a covariate too.
        kept[cluster] = _validate.complete(
            _validate.column(data, cluster, "cluster")
        ).array
    return kept, x


def _coefficients(data: pd.DataFrame, target: str, sources: list[str]) -> Array:
    """Return the slopes of a regression; NaN if a draw cannot tell them apart."""
    rows = np.column_stack([data[sources].to_numpy(), np.ones(len(data))])
    beta, _, rank, _ = np.linalg.lstsq(rows, data[target].to_numpy(), rcond=None)
    return beta[:-1] if rank == rows.shape[1] else np.full(len(sources), np.nan)


@dataclass(frozen=True, slots=True)
class MediationSensitivity:
    """
    How an unseen cause would change a path, from :func:`mediation_sensitivity`.

    Attributes
    ----------
    table : pandas.DataFrame
        One row per correlation: ``rho``, ``estimate`` (the indirect effect if that
        were the correlation), ``std_error``, ``conf_low``, ``conf_high``,
        ``conf_level``, ``n_resamples``.
    rho_at_zero : float
        The correlation at which the indirect effect is zero.
    """

    table: pd.DataFrame
    rho_at_zero: float


def mediation_sensitivity(
    data: pd.DataFrame,
    *,
    outcome: str,
    treatment: str,
    mediator: str,
    covariates: Sequence[str] = (),
    cluster: str | None = None,
    correlations: Sequence[float] | None = None,
    n_resamples: int = 999,
    conf_level: float = 0.95,
    rng: resample.Rng = None,
    n_jobs: int = 1,
) -> MediationSensitivity:
    r"""
    Ask how strong an unseen common cause must be to undo an indirect effect.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per person or community, no missing values in the columns used.
    outcome, treatment, mediator : str
        Columns of numbers.
    covariates : sequence of str, optional
        Columns of numbers that come before the treatment.
    cluster : str, optional
        Column of what was drawn or treated as a whole.
    correlations : sequence of float, optional
        Correlations to try between what moves the mediator and what moves the outcome
        beyond the columns given, each between -1 and 1. Default: -0.9 to 0.9 by 0.1.
    n_resamples : int, default 999
        Bootstrap draws.
    conf_level : float, default 0.95
        Level of the intervals.
    rng : int or numpy.random.Generator, optional
        Given to :func:`numpy.random.default_rng`.
    n_jobs : int, default 1
        Workers, as in :func:`govlib.resample.bootstrap`.

    Returns
    -------
    MediationSensitivity
        The indirect effect at each correlation, and where it is zero.

    Raises
    ------
    TypeError
        If `data` is no DataFrame or covariates no list.
    ValueError
        As :func:`mediation`, or if a correlation is not between -1 and 1, or mediator
        or outcome follow from the other columns exactly.

    See Also
    --------
    mediation : The effect at a correlation of zero.

    Notes
    -----
    With the errors :math:`\varepsilon_2` of the mediator and :math:`\varepsilon_1` of
    the outcome given treatment and covariates, :math:`\tilde\rho` their correlation,
    :math:`\sigma_1, \sigma_2` their spread and :math:`\beta_2` the effect on the
    mediator, the indirect effect is

    .. math:: \frac{\beta_2 \sigma_1}{\sigma_2} \left(\tilde\rho - \rho
              \sqrt{\frac{1 - \tilde\rho^2}{1 - \rho^2}}\right)

    if the errors of mediator and of outcome given the mediator correlate with
    :math:`\rho` [1]_. It is zero at :math:`\rho = \tilde\rho`. No data can tell
    :math:`\rho`: argue what an unseen cause (such as the spirit of a community) could
    bring about, and compare.

    References
    ----------
    .. [1] Imai, K., Keele, L. and Yamamoto, T. (2010). Identification, inference and
       sensitivity analysis for causal mediation effects. Statistical Science 25(1),
       51-71.

    Examples
    --------
    >>> people = pd.DataFrame(
    ...     {
    ...         "activity": [0, 0, 0, 0, 1, 1, 1, 1],
    ...         "ties": [0, 2, 0, 2, 2, 4, 2, 4],
    ...         "belonging": [0, 6, 2, 8, 7, 13, 9, 15],
    ...     }
    ... )
    >>> columns = {"outcome": "belonging", "treatment": "activity", "mediator": "ties"}
    >>> tried = mediation_sensitivity(
    ...     people, correlations=[0, 0.5], n_resamples=20, rng=1, **columns
    ... )
    >>> tried.table[["rho", "estimate"]]
       rho  estimate
    0  0.0     6.000
    1  0.5     4.845
    >>> tried.rho_at_zero
    0.949
    """
    tried = np.arange(-9, 10) / 10 if correlations is None else correlations
    rho = _validate.vector(tried, "correlations")
    if (np.abs(rho) >= 1).any():
        raise ValueError("correlations= must lie between -1 and 1, both excluded")
    data, x = _variables(data, outcome, treatment, [mediator], covariates, cluster)

    def indirect(draw: pd.DataFrame) -> pd.Series:
        errors, sizes = [], []
        for target in (outcome, mediator):
            slopes = _coefficients(draw, target, [treatment, *x])
            rest = draw[target] - draw[[treatment, *x]].to_numpy() @ slopes
            errors.append((rest - rest.mean()).to_numpy())
            sizes.append(np.linalg.norm(errors[-1]))
            # What follows exactly leaves rounding errors.
            if not sizes[-1] > 1e-10 * np.linalg.norm(draw[target]):
                return pd.Series(np.full(rho.size + 1, np.nan))
        r = np.clip(errors[0] @ errors[1] / (sizes[0] * sizes[1]), -1, 1)
        ratio = sizes[0] / sizes[1]
        effect = slopes[0] * ratio * (r - rho * np.sqrt((1 - r**2) / (1 - rho**2)))
        return pd.Series([*effect, r])

    if not np.isfinite(indirect(data).to_numpy()).all():
        raise ValueError(
            f"{mediator!r} or {outcome!r} follows exactly from the other columns, so "
            f"there is no error that could correlate"
        )
    table = resample.bootstrap(
        data,
        indirect,
        cluster=cluster,
        n_resamples=n_resamples,
        conf_level=conf_level,
        rng=rng,
        n_jobs=n_jobs,
    )
    at_zero = float(table["estimate"].iloc[-1])
    table = table.drop(columns="term")[:-1]
    table.insert(0, "rho", rho)
    return MediationSensitivity(table, at_zero)
