"""Who pays how much: coefficients by floor, Shapley value, money to the last fen."""

import re
from collections.abc import Mapping
from typing import Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from govlib import _validate
from govlib.deliberation._exact import Ints, add_up, by_group, named, positive, whole

Floats = NDArray[np.float64]
Scheme = Literal["guangzhou", "guangzhou_estate", "steep", "equal", "shapley"]

# First floors in tenths, and tenths for each floor above.
_TENTHS = {
    "guangzhou": ([0, 5, 10], 1),
    "guangzhou_estate": ([0, 0, 7, 8, 9], 1),
    "steep": ([0, 0, 10], 2),
    "equal": ([0, 10], 0),
}
_FEN = {"fen": 1, "yuan": 100}


def floor_coefficients(floors: int, scheme: Scheme = "guangzhou") -> pd.DataFrame:
    """
    List how much each floor pays, relative to the others, in a common scheme.

    Parameters
    ----------
    floors : int
        Number of floors of the building, at least 2.
    scheme : {"guangzhou", "guangzhou_estate", "steep", "equal", "shapley"}
        Default ``"guangzhou"``: 0, 0.5, 1, then 0.1 more for each floor.
        ``"guangzhou_estate"``: 0, 0, 0.7, 0.8 and so on, meant to be multiplied by
        areas. ``"steep"``: 0, 0, 1, then 0.2 more. ``"equal"``: 1 from the second
        floor. ``"shapley"``: :func:`airport_shapley` of costs that grow with the
        storeys climbed, one flat a floor, the third floor (or the top) being 1.

    Returns
    -------
    pandas.DataFrame
        ``floor`` from 1 and ``coefficient``.

    Raises
    ------
    TypeError
        If `floors` is no whole number.
    ValueError
        If `floors` is below 2 or `scheme` is not known.

    See Also
    --------
    cost_shares : From coefficients to yuan.

    Notes
    -----
    There is no national rule; owners agree. The first follows reference values of
    Guangzhou, the second an estate's proposal there; ``"steep"`` is a pattern of
    negotiations and a teaching assumption.

    Examples
    --------
    >>> floor_coefficients(6)["coefficient"].tolist()
    [0.0, 0.5, 1.0, 1.1, 1.2, 1.3]
    """
    floors = _validate.count(floors, "floors", 2)
    _validate.choice(scheme, get_args(Scheme), "scheme")
    numbers = np.arange(1, floors + 1)
    if scheme == "shapley":
        stairs = pd.DataFrame({"floor": numbers, "climb": numbers - 1.0})
        found = airport_shapley(stairs, unit="floor", value="climb")["shapley"]
        coefficients = (found / found[min(2, floors - 1)]).to_numpy()
    else:
        coefficients = _tenths(numbers, scheme) / 10
    return pd.DataFrame({"floor": numbers, "coefficient": coefficients})


def airport_shapley(
    data: pd.DataFrame, *, unit: str, value: str, group: str | None = None
) -> pd.DataFrame:
    r"""
    Share the cost of what the highest need by the Shapley value, the airport game.

    Everybody pays an equal part of every stretch that they use: flats on the sixth
    floor alone pay for the last storey, all that ride at all pay for the first.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per flat.
    unit : str
        Column of flats, each once in a group.
    value : str
        Column of what it would cost to serve that flat alone, in yuan, not negative.
    group : str, optional
        Column that says which flats share one cost. Default: all.

    Returns
    -------
    pandas.DataFrame
        One row per row of `data`, in its order: the group (if given), the flat,
        `value`, and ``shapley``, in the unit of `value`. In each group they add up to
        the largest value.

    Raises
    ------
    TypeError
        If `data` is no DataFrame or a column is not named.
    ValueError
        If a column is unknown or has missing values, a value is negative, or a flat
        is listed twice.

    See Also
    --------
    cost_shares : Shares by coefficients, in money that adds up.

    Notes
    -----
    In the game a set S of flats costs :math:`\max_{i \in S} c_i`. With :math:`c_1 \le
    \dots \le c_n` the Shapley value is :math:`\phi_i = \sum_{k \le i} (c_k - c_{k-1})
    / (n - k + 1)` [1]_, the mean over all orders of arrival of what each adds to the
    cost.

    References
    ----------
    .. [1] Littlechild, S. C. and Owen, G. (1973). A simple expression for the Shapley
       value in a special case. Management Science 20(3), 370-372.

    Examples
    --------
    Two share the first 6, and the second pays the other 4 alone:

    >>> flats = pd.DataFrame({"flat": [201, 301], "alone": [6, 10]})
    >>> airport_shapley(flats, unit="flat", value="alone")["shapley"].tolist()
    [3.0, 7.0]
    """
    _validate.frame(data)
    home, names = by_group(data, group)
    flats = _flats(data, unit, home)
    costs = _validate.numeric(
        _validate.complete(_validate.column(data, value, "value"))
    ).to_numpy()
    if (costs < 0).any():
        raise ValueError(
            f"data column {value!r} (value=) holds costs and cannot be negative; its "
            f"smallest value is {costs.min():g}"
        )
    order = np.lexsort((costs, home))
    sizes = np.bincount(home, minlength=len(names))
    starts = np.cumsum(sizes) - sizes
    sorted_home = home[order]
    step = np.diff(costs[order], prepend=0)
    step[starts] = costs[order][starts]
    users = (starts + sizes)[sorted_home] - np.arange(len(order))
    paid = np.cumsum(step / users)
    before = np.concatenate(([0], paid))[starts]
    found = np.empty(len(data))
    found[order] = paid - before[sorted_home]
    table = pd.DataFrame({unit: flats, value: costs, "shapley": found})
    return named(table, group, names[home])


def cost_shares(
    data: pd.DataFrame,
    *,
    unit: str,
    floor: str,
    cost: str | float,
    subsidy: str | float = 0,
    scheme: Scheme | Mapping[int, float] = "guangzhou",
    coefficient: str | None = None,
    area: str | None = None,
    compensation: float | Mapping[int, float] = 0,
    group: str | None = None,
    smallest: Literal["fen", "yuan"] = "fen",
) -> pd.DataFrame:
    r"""
    Share the cost of a lift among flats, so that the yuan add up exactly.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per flat.
    unit : str
        Column of flat numbers, each once in a group.
    floor : str
        Column of floors, whole numbers from 1.
    cost, subsidy : str or float
        Total cost in yuan, and what others pay of it (default 0): one number for
        each group, or a column that is the same throughout a group.
    scheme : str or mapping of int to float, default "guangzhou"
        A name as in :func:`floor_coefficients`, or your own coefficient of each
        floor. ``"shapley"`` counts the flats that are there.
    coefficient : str, optional
        Column of coefficients of the flats, instead of `scheme`.
    area : str, optional
        Column of areas, to pay by coefficient times area. Default: by coefficient.
    compensation : float or mapping of int to float, default 0
        Yuan paid *to* each flat on the ground floor, or to each flat on the floors
        named. Raised from all flats by the same coefficients.
    group : str, optional
        Column that says which flats share one lift. Default: all.
    smallest : {"fen", "yuan"}
        Money to round to.

    Returns
    -------
    pandas.DataFrame
        One row per row of `data`, in its order and with its index: the group (if
        given), the flat, the floor, ``coefficient``, ``share`` (of what the flats
        raise, 0 to 1), ``due`` (yuan, before compensation), ``compensation``, and
        ``payment``, their difference. In each group ``payment`` adds up to `cost`
        less `subsidy`.

    Raises
    ------
    TypeError
        If `data` is no DataFrame or a column is not named.
    ValueError
        If a column is unknown or has missing values; a flat is listed twice; a floor
        is not a whole number from 1; the subsidy exceeds the cost; an area is not
        above zero; a floor has no coefficient, all have none, or one is negative; or
        an amount has parts smaller than `smallest`.

    See Also
    --------
    cheapest_offer : Coefficients and compensation that win the vote.

    Notes
    -----
    Flat i owes :math:`A k_i a_i / \sum_j k_j a_j` of the amount A (cost less subsidy
    plus compensation), with coefficient k and area a. These are rounded down, and
    what is left over goes, one fen (or yuan) each, to the flats with the largest
    remainders [1]_; of equal remainders the lower flat number comes first ("502"
    before "1001"). Remainders are compared as whole numbers; coefficients from the
    Shapley value are taken to nine digits.

    References
    ----------
    .. [1] Balinski, M. L. and Young, H. P. (2001). Fair representation: meeting the
       ideal of one man, one vote, 2nd ed. Brookings; the method of Hamilton.

    Examples
    --------
    Six floors of two flats, 700,000 yuan, 280,000 of them subsidy. Plain rounding
    would lose two yuan:

    >>> flats = pd.DataFrame(
    ...     {"flat": [f"{f}0{d}" for f in range(1, 7) for d in (1, 2)]}
    ... )
    >>> flats["floor"] = flats["flat"].str[0].astype(int)
    >>> shares = cost_shares(
    ...     flats,
    ...     unit="flat",
    ...     floor="floor",
    ...     cost=700_000,
    ...     subsidy=280_000,
    ...     smallest="yuan",
    ... )
    >>> shares["payment"][::2].tolist()
    [0.0, 20588.0, 41177.0, 45294.0, 49412.0, 53529.0]
    >>> float(shares["payment"].sum())
    420000.0
    """
    _validate.frame(data)
    _validate.choice(smallest, _FEN, "smallest")
    home, names = by_group(data, group)
    flats = _flats(data, unit, home)
    floors = read_floors(data, floor)
    money = _FEN[smallest]
    total, helped = (
        _money(data, given, name, home, names, money)
        for given, name in ((cost, "cost"), (subsidy, "subsidy"))
    )
    if (helped > total).any():
        raise ValueError("subsidy= is more than cost=, so there is nothing to share")
    shown, weight = _coefficients(data, floors, flats, home, scheme, coefficient, area)
    if area is not None:
        areas, _ = whole(positive(_validate.column(data, area, "area"), "area"))
        weight = weight * areas.astype(object)
    paid_out = _compensation(compensation, floors, money)
    amount = total - helped + add_up(home, paid_out, (len(names),))
    due, share = largest_remainder(weight, amount, home, _by_number(flats))
    scale = money / 100
    columns = {
        unit: flats,
        floor: floors,
        "coefficient": shown,
        "share": share,
        "due": due * scale,
        "compensation": paid_out * scale,
        "payment": (due - paid_out) * scale,
    }
    if len(columns) < 7:
        raise ValueError("a column of the result is called as a column of data; rename")
    table = named(pd.DataFrame(columns), group, names[home])
    # Whole fen divided by 100 print as money; scaled ones might not.
    money_columns = ["due", "compensation", "payment"]
    return table.round(dict.fromkeys(money_columns, 2)).set_index(data.index)


def largest_remainder(
    weight: NDArray[np.object_], amount: Ints, home: Ints, rank: Ints
) -> tuple[Ints, Floats]:
    """Return whole parts of each group's amount, and the exact shares as floats."""
    n = len(amount)
    all_weight = np.zeros(n, dtype=object)
    np.add.at(all_weight, home, weight)
    if (all_weight == 0).any():
        raise ValueError(
            "all coefficients of a group are zero, so nobody would pay; give at least "
            "one flat a coefficient above zero"
        )
    # Fen times areas times coefficients may need more bits than a machine word, and
    # are Python's own integers then.
    fits = int(amount.max()) * int(all_weight.max()) < 2**62
    kind = np.int64 if fits else object
    weight, of_all = weight.astype(kind), all_weight.astype(kind)[home]
    product = amount.astype(kind)[home] * weight
    parts = (product // of_all).astype(np.int64)
    remainder = np.unique(product % of_all, return_inverse=True)[1]
    left = amount - add_up(home, parts, (n,))
    order = np.lexsort((rank, -remainder, home))
    sizes = np.bincount(home, minlength=n)
    place = np.arange(len(home)) - (np.cumsum(sizes) - sizes)[home[order]]
    parts[order] += place < left[home[order]]
    return parts, (weight / of_all).astype(float)


def read_floors(data: pd.DataFrame, floor: str) -> Ints:
    """Return the floors as whole numbers from 1."""
    values = _validate.complete(_validate.column(data, floor, "floor"))
    floors = _validate.numeric(values).to_numpy()
    bad = (floors < 1) | (floors != np.round(floors))
    if bad.any():
        raise ValueError(
            f"data column {floor!r} (floor=) must hold whole numbers from 1, the "
            f"ground floor; row(s) {_validate.listing(values.index[bad])} do not"
        )
    return floors.astype(np.int64)


def _tenths(floors: Ints, scheme: str) -> Ints:
    """Return tenths of the coefficient of each floor."""
    first, step = _TENTHS[scheme]
    above = np.maximum(floors - len(first), 0)
    return np.array(first)[np.minimum(floors, len(first)) - 1] + step * above


def _coefficients(
    data: pd.DataFrame,
    floors: Ints,
    flats: NDArray,
    home: Ints,
    scheme: object,
    coefficient: str | None,
    area: str | None,
) -> tuple[Floats, NDArray[np.object_]]:
    """Return coefficients as shown and as whole numbers."""
    if coefficient is not None:
        own = _validate.column(data, coefficient, "coefficient")
    elif isinstance(scheme, Mapping):
        unknown = set(floors.tolist()) - set(scheme)
        if unknown:
            raise ValueError(
                f"scheme= has no coefficient for floor(s) "
                f"{_validate.listing(sorted(unknown))}; give one for every floor"
            )
        own = pd.Series([scheme[f] for f in floors.tolist()], name="scheme=")
    else:
        _validate.choice(scheme, get_args(Scheme), "scheme")
        if scheme != "shapley":
            tenths = _tenths(floors, str(scheme))
            return tenths / 10, tenths.astype(object)
        if area is not None:
            raise ValueError("scheme='shapley' shares by floors alone; leave out area=")
        stairs = pd.DataFrame({"flat": flats, "climb": floors - 1.0, "home": home})
        found = airport_shapley(stairs, unit="flat", value="climb", group="home")
        found = found["shapley"].to_numpy()
        return found, np.round(found * 1e9).astype(np.int64).astype(object)
    weight, _ = whole(own)
    if (weight < 0).any():
        raise ValueError(f"coefficients cannot be negative; {own.name!r} has some")
    return own.to_numpy(dtype=float), weight.astype(object)


def _compensation(given: object, floors: Ints, money: int) -> Ints:
    """Return what each flat is paid, in the smallest money."""
    by_floor = given if isinstance(given, Mapping) else {1: given}
    paid = np.zeros(len(floors), dtype=np.int64)
    for floor, yuan in by_floor.items():
        amount = _validate.between(yuan, 0, np.inf, "compensation=")
        units, digits = whole(pd.Series([amount], name="compensation="))
        paid[floors == floor] = _in(units, digits, money, "compensation=")[0]
    return paid


def _money(
    data: pd.DataFrame,
    given: str | float,
    argument: str,
    home: Ints,
    names: pd.Index,
    money: int,
) -> Ints:
    """Return an amount for each group, in the smallest money."""
    if not isinstance(given, str):
        number = _validate.between(given, 0, np.inf, f"{argument}=")
        values = pd.Series([number] * len(names), name=f"{argument}=")
        return _in(*whole(values), money, f"{argument}=")
    values = _validate.column(data, given, argument)
    amounts = _in(*whole(values), money, f"{argument}=")
    found = np.zeros(len(names), dtype=np.int64)
    found[home] = amounts
    differs = found[home] != amounts
    if differs.any() or (amounts < 0).any():
        raise ValueError(
            f"data column {given!r} ({argument}=) must hold one amount, not negative, "
            f"throughout a group"
        )
    return found


def _in(units: Ints, digits: int, money: int, argument: str) -> Ints:
    """Return whole amounts of the smallest money, or say that parts are left."""
    # Tens, or hundreds, of the last decimal to a fen or a yuan.
    up, down = (100, 10**digits * money) if digits else (100, money)
    amounts, left = np.divmod(units * up, down)
    if left.any():
        word = "yuan" if money == 100 else "fen (two decimals)"
        raise ValueError(f"{argument} must be in whole {word}; round it first")
    return amounts


def _flats(data: pd.DataFrame, unit: str, home: Ints) -> NDArray:
    """Return the flats' names, each once in its group."""
    flats = _validate.complete(_validate.column(data, unit, "unit"))
    again = pd.DataFrame({"home": home, "flat": flats.to_numpy()}).duplicated()
    if again.any():
        raise ValueError(
            f"data column {unit!r} (unit=) lists {int(again.sum())} flat(s) twice: "
            f"{_validate.listing(flats[again.to_numpy()].unique())}; keep one row per "
            f"flat, or name the stairwell as group="
        )
    return flats.to_numpy()


def _by_number(flats: NDArray) -> Ints:
    """Return the rank of each flat by its number: 502 before 1001, also in text."""
    if np.issubdtype(flats.dtype, np.number):
        return np.unique(flats, return_inverse=True)[1]
    padded = [
        re.sub(r"\d+", lambda m: m.group().zfill(12), str(flat)) for flat in flats
    ]
    return np.unique(padded, return_inverse=True)[1]
