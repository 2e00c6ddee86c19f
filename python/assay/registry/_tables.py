"""Books, and what waits, as results."""

from __future__ import annotations

import html
from typing import Any

from assay._markup import header, more, plain
from assay._result import Result
from assay.words import clean, plural

_ALWAYS = ("id", "state")
_ROWS = 60


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return clean(", ".join(value), 60)
    if hasattr(value, "strftime"):
        return f"{value:%Y-%m-%d %H:%M}" if hasattr(value, "hour") else f"{value:%Y-%m-%d}"
    return plain(value)


class Page(Result):
    """A table of the registry: sets are lists of texts, labels and details JSON text, times are in UTC."""

    __slots__ = ()

    def _used(self, rows: list[dict[str, Any]]) -> list[str]:
        """The columns that say something in these rows."""
        return [n for n in self.column_names if n in _ALWAYS or any(row[n] not in (None, [], "{}") for row in rows)]

    def _summary(self) -> str:
        lines = [f"{self._title()}: {plural(len(self), 'row')}."]
        if "state" in self.column_names and len(self):
            states = self.column("state")
            counts = (f"{states.count(each):,} {each}" for each in dict.fromkeys(states))
            lines.append(f"By state: {', '.join(counts)}.")
        return "\n".join(lines)

    def _html(self) -> str:
        rows = list(self.first(_ROWS))
        names = self._used(rows)
        out = [header(names, len(names))]
        for row in rows:
            cells = "".join(f"<td class=l><bdi>{html.escape(_cell(row[name]))}</bdi></td>" for name in names)
            out.append(f"<tr>{cells}</tr>")
        return f"<table>{''.join(out)}</tbody></table>{more(len(self), _ROWS)}"

    def __repr__(self) -> str:
        rows = list(self.first(8))
        head = f"<{type(self).__name__}: {self._title()}, {plural(len(self), 'row')}>"
        names = [name for name in self._used(rows) if name not in ("version", "created", "changed")][:9]
        if not rows:
            return head
        cells = [names, *([clean(_cell(row[name]), 22) for name in names] for row in rows)]
        widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
        lines = ["  ".join(c.ljust(w) for c, w in zip(line, widths, strict=True)).rstrip() for line in cells]
        left = len(self) - len(rows)
        return "\n".join([head, *lines] + ([f"… and {plural(left, 'more row')}"] if left else []))
