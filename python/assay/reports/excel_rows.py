"""The rows of a result as a sheet has them: in which order, under which heads, in which formats."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from assay._plan import Plan
from assay._plan_words import FREE, Slices
from assay.auditor_errors import Corrected
from assay.reports.excel_cells import AS_AUDITED, ORDER, PLANNED, PLANNED_RATES, TITLES, Cells
from assay.reports.parts import ALL
from assay.results import Result, Scores, _Measured


@dataclass(frozen=True, slots=True)
class Rows:
    """A sheet's heads and rows, the kind of each column, the unit of each row, and how many columns stay in view."""

    heads: list[str]
    rows: list[list[Any]]
    kinds: list[str]
    units: list[str]
    frozen: int


def rows_of(result: Result, length: int) -> Rows:
    """The first `length` rows of a result."""
    columns = result.to_pydict()
    names = list(columns)
    if isinstance(result, _Measured):
        by = [name for name in result.context.by if name in columns]
        rest = [name for name in ORDER if name in columns and name not in by]
        names = by + rest + [name for name in names if name not in by and name not in rest]
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
        Cells.kind(name)
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
    frozen = len([name for name in names if name in by_names]) + 1 if by_names else 0
    return Rows(heads, rows, kinds, units, frozen)
