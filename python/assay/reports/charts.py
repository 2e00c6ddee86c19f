"""The charts of a report as plain values: groupings crossed, one grouping in a row, differences, funnels."""

from __future__ import annotations

from typing import Any

from assay import plots
from assay.reports.headline import mark
from assay.reports.parts import ALL, BETTER, Chart, Forest, Mark, Matrix
from assay.results import (
    Comparison,
    MetricDefinition,
    Scores,
    clean,
    difference_interval,
    domain,
    labels_of,
    number,
    plural,
    show_difference,
    slice_name,
)

MOST_ROWS, MOST_COLUMNS = 40, 8


def score_charts(result: Scores) -> list[Chart]:
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
    names, heads = labels_of([row[down] for row in rows]), labels_of([row[across] for row in rows])
    cells = {
        (names[row[down]], heads[row[across]]): mark(row, f"{names[row[down]]} · {heads[row[across]]}", metric)
        for row in rows
        if row[down] in set(downs) and row[across] in set(acrosses)
    }
    row_names, column_names = [names[v] for v in downs], [heads[v] for v in acrosses]
    for value in downs:
        if value in marginal[down]:
            cells[names[value], ALL] = mark(marginal[down][value], names[value], metric)
    for value in acrosses:
        if value in marginal[across]:
            cells[ALL, heads[value]] = mark(marginal[across][value], heads[value], metric)
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


def _forest(result: Scores, metric: MetricDefinition, grouping: tuple[str, ...]) -> Forest:
    rows = plots.rows_of(result, metric.name, grouping)
    kept = plots.matter_most(rows, metric, MOST_ROWS)
    marks = [mark(row, ALL, metric) for row in plots.rows_of(result, metric.name, ())]
    names = [labels_of([row[column] for row in rows]) for column in grouping]
    labels = [" · ".join(of[row[c]] for c, of in zip(grouping, names, strict=True)) for row in kept]
    marks += [mark(row, label, metric) for row, label in zip(kept, labels, strict=True)]
    note = f"{plural(len(rows) - len(kept), 'slice')} not drawn; the table has them." if len(rows) > len(kept) else ""
    by = " and ".join(clean(column) for column in grouping)
    answered = [row for row in kept if row["estimate"] is not None]
    scale = domain(answered) if answered else (0.0, 1.0)
    return Forest(f"{clean(metric.title)} by {by}", by, tuple(marks), scale, metric.unit, note)


def difference_mark(row: dict[str, Any], label: str, metric: MetricDefinition) -> Mark:
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
        row["standing"] if known else "no answer",
    )


def difference_charts(result: Comparison) -> list[Forest]:
    charts = []
    for name in result.metric_names():
        metric = result.context.metric(name)
        rows = [row for row in result.records() if row["metric"] == name]
        rows.sort(key=lambda row: (bool(result.slice_of(row)), row["difference"] is None, row["difference"] or 0.0))
        kept = rows[:MOST_ROWS]
        marks = tuple(difference_mark(row, slice_name(result.slice_of(row)), metric) for row in kept)
        note = f"{clean(result.context.label_a)} minus {clean(result.context.label_b)}."
        if len(rows) > len(kept):
            note += f" {plural(len(rows) - len(kept), 'slice')} not drawn; the table has them."
        answered = [row for row in kept if row["difference"] is not None]
        scale = domain(answered, "difference", (0.0,)) if answered else (-1.0, 1.0)
        charts.append(Forest(f"Change in {clean(metric.title)}", "slice", marks, scale, metric.unit, note, zero=True))
    return charts
