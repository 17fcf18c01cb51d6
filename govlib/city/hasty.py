"""What the answers of a hasty reader have in common: a line, and how sure it is."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike


def slope(x: ArrayLike, y: ArrayLike) -> float:
    """
    Fit a straight line by least squares, where nothing is missing.

    Parameters
    ----------
    x, y : array_like of float
        Where, and what is there; pairs by position.

    Returns
    -------
    float
        Its slope.

    Examples
    --------
    >>> round(slope([0, 1, 2], [1, 3, 5]), 9)
    2.0
    """
    both = np.array([x, y], dtype=float)
    across, up = both[:, ~np.isnan(both).any(axis=0)]
    return float(np.polyfit(across, up, 1)[0])


def jackknife(left_out: pd.DataFrame | Sequence[Mapping[str, float]]) -> pd.Series:
    """
    Say how sure answers are, from answers with one group left out each time.

    Parameters
    ----------
    left_out : pandas.DataFrame or sequence of mapping
        One row per group left out, one column per answer.

    Returns
    -------
    pandas.Series
        Standard error of each answer: the root of (n - 1) / n times the sum of squares
        around the mean of the n rows.

    Examples
    --------
    >>> float(jackknife([{"mean": 1.0}, {"mean": 3.0}])["mean"])
    1.0
    """
    found = pd.DataFrame(left_out)
    n = len(found)
    return (((found - found.mean()) ** 2).sum() * (n - 1) / n) ** 0.5
