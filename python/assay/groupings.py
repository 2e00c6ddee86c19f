"""Which slices a score answers: `cube`, `rollup`, and what `by=` may be."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import combinations

from assay._checks import flag, names_of, refuse

__all__ = ["Cube", "cube", "rollup"]


@dataclass(frozen=True, slots=True)
class Cube:
    """Several groupings at once, as `cube` and `rollup` make them."""

    groupings: tuple[tuple[str, ...], ...]


def cube(*columns: str, depth: int | None = None) -> Cube:
    """All groupings of at most `depth` of the columns, and the total: for `by=`.

    `cube("queue", "site", "policy", depth=2)` answers the total, three single columns and three pairs, from one pass
    over the rows. Without `depth` all combinations are answered; with many columns that is a great many rows.
    """
    names = names_of(columns, "columns")
    unique(names)
    if not names:
        raise refuse("at least one column", "none")
    deepest = len(names) if depth is None else depth
    if isinstance(deepest, bool) or not isinstance(deepest, int) or not 0 <= deepest <= len(names):
        raise refuse(f"a depth between 0 and {len(names)}", repr(depth))
    if sum(math.comb(len(names), size) for size in range(deepest + 1)) > 4096:
        raise refuse(
            "at most 4,096 groupings", f"a cube of {len(names)} columns to depth {deepest}", mend="lower depth="
        )
    return Cube(tuple(each for size in range(deepest + 1) for each in combinations(names, size)))


def rollup(*columns: str) -> Cube:
    """The total, then one column more at a time: for `by=`.

    `rollup("vendor", "site", "reviewer")` answers the total, each vendor, each site of a vendor, each reviewer of a
    site.
    """
    names = names_of(columns, "columns")
    unique(names)
    if not names:
        raise refuse("at least one column", "none")
    return Cube(tuple(tuple(names[:size]) for size in range(len(names) + 1)))


#: What every result calls its own columns; a column of slices under such a name could not be told apart from it.
RESULT_COLUMNS = frozenset(
    {"metric", "estimate", "standard_error", "lower", "upper", "confidence", "n", "n_effective", "numerator"}
    | {"denominator", "method", "design", "about", "basis", "df", "target", "standing", "audits_needed"}
)


def refuse_result_columns(names: Iterable[str], further: Iterable[str] = ()) -> None:
    """Refuses slices called like a column of the result, or like one of `further` that this result has besides."""
    own = RESULT_COLUMNS.union(further)
    for name in names:
        if name in own:
            raise refuse(
                "by= columns that are not called like a column of the result", repr(name), mend="rename the column"
            )


def unique(names: Sequence[str]) -> None:
    for position, name in enumerate(names):
        if name in names[:position]:
            raise refuse("each column once", f"{name!r} twice")


def groupings_of(by: object, total: object) -> list[list[str]]:
    """What `by=` asks for, as a list of groupings; the total first where it is asked for."""
    if isinstance(by, Cube):
        out = [list(each) for each in by.groupings]
    elif isinstance(by, str) or by is None:
        out = [names_of(by, "by=")]
    elif isinstance(by, Iterable) and not isinstance(by, Mapping | Set):
        items = list(by)
        if items and all(isinstance(each, Sequence) and not isinstance(each, str) for each in items):
            out = [names_of(each, "by=") for each in items]
        else:
            out = [names_of(items, "by=")]
    else:
        raise refuse(
            "by= as a name, a list of names, a list of lists, assay.cube(...) or assay.rollup(...)", type(by).__name__
        )
    for names in out:
        unique(names)
        refuse_result_columns(names)
    if flag(total, "total="):
        out = [[], *(names for names in out if names)]
    seen: list[list[str]] = []
    for names in out:
        if sorted(names) not in [sorted(each) for each in seen]:
            seen.append(names)
    return seen


def all_names(groupings: Iterable[Iterable[str]]) -> list[str]:
    return list(dict.fromkeys(name for names in groupings for name in names))
