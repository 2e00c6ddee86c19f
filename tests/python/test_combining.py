"""Samples made in several steps and scored as one: right chances, nothing twice, nothing lost, every refusal."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

pd = pytest.importorskip("pandas")

import assay  # noqa: E402

KEY = "correct horse battery staple"


def cases(rows: int = 600, first: int = 0) -> Any:
    """A made-up day: alerts are one case in six, wrong more often than the rest."""
    number = np.arange(first, first + rows)
    alert = number % 6 == 0
    wrong = np.where(alert, number % 4 == 0, number % 29 == 0)
    label = np.where(number % 5 == 0, "remove", "approve")
    return pd.DataFrame(
        {
            "case": number,
            "queue": np.array(["eu", "us", "apac"])[number // 7 % 3],
            "alert": alert,
            "label": label,
            "verdict": np.where(wrong, np.where(label == "remove", "approve", "remove"), label),
        }
    )


def framed(table: Any, **options: Any) -> assay.Frame:
    settings: dict[str, Any] = {
        "case": "case",
        "decision": "label",
        "by": ["queue", "alert"],
        "violating": ["remove"],
        "not_violating": ["approve"],
        **options,
    }
    return assay.frame(table, **settings)


def audits_of(sample: Any, table: Any) -> Any:
    drawn = sample.to_frame() if hasattr(sample, "to_frame") else sample
    return table[table.case.isin(drawn["case"])][["case", "verdict"]]


def accuracy(sample: Any, table: Any, **options: Any) -> dict[str, Any]:
    return next(assay.score(sample, audits_of(sample, table), verdict="verdict", **options).records())


def days() -> tuple[list[Any], list[assay.Sample]]:
    tables = [cases(300 + 50 * day, 1000 * day) for day in range(5)]
    samples = [
        assay.plan(framed(table), size=40 + 5 * day, strata=["queue"]).draw(key=KEY, period=f"2026-11-{23 + day}")
        for day, table in enumerate(tables)
    ]
    return tables, samples


# ------------------------------------------------------------------------------------------------------- a week of days


def test_a_week_of_days_is_one_stratified_sample() -> None:
    tables, samples = days()
    week = assay.combine(*samples)
    table = pd.concat(tables)
    assert len(week) == sum(len(sample) for sample in samples)
    assert len(set(week.column("stratum"))) == 15
    assert sum(week.column("weight")) == pytest.approx(len(table))
    assert week.context.period == "2026-11-23 to 2026-11-27"
    # the same by hand: each day's score, weighted by the day's cases
    scores = [accuracy(sample, day) for sample, day in zip(samples, tables, strict=True)]
    by_hand = sum(s["estimate"] * len(day) for s, day in zip(scores, tables, strict=True)) / len(table)
    row = accuracy(week, table)
    assert row["estimate"] == pytest.approx(by_hand, abs=1e-12)
    assert row["n"] == len(week)
    assert row["design"] == "stratified simple random"


def test_a_week_read_back_from_a_file_scores_the_same(tmp_path: Any) -> None:
    tables, samples = days()
    week = assay.combine(*samples)
    week.to_frame().to_csv(tmp_path / "week.csv", index=False)
    back = pd.read_csv(tmp_path / "week.csv")
    audits = audits_of(week, pd.concat(tables))
    options: dict[str, Any] = {"verdict": "verdict", "by": ["queue"], "metrics": ["accuracy", "precision"]}
    assert assay.score(week, audits, **options).to_pydict() == assay.score(back, audits, **options).to_pydict()
    # days that went through files each combine to the same
    files = [pd.read_csv(_written(sample, tmp_path)) for sample in samples]
    assert assay.combine(*files).to_pydict()["case"] == week.to_pydict()["case"]


def _written(sample: assay.Sample, folder: Any) -> Any:
    path = folder / f"{sample.context.period}.csv"
    sample.to_frame().to_csv(path, index=False)
    return path


def test_a_lost_stratum_of_a_combined_sample_is_noticed() -> None:
    tables, samples = days()
    week = assay.combine(*samples).to_frame()
    short = week[week.stratum != week.stratum.iloc[0]]
    with pytest.raises(assay.InputError, match="the whole sample"):
        assay.score(short, audits_of(short, pd.concat(tables)), verdict="verdict")


def test_days_that_do_not_fit_are_refused() -> None:
    tables, samples = days()
    with pytest.raises(assay.InputError, match="at least one sample"):
        assay.combine()
    with pytest.raises(assay.InputError, match="two of the period"):
        assay.combine(samples[0], samples[0])
    again = assay.plan(framed(tables[0]), size=60).draw(key=KEY, period="another")
    with pytest.raises(assay.InputError, match=r"each case in one sample.*frame=frame"):
        assay.combine(samples[0], again)
    other = assay.plan(framed(tables[1], violating=["approve"], not_violating=["remove"]), size=20)
    with pytest.raises(assay.InputError, match="one meaning of violating="):
        assay.combine(samples[0], other.draw(key=KEY, period="b"))
    with pytest.raises(assay.InputError, match=r"samples as plan\.draw"):
        assay.combine(samples[0], tables[1])
    with pytest.raises(assay.InputError, match="beside frame="):
        assay.combine(samples[0], cells=["alert"])
    narrow = samples[1].to_frame().drop(columns=["alert"])
    with pytest.raises(assay.InputError, match="the column 'alert' in every table"):
        assay.combine(samples[0], narrow)


# ----------------------------------------------------------------------------------------------- random and targeted


def two_draws(table: Any, key: str = KEY) -> tuple[assay.Frame, assay.Sample, assay.Sample]:
    frame = framed(table)
    alerts = framed(table[table.alert])
    random = assay.plan(frame, size=60).draw(key=key, period="random")
    targeted = assay.plan(alerts, share=0.3).draw(key=f"{key}, for alerts", period="alerts")
    return frame, random, targeted


def test_random_and_targeted_draws_are_scored_as_one() -> None:
    table = cases()
    frame, random, targeted = two_draws(table)
    both = assay.combine(random, targeted, frame=frame, cells=["alert"])
    drawn = set(random.column("case")) | set(targeted.column("case"))
    assert set(both.column("case")) == drawn
    assert len(both) == len(drawn)
    assert sum(both.column("weight")) == pytest.approx(len(table))
    for row in both.strata():
        held = table[table.alert == (row["stratum"] == "alert=true")]
        assert row["population"] == len(held)
        assert row["sample_size"] == held.case.isin(drawn).sum()
    assert {"random", "alerts", "random; alerts"} >= set(both.column("drawn_in"))
    # audits of both draws in one table, scored as the union
    assert accuracy(both, table)["n"] == len(both)


def test_the_union_is_unbiased_where_the_naive_average_is_not() -> None:
    table = cases()
    truth = float((table.label == table.verdict).mean())
    estimates, naive, covered = [], [], 0
    redraws = 400
    for i in range(redraws):
        frame, random, targeted = two_draws(table, key=f"a secret for redraw number {i}")
        both = assay.combine(random, targeted, frame=frame, cells=["alert"])
        row = accuracy(both, table)
        estimates.append(row["estimate"])
        covered += row["lower"] <= truth <= row["upper"]
        drawn = table[table.case.isin(both.column("case"))]
        naive.append(float((drawn.label == drawn.verdict).mean()))
    error = float(np.std(estimates)) / redraws**0.5
    assert abs(np.mean(estimates) - truth) < 3 * error
    assert abs(np.mean(naive) - truth) > 0.02  # what a plain average would have said
    assert covered / redraws > 0.95 - 3 * (0.95 * 0.05 / redraws) ** 0.5


def test_given_how_many_were_drawn_every_set_of_a_cell_is_as_likely() -> None:
    """All orders of the random numbers of six cases: two of all, and one more of the two alerts."""
    alert = [True, True, False, False, False, False]
    met: dict[tuple[int, int], dict[tuple[int, ...], int]] = {}
    for order in itertools.permutations(range(6)):
        ranked = sorted(range(6), key=lambda case: order[case])
        drawn = set(ranked[:2]) | set([case for case in ranked if alert[case]][:1])
        inside = tuple(sorted(case for case in drawn if alert[case]))
        outside = tuple(sorted(case for case in drawn if not alert[case]))
        sets = met.setdefault((len(inside), len(outside)), {})
        sets[inside + outside] = sets.get(inside + outside, 0) + 1
    assert len(met) == 3
    for sets in met.values():
        assert len(set(sets.values())) == 1  # uniform given the counts


def test_cells_that_do_not_tell_apart_what_was_drawn_from_are_refused() -> None:
    table = cases()
    frame, random, targeted = two_draws(table)
    with pytest.raises(assay.InputError, match=r"make up the 100 cases of stratum .*alerts.*name in cells="):
        assay.combine(random, targeted, frame=frame)
    with pytest.raises(assay.InputError, match="strata among the frame's by="):
        assay.combine(random, targeted, frame=frame, cells=["site"])
    with pytest.raises(assay.InputError, match="which the frame does not have"):
        assay.combine(random, targeted, frame=framed(table[table.case < 300]), cells=["alert"])
    with pytest.raises(assay.InputError, match=r"frame= as assay\.frame"):
        assay.combine(random, frame=table)
    with pytest.raises(assay.InputError, match=r"none of the .* cases of 'alert=false'"):
        assay.combine(targeted, frame=frame, cells=["alert"])
    undecided = framed(table, not_violating=None, undecided=["approve"])
    with pytest.raises(assay.InputError, match="decided cases in every draw"):
        assay.combine(random, targeted, frame=undecided, cells=["alert"])


def test_order_of_rows_and_threads_do_not_matter() -> None:
    table = cases()
    frame, random, targeted = two_draws(table)
    one = assay.combine(random, targeted, frame=frame, cells=["alert"], threads=1).to_frame()
    mixed = table.sample(frac=1.0, random_state=7)
    other_frame, random, targeted = two_draws(mixed)
    two = assay.combine(targeted, random, frame=other_frame, cells=["alert"], threads=4).to_frame()
    columns = ["case", "stratum", "stratum_population", "stratum_size", "inclusion_probability", "weight"]
    assert one[columns].sort_values("case").values.tolist() == two[columns].sort_values("case").values.tolist()


# ------------------------------------------------------------------------------------------------------------- top-ups


def test_a_larger_plan_only_adds_cases() -> None:
    table = cases()
    frame = framed(table)
    first = assay.plan(frame, size=60, strata=["queue"]).draw(key=KEY, period="w")
    plan = assay.plan(frame, size=90, strata=["queue"])
    topped = plan.draw(key=KEY, period="w", already=first)
    assert set(topped.column("case")) == set(plan.draw(key=KEY, period="w").column("case"))
    assert set(first.column("case")) <= set(topped.column("case"))
    assert len(topped.to_audit()) == 30
    assert not set(topped.to_audit().column("case")) & set(first.column("case"))
    assert sum(topped.column("already")) == 60
    assert accuracy(topped, table) == accuracy(plan.draw(key=KEY, period="w"), table)
    assert len(first.to_audit()) == 60


def test_a_plan_of_other_strata_keeps_what_was_audited() -> None:
    table = cases()
    frame = framed(table)
    first = assay.plan(frame, size=80, strata=["queue"]).draw(key=KEY, period="w")
    topped = assay.plan(frame, size=60, strata=["alert"], allocation="equal").draw(key=KEY, period="w", already=first)
    assert set(first.column("case")) <= set(topped.column("case"))
    assert {row["stratum"] for row in topped.strata()} == {
        f"queue={queue}; alert={alert}" for queue in ("apac", "eu", "us") for alert in ("false", "true")
    }
    assert sum(topped.column("weight")) == pytest.approx(len(table))


def test_a_smaller_plan_throws_nothing_away() -> None:
    frame = framed(cases())
    first = assay.plan(frame, size=80, strata=["queue"]).draw(key=KEY, period="w")
    topped = assay.plan(frame, size=30, strata=["queue"]).draw(key=KEY, period="w", already=first)
    assert topped.column("case") == first.column("case")
    assert topped.column("inclusion_probability") == first.column("inclusion_probability")
    assert len(topped.to_audit()) == 0


def test_an_earlier_sample_of_another_frame_is_refused() -> None:
    plan = assay.plan(framed(cases()), size=60)
    other = assay.plan(framed(cases(600, 5000)), size=60).draw(key=KEY)
    with pytest.raises(assay.InputError, match="which the frame does not have"):
        plan.draw(key=KEY, already=other)
    keys = (f"a secret of some length, number {i}" for i in range(1000))
    plan_of_more = assay.plan(framed(cases(700)), size=5)
    samples = (plan_of_more.draw(key=key) for key in keys)
    inside = next(sample for sample in samples if max(sample.column("case")) < 600)
    with pytest.raises(assay.InputError, match="make up the 700 cases"):
        plan.draw(key=KEY, already=inside)


# -------------------------------------------------------------------------------------------------------- replacements


def test_lost_cases_are_replaced_by_the_next_of_their_stratum() -> None:
    table = cases()
    frame = framed(table)
    plan = assay.plan(frame, size=60, strata=["queue"])
    drawn = plan.draw(key=KEY, period="w")
    lost = drawn.column("case")[:7]
    replaced = plan.draw(key=KEY, period="w", replacing=lost)
    assert set(drawn.column("case")) <= set(replaced.column("case"))
    assert len(replaced) == 67
    found = audits_of(replaced, table)
    found = found[~found.case.isin(lost)]
    row = next(assay.score(replaced, found, verdict="verdict").records())
    assert row["n"] == 60
    assert row["basis"] == "modelled"
    assert row["response_rate"] == pytest.approx(60 / 67)
    # a replacement that is lost too is replaced again
    more = [case for case in replaced.column("case") if case not in drawn.column("case")][:1]
    assert len(plan.draw(key=KEY, period="w", replacing=[*lost, *more])) == 68


def test_a_case_that_was_not_drawn_needs_no_replacement() -> None:
    plan = assay.plan(framed(cases()), size=60)
    drawn = set(plan.draw(key=KEY).column("case"))
    other = next(case for case in range(600) if case not in drawn)
    with pytest.raises(assay.InputError, match="lost cases that this plan draws"):
        plan.draw(key=KEY, replacing=[other])
    everything = assay.plan(framed(cases(20)), size=20)
    assert len(everything.draw(key=KEY, replacing=[3, 4])) == 20  # there is nobody to take their place


def test_combined_samples_combine_again() -> None:
    tables = [cases(600, 1000 * day) for day in range(2)]
    parts = []
    for day, table in enumerate(tables):
        frame, random, targeted = two_draws(table)
        parts.append(assay.combine(random, targeted, frame=frame, cells=["alert"], period=f"day {day}"))
    week = assay.combine(*parts)
    assert sum(week.column("weight")) == pytest.approx(1200)
    assert accuracy(week, pd.concat(tables))["n"] == len(week)
