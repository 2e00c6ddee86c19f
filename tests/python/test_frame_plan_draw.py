"""From a table of decisions to a drawn sample: the contract's rules, every refusal, every kind of table."""

from __future__ import annotations

import datetime
import io
import json
from typing import Any

import numpy as np
import pytest

pa = pytest.importorskip("pyarrow")

import assay  # noqa: E402

KEY = "correct horse battery staple"
OWN = [
    "stratum",
    "stratum_population",
    "stratum_size",
    "inclusion_probability",
    "weight",
    "decision_population",
    "sample_design",
]


def columns(rows: int = 2000) -> dict[str, np.ndarray[Any, Any]]:
    """A made-up week: queues and sites by turns, every 13th case skipped."""
    number = np.arange(rows)
    return {
        "case_id": (number * 7919) % 1_000_003,
        "queue": np.array(["eu", "us", "apac"])[number % 3],
        "site": number % 4,
        "label": np.where(number % 13 == 0, "skip", np.where(number % 7 == 0, "remove", "approve")),
        "views": number * 0.5,
    }


def tables() -> dict[str, Any]:
    """One table in every library."""
    given: dict[str, Any] = {"numpy": columns(), "pyarrow": pa.table(columns())}
    for name in ("pandas", "polars", "duckdb"):
        library = pytest.importorskip(name)
        given[name] = library.from_arrow(given["pyarrow"]) if name == "duckdb" else library.DataFrame(columns())
    return given


def framed(table: Any = None, **options: Any) -> assay.Frame:
    settings: dict[str, Any] = {
        "case": "case_id",
        "decision": "label",
        "by": ["queue", "site"],
        "violating": ["remove"],
        "undecided": ["skip"],
        **options,
    }
    return assay.frame(columns() if table is None else table, **settings)


def small(**changed: Any) -> Any:
    given = {"case_id": ["a", "b", "c"], "label": ["x", "y", "x"], "queue": ["eu", "us", "eu"], **changed}
    return pa.table(given)


# --- the whole way ---------------------------------------------------------------------------------------------------


def test_every_kind_of_table_gives_the_same_draw_in_its_own_flavour() -> None:
    draws = {
        name: assay.plan(framed(table, keep="views"), size=60, strata=["queue"]).draw(key=KEY, period="w")
        for name, table in tables().items()
    }
    first = draws["pyarrow"].to_pydict()
    for name, sample in draws.items():
        assert sample.to_pydict() == first, name
        assert sample.flavour == name
    assert type(draws["pandas"].to_frame()).__module__.startswith("pandas")
    assert type(draws["polars"].to_frame()).__module__.startswith("polars")
    assert isinstance(draws["pyarrow"].to_frame(), pa.Table)
    assert isinstance(draws["numpy"].to_frame(), dict)


def test_dictionaries_chunks_threads_and_text_ids_change_nothing() -> None:
    table = pa.table(columns())
    wanted = assay.plan(framed(table, threads=1), size=60, strata=["queue"]).draw(key=KEY, threads=1).to_pydict()
    coded = table.set_column(1, "queue", table["queue"].dictionary_encode())
    chunked = pa.concat_tables([coded.slice(0, 7), coded.slice(7, 900), coded.slice(907)])
    assert (
        assay.plan(framed(chunked, threads=3), size=60, strata="queue").draw(key=KEY, threads=4).to_pydict() == wanted
    )
    texts = table.set_column(0, "case_id", table["case_id"].cast(pa.string()).dictionary_encode())
    got = assay.plan(framed(texts), size=60, strata="queue").draw(key=KEY.encode()).to_pydict()
    assert got.pop("case_id") == [str(case) for case in wanted.pop("case_id")]
    assert got == wanted


def test_categories_draw_like_their_texts() -> None:
    wanted = assay.plan(framed(), size=60, strata="queue").draw(key=KEY).to_pydict()
    for name in ("polars", "pandas"):
        library = pytest.importorskip(name)
        table = library.DataFrame(columns())
        if name == "polars":
            kind = library.Categorical
            table = table.with_columns(library.col("queue").cast(kind), library.col("label").cast(kind))
        else:
            table = table.astype({"queue": "category", "label": "category"})
        sample = assay.plan(framed(table), size=60, strata="queue").draw(key=KEY)
        assert sample.to_pydict() == wanted, name


def test_columns_nobody_named_are_not_looked_at() -> None:
    table = small(nested=[[1], [2], [3]])
    assert len(assay.frame(table, case="case_id", decision="label")) == 3


def test_the_draw_follows_the_published_rule() -> None:
    given = columns()
    sample = assay.plan(framed(), size=30).draw(key=KEY, period="2026-W47")
    decided = [int(case) for case, label in zip(given["case_id"], given["label"], strict=True) if label != "skip"]
    numbers = {case: assay.permanent_random_number(case, key=KEY, period="2026-W47") for case in decided}
    assert sorted(sample.column("case_id")) == sorted(sorted(decided, key=numbers.__getitem__)[:30])
    assert set(sample.column("stratum")) == {"(all)"}
    other = assay.plan(framed(), size=30).draw(key=KEY, period="2026-W48")
    assert sorted(other.column("case_id")) != sorted(sample.column("case_id"))


def test_a_sample_says_with_what_chance_each_case_was_drawn() -> None:
    given = columns()
    plan = assay.plan(framed(), share=0.05, strata=["queue", "site"], minimum=3)
    sample = plan.draw(key=KEY)
    decided = given["label"] != "skip"
    for row in sample.records():
        held = decided & (given["queue"] == row["queue"]) & (given["site"] == row["site"])
        assert row["stratum"] == f"queue={row['queue']}; site={row['site']}"
        assert row["stratum_population"] == held.sum()
        assert row["inclusion_probability"] == row["stratum_size"] / row["stratum_population"]
        assert row["weight"] == row["stratum_population"] / row["stratum_size"]
        alike = held & ((given["label"] == "remove") == (row["label"] == "remove"))
        assert row["decision_population"] == alike.sum()
        assert row["label"] != "skip"
    assert len(sample) == plan.size == round(0.05 * decided.sum())
    assert sum(sample.column("weight")) == pytest.approx(decided.sum())


def test_columns_keep_names_and_types() -> None:
    when = datetime.datetime(2026, 11, 20, 12, tzinfo=datetime.UTC)
    table = pa.table(
        {
            "Case Id": pa.array([3, 1, 2], pa.uint32()),
            "outcome": pa.array(["x", "y", "x"]).dictionary_encode(),
            "queue": pa.array(["eu", "us", "eu"], pa.large_string()),
            "amount": pa.array([1, 2, None], pa.decimal128(20, 2)),
            "seen at": pa.array([when] * 3, pa.timestamp("ns", "Europe/Berlin")),
            "who": ["ann", None, "bob"],
            "rules": ["v1", "v1", "v2"],
        }
    )
    frame = assay.frame(
        table,
        case="Case Id",
        decision="outcome",
        by="queue",
        keep=["amount", "queue"],
        at="seen at",
        reviewer="who",
        policy_version="rules",
    )
    got = assay.plan(frame, size=3).draw(key=KEY).to_arrow()
    assert got.column_names == ["Case Id", "outcome", "queue", "who", "rules", "seen at", "amount", *OWN]
    assert got.schema.field("Case Id").type == pa.uint32()
    assert got.schema.field("amount").type == pa.decimal128(20, 2)
    assert got.schema.field("seen at").type == pa.timestamp("ns", "Europe/Berlin")
    assert got["Case Id"].to_pylist() == [3, 1, 2]
    assert got["who"].to_pylist() == ["ann", None, "bob"]
    assert got["amount"].to_pylist() == table["amount"].to_pylist()
    assert got["seen at"].to_pylist() == table["seen at"].to_pylist()


def test_a_sample_survives_a_csv_file() -> None:
    pandas = pytest.importorskip("pandas")
    frame = framed(keep="views", reviewer="site", not_violating=["approve"])
    sample = assay.plan(frame, size=50, strata="queue").draw(key=KEY, period="2026-W47")
    back = pandas.read_csv(io.StringIO(sample.to_frame(flavour="pandas").to_csv(index=False)))
    for name in sample.column_names:
        assert back[name].tolist() == sample.column(name), name
    design = json.loads(back["sample_design"][0])
    assert design == {
        "version": 1,
        "case": "case_id",
        "decision": "label",
        "by": ["queue", "site"],
        "by_types": ["u", "l"],
        "strata": ["queue"],
        "violating": ["remove"],
        "not_violating": ["approve"],
        "undecided": ["skip"],
        "labels": ["approve", "remove", "skip"],
        "period": "2026-W47",
        "missing": None,
        "at": None,
        "reviewer": "site",
        "policy_version": None,
        "keep": ["views"],
        "drawn_strata": 3,
        "drawn_cases": 50,
    }
    assert KEY not in back["sample_design"][0]


# --- frame -----------------------------------------------------------------------------------------------------------


def test_a_frame_says_what_it_holds() -> None:
    frame = framed()
    assert len(frame) == 2000
    assert frame.undecided == 154
    assert frame.decided == 1846
    assert frame.case == "case_id"
    assert frame.decision == "label"
    assert frame.by == ["queue", "site"]
    assert frame.labels().column("kind") == ["not violating", "violating", "undecided"]
    assert "2,000 decisions, 154 of them undecided" in frame.summary()
    assert "queue (3 values) and site (4 values)" in frame.summary()
    assert "<table>" in frame._repr_html_()
    assert "Labels in the column label" in frame._repr_html_()
    assert "2,000" in repr(frame)
    with pytest.raises(AttributeError, match="immutable"):
        frame.case = "other"  # type: ignore[misc]


def test_a_label_nobody_gave_is_pointed_out() -> None:
    note, *_ = framed(violating=["remvoe"]).cautions()
    assert "'remvoe'" in note
    assert note in framed(violating=["remvoe"]).summary()
    assert not any("no decision has it" in each for each in framed().cautions())


def test_labels_that_got_their_kind_from_no_one_are_named() -> None:
    kinds = {row["label"]: row["kind"] for row in framed().labels().records()}
    taken = [label for label, kind in kinds.items() if kind == "not violating"]
    (note,) = framed().cautions()
    assert "only violating= was given" in note
    assert all(repr(label) in note for label in taken)
    assert framed(not_violating=taken).cautions() == ()


def test_a_sample_says_what_was_replaced_and_what_is_new() -> None:
    operation = assay.example.operation(weeks=1)
    frame = assay.frame(operation.decisions, case="case_id", decision="decision", by=["queue"])
    plan = assay.plan(frame, size=100, strata=["queue"])
    sample = plan.draw(key="a secret of a dozen letters", period="W44")
    lost = sample.column("case_id")[:3]
    again = plan.draw(key="a secret of a dozen letters", period="W44", replacing=lost)
    (note,) = [each for each in again.cautions() if "replaced" in each]
    assert "3 lost cases replaced by 3 new cases" in note
    assert any(str(case) in note for case in set(again.column("case_id")) - set(sample.column("case_id")))
    larger = assay.plan(frame, size=150, strata=["queue"])
    more = larger.draw(key="a secret of a dozen letters", period="W44", already=sample)
    assert "50 new, 100 already" in more.summary()


def test_unused_categories_are_no_labels() -> None:
    pandas = pytest.importorskip("pandas")
    table = pandas.DataFrame({"case_id": [1, 2], "label": pandas.Categorical(["x", "x"], categories=["x", "z"])})
    assert assay.frame(table, case="case_id", decision="label").labels().column("label") == ["x"]


def test_one_name_stands_for_a_list_of_one() -> None:
    frame = assay.frame(small(), case="case_id", decision="label", by="queue", violating="x", undecided="y")
    assert frame.by == ["queue"]
    assert frame.labels().column("kind") == ["violating", "undecided"]


def test_nulls_get_the_name_given() -> None:
    table = small(queue=["eu", None, "eu"])
    frame = assay.frame(table, case="case_id", decision="label", by="queue", missing="(none)")
    sample = assay.plan(frame, size=3, strata="queue").draw(key=KEY)
    assert sample.column("queue") == ["(none)", "eu", "eu"]
    assert sample.column("stratum")[0] == "queue=(none)"


def test_progress_is_told_and_may_fail() -> None:
    framed(progress=lambda rows: None)
    assert len(assay.plan(framed(), size=5).draw(key=KEY, progress=lambda rows: None)) == 5


@pytest.mark.parametrize(
    ("changed", "options", "message", "column", "row"),
    [
        ({"case_id": ["a", None, "c"]}, {}, "wanted a case id, got null", "case_id", 1),
        ({"case_id": ["a", "", "c"]}, {}, "wanted a case id, got empty text", "case_id", 1),
        (
            {"case_id": ["a", "b", "a"]},
            {},
            r"each case once, got 'a' again \(first at row 0\).*decision's id",
            "case_id",
            2,
        ),
        ({"case_id": [1.0, 2.0, 3.0]}, {}, "text or whole numbers, got real numbers", "case_id", None),
        ({"label": ["x", None, "x"]}, {}, "wanted a decision, got null.*undecided=", "label", 1),
        ({"label": ["x", "", "x"]}, {}, "wanted a decision, got empty text.*undecided=", "label", 1),
        ({}, {"violating": ["x"], "not_violating": ["z"]}, "got 'y'.*mend the label", "label", 1),
        ({"queue": ["eu", "us", None]}, {}, r'got null.*missing="\(none\)"', "queue", 2),
        ({"queue": [0.5, 1.5, 2.5]}, {}, "got real numbers.*bands", "queue", None),
        (
            {},
            {"case": "nowhere"},
            "a column named 'nowhere', got a table with the columns 'case_id', 'label'",
            None,
            None,
        ),
        ({}, {"decision": "nowhere"}, "a column named 'nowhere'", None, None),
        ({}, {"by": ["nowhere"]}, "a column named 'nowhere'", None, None),
        ({}, {"keep": ["nowhere"]}, "a column named 'nowhere'", None, None),
        ({}, {"by": ["queue", "queue"]}, "each column once in by=, got 'queue' twice", None, None),
        ({}, {"decision": "case_id"}, "two columns for case= and decision=", None, None),
        ({}, {"at": "queue"}, "timestamps with a zone, got text", "queue", None),
        ({"weight": [1, 2, 3]}, {"keep": ["weight"]}, "got 'weight'; rename the column", None, None),
        ({"nested": [[1], [2], [3]]}, {"keep": ["nested"]}, "cast the column to text", "nested", None),
        ({}, {"violating": ["x"], "undecided": ["x"]}, "each label under one meaning", None, None),
        ({}, {"missing": 3}, "missing= as the name that nulls get, got int", None, None),
        ({}, {"by": 3}, "by= as a name or a list of names, got int", None, None),
        ({}, {"violating": 1.5}, "violating= as a label", None, None),
        ({}, {"case": ""}, "case= as the name of a column, got empty text", None, None),
        ({}, {"case": None}, "case=, the column of the ids, got no name", None, None),
        ({}, {"threads": 0}, "threads of 1 or more", None, None),
    ],
)
def test_frames_refuse(changed: Any, options: Any, message: str, column: str | None, row: int | None) -> None:
    settings = {"case": "case_id", "decision": "label", "by": ["queue"], **options}
    with pytest.raises(assay.InputError, match=message) as refused:
        assay.frame(small(**changed), **settings)
    assert refused.value.column == column
    assert refused.value.row == row


def test_times_need_a_zone() -> None:
    table = small(at=pa.array([1, 2, 3], pa.timestamp("us")))
    with pytest.raises(assay.InputError, match="timestamps with a zone, got timestamps without a zone"):
        assay.frame(table, case="case_id", decision="label", at="at")


def test_tables_that_are_none_are_refused() -> None:
    with pytest.raises(assay.InputError, match="wanted a table"):
        assay.frame([1, 2], case="case_id", decision="label")
    with pytest.raises(assay.InputError, match="decisions to draw from, got an empty table"):
        assay.frame(small().slice(0, 0), case="case_id", decision="label")
    reader = small().to_reader()
    assay.frame(reader, case="case_id", decision="label")
    with pytest.raises((assay.InputError, pa.ArrowInvalid)):
        assay.frame(reader, case="case_id", decision="label")


# --- plan ------------------------------------------------------------------------------------------------------------


def test_a_plan_is_a_table_of_strata() -> None:
    plan = assay.plan(framed(), size=100, strata=["queue"])
    assert plan.column_names == ["queue", "population", "sample_size", "expected_half_width"]
    assert plan.column("queue") == ["apac", "eu", "us"]
    assert sum(plan.column("population")) == 1846
    assert plan.size == sum(plan.column("sample_size")) == 100
    assert plan.strata == ["queue"]
    assert "100 cases to audit out of 1,846 decided, from 3 strata of queue" in plan.summary()
    assert "From 33 to 34 cases a stratum" in plan.summary()
    assert "\n33 cases a stratum" in assay.plan(framed(), size=99, strata="queue", allocation="equal").summary()
    assert plan == assay.plan(framed(), size=100, strata="queue")
    assert plan != assay.plan(framed(), size=101, strata="queue")
    assert pa.table(plan).num_rows == 3
    assert "100 cases to audit" in plan._repr_html_()
    whole = assay.plan(framed(), size=100)
    assert whole.column_names == ["population", "sample_size", "expected_half_width"]
    assert "± 9.9 points" in whole.summary()  # of exact limits, as the score will have them


def test_sizes_by_share_allocation_and_minimum() -> None:
    frame = framed(by=["queue", "site"])
    assert assay.plan(frame, share=0.1, strata=["queue", "site"]).size == 185
    assert assay.plan(frame, share=1e-6, strata="queue", minimum=5).column("sample_size") == [5, 5, 5]
    assert assay.plan(frame, share=1, strata="queue").size == 1846
    equal = assay.plan(frame, size=np.int64(100), strata="queue", allocation="equal")
    assert equal.column("population") == [615, 615, 616]
    assert equal.column("sample_size") == [33, 33, 34]  # the larger gets the one left over


def test_expected_rates_come_as_number_mapping_or_table() -> None:
    frame = framed()
    rates = {"apac": 0.5, "eu": 0.02, "us": 0.02}

    def sizes(expected: Any, strata: Any = "queue") -> list[int]:
        plan = assay.plan(frame, size=100, strata=strata, allocation="neyman", expected=expected)
        return plan.column("sample_size")

    wanted = sizes(rates)
    assert wanted[0] > 2 * wanted[1]
    assert sizes({(queue,): rate for queue, rate in rates.items()}) == wanted
    assert sizes(pa.table({"queue": list(rates), "rate": list(rates.values())})) == wanted
    assert sizes(pa.table({"queue": [*rates, None], "estimate": [*rates.values(), 0.9]})) == wanted
    accuracy = {"queue": list(rates), "metric": ["accuracy"] * 3, "estimate": [1 - rate for rate in rates.values()]}
    assert sizes(pa.table(accuracy)) == wanted
    leakage = {"queue": list(rates) * 2, "metric": ["leakage"] * 3 + ["accuracy"] * 3, "estimate": [0.1] * 3}
    leakage["estimate"] = [*leakage["estimate"], *accuracy["estimate"]]
    assert sizes(pa.table(leakage)) == wanted
    assert sum(sizes(0.1)) == 100
    assert sum(sizes({0: 0.1, 1: 0.2, 2: 0.3, 3: 0.1}, "site")) == 100
    by_half = [assay.plan(frame, size=100, expected=rate).column("expected_half_width")[0] for rate in (0.02, None)]
    assert by_half[0] < by_half[1]
    wide = assay.plan(frame, size=100, confidence=0.99).column("expected_half_width")[0]
    assert wide > by_half[1]


def test_expected_rates_by_truth_date_and_time() -> None:
    noon = datetime.datetime(2026, 11, 20, 13, tzinfo=datetime.timezone(datetime.timedelta(hours=1)))
    day = datetime.date(2026, 11, 20)
    table = small(flag=[True, False, True], day=[day] * 3, at=pa.array([noon] * 3, pa.timestamp("us", "UTC")))
    frame = assay.frame(table, case="case_id", decision="label", by=["flag", "day", "at"])
    expected = {(True, day, noon): 0.1, (False, day, noon): 0.2}
    plan = assay.plan(frame, size=3, strata=["flag", "day", "at"], allocation="neyman", expected=expected)
    assert plan.column("population") == [1, 2]
    assert plan.column("day") == [day, day]
    sample = plan.draw(key=KEY)
    assert sample.column("stratum")[0] == "flag=false; day=2026-11-20; at=2026-11-20T12:00:00.000000Z"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "one of size= .*, share= .* and half_width= .*, got none; max_audits= or budget= alone"),
        ({"size": 5, "share": 0.1}, "got size= and share= both"),
        ({"size": 1847}, "at most 1846, all decided cases of the frame, got 1847; size=1846 takes them all"),
        ({"size": 5, "strata": "queue"}, "at least 6, the minimum of 2 in each of 3 strata, got 5; raise size= to 6"),
        ({"size": 0}, "at least 2"),
        ({"size": -1}, "at least 2"),
        ({"size": 2.5}, "size= as a whole number, got 2.5"),
        ({"size": True}, "size= as a whole number, got True"),
        ({"size": 2**70}, "size= below 2"),
        ({"share": 0}, "a share above 0 and at most 1, got 0"),
        ({"share": 1.5}, "a share above 0 and at most 1, got 1.5"),
        ({"share": "5%"}, "share= as a number, got '5%'"),
        ({"size": 9, "strata": ["region"]}, "strata among the frame's by= columns, got 'region'"),
        ({"size": 9, "strata": ["queue", "queue"]}, "each column once in strata="),
        ({"size": 9, "minimum": 0}, "a minimum of 1 or more, got 0"),
        ({"size": 9, "confidence": 1}, "a confidence strictly between 0 and 1"),
        ({"size": 9, "allocation": "optimal"}, 'expected= error rates or cost= for allocation="optimal", got neither'),
        ({"size": 9, "allocation": "best"}, "one of proportional, equal, neyman and optimal, got 'best'"),
        ({"size": 9, "allocation": "neyman"}, "expected= error rates"),
        ({"size": 9, "expected": 2}, "expected error rates between 0 and 1, got 2"),
        ({"size": 9, "expected": "low"}, "expected= as a number, a mapping by stratum, or a table, got 'low'"),
        ({"size": 9, "expected": True}, "expected= as a number"),
        ({"size": 9, "strata": "queue", "expected": {"eu": 0.1}}, "for each stratum, got none for 'queue=apac'"),
        ({"size": 9, "strata": "queue", "expected": {("eu", 1): 0.1}}, "a value for each of the strata's columns"),
        ({"size": 9, "expected": pa.table({"queue": ["eu"]})}, "with a column 'rate' or 'estimate'"),
        ({"size": 9, "expected": pa.table({"rate": [0.1, 0.2]})}, "one row a stratum in expected=, got two for all"),
        (
            {"size": 9, "expected": pa.table({"metric": ["leakage", "recall"], "estimate": [0.1, 0.2]})},
            "with one metric, or with accuracy among them, got leakage and recall",
        ),
    ],
)
def test_plans_refuse(options: Any, message: str) -> None:
    with pytest.raises(assay.InputError, match=message):
        assay.plan(framed(), **options)


def test_plans_want_a_frame_and_draws_a_key() -> None:
    with pytest.raises(assay.InputError, match=r"a frame, as assay\.frame"):
        assay.plan(columns(), size=5)  # type: ignore[arg-type]
    plan = assay.plan(framed(), size=5)
    with pytest.raises(assay.InputError, match="a secret key, got empty text"):
        plan.draw(key="")
    with pytest.raises(assay.InputError, match="key= as text or bytes, got int"):
        plan.draw(key=5)  # type: ignore[arg-type]
    with pytest.raises(assay.InputError, match="period= as text, got int"):
        plan.draw(key=KEY, period=47)  # type: ignore[arg-type]
    with pytest.raises(assay.InputError, match="lone surrogate"):
        plan.draw(key="\ud800")
    with pytest.raises(assay.InputError, match="threads of 1 or more"):
        plan.draw(key=KEY, threads=0)
    with pytest.raises(assay.InputError, match="got a frame of undecided ones only"):
        assay.plan(assay.frame(small(), case="case_id", decision="label", undecided=["x", "y"]), size=1)


def test_a_single_case_in_a_stratum_is_pointed_out() -> None:
    plan = assay.plan(framed(), size=3, strata="queue", minimum=1)
    assert any("3 strata get a single case" in note for note in plan.cautions())


# --- sample ----------------------------------------------------------------------------------------------------------


def test_a_sample_says_where_its_cases_come_from() -> None:
    sample = assay.plan(framed(), size=60, strata="queue").draw(key=KEY, period="2026-W47")
    text = sample.summary()
    assert "Sample of 2026-W47: 60 cases to audit, out of 1,846 decided." in text
    assert "queue=apac: 20 of 615" in text
    assert "From 3 strata; a case's chance was 3.25%, by stratum" in text
    uneven = assay.plan(framed(), size=60, strata=["queue", "site"], minimum=5).draw(key=KEY).summary()
    assert "a case's chance was 3." in uneven
    assert [row["sample_size"] for row in sample.strata()] == [20, 20, 20]
    assert sample.context.period == "2026-W47"
    page = sample._repr_html_()
    assert "inclusion_probability" in page
    assert "sample_design" not in page
    assert page.count("<tr>") == 1 + 10
    assert "more rows; .to_frame() has them all" in page
    whole = assay.plan(framed(), size=60).draw(key=KEY)
    assert "Each case had a chance of 3.25%." in whole.summary()


def test_charts_are_made_where_altair_is() -> None:
    pytest.importorskip("altair")
    plan = assay.plan(framed(), size=60, strata="queue")
    for result, name in ((plan, "apac"), (plan.draw(key=KEY), "queue=apac")):
        chart = result.plot().to_dict()
        values = chart.get("hconcat", [chart])[0]["data"]["values"]
        assert [value["cases"] for value in values] == [20, 20, 20]
        assert values[0]["stratum"] == name
