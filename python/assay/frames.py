"""Frames: the main job's first step.

    frame  = assay.frame(decisions, case="case_id", decision="label", by=["queue", "site"], violating=["remove"])
    plan   = assay.plan(frame, size=2_000, strata=["queue"])
    sample = plan.draw(key=secret, period="2026-W47")

A frame is a table of decisions that has been checked, a plan (assay.plans) says how many cases to audit in each
stratum, and a sample is the table of cases that were drawn, with their chances.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from typing import Any

from assay import _core
from assay._checks import column_of, labels_of, missing_of, names_of, progress_of, threads_of
from assay._plan import Progress
from assay._value import Value
from assay.results import (
    Context,
    Flavour,
    Result,
    clean,
    flavour_of,
    listed,
    number,
    percent,
    plural,
)

__all__ = ["Frame", "frame"]

Names = str | Sequence[str]


class Frame(Value):
    """Decisions that can be drawn from: one row a decision, checked. Made by `assay.frame`; it never changes.

    `len(frame)` counts all rows; `decided` of them can be drawn, `undecided` ones cannot. `labels()` is a table of how
    often each label was given and what it means.
    """

    __slots__ = ("_core", "_flavour", "_taken")
    _core: Any
    _flavour: Flavour
    _taken: str  # the kind that labels have because nobody declared them otherwise; empty where all were declared
    _kind = "frame"

    def __init__(self, core: Any, flavour: Flavour, taken: str = "") -> None:
        object.__setattr__(self, "_taken", taken)
        object.__setattr__(self, "_core", core)
        object.__setattr__(self, "_flavour", flavour)

    def __reduce__(self) -> tuple[Any, ...]:
        raise TypeError("a frame cannot be pickled; it holds all rows: make it where they are, with assay.frame(...)")

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
        return Result(self._core.labels(), self._flavour, Context(title=f"Labels in the column {clean(self.decision)}"))

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
        """What deserves a second look: labels declared but never given, and labels that got their kind from no one."""
        found = []
        never = [repr(clean(label)) for label in self._core.never_met]
        if never:
            found.append(f"Declared, but no decision has it: {listed(never)}. Is that how the label is spelt?")
        if self._taken:
            rest = [repr(clean(row["label"])) for row in self.labels().records() if row["kind"] == self._taken]
            named = "violating=" if self._taken == "not violating" else "not_violating="
            if rest:
                found.append(f"Taken as {self._taken}, for only {named} was given: {listed(rest)}.")
        return tuple(found)

    def _headline(self) -> str:
        undecided = f", {number(self.undecided)} of them undecided and never drawn" if self.undecided else ""
        return f"{plural(len(self), 'decision')}{undecided}."

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
    arguments = {
        "case": column_of(case, "case="),
        "decision": column_of(decision, "decision="),
        "by": names_of(by, "by="),
        "keep": names_of(keep, "keep="),
        "at": column_of(at, "at="),
        "reviewer": column_of(reviewer, "reviewer="),
        "policy_version": column_of(policy_version, "policy_version="),
        "violating": labels_of(violating, "violating="),
        "not_violating": labels_of(not_violating, "not_violating="),
        "undecided": labels_of(undecided, "undecided="),
        "missing": missing_of(missing),
    }
    taken = (
        "" if (violating is None) == (not_violating is None) else "violating" if violating is None else "not violating"
    )
    core = _core.read_frame(table, arguments, threads_of(threads), progress_of(progress))
    return Frame(core, flavour_of(table), taken)
