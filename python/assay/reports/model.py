"""What a report says, before any writer: tiles, findings, charts, tables, definitions, design and sources."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from assay._plan import Plan
from assay._plan_words import Slices
from assay.auditor_errors import Corrected
from assay.plots import Funnel
from assay.reports.charts import difference_charts, score_charts
from assay.reports.grids import difference_grids, plain_grid, score_grids
from assay.reports.headline import findings_of, mark, overall_or_slices, tiles_of
from assay.reports.other_charts import key_of, other_charts
from assay.reports.parts import (
    ALL,
    BETTER,
    Block,
    Chart,
    Definition,
    Forest,
    Grid,
    Line,
    Mark,
    Matrix,
    Model,
    Section,
    Tile,
)
from assay.results import Comparison, Result, Scores, _Measured, clean, listed
from assay.small_slices import Shrunk

__all__ = [
    "ALL",
    "Block",
    "Chart",
    "Definition",
    "Forest",
    "Funnel",
    "Grid",
    "Line",
    "Mark",
    "Matrix",
    "Model",
    "Section",
    "Tile",
    "build",
    "mark",
    "overall_or_slices",
]

ROWS_ABOUT = {
    "queue": "The finite population that the rows were drawn from.",
    "process": "The process behind the rows: no population size was given.",
}
ABOUT = {
    "queue": "These very decisions, in this period: the finite queue, with correction for the share that was audited.",
    "process": "The process that made the decisions, beyond the cases of this period.",
}


def build(results: Sequence[Result], *, title: str | None, period: str | None, sources: tuple[str, ...]) -> Model:
    """Read results into a report."""
    periods = list(dict.fromkeys(r.context.period for r in results if r.context.period))
    remembered = [r.context.source for r in results if r.context.source]
    scores = [r for r in results if isinstance(r, Scores)]
    tiles = [tile for result in scores for tile in tiles_of(result)]
    findings = [f for r in results for f in findings_of(r)]
    cautions = list(dict.fromkeys(note for r in results for note in r.cautions()))
    definitions = list(dict.fromkeys(d for r in results for d in _definitions(r)))
    measured = [r for r in results if isinstance(r, _Measured)]
    return Model(
        title=clean(
            title if title is not None else (_shared_title(results) if len(results) > 1 else results[0]._title()), 200
        ),
        period=clean(period if period is not None else listed(periods), 200),
        version=_version(),
        about=tuple(dict.fromkeys(r._about() for r in measured)),
        tiles=tuple(tiles),
        findings=tuple(findings),
        sections=tuple(_section(r) for r in results),
        definitions=tuple(definitions),
        sources=tuple(clean(s, 300) for s in dict.fromkeys([*sources, *remembered])),
        cautions=tuple(cautions),
        confidence=tuple(dict.fromkeys(r.context.confidence for r in measured)),
        weighted=bool(scores),
        counted="“audited” counts audits" if any(r._one == "audit" for r in scores) else "",
        judged=any("standing" in r.column_names for r in scores),
    )


def _shared_title(results: Sequence[Result]) -> str:
    of_rows = all(isinstance(result, Scores) and result._one == "row" for result in results)
    return "Survey estimates" if of_rows else "Moderation quality"


def _version() -> str:
    import assay

    return str(getattr(assay, "__version__", ""))


def _section(result: Result) -> Section:
    charts: list[Chart] = []
    if isinstance(result, Scores):
        charts = [*score_charts(result)]
        grids = score_grids(result)
    elif isinstance(result, Comparison):
        charts = [*difference_charts(result)]
        grids = difference_grids(result)
    else:
        return Section(
            clean(result._title(), 200),
            result.summary(),
            tuple(other_charts(result)),
            (plain_grid(result),),
            result,
            said=_said(result),
            own=result._tables() if isinstance(result, _Measured | Plan | Slices) else "",
            key=key_of(result),
        )
    return Section(clean(result._title(), 200), result.summary(), tuple(charts), tuple(grids), result)


def _said(result: Result) -> tuple[str, ...]:
    """The lines of a summary that the page does not say elsewhere: no title, no cautions."""
    before_cautions = result.summary().partition("\nCautions:\n")[0].splitlines()
    elsewhere = {result._title(), *(f"- {note}" for note in result.cautions())}
    if isinstance(result, _Measured):
        elsewhere |= {result._about(), f"Period: {clean(result.context.period)}."}
    return tuple(line.strip() for line in before_cautions if line.strip() and line not in elsewhere)


def _definitions(result: Result) -> list[Definition]:
    if not isinstance(result, _Measured):
        return []
    found = []
    told = ROWS_ABOUT if isinstance(result, Scores) and result._one == "row" else ABOUT
    kind = {Comparison: " (difference)", Shrunk: " (adjusted)", Corrected: " (corrected)"}.get(type(result), "")
    rows = list(result.records())
    for name in result.metric_names():
        metric = result.context.metric(name)
        mine = [row for row in rows if row["metric"] == name]

        def said(column: str, among: list[dict[str, Any]] = mine) -> str:
            return "; ".join(dict.fromkeys(clean(r[column], 200) for r in among if r.get(column) is not None))

        share = "The share of " if metric.unit == "share" and metric.definition else ""
        abouts = dict.fromkeys(str(row["about"]) for row in mine)
        found.append(
            Definition(
                title=clean(metric.title) + kind,
                text=f"{share}{clean(metric.definition, 400)}." if metric.definition else "No definition was given.",
                denominator=clean(metric.denominator, 300) or "not stated",
                better=BETTER[metric.better],
                method=said("method"),
                design=said("design") or "see the scores compared",
                about=" ".join(told.get(about, clean(about, 200)) for about in abouts),
            )
        )
    return found
