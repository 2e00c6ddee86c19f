"""The registry for everybody else's tools: a file of its own, or Parquet files for BI."""

from __future__ import annotations

import contextlib
import datetime
import json
import os
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assay import _registry
from assay._checks import refuse
from assay._core import StoreError
from assay._flavours import need
from assay.registry._commands import books
from assay.registry._events import Events
from assay.registry._rows import ViewTable

if TYPE_CHECKING:
    from assay.registry.desk import Registry

_PART = 50_000  # events at a time


@contextlib.contextmanager
def _draft(path: Path) -> Iterator[Path]:
    """A name beside `path` to write to; it becomes `path` when all went well, and nothing is left when not."""
    if not path.parent.is_dir():
        raise refuse("a path in a folder that is there", f"{os.fspath(path)!r}")
    draft = path.with_name(f".{path.name}.{os.getpid()}.draft")
    draft.unlink(missing_ok=True)
    try:
        yield draft
        draft.replace(path)
    except (OSError, sqlite3.Error) as error:
        raise StoreError(f"{path}: could not be written: {error}") from error
    finally:
        for suffix in ("", "-journal"):
            Path(f"{draft}{suffix}").unlink(missing_ok=True)


def snapshot(registry: Registry, path: str | os.PathLike[str], *, overwrite: bool) -> Path:
    target = Path(path)
    if target.exists() or target.is_symlink():
        if not overwrite:
            raise refuse("a path where there is no file yet", f"{os.fspath(path)!r}", mend="or say overwrite=True")
        own = registry.path
        if target.is_dir() or (own is not None and own.exists() and target.samefile(own)):
            raise refuse("a path other than the registry's own", f"{os.fspath(path)!r}")
    with _draft(target) as draft:
        last = _registry.copy_journal(registry._open, os.fspath(draft))
        # The journal's own connection to the copy is closed by now: no two libraries hold the file at once.
        with contextlib.closing(sqlite3.connect(draft)) as connection:
            _tables(registry, connection, last)
            connection.commit()
        draft.chmod(0o444)  # a copy is looked at; whoever wrote to it would tell another story
    return target


def _tables(registry: Registry, connection: sqlite3.Connection, last: int) -> None:
    made = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    connection.execute("CREATE TABLE snapshot (taken TEXT NOT NULL, source TEXT NOT NULL, last_event INTEGER NOT NULL)")
    connection.execute("INSERT INTO snapshot VALUES (?, ?, ?)", (made, registry.place, last))
    for name in books():
        table = registry._open.table(name)
        _create(connection, name, table, key="id")
        _fill(connection, name, ViewTable(table))
    for part in _parts(registry, last):
        view = part._log.view()
        if part[0].sequence == 1:
            _create(connection, "events", view, key="sequence")
        _fill(connection, "events", ViewTable(view))
    if last == 0:
        _create(connection, "events", registry._open.changes(0, 0).view(), key="sequence")


def _parts(registry: Registry, last: int) -> Iterator[Events]:
    done = 0
    while done < last:
        part = registry.changes(done, limit=min(_PART, last - done))
        yield part
        done = part.last


def _create(connection: sqlite3.Connection, name: str, table: _registry.View, key: str) -> None:
    kinds = {"whole": "INTEGER", "real": "REAL", "flag": "INTEGER"}
    columns = [
        f'"{column}" {kinds.get(kind, "TEXT")}{" PRIMARY KEY NOT NULL" if column == key else ""}'
        for column, kind in zip(table.column_names, table.column_types(), strict=True)
    ]
    connection.execute(f'CREATE TABLE "{name}" ({", ".join(columns)})')


def _fill(connection: sqlite3.Connection, name: str, table: ViewTable) -> None:
    columns = table.to_pydict()
    if not len(table):
        return
    marks = ", ".join("?" * len(columns))
    rows: Iterable[Any] = zip(*([_plain(value) for value in values] for values in columns.values()), strict=True)
    connection.executemany(f'INSERT INTO "{name}" VALUES ({marks})', rows)


def _plain(value: Any) -> Any:
    """A value as SQLite has it: sets as JSON, dates and times as ISO text."""
    if isinstance(value, list):
        return json.dumps(value, ensure_ascii=False)
    return value.isoformat() if isinstance(value, datetime.date) else value


def export(registry: Registry, folder: str | os.PathLike[str]) -> list[Path]:
    """One Parquet file a book, and one of all events."""
    parquet, pyarrow = need("pyarrow.parquet", "export()"), need("pyarrow", "export()")
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    last = registry.sequence
    made = []
    for name in books():
        with _draft(target / f"{name}.parquet") as draft:
            parquet.write_table(pyarrow.table(ViewTable(registry._open.table(name))), draft)
        made.append(target / f"{name}.parquet")
    with _draft(target / "events.parquet") as draft:
        empty = pyarrow.table(ViewTable(registry._open.changes(0, 0).view()))
        with parquet.ParquetWriter(draft, empty.schema) as writer:
            for part in _parts(registry, last):
                writer.write_table(pyarrow.table(part))
    made.append(target / "events.parquet")
    return made
