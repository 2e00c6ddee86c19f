"""Tables as CSV and Parquet files that can be written, sent away and read back with no loss."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from typing import Any

import pyarrow as pa

from assay._core import InputError, input_error
from assay._drafts import draft
from assay.cli.errors import misused, writing

# A cell that a spreadsheet would run, and the same behind apostrophes: each gets one more, and loses it on reading.
RUNS = "=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20"
GUARDED = f"^'*[{RUNS}]"
NUMBER = r"^[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?\z"


def read_table(path: Path) -> pa.Table:
    """A CSV or Parquet file as a table; every CSV column is text, exactly as it stands.

    Raises InputError, which does not name the file.
    """
    if kind_of(path) == ".parquet":
        from pyarrow import parquet

        try:
            return parquet.read_table(path)
        except (pa.ArrowException, OSError) as error:
            raise InputError(f"wanted a Parquet file, got one that cannot be read: {arrow_words(error)}") from error
    return _read_csv(path)


def write_table(table: Any, path: Path) -> None:
    """Anything with `__arrow_c_stream__` as a CSV or Parquet file, all of it or nothing."""
    rows = pa.table(table)
    out = io.BytesIO()
    if kind_of(path) == ".parquet":
        from pyarrow import parquet

        parquet.write_table(rows, out)
    else:
        _write_csv(rows, out)
    with writing(path):
        made = draft(path, out.getbuffer())
        try:
            made.replace(path)
        finally:
            made.unlink(missing_ok=True)


def kind_of(path: Path) -> str:
    ending = path.suffix.lower()
    if ending in (".csv", ".parquet"):
        return ending
    raise misused(f"{path}: wanted a file ending in .csv or .parquet, got {ending or 'no ending'!r}")


def _read_csv(path: Path) -> pa.Table:
    from pyarrow import csv as arrow_csv

    header, delimiter = _header(path)
    twice = next((name for i, name in enumerate(header) if name and name in header[:i]), None)
    if twice is not None:
        raise input_error("each column name once in the header", f"{twice!r} twice")
    numbered = [str(i) for i in range(len(header))]  # names of our own: the file's may be empty, hence not unique

    def read(threads: bool) -> pa.Table:
        return arrow_csv.read_csv(
            path,
            read_options=arrow_csv.ReadOptions(
                column_names=numbered, skip_rows_after_names=1, use_threads=threads, block_size=1 << 24
            ),
            parse_options=arrow_csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(numbered, pa.string()),
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=False,
            ),
        )

    try:
        table = read(threads=True)
    except pa.ArrowException:
        _refuse_encoding(path)
        try:
            table = read(threads=False)  # alone, it says which row
        except pa.ArrowException as error:
            raise InputError(_csv_words(error, len(header))) from error
    kept = [i for i, name in enumerate(header) if name]
    return pa.table([_unguarded(table.column(i)) for i in kept], names=[header[i] for i in kept])


def _header(path: Path) -> tuple[list[str], str]:
    """The column names and what separates them."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            first = file.readline()
            if not first.strip():
                raise input_error("a header with the names of the columns", "an empty first line")
            bare = re.sub(r'"[^"]*"?', "", first)
            delimiter = "," if "," in bare else next((each for each in ";\t" if each in bare), ",")
            file.seek(0)
            names = next(csv.reader(file, delimiter=delimiter))
    except UnicodeDecodeError:
        _refuse_encoding(path)
        raise
    except csv.Error as error:
        raise input_error("a header with the names of the columns", str(error)) from error
    return [re.sub(f"^'('*[{RUNS}])", r"\1", name) for name in names], delimiter


def _refuse_encoding(path: Path) -> None:
    """Raise where the bytes of a file are not UTF-8, naming the row."""
    with path.open("rb") as file:
        for row, line in enumerate(file, -1):
            try:
                line.decode("utf-8-sig")
            except UnicodeDecodeError as error:
                got = f"the byte {line[error.start]:#04x}"
                got += " in the header" if row < 0 else f" at row {row} (counting from 0)"
                raise InputError(f'wanted text in UTF-8, got {got}; save the file as "CSV UTF-8"') from None


def _csv_words(error: Exception, columns: int) -> str:
    text = arrow_words(error)
    found = re.search(r"(?:Row #(\d+): )?Expected (\d+) columns, got (\d+)", text)
    if not found:
        return f"wanted a CSV file, got one that cannot be read: {text}"
    row = f" at row {int(found[1]) - 2} (counting from 0)" if found[1] else ""
    return f"wanted {columns} cells in each row, as many as the header has, got {found[3]}{row}"


def arrow_words(error: Exception) -> str:
    return re.sub(r"^(CSV parse error|Invalid|IOError): ", "", " ".join(str(error).split()))[:300]


def _write_csv(table: pa.Table, out: io.BytesIO) -> None:
    from pyarrow import csv as arrow_csv

    columns = [_guarded(_as_text(column)) for column in table.columns]
    names = _guarded(pa.chunked_array([pa.array(table.column_names, pa.string())])).to_pylist()
    arrow_csv.write_csv(pa.table(columns, names=names), out)


def _as_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Numbers stay what they are; texts of any layout, categories and what has no plain CSV form become text."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.cast(kind.value_type)
        kind = column.type
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind):
        return column
    return column.cast(pa.string())


def _guarded(column: pa.ChunkedArray) -> pa.ChunkedArray:
    import pyarrow.compute as pc

    if not pa.types.is_string(column.type):
        return column
    runs = pc.and_not(pc.match_substring_regex(column, GUARDED), pc.match_substring_regex(column, NUMBER))
    if not pc.any(runs).as_py():
        return column
    return pc.if_else(runs, pc.binary_join_element_wise("'", column, ""), column)


def _unguarded(column: pa.ChunkedArray) -> pa.ChunkedArray:
    import pyarrow.compute as pc

    if not pc.any(pc.match_substring_regex(column, f"^'+[{RUNS}]")).as_py():
        return column
    return pc.replace_substring_regex(column, f"^'('*[{RUNS}])", r"\1", max_replacements=1)
