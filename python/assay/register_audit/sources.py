"""Other systems' tables: which column is the queue's id, which say the same as fields of the register, and how."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from assay._checks import names_of, real, refuse, text
from assay.register_audit._sheets import Rows, rows_of
from assay.register_audit.conditions import close
from assay.words import clean, listed

KEYS = ("queue", "queue_id", "queueid", "id")
#: Fields of a queue that another system may hold too, and as what they are compared.
COMPARED = {
    "state": "text",
    "name": "text",
    "owner": "text",
    "policies": "set",
    "languages": "set",
    "regions": "set",
    "sites": "set",
    "sla_hours": "number",
    "sla_share": "number",
    "review_due": "day",
    "retain_until": "day",
    "standard": "text",
    "reroute_to": "text",
    "merged_into": "text",
}
KINDS = ("exact", "text", "set", "number", "day", "flag")
#: Other names under which systems keep these fields.
ALIASES = {
    "status": "state",
    "title": "name",
    "queue_name": "name",
    "policy": "policies",
    "language": "languages",
    "region": "regions",
    "site": "sites",
    "sla": "sla_hours",
    "review_by": "review_due",
    "target": "reroute_to",
}
#: What systems call the states of a queue.
STATE_WORDS: Mapping[str, tuple[str, ...]] = {
    "live": ("active",),
    "enabled": ("active",),
    "on": ("active",),
    "open": ("active",),
    "off": ("draft", "paused", "deactivated", "archived"),
    "disabled": ("draft", "paused", "deactivated", "archived"),
    "inactive": ("draft", "paused", "deactivated", "archived"),
    "closed": ("deactivated", "archived"),
    "retired": ("deactivated", "archived"),
    "on hold": ("paused",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    key: str | None = None
    columns: Mapping[str, str] | None = None
    compare: Mapping[str, str] = field(default_factory=dict)
    meanings: Mapping[str, Mapping[str, str | Sequence[str]]] = field(default_factory=dict)
    expects: Sequence[str] = ("active", "paused")
    tolerance: float = 1e-9
    separators: str = ",;|"


class Source:
    """Another system's table, with what the audit cannot guess of it.

        Source(table, key="QueueId", columns={"sla_hours": "SLA (h)", "sites": "Vendors"},
               meanings={"state": {"routable": "active", "drained": ["paused", "deactivated"]}})

    Args:
        table: any table.
        key: its column of queue ids; by default `queue`, `queue_id` or `id`.
        columns: fields of the register and the columns that say the same; by default all columns of a field's name.
        compare: as what a field is compared: exact, text (capitals and blanks do not count), set, number, day, flag.
        meanings: what its words mean here, field by field.
        expects: the states of queues that must be in it.
        tolerance: how far numbers may differ and still be the same.
        separators: what stands between the members of a set written as text.
    """

    __slots__ = ("table", "told")

    def __init__(
        self,
        table: Any,
        *,
        key: str | None = None,
        columns: Mapping[str, str] | None = None,
        compare: Mapping[str, str] | None = None,
        meanings: Mapping[str, Mapping[str, str | Sequence[str]]] | None = None,
        expects: Sequence[str] = ("active", "paused"),
        tolerance: float = 1e-9,
        separators: str = ",;|",
    ) -> None:
        for name, kind in (compare or {}).items():
            if kind not in KINDS:
                raise refuse(f"compare={{{name!r}: ...}} among {listed(KINDS)}", repr(kind))
        if not real(tolerance, "tolerance=") >= 0:
            raise refuse("tolerance= of 0 or more", repr(tolerance))
        if not text(separators, "separators="):
            raise refuse("separators= as at least one character", "none")
        self.table = table
        self.told = _Told(
            key=key,
            columns=columns,
            compare=dict(compare or {}),
            meanings=dict(meanings or {}),
            expects=tuple(names_of(expects, "expects=")),
            tolerance=tolerance,
            separators=separators,
        )


@dataclass(frozen=True, slots=True)
class Pair:
    """A field of the register and the column of another system that should say the same."""

    here: str
    there: str
    kind: str
    meanings: tuple[tuple[str, tuple[str, ...]], ...]
    always: bool


@dataclass(frozen=True, slots=True)
class System:
    """Another system's table, ready to be looked at."""

    name: str
    rows: Rows
    key: str | None
    pairs: tuple[Pair, ...]
    told: _Told
    unused: tuple[str, ...]  # columns that nothing here corresponds to

    def column_for(self, *wanted: str) -> str | None:
        """The column that was told for one of these, or that has one of these names."""
        for name in wanted:
            if self.told.columns is not None and name in self.told.columns:
                return self.told.columns[name]
        plain = {_plain(name): name for name in self.rows.column_names}
        return next((plain[name] for name in wanted if name in plain), None)


def source_of(given: Any) -> Source:
    """A table, or a table with what was told of it."""
    return given if isinstance(given, Source) else Source(given)


def system_of(name: str, given: Any) -> System:
    """Reads a system's table and finds its key and the columns to compare."""
    source = source_of(given)
    told = source.told
    rows = rows_of(source.table, name)
    columns = rows.column_names
    plain = {_plain(each): each for each in columns}
    if told.key is not None and told.key not in columns:
        raise refuse(f"{name}: key= as one of its columns", repr(clean(told.key)), mend=close(told.key, columns))
    key = told.key or next((plain[each] for each in KEYS if each in plain), None)
    pairs: list[Pair] = []
    if told.columns is not None:
        for here, there in told.columns.items():
            if there not in columns:
                raise refuse(f"{name}: columns= with its columns", repr(clean(there)), mend=close(there, columns))
            if here in COMPARED:
                pairs.append(_pair(here, there, told))
    else:
        for column in columns:
            here = ALIASES.get(_plain(column), _plain(column))
            if here in COMPARED and column != key and here not in [pair.here for pair in pairs]:
                pairs.append(_pair(here, column, told))
    used = {pair.there for pair in pairs} | {key}
    return System(name, rows, key, tuple(pairs), told, tuple(each for each in columns if each not in used))


def _pair(here: str, there: str, told: _Told) -> Pair:
    words: dict[str, tuple[str, ...]] = dict(STATE_WORDS) if here == "state" else {}
    for theirs, ours in told.meanings.get(here, {}).items():
        words[theirs] = (ours,) if isinstance(ours, str) else tuple(ours)
    return Pair(here, there, told.compare.get(here, COMPARED[here]), tuple(words.items()), here == "state")


def _plain(name: str) -> str:
    return "_".join(name.lower().replace("-", " ").replace("_", " ").split())
