"""How often the limits of rates hold when two ordinary auditors err and nobody knows the truth.

    .venv/bin/python tests/study/auditors.py [--redraws 300]

Made populations with known rates, and auditors with known sensitivity and specificity: some cases of each population
are audited by both, others by one. Printed is how often the profile limits of the overall rate hold it. The profile's
cut was settled on a design that is not among these.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assay import InputError, _core

SEED = 20_261_129


@dataclass(frozen=True, slots=True)
class Audited:
    """Rates of the populations, what auditors find, and how many cases of each one are audited twice and once."""

    rates: tuple[float, ...]
    sensitivity: float
    specificity: float
    twice: int
    once: int


DESIGNS = (
    Audited((0.05, 0.3), 0.8, 0.97, 200, 400),
    Audited((0.1, 0.5), 0.9, 0.9, 300, 0),
    Audited((0.03, 0.2, 0.4), 0.7, 0.99, 200, 300),
    Audited((0.02, 0.15), 0.95, 0.95, 400, 1_000),
    Audited((0.1, 0.4), 0.85, 0.98, 100, 200),
    Audited((0.05, 0.15, 0.35, 0.6), 0.75, 0.95, 150, 0),
    Audited((0.01, 0.08), 0.9, 0.99, 800, 2_000),
)


def drawn(design: Audited, random: np.random.Generator) -> list[list[float]]:
    """For each population its share, and what its audits found: both, one, neither; once found, once clear."""
    out = []
    for rate in design.rates:

        def found(wrong: NDArray[np.bool_]) -> NDArray[np.bool_]:
            return random.random(len(wrong)) < np.where(wrong, design.sensitivity, 1 - design.specificity)

        twice, once = random.random(design.twice) < rate, random.random(design.once) < rate
        votes = found(twice).astype(int) + found(twice)
        single = int(found(once).sum())
        counts = [float((votes == each).sum()) for each in (2, 1, 0)]
        out.append([1 / len(design.rates), *counts, float(single), float(design.once - single)])
    return out


def held(design: Audited, redraws: int) -> tuple[int, int, float]:
    """How many redraws were answered, how many of those held the true rate, and the limits' mean width."""
    random = np.random.default_rng([SEED, DESIGNS.index(design)])
    truth = math.fsum(design.rates) / len(design.rates)
    answered = holds = 0
    width = 0.0
    for _ in range(redraws):
        try:
            found = _core.latent_class(drawn(design, random), 0.95)
        except InputError:  # populations that look alike say nothing of auditors, and are refused
            continue
        answered += 1
        lower, upper = found["limits"]
        holds += lower <= truth <= upper
        width += upper - lower
    return answered, holds, width / max(answered, 1)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--redraws", type=int, default=300)
    options = parser.parse_args(arguments)
    names = ("sensitivity", "specificity", "twice", "once", "answered", "held", "width")
    print(f"{'rates':24}" + "".join(f" {name:>{max(6, len(name))}}" for name in names))
    lowest = 1.0
    for design in DESIGNS:
        answered, holds, width = held(design, options.redraws)
        share = holds / max(answered, 1)
        lowest = min(lowest, share + 3 * math.sqrt(0.05 * 0.95 / max(answered, 1)))
        rates = " ".join(f"{rate:g}" for rate in design.rates)
        print(
            f"{rates:24} {design.sensitivity:11} {design.specificity:11} {design.twice:6} {design.once:6} "
            f"{answered:8} {share:6.3f} {width:6.3f}",
            flush=True,
        )
    return 0 if lowest >= 0.95 else 1


if __name__ == "__main__":
    sys.exit(main())
