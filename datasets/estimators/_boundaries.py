"""What the themes of chapters 02, 03 and 06 share: means and answers by cluster."""

import pandas as pd

from estimators import Answer
from govlib import participation


def answer(table: pd.DataFrame, term: str) -> Answer:
    """Read an estimate and its interval off a table of results."""
    row = table.set_index("term").loc[term]
    return float(row["estimate"]), float(row["conf_low"]), float(row["conf_high"])


def regression(
    data: pd.DataFrame, formula: str, cluster: str = "subdistrict"
) -> pd.DataFrame:
    """Return the coefficients of a straight line, errors by cluster."""
    fitted = participation.fit(data, formula, family="linear", cluster=cluster)
    return fitted.table


def mean(
    data: pd.DataFrame,
    value: str,
    *,
    cluster: str = "subdistrict",
    weight: str | None = None,
    strata: str | None = None,
) -> Answer:
    """Return a mean with an interval by cluster."""
    fitted = participation.fit(
        data,
        f"{value} ~ 1",
        family="linear",
        weight=weight,
        cluster=cluster,
        strata=strata,
    )
    return answer(fitted.table, "Intercept")
