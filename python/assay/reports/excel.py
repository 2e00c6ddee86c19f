"""The Excel workbook: every number as a plain value, native tables and charts, nothing that needs computing.

The same report gives the same bytes: the document's date is fixed. Texts of users are never formulas or links.
"""

from __future__ import annotations

import datetime
import io
import math
from typing import Any

from assay._plan import Plan
from assay._plan_words import FREE, Slices
from assay.auditor_errors import Corrected
from assay.plots import Funnel
from assay.reports.excel_cells import AS_AUDITED, ORDER, PLANNED, PLANNED_RATES, TITLES, Cells
from assay.reports.excel_charts import Charts, title_of
from assay.reports.model import ALL, Model, Section, overall_or_slices
from assay.results import Comparison, Result, Scores, _Measured, clean, need, slice_name

MOST_ROWS = 1_048_000
CHART_ROWS = 21
HEADLINE = (
    "Metric",
    "Slice",
    "Estimate",
    "Numerator",
    "Denominator",
    "Lower limit",
    "Upper limit",
    "Audited (n)",
    "Target",
    "Standing",
    "Basis",
)


def workbook(model: Model) -> bytes:
    """The workbook as bytes."""
    xlsxwriter = need("xlsxwriter", "an Excel report")
    buffer = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "remove_timezone": True,
        "default_date_format": "yyyy-mm-dd hh:mm:ss",
    }
    with xlsxwriter.Workbook(buffer, options) as book:
        about = f"Made with Assay {model.version}".strip()
        book.set_properties(
            {
                "title": clean(model.title, 200),
                "comments": about,
                "created": datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC),
            }
        )
        _Book(book, model).write()
    return buffer.getvalue()


class _Book:
    """The sheets of one workbook as they are written."""

    def __init__(self, book: Any, model: Model) -> None:
        self.book, self.model = book, model
        self.names: set[str] = set()
        self.cells = Cells(book)
        self.charts = Charts(book, self.cells)

    def write(self) -> None:
        summary = self._sheet("Summary")
        top = self._summary(summary)
        for position, section in enumerate(self.model.sections):
            self._result(self._sheet(self._sheet_title(section, position)), section.result)
            if isinstance(section.result, Plan):
                self._result(self._sheet("Slices"), section.result.slices())
        self._charts(summary, top)
        if self.model.definitions:
            self._definitions(self._sheet("Definitions"))
        self._about(self._sheet("About"))
        summary.activate()

    # sheets

    def _sheet(self, wanted: str, fit: bool = True) -> Any:
        sheet = self.book.add_worksheet(self._unique_name(wanted))
        sheet.set_landscape()
        sheet.set_paper(9)
        if fit:
            sheet.fit_to_pages(1, 0)
        else:
            sheet.set_print_scale(64)
            sheet.set_default_row(16)  # a height of our own, so that every renderer breaks pages between charts
        sheet.set_margins(0.5, 0.5, 0.6, 0.6)
        sheet.hide_gridlines(2)
        sheet.set_footer("&L&A&RPage &P of &N")
        return sheet

    def _unique_name(self, wanted: str) -> str:
        name = (
            "".join("-" if c in "[]:*?/\\" else c for c in clean(wanted, 200))
            .strip()
            .strip("'")[:31]
            .strip()
            .strip("'")
        )
        name = name or "Sheet"
        name = "History " if name.lower() == "history" else name
        stem, number = name, 1
        while name.strip().lower() in self.names or name.strip().lower() == "history":
            number += 1
            name = f"{stem.strip()[: 28 - len(str(number))]} ({number})"
        self.names.add(name.lower())
        return name

    def _sheet_title(self, section: Section, position: int) -> str:
        kind = type(section.result).__name__
        if isinstance(section.result, Scores | Comparison):
            kind = "Scores" if isinstance(section.result, Scores) else "Changes"
        given = section.result.context.title
        return given or (kind if position == 0 or len(self.model.sections) == 1 else f"{kind} {position + 1}")

    def _summary(self, sheet: Any) -> int | None:
        """Title, headline table, room for a chart (its row is answered), findings and cautions."""
        model = self.model
        sheet.write_string(0, 0, self.cells.text(model.title), self.cells.formats["title"])
        sheet.set_row(0, 28)
        sheet.write_string(
            1, 0, self.cells.text(" · ".join(filter(None, [model.period, *model.about]))), self.cells.formats["quiet"]
        )
        widths = (34, 24, 11, 12, 12, 11, 11, 12, 10, 16, 12)
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        row = 3
        rows: list[list[Any]] = []
        units: list[str] = []
        for section in model.sections:
            if isinstance(section.result, Scores):
                for fixed, score in overall_or_slices(section.result)[:60]:
                    metric = section.result.context.metric(score["metric"])
                    units.append(metric.unit)
                    keys = (
                        "estimate",
                        "numerator",
                        "denominator",
                        "lower",
                        "upper",
                        "n",
                        "target",
                        "standing",
                        "basis",
                    )
                    answered = score["estimate"] is not None
                    values = [score.get(k) if answered or k not in ("lower", "upper") else None for k in keys]
                    rows.append([metric.title, slice_name(fixed), *values])
        if rows:
            kinds = [
                "text",
                "text",
                "rate",
                "weighted",
                "weighted",
                "rate",
                "rate",
                "count",
                "rate",
                "standing",
                "text",
            ]
            self.cells.table(sheet, row, HEADLINE, rows, kinds, units)
            row += len(rows) + 2
        room = row if rows and len(rows) <= 15 and any(section.charts for section in model.sections) else None
        row += CHART_ROWS if room is not None else 0
        said = [(section.title, section.said) for section in model.sections]
        for title, lines in (*said, ("What asks for attention", model.findings), ("Cautions", model.cautions)):
            if lines:
                sheet.write_string(row, 0, title, self.cells.formats["head"])
                for line in lines:
                    row += 1
                    sheet.merge_range(row, 0, row, len(HEADLINE) - 1, "", self.cells.formats["wrap"])
                    sheet.write_string(row, 0, self.cells.text(line), self.cells.formats["wrap"])
                    sheet.set_row(row, 15 * math.ceil(len(line) / 150))
                row += 2
        return room

    def _result(self, sheet: Any, result: Result) -> None:
        columns = result.to_pydict()
        names = list(columns)
        if isinstance(result, _Measured):
            by = [name for name in result.context.by if name in columns]
            rest = [name for name in ORDER if name in columns and name not in by]
            names = by + rest + [name for name in names if name not in by and name not in rest]
        length = min(len(result), MOST_ROWS)
        units: list[str] = ["number"] * length
        if isinstance(result, _Measured):
            of = {name: result.context.metric(name).unit for name in result.metric_names()}
            units = [of[name] for name in columns["metric"][:length]]
        measured = isinstance(result, _Measured)
        by_names = set(result.context.by) if isinstance(result, _Measured) else set()
        own = set(result.strata) if isinstance(result, Plan) else by_names
        titles = TITLES if measured else PLANNED if isinstance(result, Plan | Slices) else {}
        if isinstance(result, Scores) and result._one != "audit":
            titles = {**titles, "n": result._counted.capitalize()}
        if isinstance(result, Corrected):
            titles = {**titles, **AS_AUDITED}
        kinds = [
            self.cells.kind(name)
            if measured and name not in by_names
            else ("share" if name in titles and name in PLANNED_RATES and name not in own else "any")
            for name in names
        ]
        shown = [columns[name][:length] for name in names]
        for index, name in enumerate(names):
            if isinstance(result, Slices) and name in ("price", "minimum_price"):
                shown[index] = [0.0 if value is not None and value < FREE else value for value in shown[index]]
            if name in by_names:
                shown[index] = [ALL if value is None else value for value in shown[index]]
        rows = [list(values) for values in zip(*shown, strict=True)]
        if isinstance(result, _Measured) and {"lower", "upper"} <= set(names):
            key = names.index("estimate" if "estimate" in names else "difference")
            for values in rows:
                if values[key] is None:
                    values[names.index("lower")] = values[names.index("upper")] = None
        heads = [name if name in own else titles.get(name, name) for name in names]
        for index in range(len(names)):
            sample = [len(str(value)) for value in shown[index][:200] if isinstance(value, str)]
            longest = max(len(word) for word in [*heads[index].split(), ""])
            width = min(30, max([longest + 3, 9, *(size + 1 for size in sample)]))
            sheet.set_column(index, index, width)
        self.cells.table(sheet, 0, heads, rows, kinds, units)
        sheet.freeze_panes(1, len([n for n in names if n in by_names]) + 1 if by_names else 0)
        sheet.repeat_rows(0)
        if len(result) > length:
            sheet.write_string(length + 2, 0, f"{len(result) - length} further rows do not fit on a sheet.")

    def _definitions(self, sheet: Any) -> None:
        heads = ("Metric", "Definition", "Denominator", "Direction", "Interval method", "Design", "About")
        rows = [[d.title, d.text, d.denominator, d.better, d.method, d.design, d.about] for d in self.model.definitions]
        widths = (20, 40, 32, 18, 24, 30, 40)
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        self.cells.table(sheet, 0, heads, rows, ["wrap"] * 7, [])
        for index, texts in enumerate(rows):
            lines = max(math.ceil(len(text) / (width * 0.85)) for text, width in zip(texts, widths, strict=True))
            sheet.set_row(index + 1, 15 * max(1, lines) + 3)
        sheet.freeze_panes(1, 1)
        sheet.repeat_rows(0)

    def _about(self, sheet: Any) -> None:
        sheet.set_column(0, 0, 22)
        sheet.set_column(1, 1, 110)
        model, row = self.model, 0
        confidence = ", ".join(f"{level * 100:.4g}%" for level in model.confidence)
        reading = (
            "Only a sample was audited. Of intervals made this way, the stated share holds the true value."
            if confidence
            else ""
        )
        if model.judged:
            reading += (
                " A target is met or missed only where the whole interval lies on one side of it; otherwise it is open."
            )
        counts = (
            f"Numerators and denominators are weighted up to all cases{'; ' if model.counted else ''}{model.counted}."
            if model.weighted
            else ""
        )
        filters = [self._filters(section) for section in model.sections]
        for name, lines in (
            ("Title", [model.title]),
            ("Period", [model.period or "not stated"]),
            ("Sources", list(model.sources) or ["No sources were named."]),
            ("Slices", filters),
            ("Confidence", [confidence] if confidence else []),
            ("How to read it", [line for line in (reading, counts) if line]),
            ("Cautions", list(model.cautions)),
            ("Made with", [f"Assay {model.version}".strip()]),
        ):
            for index, line in enumerate(lines):
                sheet.write_string(row, 0, name if index == 0 else "", self.cells.formats["strong"])
                sheet.write_string(row, 1, self.cells.text(line), self.cells.formats["wrap"])
                sheet.set_row(row, 15 * max(1, math.ceil(len(line) / 100)) + 3)
                row += 1

    @staticmethod
    def _filters(section: Section) -> str:
        if isinstance(section.result, Scores | Comparison):
            by = [clean(name) for name in section.result.context.by]
            return f"{section.title}: {'sliced by ' + ', '.join(by) if by else 'everything together'}"
        return section.title

    # charts: their values are written to a sheet of their own, in words, and drawn from there

    def _charts(self, summary: Any, top: int | None) -> None:
        """The first chart on the summary where it has room, the others two a page on a sheet of their own."""
        charts = [chart for section in self.model.sections for chart in section.charts]
        if not charts:
            return
        sheet = self._sheet("Charts", fit=False) if len(charts) > 1 or top is None else None
        data, at, placed = self._sheet("Chart data"), 0, 0
        data.set_column(0, 1, 22)
        data.set_column(2, 12, 14)
        for index, chart in enumerate(charts):
            if isinstance(chart, Funnel):
                drawn, at = self.charts.funnel(data, at, chart)
            else:
                drawn, at = self.charts.points(data, at, chart)
            options = {"object_position": 2, "description": title_of(chart)}
            if drawn is not None and index == 0 and top is not None:
                summary.insert_chart(top, 0, drawn, options)
            elif drawn is not None and sheet is not None:
                sheet.insert_chart(placed * CHART_ROWS, 0, drawn, options)
                placed += 1
        if sheet is not None:
            sheet.set_h_pagebreaks([row * CHART_ROWS for row in range(2, placed, 2)])
