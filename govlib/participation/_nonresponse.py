"""Missing answers: what they could hide, and weights that stand in for them."""

import warnings
from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy import optimize, stats

from govlib import _inference, _model, _validate
from govlib.participation._regression import fit

ASSUMPTIONS = (None, "missing_lower", "missing_higher")


def worst_case_bounds(
    data: pd.DataFrame,
    *,
    value: str,
    low: float = 0.0,
    high: float = 1.0,
    assume: str | None = None,
    group: str | None = None,
    weight: str | None = None,
    cluster: str | None = None,
    strata: str | None = None,
    conf_level: float = 0.95,
) -> pd.DataFrame:
    r"""
    Bound a share or mean of which some answers are missing, whatever these would be.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per person asked, with and without an answer.
    value : str
        Column of numbers, or true and false; missing: no answer.
    low, high : float, default 0.0 and 1.0
        Least and greatest answer that the question allows.
    assume : {None, "missing_lower", "missing_higher"}, optional
        Default: nothing. Else that those without an answer are on average no higher
        (lower) than those with one, which brings one bound in to the latter's mean.
    group : str, optional
        Column of groups; each has its own bounds.
    weight, cluster, strata : str, optional
        Columns of sampling weights, of what was drawn together, and of the strata.
    conf_level : float, default 0.95
        Level of the interval.

    Returns
    -------
    pandas.DataFrame
        One row (per group): ``lower_bound`` and ``upper_bound``,
        ``std_error_lower`` and ``std_error_upper``, ``conf_low`` and ``conf_high``,
        which hold the true value (not both bounds) in `conf_level` of samples;
        ``mean_of_answers``; ``share_missing`` (weighted), ``n``, ``n_missing``,
        ``conf_level``.

    Raises
    ------
    TypeError
        If `data` is no DataFrame.
    ValueError
        If a column is unknown, an answer lies outside `low` and `high`, a group or
        weight is missing, or nobody in a group answered where `assume` needs them.

    See Also
    --------
    response_weights : A single number, if answers are missing at random.

    Notes
    -----
    The bounds are the means had all missing answers been `low`, or `high` [1]_. With
    their linearised errors :math:`s_l, s_u` and distance :math:`d`, the interval
    reaches :math:`C s` beyond either, where :math:`\Phi(C + d / \max(s_l, s_u)) -
    \Phi(-C)` is the level [2]_: 1.96 without missing answers, 1.64 when the bounds are
    far apart.

    References
    ----------
    .. [1] Manski, C. F. (1989). Anatomy of the selection problem. Journal of Human
       Resources 24(3), 343-360.
    .. [2] Imbens, G. W. and Manski, C. F. (2004). Confidence intervals for partially
       identified parameters. Econometrica 72(6), 1845-1857.

    Examples
    --------
    Of ten people five take part, three do not and two gave no answer: at least 50 %
    and at most 70 %.

    >>> from govlib import participation
    >>> people = pd.DataFrame({"takes_part": [1] * 5 + [0] * 3 + [None] * 2})
    >>> bounds = participation.worst_case_bounds(people, value="takes_part")
    >>> bounds[["lower_bound", "upper_bound", "mean_of_answers", "n_missing"]]
       lower_bound  upper_bound  mean_of_answers  n_missing
    0          0.5          0.7            0.625          2
    """
    _validate.frame(data)
    conf_level = _validate.level(conf_level)
    _validate.choice(assume, ASSUMPTIONS, "assume")
    if not low < high:
        raise ValueError(f"low={low} must be below high={high}")
    column = _validate.column(data, value, "value")
    missing = column.isna().to_numpy()
    if missing.all():
        raise ValueError(f"data column {value!r} (value=) has no answer at all")
    answers = np.full(len(data), np.nan)
    answers[~missing] = _validate.numeric(column[~missing])
    outside = (answers < low) | (answers > high)
    if outside.any():
        raise ValueError(
            f"data column {value!r} (value=) has {int(outside.sum())} answer(s) "
            f"outside {low:g} to {high:g} in row(s) "
            f"{_validate.listing(data.index[outside])}; give low= and high= as the "
            f"question allows them"
        )
    weights = _inference.weight_or_one(data, weight)
    sample = _inference.sample(data, cluster=cluster, strata=strata)
    rows = []
    for name, members in _inference.domains(data, group):
        w, answered = weights * members, members & ~missing
        filled = [np.where(missing, fill, answers) for fill in (low, high)]
        bounds = np.array([w @ y / w.sum() for y in filled])
        influence = np.array(
            [w * (y - m) / w.sum() for y, m in zip(filled, bounds, strict=True)]
        )
        mean = np.nan
        if answered.any():
            total = weights[answered].sum()
            known = np.where(missing, 0.0, answers)
            mean = weights * answered @ known / total
            if assume is not None:
                place = 1 if assume == "missing_lower" else 0
                bounds[place] = mean
                influence[place] = weights * answered * (known - mean) / total
        elif assume is not None:
            raise ValueError(
                f"nobody in group {_validate.listing([name])} of {group!r} answered, "
                f"so assume={assume!r} has nothing to compare with"
            )
        errors = np.sqrt(np.diag(_inference.linearised(sample, influence)))
        reach = _reach(bounds[1] - bounds[0], errors.max(), conf_level) * errors
        row = {} if group is None else {group: name}
        rows.append(
            row
            | {
                "lower_bound": bounds[0],
                "upper_bound": bounds[1],
                "std_error_lower": errors[0],
                "std_error_upper": errors[1],
                "conf_low": max(bounds[0] - reach[0], low),
                "conf_high": min(bounds[1] + reach[1], high),
                "mean_of_answers": mean,
                "share_missing": w[missing].sum() / w.sum(),
                "n": int(members.sum()),
                "n_missing": int((members & missing).sum()),
                "conf_level": conf_level,
            }
        )
    return pd.DataFrame(rows)


def _reach(distance: float, std_error: float, conf_level: float) -> float:
    """Return how many errors an interval reaches beyond bounds so far apart."""
    one_sided, two_sided = stats.norm.ppf([conf_level, 0.5 + conf_level / 2])
    if std_error == 0:
        return float(one_sided)
    apart = distance / std_error

    def excess(c: float) -> float:
        return float(stats.norm.cdf(c + apart) - stats.norm.cdf(-c)) - conf_level

    # The bracket is exact at either end, where rounding may hide the change of sign.
    return float(optimize.brentq(excess, one_sided - 1e-6, two_sided + 1e-6))


def response_weights(
    data: pd.DataFrame,
    formula: str,
    *,
    weight: str | None = None,
    least_probability: float = 0.05,
) -> pd.DataFrame:
    r"""
    Weight those who answered so that they stand for all who were asked.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per person asked.
    formula : str
        Whether a person answered and what explains it, known of everybody, such as
        ``"answered ~ age + origin"``. A product of categories, ``"answered ~ C(home) *
        origin"``, weights within cells.
    weight : str, optional
        Column of sampling weights, multiplied by the new ones.
    least_probability : float, default 0.05
        Lower probabilities are taken for this one, in (0, 1], with a warning: people
        are then stood for by others who are not there. It limits the factor to 20.

    Returns
    -------
    pandas.DataFrame
        A row for each of `data`, with its index: ``probability`` of an answer;
        ``weight``, missing for those who did not answer; ``trimmed``, whether
        `least_probability` took effect.

    Raises
    ------
    TypeError
        If `data` is no DataFrame.
    ValueError
        As :func:`fit`: among others, if nobody of some category answered (perfect
        separation); and if a variable of the formula is missing.

    Warns
    -----
    UserWarning
        If probabilities are below `least_probability`.

    See Also
    --------
    rake : Weights from known totals instead of a list of those asked.
    worst_case_bounds : What holds without the assumption made here.

    Notes
    -----
    The weight is :math:`w_i / \hat p_i` from a logit [1]_. It corrects means if
    answers are missing at random given the formula and nobody's probability is zero.
    Errors that take the weights for given are, if anything, too large.

    References
    ----------
    .. [1] Little, R. J. A. (1986). Survey nonresponse adjustments for estimates of
       means. International Statistical Review 54(2), 139-157.

    Examples
    --------
    Of five old people four answered, of five young ones two:

    >>> from govlib import participation
    >>> asked = pd.DataFrame(
    ...     {
    ...         "answered": [1, 1, 1, 1, 0, 1, 1, 0, 0, 0],
    ...         "age": ["old"] * 5 + ["young"] * 5,
    ...     }
    ... )
    >>> table = participation.response_weights(asked, "answered ~ age")
    >>> table["weight"].round(2).tolist()
    [1.25, 1.25, 1.25, 1.25, nan, 2.5, 2.5, nan, nan, nan]
    """
    tiny = np.finfo(float).tiny
    least = _validate.between(least_probability, tiny, 1, "least_probability=")
    fitted = fit(data, formula, weight=weight)
    if fitted.n_dropped:
        raise ValueError(
            f"{fitted.n_dropped} row(s) miss a variable of {formula!r}, so they would "
            f"have no weight; fill them first, for example with a category of their own"
        )
    model = fitted._fitted
    probability = np.concatenate(
        [
            _model.expect(model, model.design.rows(chunk), chunk).mean[0]
            for chunk in model.design.chunks()
        ]
    )
    trimmed = probability < least
    if trimmed.any():
        warnings.warn(
            f"{int(trimmed.sum())} of {trimmed.size} people had a probability to "
            f"answer below {least:g}, the least is {probability.min():.2g}: hardly "
            f"anybody like them answered (positivity), so their weights are cut",
            UserWarning,
            stacklevel=2,
        )
    given = 1.0 if weight is None else data[weight].to_numpy(float)
    weights = given / np.maximum(probability, least)
    return pd.DataFrame(
        {
            "probability": probability,
            "weight": np.where(model.outcome == 1, weights, np.nan),
            "trimmed": trimmed,
        },
        index=data.index,
    )


def rake(
    data: pd.DataFrame,
    totals: Mapping[str, Mapping],
    *,
    weight: str | None = None,
    max_steps: int = 1_000,
) -> pd.Series:
    r"""
    Weight rows so that they add up to known totals of each column (raking).

    Totals of one column are post-stratification; several are met in turn until all
    hold at once.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per person who answered.
    totals : mapping of str to mapping
        For each column, its levels and their totals, such as ``{"origin": {"local":
        5200, "non-local": 3800}, "home": {...}}``; shares will do. A Series by level is
        such a mapping.
    weight : str, optional
        Column of sampling weights to start from.
    max_steps : int, default 1_000
        Rounds over all columns.

    Returns
    -------
    pandas.Series
        ``"weight"`` of each row, with the index of `data`.

    Raises
    ------
    TypeError
        If `data` is no DataFrame or `totals` no mapping of mappings.
    ValueError
        If levels and totals do not match, a total is not above zero, totals of two
        columns have different sums, or no weights meet them all.

    See Also
    --------
    response_weights : Weights from what is known of everybody asked.

    Notes
    -----
    Iterative proportional fitting [1]_, until all totals hold to one in 10^10, as
    ``rake`` and ``postStratify`` of R's survey. Of all weights with these totals they
    are nearest to those given, in relative entropy. They correct a mean if, within
    cells of the columns, who answered does not matter.

    References
    ----------
    .. [1] Deming, W. E. and Stephan, F. F. (1940). On a least squares adjustment of a
       sampled frequency table when the expected marginal totals are known. Annals of
       Mathematical Statistics 11(4), 427-444.

    Examples
    --------
    Three of four who answered own their home, half of all residents do:

    >>> from govlib import participation
    >>> answered = pd.DataFrame({"home": ["own", "own", "own", "rent"]})
    >>> participation.rake(answered, {"home": {"own": 300, "rent": 300}}).tolist()
    [100.0, 100.0, 100.0, 300.0]
    """
    _validate.frame(data)
    max_steps = _validate.count(max_steps, "max_steps")
    if not isinstance(totals, Mapping) or not totals:
        raise TypeError(
            "totals= takes a dictionary of columns, each with its levels and totals, "
            "as in {'home': {'own': 300, 'rent': 300}}"
        )
    margins = [_margin(data, name, known) for name, known in totals.items()]
    sums = {name: known.sum() for name, (_, known) in zip(totals, margins, strict=True)}
    first, total = next(iter(sums.items()))
    for name, other in sums.items():
        if abs(other - total) > 1e-6 * total:
            raise ValueError(
                f"totals of {first!r} add up to {total:g} but those of {name!r} to "
                f"{other:g}; give counts of the same people, or shares for all columns"
            )
    weights = _inference.weight_or_one(data, weight)
    for _ in range(max_steps):
        gap = 0.0
        for codes, known in margins:
            factor = known / np.bincount(codes, weights=weights)
            weights = weights * factor[codes]
            gap = max(gap, np.abs(factor / factor.mean() - 1).max())
        if gap < 1e-10:
            return pd.Series(weights, data.index, name="weight")
    raise ValueError(
        f"no weights met all totals after {max_steps} rounds; some combination of "
        f"levels that the totals need may have no row: merge levels, or name fewer "
        f"columns"
    )


def _margin(
    data: pd.DataFrame, name: str, known: Mapping
) -> tuple[np.ndarray, np.ndarray]:
    """Return each row's level and the levels' totals, in the same order."""
    values = _validate.complete(_validate.column(data, name, "totals"))
    if not isinstance(known, (Mapping, pd.Series)):
        raise TypeError(f"totals= of {name!r} takes levels and their totals")
    wanted = pd.Series(dict(known), dtype=float)
    codes, levels = pd.factorize(values)
    absent = [level for level in levels if level not in wanted.index]
    if absent:
        raise ValueError(
            f"totals= of {name!r} has no total for {_validate.listing(absent)}"
            f"{_validate.nearest(absent[0], wanted.index)}"
        )
    nobody = [level for level in wanted.index if level not in levels]
    if nobody:
        raise ValueError(
            f"nobody in data column {name!r} is {_validate.listing(nobody)}, so no "
            f"weight can stand for them; merge that level with a similar one"
        )
    wanted = wanted.loc[list(levels)].to_numpy()
    if not (wanted > 0).all() or not np.isfinite(wanted).all():
        raise ValueError(f"totals= of {name!r} must be numbers above zero")
    return codes, wanted
