"""Decided cases whose truth is known, as counts by stratum and outcome, with their errors dialled down.

What a coverage study needs of a population is how many cases of each outcome each stratum holds. Four real or bundled
ones are read here; `with_error_rate` mends a part of their errors, so that rates down to 0.5 % can be studied on
structures that nobody made up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
from numpy.typing import NDArray

import assay.example

#: Right to act, right not to, acted in error, let stand in error, acted or let stand under another label.
OUTCOMES = ("TP", "TN", "FP", "FN", "WV", "WC")
TP, TN, FP, FN, WV, WC = range(6)
#: What an error becomes when it is mended: the decision stands, the verdict agrees with it.
MENDED = {FP: TP, FN: TN, WV: TP, WC: TN}
ACTED = (TP, FP, WV)
METRICS: dict[str, tuple[tuple[int, ...], tuple[int, ...]]] = {
    "accuracy": ((TP, TN), (TP, TN, FP, FN, WV, WC)),
    "over_enforcement": ((FP,), (TP, TN, FP, FN, WV, WC)),
    "leakage": ((FN,), (TP, TN, FP, FN, WV, WC)),
    "precision": ((TP, WV), (TP, FP, WV)),
    "recall": ((TP, WV), (TP, FN, WV)),
    "false_positive_rate": ((FP,), (TN, FP, WC)),
}

Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Population:
    """Cases by stratum (rows) and outcome (columns)."""

    name: str
    counts: Counts

    @property
    def size(self) -> int:
        return int(self.counts.sum())

    @property
    def error_rate(self) -> float:
        return float(self.counts[:, list(MENDED)].sum() / self.size)

    def truth(self, metric: str) -> float | None:
        """The share in the whole population; None where nothing is in the denominator."""
        numerator, denominator = METRICS[metric]
        of = self.counts[:, list(denominator)].sum()  # of a slice, its own
        return float(self.counts[:, list(numerator)].sum() / of) if of else None

    def by_decision(self) -> Population:
        """Two strata: acted, and let stand."""
        whole = self.counts.sum(axis=0)
        acted = np.isin(np.arange(len(OUTCOMES)), ACTED)
        return replace(self, counts=np.array([whole * acted, whole * ~acted]))

    def in_slice(self, share: float = 0.6) -> Population:
        """A slice that cuts across the strata, in parts from half to all of `share` of their cases: its outcomes stand
        first, those of the cases outside behind them."""
        parts = share * np.linspace(0.5, 1.0, len(self.counts))[:, None]
        inside = np.rint(self.counts * parts).astype(np.int64)
        return replace(self, counts=np.hstack([inside, self.counts - inside]))

    def in_one(self) -> Population:
        return replace(self, counts=self.counts.sum(axis=0, keepdims=True))

    def with_error_rate(self, rate: float) -> Population | None:
        """As many errors of each kind in each stratum, less in proportion; None where there were not enough.

        What is left of each is rounded so that the sums stay right (largest remainders).
        """
        errors = self.counts[:, list(MENDED)]
        wanted = round(rate * self.size)
        if wanted > errors.sum():
            return None
        exact = errors * (wanted / errors.sum())
        kept = np.floor(exact).astype(np.int64)
        order = np.argsort(-(exact - kept), axis=None, kind="stable")
        kept.flat[order[: wanted - kept.sum()]] += 1
        out = self.counts.copy()
        for at, (error, right) in enumerate(MENDED.items()):
            out[:, error] = kept[:, at]
            out[:, right] += errors[:, at] - kept[:, at]
        return replace(self, counts=out)


def counted(
    name: str, strata: Sequence[Any], decisions: Sequence[Any], verdicts: Sequence[Any], violating: set[Any]
) -> Population:
    places = {each: at for at, each in enumerate(sorted(set(strata)))}
    out = np.zeros((len(places), len(OUTCOMES)), np.int64)
    for (stratum, decision, verdict), times in Counter(zip(strata, decisions, verdicts, strict=True)).items():
        acts, due = decision in violating, verdict in violating
        outcome = (
            (TP if acts else TN) if decision == verdict else (WV if acts else WC) if acts == due else FP if acts else FN
        )
        out[places[stratum], outcome] += times
    return Population(name, out)


def dices(shared: Path) -> Population:
    """43,050 ratings against experts; strata: four groups of reviewers, by how much they flag."""
    folder = shared / "data" / "dices350"
    ratings = pa.csv.read_csv(folder / "ratings.csv.gz").to_pydict()
    items = pa.csv.read_csv(folder / "items.csv").to_pydict()
    gold = dict(zip(items["item_id"], items["unsafe_gold"], strict=True))
    flags = Counter(rater for rater, label in zip(ratings["rater"], ratings["unsafe"], strict=True) if label == "Yes")
    ranked = sorted(set(ratings["rater"]), key=lambda rater: (flags[rater], rater))
    ends = np.cumsum([10, 20, 33, 60])  # of 123 reviewers
    group = {rater: int(np.searchsorted(ends, at, side="right")) for at, rater in enumerate(ranked)}
    verdicts = [gold[item] for item in ratings["item_id"]]
    # Unsure lets the content stand, as No does.
    decisions = ["Yes" if label == "Yes" else "No" for label in ratings["unsafe"]]
    return counted("dices350", [group[rater] for rater in ratings["rater"]], decisions, verdicts, {"Yes"})


def zencrowd(shared: Path) -> Population:
    """23,395 answers of two sites; strata: the sites."""
    folder = shared / "data" / "truth_inference"
    sites: list[str] = []
    decisions: list[int] = []
    verdicts: list[int] = []
    for site in ("us", "in"):
        rows = pa.csv.read_csv(folder / f"zencrowd_{site}.csv.gz").to_pydict()
        sites += [site] * len(rows["label"])
        decisions += rows["label"]
        verdicts += rows["truth"]
    return counted("zencrowd", sites, decisions, verdicts, {1})


def adult(shared: Path) -> Population:
    """Labels of the sites of adult2 that have a gold label; strata: reviewers of much and of little work."""
    folder = shared / "data" / "moderation_crowd"
    labels = pa.csv.read_csv(folder / "adult2_labels.csv.gz").to_pydict()
    truths = pa.csv.read_csv(folder / "adult2_gold.csv.gz").to_pydict()
    gold = dict(zip(truths["item"], truths["truth"], strict=True))
    work = Counter(labels["worker"])
    rows = [
        ("much" if work[worker] >= 1000 else "some" if work[worker] >= 200 else "little", label, gold[item])
        for item, worker, label in zip(labels["item"], labels["worker"], labels["label"], strict=True)
        if item in gold
    ]
    strata, decisions, verdicts = zip(*rows, strict=True)
    return counted("adult2", strata, decisions, verdicts, {"R", "X"})


def operation() -> Population:
    """One week of the bundled example; strata: its eight queues. Escalated cases are set aside."""
    made = assay.example.operation(weeks=1, flavour="pyarrow")
    decisions, truth = made.decisions, made.truth
    rows = [
        each
        for each in zip(
            decisions["queue"].to_pylist(),
            decisions["decision"].to_pylist(),
            truth["true_label"].to_pylist(),
            strict=True,
        )
        if each[1] != "escalated"
    ]
    queues, labels, verdicts = zip(*rows, strict=True)
    return counted("operation", queues, labels, verdicts, {"remove", "restrict"})


def crowd(shared: Path, folder: str, name: str, violating: set[Any], ends: tuple[int, ...]) -> Population:
    """Labels of items that have a gold label; strata: reviewers by how much they worked."""
    place = shared / "data" / folder
    many = "labels" if folder == "moderation_crowd" else "answers"
    labels = pa.csv.read_csv(place / f"{name}_{many}.csv.gz").to_pydict()
    truths = pa.csv.read_csv(place / f"{name}_{'gold' if many == 'labels' else 'truth'}.csv").to_pydict()
    gold = dict(zip(truths["item"], truths["truth"], strict=True))
    work = Counter(labels["worker"])
    rows = [
        (int(np.searchsorted(ends, work[worker])), label, gold[item])
        for item, worker, label in zip(labels["item"], labels["worker"], labels["label"], strict=True)
        if item in gold
    ]
    strata, decisions, verdicts = zip(*rows, strict=True)
    return counted(name, strata, decisions, verdicts, violating)


def made(seed: int) -> Population:
    """A population by chance: 3 to 8 strata of 200 to 20,000 cases, acted on and wrong to degrees of their own."""
    random = np.random.default_rng([20_261_129, seed])
    rows = []
    for _ in range(int(random.integers(3, 9))):
        cases = int(200 * 100 ** random.random())
        acts, wrong = random.uniform(0.05, 0.6), random.uniform(0.1, 0.6)
        shares = [acts * (1 - wrong), (1 - acts) * (1 - wrong), acts * wrong * 0.8, (1 - acts) * wrong * 0.9,
                  acts * wrong * 0.2, (1 - acts) * wrong * 0.1]  # fmt: skip
        rows.append(random.multinomial(cases, shares))
    return Population(f"made {seed}", np.array(rows, np.int64))


def other_files(shared: Path) -> list[Path]:
    """All files that `others` reads."""
    data = shared / "data"
    return [
        *(data / "moderation_crowd" / f"hitspam_{each}" for each in ("labels.csv.gz", "gold.csv")),
        *(
            data / "truth_inference" / f"{name}_{each}"
            for name in ("bluebird", "d_product", "dog")
            for each in ("answers.csv.gz", "truth.csv")
        ),
    ]


def others(shared: Path) -> list[Population]:
    """Populations that no constant of the library was chosen on: four crowds, and four made by chance."""
    return [
        crowd(shared, "moderation_crowd", "hitspam", {"YES"}, (100, 1_000)),
        crowd(shared, "truth_inference", "bluebird", {1}, (107,)),
        crowd(shared, "truth_inference", "d_product", {1}, (50, 200, 400)),
        crowd(shared, "truth_inference", "dog", {2, 3}, (50, 100)),
        *(made(seed) for seed in range(4)),
    ]


def data_files(shared: Path) -> list[Path]:
    """All files that `read` reads."""
    data = shared / "data"
    return [
        data / "dices350" / "ratings.csv.gz",
        data / "dices350" / "items.csv",
        *(data / "truth_inference" / f"zencrowd_{site}.csv.gz" for site in ("us", "in")),
        data / "moderation_crowd" / "adult2_labels.csv.gz",
        data / "moderation_crowd" / "adult2_gold.csv.gz",
    ]


def read(shared: Path) -> list[Population]:
    return [dices(shared), zencrowd(shared), adult(shared), operation()]
