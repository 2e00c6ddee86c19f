"""A result: an immutable table that knows which library its rows came from and what they say."""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping
from typing import Any, Protocol, cast, runtime_checkable

from assay._core import AssayError, InputError
from assay._flavours import FRAMES, installed, need
from assay._markup import STYLE, plain, plain_table
from assay._value import Value
from assay.contexts import FLAVOURS, Context, Flavour
from assay.words import bullets, clean, listed, plural


@runtime_checkable
class Table(Protocol):
    """What a result needs of the table it wraps: `assay._core.Table` has it, and so has every result."""

    @property
    def column_names(self) -> list[str]: ...
    def __len__(self) -> int: ...
    def column(self, name: str) -> list[Any]: ...
    def to_pydict(self) -> dict[str, list[Any]]: ...
    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...


class Result(Value):
    """An immutable table with its words.

    Subclasses say more through `_title`, `_summary`, `_cautions`, `_chart` and `_html`, and name their own kind of
    context as `_default_context`.
    """

    __slots__ = ("_context", "_flavour", "_table")
    _table: Table
    _flavour: Flavour
    _context: Context
    _default_context: type[Context] = Context
    _kind = "result"

    def __init__(self, table: Table, flavour: Flavour = "other", context: Context | None = None) -> None:
        if flavour not in FLAVOURS:
            raise InputError(f"wanted a flavour among {listed(FLAVOURS)}, got {flavour!r}")
        object.__setattr__(self, "_table", table)
        object.__setattr__(self, "_flavour", flavour)
        object.__setattr__(self, "_context", self._default_context() if context is None else context)

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self._table, self._flavour, self._context)

    # the table

    @property
    def flavour(self) -> Flavour:
        """The library that `to_frame()` hands back."""
        return self._flavour

    @property
    def context(self) -> Context:
        """The words that go with the numbers."""
        return self._context

    @property
    def column_names(self) -> list[str]:
        return list(self._table.column_names)

    def column(self, name: str) -> list[Any]:
        """The values of one column; None is null."""
        if name not in self._table.column_names:
            raise InputError(f"wanted a column among {listed(self.column_names, 30)}, got {clean(name)!r}")
        return self._table.column(name)

    def to_pydict(self) -> dict[str, list[Any]]:
        return self._table.to_pydict()

    def records(self) -> Iterator[dict[str, Any]]:
        """The rows, one mapping each."""
        columns = self.to_pydict()
        names = list(columns)
        for values in zip(*columns.values(), strict=True):
            yield dict(zip(names, values, strict=True))

    def first(self, count: int) -> Iterator[dict[str, Any]]:
        """The first rows, one mapping each."""
        head = getattr(self._table, "head", None)  # a table that can be cut spares turning all of it into objects
        rows = Result(head(count)).records() if head is not None else self.records()
        return (row for _, row in zip(range(count), rows, strict=False))

    def __len__(self) -> int:
        return len(self._table)

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return bool(self._context == other._context and self._table == other._table)

    __hash__ = None  # type: ignore[assignment]

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self._table.__arrow_c_stream__(requested_schema)

    def to_arrow(self) -> Any:
        """The rows as a `pyarrow.Table`."""
        return need("pyarrow", "to_arrow()").table(self)

    def to_frame(self, *, flavour: Flavour | None = None) -> Any:
        """The rows in the library the user's table came from, or in another `flavour`.

        pandas: DataFrame. polars: DataFrame. pyarrow: Table. duckdb: relation. numpy: a dict of arrays, where null is
        NaN among numbers and None among texts. A table of any other kind comes back as the first of these installed.
        """
        wanted = self._flavour if flavour is None else flavour
        if wanted not in FLAVOURS:
            raise InputError(f"wanted a flavour among {listed(FLAVOURS)}, got {clean(wanted)!r}")
        if wanted == "other":
            wanted = next((name for name in ("pyarrow", "polars", "pandas") if installed(name)), "numpy")
        return FRAMES[wanted](self)

    # the words

    def summary(self) -> str:
        """What was measured and what came out, in plain words."""
        return self._summary()

    def cautions(self) -> tuple[str, ...]:
        """What to know before acting on the numbers: the caller's notes, and what the rows themselves show."""
        return (*(clean(note, 600) for note in self._context.notes), *self._cautions())

    def plot(self, **options: Any) -> Any:
        """The chart people look at first, as an Altair chart."""
        return self._chart(**options)

    def _title(self) -> str:
        return self._context.title or type(self).__name__

    def _summary(self) -> str:
        lines = [f"{self._title()}: {plural(len(self), 'row')}."]
        lines += [f"Period: {clean(self._context.period)}."] if self._context.period else []
        return "\n".join(lines + bullets("Cautions", self.cautions()))

    def _cautions(self) -> tuple[str, ...]:
        return ()

    def _chart(self, **options: Any) -> Any:
        raise AssayError(f"{type(self).__name__} has no chart; .to_frame() has the numbers")

    def _html(self) -> str:
        return plain_table(self)

    def _tables(self) -> str:
        """The tables alone, for a place that shows the summary too."""
        return self._html()

    def _repr_html_(self) -> str:
        parts = [f"<div class='assay-result'><style>{STYLE}</style><p class='t'>{html.escape(self._title())}</p>"]
        parts.append(self._html())
        parts += [f"<p class='c'>{html.escape(note)}</p>" for note in self.cautions()]
        return "".join(parts) + "</div>"

    def __repr__(self) -> str:
        names = [name for name in self.column_names if name not in ("confidence", "design", "about", "basis", "method")]
        head = f"<{type(self).__name__}: {self._title()}, {plural(len(self), 'row')}>"
        rows = [[plain(row[name], 24) for name in names] for row in self.first(8)]
        if not rows or len(names) > 24:
            return head
        widths = [max(len(cell) for cell in column) for column in zip(names, *rows, strict=True)]
        lines = ["  ".join(c.rjust(w) for c, w in zip(cells, widths, strict=True)) for cells in [names, *rows]]
        more = len(self) - len(rows)
        return "\n".join([head, *lines] + ([f"… and {plural(more, 'more row', 'more rows')}"] if more else []))


def _rebuild(kind: type[Result], table: Table, flavour: Flavour, context: Context) -> Result:
    result = kind.__new__(kind)
    Result.__init__(result, table, flavour, context)
    return result


def flavour_of(table: object) -> Flavour:
    """Which library a user's table came from; a result keeps the flavour it was made with."""
    if isinstance(table, Result):
        return table.flavour
    for kind in type(table).__mro__:
        root = kind.__module__.partition(".")[0].lstrip("_")
        if root in ("pandas", "polars", "pyarrow", "duckdb"):
            return cast(Flavour, root)
    return "numpy" if isinstance(table, Mapping) else "other"
