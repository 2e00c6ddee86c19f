"""Numbers at the end of what a double can hold, and words where numbers are wanted: refused by name, never a NaN."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import assay

CASES = np.arange(400)
TABLE = {
    "case": CASES,
    "decision": np.where(CASES % 5 == 0, "remove", "keep"),
    "queue": np.array(list("abcd"))[CASES % 4],
}
FRAME = assay.frame(TABLE, case="case", decision="decision", by=["queue"], violating=["remove"])
SURE = np.linspace(0.1, 0.9, 50)
SOME = np.where(np.arange(50) % 3 == 0, 1.0, np.nan)

DESIGN = assay.survey.design(
    {"y": np.arange(60.0), "level": np.array(list("xy") * 30), "kind": np.array(list("pq") * 30)}
)

refused: list[tuple[str, Callable[[], Any]]] = [
    ("at least 1e-06", lambda: assay.plan(FRAME, half_width=1e-170, expected=0.05)),
    ("at least 1e-06", lambda: assay.plan(FRAME, half_width={"queue": 1e-300}, expected=0.05)),
    ("from 1e-06 to 1e\\+06", lambda: assay.plan(FRAME, coefficient_of_variation=1e300, expected=0.05)),
    ("confidence= between 0.01", lambda: assay.plan(FRAME, half_width=0.05, confidence=1e-20)),
    ("more than 308 digits", lambda: assay.plan(FRAME, half_width=10**400)),
    ("one of 'proportional'", lambda: assay.plan(FRAME, size=50, allocation=np.array(["a", "b"]))),  # type: ignore[arg-type]
    ("factor of 1e12", lambda: assay.interval.stratified_exact([1, 1], [50, 50], weights=[1e308, 1])),
    ("below 2\\^53", lambda: assay.interval.stratified_exact([1, 1], [2**53, 2**53], weights=[1, 1])),
    ("a list of numbers", lambda: assay.interval.stratified_exact([1, 1], [9, 9], weights=5)),  # type: ignore[arg-type]
    ("one a stratum", lambda: assay.interval.stratified_exact([1], [9], weights=[1], population=[])),
    ("more than 308 digits", lambda: assay.interval.designed(0.5, standard_error=0.1, n=9, confidence=10**400)),
    ("certain to be audited", lambda: assay.judge.actively_audited(SURE, SOME, np.ones(50))),
    ("chances of at least 2e-11", lambda: assay.judge.actively_audited(SURE, SOME, np.full(50, 1e-300))),
    ("1e\\+100", lambda: assay.judge.assisted(np.full(50, 1e308), SOME)),
    ("prediction as numbers", lambda: assay.judge.assisted([10**400] * 50, SOME)),
    ("1e\\+100", lambda: assay.judge.prediction_powered(SURE, SURE, SURE, lam=1e308)),
    ("complex ones", lambda: assay.judge.assisted(SURE + 1j, SOME)),
    ("masked array", lambda: assay.judge.assisted(np.ma.masked_greater(SURE, 0.5), SOME)),
    ("judge= one of", lambda: assay.judge.assisted(SURE, SOME, judge=np.array(["a", "b"]))),  # type: ignore[arg-type]
    ("row 1 ", lambda: assay.judge.uncertainty_probabilities([0.5, 1.5], 1)),
    ("at most 1e\\+12", lambda: assay.plan(FRAME, half_width=0.05, expected=0.1, strata="queue", cost=1e308)),
    ("a number of cases above 0", lambda: DESIGN.calibrate({"(all)": 0.0})),
    ("lonely= as one of", lambda: assay.survey.design(TABLE, lonely=np.array([1, 2]))),  # type: ignore[arg-type]
    ("name of a column, got ndarray", lambda: assay.survey.design(TABLE, weight=np.array([1, 2]))),  # type: ignore[arg-type]
    ("interval= as one of", lambda: DESIGN.proportion("kind", interval=np.array(["a"]))),  # type: ignore[arg-type]
    ("got 'level'", lambda: DESIGN.proportion("kind", by="level")),
    ("as a whole number", lambda: assay.plan(FRAME, size="9" * 5000)),  # type: ignore[arg-type]
    ("below 2\\^62", lambda: assay.plan(FRAME, size=10**5000)),
]


@pytest.mark.parametrize(("words", "call"), refused, ids=[f"{i}: {words}" for i, (words, _) in enumerate(refused)])
def test_what_a_double_cannot_hold_is_refused_by_name(words: str, call: Callable[[], Any]) -> None:
    with pytest.raises(assay.InputError, match=words) as told:
        call()
    assert len(str(told.value)) < 400
    assert "nan" not in str(told.value)


def test_whole_floats_are_counts() -> None:
    whole = assay.interval.stratified_exact([3, 4], [50, 60], weights=[1, 2])
    assert assay.interval.stratified_exact([3.0, 4.0], [50.0, 60.0], weights=[1e300, 2e300]) == whole


@pytest.mark.parametrize("name", ["estimate", "metric", "n", "basis"])
def test_slices_are_not_called_like_columns_of_results(name: str) -> None:
    table = {"decision": ["a", "b"], "gold": ["a", "b"], name: ["x", "y"]}
    with pytest.raises(assay.InputError, match=r"not called like a column of the result.*rename the column"):
        assay.score(table, decision="decision", verdict="gold", by=name)


def test_a_design_says_why_it_is_not_pickled() -> None:
    with pytest.raises(TypeError, match="a design cannot be pickled"):
        pickle.dumps(DESIGN)
