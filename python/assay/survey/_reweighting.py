"""What makes another design of one: weights brought to known totals, trimmed, replicated."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from assay._checks import flag, real, refuse, whole
from assay._core import survey as _core
from assay.survey._arguments import one_of
from assay.survey._margins import calibration_totals, margin_of, margins_of

if TYPE_CHECKING:
    from assay.survey._design import Design

METHODS = ("jackknife", "brr", "fay", "bootstrap")
CALIBRATIONS = ("linear", "raking", "logit")
RESIDUALS = ("r_survey", "design_weights")


class Reweighting:
    """The part of a design that answers with another design."""

    __slots__ = ()
    _core: Any
    _threads: int | None

    if TYPE_CHECKING:  # a design's own

        def _with(self, core: _core.SurveyDesign) -> Design: ...

    def poststratify(self, margin: object) -> Design:
        """The design with weights that meet the known size of every cell.

        Use when: the sizes of parts (decisions by label, cases by site) are known and the sample missed them by chance.
        What the sizes explain leaves the standard errors.
        Not for: several margins of which the crossing is not known (`rake`), or cells with a handful of rows.

        Parameters
        ----------
        margin
            `{"site": {"A": 4421, "B": 755}}`; a tuple of columns for crossed cells, `{("site", "label"): {("A", "ok"):
            4000, ...}}`; or a table with the columns of levels and one of totals, `total` or `population`.

        Raises
        ------
        InputError
            Naming the level: totals that are not above 0, levels of rows without a total, levels without rows.

        Reference: Holt & Smith (1979), JRSS A 142(1):33-46
        """
        return self._with(_core.post_stratify(self._core, margin_of(margin, "margin=", self._threads), self._threads))

    def rake(self, margins: object, *, residuals: str = "r_survey") -> Design:
        """The design with weights that meet several margins at once, each within 1e-10 of every total.

        Use when: the totals of several columns are known, but not of their combinations. The order of margins and rows
        does not matter beyond that accuracy; the design's own weights are where raking starts from.
        Not for: totals of numbers (`calibrate`); many margins for few rows, where weights become wild.

        Parameters
        ----------
        margins
            `{"site": {"A": 4421, "B": 1773}, "label": {"ok": 5122, "remove": 1072}}`, with a tuple of columns for
            crossed cells; or a list of tables, each with columns of levels and one of totals.
        residuals
            How standard errors take out what the margins explain. `"r_survey"`, as R's survey does: by means in which
            rows count alike. This misleads where weights differ within the levels of a margin: errors may then come out
            several times too large, or too small. Take `"design_weights"` there: means are weighted by the weights
            before raking, which is right for equal and unequal weights (and what `calibrate(method="raking")` does).
            Estimates and weights are the same under both; the column `design` says which was taken.

        Raises
        ------
        InputError
            As `poststratify`; margins that add up to different populations; margins that the rows cannot meet together,
            naming the margin and level.

        Reference: Deming & Stephan (1940), Annals of Mathematical Statistics 11(4):427-444
        """
        one_of(residuals, "residuals=", RESIDUALS)
        known = margins_of(margins, "margins=", self._threads)
        return self._with(_core.rake(self._core, known, residuals == "design_weights", self._threads))

    def calibrate(
        self,
        totals: Mapping[Any, Any],
        *,
        method: str = "linear",
        bounds: tuple[float, float] | None = None,
    ) -> Design:
        """The design with the weights nearest to its own that meet known totals of numbers and levels.

        Use when: totals of numbers that go with the answer are known for all cases (views, last week's score, a
        model's prediction): the better they explain it, the smaller the standard errors.
        Not for: totals that are estimates themselves: their errors would not be counted.

        Parameters
        ----------
        totals
            Columns of numbers with their total, columns of levels with `{level: total}`, and `"(all)"` with the number
            of cases where no column of levels implies it: `{"(all)": 6194, "views": 3_914_069}`.
        method
            `"linear"`: regression weights, which may fall below 0. `"raking"`: weights above 0. `"logit"`: each weight
            multiplied by a factor within `bounds`.
        bounds
            The least and the greatest factor, with 1 between them: for `"logit"`, and to cut `"linear"`.

        Raises
        ------
        InputError
            Naming the column: values that are missing; totals that no weights (within the bounds) can meet together.

        Reference: Deville & Särndal (1992), JASA 87(418):376-382
        """
        one_of(method, "method=", CALIBRATIONS)
        limits = None if bounds is None else _pair(bounds)
        if method == "raking" and limits is not None:
            raise refuse('no bounds= with method="raking"', repr(bounds), mend='choose method="logit"')
        size, numbers, margins = calibration_totals(totals, self._threads)
        return self._with(_core.calibrate(self._core, size, numbers, margins, method, limits, self._threads))

    def trim(self, *, upper: float = math.inf, lower: float = 0.0, strict: bool = False) -> Design:
        """The design with weights cut to limits; what is cut off is shared out evenly among the other rows.

        Use when: a few rows with huge weights rule an estimate, and a little bias is a fair price for less variance.
        Not for: weights that must still meet known totals: `calibrate` with bounds.

        Parameters
        ----------
        strict
            Sharing out may lift weights over the limit again; with True it is done until none is.

        Raises
        ------
        InputError
            Limits in the wrong order, or that no weights with the same sum can keep; and where sharing out once would
            leave a weight of 0 or below, naming its row.
        """
        low, high = real(lower, "lower="), real(upper, "upper=")
        return self._with(_core.trim(self._core, low, high, flag(strict, "strict=")))

    def replicates(
        self,
        method: str = "jackknife",
        *,
        count: int | None = None,
        seed: int | None = None,
        rho: float | None = None,
        pair_up: bool = False,
        mse: bool = True,
    ) -> Design:
        """The design with standard errors from replicates: sets of weights under which every estimate is made again.

        Use when: adjustments to totals should be felt whole (they are made again in every replicate), or results must
        agree with a tool that works by replicates. Adjust before or after: the answer is the same.
        Not for: quantiles by the jackknife, and slices of a few rows. A slice without a row in some replicate has no
        standard error there, and shows none: leaving such replicates out would count only draws that happened to meet
        the slice, and the error would come out too small. The design without replicates has one, and so does `"fay"`,
        which leaves no row out.

        Parameters
        ----------
        method
            `"jackknife"`: each unit left out in turn (JK1 without strata, JKn with them). `"brr"`: balanced
            half-samples of two units a stratum. `"fay"`: the same, but the other half keeps `rho` of its weight.
            `"bootstrap"`: one unit fewer than a stratum has, drawn again with replacement and rescaled (Rao and Wu).
            The jackknife and the bootstrap count sampled fractions of a single stage; half-samples, and designs of
            several stages, count as drawn with replacement, which is on the safe side: the column `design` says so.
        count, seed
            Of the bootstrap: how many replicates (default 1,000), and the seed, which must be given: the same seed
            gives the same answer, on any number of threads.
        rho
            Of `"fay"`: at least 0 and below 1; default 0.3.
        pair_up
            Of `"brr"` and `"fay"`: strata of more units are cut into pairs in the order of the units; without it they
            are refused.
        mse
            Squared differences are from the full estimate; with False from the replicates' mean, as R's survey does
            unless told otherwise.

        Raises
        ------
        InputError
            Strata of one unit (unless `lonely="certainty"`), strata of other than two units in half-samples, a
            replicate whose weights cannot meet the totals, a jackknife of more than 20,000 units.

        Reference: Wolter (2007), Introduction to Variance Estimation; Rao & Wu (1988), JASA 83(401):231-241
        """
        one_of(method, "method=", METHODS)
        if method != "bootstrap" and (count is not None or seed is not None):
            raise refuse('count= and seed= with method="bootstrap" only', f"method={method!r}")
        if method == "bootstrap" and seed is None:
            raise refuse("seed= for a bootstrap: a whole number, so that the answer can be had again", "none")
        if method != "fay" and rho is not None:
            raise refuse('rho= with method="fay" only', f"method={method!r}")
        number = 1000 if count is None else whole(count, "count=")
        if not 2 <= number <= 1_000_000:
            raise refuse("count= between 2 and 1,000,000", str(number))
        start = 0 if seed is None else whole(seed, "seed=")
        if start < 0:
            raise refuse("seed= of 0 or more", str(start))
        share = 0.0 if method != "fay" else 0.3 if rho is None else real(rho, "rho=")
        pairs, about = flag(pair_up, "pair_up="), flag(mse, "mse=")
        return self._with(_core.replicates(self._core, method, number, start, share, pairs, about, self._threads))


def _pair(bounds: object) -> tuple[float, float]:
    if isinstance(bounds, str | bytes | Mapping) or not isinstance(bounds, Iterable):
        raise refuse("bounds= as two numbers", type(bounds).__name__)
    low, *rest = [real(each, "bounds=") for each in bounds] or [0.0]
    if len(rest) != 1:
        raise refuse("bounds= as two numbers", repr(bounds))
    return low, rest[0]
