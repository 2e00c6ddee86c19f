"""Cases that were audited, some of them twice: the tables joined, and what both audits found counted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from assay import _core
from assay._checks import refuse
from assay.registry._rows import columns_of

# Double audits of each kind of decision from which on the kinds are corrected one by one. A matter of how many there
# are, never of what they found: with a hundred, a kind's rare errors are hardly ever missed altogether.
ENOUGH = 100


@dataclass(frozen=True, slots=True)
class Case:
    """One audited case: its decision, the label each audit says it should have had, and what it stands for."""

    decision: str
    violating: bool
    first: str
    second: str | None
    labels: frozenset[str]  # the violating ones
    weight: float
    group: str


def _label(value: Any) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def _column(columns: dict[str, list[Any]], name: str, what: str) -> list[Any]:
    if name not in columns:
        raise refuse(f"a column {name!r} in {what}", f"columns {', '.join(map(repr, columns))}")
    for row, value in enumerate(columns[name]):
        if value is None or value != value:
            raise _core.input_error(f"a value in every row of {what}", "null", column=name, row=row)
    return columns[name]


def _by_case(table: object, case: str, verdict: str, what: str) -> dict[str, str]:
    columns = columns_of(table, what)
    ids, verdicts = _column(columns, case, what), _column(columns, verdict, what)
    if not ids:
        raise refuse(f"at least one row in {what}", "none")
    out: dict[str, str] = {}
    for row, (name, label) in enumerate(zip(ids, verdicts, strict=True)):
        if _label(name) in out:
            raise _core.input_error(f"each case once in {what}", f"{name!r} twice", column=case, row=row)
        out[_label(name)] = _label(label)
    return out


def cases_of(sample: object, audits: object, double_audits: object, verdict: str, group: str) -> list[Case]:
    """The audited cases of a sample. Undecided verdicts answer nothing, be they of the first audit or the second."""
    from assay._sample_design import sample_design

    design = sample_design(_core.hold(sample))
    case, decision = str(design.get("case", "")), str(design.get("decision", ""))
    first = {key: label for key, label in _first(audits, case, verdict).items() if label is not None}
    second = _by_case(double_audits, case, verdict, "double_audits")
    undecided = {_label(each) for each in design.get("undecided", [])}
    violating = frozenset(_label(each) for each in design.get("violating", []))
    if not violating:
        raise refuse("a sample whose frame says which labels are violating", "none", mend="frame(..., violating=[...])")
    known = violating | undecided | {_label(each) for name in ("labels", "not_violating") for each in design[name]}
    for row, (name, label) in enumerate(second.items()):
        if name not in first:
            raise _core.input_error(
                "double audits of cases that were audited", f"case {name!r}, which was not", column=case, row=row
            )
        if label not in known:
            raise _core.input_error(
                f"labels among {', '.join(sorted(map(repr, known)))}", repr(label), column=verdict, row=row,
                mend="declare it in the frame: violating= or not_violating=",
            )  # fmt: skip
    columns = columns_of(sample, "sample")
    groups = _column(columns, group, "the sample") if group else [""] * len(columns[case])
    out = []
    for name, made, weight, where in zip(columns[case], columns[decision], columns["weight"], groups, strict=True):
        key, label = _label(name), _label(made)
        if key not in first or first[key] in undecided or label in undecided:
            continue
        again = second.get(key)
        out.append(
            Case(label, label in violating, first[key], None if again in undecided else again, violating,
                 float(weight), _label(where))
        )  # fmt: skip
    if not any(each.second is not None for each in out):
        raise refuse("at least one double audit with a verdict that decides", "none")
    return out


def _first(audits: object, case: str, verdict: str) -> dict[str, str | None]:
    """First audits by case; scoring has already refused what is wrong with them."""
    columns = columns_of(audits, "audits")
    pairs = zip(columns[case], columns[verdict], strict=True)
    return {_label(name): None if label is None or label != label else _label(label) for name, label in pairs}


def found_by(case: Case, verdict: str, metric: str) -> bool:
    """Whether a verdict says what the metric counts; for accuracy that the decision was wrong."""
    due = verdict in case.labels
    if metric == "accuracy":
        return verdict != case.decision
    if metric == "over_enforcement":
        return case.violating and not due
    if metric == "leakage":
        return not case.violating and due
    if metric == "wrong_label":
        return case.violating == due and verdict != case.decision
    return due


def _rate(cases: Iterable[tuple[float, bool]]) -> list[float]:
    """A weighted rate, and how many equally weighted cases know as much (Kish)."""
    weight = squares = found = 0.0
    for each, hit in cases:
        weight += each
        squares += each * each
        found += each if hit else 0.0
    return [min(1.0, found / weight), weight * weight / squares] if weight else [0.0, 0.0]


def _possible(metric: str) -> tuple[bool, ...]:
    """The kinds of decision, violating or not, in which a metric can occur."""
    return {"over_enforcement": (True,), "leakage": (False,)}.get(metric, (True, False))


def kinds_of(cases: Sequence[Case], metric: str) -> list[dict[str, Any]]:
    """What was found, by kind of decision; kinds in which the metric cannot occur are left out."""
    possible = _possible(metric)
    present = [kind for kind in possible if any(case.violating is kind for case in cases)]
    if not present:
        decided = "violating" if possible[0] else "not violating"
        raise refuse(f"audited cases that were decided {decided}, for {metric!r}", "none")
    return [_kind(cases, metric, (kind,)) for kind in present]


def pooled(cases: Sequence[Case], metric: str) -> dict[str, Any]:
    """The same with all kinds of decision in which the metric can occur taken together."""
    return _kind(cases, metric, _possible(metric))


def _kind(cases: Sequence[Case], metric: str, kinds: tuple[bool, ...]) -> dict[str, Any]:
    mine = [case for case in cases if case.violating in kinds]
    told = [(case, found_by(case, case.first, metric)) for case in mine]
    twice = [
        (case.weight, first, found_by(case, case.second, metric)) for case, first in told if case.second is not None
    ]
    share = _rate((case.weight, case.violating in kinds) for case in cases)
    truth = [(first, second) for _, first, second in twice]
    return {
        "decided": " or ".join("acted" if kind else "let content stand" for kind in kinds),
        "twice": len(twice),
        "share": share if len(mine) < len(cases) else [1.0, float("inf")],
        "found": _rate((case.weight, first) for case, first in told),
        "upheld": _rate((weight, second) for weight, first, second in twice if first),
        "missed": _rate((weight, second) for weight, first, second in twice if not first),
        "sensitivity": [sum(f and s for f, s in truth), sum(s for _, s in truth)],
        "specificity": [sum(not f and not s for f, s in truth), sum(not s for _, s in truth)],
    }


def apart_or_together(
    kinds: Sequence[dict[str, Any]], together: dict[str, Any], metric: str
) -> Sequence[dict[str, Any]]:
    """Kinds of decision one by one, or as one, by how many double audits each has; what these found is not asked."""
    for kind in kinds:
        if not kind["twice"]:
            raise refuse(
                f"double audits of decisions that {kind['decided']}, for {metric!r}",
                "none",
                mend="have some of these audited again, or name metrics= that are about the others alone",
            )
    return kinds if all(kind["twice"] >= ENOUGH for kind in kinds) else [together]


def plain(kind: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) for name, value in kind.items() if isinstance(value, list)}


def latent(cases: Sequence[Case], metric: str, confidence: float) -> dict[str, Any]:
    """Groups of the sample, with what both auditors found in each. Weights within a group are taken for equal."""
    groups: dict[str, list[float]] = {}
    total = sum(case.weight for case in cases)
    for case in cases:
        counts = groups.setdefault(case.group, [0.0] * 6)
        counts[0] += case.weight / total
        first = found_by(case, case.first, metric)
        if case.second is None:
            counts[4 if first else 5] += 1
        else:
            both = first + found_by(case, case.second, metric)
            counts[3 - both] += 1
    return _core.latent_class([tuple(groups[name]) for name in sorted(groups)], confidence)
