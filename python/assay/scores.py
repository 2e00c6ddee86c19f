"""Scores and comparisons: the main job's second half.

scores = assay.score(sample, audits, verdict="verdict", metrics=["accuracy", "leakage"], by=["queue"])
scores = assay.score(table, decision="label", verdict="gold", violating=["remove"])
change = assay.compare(this_week, last_week)
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, cast

from assay import _core
from assay._checks import column_of, labels_of, names_of, refuse
from assay.results import Comparison, ComparisonContext, MetricDefinition, Result, ScoreContext, Scores, flavour_of

__all__ = ["Cube", "Ratio", "compare", "cube", "ratio", "rollup", "score"]

Names = str | Sequence[str]


# --- groupings ------------------------------------------------------------------------------------------------------


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
    _unique(names)
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
    _unique(names)
    if not names:
        raise refuse("at least one column", "none")
    return Cube(tuple(tuple(names[:size]) for size in range(len(names) + 1)))


def _unique(names: Sequence[str]) -> None:
    for position, name in enumerate(names):
        if name in names[:position]:
            raise refuse("each column once", f"{name!r} twice")


def _groupings(by: object, total: bool) -> list[list[str]]:
    """What `by=` asks for, as a list of groupings; the total first where it is asked for."""
    if isinstance(by, Cube):
        out = [list(each) for each in by.groupings]
    elif isinstance(by, str) or by is None:
        out = [names_of(by, "by=")]
    elif isinstance(by, Iterable):
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
        _unique(names)
    if total:
        out = [[], *(names for names in out if names)]
    seen: list[list[str]] = []
    for names in out:
        if sorted(names) not in [sorted(each) for each in seen]:
            seen.append(names)
    return seen


def _all_names(groupings: Iterable[Iterable[str]]) -> list[str]:
    return list(dict.fromkeys(name for names in groupings for name in names))


# --- metrics --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Ratio:
    """A metric of one's own, as `ratio` makes it."""

    name: str
    numerator: str
    denominator: str


def ratio(name: str, *, numerator: str, denominator: str) -> Ratio:
    """A metric of one's own: the sum of one column over the sum of another, for `metrics=`.

    Use it where each audited case carries two numbers: value wrongly removed over value removed, errors over criteria
    checked. Both columns belong to the sample (`keep=` of the frame), to the audits or to the table. Its interval is
    linearised (Student's t), for ratios need not lie between 0 and 1.
    """
    return Ratio(
        column_of(name, "the metric's name"), column_of(numerator, "numerator="), column_of(denominator, "denominator=")
    )


def _metrics(metrics: object, exposure: object) -> tuple[list[str], list[tuple[str, str, str, bool]]]:
    """Names in order, and the measures behind those that need columns."""
    given = [metrics] if isinstance(metrics, str | Ratio) else metrics
    if isinstance(given, Mapping) or not isinstance(given, Iterable):
        raise refuse("metrics= as a list of names", type(metrics).__name__)
    names: list[str] = []
    measures: list[tuple[str, str, str, bool]] = []
    views = column_of(exposure, "exposure=")
    for metric in given:
        if isinstance(metric, Ratio):
            measures.append((metric.name, metric.numerator, metric.denominator, False))
            names.append(metric.name)
        elif isinstance(metric, str):
            if metric == "violation_rate" and views:
                measures.append((metric, views, views, True))
            names.append(metric)
        else:
            raise refuse(
                "metrics= as a list of names and assay.ratio(...)", f"a list that holds {type(metric).__name__}"
            )
    if not names:
        raise refuse("at least one metric", "none")
    for position, name in enumerate(names):
        if name in names[:position]:
            raise refuse("each metric once", f"{name!r} twice")
    if views and "violation_rate" not in names:
        raise refuse("exposure= beside the metric 'violation_rate'", f"metrics {', '.join(names)}")
    return names, measures


def _targets(target: object, metrics: Sequence[str]) -> dict[str, float]:
    if target is None:
        return {}
    if isinstance(target, Mapping):
        for name in target:
            if name not in metrics:
                raise refuse(f"targets for the metrics {', '.join(metrics)}", f"one for {name!r}")
        given = dict(target)
    else:
        if len(metrics) > 1:
            raise refuse("target= as a mapping by metric where there are several metrics", repr(target))
        given = {metrics[0]: target}
    for name, value in given.items():
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise refuse(f"a number as the target of {name!r}", repr(value))
    return {str(name): float(value) for name, value in given.items()}


def _answer_arguments(
    metrics: object, by: object, total: bool, about: object, target: object, confidence: object, exposure: object
) -> dict[str, Any]:
    names, measures = _metrics(metrics, exposure)
    targets = _targets(target, names)
    if about is None:
        about = "process" if targets else "queue"
    if about not in ("queue", "process"):
        raise refuse('about= "queue" (these cases) or "process" (what made them)', repr(about))
    if isinstance(confidence, bool) or not isinstance(confidence, int | float):
        raise refuse("a confidence strictly between 0 and 1", repr(confidence))
    return {
        "metrics": names,
        "measures": measures,
        "answers": _groupings(by, total),
        "about": about,
        "targets": targets,
        "confidence": float(confidence),
    }


def _tally_arguments(
    *,
    decision: object,
    verdict: object,
    correct: object,
    by: object,
    violating: object,
    not_violating: object,
    undecided: object,
    weight: object,
    strata: object,
    exclude: object,
    missing: object,
) -> dict[str, Any]:
    """The checked arguments of a tally, for the compiled core."""
    if missing is not None and not isinstance(missing, str):
        raise refuse("missing= as the name that nulls get", type(missing).__name__)
    groupings = _groupings(by, False)
    return {
        "by": _all_names(groupings),
        "groupings": groupings,
        "strata": names_of(strata, "strata="),
        "decision": column_of(decision, "decision="),
        "verdict": column_of(verdict, "verdict="),
        "correct": column_of(correct, "correct="),
        "weight": column_of(weight, "weight="),
        "exclude": column_of(exclude, "exclude="),
        "violating": labels_of(violating, "violating="),
        "not_violating": labels_of(not_violating, "not_violating="),
        "undecided": labels_of(undecided, "undecided="),
        "missing": missing,
        "measures": [],
        "population": None,
        "population_column": "",
    }


def _population(population: object) -> object:
    if population is None or isinstance(population, str):
        return None
    if isinstance(population, Mapping):
        out = {}
        for stratum, size in population.items():
            values = stratum if isinstance(stratum, tuple) else (stratum,)
            out[tuple(("true" if v else "false") if isinstance(v, bool) else str(v) for v in values)] = _size(size)
        return out
    return _size(population)


def _size(size: object) -> float:
    if isinstance(size, bool) or not hasattr(size, "__float__"):
        raise refuse("population= as a number, a column, or a mapping by stratum", type(size).__name__)
    return float(cast(float, size))


# --- score ----------------------------------------------------------------------------------------------------------


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
    exposure: str | None = None,
    missing: str | None = None,
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
        were: a number, a column, or a mapping by stratum.
    exposure
        A column of views: `violation_rate` becomes the share of views, the prevalence.
    missing
        The name that nulls in `by` and `strata` get; without it they are refused (null in a result means all).
    threads, progress
        Of the second form: workers (all cores by default; it never changes a bit of the answer), and a function that is
        told now and then how many rows are done.

    No data: a slice without audits has no estimate and the limits 0 and 1. An empty table is refused.

    Raises
    ------
    InputError
        Missing columns, nulls, unknown labels, audits of cases never drawn or audited twice, unusable weights; the
        message names column and row.
    """
    answers = _answer_arguments(metrics, by, total, about, target, confidence, exposure)
    kept = {"case": case, "decision": decision, "verdict": verdict, "correct": correct, "exclude": exclude}
    labels = {"violating": violating, "not_violating": not_violating, "undecided": undecided}
    if audits is not None:
        for name, given in (("weight", weight), ("strata", strata), ("population", population)):
            if given is not None and given != ():
                raise refuse(f"no {name}= beside a sample, which brings its design along", f"{name}={given!r}")
        return _score_sample(table, audits, answers, kept, labels, missing)
    if isinstance(table, Result) and "sample_design" in table.column_names and decision is None:
        raise refuse("the audits beside the sample: score(sample, audits, ...)", "a sample alone")
    if case is not None:
        raise refuse("case= only beside a sample and its audits", "case= for a table that holds decision and verdict")
    spec = _tally_arguments(
        decision=decision, verdict=verdict, correct=correct, by=(), weight=weight, strata=strata, exclude=exclude,
        missing=missing, violating=violating, not_violating=not_violating, undecided=undecided,
    )  # fmt: skip
    spec |= answers
    spec["groupings"] = answers["answers"]
    spec["by"] = _all_names(answers["answers"])
    spec["population"] = _population(population)
    if isinstance(population, str):
        spec["population_column"] = column_of(population, "population=")
        spec["strata"] = [*spec["strata"], population]
    done = _core.score_table(table, spec, threads, progress)
    return _scores(done, table, answers, "")


def _score_sample(
    sample: object,
    audits: object,
    answers: dict[str, Any],
    columns: Mapping[str, str | None],
    labels: Mapping[str, object],
    missing: str | None,
) -> Scores:
    held = _core.hold(sample)
    design = _sample_design(held)
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
        "by": _all_names(answers["answers"]),
        "groupings": answers["answers"],
        "strata": [str(name) for name in design.get("strata", [])],
        "verdict": column_of(columns["verdict"], "verdict="),
        "correct": column_of(columns["correct"], "correct="),
        "exclude": column_of(columns["exclude"], "exclude="),
        "known_labels": [str(label) for label in design.get("labels", [])],
        "types": dict(zip(design.get("by", []), design.get("by_types", []), strict=False)),
        "missing": missing if missing is not None else design.get("missing"),
        "population": None,
        "population_column": "",
        "kinds_as_drawn": True,
        **answers,
    }
    for name, given in labels.items():
        drawn = labels_of(design.get(name, []), f"{name}=")
        spec[name] = drawn if given is None else labels_of(given, f"{name}=")
        if design and sorted(spec[name]) != sorted(drawn):
            spec["kinds_as_drawn"] = False
    done = _core.score_sample(held, audits, spec)
    return _scores(done, sample, answers, str(design.get("period", "")))


def _sample_design(held: Any) -> dict[str, Any]:
    text = held.first_text("sample_design")
    if text is None:
        return {}
    try:
        design = json.loads(text)
    except json.JSONDecodeError as error:
        raise refuse(
            "the sample_design that plan.draw(...) wrote", f"text that is no JSON ({error})", column="sample_design"
        ) from None
    if not isinstance(design, dict):
        raise refuse("the sample_design that plan.draw(...) wrote", type(design).__name__, column="sample_design")
    if design.get("version") != 1:
        raise refuse("a sample_design of version 1", f"version {design.get('version')!r}", column="sample_design")
    return design


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
    """The scores of a tally; `by` defaults to what it was made for."""
    answers = _answer_arguments(
        metrics, by if by is not None else _core.groupings_of(tally), total, about, target, confidence, None
    )
    spec = {**answers, "population": _population(population), "population_column": ""}
    return _scores(_core.score_tally(tally, spec), None, answers, "")


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


def _scores(table: Any, source: object, answers: Mapping[str, Any], period: str) -> Scores:
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
        reviewer=next((name for name in columns if name in ("reviewer", "moderator", "agent", "rater")), None),
    )
    return Scores(table, "other" if source is None else flavour_of(source), context)


# --- compare --------------------------------------------------------------------------------------------------------


def compare(
    a: Scores,
    b: Scores,
    *,
    about: str = "process",
    margin: float = 0,
    label_a: str = "a",
    label_b: str = "b",
) -> Comparison:
    """Is `a` better than `b`? The difference a - b for every slice and metric that both hold, with its interval.

    The interval respects both designs, and the correlation of cases that both audited (the same draw key over the same
    ids brings many). `standing` says better, worse or no difference shown; with `margin` only differences that are
    surely larger than it count. Where none is shown, `audits_needed` says how many more would show a difference of the
    size seen. `about="queue"` compares the two periods' cases themselves rather than what made them.

    "No difference shown" is not "no difference": look at the interval.
    """
    for name, scores in (("a", a), ("b", b)):
        if not isinstance(scores, Scores) or not isinstance(getattr(scores, "_table", None), _core.ScoreTable):
            raise refuse(f"{name} as the result of assay.score(...)", type(scores).__name__)
    if about not in ("queue", "process"):
        raise refuse('about= "queue" (these cases) or "process" (what made them)', repr(about))
    if isinstance(margin, bool) or not isinstance(margin, int | float):
        raise refuse("a margin of 0 or more", repr(margin))
    table, only_in_one = _core.compare(
        cast(_core.ScoreTable, a._table), cast(_core.ScoreTable, b._table), about, float(margin)
    )
    notes = (
        [f"{only_in_one:,} slices and metrics stand in only one of the two and were left out."] if only_in_one else []
    )
    context = ComparisonContext(
        by=a.context.by,
        groupings=a.context.groupings,
        metrics=a.context.metrics,
        confidence=a.context.confidence,
        about=about,
        notes=tuple(notes),
        label_a=label_a,
        label_b=label_b,
    )
    return Comparison(table, a.flavour, context)
