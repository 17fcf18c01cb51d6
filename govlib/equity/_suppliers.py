"""How far supply comes from one hand."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from govlib import _columns, _validate
from govlib.equity import _tables


def herfindahl(amounts: ArrayLike, *, normalised: bool = False) -> float:
    r"""
    Measure how far supply (or money) comes from one hand.

    Parameters
    ----------
    amounts : array_like, shape (n,)
        What each supplier or funder gives, 0 or more.
    normalised : bool, default False
        Whether to stretch the index so that equal suppliers give 0 whatever their
        number. Two equal suppliers and ten then look the same, so report the number.

    Returns
    -------
    float
        From 1/n (all give the same) to 1 (one gives all); from 0 if normalised. A
        single supplier is 1 in both forms.

    Raises
    ------
    ValueError
        If an amount is missing or negative, or all are zero.

    See Also
    --------
    supplier_concentration : For each community of a table.

    Notes
    -----
    :math:`H = \sum_i s_i^2` over shares; normalised :math:`(H - 1/n) / (1 - 1/n)` with
    n the suppliers that give anything. :math:`1 / H` is the number of equal suppliers
    with the same concentration [1]_.

    References
    ----------
    .. [1] Hirschman, A. O. (1964). The paternity of an index. American Economic Review
       54(5), 761-762.

    Examples
    --------
    >>> herfindahl([0.7, 0.1, 0.1, 0.1])
    0.52
    >>> herfindahl([70, 10, 10, 10], normalised=True)
    0.36
    """
    x = _tables.vector(amounts, "amounts")
    if x.sum() == 0:
        raise ValueError("amounts are all zero, so shares are undefined")
    share = x[x > 0] / x.max()
    share /= share.sum()
    index = share @ share
    return float(_stretched(index, share.size) if normalised else index)


def supplier_concentration(
    data: pd.DataFrame, *, unit: str, source: str, value: str
) -> pd.DataFrame:
    """
    Describe how far each community depends on a single supplier or funder.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per contract, service or grant, no missing values in the columns named.
    unit : str
        Column of the community (or organisation) that receives.
    source : str
        Column of the supplier or funder. Rows of one supplier are added up.
    value : str
        Column of amounts, 0 or more.

    Returns
    -------
    pandas.DataFrame
        One row per unit, in their order: its name, ``suppliers`` (that give anything),
        ``total``, ``largest`` (name of the largest), ``largest_share``, ``herfindahl``,
        ``normalised_herfindahl`` and ``single`` (whether there is one supplier only).

    Raises
    ------
    TypeError
        If `data` is no DataFrame or a column is not named.
    ValueError
        If a column is unknown, has missing or negative values, or a unit receives
        nothing.

    See Also
    --------
    herfindahl : The index and its formula.

    Examples
    --------
    >>> grants = pd.DataFrame(
    ...     {
    ...         "place": ["J", "J", "J", "M"],
    ...         "funder": ["street", "firm", "street", "street"],
    ...         "yuan": [4, 2, 2, 5],
    ...     }
    ... )
    >>> table = supplier_concentration(
    ...     grants, unit="place", source="funder", value="yuan"
    ... )
    >>> table[["place", "suppliers", "largest", "herfindahl", "single"]]
      place  suppliers largest  herfindahl  single
    0     J          2  street       0.625   False
    1     M          1  street       1.000    True
    """
    amounts = _tables.amounts(data, value)
    names = _columns.complete(data, unit, "unit")
    _columns.apart([unit], ["suppliers", "total", "largest", "largest_share"])
    _columns.apart([unit], ["herfindahl", "normalised_herfindahl", "single"])
    givers = _columns.complete(data, source, "source")
    rows = pd.DataFrame({"unit": names.array, "giver": givers.array, "x": amounts})
    given = rows.groupby(["unit", "giver"], observed=True)["x"].sum()
    totals = given.groupby(level=0).transform("sum")
    empty = totals.index[totals == 0].unique(0)
    if len(empty):
        raise ValueError(
            f"data column {value!r} is all zero for {len(empty)} unit(s) of {unit!r}: "
            f"{_validate.listing(empty)}; shares of nothing are undefined: drop them"
        )
    given = given[given > 0]
    by_unit = given.groupby(level=0)
    n, total = by_unit.size(), by_unit.sum()
    index = (given / totals[given.index]).pow(2).groupby(level=0).sum()
    return (
        pd.DataFrame(
            {
                "suppliers": n,
                "total": total,
                "largest": by_unit.idxmax().str[1],
                "largest_share": by_unit.max() / total,
                "herfindahl": index,
                "normalised_herfindahl": _stretched(index, n),
                "single": n == 1,
            }
        )
        .rename_axis(unit)
        .reset_index()
    )


def _stretched(index: Any, n: Any) -> Any:
    """Return the index of n suppliers stretched to 0 to 1; a single one is 1."""
    return np.where(
        n == 1, 1.0, np.maximum(0, (index - 1 / n) / np.where(n == 1, 1, 1 - 1 / n))
    )
