"""The half-widths that a plan promises come true: redraws of whole audits, on an invented operation and on real data.

With the expected rates right, the mean half-width over redraws may be at most what was expected, but for 1 % and three
Monte-Carlo errors of the mean; and over all slices together at most what was expected, but for half a percent. Nor may
a promise be too wide, for it would buy audits that nobody needs: of slices with at least 30 expected audits the mean is
at least 93 % of what was expected, but for as many errors. Slices of a handful of expected audits are left to the law
of small numbers: those with fewer than 15 are not looked at.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pa = pytest.importorskip("pyarrow")

import assay  # noqa: E402
from assay import example  # noqa: E402
from shared_files import shared_file  # noqa: E402

KEY = "promises, kept again and again"


def kept(
    plan: assay.Plan, verdict_of: Callable[[Any], Any], redraws: int, by: list[str], about: str = "queue"
) -> dict[str, float]:
    """For each slice, the mean half-width found over the one expected, less three Monte-Carlo errors."""
    expected = {(row["column"], row["slice"]): row for row in plan.slices().records()}
    found: defaultdict[tuple[str, str], list[float]] = defaultdict(list)
    for draw in range(redraws):
        sample = plan.draw(key=KEY, period=str(draw), threads=1)
        name = sample.column_names[0]
        cases = sample.column(name)
        audits = pa.table({name: cases, "verdict": [verdict_of(case) for case in cases]})
        scores = assay.score(
            sample, audits, verdict="verdict", by=[[], *([name] for name in by)], threads=1, about=about
        )
        for row in scores.records():
            fixed = [(name, str(row[name])) for name in by if row[name] is not None]
            found[fixed[0] if fixed else ("overall", "all")].append((row["upper"] - row["lower"]) / 2)
    assert set(found) <= set(expected)
    out, plain = {}, []
    for key, widths in found.items():
        row = expected[key]
        if row["expected_audits"] < 15:
            continue
        error = float(np.std(widths, ddof=1)) / len(widths) ** 0.5
        ratio, error = float(np.mean(widths)) / row["expected_half_width"], error / row["expected_half_width"]
        out[" ".join(key)] = ratio - 3 * error
        plain.append(ratio)
        told = f"{' '.join(key)}: {ratio:.3f} +- {error:.3f}, {row['expected_audits']:.0f} audits"
        print(told)
        if row["expected_audits"] >= 30:
            assert ratio + 3 * error >= 0.93, told
        if row["wished"] is not None:
            assert row["expected_half_width"] <= row["wished"] * (1 + 1e-9)
    assert np.mean(plain) <= 1.005, plain
    return out


@pytest.fixture(scope="module")
def shared() -> Path:
    names = ("truth_inference/zencrowd_us.csv.gz", "truth_inference/zencrowd_in.csv.gz", "dices350/items.csv")
    return [shared_file(f"data/{name}") for name in names][-1].parents[2]


@pytest.fixture(scope="module")
def operation() -> tuple[assay.Frame, dict[str, str], dict[str, Any]]:
    made = example.operation(seed=11, weeks=1, cases_per_week=20_000, flavour="pyarrow")
    frame = assay.frame(
        made.decisions.select(["case_id", "decision", "queue", "site"]),
        case="case_id",
        decision="decision",
        by=["queue", "site"],
        violating=example.violating,
        undecided=example.undecided,
    )
    truth = dict(zip(made.truth["case_id"].to_pylist(), made.truth["true_label"].to_pylist(), strict=True))
    rates = made.true_rates(by=["queue", "site"])
    known = {name: np.array(rates[name].to_pylist()) for name in ("queue", "site")}
    return frame, truth, {**known, "rate": 1 - np.array(rates["accuracy"].to_pylist())}


@pytest.mark.parametrize(
    ("strata", "allocation"),
    [((), None), (("queue",), None), (("queue", "site"), None), (("queue",), "proportional"), (("site",), "neyman")],
)
def test_the_operations_half_widths_come_true(
    operation: tuple[assay.Frame, dict[str, str], dict[str, Any]], strata: tuple[str, ...], allocation: str | None
) -> None:
    frame, truth, rates = operation
    wishes = {"overall": 0.012, "queue": 0.04, "site": 0.03}
    plan = assay.plan(frame, half_width=wishes, strata=strata, expected=rates, allocation=allocation)
    ratios = kept(plan, truth.__getitem__, 60, ["queue", "site"])
    print(strata, allocation, plan.size, {name: round(ratio, 3) for name, ratio in ratios.items()})
    assert max(ratios.values()) <= 1.01, ratios
    assert max(ratios.values()) >= 0.9  # nor does the plan promise far less than it could


@pytest.mark.parametrize("about", ["queue", "process"])
@pytest.mark.parametrize(
    ("rates", "arguments"),
    [
        ((0.005, 0.2), {"size": 300, "allocation": "equal"}),
        ((0.02, 0.02), {"size": 300, "allocation": "equal"}),
        ((0.005, 0.2), {"half_width": 0.02}),
        ((0.3, 0.01), {"half_width": {"overall": 0.04, "site": 0.06}}),
    ],
)
def test_strata_of_very_different_rates_are_promised_neither_too_much_nor_too_little(
    rates: tuple[float, float], arguments: dict[str, Any], about: str
) -> None:
    queue = np.repeat(["large", "small"], [9_000, 1_000])
    site = np.array(["east", "west", "west"] * 4_000)[:10_000]
    case = np.arange(10_000)
    frame = assay.frame(
        pa.table({"case": case, "label": np.repeat("stay", 10_000), "queue": queue, "site": site}),
        case="case",
        decision="label",
        by=["queue", "site"],
        violating=["remove"],
        not_violating=["stay"],
    )
    wrong = np.zeros(10_000, dtype=bool)
    random = np.random.default_rng(4)
    known: dict[tuple[str, str], float] = {}
    for name, rate in zip(("large", "small"), rates, strict=True):
        for where in ("east", "west"):
            inside = np.flatnonzero((queue == name) & (site == where))
            chosen = random.choice(inside, round(rate * len(inside)), replace=False)
            wrong[chosen] = True
            known[name, where] = len(chosen) / len(inside)
    plan = assay.plan(frame, strata="queue", expected={("queue", "site"): known}, about=about, **arguments)
    ratios = kept(plan, lambda at: "remove" if wrong[at] else "stay", 1_000, ["site"], about)
    print(rates, arguments, about, plan.column("sample_size"), ratios)
    assert max(ratios.values()) <= 1.01, ratios


def test_zencrowds_half_widths_come_true(shared: Path) -> None:
    csv: Any = pytest.importorskip("pyarrow.csv")
    parts = [csv.read_csv(shared / f"data/truth_inference/zencrowd_{site}.csv.gz") for site in ("us", "in")]
    site = np.repeat(["us", "in"], [len(part) for part in parts])
    label, truth = (np.concatenate([np.array(part[c].to_pylist()) for part in parts]) for c in ("label", "truth"))
    case = np.arange(len(site))
    frame = assay.frame(
        pa.table({"case": case, "label": label, "site": site}), case="case", decision="label", by="site"
    )
    rates = {"site": {name: float((label != truth)[site == name].mean()) for name in ("us", "in")}}
    for strata in ((), ("site",)):
        plan = assay.plan(frame, half_width={"overall": 0.02, "site": 0.04}, strata=strata, expected=rates)
        ratios = kept(plan, lambda at: int(truth[at]), 80, ["site"])
        print(strata, plan.size, ratios)
        assert max(ratios.values()) <= 1.01, ratios


def test_dices_half_widths_come_true(shared: Path) -> None:
    """A small queue of few items a rater: 43,050 ratings, 123 raters, a finite population that counts."""
    csv: Any = pytest.importorskip("pyarrow.csv")
    folder = shared / "data/dices350"
    ratings = csv.read_csv(folder / "ratings.csv.gz")
    items = csv.read_csv(folder / "items.csv")
    gold = dict(zip(items["item_id"].to_pylist(), items["unsafe_gold"].to_pylist(), strict=True))
    raters = ratings["rater"].to_pylist()
    keep = [at for at, rater in enumerate(raters) if rater in sorted(set(raters))[:12]]
    rows = ratings.take(pa.array(keep))
    truth = [gold[item] for item in rows["item_id"].to_pylist()]
    rater, answer = np.array(rows["rater"].to_pylist()), np.array(rows["unsafe"].to_pylist())
    table = pa.table({"case": np.arange(len(rater)), "label": answer, "rater": rater})
    frame = assay.frame(
        table, case="case", decision="label", by="rater", violating=["Yes"], not_violating=["No", "Unsure"]
    )
    wrong = answer != np.array(truth)
    rates = {"rater": {name: float(wrong[rater == name].mean()) for name in np.unique(rater).tolist()}}
    plan = assay.plan(frame, half_width={"overall": 0.02, "rater": 0.07}, strata="rater", expected=rates)
    assert max(plan.column("sample_size")) < 350
    ratios = kept(plan, truth.__getitem__, 80, ["rater"])
    print(plan.size, ratios)
    assert max(ratios.values()) <= 1.01, ratios
