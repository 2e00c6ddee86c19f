"""The planner by the names people call: wishes in every shape, caps, costs, proof and prices, refusals, pictures."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

pa = pytest.importorskip("pyarrow")

import assay  # noqa: E402

QUEUES = {"eu": 0.02, "us": 0.08, "apac": 0.15}
KEY = "correct horse battery staple"


def framed(rows: int = 30_000, **extra: Any) -> assay.Frame:
    number = np.arange(rows)
    columns = {
        "case_id": (number * 7919) % 1_000_003,
        "queue": np.array(["eu", "us", "apac"])[np.minimum(number % 7 // 2, 2)],
        "site": np.array(["Lisbon", "Cairo", "Manila", "Lima"])[number % 4],
        "label": np.where(number % 13 == 0, "skip", np.where(number % 5 == 0, "remove", "approve")),
        **extra,
    }
    return assay.frame(
        pa.table(columns), case="case_id", decision="label", by=["queue", "site"], violating="remove", undecided="skip"
    )


FRAME = framed()
WISH = {"overall": 0.01, "queue": 0.03, "site": 0.03}


def planned(**options: Any) -> assay.Plan:
    settings: dict[str, Any] = {"half_width": WISH, "strata": "queue", "expected": {"queue": QUEUES}, **options}
    return assay.plan(FRAME, **settings)


# --- wishes ----------------------------------------------------------------------------------------------------------


def test_every_slice_is_as_sharp_as_wished_before_an_audit_is_done() -> None:
    plan = planned()
    assert plan.column_names == ["queue", "population", "sample_size", "expected_half_width"]
    rows = list(plan.slices().records())
    assert [(row["column"], row["slice"]) for row in rows] == [
        ("overall", "all"),
        *(("queue", name) for name in ("apac", "eu", "us")),
        *(("site", name) for name in ("Cairo", "Lima", "Lisbon", "Manila")),
    ]
    for row in rows:
        assert row["expected_half_width"] <= row["wished"] == WISH[row["column"]]
        assert row["price"] >= 0
    assert sum(row["population"] for row in rows if row["column"] == "site") == rows[0]["population"] == FRAME.decided
    assert sum(row["expected_audits"] for row in rows if row["column"] == "site") == pytest.approx(plan.size)
    assert rows[1]["expected_rate"] == pytest.approx(0.15)
    assert max(row["price"] for row in rows) > 1
    proof = plan.proof
    assert proof is not None
    assert proof.cost == plan.cost == plan.size
    assert proof.lower_bound <= proof.cost
    assert 0 <= proof.gap < 0.015
    sample = plan.draw(key=KEY)
    assert len(sample) == plan.size


def test_wishes_come_in_every_shape() -> None:
    one = assay.plan(FRAME, half_width=0.01, strata="queue", expected={"queue": QUEUES})
    assert one == planned(half_width={"overall": 0.01})
    crossed = {planned(half_width={key: 0.06}).size for key in (("queue", "site"), ("site", "queue"), "queue, site")}
    assert len(crossed) == 1
    assert len(planned(half_width={"queue, site": 0.06}).slices(["overall"]).column("slice")) == 12 + 1
    assert planned(half_width={"queue, site": 0.06}).slices("queue, site").column("column") == ["queue, site"] * 12
    assert planned(half_width=np.float64(0.01)).size == one.size
    assert planned(confidence=0.99).size > planned().size


def test_without_strata_a_large_enough_random_sample_is_planned_and_strata_are_recommended() -> None:
    plan = planned(strata=())
    assert len(plan) == 1
    assert all(row["expected_half_width"] <= row["wished"] for row in plan.slices().records())
    (note,) = plan.cautions()
    other = planned(strata=["queue", "site"])
    assert note == (
        f"strata=['queue', 'site'] would keep the same wishes with {other.size:,} audits instead of {plan.size:,}."
    )
    assert other.size < plan.size
    assert note in plan.summary()
    assert "50%, where it is widest" in planned(expected=None).summary()


def test_a_stricter_wish_is_never_cheaper() -> None:
    sizes = [planned(half_width={**WISH, "queue": width}).size for width in (0.2, 0.05, 0.03, 0.02, 0.01)]
    assert sizes == sorted(sizes)
    assert planned(half_width={"queue": 1e-6}).column("sample_size") == planned().column("population")


def test_a_coefficient_of_variation_and_minimums_are_kept() -> None:
    plan = planned(half_width=None, coefficient_of_variation={"queue": 0.2}, slice_minimum=400, minimum=30)
    for row in plan.slices([]).records():
        if row["column"] == "queue":
            assert row["expected_variation"] <= row["wished_variation"] == 0.2
            assert row["expected_audits"] >= row["minimum"] == 400
            assert row["minimum_price"] is not None
    assert planned(half_width={"overall": 0.2}, minimum=500).column("sample_size") == [500] * 3
    assert planned(half_width={"overall": 0.2}, minimum=10**6).column("sample_size") == planned().column("population")
    assert "with at least 400 audits" in plan.summary()
    assert "20.0% of its rate" in plan.summary()


def test_costs_move_audits_to_where_they_are_cheap() -> None:
    dear = {"queue": {"apac": 9.0, "eu": 1.0, "us": 1.0}}
    wish = {"overall": 0.01}
    usual, moved = planned(half_width=wish), planned(half_width=wish, cost=dear)
    assert moved.column("sample_size")[0] < usual.column("sample_size")[0]
    assert moved.size > usual.size
    assert moved.cost == pytest.approx(np.dot(moved.column("sample_size"), [9, 1, 1]))
    assert moved.cost < np.dot(usual.column("sample_size"), [9, 1, 1])
    assert planned(half_width=wish, cost={"apac": 9, "eu": 1, "us": 1}) == moved
    assert planned(half_width=wish, cost=2.0).cost == 2 * usual.size
    between = (usual.size + moved.size) // 2
    capped = planned(half_width=wish, cost=dear, max_audits=between)
    assert capped.size <= between
    assert capped.proof is not None
    assert capped.proof.cap_price > 0
    assert capped.proof.lower_bound <= capped.cost


def test_a_cap_alone_buys_the_sharpest_overall_score() -> None:
    settings: dict[str, Any] = {"strata": "queue", "expected": {"queue": QUEUES}}
    plan = assay.plan(FRAME, max_audits=1_000, **settings)
    assert plan.size == 1_000
    assert plan.proof is None
    assert plan == assay.plan(FRAME, size=1_000, allocation="optimal", **settings)
    assert plan.column("sample_size") == assay.plan(FRAME, size=1_000, allocation="neyman", **settings).column(
        "sample_size"
    )
    assert assay.plan(FRAME, max_audits=1_000, strata="queue").column("sample_size") == assay.plan(
        FRAME, size=1_000, strata="queue"
    ).column("sample_size")
    assert assay.plan(FRAME, max_audits=10**9).size == FRAME.decided
    paid = assay.plan(FRAME, budget=1_000, cost={"apac": 4, "eu": 1, "us": 1}, **settings)
    assert 996 < paid.cost <= 1_000
    assert "They cost" in paid.summary()


def test_named_allocations_take_the_smallest_size_that_keeps_the_wishes() -> None:
    best = planned()
    for allocation in ("proportional", "equal", "neyman"):
        plan = planned(allocation=allocation)
        assert plan.size >= best.size
        assert all(row["expected_half_width"] <= row["wished"] for row in plan.slices([]).records())
        assert plan.column("sample_size") == assay.plan(
            FRAME, size=plan.size, strata="queue", allocation=allocation, expected={"queue": QUEUES}
        ).column("sample_size")
        assert set(plan.slices().column("price")) == {None}


def test_rates_may_be_finer_or_coarser_than_strata_and_scores_of_last_week() -> None:
    queue, site = np.array(["eu", "us", "apac"] * 4), np.repeat(["Lisbon", "Cairo", "Manila", "Lima"], 3)
    rate = np.array([QUEUES[name] for name in queue.tolist()])
    finer = planned(expected=pa.table({"queue": queue, "site": site, "rate": rate}))
    assert finer.column("sample_size") == planned().column("sample_size")
    coarser = planned(strata=["queue", "site"])
    rates = set(np.round(coarser.slices(["queue, site"]).column("expected_rate"), 9).tolist())
    assert set(QUEUES.values()) <= rates
    whole = planned(expected=pa.table({"rate": [0.08]}))
    assert whole.column("sample_size") == planned(expected=0.08).column("sample_size")
    sample = assay.plan(FRAME, size=3_000, strata=["queue"]).draw(key=KEY)
    wrong = np.random.default_rng(1).random(3_000) < 0.07
    verdicts = np.where(wrong, "remove", np.array(sample.column("label")))
    audits = pa.table({"case_id": sample.column("case_id"), "verdict": verdicts})
    scores = assay.score(
        sample,
        audits,
        verdict="verdict",
        metrics=["accuracy", "over_enforcement"],
        by=[[], ["queue"], ["queue", "site"]],
    )
    plan = planned(expected=scores)
    errors = {
        row["queue"]: ((1 - row["estimate"]) * row["n_effective"] + 0.5) / (row["n_effective"] + 1)
        for row in scores.records()
        if row["metric"] == "accuracy" and not row["site"]
    }
    assert any("count half an error more" in note for note in plan.cautions())
    assert plan.slices(["queue"]).column("expected_rate")[1:4] == pytest.approx(
        [errors[q] for q in ("apac", "eu", "us")]
    )
    harsh = planned(expected=scores, metric="over_enforcement")  # all errors were leaks
    few = harsh.slices([]).column("expected_rate")[0]
    assert 0.1 / 3_001 < few < 3 * 0.5 / 1_001  # no error was found: half of one is planned for in each queue
    assert "below 0.1%" in harsh.slices([])._repr_html_()
    assert "below 0.1%" in harsh._repr_html_()
    assert "1e-06" not in planned(expected=0.0, half_width={"overall": 0.01})._repr_html_()
    assert not any("half an error" in note for note in planned().cautions())


def test_about_the_process_needs_more_and_may_be_out_of_reach() -> None:
    assert planned(about="process").size > planned().size * 0.99
    with pytest.raises(
        assay.InputError, match=r"half-width of at least 0\.00.* for 'overall', what the most audits"
    ) as e:
        planned(half_width=0.0005, about="process")
    assert "not even auditing every case allowed" in str(e.value)
    with pytest.raises(assay.InputError, match=r"half-width of at least .* for 'queue=apac'"):
        planned(half_width={"queue": 0.01}, maximum=50)
    assert (
        max(
            planned(half_width={"overall": 0.2}, maximum={"eu": 50, "us": 60, "apac": 70}, minimum=100).column(
                "sample_size"
            )
        )
        == 70
    )


# --- refusals --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"half_width": 0}, "half_width= above 0 and below 0.5 for overall, got 0"),
        ({"half_width": -0.01}, "got -0.01"),
        ({"half_width": float("nan")}, "got nan"),
        ({"half_width": 0.5}, "below 0.5 for overall, got 0.5"),
        ({"half_width": 2}, "got 2; 2 points are written 0.02"),
        ({"half_width": "2%"}, "half_width= for overall as a number, got '2%'"),
        ({"half_width": {"queue": None}}, "half_width= for queue as a number, got None"),
        ({"half_width": {}}, "as a number or a mapping such as .* got an empty mapping"),
        ({"half_width": {"region": 0.1}}, "one of 'overall', 'queue' and 'site', got 'region'; name it in by="),
        ({"half_width": {"queue, region": 0.1}}, "got 'region'"),
        ({"half_width": {3: 0.1}}, "by the names of columns, got 3"),
        ({"half_width": {("queue", "queue"): 0.1}}, "each column once in half_width="),
        ({"half_width": {("queue", "site"): 0.1, "site, queue": 0.1}}, "one half_width= for queue and site, got two"),
        ({"coefficient_of_variation": 0}, "a finite coefficient_of_variation= above 0 for overall, got 0"),
        ({"coefficient_of_variation": 0.1, "expected": None}, "expected= error rates with coefficient_of_variation="),
        ({"slice_minimum": {"queue": 0}}, "slice_minimum= of 1 or more for queue, got 0"),
        ({"half_width": 0.01, "slice_minimum": 30}, "slice_minimum= by column, such as"),
        ({"size": 100}, "got a size and a wish both; to plan by a wish under a cap, pass max_audits="),
        ({"half_width": None, "size": 100, "max_audits": 50}, "size= or share= alone, for they are the cap"),
        ({"max_audits": 100}, "max_audits= of at least [0-9]+, what keeps every wish, got 100; the wishes can be kept"),
        ({"max_audits": 100}, "or widen all wishes by [0-9]+ %; dearest are '"),
        ({"max_audits": 5}, "at least 6, the minimum of 2 in each of 3 strata, got 5; raise max_audits= to 6"),
        ({"max_audits": 0}, "max_audits= of 1 or more, got 0"),
        ({"budget": 100}, "budget= of at least [0-9]+, what keeps every wish, got 100"),
        ({"budget": 0}, "a finite budget= above 0, got 0"),
        ({"max_audits": 900, "allocation": "equal"}, "with this allocation, got 900; raise it, or choose allocation="),
        ({"cost": 0}, "a finite cost above 0, got 0 in column 'cost'"),
        ({"cost": {"eu": 1.0}}, "a cost for each stratum, got none for 'queue=apac'; add it to cost="),
        ({"cost": "dear"}, "cost= as a number, a mapping by stratum"),
        ({"cost": {"queue": {"eu": 1}, "site": {"Lima": 2}}}, "cost= by the values of one column"),
        ({"cost": {"region": {"eu": 1}}}, "cost= for columns among the frame's by="),
        ({"cost": {"site, queue": {("Lima", "eu"): 1}}}, "in the frame's order, queue and site"),
        ({"maximum": 0}, "a maximum of 1 or more, got 0"),
        ({"expected": {"queue": {"eu": 0.1}}}, "an expected error rate for each stratum, got none for 'queue=apac'"),
        ({"expected": {"queue": {**QUEUES, "eu": 1.5}}}, "expected error rates between 0 and 1, got 1.5"),
        ({"expected": float("nan")}, "expected error rates between 0 and 1, got nan"),
        ({"expected": pa.table({"queue": ["eu"], "rate": [None]})}, "wanted numbers, got only nulls in column 'rate'"),
        (
            {"expected": pa.table({"queue": ["eu", None], "rate": [None, 0.1]}).slice(0, 1)},
            "an expected error rate for each stratum, got a table without rates; add them to expected=",
        ),
        ({"metric": "recall"}, "metric= one of accuracy, .* got 'recall'; rates with a denominator of their own"),
        ({"about": "weather"}, "about= one of 'queue', 'process', got 'weather'"),
        ({"allocation": "best"}, "one of 'proportional', 'equal', 'neyman', 'optimal', got 'best'"),
    ],
)
def test_wishes_are_refused_in_plain_words(options: Any, message: str) -> None:
    with pytest.raises(assay.InputError, match=message):
        planned(**options)


# --- words and pictures ----------------------------------------------------------------------------------------------


def test_a_plan_says_what_it_promises() -> None:
    plan = planned()
    told = plan.summary()
    assert "The overall score: wished to ± 1.0 points, expected to ± 1.00 points or better." in told.replace(
        "1.0 points or", "1.00 points or"
    )
    assert "Each of 4 slices by site: wished to ± 3.0 points" in told
    assert "What each wish would save if it were 1% wider: " in told
    assert f"Cost {plan.size:,} audits; nothing that keeps the wishes costs less than" in told
    page = plan._repr_html_()
    assert "What to expect of each slice" in page
    assert "wished_variation" not in page  # columns without a value are left out
    assert "<table>" in assay.plan(FRAME, size=100)._repr_html_()


def test_a_plan_shows_sizes_and_half_widths_against_wishes() -> None:
    pytest.importorskip("altair")
    chart = planned().plot().to_dict()
    sizes, widths = chart["hconcat"]
    assert [value["stratum"] for value in sizes["data"]["values"]] == ["apac", "eu", "us"]
    values = widths["data"]["values"]
    assert len(values) == 8
    assert all(value["expected"] <= value["wished"] + 1e-9 for value in values)
    many = framed(site=np.array([f"s{n % 60}" for n in range(30_000)]))
    plan = assay.plan(many, half_width={"site": 0.2}, strata=["site"])
    chart = plan.plot().to_dict()
    assert all(len(panel["data"]["values"]) == 40 for panel in chart["hconcat"])
    assert any("40 largest samples" in line for line in chart["title"]["subtitle"])


def test_hostile_names_stay_text() -> None:
    bad = "<script>alert(1)</script>"
    many = framed(queue=np.array([bad, "b; c=d", "e"])[np.arange(30_000) % 3])
    plan = assay.plan(
        many, half_width={"queue": 0.1}, strata="queue", expected={"queue": {bad: 0.1, "b; c=d": 0.1, "e": 0.1}}
    )
    assert bad not in plan._repr_html_()
    assert "&lt;script&gt;" in plan._repr_html_()
    assert sorted(plan.slices(["queue"]).column("slice"))[0] == bad


def test_any_number_of_threads_plans_the_same() -> None:
    assert planned() == planned()
    assert planned().slices() == planned().slices()


def test_slices_read_as_points_audits_and_prices() -> None:
    operation = assay.example.operation(weeks=1)
    frame = assay.frame(
        operation.decisions, case="case_id", decision="decision", by=["queue", "site"], violating=["remove", "restrict"]
    )
    plan = assay.plan(frame, half_width={"overall": 0.015, "queue": 0.05}, strata=["queue"], expected=0.08)
    page = plan.slices()._repr_html_()
    for words in ("± 1.5 points", "± 5.0 points", "error rate expected", "free", " audits", "4 slices"):
        assert words in page
    for words in ("expected_half_width", "minimum_price", "0.0"):
        assert words not in page.partition("</style>")[2].replace("0.0%", "")
    summary = plan.summary()
    free = sum(1 for row in plan.slices([]).records() if row["price"] is not None and row["price"] < 0.05)
    assert f"{free} wishes cost nothing" in summary or free < 2
    drawn = str(plan.plot().to_dict())
    assert "queue: " in drawn
    assert "site: " not in drawn  # nobody wished anything of sites
    assert plan.slices().plot().to_dict()
