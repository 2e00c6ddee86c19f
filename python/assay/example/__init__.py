"""The bundled example: a marketplace moderation operation whose truth is known.

    import assay
    from assay import example

    operation = example.operation(seed=7)
    frame = assay.frame(
        operation.decisions, case="case_id", decision="decision", by=["queue", "site"],
        violating=example.violating, undecided=example.undecided,
    )
    sample = assay.plan(frame, size=2_000, strata=["queue"]).draw(key=b"secret", period="2026-W47")
    audits = operation.audit(sample)
    scores = assay.score(sample, audits, verdict="verdict", by=["site"])
    operation.true_rates(by=["site"])          # what the scores should cover

Listings wait in queues, are dealt to sites and there to reviewers, and are approved, removed, restricted or
escalated. Everything is invented, and every number behind it is in `operation.parameters` (in words:
`operation.describe()`):

* A listing falls into a queue by the queues' `weight`, into a site by the site's weight for simple or hard queues
  (so sites differ in case mix), to a reviewer of that site by workload, under a policy of the queue, in a language
  of the site.
* It violates with its policy's `violation_rate` (between 0.4 % and 14 %). What it then deserves is `remove` with the
  queue's `remove_share`, else `restrict`.
* The reviewer's decision is `escalated` with the queue's `escalation` chance, whatever the truth. Otherwise, with
  f = site factor x reviewer factor x drift factor:

  ====================================  ==============================  ===================
  the listing deserved                  it got                          with chance
  ====================================  ==============================  ===================
  approve                               remove or restrict              min(0.6, false_alarm x f)
  remove or restrict                    approve                         min(0.6, miss x f)
  remove or restrict                    the other of the two            min(0.3, wrong_action x f)
  ====================================  ==============================  ===================

* Factors above 1 are worse than usual. Sites go from 0.8 (Dublin) to 1.4 (Cairo). The reviewers of a site go from 0.5
  to 2, most of them below 1. Manila drifts: from the third week on, its errors double.

Assumes: errors are independent given queue, site, reviewer and week.
Use when: trying Assay out, testing that intervals cover, timing.
Not for: learning how real operations behave; nothing here was fitted to one.

The same arguments give the same rows for ever, on every platform and with every NumPy: each number is a scramble of
(seed, stream, row), and only integer and correctly rounded floating-point steps follow. Row i depends on its number
alone, so an operation with fewer weeks is the beginning of one with more.

A second example, `example.register(...)`, is a register of queues with planted faults and other systems' tables.

Reference: Steele, Lea & Flood (2014), "Fast splittable pseudorandom number generators", OOPSLA (the scramble);
Salmon, Moraes, Dror & Shaw (2011), "Parallel random numbers: as easy as 1, 2, 3", SC11 (random access by counter).
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from assay.example.checks import between, check_queue, check_site, first_or_own, refuse, whole
from assay.example.operations import Operation
from assay.example.parameters import (
    QUEUES,
    SITES,
    Drift,
    Parameters,
    Policy,
    Queue,
    Reviewer,
    Site,
    labels,
    metrics,
    not_violating,
    undecided,
    violating,
)
from assay.example.random import MASK
from assay.example.registers import Register, register
from assay.example.rows import generate, staff
from assay.example.tables import Flavour
from assay.example.tables import installed as _installed

__all__ = [
    "Drift",
    "Flavour",
    "Operation",
    "Parameters",
    "Policy",
    "Queue",
    "Register",
    "Reviewer",
    "Site",
    "labels",
    "metrics",
    "not_violating",
    "operation",
    "register",
    "undecided",
    "violating",
]

_ROWS_MAX = 99_999_999  # eight digits in a case id


def operation(
    *,
    seed: int = 7,
    weeks: int = 4,
    cases_per_week: int = 50_000,
    queues: int | Sequence[Queue] = 8,
    sites: int | Sequence[Site] = 4,
    reviewers: int = 12,
    drift_site: str | None = "Manila",
    drift_week: int = 3,
    drift_factor: float = 2.0,
    start: datetime.date = datetime.date(2026, 10, 26),
    flavour: Flavour | None = None,
) -> Operation:
    """Make an operation; the same arguments give the same rows for ever.

    Args:
        seed: which of the operations that these parameters describe.
        weeks: how many; more weeks leave the rows of the earlier ones as they were.
        cases_per_week: decisions in each week. At most 99,999,999 in all.
        queues: the first so many of the twelve bundled queues, or `Queue` values of your own.
        sites: the first so many of the six bundled sites, or `Site` values of your own.
        reviewers: how many at each site.
        drift_site: the site whose quality falls; None for a steady operation.
        drift_week: the first week, counting from 1, in which it has fallen.
        drift_factor: by what its chances of error are multiplied from then on.
        start: the Monday the first week begins on, at 00:00 UTC.
        flavour: the library whose tables to give; default the first installed of pandas, polars, pyarrow, else NumPy
            arrays in a dict.

    Raises:
        InputError: an argument is out of range; it names the argument.
    """
    seed = whole("seed", seed, 0, MASK)
    weeks = whole("weeks", weeks, 1, 520)
    cases_per_week = whole("cases_per_week", cases_per_week, 1, _ROWS_MAX)
    if weeks * cases_per_week > _ROWS_MAX:
        refuse(f"at most {_ROWS_MAX:,} cases in all", f"{weeks} weeks of {cases_per_week:,}")
    chosen_queues: tuple[Queue, ...] = first_or_own("queues", queues, QUEUES, Queue)
    chosen_sites: tuple[Site, ...] = first_or_own("sites", sites, SITES, Site)
    for queue in chosen_queues:
        check_queue(queue)
    for site in chosen_sites:
        check_site(site)
    reviewers = whole("reviewers", reviewers, 1, 300)
    drift = None
    if drift_site is not None:
        names = [site.name for site in chosen_sites]
        if drift_site not in names:
            refuse(f"drift_site among {', '.join(names)}", repr(drift_site), "or None for no drift")
        drift = Drift(drift_site, whole("drift_week", drift_week, 1, 521), between("drift_factor", drift_factor, 100))
    if not isinstance(start, datetime.date) or start.weekday() != 0:
        refuse("start as the date of a Monday", repr(start))
    start = datetime.date(start.year, start.month, start.day)
    parameters = Parameters(
        seed=seed,
        start=start,
        weeks=weeks,
        cases_per_week=cases_per_week,
        queues=chosen_queues,
        sites=chosen_sites,
        reviewers=staff(chosen_sites, reviewers),
        drift=drift,
    )
    return Operation(parameters, _chosen(flavour), generate(parameters))


def _chosen(flavour: Flavour | None) -> Flavour:
    known: tuple[Flavour, ...] = ("pandas", "polars", "pyarrow", "numpy")
    if flavour is None:
        return next(name for name in known if _installed(name))
    if flavour not in known:
        refuse("flavour as pandas, polars, pyarrow or numpy", repr(flavour))
    if not _installed(flavour):
        refuse(f"the library {flavour} to be installed", "none of that name", "install it or take another flavour")
    return flavour
