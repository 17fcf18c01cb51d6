"""Who holds how much, in the order of something: Lorenz and concentration."""

from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from govlib import _columns, _validate
from govlib.equity import _tables

Array = NDArray[np.float64]


def lorenz_curve(
    data: pd.DataFrame,
    *,
    value: str,
    weight: str | None = None,
    group: str | None = None,
) -> pd.DataFrame:
    """
    List the points of the Lorenz curve: what share of all do the least served hold.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per unit, no missing values in the columns named.
    value : str
        Column of amounts per person, 0 or more.
    weight : str, optional
        Column of how many people a row stands for. Default: one.
    group : str, optional
        Column of groups; each gets a curve of its own.

    Returns
    -------
    pandas.DataFrame
        One row per point, from (0, 0) to (1, 1): the group (if asked for),
        ``population_share``, ``value_share``. Units that hold the same share a point.

    Raises
    ------
    TypeError
        If `data` is no DataFrame or a column is not named.
    ValueError
        If a column is unknown, or has missing, negative or all zero values (also
        within a group).

    See Also
    --------
    gini : Twice the area between the curve and the diagonal.
    concentration_curve : People in the order of something else, such as income.

    References
    ----------
    .. [1] Lorenz, M. O. (1905). Methods of measuring the concentration of wealth.
       Publications of the American Statistical Association 9(70), 209-219.

    Examples
    --------
    >>> places = pd.DataFrame({"hours": [3, 1, 4], "people": [1, 2, 1]})
    >>> lorenz_curve(places, value="hours", weight="people")
       population_share  value_share
    0              0.00       0.0000
    1              0.50       0.2222
    2              0.75       0.5556
    3              1.00       1.0000
    """
    return concentration_curve(
        data, value=value, rank=value, weight=weight, group=group
    )


def concentration_curve(
    data: pd.DataFrame,
    *,
    value: str,
    rank: str,
    weight: str | None = None,
    group: str | None = None,
) -> pd.DataFrame:
    """
    List the points of the concentration curve: what share of all do the poorest hold.

    Above the diagonal, the poor hold more than their share; below, less.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per unit, no missing values in the columns named.
    value : str
        Column of amounts per person, 0 or more.
    rank : str
        Column of numbers that orders people from low to high, such as income.
    weight : str, optional
        Column of how many people a row stands for. Default: one.
    group : str, optional
        Column of groups; each gets a curve of its own.

    Returns
    -------
    pandas.DataFrame
        One row per point, from (0, 0) to (1, 1): the group (if asked for),
        ``population_share``, ``value_share``. Units of equal rank share a point.

    Raises
    ------
    TypeError
        If `data` is no DataFrame or a column is not named.
    ValueError
        If a column is unknown or has missing values, or values are negative or all
        zero (also within a group).

    See Also
    --------
    concentration_index : Twice the area between the diagonal and the curve.

    References
    ----------
    .. [1] Kakwani, N., Wagstaff, A. and van Doorslaer, E. (1997). Socioeconomic
       inequalities in health: measurement, computation, and statistical inference.
       Journal of Econometrics 77(1), 87-103.

    Examples
    --------
    The poorer of two equal communities has three of four clinics:

    >>> places = pd.DataFrame({"income": [20, 50], "clinics": [3, 1]})
    >>> concentration_curve(places, value="clinics", rank="income")
       population_share  value_share
    0               0.0         0.00
    1               0.5         0.75
    2               1.0         1.00
    """
    y = _tables.amounts(data, value)
    w = _tables.people(data, weight)
    by = _tables.numbers(data, rank, "rank")
    columns = ["population_share", "value_share"]
    if group is not None:
        _columns.apart([group], columns)
    curves = []
    for name, rows in _tables.groups(data, group):
        where = "" if group is None else f"group {name!r}, "
        _tables.some_amount(y[rows], w[rows], f"{where}data column {value!r}")
        curve = pd.DataFrame(_curve(y[rows], w[rows], by[rows]), columns=columns)
        if group is not None:
            curve.insert(0, group, [name] * len(curve))
        curves.append(curve)
    return pd.concat(curves, ignore_index=True)


def _curve(y: Array, w: Array, by: Array) -> Array:
    """Return the shares of people and of amounts up to each rank, from (0, 0)."""
    order = np.argsort(by, kind="stable")
    last = np.append(np.diff(by[order]) > 0, True)
    out = np.zeros((int(last.sum()) + 1, 2))
    for column, amounts in enumerate((w, w * y)):
        total = np.cumsum(amounts[order])
        out[1:, column] = total[last] / total[-1]
    return out


def concentration_index(
    data: pd.DataFrame,
    *,
    value: str,
    rank: str,
    weight: str | None = None,
    correction: Literal["wagstaff", "erreygers"] | None = None,
    bounds: tuple[float, float] | None = None,
) -> float:
    r"""
    Measure whether the poor or the rich hold more.

    A share or a score has a most and a least, and the plain index then depends on the
    mean: inequality of having and of lacking access differ. Use a correction there.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per person or unit, no missing values in the columns named.
    value : str
        Column of amounts per person: 0 or more, or with a correction any numbers
        within `bounds`; true and false count as 1 and 0.
    rank : str
        Column of numbers that orders people from low to high, such as income. Only the
        order counts; people of equal rank share the middle of their ranks.
    weight : str, optional
        Column of how many people a row stands for. Default: one.
    correction : {"wagstaff", "erreygers"}, optional
        For an amount with bounds. The two weigh differently how far the mean is from
        them, and may order places differently: say which. Default: none.
    bounds : tuple of two floats, optional
        Least and most that the amount can be (not that it is), such as ``(0, 1)``.
        Needed with a correction, refused without.

    Returns
    -------
    float
        Below 0 if the poor hold more, above 0 if the rich do; from -1 to 1.

    Raises
    ------
    TypeError
        If `data` is no DataFrame, a column is not named, or `bounds` does not fit the
        correction.
    ValueError
        If a column is unknown or has missing values; if values are negative or all
        zero (without correction), or outside the bounds; with Wagstaff's correction,
        if all are at one bound.

    See Also
    --------
    concentration_curve : The curve behind the index.
    gini : The same, people being ranked by the amount itself.

    Notes
    -----
    With fractional ranks :math:`R_i`, the share of people below plus half of those of
    the same rank, mean :math:`\mu` and bounds :math:`a, b`,

    .. math:: C = \frac{2}{\mu} \mathrm{cov}(y, R), \quad
       W = \frac{2 (b - a)\, \mathrm{cov}(y, R)}{(b - \mu)(\mu - a)}, \quad
       E = \frac{8\, \mathrm{cov}(y, R)}{b - a},

    [1]_, [2]_, [3]_; covariances have divisor n, or the sum of weights. W and E of
    having are those of lacking with the other sign; C is not.

    References
    ----------
    .. [1] Kakwani, N., Wagstaff, A. and van Doorslaer, E. (1997). Socioeconomic
       inequalities in health: measurement, computation, and statistical inference.
       Journal of Econometrics 77(1), 87-103.
    .. [2] Wagstaff, A. (2005). The bounds of the concentration index when the variable
       of interest is binary, with an application to immunization inequality. Health
       Economics 14(4), 429-432.
    .. [3] Erreygers, G. (2009). Correcting the concentration index. Journal of Health
       Economics 28(3), 504-515.

    Examples
    --------
    Of four residents in order of income, the two richer live near a clinic. Ranks are
    1/8 to 7/8, and their covariance with living near is 1/8:

    >>> people = pd.DataFrame({"income": [1, 2, 3, 4], "near": [0, 0, 1, 1]})
    >>> concentration_index(people, value="near", rank="income")
    0.5
    >>> concentration_index(
    ...     people, value="near", rank="income", correction="wagstaff", bounds=(0, 1)
    ... )
    1.0

    With an interval:

    >>> from govlib import resample
    >>> table = resample.bootstrap(
    ...     pd.concat([people] * 20),
    ...     lambda d: concentration_index(d, value="near", rank="income"),
    ...     n_resamples=99,
    ...     rng=1,
    ... )
    >>> float(table["estimate"][0])
    0.5
    """
    _validate.choice(correction, [None, "wagstaff", "erreygers"], "correction")
    column = _tables.amounts if correction is None else _tables.numbers
    y = column(data, value, "value")
    w = _tables.people(data, weight)
    by = _tables.numbers(data, rank, "rank")
    share = w / w.sum()
    mean = share @ y
    covariance = (share * (y - mean)) @ _fractional_ranks(by, share)
    if correction is None:
        if bounds is not None:
            raise TypeError(
                "bounds= goes with correction='wagstaff' or 'erreygers'; say which"
            )
        _tables.some_amount(y, w, f"data column {value!r}")
        return float(2 * covariance / mean)
    least, most = _bounds(bounds, y, value)
    if correction == "erreygers":
        return float(8 * covariance / (most - least))
    if not (y[w > 0] > least).any() or not (y[w > 0] < most).any():
        raise ValueError(
            f"data column {value!r} is at one of its bounds in every row, so nobody "
            f"holds more than others; there is nothing to measure"
        )
    return float(2 * covariance * (most - least) / ((most - mean) * (mean - least)))


def _fractional_ranks(by: Array, share: Array) -> Array:
    """Return the share of people below, plus half of those of the same rank."""
    _, place = np.unique(by, return_inverse=True)
    same = np.bincount(place, share)
    return (np.cumsum(same) - same / 2)[place]


def _bounds(
    bounds: tuple[float, float] | None, y: Array, value: str
) -> tuple[float, float]:
    """Return the least and the most that an amount can be."""
    if not isinstance(bounds, tuple | list) or len(bounds) != 2:
        raise TypeError(
            f"a correction needs bounds=: the least and the most that {value!r} can "
            f"be, such as (0, 1); not {bounds!r}"
        )
    least, most = (_validate.between(b, -np.inf, np.inf, "bounds=") for b in bounds)
    if not -np.inf < least < most < np.inf:
        raise ValueError(f"bounds= must be two numbers in rising order, not {bounds!r}")
    outside = int(((y < least) | (y > most)).sum())
    if outside:
        raise ValueError(
            f"data column {value!r} has {outside} value(s) outside bounds= "
            f"{least:g} to {most:g}: it runs from {y.min():g} to {y.max():g}"
        )
    return least, most
