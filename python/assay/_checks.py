"""What arguments must be before they reach the compiled core: each refusal says wanted, got and what mends it."""

from __future__ import annotations

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
