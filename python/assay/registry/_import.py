"""An existing register, from any table: what would be made, what is wrong, row by row; then all of it or nothing."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from assay._checks import names_of, refuse
from assay._core import InputError, RefusedError
from assay._result import Result, flavour_of
from assay.contexts import Context
from assay.registry._commands import Command, Moment, book_named, command, open_cases_of
from assay.registry._events import Events
from assay.registry._rows import ViewTable, columns_of, required, view_of
from assay.registry._tables import Page
from assay.registry._values import coerced, identity, is_missing, refused
from assay.words import clean, plural

if TYPE_CHECKING:
    from assay.registry.desk import Registry

#: From a draft to each state that an old register may say, step by step.
WALKS: dict[str, tuple[str, ...]] = {
    "draft": (),
    "active": ("activate",),
    "paused": ("activate", "pause"),
    "deactivated": ("activate", "deactivate"),
}
_SEPARATORS = re.compile(r"[,;|\n]")


@dataclass(slots=True)
class _Row:
    """One row of the table on its way."""

    row: int
    id: str = ""
    state: str = "draft"
    values: dict[str, Any] = field(default_factory=dict)
    faults: list[tuple[str | None, str]] = field(default_factory=list)
    commands: list[Command] = field(default_factory=list)
    outcome: str = "create"

    def wrong(self, column: str | None, words: str) -> None:
        self.faults.append((column, clean(" ".join(words.split()), 600)))


class Import(Page):
    """What an import does, or would do: one row a row of the table.

    `outcome` is create (or created), already there, or wrong; `faults` says all that is wrong with a row.
    `.faults` is the same as a table with one row a fault.
    """

    __slots__ = ("_faults", "events")
    _faults: Result
    events: Events | None

    def __init__(
        self, table: Any, flavour: Any, context: Context | None, faults: Result, events: Events | None
    ) -> None:
        super().__init__(table, flavour, context)
        object.__setattr__(self, "_faults", faults)
        object.__setattr__(self, "events", events)

    def __reduce__(self) -> tuple[Any, ...]:
        raise TypeError("an import cannot be pickled; send its rows, .to_frame()")

    @property
    def faults(self) -> Result:
        """One row a fault: row, id, column, fault."""
        return self._faults

    @property
    def ok(self) -> bool:
        """True when nothing is wrong."""
        return not len(self._faults)

    def _summary(self) -> str:
        outcomes = self.column("outcome")
        counts = [f"{outcomes.count(each):,} {each}" for each in dict.fromkeys(outcomes)]
        lines = [f"{self._title()}: {plural(len(self), 'row')}; {', '.join(counts) or 'nothing'}."]
        for fault in list(self._faults.records())[:20]:
            where = f", column {clean(fault['column'])}" if fault["column"] else ""
            lines.append(f"- row {fault['row']}{where}: {fault['fault']}")
        if len(self._faults) > 20:
            lines.append(f"- and {plural(len(self._faults) - 20, 'more fault')}")
        return "\n".join(lines)


def import_register(
    registry: Registry,
    table: Any,
    *,
    columns: Mapping[str, str] | None,
    labels: Sequence[str],
    states: Mapping[str, str] | None,
    separator: str | None,
    date_format: str | None,
    open_cases: Any,
    reason: str,
    ticket: str | None,
    at: Moment | None,
    source: str,
    dry_run: bool,
    actor: str | None,
) -> Import:
    given = columns_of(table, "the register")
    mapping = _mapping(given, columns)
    extra = names_of(labels, "labels=")
    for name in extra:
        required(given, name, "the register")
    names = states or {}
    for target in names.values():
        if target not in WALKS:
            raise refuse(f"states= that lead to {', '.join(WALKS)}", repr(target))
    reader = _Reader(mapping, extra, dict(names), separator, date_format)
    rows = [reader.read(at_row, {name: values[at_row] for name, values in given.items()}) for at_row in _range(given)]
    _duplicates(rows)
    told = {"reason": reason, "ticket": ticket, "at": at, "actor": actor}
    for row in rows:
        _commands(row, told, source, open_cases)
    _already_there(registry, rows)
    _try(registry, rows, {column: name for name, column in mapping.items()})
    wrong = [row for row in rows if row.faults]
    events = None
    if not dry_run:
        if wrong:
            first = wrong[0]
            raise refused(
                f"{plural(len(wrong), 'row')} of {len(rows):,} cannot be imported, and so nothing was; the first is "
                f"row {first.row} (counting from 0): {'; '.join(words for _, words in first.faults)}. A dry run lists "
                "them all",
                "import",
            )
        fresh = [each for row in rows if row.outcome == "create" for each in row.commands]
        events = registry.execute(fresh)
    return _result(rows, flavour_of(table), events, dry_run)


def _range(given: Mapping[str, list[Any]]) -> range:
    return range(len(next(iter(given.values()), [])))


def _mapping(given: Mapping[str, list[Any]], columns: Mapping[str, str] | None) -> dict[str, str]:
    """The table's column of each field, id and state; columns of the same name where nothing else is said."""
    fields = [each["name"] for each in book_named("queues")["fields"] if not each["derived"]]
    known = ["id", "state", "open_cases", *fields]
    out = {name: name for name in known if name in given}
    for name, column in (columns or {}).items():
        if name not in known:
            raise refuse(
                f"columns= that name {', '.join(known)}", repr(name), mend="theirs come second: {'id': 'Queue'}"
            )
        required(given, column, "the register")
        out[name] = column
    if "id" not in out:
        raise refuse("a column for id", f"the columns {', '.join(map(repr, given))}", mend="columns={'id': 'Queue ID'}")
    return out


@dataclass(frozen=True, slots=True)
class _Reader:
    mapping: Mapping[str, str]
    labels: Sequence[str]
    states: Mapping[str, str]
    separator: str | None
    date_format: str | None

    def read(self, number: int, cells: Mapping[str, Any]) -> _Row:
        row = _Row(number)
        kinds = {each["name"]: each["type"] for each in book_named("queues")["fields"]}
        for name, column in self.mapping.items():
            value = cells[column]
            if isinstance(value, str):
                value = value.strip() or None
            if is_missing(value):
                value = None
            try:
                self._take(row, name, value, kinds)
            except (InputError, RefusedError) as error:
                row.wrong(column, str(error))
        extra = {
            name: str(cells[name]) for name in self.labels if not is_missing(cells[name]) and str(cells[name]).strip()
        }
        if extra:
            row.values["labels"] = [*row.values.get("labels", []), *extra.items()]
        return row

    def _take(self, row: _Row, name: str, value: Any, kinds: Mapping[str, str]) -> None:
        if name == "id":
            if value is None:
                row.wrong(self.mapping[name], "no id")
            else:
                row.id = identity(int(value) if isinstance(value, float) and value.is_integer() else value)
        elif name == "state":
            row.state = self._state(value)
        elif name == "open_cases":
            if value is not None:
                row.values[name] = coerced(_number(value), "whole", name)
        elif value is not None:
            row.values[name] = coerced(self._plain(value, kinds[name]), kinds[name], name)

    def _state(self, value: Any) -> str:
        if value is None:
            return "draft"
        found = self.states.get(str(value), str(value).strip().lower())
        if found not in WALKS:
            raise refuse(f"a state among {', '.join(WALKS)}", repr(value), mend="states={'live': 'active'} translates")
        return found

    def _plain(self, value: Any, kind: str) -> Any:
        """A cell as the field takes it: spreadsheets have everything as text."""
        if kind == "texts" and isinstance(value, str):
            parts = _SEPARATORS.split(value) if self.separator is None else value.split(self.separator)
            return [part.strip() for part in parts if part.strip()]
        if kind == "day" and isinstance(value, str) and self.date_format is not None:
            try:
                return datetime.datetime.strptime(value, self.date_format).date()
            except ValueError:
                raise refuse(f"a date written as {self.date_format}", repr(value)) from None
        if kind in ("real", "whole"):
            return _number(value)
        if kind == "text" and not isinstance(value, str):
            return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
        return value


def _number(value: Any) -> Any:
    """A number, also where it is written: 24, 0.95, 95%."""
    if not isinstance(value, str):
        return value
    percent = value.endswith("%")
    try:
        number = float(value.removesuffix("%").strip())
    except ValueError:
        raise refuse("a number, such as 24, 0.95 or 95%", repr(value)) from None
    return number / 100 if percent else number


def _duplicates(rows: Sequence[_Row]) -> None:
    first: dict[str, int] = {}
    for row in rows:
        if row.id and row.id in first:
            row.wrong(None, f"queue {row.id!r} stands in row {first[row.id]} too")
        elif row.id:
            first[row.id] = row.row


def _commands(row: _Row, told: Mapping[str, Any], source: str, open_cases: Any) -> None:
    """What makes the row: created, then led to its state step by step. Values are ready already."""
    if not row.id:
        return
    cases = row.values.pop("open_cases", None)

    def step(verb: str, values: dict[str, Any]) -> Command:
        made = command("queues", verb, row.id, command_id=f"import/{source}/{row.id}/{verb}", **told)
        return made.but(values=tuple(values.items()))

    row.commands = [step("create", row.values)]
    for verb in WALKS[row.state]:
        values: dict[str, Any] = {}
        if verb == "deactivate":
            found = cases if cases is not None or open_cases is None else open_cases_of(open_cases, row.id)
            values = {} if found is None else {"open_cases": found}
        row.commands.append(step(verb, values))


def _already_there(registry: Registry, rows: Sequence[_Row]) -> None:
    ready = [row for row in rows if row.commands]
    done = registry._open.done_before([row.commands[0].command_id for row in ready])
    for row, there in zip(ready, done, strict=True):
        if there and not any(column is None for column, _ in row.faults):
            row.outcome = "already there"


def _try(registry: Registry, rows: Sequence[_Row], field_of: Mapping[str, str]) -> None:
    """What the rules say of the rows. A row with faulty cells is tried without them, to find what else is wrong."""
    fresh = [row for row in rows if row.commands and row.outcome == "create"]
    actor = registry.actor
    found = registry._open.try_out([[each.sent(actor) for each in row.commands] for row in fresh])
    for group, position, rule, message, column, legal in found:
        row = fresh[group]
        faulty = {field_of.get(name, name) for name, _ in row.faults if name is not None}
        if rule == "id_taken" and any("stands in row" in words for _, words in row.faults):
            continue
        if rule == "incomplete" and faulty:
            rest = [name for name in legal if name not in faulty]
            if not rest:
                continue
            message = f"queue {row.id!r} cannot be active without: {', '.join(rest)}"
        if position == 0 and rule in ("text", "value"):
            _each_alone(registry, row, message, column)
        else:
            row.wrong(None, message)


def _each_alone(registry: Registry, row: _Row, message: str, column: str) -> None:
    """Several values may be wrong: each is tried alone."""
    create = row.commands[0]
    actor = registry.actor
    alone = [[create.but(values=(each,)).sent(actor)] for each in create.values]
    told = False
    for each in alone:
        for _, _, _, words, _, _ in registry._open.try_out([each]):
            row.wrong(each[0][3][0][0], words)
            told = True
    if not told:
        row.wrong(column or None, message)


def _result(rows: Sequence[_Row], flavour: Any, events: Events | None, dry_run: bool) -> Import:
    for row in rows:
        if row.faults:
            row.outcome = "wrong"
        elif row.outcome == "create" and not dry_run:
            row.outcome = "created"
    table = view_of(
        [
            ("row", "whole", [row.row for row in rows]),
            ("id", "text", [row.id or None for row in rows]),
            ("state", "text", [row.state for row in rows]),
            ("outcome", "text", [row.outcome for row in rows]),
            ("faults", "text", ["; ".join(words for _, words in row.faults) or None for row in rows]),
        ]
    )
    pairs = [(row, column, words) for row in rows for column, words in row.faults]
    faults: ViewTable = view_of(
        [
            ("row", "whole", [row.row for row, _, _ in pairs]),
            ("id", "text", [row.id or None for row, _, _ in pairs]),
            ("column", "text", [column for _, column, _ in pairs]),
            ("fault", "text", [words for _, _, words in pairs]),
        ]
    )
    title = "Import of a register, dry run" if dry_run else "Import of a register"
    context = Context(title=title, notes=("Rows count from 0.",))
    return Import(table, flavour, context, Page(faults, flavour, Context(title="Faults of an import")), events)
