"""The chart of small slices: where its own audits put each slice, and where the average of all pulls it."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from assay._core import InputError
from assay._looks import PANEL_LETTERS, axis_of, panels_of
from assay.results import MetricDefinition, clean, interval_words, labels_of, listed, need, number, plural, show

if TYPE_CHECKING:
    from assay.small_slices import Shrunk

MOST = 60
OWN, DRAWN = "own audits alone", "adjusted: pulled to the average of all"


def shrunk_chart(result: Shrunk, *, metrics: Sequence[str] | None = None, by: Sequence[str] | None = None) -> Any:
    """Hollow points are own audits, filled ones the answers; a line joins them and a dashed rule is the common mean.

    `metrics` picks panels (default all); `by` the grouping (default the first).
    """
    alt = need("altair", "plot()")
    groups = result.rows_by_grouping()
    have = list(dict.fromkeys(grouping for _, grouping in groups))
    wanted = set((by,) if isinstance(by, str) else by) if by is not None else set(have[0])
    grouping = next((each for each in have if set(each) == wanted), None)
    if grouping is None:
        raise InputError(
            f"wanted a grouping among {listed([' and '.join(g) for g in have])}, got {listed(sorted(wanted))}"
        )
    names = [metrics] if isinstance(metrics, str) else list(metrics or result.metric_names())
    for name in names:
        if (name, grouping) not in groups:
            raise InputError(f"wanted a metric among {listed(result.metric_names())}, got {clean(name)!r}")
    panels = [_panel(alt, result, result.context.metric(name), groups[name, grouping], grouping) for name in names]
    left_out = max(0, max(len(groups[name, grouping]) for name in names) - MOST)
    subtitle = [
        "Hollow: a slice's own audits. Filled: pulled to the average of all (dashed), by as much as its audits "
        f"leave open, with {result.context.confidence * 100:.4g}% intervals. The fewer the audits, the longer the way."
    ]
    if left_out:
        subtitle.append(f"{plural(left_out, 'slice')} left out of a panel, the worst are kept; .to_frame() has all.")
    return panels_of(alt, panels, 2, result._title(), subtitle)


def _panel(
    alt: Any, result: Shrunk, metric: MetricDefinition, rows: list[dict[str, Any]], grouping: tuple[str, ...]
) -> Any:
    sign = -1 if metric.better == "lower" else 1
    kept = sorted(rows, key=lambda row: sign * row["estimate"])[:MOST]
    labels = {name: labels_of([row[name] for row in rows]) for name in grouping}
    values = [
        {
            "slice": " · ".join(labels[name][row[name]] for name in grouping) + f"  (n = {number(row['n'])})",
            "raw": row["raw_estimate"],
            "estimate": row["estimate"],
            "lower": row["lower"],
            "upper": row["upper"],
            "overall": row["overall"],
            "own": OWN,
            "drawn": DRAWN,
            "own_words": show(row["raw_estimate"], metric.unit),
            "words": show(row["estimate"], metric.unit),
            "interval": interval_words(row["lower"], row["upper"], metric.unit),
            "weight": row["shrinkage"],
            "audited": row["n"],
        }
        for row in kept
    ]
    title = wrap(clean(f"{metric.title} (share of {metric.denominator or 'decisions'})", 120), PANEL_LETTERS)
    x = {"title": title, "axis": axis_of(alt, "%"), "scale": alt.Scale(zero=False)}
    tooltip = [
        alt.Tooltip("slice:N", title="Slice"),
        alt.Tooltip("own_words:N", title="Own audits alone"),
        alt.Tooltip("words:N", title="Adjusted"),
        alt.Tooltip("interval:N", title="Interval"),
        alt.Tooltip("weight:Q", title="Pull to the average of all", format=".0%"),
        alt.Tooltip("audited:Q", title="Audited decisions", format=","),
    ]
    kinds = alt.Scale(domain=[OWN, DRAWN], range=["#c0392b", "#2b6cb0"])
    legend = alt.Legend(title=None, orient="bottom", direction="vertical", symbolStrokeWidth=1.6, symbolOpacity=1)
    fills = alt.Scale(domain=[OWN, DRAWN], range=["transparent", "#2b6cb0"])  # the legend shows own audits hollow
    base = alt.Chart().encode(y=alt.Y("slice:N", sort=[value["slice"] for value in values], title=None))
    moved = base.transform_filter("isValid(datum.raw)")
    layers = [
        base.mark_rule(strokeWidth=5, opacity=0.25, color="#2b6cb0").encode(x=alt.X("lower:Q", **x), x2="upper:Q"),
        moved.mark_rule(strokeWidth=1.5, color="#c0392b").encode(x=alt.X("raw:Q", **x), x2="estimate:Q"),
        moved.mark_point(size=55, strokeWidth=1.6, opacity=1).encode(
            x=alt.X("raw:Q", **x),
            stroke=alt.Stroke("own:N", scale=kinds, legend=legend),
            fill=alt.Fill("own:N", scale=fills, legend=legend),
            tooltip=tooltip,
        ),
        base.mark_point(size=65, opacity=1).encode(
            x=alt.X("estimate:Q", **x),
            stroke=alt.Stroke("drawn:N", scale=kinds, legend=legend),
            fill=alt.Fill("drawn:N", scale=fills, legend=legend),
            tooltip=tooltip,
        ),
        alt.Chart().mark_rule(strokeDash=[4, 3], color="#444").encode(x="mean(overall):Q"),
    ]
    by = [f"by {' and '.join(clean(name) for name in grouping)}"]
    heading = alt.Title(wrap(clean(metric.title), PANEL_LETTERS), subtitle=by, anchor="start")
    return alt.layer(*layers, data=alt.Data(values=values)).properties(width=300, title=heading)
