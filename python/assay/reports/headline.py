"""The headline of a report: a tile for each metric, and what asks for attention."""

from __future__ import annotations

from typing import Any

from assay import plots
from assay.reports.parts import Mark, Tile
from assay.results import (
    Comparison,
    MetricDefinition,
    Result,
    Scores,
    Slice,
    clean,
    domain,
    half_width,
    interval_words,
    number,
    plural,
    show,
    show_difference,
    slice_name,
)


def mark(row: dict[str, Any], label: str, metric: MetricDefinition) -> Mark:
    """A score as it is drawn."""
    half = half_width(row["lower"], row["upper"])
    answered = row["estimate"] is not None
    return Mark(
        label=label,
        estimate=row["estimate"],
        lower=row["lower"] if answered else None,
        upper=row["upper"] if answered else None,
        shown=show(row["estimate"], metric.unit, half) if answered else "no answer",
        interval=interval_words(row["lower"], row["upper"], metric.unit) if answered else "",
        n=number(row["n"]),
        target=row.get("target"),
        standing=row.get("standing"),
        basis=row["basis"],
    )


def tiles_of(result: Scores) -> list[Tile]:
    tiles = []
    for name in result.metric_names():
        metric = result.context.metric(name)
        of = f", of {clean(metric.denominator, 120)}" if metric.denominator else ""
        words = f"{clean(metric.definition, 160)}{of}" if metric.definition else ""
        grouping = min(plots.groupings_of(result), key=len)
        rows = plots.rows_of(result, name, grouping)
        if len(rows) == 1:
            row, only = rows[0], mark(rows[0], slice_name(result.slice_of(rows[0])), metric)
            target = "" if row.get("target") is None else f"Target {show(row['target'], metric.unit)}"
            n = f"{plural(row['n'], 'audit')}" + ("" if not grouping else f" · {only.label}")
            tiles.append(
                Tile(
                    clean(metric.title), only.shown, only.interval, n, target, row.get("standing"), row["basis"], only,
                    domain([row]), words,
                )
            )  # fmt: skip
            continue
        answered = sorted((r for r in rows if r["estimate"] is not None), key=lambda r: float(r["estimate"]))
        if not answered:
            tiles.append(
                Tile(clean(metric.title), "no answer", "", "0 audits", "", None, "measured", None, (0, 1), words)
            )
            continue
        low, high = (show(r["estimate"], metric.unit) for r in (answered[0], answered[-1]))
        by = " and ".join(clean(column) for column in grouping)
        n = f"{plural(sum(r['n'] for r in rows), 'audit')} in {plural(len(rows), 'slice')} by {by}"
        tiles.append(
            Tile(
                clean(metric.title),
                f"{low} to {high}",
                "lowest to highest",
                n,
                "",
                None,
                "measured",
                None,
                (0, 1),
                words,
            )
        )
    return tiles


def findings_of(result: Result) -> list[str]:
    """What asks for attention, slice by slice: targets missed, and changes for the worse."""
    found = []
    if isinstance(result, Scores) and "standing" in result.column_names:
        for name in result.metric_names():
            metric = result.context.metric(name)
            missed = [
                r for r in result.records() if r["metric"] == name and r["standing"] == "missed" and result.slice_of(r)
            ]
            if missed:
                worst = plots.matter_most(missed, metric, 6)
                names = [f"{slice_name(result.slice_of(r))} ({show(r['estimate'], metric.unit)})" for r in worst]
                more = f" and {number(len(missed) - 6)} more" if len(missed) > 6 else ""
                where = f"{plural(len(missed), 'slice')}: {'; '.join(names)}{more}"
                found.append(f"{clean(metric.title)} misses its target in {where}.")
    if isinstance(result, Comparison):
        for standing in ("worse", "better"):
            rows = [r for r in result.records() if r["standing"] == standing]
            names = []
            for row in rows:
                metric = result.context.metric(row["metric"])
                change = show_difference(row["difference"], metric.unit)
                names.append(f"{clean(metric.title)} of {slice_name(result.slice_of(row))} ({change})")
            if names:
                found.append(f"{standing.capitalize()} than {clean(result.context.label_b)}: {'; '.join(names[:6])}.")
    return found


def overall_or_slices(result: Scores) -> list[tuple[Slice, dict[str, Any]]]:
    """The rows a summary prints: the overall ones, else those of the coarsest grouping."""
    grouping = min(plots.groupings_of(result), key=len, default=())
    return [(result.slice_of(r), r) for name in result.metric_names() for r in plots.rows_of(result, name, grouping)]
