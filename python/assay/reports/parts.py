"""The parts of a report as plain values, before any writer."""

from __future__ import annotations

from dataclasses import dataclass, field

from assay.plots import Funnel
from assay.results import Result, Unit
from assay.words import ALL as ALL


@dataclass(frozen=True, slots=True)
class Mark:
    """One estimate ready to be drawn: value, interval, how many, against which target."""

    label: str
    estimate: float | None
    lower: float | None
    upper: float | None
    shown: str
    interval: str
    n: str
    target: float | None = None
    standing: str | None = None
    basis: str = "measured"


@dataclass(frozen=True, slots=True)
class Tile:
    """A headline: one metric at its widest slice, or the spread of its slices where no overall score was asked for."""

    metric: str
    value: str
    interval: str
    n: str
    target: str
    standing: str | None
    basis: str
    mark: Mark | None
    scale: tuple[float, float]
    definition: str


@dataclass(frozen=True, slots=True)
class Matrix:
    """Two groupings crossed, an interval in every cell; `totals` stand in the row and column called "all"."""

    title: str
    row_name: str
    column_name: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: dict[tuple[str, str], Mark]
    scale: tuple[float, float]
    unit: Unit
    note: str


@dataclass(frozen=True, slots=True)
class Forest:
    """One grouping, an interval a row."""

    title: str
    name: str
    marks: tuple[Mark, ...]
    scale: tuple[float, float]
    unit: Unit
    note: str
    zero: bool = False


Chart = Matrix | Forest | Funnel


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a printed table: the slice, the texts of the cells, and what is drawn beside them."""

    labels: tuple[str, ...]
    cells: tuple[str, ...]
    mark: Mark | None
    standing: str | None


@dataclass(frozen=True, slots=True)
class Block:
    """The lines of one metric."""

    metric: str
    lines: tuple[Line, ...]
    scale: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Grid:
    """A printed table: one grouping, blocks by metric."""

    title: str
    labels: tuple[str, ...]
    heads: tuple[str, ...]
    blocks: tuple[Block, ...]
    judged: bool
    drawn_after: int
    left_out: int = 0

    @property
    def size(self) -> int:
        return sum(len(block.lines) for block in self.blocks)


@dataclass(frozen=True, slots=True)
class Section:
    """One result: its charts and tables; `result` itself is kept for writers that want every number."""

    title: str
    summary: str
    charts: tuple[Chart, ...]
    grids: tuple[Grid, ...]
    result: Result
    said: tuple[str, ...] = ()  # the summary, where no tiles and findings tell it
    own: str = ""  # the result's own tables as markup, every text in it escaped
    key: tuple[tuple[str, str], ...] = ()  # what the signs of its charts mean


@dataclass(frozen=True, slots=True)
class Definition:
    title: str
    text: str
    denominator: str
    better: str
    method: str
    design: str
    about: str


@dataclass(frozen=True, slots=True)
class Model:
    """A whole report."""

    title: str
    period: str
    version: str
    about: tuple[str, ...]
    tiles: tuple[Tile, ...]
    findings: tuple[str, ...]
    sections: tuple[Section, ...]
    definitions: tuple[Definition, ...]
    sources: tuple[str, ...]
    cautions: tuple[str, ...]
    confidence: tuple[float, ...] = field(default=())
    counted: str = ""  # what the counts beside the scores count
    judged: bool = False  # whether any score stands against a target
    weighted: bool = True  # whether any table has numerators and effective numbers


BETTER = {"higher": "Higher is better", "lower": "Lower is better", "neither": "Neither direction is better"}
