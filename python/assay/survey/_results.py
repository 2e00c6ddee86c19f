"""What survey estimates answer: tables of scores that also know how their rows vary together."""

from __future__ import annotations

from typing import cast

import numpy as np
from numpy.typing import NDArray

from assay._core import InputError
from assay.results import Scores
from assay.words import number, plural

__all__ = ["Estimates"]


class Estimates(Scores):
    """Estimates of a survey: one row per slice and metric, with standard error, interval and degrees of freedom."""

    __slots__ = ()
    _one, _counted = "row", "rows"

    def covariance(self) -> NDArray[np.float64]:
        """The covariances of all rows with each other, in the order of the rows: variances on the diagonal.

        Use when: rows are added, subtracted or compared: slices that share clusters or strata do not vary apart.
        NaN stands where a row has no standard error. At most 20,000 rows.

        Raises
        ------
        InputError
            For quantiles and differences, and for a result that was pickled or merely read back: the rows that it was
            made from are not in it.
        """
        found = getattr(self._table, "covariance", None)
        if found is None:
            raise InputError(
                "wanted estimates that remember the rows they were made from, got quantiles, differences, or a result "
                "that was pickled; ask the design again for means, totals, shares or ratios"
            )
        return cast(NDArray[np.float64], found())

    def _about(self) -> str:
        if self.context.about == "queue":
            return "These numbers are about the finite population that the rows were drawn from."
        return "These numbers are about the process behind the rows: no population size was given."

    def _cautions(self) -> tuple[str, ...]:
        rows = list(self.records())
        found = [note for note in super()._cautions() if "No answer" not in note and "fewer than 30" not in note]
        small = sum(1 for row in rows if row["estimate"] is not None and row["n"] < 30)
        if small:
            found.append(f"{plural(small, 'estimate rests', 'estimates rest')} on fewer than 30 rows of the table.")
        unanswered = sum(1 for row in rows if row["estimate"] is None)
        if unanswered:
            found.append(f"{plural(unanswered, 'row has', 'rows have')} no answer: no row of the table could give one.")
        unsure = sum(1 for row in rows if row["estimate"] is not None and row["standard_error"] is None)
        if unsure:
            replicated = any("replicates" in row["design"] for row in rows)
            found.append(
                f"{plural(unsure, 'row has', 'rows have')} no standard error: a single sampled unit shows nothing of "
                f"how units differ{', or a replicate has no row of it' if replicated else ''}."
            )
        open_ = sum(1 for row in rows if row["standard_error"] is not None and row["df"] == 0)
        if open_:
            found.append(
                f"{plural(open_, 'row has', 'rows have')} no degrees of freedom: its units are each alone in their "
                "stratum, so that no limits can be given."
            )
        few = [row["df"] for row in rows if row["df"] is not None and 0 < row["df"] < 5]
        if few:
            found.append(
                f"{plural(len(few), 'row rests', 'rows rest')} on fewer than 5 degrees of freedom (least "
                f"{number(min(few))}): standard errors are themselves unsure, and intervals wide for it."
            )
        return tuple(found)
