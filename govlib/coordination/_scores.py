"""Scores from 0 to 1 from indicators, and weights from their spread."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from govlib import _columns, _validate
from govlib.coordination._inputs import names_of


def sample_goalposts(
    data: pd.DataFrame,
    *,
    higher_is_better: Sequence[str] = (),
    lower_is_better: Sequence[str] = (),
) -> dict[str, tuple[float, float]]:
    """
    Take the smallest and largest value of each indicator as its goalposts.

    Scores with these goalposts are min-max scores: they say where a community stands
    in this sample. One more community, or one more year, changes everybody's score, so
    that results of two studies cannot be compared. Prefer fixed goalposts; where only
    the sample is at hand, take them once from the pooled panel.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per community (and year).
    higher_is_better : sequence of str, optional
        Indicators whose largest value is the best.
    lower_is_better : sequence of str, optional
        Indicators whose smallest value is the best, such as waiting days.

    Returns
    -------
    dict
        Per indicator: worst and best value, as :func:`normalise` takes them.

    Raises
    ------
    ValueError
        If a column is not there, has missing values or text, is named on both sides,
        or has the same value in every row.

    See Also
    --------
    normalise : Scores from goalposts.

    Examples
    --------
    >>> from govlib import coordination
    >>> data = pd.DataFrame({"days": [5.0, 20.0, 35.0], "served": [40.0, 80.0, 60.0]})
    >>> coordination.sample_goalposts(
    ...     data, higher_is_better=["served"], lower_is_better=["days"]
    ... )
    {'served': (40.0, 80.0), 'days': (35.0, 5.0)}
    """
    data = _validate.frame(data)
    ups, downs = list(higher_is_better), list(lower_is_better)
    names = names_of([*ups, *downs], "higher_is_better=, lower_is_better", least=1)
    goalposts = {}
    for name in names:
        values = _columns.numbers(data, name, "higher_is_better=, lower_is_better")
        low, high = float(values.min()), float(values.max())
        if low == high:
            raise ValueError(
                f"data column {name!r} is {low:g} in every row, so the sample sets no "
                f"goalposts; set them yourself, or leave the indicator out"
            )
        goalposts[name] = (low, high) if name in ups else (high, low)
    return goalposts


def normalise(
    data: pd.DataFrame,
    *,
    goalposts: Mapping[str, tuple[float, float]],
    clip: bool = False,
) -> pd.DataFrame:
    r"""
    Turn indicators into scores between a worst and a best value.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per community (and year). It is not changed.
    goalposts : mapping
        Per column: the value that scores 0 and the value that scores 1. Where lower is
        better, the first is the larger: ``{"waiting_days": (60, 0)}``. Values that
        somebody has justified, and that are the same for all places and years, make
        scores comparable; see :func:`sample_goalposts` for those of the sample.
    clip : bool, default False
        Whether values beyond a goalpost score 0 or 1. Default: they are refused.

    Returns
    -------
    pandas.DataFrame
        Copy of `data` in which the named columns are scores from 0 to 1.

    Raises
    ------
    ValueError
        If a column is not there, has missing values or text, if both goalposts are the
        same, or if a value lies beyond them and `clip` is false.
    TypeError
        If `goalposts` is not a mapping to pairs of numbers.

    See Also
    --------
    sample_goalposts : Goalposts from the sample (min-max).
    entropy_weights : Weights of indicators from their spread.

    Notes
    -----
    The score is :math:`(x - \text{worst}) / (\text{best} - \text{worst})`.

    Examples
    --------
    >>> from govlib import coordination
    >>> data = pd.DataFrame({"community": ["a", "b"], "waiting_days": [45, 15]})
    >>> coordination.normalise(data, goalposts={"waiting_days": (60, 0)})
      community  waiting_days
    0         a          0.25
    1         b          0.75
    """
    data = _validate.frame(data)
    if not isinstance(goalposts, Mapping) or not goalposts:
        raise TypeError(
            "goalposts= takes a mapping such as {'waiting_days': (60, 0)}: per column "
            "the value that scores 0 and the value that scores 1"
        )
    scores = {}
    for name, pair in goalposts.items():
        values = _columns.numbers(data, name, "goalposts")
        try:
            worst, best = (float(end) for end in pair)
        except (TypeError, ValueError):
            raise TypeError(
                f"goalposts[{name!r}] must be two numbers (worst, best), not {pair!r}"
            ) from None
        if not np.isfinite([worst, best]).all() or worst == best:
            raise ValueError(
                f"goalposts[{name!r}] must be two different finite numbers "
                f"(worst, best), not {pair!r}"
            )
        score = (values - worst) / (best - worst)
        beyond = values.index[(score < 0) | (score > 1)]
        if len(beyond) and not clip:
            raise ValueError(
                f"data column {name!r} has {len(beyond)} value(s) beyond its goalposts "
                f"{worst:g} and {best:g} in row(s) {_validate.listing(beyond)}; widen "
                f"the goalposts, or set clip=True to score them 0 or 1"
            )
        scores[name] = score.clip(0, 1)
    return data.assign(**scores)


def entropy_weights(
    data: pd.DataFrame, *, indicators: Sequence[str], shift: float = 0.0
) -> pd.DataFrame:
    r"""
    Weight indicators by how unevenly they are spread over the rows.

    The weight says how much an indicator sets these rows apart, not how much it
    matters: a facility that few have, or a typing error, gets the largest weight.
    It depends on how indicators were scaled and shifted, which
    :func:`entropy_weight_sensitivity` shows.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per community. For a panel, give all years at once: weights taken year
        by year hide that a whole city improves.
    indicators : sequence of str
        Columns of scores, all 0 or more and with more meaning better: see
        :func:`normalise`.
    shift : float, default 0.0
        Added to every score first, as many papers do "to avoid the logarithm of zero".
        There is no need: 0 ln 0 counts as 0.

    Returns
    -------
    pandas.DataFrame
        One row per indicator: ``indicator``, ``entropy`` (1 if equally spread) and
        ``weight`` (sum 1; 0 for an indicator that is the same in every row).

    Raises
    ------
    ValueError
        If a column is not there, has missing values or text or negative numbers, if
        there are fewer than two rows, if every indicator is constant, or if `shift` is
        negative.

    See Also
    --------
    entropy_weight_sensitivity : The same for several shifts.

    Notes
    -----
    With score :math:`z_{ij}` of row i of m on indicator j and
    :math:`p_{ij} = z_{ij} / \sum_i z_{ij}`,

    .. math:: e_j = -\frac{1}{\ln m} \sum_i p_{ij} \ln p_{ij}, \qquad
              w_j = \frac{1 - e_j}{\sum_l (1 - e_l)}.

    m is the number of rows, not of indicators. The entropy is Shannon's [1]_.

    References
    ----------
    .. [1] Shannon, C. E. (1948). A mathematical theory of communication. Bell System
       Technical Journal 27(3), 379-423.

    Examples
    --------
    In one of two communities is all there is of b: its entropy is 0. Of a both have the
    same. All weight goes to b.

    >>> from govlib import coordination
    >>> data = pd.DataFrame({"a": [0.5, 0.5], "b": [0.0, 1.0]})
    >>> coordination.entropy_weights(data, indicators=["a", "b"])
      indicator  entropy  weight
    0         a      1.0     0.0
    1         b      0.0     1.0
    """
    data = _validate.frame(data)
    names = names_of(indicators, "indicators", least=1)
    shift = _validate.between(shift, 0, np.inf, "shift=")
    scores = np.column_stack(
        [_columns.numbers(data, name, "indicators") for name in names]
    )
    m = len(scores)
    if m < 2:
        raise ValueError(f"data has {m} row(s); the spread over rows needs at least 2")
    for name, column in zip(names, scores.T, strict=True):
        if (column < 0).any():
            raise ValueError(
                f"data column {name!r} has {int((column < 0).sum())} negative "
                f"value(s); entropy needs shares: bring it to 0 to 1 with normalise"
            )
    constant = np.ptp(scores, axis=0) == 0
    if constant.all():
        raise ValueError(
            f"every indicator ({_validate.listing(names)}) is the same in every row, "
            f"so nothing sets rows apart; choose weights yourself"
        )
    shifted = scores + shift
    # A constant column may be all zero, which has no shares; its entropy is 1 anyway.
    shares = shifted / np.where(constant, 1, shifted.sum(axis=0))
    logs = np.log(shares, out=np.zeros_like(shares), where=shares > 0)
    entropy = np.where(constant, 1.0, -(shares * logs).sum(axis=0) / np.log(m))
    # Equal spread written with decimals leaves an entropy a last bit above 1.
    spread = np.maximum(1 - entropy, 0)
    return pd.DataFrame(
        {"indicator": names, "entropy": entropy, "weight": spread / spread.sum()}
    )


def entropy_weight_sensitivity(
    data: pd.DataFrame,
    *,
    indicators: Sequence[str],
    shifts: Sequence[float] = (0.0, 0.0001, 0.001, 0.01, 0.1, 1.0),
) -> pd.DataFrame:
    """
    Show how entropy weights change with the constant that is added to the scores.

    Parameters
    ----------
    data : pandas.DataFrame
        As for :func:`entropy_weights`.
    indicators : sequence of str
        Columns of scores, 0 or more.
    shifts : sequence of float
        Constants to add, 0 or more.

    Returns
    -------
    pandas.DataFrame
        One row per shift and indicator: ``shift``, ``indicator``, ``entropy``,
        ``weight``. The larger the shift, the more equal the weights.

    Raises
    ------
    ValueError
        As for :func:`entropy_weights`.

    See Also
    --------
    entropy_weights : Weights for one shift, and the formula.

    Examples
    --------
    One community has all of b, and half as much again of a as the other. The more is
    added to both, the more a counts.

    >>> from govlib import coordination
    >>> data = pd.DataFrame({"a": [0.4, 0.6], "b": [0.0, 1.0]})
    >>> table = coordination.entropy_weight_sensitivity(
    ...     data, indicators=["a", "b"], shifts=[0, 1]
    ... )
    >>> table[["shift", "indicator", "weight"]]
       shift indicator  weight
    0      0         a  0.0282
    1      0         b  0.9718
    2      1         a  0.0378
    3      1         b  0.9622
    """
    tables = [
        entropy_weights(data, indicators=indicators, shift=shift).assign(shift=shift)
        for shift in shifts
    ]
    if not tables:
        raise ValueError("shifts= is empty; name at least one constant")
    columns = ["shift", "indicator", "entropy", "weight"]
    return pd.concat(tables, ignore_index=True)[columns]
