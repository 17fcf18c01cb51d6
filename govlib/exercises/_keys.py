"""Keys that recognise an answer without holding it where the eye can read it.

A key is not secrecy: whoever tries every bin finds the answer. It keeps a student
who opens the file from reading the answer by accident.
"""

import hashlib
import math
from collections.abc import Sequence
from typing import Any


def _bins(
    numbers: Sequence[float], offset: Sequence[float], step: Sequence[float]
) -> str:
    # Text, because it is hashed: "3,-12".
    return ",".join(
        str(math.floor((x - o) / s))
        for x, o, s in zip(numbers, offset, step, strict=True)
    )


def _digest(bins: str, salt: str) -> str:
    # Slow on purpose, some 5 ms: trying thousands of bins is a deliberate act.
    return hashlib.scrypt(
        bins.encode("ascii"), salt=bytes.fromhex(salt), n=2**11, r=8, p=1, dklen=16
    ).hex()


def make_key(
    numbers: Sequence[float], tolerance: Sequence[float], salt_from: str
) -> dict[str, Any]:
    """Return a key whose bin is `numbers` plus or minus `tolerance`.

    Bins are two tolerances wide and shifted so that the answer is in the middle of
    one; with bins at round numbers an answer near an edge would fail for the last
    digit. The shift is public and gives away the answer only up to whole bins.
    """
    step = [2 * t for t in tolerance]
    offset = [(x - t) % s for x, t, s in zip(numbers, tolerance, step, strict=True)]
    # Derived, not drawn: building twice gives the same file.
    salt = hashlib.sha256(salt_from.encode("utf-8")).hexdigest()[:32]
    return {
        "offset": offset,
        "step": step,
        "salt": salt,
        "hash": _digest(_bins(numbers, offset, step), salt),
    }


def opens(key: dict[str, Any], numbers: Sequence[float]) -> bool:
    """Whether `numbers` are in the bin that `key` was made for."""
    if len(numbers) != len(key["step"]):
        return False
    return (
        _digest(_bins(numbers, key["offset"], key["step"]), key["salt"])
        == (key["hash"])
    )
