"""
Does a remedy work: trials, staggered starts, paths of effects, and scales.

Three kinds of design. In a *trial* chance decides who is treated, usually whole
communities (clusters). In a *staggered start* communities begin at different times, and
those that have not begun show what would have happened. *Mediation* asks by which path
an effect came about, and needs stronger assumptions than either.

The column `treatment` holds 1 (or true) where a row is treated and else 0. Effects are
in units of the outcome: for an outcome of zeros and ones, in shares (0.08 is 8 points).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import optimize, stats

from govlib import _columns, _event_study, _inference, _validate, resample
from govlib._assignment import Reassignments

Array = NDArray[np.floating]
Comparison = Literal["never_treated", "not_yet_treated"]
BasePeriod = Literal["varying", "universal"]
By = Literal["simple", "dynamic", "group", "calendar"]

# Exact degrees of freedom take a matrix of clusters by clusters: 32 MB at this size.
_MANY_CLUSTERS = 2_000
# CR2 holds a matrix of rows by rows for the largest cluster: 128 MB at this size.
_LARGEST_CLUSTER = 4_000


# --- trials


@dataclass(frozen=True, slots=True)
class RandomisationInference:
    """
    Test of a trial by its own randomisation, see :func:`randomisation_inference`.

    Attributes
    ----------
    table : pandas.DataFrame
        One row: ``term``, ``estimate`` (difference in means), ``std_error`` (standard
        deviation of that difference over the assignments, had there been no effect),
        ``statistic`` (what was compared), ``p_value`` (two-sided), ``conf_low``,
        ``conf_high``, ``conf_level``.
    draws : numpy.ndarray
        The statistic under each assignment if the treatment did nothing: its
        histogram, with a line at ``statistic``, is the test.
    statistic : str
        What was compared.
    exact : bool
        Whether `draws` holds every possible assignment.
    n_assignments : int
        Length of `draws`.
    """

    table: pd.DataFrame
    draws: Array = field(repr=False)
    statistic: str
    exact: bool
    n_assignments: int


def randomisation_inference(
    data: pd.DataFrame,
    *,
    outcome: str,
    treatment: str,
    cluster: str | None = None,
    strata: str | None = None,
    statistic: Literal["difference", "studentised"] = "difference",
    n_permutations: int = 4999,
    conf_level: float = 0.95,
    rng: resample.Rng = None,
) -> RandomisationInference:
    r"""
    Test a randomised trial by drawing the treated again as they were drawn.

    If the treatment did nothing, outcomes would be the same whoever had been drawn.
    How often other draws show a difference as large as the one observed is the
    p-value. It holds for few clusters and any distribution, because chance is only in
    the assignment.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per person (or per community), no missing values.
    outcome : str
        Column of numbers, or true and false.
    treatment : str
        Column of 1 (treated) and 0.
    cluster : str, optional
        Column of what was drawn as a whole, such as the community. Default: rows.
    strata : str, optional
        Column of the lists within which was drawn; each has treated and untreated.
    statistic : {"difference", "studentised"}, default "difference"
        Difference in means over people (weighted by stratum size), or that over its
        standard error, which also tests that the *average* effect is zero when
        effects differ; it takes two units of either kind in each stratum.
    n_permutations : int, default 4999
        Assignments to draw. Where no more than that are possible, all are listed and
        the p-value is exact.
    conf_level : float, default 0.95
        Level of the interval.
    rng : int or numpy.random.Generator, optional
        Given to :func:`numpy.random.default_rng`.

    Returns
    -------
    RandomisationInference
        The table and the draws.

    Raises
    ------
    TypeError
        If `data` is no DataFrame.
    ValueError
        If a column is unknown, has missing values or holds no numbers; if treatment is
        not 0 and 1, differs within a cluster, or is the same for everyone in a
        stratum; if too few units are left for the studentised statistic.

    See Also
    --------
    cluster_trial : The same trial with a standard error.

    Notes
    -----
    Assignments keep the number of treated units of each stratum. With :math:`T_r` the
    statistic under assignment r, the one-sided p-values are :math:`(1 + \#\{T_r \ge
    T\}) / (1 + R)` and its mirror, or shares of all assignments if these are listed
    [2]_; the two-sided one is twice the smaller. The interval holds every effect
    :math:`\tau`, equal for all, for which outcomes less :math:`\tau` for the treated
    pass the test; it is unbounded where assignments are too few to reject anything.

    References
    ----------
    .. [1] Gerber, A. S. and Green, D. P. (2012). Field Experiments: Design, Analysis,
       and Interpretation. Norton, chapter 3.
    .. [2] Phipson, B. and Smyth, G. K. (2010). Permutation P-values should never be
       zero. Statistical Applications in Genetics and Molecular Biology 9(1), 39.

    Examples
    --------
    Two of four streets get activities and then have more ties. Of the 6 ways to draw
    two of four one shows as much and one as little, so p is 2 / 6:

    >>> streets = pd.DataFrame({"ties": [5, 7, 1, 3], "drawn": [1, 1, 0, 0]})
    >>> test = randomisation_inference(streets, outcome="ties", treatment="drawn")
    >>> test.table[["estimate", "p_value"]]
       estimate  p_value
    0       4.0    0.333
    >>> test.exact, test.n_assignments
    (True, 6)
    """
    _validate.frame(data)
    _validate.choice(statistic, ("difference", "studentised"), "statistic")
    n_permutations = _validate.count(n_permutations, "n_permutations", 2)
    conf_level = _validate.level(conf_level)
    y = _columns.numbers(data, outcome, "outcome").to_numpy()
    d = _event_study.zero_or_one(data, treatment)
    stratum, _ = _codes(data, strata, "strata")
    unit, names = _codes(data, cluster, "cluster")
    if cluster is None:
        # Rows in an order that their contents decide: the seed means the same draws.
        unit = np.argsort(np.lexsort((d, y, stratum)))
        names = np.arange(len(data))
    n = names.size
    treated = _of_cluster(d, unit, names, treatment, "treatment") == 1
    of_unit = _of_cluster(stratum, unit, names, strata, "strata").astype(int)
    least = 2 if statistic == "studentised" else 1
    for number in range(of_unit.max() + 1):
        arms = np.bincount(treated[of_unit == number], minlength=2)
        if arms.min() < least:
            where = ""
            if strata is not None:
                label = data[strata].iloc[np.flatnonzero(stratum == number)[:1]]
                where = f" in stratum {_validate.listing(label)} of {strata!r}"
            remedy = ", or use statistic='difference'" if least == 2 else ""
            raise ValueError(
                f"{arms[1]} treated and {arms[0]} untreated unit(s){where}: the "
                f"{statistic} statistic needs {least} of each; join strata{remedy}"
            )
    drawn = Reassignments(
        np.bincount(unit, weights=y, minlength=n).astype(float),
        np.bincount(unit, minlength=n).astype(float),
        treated,
        of_unit,
        n_permutations,
        np.random.default_rng(rng),
    )
    studentised = statistic == "studentised"
    observed, draws = drawn.statistics(0.0, studentised)
    tail = (1 - conf_level) / 2
    table = pd.DataFrame(
        {
            "term": ["effect"],
            "estimate": drawn.difference,
            "std_error": drawn.differences.std(ddof=0),
            "statistic": observed,
            "p_value": min(1.0, 2 * min(drawn.one_sided(0.0, studentised))),
            "conf_low": drawn.limit(-1, tail, studentised),
            "conf_high": drawn.limit(1, tail, studentised),
            "conf_level": conf_level,
        }
    )
    return RandomisationInference(table, draws, statistic, drawn.exact, draws.size)


def _codes(
    data: pd.DataFrame, name: str | None, argument: str
) -> tuple[NDArray[np.intp], Any]:
    """Return each row's place among the sorted values of a column, and these."""
    if name is None:
        return np.zeros(len(data), dtype=np.intp), np.zeros(1)
    values = _columns.complete(data, name, argument)
    return pd.factorize(values, sort=True)


def _names(columns: object, argument: str) -> list[str]:
    """Return names given as a list; one name as text is a common slip."""
    if isinstance(columns, str) or not isinstance(columns, (list, tuple, pd.Index)):
        raise TypeError(
            f"{argument}= takes a list of column names, not {columns!r}; write "
            f"{argument}=[...]"
        )
    names = list(columns)
    twice = sorted({str(name) for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"{argument}= names {_validate.listing(twice)} twice")
    return names


def _of_cluster(
    values: NDArray, cluster: NDArray[np.intp], names: Any, name: Any, argument: str
) -> Array:
    """Return the one value of each cluster."""
    one = np.zeros(len(names))
    one[cluster] = values
    astray = np.unique(cluster[one[cluster] != values])
    if astray.size:
        raise ValueError(
            f"data column {name!r} ({argument}=) differs within {astray.size} "
            f"cluster(s): {_validate.listing(names[astray])}; whole clusters were "
            f"drawn, so it must be the same in all rows of a cluster"
        )
    return one


def _clustered(
    rows: Array,
    y: Array,
    weight: Array,
    cluster: NDArray[np.intp],
    contrasts: Array,
    least: int,
) -> tuple[Array, Array, Array]:
    """
    Return estimates, CR2 errors and degrees of freedom of contrasts (k, q).

    `least` is a lower bound of these, used with very many clusters.
    """
    if np.linalg.matrix_rank(rows) < len(rows):
        raise ValueError(
            "strata= or covariates= repeat one another or the treatment, so effects "
            "cannot be told apart; leave some out"
        )
    largest = int(np.bincount(cluster).max())
    if largest > _LARGEST_CLUSTER:
        raise ValueError(
            f"the largest cluster has {largest} rows, more than {_LARGEST_CLUSTER}; "
            f"average the rows of each cluster first"
        )
    beta = np.linalg.solve((rows * weight) @ rows.T, (rows * weight) @ y)
    vcov, pieces = _inference.bias_reduced(
        rows,
        y - beta @ rows,
        np.ones_like(y),
        weight,
        cluster.astype(np.int32),
        np.eye(len(rows)),
    )
    degrees = np.full(contrasts.shape[1], float(least))
    if cluster.max() < _MANY_CLUSTERS:
        degrees = pieces.degrees_of_freedom(contrasts)
    error = _inference.by_delta(contrasts.T, vcov)
    return beta @ contrasts, _known(error, y), degrees


def _known(error: Array, outcome: Array) -> Array:
    """Return errors, NaN where nothing varies and rounding is all there is."""
    return np.where(error > 1e-12 * np.abs(outcome).max(), error, np.nan)


def cluster_trial(
    data: pd.DataFrame,
    *,
    outcome: str,
    treatment: str,
    cluster: str,
    strata: str | None = None,
    covariates: Sequence[str] = (),
    weight: str | None = None,
    average_over: Literal["people", "clusters"] = "people",
    conf_level: float = 0.95,
) -> pd.DataFrame:
    r"""
    Estimate the effect of a trial in which whole communities were drawn.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per person, no missing values in the columns used.
    outcome : str
        Column of numbers, or true and false.
    treatment : str
        Column of 1 (treated) and 0, the same for all of a cluster.
    cluster : str
        Column of what was drawn as a whole; at least two treated and two not.
    strata : str, optional
        Column of the lists within which was drawn; each gets a level of its own.
    covariates : sequence of str, optional
        Columns of numbers known before the trial. They sharpen the estimate (or, if
        treatment was not drawn at random, adjust it). For categories take
        ``pandas.get_dummies`` first.
    weight : str, optional
        Column of sampling weights, all above zero.
    average_over : {"people", "clusters"}, default "people"
        Whose average effect: every person counts once, or every community does,
        small ones as much as large.
    conf_level : float, default 0.95
        Level of the intervals.

    Returns
    -------
    pandas.DataFrame
        Rows ``"untreated"`` (mean without treatment, at average strata and
        covariates) and ``"effect"``: ``term``, ``estimate``, ``std_error``,
        ``statistic``, ``p_value``, ``conf_low``, ``conf_high``,
        ``degrees_of_freedom``, ``conf_level``, ``n``, ``n_clusters``. Errors are NaN
        where nothing varies between clusters of an arm.

    Raises
    ------
    TypeError
        If `data` is no DataFrame or covariates no list.
    ValueError
        If a column is unknown, has missing values or holds no numbers; if treatment is
        not 0 and 1 or differs within a cluster; if one arm has fewer than two
        clusters; if covariates repeat one another.

    See Also
    --------
    randomisation_inference : A test that needs no standard error.
    trial_power : How many communities such a trial needs.

    Notes
    -----
    Least squares of the outcome on treatment, strata and covariates, over people or
    over cluster means, with CR2 errors and Satterthwaite degrees of freedom [1]_,
    which hold with few clusters. Over clusters, without more, this is the difference
    of two means of clusters with error :math:`\sqrt{s_1^2 / k_1 + s_0^2 / k_0}`. With
    more than 2,000 clusters the degrees of freedom are those of the smaller arm.

    References
    ----------
    .. [1] Pustejovsky, J. E. and Tipton, E. (2018). Small-sample methods for
       cluster-robust variance estimation and hypothesis testing in fixed effects
       models. Journal of Business & Economic Statistics 36(4), 672-683.

    Examples
    --------
    Means of the communities are 1 and 3 without a hall, 4 and 8 with one: the effect
    is 6 - 2, its variance 8 / 2 + 2 / 2.

    >>> people = pd.DataFrame(
    ...     {
    ...         "meetings": [0, 2, 3, 3, 4, 4, 7, 9],
    ...         "hall": [0, 0, 0, 0, 1, 1, 1, 1],
    ...         "community": ["a", "a", "b", "b", "c", "c", "d", "d"],
    ...     }
    ... )
    >>> table = cluster_trial(
    ...     people, outcome="meetings", treatment="hall", cluster="community"
    ... )
    >>> table[["term", "estimate", "std_error", "degrees_of_freedom"]]
            term  estimate  std_error  degrees_of_freedom
    0  untreated       2.0      1.000                 1.0
    1     effect       4.0      2.236                 2.0
    """
    _validate.frame(data)
    _validate.choice(average_over, ("people", "clusters"), "average_over")
    conf_level = _validate.level(conf_level)
    y = _columns.numbers(data, outcome, "outcome").to_numpy()
    d = _event_study.zero_or_one(data, treatment)
    if cluster is None:
        raise TypeError("cluster= is required: name the column of what was drawn")
    unit, names = _codes(data, cluster, "cluster")
    of_unit = _of_cluster(d, unit, names, treatment, "treatment")
    treated, untreated = int(of_unit.sum()), int((of_unit == 0).sum())
    if min(treated, untreated) < 2:
        raise ValueError(
            f"there are {treated} treated and {untreated} untreated cluster(s) of "
            f"{cluster!r}; with one on a side its own luck cannot be told from the "
            f"effect: at least two of each are needed"
        )
    least = min(treated, untreated) - 1
    stratum, found = _codes(data, strata, "strata")
    extra = [(stratum == number).astype(float) for number in range(1, len(found))]
    extra += [
        _columns.numbers(data, name, "covariates").to_numpy()
        for name in _names(covariates, "covariates")
    ]
    sampling = _inference.weight(data, weight)
    w = np.ones(len(data)) if sampling is None else sampling
    rows = np.array([np.ones_like(y), d, *extra])
    if average_over == "clusters":
        size = np.bincount(unit, weights=w)
        y, *means = (
            np.bincount(unit, weights=w * values) / size for values in (y, *rows)
        )
        rows, w, unit = np.array(means), np.ones(size.size), np.arange(size.size)
    rows[2:] -= np.average(rows[2:], axis=1, weights=w)[:, None] if len(extra) else 0
    if names.size <= 1 + len(found) or y.size <= len(rows):
        raise ValueError(
            f"{names.size} clusters are too few for {len(found)} strata, "
            f"{len(extra) + 1 - len(found)} covariate(s) and a treatment; join strata, "
            f"or use fewer covariates"
        )
    estimate, error, degrees = _clustered(
        rows, y, w, unit, np.eye(len(rows))[:, :2], least
    )
    table = _inference.table(
        ["untreated", "effect"], estimate, error, degrees, conf_level
    )
    return table.assign(n=len(data), n_clusters=names.size)


def difference_in_differences(
    data: pd.DataFrame,
    *,
    outcome: str,
    group: str,
    treated: object,
    time: str,
    cluster: str | None = None,
    weight: str | None = None,
    conf_level: float = 0.95,
) -> pd.DataFrame:
    r"""
    Compare how a treated group changed with how others changed.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per person or unit and period, before and after; the same people or
        others. No missing values in the columns used.
    outcome : str
        Column of numbers, or true and false.
    group : str
        Column that says which group a row belongs to, in both periods alike.
    treated : object
        The value of `group` that is treated in the second period; all others are
        compared with.
    time : str
        Column of two numbers, the smaller one before the treatment.
    cluster : str, optional
        Column of what moves together: the unit that is seen twice, or the community
        treated as a whole; two on each side. Default: rows are independent.
    weight : str, optional
        Column of sampling weights, all above zero; needs `cluster`.
    conf_level : float, default 0.95
        Level of the intervals.

    Returns
    -------
    pandas.DataFrame
        Rows ``"change of treated"``, ``"change of others"`` and ``"effect"`` (the
        former less the latter): ``term``, ``estimate``, ``std_error``, ``statistic``,
        ``p_value``, ``conf_low``, ``conf_high``, ``degrees_of_freedom``,
        ``conf_level``, ``n``. Errors are NaN where nothing varies.

    Raises
    ------
    TypeError
        If `data` is no DataFrame.
    ValueError
        If a column is unknown, has missing values or holds no numbers; if time has not
        two values; if `treated` is no value of group, or the only one; if a group is
        not seen in a period, or in too few rows or clusters.

    See Also
    --------
    group_time_effects : More than two periods, or different starts.

    Notes
    -----
    :math:`(\bar y_{11} - \bar y_{10}) - (\bar y_{01} - \bar y_{00})`. It is the effect
    on the treated if without treatment both would have changed alike; two periods
    cannot show whether they would. Errors are CR2 by cluster with Satterthwaite
    degrees of freedom (see :func:`cluster_trial`), without clusters Welch's. With one
    treated place, such as one district, no error is honest unless the places within
    were treated one by one.

    References
    ----------
    .. [1] Angrist, J. D. and Pischke, J.-S. (2009). Mostly Harmless Econometrics.
       Princeton University Press, section 5.2.

    Examples
    --------
    In district J cases resolved go from 62 to 78 per cent, elsewhere from 60 to 68:

    >>> cases = pd.DataFrame(
    ...     {
    ...         "resolved": [61, 63, 77, 79, 59, 61, 67, 69],
    ...         "district": ["J", "J", "J", "J", "K", "K", "L", "L"],
    ...         "year": [1, 1, 2, 2, 1, 1, 2, 2],
    ...     }
    ... )
    >>> table = difference_in_differences(
    ...     cases, outcome="resolved", group="district", treated="J", time="year"
    ... )
    >>> table[["term", "estimate"]]
                    term  estimate
    0  change of treated      16.0
    1   change of others       8.0
    2             effect       8.0
    """
    _validate.frame(data)
    conf_level = _validate.level(conf_level)
    y = _columns.numbers(data, outcome, "outcome").to_numpy()
    belongs = _columns.complete(data, group, "group")
    arm = (belongs == treated).to_numpy().astype(float)
    if arm.min(initial=1) == arm.max(initial=0):
        values = belongs.unique()
        problem = (
            f"has only {treated!r}, so there is nobody to compare with"
            if len(arm) and arm[0] == 1
            else f"has no {treated!r} (treated=){_validate.nearest(treated, values)}; "
            f"it has {_validate.listing(values)}"
        )
        raise ValueError(f"data column {group!r} {problem}")
    when = _columns.numbers(data, time, "time").to_numpy()
    periods = np.unique(when)
    if periods.size != 2:
        raise ValueError(
            f"data column {time!r} (time=) has {periods.size} value(s) "
            f"({_validate.listing(periods)}) but must have two, before and after; "
            f"choose two periods, or use group_time_effects"
        )
    cell = (2 * arm + (when == periods[1])).astype(int)
    unit = np.arange(len(data))
    if cluster is not None:
        unit, _ = _codes(data, cluster, "cluster")
    sizes = np.bincount(cell, minlength=4)
    # What a cell holds of independent things: rows, or clusters.
    seen = np.array([np.unique(unit[cell == number]).size for number in range(4)])
    if seen.min() < 2:
        fewest = int(seen.argmin())
        raise ValueError(
            f"the {['others', 'treated'][fewest // 2]} have {seen[fewest]} "
            f"{'row' if cluster is None else 'cluster'}(s) in period "
            f"{periods[fewest % 2]:g}; with fewer than two their own luck cannot be "
            f"told from change"
        )
    contrasts = np.array([[0, 0, -1, 1], [-1, 1, 0, 0], [1, -1, -1, 1]]).T
    if cluster is None:
        if weight is not None:
            raise ValueError(
                "weight= needs cluster=; for rows drawn one by one name their id"
            )
        means = np.bincount(cell, weights=y) / sizes
        part = np.bincount(cell, weights=np.square(y - means[cell]))
        part = part / (sizes - 1) / sizes
        variance = part @ np.square(contrasts)
        spread = (np.square(part) / (sizes - 1)) @ np.square(contrasts)
        estimate, error = means @ contrasts, _known(np.sqrt(variance), y)
        with np.errstate(divide="ignore", invalid="ignore"):
            degrees = np.square(variance) / spread
    else:
        sampling = _inference.weight(data, weight)
        w = np.ones(len(data)) if sampling is None else sampling
        cells = (cell == np.arange(4)[:, None]).astype(float)
        least = seen.min() - 1
        estimate, error, degrees = _clustered(cells, y, w, unit, contrasts, least)
    terms = ["change of treated", "change of others", "effect"]
    table = _inference.table(terms, estimate, error, degrees, conf_level)
    return table.assign(n=len(data))


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


# --- staggered starts


@dataclass(frozen=True, slots=True)
class GroupTimeEffects:
    """
    Effects by start and period, as returned by :func:`group_time_effects`.

    Attributes
    ----------
    table : pandas.DataFrame
        One row per group of starters and period: ``term``, ``group`` (first treated
        period), ``time``, ``event_time`` (time less group; below zero: before the
        start), ``estimate``, ``std_error``, ``statistic``, ``p_value``,
        ``conf_low``, ``conf_high``, ``conf_level``.
    pre_trends : pandas.DataFrame
        One row: Wald test that all effects before the start (less `anticipation`) are
        zero: ``statistic``, ``degrees_of_freedom``, ``p_value``; NaN where there are
        none, or too few clusters to test so many.
    comparison, base_period : str
        As asked for.
    anticipation : float
        As asked for.
    n : int
        Units used.
    n_dropped : int
        Units left out because they are treated from the first period on.
    n_clusters : int
        Clusters of the units used.
    """

    table: pd.DataFrame
    pre_trends: pd.DataFrame
    comparison: str
    base_period: str
    anticipation: float
    n: int
    n_dropped: int
    n_clusters: int
    _panel: _event_study.Panel = field(repr=False)
    _effects: _event_study.Effects = field(repr=False)


def group_time_effects(
    data: pd.DataFrame,
    *,
    outcome: str,
    treatment: str,
    unit: str,
    time: str,
    cluster: str | None = None,
    covariates: Sequence[str] = (),
    comparison: Comparison = "never_treated",
    anticipation: float = 0,
    base_period: BasePeriod = "varying",
    conf_level: float = 0.95,
) -> GroupTimeEffects:
    r"""
    Estimate the effect on each group of starters in each period.

    Units that start in the same period are a group. Each group is compared, one
    period at a time, with units that are not treated, never with units already
    treated, so the estimates stay right when effects grow or differ between groups.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per unit and period, every unit in every period, no missing values.
    outcome : str
        Column of numbers, or true and false.
    treatment : str
        Column of 1 from the period in which the unit starts, and 0 before.
    unit, time : str
        Columns of the unit and of the period, a number that rises by one from period
        to period (1, 2, 3; codes such as 20251 after 20244 would count as 7 later).
    cluster : str, optional
        Column of what was treated as a whole, such as the sub-district. Default: the
        unit. Each group, and those compared with, hold at least two.
    covariates : sequence of str, optional
        Columns of numbers, the same in all periods of a unit. Trends then have to be
        parallel only among units alike in these (doubly robust estimator [2]_).
    comparison : {"never_treated", "not_yet_treated"}, default "never_treated"
        With whom to compare: units never treated, or also those that start later. If
        no unit is never treated, the latter uses the last group until it starts.
    anticipation : float, default 0
        How long before the start units may already react.
    base_period : {"varying", "universal"}, default "varying"
        Before the start, compare each period with the one before it ("varying":
        estimates are pseudo-effects of one period) or with the last untouched period
        ("universal": estimates lie on one line with those after the start, and that
        period is 0). After the start both compare with the last untouched period.
    conf_level : float, default 0.95
        Level of the intervals.

    Returns
    -------
    GroupTimeEffects
        The table, a test of trends before the start, and what
        :func:`aggregate_effects` needs.

    Raises
    ------
    TypeError
        If `data` is no DataFrame or covariates no list.
    ValueError
        If a column is unknown, has missing values or holds no numbers; a unit has two
        rows in a period, or none, or leaves treatment; nobody is left to compare
        with; a group or its comparison has one unit or cluster; covariates change
        over time, repeat one another or predict treatment for certain.

    See Also
    --------
    aggregate_effects : Averages of these effects.
    event_study : Effects by time since the start, in one call.
    two_way_fixed_effects : The regression that this replaces.

    Notes
    -----
    For group g in period t with base period b (the last before g less anticipation)
    and untreated units C,

    .. math:: ATT(g, t) = E[Y_t - Y_b \mid G = g] - E[Y_t - Y_b \mid C],

    the effect on the treated if the trends of both would have been parallel [1]_.
    Errors come from influence functions summed by cluster, without a small-sample
    factor; with fewer than about 40 clusters they are too small. Units that are
    treated from the first period on (or within `anticipation` of it) are left out and
    counted.

    References
    ----------
    .. [1] Callaway, B. and Sant'Anna, P. H. C. (2021). Difference-in-differences with
       multiple time periods. Journal of Econometrics 225(2), 200-230.
    .. [2] Sant'Anna, P. H. C. and Zhao, J. (2020). Doubly robust
       difference-in-differences estimators. Journal of Econometrics 219(1), 101-122.

    Examples
    --------
    Two communities get a hall in quarter 2 and two in quarter 3; two never do. All
    gain 1 each quarter, a hall adds 2 in its first quarter and 4 from the second:

    >>> rows = []
    >>> for unit, start in zip("abcdef", [2, 2, 3, 3, 9, 9]):
    ...     for quarter in (1, 2, 3):
    ...         gain = {0: 2, 1: 4}.get(quarter - start, 0)
    ...         rows.append((unit, quarter, int(quarter >= start), quarter + gain))
    >>> panel = pd.DataFrame(rows, columns=["place", "quarter", "hall", "meetings"])
    >>> columns = {"outcome": "meetings", "treatment": "hall"}
    >>> effects = group_time_effects(panel, unit="place", time="quarter", **columns)
    >>> effects.table[["group", "time", "event_time", "estimate"]]
       group  time  event_time  estimate
    0    2.0   2.0         0.0       2.0
    1    2.0   3.0         1.0       4.0
    2    3.0   2.0        -1.0       0.0
    3    3.0   3.0         0.0       2.0
    """
    _validate.choice(comparison, ("never_treated", "not_yet_treated"), "comparison")
    _validate.choice(base_period, ("varying", "universal"), "base_period")
    anticipation = _validate.between(anticipation, 0, np.inf, "anticipation=")
    conf_level = _validate.level(conf_level)
    everyone = _event_study.read_panel(
        data,
        outcome=outcome,
        treatment=treatment,
        unit=unit,
        time=time,
        cluster=cluster,
        covariates=_names(covariates, "covariates"),
    )
    panel = _event_study.comparison_panel(everyone, comparison, anticipation)
    effects = _event_study.group_time(panel, comparison, anticipation, base_period)
    terms = [
        f"start {group:g}, time {time:g}"
        for group, time in zip(effects.group, effects.time, strict=True)
    ]
    sums = _event_study.by_cluster(effects.influence, panel.cluster)
    table = _effect_table(terms, effects.estimate, sums, panel.outcome, conf_level)
    table.insert(1, "group", effects.group)
    table.insert(2, "time", effects.time)
    table.insert(3, "event_time", effects.time - effects.group)
    before = effects.time < effects.group - anticipation
    return GroupTimeEffects(
        table=table,
        pre_trends=_pre_trends(effects.estimate[before], sums[:, before]),
        comparison=comparison,
        base_period=base_period,
        anticipation=anticipation,
        n=panel.start.size,
        n_dropped=everyone.start.size - panel.start.size,
        n_clusters=len(sums),
        _panel=panel,
        _effects=effects,
    )


def _effect_table(
    terms: Sequence[str],
    estimate: Array,
    sums: Array,
    outcome: Array,
    conf_level: float,
) -> pd.DataFrame:
    """Return the usual table; what is zero by definition has no error."""
    error = _known(np.sqrt(np.square(sums).sum(axis=0)), outcome)
    table = _inference.table(terms, estimate, error, conf_level=conf_level)
    return table.drop(columns="degrees_of_freedom")


def _pre_trends(estimate: Array, sums: Array) -> pd.DataFrame:
    """Return the Wald test that these effects are all zero."""
    tested = np.any(sums != 0, axis=0)
    sums, estimate = sums[:, tested], estimate[tested]
    statistic = p_value = np.nan
    degrees = int(tested.sum())
    if degrees and np.linalg.matrix_rank(sums) == degrees:
        statistic = float(estimate @ np.linalg.solve(sums.T @ sums, estimate))
        p_value = float(stats.chi2.sf(statistic, degrees))
    return pd.DataFrame(
        {
            "term": ["effects before the start"],
            "statistic": statistic,
            "degrees_of_freedom": degrees,
            "p_value": p_value,
        }
    )


def aggregate_effects(
    effects: GroupTimeEffects,
    *,
    by: By = "simple",
    n_resamples: int = 0,
    conf_level: float = 0.95,
    rng: resample.Rng = None,
) -> pd.DataFrame:
    r"""
    Average effects by time since the start, by group, by period, or over all.

    Parameters
    ----------
    effects : GroupTimeEffects
        From :func:`group_time_effects`.
    by : {"simple", "dynamic", "group", "calendar"}, default "simple"
        ``"simple"``: all effects after the start, groups by their size.
        ``"dynamic"``: by time since the start (the event study). ``"group"``: by
        group of starters, over their treated periods. ``"calendar"``: by period, over
        groups that have started.
    n_resamples : int, default 0
        Draws for a simultaneous band, at least 2 (999 are usual); 0: no band.
    conf_level : float, default 0.95
        Level of intervals and band.
    rng : int or numpy.random.Generator, optional
        Given to :func:`numpy.random.default_rng`; for the band only.

    Returns
    -------
    pandas.DataFrame
        First row ``"overall"``, then one per label, which is also in the column
        ``event_time``, ``group`` or ``time``; ``estimate``, ``std_error``,
        ``statistic``, ``p_value``, ``conf_low``, ``conf_high``, ``conf_level``; with
        a band ``band_low`` and ``band_high``, which hold all rows but the first at
        once. The overall row averages over those after the start: by time since
        start and by period all count the same, by group their size counts.

    Raises
    ------
    TypeError
        If `effects` is something else.
    ValueError
        If an argument has no such value.

    See Also
    --------
    group_time_effects : The effects that are averaged.

    Notes
    -----
    The averages of section 3 of [1]_; that group sizes are estimated enters their
    errors. The event study averages over other groups at each time since the start:
    late times show early starters only. The band is as many errors wide as the
    largest of the estimates needs, found by giving each cluster's influence a random
    sign (multiplier bootstrap).

    References
    ----------
    .. [1] Callaway, B. and Sant'Anna, P. H. C. (2021). Difference-in-differences with
       multiple time periods. Journal of Econometrics 225(2), 200-230.

    Examples
    --------
    Halls add 2 in their first quarter and 4 from the second; half of them are seen
    for two quarters. The simple average is (2 + 4 + 2) / 3:

    >>> rows = []
    >>> for unit, start in zip("abcdef", [2, 2, 3, 3, 9, 9]):
    ...     for quarter in (1, 2, 3):
    ...         gain = {0: 2, 1: 4}.get(quarter - start, 0)
    ...         rows.append((unit, quarter, int(quarter >= start), quarter + gain))
    >>> panel = pd.DataFrame(rows, columns=["place", "quarter", "hall", "meetings"])
    >>> columns = {"outcome": "meetings", "treatment": "hall"}
    >>> effects = group_time_effects(panel, unit="place", time="quarter", **columns)
    >>> aggregate_effects(effects)[["term", "estimate"]]
          term  estimate
    0  overall     2.667
    >>> aggregate_effects(effects, by="dynamic")[["event_time", "estimate"]]
       event_time  estimate
    0         NaN       3.0
    1        -1.0       0.0
    2         0.0       2.0
    3         1.0       4.0
    """
    if not isinstance(effects, GroupTimeEffects):
        raise TypeError(
            f"effects must come from group_time_effects, not {type(effects).__name__}"
        )
    _validate.choice(by, ("simple", "dynamic", "group", "calendar"), "by")
    n_resamples = _validate.count(n_resamples, "n_resamples", 0)
    conf_level = _validate.level(conf_level)
    panel = effects._panel
    labels, values, influence, overall, part = _event_study.averages(
        panel, effects._effects, by
    )
    words = {"dynamic": "event_time", "group": "group", "calendar": "time"}
    sums = _event_study.by_cluster(np.column_stack([part, influence]), panel.cluster)
    name = words.get(by, "")
    terms = ["overall", *(f"{name.replace('_', ' ')} {label:g}" for label in labels)]
    table = _effect_table(
        terms, np.array([overall, *values]), sums, panel.outcome, conf_level
    )
    if name:
        table.insert(1, name, [np.nan, *labels])
    if n_resamples and name:
        wide = _event_study.uniform_critical_value(
            sums[:, 1:], conf_level, n_resamples, np.random.default_rng(rng)
        )
        error = table["std_error"].where(table["term"] != "overall")
        table["band_low"] = table["estimate"] - wide * error
        table["band_high"] = table["estimate"] + wide * error
    return table


def event_study(
    data: pd.DataFrame,
    *,
    outcome: str,
    treatment: str,
    unit: str,
    time: str,
    cluster: str | None = None,
    covariates: Sequence[str] = (),
    comparison: Comparison = "never_treated",
    anticipation: float = 0,
    base_period: BasePeriod = "universal",
    n_resamples: int = 0,
    conf_level: float = 0.95,
    rng: resample.Rng = None,
) -> pd.DataFrame:
    """
    Follow the effect from before the start to long after it.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per unit and period, every unit in every period, no missing values.
    outcome : str
        Column of numbers, or true and false.
    treatment : str
        Column of 1 from the period in which the unit starts, and 0 before.
    unit, time : str
        Columns of the unit and of the period, a number that rises by one from period
        to period (1, 2, 3; codes such as 20251 after 20244 would count as 7 later).
    cluster : str, optional
        Column of what was treated as a whole. Default: the unit.
    covariates : sequence of str, optional
        Columns of numbers, the same in all periods of a unit.
    comparison : {"never_treated", "not_yet_treated"}, default "never_treated"
        With whom to compare.
    anticipation : float, default 0
        How long before the start units may already react.
    base_period : {"universal", "varying"}, default "universal"
        Before the start, compare with the last untouched period, whose estimate is 0
        by definition, or each period with the one before it.
    n_resamples : int, default 0
        Draws for a simultaneous band (999 are usual); 0: no band.
    conf_level : float, default 0.95
        Level of intervals and band.
    rng : int or numpy.random.Generator, optional
        Given to :func:`numpy.random.default_rng`; for the band only.

    Returns
    -------
    pandas.DataFrame
        One row per time since the start: ``term``, ``event_time``, ``estimate``,
        ``std_error``, ``statistic``, ``p_value``, ``conf_low``, ``conf_high``,
        ``conf_level``, with a band ``band_low`` and ``band_high``. Rows below zero
        show whether trends were parallel before.

    Raises
    ------
    TypeError
        As :func:`group_time_effects`.
    ValueError
        As :func:`group_time_effects`.

    See Also
    --------
    group_time_effects : What is averaged here, with a test of the trends before.
    aggregate_effects : Other averages of the same effects.

    Notes
    -----
    :func:`group_time_effects`, then :func:`aggregate_effects` with ``by="dynamic"``,
    less its overall row. Flat trends before the start make parallel trends after it
    credible; they do not prove them, and with few units they may only be noise.

    References
    ----------
    .. [1] Callaway, B. and Sant'Anna, P. H. C. (2021). Difference-in-differences with
       multiple time periods. Journal of Econometrics 225(2), 200-230.

    Examples
    --------
    >>> rows = []
    >>> for unit, start in zip("abcdef", [2, 2, 3, 3, 9, 9]):
    ...     for quarter in (1, 2, 3):
    ...         gain = {0: 2, 1: 4}.get(quarter - start, 0)
    ...         rows.append((unit, quarter, int(quarter >= start), quarter + gain))
    >>> panel = pd.DataFrame(rows, columns=["place", "quarter", "hall", "meetings"])
    >>> columns = {"outcome": "meetings", "treatment": "hall"}
    >>> table = event_study(panel, unit="place", time="quarter", **columns)
    >>> table[["event_time", "estimate"]]
       event_time  estimate
    0        -2.0       0.0
    1        -1.0       0.0
    2         0.0       2.0
    3         1.0       4.0
    """
    effects = group_time_effects(
        data,
        outcome=outcome,
        treatment=treatment,
        unit=unit,
        time=time,
        cluster=cluster,
        covariates=covariates,
        comparison=comparison,
        anticipation=anticipation,
        base_period=base_period,
        conf_level=conf_level,
    )
    table = aggregate_effects(
        effects, by="dynamic", n_resamples=n_resamples, conf_level=conf_level, rng=rng
    )
    return table[table["term"] != "overall"].reset_index(drop=True)


@dataclass(frozen=True, slots=True)
class TwoWayFixedEffects:
    """
    Two-way fixed effects and what they average, see :func:`two_way_fixed_effects`.

    Attributes
    ----------
    table : pandas.DataFrame
        One row: ``term``, ``estimate``, ``std_error``, ``statistic``, ``p_value``,
        ``conf_low``, ``conf_high``, ``degrees_of_freedom``, ``conf_level``.
    weights : pandas.DataFrame
        ``group`` (first treated period), ``time``, ``weight``: how much the effect on
        each group in each treated period counts; the weights add up to one, and may
        be negative.
    comparisons : pandas.DataFrame
        ``comparison`` (kind), ``group`` (those whose treatment changes),
        ``compared_with`` (start of those whose treatment does not change; infinite:
        never), ``estimate``, ``weight``: the comparisons of two groups that the
        estimate averages.
    negative_share : float
        Share of treated unit-periods whose effect counts negatively.
    small_sample : str
        The small-sample factor in words, with its value.
    n, n_clusters : int
        Rows and clusters.
    """

    table: pd.DataFrame
    weights: pd.DataFrame
    comparisons: pd.DataFrame
    negative_share: float
    small_sample: str
    n: int
    n_clusters: int


def two_way_fixed_effects(
    data: pd.DataFrame,
    *,
    outcome: str,
    treatment: str,
    unit: str,
    time: str,
    cluster: str | None = None,
    conf_level: float = 0.95,
) -> TwoWayFixedEffects:
    r"""
    Regress on treatment, units and periods, and show what that averages.

    Where all start together this is the difference in differences. Where starts are
    staggered and effects grow it is biased, and may have the wrong sign: use it to
    see why, and :func:`group_time_effects` for the answer.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per unit and period, every unit in every period, no missing values.
    outcome : str
        Column of numbers, or true and false.
    treatment : str
        Column of 1 from the period in which the unit starts, and 0 before.
    unit, time : str
        Columns of the unit and of the period, a number that rises by one from period
        to period (1, 2, 3; codes such as 20251 after 20244 would count as 7 later).
    cluster : str, optional
        Column of what was treated as a whole; units lie in one cluster each. Default:
        the unit.
    conf_level : float, default 0.95
        Level of the interval.

    Returns
    -------
    TwoWayFixedEffects
        The estimate, the weights of the effects and the comparisons behind it.

    Raises
    ------
    TypeError
        If `data` is no DataFrame.
    ValueError
        If a column is unknown, has missing values or holds no numbers; a unit has two
        rows in a period, or none, or leaves treatment; treatment changes for all in
        the same period; all units that start lie in one cluster.

    See Also
    --------
    group_time_effects : Compares with untreated units only.

    Notes
    -----
    With :math:`	ilde D_{it}` what units and periods leave of treatment, the
    estimate is :math:`\sum 	ilde D Y / \sum 	ilde D^2`. If trends are parallel it
    is a sum of the effects on the treated with weights :math:`	ilde D_{it} / \sum_{D
    = 1} 	ilde D` [1]_; those of early starters in late periods can be negative. It is
    also an average of all comparisons of two groups, among them of later starters
    with those already treated, whose growing effect is then taken off [2]_.
    Errors are CR1, :math:`G / (G - 1) \cdot (n - 1) / (n - k)` with k counting
    treatment and periods but not units, which lie within clusters.

    References
    ----------
    .. [1] de Chaisemartin, C. and D'Haultfoeuille, X. (2020). Two-way fixed effects
       estimators with heterogeneous treatment effects. American Economic Review
       110(9), 2964-2996.
    .. [2] Goodman-Bacon, A. (2021). Difference-in-differences with variation in
       treatment timing. Journal of Econometrics 225(2), 254-277.

    Examples
    --------
    One unit starts in quarter 2 and its effect grows from 1 to 5; the other starts in
    quarter 3 with an effect of 1. No effect is below 1, but the estimate is negative:

    >>> panel = pd.DataFrame(
    ...     {
    ...         "place": ["a"] * 3 + ["b"] * 3,
    ...         "quarter": [1, 2, 3] * 2,
    ...         "hall": [0, 1, 1, 0, 0, 1],
    ...         "meetings": [0, 1, 5, 0, 0, 1],
    ...     }
    ... )
    >>> columns = {"outcome": "meetings", "treatment": "hall"}
    >>> fitted = two_way_fixed_effects(panel, unit="place", time="quarter", **columns)
    >>> fitted.table[["term", "estimate"]]
         term  estimate
    0  effect      -1.0
    >>> fitted.weights
       group  time  weight
    0    2.0   2.0     1.0
    1    2.0   3.0    -0.5
    2    3.0   3.0     0.5
    """
    conf_level = _validate.level(conf_level)
    panel = _event_study.read_panel(
        data,
        outcome=outcome,
        treatment=treatment,
        unit=unit,
        time=time,
        cluster=cluster,
        covariates=[],
    )
    d = panel.treatment()
    rest = _event_study.demeaned(d)
    if np.abs(rest).max() < 1e-9:
        raise ValueError(
            f"{treatment!r} changes for no unit, or for all in the same period, so "
            f"its effect cannot be told from those of units and periods; add units "
            f"that start in another period or never"
        )
    clusters = int(panel.cluster.max()) + 1
    changing = d.min(axis=1) != d.max(axis=1)
    if np.unique(panel.cluster[changing]).size < 2:
        raise ValueError(
            f"all units whose treatment changes lie in one cluster of "
            f"{cluster or unit!r}, whose own luck cannot be told from the effect; at "
            f"least two are needed"
        )
    bread = np.square(rest).sum()
    estimate = (rest * panel.outcome).sum() / bread
    left = _event_study.demeaned(panel.outcome) - estimate * rest
    score = np.bincount(panel.cluster, weights=(rest * left).sum(axis=1))
    n, k = d.size, 1 + panel.times.size
    factor = clusters / (clusters - 1) * (n - 1) / (n - k)
    error = _known(np.sqrt(factor * np.square(score).sum()) / bread, panel.outcome)
    groups = panel.groups()
    of_group = np.array([rest[panel.start == g].sum(axis=0) for g in groups])
    g, t = np.nonzero(groups[:, None] <= panel.times)
    weights = pd.DataFrame(
        {
            "group": groups[g],
            "time": panel.times[t],
            "weight": of_group[g, t] / of_group[g, t].sum(),
        }
    )
    return TwoWayFixedEffects(
        table=_inference.table(["effect"], [estimate], error, clusters - 1, conf_level),
        weights=weights,
        comparisons=_event_study.two_by_two_parts(panel),
        negative_share=float((rest[d == 1] < -1e-12).mean()),
        small_sample=f"G/(G-1) * (n-1)/(n-k) = {factor:.6g}",
        n=n,
        n_clusters=clusters,
    )


# --- paths of effects


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
    belonging by :math:`.3 / (1 - .4 	imes .5) = .375` in the end: *total* finds this,
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
    between = _names(mediators, "mediators")
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
    x = _names(covariates, "covariates")
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


# --- scales


def reverse_code(
    data: pd.DataFrame, *, items: Sequence[str], limits: tuple[float, float]
) -> pd.DataFrame:
    """
    Turn answers to items that are worded the other way round.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per person. It is not changed.
    items : sequence of str
        Columns of the items to turn. Missing answers stay missing.
    limits : tuple of float
        Lowest and highest answer possible, such as ``(1, 5)``.

    Returns
    -------
    pandas.DataFrame
        Like `data`, with these items as floats: low + high - answer.

    Raises
    ------
    TypeError
        If `data` is no DataFrame or items no list.
    ValueError
        If an item is unknown or an answer lies outside the scale.

    See Also
    --------
    scale_scores : Turns items and averages them.

    Notes
    -----
    An item that is turned twice, or not at all, lowers the reliability of the scale;
    look at the correlations of items before and after.

    References
    ----------
    .. [1] DeVellis, R. F. (2017). Scale Development: Theory and Applications. Fourth
       edition. Sage, chapter 5.

    Examples
    --------
    >>> answers = pd.DataFrame({"belong": [5, 1], "would_move_out": [2, 4]})
    >>> reverse_code(answers, items=["would_move_out"], limits=(1, 5))
       belong  would_move_out
    0       5             4.0
    1       1             2.0
    """
    answers, low, high = _answers(data, items, limits)
    return data.assign(**{name: low + high - answers[name] for name in answers})


def _answers(
    data: pd.DataFrame, items: object, limits: tuple[float, float]
) -> tuple[pd.DataFrame, float, float]:
    """Return items as floats, missing ones as NaN, and the limits they keep to."""
    _validate.frame(data)
    names = _names(items, "items")
    if not names:
        raise ValueError("items= is empty; name the columns of the scale")
    if not isinstance(limits, (tuple, list)) or len(limits) != 2:
        raise TypeError(f"limits= takes two numbers, such as (1, 5), not {limits!r}")
    low, high = (_validate.between(end, -np.inf, np.inf, "limits=") for end in limits)
    if low >= high:
        raise ValueError(f"limits= must rise, not go from {low:g} to {high:g}")
    out = {}
    for name in names:
        values = _validate.numeric(_validate.column(data, name, "items"))
        off = values[(values < low) | (values > high)]
        if len(off):
            raise ValueError(
                f"data column {name!r} (items=) has {len(off)} answer(s) outside "
                f"limits= {low:g} to {high:g}: {_validate.listing(off.unique())} in "
                f"row(s) {_validate.listing(off.index)}; codes such as -8 or 99 mean "
                f"no answer: set them to missing"
            )
        out[name] = values
    return pd.DataFrame(out, index=data.index), low, high


def scale_scores(
    data: pd.DataFrame,
    *,
    items: Sequence[str],
    limits: tuple[float, float],
    reverse: Sequence[str] = (),
    least_answered: int | None = None,
) -> pd.Series:
    """
    Average the items of a scale, person by person.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per person.
    items : sequence of str
        Columns of all items of the scale, as they were answered.
    limits : tuple of float
        Lowest and highest answer possible, such as ``(1, 5)``.
    reverse : sequence of str, optional
        Those of the items that are worded the other way round.
    least_answered : int, optional
        Average over the answered items of people who answered at least so many; the
        others get NaN. Default: a missing answer is an error.

    Returns
    -------
    pandas.Series
        Called ``"score"``, between the limits, with the index of `data`.

    Raises
    ------
    TypeError
        If `data` is no DataFrame, or items or reverse no list.
    ValueError
        If an item is unknown or missing an answer, an answer lies outside the scale,
        a reversed item is none of the items, or `least_answered` is more than there
        are.

    See Also
    --------
    acquiescence : Scores of those who agree with everything.

    Notes
    -----
    The mean of the answers after turning reversed ones to low + high - answer. A mean
    keeps the units of the answers, a sum does not.

    References
    ----------
    .. [1] DeVellis, R. F. (2017). Scale Development: Theory and Applications. Fourth
       edition. Sage, chapter 5.

    Examples
    --------
    >>> answers = pd.DataFrame({"belong": [5, 1], "would_move_out": [2, 4]})
    >>> items = ["belong", "would_move_out"]
    >>> scale_scores(answers, items=items, limits=(1, 5), reverse=["would_move_out"])
    0    4.5
    1    1.5
    Name: score, dtype: float64
    """
    answers, low, high = _answers(data, items, limits)
    turned = _names(reverse, "reverse")
    for name in turned:
        _validate.choice(name, list(answers), "reverse")
    answers[turned] = low + high - answers[turned]
    if least_answered is None:
        for name in answers:
            _validate.complete(answers[name])
    else:
        least = _validate.count(least_answered, "least_answered")
        if least > answers.shape[1]:
            raise ValueError(
                f"least_answered={least} is more than the {answers.shape[1]} items"
            )
        answers = answers.where(answers.notna().sum(axis=1) >= least)
    return answers.mean(axis=1).rename("score")


def acquiescence(
    data: pd.DataFrame,
    *,
    items: Sequence[str],
    reverse: Sequence[str],
    limits: tuple[float, float],
) -> pd.DataFrame:
    r"""
    Measure who agrees with everything, and take it off the score.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per person, no missing answers.
    items : sequence of str
        Columns of all items of the scale, as they were answered.
    reverse : sequence of str
        Those of the items that are worded the other way round: at least one, and not
        all.
    limits : tuple of float
        Lowest and highest answer possible, such as ``(1, 5)``.

    Returns
    -------
    pandas.DataFrame
        Per person: ``score`` (as :func:`scale_scores`), ``acquiescence`` (above zero:
        agrees whatever is asked; in answer steps) and ``corrected_score``.

    Raises
    ------
    TypeError
        If `data` is no DataFrame, or items or reverse no list.
    ValueError
        If an item is unknown or missing an answer, an answer lies outside the scale,
        or no item, or every item, is reversed.

    See Also
    --------
    scale_scores : The score without correction.

    Notes
    -----
    With :math:`P` and :math:`N` a person's mean answers to items worded one way and
    the other, both as answered, and :math:`m` the middle of the scale, agreement is
    :math:`(P + N) / 2 - m` and the corrected score :math:`m + (P - N) / 2` [1]_: both
    wordings count the same. Where as many items are worded either way, score and
    corrected score are equal: a balanced scale needs no correction. It holds as far
    as the two halves are equally strong statements of one attitude.

    References
    ----------
    .. [1] Soto, C. J., John, O. P., Gosling, S. D. and Potter, J. (2008). The
       developmental psychometrics of Big Five self-reports. Journal of Personality and
       Social Psychology 94(4), 718-737.

    Examples
    --------
    The first person agrees with all three statements, though the third says the
    opposite of the others:

    >>> answers = pd.DataFrame(
    ...     {"belong": [5, 4], "friends": [5, 4], "would_move_out": [5, 2]}
    ... )
    >>> items = ["belong", "friends", "would_move_out"]
    >>> acquiescence(answers, items=items, reverse=["would_move_out"], limits=(1, 5))
       score  acquiescence  corrected_score
    0  3.667           2.0              3.0
    1  4.000           0.0              4.0
    """
    score = scale_scores(data, items=items, limits=limits, reverse=reverse)
    answers, low, high = _answers(data, items, limits)
    turned = answers.columns.isin(list(reverse))
    if turned.all() or not turned.any():
        raise ValueError(
            "reverse= must name some of the items and leave some: agreement with "
            "everything shows only where statements contradict one another"
        )
    one = answers.loc[:, ~turned].mean(axis=1)
    other = answers.loc[:, turned].mean(axis=1)
    middle = (low + high) / 2
    return pd.DataFrame(
        {
            "score": score,
            "acquiescence": (one + other) / 2 - middle,
            "corrected_score": middle + (one - other) / 2,
        }
    )
