"""Answers that come back on owners' sheets: read row by row, and used wholly or not at all."""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Literal, cast

from assay._checks import refuse
from assay._core import AssayError
from assay.register_audit._sheets import rows_of
from assay.register_audit.owner_sheets import ACTIONS, HEADS, check_of
from assay.words import bullets, clean, listed, plural

Action = Literal["fixed", "explain", "waive"]

MOST_BYTES = 64 * 1024 * 1024
MOST_ROWS = 200_000
MOST_ANSWER = 1900
HEAD_ROWS = 12  # of a sheet, in which its column heads are looked for


@dataclass(frozen=True, slots=True)
class Answer:
    """What an owner said about one finding."""

    id: str
    action: Action
    answer: str
    until: datetime.date | None
    file: str
    sheet: str
    row: int


@dataclass(frozen=True, slots=True)
class Problem:
    """A row that cannot be used: where, and why."""

    file: str
    sheet: str
    row: int
    column: str
    words: str

    def __str__(self) -> str:
        place = f"{self.file}, sheet {self.sheet!r}" + (f", row {self.row}" if self.row else "")
        return f"{place}{f', column {self.column!r}' if self.column else ''}: {self.words}"


@dataclass(frozen=True, slots=True)
class Answers:
    """Answers as they came: `rows` that can be used, `problems`, ids not answered yet, ids already settled."""

    rows: tuple[Answer, ...]
    problems: tuple[Problem, ...]
    unanswered: tuple[str, ...]
    settled: tuple[str, ...]

    def require(self) -> None:
        """Raises InputError that lists every row that cannot be used; nothing is to be written then."""
        if self.problems:
            shown = "\n".join(f"- {each}" for each in self.problems[:40])
            more = f"\n- and {len(self.problems) - 40} more" if len(self.problems) > 40 else ""
            raise refuse(
                "answers that can all be used",
                f"{plural(len(self.problems), 'row')} that cannot; nothing was written:\n{shown}{more}",
            )

    def summary(self) -> str:
        """What came back, in plain words."""
        counts = {action: sum(each.action == action for each in self.rows) for action in ACTIONS}
        said = listed([f"{count} {action}" for action, count in counts.items() if count])
        lines = [f"{plural(len(self.rows), 'answer')}{': ' + said if said else ''}."]
        lines.append(f"{plural(len(self.unanswered), 'finding')} not answered, {len(self.settled)} settled already.")
        return "\n".join(lines + bullets("Rows that cannot be used", [str(each) for each in self.problems]))

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Answer]:
        return iter(self.rows)


def read_answers(*paths: str | os.PathLike[str], findings: Any, today: datetime.date | None = None) -> Answers:
    """Reads owners' sheets that came back, from workbooks (.xlsx).

    Every row is looked at and told apart: an answer, a row not answered yet, a finding that is settled already, or a
    problem: an id that the book does not know, a finding answered twice, columns that were altered, an action without
    an answer or an answer without an action, a waiver without a day to come.

    Args:
        paths: the workbooks.
        findings: the book of findings, as `registry.table("findings")` gives it.
        today: the day that waivers must end after; default today in UTC.
    """
    if not paths:
        raise refuse("at least one workbook", "none")
    rows = rows_of(findings, "findings")
    book = dict(zip(rows.column("id"), rows.column("state"), strict=True))
    reader = _Reader(book, today or datetime.datetime.now(datetime.UTC).date())
    for path in paths:
        reader.read(Path(path))
    return Answers(tuple(reader.rows), tuple(reader.problems), tuple(reader.unanswered), tuple(reader.settled))


class _Reader:
    """Reads one workbook after the other."""

    def __init__(self, book: Mapping[str, str], today: datetime.date) -> None:
        self.book, self.today = book, today
        self.rows: list[Answer] = []
        self.problems: list[Problem] = []
        self.unanswered: list[str] = []
        self.settled: list[str] = []
        self.met: dict[str, str] = {}

    def read(self, path: Path) -> None:
        openpyxl = _openpyxl()
        if not path.is_file():
            raise refuse("a workbook that is there", repr(clean(path, 300)))
        if path.stat().st_size > MOST_BYTES:
            raise refuse(
                f"a workbook of at most {MOST_BYTES >> 20} MB",
                f"{clean(path.name)!r} of {path.stat().st_size >> 20} MB",
            )
        try:
            book = openpyxl.load_workbook(path, read_only=True, data_only=False, keep_links=False)
        except Exception as error:  # whatever a damaged file makes the reader raise
            raise refuse(
                "a workbook (.xlsx) with owners' sheets", f"{clean(path.name)!r}: {clean(error, 200)}"
            ) from error
        try:
            heads = [self._sheet(path.name, sheet) for sheet in book.worksheets]
        finally:
            book.close()
        if not any(heads):
            self.problems.append(Problem(path.name, "", 0, "", f"no sheet with the columns {listed(HEADS, 20)}"))

    def _sheet(self, file: str, sheet: Any) -> bool:
        places: dict[str, int] = {}
        for number, cells in enumerate(sheet.iter_rows(max_row=MOST_ROWS), 1):
            values = [_plain(cell) for cell in cells]
            if not places:
                if HEADS[0] in values:
                    missing = [head for head in HEADS if head not in values]
                    if missing:
                        words = f"the column {missing[0]!r} was altered or removed; answers go into the sheet as it was"
                        self.problems.append(Problem(file, sheet.title, number, missing[0], words))
                        return True
                    places = {head: values.index(head) for head in HEADS}
                elif number >= HEAD_ROWS:
                    return False
                continue
            row = {head: values[at] if at < len(values) else None for head, at in places.items()}
            if any(value is not None for value in row.values()):
                self._row(file, sheet.title, number, row)
        return bool(places)

    def _row(self, file: str, sheet: str, number: int, row: dict[str, Any]) -> None:
        def problem(column: str, words: str) -> None:
            self.problems.append(Problem(file, sheet, number, column, words))

        name = row["Finding"]
        said = {head: row[head] for head in ("Action", "Waive until", "Answer")}
        if name is None:
            if any(value is not None for value in said.values()):
                problem("Finding", "an answer without the id of a finding")
            return
        if not isinstance(name, str) or name not in self.book:
            return problem("Finding", f"no finding {clean(name)!r} is in the book")
        if name in self.met:
            return problem("Finding", f"{clean(name)!r} was there before, in {self.met[name]}")
        self.met[name] = f"{file}, sheet {sheet!r}, row {number}"
        for head, value in said.items():
            if isinstance(value, _Formula):
                return problem(head, "a formula, not a value; write what it says")
        if check_of([row[head] for head in HEADS[:7]]) != row["Check"]:
            return problem("", "what stands left of the answer was altered; answers go into their own columns")
        if all(value is None for value in said.values()):
            self.unanswered.append(name)
            return
        if self.book[name] == "fixed":
            self.settled.append(name)
            return
        self._answer(file, sheet, number, name, said, problem)

    def _answer(self, file: str, sheet: str, number: int, name: str, said: dict[str, Any], problem: Any) -> None:
        action = str(said["Action"] or "").strip().lower()
        answer = " ".join(str(said["Answer"] or "").split())
        until = said["Waive until"]
        if not action:
            return cast(None, problem("Action", f"no action; choose {listed(ACTIONS)}"))
        if action not in ACTIONS:
            return cast(None, problem("Action", f"{clean(action, 40)!r}; choose {listed(ACTIONS)}"))
        if not answer:
            return cast(None, problem("Answer", "blank; say what was done, or why it is right as it is"))
        answer = clean(answer, MOST_ANSWER).replace("\ufeff", "")
        if len(answer.encode()) > MOST_ANSWER:
            return cast(None, problem("Answer", f"{len(answer.encode())} bytes of text, at most {MOST_ANSWER}"))
        day = _day(until)
        if action != "waive" and until is not None:
            return cast(
                None, problem("Waive until", f"a day, but the action is {action!r}; choose waive, or clear the day")
            )
        if action == "waive" and (day is None or day <= self.today):
            got = "blank" if until is None else f"{clean(until, 40)!r}"
            return cast(
                None, problem("Waive until", f"{got}; a waiver ends on a day after {self.today}, such as 2027-01-31")
            )
        self.rows.append(
            Answer(name, cast(Action, action), answer, day if action == "waive" else None, file, sheet, number)
        )
        return None


class _Formula(str):
    """What a cell says that is a formula."""

    __slots__ = ()


def _plain(cell: Any) -> Any:
    value = cell.value
    if isinstance(value, str):
        if cell.data_type == "f":
            return _Formula(value)
        value = value.strip()
    elif cell.data_type == "f":
        return _Formula(str(value))
    return None if value == "" else value


def _day(value: Any) -> datetime.date | None:
    if isinstance(value, datetime.datetime):
        return value.date()
    if isinstance(value, datetime.date):
        return value
    if isinstance(value, str):
        try:
            return datetime.date.fromisoformat(value)
        except ValueError:
            return None
    return None


def _openpyxl() -> Any:
    try:
        return import_module("openpyxl")
    except ImportError as missing:
        raise AssayError(
            "reading owners' sheets needs openpyxl, which is not installed; "
            "install it with: pip install 'assay[registry]'"
        ) from missing
