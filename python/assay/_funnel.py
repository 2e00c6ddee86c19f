"""Funnels: units against the limits that chance alone would keep them in."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from assay._core import InputError
from assay._drawn import MOST_MARKS, groupings_of, rows_of, the_metric
from assay.results import MetricDefinition, Scores, clean, listed, number, plural

Zone = Literal["inside", "beyond 95%", "beyond 99.8%"]


def funnel_limits(rate: float, n: int, share: float) -> tuple[float, float]:
    """Limits that hold `share` of units with `n` audits whose true rate is `rate`: exact binomial, interpolated.

    A count lies outside exactly where the binomial tail from it outwards is below (1 - share) / 2; between counts the
    limit is interpolated so that the curve is smooth. The upper limit is the lower one of the opposite outcome.
    Assumes: audits independent. Not for: units whose cases differ in difficulty beyond what the rate says.
    No data: n == 0 answers (0, 1).

    Reference: Spiegelhalter (2005), Statistics in Medicine 24(8):1185-1202, doi:10.1002/sim.1970
    """
    if not 0 <= rate <= 1:
        raise InputError(f"wanted a rate between 0 and 1, got {rate}")
    if not 0 < share < 1:
        raise InputError(f"wanted a share strictly between 0 and 1, got {share}")
    if n < 0:
        raise InputError(f"wanted a number of audits that is not negative, got {n}")
    if n == 0:
        return 0.0, 1.0
    if rate in (0.0, 1.0):
        return rate, rate
    tail = (1 - share) / 2
    return _lower_limit(rate, n, tail), 1.0 - _lower_limit(1.0 - rate, n, tail)


def _lower_limit(rate: float, n: int, tail: float) -> float:
    mean, odds = n * rate, rate / (1.0 - rate)
    # below the start lies less than exp(-45) of the distribution (Bernstein's bound), and no term underflows from there
    start = max(0, math.floor(mean - 15.0 - math.sqrt(225.0 + 90.0 * mean * (1.0 - rate))))
    ways = math.lgamma(n + 1) - math.lgamma(start + 1) - math.lgamma(n - start + 1)
    at, below = math.exp(ways + start * math.log(rate) + (n - start) * math.log1p(-rate)), 0.0
    for r in range(start, n + 1):
        if below + at >= tail:
            return max(0.0, (r - (below + at - tail) / at) / n)
        below += at
        at *= (n - r) / (r + 1) * odds
    return 1.0


@dataclass(frozen=True, slots=True)
class FunnelPoint:
    label: str
    n: float
    estimate: float
    zone: Zone


@dataclass(frozen=True, slots=True)
class FunnelLimits:
    n: int
    lower_95: float
    upper_95: float
    lower_998: float
    upper_998: float


@dataclass(frozen=True, slots=True)
class Funnel:
    """Units against the limits that chance alone would keep them in."""

    metric: MetricDefinition
    unit: str
    rate: float
    points: tuple[FunnelPoint, ...]
    limits: tuple[FunnelLimits, ...]
    left_out: int

    @property
    def outside(self) -> list[FunnelPoint]:
        """Units beyond the 99.8% limits, the furthest first."""
        far = [point for point in self.points if point.zone == "beyond 99.8%"]
        return sorted(far, key=lambda point: -abs(point.estimate - self.rate))

    @property
    def window(self) -> tuple[float, float]:
        """The stretch of rates worth drawing: all units, and the limits where they have narrowed."""
        wide = [at for at in self.limits if at.n >= self.limits[-1].n / 12] or list(self.limits)
        low = min(min(point.estimate for point in self.points), wide[0].lower_998)
        high = max(max(point.estimate for point in self.points), wide[0].upper_998)
        pad = 0.04 * (high - low) or 0.02
        return max(0.0, low - pad), min(1.0, high + pad)

    @property
    def words(self) -> str:
        """What the funnel shows, in a sentence or two."""
        units, unit = len(self.points) + self.left_out, clean(self.unit)
        beyond = sum(point.zone != "inside" for point in self.points)
        sides = []
        for side, sign in (("below", -1), ("above", 1)):
            names = [clean(point.label, 40) for point in self.outside if (point.estimate - self.rate) * sign > 0]
            sides += [f"{number(len(names))} {side} ({listed(names, 6)})"] if names else []
        text = f"Beyond the 99.8% limits of {plural(units, unit)}: {listed(sides) or 'none'}. "
        text += (
            f"{number(beyond)} beyond the 95% limits, where chance alone would put about {number(round(units * 0.05))}."
        )
        return text + (f" {number(self.left_out)} within the limits are not drawn." if self.left_out else "")


def funnel(result: Scores, *, unit: str, metric: str | None = None, most: int = MOST_MARKS) -> Funnel:
    """The funnel of the slices of one column: each unit's rate against its number of audits.

    The middle is the overall row where the result has one, else all units pooled. The number of audits is the
    effective one (Kish), so that unequal weights widen the limits as they should.
    """
    definition = the_metric(result, metric)
    if definition.unit != "share":
        raise InputError(f"wanted a metric that is a share, for a funnel, got '{clean(definition.name)}'")
    rows = [row for row in rows_of(result, definition.name, (unit,)) if row["estimate"] is not None]
    if not rows:
        have = listed([clean(" and ".join(g)) for g in groupings_of(result) if g]) or "no grouping at all"
        raise InputError(f"wanted a grouping by '{clean(unit)}' alone with at least one score, got slices by {have}")
    total = rows_of(result, definition.name, ())
    if total and total[0]["estimate"] is not None:
        rate = float(total[0]["estimate"])
    else:
        rate = sum(row["numerator"] for row in rows) / sum(row["denominator"] for row in rows)
    found = [_funnel_point(row, unit, rate) for row in rows]
    kept = found
    if len(found) > most:
        outer = sorted((p for p in found if p.zone != "inside"), key=lambda p: -abs(p.estimate - rate))[:most]
        inner = [p for p in found if p.zone == "inside"]
        room = most - len(outer)
        kept = outer + [inner[i * len(inner) // room] for i in range(min(room, len(inner)))]
    largest = max(1, math.ceil(max(point.n for point in found)))
    grid = sorted({max(1, round(largest * (i / 60) ** 1.6)) for i in range(1, 61)} | {1, largest})
    limits = tuple(FunnelLimits(n, *funnel_limits(rate, n, 0.95), *funnel_limits(rate, n, 0.998)) for n in grid)
    return Funnel(definition, unit, rate, tuple(kept), limits, len(found) - len(kept))


def _funnel_point(row: Mapping[str, Any], unit: str, rate: float) -> FunnelPoint:
    n = float(row["n_effective"] if row["n_effective"] is not None else row["n"])
    low, high = funnel_limits(rate, max(1, round(n)), 0.95)
    far_low, far_high = funnel_limits(rate, max(1, round(n)), 0.998)
    estimate = float(row["estimate"])
    zone: Zone = "inside" if low <= estimate <= high else "beyond 95%"
    if not far_low <= estimate <= far_high:
        zone = "beyond 99.8%"
    return FunnelPoint(str(row[unit]), n, estimate, zone)
