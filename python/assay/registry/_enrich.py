"""Decisions beside the register: what was true of each queue when each decision was made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from assay import _registry
from assay._checks import column_of, names_of, refuse
from assay._flavours import FRAMES, installed, need
from assay._registry import View
from assay._result import Result, flavour_of
from assay._tables import prepared
from assay.contexts import Context, Flavour
from assay.registry._commands import book_named
from assay.registry._rows import ViewTable, columns_of, required, view_of
from assay.words import clean, listed, number, plural

if TYPE_CHECKING:
    from assay.registry.desk import Registry

#: What decisions get where nothing is said.
COLUMNS = ("name", "owner", "regions", "policies", "standard", "state", "merged_into", "now")
#: The field that names the record which carries on, by book.
HEIRS = {"queues": "merged_into"}


class _Joined:
    """A table of the user's and columns of ours, side by side."""

    __slots__ = ("_arrow", "_base", "_flavour", "_view")

    def __init__(self, base: Any, flavour: Flavour, view: View) -> None:
        self._base, self._flavour, self._view = base, flavour, view
        self._arrow: Any = None

    @property
    def column_names(self) -> list[str]:
        columns = self._base if isinstance(self._base, Mapping) else getattr(self._base, "columns", [])
        names = self._base.column_names if hasattr(self._base, "column_names") else list(columns)
        return [*map(str, names), *self._view.column_names]

    def __len__(self) -> int:
        return len(self._view)

    def column(self, name: str) -> list[Any]:
        if name in self._view.column_names:
            return self._view.column(name)
        return columns_of(self._base, "the table")[name]

    def to_pydict(self) -> dict[str, list[Any]]:
        return {**columns_of(self._base, "the table"), **self._view.to_pydict()}

    def head(self, count: int) -> Any:
        from assay.registry._rows import Columns

        base = self._base
        if isinstance(base, Mapping):
            few: Any = {name: values[:count] for name, values in base.items()}
        else:
            few = base.slice(0, count) if hasattr(base, "slice") else base.head(count)
        return Columns({**columns_of(few, "the table"), **self._view.first(count)})

    def frame(self) -> Any:
        """Both in the library of the base."""
        base, added = self._base, ViewTable(self._view)
        if isinstance(base, Mapping):
            return {**base, **FRAMES["numpy"](Result(added))}
        if self._flavour == "pandas":
            pandas = need("pandas", "to_frame()")
            more = FRAMES["pandas"](Result(added))
            more.index = base.index
            return pandas.concat([base, more], axis=1)
        if self._flavour == "polars":
            return base.hstack(FRAMES["polars"](Result(added)))
        for name, column in zip(added.column_names, FRAMES["pyarrow"](Result(added)).columns, strict=True):
            base = base.append_column(name, column)
        return base

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        if self._arrow is None:
            frame = self.frame()
            if isinstance(frame, Mapping):
                frame = need("pyarrow", "an Arrow stream of NumPy arrays").table(dict(frame))
            self._arrow = frame
        return self._arrow.__arrow_c_stream__()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, _Joined):
            return NotImplemented
        return bool(self._view == other._view and self.to_pydict() == other.to_pydict())

    __hash__ = None  # type: ignore[assignment]


class Enriched(Result):
    """A table of decisions with what the register said of each one's queue when it was made."""

    __slots__ = ("faults",)
    faults: Mapping[str, Any]

    def __init__(
        self, table: Any, flavour: Flavour, context: Context | None = None, faults: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(table, flavour, context)
        object.__setattr__(self, "faults", dict(faults or {}))

    def __reduce__(self) -> tuple[Any, ...]:
        raise TypeError("an enriched table cannot be pickled; send its rows, .to_frame()")

    def to_frame(self, *, flavour: Flavour | None = None) -> Any:
        """The rows in the library that the decisions came in, their own columns first, or in another `flavour`."""
        joined: Any = self._table
        if flavour is None or flavour == joined._flavour:
            if self.flavour == "duckdb" and flavour in (None, "duckdb"):
                return need("duckdb", "to_frame()").from_arrow(joined.frame())
            return joined.frame()
        return super().to_frame(flavour=flavour)

    def to_arrow(self) -> Any:
        """The rows as a `pyarrow.Table`."""
        joined: Any = self._table
        if isinstance(joined._base, Mapping):
            return need("pyarrow", "to_arrow()").table(dict(joined.frame()))
        return super().to_arrow()

    @property
    def unanswered(self) -> int:
        """How many rows got nulls, because the register knew no such queue then."""
        return sum(int(self.faults[name]) for name in ("nameless", "unknown", "early", "timeless"))

    def _cautions(self) -> tuple[str, ...]:
        return tuple(f"{each}." for each in fault_words(self.faults))

    def _summary(self) -> str:
        answered = len(self) - self.unanswered
        lines = [f"{self._title()}: {number(answered)} of {plural(len(self), 'row')} found in the register."]
        return "\n".join([*lines, *(f"- {each}" for each in self.cautions())])


def fault_words(faults: Mapping[str, Any]) -> list[str]:
    """What could not be answered, in words."""
    words = {
        "nameless": "no queue named",
        "unknown": "of a queue that the register never knew",
        "early": "made before the queue was put on the register",
        "timeless": "without a time",
    }
    out = [f"{plural(faults[kind], 'row')} {text}" for kind, text in words.items() if faults.get(kind)]
    often = sorted(((count, id) for id, count in faults.get("examples", {}).items() if id), reverse=True)
    if out and often:
        named = [f"{clean(id, 40)} ({number(count)})" for count, id in often[:5]]
        out[-1] += f"; the most frequent: {listed(named + [''] * (len(often) - len(named)), 5)}"
    return out


def _base_of(table: Any) -> tuple[Any, Flavour, Flavour]:
    """The table held fast, the flavour it is held in, and the flavour it came in. A stream is read once, here."""
    flavour = flavour_of(table)
    if isinstance(table, Result):
        return table.to_arrow(), "pyarrow", flavour
    if hasattr(table, "collect") and hasattr(table, "collect_schema"):
        table = table.collect()
    if flavour == "pandas":
        return table.copy(deep=False), "pandas", flavour
    if flavour == "polars" and hasattr(table, "hstack"):
        return table, "polars", flavour
    if flavour == "numpy":
        return dict(table), "numpy", flavour
    if flavour == "duckdb":
        held = table.to_arrow_table() if hasattr(table, "to_arrow_table") else table.arrow()
        return held, "pyarrow", flavour
    if not hasattr(table, "__arrow_c_stream__"):
        raise refuse(
            "decisions as a table (pandas, polars, pyarrow, DuckDB, anything with __arrow_c_stream__, or a mapping "
            "from names to arrays)",
            f"a value of type {type(table).__name__}",
        )
    if not installed("pyarrow") and installed("polars"):
        return need("polars", "reading this table").DataFrame(table), "polars", flavour
    return need("pyarrow", "reading this table").table(table), "pyarrow", flavour


def _asked(base: Any, on: str, at: str) -> tuple[Any, dict[str, Any]]:
    """The two columns that are asked with, as a stream."""
    table, dictionaries = prepared(base, [on, at])
    if isinstance(table, Mapping):
        columns = {name: columns_of({name: required(table, name, "decisions")}, "decisions")[name] for name in (on, at)}
        ids = [None if each is None else str(each) for each in columns[on]]
        return view_of([(on, "text", ids), (at, "time", columns[at])]), {}
    return table, dictionaries


def enrich(
    registry: Registry,
    decisions: Any,
    *,
    on: str,
    at: str,
    columns: Sequence[str],
    prefix: str | None,
    unknown: str,
    book: str,
) -> Enriched:
    on, at = column_of(on, "on="), column_of(at, "at=")
    described = book_named(book)
    front = f"{described['noun']}_" if prefix is None else prefix
    if unknown not in ("null", "refuse"):
        raise refuse('unknown= "null" (they get nulls) or "refuse"', repr(unknown))
    wished = names_of(columns, "columns=")
    known = [*(field["name"] for field in described["fields"]), "state", *(["now"] if book in HEIRS else [])]
    for name in wished:
        if name not in known:
            raise refuse(f"columns= among {', '.join(known)}", repr(name))
    base, held, flavour = _base_of(decisions)
    pairs = [(name, f"{front}{name}") for name in dict.fromkeys(wished)]
    own = set(_Joined(base, held, _registry.view([])).column_names)
    for _, name in pairs:
        if name in own:
            raise refuse("decisions without the columns that this adds", f"{name!r}", mend="rename it, or say prefix=")
    table, dictionaries = _asked(base, on, at)
    view, rows, faults = _registry.enrich(registry._open, table, dictionaries, on, at, pairs, book, HEIRS.get(book, ""))
    if unknown == "refuse" and rows and any(faults[each] for each in ("nameless", "unknown", "early", "timeless")):
        words = "; ".join(fault_words(faults))
        raise refuse(
            f"decisions of {described['noun']}s that the register knew when they were made",
            f"{words}; the first at row {faults['first_row']} (counting from 0)",
            column=on,
            mend='unknown="null" gives them nulls',
        )
    context = Context(title=f"{plural(rows, 'decision')} beside the register of {described['name']}")
    return Enriched(_Joined(base, held, view), flavour, context, faults)
