"""How a command ends: the exit codes, and what to say in one line."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path

DONE, MISSED, BAD_USE, BAD_INPUT, STORE_FAILED = 0, 1, 2, 3, 4


class Stop(Exception):  # noqa: N818
    """The end of a command: what to say in one line, and the exit code."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


def misused(message: str) -> Stop:
    return Stop(BAD_USE, message)


@contextlib.contextmanager
def writing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Stop(STORE_FAILED, f"{path}: could not be written: {error.strerror or error}") from error


def words(error: Exception, *paths: Path) -> str:
    """A message whose rows count as a spreadsheet shows them where the table came from a CSV file."""
    text = str(error)
    row = re.search(r"row (\d+) \(counting from 0\)", text)
    if row and paths and all(path.suffix.lower() == ".csv" for path in paths):
        text = text.replace(row[0], f"row {int(row[1]) + 2} (the header is row 1)")
    return text
