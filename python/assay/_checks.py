"""What arguments must be before they reach the compiled core: each refusal says wanted, got and what mends it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from numbers import Integral, Real

from assay import _core
from assay._core import InputError


def refuse(wanted: str, got: str, *, column: str = "", mend: str = "") -> InputError:
    """The error to raise: what was wanted, what was got, and what mends it."""
    return _core.input_error(wanted, got, column=column, mend=mend)


def whole(value: object, what: str) -> int:
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise refuse(f"{what} as a whole number", repr(value))
    if abs(int(value)) >= 2**62:
        raise refuse(f"{what} below 2^62", repr(value))
    return int(value)


def real(value: object, what: str) -> float:
    if isinstance(value, bool) or not isinstance(value, Real):
        raise refuse(f"{what} as a number", repr(value))
    return float(value)


def names_of(value: object, what: str) -> list[str]:
    """A list of texts from a text, nothing, or any iterable of texts."""
    if value is None:
        return []
    if isinstance(value, str):
        return [value]
    if isinstance(value, Mapping) or not isinstance(value, Iterable):
        raise refuse(f"{what} as a name or a list of names", type(value).__name__)
    out = []
    for name in value:
        if not isinstance(name, str):
            raise refuse(f"{what} as a name or a list of names", f"a list that holds {type(name).__name__}")
        out.append(name)
    return out


def labels_of(value: object, what: str) -> list[str]:
    """Labels as text; whole numbers and true/false are taken as the text they have in a table."""
    if value is None:
        return []
    values = [value] if isinstance(value, str | int) else value
    if isinstance(values, Mapping) or not isinstance(values, Iterable):
        raise refuse(f"{what} as a label or a list of labels", type(value).__name__)
    out = []
    for label in values:
        if isinstance(label, bool):
            out.append("true" if label else "false")
        elif isinstance(label, str | int):
            out.append(str(label))
        else:
            raise refuse(f"{what} as a label or a list of labels", f"a list that holds {type(label).__name__}")
    return out


def column_of(value: object, what: str) -> str:
    """The name of a column; empty text for none."""
    if value is None:
        return ""
    if not isinstance(value, str) or not value:
        raise refuse(f"{what} as the name of a column", "empty text" if value == "" else type(value).__name__)
    return value
