"""Random draws that a remedy elsewhere cannot disturb: one stream per equation."""

import hashlib
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray


def _key(names: tuple[str, ...]) -> bytes:
    # Python's own hash of a text changes with PYTHONHASHSEED; this one does not.
    return hashlib.blake2b("/".join(names).encode("utf-8"), digest_size=8).digest()


@lru_cache
def _words(seed: int) -> bytes:
    # numpy pads a seed to four words before a spawn key.
    return seed.to_bytes(4 * max(4, -(-seed.bit_length() // 32)), "little")


def stream(seed: int, *names: str) -> np.random.Generator:
    """
    Return the stream of one equation in one place.

    The same seed and names give the same draws in every city that has the place,
    whatever else is simulated.

    Parameters
    ----------
    seed : int
        Seed of the city.
    *names : str
        Equation and place, such as ``"activity", "G-2-03"``.

    Returns
    -------
    numpy.random.Generator
        A generator at its start.

    Examples
    --------
    >>> stream(1, "activity", "G-2-03").random() == stream(
    ...     1, "activity", "G-2-03"
    ... ).random()
    True
    """
    # As SeedSequence(seed, spawn_key=the two words of the key) would be, which takes
    # several times as long to make; a large city has over a million streams.
    words = np.frombuffer(_words(seed) + _key(names), dtype="<u4")
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(words)))


# The draws of a whole city of course size, several times over.
@lru_cache(maxsize=1 << 17)
def stored(
    kind: str, shape: tuple[int, ...], seed: int, *names: str
) -> NDArray[np.float64]:
    """
    Return the first numbers of a stream, made once for all remedies.

    Parameters
    ----------
    kind : str
        ``"random"`` for uniform numbers, ``"standard_normal"`` for normal ones.
    shape : tuple of int
        How many; ``()`` for one.
    seed : int
        Seed of the city.
    *names : str
        Equation and place.

    Returns
    -------
    numpy.ndarray of float
        What a fresh :func:`stream` gives; not to be changed.

    Examples
    --------
    >>> float(stored("random", (), 1, "activity", "G-2-03")) == stream(
    ...     1, "activity", "G-2-03"
    ... ).random()
    True
    """
    values = np.asarray(getattr(stream(seed, *names), kind)(shape))
    values.flags.writeable = False
    return values


def pair_uniforms(
    seed: int, names: tuple[str, ...], low: NDArray[np.int64], high: NDArray[np.int64]
) -> NDArray[np.float64]:
    """
    Return one uniform number per pair of people, as if all pairs had been stored.

    A city has far too many pairs to store a draw for each, so the draw is computed
    from the pair itself: the output function of SplitMix64 [1]_ at a counter made of
    the two numbers.

    Parameters
    ----------
    seed : int
        Seed of the city.
    names : tuple of str
        Equation and place.
    low, high : numpy.ndarray of int, shape (n,)
        Numbers of the two people, each at least 0 and below 2**31.

    Returns
    -------
    numpy.ndarray of float, shape (n,)
        Numbers in [0, 1), the same for a pair wherever it stands in the list.

    References
    ----------
    .. [1] Steele, G. L., Lea, D. and Flood, C. H. (2014). Fast splittable
       pseudorandom number generators. OOPSLA 2014, 453-472.

    Examples
    --------
    >>> pairs = np.array([3, 5]), np.array([8, 9])
    >>> pair_uniforms(1, ("closure", "G-2-03"), *pairs).round(3)
    array([0.22 , 0.284])
    """
    start = int.from_bytes(_key((str(seed), *names)), "little")
    counter = (low.astype(np.uint64) << np.uint64(32)) | high.astype(np.uint64)
    mixed = (counter + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(start)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    mixed ^= mixed >> np.uint64(31)
    return (mixed >> np.uint64(11)).astype(np.float64) * 2.0**-53


def poisson_quantile(
    uniform: NDArray[np.float64], mean: NDArray[np.float64]
) -> NDArray[np.int64]:
    """
    Turn stored uniform numbers into Poisson counts.

    The count is the smallest k whose distribution function exceeds the uniform
    number, so a higher mean never gives a lower count.

    Parameters
    ----------
    uniform : numpy.ndarray of float, shape (n,)
        Numbers in [0, 1).
    mean : numpy.ndarray of float, shape (n,)
        Expected counts, at least 0 and below 700.

    Returns
    -------
    numpy.ndarray of int, shape (n,)
        Counts.

    Examples
    --------
    With mean 1 the chances of 0, 1 and 2 add up to 0.368, 0.736 and 0.920:

    >>> poisson_quantile(np.array([0.3, 0.5, 0.8]), np.ones(3))
    array([0, 1, 2])
    """
    count = np.zeros(uniform.size, dtype=np.int64)
    chance = np.exp(-mean)
    below = chance.copy()
    # The last bits of a sum may never reach a number so near 1.
    open_ = (uniform >= below) & (chance > 0)
    while open_.any():
        count[open_] += 1
        chance[open_] *= mean[open_] / count[open_]
        below[open_] += chance[open_]
        open_ &= (uniform >= below) & (chance > 0)
    return count
