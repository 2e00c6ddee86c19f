"""How often the limits of a score hold the truth, on populations whose truth is known.

    .venv/bin/python tests/study/coverage.py [--shared DIR] [--redraws 4000] [--others]

draws each population again and again under eight designs, has every draw scored by `assay.score`, and counts how often
the limits hold the population's own share; where a design has few enough possible samples, each of them is scored once
and weighed by its chance (no simulation). Beside it stands the textbook interval on the same draws: hits over cases as
counted, unweighted, give or take 1.96 standard errors. Exit code 1: a bound fails (see `BOUNDS`).

`--others` asks the same of eight populations, sizes and rates that no constant was chosen on: the allowances of the
beta limits were settled on the first grid, which therefore cannot vouch for them alone.

One scoring call scores all draws of a cell: each draw is a slice, its strata are the draw's own.
"""

from __future__ import annotations

import argparse
import itertools
import math
import os
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from draws import DESIGNS, all_samples, allocated, designed, redrawn
from numpy.typing import NDArray
from populations import METRICS, OUTCOMES, Counts, Population, data_files, other_files, others, read

import assay

REDRAWS = 4_000
SEED = 20_261_129
SIZES = (20, 50, 100, 400)
RATES = (0.2, 0.1, 0.05, 0.02, 0.01, 0.005)
#: Of the populations that nothing was chosen on: other sizes, other rates.
OTHER_SIZES = (25, 60, 150, 300)
OTHER_RATES = (0.15, 0.08, 0.03, 0.015, 0.007)
EXACT = ("hypergeometric", "census")
#: Exact methods: at least .95 everywhere. Others: their mean over the grid, and their minimum.
BOUNDS = {"exact": 0.95, "mean from": 0.945, "mean to": 0.97, "minimum": 0.90}
DECISION = {"TP": "remove", "FP": "remove", "WV": "remove", "TN": "approve", "FN": "approve", "WC": "approve"}
VERDICT = {"TP": "remove", "FP": "approve", "WV": "restrict", "TN": "approve", "FN": "remove", "WC": "keep"}

Shares = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Cell:
    """One population, design, size and metric: how often the limits held, and what else the draws say."""

    population: str
    design: str
    size: int
    rate: float  #: of errors, as asked for
    metric: str
    truth: float
    method: str
    covered: float
    naive: float
    width: float
    naive_width: float
    unanswered: float  #: chance that no audit spoke to the metric: [0, 1], which holds
    samples: int
    enumerated: bool

    @property
    def allowance(self) -> float:
        """Three Monte-Carlo standard errors at the level asked for; none where nothing was simulated."""
        return 0.0 if self.enumerated else 3 * math.sqrt(0.95 * 0.05 / self.samples)


# --- scores ---------------------------------------------------------------------------------------------------------


def words(values: Sequence[str], codes: Counts) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int8)), pa.array(list(values)))


def scored(
    samples: Counts, population: Population, design: str, metrics: Sequence[str]
) -> dict[str, dict[str, list[Any]]]:
    """All samples, each one a slice: lower, upper and method by metric, in the samples' order."""
    draws, strata, outcomes = samples.shape
    cut = outcomes > len(OUTCOMES)  # a slice that is a part of its strata
    times = samples.ravel()
    outcome = np.repeat(np.tile(np.arange(outcomes), draws * strata), times)
    stratum = np.repeat(np.tile(np.repeat(np.arange(strata), outcomes), draws), times)
    held = population.counts.sum(axis=1)
    sizes = samples[0].sum(axis=1)
    decisions, verdicts = sorted(set(DECISION.values())), sorted(set(VERDICT.values()))
    of_decision = np.array([decisions.index(DECISION[each]) for each in OUTCOMES] * (outcomes // len(OUTCOMES)))
    of_verdict = np.array([verdicts.index(VERDICT[each]) for each in OUTCOMES] * (outcomes // len(OUTCOMES)))
    table = pa.table(
        {
            "draw": np.repeat(np.arange(draws), samples.sum(axis=(1, 2))).astype(np.int32),
            "stratum": stratum.astype(np.int32),
            "inside": (outcome < len(OUTCOMES)).astype(np.int8),
            "decision": words(decisions, of_decision[outcome]),
            "verdict": words(verdicts, of_verdict[outcome]),
            "held": held[stratum],
            "weight": (held / sizes)[stratum],
        }
    )
    made_of = {"simple": ["draw"], "by decision": ["draw", "decision"]}.get(design, ["draw", "stratum"])
    given: dict[str, object] = {"strata": made_of, "population": "held"}
    if design.endswith("weights"):  # the design is known to the score by the weights alone
        given = {"weight": "weight"}
    scores = assay.score(
        table,
        decision="decision",
        verdict="verdict",
        violating=["remove", "restrict"],
        not_violating=["approve", "keep"],
        metrics=list(metrics),
        by=[["draw", "inside"]] if cut else "draw",
        **given,  # type: ignore[arg-type]
    )
    place = np.argsort(np.array(scores.column("draw")), kind="stable")
    named = np.array(scores.column("metric"))[place]
    inside = np.array(scores.column("inside"))[place] == 1 if cut else np.full(len(place), True)
    out: dict[str, dict[str, list[Any]]] = {}
    for metric in metrics:
        rows = place[(named == metric) & inside]
        # A draw without an audit in the slice has no row: it says nothing, which holds.
        found: dict[str, list[Any]] = {"estimate": [None] * draws, "lower": [0.0] * draws, "upper": [1.0] * draws,
                                       "method": [None] * draws}  # fmt: skip
        at = np.array(scores.column("draw"))[rows].astype(int).tolist()
        for name, values in found.items():
            for draw, value in zip(at, np.array(scores.column(name), object)[rows].tolist(), strict=True):
                values[draw] = value
        out[metric] = found
    return out


def textbook(samples: Counts, metric: str) -> tuple[Shares, Shares]:
    """Hits over cases, unweighted, give or take 1.96 standard errors; [0, 1] without cases."""
    numerator, denominator = METRICS[metric]
    counts = samples.sum(axis=1)
    n = counts[:, list(denominator)].sum(axis=1)
    share = counts[:, list(numerator)].sum(axis=1) / np.maximum(n, 1)
    half = 1.959964 * np.sqrt(share * (1 - share) / np.maximum(n, 1))
    return np.where(n > 0, np.maximum(0, share - half), 0.0), np.where(n > 0, np.minimum(1, share + half), 1.0)


def cells_of(
    population: Population, rate: float, design: str, size: int, redraws: int, metrics: Sequence[str] = tuple(METRICS)
) -> list[Cell]:
    """One population under one design and size: a cell a metric."""
    strata = designed(population, design)
    sizes = allocated(strata, design, size)
    if sizes is None:
        return []
    every = all_samples(strata, sizes)
    if every is None:
        random = np.random.default_rng([SEED, size, round(1e6 * rate), DESIGNS.index(design)])
        samples = redrawn(strata, sizes, redraws, random)
        chances = np.full(redraws, 1 / redraws)
    else:
        samples, chances = every
    found = scored(samples, strata, design, metrics)
    cells = []
    for metric in metrics:
        truth = strata.truth(metric)  # of the slice, where the design has one
        if truth is None or truth in (0.0, 1.0):
            continue
        limits = found[metric]
        lower, upper = (np.array(limits[name], float) for name in ("lower", "upper"))
        answered = np.array([each is not None for each in limits["estimate"]])
        low, high = textbook(samples, metric)
        # Limits of a finite queue are whole cases of it: equal up to rounding is equal.
        holds = (lower <= truth + 1e-12) & (truth <= upper + 1e-12)
        methods = {method for method, known in zip(limits["method"], answered, strict=True) if known}
        cells.append(
            Cell(
                population=population.name,
                design=design,
                size=size,
                rate=rate,
                metric=metric,
                truth=truth,
                method=" / ".join(sorted(methods)) or "no audits",
                covered=float(chances @ holds),
                naive=float(chances @ ((low <= truth) & (truth <= high))),
                width=float(chances @ (upper - lower)),
                naive_width=float(chances @ (high - low)),
                unanswered=float(chances @ ~answered),
                samples=len(samples),
                enumerated=every is not None,
            )
        )
    return cells


def study(
    populations: Sequence[Population],
    redraws: int = REDRAWS,
    sizes: Sequence[int] = SIZES,
    rates: Sequence[float] = RATES,
    designs: Sequence[str] = DESIGNS,
) -> Iterator[Cell]:
    for population, rate in itertools.product(populations, rates):
        dialled = population.with_error_rate(rate)
        if dialled is None:
            continue
        for design, size in itertools.product(designs, sizes):
            yield from cells_of(dialled, rate, design, size, redraws)


# --- tables ---------------------------------------------------------------------------------------------------------


def show(title: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A table: the first column to the left, the rest to the right."""
    widths = [max(len(row[at]) for row in (header, *rows)) for at in range(len(header))]
    print(f"\n{title}\n")
    for row in (header, ["-" * width for width in widths], *rows):
        print("  " + "  ".join(f"{cell:{'>' if at else '<'}{widths[at]}}" for at, cell in enumerate(row)).rstrip())


def mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)


def grouped(cells: Sequence[Cell], *names: str) -> dict[tuple[object, ...], list[Cell]]:
    out: defaultdict[tuple[object, ...], list[Cell]] = defaultdict(list)
    for cell in cells:
        out[tuple(getattr(cell, name) for name in names)].append(cell)
    return dict(out)


HEADER = ("cells", "mean", "minimum", "width", "textbook mean", "textbook minimum", "textbook width")


def numbers(cells: Sequence[Cell]) -> list[str]:
    return [
        str(len(cells)),
        *(f"{each:.3f}" for each in (mean([c.covered for c in cells]), min(c.covered for c in cells))),
        f"{mean([c.width for c in cells]):.3f}",
        *(f"{each:.3f}" for each in (mean([c.naive for c in cells]), min(c.naive for c in cells))),
        f"{mean([c.naive_width for c in cells]):.3f}",
    ]


def failures(cells: Sequence[Cell]) -> list[str]:
    """The bounds that do not hold, in words."""
    out = []
    for (method,), of in grouped(cells, "method").items():
        exact = all(part in EXACT for part in str(method).split(" / "))
        least = BOUNDS["exact"] if exact else BOUNDS["minimum"]
        for cell in of:
            if cell.covered < least - cell.allowance:
                where = f"{cell.population}, {cell.design}, n = {cell.size}, {cell.metric} {cell.truth:.4f}"
                out.append(f"{method}: covers {cell.covered:.4f} < {least} ({where})")
        middle = mean([cell.covered for cell in of])
        if not exact and not BOUNDS["mean from"] <= middle <= BOUNDS["mean to"]:
            out.append(f"{method}: covers {middle:.4f} on average, not {BOUNDS['mean from']} to {BOUNDS['mean to']}")
    return out


def report(cells: Sequence[Cell]) -> list[str]:
    for names, title in (
        (("design", "metric"), "Coverage of 95% limits by design and metric, over populations, sizes and error rates"),
        (("size", "design"), "By audits in the slice and design"),
        (("rate",), "By error rate"),
        (("method",), "By method"),
    ):
        groups = grouped(cells, *names)
        rows = [[", ".join(f"{p:.3g}" if isinstance(p, float) else str(p) for p in key), *numbers(of)]
                for key, of in groups.items()]  # fmt: skip
        show(title, (" x ".join(names), *HEADER), rows)
    worst = sorted(cells, key=lambda c: c.covered)[:8]
    show(
        "The lowest",
        ("population", "design", "n", "metric", "truth", "method", "covered", "textbook", "by"),
        [[c.population, c.design, str(c.size), c.metric, f"{c.truth:.4f}", c.method, f"{c.covered:.4f}",
          f"{c.naive:.4f}", "enumeration" if c.enumerated else f"{c.samples:,} redraws"] for c in worst],
    )  # fmt: skip
    failed = failures(cells)
    print(
        "\n"
        + ("\n".join(failed) if failed else "every bound holds: " + ", ".join(f"{k} {v}" for k, v in BOUNDS.items()))
    )
    return failed


def main(arguments: Sequence[str] | None = None) -> int:
    here = Path(os.environ.get("ASSAY_SHARED", "") or Path(__file__).parents[3] / "shared")
    parser = argparse.ArgumentParser(description="How often the limits of a score hold the truth.")
    parser.add_argument("--shared", type=Path, default=here, help="folder that holds data/ (default: %(default)s)")
    parser.add_argument("--redraws", type=int, default=REDRAWS, help="draws of each cell (default: %(default)s)")
    parser.add_argument("--others", action="store_true", help="the populations that no constant was chosen on")
    given = parser.parse_args(arguments)
    files = (other_files if given.others else data_files)(given.shared)
    absent = [str(file) for file in files if not file.exists()]
    if absent:
        print("no such file: " + ", ".join(absent) + "; name the folder with --shared", file=sys.stderr)
        return 3
    begun = time.perf_counter()
    if given.others:
        cells = study(others(given.shared), given.redraws, OTHER_SIZES, OTHER_RATES)
    else:
        cells = study(read(given.shared), given.redraws)
    failed = report(list(cells))
    print(f"{time.perf_counter() - begun:.0f} seconds")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
