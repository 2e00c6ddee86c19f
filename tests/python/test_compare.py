"""Comparisons: honest intervals of differences, with and without shared cases."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest

import assay
from test_score import ALLOW, REMOVE, Row, audits_of, only, refused, rows_of, sample_of


def shares(right: int, n: int, **more: Any) -> Any:
    return assay.score({"ok": np.arange(n) < right}, correct="ok", **more)


def newcombe(a: float, la: float, ua: float, b: float, lb: float, ub: float, r: float = 0.0) -> tuple[float, float]:
    """Newcombe's hybrid score interval, with a correlation (his method 10 for pairs)."""
    below = (a - la) ** 2 - 2 * r * (a - la) * (ub - b) + (ub - b) ** 2
    above = (ua - a) ** 2 - 2 * r * (ua - a) * (b - lb) + (b - lb) ** 2
    return a - b - math.sqrt(max(0.0, below)), a - b + math.sqrt(max(0.0, above))


def corrected(right: int, n: int) -> tuple[float, float]:
    """Wilson's limits corrected for continuity, as Newcombe writes them (1998, 17:857-872, method 4)."""
    p, z2 = right / n, NormalDist().inv_cdf(0.975) ** 2
    low = math.sqrt(z2 * (z2 - 2 - 1 / n + 4 * p * (n * (1 - p) + 1)))
    high = math.sqrt(z2 * (z2 + 2 - 1 / n + 4 * p * (n * (1 - p) - 1)))
    lower = 0.0 if right == 0 else (2 * n * p + z2 - 1 - low) / (2 * (n + z2))
    upper = 1.0 if right == n else (2 * n * p + z2 + 1 + high) / (2 * (n + z2))
    return lower, upper


def test_a_published_difference() -> None:
    # Newcombe (1998), Statistics in Medicine 17:873-890, table II, example (a): 56/70 - 48/80, method 11.
    row = only(assay.compare(shares(56, 70), shares(48, 80)))
    assert row["difference"] == pytest.approx(0.2)
    assert (row["lower"], row["upper"]) == pytest.approx((0.0428, 0.3422), abs=5e-5)
    assert row["method"] == "hybrid score, continuity corrected"
    assert (row["n_a"], row["n_b"], row["shared_cases"]) == (70, 80, 0)
    assert (row["estimate_a"], row["estimate_b"]) == (0.8, 0.6)
    error = math.sqrt(0.8 * 0.2 / 69 + 0.6 * 0.4 / 79)
    assert row["standard_error"] == pytest.approx(error, rel=1e-12)
    assert row["standing"] == "better"
    assert row["audits_needed"] == 0


def test_standing_margin_and_direction() -> None:
    def standing(a: int, b: int, margin: float = 0) -> Any:
        return only(assay.compare(shares(a, 400), shares(b, 400), margin=margin))["standing"]

    assert standing(390, 360) == "better"
    assert standing(360, 390) == "worse"
    assert standing(380, 376) == "no difference shown"
    assert standing(390, 360, 0.02) == "better"
    assert standing(390, 360, 0.06) == "no difference shown"
    assert only(assay.compare(shares(390, 400), shares(360, 400), margin=0.06))["margin"] == 0.06

    def leaks(found: int) -> Any:
        table = {"d": np.full(400, ALLOW), "v": np.where(np.arange(400) < found, REMOVE, ALLOW)}
        given: dict[str, Any] = {"decision": "d", "verdict": "v", "violating": [REMOVE]}
        return assay.score(table, metrics=["accuracy", "leakage", "violation_rate"], **given)

    change = assay.compare(leaks(8), leaks(40))
    assert [row["standing"] for row in rows_of(change)] == ["better", "better", "better"]
    assert only(change, metric="leakage")["difference"] < 0 < only(change, metric="accuracy")["difference"]


@pytest.mark.parametrize(("a", "b", "n", "margin"), [(190, 180, 200, 0.0), (199, 190, 200, 0.01), (110, 90, 200, 0.0)])
def test_audits_needed_would_show_the_difference(a: int, b: int, n: int, margin: float) -> None:
    row = only(assay.compare(shares(a, n), shares(b, n), margin=margin))
    if row["standing"] != "no difference shown":
        assert row["audits_needed"] == 0
        return
    grown = (2 * n + row["audits_needed"]) / (2 * n) * 1.1
    more = only(
        assay.compare(
            shares(round(a * grown), round(n * grown)), shares(round(b * grown), round(n * grown)), margin=margin
        )
    )
    assert more["standing"] == "better"


def test_no_difference_has_no_number_of_audits() -> None:
    row = only(assay.compare(shares(90, 100), shares(90, 100)))
    assert (row["standing"], row["audits_needed"]) == ("no difference shown", None)


def test_slices_of_one_side_are_counted_and_left_out() -> None:
    def by_queue(queues: str) -> Any:
        table = {"ok": np.ones(len(queues), bool), "q": np.array(list(queues))}
        return assay.score(table, correct="ok", by="q", total=True)

    change = assay.compare(by_queue("aabbc"), by_queue("bbddee"))
    assert change.column("q") == [None, "b"]
    assert "4 slices" in " ".join(change.context.notes)
    with pytest.raises(assay.InputError, match="same columns"):
        assay.compare(by_queue("ab"), shares(3, 4))
    table = {"ok": np.ones(4, bool), "q": np.array(list("xxyy"))}
    with pytest.raises(assay.InputError, match="in common"):
        assay.compare(by_queue("ab"), assay.score(table, correct="ok", by="q"))


def test_columns_in_another_order_are_the_same_slices() -> None:
    table = {"ok": np.arange(60) % 3 > 0, "p": np.arange(60) % 2, "q": np.arange(60) % 4}
    one = assay.score(table, correct="ok", by=["p", "q"])
    other = assay.score(table, correct="ok", by=["q", "p"])
    change = assay.compare(one, other)
    assert len(change) == len(one)
    assert set(change.column("difference")) == {0.0}


def test_refusals() -> None:
    score = shares(9, 10)
    for call, message in (
        (lambda: assay.compare(score, {"ok": [True]}), "b as the result of assay.score"),  # type: ignore[arg-type]
        (lambda: assay.compare(score, shares(9, 10, confidence=0.9)), "one confidence"),
        (lambda: assay.compare(score, score, about="week"), "'week'"),
        (lambda: assay.compare(score, score, margin=-0.1), "margin"),
        (lambda: assay.compare(score, score, margin=math.nan), "margin"),
        (lambda: assay.compare(score, score, margin=True), "margin"),
        (lambda: assay.compare(score, shares(9, 10, about="process"), about="queue"), "about"),
    ):
        assert message in str(refused(call))


def test_queue_and_process() -> None:
    a, b = shares(190, 200, population=210), shares(170, 200, population=210)
    process, queue = only(assay.compare(a, b)), only(assay.compare(a, b, about="queue"))
    assert process["lower"] < queue["lower"] < queue["upper"] < process["upper"]
    assert (process["about"], queue["about"]) == ("process", "queue")
    limits = [(r["estimate"], r["lower"], r["upper"]) for r in (only(a), only(b))]
    assert (queue["lower"], queue["upper"]) == pytest.approx(newcombe(*limits[0], *limits[1]), rel=1e-9)
    assert queue["standard_error"] == pytest.approx(process["standard_error"] * math.sqrt(1 - 200 / 210))


def test_an_unanswered_slice_has_no_difference() -> None:
    table = {"d": np.array([ALLOW, ALLOW]), "v": np.array([ALLOW, ALLOW])}
    given: dict[str, Any] = {"decision": "d", "verdict": "v", "violating": [REMOVE], "metrics": ["precision"]}
    row = only(assay.compare(assay.score(table, **given), assay.score(table, **given)))
    assert row["difference"] is None
    assert (row["standing"], row["method"], row["audits_needed"]) == (None, "no audits", None)


def test_ratios_are_compared_by_their_linearised_variances() -> None:
    rng = np.random.default_rng(4)
    metric = assay.ratio("loss", numerator="y", denominator="x")

    def one(mean: float) -> Any:
        table = {"ok": np.ones(90, bool), "y": rng.normal(mean, 1, 90), "x": rng.uniform(1, 2, 90)}
        return assay.score(table, correct="ok", metrics=[metric])

    a, b = one(3.0), one(1.0)
    row = only(assay.compare(a, b))
    error = math.hypot(only(a)["standard_error"], only(b)["standard_error"])
    assert row["standard_error"] == pytest.approx(error, rel=1e-12)
    assert row["method"] == "linearised"
    assert row["upper"] - row["difference"] == pytest.approx(1.9734 * error, rel=1e-4)  # t with 178 degrees of freedom
    assert row["standing"] == "better"


# --- shared cases ---------------------------------------------------------------------------------------------------


def scored(cases: Sequence[Row], verdict: str, populations: dict[str, int], **more: Any) -> Any:
    sample = sample_of(cases, populations, by=["site"], strata=["queue"] if len(populations) > 1 else [])
    return assay.score(sample, audits_of(cases, verdict), verdict="verdict", metrics=["accuracy"], **more)


def paired(n: int, seed: int = 1) -> list[Row]:
    rng = np.random.default_rng(seed)
    out: list[Row] = []
    for i in range(n):
        hard = rng.random() < 0.3
        first, second = rng.random() < (0.6 if hard else 0.95), rng.random() < (0.5 if hard else 0.95)
        out.append(
            {
                "case": i,
                "decision": ALLOW,
                "first": ALLOW if first else REMOVE,
                "second": ALLOW if second else REMOVE,
                "stratum": "s",
                "site": "xy"[i % 2],
            }
        )
    return out


def test_pairs_are_newcombes_pairs() -> None:
    cases = paired(200)
    a = scored(cases, "first", {"s": 10_000}, by="site", total=True)
    b = scored(cases, "second", {"s": 10_000}, by="site", total=True)
    for row in rows_of(assay.compare(a, b)):
        own = [c for c in cases if row["site"] in (None, c["site"])]
        x, y = (np.array([c[name] == ALLOW for c in own], float) for name in ("first", "second"))
        assert row["shared_cases"] == len(own)
        if row["site"] is None:
            assert row["standard_error"] == pytest.approx(np.std(x - y, ddof=1) / math.sqrt(len(own)), rel=1e-9)
        r = float(np.corrcoef(x, y)[0, 1])
        limits = [(float(v.mean()), *corrected(int(v.sum()), len(own))) for v in (x, y)]
        expected = newcombe(*limits[0], *limits[1], r)
        assert (row["lower"], row["upper"]) == pytest.approx(expected, abs=2e-4)
    same = only(assay.compare(a, a), site=None)
    assert same["standard_error"] == pytest.approx(0.0, abs=1e-8)  # the root of an ulp
    # The method leaves what the asymmetry of the two limits leaves.
    lower, upper = corrected(round(200 * only(a, site=None)["estimate"]), 200)
    assert same["upper"] == -same["lower"] == pytest.approx(abs(lower + upper - 2 * only(a, site=None)["estimate"]))


def test_order_of_the_shared_cases_does_not_matter() -> None:
    cases = paired(120)
    a = scored(cases, "first", {"s": 900})
    one = assay.compare(a, scored(cases, "second", {"s": 900}))
    other = assay.compare(a, scored(cases[::-1], "second", {"s": 900}))
    assert only(one)["standard_error"] == pytest.approx(only(other)["standard_error"], rel=1e-12)


def test_about_the_queue_the_pair_shares_the_finite_population_too() -> None:
    cases = paired(180)
    a, b = (scored(cases, name, {"s": 200}) for name in ("first", "second"))
    row = only(assay.compare(a, b, about="queue"))
    x, y = (np.array([c[name] == ALLOW for c in cases], float) for name in ("first", "second"))
    expected = np.std(x - y, ddof=1) / math.sqrt(180) * math.sqrt(1 - 180 / 200)
    assert row["standard_error"] == pytest.approx(expected, rel=1e-9)


def test_covariance_is_centred_within_strata() -> None:
    # An easy and a hard queue; within each, the two verdicts are independent: so are the two stratified scores.
    rng = np.random.default_rng(8)
    cases: list[Row] = []
    for stratum, chance in (("easy", 0.99), ("hard", 0.2)):
        for _ in range(2000):
            verdicts = {name: ALLOW if rng.random() < chance else REMOVE for name in ("first", "second")}
            cases.append({"case": len(cases), "decision": ALLOW, **verdicts, "stratum": stratum, "site": "x"})
    populations = {"easy": 50_000, "hard": 50_000}
    a, b = (scored(cases, name, populations) for name in ("first", "second"))
    row = only(assay.compare(a, b))
    alone = math.hypot(*(only(s)["standard_error"] for s in (a, b)))
    assert row["shared_cases"] == 4000
    assert row["standard_error"] == pytest.approx(alone, rel=0.05)


def coverage(rounds: int, draw: Any) -> tuple[float, float]:
    covered = width = 0.0
    for _ in range(rounds):
        row, truth = draw()
        covered += row["lower"] <= truth <= row["upper"]
        width += (row["upper"] - row["lower"]) / rounds
    return covered / rounds, width


@pytest.mark.parametrize("about", ["process", "queue"])
def test_intervals_of_independent_scores_cover(about: str) -> None:
    rng = np.random.default_rng(21)

    def draw() -> Any:
        a, b = (rng.random(500) < p for p in (0.93, 0.9))
        truth = 0.03 if about == "process" else a.mean() - b.mean()
        drawn = [rng.choice(values, 150, replace=False) for values in (a, b)]
        scores = [assay.score({"ok": values}, correct="ok", population=500) for values in drawn]
        return only(assay.compare(*scores, about=about)), truth

    covered, _ = coverage(400, draw)
    assert 0.92 <= covered <= 0.99


@pytest.mark.parametrize("overlap", [0, 60, 120])
def test_intervals_of_overlapping_samples_cover(overlap: int) -> None:
    rng = np.random.default_rng(22)

    def draw() -> Any:
        hard = rng.random(240 - overlap) < 0.5
        right = [np.where(hard, rng.random(hard.size) < 0.6 + shift, True) for shift in (0.1, 0.0)]
        scores = []
        for k, first in ((0, 0), (1, 120 - overlap)):
            ids = np.arange(first, first + 120)
            cases = [
                {"case": int(i), "decision": ALLOW, "v": ALLOW if right[k][i] else REMOVE, "stratum": "s", "site": "x"}
                for i in ids
            ]
            scores.append(scored(cases, "v", {"s": 100_000}))
        return only(assay.compare(*scores)), 0.05

    covered, width = coverage(200, draw)
    assert 0.90 <= covered <= 0.995
    assert width < {0: 0.21, 60: 0.2, 120: 0.19}[overlap]


def test_labels_of_the_two_sides_and_words() -> None:
    change = assay.compare(shares(90, 100), shares(80, 100), label_a="W47", label_b="W46")
    assert (change.context.label_a, change.context.label_b) == ("W47", "W46")
    assert "W47" in change.summary()


def test_two_tables_or_two_samples_are_scored_first() -> None:
    """Tables and pairs (sample, audits) compare as their scores do."""
    tables = [{"ok": np.arange(400) < right} for right in (390, 360)]
    scores = [assay.score(table, correct="ok") for table in tables]
    assert assay.compare(*tables, correct="ok") == assay.compare(*scores)
    assert assay.compare(scores[0], tables[1], correct="ok") == assay.compare(*scores)
    cases = [
        [
            {"case": i, "decision": REMOVE, "stratum": "(all)", "verdict": REMOVE if i < right else ALLOW}
            for i in range(200)
        ]
        for right in (195, 170)
    ]
    pairs = [(sample_of(each, {"(all)": 5000}), audits_of(each)) for each in cases]
    apart = [assay.score(*pair, verdict="verdict") for pair in pairs]
    assert assay.compare(*pairs, verdict="verdict") == assay.compare(*apart)
    assert "score it first" in str(refused(lambda: assay.compare(scores[0], tables[1])))
    assert "a tuple of 3" in str(refused(lambda: assay.compare((1, 2, 3), scores[1], correct="ok")))
    assert "no more arguments" in str(refused(lambda: assay.compare(*scores, correct="ok")))


def test_two_samples_of_different_periods_are_called_by_them() -> None:
    operation = assay.example.operation(weeks=1)
    frame = assay.frame(operation.decisions, case="case_id", decision="decision", by=["queue"])
    plan = assay.plan(frame, size=300)

    def scored(period: str) -> assay.Scores:
        sample = plan.draw(key="a secret of a dozen letters", period=period)
        return assay.score(sample, operation.audit(sample), verdict="verdict")

    one, other = scored("2026-W47"), scored("2026-W46")
    named = assay.compare(one, other).context
    assert (named.label_a, named.label_b) == ("2026-W47", "2026-W46")
    same = assay.compare(one, one).context
    assert (same.label_a, same.label_b) == ("a", "b")
    assert assay.compare(one, other, label_a="new").context.label_b == "b"
