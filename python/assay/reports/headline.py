"""The headline of a report: a tile for each metric, and what asks for attention."""

from __future__ import annotations

import math
from typing import Any

from assay import plots
from assay.reports.parts import Mark, Tile
from assay.results import (
    Comparison,
    MetricDefinition,
    Result,
    Scores,
    Slice,
    beside,
    clean,
    domain,
    half_width,
    interval_words,
    lowered,
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
            n = f"{plural(row['n'], result._one)}" + ("" if not grouping else f" · {only.label}")
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
                Tile(
                    clean(metric.title), "no answer", "", f"0 {result._one}s", "", None, "measured", None, (0, 1), words
                )
            )
            continue
        low, high = (show(r["estimate"], metric.unit) for r in (answered[0], answered[-1]))
        by = " and ".join(clean(column) for column in grouping)
        n = f"{plural(sum(r['n'] for r in rows), result._one)} in {plural(len(rows), 'slice')} by {by}"
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


FEWEST = 10  # audits behind a slice that is named among those to look at
MOST_NAMED = 6


def findings_of(result: Result) -> list[str]:
    """What asks for attention, slice by slice: targets missed, the surest first, and changes."""
    if isinstance(result, Scores):
        judged = "standing" in result.column_names
        missed = [found for name in result.metric_names() if judged and (found := _missed(result, name))]
        return missed + _beside(result)
    if isinstance(result, Comparison):
        return [found for standing in ("worse", "better") if (found := _changed(result, standing))]
    return []


def _beside(result: Scores) -> list[str]:
    """What a judge was worth, and how far a plain average is off, for the scores of everything together."""
    return [
        f"{clean(metric.title)}: {words}"
        for row in result.overall()
        for metric in (result.context.metric(row["metric"]),)
        for words in beside(row, metric, result.context.because)
    ]


def _missed(result: Scores, name: str) -> str:
    metric = result.context.metric(name)
    missed = [
        row
        for (of, grouping), rows in result.rows_by_grouping().items()
        for row in rows
        if of == name and grouping and row["standing"] == "missed"
    ]
    many = sorted((row for row in missed if row["n"] >= FEWEST), key=_sureness, reverse=True)
    few = len(missed) - len(many)
    if not many:
        return ""
    names = [
        f"{slice_name(result.slice_of(row))} ({show(row['estimate'], metric.unit)}, n\u00a0=\u00a0{number(row['n'])})"
        for row in many[:MOST_NAMED]
    ]
    if len(many) > MOST_NAMED:
        names.append(f"and {number(len(many) - MOST_NAMED)} more")
    tail = f", and {number(few)} with fewer than {FEWEST} audits" if few else ""
    return f"{clean(metric.title)} misses its target in {plural(len(many), 'slice')}{tail}: {'; '.join(names)}."


def _sureness(row: dict[str, Any]) -> float:
    """How far the target lies outside the interval, in arms of the interval on its side."""
    short = row["target"] - row["estimate"]
    arm = (row["upper"] if short > 0 else row["lower"]) - row["estimate"]
    return float(short / arm) if arm else math.inf


def _changed(result: Comparison, standing: str) -> str:
    names = []
    for row in result.records():
        if row["standing"] != standing or row["difference"] is None:
            continue
        metric, fixed = result.context.metric(row["metric"]), result.slice_of(row)
        title = clean(metric.title)
        name = f"{title} of {slice_name(fixed)}" if fixed else f"overall {lowered(title)}"
        names.append(f"{name} ({show_difference(row['difference'], metric.unit)})")
    if not names:
        return ""
    rest = [f"and {number(len(names) - MOST_NAMED)} more"] if len(names) > MOST_NAMED else []
    return f"{standing.capitalize()} than {clean(result.context.label_b)}: {'; '.join(names[:MOST_NAMED] + rest)}."


def overall_or_slices(result: Scores) -> list[tuple[Slice, dict[str, Any]]]:
    """The rows a summary prints: the overall ones, else those of the coarsest grouping."""
    grouping = min(plots.groupings_of(result), key=len, default=())
    return [(result.slice_of(r), r) for name in result.metric_names() for r in plots.rows_of(result, name, grouping)]
