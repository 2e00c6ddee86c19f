"""Survey estimation: what a sample with strata, clusters, stages and unequal chances says of all cases, and how surely.

    >>> design = assay.survey.design(audits, strata="queue", weight="weight", population="queue_size")
    >>> design.proportion("overturned", by="site")
    >>> design.mean("minutes")
    >>> design.difference("overturned", between="vendor")

A design never changes; estimates for slices keep the whole of it (masking, not cutting), so that their standard errors
are right. Rows and slices are walked through once: a thousand slices cost little more than one.
"""

from __future__ import annotations

from assay.survey._chances import two_phase
from assay.survey._design import Design, design
from assay.survey._results import Estimates

__all__ = ["Design", "Estimates", "design", "two_phase"]
