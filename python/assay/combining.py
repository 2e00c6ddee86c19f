"""Samples made in several steps, scored as one: days of a week, random and targeted draws, top-ups.

    week = assay.combine(monday, tuesday, wednesday)           # different cases: strata are day and stratum
    both = assay.combine(random, targeted, frame=frame, cells=["alert"])   # the same cases: strata are cells

Both forms are exact: nothing is approximated, and the probabilities that the sample carries are those that hold given
how many cases were drawn.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from assay import _core
from assay._checks import names_of, refuse, text, threads_of
from assay._sample import Sample
from assay._sample_design import sample_design
from assay.frames import Frame
from assay.results import Context, Flavour, flavour_of, listed

__all__ = ["combine"]

_ALIKE = ("case", "decision", "by", "violating", "not_violating", "undecided")


def combine(
    *samples: object,
    frame: Frame | None = None,
    cells: str | Sequence[str] | None = None,
    period: str | None = None,
    threads: int | None = None,
) -> Sample:
    """Several samples as one that `assay.score` takes.

    Without `frame`, the samples hold different cases: the days of a week, several sites. Each was drawn on its own, so
    together they are a stratified sample whose strata are sample and stratum; the sample's `period` names it, so each
    needs one of its own.

    With `frame`, the samples were drawn from the same cases: 2 % at random and every alert, a draw and its top-up,
    draws under two plans. A case drawn twice counts once. The strata become *cells*: combinations of the columns
    `cells` and of all columns that the draws were stratified by. Within a cell every draw treated all cases alike, so,
    given how many of its cases were drawn, the union is a simple random sample of the cell: exact for any sizes,
    whether the draws shared a key or not.

    Parameters
    ----------
    samples
        Samples as `plan.draw(...)` made them, or their copies read back from files; also combined ones.
    frame
        The frame that holds every case that could be drawn by any of the samples.
    cells
        Further columns among the frame's `by` that tell apart what was drawn from: `"alert"` where a targeted draw was
        made from the alerts alone.
    period
        What to call the whole; by default the periods of the samples.
    threads
        Workers; all cores by default. It never changes the sample.

    The result has the columns of a sample; with `frame` also `drawn_in`, the periods of the draws that took the case.
    No data: a cell of which no case was drawn is refused, because nothing speaks for it. Stratify the targeted draw by
    the columns that the random one was stratified by, and every cell is reached.

    Raises
    ------
    InputError
        No samples; a case on two days; samples of other columns or labels; cases or strata that are not the frame's;
        cells that do not tell apart what was drawn from. The message says what mends it.
    """
    if not samples:
        raise refuse("at least one sample", "none")
    if frame is not None and not isinstance(frame, Frame):
        raise refuse("frame= as assay.frame(...) makes it", type(frame).__name__)
    if frame is None and cells is not None:
        raise refuse("cells= only beside frame=", "cells= alone")
    designs = [_design_of(sample) for sample in samples]
    whole = text(period, "period=") if period is not None else _joined(designs)
    flavour = flavour_of(samples[0])
    if frame is not None:
        parts = [(design, sample, False) for design, sample in zip(designs, samples, strict=True)]
        return unite(frame._core, names_of(cells, "cells="), parts, whole, threads_of(threads), flavour)
    first = designs[0]
    for design in designs[1:]:
        for name in _ALIKE:
            if sorted(map(str, design.get(name) or [])) != sorted(map(str, first.get(name) or [])):
                raise refuse(
                    f"samples with one meaning of {name}=, {first.get(name)!r} as in {first['period']!r}",
                    f"{design.get(name)!r} in {design['period']!r}",
                    mend="make the frames with the same columns and labels",
                )
    merged = dict(first)
    merged["period"] = whole
    merged["labels"] = sorted({label for design in designs for label in design.get("labels", [])})
    merged["strata"] = [name for name in first["strata"] if all(name in design["strata"] for design in designs)]
    merged["keep"] = [name for name in first.get("keep", []) if all(name in d.get("keep", []) for d in designs)]
    for name in ("drawn_strata", "drawn_cases"):
        merged[name] = sum(int(design[name]) for design in designs)
    words = json.dumps(merged, separators=(",", ":"), ensure_ascii=False)
    named = [(design["period"] or "(no period)", sample) for design, sample in zip(designs, samples, strict=True)]
    table = _core.join_samples(named, str(first["case"]), words)
    return Sample(table, flavour, Context(period=whole))


def unite(
    frame: _core.Frame,
    cells: Sequence[str],
    parts: Sequence[tuple[Mapping[str, Any], object, bool]],
    period: str,
    threads: int | None,
    flavour: Flavour,
) -> Sample:
    """Draws from one frame as one sample: (design, sample, audited already) each."""
    for name in frame.by:
        if name in ("drawn_in", "already"):
            raise refuse(f"columns of the frame that are not called {name!r}, as one of the union is", repr(name))
    draws = [
        (
            design["period"] or f"draw {i + 1}",
            sample,
            str(design["case"]),
            [str(name) for name in design["strata"]],
            old,
        )
        for i, (design, sample, old) in enumerate(parts)
    ]
    return Sample(_core.unite(frame, list(cells), draws, period, threads), flavour, Context(period=period)).remember(
        frame
    )


def design_of(sample: object) -> dict[str, Any]:
    """The design that a sample carries; `assay.score` reads the same."""
    return _design_of(sample)


def _design_of(sample: object) -> dict[str, Any]:
    held = _core.hold(sample)
    missing = [name for name in ("stratum", "stratum_population", "sample_design") if name not in held.column_names]
    if missing:
        raise refuse(
            "samples as plan.draw(...) makes them", f"a table without {listed([repr(name) for name in missing])}"
        )
    design = sample_design(held)
    for name in ("case", "decision", "strata", "drawn_strata", "drawn_cases", "period"):
        if name not in design:
            raise refuse("samples as plan.draw(...) makes them", f"a sample_design that does not say {name!r}")
    return design


def _joined(designs: Sequence[Mapping[str, Any]]) -> str:
    periods = list(dict.fromkeys(str(design["period"]) for design in designs if design["period"]))
    if len(periods) > 3:
        return f"{periods[0]} to {periods[-1]}"
    return ", ".join(periods)
