"""Charts: what is to be drawn (plain values, shared with the reports) and the drawing of it in Altair.

Altair is imported when a chart is asked for. No chart holds more than `MOST_MARKS` rows: what matters most is kept, and
the subtitle says what was left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import wrap
from typing import Any

from assay._core import InputError
from assay._drawn import (
    MOST_MARKS,
    MOST_SLICES,
    drawn_grouping,
    groupings_of,
    matter_most,
    reviewer_column,
    rows_of,
    the_metric,
)
from assay._funnel import Funnel, FunnelLimits, FunnelPoint, Zone, funnel, funnel_limits
from assay._looks import CHANGES, PADDING, PANEL_LETTERS, STANDINGS, ZONES, axis_of, configured, looks_of, panels_of
from assay._offline import offline
from assay.results import (
    Comparison,
    MetricDefinition,
    Scores,
    clean,
    difference_interval,
    interval_words,
    labels_of,
    need,
    number,
    percent,
    plural,
    show,
    show_difference,
    slice_name,
)

__all__ = [
    "MOST_MARKS",
    "MOST_SLICES",
    "Funnel",
    "FunnelLimits",
    "FunnelPoint",
    "Zone",
    "comparison_chart",
    "funnel",
    "funnel_chart",
    "funnel_limits",
    "groupings_of",
    "matter_most",
    "reviewer_column",
    "rows_of",
    "scores_chart",
]


def scores_chart(result: Scores, *, metrics: Sequence[str] | None = None, by: Sequence[str] | None = None) -> Any:
    """Points with their intervals by slice, one panel a metric, and a rule where the target is.

    `by` picks the grouping that is drawn (default: the one with most columns, at most two, that has not too many
    slices). Two columns give a row of panels for each value of the first.
    """
    alt = need("altair", "plot()")
    names = [the_metric(result, name).name for name in (metrics or result.metric_names())]
    if not names:
        raise InputError("wanted a result with at least one metric, got an empty one")
    grouping = drawn_grouping(result, by)
    room = max(1, min(MOST_SLICES, MOST_MARKS // len(names)))
    found = {name: rows_of(result, name, grouping) for name in names}
    kept = {name: matter_most(rows, result.context.metric(name), room) for name, rows in found.items()}
    left_out = max(len(found[name]) - len(kept[name]) for name in names)
    drawn = [row for rows in kept.values() for row in rows if row["estimate"] is not None]
    looks = looks_of(alt, "Target", STANDINGS, {_standing(row) for row in drawn}, {"no target"})
    panels = [_scores_panel(alt, result, result.context.metric(name), kept[name], grouping, looks) for name in names]
    judged = any(row.get("target") is not None for row in drawn)
    words = f"Points with {result.context.confidence * 100:.4g}% intervals"
    subtitle = [words + ("; the dashed rule is the target." if judged else ".")]
    if left_out:
        subtitle.append(
            f"{plural(left_out, 'slice')} left out of a panel, the worst are kept; .to_frame() has them all."
        )
    return panels_of(alt, panels, 3, result._title(), subtitle)


def _standing(row: Mapping[str, Any]) -> str:
    if row.get("target") is None:
        return "no target"
    return str(row.get("standing") or "not judged")


def _scores_panel(
    alt: Any,
    result: Scores,
    metric: MetricDefinition,
    rows: list[dict[str, Any]],
    grouping: tuple[str, ...],
    looks: tuple[Any, Any],
) -> Any:
    labels = {name: labels_of([row[name] for row in rows_of(result, metric.name, grouping)]) for name in grouping}
    values = [
        {
            "group": labels[grouping[0]][row[grouping[0]]] if len(grouping) > 1 else "",
            "slice": " · ".join(labels[name][row[name]] for name in (grouping[1:] or grouping)) or "all",
            "estimate": row["estimate"],
            "lower": row["lower"],
            "upper": row["upper"],
            "target": row.get("target"),
            "standing": _standing(row),
            "shown": show(row["estimate"], metric.unit),
            "interval": interval_words(row["lower"], row["upper"], metric.unit),
            "audited": row["n"],
            "name": slice_name(result.slice_of(row)),
            "basis": row["basis"],
        }
        for row in rows
        if row["estimate"] is not None
    ]
    colour, shape = looks
    of = f" of {metric.denominator}" if metric.denominator else ""
    x_title = wrap(clean(metric.title + (f" (share{of})" if metric.unit == "share" else ""), 120), PANEL_LETTERS)
    x = {
        "title": x_title,
        "axis": axis_of(alt, "%" if metric.unit == "share" else ",~f"),
        "scale": alt.Scale(zero=False),
    }
    tooltip = [
        alt.Tooltip("name:N", title="Slice"),
        alt.Tooltip("shown:N", title=clean(metric.title)),
        alt.Tooltip("interval:N", title="Interval"),
        alt.Tooltip("audited:Q", title="Audited decisions" if result._one == "audit" else "Rows", format=","),
        alt.Tooltip("standing:N", title="Target"),
        alt.Tooltip("basis:N", title="Basis"),
    ]
    order = alt.EncodingSortField("estimate", order="descending" if metric.better == "lower" else "ascending")
    base = alt.Chart().encode(y=alt.Y("slice:N", sort=order, title=None))
    bars = base.mark_rule(strokeWidth=2, opacity=0.6).encode(x=alt.X("lower:Q", **x), x2="upper:Q", color=colour)
    dots = base.mark_point(filled=True, size=70, opacity=1)
    layers = [bars, dots.encode(x=alt.X("estimate:Q", **x), color=colour, shape=shape, tooltip=tooltip)]
    if any(value["target"] is not None for value in values):
        rule = alt.Chart().transform_filter("isValid(datum.target)")
        layers.append(rule.mark_rule(strokeDash=[4, 3], color="#444").encode(x="mean(target):Q"))
    by = [f"by {' and '.join(clean(name) for name in grouping)}"] if grouping else []
    heading = alt.Title(wrap(clean(metric.title), PANEL_LETTERS), subtitle=by, anchor="start")
    data = {} if len(grouping) > 1 else {"data": alt.Data(values=values)}
    layered = alt.layer(*layers, **data).properties(width=240)
    if len(grouping) < 2:
        return layered.properties(title=heading)
    header = alt.Header(labelAngle=0, labelAlign="left", labelOrient="left", labelFontWeight="bold", labelLimit=280)
    row = alt.Row("group:N", title=None, header=header)
    faceted = layered.facet(row=row, spacing=8, data=alt.Data(values=values))
    return faceted.resolve_scale(y="independent").properties(title=heading)


def funnel_chart(result: Scores, *, unit: str | None = None, metric: str | None = None) -> Any:
    """Each unit's rate against its number of audits, with the 95% and 99.8% limits of chance; those outside are named.

    `unit` is a grouping column (default: the one that names reviewers).
    """
    column = unit if unit is not None else reviewer_column(result)
    if column is None:
        raise InputError("wanted unit=, the grouping column whose slices are compared, got none and no reviewer column")
    drawn = funnel(result, unit=column, metric=metric, most=MOST_MARKS - 100)
    alt = need("altair", "plot()")
    title = clean(drawn.metric.title)
    reach = alt.Scale(domain=[0, drawn.limits[-1].n * 1.1], nice=False)  # room for the name of the largest unit
    x = alt.X("n:Q", title="Audited decisions (effective number)", axis=axis_of(alt, ",.0f"), scale=reach)
    values = [
        {"label": clean(p.label, 40), "n": p.n, "estimate": p.estimate, "zone": p.zone, "shown": percent(p.estimate)}
        for p in drawn.points
    ]
    curves = [
        {"n": at.n, "value": value, "limit": name, "line": f"{name}{side}"}
        for at in drawn.limits
        for name, side, value in (
            ("95%", "-", at.lower_95),
            ("95%", "+", at.upper_95),
            ("99.8%", "-", at.lower_998),
            ("99.8%", "+", at.upper_998),
        )
    ]
    window = alt.Scale(zero=False, nice=False, domain=list(drawn.window))
    y_title = wrap(f"{title} (share of {clean(drawn.metric.denominator or 'decisions')})", 55)
    y = alt.Y("estimate:Q", title=y_title, axis=alt.Axis(format="%", labelOverlap="greedy"), scale=window)
    dashes = alt.Scale(domain=["95%", "99.8%"], range=[[4, 3], [1, 0]])
    limits = (
        alt.Chart(alt.Data(values=curves))
        .mark_line(color="#555", clip=True)
        .encode(
            x=x,
            y=alt.Y("value:Q", title=y_title, scale=window),
            detail="line:N",
            strokeDash=alt.StrokeDash("limit:N", title="Limits of chance", scale=dashes),
        )
    )
    colour, shape = looks_of(alt, clean(column), ZONES, {point.zone for point in drawn.points}, set())
    points = alt.Chart(alt.Data(values=values)).encode(x=x, y=y)
    dots = points.mark_point(filled=True, size=60, opacity=0.9).encode(
        color=colour,
        shape=shape,
        tooltip=[
            alt.Tooltip("label:N", title=clean(column)),
            alt.Tooltip("shown:N", title=title),
            alt.Tooltip("n:Q", title="Audited (effective)", format=",.0f"),
            alt.Tooltip("zone:N", title="Limits"),
        ],
    )
    far = {point.label for point in drawn.outside[:15]}
    named = [value for value, point in zip(values, drawn.points, strict=True) if point.label in far]
    names = alt.Chart(alt.Data(values=named)).encode(x=x, y=y)
    names = names.mark_text(align="left", dx=7).encode(text="label:N")
    middle = alt.Chart(alt.Data(values=[{"rate": drawn.rate}])).mark_rule(color="#555").encode(y="rate:Q")
    heading = alt.Title(f"{title} by {clean(column)}", subtitle=wrap(drawn.words, 110), anchor="start", offset=12)
    chart = alt.layer(limits, middle, dots, names).properties(width=620, height=340, title=heading, padding=PADDING)
    return offline(configured(chart))


def comparison_chart(
    result: Comparison, *, metrics: Sequence[str] | None = None, by: Sequence[str] | None = None
) -> Any:
    """Differences with their intervals by slice, one panel a metric; zero is a rule, the margin a band around it."""
    alt = need("altair", "plot()")
    names = [the_metric(result, name).name for name in (metrics or result.metric_names())]
    if not names:
        raise InputError("wanted a comparison with at least one metric, got an empty one")
    grouping = drawn_grouping(result, by)
    kept, left_out = {}, 0
    for name in names:
        rows = rows_of(result, name, grouping)
        ranked = sorted(rows, key=lambda r: (r["difference"] is None, -abs(r["difference"] or 0.0)))
        kept[name] = ranked[: max(1, min(MOST_SLICES, MOST_MARKS // len(names)))]
        left_out = max(left_out, len(rows) - len(kept[name]))
    answered = [row for rows in kept.values() for row in rows if row["difference"] is not None]
    looks = looks_of(alt, "Standing", CHANGES, {str(row["standing"]) for row in answered}, set())
    panels = [_comparison_panel(alt, result, result.context.metric(name), rows, looks) for name, rows in kept.items()]
    labels = f"{clean(result.context.label_a)} minus {clean(result.context.label_b)}"
    margin = "; the grey band is the margin." if any(row["margin"] for row in answered) else "."
    subtitle = [f"{labels}, with {result.context.confidence * 100:.4g}% intervals{margin}"]
    if left_out:
        subtitle.append(f"{plural(left_out, 'slice')} left out of a panel; .to_frame() has them all.")
    return panels_of(alt, panels, 2, result._title(), subtitle)


def _comparison_panel(
    alt: Any, result: Comparison, metric: MetricDefinition, rows: list[dict[str, Any]], looks: tuple[Any, Any]
) -> Any:
    values = [
        {
            "slice": slice_name(result.slice_of(row)),
            "difference": row["difference"],
            "lower": row["lower"],
            "upper": row["upper"],
            "standing": row["standing"],
            "shown": show_difference(row["difference"], metric.unit),
            "interval": difference_interval(row, metric.unit),
            "audited": f"{number(row['n_a'])} and {number(row['n_b'])}",
        }
        for row in rows
        if row["difference"] is not None
    ]
    colour, shape = looks
    axis = axis_of(alt, "+%" if metric.unit == "share" else "+,~f")
    title = wrap(f"Difference in {clean(metric.title)}", 52)
    order = alt.EncodingSortField("difference")
    base = alt.Chart(alt.Data(values=values)).encode(y=alt.Y("slice:N", title=None, sort=order))
    margin = max((abs(row["margin"] or 0.0) for row in rows), default=0.0)
    band = alt.Chart(alt.Data(values=[{"low": -margin, "high": margin}]))
    tooltip = [
        alt.Tooltip("slice:N", title="Slice"),
        alt.Tooltip("shown:N", title="Difference"),
        alt.Tooltip("interval:N", title="Interval"),
        alt.Tooltip("audited:N", title="Audited decisions, a and b"),
        alt.Tooltip("standing:N", title="Standing"),
    ]
    dots = base.mark_point(filled=True, size=80, opacity=1)
    return alt.layer(
        band.mark_rect(color="#888", opacity=0.2).encode(x=alt.X("low:Q", title=title, axis=axis), x2="high:Q"),
        band.mark_rule(color="#444").encode(x=alt.datum(0)),
        base.mark_rule(strokeWidth=2, opacity=0.6).encode(x="lower:Q", x2="upper:Q", color=colour),
        dots.encode(x="difference:Q", color=colour, shape=shape, tooltip=tooltip),
    ).properties(width=320, title=alt.Title(wrap(clean(metric.title), 52), anchor="start"))
