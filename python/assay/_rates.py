"""Numbers by stratum, as people give them: one for all, a mapping, or (of rates) a table such as last week's scores."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from itertools import combinations
from numbers import Real
from typing import Any

from assay import _core
from assay._checks import real, refuse, shown
from assay._wishes import columns_named
from assay.results import Scores, clean, listed

# What the compiled core takes: the columns that name a value's place (none: the strata), and the values.
ByStratum = tuple[list[str] | None, object]
# Shares of all decided cases: what a planner of sample sizes can plan for without knowing more than their rates.
SHARES = ("accuracy", "over_enforcement", "leakage", "wrong_label", "violation_rate")
_MOST_COLUMNS = 8
_MOST_COST = 1e12  # so that sums over all cases stay numbers


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
    return hasattr(value, "__len__") and not isinstance(value, str | bytes | Mapping)


def by_stratum(given: object, strata: Sequence[str], by: Sequence[str], what: str, kind: str) -> ByStratum | None:
    """A number, a mapping by stratum, or a mapping from one column to a mapping of its values; None for a table."""
    if given is None:
        return None, None
    if not isinstance(given, bool) and isinstance(given, Real):
        return None, real(given, what)
    if not isinstance(given, Mapping) or any(_is_column(value) for value in given.values()):
        return None
    nested = [isinstance(value, Mapping) for value in given.values()]
    if not any(nested):
        return None, _keyed(given, strata, what, kind, f"the strata's columns ({listed(list(strata)) or 'none'})")
    if len(given) != 1 or not all(nested):
        raise refuse(f"{what} by the values of one column, or of several together", listed(list(map(repr, given))))
    ((key, values),) = given.items()
    columns = columns_named(key, by, what)
    asked = [key] if isinstance(key, str) and key in by else key.split(",") if isinstance(key, str) else list(key)
    if [name.strip() for name in asked] != list(columns):
        raise refuse(f"{what} by columns in the frame's order, {listed(list(columns))}", repr(key))
    return list(columns), _keyed(values, columns, what, kind, listed(list(columns)))


def _keyed(
    given: Mapping[Any, Any], columns: Sequence[str], what: str, kind: str, named: str
) -> dict[tuple[str, ...], float]:
    out = {}
    for stratum, value in given.items():
        values = stratum if isinstance(stratum, tuple) else (stratum,)
        if len(values) != len(columns):
            raise refuse(f"a value for each of {named} in {what}", repr(stratum))
        out[tuple(map(_value_text, values))] = real(value, f"{kind} for {stratum!r} in {what}")
    return out


def costs_of(given: object, strata: Sequence[str], by: Sequence[str], what: str, kind: str) -> ByStratum:
    """Costs or limits for the compiled core."""
    found = by_stratum(given, strata, by, what, kind)
    if found is None:
        raise refuse(f'{what} as a number, a mapping by stratum, or {{"column": {{value: number}}}}', shown(given))
    values = found[1].values() if isinstance(found[1], Mapping) else [found[1]]
    for value in values:
        if isinstance(value, float) and value > _MOST_COST:
            raise refuse(f"{kind} of at most {_MOST_COST:g} in {what}", f"{value:g}")
    return found


def expected_rates(expected: object, strata: Sequence[str], by: Sequence[str], metric: str | None = None) -> ByStratum:
    """Error rates for the compiled core, from a number, a mapping or a table; finer or coarser than the strata.

    Of `Scores` with r errors in n effective audits, (r + 1/2) / (n + 1): the raw share, often 0 in small slices, would
    plan for no error at all, and the wish would be missed as soon as there is one.
    """
    if metric is not None and metric not in SHARES:
        raise refuse(
            f"metric= one of {listed(SHARES)}, the shares of all decided cases",
            repr(metric),
            mend="rates with a denominator of their own cannot be planned for; plan for leakage in place of recall",
        )
    if isinstance(expected, str | bool | bytes):
        raise refuse("expected= as a number, a mapping by stratum, or a table", repr(expected))
    found = by_stratum(expected, strata, by, "expected=", "an error rate")
    return _from_table(expected, strata, by, metric) if found is None else found


def _names_in(table: Any) -> list[str]:
    for names in (getattr(table, "column_names", None), getattr(table, "columns", None)):
        if names is not None and not callable(names):
            return [name for name in names if isinstance(name, str)]
    if isinstance(table, Mapping):
        return list(table)
    schema = getattr(table, "schema", None)
    return list(getattr(schema, "names", None) or [])


def _groupings(usable: Sequence[str], strata: Sequence[str]) -> list[tuple[str, ...]]:
    """The sets of columns by which a table may give rates, those most wanted first.

    The strata's own; then finer ones, the least finer first; then coarser ones, the least coarser first.
    """
    own = set(strata)
    sets = [s for size in range(len(usable) + 1) for s in combinations(usable[:_MOST_COLUMNS], size)]

    def rank(columns: tuple[str, ...]) -> tuple[int, int]:
        if set(columns) == own:
            return 0, 0
        return (1, len(columns)) if own < set(columns) else (2 if set(columns) < own else 3, -len(columns))

    return sorted(sets, key=rank)


def _from_table(table: Any, strata: Sequence[str], by: Sequence[str], metric: str | None) -> ByStratum:
    names = _names_in(table)
    usable = [name for name in by if name in names]
    further = [name for name in table.context.by if name not in usable] if isinstance(table, Scores) else []
    for columns in _groupings(usable, strata):
        others = [name for name in usable if name not in columns] + further
        rows = _core.rates_in(table, list(columns), others)
        if rows:
            sizes = _sizes_in(table, columns, others) if isinstance(table, Scores) else {}
            return list(columns), _chosen(rows, columns, metric, sizes)
    raise refuse("an expected error rate for each stratum", "a table without rates", mend="add them to expected=")


def _sizes_in(
    scores: Scores, columns: Sequence[str], others: Sequence[str]
) -> dict[tuple[tuple[str, ...], str], float]:
    """The effective number of audits behind each score of a slice by these columns, and metric."""
    out = {}
    for row in scores.records():
        if row.get("n_effective") and all(row.get(name) is None for name in others):
            values = tuple(_value_text(row[name]) for name in columns)
            out[values, str(row.get("metric", ""))] = float(row["n_effective"])
    return out


def few_errors(expected: object) -> list[str]:
    """What to say of rates taken from scores: they are not believed to be exactly what was found."""
    if not isinstance(expected, Scores):
        return []
    return [
        "Rates expected from scores count half an error more than the audits found, in one audit more: where none was "
        "found, errors are rare, not impossible."
    ]


def _chosen(
    rows: Sequence[tuple[list[str], str, float]],
    columns: Sequence[str],
    metric: str | None,
    sizes: Mapping[tuple[tuple[str, ...], str], float],
) -> dict[tuple[str, ...], float]:
    metrics = list(dict.fromkeys(name for _, name, _ in rows))
    if metric is not None and metrics != [""] and metric not in metrics:
        raise refuse(f"expected= with the metric {metric}", listed(metrics))
    if metric is None and len(metrics) > 1 and "accuracy" not in metrics:
        raise refuse(
            "expected= with one metric, or with accuracy among them",
            listed(metrics),
            mend="keep the rows of one metric, or name it in metric=",
        )
    chosen = metric if metric in metrics else "accuracy" if "accuracy" in metrics else metrics[0]
    out: dict[tuple[str, ...], float] = {}
    for values, name, value in rows:
        if name != chosen:
            continue
        if tuple(values) in out:
            words = ", ".join(f"{column} {clean(text)}" for column, text in zip(columns, values, strict=True))
            raise refuse("one row a stratum in expected=", f"two for {words or 'all'}")
        rate = 1.0 - value if chosen == "accuracy" else value
        n = sizes.get((tuple(values), name))
        out[tuple(values)] = rate if n is None else (rate * n + 0.5) / (n + 1.0)
    return out
