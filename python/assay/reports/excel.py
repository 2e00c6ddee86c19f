"""The Excel workbook: every number as a plain value, native tables and charts, nothing that needs computing.

The same report gives the same bytes: the document's date is fixed. Texts of users are never formulas or links.
"""

from __future__ import annotations

import datetime
import io
import math
from collections.abc import Sequence
from typing import Any

from assay.plots import Funnel
from assay.reports.model import ALL, Chart, Forest, Mark, Matrix, Model, Section, overall_or_slices
from assay.reports.svg import ticks
from assay.results import Comparison, Result, Scores, clean, need, slice_name

MOST_ROWS = 1_048_000
MOST_TEXT = 32_000
CHART_ROWS = 21
# What a standing looks like in a chart: its words, its shape, its colour.
LOOKS = {
    "met": ("Target met", "circle", "#0B7A5E"),
    "missed": ("Target missed", "diamond", "#BD3124"),
    "open": ("Open: the interval holds the target", "square", "#A87900"),
    "better": ("Better", "triangle", "#0B7A5E"),
    "worse": ("Worse", "diamond", "#BD3124"),
    "no difference shown": ("No difference shown", "circle", "#6B7280"),
    "": ("Estimate with interval", "circle", "#2B6CB0"),
}
TITLES = {
    "metric": "Metric",
    "estimate": "Estimate",
    "standard_error": "Standard error",
    "lower": "Lower limit",
    "upper": "Upper limit",
    "confidence": "Confidence",
    "n": "Audited (n)",
    "n_effective": "Effective n",
    "numerator": "Numerator",
    "denominator": "Denominator",
    "method": "Method",
    "design": "Design",
    "about": "About",
    "basis": "Basis",
    "target": "Target",
    "standing": "Standing",
    "audits_needed": "Audits still needed",
    "response_rate": "Response rate",
    "worst_case_lower": "Worst case, lower",
    "worst_case_upper": "Worst case, upper",
    "difference": "Difference",
    "estimate_a": "Estimate a",
    "estimate_b": "Estimate b",
    "n_a": "Audited a",
    "n_b": "Audited b",
    "margin": "Margin",
}
# Numerator and denominator stand beside the rate they make.
ORDER = [
    "metric",
    "estimate",
    "numerator",
    "denominator",
    "difference",
    "lower",
    "upper",
    "n",
    "estimate_a",
    "n_a",
    "estimate_b",
    "n_b",
    "margin",
    "n_effective",
    "target",
    "standing",
    "audits_needed",
    "standard_error",
    "confidence",
    "response_rate",
    "worst_case_lower",
    "worst_case_upper",
    "basis",
    "about",
    "method",
    "design",
]
RATES = frozenset(
    [
        "estimate",
        "standard_error",
        "lower",
        "upper",
        "target",
        "worst_case_lower",
        "worst_case_upper",
        "estimate_a",
        "estimate_b",
        "margin",
    ]
)
ALWAYS_RATES = frozenset(("confidence", "response_rate"))
COUNTS = frozenset(["n", "n_a", "n_b", "audits_needed"])
WEIGHTED = frozenset(["numerator", "denominator", "n_effective"])
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


def _arms(mark: Mark) -> tuple[float, float]:
    """How far an interval reaches down and up from its estimate."""
    estimate, lower, upper = mark.estimate or 0.0, mark.lower or 0.0, mark.upper or 0.0
    return max(0.0, estimate - lower), max(0.0, upper - estimate)


def _next_tick(most: float) -> float:
    """The round number just beyond the largest unit."""
    marks = ticks((0.0, most), 8)
    return marks[-1] + (marks[1] - marks[0]) if len(marks) > 1 else most * 1.1


class _Book:
    """The sheets of one workbook as they are written."""

    def __init__(self, book: Any, model: Model) -> None:
        self.book, self.model = book, model
        self.names: set[str] = set()
        self.tables = 0
        base: dict[str, object] = {"font_name": "Calibri", "font_size": 11, "valign": "top"}
        looks: dict[str, dict[str, object]] = {
            "text": {},
            "wrap": {"text_wrap": True},
            "strong": {"bold": True, "text_wrap": True},
            "title": {"bold": True, "font_size": 18},
            "head": {"bold": True, "font_size": 13},
            "quiet": {"font_color": "#5B6675"},
            "rate": {"num_format": "0.0%"},
            "points": {"num_format": "+0.0%;-0.0%;0.0%"},
            "count": {"num_format": "#,##0"},
            "weighted": {"num_format": "#,##0.0"},
            "number": {"num_format": "#,##0.####"},
            "date": {"num_format": "yyyy-mm-dd hh:mm:ss"},
            "met": {"font_color": "#0B7A5E", "bold": True, "indent": 1},
            "missed": {"font_color": "#BD3124", "bold": True, "indent": 1},
            "open": {"font_color": "#8F6400", "bold": True, "indent": 1},
            "table_head": {"bold": True, "text_wrap": True, "bg_color": "#E8EDF3", "bottom": 1},
        }
        self.formats = {kind: book.add_format({**base, **more}) for kind, more in looks.items()}

    def write(self) -> None:
        summary = self._sheet("Summary")
        top = self._summary(summary)
        for position, section in enumerate(self.model.sections):
            self._result(self._sheet(self._sheet_title(section, position)), section.result)
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
        sheet.write_string(0, 0, self._text(model.title), self.formats["title"])
        sheet.set_row(0, 28)
        sheet.write_string(
            1, 0, self._text(" · ".join(filter(None, [model.period, *model.about]))), self.formats["quiet"]
        )
        widths = (24, 30, 11, 12, 12, 11, 11, 12, 10, 20, 12)
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
            self._table(sheet, row, HEADLINE, rows, kinds, units)
            row += len(rows) + 2
        room = row if rows and len(rows) <= 15 and any(section.charts for section in model.sections) else None
        row += CHART_ROWS if room is not None else 0
        for title, lines in (("What asks for attention", model.findings), ("Cautions", model.cautions)):
            if lines:
                sheet.write_string(row, 0, title, self.formats["head"])
                for line in lines:
                    row += 1
                    sheet.merge_range(row, 0, row, len(HEADLINE) - 1, "", self.formats["wrap"])
                    sheet.write_string(row, 0, self._text(line), self.formats["wrap"])
                    sheet.set_row(row, 15 * math.ceil(len(line) / 150))
                row += 2
        return room

    def _result(self, sheet: Any, result: Result) -> None:
        columns = result.to_pydict()
        names = list(columns)
        if isinstance(result, Scores | Comparison):
            by = [name for name in result.context.by if name in columns]
            rest = [name for name in ORDER if name in columns and name not in by]
            names = by + rest + [name for name in names if name not in by and name not in rest]
        length = min(len(result), MOST_ROWS)
        units: list[str] = ["number"] * length
        if isinstance(result, Scores | Comparison):
            of = {name: result.context.metric(name).unit for name in result.metric_names()}
            units = [of[name] for name in columns["metric"][:length]]
        by_names = set(result.context.by) if isinstance(result, Scores | Comparison) else set()
        kinds = [
            self._kind(name) if isinstance(result, Scores | Comparison) and name not in by_names else "any"
            for name in names
        ]
        shown = [columns[name][:length] for name in names]
        for index, name in enumerate(names):
            if name in by_names:
                shown[index] = [ALL if value is None else value for value in shown[index]]
        rows = [list(values) for values in zip(*shown, strict=True)]
        if isinstance(result, Scores | Comparison) and {"lower", "upper"} <= set(names):
            key = names.index("estimate" if "estimate" in names else "difference")
            for values in rows:
                if values[key] is None:
                    values[names.index("lower")] = values[names.index("upper")] = None
        heads = [name if name in by_names else TITLES.get(name, name) for name in names]
        for index in range(len(names)):
            sample = [len(str(value)) for value in shown[index][:200] if isinstance(value, str)]
            longest = max(len(word) for word in [*heads[index].split(), ""])
            width = min(30, max([longest + 3, 9, *(size + 1 for size in sample)]))
            sheet.set_column(index, index, width)
        self._table(sheet, 0, heads, rows, kinds, units)
        sheet.freeze_panes(1, len([n for n in names if n in by_names]) + 1 if by_names else 0)
        sheet.repeat_rows(0)
        if len(result) > length:
            sheet.write_string(length + 2, 0, f"{len(result) - length} further rows do not fit on a sheet.")

    @staticmethod
    def _kind(name: str) -> str:
        if name == "difference":
            return "points"
        for kind, names in (("rate", RATES), ("share", ALWAYS_RATES), ("count", COUNTS), ("weighted", WEIGHTED)):
            if name in names:
                return kind
        return "standing" if name == "standing" else "any"

    def _definitions(self, sheet: Any) -> None:
        heads = ("Metric", "Definition", "Denominator", "Direction", "Interval method", "Design", "About")
        rows = [[d.title, d.text, d.denominator, d.better, d.method, d.design, d.about] for d in self.model.definitions]
        widths = (20, 40, 32, 18, 24, 30, 40)
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        self._table(sheet, 0, heads, rows, ["wrap"] * 7, [])
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
            "Only a sample was audited. Of intervals made this way, the stated share holds the true value. A target is "
            "met or missed only where the whole interval lies on one side of it; otherwise it is open."
        )
        counts = "Numerators and denominators are weighted up to all cases; “audited” counts audits."
        filters = [self._filters(section) for section in model.sections]
        for name, lines in (
            ("Title", [model.title]),
            ("Period", [model.period or "not stated"]),
            ("Sources", list(model.sources) or ["No sources were named."]),
            ("Slices", filters),
            ("Confidence", [confidence] if confidence else []),
            ("How to read it", [reading, counts]),
            ("Cautions", list(model.cautions)),
            ("Made with", [f"Assay {model.version}".strip()]),
        ):
            for index, line in enumerate(lines):
                sheet.write_string(row, 0, name if index == 0 else "", self.formats["strong"])
                sheet.write_string(row, 1, self._text(line), self.formats["wrap"])
                sheet.set_row(row, 15 * max(1, math.ceil(len(line) / 100)) + 3)
                row += 1

    @staticmethod
    def _filters(section: Section) -> str:
        if isinstance(section.result, Scores | Comparison):
            by = [clean(name) for name in section.result.context.by]
            return f"{section.title}: {'sliced by ' + ', '.join(by) if by else 'everything together'}"
        return section.title

    # cells

    def _text(self, value: object) -> str:
        return clean(value, MOST_TEXT)

    def _table(
        self,
        sheet: Any,
        top: int,
        heads: Sequence[str],
        rows: list[list[Any]],
        kinds: Sequence[str],
        units: Sequence[str],
    ) -> None:
        """A native table with a header, its cells written one by one as what they are."""
        self.tables += 1
        titles: list[str] = []
        for head in heads:
            title, number = clean(head, 200).strip() or "column", 1
            while title.lower() in (other.lower() for other in titles):
                number += 1
                title = f"{clean(head, 200).strip() or 'column'} ({number})"
            titles.append(title)
        options = {
            "name": f"Table{self.tables}",
            "style": "Table Style Light 1",
            "columns": [{"header": title, "header_format": self.formats["table_head"]} for title in titles],
        }
        sheet.add_table(top, 0, top + max(1, len(rows)), len(heads) - 1, options)
        sheet.set_row(top, 46 if max(map(len, titles)) > 12 else 18)
        for i, values in enumerate(rows):
            unit = units[i] if i < len(units) else "share"
            for j, value in enumerate(values):
                self._cell(sheet, top + 1 + i, j, value, kinds[j], unit)

    def _cell(self, sheet: Any, row: int, column: int, value: Any, kind: str, unit: str) -> None:
        if value is None:
            sheet.write_blank(row, column, None)
        elif isinstance(value, bool):
            sheet.write_boolean(row, column, value)
        elif isinstance(value, int | float):
            if not math.isfinite(value) or abs(value) >= 1e15:
                sheet.write_string(row, column, str(value), self.formats["text"])
                return
            chosen = {
                "rate": "rate" if unit == "share" else "number",
                "points": "points" if unit == "share" else "number",
            }
            name = {"share": "rate", "any": "number", "text": "number"}.get(kind, chosen.get(kind, kind))
            sheet.write_number(row, column, value, self.formats[name])
        elif isinstance(value, datetime.datetime):
            moment = value.astimezone(datetime.UTC).replace(tzinfo=None) if value.tzinfo else value
            if moment.year < 1901:
                sheet.write_string(row, column, moment.isoformat(), self.formats["text"])
            else:
                sheet.write_datetime(row, column, moment, self.formats["date"])
        else:
            text = self._text(value)
            name = {"better": "met", "worse": "missed"}.get(text, text) if kind == "standing" else kind
            sheet.write_string(
                row, column, text, self.formats[name if name in ("met", "missed", "open", "wrap") else "text"]
            )

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
                drawn, at = self._funnel(data, at, chart)
            else:
                drawn, at = self._points(data, at, chart)
            options = {"object_position": 2, "description": self._chart_title(chart)}
            if drawn is not None and index == 0 and top is not None:
                summary.insert_chart(top, 0, drawn, options)
            elif drawn is not None and sheet is not None:
                sheet.insert_chart(placed * CHART_ROWS, 0, drawn, options)
                placed += 1
        if sheet is not None:
            sheet.set_h_pagebreaks([row * CHART_ROWS for row in range(2, placed, 2)])

    @staticmethod
    def _chart_title(chart: Chart) -> str:
        return (
            f"{clean(chart.metric.title)} by {clean(chart.unit)}"
            if isinstance(chart, Funnel)
            else clean(chart.title, 120)
        )

    def _points(self, data: Any, top: int, chart: Matrix | Forest) -> tuple[Any, int]:
        """Points with error bars, slice by slice; one series a standing, so that shape and legend tell it."""
        rows: list[tuple[str, str, Mark]] = []
        if isinstance(chart, Matrix):
            inner = [(row, column) for row in chart.rows for column in chart.columns if ALL not in (row, column)]
            rows = [(row, column, chart.cells[row, column]) for row, column in inner if (row, column) in chart.cells]
        else:
            rows = [("", mark.label, mark) for mark in chart.marks]
        drawable = [r for r in rows if r[2].estimate is not None and r[2].lower is not None and r[2].upper is not None]
        if not drawable:
            return None, top
        standings = [s for s in LOOKS if any(s == (mark.standing or "") for _, _, mark in drawable)]
        data.write_string(top, 0, self._chart_title(chart), self.formats["head"])
        names = [
            "No change" if isinstance(chart, Forest) and chart.zero else "Target",
            *(LOOKS[s][0] for s in standings),
        ]
        for column, head in enumerate(["Group", "Slice", "Down to lower limit", "Up to upper limit", *names]):
            data.write_string(top + 1, column, head, self.formats["strong"])
        first, kind = top + 2, "rate" if chart.unit == "share" else "number"
        previous = None
        for i, (group, label, mark) in enumerate(drawable):
            if group != previous:
                data.write_string(first + i, 0, self._text(group), self.formats["text"])
            previous = group
            data.write_string(first + i, 1, self._text(label), self.formats["text"])
            numbers: list[float | None] = [*_arms(mark), mark.target]
            numbers += [mark.estimate if standing == (mark.standing or "") else None for standing in standings]
            for j, value in enumerate(numbers):
                if value is not None:
                    data.write_number(first + i, 2 + j, value, self.formats[kind])
        last, sheet = first + len(drawable) - 1, data.get_name()
        drawn = self.book.add_chart({"type": "line"})
        categories = [sheet, first, 0 if isinstance(chart, Matrix) else 1, last, 1]
        for index, standing in enumerate(standings):
            name, shape, colour = LOOKS[standing]
            drawn.add_series(
                {
                    "name": name,
                    "categories": categories,
                    "values": [sheet, first, 5 + index, last, 5 + index],
                    "line": {"none": True},
                    "marker": {"type": shape, "size": 7, "fill": {"color": colour}, "border": {"color": colour}},
                    "y_error_bars": {
                        "type": "custom",
                        "plus_values": f"='{sheet}'!$D${first + 1}:$D${last + 1}",
                        "minus_values": f"='{sheet}'!$C${first + 1}:$C${last + 1}",
                        "plus_data": [_arms(mark)[1] for _, _, mark in drawable],
                        "minus_data": [_arms(mark)[0] for _, _, mark in drawable],
                        "line": {"color": colour, "width": 1.25},
                    },
                }
            )
        if any(mark.target is not None for _, _, mark in drawable):
            drawn.add_series(
                {
                    "name": names[0],
                    "categories": categories,
                    "values": [sheet, first, 4, last, 4],
                    "line": {"color": "#1B2430", "width": 1.25, "dash_type": "dash"},
                    "marker": {"type": "none"},
                }
            )
        axis: dict[str, Any] = {"num_format": "0%" if chart.unit == "share" else "#,##0.##"}
        if isinstance(chart, Forest) and chart.zero and chart.unit == "share":
            axis["num_format"] = "+0.0%;-0.0%;0%"
        marks = ticks(chart.scale)
        if len(marks) > 1:
            step = marks[1] - marks[0]
            low, high = math.floor(chart.scale[0] / step + 1e-9) * step, math.ceil(chart.scale[1] / step - 1e-9) * step
            axis |= {"min": round(low, 9), "max": round(high, 9), "major_unit": round(step, 9)}
            if chart.unit == "share" and step < 0.01 and axis["num_format"] == "0%":
                axis["num_format"] = "0.0%"
        self._finish(drawn, self._chart_title(chart), axis)
        drawn.set_x_axis({"label_position": "low", "num_font": {"size": 9}})
        return drawn, last + 3

    def _funnel(self, data: Any, top: int, chart: Funnel) -> tuple[Any, int]:
        """A scatter chart: units, the limits of chance as lines, names on those outside."""
        data.write_string(top, 0, self._chart_title(chart), self.formats["head"])
        heads = (
            chart.unit,
            "Limits",
            "Audited (effective n)",
            "Estimate",
            "",
            "n",
            "Lower 95%",
            "Upper 95%",
            "Lower 99.8%",
            "Upper 99.8%",
            "All",
        )
        for column, head in enumerate(heads):
            data.write_string(top + 1, column, self._text(head), self.formats["strong"])
        first = top + 2
        order = sorted(chart.points, key=lambda p: ("inside", "beyond 95%", "beyond 99.8%").index(p.zone))
        for i, point in enumerate(order):
            data.write_string(first + i, 0, self._text(point.label), self.formats["text"])
            data.write_string(first + i, 1, point.zone, self.formats["text"])
            data.write_number(first + i, 2, point.n, self.formats["count"])
            data.write_number(first + i, 3, point.estimate, self.formats["rate"])
        for i, at in enumerate(chart.limits):
            data.write_number(first + i, 5, at.n, self.formats["count"])
            for j, value in enumerate((at.lower_95, at.upper_95, at.lower_998, at.upper_998, chart.rate)):
                data.write_number(first + i, 6 + j, value, self.formats["rate"])
        sheet, end = data.get_name(), first + len(chart.limits) - 1
        drawn = self.book.add_chart({"type": "scatter", "subtype": "straight"})
        looks = {
            "inside": ("circle", "#2B6CB0"),
            "beyond 95%": ("square", "#A87900"),
            "beyond 99.8%": ("diamond", "#BD3124"),
        }
        for zone, (kind, colour) in looks.items():
            mine = [i for i, point in enumerate(order) if point.zone == zone]
            if not mine:
                continue
            series: dict[str, Any] = {
                "name": "Within the limits" if zone == "inside" else zone.capitalize(),
                "categories": [sheet, first + mine[0], 2, first + mine[-1], 2],
                "values": [sheet, first + mine[0], 3, first + mine[-1], 3],
                "line": {"none": True},
                "marker": {"type": kind, "size": 6, "fill": {"color": colour}, "border": {"color": colour}},
            }
            if zone == "beyond 99.8%":
                labels = [{"value": clean(order[i].label, 24)} for i in mine]
                series["data_labels"] = {"value": True, "custom": labels, "position": "right", "font": {"size": 9}}
            drawn.add_series(series)
        for column, name, dash in (
            (6, "95% limits", "dash"),
            (7, "", "dash"),
            (8, "99.8% limits", "solid"),
            (9, "", "solid"),
            (10, "All", "solid"),
        ):
            drawn.add_series(
                {
                    "name": name or f"{heads[column]}",
                    "categories": [sheet, first, 5, end, 5],
                    "values": [sheet, first, column, end, column],
                    "line": {"color": "#1B2430" if name == "All" else "#7A8594", "width": 1.25, "dash_type": dash},
                    "marker": {"type": "none"},
                }
            )
        low, high = chart.window
        bounds = {
            "min": max(0.0, math.floor(low * 20) / 20),
            "max": min(1.0, math.ceil(high * 20) / 20),
            "num_format": "0%",
        }
        self._finish(drawn, self._chart_title(chart), bounds)
        shown = {zone for point in order for zone in (point.zone,)}
        drawn.set_legend({"position": "bottom", "delete_series": [len(shown) + 1, len(shown) + 3]})
        most = _next_tick(float(chart.limits[-1].n))
        title = "Audited decisions (effective number)"
        drawn.set_x_axis({"name": title, "min": 0, "max": most, "num_format": "#,##0"})
        return drawn, max(first + len(order), end + 1) + 2

    def _finish(self, drawn: Any, title: str, axis: dict[str, Any]) -> None:
        # a leading "=" would make XlsxWriter read a title as a reference
        drawn.set_title({"name": title.lstrip("="), "name_font": {"size": 13}, "overlay": False})
        drawn.set_y_axis(
            {**axis, "major_gridlines": {"visible": True, "line": {"color": "#D8DEE6"}}, "crossing": "min"}
        )
        drawn.set_size({"width": 1180, "height": 400})
        drawn.set_legend({"position": "bottom"})
