"""What no table and no call should hold: each is refused in our own words, and none of it reaches the compiled core."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
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
