"""Results as HTML for notebooks: tables with small drawings, every text escaped."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from assay.contexts import Slice
from assay.words import (
    NONE,
    clean,
    confident,
    difference_interval,
    half_width,
    interval_words,
    number,
    plural,
    show,
    show_difference,
)

if TYPE_CHECKING:
    from assay._result import Result
    from assay.results import Comparison, Scores

HTML_ROWS = 60
STYLE = (
    ".assay-result{font:13px/1.45 system-ui,sans-serif;color:inherit;max-width:100%;overflow-x:auto}"
    ".assay-result p{margin:.3em 0;max-width:60em}.assay-result .t{font-weight:600;font-size:1.1em}"
    ".assay-result .c{opacity:.75;font-size:.92em}"
    ".assay-result table{border-collapse:collapse;font:inherit;background:transparent;margin:.3em 0;color:inherit}"
    ".assay-result th,.assay-result td{padding:2px 7px;text-align:right;font-variant-numeric:tabular-nums;"
    "white-space:nowrap;border:0;background:transparent;color:inherit;vertical-align:middle}"
    ".assay-result tbody td{text-align:right!important}"
    ".assay-result tbody th,.assay-result tbody td.l{text-align:left!important;font-weight:400}"
    ".assay-result thead th{font-weight:600;border-bottom:1px solid rgba(128,128,128,.6);text-align:right!important;"
    "white-space:normal;vertical-align:bottom}"
    ".assay-result thead th.l{text-align:left!important;white-space:nowrap}"
    ".assay-result tr.s th,.assay-result tr.s td{border-top:1px solid rgba(128,128,128,.25)}"
    ".assay-result svg{vertical-align:middle}.assay-result i{opacity:.75}"
    ".assay-result .k{font-weight:700}.assay-result .g{color:#2f9e63}.assay-result .r{color:#d9483b}"
    ".assay-result .o{color:#b98900}.assay-result .n{opacity:.75}"
)
BADGES = {
    "met": ("✓", "met", "g"),
    "missed": ("✕", "missed", "r"),
    "open": ("○", "open", "o"),
    "better": ("▲", "better", "g"),
    "worse": ("▼", "worse", "r"),
    "no difference shown": (NONE, "no difference shown", "n"),
}


def badge(standing: str | None) -> str:
    """A standing as icon and text, so that it is never told by colour alone."""
    if standing is None:
        return "not judged"
    icon, text, kind = BADGES.get(standing, ("", clean(standing), "o"))
    return f"<span class='k {kind}'>{icon}</span> {html.escape(text)}"


def domain(
    rows: Sequence[Mapping[str, Any]], key: str = "estimate", include: tuple[float, ...] = ()
) -> tuple[float, float]:
    """The stretch of a scale that shows these rows: all points and targets, and nine in ten interval ends."""
    inner = [float(row[key]) for row in rows if row[key] is not None]
    inner += [float(row["target"]) for row in rows if row.get("target") is not None] + list(include)
    lows = sorted(float(row["lower"]) for row in rows if row["lower"] is not None)
    highs = sorted(float(row["upper"]) for row in rows if row["upper"] is not None)
    low = min([*inner, lows[len(lows) // 10]]) if lows else min(inner, default=0.0)
    high = max([*inner, highs[-1 - len(highs) // 10]]) if highs else max(inner, default=1.0)
    pad = (high - low) * 0.04 or 0.02
    share = all(0 <= value <= 1 for value in (*inner, *lows, *highs)) and key == "estimate"
    return (max(0.0, low - pad), min(1.0, high + pad)) if share else (low - pad, high + pad)


def mini_bar(row: Mapping[str, Any], scale: tuple[float, float], width: int = 120) -> str:
    """An interval as a small drawing: bar, point, and a tick where the target is."""
    if row["estimate"] is None or row["lower"] is None or row["upper"] is None:
        return ""
    low, high = scale

    def at(value: float) -> float:
        return round(3 + (width - 6) * min(1.0, max(0.0, (value - low) / (high - low))), 1)

    left, right, dot = at(row["lower"]), at(row["upper"]), at(row["estimate"])
    parts = [f"<line x1='3' x2='{width - 3}' y1='8' y2='8' stroke='currentColor' stroke-opacity='.18'/>"]
    if row.get("target") is not None:
        tick = at(row["target"])
        parts.append(f"<line x1='{tick}' x2='{tick}' y1='1' y2='15' stroke='currentColor' stroke-dasharray='2 1.5'/>")
    parts.append(
        f"<line x1='{left}' x2='{right}' y1='8' y2='8' stroke='#4a86c8' stroke-width='4' stroke-opacity='.75'/>"
    )
    parts.append(f"<circle cx='{dot}' cy='8' r='3.2' fill='currentColor'/>")
    return f"<svg width='{width}' height='16' viewBox='0 0 {width} 16' aria-hidden='true'>{''.join(parts)}</svg>"


def plain_table(result: Result, most: int = HTML_ROWS) -> str:
    """Any table, compactly; at most `most` rows."""
    columns = result.column_names
    rows = list(result.first(most))
    texts = {name for name in columns if any(isinstance(row[name], str) for row in rows)}
    out = ["<table><thead><tr>"]
    out += [f"<th{' class=l' if name in texts else ''}>{html.escape(clean(name))}</th>" for name in columns]
    out.append("</tr></thead><tbody>")
    for row in rows:
        cells = (f"<td{' class=l' if name in texts else ''}>{label(row[name])}</td>" for name in columns)
        out.append("<tr>" + "".join(cells) + "</tr>")
    return "".join(out) + "</tbody></table>" + more(len(result), most)


def score_table(result: Scores) -> str:
    """Scores by slice: each with its interval, drawn, and its standing."""
    by, head = result.context.by, []
    rows = sorted(result.records(), key=lambda row: slice_order(result.slice_of(row)))
    judged = "standing" in result.column_names
    level = confident(result.context.confidence)
    worst = "worst_case_lower" in result.column_names and any(row["worst_case_lower"] is not None for row in rows)
    head = [*by, "metric", "estimate", f"{level} interval", "", result._counted]
    head += (["worst case"] if worst else []) + (["target", "standing"] if judged else [])
    domains = {name: domain([r for r in rows if r["metric"] == name]) for name in result.metric_names()}
    out, before = [header(head, len(by) + 1)], None
    for row in rows[:HTML_ROWS]:
        metric, now = result.context.metric(row["metric"]), result.slice_of(row)
        cells = [label(row[name]) if now != before else "" for name in by]
        if by and not now and now != before:
            cells = ["<b>all</b>"] * len(by)
        out.append(f"<tr{' class=s' if now != before else ''}>" + "".join(f"<th>{cell}</th>" for cell in cells))
        half = half_width(row["lower"], row["upper"])
        tag = "" if row["basis"] == "measured" else f" <i>{html.escape(str(row['basis']))}</i>"
        out.append(
            f"<th>{html.escape(clean(metric.title))}{tag}</th>"
            f"<td><b>{show(row['estimate'], metric.unit, half)}</b></td>"
        )
        out.append(f"<td>{interval_words(row['lower'], row['upper'], metric.unit)}</td>")
        out.append(f"<td>{mini_bar(row, domains[row['metric']])}</td><td>{number(row['n'])}</td>")
        if worst:
            limits = (row["worst_case_lower"], row["worst_case_upper"])
            out.append(f"<td>{interval_words(*limits, metric.unit) if limits[0] is not None else ''}</td>")
        if judged:
            judged_as = "" if row["target"] is None else badge(row["standing"])
            out.append(f"<td>{show(row['target'], metric.unit)}</td><td class=l>{judged_as}</td>")
        out.append("</tr>")
        before = now
    return "<table>" + "".join(out) + "</tbody></table>" + more(len(rows))


def difference_table(result: Comparison) -> str:
    """Differences by slice: each with both sides, its interval, drawn, and its standing."""
    by, rows = result.context.by, sorted(result.records(), key=lambda row: slice_order(result.slice_of(row)))
    a, b, level = result.context.label_a, result.context.label_b, confident(result.context.confidence)
    out, before = [header([*by, "metric", a, b, "difference", f"{level} interval", "", "standing"], len(by) + 1)], None
    domains = {n: domain([r for r in rows if r["metric"] == n], "difference", (0.0,)) for n in result.metric_names()}
    for row in rows[:HTML_ROWS]:
        metric, now = result.context.metric(row["metric"]), result.slice_of(row)
        cells = [label(row[name]) if now != before else "" for name in by]
        if by and not now and now != before:
            cells = ["<b>all</b>"] * len(by)
        out.append(f"<tr{' class=s' if now != before else ''}>" + "".join(f"<th>{cell}</th>" for cell in cells))
        out.append(f"<th>{html.escape(clean(metric.title))}</th>")
        out += [f"<td>{show(row[key], metric.unit)}</td>" for key in ("estimate_a", "estimate_b")]
        out.append(f"<td><b>{show_difference(row['difference'], metric.unit)}</b></td>")
        out.append(f"<td>{difference_interval(row, metric.unit)}</td>")
        judged = "no answer" if row["difference"] is None else badge(row["standing"])
        drawn = {"estimate": row["difference"], "lower": row["lower"], "upper": row["upper"], "target": 0.0}
        out.append(f"<td>{mini_bar(drawn, domains[row['metric']])}</td><td class=l>{judged}</td></tr>")
        before = now
    return "<table>" + "".join(out) + "</tbody></table>" + more(len(rows))


def header(names: Sequence[str], left: int) -> str:
    cells = (f"<th{' class=l' if i < left else ''}>{html.escape(clean(name))}</th>" for i, name in enumerate(names))
    return "<thead><tr>" + "".join(cells) + "</tr></thead><tbody>"


def label(value: object) -> str:
    return f"<bdi>{html.escape(plain(value))}</bdi>"


def plain(value: object, limit: int = 60) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.6g}"
    return clean(value, limit)


def more(rows: int, most: int = HTML_ROWS) -> str:
    if rows <= most:
        return ""
    return f"<p class='c'>and {plural(rows - most, 'more row', 'more rows')}; .to_frame() has them all</p>"


def slice_order(fixed: Slice) -> tuple[int, tuple[str, ...]]:
    return len(fixed), tuple(name for name, _ in fixed)
