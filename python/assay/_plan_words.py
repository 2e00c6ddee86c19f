"""Plans and what they promise of each slice, as tables that people read."""

from __future__ import annotations

import html
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from assay._markup import HTML_ROWS, header, label, more
from assay.contexts import Context
from assay.results import Result, clean, number, percent, plural

OVERALL = "overall"
FREE = 0.05  # what is saved by less than this reads as nothing


def _rate_words(rate: float) -> str:
    """An expected rate; one too small to tell from none is said in words."""
    return "below 0.1%" if rate < 0.001 else percent(rate)


@dataclass(frozen=True, slots=True, kw_only=True)
class SlicesContext(Context):
    """The words of a plan's slices: whether prices are money."""

    money: bool = False


class Slices(Result):
    """What a plan promises of each slice, what was wished of it, and what the wish costs."""

    __slots__ = ()
    _default_context = SlicesContext

    @property
    def context(self) -> SlicesContext:
        """The words that go with the numbers."""
        return cast(SlicesContext, self._context)

    def _summary(self) -> str:
        lines = [f"{self._title()}: {plural(len(self), 'slice')}."]
        return "\n".join(lines + [f"- {note}" for note in self.cautions()])

    def _chart(self, **options: Any) -> Any:
        from assay._plan_chart import slices_chart

        return slices_chart(self, list(self.records()))

    def _html(self) -> str:
        return slices_table(list(self.records()), money=self.context.money)


def half_width_points(half: float) -> str:
    """Half the width of an interval in points, with the decimals that it deserves."""
    digits = 1 if half >= 0.00995 or half == 0 else min(4, math.ceil(-math.log10(half * 100)) + 1)
    return f"{half * 100:.{digits}f} points"


def cheap(price: float | None) -> bool:
    return price is None or price < FREE


def price_words(price: float, money: bool) -> str:
    """What a wish costs: with a decimal where it is small, for a wish of 0.6 audits is not one of 1."""
    shown = number(round(price) if price >= 10 else round(price, 1))
    return shown if money else f"{shown} {'audit' if shown == '1' else 'audits'}"


def wished_of(row: Mapping[str, Any]) -> bool:
    return bool(row["wished"] or row["wished_variation"] or row["minimum"])


def slice_words(row: Mapping[str, Any]) -> str:
    """A slice without the name of its column."""
    return OVERALL if row["column"] == OVERALL else clean(row["slice"], 60)


def folded(rows: Sequence[Mapping[str, Any]]) -> list[list[Mapping[str, Any]]]:
    """Rows one by one; a grouping that nobody wished anything of is one entry, beside those that somebody did."""
    some = any(wished_of(row) for row in rows)
    out: list[list[Mapping[str, Any]]] = []
    for column in dict.fromkeys(row["column"] for row in rows):
        mine = [row for row in rows if row["column"] == column]
        if not some or column == OVERALL or any(wished_of(row) for row in mine):
            out += [[row] for row in mine]
        elif mine:
            out.append(mine)
    return out


def slices_table(rows: Sequence[Mapping[str, Any]], *, money: bool) -> str:
    """Slice by slice: how many audits and how sharp, what was wished, and what the wish costs."""
    entries = folded(rows)
    known = {name for row in rows for name, value in row.items() if value is not None and value != 0}
    columns: list[tuple[str, str, Any]] = [
        ("population", "decided cases", number),
        ("expected_rate", "error rate expected", _rate_words),
        ("expected_audits", "audits expected", lambda audits: number(round(audits))),
        ("expected_half_width", "expected to", lambda half: f"± {half_width_points(half)}"),
        ("wished", "wished to", lambda half: f"± {half_width_points(half)}"),
        ("expected_variation", "variation expected", percent),
        ("wished_variation", "variation wished", percent),
        ("minimum", "fewest audits", number),
        ("price", "1% wider saves", lambda price: "free" if cheap(price) else price_words(price, money)),
        ("minimum_price", "one fewer saves", lambda price: "free" if cheap(price) else price_words(price, money)),
    ]
    priced = {"price": ("wished", "wished_variation"), "minimum_price": ("minimum",)}
    columns = [each for each in columns if each[0] in known]
    if not any(row["wished_variation"] for row in rows):
        columns = [each for each in columns if each[0] != "expected_variation"]
    out = [header(["grouping", "slice", *(head for _, head, _ in columns)], 2)]
    before = None
    for entry in entries[:HTML_ROWS]:
        row, now = entry[0], entry[0]["column"]
        named = "" if now == before else label(now)
        who = label(slice_words(row)) if len(entry) == 1 else plural(len(entry), "slice")
        if now == OVERALL:
            named, who = "<b>all</b>", ""
        out.append(f"<tr{'' if now == before else ' class=s'}><th>{named}</th><th>{who}</th>")
        for name, _, said in columns:
            shown: list[str] = []
            for each in entry:
                asked = name not in priced or any(each[wish] for wish in priced[name])
                shown.append(said(each[name]) if each[name] is not None and asked else "")
            values = [each[name] for each in entry if each[name] is not None]
            text = shown[0]
            if len(entry) > 1 and values:
                low, high = said(min(values)), said(max(values))
                text = low if low == high else f"{low} to {high.removeprefix('± ')}"
                text = text.replace(" points to", " to").replace("% to", " to") if low != high else text
            out.append(f"<td>{html.escape(text)}</td>")
        out.append("</tr>")
        before = now
    return "<table>" + "".join(out) + "</tbody></table>" + more(len(entries))


def strata_table(result: Result, strata: Sequence[str], most: int = 20) -> str:
    """The plan itself: how many of how many cases, stratum by stratum."""
    names = [name for name in strata if name in result.column_names]
    out = [header([*(names or [""]), "decided cases", "cases to audit", "expected to"], max(1, len(names)))]
    for row in result.first(most):
        cells = [label(row[name]) for name in names] or ["<b>all</b>"]
        out.append("<tr class=s>" + "".join(f"<th>{cell}</th>" for cell in cells))
        out.append(f"<td>{number(row['population'])}</td><td><b>{number(row['sample_size'])}</b></td>")
        out.append(f"<td>± {half_width_points(row['expected_half_width'])}</td></tr>")
    return "<table>" + "".join(out) + "</tbody></table>" + more(len(result), most)
