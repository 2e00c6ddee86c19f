"""Error rates by stratum, as people give them: a number, a mapping, or a table such as last week's scores."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from numbers import Real

from assay import _core
from assay._checks import real, refuse
from assay.results import Scores, clean, listed


def _value_text(value: object) -> str:
    """A stratum's value as the compiled core writes it."""
    if isinstance(value, datetime.datetime):
        if value.tzinfo is None:
            raise refuse("times with a zone in expected=", repr(value))
        return value.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if isinstance(value, datetime.date):
        return value.isoformat()
    if type(value).__name__ in ("bool", "bool_"):
        return "true" if value else "false"
    return str(value)


def _is_column(value: object) -> bool:
    """A mapping of columns is a table, one of single values holds rates."""
    return hasattr(value, "__len__") and not isinstance(value, str | bytes)


def expected_rates(expected: object, strata: Sequence[str]) -> object:
    """Rates for the compiled core: None, a number, or a dict from tuples of texts to numbers."""
    if expected is None:
        return None
    if isinstance(expected, str | bool | bytes):
        raise refuse("expected= as a number, a mapping by stratum, or a table", repr(expected))
    if isinstance(expected, Real):
        return real(expected, "expected=")
    if isinstance(expected, Mapping) and not any(_is_column(rate) for rate in expected.values()):
        out = {}
        for stratum, rate in expected.items():
            values = stratum if isinstance(stratum, tuple) else (stratum,)
            if len(values) != len(strata):
                names = listed(strata) or "none"
                raise refuse(f"a value for each of the strata's columns ({names}) in expected=", repr(stratum))
            out[tuple(map(_value_text, values))] = real(rate, f"an error rate for {stratum!r} in expected=")
        return out
    return _rates_in(expected, strata)


def _rates_in(table: object, strata: Sequence[str]) -> dict[tuple[str, ...], float]:
    others = [name for name in table.context.by if name not in strata] if isinstance(table, Scores) else []
    rows = _core.rates_in(table, list(strata), others)
    metrics = list(dict.fromkeys(metric for _, metric, _ in rows))
    if len(metrics) > 1 and "accuracy" not in metrics:
        raise refuse(
            "expected= with one metric, or with accuracy among them",
            listed(metrics),
            mend="keep the rows of one metric",
        )
    chosen = "accuracy" if "accuracy" in metrics else metrics[0] if metrics else ""
    out: dict[tuple[str, ...], float] = {}
    for values, metric, value in rows:
        if metric != chosen:
            continue
        if tuple(values) in out:
            names = ", ".join(f"{name} {clean(value)}" for name, value in zip(strata, values, strict=True))
            raise refuse("one row a stratum in expected=", f"two for {names or 'all'}")
        out[tuple(values)] = 1.0 - value if chosen == "accuracy" else value
    return out
