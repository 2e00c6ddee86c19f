"""The command line: `assay demo`, `assay draw`, `assay score`, `assay compare`.

Files are CSV or Parquet by their ending. Exit codes: 0 done, 1 a target missed (only with --fail-on-missed), 2 bad
use, 3 bad input, 4 a file could not be written or the store failed. An error is one line on standard error.

CSV, so that a sample can be written, sent away and read back with no loss:

* Every column is read as text, exactly as it stands: 007 keeps its zeros, NA and null are labels. Only a cell with
  nothing in it is a null; `""` is empty text. The library reads numbers and true/false from their text.
* A spreadsheet runs a cell that begins with = + - @ (or a tab or line break before them) as a formula. Such text is
  written with an apostrophe before it, unless it is a plain number, and the apostrophe is taken off again on reading;
  column names likewise.
* UTF-8, with or without a byte order mark. Where the header has no comma, semicolons or tabs separate.
"""

from __future__ import annotations

import contextlib
import csv
import io
import json
import math
import os
import re
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, NoReturn

try:
    import pyarrow as pa
    import rich.box
    import rich.console
    import rich.table
    import rich.text
    import typer
except ImportError as missing:
    print(
        f"assay: the command line needs {missing.name}, which is not installed; "
        "install it with: pip install 'assay[cli]'",
        file=sys.stderr,
    )
    raise SystemExit(2) from missing

from assay._core import AssayError, InputError, StoreError, __version__, input_error

__all__ = ["app", "main", "read_table", "write_table"]

DONE, MISSED, BAD_USE, BAD_INPUT, STORE_FAILED = 0, 1, 2, 3, 4
PATIENCE = 2.0  # seconds before anything about progress is shown
ROWS_SHOWN = 50  # on a terminal; a pipe gets them all
METRICS = (
    "accuracy",
    "over_enforcement",
    "leakage",
    "wrong_label",
    "precision",
    "recall",
    "specificity",
    "false_positive_rate",
    "false_negative_rate",
    "violation_rate",
)


class _Stop(Exception):  # noqa: N818
    """The end of a command: what to say in one line, and the exit code."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


def _misused(message: str) -> _Stop:
    return _Stop(BAD_USE, message)


# --- files ----------------------------------------------------------------------------------------------------------

# A cell that a spreadsheet would run, and the same behind apostrophes: each gets one more, and loses it on reading.
_RUNS = "=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20"
_GUARDED = f"^'*[{_RUNS}]"
_NUMBER = r"^[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?\z"


def read_table(path: Path) -> pa.Table:
    """A CSV or Parquet file as a table; every CSV column is text, exactly as it stands.

    Raises InputError, which does not name the file.
    """
    if _kind(path) == ".parquet":
        from pyarrow import parquet

        try:
            return parquet.read_table(path)
        except (pa.ArrowException, OSError) as error:
            raise InputError(f"wanted a Parquet file, got one that cannot be read: {_arrow_words(error)}") from error
    return _read_csv(path)


def write_table(table: Any, path: Path) -> None:
    """Anything with `__arrow_c_stream__` as a CSV or Parquet file, all of it or nothing."""
    rows = pa.table(table)
    out = io.BytesIO()
    if _kind(path) == ".parquet":
        from pyarrow import parquet

        parquet.write_table(rows, out)
    else:
        _write_csv(rows, out)
    with _writing(path):
        _replace(path, out.getbuffer())


def _kind(path: Path) -> str:
    ending = path.suffix.lower()
    if ending in (".csv", ".parquet"):
        return ending
    raise _misused(f"{path}: wanted a file ending in .csv or .parquet, got {ending or 'no ending'!r}")


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
    return [re.sub(f"^'('*[{_RUNS}])", r"\1", name) for name in names], delimiter


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
    text = _arrow_words(error)
    found = re.search(r"(?:Row #(\d+): )?Expected (\d+) columns, got (\d+)", text)
    if not found:
        return f"wanted a CSV file, got one that cannot be read: {text}"
    row = f" at row {int(found[1]) - 2} (counting from 0)" if found[1] else ""
    return f"wanted {columns} cells in each row, as many as the header has, got {found[3]}{row}"


def _arrow_words(error: Exception) -> str:
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
    runs = pc.and_not(pc.match_substring_regex(column, _GUARDED), pc.match_substring_regex(column, _NUMBER))
    if not pc.any(runs).as_py():
        return column
    return pc.if_else(runs, pc.binary_join_element_wise("'", column, ""), column)


def _unguarded(column: pa.ChunkedArray) -> pa.ChunkedArray:
    import pyarrow.compute as pc

    if not pc.any(pc.match_substring_regex(column, f"^'+[{_RUNS}]")).as_py():
        return column
    return pc.replace_substring_regex(column, f"^'('*[{_RUNS}])", r"\1", max_replacements=1)


def _replace(path: Path, content: Any) -> None:
    """Write a file beside its target, then put it in its place."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name[:40]}.", suffix=".part", dir=path.absolute().parent)
    draft = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        mask = os.umask(0o022)
        os.umask(mask)
        draft.chmod(0o666 & ~mask)
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


@contextlib.contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise _Stop(STORE_FAILED, f"{path}: could not be written: {error.strerror or error}") from error


class _Files:
    """The tables a command has read, to say in which of them something is wrong."""

    def __init__(self) -> None:
        self._read: list[tuple[Path, list[str]]] = []

    def read(self, path: Path) -> pa.Table:
        _present(path)
        try:
            with _patience(f"Reading {path.name}"):
                table = read_table(path)
        except (InputError, OSError) as error:
            raise _Stop(BAD_INPUT, f"{path}: {_words(error, path)}") from error
        self._read.append((path, table.column_names))
        return table

    @contextlib.contextmanager
    def blamed(self) -> Iterator[None]:
        """Errors of the library, with the file that they are about where that can be told."""
        try:
            yield
        except StoreError as error:
            raise _Stop(STORE_FAILED, str(error)) from error
        except AssayError as error:
            paths = self._about(error)
            named = f"{', '.join(map(str, paths))}: " if paths else ""
            raise _Stop(BAD_INPUT, named + _words(error, *paths)) from error

    def _about(self, error: AssayError) -> list[Path]:
        column = getattr(error, "column", None)
        holders = [path for path, names in self._read if column in names] or [path for path, _ in self._read]
        if len(holders) == 2 and len(self._read) == 2 and getattr(error, "row", None) is not None:
            wanted = str(getattr(error, "wanted", ""))
            return holders[1:] if "audit" in wanted or "verdict" in wanted else holders[:1]
        return holders


def _words(error: Exception, *paths: Path) -> str:
    """A message whose rows count as a spreadsheet shows them where the table came from a CSV file."""
    text = str(error)
    row = re.search(r"row (\d+) \(counting from 0\)", text)
    if row and paths and all(path.suffix.lower() == ".csv" for path in paths):
        text = text.replace(row[0], f"row {int(row[1]) + 2} (the header is row 1)")
    return text


def _present(path: Path) -> None:
    _kind(path)
    if not path.exists():
        raise _misused(f"{path}: there is no such file")
    if path.is_dir():
        raise _misused(f"{path}: wanted a file, got a folder")


def _outputs(paths: Sequence[Path], endings: Sequence[str], inputs: Iterable[Path | None]) -> None:
    """Refuse before any work is done what could not be written after it."""
    taken = {each.resolve() for each in inputs if each is not None}
    for path in paths:
        if path.suffix.lower() not in endings:
            raise _misused(f"{path}: wanted an output ending in {' or '.join(endings)}")
        if not path.absolute().parent.is_dir():
            raise _misused(f"{path}: there is no folder {path.parent}")
        if path.is_dir():
            raise _misused(f"{path}: wanted a file to write, got a folder")
        if path.resolve() in taken:
            raise _misused(f"{path}: the output would overwrite an input")


# --- the screen -----------------------------------------------------------------------------------------------------


class _Console(rich.console.Console):
    """Text as it stands: no markup, and a pipe that was closed is for `_run` to answer."""

    def __init__(self, stderr: bool = False) -> None:
        super().__init__(highlight=False, markup=False, emoji=False, stderr=stderr)

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


def _say(*lines: str) -> None:
    for line in lines:
        _Console().print(line, soft_wrap=True)


@contextlib.contextmanager
def _patience(doing: str) -> Iterator[None]:
    """A spinner on standard error where it is a terminal and the work takes longer than one likes to wait."""
    console = _Console(stderr=True)
    if not console.is_terminal:
        yield
        return
    status = console.status(f"{doing} ...")
    timer = threading.Timer(PATIENCE, status.start)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        status.stop()


@contextlib.contextmanager
def _bar(doing: str, rows: int) -> Iterator[Callable[[int], None]]:
    """A progress bar, shown as `_patience` is; what it gives takes the number of rows done."""
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    console, began = _Console(stderr=True), time.monotonic()
    progress = Progress(*columns, console=console, transient=True)
    task = progress.add_task(doing, total=rows)
    shown = False

    def advance(done: int) -> None:
        nonlocal shown
        if not shown and console.is_terminal and time.monotonic() - began > PATIENCE:
            progress.start()
            shown = True
        if shown:
            progress.update(task, completed=min(done, rows))

    try:
        yield advance
    finally:
        if shown:
            progress.stop()


_COLOURS = {"met": "green", "better": "green", "missed": "red", "worse": "red", "open": "yellow"}


def _print_rows(heads: Sequence[str], rows: Sequence[Sequence[str]], left: int, more: str) -> None:
    """A table: drawn by rich on a terminal, aligned columns elsewhere. The first `left` columns hold words."""
    console = _Console()
    words = [i < left or head == "standing" for i, head in enumerate(heads)]
    if not console.is_terminal:
        cells = [list(heads), *map(list, rows)]
        widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
        for line in cells:
            pairs = zip(line, widths, words, strict=True)
            _say("  ".join(c.ljust(w) if is_word else c.rjust(w) for c, w, is_word in pairs).rstrip())
        return
    table = rich.table.Table(box=rich.box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    rows, more_rows = rows[:ROWS_SHOWN], len(rows) - ROWS_SHOWN
    for i, (head, is_word) in enumerate(zip(heads, words, strict=True)):
        wraps = is_word or head.endswith("interval")  # in a narrow window; numbers never do
        longest = max((len(part) for row in rows for part in row[i].split()), default=0)
        title = rich.text.Text(head.replace("audits needed", "audits\nneeded"))
        table.add_column(
            title,
            justify="left" if is_word else "right",
            no_wrap=not wraps,
            min_width=min(longest, 14),
            overflow="fold",
        )
    for row in rows:
        table.add_row(*(rich.text.Text(cell, style=_COLOURS.get(cell, "")) for cell in row))
    console.print(table)
    if more_rows > 0:
        _say(f"and {more_rows:,} more {'row' if more_rows == 1 else 'rows'}; {more}")


def _slices(result: Any, rows: Sequence[Any]) -> tuple[list[str], Callable[[Any], list[str]]]:
    """The heads of the grouping columns that these rows use, and a row's cells below them."""
    from assay.results import clean

    by = [name for name in result.context.by if any(row[name] is not None for row in rows)]
    return [clean(name) for name in by], lambda row: ["all" if row[n] is None else clean(row[n], 40) for n in by]


def _print_scores(scores: Any, rows: Sequence[Any] | None = None) -> None:
    from assay.results import NONE, clean, half_width, interval_words, number, show

    rows = list(scores.records()) if rows is None else rows
    heads, cells = _slices(scores, rows)
    words, judged = len(heads) + 1, "standing" in scores.column_names
    out = []
    for row in rows:
        metric = scores.context.metric(row["metric"])
        half = half_width(row["lower"], row["upper"])
        line = [*cells(row), clean(metric.title), show(row["estimate"], metric.unit, half)]
        line += [interval_words(row["lower"], row["upper"], metric.unit), number(row["n"])]
        if judged:
            line += [show(row["target"], metric.unit), row["standing"] or NONE]
        out.append(line)
    level = f"{scores.context.confidence * 100:.4g}% interval"
    heads += ["metric", "estimate", level, "audited", *(["target", "standing"] if judged else [])]
    _print_rows(heads, out, words, "-o scores.csv has them all")


def _print_comparison(change: Any, rows: Sequence[Any] | None = None) -> None:
    from assay.results import clean, difference_interval, show, show_difference

    rows = list(change.records()) if rows is None else rows
    heads, cells = _slices(change, rows)
    words, out = len(heads) + 1, []
    for row in rows:
        metric = change.context.metric(row["metric"])
        line = [*cells(row), clean(metric.title), *(show(row[f"estimate_{side}"], metric.unit) for side in "ab")]
        interval = difference_interval(row, metric.unit).replace(" pts to ", " to ")
        line += [show_difference(row["difference"], metric.unit), interval]
        answered = row["difference"] is not None
        out.append([*line, row["standing"] if answered else "no answer", _audits(row["audits_needed"])])
    level = f"{change.context.confidence * 100:.4g}% interval"
    heads += ["metric", clean(change.context.label_a, 24), clean(change.context.label_b, 24), "difference", level]
    _print_rows([*heads, "standing", "audits needed"], out, words, "-o change.csv has them all")


def _audits(needed: int | None) -> str:
    from assay.results import number

    return "1M+" if needed and needed > 1_000_000 else number(needed or None)


def _print_notes(result: Any) -> None:
    for note in result.cautions():
        _say(f"Note: {note}")


def _save(result: Any, paths: Sequence[Path], sources: Sequence[Path | None], title: str | None = None) -> None:
    import assay

    names = [path.name for path in sources if path is not None]
    reports = [path for path in paths if path.suffix.lower() in (".html", ".xlsx")]
    for path in paths:
        if path not in reports:
            write_table(result, path)
    if reports:
        with _writing(reports[0]):
            assay.report(result, title=title, sources=names).save(*reports)
    if paths:
        _say(f"Wrote {', '.join(map(str, paths))}")


# --- options --------------------------------------------------------------------------------------------------------

app = typer.Typer(
    name="assay",
    help="Assay measures moderation quality: how good are the decisions, and how sure?\n\n"
    "Draw a sample of decisions, have it audited, score it, compare with last week.\n"
    "New here? Run: assay demo",
    epilog="Exit codes: 0 done, 1 target missed (if asked), 2 bad use, 3 bad input, 4 not written.",
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _option(*names: str, help: str, takes: str = " ", panel: str | None = None, **more: Any) -> Any:
    """An option that `takes` a COLUMN, say; a flag takes nothing."""
    return typer.Option(*names, help=help, metavar=takes, rich_help_panel=panel, **{"show_default": False, **more})


def _argument(name: str, help: str) -> Any:
    return typer.Argument(metavar=name, help=help, show_default=False)


Texts = list[str] | None
By = Annotated[
    Texts, _option("--by", takes="COLUMN", help="What makes slices; repeat it: --by queue --by site, a slice a pair.")
]
Depth = Annotated[
    int | None,
    _option(
        "--depth",
        takes="NUMBER",
        min=0,
        help="All groupings of so many --by columns at most; 1: the total, each alone.",
    ),
]
Total = Annotated[bool, _option("--total", help="Put the overall row first.")]
Metric = Annotated[
    Texts,
    _option("--metric", takes="METRIC", help=f"What to measure, repeatable; default accuracy. {', '.join(METRICS)}."),
]
Verdict = Annotated[
    str | None, _option("--verdict", takes="COLUMN", help="Holds the label that each decision should have had.")
]
Correct = Annotated[
    str | None, _option("--correct", takes="COLUMN", help="Instead: holds true or false; answers accuracy only.")
]
Decision = Annotated[
    str | None,
    _option("--decision", takes="COLUMN", help="Holds the decision: one table of decisions and verdicts will do."),
]
Exclude = Annotated[
    str | None, _option("--exclude", takes="COLUMN", help="Holds true or false: leave out these cases (an incident).")
]
Missing = Annotated[
    str | None, _option("--missing", takes="NAME", help="What empty cells in --by and --strata are called.")
]
Confidence = Annotated[
    float, _option("--confidence", takes="SHARE", show_default=True, help="How many intervals hold the truth.")
]
Outputs = Annotated[
    list[Path] | None,
    _option("-o", "--output", takes="FILE", help="Where to write: .csv, .parquet, .html or .xlsx; repeat it."),
]
Title = Annotated[str | None, _option("--title", takes="TEXT", help="Heads the report (.html, .xlsx).")]

_LABELS, _SINGLE = "What the labels mean", "How the rows of a single table were drawn"
Violating = Annotated[
    Texts, _option("--violating", takes="LABEL", panel=_LABELS, help="Acts against the content; repeat it.")
]
NotViolating = Annotated[
    Texts, _option("--not-violating", takes="LABEL", panel=_LABELS, help="Leaves the content alone; repeat it.")
]
Undecided = Annotated[
    Texts,
    _option("--undecided", takes="LABEL", panel=_LABELS, help="Settles nothing (escalated); counted, not scored."),
]
Weight = Annotated[
    str | None, _option("--weight", takes="COLUMN", panel=_SINGLE, help="How many decisions each row stands for.")
]
Strata = Annotated[Texts, _option("--strata", takes="COLUMN", panel=_SINGLE, help="What makes strata; repeat it.")]
Population = Annotated[
    str | None,
    _option(
        "--population", takes="NUMBER|COLUMN", panel=_SINGLE, help="How many decisions there were (in each stratum)."
    ),
]


def _show_version(wanted: bool) -> None:
    if wanted:
        _say(f"assay {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, _option("--version", help="Say which version this is.", callback=_show_version, is_eager=True)
    ] = False,
    debug: Annotated[bool, _option("--debug", help="Show where an error came from, all of it.")] = False,
) -> None:
    pass


def _metrics_of(given: Sequence[str] | None) -> list[str]:
    metrics = list(given or ["accuracy"])
    for metric in metrics:
        if metric not in METRICS:
            raise _misused(f"--metric: wanted one of {', '.join(METRICS)}, got {metric!r}")
    return metrics


def _by_of(by: Sequence[str] | None, depth: int | None, *tables: pa.Table | None) -> Any:
    import assay

    known = {name for table in tables if table is not None for name in table.column_names}
    _several("--by", by, known)
    if depth is None:
        return list(by or [])
    if depth > len(by or []):
        raise _misused(f"--depth: wanted at most the number of --by columns ({len(by or [])}), got {depth}")
    return assay.cube(*by, depth=depth) if by else []


def _several(option: str, given: Sequence[str] | None, known: Iterable[str]) -> None:
    for name in given or []:
        if "," in name and name not in known and all(part.strip() in known for part in name.split(",")):
            again = " ".join(f"{option} {part.strip()}" for part in name.split(","))
            raise _misused(f"{option}: wanted one column, got {name!r}; repeat the option: {again}")


def _target_of(given: Sequence[str] | None, metrics: Sequence[str]) -> dict[str, float] | None:
    if not given:
        return None
    targets: dict[str, float] = {}
    for text in given:
        name, equals, value = text.rpartition("=")
        if not equals and len(metrics) > 1:
            raise _misused(f"--target: wanted METRIC=NUMBER where there are several metrics, got {text!r}")
        name = name if equals else metrics[0]
        if name not in metrics:
            raise _misused(f"--target: wanted a metric that is measured ({', '.join(metrics)}), got {name!r}")
        if name in targets:
            raise _misused(f"--target: wanted one target for {name}, got two")
        targets[name] = _number("--target", value)
    return targets


def _number(option: str, text: str) -> float:
    percent = text.endswith("%")
    try:
        value = float(text[:-1] if percent else text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise _misused(f"{option}: wanted a number such as 0.95 or 95%, got {text!r}")
    return value / 100 if percent else value


def _scores_of(
    files: _Files,
    table: pa.Table,
    audits: pa.Table | None,
    *,
    verdict: str | None,
    correct: str | None,
    decision: str | None,
    by: Sequence[str] | None,
    depth: int | None,
    **options: Any,
) -> Any:
    """The scores of a sample with its audits, of a sample that holds them, or of a table of decisions and verdicts."""
    import assay

    if (verdict is None) == (correct is None):
        raise _misused("give --verdict COLUMN or --correct COLUMN (one of them): where the audits' findings are")
    if audits is None and decision is None:
        audits = _audits_in(table, verdict or correct)
        if audits is None:
            raise _misused("give the file with the AUDITS beside the sample, or --decision COLUMN for a single table")
        table = table.drop_columns([name for name in audits.column_names[1:] if name in table.column_names])
    given = {name: value for name, value in options.items() if value not in (None, [], ())}
    if audits is not None:
        for name in ("weight", "strata", "population"):
            if name in given:
                raise _misused(f"--{name}: only for a single table; a sample brings its design along")
    population = given.get("population")
    if population is not None and population not in table.column_names:
        given["population"] = _number("--population", population)
    elif population is not None:
        with files.blamed():
            table = _counted(table, population)
    given |= {"verdict": verdict, "correct": correct, "decision": decision, "by": _by_of(by, depth, table, audits)}
    with files.blamed(), _bar("Scoring", table.num_rows) as advance:
        return assay.score(table, audits, **given, progress=advance)


def _counted(table: pa.Table, name: str) -> pa.Table:
    """The table with one column of text as whole numbers."""
    column = table.column(name)
    if not pa.types.is_string(column.type):
        return table
    counts = []
    for row, text in enumerate(column.to_pylist()):
        if text is None or not re.fullmatch(r"[0-9]{1,18}(\.0*)?", text):
            raise input_error("a whole number", "an empty cell" if text is None else repr(text), column=name, row=row)
        counts.append(int(text.partition(".")[0]))
    return table.set_column(table.column_names.index(name), name, pa.array(counts, pa.int64()))


def _audits_in(sample: pa.Table, finding: str | None) -> pa.Table | None:
    """The audits that auditors wrote into the sample itself: its own columns but those of the draw, where filled in."""
    import pyarrow.compute as pc

    if "sample_design" not in sample.column_names or finding not in sample.column_names or not sample.num_rows:
        return None
    try:
        design = json.loads(sample.column("sample_design")[0].as_py())
        own = {design["case"], design["decision"], *design["by"], *design["strata"], *design["keep"]}
        own |= {design[name] for name in ("at", "reviewer", "policy_version")}
    except (ValueError, KeyError, TypeError):
        return None
    own |= {"stratum", "stratum_population", "stratum_size", "inclusion_probability", "weight"}
    own |= {"decision_population", "sample_design"}
    if finding in own or design["case"] not in sample.column_names:
        return None
    audits = sample.select([design["case"], *(name for name in sample.column_names if name not in own)])
    return audits.filter(pc.is_valid(audits.column(finding)))


# --- demo -----------------------------------------------------------------------------------------------------------

DEMO_KEY = b"a key for the demo; a real one is secret"
DEMO_SIZE = 3_600  # a week's audits
DEMO_METRICS = ["accuracy", "over_enforcement", "leakage", "wrong_label", "precision", "recall"]
DEMO_TARGETS = {"accuracy": 0.94, "over_enforcement": 0.03, "leakage": 0.025, "precision": 0.7, "recall": 0.7}


@app.command()
def demo(
    out: Annotated[Path, _option("--out", takes="FOLDER", show_default=True, help="Where to write.")] = Path("out"),
    seed: Annotated[
        int, _option("--seed", takes="NUMBER", show_default=True, min=0, help="Another seed, another operation.")
    ] = 7,
    weeks: Annotated[
        int, _option("--weeks", takes="NUMBER", show_default=True, min=1, max=104, help="How many weeks of it.")
    ] = 4,
) -> None:
    """Run the main job on a bundled example: an invented marketplace with known true error rates.

    Draws a sample of each week, has it audited, scores the last week and compares it with the first.

    Example:
      assay demo --out out
    """
    import assay
    from assay import example

    with _writing(out):
        out.mkdir(parents=True, exist_ok=True)
    with _patience("Working"), _Files().blamed():
        operation = example.operation(seed=seed, weeks=weeks, flavour="pyarrow")
        names = operation.decisions.column("week").combine_chunks().dictionary.to_pylist()
        first, last = names[0], names[-1]
        now = _demo_audited(operation, last)
        scores = assay.score(
            *now,
            verdict="verdict",
            metrics=DEMO_METRICS,
            by=[["site"], ["queue"], ["queue", "site"], ["reviewer"]],
            total=True,
            target=DEMO_TARGETS,
        )
        results: list[Any] = [scores]
        if weeks > 1:
            both = [
                assay.score(*each, verdict="verdict", metrics=DEMO_METRICS[:4], by="site", total=True)
                for each in (now, _demo_audited(operation, first))
            ]
            results.append(assay.compare(*both, label_a=last, label_b=first))
        title, source = "Marketplace moderation: weekly scorecard", "The bundled example operation (invented)"
        report = assay.report(*results, title=title, sources=[source])
    page, book = out / "scorecard.html", out / "scorecard.xlsx"
    with _writing(out):
        report.save(page, book)
    cases = operation.parameters.cases_per_week
    _say(f"An invented operation. {last}: {len(now[0]):,} of {cases:,} decisions audited, drawn within each queue.", "")
    shown = [row for row in scores.records() if [name for name, _ in scores.slice_of(row)] in ([], ["site"])]
    _print_scores(scores, [row for row in shown if row["metric"] == "accuracy" or row["site"] is None])
    if weeks > 1:
        _say("", f"Against {first}:")
        _print_comparison(results[1], [row for row in results[1].records() if row["metric"] == "accuracy"])
    _say(
        "",
        f"The scorecard: {page} and {book}",
        "",
        "Next:",
        f"  1. Open {page} in a browser: sites by queue, reviewers, definitions.",
        "  2. Follow notebooks/01_first_scorecard.ipynb: the same steps, one at a time, in Python.",
        "  3. Use your own decisions: assay draw --help, then assay score --help.",
    )


def _demo_audited(operation: Any, week: str) -> tuple[Any, Any]:
    """A week's sample and its audits."""
    import pyarrow.compute as pc

    import assay
    from assay import example

    frame = assay.frame(
        operation.decisions.filter(pc.equal(operation.decisions.column("week"), week)),
        case="case_id",
        decision="decision",
        by=["queue", "site", "reviewer"],
        violating=example.violating,
        undecided=example.undecided,
    )
    sample = assay.plan(frame, size=DEMO_SIZE, strata=["queue"], minimum=100).draw(key=DEMO_KEY, period=week)
    return sample, operation.audit(sample)


# --- draw -----------------------------------------------------------------------------------------------------------


@app.command(no_args_is_help=True)
def draw(
    decisions: Annotated[Path, _argument("DECISIONS", "The decisions, one a row (.csv or .parquet).")],
    case: Annotated[str, _option("--case", takes="COLUMN", help="Holds the id of each decision; unique.")],
    decision: Annotated[str, _option("--decision", takes="COLUMN", help="Holds the label that was given.")],
    output: Annotated[
        Path, _option("-o", "--output", takes="FILE", help="Where to write the sample (.csv or .parquet).")
    ],
    by: Annotated[Texts, _option("--by", takes="COLUMN", help="What to slice scores by later; repeat it.")] = None,
    keep: Annotated[Texts, _option("--keep", takes="COLUMN", help="What else to carry along; repeat it.")] = None,
    size: Annotated[int | None, _option("--size", takes="NUMBER", help="How many cases to draw.")] = None,
    share: Annotated[float | None, _option("--share", takes="SHARE", help="Instead: 0.02 draws two in 100.")] = None,
    strata: Annotated[
        Texts, _option("--strata", takes="COLUMN", help="Draw within each value of it; repeat it.")
    ] = None,
    allocation: Annotated[
        str,
        _option("--allocation", takes="HOW", show_default=True, help="To strata: proportional, equal or neyman."),
    ] = "proportional",
    minimum: Annotated[
        int, _option("--minimum", takes="NUMBER", show_default=True, help="At least so many in each stratum.")
    ] = 2,
    expected: Annotated[
        str | None,
        _option(
            "--expected", takes="RATE|FILE", help="Error rate for neyman: a number, or scores of last week by stratum."
        ),
    ] = None,
    key_file: Annotated[
        Path | None,
        _option("--key-file", takes="FILE", help="Holds the secret key; a line break at its end does not count."),
    ] = None,
    key: Annotated[
        str | None,
        _option(
            "--key",
            takes="KEY",
            envvar="ASSAY_KEY",
            help="The secret key itself. Others see it on a command line: prefer --key-file or the variable.",
        ),
    ] = None,
    period: Annotated[
        str, _option("--period", takes="LABEL", help="Such as 2026-W47: each period draws other cases.")
    ] = "",
    violating: Violating = None,
    not_violating: NotViolating = None,
    undecided: Undecided = None,
    missing: Missing = None,
    overwrite: Annotated[bool, _option("--overwrite", help="Replace the output where it exists.")] = False,
) -> None:
    """Draw the cases to audit, each with a known chance.

    The sample can be sent away, filled in and read back: it carries all
    that scoring needs. The same key and period always draw the same cases;
    whoever knows the key knows who will be audited, so keep it secret.

    Example:
      head -c 32 /dev/urandom | base64 > assay.key
      assay draw decisions.csv --case case_id --decision label \\
        --by queue --by site --violating remove --strata queue \\
        --size 2000 --key-file assay.key --period 2026-W47 -o sample.csv
    """
    import assay

    if (size is None) == (share is None):
        raise _misused("give --size NUMBER or --share NUMBER (one of them): how many cases to draw")
    secret = _secret(key_file, key)
    _present(decisions)
    _outputs([output], [".csv", ".parquet"], [decisions, key_file])
    if output.exists() and not overwrite:
        raise _misused(f"{output}: exists, and may hold audits already; give another name or --overwrite")
    by = list(dict.fromkeys([*(by or []), *(strata or [])]))
    files = _Files()
    table = files.read(decisions)
    for option, names in (("--by", by), ("--keep", keep), ("--strata", strata)):
        _several(option, names, table.column_names)
    rates = _expected_of(expected, files)
    with files.blamed(), _bar("Checking", table.num_rows) as advance:
        frame = assay.frame(
            table,
            case=case,
            decision=decision,
            by=by,
            keep=keep or (),
            violating=violating or None,
            not_violating=not_violating or None,
            undecided=undecided or (),
            missing=missing,
            progress=advance,
        )
        plan = assay.plan(
            frame,
            size=size,
            share=share,
            strata=strata or (),
            allocation=allocation,
            expected=rates,
            minimum=minimum,
        )
    with files.blamed(), _bar("Drawing", table.num_rows) as advance:
        sample = plan.draw(key=secret, period=period, progress=advance)
    write_table(sample, output)
    noun = "stratum" if len(plan) == 1 else "strata"
    _say(f"Drew {len(sample):,} of {table.num_rows:,} decisions in {len(plan):,} {noun}.", f"Wrote {output}")


def _expected_of(given: str | None, files: _Files) -> Any:
    if given is None:
        return None
    if Path(given).suffix.lower() in (".csv", ".parquet"):
        return files.read(Path(given))
    return _number("--expected", given)


def _secret(key_file: Path | None, key: str | None) -> str | bytes:
    if key_file is not None:
        try:
            secret = key_file.read_bytes()
        except OSError as error:
            raise _misused(f"{key_file}: the key could not be read: {error.strerror or error}") from error
        secret = secret.removesuffix(b"\n").removesuffix(b"\r")
        if not secret:
            raise _misused(f"{key_file}: wanted a secret key, got an empty file")
        return secret
    if not key:
        raise _misused(
            "give the secret key: --key-file FILE, or the environment variable ASSAY_KEY "
            "(make one with: head -c 32 /dev/urandom | base64 > assay.key)"
        )
    return key


# --- score ----------------------------------------------------------------------------------------------------------


@app.command(no_args_is_help=True)
def score(
    sample: Annotated[
        Path, _argument("SAMPLE", "The sample that assay draw wrote, or a table of decisions and verdicts.")
    ],
    audits: Annotated[Path | None, _argument("AUDITS", "What auditors found, one row a case.")] = None,
    verdict: Verdict = None,
    correct: Correct = None,
    metric: Metric = None,
    by: By = None,
    depth: Depth = None,
    total: Total = False,
    target: Annotated[
        Texts, _option("--target", takes="[METRIC=]NUMBER", help="Such as 0.95 or 95%; rows say met, missed or open.")
    ] = None,
    fail_on_missed: Annotated[
        bool, _option("--fail-on-missed", help="Exit with 1 where a target was surely missed.")
    ] = False,
    about: Annotated[
        str | None,
        _option(
            "--about", takes="WHAT", help="queue: these cases; process: what made them (the default with --target)."
        ),
    ] = None,
    exclude: Exclude = None,
    confidence: Confidence = 0.95,
    missing: Missing = None,
    output: Outputs = None,
    title: Title = None,
    decision: Decision = None,
    violating: Violating = None,
    not_violating: NotViolating = None,
    undecided: Undecided = None,
    weight: Weight = None,
    strata: Strata = None,
    population: Population = None,
    exposure: Annotated[
        str | None, _option("--exposure", takes="COLUMN", help="Holds views: violation_rate becomes the prevalence.")
    ] = None,
) -> None:
    """Score a sample and its audits: how good are the decisions, and how sure are we?

    A table that holds decision and verdict in one row needs no AUDITS:
    name the decision with --decision. Audits that were written into the
    sample itself are found there.

    Example:
      assay score sample.csv audits.csv --verdict verdict --by queue \\
        --metric accuracy --metric leakage --target accuracy=0.95 \\
        --total -o scores.csv -o scorecard.html
    """
    metrics = _metrics_of(metric)
    targets = _target_of(target, metrics)
    if fail_on_missed and targets is None:
        raise _misused("--fail-on-missed: wanted a --target beside it")
    paths = list(output or [])
    _outputs(paths, [".csv", ".parquet", ".html", ".xlsx"], [sample, audits])
    files = _Files()
    table, found = files.read(sample), None if audits is None else files.read(audits)
    scores = _scores_of(
        files,
        table,
        found,
        verdict=verdict,
        correct=correct,
        decision=decision,
        by=by,
        depth=depth,
        metrics=metrics,
        total=total,
        target=targets,
        about=about,
        exclude=exclude,
        confidence=confidence,
        missing=missing,
        violating=violating,
        not_violating=not_violating,
        undecided=undecided,
        weight=weight,
        strata=strata,
        population=population,
        exposure=exposure,
    )
    _print_scores(scores)
    _print_notes(scores)
    _save(scores, paths, [sample, audits], title)
    missed = scores.column("standing").count("missed") if targets else 0
    if fail_on_missed and missed:
        raise _Stop(MISSED, f"{missed} of {len(scores)} scores missed their target")


# --- compare --------------------------------------------------------------------------------------------------------


@app.command(no_args_is_help=True)
def compare(
    a: Annotated[Path, _argument("A", "The sample (or table) in question: this week's, say.")],
    b: Annotated[Path, _argument("B", "What it is compared with: last week's, say.")],
    a_audits: Annotated[Path | None, _option("--a-audits", takes="FILE", help="The audits of the first.")] = None,
    b_audits: Annotated[Path | None, _option("--b-audits", takes="FILE", help="The audits of the second.")] = None,
    verdict: Verdict = None,
    correct: Correct = None,
    metric: Metric = None,
    by: By = None,
    depth: Depth = None,
    total: Total = False,
    margin: Annotated[
        float,
        _option("--margin", takes="NUMBER", show_default=True, help="Only differences surely larger than it count."),
    ] = 0.0,
    about: Annotated[
        str, _option("--about", takes="WHAT", show_default=True, help="process: what made the cases; queue: the cases.")
    ] = "process",
    exclude: Exclude = None,
    confidence: Confidence = 0.95,
    missing: Missing = None,
    output: Outputs = None,
    title: Title = None,
    decision: Decision = None,
    violating: Violating = None,
    not_violating: NotViolating = None,
    undecided: Undecided = None,
    weight: Weight = None,
    strata: Strata = None,
    population: Population = None,
) -> None:
    """Compare two samples: better, worse, or no difference shown?

    Differences are the first minus the second, each with its interval.

    Example:
      assay compare w47.csv w46.csv --verdict verdict --by site \\
        --a-audits w47-audits.csv --b-audits w46-audits.csv
    """
    import assay

    metrics = _metrics_of(metric)
    paths = list(output or [])
    sides = [(a, a_audits), (b, b_audits)]
    _outputs(paths, [".csv", ".parquet", ".html", ".xlsx"], [a, b, a_audits, b_audits])
    scores = []
    for sample, audits in sides:
        files = _Files()
        table, found = files.read(sample), None if audits is None else files.read(audits)
        scores.append(
            _scores_of(
                files,
                table,
                found,
                verdict=verdict,
                correct=correct,
                decision=decision,
                by=by,
                depth=depth,
                metrics=metrics,
                total=total,
                exclude=exclude,
                confidence=confidence,
                missing=missing,
                violating=violating,
                not_violating=not_violating,
                undecided=undecided,
                weight=weight,
                strata=strata,
                population=population,
            )
        )
    names = [each.context.period or path.stem for each, (path, _) in zip(scores, sides, strict=True)]
    if names[0] == names[1]:
        names = ["a", "b"]
    with _Files().blamed():
        change = assay.compare(*scores, about=about, margin=margin, label_a=names[0], label_b=names[1])
    _print_comparison(change)
    _print_notes(change)
    _save(change, paths, [a, a_audits, b, b_audits], title)


# --- the way in -----------------------------------------------------------------------------------------------------


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run a command and exit with its code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in given
    raise SystemExit(_run([each for each in given if each != "--debug"], debug))


def _run(arguments: list[str], debug: bool) -> int:
    from assay.results import clean

    known = [each.callback.__name__ for each in app.registered_commands if each.callback is not None]
    command = next((f"assay {each}" for each in arguments[:1] if each in known), "assay")
    try:
        try:
            code = app(arguments, prog_name="assay", standalone_mode=False)
            sys.stdout.flush()
            return code if isinstance(code, int) else DONE
        except Exception:
            if debug:
                import traceback

                traceback.print_exc()
            raise
    except _Stop as stop:
        code, message = stop.code, str(stop)
    except typer.Abort:
        code, message = 130, "interrupted"
    except KeyboardInterrupt:
        code, message = 130, "interrupted"
    except BrokenPipeError:  # the reader of a pipe has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + 13
    except StoreError as error:
        code, message = STORE_FAILED, str(error)
    except AssayError as error:
        code, message = BAD_INPUT, str(error)
    except Exception as error:
        if not hasattr(error, "format_message"):  # not a refusal of the command line itself
            code, message = 70, f"something went wrong inside: {type(error).__name__}: {error} (--debug says where)"
        else:
            code, message = BAD_USE, f"{error.format_message()} (see: {command} --help)"
            if not error.format_message():  # the help was asked for by giving nothing; it is printed already
                return BAD_USE
    print(f"{command}: {clean(' '.join(message.split()), 2000)}", file=sys.stderr)
    return code


if __name__ == "__main__":
    main()
