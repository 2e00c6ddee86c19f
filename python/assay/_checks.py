"""What arguments must be before they reach the compiled core: each refusal says wanted, got and what mends it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Set
from numbers import Integral, Real

from assay import _core
from assay._core import InputError

Progress = Callable[[int], object]


def refuse(wanted: str, got: str, *, column: str = "", mend: str = "") -> InputError:
    """The error to raise: what was wanted, what was got, and what mends it."""
    wanted, got, column, mend = (
        part.encode(errors="backslashreplace").decode() for part in (wanted, got, column, mend)
    )
    return _core.input_error(wanted, got, column=column, mend=mend)


def whole(value: object, what: str) -> int:
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise refuse(f"{what} as a whole number", shown(value))
    if abs(int(value)) >= 2**62:
        raise refuse(f"{what} below 2^62", shown(value))
    return int(value)


def real(value: object, what: str) -> float:
    if isinstance(value, bool) or not isinstance(value, Real):
        raise refuse(f"{what} as a number", shown(value))
    try:
        return float(value)
    except OverflowError:
        raise refuse(f"{what} below 1.8e308", "a whole number of more than 308 digits") from None


def one_of(value: object, what: str, words: Iterable[str]) -> str:
    """One of some words; an array, say, is none of them."""
    known = list(words)
    if not isinstance(value, str) or value not in known:
        raise refuse(f"{what} one of {', '.join(repr(word) for word in known)}", shown(value))
    return value


def shown(value: object) -> str:
    """A value as a message can hold it: in one line, cut where it is long."""
    try:
        words = " ".join(repr(value).split())
    except ValueError:  # Python writes no whole numbers of more than 4,300 digits
        return f"a value of type {type(value).__name__} too long to be written"
    return words if len(words) <= 120 else words[:117] + "..."


def flag(value: object, what: str) -> bool:
    """True or false, NumPy's too; a text or a number is more often a slip than a wish."""
    if type(value).__name__ not in ("bool", "bool_"):
        raise refuse(f"{what} as True or False", shown(value))
    return bool(value)


def text(value: object, what: str) -> str:
    """Text that the compiled core can take: a lone surrogate, as a broken decoder leaves it, cannot be UTF-8."""
    if not isinstance(value, str):
        raise refuse(f"{what} as text", type(value).__name__)
    if not _is_utf8(value):
        raise refuse(f"{what} as text that UTF-8 can hold", "text with a lone surrogate")
    return value


def _is_utf8(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def missing_of(value: object) -> str | None:
    """The name that nulls get, or none."""
    if value is not None and not isinstance(value, str):
        raise refuse("missing= as the name that nulls get", type(value).__name__)
    return None if value is None else text(value, "missing=")


def threads_of(value: object) -> int | None:
    """The workers asked for; none for all cores. More than there can be are as good as the most there can be."""
    return None if value is None else max(min(whole(value, "threads="), 2**31 - 1), -1)


def progress_of(value: Progress | None) -> Progress | None:
    if value is not None and not callable(value):
        raise refuse("progress= as a function that takes the number of rows done", type(value).__name__)
    return value


def names_of(value: object, what: str) -> list[str]:
    """A list of texts from a text, nothing, or any iterable of texts."""
    if value is None:
        return []
    if isinstance(value, str):
        return [text(value, what)]
    if isinstance(value, Mapping | Set) or not isinstance(value, Iterable):
        raise refuse(f"{what} as a name or a list of names", type(value).__name__)
    out = []
    for name in value:
        if not isinstance(name, str):
            raise refuse(f"{what} as a name or a list of names", f"a list that holds {type(name).__name__}")
        out.append(text(name, what))
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
            out.append(text(str(label), what))
        else:
            raise refuse(f"{what} as a label or a list of labels", f"a list that holds {type(label).__name__}")
    return out


def column_of(value: object, what: str) -> str:
    """The name of a column; empty text for none."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise refuse(f"{what} as the name of a column", type(value).__name__)
    if not value:
        raise refuse(f"{what} as the name of a column", "empty text")
    return text(value, what)
