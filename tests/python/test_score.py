"""Scores: every number against a second computation, written here from the textbook."""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pytest

import assay

REMOVE, SPAM, ALLOW, OTHER = "remove", "spam", "allow", "age gate"
VIOLATING = [REMOVE, SPAM]
SHARES = ["accuracy", "over_enforcement", "leakage", "wrong_label"]
ALL = [
    *SHARES,
    "precision",
    "recall",
    "specificity",
    "false_positive_rate",
    "false_negative_rate",
    "violation_rate",
]
Row = dict[str, Any]


def outcome(decision: str, verdict: str) -> dict[str, tuple[float, float]]:
    """For each metric what one audited case adds to its numerator and denominator."""
    acted, due, same = decision in VIOLATING, verdict in VIOLATING, decision == verdict
    return {
        "accuracy": (same, 1),
        "over_enforcement": (acted and not due, 1),
        "leakage": (due and not acted, 1),
        "wrong_label": (acted == due and not same, 1),
        "precision": (acted and due, acted),
        "recall": (acted and due, due),
        "specificity": (not acted and not due, not due),
        "false_positive_rate": (acted and not due, not due),
        "false_negative_rate": (due and not acted, due),
        "violation_rate": (due, 1),
    }


def rows_of(scores: Any) -> list[Row]:
    return list(scores.records())


def only(scores: Any, **wanted: Any) -> Row:
    found = [row for row in rows_of(scores) if all(row[name] == value for name, value in wanted.items())]
    assert len(found) == 1, (wanted, len(found))
    return found[0]


def sample_of(
    cases: Sequence[Row],
    populations: dict[str, int],
    *,
    by: Sequence[str] = (),
    strata: Sequence[str] = (),
    acted: dict[str, int] | None = None,
    violating: Sequence[str] = VIOLATING,
    not_violating: Sequence[str] = (),
    undecided: Sequence[str] = (),
    labels: Sequence[str] = (REMOVE, SPAM, ALLOW, OTHER),
) -> pa.Table:
    """A sample as plan.draw makes it. `cases` have case, decision, stratum and anything else; `acted`: how many cases
    of each stratum were decided violating."""
    sizes = {name: sum(case["stratum"] == name for case in cases) for name in populations}
    kinds = {str: "u", int: "l", bool: "b"}
    design = {
        "version": 1,
        "case": "case",
        "decision": "decision",
        "by": list(by),
        "by_types": [kinds[type(cases[0][name])] for name in by],
        "strata": list(strata),
        "violating": list(violating),
        "not_violating": list(not_violating),
        "undecided": list(undecided),
        "labels": list(labels),
        "period": "2026-W47",
        "missing": None,
    }
    out = []
    for case in cases:
        held, drawn = populations[case["stratum"]], sizes[case["stratum"]]
        row = {
            **case,
            "stratum_population": held,
            "stratum_size": drawn,
            "inclusion_probability": drawn / held,
            "weight": held / drawn,
        }
        if acted is not None:
            own = acted[case["stratum"]]
            row["decision_population"] = own if case["decision"] in violating else held - own
        out.append({**row, "sample_design": json.dumps(design)})
    return pa.Table.from_pylist(out)


def audits_of(cases: Iterable[Row], verdict: str = "verdict", **more: Callable[[Row], Any]) -> pa.Table:
    """The audits of the cases whose verdict is not None."""
    found = [
        {"case": case["case"], "verdict": case[verdict], **{name: ask(case) for name, ask in more.items()}}
        for case in cases
        if case[verdict] is not None
    ]
    empty = pa.schema([("case", pa.int64()), ("verdict", pa.string()), *((name, pa.string()) for name in more)])
    return pa.Table.from_pylist(found) if found else empty.empty_table()


def drawn_cases(sizes: dict[str, int], seed: int = 7) -> list[Row]:
    """Cases of several strata with decisions, verdicts and a column that crosses the strata."""
    rng = np.random.default_rng(seed)
    out: list[Row] = []
    for place, (stratum, size) in enumerate(sizes.items()):
        for _ in range(size):
            decision = str(rng.choice([REMOVE, SPAM, ALLOW, OTHER], p=[0.25, 0.15, 0.4, 0.2]))
            wrong = rng.random() < 0.1 + 0.1 * place
            verdict = str(rng.choice([REMOVE, SPAM, ALLOW, OTHER])) if wrong else decision
            site = ["north", "south", "west"][int(rng.integers(3))]
            out.append(
                {
                    "case": len(out),
                    "decision": decision,
                    "verdict": verdict,
                    "stratum": stratum,
                    "queue": stratum,
                    "site": site,
                    "views": int(rng.integers(1, 200)),
                }
            )
    return out


def textbook(
    cases: Sequence[Row],
    populations: dict[str, int] | None,
    pair: Callable[[Row], tuple[float, float]],
    weight: Callable[[Row], float] | None = None,
) -> tuple[float, float, float]:
    """Estimate, standard error about the queue, standard error about the process: Taylor linearisation of a ratio under
    stratified simple random sampling, a domain being zeros outside. Without populations: with replacement."""
    stratum = np.array([case["stratum"] if populations else "" for case in cases])
    y, x = np.array([pair(case) for case in cases], float).T
    n = {h: np.sum(stratum == h) for h in np.unique(stratum)}
    held = {h: populations[h] if populations else math.inf for h in n}
    if weight is not None:
        w = np.array([weight(case) for case in cases])
    else:
        w = np.array([held[h] / n[h] if populations else 1.0 for h in stratum])
    ratio = np.sum(w * y) / np.sum(w * x)
    z = w * (y - ratio * x) / np.sum(w * x)
    finite = process = 0.0
    for h in n:
        own = z[stratum == h]
        spread = n[h] / (n[h] - 1) * np.sum((own - own.mean()) ** 2) if n[h] > 1 else float(own[0] ** 2)
        process += spread
        finite += (1 - n[h] / held[h]) * spread
    return float(ratio), math.sqrt(finite), math.sqrt(process)


def wilson(share: float, n: float, z: float = 1.959963984540054) -> tuple[float, float]:
    k = z * z / n
    spread = math.sqrt(k * share * (1 - share) + k * k / 4)
    return (share + k / 2 - spread) / (1 + k), (share + k / 2 + spread) / (1 + k)


def student(df: float, chance: float = 0.975) -> float:
    """The quantile of Student's t, by bisection on its density's sum (Simpson's rule)."""
    scale = math.exp(math.lgamma((df + 1) / 2) - math.lgamma(df / 2)) / math.sqrt(df * math.pi)

    def below(t: float) -> float:
        at = np.linspace(0.0, t, 4001)
        density = scale * (1 + at**2 / df) ** (-(df + 1) / 2)
        return 0.5 + float(density[0] + density[-1] + 4 * density[1::2].sum() + 2 * density[2:-1:2].sum()) * t / 12000

    low, high = 0.0, 1e3
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if below(middle) < chance else (low, middle)
    return low


def beta_quantile(a: float, b: float, chance: float) -> float:
    """The quantile of a beta variable, by bisection on its density's sum, in the angle where it has no poles."""
    at = (np.arange(20_000) + 0.5) * (math.pi / 2 / 20_000)
    density = np.exp((2 * a - 1) * np.log(np.sin(at)) + (2 * b - 1) * np.log(np.cos(at)))
    below = np.cumsum(density) / density.sum()
    place = int(np.searchsorted(below, chance))
    before = below[place - 1] if place else 0.0
    part = (chance - before) / (below[place] - before)
    return float(np.sin((place + part) * (math.pi / 2 / 20_000)) ** 2)


def gamma_quantile(shape: float, chance: float) -> float:
    """The quantile of a gamma variable, by its density's sum, in the root where it has no pole."""
    step = (math.sqrt(shape) + 8) / 20_000
    at = (np.arange(20_000) + 0.5) * step
    log_density = (2 * shape - 1) * np.log(at) - at**2
    density = np.exp(log_density - log_density.max())
    below = np.cumsum(density) / density.sum()
    place = int(np.searchsorted(below, chance))
    before = below[place - 1] if place else 0.0
    part = (chance - before) / (below[place] - before)
    return float(((place + part) * step) ** 2)


# --- one table ------------------------------------------------------------------------------------------------------


def table_of(cases: Sequence[Row]) -> pa.Table:
    return pa.Table.from_pylist(list(cases))


CASES = drawn_cases({"a": 150, "b": 90, "c": 60})


def in_grouping(case: Row, names: Iterable[str], row: Row) -> bool:
    return all(case[name] == row[name] for name in names)


def test_four_shares_add_up_to_one_in_every_slice() -> None:
    for scores in (
        assay.score(
            table_of(CASES), decision="decision", verdict="verdict", violating=VIOLATING, metrics=SHARES,
            by=assay.cube("queue", "site"),
        ),
        assay.score(
            table_of(CASES), decision="decision", verdict="verdict", violating=VIOLATING, metrics=SHARES,
            by=assay.cube("queue", "site"), weight="views",
        ),
    ):  # fmt: skip
        totals: dict[tuple[Any, Any], float] = {}
        for row in scores.records():
            key = (row["queue"], row["site"])
            totals[key] = totals.get(key, 0.0) + row["estimate"]
        assert len(totals) == 1 + 3 + 3 + 9
        assert all(total == pytest.approx(1.0, abs=1e-12) for total in totals.values())


def test_every_metric_of_every_roll_up_is_what_counting_by_hand_gives() -> None:
    scores = assay.score(
        table_of(CASES), decision="decision", verdict="verdict", violating=VIOLATING, metrics=ALL,
        by=assay.cube("queue", "site", "decision", depth=2), confidence=0.9,
    )  # fmt: skip
    seen = 0
    for row in scores.records():
        names = [name for name in ("queue", "site", "decision") if row[name] is not None]
        pairs = [outcome(c["decision"], c["verdict"])[row["metric"]] for c in CASES if in_grouping(c, names, row)]
        hits, trials = int(sum(y for y, _ in pairs)), int(sum(x for _, x in pairs))
        assert row["n"] == row["denominator"] == row["n_effective"] == trials
        assert row["confidence"] == 0.9
        if trials == 0:
            assert row["estimate"] is None
            assert row["standard_error"] is None
            assert (row["lower"], row["upper"]) == (0, 1)
            assert row["method"] == "no audits"
        else:
            assert row["numerator"] == hits
            assert row["estimate"] == pytest.approx(hits / trials, rel=1e-14)
            assert row["method"] == "wilson"
            assert (row["lower"], row["upper"]) == tuple(assay.interval.wilson(hits, trials, confidence=0.9))
        seen += 1
    assert seen == 10 * (1 + 3 + 3 + 4 + 9 + 12 + 12)


def test_one_audit_has_an_answer() -> None:
    scores = assay.score(table_of(CASES[:1]), decision="decision", verdict="decision", violating=VIOLATING)
    row = only(scores)
    assert (row["n"], row["estimate"], row["standard_error"]) == (1, 1.0, 0.0)
    assert (row["lower"], row["upper"]) == tuple(assay.interval.wilson(1, 1))


def test_correct_answers_accuracy_only() -> None:
    table = {"right": np.array([True, True, False, True]), "queue": np.array(["a", "a", "b", "b"])}
    scores = assay.score(table, correct="right", by="queue", total=True)
    assert [(r["queue"], r["estimate"], r["n"]) for r in scores.records()] == [
        (None, 0.75, 4),
        ("a", 1, 2),
        ("b", 0.5, 2),
    ]
    with pytest.raises(assay.InputError, match="correct=, which answers accuracy only"):
        assay.score(table, correct="right", metrics=["leakage"], violating=["x"])


def test_without_violating_only_accuracy_can_be_answered() -> None:
    scores = assay.score(table_of(CASES), decision="decision", verdict="verdict")
    assert only(scores)["numerator"] == sum(c["decision"] == c["verdict"] for c in CASES)
    for metric in ALL[1:]:
        with pytest.raises(assay.InputError, match="violating="):
            assay.score(table_of(CASES), decision="decision", verdict="verdict", metrics=[metric])


def test_weights_are_drawn_with_replacement_and_counted_by_kish() -> None:
    scores = assay.score(
        table_of(CASES), decision="decision", verdict="verdict", violating=VIOLATING, metrics=ALL, by="site",
        weight="views", total=True,
    )  # fmt: skip
    for row in scores.records():
        names = ["site"] if row["site"] is not None else []

        def pair(case: Row, names: list[str] = names, row: Row = row) -> tuple[float, float]:
            return (
                outcome(case["decision"], case["verdict"])[row["metric"]] if in_grouping(case, names, row) else (0, 0)
            )

        ratio, _, error = textbook(CASES, None, pair, lambda case: case["views"])
        assert row["estimate"] == pytest.approx(ratio, rel=1e-12)
        assert row["standard_error"] == pytest.approx(error, rel=1e-9)
        w = np.array([case["views"] for case in CASES if pair(case)[1]], float)
        kish = w.sum() ** 2 / (w**2).sum()
        assert row["n_effective"] == pytest.approx(min(kish, row["n"]), rel=1e-12)
        whole = row["metric"] in (*SHARES, "violation_rate")
        assert row["method"] == ("weighted beta" if whole else "ratio of totals")
        assert row["design"] == "unequal weights"
        # Wider than on the smaller of the plug-in and Kish's size by Student's t, or narrower by a quarter at most.
        size = min(kish, ratio * (1 - ratio) / error**2)
        lower, upper = wilson(ratio, size, student(row["n"] - 1))
        assert row["lower"] < ratio < row["upper"]
        assert row["upper"] - row["lower"] > 0.75 * (upper - lower)
        kept = [case for case in CASES if in_grouping(case, names, row)]
        assert (row["lower"], row["upper"]) == pytest.approx(weighted_limits(kept, row["metric"], whole), rel=2e-4)


def weighted_limits(kept: list[Row], metric: str, whole: bool) -> tuple[float, float]:
    """The limits of a share of weights by the book (Fay and Feuer, as beta); of a ratio, from totals (as gamma)."""
    worth = {id(case): outcome(case["decision"], case["verdict"])[metric] for case in kept}
    all_weights = sum(case["views"] for case in kept)
    could: dict[str, set[bool]] = {  # which decisions (to act: True) can be hits, and which misses
        "accuracy": {True, False}, "wrong_label": {True, False}, "violation_rate": {True, False},
        "over_enforcement": {True}, "leakage": {False}, "precision": {True}, "recall": {True},
        "specificity": {False}, "false_positive_rate": {True}, "false_negative_rate": {False},
    }  # fmt: skip
    misses_of: dict[str, set[bool]] = {
        "precision": {True}, "recall": {False}, "specificity": {True}, "false_positive_rate": {False},
        "false_negative_rate": {True},
    }  # fmt: skip

    def limits(of_hits: bool) -> tuple[float, float, float]:
        """Share, lower and upper limit of the hits, or of what is in the denominator only."""
        events = [
            float(case["views"])
            for case in kept
            if (worth[id(case)][0] if of_hits else worth[id(case)][1] - worth[id(case)][0])
        ]
        share, squares = sum(events) / all_weights, sum(v * v for v in events) / all_weights**2
        # How heavy, whatever was found, a case is whose decision could be such an event; weights differ within
        # decisions, so at least as heavy as all cases are.
        heaviest = sum(case["views"] ** 2 for case in kept) / all_weights**2
        for acted in could[metric] if of_hits else misses_of.get(metric, {True, False}):
            views = [case["views"] for case in kept if (case["decision"] in VIOLATING) == acted]
            if views:
                heaviest = max(heaviest, sum(v * v for v in views) / sum(views) / all_weights)

        def at(added: float, weight: float, chance: float) -> float:
            p, v = share + added * weight, squares + added * weight**2
            if not whole:  # totals vary as counts do, each apart
                return v / p * gamma_quantile(p * p / v, chance)
            return beta_quantile(p * p / v, p / v * (1 - p) + 1, chance)

        # The lower one takes 55 % of a case away, the upper one allows for a whole one.
        return share, at(0.45, squares / share, 0.025), at(1.0, heaviest, 0.975)

    def least_ratio(a: float, lower_a: float, b: float, upper_b: float) -> float:
        """The lower limit of a / b by Donner and Zou."""
        span = upper_b * (2 * b - upper_b)
        return (a * b - math.sqrt((a * b) ** 2 - lower_a * (2 * a - lower_a) * span)) / span

    if whole and metric != "accuracy":
        return limits(True)[1:]
    miss, miss_lower, miss_upper = limits(False)
    if whole:
        return 1 - miss_upper, 1 - miss_lower
    hit, hit_lower, hit_upper = limits(True)
    low = least_ratio(hit, hit_lower, miss, miss_upper)
    high = least_ratio(miss, miss_lower, hit, hit_upper)
    return low / (1 + low), 1 / (1 + high)


def test_weights_too_uneven_for_no_errors_stay_honest() -> None:
    # methods: 180 audits of weight .05 and 20 of weight .95, no errors: the effective size is about 22, not 200.
    table = {"ok": np.ones(200, bool), "w": np.repeat([0.05, 0.95], [180, 20])}
    row = only(assay.score(table, correct="ok", weight="w"))
    assert row["n_effective"] == pytest.approx(28.0**2 / 18.5, rel=1e-12)
    assert row["lower"] < 0.93
    assert row["upper"] == 1.0


def test_strata_and_populations_of_a_table() -> None:
    populations = {"a": 3000, "b": 200, "c": 60}
    column = pa.array([populations[c["queue"]] for c in CASES])
    table = table_of(CASES)
    asks: list[Any] = [(table, populations), (table.append_column("held", column), "held")]
    for given, population in asks:
        scores = assay.score(
            given, decision="decision", verdict="verdict", violating=VIOLATING, metrics=ALL, by="site", total=True,
            strata="queue", population=population,
        )  # fmt: skip
        for row in scores.records():
            names = ["site"] if row["site"] is not None else []

            def pair(case: Row, names: list[str] = names, row: Row = row) -> tuple[float, float]:
                inside = in_grouping(case, names, row)
                return outcome(case["decision"], case["verdict"])[row["metric"]] if inside else (0, 0)

            ratio, error, _ = textbook(CASES, populations, pair)
            assert row["estimate"] == pytest.approx(ratio, rel=1e-12)
            assert row["standard_error"] == pytest.approx(error, rel=1e-9)
            assert row["design"] == "stratified simple random"
    process = assay.score(
        table, decision="decision", verdict="verdict", strata="queue", population=populations, about="process"
    )
    expected = textbook(CASES, populations, lambda c: (c["decision"] == c["verdict"], 1))
    assert only(process)["standard_error"] == pytest.approx(expected[2], rel=1e-12)


def test_a_stratum_of_one_case() -> None:
    cases = [*CASES, {**CASES[0], "case": 9999, "queue": "d", "stratum": "d", "verdict": "other"}]
    populations = {"a": 3000, "b": 200, "c": 60, "d": 10}
    scores = assay.score(
        table_of(cases), decision="decision", verdict="verdict", strata="queue", population=populations,
        violating=VIOLATING, not_violating=[ALLOW, OTHER, "other"],
    )  # fmt: skip
    ratio, error, _ = textbook(cases, populations, lambda c: (c["decision"] == c["verdict"], 1))
    assert only(scores)["estimate"] == pytest.approx(ratio, rel=1e-12)
    assert only(scores)["standard_error"] == pytest.approx(error, rel=1e-12)


@pytest.mark.parametrize(
    ("population", "message"),
    [
        (100, "at least the 300 audited cases"),
        (300.5, "a whole number of cases"),
        (0, "a whole number of cases"),
        (math.inf, "a whole number of cases"),
        (math.nan, "a whole number of cases"),
        ("views", "one population"),
    ],
)
def test_impossible_populations_are_refused(population: Any, message: str) -> None:
    with pytest.raises(assay.InputError, match=message):
        assay.score(table_of(CASES), decision="decision", verdict="verdict", population=population)


@pytest.mark.parametrize(
    ("population", "message"),
    [
        (None, "population= .* or weight="),
        (5000, "mapping by stratum"),
        ({"a": 3000, "b": 200}, "none for 'c'"),
        ({"a": 3000, "b": 200, "c": 59}, "at least the 60 audited cases"),
        ({"a": 3000, "b": 200, "c": 60, "d": 70}, "none of 'd'"),
    ],
)
def test_impossible_populations_of_strata_are_refused(population: Any, message: str) -> None:
    with pytest.raises(assay.InputError, match=message):
        assay.score(table_of(CASES), decision="decision", verdict="verdict", strata="queue", population=population)


def test_a_mapping_without_strata_is_refused() -> None:
    with pytest.raises(assay.InputError, match="strata="):
        assay.score(table_of(CASES), decision="decision", verdict="verdict", population={"a": 3000})


# --- finite queues --------------------------------------------------------------------------------------------------


def half_width(scores: Any) -> float:
    row = only(scores)
    return float(row["upper"] - row["lower"]) / 2


def test_queue_and_process_are_two_questions() -> None:
    # methods: 400 of 500 cases audited at 95 %: the queue is known to about .96 points, the process to about 2.1.
    table = {"ok": np.arange(400) >= 20}
    queue = assay.score(table, correct="ok", population=500)
    process = assay.score(table, correct="ok", population=500, about="process")
    assert half_width(queue) == pytest.approx(0.0096, abs=0.0015)
    assert half_width(process) == pytest.approx(0.0214, abs=0.0005)
    assert (only(queue)["method"], only(queue)["about"]) == ("hypergeometric", "queue")
    assert (only(process)["method"], only(process)["about"]) == ("wilson", "process")
    assert tuple(assay.interval.wilson(380, 400)) == (only(process)["lower"], only(process)["upper"])


@pytest.mark.parametrize("confidence", [0.8, 0.95, 0.99])
@pytest.mark.parametrize(("right", "n", "population"), [(50, 50, 400), (47, 50, 51), (0, 7, 9000), (3, 3, 3)])
def test_a_simple_sample_of_a_known_queue_is_exact(right: int, n: int, population: int, confidence: float) -> None:
    table = {"ok": np.arange(n) < right}
    row = only(assay.score(table, correct="ok", population=population, confidence=confidence))
    lower, upper = assay.interval.hypergeometric(right, n, population=population, confidence=confidence)
    # 47 of 50 is no share of 51 cases: the limits always hold the estimate too.
    assert row["lower"] == pytest.approx(min(right / n, lower / population), abs=1e-15)
    assert row["upper"] == pytest.approx(max(right / n, upper / population), abs=1e-15)
    assert row["method"] == ("census" if n == population else "hypergeometric")
    factor = (1 - n / population) / (n - 1)
    assert row["standard_error"] == pytest.approx(math.sqrt(right / n * (1 - right / n) * factor), abs=1e-14)


def test_a_census_knows_everything_about_its_queue() -> None:
    populations = {"a": 150, "b": 90, "c": 60}
    for strata, population in (("queue", populations), ((), 300)):
        scores = assay.score(
            table_of(CASES), decision="decision", verdict="verdict", violating=VIOLATING, metrics=ALL, strata=strata,
            population=population, by=assay.cube("site", "queue", depth=1),
        )  # fmt: skip
        for row in scores.records():
            assert row["standard_error"] == pytest.approx(0.0, abs=1e-12)
            assert row["lower"] == pytest.approx(row["estimate"], abs=1e-12)
            assert row["upper"] == pytest.approx(row["estimate"], abs=1e-12)
            assert row["method"] == "census"


def test_limits_never_deny_what_was_seen() -> None:
    rng = np.random.default_rng(3)
    for _ in range(30):
        sizes = {h: int(rng.integers(1, 30)) for h in "abc"}
        cases = drawn_cases(sizes, int(rng.integers(1 << 30)))
        populations = {h: size + int(rng.integers(0, 6)) for h, size in sizes.items()}
        row = only(
            assay.score(table_of(cases), decision="decision", verdict="verdict", strata="queue", population=populations)
        )
        right, held = sum(c["decision"] == c["verdict"] for c in cases), sum(populations.values())
        wrong = len(cases) - right
        assert row["lower"] <= row["estimate"] <= row["upper"]
        assert row["lower"] >= min(row["estimate"], right / held) - 1e-12
        assert row["upper"] <= max(row["estimate"], 1 - wrong / held) + 1e-12


# --- samples with audits --------------------------------------------------------------------------------------------

SIZES = {"a": 120, "b": 60, "c": 40}
POPULATIONS = {"a": 2400, "b": 61, "c": 500}
DRAWN = drawn_cases(SIZES, 11)


def test_a_stratified_sample_is_the_textbook() -> None:
    sample = sample_of(DRAWN, POPULATIONS, by=["queue", "site"], strata=["queue"])
    for about in ("queue", "process"):
        scores = assay.score(
            sample, audits_of(DRAWN), verdict="verdict", metrics=ALL, by=assay.cube("queue", "site"), about=about
        )
        for row in scores.records():
            names = [name for name in ("queue", "site") if row[name] is not None]

            def pair(case: Row, names: list[str] = names, row: Row = row) -> tuple[float, float]:
                inside = in_grouping(case, names, row)
                return outcome(case["decision"], case["verdict"])[row["metric"]] if inside else (0, 0)

            ratio, finite, process = textbook(DRAWN, POPULATIONS, pair)
            assert row["estimate"] == pytest.approx(ratio, rel=1e-12, abs=1e-15)
            error = finite if about == "queue" else process
            assert row["standard_error"] == pytest.approx(error, rel=1e-9, abs=1e-8)
            assert row["basis"] == "measured"
            assert row["about"] == about
    assert scores.context.period == "2026-W47"


def test_one_stratum_is_exact_and_a_domain_of_it_is_wilson() -> None:
    cases = [case for case in DRAWN if case["stratum"] == "b"]
    sample = sample_of(cases, POPULATIONS | {"a": 1, "c": 1}, by=["site"])
    scores = assay.score(sample, audits_of(cases), verdict="verdict", by="site", total=True)
    whole = rows_of(scores)[0]
    right = sum(c["decision"] == c["verdict"] for c in cases)
    limits = assay.interval.hypergeometric(right, 60, population=61)
    assert (whole["lower"], whole["upper"]) == (limits[0] / 61, limits[1] / 61)
    assert whole["method"] == "hypergeometric"
    assert whole["numerator"] == pytest.approx(right * 61 / 60)
    for row in rows_of(scores)[1:]:
        # Beta limits of the errors, 55 and 60 % of one case allowed for; what the finite queue takes from the standard
        # error draws them in as ratios of the share, and of what is left of it.
        share, n, left = row["estimate"], row["n"], math.sqrt(1 - 60 / 61)
        wrong = n * (1 - share)
        low = 1 - beta_quantile(wrong + 0.6, n - wrong + 0.4, 0.975) if share > 0 else 0.0
        high = 1 - beta_quantile(wrong + 0.45, n - wrong + 0.55, 0.025) if share < 1 else 1.0
        assert row["method"] == "beta, finite population"
        assert row["lower"] == pytest.approx(share * (low / share) ** left if share > 0 else 0.0, rel=1e-6)
        above = (1 - share) * ((1 - high) / (1 - share)) ** left if share < 1 else 0.0
        assert row["upper"] == pytest.approx(1 - above, rel=1e-6)


def test_slices_of_strata_columns_are_exact_too() -> None:
    sample = sample_of(DRAWN, POPULATIONS, by=["queue", "site"], strata=["queue"])
    for name in ("queue", "stratum"):
        scores = assay.score(sample, audits_of(DRAWN), verdict="verdict", by=name)
        for row in scores.records():
            right = sum(c["decision"] == c["verdict"] for c in DRAWN if c["queue"] == row[name])
            held = POPULATIONS[row[name]]
            limits = assay.interval.hypergeometric(right, SIZES[row[name]], population=held)
            assert row["method"] == "hypergeometric"
            assert (row["lower"], row["upper"]) == pytest.approx((limits[0] / held, limits[1] / held))


def test_precision_uses_its_known_denominator() -> None:
    acted = {"a": 900, "b": 30, "c": 260}
    sample = sample_of(DRAWN, POPULATIONS, by=["queue", "site"], strata=["queue"], acted=acted)
    scores = assay.score(sample, audits_of(DRAWN), verdict="verdict", metrics=["precision"], by="queue", total=True)
    value = spread = 0.0
    for stratum, known in acted.items():
        hits = [c["verdict"] in VIOLATING for c in DRAWN if c["stratum"] == stratum and c["decision"] in VIOLATING]
        right, n = sum(hits), len(hits)
        row = only(scores, queue=stratum)
        limits = assay.interval.hypergeometric(right, n, population=known)
        assert (row["lower"], row["upper"]) == pytest.approx((limits[0] / known, limits[1] / known))
        assert (row["method"], row["n"], row["denominator"]) == ("hypergeometric", n, pytest.approx(known))
        assert row["estimate"] == pytest.approx(right / n)
        part = known / sum(acted.values())
        value += part * right / n
        spread += part**2 * (1 - n / known) * right / n * (1 - right / n) / (n - 1)
    total = rows_of(scores)[0]
    assert total["estimate"] == pytest.approx(value, rel=1e-12)
    assert total["standard_error"] == pytest.approx(math.sqrt(spread), rel=1e-12)
    assert total["denominator"] == pytest.approx(sum(acted.values()))
    # Without the column, or with labels that mean something else than they did to the frame, a ratio is linearised.
    plain = sample.drop_columns(["decision_population"])
    ratio, error, _ = textbook(DRAWN, POPULATIONS, lambda c: outcome(c["decision"], c["verdict"])["precision"])
    row = only(assay.score(plain, audits_of(DRAWN), verdict="verdict", metrics=["precision"]))
    assert (row["estimate"], row["standard_error"]) == pytest.approx((ratio, error))
    other = assay.score(sample, audits_of(DRAWN), verdict="verdict", metrics=["precision"], violating=[REMOVE])
    hits = [(c["decision"] == REMOVE and c["verdict"] == REMOVE, c["decision"] == REMOVE) for c in DRAWN]
    found = {case["case"]: pair for case, pair in zip(DRAWN, hits, strict=True)}
    ratio, error, _ = textbook(DRAWN, POPULATIONS, lambda c: found[c["case"]])
    assert (only(other)["estimate"], only(other)["standard_error"]) == pytest.approx((ratio, error))


def test_a_sample_written_and_read_back_scores_the_same(tmp_path: Any) -> None:
    cases = [{**case, "zone": case["case"] % 3, "new": case["case"] % 2 == 0} for case in DRAWN]
    sample = pl.DataFrame(sample_of(cases, POPULATIONS, by=["queue", "zone", "new"], strata=["queue"]))
    audits = pl.DataFrame(audits_of(cases))
    sample.write_csv(tmp_path / "sample.csv")
    audits.write_csv(tmp_path / "audits.csv")
    by = assay.cube("queue", "zone", "new")
    first = assay.score(sample, audits, verdict="verdict", metrics=ALL, by=by)
    typed = assay.score(
        pl.read_csv(tmp_path / "sample.csv"),
        pl.read_csv(tmp_path / "audits.csv"),
        verdict="verdict",
        metrics=ALL,
        by=by,
    )
    texts = assay.score(
        pl.read_csv(tmp_path / "sample.csv", infer_schema=False),
        pl.read_csv(tmp_path / "audits.csv", infer_schema=False),
        verdict="verdict",
        metrics=ALL,
        by=by,
    )
    assert first == typed
    assert first == texts


# --- audits that did not come back ----------------------------------------------------------------------------------


def test_weights_within_stratum_and_decision() -> None:
    # methods: removals 85 % right and half audited, approvals 98 % right and 95 % audited, truth 96.7: reweighting by
    # stratum alone says 97.3.
    cases: list[Row] = []
    for decision, verdicts in (
        (REMOVE, [REMOVE] * 425 + [ALLOW] * 75 + [None] * 500),
        (ALLOW, [ALLOW] * 8379 + [REMOVE] * 171 + [None] * 450),
    ):
        cases += [{"decision": decision, "verdict": verdict, "stratum": "s"} for verdict in verdicts]
    cases = [{"case": i, **case} for i, case in enumerate(cases)]
    scores = assay.score(sample_of(cases, {"s": 50_000}), audits_of(cases), verdict="verdict", target=0.96)
    row = only(scores)
    assert row["estimate"] == pytest.approx(0.967, abs=1e-12)
    by_stratum_alone = (425 + 8379) / 9050
    assert by_stratum_alone == pytest.approx(0.9728, abs=1e-4)
    assert row["basis"] == "modelled"
    assert row["response_rate"] == pytest.approx(0.905)
    assert row["n"] == 9050
    assert row["worst_case_lower"] == pytest.approx((425 + 8379) / 10_000)
    assert row["worst_case_upper"] == pytest.approx((425 + 8379 + 950) / 10_000)
    assert row["standing"] == "met"
    assert "9,050 of 10,000 audits came back" in " ".join(scores.context.notes)


def two_phases(cases: Sequence[Row], populations: dict[str, int], pair: Callable[[Row], tuple[float, float]]) -> Any:
    """Estimate and both standard errors, each stratum x decision answering for its own missing audits."""
    groups: dict[tuple[str, str], list[Row]] = {}
    for case in cases:
        groups.setdefault((case["stratum"], case["decision"]), []).append(case)
    drawn = {h: sum(c["stratum"] == h for c in cases) for h in populations}
    back = {key: [c for c in group if c["verdict"] is not None] for key, group in groups.items()}
    factor = {key: len(groups[key]) / len(back[key]) for key in groups}
    values = {c["case"]: pair(c) for group in back.values() for c in group}
    base = {h: populations[h] / drawn[h] for h in populations}
    y, x = (
        sum(base[h] * factor[h, d] * values[c["case"]][side] for (h, d), group in back.items() for c in group)
        for side in (0, 1)
    )
    ratio = y / x
    finite = process = 0.0
    for h, held in populations.items():
        n = drawn[h]
        z = [
            (factor[key], (values[c["case"]][0] - ratio * values[c["case"]][1]) / x)
            for key, group in back.items()
            if key[0] == h
            for c in group
        ]
        mean = sum(w * v for w, v in z) / n
        square = sum(w * v * v for w, v in z) / n
        first = held**2 / n * (square - mean**2) * n / (n - 1)
        second = 0.0
        for key, group in back.items():
            if key[0] != h or len(group) == len(groups[key]):
                continue
            own = [(values[c["case"]][0] - ratio * values[c["case"]][1]) / x for c in group]
            size, m = len(groups[key]), len(group)
            second += (held / n) ** 2 * size**2 * (1 - m / size) * float(np.var(own, ddof=1)) / m
        process += first + second
        finite += (1 - n / held) * first + second
    return ratio, math.sqrt(finite), math.sqrt(process)


def missing_some(cases: Sequence[Row], rate: Callable[[Row], float], seed: int = 5) -> list[Row]:
    rng = np.random.default_rng(seed)
    return [{**case, "verdict": None if rng.random() < rate(case) else case["verdict"]} for case in cases]


@pytest.mark.parametrize("about", ["queue", "process"])
def test_missing_audits_in_several_strata_are_a_second_phase(about: str) -> None:
    cases = missing_some(DRAWN, lambda c: 0.3 if c["decision"] in VIOLATING else 0.1)
    sample = sample_of(cases, POPULATIONS, by=["queue", "site", "decision"], strata=["queue"])
    scores = assay.score(
        sample, audits_of(cases), verdict="verdict", metrics=ALL, by=assay.cube("site", "queue", "decision", depth=2),
        about=about,
    )  # fmt: skip
    for row in scores.records():
        names = [name for name in ("queue", "site", "decision") if row[name] is not None]

        def pair(case: Row, names: list[str] = names, row: Row = row) -> tuple[float, float]:
            inside = in_grouping(case, names, row)
            return outcome(case["decision"], case["verdict"])[row["metric"]] if inside else (0, 0)

        if row["estimate"] is None:
            assert row["n"] == 0
            continue
        ratio, finite, process = two_phases(cases, POPULATIONS, pair)
        assert row["estimate"] == pytest.approx(ratio, rel=1e-12, abs=1e-15)
        error = finite if about == "queue" else process
        assert row["standard_error"] == pytest.approx(error, rel=1e-7, abs=1e-8)
        own = [c for c in cases if in_grouping(c, names, row)]
        assert row["response_rate"] == pytest.approx(sum(c["verdict"] is not None for c in own) / len(own))


def test_worst_cases_are_the_extremes_of_all_completions() -> None:
    kinds = [(REMOVE, [REMOVE, SPAM, ALLOW]), (ALLOW, [ALLOW, OTHER, REMOVE])]
    cases: list[Row] = []
    for stratum, decision, verdict in [
        ("a", REMOVE, REMOVE), ("a", REMOVE, ALLOW), ("a", ALLOW, ALLOW), ("a", ALLOW, REMOVE), ("a", REMOVE, None),
        ("a", ALLOW, None), ("b", REMOVE, REMOVE), ("b", ALLOW, ALLOW), ("b", REMOVE, None), ("b", ALLOW, OTHER),
    ]:  # fmt: skip
        cases.append({"case": len(cases), "decision": decision, "verdict": verdict, "stratum": stratum})
    populations = {"a": 60, "b": 100}
    scores = assay.score(
        sample_of(cases, populations, strata=["queue"]), audits_of(cases), verdict="verdict", metrics=ALL
    )
    weight = {"a": 10.0, "b": 25.0}
    choices = [dict(kinds)[c["decision"]] if c["verdict"] is None else [c["verdict"]] for c in cases]
    for row in scores.records():
        values = []
        for verdicts in itertools.product(*choices):
            pairs = [
                (weight[c["stratum"]], *outcome(c["decision"], verdict)[row["metric"]])
                for c, verdict in zip(cases, verdicts, strict=True)
            ]
            values.append(sum(w * y for w, y, _ in pairs) / sum(w * x for w, _, x in pairs))
        assert (row["worst_case_lower"], row["worst_case_upper"]) == pytest.approx((min(values), max(values)))
        assert row["worst_case_lower"] <= row["estimate"] <= row["worst_case_upper"]


def test_below_ninety_percent_no_target_is_judged() -> None:
    cases = [
        {"case": i, "decision": ALLOW, "verdict": ALLOW if i % 10 else None, "stratum": "s", "site": "x"}
        for i in range(1000)
    ]
    more = [{**c, "case": 1000 + c["case"], "site": "y", "verdict": ALLOW if c["case"] % 5 else None} for c in cases]
    sample = sample_of([*cases, *more], {"s": 99_000}, by=["site"])
    scores = assay.score(sample, audits_of([*cases, *more]), verdict="verdict", by="site", target=0.9)
    x, y = only(scores, site="x"), only(scores, site="y")
    assert (x["response_rate"], x["standing"], x["audits_needed"]) == (0.9, "met", 0)
    assert (y["response_rate"], y["standing"], y["audits_needed"]) == (0.8, None, None)


def test_a_stratum_without_audits_leaves_what_touches_it_unanswered() -> None:
    cases = [{**c, "verdict": None if c["stratum"] == "b" else c["verdict"]} for c in DRAWN]
    sample = sample_of(cases, POPULATIONS, by=["queue", "site"], strata=["queue"])
    scores = assay.score(sample, audits_of(cases), verdict="verdict", by=assay.cube("queue", "site"))
    for row in scores.records():
        touches = row["queue"] in (None, "b")
        assert (row["estimate"] is None) == touches
        if touches:
            assert (row["lower"], row["upper"]) == (0, 1)


def test_labels_of_which_nothing_came_back_are_answered_for_by_their_kind_then_by_the_stratum() -> None:
    def case(decision: str, verdict: str | None) -> Row:
        return {"decision": decision, "verdict": verdict, "stratum": "s"}

    cases = [case(REMOVE, REMOVE)] * 6 + [case(REMOVE, ALLOW)] * 2 + [case(SPAM, None)] * 2 + [case(ALLOW, ALLOW)] * 10
    cases = [{"case": i, **c} for i, c in enumerate(cases)]
    row = only(assay.score(sample_of(cases, {"s": 1000}), audits_of(cases), verdict="verdict"))
    assert row["estimate"] == pytest.approx((10 * 6 / 8 + 10) / 20)
    silent = [{**c, "verdict": None if c["decision"] in VIOLATING else c["verdict"]} for c in cases]
    row = only(assay.score(sample_of(silent, {"s": 1000}), audits_of(silent), verdict="verdict"))
    assert row["estimate"] == pytest.approx(1.0)
    assert row["n"] == 10


def test_an_undecided_verdict_is_an_audit_that_answers_nothing() -> None:
    cases = [{**c, "verdict": "skip" if c["case"] % 20 == 0 else c["verdict"]} for c in DRAWN]
    gone = [{**c, "verdict": None if c["verdict"] == "skip" else c["verdict"]} for c in cases]
    sample = sample_of(cases, POPULATIONS, strata=["queue"], undecided=["skip"])
    skipped = assay.score(sample, audits_of(cases), verdict="verdict", metrics=ALL)
    missing = assay.score(sample, audits_of(gone), verdict="verdict", metrics=ALL)
    assert skipped.to_pydict() == missing.to_pydict()
    assert rows_of(skipped)[0]["basis"] == "modelled"


# --- exclusions and columns of the audits ---------------------------------------------------------------------------


def test_excluded_cases_are_no_missing_audits() -> None:
    # An incident: these cases were never sent to the auditors.
    cases = [{**c, "incident": c["case"] % 4 == 0 and c["decision"] == REMOVE} for c in DRAWN]
    audited = [{**c, "verdict": None if c["incident"] else c["verdict"]} for c in cases]
    sample = sample_of(cases, POPULATIONS, by=["site"], strata=["queue"])
    scores = assay.score(sample, audits_of(audited), verdict="verdict", metrics=ALL, exclude="incident")
    for row in scores.records():

        def pair(case: Row, row: Row = row) -> tuple[float, float]:
            return (0, 0) if case["incident"] else outcome(case["decision"], case["verdict"])[row["metric"]]

        ratio, error, _ = textbook(cases, POPULATIONS, pair)
        assert (row["estimate"], row["standard_error"]) == pytest.approx((ratio, error), rel=1e-9)
        assert row["basis"] == "measured"
    assert any("excluded" in note for note in scores.context.notes)
    assert not any("came back" in note for note in scores.context.notes)


def test_cases_that_the_audits_exclude() -> None:
    cases = missing_some(DRAWN, lambda c: 0.08)
    audits = audits_of(cases, broken=lambda c: c["case"] % 9 == 0)
    sample = sample_of(cases, POPULATIONS, strata=["queue"])
    row = only(assay.score(sample, audits, verdict="verdict", exclude="broken"))

    def pair(case: Row) -> tuple[float, float]:
        return (0, 0) if case["case"] % 9 == 0 else (case["decision"] == case["verdict"], 1)

    assert row["estimate"] == pytest.approx(two_phases(cases, POPULATIONS, pair)[0], rel=1e-12)


def test_columns_of_the_audits_name_domains_of_the_audited() -> None:
    audits = audits_of(DRAWN, reason=lambda c: ["policy", "tool"][c["case"] % 2])
    sample = sample_of(DRAWN, POPULATIONS, by=["site"], strata=["queue"])
    scores = assay.score(sample, audits, verdict="verdict", by=["site", "reason"], total=True)
    assert rows_of(scores)[0]["design"] == "stratified simple random"
    for row in rows_of(scores)[1:]:
        assert row["design"] == "stratified simple random, domain of the audited"

        def pair(case: Row, row: Row = row) -> tuple[float, float]:
            inside = case["site"] == row["site"] and ["policy", "tool"][case["case"] % 2] == row["reason"]
            return (case["decision"] == case["verdict"], 1) if inside else (0, 0)

        ratio, error, _ = textbook(DRAWN, POPULATIONS, pair)
        assert (row["estimate"], row["standard_error"]) == pytest.approx((ratio, error), rel=1e-9, abs=1e-8)
    assert len(scores) == 7


@pytest.mark.parametrize("numbers", [True, False])
def test_missing_audits_could_belong_to_any_domain_of_the_audited(numbers: bool) -> None:
    cases = [
        {"case": i, "decision": ALLOW, "verdict": ALLOW if i % 5 else None, "stratum": "s", "site": "xy"[i % 2]}
        for i in range(100)
    ]
    kinds: list[Any] = [1, 2] if numbers else ["policy", "tool"]
    audits = audits_of(cases, reason=lambda c: kinds[c["case"] % 3 == 0])
    scores = assay.score(
        sample_of(cases, {"s": 9000}, by=["site"]), audits, verdict="verdict", by=["site", "reason"], target=0.5
    )
    assert len(scores) == 4
    for row in scores.records():
        # Ten missing audits on either site; 27 or 13 of the rest have the reason.
        assert row["reason"] in kinds
        n = row["n"]
        assert row["response_rate"] == pytest.approx(n / (n + 10))
        assert row["standing"] is None
        assert (row["worst_case_lower"], row["worst_case_upper"]) == pytest.approx((n / (n + 10), 1.0))


# --- targets --------------------------------------------------------------------------------------------------------


def shares(right: int, n: int) -> dict[str, Any]:
    return {"ok": np.arange(n) < right}


@pytest.mark.parametrize(
    ("right", "target", "standing"),
    [
        (99, 0.9, "met"),
        (80, 0.9, "missed"),
        (92, 0.9, "open"),
        (100, 1.0, "open"),
        (99, 1.0, "missed"),
        (50, 1.0, "missed"),
    ],
)
def test_targets_are_met_missed_or_open(right: int, target: float, standing: str) -> None:
    row = only(assay.score(shares(right, 100), correct="ok", target=target))
    lower, upper = assay.interval.wilson(right, 100)
    assert (row["target"], row["standing"], row["about"]) == (target, standing, "process")
    assert (standing == "open") == (lower <= target <= upper)
    assert (row["audits_needed"] == 0) == (standing != "open")


def test_error_rates_are_better_low() -> None:
    table = table_of(
        [{"d": ALLOW, "v": ALLOW if i >= 5 else REMOVE} for i in range(500)] + [{"d": REMOVE, "v": REMOVE}]
    )

    def standing(metric: str, target: float) -> Any:
        given = {"decision": "d", "verdict": "v", "violating": [REMOVE]}
        return only(assay.score(table, metrics=[metric], target={metric: target}, **given))["standing"]  # type: ignore[arg-type]

    assert [standing("leakage", t) for t in (0.001, 0.012, 0.05)] == ["missed", "open", "met"]
    assert [standing("violation_rate", t) for t in (0.001, 0.012, 0.05)] == ["missed", "open", "met"]
    assert [standing("accuracy", t) for t in (0.9, 0.99, 0.9999)] == ["met", "open", "missed"]
    assert standing("over_enforcement", 0.0) == "open"  # none found: 0 lies in the interval


def test_targets_of_a_score_about_the_queue_are_still_about_the_process() -> None:
    row = only(assay.score(shares(380, 400), correct="ok", population=500, about="queue", target=0.935))
    assert row["lower"] > 0.935
    assert row["standing"] == "open"


def test_audits_needed_would_decide() -> None:
    for right, n, target in ((92, 100, 0.9), (188, 200, 0.95), (30, 60, 0.45)):
        row = only(assay.score(shares(right, n), correct="ok", target=target))
        needed = row["audits_needed"]
        share = right / n

        def decided(size: float, share: float = share, target: float = target) -> bool:
            lower, upper = wilson(share, size)
            return not lower <= target <= upper

        assert decided(n + needed)
        assert not decided(n + needed - 2)
    on_target = only(assay.score(shares(90, 100), correct="ok", target=0.9))
    assert (on_target["standing"], on_target["audits_needed"]) == ("open", None)


def test_audits_needed_of_a_ratio() -> None:
    rng = np.random.default_rng(2)
    table = {"ok": np.ones(80, bool), "wrong": rng.poisson(3.0, 80), "checked": np.full(80, 10)}
    metric = assay.ratio("errors", numerator="wrong", denominator="checked")
    scores = assay.score(table, correct="ok", metrics=[metric], target=0.31)
    row = only(scores)
    z = 1.959963984540054
    distance = abs(row["estimate"] - 0.31)
    assert row["standing"] == "open"
    assert row["audits_needed"] == math.ceil((z * row["standard_error"] / distance) ** 2 * 80 - 80)


@pytest.mark.parametrize(
    ("target", "metrics", "message"),
    [
        ({"leakage": 0.1}, ["accuracy"], "targets for the metrics accuracy"),
        (0.9, ["accuracy", "leakage"], "as a mapping by metric"),
        (math.nan, ["accuracy"], "a number"),
        (True, ["accuracy"], "a number"),
    ],
)
def test_impossible_targets_are_refused(target: Any, metrics: Any, message: str) -> None:
    with pytest.raises(assay.InputError, match=message):
        assay.score(
            table_of(CASES), decision="decision", verdict="verdict", violating=VIOLATING, metrics=metrics, target=target
        )


# --- ratios and exposure --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("weighted", [False, True])
def test_a_ratio_of_ones_own_is_linearised(weighted: bool) -> None:
    cases = [{**c, "loss": 2.5 * (c["case"] % 7) - 3.0, "w": 1.0 + c["case"] % 5} for c in CASES]
    metric = assay.ratio("loss per view", numerator="loss", denominator="views")
    scores = assay.score(
        table_of(cases), decision="decision", verdict="verdict", metrics=[metric], by="site", total=True,
        weight="w" if weighted else None,
    )  # fmt: skip
    for row in scores.records():

        def pair(case: Row, row: Row = row) -> tuple[float, float]:
            return (case["loss"], case["views"]) if row["site"] in (None, case["site"]) else (0, 0)

        ratio, _, error = textbook(cases, None, pair, (lambda c: c["w"]) if weighted else None)
        assert (row["estimate"], row["standard_error"]) == pytest.approx((ratio, error), rel=1e-11)
        reach = student(row["n"] - 1) * error
        assert (row["lower"], row["upper"]) == pytest.approx((ratio - reach, ratio + reach), rel=1e-9)
        assert row["method"] == "linearised"


def test_a_ratio_under_weights_and_populations_uses_the_weights_once() -> None:
    cases = [{**c, "loss": float(c["case"] % 7), "w": 5.0 + c["case"] % 2} for c in CASES]
    populations = {"a": 3000, "b": 400, "c": 300}
    metric = assay.ratio("loss", numerator="loss", denominator="views")
    row = only(
        assay.score(
            table_of(cases),
            decision="decision",
            verdict="verdict",
            metrics=[metric],
            weight="w",
            strata="queue",
            population=populations,
        )
    )
    ratio, error, _ = textbook(cases, populations, lambda c: (c["loss"], c["views"]), lambda c: c["w"])
    assert (row["estimate"], row["standard_error"]) == pytest.approx((ratio, error), rel=1e-11)


def test_prevalence_is_the_violating_share_of_views() -> None:
    scores = assay.score(
        table_of(CASES), decision="decision", verdict="verdict", violating=VIOLATING, metrics=["violation_rate"],
        exposure="views",
    )  # fmt: skip
    row = only(scores)
    ratio, _, error = textbook(CASES, None, lambda c: (c["views"] * (c["verdict"] in VIOLATING), c["views"]))
    assert (row["estimate"], row["standard_error"]) == pytest.approx((ratio, error), rel=1e-11)
    views = np.array([c["views"] for c in CASES], float)
    kish = views.sum() ** 2 / (views**2).sum()
    assert row["n_effective"] == pytest.approx(kish)
    size = min(kish, ratio * (1 - ratio) / error**2)
    assert (row["lower"], row["upper"]) == pytest.approx(wilson(ratio, size, student(len(CASES) - 1)))
    assert scores.context.metrics[0].title == "Prevalence"
    assert "views" in scores.context.metrics[0].denominator


def test_ratios_of_a_sample_take_columns_of_the_sample_or_the_audits() -> None:
    audits = audits_of(DRAWN, wrong=lambda c: c["case"] % 3, checked=lambda c: 3)
    sample = sample_of(DRAWN, POPULATIONS, strata=["queue"])
    metrics = [
        assay.ratio("points", numerator="wrong", denominator="checked"),
        assay.ratio("per view", numerator="wrong", denominator="views"),
    ]
    scores = assay.score(sample, audits, verdict="verdict", metrics=metrics)
    for name, column in (("points", None), ("per view", "views")):
        ratio, error, _ = textbook(
            DRAWN, POPULATIONS, lambda c, column=column: (c["case"] % 3, c[column] if column else 3)
        )
        row = only(scores, metric=name)
        assert (row["estimate"], row["standard_error"]) == pytest.approx((ratio, error), rel=1e-10)


def test_exposure_needs_its_metric() -> None:
    with pytest.raises(assay.InputError, match="violation_rate"):
        assay.score(table_of(CASES), decision="decision", verdict="verdict", violating=VIOLATING, exposure="views")


# --- groupings ------------------------------------------------------------------------------------------------------


def test_groupings_and_the_total_first() -> None:
    def keys(**more: Any) -> list[tuple[Any, Any]]:
        table = assay.score(table_of(CASES), decision="decision", verdict="verdict", **more).to_pydict()
        return list(zip(table.get("queue", [None] * 99), table.get("site", [None] * 99), strict=False))[
            : len(table["n"])
        ]

    pairs = [(q, s) for q in "abc" for s in ("north", "south", "west")]
    assert keys(by=["queue", "site"]) == pairs
    assert keys(by=["queue", "site"], total=True) == [(None, None), *pairs]
    singles = [*((q, None) for q in "abc"), *((None, s) for s in ("north", "south", "west"))]
    assert keys(by=[["queue"], ["site"]]) == singles
    assert keys(by=assay.cube("queue", "site", depth=1)) == [(None, None), *singles]
    assert keys(by=assay.cube("queue", "site")) == [(None, None), *singles, *pairs]
    assert keys(by=assay.rollup("queue", "site")) == [(None, None), *singles[:3], *pairs]
    assert keys(by=[["queue"], ["queue"]], total=True) == [(None, None), *singles[:3]]
    assert keys() == [(None, None)]


def test_numbers_truths_and_dates_keep_their_kind_and_order() -> None:
    import datetime as dt

    days = [dt.date(2026, 11, 16) + dt.timedelta(days=i % 12) for i in range(36)]
    table = pa.table(
        {"ok": [True] * 36, "i": [i % 12 for i in range(36)], "b": [i % 2 == 0 for i in range(36)], "d": days}
    )
    for name, values in (("i", list(range(12))), ("b", [False, True]), ("d", sorted(set(days)))):
        assert assay.score(table, correct="ok", by=name).column(name) == values


@pytest.mark.parametrize("threads", [1, 2, 3, 8])
def test_threads_never_change_a_bit(threads: int) -> None:
    rng = np.random.default_rng(1)
    n = 60_000
    labels = np.array(["remove", "allow", "spam"])
    table = pa.table(
        {
            "q": rng.integers(0, 40, n).astype(str),
            "s": rng.integers(0, 9, n),
            "d": labels[rng.integers(0, 3, n)],
            "v": labels[rng.integers(0, 3, n)],
            "w": rng.lognormal(0, 2, n),
            "x": rng.normal(0, 1e6, n),
        }
    )
    metric = assay.ratio("x", numerator="x", denominator="w")

    def bits(count: int) -> bytes:
        given: dict[str, Any] = {"decision": "d", "verdict": "v", "violating": ["remove", "spam"], "weight": "w"}
        out = assay.score(
            pa.Table.from_batches(table.to_batches(max_chunksize=7_001)), metrics=[*ALL, metric],
            by=assay.cube("q", "s"), threads=count, **given,
        )  # fmt: skip
        return b"".join(repr(values).encode() for values in out.to_pydict().values())

    assert bits(threads) == bits(1)


# --- refusals -------------------------------------------------------------------------------------------------------


def refused(call: Callable[[], object]) -> assay.InputError:
    with pytest.raises(assay.InputError) as caught:
        call()
    return caught.value


def test_audits_of_cases_never_drawn_and_second_audits() -> None:
    sample = sample_of(DRAWN, POPULATIONS, strata=["queue"])
    audits = audits_of(DRAWN[:50])
    stray = pa.concat_tables([audits, pa.table({"case": [4711], "verdict": [ALLOW]})])
    error = refused(lambda: assay.score(sample, stray, verdict="verdict"))
    assert "4711" in str(error)
    assert (error.column, error.row) == ("case", 50)
    twice = pa.concat_tables([audits, audits.slice(3, 1)])
    error = refused(lambda: assay.score(sample, twice, verdict="verdict"))
    assert "one audit a case" in error.wanted
    assert (error.column, error.row) == ("case", 50)


def test_a_typo_is_no_benign_verdict() -> None:
    sample = sample_of(DRAWN, POPULATIONS, strata=["queue"])
    wrong = [{**c, "verdict": "removed" if c["case"] == 17 else c["verdict"]} for c in DRAWN]
    error = refused(lambda: assay.score(sample, audits_of(wrong), verdict="verdict"))
    assert "'removed'" in error.got
    assert (error.column, error.row) == ("verdict", 17)
    assert "violating=" in str(error)
    declared = assay.score(sample, audits_of(wrong), verdict="verdict", violating=[*VIOLATING, "removed"])
    assert only(declared)["n"] == len(DRAWN)
    error = refused(lambda: assay.score(table_of(wrong), decision="decision", verdict="verdict"))
    assert (error.column, error.row) == ("verdict", 17)


def test_a_sample_that_was_altered_is_refused() -> None:
    sample = sample_of(DRAWN, POPULATIONS, strata=["queue"])
    audits = audits_of(DRAWN)

    def replaced(name: str, row: int, value: Any) -> pa.Table:
        values = sample.column(name).to_pylist()
        values[row] = value
        return sample.set_column(sample.column_names.index(name), name, pa.array(values))

    def said(table: pa.Table) -> str:
        return str(refused(lambda: assay.score(table, audits, verdict="verdict")))

    assert "all 120 drawn cases of stratum 'a'" in said(sample.slice(1))
    assert "each case once" in said(replaced("case", 5, 4))
    assert "one stratum_population" in said(replaced("stratum_population", 9, 2401))
    assert "whole number" in said(replaced("stratum_size", 9, 0))
    assert "at most its stratum_population" in said(replaced("stratum_size", 130, 62))
    assert "a decision" in said(replaced("decision", 9, None))
    assert "a case id" in said(replaced("case", 9, None))
    assert "'stratum_size'" in said(sample.drop_columns(["stratum_size"]))
    assert "no JSON" in said(replaced("sample_design", 0, "{"))
    assert "version 1" in said(replaced("sample_design", 0, '{"version": 2}'))
    assert "sample_design is empty" in said(sample.slice(0, 0))
    error = refused(
        lambda: assay.score(sample.slice(0, 0), audits, verdict="verdict", case="case", decision="decision")
    )
    assert "at least one case" in error.wanted
    bare = sample.drop_columns(["sample_design"])
    assert "sample_design" in said(bare)
    named = assay.score(bare, audits, verdict="verdict", case="case", decision="decision", violating=VIOLATING)
    assert only(named)["n"] == len(DRAWN)


def test_nulls_are_refused_with_the_mend() -> None:
    sample = sample_of(DRAWN, POPULATIONS, by=["site"], strata=["queue"])
    audits = audits_of(DRAWN)
    hole = pa.table({"case": [0, None], "verdict": [ALLOW, ALLOW]})
    assert refused(lambda: assay.score(sample, hole, verdict="verdict")).row == 1
    hole = pa.table({"case": [0, 1], "verdict": [ALLOW, None]})
    error = refused(lambda: assay.score(sample, hole, verdict="verdict"))
    assert (error.column, error.row) == ("verdict", 1)
    sites = [None if c["case"] == 3 else c["site"] for c in DRAWN]
    broken = sample.set_column(sample.column_names.index("site"), "site", pa.array(sites))
    error = refused(lambda: assay.score(broken, audits, verdict="verdict", by="site"))
    assert (error.column, error.row) == ("site", 3)
    assert 'missing="(none)"' in str(error)
    named = assay.score(broken, audits, verdict="verdict", by="site", missing="(none)")
    assert only(named, site="(none)")["n"] == 1
    for name, sort in (("by", "site"), ("strata", "site")):
        table = table_of([{**c, "site": None if c["case"] == 3 else c["site"]} for c in CASES])
        given: dict[str, Any] = {"decision": "decision", "verdict": "verdict", name: sort}
        if name == "strata":
            given["population"] = {"north": 900, "south": 900, "west": 900, "(none)": 9}
        error = refused(lambda given=given, table=table: assay.score(table, **given))  # type: ignore[misc]
        assert (error.column, error.row) == ("site", 3)
        assay.score(table, missing="(none)", **given)


@pytest.mark.parametrize(
    ("weight", "row"), [([1.0, math.nan], 1), ([0.0, 1.0], 0), ([1.0, -2.0], 1), ([math.inf, 1.0], 0), ([1.0, None], 1)]
)
def test_unusable_weights_are_refused_by_row(weight: Any, row: int) -> None:
    table = pa.table({"ok": [True, False], "w": pa.array(weight, pa.float64())})
    error = refused(lambda: assay.score(table, correct="ok", weight="w"))
    assert (error.column, error.row) == ("w", row)


def test_other_refusals() -> None:
    table = table_of(CASES)
    given: dict[str, Any] = {"decision": "decision", "verdict": "verdict"}
    sample = sample_of(DRAWN, POPULATIONS, strata=["queue"])
    audits = audits_of(DRAWN)
    for call, message in (
        (lambda: assay.score(table), "either verdict="),
        (lambda: assay.score(table, verdict="verdict"), "decision= beside verdict="),
        (lambda: assay.score(table, correct="decision", **given), "both"),
        (lambda: assay.score(table, decision="decison", verdict="verdict"), "'decison'"),
        (lambda: assay.score(table, by="sight", **given), "'sight'"),
        (lambda: assay.score(table, by=["site", "site"], **given), "each column once"),
        (lambda: assay.score(table, metrics=["acuracy"], **given), "'acuracy'"),
        (lambda: assay.score(table, metrics=[], **given), "at least one metric"),
        (lambda: assay.score(table, metrics=["accuracy", "accuracy"], **given), "each metric once"),
        (lambda: assay.score(table, confidence=1.0, **given), "between 0 and 1"),
        (lambda: assay.score(table, about="week", **given), "'week'"),
        (lambda: assay.score(table, threads=0, **given), "threads|1 or more"),
        (lambda: assay.score(table, case="case", **given), "case="),
        (lambda: assay.score(table.slice(0, 0), **given), "at least one"),
        (lambda: assay.score(table, undecided=[REMOVE, SPAM, ALLOW, OTHER], **given), "at least one audited decision"),
        (lambda: assay.score(table, violating=[REMOVE], undecided=[REMOVE], **given), "one meaning"),
        (lambda: assay.score(table, by="views", missing=3, **given), "missing="),  # type: ignore[arg-type]
        (lambda: assay.score(3, **given), "table"),
        (lambda: assay.score(sample, audits, verdict="verdict", weight="views"), "no weight="),
        (lambda: assay.score(sample, audits, verdict="verdict", population=3), "no population="),
        (lambda: assay.score(sample, audits), "either verdict="),
        (lambda: assay.score(sample, audits, verdict="verdikt"), "'verdikt'"),
        (lambda: assay.score(sample, audits, verdict="verdict", by="team"), "'team'"),
        (lambda: assay.cube(), "at least one column"),
        (lambda: assay.cube("a", "a"), "each column once"),
        (lambda: assay.cube("a", depth=2), "depth between 0 and 1"),
        (lambda: assay.rollup(), "at least one column"),
        (lambda: assay.ratio("", numerator="a", denominator="b"), "name"),
    ):  # fmt: skip
        with pytest.raises(assay.InputError, match=message):
            call()
