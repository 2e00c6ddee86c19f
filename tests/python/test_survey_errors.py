"""Standard errors of adjusted, raked, replicated and partly whole samples: what they must agree with."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import assay
from test_survey_adjustments import AUDITS, LABELS, SITES, made, plain, refusal


def first(result: Any) -> dict[str, Any]:
    return next(result.records())


def test_residuals_by_design_weights_are_right_where_weights_differ() -> None:
    audits = made(2400)
    heavy = np.arange(2400) % 3 == 0
    rows = audits.assign(weight=np.where(heavy, 40.0, 1.0), minutes=audits["minutes"] + np.where(heavy, 0.0, 30.0))
    design = assay.survey.design(rows, weight="weight")
    margins = {"site": {"east": 19_400, "west": 14_200}, "label": {"keep": 27_000, "remove": 6600}}
    plain, weighted = design.rake(margins), design.rake(margins, residuals="design_weights")
    assert plain.weights().tobytes() == weighted.weights().tobytes()
    assert first(plain.mean("minutes"))["design"].endswith("raked to site and label (residuals as in R's survey)")
    assert first(weighted.mean("minutes"))["design"].endswith("raked to site and label (residuals by design weights)")
    known = first(design.calibrate(margins, method="raking").mean("minutes"))["standard_error"]
    assert first(weighted.mean("minutes"))["standard_error"] == pytest.approx(known, rel=1e-8)
    felt = first(weighted.replicates("jackknife").mean("minutes"))["standard_error"]
    assert first(weighted.mean("minutes"))["standard_error"] == pytest.approx(felt, rel=0.02)
    assert first(plain.mean("minutes"))["standard_error"] > 1.2 * felt
    said = refusal(lambda: design.rake(margins, residuals="weights"))
    assert "wanted residuals= as one of r_survey, design_weights, got 'weights'" in said


def test_the_last_of_several_adjustments_leaves_no_error_in_what_it_fixed() -> None:
    twice = plain().poststratify(SITES).poststratify(LABELS)
    for row in twice.proportion("label").records():
        assert row["standard_error"] == pytest.approx(0, abs=1e-12)
    assert all(row["standard_error"] > 1e-4 for row in twice.proportion("site").records())


def test_what_was_taken_whole_lends_no_degrees_of_freedom() -> None:
    rng = np.random.default_rng(1)
    rows = pd.DataFrame(
        {"part": ["A"] * 500 + ["B"] * 3, "size": [500] * 500 + [1000] * 3, "y": rng.normal(10.0, 2.0, 503)}
    )
    design = assay.survey.design(rows, strata="part", population="size")
    assert design.degrees_of_freedom == 2
    answer = first(design.mean("y"))
    assert answer["df"] == 2
    assert answer["upper"] - answer["estimate"] == pytest.approx(4.302652729911275 * answer["standard_error"])
    assert [row["df"] for row in design.mean("y", by="part").records()] == [499, 2]
    assert first(design.replicates("jackknife").mean("y"))["df"] == 2
    sure = AUDITS.assign(chance=np.where(np.arange(240) < 230, 1.0, AUDITS["chance"]))
    for method in ("brewer", "deville", "poisson"):
        drawn = assay.survey.design(sure, probability="chance", pps=method)
        assert drawn.degrees_of_freedom == first(drawn.mean("minutes"))["df"] == 9


def test_trimming_once_never_leaves_weights_below_0() -> None:
    rows = pd.DataFrame({"w": [0.01] * 9 + [5.0, 100.0]})
    said = refusal(lambda: assay.survey.design(rows, weight="w").trim(lower=5))
    assert "wanted weights above 0 after sharing out what was raised to 5" in said
    assert "strict=True" in said
    strict = assay.survey.design(rows, weight="w").trim(lower=5, strict=True).weights()
    assert strict.min() >= 5
    assert strict.sum() == pytest.approx(105.09)


def test_half_samples_of_a_finite_queue_say_that_its_share_is_not_counted() -> None:
    pairs = AUDITS.assign(of=20)
    halves = assay.survey.design(pairs, strata="pair", population="of").replicates("brr")
    assert "replicates, as if drawn with replacement" in first(halves.mean("minutes"))["design"]
    assert "as if" not in first(plain().replicates("jackknife").mean("minutes"))["design"]


def test_slices_that_a_replicate_leaves_without_a_row_say_why_they_have_no_error() -> None:
    few = AUDITS.assign(rare=np.isin(np.arange(240), [3, 7, 11]))
    design = assay.survey.design(few, weight="weight")
    result = design.replicates("bootstrap", count=300, seed=1).mean("minutes", by="rare")
    errors = {row["rare"]: row["standard_error"] for row in result.records()}
    assert errors[True] is None
    assert errors[False] > 0
    assert "or a replicate has no row of it" in result.summary()
    assert all(row["standard_error"] > 0 for row in design.mean("minutes", by="rare").records())
