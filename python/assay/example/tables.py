"""Columns as codes and numbers, and the tables that each library makes of them."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Mapping
from typing import Any, Literal, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from assay.example.checks import refuse

Flavour = Literal["pandas", "polars", "pyarrow", "numpy"]
Table = Any


class Coded(NamedTuple):
    """A text column of few values."""

    codes: NDArray[Any]
    names: tuple[str, ...]


class Ids(NamedTuple):
    """The column of case ids of these row numbers."""

    rows: NDArray[np.int64]


class Instants(NamedTuple):
    """Microseconds since 1970 in UTC."""

    microseconds: NDArray[np.int64]


Column = NDArray[Any] | Coded | Ids | Instants


def _digits(rows: NDArray[np.int64], dtype: type[np.unsignedinteger[Any]]) -> NDArray[Any]:
    """Spell the case ids, one row each: 'c' and the row's number from 1 in eight digits."""
    out = np.empty((len(rows), 9), dtype=dtype)
    out[:, 0] = ord("c")
    rest = (rows + 1).astype(np.uint32)
    for place in range(8, 0, -1):
        rest, digit = np.divmod(rest, np.uint32(10))
        out[:, place] = digit + np.uint32(ord("0"))
    return out


def installed(name: str) -> bool:
    return importlib.util.find_spec(name) is not None


def _to_numpy(column: Column) -> NDArray[Any]:
    if isinstance(column, Coded):
        return cast("NDArray[Any]", np.array(column.names)[column.codes])
    if isinstance(column, Ids):
        return cast("NDArray[Any]", _digits(column.rows, np.uint32).view("U9").reshape(-1))
    if isinstance(column, Instants):
        return column.microseconds.view("datetime64[us]")
    return column


def _to_pyarrow(column: Column) -> Any:
    pa = importlib.import_module("pyarrow")
    if isinstance(column, Coded):
        codes = pa.array(column.codes.astype(np.int32))
        return pa.DictionaryArray.from_arrays(codes, pa.array(column.names, pa.string()))
    if isinstance(column, Ids):
        offsets = np.arange(len(column.rows) + 1, dtype=np.int32) * np.int32(9)
        characters = _digits(column.rows, np.uint8).reshape(-1)
        return pa.StringArray.from_buffers(len(column.rows), pa.py_buffer(offsets), pa.py_buffer(characters))
    if isinstance(column, Instants):
        return pa.array(column.microseconds).view(pa.timestamp("us", "UTC"))
    return pa.array(column, from_pandas=True)  # NaN, no answer, becomes null


def _to_polars(name: str, column: Column) -> Any:
    pl = importlib.import_module("polars")
    if isinstance(column, Coded):
        return pl.Series(name, column.names, dtype=pl.Enum(column.names)).gather(column.codes.astype(np.uint32))
    if isinstance(column, Ids):
        number = pl.Series(name, column.rows + 1).cast(pl.String).str.zfill(8)
        return ("c" + number).rename(name)
    if isinstance(column, Instants):
        return pl.Series(name, column.microseconds).cast(pl.Datetime("us", "UTC"))
    return pl.Series(name, column, nan_to_null=True)


def _to_pandas(column: Column) -> Any:
    pd = importlib.import_module("pandas")
    if isinstance(column, Coded):
        return pd.Categorical.from_codes(column.codes, categories=list(column.names))
    if isinstance(column, Instants):
        return pd.Series(_to_numpy(column)).dt.tz_localize("UTC")
    return pd.Series(_to_numpy(column))


def table_of(columns: Mapping[str, Column], flavour: Flavour) -> Table:
    if flavour == "pyarrow":
        table = importlib.import_module("pyarrow").table
        return table({name: _to_pyarrow(column) for name, column in columns.items()})
    if flavour == "polars":
        frame = importlib.import_module("polars").DataFrame
        return frame([_to_polars(name, column) for name, column in columns.items()])
    if flavour == "pandas":
        frame = importlib.import_module("pandas").DataFrame
        return frame({name: _to_pandas(column) for name, column in columns.items()})
    return {name: _to_numpy(column) for name, column in columns.items()}


def column_of(table: Table, name: str) -> NDArray[Any]:
    """One column of any table as a NumPy array; a list or an array of ids is taken as it is."""
    if isinstance(table, (list, tuple, np.ndarray)):
        return np.asarray(table)
    if not isinstance(table, Mapping) and hasattr(table, "__arrow_c_stream__"):
        if installed("pyarrow"):
            table = importlib.import_module("pyarrow").table(table)
        elif installed("polars"):
            table = importlib.import_module("polars").DataFrame(table)
    try:
        column = table[name]
    except Exception:
        refuse(f"a table with the column '{name}', or a list of case ids", names_of(table), "name it with case=")
    for method in ("to_numpy", "to_pylist"):
        if hasattr(column, method):
            return np.asarray(getattr(column, method)())
    return np.asarray(column)


def names_of(table: Table) -> str:
    for attribute in ("column_names", "columns", "keys"):
        names = getattr(table, attribute, None)
        if names is not None:
            return "the columns " + ", ".join(str(name) for name in (names() if callable(names) else names))
    return f"a {type(table).__name__}"
