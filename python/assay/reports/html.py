"""The HTML page: one file, no script, no network; a strict content policy inside."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from assay._markup import STYLE
from assay.plots import Funnel
from assay.reports import svg
from assay.reports.model import Chart, Model
from assay.results import BADGES, Comparison, clean, need

TEMPLATES = Path(__file__).parent / "templates"


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
    safe = jinja2.utils.markupsafe.Markup  # markupsafe comes with Jinja2
    environment.filters["draw"] = lambda chart: safe(svg.draw(chart))
    environment.filters["spark"] = lambda mark, scale, width=104: safe(svg.spark(mark, scale, width))
    environment.filters["badge"] = lambda standing: safe(_badge(standing))
    environment.tests["comparison"] = lambda section: isinstance(section.result, Comparison)
    environment.tests["scores_with_targets"] = lambda result: "standing" in result.column_names
    environment.tests["funnel"] = lambda chart: isinstance(chart, Funnel)
    return environment


def _badge(standing: str | None) -> str:
    if standing is None:
        return ""
    icon = BADGES[standing][0] if standing in BADGES else "·"
    words = escape(clean(standing))
    return f'<span class="badge {svg.kind_of(standing)}"><span aria-hidden="true">{icon}</span> {words}</span>'


def _caption(chart: Chart) -> str:
    if isinstance(chart, Funnel):
        lines = "Dashed lines hold 95% and solid lines 99.8% of those who do as well as all together."
        return f"{chart.words} {lines}"
    return chart.note


def _style() -> str:
    return (TEMPLATES / "page.css").read_text(encoding="utf-8") + STYLE


def page(model: Model) -> str:
    """The whole page."""
    style = _style()
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    text: str = (
        _environment().get_template("page.html").render(style=style, digest=digest, model=model, caption=_caption)
    )
    return text


def fragment(model: Model) -> str:
    """The same inside a notebook: the page in a frame of its own, so that styles do not meet."""
    return (
        f'<iframe srcdoc="{escape(page(model))}" sandbox="" title="{escape(model.title)}" '
        'style="width:100%;height:720px;border:1px solid rgba(128,128,128,.4);border-radius:6px"></iframe>'
    )
