"""Known totals as people write them: mappings, crossed columns, tables."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from assay._checks import labels_of, real, refuse, text
from assay._core import survey as _core

#: Columns, the levels of each cell, and the totals of the cells.
Margin = tuple[list[str], list[list[str]], list[float]]

ALL = "(all)"


def margin_of(margin: object, what: str, threads: int | None) -> Margin:
    """One margin: a mapping of a column to its levels, or a table."""
    if isinstance(margin, Mapping):
        if len(margin) != 1:
            raise refuse(
                f"{what} as one column with its levels, {{column: {{level: total}}}}", f"{len(margin)} columns"
            )
        return next(iter(margins_of(margin, what, threads)))
    return _core.margin_of_table(margin, threads)


def margins_of(margins: object, what: str, threads: int | None) -> list[Margin]:
    """Several margins: a mapping of columns to their levels, or a list of mappings and tables."""
    if isinstance(margins, Mapping):
        return [_levels(_columns(key, what), levels, what) for key, levels in margins.items()]
    if isinstance(margins, str | bytes) or not isinstance(margins, Iterable) or _is_table(margins):
        raise refuse(f"{what} as a mapping of columns to {{level: total}}, or a list of tables", type(margins).__name__)
    return [one for each in margins for one in (_several(each, what, threads))]


def calibration_totals(
    totals: object, threads: int | None
) -> tuple[float | None, list[tuple[str, float]], list[Margin]]:
    """The size of the population, totals of numbers, and margins."""
    if not isinstance(totals, Mapping) or not totals:
        wanted = "totals= as a mapping of columns to a total, or to {level: total}"
        raise refuse(wanted, "an empty one" if isinstance(totals, Mapping) else type(totals).__name__)
    size: float | None = None
    numbers: list[tuple[str, float]] = []
    margins: list[Margin] = []
    for key, value in totals.items():
        if isinstance(value, Mapping):
            margins.append(_levels(_columns(key, "totals="), value, "totals="))
        elif key == ALL:
            size = _total(value, ALL)
            if size <= 0:
                raise refuse(f"a number of cases above 0 under {ALL!r}", f"{size:g}")
        elif isinstance(key, str):
            numbers.append((text(key, "totals="), _total(value, key)))
        else:
            raise refuse("totals= of a column of numbers as one number", type(value).__name__, column=str(key))
    return size, numbers, margins


def _several(each: object, what: str, threads: int | None) -> list[Margin]:
    return margins_of(each, what, threads) if isinstance(each, Mapping) else [_core.margin_of_table(each, threads)]


def _is_table(value: object) -> bool:
    return hasattr(value, "__arrow_c_stream__") or hasattr(value, "columns")


def _columns(key: object, what: str) -> list[str]:
    if isinstance(key, str):
        return [text(key, what)]
    if isinstance(key, tuple) and key and all(isinstance(each, str) for each in key):
        return [text(each, what) for each in key]
    raise refuse(f"{what} with the name of a column, or a tuple of names, for each margin", repr(key))


def _levels(columns: list[str], levels: object, what: str) -> Margin:
    name = " x ".join(columns)
    if not isinstance(levels, Mapping) or not levels:
        got = "no level" if isinstance(levels, Mapping) else type(levels).__name__
        raise refuse(f"{what} of a column as {{level: total}}", got, column=name)
    cells, totals = [], []
    for level, total in levels.items():
        parts: list[Any] = [level] if len(columns) == 1 else list(level) if isinstance(level, tuple) else []
        if len(parts) != len(columns):
            raise refuse(f"{what} with a tuple of {len(columns)} levels for each cell", repr(level), column=name)
        cells.append(labels_of(parts, what))
        totals.append(_total(total, name))
    return columns, cells, totals


def _total(value: object, column: str) -> float:
    total = real(value, f"the total of {column}")
    if not math.isfinite(total):
        raise refuse("a finite total", repr(value), column=column)
    return total
