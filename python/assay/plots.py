"""Charts: what is to be drawn (plain values, shared with the reports) and the drawing of it in Altair.

Altair is imported when a chart is asked for. No chart holds more than `MOST_MARKS` rows: what matters most is kept, and
the subtitle says what was left out.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from assay._core import InputError

from assay.results import (
    Comparison,
    MetricDefinition,
    Scores,
    clean,
    difference_interval,
    interval_words,
    listed,
    need,
    number,
    percent,
    plural,
    show,
    show_difference,
    slice_name,
)

Zone = Literal["inside", "beyond 95%", "beyond 99.8%"]

MOST_MARKS = 5_000
MOST_SLICES = 60
# A name by which a grouping column is taken for the people who decide, where the context does not say.
REVIEWER_NAMES = ("reviewer", "moderator", "agent", "annotator", "rater", "worker", "labeler", "labeller")
COLOURS = {"met": "#0b7a5e", "missed": "#c0392b", "open": "#a87900", "not judged": "#2b6cb0"}
SHAPES = {"met": "circle", "missed": "diamond", "open": "square", "not judged": "circle"}
CHANGE_COLOURS = {"better": "#0b7a5e", "worse": "#c0392b", "no difference shown": "#6b7280"}
CHANGE_SHAPES = {"better": "triangle-up", "worse": "triangle-down", "no difference shown": "circle"}


# --- what is to be drawn --------------------------------------------------------------------------------------------


def rows_of(result: Scores | Comparison, metric: str, grouping: Sequence[str]) -> list[dict[str, Any]]:
    """The rows of one metric that fix exactly the columns of `grouping`."""
    canonical = tuple(name for name in result.context.by if name in grouping)
    if len(canonical) != len(set(grouping)):
        return []
    return list(result.rows_by_grouping().get((metric, canonical), ()))


def groupings_of(result: Scores | Comparison) -> list[tuple[str, ...]]:
    """The sets of columns that rows of the result fix, as they come."""
    return list(dict.fromkeys(grouping for _, grouping in result.rows_by_grouping()))


def reviewer_column(result: Scores) -> str | None:
    """The grouping column that names reviewers, if the result has slices of it alone."""
    singles = [grouping[0] for grouping in groupings_of(result) if len(grouping) == 1]
    named = result.context.reviewer
    if named is not None:
        return named if named in singles else None
    return next((name for name in singles if any(word in name.lower() for word in REVIEWER_NAMES)), None)


def matter_most(rows: Sequence[dict[str, Any]], metric: MetricDefinition, most: int) -> list[dict[str, Any]]:
    """At most `most` rows: missed targets first, then the worst estimates; unanswered ones last."""

    def rank(row: Mapping[str, Any]) -> tuple[bool, bool, float]:
        estimate = row["estimate"]
        badness = 0.0 if estimate is None else float(estimate) * (-1 if metric.better == "lower" else 1)
        return estimate is None, row.get("standing") != "missed", badness

    return sorted(rows, key=rank)[:most]


def funnel_limits(rate: float, n: int, share: float) -> tuple[float, float]:
    """Limits that hold `share` of units with `n` audits whose true rate is `rate`: exact binomial, interpolated.

    A count lies outside exactly where the binomial tail from it outwards is below (1 - share) / 2; between counts the
    limit is interpolated so that the curve is smooth. The upper limit is the lower one of the opposite outcome.
    Assumes: audits independent. Not for: units whose cases differ in difficulty beyond what the rate says.
    No data: n == 0 answers (0, 1).

    Reference: Spiegelhalter (2005), Statistics in Medicine 24(8):1185-1202, doi:10.1002/sim.1970
    """
    if not 0 <= rate <= 1:
        raise InputError(f"wanted a rate between 0 and 1, got {rate}")
    if not 0 < share < 1:
        raise InputError(f"wanted a share strictly between 0 and 1, got {share}")
    if n < 0:
        raise InputError(f"wanted a number of audits that is not negative, got {n}")
    if n == 0:
        return 0.0, 1.0
    if rate in (0.0, 1.0):
        return rate, rate
    tail = (1 - share) / 2
    return _lower_limit(rate, n, tail), 1.0 - _lower_limit(1.0 - rate, n, tail)


def _lower_limit(rate: float, n: int, tail: float) -> float:
    mean, odds = n * rate, rate / (1.0 - rate)
    # below the start lies less than exp(-45) of the distribution (Bernstein's bound), and no term underflows from there
    start = max(0, math.floor(mean - 15.0 - math.sqrt(225.0 + 90.0 * mean * (1.0 - rate))))
    ways = math.lgamma(n + 1) - math.lgamma(start + 1) - math.lgamma(n - start + 1)
    at, below = math.exp(ways + start * math.log(rate) + (n - start) * math.log1p(-rate)), 0.0
    for r in range(start, n + 1):
        if below + at >= tail:
            return max(0.0, (r - (below + at - tail) / at) / n)
        below += at
        at *= (n - r) / (r + 1) * odds
    return 1.0


@dataclass(frozen=True, slots=True)
class FunnelPoint:
    label: str
    n: float
    estimate: float
    zone: Zone


@dataclass(frozen=True, slots=True)
class FunnelLimits:
    n: int
    lower_95: float
    upper_95: float
    lower_998: float
    upper_998: float


@dataclass(frozen=True, slots=True)
class Funnel:
    """Units against the limits that chance alone would keep them in."""

    metric: MetricDefinition
    unit: str
    rate: float
    points: tuple[FunnelPoint, ...]
    limits: tuple[FunnelLimits, ...]
    left_out: int

    @property
    def outside(self) -> list[FunnelPoint]:
        """Units beyond the 99.8% limits, the furthest first."""
        far = [point for point in self.points if point.zone == "beyond 99.8%"]
        return sorted(far, key=lambda point: -abs(point.estimate - self.rate))

    @property
    def window(self) -> tuple[float, float]:
        """The stretch of rates worth drawing: all units, and the limits where they have narrowed."""
        wide = [at for at in self.limits if at.n >= self.limits[-1].n / 12] or list(self.limits)
        low = min(min(point.estimate for point in self.points), wide[0].lower_998)
        high = max(max(point.estimate for point in self.points), wide[0].upper_998)
        pad = 0.04 * (high - low) or 0.02
        return max(0.0, low - pad), min(1.0, high + pad)

    @property
    def words(self) -> str:
        """What the funnel shows, in a sentence or two."""
        units, unit = len(self.points) + self.left_out, clean(self.unit)
        beyond = sum(point.zone != "inside" for point in self.points)
        sides = []
        for side, sign in (("below", -1), ("above", 1)):
            names = [clean(point.label, 40) for point in self.outside if (point.estimate - self.rate) * sign > 0]
            sides += [f"{number(len(names))} {side} ({listed(names, 6)})"] if names else []
        text = f"Beyond the 99.8% limits of {plural(units, unit)}: {listed(sides) or 'none'}. "
        text += (
            f"{number(beyond)} beyond the 95% limits, where chance alone would put about {number(round(units * 0.05))}."
        )
        return text + (f" {number(self.left_out)} within the limits are not drawn." if self.left_out else "")


def funnel(result: Scores, *, unit: str, metric: str | None = None, most: int = MOST_MARKS) -> Funnel:
    """The funnel of the slices of one column: each unit's rate against its number of audits.

    The middle is the overall row where the result has one, else all units pooled. The number of audits is the
    effective one (Kish), so that unequal weights widen the limits as they should.
    """
    definition = _the_metric(result, metric)
    if definition.unit != "share":
        raise InputError(f"wanted a metric that is a share, for a funnel, got '{clean(definition.name)}'")
    rows = [row for row in rows_of(result, definition.name, (unit,)) if row["estimate"] is not None]
    if not rows:
        have = listed([clean(" and ".join(g)) for g in groupings_of(result) if g]) or "no grouping at all"
        raise InputError(f"wanted a grouping by '{clean(unit)}' alone with at least one score, got slices by {have}")
    total = rows_of(result, definition.name, ())
    if total and total[0]["estimate"] is not None:
        rate = float(total[0]["estimate"])
    else:
        rate = sum(row["numerator"] for row in rows) / sum(row["denominator"] for row in rows)
    found = [_funnel_point(row, unit, rate) for row in rows]
    kept = found
    if len(found) > most:
        outer = sorted((p for p in found if p.zone != "inside"), key=lambda p: -abs(p.estimate - rate))[:most]
        inner = [p for p in found if p.zone == "inside"]
        room = most - len(outer)
        kept = outer + [inner[i * len(inner) // room] for i in range(min(room, len(inner)))]
    largest = max(1, math.ceil(max(point.n for point in found)))
    grid = sorted({max(1, round(largest * (i / 60) ** 1.6)) for i in range(1, 61)} | {1, largest})
    limits = tuple(FunnelLimits(n, *funnel_limits(rate, n, 0.95), *funnel_limits(rate, n, 0.998)) for n in grid)
    return Funnel(definition, unit, rate, tuple(kept), limits, len(found) - len(kept))


def _funnel_point(row: Mapping[str, Any], unit: str, rate: float) -> FunnelPoint:
    n = float(row["n_effective"] if row["n_effective"] is not None else row["n"])
    low, high = funnel_limits(rate, max(1, round(n)), 0.95)
    far_low, far_high = funnel_limits(rate, max(1, round(n)), 0.998)
    estimate = float(row["estimate"])
    zone: Zone = "inside" if low <= estimate <= high else "beyond 95%"
    if not far_low <= estimate <= far_high:
        zone = "beyond 99.8%"
    return FunnelPoint(str(row[unit]), n, estimate, zone)


def _the_metric(result: Scores | Comparison, name: str | None) -> MetricDefinition:
    names = result.metric_names()
    if name is None and names:
        return result.context.metric(names[0])
    if name is None or name not in names:
        raise InputError(f"wanted a metric among {listed([clean(n) for n in names]) or 'none'}, got {clean(name)!r}")
    return result.context.metric(name)


# --- Altair ---------------------------------------------------------------------------------------------------------


def scores_chart(result: Scores, *, metrics: Sequence[str] | None = None, by: Sequence[str] | None = None) -> Any:
    """Points with their intervals by slice, one panel a metric, and a rule where the target is.

    `by` picks the grouping that is drawn (default: the one with most columns, at most two, that has not too many
    slices). Two columns give a row of panels for each value of the first.
    """
    alt = need("altair", "plot()")
    names = [_the_metric(result, name).name for name in (metrics or result.metric_names())]
    if not names:
        raise InputError("wanted a result with at least one metric, got an empty one")
    grouping = _drawn_grouping(result, by)
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


def _drawn_grouping(result: Scores | Comparison, by: Sequence[str] | None) -> tuple[str, ...]:
    found = groupings_of(result)
    if by is not None:
        wanted = (by,) if isinstance(by, str) else tuple(by)
        for grouping in found:
            if set(grouping) == set(wanted):
                return wanted
        have = listed([clean(" and ".join(g)) for g in found if g]) or "no grouping"
        raise InputError(f"wanted a grouping of the result, got {clean(listed(wanted))!r}; it has {have}")
    metric = result.metric_names()[:1]
    sizes = {g: len(rows_of(result, metric[0], g)) for g in found} if metric else {}
    fitting = [g for g in found if len(g) <= 2 and sizes.get(g, 0) <= MOST_SLICES]
    return max(fitting or found or [()], key=lambda g: (len(g), -found.index(g)))


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
    names = [_the_metric(result, name).name for name in (metrics or result.metric_names())]
    if not names:
        raise InputError("wanted a comparison with at least one metric, got an empty one")
    grouping = _drawn_grouping(result, by)
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
