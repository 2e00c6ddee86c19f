"""How charts look: colours and shapes by standing, axes, titles in lines, panels beside each other."""

from __future__ import annotations

from textwrap import wrap
from typing import Any

from assay._offline import offline

STANDINGS = {
    "met": ("#0b7a5e", "circle"),
    "missed": ("#c0392b", "diamond"),
    "open": ("#a87900", "square"),
    "not judged": ("#6b7280", "cross"),
    "no target": ("#2b6cb0", "circle"),
}
CHANGES = {
    "better": ("#0b7a5e", "triangle-up"),
    "worse": ("#c0392b", "triangle-down"),
    "no difference shown": ("#6b7280", "circle"),
}
ZONES = {"inside": ("#2b6cb0", "circle"), "beyond 95%": ("#a87900", "square"), "beyond 99.8%": ("#c0392b", "diamond")}
PADDING = {"left": 10, "right": 24, "top": 10, "bottom": 10}  # fonts differ: a legend may be wider than was measured
PANEL_LETTERS = 40  # that fit below a panel


def panels_of(alt: Any, panels: list[Any], columns: int, title: str, subtitle: list[str]) -> Any:
    """Panels beside each other under one title, whose lines are no longer than the panels are wide."""
    letters = (75 if columns == 2 else 60) * min(columns, len(panels))
    lines = [line for words in subtitle for line in wrap(words, letters)]
    heading = alt.Title(
        title if len(title) <= letters else wrap(title, letters), subtitle=lines, anchor="start", offset=14
    )
    chart = alt.concat(*panels, columns=columns, spacing=30).properties(title=heading, padding=PADDING)
    return offline(configured(chart))


def configured(chart: Any) -> Any:
    chart = chart.configure_axis(labelLimit=280, titleLimit=0)
    return chart.configure_view(stroke=None).configure_legend(labelLimit=0, titleLimit=0)


def looks_of(
    alt: Any, title: str, known: dict[str, tuple[str, str]], met: set[str], plain: set[str]
) -> tuple[Any, Any]:
    """Colour and shape by standing. Only what occurs is in the legend, and there is none where nothing was judged."""
    field = "zone:N" if known is ZONES else "standing:N"
    kinds = [kind for kind in known if kind in met]
    legend = alt.Legend(title=title, symbolOpacity=1) if set(kinds) - plain else None
    colours, shapes = [known[kind][0] for kind in kinds], [known[kind][1] for kind in kinds]
    colour = alt.Color(field, scale=alt.Scale(domain=kinds, range=colours), legend=legend)
    return colour, alt.Shape(field, scale=alt.Scale(domain=kinds, range=shapes), legend=legend)


def axis_of(alt: Any, form: str) -> Any:
    """A horizontal axis whose labels keep clear of each other, at the ends too."""
    return alt.Axis(format=form, tickCount=5, labelFlush=False, labelOverlap="greedy", labelSeparation=6)
