"""Which facilities lie within reach of which blocks, by a table or by coordinates."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.spatial import KDTree

from govlib import _validate

Array = NDArray[np.float64]
Ints = NDArray[np.intp]
Pairs = tuple[Ints, Ints, Ints, Array]
Decay = str | Mapping[float, float] | Callable[[Array], Array] | None

# Blocks looked up at once, and pairs held at once: a pair takes some 60 bytes on its
# way, so memory stays near 100 MB beside the tables, whatever their size.
_BLOCKS = 5_000
_PAIRS = 1_500_000


@dataclass(frozen=True, slots=True)
class Reach:
    """
    Blocks, facilities, and which are no farther apart than the cutoff.

    Attributes
    ----------
    facilities : pandas.Index
        Ids of the facilities, each once.
    number : numpy.ndarray
        Position in ``facilities`` of each row of the table of facilities.
    pairs : callable
        Gives the pairs in portions of bounded size: numbers of some blocks; and, for
        each pair, the position among these blocks, the number of the facility and the
        distance. A block may come again in a later portion.
    """

    facilities: pd.Index
    number: Ints
    pairs: Callable[[], Iterator[Pairs]]


def _together(blocks: Array, facilities: KDTree, cutoff: float) -> list[Ints]:
    """Return the numbers of blocks that are looked up together."""
    # Blocks near one another, which trees do fast.
    square = np.floor(blocks / (3 * cutoff))
    order = np.lexsort((square[:, 0], square[:, 1]))
    waiting = [order[i : i + _BLOCKS] for i in range(0, order.size, _BLOCKS)][::-1]
    parts = []
    while waiting:
        some = waiting.pop()
        tree = KDTree(blocks[some])
        if some.size > 1 and tree.count_neighbors(facilities, cutoff) > _PAIRS:
            waiting += [some[some.size // 2 :], some[: some.size // 2]]
        else:
            parts.append(some)
    return parts


def _near(
    blocks: Array, facilities: KDTree, cutoff: float, parts: list[Ints]
) -> Iterator[Pairs]:
    """Yield the pairs of places on a plane that are within the cutoff."""
    for some in parts:
        found = KDTree(blocks[some]).sparse_distance_matrix(
            facilities, cutoff, output_type="ndarray"
        )
        block, facility, distance = (np.ascontiguousarray(found[f]) for f in "ijv")
        yield some, block, facility, distance


def _portions(
    n_blocks: int, block: Ints, facility: Ints, distance: Array
) -> Iterator[Pairs]:
    """Yield listed pairs."""
    everyone = np.arange(n_blocks)
    for start in range(0, distance.size, _PAIRS):
        part = slice(start, start + _PAIRS)
        yield everyone, block[part], facility[part], distance[part]


def read(
    blocks: pd.DataFrame,
    facilities: pd.DataFrame,
    distances: pd.DataFrame | None,
    *,
    source: str,
    target: str,
    distance: str | None,
    coordinates: tuple[str, str] | None,
    cutoff: float,
) -> Reach:
    """Return which facilities are within reach of which blocks."""
    cutoff = _validate.between(cutoff, 0, np.inf, "cutoff=")
    if not 0 < cutoff < np.inf:
        raise ValueError(f"cutoff= must be a distance above 0, not {cutoff:g}")
    if (distances is None) == (coordinates is None):
        raise TypeError(
            "give either distances (a table of walking distances) or coordinates= "
            "(two columns of blocks and of facilities, in metres), and not both"
        )
    homes = _validate.unique(ids(blocks, source, "source", "blocks"), "blocks")
    of_facilities = ids(facilities, target, "target", "facilities")
    number, names = pd.factorize(of_facilities)
    names = pd.Index(names)
    if distances is not None:
        listed = _listed(distances, homes, names, source, target, distance, cutoff)
        return Reach(names, number, partial(_portions, len(homes), *listed))
    origins = _places(blocks, coordinates, "blocks")
    places = _places(facilities, coordinates, "facilities")
    # A facility may have a row for each of its functions: one place for all.
    first = np.unique(number, return_index=True)[1]
    apart = (places != places[first][number]).any(axis=1)
    if apart.any():
        again = of_facilities[apart].unique()
        raise ValueError(
            f"facilities column {target!r}: {len(again)} facility(s) stand in more "
            f"than one place: {_validate.listing(again)}; give each place its own name"
        )
    tree = KDTree(places[first])
    parts = _together(origins, tree, cutoff)
    return Reach(names, number, partial(_near, origins, tree, cutoff, parts))


def decay(how: Decay, cutoff: float) -> Callable[[Array], Array]:
    """Return the function that turns distances into weights."""
    if how is None:
        return lambda d: np.ones(d.size)
    if isinstance(how, str):
        _validate.choice(how, ["gaussian"], "decay")
        floor = np.exp(-0.5)
        return lambda d: (np.exp(-0.5 * (d / cutoff) ** 2) - floor) / (1 - floor)
    if isinstance(how, Mapping):
        bounds = np.array(sorted(how), dtype=float)
        if not bounds.size or bounds[0] < 0 or bounds[-1] != cutoff:
            raise ValueError(
                f"decay= must give a weight up to the cutoff {cutoff:g}, such as "
                f"{{{cutoff / 2:g}: 1, {cutoff:g}: 0.5}}; its zones end at "
                f"{_validate.listing(bounds.tolist())}"
            )
        weights = np.array([how[bound] for bound in sorted(how)], dtype=float)
        _not_negative(weights)
        return lambda d: weights[np.searchsorted(bounds, d)]
    if callable(how):
        return lambda d: _not_negative(np.asarray(how(d), dtype=float), d.shape)
    raise TypeError(
        f"decay= takes 'gaussian', a mapping from distance to weight or a function of "
        f"distances, not {type(how).__name__}"
    )


def _not_negative(weights: Array, shape: tuple[int, ...] | None = None) -> Array:
    if shape is not None and weights.shape != shape:
        raise ValueError(
            f"decay= returned an array of shape {weights.shape} for distances of shape "
            f"{shape}; it must return one weight for each"
        )
    bad = ~((weights >= 0) & (weights < np.inf))
    if bad.any():
        raise ValueError(
            f"decay= gave {int(bad.sum())} weight(s) that are missing, infinite or "
            f"negative, such as {weights[bad][0]:g}; weights must be >= 0"
        )
    return weights


def ids(table: pd.DataFrame, name: str, argument: str, where: str) -> pd.Series:
    """Return a complete column of ids."""
    table = _validate.frame(table, where)
    if table.empty:
        raise ValueError(f"{where} has no rows, so there is nothing to reach")
    return _validate.complete(_validate.column(table, name, argument, where), where)


def _places(
    table: pd.DataFrame, coordinates: tuple[str, str] | None, where: str
) -> Array:
    names = [coordinates] if isinstance(coordinates, str) else list(coordinates or [])
    if len(names) != 2:
        raise TypeError(
            f"coordinates= takes two column names, such as ('x', 'y'), "
            f"not {coordinates!r}"
        )
    return np.column_stack(
        [
            _validate.numeric(
                _validate.complete(
                    _validate.column(table, name, "coordinates", where), where
                ),
                where,
            )
            for name in names
        ]
    )


def _listed(
    distances: pd.DataFrame,
    blocks: pd.Series,
    facilities: pd.Index,
    source: str,
    target: str,
    distance: str | None,
    cutoff: float,
) -> tuple[Ints, Ints, Array]:
    """Return the pairs of the table that are within the cutoff."""
    table = "distances"
    _validate.frame(distances, table)
    ends = []
    for name, argument, known in (
        (source, "source", pd.Index(blocks)),
        (target, "target", facilities),
    ):
        values = _validate.complete(
            _validate.column(distances, name, argument, table), table
        )
        codes = known.get_indexer(values)
        if (codes < 0).any():
            strange = values[codes < 0].unique()
            place = "blocks" if argument == "source" else "facilities"
            raise ValueError(
                f"distances column {name!r} names {len(strange)} that are not among "
                f"the {place}: {_validate.listing(strange)}; drop these rows or add "
                f"the {place}"
            )
        ends.append(codes)
    length = _validate.numeric(
        _validate.complete(
            _validate.column(distances, distance, "distance", table), table
        ),
        table,
    )
    if (length < 0).any():
        rows = _validate.listing(length.index[length < 0])
        raise ValueError(
            f"distances column {distance!r} has {int((length < 0).sum())} negative "
            f"value(s) in row(s) {rows}; correct or drop these rows"
        )
    # One number for each pair finds repeats faster than two columns do.
    pair = ends[0] * len(facilities) + ends[1]
    in_order = np.sort(pair)
    if (in_order[1:] == in_order[:-1]).any():
        again = pd.Series(pair).duplicated().to_numpy()
        rows = _validate.listing(distances.index[again])
        raise ValueError(
            f"distances lists {int(again.sum())} pair(s) of {source!r} and {target!r} "
            f"again in row(s) {rows}; keep one distance for each pair"
        )
    length = length.to_numpy()
    near = length <= cutoff
    return ends[0][near], ends[1][near], length[near]
