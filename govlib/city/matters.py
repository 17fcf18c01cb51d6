"""What becomes of a matter: four stages, who decides, who does the work, who leaves."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from govlib.city.base import Base
from govlib.city.institutions import QUARTERS
from govlib.city.participation import sigmoid
from govlib.city.people import Booleans, Floats, Integers
from govlib.city.streams import poisson_quantile

TABLES = ("matter_events", "matter_quarters", "matters", "workers")

# Days from the first of quarter 1; the tables end with the last quarter.
QUARTER = 91
LAST = QUARTERS * QUARTER
# A matter is completed in time if it is closed within this many days.
LIMIT = 90

STAGES = ("analysis", "decision", "execution", "evaluation")
ANALYSIS, DECISION, EXECUTION, EVALUATION = range(4)
KINDS = ("dispute", "repair", "public space", "service")
# Shares of the kinds, and what each adds to the log of all times.
KIND_SHARE = (0.30, 0.30, 0.15, 0.25)
KIND_TIME = (0.0, 0.25, 0.15, -0.30)
# Matters a quarter of a community with 1,600 households and mean need, and the most
# that have draws of their own.
MATTERS, MOST = 18, 96
# Mean days of waiting and of work, by stage, in a community with this load. A decision
# made in the community itself waits for and takes as long as here; passed up it waits
# for a desk above.
USUAL = 0.9
WAITING = (8.0, 3.0, 10.0, 6.0)
WORKING = (4.0, 3.0, 13.0, 3.0)
UP_WAITING, UP_WORKING = 115.0, 8.0
# Work takes at least half a day; what matters differ by in the log of all times.
LEAST, SPREAD = 0.5, 0.25
# What an added layer does to times: a desk more for what is passed up, and closer
# guidance of what the committee does itself.
DESK, GUIDANCE = 1.35, 0.85
# Chances that a matter passed up is carried out undecided, or decided afterwards; that
# its evaluation sends it round once more.
UNDECIDED, AFTERWARDS, AGAIN = 0.04, 0.05, 0.12
# Layers between those who decide and those who carry out: city, district, sub-district,
# committee; and within a community.
LAYERS_UP, LAYERS_LOCAL = 4, 1
# Share of what may always be decided locally that is; what the quarters do to the new
# rights.
OLD_USE, NEW_USE, LEARNING = 0.8, 0.1, 0.13
# Quarters in which rights are delegated. Where the town manages communities the
# committee passes on information and decides nothing.
STARTS = (5, 7, 9)
LAYERED = "J"
# One matter in so many is followed through the files, one community in so many opens
# its staff file.
FOLLOWED, STAFF_FILES = 45, 2
# Chances of a quarter that a worker leaves and that an untrained one is trained; what
# load does to their logs.
LEAVING, TRAINING = 0.065, 0.10
LEAVING_LOAD, TRAINING_LOAD = 0.6, -0.8
# Days that those employed on the first day had been so, on average; staff that have
# draws of their own.
EMPLOYED, SLOTS = 1000.0, 100
# Communities worked on at a time, so that a larger city needs no more memory.
CHUNK = 48


@dataclass(frozen=True, slots=True)
class Staff:
    """
    The places of a committee's paid workers, quarter by quarter.

    Attributes
    ----------
    filled : numpy.ndarray of bool, shape (n, slots, 12)
        Whether the place exists.
    trained : numpy.ndarray of bool, shape (n, slots, 12)
        Whether whoever holds it in the quarter is trained; courses are held on a
        quarter's first day.
    leaves : numpy.ndarray of bool, shape (n, slots, 12)
        Whether the holder leaves in the quarter; a newcomer follows the same day.
    day : numpy.ndarray of float, shape (n, slots, 12)
        The day on which one who leaves in the quarter does so.
    before : numpy.ndarray of float, shape (n, slots)
        Days for which the first holder had been employed on day 0.
    """

    filled: Booleans
    trained: Booleans
    leaves: Booleans
    day: Floats
    before: Floats

    @property
    def trained_share(self) -> Floats:
        """
        Return the share of trained workers.

        Returns
        -------
        numpy.ndarray of float, shape (n, 12)
            In [0, 1].
        """
        there = self.filled.sum(axis=1)
        return (self.trained & self.filled).sum(axis=1) / np.maximum(there, 1)


@dataclass(frozen=True, slots=True)
class Matters:
    """
    All matters of some communities, followed to their end whenever that is.

    Arrays have one row per community, one column per quarter of opening and one entry
    per matter, of which the first `count` of each quarter exist.

    Attributes
    ----------
    exists : numpy.ndarray of bool, shape (n, 12, m)
        Whether the matter exists.
    opened : numpy.ndarray of float, shape (n, 12, m)
        Day on which it came up.
    kind : numpy.ndarray of int, shape (n, 12, m)
        Place in `KINDS`.
    entitled : numpy.ndarray of bool, shape (n, 12, m)
        Whether the community may decide it.
    local : numpy.ndarray of bool, shape (n, 12, m)
        Whether it does.
    local_chance : numpy.ndarray of float, shape (n, 12)
        Chance of that.
    stage : numpy.ndarray of int, shape (n, 12, m, 8)
        Stages in the order of its way, up to two rounds.
    visited : numpy.ndarray of bool, shape (n, 12, m, 8)
        Whether it goes through each.
    waiting, working : numpy.ndarray of float, shape (n, 12, m, 8)
        Days of each, as the matter is decided.
    fulfilled_chance : numpy.ndarray of float, shape (n, 12, m)
        Chance that what is carried out is what was meant.
    fulfilled : numpy.ndarray of bool, shape (n, 12, m)
        Whether it is.
    followed : numpy.ndarray of bool, shape (n, 12, m)
        Whether its files are in the log.
    days_local, days_up : numpy.ndarray of float, shape (n, 12, m)
        Days to its closing, were it decided in the community or passed up.
    """

    exists: Booleans
    opened: Floats
    kind: Integers
    entitled: Booleans
    local: Booleans
    local_chance: Floats
    stage: Integers
    visited: Booleans
    waiting: Floats
    working: Floats
    fulfilled_chance: Floats
    fulfilled: Booleans
    followed: Booleans
    days_local: Floats
    days_up: Floats

    @property
    def days(self) -> Floats:
        """
        Return the days from opening to closing.

        Returns
        -------
        numpy.ndarray of float, shape (n, 12, m)
            As the matter is decided.
        """
        return np.where(self.local, self.days_local, self.days_up)


def delegated(base: Base) -> Floats:
    """
    Tell where and when decision rights are delegated to communities.

    Parameters
    ----------
    base : Base
        The city without residents.

    Returns
    -------
    numpy.ndarray of float, shape (n, 12)
        1 from the quarter in which the sub-district delegates: quarters 5, 7 or 9 with
        equal chances, or never. Log odds of ever are 1.5 + 0.9 u, where u is the
        sub-district's draw that raises mandates: overloaded ones delegate. None in
        district J. A remedy may set ``"delegation"``.
    """
    names, of = np.unique(base.of_place("subdistrict"), return_inverse=True)
    draws = base.uniform("matters/delegation", 2, of=list(names))[of]
    pressed = base.normal("subdistrict", of=list(names)).ravel()[of]
    ever = draws[:, 0] < sigmoid(1.5 + 0.9 * pressed)
    ever &= base.of_place("district") != LAYERED
    since = np.array(STARTS)[(draws[:, 1] * len(STARTS)).astype(int)]
    quarter = np.arange(1, QUARTERS + 1)
    return base.settled("delegation", ever[:, None] & (quarter >= since[:, None]))


def layered(base: Base) -> Floats:
    """
    Tell where an added layer manages communities.

    Parameters
    ----------
    base : Base
        The city without residents.

    Returns
    -------
    numpy.ndarray of float, shape (n, 12)
        1 in district J. A remedy may set ``"layer"``.
    """
    return base.settled("layer", base.of_place("district") == LAYERED)


def quarters_since(on: Floats) -> Floats:
    """
    Count the quarters for which something has held without a break.

    Parameters
    ----------
    on : numpy.ndarray of float, shape (n, 12)
        1 where it holds.

    Returns
    -------
    numpy.ndarray of float, shape (n, 12)
        0 in the first quarter and where it does not hold.

    Examples
    --------
    >>> quarters_since(np.array([[0, 1, 1, 1.0]])).tolist()
    [[0.0, 0.0, 1.0, 2.0]]
    """
    out = np.zeros(on.shape)
    for quarter in range(1, on.shape[1]):
        further = on[:, quarter] * on[:, quarter - 1]
        out[:, quarter] = further * (out[:, quarter - 1] + 1)
    return out


def rights(
    on: Floats, layer: Floats, parameters: Mapping[str, float]
) -> tuple[Floats, Floats, Floats]:
    """
    Evaluate what communities may decide and how much of that they do.

    Parameters
    ----------
    on, layer : numpy.ndarray of float, shape (n, 12)
        Where rights are delegated, and where a layer manages communities.
    parameters : mapping of str to float
        All parameters.

    Returns
    -------
    tuple of numpy.ndarray of float, shape (n, 12)
        Share of matters that may always be decided locally, 0 under a layer without
        delegation; share that may be since delegation; and the part of these newer
        rights that is used, ``0.1 + 0.13 e`` in the e-th quarter after the first, at
        most 1. Of the old rights 0.8 is used.
    """
    old = parameters["rights_before"] * (1 - layer * (1 - on))
    new = np.maximum(parameters["rights_delegated"] - old, 0) * on
    use = np.minimum(NEW_USE + LEARNING * quarters_since(on), 1)
    return old, new, use


def fulfilment(
    load: Floats, layers: Floats, layer: Floats, parameters: Mapping[str, float]
) -> Floats:
    """
    Evaluate the chance that what is carried out is what was meant.

    Parameters
    ----------
    load : numpy.ndarray of float
        Load of the committee.
    layers : numpy.ndarray of float
        Layers between decision and execution, without an added one.
    layer : numpy.ndarray of float
        1 where a layer is added.
    parameters : mapping of str to float
        All parameters.

    Returns
    -------
    numpy.ndarray of float
        ``a f^layers``, where f is the fidelity of a layer and the committee's ability
        a has log odds ``1.6 - 1.5 (load - 0.9)``; with an added layer f times that plus
        what closer guidance adds.

    Examples
    --------
    At a load of 0.9 the ability is 0.832; four layers leave 0.546 of it, and a fifth
    takes a tenth of that and adds 0.05:

    >>> some = {"layer_fidelity": 0.9, "layer_coaching": 0.05}
    >>> layer = np.array([0.0, 1.0])
    >>> fulfilment(np.array(0.9), np.array(4), layer, some).round(3)
    array([0.546, 0.541])
    """
    fidelity = parameters["layer_fidelity"]
    without = sigmoid(1.6 - 1.5 * (load - USUAL)) * fidelity**layers
    added = fidelity * without + parameters["layer_coaching"]
    return np.where(layer > 0, np.clip(added, 0, 1), without)


def staff(base: Base, codes: slice = slice(None)) -> Staff:
    """
    Let workers be trained, leave and be followed by newcomers.

    Parameters
    ----------
    base : Base
        The city without residents.
    codes : slice, optional
        Communities; all by default.

    Returns
    -------
    Staff
        Chances of a quarter: an untrained worker is trained with
        ``0.10 exp(-0.8 (load - 0.9))`` (a remedy may set ``"training"``), on its first
        day and not in the quarter of joining; a worker leaves with
        ``1 - exp(-0.065 exp(0.6 (load - 0.9) + b trained))``, where b is the parameter
        ``training_leaving``.
    """
    of = base.codes[codes]
    load = base.by_quarter("load")[codes]
    places = base.by_quarter("staff")[codes]
    most = int(places.max())
    slots = most if most <= SLOTS else SLOTS
    draws = base.uniform("matters/staff", SLOTS, QUARTERS, 3, of=of)[:, :slots]
    first = base.uniform("matters/employed", SLOTS, of=of)[:, :slots]
    usual = TRAINING * np.exp(TRAINING_LOAD * (base.by_quarter("load") - USUAL))
    training = base.settled("training", np.clip(usual, 0, 1))[codes]
    rate = LEAVING * np.exp(LEAVING_LOAD * (load - USUAL))
    number = np.arange(slots)[None, :, None]
    filled = np.broadcast_to(number < places[:, None, :], draws.shape[:3])
    trained = np.zeros(draws.shape[:3], dtype=bool)
    leaves = np.zeros(draws.shape[:3], dtype=bool)
    has = np.zeros(draws.shape[:2], dtype=bool)
    effect = base.parameters["training_leaving"]
    for quarter in range(QUARTERS):
        has |= draws[:, :, quarter, 0] < training[:, None, quarter]
        has &= filled[:, :, quarter]
        trained[:, :, quarter] = has
        gone = -np.expm1(-rate[:, None, quarter] * np.exp(effect * has))
        left = (draws[:, :, quarter, 1] < gone) & filled[:, :, quarter]
        leaves[:, :, quarter] = left
        has &= ~left
    begins = QUARTER * np.arange(QUARTERS)
    return Staff(
        filled=filled,
        trained=trained,
        leaves=leaves,
        # Not on the first or the last day, so that dates in whole days keep order.
        day=begins + 0.5 + (QUARTER - 1) * draws[..., 2],
        before=-EMPLOYED * np.log1p(-first),
    )


def matters(base: Base, codes: slice = slice(None)) -> Matters:
    """
    Follow every matter of some communities through the four stages.

    Parameters
    ----------
    base : Base
        The city without residents.
    codes : slice, optional
        Communities; all by default.

    Returns
    -------
    Matters
        Matters, decided as rights, layers and staff allow. Times of waiting and of
        work are exponential. Their means are those of the stage times
        ``exp(k + 0.25 z)`` for kind and matter, and waiting at the committee's own
        desks times ``exp(0.9 (load - 0.9))``, where load is mandates over what the
        staff can do: 11 each and 2 more if trained.
    """
    of = base.codes[codes]
    values = base.parameters
    n = len(of)
    shape = (n, QUARTERS, MOST)
    draws = base.uniform("matters/matter", QUARTERS, MOST, 9, of=of)
    times = base.uniform("matters/times", QUARTERS, MOST, 8, 2, of=of)
    frailty = base.normal("matters/frailty", QUARTERS, MOST, of=of)
    number, day, kind, right, use, way, check, again, meant = np.moveaxis(draws, -1, 0)
    followed = base.uniform("matters/followed", QUARTERS, MOST, of=of)

    expected = MATTERS * base.of_place("households")[codes, None] / 1600
    expected = expected * np.exp(0.2 * base.by_quarter("need")[codes])
    count = _poisson(number[:, :, 0], np.minimum(expected, MOST / 1.6))
    exists = np.arange(MOST) < count[:, :, None]
    begins = QUARTER * np.arange(QUARTERS)[None, :, None]
    # To a tenth of a day, as in the files; after the quarter's first day has begun.
    opened = begins + np.round(0.1 + (QUARTER - 0.2) * day, 1)
    kinds = np.searchsorted(np.cumsum(KIND_SHARE)[:-1], kind, side="right")

    on, layer = delegated(base)[codes], layered(base)[codes]
    share = staff(base, codes).trained_share
    capacity = 11 + 2 * share
    load = base.by_quarter("mandates")[codes] / (
        capacity * base.by_quarter("staff")[codes]
    )
    old, new, used = rights(on, layer, values)
    may_old = right < old[:, :, None]
    may_new = ~may_old & (right < (old + new)[:, :, None])
    local = (may_old & (use < OLD_USE)) | (may_new & (use < used[:, :, None]))

    scale = np.exp(np.array(KIND_TIME)[kinds] + SPREAD * frailty)
    busy = np.exp(values["waiting_load"] * (load - USUAL))[:, :, None]
    guided = np.where(layer > 0, GUIDANCE, 1.0)[:, :, None]
    desk = np.where(layer > 0, DESK, 1.0)[:, :, None]
    unit = -np.log1p(-times)
    stage = np.broadcast_to(np.tile(np.arange(4), 2), (*shape, 8)).copy()
    waits, works = np.empty((*shape, 8)), np.empty((*shape, 8))
    for visit in range(8):
        s = visit % 4
        waits[..., visit] = WAITING[s] * busy * guided * scale * unit[..., visit, 0]
        works[..., visit] = LEAST + (WORKING[s] - LEAST) * scale * unit[..., visit, 1]
    up_waits, up_works = waits.copy(), works.copy()
    for visit in (DECISION, 4 + DECISION):
        up_waits[..., visit] = UP_WAITING * desk * scale * unit[..., visit, 0]
        up_works[..., visit] = (
            LEAST + (UP_WORKING - LEAST) * scale * (unit[..., visit, 1])
        )

    # Which stages a matter goes through.
    lax = sigmoid(-1.2 + (load - USUAL) + layer)[:, :, None]
    evaluated = check >= lax
    twice = evaluated & (again < AGAIN)
    visited = np.ones((*shape, 8), dtype=bool)
    visited[..., EVALUATION] = evaluated
    visited[..., 4:] = twice[..., None]
    up_visited = visited.copy()
    up_visited[..., DECISION] = way >= UNDECIDED
    late = ~local & (way >= UNDECIDED) & (way < UNDECIDED + AFTERWARDS)
    stage[..., 1] = np.where(late, EXECUTION, DECISION)
    stage[..., 2] = np.where(late, DECISION, EXECUTION)

    def days(seen: Booleans, wait: Floats, work: Floats) -> Floats:
        return np.where(seen, wait + work, 0).sum(axis=-1)

    took = local[..., None]
    waiting = np.where(took, waits, up_waits)
    working = np.where(took, works, up_works)
    for times_ in (waiting, working):
        swapped = np.where(late[..., None], times_[..., [2, 1]], times_[..., [1, 2]])
        times_[..., 1:3] = swapped
    chance = fulfilment(
        load[:, :, None],
        np.where(local, LAYERS_LOCAL, LAYERS_UP),
        layer[:, :, None] * ~local,
        values,
    )
    return Matters(
        exists=exists,
        opened=opened,
        kind=kinds,
        entitled=may_old | may_new,
        local=local,
        local_chance=old * OLD_USE + new * used,
        stage=stage,
        visited=np.where(took, visited, up_visited),
        waiting=waiting,
        working=working,
        fulfilled_chance=chance,
        fulfilled=meant < chance,
        followed=followed < 1 / FOLLOWED,
        days_local=days(visited, waits, works),
        days_up=days(up_visited, up_waits, up_works),
    )


def _poisson(uniform: Floats, mean: Floats) -> Integers:
    count = poisson_quantile(uniform.ravel(), mean.ravel()).reshape(uniform.shape)
    return np.minimum(count, MOST)


def chunks(base: Base) -> Iterator[slice]:
    """
    Cut the communities into parts that are worked on one after the other.

    Parameters
    ----------
    base : Base
        The city without residents.

    Yields
    ------
    slice
        Up to 48 communities.
    """
    for start in range(0, len(base.codes), CHUNK):
        yield slice(start, start + CHUNK)


def tables(base: Base) -> dict[str, pd.DataFrame]:
    """
    Write down what offices know on the last day of the last quarter.

    Parameters
    ----------
    base : Base
        The city without residents.

    Returns
    -------
    dict of str to pandas.DataFrame
        ``matters`` and ``matter_events`` of those followed through the files,
        ``matter_quarters`` of all matters, and ``workers`` of the staff files.
    """
    parts = [written(base, part, matters(base, part)) for part in chunks(base)]
    return {
        name: pd.concat([part[name] for part in parts], ignore_index=True)
        for name in TABLES
    }


def written(base: Base, part: slice, found: Matters) -> dict[str, pd.DataFrame]:
    """
    Write down the same of some communities whose matters are known.

    Parameters
    ----------
    base : Base
        The city without residents.
    part : slice
        Communities.
    found : Matters
        Their matters.

    Returns
    -------
    dict of str to pandas.DataFrame
        As :func:`tables`.
    """
    codes = np.array(base.codes[part])
    heads, visits = _log(codes, found)
    on, layer = delegated(base)[part], layered(base)[part]
    opens = base.uniform("matters/opened", 1, of=list(codes))[:, 0] < 1 / STAFF_FILES
    return {
        "matter_events": visits,
        "matter_quarters": _quarters(codes, found, on, layer),
        "matters": heads,
        "workers": _workers(codes, staff(base, part), opens),
    }


def _log(codes: np.ndarray, found: Matters) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the matters whose files are followed, and their visits to stages."""
    place, quarter, number = np.nonzero(found.exists & found.followed)
    at = (place, quarter, number)
    opened = found.opened[at]
    length = np.where(
        found.visited[at], found.waiting[at] + found.working[at], 0
    ).cumsum(axis=1)
    finished = opened[:, None] + length
    started = finished - found.working[at]
    # Files know tenths of a day.
    started, finished = np.round(started, 1), np.round(finished, 1)
    closed = np.round(opened + length[:, -1], 1)
    # Numbered within the community by quarter, so that a matter keeps its name.
    names = np.array(
        [
            f"{code}-{q + 1:02}{k + 1:02}"
            for code, q, k in zip(codes[place], quarter, number, strict=True)
        ],
        dtype=object,
    )
    over = closed <= LAST
    decisions = found.visited[at] & (found.stage[at] == DECISION)
    decided = (decisions & (finished <= LAST)).any(axis=1)
    by = np.where(found.local[at], "committee", "above").astype(object)
    head = pd.DataFrame(
        {
            "matter": names,
            "community": codes[place].astype(object),
            "matter_kind": np.array(KINDS, dtype=object)[found.kind[at]],
            "opened_on": opened,
            "closed_on": np.where(over, closed, np.nan),
            "entitled": found.entitled[at],
            "decided_by": pd.Series(by).where(decided, None),
            "fulfilled": pd.array(np.where(over, found.fulfilled[at], False)).astype(
                "boolean"
            ),
        }
    )
    head.loc[~over, "fulfilled"] = pd.NA
    seen = found.visited[at] & (started <= LAST)
    which, visit = np.nonzero(seen)
    ends = finished[which, visit]
    stage = found.stage[at][which, visit]
    events = pd.DataFrame(
        {
            "matter": names[which],
            "cycle_stage": np.array(STAGES, dtype=object)[stage],
            "started_on": started[which, visit],
            "finished_on": np.where(ends <= LAST, ends, np.nan),
        }
    )
    # By time within a matter; names are in order already.
    return (
        head.sort_values("matter", ignore_index=True),
        events.sort_values(["matter", "started_on"], ignore_index=True),
    )


def _quarters(
    codes: np.ndarray, found: Matters, on: Floats, layer: Floats
) -> pd.DataFrame:
    """Return all matters, counted by the quarter in which they came up."""
    count = found.exists.sum(axis=2)
    in_time = (found.exists & (found.days <= LIMIT)).sum(axis=2)
    local = (found.exists & found.local).sum(axis=2)
    n = len(codes)
    completed = pd.array(in_time.ravel(), dtype="Int64")
    # Those that came up last have not had the time.
    quarter = np.tile(np.arange(1, QUARTERS + 1), n)
    completed[quarter * QUARTER + LIMIT > LAST] = pd.NA
    first = np.where(on.any(axis=1), on.argmax(axis=1) + 1, 0)
    return pd.DataFrame(
        {
            "community": np.repeat(codes.astype(object), QUARTERS),
            "quarter": quarter,
            "matters_opened": count.ravel(),
            "matters_completed": completed,
            "decided_locally": local.ravel(),
            "delegated": on.astype(bool).ravel(),
            "delegated_since": np.repeat(first, QUARTERS),
            "layer": layer.astype(bool).ravel(),
        }
    )


def _workers(codes: np.ndarray, held: Staff, opens: Booleans) -> pd.DataFrame:
    """Return the workers of the communities that open their staff files."""
    rows = []
    for place in np.flatnonzero(opens):
        number = 0
        for slot in range(held.filled.shape[1]):
            joined = -float(held.before[place, slot])
            trained: float | None = None
            there = False
            for quarter in range(QUARTERS):
                now = bool(held.filled[place, slot, quarter])
                begin = float(quarter * QUARTER)
                if there and not now:
                    rows.append((place, number, joined, trained, begin))
                if now and not there and quarter:
                    joined, trained = begin, None
                if now and not there:
                    number += 1
                there = now
                if not now:
                    continue
                if held.trained[place, slot, quarter] and trained is None:
                    trained = begin
                if held.leaves[place, slot, quarter]:
                    day = float(held.day[place, slot, quarter])
                    rows.append((place, number, joined, trained, day))
                    number += 1
                    joined, trained = day, None
            if there:
                rows.append((place, number, joined, trained, None))
    columns = ["place", "number", "joined", "trained", "left"]
    table = pd.DataFrame(rows, columns=columns).astype(
        {"joined": float, "trained": float, "left": float}
    )
    code = codes[table["place"].to_numpy(dtype=int)].astype(object)
    out = pd.DataFrame(
        {
            "worker": [
                f"{c}-W{k:02}" for c, k in zip(code, table["number"], strict=True)
            ],
            "community": code,
            "joined": table["joined"].round() + 0.0,
            "trained_on": table["trained"].round(),
            "left_on": table["left"].round(),
        }
    ).astype({"worker": object})
    return out.sort_values("worker", ignore_index=True)
