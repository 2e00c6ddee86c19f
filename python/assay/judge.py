"""Means and quantiles with the help of a judge, from arrays: `assay.score(..., prediction=)`, for any numbers.

    chances = assay.judge.uncertainty_probabilities(prediction, 500)
    drawn   = assay.sampling.poisson(chances, key=secret, period="2026-W47", cases=ids)
    assay.judge.actively_audited(prediction, truth, chances)

A judge is a model or an LLM that predicted every case, without looking at the audits. The audits correct it: a poor
judge costs width, never truth. Each answer is a result of one row: `estimate standard_error lower upper confidence n
cases lambda method about basis`. Shares of decisions (accuracy, leakage) are better asked of `assay.score`: its limits
stay between 0 and 1 and hold for few errors; limits of means here are estimate and Student's t times standard error.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from assay import _core
from assay._checks import one_of, real, refuse, whole
from assay._result import Result
from assay.contexts import Context, Unit
from assay.sampling import Numbers, inclusion_probabilities
from assay.words import half_width, plural, show

__all__ = ["actively_audited", "assisted", "prediction_powered", "quantile", "uncertainty_probabilities"]

Strata = Sequence[Any] | NDArray[Any] | None
SIDES = ("both", "lower", "upper")
WEIGHTS = ("tuned", "full", "none")
MOST = 1e100  # of any number: its square must be one too
LEAST_CHANCE = 2e-11


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedContext(Context):
    """The words of a mean: whether it is a share, which reads as a percentage."""

    shares: bool = False


class JudgedMean(Result):
    """A mean with the help of a judge: one row."""

    __slots__ = ()
    _default_context = JudgedContext

    @property
    def context(self) -> JudgedContext:
        """The words that go with the numbers."""
        return cast(JudgedContext, self._context)

    def _title(self) -> str:
        return self.context.title or "Mean with the help of a judge"

    def _summary(self) -> str:
        row = next(self.records())
        lower, upper, half = row["lower"], row["upper"], None
        unit: Unit = "share" if self.context.shares else "number"
        if lower is None:
            where = f"at most {show(upper, unit)}"
        elif upper is None:
            where = f"at least {show(lower, unit)}"
        else:
            half = half_width(lower, upper)
            where = f"between {show(lower, unit, half)} and {show(upper, unit, half)}"
        return (
            f"{show(row['estimate'], unit, half)}, {where} ({row['confidence'] * 100:.4g}% confidence), from "
            f"{plural(row['n'], 'audit')} and predictions of {plural(row['cases'], 'case')}; the weight on the "
            f"judge is {row['lambda']:.2f}."
        )


def assisted(
    prediction: Numbers,
    truth: Numbers,
    *,
    stratum: Strata = None,
    judge: str = "tuned",
    about: str = "queue",
    side: str = "both",
    confidence: float = 0.95,
) -> Result:
    """The mean of a queue all of whose cases a judge has predicted, some of them audited at random.

    Parameters
    ----------
    prediction, truth
        One number a case of the queue; `truth` is NaN where there was no audit.
    stratum
        One value a case, where audits were drawn stratum by stratum.
    judge
        `"tuned"` (by regression in each stratum, at least three audits in each), `"full"` (the difference estimator) or
        `"none"`.
    about
        `"queue"`: these cases, with finite-population correction; `"process"`: what made them.
    side
        `"both"` limits, or one at the full confidence: `"lower"` (the mean is at least), `"upper"` (at most). The other
        is then null.

    Not for: audits chosen by uncertainty (`actively_audited`).

    Reference: Särndal, Swensson & Wretman (1992), Model Assisted Survey Sampling, ch. 6; Angelopoulos, Duchi & Zrnic
    (2023), arXiv:2311.01453; Fisch et al. (2024), arXiv:2406.04291.
    """
    f, y = _numbers(prediction, "prediction"), _numbers(truth, "truth")
    _same(f, y, "truth")
    codes, strata = _codes([(stratum, len(f))])
    one_of(judge, "judge=", WEIGHTS)
    finite = one_of(about, "about=", ("queue", "process")) == "queue"
    done = _core.judge_assisted(
        f, y, codes[0], strata, judge, finite, one_of(side, "side=", SIDES), real(confidence, "confidence=")
    )
    return JudgedMean(done, "numpy", JudgedContext(shares=_shares(y)))


def prediction_powered(
    truth: Numbers,
    prediction: Numbers,
    others: Numbers,
    *,
    stratum: Strata = None,
    other_stratum: Strata = None,
    lam: float | None = None,
    side: str = "both",
    confidence: float = 0.95,
) -> Result:
    """The mean of a process, from audited cases with predictions and other cases with predictions alone.

    Use when: audits and unaudited cases were collected apart, and the question is the process that made them.
    Not for: a queue all of whose cases are known (`assisted` is sharper, it knows that the queue ends).

    Parameters
    ----------
    truth, prediction
        One number an audited case.
    others
        The predictions of the other cases.
    stratum, other_stratum
        One value a case, where strata are known; strata weigh as many cases as they hold, audited or not.
    lam
        How far the judge is believed; None: chosen in each stratum for the smallest variance, not cut to 0 .. 1.
    side
        As in `assisted`.

    Reference: Angelopoulos et al. (2023), Science 382:669-674; Angelopoulos, Duchi & Zrnic (2023), arXiv:2311.01453.
    """
    parts = _powered(truth, prediction, others, stratum, other_stratum)
    done = _core.prediction_powered(
        *parts, _believed(lam), one_of(side, "side=", SIDES), real(confidence, "confidence=")
    )
    return JudgedMean(done, "numpy", JudgedContext(shares=_shares(parts[0])))


def quantile(
    truth: Numbers,
    prediction: Numbers,
    others: Numbers,
    q: float = 0.5,
    *,
    stratum: Strata = None,
    other_stratum: Strata = None,
    lam: float | None = None,
    side: str = "both",
    confidence: float = 0.95,
) -> Result:
    """A quantile of a process, from audited cases with predictions and other cases with predictions alone.

    At each value the share of the process at or below it is estimated as in `prediction_powered`. The quantile is the
    smallest value whose share is `q` or more; its limits hold all values that a test does not refuse, up to the next
    value seen, since between two values nobody knows. `standard_error` is the distance of the limits over the standard
    errors between them.

    Use when: a median or a high quantile (time to decide, views before removal) was measured on few cases and is
    predicted for many.
    Not for: quantiles that may lie beyond all audits, which are refused: .95 with limits of 95 % takes 72.

    Parameters
    ----------
    truth, prediction, others, stratum, other_stratum
        As in `prediction_powered`.
    q
        The share of cases at or below the quantile, between 0 and 1; 0.5 is the median.
    lam
        How far the judge is believed; None: chosen at each value for the smallest variance; 1: the published algorithm.
    side
        As in `assisted`.

    Reference: Angelopoulos et al. (2023), Science 382:669-674; Woodruff (1952), JASA 47(260):635-646.
    """
    done = _core.prediction_powered_quantile(
        *_powered(truth, prediction, others, stratum, other_stratum),
        real(q, "q="),
        _believed(lam),
        one_of(side, "side=", SIDES),
        real(confidence, "confidence="),
    )
    return JudgedMean(done, "numpy", JudgedContext(title="Quantile with the help of a judge"))


def actively_audited(
    prediction: Numbers,
    truth: Numbers,
    probability: Numbers,
    *,
    lam: float | None = None,
    about: str = "queue",
    side: str = "both",
    confidence: float = 0.95,
) -> Result:
    """The mean of a queue whose cases were drawn for audit one by one, each with its own recorded chance.

    Use when: audits are scarce and went where the judge was unsure (`uncertainty_probabilities`, then
    `assay.sampling.poisson` with a key).
    Not for: chances that were not recorded; nothing can mend that.

    Parameters
    ----------
    prediction, truth, probability
        One number a case of the queue; `truth` is NaN where the case was not drawn; chances above 0, at most 1.
    lam
        How far the judge is believed; None: tuned for the smallest variance.
    about, side
        As in `assisted`.

    Reference: Zrnic & Candès (2024), arXiv:2403.03208.
    """
    f, y, p = _numbers(prediction, "prediction"), _numbers(truth, "truth"), _numbers(probability, "probability")
    _same(f, y, "truth")
    _same(f, p, "probability")
    for wrong, wanted, got in (
        (p < LEAST_CHANCE, f"chances of at least {LEAST_CHANCE:g}, at most 1", "one below"),
        ((p >= 1) & np.isnan(y), "an audit of every case that was certain to be audited", "none"),
    ):
        rows = np.flatnonzero(wrong)
        if len(rows):
            raise refuse(wanted, f"{got} at row {int(rows[0])} (counting from 0)")
    given = _believed(lam)
    finite = one_of(about, "about=", ("queue", "process")) == "queue"
    done = _core.actively_audited(f, y, p, given, finite, one_of(side, "side=", SIDES), real(confidence, "confidence="))
    return JudgedMean(done, "numpy", JudgedContext(shares=_shares(y)))


def uncertainty_probabilities(prediction: Numbers, n: int, *, least: float = 0.1) -> NDArray[np.float64]:
    """Chances of audit that follow a judge's uncertainty and add up to `n`.

    `prediction` is a chance between 0 and 1. A case's uncertainty is sqrt(p (1 - p)), what its truth may spread around
    the prediction; chances are proportional to it, mixed with `least` of the same for all, so that no case is out of
    reach, however sure the judge is (a judge may be sure and wrong). Keep the chances: nobody can score without them.

    Reference: Zrnic & Candès (2024), arXiv:2403.03208, section 5.
    """
    f = _numbers(prediction, "prediction")
    if len(f) == 0:
        raise refuse("at least one prediction", "none")
    outside = np.flatnonzero(~((f >= 0) & (f <= 1)))
    if len(outside):
        row = int(outside[0])
        raise refuse("predictions between 0 and 1", f"{f[row]:g} at row {row} (counting from 0)")
    share = real(least, "least=")
    if not 0 < share <= 1:
        raise refuse("least= above 0 and at most 1", repr(least))
    unsure = np.sqrt(f * (1 - f))
    mean = float(unsure.mean())
    size = (1 - share) * unsure + share * mean if mean > 0 else np.ones_like(unsure)
    return inclusion_probabilities(size, whole(n, "n"))


def _numbers(values: object, what: str) -> NDArray[np.float64]:
    if np.iscomplexobj(np.asarray(values)) or np.ma.isMaskedArray(values):
        raise refuse(f"{what} as plain numbers", "complex ones, or a masked array", mend="hidden numbers are NaN")
    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        raise refuse(f"{what} as numbers", type(values).__name__) from None
    if array.ndim != 1:
        raise refuse(f"{what} as one number a case", f"{array.ndim} dimensions")
    beyond = np.flatnonzero(np.abs(array) > MOST)
    if len(beyond):
        row = int(beyond[0])
        raise refuse(f"{what} between -{MOST:g} and {MOST:g}", f"{array[row]:g} at row {row} (counting from 0)")
    return array


def _powered(
    truth: Numbers, prediction: Numbers, others: Numbers, stratum: Strata, other_stratum: Strata
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64], NDArray[np.float64], NDArray[np.int64], int]:
    """Audited cases with their strata, other cases with theirs, and how many strata there are."""
    y, f, u = _numbers(truth, "truth"), _numbers(prediction, "prediction"), _numbers(others, "others")
    _same(y, f, "prediction")
    if (stratum is None) != (other_stratum is None):
        raise refuse("stratum= and other_stratum= together", "one of them")
    codes, strata = _codes([(stratum, len(y)), (other_stratum, len(u))])
    return y, f, codes[0], u, codes[1], strata


def _believed(lam: object) -> float | None:
    if lam is None:
        return None
    given = real(lam, "lam=")
    if abs(given) > MOST:
        raise refuse(f"lam= between -{MOST:g} and {MOST:g}", f"{given:g}")
    return given


def _same(one: NDArray[Any], other: NDArray[Any], what: str) -> None:
    if len(one) != len(other):
        raise refuse(f"{what} with {len(one)} numbers, one a case", str(len(other)))


def _codes(given: Sequence[tuple[Strata, int]]) -> tuple[list[NDArray[np.int64]], int]:
    """Strata as numbers from 0, the same for all lists, and how many there are."""
    if all(values is None for values, _ in given):
        return [np.zeros(size, dtype=np.int64) for _, size in given], 1
    lists = []
    for values, size in given:
        texts = [str(value) for value in np.asarray(values).tolist()]
        if len(texts) != size:
            raise refuse(f"a stratum for each of {size} cases", str(len(texts)))
        lists.append(texts)
    known = {name: code for code, name in enumerate(sorted({name for names in lists for name in names}))}
    return [np.array([known[name] for name in names], dtype=np.int64) for names in lists], len(known)


def _shares(truth: NDArray[np.float64]) -> bool:
    """Whether audits say yes or no, so that their mean is a share."""
    known = truth[~np.isnan(truth)]
    return bool(len(known)) and bool(np.isin(known, (0.0, 1.0)).all())
