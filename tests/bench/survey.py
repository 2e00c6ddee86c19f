"""How long 500 slices of 200 strata take, with standard errors and intervals; beside svy and R's survey package.

    python tests/bench/survey.py                                  Assay, and R where Rscript has its survey package
    python tests/bench/survey.py --peers /path/to/bin/python      and an interpreter that has svy
    python tests/bench/survey.py --limit 600 --quick              seconds that a contestant gets; a tenth of the rows

Every contestant runs in a process of its own on the same rows, which it holds in memory as its own kind of table before
the clock starts: an Arrow table, a polars frame, an R data frame. The clock covers making the design and asking for the
means by slice, and counts processor time, so that a busy machine changes little; Assay's is the median of seven runs.
Memory is the largest the process ever held, less what it held before. Standard errors must agree.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

STRATA, SLICES = 200, 500

ASSAY = """
import json, sys, time
import pyarrow as pa, pyarrow.feather as feather
from assay import survey
table = feather.read_table(sys.argv[1], memory_map=False)
def memory(field):
    with open("/proc/self/status") as lines:
        return next(int(line.split()[1]) for line in lines if line.startswith(field)) / 1024
def begin():
    with open("/proc/self/clear_refs", "w") as out:
        out.write("5")  # the high-water mark starts anew
    return memory("VmRSS")
survey.design(table.slice(0, 9000), strata="stratum", weight="weight").mean("y", by="slice")
before, design, mean = begin(), [], []
for _ in range(7):
    start = time.process_time()
    made = survey.design(table, strata="stratum", weight="weight", threads=1)
    middle = time.process_time()
    result = made.mean("y", by="slice")
    design.append(middle - start)
    mean.append(time.process_time() - middle)
errors = dict(zip(result.column("slice"), result.column("standard_error"), strict=True))
used = memory("VmHWM") - before
print(json.dumps({"design": sorted(design)[3], "mean": sorted(mean)[3], "memory": used, "errors": errors}))
"""

SVY = """
import json, sys, time, warnings
warnings.simplefilter("ignore")
try:
    import polars, svy
except ImportError:
    print(json.dumps({"words": "not installed"}))
    raise SystemExit
frame = polars.read_ipc(sys.argv[1]).rechunk()
def memory(field):
    with open("/proc/self/status") as lines:
        return next(int(line.split()[1]) for line in lines if line.startswith(field)) / 1024
def begin():
    with open("/proc/self/clear_refs", "w") as out:
        out.write("5")  # the high-water mark starts anew
    return memory("VmRSS")
before, start = begin(), time.process_time()
sample = svy.Sample(frame, svy.Design(stratum="stratum", wgt="weight"))
middle = time.process_time()
found = sample.estimation.mean("y", by="slice")
end = time.process_time()
errors = {}
try:
    rows = found.to_polars()
    name = next(c for c in rows.columns if c.lower() in ("se", "stderr", "standard_error"))
    errors = dict(zip(rows["slice"].to_list(), rows[name].to_list()))
except Exception:
    pass
used = memory("VmHWM") - before
print(json.dumps({"design": middle - start, "mean": end - middle, "memory": used, "errors": errors}))
"""

R = """
arguments <- commandArgs(TRUE)
if (!requireNamespace("survey", quietly = TRUE)) { cat('{"words": "not installed"}'); quit() }
suppressMessages(library(survey))
rows <- read.csv(arguments[1])
memory <- function(field) {
  line <- grep(field, readLines("/proc/self/status"), value = TRUE)
  as.numeric(gsub("[^0-9]", "", line)) / 1024
}
invisible(gc())
cat("5", file = "/proc/self/clear_refs")
before <- memory("VmRSS")
start <- sum(proc.time()[1:2])
design <- svydesign(id = ~1, strata = ~stratum, weights = ~weight, data = rows)
middle <- sum(proc.time()[1:2])
found <- svyby(~y, ~slice, design, svymean)
end <- sum(proc.time()[1:2])
errors <- paste0('"', found$slice, '": ', format(SE(found), digits = 15), collapse = ", ")
cat(sprintf('{"design": %f, "mean": %f, "memory": %f, "errors": {%s}}', middle - start, end - middle,
            memory("VmHWM") - before, errors))
"""


def write_rows(count: int, folder: Path) -> None:
    """The same rows as Arrow and as CSV."""
    import pyarrow as pa
    from pyarrow import csv, feather

    rng = np.random.default_rng(count)
    table = pa.table(
        {
            "stratum": [f"stratum {each:03}" for each in rng.integers(0, STRATA, count)],
            "slice": [f"slice {each:03}" for each in rng.integers(0, SLICES, count)],
            "weight": rng.uniform(1, 10, count),
            "y": (rng.random(count) < 0.1).astype(float),
        }
    )
    feather.write_feather(table, str(folder / "rows.arrow"), compression="uncompressed")
    csv.write_csv(table, folder / "rows.csv")


def run(command: list[str], limit: float) -> dict[str, Any]:
    """What a contestant says of itself, or why it says nothing."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=limit, check=False)
    except subprocess.TimeoutExpired:
        return {"words": f"not done after {limit:.0f} s", "least": limit}
    lines = done.stdout.strip().splitlines()
    if not lines:
        return {"words": "failed: " + (done.stderr.strip().splitlines() or ["nothing said"])[-1][:120]}
    said: dict[str, Any] = json.loads(lines[-1])
    return said


def contest(count: int, company: bool, peers: str | None, limit: float) -> tuple[float, list[str]]:
    """Everyone on the same rows; Assay's seconds and a line for each."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_rows(count, folder)
        arrow, text = str(folder / "rows.arrow"), str(folder / "rows.csv")
        contestants: dict[str, list[str]] = {
            "assay": [sys.executable, "-c", ASSAY, arrow],
        }
        if company and peers:
            contestants["svy"] = [peers, "-c", SVY, arrow]
        if company and shutil.which("Rscript"):
            contestants["R survey"] = ["Rscript", "-e", R, text]
        lines, base = [], 0.0
        own: dict[str, float] = {}
        for who, command in contestants.items():
            said = run(command, limit)
            if "design" not in said:
                ratio = f" (more than {said['least'] / base:,.0f} x)" if "least" in said and base else ""
                lines.append(f"  {who:20} {said['words']}{ratio}")
                continue
            taken = said["design"] + said["mean"]
            if not base:
                base, own = taken, said["errors"]
            line = (
                f"  {who:20} {taken * 1e3:12,.1f} ms (design {said['design'] * 1e3:,.1f}, means "
                f"{said['mean'] * 1e3:,.1f}), {said['memory']:7,.0f} MB, {taken / base:10,.1f} x"
            )
            if said["errors"] and said["errors"] is not own:
                apart = max(abs(said["errors"][each] / own[each] - 1) for each in own if own[each])
                line += f", standard errors agree to {apart:.0e}"
            lines.append(line)
        return base, lines


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--peers", help="an interpreter that has svy")
    parser.add_argument("--limit", type=float, default=300.0, help="seconds that a contestant gets")
    parser.add_argument("--quick", action="store_true", help="a tenth of the rows")
    options = parser.parse_args()
    few, many = (20_000, 100_000) if options.quick else (200_000, 1_000_000)
    taken = []
    for count in (few, many):
        print(f"{count:,} rows, {STRATA} strata, {SLICES} slices")
        # The time of the others grows with rows times slices: the larger table is Assay's alone.
        base, lines = contest(count, count == few, options.peers, options.limit)
        taken.append(base)
        print("\n".join(lines), flush=True)
    print(f"{many / few:.0f} times the rows take {taken[1] / taken[0]:.1f} times as long.")


if __name__ == "__main__":
    main()
