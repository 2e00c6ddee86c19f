"""Results: immutable tables that know what they say.

A result wraps one table of the compiled core, remembers which library the user's own table came from, and carries
the words that go with the numbers (definitions, confidence, period, notes). Nothing heavy is imported before it is
asked for.
"""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import Any, cast

from assay._flavours import need
from assay._markup import BADGES, HTML_ROWS, badge, difference_table, domain, mini_bar, plain_table, score_table
from assay._result import Result, Table, flavour_of
from assay.contexts import (
    FLAVOURS,
    Better,
    ComparisonContext,
    Context,
    Flavour,
    MetricDefinition,
    ScoreContext,
    Slice,
    Unit,
)
from assay.words import (
    MINUS,
    NONE,
    beside,
    bullets,
    clean,
    confident,
    difference_interval,
    difference_sentence,
    digits_for,
    half_width,
    interval_words,
    isolated,
    labels_of,
    listed,
    lowered,
    more_audits,
    number,
    percent,
    plural,
    points,
    score_sentence,
    show,
    show_difference,
    slice_name,
)

__all__ = [
    "BADGES",
    "FLAVOURS",
    "HTML_ROWS",
    "MINUS",
    "NONE",
    "Better",
    "Comparison",
    "ComparisonContext",
    "Context",
    "Flavour",
    "MetricDefinition",
    "Result",
    "ScoreContext",
    "Scores",
    "Slice",
    "Table",
    "Unit",
    "badge",
    "beside",
    "clean",
    "difference_interval",
    "difference_sentence",
    "digits_for",
    "domain",
    "flavour_of",
    "half_width",
    "interval_words",
    "isolated",
    "labels_of",
    "listed",
    "lowered",
    "mini_bar",
    "more_audits",
    "need",
    "number",
    "percent",
    "plain_table",
    "plural",
    "points",
    "score_sentence",
    "show",
    "show_difference",
    "slice_name",
]


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
        words = [titles[0], *map(lowered, titles[1:])] if titles else ["Nothing measured"]
        by = [clean(name) for name in self.context.by]
        return listed(words) + (f" by {listed(by)}" if by else "")

    def _about(self) -> str:
        if self.context.about == "queue":
            return "These numbers are about the decisions of this queue and period themselves."
        return "These numbers are about the process that made the decisions, beyond this period's cases."


class Scores(_Measured):
    """Quality scores: one row per slice and metric, each with its interval and its evidence."""

    __slots__ = ()
    _one, _counted = "audit", "audited"  # what `n` counts: one of them, and the head of their column

    def overall(self) -> list[dict[str, Any]]:
        """The rows that cover everything, one a metric; none where no total was asked for."""
        return [row for row in self.records() if not self.slice_of(row)]

    def _summary(self) -> str:
        context, rows = self.context, list(self.records())
        lines = [self._title(), self._about()]
        lines += [f"Period: {clean(context.period)}."] if context.period else []
        lines.append(f"Of intervals made this way, {confident(context.confidence)} hold the true value.")
        for name in self.metric_names():
            lines += ["", *self._metric_summary(context.metric(name), [row for row in rows if row["metric"] == name])]
        return "\n".join(lines + bullets("Cautions", self.cautions()))

    def _metric_summary(self, metric: MetricDefinition, rows: list[dict[str, Any]]) -> list[str]:
        title, lines = clean(metric.title), []
        for row in (row for row in rows if not self.slice_of(row)):
            lines.append(f"{title}: {score_sentence(row, metric, self._one)}")
            lines += [f"  {sentence}" for sentence in beside(row, metric, self.context.because)]
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
            return f"{name(rows[0])}, {score_sentence(rows[0], metric, self._one)}"
        if not answered:
            return score_sentence(rows[0], metric, self._one)
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
                f"Not all audits came back (lowest response {percent(min(rates))}); "
                f"{plural(len(modelled), 'score rests', 'scores rest')} on a model of those that are missing. The "
                "columns worst_case_lower and worst_case_upper hold what could be the worst, and below 90% response "
                "no target is judged."
            )
        elif modelled:
            found.append(
                f"{plural(len(modelled), 'score rests', 'scores rest')} on a model, not on audits alone{self._model()}."
            )
        if any(row["basis"] == "proxy" for row in rows):
            found.append("Some scores are proxies: they stand in for what was not audited.")
        few = {self.slice_of(row) for row in rows if row["estimate"] is not None and row["n"] < 30}
        small = few - {()}
        if small:
            total = "The total and " if () in few else ""
            have = (
                plural(len(small), "slice has", "slices have") if not total else f"{plural(len(small), 'slice')} have"
            )
            found.append(f"{total}{have} fewer than 30 audits behind a score.")
        elif few:
            found.append("Fewer than 30 audits are behind a score.")
        if len(rows) >= 20:
            astray = round((1 - self.context.confidence) * len(rows))
            found.append(
                f"Of {number(len(rows))} intervals about {plural(astray, 'misses its', 'miss their')} "
                "true value by chance: read a single odd slice as a question, not as a finding."
            )
        return tuple(found)

    def _model(self) -> str:
        """What a model assumes, where it is known."""
        if not self.context.picked_by:
            return ""
        kinds = listed([clean(name) for name in self.context.picked_by])
        return f": right only if the picked cases are like the others of their kind ({kinds})"

    def _chart(self, **options: Any) -> Any:
        from assay import plots

        return plots.scores_chart(self, **options)

    def _html(self) -> str:
        said = []
        for row in self.overall():
            metric = self.context.metric(row["metric"])
            said += [f"{clean(metric.title)}: {words}" for words in beside(row, metric, self.context.because)]
        period = f"{clean(self.context.period)}. " if self.context.period else ""
        grey = f"<p class='c'>{html.escape(period + self._about())}</p>"
        return grey + score_table(self) + "".join(f"<p>{html.escape(sentence)}</p>" for sentence in said)


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
        lines.append(f"Of intervals made this way, {confident(self.context.confidence)} hold the true difference.")
        rows = list(self.records())
        for name in self.metric_names():
            metric = self.context.metric(name)
            mine = [row for row in rows if row["metric"] == name]
            lines.append("")
            for row in [row for row in mine if not self.slice_of(row)]:
                lines.append(f"{clean(metric.title)}: {difference_sentence(row, metric, a, b)}")
            for standing in ("worse", "better", "no difference shown"):
                shown = [r for r in mine if r["standing"] == standing and r["difference"] is not None]
                named = [slice_name(self.slice_of(r)) for r in shown if self.slice_of(r)]
                if named:
                    lines.append(f"  {clean(metric.title)}, {standing}: {listed(named, 5)}.")
        return "\n".join(lines + bullets("Cautions", self.cautions()))

    def _cautions(self) -> tuple[str, ...]:
        found = []
        unanswered = [slice_name(self.slice_of(row)) for row in self.records() if row["difference"] is None]
        if unanswered:
            found.append(f"No answer for {listed(list(dict.fromkeys(unanswered)), 5)}: one side has no audits.")
        answered = [row for row in self.records() if row["difference"] is not None]
        if any(row["standing"] == "no difference shown" for row in answered):
            found.append("“No difference shown” is not “no difference”: more audits may yet show one.")
        return tuple(found)

    def _chart(self, **options: Any) -> Any:
        from assay import plots

        return plots.comparison_chart(self, **options)

    def _html(self) -> str:
        return difference_table(self)
