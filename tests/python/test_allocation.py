"""assay.allocation: sizes that add up, the shared tables, proofs and prices."""

from __future__ import annotations

import csv
import math
import re
from typing import Any

import numpy as np
import pytest

import assay
from assay import allocation
from shared_files import shared_file

POPULATIONS = [3000, 4000, 5000, 2000]
SPREAD = [48.0, 79.0, 76.0, 16.0]
MEANS = [10.0, 20.0, 30.0, 40.0]


def sizes_of(name: str) -> list[int]:
    """Assay's sizes for the allocation that a row of the shared table names."""
    totals = [n * mean for n, mean in zip(POPULATIONS, MEANS, strict=True)]
    variation = [s / mean for s, mean in zip(SPREAD, MEANS, strict=True)]
    if name.startswith("proportional"):
        return allocation.proportional(POPULATIONS, size=190)
    if name.startswith("neyman"):
        return allocation.neyman(POPULATIONS, spread=SPREAD, size=190)
    if name.startswith("optimal cost"):
        return allocation.optimal(POPULATIONS, spread=SPREAD, cost=[1, 4, 9, 2], size=190)
    if name.startswith("power"):
        exponent = float(re.search(r"alpha=([\d.]+)", name)[1])  # type: ignore[index]
        return allocation.power(POPULATIONS, importance=totals, variation=variation, exponent=exponent, size=190)
    limits: dict[str, Any] = {"minimum": 0}
    if "m=(50" in name:
        limits["minimum"] = [50, 40, 10, 30]
    if "M=(100" in name:
        limits["maximum"] = [100, 90, 70, 80]
    return allocation.optimal(POPULATIONS, spread=SPREAD, size=190, **limits)


def test_the_shared_table_of_allocations_is_met(capsys: pytest.CaptureFixture[str]) -> None:
    """The table holds real numbers; ours are whole ones that add up, within one case of them. (The real ones are met to
    1e-9 in the C++ tests.)"""
    words = ("proportional N=", "neyman N=", "optimal cost", "power(Bankier)", "stratallo::opt")
    with shared_file("golden/A_sampling/sampling_results.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["fn"].startswith(words)]
    for row in rows:
        sizes = sizes_of(row["fn"])
        assert sum(sizes) == 190
        assert abs(sizes[int(row["stat"][1:]) - 1] - float(row["value"])) < 1.0, row
    with capsys.disabled():
        print(f"\nsampling_results.csv, allocations: {len(rows)} of {len(rows)} rows met within one case")
    assert len(rows) == 27


def bethel() -> tuple[list[int], np.ndarray, np.ndarray]:
    with shared_file("golden/A_sampling/bethel_strata.csv").open(encoding="utf-8") as file:
        strata = list(csv.DictReader(file))
    with shared_file("golden/A_sampling/bethel_errors.csv").open(encoding="utf-8") as file:
        errors = next(csv.DictReader(file))
    held = np.array([float(row["N"]) for row in strata])
    variance = np.array([[(n * float(row[f"S{k}"])) ** 2 for n, row in zip(held, strata, strict=True)] for k in (1, 2)])
    totals = [sum(n * float(row[f"M{k}"]) for n, row in zip(held, strata, strict=True)) for k in (1, 2)]
    limit = np.array([(float(errors[f"CV{k}"]) * total) ** 2 for k, total in zip((1, 2), totals, strict=True)])
    return [int(n) for n in held], variance, limit


def test_the_shared_multivariate_allocation_is_met(capsys: pytest.CaptureFixture[str]) -> None:
    populations, variance, limit = bethel()
    out = allocation.for_domains(populations, variance=variance, limit=limit)
    with shared_file("golden/A_sampling/bethel_solution.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for row, real in zip(rows, out.real, strict=True):
        assert real == pytest.approx(float(row["n_real"]), rel=1e-6)  # where R's iteration stopped
        assert math.ceil(real) == int(row["n_integer"])  # R rounds up
    assert sum(int(row["n_integer"]) for row in rows) == 168
    assert out.cost == sum(out.sizes) <= 163  # and meets both demands all the same
    assert (out.attained <= limit).all()
    assert out.gap < 1e-9
    assert out.bound <= out.real_cost <= out.cost
    with capsys.disabled():
        print(
            f"\nbethel_solution.csv: {2 * len(rows)} of {2 * len(rows)} numbers met; {out.cost:.0f} audits against 168"
        )


def test_sizes_keep_limits_and_add_up() -> None:
    sizes = allocation.optimal(POPULATIONS, spread=SPREAD, size=500, minimum=20, maximum=150)
    assert sum(sizes) == 500
    assert all(20 <= size <= 150 for size in sizes)
    tiny = allocation.optimal([1, 5000], spread=[1.0, 1.0], size=30, minimum=10)
    assert tiny == [1, 29]  # a stratum that holds fewer than the minimum is taken whole


def test_a_budget_is_spent_and_not_overdrawn() -> None:
    cost = [1.0, 4.0, 9.0, 2.0]
    sizes = allocation.optimal(POPULATIONS, spread=SPREAD, cost=cost, budget=900.0)
    spent = float(np.dot(cost, sizes))
    assert 890 < spent <= 900
    dear = allocation.optimal(POPULATIONS, spread=SPREAD, cost=[1, 1, 50, 1], budget=900.0)
    even = allocation.optimal(POPULATIONS, spread=SPREAD, budget=900.0)
    assert sum(even) == 900
    assert dear[2] < even[2] / 5


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({}, "wanted either size= or budget=, got neither"),
        ({"size": 100, "budget": 5.0}, "wanted either size= or budget=, got both"),
        ({"size": 20_000}, "wanted a size between 8 and 14000, the sums of the limits, got 20000"),
        ({"size": 3}, "got 3"),
        ({"budget": 3.0}, "wanted a budget of at least 8, what the least sizes cost, got 3"),
        ({"size": 100, "cost": [1, 0, 1, 1]}, "wanted a finite cost above 0, got 0 in column 'cost', row 1"),
        ({"size": 100, "cost": [1, 1]}, "wanted one cost for each of 4 strata, got 2"),
        ({"size": 100, "maximum": [1, 2]}, "wanted one most size for each of 4 strata, got 2"),
        ({"size": 100, "maximum": [9999] * 4}, "wanted a most size of at most the population, 3000, got 9999"),
        ({"size": 100, "minimum": [9] * 4, "maximum": 5}, "wanted a least size between 0 and the most size, 5, got 9"),
        ({"size": 100, "minimum": 1.5}, "wanted minimum= as a whole number, got 1.5"),
        ({"size": 100.5}, "wanted size= as a whole number, got 100.5"),
        ({"size": 100, "spread": [1, 1, -1, 1]}, "got -1 in column 'spread', row 2"),
    ],
)
def test_wishes_that_cannot_be_are_refused(arguments: dict[str, Any], words: str) -> None:
    with pytest.raises(assay.InputError, match=re.escape(words)):
        allocation.optimal(POPULATIONS, **{"spread": SPREAD, **arguments})


def some_slices(strata: int, demands: int, seed: int) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    populations = rng.integers(50, 5_000, strata)
    error = rng.uniform(0.01, 0.2, strata)
    within = rng.random((demands, strata)) < 0.3
    within[0] = True
    within[np.arange(demands), np.arange(demands) % strata] = True
    share = within * populations / (within @ populations)[:, None]
    return {
        "populations": populations,
        "variance": share**2 * error * (1 - error),
        "limit": (rng.uniform(0.01, 0.03, demands) / 1.96) ** 2,
        "cost": rng.uniform(1, 3, strata),
    }


def test_many_slices_are_met_with_proof_and_prices() -> None:
    problem = some_slices(60, 12, 5)
    out = allocation.for_domains(**problem)
    populations, variance = problem["populations"], problem["variance"]
    attained = (variance * (1 / out.sizes - 1 / populations)).sum(axis=1)
    assert attained == pytest.approx(out.attained)
    assert (attained <= problem["limit"] * (1 + 1e-9)).all()
    assert out.gap < 1e-9
    assert out.real_cost <= out.cost <= out.real_cost + problem["cost"].sum()
    assert "60 strata, 12 demands" in repr(out)
    dearest = int(np.argmax(out.prices * problem["limit"]))
    looser = {**problem, "limit": problem["limit"] * np.where(np.arange(12) == dearest, 1.001, 1.0)}
    saved = out.real_cost - allocation.for_domains(**looser).real_cost
    assert saved == pytest.approx(out.prices[dearest] * problem["limit"][dearest] * 0.001, rel=0.02)


def test_a_process_needs_more_than_a_queue() -> None:
    problem = some_slices(10, 3, 2)
    queue, process = allocation.for_domains(**problem), allocation.for_domains(**problem, finite=False)
    assert process.cost > queue.cost


def test_the_impossible_is_told_apart_from_the_dear() -> None:
    populations, variance = [100, 100], [[1.0, 1.0]]
    with pytest.raises(assay.InputError, match="no sizes can meet it: raise this limit") as impossible:
        allocation.for_domains(populations, variance=variance, limit=[0.009], maximum=[100, 50])
    assert impossible.value.column == "limit"
    assert impossible.value.row == 0
    with pytest.raises(assay.InputError, match=r"wanted a budget of at least 99, .*0 \(1 % looser saves"):
        allocation.for_domains(populations, variance=variance, limit=[0.0205], budget=40)
    assert allocation.for_domains(populations, variance=variance, limit=[0.0205], budget=99).cost == 99


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"variance": [[1.0]]}, "wanted a column of variance for each of 2 strata, got 1"),
        ({"limit": [1.0, 2.0]}, "wanted a row of variances for each of 2 limits, got 1 rows"),
        ({"variance": [[1.0, -1.0]]}, "wanted a finite variance of 0 or more, got -1 in column 'variance', row 0"),
        ({"variance": [[1.0, float("nan")]]}, "got nan"),
        ({"limit": [float("nan")]}, "wanted a finite limit of 0 or more, got nan"),
        ({"limit": [0.0], "finite": False}, "wanted a finite limit above 0, got 0"),
        ({"finite": 1}, "wanted finite= as True or False, got 1"),
        ({"cost": [1.0]}, "wanted one cost for each of 2 strata, got 1"),
        ({"populations": [100, -1]}, "got -1"),
    ],
)
def test_demands_that_cannot_be_read_are_refused(arguments: dict[str, Any], words: str) -> None:
    with pytest.raises(assay.InputError, match=re.escape(words)):
        allocation.for_domains(**{"populations": [100, 100], "variance": [[1.0, 1.0]], "limit": [1.0], **arguments})


def test_no_demands_are_the_least_sizes() -> None:
    out = allocation.for_domains([100, 1], variance=np.empty((0, 2)), limit=[], minimum=3)
    assert list(out.sizes) == [3, 1]
    assert out.gap == 0.0
