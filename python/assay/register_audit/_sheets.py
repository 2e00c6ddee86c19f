"""Tables of any library as plain values: what rules look at."""

from __future__ import annotations

import datetime
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from assay._checks import refuse
from assay._registry import Sheet
from assay._tables import prepared

EPOCH = datetime.date(1970, 1, 1).toordinal()


def day_number(day: datetime.date) -> int:
    """Days since 1970, as the compiled core counts."""
    return day.toordinal() - EPOCH


def capsule_of(table: Any, columns: Sequence[str] | None = None, what: str = "a table") -> Any:
    """The Arrow stream of a table, narrowed to some columns where that is cheap; None where it has none."""
    polars = sys.modules.get("polars")
    if polars is None or not isinstance(table, polars.DataFrame):
        table = prepared(table, columns)[0]
    elif columns is not None and set(columns) <= set(table.columns):
        table = table.select(list(dict.fromkeys(columns)))
    return table.__arrow_c_stream__() if hasattr(table, "__arrow_c_stream__") else _from_mapping(table, columns, what)


def _from_mapping(table: Any, columns: Sequence[str] | None, what: str) -> Any:
    """A mapping of arrays or lists as a stream, by the first library that makes one."""
    if not isinstance(table, Mapping):
        raise refuse(
            f"{what} (pandas, polars, pyarrow, DuckDB, anything with __arrow_c_stream__, or a mapping of columns)",
            f"a value of type {type(table).__name__}",
        )
    chosen = {
        str(name): table[name] for name in (columns if columns is not None and set(columns) <= set(table) else table)
    }
    try:
        import pyarrow

        return pyarrow.table(chosen).__arrow_c_stream__()
    except ImportError:
        from assay._flavours import need

        return need("polars", "a mapping of columns").DataFrame(chosen).__arrow_c_stream__()


class Rows:
    """A table's rows as Python's values: None where nothing is set, a tuple where it is a set of texts.

    What a rule in Python is given. Columns are read when they are asked for.
    """

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self._columns: dict[str, list[Any]] = {}

    @cached_property
    def column_names(self) -> list[str]:
        """The names of the columns, in order."""
        return list(self.sheet.column_names)

    def __len__(self) -> int:
        return len(self.sheet)

    def __contains__(self, name: object) -> bool:
        return name in self.column_names

    def column(self, name: str) -> list[Any]:
        """One column; InputError where there is none, or none that can be read."""
        if name not in self._columns:
            self._columns[name] = self.sheet.column(name)
        return self._columns[name]

    def __getitem__(self, row: int) -> dict[str, Any]:
        """One row as a mapping."""
        return self.sheet.row(row)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return (self.sheet.row(row) for row in range(len(self)))

    def kind(self, name: str) -> str:
        """What a column holds: text, texts, whole, real, flag, day, time, mixed, nothing or unreadable."""
        return self.sheet.kind(name)


def rows_of(table: Any, what: str) -> Rows:
    """A table as rows; InputError says which table it was."""
    if isinstance(table, Rows):
        return table
    try:
        if isinstance(table, Mapping) and not hasattr(table, "__arrow_c_stream__"):
            return Rows(Sheet.from_columns([(str(name), list(values)) for name, values in table.items()]))
        return Rows(Sheet.from_stream(capsule_of(table, None, f"{what}= as a table")))
    except TypeError as error:
        raise refuse(f"{what}= as a table", f"{type(table).__name__}: {error}") from error
