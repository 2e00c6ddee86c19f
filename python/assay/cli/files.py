"""The files that a command reads and writes."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from assay._core import AssayError, InputError, StoreError
from assay.cli.errors import BAD_INPUT, STORE_FAILED, Stop, misused, words
from assay.cli.printing import patience, say
from assay.cli.tables import kind_of, read_table, write_table


class Files:
    """The tables a command has read, to say in which of them something is wrong."""

    def __init__(self) -> None:
        self._read: list[tuple[Path, list[str]]] = []

    def read(self, path: Path) -> pa.Table:
        present(path)
        try:
            with patience(f"Reading {path.name}"):
                table = read_table(path)
        except (InputError, OSError) as error:
            raise Stop(BAD_INPUT, f"{path}: {words(error, path)}") from error
        self._read.append((path, table.column_names))
        return table

    @contextlib.contextmanager
    def blamed(self) -> Iterator[None]:
        """Errors of the library, with the file that they are about where that can be told."""
        try:
            yield
        except StoreError as error:
            raise Stop(STORE_FAILED, str(error)) from error
        except AssayError as error:
            paths = self._about(error)
            named = f"{', '.join(map(str, paths))}: " if paths else ""
            raise Stop(BAD_INPUT, named + words(error, *paths)) from error

    def _about(self, error: AssayError) -> list[Path]:
        column = getattr(error, "column", None)
        holders = [path for path, names in self._read if column in names] or [path for path, _ in self._read]
        if len(holders) == 2 and len(self._read) == 2 and getattr(error, "row", None) is not None:
            wanted = str(getattr(error, "wanted", ""))
            return holders[1:] if "audit" in wanted or "verdict" in wanted else holders[:1]
        return holders


def present(path: Path) -> None:
    kind_of(path)
    if not path.exists():
        raise misused(f"{path}: there is no such file")
    if path.is_dir():
        raise misused(f"{path}: wanted a file, got a folder")


def outputs(paths: Sequence[Path], endings: Sequence[str], inputs: Iterable[Path | None]) -> None:
    """Refuse before any work is done what could not be written after it."""
    taken = {each.resolve() for each in inputs if each is not None}
    for path in paths:
        if path.suffix.lower() not in endings:
            raise misused(f"{path}: wanted an output ending in {' or '.join(endings)}")
        if not path.absolute().parent.is_dir():
            raise misused(f"{path}: there is no folder {path.parent}")
        if path.is_dir():
            raise misused(f"{path}: wanted a file to write, got a folder")
        if path.resolve() in taken:
            raise misused(f"{path}: the output would overwrite an input")


def save(result: Any, paths: Sequence[Path], sources: Sequence[Path | None], title: str | None = None) -> None:
    import assay

    names = [path.name for path in sources if path is not None]
    reports = [path for path in paths if path.suffix.lower() in (".html", ".xlsx")]
    for path in paths:
        if path not in reports:
            write_table(result, path)
    if reports:
        assay.report(result, title=title, sources=names).save(*reports)
    if paths:
        say(f"Wrote {', '.join(map(str, paths))}")
