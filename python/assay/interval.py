"""Intervals for a share of successes, and for the number of successes in a finite queue.

    >>> from assay import interval
    >>> lower, upper = interval.wilson(81, 263)
    >>> round(lower, 4), round(upper, 4)
    (0.2553, 0.3662)
    >>> interval.hypergeometric(3, 5, population=20)
    CountInterval(lower=4, upper=18)

Numbers in: an `Interval` out (`.lower`, `.upper`, `.width`; it unpacks as a pair, and `value in limits` asks whether it
holds a value). Arrays, lists or columns in: a pair of NumPy arrays out, and everything broadcasts.

Counts are whole numbers between 0 and 2**53; floats are welcome where they are whole. Anything else (nan, true and
false, text, missing values) is an `assay.InputError` that names the position.

Which one?

* `wilson`: the everyday interval; near its level on average, short, never outside [0, 1].
* `blaker`: at least its level whatever the truth; `clopper_pearson` where each limit must hold alone, or a rule
  names it.
* `hypergeometric`: the question is about this queue, and the sample is a good part of it.
* `jeffreys`, `mid_p`, `agresti_coull`: where a house rule asks for them.

All of these assume that each trial was drawn like every other. Weighted, stratified or clustered audits need
`assay.score`; where share and standard error are known from elsewhere `designed`, and for a claim about a few events
in several strata `stratified_exact`. None of them may be looked at again and again while data arrive and still keep
its level.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, Protocol, SupportsFloat, SupportsIndex, TypeAlias, cast, overload

import numpy as np
from numpy.typing import NDArray

from assay._core import interval as _core
from assay._core.interval import CountInterval, Interval
from assay._survey_intervals import designed, stratified_exact

__all__ = [
    "CountInterval",
    "Interval",
    "agresti_coull",
    "blaker",
    "clopper_pearson",
    "designed",
    "hypergeometric",
    "jeffreys",
    "mid_p",
    "stratified_exact",
    "wilson",
]

Number: TypeAlias = int | float | np.integer[Any] | np.floating[Any]
"""One count."""


class Column(Protocol):
    """A column of pandas, polars or pyarrow."""

    def __len__(self) -> int: ...
    def __array__(self, *args: Any, **options: Any) -> NDArray[Any]: ...


Numbers: TypeAlias = NDArray[Any] | Sequence[Any] | Column
"""Many counts: an array, a list, or a column of a table."""

Level: TypeAlias = SupportsFloat | SupportsIndex
"""A confidence."""

Shares: TypeAlias = tuple[NDArray[np.float64], NDArray[np.float64]]
"""Lower and upper limits of shares."""

Counts: TypeAlias = tuple[NDArray[np.int64], NDArray[np.int64]]
"""Lower and upper limits of counts."""


@overload
def wilson(successes: Number, trials: Number, *, confidence: Level = ...) -> Interval: ...
@overload
def wilson(successes: Numbers, trials: Number | Numbers, *, confidence: Level = ...) -> Shares: ...
@overload
def wilson(successes: Number, trials: Numbers, *, confidence: Level = ...) -> Shares: ...
def wilson(successes: Number | Numbers, trials: Number | Numbers, *, confidence: Level = 0.95) -> Interval | Shares:
    """Wilson's score interval for a share.

    The shares that a score test does not reject: closed form, inside [0, 1], near its level on average.

    Use when: a headline rate needs an interval and there are at least a handful of trials.
    Not for: a guarantee whatever the truth (`blaker`, `clopper_pearson`); weighted or clustered audits (`assay.score`);
    looking again and again while data arrive.
    No data: no trials answer [0, 1].

    Reference: Wilson (1927), JASA 22(158):209-212, doi:10.1080/01621459.1927.10502953
    """
    return cast("Interval | Shares", _core.wilson(successes, trials, confidence=confidence))


@overload
def clopper_pearson(successes: Number, trials: Number, *, confidence: Level = ...) -> Interval: ...
@overload
def clopper_pearson(successes: Numbers, trials: Number | Numbers, *, confidence: Level = ...) -> Shares: ...
@overload
def clopper_pearson(successes: Number, trials: Numbers, *, confidence: Level = ...) -> Shares: ...
def clopper_pearson(
    successes: Number | Numbers, trials: Number | Numbers, *, confidence: Level = 0.95
) -> Interval | Shares:
    """Clopper and Pearson's exact interval for a share.

    Both one-sided tests at half the chance left outside: at least its level whatever the truth, and each limit holds
    alone.

    Use when: each limit must hold alone, or a rule names the method.
    Not for: the shortest honest interval (`blaker` lies inside this one); a sample that is a good part of its queue
    (`hypergeometric`); weighted or clustered audits; looking again and again while data arrive.
    No data: no trials answer [0, 1].

    Reference: Clopper & Pearson (1934), Biometrika 26(4):404-413, doi:10.1093/biomet/26.4.404
    """
    return cast("Interval | Shares", _core.clopper_pearson(successes, trials, confidence=confidence))


@overload
def jeffreys(successes: Number, trials: Number, *, confidence: Level = ...) -> Interval: ...
@overload
def jeffreys(successes: Numbers, trials: Number | Numbers, *, confidence: Level = ...) -> Shares: ...
@overload
def jeffreys(successes: Number, trials: Numbers, *, confidence: Level = ...) -> Shares: ...
def jeffreys(successes: Number | Numbers, trials: Number | Numbers, *, confidence: Level = 0.95) -> Interval | Shares:
    """Jeffreys' interval for a share.

    Equal tails of the posterior under the prior Beta(1/2, 1/2), ending at 0 where nothing succeeded and at 1 where
    everything did.

    Use when: a Bayesian reading is wanted that also covers near its level on average.
    Not for: a guarantee whatever the truth (`blaker`, `clopper_pearson`); weighted or clustered audits; looking again
    and again while data arrive.
    No data: no trials answer [0, 1].

    Reference: Brown, Cai & DasGupta (2001), Statistical Science 16(2):101-133, doi:10.1214/ss/1009213286
    """
    return cast("Interval | Shares", _core.jeffreys(successes, trials, confidence=confidence))


@overload
def agresti_coull(successes: Number, trials: Number, *, confidence: Level = ...) -> Interval: ...
@overload
def agresti_coull(successes: Numbers, trials: Number | Numbers, *, confidence: Level = ...) -> Shares: ...
@overload
def agresti_coull(successes: Number, trials: Numbers, *, confidence: Level = ...) -> Shares: ...
def agresti_coull(
    successes: Number | Numbers, trials: Number | Numbers, *, confidence: Level = 0.95
) -> Interval | Shares:
    """Agresti and Coull's interval for a share, clamped to [0, 1].

    The textbook interval after adding z**2 / 2 successes and as many failures.

    Use when: the formula must be explained in one line; it has Wilson's midpoint and is never shorter.
    Not for: short intervals near 0 or 1 (`wilson`); a guarantee whatever the truth (`blaker`); weighted or clustered
    audits; looking again and again while data arrive.
    No data: no trials answer [0, 1].

    Reference: Agresti & Coull (1998), The American Statistician 52(2):119-126, doi:10.1080/00031305.1998.10480550
    """
    return cast("Interval | Shares", _core.agresti_coull(successes, trials, confidence=confidence))


@overload
def mid_p(successes: Number, trials: Number, *, confidence: Level = ...) -> Interval: ...
@overload
def mid_p(successes: Numbers, trials: Number | Numbers, *, confidence: Level = ...) -> Shares: ...
@overload
def mid_p(successes: Number, trials: Numbers, *, confidence: Level = ...) -> Shares: ...
def mid_p(successes: Number | Numbers, trials: Number | Numbers, *, confidence: Level = 0.95) -> Interval | Shares:
    """The mid-P interval for a share.

    Clopper and Pearson's tests with half the chance of the observed count.

    Use when: `clopper_pearson` is felt to be too wide and coverage near the level is enough.
    Not for: a guarantee whatever the truth (`blaker`, `clopper_pearson`); weighted or clustered audits; looking again
    and again while data arrive.
    No data: no trials answer [0, 1].

    Reference: Berry & Armitage (1995), The Statistician 44(4):417-423, doi:10.2307/2348891
    """
    return cast("Interval | Shares", _core.mid_p(successes, trials, confidence=confidence))


@overload
def blaker(successes: Number, trials: Number, *, confidence: Level = ...) -> Interval: ...
@overload
def blaker(successes: Numbers, trials: Number | Numbers, *, confidence: Level = ...) -> Shares: ...
@overload
def blaker(successes: Number, trials: Numbers, *, confidence: Level = ...) -> Shares: ...
def blaker(successes: Number | Numbers, trials: Number | Numbers, *, confidence: Level = 0.95) -> Interval | Shares:
    """Blaker's exact interval for a share.

    At least its level whatever the truth, never wider than Clopper and Pearson's, nested in confidence. Where the
    accepted shares have a gap, the gap is filled.

    Use when: the level must hold whatever the truth and the interval should be short.
    Not for: one-sided claims (`clopper_pearson`); a sample that is a good part of its queue (`hypergeometric` with
    method="blaker"); weighted or clustered audits; looking again and again while data arrive.
    No data: no trials answer [0, 1].

    Reference: Blaker (2000), Canadian J. Statistics 28(4):783-798, doi:10.2307/3315916
    """
    return cast("Interval | Shares", _core.blaker(successes, trials, confidence=confidence))


Method: TypeAlias = Literal["equal_tailed", "blaker"]
"""How the limits of `hypergeometric` are made."""


@overload
def hypergeometric(
    successes: Number, trials: Number, *, population: Number, confidence: Level = ..., method: Method = ...
) -> CountInterval: ...
@overload
def hypergeometric(
    successes: Numbers,
    trials: Number | Numbers,
    *,
    population: Number | Numbers,
    confidence: Level = ...,
    method: Method = ...,
) -> Counts: ...
@overload
def hypergeometric(
    successes: Number, trials: Numbers, *, population: Number | Numbers, confidence: Level = ..., method: Method = ...
) -> Counts: ...
@overload
def hypergeometric(
    successes: Number, trials: Number, *, population: Numbers, confidence: Level = ..., method: Method = ...
) -> Counts: ...
def hypergeometric(
    successes: Number | Numbers,
    trials: Number | Numbers,
    *,
    population: Number | Numbers,
    confidence: Level = 0.95,
    method: Method = "equal_tailed",
) -> CountInterval | Counts:
    """Exact limits for the number of successes in a queue of `population` cases, of which `trials` were drawn.

    Whole numbers out, both limits possible; `limits.shares_of(population)` turns them into shares. With
    method="equal_tailed" each limit holds alone; with "blaker" both together are never wider and often closer.

    Use when: the question is about this queue, above all when the sample is a good part of it.
    Not for: the process that made the queue (`wilson`, `blaker`); cases drawn with unequal chances (`assay.score`);
    looking again and again while data arrive.
    No data: no trials answer 0 and the population.

    Reference: Wright (1991), Exact Confidence Bounds when Sampling from Small Finite Universes, Springer,
    doi:10.1007/978-1-4612-3140-0; Blaker (2000), Canadian J. Statistics 28(4):783-798, doi:10.2307/3315916
    """
    return cast(
        "CountInterval | Counts",
        _core.hypergeometric(successes, trials, population=population, confidence=confidence, method=method),
    )
