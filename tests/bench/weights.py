"""How long adjusted and replicate weights take, beside what one would write with NumPy, and svy where it is installed.

    python tests/bench/weights.py                               Assay and NumPy
    python tests/bench/weights.py --peers /path/to/bin/python   and an interpreter that has svy
    python tests/bench/weights.py --quick                       a tenth of the size

Each line is the median of a few runs. NumPy's loops are those a careful analyst writes: bincount for sums by level,
integers and bincount for the bootstrap. Assay's time includes reading the columns of the table, its answer the standard
error with degrees of freedom and limits.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from assay import survey

PEER = """
import json, sys, time, warnings
warnings.simplefilter("ignore")
import numpy as np
rows, clusters, count = (int(each) for each in sys.argv[1:4])
try:
    import polars, svy
    rng = np.random.default_rng(1)
    data = polars.DataFrame({
        "cluster": np.arange(rows) % clusters, "weight": rng.uniform(1, 20, rows), "y": rng.normal(5, 2, rows),
    })
    sample = svy.Sample(data, svy.Design(psu="cluster", wgt="weight"))
    start = time.perf_counter()
    sample = sample.weighting.create_bs_wgts(n_reps=count, rstate=1)
    sample.estimation.mean("y", method="replication")
    print(json.dumps({"seconds": time.perf_counter() - start}))
except ImportError:
    print(json.dumps({"words": "not installed"}))
except Exception as error:
    print(json.dumps({"words": " ".join(str(error).split())[:150]}))
"""

LEVELS, SLICES = 5, 500


def made(rows: int, margins: int) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(1)
    out: dict[str, np.ndarray] = {
        "cluster": np.arange(rows) % max(rows // 100, 2),
        "weight": rng.uniform(1, 20, rows),
        "y": rng.normal(5, 2, rows),
        "x": rng.gamma(2, 10, rows),
    }
    for m in range(margins):
        out[f"m{m}"] = rng.integers(0, LEVELS, rows)
    out["slice"] = rng.integers(0, SLICES, rows)
    return out


def totals_of(data: dict[str, np.ndarray], margins: int) -> dict[str, dict[int, float]]:
    """Totals that other weights of the same rows would have, so that they can be met."""
    truth = data["weight"] * np.exp(np.random.default_rng(2).normal(0, 0.3, len(data["weight"])))
    truth *= data["weight"].sum() / truth.sum()
    return {f"m{m}": dict(enumerate(np.bincount(data[f"m{m}"], truth, LEVELS).tolist())) for m in range(margins)}


def numpy_bootstrap(units: np.ndarray, weight: np.ndarray, y: np.ndarray, count: int) -> float:
    rng = np.random.default_rng(1)
    above, below = np.bincount(units, weight * y), np.bincount(units, weight)
    n = len(above)
    found = np.empty(count)
    for replicate in range(count):
        drawn = np.bincount(rng.integers(0, n, n - 1), minlength=n).astype(float)
        found[replicate] = drawn @ above / (drawn @ below)
    return float(found.std())


def numpy_rake(data: dict[str, np.ndarray], totals: dict[str, dict[int, float]]) -> np.ndarray:
    weight = data["weight"].copy()
    known = {name: np.array([levels[k] for k in range(LEVELS)]) for name, levels in totals.items()}
    for _ in range(1000):
        worst = 0.0
        for name, wanted in known.items():
            held = np.bincount(data[name], weight, LEVELS)
            worst = max(worst, float(np.abs(held / wanted - 1).max()))
            weight *= (wanted / held)[data[name]]
        if worst <= 1e-10:
            break
    return weight


def numpy_calibrate(data: dict[str, np.ndarray], totals: dict[str, dict[int, float]], views: float) -> np.ndarray:
    columns = [data["x"]]
    wanted = [views]
    for i, (name, levels) in enumerate(totals.items()):
        for level in range(1 if i else 0, LEVELS):
            columns.append((data[name] == level).astype(float))
            wanted.append(levels[level])
    x = np.column_stack(columns)
    weight = data["weight"]
    slopes = np.linalg.solve(x.T @ (x * weight[:, None]), np.array(wanted) - weight @ x)
    return weight * (1 + x @ slopes)


def seconds(call: Callable[[], Any], rounds: int) -> float:
    taken = []
    for _ in range(rounds):
        start = time.perf_counter()
        call()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def peer(python: str, rows: int, clusters: int, count: int, limit: float) -> str:
    command = [python, "-c", PEER, str(rows), str(clusters), str(count)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=limit, check=False)
    except subprocess.TimeoutExpired:
        return f"not done after {limit:.0f} s"
    if not done.stdout.strip():
        return "failed: " + done.stderr.strip().splitlines()[-1][:100] if done.stderr.strip() else "failed"
    said = json.loads(done.stdout.strip().splitlines()[-1])
    return f"{said['seconds']:.2f} s" if "seconds" in said else str(said["words"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peers", help="an interpreter that has svy")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--limit", type=float, default=300, help="seconds for a peer")
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    scale = 10 if options.quick else 1
    rows, count, margins = 200_000 // scale, 1_000 // scale, 20
    data = made(rows, margins)
    totals = totals_of(data, margins)
    views = float(data["weight"] @ data["x"]) * 1.02
    plain = survey.design(data, weight="weight")
    clustered = survey.design(data, weight="weight", clusters="cluster")
    clusters = int(data["cluster"].max()) + 1
    one = {name: totals[name] for name in ("m0",)}

    def bootstrap(design: Any) -> Callable[[], Any]:
        return lambda: design.replicates("bootstrap", count=count, seed=1).mean("y")

    def by_slice(design: Any) -> Callable[[], Any]:
        return lambda: design.mean("y", by="slice")

    of_rows = f"{count:,} bootstrap replicates, {rows:,} rows"
    jobs: list[tuple[str, Callable[[], Any], Callable[[], Any] | None]] = [
        (of_rows, bootstrap(plain), lambda: numpy_bootstrap(np.arange(rows), data["weight"], data["y"], count)),
        (
            f"the same in {clusters:,} clusters",
            bootstrap(clustered),
            lambda: numpy_bootstrap(data["cluster"], data["weight"], data["y"], count),
        ),
        (f"{of_rows}, each post-stratified", bootstrap(plain.poststratify(one)), None),
        (f"raking {rows:,} rows to {margins} margins", lambda: plain.rake(totals), lambda: numpy_rake(data, totals)),
        (
            f"calibrating {rows:,} rows on {margins} margins and a number",
            lambda: plain.calibrate({**totals, "x": views}),
            lambda: numpy_calibrate(data, totals, views),
        ),
        (
            "the same by raking (positive weights)",
            lambda: plain.calibrate({**totals, "x": views}, method="raking"),
            None,
        ),
    ]
    for words, design in (("", plain), (f" in {clusters:,} clusters", clustered)):
        for title, adjusted in (
            ("post-stratified", design.poststratify(one)),
            ("raked to 3 margins", design.rake({name: totals[name] for name in ("m0", "m1", "m2")})),
            (f"raked to {margins} margins", design.rake(totals)),
            (f"calibrated on {margins} margins and a number", design.calibrate({**totals, "x": views})),
        ):
            jobs.append((f"means of {SLICES} slices{words}, {title}", by_slice(adjusted), None))
    print(f"{'job':76} {'Assay':>10} {'NumPy':>10}")
    for title, call, beside in jobs:
        mine = f"{seconds(call, options.rounds) * 1e3:7.0f} ms"
        theirs = f"{seconds(beside, 1) * 1e3:7.0f} ms" if beside else ""
        print(f"{title:76} {mine:>10} {theirs:>10}", flush=True)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    own = sum(each.nbytes for each in data.values()) / 2**20
    print(f"memory at most {peak:,.0f} MB, of which the table {own:,.0f} MB")
    if options.peers:
        print(f"svy, the same in {clusters:,} clusters: {peer(options.peers, rows, clusters, count, options.limit)}")


if __name__ == "__main__":
    main()
