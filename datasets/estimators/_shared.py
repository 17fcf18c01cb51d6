"""What the themes share: places, means, lines, and answers read off results."""

import numpy as np
import pandas as pd
from scipy import special, stats

from estimators import Answer
from govlib import evaluation, participation


def subdistrict(community: pd.Series) -> pd.Series:
    """Return the sub-district of each community, which its code begins with."""
    return community.astype(str).str.rpartition("-")[0]


def ends(row: pd.Series, scale: float = 1.0) -> Answer:
    """Return the estimate of a row with the ends of its interval, times a scale."""
    estimate, low, high = (
        scale * float(row[name]) for name in ("estimate", "conf_low", "conf_high")
    )
    return estimate, low, high


def answer(table: pd.DataFrame, term: str) -> Answer:
    """Read the estimate of a term and its interval off a table of results."""
    return ends(table.set_index("term").loc[term])


def around(estimate: float, error: float, degrees: float) -> Answer:
    """Return an estimate with the interval that its standard error gives."""
    reach = float(stats.t.ppf(0.975, degrees) * error)
    return float(estimate), float(estimate) - reach, float(estimate) + reach


def staggered(effects: evaluation.GroupTimeEffects) -> Answer:
    """Return the average of group-time effects, as few clusters as they rest on."""
    row = evaluation.aggregate_effects(effects, by="simple").iloc[0]
    g = effects.n_clusters
    # The errors leave out what small numbers of clusters add.
    return around(row["estimate"], row["std_error"] * (g / (g - 1)) ** 0.5, g - 1)


def regression(
    data: pd.DataFrame, formula: str, cluster: str = "subdistrict", **design: str
) -> pd.DataFrame:
    """Return the coefficients of a straight line, errors CR2 unless told."""
    design = {"errors": "CR2", "cluster": cluster, **design}
    return participation.fit(data, formula, family="linear", **design).table


def mean(data: pd.DataFrame, value: str, **design: str) -> Answer:
    """Return a mean with an interval by cluster."""
    return answer(regression(data, f"{value} ~ 1", **design), "Intercept")


def share(data: pd.DataFrame, value: str, **design: str) -> Answer:
    """
    Return a share with an interval that is even on the scale of log odds.

    A share near nought that comes out small by chance has a small error as well. R
    survey does the same (`svyciprop` with `method = "logit"`).
    """
    estimate, _, high = mean(data, value, **design)
    reach = (high - estimate) / (estimate * (1 - estimate))
    low, high = special.expit(special.logit(estimate) + reach * np.array([-1, 1]))
    return estimate, float(low), float(high)
