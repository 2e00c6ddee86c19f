"""Designs whose variances come from inclusion probabilities, and from two phases."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from assay._checks import column_of, missing_of, real, refuse, threads_of
from assay._core import survey as _core
from assay._result import flavour_of
from assay.survey._arguments import lonely_of, one_of, stages_of

if TYPE_CHECKING:
    from assay.survey._design import Design

PPS = ("with_replacement", "brewer", "deville", "overton", "hartley_rao", "poisson", "joint")
ESTIMATORS = ("horvitz_thompson", "yates_grundy")


def with_chances(
    core: _core.SurveyDesign, pps: object, joint: object, estimator: object, squares: object, *, probability: bool
) -> _core.SurveyDesign:
    """The design with the variance that `pps=` and `joint=` ask for."""
    if pps is None and joint is not None:
        pps = "joint"
    one_of(estimator, "pair_estimator=", ESTIMATORS)
    if pps is not None:
        one_of(pps, "pps=", PPS)
    if squares is not None and pps != "hartley_rao":
        raise refuse('probability_squares= with pps="hartley_rao" only', f"pps={pps!r}")
    if pps is None:
        return core
    if not probability:
        raise refuse("probability=, the chance with which each row was drawn, with pps= and joint=", "none")
    if (pps == "joint") != (joint is not None):
        raise refuse('joint= with pps="joint", and only there', f"pps={pps!r}")
    if pps == "with_replacement":
        return core
    if pps == "joint":
        try:
            matrix = np.ascontiguousarray(joint, dtype=float)
        except (TypeError, ValueError, OverflowError):
            raise refuse(
                "joint= as a matrix of numbers, a row and a column for each row", type(joint).__name__
            ) from None
        if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
            raise refuse("joint= as a square matrix", "x".join(map(str, matrix.shape)))
        return _core.joint(core, matrix, str(estimator))
    size = None if squares is None else real(squares, "probability_squares=")
    return _core.pps(core, str(pps), str(estimator), size)


def two_phase(
    table: object,
    *,
    screened: str,
    strata: str | Sequence[Any] | None = None,
    population: float | None = None,
    missing: str | None = None,
    threads: int | None = None,
) -> Design:
    """Two phases: many cases screened cheaply, some of each kind audited. `table` holds the audited rows.

    Use when: a first look (a model, a quick review) sorted a sample of cases into kinds, and of each kind some were
    drawn for experts. Errors of both draws are counted.
    Not for: kinds known of the whole queue: those are strata of a plain `design`, and the estimate is sharper.

    Parameters
    ----------
    screened
        The column that says how many screened cases there are of the row's kind.
    strata
        The columns of the kinds.
    population
        How many cases the screened ones were drawn from, by simple random sampling. Without it totals are those of the
        screened cases, which came independently of each other, as from a process.

    Raises
    ------
    InputError
        Naming the row: counts that differ within a kind or are below what was audited; kinds with one of several
        cases audited; a population below what was screened.

    Reference: Särndal, Swensson & Wretman (1992), Model Assisted Survey Sampling, section 9.3
    """
    from assay.survey._design import Design

    arguments = {
        "strata": stages_of([strata] if isinstance(strata, list | tuple) else strata),
        "clusters": [],
        "weight": "",
        "probability": "",
        "population": [],
        "population_size": None,
        "missing": missing_of(missing),
        "lonely": lonely_of("certainty"),
        "nest": False,
    }
    workers = threads_of(threads)
    core = _core.design(table, arguments, workers)
    size = None if population is None else real(population, "population=")
    column = column_of(screened, "screened=")
    if not column:
        raise refuse("screened= as the name of a column", "none")
    return Design(_core.two_phase(core, column, size), flavour_of(table), workers)
