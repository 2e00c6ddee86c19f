"""Events: what was written, one by one, as a table, and as a story."""

from __future__ import annotations

import datetime
import html
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, cast, overload

from assay._registry import EventLog
from assay._result import Result
from assay.contexts import Context, Flavour
from assay.registry._rows import Columns, ViewTable
from assay.words import clean, number, plural


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What happened to one record.

    `kind` is change, scheduled (a command waits for its time), lapsed (its time came and the rules refused it) or
    cancelled. `state` and `version` are the record's after the event. `effective` is when it holds from, `recorded`
    when it was written.
    """

    sequence: int
    kind: str
    book: str
    verb: str
    id: str
    state: str
    version: int
    effective: datetime.datetime
    recorded: datetime.datetime
    actor: str
    reason: str
    ticket: str | None
    command_id: str | None
    cause: int | None
    changes: Mapping[str, Any]
    arguments: Mapping[str, Any]


class _EventTable:
    """The events as a table, made when it is first needed."""

    __slots__ = ("_log", "_made")

    def __init__(self, log: EventLog) -> None:
        self._log = log
        self._made: ViewTable | None = None

    @property
    def made(self) -> ViewTable:
        if self._made is None:
            self._made = ViewTable(self._log.view())
        return self._made

    @property
    def column_names(self) -> list[str]:
        return self.made.column_names

    def __len__(self) -> int:
        return len(self._log)

    def column(self, name: str) -> list[Any]:
        return self.made.column(name)

    def to_pydict(self) -> dict[str, list[Any]]:
        return self.made.to_pydict()

    def head(self, count: int) -> Columns:
        return self.made.head(count)

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self.made.__arrow_c_stream__(requested_schema)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _EventTable) and self.made == other.made

    __hash__ = None  # type: ignore[assignment]


class Events(Result):
    """Events in the order of the journal: a sequence of `Event`, and a table with a row each.

    `changes` and `arguments` are JSON text in the table, mappings in each `Event`.
    """

    __slots__ = ("_since",)
    _since: int

    def __init__(
        self, log: EventLog, flavour: Flavour = "other", context: Context | None = None, *, since: int = 0
    ) -> None:
        super().__init__(cast(Any, _EventTable(log)), flavour, context)
        object.__setattr__(self, "_since", since)

    @property
    def _log(self) -> EventLog:
        return cast(_EventTable, self._table)._log

    def __reduce__(self) -> tuple[Any, ...]:
        raise TypeError("events cannot be pickled; send their rows, .to_frame(), or read the journal where they arrive")

    @overload
    def __getitem__(self, position: int) -> Event: ...
    @overload
    def __getitem__(self, position: slice) -> list[Event]: ...
    def __getitem__(self, position: int | slice) -> Event | list[Event]:
        if isinstance(position, slice):
            return [self[at] for at in range(*position.indices(len(self)))]
        at = position + len(self) if position < 0 else position
        if not 0 <= at < len(self):
            raise IndexError(f"there are {number(len(self))} events, wanted number {position}")
        parts: dict[str, Any] = dict(self._log.event(at))
        for name in ("changes", "arguments"):
            parts[name] = MappingProxyType(parts[name])
        return Event(**parts)

    def __iter__(self) -> Iterator[Event]:
        return (self[at] for at in range(len(self)))

    @property
    def last(self) -> int:
        """The sequence number up to which these events go: what to ask `changes(since=...)` for next."""
        return self[-1].sequence if len(self) else self._since

    def story(self) -> str:
        """The events as sentences, a line each."""
        return "\n".join(clean(line, 4000) for line in self._log.sentences())

    def __str__(self) -> str:
        return self.story() or "nothing was written"

    def _title(self) -> str:
        return self._context.title or plural(len(self), "event")

    def _summary(self) -> str:
        return f"{self._title()}:\n{self.story()}" if len(self) else "Nothing was written."

    def __repr__(self) -> str:
        lines = self._log.sentences()
        shown = [f"  {clean(line, 200)}" for line in lines[:20]]
        more = [f"  … and {plural(len(lines) - 20, 'more event')}"] if len(lines) > 20 else []
        return "\n".join([f"<{type(self).__name__}: {self._title()}>", *shown, *more])

    def _html(self) -> str:
        return story_table(self._log.sentences())


class History(Events):
    """The events of one record, first to last; `print(history)` tells its story."""

    __slots__ = ()


def story_table(lines: Sequence[str], most: int = 200) -> str:
    """Sentences as HTML, a row each: when, and what."""
    out = []
    for line in lines[:most]:
        when, _, what = clean(line, 4000).partition("  ")
        out.append(f"<tr><th class=l>{html.escape(when)}</th><td class=l>{html.escape(what)}</td></tr>")
    more = f"<p class='c'>and {plural(len(lines) - most, 'more event')}</p>" if len(lines) > most else ""
    return f"<table><tbody>{''.join(out)}</tbody></table>{more}"
