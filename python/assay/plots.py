"""Charts: what is to be drawn (plain values, shared with the reports) and the drawing of it in Altair.

Altair is imported when a chart is asked for. No chart holds more than `MOST_MARKS` rows: what matters most is kept, and
the subtitle says what was left out.
"""

from __future__ import annotations

from collections.abc import Sequence
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
from assay.results import (
    Comparison,
    MetricDefinition,
    Scores,
    clean,
    difference_interval,
    interval_words,
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

COLOURS = {"met": "#0b7a5e", "missed": "#c0392b", "open": "#a87900", "not judged": "#2b6cb0"}
SHAPES = {"met": "circle", "missed": "diamond", "open": "square", "not judged": "circle"}
CHANGE_COLOURS = {"better": "#0b7a5e", "worse": "#c0392b", "no difference shown": "#6b7280"}
CHANGE_SHAPES = {"better": "triangle-up", "worse": "triangle-down", "no difference shown": "circle"}


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
    panels, room = [], max(1, min(MOST_SLICES, MOST_MARKS // len(names)))
    left_out = 0
    for name in names:
        metric = result.context.metric(name)
        rows = rows_of(result, name, grouping)
        kept = matter_most(rows, metric, room)
        left_out = max(left_out, len(rows) - len(kept))
        panels.append(_scores_panel(alt, result, metric, kept, grouping))
    subtitle = [f"Points with {result.context.confidence * 100:.4g}% intervals; the dashed rule is the target."]
    if left_out:
        subtitle.append(
            f"{plural(left_out, 'slice')} left out of a panel, the worst are kept; .to_frame() has them all."
        )
    title = alt.Title(result._title(), subtitle=subtitle, anchor="start")
    chart = alt.concat(*panels, columns=3).properties(title=title)
    return chart.configure_view(stroke=None).configure_axis(labelLimit=160)


def _scores_panel(
    alt: Any, result: Scores, metric: MetricDefinition, rows: list[dict[str, Any]], grouping: tuple[str, ...]
) -> Any:
    values = []
    for row in rows:
        if row["estimate"] is None:
            continue
        values.append(
            {
                "group": clean(row[grouping[0]], 40) if len(grouping) > 1 else "",
                "slice": " · ".join(clean(row[name], 40) for name in (grouping[1:] or grouping)) or "all",
                "estimate": row["estimate"],
                "lower": row["lower"],
                "upper": row["upper"],
                "target": row.get("target"),
                "standing": row.get("standing") or "not judged",
                "shown": show(row["estimate"], metric.unit),
                "interval": interval_words(row["lower"], row["upper"], metric.unit),
                "audited": row["n"],
                "name": slice_name(result.slice_of(row)),
                "basis": row["basis"],
            }
        )
    axis = alt.Axis(format="%") if metric.unit == "share" else alt.Axis()
    of = f" of {metric.denominator}" if metric.denominator else ""
    x_title = clean(metric.title + (f" (share{of})" if metric.unit == "share" else ""), 70)
    tooltip = [
        alt.Tooltip("name:N", title="Slice"),
        alt.Tooltip("shown:N", title=clean(metric.title)),
        alt.Tooltip("interval:N", title="Interval"),
        alt.Tooltip("audited:Q", title="Audited decisions", format=","),
        alt.Tooltip("standing:N", title="Target"),
        alt.Tooltip("basis:N", title="Basis"),
    ]
    order = alt.EncodingSortField("estimate", order="descending" if metric.better == "lower" else "ascending")
    y_title = " and ".join(clean(name) for name in (grouping[1:] or grouping)) or None
    base = alt.Chart().encode(y=alt.Y("slice:N", sort=order, title=y_title))
    x = alt.X("estimate:Q", title=x_title, axis=axis, scale=alt.Scale(zero=False))
    standings = list(COLOURS)
    colour = alt.Color("standing:N", title="Target", scale=alt.Scale(domain=standings, range=list(COLOURS.values())))
    shape = alt.Shape("standing:N", title="Target", scale=alt.Scale(domain=standings, range=list(SHAPES.values())))
    layers = [
        base.mark_rule(strokeWidth=2, opacity=0.6).encode(
            x=alt.X("lower:Q", title=x_title, axis=axis, scale=alt.Scale(zero=False)), x2="upper:Q", color=colour
        ),
        base.mark_point(filled=True, size=70, opacity=1).encode(x=x, color=colour, shape=shape, tooltip=tooltip),
    ]
    if any(value["target"] is not None for value in values):
        rule = alt.Chart().transform_filter("isValid(datum.target)")
        layers.append(rule.mark_rule(strokeDash=[4, 3], color="#444").encode(x="mean(target):Q"))
    data = {} if len(grouping) > 1 else {"data": alt.Data(values=values)}
    layered = alt.layer(*layers, **data).properties(width=240)
    if len(grouping) < 2:
        return layered.properties(title=clean(metric.title))
    header = alt.Header(labelAngle=0, labelAlign="left", labelOrient="left")
    row = alt.Row("group:N", title=clean(grouping[0]), header=header)
    faceted = layered.facet(row=row, spacing=6, data=alt.Data(values=values))
    return faceted.resolve_scale(y="independent").properties(title=clean(metric.title))


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
    x = alt.X("n:Q", title="Audited decisions (effective number)")
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
    share = alt.Axis(format="%")
    window = alt.Scale(zero=False, nice=False, domain=list(drawn.window))
    y_title = f"{title} (share of {clean(drawn.metric.denominator or 'decisions')})"
    limits = (
        alt.Chart(alt.Data(values=curves))
        .mark_line(color="#555", clip=True)
        .encode(
            x=x,
            y=alt.Y("value:Q", title=y_title, axis=share, scale=window),
            detail="line:N",
            strokeDash=alt.StrokeDash(
                "limit:N", title="Limits of chance", scale=alt.Scale(domain=["95%", "99.8%"], range=[[4, 3], [1, 0]])
            ),
        )
    )
    zones = ["inside", "beyond 95%", "beyond 99.8%"]
    points = alt.Chart(alt.Data(values=values)).encode(x=x, y=alt.Y("estimate:Q", axis=share, scale=window))
    dots = points.mark_point(filled=True, size=60, opacity=0.9).encode(
        color=alt.Color(
            "zone:N", title=clean(column), scale=alt.Scale(domain=zones, range=["#2b6cb0", "#a87900", "#c0392b"])
        ),
        shape=alt.Shape(
            "zone:N", title=clean(column), scale=alt.Scale(domain=zones, range=["circle", "square", "diamond"])
        ),
        tooltip=[
            alt.Tooltip("label:N", title=clean(column)),
            alt.Tooltip("shown:N", title=title),
            alt.Tooltip("n:Q", title="Audited (effective)", format=",.0f"),
            alt.Tooltip("zone:N", title="Limits"),
        ],
    )
    far = {point.label for point in drawn.outside[:15]}
    named = [value for value, point in zip(values, drawn.points, strict=True) if point.label in far]
    names = alt.Chart(alt.Data(values=named)).encode(x=x, y=alt.Y("estimate:Q", axis=share, scale=window))
    names = names.mark_text(align="left", dx=7).encode(text="label:N")
    middle = alt.Chart(alt.Data(values=[{"rate": drawn.rate}])).mark_rule(color="#555").encode(y="rate:Q")
    heading = alt.Title(f"{title} by {clean(column)}", subtitle=[drawn.words], anchor="start")
    return alt.layer(limits, middle, dots, names).properties(width=620, height=340, title=heading)


def comparison_chart(
    result: Comparison, *, metrics: Sequence[str] | None = None, by: Sequence[str] | None = None
) -> Any:
    """Differences with their intervals by slice, one panel a metric; zero is a rule, the margin a band around it."""
    alt = need("altair", "plot()")
    names = [the_metric(result, name).name for name in (metrics or result.metric_names())]
    if not names:
        raise InputError("wanted a comparison with at least one metric, got an empty one")
    grouping = drawn_grouping(result, by)
    panels, left_out = [], 0
    for name in names:
        metric = result.context.metric(name)
        rows = rows_of(result, name, grouping)
        kept = sorted(rows, key=lambda r: (r["difference"] is None, -abs(r["difference"] or 0.0)))
        kept = kept[: max(1, min(MOST_SLICES, MOST_MARKS // len(names)))]
        left_out = max(left_out, len(rows) - len(kept))
        panels.append(_comparison_panel(alt, result, metric, kept))
    labels = f"{clean(result.context.label_a)} minus {clean(result.context.label_b)}"
    subtitle = [f"{labels}, with {result.context.confidence * 100:.4g}% intervals; the grey band is the margin."]
    if left_out:
        subtitle.append(f"{plural(left_out, 'slice')} left out of a panel; .to_frame() has them all.")
    title = alt.Title(result._title(), subtitle=subtitle, anchor="start")
    return alt.concat(*panels, columns=2).properties(title=title).configure_view(stroke=None)


def _comparison_panel(alt: Any, result: Comparison, metric: MetricDefinition, rows: list[dict[str, Any]]) -> Any:
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
    axis = alt.Axis(format="+%") if metric.unit == "share" else alt.Axis(format="+")
    title = f"Difference in {clean(metric.title)}"
    kinds = list(CHANGE_COLOURS)
    colour = alt.Color(
        "standing:N", title="Standing", scale=alt.Scale(domain=kinds, range=list(CHANGE_COLOURS.values()))
    )
    shape = alt.Shape("standing:N", title="Standing", scale=alt.Scale(domain=kinds, range=list(CHANGE_SHAPES.values())))
    base = alt.Chart(alt.Data(values=values)).encode(
        y=alt.Y("slice:N", title="Slice", sort=alt.EncodingSortField("difference"))
    )
    margin = max((abs(row["margin"] or 0.0) for row in rows), default=0.0)
    band = alt.Chart(alt.Data(values=[{"low": -margin, "high": margin}]))
    tooltip = [
        alt.Tooltip("slice:N", title="Slice"),
        alt.Tooltip("shown:N", title="Difference"),
        alt.Tooltip("interval:N", title="Interval"),
        alt.Tooltip("audited:N", title="Audited decisions, a and b"),
        alt.Tooltip("standing:N", title="Standing"),
    ]
    return alt.layer(
        band.mark_rect(color="#888", opacity=0.2).encode(x=alt.X("low:Q", title=title, axis=axis), x2="high:Q"),
        band.mark_rule(color="#444").encode(x=alt.datum(0)),
        base.mark_rule(strokeWidth=2, opacity=0.6).encode(x="lower:Q", x2="upper:Q", color=colour),
        base.mark_point(filled=True, size=80, opacity=1).encode(
            x="difference:Q", color=colour, shape=shape, tooltip=tooltip
        ),
    ).properties(width=320, title=clean(metric.title))
