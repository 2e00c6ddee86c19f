"""assay.survey: laws that hold whatever the data, refusals, and results as values."""

from __future__ import annotations

import copy
import math
import pickle
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import assay
from assay import InputError, survey

Table = dict[str, Any]


def sample(rows: int = 600, seed: int = 5) -> Table:
    """Three strata of clusters of rows, with weights, slices and something to measure."""
    rng = np.random.default_rng(seed)
    stratum = rng.integers(0, 3, rows)
    cluster = stratum * 100 + rng.integers(0, 9, rows)
    return {
        "stratum": stratum,
        "cluster": cluster,
        "weight": rng.uniform(1, 9, rows),
        "slice": np.array([f"s{each}" for each in rng.integers(0, 5, rows)]),
        "half": np.array([f"h{each}" for each in rng.integers(0, 2, rows)]),
        "y": rng.normal(50, 10, rows) + stratum * 7,
        "x": rng.uniform(1, 5, rows),
        "bad": rng.random(rows) < 0.2,
        "population": np.array([4_000, 3_000, 5_000])[stratum],
        "clusters": np.array([40, 30, 50])[stratum],
        "within": np.full(rows, 200),
    }


DESIGNS: dict[str, dict[str, Any]] = {
    "rows": {},
    "weights": {"weight": "weight"},
    "strata": {"strata": "stratum", "weight": "weight", "population": "population"},
    "clusters": {"strata": "stratum", "clusters": "cluster", "weight": "weight"},
    "stages": {"strata": "stratum", "clusters": "cluster", "weight": "weight", "population": ["clusters", "within"]},
}
EVIDENCE = ["estimate", "standard_error", "lower", "upper", "n", "n_effective", "numerator", "denominator", "df"]


def numbers(result: survey.Estimates, names: list[str] = EVIDENCE) -> np.ndarray:
    """Columns of numbers; null is NaN."""
    return np.array([result.column(name) for name in names], dtype=float)


def by_brute_force(table: Table, arguments: dict[str, Any], scores: np.ndarray) -> float:
    """The variance of a sum of scores, stage by stage and unit by unit."""
    stratum = table[arguments["strata"]] if "strata" in arguments else np.zeros(len(scores), int)
    unit = table[arguments["clusters"]] if "clusters" in arguments else np.arange(len(scores))
    sizes = arguments.get("population")
    sizes = [sizes] if isinstance(sizes, str) else sizes
    variance = 0.0
    for h in np.unique(stratum):
        units = np.unique(unit[stratum == h])
        sums = np.array([scores[unit == u].sum() for u in units])
        n = len(units)
        fraction = n / table[sizes[0]][stratum == h][0] if sizes else 0.0
        variance += (1 - fraction) * n / (n - 1) * float(np.square(sums - sums.mean()).sum())
        if sizes and len(sizes) > 1:
            for u in units:
                own = scores[unit == u]
                m = len(own)
                inner = m / table[sizes[1]][unit == u][0]
                variance += fraction * (1 - inner) * m / (m - 1) * float(np.square(own - own.mean()).sum())
    return variance


@pytest.mark.parametrize("name", DESIGNS)
def test_every_slice_is_what_brute_force_over_all_rows_says(name: str) -> None:
    table, arguments = sample(), DESIGNS[name]
    design = survey.design(table, **arguments)
    w, y, x = design.weights(), table["y"], table["x"]
    means, ratios = design.mean("y", by=["slice", "half"]), design.ratio("y", "x", by=["slice", "half"])
    for k, (s, h) in enumerate(zip(means.column("slice"), means.column("half"), strict=True)):
        inside = (table["slice"] == s) & (table["half"] == h)
        mean = (w * y)[inside].sum() / w[inside].sum()
        ratio = (w * y)[inside].sum() / (w * x)[inside].sum()
        scores = np.where(inside, w * (y - mean), 0) / w[inside].sum()
        of_ratio = np.where(inside, w * (y - ratio * x), 0) / (w * x)[inside].sum()
        assert means.column("estimate")[k] == pytest.approx(mean, rel=1e-12)
        assert ratios.column("estimate")[k] == pytest.approx(ratio, rel=1e-12)
        wanted = math.sqrt(by_brute_force(table, arguments, scores))
        assert means.column("standard_error")[k] == pytest.approx(wanted, rel=1e-10)
        wanted = math.sqrt(by_brute_force(table, arguments, of_ratio))
        assert ratios.column("standard_error")[k] == pytest.approx(wanted, rel=1e-10)


@pytest.mark.parametrize("name", DESIGNS)
def test_covariances_are_those_of_brute_force(name: str) -> None:
    table, arguments = sample(), DESIGNS[name]
    design = survey.design(table, **arguments)
    w = design.weights()
    result = design.mean(["y", "x"], by="slice", total=True)
    matrix = result.covariance()
    scores = []
    for s, metric in zip(result.column("slice"), result.column("metric"), strict=True):
        inside = np.ones(len(w), bool) if s is None else table["slice"] == s
        values = table[metric]
        mean = (w * values)[inside].sum() / w[inside].sum()
        scores.append(np.where(inside, w * (values - mean), 0) / w[inside].sum())
    for i in range(len(scores)):
        for j in range(len(scores)):
            # cov(a, b) = (var(a + b) - var(a - b)) / 4
            both = by_brute_force(table, arguments, scores[i] + scores[j])
            apart = by_brute_force(table, arguments, scores[i] - scores[j])
            size = math.sqrt(matrix[i, i] * matrix[j, j])
            assert matrix[i, j] == pytest.approx((both - apart) / 4, abs=1e-9 * size)
    assert np.array_equal(np.sqrt(np.diag(matrix)), numbers(result, ["standard_error"])[0])
    assert np.array_equal(matrix, matrix.T)


@pytest.mark.parametrize("name", [name for name in DESIGNS if name != "rows"])
def test_totals_of_slices_add_up(name: str) -> None:
    design = survey.design(sample(), **DESIGNS[name])
    result = design.total("y", by="slice")
    whole = design.total("y")
    assert sum(result.column("estimate")) == pytest.approx(whole.column("estimate")[0], rel=1e-12)
    # and so do their covariances: the variance of the total is the sum of the matrix
    assert result.covariance().sum() == pytest.approx(whole.column("standard_error")[0] ** 2, rel=1e-9)


@pytest.mark.parametrize("name", DESIGNS)
def test_the_order_of_rows_does_not_matter(name: str) -> None:
    table = sample()
    order = np.random.default_rng(9).permutation(len(table["y"]))
    shuffled = {key: value[order] for key, value in table.items()}
    for ask in (
        lambda d: d.mean("y", by="slice"),
        lambda d: d.ratio("y", "x", by=["half", "slice"]),
        lambda d: d.proportion("bad", by="slice"),
        lambda d: d.quantile("y", [0.1, 0.5], by="half"),
        lambda d: d.difference("y", "half"),
    ):
        one, other = (ask(survey.design(each, **DESIGNS[name])) for each in (table, shuffled))
        assert np.allclose(numbers(one), numbers(other), rtol=1e-9, equal_nan=True)
        assert one.column("metric") == other.column("metric")


@pytest.mark.parametrize("name", DESIGNS)
def test_batches_and_threads_change_no_bit(name: str) -> None:
    table = pa.table(sample())
    pieces = pa.Table.from_batches(table.to_batches(max_chunksize=77))
    asked = [
        survey.design(each, threads=threads, **DESIGNS[name]).mean(["y", "bad"], by=["slice", "half"])
        for each in (table, pieces)
        for threads in (1, 2, 5)
    ]
    for other in asked[1:]:
        assert other.to_pydict() == asked[0].to_pydict()


def test_one_table_in_any_library_gives_one_answer() -> None:
    table = sample()
    categories = pl.DataFrame(table).with_columns(pl.col("slice").cast(pl.Categorical))
    frames: list[Any] = [table, pd.DataFrame(table), pl.DataFrame(table), pa.table(table), categories]
    answers = [survey.design(each, strata="stratum", weight="weight").mean("y", by="slice") for each in frames]
    for other in answers[1:]:
        assert other.to_pydict() == answers[0].to_pydict()
    assert isinstance(answers[1].to_frame(), pd.DataFrame)
    assert isinstance(answers[2].to_frame(), pl.DataFrame)


def test_many_groupings_are_the_single_ones() -> None:
    design = survey.design(sample(), strata="stratum", weight="weight")
    together = design.mean("y", by=assay.cube("slice", "half"))
    apart = [
        design.mean("y"),
        design.mean("y", by="slice"),
        design.mean("y", by="half"),
        design.mean("y", by=["slice", "half"]),
    ]
    assert np.array_equal(numbers(together), np.hstack([numbers(each) for each in apart]))
    assert len(together) == 1 + 5 + 2 + 10


def test_many_sparse_cells_are_no_different() -> None:
    """More possible cells than are kept in a plain array."""
    rng = np.random.default_rng(2)
    rows = 3_000
    table = {
        "stratum": rng.integers(0, 300, rows),
        "cluster": rng.integers(0, 400, rows),
        "slice": rng.integers(0, 700, rows),
        "y": rng.normal(size=rows) + 100,
    }
    for arguments in ({"strata": "stratum", "lonely": "remove"}, {"clusters": "cluster"}):
        design = survey.design(table, **arguments)
        result = design.mean("y", by="slice")
        one = table["slice"] == result.column("slice")[17]
        alone = survey.design({**table, "one": one.astype(int)}, **arguments).mean("y", by="one")
        assert np.allclose(numbers(result)[:, 17], numbers(alone)[:, 1], rtol=1e-12, equal_nan=True)


def test_nothing_cancels() -> None:
    """Values that hardly differ, far from 0: two moments about 0 would lose all digits."""
    rng = np.random.default_rng(3)
    rows = 2_000
    small = rng.normal(size=rows)
    table = {"h": rng.integers(0, 4, rows), "d": rng.integers(0, 3, rows), "small": small, "large": small * 1e-3 + 1e7}
    table["N"] = np.full(rows, 10 * rows)
    design = survey.design(table, strata="h", population="N")
    plain, shifted = design.mean("small", by="d"), design.mean("large", by="d")
    assert np.allclose(numbers(plain)[1] * 1e-3, numbers(shifted)[1], rtol=1e-5)
    constant = survey.design({**table, "large": np.full(rows, 1e7 + 0.1)}, strata="h", population="N")
    assert max(constant.mean("large", by="d").column("standard_error")) <= 1e-7


# ---- degrees of freedom, empty and tiny slices -------------------------------------------------------------


def tiny() -> Table:
    return {
        "h": np.array([0, 0, 0, 0, 1, 1, 1, 1]),
        "d": np.array(["a", "a", "b", "b", "a", "a", "a", "c"]),
        "y": np.array([1.0, 2.0, 3.0, 5.0, 2.0, 4.0, 9.0, 7.0]),
        "bad": np.array([True, True, True, True, False, False, False, True]),
        "hole": np.array([1.0, np.nan, np.nan, np.nan, 2.0, 2.0, 3.0, np.nan]),
    }


def test_slices_have_their_own_degrees_of_freedom() -> None:
    result = survey.design(tiny(), strata="h").mean("y", by="d")
    assert result.column("df") == [3.0, 1.0, 0.0]  # units less strata that the slice touches


def test_a_single_unit_claims_nothing() -> None:
    design = survey.design(tiny(), strata="h")
    alone = list(design.mean("y", by="d").records())[2]
    assert (alone["estimate"], alone["standard_error"], alone["lower"], alone["upper"]) == (7.0, None, None, None)
    for interval in (
        "wilson",
        "korn_graubard",
        "logit",
        "likelihood",
        "beta",
        "arcsine",
        "jeffreys",
        "agresti_coull",
        "wald",
    ):
        for effective_n in ("plug_in", "smaller"):
            result = design.proportion("bad", by="d", interval=interval, effective_n=effective_n)
            rows = list(result.records())
            assert (rows[2]["lower"], rows[2]["upper"]) == (0.0, 1.0)  # one unit: no degrees of freedom
            assert rows[1]["estimate"] == 1.0
            assert rows[1]["upper"] == 1.0
            assert rows[1]["lower"] < 0.9  # no collapse to [1, 1]
            for row in rows:
                assert 0 <= row["lower"] <= row["estimate"] <= row["upper"] <= 1
                assert not any(isinstance(value, float) and math.isnan(value) for value in row.values())


def test_an_emptied_slice_has_no_answer() -> None:
    design = survey.design(tiny(), strata="h")
    result = design.mean("hole", by="d", missing="drop")
    rows = list(result.records())
    assert [row["n"] for row in rows] == [4, 0, 0]
    assert (rows[1]["estimate"], rows[1]["standard_error"], rows[1]["lower"], rows[1]["df"]) == (None, None, None, 0.0)
    assert "no answer" in result.summary()
    assert design.quantile("hole", 0.5, by="d", missing="drop").column("estimate")[1] is None
    assert design.difference("hole", ("d", "a", "b"), missing="drop").column("estimate") == [None]


def test_dropping_is_a_domain_not_a_smaller_design() -> None:
    table = sample()
    table["seen"] = (np.arange(600) % 3 != 0).astype(int)
    table["some"] = np.where(table["seen"] == 1, table["y"], np.nan)
    design = survey.design(table, **DESIGNS["stages"])
    dropped = design.mean("some", missing="drop")
    domain = design.mean("y", by="seen")
    assert np.array_equal(numbers(dropped)[:, 0], numbers(domain)[:, 1])


def test_shares_that_are_constant_within_strata_have_an_interval() -> None:
    table = {**tiny(), "in_h": np.array([True] * 4 + [False] * 4)}
    row = next(survey.design(table, strata="h").proportion("in_h", interval="likelihood").records())
    assert row["standard_error"] == 0.0
    assert 0 < row["lower"] < 0.5 < row["upper"] < 1


def test_unequal_weights_and_no_errors_go_by_kish() -> None:
    """180 audits of weight .05 and 20 of weight .95: honest is an effective size of 22, not of 200."""
    table = {
        "h": np.array([0] * 180 + [1] * 20),
        "w": np.array([0.05 * 1000 / 180] * 180 + [0.95 * 1000 / 20] * 20),
        "bad": np.zeros(200, bool),
    }
    result = survey.design(table, strata="h", weight="w").proportion("bad")
    row = next(result.records())
    assert row["n_effective"] == pytest.approx(22, abs=0.5)
    assert row["upper"] > 0.12


def test_the_smaller_effective_size_never_claims_more() -> None:
    design = survey.design(sample(), strata="stratum", weight="weight")
    bold = design.proportion("bad", by="slice", effective_n="plug_in")
    honest = design.proportion("bad", by="slice", effective_n="smaller")
    assert bold.column("estimate") == honest.column("estimate")
    width = [np.subtract(each.column("upper"), each.column("lower")) for each in (bold, honest)]
    assert (width[1] >= width[0] - 1e-15).all()
    assert (width[1] > width[0]).any()


# ---- what proportions, quantiles and differences take ------------------------------------------------------


def test_shares_of_text_answer_a_row_a_level() -> None:
    design = survey.design(sample(), weight="weight")
    levels = design.proportion("slice")
    assert levels.column("level") == ["s0", "s1", "s2", "s3", "s4"]
    assert levels.column("metric")[0] == "slice = s0"
    assert sum(levels.column("estimate")) == pytest.approx(1.0, rel=1e-12)
    single = design.proportion(("slice", "s3"))
    assert numbers(single)[:, 0].tolist() == numbers(levels)[:, 3].tolist()
    both = design.proportion(["bad", ("half", "h1")])
    assert both.column("level") == [None, "h1"]
    numeric = survey.design({"y": np.array([0, 1, 1, 0])}).proportion("y")
    assert numeric.column("estimate") == [0.5]


def test_nulls_in_levels_are_left_out_when_asked() -> None:
    table = pa.table({"kind": pa.array(["a", None, "b", "a"]), "flag": pa.array([True, None, False, True])})
    design = survey.design(table)
    with pytest.raises(InputError, match=r"null in column 'kind', row 1"):
        design.proportion("kind")
    with pytest.raises(InputError, match=r"null in column 'flag', row 1"):
        design.proportion("flag")
    assert design.proportion("kind", missing="drop").column("estimate") == pytest.approx([2 / 3, 1 / 3])
    assert design.proportion("flag", missing="drop").column("n") == [3]
    assert design.proportion(("flag", True), missing="drop").column("estimate") == pytest.approx([2 / 3])


def test_differences_know_what_the_sides_share() -> None:
    table = sample()
    design = survey.design(table, **DESIGNS["clusters"])
    means = design.mean("y", by="half")
    matrix = means.covariance()
    row = next(design.difference("y", "half").records())
    assert (row["half"], row["a"], row["b"]) == ("h0 \u2212 h1", "h0", "h1")
    assert row["estimate"] == pytest.approx(means.column("estimate")[0] - means.column("estimate")[1], rel=1e-12)
    assert row["standard_error"] ** 2 == pytest.approx(matrix[0, 0] + matrix[1, 1] - 2 * matrix[0, 1], rel=1e-10)
    assert row["df"] == design.degrees_of_freedom
    turned = next(design.difference("y", ("half", "h1", "h0")).records())
    assert (turned["estimate"], turned["lower"], turned["upper"]) == (-row["estimate"], -row["upper"], -row["lower"])
    shares = design.difference("bad", "slice", by="half")
    assert len(shares) == 20
    for each in shares.records():
        assert -1 <= each["lower"] <= each["estimate"] <= each["upper"] <= 1


def test_quantiles_of_equal_weights_are_the_plain_ones() -> None:
    rng = np.random.default_rng(8)
    y = rng.normal(size=101)
    design = survey.design({"y": y, "N": np.full(101, 5_000)}, population="N")
    for rule, method in (("hf7", "linear"), ("hf8", "median_unbiased")):
        got = design.quantile("y", [0.1, 0.5, 0.83], rule=rule).column("estimate")
        assert got == pytest.approx(np.quantile(y, [0.1, 0.5, 0.83], method=method).tolist(), rel=1e-9)
    assert design.quantile("y").column("estimate")[0] in y
    even = survey.design({"y": np.array([1.0, 2.0, 5.0, 9.0])})
    assert even.quantile("y", rule="school").column("estimate") == [3.5]
    assert even.quantile("y", rule="math").column("estimate") == [2.0]


def test_ratios_go_pair_by_pair() -> None:
    design = survey.design(sample())
    assert design.ratio("y", "x").column("metric") == ["y / x"]
    assert design.ratio(["y", "weight"], "x").column("metric") == ["y / x", "weight / x"]
    nothing = survey.design({"y": np.ones(3), "zero": np.zeros(3)}).ratio("y", "zero")
    assert nothing.column("estimate") == [None]
    assert nothing.column("standard_error") == [None]


# ---- refusals ----------------------------------------------------------------------------------------------


def plain(**columns: Any) -> Table:
    table: Table = {
        "h": np.array(["a", "a", "b", "b"]),
        "c": np.array([1, 2, 3, 4]),
        "w": np.array([1.0, 2.0, 3.0, 4.0]),
        "p": np.array([0.5, 0.5, 0.25, 0.25]),
        "N": np.array([10, 10, 20, 20]),
        "y": np.array([1.0, 2.0, 3.0, 4.0]),
    }
    table.update(columns)
    return table


REFUSED: list[tuple[Table, dict[str, Any], str]] = [
    (plain(w=np.array([1.0, 0.0, 1.0, 1.0])), {"weight": "w"}, r"weights above 0, got 0 in column 'w', row 1"),
    (plain(w=np.array([1.0, -2.0, 1.0, 1.0])), {"weight": "w"}, r"weights above 0, got -2 in column 'w', row 1"),
    (plain(w=np.array([1.0, np.nan, 1.0, 1.0])), {"weight": "w"}, r"in column 'w', row 1"),
    (plain(w=np.array([1.0, np.inf, 1.0, 1.0])), {"weight": "w"}, r"finite numbers, got inf.* in column 'w', row 1"),
    (plain(p=np.array([0.5, 0.0, 1.0, 1.0])), {"probability": "p"}, r"above 0 and at most 1, got 0 in column 'p'"),
    (plain(p=np.array([0.5, 1.5, 1.0, 1.0])), {"probability": "p"}, r"above 0 and at most 1, got 1.5 in column 'p'"),
    (plain(), {"probability": "p", "weight": "w"}, r"weight= or probability=, got both"),
    (
        plain(N=np.array([1, 1, 20, 20])),
        {"strata": "h", "population": "N"},
        r"at least the 2 units drawn from stratum 'a'",
    ),
    (
        plain(N=np.array([10, 11, 20, 20])),
        {"strata": "h", "population": "N"},
        r"one population in all rows of a stratum",
    ),
    (plain(N=np.array([10, 10, -1, -1])), {"strata": "h", "population": "N"}, r"a population above 0"),
    (plain(N=np.array([0.2, 0.2, 20, 20])), {"strata": "h", "population": "N"}, r"sampled fractions of at most 1"),
    (plain(), {"strata": "h", "population": 50}, r"a column with the size of each row's stratum"),
    (plain(), {"population": 3}, r"at least the 4 units drawn"),
    (plain(), {"population": -3.0}, r"a population above 0"),
    (plain(h=np.array(["a", "a", "a", "b"])), {"strata": "h"}, r"at least two units.*one from stratum 'b'.*lonely="),
    (
        plain(c=np.array([1, 2, 1, 2])),
        {"strata": "h", "clusters": "c"},
        r"cluster '1' in strata 'a' and 'b'.*nest=True",
    ),
    (plain(), {"strata": ["h", "c"]}, r"at most 1 stages.*strata=\[\[\"queue\", \"site\"\]\]"),
    (plain(), {"population": ["N", "N"]}, r"at most 1 stages"),
    (plain(), {"lonely": "guess"}, r"lonely= as one of certainty, remove, adjust, average"),
    (plain(), {"weight": "nope"}, r"nope"),
    (plain(h=np.array(["a", None, "b", "b"], dtype=object)), {"strata": "h"}, r"null in column 'h', row 1.*missing="),
    (plain(), {"strata": 7}, r"strata= as a name"),
    (plain(), {"strata": "w"}, r"text, whole numbers, true/false or dates"),
    (plain(), {"nest": "yes"}, r"nest= as True or False"),
    (plain(), {"threads": 0}, r"threads of 1 or more"),
    ({key: value[:0] for key, value in plain().items()}, {}, r"an empty one"),
]


@pytest.mark.parametrize(("table", "arguments", "words"), REFUSED)
def test_designs_that_cannot_be_are_refused_by_name(table: Table, arguments: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words) as caught:
        survey.design(table, **arguments)
    assert "std::" not in str(caught.value)


ASKED: list[tuple[Any, str]] = [
    (lambda d: d.mean("nope"), r"nope"),
    (lambda d: d.mean("h"), r"a number, got 'a'|numbers, got text"),
    (lambda d: d.mean([]), r"y= as the name of a column"),
    (lambda d: d.mean(["y", "y"]), r"each column once"),
    (lambda d: d.mean("y", by="y"), r"text, whole numbers, true/false or dates"),
    (lambda d: d.mean("y", missing="ignore"), r"missing=\"drop\""),
    (lambda d: d.mean("y", confidence=1.0), r"confidence strictly between 0 and 1"),
    (lambda d: d.mean("y", design_effect=1), r"design_effect= as True or False"),
    (lambda d: d.total("y"), r"weights, probabilities or populations to estimate a total"),
    (lambda d: d.proportion("y"), r"true or false \(or 1 or 0\), got 2 in column 'y', row 1"),
    (lambda d: d.proportion(("h", "zzz")), r"a value that some row has, got 'zzz' in column 'h'"),
    (lambda d: d.proportion(("h", 1.5)), r"the value that counts as text"),
    (lambda d: d.proportion({}), r"y= as a column"),
    (lambda d: d.proportion([]), r"y= as a column"),
    (lambda d: d.proportion("h", interval="normal"), r"interval= as one of wilson"),
    (lambda d: d.proportion("h", effective_n="n"), r"effective_n= as one of plug_in, smaller"),
    (lambda d: d.ratio(["y", "w"], ["y", "w", "N"]), r"as many denominators"),
    (lambda d: d.ratio(["y", "y"], ["w", "w"]), r"each pair of numerator and denominator once"),
    (lambda d: d.quantile("y", 1.0), r"strictly between 0 and 1, got 1"),
    (lambda d: d.quantile("y", []), r"q= as a number between 0 and 1"),
    (lambda d: d.quantile("y", [0.5, 0.5]), r"each quantile once"),
    (lambda d: d.quantile("y", rule="hf9"), r"rule= as one of math, school, hf7, hf8"),
    (lambda d: d.difference("y", "same"), r"two values to compare, got 1"),
    (lambda d: d.difference("y", ("h", "a", "zzz")), r"a value of the column, got 'zzz'"),
    (lambda d: d.difference("y", ("h", "a", "a")), r"two values to compare, got 'a' twice"),
    (lambda d: d.difference("y", "h", by="h"), r"between= as a column that is not in by="),
    (lambda d: d.difference("y", 5), r"between= as a column, or \(column, a, b\)"),
    (lambda d: d.quantile("y").covariance(), r"answers whose covariances are known"),
    (lambda d: d.mean("hole"), r"a number, got nan in column 'hole', row 2.*missing=\"drop\""),
    (lambda d: d.mean("endless", missing="drop"), r"finite numbers, got inf.*in column 'endless', row 1"),
]


@pytest.mark.parametrize(("ask", "words"), ASKED)
def test_questions_that_cannot_be_answered_are_refused_by_name(ask: Any, words: str) -> None:
    extra = {
        "same": np.array(["x"] * 4),
        "hole": np.array([1.0, 2.0, np.nan, 4.0]),
        "endless": np.array([1.0, np.inf, 2.0, np.nan]),
    }
    design = survey.design(plain(**extra))
    with pytest.raises(InputError, match=words) as caught:
        ask(design)
    assert "std::" not in str(caught.value)


# ---- weights, populations, names ---------------------------------------------------------------------------


def test_weights_come_from_what_is_known() -> None:
    assert survey.design(plain(), weight="w").weights().tolist() == [1, 2, 3, 4]
    assert survey.design(plain(), probability="p").weights().tolist() == [2, 2, 4, 4]
    assert survey.design(plain(), strata="h", population="N").weights().tolist() == [5, 5, 10, 10]
    assert survey.design(plain(), population=100).weights().tolist() == [25, 25, 25, 25]
    assert survey.design(plain()).weights().tolist() == [1, 1, 1, 1]


def test_fractions_say_what_sizes_say() -> None:
    table = plain(f=np.array([0.2, 0.2, 0.1, 0.1]))
    one, other = (survey.design(table, strata="h", population=each).mean("y") for each in ("N", "f"))
    assert np.allclose(numbers(one), numbers(other), rtol=1e-14)


def test_a_stratum_drawn_whole_has_no_error_and_is_never_lonely() -> None:
    table = plain(N=np.array([2, 2, 2, 2]))
    assert survey.design(table, strata="h", population="N").mean("y").column("standard_error") == [0.0]
    alone = plain(h=np.array(["a", "a", "a", "b"]), N=np.array([9, 9, 9, 1]))
    assert survey.design(alone, strata="h", population="N").mean("y").column("standard_error")[0] > 0


def test_strata_may_be_crossed_and_clusters_numbered_anew() -> None:
    table = sample()
    table["both"] = np.array([f"{a}-{b}" for a, b in zip(table["stratum"], table["half"], strict=True)])
    crossed = survey.design(table, strata=[["stratum", "half"]], weight="weight").mean("y", by="slice")
    single = survey.design(table, strata="both", weight="weight").mean("y", by="slice")
    assert np.array_equal(numbers(crossed), numbers(single))
    table["anew"] = table["cluster"] % 100
    nested = survey.design(table, strata="stratum", clusters="anew", nest=True).mean("y")
    unique = survey.design(table, strata="stratum", clusters="cluster").mean("y")
    assert np.array_equal(numbers(nested), numbers(unique))


def test_nulls_may_have_a_name() -> None:
    table = pa.table({"h": pa.array(["a", None, "a", None]), "y": [1.0, 2.0, 3.0, 4.0]})
    result = survey.design(table, strata="h", missing="(none)").mean("y", by="h")
    assert result.column("h") == ["(none)", "a"]


@pytest.mark.parametrize("rule", ["certainty", "remove", "adjust", "average"])
def test_lonely_rules_reach_every_estimate(rule: str) -> None:
    table = plain(h=np.array(["a", "a", "a", "b"]), d=np.array(["x", "x", "z", "z"]))
    design = survey.design(table, strata="h", weight="w", lonely=rule)
    parts = design.mean("y", by="d").column("standard_error")
    whole = design.mean("y").column("standard_error")[0]
    sure = survey.design(table, strata="h", weight="w", lonely="certainty").mean("y").column("standard_error")[0]
    wanted = {"certainty": sure, "remove": sure, "average": sure * math.sqrt(2)}
    assert whole == pytest.approx(wanted[rule], rel=1e-12) if rule in wanted else whole > sure
    assert parts[0] is not None


def test_only_lonely_strata_leave_no_answer_under_average() -> None:
    table = plain(h=np.array(["a", "b", "c", "d"]))
    result = survey.design(table, strata="h", weight="w", lonely="average").total("y")
    assert result.column("estimate") == [30.0]
    assert result.column("standard_error") == [None]


# ---- results as values -------------------------------------------------------------------------------------


def test_results_and_designs_are_values() -> None:
    design = survey.design(sample(), **DESIGNS["stages"])
    result = design.mean("y", by="slice", total=True)
    assert result == design.mean("y", by="slice", total=True)
    assert result != design.mean("x", by="slice", total=True)
    assert copy.copy(design) is design
    with pytest.raises(AttributeError, match="immutable"):
        design.anything = 1  # type: ignore[attr-defined]
    back = pickle.loads(pickle.dumps(result))
    assert back.to_pydict() == result.to_pydict()
    with pytest.raises(InputError, match="pickled"):
        back.covariance()
    assert pa.table(result).column_names[:2] == ["slice", "metric"]
    assert set(EVIDENCE) < set(result.column_names)
    assert {"confidence", "method", "design", "about", "basis"} < set(result.column_names)
    assert result.column("about")[0] == "queue"
    assert survey.design(sample()).mean("y").column("about") == ["process"]
    assert "2 stages" in result.column("design")[0]


def test_what_people_read_is_escaped_and_plain() -> None:
    table = {**sample(), "<b>y": sample()["y"]}
    design = survey.design(table, **DESIGNS["stages"])
    assert "Degrees of freedom: 24" in design.summary()
    assert design.degrees_of_freedom == 24
    result = design.mean("<b>y", by="slice")
    assert "&lt;b&gt;y" in result._repr_html_()
    assert "finite population" in result.summary()
    assert "totals are refused" in survey.design(sample()).summary()
    assert design._repr_html_().startswith("<div class='assay-result'>")
    assert repr(design).startswith("<Design: 600 rows")
    assert "vega" in result.plot().to_json()


def test_names_of_columns_may_be_anything() -> None:
    table = {"a b": np.array([1.0, 2.0, 4.0]), "metric": np.array(["x", "x", "z"])}
    result = survey.design(table).mean("a b")
    assert result.column("metric") == ["a b"]
