"""Results: immutable tables that know what they say.

A result wraps one table of the compiled core, remembers which library the user's own table came from, and carries
the words that go with the numbers (definitions, confidence, period, notes). Nothing heavy is imported before it is
asked for.
"""

from __future__ import annotations

import html
import math
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, Literal, Protocol, cast, runtime_checkable

from assay._core import AssayError, InputError

Flavour = Literal["pandas", "polars", "pyarrow", "duckdb", "numpy", "other"]
Better = Literal["higher", "lower", "neither"]
Unit = Literal["share", "number"]
Slice = tuple[tuple[str, Any], ...]

FLAVOURS: tuple[Flavour, ...] = ("pandas", "polars", "pyarrow", "duckdb", "numpy", "other")
EXTRAS = {
    "pandas": "pandas",
    "polars": "polars",
    "pyarrow": "pandas",
    "duckdb": "duckdb",
    "altair": "charts",
    "jinja2": "html",
    "xlsxwriter": "office",
}
# Numbers in every result of the contract: a column of nothing but nulls keeps its type in a frame built without Arrow.
_NUMBERS = frozenset(
    [
        "estimate",
        "standard_error",
        "lower",
        "upper",
        "confidence",
        "n",
        "n_effective",
        "numerator",
        "denominator",
        "target",
        "audits_needed",
        "response_rate",
        "worst_case_lower",
        "worst_case_upper",
        "difference",
        "estimate_a",
        "estimate_b",
        "n_a",
        "n_b",
        "margin",
    ]
)
HTML_ROWS = 60
NONE, MINUS = "\u2013", "\u2212"  # a dash where there is no value, and the sign of a negative one


@runtime_checkable
class Table(Protocol):
    """What a result needs of the table it wraps: `assay._core.Table` has it, and so has every result."""

    @property
    def column_names(self) -> list[str]: ...
    def __len__(self) -> int: ...
    def column(self, name: str) -> list[Any]: ...
    def to_pydict(self) -> dict[str, list[Any]]: ...
    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...


# --- what goes with the numbers -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MetricDefinition:
    """A metric in words. `definition` completes "the share of …"; `denominator` says of what."""

    name: str
    title: str
    definition: str
    denominator: str
    better: Better = "higher"
    unit: Unit = "share"


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What every result can say about itself. `source` names where the rows came from; it is no part of equality."""

    title: str = ""
    period: str = ""
    notes: tuple[str, ...] = ()
    source: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreContext(Context):
    """The words of a score: `by` are all grouping columns, `groupings` the sets of them that were asked for."""

    by: tuple[str, ...] = ()
    groupings: tuple[tuple[str, ...], ...] = ()
    metrics: tuple[MetricDefinition, ...] = ()
    confidence: float = 0.95
    about: str = "queue"
    reviewer: str | None = None

    def metric(self, name: str) -> MetricDefinition:
        """The definition of a metric; a plain one where none was given."""
        for definition in self.metrics:
            if definition.name == name:
                return definition
        return MetricDefinition(name, name.replace("_", " ").capitalize(), "", "", "neither")


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonContext(ScoreContext):
    """The words of a comparison: what the first (a) and the second (b) side are called."""

    about: str = "process"
    label_a: str = "a"
    label_b: str = "b"


# --- numbers and labels as people read them -------------------------------------------------------------------------


def clean(value: object, limit: int = 80) -> str:
    """A label fit for display: no control or direction-override characters, at most `limit` characters."""
    text = str(value)[: limit + 1000].replace("\u2068", "").replace("\u2069", "")
    kept = text if len(text) <= limit else text[: limit - 1] + "…"
    return "".join("\ufffd" if unicodedata.category(c) in ("Cc", "Cs") or c in _DIRECTION else c for c in kept)


_DIRECTION = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u2028\u2029")


def digits_for(half_width: float | None) -> int:
    """Decimals of a percentage that its precision deserves: 1 as a rule, more where the interval is very narrow."""
    if half_width is None or not half_width > 0:
        return 1
    return min(4, max(1, math.ceil(-math.log10(half_width * 100 * 2))))


def percent(value: float | None, digits: int = 1) -> str:
    """A share as a percentage; it reads 0% or 100% only where it is exactly that."""
    if value is None:
        return NONE
    nearest = round(abs(value))
    if nearest <= 1 and 1e-9 < abs(abs(value) - nearest) < 0.01:
        while f"{abs(value) * 100:.{digits}f}" == f"{nearest * 100:.{digits}f}":
            if digits == 4:
                return ("below 0.0001%" if nearest == 0 else "above 99.9999%") if value > 0 else f"{MINUS}0.0001%"
            digits += 1
    return f"{value * 100:.{digits}f}%".replace("-", MINUS)


def points(value: float | None, digits: int = 1) -> str:
    """A difference of two shares in percentage points, with its sign."""
    if value is None:
        return NONE
    return f"{value * 100:+.{digits}f} pts".replace("-", MINUS)


def number(value: float | None) -> str:
    """A count or an amount, with thousands separators and at most four significant decimals."""
    if value is None:
        return NONE
    if not math.isfinite(value):
        return str(value)
    text = f"{value:,.0f}" if value == int(value) or abs(value) >= 1000 else f"{value:,.4g}"
    return text.replace("-", MINUS)


def show(value: float | None, unit: Unit, half_width: float | None = None) -> str:
    """A metric's value in its own unit."""
    return percent(value, digits_for(half_width)) if unit == "share" else number(value)


def half_width(lower: float | None, upper: float | None) -> float | None:
    return None if lower is None or upper is None else (upper - lower) / 2


def interval_words(lower: float | None, upper: float | None, unit: Unit, joint: str = " to ") -> str:
    """Both limits of an interval, in words or with any joint."""
    if lower is None or upper is None:
        return "no answer"
    half = half_width(lower, upper)
    return f"{show(lower, unit, half)}{joint}{show(upper, unit, half)}"


def plural(count: float, one: str, many: str | None = None) -> str:
    return f"{number(count)} {one if count == 1 else many or one + 's'}"


def listed(words: Sequence[str], most: int = 8) -> str:
    """Words as an English list; what goes beyond `most` is counted."""
    shown = list(words[:most])
    if len(words) > most:
        shown.append(f"{number(len(words) - most)} more")
    return shown[0] if len(shown) == 1 else ", ".join(shown[:-1]) + " and " + shown[-1] if shown else ""


def need(module: str, purpose: str) -> Any:
    """Import a library that is only needed now, or say which extra brings it."""
    try:
        return import_module(module)
    except ImportError as missing:
        name = module.partition(".")[0]
        raise AssayError(
            f"{purpose} needs {name}, which is not installed; install it with: pip install 'assay[{EXTRAS[name]}]'"
        ) from missing


def flavour_of(table: object) -> Flavour:
    """Which library a user's table came from; a result keeps the flavour it was made with."""
    if isinstance(table, Result):
        return table.flavour
    for kind in type(table).__mro__:
        root = kind.__module__.partition(".")[0].lstrip("_")
        if root in ("pandas", "polars", "pyarrow", "duckdb"):
            return cast(Flavour, root)
    return "numpy" if isinstance(table, Mapping) else "other"


# --- results --------------------------------------------------------------------------------------------------------


class Result:
    """An immutable table with its words.

    Subclasses say more through `_title`, `_summary`, `_cautions`, `_chart` and `_html`, and name their own kind of
    context as `_default_context`.
    """

    __slots__ = ("_context", "_flavour", "_table")
    _table: Table
    _flavour: Flavour
    _context: Context
    _default_context: type[Context] = Context

    def __init__(self, table: Table, flavour: Flavour = "other", context: Context | None = None) -> None:
        if flavour not in FLAVOURS:
            raise InputError(f"wanted a flavour among {listed(FLAVOURS)}, got {flavour!r}")
        object.__setattr__(self, "_table", table)
        object.__setattr__(self, "_flavour", flavour)
        object.__setattr__(self, "_context", self._default_context() if context is None else context)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a result is immutable: cannot set {name!r}")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"a result is immutable: cannot delete {name!r}")

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
            wanted = next((name for name in ("pyarrow", "polars", "pandas") if _installed(name)), "numpy")
        return _FRAMES[wanted](self)

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
        return "\n".join(lines + _bullets("Cautions", self.cautions()))

    def _cautions(self) -> tuple[str, ...]:
        return ()

    def _chart(self, **options: Any) -> Any:
        raise AssayError(f"{type(self).__name__} has no chart; .to_frame() has the numbers")

    def _html(self) -> str:
        return plain_table(self)

    def _repr_html_(self) -> str:
        parts = [f"<div class='assay-result'><style>{_STYLE}</style><p class='t'>{html.escape(self._title())}</p>"]
        parts.append(self._html())
        parts += [f"<p class='c'>{html.escape(note)}</p>" for note in self.cautions()]
        return "".join(parts) + "</div>"

    def __repr__(self) -> str:
        names = [name for name in self.column_names if name not in ("confidence", "design", "about", "basis", "method")]
        head = f"<{type(self).__name__}: {self._title()}, {plural(len(self), 'row')}>"
        rows = [[_plain(row[name], 24) for name in names] for row in self.first(8)]
        if not rows or len(names) > 24:
            return head
        widths = [max(len(cell) for cell in column) for column in zip(names, *rows, strict=True)]
        lines = ["  ".join(c.rjust(w) for c, w in zip(cells, widths, strict=True)) for cells in [names, *rows]]
        more = len(self) - len(rows)
        return "\n".join([head, *lines] + ([f"… and {plural(more, 'more row', 'more rows')}"] if more else []))


class _Measured(Result):
    """What scores and comparisons share: metrics by slice."""

    __slots__ = ("_index",)
    _index: dict[tuple[str, tuple[str, ...]], list[dict[str, Any]]]
    _default_context = ScoreContext

    @property
    def context(self) -> ScoreContext:
        """The words that go with the numbers."""
        return cast(ScoreContext, self._context)

    def slice_of(self, row: Mapping[str, Any]) -> Slice:
        """The grouping columns that a row fixes, with their values; empty for the overall row."""
        return tuple((name, row[name]) for name in self.context.by if row[name] is not None)

    def metric_names(self) -> list[str]:
        """The metrics, in the order of the rows."""
        return list(dict.fromkeys(metric for metric, _ in self.rows_by_grouping()))

    def rows_by_grouping(self) -> dict[tuple[str, tuple[str, ...]], list[dict[str, Any]]]:
        """The rows by metric and by the columns they fix, both in the order of the rows. To be read, not changed."""
        try:
            return self._index
        except AttributeError:
            index: dict[tuple[str, tuple[str, ...]], list[dict[str, Any]]] = {}
            for row in self.records():
                grouping = tuple(name for name, _ in self.slice_of(row))
                index.setdefault((row["metric"], grouping), []).append(row)
            object.__setattr__(self, "_index", index)
            return index

    def _title(self) -> str:
        if self.context.title:
            return self.context.title
        titles = [clean(self.context.metric(name).title) for name in self.metric_names()]
        lowered = [titles[0], *(t[:1].lower() + t[1:] for t in titles[1:])] if titles else ["Nothing measured"]
        by = [clean(name) for name in self.context.by]
        return listed(lowered) + (f" by {listed(by)}" if by else "")

    def _about(self) -> str:
        if self.context.about == "queue":
            return "These numbers are about the decisions of this queue and period themselves."
        return "These numbers are about the process that made the decisions, beyond this period's cases."


class Scores(_Measured):
    """Quality scores: one row per slice and metric, each with its interval and its evidence."""

    __slots__ = ()

    def overall(self) -> list[dict[str, Any]]:
        """The rows that cover everything, one a metric; none where no total was asked for."""
        return [row for row in self.records() if not self.slice_of(row)]

    def _summary(self) -> str:
        context, rows = self.context, list(self.records())
        lines = [self._title(), self._about()]
        lines += [f"Period: {clean(context.period)}."] if context.period else []
        lines.append(f"Of intervals made this way, {_confidence(context.confidence)} hold the true value.")
        for name in self.metric_names():
            lines += ["", *self._metric_summary(context.metric(name), [row for row in rows if row["metric"] == name])]
        return "\n".join(lines + _bullets("Cautions", self.cautions()))

    def _metric_summary(self, metric: MetricDefinition, rows: list[dict[str, Any]]) -> list[str]:
        title, lines = clean(metric.title), []
        for row in (row for row in rows if not self.slice_of(row)):
            lines.append(f"{title}: {score_sentence(row, metric)}")
        if not lines:
            lines.append(f"{title}:")
        if metric.definition:
            of = f", out of {metric.denominator}" if metric.denominator else ""
            lines.append(f"  It is the {'share of ' if metric.unit == 'share' else ''}{metric.definition}{of}.")
        groupings = dict.fromkeys(tuple(name for name, _ in self.slice_of(row)) for row in rows)
        for grouping in (grouping for grouping in groupings if grouping):
            mine = [row for row in rows if tuple(name for name, _ in self.slice_of(row)) == grouping]
            lines.append(f"  By {' and '.join(clean(name) for name in grouping)}: {self._spread(metric, mine)}")
        return lines

    def _spread(self, metric: MetricDefinition, rows: list[dict[str, Any]]) -> str:
        """The slices of one grouping in a sentence: a single one in full, several from lowest to highest."""

        def name(row: Mapping[str, Any]) -> str:
            return " · ".join(clean(value, 40) for _, value in self.slice_of(row))

        answered = sorted((r for r in rows if r["estimate"] is not None), key=lambda r: float(r["estimate"]))
        if len(rows) == 1:
            return f"{name(rows[0])}, {score_sentence(rows[0], metric)}"
        if not answered:
            return "no answer, because nothing was audited that could answer."
        low, high = (
            f"{show(r['estimate'], metric.unit)} ({name(r)}, n = {number(r['n'])})" for r in (answered[0], answered[-1])
        )
        text = f"{plural(len(rows), 'slice')} from {low} to {high}."
        counts = []
        for standing, words in (("met", "met by"), ("missed", "missed by"), ("open", "open for")):
            named = [name(row) for row in answered if row.get("standing") == standing]
            names = f" ({listed(named, 4)})" if standing == "missed" else ""
            counts += [f"{words} {number(len(named))}{names}"] if named else []
        return text + (f" Target {'; '.join(counts)}." if counts else "")

    def _cautions(self) -> tuple[str, ...]:
        rows, found = list(self.records()), []
        unanswered = {self.slice_of(row) for row in rows if row["estimate"] is None}
        if unanswered:
            names = [slice_name(s) for s in sorted(unanswered, key=repr)]
            found.append(f"No answer for {listed(names, 5)}: nothing was audited that could answer.")
        modelled = [row for row in rows if row["basis"] == "modelled"]
        rates = [row["response_rate"] for row in modelled if row.get("response_rate") is not None]
        if rates:
            found.append(
                f"Not all audits came back (lowest response {percent(min(rates))}); {plural(len(modelled), 'score')} "
                "rest on a model of those that are missing. Worst-case limits stand beside them, and below 90% "
                "response no target is judged."
            )
        elif modelled:
            found.append(f"{plural(len(modelled), 'score rests', 'scores rest')} on a model, not on audits alone.")
        if any(row["basis"] == "proxy" for row in rows):
            found.append("Some scores are proxies: they stand in for what was not audited.")
        small = {self.slice_of(row) for row in rows if row["estimate"] is not None and row["n"] < 30}
        if small:
            found.append(f"{plural(len(small), 'slice has', 'slices have')} fewer than 30 audits behind a score.")
        if len(rows) >= 20:
            share = 1 - self.context.confidence
            found.append(
                f"Of {number(len(rows))} intervals about {number(round(share * len(rows)))} miss their true value by "
                "chance: read a single odd slice as a question, not as a finding."
            )
        return tuple(found)

    def _chart(self, **options: Any) -> Any:
        from assay import plots

        return plots.scores_chart(self, **options)

    def _html(self) -> str:
        by, head = self.context.by, []
        rows = sorted(self.records(), key=lambda row: _slice_order(self.slice_of(row)))
        judged = "standing" in self.column_names
        head = [*by, "metric", "estimate", "interval", "", "audited", *(["target", "standing"] if judged else [])]
        domains = {name: domain([r for r in rows if r["metric"] == name]) for name in self.metric_names()}
        out, before = [_header(head, len(by) + 1)], None
        for row in rows[:HTML_ROWS]:
            metric, now = self.context.metric(row["metric"]), self.slice_of(row)
            cells = [_label(row[name]) if now != before else "" for name in by]
            if by and not now and now != before:
                cells = ["<b>all</b>"] * len(by)
            out.append(f"<tr{' class=s' if now != before else ''}>" + "".join(f"<th>{cell}</th>" for cell in cells))
            half = half_width(row["lower"], row["upper"])
            tag = "" if row["basis"] == "measured" else f" <i>{html.escape(str(row['basis']))}</i>"
            out.append(
                f"<th>{html.escape(clean(metric.title))}{tag}</th>"
                f"<td><b>{show(row['estimate'], metric.unit, half)}</b></td>"
            )
            out.append(f"<td>{interval_words(row['lower'], row['upper'], metric.unit, f' {NONE} ')}</td>")
            out.append(f"<td>{mini_bar(row, domains[row['metric']])}</td><td>{number(row['n'])}</td>")
            if judged:
                judged_as = "" if row["target"] is None else badge(row["standing"])
                out.append(f"<td>{show(row['target'], metric.unit)}</td><td class=l>{judged_as}</td>")
            out.append("</tr>")
            before = now
        return "<table>" + "".join(out) + "</tbody></table>" + _more(len(rows))


class Comparison(_Measured):
    """Differences (a minus b): one row per slice and metric, each with its interval."""

    __slots__ = ()
    _default_context = ComparisonContext

    @property
    def context(self) -> ComparisonContext:
        """The words that go with the numbers."""
        return cast(ComparisonContext, self._context)

    def _title(self) -> str:
        labels = f"{clean(self.context.label_a)} against {clean(self.context.label_b)}"
        return self.context.title or f"{super()._title()}: {labels}"

    def _summary(self) -> str:
        a, b = clean(self.context.label_a), clean(self.context.label_b)
        lines = [self._title(), self._about(), f"Differences are {a} minus {b}."]
        lines.append(f"Of intervals made this way, {_confidence(self.context.confidence)} hold the true difference.")
        rows = list(self.records())
        for name in self.metric_names():
            metric = self.context.metric(name)
            mine = [row for row in rows if row["metric"] == name]
            lines.append("")
            for row in [row for row in mine if not self.slice_of(row)]:
                lines.append(f"{clean(metric.title)}: {difference_sentence(row, metric, a, b)}")
            for standing in ("worse", "better", "no difference shown"):
                named = [slice_name(self.slice_of(r)) for r in mine if r["standing"] == standing and self.slice_of(r)]
                if named:
                    lines.append(f"  {clean(metric.title)}, {standing}: {listed(named, 5)}.")
        return "\n".join(lines + _bullets("Cautions", self.cautions()))

    def _cautions(self) -> tuple[str, ...]:
        found = []
        unanswered = [slice_name(self.slice_of(row)) for row in self.records() if row["difference"] is None]
        if unanswered:
            found.append(f"No answer for {listed(list(dict.fromkeys(unanswered)), 5)}: one side has no audits.")
        if any(row["standing"] == "no difference shown" for row in self.records()):
            found.append("“No difference shown” is not “no difference”: more audits may yet show one.")
        return tuple(found)

    def _chart(self, **options: Any) -> Any:
        from assay import plots

        return plots.comparison_chart(self, **options)

    def _html(self) -> str:
        by, rows = self.context.by, sorted(self.records(), key=lambda row: _slice_order(self.slice_of(row)))
        a, b = self.context.label_a, self.context.label_b
        out, before = [_header([*by, "metric", a, b, "difference", "interval", "", "standing"], len(by) + 1)], None
        domains = {n: domain([r for r in rows if r["metric"] == n], "difference", (0.0,)) for n in self.metric_names()}
        for row in rows[:HTML_ROWS]:
            metric, now = self.context.metric(row["metric"]), self.slice_of(row)
            cells = [_label(row[name]) if now != before else "" for name in by]
            if by and not now and now != before:
                cells = ["<b>all</b>"] * len(by)
            out.append(f"<tr{' class=s' if now != before else ''}>" + "".join(f"<th>{cell}</th>" for cell in cells))
            out.append(f"<th>{html.escape(clean(metric.title))}</th>")
            out += [f"<td>{show(row[key], metric.unit)}</td>" for key in ("estimate_a", "estimate_b")]
            out.append(f"<td><b>{show_difference(row['difference'], metric.unit)}</b></td>")
            out.append(f"<td>{difference_interval(row, metric.unit)}</td>")
            drawn = {"estimate": row["difference"], "lower": row["lower"], "upper": row["upper"], "target": 0.0}
            out.append(
                f"<td>{mini_bar(drawn, domains[row['metric']])}</td><td class=l>{badge(row['standing'])}</td></tr>"
            )
            before = now
        return "<table>" + "".join(out) + "</tbody></table>" + _more(len(rows))


# --- sentences ------------------------------------------------------------------------------------------------------


def slice_name(fixed: Slice) -> str:
    """A slice in words: `queue toys · site Lisbon`; the overall slice is `all`."""
    return " · ".join(f"{clean(name, 40)} {isolated(clean(value, 40))}" for name, value in fixed) or "all"


def isolated(label: str) -> str:
    """A label that reads from right to left, kept from turning the sentence around it."""
    turns = any(unicodedata.bidirectional(c) in ("R", "AL", "AN") for c in label)
    return f"\u2068{label}\u2069" if turns else label


def score_sentence(row: Mapping[str, Any], metric: MetricDefinition) -> str:
    """One score as a sentence: value, interval in words, how many, and the target."""
    if row["estimate"] is None:
        return "no answer, because nothing was audited that could answer."
    half = half_width(row["lower"], row["upper"])
    text = f"{show(row['estimate'], metric.unit, half)} from {plural(row['n'], 'audit')}"
    if row["lower"] is not None:
        text += f"; the true value lies between {interval_words(row['lower'], row['upper'], metric.unit, ' and ')}"
    text += f" ({_confidence(row['confidence'])} confidence)."
    if row.get("target") is not None:
        text += f" Target {show(row['target'], metric.unit)}: {row.get('standing') or 'not judged'}."
        if row.get("standing") == "open" and row.get("audits_needed"):
            text += f" About {plural(row['audits_needed'], 'more audit')} would settle it."
    return text


def difference_sentence(row: Mapping[str, Any], metric: MetricDefinition, a: str, b: str) -> str:
    """One difference as a sentence."""
    if row["difference"] is None:
        return "no answer, because one side has no audits."
    text = (
        f"{show(row['estimate_a'], metric.unit)} in {a} against {show(row['estimate_b'], metric.unit)} in {b}, "
        f"a difference of {show_difference(row['difference'], metric.unit)} "
        f"({difference_interval(row, metric.unit)}): {row['standing']}."
    )
    if row["standing"] == "no difference shown" and row.get("audits_needed"):
        text += f" About {plural(row['audits_needed'], 'more audit')} would settle a difference of this size."
    return text


def show_difference(value: float | None, unit: Unit) -> str:
    return points(value) if unit == "share" else number(value)


def difference_interval(row: Mapping[str, Any], unit: Unit) -> str:
    if row["lower"] is None or row["upper"] is None:
        return "no answer"
    return f"{show_difference(row['lower'], unit)} to {show_difference(row['upper'], unit)}"


def _confidence(level: float) -> str:
    return f"{level * 100:.4g}%"


def _bullets(title: str, notes: Sequence[str]) -> list[str]:
    return ["", f"{title}:", *(f"- {note}" for note in notes)] if notes else []


# --- HTML for notebooks ---------------------------------------------------------------------------------------------

_STYLE = (
    ".assay-result{font:13px/1.45 system-ui,sans-serif;color:inherit;max-width:100%;overflow-x:auto}"
    ".assay-result p{margin:.3em 0;max-width:60em}.assay-result .t{font-weight:600;font-size:1.1em}"
    ".assay-result .c{opacity:.75;font-size:.92em}"
    ".assay-result table{border-collapse:collapse;font:inherit;background:transparent;margin:.3em 0;color:inherit}"
    ".assay-result th,.assay-result td{padding:2px 7px;text-align:right;font-variant-numeric:tabular-nums;"
    "white-space:nowrap;border:0;background:transparent;color:inherit;vertical-align:middle}"
    ".assay-result th,.assay-result td.l{text-align:left;font-weight:400}"
    ".assay-result thead th{font-weight:600;border-bottom:1px solid rgba(128,128,128,.6);text-align:right}"
    ".assay-result thead th.l{text-align:left}"
    ".assay-result tr.s th,.assay-result tr.s td{border-top:1px solid rgba(128,128,128,.25)}"
    ".assay-result svg{vertical-align:middle}.assay-result i{opacity:.75}"
    ".assay-result .k{font-weight:700}.assay-result .g{color:#2f9e63}.assay-result .r{color:#d9483b}"
    ".assay-result .o{color:#b98900}.assay-result .n{opacity:.75}"
)
BADGES = {
    "met": ("✓", "met", "g"),
    "missed": ("✕", "missed", "r"),
    "open": ("○", "open", "o"),
    "better": ("▲", "better", "g"),
    "worse": ("▼", "worse", "r"),
    "no difference shown": (NONE, "no difference shown", "n"),
}


def badge(standing: str | None) -> str:
    """A standing as icon and text, so that it is never told by colour alone."""
    if standing is None:
        return "not judged"
    icon, text, kind = BADGES.get(standing, ("", clean(standing), "o"))
    return f"<span class='k {kind}'>{icon}</span> {html.escape(text)}"


def domain(
    rows: Sequence[Mapping[str, Any]], key: str = "estimate", include: tuple[float, ...] = ()
) -> tuple[float, float]:
    """The stretch of a scale that shows these rows: all points and targets, and nine in ten interval ends."""
    inner = [float(row[key]) for row in rows if row[key] is not None]
    inner += [float(row["target"]) for row in rows if row.get("target") is not None] + list(include)
    lows = sorted(float(row["lower"]) for row in rows if row["lower"] is not None)
    highs = sorted(float(row["upper"]) for row in rows if row["upper"] is not None)
    low = min([*inner, lows[len(lows) // 10]]) if lows else min(inner, default=0.0)
    high = max([*inner, highs[-1 - len(highs) // 10]]) if highs else max(inner, default=1.0)
    pad = (high - low) * 0.04 or 0.02
    share = all(0 <= value <= 1 for value in (*inner, *lows, *highs)) and key == "estimate"
    return (max(0.0, low - pad), min(1.0, high + pad)) if share else (low - pad, high + pad)


def mini_bar(row: Mapping[str, Any], scale: tuple[float, float], width: int = 120) -> str:
    """An interval as a small drawing: bar, point, and a tick where the target is."""
    if row["estimate"] is None or row["lower"] is None or row["upper"] is None:
        return ""
    low, high = scale

    def at(value: float) -> float:
        return round(3 + (width - 6) * min(1.0, max(0.0, (value - low) / (high - low))), 1)

    left, right, dot = at(row["lower"]), at(row["upper"]), at(row["estimate"])
    parts = [f"<line x1='3' x2='{width - 3}' y1='8' y2='8' stroke='currentColor' stroke-opacity='.18'/>"]
    if row.get("target") is not None:
        tick = at(row["target"])
        parts.append(f"<line x1='{tick}' x2='{tick}' y1='1' y2='15' stroke='currentColor' stroke-dasharray='2 1.5'/>")
    parts.append(
        f"<line x1='{left}' x2='{right}' y1='8' y2='8' stroke='#4a86c8' stroke-width='4' stroke-opacity='.75'/>"
    )
    parts.append(f"<circle cx='{dot}' cy='8' r='3.2' fill='currentColor'/>")
    return f"<svg width='{width}' height='16' viewBox='0 0 {width} 16' aria-hidden='true'>{''.join(parts)}</svg>"


def plain_table(result: Result) -> str:
    """Any table, compactly; at most `HTML_ROWS` rows."""
    columns = result.column_names
    rows = list(result.first(HTML_ROWS))
    texts = {name for name in columns if any(isinstance(row[name], str) for row in rows)}
    out = ["<table><thead><tr>"]
    out += [f"<th{' class=l' if name in texts else ''}>{html.escape(clean(name))}</th>" for name in columns]
    out.append("</tr></thead><tbody>")
    for row in rows:
        cells = (f"<td{' class=l' if name in texts else ''}>{_label(row[name])}</td>" for name in columns)
        out.append("<tr>" + "".join(cells) + "</tr>")
    return "".join(out) + "</tbody></table>" + _more(len(result))


def _header(names: Sequence[str], left: int) -> str:
    cells = (f"<th{' class=l' if i < left else ''}>{html.escape(clean(name))}</th>" for i, name in enumerate(names))
    return "<thead><tr>" + "".join(cells) + "</tr></thead><tbody>"


def _label(value: object) -> str:
    return f"<bdi>{html.escape(_plain(value))}</bdi>"


def _plain(value: object, limit: int = 60) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.6g}"
    return clean(value, limit)


def _more(rows: int) -> str:
    if rows <= HTML_ROWS:
        return ""
    return f"<p class='c'>and {plural(rows - HTML_ROWS, 'more row', 'more rows')}; .to_frame() has them all</p>"


def _slice_order(fixed: Slice) -> tuple[int, tuple[str, ...]]:
    return len(fixed), tuple(name for name, _ in fixed)


# --- frames ---------------------------------------------------------------------------------------------------------


def _rebuild(kind: type[Result], table: Table, flavour: Flavour, context: Context) -> Result:
    result = kind.__new__(kind)
    Result.__init__(result, table, flavour, context)
    return result


def _installed(module: str) -> bool:
    try:
        import_module(module)
    except ImportError:
        return False
    return True


def _to_pandas(result: Result) -> Any:
    pandas = need("pandas", "to_frame()")
    if _installed("pyarrow"):
        return result.to_arrow().to_pandas()
    frame = {}
    for name, values in result.to_pydict().items():
        empty = name in _NUMBERS and all(value is None for value in values)
        frame[name] = pandas.Series(values, dtype="float64" if empty else None, name=name)
    return pandas.DataFrame(frame)


def _to_polars(result: Result) -> Any:
    return need("polars", "to_frame()").DataFrame(result._table)


def _to_duckdb(result: Result) -> Any:
    duckdb = need("duckdb", "to_frame()")
    return duckdb.from_arrow(result.to_arrow() if _installed("pyarrow") else result._table)


def _to_numpy(result: Result) -> dict[str, Any]:
    import datetime

    import numpy as np

    out: dict[str, Any] = {}
    for name, values in result.to_pydict().items():
        kinds = {type(value) for value in values if value is not None}
        null = any(value is None for value in values)
        if kinds <= {int, float} and (kinds or name in _NUMBERS):
            dtype: Any = np.float64 if null or float in kinds else np.int64
            out[name] = np.array([math.nan if value is None else value for value in values], dtype=dtype)
        elif kinds == {datetime.datetime}:
            stamps = [_utc(value) for value in values]
            out[name] = np.array(stamps, dtype="datetime64[us]")
        elif kinds in ({str}, {bool}) and not null:
            out[name] = np.array(values)
        else:
            out[name] = np.array(values, dtype=object)
    return out


def _utc(value: Any) -> Any:
    import datetime

    if value is None or value.tzinfo is None:
        return value
    return value.astimezone(datetime.UTC).replace(tzinfo=None)


_FRAMES = {
    "pandas": _to_pandas,
    "polars": _to_polars,
    "pyarrow": Result.to_arrow,
    "duckdb": _to_duckdb,
    "numpy": _to_numpy,
}
