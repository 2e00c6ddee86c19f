"""What no table and no call should hold: each is refused in our own words, and none of it reaches the compiled core."""

from __future__ import annotations

import errno
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import assay

LONE = "\ud800"


def decisions() -> dict[str, Any]:
    return {
        "id": np.array([f"c{i}" for i in range(40)]),
        "label": np.array(["remove", "keep", "keep", "keep"] * 10),
        "queue": np.array(["a", "b"] * 20),
    }


def frame(**changed: Any) -> assay.Frame:
    return assay.frame(
        decisions(), **({"case": "id", "decision": "label", "by": ["queue"], "violating": ["remove"]} | changed)
    )


def sample() -> assay.Sample:
    return assay.plan(frame(), size=12, strata=["queue"]).draw(key="secret")


def score(**changed: Any) -> assay.Scores:
    drawn = sample().to_pydict()
    audits = {"id": np.array(drawn["id"]), "verdict": np.array(drawn["label"])}
    return assay.score(sample(), audits, **({"verdict": "verdict"} | changed))


@pytest.mark.parametrize(
    "changed", [{"case": LONE}, {"by": [LONE]}, {"violating": [LONE]}, {"missing": LONE}, {"keep": LONE}]
)
def test_a_lone_surrogate_in_an_argument_of_a_frame_is_named(changed: dict[str, Any]) -> None:
    with pytest.raises(assay.InputError, match="lone surrogate"):
        frame(**changed)


@pytest.mark.parametrize("changed", [{"by": LONE}, {"metrics": [LONE]}, {"violating": [LONE]}, {"missing": LONE}])
def test_a_lone_surrogate_in_an_argument_of_a_score_is_named(changed: dict[str, Any]) -> None:
    with pytest.raises(assay.InputError, match="lone surrogate"):
        score(**changed)


@pytest.mark.parametrize("threads", ["2", 1.5, True, 0, -1, -(10**9)])
def test_threads_that_are_no_count_are_refused_in_our_words(threads: Any) -> None:
    plan = assay.plan(frame(), size=9)
    with pytest.raises(assay.InputError, match="threads"):
        frame(threads=threads)
    with pytest.raises(assay.InputError, match="threads"):
        plan.draw(key="secret", threads=threads)
    with pytest.raises(assay.InputError, match="threads"):
        assay.score(decisions(), decision="label", verdict="label", threads=threads)


def test_more_threads_than_there_can_be_are_as_good_as_all() -> None:
    assert len(frame(threads=10**12)) == 40


def test_progress_that_cannot_be_called_is_refused() -> None:
    count: Any = 3
    with pytest.raises(assay.InputError, match="progress="):
        frame(progress=count)
    with pytest.raises(assay.InputError, match="progress="):
        assay.score(decisions(), decision="label", verdict="label", progress=count)


@pytest.mark.parametrize("by", [{"queue": 1}, {"queue"}, frozenset(["queue"])])
def test_names_without_an_order_are_refused(by: Any) -> None:
    with pytest.raises(assay.InputError, match="by="):
        frame(by=by)
    with pytest.raises(assay.InputError, match="by="):
        score(by=by)
    with pytest.raises(assay.InputError, match="by="):
        assay.Tally(decision="label", verdict="verdict", by=by)


@pytest.mark.parametrize("target", [95, 1.01, -0.1])
def test_a_target_that_is_no_share_is_refused(target: float) -> None:
    with pytest.raises(assay.InputError, match="between 0 and 1"):
        score(target=target)


def test_a_ratio_of_ones_own_may_have_any_target() -> None:
    held = decisions() | {"won": np.full(40, 3.0), "lost": np.full(40, 1.0)}
    found = assay.score(
        held,
        decision="label",
        verdict="label",
        metrics=[assay.ratio("odds", numerator="won", denominator="lost")],
        target=2,
    )
    assert found.column("target") == [2.0]


@pytest.mark.parametrize("design", ["[" * 100_000, '{"a":' * 100_000, "[", '{"version": 1, "missing": 3}'])
def test_a_hostile_sample_design_is_refused(design: str) -> None:
    drawn = sample().to_pydict()
    edited = {name: np.array(values) for name, values in drawn.items()} | {"sample_design": np.array([design] * 12)}
    audits = {"id": np.array(drawn["id"]), "verdict": np.array(drawn["label"])}
    with pytest.raises(assay.InputError):
        assay.score(edited, audits, verdict="verdict", case="id", decision="label")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("case", 3),
        ("decision", ["label"]),
        ("period", {"a": 1}),
        ("by", 3),
        ("by", [["queue"]]),
        ("by_types", [3]),
        ("strata", None),
        ("labels", None),
        ("violating", [1]),
        ("undecided", "keep"),
    ],
)
def test_an_edited_sample_design_is_refused(name: str, value: Any) -> None:
    drawn = sample().to_pydict()
    design = json.dumps(json.loads(drawn["sample_design"][0]) | {name: value})
    edited = {each: np.array(values) for each, values in drawn.items()} | {"sample_design": np.array([design] * 12)}
    audits = {"id": np.array(drawn["id"]), "verdict": np.array(drawn["label"])}
    with pytest.raises(assay.InputError, match=f"'{name}'.*sample_design"):
        assay.score(edited, audits, verdict="verdict")


def test_what_pandas_cannot_hand_over_is_refused_in_our_words() -> None:
    pandas = pytest.importorskip("pandas")
    pytest.importorskip("pyarrow")
    mixed = pandas.DataFrame(decisions())
    mixed["queue"] = pandas.Series([1, "a"] * 20, dtype=object)
    with pytest.raises(assay.InputError, match="queue"):
        assay.frame(mixed, case="id", decision="label", by=["queue"])
    broken = pandas.DataFrame(decisions())
    broken["id"] = pandas.Series([LONE] + [f"c{i}" for i in range(39)], dtype=object)
    with pytest.raises(assay.InputError, match="surrogates"):
        assay.frame(broken, case="id", decision="label")
    twice = pandas.DataFrame(decisions()).assign(more=1).rename(columns={"more": "id"})
    with pytest.raises(assay.InputError, match="Duplicate column names"):
        assay.frame(twice, case="id", decision="label")


def test_a_population_beyond_any_number_is_refused() -> None:
    with pytest.raises(assay.InputError, match="population="):
        assay.score(decisions(), decision="label", verdict="label", population=10**400)


@pytest.mark.parametrize("path", [3, None, "a\0.html", f"{LONE}.html"])
def test_a_report_refuses_what_is_no_path(path: Any) -> None:
    with pytest.raises(assay.InputError, match=r"wanted (paths|a path)"):
        assay.report(score()).save(path)


# --- samples that were altered on their journey ----------------------------------------------------------------------


def drawn() -> tuple[Any, Any]:
    """A sample of 20 of 80 cases in two strata, as a pandas frame, and its audits."""
    cases = {
        "id": np.arange(80),
        "label": np.array(["remove", "keep", "keep", "keep"] * 20),
        "queue": np.array(["a", "b"] * 40),
    }
    frame = assay.frame(cases, case="id", decision="label", by=["queue"], violating=["remove"])
    sample = assay.plan(frame, size=20, strata=["queue"]).draw(key="a key for tests", period="p").to_arrow().to_pandas()
    return sample, {"id": sample["id"].to_numpy(), "verdict": sample["label"].to_numpy().astype(object)}


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("decision_population", 0, "a whole number of cases, at least 1"),
        ("decision_population", 10**9, "at most the stratum's population"),
        ("weight", -1.0, "as the stratum's population and size say"),
        ("weight", float("nan"), "wanted a number, got null"),
        ("inclusion_probability", 1.5, "as the stratum's population and size say"),
        ("label", "zzz", "decisions among the labels of the frame"),
    ],
)
def test_an_altered_sample_is_refused_with_column_and_row(column: str, value: object, words: str) -> None:
    sample, audits = drawn()
    assert assay.score(sample, audits, verdict="verdict", metrics="precision").column("estimate") == [1.0]
    sample.loc[3, column] = value
    with pytest.raises(assay.InputError, match=words) as caught:
        assay.score(sample, audits, verdict="verdict", metrics="precision")
    assert (caught.value.column, caught.value.row) == (column, 3)


def test_values_come_back_exactly_or_as_text() -> None:
    from decimal import Decimal

    import pyarrow as pa

    table = pa.table(
        {
            "id": [1, 2],
            "label": ["x", "y"],
            "big": pa.array([2**64 - 1, 5], pa.uint64()),
            "price": pa.array([Decimal("12.50"), None], pa.decimal128(38, 2)),
            "late": pa.array([2**44, 0], pa.timestamp("s", "UTC")),
        }
    )
    frame = assay.frame(table, case="id", decision="label", keep=["big", "price", "late"])
    sample = assay.plan(frame, size=2).draw(key="a key for tests")
    assert sample.column("big") == [2**64 - 1, 5]
    assert sample.column("price") == [Decimal("12.50"), None]
    assert sample.column("late")[0] == f"{2**44} (beyond the years that Python knows)"


def test_bytes_of_any_kind_and_nothing_else() -> None:
    tally = assay.Tally(correct="ok")
    tally.add({"ok": np.array([True, False])})
    for kind in (bytes, bytearray, memoryview):
        assert assay.Tally.from_bytes(kind(tally.to_bytes())) == tally
    for wrong in ("text", None, 3):
        with pytest.raises(assay.InputError, match="wanted bytes"):
            assay.Tally.from_bytes(wrong)


def test_a_ratio_has_a_name_of_its_own_and_a_capsule_is_one() -> None:
    with pytest.raises(assay.InputError, match="built-in metric"):
        assay.ratio("accuracy", numerator="a", denominator="b")

    class Odd:
        def __arrow_c_stream__(self, requested_schema: object = None) -> int:
            return 3

    with pytest.raises(assay.InputError, match="Arrow stream capsule"):
        assay.score(Odd(), correct="ok")


def test_ids_beyond_63_bits_are_drawn_and_scored() -> None:
    ids = np.array([2**64 - 1, 2**63, 5, 6], dtype=np.uint64)
    table = {"id": ids, "label": np.array(["x", "y", "x", "y"])}
    drawn_all = assay.plan(assay.frame(table, case="id", decision="label"), size=4).draw(key="a key for tests")
    scores = assay.score(drawn_all, {"id": ids, "verdict": table["label"]}, verdict="verdict")
    assert (scores.column("n"), scores.column("estimate")) == ([4], [1.0])


def lost_stratum() -> dict[str, Any]:
    """A sample of two strata that came back from its journey without the second."""
    drawn = sample().to_pydict()
    kept = [row for row, name in enumerate(drawn["stratum"]) if name == "queue=a"]
    return {name: np.array([values[row] for row in kept]) for name, values in drawn.items()}


def test_a_stratum_that_is_missing_as_a_whole_is_noticed() -> None:
    lost = lost_stratum()
    audits = {"id": lost["id"], "verdict": lost["label"]}
    with pytest.raises(assay.InputError, match="wanted the whole sample, 2 strata with 12 cases, got 1 stratum with 6"):
        assay.score(lost, audits, verdict="verdict")


def test_a_sample_of_an_earlier_version_says_nothing_of_its_strata_and_is_still_read() -> None:
    lost = lost_stratum()
    design = json.loads(lost["sample_design"][0])
    assert (design.pop("drawn_strata"), design.pop("drawn_cases")) == (2, 12)
    lost["sample_design"] = np.array([json.dumps(design)] * 6)
    scores = assay.score(lost, {"id": lost["id"], "verdict": lost["label"]}, verdict="verdict")
    assert scores.column("n") == [6]


@pytest.mark.parametrize("name", ["drawn_strata", "drawn_cases"])
@pytest.mark.parametrize("value", ["2", 0, -1, 1.0, True, None, 2**60])
def test_a_count_of_a_sample_design_that_is_none_is_refused(name: str, value: Any) -> None:
    drawn = {column: np.array(values) for column, values in sample().to_pydict().items()}
    design = json.dumps(json.loads(drawn["sample_design"][0]) | {name: value})
    drawn["sample_design"] = np.array([design] * 12)
    with pytest.raises(assay.InputError, match=f"a count under '{name}'"):
        assay.score(drawn, {"id": drawn["id"], "verdict": drawn["label"]}, verdict="verdict")


def set_aside() -> dict[str, Any]:
    """Stratum x: two scored, both right, two undecided. Stratum y: four scored, two right."""
    return {
        "d": np.array(["allow", "skip", "allow", "skip", "allow", "allow", "allow", "allow"]),
        "v": np.array(["allow", "allow", "allow", "allow", "allow", "remove", "remove", "allow"]),
        "q": np.array(["x"] * 4 + ["y"] * 4),
        "held": np.array([40] * 8),
        "out": np.array([False, True, False, True] + [False] * 4),
    }


@pytest.mark.parametrize("how", [{"undecided": ["skip"]}, {"exclude": "out"}])
@pytest.mark.parametrize("population", [{"x": 40, "y": 40}, "held"])
def test_strata_weigh_by_what_is_left_of_them_when_rows_are_set_aside(how: dict[str, Any], population: Any) -> None:
    asked: Any = {"decision": "d", "verdict": "v", "strata": ["q"], "population": population, "violating": ["remove"]}
    for table in (set_aside(), pa.table(set_aside()), pl.DataFrame(set_aside()), pd.DataFrame(set_aside())):
        scores = assay.score(table, **asked, **how)
        assert scores.column("estimate")[0] == pytest.approx((20 + 20) / 60)
        assert scores.column("denominator")[0] == pytest.approx(60)


def test_rows_set_aside_from_strata_cannot_be_counted_in_what_is_read_once() -> None:
    asked: Any = {"decision": "d", "verdict": "v", "strata": ["q"], "undecided": ["skip"], "violating": ["remove"]}
    reader = pa.table(set_aside()).to_reader()
    with pytest.raises(assay.InputError, match="2 rows set aside as undecided or excluded, not counted by stratum"):
        assay.score(reader, **asked, population={"x": 40, "y": 40})
    kept: Any = {"decision": "d", "verdict": "v", "strata": ["q"], "undecided": ["skip"], "violating": ["remove"]}
    tally = assay.Tally(**kept)
    tally.add(set_aside())
    with pytest.raises(assay.InputError, match="not counted by stratum"):
        tally.score(population={"x": 40, "y": 40})


def test_a_census_of_rows_of_which_some_are_set_aside_is_a_census() -> None:
    asked: Any = {"decision": "d", "verdict": "v", "undecided": ["skip"], "violating": ["remove"], "population": 8}
    row = next(assay.score(set_aside(), **asked).records())
    assert (row["method"], row["standard_error"]) == ("census", 0)
    assert row["lower"] == row["upper"] == pytest.approx(4 / 6)


def test_threads_and_progress_of_a_sample_are_heeded() -> None:
    drawn = sample()
    audits = {"id": np.array(drawn.column("id")), "verdict": np.array(drawn.column("label"))}
    for wrong in ("2", 0, True):
        with pytest.raises(assay.InputError, match="threads"):
            assay.score(drawn, audits, verdict="verdict", threads=wrong)  # type: ignore[arg-type]
    with pytest.raises(assay.InputError, match="progress="):
        assay.score(drawn, audits, verdict="verdict", progress=3)  # type: ignore[arg-type]
    told: list[int] = []
    again = assay.score(drawn, slowly(audits, 4), verdict="verdict", threads=3, progress=told.append)
    assert told
    assert told == sorted(told)
    assert told[-1] <= 12
    assert again == assay.score(drawn, pa.table(audits), verdict="verdict")


def slowly(columns: dict[str, Any], parts: int) -> Any:
    """A reader that takes its time over each batch."""
    table = pa.table(columns)

    def batches() -> Iterator[Any]:
        for batch in table.to_batches(max_chunksize=table.num_rows // parts):
            time.sleep(0.12)
            yield batch

    return pa.RecordBatchReader.from_batches(table.schema, batches())


def failing(error: Exception) -> Any:
    def batches() -> Iterator[Any]:
        yield pa.record_batch({"label": ["a"], "verdict": ["a"]})
        raise error

    return pa.RecordBatchReader.from_batches(pa.schema([("label", pa.string()), ("verdict", pa.string())]), batches())


def test_of_a_producer_that_fails_midway_only_what_went_wrong_is_said() -> None:
    tally = assay.Tally(decision="label", verdict="verdict")
    with pytest.raises(assay.InputError) as caught:
        tally.add(failing(ValueError("boom\nand more")))
    assert str(caught.value) == "the table's producer failed on a batch: ValueError: boom"
    assert tally.rows == 0


@pytest.mark.parametrize(
    "use",
    [
        lambda reader: assay.frame(reader, case="id", decision="label"),
        lambda reader: assay.score(reader, decision="label", verdict="label"),
        lambda reader: assay.score(
            reader, {"id": ["c1"], "label": ["keep"]}, verdict="label", case="id", decision="label"
        ),
    ],
)
def test_a_reader_that_was_read_before_says_so(use: Any) -> None:
    reader = pa.table(sample()).to_reader()
    reader.read_all()
    with pytest.raises(assay.InputError, match="if this one was read before, make it again"):
        use(reader)


@pytest.mark.parametrize(
    "empty", [{}, pa.table({}), pl.DataFrame(), pd.DataFrame(), pa.table({"label": ["a"], "verdict": ["a"]}).slice(1)]
)
def test_an_empty_table_is_nothing_at_all_to_a_tally(empty: Any) -> None:
    tally = assay.Tally(decision="label", verdict="verdict")
    before = tally.to_bytes()
    tally.add(empty)
    assert tally.to_bytes() == before


def test_rows_without_the_columns_are_not_nothing() -> None:
    tally = assay.Tally(decision="label", verdict="verdict")
    with pytest.raises(assay.InputError, match="a column named 'label'"):
        tally.add(pd.DataFrame(index=[1, 2]))


@pytest.mark.parametrize("rate", [None, "high", True])
def test_an_expected_rate_that_is_no_number_is_refused_by_its_stratum(rate: Any) -> None:
    with pytest.raises(assay.InputError, match="wanted an error rate for 'a' in expected= as a number"):
        assay.plan(frame(), size=12, strata=["queue"], allocation="neyman", expected={"a": rate, "b": 0.1})


def test_ids_that_lost_their_zeros_are_recognised() -> None:
    held = decisions() | {"id": np.array([f"{i:04d}" for i in range(40)])}
    drawn = assay.plan(assay.frame(held, case="id", decision="label"), size=12).draw(key="secret")
    audits = {"id": np.array([int(case) for case in drawn.column("id")]), "verdict": np.array(drawn.column("label"))}
    with pytest.raises(assay.InputError, match="where ids begin with zeros, read their column as text in both files"):
        assay.score(drawn, audits, verdict="verdict")


def test_letters_that_hide_or_turn_others_are_shown_as_escapes() -> None:
    evil = "evil\u202egnp\u200b\x9b"
    with pytest.raises(assay.InputError) as caught:
        frame(by=[evil])
    assert r"'evil\u202egnp\u200b\x9b'" in str(caught.value)
    held = decisions() | {evil: np.array([None] * 40, object)}
    with pytest.raises(assay.InputError) as caught:
        assay.frame(held, case="id", decision="label", by=[evil])
    assert r"in column 'evil\u202egnp\u200b\x9b'" in str(caught.value)
    assert caught.value.column == evil


@pytest.mark.parametrize("name", ["a.html", "a.xlsx"])
def test_a_report_that_cannot_be_written_names_its_path(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(assay.StoreError) as caught:
        assay.report(score()).save(tmp_path / name)
    assert str(caught.value) == f"{tmp_path / name}: could not be written: No space left on device"
    assert list(tmp_path.iterdir()) == []
