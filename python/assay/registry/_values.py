"""What the caller's values are before they reach the compiled registry.

The compiled part takes str, int, float, bool, lists of str, pairs of str, days and microseconds since 1970. Everything
people call with (NumPy and pandas scalars, sets, series, dates, times with a zone, ISO text) becomes one of these here,
or is refused with what mends it.
"""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Callable, Iterable, Mapping
from numbers import Integral, Real
from typing import Any

from assay import _core
from assay._checks import refuse, text
from assay._core import RefusedError

EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
_EPOCH_DAY = datetime.date(1970, 1, 1).toordinal()
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_MICROSECOND = datetime.timedelta(microseconds=1)


def refused(message: str, rule: str, legal: Iterable[str] = ()) -> RefusedError:
    """A refusal of the registry's rules, worded in Python."""
    error = _core.RefusedError(message)
    error.rule, error.legal = rule, tuple(legal)
    return error


def is_missing(value: object) -> bool:
    """None, and what tables have in its place: NaN, NaT, NA."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return True
    return type(value).__name__ in ("NaTType", "NAType") or (_is_numpy_time(value) and str(value) == "NaT")


def micros(value: object, what: str) -> int:
    """Microseconds since 1970 of a time with a zone."""
    given = value
    if isinstance(value, str):
        try:
            value = datetime.datetime.fromisoformat(value.strip())
        except ValueError:
            raise refuse("a time with a zone, such as 2026-11-22T09:00+01:00", repr(given), column=what) from None
    if not isinstance(value, datetime.datetime):
        raise refuse(
            "a time with a zone", _described(given), column=what, mend="datetime(2026, 11, 22, 9, tzinfo=UTC), say"
        )
    if value.tzinfo is None or value.utcoffset() is None:
        raise refuse(
            "a time with a zone", f"{given!s}, which has none", column=what, mend="attach one: .replace(tzinfo=...)"
        )
    return (value - EPOCH) // _MICROSECOND


def _is_numpy_time(value: object) -> bool:
    return type(value).__name__ == "datetime64"


def _described(value: object) -> str:
    return f"{value!r} of type {type(value).__name__}"


def _text(value: object, what: str) -> str:
    if not isinstance(value, str):
        raise refuse("text", _described(value), column=what)
    return text(str(value), what)


def identity(value: object, what: str = "id") -> str:
    """An id: text, or a whole number, which becomes its decimal text."""
    if not isinstance(value, bool) and isinstance(value, Integral):
        return str(int(value))
    return _text(value, what)


def _texts(value: object, what: str) -> list[str]:
    if isinstance(value, str):
        raise refuse("a list or set of texts", "a single text", column=what, mend=f"put it in a list: [{value!r}]")
    if isinstance(value, Mapping) or not isinstance(value, Iterable):
        raise refuse("a list or set of texts", _described(value), column=what)
    return [_text(each, what) for each in value]


def _whole(value: object, what: str) -> int:
    if isinstance(value, bool) or type(value).__name__ == "bool_":
        raise refuse("a whole number", repr(value), column=what)
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Real) and float(value).is_integer():  # 12.0, as a table with gaps has it
        return int(float(value))
    raise refuse("a whole number", _described(value), column=what)


def _real(value: object, what: str) -> float:
    if isinstance(value, bool) or type(value).__name__ in ("bool_", "bool") or isinstance(value, str | bytes):
        raise refuse("a number", _described(value), column=what)
    try:
        number: Any = value
        return float(number)
    except (TypeError, ValueError, OverflowError):
        raise refuse("a number", _described(value), column=what) from None


def _flag(value: object, what: str) -> bool:
    if type(value).__name__ not in ("bool", "bool_"):
        raise refuse("True or False", _described(value), column=what)
    return bool(value)


def _day(value: object, what: str) -> int:
    if _is_numpy_time(value):
        found: Any = value
        value = found.astype("datetime64[us]").item()
    if isinstance(value, str):
        wanted = 'a date, such as datetime.date(2026, 12, 31) or "2026-12-31"'
        if not _ISO_DATE.fullmatch(value.strip()):
            raise refuse(wanted, repr(value), column=what)
        try:
            value = datetime.date.fromisoformat(value.strip())
        except ValueError:
            raise refuse(wanted, f"{value!r}, which is no day", column=what) from None
    if isinstance(value, datetime.datetime):
        if value.time() != datetime.time() or value.tzinfo is not None:
            raise refuse("a date", f"the time {value}", column=what, mend="take its day: .date()")
        value = value.date()
    if not isinstance(value, datetime.date):
        raise refuse("a date", _described(value), column=what)
    return value.toordinal() - _EPOCH_DAY


def _labels(value: object, what: str) -> list[tuple[str, str]]:
    if not isinstance(value, Mapping):
        raise refuse("a mapping of text to text", _described(value), column=what, mend='{"tier": "1"}, say')
    return [(_text(key, what), _text(each, what)) for key, each in value.items()]


_COERCE: dict[str, Callable[[object, str], object]] = {
    "text": _text,
    "texts": _texts,
    "whole": _whole,
    "real": _real,
    "flag": _flag,
    "day": _day,
    "time": micros,
    "labels": _labels,
}


def coerced(value: object, kind: str, what: str) -> object:
    """A value as the compiled part takes it; None clears."""
    if value is None or (type(value).__name__ in ("NaTType", "NAType")):
        return None
    return _COERCE[kind](value, what)


def optional_text(value: object, what: str) -> str:
    """A text that may be left out."""
    return "" if value is None else _text(value, what)
