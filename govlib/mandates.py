"""
Who has to do what, with what, and how much lands on a committee.

Targets and resources on their way down the tiers; load and waiting; what targets do to
completion where resources are short; duties that several tiers have alike; and lists of
responsibilities with their gaps.
"""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import special, stats
from tqdm import tqdm

from govlib import _columns, _inference, _queue, _validate, resample

Array = NDArray[np.float64]

# Fewer clusters than this and the usual clustered errors are too small.
FEW_CLUSTERS = 40

# Targets and resources through the tiers


@dataclass(frozen=True, slots=True)
class Cascade:
    """
    Targets and resources tier by tier, as returned by :func:`cascade`.

    Attributes
    ----------
    table : pandas.DataFrame
        One row per tier from the top: the tier; ``units``; ``targets`` and
        ``resources``, sums over its units; ``added``, targets less those of the tier
        above; ``markup``, targets over those of the tier above (1.2: a fifth was added
        on the way); ``passed_on``, resources over those of the tier above;
        ``cumulative_markup`` and ``cumulative_passed_on``, over those of the top;
        ``backing``, the latter over the former: 1 where resources came down as targets
        did, 0.4 where a target has two fifths of the resources behind it that it had
        at the top; ``targets_per_unit``, ``resources_per_unit``; and with staff
        ``staff``, ``targets_per_staff``, ``resources_per_staff``. Ratios to the tier
        above are missing at the top, and where there is nothing to be a ratio of.
        Without resources there are no columns about them.
    units : pandas.DataFrame
        One row per unit in the order of the tiers: the unit, its tier and the unit
        above; ``targets``, ``resources``; ``units_below``; ``markup`` and
        ``passed_on`` from it to the units below, missing at the bottom; and with staff
        ``staff``, ``targets_per_staff``, ``resources_per_staff``.
    """

    table: pd.DataFrame
    units: pd.DataFrame


def cascade(
    data: pd.DataFrame,
    *,
    unit: str,
    tier: str,
    above: str,
    tiers: Sequence[Any],
    targets: str,
    resources: str | None = None,
    staff: str | None = None,
) -> Cascade:
    r"""
    Follow targets and resources down from the city to the committees.

    Two things happen on the way: tiers add to targets so as to be safe themselves, and
    resources stay above.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per unit of government or committee.
    unit : str
        Column with the name of each unit, each once.
    tier : str
        Column with its tier.
    above : str
        Column with the unit that sets its targets, in the tier directly above; missing
        for the units of the top.
    tiers : sequence
        All tiers from the top down, as in the column, such as ``["city", "district",
        "sub-district", "committee"]``.
    targets : str
        Column with the targets set for the unit, >= 0, such as lifts to be built.
    resources : str, optional
        Column with the resources that it has for them, >= 0. Default: targets are
        followed alone.
    staff : str, optional
        Column with the people who do the work, above zero.

    Returns
    -------
    Cascade
        Sums and ratios by tier, and the units.

    Raises
    ------
    TypeError
        If `data` is no DataFrame, a column is not named or `tiers` is one name.
    ValueError
        If a column is unknown or has missing values (but for the unit above at the
        top), a number is negative, staff are zero; the top has no targets or no
        resources; or tiers do not nest: a tier is not in `tiers` or has no unit, a
        unit is not below one of the tier directly above, or one hands nothing down.

    See Also
    --------
    transmission : What is left of a message after some layers.
    effect_of_targets : What targets do where resources are short.

    Notes
    -----
    A ratio of tiers is a ratio of sums over their units, so large units count for
    more. ``backing`` is cumulative: :math:`(R_k / R_0) / (T_k / T_0)`, resources per
    target in tier k over those at the top. Targets that grow on the way down (层层加码)
    have been shown for economic growth in [1]_.

    References
    ----------
    .. [1] Li, X., Liu, C., Weng, X. and Zhou, L.-A. (2019). Target setting in
       tournaments: theory and evidence from China. The Economic Journal 129(623),
       2888-2915.

    Examples
    --------
    The city wants 100 lifts and hands on all its 50 posts. Its two districts ask for
    120 and hand on 20 posts:

    >>> data = pd.DataFrame(
    ...     {
    ...         "name": ["S", "J", "M", "J1", "M1"],
    ...         "tier": ["city"] + ["district"] * 2 + ["committee"] * 2,
    ...         "above": [None, "S", "S", "J", "M"],
    ...         "lifts": [100, 50, 50, 60, 60],
    ...         "posts": [50, 25, 25, 10, 10],
    ...     }
    ... )
    >>> passed = cascade(
    ...     data,
    ...     unit="name",
    ...     tier="tier",
    ...     above="above",
    ...     tiers=["city", "district", "committee"],
    ...     targets="lifts",
    ...     resources="posts",
    ... )
    >>> passed.table[["tier", "targets", "added", "markup", "resources", "backing"]]
            tier  targets  added  markup  resources  backing
    0       city    100.0    NaN     NaN       50.0    1.000
    1   district    100.0    0.0     1.0       50.0    1.000
    2  committee    120.0   20.0     1.2       20.0    0.333
    """
    _validate.frame(data)
    names = _validate.unique(_columns.complete(data, unit, "unit"))
    if isinstance(tiers, str):
        raise TypeError(f"tiers= takes a list from the top down, not one: {tiers!r}")
    _columns.apart([unit, tier, above], ["units", "targets", "resources", "staff"])
    order = list(tiers)
    if len(order) < 2 or len(set(order)) < len(order):
        raise ValueError(f"tiers= takes two or more tiers, each once, not {order}")
    depth = _depth(_columns.complete(data, tier, "tier"), order)
    parent = _parents(names, depth, _validate.column(data, above, "above"), order)
    measures = {"targets": _columns.amounts(data, targets, "targets").to_numpy()}
    if resources is not None:
        have = _columns.amounts(data, resources, "resources")
        measures["resources"] = have.to_numpy()
    for name, values in measures.items():
        if not values[depth == 0].sum():
            raise ValueError(
                f"{name} of the top tier {order[0]!r} are zero, so nothing can be "
                f"compared with them"
            )
    # What the ratios of each measure to the tier above are called.
    ratios = {"targets": "markup", "resources": "passed_on"}
    ratios = {name: ratios[name] for name in measures}

    table = pd.DataFrame({tier: order, "units": np.bincount(depth)})
    for name, ratio in ratios.items():
        sums = np.bincount(depth, weights=measures[name])
        table[name] = sums
        if name == "targets":
            table["added"] = table[name].diff()
        table[ratio] = _ratio(sums, np.roll(sums, 1))
        table.loc[0, ratio] = np.nan
    for name, ratio in ratios.items():
        table[f"cumulative_{ratio}"] = table[name] / table.loc[0, name]
    if resources is not None:
        table["backing"] = _ratio(
            table["cumulative_passed_on"], table["cumulative_markup"]
        )
    for name in ratios:
        table[f"{name}_per_unit"] = table[name] / table["units"]

    below = parent >= 0
    units = pd.DataFrame({unit: names, tier: data[tier], above: data[above]})
    for name in ratios:
        units[name] = measures[name]
    units["units_below"] = np.bincount(parent[below], minlength=len(data))
    for name, ratio in ratios.items():
        handed = np.bincount(
            parent[below], weights=measures[name][below], minlength=len(data)
        )
        units[ratio] = _ratio(handed, measures[name])
        units.loc[depth == len(order) - 1, ratio] = np.nan
    if staff is not None:
        people = _columns.above_zero(data, staff, "staff").to_numpy()
        table["staff"], units["staff"] = np.bincount(depth, weights=people), people
        for each in (table, units):
            for name in ratios:
                each[f"{name}_per_staff"] = each[name] / each["staff"]
    units = units.iloc[np.argsort(depth, kind="stable")].reset_index(drop=True)
    return Cascade(table, units)


def _depth(values: pd.Series, order: list[Any]) -> NDArray[np.intp]:
    """Return the number of each unit's tier from the top."""
    unknown = values[~values.isin(order)].unique()
    if len(unknown):
        raise ValueError(
            f"data column {values.name!r} (tier=) holds {_validate.listing(unknown)}, "
            f"not in tiers= {order}{_validate.nearest(unknown[0], order)}"
        )
    depth = values.map({name: i for i, name in enumerate(order)}).to_numpy(np.intp)
    empty = [name for i, name in enumerate(order) if not (depth == i).any()]
    if empty:
        raise ValueError(
            f"tier(s) {_validate.listing(empty)} have no unit in column "
            f"{values.name!r}; take them out of tiers="
        )
    return depth


def _parents(
    names: pd.Series, depth: NDArray[np.intp], above: pd.Series, order: list[Any]
) -> NDArray[np.intp]:
    """Return the row of the unit above, -1 at the top, or say what does not nest."""
    row = pd.Series(np.arange(len(names)), index=names.array)
    parent = row.reindex(above.array).fillna(-1).to_numpy(np.intp)
    top = depth == 0
    headed = names[top & above.notna().to_numpy()]
    if len(headed):
        raise ValueError(
            f"unit(s) {_validate.listing(headed)} of the top tier {order[0]!r} have a "
            f"unit above; leave it empty, or add its tier to tiers="
        )
    astray = names[~top & ((parent < 0) | (depth[parent] != depth - 1))]
    if len(astray):
        raise ValueError(
            f"tiers do not nest: {len(astray)} unit(s) are not below a unit of the "
            f"tier directly above: {_validate.listing(astray)}; correct column "
            f"{above.name!r} (above=)"
        )
    last = depth == len(order) - 1
    idle = names[~last & ~np.isin(np.arange(len(names)), parent)]
    if len(idle):
        raise ValueError(
            f"tiers do not nest: {len(idle)} unit(s) above the last tier have no unit "
            f"below them: {_validate.listing(idle)}; add those, or drop the units"
        )
    return parent


def _ratio(part: ArrayLike, whole: ArrayLike) -> Array:
    """Return part over whole, missing where there is no whole."""
    part, whole = np.asarray(part, dtype=float), np.asarray(whole, dtype=float)
    return np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole > 0)


def transmission(fidelity: ArrayLike) -> pd.DataFrame:
    r"""
    Tell how much of a message, or a budget, is left after some layers.

    Parameters
    ----------
    fidelity : array_like
        For each layer from the top, the share of what reaches it that it hands on
        unchanged, 0 to 1.

    Returns
    -------
    pandas.DataFrame
        One row per layer: ``layer`` (from 1), ``fidelity``, ``arrives``, the share of
        the original that has come through it.

    Raises
    ------
    ValueError
        If a share is missing or not between 0 and 1, or there is no layer.

    See Also
    --------
    cascade : What did come down, from data.

    Notes
    -----
    The product of the shares: losses in one layer are taken to have nothing to do with
    those in others.

    Examples
    --------
    Four layers that each hand on nine tenths, and a fifth between them:

    >>> transmission([0.9] * 5)["arrives"].round(3).tolist()
    [0.9, 0.81, 0.729, 0.656, 0.59]
    """
    shares = _validate.vector(fidelity, "fidelity")
    if shares.min() < 0 or shares.max() > 1:
        raise ValueError(
            f"fidelity must hold shares from 0 to 1; it goes from {shares.min():g} to "
            f"{shares.max():g}"
        )
    return pd.DataFrame(
        {
            "layer": np.arange(1, shares.size + 1),
            "fidelity": shares,
            "arrives": np.cumprod(shares),
        }
    )


# Load and waiting


def waiting(
    arrival_rate: ArrayLike,
    *,
    service_rate: float,
    staff: ArrayLike = 1,
    longer_than: float | None = None,
) -> pd.DataFrame:
    r"""
    Tell how long tasks lie before they are done, for one or many rates of arrival.

    Parameters
    ----------
    arrival_rate : float or array_like
        Tasks per unit of time, >= 0; each gives one row.
    service_rate : float
        Tasks that one of the staff finishes in the same unit of time, above zero.
    staff : int or array_like of int, default 1
        How many share the tasks, at least one; or one number per rate, such as that of
        each committee.
    longer_than : float, optional
        A time limit for the wait, >= 0; adds ``longer_share``.

    Returns
    -------
    pandas.DataFrame
        One row per rate: ``arrival_rate``, ``service_rate``, ``staff``; ``load``, what
        arrives over what can be done; ``stable``, false from a load of 1 on, where the
        pile grows without end and times are infinite; ``waiting_share``, tasks that
        nobody can take up at once; ``mean_wait`` until one is taken up;
        ``mean_time_in_system``, until it is done; ``mean_waiting``, tasks in the pile;
        with a limit ``longer_share``, tasks that wait longer.

    Raises
    ------
    ValueError
        If a rate is negative, missing or infinite, the service rate is not above zero
        or there is no staff.
    TypeError
        If a number is expected and something else given.

    See Also
    --------
    load : The same from counts, with intervals.
    govlib.organisations.waiting : With people who give up.

    Notes
    -----
    The M/M/c queue [1]_: arrivals at random with rate :math:`\lambda`, exponential
    times per task with mean :math:`1/\mu`, staff :math:`c` who take from one pile. With
    one person the mean time in the system is :math:`1 / (\mu - \lambda)`: convex in
    the load :math:`\lambda / c\mu`, so that the same extra task costs a busy committee
    far more than an idle one.

    References
    ----------
    .. [1] Cooper, R. B. (1981). Introduction to queueing theory. North Holland.

    Examples
    --------
    A committee clears 10 tasks a week. From 8 to 9.5 arrivals its load grows by 19 %,
    and the time that a task takes fourfold:

    >>> waiting([8, 9.5], service_rate=10)[["load", "mean_time_in_system"]]
       load  mean_time_in_system
    0  0.80                  0.5
    1  0.95                  2.0
    """
    return _queue.performance(
        arrival_rate,
        service_rate=service_rate,
        servers=staff,
        servers_name="staff",
        longer_than=longer_than,
    )


def load(
    data: pd.DataFrame,
    *,
    unit: str,
    arrivals: str,
    time: str,
    completed: str,
    time_worked: str,
    staff: str,
    conf_level: float = 0.95,
    n_draws: int = 4000,
    rng: resample.Rng = None,
) -> pd.DataFrame:
    r"""
    Estimate load and waiting of each committee from its records, with intervals.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per committee.
    unit : str
        Column with its name, each once.
    arrivals : str
        Column with the number of tasks that came in.
    time : str
        Column with the time over which they came, above zero, such as weeks.
    completed : str
        Column with the number of tasks finished.
    time_worked : str
        Column with the time that staff spent on these tasks, above zero, in the same
        unit (person-weeks). Not the time they were employed: an idle committee finishes
        what comes in, not what it could.
    staff : str
        Column with the number of staff who share the tasks, whole numbers from 1.
    conf_level : float, default 0.95
        Level of the intervals.
    n_draws : int, default 4000
        Draws behind the intervals, at least 100.
    rng : int or numpy.random.Generator, optional
        Given to :func:`numpy.random.default_rng`.

    Returns
    -------
    pandas.DataFrame
        Four rows per committee, in order of names: the name; ``term``: ``"load"``,
        ``"waiting_share"``, ``"mean_wait"``, ``"mean_time_in_system"``; ``estimate``,
        infinite for times where the load is one or more; ``conf_low``, ``conf_high``,
        which may be infinite; ``overload_share``, the share of draws with a load of one
        or more; ``conf_level``.

    Raises
    ------
    TypeError
        If `data` is no DataFrame, a column is not named or `n_draws` is not whole.
    ValueError
        If a column is unknown, has missing or negative values or broken numbers where
        counts are expected; a name comes twice; nothing was finished; a time or
        staff is zero; more time was worked than staff had.

    See Also
    --------
    waiting : The same for known rates.

    Notes
    -----
    Estimates put :math:`\hat\lambda = \text{arrivals} / \text{time}` and :math:`\hat\mu
    = \text{completed} / \text{time worked}` into the formulas of :func:`waiting`. Both
    counts are taken as Poisson; intervals run between quantiles of what follows from
    independent draws of the two rates, gamma with shape count + 1/2 (Jeffreys' prior).
    There is no standard error: an estimated wait has no finite mean or variance, as
    some samples say that the line never ends [1]_.

    References
    ----------
    .. [1] Schruben, L. and Kulkarni, R. (1982). Some consequences of estimating
       parameters for the M/M/1 queue. Operations Research Letters 1(2), 75-78.

    Examples
    --------
    Over 20 weeks 160 tasks came in; in 16 of them, when there was work, 160 were done:

    >>> data = pd.DataFrame(
    ...     {
    ...         "committee": ["L"],
    ...         "came": [160],
    ...         "weeks": [20],
    ...         "done": [160],
    ...         "worked": [16],
    ...         "staff": [1],
    ...     }
    ... )
    >>> table = load(
    ...     data,
    ...     unit="committee",
    ...     arrivals="came",
    ...     time="weeks",
    ...     completed="done",
    ...     time_worked="worked",
    ...     staff="staff",
    ...     rng=1,
    ... )
    >>> table[["term", "estimate"]]
                      term  estimate
    0                 load       0.8
    1        waiting_share       0.8
    2            mean_wait       0.4
    3  mean_time_in_system       0.5
    >>> bool(table["conf_high"].iloc[-1] > 0.8)
    True
    """
    _validate.frame(data)
    conf_level = _validate.level(conf_level)
    n_draws = _validate.count(n_draws, "n_draws", 100)
    names = _validate.unique(_columns.complete(data, unit, "unit"))
    came = _columns.counts(data, arrivals, "arrivals")
    done = _columns.counts(data, completed, "completed", least=1)
    people = _columns.counts(data, staff, "staff", least=1)
    open_for = _columns.above_zero(data, time, "time")
    worked = _columns.above_zero(data, time_worked, "time_worked")
    odd = names[worked > people * open_for * (1 + 1e-9)]
    if len(odd):
        raise ValueError(
            f"{len(odd)} unit(s) have more {time_worked!r} than {staff!r} times "
            f"{time!r}: {_validate.listing(odd)}; are the units of time the same?"
        )
    if data.empty:
        raise ValueError("data has no rows; give at least one unit")
    _columns.apart([unit], ["term", "estimate"])
    generator = np.random.default_rng(rng)
    tails = [(1 - conf_level) / 2, (1 + conf_level) / 2]
    terms = ["load", "waiting_share", "mean_wait", "mean_time_in_system"]
    found = []
    order = names.argsort().to_numpy()
    records = np.column_stack([came, open_for, done, worked, people])[order]
    for a, t, d, w, servers in tqdm(records, delay=10):
        # First the estimates, then the draws.
        arrive = np.append(a, generator.gamma(a + 0.5, size=n_draws)) / t
        finish = np.append(d, generator.gamma(d + 0.5, size=n_draws)) / w
        wait = _queue.mean_wait(arrive, finish, int(servers))
        busy = arrive / (servers * finish)
        share = _queue.waiting(arrive / finish, int(servers))
        measures = np.array([busy, share, wait, wait + 1 / finish])
        # Between two draws of which one is infinite there is no number.
        bounds = np.quantile(measures[:, 1:], tails, axis=1, method="nearest")
        over = np.full(len(terms), (busy[1:] >= 1).mean())
        found.append([measures[:, 0], *bounds, over])
    columns = ["estimate", "conf_low", "conf_high", "overload_share"]
    table = pd.DataFrame(np.hstack(found).T, columns=columns)
    table.insert(0, unit, np.repeat(names.to_numpy()[order], len(terms)))
    table.insert(1, "term", terms * len(names))
    return table.assign(conf_level=conf_level)


def effect_of_targets(
    data: pd.DataFrame,
    *,
    completed: str,
    targets: str,
    resources: str,
    adjust: Sequence[str] = (),
    at: Sequence[float] | None = None,
    cluster: str | None = None,
    errors: Literal["CR1", "CR2"] | None = None,
    conf_level: float = 0.95,
) -> pd.DataFrame:
    r"""
    Tell what one more target does to completion, with few resources and with many.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per committee (or committee and period).
    completed : str
        Column with the number of targets met, from 0 to `targets`.
    targets : str
        Column with the number of targets set, above zero.
    resources : str
        Column with the resources handed down, numbers.
    adjust : sequence of str, optional
        Columns of numbers to hold fixed, such as need, which brings targets to a
        committee and makes them harder to meet.
    at : sequence of float, optional
        Resources at which to tell the effect, in ascending order, two or more.
        Default: the quartiles of the data.
    cluster : str, optional
        Column of what sets targets together, such as the sub-district. Default: each
        row by itself.
    errors : {"CR1", "CR2"}, optional
        Default: ``"CR2"`` below 40 clusters, otherwise ``"CR1"``. Many clusters of few
        rows each are too few for ``"CR1"``, too; ``"CR2"`` compares each with each.
    conf_level : float, default 0.95
        Level of the intervals.

    Returns
    -------
    pandas.DataFrame
        One row per value of `at`: ``term`` (``"effect"``), ``resources``, ``estimate``,
        the change of the share completed (0.01: one point) for one more target;
        ``std_error``, ``statistic``, ``p_value``, ``conf_low``, ``conf_high``,
        ``degrees_of_freedom``, ``conf_level``, ``n``. A last row ``"difference"`` is
        the effect at the highest value less that at the lowest: above zero where
        resources cushion targets.

    Raises
    ------
    TypeError
        If `data` is no DataFrame or a list of names is one name.
    ValueError
        If a column is unknown, no number or has missing values; more was completed
        than set; nothing or everything was completed everywhere; regressors are
        constant or combinations of one another; `at` holds fewer than two values or
        not in order; there are fewer than two clusters or too few rows; or the fit
        does not converge.

    See Also
    --------
    cascade : How few resources come down.
    govlib.participation.fit : Regressions by formula.

    Notes
    -----
    A fractional logit [1]_ of the share completed on targets, resources and their
    product. The sign of the product's coefficient does not say whether resources
    cushion, for on the scale of shares it is not the interaction [2]_; so the effect
    is the mean over rows of :math:`p(1 - p)(\beta_T + \beta_{TR} R)` at each R, with
    standard errors by the delta method. As in :func:`govlib.participation.fit`, CR2
    goes with Satterthwaite's degrees of freedom and CR1 with clusters less one; without
    `cluster` each row is its own. Numbers completed
    would not do for the share: where more is asked, more is done and more is left.

    References
    ----------
    .. [1] Papke, L. E. and Wooldridge, J. M. (1996). Econometric methods for fractional
       response variables. Journal of Applied Econometrics 11(6), 619-632.
    .. [2] Ai, C. and Norton, E. C. (2003). Interaction terms in logit and probit
       models. Economics Letters 80(1), 123-129.

    Examples
    --------
    With resources 1 the share falls from .5 to .2 as targets go from 10 to 20; with
    resources 5 it stays at .5:

    >>> data = pd.DataFrame(
    ...     {
    ...         "lifts": [10, 10, 20, 20] * 2,
    ...         "posts": [1] * 4 + [5] * 4,
    ...         "built": [4, 6, 3, 5, 4, 6, 9, 11],
    ...     }
    ... )
    >>> table = effect_of_targets(
    ...     data, completed="built", targets="lifts", resources="posts", at=[1, 5]
    ... )
    >>> table[["term", "resources", "estimate"]]
             term  resources  estimate
    0      effect        1.0   -0.0284
    1      effect        5.0    0.0000
    2  difference        NaN    0.0284
    """
    import statsmodels.api as sm

    _validate.frame(data)
    conf_level = _validate.level(conf_level)
    if errors is not None:
        _validate.choice(errors, ("CR1", "CR2"), "errors")
    if isinstance(adjust, str):
        raise TypeError(f"adjust= takes a list of columns, not one: {adjust!r}")
    asked = _columns.above_zero(data, targets, "targets").to_numpy()
    met = _columns.amounts(data, completed, "completed")
    means = _columns.numbers(data, resources, "resources").to_numpy()
    others = [_columns.numbers(data, name, "adjust").to_numpy() for name in adjust]
    more = met.index[met > asked]
    if len(more):
        raise ValueError(
            f"data column {completed!r} (completed=) is above {targets!r} in row(s) "
            f"{_validate.listing(more)}; count what was met of the targets only"
        )
    share = met.to_numpy() / asked
    if share.max(initial=0) == 0 or share.min(initial=1) == 1:
        raise ValueError(
            f"data column {completed!r} is none, or all, of {targets!r} in every row, "
            f"so nothing can be explained"
        )
    values = np.quantile(means, [0.25, 0.5, 0.75]) if at is None else at
    values = _validate.vector(values, "at=")
    if values.size < 2 or (np.diff(values) <= 0).any():
        raise ValueError(
            f"at= takes two or more resources in ascending order, not "
            f"{values.tolist()}; resources that hardly vary have equal quartiles"
        )
    # Around their means the columns are nearly independent of their product.
    x, z = asked - asked.mean(), means - means.mean()
    design = np.column_stack([np.ones_like(x), x, z, x * z, *others])
    n, k = design.shape
    if n <= k:
        raise ValueError(f"{n} rows are too few for {k} coefficients")
    largest = np.abs(design).max(axis=0)
    if not largest.all() or np.linalg.matrix_rank(design / largest) < k:
        raise ValueError(
            "targets, resources, their product and adjust= are constant or "
            "combinations of one another; leave out what repeats"
        )
    sample = _inference.sample(data, cluster=cluster)
    with warnings.catch_warnings():
        # What it would say is said below.
        warnings.simplefilter("ignore")
        fitted = sm.GLM(share, design, family=sm.families.Binomial()).fit(
            tol=1e-10, tol_criterion="params"
        )
    beta = fitted.params
    mean = special.expit(design @ beta)
    if not fitted.converged or (mean * (1 - mean)).min() < 1e-9:
        raise ValueError(
            "the fit does not converge: some combination of targets, resources and "
            "adjust= separates rows with all, or none, completed"
        )
    effects, gradients = [], []
    for value in values - means.mean():
        shifted = design.copy()
        shifted[:, 2], shifted[:, 3] = value, x * value
        p = special.expit(shifted @ beta)
        slope, inside = beta[1] + beta[3] * value, p * (1 - p)
        gradient = slope * (inside * (1 - 2 * p)) @ shifted / n
        gradient[[1, 3]] += inside.mean() * np.array([1, value])
        effects.append(inside.mean() * slope)
        gradients.append(gradient)
    effects.append(effects[-1] - effects[0])
    gradients.append(gradients[-1] - gradients[0])
    directions = np.array(gradients)
    variance, units = mean * (1 - mean), sample.n_units
    if errors is None:
        errors = "CR2" if units < FEW_CLUSTERS else "CR1"
    if errors == "CR2":
        vcov, pieces = _inference.bias_reduced(
            design.T, share - mean, variance, np.ones(n), sample.unit, np.eye(k)
        )
        degrees = pieces.degrees_of_freedom(directions.T)
    else:
        totals = np.zeros((k, units))
        _inference.add_by_group(totals, sample.unit, design.T * (share - mean))
        bread = np.linalg.inv((design.T * variance) @ design)
        vcov = bread @ totals @ totals.T @ bread
        vcov *= units / (units - 1) * (n - 1) / (n - k)
        degrees = units - 1
    table = _inference.table(
        ["effect"] * values.size + ["difference"],
        effects,
        _inference.by_delta(directions, vcov),
        degrees,
        conf_level,
    )
    table.insert(1, "resources", np.append(values, np.nan))
    return table.assign(n=n)


# Who has which duties


@dataclass(frozen=True, slots=True)
class DutyOverlap:
    """
    How far tiers have the same duties, as returned by :func:`duty_overlap`.

    Attributes
    ----------
    table : pandas.DataFrame
        One row per pair of tiers: both names (the second column is called ``other_``
        and the first); ``duties``, ``other_duties``, ``shared``; ``overlap``, shared
        over the shorter list; ``jaccard``, shared over all duties of the two;
        ``expected_overlap`` and ``p_value``: what chance would give, and how often at
        least as much.
    matrix : pandas.DataFrame
        Overlap coefficients, tiers on both axes, for a heat map.
    isomorphism : pandas.DataFrame
        Rows ``"overlap"`` and ``"jaccard"``: the means over pairs, with the columns of
        :func:`govlib.resample.null_table`.
    """

    table: pd.DataFrame
    matrix: pd.DataFrame
    isomorphism: pd.DataFrame


def duty_overlap(
    data: pd.DataFrame,
    *,
    unit: str,
    group: str,
    n_duties: int | None = None,
    n_permutations: int = 999,
    conf_level: float = 0.95,
    rng: resample.Rng = None,
) -> DutyOverlap:
    r"""
    Measure how alike the duties of the tiers are: functional isomorphism (职责同构).

    Parameters
    ----------
    data : pandas.DataFrame
        One row per duty of a tier; a duty that three tiers have is in three rows.
    unit : str
        Column of duties.
    group : str
        Column of tiers (or offices), two or more. Categories keep their order.
    n_duties : int, optional
        How many duties there are to be had. Default: those that some tier has.
    n_permutations : int, default 999
        How many times duties are dealt out at random.
    conf_level : float, default 0.95
        Share of the deals that lies between ``conf_low`` and ``conf_high``.
    rng : int or numpy.random.Generator, optional
        Given to :func:`numpy.random.default_rng`.

    Returns
    -------
    DutyOverlap
        Pairs of tiers, the matrix and the index.

    Raises
    ------
    TypeError
        If `data` is no DataFrame or a column is not named.
    ValueError
        If a column is unknown or has missing values, a tier has a duty twice, there is
        one tier only or a tier without duties (a category that does not occur), or
        `n_duties` is less than the duties listed.

    See Also
    --------
    responsibilities : Who leads and who supports in each duty.

    Notes
    -----
    With duties :math:`A` and :math:`B` of two tiers, the overlap coefficient [1]_ is
    :math:`|A \cap B| / \min(|A|, |B|)`: 1 where the shorter list is part of the longer
    one, whatever their lengths; Jaccard's index :math:`|A \cap B| / |A \cup B|` is 1
    only for equal lists. The index of isomorphism is the mean over pairs.

    Long lists overlap by chance. By chance means here that each tier's list, of the
    length it has, was drawn at random from all duties: two tiers then share
    :math:`|A||B| / N` in the mean (hypergeometric), which gives ``expected_overlap``
    and the exact one-sided ``p_value``; for the index lists are dealt out again. With
    the default :math:`N` duties that no tier has are not counted, which makes chance
    look good at overlapping.

    References
    ----------
    .. [1] Szymkiewicz, D. (1934). Une contribution statistique à la géographie
       floristique. Acta Societatis Botanicorum Poloniae 11(3), 249-265.

    Examples
    --------
    The district and the sub-district share two of their duties, of three and two:

    >>> data = pd.DataFrame(
    ...     {
    ...         "tier": ["district"] * 3 + ["sub-district"] * 2,
    ...         "duty": ["lifts", "waste", "schools", "lifts", "waste"],
    ...     }
    ... )
    >>> duties = duty_overlap(data, unit="duty", group="tier", rng=1)
    >>> duties.table[["shared", "overlap", "jaccard", "expected_overlap"]]
       shared  overlap  jaccard  expected_overlap
    0       2      1.0    0.667               1.0
    """
    _validate.frame(data)
    conf_level = _validate.level(conf_level)
    n_permutations = _validate.count(n_permutations, "n_permutations", 2)
    duties, tiers = (
        _columns.complete(data, unit, "unit"),
        _columns.complete(data, group, "group"),
    )
    _columns.apart([group], ["duties", "other_duties", "shared", "overlap", "jaccard"])
    again = data.duplicated([unit, group])
    if again.any():
        raise ValueError(
            f"{int(again.sum())} row(s) repeat a {unit!r} of the same {group!r}: "
            f"{_validate.listing(data.index[again])}; drop the duplicates"
        )
    categories = getattr(tiers.dtype, "categories", None)
    names = list(sorted(tiers.unique()) if categories is None else categories)
    if len(names) < 2:
        raise ValueError(f"data column {group!r} has fewer than two groups to compare")
    lengths = tiers.value_counts().reindex(names).fillna(0).to_numpy(int)
    if (lengths == 0).any():
        empty = [n for n, length in zip(names, lengths, strict=True) if length == 0]
        raise ValueError(f"{_validate.listing(empty)} of {group!r} have no duties")
    listed = duties.nunique()
    total = listed if n_duties is None else _validate.count(n_duties, "n_duties")
    if total < listed:
        raise ValueError(f"n_duties= is {total}, but data lists {listed} duties")
    # Booleans have unions and intersections: tiers by duties.
    has = np.zeros((len(names), total), dtype=bool)
    has[pd.Categorical(tiers, names).codes, pd.factorize(duties)[0]] = True
    first, second = np.array(list(combinations(range(len(names)), 2))).T
    shorter = np.minimum(lengths[first], lengths[second])
    both = lengths[first] + lengths[second]

    def shared(lists: NDArray[np.bool_]) -> NDArray[np.intp]:
        return (lists[first] & lists[second]).sum(axis=1)

    def index(common: NDArray[np.intp]) -> tuple[float, float]:
        return (common / shorter).mean(), (common / (both - common)).mean()

    common = shared(has)
    table = pd.DataFrame(
        {
            group: [names[i] for i in first],
            f"other_{group}": [names[i] for i in second],
            "duties": lengths[first],
            "other_duties": lengths[second],
            "shared": common,
            "overlap": common / shorter,
            "jaccard": common / (both - common),
            "expected_overlap": lengths[first] * lengths[second] / total / shorter,
            "p_value": stats.hypergeom.sf(
                common - 1, total, lengths[first], lengths[second]
            ),
        }
    )
    square = np.eye(len(names))
    square[first, second] = square[second, first] = common / shorter
    axis = pd.Index(names, name=group)
    generator = np.random.default_rng(rng)
    # Rows of one length are alike, so that the draws do not hang on names.
    deal = np.arange(total) < np.sort(lengths)[:, None]
    back = np.argsort(np.argsort(lengths, kind="stable"))
    draws = np.array(
        [
            index(shared(generator.permuted(deal, axis=1)[back]))
            for _ in tqdm(range(n_permutations), delay=10)
        ]
    )
    return DutyOverlap(
        table,
        pd.DataFrame(square, axis, axis),
        resample.null_table(
            ["overlap", "jaccard"], np.array(index(common)), draws, conf_level
        ),
    )


@dataclass(frozen=True, slots=True)
class ResponsibilityMatrix:
    """
    Who leads, supports and is told, as returned by :func:`responsibilities`.

    Attributes
    ----------
    table : pandas.DataFrame
        One row per task: the task; one column with the number of actors per role;
        ``leads``, who leads, joined by ``", "``; ``finding``: ``"ok"``, ``"no lead"``,
        ``"double lead"`` or ``"nobody"`` (no actor has any role).
    actors : pandas.DataFrame
        One row per actor: the actor; one column with the number of tasks per role;
        ``share_led``, tasks led over all tasks; ``idle``, true without any task that
        it leads or supports.
    matrix : pandas.DataFrame
        Roles by task (rows) and actor (columns), empty text for none.
    """

    table: pd.DataFrame
    actors: pd.DataFrame
    matrix: pd.DataFrame


def responsibilities(
    data: pd.DataFrame,
    *,
    unit: str,
    group: str,
    role: str,
    roles: Sequence[str] = ("lead", "support", "informed"),
    units: Sequence[Any] | None = None,
    groups: Sequence[Any] | None = None,
) -> ResponsibilityMatrix:
    """
    Lay out a responsibility list (责任清单) and find its gaps.

    A list does its work if each task has exactly one actor who leads; with none nobody
    acts, with two each waits for the other.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per task and actor who has a role in it.
    unit : str
        Column of tasks.
    group : str
        Column of actors.
    role : str
        Column of roles.
    roles : sequence of str, default ("lead", "support", "informed")
        The roles, in the words of the column: first who leads, last who is only told,
        between them who does something. Two or more.
    units, groups : sequence, optional
        All tasks, all actors, in the order wanted. Default: those in the data, in
        order of names; a task that nobody has, or an actor without any task, is then
        not seen.

    Returns
    -------
    ResponsibilityMatrix
        Findings by task and by actor, and the matrix.

    Raises
    ------
    TypeError
        If `data` is no DataFrame, or a list of names is one name.
    ValueError
        If the list is empty, a column is unknown or has missing values, a role is none
        of `roles`, a task or actor is not in the list given, or an actor has two roles
        in one task.

    See Also
    --------
    duty_overlap : How far tiers have the same duties.

    Notes
    -----
    The matrix is known as a responsibility assignment matrix [1]_. An actor that is
    only told counts as idle.

    References
    ----------
    .. [1] Project Management Institute (2021). A guide to the project management body
       of knowledge, 7th edition.

    Examples
    --------
    Three actors and three tasks: the lift has two who lead, the bins have none.

    >>> data = pd.DataFrame(
    ...     {
    ...         "task": ["lift", "lift", "bins", "fees", "fees"],
    ...         "actor": ["office", "committee", "committee", "owners", "office"],
    ...         "role": ["lead", "lead", "support", "lead", "informed"],
    ...     }
    ... )
    >>> listed = responsibilities(data, unit="task", group="actor", role="role")
    >>> listed.table[["task", "lead", "leads", "finding"]]
       task  lead              leads      finding
    0  bins     0                         no lead
    1  fees     1             owners           ok
    2  lift     2  committee, office  double lead
    """
    _validate.frame(data)
    tasks, actors = (
        _columns.complete(data, unit, "unit"),
        _columns.complete(data, group, "group"),
    )
    has = _columns.complete(data, role, "role")
    if data.empty:
        raise ValueError("data has no rows: the responsibility list is empty")
    if isinstance(roles, str):
        raise TypeError(f"roles= takes a list, not one: {roles!r}")
    kinds = list(roles)
    if len(kinds) < 2 or len(set(kinds)) < len(kinds):
        raise ValueError(f"roles= takes two or more roles, each once, not {kinds}")
    strange = has[~has.isin(kinds)].unique()
    if len(strange):
        raise ValueError(
            f"data column {role!r} (role=) holds {_validate.listing(strange)}, not in "
            f"roles= {kinds}{_validate.nearest(strange[0], kinds)}"
        )
    _columns.apart([unit, group, *kinds], ["leads", "finding", "share_led", "idle"])
    _columns.apart([unit, group], kinds)
    all_tasks = _listed(tasks, units, "units")
    all_actors = _listed(actors, groups, "groups")
    again = data.duplicated([unit, group])
    if again.any():
        raise ValueError(
            f"{int(again.sum())} row(s) give an actor a second role in one task: "
            f"{_validate.listing(data.index[again])}; keep one"
        )
    matrix = pd.DataFrame(
        "",
        index=pd.Index(all_tasks, name=unit),
        columns=pd.Index(all_actors, name=group),
        dtype=object,
    )
    cells = matrix.to_numpy(copy=True)
    cells[matrix.index.get_indexer(tasks), matrix.columns.get_indexer(actors)] = has
    matrix = pd.DataFrame(cells, matrix.index, matrix.columns)
    in_role = {kind: cells == kind for kind in kinds}

    table = pd.DataFrame({unit: all_tasks})
    for kind, where in in_role.items():
        table[kind] = where.sum(axis=1)
    leading = in_role[kinds[0]]
    table["leads"] = [
        ", ".join(str(all_actors[j]) for j in np.flatnonzero(row)) for row in leading
    ]
    leads = leading.sum(axis=1)
    table["finding"] = np.select(
        [(cells == "").all(axis=1), leads == 0, leads > 1],
        ["nobody", "no lead", "double lead"],
        "ok",
    )
    by_actor = pd.DataFrame({group: all_actors})
    for kind, where in in_role.items():
        by_actor[kind] = where.sum(axis=0)
    by_actor["share_led"] = by_actor[kinds[0]] / len(all_tasks)
    by_actor["idle"] = by_actor[kinds[:-1]].sum(axis=1) == 0
    return ResponsibilityMatrix(table, by_actor, matrix)


def _listed(values: pd.Series, given: Sequence[Any] | None, argument: str) -> list[Any]:
    """Return all names: those given, or those found in order."""
    if given is None:
        return sorted(values.unique())
    if isinstance(given, str):
        raise TypeError(f"{argument}= takes a list of names, not one: {given!r}")
    names = list(given)
    unknown = values[~values.isin(names)].unique()
    if len(set(names)) < len(names) or len(unknown):
        raise ValueError(
            f"{argument}= must list every name of data column {values.name!r} once; "
            f"not in it: {_validate.listing(unknown) or 'none, but one comes twice'}"
        )
    return names
