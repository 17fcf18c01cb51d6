"""Problems, what is reported of them, and what is recorded: three different things."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from govlib import _columns, _inference, _validate

Array = NDArray[np.float64]


def reporting_model(
    data: pd.DataFrame,
    *,
    problems: str,
    reported: str,
    people: str | None = None,
    group: str,
    weight: str | None = None,
    cluster: str | None = None,
    strata: str | None = None,
    conf_level: float = 0.95,
) -> pd.DataFrame:
    r"""
    Split a difference in recorded requests into problems and reporting.

    A log of requests holds what was reported: the number of problems times the chance
    that one is reported. A new channel raises the second factor. Read as problems, it
    looks like a worse service. A survey that asks for both tells them apart.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per person, or per area with sums over its people.
    problems : str
        Column with the number of problems people had, reported or not.
    reported : str
        Column with the number of these that they reported.
    people : str, optional
        Column with the number of people a row sums up; one each by default.
    group : str
        Column with two groups, such as without and with a platform; the second in
        order is compared with the first.
    weight, cluster, strata : str, optional
        Columns of sampling weights, of what was drawn or assigned together, and of
        the strata.
    conf_level : float, default 0.95
        Level of the intervals.

    Returns
    -------
    pandas.DataFrame
        Per group the rows ``"problems"`` and ``"recorded"`` (per 1,000 people) and
        ``"reporting"`` (share of problems that are reported, in [0, 1]); then, with
        ``"difference"`` in the column of groups, the second group less the first for
        these three, and the two parts of the difference in recorded requests:
        ``"from_problems"`` and ``"from_reporting"``, which add up to it. Columns
        ``term``, ``estimate``, ``std_error``, ``statistic``, ``p_value``,
        ``conf_low``, ``conf_high``, ``degrees_of_freedom``, ``conf_level``. Levels
        have no test.

    Raises
    ------
    TypeError
        If `data` is no DataFrame.
    ValueError
        If a column is unknown, has missing or negative values, or more was reported
        than there were problems; there are not exactly two groups; a group has no
        problems at all, so that no share is defined.

    See Also
    --------
    age_gap : The share reported by age, on two scales.
    true_need : Problems behind a log, when the chance of reporting is known.

    Notes
    -----
    With problems per head :math:`\lambda_g` and reporting :math:`\pi_g`, recorded
    requests per head are :math:`\lambda_g \pi_g`, and Kitagawa's identity [1]_ is

    .. math:: \lambda_1 \pi_1 - \lambda_0 \pi_0 = \bar\pi (\lambda_1 - \lambda_0) +
       \bar\lambda (\pi_1 - \pi_0),

    with bars for the mean of both groups. Errors are linearised, by cluster.

    References
    ----------
    .. [1] Kitagawa, E. M. (1955). Components of a difference between two rates.
       Journal of the American Statistical Association 50, 1168-1194.

    Examples
    --------
    The same 400 problems in either half of a town, of which the second half, with a
    platform, reports one in two instead of one in four:

    >>> from govlib import digital
    >>> town = pd.DataFrame(
    ...     {
    ...         "platform": [False, False, True, True],
    ...         "people": [500, 500, 500, 500],
    ...         "problems": [190, 210, 220, 180],
    ...         "reported": [45, 55, 110, 90],
    ...     }
    ... )
    >>> table = digital.reporting_model(
    ...     town,
    ...     problems="problems",
    ...     reported="reported",
    ...     people="people",
    ...     group="platform",
    ... )
    >>> table.loc[table["platform"] == "difference", ["term", "estimate"]]
                 term  estimate
    6        problems      0.00
    7       reporting      0.25
    8        recorded    100.00
    9   from_problems      0.00
    10 from_reporting    100.00
    """
    if _validate.frame(data).empty:
        raise ValueError("data has no rows, so there is nothing to measure")
    conf_level = _validate.level(conf_level)
    had, told = problems_and_reports(data, problems, reported)
    heads = np.ones(len(data))
    if people is not None:
        heads = _columns.above_zero(data, people, "people").to_numpy(dtype=float)
    w = _inference.weight_or_one(data, weight)
    sample = _inference.sample(data, cluster=cluster, strata=strata)
    groups = _inference.domains(data, group, sample)
    if len(groups) != 2:
        raise ValueError(
            f"data column {group!r} (group=) has {len(groups)} group(s), but a "
            f"difference needs two; keep the rows of two groups"
        )
    rates, influence = np.empty((2, 2)), np.empty((4, len(data)))
    for i, (name, members) in enumerate(groups):
        if not had[members].any():
            raise ValueError(
                f"group {name!r} of {group!r} has no problems, so no share of them is "
                f"reported; drop it or ask more people"
            )
        here = w * members
        per_head = here @ had / (here @ heads)
        share = here @ told / (here @ had)
        rates[i] = per_head, share
        influence[2 * i] = here * (had - per_head * heads) / (here @ heads)
        influence[2 * i + 1] = here * (told - share * had) / (here @ had)
    (l0, p0), (l1, p1) = rates
    problem_mean, report_mean = (l0 + l1) / 2, (p0 + p1) / 2
    k = 1000
    rows = [
        (groups[0][0], "problems", k * l0, [k, 0, 0, 0]),
        (groups[0][0], "reporting", p0, [0, 1, 0, 0]),
        (groups[0][0], "recorded", k * l0 * p0, [k * p0, k * l0, 0, 0]),
        (groups[1][0], "problems", k * l1, [0, 0, k, 0]),
        (groups[1][0], "reporting", p1, [0, 0, 0, 1]),
        (groups[1][0], "recorded", k * l1 * p1, [0, 0, k * p1, k * l1]),
        ("difference", "problems", k * (l1 - l0), [-k, 0, k, 0]),
        ("difference", "reporting", p1 - p0, [0, -1, 0, 1]),
        (
            "difference",
            "recorded",
            k * (l1 * p1 - l0 * p0),
            [-k * p0, -k * l0, k * p1, k * l1],
        ),
        (
            "difference",
            "from_problems",
            k * report_mean * (l1 - l0),
            [
                -k * report_mean,
                k * (l1 - l0) / 2,
                k * report_mean,
                k * (l1 - l0) / 2,
            ],
        ),
        (
            "difference",
            "from_reporting",
            k * problem_mean * (p1 - p0),
            [
                k * (p1 - p0) / 2,
                -k * problem_mean,
                k * (p1 - p0) / 2,
                k * problem_mean,
            ],
        ),
    ]
    of, terms, estimates, gradients = zip(*rows, strict=True)
    errors = _inference.by_delta(
        np.array(gradients, dtype=float), _inference.linearised(sample, influence)
    )
    degrees = _inference.degrees_in(sample, np.ones(len(data), dtype=bool))
    table = _inference.table(terms, estimates, errors, degrees, conf_level)
    table.loc[:5, ["statistic", "p_value"]] = np.nan
    shares = [1, 4]
    table.loc[shares, "conf_low"], table.loc[shares, "conf_high"] = (
        _inference.share_interval(
            table.loc[shares, "estimate"],
            table.loc[shares, "std_error"],
            degrees,
            conf_level,
        )
    )
    table.insert(0, group, pd.Series(of, dtype=object))
    return table


def problems_and_reports(
    data: pd.DataFrame, problems: str, reported: str
) -> tuple[Array, Array]:
    """Return problems and those reported, which cannot be more."""
    had = _columns.amounts(data, problems, "problems")
    told = _columns.amounts(data, reported, "reported")
    more = told > had
    if more.any():
        raise ValueError(
            f"{int(more.sum())} row(s) have more reported ({reported!r}) than problems "
            f"({problems!r}): row(s) {_validate.listing(data.index[more])}; count "
            f"each problem once, however often it was reported"
        )
    return had.to_numpy(dtype=float), told.to_numpy(dtype=float)


def true_need(
    data: pd.DataFrame,
    *,
    recorded: str,
    reporting: str,
    people: str | None = None,
    group: str | None = None,
    conf_level: float = 0.95,
) -> pd.DataFrame:
    r"""
    Estimate the problems behind recorded requests.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per area, period and age group, or what else differs in reporting.
    recorded : str
        Column with the number of recorded requests, each problem once.
    reporting : str
        Column with the chance that a problem is reported, above 0 and at most 1, from
        a survey such as :func:`reporting_model` reads.
    people : str, optional
        Column with the number of people; the result is then per 1,000 of them.
    group : str, optional
        Column of areas; rows of one area are added up.
    conf_level : float, default 0.95
        Level of the intervals.

    Returns
    -------
    pandas.DataFrame
        One row per group: ``recorded``, ``estimate`` of the problems, ``std_error``,
        ``conf_low``, ``conf_high``, ``reporting`` (recorded over estimated),
        ``conf_level``.

    Raises
    ------
    TypeError
        If `data` is no DataFrame.
    ValueError
        If a column is unknown or has missing values, counts are negative, or a
        chance lies outside (0, 1].

    See Also
    --------
    reporting_model : Where the chance comes from.

    Notes
    -----
    The Horvitz-Thompson sum [1]_ :math:`\sum r_i / \pi_i`, with the variance
    :math:`\sum r_i (1 - \pi_i) / \pi_i^2` of independent reports given the problems.
    The chances are taken as known: their own error is not in the interval.

    References
    ----------
    .. [1] Horvitz, D. G. and Thompson, D. J. (1952). A generalization of sampling
       without replacement from a finite universe. Journal of the American Statistical
       Association 47, 663-685.

    Examples
    --------
    Ten requests of the old, who report one in ten problems, and thirty of the young,
    who report one in two, stand for 160 problems:

    >>> from govlib import digital
    >>> log = pd.DataFrame({"age": ["60+", "18-59"], "n": [10, 30], "p": [0.1, 0.5]})
    >>> table = digital.true_need(log, recorded="n", reporting="p")
    >>> table[["recorded", "estimate", "std_error", "reporting"]]
       recorded  estimate  std_error  reporting
    0      40.0     160.0       31.0       0.25
    """
    if _validate.frame(data).empty:
        raise ValueError("data has no rows, so there is nothing to measure")
    conf_level = _validate.level(conf_level)
    r = _columns.amounts(data, recorded, "recorded").to_numpy(dtype=float)
    chance = _columns.above_zero(data, reporting, "reporting")
    if (chance > 1).any():
        raise ValueError(
            f"data column {reporting!r} (reporting=) holds {int((chance > 1).sum())} "
            f"value(s) above 1, in row(s) {_validate.listing(data.index[chance > 1])}; "
            f"a chance lies between 0 and 1"
        )
    p = chance.to_numpy(dtype=float)
    heads = None
    if people is not None:
        heads = _columns.above_zero(data, people, "people").to_numpy(dtype=float)
    rows = []
    for name, members in _inference.domains(data, group):
        scale = 1.0 if heads is None else 1000 / heads[members].sum()
        total = (r[members] / p[members]).sum() * scale
        seen = r[members].sum() * scale
        variance = (r[members] * (1 - p[members]) / p[members] ** 2).sum()
        row = {} if group is None else {group: name}
        rows.append(
            row
            | {
                "recorded": seen,
                "estimate": total,
                "std_error": float(np.sqrt(variance)) * scale,
                "reporting": seen / total if total else np.nan,
            }
        )
    out = pd.DataFrame(rows)
    table = _inference.table(
        np.full(len(out), ""), out["estimate"], out["std_error"], np.inf, conf_level
    )
    # Fewer problems than were recorded is impossible.
    out["conf_low"] = np.maximum(table["conf_low"], out["recorded"])
    out["conf_high"] = table["conf_high"]
    out["conf_level"] = conf_level
    return out
