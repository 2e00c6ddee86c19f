"""Calls that do not fit are refused in plain words: no C++ names, no memory addresses, none of the caller's secrets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import assay
from assay import _core

SECRET = "the secret that nobody may read"
core: Any = _core
tally: Any = assay.Tally(decision="label", verdict="verdict")
sampler: Any = assay.KeyedSampler
tallies: Any = assay.Tally
number: Any = assay.permanent_random_number


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: tally.merge(3), "wanted merge(other: Tally), got merge(int)"),
        (lambda: tally.merge(), "wanted merge(other: Tally), got merge()"),
        (lambda: tally.merge(tally, tally), "wanted merge(other: Tally), got merge(Tally, Tally)"),
        (lambda: tally.add(), "wanted add(table: object, *, threads: int | None = None), got add()"),
        (lambda: tally.add({}, rows=3), "got add(dict, rows=int)"),
        (lambda: tallies(foo=1), "got Tally(foo=int)"),
        (lambda: tallies("label"), "got Tally(str)"),
        (lambda: tallies(foo=1), "wanted Tally(*, decision: object = None, verdict: object = None"),
        (lambda: sampler(key=SECRET), "wanted KeyedSampler(*, key: str | bytes, share: float, period: str = '')"),
        (lambda: sampler(key=SECRET), "got KeyedSampler(key=str)"),
        (lambda: number("c1", SECRET), "got permanent_random_number(str, str)"),
        (
            lambda: assay.interval.Interval("a", 3),
            "wanted Interval(lower: float, upper: float), got Interval(str, int)",
        ),
        (
            lambda: core.allocation.equal([3]),
            "wanted equal(populations: Iterable[int], *, size: int, minimum: int = 2)",
        ),
        (lambda: core.Tally.rows.fget(3), "got "),
        (lambda: tally.score(3), "got score(int)"),
        (lambda: tally.score(foo=3), "Tally.score() got an unexpected keyword argument 'foo'"),
    ],
)
def test_arguments_that_do_not_fit_are_named_by_their_types(call: Callable[[], object], words: str) -> None:
    with pytest.raises(TypeError) as caught:
        call()
    text = str(caught.value)
    assert words in text
    for leak in ("Invoked with", "incompatible", "_core", "self:", "0x", "typing.", SECRET, "_score_tally", "std::"):
        assert leak not in text


def test_a_keyword_that_hides_its_letters_is_shown_as_it_is() -> None:
    with pytest.raises(TypeError, match=r"got Tally\(a\\u202eb=int\)"):
        tallies(**{"a\u202eb": 1})


def test_errors_that_are_raised_on_purpose_keep_their_words() -> None:
    with pytest.raises(assay.InputError, match="wanted bytes, got a value of type int"):
        tallies.from_bytes(3)
    with pytest.raises(TypeError, match="unsupported operand"):
        tally + 3
    assert (tally == 3) is False


@pytest.mark.parametrize("threads", ["x", 1.5, True, 0])
def test_threads_of_a_tally_are_a_count(threads: Any) -> None:
    with pytest.raises(assay.InputError, match="threads"):
        tally.add({"label": ["a"], "verdict": ["a"]}, threads=threads)
    assert tally.rows == 0


@pytest.mark.parametrize("period", [3, None, b"w", ["w"]])
def test_a_period_is_text(period: Any) -> None:
    with pytest.raises(assay.InputError, match="wanted period= as text, got"):
        sampler(key="k", share=0.5, period=period)
    with pytest.raises(assay.InputError, match="wanted period= as text, got"):
        number("c", key="k", period=period)


@pytest.mark.parametrize("total", ["no", 1, 0, None, []])
def test_total_is_true_or_false(total: Any) -> None:
    rows = {"label": np.array(["a"]), "verdict": np.array(["a"])}
    counted = assay.Tally(decision="label", verdict="verdict")
    counted.add(rows)
    with pytest.raises(assay.InputError, match="total= as True or False"):
        assay.score(rows, decision="label", verdict="verdict", total=total)
    with pytest.raises(assay.InputError, match="total= as True or False"):
        counted.score(total=total)


def test_total_may_be_numpys_truth() -> None:
    rows: Any = {"label": np.array(["a"]), "verdict": np.array(["a"]), "q": np.array(["x"])}
    scores = assay.score(rows, decision="label", verdict="verdict", by=["q"], total=np.bool_(True))  # type: ignore[arg-type]
    assert scores.column("q") == [None, "x"]
