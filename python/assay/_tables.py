"""How tables of the libraries people use become Arrow streams at the least cost.

A table is narrowed to the columns that are needed before it is handed over, because handing over may mean converting.
Nothing here is needed for correctness: any object with `__arrow_c_stream__` is read as it is.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Any

from assay._checks import refuse


def prepared(table: Any, columns: Sequence[str] | None) -> tuple[Any, dict[str, Any]]:
    """The object to stream, and the dictionaries of columns whose keys it carries as whole numbers."""
    if hasattr(table, "collect") and hasattr(table, "collect_schema"):
        names = table.collect_schema().names()
        wanted = _wanted(columns, names)
        table = (table if wanted is None else table.select(wanted)).collect()
    polars = sys.modules.get("polars")
    if polars is not None and isinstance(table, polars.DataFrame):
        return _polars(polars, table, columns)
    pandas = sys.modules.get("pandas")
    if pandas is not None and isinstance(table, pandas.DataFrame):
        wanted = _wanted(columns, list(table.columns))
        narrow = table if wanted is None else table[wanted]
        if all(isinstance(name, str) for name in narrow.columns):
            return (_arrow(narrow) if _has_pyarrow() else {n: narrow[n].to_numpy() for n in narrow.columns}), {}
        return narrow, {}
    pyarrow = sys.modules.get("pyarrow")
    if pyarrow is not None and isinstance(table, pyarrow.Table | pyarrow.RecordBatch):
        wanted = _wanted(columns, table.column_names)
        return (table if wanted is None else table.select(wanted)), {}
    duckdb = sys.modules.get("duckdb")
    if duckdb is not None and isinstance(table, duckdb.DuckDBPyRelation):
        wanted = _wanted(columns, table.columns)
        if wanted is not None:
            table = table.project(", ".join('"' + name.replace('"', '""') + '"' for name in wanted))
        return table, {}
    if isinstance(table, Mapping) and columns is not None and all(name in table for name in columns):
        return {name: table[name] for name in columns}, {}
    return table, {}


def _arrow(table: Any) -> Any:
    """A pandas frame as pyarrow reads it; what it cannot read (mixed values, names twice, broken text) is refused."""
    from pyarrow import Table

    try:
        return Table.from_pandas(table)
    except (ValueError, TypeError) as error:
        plain = isinstance(error, UnicodeError) or not error.args
        got = str(error) if plain else "; ".join(str(part) for part in reversed(error.args))
        raise refuse(
            "columns of one kind of value each, under names of their own", got, mend="convert or rename the column"
        ) from error


def _has_pyarrow() -> bool:
    if "pyarrow" in sys.modules:
        return True
    from importlib.util import find_spec

    return find_spec("pyarrow") is not None


def _wanted(columns: Sequence[str] | None, names: Sequence[Any]) -> list[str] | None:
    """The columns to narrow to; None where that is no use, or would hide a name that is missing or not unique."""
    if columns is None or not columns:
        return None
    wanted = list(dict.fromkeys(columns))
    if len(wanted) >= len(names) or any(list(names).count(name) != 1 for name in wanted):
        return None
    return wanted


def _polars(polars: Any, table: Any, columns: Sequence[str] | None) -> tuple[Any, dict[str, Any]]:
    """Categorical columns as their physical keys, which costs nothing; polars' own export would convert every row."""
    wanted = _wanted(columns, table.columns)
    if wanted is not None:
        table = table.select(wanted)
    categories: dict[str, Any] = {}
    for name, kind in table.schema.items():
        if isinstance(kind, polars.Categorical | polars.Enum):
            known = kind.categories
            if hasattr(known, "to_series"):
                known = known.to_series()
            if isinstance(known, polars.Series) and known.dtype == polars.String:
                categories[name] = polars.DataFrame({name: known})
                table = table.with_columns(table.get_column(name).to_physical())
    return table, categories
