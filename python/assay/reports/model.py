"""What a report says, before any writer: tiles, findings, charts, tables, definitions, design and sources."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from assay import plots
from assay.plots import Funnel
from assay.results import (
    Comparison,
    MetricDefinition,
    Result,
    Scores,
    Slice,
    Unit,
    clean,
    difference_interval,
    domain,
    half_width,
    interval_words,
    listed,
    number,
    percent,
    plural,
    show,
    show_difference,
    slice_name,
)

ALL = "all"


@dataclass(frozen=True, slots=True)
class Mark:
    """One estimate ready to be drawn: value, interval, how many, against which target."""

    label: str
    estimate: float | None
    lower: float | None
    upper: float | None
    shown: str
    interval: str
    n: str
    target: float | None = None
    standing: str | None = None
    basis: str = "measured"


@dataclass(frozen=True, slots=True)
class Tile:
    """A headline: one metric at its widest slice, or the spread of its slices where no overall score was asked for."""

    metric: str
    value: str
    interval: str
    n: str
    target: str
    standing: str | None
    basis: str
    mark: Mark | None
    scale: tuple[float, float]
    definition: str


@dataclass(frozen=True, slots=True)
class Matrix:
    """Two groupings crossed, an interval in every cell; `totals` stand in the row and column called "all"."""

    title: str
    row_name: str
    column_name: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: dict[tuple[str, str], Mark]
    scale: tuple[float, float]
    unit: Unit
    note: str


@dataclass(frozen=True, slots=True)
class Forest:
    """One grouping, an interval a row."""

    title: str
    name: str
    marks: tuple[Mark, ...]
    scale: tuple[float, float]
    unit: Unit
    note: str
    zero: bool = False


Chart = Matrix | Forest | Funnel


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a printed table: the slice, the texts of the cells, and what is drawn beside them."""

    labels: tuple[str, ...]
    cells: tuple[str, ...]
    mark: Mark | None
    standing: str | None


@dataclass(frozen=True, slots=True)
class Block:
    """The lines of one metric."""

    metric: str
    lines: tuple[Line, ...]
    scale: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Grid:
    """A printed table: one grouping, blocks by metric."""

    title: str
    labels: tuple[str, ...]
    heads: tuple[str, ...]
    blocks: tuple[Block, ...]
    judged: bool
    drawn_after: int
    left_out: int = 0

    @property
    def size(self) -> int:
        return sum(len(block.lines) for block in self.blocks)


@dataclass(frozen=True, slots=True)
class Section:
    """One result: its charts and tables; `result` itself is kept for writers that want every number."""

    title: str
    summary: str
    charts: tuple[Chart, ...]
    grids: tuple[Grid, ...]
    result: Result


@dataclass(frozen=True, slots=True)
class Definition:
    title: str
    text: str
    denominator: str
    better: str
    method: str
    design: str
    about: str


@dataclass(frozen=True, slots=True)
class Model:
    """A whole report."""

    title: str
    period: str
    version: str
    about: tuple[str, ...]
    tiles: tuple[Tile, ...]
    findings: tuple[str, ...]
    sections: tuple[Section, ...]
    definitions: tuple[Definition, ...]
    sources: tuple[str, ...]
    cautions: tuple[str, ...]
    confidence: tuple[float, ...] = field(default=())


MOST_LINES = 5_000
MOST_ROWS, MOST_COLUMNS = 40, 8
ABOUT = {
    "queue": "These very decisions, in this period: the finite queue, with correction for the share that was audited.",
    "process": "The process that made the decisions, beyond the cases of this period.",
}
BETTER = {"higher": "Higher is better", "lower": "Lower is better", "neither": "Neither direction is better"}


def build(results: Sequence[Result], *, title: str | None, period: str | None, sources: tuple[str, ...]) -> Model:
    """Read results into a report."""
    periods = list(dict.fromkeys(r.context.period for r in results if r.context.period))
    remembered = [r.context.source for r in results if r.context.source]
    scores = [r for r in results if isinstance(r, Scores)]
    tiles = [tile for result in scores for tile in _tiles(result)]
    findings = [f for r in results for f in _findings(r)]
    cautions = list(dict.fromkeys(note for r in results for note in r.cautions()))
    definitions = list(dict.fromkeys(d for r in results for d in _definitions(r)))
    measured = [r for r in results if isinstance(r, Scores | Comparison)]
    return Model(
        title=clean(
            title if title is not None else ("Moderation quality" if len(results) > 1 else results[0]._title()), 200
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
    )


def _version() -> str:
    import assay

    return str(getattr(assay, "__version__", ""))


# --- headline -------------------------------------------------------------------------------------------------------


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


def _tiles(result: Scores) -> list[Tile]:
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


def _findings(result: Result) -> list[str]:
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


# --- one result -----------------------------------------------------------------------------------------------------


def _section(result: Result) -> Section:
    charts: list[Chart] = []
    if isinstance(result, Scores):
        charts = [*_score_charts(result)]
        grids = _score_grids(result)
    elif isinstance(result, Comparison):
        charts = [*_difference_charts(result)]
        grids = _difference_grids(result)
    else:
        grids = [_plain_grid(result)]
    return Section(clean(result._title(), 200), result.summary(), tuple(charts), tuple(grids), result)


def _score_charts(result: Scores) -> list[Chart]:
    charts: list[Chart] = []
    groupings = plots.groupings_of(result)
    reviewer = plots.reviewer_column(result)
    pair = next((g for g in groupings if len(g) == 2 and reviewer not in g), None)
    pair = pair or next((g for g in groupings if len(g) == 2), None)
    for name in result.metric_names():
        metric = result.context.metric(name)
        if pair is not None:
            charts.append(_matrix(result, metric, pair))
        else:
            single = next((g for g in groupings if len(g) == 1 and g[0] != reviewer), None)
            if single is not None:
                charts.append(_forest(result, metric, single))
    if reviewer is not None:
        for name in result.metric_names():
            rows = [r for r in plots.rows_of(result, name, (reviewer,)) if r["estimate"] is not None]
            if len(rows) >= 5 and result.context.metric(name).unit == "share":
                charts.append(plots.funnel(result, unit=reviewer, metric=name, most=1_000))
                break
    return charts


def _matrix(result: Scores, metric: MetricDefinition, pair: tuple[str, ...]) -> Matrix:
    """Two groupings crossed: the one with more values goes down, the other across; both cut to what matters."""
    rows = plots.rows_of(result, metric.name, pair)
    sizes = {column: len({row[column] for row in rows}) for column in pair}
    down, across = sorted(pair, key=lambda column: -sizes[column])
    marginal = {column: {r[column]: r for r in plots.rows_of(result, metric.name, (column,))} for column in pair}

    def worst_first(column: str) -> list[Any]:
        values = list(dict.fromkeys(row[column] for row in rows))
        if len(marginal[column]) < len(values):
            ranked = plots.matter_most(rows, metric, len(rows))
            return list(dict.fromkeys(row[column] for row in ranked))
        ranked = plots.matter_most(list(marginal[column].values()), metric, len(values))
        return [row[column] for row in ranked if row[column] in set(values)]

    downs, acrosses = worst_first(down), worst_first(across)
    left_out = max(0, len(downs) - MOST_ROWS) + max(0, len(acrosses) - MOST_COLUMNS)
    downs, acrosses = downs[:MOST_ROWS], acrosses[:MOST_COLUMNS]
    names = {value: _unique(value, i) for i, value in enumerate([*downs, *acrosses])}
    cells = {
        (names[row[down]], names[row[across]]): mark(row, f"{names[row[down]]} · {names[row[across]]}", metric)
        for row in rows
        if row[down] in set(downs) and row[across] in set(acrosses)
    }
    row_names, column_names = [names[v] for v in downs], [names[v] for v in acrosses]
    for value in downs:
        if value in marginal[down]:
            cells[names[value], ALL] = mark(marginal[down][value], names[value], metric)
    for value in acrosses:
        if value in marginal[across]:
            cells[ALL, names[value]] = mark(marginal[across][value], names[value], metric)
    for row in plots.rows_of(result, metric.name, ()):
        cells[ALL, ALL] = mark(row, ALL, metric)
    if any(key[0] == ALL for key in cells):
        row_names.insert(0, ALL)
    if any(key[1] == ALL for key in cells):
        column_names.insert(0, ALL)
    order = BETTER[metric.better]
    note = f"{order}; the worst come first. " if metric.better != "neither" else ""
    if left_out:
        note += f"{plural(left_out, 'row or column', 'rows or columns')} not drawn; the tables have them."
    title = f"{clean(metric.title)} by {clean(down)} and {clean(across)}"
    drawn = [row for row in rows if row["estimate"] is not None]
    scale = domain(drawn) if drawn else (0.0, 1.0)
    down_name, across_name = clean(down, 24), clean(across, 24)
    return Matrix(
        title, down_name, across_name, tuple(row_names), tuple(column_names), cells, scale, metric.unit, note.strip()
    )


def _unique(value: object, position: int) -> str:
    """A label short enough to draw, that no other value shares: `all` and cut ones are marked by position."""
    text = clean(value, 20)
    return text if text == str(value) and text != ALL else f"{clean(value, 16)} #{position + 1}"


def _forest(result: Scores, metric: MetricDefinition, grouping: tuple[str, ...]) -> Forest:
    rows = plots.rows_of(result, metric.name, grouping)
    kept = plots.matter_most(rows, metric, MOST_ROWS)
    marks = [mark(row, ALL, metric) for row in plots.rows_of(result, metric.name, ())]
    marks += [mark(row, " · ".join(clean(row[c], 28) for c in grouping), metric) for row in kept]
    note = f"{plural(len(rows) - len(kept), 'slice')} not drawn; the table has them." if len(rows) > len(kept) else ""
    by = " and ".join(clean(column) for column in grouping)
    answered = [row for row in kept if row["estimate"] is not None]
    scale = domain(answered) if answered else (0.0, 1.0)
    return Forest(f"{clean(metric.title)} by {by}", by, tuple(marks), scale, metric.unit, note)


def _score_grids(result: Scores) -> list[Grid]:
    judged = "standing" in result.column_names
    rated = "response_rate" in result.column_names
    first = ("Estimate", "Interval", "Target") if judged else ("Estimate", "Interval")
    heads = (*first, "Audited", "Effective n", "Numerator", "Denominator", "Basis")
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


def _difference_mark(row: dict[str, Any], label: str, metric: MetricDefinition) -> Mark:
    known = row["difference"] is not None
    return Mark(
        label,
        row["difference"],
        row["lower"],
        row["upper"],
        show_difference(row["difference"], metric.unit) if known else "no answer",
        difference_interval(row, metric.unit) if known else "",
        f"{number(row['n_a'])} / {number(row['n_b'])}",
        0.0,
        row["standing"],
    )


def _difference_charts(result: Comparison) -> list[Forest]:
    charts = []
    for name in result.metric_names():
        metric = result.context.metric(name)
        rows = [row for row in result.records() if row["metric"] == name]
        rows.sort(key=lambda row: (bool(result.slice_of(row)), row["difference"] is None, row["difference"] or 0.0))
        kept = rows[:MOST_ROWS]
        marks = tuple(_difference_mark(row, slice_name(result.slice_of(row)), metric) for row in kept)
        note = f"{clean(result.context.label_a)} minus {clean(result.context.label_b)}."
        if len(rows) > len(kept):
            note += f" {plural(len(rows) - len(kept), 'slice')} not drawn; the table has them."
        answered = [row for row in kept if row["difference"] is not None]
        scale = domain(answered, "difference", (0.0,)) if answered else (-1.0, 1.0)
        charts.append(Forest(f"Change in {clean(metric.title)}", "slice", marks, scale, metric.unit, note, zero=True))
    return charts


def _difference_grids(result: Comparison) -> list[Grid]:
    a, b = clean(result.context.label_a, 30), clean(result.context.label_b, 30)
    blocks = []
    for name in result.metric_names():
        metric = result.context.metric(name)
        rows = [row for row in result.records() if row["metric"] == name]
        lines = []
        for row in rows[:MOST_LINES]:
            drawn = _difference_mark(row, "", metric)
            cells = [
                show(row["estimate_a"], metric.unit),
                show(row["estimate_b"], metric.unit),
                drawn.shown,
                drawn.interval,
            ]
            cells += [number(row["n_a"]), number(row["n_b"]), show(row["margin"], metric.unit)]
            lines.append(Line((slice_name(result.slice_of(row)),), tuple(cells), drawn, row["standing"]))
        answered = [row for row in rows if row["difference"] is not None]
        scale = domain(answered, "difference", (0.0,)) if answered else (-1.0, 1.0)
        blocks.append(Block(clean(metric.title), tuple(lines), scale))
    heads = (a, b, "Difference", "Interval", f"Audited, {a}", f"Audited, {b}", "Margin")
    return [Grid("Differences", ("slice",), heads, tuple(blocks), True, 4, max(0, len(result) - MOST_LINES))]


def _plain_text(value: object) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return number(value)
    return "" if value is None else clean(value)


def _plain_grid(result: Result) -> Grid:
    names = result.column_names
    lines: list[Line] = []
    for row in result.first(500):
        texts = [_plain_text(value) for value in row.values()]
        lines.append(Line((), tuple(texts), None, None))
    heads = tuple(clean(name) for name in names)
    return Grid("Rows", (), heads, (Block("", tuple(lines), (0, 1)),), False, 0, len(result) - len(lines))


# --- definitions ----------------------------------------------------------------------------------------------------


def _definitions(result: Result) -> list[Definition]:
    if not isinstance(result, Scores | Comparison):
        return []
    found = []
    kind = "" if isinstance(result, Scores) else " (difference)"
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
                about=" ".join(ABOUT.get(about, clean(about, 200)) for about in abouts),
            )
        )
    return found


def overall_or_slices(result: Scores) -> list[tuple[Slice, dict[str, Any]]]:
    """The rows a summary prints: the overall ones, else those of the coarsest grouping."""
    grouping = min(plots.groupings_of(result), key=len, default=())
    return [(result.slice_of(r), r) for name in result.metric_names() for r in plots.rows_of(result, name, grouping)]
