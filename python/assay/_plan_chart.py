"""A plan as a picture: how many cases in each stratum, and how sharp each slice will be against what was wished."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from assay._looks import PADDING, axis_of, configured
from assay._offline import offline
from assay._plan_words import OVERALL, wished_of
from assay.results import clean, labels_of, need, number, plural

if TYPE_CHECKING:
    from assay._plan import Plan
    from assay._plan_words import Slices

MOST_BARS = 40
COLOUR, WISH = "#2b6cb0", "#c0392b"


def plan_chart(plan: Plan, names: Sequence[str], slices: Sequence[Mapping[str, Any]]) -> Any:
    """Bars of sample sizes; beside them points of expected half-widths, with a tick where each wish is."""
    alt = need("altair", "plot()")
    slices = _worth_drawing(slices)
    panels = [_sizes(alt, plan, names)]
    if slices:
        panels.append(_widths(alt, slices))
    heading = alt.Title(plan._title(), subtitle=_subtitle(plan, len(names), slices), anchor="start", offset=14)
    chart = alt.hconcat(*panels, spacing=30).properties(title=heading, padding=PADDING)
    return offline(configured(chart))


def slices_chart(result: Slices, slices: Sequence[Mapping[str, Any]]) -> Any:
    """The slices of a plan alone."""
    alt = need("altair", "plot()")
    slices = _worth_drawing(slices)
    wished = any(row["wished"] for row in slices)
    subtitle = ["Left of its red tick, a slice is as sharp as wished."] if wished else []
    heading = alt.Title(result._title(), subtitle=subtitle, anchor="start", offset=14)
    return offline(configured(_widths(alt, slices).properties(title=heading, padding=PADDING)))


def _worth_drawing(slices: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The whole, and the groupings of which something was wished; all where nothing was wished."""
    named = {row["column"] for row in slices if wished_of(row) and row["column"] != OVERALL}
    return [row for row in slices if not named or row["column"] in named or row["column"] == OVERALL]


def _subtitle(plan: Plan, strata: int, slices: Sequence[Mapping[str, Any]]) -> list[str]:
    lines = []
    if plan.proof is not None:
        unit = "" if plan.context.money else " audits"
        lines.append(
            f"Costs {number(plan.cost)}{unit}; no plan that keeps the wishes costs less than "
            f"{number(round(plan.proof.lower_bound, 1))}{unit}."
        )
    if any(row["wished"] for row in slices):
        lines.append("Left of its red tick, a slice is as sharp as wished.")
    if strata > MOST_BARS:
        lines.append(f"The {MOST_BARS} largest samples of {plural(strata, 'stratum', 'strata')}.")
    if len(slices) > MOST_BARS:
        lines.append(f"The {MOST_BARS} slices nearest to their wish, or widest, of {number(len(slices))}.")
    return lines


def _sizes(alt: Any, plan: Plan, names: Sequence[str]) -> Any:
    labels = labels_of([_stratum(name) for name in names])
    rows = zip(names, plan.column("sample_size"), plan.column("population"), strict=True)
    values = [{"stratum": labels[_stratum(name)], "cases": size, "population": held} for name, size, held in rows]
    if len(values) > MOST_BARS:
        values = sorted(values, key=lambda value: -value["cases"])[:MOST_BARS]
    return (
        alt.Chart(alt.Data(values=values))
        .mark_bar(color=COLOUR)
        .encode(
            x=alt.X("cases:Q", title="cases to audit", axis=axis_of(alt, ",.0f")),
            y=alt.Y("stratum:N", sort=None, title=None),
            tooltip=[
                alt.Tooltip("stratum:N"),
                alt.Tooltip("cases:Q", format=","),
                alt.Tooltip("population:Q", format=","),
            ],
        )
        .properties(width=240, title=alt.Title("Audits by stratum", anchor="start"))
    )


def _stratum(name: str) -> str:
    """A stratum's values, without the names of their columns."""
    return " · ".join(part.split("=", 1)[-1] for part in name.split("; "))


def _widths(alt: Any, slices: Sequence[Mapping[str, Any]]) -> Any:
    def rank(row: Mapping[str, Any]) -> tuple[bool, float]:
        width = float(row["expected_half_width"])
        return row["wished"] is None, -(width / row["wished"] if row["wished"] else width)

    kept = list(slices) if len(slices) <= MOST_BARS else sorted(slices, key=rank)[:MOST_BARS]
    named = ["overall" if row["column"] == "overall" else f"{row['column']}: {row['slice']}" for row in kept]
    labels = labels_of(named)
    values = [
        {
            "slice": labels[name],
            "expected": row["expected_half_width"] * 100,
            "wished": None if row["wished"] is None else row["wished"] * 100,
            "audits": round(row["expected_audits"]),
            "population": row["population"],
            "column": clean(row["column"]),
        }
        for name, row in zip(named, kept, strict=True)
    ]
    base = alt.Chart(alt.Data(values=values)).encode(y=alt.Y("slice:N", sort=None, title=None))
    axis = {"title": "expected half-width (± points)", "axis": axis_of(alt, ",~f"), "scale": alt.Scale(zero=True)}
    tooltip = [
        alt.Tooltip("slice:N"),
        alt.Tooltip("expected:Q", title="expected ± points", format=".2f"),
        alt.Tooltip("wished:Q", title="wished ± points", format=".2f"),
        alt.Tooltip("audits:Q", title="expected audits", format=","),
        alt.Tooltip("population:Q", title="decided cases", format=","),
    ]
    bars = base.mark_rule(strokeWidth=2, opacity=0.5, color=COLOUR).encode(
        x=alt.X("expected:Q", **axis), x2=alt.datum(0)
    )
    dots = base.mark_point(filled=True, size=70, opacity=1, color=COLOUR).encode(
        x=alt.X("expected:Q", **axis), tooltip=tooltip
    )
    ticks = (
        base.transform_filter("isValid(datum.wished)")
        .mark_tick(thickness=3, color=WISH)
        .encode(x=alt.X("wished:Q", **axis))
    )
    title = alt.Title("How sharp each slice will be", anchor="start")
    return alt.layer(bars, dots, ticks).properties(width=300, title=title)
