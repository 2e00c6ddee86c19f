"""What an audit of the register found: findings, what was mended, what could not be looked at."""

from __future__ import annotations

import datetime
import html
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assay import _registry
from assay._markup import STYLE
from assay._result import Result
from assay.contexts import Context, Flavour
from assay.words import bullets, clean, listed, number, plural

if TYPE_CHECKING:
    from assay.register_audit.engine import Found

COLUMNS: tuple[tuple[str, str], ...] = (
    ("id", "text"),
    ("rule", "text"),
    ("severity", "text"),
    ("subject", "text"),
    ("owner", "text"),
    ("due", "day"),
    ("summary", "text"),
    ("evidence", "text"),
    ("source", "text"),
    ("standing", "text"),
    ("action", "text"),
    ("history", "text"),
)
SEVERITIES = ("high", "medium", "low")


@dataclass(frozen=True, slots=True)
class NotRun:
    """A rule that did not run, and why."""

    rule: str
    reason: str


@dataclass(frozen=True, slots=True)
class Counted:
    """What the audit looked at: the day, how many queues, which tables with how many rows and unused columns."""

    day: datetime.date
    queues: int
    tables: tuple[tuple[str, int | None, tuple[str, ...]], ...]
    notes: tuple[str, ...]
    rules: tuple[tuple[str, str, str], ...]


class Findings(Result):
    """The findings of an audit as a table: one row a finding, the gravest first."""

    __slots__ = ()

    def _summary(self) -> str:
        counts = Counter(self.column("severity"))
        words = listed([f"{number(counts[each])} {each}" for each in SEVERITIES if counts[each]])
        return f"{self._title()}: {plural(len(self), 'finding')}{' (' + words + ')' if words else ''}."

    def _html(self) -> str:
        from assay._markup import plain_table

        shown = ("severity", "rule", "subject", "owner", "due", "summary", "standing")
        columns = {name: self.column(name)[:60] for name in shown}
        table = _registry.view(
            [(name, kind, _handed(columns[name], kind)) for name, kind in COLUMNS if name in columns]
        )
        more = (
            f"<p class='c'>and {plural(len(self) - 60, 'more finding')}; .to_frame() has them all</p>"
            if len(self) > 60
            else ""
        )
        return plain_table(Result(table), 60) + more


def _handed(values: Sequence[Any], kind: str) -> list[Any]:
    """Values as the compiled core is handed them."""
    if kind == "day":
        from assay.register_audit._sheets import day_number

        return [None if value is None else day_number(value) for value in values]
    return [None if value == "" else value for value in values]


class Audit:
    """The outcome of an audit; immutable. `.findings` is its table, `.save(...)` its report, `.sheets(...)` the sheets
    for owners."""

    __slots__ = ("_findings", "counted", "fixed", "flavour", "found", "not_run")

    def __init__(
        self,
        *,
        found: tuple[Found, ...],
        fixed: tuple[str, ...],
        not_run: tuple[NotRun, ...],
        counted: Counted,
        flavour: Flavour = "other",
    ) -> None:
        for name, value in (
            ("found", found),
            ("fixed", fixed),
            ("not_run", not_run),
            ("counted", counted),
            ("flavour", flavour),
            ("_findings", None),
        ):
            object.__setattr__(self, name, value)

    found: tuple[Found, ...]
    #: The ids of findings in the book that are no longer found.
    fixed: tuple[str, ...]
    #: The rules that did not run, and why.
    not_run: tuple[NotRun, ...]
    counted: Counted
    flavour: Flavour
    _findings: Findings | None

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"an audit is immutable: cannot set {name!r}")

    @property
    def findings(self) -> Findings:
        """All findings that stand, one row each: a table that every library takes."""
        if self._findings is None:
            columns = []
            for name, kind in COLUMNS:
                values = [getattr(each, name) for each in self.found]
                columns.append((name, kind, _handed(values, kind)))
            made = Findings(_registry.view(columns), self.flavour, Context(title=self.title, notes=self.notes()))
            object.__setattr__(self, "_findings", made)
        assert self._findings is not None
        return self._findings

    @property
    def title(self) -> str:
        return f"Audit of the register on {self.counted.day}"

    def open(self) -> tuple[Found, ...]:
        """The findings that somebody has to mend: all but those that are waived."""
        return tuple(each for each in self.found if each.standing != "waived")

    def notes(self) -> tuple[str, ...]:
        """What to know of the audit itself: rules that did not run, columns that were not compared."""
        out = list(self.counted.notes)
        by_reason: dict[str, list[str]] = {}
        for each in self.not_run:
            by_reason.setdefault(each.reason, []).append(each.rule)
        out += [f"Not run, because {reason}: {listed(rules, 30)}." for reason, rules in by_reason.items()]
        for name, _, unused in self.counted.tables:
            if unused:
                names = listed([clean(each, 40) for each in unused], 12)
                out.append(f"Not compared, because no field of a queue is called so: {names} of {name}.")
        return tuple(out)

    def counts(self, what: str) -> list[tuple[str, int, int, int]]:
        """(value, high, medium, low) by rule, owner, subject or source, the most first; waived findings left out."""
        counted: dict[str, Counter[str]] = {}
        for each in self.open():
            counted.setdefault(getattr(each, what), Counter())[each.severity] += 1
        rows = [(name, own["high"], own["medium"], own["low"]) for name, own in counted.items()]
        return sorted(rows, key=lambda row: (-row[1], -(row[1] + row[2] + row[3]), row[0]))

    def summary(self) -> str:
        """What was looked at and what came out, in plain words."""
        tables = [
            f"{name} ({plural(rows, 'row')})" if rows is not None else name for name, rows, _ in self.counted.tables
        ]
        against = f" against {listed(tables, 12)}" if tables else ""
        lines = [f"{self.title}: {plural(self.counted.queues, 'queue')}{against}."]
        standing: Counter[str] = Counter(each.standing for each in self.found)
        severities: Counter[str] = Counter(each.severity for each in self.open())
        total = listed([f"{number(severities[each])} {each}" for each in SEVERITIES if severities[each]])
        lines.append(f"{plural(len(self.open()), 'open finding')}{': ' + total if total else ''}.")
        order = ("new", "returned", "waiver ran out", "open", "explained", "waived")
        states = [f"{number(standing[each])} {each}" for each in order if standing[each]]
        if states or self.fixed:
            lines.append(
                f"Of all: {listed([*states, *([f'{number(len(self.fixed))} mended'] if self.fixed else [])])}."
            )
        lines += [f"- {rule}: {number(high + medium + low)}" for rule, high, medium, low in self.counts("rule")]
        return "\n".join(lines + bullets("To know", self.notes()))

    def save(self, *paths: str | os.PathLike[str], title: str | None = None) -> list[Path]:
        """The report of the audit as a page (.html) or a workbook (.xlsx); all files or none."""
        from assay.register_audit.report import save

        return save(self, paths, title)

    def sheets(self, path: str | os.PathLike[str]) -> list[Path]:
        """One sheet an owner, to be answered: a workbook (.xlsx), a .zip of one file an owner, or a folder of them."""
        from assay.register_audit.owner_sheets import write

        return write(self, path)

    def to_frame(self, *, flavour: Flavour | None = None) -> Any:
        """The findings in the library the register came from, or in another."""
        return self.findings.to_frame(flavour=flavour)

    def to_arrow(self) -> Any:
        """The findings as a pyarrow.Table."""
        return self.findings.to_arrow()

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self.findings.__arrow_c_stream__(requested_schema)

    def __len__(self) -> int:
        return len(self.found)

    def __iter__(self) -> Iterator[Found]:
        return iter(self.found)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Audit):
            return NotImplemented
        return (self.found, self.fixed, self.not_run) == (other.found, other.fixed, other.not_run)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"<Audit: {self.summary().splitlines()[0]} {self.summary().splitlines()[1]}>"

    def _repr_html_(self) -> str:
        head = "".join(f"<p>{html.escape(line)}</p>" for line in self.summary().splitlines()[1:3])
        body = self.findings._html()
        notes = "".join(f"<p class='c'>{html.escape(note)}</p>" for note in self.notes())
        title = f"<p class='t'>{html.escape(self.title)}</p>"
        return f"<div class='assay-result'><style>{STYLE}</style>{title}{head}{body}{notes}</div>"
