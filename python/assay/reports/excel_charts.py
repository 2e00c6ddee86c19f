"""Native charts of a workbook; their values are written to a sheet of their own, in words, and drawn from there."""

from __future__ import annotations

import math
from typing import Any

from assay.plots import Funnel
from assay.reports.excel_cells import Cells
from assay.reports.parts import ALL, Chart, Forest, Mark, Matrix
from assay.reports.svg import ticks
from assay.results import clean

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


def _arms(mark: Mark) -> tuple[float, float]:
    """How far an interval reaches down and up from its estimate."""
    estimate, lower, upper = mark.estimate or 0.0, mark.lower or 0.0, mark.upper or 0.0
    return max(0.0, estimate - lower), max(0.0, upper - estimate)


def _next_tick(most: float) -> float:
    """The round number just beyond the largest unit."""
    marks = ticks((0.0, most), 8)
    return marks[-1] + (marks[1] - marks[0]) if len(marks) > 1 else most * 1.1


def title_of(chart: Chart) -> str:
    return (
        f"{clean(chart.metric.title)} by {clean(chart.unit)}" if isinstance(chart, Funnel) else clean(chart.title, 120)
    )


class Charts:
    """Makes the charts of one workbook."""

    def __init__(self, book: Any, cells: Cells) -> None:
        self.book, self.cells = book, cells

    def points(self, data: Any, top: int, chart: Matrix | Forest) -> tuple[Any, int]:
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
        data.write_string(top, 0, title_of(chart), self.cells.formats["head"])
        names = [
            "No change" if isinstance(chart, Forest) and chart.zero else "Target",
            *(LOOKS[s][0] for s in standings),
        ]
        for column, head in enumerate(["Group", "Slice", "Down to lower limit", "Up to upper limit", *names]):
            data.write_string(top + 1, column, head, self.cells.formats["strong"])
        first, kind = top + 2, "rate" if chart.unit == "share" else "number"
        previous = None
        for i, (group, label, mark) in enumerate(drawable):
            if group != previous:
                data.write_string(first + i, 0, self.cells.text(group), self.cells.formats["text"])
            previous = group
            data.write_string(first + i, 1, self.cells.text(label), self.cells.formats["text"])
            numbers: list[float | None] = [*_arms(mark), mark.target]
            numbers += [mark.estimate if standing == (mark.standing or "") else None for standing in standings]
            for j, value in enumerate(numbers):
                if value is not None:
                    data.write_number(first + i, 2 + j, value, self.cells.formats[kind])
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
        self._finish(drawn, title_of(chart), axis)
        drawn.set_x_axis({"label_position": "low", "num_font": {"size": 9}})
        return drawn, last + 3

    def funnel(self, data: Any, top: int, chart: Funnel) -> tuple[Any, int]:
        """A scatter chart: units, the limits of chance as lines, names on those outside."""
        data.write_string(top, 0, title_of(chart), self.cells.formats["head"])
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
            data.write_string(top + 1, column, self.cells.text(head), self.cells.formats["strong"])
        first = top + 2
        order = sorted(chart.points, key=lambda p: ("inside", "beyond 95%", "beyond 99.8%").index(p.zone))
        for i, point in enumerate(order):
            data.write_string(first + i, 0, self.cells.text(point.label), self.cells.formats["text"])
            data.write_string(first + i, 1, point.zone, self.cells.formats["text"])
            data.write_number(first + i, 2, point.n, self.cells.formats["count"])
            data.write_number(first + i, 3, point.estimate, self.cells.formats["rate"])
        for i, at in enumerate(chart.limits):
            data.write_number(first + i, 5, at.n, self.cells.formats["count"])
            for j, value in enumerate((at.lower_95, at.upper_95, at.lower_998, at.upper_998, chart.rate)):
                data.write_number(first + i, 6 + j, value, self.cells.formats["rate"])
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
        self._finish(drawn, title_of(chart), bounds)
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
