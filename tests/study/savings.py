"""What planning saves: audits for the same half-width in every slice, flat against planned, and planned with a judge.

    .venv/bin/python tests/study/savings.py [--redraws 200] [--shared DIR]

prints one table. For each operation, half-widths are wished for the overall score and for every slice of its columns:

* flat: the smallest x % of all decisions, drawn without strata, that keeps every wish;
* planned: the cheapest allocation over the strata, `assay.plan(..., strata=...)`;
* planned with a judge: the same wishes for the difference estimator: the judge's mean over all cases, plus the judge's
  mean error among the audited. What counts for it is the variance that the judge leaves, about (1 - R^2) of the errors'
  variance, R^2 being the squared correlation of judge and error; R^2 is shown as a pilot of 500 audits finds it.

Every number is verified by redraws: `kept` is the widest mean half-width found, over the wish (at most 1 where promises
are kept; each is the mean over the redraws of one slice), and `holds` how often the 95 % intervals hold the truth, the
mean over slices. Error rates, and what the judge leaves of them, are taken as known by stratum, as last week's audits
would have them. The intervals with a judge are normal ones, which hold less often where few errors are left.

Operations: the bundled example (judges that catch a stated part of the errors and raise a stated share of false
alarms); zencrowd, two pools of workers (judge: whether most of the other answers to the item differ); adult2, labels of
web pages by workers on the pages with a gold label (the same judge). A judge predicts the error rate of the cases that
it flags alike, as a judge that was calibrated on audits would. Real data lie in $ASSAY_SHARED, or in `shared` beside
the repository, and are skipped where absent.
"""

from __future__ import annotations

import argparse
import os
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
from numpy.typing import NDArray

import assay
from assay import allocation, example

Reals = NDArray[np.float64]
Z = 1.959963984540054
KEY = "what planning saves"
PILOT = 500


@dataclass(frozen=True, slots=True)
class Operation:
    """Decisions whose errors are known, the columns that name slices, and what is wished of them."""

    name: str
    columns: dict[str, NDArray[Any]]
    wrong: NDArray[np.bool_]
    judge: Reals  # predicted chance of an error
    wishes: dict[str, float]  # half-widths: overall, and each column

    @property
    def by(self) -> list[str]:
        return list(self.columns)

    def table(self) -> pa.Table:
        label = np.where(self.wrong, "b", "a")  # the verdict is always "a"
        return pa.table({"case": np.arange(len(self.wrong)), "graded": label, **self.columns})

    def strata(self) -> tuple[list[tuple[Any, ...]], NDArray[np.int64]]:
        """The combinations of all columns, sorted, and the combination of each row."""
        rows = list(zip(*(values.tolist() for values in self.columns.values()), strict=True))
        names = sorted(set(rows))
        place = {name: at for at, name in enumerate(names)}
        return names, np.array([place[row] for row in rows])

    def slices(self) -> dict[tuple[str, Any], tuple[NDArray[np.bool_], float]]:
        """Every slice with a wish: which rows are in it, and the wish."""
        out: dict[tuple[str, Any], tuple[NDArray[np.bool_], float]] = {}
        for column, wish in self.wishes.items():
            if column == "overall":
                out[column, "all"] = np.ones(len(self.wrong), bool), wish
            else:
                for value in np.unique(self.columns[column]):
                    out[column, value.item()] = self.columns[column] == value, wish
        return out


# --- operations -----------------------------------------------------------------------------------------------------


def invented(catches: float, alarms: float) -> Operation:
    """The bundled example, with a judge that flags a share of the errors and a share of the rest."""
    made = example.operation(seed=7, flavour="pyarrow")
    decided = np.array(made.decisions["decision"].to_pylist())
    scored = ~np.isin(decided, list(example.undecided))
    truth = np.array(made.truth["true_label"].to_pylist())
    wrong = (decided != truth)[scored]
    columns = {name: np.array(made.decisions[name].to_pylist())[scored] for name in ("queue", "site")}
    luck = np.random.default_rng(5).random(len(wrong))
    flagged = luck < np.where(wrong, catches, alarms)
    judge = np.where(flagged, wrong[flagged].mean(), wrong[~flagged].mean())
    name = f"example, judge catches {catches:.0%}, {alarms:.0%} false alarms"
    return Operation(name, columns, wrong, judge, {"overall": 0.01, "queue": 0.03, "site": 0.03})


def _others_differ(items: Sequence[Any], labels: Sequence[Any]) -> Reals:
    """For each answer, the share of the other answers to its item that differ: 1/2 where there are none."""
    votes: defaultdict[Any, Counter[Any]] = defaultdict(Counter)
    for item, label in zip(items, labels, strict=True):
        votes[item][label] += 1
    out = []
    for item, label in zip(items, labels, strict=True):
        others = sum(votes[item].values()) - 1
        top = max((n - (each == label), each != label) for each, n in votes[item].items())
        out.append(0.5 if others == 0 else float(top[1]))
    return np.array(out)


def _calibrated(flag: Reals, wrong: NDArray[np.bool_]) -> Reals:
    """The error rate among answers with the same flag."""
    return np.select([flag == value for value in np.unique(flag)], [wrong[flag == v].mean() for v in np.unique(flag)])


def zencrowd(shared: Path) -> Operation:
    """Both pools' answers; sites are the pools, bands the length of the item's name."""
    parts = [pa.csv.read_csv(shared / f"data/truth_inference/zencrowd_{site}.csv.gz") for site in ("us", "in")]
    site = np.repeat(["us", "in"], [len(part) for part in parts])
    items, labels, truth = (
        np.concatenate([np.array(part[c].to_pylist()) for part in parts]) for c in ("item", "label", "truth")
    )
    wrong = labels != truth
    judge = _calibrated(_others_differ(items.tolist(), labels.tolist()), wrong)
    return Operation(
        "zencrowd, judge: majority of the others",
        {"site": site, "answer": labels.astype(str)},
        wrong,
        judge,
        {"overall": 0.02, "site": 0.03, "answer": 0.03},
    )


def adult2(shared: Path) -> Operation:
    """Labels of the pages that have a gold one, by the label given."""
    folder = shared / "data/moderation_crowd"
    gold_rows = pa.csv.read_csv(folder / "adult2_gold.csv.gz")
    gold = dict(zip(gold_rows["item"].to_pylist(), gold_rows["truth"].to_pylist(), strict=True))
    rows = pa.csv.read_csv(folder / "adult2_labels.csv.gz")
    known = [
        (item, label)
        for item, label in zip(rows["item"].to_pylist(), rows["label"].to_pylist(), strict=True)
        if item in gold
    ]
    items, labels = zip(*known, strict=True)
    wrong = np.array([gold[item] != label for item, label in known])
    judge = _calibrated(_others_differ(items, labels), wrong)
    return Operation(
        "adult2, judge: majority of the others",
        {"label": np.array(labels)},
        wrong,
        judge,
        {"overall": 0.03, "label": 0.06},
    )


# --- audits ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a design takes, and what its redraws found."""

    audits: int
    kept: float
    holds: float


def _known_rates(operation: Operation) -> dict[tuple[Any, ...], float]:
    names, stratum = operation.strata()
    held = np.bincount(stratum, minlength=len(names))
    rates = np.bincount(stratum, operation.wrong, minlength=len(names)) / held
    return dict(zip(names, rates.tolist(), strict=True))


def by_score(operation: Operation, redraws: int, strata: list[str], how: str) -> Outcome:
    """A plan by wish, drawn and scored again and again through the public names."""
    frame = assay.frame(operation.table(), case="case", decision="graded", by=operation.by)
    table = {name: [key[at] for key in _known_rates(operation)] for at, name in enumerate(operation.by)}
    expected = {**table, "rate": list(_known_rates(operation).values())}
    plan = assay.plan(frame, half_width=operation.wishes, strata=strata, allocation=how, expected=expected)
    slices = operation.slices()
    width = dict.fromkeys(slices, 0.0)
    holds = dict(width)
    groupings: list[list[str]] = [[], *([name] for name in operation.by)]
    for draw in range(redraws):
        sample = plan.draw(key=KEY, period=str(draw))
        audits = pa.table({"case": sample.column("case"), "verdict": ["a"] * len(sample)})
        scores = assay.score(sample, audits, verdict="verdict", by=groupings)
        for row in scores.records():
            fixed = [(name, row[name]) for name in operation.by if row[name] is not None]
            key = fixed[0] if fixed else ("overall", "all")
            width[key] += (row["upper"] - row["lower"]) / 2
            truth = 1 - operation.wrong[slices[key][0]].mean()
            holds[key] += row["lower"] <= truth <= row["upper"]
    return Outcome(
        plan.size,
        max(width[key] / redraws / wish for key, (_, wish) in slices.items()),
        float(np.mean(list(holds.values()))) / redraws,
    )


def by_judge(operation: Operation, redraws: int) -> tuple[Outcome, float]:
    """The planner's sizes for the residuals of a judge; drawn and estimated again and again. Also the pilot's R^2."""
    rng = np.random.default_rng(1)
    names, stratum = operation.strata()
    held = np.bincount(stratum, minlength=len(names))
    wrong, judge = operation.wrong.astype(float), operation.judge
    pilot = rng.choice(len(wrong), min(PILOT, len(wrong) // 4), replace=False)
    r2 = float(np.corrcoef(wrong[pilot], judge[pilot])[0, 1] ** 2)
    left = wrong - judge
    mean_left = np.bincount(stratum, left, minlength=len(names)) / held
    residual = np.maximum(np.bincount(stratum, left**2, minlength=len(names)) / held - mean_left**2, 1e-6)
    slices = operation.slices()
    part = np.array([np.bincount(stratum[rows], minlength=len(names)) / rows.sum() for rows, _ in slices.values()])
    wishes = np.array([wish for _, wish in slices.values()])
    found = allocation.for_domains(held, variance=part**2 * residual, limit=(wishes / Z) ** 2, minimum=10)
    sizes = np.asarray(found.sizes)
    rows_of = [np.flatnonzero(stratum == h) for h in range(len(names))]
    base = np.array([judge[rows].mean() for rows, _ in slices.values()])
    truth = np.array([wrong[rows].mean() for rows, _ in slices.values()])
    width, holds = np.zeros(len(slices)), np.zeros(len(slices))
    for _ in range(redraws):
        mean, variance = np.zeros(len(names)), np.zeros(len(names))
        for h, rows in enumerate(rows_of):
            drawn = rng.choice(rows, sizes[h], replace=False)
            error = wrong[drawn] - judge[drawn]
            mean[h] = error.mean()
            variance[h] = (1 - sizes[h] / held[h]) * error.var(ddof=1) / sizes[h] if sizes[h] < held[h] else 0.0
        half = Z * np.sqrt(part**2 @ variance)
        width += half
        holds += np.abs(base + part @ mean - truth) <= half
    return Outcome(int(sizes.sum()), float((width / redraws / wishes).max()), float(holds.mean() / redraws)), r2


def studied(operation: Operation, redraws: int) -> list[list[str]]:
    """The rows of the table for one operation."""
    flat = by_score(operation, redraws, [], "proportional")
    planned = by_score(operation, redraws, operation.by, "optimal")
    judged, r2 = by_judge(operation, redraws)
    rows = []
    for how, each in (
        (f"flat {flat.audits / len(operation.wrong):.1%}", flat),
        ("planned", planned),
        (f"planned, judge R² {r2:.2f}", judged),
    ):
        share = f"{each.audits / flat.audits:.0%}"
        rows.append([operation.name, how, f"{each.audits:,}", share, f"{each.kept:.3f}", f"{each.holds:.3f}"])
    return rows


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--redraws", type=int, default=200)
    beside = Path(os.environ.get("ASSAY_SHARED", "") or Path(__file__).parents[3] / "shared")
    parser.add_argument("--shared", type=Path, default=beside, help="folder that holds data/ (default: %(default)s)")
    options = parser.parse_args(arguments)
    operations = [invented(0.6, 0.02), invented(0.9, 0.01)]
    if (options.shared / "data").is_dir():
        operations += [zencrowd(options.shared), adult2(options.shared)]
    else:
        print(f"no {options.shared / 'data'}: zencrowd and adult2 are left out")
    head = ["operation", "design", "audits", "of flat", "kept", "holds"]
    rows = [row for each in operations for row in studied(each, options.redraws)]
    widths = [max(len(row[at]) for row in (head, *rows)) for at in range(len(head))]
    for row in (head, ["-" * width for width in widths], *rows):
        print("  ".join(f"{cell:{'>' if at > 1 else '<'}{widths[at]}}" for at, cell in enumerate(row)).rstrip())
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
