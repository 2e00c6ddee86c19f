"""How long designs, streams and allocations take; beside them svy and samplics, where they are installed.

    python tests/bench/sampling.py                               Assay alone
    python tests/bench/sampling.py --peers /path/to/bin/python   and an interpreter that has svy or samplics
    python tests/bench/sampling.py --quick                       a tenth of the size

Each line is the median of a few runs, in this process. Peers run in their own interpreter on the same input, with a
limit of seconds; what they cannot do is said in their own words. No package of the Python index offers conditional
Poisson sampling, the cube, joint probabilities or multi-domain allocation: the first two are held against R's package
sampling where Rscript is installed, each draw in a process of its own, with its peak memory.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from assay import allocation, sampling

PEERS = """
import json, sys, time, warnings
warnings.simplefilter("ignore")
import numpy as np
library, method, count, size = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
mos = 1 + 3 * np.random.default_rng(1).random(count)
try:
    if library == "svy":
        import polars, svy
        sample = svy.Sample(polars.DataFrame({"case": np.arange(count), "mos": mos}), svy.Design(mos="mos"))
        start = time.perf_counter()
        getattr(sample.sampling, method)(size)
    else:
        from samplics.sampling import SampleSelection
        from samplics.utils.types import SelectMethod
        selection = SampleSelection(method=SelectMethod[method], strat=False, wr=False)
        start = time.perf_counter()
        selection.select(samp_unit=np.arange(count), samp_size=size, mos=mos)
    print(json.dumps({"seconds": time.perf_counter() - start}))
except ImportError:
    print(json.dumps({"words": "not installed"}))
except Exception as error:
    print(json.dumps({"words": " ".join(str(error).split())[:150]}))
"""


IN_R = """
arguments <- commandArgs(TRUE)
count <- as.integer(arguments[2]); size <- as.integer(arguments[3])
if (!requireNamespace("sampling", quietly = TRUE)) { cat("package sampling is not installed\\n"); quit() }
suppressMessages(library(sampling))
set.seed(1)
chances <- inclusionprobabilities(1 + 3 * runif(count), size)
known <- cbind(chances, matrix(runif(count * 10), count))
start <- proc.time()[["elapsed"]]
drawn <- if (arguments[1] == "cube") samplecube(known, chances, comment = FALSE) else UPmaxentropy(chances)
taken <- proc.time()[["elapsed"]] - start
memory <- grep("VmHWM", readLines("/proc/self/status"), value = TRUE)
cat("seconds", taken, "peak", as.numeric(gsub("[^0-9]", "", memory)) / 1024, "drawn", sum(drawn), "\\n")
"""

OURS = """
import json, resource, sys, time
import numpy as np
from assay import sampling
method, count, size = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
random = np.random.default_rng(1)
chances = sampling.inclusion_probabilities(1 + 3 * random.random(count), size)
known = random.random((count, 10))
start = time.perf_counter()
drawn = sampling.cube(chances, known, seed=1) if method == "cube" else sampling.conditional_poisson(chances, seed=1)
taken = time.perf_counter() - start
print("seconds", taken, "peak", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "drawn", len(drawn))
"""

#: Method, cases, size of the sample. R's cube is quadratic in the cases, so it also runs at sizes that it finishes.
BESIDE_R = (
    ("conditional Poisson", 1_000, 100),
    ("conditional Poisson", 10_000, 1_000),
    ("cube", 1_000, 100),
    ("cube", 10_000, 1_000),
    ("cube", 100_000, 10_000),
)


def beside_r(limit: float, scale: int) -> None:
    """Conditional Poisson and the cube (p = 10) beside R's package sampling, each draw in a process of its own."""
    print(f"\n{'draw, own process':52} {'Assay':>24}  R sampling")
    for method, count, size in BESIDE_R:
        count, size = count // scale, size // scale
        told = []
        for command in ([sys.executable, "-c", OURS], ["Rscript", "-e", IN_R]):
            if shutil.which(command[0]) is None:
                told.append("no Rscript here")
                continue
            arguments = [*command, method, str(count), str(size)]
            try:
                done = subprocess.run(arguments, capture_output=True, text=True, timeout=limit, check=False)
            except subprocess.TimeoutExpired:
                told.append(f"not done after {limit:.0f} s")
                continue
            words = done.stdout.split()
            numbers = dict(zip(words[::2], words[1::2], strict=False))
            told.append(
                f"{float(numbers['seconds']) * 1e3:,.1f} ms, {float(numbers['peak']):,.0f} MB"
                if "seconds" in numbers
                else " ".join((done.stdout or done.stderr).split())[-80:]
            )
        print(f"{f'{method}, N = {count:,}, n = {size:,}':52} {told[0]:>24}  {told[1]}", flush=True)


def seconds(call: Callable[[], Any], rounds: int) -> float:
    taken = []
    for _ in range(rounds):
        start = time.perf_counter()
        call()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def peer(python: str, library: str, method: str, count: int, size: int, limit: float) -> str:
    command = [python, "-c", PEERS, library, method, str(count), str(size)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=limit, check=False)
    except subprocess.TimeoutExpired:
        return f"not done after {limit:.0f} s"
    if not done.stdout.strip():
        return "failed: " + done.stderr.strip().splitlines()[-1][:100] if done.stderr.strip() else "failed"
    said = json.loads(done.stdout.strip().splitlines()[-1])
    return f"{said['seconds'] * 1e3:.1f} ms" if "seconds" in said else str(said["words"])


def slices(strata: int, demands: int, share: float) -> dict[str, Any]:
    """Strata with error rates, and half-widths wanted for slices that hold a share of the strata each."""
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


def jobs(scale: int) -> list[tuple[str, Callable[[], Any], tuple[tuple[str, str], ...], tuple[int, int]]]:
    """Title, call, peers (library, method), and the size of the peers' input."""
    count, size = 10_000 // scale, 1_000 // scale
    mos = 1 + 3 * np.random.default_rng(1).random(count)
    chances = sampling.inclusion_probabilities(mos, size)
    many = 100_000 // scale
    rng = np.random.default_rng(3)
    known = rng.random((many, 10))
    wide = sampling.inclusion_probabilities(1 + rng.random(many), many // 10)
    weights = rng.exponential(size=10 * many) + 0.01
    names = np.arange(10 * many)
    strata, demands = 2_000 // scale, 200 // scale
    sparse, dense = slices(strata, demands, 0.02), slices(strata, demands, 0.5)
    few = sampling.inclusion_probabilities(mos[: count // 10], size // 10)

    def stream(kind: Any, *columns: Any) -> Callable[[], Any]:
        return lambda: kind(1_000 // scale, seed=1).add(names, *columns)

    systematic = (("svy", "pps_sys"), ("samplics", "pps_sys"))
    of_sampford = (("svy", "pps_rs"), ("samplics", "pps_rs"))
    pps, none = (count, size), (0, 0)
    drawn = f"N = {count:,}, n = {size:,}"
    return [
        (f"systematic, {drawn}", lambda: sampling.systematic(chances, seed=1), systematic, pps),
        (f"conditional Poisson, {drawn}", lambda: sampling.conditional_poisson(chances, seed=1), (), none),
        (f"Sampford, {drawn}", lambda: sampling.sampford(chances, seed=1), of_sampford, pps),
        (f"pivotal, {drawn}", lambda: sampling.pivotal(chances, seed=1), (), none),
        (
            f"joint probabilities, N = {len(few):,}",
            lambda: sampling.joint_probabilities(few, design="conditional_poisson"),
            (),
            none,
        ),
        (f"cube, N = {many:,}, p = 10", lambda: sampling.cube(wide, known, seed=1), (), none),
        (f"local pivotal, N = {many:,}, p = 2", lambda: sampling.local_pivotal(wide, known[:, :2], seed=1), (), none),
        (f"reservoir of {10 * many:,}", stream(sampling.Reservoir), (), none),
        (f"weighted reservoir of {10 * many:,}", stream(sampling.WeightedReservoir, weights), (), none),
        (f"VarOpt of {10 * many:,}", stream(sampling.VarOpt, weights), (), none),
        (
            f"allocation, {strata:,} strata, {demands} demands, 2 % each",
            lambda: allocation.for_domains(**sparse),
            (),
            none,
        ),
        (
            f"allocation, {strata:,} strata, {demands} demands, 50 % each",
            lambda: allocation.for_domains(**dense),
            (),
            none,
        ),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peers", help="an interpreter that has svy or samplics")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--limit", type=float, default=60, help="seconds for a peer")
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    print(f"{'job':52} {'Assay':>10}  peers")
    for title, call, peers, (count, size) in jobs(10 if options.quick else 1):
        taken = seconds(call, options.rounds)
        told = [
            f"{library}: {peer(options.peers, library, method, count, size, options.limit)}"
            for library, method in peers
            if options.peers
        ]
        print(f"{title:52} {taken * 1e3:7.1f} ms  {'; '.join(told)}", flush=True)
    beside_r(options.limit, 10 if options.quick else 1)


if __name__ == "__main__":
    main()
