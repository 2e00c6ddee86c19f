"""Random numbers that are the same for ever: a scramble of (seed, stream, row)."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint64]

GOLDEN = 0x9E3779B97F4A7C15
MASK = (1 << 64) - 1


class Stream(IntEnum):
    """One stream a purpose. The numbers are part of what "the same rows for ever" means: append, never renumber."""

    QUEUE = 1
    SITE = 2
    REVIEWER = 3
    POLICY = 4
    LANGUAGE = 5
    VIOLATES = 6
    DESERVES = 7
    ESCALATED = 8
    ERROR = 9
    ACTION = 10
    AT = 11
    VIEWS = 12
    VALUE = 13
    SECONDS = 14
    SCORE_A = 15
    SCORE_B = 16
    RESPONSE = 17
    REASON = 18
    AUDITOR = 19
    ORDER = 20
    WORKLOAD = 21


def scramble(value: int) -> int:
    value = (value + GOLDEN) & MASK
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & MASK
    return value ^ (value >> 31)


def random_words(seed: int, stream: int, rows: Words) -> Words:
    """64 random bits for each row: SplitMix64 entered at position `row` of the sequence of (seed, stream)."""
    key = scramble(scramble(seed) ^ stream)
    word = rows * np.uint64(GOLDEN)
    word += np.uint64((key + GOLDEN) & MASK)
    word ^= word >> np.uint64(30)
    word *= np.uint64(0xBF58476D1CE4E5B9)
    word ^= word >> np.uint64(27)
    word *= np.uint64(0x94D049BB133111EB)
    word ^= word >> np.uint64(31)
    return word


def uniform_of(words: Words) -> NDArray[np.float64]:
    """Uniform on [0, 1), in steps of 2^-53: exact in floating point."""
    return (words >> np.uint64(11)).astype(np.float64) * 2.0**-53


class Chooser:
    """Draws one of several choices by integer weights, with a table of its own for each group."""

    def __init__(self, groups: Sequence[Sequence[tuple[int, int]]]) -> None:
        """Each group is a sequence of (code, weight)."""
        slots = [np.repeat([code for code, _ in group], [weight for _, weight in group]) for group in groups]
        self._totals = np.array([len(slot) for slot in slots], dtype=np.uint64)
        self._width = int(self._totals.max())
        self._table = np.zeros(len(slots) * self._width, dtype=np.uint16)
        for number, slot in enumerate(slots):
            self._table[number * self._width : number * self._width + len(slot)] = slot

    def __call__(self, words: Words, group: NDArray[Any] | int = 0) -> NDArray[np.uint16]:
        slot = ((words >> np.uint64(32)) * self._totals[group]) >> np.uint64(32)
        start = np.asarray(group, dtype=np.uint64) * np.uint64(self._width)
        return cast("NDArray[np.uint16]", self._table[slot + start])
