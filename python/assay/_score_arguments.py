"""What is asked of a score, checked and laid out for the compiled core."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from assay._checks import column_of, labels_of, missing_of, names_of, refuse, text
from assay._metrics import METRICS
from assay.groupings import all_names, groupings_of

__all__ = ["Ratio", "answer_arguments", "population_of", "ratio", "tally_arguments"]


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
    if name in METRICS:
        raise refuse("a name of your own for the ratio", f"{name!r}, which is a built-in metric")
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
            names.append(text(metric, "metrics="))
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


def _targets(target: object, metrics: Sequence[str], own: Collection[str]) -> dict[str, float]:
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
        if name not in own and not 0 <= value <= 1:
            raise refuse(f"a share between 0 and 1 as the target of {name!r}", repr(value), mend="0.95 means 95 %")
    return {str(name): float(value) for name, value in given.items()}


def answer_arguments(
    metrics: object, by: object, total: object, about: object, target: object, confidence: object, exposure: object
) -> dict[str, Any]:
    names, measures = _metrics(metrics, exposure)
    targets = _targets(target, names, {name for name, _, _, exposed in measures if not exposed})
    if about is None:
        about = "process" if targets else "queue"
    if about not in ("queue", "process"):
        raise refuse('about= "queue" (these cases) or "process" (what made them)', repr(about))
    if isinstance(confidence, bool) or not isinstance(confidence, int | float):
        raise refuse("a confidence strictly between 0 and 1", repr(confidence))
    return {
        "metrics": names,
        "measures": measures,
        "answers": groupings_of(by, total),
        "about": about,
        "targets": targets,
        "confidence": float(confidence),
    }


def tally_arguments(
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
    groupings = groupings_of(by, False)
    return {
        "by": all_names(groupings),
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
        "missing": missing_of(missing),
        "measures": [],
        "population": None,
        "population_column": "",
        "chances": False,
        "naive": False,
        "chosen": False,
    }


def population_of(population: object) -> object:
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
    try:
        return float(cast(float, size))
    except OverflowError:
        raise refuse("population= as a number of cases", "a number beyond any") from None
