"""What can be copied and pickled, and what says in plain words that it cannot."""

from __future__ import annotations

import copy
import datetime
import pickle
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import assay
from assay import _core


def frame() -> assay.Frame:
    rows = pa.table(
        {
            "id": [f"c{i}" for i in range(40)],
            "label": ["remove", "keep", "keep", "keep"] * 10,
            "queue": pa.array(["a", "b"] * 20),
            "views": pa.array([1, None] * 20, pa.int8()),
            "price": pa.array([Decimal("1.5")] * 40, pa.decimal128(9, 2)),
            "seen": pa.array([True, None] * 20),
            "day": pa.array([datetime.date(2026, 11, 2)] * 40),
            "note": pa.array(["", None, "z\u0000", "\u4e2d"] * 10, pa.large_string()),
        }
    )
    return assay.frame(
        rows,
        case="id",
        decision="label",
        by=["queue", "day"],
        violating=["remove"],
        keep=["views", "price", "seen", "note"],
    )


def plan() -> assay.Plan:
    return assay.plan(frame(), size=12, strata=["queue"])


def sample() -> assay.Sample:
    return plan().draw(key="secret", period="w47")


def scores() -> assay.Scores:
    drawn = sample().to_pydict()
    audits = {"id": np.array(drawn["id"]), "verdict": np.array(drawn["label"])}
    return assay.score(sample(), audits, verdict="verdict", by=["queue"])


def change() -> assay.Comparison:
    return assay.compare(scores(), scores())


def report() -> assay.Report:
    return assay.report(scores())


@pytest.mark.parametrize("make", [frame, plan, sample, scores, change, report])
def test_a_copy_of_what_cannot_change_is_itself(make: Callable[[], object]) -> None:
    value = make()
    assert copy.copy(value) is value
    assert copy.deepcopy({"of": value})["of"] is value


@pytest.mark.parametrize("make", [sample, change, lambda: frame().labels()])
@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_a_pickled_table_is_the_same_table(make: Callable[[], assay.Result], protocol: int) -> None:
    value = make()
    back = pickle.loads(pickle.dumps(value, protocol))
    assert type(back) is type(value)
    assert back == value
    assert back.flavour == value.flavour
    assert pa.table(back).equals(pa.table(value))


def test_a_pickled_sample_scores_as_before() -> None:
    drawn = sample()
    audits = {"id": np.array(drawn.column("id")), "verdict": np.array(drawn.column("label"))}
    before = assay.score(drawn, audits, verdict="verdict", by=["queue"])
    assert assay.score(pickle.loads(pickle.dumps(drawn)), audits, verdict="verdict", by=["queue"]) == before


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (frame, "a frame cannot be pickled; it holds all rows"),
        (plan, "a plan cannot be pickled; it holds its frame"),
        (scores, "scores cannot be pickled; send their rows"),
    ],
)
def test_what_cannot_be_pickled_says_what_would_do(make: Callable[[], object], words: str) -> None:
    with pytest.raises(TypeError, match=words):
        pickle.dumps(make())


def test_the_compiled_tables_behind_them_refuse_too() -> None:
    inner: Any = plan()
    with pytest.raises(TypeError, match="a plan cannot be pickled"):
        pickle.dumps(inner._table)
    inner = scores()
    with pytest.raises(TypeError, match="scores cannot be pickled"):
        pickle.dumps(inner._table)


def column(**changed: Any) -> tuple[Any, ...]:
    """The state of a column of two texts, "a" and null."""
    parts = {
        "name": "q",
        "format": "u",
        "length": 2,
        "null_count": 1,
        "validity": b"\x01",
        "values": np.array([0, 1, 1], np.int32).tobytes(),
        "letters": b"a",
    }
    return tuple((parts | changed).values())


def restored(*columns: Any) -> Any:
    make: Any = _core
    return make._table_of_state(list(columns))


def test_the_state_of_a_table_is_its_columns() -> None:
    assert restored(column(), column(name="r")).to_pydict() == {"q": ["a", None], "r": ["a", None]}
    assert restored(column(format="b", values=b"\x01", letters=b"")).to_pydict() == {"q": [True, None]}
    assert restored(column(format="i", values=bytes(8), letters=b"")).to_pydict() == {"q": [0, None]}


@pytest.mark.parametrize(
    "damaged",
    [
        column(length=3),
        column(length=-1),
        column(length=2**60),
        column(null_count=0),
        column(validity=b""),
        column(length=9, validity=b"\x01"),
        column(values=b""),
        column(values=np.array([0, 2, 1], np.int32).tobytes()),
        column(values=np.array([1, 1, 1], np.int32).tobytes()),
        column(values=np.array([0, 1, 9], np.int32).tobytes()),
        column(values=np.array([0, -1, 1], np.int32).tobytes()),
        column(letters=b""),
        column(format="U"),
        column(format="b", values=b""),
        column(format="i", values=bytes(7)),
        column(format="+s"),
        column(name=3),
        column(length="2"),
        column()[:6],
        3,
    ],
)
def test_a_damaged_state_is_refused_before_anything_is_read(damaged: Any) -> None:
    with pytest.raises(assay.FormatError, match="damaged bytes"):
        restored(damaged)


def test_columns_of_different_lengths_are_no_table() -> None:
    with pytest.raises(assay.FormatError, match="differ in length"):
        restored(column(), column(length=1, null_count=0, values=np.array([0, 1], np.int32).tobytes()))
