"""What trials, staggered starts and paths have in common."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from govlib import _columns, _inference, _validate

Array = NDArray[np.floating]

# Exact degrees of freedom take a matrix of clusters by clusters: 32 MB at this size.
MANY_CLUSTERS = 2_000
# CR2 holds a matrix of rows by rows for the largest cluster: 128 MB at this size.
LARGEST_CLUSTER = 4_000


def codes(
    data: pd.DataFrame, name: str | None, argument: str
) -> tuple[NDArray[np.intp], Any]:
    """Return each row's place among the sorted values of a column, and these."""
    if name is None:
        return np.zeros(len(data), dtype=np.intp), np.zeros(1)
    values = _columns.complete(data, name, argument)
    return pd.factorize(values, sort=True)


def names_of(columns: object, argument: str) -> list[str]:
    """Return names given as a list; one name as text is a common slip."""
    if isinstance(columns, str) or not isinstance(columns, (list, tuple, pd.Index)):
        raise TypeError(
            f"{argument}= takes a list of column names, not {columns!r}; write "
            f"{argument}=[...]"
        )
    names = list(columns)
    twice = sorted({str(name) for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"{argument}= names {_validate.listing(twice)} twice")
    return names


def of_cluster(
    values: NDArray, cluster: NDArray[np.intp], names: Any, name: Any, argument: str
) -> Array:
    """Return the one value of each cluster."""
    one = np.zeros(len(names))
    one[cluster] = values
    astray = np.unique(cluster[one[cluster] != values])
    if astray.size:
        raise ValueError(
            f"data column {name!r} ({argument}=) differs within {astray.size} "
            f"cluster(s): {_validate.listing(names[astray])}; whole clusters were "
            f"drawn, so it must be the same in all rows of a cluster"
        )
    return one


def clustered(
    rows: Array,
    y: Array,
    weight: Array,
    cluster: NDArray[np.intp],
    contrasts: Array,
    least: int,
) -> tuple[Array, Array, Array]:
    """
    Return estimates, CR2 errors and degrees of freedom of contrasts (k, q).

    `least` is a lower bound of these, used with very many clusters.
    """
    if np.linalg.matrix_rank(rows) < len(rows):
        raise ValueError(
            "strata= or covariates= repeat one another or the treatment, so effects "
            "cannot be told apart; leave some out"
        )
    largest = int(np.bincount(cluster).max())
    if largest > LARGEST_CLUSTER:
        raise ValueError(
            f"the largest cluster has {largest} rows, more than {LARGEST_CLUSTER}; "
            f"average the rows of each cluster first"
        )
    beta = np.linalg.solve((rows * weight) @ rows.T, (rows * weight) @ y)
    vcov, pieces = _inference.bias_reduced(
        rows,
        y - beta @ rows,
        np.ones_like(y),
        weight,
        cluster.astype(np.int32),
        np.eye(len(rows)),
    )
    degrees = np.full(contrasts.shape[1], float(least))
    if cluster.max() < MANY_CLUSTERS:
        degrees = pieces.degrees_of_freedom(contrasts)
    error = _inference.by_delta(contrasts.T, vcov)
    return beta @ contrasts, known(error, y), degrees


def known(error: Array, outcome: Array) -> Array:
    """Return errors, NaN where nothing varies and rounding is all there is."""
    return np.where(error > 1e-12 * np.abs(outcome).max(), error, np.nan)
