"""Auditors who err: what double audits correct, what it costs in width, and what they cannot correct."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import assay

METRICS = ("accuracy", "over_enforcement", "leakage", "wrong_label", "violation_rate")


def week(n: int = 2_000, seed: int = 1, errors: float = 0.08) -> tuple[assay.Sample, dict[str, str]]:
    """A sample of a week's decisions, and the truth of each case."""
    random = np.random.default_rng(seed)
    ids = [f"case-{i:05d}" for i in range(4 * n)]
    site = np.where(np.arange(4 * n) % 2 == 0, "north", "south")
    violating = random.random(4 * n) < np.where(site == "north", 0.05, 0.4)
    wrong = random.random(4 * n) < errors
    truth = np.where(violating, "remove", "approve")
    decision = np.where(violating ^ wrong, "remove", "approve")
    frame = assay.frame(
        pa.table({"case": ids, "label": decision, "site": site}),
        case="case", decision="label", by=["site"], violating=["remove", "restrict"],
    )  # fmt: skip
    sample = assay.plan(frame, size=n).draw(key=b"exercise", period=f"week {seed}")
    return sample, dict(zip(ids, truth.tolist(), strict=True))


def judged(cases: Any, truth: dict[str, str], seed: int, sensitivity: float = 0.85, specificity: float = 0.97) -> Any:
    """What an auditor says, who misses violations and sees some that are not there."""
    random = np.random.default_rng(seed)
    verdicts = [
        ("remove" if random.random() < sensitivity else "approve")
        if truth[case] == "remove"
        else ("approve" if random.random() < specificity else "remove")
        for case in cases
    ]
    return pa.table({"case": list(cases), "verdict": verdicts})


def expert(cases: Any, truth: dict[str, str]) -> Any:
    return pa.table({"case": list(cases), "verdict": [truth[case] for case in cases]})


@pytest.mark.parametrize("method", ["difference", "error_rates"])
def test_experts_bring_the_score_back_to_the_truth(method: Any) -> None:
    sample, truth = week()
    cases = sample.column("case")
    audits = judged(cases, truth, 5)
    metrics = METRICS if method == "difference" else [name for name in METRICS if name != "wrong_label"]
    corrected = assay.correct_for_auditors(sample, audits, expert(cases[:700], truth), metrics=metrics, method=method)
    right = assay.score(sample, expert(cases, truth), verdict="verdict", metrics=metrics, about="process")
    for row, true in zip(corrected.records(), right.records(), strict=True):
        assert row["metric"] == true["metric"]
        assert row["lower"] <= true["estimate"] <= row["upper"]
        assert 0 <= row["lower"] <= row["estimate"] <= row["upper"] <= 1
        assert (row["n"], row["n_double"]) == (2000, 700)
        assert row["basis"] == ("measured" if method == "difference" else "modelled")
    raw = assay.score(sample, audits, verdict="verdict", metrics=metrics, about="process")
    assert corrected.column("raw_estimate") == raw.column("estimate")
    first = next(iter(corrected.records()))
    assert not first["raw_lower"] <= 0.92 <= first["raw_upper"]  # uncorrected, accuracy is far off


def test_limits_of_the_difference_hold_the_truth() -> None:
    held = total = 0
    for seed in range(60):
        sample, truth = week(400, seed)
        cases = sample.column("case")
        audits, decided = judged(cases, truth, seed), sample.column("label")
        differs = [verdict != label for verdict, label in zip(audits["verdict"].to_pylist(), decided, strict=True)]
        found = [case for case, error in zip(cases, differs, strict=True) if error]
        others = [case for case, error in zip(cases, differs, strict=True) if not error]
        # An expert sees half of the errors that first audits found, and a hundred of the rest.
        corrected = assay.correct_for_auditors(sample, audits, expert(found[::2] + others[:100], truth))
        want = {"accuracy": 0.92, "over_enforcement": 0.775 * 0.08, "leakage": 0.225 * 0.08}
        for row in corrected.records():
            held += row["lower"] <= want[row["metric"]] <= row["upper"]
            total += 1
    assert held / total >= 0.945


def test_an_expert_who_agrees_changes_nothing_but_the_width() -> None:
    sample, truth = week()
    cases = sample.column("case")
    corrected = assay.correct_for_auditors(sample, expert(cases, truth), expert(cases[:500], truth))
    for row in corrected.records():
        assert row["estimate"] == pytest.approx(row["raw_estimate"])
        assert row["agreement"] == 1.0
        assert row["upper"] - row["lower"] > row["raw_upper"] - row["raw_lower"]


def test_two_ordinary_auditors_in_two_populations() -> None:
    sample, truth = week(6_000)
    cases = sample.column("case")
    corrected = assay.correct_for_auditors(
        sample, judged(cases, truth, 5), judged(cases[:3_000], truth, 6), metrics=["violation_rate"],
        method="latent_class", population="site",
    )  # fmt: skip
    (row,) = corrected.records()
    true = sum(truth[case] == "remove" for case in cases) / len(cases)
    assert row["lower"] <= true <= row["upper"]
    assert row["sensitivity_lower"] <= 0.85 <= row["sensitivity_upper"]
    assert row["specificity_lower"] <= 0.97 <= row["specificity_upper"]
    assert row["method"] == "latent class"
    assert row["true_positives"] is None
    assert "of the other cases." in corrected.summary()
    assert "err independently" in corrected.summary()


def test_words_pictures_and_report(tmp_path: Path) -> None:
    sample, truth = week()
    cases = sample.column("case")
    corrected = assay.correct_for_auditors(sample, judged(cases, truth, 5), expert(cases[:40], truth))
    assert "as the auditors have it" in corrected.summary()
    assert "Only 40 double audits" in corrected.summary()
    assert "as audited" in corrected._repr_html_()
    assert "corrected" in str(corrected.plot().to_dict())
    assay.report(corrected).save(str(tmp_path / "a.html"))
    assert pa.table(corrected).num_rows == 3
    assert corrected == assay.correct_for_auditors(sample, judged(cases, truth, 5), expert(cases[:40], truth))


def twice(count: int, found: dict[str, int], missed: dict[str, int]) -> tuple[Any, Any, Any]:
    """A sample of equally many decisions of either kind, the first `count` of each audited twice.

    Of these, `found` says in how many the first audit finds an error that is there, `missed` in how many only the
    second does; in as many again as `found` the first sees one where there is none.
    """
    ids = [f"case-{i:05d}" for i in range(1_200)]
    decisions = ["remove" if i % 2 else "approve" for i in range(1_200)]
    other = {"remove": "approve", "approve": "remove"}
    frame = assay.frame(
        pa.table({"case": ids, "label": decisions}), case="case", decision="label", violating=["remove"]
    )  # fmt: skip
    sample = assay.plan(frame, size=1_200).draw(key=b"exercise", period="week 1")
    first, second, place = {}, {}, {"remove": 0, "approve": 0}
    for case, label in zip(ids, decisions, strict=True):
        i, place[label] = place[label], place[label] + 1
        a, b = found[label], missed[label]
        first[case] = other[label] if i < a or a + b <= i < 2 * a + b else label
        if i < count:
            second[case] = other[label] if i < a + b else label
    return (
        sample,
        pa.table({"case": list(first), "verdict": list(first.values())}),
        pa.table({"case": list(second), "verdict": list(second.values())}),
    )


@pytest.mark.parametrize("method", ["difference", "error_rates"])
def test_kinds_are_taken_apart_by_the_number_of_double_audits_never_by_what_they_found(
    method: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from assay import _core

    kinds: list[int] = []
    for name in ("correct_by_difference", "correct_by_error_rates"):
        whole = getattr(_core, name)

        def counted(given: Any, confidence: float, whole: Any = whole) -> Any:
            kinds.append(len(given))
            return whole(given, confidence)

        monkeypatch.setattr(_core, name, counted)
    # First audits find much or little in one kind of decision, true errors are many or few: the method stays.
    for count, want in ((150, 2), (100, 2), (99, 1), (60, 1)):
        for found in (2, 6, 12):
            for missed in (1, 5):
                sample, audits, double = twice(
                    count, {"remove": 12, "approve": found}, {"remove": 2, "approve": missed}
                )  # fmt: skip
                kinds.clear()
                assay.correct_for_auditors(sample, audits, double, metrics=["accuracy"], method=method)
                assert kinds == [want], (count, found, missed)


def test_first_audits_that_found_nothing_in_one_kind_are_no_reason_to_pool() -> None:
    sample, audits, double = twice(150, {"remove": 20, "approve": 0}, {"remove": 4, "approve": 3})
    (row,) = assay.correct_for_auditors(sample, audits, double, metrics=["accuracy"]).records()
    # 600 of each kind: removals 40 found, of which half hold, and 4 more among 110; approvals 3 among 150.
    removals = 40 / 600 * 20 / 40 + 560 / 600 * 4 / 110
    assert row["estimate"] == pytest.approx(1 - (removals + 3 / 150) / 2)


def test_a_kind_of_decision_without_double_audits_is_refused() -> None:
    sample, audits, double = twice(150, {"remove": 20, "approve": 10}, {"remove": 4, "approve": 3})
    decided = dict(zip(sample.column("case"), sample.column("label"), strict=True))
    removals = double.filter(pa.array([decided[case] == "remove" for case in double["case"].to_pylist()]))
    for method in ("difference", "error_rates"):
        with pytest.raises(assay.InputError, match="double audits of decisions that let content stand, for 'accuracy'"):
            assay.correct_for_auditors(sample, audits, removals, metrics=["accuracy"], method=method)  # type: ignore[arg-type]
        assert len(
            assay.correct_for_auditors(sample, audits, removals, metrics=["over_enforcement"], method=method)  # type: ignore[arg-type]
        ) == 1  # fmt: skip


def test_false_alarms_name_the_decisions_they_are_a_share_of_and_the_counts() -> None:
    sample, audits, double = twice(150, {"remove": 15, "approve": 9}, {"remove": 0, "approve": 3})
    corrected = assay.correct_for_auditors(
        sample, audits, double, metrics=["accuracy", "over_enforcement", "leakage", "violation_rate"]
    )  # fmt: skip
    rows = {row["metric"]: row for row in corrected.records()}
    names = ("true_positives", "false_negatives", "true_negatives", "false_positives")
    assert [rows["over_enforcement"][name] for name in names] == [15, 0, 120, 15]
    assert [rows["leakage"][name] for name in names] == [9, 3, 129, 9]
    text, page = corrected.summary(), corrected._repr_html_()
    assert "Auditors find 100.0% of errors of this kind (15 of 15; " in text
    assert "see one where there is none in 11.1% of the other decisions that acted (15 of 135)." in text
    assert "(9 of 138)" in text
    assert "of the other decisions that let content stand (9 of 138)." in text
    assert "of the other decisions (24 of 273)." in text
    assert "of other cases" not in text
    for words in ("15 of 15", "15 of 135 other decisions that acted", "9 of 138 other decisions that let"):
        assert words in page


def test_bad_double_audits_are_refused_by_name() -> None:
    sample, truth = week()
    cases = sample.column("case")
    audits, few = judged(cases, truth, 5), cases[:300]
    never = next(case for case in truth if case not in set(cases))
    good = expert(few, truth)

    def double(**columns: Any) -> Any:
        return pa.table({"case": good["case"].to_pylist(), "verdict": good["verdict"].to_pylist(), **columns})

    labels = good["verdict"].to_pylist()
    found = dict(zip(audits["case"].to_pylist(), audits["verdict"].to_pylist(), strict=True))
    decided = dict(zip(cases, sample.column("label"), strict=True))
    agreed = [case for case in cases if found[case] == decided[case]]
    for wrong, words in (
        (double(case=[never, *few[1:]]), "cases that were audited, got case"),
        (double(case=[few[1], *few[1:]]), "each case once in double_audits"),
        (double(verdict=["remvoe", *labels[1:]]), "got 'remvoe'"),
        (double(verdict=[None, *labels[1:]]), "a value in every row of double_audits, got null"),
        (pa.table({"case": few}), "a column 'verdict' in double_audits"),
        (good.slice(0, 0), "at least one row in double_audits"),
        ({"case": np.array(few, dtype=object), "verdict": np.array([float("nan"), *labels[1:]], dtype=object)}, "null"),
        (expert(agreed[:200], truth), "whose first audit found the error, got none"),
    ):
        with pytest.raises(assay.InputError) as refused:
            assay.correct_for_auditors(sample, audits, wrong)
        assert words in str(refused.value)


def test_bad_arguments_and_hopeless_auditors_are_refused_by_name() -> None:
    sample, truth = week()
    cases = sample.column("case")
    audits, double = judged(cases, truth, 5), expert(cases[:300], truth)
    one = sample.to_frame().append_column("everywhere", pa.array(["here"] * len(cases)))
    for given, words in (
        ({"metrics": "recall"}, "metrics among accuracy, over_enforcement"),
        ({"metrics": []}, "at least one metric"),
        ({"method": "em"}, 'method= "difference"'),
        ({"method": "latent_class"}, "population= with method"),
        ({"population": "site"}, "population= with method"),
        ({"confidence": 1.0}, "confidence"),
        ({"method": "latent_class", "population": "nowhere"}, "a column 'nowhere' in the sample"),
    ):
        with pytest.raises(assay.InputError) as refused:
            assay.correct_for_auditors(sample, audits, double, **given)
        assert words in str(refused.value)
    with pytest.raises(assay.InputError, match="two or more populations whose rates differ, got 1"):
        assay.correct_for_auditors(one, audits, double, method="latent_class", population="everywhere")
    turn = itertools.cycle(["remove", "approve"])
    coin = pa.table({"case": cases, "verdict": [next(turn) for _ in cases]})
    lying = pa.table({"case": cases, "verdict": ["approve" if truth[case] == "remove" else "remove" for case in cases]})
    with pytest.raises(assay.InputError, match="auditors better than a coin"):
        assay.correct_for_auditors(sample, lying, double, metrics=["violation_rate"], method="error_rates")
    assert len(assay.correct_for_auditors(sample, coin, double, metrics=["violation_rate"])) == 1
