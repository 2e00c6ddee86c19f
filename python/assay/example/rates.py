"""True rates over all the rows, and an operation in words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from assay.example.checks import refuse
from assay.example.parameters import APPROVE, Parameters, metrics
from assay.example.rows import LEAKED, OVER_ENFORCED, RIGHT, UNDECIDED, WRONG_LABEL, Rows, coded, kind_of
from assay.example.tables import Coded, Column, table_of


def true_rates(p: Parameters, rows: Rows, by: Sequence[str] | str, weight: str | None = None) -> dict[str, Column]:
    """The columns that `Operation.true_rates` gives."""
    names = [by] if isinstance(by, str) else list(by)
    if len(set(names)) != len(names):
        refuse("by with each column once", repr(names))
    parts = [coded(p, rows, name) for name in names]
    cell = np.zeros(len(rows.decision), dtype=np.int64)
    cells = 1
    for part in parts:
        cells *= len(part.names)
        if cells > 50_000_000:
            refuse("by with at most 50,000,000 combinations", repr(names), "name fewer columns")
        cell *= len(part.names)
        cell += part.codes
    weights = None
    if weight is not None:
        if weight not in ("views", "value", "handle_seconds"):
            refuse("weight as views, value or handle_seconds", repr(weight))
        weights = getattr(rows, weight).astype(np.float64)

    kind = kind_of(rows)

    def total(rows_in: NDArray[np.bool_]) -> NDArray[np.float64]:
        chosen = None if weights is None else weights[rows_in]
        return np.bincount(cell[rows_in], chosen, minlength=cells).astype(np.float64)

    scored = kind != UNDECIDED
    n = np.bincount(cell[scored], minlength=cells)
    present = np.flatnonzero(n)
    everything, right, over, leaked, wrong = (
        total(mask)[present]
        for mask in (scored, *(kind == each for each in (RIGHT, OVER_ENFORCED, LEAKED, WRONG_LABEL)))
    )
    bad = total(scored & (rows.truth != APPROVE))[present]
    good = everything - bad
    caught = bad - leaked
    rates = {
        "accuracy": (right, everything),
        "over_enforcement": (over, everything),
        "leakage": (leaked, everything),
        "wrong_label": (wrong, everything),
        "precision": (caught, caught + over),
        "recall": (caught, bad),
        "specificity": (good - over, good),
        "false_positive_rate": (over, good),
        "false_negative_rate": (leaked, bad),
        "violation_rate": (bad, everything),
    }
    columns: dict[str, Column] = {}
    rest = present
    for name, part in reversed(list(zip(names, parts, strict=True))):
        rest, codes = np.divmod(rest, len(part.names))
        columns[name] = Coded(codes, part.names)
    columns = dict(reversed(columns.items()))
    columns["n"] = n[present].astype(np.int64)
    columns["undecided"] = np.bincount(cell[~scored], minlength=cells)[present].astype(np.int64)
    for name in metrics:
        above, below = rates[name]
        columns[name] = np.divide(above, below, out=np.full(len(present), np.nan), where=below > 0)
    return columns


def described(headline: str, p: Parameters, rows: Rows) -> str:
    """What `Operation.describe` says."""
    lines = [headline, "", "Queues (chances at a site and with a reviewer of factor 1)"]
    head = ["queue", "share", "violating", "miss", "false alarm", "wrong action", "escalated"]
    weight = sum(queue.weight for queue in p.queues)
    body = []
    for queue in p.queues:
        dealt = sum(policy.weight for policy in queue.policies)
        rate = sum(policy.weight * policy.violation_rate for policy in queue.policies) / dealt
        chances = (queue.weight / weight, rate, queue.miss, queue.false_alarm, queue.wrong_action, queue.escalation)
        body.append([queue.name, *(f"{chance:.1%}" for chance in chances)])
    lines += _aligned(head, body)
    lines += ["", "Sites (factors multiply every chance of error; true accuracy of all its decisions)"]
    plain = table_of(true_rates(p, rows, "site"), "numpy")
    truth = dict(zip(plain["site"].tolist(), plain["accuracy"].tolist(), strict=True))
    body = []
    for site in p.sites:
        factors = [reviewer.factor for reviewer in p.reviewers if reviewer.site == site.name]
        note = ""
        if p.drift is not None and p.drift.site == site.name:
            note = f"x {p.drift.factor:g} from week {p.drift.week} on"
        spread = f"{min(factors):.2f} to {max(factors):.2f}"
        accuracy = f"{truth[site.name]:.2%}" if site.name in truth else "-"
        body.append([site.name, f"{site.factor:.2f}", spread, accuracy, note])
    lines += _aligned(["site", "factor", "reviewers", "accuracy", "drift"], body)
    return "\n".join(lines) + "\n"


def _aligned(head: Sequence[str], body: Sequence[Sequence[str]]) -> list[str]:
    """Lay out a table: the first column to the left, the others to the right."""
    rows = [head, *body]
    widths = [max(len(row[k]) for row in rows) for k in range(len(head))]
    out = []
    for row in rows:
        first, *rest = (cell.rjust(width) for cell, width in zip(row, widths, strict=True))
        out.append("  ".join(["  " + first.strip().ljust(widths[0]), *rest]).rstrip())
    return out
