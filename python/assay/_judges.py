"""What is asked of a judge: which column speaks to which metric, how far it is believed, and on which frame."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from assay._checks import column_of, refuse
from assay._sample import Sample
from assay.frames import Frame
from assay.results import listed

WEIGHTS = ("tuned", "full", "none")


def judge_arguments(
    prediction: object, judge: object, frame: object, sample: object, metrics: Sequence[str]
) -> dict[str, Any] | None:
    """The judge for the compiled core; none where no prediction is named."""
    if prediction is None:
        for name, given in (("judge", judge), ("frame", frame)):
            if given is not None:
                raise refuse(f"{name}= only beside prediction=, the column of the judge", f"{name}= alone")
        return None
    weight = "tuned" if judge is None else judge
    if weight not in WEIGHTS:
        raise refuse(f"judge= one of {listed(WEIGHTS)}", repr(judge))
    if frame is not None and not isinstance(frame, Frame):
        raise refuse("frame= as assay.frame(...) makes it", type(frame).__name__)
    if isinstance(prediction, Mapping):
        missing = [name for name in metrics if name not in prediction]
        if missing:
            raise refuse("prediction= with a column for each metric asked", f"none for {listed(missing)}")
        for name in prediction:
            if name not in metrics:
                raise refuse(f"prediction= for the metrics {listed(list(metrics))}", f"one for {name!r}")
        named = [column_of(prediction[name], f"the column of {name!r} in prediction=") for name in metrics]
    else:
        named = [column_of(prediction, "prediction=")] * len(metrics)
    columns = list(dict.fromkeys(named))
    if not all(columns):
        raise refuse("prediction= as the name of a column, or a mapping from metrics to columns", "an empty name")
    core = frame._core if isinstance(frame, Frame) else sample.drawn_from if isinstance(sample, Sample) else None
    return {
        "columns": columns,
        "source": [columns.index(name) for name in named],
        "weight": weight,
        "frame": core,
    }
