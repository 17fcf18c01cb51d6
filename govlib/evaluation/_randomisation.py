"""The test of a trial by its own randomisation."""

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd

from govlib import _columns, _event_study, _validate, resample
from govlib._assignment import Reassignments
from govlib.evaluation._shared import Array, codes, of_cluster


@dataclass(frozen=True, slots=True)
class RandomisationInference:
    """
    Test of a trial by its own randomisation, see :func:`randomisation_inference`.

    Attributes
    ----------
    table : pandas.DataFrame
        One row: ``term``, ``estimate`` (difference in means), ``std_error`` (standard
        deviation of that difference over the assignments, had there been no effect),
        ``statistic`` (what was compared), ``p_value`` (two-sided), ``conf_low``,
        ``conf_high``, ``conf_level``.
    draws : numpy.ndarray
        The statistic under each assignment if the treatment did nothing: its
        histogram, with a line at ``statistic``, is the test.
    statistic : str
        What was compared.
    exact : bool
        Whether `draws` holds every possible assignment.
    n_assignments : int
        Length of `draws`.
    """

    table: pd.DataFrame
    draws: Array = field(repr=False)
    statistic: str
    exact: bool
    n_assignments: int


def randomisation_inference(
    data: pd.DataFrame,
    *,
    outcome: str,
    treatment: str,
    cluster: str | None = None,
    strata: str | None = None,
    statistic: Literal["difference", "studentised"] = "difference",
    n_permutations: int = 4999,
    conf_level: float = 0.95,
    rng: resample.Rng = None,
) -> RandomisationInference:
    r"""
    Test a randomised trial by drawing the treated again as they were drawn.

    If the treatment did nothing, outcomes would be the same whoever had been drawn.
    How often other draws show a difference as large as the one observed is the
    p-value. It holds for few clusters and any distribution, because chance is only in
    the assignment.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per person (or per community), no missing values.
    outcome : str
        Column of numbers, or true and false.
    treatment : str
        Column of 1 (treated) and 0.
    cluster : str, optional
        Column of what was drawn as a whole, such as the community. Default: rows.
    strata : str, optional
        Column of the lists within which was drawn; each has treated and untreated.
    statistic : {"difference", "studentised"}, default "difference"
        Difference in means over people (weighted by stratum size), or that over its
        standard error, which also tests that the *average* effect is zero when
        effects differ; it takes two units of either kind in each stratum.
    n_permutations : int, default 4999
        Assignments to draw. Where no more than that are possible, all are listed and
        the p-value is exact.
    conf_level : float, default 0.95
        Level of the interval.
    rng : int or numpy.random.Generator, optional
        Given to :func:`numpy.random.default_rng`.

    Returns
    -------
    RandomisationInference
        The table and the draws.

    Raises
    ------
    TypeError
        If `data` is no DataFrame.
    ValueError
        If a column is unknown, has missing values or holds no numbers; if treatment is
        not 0 and 1, differs within a cluster, or is the same for everyone in a
        stratum; if too few units are left for the studentised statistic.

    See Also
    --------
    cluster_trial : The same trial with a standard error.

    Notes
    -----
    Assignments keep the number of treated units of each stratum. With :math:`T_r` the
    statistic under assignment r, the one-sided p-values are :math:`(1 + \#\{T_r \ge
    T\}) / (1 + R)` and its mirror, or shares of all assignments if these are listed
    [2]_; the two-sided one is twice the smaller. The interval holds every effect
    :math:`\tau`, equal for all, for which outcomes less :math:`\tau` for the treated
    pass the test; it is unbounded where assignments are too few to reject anything.

    References
    ----------
    .. [1] Gerber, A. S. and Green, D. P. (2012). Field Experiments: Design, Analysis,
       and Interpretation. Norton, chapter 3.
    .. [2] Phipson, B. and Smyth, G. K. (2010). Permutation P-values should never be
       zero. Statistical Applications in Genetics and Molecular Biology 9(1), 39.

    Examples
    --------
    Two of four streets get activities and then have more ties. Of the 6 ways to draw
    two of four one shows as much and one as little, so p is 2 / 6:

    >>> streets = pd.DataFrame({"ties": [5, 7, 1, 3], "drawn": [1, 1, 0, 0]})
    >>> test = randomisation_inference(streets, outcome="ties", treatment="drawn")
    >>> test.table[["estimate", "p_value"]]
       estimate  p_value
    0       4.0    0.333
    >>> test.exact, test.n_assignments
    (True, 6)
    """
    _validate.frame(data)
    _validate.choice(statistic, ("difference", "studentised"), "statistic")
    n_permutations = _validate.count(n_permutations, "n_permutations", 2)
    conf_level = _validate.level(conf_level)
    y = _columns.numbers(data, outcome, "outcome").to_numpy()
    d = _event_study.zero_or_one(data, treatment)
    stratum, _ = codes(data, strata, "strata")
    unit, names = codes(data, cluster, "cluster")
    if cluster is None:
        # Rows in an order that their contents decide: the seed means the same draws.
        unit = np.argsort(np.lexsort((d, y, stratum)))
        names = np.arange(len(data))
    n = names.size
    treated = of_cluster(d, unit, names, treatment, "treatment") == 1
    of_unit = of_cluster(stratum, unit, names, strata, "strata").astype(int)
    least = 2 if statistic == "studentised" else 1
    for number in range(of_unit.max() + 1):
        arms = np.bincount(treated[of_unit == number], minlength=2)
        if arms.min() < least:
            where = ""
            if strata is not None:
                label = data[strata].iloc[np.flatnonzero(stratum == number)[:1]]
                where = f" in stratum {_validate.listing(label)} of {strata!r}"
            remedy = ", or use statistic='difference'" if least == 2 else ""
            raise ValueError(
                f"{arms[1]} treated and {arms[0]} untreated unit(s){where}: the "
                f"{statistic} statistic needs {least} of each; join strata{remedy}"
            )
    drawn = Reassignments(
        np.bincount(unit, weights=y, minlength=n).astype(float),
        np.bincount(unit, minlength=n).astype(float),
        treated,
        of_unit,
        n_permutations,
        np.random.default_rng(rng),
    )
    studentised = statistic == "studentised"
    observed, draws = drawn.statistics(0.0, studentised)
    tail = (1 - conf_level) / 2
    table = pd.DataFrame(
        {
            "term": ["effect"],
            "estimate": drawn.difference,
            "std_error": drawn.differences.std(ddof=0),
            "statistic": observed,
            "p_value": min(1.0, 2 * min(drawn.one_sided(0.0, studentised))),
            "conf_low": drawn.limit(-1, tail, studentised),
            "conf_high": drawn.limit(1, tail, studentised),
            "conf_level": conf_level,
        }
    )
    return RandomisationInference(table, draws, statistic, drawn.exact, draws.size)
