"""Intervals from Python: the same numbers, any shape in, and every odd value refused by name and position."""

from __future__ import annotations

import copy
import csv
import gzip
import pickle
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from assay import InputError, interval
from assay.interval import CountInterval, Interval
from shared_files import shared_file

shares = {
    "wilson": interval.wilson,
    "clopper_pearson": interval.clopper_pearson,
    "jeffreys": interval.jeffreys,
    "agresti_coull": interval.agresti_coull,
    "mid_p": interval.mid_p,
    "blaker": interval.blaker,
}
each_method = pytest.mark.parametrize("method", shares.values(), ids=shares.keys())


def golden(name: str) -> list[dict[str, str]]:
    with shared_file(f"golden/B_intervals/{name}").open(newline="") as lines:
        return list(csv.DictReader(lines))


# ------------------------------------------------------------------------------------------------ the numbers


@pytest.mark.parametrize("name", shares)
def test_golden_rows_are_reproduced_through_python(name: str) -> None:
    rows = [row for row in golden("binomial_intervals.csv") if row["method"] == name.replace("mid_p", "midp")]
    assert len(rows) >= 20
    for row in rows:
        got = shares[name](int(row["x"]), int(row["n"]), confidence=float(row["level"]))
        for limit, text in zip(got, (row["lower"], row["upper"]), strict=True):
            want = min(1.0, max(0.0, float(text)))
            assert limit == pytest.approx(want if want > 1e-30 else 0.0, rel=1e-12, abs=0.0)


@pytest.mark.parametrize(
    ("file", "method"), [("hypergeometric_intervals.csv", "equal_tailed"), ("hypergeometric_blaker.csv", "blaker")]
)
def test_golden_rows_of_queues_are_reproduced_through_python(file: str, method: Any) -> None:
    for row in golden(file):
        got = interval.hypergeometric(
            int(row["x"]), int(row["n"]), population=int(row["N"]), confidence=float(row["level"]), method=method
        )
        lower, upper = (int(row[name]) for name in row if name.startswith("M_") and "one_sided" not in name)
        assert got == CountInterval(lower, upper)


def test_published_values_hold_without_any_file() -> None:
    # Newcombe (1998), Statistics in Medicine 17:857-872, table I, methods 3, 5 and 6: 81 of 263
    assert tuple(interval.wilson(81, 263)) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert tuple(interval.clopper_pearson(81, 263)) == pytest.approx((0.2527, 0.3676), abs=5e-5)
    assert tuple(interval.mid_p(81, 263)) == pytest.approx((0.2544, 0.3658), abs=5e-5)
    assert tuple(interval.hypergeometric(3, 5, population=20)) == (4, 18)
    assert tuple(interval.hypergeometric(2, 5, population=20, method="blaker")) == (2, 15)


@each_method
def test_no_trials_leave_everything_possible(method: Any) -> None:
    assert method(0, 0) == Interval(0.0, 1.0)


def test_no_trials_leave_every_queue_possible() -> None:
    assert interval.hypergeometric(0, 0, population=20) == CountInterval(0, 20)
    assert interval.hypergeometric(0, 0, population=0).shares_of(0) == Interval(0.0, 1.0)


@each_method
def test_confidence_is_heard(method: Any) -> None:
    wide, narrow = method(7, 20, confidence=0.99), method(7, 20, confidence=np.float32(0.5))
    assert wide.lower < narrow.lower < narrow.upper < wide.upper
    low, high = method([7], [20], confidence=0.99)
    assert (low[0], high[0]) == tuple(wide)


def test_confidence_and_method_are_heard_for_queues() -> None:
    assert interval.hypergeometric(3, 5, population=20, confidence=0.9) == CountInterval(5, 18)
    assert interval.hypergeometric(2, 5, population=20, confidence=0.9, method="blaker") == CountInterval(3, 14)
    lower, upper = interval.hypergeometric([2], 5, population=20, confidence=0.9, method="blaker")
    assert (lower.tolist(), upper.tolist()) == ([3], [14])


# ------------------------------------------------------------------------------------------------ shapes and kinds


@each_method
def test_arrays_give_what_numbers_give_place_by_place(method: Any) -> None:
    rng = np.random.default_rng(3)
    trials = rng.integers(0, 60, size=200)
    successes = rng.integers(0, trials + 1)
    lower, upper = method(successes, trials)
    assert lower.dtype == upper.dtype == np.float64
    assert [(float(a), float(b)) for a, b in zip(lower, upper, strict=True)] == [
        tuple(method(int(x), int(n))) for x, n in zip(successes, trials, strict=True)
    ]


def test_everything_broadcasts_and_keeps_its_shape() -> None:
    lower, upper = interval.wilson([[0], [5], [10]], np.array([10, 20]))
    assert lower.shape == upper.shape == (3, 2)
    assert (lower[1, 1], upper[1, 1]) == tuple(interval.wilson(5, 20))
    low, high = interval.hypergeometric(3, 5, population=[20, 50, 1_000_000])
    assert low.dtype == high.dtype == np.int64
    assert (low[0], high[0]) == (4, 18)
    assert interval.hypergeometric([3], [5, 6], population=[[20], [30]])[0].shape == (2, 2)


def test_no_rows_give_no_rows() -> None:
    lower, upper = interval.wilson([], [])
    assert lower.shape == upper.shape == (0,)


def test_zero_dimensional_values_are_numbers() -> None:
    want = interval.wilson(3, 5)
    values: tuple[Any, ...] = (3.0, np.int8(3), np.uint64(3), np.float32(3), np.array(3), np.array(3.0), Decimal(3))
    for three in values:
        got = interval.wilson(three, np.int64(5))
        assert got == want
        assert isinstance(got, Interval)


@pytest.mark.parametrize("kind", ["int8", "uint8", "int16", "int32", "uint32", "int64", "uint64", "float16", "float32"])
def test_arrays_of_every_kind_of_number_are_exact(kind: str) -> None:
    lower, _ = interval.wilson(np.array([3, 4], dtype=kind), np.array([50, 60], dtype=kind)[::-1])
    assert lower.tolist() == [interval.wilson(3, 60).lower, interval.wilson(4, 50).lower]


def test_lists_of_mixed_numbers_are_read_one_by_one() -> None:
    lower, _ = interval.wilson([3, 4.0, np.int16(5), np.float32(6), Decimal("7")], (50,))
    assert lower.tolist() == [interval.wilson(x, 50).lower for x in (3, 4, 5, 6, 7)]
    assert interval.wilson(range(3), 5)[0].shape == (3,)


def test_columns_of_any_table_are_read() -> None:
    want = interval.wilson([3, 4], [50, 60])[0].tolist()
    pandas = pytest.importorskip("pandas")
    polars = pytest.importorskip("polars")
    pyarrow = pytest.importorskip("pyarrow")
    for column in (pandas.Series, polars.Series, pyarrow.array):
        assert interval.wilson(column([3, 4]), column([50, 60]))[0].tolist() == want
    assert interval.wilson(pandas.Series([3, 4], dtype="Int64"), [50, 60])[0].tolist() == want


def test_many_rows_are_answered_while_other_threads_run() -> None:
    from concurrent.futures import ThreadPoolExecutor

    trials = np.arange(1, 20_001)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: interval.clopper_pearson(trials // 2, trials), range(4)))
    assert all(np.array_equal(answers[0], other) for other in answers)


# ------------------------------------------------------------------------------------------------ refusals

most = 2**53


def refused(call: Any) -> InputError:
    with pytest.raises(InputError) as caught:
        call()
    return caught.value


@pytest.mark.parametrize(
    ("value", "got"),
    [
        (-1, "-1"),
        (2.5, "2.5"),
        (float("nan"), "nan"),
        (float("inf"), "inf"),
        (-1.0, "-1"),
        (True, "True"),
        (np.True_, repr(np.True_)),
        (most + 1, "9007199254740993"),
        (2.0**54, "18014398509481984"),
        (10**30, "1000000000000000000000000000000"),
        ("7", "'7'"),
        (None, "None"),
        (3 + 0j, "(3+0j)"),
    ],
)
def test_what_is_no_count_is_refused_alone_and_in_lists(value: Any, got: str) -> None:
    wanted = f"trials as whole numbers between 0 and {most}"
    error = refused(lambda: interval.wilson(0, value))
    assert (error.wanted, error.row) == (wanted, None)
    assert error.got is not None
    assert error.got == got or float(error.got) == float(got)  # 2**54 is written 1.8014398509481984e+16
    error = refused(lambda: interval.wilson(0, [1, 2, value, 4]))
    assert (error.wanted, error.row) == (wanted, 2)
    assert str(error).endswith("at row 2 (counting from 0)")


@pytest.mark.parametrize(
    ("values", "row", "got"),
    [
        (np.array([1, -2]), 1, "-2"),
        (np.array([1, 2**60]), 1, str(2**60)),
        (np.array([1, 2**63], dtype=np.uint64), 1, str(2**63)),
        (np.array([1.0, 2.0, np.nan]), 2, "nan"),
        (np.array([0.5]), 0, "0.5"),
        (np.array([True, False]), None, "values of type bool"),
        (np.array(["7"]), None, "values of type <U1"),
        (np.array(["2026-01-01"], dtype="datetime64[D]"), None, "values of type datetime64[D]"),
        (np.array([1 + 0j]), None, "values of type complex128"),
        ([[1, 2], [3]], 0, "[1, 2]"),
        ({"a": 1}, None, "{'a': 1}"),
    ],
)
def test_arrays_of_what_is_no_count_are_refused_with_the_position(values: Any, row: int | None, got: str) -> None:
    error = refused(lambda: interval.wilson(values, 5))
    assert error.wanted == f"successes as whole numbers between 0 and {most}"
    assert error.row == row
    assert error.got == got


def test_missing_values_in_columns_are_refused_with_the_position() -> None:
    pandas = pytest.importorskip("pandas")
    polars = pytest.importorskip("polars")
    assert refused(lambda: interval.wilson(pandas.Series([1, None], dtype="Int64"), 5)).row == 1
    assert refused(lambda: interval.wilson(polars.Series([1, None]), 5)).row == 1


@each_method
def test_more_successes_than_trials_are_refused(method: Any) -> None:
    error = refused(lambda: method(6, 5))
    assert str(error) == "wanted successes of at most the 5 trials, got 6"
    error = refused(lambda: method([1, 2, 9], [5, 5, 8]))
    assert str(error) == "wanted successes of at most the 8 trials, got 9 at row 2 (counting from 0)"
    many = np.full(1000, 5)
    many[321] = 6
    assert refused(lambda: method(many, 5)).row == 321


def test_populations_that_cannot_hold_the_trials_are_refused() -> None:
    error = refused(lambda: interval.hypergeometric(3, 5, population=4))
    assert str(error) == "wanted a population of at least the 5 trials, got 4"
    assert refused(lambda: interval.hypergeometric(3, 5, population=[5, 4])).row == 1
    assert refused(lambda: interval.hypergeometric(6, 5, population=20)).wanted == "successes of at most the 5 trials"
    error = refused(lambda: interval.hypergeometric(3, 5, population=20.5))
    assert error.wanted == f"population as whole numbers between 0 and {most}"


def test_shapes_that_do_not_fit_are_refused() -> None:
    error = refused(lambda: interval.wilson([1, 2, 3], [4, 5]))
    assert str(error) == "wanted arrays of one shape, or of shapes that broadcast, got the shapes (3,) and (2,)"
    error = refused(lambda: interval.hypergeometric([1, 2], 5, population=[9, 9, 9]))
    assert error.got == "the shapes (2,), () and (3,)"


@pytest.mark.parametrize("confidence", [0, 1, 1.0, -0.5, 95, float("nan"), True, "0.95", None, [0.95]])
def test_what_is_no_confidence_is_refused(confidence: Any) -> None:
    wanted = "a confidence strictly between 0 and 1"
    assert refused(lambda: interval.wilson(1, 2, confidence=confidence)).wanted == wanted
    assert refused(lambda: interval.hypergeometric(1, 2, population=9, confidence=confidence)).wanted == wanted


@pytest.mark.parametrize("method", ["wilson", "", None, 3])
def test_unknown_methods_are_refused(method: Any) -> None:
    error = refused(lambda: interval.hypergeometric(1, 2, population=9, method=method))
    assert error.wanted == "method 'equal_tailed' or 'blaker'"


# ------------------------------------------------------------------------------------------------ the values


def test_an_interval_is_a_value_and_a_pair() -> None:
    limits = interval.wilson(1, 10)
    lower, upper = limits
    assert (lower, upper) == (limits.lower, limits.upper) == (limits[0], limits[-1])
    assert len(limits) == 2
    assert limits.width == upper - lower
    assert limits == interval.wilson(1, 10) == Interval(lower, upper)
    assert limits != interval.wilson(2, 10)
    assert limits != "something else"
    assert hash(limits) == hash(interval.wilson(1, 10))
    assert 0.1 in limits
    assert 0.5 not in limits
    assert repr(Interval(0.25, 1.0)) == "Interval(lower=0.25, upper=1)"
    with pytest.raises(IndexError):
        limits[2]
    with pytest.raises(AttributeError):
        limits.lower = 0.0  # type: ignore[misc]


def test_whole_limits_are_a_value_and_a_pair_of_whole_numbers() -> None:
    limits = interval.hypergeometric(3, 5, population=20)
    assert [type(each) for each in limits] == [int, int]
    assert (limits.lower, limits.upper, limits.width) == (4, 18, 14)
    assert limits == CountInterval(4, 18)
    assert limits != CountInterval(4, 17)
    assert limits != Interval(4, 18)
    assert 18 in limits
    assert 19 not in limits
    assert repr(limits) == "CountInterval(lower=4, upper=18)"
    assert limits.shares_of(20) == Interval(0.2, 0.9)


@pytest.mark.parametrize("limits", [Interval(0.25, 0.5), CountInterval(4, 18)])
def test_limits_survive_copying_and_pickling(limits: Any) -> None:
    for again in (copy.copy(limits), copy.deepcopy(limits), pickle.loads(pickle.dumps(limits))):
        assert again == limits
        assert type(again) is type(limits)


def test_limits_upside_down_are_refused() -> None:
    assert refused(lambda: Interval(0.5, 0.25)).got == "0.5 and 0.25"
    assert refused(lambda: Interval(float("nan"), 0.25)).wanted == "a lower limit not above the upper one"
    assert refused(lambda: CountInterval(5, 4)).got == "5 and 4"
    assert refused(lambda: CountInterval(4, 18).shares_of(17)).wanted == "a population of at least 18"


def test_all_methods_tell_what_they_are_for() -> None:
    for method in (*shares.values(), interval.hypergeometric):
        for part in ("Use when:", "Not for:", "No data:", "Reference:"):
            assert part in (method.__doc__ or "")


# ------------------------------------------------------------------------------------------------ real queues


@pytest.mark.parametrize(("site", "coverage"), [("zencrowd_us", 0.954), ("zencrowd_in", 0.956)])
def test_redraws_of_a_real_queue_are_covered_as_often_as_enumeration_says(site: str, coverage: float) -> None:
    file = shared_file(f"data/truth_inference/{site}.csv.gz")
    with gzip.open(file, "rt", newline="") as lines:
        right = [row["label"] == row["truth"] for row in csv.DictReader(lines)]
    redraws = 4_000
    counts = np.random.default_rng(20261122).hypergeometric(sum(right), len(right) - sum(right), 400, size=redraws)
    lower, upper = interval.hypergeometric(counts, 400, population=len(right))
    covered = float(np.mean((lower <= sum(right)) & (sum(right) <= upper)))
    print(f"{site}: {sum(right)} of {len(right)} right; covered {covered:.4f}, by enumeration {coverage}")
    assert abs(covered - coverage) <= 3 * np.sqrt(coverage * (1 - coverage) / redraws) + 0.0005
