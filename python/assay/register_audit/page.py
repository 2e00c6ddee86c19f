"""The page of an audit: one file, no script, no network."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assay._core import __version__
from assay._flavours import need
from assay.reports import svg
from assay.reports.html import TEMPLATES as REPORTS
from assay.words import clean, listed, number, plural

if TYPE_CHECKING:
    from assay.register_audit.result import Audit

TEMPLATES = Path(__file__).parent / "templates"
MOST_BARS, MOST_ROWS, MOST_MENDED = 20, 200, 60
SEVERITIES = ("high", "medium", "low")


@dataclass(frozen=True, slots=True)
class Tile:
    title: str
    value: str
    words: str
    grave: bool = False


@dataclass(frozen=True, slots=True)
class Bars:
    """Findings counted by something: (label, high, medium, low)."""

    title: str
    rows: tuple[tuple[str, int, int, int], ...]
    more: str


@dataclass(frozen=True, slots=True)
class Line:
    severity: str
    subject: str
    summary: str
    evidence: str
    owner: str
    due: str
    standing: str


@dataclass(frozen=True, slots=True)
class Group:
    title: str
    count: str
    explanation: str
    rows: tuple[Line, ...]
    left_out: int


def words_of(rule: str) -> str:
    """A rule's id as a heading."""
    plain = rule.replace("_", " ").replace("-", " ")
    return (plain[:1].upper() + plain[1:]).replace("Sla ", "SLA ")


def tiles_of(outcome: Audit) -> tuple[Tile, ...]:
    open_, standing = outcome.open(), Counter(each.standing for each in outcome.found)
    high = sum(each.severity == "high" for each in open_)
    late = sum(each.due < outcome.counted.day for each in open_)
    fresh = listed([f"{number(standing[each])} {each}" for each in ("returned", "waiver ran out") if standing[each]])
    return (
        Tile("Open findings", number(len(open_)), f"{number(high)} of high severity", high > 0),
        Tile("New this time", number(standing["new"]), fresh or "none came back"),
        Tile("Past their day", number(late), f"of {plural(len(open_), 'open finding')}", late > 0),
        Tile(
            "Mended",
            number(len(outcome.fixed)),
            f"{number(standing['waived'])} waived, {number(standing['explained'])} explained",
        ),
    )


def bars_of(outcome: Audit, what: str, title: str) -> Bars:
    rows = outcome.counts(what)
    name = words_of if what == "rule" else (lambda each: clean(each, 40))
    shown = tuple((name(each), *counts) for each, *counts in rows[:MOST_BARS])
    left = rows[MOST_BARS:]
    more = f"and {number(sum(sum(counts) for _, *counts in left))} findings of {number(len(left))} more" if left else ""
    return Bars(title, shown, more)  # type: ignore[arg-type]


def draw(chart: Bars) -> str:
    """Stacked bars, the number at their end."""
    left, width, height = 220.0, 560.0, 22.0
    most = max((sum(counts) for _, *counts in chart.rows), default=1)
    parts = []
    for position, (label, *counts) in enumerate(chart.rows):
        y, x = 8 + position * height, left
        parts.append(svg.text(left - 8, y + 11, clean(label, 34), "label", "end"))
        for severity, count in zip(SEVERITIES, counts, strict=True):
            if count:
                size = width * count / most
                parts.append(svg.tag("rect", x=x, y=y + 1, width=max(1.0, size), height=height - 8, class_=severity))
                x += size
        parts.append(svg.text(x + 6, y + 11, number(sum(counts)), "small"))
    spoken = "; ".join(f"{label}: {high} high, {medium} medium, {low} low" for label, high, medium, low in chart.rows)
    return svg.svg(svg.WIDTH, 14 + height * len(chart.rows), chart.title, spoken, "".join(parts))


def groups_of(outcome: Audit) -> tuple[Group, ...]:
    explanations = {name: words for name, _, words in outcome.counted.rules}
    own: dict[str, list[Any]] = {}
    for each in outcome.found:
        own.setdefault(each.rule, []).append(each)
    out = []
    for rule, found in own.items():
        lines = tuple(
            Line(
                each.severity,
                clean(each.subject, 200),
                clean(each.summary, 600),
                clean(each.evidence, 600),
                clean(each.owner, 80),
                str(each.due),
                each.standing,
            )
            for each in found[:MOST_ROWS]
        )
        count = plural(len(found), "finding")
        out.append(Group(words_of(rule), count, explanations.get(rule, ""), lines, max(0, len(found) - MOST_ROWS)))
    return tuple(out)


@cache
def _environment() -> Any:
    jinja2 = need("jinja2", "an HTML report")
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters["bars"] = lambda chart: jinja2.utils.markupsafe.Markup(draw(chart))
    return environment


def page(outcome: Audit, title: str) -> str:
    """The whole page."""
    style = (REPORTS / "page.css").read_text(encoding="utf-8") + (TEMPLATES / "audit.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    tables = [
        f"{name} ({plural(rows, 'row')})" if rows is not None else name for name, rows, _ in outcome.counted.tables
    ]
    against = f" against {listed(tables, 20)}" if tables else ""
    about = f"{plural(outcome.counted.queues, 'queue')}{against}."
    charts = [bars_of(outcome, "rule", "By rule"), bars_of(outcome, "owner", "By owner")] if outcome.open() else []
    model = {
        "title": title,
        "about": clean(about, 600),
        "tiles": tiles_of(outcome),
        "charts": charts,
        "groups": groups_of(outcome),
        "mended": [clean(name, 200) for name in outcome.fixed[:MOST_MENDED]],
        "mended_more": f"and {number(len(outcome.fixed) - MOST_MENDED)} more"
        if len(outcome.fixed) > MOST_MENDED
        else "",
        "notes": outcome.notes(),
        "version": __version__,
    }
    text: str = _environment().get_template("audit.html").render(style=style, digest=digest, model=model)
    return text
