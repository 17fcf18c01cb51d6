"""Who may decide, what a layer costs and brings, and what training does to capacity."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from govlib import _columns, _inference, _validate
from govlib.lifecycle._moments import filled, moment, numbers_of

Array = NDArray[np.float64]


def decision_rights(
    data: pd.DataFrame,
    *,
    entitled: str,
    local: str,
    group: str | None = None,
    cluster: str | None = None,
    conf_level: float = 0.95,
) -> pd.DataFrame:
    r"""
    Compare the right to decide on paper with deciding in fact.

    A list of delegated rights is not yet delegation: where a committee passes up what
    it may decide, the right is formal only [1]_.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per matter that was decided.
    entitled : str
        Column of true and false (or 1 and 0): whether the community may decide it.
    local : str
        Column of true and false (or 1 and 0): whether it did.
    group : str, optional
        Column of groups to be shown apart.
    cluster : str, optional
        Column of what belongs together, such as the community.
    conf_level : float, default 0.95
        Level of the intervals.

    Returns
    -------
    pandas.DataFrame
        Per group four rows by ``term``: ``"formal"``, share that may be decided
        locally; ``"real"``, share that is; ``"take_up"``, share decided locally of
        those that may be; ``"beyond"``, share decided locally of those that may not
        be. Columns ``estimate``, ``std_error``, ``conf_low``, ``conf_high``,
        ``conf_level``, ``n``, the matters that the share is of. A share of no matters
        is missing.

    Raises
    ------
    TypeError
        If `data` is no DataFrame.
    ValueError
        If the table is empty, a column is unknown, incomplete or of the wrong kind, or
        there is one cluster.

    See Also
    --------
    completion_panel : What more deciding does to completion.

    Notes
    -----
    Linearised errors, clusters taken as drawn with replacement; intervals are
    symmetric in log odds.

    References
    ----------
    .. [1] Aghion, P. and Tirole, J. (1997). Formal and real authority in organizations.
       Journal of Political Economy 105(1), 1-29.

    Examples
    --------
    Of five matters two may be decided locally; one of these is, and one other:

    >>> data = pd.DataFrame({"may": [1, 1, 0, 0, 0], "does": [1, 0, 1, 0, 0]})
    >>> table = decision_rights(data, entitled="may", local="does")
    >>> table[["term", "estimate", "n"]]
          term  estimate  n
    0   formal    0.4000  5
    1     real    0.4000  5
    2  take_up    0.5000  2
    3   beyond    0.3333  3
    """
    filled(data, "matter")
    conf_level = _validate.level(conf_level)
    may = _columns.flags(data, entitled, "entitled")
    does = _columns.flags(data, local, "local")
    if group is not None:
        _columns.apart([group], ["term", "estimate", "n"])
    parts = []
    for level, here in _inference.domains(data, group):
        rows = data[here]
        sample = _inference.sample(rows, cluster=cluster)
        mine, done = may[here], does[here]
        everything = np.ones(len(rows), dtype=bool)
        shares = {
            "formal": (mine, everything),
            "real": (done, everything),
            "take_up": (done & mine, mine),
            "beyond": (done & ~mine, ~mine),
        }
        terms, estimate, error, sizes = [], [], [], []
        for term, (above, below) in shares.items():
            n = int(below.sum())
            share = above.sum() / n if n else np.nan
            influence = (above - share * below) / n if n else np.zeros(len(rows))
            variance = _inference.linearised(sample, influence[None])[0, 0]
            terms.append(term)
            estimate.append(share)
            error.append(np.sqrt(variance) if n else np.nan)
            sizes.append(n)
        low, high = _inference.share_interval(
            np.array(estimate), np.array(error), sample.n_units - 1, conf_level
        )
        part = pd.DataFrame(
            {
                "term": terms,
                "estimate": estimate,
                "std_error": error,
                "conf_low": low,
                "conf_high": high,
                "conf_level": conf_level,
                "n": sizes,
            }
        )
        if group is not None:
            part.insert(0, group, level)
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def completion_panel(
    data: pd.DataFrame,
    *,
    unit: str,
    opened: str,
    closed: str,
    limit: float,
    period: float,
    until: Any,
    origin: Any = 0,
) -> pd.DataFrame:
    """
    Count for each place and period how many of the matters opened then ended in time.

    The outcome for a comparison over time. "Closed this quarter over opened this
    quarter" mixes old matters with new ones; "closed so far" favours the oldest. Here
    every matter has the same time, and periods whose matters have not had it yet are
    left out.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per matter, open ones included.
    unit : str
        Column of the place, such as the community.
    opened, closed : str
        Columns of the moments, numbers or dates; `closed` is missing while open.
    limit : float
        Time within which a matter counts as completed, in the unit of the moments
        (days for dates).
    period : float
        Length of a period in the same unit.
    until : number or date
        The last moment that counts as observed.
    origin : number or date, default 0
        When period 1 begins. Give a date where the moments are dates.

    Returns
    -------
    pandas.DataFrame
        One row per place and period in which it opened anything: the unit,
        ``period`` (from 1), ``opened``, ``completed`` within the limit, ``share``.

    Raises
    ------
    TypeError
        If `data` is no DataFrame or a moment is of another kind than the columns.
    ValueError
        If the table is empty, a column is unknown or of the wrong kind, a matter was
        closed before it was opened or opened before the origin, a length is not above
        zero, or no period has had the time.

    See Also
    --------
    govlib.evaluation.event_study : What to do with it when rights are delegated in one
        place after another.

    Examples
    --------
    Two quarters of 90 days. On day 150 the second one's matters have not all had 60
    days, so it is left out:

    >>> data = pd.DataFrame(
    ...     {
    ...         "place": ["a", "a", "b", "b"],
    ...         "opened": [10, 50, 80, 100],
    ...         "closed": [30, 140, None, 120],
    ...     }
    ... )
    >>> completion_panel(
    ...     data,
    ...     unit="place",
    ...     opened="opened",
    ...     closed="closed",
    ...     limit=60,
    ...     period=90,
    ...     until=150,
    ... )
      place  period  opened  completed  share
    0     a       1       2          1    0.5
    1     b       1       1          0    0.0
    """
    filled(data, "matter")
    place = _columns.complete(data, unit, "unit")
    _columns.apart([unit], ["period", "opened", "completed", "share"])
    opened_column = _validate.column(data, opened, "opened")
    came = numbers_of(opened_column, "opened")
    ended = numbers_of(_validate.column(data, closed, "closed"), "closed", gaps=True)
    for value, name in ((limit, "limit="), (period, "period=")):
        if _validate.between(value, 0, np.inf, name) == 0:
            raise ValueError(f"{name} must be above zero")
    last = moment(until, "until", opened_column)
    since = moment(origin, "origin", opened_column)
    for bad, what in (
        (ended < came, f"closed ({closed!r}) before they were opened ({opened!r})"),
        (came < since, f"opened ({opened!r}) before origin={origin!r}"),
    ):
        if bad.any():
            raise ValueError(
                f"{int(bad.sum())} matter(s) were {what}, in row(s) "
                f"{_validate.listing(data.index[bad])}; correct or drop them"
            )
    number = np.floor((came - since) / period).astype(int) + 1
    # The last matter of a period must have had the limit.
    fine = since + number * period + limit <= last
    if not fine.any():
        raise ValueError(
            f"no period of {period:g} has had {limit:g} after its end by "
            f"until={until!r}; take a shorter limit, or look again later"
        )
    table = pd.DataFrame(
        {
            unit: place[fine],
            "period": number[fine],
            "completed": ((ended - came) <= limit)[fine],
        }
    )
    groups = table.groupby([unit, "period"], observed=True)["completed"]
    out = groups.agg(opened="size", completed="sum").reset_index()
    out["share"] = out["completed"] / out["opened"]
    return out


def transmitted(layers: ArrayLike, fidelity: float = 0.9) -> float | Array:
    r"""
    Return what is left of an instruction after some layers.

    Parameters
    ----------
    layers : int or array_like of int
        Layers that it passes through, at least 0.
    fidelity : float, default 0.9
        Share that each layer passes on unchanged, 0 to 1.

    Returns
    -------
    float or numpy.ndarray
        :math:`f^L`, 0 to 1.

    Raises
    ------
    TypeError
        If `fidelity` is no number.
    ValueError
        If a value is out of range or layers are not whole.

    See Also
    --------
    added_layer : When another layer pays.

    Notes
    -----
    Control loss in a hierarchy [1]_: layers err independently and none corrects
    another.

    References
    ----------
    .. [1] Williamson, O. E. (1967). Hierarchical control and optimum firm size. Journal
       of Political Economy 75(2), 123-138.

    Examples
    --------
    Four layers, and five:

    >>> transmitted([4, 5])
    array([0.6561 , 0.59049])
    """
    fidelity = _validate.between(fidelity, 0, 1, "fidelity=")
    number = np.asarray(layers, dtype=float)
    if (number < 0).any() or (number != np.round(number)).any():
        raise ValueError(
            f"layers must be whole numbers from 0 on, not "
            f"{_validate.listing(np.atleast_1d(number))}"
        )
    out = fidelity**number
    return float(out) if out.ndim == 0 else out


def added_layer(
    completion: ArrayLike,
    *,
    fidelity: float = 0.9,
    coaching: float = 0.05,
    span_before: float = 23,
    span_after: float = 8,
) -> pd.DataFrame:
    r"""
    Weigh a layer's loss in transmission against its closer guidance.

    A layer between the town and its committees passes on less than it gets, but each
    of its officers looks after fewer committees. Which of the two is larger depends on
    how much arrived before.

    Parameters
    ----------
    completion : float or array_like of float
        Share completed as intended without the layer, 0 to 1.
    fidelity : float, default 0.9
        Share that the layer passes on unchanged, 0 to below 1.
    coaching : float, default 0.05
        What the narrower span adds to the share completed, at least 0.
    span_before, span_after : float
        Committees per officer without and with the layer, default 23 and 8; the latter
        is the smaller.

    Returns
    -------
    pandas.DataFrame
        One row per completion: ``completion``; ``lost``, :math:`(1 - f)` times it;
        ``gained``, the coaching; ``net``; ``with_layer``, between 0 and 1; and the
        break-even points, each with all else as given: ``break_even_completion``, below
        which the layer pays; ``break_even_fidelity``, above which it does;
        ``break_even_span``, up to which span after it does (guidance taken as inverse
        to the span).

    Raises
    ------
    TypeError
        If a value is no number.
    ValueError
        If a value is out of range.

    See Also
    --------
    transmitted : What several layers leave.

    Notes
    -----
    With completion :math:`p`, fidelity :math:`f` and coaching :math:`c` the net gain is
    :math:`c - (1 - f) p`, zero at :math:`p = c / (1 - f)` and at :math:`f = 1 - c / p`.
    Time with each committee is inverse to the span, :math:`c(s) = c (1/s - 1/s_0) /
    (1/s_1 - 1/s_0)`, so that the break-even span solves :math:`c(s) = (1 - f) p`. That
    coaching adds points rather than mends the transmission is an assumption, and the
    answer hangs on it.

    Examples
    --------
    Four layers leave 65.6 %. A fifth costs 6.6 points and brings 5:

    >>> table = added_layer(0.9**4)
    >>> table[["lost", "gained", "net", "break_even_completion", "break_even_span"]]
          lost  gained      net  break_even_completion  break_even_span
    0  0.06561    0.05 -0.01561                    0.5         6.646678
    """
    fidelity = _validate.between(fidelity, 0, 1, "fidelity=")
    coaching = _validate.between(coaching, 0, 1, "coaching=")
    before = _validate.between(span_before, 0, np.inf, "span_before=")
    after = _validate.between(span_after, 0, np.inf, "span_after=")
    if fidelity == 1:
        raise ValueError("fidelity=1 loses nothing, so the layer always pays")
    if not 0 < after < before:
        raise ValueError(
            f"span_after= {after:g} must be above zero and below span_before= "
            f"{before:g}: the layer narrows the span"
        )
    share = np.atleast_1d(_validate.vector(np.atleast_1d(completion), "completion"))
    if (share < 0).any() or (share > 1).any():
        raise ValueError(
            f"completion must lie between 0 and 1, not "
            f"{_validate.listing(share[(share < 0) | (share > 1)])}"
        )
    lost = (1 - fidelity) * share
    with np.errstate(divide="ignore", invalid="ignore"):
        least = np.where(share > 0, 1 - coaching / share, -np.inf)
        # Guidance per officer's time: coaching = scale * (1 / after - 1 / before).
        scale = coaching / (1 / after - 1 / before)
        span = 1 / (lost / scale + 1 / before) if scale else np.full(share.size, 0.0)
    return pd.DataFrame(
        {
            "completion": share,
            "lost": lost,
            "gained": coaching,
            "net": coaching - lost,
            "with_layer": np.clip(share + coaching - lost, 0, 1),
            "break_even_completion": coaching / (1 - fidelity),
            "break_even_fidelity": np.maximum(least, 0),
            "break_even_span": span,
        }
    )


def staff_training(
    *,
    training: float,
    leaving: float,
    leaving_trained: float | None = None,
    quarters: int = 12,
    trained: float = 0.0,
    capacity: float = 11,
    capacity_trained: float = 13,
    tasks_per_worker: float | None = None,
) -> pd.DataFrame:
    r"""
    Follow the share of trained staff while some leave and newcomers are untrained.

    Parameters
    ----------
    training : float
        Chance that an untrained worker is trained in a quarter, 0 to 1.
    leaving : float
        Chance that an untrained worker leaves in a quarter, 0 to 1.
    leaving_trained : float, optional
        The same for a trained one. Default: as `leaving`.
    quarters : int, default 12
        Quarters to follow.
    trained : float, default 0
        Share trained at the start, 0 to 1.
    capacity, capacity_trained : float
        Tasks a year that an untrained and a trained worker clears, default 11 and 13.
    tasks_per_worker : float, optional
        Tasks a year per worker. Adds the column ``load``.

    Returns
    -------
    pandas.DataFrame
        One row per quarter from 0 (the start), and a last one for the limit, whose
        quarter is missing: ``quarter``; ``trained``, share of staff; ``left``, share
        that left in the quarter; ``newcomers_trained``, trainings per worker in it;
        ``capacity`` per worker; and with tasks ``load``, tasks over capacity.

    Raises
    ------
    TypeError
        If a value is of the wrong kind.
    ValueError
        If a value is out of range, or without training and leaving there is no limit.

    See Also
    --------
    split_at : Whether training keeps people, from data.

    Notes
    -----
    In a quarter leavers go and are replaced by untrained newcomers, then the untrained
    are trained: :math:`s' = (1 - l_1) s + t (1 - (1 - l_1) s)`, with the limit
    :math:`t / (t + l_1 - t l_1)`. How fast the *untrained* leave does not move the
    share, since an untrained worker is replaced by another; it moves only how many
    leave.

    Examples
    --------
    A quarter of the untrained is trained each quarter and a tenth of all leaves:

    >>> table = staff_training(training=0.25, leaving=0.1, quarters=2)
    >>> table[["quarter", "trained", "capacity"]]
       quarter   trained   capacity
    0      0.0  0.000000  11.000000
    1      1.0  0.250000  11.500000
    2      2.0  0.418750  11.837500
    3      NaN  0.769231  12.538462
    """
    stays = leaving if leaving_trained is None else leaving_trained
    for value, name in (
        (training, "training="),
        (leaving, "leaving="),
        (stays, "leaving_trained="),
        (trained, "trained="),
    ):
        _validate.between(value, 0, 1, name)
    _validate.count(quarters, "quarters")
    for value, name in (
        (capacity, "capacity="),
        (capacity_trained, "capacity_trained="),
    ):
        if _validate.between(value, 0, np.inf, name) == 0:
            raise ValueError(f"{name} must be above zero")
    if training + stays == 0:
        raise ValueError(
            "training=0 and leaving_trained=0 change nothing, so there is no limit"
        )
    limit = training / (training + stays - training * stays)
    share = [float(trained)]
    for _ in range(quarters):
        kept = (1 - stays) * share[-1]
        share.append(kept + training * (1 - kept))
    share.append(limit)
    # What happens in a quarter follows from the share before it.
    before = np.array([np.nan, *share[:-2], limit])
    after = np.array(share)
    table = pd.DataFrame(
        {
            "quarter": [*map(float, range(quarters + 1)), np.nan],
            "trained": after,
            "left": before * stays + (1 - before) * leaving,
            "newcomers_trained": training * (1 - (1 - stays) * before),
            "capacity": capacity + (capacity_trained - capacity) * after,
        }
    )
    if tasks_per_worker is not None:
        tasks = _validate.between(tasks_per_worker, 0, np.inf, "tasks_per_worker=")
        table["load"] = tasks / table["capacity"]
    return table


def event_rate(
    data: pd.DataFrame,
    *,
    time: str,
    outcome: str,
    entry: str | None = None,
    group: str | None = None,
    conf_level: float = 0.95,
) -> pd.DataFrame:
    r"""
    Estimate how often something happens per unit of time under observation.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per spell under observation, as from :func:`split_at`.
    time, outcome, entry : str
        As in :func:`survival_curve`; `entry` is optional.
    group : str, optional
        Column of groups. Adds a row ``"ratio"`` for each against the first.
    conf_level : float, default 0.95
        Level of the intervals.

    Returns
    -------
    pandas.DataFrame
        Rows by ``term``: ``"rate"`` per unit of time and, with groups, ``"ratio"``.
        Columns: the group (if any), ``events``, ``exposure`` (time observed),
        ``estimate``, ``conf_low``, ``conf_high``, ``conf_level``.

    Raises
    ------
    TypeError
        If `data` is no DataFrame.
    ValueError
        If the table is empty, a column is unknown, incomplete or of the wrong kind, an
        entry is not below its time, or there is one group.

    See Also
    --------
    cox : Rates that change over time, and several causes.

    Notes
    -----
    Events over time observed. Exact intervals: Garwood's for a rate [1]_, Clopper and
    Pearson's for the share of the group's events, given both, turned into a ratio.

    References
    ----------
    .. [1] Garwood, F. (1936). Fiducial limits for the Poisson distribution. Biometrika
       28(3/4), 437-442.

    Examples
    --------
    84 events in 12 community-years against 120 in 30:

    >>> data = pd.DataFrame(
    ...     {"years": [12 / 84] * 84 + [30 / 120] * 120, "event": 1, "kind": "with"}
    ... )
    >>> data.loc[84:, "kind"] = "a without"
    >>> table = event_rate(data, time="years", outcome="event", group="kind")
    >>> table[["term", "kind", "estimate", "conf_low", "conf_high"]].round(2)
        term       kind  estimate  conf_low  conf_high
    0   rate  a without      4.00      3.32       4.78
    1   rate       with      7.00      5.58       8.67
    2  ratio       with      1.75      1.31       2.33
    """
    filled(data, "spell")
    conf_level = _validate.level(conf_level)
    times = _columns.above_zero(data, time, "time")
    events = _columns.flags(data, outcome, "outcome")
    observed = times.to_numpy()
    if entry is not None:
        since = _columns.amounts(data, entry, "entry").to_numpy()
        late = times.index[since >= observed]
        if len(late):
            raise ValueError(
                f"data column {entry!r} (entry=) is not below {time!r} in row(s) "
                f"{_validate.listing(late)}: never under observation; drop them"
            )
        observed = observed - since
    if group is not None:
        _validate.groups(_validate.column(data, group, "group"))
        _columns.apart([group], ["term", "events", "exposure", "estimate"])
    tail = (1 - conf_level) / 2
    levels, counts, exposures = [], [], []
    for level, here in _inference.domains(data, group):
        levels.append(level)
        counts.append(int(events[here].sum()))
        exposures.append(float(observed[here].sum()))
    n, exposure = np.array(counts), np.array(exposures)
    rows = {
        "term": ["rate"] * len(n),
        "events": n,
        "exposure": exposure,
        "estimate": n / exposure,
        "conf_low": np.where(n > 0, stats.chi2.ppf(tail, 2 * n) / 2, 0) / exposure,
        "conf_high": stats.chi2.ppf(1 - tail, 2 * (n + 1)) / 2 / exposure,
    }
    table = pd.DataFrame(rows)
    if group is None:
        return table.assign(conf_level=conf_level)
    table.insert(1, group, levels)
    ratios = _ratios(n, exposure, tail)
    ratios.insert(0, "term", "ratio")
    ratios.insert(1, group, levels[1:])
    out = pd.concat([table, ratios], ignore_index=True)
    return out.assign(conf_level=conf_level)


def _ratios(n: NDArray[np.int_], exposure: Array, tail: float) -> pd.DataFrame:
    """Return each group's rate over the first one's, with exact intervals."""
    mine, first = n[1:], n[0]
    per = exposure[1:] / exposure[0]

    def ratio(share: Sequence[float] | Array) -> Array:
        """Turn a share of both groups' events into a ratio of rates."""
        share = np.asarray(share)
        with np.errstate(divide="ignore", invalid="ignore"):
            return share / (1 - share) / per

    low = np.where(mine > 0, stats.beta.ppf(tail, mine, first + 1), 0.0)
    high = np.where(first > 0, stats.beta.ppf(1 - tail, mine + 1, first), 1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        estimate = (mine / exposure[1:]) / (first / exposure[0])
    return pd.DataFrame(
        {
            "events": mine + first,
            "exposure": exposure[1:] + exposure[0],
            "estimate": estimate,
            "conf_low": ratio(low),
            "conf_high": ratio(high),
        }
    )
