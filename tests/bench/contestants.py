"""One contestant of the benchmark, in a process of its own: `python contestants.py JOB CONTESTANT ROWS FOLDER`.

Prepares the input untimed, runs once (short jobs: fifteen times), and prints one line of JSON: seconds, peak memory
over the loaded input, and a check that must come out the same for all contestants of a job.
"""

from __future__ import annotations

import gc
import importlib
import itertools
import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

CARDINALITIES = (200, 12, 24, 40, 52, 8)
DIMENSIONS = tuple(f"d{k}" for k in range(len(CARDINALITIES)))
GROUPINGS = ((), *((name,) for name in DIMENSIONS), *itertools.combinations(DIMENSIONS, 2))
THREADS = 2
DRAWN_EACH = 50
BATCH = 1_000_000
SETTLED = 2.0  # seconds in which allocators hand back, in threads of their own, what loading the input left behind
KEY = b"sixteen bytes ok"


class Prepared(NamedTuple):
    """What is timed, and what turns its answer into a check afterwards."""

    run: Callable[[], Any]
    check: Callable[[Any], float]
    repeats: int = 1


# ------------------------------------------------------------------------------------------------------ input


def _path(folder: Path, rows: int, kind: str) -> Path:
    return folder / f"{kind}-{rows}.arrow"


def make_input(rows: int, folder: Path) -> None:
    """Write the input once, as Arrow files: dictionary columns, plain strings, ids."""
    pa, pc = importlib.import_module("pyarrow"), importlib.import_module("pyarrow.compute")
    folder.mkdir(parents=True, exist_ok=True)
    kinds = ("dictionary", "string", "ids")
    paths = [_path(folder, rows, kind) for kind in kinds]
    if all(path.exists() for path in paths):
        return
    names = [
        pa.array([f"{name}-{code:03d}" for code in range(n)]) for name, n in zip(DIMENSIONS, CARDINALITIES, strict=True)
    ]
    writers: list[Any] = []
    rng = np.random.default_rng(20261123)
    for begin in range(0, rows, BATCH):
        n = min(BATCH, rows - begin)
        coded = [
            pa.DictionaryArray.from_arrays(pa.array(rng.integers(0, size, n, dtype=np.int32)), values)
            for size, values in zip(CARDINALITIES, names, strict=True)
        ]
        correct = pa.array(rng.random(n) < 0.95)
        weight = pa.array(rng.uniform(0.5, 3.0, n))
        number = np.arange(begin, begin + n, dtype=np.int64)
        digits = pc.utf8_lpad(pa.array(number).cast(pa.string()), 10, "0")
        text = pc.binary_join_element_wise(pa.scalar("c"), digits, pa.scalar(""))
        label = pa.array(["approve", "remove"]).take(pa.array(correct.cast(pa.int32())))
        batches = [
            pa.table([*coded, correct, weight], [*DIMENSIONS, "correct", "weight"]),
            pa.table(
                [*(column.cast(pa.string()) for column in coded), correct, weight], [*DIMENSIONS, "correct", "weight"]
            ),
            pa.table(
                [number * 7919 + 13, text, coded[0], label.dictionary_encode()], ["id", "text_id", "d0", "decision"]
            ),
        ]
        if not writers:
            writers = [
                pa.ipc.new_file(str(path) + ".part", batch.schema) for path, batch in zip(paths, batches, strict=True)
            ]
        for writer, batch in zip(writers, batches, strict=True):
            writer.write_table(batch)
    for writer, path in zip(writers, paths, strict=True):
        writer.close()
        Path(str(path) + ".part").rename(path)


def _arrow(folder: Path, rows: int, kind: str, columns: tuple[str, ...]) -> Any:
    pa = importlib.import_module("pyarrow")
    with pa.OSFile(str(_path(folder, rows, kind))) as file:
        return pa.ipc.open_file(file).read_all().select(list(columns))


def _polars(folder: Path, rows: int, kind: str, columns: tuple[str, ...]) -> Any:
    pl = importlib.import_module("polars")
    frame = pl.from_arrow(_arrow(folder, rows, kind, columns)).rechunk()
    return frame.with_columns(
        pl.col(name).cast(pl.Categorical) for name in columns if kind == "dictionary" and name in DIMENSIONS
    )


def _assay() -> Any:
    return importlib.import_module("assay")


# ------------------------------------------------------------------------------- all one- and two-way slices


def _slices(contestant: str, rows: int, folder: Path, *, kind: str, weighted: bool) -> Prepared:
    columns = (*DIMENSIONS, "correct", *(("weight",) if weighted else ()))
    if contestant.startswith("assay"):
        assay = _assay()
        load = _polars if contestant.endswith("polars") else _arrow
        table = load(folder, rows, kind, columns)
        options = {"weight": "weight"} if weighted else {}
        by = assay.cube(*DIMENSIONS, depth=2)

        def score(rows_in: Any) -> Any:
            scores = assay.score(rows_in, correct="correct", by=by, total=True, threads=THREADS, **options)
            return scores.to_arrow()

        score(table[:10_000] if contestant.endswith("polars") else table.slice(0, 10_000))
        return Prepared(lambda: score(table), lambda scores: float(np.sum(scores["estimate"].to_numpy())))
    if contestant == "polars":
        return _slices_polars(_polars(folder, rows, kind, columns), weighted)
    if contestant == "numpy":
        return _slices_numpy(_arrow(folder, rows, kind, columns), weighted)
    return _slices_duckdb(contestant, _arrow(folder, rows, kind, columns), weighted)


def _slices_polars(frame: Any, weighted: bool) -> Prepared:
    pl = importlib.import_module("polars")
    before: list[Any] = []
    wanted = [pl.col("correct").sum().alias("right"), pl.len().alias("all")]
    if weighted:  # the products first: a little faster than within each of the 22
        w = pl.col("weight")
        before = [(w * pl.col("correct")).alias("right"), (w * w).alias("square")]
        wanted = [pl.col("right").sum(), w.sum().alias("all"), pl.col("square").sum(), pl.len().alias("n")]

    def run(rows_in: Any) -> Any:
        lazy = rows_in.lazy().with_columns(before)
        return pl.collect_all([lazy.group_by(list(g)).agg(wanted) if g else lazy.select(wanted) for g in GROUPINGS])

    def check(results: Any) -> float:
        return float(sum((result["right"] / result["all"]).sum() for result in results))

    run(frame.head(10_000))
    return Prepared(lambda: run(frame), check)


def _slices_numpy(table: Any, weighted: bool) -> Prepared:
    """What a careful NumPy user writes: one bincount a grouping over the dictionary codes."""
    table = table.unify_dictionaries().combine_chunks()
    codes = {name: table[name].chunk(0).indices.to_numpy() for name in DIMENSIONS}
    size = dict(zip(DIMENSIONS, CARDINALITIES, strict=True))
    correct = table["correct"].chunk(0).to_numpy(zero_copy_only=False)
    weight = table["weight"].to_numpy() if weighted else None

    def run() -> list[Any]:
        right = correct if weight is None else weight * correct
        square = None if weight is None else weight * weight
        out = []
        for grouping in GROUPINGS:
            cell, cells = np.zeros(len(correct), dtype=np.int32), 1
            for name in grouping:
                cell, cells = cell * np.int32(size[name]) + codes[name], cells * size[name]
            sums = [
                np.bincount(cell, column, minlength=cells) for column in (right, weight, square) if column is not None
            ]
            out.append((*sums, np.bincount(cell, minlength=cells)))
        return out

    def check(results: list[Any]) -> float:
        return float(sum(np.sum(result[0][result[-1] > 0] / result[1][result[-1] > 0]) for result in results))

    return Prepared(run, check)


def _slices_duckdb(contestant: str, table: Any, weighted: bool) -> Prepared:
    duckdb = importlib.import_module("duckdb")
    base = duckdb.connect()
    base.execute(f"SET threads = {THREADS}")
    base.execute("SET preserve_insertion_order = false")
    base.register("given", table)
    source = "given"
    if contestant != "duckdb-arrow":
        source = "own"
        columns = list(table.column_names)
        if contestant == "duckdb-enum":
            for name in DIMENSIONS:
                values = ", ".join(f"'{value}'" for value in table[name].chunk(0).dictionary.to_pylist())
                base.execute(f"CREATE TYPE {name}_t AS ENUM ({values})")
            columns = [f"{name}::{name}_t AS {name}" if name in DIMENSIONS else name for name in columns]
        base.execute(f"CREATE TABLE own AS SELECT {', '.join(columns)} FROM given")
        base.unregister("given")
        del table
    sums = (
        "sum(CASE WHEN correct THEN weight ELSE 0 END), sum(weight), sum(weight * weight), count(*)"
        if weighted
        else "count(*) FILTER (correct), count(*)"
    )
    sets = ", ".join("(" + ", ".join(grouping) + ")" for grouping in GROUPINGS)
    query = f"SELECT {', '.join(DIMENSIONS)}, {sums} FROM {source} GROUP BY GROUPING SETS ({sets})"

    def check(result: Any) -> float:
        right, everything = (result.column(len(DIMENSIONS) + k).to_numpy().astype(float) for k in (0, 1))
        return float(np.sum(right / everything))

    return Prepared(lambda: base.sql(query).to_arrow_table(), check)


# ------------------------------------------------------------------------------------------------ keyed draw


def _draw(contestant: str, rows: int, folder: Path, *, case: str) -> Prepared:
    columns = (case, "d0", "decision")
    size = CARDINALITIES[0] * DRAWN_EACH
    if contestant.startswith("assay"):
        assay = _assay()
        table = _arrow(folder, rows, "ids", columns)

        def plan() -> Any:
            frame = assay.frame(table, case=case, decision="decision", by=["d0"])
            return assay.plan(frame, size=size, strata=["d0"], allocation="equal")

        def drawn(sample: Any) -> float:
            return float(len(sample.to_arrow()["inclusion_probability"]))

        if contestant == "assay-whole":
            return Prepared(lambda: plan().draw(key=KEY, period="2026-W47"), drawn)
        made = plan()
        return Prepared(lambda: made.draw(key=KEY, period="2026-W47"), drawn)

    pl = importlib.import_module("polars")
    frame = _polars(folder, rows, "ids", columns)
    chance = pl.lit(float(DRAWN_EACH)) / pl.col("population")

    def smallest() -> Any:
        hashed = frame.lazy().select(case, "d0", hash=pl.col(case).hash(20261123))
        best = pl.col(case).bottom_k_by("hash", DRAWN_EACH)
        picked = hashed.group_by("d0").agg(best, pl.len().alias("population"))
        return picked.explode(case).with_columns(inclusion_probability=chance).collect()

    def sort_first() -> Any:
        hashed = frame.lazy().select(case, "d0", hash=pl.col(case).hash(20261123))
        return hashed.sort("hash").group_by("d0", maintain_order=True).head(DRAWN_EACH).collect()

    def threshold() -> Any:
        # Most rows can be left out beforehand: three times as many as wanted are kept. With strata of
        # unequal size this would come up short in the small ones; here it never does.
        share = min(1.0, 3 * size / rows)
        hashed = frame.lazy().select(case, "d0", hash=pl.col(case).hash(20261123))
        kept = hashed.filter(pl.col("hash") <= pl.lit(int(share * (2**64 - 1)), dtype=pl.UInt64))
        return kept.sort("hash").group_by("d0", maintain_order=True).head(DRAWN_EACH).collect()

    way = {"polars": smallest, "polars-sort": sort_first, "polars-threshold": threshold}[contestant]
    return Prepared(way, lambda picked: float(len(picked)))


# ------------------------------------------------------------------------------------------------ small jobs


def _audits(contestant: str, rows: int, folder: Path) -> Prepared:
    del rows, folder
    rng = np.random.default_rng(1)
    labels = np.array(["approve", "remove", "restrict"])
    decision = labels[rng.choice(3, 1000, p=[0.9, 0.07, 0.03])]
    verdict = np.where(rng.random(1000) < 0.95, decision, labels[rng.choice(3, 1000)])
    columns = {"queue": np.array([f"queue-{k}" for k in range(8)])[rng.integers(0, 8, 1000)]}
    columns |= {"decision": decision, "verdict": verdict}
    if contestant == "assay":
        assay = _assay()
        table = importlib.import_module("pyarrow").table(columns)

        def score() -> Any:
            scores = assay.score(
                table,
                decision="decision",
                verdict="verdict",
                violating=["remove", "restrict"],
                by=["queue"],
                total=True,
            )
            return scores.to_arrow()

        return Prepared(score, lambda scores: float(np.sum(scores["estimate"].to_numpy())), 15)
    pl = importlib.import_module("polars")
    frame = pl.DataFrame(columns)
    z = 1.959963984540054

    def by_hand() -> Any:
        right = pl.col("decision") == pl.col("verdict")
        wanted = [right.mean().alias("estimate"), pl.len().cast(pl.Float64).alias("n")]
        total = frame.select(pl.lit(None, pl.String).alias("queue"), *wanted)
        whole = pl.concat([total, frame.group_by("queue").agg(wanted).sort("queue")])
        p, n = pl.col("estimate"), pl.col("n")
        middle, half = (p + z * z / (2 * n)), z * (p * (1 - p) / n + z * z / (4 * n * n)).sqrt()
        return whole.with_columns(lower=(middle - half) / (1 + z * z / n), upper=(middle + half) / (1 + z * z / n))

    return Prepared(by_hand, lambda scores: float(scores["estimate"].sum()), 15)


def _exact(contestant: str, rows: int, folder: Path) -> Prepared:
    del rows, folder
    rng = np.random.default_rng(2)
    trials = rng.integers(1, 2000, 100_000)
    successes = rng.binomial(trials, 0.95)

    def check(limits: Any) -> float:
        return float(np.sum(limits[0]) + np.sum(limits[1]))

    if contestant == "assay":
        exact = _assay().interval.clopper_pearson
        return Prepared(lambda: exact(successes, trials), check, 5)
    if contestant == "statsmodels":
        confint = importlib.import_module("statsmodels.stats.proportion").proportion_confint
        return Prepared(lambda: confint(successes, trials, alpha=0.05, method="beta"), check, 5)
    ppf = importlib.import_module("scipy.stats").beta.ppf

    def by_beta() -> Any:
        with np.errstate(invalid="ignore"):
            lower = np.where(successes == 0, 0.0, ppf(0.025, successes, trials - successes + 1))
            upper = np.where(successes == trials, 1.0, ppf(0.975, successes + 1, trials - successes))
        return lower, upper

    return Prepared(by_beta, check, 5)


JOBS: dict[str, Callable[[str, int, Path], Prepared]] = {
    "slices-dictionary-weighted": lambda c, n, f: _slices(c, n, f, kind="dictionary", weighted=True),
    "slices-dictionary": lambda c, n, f: _slices(c, n, f, kind="dictionary", weighted=False),
    "slices-string-weighted": lambda c, n, f: _slices(c, n, f, kind="string", weighted=True),
    "slices-string": lambda c, n, f: _slices(c, n, f, kind="string", weighted=False),
    "draw-integer": lambda c, n, f: _draw(c, n, f, case="id"),
    "draw-string": lambda c, n, f: _draw(c, n, f, case="text_id"),
    "audits": _audits,
    "exact": _exact,
}


# ------------------------------------------------------------------------------------------------- measuring


def _memory(field: str) -> int:
    """VmRSS or VmHWM in bytes; 0 where there is no /proc."""
    try:
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith(field + ":"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0


def _forget_peak() -> None:
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return


def _measure(prepared: Prepared) -> dict[str, float]:
    gc.collect()
    time.sleep(SETTLED)
    _forget_peak()
    before = _memory("VmRSS")
    seconds = []
    answer = None
    for _ in range(prepared.repeats):
        answer = None
        begin = time.perf_counter()
        answer = prepared.run()
        seconds.append(time.perf_counter() - begin)
    peak = max(0, _memory("VmHWM") - before)
    return {"seconds": statistics.median(seconds), "peak": float(peak), "check": prepared.check(answer)}


def main() -> None:
    """Measure one contestant, or make the input."""
    job, contestant, rows, folder = sys.argv[1], sys.argv[2], int(sys.argv[3]), Path(sys.argv[4])
    if job == "input":
        make_input(rows, folder)
        return
    try:
        result: dict[str, Any] = dict(_measure(JOBS[job](contestant, rows, folder)))
    except Exception as error:  # whatever goes wrong belongs to this contestant's row
        result = {"missing": f"{type(error).__name__}: {' '.join(str(error).split())}"[:160]}
    print(json.dumps(result))


if __name__ == "__main__":
    main()
