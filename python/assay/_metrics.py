"""The names of the metrics that are built in."""

from __future__ import annotations

METRICS: tuple[str, ...] = (
    "accuracy",
    "over_enforcement",
    "leakage",
    "wrong_label",
    "precision",
    "recall",
    "specificity",
    "false_positive_rate",
    "false_negative_rate",
    "violation_rate",
)
