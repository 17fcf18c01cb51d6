"""Who holds which duty, and how much the duties of actors overlap."""

from collections.abc import Sequence
from itertools import combinations, product
from typing import Any

import numpy as np
import pandas as pd

from govlib import _columns, _validate
from govlib.coordination._inputs import levels, names_of


def responsibilities(
    data: pd.DataFrame,
    *,
    unit: str,
    value: str,
    group: str | None = None,
    time: str | None = None,
    duties: Sequence[Any] | None = None,
) -> pd.DataFrame:
    """
    List who holds each duty, and which duties nobody or several actors hold.

    Parameters
    ----------
    data : pandas.DataFrame
        Responsibility list in long form: one row per actor and duty. A row that is
        there twice counts once.
    unit : str
        Column of actors, such as the Party organisation, the residents' committee, the
        owners' committee, the property company and the X of "1+3+X".
    value : str
        Column of duties.
    group : str, optional
        Column of communities, each with a list of its own. Default: one list.
    time : str, optional
        Column of periods, such as the years before and after a reform. They come in
        order; of texts such as "before" and "after" make an ordered category first.
        Default: one period.
    duties : sequence, optional
        All duties that somebody should hold. Default: those that occur in any group
        and period, so that a duty that is dropped shows as a gap, but one that nobody
        ever held is not seen.

    Returns
    -------
    pandas.DataFrame
        One row per group, period and duty: the group and the period (if given) and the
        duty, called as in `data`; ``holders`` (number of actors), ``actors`` (their
        names, joined by commas) and ``status``: ``"gap"`` (no holder), ``"clear"``
        (one) or ``"overlap"`` (several).

    Raises
    ------
    ValueError
        If a column is not there or has missing values, if there are no rows, or if
        `data` has a duty that `duties` leaves out.

    See Also
    --------
    role_overlap : How much the lists of two actors have in common.

    Examples
    --------
    >>> from govlib import coordination
    >>> lists = pd.DataFrame(
    ...     {
    ...         "actor": ["committee", "property company", "committee"],
    ...         "duty": ["stairwells", "stairwells", "mediation"],
    ...     }
    ... )
    >>> table = coordination.responsibilities(
    ...     lists,
    ...     unit="actor",
    ...     value="duty",
    ...     duties=["mediation", "stairwells", "lifts"],
    ... )
    >>> table[["duty", "holders", "status"]]
             duty  holders   status
    0   mediation        1    clear
    1  stairwells        2  overlap
    2       lifts        0      gap
    """
    lists, parts, keys = _duty_lists(data, unit, value, group, time)
    held = lists[value].drop_duplicates()
    duties = list(dict.fromkeys(levels(held) if duties is None else duties))
    left_out = [duty for duty in held if duty not in duties]
    if left_out:
        raise ValueError(
            f"data column {value!r} has {len(left_out)} duty(ies) that duties= does "
            f"not list: {_validate.listing(left_out)}"
            f"{_validate.nearest(left_out[0], duties)}; add them, or correct the column"
        )
    results = ["holders", "actors", "status"]
    _columns.apart([value, *keys], results)
    tables = []
    for part, own in parts:
        names = own.groupby(value)[unit].agg(lambda actors: sorted(map(str, actors)))
        rows = []
        for duty in duties:
            actors = names.get(duty, [])
            n = len(actors)
            status = "gap" if n == 0 else "clear" if n == 1 else "overlap"
            rows.append((duty, n, ", ".join(actors), status))
        tables.append((part, pd.DataFrame(rows, columns=[value, *results])))
    return _below(tables, keys)


def role_overlap(
    data: pd.DataFrame,
    *,
    unit: str,
    value: str,
    group: str | None = None,
    time: str | None = None,
) -> pd.DataFrame:
    r"""
    Compare the duties of every two actors.

    Parameters
    ----------
    data : pandas.DataFrame
        Responsibility list in long form: one row per actor and duty. A row that is
        there twice counts once.
    unit : str
        Column of actors.
    value : str
        Column of duties.
    group : str, optional
        Column of communities, each with a list of its own. Default: one list.
    time : str, optional
        Column of periods. Actors of any group and period are compared in each.
        Default: one period.

    Returns
    -------
    pandas.DataFrame
        One row per group, period and pair of actors: the group and the period (if
        given), ``source`` and ``target`` (the two, in order of name), ``shared``
        (duties that both hold), ``jaccard`` and ``overlap``, both from 0 to 1; NaN
        where an actor has no duties (both have none, for ``jaccard``).

    Raises
    ------
    ValueError
        If a column is not there or has missing values, or if there are fewer than two
        actors.

    See Also
    --------
    responsibilities : Which duties overlap, and which nobody holds.

    Notes
    -----
    For lists :math:`A` and :math:`B`, Jaccard's index is
    :math:`|A \cap B| / |A \cup B|` and the overlap coefficient
    :math:`|A \cap B| / \min(|A|, |B|)`: the latter is 1 when a short list lies within a
    long one. Two actors may share a duty on purpose; the list does not say who leads.

    Examples
    --------
    In 2023 the committee's two duties lie within the company's three; in 2025 they
    share none. With more actors, the mean over pairs is the overlap of a community.

    >>> from govlib import coordination
    >>> lists = pd.DataFrame(
    ...     {
    ...         "year": [2023] * 5 + [2025] * 3,
    ...         "actor": list("ccppp") + list("cpp"),
    ...         "duty": [1, 2, 1, 2, 3, 1, 2, 3],
    ...     }
    ... )
    >>> coordination.role_overlap(lists, unit="actor", value="duty", time="year")
       year source target  shared  jaccard  overlap
    0  2023      c      p       2   0.6667      1.0
    1  2025      c      p       0   0.0000      0.0
    """
    lists, parts, keys = _duty_lists(data, unit, value, group, time)
    actors = levels(lists[unit])
    if len(actors) < 2:
        raise ValueError(
            f"data column {unit!r} names one actor only ({_validate.listing(actors)}); "
            f"overlap needs at least two"
        )
    results = ["source", "target", "shared", "jaccard", "overlap"]
    _columns.apart(keys, results)
    tables = []
    for part, own in parts:
        held = own.groupby(unit)[value].agg(set)
        rows = []
        for one, other in combinations(actors, 2):
            a, b = held.get(one, set()), held.get(other, set())
            shared, either, fewer = len(a & b), len(a | b), min(len(a), len(b))
            jaccard = shared / either if either else np.nan
            overlap = shared / fewer if fewer else np.nan
            rows.append((one, other, shared, jaccard, overlap))
        tables.append((part, pd.DataFrame(rows, columns=results)))
    return _below(tables, keys)


def _duty_lists(
    data: pd.DataFrame, unit: str, value: str, group: str | None, time: str | None
) -> tuple[pd.DataFrame, list[tuple[tuple, pd.DataFrame]], list[str]]:
    """Return actors and duties, each pair once; the same by group and period; keys."""
    data = _validate.frame(data)
    columns = {"unit": unit, "value": value, "group": group, "time": time}
    columns = {key: name for key, name in columns.items() if name is not None}
    for argument, name in columns.items():
        _columns.complete(data, name, argument)
    names = names_of(list(columns.values()), "unit=, value=, group=, time", least=2)
    if data.empty:
        raise ValueError("data has no rows; give one row per actor and duty")
    lists = data[names].drop_duplicates()
    keys = names[2:]
    if not keys:
        return lists, [((), lists)], keys
    # A list that is empty in a period leaves gaps; a group without rows is none.
    own = dict(iter(lists.groupby(keys)))
    empty = lists.iloc[:0]
    every = product(*(levels(lists[key]) for key in keys))
    return lists, [(part, own.get(part, empty)) for part in every], keys


def _below(tables: list[tuple[tuple, pd.DataFrame]], keys: list[str]) -> pd.DataFrame:
    """Return tables below each other, with what they are of in the first columns."""
    for part, table in tables:
        for place, (key, level) in enumerate(zip(keys, part, strict=True)):
            table.insert(place, key, level)
    return pd.concat([table for _, table in tables], ignore_index=True)
