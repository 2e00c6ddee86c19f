"""Cells of a workbook: which format a value gets, written as what it is and never as a formula."""

from __future__ import annotations

import datetime
import math
from collections.abc import Sequence
from typing import Any

from assay.results import clean

MOST_TEXT = 32_000
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
    "lambda": "Weight on the judge",
    "audits_saved": "Audits the judge saved",
    "naive": "Plain average",
    "bias": "Plain average, off by",
    "raw_estimate": "Own audits alone",
    "raw_lower": "Own audits, lower",
    "raw_upper": "Own audits, upper",
    "shrinkage": "Weight on the average of all",
    "overall": "Average of all",
    "sensitivity": "Errors found by auditors",
    "sensitivity_lower": "Errors found, lower",
    "sensitivity_upper": "Errors found, upper",
    "specificity": "Right cases passed by auditors",
    "specificity_lower": "Right cases passed, lower",
    "specificity_upper": "Right cases passed, upper",
    "n_double": "Audited twice",
    "true_positives": "Errors found, cases",
    "false_negatives": "Errors not found, cases",
    "true_negatives": "Right cases passed, cases",
    "false_positives": "False alarms, cases",
    "agreement": "Audits that agree",
}
AS_AUDITED = {
    "raw_estimate": "As audited",
    "raw_lower": "As audited, lower",
    "raw_upper": "As audited, upper",
}
PLANNED = {
    "column": "Grouping",
    "slice": "Slice",
    "population": "Decided cases",
    "sample_size": "Cases to audit",
    "expected_rate": "Error rate expected",
    "expected_audits": "Audits expected",
    "expected_half_width": "Expected to, half-width",
    "wished": "Wished to, half-width",
    "expected_variation": "Variation expected",
    "wished_variation": "Variation wished",
    "minimum": "Fewest audits",
    "price": "1% wider saves",
    "minimum_price": "One audit fewer saves",
}
PLANNED_RATES = frozenset(["expected_rate", "expected_half_width", "wished", "expected_variation", "wished_variation"])
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
        "naive",
        "bias",
        "raw_estimate",
        "raw_lower",
        "raw_upper",
        "overall",
    ]
)
ALWAYS_RATES = frozenset(
    (
        "confidence",
        "response_rate",
        "shrinkage",
        "sensitivity",
        "sensitivity_lower",
        "sensitivity_upper",
        "specificity",
        "specificity_lower",
        "specificity_upper",
        "agreement",
    )
)
COUNTS = frozenset(["n", "n_a", "n_b", "n_double", "audits_needed", "audits_saved"])
WEIGHTED = frozenset(["numerator", "denominator", "n_effective"])


class Cells:
    """Writes texts, numbers and tables, with the formats of one workbook."""

    def __init__(self, book: Any) -> None:
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

    def text(self, value: object) -> str:
        return clean(value, MOST_TEXT)

    def table(
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
                self.cell(sheet, top + 1 + i, j, value, kinds[j], unit)

    def cell(self, sheet: Any, row: int, column: int, value: Any, kind: str, unit: str) -> None:
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
            text = self.text(value)
            name = {"better": "met", "worse": "missed"}.get(text, text) if kind == "standing" else kind
            sheet.write_string(
                row, column, text, self.formats[name if name in ("met", "missed", "open", "wrap") else "text"]
            )

    @staticmethod
    def kind(name: str) -> str:
        if name in ("difference", "bias"):
            return "points"
        for kind, names in (("rate", RATES), ("share", ALWAYS_RATES), ("count", COUNTS), ("weighted", WEIGHTED)):
            if name in names:
                return kind
        return "standing" if name == "standing" else "any"
