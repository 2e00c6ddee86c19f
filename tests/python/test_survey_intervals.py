"""Intervals of shares from complex samples, in Python."""

from __future__ import annotations

import csv
import math
from typing import Any

import numpy as np
import pytest

import assay
from assay import interval
from shared_files import shared_file

METHODS = ("wilson", "korn_graubard", "logit", "likelihood", "beta", "arcsine", "jeffreys", "agresti_coull", "wald")


@pytest.mark.parametrize(
    ("begins", "method"),
    [
        ("KG_NCHS", "korn_graubard"),
        ("Jeffreys_eff", "jeffreys"),
        ("AgrestiCoull_eff", "agresti_coull"),
        ("logit", "logit"),
    ],
)
def test_the_shared_rows_are_reproduced(begins: str, method: Any) -> None:
    with shared_file("golden/A_survey/ciprop_effective_results.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["method"].startswith(begins)]
    assert len(rows) == 15
    for row in rows:
        lower, upper = interval.designed(
            float(row["p"]),
            standard_error=math.sqrt(float(row["var"])),
            n=int(row["n"]),
            degrees_of_freedom=int(row["df"]),
            method=method,
            effective="plug_in",
        )
        assert (lower, upper) == pytest.approx((max(0.0, float(row["lo"])), float(row["hi"])), rel=1e-9)


@pytest.mark.parametrize("method", METHODS)
def test_nothing_degenerate_is_certain(method: Any) -> None:
    for share in (0.0, 0.3, 1.0):
        lower, upper = interval.designed(share, standard_error=0.0, n=60, n_effective=22.0, method=method)
        assert 0 <= lower <= share <= upper <= 1
        assert upper - lower > 0.05
        assert tuple(
            interval.designed(share, standard_error=0.1, n=60, degrees_of_freedom=0, method=method)
        ) == (0.0, 1.0)  # fmt: skip
    known = interval.designed(0.9, standard_error=0.0, n=60, n_effective=math.inf, method=method)
    assert tuple(known) == (0.9, 0.9)


def test_more_confidence_is_wider_and_kish_counts() -> None:
    def width(**given: Any) -> float:
        return interval.designed(0.05, standard_error=0.01, n=400, **given).width

    assert width(confidence=0.99) > width() > width(confidence=0.8)
    assert width(n_effective=50.0) > width()
    assert width(n_effective=50.0, effective="plug_in") == pytest.approx(width(effective="plug_in"))


def test_few_events_in_several_strata() -> None:
    one = interval.stratified_exact([3], [50], weights=[1])
    assert tuple(one) == tuple(interval.clopper_pearson(3, 50))
    pooled = interval.stratified_exact(np.array([2, 0]), np.array([40, 60]), weights=[4, 6])
    assert tuple(pooled) == pytest.approx(tuple(interval.clopper_pearson(2, 100)), rel=1e-9)
    finite = interval.stratified_exact([1, 0], [20, 30], population=[100, 900])
    assert finite.lower >= 1 / 1000
    assert finite.upper < 0.2
    assert interval.stratified_exact([1, 0], [20, 30], population=[20, 30]) == interval.stratified_exact(
        [1, 0], [20, 30], population=[20, 30], weights=[20, 30]
    )
    assert interval.stratified_exact([1, 0], [20, 30], population=[100, 900], confidence=0.8).width < finite.width


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: interval.designed(1.2, standard_error=0.1, n=10), "a share between 0 and 1, got 1.2"),
        (lambda: interval.designed(0.2, standard_error=-1, n=10), "a standard error of 0 or more, got -1"),
        (lambda: interval.designed(0.2, standard_error=0.1, n=10, method="best"), "a method among wilson"),  # type: ignore[arg-type]
        (lambda: interval.designed(0.2, standard_error=0.1, n=10, effective="most"), "effective= 'smaller'"),  # type: ignore[arg-type]
        (lambda: interval.designed("x", standard_error=0.1, n=10), "share"),  # type: ignore[arg-type]
        (lambda: interval.designed(0.2, standard_error=0.1, n=10, n_effective=math.nan), "Kish's sample size"),
        (lambda: interval.stratified_exact([1], [5]), "weights= or population=, got neither"),
        (lambda: interval.stratified_exact([1], [5, 6], weights=[1]), "for each stratum"),
        (lambda: interval.stratified_exact([6], [5], weights=[1]), "successes between 0 and 5"),
        (lambda: interval.stratified_exact([1.5], [5], weights=[1]), "successes as a whole number"),
        (lambda: interval.stratified_exact([1], [5], weights=[-1]), "finite weights of 0 or more"),
        (lambda: interval.stratified_exact([1], [5], population=[4]), "a population of at least the 5 trials"),
    ],
)
def test_refusals(call: Any, words: str) -> None:
    with pytest.raises(assay.InputError, match=words):
        call()
