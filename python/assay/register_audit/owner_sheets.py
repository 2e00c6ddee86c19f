"""The sheets that go out to owners: what each of them has to mend, with room for the answer."""

from __future__ import annotations

import datetime
import hashlib
import io
import os
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assay._checks import refuse
from assay._drafts import draft
from assay._flavours import need
from assay.words import clean, listed, plural

if TYPE_CHECKING:
    from assay.register_audit.engine import Found
    from assay.register_audit.result import Audit

HEADS = (
    "Finding",
    "Rule",
    "Severity",
    "Queue",
    "What is wrong",
    "Evidence",
    "Due",
    "Action",
    "Waive until",
    "Answer",
    "Check",
)
ACTIONS = ("fixed", "explain", "waive")
WIDTHS = (30, 19, 10, 24, 44, 44, 11, 11, 12, 46, 4)
MOST_TEXT = 32_000
FIXED_TIME = (2000, 1, 1, 0, 0, 0)
HOW = (
    "For each finding choose an action and write an answer. fixed: you have mended it. "
    "explain: it is right as it is; say why. waive: it stays as it is until the day you give. "
    "Leave the other columns as they are, and send the file back."
)


def check_of(values: Sequence[Any]) -> str:
    """What tells whether the left part of a row is as it was sent."""
    plain = [
        str(value.date()) if isinstance(value, datetime.datetime) else "" if value is None else str(value)
        for value in values
    ]
    return hashlib.sha256("\0".join(plain).encode(errors="backslashreplace")).hexdigest()[:16]


def row_of(found: Found) -> list[Any]:
    """The left part of a finding's row, as it reads back from a cell."""
    texts = (found.id, found.rule, found.severity, found.subject, found.summary, found.evidence)
    return [clean(each, MOST_TEXT).strip() or None for each in texts] + [found.due.isoformat()]


def by_owner(outcome: Audit) -> dict[str, list[Found]]:
    """The findings that owners have to answer, the owner with the most first."""
    own: dict[str, list[Found]] = {}
    for each in outcome.open():
        own.setdefault(each.owner, []).append(each)
    return dict(sorted(own.items(), key=lambda item: (-len(item[1]), item[0])))


def write(outcome: Audit, path: str | os.PathLike[str]) -> list[Path]:
    """One sheet an owner: `x.xlsx` holds them all, `x.zip` a workbook an owner, a folder likewise. All or nothing."""
    target = Path(path)
    own = by_owner(outcome)
    if not own:
        raise refuse("findings to send to owners", "an audit that found nothing to mend")
    suffix = target.suffix.lower()
    if suffix == ".xlsx":
        return _put({target: workbook(outcome, own)})
    files = {f"{name}.xlsx": workbook(outcome, {owner: own[owner]}) for owner, name in _file_names(list(own)).items()}
    if suffix == ".zip":
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in files.items():
                archive.writestr(zipfile.ZipInfo(name, FIXED_TIME), content, zipfile.ZIP_DEFLATED)
        return _put({target: buffer.getvalue()})
    if suffix or not target.is_dir():
        got = f"a path ending in {suffix!r}" if suffix else f"{clean(target, 300)!r}, which is no folder"
        raise refuse("a path ending in .xlsx or .zip, or a folder that exists", got)
    return _put({target / name: content for name, content in files.items()})


def _put(files: dict[Path, bytes]) -> list[Path]:
    for target in files:
        if not target.absolute().parent.is_dir():
            raise refuse("a folder that exists", repr(clean(target.parent, 300)), mend="make it first")
        if target.is_dir():
            raise refuse("a file to write", f"the folder {clean(target, 300)!r}")
    drafts: list[tuple[Path, Path]] = []
    try:
        drafts += [(draft(target, content), target) for target, content in files.items()]
        for beside, target in drafts:
            beside.replace(target)
    finally:
        for beside, _ in drafts:
            beside.unlink(missing_ok=True)
    return list(files)


def _unique(names: Sequence[str], plain: Any, most: int) -> dict[str, str]:
    """A short plain name for each, no two alike whatever their capitals."""
    out: dict[str, str] = {}
    taken: set[str] = set()
    for name in names:
        stem = plain(name)[:most].strip(" .'") or "owner"
        short, count = stem, 1
        while short.lower() in taken:
            count += 1
            short = f"{stem[: most - len(str(count)) - 1]} {count}"
        taken.add(short.lower())
        out[name] = short
    return out


def _file_names(owners: Sequence[str]) -> dict[str, str]:
    return _unique(owners, lambda name: re.sub(r"[^\w@.+-]+", " ", clean(name, 200)).strip(), 80)


def _sheet_names(owners: Sequence[str]) -> dict[str, str]:
    taken = ("history", "about")
    return _unique(
        owners,
        lambda name: (lambda kept: f"{kept} 1" if kept.strip().lower() in taken else kept)(
            re.sub(r"[\[\]:*?/\\\x00-\x1f]", "-", clean(name, 200))
        ),
        31,
    )


def workbook(outcome: Audit, own: dict[str, list[Found]]) -> bytes:
    """Owners' sheets as the bytes of a workbook: texts are texts, never formulas or links."""
    xlsxwriter = need("xlsxwriter", "sheets for owners")
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        made = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)
        book.set_properties({"title": outcome.title, "created": made})
        looks = _looks(book)
        for owner, name in _sheet_names(list(own)).items():
            _sheet(book.add_worksheet(name), outcome, owner, own[owner], looks)
    return buffer.getvalue()


def _looks(book: Any) -> dict[str, Any]:
    base = {"font_name": "Calibri", "font_size": 11, "valign": "top", "text_wrap": True}
    more: dict[str, dict[str, Any]] = {
        "title": {"bold": True, "font_size": 16, "text_wrap": False},
        "how": {"font_color": "#5B6675"},
        "head": {"bold": True, "bg_color": "#E8EDF3", "bottom": 1},
        "answer_head": {"bold": True, "bg_color": "#FFF3CD", "bottom": 1},
        "text": {"bottom": 1, "bottom_color": "#D8DEE6"},
        "high": {"bottom": 1, "bottom_color": "#D8DEE6", "font_color": "#BD3124", "bold": True},
        "answer": {"bottom": 1, "bottom_color": "#D8DEE6", "bg_color": "#FFFBEA", "locked": False, "num_format": "@"},
        "day": {
            "bottom": 1,
            "bottom_color": "#D8DEE6",
            "bg_color": "#FFFBEA",
            "locked": False,
            "num_format": "yyyy-mm-dd",
        },
        "late": {"font_color": "#BD3124", "bold": True},
    }
    return {name: book.add_format({**base, **own}) for name, own in more.items()}


def _sheet(sheet: Any, outcome: Audit, owner: str, found: list[Found], looks: dict[str, Any]) -> None:
    top = 3
    high = sum(each.severity == "high" for each in found)
    sheet.write_string(0, 0, clean(f"{plural(len(found), 'finding')} for {owner}", 300), looks["title"])
    sheet.merge_range(1, 0, 1, 9, "", looks["how"])
    sheet.write_string(1, 0, f"{outcome.title}{f'; {high} of high severity' if high else ''}. {HOW}", looks["how"])
    sheet.set_row(0, 24)
    sheet.set_row(1, 34)
    for column, (head, width) in enumerate(zip(HEADS, WIDTHS, strict=True)):
        sheet.set_column(column, column, width, None, {"hidden": head == "Check"})
        sheet.write_string(
            top, column, head, looks["answer_head" if head in ("Action", "Waive until", "Answer") else "head"]
        )
    for number, each in enumerate(found, top + 1):
        left = row_of(each)
        for column, value in enumerate(left):
            look = looks["high"] if column == 2 and value == "high" else looks["text"]
            if value is None:
                sheet.write_blank(number, column, None, look)
            else:
                sheet.write_string(number, column, value, look)
        sheet.write_blank(number, 7, None, looks["answer"])
        sheet.write_blank(number, 8, None, looks["day"])
        sheet.write_blank(number, 9, None, looks["answer"])
        sheet.write_string(number, 10, check_of(left), looks["text"])
        sheet.set_row(
            number,
            15 * max(1, *(-(-len(str(value or "")) // (WIDTHS[column] - 2)) for column, value in enumerate(left))),
        )
    last = top + len(found)
    sheet.data_validation(
        top + 1,
        7,
        last,
        7,
        {
            "validate": "list",
            "source": list(ACTIONS),
            "error_title": "Action",
            "error_message": f"Choose {listed(ACTIONS)}.",
        },
    )
    sheet.data_validation(
        top + 1,
        8,
        last,
        8,
        {
            "validate": "date",
            "criteria": ">",
            "value": outcome.counted.day,
            "error_title": "Waive until",
            "error_message": f"A day after {outcome.counted.day}, only where the action is waive.",
        },
    )
    sheet.autofilter(top, 0, last, 9)
    sheet.freeze_panes(top + 1, 1)
    sheet.repeat_rows(top)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(0.4, 0.4, 0.5, 0.6)
    sheet.hide_gridlines(2)
    sheet.set_footer("&L&A&RPage &P of &N")
    sheet.protect("", {"autofilter": True, "sort": True, "format_columns": True, "format_rows": True})
