"""What goes to the screen: tables, notes, and a sign of life while one waits."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import rich.box
import rich.console
import rich.table
import rich.text

from assay import cli  # for PATIENCE and ROWS_SHOWN, which are looked up when they are needed


class Console(rich.console.Console):
    """Text as it stands: no markup, and a pipe that was closed is for `_run` to answer."""

    def __init__(self, stderr: bool = False) -> None:
        super().__init__(highlight=False, markup=False, emoji=False, stderr=stderr)

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


def say(*lines: str) -> None:
    for line in lines:
        Console().print(line, soft_wrap=True)


@contextlib.contextmanager
def patience(doing: str) -> Iterator[None]:
    """A spinner on standard error where it is a terminal and the work takes longer than one likes to wait."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield
        return
    status = console.status(f"{doing} ...")
    timer = threading.Timer(cli.PATIENCE, status.start)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        status.stop()


@contextlib.contextmanager
def bar(doing: str, rows: int) -> Iterator[Callable[[int], None]]:
    """A progress bar, shown as `patience` is; what it gives takes the number of rows done."""
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    console, began = Console(stderr=True), time.monotonic()
    progress = Progress(*columns, console=console, transient=True)
    task = progress.add_task(doing, total=rows)
    shown = False

    def advance(done: int) -> None:
        nonlocal shown
        if not shown and console.is_terminal and time.monotonic() - began > cli.PATIENCE:
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


def print_rows(heads: Sequence[str], rows: Sequence[Sequence[str]], left: int, more: str) -> None:
    """A table: drawn by rich on a terminal, aligned columns elsewhere. The first `left` columns hold words."""
    console = Console()
    words = [i < left or head == "standing" for i, head in enumerate(heads)]
    if not console.is_terminal:
        cells = [list(heads), *map(list, rows)]
        widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
        for line in cells:
            pairs = zip(line, widths, words, strict=True)
            say("  ".join(c.ljust(w) if is_word else c.rjust(w) for c, w, is_word in pairs).rstrip())
        return
    table = rich.table.Table(box=rich.box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    rows, more_rows = rows[: cli.ROWS_SHOWN], len(rows) - cli.ROWS_SHOWN
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
        say(f"and {more_rows:,} more {'row' if more_rows == 1 else 'rows'}; {more}")


def _slices(result: Any, rows: Sequence[Any]) -> tuple[list[str], Callable[[Any], list[str]]]:
    """The heads of the grouping columns that these rows use, and a row's cells below them."""
    from assay.results import clean

    by = [name for name in result.context.by if any(row[name] is not None for row in rows)]
    return [clean(name) for name in by], lambda row: ["all" if row[n] is None else clean(row[n], 40) for n in by]


def print_scores(scores: Any, rows: Sequence[Any] | None = None) -> None:
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
    print_rows(heads, out, words, "-o scores.csv has them all")


def print_comparison(change: Any, rows: Sequence[Any] | None = None) -> None:
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
    print_rows([*heads, "standing", "audits needed"], out, words, "-o change.csv has them all")


def _audits(needed: int | None) -> str:
    from assay.results import number

    return "1M+" if needed and needed > 1_000_000 else number(needed or None)


def print_notes(result: Any) -> None:
    for note in result.cautions():
        say(f"Note: {note}")
