"""The registry at work."""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, NoReturn, Self, cast

from assay import _registry
from assay._checks import flag, refuse, text, whole
from assay.contexts import Context, Flavour
from assay.registry import _enrich, _import, _proof, _snapshot
from assay.registry._book import Book, Record
from assay.registry._commands import Command, Moment, book_named
from assay.registry._events import Events, History
from assay.registry._proof import Checkpoint, Verdict
from assay.registry._rows import ViewTable
from assay.registry._tables import Page
from assay.registry._values import identity, micros, optional_text, refused
from assay.registry.books import BOOKS
from assay.words import clean

if TYPE_CHECKING:
    from assay.register_audit import Audit
    from assay.registry.books import Findings, Queues

#: May veto a command: answers None, or the reason why not. Sees the command and the record as it is, None if it is new.
Authoriser = Callable[[Mapping[str, Any], Mapping[str, Any] | None], str | None]

#: Books of the contract that are not built yet.
LATER = ("access", "launches", "tickets", "corrections", "standards")


class _Shelf:
    """What has books: a registry, and a batch of commands for one."""

    __slots__ = ("_books",)
    _books: dict[str, Book]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        if name in self._books:
            return self._books[name]
        if name in LATER:
            raise AttributeError(f"the book of {name} is not there yet; there are: {', '.join(self._books)}")
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def __dir__(self) -> list[str]:
        return sorted([*super().__dir__(), *self._books])

    if TYPE_CHECKING:

        @property
        def queues(self) -> Queues: ...
        @property
        def findings(self) -> Findings: ...


class Registry(_Shelf):
    """The register of a moderation operation: what queues there are, who answers for them, and how it came to be so.

        with assay.Registry.open("ops.db", actor="ops-analyst") as registry:
            registry.queues.create("q-eu", owner="eu-team", policies=["spam"], reason="new market")
            registry.queues["q-eu"].state

    Nothing is lost and nothing rewritten: every change is an event of an append-only journal, chained by hashes, with
    who, when, why and the ticket. Many processes and threads may work on one registry, in C++ and Python.

    Never open the registry's own file with another SQLite library in this process: closing it there would drop the
    locks that protect it. `table()`, `snapshot()` and `export()` are for everybody else's tools.
    """

    __slots__ = ("__weakref__", "_actor", "_open", "_path")
    _open: _registry.Desk
    _actor: str
    _path: Path | None

    def __init__(self, *_: object, **__: object) -> None:
        raise TypeError("a registry is opened: assay.Registry.open(url, actor=...)")

    @classmethod
    def open(
        cls,
        url: str | os.PathLike[str],
        *,
        actor: str,
        authoriser: Authoriser | None = None,
        read_only: bool = False,
        create: bool = True,
        patience: float = 5.0,
        write_ahead_log: bool = False,
        clock: Callable[[], datetime.datetime] | None = None,
    ) -> Self:
        """Open the registry at a path (SQLite), at `postgresql://…`, or `:memory:` (gone when it is closed).

        actor: who acts; each command may name another.
        authoriser: called with every command and the record as it is (both mappings; None for a new record) before
            it is done; answers None, or the reason of its veto, which is a RefusedError of rule "vetoed". What it
            raises, the command raises. It runs while the registry waits and cannot use the registry itself.
        read_only: nothing can be written. create: False refuses a place that holds no registry yet.
        patience: seconds to wait for another writer before StoreError.
        write_ahead_log: SQLite only, and only with SQLite 3.51.3 or newer.
        clock: gives the time, with a zone; for tests.
        """
        for name, value in (("authoriser", authoriser), ("clock", clock)):
            if value is not None and not callable(value):
                raise refuse(f"{name}= as a function", type(value).__name__)
        who = text(actor, "actor=")
        if not who.strip():
            raise refused("every change has an actor: who opens this registry?", "blank_actor")
        place = os.fspath(url)
        if not isinstance(place, str):
            raise refuse("a place as text or a path", type(place).__name__)
        if isinstance(patience, bool) or not isinstance(patience, int | float):
            raise refuse("patience= in seconds", repr(patience))
        self = cls.__new__(cls)
        self._open = _registry.Desk(
            text(place, "a place"),
            read_only=flag(read_only, "read_only="),
            create=flag(create, "create="),
            patience=float(patience),
            write_ahead_log=flag(write_ahead_log, "write_ahead_log="),
            authoriser=authoriser,
            clock=None if clock is None else lambda: micros(clock(), "clock="),
        )
        self._actor = who
        local = place != ":memory:" and "://" not in place
        self._path = Path(place).absolute() if local else None
        self._books = {name: kind(self, self.execute) for name, kind in BOOKS.items()}
        return self

    # ---- the object ----------------------------------------------------------------------------------------------

    @property
    def actor(self) -> str:
        """Who acts where a command names nobody else."""
        return self._actor

    @property
    def place(self) -> str:
        """Where the journal is, in words, without passwords."""
        return self._open.place

    @property
    def path(self) -> Path | None:
        """The file of the journal, where it is one."""
        return self._path

    @property
    def closed(self) -> bool:
        return self._open.closed

    @property
    def writable(self) -> bool:
        """Whether this user may write."""
        return self._open.writable

    @property
    def sequence(self) -> int:
        """The number of the newest event, whoever wrote it."""
        return self._open.sequence()

    def close(self) -> None:
        """Let the journal go. Closing twice does no harm; anything else after it is a StoreError."""
        self._open.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __reduce__(self) -> NoReturn:
        raise TypeError("a registry is an open connection and cannot be pickled; send its url and open it there")

    def __copy__(self) -> NoReturn:
        raise TypeError("a registry is an open connection and cannot be copied; share it, threads take turns")

    def __deepcopy__(self, memo: object) -> NoReturn:
        self.__copy__()

    def __repr__(self) -> str:
        if self.closed:
            return f"<Registry at {clean(self.place, 200)}: closed>"
        counts = ", ".join(f"{len(book):,} {name}" for name, book in self._books.items())
        return f"<Registry at {clean(self.place, 200)}: {counts}, {self.sequence:,} events>"

    # ---- doing ---------------------------------------------------------------------------------------------------

    def execute(self, commands: Iterable[Command]) -> Events:
        """Do all of these commands, or none of them: `assay.registry.command(...)` makes one.

        Each sees what those before it did. The events are written together and durable when this returns.
        """
        sent = []
        for each in commands:
            if not isinstance(each, Command):
                raise refuse("commands made by assay.registry.command(...)", f"a value of type {type(each).__name__}")
            sent.append(each.sent(self._actor))
        return Events(self._open.execute(sent))

    def batch(
        self,
        *,
        reason: str = "",
        ticket: str | None = None,
        at: Moment | None = None,
        actor: str | None = None,
    ) -> Batch:
        """Many commands as one: done together when the block ends, or not at all.

            with registry.batch(reason="reorganisation", ticket="OPS-12") as batch:
                batch.queues.pause("q-1")
                batch.queues.amend("q-2", owner="eu-team")
            batch.events

        What is said here holds for every command that does not say it itself. An exception in the block does nothing.
        """
        return Batch(self, reason=reason, ticket=ticket, at=at, actor=actor)

    def cancel(self, event: int, *, reason: str = "", ticket: str | None = None, actor: str | None = None) -> Events:
        """Call off a command that waits for its time; `event` is its number in `scheduled()`."""
        number = whole(event, "the number of an event")
        if number < 0:
            raise refuse("the number of an event", repr(event))
        who = self._actor if actor is None else optional_text(actor, "actor")
        why, on = optional_text(reason, "reason"), optional_text(ticket, "ticket")
        return Events(self._open.cancel(number, who, why, on))

    # ---- looking -------------------------------------------------------------------------------------------------

    def table(self, book: str, *, as_of: Moment | None = None, flavour: Flavour = "other") -> Page:
        """A book as a table, one row a record by id: now, or as it stood at a time (a time with a zone).

        Sets are lists of texts, labels JSON text. `flavour` is the library that `.to_frame()` gives: pandas, polars,
        pyarrow, duckdb or numpy.
        """
        book_named(book)
        time = None if as_of is None else micros(as_of, "as_of")
        when = "" if as_of is None else f", as they stood at {as_of}"
        return Page(cast(Any, ViewTable(self._open.table(book, time))), flavour, Context(title=f"{book}{when}"))

    def history(self, id: str | int | Record, *, book: str | None = None) -> History:
        """Every event of one record, first to last; `print` tells it as a story.

        book: where records of several books have this id.
        """
        if isinstance(id, Record):
            book, id = id._book, id.id
        name = identity(cast("str | int", id))
        holders = [each for each in BOOKS if self._open.record(each, name) is not None] if book is None else [book]
        if len(holders) > 1:
            raise refused(f"{' and '.join(holders)} have a record {clean(name)!r}; say book=", "ambiguous_id", holders)
        where = holders[0] if holders else next(iter(BOOKS))
        noun = book_named(where)["noun"]
        title = f"{noun} {clean(name, 200)}"
        return History(self._open.history(where, name), context=Context(title=title))

    def changes(self, since: int = 0, *, limit: int | None = None, flavour: Flavour = "other") -> Events:
        """Events after a sequence number, whoever wrote them: what a subscriber has not seen yet.

        Poll with `events = registry.changes(events.last)`. `limit` is the most to give at once.
        """
        number = whole(since, "since=")
        most = None if limit is None else whole(limit, "limit=")
        if number < 0 or (most is not None and most < 0):
            raise refuse("a number of 0 or more", repr(since if number < 0 else limit))
        title = Context(title=f"events after {number:,}")
        return Events(self._open.changes(number, most), flavour, title, since=number)

    def scheduled(self, *, flavour: Flavour = "other") -> Page:
        """The commands that wait for their time, one row each; `cancel(event, reason=…)` calls one off."""
        return Page(cast(Any, ViewTable(self._open.scheduled())), flavour, Context(title="scheduled changes"))

    def enrich(
        self,
        decisions: Any,
        *,
        on: str = "queue",
        at: str,
        columns: Sequence[str] = _enrich.COLUMNS,
        prefix: str | None = None,
        unknown: str = "null",
        book: str = "queues",
    ) -> _enrich.Enriched:
        """The decisions with what the register said of each one's queue when it was made.

        on, at: the columns that hold the queue's id and the time of the decision (with a zone).
        columns: fields, `state`, and `now`: the queue that carries on for it today, through mergers (a queue that
            was split stays itself). They are called queue_owner and so on; `prefix` says otherwise.
        unknown: "null" gives nulls (empty sets) where the register knew no such queue then, and says how many;
            "refuse" refuses.

        So that scores survive mergers, renames and new owners:
        `assay.score(registry.enrich(audited, at="decided_at"), …, by=["queue_owner"])`.
        """
        return _enrich.enrich(self, decisions, on=on, at=at, columns=columns, prefix=prefix, unknown=unknown, book=book)

    def audit(self, **given: Any) -> Audit:
        """Audit the register against other systems' tables, and record what was found in the book of findings.

        given: tables by name (`routing=`, `bi=`, `people=`, `traffic=` …), `rules`, `today`, `write=False` only to
            look, and `reason`, `ticket`, `actor` as for every command: see `assay.register_audit.audit`.
        """
        from assay.register_audit import audit_registry

        return audit_registry(self, **given)

    # ---- in and out ----------------------------------------------------------------------------------------------

    def import_register(
        self,
        table: Any,
        *,
        columns: Mapping[str, str] | None = None,
        labels: Sequence[str] = (),
        states: Mapping[str, str] | None = None,
        separator: str | None = None,
        date_format: str | None = None,
        open_cases: Any = None,
        reason: str = "imported",
        ticket: str | None = None,
        at: Moment | None = None,
        source: str = "register",
        dry_run: bool = True,
        actor: str | None = None,
    ) -> _import.Import:
        """An existing register of queues, from any table: what would be done, row by row; then all of it or nothing.

        columns: the table's column of each field, of `id` and of `state`: {"id": "Queue ID", "owner": "Team"}; columns
            of the same name need no mention. labels: columns to keep as labels.
        states: what the table's words for states mean: {"live": "active"}. A queue is led to its state step by step, so
            it must hold what activation asks for. No state: a draft.
        separator: what parts the entries of a set in one cell; comma, semicolon, bar or line break where none is given.
        date_format: how dates are written where not as 2026-12-31: "%d/%m/%Y".
        open_cases: for queues that are deactivated: a number, or a table or mapping by queue.
        source: names the register, so that the same import run again finds its rows already there.
        dry_run: True only looks. An import with a fault in any row does nothing: RefusedError.
        """
        return _import.import_register(
            self,
            table,
            columns=columns,
            labels=labels,
            states=states,
            separator=separator,
            date_format=date_format,
            open_cases=open_cases,
            reason=reason,
            ticket=ticket,
            at=at,
            source=source,
            dry_run=flag(dry_run, "dry_run="),
            actor=actor,
        )

    def snapshot(self, path: str | os.PathLike[str], *, overwrite: bool = False) -> Path:
        """A SQLite file for everybody else's tools: the same journal, and plain tables of every book and all events.

        It is there whole or not at all, belongs to nobody's lock, and can itself be opened and verified as a registry
        (read-only: what is written to a copy is another story).
        """
        return _snapshot.snapshot(self, path, overwrite=flag(overwrite, "overwrite="))

    def export(self, folder: str | os.PathLike[str]) -> list[Path]:
        """One Parquet file a book and one of all events, for BI; files that are there are replaced whole."""
        return _snapshot.export(self, folder)

    # ---- proof ---------------------------------------------------------------------------------------------------

    def checkpoint(self, key: object) -> Checkpoint:
        """A signed statement of how the journal ends now; keep it elsewhere, and `verify` against it.

        key: `assay.registry.make_key()`, its 32 secret bytes, their 64 hexadecimal digits, or the path of its file.
        """
        return _proof.checkpoint_of(_registry.checkpoint(self._open, _proof.key_bytes(key)))

    def verify(self, checkpoint: Checkpoint | str | None = None, key: object = None) -> Verdict:
        """Prove the journal from its first event: true only when the whole chain is in order.

        checkpoint: one that was kept elsewhere, its line of text or the path of its file; without it nobody can tell a
        journal that was cut short or written anew. key: the (public) key it must have been signed with.
        """
        line, trusted = _proof.proof_of(checkpoint, key)
        return _proof.verdict_of(_registry.verify(self._open, line, trusted))


class Batch(_Shelf):
    """Commands that are done together, or not at all; made by `registry.batch(...)`."""

    __slots__ = ("_commands", "_registry", "_told", "events")
    events: Events | None

    def __init__(self, registry: Registry, **told: Any) -> None:
        self._registry = registry
        self._told = told
        self._commands: list[Command] = []
        self._books = {name: kind(registry, self._collect) for name, kind in BOOKS.items()}
        self.events = None

    def _collect(self, commands: list[Command]) -> Events:
        told = self._told
        for each in commands:
            changes: dict[str, Any] = {}
            if not each.reason:
                changes["reason"] = optional_text(told["reason"], "reason")
            if not each.ticket:
                changes["ticket"] = optional_text(told["ticket"], "ticket")
            if each.at is None and told["at"] is not None:
                changes["at"] = micros(told["at"], "at")
            if each.actor is None and told["actor"] is not None:
                changes["actor"] = optional_text(told["actor"], "actor")
            self._commands.append(each.but(**changes))
        return Events(_registry.EventLog())

    def __len__(self) -> int:
        return len(self._commands)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.events = self._registry.execute(self._commands)
        self._commands = []
