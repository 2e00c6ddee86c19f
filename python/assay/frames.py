"""Frames, plans and samples: the main job's first half.

    frame  = assay.frame(decisions, case="case_id", decision="label", by=["queue", "site"], violating=["remove"])
    plan   = assay.plan(frame, size=2_000, strata=["queue"])
    sample = plan.draw(key=secret, period="2026-W47")

A frame is a table of decisions that has been checked, a plan says how many cases to audit in each stratum, and a sample
is the table of cases that were drawn, with their chances.
"""

from __future__ import annotations

import datetime
import html
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from numbers import Integral, Real
from typing import Any, cast

from assay import _core
from assay._core import InputError
from assay.results import (
    Context,
    Flavour,
    Result,
    Scores,
    clean,
    flavour_of,
    listed,
    need,
    number,
    percent,
    plain_table,
    plural,
)
from assay.scores import _column, _labels, _names

__all__ = ["Frame", "Plan", "Sample", "frame", "plan"]

Names = str | Sequence[str]
Progress = Callable[[int], object]
ALLOCATIONS = ("proportional", "equal", "neyman")


def _refuse(wanted: str, got: str, *, column: str = "", mend: str = "") -> InputError:
    return cast(InputError, _core.input_error(wanted, got, column=column, mend=mend))


# --- frame ----------------------------------------------------------------------------------------------------------


class Frame:
    """Decisions that can be drawn from: one row a decision, checked. Made by `assay.frame`; it never changes.

    `len(frame)` counts all rows; `decided` of them can be drawn, `undecided` ones cannot. `labels()` is a table of how
    often each label was given and what it means.
    """

    __slots__ = ("_core", "_flavour")
    _core: Any
    _flavour: Flavour

    def __init__(self, core: Any, flavour: Flavour) -> None:
        object.__setattr__(self, "_core", core)
        object.__setattr__(self, "_flavour", flavour)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a frame is immutable: cannot set {name!r}")

    def __len__(self) -> int:
        return int(self._core.rows)

    @property
    def decided(self) -> int:
        """Rows whose decision is not among the undecided labels: those that can be drawn."""
        return int(self._core.decided)

    @property
    def undecided(self) -> int:
        """Rows that are counted, but never drawn or scored."""
        return int(self._core.undecided)

    @property
    def case(self) -> str:
        """The column of the ids."""
        return str(self._core.case)

    @property
    def decision(self) -> str:
        """The column of the labels."""
        return str(self._core.decision)

    @property
    def by(self) -> list[str]:
        """The columns that name slices and strata."""
        return list(self._core.by)

    @property
    def flavour(self) -> Flavour:
        """The library the table came from."""
        return self._flavour

    def labels(self) -> Result:
        """One row a label: `label`, `kind` (violating, not violating, undecided, undeclared), `cases`, `share`."""
        return Result(self._core.labels(), self._flavour, Context(title=f"Labels in {clean(self.decision)}"))

    def summary(self) -> str:
        """What is in the frame, in plain words."""
        lines = [self._headline()]
        for row in self.labels().records():
            kind = "" if row["kind"] == "undeclared" else f" ({row['kind']})"
            lines.append(f"  {clean(row['label'])}{kind}: {number(row['cases'])}, {percent(row['share'])}")
        sizes = zip(self.by, self._core.by_sizes, strict=True)
        by = [f"{clean(name)} ({plural(size, 'value')})" for name, size in sizes]
        lines += [f"Slices and strata: {listed(by, 20)}."] if by else []
        return "\n".join(lines + [f"- {note}" for note in self.cautions()])

    def cautions(self) -> tuple[str, ...]:
        """What deserves a second look: labels that were declared but never given are often misspelt."""
        never = [repr(clean(label)) for label in self._core.never_met]
        if not never:
            return ()
        return (f"Declared, but no decision has it: {listed(never)}. Is that how the label is spelt?",)

    def _headline(self) -> str:
        undecided = f", {number(self.undecided)} of them undecided and never drawn" if self.undecided else ""
        return f"{plural(len(self), 'decision')} in {clean(self.decision)}{undecided}."

    def __repr__(self) -> str:
        return f"<Frame: {self._headline()[:-1]}>"

    def _repr_html_(self) -> str:
        notes = "".join(f"<p>{html.escape(note)}</p>" for note in self.cautions())
        return f"<p><b>{html.escape(self._headline())}</b></p>{self.labels()._repr_html_()}{notes}"


def frame(
    table: object,
    *,
    case: str,
    decision: str,
    by: Names = (),
    violating: Iterable[str] | None = None,
    not_violating: Iterable[str] | None = None,
    undecided: Iterable[str] = (),
    keep: Names = (),
    at: str | None = None,
    reviewer: str | None = None,
    policy_version: str | None = None,
    missing: str | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Frame:
    """The decisions from which audits can be drawn: one row a decision.

    Parameters
    ----------
    table
        A pandas, polars or pyarrow table, a DuckDB relation, anything with `__arrow_c_stream__`, or a mapping from
        names to NumPy arrays. Arrow tables are not copied.
    case
        The column of ids, text or whole numbers, each once. Where one item has several decisions, the decision's id.
    decision
        The column of labels that reviewers gave.
    by
        Columns that name slices and strata later: queue, site, policy, language.
    violating, not_violating
        Labels that mean action against the content, and labels that do not. With one of them given, all other labels
        mean the opposite; with both, a label that is in neither is refused. Without either, only accuracy can be
        scored.
    undecided
        Labels that are no decision (skipped, escalated): counted, never drawn, never scored.
    keep
        Further columns to carry into the sample: amounts, views, predictions.
    at, reviewer, policy_version
        When it was decided (a timestamp with a zone), by whom, under which version of the rules; carried along too.
    missing
        The name that nulls in `by` get; without it they are refused.
    threads
        Workers; all cores by default. It never changes what the frame says.
    progress
        Called now and then with the number of rows done.

    Raises
    ------
    InputError
        An empty table, missing or misnamed columns, ids that are null or occur twice, nulls, labels never declared,
        times without a zone; the message names column and row.
    """
    if missing is not None and not isinstance(missing, str):
        raise _refuse("missing= as the name that nulls get", type(missing).__name__)
    arguments = {
        "case": _column(case, "case="),
        "decision": _column(decision, "decision="),
        "by": _names(by, "by="),
        "keep": _names(keep, "keep="),
        "at": _column(at, "at="),
        "reviewer": _column(reviewer, "reviewer="),
        "policy_version": _column(policy_version, "policy_version="),
        "violating": _labels(violating, "violating="),
        "not_violating": _labels(not_violating, "not_violating="),
        "undecided": _labels(undecided, "undecided="),
        "missing": missing,
    }
    return Frame(_core.read_frame(table, arguments, threads, progress), flavour_of(table))


# --- plan -----------------------------------------------------------------------------------------------------------


class Plan(Result):
    """How many cases to audit in each stratum: one row a stratum.

    Columns: the strata, `population` (decided cases), `sample_size`, and `expected_half_width`: half the width of the
    interval to expect for the stratum's error rate, at the rate given as `expected`, else at 50 %, where it is widest.
    """

    __slots__ = ()

    def draw(
        self, *, key: str | bytes, period: str = "", threads: int | None = None, progress: Progress | None = None
    ) -> Sample:
        """Draw the cases to audit.

        Parameters
        ----------
        key
            A secret, as text or bytes. Whoever knows it can foresee who will be audited; 16 random bytes or more.
        period
            What makes this draw differ from the next ("2026-W47"). The same key, period and cases always give the same
            draw: on any machine, in any order of the rows, in C++, Python or Spark.
        threads
            Workers; all cores by default. It never changes the draw.
        progress
            Called now and then with the number of rows done.
        """
        if not isinstance(key, str | bytes):
            raise _refuse("key= as text or bytes", type(key).__name__)
        if not isinstance(period, str):
            raise _refuse("period= as text", type(period).__name__, mend='write it as text, "2026-W47" for instance')
        try:
            secret = key.encode() if isinstance(key, str) else key
            period.encode()
        except UnicodeEncodeError:
            raise _refuse("key= and period= as text that UTF-8 can hold", "text with a lone surrogate") from None
        table = cast(Any, self._table).draw(secret, period, threads, progress)
        return Sample(table, self.flavour, Context(period=period, source=self.context.source))

    @property
    def strata(self) -> list[str]:
        """The columns whose combinations are the strata."""
        return list(cast(Any, self._table).strata)

    @property
    def size(self) -> int:
        """Cases to audit in all."""
        return sum(self.column("sample_size"))

    def _title(self) -> str:
        return self.context.title or f"Plan: {plural(self.size, 'case')} to audit"

    def _summary(self) -> str:
        held, sizes = self.column("population"), self.column("sample_size")
        lines = [
            f"{plural(self.size, 'case')} to audit out of {number(sum(held))} decided"
            f"{_in_strata(self.strata, len(self))}."
        ]
        widths = self.column("expected_half_width")
        low, high = _points(min(widths)), _points(max(widths))
        if len(self) == 1:
            lines.append(f"Expect the error rate to ± {high} or better.")
        else:
            few, many = number(min(sizes)), number(max(sizes))
            lines.append(f"{few} cases a stratum." if few == many else f"From {few} to {many} cases a stratum.")
            widest = "" if low == high else f" at the sharpest, ± {high} at the widest"
            lines.append(f"Expect each stratum's error rate to ± {low}{widest}.")
        return "\n".join(lines + [f"- {note}" for note in self.cautions()])

    def _cautions(self) -> tuple[str, ...]:
        single = sum(
            1 for n, held in zip(self.column("sample_size"), self.column("population"), strict=True) if n == 1 < held
        )
        if not single:
            return ()
        return (f"{plural(single, 'stratum gets', 'strata get')} a single case, which shows no spread: set minimum=2.",)

    def _chart(self, **options: Any) -> Any:
        names = cast(Any, self._table).names()
        return _bars(list(zip(names, self.column("sample_size"), strict=True)))


def plan(
    frame: Frame,
    *,
    size: int | None = None,
    share: float | None = None,
    half_width: float | Mapping[str, float] | None = None,
    max_audits: int | None = None,
    strata: Names = (),
    allocation: str = "proportional",
    expected: object = None,
    cost: object = None,
    minimum: int = 2,
    confidence: float = 0.95,
) -> Plan:
    """How many cases to audit, and in which strata.

    Parameters
    ----------
    size, share
        Cases in all, or a share of all decided cases (rounded so that the total is right). One of the two.
    strata
        Columns among the frame's `by`; each combination is drawn from on its own. Strata make sure that no queue goes
        unseen, and sharpen the overall score where queues differ.
    allocation
        `"proportional"`: the same share of every stratum, right when little is known. `"equal"`: the same number, for
        when each stratum needs an answer of its own. `"neyman"`: more where errors are expected to be harder to
        measure, for the sharpest overall score; needs `expected`.
    expected
        Error rates: a number for all strata; a mapping from a stratum's value (a tuple of values where there are
        several columns) to its rate; or a table with the strata's columns and `rate` or `estimate`, such as last week's
        scores.
    minimum
        Least number in a stratum; a stratum that holds fewer is taken whole.
    confidence
        Of the intervals whose `expected_half_width` the plan shows.

    `half_width=`, `max_audits=`, `cost=` and `allocation="optimal"` need the precision planner, which does not exist
    yet; they are refused.

    Raises
    ------
    InputError
        A size over what the frame holds or under the minimum, strata that are not among the frame's `by`; the message
        says what would do.
    """
    if not isinstance(frame, Frame):
        raise _refuse("a frame, as assay.frame(...) makes it", type(frame).__name__, mend="call plan(frame, ...)")
    for name, given in (("half_width", half_width), ("max_audits", max_audits), ("cost", cost)):
        if given is not None:
            raise _refuse(
                "size= (cases in all) or share= (of all decided cases)", f"{name}=", mend=f"{_NO_PLANNER}{_INSTEAD}"
            )
    if allocation == "optimal":
        raise _refuse(f"allocation= one of {listed(ALLOCATIONS)}", "'optimal'", mend=_NO_PLANNER)
    if allocation not in ALLOCATIONS:
        raise _refuse(f"allocation= one of {listed(ALLOCATIONS)}", repr(allocation))
    columns = _names(strata, "strata=")
    arguments = {
        "size": None if size is None else _whole(size, "size="),
        "share": None if share is None else _real(share, "share="),
        "strata": columns,
        "allocation": allocation,
        "expected": _expected(expected, columns),
        "minimum": _whole(minimum, "minimum="),
        "confidence": _real(confidence, "confidence="),
    }
    return Plan(_core.make_plan(frame._core, arguments, None), frame.flavour)


_NO_PLANNER = "the planner that finds the cheapest design for a wished precision does not exist yet"
_INSTEAD = "; try a size and look at the plan's expected_half_width"


def _whole(value: object, what: str) -> int:
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise _refuse(f"{what} as a whole number", repr(value))
    if abs(int(value)) >= 2**62:
        raise _refuse(f"{what} below 2^62", repr(value))
    return int(value)


def _real(value: object, what: str) -> float:
    if isinstance(value, bool) or not isinstance(value, Real):
        raise _refuse(f"{what} as a number", repr(value))
    return float(value)


def _value_text(value: object) -> str:
    """A stratum's value as the compiled core writes it."""
    if isinstance(value, datetime.datetime):
        if value.tzinfo is None:
            raise _refuse("times with a zone in expected=", repr(value))
        return value.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if isinstance(value, datetime.date):
        return value.isoformat()
    if type(value).__name__ in ("bool", "bool_"):
        return "true" if value else "false"
    return str(value)


def _expected(expected: object, strata: Sequence[str]) -> object:
    """Rates for the compiled core: None, a number, or a dict from tuples of texts to numbers."""
    if expected is None:
        return None
    if isinstance(expected, Real) and not isinstance(expected, bool):
        return _real(expected, "expected=")
    if isinstance(expected, Mapping) and all(isinstance(rate, Real) for rate in expected.values()):
        out = {}
        for stratum, rate in expected.items():
            values = stratum if isinstance(stratum, tuple) else (stratum,)
            if len(values) != len(strata):
                names = listed(strata) or "none"
                raise _refuse(f"a value for each of the strata's columns ({names}) in expected=", repr(stratum))
            out[tuple(map(_value_text, values))] = _real(rate, "a rate in expected=")
        return out
    if isinstance(expected, str | bool | bytes):
        raise _refuse("expected= as a number, a mapping by stratum, or a table", repr(expected))
    return _rates_in(expected, strata)


def _rates_in(table: object, strata: Sequence[str]) -> dict[tuple[str, ...], float]:
    others = [name for name in table.context.by if name not in strata] if isinstance(table, Scores) else []
    rows = _core.rates_in(table, list(strata), others)
    metrics = list(dict.fromkeys(metric for _, metric, _ in rows))
    if len(metrics) > 1 and "accuracy" not in metrics:
        raise _refuse(
            "expected= with one metric, or with accuracy among them",
            listed(metrics),
            mend="keep the rows of one metric",
        )
    chosen = "accuracy" if "accuracy" in metrics else metrics[0] if metrics else ""
    out: dict[tuple[str, ...], float] = {}
    for values, metric, value in rows:
        if metric != chosen:
            continue
        if tuple(values) in out:
            names = ", ".join(f"{name} {clean(value)}" for name, value in zip(strata, values, strict=True))
            raise _refuse("one row a stratum in expected=", f"two for {names or 'all'}")
        out[tuple(values)] = 1.0 - value if chosen == "accuracy" else value
    return out


def _points(half: float) -> str:
    digits = 1 if half >= 0.01 or half == 0 else min(4, math.ceil(-math.log10(half * 100)) + 1)
    return f"{half * 100:.{digits}f} points"


def _in_strata(columns: Sequence[str], count: int) -> str:
    return f", from {plural(count, 'stratum', 'strata')} of {' and '.join(map(clean, columns))}" if columns else ""


# --- sample ---------------------------------------------------------------------------------------------------------


class Sample(Result):
    """The cases to audit: one row a case, in the order of strata.

    Columns: the frame's own (case, decision, `by`, reviewer, policy version, time, `keep`) under their own names, then
    `stratum`, `stratum_population`, `stratum_size`, `inclusion_probability` (the chance with which the case was drawn),
    `weight` (how many cases it stands for), `decision_population` (decided cases of its stratum with the same kind of
    decision) and `sample_design` (what scoring must know, as JSON; never the key). Written to a CSV or Parquet file and
    read back, it scores exactly as before.
    """

    __slots__ = ()

    def strata(self) -> list[dict[str, Any]]:
        """One mapping a stratum: `stratum`, `population`, `sample_size`, `inclusion_probability`."""
        names = ("stratum", "stratum_population", "stratum_size", "inclusion_probability")
        rows = dict.fromkeys(zip(*(self.column(name) for name in names), strict=True))
        return [
            {"stratum": name, "population": held, "sample_size": size, "inclusion_probability": chance}
            for name, held, size, chance in rows
        ]

    def _title(self) -> str:
        period = f" of {clean(self.context.period)}" if self.context.period else ""
        return self.context.title or f"Sample{period}: {plural(len(self), 'case')} to audit"

    def _summary(self) -> str:
        strata = self.strata()
        held = sum(row["population"] for row in strata)
        lines = [f"{self._title()}, out of {number(held)} decided."]
        chances = [row["inclusion_probability"] for row in strata]
        if len(strata) == 1:
            lines.append(f"Each case had a chance of {percent(chances[0], 2)}.")
        else:
            least, most = percent(min(chances), 2), percent(max(chances), 2)
            spread = least if least == most else f"{least} to {most}"
            lines.append(f"From {number(len(strata))} strata; a case's chance was {spread}, by stratum:")
            for row in strata[:20]:
                lines.append(
                    f"  {clean(row['stratum'])}: {number(row['sample_size'])} of {number(row['population'])} "
                    f"({percent(row['inclusion_probability'], 2)})"
                )
            if len(strata) > 20:
                lines.append(f"  and {number(len(strata) - 20)} more")
        return "\n".join(lines + [f"- {note}" for note in self.cautions()])

    def _chart(self, **options: Any) -> Any:
        return _bars([(row["stratum"], row["sample_size"]) for row in self.strata()])

    def _html(self) -> str:
        return plain_table(Result(_core.without(self._table, "sample_design")))


def _bars(sizes: list[tuple[str, int]]) -> Any:
    alt = need("altair", "plot()")
    values = [{"stratum": clean(name), "cases": size} for name, size in sizes]
    return (
        alt.Chart(alt.Data(values=values))
        .mark_bar()
        .encode(
            x=alt.X("cases:Q", title="cases to audit"),
            y=alt.Y("stratum:N", sort=None, title=None),
            tooltip=["stratum:N", "cases:Q"],
        )
    )
