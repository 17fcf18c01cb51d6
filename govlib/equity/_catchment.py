"""Supply within reach, shared with all who reach it too."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from govlib import _columns, _validate
from govlib.equity import _pairs, _tables


@dataclass(frozen=True, slots=True)
class CatchmentAccess:
    """
    Supply within reach per person in need, as returned by :func:`floating_catchment`.

    Attributes
    ----------
    table : pandas.DataFrame
        One row per block, in the order given: its id, ``demand`` (people, times need
        if given), ``facilities`` (how many are within the cutoff) and ``access``
        (supply per unit of demand; 0 where nothing is within reach).
    facilities : pandas.DataFrame
        One row per facility: its id, ``supply``, ``demand`` (of those who reach it,
        with distance weights) and ``ratio`` of the two; NaN where nobody reaches it.
    mean : float
        Mean of ``access`` over demand; the supply that is reached over all demand.
    unreached_share : float
        Share of demand without any facility within the cutoff.
    unused_supply : float
        Supply that nobody reaches.
    cutoff : float
        Largest distance that counts as within reach.
    """

    table: pd.DataFrame
    facilities: pd.DataFrame
    mean: float
    unreached_share: float
    unused_supply: float
    cutoff: float

    def __str__(self) -> str:
        return (
            f"{self.mean:.4g} supplied per unit of demand within {self.cutoff:g}, over "
            f"{len(self.table)} blocks and {len(self.facilities)} facilities; "
            f"{self.unreached_share:.1%} of demand reaches none, "
            f"{self.unused_supply:g} of the supply is reached by nobody"
        )


def floating_catchment(
    blocks: pd.DataFrame,
    facilities: pd.DataFrame,
    distances: pd.DataFrame | None = None,
    *,
    source: str,
    target: str,
    supply: str,
    weight: str,
    cutoff: float,
    need: str | None = None,
    decay: _pairs.Decay = None,
    distance: str | None = None,
    coordinates: tuple[str, str] | None = None,
) -> CatchmentAccess:
    r"""
    Measure access as supply within reach, shared with all who reach it too (2SFCA).

    A clinic around the corner is worth less if half the city uses it. Each facility's
    supply is first divided by the demand around it; each block then adds up what the
    facilities around it offer. With `decay` this is the enhanced method (E2SFCA).

    Parameters
    ----------
    blocks : pandas.DataFrame
        One row per block (or community, or building) where people live.
    facilities : pandas.DataFrame
        One row per facility.
    distances : pandas.DataFrame, optional
        One row per pair of a block and a facility: walking distance or minutes. A pair
        that is not listed is out of reach. Give this or `coordinates`.
    source, target : str
        Columns with the ids of blocks (in `blocks` and `distances`) and of facilities
        (in `facilities` and `distances`).
    supply : str
        Column of `facilities` with how much it offers (beds, places, hours), 0 or more.
    weight : str
        Column of `blocks` with how many people live there, 0 or more.
    cutoff : float
        Farthest that counts, itself included, in the unit of the distances.
    need : str, optional
        Column of `blocks` with the need per person, 0 or more, such as the share of
        older people. Demand is people times need. Default: all need alike.
    decay : {"gaussian"}, mapping or callable, optional
        What a facility at some distance counts. ``"gaussian"`` falls smoothly from 1 at
        the door to 0 at the cutoff. A mapping has zones, ``{300: 1, 600: 0.7, 1000:
        0.2}``: 1 up to 300, and so on, the last being the cutoff. A function takes an
        array of distances and returns weights. Default: all within the cutoff count
        alike (2SFCA).
    distance : str, optional
        Column of `distances`.
    coordinates : tuple of str, optional
        Two columns, both in `blocks` and in `facilities`, of places on a plane, in
        metres. Distances are then straight lines, shorter than any walk. Pairs are
        not kept: a million blocks and 10,000 facilities take some 100 MB.

    Returns
    -------
    CatchmentAccess
        Access of each block, crowding of each facility, and who is left out.

    Raises
    ------
    TypeError
        If a table is no DataFrame, a column is not named, both or neither of
        `distances` and `coordinates` are given, or `decay` is of the wrong kind.
    ValueError
        If a column is unknown or has missing values; an id or a pair is there twice; a
        pair names an unknown block or facility; a distance, people, need or supply is
        negative; all supply or all demand is zero; weights of `decay` are negative or
        its zones do not end at the cutoff.

    See Also
    --------
    coverage : Whether anything is within reach at all.
    gini : How unequal access is; give ``demand`` as weights.

    Notes
    -----
    With demand :math:`P_i`, supply :math:`S_j`, distance :math:`d_{ij}` and weight
    :math:`f` (1 within the cutoff for 2SFCA [1]_; falling for E2SFCA [2]_),

    .. math:: A_i = \sum_j f(d_{ij}) \frac{S_j}{\sum_k f(d_{kj}) P_k}.

    The Gaussian weight is :math:`(e^{-(d/d_0)^2 / 2} - e^{-1/2}) / (1 - e^{-1/2})`
    with cutoff :math:`d_0` [3]_. Supply is neither made nor lost: over demand, access
    adds up to the supply that is reached. But a resident near three clinics is counted
    as demand at all three, so facilities look more crowded than they are [4]_. Blocks
    at the edge of the map reach facilities beyond it that are not in the table.

    A block without demand, around a facility that nobody with demand reaches, has no
    access to speak of: NaN.

    References
    ----------
    .. [1] Luo, W. and Wang, F. (2003). Measures of spatial accessibility to health care
       in a GIS environment. Environment and Planning B 30(6), 865-884.
    .. [2] Luo, W. and Qi, Y. (2009). An enhanced two-step floating catchment area
       (E2SFCA) method for measuring spatial accessibility to primary care physicians.
       Health & Place 15(4), 1100-1107.
    .. [3] Dai, D. (2010). Black residential segregation, disparities in spatial access
       to health care facilities, and late-stage breast cancer diagnosis in metropolitan
       Detroit. Health & Place 16(5), 1038-1052.
    .. [4] Paez, A., Higgins, C. D. and Vivona, S. F. (2019). Demand and level of
       service inflation in Floating Catchment Area (FCA) methods. PLOS ONE 14(6),
       e0218773.

    Examples
    --------
    Clinic x (4 doctors) is in reach of both blocks, clinic y (1 doctor) of block b
    only. x has 4 doctors for 4 thousand people, y has 1 for 2 thousand:

    >>> homes = pd.DataFrame({"block": ["a", "b"], "people": [2, 2]})
    >>> clinics = pd.DataFrame({"clinic": ["x", "y"], "doctors": [4, 1]})
    >>> walks = pd.DataFrame(
    ...     {"block": ["a", "b", "b"], "clinic": ["x", "x", "y"], "metres": [1, 5, 9]}
    ... )
    >>> reached = floating_catchment(
    ...     homes,
    ...     clinics,
    ...     walks,
    ...     source="block",
    ...     target="clinic",
    ...     supply="doctors",
    ...     weight="people",
    ...     distance="metres",
    ...     cutoff=10,
    ... )
    >>> reached.table
      block  demand  facilities  access
    0     a     2.0           1     1.0
    1     b     2.0           2     1.5
    """
    _validate.unique(
        _pairs.ids(facilities, target, "target", "facilities"), "facilities"
    )
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
    _columns.apart([source], ["demand", "facilities", "access"])
    _columns.apart([target], ["supply", "demand", "ratio"])
    fading = _pairs.decay(decay, cutoff)
    if weight is None:
        raise TypeError("weight= is required: name the column of blocks with people")
    demand = _tables.people(blocks, weight, "blocks")
    if need is not None:
        demand = demand * _tables.amounts(blocks, need, "need", "blocks")
        if demand.sum() == 0:
            raise ValueError(
                f"blocks column {need!r} is zero wherever people live, so there is no "
                f"demand; check the two columns"
            )
    offered = _tables.amounts(facilities, supply, "supply", "facilities")
    if offered.sum() == 0:
        raise ValueError(
            f"facilities column {supply!r} is all zero, so there is nothing to reach"
        )

    # Two rounds over all pairs: they are found again rather than kept.
    n_blocks, n_facilities = len(blocks), len(facilities)
    around = np.zeros(n_facilities)
    for some, block, facility, length in reach.pairs():
        around += np.bincount(
            facility, fading(length) * demand[some][block], minlength=n_facilities
        )
    used = around > 0
    ratio = np.divide(offered, around, out=np.full(n_facilities, np.nan), where=used)
    worth = np.where(used, ratio, 0)
    access, count = np.zeros(n_blocks), np.zeros(n_blocks, dtype=np.intp)
    undefined = np.zeros(n_blocks, dtype=bool)
    for some, block, facility, length in reach.pairs():
        counts, size = fading(length), some.size
        access[some] += np.bincount(block, counts * worth[facility], minlength=size)
        count[some] += np.bincount(block, minlength=size)
        if not used.all():
            lost = np.bincount(block, counts * ~used[facility], minlength=size)
            undefined[some] |= lost > 0
    mean = float(access @ demand / demand.sum())
    access[undefined] = np.nan
    return CatchmentAccess(
        table=pd.DataFrame(
            {
                source: blocks[source].array,
                "demand": demand,
                "facilities": count,
                "access": access,
            }
        ),
        facilities=pd.DataFrame(
            {
                target: facilities[target].array,
                "supply": offered,
                "demand": around,
                "ratio": ratio,
            }
        ),
        mean=mean,
        unreached_share=float(demand[count == 0].sum() / demand.sum()),
        unused_supply=float(offered[~used].sum()),
        cutoff=float(cutoff),
    )
