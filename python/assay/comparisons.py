"""Comparisons: is one score better than another?

change = assay.compare(this_week, last_week)
"""

from __future__ import annotations

from typing import Any, cast

from assay import _core
from assay._checks import refuse
from assay.results import Comparison, ComparisonContext, Scores
from assay.scores import score

__all__ = ["compare"]


def compare(
    a: object,
    b: object,
    *,
    about: str = "process",
    margin: float = 0,
    label_a: str | None = None,
    label_b: str | None = None,
    **asked: Any,
) -> Comparison:
    """Is `a` better than `b`? The difference a - b for every slice and metric that both hold, with its interval.

    `a` and `b` are scores; or tables that hold decision and verdict; or pairs `(sample, audits)`. Tables and pairs are
    scored first, as `assay.score` would with the other arguments given here:
    `assay.compare((sample_a, audits_a), (sample_b, audits_b), verdict="verdict", by=["site"])`.

    The interval respects both designs, and the correlation of cases that both audited (the same draw key over the same
    ids brings many). `standing` says better, worse or no difference shown; with `margin` only differences that are
    surely larger than it count. Where none is shown, `audits_needed` says how many more would show a difference of the
    size seen; where one side has no audits there is no standing at all. `about="queue"` compares the two periods' cases
    themselves rather than what made them.

    `label_a` and `label_b` are what the two are called; by default the periods of their samples where they differ.

    "No difference shown" is not "no difference": look at the interval.
    """
    if about not in ("queue", "process"):
        raise refuse('about= "queue" (these cases) or "process" (what made them)', repr(about))
    if isinstance(margin, bool) or not isinstance(margin, int | float):
        raise refuse("a margin of 0 or more", repr(margin))
    if asked and isinstance(a, Scores) and isinstance(b, Scores):
        raise refuse("no more arguments beside two scores", ", ".join(f"{name}=" for name in asked))
    one, other = _scored("a", a, asked), _scored("b", b, asked)
    table, only_in_one = _core.compare(
        cast(_core.ScoreTable, one._table), cast(_core.ScoreTable, other._table), about, float(margin)
    )
    notes = (
        [f"{only_in_one:,} slices and metrics stand in only one of the two and were left out."] if only_in_one else []
    )
    periods = (one.context.period, other.context.period)
    known = all(periods) and periods[0] != periods[1] and label_a is None and label_b is None
    labels = periods if known else ("a" if label_a is None else label_a, "b" if label_b is None else label_b)
    context = ComparisonContext(
        by=one.context.by,
        groupings=one.context.groupings,
        metrics=one.context.metrics,
        confidence=one.context.confidence,
        about=about,
        notes=tuple(notes),
        label_a=labels[0],
        label_b=labels[1],
    )
    return Comparison(table, one.flavour, context)


def _scored(name: str, given: object, asked: dict[str, Any]) -> Scores:
    """One side as scores."""
    if isinstance(given, Scores):
        if not isinstance(getattr(given, "_table", None), _core.ScoreTable):
            raise refuse(f"{name} as the result of assay.score(...)", "scores that were built by hand")
        return given
    if isinstance(given, tuple):
        if len(given) != 2:
            raise refuse(f"{name} as scores, a table, or a pair (sample, audits)", f"a tuple of {len(given)}")
        return score(given[0], given[1], **asked)
    if not asked:
        raise refuse(
            f"{name} as the result of assay.score(...)",
            type(given).__name__,
            mend="score it first, or say how: decision=, verdict=, metrics=, by=",
        )
    return score(given, **asked)
