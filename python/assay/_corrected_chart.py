"""The chart of corrected scores: as audited and corrected, one below the other."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING, Any

from assay._looks import PANEL_LETTERS, axis_of, panels_of
from assay.results import clean, interval_words, need, percent

if TYPE_CHECKING:
    from assay.auditor_errors import Corrected

AUDITED, CORRECTED = "as audited", "corrected"


def corrected_chart(result: Corrected) -> Any:
    """One panel a metric: the score as auditors have it, and the corrected one, each with its interval."""
    alt = need("altair", "plot()")
    panels = []
    for row in result.records():
        metric = result.context.metric(row["metric"])
        values = [
            {
                "kind": kind,
                "estimate": row[f"{prefix}estimate"],
                "lower": row[f"{prefix}lower"],
                "upper": row[f"{prefix}upper"],
                "words": percent(row[f"{prefix}estimate"]),
                "interval": interval_words(row[f"{prefix}lower"], row[f"{prefix}upper"], "share"),
            }
            for kind, prefix in ((AUDITED, "raw_"), (CORRECTED, ""))
        ]
        title = wrap(clean(f"{metric.title} (share of {metric.denominator})", 120), PANEL_LETTERS)
        x = {"title": title, "axis": axis_of(alt, "%"), "scale": alt.Scale(zero=False)}
        colour = alt.Color(
            "kind:N", scale=alt.Scale(domain=[AUDITED, CORRECTED], range=["#c0392b", "#2b6cb0"]), legend=None
        )
        base = alt.Chart(alt.Data(values=values)).encode(y=alt.Y("kind:N", sort=[AUDITED, CORRECTED], title=None))
        tooltip = [
            alt.Tooltip("kind:N", title="Score"),
            alt.Tooltip("words:N", title=clean(metric.title)),
            alt.Tooltip("interval:N", title="Interval"),
        ]
        bars = base.mark_rule(strokeWidth=4, opacity=0.45).encode(x=alt.X("lower:Q", **x), x2="upper:Q", color=colour)
        dots = base.mark_point(filled=True, size=80, opacity=1).encode(
            x=alt.X("estimate:Q", **x), color=colour, tooltip=tooltip
        )
        heading = alt.Title(wrap(clean(metric.title), PANEL_LETTERS), anchor="start")
        panels.append(alt.layer(bars, dots).properties(width=300, height=70, title=heading))
    subtitle = [f"Points with {result.context.confidence * 100:.4g}% intervals; corrected ones hold auditors' errors."]
    return panels_of(alt, panels, min(2, len(panels)), result._title(), subtitle)
