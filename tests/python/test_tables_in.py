"""Any table in: every producer of tables gives the same score, and gets its own kind back."""

from __future__ import annotations

import decimal
from collections.abc import Callable
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import assay

ROWS = 500
RNG = np.random.default_rng(12)
QUEUE = np.array(["eu-toys", "us-toys", "über"])[RNG.integers(0, 3, ROWS)]
DECISION = np.array(["remove", "allow"])[RNG.integers(0, 2, ROWS)]
VERDICT = np.where(RNG.random(ROWS) < 0.9, DECISION, "allow")
WEIGHT = RNG.integers(1, 9, ROWS)
SITE = RNG.integers(0, 4, ROWS)
ARRAYS = {"queue": QUEUE, "decision": DECISION, "verdict": VERDICT, "weight": WEIGHT.astype(float), "site": SITE}
ARROW = pa.table(ARRAYS)
TEXTS = ["queue", "decision", "verdict"]


def score(table: Any) -> assay.Scores:
    return assay.score(
        table, decision="decision", verdict="verdict", violating=["remove"], metrics=["accuracy", "recall"],
        by=["queue", "site"], total=True, weight="weight",
    )  # fmt: skip


EXPECTED = score(ARROW).to_pydict()


def cast(**types: pa.DataType) -> pa.Table:
    return ARROW.cast(pa.schema([(f.name, types.get(f.name, f.type)) for f in ARROW.schema]))


def encoded(index: pa.DataType) -> pa.Table:
    return cast(**{name: pa.dictionary(index, pa.string()) for name in TEXTS})


def dictionaries_that_change() -> pa.Table:
    parts = [
        pa.table({name: ARROW.column(name).slice(at, 90).combine_chunks().dictionary_encode() for name in TEXTS})
        .append_column("weight", ARROW.column("weight").slice(at, 90))
        .append_column("site", ARROW.column("site").slice(at, 90))
        for at in range(0, ROWS, 90)
    ]
    return pa.concat_tables(parts)


def duck(sql: str) -> Callable[[], Any]:
    def make() -> Any:
        connection = duckdb.connect()
        connection.register("arrow", ARROW)
        return connection.sql(sql)

    return make


PRODUCERS: dict[str, tuple[str, Callable[[], Any]]] = {
    "numpy": ("numpy", lambda: dict(ARRAYS)),
    "numpy objects": ("numpy", lambda: {k: v.astype(object) if k in TEXTS else v for k, v in ARRAYS.items()}),
    "numpy small": ("numpy", lambda: {**ARRAYS, "site": SITE.astype(np.int8), "weight": WEIGHT.astype(np.float32)}),
    "numpy strided": ("numpy", lambda: {k: np.repeat(v, 2)[::2] for k, v in ARRAYS.items()}),
    "pandas": ("pandas", lambda: pd.DataFrame(ARRAYS)),
    "pandas categories": ("pandas", lambda: pd.DataFrame(ARRAYS).astype(dict.fromkeys(TEXTS, "category"))),
    "pandas arrow": ("pandas", lambda: ARROW.to_pandas(types_mapper=pd.ArrowDtype)),
    "pandas index": ("pandas", lambda: pd.DataFrame(ARRAYS, index=np.arange(ROWS)[::-1])),
    "polars": ("polars", lambda: pl.DataFrame(ARRAYS)),
    "polars lazy": ("polars", lambda: pl.DataFrame(ARRAYS).lazy()),
    "polars categories": ("polars", lambda: pl.DataFrame(ARRAYS).with_columns(pl.col(TEXTS).cast(pl.Categorical))),
    "polars enum": (
        "polars",
        lambda: pl.DataFrame(ARRAYS).with_columns(
            pl.col("queue").cast(pl.Enum(["never", "über", "us-toys", "eu-toys"]))
        ),
    ),
    "polars chunks": (
        "polars",
        lambda: pl.concat([pl.DataFrame(ARRAYS)[:123], pl.DataFrame(ARRAYS)[123:]], rechunk=False),
    ),
    "pyarrow": ("pyarrow", lambda: ARROW),
    "pyarrow batch": ("pyarrow", lambda: ARROW.combine_chunks().to_batches()[0]),
    "pyarrow reader": ("pyarrow", lambda: ARROW.to_reader(max_chunksize=77)),
    "pyarrow sliced": ("pyarrow", lambda: pa.concat_tables([ARROW.slice(3, 2), ARROW]).slice(2)),
    "large strings": ("pyarrow", lambda: cast(**dict.fromkeys(TEXTS, pa.large_string()))),
    "string views": ("pyarrow", lambda: cast(**dict.fromkeys(TEXTS, pa.string_view()))),
    "dictionaries": ("pyarrow", lambda: encoded(pa.int8())),
    "wide dictionaries": ("pyarrow", lambda: encoded(pa.int64())),
    "dictionaries that change": ("pyarrow", dictionaries_that_change),
    "uint8 site": ("pyarrow", lambda: cast(site=pa.uint8())),
    "uint64 site": ("pyarrow", lambda: cast(site=pa.uint64())),
    "decimal site": ("pyarrow", lambda: cast(site=pa.decimal128(20, 0))),
    "decimal weight": (
        "pyarrow",
        lambda: ARROW.set_column(
            3, "weight", pa.array([decimal.Decimal(int(w)) for w in WEIGHT], pa.decimal128(12, 3))
        ),
    ),
    "integer weight": ("pyarrow", lambda: cast(weight=pa.int16())),
    "half weight": ("pyarrow", lambda: cast(weight=pa.float16())),
    "duckdb": ("duckdb", duck("select * from arrow")),
    "duckdb decimals": ("duckdb", duck("select * replace (weight::decimal(9, 2) as weight) from arrow")),
    "duckdb counts": ("duckdb", duck("select * replace (weight::hugeint as weight, site::hugeint as site) from arrow")),
    "duckdb enums": (
        "duckdb",
        duck("select * replace (queue::enum('us-toys', 'eu-toys', 'über') as queue) from arrow"),
    ),
}


@pytest.mark.parametrize("name", PRODUCERS)
def test_every_producer_gives_the_same_score_and_its_own_kind_back(name: str) -> None:
    flavour, make = PRODUCERS[name]
    table = make()
    scores = score(table)
    assert scores.to_pydict() == EXPECTED
    assert scores.flavour == flavour
    frame = scores.to_frame()
    kinds: dict[str, Any] = {
        "numpy": dict,
        "pandas": pd.DataFrame,
        "polars": pl.DataFrame,
        "pyarrow": pa.Table,
        "duckdb": duckdb.DuckDBPyRelation,
    }
    assert isinstance(frame, kinds[flavour])
    if flavour != "numpy":
        assert pa.table(frame if flavour != "duckdb" else frame.to_arrow_table()).num_rows == len(scores)


def test_anything_with_an_arrow_stream() -> None:
    class Stream:
        def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
            return ARROW.__arrow_c_stream__(requested_schema)

    assert score(Stream()).to_pydict() == EXPECTED


def test_a_result_is_a_table_too() -> None:
    scores = score(ARROW)
    right = np.ones(len(scores), bool)
    named = {"which" if name == "metric" else name: values for name, values in scores.to_frame(flavour="numpy").items()}
    again = assay.score({"ok": right, **named}, correct="ok", by="which")
    assert again.column("which") == ["accuracy", "recall"]
    arrow = scores.to_arrow().append_column("ok", pa.array(right))
    assert assay.score(arrow, correct="ok").column("n") == [len(scores)]


def test_a_reader_is_read_once() -> None:
    reader = ARROW.to_reader()
    score(reader)
    with pytest.raises(assay.InputError):
        score(reader)


def refused(table: Any, **more: Any) -> assay.InputError:
    with pytest.raises(assay.InputError) as caught:
        assay.score(table, **{"decision": "decision", "verdict": "verdict", **more})
    return caught.value


@pytest.mark.parametrize("make", [pl.DataFrame, pd.DataFrame, pa.table], ids=["polars", "pandas", "pyarrow"])
def test_nulls_and_missing_columns_are_placed(make: Callable[[Any], Any]) -> None:
    holes = {name: values.tolist() for name, values in ARRAYS.items()}
    for name in ("decision", "verdict", "queue"):
        values = list(holes[name])
        values[41] = None
        error = refused(make({**holes, name: values}), by="queue")
        assert (error.column, error.row) == (name, 41)
    error = refused(make(holes), by="quene")
    assert "'quene'" in str(error)
    assert "queue" in str(error)


def test_kinds_that_name_no_slice() -> None:
    for values in (
        RNG.random(ROWS),
        pa.array([[1]] * ROWS),
        pa.array([{"a": 1}] * ROWS),
        pa.array([1] * ROWS, pa.duration("s")),
    ):
        error = refused(
            ARROW.append_column("odd", values if isinstance(values, pa.Array) else pa.array(values)), by="odd"
        )
        assert error.column == "odd"
    error = refused(ARROW.append_column("w", pa.array(["1"] * 7 + ["one"] * (ROWS - 7))), weight="w")
    assert (error.column, error.row) == ("w", 7)
    error = refused(ARROW, correct="queue", decision=None, verdict=None)
    assert error.column == "queue"


@pytest.mark.parametrize(
    "table",
    [
        {"decision": np.array(["a"]), "verdict": np.array(["a", "b"])},
        {"decision": np.array([["a"]]), "verdict": np.array(["a"])},
        {},
        [1, 2],
        "table",
        None,
        {"decision": "a", "verdict": "a"},
    ],
)
def test_what_is_no_table_is_refused(table: Any) -> None:
    refused(table)


def test_what_numpy_hides_is_null() -> None:
    right = np.ones(3, bool)
    times = np.array(["2026-11-16", "NaT", "2026-11-17"], "datetime64[ns]")
    for hidden in (np.ma.masked_array([1, 2, 3], [False, True, False]), times):
        error = refused({"ok": right, "by": hidden}, correct="ok", by="by", decision=None, verdict=None)
        assert (error.column, error.row) == ("by", 1)
    error = refused({"ok": np.ma.masked_array(right, [0, 0, 1])}, correct="ok", decision=None, verdict=None)
    assert (error.column, error.row) == ("ok", 2)


def test_empty_tables() -> None:
    for empty in (
        ARROW.slice(0, 0),
        pl.DataFrame(ARRAYS).clear(),
        pd.DataFrame(ARRAYS)[:0],
        {k: v[:0] for k, v in ARRAYS.items()},
    ):
        assert "at least one" in str(refused(empty))


def test_undecided_rows_are_counted_not_scored() -> None:
    decisions = DECISION.copy().astype(object)
    decisions[:50] = "skip"
    scores = assay.score({**ARRAYS, "decision": decisions}, decision="decision", verdict="verdict", undecided=["skip"])
    assert scores.column("n") == [ROWS - 50]
    assert "50 undecided" in " ".join(scores.context.notes)


def test_labels_may_be_numbers_or_truths() -> None:
    numbers = {"d": (DECISION == "remove").astype(int), "v": (VERDICT == "remove").astype(int)}
    truths = {name: values == 1 for name, values in numbers.items()}
    metrics = ["leakage", "precision"]
    one = assay.score(ARROW, decision="decision", verdict="verdict", violating=["remove"], metrics=metrics)
    asks: list[tuple[Any, Any]] = [(numbers, 1), (truths, True)]
    for table, label in asks:
        scores = assay.score(table, decision="d", verdict="v", violating=[label], metrics=metrics)
        assert scores.column("estimate") == one.column("estimate")


def test_progress_is_told() -> None:
    told: list[int] = []
    rows = 2_000_000
    table = pa.table({"ok": pa.array(np.ones(rows, bool))})
    assay.score(pa.Table.from_batches(table.to_batches(max_chunksize=1_000)), correct="ok", progress=told.append)
    assert told == sorted(told)
    assert all(0 <= each <= rows for each in told)
