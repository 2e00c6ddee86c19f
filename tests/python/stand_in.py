"""A stand-in for the core's table, and a made-up operation to draw and print: 6 queues x 4 sites, 60 reviewers."""

from __future__ import annotations

import math
import random
from typing import Any

import pyarrow as pa

from assay.results import Comparison, ComparisonContext, MetricDefinition, ScoreContext, Scores

HOSTILE = "<script>alert('x')</script>\"&=cmd|' /C calc'!A0 \u202e\u05e9\u05dc\u05d5\u05dd " + "x" * 10_000
FLOATS = [
    "estimate",
    "standard_error",
    "lower",
    "upper",
    "confidence",
    "n_effective",
    "numerator",
    "denominator",
    "target",
    "response_rate",
    "worst_case_lower",
    "worst_case_upper",
    "difference",
    "estimate_a",
    "estimate_b",
    "margin",
]
INTS = ["n", "n_a", "n_b", "audits_needed"]
METRICS = (
    MetricDefinition("accuracy", "Accuracy", "decisions that the auditor would have made alike", "all decisions"),
    MetricDefinition(
        "over_enforcement",
        "Over-enforcement",
        "decisions against content that should have been left alone",
        "all decisions",
        "lower",
    ),
    MetricDefinition("leakage", "Leakage", "decisions that left violating content up", "all decisions", "lower"),
    MetricDefinition(
        "precision", "Precision", "enforcements that were right", "decisions against content (known from the frame)"
    ),
    MetricDefinition("recall", "Recall", "violating cases that were acted on", "cases that truly violate (estimated)"),
)
QUEUES = ("toys", "cosmetics", "counterfeit", "livestream", "reviews", "prohibited goods")
SITES = ("Lisbon", "Manila", "Krakow", "Bogota")


class Table:
    """The protocol of `assay._core.Table`, over Python lists."""

    def __init__(self, columns: dict[str, list[Any]]) -> None:
        self._columns = columns

    @property
    def column_names(self) -> list[str]:
        return list(self._columns)

    def __len__(self) -> int:
        return len(next(iter(self._columns.values()), []))

    def column(self, name: str) -> list[Any]:
        return list(self._columns[name])

    def to_pydict(self) -> dict[str, list[Any]]:
        return {name: list(values) for name, values in self._columns.items()}

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        types_ = {**dict.fromkeys(FLOATS, pa.float64()), **dict.fromkeys(INTS, pa.int64())}
        arrays = {name: pa.array(values, types_.get(name)) for name, values in self._columns.items()}
        return pa.table(arrays).__arrow_c_stream__(requested_schema)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Table) and self._columns == other._columns


def wilson(x: float, n: int, z: float = 1.959963984540054) -> tuple[float, float]:
    p, d = x / n, 1 + z * z / n
    centre, spread = (p + z * z / (2 * n)) / d, z / d * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return max(0.0, centre - spread), min(1.0, centre + spread)


def row(
    metric: str, errors: int, n: int, target: float | None = None, *, response: float | None = None
) -> dict[str, Any]:
    """A row as the scorer makes it: `errors` of `n` audits go against a quality, or for an error rate."""
    weight = 20.0
    found = n - errors if metric in ("accuracy", "precision", "recall") else errors
    lower, upper = wilson(found, n) if n else (0.0, 1.0)
    standing = None
    if target is not None and n and (response is None or response >= 0.9):
        good = metric in ("accuracy", "precision", "recall")
        standing = "open" if lower <= target <= upper else "met" if (lower > target) == good else "missed"
    return {
        "metric": metric,
        "estimate": found / n if n else None,
        "standard_error": math.sqrt(found / n * (1 - found / n) / n) if n else None,
        "lower": lower,
        "upper": upper,
        "confidence": 0.95,
        "n": n,
        "n_effective": n * 0.97,
        "numerator": found * weight,
        "denominator": n * weight,
        "method": "wilson",
        "design": "stratified by queue, without replacement",
        "about": "process",
        "basis": "measured" if response is None else "modelled",
        "target": target,
        "standing": standing,
        "audits_needed": 4 * n if standing == "open" else None,
        "response_rate": response,
        "worst_case_lower": lower * 0.9 if response is not None else None,
        "worst_case_upper": min(1.0, upper * 1.05) if response is not None else None,
    }


def table(rows: list[dict[str, Any]], by: tuple[str, ...]) -> Table:
    names = [*by, *(name for name in rows[0] if name not in by)]
    return Table({name: [r.get(name) for r in rows] for name in names})


def operation(*, reviewers: int = 60, queues: tuple[str, ...] = QUEUES, flavour: str = "pyarrow") -> Scores:
    """A week's scorecard: total, each queue, each site, queue x site, each reviewer."""
    rng = random.Random(7)
    targets = {"accuracy": 0.95, "over_enforcement": 0.03, "leakage": 0.04, "precision": None, "recall": None}
    rate = {"accuracy": 1.0, "over_enforcement": 0.4, "leakage": 0.5, "precision": 1.3, "recall": 3.0}
    bad_queue = {q: 0.02 + 0.014 * i for i, q in enumerate(queues)}
    bad_site = {"Lisbon": 0.6, "Manila": 0.8, "Krakow": 1.0, "Bogota": 1.9}
    sizes = [400, 260, 150, 90, 38, 12]
    cells: list[dict[str, Any]] = []
    for i, queue in enumerate(queues):
        for j, site in enumerate(SITES):
            n = 0 if (queue, site) == (queues[-1], "Lisbon") else sizes[(i + j) % 6]
            for metric in targets:
                m = n if metric in ("accuracy", "over_enforcement", "leakage") else n // 3
                errors = sum(rng.random() < bad_queue[queue] * bad_site[site] * rate[metric] for _ in range(m))
                response = 0.84 if (queue, site) == (queues[2], "Manila") else None
                cells.append(
                    {
                        "queue": queue,
                        "site": site,
                        "reviewer": None,
                        "m": m,
                        "e": errors,
                        "r": response,
                        "metric": metric,
                    }
                )

    def rolled(key: str | None) -> list[dict[str, Any]]:
        out: dict[tuple[Any, str], dict[str, Any]] = {}
        for cell in cells:
            name = (cell[key] if key else None, cell["metric"])
            slot = out.setdefault(
                name,
                {"queue": None, "site": None, "reviewer": None, "m": 0, "e": 0, "r": None, "metric": cell["metric"]},
            )
            slot["m"] += cell["m"]
            slot["e"] += cell["e"]
            if key:
                slot[key] = cell[key]
        return list(out.values())

    people: list[dict[str, Any]] = []
    for k in range(reviewers):
        n, skill = rng.randint(8, 260), rng.choice([0.02, 0.04, 0.05, 0.06, 0.05])
        skill = 0.2 if k in (7, 31) else skill
        for metric in ("accuracy", "leakage"):
            errors = sum(rng.random() < skill * rate[metric] for _ in range(n))
            people.append(
                {
                    "queue": None,
                    "site": None,
                    "reviewer": f"rv-{k:03d}",
                    "m": n,
                    "e": errors,
                    "r": None,
                    "metric": metric,
                }
            )
    rows = [
        {
            "queue": c["queue"],
            "site": c["site"],
            "reviewer": c["reviewer"],
            **row(c["metric"], c["e"], c["m"], targets[c["metric"]], response=c["r"]),
        }
        for c in [*rolled(None), *rolled("queue"), *rolled("site"), *cells, *people]
    ]
    context = ScoreContext(
        by=("queue", "site", "reviewer"),
        groupings=((), ("queue",), ("site",), ("queue", "site"), ("reviewer",)),
        metrics=METRICS,
        about="process",
        period="2026-W47",
        reviewer="reviewer",
        source="decisions.parquet and audits.csv",
        notes=("The livestream queue changed its policy on Wednesday.",),
    )
    return Scores(table(rows, ("queue", "site", "reviewer")), flavour, context)  # type: ignore[arg-type]


def simple(*labels: str, by: tuple[str, ...] = ("queue",), flavour: str = "pyarrow") -> Scores:
    """A small score: accuracy of the given queues, with a target."""
    rows = (
        [{by[0]: label, **row("accuracy", 4 + i, 100 + i, 0.95)} for i, label in enumerate(labels)]
        if by
        else [row("accuracy", 4, 100, 0.95)]
    )
    context = ScoreContext(by=by, groupings=(by,), metrics=METRICS[:1])
    return Scores(table(rows, by), flavour, context)  # type: ignore[arg-type]


def comparison(*, by: tuple[str, ...] = ("queue",)) -> Comparison:
    """This week against last week: the total, one queue worse, one better, one the same, one unanswered."""
    rows: list[dict[str, Any]] = []
    changes: tuple[tuple[str | None, float | None, str | None], ...] = (
        (None, -0.004, "no difference shown"),
        ("toys", -0.04, "worse"),
        ("cosmetics", 0.03, "better"),
        ("reviews", 0.002, "no difference shown"),
        ("livestream", None, None),
    )
    for label, change, standing in changes:
        known, difference = change is not None, change or 0.0
        rows.append(
            {
                "queue": label,
                "metric": "accuracy",
                "difference": change,
                "standard_error": 0.009 if known else None,
                "lower": difference - 0.018 if known else None,
                "upper": difference + 0.018 if known else None,
                "confidence": 0.95,
                "estimate_a": 0.95 + difference if known else 0.9,
                "estimate_b": 0.95 if known else None,
                "n_a": 400,
                "n_b": 390 if known else 0,
                "method": "MOVER of Wilson limits",
                "about": "process",
                "margin": 0.01,
                "standing": standing,
                "audits_needed": 2600 if standing == "no difference shown" else None,
            }
        )
    context = ComparisonContext(by=by, metrics=METRICS[:1], label_a="2026-W47", label_b="2026-W46")
    return Comparison(table(rows, by), "pyarrow", context)
