"""Small slices: what they are drawn to, by how much, and that it brings them nearer to the truth."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import assay
from shared_files import FOLDER, shared_file

sys.path.insert(0, str(Path(__file__).parents[1] / "study"))
import shrinkage


def scored(counts: dict[str, tuple[int, int]], **more: Any) -> assay.Scores:
    """Scores of reviewers, each with so many right of so many."""
    rows: dict[str, list[Any]] = {"reviewer": [], "site": [], "decision": [], "correct": [], "weight": []}
    for position, (name, (right, n)) in enumerate(counts.items()):
        for i in range(n):
            rows["reviewer"].append(name)
            rows["site"].append("north" if position % 2 else "south")
            rows["decision"].append("approve")
            rows["correct"].append(i < right)
            rows["weight"].append(1.0 + i % 3)
    return assay.score(pa.table(rows), decision="decision", correct="correct", **{"by": ["reviewer"], **more})


FOUR = {"ann": (18, 20), "ben": (5, 8), "cid": (190, 200), "dot": (40, 40)}


def test_small_slices_move_further_and_lie_between_their_own_and_the_common() -> None:
    rows = {row["reviewer"]: row for row in assay.shrink(scored(FOUR)).records()}
    assert {row["method"] for row in rows.values()} == {"beta-binomial"}
    assert {row["basis"] for row in rows.values()} == {"modelled"}
    assert rows["ben"]["shrinkage"] > rows["ann"]["shrinkage"] > rows["cid"]["shrinkage"]
    for row in rows.values():
        assert 0 <= row["lower"] <= row["estimate"] <= row["upper"] <= 1
        low, high = sorted((row["raw_estimate"], row["overall"]))
        assert low - 0.01 < row["estimate"] < high + 0.01
        assert row["raw_lower"] <= row["raw_estimate"] <= row["raw_upper"]
    assert rows["dot"]["upper"] == 1.0  # forty of forty cannot exclude that nothing is ever wrong


def test_the_model_follows_the_design_and_can_be_asked_for() -> None:
    weighted = scored(FOUR, weight="weight")
    assert set(assay.shrink(weighted).column("method")) == {"fay-herriot"}
    assert set(assay.shrink(scored(FOUR), model="fay_herriot").column("method")) == {"fay-herriot"}
    with pytest.raises(assay.InputError, match=r'weigh alike for model="beta_binomial".*take model="fay_herriot"'):
        assay.shrink(weighted, model="beta_binomial")


def test_each_grouping_is_drawn_to_its_own_common_mean_and_the_total_is_left_out() -> None:
    scores = scored(FOUR, by=[["reviewer"], ["site"]], total=True)
    shrunk = assay.shrink(scores)
    assert len(shrunk) == 6
    alone = assay.shrink(scored(FOUR))
    mine = [row for row in shrunk.records() if row["reviewer"] is not None]
    assert [row["estimate"] for row in mine] == alone.column("estimate")
    assert assay.shrink(scores, by="reviewer").column("estimate") == alone.column("estimate")
    assert len(assay.shrink(scores, by=[["site"]])) == 2


@pytest.mark.parametrize(
    "counts",
    [
        {"ann": (20, 20), "ben": (5, 5), "cid": (9, 9)},  # no error anywhere
        {"ann": (0, 20), "ben": (0, 5), "cid": (0, 9)},
        dict.fromkeys("abcdef", (5, 10)),  # all equal
        {name: (position % 2, 1) for position, name in enumerate("abcdefgh")},  # one audit each
        {"ann": (1, 1), "ben": (0, 1)},
    ],
)
@pytest.mark.parametrize("model", ["beta_binomial", "fay_herriot"])
def test_the_ends_of_the_scale_have_answers(counts: dict[str, tuple[int, int]], model: Any) -> None:
    for row in assay.shrink(scored(counts), model=model).records():
        numbers = [row[name] for name in ("estimate", "lower", "upper", "shrinkage", "overall")]
        assert all(np.isfinite(numbers))
        assert 0 <= row["lower"] < row["upper"] <= 1
        assert 0 < row["estimate"] < 1
        assert 0 <= row["shrinkage"] <= 1


def test_one_slice_alone_stays_as_it_is_and_says_so() -> None:
    shrunk = assay.shrink(scored({"ann": (18, 20)}))
    (row,) = shrunk.records()
    assert (row["estimate"], row["shrinkage"], row["method"]) == (0.9, 0.0, "own audits (one slice)")
    assert (row["lower"], row["upper"]) == (row["raw_lower"], row["raw_upper"])
    assert "nothing to be pulled to" in shrunk.summary()


def test_a_slice_without_audits_gets_the_common_mean_and_says_so() -> None:
    table = pa.table(
        {
            "reviewer": ["ann"] * 20 + ["ben"] * 20 + ["cid"] * 20,
            "decision": (["remove"] * 10 + ["approve"] * 10) * 2 + ["approve"] * 20,
            "verdict": (["remove"] * 9 + ["approve"] * 11) * 2 + ["approve"] * 20,
        }
    )
    scores = assay.score(table, decision="decision", verdict="verdict", violating=["remove"],
                         metrics=["precision"], by=["reviewer"])  # fmt: skip
    shrunk = assay.shrink(scores)
    row = next(row for row in shrunk.records() if row["reviewer"] == "cid")
    assert row["raw_estimate"] is None
    assert row["n"] == 0
    assert row["estimate"] == pytest.approx(row["overall"])
    assert row["shrinkage"] == pytest.approx(1)
    assert "No audits speak for reviewer cid" in shrunk.summary()


def test_words_pictures_and_report_say_who_moved_and_why(tmp_path: Path) -> None:
    shrunk = assay.shrink(scored({**FOUR, "<b>eve</b>": (3, 9)}))
    words = shrunk.summary()
    assert "moves from" in words
    assert "audits of its own" in words
    assert "&lt;b&gt;eve" in shrunk._repr_html_()
    assert "<b>eve" not in shrunk._repr_html_()
    chart = shrunk.plot().to_dict()
    assert "own audits alone" in str(chart)
    assert "ben  (n = 8)" in str(chart)
    with pytest.raises(assay.InputError, match="a grouping among"):
        shrunk.plot(by="site")
    with pytest.raises(assay.InputError, match="a metric among"):
        shrunk.plot(metrics=["leakage"])
    assay.report(shrunk).save(str(tmp_path / "small.html"))
    assert "reviewer" in (tmp_path / "small.html").read_text()
    assert pa.table(shrunk).num_rows == 5
    assert shrunk == assay.shrink(scored({**FOUR, "<b>eve</b>": (3, 9)}))


def test_the_order_of_rows_changes_nothing() -> None:
    turned = assay.shrink(scored(dict(reversed(FOUR.items()))))
    assert {row["reviewer"]: row["estimate"] for row in turned.records()} == pytest.approx(
        {row["reviewer"]: row["estimate"] for row in assay.shrink(scored(FOUR)).records()}, abs=1e-12
    )


def test_what_cannot_be_shrunk_is_refused_by_name() -> None:
    scores = scored(FOUR)
    for given, words in (
        ({"metric": "leakage"}, "a metric of the scores: accuracy, got 'leakage'"),
        ({"metric": []}, "at least one metric"),
        ({"model": "bayes"}, 'model= "beta_binomial", "fay_herriot" or None'),
        ({"by": "queue"}, "a grouping of the scores: reviewer, got queue"),
        ({"by": []}, "scores by slice, got only their total"),
    ):
        with pytest.raises(assay.InputError) as refused:
            assay.shrink(scores, **given)  # type: ignore[arg-type]
        assert words in str(refused.value)
    with pytest.raises(assay.InputError, match="scores by slice, got only their total"):
        assay.shrink(scored(FOUR, by=()))
    with pytest.raises(assay.InputError, match=r"the result of assay\.score"):
        assay.shrink({"reviewer": ["a"]})  # type: ignore[arg-type]
    ratio = assay.score(
        pa.table({"reviewer": ["a", "b"], "decision": ["x", "x"], "correct": [True, False], "u": [1.0, 2.0],
                  "v": [3.0, 3.0]}),
        decision="decision", correct="correct", by=["reviewer"],
        metrics=[assay.ratio("cost", numerator="u", denominator="v")],
    )  # fmt: skip
    with pytest.raises(assay.InputError, match="metrics that are shares"):
        assay.shrink(ratio)


@pytest.mark.parametrize("model", ["beta_binomial", "fay_herriot"])
def test_limits_hold_the_true_rates_of_the_example_and_answers_are_nearer(model: str) -> None:
    found = shrinkage.study(shrinkage.of_the_example(), 60, model)
    assert found.covered >= 0.945
    assert found.error < found.raw_error


@pytest.mark.parametrize("model", ["beta_binomial", "fay_herriot"])
@pytest.mark.parametrize("crowd", ["us", "in", "dices350"])
def test_limits_hold_the_true_rates_of_real_people_and_answers_are_nearer(crowd: str, model: str) -> None:
    shared_file("data/dices350/items.csv")
    units = shrinkage.of_dices(FOLDER) if crowd == "dices350" else shrinkage.of_a_crowd(FOLDER, crowd)
    found = shrinkage.study(units, 60, model)
    assert found.covered >= 0.945
    assert found.error < found.raw_error
