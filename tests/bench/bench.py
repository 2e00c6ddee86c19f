"""Assay beside what one would use otherwise: speed and memory, measured side by side in one run.

    python tests/bench/bench.py                      all jobs at 20 million rows
    python tests/bench/bench.py --quick              the same at 1 million, twice each
    python tests/bench/bench.py --only draw --rounds 5

Every contestant runs in a process of its own, with two threads, on the same input; contestants take turns (A B A B),
and the median counts. Each answer is checked against the others'. Memory is the peak over the loaded input. The table
goes to standard output and to build/bench/table.md. A row whose Assay side cannot be run says so. Seconds depend on
the machine and on what else it does; ratios much less.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import math
import os
import platform
import statistics
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
FOLDER = ROOT / "build" / "bench"
TIMES_IMPORTED = 15
ENVIRONMENT = os.environ | {
    "POLARS_MAX_THREADS": "2",
    "OMP_NUM_THREADS": "2",
    "OPENBLAS_NUM_THREADS": "2",
    "PYTHONDONTWRITEBYTECODE": "",
}


@dataclass(frozen=True)
class Job:
    """What is done, by whom, and how many times faster than each peer Assay means to be."""

    key: str
    title: str
    assay: tuple[str, ...]
    peers: tuple[tuple[str, str, float | None], ...]  # contestant, its title, the aim
    limit: float | None = None  # seconds Assay means to stay below
    needs_rows: bool = True
    judged: int = 1  # so many of the Assay entries, from the first on, have to meet the aims


SLICES = "all one- and two-way slices"
DRAW_PEERS: tuple[tuple[str, str, float | None], ...] = (
    ("polars", "Polars hash, smallest in each group", 1.0),
    ("polars-sort", "Polars hash, sort, head", 1.0),
    ("polars-threshold", "Polars hash, filter, sort, head (only for strata of like size)", None),
)


def _slices(kind: str, weighted: bool, polars_aim: float, duckdb_aim: float) -> Job:
    peers: list[tuple[str, str, float | None]] = [
        ("polars", "Polars `collect_all`, no intervals", polars_aim),
        ("duckdb-own", "DuckDB `GROUPING SETS`, own table, no intervals", duckdb_aim),
        ("duckdb-arrow", "DuckDB `GROUPING SETS` over Arrow, no intervals", duckdb_aim),
    ]
    if kind == "dictionary":
        peers.append(
            ("duckdb-enum", "DuckDB `GROUPING SETS`, own table cast to `ENUM` by hand, no intervals", duckdb_aim)
        )
        peers.append(("numpy", "NumPy `bincount`, one thread, no intervals", None))
    how = "weighted" if weighted else "unweighted"
    key = f"slices-{kind}" + ("-weighted" if weighted else "")
    return Job(key, f"{SLICES}, {kind} columns, {how}", ("assay-pyarrow", "assay-polars"), tuple(peers), judged=2)


JOBS = (
    _slices("dictionary", True, 10, 35),
    _slices("dictionary", False, 10, 35),
    _slices("string", True, 4, 20),
    _slices("string", False, 4, 20),
    Job("draw-integer", "keyed draw, 50 of each of 200 strata, integer ids", ("assay-draw", "assay-whole"), DRAW_PEERS),
    Job("draw-string", "keyed draw, 50 of each of 200 strata, string ids", ("assay-draw", "assay-whole"), DRAW_PEERS),
    Job(
        "audits",
        "score 1,000 audits in 8 queues",
        ("assay",),
        (("polars", "Polars and Wilson by hand", None),),
        0.005,
        False,
    ),
    Job(
        "exact",
        "100,000 exact binomial intervals",
        ("assay",),
        (("statsmodels", "statsmodels `proportion_confint`", 1.0), ("scipy", "SciPy `beta.ppf`", 1.0)),
        None,
        False,
    ),
)
ASSAY_TITLES = {
    "assay": "Assay",
    "assay-pyarrow": "Assay, from pyarrow",
    "assay-polars": "Assay, from Polars",
    "assay-draw": "Assay `plan.draw`",
    "assay-whole": "Assay `frame`, `plan` and `draw`",
}


@dataclass
class Runs:
    """What a contestant did over the rounds."""

    seconds: list[float] = field(default_factory=list)
    peaks: list[float] = field(default_factory=list)
    check: float | None = None
    missing: str = ""

    @property
    def median(self) -> float:
        """The seconds that count."""
        return statistics.median(self.seconds)

    def text(self) -> str:
        """Seconds and memory, or what is missing."""
        if self.missing:
            return f"failed: {self.missing.replace('|', '/')}"
        return f"{_seconds(self.median)} ({_seconds(min(self.seconds))} to {_seconds(max(self.seconds))})"

    def memory(self) -> str:
        """The peak over the input."""
        return "" if self.missing or not self.peaks else f"{statistics.median(self.peaks) / 1e6:,.0f} MB"


def _seconds(value: float) -> str:
    return f"{value:.2f} s" if value >= 0.995 else f"{value * 1e3:.3g} ms"


def _times(ratio: float) -> str:
    return f"{ratio:.0f} x" if ratio >= 99.5 else f"{ratio:.1f} x" if ratio >= 0.95 else f"{ratio:.2g} x"


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _run(job: str, contestant: str, rows: int) -> dict[str, Any]:
    command = [sys.executable, str(HERE / "contestants.py"), job, contestant, str(rows), str(FOLDER)]
    done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    lines = done.stdout.strip().splitlines()
    if done.returncode != 0 or not lines:
        last = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
        return {"missing": last[:160]}
    result: dict[str, Any] = json.loads(lines[-1])
    return result


def _measure(job: Job, rows: int, rounds: int) -> dict[str, Runs]:
    names = [*job.assay, *(peer for peer, _, _ in job.peers)]
    runs = {name: Runs() for name in names}
    for _ in range(rounds):
        for name, made in runs.items():
            if made.missing:
                continue
            result = _run(job.key, name, rows)
            if "missing" in result:
                made.missing = result["missing"]
                _say(f"  {name}: {made.missing}")
                continue
            made.seconds.append(result["seconds"])
            made.peaks.append(result["peak"])
            made.check = result["check"]
            _say(f"  {name}: {result['seconds']:.4f} s")
    return runs


def _agree(runs: dict[str, Runs]) -> list[str]:
    """Contestants that answered something else than the first one did."""
    answered = {name: made.check for name, made in runs.items() if made.check is not None and not made.missing}
    if not answered:
        return []
    wanted = next(iter(answered.values()))
    return [name for name, check in answered.items() if not math.isclose(check, wanted, rel_tol=1e-9)]


def _rows_of(job: Job, runs: dict[str, Runs]) -> list[str]:
    out = []
    for number, name in enumerate(job.assay):
        made = runs[name]
        aim = "" if job.limit is None else f"below {_seconds(job.limit)}"
        if job.limit is not None and not made.missing:
            aim += ": met" if made.median < job.limit else ": missed"
        title = job.title if number == 0 else ""
        out.append(f"| {title} | **{ASSAY_TITLES[name]}** | {made.text()} | {made.memory()} | | {aim} |")
    for peer, title, aimed in job.peers:
        theirs = runs[peer]
        times = [
            None if runs[name].missing or theirs.missing else theirs.median / runs[name].median for name in job.assay
        ]
        ratio = " / ".join("-" if value is None else _times(value) for value in times)
        aim = ""
        if aimed is not None:
            held = times[: job.judged]
            aim = f"{aimed:g} x: "
            aim += "failed" if None in held else "met" if all(t is not None and t >= aimed for t in held) else "missed"
        out.append(f"| | {title} | {theirs.text()} | {theirs.memory()} | {ratio} | {aim} |")
    return out


def _import_rows(times: int) -> list[str]:
    """How long `import assay` takes beyond NumPy, in fresh processes that take turns."""
    wanted = {"numpy": "NumPy alone", "assay": "Assay", "polars": "Polars", "pandas": "pandas"}
    code = (
        "import time, numpy; t = time.perf_counter(); import {0}; print(time.perf_counter() - t); assert {0}.__file__"
    )
    runs = {name: Runs() for name in wanted}
    for _ in range(times + 1):
        for name, made in runs.items():
            if made.missing:
                continue
            done = subprocess.run(
                [sys.executable, "-c", code.format(name)], env=ENVIRONMENT, capture_output=True, text=True, check=False
            )
            if done.returncode:
                made.missing = (done.stderr.strip().splitlines() or ["?"])[-1][:160]
            else:
                made.seconds.append(float(done.stdout))
    out = []
    for name, made in runs.items():
        made.seconds = made.seconds[1:]  # the first fills the caches
        if name == "numpy":
            continue
        title, aim = wanted[name], ""
        if name == "assay":
            title = f"**{title}**"
            aim = "below 150 ms" + (": failed" if made.missing else ": met" if made.median < 0.150 else ": missed")
        mine = runs["assay"]
        ratio = "" if name == "assay" or made.missing or mine.missing else _times(made.median / mine.median)
        out.append(
            f"| {'import, beyond NumPy' if name == 'assay' else ''} | {title} | {made.text()} | | {ratio} | {aim} |"
        )
    return out


def _versions() -> str:
    from importlib import metadata

    known = []
    for name in ("assay", "numpy", "polars", "duckdb", "pyarrow", "pandas", "scipy", "statsmodels"):
        if importlib.util.find_spec(name):
            try:
                known.append(f"{name} {metadata.version(name)}")
            except metadata.PackageNotFoundError:
                known.append(f"{name} (not installed, found on the path)")
    return ", ".join([f"Python {platform.python_version()}", *known])


def main(arguments: list[str] | None = None) -> int:
    """Run the jobs and print the table."""
    parser = argparse.ArgumentParser(description="Measure Assay beside what one would use otherwise.")
    parser.add_argument("--rows", type=int, help="rows of the large jobs (default 20,000,000)")
    parser.add_argument("--rounds", type=int, help="turns each contestant gets (default 3)")
    parser.add_argument(
        "--only", default="", help="jobs whose name starts so: " + ", ".join([j.key for j in JOBS]) + ", import"
    )
    parser.add_argument("--quick", action="store_true", help="1,000,000 rows and 2 rounds, unless said otherwise")
    given = parser.parse_args(arguments)
    rows = given.rows if given.rows is not None else 1_000_000 if given.quick else 20_000_000
    rounds = given.rounds if given.rounds is not None else 2 if given.quick else 3
    if rows < 100_000 or rounds < 1:
        parser.error(f"wanted at least 100,000 rows and 1 round, got {rows:,} and {rounds}")
    chosen = [job for job in JOBS if job.key.startswith(given.only)]
    imports = "import".startswith(given.only)
    if not chosen and not imports:
        parser.error(f"no job starts with '{given.only}'")

    FOLDER.mkdir(parents=True, exist_ok=True)
    if any(job.needs_rows for job in chosen):
        _say(f"input: {rows:,} rows in {FOLDER}")
        done = _run("input", "-", rows)
        if not (FOLDER / f"ids-{rows}.arrow").exists():
            _say(f"the input could not be made: {done.get('missing')}")
            return 1

    table = [
        "| job | contestant | seconds: median (range) | peak memory over the input | Assay is faster by | aim |",
        "|---|---|---|---|---|---|",
    ]
    failed, wrong = 0, []
    for job in chosen:
        _say(f"{job.key}: {job.title}")
        runs = _measure(job, rows, rounds)
        failed += sum(1 for name in job.assay if runs[name].missing)
        wrong += [f"{job.key}: {name} answers something else than {job.assay[0]}" for name in _agree(runs)]
        table += _rows_of(job, runs)
    if imports:
        _say("import")
        made = _import_rows(5 if given.quick else TIMES_IMPORTED)
        failed += "failed" in made[0]
        table += made
    lines = [
        *table,
        "",
        f"{rows:,} rows where a job has rows (six dimensions of 200, 12, 24, 40, 52 and 8 values), {rounds} turns "
        "each, two threads; where Assay has two entries, the ratios are theirs in that order; "
        f"{os.cpu_count()} cores; {_versions()}.",
    ]
    if failed:
        lines += ["", f"{failed} Assay entries could not be run."]
    lines += [line for text in wrong for line in ("", f"NOT THE SAME ANSWER: {text}.")]
    text = "\n".join(lines) + "\n"
    (FOLDER / "table.md").write_text(text, encoding="utf-8")
    print(text, end="")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
