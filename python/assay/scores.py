"""Scores: the main job's second half.

scores = assay.score(sample, audits, verdict="verdict", metrics=["accuracy", "leakage"], by=["queue"])
scores = assay.score(table, decision="label", verdict="gold", violating=["remove"])
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from assay import _core
from assay._checks import column_of, labels_of, missing_of, names_of, progress_of, refuse, threads_of
from assay._drawn_by import because, drawn_arguments
from assay._judges import judge_arguments
from assay._sample_design import sample_design
from assay._score_arguments import Ratio, answer_arguments, population_of, tally_arguments
from assay.frames import Frame
from assay.groupings import all_names
from assay.results import MetricDefinition, Result, ScoreContext, Scores, flavour_of

__all__ = ["score"]

Names = str | Sequence[str]


def score(
    table: object,
    audits: object = None,
    *,
    verdict: str | None = None,
    correct: str | None = None,
    metrics: str | Ratio | Sequence[str | Ratio] = ("accuracy",),
    by: object = (),
    total: bool = False,
    about: str | None = None,
    target: float | Mapping[str, float] | None = None,
    exclude: str | None = None,
    case: str | None = None,
    decision: str | None = None,
    violating: Iterable[str] | None = None,
    not_violating: Iterable[str] | None = None,
    undecided: Iterable[str] | None = None,
    weight: str | None = None,
    strata: Names = (),
    population: float | str | Mapping[Any, float] | None = None,
    probability: str | None = None,
    drawn_by: Names = (),
    exposure: str | None = None,
    missing: str | None = None,
    prediction: str | Mapping[str, str] | None = None,
    judge: str | None = None,
    frame: Frame | None = None,
    confidence: float = 0.95,
    threads: int | None = None,
    progress: Callable[[int], object] | None = None,
) -> Scores:
    """How good are the decisions, and how sure are we?

    Two forms:

    * `score(sample, audits, verdict=...)`: a sample that `plan.draw` made (or its copy read back from a file) and the
      audits that came back, one row a case. The sample brings its design, its labels and its chances along.
    * `score(table, decision=..., verdict=...)`: a table that holds decision and verdict in one row: a simple random
      sample of a large population, unless `weight`, `strata` and `population` say otherwise.

    Parameters
    ----------
    verdict, correct
        The column with the label each decision should have had, or a column of true/false, which answers accuracy only.
    metrics
        `accuracy over_enforcement leakage wrong_label` (their shares add up to one) `precision recall specificity
        false_positive_rate false_negative_rate violation_rate`, and `assay.ratio(...)`. All but accuracy need to know
        which labels are `violating`.
    by, total
        Columns that name slices: a list for their combinations, `assay.cube(...)`, `assay.rollup(...)`, or a list of
        lists; `total=True` puts the overall row first. Columns of the audits may be named too: the slices are then
        domains of what was audited.
    about
        `"queue"`: these cases in this period (the default); `"process"`: what made them (the default with `target`).
    target
        A number, or a mapping by metric: each row then says met, missed or open, and how many audits are still needed.
        Targets are about the process. For error rates and the violation rate lower is better.
    exclude
        A column of true/false: cases that are left out (an incident, say); they are counted in the notes.
    weight, strata, population
        Of the second form: a column of weights (finite, above 0); columns that make the strata; how many cases there
        were, undecided and excluded ones among them: a number, a column, or a mapping by stratum. Where rows are set
        aside beside strata, the table is read twice, to count them too; a reader or a tally cannot be, and is refused.
    probability
        Of the second form: a column with the chance with which each audited case was drawn, above 0 and at most 1,
        whatever it followed (risk, an alert, an outcome). Cases weigh 1 / probability. A chance of 1 is a certain case:
        it stands for itself alone, and adds nothing to the error about the queue.
    drawn_by
        Columns by which cases were picked for audit more or less often: the outcome, an alert, the reviewer. The result
        then has two more columns, `naive` (the plain average of the audits) and `bias` (naive minus estimate), and the
        summary says how far the plain average was off, and why. Of the second form it asks for what would mend the
        bias: `probability` or `weight`; or `strata` that hold these columns, with `population`, if cases were drawn at
        random inside them; or `population` by these columns alone, if nobody knows how cases were picked inside: they
        are then weighted as if at random, and the result is tagged `modelled`. With none of these it is refused.
    exposure
        A column of views: `violation_rate` becomes the share of views, the prevalence.
    missing
        The name that nulls in `by` and `strata` get; without it they are refused (null in a result means all).
    prediction
        Beside a sample: a kept column of the frame with what a model or a judge predicts of every case, made without
        looking at the audits. Text: the label it would give, which speaks to every metric. Numbers: its estimate of
        each metric's indicator (for accuracy, the chance that the decision is right); only for metrics out of all
        audited decisions. A mapping from metrics to columns says more. The audits correct the judge: a poor one costs
        a few percent of width at most, unless `judge="full"` believes it. The result has two more columns, `lambda`
        (how far the judge was believed) and `audits_saved` (how many more audits would be needed for limits as narrow
        as the printed ones without it; 0 where they are no narrower).
    judge
        `"tuned"`: believed as far as the audits bear it out, from 30 audits in a slice (beyond one a stratum); fewer
        stand alone. `"full"`: believed wholly, fixed in advance; few audits get limits that hold at any number.
        `"none"`: not at all.
    frame
        The frame, where the sample no longer knows it (it was read from a file) and slices cut through strata.
    threads, progress
        The most workers to use (all cores by default; it never changes a bit of the answer, and a sample never needs
        more than one), and a function that is told now and then how many rows are done.

    No data: a slice without audits has no estimate and the limits 0 and 1. An empty table is refused.

    Raises
    ------
    InputError
        Missing columns, nulls, unknown labels, audits of cases never drawn or audited twice, unusable weights; the
        message names column and row.
    """
    answers = answer_arguments(metrics, by, total, about, target, confidence, exposure)
    kept = {"case": case, "decision": decision, "verdict": verdict, "correct": correct, "exclude": exclude}
    labels = {"violating": violating, "not_violating": not_violating, "undecided": undecided}
    helper = judge_arguments(prediction, judge, frame, table, answers["metrics"])
    if audits is not None:
        design = {"weight": weight, "strata": strata, "population": population, "probability": probability}
        for name, given in design.items():
            if given is not None and given != ():
                raise refuse(f"no {name}= beside a sample, which brings its design along", f"{name}={given!r}")
        answers |= {"judge": helper, "naive": bool(names_of(drawn_by, "drawn_by="))}
        reasons = names_of(drawn_by, "drawn_by=")
        return _score_sample(table, audits, answers, kept, labels, missing, reasons, threads, progress)
    if helper is not None:
        raise refuse("prediction= beside a sample and its audits", "a table that holds decision and verdict")
    if isinstance(table, Result) and "sample_design" in table.column_names and decision is None:
        raise refuse("the audits beside the sample: score(sample, audits, ...)", "a sample alone")
    if case is not None:
        raise refuse("case= only beside a sample and its audits", "case= for a table that holds decision and verdict")
    spec = tally_arguments(
        decision=decision, verdict=verdict, correct=correct, by=(), weight=weight, strata=strata, exclude=exclude,
        missing=missing, violating=violating, not_violating=not_violating, undecided=undecided,
    )  # fmt: skip
    spec |= answers
    spec["groupings"] = answers["answers"]
    spec["by"] = all_names(answers["answers"])
    spec["population"] = population_of(population)
    reasons, drawn = drawn_arguments(drawn_by, probability, spec["weight"], spec["strata"], population)
    spec |= drawn
    if isinstance(population, str):
        spec["population_column"] = column_of(population, "population=")
        spec["strata"] = [*spec["strata"], population]
    done = _core.score_table(table, spec, threads_of(threads), progress_of(progress))
    why = because(lambda kinds: _core.score_table(table, spec | kinds, threads_of(threads), None), reasons)
    return _scores(done, table, answers, "", why, reasons if population is not None else ())


def _score_sample(
    sample: object,
    audits: object,
    answers: dict[str, Any],
    columns: Mapping[str, str | None],
    labels: Mapping[str, object],
    missing: str | None,
    reasons: list[str],
    threads: int | None,
    progress: Callable[[int], object] | None,
) -> Scores:
    held = _core.hold(sample)
    design = sample_design(held)
    case = column_of(columns["case"], "case=") or str(design.get("case", ""))
    decision = column_of(columns["decision"], "decision=") or str(design.get("decision", ""))
    if not case or not decision:
        raise refuse(
            "a sample as plan.draw(...) makes it, with its sample_design column",
            "one whose sample_design is empty" if "sample_design" in held.column_names else "a table without one",
            mend="pass the sample with all its columns, or name case= and decision=",
        )
    spec = {
        "case": case,
        "decision": decision,
        "by": all_names(answers["answers"]),
        "groupings": answers["answers"],
        "strata": [str(name) for name in design.get("strata", [])],
        "verdict": column_of(columns["verdict"], "verdict="),
        "correct": column_of(columns["correct"], "correct="),
        "exclude": column_of(columns["exclude"], "exclude="),
        "known_labels": [str(label) for label in design.get("labels", [])],
        "types": dict(zip(design.get("by", []), design.get("by_types", []), strict=False)),
        "missing": missing_of(missing if missing is not None else design.get("missing")),
        "population": None,
        "population_column": "",
        "kinds_as_drawn": True,
        "drawn_strata": design.get("drawn_strata"),
        "drawn_cases": design.get("drawn_cases"),
        **answers,
    }
    for name, given in labels.items():
        drawn = labels_of(design.get(name, []), f"{name}=")
        spec[name] = drawn if given is None else labels_of(given, f"{name}=")
        if design and sorted(spec[name]) != sorted(drawn):
            spec["kinds_as_drawn"] = False
    done = _core.score_sample(held, audits, spec, threads_of(threads), progress_of(progress))
    why = because(lambda kinds: _core.score_sample(held, audits, spec | kinds, threads_of(threads), None), reasons)
    return _scores(done, sample, answers, str(design.get("period", "")), why)


def _score_tally(
    tally: _core.Tally,
    *,
    metrics: str | Sequence[str] = ("accuracy",),
    by: object = None,
    total: bool = False,
    about: str | None = None,
    target: float | Mapping[str, float] | None = None,
    population: float | Mapping[Any, float] | None = None,
    confidence: float = 0.95,
) -> Scores:
    """The scores of a tally; `by` defaults to what it was made for. Errors call it by the name people know it by."""
    answers = answer_arguments(
        metrics, by if by is not None else _core.groupings_of(tally), total, about, target, confidence, None
    )
    spec = {**answers, "population": population_of(population), "population_column": ""}
    return _scores(_core.score_tally(tally, spec), None, answers, "")


_score_tally.__qualname__ = "Tally.score"


def _definitions(table: Any) -> tuple[MetricDefinition, ...]:
    out = []
    for name, title, definition, denominator, better in table.definitions:
        if title is not None:
            out.append(MetricDefinition(name, title, definition, denominator, better))
        elif name == "violation_rate":
            words = f"{definition} of cases where the verdict says action was due"
            out.append(MetricDefinition(name, "Prevalence", words, f"all {denominator} of audited cases", better))
        else:
            words = f"the sum of {definition} over the sum of {denominator}"
            out.append(
                MetricDefinition(
                    name,
                    name.replace("_", " ").capitalize(),
                    words,
                    f"{denominator} of audited cases",
                    better,
                    "number",
                )
            )
    return tuple(out)


def _scores(
    table: Any,
    source: object,
    answers: Mapping[str, Any],
    period: str,
    because: str = "",
    picked_by: Sequence[str] = (),
) -> Scores:
    notes = []
    if table.undecided:
        notes.append(f"{table.undecided:,} undecided decisions or verdicts were not scored.")
    if table.excluded:
        notes.append(f"{table.excluded:,} cases were excluded.")
    if table.drawn and table.answered < table.drawn:
        notes.append(
            f"{table.answered:,} of {table.drawn:,} audits came back; weights are adjusted within stratum and decision."
        )
    columns = tuple(table.columns)
    context = ScoreContext(
        by=columns,
        groupings=tuple(tuple(names) for names in answers["answers"]),
        metrics=_definitions(table),
        confidence=answers["confidence"],
        about=answers["about"],
        period=period,
        notes=tuple(notes),
        because=because,
        picked_by=tuple(picked_by),
        reviewer=next((name for name in columns if name in ("reviewer", "moderator", "agent", "rater")), None),
    )
    return Scores(table, "other" if source is None else flavour_of(source), context)
