"""Tallies: any split, any order, the same bytes and the same scores."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import assay

LABELS = ["remove", "spam", "allow", "age gate", "skip"]
SPEC: dict[str, Any] = {
    "decision": "decision",
    "verdict": "verdict",
    "by": assay.cube("queue", "site"),
    "violating": ["remove", "spam"],
    "undecided": ["skip"],
    "weight": "w",
    "strata": "day",
    "exclude": "incident",
}


def table_of(rows: int, seed: int = 1) -> pa.Table:
    rng = np.random.default_rng(seed)
    return pa.table(
        {
            "decision": pa.array(np.array(LABELS)[rng.integers(0, 5, rows)]).dictionary_encode(),
            "verdict": np.array(LABELS)[rng.integers(0, 5, rows)],
            "queue": np.array(["ü", "b", "c c"])[rng.integers(0, 3, rows)],
            "site": rng.integers(-2, 5, rows),
            "day": rng.integers(0, 3, rows).astype(np.int8),
            "w": rng.lognormal(0, 3, rows).clip(1e-5, 1e9),
            "incident": rng.random(rows) < 0.1,
        }
    )


TABLE = table_of(3_000)
WHOLE = assay.Tally(**SPEC)
WHOLE.add(TABLE)


def test_what_is_counted() -> None:
    rows = TABLE.to_pylist()
    undecided = [r for r in rows if "skip" in (r["decision"], r["verdict"])]
    excluded = [r for r in rows if r not in undecided and r["incident"]]
    assert (WHOLE.undecided, WHOLE.excluded) == (len(undecided), len(excluded))
    assert WHOLE.rows == 3_000 - WHOLE.undecided - WHOLE.excluded
    assert repr(WHOLE) == f"<Tally of {WHOLE.rows} audited decisions>"


@settings(max_examples=25, deadline=None)
@given(
    cuts=st.lists(st.integers(0, 3_000), max_size=6).map(sorted),
    order=st.randoms(use_true_random=False),
    threads=st.integers(1, 4),
)
def test_any_split_and_any_order_give_equal_bytes(cuts: list[int], order: Any, threads: int) -> None:
    ends = [*cuts, 3_000]
    parts = []
    for begin, end in zip([0, *cuts], ends, strict=True):
        part = assay.Tally(**SPEC)
        part.add(TABLE.slice(begin, end - begin), threads=threads)
        parts.append(part)
    order.shuffle(parts)
    total = assay.Tally(**SPEC)
    for part in parts:
        total = total + part if order.random() < 0.5 else part + total
    assert total.to_bytes() == WHOLE.to_bytes()
    assert total == WHOLE


def test_scores_of_a_tally_are_the_scores_of_the_table() -> None:
    asks: dict[str, Any] = {
        "metrics": ["accuracy", "leakage", "recall"],
        "by": assay.cube("queue", "site"),
        "target": None,
    }
    one_shot = assay.score(TABLE, **{**SPEC, **asks})
    parts = [assay.Tally(**SPEC) for _ in range(3)]
    for part, begin in zip(parts, (0, 700, 1_900), strict=True):
        part.add(TABLE.slice(begin, {0: 700, 700: 1_200, 1_900: 1_100}[begin]))
    merged = parts[2] + parts[0] + parts[1]
    assert merged.score(**asks).to_pydict() == one_shot.to_pydict()
    assert WHOLE.score(metrics=asks["metrics"]).to_pydict() == one_shot.to_pydict()
    rolled = WHOLE.score(by="site", total=True, confidence=0.9, target=0.5)
    assert rolled.column("site")[0] is None
    assert set(rolled.column("confidence")) == {0.9}
    assert set(rolled.column("about")) == {"process"}
    direct = assay.score(TABLE, **{**SPEC, "by": "site", "total": True, "confidence": 0.9, "target": 0.5})
    assert rolled.to_pydict() == direct.to_pydict()


def test_populations_of_a_tally() -> None:
    tally = assay.Tally(correct="ok", strata="q")
    tally.add({"ok": np.arange(60) % 7 > 0, "q": np.array(["a", "b", "c"])[np.arange(60) % 3]})
    populations = {"a": 100, "b": 20, "c": 400}
    row = next(tally.score(population=populations).records())
    table = {"ok": np.arange(60) % 7 > 0, "q": np.array(["a", "b", "c"])[np.arange(60) % 3]}
    assert row == next(assay.score(table, correct="ok", strata="q", population=populations).records())
    assert row["denominator"] == pytest.approx(520)
    with pytest.raises(assay.InputError, match="population="):
        tally.score()


def test_bytes_and_pickle_come_back_whole() -> None:
    for back in (assay.Tally.from_bytes(WHOLE.to_bytes()), pickle.loads(pickle.dumps(WHOLE))):
        assert back == WHOLE
        assert back.to_bytes() == WHOLE.to_bytes()
        assert back.score(by="queue").to_pydict() == WHOLE.score(by="queue").to_pydict()
        back.add(TABLE.slice(0, 10))
        assert back != WHOLE


@pytest.mark.parametrize("at", [0, 1, 3, 5, 9, 0.2, 0.5, 0.9, -1])
def test_damaged_bytes_are_refused(at: float) -> None:
    whole = WHOLE.to_bytes()
    place = int(at * len(whole)) if isinstance(at, float) else int(at) % len(whole)
    with pytest.raises(assay.FormatError):
        assay.Tally.from_bytes(whole[:place])
    flipped = bytearray(whole)
    flipped[place] ^= 0x41
    with pytest.raises(assay.FormatError):
        assay.Tally.from_bytes(bytes(flipped))
    with pytest.raises(assay.FormatError):
        assay.Tally.from_bytes(whole + b"\0")


def test_an_empty_table_is_nothing_at_all() -> None:
    tally = assay.Tally(**SPEC)
    empty = tally.to_bytes()
    tally.add(TABLE.slice(0, 0))
    assert tally.to_bytes() == empty
    assert (tally + WHOLE) == WHOLE == (WHOLE + tally)
    with pytest.raises(assay.InputError, match="at least one audited decision"):
        tally.score()


def test_merging_with_itself_doubles() -> None:
    tally = assay.Tally(**SPEC)
    tally.add(TABLE)
    tally.merge(tally)
    assert tally.rows == 2 * WHOLE.rows
    assert tally == WHOLE + WHOLE


def test_a_table_that_is_refused_adds_nothing() -> None:
    tally = assay.Tally(**SPEC)
    tally.add(TABLE)
    weights = TABLE.column("w").to_pylist()
    weights[2_999] = -1.0
    bad = TABLE.set_column(TABLE.column_names.index("w"), "w", pa.array(weights))
    with pytest.raises(assay.InputError) as caught:
        tally.add(bad)
    assert (caught.value.column, caught.value.row) == ("w", 2_999)
    texts = TABLE.set_column(TABLE.column_names.index("site"), "site", pa.array(["x"] * 3_000))
    with pytest.raises(assay.InputError, match="site"):
        tally.add(texts)
    with pytest.raises(assay.InputError, match="'site'"):
        tally.add(TABLE.drop_columns(["site"]))
    assert tally == WHOLE


def test_tallies_of_other_things_do_not_merge() -> None:
    for change in ({"by": "queue"}, {"violating": ["remove"]}, {"weight": None}):
        with pytest.raises(assay.InputError, match="the same columns, groupings and labels"):
            assay.Tally(**SPEC).merge(assay.Tally(**{**SPEC, **change}))


def test_a_typo_is_found_when_all_rows_are_known() -> None:
    tally = assay.Tally(decision="d", verdict="v")
    tally.add({"d": np.array(["keep"]), "v": np.array(["drop"])})
    with pytest.raises(assay.InputError, match="'drop'"):
        tally.score()
    tally.add({"d": np.array(["drop"]), "v": np.array(["drop"])})
    assert next(tally.score().records())["estimate"] == 0.5


def test_a_grouping_that_was_not_tallied_is_refused() -> None:
    tally = assay.Tally(correct="ok", by=[["a"], ["b"]])
    tally.add({"ok": np.ones(4, bool), "a": np.array(list("xxyy")), "b": np.array(list("pqpq"))})
    assert len(tally.score(by="a")) == 2
    assert tally.score(by=()).column("n") == [4]
    with pytest.raises(assay.InputError, match="by="):
        tally.score(by=["a", "b"])
    with pytest.raises(assay.InputError, match="'c'"):
        tally.score(by="c")


def test_null_names() -> None:
    tally = assay.Tally(correct="ok", by="q", missing="(none)")
    tally.add(pa.table({"ok": [True, False], "q": ["a", None]}))
    assert tally.score().column("q") == ["(none)", "a"]
    with pytest.raises(assay.InputError, match="missing="):
        assay.Tally(correct="ok", by="q").add(pa.table({"ok": [True], "q": pa.array([None], pa.string())}))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"verdict": None}, "either verdict="),
        ({"correct": "ok"}, "both"),
        ({"decision": None}, "decision= beside verdict="),
        ({"violating": ["skip"]}, "one meaning"),
        ({"by": ["queue", "queue"]}, "each column once"),
        ({"strata": ["day", "day"]}, "each column once"),
        ({"missing": 3}, "missing="),
        ({"by": 3}, "by="),
        ({"weight": ["w"]}, "weight="),
    ],
)
def test_contradictions_are_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(assay.InputError, match=message):
        assay.Tally(**{**SPEC, **change})
