"""
Inequality of amounts in rising order, once or for a thousand bootstrap draws.

A draw with replacement only changes how often each unit counts. So units are sorted
once, logarithms taken once, and each draw is a vector of masses (times drawn, times
weight).
"""

from dataclasses import dataclass

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from scipy import special
from tqdm import tqdm

Array = NDArray[np.float64]

# As in resample: each block of draws has a random stream of its own, so that nothing
# depends on which worker takes which block.
_BLOCK = 25
# An infinite power would make NaN of a unit that is not drawn.
_LARGE = 1e300


def gini(amounts: Array, masses: Array, work: Array | None = None) -> float:
    """Return one less twice the area under the Lorenz curve, by trapezoids."""
    # Fresh memory for each draw would take as long as the sums: `work` is two rows.
    held, below = (None, None) if work is None else work
    held = np.multiply(masses, amounts, out=held)
    below = np.cumsum(held, out=below)
    area = 2 * (masses @ below) - masses @ held
    return max(0.0, float(1 - area / (masses.sum() * below[-1])))


@dataclass(frozen=True, slots=True)
class Amounts:
    """
    Units in rising order of what they hold, with all that does not change by draw.

    Attributes
    ----------
    values : numpy.ndarray
        Amounts in rising order, as multiples of their mean: no measure changes, and
        nothing overflows.
    logs : numpy.ndarray
        Amount times its logarithm, 0 for an amount of 0.
    aversion : float
        Of Atkinson's index.
    powers : numpy.ndarray
        What the index averages; 0 for an amount of 0, which is dealt with apart.
    zeros : int
        How many units hold nothing.
    groups : numpy.ndarray or None
        Number of each unit's group.
    """

    values: Array
    logs: Array
    aversion: float
    powers: Array
    zeros: int
    groups: NDArray[np.intp] | None

    @classmethod
    def of(
        cls, values: Array, aversion: float, groups: NDArray[np.intp] | None = None
    ) -> "Amounts":
        """Return amounts that are already in rising order and not all zero."""
        values = values / values[-1]
        values = values / values.mean()
        zeros = int(np.searchsorted(values, 0, side="right"))
        exponent = 1 - aversion
        with np.errstate(divide="ignore", over="ignore"):
            powers = np.log(values / cls._middle(values, zeros))
            if exponent != 0:
                # Less one, so that digits stay when the exponent is nearly zero.
                powers = np.minimum(np.expm1(exponent * powers), _LARGE)
        if exponent <= 0:
            powers[:zeros] = 0
        logs = special.xlogy(values, values)
        return cls(values, logs, aversion, powers, zeros, groups)

    @staticmethod
    def _middle(values: Array, zeros: int) -> float:
        return float(values[(zeros + values.size) // 2])

    def theil(self, masses: Array) -> float:
        """Return Theil's T in nats."""
        held = masses @ self.values
        return max(0.0, float(masses @ self.logs / held - np.log(held / masses.sum())))

    def between(self, masses: Array, groups: NDArray[np.intp]) -> float:
        """Return the part of Theil's T that lies between the means of groups."""
        people = np.bincount(groups, masses)
        held = np.bincount(groups, masses * self.values)
        held, people = held[people > 0] / held.sum(), people[people > 0] / people.sum()
        return max(0.0, float(special.xlogy(held, held / people).sum()))

    def atkinson(self, masses: Array) -> float:
        """Return Atkinson's index."""
        total = masses.sum()
        if self.aversion == 0:
            return 0.0
        if self.aversion >= 1 and masses[: self.zeros].any():
            return 1.0
        exponent = 1 - self.aversion
        mean = masses @ self.powers / total
        log = mean if exponent == 0 else np.log1p(mean) / exponent
        equal = self._middle(self.values, self.zeros) * np.exp(log)
        return max(0.0, float(1 - equal * total / (masses @ self.values)))

    def all(self, masses: Array, work: Array | None = None) -> list[float]:
        """Return Gini, Theil, its parts between and within groups, and Atkinson."""
        if not masses @ self.values > 0:
            return [np.nan] * (3 if self.groups is None else 5)
        theil = self.theil(masses)
        parts = []
        if self.groups is not None:
            between = self.between(masses, self.groups)
            parts = [between, max(0.0, theil - between)]
        return [gini(self.values, masses, work), theil, *parts, self.atkinson(masses)]


def draws(
    amounts: Amounts,
    weights: Array,
    clusters: NDArray[np.intp] | None,
    n_draws: int,
    rng: int | np.random.Generator | None,
    n_jobs: int,
) -> Array:
    """Return all measures in each bootstrap draw, shape (n_draws, measures)."""
    n_units = weights.size if clusters is None else int(clusters.max()) + 1
    sizes = [min(_BLOCK, n_draws - i) for i in range(0, n_draws, _BLOCK)]
    streams = np.random.default_rng(rng).spawn(len(sizes))

    def block(size: int, stream: np.random.Generator) -> list[list[float]]:
        out = []
        masses, work = np.empty(weights.size), np.empty((2, weights.size))
        for _ in range(size):
            drawn = stream.integers(n_units, size=n_units)
            times = np.bincount(drawn, minlength=n_units)
            times = times if clusters is None else times[clusters]
            out.append(amounts.all(np.multiply(weights, times, out=masses), work))
        return out

    jobs = tqdm(zip(sizes, streams, strict=True), total=len(sizes), delay=10)
    return np.concatenate(Parallel(n_jobs)(delayed(block)(*job) for job in jobs))
