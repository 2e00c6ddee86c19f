"""The report of an audit: a page and a workbook, written all or not at all."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from assay._checks import refuse, text
from assay.register_audit.owner_sheets import _put
from assay.words import clean, listed

if TYPE_CHECKING:
    from assay.register_audit.result import Audit


def _html(outcome: Audit, title: str) -> bytes:
    from assay.register_audit.page import page

    return page(outcome, title).encode(errors="replace")


def _excel(outcome: Audit, title: str) -> bytes:
    from assay.register_audit.workbook import workbook

    return workbook(outcome, title)


WRITERS: dict[str, Callable[[Audit, str], bytes]] = {".html": _html, ".xlsx": _excel}


def save(outcome: Audit, paths: Sequence[str | os.PathLike[str]], title: str | None = None) -> list[Path]:
    """Writes the report to each path; the ending says as what."""
    if not paths:
        raise refuse(f"at least one path ending in {listed(sorted(WRITERS))}", "none")
    targets = [Path(path) for path in paths]
    for target in targets:
        if target.suffix.lower() not in WRITERS:
            raise refuse(f"a path ending in {listed(sorted(WRITERS))}", repr(clean(target.name)))
    heading = clean(text(title, "title="), 200) if title is not None else outcome.title
    made = {suffix: WRITERS[suffix](outcome, heading) for suffix in dict.fromkeys(t.suffix.lower() for t in targets)}
    return _put({target: made[target.suffix.lower()] for target in targets})
