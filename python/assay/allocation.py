"""How many cases to audit in each stratum: whole numbers that add up, each between its limits.

    >>> from assay import allocation
    >>> allocation.proportional([3000, 4000, 5000, 2000], size=190)
    [41, 54, 68, 27]
    >>> allocation.neyman([3000, 4000, 5000, 2000], spread=[48, 79, 76, 16], size=190)
    [31, 69, 83, 7]

Which one?

* `proportional`: little is known; `equal`: every stratum needs an answer of its own; `power`: between the two.
* `neyman`: one overall number matters, and last period's error rates are at hand.
* `optimal`: the same with costs, a budget, or limits of a stratum's own.
* `for_domains`: the whole and many slices each need a half-width of their own; with the price of every wish.

A stratum that holds fewer cases than the minimum is taken whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay._checks import real, refuse, whole
from assay._core import designs as _core
from assay._core.allocation import equal, neyman, power, proportional
from assay._core.designs import DomainAllocation
from assay.sampling import Numbers, Rows, _reals, _rows, _wholes

__all__ = ["DomainAllocation", "equal", "for_domains", "neyman", "optimal", "power", "proportional"]


def _limits(
    populations: NDArray[np.int64], minimum: int | Sequence[int], maximum: int | Sequence[int] | None
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """A number holds for every stratum and gives way to its population; a list is taken at its word."""
    one_each = np.isscalar(minimum) or isinstance(minimum, np.generic)
    least = (
        np.minimum(whole(minimum, "minimum="), np.maximum(populations, 0)) if one_each else _wholes(minimum, "minimum=")
    )
    if maximum is None:
        most = populations
    elif np.isscalar(maximum) or isinstance(maximum, np.generic):
        most = np.minimum(whole(maximum, "maximum="), populations)
    else:
        most = _wholes(maximum, "maximum=")
    return np.ascontiguousarray(least, dtype=np.int64), np.ascontiguousarray(most, dtype=np.int64)


def _costs(cost: Numbers | None, strata: int) -> NDArray[np.float64]:
    return np.ones(strata) if cost is None else _reals(cost, "cost")


def optimal(
    populations: Numbers,
    *,
    spread: Numbers,
    cost: Numbers | None = None,
    size: int | None = None,
    budget: float | None = None,
    minimum: int | Sequence[int] = 2,
    maximum: int | Sequence[int] | None = None,
) -> list[int]:
    """The smallest variance of the overall score, where audits differ in cost or strata have limits of their own.

    Either `size`, audits in all (sizes proportional to population times spread over the root of cost, adding up to it),
    or `budget`, money in all (nothing more can be bought with what is left). `spread` is the standard deviation in each
    stratum; for an error rate p that is sqrt(p (1 - p)). `minimum` and `maximum`: a number for all strata, or one each.

        >>> allocation.optimal([3000, 4000, 5000, 2000], spread=[48, 79, 76, 16], size=190,
        ...                    minimum=[50, 40, 10, 30], maximum=[100, 90, 70, 80])
        [50, 50, 60, 30]

    Use when: an audit in one queue costs more than in another, or a contract sets floors and caps.
    Not for: half-widths of slices (`for_domains`).

    Reference: Cochran (1977), section 5.5; Wesolowski, Wieczorkowski & Wojciak (2024), Survey Methodology 50(2); Wright
    (2017), Statistics & Probability Letters 129:50-57
    """
    held = _wholes(populations, "populations")
    least, most = _limits(held, minimum, maximum)
    if (size is None) == (budget is None):
        raise refuse("either size= or budget=", "both" if size is not None else "neither")
    spreads, costs = _reals(spread, "spread"), _costs(cost, len(held))
    if size is not None:
        return _core.cost_weighted(held, spreads, costs, least, most, float(whole(size, "size=")))
    return _core.bought(held, spreads, costs, least, most, real(budget, "budget="))


def for_domains(
    populations: Numbers,
    *,
    variance: Rows,
    limit: Numbers,
    cost: Numbers | None = None,
    budget: float | None = None,
    minimum: int | Sequence[int] = 2,
    maximum: int | Sequence[int] | None = None,
    finite: bool = True,
) -> DomainAllocation:
    """The cheapest sizes for which every demand holds, with a bound as proof and the price of every demand.

    A demand is a row of `variance`, a column a stratum, and a number of `limit`: the sum of variance (1 / n - 1 / N)
    over the strata is at most the limit (`finite=False`: the sum of variance / n, for a process rather than a queue).
    For the share of errors in a slice, variance is (N_h / N_slice)^2 p_h (1 - p_h) in the strata of the slice, and the
    limit is (half-width / 1.96)^2.

    What no allowed sizes can meet is refused with the limit that could be met. What can be met, but costs more than
    `budget`, is refused with the least cost and the demands that would save most. Otherwise see `DomainAllocation`.

    Use when: the whole and many slices each need a half-width.
    Not for: one answer alone (`neyman`, `optimal`).

    Reference: Bethel (1989), Survey Methodology 15(1):47-57; Chromy (1987), Proc. ASA Survey Research Methods, 194-199
    """
    held = _wholes(populations, "populations")
    least, most = _limits(held, minimum, maximum)
    if not isinstance(finite, bool):
        raise refuse("finite= as True or False", repr(finite))
    limits = _reals(limit, "limit")
    demands = _rows(variance, "variance") if len(limits) else np.empty((0, len(held)))
    if demands.shape[1:] != held.shape:
        raise refuse(f"a column of variance for each of {len(held)} strata", f"{demands.shape[-1]}")
    out = _core.for_domains(held, demands, limits, _costs(cost, len(held)), least, most, finite)
    if budget is not None and out.cost > real(budget, "budget="):
        dear: list[Any] = np.argsort(-(out.prices * limits), kind="stable")[:3].tolist()
        saves = ", ".join(f"{j} (1 % looser saves {out.prices[j] * limits[j] / 100:.4g})" for j in dear)
        raise refuse(
            f"a budget of at least {out.cost:.6g}, what meets all demands",
            f"{float(budget):.6g}",
            mend=f"raise it, or relax the dearest demands: {saves}",
        )
    return out
