"""How far apart age groups are in the use of a platform, on two scales."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from govlib import _columns, _inference, _validate
from govlib.digital import _reporting

Array = NDArray[np.float64]


def age_gap(
    data: pd.DataFrame,
    *,
    used: str,
    of: str | None = None,
    group: str,
    by: str | None = None,
    weight: str | None = None,
    cluster: str | None = None,
    strata: str | None = None,
    conf_level: float = 0.95,
) -> pd.DataFrame:
    r"""
    Compare the share who use a service between two age groups, on two scales.

    A platform can widen the gap in points and narrow it as a ratio at the same time.
    Neither is wrong: whoever reports one scale alone has chosen the answer.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per person, or per group with counts.
    used : str
        Column of true and false, or with `of` a count: problems reported.
    of : str, optional
        Column with what `used` is a part of: problems in all. One each by default.
    group : str
        Column with two groups; the second in order (the old) is compared with the
        first.
    by : str, optional
        Column with two settings, such as without and with a platform. The gaps of
        either are given, and how they change from the first to the second.
    weight, cluster, strata : str, optional
        Columns of sampling weights, of what was drawn or assigned together, and of
        the strata.
    conf_level : float, default 0.95
        Level of the intervals.

    Returns
    -------
    pandas.DataFrame
        Rows (per setting): ``"share"`` of each group, named in the column of groups;
        ``"difference"``, the first group's share less the second's, in points; and
        ``"ratio"``, the first over the second. With `by`, two more rows whose setting
        is ``"change"``: ``"difference"`` is the change of the differences, ``"ratio"``
        the ratio of the ratios (below 1: a narrower gap). ``estimate``,
        ``std_error``, ``statistic``, ``p_value`` (differences against 0, ratios
        against 1), ``conf_low``, ``conf_high``, ``degrees_of_freedom``,
        ``conf_level``. Shares have no test. A ratio over a share of zero is infinite
        and has no interval.

    Raises
    ------
    TypeError
        If `data` is no DataFrame.
    ValueError
        If a column is unknown, has missing values or a wrong kind; more is used than
        there is; there are not exactly two groups and two settings; a group has
        nothing to report, so that it has no share.

    See Also
    --------
    oaxaca : What a gap is made of.

    Notes
    -----
    Errors are linearised jointly over the whole sample [1]_; intervals of shares are
    symmetric in log odds, those of ratios on the log scale. A setting has as many
    degrees of freedom as clusters that have it, less their strata; the change has those
    of all clusters.

    References
    ----------
    .. [1] Binder, D. A. (1983). On the variances of asymptotically normal estimators
       from complex surveys. International Statistical Review 51, 279-292.

    Examples
    --------
    Without a platform 40 and 20 of 100 problems are reported, with it 60 and 36. The
    gap grows by 4 points, and shrinks from 2 times to 1.67 times:

    >>> from govlib import digital
    >>> use = pd.DataFrame(
    ...     {
    ...         "platform": ["no", "no", "yes", "yes"] * 2,
    ...         "age": ["18-59", "60+"] * 4,
    ...         "reported": [20, 10, 30, 18] * 2,
    ...         "problems": [50] * 8,
    ...     }
    ... )
    >>> gaps = digital.age_gap(
    ...     use, used="reported", of="problems", group="age", by="platform"
    ... )
    >>> gaps.loc[gaps["term"] != "share", ["platform", "term", "estimate"]].round(2)
      platform        term  estimate
    2       no  difference      0.20
    3       no       ratio      2.00
    6      yes  difference      0.24
    7      yes       ratio      1.67
    8   change  difference      0.04
    9   change       ratio      0.83
    """
    if _validate.frame(data).empty:
        raise ValueError("data has no rows, so there is nothing to measure")
    conf_level = _validate.level(conf_level)
    if of is None:
        part = _columns.flags(data, used, "used").astype(float)
        whole = np.ones(len(data))
    else:
        whole, part = _reporting.problems_and_reports(data, of, used)
    w = _inference.weight_or_one(data, weight)
    sample = _inference.sample(data, cluster=cluster, strata=strata)
    ages = _two(data, group, "group")
    settings = [(None, np.ones(len(data), dtype=bool))]
    if by is not None:
        settings = _two(data, by, "by")
    shares, influence = [], []
    for setting, inside in settings:
        for age, members in ages:
            here = w * (members & inside)
            if not (here * whole).any():
                where = "" if by is None else f" where {by!r} is {setting!r}"
                raise ValueError(
                    f"group {age!r} of {group!r} has nothing to report{where}, so it "
                    f"has no share; merge groups or drop the setting"
                )
            share = here @ part / (here @ whole)
            shares.append(share)
            influence.append(here * (part - share * whole) / (here @ whole))
    vcov = _inference.linearised(sample, np.array(influence))
    rows = _rows(np.array(shares), [name for name, _ in ages])
    names = [name for name, _ in settings] + ["change"]
    gradients = np.array([row[3] for row in rows])
    is_ratio = np.array([row[1] == "ratio" for row in rows])
    estimates = np.array([row[2] for row in rows])
    # The gradient of a ratio is that of its logarithm.
    with np.errstate(invalid="ignore"):
        errors = np.where(is_ratio, estimates, 1) * _inference.by_delta(
            np.nan_to_num(gradients, posinf=0, neginf=0), vcov
        )
    # A setting rests on the clusters that have it; the change between two on all.
    within = [_inference.degrees_in(sample, inside) for _, inside in settings]
    everywhere = _inference.degrees_in(sample, np.ones(len(data), dtype=bool))
    degrees = np.array([*np.repeat(within, 4), everywhere, everywhere][: len(rows)])
    table = _inference.table(
        [row[1] for row in rows], estimates, errors, degrees, conf_level, ratio=is_ratio
    )
    unknown = ~np.isfinite(gradients).all(axis=1)
    columns = ["std_error", "statistic", "p_value", "conf_low", "conf_high"]
    table.loc[unknown, columns] = np.nan
    is_share = table["term"] == "share"
    table.loc[is_share, ["statistic", "p_value"]] = np.nan
    low, high = _inference.share_interval(
        table.loc[is_share, "estimate"],
        table.loc[is_share, "std_error"],
        degrees[is_share],
        conf_level,
    )
    table.loc[is_share, "conf_low"], table.loc[is_share, "conf_high"] = low, high
    table.insert(1, group, pd.Series([row[0] for row in rows], dtype=object))
    if by is not None:
        of_setting = [names[min(i // 4, 2)] for i in range(len(rows))]
        table.insert(0, by, pd.Series(of_setting, dtype=object))
    return table


def _two(
    data: pd.DataFrame, name: str, argument: str
) -> list[tuple[object, NDArray[np.bool_]]]:
    """Return two groups with their rows."""
    values = _validate.complete(_validate.column(data, name, argument))
    found = pd.Categorical(values).remove_unused_categories()
    if len(found.categories) != 2:
        raise ValueError(
            f"data column {name!r} ({argument}=) has {len(found.categories)} group(s) "
            f"({_validate.listing(found.categories)}), but a gap lies between two; "
            f"merge or keep two"
        )
    return [(level, found.codes == i) for i, level in enumerate(found.categories)]


def _rows(
    shares: Array, ages: list[object]
) -> list[tuple[object, str, float, list[float]]]:
    """Return group, term, estimate and gradient of every row."""
    k = shares.size
    rows: list[tuple[object, str, float, list[float]]] = []
    unit = np.eye(k)
    with np.errstate(divide="ignore", invalid="ignore"):
        log = np.diag(1 / shares)
        for first in range(0, k, 2):
            one, two = shares[first], shares[first + 1]
            for i, age in enumerate(ages):
                rows.append((age, "share", shares[first + i], list(unit[first + i])))
            rows.append(
                (None, "difference", one - two, list(unit[first] - unit[first + 1]))
            )
            rows.append((None, "ratio", one / two, _of_ratio(log, first, first + 1)))
        if k == 4:
            change = unit[2] - unit[3] - unit[0] + unit[1]
            gap = shares[2] - shares[3] - shares[0] + shares[1]
            rows.append((None, "difference", gap, list(change)))
            ratio = shares[2] / shares[3] / (shares[0] / shares[1])
            slope = log[2] - log[3] - log[0] + log[1]
            known = (shares > 0).all()
            rows.append(
                (None, "ratio", ratio, list(slope if known else slope * np.inf))
            )
    return rows


def _of_ratio(log: Array, one: int, two: int) -> list[float]:
    """Return the gradient of the log of a ratio; infinite where a share is zero."""
    known = np.isfinite(log[one, one]) and np.isfinite(log[two, two])
    return list(np.where(known, log[one] - log[two], np.inf))
