"""Small slices: reviewers, sites or queues with few audits, judged with the help of what they have in common.

scores = assay.score(sample, audits, verdict="verdict", by=["reviewer"])
assay.shrink(scores)
"""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import Any, Literal, cast

from assay import _core
from assay._checks import names_of, refuse
from assay._markup import domain, header, label, mini_bar, more, slice_order
from assay.contexts import MetricDefinition, ScoreContext
from assay.groupings import all_names, groupings_of, refuse_result_columns
from assay.results import (
    HTML_ROWS,
    Scores,
    _Measured,
    clean,
    half_width,
    interval_words,
    listed,
    lowered,
    number,
    percent,
    plural,
    show,
    slice_name,
)
from assay.words import bullets, confident

__all__ = ["Shrunk", "shrink"]

Model = Literal["beta_binomial", "fay_herriot"]


def shrink(
    scores: Scores,
    *,
    metric: str | Sequence[str] | None = None,
    model: Model | None = None,
    by: object = None,
) -> Shrunk:
    """What is each slice's rate, when some have few audits?

    Of forty reviewers with ten audits each, the best and the worst are mostly lucky and unlucky. Each slice is drawn
    towards what the slices of its grouping have in common, by as much as its own audits leave open: `shrinkage` is the
    weight on the common mean, 0 its own audits alone, 1 the common mean alone. Over many slices the answers are nearer
    to the truth than the raw ones, and their limits hold it as often as they say.

    Use when: slices are ranked, coloured or acted upon. Not for: a slice that a contract judges by its own audits
    (take the scores), slices known to be of several kinds (score and shrink each kind alone).

    Parameters
    ----------
    scores
        What `assay.score(...)` answered, `by` the slices.
    metric
        One or several of its metrics; all by default. Shares only.
    model
        None: chosen by the design, never by the errors found. `"beta_binomial"` takes audits as counts, which needs all
        of them to weigh alike; `"fay_herriot"` takes the design's estimates with smoothed variances of sampling, so a
        slice without errors is not taken for certain.
    by
        Which of the groupings of the scores; all but the total by default. Each grouping is shrunk on its own.

    Returns one row a slice and metric: the grouping columns, `metric`, `raw_estimate raw_lower raw_upper` (about the
    process), `estimate lower upper` (what the model itself leaves open is in them), `shrinkage`, `overall` (what the
    grouping has in common), `n`, `n_effective`, `method`, `design`, `about` (always the process), `basis` (always
    modelled).

    No data: a slice without audits gets the common mean, limits as wide as slices differ, and no raw estimate. A
    grouping of one slice stays as it is, with shrinkage 0. No errors anywhere: the mean of a beta law, above 0.

    Raises
    ------
    InputError
        No slices (only a total), a metric or grouping the scores do not have, a ratio that is no share, no slice with
        audits, `"beta_binomial"` where audits do not weigh alike.

    Reference: Fay & Herriot (1979), JASA 74:269-277; Morris (1983), JASA 78:47-55; Christiansen & Morris (1997), JASA
    92:618-632.
    """
    if not isinstance(scores, Scores) or not isinstance(getattr(scores, "_table", None), _core.ScoreTable):
        raise refuse("the result of assay.score(...)", type(scores).__name__, mend="score first, then shrink")
    if model not in (None, "beta_binomial", "fay_herriot"):
        raise refuse('model= "beta_binomial", "fay_herriot" or None (chosen by the design)', repr(model))
    known = list(dict.fromkeys(definition.name for definition in scores.context.metrics))
    metrics = list(dict.fromkeys(names_of(metric, "metric="))) if metric is not None else known
    if not metrics:
        raise refuse("at least one metric", "none")
    for name in metrics:
        if name not in known:
            raise refuse(f"a metric of the scores: {listed(known)}", repr(name))
    have = [list(names) for names in scores.context.groupings]
    wanted = [names for names in have if names] if by is None else groupings_of(by, False)
    refuse_result_columns(all_names(wanted), ("raw_estimate", "raw_lower", "raw_upper", "shrinkage", "overall"))
    if not wanted or not all(wanted):
        raise refuse("scores by slice", "only their total", mend='name slices when scoring: by=["reviewer"]')
    found = []
    for names in wanted:
        same = next((each for each in have if set(each) == set(names)), None)
        if same is None:
            raise refuse(
                f"a grouping of the scores: {listed([' and '.join(each) for each in have if each])}",
                " and ".join(names),
                mend="name it in by= when scoring",
            )
        found.append(same)
    table = _core.shrunk(cast(_core.ScoreTable, scores._table), found, metrics, model or "")
    context = ScoreContext(
        by=scores.context.by,
        groupings=tuple(tuple(names) for names in found),
        metrics=tuple(each for each in scores.context.metrics if each.name in metrics),
        confidence=scores.context.confidence,
        about="process",
        period=scores.context.period,
        notes=scores.context.notes,
        reviewer=scores.context.reviewer,
    )
    return Shrunk(table, scores.flavour, context)


class Shrunk(_Measured):
    """Rates of small slices: raw, and adjusted towards the average of all."""

    __slots__ = ()

    def _title(self) -> str:
        return self.context.title or f"{super()._title()}, small slices adjusted"

    def _summary(self) -> str:
        lines = [self._title(), self._about()]
        lines += [f"Period: {clean(self.context.period)}."] if self.context.period else []
        lines.append(
            "Each slice is pulled to the average of all, by as much as its own audits leave open: the fewer the "
            "audits, the further."
        )
        lines.append(f"Averaged over the slices, {confident(self.context.confidence)} of the intervals hold the truth.")
        for (name, grouping), rows in self.rows_by_grouping().items():
            metric = self.context.metric(name)
            by = " and ".join(clean(each) for each in grouping)
            lines += ["", f"{clean(metric.title)} by {by}: {self._common(rows, metric)}"]
            lines += [f"  {sentence}" for sentence in self._moved(rows, metric)]
        return "\n".join(lines + bullets("Cautions", self.cautions()))

    @staticmethod
    def _common(rows: Sequence[Mapping[str, Any]], metric: MetricDefinition) -> str:
        if len(rows) == 1:
            return f"{show(rows[0]['estimate'], metric.unit)}, one slice alone: nothing pulls it."
        shares = [row["shrinkage"] for row in rows]
        return (
            f"average of all {show(rows[0]['overall'], metric.unit)}; pull to it from {percent(min(shares), 0)} to "
            f"{percent(max(shares), 0)}."
        )

    def _moved(self, rows: Sequence[Mapping[str, Any]], metric: MetricDefinition) -> list[str]:
        """Who moved most, and why; and whether the worst is still the worst."""
        heard = [row for row in rows if row["raw_estimate"] is not None]
        far = sorted(heard, key=lambda row: -abs(row["estimate"] - row["raw_estimate"]))[:3]
        said = [
            f"{slice_name(self.slice_of(row))} moves from {show(row['raw_estimate'], metric.unit)} to "
            f"{show(row['estimate'], metric.unit)}: {plural(row['n'], 'audit')} of its own, "
            f"a pull of {percent(row['shrinkage'], 0)} to the average of all."
            for row in far
            if row["shrinkage"] > 0
        ]
        if len(heard) < 2 or metric.better == "neither":
            return said
        sign = 1 if metric.better == "higher" else -1
        worst = min(heard, key=lambda row: sign * row["raw_estimate"])
        now = min(heard, key=lambda row: sign * row["estimate"])
        if worst is not now:
            said.append(
                f"Worst by its own audits alone is {slice_name(self.slice_of(worst))}; adjusted, it "
                f"is {slice_name(self.slice_of(now))}."
            )
        return said

    def _cautions(self) -> tuple[str, ...]:
        found = ["Modelled: the answers rest on the slices being of one kind, told apart by nothing but their audits."]
        silent = [slice_name(self.slice_of(row)) for row in self.records() if row["raw_estimate"] is None]
        if silent:
            names = listed(list(dict.fromkeys(silent)), 5)
            found.append(f"No audits speak for {names}: they get the average of the others.")
        groups = self.rows_by_grouping()
        if any(len(rows) == 1 for rows in groups.values()):
            found.append("A grouping of one slice has nothing to be pulled to: it stays as its own audits say.")
        if any(2 <= sum(row["n"] > 0 for row in rows) < 5 for rows in groups.values()):
            found.append("Fewer than five slices say little about how much slices differ: limits are wide.")
        for (name, _), rows in groups.items():
            if len(rows) > 1 and all(row["shrinkage"] > 0.9 for row in rows):
                title = lowered(clean(self.context.metric(name).title))
                found.append(f"In {title} the slices differ no more than chance makes them: do not rank them.")
        return tuple(dict.fromkeys(found))

    def _chart(self, **options: Any) -> Any:
        from assay._shrunk_chart import shrunk_chart

        return shrunk_chart(self, **options)

    def _html(self) -> str:
        by, level = self.context.by, confident(self.context.confidence)
        rows = sorted(self.records(), key=lambda row: slice_order(self.slice_of(row)))
        out = [
            header(
                [
                    *by,
                    "metric",
                    "own audits",
                    "audited",
                    "pull to the average",
                    "average of all",
                    "adjusted",
                    f"{level} interval",
                    "",
                ],
                len(by) + 1,
            )
        ]
        domains = {name: domain([r for r in rows if r["metric"] == name]) for name in self.metric_names()}
        for row in rows[:HTML_ROWS]:
            metric = self.context.metric(row["metric"])
            half = half_width(row["lower"], row["upper"])
            drawn = {**row, "target": row["overall"]}
            cells = [
                show(row["raw_estimate"], metric.unit),
                number(row["n"]),
                percent(row["shrinkage"], 0),
                show(row["overall"], metric.unit),
                f"<b>{show(row['estimate'], metric.unit, half)}</b>",
                interval_words(row["lower"], row["upper"], metric.unit),
                mini_bar(drawn, domains[row["metric"]]),
            ]
            out.append("<tr class=s>" + "".join(f"<th class=l>{label(row[name])}</th>" for name in by))
            out.append(f"<th class=l>{html.escape(clean(metric.title))}</th>")
            out.append("".join(f"<td>{cell}</td>" for cell in cells) + "</tr>")
        return "<table>" + "".join(out) + "</tbody></table>" + more(len(rows))
