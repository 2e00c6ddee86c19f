"""Which rows of a result a chart draws: one metric, one grouping, and of many slices those that matter most."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from assay._core import InputError
from assay.results import Comparison, MetricDefinition, Scores, clean, listed

MOST_MARKS = 5_000
MOST_SLICES = 60
# A name by which a grouping column is taken for the people who decide, where the context does not say.
REVIEWER_NAMES = ("reviewer", "moderator", "agent", "annotator", "rater", "worker", "labeler", "labeller")


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


def the_metric(result: Scores | Comparison, name: str | None) -> MetricDefinition:
    names = result.metric_names()
    if name is None and names:
        return result.context.metric(names[0])
    if name is None or name not in names:
        raise InputError(f"wanted a metric among {listed([clean(n) for n in names]) or 'none'}, got {clean(name)!r}")
    return result.context.metric(name)


def drawn_grouping(result: Scores | Comparison, by: Sequence[str] | None) -> tuple[str, ...]:
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
