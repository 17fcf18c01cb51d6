"""What a gap between two groups is made of: Oaxaca-Blinder, every kind by its name."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from govlib import _inference, _validate

Array = NDArray[np.floating]
# Whose coefficients say what a characteristic is worth.
KINDS = ("threefold", "first", "second", "half", "size", "neumark", "pooled")


@dataclass(frozen=True, slots=True)
class Decomposition:
    """
    A gap and its parts, as returned by :func:`oaxaca`.

    Attributes
    ----------
    table : pandas.DataFrame
        One row per part and term; see :func:`oaxaca`.
    means : pandas.DataFrame
        One row per term: mean in the ``first`` and the ``second`` group.
    coefficients : pandas.DataFrame
        One row per term: coefficients ``first``, ``second`` and ``reference``
        (missing for the threefold kind).
    kind : str
        Whose coefficients are the reference.
    n : int
        Rows used.
    n_dropped : int
        Rows left out because a value is missing.
    """

    table: pd.DataFrame
    means: pd.DataFrame
    coefficients: pd.DataFrame
    kind: str
    n: int
    n_dropped: int

    def __str__(self) -> str:
        total = self.table.set_index(["part", "term"])["estimate"]
        parts = ", ".join(
            f"{part} {total[part, 'total']:.3f}"
            for part in self.table["part"].unique()
            if part != "difference"
        )
        gap = total["difference", "total"]
        return f"Difference {gap:.3f} ({self.kind}): {parts}; n = {self.n:,}"


def oaxaca(
    data: pd.DataFrame,
    *,
    outcome: str,
    group: str,
    terms: Sequence[str],
    kind: str = "threefold",
    weight: str | None = None,
    cluster: str | None = None,
    strata: str | None = None,
    conf_level: float = 0.95,
) -> Decomposition:
    r"""
    Split a difference in means into characteristics and what they are worth.

    Do the old use a platform less because they differ in schooling and belonging, or
    because the same schooling and belonging lead to less use? The answer depends on
    whose coefficients count as normal, so the kind has to be named.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per person.
    outcome : str
        Column of numbers, or of true and false.
    group : str
        Column with two groups; the difference is the first in order less the second.
    terms : sequence of str
        Columns of numbers, or of true and false, that may explain it.
    kind : str, default "threefold"
        ``"threefold"``: characteristics, coefficients, and both together, from the
        second group's point of view. Twofold kinds, by their reference: ``"first"``
        or ``"second"`` group's coefficients, ``"half"`` of each (Reimers), weighted
        by group ``"size"`` (Cotton), those of all rows ``"neumark"`` (without an
        indicator of the group) or ``"pooled"`` (with one, which Jann recommends).
    weight, cluster, strata : str, optional
        Columns of sampling weights, of what was drawn together, and of the strata.
    conf_level : float, default 0.95
        Level of the intervals.

    Returns
    -------
    Decomposition
        Its `table` has the rows ``part`` ``"difference"``; then for threefold
        ``"characteristics"``, ``"coefficients"`` and ``"interaction"``, for twofold
        ``"explained"`` and ``"unexplained"``; each part has the ``term``
        ``"total"`` and one row per term (and ``"constant"``, where coefficients
        differ). ``estimate``, ``std_error``, ``statistic``, ``p_value``,
        ``conf_low``, ``conf_high``, ``degrees_of_freedom``, ``conf_level``. Terms add
        up to totals and totals to the difference.

    Raises
    ------
    TypeError
        If `data` is no DataFrame or `terms` is one text.
    ValueError
        If a column is unknown or holds text, `kind` is not one of those above, there
        are not two groups, or the terms are collinear in one of them.

    See Also
    --------
    age_gap : The gap itself, on two scales.

    Notes
    -----
    With means :math:`\bar x_g` and coefficients :math:`b_g` of a linear regression
    in each group [1]_ [2]_,

    .. math:: \bar y_1 - \bar y_2 = (\bar x_1 - \bar x_2)' b^* + \bar x_1' (b_1 - b^*)
       + \bar x_2' (b^* - b_2).

    Errors take both means and coefficients as drawn, by linearisation over the whole
    sample; [3]_ sets the covariance of the two to
    zero, which linearisation does not. The split of the
    unexplained part by term changes with the zero point of a term and with the
    category left out: only its total can be read. A decomposition is no effect:
    nobody's age was changed. Where `statsmodels` takes an unknown kind for "pooled"
    (it knows Neumark's only as "nuemark"), an unknown kind is refused here.

    References
    ----------
    .. [1] Oaxaca, R. (1973). Male-female wage differentials in urban labor markets.
       International Economic Review 14, 693-709.
    .. [2] Blinder, A. S. (1973). Wage discrimination: reduced form and structural
       estimates. Journal of Human Resources 8, 436-455.
    .. [3] Jann, B. (2008). The Blinder-Oaxaca decomposition for linear regression
       models. Stata Journal 8(4), 453-479.

    Examples
    --------
    Both groups use 0.1 more per year of schooling; the young have 2 years more and
    start 0.1 higher, which makes 0.3:

    >>> from govlib import digital
    >>> people = pd.DataFrame(
    ...     {
    ...         "age": ["18-59"] * 3 + ["60+"] * 3,
    ...         "years": [10, 12, 14, 8, 10, 12],
    ...         "use": [0.5, 0.7, 0.9, 0.2, 0.4, 0.6],
    ...     }
    ... )
    >>> gap = digital.oaxaca(
    ...     people, outcome="use", group="age", terms=["years"], kind="second"
    ... )
    >>> gap.table.loc[gap.table["term"] == "total", ["part", "estimate"]].round(3)
              part  estimate
    0   difference       0.3
    1    explained       0.2
    3  unexplained       0.1
    """
    _validate.frame(data)
    conf_level = _validate.level(conf_level)
    if kind == "nuemark":
        raise ValueError(
            "kind= 'nuemark' is how statsmodels spells it; write 'neumark' (Neumark "
            "1988)"
        )
    _validate.choice(kind, KINDS, "kind")
    if isinstance(terms, str):
        raise TypeError(f"terms= takes a list of columns, not one: {terms!r}")
    names = list(terms)
    if not names or len(set(names)) < len(names):
        raise ValueError("terms= takes at least one column, and each column once")
    if {"total", "constant"} & set(names):
        raise ValueError(
            "a term is called 'total' or 'constant', as rows of the result are; "
            "rename it"
        )
    wanted = [outcome, *names]
    columns = {
        name: _validate.column(data, name, "outcome" if name == outcome else "terms")
        for name in wanted
    }
    kept = ~pd.DataFrame(columns).isna().any(axis=1) if columns else None
    used = data.loc[kept]
    y, *x = (_number(used[name]) for name in wanted)
    w = _inference.weight_or_one(used, weight)
    sample = _inference.sample(used, cluster=cluster, strata=strata)
    groups = _inference.domains(used, group, sample)
    if len(groups) != 2:
        raise ValueError(
            f"data column {group!r} (group=) has {len(groups)} group(s), but a "
            f"difference needs two; keep the rows of two groups"
        )
    design = np.column_stack([np.ones(len(used)), *x])
    indicator = groups[0][1].astype(float)
    one = _regression(y, design, w * groups[0][1], names, groups[0][0])
    two = _regression(y, design, w * groups[1][1], names, groups[1][0])
    parts = _Parts(one, two)
    if kind == "threefold":
        d_mean, d_coef = parts.mean(1) - parts.mean(2), parts.coef(1) - parts.coef(2)
        rows = {
            "characteristics": d_mean * parts.coef(2),
            "coefficients": parts.mean(2) * d_coef,
            "interaction": d_mean * d_coef,
        }
        reference = np.full(len(names) + 1, np.nan)
    else:
        star = _reference(kind, parts, y, design, w, indicator, names)
        reference = star.value
        rows = {
            "explained": (parts.mean(1) - parts.mean(2)) * star,
            "unexplained": parts.mean(1) * (parts.coef(1) - star)
            + parts.mean(2) * (star - parts.coef(2)),
        }
    labels, estimates, influences = [], [], []
    gap = sum(rows.values(), _Value(np.zeros(len(names) + 1), np.zeros(design.T.shape)))
    for part, value in {"difference": gap, **rows}.items():
        labels.append((part, "total"))
        estimates.append(value.value.sum())
        influences.append(value.influence.sum(axis=0))
        if part == "difference":
            continue
        # The constant is the same in both groups: it explains nothing.
        first = 1 if part in ("explained", "characteristics", "interaction") else 0
        for k, term in enumerate(["constant", *names]):
            if k >= first:
                labels.append((part, term))
                estimates.append(value.value[k])
                influences.append(value.influence[k])
    vcov = _inference.linearised(sample, np.array(influences))
    degrees = _inference.degrees_in(sample, np.ones(len(used), dtype=bool))
    errors = np.sqrt(np.clip(np.diag(vcov), 0, None))
    # What only the last bits of floats keep from zero is zero.
    errors[errors < 1e-14] = 0.0
    with np.errstate(divide="ignore", invalid="ignore"):
        table = _inference.table(
            [term for _, term in labels], estimates, errors, degrees, conf_level
        )
    table.insert(0, "part", [part for part, _ in labels])
    return Decomposition(
        table,
        pd.DataFrame({"term": names, "first": one[0][1:], "second": two[0][1:]}),
        pd.DataFrame(
            {
                "term": ["constant", *names],
                "first": one[2],
                "second": two[2],
                "reference": reference,
            }
        ),
        kind,
        len(used),
        len(data) - len(used),
    )


def _number(values: pd.Series) -> Array:
    if pd.api.types.is_bool_dtype(values.dtype):
        return values.to_numpy(dtype=float)
    return _validate.numeric(values).to_numpy(dtype=float)


Regression = tuple[Array, Array, Array, Array]


def _regression(
    y: Array, design: Array, w: Array, names: list[str], where: object
) -> Regression:
    """Return means, their influences (k, n), coefficients and their influences."""
    total = w.sum()
    mean = w @ design / total
    of_mean = (w[:, None] * (design - mean) / total).T
    # Centred and scaled: a year of birth beside an indicator is no collinearity.
    spread = np.sqrt(w @ (design - mean) ** 2 / total)
    constant = [n for n, s in zip(names, spread[1:], strict=True) if s < 1e-12]
    if constant:
        raise ValueError(
            f"term(s) {_validate.listing(constant)} are the same for everyone in group "
            f"{where!r}, so they explain nothing there; leave them out"
        )
    scaled = (design[:, 1:] - mean[1:]) / spread[1:]
    gram = (scaled * w[:, None]).T @ scaled / total
    if np.linalg.cond(gram) > 1e10 or (w > 0).sum() <= len(names):
        raise ValueError(
            f"terms are collinear in group {where!r} ({int((w > 0).sum())} row(s)): "
            f"one can be computed from the others; leave it out"
        )
    inner = np.linalg.inv((design * w[:, None]).T @ design)
    coef = inner @ (design * w[:, None]).T @ y
    residual = y - design @ coef
    return mean, of_mean, coef, inner @ (design * (w * residual)[:, None]).T


class _Value:
    """A vector of estimates, with the influence of each row on it."""

    def __init__(self, value: Array, influence: Array) -> None:
        self.value, self.influence = value, influence

    def __add__(self, other: "_Value") -> "_Value":
        return _Value(self.value + other.value, self.influence + other.influence)

    def __sub__(self, other: "_Value") -> "_Value":
        return _Value(self.value - other.value, self.influence - other.influence)

    def __mul__(self, other: "_Value") -> "_Value":
        return _Value(
            self.value * other.value,
            self.value[:, None] * other.influence
            + other.value[:, None] * self.influence,
        )

    def scaled(self, by: float) -> "_Value":
        return _Value(self.value * by, self.influence * by)


class _Parts:
    """Means and coefficients of both groups."""

    def __init__(self, one: Regression, two: Regression) -> None:
        self.of = {1: one, 2: two}

    def mean(self, group: int) -> _Value:
        return _Value(*self.of[group][:2])

    def coef(self, group: int) -> _Value:
        return _Value(*self.of[group][2:])


def _reference(
    kind: str,
    parts: _Parts,
    y: Array,
    design: Array,
    w: Array,
    indicator: Array,
    names: list[str],
) -> _Value:
    """Return the coefficients that count as normal."""
    if kind in ("first", "second"):
        return parts.coef(1 if kind == "first" else 2)
    if kind in ("half", "size"):
        # The share of a group is a feature of the sample design, taken as given.
        share = 0.5 if kind == "half" else float(w @ indicator / w.sum())
        return parts.coef(1).scaled(share) + parts.coef(2).scaled(1 - share)
    if kind == "neumark":
        fitted = _regression(y, design, w, names, "both")
        return _Value(*fitted[2:])
    whole = np.column_stack([design, indicator])
    fitted = _regression(y, whole, w, [*names, "the group"], "both")
    k = design.shape[1]
    return _Value(fitted[2][:k], fitted[3][:k])
