"""How often the limits of small slices hold the true rates, and how near the answers are, where the truth is known.

    .venv/bin/python tests/study/shrinkage.py [--redraws 400] [--shared DIR] [--others]

Fixed true rates: the reviewers of the example operation, and with the shared data the workers of zencrowd and the
raters of dices350. In each redraw a few of each one's decisions are audited; rates are then shrunk. Printed is the
average coverage over slices and redraws of the shrunk limits, beside the root mean squared error of shrunk and raw.
`--others` asks the same of four more crowds and three made groups: how heavy tails are taken was settled on the first.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import os
import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

import assay
from assay import example

SEED = 20_261_129
DEFAULT_SHARED = Path(os.environ.get("ASSAY_SHARED", "") or Path(__file__).parents[3] / "shared")


@dataclass(frozen=True, slots=True)
class Units:
    """People whose decisions are right with a known chance, and how many of each one's are audited."""

    name: str
    rates: dict[str, float]
    audits: int

    def sizes(self, random: np.random.Generator) -> dict[str, int]:
        """Work is dealt unequally: between a third and twice the usual number."""
        return {unit: round(self.audits * random.uniform(1 / 3, 2)) or 1 for unit in self.rates}


@dataclass(frozen=True, slots=True)
class Outcome:
    units: str
    audits: int
    model: str
    covered: float
    error: float
    raw_error: float


def of_the_example(audits: int = 15) -> Units:
    """Accuracy of each reviewer of the example operation, over all that he decided."""
    operation = example.operation(seed=7, weeks=1, cases_per_week=40_000, flavour="pyarrow")
    rows = operation.true_rates(by=["reviewer"]).to_pylist()
    return Units("example reviewers", {row["reviewer"]: row["accuracy"] for row in rows}, audits)


def of_a_crowd(shared: Path, site: str, audits: int = 15) -> Units:
    """Accuracy of each zencrowd worker with at least ten answers, over all of them."""
    right: defaultdict[str, list[bool]] = defaultdict(list)
    with gzip.open(shared / "data" / "truth_inference" / f"zencrowd_{site}.csv.gz", "rt") as file:
        for row in csv.DictReader(file):
            right[row["worker"]].append(row["label"] == row["truth"])
    rates = {worker: sum(each) / len(each) for worker, each in right.items() if len(each) >= 10}
    return Units(f"zencrowd_{site} workers", rates, audits)


def of_dices(shared: Path, audits: int = 15) -> Units:
    """Accuracy of each rater of dices350 against experts, over all 350 conversations."""
    with (shared / "data" / "dices350" / "items.csv").open() as file:
        gold = {row["item_id"]: row["unsafe_gold"] for row in csv.DictReader(file)}
    right: defaultdict[str, list[bool]] = defaultdict(list)
    with gzip.open(shared / "data" / "dices350" / "ratings.csv.gz", "rt") as file:
        for row in csv.DictReader(file):
            right[row["rater"]].append(row["unsafe"] == gold[row["item_id"]])
    return Units("dices350 raters", {rater: sum(each) / len(each) for rater, each in right.items()}, audits)


def of_labels(shared: Path, name: str, audits: int = 15) -> Units:
    """Accuracy of each worker of a crowd with at least ten labels of items whose truth is known."""
    place, many, truths = {
        "hitspam": ("moderation_crowd", "labels", "gold"),
    }.get(name, ("truth_inference", "answers", "truth"))
    with (shared / "data" / place / f"{name}_{truths}.csv").open() as file:
        gold = {row["item"]: row["truth"] for row in csv.DictReader(file)}
    right: defaultdict[str, list[bool]] = defaultdict(list)
    with gzip.open(shared / "data" / place / f"{name}_{many}.csv.gz", "rt") as file:
        for row in csv.DictReader(file):
            if row["item"] in gold:
                right[row["worker"]].append(row["label"] == gold[row["item"]])
    rates = {worker: sum(each) / len(each) for worker, each in right.items() if len(each) >= 10}
    return Units(f"{name} workers", rates, audits)


def made(kind: str, audits: int = 15) -> Units:
    """A hundred rates by chance: as the models say (beta), with a few much worse, or all alike."""
    random = np.random.default_rng([SEED, len(kind)])
    rates = {
        "as the model says": random.beta(18, 2, 100),
        "a few much worse": np.where(random.random(100) < 0.06, random.beta(6, 4, 100), random.beta(48, 2, 100)),
        "all alike": np.full(100, 0.9),
    }[kind]
    return Units(f"made, {kind}", {f"r{at}": float(rate) for at, rate in enumerate(rates)}, audits)


def others(shared: Path, audits: int) -> list[Units]:
    """Units that no constant of the library was chosen on."""
    crowds = ("hitspam", "d_product", "dog", "bluebird") if (shared / "data").exists() else ()
    kinds = ("as the model says", "a few much worse", "all alike")
    return [*(of_labels(shared, name, audits) for name in crowds), *(made(kind, audits) for kind in kinds)]


def study(units: Units, redraws: int, model: str | None = None, seed: int = SEED) -> Outcome:
    """Audits drawn with replacement from each unit's process, scored and shrunk through the public names."""
    random = np.random.default_rng(seed)
    names = list(units.rates)
    truth = np.array([units.rates[name] for name in names])
    covered, errors, raw_errors = [], [], []
    for _ in range(redraws):
        sizes = np.array(list(units.sizes(random).values()))
        right = random.binomial(sizes, truth)
        table = pa.table(
            {
                "reviewer": np.repeat(names, sizes),
                "correct": np.concatenate([np.arange(n) < x for n, x in zip(sizes, right, strict=True)]),
            }
        )
        scores = assay.score(table.append_column("decision", pa.array(["any"] * len(table))), decision="decision",
                             correct="correct", by=["reviewer"])  # fmt: skip
        rows = {row["reviewer"]: row for row in assay.shrink(scores, model=model).records()}  # type: ignore[arg-type]
        columns = {key: np.array([rows[name][key] for name in names]) for key in
                   ("estimate", "lower", "upper", "raw_estimate")}  # fmt: skip
        covered.append(((columns["lower"] <= truth) & (truth <= columns["upper"])).mean())
        errors.append(((columns["estimate"] - truth) ** 2).mean())
        raw_errors.append(((columns["raw_estimate"] - truth) ** 2).mean())
    return Outcome(
        units.name, units.audits, model or "by design", float(np.mean(covered)), float(np.mean(errors) ** 0.5),
        float(np.mean(raw_errors) ** 0.5),
    )  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--redraws", type=int, default=400)
    parser.add_argument("--shared", type=Path, default=DEFAULT_SHARED)
    parser.add_argument("--others", action="store_true", help="the units that no constant was chosen on")
    options = parser.parse_args(arguments)
    print(f"{'units':24} {'audits':>6} {'model':14} {'covered':>8} {'error':>8} {'raw error':>9}")
    for audits in (5, 15, 60):
        every = others(options.shared, audits) if options.others else [of_the_example(audits)]
        if not options.others and (options.shared / "data").exists():
            every += [of_a_crowd(options.shared, site, audits) for site in ("us", "in")]
            every.append(of_dices(options.shared, audits))
        for units in every:
            for model in ("beta_binomial", "fay_herriot"):
                found = study(units, options.redraws, model)
                print(f"{found.units:24} {found.audits:6} {found.model:14} {found.covered:8.4f} {found.error:8.4f} "
                      f"{found.raw_error:9.4f}", flush=True)  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main())
