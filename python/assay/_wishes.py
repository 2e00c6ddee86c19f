"""How sharp the scores of slices are to be, as people say it: a number for the whole, or numbers by column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from assay._checks import real, refuse, whole
from assay.results import clean, listed

OVERALL = "overall"
LEAST = 1e-6  # of half-widths and coefficients of variation
Columns = tuple[str, ...]


def columns_named(key: object, by: Sequence[str], what: str) -> Columns:
    """The grouping of a key, in the frame's order: `"overall"`, a column, `"queue, site"` or `("queue", "site")`."""
    if isinstance(key, str):
        names = [key] if key in by else [] if key == OVERALL else [part.strip() for part in key.split(",")]
    elif isinstance(key, tuple | list) and all(isinstance(name, str) for name in key):
        names = list(key)
    else:
        raise refuse(f"{what} by the names of columns", repr(key))
    for name in names:
        if name not in by:
            known = listed([repr(clean(each)) for each in (OVERALL, *by)], 12)
            raise refuse(
                f"{what} for columns among the frame's by=, one of {known}",
                repr(clean(name)),
                mend="name it in by= when the frame is made",
            )
    if len(set(names)) != len(names):
        raise refuse(f"each column once in {what}", repr(key))
    return tuple(name for name in by if name in names)


def _each(given: object, by: Sequence[str], what: str) -> dict[Columns, object]:
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        return {(): given}
    out: dict[Columns, object] = {}
    for key, value in given.items():
        columns = columns_named(key, by, what)
        if columns in out:
            raise refuse(f"one {what} for {' and '.join(columns) or OVERALL}", "two")
        out[columns] = value
    if not out:
        raise refuse(f'{what} as a number or a mapping such as {{"overall": 0.02}}', "an empty mapping")
    return out


def _half_width(value: object, columns: Columns) -> float:
    name = ", ".join(columns) or OVERALL
    width = real(value, f"half_width= for {name}")
    if not 0 < width < 0.5:
        mend = f"{width:g} points are written {width / 100:g}" if 0.5 <= width < 50 else ""
        raise refuse(f"a half_width= above 0 and below 0.5 for {name}", f"{width:g}", mend=mend)
    if width < LEAST:
        raise refuse(f"a half_width= of at least {LEAST:g} for {name}", f"{width:g}", mend="only a census is sharper")
    return width


def _variation(value: object, columns: Columns) -> float:
    name = ", ".join(columns) or OVERALL
    variation = real(value, f"coefficient_of_variation= for {name}")
    if not 0 < variation < float("inf"):
        raise refuse(f"a finite coefficient_of_variation= above 0 for {name}", f"{variation:g}")
    if not LEAST <= variation <= 1 / LEAST:
        raise refuse(f"a coefficient_of_variation= from {LEAST:g} to {1 / LEAST:g} for {name}", f"{variation:g}")
    return variation


def wishes_of(
    half_width: object, variation: object, minimum: object, by: Sequence[str]
) -> list[tuple[list[str], float | None, float | None, int]]:
    """Wishes for the compiled core: (columns, half-width, coefficient of variation, minimum of audits)."""
    wished: dict[Columns, list[Any]] = {}

    def of(columns: Columns) -> list[Any]:
        return wished.setdefault(columns, [None, None, 0])

    for columns, value in _each(half_width, by, "half_width=").items():
        of(columns)[0] = _half_width(value, columns)
    for columns, value in _each(variation, by, "coefficient_of_variation=").items():
        of(columns)[1] = _variation(value, columns)
    if minimum is not None and not isinstance(minimum, Mapping):
        named = [columns for columns in wished if columns]
        if not named:
            raise refuse('slice_minimum= by column, such as {"queue": 30}', repr(minimum))
        minimum = dict.fromkeys(named, minimum)
    for columns, value in _each(minimum, by, "slice_minimum=").items():
        least = whole(value, f"slice_minimum= for {', '.join(columns) or OVERALL}")
        if least < 1:
            raise refuse(f"a slice_minimum= of 1 or more for {', '.join(columns) or OVERALL}", str(least))
        of(columns)[2] = least
    return [(list(columns), *values) for columns, values in wished.items()]
