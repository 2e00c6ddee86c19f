"""Samples of a population under a design: drawn again and again, or every one with its chance."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from populations import TN, TP, Counts, Population

import assay.allocation

DESIGNS = (
    "simple", "proportional", "equal", "neyman", "by decision", "by decision, weights", "equal, weights",
    "slice across strata",
)  # fmt: skip
MOST_SAMPLES = 6_000  #: a design with fewer possible samples is gone through

Shares = NDArray[np.float64]


def designed(population: Population, design: str) -> Population:
    """The population in the design's strata."""
    if design == "simple":
        return population.in_one()
    if design.startswith("slice"):
        return population.in_slice()
    return population.by_decision() if design.startswith("by decision") else population


def allocated(population: Population, design: str, size: int) -> list[int] | None:
    """Audits of each stratum; None where the design cannot be."""
    held = population.counts.sum(axis=1)
    if size > population.size or 2 * len(held) > size:
        return None
    if design.startswith(("equal", "by decision")):
        sizes = [size // len(held) + (at < size % len(held)) for at in range(len(held))]
        return sizes if all(n <= h for n, h in zip(sizes, held, strict=True)) else None
    wrong = 1 - population.counts[:, [TP, TN]].sum(axis=1) / held
    spread = np.sqrt(np.maximum(wrong * (1 - wrong), 1e-4)) if design == "neyman" else np.ones(len(held))
    return assay.allocation.optimal(held.tolist(), spread=spread.tolist(), size=size)


def chances_of(held: Counts, n: int) -> tuple[Counts, Shares] | None:
    """Every sample of n from a stratum with at most two outcomes, and its chance; None with more outcomes."""
    kinds = np.flatnonzero(held)
    if len(kinds) > 2:
        return None
    samples = np.zeros((n + 1, len(held)), np.int64)
    if len(kinds) == 1:
        samples[0, kinds[0]] = n
        return samples[:1], np.ones(1)
    first, second = (int(held[kind]) for kind in kinds)
    samples[:, kinds[0]], samples[:, kinds[1]] = np.arange(n + 1), n - np.arange(n + 1)

    def log_choose(of: int, k: int) -> float:
        return math.lgamma(of + 1) - math.lgamma(k + 1) - math.lgamma(of - k + 1) if 0 <= k <= of else -math.inf

    whole = log_choose(first + second, n)
    chances = np.array([math.exp(log_choose(first, k) + log_choose(second, n - k) - whole) for k in range(n + 1)])
    return samples[chances > 0], chances[chances > 0]


def all_samples(population: Population, sizes: Sequence[int]) -> tuple[Counts, Shares] | None:
    """Every sample by strata, and its chance; None where there are too many."""
    parts = [chances_of(held, n) for held, n in zip(population.counts, sizes, strict=True)]
    found = [part for part in parts if part is not None]
    if len(found) < len(parts) or math.prod(len(chances) for _, chances in found) > MOST_SAMPLES:
        return None
    places = np.array(list(itertools.product(*(range(len(chances)) for _, chances in found))))
    samples = np.stack([samples[places[:, h]] for h, (samples, _) in enumerate(found)], axis=1)
    return samples, np.prod([chances[places[:, h]] for h, (_, chances) in enumerate(found)], axis=0)


def redrawn(population: Population, sizes: Sequence[int], redraws: int, random: np.random.Generator) -> Counts:
    """Simple random samples within strata, without replacement."""
    drawn = [
        random.multivariate_hypergeometric(held, n, size=redraws)
        for held, n in zip(population.counts, sizes, strict=True)
    ]
    return np.stack(drawn, axis=1)
