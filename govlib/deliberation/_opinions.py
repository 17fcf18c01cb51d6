"""How opinions move when people listen to one another."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import networkx as nx
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import csgraph
from scipy.sparse.linalg import spsolve

from govlib import _network, _validate
from govlib.deliberation._exact import chance

Ints = NDArray[np.intp]
Floats = NDArray[np.float64]

# Differences of opinions that are equal on paper may differ in the last bits.
_SAME = 1e-12
# Solved opinions carry the rounding of a linear system.
_NEARLY = 1e-9
_TAKEN = {"round", "start", "limit", "circle", "influence", "period"}
_TAKEN |= {"susceptibility", "cluster"}


@dataclass(frozen=True, slots=True)
class OpinionPath:
    """
    Opinions over time, as returned by the models of opinion dynamics.

    Attributes
    ----------
    table : pandas.DataFrame
        One row per round and person: ``round`` (0 is the start), the person, and the
        opinion, in columns called as `unit` and `value` say.
    final : pandas.DataFrame
        One row per person, sorted by id: the person, ``start``, ``limit`` and what
        the model adds.
    converges : bool
        Whether all opinions settle (for :func:`bounded_confidence`: within the
        rounds computed).
    """

    table: pd.DataFrame
    final: pd.DataFrame
    converges: bool

    def __str__(self) -> str:
        rounds = self.table["round"].max()
        settle = "all settle" if self.converges else "not all settle"
        return f"opinions of {len(self.final)} persons over {rounds} rounds; {settle}"


def degroot(
    ties: pd.DataFrame | nx.Graph,
    *,
    value: str,
    source: str | None = None,
    target: str | None = None,
    nodes: pd.DataFrame | None = None,
    unit: str | None = None,
    weight: str | None = None,
    directed: bool = False,
    self_weight: str | float = 0.0,
    n_rounds: int = 20,
) -> OpinionPath:
    r"""
    Let everybody take over the mean opinion of those they listen to, again and again.

    Parameters
    ----------
    ties : pandas.DataFrame or networkx.Graph
        One row per tie, or a graph, whose own direction holds.
    value : str
        Column of `nodes` with opinions at the start.
    source, target : str
        Columns of `ties` with the two ends; of a directed tie, who listens and to
        whom. Leave out for a networkx graph.
    nodes : pandas.DataFrame
        One row per person. Leave out for a graph whose nodes have the opinions.
    unit : str
        Column of `nodes` with ids, each once.
    weight : str, optional
        Column of `ties` that says how much is listened, above zero. Default: alike.
    directed : bool, default False
        Default: both ends listen to each other. True: only `source` listens.
    self_weight : str or float, default 0
        Share of the own opinion that is kept each round, 0 to 1: one number or a
        column of `nodes`. Who listens to nobody keeps the whole.
    n_rounds : int, default 20
        Rounds in ``.table``. The limit does not depend on it.

    Returns
    -------
    OpinionPath
        ``.final`` adds ``limit`` (NaN if the opinion, from this start, swings for
        ever), ``circle`` (number of the closed circle that one belongs to, missing
        for who listens to outsiders), ``influence`` (weight of one's start in the
        consensus of that circle; 0 outside) and ``period`` (of the circle; 1 settles
        from any start).

    Raises
    ------
    TypeError
        If a table is no DataFrame or a column is not named.
    ValueError
        If a column is unknown or has missing values, a person is listed twice, a
        tie names someone unknown or themselves, a weighted tie is listed twice, or a
        weight is not above zero.

    See Also
    --------
    friedkin_johnsen : Where people also hold on to where they started.

    Notes
    -----
    :math:`x(t + 1) = W x(t)`, where rows of W add up to one [1]_. A *closed circle*
    listens to nobody outside. Within it, opinions reach a consensus :math:`\pi' x(0)`,
    :math:`\pi' W = \pi'`, from any start if and only if it is aperiodic: the lengths
    of its cycles have no common divisor but 1. Two who only listen to each other swap
    opinions for ever (period 2); any self-weight ends that. All others end at a mean
    of the circles that they hear of, if these settle or if their swings cancel. The
    period is that of the graph [2]_, and swings are solved for, not guessed from a
    run.

    Limits are solved as sparse linear systems, which is fast for a community of some
    thousands.

    References
    ----------
    .. [1] DeGroot, M. H. (1974). Reaching a consensus. Journal of the American
       Statistical Association 69(345), 118-121.
    .. [2] Jarvis, J. P. and Shier, D. R. (1999). Graph-theoretic analysis of finite
       Markov chains. In Applied mathematical modeling: a multidisciplinary approach.

    Examples
    --------
    Everybody talks with b, who therefore counts twice as much as a or c:

    >>> people = pd.DataFrame({"who": list("abc"), "agrees": [0.0, 0.4, 1.0]})
    >>> talks = pd.DataFrame({"one": ["a", "b"], "other": ["b", "c"]})
    >>> path = degroot(
    ...     talks,
    ...     value="agrees",
    ...     source="one",
    ...     target="other",
    ...     nodes=people,
    ...     unit="who",
    ...     self_weight=0.5,
    ... )
    >>> path.final[["who", "limit", "influence"]]
      who  limit  influence
    0   a   0.45       0.25
    1   b   0.45       0.50
    2   c   0.45       0.25
    """
    net = _network.read(
        ties, source=source, target=target, nodes=nodes, unit=unit, directed=directed
    )
    start = _start(net, value)
    listens = _listens(net, ties, source, target, weight, self_weight)
    n = len(net.ids)
    n_parts, part = csgraph.connected_components(listens, connection="strong")
    row, column = listens.nonzero()
    closed = np.ones(n_parts, dtype=bool)
    closed[part[row[part[row] != part[column]]]] = False
    inside = closed[part]
    # Circles are numbered by their first member.
    _, first, circle = np.unique(part[inside], return_index=True, return_inverse=True)
    order = np.argsort(np.argsort(first))
    circle = order[circle]
    members = listens[inside][:, inside]
    influence, period, level = _circles(members, circle)
    own = influence * start[inside]
    limit = np.empty(n)
    limit[inside] = np.bincount(circle, own)[circle]
    # Members of a circle whose distance from its root leaves the same rest by the
    # period hold the same opinion in the end, and hand it round.
    phase = level % period[circle]
    first_phase = np.cumsum(period) - period
    held = np.bincount(first_phase[circle] + phase, own, period.sum())
    held *= np.repeat(period, period)
    apart = np.abs(held - np.repeat(np.bincount(circle, own), period))
    least = _NEARLY * np.abs(start).max()
    swings = np.zeros(n, dtype=bool)
    swings[inside] = (np.maximum.reduceat(apart, first_phase) > least)[circle]
    if not inside.all():
        outside = ~inside
        among, heard = listens[outside][:, outside], listens[outside][:, inside]
        still = sparse.eye_array(outside.sum())
        limit[outside] = _solve(still - among, heard @ limit[inside][:, None])[:, 0]
        # What an outsider hears of a swing may cancel; so each frequency is followed.
        moving = np.unique(period[circle[swings[inside]]])
        rates = {Fraction(k, p) for p in moving.tolist() for k in range(1, p // 2 + 1)}
        for rate in sorted(rates):
            turn = np.exp(2j * np.pi * float(rate) * phase)
            hears = period % rate.denominator == 0
            part_of = np.where(hears[circle], own * turn.conj(), 0)
            size = np.bincount(circle, part_of.real) + 1j * np.bincount(
                circle, part_of.imag
            )
            wave = np.where(hears[circle], size[circle] * turn, 0)
            turning = np.exp(2j * np.pi * float(rate)) * still - among
            amplitude = _solve(turning, (heard @ wave)[:, None])[:, 0]
            swings[outside] |= np.abs(amplitude) > least
    limit[swings] = np.nan
    of_all = np.zeros(n)
    of_all[inside] = influence
    columns = {
        net.unit: net.ids,
        "start": start,
        "limit": limit,
        "circle": _some(inside, circle + 1),
        "influence": of_all,
        "period": _some(inside, period[circle]),
    }
    path = _path(start, listens, n_rounds, None, None)
    return OpinionPath(
        table=_long(path, net, value),
        final=pd.DataFrame(columns),
        converges=bool(np.isfinite(limit).all()),
    )


def friedkin_johnsen(
    ties: pd.DataFrame | nx.Graph,
    *,
    value: str,
    susceptibility: str | float,
    source: str | None = None,
    target: str | None = None,
    nodes: pd.DataFrame | None = None,
    unit: str | None = None,
    weight: str | None = None,
    directed: bool = False,
    self_weight: str | float = 0.0,
    n_rounds: int = 20,
) -> OpinionPath:
    r"""
    Let everybody listen to others and still hold on to where they started.

    Parameters
    ----------
    ties, value : various
        As in :func:`degroot`.
    susceptibility : str or float
        Share that others have in one's opinion, 0 (never moves) to 1 (as in
        :func:`degroot`): one number or a column of `nodes`. Who listens to nobody
        never moves.
    source, target, nodes, unit, weight, directed, self_weight : various
        As in :func:`degroot`.
    n_rounds : int, default 20
        Rounds in ``.table``. The limit does not depend on it.

    Returns
    -------
    OpinionPath
        ``.final`` adds ``limit`` and ``susceptibility``.

    Raises
    ------
    TypeError, ValueError
        For everything that :func:`degroot` refuses, or if someone neither holds on to
        a start nor hears of anybody who does, so that the limit is not determined.

    See Also
    --------
    degroot : Without holding on.

    Notes
    -----
    :math:`x(t + 1) = \Lambda W x(t) + (I - \Lambda) x(0)` with susceptibilities on the
    diagonal of :math:`\Lambda`; the limit is :math:`(I - \Lambda W)^{-1} (I -
    \Lambda) x(0)` [1]_. Disagreement lasts, unlike in :func:`degroot`.

    References
    ----------
    .. [1] Friedkin, N. E. and Johnsen, E. C. (1990). Social influence and opinions.
       Journal of Mathematical Sociology 15(3-4), 193-206.

    Examples
    --------
    Two who listen to each other half of the time: x = y / 2 + 0 and y = x / 2 + 1 / 2.

    >>> people = pd.DataFrame({"who": list("ab"), "agrees": [0, 1]})
    >>> talks = pd.DataFrame({"one": ["a"], "other": ["b"]})
    >>> path = friedkin_johnsen(
    ...     talks,
    ...     value="agrees",
    ...     source="one",
    ...     target="other",
    ...     nodes=people,
    ...     unit="who",
    ...     susceptibility=0.5,
    ... )
    >>> path.final["limit"].tolist()
    [0.3333, 0.6667]
    """
    net = _network.read(
        ties, source=source, target=target, nodes=nodes, unit=unit, directed=directed
    )
    start = _start(net, value)
    listens = _listens(net, ties, source, target, weight, self_weight)
    moves = chance(net.nodes, susceptibility, "susceptibility")[net.rows]
    alone = listens.diagonal() == 1
    moves = np.where(alone, 0, moves)
    # Anchored: a walk along who listens to whom ends with someone who holds on.
    anchored = moves < 1
    while True:
        hears = (listens @ anchored.astype(float) > 0) | anchored
        if (hears == anchored).all():
            break
        anchored = hears
    if not anchored.all():
        raise ValueError(
            f"{int((~anchored).sum())} person(s) neither hold on to a start nor hear "
            f"of anybody who does: {_validate.listing(net.ids[~anchored])}; lower "
            f"their susceptibility=, or use degroot"
        )
    pull = sparse.diags_array(moves) @ listens
    held = (1 - moves) * start
    limit = _solve(sparse.eye_array(len(net.ids)) - pull, held[:, None])[:, 0]
    path = _path(start, listens, n_rounds, moves, start)
    columns = {
        net.unit: net.ids,
        "start": start,
        "limit": limit,
        "susceptibility": moves,
    }
    return OpinionPath(
        table=_long(path, net, value),
        final=pd.DataFrame(columns),
        converges=True,
    )


def bounded_confidence(
    nodes: pd.DataFrame,
    *,
    unit: str,
    value: str,
    bound: float,
    ties: pd.DataFrame | None = None,
    source: str | None = None,
    target: str | None = None,
    update: Literal["all", "pairs"] = "all",
    inclusive: bool = True,
    step: float = 0.5,
    n_rounds: int = 100,
    rng: int | np.random.Generator | None = None,
) -> OpinionPath:
    r"""
    Let people listen only to those whose opinion is near their own.

    Parameters
    ----------
    nodes : pandas.DataFrame
        One row per person.
    unit, value : str
        Columns of ids, each once, and of opinions at the start.
    bound : float
        How far an opinion may be from one's own to be heard, above zero.
    ties : pandas.DataFrame, optional
        One row per pair who may hear each other. Default: everybody hears everybody.
    source, target : str
        Columns of `ties` with the two.
    update : {"all", "pairs"}
        Default ``"all"``: each round all move at once to the mean of those they hear,
        themselves included. ``"pairs"``: one random pair after the other meets and,
        if near, each moves towards the other by `step` of the difference; a round is
        as many meetings as half the number of persons, rounded up.
    inclusive : bool, default True
        Whether a difference of just `bound` is near (``<=``) or not (``<``).
        Differences are compared with a slack of 1e-12, so that 0.8 - 0.6 is 0.2.
    step : float, default 0.5
        For ``"pairs"``: above 0, at most 0.5.
    n_rounds : int, default 100
        Most rounds; ``"all"`` stops when nobody moves.
    rng : int or numpy.random.Generator, optional
        For ``"pairs"``: given to :func:`numpy.random.default_rng`.

    Returns
    -------
    OpinionPath
        ``.final`` adds ``limit`` (opinion after the last round) and ``cluster``
        (1 for the lowest opinion; a new one begins where the next opinion is farther
        than `bound`).

    Raises
    ------
    TypeError
        If a table is no DataFrame or a column is not named.
    ValueError
        If a column is unknown or has missing values, a person is listed twice, a tie
        names someone unknown or themselves, there is no pair to meet, or `bound` or
        `step` is out of range.

    See Also
    --------
    degroot : Where distance does not matter.

    Notes
    -----
    ``"all"`` is the model of Hegselmann and Krause [1]_, ``"pairs"`` that of Deffuant
    and others [2]_. They can end differently from the same start, and so can ``<=``
    and ``<`` where opinions are on a grid; a result should say which was used.

    References
    ----------
    .. [1] Hegselmann, R. and Krause, U. (2002). Opinion dynamics and bounded
       confidence models. Journal of Artificial Societies and Social Simulation 5(3).
    .. [2] Deffuant, G., Neau, D., Amblard, F. and Weisbuch, G. (2000). Mixing beliefs
       among interacting agents. Advances in Complex Systems 3, 87-98.

    Examples
    --------
    With a bound of 0.2 the first two agree on 0.1; the third hears neither:

    >>> people = pd.DataFrame({"who": list("abc"), "agrees": [0, 0.2, 0.6]})
    >>> path = bounded_confidence(people, unit="who", value="agrees", bound=0.2)
    >>> path.final[["limit", "cluster"]]
       limit  cluster
    0    0.1        1
    1    0.1        1
    2    0.6        2
    """
    bound, step = _above(bound, np.inf, "bound="), _above(step, 0.5, "step=")
    _validate.choice(update, ("all", "pairs"), "update")
    n_rounds = _validate.count(n_rounds, "n_rounds")
    if ties is None:
        ties, source, target = pd.DataFrame({"a": [], "b": []}), "a", "b"
        everybody = True
    else:
        everybody = False
    net = _network.read(
        _validate.frame(ties, "ties"),
        source=source,
        target=target,
        nodes=_validate.frame(nodes, "nodes"),
        unit=unit,
    )
    start = _start(net, value)
    # The slack lets 0.8 - 0.6 be 0.2.
    near = bound + _SAME if inclusive else bound - _SAME
    if update == "pairs":
        path, converges = _meet(start, net, everybody, near, step, n_rounds, rng)
    else:
        arcs = None if everybody else net.arcs
        path, converges = _move_together(start, arcs, near, n_rounds)
    last = path[-1]
    order = np.argsort(last, kind="stable")
    cluster = np.empty(len(last), dtype=np.int64)
    cluster[order] = np.cumsum(np.diff(last[order], prepend=last[order][0]) > near) + 1
    columns = {net.unit: net.ids, "start": start, "limit": last, "cluster": cluster}
    return OpinionPath(
        table=_long(path, net, value),
        final=pd.DataFrame(columns),
        converges=converges,
    )


def _above(value: float, most: float, name: str) -> float:
    """Return a number above zero and not above `most`."""
    value = _validate.between(value, 0, most, name)
    if value == 0:
        raise ValueError(f"{name} must be above zero")
    return value


def _start(net: _network.Network, value: str) -> Floats:
    """Return the opinions at the start; refuse names that the result needs."""
    if net.unit in _TAKEN or value in {"round", net.unit}:
        raise ValueError(
            f"unit={net.unit!r} or value={value!r} is also the name of another column "
            f"of the result; rename it"
        )
    return _validate.numeric(net.column(value, "value"), "nodes").to_numpy()


def _listens(
    net: _network.Network,
    ties: pd.DataFrame | nx.Graph,
    source: str | None,
    target: str | None,
    weight: str | None,
    self_weight: str | float,
) -> sparse.csr_array:
    """Return who listens to whom, with rows that add up to one."""
    kept = chance(net.nodes, self_weight, "self_weight")[net.rows]
    if weight is None:
        heard = net.arcs.astype(float)
    elif isinstance(ties, nx.Graph):
        listed = pd.DataFrame(ties.edges(data=weight), columns=["from", "to", weight])
        heard = _weighted(net, listed, "from", "to", weight)
    else:
        heard = _weighted(net, ties, str(source), str(target), weight)
    total = heard.sum(axis=1)
    kept = np.where(total == 0, 1, kept)
    share = np.divide(1 - kept, total, out=np.zeros(len(kept)), where=total > 0)
    listens = sparse.diags_array(share) @ heard + sparse.diags_array(kept)
    listens = sparse.csr_array(listens)
    listens.eliminate_zeros()
    return listens


def _weighted(
    net: _network.Network, ties: pd.DataFrame, source: str, target: str, weight: str
) -> sparse.csr_array:
    """Return how much each person hears of each other."""
    values = _validate.column(ties, weight, "weight", "ties")
    much = _validate.numeric(_validate.complete(values, "ties"), "ties").to_numpy()
    if (much <= 0).any():
        raise ValueError(
            f"ties column {weight!r} (weight=) must be above zero; its smallest value "
            f"is {much.min():g}; drop ties without weight"
        )
    if len(ties) != len(net.source):
        raise ValueError(
            f"ties lists {len(ties) - len(net.source)} tie(s) more than once, so their "
            f"weight is not clear; add them up or drop the repeated rows"
        )
    ends = [net.ids.get_indexer(pd.Index(ties[e].to_numpy())) for e in (source, target)]
    n = len(net.ids)
    heard = sparse.csr_array((much, tuple(ends)), shape=(n, n))
    return heard if net.directed else sparse.csr_array(heard + heard.T)


def _circles(members: sparse.csr_array, circle: Ints) -> tuple[Floats, Ints, Ints]:
    """Return weights of members in the consensus, periods, distances of members."""
    n, n_circles = len(circle), int(circle.max()) + 1
    _, roots = np.unique(circle, return_index=True)
    # pi (I - W) = 0 has one equation too many in each circle; the sum takes its place.
    is_root = np.zeros(n, dtype=bool)
    is_root[roots] = True
    system = sparse.diags_array((~is_root).astype(float)) @ (
        sparse.eye_array(n) - members.T
    )
    sums = sparse.csr_array((np.ones(n), (roots[circle], np.arange(n))), shape=(n, n))
    influence = _solve(system + sums, is_root.astype(float)[:, None])[:, 0]
    steps = csgraph.dijkstra(members, unweighted=True, indices=roots, min_only=True)
    level = steps.astype(np.int64)
    row, column = members.nonzero()
    slack = np.abs(level[row] + 1 - level[column])
    period = np.zeros(n_circles, dtype=np.int64)
    np.gcd.at(period, circle[row], slack)
    return influence, period, level


def _solve(system: sparse.sparray, right: NDArray) -> NDArray:
    """Solve a sparse system for columns on the right."""
    found = spsolve(sparse.csc_array(system), right)
    return np.asarray(found).reshape(right.shape)


def _some(inside: NDArray[np.bool_], values: Ints) -> pd.Series:
    """Return whole numbers for those inside, missing for others."""
    column = pd.Series(pd.NA, index=range(len(inside)), dtype="Int64")
    column[inside] = values
    return column


def _path(
    start: Floats,
    listens: sparse.csr_array,
    n_rounds: int,
    moves: Floats | None,
    held: Floats | None,
) -> Floats:
    """Return opinions of each round, shape (rounds + 1, persons)."""
    path = [start]
    for _ in range(_validate.count(n_rounds, "n_rounds")):
        heard = listens @ path[-1]
        path.append(heard if moves is None else moves * heard + (1 - moves) * held)
    return np.array(path)


def _long(path: Floats, net: _network.Network, value: str) -> pd.DataFrame:
    """Return one row per round and person."""
    rounds, n = path.shape
    columns = {
        "round": np.repeat(np.arange(rounds), n),
        net.unit: np.tile(net.ids, rounds),
        value: path.ravel(),
    }
    return pd.DataFrame(columns)


def _move_together(
    start: Floats, arcs: sparse.csr_array | None, near: float, n_rounds: int
) -> tuple[Floats, bool]:
    """Return opinions by round when all move at once, and whether they came to rest."""
    path, n = [start], len(start)
    listens, to = (np.zeros(0, dtype=int),) * 2 if arcs is None else arcs.nonzero()
    for _ in range(n_rounds):
        now = path[-1]
        if arcs is None:
            # Who is heard is a stretch of the sorted opinions.
            order = np.argsort(now, kind="stable")
            ordered = now[order]
            low = np.searchsorted(ordered, ordered - near, side="left")
            high = np.searchsorted(ordered, ordered + near, side="right")
            # Sums from the middle lose fewer digits.
            centre = ordered.mean()
            sums = np.concatenate(([0], np.cumsum(ordered - centre)))
            then = np.empty_like(now)
            then[order] = centre + (sums[high] - sums[low]) / (high - low)
        else:
            heard = np.abs(now[listens] - now[to]) <= near
            row, said = listens[heard], now[to[heard]]
            total = now + np.bincount(row, said, minlength=n)
            then = total / (1 + np.bincount(row, minlength=n))
        if np.abs(then - now).max() <= _SAME:
            return np.array(path), True
        path.append(then)
    return np.array(path), False


def _meet(
    start: Floats,
    net: _network.Network,
    everybody: bool,
    near: float,
    step: float,
    n_rounds: int,
    rng: int | np.random.Generator | None,
) -> tuple[Floats, bool]:
    """Return opinions by round when pairs meet, and whether they came to rest."""
    n, generator = len(start), np.random.default_rng(rng)
    if (n if everybody else len(net.source)) < (2 if everybody else 1):
        raise ValueError("update='pairs' needs at least one pair who may meet")
    now, path = start.tolist(), [start]
    for _ in range(n_rounds):
        meetings = (n + 1) // 2
        if everybody:
            one = generator.integers(n, size=meetings)
            other = (one + generator.integers(1, n, size=meetings)) % n
        else:
            drawn = generator.integers(len(net.source), size=meetings)
            one, other = net.source[drawn], net.target[drawn]
        for i, j in zip(one.tolist(), other.tolist(), strict=True):
            gap = now[j] - now[i]
            if abs(gap) <= near:
                now[i], now[j] = now[i] + step * gap, now[j] - step * gap
        path.append(np.array(now))
    last = path[-1]
    if everybody:
        gaps = np.diff(np.sort(last))
    else:
        gaps = np.abs(last[net.source] - last[net.target])
    # Opinions that are near without being the same would still move.
    return np.array(path), bool(((gaps > near) | (gaps <= 1e-6)).all())
