"""From a frame to a plan: how many cases to audit in each stratum, by size or by how sharp the scores are to be."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import Any

from assay import _core
from assay._checks import names_of, one_of, real, refuse, whole
from assay._core import InputError
from assay._plan import Plan, PlanContext
from assay._rates import costs_of, expected_rates, few_errors
from assay._wishes import wishes_of
from assay.frames import Frame, Names
from assay.results import plural

__all__ = ["plan"]

ALLOCATIONS = ("proportional", "equal", "neyman", "optimal")
_MOST_COMPARED = 2_000


def plan(
    frame: Frame,
    *,
    size: int | None = None,
    share: float | None = None,
    half_width: float | Mapping[Any, float] | None = None,
    coefficient_of_variation: float | Mapping[Any, float] | None = None,
    max_audits: int | None = None,
    budget: float | None = None,
    strata: Names = (),
    allocation: str | None = None,
    expected: object = None,
    metric: str | None = None,
    cost: object = None,
    minimum: int = 2,
    slice_minimum: int | Mapping[Any, int] | None = None,
    maximum: object = None,
    about: str = "queue",
    confidence: float = 0.95,
) -> Plan:
    """How many cases to audit, and in which strata: by size, by how sharp the scores are to be, or by what can be paid.

        assay.plan(frame, half_width={"overall": 0.01, "queue": 0.05}, strata=["queue"], expected=last_week)

    Parameters
    ----------
    size, share
        Cases in all, or a share of all decided cases (rounded so that the total is right).
    half_width
        How sharp the scores are to be, half the width of their intervals: a number for the overall score (0.02: two
        points to either side), or a mapping `{"overall": 0.02, "queue": 0.05}`, each for every slice of that column;
        `("queue", "site")` or `"queue, site"` for their combinations. Slices need not be strata.
    coefficient_of_variation
        Standard error over rate, in the same shapes: for rates that are small. Needs `expected`.
    max_audits, budget
        The most audits, or the most money in units of `cost`. As a cap on wishes: what cannot be kept under it is
        refused and says what would do. Alone: the sharpest overall score that it can pay.
    strata
        Columns among the frame's `by`; each combination is drawn from on its own. Strata make sure that no queue goes
        unseen, and sharpen scores where queues differ. Name the columns of the wishes here.
    allocation
        `"proportional"`: the same share of every stratum, right when little is known. `"equal"`: the same number, for
        when each stratum needs an answer of its own. `"neyman"`: more where errors are expected to be harder to
        measure, for the sharpest overall score; needs `expected`. `"optimal"`: the cheapest that keeps all wishes, with
        a proof (`plan.proof`) and the price of each wish (`plan.slices()`); with a size, Neyman's weighed by cost. By
        default proportional for a size or share, and optimal for wishes.
    expected
        Error rates: a number for all strata; a mapping from a stratum's value (a tuple of values where there are
        several columns) to its rate; `{"column": {value: rate}}`; or a table with `rate` or `estimate` and columns of
        the frame's `by`, such as last week's scores. They may be finer or coarser than the strata. Scores are
        taken with half an error more, in one (effective) audit more: a slice without errors last week may have some
        this week. Without them plans reckon with 50 %, where intervals are widest.
    metric
        Which metric's rates `expected` holds, one that is a share of all decided cases: accuracy (as errors),
        over_enforcement, leakage, wrong_label or violation_rate. By default accuracy, or the one metric of the table.
    cost
        Of one audit: a number, a mapping by stratum, or `{"column": {value: cost}}`. The cheapest plan is then meant in
        money.
    minimum
        Least number in a stratum; a stratum that holds fewer is taken whole.
    slice_minimum
        Least number of audits in effect (those that unequal weights leave) to expect in every slice of the wishes'
        columns; a mapping such as `{"queue": 30}` names columns.
    maximum
        Most audits in a stratum, in the shapes of `cost`.
    about
        `"queue"`: scores are to be about these cases. `"process"`: about the process that decided them, which even all
        cases show only so sharply.
    confidence
        Of the intervals that are planned for.

    Raises
    ------
    InputError
        A size over what the frame holds or under the minimum; wishes that cannot be kept even by auditing every case
        allowed; wishes that can, but cost more than the cap; rates or costs that are missing or out of range; columns
        that are not among the frame's `by`. The message says what would do.

    Expected half-widths are those of the limits that `assay.score` gives: exact ones for a stratum that is scored
    whole, beta limits of weighted events otherwise (Wilson's in one stratum, about the process). When the expected
    rates are right, the widths found are on average what was expected, or a little less.
    """
    if not isinstance(frame, Frame):
        raise refuse("a frame, as assay.frame(...) makes it", type(frame).__name__, mend="call plan(frame, ...)")
    if allocation is not None:
        one_of(allocation, "allocation=", ALLOCATIONS)
    one_of(about, "about=", ("queue", "process"))
    by, columns = frame.by, names_of(strata, "strata=")
    rates = expected_rates(expected, columns, by, metric)
    costs = costs_of(cost, columns, by, "cost=", "a cost")
    wishes = wishes_of(half_width, coefficient_of_variation, slice_minimum, by)
    settled = size is not None or share is not None
    if allocation is None:
        known = expected is not None or cost is not None
        allocation = "optimal" if not settled and (wishes or known) else "proportional"
    arguments = {
        "size": None if size is None else whole(size, "size="),
        "share": None if share is None else real(share, "share="),
        "strata": columns,
        "allocation": allocation,
        "expected": rates,
        "cost": costs,
        "maximum": costs_of(maximum, columns, by, "maximum=", "a maximum"),
        "minimum": whole(minimum, "minimum="),
        "wishes": wishes,
        "max_audits": None if max_audits is None else whole(max_audits, "max_audits="),
        "budget": None if budget is None else real(budget, "budget="),
        "finite": about == "queue",
        "confidence": _confidence(confidence),
    }
    table = _core.make_plan(frame._core, arguments, None)
    notes = []
    if expected is None and wishes:
        notes.append("No expected= rates: every width is planned for a rate of 50%, where it is widest.")
    if wishes and not columns:
        notes += _what_strata_save(frame, arguments, table)
    notes += few_errors(expected)
    money = cost is not None
    context = PlanContext(notes=tuple(notes), allocation=allocation, money=money, by=tuple(by), about=about)
    return Plan(table, frame.flavour, context)


def _confidence(given: object) -> float:
    """Of planned intervals; beyond these levels a plan means nothing, and its sums leave what doubles can hold."""
    level = real(given, "confidence=")
    if not 0.01 <= level <= 1 - 1e-9:
        raise refuse("confidence= between 0.01 and 0.999999999", f"{level:g}")
    return level


def _what_strata_save(frame: Frame, arguments: dict[str, Any], table: Any) -> list[str]:
    """What the same wishes would cost with the columns that they name (or the rates do) as strata."""
    named = {name for columns, *_ in arguments["wishes"] for name in columns} | set(arguments["expected"][0] or ())
    columns = [name for name in frame.by if name in named]
    sizes = dict(zip(frame.by, frame._core.by_sizes, strict=True))
    if not columns or prod(sizes[name] for name in columns) > _MOST_COMPARED:
        return []
    try:
        other = _core.make_plan(frame._core, {**arguments, "strata": columns, "max_audits": None, "budget": None}, None)
    except InputError:
        return []
    now, then = sum(table.column("sample_size")), sum(other.column("sample_size"))
    if then > 0.98 * now:
        return []
    return [f"strata={columns!r} would keep the same wishes with {plural(then, 'audit')} instead of {now:,}."]
