"""How long the planner takes for many strata and many wishes; beside it scipy and cvxpy, where they are installed.

    python tests/bench/planner.py            2,000 strata, 200 wishes
    python tests/bench/planner.py --quick    a tenth of the size

First the bare problem: the cheapest sizes for which 200 sums of variances stay below their limits. Peers solve the same
real-valued problem: scipy's trust-constr with gradients and Hessian (limit: 60 s), cvxpy with its default conic solver.
Then `assay.plan` from a frame of 400,000 decisions whose 2,000 strata (queues by sites) are crossed by 200 slices with
a wish, counting included.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np

import assay
from assay import allocation


def problem(strata: int, demands: int, share: float) -> dict[str, Any]:
    rng = np.random.default_rng(2)
    populations = rng.integers(10, 20_000, strata)
    error = rng.uniform(0.01, 0.2, strata)
    within = rng.random((demands, strata)) < share
    within[np.arange(demands), np.arange(demands) % strata] = True
    part = within * populations / (within @ populations)[:, None]
    return {
        "populations": populations,
        "variance": part**2 * error * (1 - error),
        "limit": (rng.uniform(0.01, 0.03, demands) / 1.96) ** 2,
        "cost": rng.uniform(1, 3, strata),
    }


def by_scipy(given: dict[str, Any]) -> float:
    from scipy.optimize import Bounds, NonlinearConstraint, minimize

    most = given["populations"].astype(float)
    matrix = given["variance"] / (given["limit"] + (given["variance"] / most).sum(axis=1))[:, None]
    cost, scale = given["cost"], float(given["cost"] @ most)
    rows = NonlinearConstraint(
        lambda n: matrix @ (1 / n),
        -np.inf,
        1.0,
        jac=lambda n: -matrix / n**2,
        hess=lambda n, v: np.diag((v @ matrix) * 2 / n**3),
    )
    began = time.monotonic()

    def late(*_: Any) -> bool:
        return time.monotonic() - began > 60

    found = minimize(
        lambda n: float(cost @ n) / scale,
        0.9 * most,
        jac=lambda _: cost / scale,
        hess=lambda n: np.zeros((len(n), len(n))),
        bounds=Bounds(np.minimum(2.0, most), most),
        constraints=[rows],
        method="trust-constr",
        callback=late,
        options={"maxiter": 3_000},
    )
    return float(cost @ found.x)


def by_cvxpy(given: dict[str, Any]) -> float:
    import cvxpy

    most = given["populations"].astype(float)
    matrix = given["variance"] / (given["limit"] + (given["variance"] / most).sum(axis=1))[:, None]
    n = cvxpy.Variable(len(most))
    rows = [matrix @ cvxpy.inv_pos(n) <= 1, n >= np.minimum(2.0, most), n <= most]
    return float(cvxpy.Problem(cvxpy.Minimize(given["cost"] @ n), rows).solve())


def seconds(call: Callable[[], Any], rounds: int) -> tuple[float, Any]:
    taken, out = [], None
    for _ in range(rounds):
        start = time.perf_counter()
        out = call()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken), out


def beside(title: str, call: Callable[[], Any]) -> str:
    try:
        taken, cost = seconds(call, 1)
    except ImportError:
        return f"{title}: not installed"
    except Exception as error:
        return f"{title}: {' '.join(str(error).split())[:80]}"
    return f"{title}: {taken:.2f} s (cost {cost:,.1f})"


def frame(queues: int, sites: int, slices: int) -> tuple[assay.Frame, dict[str, Any], dict[str, float]]:
    rng = np.random.default_rng(4)
    rows = 200 * queues * sites
    queue, site = rng.integers(0, queues, rows), rng.integers(0, sites, rows)
    columns = {
        "case": np.arange(rows),
        "label": np.where(rng.random(rows) < 0.2, "remove", "approve"),
        "queue": queue,
        "site": site,
        "policy": rng.integers(0, slices - queues - sites - 1, rows),
    }
    made = assay.frame(columns, case="case", decision="label", by=["queue", "site", "policy"])
    expected = {"queue": {name: float(rate) for name, rate in enumerate(rng.uniform(0.01, 0.2, queues))}}
    return made, expected, {"overall": 0.005, "queue": 0.04, "site": 0.03, "policy": 0.05}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    strata, demands = (200, 20) if options.quick else (2_000, 200)
    for share in (0.02, 0.5):
        given = problem(strata, demands, share)
        taken, found = seconds(lambda given=given: allocation.for_domains(**given), options.rounds)
        print(f"{strata:,} strata, {demands} demands on {share:.0%} of them each")
        print(f"  Assay: {taken:.3f} s (cost {found.cost:,.0f} in whole cases, {found.real_cost:,.1f} in real numbers, "
              f"gap {found.gap:.1e})")  # fmt: skip
        for title, call in (("scipy", by_scipy), ("cvxpy", by_cvxpy)):
            print(f"  {beside(title, lambda given=given, call=call: call(given))}", flush=True)
    queues, sites, slices = (10, 20, 40) if options.quick else (40, 50, 200)
    made, expected, wishes = frame(queues, sites, slices)
    taken, plan = seconds(
        lambda: assay.plan(made, half_width=wishes, strata=["queue", "site"], expected=expected), options.rounds
    )
    print(f"assay.plan, {len(plan):,} strata, {len(plan.slices([])):,} slices with a wish, {len(made):,} decisions")
    print(f"  Assay: {taken:.3f} s ({plan.summary().splitlines()[-1]})")
    widest = max(row["expected_half_width"] / row["wished"] for row in plan.slices([]).records())
    print(f"  widest half-width over its wish: {widest:.6f}")


if __name__ == "__main__":
    main()
