"""Tables that come in, as columns of Python values; tables that go out, as results want them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from assay import _core
from assay._checks import refuse
from assay._flavours import installed, need
from assay._registry import View, view


class ViewTable:
    """What a result wraps: a table of the compiled registry."""

    __slots__ = ("_view",)

    def __init__(self, made: View) -> None:
        self._view = made

    @property
    def column_names(self) -> list[str]:
        return self._view.column_names

    def __len__(self) -> int:
        return len(self._view)

    def column(self, name: str) -> list[Any]:
        return self._view.column(name)

    def to_pydict(self) -> dict[str, list[Any]]:
        return self._view.to_pydict()

    def head(self, count: int) -> Columns:
        return Columns(self._view.first(count))

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self._view.__arrow_c_stream__(requested_schema)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ViewTable) and bool(self._view == other._view)

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> tuple[Any, ...]:
        return _view_table, (self._view.column_types(), self._view.to_pydict())


def _view_table(kinds: list[str], columns: dict[str, list[Any]]) -> ViewTable:
    return view_of([(name, kind, values) for (name, values), kind in zip(columns.items(), kinds, strict=True)])


class Columns:
    """A few rows, already as Python's values."""

    __slots__ = ("_columns",)

    def __init__(self, columns: dict[str, list[Any]]) -> None:
        self._columns = columns

    @property
    def column_names(self) -> list[str]:
        return list(self._columns)

    def __len__(self) -> int:
        return len(next(iter(self._columns.values()), []))

    def column(self, name: str) -> list[Any]:
        return self._columns[name]

    def to_pydict(self) -> dict[str, list[Any]]:
        return self._columns

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return need("pyarrow", "an Arrow stream of these rows").table(self._columns).__arrow_c_stream__()


def view_of(columns: Sequence[tuple[str, str, Sequence[Any]]]) -> ViewTable:
    """A table from (name, kind, values): kinds as fields have them; dates and times as Python has them."""
    from assay.registry._values import coerced

    return ViewTable(
        view([(name, kind, [coerced(value, kind, name) for value in values]) for name, kind, values in columns])
    )


def columns_of(table: Any, what: str) -> dict[str, list[Any]]:
    """The columns of any table as lists of Python values."""
    if hasattr(table, "to_pydict"):  # pyarrow's, and our results
        return dict(table.to_pydict())
    if isinstance(table, Mapping):
        columns = {str(name): _listed(values, what) for name, values in table.items()}
        lengths = {len(values) for values in columns.values()}
        if len(lengths) > 1:
            raise refuse(f"{what} with columns of one length", f"lengths {sorted(lengths)}")
        return columns
    if hasattr(table, "collect") and hasattr(table, "collect_schema"):
        table = table.collect()
    module = type(table).__module__.partition(".")[0].lstrip("_")
    if module == "pandas" and hasattr(table, "columns"):
        return {str(name): [_plain(each) for each in table[name].tolist()] for name in table.columns}
    if module == "polars" and hasattr(table, "columns"):
        return dict(table.to_dict(as_series=False))
    if module == "duckdb":
        description = [str(each[0]) for each in table.description]
        rows = table.fetchall()
        return {name: [row[i] for row in rows] for i, name in enumerate(description)}
    if hasattr(table, "__arrow_c_stream__"):
        if not installed("pyarrow") and installed("polars"):
            return dict(need("polars", "reading this table").DataFrame(table).to_dict(as_series=False))
        return dict(need("pyarrow", "reading this table").table(table).to_pydict())
    raise refuse(
        f"{what} as a table (pandas, polars, pyarrow, DuckDB, anything with __arrow_c_stream__, or a mapping from "
        "names to lists)",
        f"a value of type {type(table).__name__}",
    )


def _listed(values: Any, what: str) -> list[Any]:
    if isinstance(values, str) or not hasattr(values, "__iter__"):
        raise refuse(f"{what} with lists as columns", f"a value of type {type(values).__name__}")
    return [_plain(each) for each in (values.tolist() if hasattr(values, "tolist") else values)]


def _plain(value: Any) -> Any:
    """A missing value as None."""
    from assay.registry._values import is_missing

    return None if is_missing(value) else value


def required(columns: Mapping[str, list[Any]], name: str, what: str) -> list[Any]:
    """One column, or the refusal that lists those there are."""
    if name not in columns:
        raise _core.input_error(
            f"{what} with a column named {name!r}", f"the columns {', '.join(map(repr, columns)) or 'none'}"
        )
    return columns[name]
