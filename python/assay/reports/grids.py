"""The printed tables of a report as plain values: a line a slice, blocks by metric."""

from __future__ import annotations

from typing import Any

from assay import plots
from assay.reports.charts import difference_mark
from assay.reports.headline import mark
from assay.reports.parts import Block, Grid, Line
from assay.results import (
    Comparison,
    MetricDefinition,
    Result,
    Scores,
    clean,
    domain,
    interval_words,
    number,
    percent,
    show,
    slice_name,
)

MOST_LINES = 5_000


def score_grids(result: Scores) -> list[Grid]:
    judged = "standing" in result.column_names
    rated = "response_rate" in result.column_names
    first = ("Estimate", "Interval", "Target") if judged else ("Estimate", "Interval")
    heads = (*first, result._counted.capitalize(), "Effective n", "Numerator", "Denominator", "Basis")
    grids, room = [], MOST_LINES
    for grouping in sorted(plots.groupings_of(result), key=len):
        blocks, left_out = [], 0
        for name in result.metric_names():
            metric = result.context.metric(name)
            rows = plots.rows_of(result, name, grouping)
            kept, room = rows[:room], max(0, room - len(rows))
            left_out += len(rows) - len(kept)
            lines = tuple(_score_line(row, metric, grouping, judged, rated) for row in kept)
            answered = [row for row in rows if row["estimate"] is not None]
            if lines:
                blocks.append(Block(clean(metric.title), lines, domain(answered) if answered else (0.0, 1.0)))
        by = " and ".join(clean(column) for column in grouping)
        title = f"By {by}" if grouping else "Overall"
        labels = tuple(clean(c) for c in grouping)
        grids.append(Grid(title, labels, heads, tuple(blocks), judged, len(first), left_out))
    return grids


def _score_line(
    row: dict[str, Any], metric: MetricDefinition, grouping: tuple[str, ...], judged: bool, rated: bool
) -> Line:
    drawn = mark(row, "", metric)
    basis = str(row["basis"])
    if rated and row["response_rate"] is not None:
        basis += f", {percent(row['response_rate'])} came back"
        if row["worst_case_lower"] is not None:
            basis += f", worst case {interval_words(row['worst_case_lower'], row['worst_case_upper'], metric.unit)}"
    cells = [drawn.shown, drawn.interval, *([show(row["target"], metric.unit)] if judged else [])]
    cells += [drawn.n, number(_rounded(row["n_effective"]))]
    cells += [number(_rounded(row["numerator"])), number(_rounded(row["denominator"])), basis]
    standing = row["standing"] if judged else None
    if judged and standing is None and row["target"] is not None:
        standing = "not judged"
    return Line(tuple(clean(row[column], 60) for column in grouping), tuple(cells), drawn, standing)


def _rounded(value: float | None) -> float | None:
    """A weighted count as it is read: one decimal is enough."""
    return None if value is None else round(float(value), 1)


def difference_grids(result: Comparison) -> list[Grid]:
    a, b = clean(result.context.label_a, 30), clean(result.context.label_b, 30)
    blocks = []
    for name in result.metric_names():
        metric = result.context.metric(name)
        rows = [row for row in result.records() if row["metric"] == name]
        lines = []
        for row in rows[:MOST_LINES]:
            drawn = difference_mark(row, "", metric)
            cells = [
                show(row["estimate_a"], metric.unit),
                show(row["estimate_b"], metric.unit),
                drawn.shown,
                drawn.interval,
            ]
            cells += [number(row["n_a"]), number(row["n_b"]), show(row["margin"], metric.unit)]
            lines.append(Line((slice_name(result.slice_of(row)),), tuple(cells), drawn, drawn.standing))
        answered = [row for row in rows if row["difference"] is not None]
        scale = domain(answered, "difference", (0.0,)) if answered else (-1.0, 1.0)
        blocks.append(Block(clean(metric.title), tuple(lines), scale))
    heads = (a, b, "Difference", "Interval", f"Audited, {a}", f"Audited, {b}", "Margin")
    return [Grid("Differences", ("slice",), heads, tuple(blocks), True, 4, max(0, len(result) - MOST_LINES))]


def _plain_text(value: object) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return number(value)
    return "" if value is None else clean(value)


def plain_grid(result: Result) -> Grid:
    names = result.column_names
    lines: list[Line] = []
    for row in result.first(500):
        texts = [_plain_text(value) for value in row.values()]
        lines.append(Line((), tuple(texts), None, None))
    heads = tuple(clean(name) for name in names)
    return Grid("Rows", (), heads, (Block("", tuple(lines), (0, 1)),), False, 0, len(result) - len(lines))
