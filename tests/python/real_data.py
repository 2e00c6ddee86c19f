"""The main job on real decisions: what the intervals and comparisons do on queues whose truth is known.

    .venv/bin/python tests/python/real_data.py [--shared DIR]

prints three tables:

* `zencrowd_us` and `zencrowd_in`, two sites that answered one workload: how often the 95% interval of an audit of 400
  answers holds the accuracy of the whole pool, beside the coverage that enumeration of all possible audits gives;
* the same two sites compared, two halves of one site compared, and one site compared with itself a period later: how
  often a difference is found, beside the chance by enumeration;
* `dices350`, 123 reviewers of 350 conversations: their majority and each of them against experts.

Everything runs through the public names: `assay.frame`, `assay.plan`, `plan.draw`, `assay.score`, `assay.compare`,
`assay.interval`. The data lie in $ASSAY_SHARED, or else in `shared` beside the repository; none of them is part of it.
"""

from __future__ import annotations

import argparse
import math
import os
import statistics
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
from numpy.typing import NDArray

import assay
from assay import interval

SITES = ("us", "in")
AUDITED = 400
REDRAWS = 4_000
KEY = "real decisions, drawn again and again"
SEED = 20_261_122
NO_DIFFERENCE = "no difference shown"

Shares = NDArray[np.float64]
Counts = NDArray[np.int64]


def shared_folder() -> Path:
    """Where the data lie that are no part of the project."""
    return Path(os.environ.get("ASSAY_SHARED", "") or Path(__file__).parents[3] / "shared")


def data_files(shared: Path) -> list[Path]:
    """All files that the study reads."""
    data = shared / "data"
    return [
        *(data / "truth_inference" / f"zencrowd_{site}.csv.gz" for site in SITES),
        data / "dices350" / "ratings.csv.gz",
        data / "dices350" / "items.csv",
    ]


# --- the chances, by enumeration ------------------------------------------------------------------------------------


def hypergeometric_chances(population: int, successes: int, drawn: int) -> Shares:
    """The chance of 0, 1, ... `drawn` successes in a simple random sample."""

    def log_choose(n: int, k: int) -> float:
        return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)

    out = np.zeros(drawn + 1)
    for found in range(max(0, drawn - population + successes), min(drawn, successes) + 1):
        chosen = log_choose(successes, found) + log_choose(population - successes, drawn - found)
        out[found] = math.exp(chosen - log_choose(population, drawn))
    return out


def exact_coverage(population: int, successes: int, drawn: int) -> float:
    """How often the exact limits hold the truth: the sum over all results that an audit can have."""
    lower, upper = interval.hypergeometric(np.arange(drawn + 1), drawn, population=population)
    holds = (lower <= successes) & (successes <= upper)
    return float(hypergeometric_chances(population, successes, drawn)[holds].sum())


def _corrected(found: Counts, drawn: int) -> tuple[Shares, Shares]:
    """Wilson's limits with the correction for continuity."""
    p, n = found / drawn, drawn
    z2 = statistics.NormalDist().inv_cdf(0.975) ** 2
    low = np.sqrt(np.maximum(0.0, z2 * (z2 - 2 - 1 / n + 4 * p * (n * (1 - p) + 1))))
    high = np.sqrt(np.maximum(0.0, z2 * (z2 + 2 - 1 / n + 4 * p * (n * (1 - p) - 1))))
    lower = np.where(found == 0, 0.0, (2 * n * p + z2 - 1 - low) / (2 * (n + z2)))
    upper = np.where(found == n, 1.0, (2 * n * p + z2 + 1 + high) / (2 * (n + z2)))
    return lower, upper


def hybrid_score_limits(a: int | Counts, drawn_a: int, b: int | Counts, drawn_b: int) -> tuple[Shares, Shares]:
    """Newcombe's hybrid score interval of the difference of two shares, corrected for continuity (his method 11)."""
    a, b = np.atleast_1d(a), np.atleast_1d(b)
    lower_a, upper_a = _corrected(a, drawn_a)
    lower_b, upper_b = _corrected(b, drawn_b)
    share_a, share_b = a / drawn_a, b / drawn_b
    below = np.hypot(share_a - lower_a, upper_b - share_b)
    above = np.hypot(upper_a - share_a, share_b - lower_b)
    return share_a - share_b - below, share_a - share_b + above


def hybrid_score_standings(drawn: int) -> Counts:
    """What that interval says about all pairs of results: 1 above zero, -1 below, 0 around it."""
    results = np.arange(drawn + 1)
    a, b = (each.ravel() for each in np.meshgrid(results, results, indexing="ij"))
    lower, upper = hybrid_score_limits(a, drawn, b, drawn)
    return ((lower > 0).astype(np.int64) - (upper < 0)).reshape(drawn + 1, drawn + 1)


def chance_between_sites(a: Shares, b: Shares, standings: Counts, wanted: int) -> float:
    """The chance of one standing for audits of two sites, which are independent."""
    return float(np.outer(a, b)[standings == wanted].sum())


def chance_between_halves(population: int, successes: int, standings: Counts) -> float:
    """The chance that a difference is found between two halves of one site.

    Over random halves the two audits are two disjoint simple random samples of the site, whatever the halves' sizes.
    """
    drawn = len(standings) - 1
    out = 0.0
    for together, chance in enumerate(hypergeometric_chances(population, successes, 2 * drawn)):
        if chance < 1e-15:
            continue
        first = np.arange(max(0, together - drawn), min(drawn, together) + 1)
        chances = hypergeometric_chances(2 * drawn, together, drawn)[first]
        out += float(chance) * float(chances[standings[first, together - first] != 0].sum())
    return out


def monte_carlo_error(chance: float, redraws: int) -> float:
    return math.sqrt(chance * (1 - chance) / redraws)


# --- two sites, one workload ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Site:
    """The answers of one pool. The case is the row: a worker may answer an item twice.

    One thread draws: a second costs more than it brings with so few rows, above all on a busy machine.
    """

    name: str
    answers: pa.Table
    truth: dict[str, int]

    @classmethod
    def read(cls, shared: Path, name: str) -> Site:
        rows = pa.csv.read_csv(shared / "data" / "truth_inference" / f"zencrowd_{name}.csv.gz")
        cases = [f"{name}-{row:05d}" for row in range(1, len(rows) + 1)]
        answers = pa.table({"case": cases, "label": rows["label"].combine_chunks()})
        return cls(name, answers, dict(zip(cases, rows["truth"].to_pylist(), strict=True)))

    @property
    def population(self) -> int:
        return len(self.answers)

    @property
    def right(self) -> int:
        pairs = zip(self.answers["label"].to_pylist(), self.truth.values(), strict=True)
        return sum(label == truth for label, truth in pairs)

    def plan(self, rows: Counts | None = None) -> assay.Plan:
        """The plan of an audit of the site, or of some of its rows."""
        answers = self.answers if rows is None else self.answers.take(pa.array(rows))
        return assay.plan(assay.frame(answers, case="case", decision="label", threads=1), size=AUDITED)

    def audit(self, plan: assay.Plan, period: str) -> assay.Scores:
        """One audit from draw to score."""
        sample = plan.draw(key=KEY, period=period, threads=1)
        drawn = sample.column("case")
        audits = pa.table({"case": drawn, "verdict": [self.truth[case] for case in drawn]})
        return assay.score(sample, audits, verdict="verdict")


@dataclass(frozen=True, slots=True)
class SiteAudits:
    """All redraws of one site."""

    site: Site
    right: int
    estimates: NDArray[np.float64]
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]
    methods: frozenset[str]

    @property
    def truth(self) -> float:
        return self.right / self.site.population

    @property
    def counts(self) -> NDArray[np.int64]:
        """Right answers among the audited."""
        return np.rint(self.estimates * AUDITED).astype(np.int64)

    @property
    def covered(self) -> float:
        """Compared in whole answers, as limits and truth are."""
        whole = self.site.population
        holds = (np.rint(self.lower * whole) <= self.right) & (self.right <= np.rint(self.upper * whole))
        return float(holds.mean())

    @property
    def exact(self) -> float:
        return exact_coverage(self.site.population, self.right, AUDITED)


@dataclass(frozen=True, slots=True)
class Compared:
    """How often a comparison found a difference, and how often it should have."""

    what: str
    standings: tuple[str, ...]
    exact_better: float | None
    exact_worse: float | None
    unlike_enumeration: int = 0  # redraws whose standing is not the one that enumeration has for the same counts

    @property
    def redraws(self) -> int:
        return len(self.standings)

    def share(self, *standings: str) -> float:
        return sum(each in standings for each in self.standings) / self.redraws

    @property
    def found(self) -> float:
        return self.share("better", "worse")

    @property
    def exact_found(self) -> float | None:
        return None if self.exact_better is None or self.exact_worse is None else self.exact_better + self.exact_worse


@dataclass(frozen=True, slots=True)
class Study:
    """What redrawing both sites showed."""

    redraws: int
    audits: dict[str, SiteAudits]
    between_sites: Compared
    between_halves: dict[str, Compared]
    between_periods: dict[str, Compared]
    seconds: dict[str, float]


def _standing(a: assay.Scores, b: assay.Scores) -> str:
    return str(assay.compare(a, b).column("standing")[0])


def _unlike(standings: Sequence[str], a: NDArray[np.int64], b: NDArray[np.int64], expected: Counts) -> int:
    signs = np.array([{"better": 1, "worse": -1, NO_DIFFERENCE: 0}[each] for each in standings])
    return int((signs != expected[a, b]).sum())


def two_sites(shared: Path, redraws: int = REDRAWS) -> Study:
    """Audits both sites `redraws` times, compares them, and compares each with itself."""
    standings = hybrid_score_standings(AUDITED)
    sites = {name: Site.read(shared, name) for name in SITES}
    seconds: dict[str, float] = {}

    begun = time.perf_counter()
    scores: dict[str, list[assay.Scores]] = {}
    for name, site in sites.items():
        plan = site.plan()
        scores[name] = [site.audit(plan, f"redraw {redraw}") for redraw in range(redraws)]
    seconds["an audit, from draw to score"] = (time.perf_counter() - begun) / (2 * redraws)

    audits = {}
    for name, site in sites.items():
        columns = {
            column: np.array([each.column(column)[0] for each in scores[name]])
            for column in ("estimate", "lower", "upper", "method")
        }
        audits[name] = SiteAudits(
            site,
            site.right,
            columns["estimate"],
            columns["lower"],
            columns["upper"],
            frozenset(columns["method"].tolist()),
        )

    begun = time.perf_counter()
    found = tuple(_standing(a, b) for a, b in zip(scores["us"], scores["in"], strict=True))
    seconds["a comparison"] = (time.perf_counter() - begun) / redraws
    us, in_ = (hypergeometric_chances(audits[name].site.population, audits[name].right, AUDITED) for name in SITES)
    between_sites = Compared(
        "us - in",
        found,
        chance_between_sites(us, in_, standings, 1),
        chance_between_sites(us, in_, standings, -1),
        _unlike(found, audits["us"].counts, audits["in"].counts, standings),
    )

    between_periods = {}
    for name in SITES:
        pairs = zip(scores[name][0::2], scores[name][1::2], strict=True)
        between_periods[name] = Compared(f"{name}, two periods", tuple(_standing(a, b) for a, b in pairs), None, None)

    begun = time.perf_counter()
    between_halves = {}
    random = np.random.default_rng(SEED)
    for name, site in sites.items():
        found_here, counts = [], []
        for redraw in range(redraws):
            rows = random.permutation(site.population)
            middle = site.population // 2
            a, b = (site.audit(site.plan(half), f"halves {redraw}") for half in (rows[:middle], rows[middle:]))
            found_here.append(_standing(a, b))
            counts.append([round(each.column("estimate")[0] * AUDITED) for each in (a, b)])
        first, second = np.array(counts).T
        either = chance_between_halves(site.population, audits[name].right, standings) / 2
        between_halves[name] = Compared(
            f"{name}, two halves", tuple(found_here), either, either, _unlike(found_here, first, second, standings)
        )
    seconds["two halves, from table to comparison"] = (time.perf_counter() - begun) / (2 * redraws)
    return Study(redraws, audits, between_sites, between_halves, between_periods, seconds)


# --- reviewers against experts --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Reviewers:
    """The majority and each reviewer of dices350 against the experts' answer."""

    majority: assay.Scores
    flagged: int
    tied: int
    reviewers: assay.Scores
    decided_only: assay.Scores  # with Unsure as undecided


def reviewers_against_experts(shared: Path) -> Reviewers:
    """`Unsure` is a label that the experts never give: an answer, and a wrong one. Ties go to the smallest label."""
    folder = shared / "data" / "dices350"
    ratings = pa.csv.read_csv(folder / "ratings.csv.gz")
    items = pa.csv.read_csv(folder / "items.csv")
    gold = dict(zip(items["item_id"].to_pylist(), items["unsafe_gold"].to_pylist(), strict=True))
    answers = ratings.append_column("gold", pa.array([gold[item] for item in ratings["item_id"].to_pylist()]))
    benign = ["No", "Unsure"]

    votes: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for item, answer in zip(answers["item_id"].to_pylist(), answers["unsafe"].to_pylist(), strict=True):
        votes[item][answer] += 1
    winners = {
        item: sorted(label for label, n in each.items() if n == max(each.values())) for item, each in votes.items()
    }
    majority = pa.table(
        {
            "item_id": list(winners),
            "majority": [each[0] for each in winners.values()],
            "gold": [gold[item] for item in winners],
        }
    )
    metrics = ("recall", "specificity", "accuracy")
    return Reviewers(
        majority=assay.score(
            majority, decision="majority", verdict="gold", metrics=metrics, violating=["Yes"], not_violating=benign
        ),
        flagged=sum(each[0] == "Yes" for each in winners.values()),
        tied=sum(len(each) > 1 for each in winners.values()),
        reviewers=assay.score(
            answers, decision="unsafe", verdict="gold", by=["rater"], violating=["Yes"], not_violating=benign
        ),
        decided_only=assay.score(answers, decision="unsafe", verdict="gold", by=["rater"], undecided=["Unsure"]),
    )


# --- the tables -----------------------------------------------------------------------------------------------------


def show(title: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A table: the first column to the left, numbers to the right."""
    widths = [max(len(row[at]) for row in (header, *rows)) for at in range(len(header))]
    print(f"\n{title}\n")
    for row in (header, ["-" * width for width in widths], *rows):
        print("  " + "  ".join(f"{cell:{'>' if at else '<'}{widths[at]}}" for at, cell in enumerate(row)).rstrip())


def show_study(study: Study) -> None:
    rows = []
    for name, audits in study.audits.items():
        error = monte_carlo_error(audits.exact, study.redraws)
        rows.append(
            [
                f"zencrowd_{name}",
                f"{audits.site.population:,}",
                f"{audits.right:,}",
                f"{audits.truth:.4f}",
                " ".join(sorted(audits.methods)),
                f"{audits.covered:.4f}",
                f"{audits.exact:.4f}",
                f"{(audits.covered - audits.exact) / error:+.2f}",
            ]
        )
    show(
        f"Accuracy from {AUDITED} audits, {study.redraws:,} redraws: how often the 95% interval holds the pool's",
        ["site", "answers", "right", "accuracy", "method", "covered", "by enumeration", "Monte-Carlo errors apart"],
        rows,
    )
    rows = []
    for each in (study.between_sites, *study.between_halves.values(), *study.between_periods.values()):
        exact = each.exact_found
        apart = "" if exact is None else f"{(each.found - exact) / monte_carlo_error(exact, each.redraws):+.2f}"
        rows.append(
            [
                each.what,
                f"{each.redraws:,}",
                f"{each.share('better'):.4f}",
                f"{each.share('worse'):.4f}",
                f"{each.found:.4f}",
                "" if exact is None else f"{exact:.4f}",
                apart,
            ]
        )
    show(
        f"Comparisons of {AUDITED} audits with {AUDITED}: how often a difference is found",
        ["a - b", "redraws", "better", "worse", "either", "by enumeration", "Monte-Carlo errors apart"],
        rows,
    )
    show(
        "What it took",
        ["step", "milliseconds"],
        [[what, f"{1000 * each:.3f}"] for what, each in study.seconds.items()],
    )


def show_reviewers(found: Reviewers) -> None:
    metrics = found.majority.column("metric")
    rows = []
    for at, metric in enumerate(metrics):
        share, numerator, denominator, lower, upper = (
            found.majority.column(name)[at] for name in ("estimate", "numerator", "denominator", "lower", "upper")
        )
        rows.append(
            [
                f"majority, {metric}",
                f"{numerator:.0f} / {denominator:.0f}",
                f"{share:.4f}",
                f"{lower:.4f}",
                f"{upper:.4f}",
            ]
        )
    show(
        f"dices350, majority of 123 against experts: {found.flagged} of 350 flagged; {found.tied} ties, smallest first",
        ["", "cases", "estimate", "lower", "upper"],
        rows,
    )
    rows = []
    for name, scores in (("Unsure is wrong", found.reviewers), ("Unsure is undecided", found.decided_only)):
        accuracy = np.array(scores.column("estimate"))
        rows.append(
            [name, str(len(accuracy)), *(f"{each:.4f}" for each in (accuracy.min(), accuracy.max(), accuracy.mean()))]
        )
    show("dices350, each reviewer's accuracy against experts", ["", "reviewers", "min", "max", "mean"], rows)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="The main job on real decisions whose truth is known.")
    parser.add_argument(
        "--shared", type=Path, default=shared_folder(), help="folder that holds data/ (default: %(default)s)"
    )
    shared = parser.parse_args(arguments).shared
    absent = [str(file) for file in data_files(shared) if not file.exists()]
    if absent:
        print("no such file: " + ", ".join(absent) + "; name the folder with --shared or ASSAY_SHARED", file=sys.stderr)
        return 3
    show_study(two_sites(shared))
    show_reviewers(reviewers_against_experts(shared))
    return 0


if __name__ == "__main__":
    sys.exit(main())
