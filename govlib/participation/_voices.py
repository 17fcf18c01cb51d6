"""Where on the way from eligible to adopted voices are lost, and whose."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from govlib import _inference, _validate

Array = NDArray[np.floating]


def funnel(
    data: pd.DataFrame,
    *,
    stages: Sequence[str],
    group: str | None = None,
    weight: str | None = None,
    cluster: str | None = None,
    strata: str | None = None,
    conf_level: float = 0.95,
) -> pd.DataFrame:
    r"""
    Follow people from eligible to asked, attending, speaking and being heard.

    Where the funnel narrows says what kind of answer is needed: nobody asked them,
    they did not come, or they came and nothing followed.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per person.
    stages : sequence of str
        Columns of true and false (or 1 and 0) in order, such as ``["eligible",
        "asked", "attends", "speaks", "adopted"]``. A missing value is allowed after a
        stage that was not reached (the question was not put) and counts as not
        reached.
    group : str, optional
        Column of groups; each has its own funnel.
    weight, cluster, strata : str, optional
        Columns of sampling weights, of what was drawn together, and of the strata.
    conf_level : float, default 0.95
        Level of the intervals.

    Returns
    -------
    pandas.DataFrame
        Two rows per stage (and group): ``term`` is ``"share_of_all"`` or
        ``"share_of_previous"``; ``stage``; ``estimate`` in [0, 1], missing where
        nobody reached the stage before; ``std_error``, ``conf_low``, ``conf_high``;
        ``n`` people who went through this and every stage before; ``n_before`` people
        who came to it; ``n_without_previous`` people at this stage who missed an
        earlier one (who came unasked), counted nowhere else; ``conf_level``.

    Raises
    ------
    TypeError
        If `data` is no DataFrame.
    ValueError
        If a column is unknown, a stage holds anything but true and false, or is
        missing for somebody who reached the stage before; if a group or a weight is
        missing, or a weight not above zero.

    See Also
    --------
    representation : Whether those who speak are like those who live there.

    Notes
    -----
    Shares are ratios of weighted sums, with linearised errors over the whole sample
    (groups and stages are domains of it), and intervals symmetric in log odds with t
    quantiles, as ``svyciprop`` of R's survey; where nobody or everybody goes on, the
    exact binomial bound with as many draws as there are sampled units.

    Examples
    --------
    Of 100 people 40 attend, half of these speak, and 30 % of the voices are adopted:
    effective participation is 6 %.

    >>> from govlib import participation
    >>> people = pd.DataFrame(
    ...     {
    ...         "attends": [True] * 40 + [False] * 60,
    ...         "speaks": [True] * 20 + [False] * 80,
    ...         "adopted": [True] * 6 + [False] * 94,
    ...     }
    ... )
    >>> table = participation.funnel(people, stages=["attends", "speaks", "adopted"])
    >>> table[["stage", "term", "estimate", "n", "n_before"]]
         stage               term  estimate   n  n_before
    0  attends       share_of_all      0.40  40       100
    1  attends  share_of_previous      0.40  40       100
    2   speaks       share_of_all      0.20  20       100
    3   speaks  share_of_previous      0.50  20        40
    4  adopted       share_of_all      0.06   6       100
    5  adopted  share_of_previous      0.30   6        20
    """
    _validate.frame(data)
    conf_level = _validate.level(conf_level)
    stages = _stage_names(stages)
    w = _inference.weight_or_one(data, weight)
    sample = _inference.sample(data, cluster=cluster, strata=strata)
    through = np.ones(len(data), dtype=bool)
    reached, without = [through], []
    for stage in stages:
        here = _reached(data, stage, through)
        without.append(here & ~through)
        through = through & here
        reached.append(through)
    tables = []
    for name, members in _inference.domains(data, group, sample):
        table = _shares(sample, w, members, reached, stages, conf_level)
        late = [int((skipped & members).sum()) for skipped in without]
        table["n_without_previous"] = np.repeat(late, 2)
        table["conf_level"] = conf_level
        if group is not None:
            table.insert(0, group, name)
        tables.append(table)
    return pd.concat(tables, ignore_index=True)


def _stage_names(stages: Sequence[str]) -> list[str]:
    if isinstance(stages, str):
        raise TypeError(
            f"stages= takes a list of columns in order, not one: {stages!r}"
        )
    names = list(stages)
    if not names or len(set(names)) < len(names):
        raise ValueError("stages= takes at least one column, and each column once")
    return names


def _truth(values: pd.Series) -> NDArray[np.bool_]:
    """Return true and false, or 1 and 0, as booleans; missing is false."""
    present = values.dropna()
    if not present.isin((0, 1)).all():
        others = present[~present.isin((0, 1))].unique()
        raise ValueError(
            f"data column {values.name!r} must hold true and false, or 1 and 0, but "
            f"holds {_validate.listing(others)}; say which value counts, as in "
            f"data[{values.name!r}] == {_validate.listing(others[:1])}"
        )
    # Not fillna: a nullable column of booleans would refuse the 0.
    return values.isin((1,)).to_numpy()


def _reached(
    data: pd.DataFrame, stage: str, through: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Return who is at a stage; a missing answer of those who got so far is refused."""
    values = _validate.column(data, stage, "stages")
    _validate.complete(values[through])
    return _truth(values)


def _shares(
    sample: _inference.Sample,
    weight: Array,
    members: NDArray[np.bool_],
    reached: list[NDArray[np.bool_]],
    stages: list[str],
    conf_level: float,
) -> pd.DataFrame:
    """Return each stage's share of everyone and of the stage before."""
    rows = []
    for i, stage in enumerate(stages):
        for term, before in (("share_of_all", 0), ("share_of_previous", i)):
            base = members & reached[before]
            here = members & reached[i + 1]
            row = {
                "stage": stage,
                "term": term,
                "estimate": np.nan,
                "std_error": np.nan,
                "conf_low": np.nan,
                "conf_high": np.nan,
                "n": int(here.sum()),
                "n_before": int(base.sum()),
            }
            if base.any():
                total = weight[base].sum()
                share = float(min(weight[here].sum() / total, 1.0))
                if here.sum() == base.sum():
                    share = 1.0
                influence = weight * base * (here - share) / total
                error = np.sqrt(_inference.linearised(sample, influence[None])[0, 0])
                low, high = _inference.share_interval(
                    share, error, _inference.degrees_in(sample, base), conf_level
                )
                row |= {
                    "estimate": share,
                    "std_error": error,
                    "conf_low": float(low),
                    "conf_high": float(high),
                }
            rows.append(row)
    return pd.DataFrame(rows)


def representation(
    data: pd.DataFrame,
    *,
    voice: str,
    group: str,
    weight: str | None = None,
    cluster: str | None = None,
    strata: str | None = None,
    conf_level: float = 0.95,
) -> pd.DataFrame:
    r"""
    Compare who speaks with who lives there.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per resident, speakers or not: those at the meeting alone cannot show
        who is absent.
    voice : str
        Column of true and false, or of how often each person speaks (>= 0).
    group : str
        Column of groups, none missing.
    weight, cluster, strata : str, optional
        Columns of sampling weights, of what was drawn together, and of the strata.
    conf_level : float, default 0.95
        Level of the intervals.

    Returns
    -------
    pandas.DataFrame
        Four rows per group: ``term`` is ``"share_of_residents"``,
        ``"share_of_voices"``, their ``"difference"`` (points) and their ``"ratio"``
        (2: twice as many voices as people; 1: in proportion); ``estimate``,
        ``std_error``, ``statistic``, ``p_value`` (difference against 0, ratio against
        1), ``conf_low``, ``conf_high``, ``degrees_of_freedom``, ``conf_level``. A
        group without any voice has the ratio 0 and no interval for it.

    Raises
    ------
    TypeError
        If `data` is no DataFrame.
    ValueError
        If a column is unknown, has missing values or a wrong kind; a voice is
        negative or nobody speaks; there is one group; a weight is not above zero.

    See Also
    --------
    funnel : Where on the way voices are lost.

    Notes
    -----
    With weights :math:`w_i`, voices :math:`v_i` and group membership :math:`1_{ig}`,
    the shares are :math:`\sum w_i v_i 1_{ig} / \sum w_i v_i` and :math:`\sum w_i
    1_{ig} / \sum w_i`, and the ratio is theirs [1]_. Errors are linearised jointly,
    since the same people are in both shares.

    References
    ----------
    .. [1] Verba, S., Schlozman, K. L. and Brady, H. E. (1995). Voice and equality:
       civic voluntarism in American politics. Harvard University Press.

    Examples
    --------
    Half of ten residents are tenants but one voice in five is theirs:

    >>> from govlib import participation
    >>> people = pd.DataFrame(
    ...     {
    ...         "speaks": [1, 1, 1, 1, 0, 1, 0, 0, 0, 0],
    ...         "home": ["own"] * 5 + ["rent"] * 5,
    ...     }
    ... )
    >>> table = participation.representation(people, voice="speaks", group="home")
    >>> table.loc[table["home"] == "rent", ["term", "estimate"]]
                     term  estimate
    4  share_of_residents       0.5
    5     share_of_voices       0.2
    6          difference      -0.3
    7               ratio       0.4
    """
    _validate.frame(data)
    conf_level = _validate.level(conf_level)
    v = _validate.numeric(
        _validate.complete(_validate.column(data, voice, "voice"))
    ).to_numpy()
    if (v < 0).any():
        raise ValueError(
            f"data column {voice!r} (voice=) says how often people speak and cannot be "
            f"negative; its smallest value is {v.min():g}"
        )
    if not v.any():
        raise ValueError(f"data column {voice!r} (voice=) is zero for everyone")
    w = _inference.weight_or_one(data, weight)
    sample = _inference.sample(data, cluster=cluster, strata=strata)
    groups = _inference.domains(data, group, sample)
    if len(groups) < 2:
        raise ValueError(f"data column {group!r} (group=) has one group only")
    degrees = _inference.degrees_in(sample, np.ones(len(data), dtype=bool))
    tables = []
    for name, members in groups:
        residents, voices = w @ members / w.sum(), w @ (v * members) / (w @ v)
        influence = np.vstack(
            [
                w * (members - residents) / w.sum(),
                w * v * (members - voices) / (w @ v),
            ]
        )
        directions = np.array(
            [[1, 0], [0, 1], [-1, 1], [-voices / residents**2, 1 / residents]]
        )
        estimates = [residents, voices, voices - residents, voices / residents]
        errors = _inference.by_delta(
            directions, _inference.linearised(sample, influence)
        )
        terms = ["share_of_residents", "share_of_voices", "difference", "ratio"]
        is_ratio = np.array([False, False, False, True])
        table = _inference.table(
            terms, estimates, errors, degrees, conf_level, ratio=is_ratio
        )
        table.loc[:1, ["statistic", "p_value"]] = np.nan
        for row in (0, 1):
            table.loc[row, ["conf_low", "conf_high"]] = _inference.share_interval(
                estimates[row], errors[row], degrees, conf_level
            )
        if voices == 0:
            unknown = ["std_error", "statistic", "p_value", "conf_low", "conf_high"]
            table.loc[3, unknown] = np.nan
        table.insert(0, group, name)
        tables.append(table)
    return pd.concat(tables, ignore_index=True)
