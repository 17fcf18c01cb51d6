"""Estimates of trials and of two periods, with errors that know of clusters."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd

from govlib import _columns, _event_study, _inference, _validate
from govlib.evaluation._shared import clustered, codes, known, names_of, of_cluster


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
    unit, names = codes(data, cluster, "cluster")
    of_unit = of_cluster(d, unit, names, treatment, "treatment")
    treated, untreated = int(of_unit.sum()), int((of_unit == 0).sum())
    if min(treated, untreated) < 2:
        raise ValueError(
            f"there are {treated} treated and {untreated} untreated cluster(s) of "
            f"{cluster!r}; with one on a side its own luck cannot be told from the "
            f"effect: at least two of each are needed"
        )
    least = min(treated, untreated) - 1
    stratum, found = codes(data, strata, "strata")
    extra = [(stratum == number).astype(float) for number in range(1, len(found))]
    extra += [
        _columns.numbers(data, name, "covariates").to_numpy()
        for name in names_of(covariates, "covariates")
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
    estimate, error, degrees = clustered(
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
        unit, _ = codes(data, cluster, "cluster")
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
        estimate, error = means @ contrasts, known(np.sqrt(variance), y)
        with np.errstate(divide="ignore", invalid="ignore"):
            degrees = np.square(variance) / spread
    else:
        sampling = _inference.weight(data, weight)
        w = np.ones(len(data)) if sampling is None else sampling
        cells = (cell == np.arange(4)[:, None]).astype(float)
        least = seen.min() - 1
        estimate, error, degrees = clustered(cells, y, w, unit, contrasts, least)
    terms = ["change of treated", "change of others", "effect"]
    table = _inference.table(terms, estimate, error, degrees, conf_level)
    return table.assign(n=len(data))
