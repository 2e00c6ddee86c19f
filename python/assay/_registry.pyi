"""
The compiled part of assay.registry. Use that instead: the names here may change.
"""
from __future__ import annotations
import collections.abc
import typing
import typing_extensions
__all__: list[str] = ['Desk', 'EventLog', 'Sheet', 'View', 'books', 'checkpoint', 'checkpoint_parts', 'copy_journal', 'enrich', 'faults', 'feed_facts', 'has_postgresql', 'name_pairs', 'public_key', 'reconcile', 'traffic', 'verify', 'verify_place', 'view']
class View:
    """
    An immutable table of the registry; any Arrow library reads it without a copy.
    """
    __hash__: typing.ClassVar[None] = None  # type: ignore[assignment]
    def __arrow_c_stream__(self, requested_schema: typing.Any = None) -> typing_extensions.CapsuleType:
        """
        The table as an Arrow C stream.
        """
    def __eq__(self, other: View) -> bool:  # type: ignore[override]
        ...
    def __len__(self) -> int:
        ...
    def __repr__(self) -> str:
        ...
    def column(self, name: str) -> list[typing.Any]:
        """
        One column as a list; None where it is null, a list of texts where it is a set.
        """
    def column_types(self) -> list[str]:
        """
        The kinds of the columns, in order.
        """
    def first(self, rows: typing.SupportsInt | typing.SupportsIndex) -> dict[str, typing.Any]:
        """
        The first rows of all columns as lists.
        """
    def to_pydict(self) -> dict[str, typing.Any]:
        """
        All columns as lists.
        """
    @property
    def column_names(self) -> list[str]:
        """
        The names of the columns, in order.
        """
class EventLog:
    """
    Events as they stand in the journal; immutable.
    """
    def __init__(self) -> None:
        """
        No events.
        """
    def __len__(self) -> int:
        ...
    def event(self, position: typing.SupportsInt | typing.SupportsIndex) -> dict[str, typing.Any]:
        """
        One event as a mapping.
        """
    def sentences(self) -> list[str]:
        """
        The events as people read them.
        """
    def view(self) -> View:
        """
        The events as a table.
        """
class Desk:
    """
    One open registry; threads take turns.
    """
    def __init__(self, url: str, *, read_only: bool = False, create: bool = True, patience: typing.SupportsFloat | typing.SupportsIndex = 5.0, write_ahead_log: bool = False, authoriser: typing.Any = None, clock: typing.Any = None) -> None:
        ...
    def cancel(self, event: typing.SupportsInt | typing.SupportsIndex, actor: str, reason: str, ticket: str) -> EventLog:
        """
        Call off a command that waits under an event.
        """
    def changes(self, since: typing.SupportsInt | typing.SupportsIndex, most: typing.SupportsInt | typing.SupportsIndex | None = None) -> EventLog:
        """
        Events after a sequence number.
        """
    def close(self) -> None:
        """
        Let the journal go; every later call is refused.
        """
    def count(self, book: str) -> int:
        """
        How many records a book has.
        """
    def done_before(self, command_ids: collections.abc.Sequence[str]) -> list[bool]:
        """
        Which of these command ids stand in the journal.
        """
    def execute(self, commands: list[typing.Any]) -> EventLog:
        """
        Do all commands or none; the events written.
        """
    def history(self, book: str, id: str) -> EventLog:
        """
        Every event of one record, first to last.
        """
    def ids(self, book: str) -> list[str]:
        """
        The ids of a book, in order.
        """
    def record(self, book: str, id: str) -> typing.Any:
        """
        One record as a mapping, or None.
        """
    def scheduled(self) -> View:
        """
        What waits for its time.
        """
    def sequence(self) -> int:
        """
        The number of the newest event.
        """
    def table(self, book: str, as_of: typing.SupportsInt | typing.SupportsIndex | None = None) -> View:
        """
        A book as a table, now or as it stood at a time.
        """
    def try_out(self, groups: list[typing.Any]) -> list[typing.Any]:
        """
        Try groups of commands, one after the other, without writing: (group, position, rule, message, column, legal) for each that would be refused. What an authoriser would say is not asked.
        """
    @property
    def closed(self) -> bool:
        """
        Whether it was closed.
        """
    @property
    def place(self) -> str:
        """
        Where the journal is, in words.
        """
    @property
    def writable(self) -> bool:
        """
        Whether this user may write.
        """
class Sheet:
    """
    A table as plain values; immutable.
    """
    @staticmethod
    def from_columns(columns: list[typing.Any]) -> Sheet:
        """
        A sheet from (name, values) pairs of Python's values.
        """
    @staticmethod
    def from_stream(capsule: typing.Any) -> Sheet:
        """
        The rows of an Arrow C stream.
        """
    def __len__(self) -> int:
        ...
    def column(self, name: str) -> list[typing.Any]:
        """
        One column as a list; None where it is not set, a tuple where it is a set.
        """
    def kind(self, name: str) -> str:
        """
        The kind of a column: text, texts, whole, real, flag, day, time, mixed, nothing or unreadable.
        """
    def row(self, row: typing.SupportsInt | typing.SupportsIndex) -> dict[str, typing.Any]:
        """
        One row as a mapping; columns that cannot be read are left out.
        """
    def with_columns(self, names: collections.abc.Sequence[str]) -> Sheet:
        """
        The same with columns in which nothing is set, for those of the names that it lacks.
        """
    @property
    def column_names(self) -> list[str]:
        """
        The names of the columns, in order.
        """
def books() -> list[typing.Any]:
    """
    The books there are: fields, states and verbs.
    """
def checkpoint(desk: Desk, secret: bytes) -> dict[str, typing.Any]:
    """
    The signed head of a journal.
    """
def checkpoint_parts(text: str) -> dict[str, typing.Any]:
    """
    What a line of a checkpoint says.
    """
def copy_journal(desk: Desk, path: str) -> int:
    """
    Copy the journal into a new SQLite file; the number of its newest event.
    """
def enrich(desk: Desk, table: typing.Any, dictionaries: dict[str, typing.Any], on: str, at: str, wished: collections.abc.Sequence[tuple[str, str]], book: str, heir: str) -> tuple[typing.Any, ...]:
    """
    How the record named in column `on` stood at the time in column `at`, for every row: (columns, rows, faults). `wished` pairs a field, state or now with the name of its column.
    """
def faults(sheet: Sheet, id: str, when: list[typing.Any], require: collections.abc.Sequence[str], text: str, today: typing.SupportsInt | typing.SupportsIndex) -> list[typing.Any]:
    """
    The rows at fault under one rule: (row, summary, evidence).
    """
def feed_facts(capsule: typing.Any, at: str, key: collections.abc.Sequence[str]) -> dict[str, typing.Any]:
    """
    What a feed brought.
    """
def has_postgresql() -> bool:
    """
    Whether postgresql:// places can be opened.
    """
def name_pairs(names: collections.abc.Sequence[str], scopes: collections.abc.Sequence[collections.abc.Sequence[str]], most: typing.SupportsInt | typing.SupportsIndex, same_word: typing.SupportsFloat | typing.SupportsIndex) -> tuple[typing.Any, ...]:
    """
    Pairs of positions of names worth comparing, and how many blocks were too crowded to pair.
    """
def public_key(secret: bytes) -> bytes:
    """
    The public key that belongs to 32 secret bytes.
    """
def reconcile(here: Sheet, there: Sheet, key_here: str, key_there: str, fields: list[typing.Any], expected: collections.abc.Sequence[bool], compared: collections.abc.Sequence[bool]) -> dict[str, typing.Any]:
    """
    What two tables disagree on.
    """
def traffic(capsule: typing.Any, queue: str, at: str, cases: str, since: typing.SupportsInt | typing.SupportsIndex) -> list[typing.Any]:
    """
    (queue, cases, recent cases, last day) of each queue that a table names.
    """
def verify(desk: Desk, checkpoint: str | None = None, key: bytes | None = None) -> tuple[typing.Any, ...]:
    """
    (problem, position, sequence, hash, words) of an open registry's journal.
    """
def verify_place(url: str, checkpoint: str | None = None, key: bytes | None = None) -> tuple[typing.Any, ...]:
    """
    The same for a journal that need not make sense: only its bytes are read.
    """
def view(columns: list[typing.Any]) -> View:
    """
    A table from (name, type, values) triples.
    """
