"""An operation: what one can see of it, and its truth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

import numpy as np

from assay.example.audits import audited
from assay.example.parameters import ESCALATED, Parameters, labels
from assay.example.rates import described, true_rates
from assay.example.rows import Rows, coded
from assay.example.tables import Coded, Column, Flavour, Ids, Instants, Table, table_of


class Operation:
    """A moderation operation and its truth. Made by `operation()`; immutable.

    `decisions`, `truth`, `audit()` and `true_rates()` are tables of the library in `flavour`.
    """

    def __init__(self, parameters: Parameters, flavour: Flavour, rows: Rows) -> None:
        """Take what `operation()` made."""
        self._parameters = parameters
        self._flavour: Flavour = flavour
        self._rows = rows

    def __len__(self) -> int:
        """How many decisions there are."""
        return len(self._rows.decision)

    def __repr__(self) -> str:
        """One line."""
        p = self._parameters
        return (
            f"Operation({len(self):,} decisions, {len(p.queues)} queues x {len(p.sites)} sites x "
            f"{len(p.reviewers)} reviewers x {p.weeks} weeks, seed {p.seed})"
        )

    @property
    def parameters(self) -> Parameters:
        """Every number the operation was made from."""
        return self._parameters

    @property
    def flavour(self) -> Flavour:
        """The library whose tables this operation gives."""
        return self._flavour

    @cached_property
    def decisions(self) -> Table:
        """One row a decision.

        ==================  =======================================================================================
        `case_id`           text: "c00000001", "c00000002", ...
        `decided_at`        timestamp in microseconds, UTC, rising (NumPy has no zones: `datetime64[us]`, in UTC)
        `week`              ISO week: "2026-W44"
        `queue`             "electronics-counterfeit", ...
        `site`              "Dublin", ...
        `reviewer`          "dub1-01", ...
        `policy`            the policy the listing is judged under
        `policy_version`    "5.2" in the first week, "5.3" in the next four, and so on
        `language`          "en", ...
        `decision`          "approve", "remove", "restrict" or "escalated"
        `prediction`        a machine's score that the listing violates, 0.0001 to 0.9999; not calibrated
        `handle_seconds`    time the reviewer took
        `views`             how often the listing was seen
        `value`             the listing's price
        ==================  =======================================================================================

        Text columns of few values are dictionaries (pyarrow), enums (polars) or categoricals (pandas).
        """
        rows = self._rows
        columns: dict[str, Column] = {
            "case_id": Ids(np.arange(len(self), dtype=np.int64)),
            "decided_at": Instants(rows.decided_at),
        }
        for name in ("week", "queue", "site", "reviewer", "policy", "policy_version", "language", "decision"):
            columns[name] = coded(self._parameters, rows, name)
        columns["prediction"] = rows.prediction
        columns["handle_seconds"] = rows.handle_seconds
        columns["views"] = rows.views
        columns["value"] = rows.value
        return table_of(columns, self._flavour)

    @cached_property
    def truth(self) -> Table:
        """`case_id`, and `true_label`: the label the decision should have had (never an undecided one)."""
        columns: dict[str, Column] = {
            "case_id": Ids(np.arange(len(self), dtype=np.int64)),
            "true_label": Coded(self._rows.truth, labels[:ESCALATED]),
        }
        return table_of(columns, self._flavour)

    def audit(
        self,
        sample: Table,
        *,
        case: str = "case_id",
        response: float | Mapping[str, float] = 1.0,
        auditors: int = 6,
        seed: int = 1,
    ) -> Table:
        """Have the cases of a sample audited by people who are always right.

        Args:
            sample: any table with the case ids, or a list of them; each case once.
            case: the name of the column that holds them.
            response: the chance that an audit comes back; or a chance for each decision, 1 where none is given:
                `{"remove": 0.7}` loses three in ten audits of removals.
            auditors: how many share the work.
            seed: which audits are lost, what reasons are given, who audits. They depend on it and on the case alone,
                not on what else is in the sample.

        Returns:
            A table, in the order of the sample: `case_id` (or whatever `case` is), `verdict` (the true label),
            `reason` ("correct", "undecided", or why the decision went wrong), `auditor`.

        Raises:
            InputError: no such column, a case that this operation does not have, the same case twice, a chance
                outside [0, 1], a label that no decision has.
        """
        columns = audited(
            self._parameters, self._rows, sample, case=case, response=response, auditors=auditors, seed=seed
        )
        return table_of(columns, self._flavour)

    def true_rates(self, by: Sequence[str] | str = (), *, weight: str | None = None) -> Table:
        """Compute the true rates of every slice that holds a scored case, over all of them.

        Undecided cases are counted, not scored. With `violating` = remove or restrict, and over the scored cases:

        =====================  ============================================================
        `accuracy`             decision = truth
        `over_enforcement`     decision violating, truth not
        `leakage`              truth violating, decision not
        `wrong_label`          both violating, with different labels
        `precision`            of the decided violating, those that are
        `recall`               of the violating, those decided so
        `specificity`          of the not violating, those decided so
        `false_positive_rate`  1 - specificity
        `false_negative_rate`  1 - recall
        `violation_rate`       truth violating
        =====================  ============================================================

        The first four add up to one.

        Args:
            by: one or several of `week queue site reviewer policy policy_version language decision`.
            weight: "views", "value" or "handle_seconds" to weigh every case by it (`violation_rate` by views is the
                prevalence); default every case counts one.

        Returns:
            A table: the columns of `by`, `n` (scored cases), `undecided` (cases), and the rates. A rate over no case
            is null, and NaN where the table library knows no null.

        Raises:
            InputError: `by` or `weight` names no such column.
        """
        return table_of(true_rates(self._parameters, self._rows, by, weight), self._flavour)

    def describe(self) -> str:
        """Put the operation in words: its size, its known chances of error, and the rates they led to."""
        return described(repr(self), self._parameters, self._rows)
