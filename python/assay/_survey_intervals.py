"""Intervals of shares from complex samples, for `assay.interval`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from assay._checks import real, refuse, shown, text, whole
from assay._core import survey_intervals as _core
from assay._core.interval import Interval

__all__ = ["designed", "stratified_exact"]

DesignedMethod: TypeAlias = Literal[
    "wilson", "korn_graubard", "logit", "likelihood", "beta", "arcsine", "jeffreys", "agresti_coull", "wald"
]
Column: TypeAlias = Sequence[Any] | NDArray[Any]


def designed(
    share: float,
    *,
    standard_error: float,
    n: float,
    n_effective: float | None = None,
    degrees_of_freedom: float | None = None,
    method: DesignedMethod = "wilson",
    effective: Literal["smaller", "plug_in"] = "smaller",
    confidence: float = 0.95,
) -> Interval:
    """The interval of a share that a weighted, stratified or clustered sample estimated.

    Parameters
    ----------
    share, standard_error
        The estimate, between 0 and 1, and its standard error by the design. An error of 0 (nobody failed, or everybody
        in a stratum did) is no certainty: the weights alone then say how much is known.
    n, n_effective
        Sampled units, and Kish's effective size, (sum of weights)^2 / sum of squared weights; `n` where it is not
        given. `math.inf` says that everything was audited: [share, share].
    degrees_of_freedom
        Sampling units less strata; `n - 1` where not given. 0 answers [0, 1].
    method
        `wilson` (the default), `korn_graubard` (never understates; few events), `jeffreys`, `likelihood`, `logit`,
        `beta`, `agresti_coull`, `arcsine` where a rule names them; `wald` only to compare with a spreadsheet.
    effective
        `smaller`: the smaller of what the error says and Kish's, the honest one; `plug_in`: what the error says, as
        survey software reports it.

    Raises
    ------
    InputError
        for a share outside [0, 1], a size, error or degrees of freedom below 0, or an unknown method.

    Reference: Franco, Little, Louis & Slud (2019), J. Surv. Stat. Methodol. 7(3):334-364, doi:10.1093/jssam/smy019
    """
    if effective not in ("smaller", "plug_in"):
        raise refuse("effective= 'smaller' or 'plug_in'", repr(effective))
    size = real(n, "n=")
    return _core.designed(
        real(share, "share"),
        real(standard_error, "standard_error="),
        size,
        size if n_effective is None else real(n_effective, "n_effective="),
        max(0.0, size - 1.0) if degrees_of_freedom is None else real(degrees_of_freedom, "degrees_of_freedom="),
        text(method, "method="),
        real(confidence, "confidence="),
        effective == "plug_in",
    )


def stratified_exact(
    successes: Column,
    trials: Column,
    *,
    weights: Column | None = None,
    population: Column | None = None,
    confidence: float = 0.95,
) -> Interval:
    """Limits of the whole's share from a few events in several strata, right whatever each stratum holds.

    Parameters
    ----------
    successes, trials
        Events and sampled cases of each stratum. A stratum without sampled cases may hold anything.
    weights
        What part of the whole each stratum is, up to a common factor; `population` where not given.
    population
        Cases in each stratum. Without it strata are taken as very large, and `weights` must be given.

    One stratum has exact limits, strata sampled at one rate have Clopper and Pearson's on the sums, and otherwise a
    bound is inverted that is exact without an event and errs towards wide limits with more. Each limit is wrong in at
    most half of 1 - confidence of all samples.

    Use when: a claim about rare errors must hold. Not for: short everyday limits (`assay.score`), unequal weights
    within a stratum, clusters.

    Raises
    ------
    InputError
        for columns of different lengths, counts that do not fit, weights that are negative or all 0, or neither weights
        nor population.

    Reference: Hoeffding (1956), Annals of Mathematical Statistics 27(3):713-721; Hoeffding (1963), JASA 58(301):13-30
    """
    events, sizes = _wholes(successes, "successes"), _wholes(trials, "trials")
    held = [] if population is None else _wholes(population, "population=")
    if weights is None and population is None:
        raise refuse("weights= or population=", "neither", mend="say what part of the whole each stratum is")
    if population is not None and len(held) != len(events):
        raise refuse(f"population= with {len(events)} numbers, one a stratum", str(len(held)))
    parts = [float(each) for each in held] if weights is None else _reals(weights, "weights=")
    most = max(parts, default=0.0)
    if 0 < most < float("inf"):
        parts = [each / most for each in parts]  # parts of the whole, whatever their scale
        if any(0 < each < 1e-12 for each in parts):
            raise refuse("weights= within a factor of 1e12 of each other", "smaller ones", mend="leave the stratum out")
    return _core.stratified_exact(events, sizes, parts, held, real(confidence, "confidence="))


def _listed(values: Column, what: str) -> list[Any]:
    if isinstance(values, str | bytes | Mapping | Set) or not (hasattr(values, "__len__") or np.ndim(values)):
        raise refuse(f"{what} as a list of numbers, one a stratum", shown(values))
    return [each.item() if isinstance(each, np.generic) else each for each in np.asarray(values).ravel()]


def _reals(values: Column, what: str) -> list[float]:
    return [real(each, what) for each in _listed(values, what)]


def _wholes(values: Column, what: str) -> list[int]:
    out = []
    for each in _listed(values, what):
        count = whole(int(each) if isinstance(each, float) and each.is_integer() else each, what)
        if abs(count) >= 2**53:
            raise refuse(f"{what} below 2^53", shown(count))
        out.append(count)
    return out
