"""Set memberships: calibration, and fit of conditions and paths."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from govlib import _qca, _validate
from govlib.coordination._inputs import names_of, scores_of

Array = NDArray[np.floating]


def calibrate(
    values: ArrayLike,
    *,
    full_out: float,
    crossover: float,
    full_in: float,
    membership: float = 0.95,
) -> Array:
    r"""
    Turn a measured quantity into membership in a set, by three anchors.

    Anchors say what counts as, for example, "an overburdened committee". They come from
    knowledge of the matter, not from the sample's quantiles.

    Parameters
    ----------
    values : array-like, shape (n,)
        The quantity.
    full_out : float
        Value from which cases are out of the set.
    crossover : float
        Value at which a case is neither in nor out.
    full_in : float
        Value from which cases are in the set. Lower than `full_out` where the set is
        one of low values; the crossover lies between the two in any case.
    membership : float, default 0.95
        Membership at `full_in`; at `full_out` it is 1 less this. R's QCA has .95 too;
        fs/QCA takes log odds of 3, which is .9526.

    Returns
    -------
    numpy.ndarray, shape (n,)
        Memberships between 0 and 1. A value equal to the crossover gets .5 exactly,
        which :func:`truth_table` refuses: such a case fits no row.

    Raises
    ------
    ValueError
        If a value is missing, or if anchors are not in order.

    See Also
    --------
    truth_table : What to do with calibrated sets.

    Notes
    -----
    The direct method [1]_: log odds run straight from the crossover (0) to either
    anchor,

    .. math:: m(x) = \frac{1}{1 + \exp(-\ell \, (x - c) / (a - c))}, \qquad
              \ell = \ln \frac{.95}{.05},

    with :math:`a` the anchor on the side of x (:math:`\ell` negative for full_out). No
    membership is ever exactly 0 or 1; R's QCA rounds those within .0001.

    References
    ----------
    .. [1] Ragin, C. C. (2008). Redesigning Social Inquiry: Fuzzy Sets and Beyond.
       University of Chicago Press, chapter 5.

    Examples
    --------
    >>> from govlib import coordination
    >>> coordination.calibrate([20, 35, 50, 80], full_out=20, crossover=50, full_in=80)
    array([0.05  , 0.1866, 0.5   , 0.95  ])
    """
    x = _validate.vector(values, "values")
    low, c, high = _validate.vector([full_out, crossover, full_in], "the anchors")
    if not (low < c < high or low > c > high):
        raise ValueError(
            f"anchors must be in order, full_out < crossover < full_in (or all the "
            f"other way round), not {low:g}, {c:g}, {high:g}"
        )
    if not 0.5 < membership < 1:
        raise ValueError(f"membership= must lie between 0.5 and 1, not {membership!r}")
    inside = (x - c) * np.sign(high - c) >= 0
    slope = np.log(membership / (1 - membership)) / np.where(inside, high - c, c - low)
    # Far beyond an anchor exp overflows, where the membership is 0 to all digits.
    return 1 / (1 + np.exp(np.clip(-slope * (x - c), -700, 700)))


def necessity(
    data: pd.DataFrame, *, conditions: Sequence[str], outcome: str
) -> pd.DataFrame:
    r"""
    Ask whether the outcome occurs only where a condition is present.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per case.
    conditions : sequence of str
        Columns of set memberships. A name with ``~`` before it is the set of cases
        outside; ``"a+b"`` is a or b and ``"a*b"`` is a and b. For a plain column its
        opposite is added.
    outcome : str
        Column of membership in the outcome; with ``~`` before it, in its absence.

    Returns
    -------
    pandas.DataFrame
        One row per condition: ``condition``, ``consistency``, ``coverage`` and
        ``relevance``, all from 0 to 1; NaN where they are 0 / 0.

    Raises
    ------
    ValueError
        If a column is not there, has missing values or values outside 0 to 1, or if
        nobody has the outcome at all.

    See Also
    --------
    sufficiency : The opposite question.

    Notes
    -----
    With memberships x in the condition and y in the outcome, consistency is
    :math:`\sum \min(x, y) / \sum y`, coverage :math:`\sum \min(x, y) / \sum x` and
    relevance :math:`\sum (1 - x) / \sum (1 - \min(x, y))` [1]_. A condition that
    (nearly) all cases have is always consistent; its relevance is then low.

    References
    ----------
    .. [1] Schneider, C. Q. and Wagemann, C. (2012). Set-Theoretic Methods for the
       Social Sciences. Cambridge University Press, chapter 9.

    Examples
    --------
    Three communities with a hall, two of which solved their case; none solved it
    without a hall.

    >>> from govlib import coordination
    >>> cases = pd.DataFrame({"hall": [1, 1, 1, 0], "solved": [1, 1, 0, 0]})
    >>> coordination.necessity(cases, conditions=["hall"], outcome="solved")
      condition  consistency  coverage  relevance
    0      hall          1.0    0.6667       0.50
    1     ~hall          0.0    0.0000       0.75
    """
    data = _validate.frame(data)
    given = names_of(conditions, "conditions", least=1)
    wanted = list(given)
    wanted += [
        f"~{e}" for e in given if not set(e) & set("~*+") and f"~{e}" not in given
    ]
    y = set_of(data, outcome, "outcome")
    rows = []
    for expression in wanted:
        x = set_of(data, expression, "conditions")
        both = np.minimum(x, y)
        coverage = _qca.ratio(both.sum(), x.sum())
        relevance = _qca.ratio((1 - x).sum(), (1 - both).sum())
        rows.append((expression, both.sum() / y.sum(), coverage, relevance))
    columns = ["condition", "consistency", "coverage", "relevance"]
    return pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(columns[1:], float))


def sufficiency(
    data: pd.DataFrame, *, paths: Sequence[str], outcome: str
) -> pd.DataFrame:
    r"""
    Ask whether the outcome occurs wherever a path is present.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per case.
    paths : sequence of str
        Combinations of columns of set memberships, such as ``"hall*~burden"``, or
        whole solutions, ``"hall*~burden+party"``.
    outcome : str
        Column of membership in the outcome; with ``~`` before it, in its absence.

    Returns
    -------
    pandas.DataFrame
        One row per path: ``path``, ``consistency``, ``pri`` (proportional reduction in
        inconsistency), ``coverage``; NaN where they are 0 / 0.

    Raises
    ------
    ValueError
        As for :func:`necessity`.

    See Also
    --------
    minimise : Find paths from a truth table.

    Notes
    -----
    With memberships x in the path and y in the outcome, consistency is
    :math:`\sum \min(x, y) / \sum x`, coverage :math:`\sum \min(x, y) / \sum y` [1]_ and

    .. math:: \mathrm{PRI} = \frac{\sum \min(x, y) - \sum \min(x, y, 1 - y)}
                                  {\sum x - \sum \min(x, y, 1 - y)}.

    A fuzzy path may be consistent with the outcome and with its absence; PRI counts
    only what speaks for one of them.

    References
    ----------
    .. [1] Ragin, C. C. (2006). Set relations in social research: evaluating their
       consistency and coverage. Political Analysis 14(3), 291-310.

    Examples
    --------
    >>> from govlib import coordination
    >>> cases = pd.DataFrame({"hall": [0.9, 0.8, 0.3], "solved": [0.6, 0.9, 0.1]})
    >>> coordination.sufficiency(cases, paths=["hall"], outcome="solved")
       path  consistency     pri  coverage
    0  hall         0.75  0.6429    0.9375
    """
    data = _validate.frame(data)
    y = set_of(data, outcome, "outcome")
    rows = [
        (path, *_qca.sufficiency(set_of(data, path, "paths"), y))
        for path in names_of(paths, "paths", least=1)
    ]
    columns = ["path", "consistency", "pri", "coverage"]
    return pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(columns[1:], float))


def set_of(data: pd.DataFrame, expression: object, argument: str) -> Array:
    """Return membership in an expression of columns with ~ (not), * (and), + (or)."""
    if not isinstance(expression, str) or not expression.strip():
        raise TypeError(
            f"{argument}= takes names of columns as text, not {expression!r}"
        )
    alternatives = []
    for product in expression.split("+"):
        parts = []
        for literal in product.split("*"):
            name = literal.strip()
            plain = name.removeprefix("~").strip()
            x = scores_of(data, [plain], argument)[:, 0]
            parts.append(1 - x if name.startswith("~") else x)
        alternatives.append(np.minimum.reduce(parts))
    member = np.maximum.reduce(alternatives)
    if argument == "outcome" and not member.any():
        raise ValueError(
            f"no case has any membership in outcome {expression!r}, so there is "
            f"nothing to explain"
        )
    return member
