"""The workbook of an audit: counts with a chart, every finding, what was mended, and what the rules are."""

from __future__ import annotations

import datetime
import io
import math
from typing import TYPE_CHECKING, Any

from assay._core import __version__
from assay._flavours import need
from assay.register_audit.page import MOST_BARS, SEVERITIES, tiles_of, words_of
from assay.reports.excel_cells import Cells
from assay.words import clean

if TYPE_CHECKING:
    from assay.register_audit.result import Audit

COLOURS = {"high": "#BD3124", "medium": "#D9A441", "low": "#A9B4C0"}
MOST_ROWS = 1_048_000
DAY = {"font_name": "Calibri", "font_size": 11, "valign": "top", "num_format": "yyyy-mm-dd"}
COUNTED = ("text", "count", "count", "count", "count")
FINDINGS = (
    ("Severity", "severity", 10),
    ("Rule", "rule", 20),
    ("Queue", "subject", 28),
    ("What is wrong", "summary", 48),
    ("Evidence", "evidence", 48),
    ("Owner", "owner", 18),
    ("Due", "due", 11),
    ("Standing", "standing", 14),
    ("Source", "source", 12),
    ("Finding", "id", 34),
    ("History", "history", 26),
)


def workbook(outcome: Audit, title: str) -> bytes:
    """The workbook as bytes; texts are texts, never formulas or links."""
    xlsxwriter = need("xlsxwriter", "an Excel report")
    buffer = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_date_format": "yyyy-mm-dd",
    }
    with xlsxwriter.Workbook(buffer, options) as book:
        made = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)
        book.set_properties({"title": clean(title, 200), "comments": f"Made with Assay {__version__}", "created": made})
        cells = Cells(book)
        _summary(book, cells, outcome, title)
        _findings(_sheet(book, "Findings"), cells, outcome, book.add_format(DAY))
        if outcome.fixed:
            sheet = _sheet(book, "Mended")
            sheet.set_column(0, 0, 90)
            cells.table(sheet, 0, ["Finding"], [[name] for name in outcome.fixed], ["text"], [])
        _rules(_sheet(book, "Rules"), cells, outcome)
    return buffer.getvalue()


def _sheet(book: Any, name: str) -> Any:
    sheet = book.add_worksheet(name)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(0.5, 0.5, 0.6, 0.6)
    sheet.hide_gridlines(2)
    sheet.set_footer("&L&A&RPage &P of &N")
    return sheet


def _summary(book: Any, cells: Cells, outcome: Audit, title: str) -> None:
    sheet = _sheet(book, "Summary")
    for column, width in enumerate((32, 11, 11, 11, 11, 4)):
        sheet.set_column(column, column, width)
    words = book.add_format({"font_name": "Calibri", "font_size": 11, "font_color": "#5B6675", "indent": 1})
    sheet.write_string(0, 0, cells.text(title), cells.formats["title"])
    sheet.set_row(0, 28)
    line = outcome.summary().splitlines()[0].partition(": ")[2]
    sheet.write_string(1, 0, cells.text(line), cells.formats["quiet"])
    for row, tile in enumerate(tiles_of(outcome), 3):
        sheet.write_string(row, 0, tile.title, cells.formats["strong"])
        sheet.write_number(row, 1, int(tile.value.replace(",", "")), cells.formats["count"])
        sheet.write_string(row, 2, tile.words, words)
    top = 8
    rules: list[list[Any]] = [[words_of(name), *counts, sum(counts)] for name, *counts in outcome.counts("rule")]
    cells.table(sheet, top, ["Rule", "High", "Medium", "Low", "All"], rules, COUNTED, ["number"] * len(rules))
    shown = min(len(rules), MOST_BARS)
    if shown:
        chart = book.add_chart({"type": "bar", "subtype": "stacked"})
        for position, severity in enumerate(SEVERITIES, 1):
            chart.add_series(
                {
                    "name": severity,
                    "categories": ["Summary", top + 1, 0, top + shown, 0],
                    "values": ["Summary", top + 1, position, top + shown, position],
                    "fill": {"color": COLOURS[severity]},
                    "gap": 40,
                }
            )
        chart.set_title({"name": "Open findings by rule", "name_font": {"size": 12}, "overlay": False})
        chart.set_y_axis({"reverse": True, "num_font": {"size": 9}, "line": {"none": True}})
        chart.set_x_axis({"major_gridlines": {"visible": True, "line": {"color": "#D8DEE6"}}, "num_format": "#,##0"})
        chart.set_legend({"position": "bottom"})
        chart.set_size({"width": 620, "height": 120 + 22 * shown})
        sheet.insert_chart(top, 6, chart, {"description": "Open findings by rule and severity"})
    owners: list[list[Any]] = [[name, *counts, sum(counts)] for name, *counts in outcome.counts("owner")]
    sheet = _sheet(book, "Owners")
    sheet.set_column(0, 0, 40)
    sheet.set_column(1, 4, 11)
    sheet.repeat_rows(0)
    cells.table(sheet, 0, ["Owner", "High", "Medium", "Low", "All"], owners, COUNTED, ["number"] * len(owners))


def _findings(sheet: Any, cells: Cells, outcome: Audit, day: Any) -> None:
    names = [name for _, name, _ in FINDINGS]
    rows: list[list[Any]] = []
    for each in outcome.found[:MOST_ROWS]:
        values = [getattr(each, name) or None for name in names]
        values[names.index("due")] = datetime.datetime.combine(each.due, datetime.time())
        rows.append(values)
    cells.table(sheet, 0, [head for head, _, _ in FINDINGS], rows, ["wrap"] * len(names), [])
    for row, each in enumerate(outcome.found[:MOST_ROWS], 1):
        sheet.write_datetime(row, names.index("due"), datetime.datetime.combine(each.due, datetime.time()), day)
        look = {"high": "missed", "medium": "open"}.get(each.severity, "text")
        sheet.write_string(row, 0, each.severity, cells.formats[look])
        sizes = ((each.summary, 46), (each.evidence, 46), (each.id, 32), (each.subject, 26))
        lines = max(1, *(math.ceil(len(text) / width) for text, width in sizes))
        sheet.set_row(row, 15 * min(lines, 8))
    for column, (_, _, width) in enumerate(FINDINGS):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(1, 3)
    sheet.repeat_rows(0)


def _rules(sheet: Any, cells: Cells, outcome: Audit) -> None:
    counts = {name: sum(own) for name, *own in outcome.counts("rule")}
    rows: list[list[Any]] = [
        [name, "ran", severity, counts.get(name, 0), explanation]
        for name, severity, explanation in outcome.counted.rules
    ]
    rows += [[each.rule, f"did not run: {each.reason}", None, None, None] for each in outcome.not_run]
    cells.table(
        sheet,
        0,
        ["Rule", "Ran", "Severity", "Open findings", "What it is about"],
        rows,
        ["text", "wrap", "text", "count", "wrap"],
        [],
    )
    for column, width in enumerate((24, 30, 10, 10, 100)):
        sheet.set_column(column, column, width)
    row = len(rows) + 2
    for note in outcome.notes():
        sheet.merge_range(row, 0, row, 4, "", cells.formats["wrap"])
        sheet.write_string(row, 0, cells.text(note), cells.formats["wrap"])
        sheet.set_row(row, 15 * math.ceil(len(note) / 150))
        row += 1
