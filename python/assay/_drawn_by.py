"""Audits that were not a plain random sample: what is known of their chances, and how far a plain average goes astray.

A sample drawn by outcome, by alert or by reviewer says nothing about the queue unless chances were recorded, or it is
known how many cases of each kind the queue held.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from assay._checks import column_of, names_of, refuse
from assay._core import InputError
from assay._result import Result
from assay.words import clean, listed


def drawn_arguments(
    drawn_by: object, probability: object, weight: str, strata: Sequence[str], population: object
) -> tuple[list[str], dict[str, Any]]:
    """The columns that decided who was audited, and what follows for the compiled core."""
    columns = names_of(drawn_by, "drawn_by=")
    chances = column_of(probability, "probability=")
    if chances and weight:
        raise refuse("weight= or probability=", "both", mend="the weight is 1 / probability: leave one out")
    out: dict[str, Any] = {"chances": bool(chances), "naive": bool(columns), "chosen": False}
    if chances:
        out["weight"] = chances
    if not columns or weight or chances:
        return columns, out
    words = listed([repr(name) for name in columns])
    if population is None:
        raise refuse(
            "the chance with which each case was drawn (probability= or weight=), or how many cases of each kind the "
            f"whole queue held (population= by {words})",
            f"audits drawn by {words} with neither",
            mend="nobody can know from these audits alone how good the queue is: they show the cases that were picked, "
            "and how often each kind was picked is not known. Record chances at the next draw; with population= the "
            "audits are reweighted, and the result is tagged modelled",
        )
    if strata:
        left = [name for name in columns if name not in strata]
        if left:
            raise refuse(
                f"strata= that hold {words}, by which the audits were drawn",
                f"strata {listed(list(strata))} without {listed(left)}",
                mend="name it in strata= and count population= by it, or record chances and pass probability=",
            )
        return columns, out
    if not isinstance(population, Mapping | str):
        raise refuse(f"population= as a mapping from the values of {words}, or a column", f"one number, {population!r}")
    return columns, out | {"strata": columns, "chosen": True}


def because(score: Callable[[dict[str, Any]], Any], columns: Sequence[str]) -> str:
    """Why a plain average goes astray: the kind of cases whose chance differed most from that of the rest.

    `score` scores the same audits again under other questions; a table that can be read only once keeps its reasons.
    """
    if not columns:
        return ""
    answers = [[name] for name in columns]
    asked = {"metrics": ["accuracy"], "measures": [], "targets": {}, "answers": answers, "judge": None}
    try:
        scores = Result(score(asked | {"by": list(columns), "groupings": answers}))
    except InputError:
        return ""
    best: tuple[float, str, str, float] | None = None
    for name in columns:
        rows = [row for row in scores.records() if row[name] is not None and row["denominator"]]
        audits, cases = sum(row["n"] for row in rows), sum(row["denominator"] for row in rows)
        for row in rows:
            rest_audits, rest_cases = audits - row["n"], cases - row["denominator"]
            if rest_audits <= 0 or rest_cases <= 0:
                continue
            times = row["n"] / row["denominator"] / (rest_audits / rest_cases)
            # how much of the plain average rests on the wrong share of this kind
            moved = abs(row["n"] / audits - row["denominator"] / cases)
            if best is None or moved > best[0]:
                best = (moved, name, str(row[name]), times)
    if best is None or best[0] < 0.001:
        return ""
    _, name, value, times = best
    rate = f"{times:.1f} times as often" if times >= 1.05 else f"{1 / times:.1f} times as seldom"
    return f"because cases with {clean(name)} “{clean(value)}” were audited {rate} as the rest"
