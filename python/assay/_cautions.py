"""What to know of scores before acting on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from assay.contexts import ScoreContext, Slice
from assay.words import clean, listed, number, percent, plural, slice_name

FEWEST = 30  # audits behind a score that needs no caution


def score_cautions(rows: Sequence[tuple[Slice, Mapping[str, Any]]], context: ScoreContext) -> tuple[str, ...]:
    """Cautions that the rows themselves call for, each row with the slice that it is of."""
    found = []
    unanswered = {fixed for fixed, row in rows if row["estimate"] is None}
    if unanswered:
        names = [slice_name(fixed) for fixed in sorted(unanswered, key=repr)]
        found.append(f"No answer for {listed(names, 5)}: nothing was audited that could answer.")
    modelled = [row for _, row in rows if row["basis"] == "modelled"]
    rates = [row["response_rate"] for row in modelled if row.get("response_rate") is not None]
    rest = plural(len(modelled), "score rests", "scores rest")
    if rates:
        found.append(
            f"Not all audits came back (lowest response {percent(min(rates))}); {rest} on a model of those that are "
            "missing. The columns worst_case_lower and worst_case_upper hold what could be the worst, and below 90% "
            "response no target is judged."
        )
    elif modelled:
        found.append(f"{rest} on a model, not on audits alone{_model(context)}.")
    if any(row["basis"] == "proxy" for _, row in rows):
        found.append("Some scores are proxies: they stand in for what was not audited.")
    few = {fixed for fixed, row in rows if row["estimate"] is not None and row["n"] < FEWEST}
    small = few - {()}
    if small:
        have = f"The total and {plural(len(small), 'slice')} have"
        have = have if () in few else plural(len(small), "slice has", "slices have")
        found.append(f"{have} fewer than {FEWEST} audits behind a score.")
    elif few:
        found.append(f"Fewer than {FEWEST} audits are behind a score.")
    if len(rows) >= 20:
        astray = plural(round((1 - context.confidence) * len(rows)), "misses its", "miss their")
        found.append(
            f"Of {number(len(rows))} intervals about {astray} true value by chance: read a single odd slice as a "
            "question, not as a finding."
        )
    return tuple(found)


def _model(context: ScoreContext) -> str:
    """What a model assumes, where it is known."""
    if not context.picked_by:
        return ""
    kinds = listed([clean(name) for name in context.picked_by])
    return f": right only if the picked cases are like the others of their kind ({kinds})"
