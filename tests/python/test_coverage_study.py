"""The coverage study, small: what it draws, how it counts, and that the bounds hold on a part of its grid."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from shared_files import shared_file

sys.path.insert(0, str(Path(__file__).parents[1] / "study"))

import coverage
import draws
import populations
from populations import FN, FP, TN, TP, Population


@pytest.fixture(scope="module")
def operation() -> Population:
    return populations.operation()


@pytest.fixture(scope="module")
def zencrowd() -> Population:
    file = shared_file("data/truth_inference/zencrowd_us.csv.gz")
    return populations.zencrowd(file.parents[2])


def test_errors_are_dialled_down_and_nothing_else(operation: Population) -> None:
    for rate in (0.04, 0.01, 0.005):
        dialled = operation.with_error_rate(rate)
        assert dialled is not None
        assert dialled.error_rate == pytest.approx(rate, abs=1 / operation.size)
        assert (dialled.counts.sum(axis=1) == operation.counts.sum(axis=1)).all()
        assert dialled.by_decision().counts.sum(axis=1).tolist() == operation.by_decision().counts.sum(axis=1).tolist()
        assert (dialled.counts >= 0).all()
    assert operation.with_error_rate(0.5) is None


def test_shares_of_a_population() -> None:
    counts = np.zeros((1, 6), np.int64)
    counts[0, [TP, TN, FP, FN]] = 8, 80, 2, 10
    told = Population("told", counts)
    assert [told.truth(metric) for metric in populations.METRICS] == [0.88, 0.02, 0.1, 0.8, 8 / 18, 2 / 82]
    assert Population("none acted", counts * np.array([0, 1, 0, 1, 0, 0])).truth("precision") is None


def test_every_sample_has_its_chance(zencrowd: Population) -> None:
    strata = zencrowd.by_decision()
    found = draws.all_samples(strata, [20, 30])
    assert found is not None
    samples, chances = found
    assert len(samples) == 21 * 31
    assert chances.sum() == pytest.approx(1, abs=1e-9)
    assert (samples.sum(axis=2) == [20, 30]).all()
    mean = np.tensordot(chances, samples, axes=1)
    assert mean == pytest.approx(strata.counts / strata.counts.sum(axis=1, keepdims=True) * [[20], [30]], rel=1e-8)
    assert draws.all_samples(strata, [400, 400]) is None  # too many
    assert draws.all_samples(zencrowd, [10, 10]) is None  # more than two outcomes


def test_the_textbook_interval_is_the_textbook_s() -> None:
    samples = np.zeros((2, 1, 6), np.int64)
    samples[0, 0, [TP, TN, FP]] = 30, 60, 10
    samples[1, 0, TN] = 100
    lower, upper = coverage.textbook(samples, "accuracy")
    assert (lower[0], upper[0]) == pytest.approx((0.9 - 0.0588, 0.9 + 0.0588), abs=1e-4)
    assert (lower[1], upper[1]) == (1.0, 1.0)
    assert [each[1] for each in coverage.textbook(samples, "precision")] == [0.0, 1.0]


@pytest.mark.parametrize("design", draws.DESIGNS)
def test_bounds_hold_on_a_small_part_of_the_grid(operation: Population, design: str) -> None:
    dialled = operation.with_error_rate(0.02)
    assert dialled is not None
    cells = coverage.cells_of(dialled, 0.02, design, 100, 600)
    assert [cell.metric for cell in cells] == list(populations.METRICS)
    for cell in cells:
        exact = cell.method in coverage.EXACT
        assert cell.covered >= (0.95 if exact else 0.90) - cell.allowance, cell
        assert 0 < cell.width <= 1
        assert cell.method != "no audits"
    by_metric = {cell.metric: cell for cell in cells}
    usual = {"simple": "hypergeometric", "slice across strata": "ratio of totals"}.get(design, "weighted beta")
    assert by_metric["accuracy"].method == usual
    assert by_metric["recall"].method == ("beta, finite population" if design == "simple" else "ratio of totals")
    assert by_metric["recall"].naive < by_metric["recall"].covered


def test_a_slice_across_strata_holds_at_high_rates_too(operation: Population) -> None:
    # As shares of one sample, hits and misses would make the ratio too sharp, most where both are many.
    for population in (operation, populations.made(2), populations.made(0)):
        half = population.with_error_rate(0.3) or population
        cells = coverage.cells_of(half, 0.3, "slice across strata", 300, 1_000)
        assert {cell.method for cell in cells} == {"ratio of totals"}
        assert min(cell.covered for cell in cells) >= 0.93
    cut = operation.in_slice()
    assert cut.counts[:, :6].sum(axis=1) == pytest.approx(
        operation.counts.sum(axis=1) * np.linspace(0.3, 0.6, 8), abs=3
    )
    assert (cut.counts[:, :6] + cut.counts[:, 6:] == operation.counts).all()


def test_recall_of_two_hundred_and_two_hundred_is_covered(zencrowd: Population) -> None:
    dialled = zencrowd.with_error_rate(0.01)
    assert dialled is not None
    for design in ("by decision", "by decision, weights"):
        (recall,) = coverage.cells_of(dialled, 0.01, design, 400, 1_000, ("recall",))
        assert recall.covered > 0.93
        assert recall.naive < 0.8  # as counted, the leaks weigh as little as the removals
    (small,) = coverage.cells_of(dialled, 0.01, "by decision", 50, 1_000, ("recall",))
    assert small.enumerated
    assert small.allowance == 0
    assert small.covered > 0.93


def test_a_bound_that_fails_is_named_and_ends_in_1(
    operation: Population, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    cells = coverage.cells_of(operation, 0.0456, "proportional", 50, 300, ("accuracy", "leakage"))
    shifted = [replace(cell, covered=0.95) for cell in cells]
    assert coverage.failures(shifted) == []
    low = [replace(shifted[0], covered=0.7), *shifted[1:]]
    assert "weighted beta: covers 0.7000 < 0.9 (operation, proportional, n = 50, accuracy" in coverage.failures(low)[0]
    wide = [replace(cell, covered=0.999) for cell in cells]
    assert "on average" in coverage.failures(wide)[0]
    exact = [replace(cell, covered=0.94, method="hypergeometric", enumerated=True) for cell in cells]
    assert len(coverage.failures(exact)) == len(cells)

    for found, code in ((low, 1), (shifted, 0)):
        monkeypatch.setattr(coverage, "read", lambda shared: [operation])
        monkeypatch.setattr(coverage, "data_files", lambda shared: [])
        monkeypatch.setattr(coverage, "study", lambda *given, found=found: found)
        assert coverage.main(["--redraws", "10"]) == code
        assert ("every bound holds" in capsys.readouterr().out) == (code == 0)


def test_absent_data_are_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert coverage.main(["--shared", str(tmp_path)]) == 3
    assert "no such file" in capsys.readouterr().err
