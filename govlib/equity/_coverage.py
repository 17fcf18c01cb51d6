"""What share of people has each function within a walk."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from govlib import _columns, _validate
from govlib.equity import _pairs, _tables


@dataclass(frozen=True, slots=True)
class Coverage:
    """
    Who lives within reach of which functions, as returned by :func:`coverage`.

    Attributes
    ----------
    table : pandas.DataFrame
        One row per function, or per group and function: the group (if asked for), the
        function in a column called as `function` says, ``population``, and
        ``covered_share``, the share of these people with at least one facility of the
        function within reach (NaN where nobody lives).
    blocks : pandas.DataFrame
        One row per block, in the order given: its id and group, ``population``, and
        ``functions``, how many different functions are within reach.
    functions : tuple
        Names of the functions counted.
    mean_functions : float
        Mean of ``functions`` over people, 0 to ``len(functions)``.
    complete_share : float
        Share of people with all functions within reach.
    cutoff : float
        Largest distance that counts as within reach.
    """

    table: pd.DataFrame
    blocks: pd.DataFrame
    functions: tuple
    mean_functions: float
    complete_share: float
    cutoff: float

    def __str__(self) -> str:
        return (
            f"{self.mean_functions:.2f} of {len(self.functions)} functions within "
            f"{self.cutoff:g} for the mean resident of {len(self.blocks)} blocks; "
            f"{self.complete_share:.1%} of residents have all"
        )


def coverage(
    blocks: pd.DataFrame,
    facilities: pd.DataFrame,
    distances: pd.DataFrame | None = None,
    *,
    source: str,
    target: str,
    function: str,
    cutoff: float,
    weight: str | None = None,
    group: str | None = None,
    functions: Sequence[str] | None = None,
    distance: str | None = None,
    coordinates: tuple[str, str] | None = None,
) -> Coverage:
    r"""
    Measure what share of people has each function within a walk.

    Parameters
    ----------
    blocks : pandas.DataFrame
        One row per block (or community, or building) where people live.
    facilities : pandas.DataFrame
        One row per facility and function. A neighbourhood centre that holds twelve
        functions has twelve rows of one name.
    distances : pandas.DataFrame, optional
        One row per pair of a block and a facility: walking distance or minutes. A pair
        that is not listed is out of reach. Give this or `coordinates`.
    source, target : str
        Columns with the ids of blocks (in `blocks` and `distances`) and of facilities
        (in `facilities` and `distances`).
    function : str
        Column of `facilities` that says what it is for.
    cutoff : float
        Farthest that counts, itself included, in the unit of the distances: 15 for
        minutes, 1,000 for metres.
    weight : str, optional
        Column of `blocks` with how many people live there. Default: one each, which
        counts a small place like a large one.
    group : str, optional
        Column of `blocks`, such as the community, for a row of the table each.
    functions : sequence of str, optional
        All functions that should be there, in the order of the table. Give it, or a
        function that the whole city lacks is not missed. Default: those in
        `facilities`, and all categories of the column if it is categorical.
    distance : str, optional
        Column of `distances`.
    coordinates : tuple of str, optional
        Two columns, both in `blocks` and in `facilities`, of places on a plane, in
        metres. Distances are then straight lines, shorter than any walk (by a quarter
        or so in a street grid): the coverage found is an upper bound.

    Returns
    -------
    Coverage
        The table of groups and functions, and each block's number of functions.

    Raises
    ------
    TypeError
        If a table is no DataFrame, a column is not named, or both or neither of
        `distances` and `coordinates` are given.
    ValueError
        If a column is unknown or has missing values; an id of a block, a facility's
        function or a pair is there twice; a pair names an unknown block or facility; a
        distance is negative; nobody lives in any block; a facility has a function that
        is not in `functions`.

    See Also
    --------
    floating_catchment : How much is within reach, shared with those who reach it too.

    Notes
    -----
    The fifteen-minute circle of Chinese planning standards takes 800 to 1,000 m
    [1]_. Within reach says nothing about places free, prices or opening hours.

    References
    ----------
    .. [1] GB 50180-2018. Standard for urban residential area planning and design.
       Ministry of Housing and Urban-Rural Development of China.

    Examples
    --------
    >>> homes = pd.DataFrame({"block": ["a", "b"], "people": [300, 100]})
    >>> places = pd.DataFrame({"place": ["x", "y"], "kind": ["clinic", "market"]})
    >>> walks = pd.DataFrame(
    ...     {"block": ["a", "a", "b"], "place": ["x", "y", "y"], "minutes": [15, 8, 16]}
    ... )
    >>> reached = coverage(
    ...     homes,
    ...     places,
    ...     walks,
    ...     source="block",
    ...     target="place",
    ...     function="kind",
    ...     distance="minutes",
    ...     cutoff=15,
    ...     weight="people",
    ...     functions=["clinic", "market", "library"],
    ... )
    >>> reached.table
          kind  population  covered_share
    0   clinic       400.0           0.75
    1   market       400.0           0.75
    2  library       400.0           0.00
    >>> reached.mean_functions
    1.5
    """
    reach = _pairs.read(
        blocks,
        facilities,
        distances,
        source=source,
        target=target,
        distance=distance,
        coordinates=coordinates,
        cutoff=cutoff,
    )
    population = _tables.people(blocks, weight, "blocks")
    kinds = _functions(facilities, function, functions)
    named = [name for name in (source, group, function) if name is not None]
    _columns.apart(named, ["population", "functions", "covered_share"])
    if group == function:
        raise ValueError(
            f"group= and function= are both called {group!r}; rename the column of one "
            f"table"
        )
    repeated = (
        pd.DataFrame({"facility": reach.number, "function": kinds.codes})
        .duplicated()
        .to_numpy()
    )
    if repeated.any():
        rows = _validate.listing(facilities.index[repeated])
        raise ValueError(
            f"facilities lists {int(repeated.sum())} facility(s) again with the same "
            f"{function!r} in row(s) {rows}; drop these rows"
        )
    n_facilities, n_functions = len(reach.facilities), len(kinds.categories)
    holds = sparse.csr_array(
        (np.ones(len(facilities)), (reach.number, kinds.codes)),
        shape=(n_facilities, n_functions),
    )
    reached = np.zeros((len(blocks), n_functions), dtype=bool)
    for some, block, facility, _ in reach.pairs():
        near = sparse.csr_array(
            (np.ones(block.size), (block, facility)), shape=(some.size, n_facilities)
        )
        reached[some] |= (near @ holds).toarray() > 0
    counts = reached.sum(axis=1)
    per_block = blocks[list(dict.fromkeys([source, group or source]))].assign(
        population=population, functions=counts
    )
    parts = []
    for name, rows in _tables.groups(blocks, group, "blocks"):
        people = population[rows].sum()
        share = population[rows] @ reached[rows] / people if people > 0 else np.nan
        part = {
            function: kinds.categories,
            "population": people,
            "covered_share": share,
        }
        parts.append(pd.DataFrame(({group: name} if group else {}) | part))
    return Coverage(
        table=pd.concat(parts, ignore_index=True),
        blocks=per_block.reset_index(drop=True),
        functions=tuple(kinds.categories),
        mean_functions=float(np.average(counts, weights=population)),
        complete_share=float(np.average(counts == n_functions, weights=population)),
        cutoff=float(cutoff),
    )


def _functions(
    facilities: pd.DataFrame, function: str, functions: Iterable[str] | None
) -> pd.Categorical:
    """Return each row's function as a category of all that should be there."""
    table = "facilities"
    values = _columns.complete(facilities, function, "function", table)
    if functions is None:
        return pd.Categorical(values)
    if isinstance(functions, str):
        raise TypeError(f"functions= takes a list of names, not the text {functions!r}")
    wanted = _validate.unique(pd.Series(list(functions), name="functions="), table)
    strange = set(values) - set(wanted)
    if strange:
        raise ValueError(
            f"facilities column {function!r} holds {len(strange)} function(s) that are "
            f"not in functions=: {_validate.listing(sorted(strange, key=str))}; add "
            f"them or drop these rows"
        )
    return pd.Categorical(values, categories=list(wanted))
