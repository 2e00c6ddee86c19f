"""The charts of results that are neither scores nor comparisons: small slices, corrected scores, plans."""

from __future__ import annotations

from typing import Any

from assay._plan import Plan
from assay._plan_words import Slices, half_width_points, slice_words, wished_of
from assay.auditor_errors import Corrected
from assay.reports.parts import Forest, Mark
from assay.results import (
    Result,
    clean,
    domain,
    half_width,
    interval_words,
    labels_of,
    number,
    plural,
    show,
)
from assay.small_slices import Shrunk

MOST_ROWS = 40


def other_charts(result: Result) -> list[Forest]:
    """The charts of a result; none for tables that have none."""
    if isinstance(result, Shrunk):
        return _shrunk(result)
    if isinstance(result, Corrected):
        return _corrected(result)
    if isinstance(result, Plan):
        return _promised(list(result.slices().records()))
    return _promised(list(result.records())) if isinstance(result, Slices) else []


def key_of(result: Result) -> tuple[tuple[str, str], ...]:
    """What the signs of these charts mean, as pairs of sign and words."""
    if isinstance(result, Shrunk):
        return (("●", "adjusted score"), ("", "bar: interval"), ("", "dashed tick: own audits alone"))
    if isinstance(result, Corrected):
        return (("●", "score"), ("", "bar: interval"), ("", "* rests on a model"))
    return (("●", "half the width of the interval to expect"), ("", "dashed tick: what was wished"))


def _shrunk(result: Shrunk) -> list[Forest]:
    charts = []
    for (name, grouping), rows in result.rows_by_grouping().items():
        metric = result.context.metric(name)
        sign = -1 if metric.better == "lower" else 1
        kept = sorted(rows, key=lambda row: sign * float(row["estimate"]))[:MOST_ROWS]
        names = {column: labels_of([row[column] for row in rows]) for column in grouping}
        marks = [
            Mark(
                label=" · ".join(names[column][row[column]] for column in grouping),
                estimate=row["estimate"],
                lower=row["lower"],
                upper=row["upper"],
                shown=show(row["estimate"], metric.unit, half_width(row["lower"], row["upper"])),
                interval=interval_words(row["lower"], row["upper"], metric.unit),
                n=number(row["n"]),
                target=row["raw_estimate"],
            )
            for row in kept
        ]
        common = f"All together: {show(rows[0]['overall'], metric.unit)}." if rows else ""
        left = (
            f" {plural(len(rows) - len(kept), 'slice')} not drawn; the table has them." if len(rows) > len(kept) else ""
        )
        by = " and ".join(clean(column) for column in grouping)
        scale = domain([{**row, "target": row["raw_estimate"]} for row in kept])
        charts.append(
            Forest(f"{clean(metric.title)} by {by}", by, tuple(marks), scale, metric.unit, f"{common}{left}".strip())
        )
    return charts


def _corrected(result: Corrected) -> list[Forest]:
    charts = []
    for row in result.records():
        metric = result.context.metric(row["metric"])
        marks = []
        ends: list[dict[str, Any]] = []
        for label, prefix, n, basis in (
            ("as audited", "raw_", row["n"], "measured"),
            ("corrected", "", row["n_double"], str(row["basis"])),
        ):
            estimate, lower, upper = (row[f"{prefix}{name}"] for name in ("estimate", "lower", "upper"))
            words = show(estimate, metric.unit, half_width(lower, upper))
            limits = interval_words(lower, upper, metric.unit)
            marks.append(Mark(label, estimate, lower, upper, words, limits, number(n), basis=basis))
            ends.append({"estimate": estimate, "lower": lower, "upper": upper})
        note = f"{number(row['n'])} audits, {number(row['n_double'])} of them done twice."
        charts.append(Forest(clean(metric.title), "score", tuple(marks), domain(ends), metric.unit, note))
    return charts


def _promised(rows: list[dict[str, Any]]) -> list[Forest]:
    """How sharp each slice will be; of groupings beside wished ones, only those that somebody wished something of."""
    some = any(wished_of(row) for row in rows)
    named = {row["column"] for row in rows if not some or wished_of(row) or row["column"] == "overall"}
    rows = [row for row in rows if row["column"] in named and row["expected_half_width"] is not None]
    kept = rows[:MOST_ROWS]
    if not kept:
        return []
    labels = labels_of(
        ["overall" if row["column"] == "overall" else f"{row['column']} {slice_words(row)}" for row in kept]
    )
    marks = [
        Mark(
            label,
            row["expected_half_width"],
            0.0,
            row["expected_half_width"],
            f"± {half_width_points(row['expected_half_width'])}",
            "",
            number(round(row["expected_audits"])),
            row["wished"],
        )
        for row, label in zip(kept, labels.values(), strict=True)
    ]
    widest = max(max(row["expected_half_width"], row["wished"] or 0) for row in kept)
    note = "To the left of its dashed tick, a slice is as sharp as wished. " if any(r["wished"] for r in kept) else ""
    if len(rows) > len(kept):
        note += f"{plural(len(rows) - len(kept), 'slice')} not drawn; the table has them."
    scale = (0.0, widest * 1.05 or 0.02)
    return [Forest("How sharp each slice will be", "slice", tuple(marks), scale, "share", note.strip())]
