"""How far supply stays below what people expect."""

import numpy as np
import pandas as pd

from govlib import _columns
from govlib.equity import _tables


def expectation_gap(
    data: pd.DataFrame,
    *,
    expected: str,
    value: str,
    weight: str | None = None,
    group: str | None = None,
) -> pd.DataFrame:
    r"""
    Measure how far supply stays below what people expect.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per person, no missing values in the columns named.
    expected : str
        Column of what people expect.
    value : str
        Column of what they get, or think they get, on the same scale.
    weight : str, optional
        Column of how many people a row stands for. Default: one.
    group : str, optional
        Column of groups, such as classes of income, for a row each.

    Returns
    -------
    pandas.DataFrame
        One row, or one per group: the group, ``n``, ``expected`` and ``value`` (means),
        ``gap`` (expected less value: above 0 is disappointment), ``unmet_share`` (share
        of people who get less than they expect) and ``shortfall`` (mean of what they
        miss, nothing counted for those who get more). ``gap`` is never more than
        ``shortfall``: where some get more than they expect, gaps cancel out in a mean.

    Raises
    ------
    TypeError
        If `data` is no DataFrame or a column is not named.
    ValueError
        If a column is unknown, has missing values or holds no numbers; if nobody is
        left in a group (all weights zero).

    See Also
    --------
    govlib.resample.bootstrap : Intervals for the gaps.

    Notes
    -----
    Subtractive disconfirmation with its sign turned [1]_. The gap holds expectation in
    it, so that a regression of the gap on what raises expectation, such as income,
    finds it by construction; regress satisfaction on expectation and supply side by
    side.

    References
    ----------
    .. [1] Van Ryzin, G. G. (2004). Expectations, performance, and citizen satisfaction
       with urban services. Journal of Policy Analysis and Management 23(3), 433-448.

    Examples
    --------
    The two classes get the same; the richer expect more.

    >>> people = pd.DataFrame(
    ...     {
    ...         "income": ["low", "low", "high", "high"],
    ...         "hoped": [4, 6, 7, 9],
    ...         "got": [5, 5, 5, 5],
    ...     }
    ... )
    >>> table = expectation_gap(people, expected="hoped", value="got", group="income")
    >>> table[["income", "gap", "unmet_share", "shortfall"]]
      income  gap  unmet_share  shortfall
    0   high  3.0          1.0        3.0
    1    low  0.0          0.5        0.5
    """
    hoped = _tables.numbers(data, expected, "expected")
    got = _tables.numbers(data, value, "value")
    w = _tables.people(data, weight)
    missed = hoped - got
    people = pd.DataFrame(
        {
            "expected": hoped,
            "value": got,
            "gap": missed,
            "unmet_share": missed > 0,
            "shortfall": np.maximum(missed, 0),
        }
    )
    if group is not None:
        _columns.apart([group], ["n", *people])
    out = []
    for name, rows in _tables.groups(data, group):
        if w[rows].sum() == 0:
            raise ValueError(_tables.nobody(name, group, weight))
        means = np.average(people.iloc[rows], axis=0, weights=w[rows])
        first = {"n": rows.size} if group is None else {group: name, "n": rows.size}
        out.append(first | dict(zip(people, means, strict=True)))
    return pd.DataFrame(out)
