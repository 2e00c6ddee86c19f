"""Auditors err too: scores corrected by double audits.

scores = assay.correct_for_auditors(sample, audits, double_audits, verdict="verdict")
"""

from __future__ import annotations

import html
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from assay import _core
from assay._audited_twice import Case, apart_or_together, cases_of, kinds_of, latent, plain, pooled
from assay._checks import column_of, names_of, real, refuse
from assay._markup import header, mini_bar
from assay.contexts import MetricDefinition, ScoreContext
from assay.results import _Measured, clean, flavour_of, interval_words, listed, percent, points
from assay.words import bullets, confident

__all__ = ["Corrected", "correct_for_auditors"]

Method = Literal["difference", "error_rates", "latent_class"]
COUNTS = ("true_positives", "false_negatives", "true_negatives", "false_positives")
METRICS = ("accuracy", "over_enforcement", "leakage", "wrong_label", "violation_rate")


def correct_for_auditors(
    sample: object,
    audits: object,
    double_audits: object,
    *,
    verdict: str = "verdict",
    metrics: str | Sequence[str] = ("accuracy", "over_enforcement", "leakage"),
    method: Method = "difference",
    population: str | None = None,
    confidence: float = 0.95,
) -> Corrected:
    """What are the scores, given that auditors err?

    One auditor in ten misses a violation, another sees one that is not there; a score takes their verdicts for the
    truth. Double audits tell how far that leads astray. The answer stands beside the raw score, with what the auditors'
    own errors add to its interval.

    Which method?

    * `"difference"` (preferred): the second audit is an expert's, and double audits were drawn at random among the
      audited, or among those whose first audit found an error and those whose did not, at any rates. What the second
      audits change is measured; nothing is assumed of how auditors err. Decisions that acted and those that let content
      stand are corrected apart where each has a hundred double audits, else together; either is right.
    * `"error_rates"`: the second audit is an expert's, but the cases were picked otherwise (hard ones, appeals). Rogan
      and Gladen's correction by sensitivity and specificity, for each kind of decision by itself where each has a
      hundred double audits, else for both together, which takes auditors to be as good at one as at the other. Assumes
      auditors do as well on the picked cases as on all.
    * `"latent_class"`: the second audit is another ordinary auditor's, and nobody knows the truth. `population` names a
      column of the sample (sites, queues) whose groups differ in their error rates. Assumes one sensitivity and one
      specificity of all auditors, everywhere, and errors independent given the truth: auditors who fail on the same
      hard cases make errors look rarer. Groups that differ no more than chance makes them are refused; limits are about
      the samples that are not.

    Parameters
    ----------
    sample, audits
        As for `assay.score(sample, audits, verdict=...)`. Cases without an audit are left out.
    double_audits
        One row a case that was audited again: the case under its name in the sample, and the second `verdict`.
    metrics
        `accuracy over_enforcement leakage wrong_label violation_rate`.
    population
        For `"latent_class"`: the column of the sample that holds the groups.

    Returns one row a metric: `raw_estimate raw_lower raw_upper`, `estimate lower upper`, `sensitivity` and
    `specificity` of auditors in finding the error (or violation) with their exact limits, the counts behind them
    (`true_positives false_negatives true_negatives false_positives`; none for `"latent_class"`), `n` audited,
    `n_double`, `agreement`, `method`, `about` (always the process), `basis` (`measured` for the difference, else
    `modelled`).

    Raises
    ------
    InputError
        Double audits of cases never audited, a case twice, nulls, labels never declared; no double audits of a kind of
        decision that the metric is about, or of cases whose first audit found the error (or did not); auditors no
        better than a coin; groups that cannot be told apart.

    Reference: Tenenbein (1970), JASA 65:1350-1361; Rogan & Gladen (1978), Am. J. Epidemiol. 107:71-76; Lang &
    Reiczigel (2014), Prev. Vet. Med. 113:13-22; Hui & Walter (1980), Biometrics 36:167-171.
    """
    wanted = list(dict.fromkeys(names_of(metrics, "metrics=")))
    if not wanted:
        raise refuse("at least one metric", "none")
    for name in wanted:
        if name not in METRICS:
            raise refuse(f"metrics among {listed(METRICS)}", repr(name))
    if method not in ("difference", "error_rates", "latent_class"):
        raise refuse('method= "difference", "error_rates" or "latent_class"', repr(method))
    if (population is not None) != (method == "latent_class"):
        raise refuse(
            'population= with method="latent_class", and only with it',
            "none" if population is None else f'population={population!r} with method="{method}"',
        )
    level = real(confidence, "confidence=")
    from assay.scores import score

    raw = score(sample, audits, verdict=verdict, metrics=wanted, about="process", confidence=level)
    group = column_of(population, "population=")
    cases = cases_of(sample, audits, double_audits, verdict, group)
    rows: dict[str, list[Any]] = defaultdict(list)
    notes = list(raw.context.notes)
    for row in raw.records():
        for name, value in _corrected(row, cases, method, level, notes).items():
            rows[name].append(value)
    context = ScoreContext(
        metrics=raw.context.metrics,
        confidence=level,
        about="process",
        period=raw.context.period,
        notes=tuple(dict.fromkeys(notes)),
    )
    return Corrected(_core.table_of_lists(dict(rows)), flavour_of(sample), context)


def _corrected(
    row: Mapping[str, Any], cases: Sequence[Case], method: str, confidence: float, notes: list[str]
) -> dict[str, Any]:
    metric = str(row["metric"])
    kinds = kinds_of(cases, metric)
    known = pooled(cases, metric)
    sensitivity, specificity = known["sensitivity"], known["specificity"]
    quality: list[Any] = []
    counts: list[int | None] = [None] * 4
    if method == "latent_class":
        fit = latent(cases, metric, confidence)
        answer = (fit["estimate"], *fit["limits"])
        for name in ("sensitivity", "specificity"):
            quality += [fit[name], *fit[f"{name}_limits"]]
        words = "latent class"
    else:
        for found, of in (sensitivity, specificity):
            limits = _core.exact_limits(found, of, confidence) if of else (0.0, 1.0)
            quality += [found / of if of else None, *limits]
        counts = [sensitivity[0], sensitivity[1] - sensitivity[0], specificity[0], specificity[1] - specificity[0]]
        used = apart_or_together(kinds, known, metric)
        if method == "difference":
            _, *done, _ = _core.correct_by_difference([plain(kind) for kind in used], confidence)
            words = "difference"
        else:
            _, *done, cut = _core.correct_by_error_rates([plain(kind) for kind in used], confidence)
            words = "error rates" + (" by decision" if len(used) > 1 else "")
            if cut:
                notes.append(
                    f"{metric.replace('_', ' ').capitalize()}: auditors' own errors explain more than was found, so "
                    "the correction was cut at the end of the scale."
                )
        answer = (done[0], done[1], done[2])
    estimate, lower, upper = answer
    if metric == "accuracy":
        estimate, lower, upper = 1.0 - estimate, 1.0 - upper, 1.0 - lower
    twice = [case for case in cases if case.second is not None]
    agree = sum(case.first == case.second for case in twice) / len(twice)
    names = ("sensitivity", "sensitivity_lower", "sensitivity_upper", "specificity", "specificity_lower",
             "specificity_upper")  # fmt: skip
    return {
        "metric": metric,
        "raw_estimate": row["estimate"],
        "raw_lower": row["lower"],
        "raw_upper": row["upper"],
        "estimate": estimate,
        "lower": min(lower, estimate),
        "upper": max(upper, estimate),
        **dict(zip(names, quality, strict=True)),
        **dict(zip(COUNTS, counts, strict=True)),
        "confidence": confidence,
        "n": len(cases),
        "n_double": len(twice),
        "agreement": agree,
        "method": words,
        "design": row["design"],
        "about": "process",
        "basis": "measured" if method == "difference" else "modelled",
    }


def _others(metric: str) -> str:
    """The cases in which auditors can see an error that is not there."""
    return {
        "over_enforcement": "other decisions that acted",
        "leakage": "other decisions that let content stand",
        "violation_rate": "other cases",
    }.get(metric, "other decisions")


def _out_of(hits: int | None, misses: int | None) -> str:
    return "" if hits is None or misses is None else f"{hits:,} of {hits + misses:,}"


class Corrected(_Measured):
    """Scores corrected for the errors of auditors, beside the raw ones."""

    __slots__ = ()

    def _title(self) -> str:
        return self.context.title or f"{super()._title()}, corrected for the errors of auditors"

    def _summary(self) -> str:
        lines = [self._title(), self._about()]
        lines += [f"Period: {clean(self.context.period)}."] if self.context.period else []
        lines.append(f"Of intervals made this way, {confident(self.context.confidence)} hold the true value.")
        for row in self.records():
            title = clean(self.context.metric(row["metric"]).title)
            lines.append("")
            lines.append(
                f"{title}: {percent(row['estimate'])} ({interval_words(row['lower'], row['upper'], 'share')}); as the "
                f"auditors have it {percent(row['raw_estimate'])}, {points(row['raw_estimate'] - row['estimate'])}."
            )
            lines.append(f"  {self._quality(row)}")
        return "\n".join(lines + bullets("Cautions", self.cautions()))

    @staticmethod
    def _quality(row: Mapping[str, Any]) -> str:
        what = {"violation_rate": "violations"}.get(row["metric"], "errors of this kind")
        text = (
            f"{row['n_double']:,} of {row['n']:,} audits were done twice; the two agree on {percent(row['agreement'])}."
        )
        if row["sensitivity"] is not None:
            limits = interval_words(row["sensitivity_lower"], row["sensitivity_upper"], "share")
            found = _out_of(row["true_positives"], row["false_negatives"])
            text += f" Auditors find {percent(row['sensitivity'])} of {what} ({found + '; ' if found else ''}{limits})"
            if row["specificity"] is not None:
                seen = _out_of(row["false_positives"], row["true_negatives"])
                text += f" and see one where there is none in {percent(1 - row['specificity'])} of the "
                text += _others(row["metric"]) + (f" ({seen})" if seen else "")
            text += "."
        return text

    def _cautions(self) -> tuple[str, ...]:
        rows = list(self.records())
        found = []
        methods = {str(row["method"]) for row in rows}
        if "difference" in methods:
            found.append(
                "Right if double audits were drawn at random among the audited (or by what the first audit found) and "
                "the second audit is right."
            )
        if any(name.startswith("error rates") for name in methods):
            found.append(
                "Modelled: right if auditors do as well on the cases audited twice as on all, and the second is right."
            )
        if "latent class" in methods:
            found.append(
                "Modelled: right if all auditors are equally good everywhere and err independently given the truth; "
                "where they fail on the same hard cases, errors look rarer than they are."
            )
        if rows and rows[0]["n_double"] < 50:
            found.append(f"Only {rows[0]['n_double']} double audits: limits are wide for that reason.")
        return tuple(found)

    def _chart(self, **options: Any) -> Any:
        from assay._corrected_chart import corrected_chart

        return corrected_chart(self, **options)

    def _html(self) -> str:
        rows = list(self.records())
        names = [
            "metric",
            "as audited",
            "interval",
            "corrected",
            "interval",
            "",
            "errors found",
            "false alarms",
            "basis",
        ]
        out = [header(names, 1)]
        for row in rows:
            metric: MetricDefinition = self.context.metric(row["metric"])
            low = min(row["lower"], row["raw_lower"])
            high = max(row["upper"], row["raw_upper"])
            pad = 0.04 * (high - low) or 0.02
            false_alarms = None if row["specificity"] is None else 1 - row["specificity"]
            found = _out_of(row["true_positives"], row["false_negatives"])
            seen = " ".join(
                (_out_of(row["false_positives"], row["true_negatives"]) or "of the", _others(row["metric"]))
            )
            cells = [
                percent(row["raw_estimate"]),
                interval_words(row["raw_lower"], row["raw_upper"], "share"),
                f"<b>{percent(row['estimate'])}</b>",
                interval_words(row["lower"], row["upper"], "share"),
                mini_bar({**row, "target": row["raw_estimate"]}, (low - pad, high + pad)),
                percent(row["sensitivity"]) + (f"<br><small>{found}</small>" if found else ""),
                percent(false_alarms) + ("" if false_alarms is None else f"<br><small>{seen}</small>"),
                html.escape(str(row["basis"])),
            ]
            out.append(f"<tr class=s><th class=l>{html.escape(clean(metric.title))}</th>")
            out.append("".join(f"<td>{cell}</td>" for cell in cells) + "</tr>")
        return "<table>" + "".join(out) + "</tbody></table><p class='c'>The dashed tick is the score as audited.</p>"
