"""How long means with a judge take over a million predictions; beside them ppi-python, where it is installed.

    python tests/bench/judge.py                               Assay alone
    python tests/bench/judge.py --peers /path/to/bin/python   and an interpreter that has ppi-python (module ppi_py)
    python tests/bench/judge.py --quick                       a tenth of the size

Every line runs in a process of its own: the median of three runs, the peak memory of the process, and what came out.
One data set: a queue of a million cases, a prediction for each, 2,000 audits. ppi-python takes it for a sample from an
endless population and has no strata; Assay is asked the same, and besides for what ppi-python does not do: the finite
queue, strata, and the whole road from a frame through a keyed draw to scores by label.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys

DATA = """
import json, resource, statistics, sys, time
import numpy as np
count, audits = int(sys.argv[1]), int(sys.argv[2])
rng = np.random.default_rng(20261129)
prediction = rng.beta(8, 1, count)
truth = (rng.random(count) < prediction).astype(float)
audited = np.zeros(count, dtype=bool)
audited[rng.choice(count, audits, replace=False)] = True
stratum = rng.integers(0, 10, count)
def told(call):
    taken = []
    for _ in range(3):
        start = time.perf_counter()
        answer = call()
        taken.append(time.perf_counter() - start)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": statistics.median(taken), "megabytes": peak, "answer": answer}))
"""

ASSAY = "from assay import judge\n"
ROWS: list[tuple[str, str, str]] = [
    (
        "process, power tuned",
        "assay",
        ASSAY
        + """
y, f, u = truth[audited], prediction[audited], prediction[~audited]
def call():
    row = judge.prediction_powered(y, f, u).to_pydict()
    return f"{row['estimate'][0]:.6f} [{row['lower'][0]:.5f}, {row['upper'][0]:.5f}]"
told(call)
""",
    ),
    (
        "process, power tuned",
        "ppi-python",
        """
from ppi_py import ppi_mean_ci, ppi_mean_pointestimate
y, f, u = truth[audited], prediction[audited], prediction[~audited]
def call():
    point = float(np.asarray(ppi_mean_pointestimate(y, f, u)).ravel()[0])
    lower, upper = (float(np.asarray(each).ravel()[0]) for each in ppi_mean_ci(y, f, u, alpha=0.05))
    return f"{point:.6f} [{lower:.5f}, {upper:.5f}]"
told(call)
""",
    ),
    (
        "finite queue, GREG",
        "assay",
        ASSAY
        + """
seen = np.where(audited, truth, np.nan)
def call():
    row = judge.assisted(prediction, seen).to_pydict()
    return f"{row['estimate'][0]:.6f} [{row['lower'][0]:.5f}, {row['upper'][0]:.5f}]"
told(call)
""",
    ),
    (
        "frame, draw, score by label",
        "assay",
        """
import assay
labels = np.array(["approve", "remove"])
verdict = labels[(rng.random(count) < 0.1).astype(int)]
decision = np.where(rng.random(count) < 0.05, labels[::-1][(verdict == "remove").astype(int)], verdict)
said = np.where(rng.random(count) < 0.1, labels[::-1][(verdict == "remove").astype(int)], verdict)
case = np.arange(count)
try:
    import pyarrow as pa
    table = pa.table({"case": case, "decision": decision, "judge": said, "queue": stratum.astype(str)})
except ImportError:
    table = {"case": case, "decision": decision, "judge": said, "queue": stratum.astype(str)}
def call():
    frame = assay.frame(table, case="case", decision="decision", by=["queue"], keep=["judge"], violating=["remove"])
    sample = assay.plan(frame, size=audits, strata=["queue"]).draw(key="bench")
    ids = np.array(sample.column("case"))
    found = {"case": ids, "verdict": verdict[ids]}
    scores = assay.score(sample, found, verdict="verdict", by=["queue"], total=True, prediction="judge")
    row = next(scores.records())
    return f"{row['estimate']:.6f} [{row['lower']:.5f}, {row['upper']:.5f}]"
told(call)
""",
    ),
]


def line(python: str, program: str, count: int, audits: int, limit: float) -> str:
    command = [python, "-W", "ignore", "-c", DATA + program, str(count), str(audits)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=limit, check=False)
    except subprocess.TimeoutExpired:
        return f"not done after {limit:.0f} s"
    if "ModuleNotFoundError" in done.stderr:
        return "not installed"
    if done.returncode != 0:
        return "failed: " + " ".join(done.stderr.split())[-120:]
    said = json.loads(done.stdout.strip().splitlines()[-1])
    return f"{said['seconds'] * 1e3:9.1f} ms  {said['megabytes']:7.0f} MB  {said['answer']}"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--peers", default=sys.executable, help="an interpreter that has ppi-python")
    options.add_argument("--quick", action="store_true", help="a tenth of the size")
    options.add_argument("--limit", type=float, default=300, help="seconds a line may take")
    given = options.parse_args()
    count, audits = (100_000, 1_000) if given.quick else (1_000_000, 2_000)
    print(f"Means with a judge: {count:,} predictions, {audits:,} audits")
    for what, library, program in ROWS:
        python = sys.executable if library == "assay" else given.peers
        print(f"  {what:28} {library:10} {line(python, program, count, audits, given.limit)}", flush=True)


if __name__ == "__main__":
    main()
