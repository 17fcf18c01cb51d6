"""Every way, or many ways, to have drawn the treated, and what each shows."""

from collections.abc import Iterator
from itertools import combinations
from math import comb

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

Array = NDArray[np.floating]
# So many entries of a block of assignments are held at once.
_BLOCK = 2_000_000


def n_possible(treated: NDArray[np.bool_], stratum: NDArray[np.intp]) -> int:
    """Return how many assignments keep the number of treated in each stratum."""
    sizes = np.bincount(stratum)
    chosen = np.bincount(stratum, weights=treated).astype(int)
    total = 1
    for size, k in zip(sizes.tolist(), chosen.tolist(), strict=True):
        total *= comb(size, k)
    return total


def _exact(
    treated: NDArray[np.bool_], stratum: NDArray[np.intp]
) -> Iterator[NDArray[np.bool_]]:
    """Yield all assignments as one block."""
    block = np.zeros((1, treated.size), dtype=bool)
    for number in range(stratum.max() + 1):
        members = np.flatnonzero(stratum == number)
        chosen = list(combinations(members, int(treated[members].sum())))
        block = np.repeat(block, len(chosen), axis=0)
        for i, units in enumerate(chosen):
            block[i :: len(chosen), list(units)] = True
    yield block


def _drawn(
    treated: NDArray[np.bool_],
    stratum: NDArray[np.intp],
    n_draws: int,
    rng: np.random.Generator,
) -> Iterator[NDArray[np.bool_]]:
    """Yield blocks of random assignments."""
    size = max(1, _BLOCK // treated.size)
    strata = [np.flatnonzero(stratum == s) for s in range(stratum.max() + 1)]
    for first in tqdm(range(0, n_draws, size), delay=10):
        rows = min(size, n_draws - first)
        block = np.empty((rows, treated.size), dtype=bool)
        for members in strata:
            same = np.tile(treated[members], (rows, 1))
            block[:, members] = rng.permuted(same, axis=1)
        yield block


class Reassignments:
    """
    What a trial shows under assignments that could have been drawn instead.

    If everyone's effect is `tau`, the outcome without treatment is known, and both
    the difference under another assignment, ``a - tau * b``, and its variance,
    ``v - 2 * tau * c + tau**2 * w``, are polynomials of `tau`: kept are ``a, b, v, c,
    w`` of each assignment and of the one that was drawn.

    Parameters
    ----------
    total, size : numpy.ndarray
        Sum of the outcome and number of rows of each unit.
    treated, stratum : numpy.ndarray
        Whether a unit was treated, and the number of its stratum.
    n_draws : int
        How many to draw; all are listed if there are no more than that.
    rng : numpy.random.Generator
        Draws them.
    """

    def __init__(
        self,
        total: Array,
        size: Array,
        treated: NDArray[np.bool_],
        stratum: NDArray[np.intp],
        n_draws: int,
        rng: np.random.Generator,
    ) -> None:
        # Differences do not depend on the level, rounding does.
        total = total - total.sum() / size.sum() * size
        on = treated * size
        self._moments = np.column_stack(
            [
                *(np.ones(size.size), size, total, on),
                *(total * total, total * on, on * on),
                *(total * size, on * size, size * size),
            ]
        )
        self._strata = [np.flatnonzero(stratum == s) for s in range(stratum.max() + 1)]
        self._share = np.bincount(stratum, weights=size) / size.sum()
        self.exact = n_possible(treated, stratum) <= n_draws
        blocks = (
            _exact(treated, stratum)
            if self.exact
            else _drawn(treated, stratum, n_draws, rng)
        )
        self._draws = np.hstack([self._shown(block) for block in blocks])
        self._observed = self._shown(treated[None])[:, 0]

    def _shown(self, block: NDArray[np.bool_]) -> Array:
        """Return a, b, v, c, w of assignments, shape (5, assignments)."""
        out = np.zeros((5, len(block)))
        for members, share in zip(self._strata, self._share, strict=True):
            moments = self._moments[members]
            one = block[:, members].astype(float) @ moments
            # A stratum of which nobody or everybody was drawn leaves 0 / 0.
            for sums, sign in ((one, 1), (moments.sum(axis=0) - one, -1)):
                n, people, y, t, yy, yt, tt, ys, ts, ss = sums.T
                mean, on = y / people, t / people
                out[0] += sign * share * mean
                out[1] += sign * share * on
                scale = share**2 * n / np.where(n > 1, n - 1, np.nan) / people**2
                out[2] += scale * (yy - 2 * mean * ys + mean**2 * ss)
                out[3] += scale * (yt - mean * ts - on * ys + mean * on * ss)
                out[4] += scale * (tt - 2 * on * ts + on**2 * ss)
        return out

    @property
    def difference(self) -> float:
        """Difference in means that was observed."""
        return float(self._observed[0])

    @property
    def differences(self) -> Array:
        """Difference in means of each assignment, had there been no effect."""
        return self._draws[0]

    def statistics(self, tau: float, studentised: bool) -> tuple[float, Array]:
        """Return the statistic observed and those of each assignment, given `tau`."""
        rows = np.column_stack([self._observed, self._draws])
        shown = rows[0] - tau * rows[1]
        if studentised:
            variance = rows[2] - 2 * tau * rows[3] + tau**2 * rows[4]
            # Rounding may leave a variance of zero a little below it.
            floor = 1e-12 * np.max(variance)
            error = np.sqrt(np.where(variance > floor, variance, 0))
            with np.errstate(divide="ignore", invalid="ignore"):
                shown = np.nan_to_num(
                    shown / error, nan=0.0, posinf=np.inf, neginf=-np.inf
                )
        return float(shown[0]), shown[1:]

    def one_sided(self, tau: float, studentised: bool) -> tuple[float, float]:
        """Return the shares of assignments that show as much or more, and less."""
        observed, drawn = self.statistics(tau, studentised)
        finite = np.abs(drawn[np.isfinite(drawn)])
        slack = 1e-10 * finite.max(initial=0)
        extra = 0 if self.exact else 1
        n = drawn.size + extra
        above = (np.sum(drawn >= observed - slack) + extra) / n
        below = (np.sum(drawn <= observed + slack) + extra) / n
        return float(above), float(below)

    def limit(self, side: int, tail: float, studentised: bool) -> float:
        """Return the last effect, up (side=1) or down, not rejected at `tail`."""

        def rejected(tau: float) -> bool:
            return self.one_sided(tau, studentised)[(1 + side) // 2] <= tail

        step = float(np.ptp(self._draws[0])) or 1.0
        near, far = self.difference, self.difference + side * step
        for _ in range(40):
            if rejected(far):
                break
            near, far = far, far + side * (step := 2 * step)
        else:
            return side * np.inf
        for _ in range(100):
            middle = (near + far) / 2
            near, far = (near, middle) if rejected(middle) else (middle, far)
        return near
