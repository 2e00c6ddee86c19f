"""Assay measures moderation quality.

How good are the decisions in each queue, site and reviewer, how sure are we, why did it change, did the fix work?

    frame  = assay.frame(decisions, case="case_id", decision="label", by=["queue", "site"], violating=["remove"])
    plan   = assay.plan(frame, size=2_000, strata=["queue"])
    sample = plan.draw(key=secret, period="2026-W47")
    scores = assay.score(sample, audits, verdict="verdict", metrics=["accuracy", "leakage"], by=["queue"])
    assay.report(scores).save("w47.html", "w47.xlsx")

What queues are there, who answers for them, and how did it come to be so?

    with assay.Registry.open("ops.db", actor="ops-analyst") as registry:
        registry.queues.pause("q-eu", reason="outage", ticket="OPS-12")

Tables come in from pandas, polars, pyarrow, DuckDB, anything with `__arrow_c_stream__`, or as a mapping from names to
NumPy arrays; results go back to where their table came from with `.to_frame()`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from assay._core import (
    AssayError,
    FormatError,
    InputError,
    KeyedSampler,
    RefusedError,
    StoreError,
    Tally,
    __version__,
    permanent_random_number,
)

# Loaded when first used, so that importing assay stays quick.
_LATER = {
    "frame": "frames",
    "plan": "plans",
    "Frame": "frames",
    "Plan": "_plan",
    "Sample": "_sample",
    "score": "scores",
    "combine": "combining",
    "compare": "comparisons",
    "cube": "groupings",
    "rollup": "groupings",
    "ratio": "_score_arguments",
    "Scores": "results",
    "Comparison": "results",
    "Result": "results",
    "report": "reports",
    "Report": "reports",
    "Registry": "registry",
}
_MODULES = ("interval", "example", "allocation", "sampling", "judge", "registry", "survey")

if TYPE_CHECKING:
    from assay import allocation, example, interval, judge, registry, sampling, survey
    from assay._plan import Plan
    from assay._sample import Sample
    from assay._score_arguments import ratio
    from assay.combining import combine
    from assay.comparisons import compare
    from assay.frames import Frame, frame
    from assay.groupings import cube, rollup
    from assay.plans import plan
    from assay.registry import Registry
    from assay.reports import Report, report
    from assay.results import Comparison, Result, Scores
    from assay.scores import score

__all__ = [
    "AssayError",
    "Comparison",
    "FormatError",
    "Frame",
    "InputError",
    "KeyedSampler",
    "Plan",
    "RefusedError",
    "Registry",
    "Report",
    "Result",
    "Sample",
    "Scores",
    "StoreError",
    "Tally",
    "__version__",
    "allocation",
    "combine",
    "compare",
    "cube",
    "example",
    "frame",
    "interval",
    "judge",
    "permanent_random_number",
    "plan",
    "ratio",
    "registry",
    "report",
    "rollup",
    "sampling",
    "score",
    "survey",
]


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        value: Any = import_module(f"assay.{name}")
    elif name in _LATER:
        value = getattr(import_module(f"assay.{_LATER[name]}"), name)
    else:
        raise AttributeError(f"module 'assay' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
