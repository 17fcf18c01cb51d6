"""Scales from items: items turned round, scores, and agreeing with everything."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from govlib import _validate
from govlib.evaluation._shared import names_of


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
    names = names_of(items, "items")
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
    turned = names_of(reverse, "reverse")
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
