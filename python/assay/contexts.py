"""The words that go with the numbers: what a metric means, which slices, which period."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Flavour = Literal["pandas", "polars", "pyarrow", "duckdb", "numpy", "other"]
Better = Literal["higher", "lower", "neither"]
Unit = Literal["share", "number"]
Slice = tuple[tuple[str, Any], ...]

FLAVOURS: tuple[Flavour, ...] = ("pandas", "polars", "pyarrow", "duckdb", "numpy", "other")


@dataclass(frozen=True, slots=True)
class MetricDefinition:
    """A metric in words. `definition` completes "the share of …"; `denominator` says of what."""

    name: str
    title: str
    definition: str
    denominator: str
    better: Better = "higher"
    unit: Unit = "share"


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What every result can say about itself. `source` names where the rows came from; it is no part of equality."""

    title: str = ""
    period: str = ""
    notes: tuple[str, ...] = ()
    source: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreContext(Context):
    """The words of a score: `by` are all grouping columns, `groupings` the sets of them that were asked for."""

    by: tuple[str, ...] = ()
    groupings: tuple[tuple[str, ...], ...] = ()
    metrics: tuple[MetricDefinition, ...] = ()
    confidence: float = 0.95
    about: str = "queue"
    reviewer: str | None = None
    because: str = ""  # why a plain average of the audits goes astray
    picked_by: tuple[str, ...] = ()  # the columns by which cases were picked, where chances are modelled from them

    def metric(self, name: str) -> MetricDefinition:
        """The definition of a metric; a plain one where none was given."""
        for definition in self.metrics:
            if definition.name == name:
                return definition
        return MetricDefinition(name, name.replace("_", " ").capitalize(), "", "", "neither")


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonContext(ScoreContext):
    """The words of a comparison: what the first (a) and the second (b) side are called."""

    about: str = "process"
    label_a: str = "a"
    label_b: str = "b"
