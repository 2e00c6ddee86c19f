"""The register audit as a function of tables: every planted fault is found, and nothing else."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

import polars as pl
import pyarrow as pa
import pytest

import assay
from assay.example.registers import MOST, Planted, register
from assay.register_audit import Audit, Fault, Feed, Rules, Source, audit, id_of, rule, table_rule

UTC = dt.UTC
TODAY = dt.date(2026, 11, 23)


def run(example: Any, **more: Any) -> Audit:
    given = {"feeds": example.feeds, "today": example.today, **example.tables, **more}
    return audit(example.queues, example.findings, **given)


def queue(key: str, /, **fields: Any) -> dict[str, Any]:
    """A queue without a fault."""
    whole: dict[str, Any] = {
        "id": key,
        "state": "active",
        "created": dt.datetime(2025, 1, 1, tzinfo=UTC),
        "changed": dt.datetime(2025, 6, 1, tzinfo=UTC),
        "name": f"Queue {key}",
        "owner": "ana",
        "policies": [f"policy {key}"],
        "languages": ["de"],
        "regions": ["eu"],
        "sites": ["LIS"],
        "sla_hours": 24.0,
        "sla_share": 0.95,
        "review_due": dt.date(2027, 1, 1),
        "retain_until": None,
        "reroute_to": None,
        "merged_into": None,
        "split_into": None,
    }
    return whole | fields


def table(*rows: dict[str, Any]) -> pa.Table:
    lists = ("policies", "languages", "regions", "sites", "split_into")
    dates = ("review_due", "retain_until")
    kinds = dict.fromkeys(lists, pa.list_(pa.string())) | dict.fromkeys(dates, pa.date32())
    names = list(rows[0])
    texts = ("name", "owner", "reroute_to", "merged_into")
    numbers = ("sla_hours", "sla_share")
    kinds |= dict.fromkeys(texts, pa.string()) | dict.fromkeys(numbers, pa.float64())
    return pa.table({name: pa.array([row[name] for row in rows], kinds.get(name)) for name in names})


def found(outcome: Audit, rule_id: str) -> list[str]:
    return [each.subject for each in outcome.found if each.rule == rule_id]


# --- the example ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seed", "flavour"), [(7, "pyarrow"), (7, "polars"), (7, "pandas"), (7, "numpy"), (8, "pyarrow")]
)
def test_every_planted_fault_is_found_and_no_other(seed: int, flavour: Any) -> None:
    pytest.importorskip("rapidfuzz")
    example = register(seed=seed, flavour=flavour)
    outcome = run(example)
    assert {each.id for each in outcome.found} == {each.id for each in example.truth}
    assert set(outcome.fixed) == example.mended
    by_standing: dict[str, set[str]] = {}
    for each in outcome.found:
        by_standing.setdefault(each.standing, set()).add(each.id)
    assert by_standing["returned"] == example.returned
    assert by_standing["waiver ran out"] == example.run_out
    assert by_standing["waived"] == example.waived
    assert {each.action for each in outcome.found if each.standing == "waived"} == {"keep"}


def test_the_example_plants_a_fault_of_every_rule() -> None:
    planted = {each.rule for each in register(flavour="numpy").truth} | {"waiver_run_out"}
    assert planted == {each.id for each in Rules.default()}


def test_a_register_without_faults_has_no_findings() -> None:
    example = register(faults=0, flavour="pyarrow")
    outcome = run(example)
    assert len(example.truth) == len(outcome) == 0
    assert outcome.not_run == ()
    assert "0 open findings" in outcome.summary()


def test_the_same_arguments_give_the_same_register() -> None:
    one, other = (
        register(queues=2_000, faults=3, flavour="pyarrow"),
        register(queues=2_000, faults=3, flavour="pyarrow"),
    )
    assert one.queues == other.queues
    assert one.truth == other.truth
    assert one.queues != register(queues=2_000, faults=3, seed=8, flavour="pyarrow").queues
    assert register(queues=2_000, faults=3, today=dt.date(2027, 1, 4), flavour="pyarrow").today == dt.date(2027, 1, 4)
    assert all(each.num_rows for each in (one.bi, one.routing, one.roster))


@pytest.mark.parametrize(
    "wrong", [{"queues": MOST + 1}, {"queues": 100}, {"faults": -1}, {"seed": -1}, {"flavour": "excel"}]
)
def test_arguments_of_the_example_are_checked(wrong: dict[str, Any]) -> None:
    with pytest.raises(assay.InputError, match=next(iter(wrong))):
        register(**wrong)


def test_the_next_audit_of_the_same_tables_changes_nothing() -> None:
    example = register(queues=3_000, faults=4, flavour="pyarrow")
    first = audit(example.queues, today=TODAY, **example.tables)
    names = ("id", "rule", "severity", "subject", "owner", "due", "summary", "evidence", "source")
    book = {name: [getattr(each, name) for each in first.found] for name in names} | {"state": ["open"] * len(first)}
    again = audit(example.queues, book, today=TODAY, **example.tables)
    assert {each.action for each in again.found} == {"keep"}
    assert {each.standing for each in again.found} == {"open"}
    assert again.fixed == ()


# --- rules one by one, at their edges ---------------------------------------------------------------------------------


def test_a_review_is_stale_the_day_after_it_was_due() -> None:
    rows = [queue("a", review_due=TODAY), queue("b", review_due=TODAY - dt.timedelta(days=1))]
    assert found(audit(table(*rows), today=TODAY), "stale_review") == ["b"]
    later = audit(table(*rows), today=TODAY + dt.timedelta(days=1))
    assert found(later, "stale_review") == ["a", "b"]
    finding = later.found[0]
    assert finding.due == TODAY + dt.timedelta(days=15)
    assert finding.summary == "Its review was due on 2026-11-23."
    assert finding.owner == "ana"
    assert finding.history == "registry.history('a')"


def test_missing_fields_are_listed_in_one_finding() -> None:
    outcome = audit(table(queue("a", owner=None, sites=None), queue("b", state="draft", owner=None)), today=TODAY)
    (finding,) = [each for each in outcome.found if each.rule == "missing_fields"]
    assert finding.summary == "It is active without owner, sites."
    assert finding.owner == "queue operations"
    other = audit(table(queue("a", owner=None)), today=TODAY, default_owner="the desk")
    assert other.found[0].owner == "the desk"


def test_successors_are_followed_to_an_active_queue() -> None:
    shut: dict[str, Any] = {"state": "deactivated", "retain_until": dt.date(2028, 1, 1)}
    rows = [
        queue("a"),
        queue("b", **shut, merged_into="a"),
        queue("c", **shut, reroute_to="b"),
        queue("d", **shut, split_into=["a", "e"]),
        queue("e", state="paused"),
        queue("f", **shut, merged_into="g"),
        queue("g", **shut, merged_into="f"),
        queue("h", **shut, reroute_to="nowhere"),
    ]
    outcome = audit(table(*rows), today=TODAY, rules=Rules.default().only("successor_not_active"))
    assert found(outcome, "successor_not_active") == ["d", "f", "g", "h"]
    assert "'e' is paused" in outcome.found[0].summary
    assert "not in the register" in outcome.found[-1].summary


def test_near_names_need_a_region_and_a_language_in_common_and_slips_not_meanings() -> None:
    pytest.importorskip("rapidfuzz")
    rows = [
        queue("a", name="Counterfeit toys Germany"),
        queue("b", name="Conterfeit toys, Germany"),
        queue("c", name="Counterfeit toys Germany", regions=["us"]),
        queue("d", name="Counterfeit toys Germany", languages=["fr"]),
        queue("e", name="Spam messages tier A"),
        queue("f", name="Spam messages tier B"),
        queue("g", name="Refunds 12"),
        queue("h", name="Refunds 13"),
        queue("i", name="Hate messages Germany"),
        queue("j", name="Hate images Germany"),
        queue("k", name="Ärger im Büro"),
        queue("l", name="Arger im Buro"),
        queue("m", name="Counterfeit toys Germany", state="archived", retain_until=dt.date(2026, 1, 1)),
    ]
    outcome = audit(table(*rows), today=TODAY, rules=Rules.default().only("near_duplicate_name"))
    assert sorted(each.id for each in outcome.found) == ["near_duplicate_name:b:a", "near_duplicate_name:l:k"]
    strict = Rules.default().changed({"rules": {"near_duplicate_name": {"parameters": {"likeness": 100}}}})
    outcome = audit(table(*rows), today=TODAY, rules=strict.only("near_duplicate_name"))
    assert [each.id for each in outcome.found] == ["near_duplicate_name:l:k"]


def test_crowds_of_alike_names_are_not_compared_and_said_so() -> None:
    pytest.importorskip("rapidfuzz")
    rows = [queue(f"q{number}", name="Refunds") for number in range(5)]
    few = Rules.default().changed({"rules": {"near_duplicate_name": {"parameters": {"most_in_block": 3}}}})
    outcome = audit(table(*rows), today=TODAY, rules=few.only("near_duplicate_name"))
    assert outcome.found == ()
    assert "similar names in one region, none were compared" in outcome.notes()[0]


def test_owners_are_matched_whatever_their_capitals_and_leave_on_a_day() -> None:
    rows = [queue("a", owner="Ana Lima"), queue("b", owner="ben"), queue("c", owner="chi"), queue("d", owner="dan")]
    people = {"person": ["ana  lima", "ben", "chi"], "left": ["", "2026-11-23", "2026-11-24"]}
    outcome = audit(table(*rows), today=TODAY, people=people, rules=Rules.default().only("orphan_owner"))
    assert found(outcome, "orphan_owner") == ["b", "d"]
    assert outcome.found[0].summary == "Its owner ben left on 2026-11-23."
    assert {each.owner for each in outcome.found} == {"queue operations"}
    active = {"owner": ["Ana Lima", "ben", "chi", "dan", "dan"], "active": [True, True, False, False, True]}
    outcome = audit(table(*rows), today=TODAY, roster=active, rules=Rules.default().only("orphan_owner"))
    assert found(outcome, "orphan_owner") == ["c"]


def test_traffic_counts_by_its_last_day() -> None:
    moved = dt.datetime(2026, 11, 20, tzinfo=UTC)
    rows = [
        queue("busy"),
        queue("idle"),
        queue("young", changed=moved),
        queue("paused", state="paused", changed=moved),
        queue("paused before", state="paused", changed=moved),
    ]
    traffic = {
        "queue": ["BUSY", "idle", "paused", "paused before", "shadow"],
        "day": [TODAY, dt.date(2026, 10, 1), TODAY, dt.date(2026, 11, 20), TODAY],
        "cases": [3, 3, 3, 3, 3],
    }
    outcome = audit(table(*rows), today=TODAY, traffic=traffic)
    assert found(outcome, "no_traffic") == ["idle"]
    assert found(outcome, "traffic_in_closed") == ["paused"]
    assert found(outcome, "traffic_in_unknown") == ["shadow"]
    longer = audit(
        table(*rows), today=TODAY, traffic=traffic, rules={"rules": {"no_traffic": {"parameters": {"days": 60}}}}
    )
    assert found(longer, "no_traffic") == []


def test_decisions_are_traffic_row_by_row() -> None:
    decisions = pl.DataFrame(
        {
            "queue_id": pl.Series(["a", "a", "zz"], dtype=pl.Categorical),
            "decided_at": [dt.datetime(2026, 11, 22, 8, tzinfo=UTC)] * 3,
            "label": ["remove"] * 3,
        }
    )
    outcome = audit(table(queue("a"), queue("b")), today=TODAY, decisions=decisions)
    assert found(outcome, "no_traffic") == ["b"]
    assert found(outcome, "traffic_in_unknown") == ["zz"]
    told = Source(decisions, columns={"queue": "queue_id", "at": "decided_at"})
    assert audit(table(queue("a"), queue("b")), today=TODAY, decisions=told) == outcome
    with pytest.raises(assay.InputError, match="traffic= or decisions="):
        audit(table(queue("a")), decisions=decisions, traffic=decisions)


def test_a_service_level_drifts_only_beyond_chance() -> None:
    rows = [queue("far"), queue("few"), queue("fine"), queue("clock")]
    measured = {
        "queue": ["far", "few", "fine", "clock"],
        "cases": [1000, 3, 1000, 10],
        "share": [0.90, 0.66, 0.945, 1.0],
    }
    outcome = audit(table(*rows), today=TODAY, sla=measured | {"sla_hours": [24, 24, 24, 12]})
    assert found(outcome, "sla_drift") == ["clock", "far"]
    assert "90.0% of cases were in time, promised are 95.0%" in outcome.found[1].summary
    met = {"queue": ["far"], "cases": [200], "met": [180]}
    assert found(audit(table(*rows), today=TODAY, sla=met), "sla_drift") == ["far"]
    loose = {"rules": {"sla_drift": {"parameters": {"confidence": 0.9999}}}}
    assert found(audit(table(*rows), today=TODAY, sla=met, rules=loose), "sla_drift") == []


# --- other systems ----------------------------------------------------------------------------------------------------


def test_systems_are_told_apart_from_the_register_field_by_field() -> None:
    rows = [
        queue("a", sites=["LIS", "MNL"]),
        queue("b"),
        queue("c", state="paused"),
        queue("d", state="draft", changed=dt.datetime(2026, 11, 1, tzinfo=UTC)),
    ]
    crm = {
        "Ref": ["A", "b", "b", "x"],
        "People": ["ANA", "Ben", "ben", "y"],
        "Vendors": ["mnl/lis", "LIS", "LIS", ""],
        "SLA": ["24.2", "30", "24", "1"],
        "Phase": ["routable", "routable", "routable", "?"],
    }
    source = Source(
        crm,
        key="Ref",
        columns={"owner": "People", "sites": "Vendors", "sla_hours": "SLA", "state": "Phase"},
        meanings={"state": {"routable": "active"}},
        separators="/",
        tolerance=0.5,
    )
    outcome = audit(table(*rows), today=TODAY, crm=source)
    assert Counter(each.rule for each in outcome.found) == Counter(
        differs=2, missing_there=1, unknown_here=1, twice_there=1
    )
    assert sorted(each.id for each in outcome.found if each.rule == "differs") == [
        "differs@crm:b:owner",
        "differs@crm:b:sla_hours",
    ]
    assert found(outcome, "missing_there") == ["c"]
    everything = Source(crm, key="Ref", columns={"owner": "People"}, expects=["draft"])
    outcome = audit(table(*rows), today=TODAY, crm=everything)
    assert found(outcome, "missing_there") == ["d"]
    exact = Source(crm, key="Ref", columns={"owner": "People"}, compare={"owner": "exact"})
    assert found(audit(table(*rows), today=TODAY, crm=exact), "differs") == ["a", "b"]


def test_evidence_of_sets_names_what_is_lacking() -> None:
    routing = {"queue": ["a"], "sites": ["LIS, CAI"]}
    outcome = audit(table(queue("a", sites=["LIS", "MNL"])), today=TODAY, routing=routing)
    (finding,) = [each for each in outcome.found if each.rule == "routing_drift"]
    assert finding.summary == "Routing says LIS, CAI for its sites; the register says LIS, MNL."
    assert finding.evidence.endswith("; lacks mnl; has besides cai")


def test_a_closed_queue_that_is_still_routed_is_drift_but_its_other_fields_are_not() -> None:
    routing = {"queue": ["a"], "sites": ["CAI"], "status": ["live"]}
    shut = queue("a", state="archived", retain_until=dt.date(2026, 1, 1), review_due=None)
    outcome = audit(table(shut), today=TODAY, routing=routing)
    assert [each.id for each in outcome.found] == ["routing_drift@routing:a:state"]


def test_rules_whose_tables_were_not_given_did_not_run_and_close_nothing() -> None:
    book = {
        "id": ["no_traffic@traffic:a", "differs@bi:a:owner", "differs@crm:a:owner", "stale_review:a"],
        "state": ["open"] * 4,
        "rule": ["no_traffic", "differs", "differs", "stale_review"],
        "source": ["traffic", "bi", "crm", None],
    }
    outcome = audit(table(queue("a")), book, today=TODAY, bi={"queue": ["a"], "owner": ["ana"]})
    assert outcome.fixed == ("differs@bi:a:owner", "stale_review:a")
    assert {each.rule for each in outcome.not_run} >= {"no_traffic", "orphan_owner", "feed_late"}
    assert "Not run, because no traffic= was given" in outcome.summary()
    off = audit(table(queue("a")), book, today=TODAY, rules={"rules": {"stale_review": {"enabled": False}}})
    assert off.fixed == ()


# --- the book of findings ---------------------------------------------------------------------------------------------


def book_of(**fields: Any) -> dict[str, list[Any]]:
    row = {"id": "stale_review:a", "state": "open", "rule": "stale_review", "severity": "medium", "subject": "a"}
    row |= {"owner": "ana", "due": dt.date(2026, 11, 1), "summary": "Its review was due on 2026-11-01."}
    row |= {"evidence": "x", "source": None, "answer": None, "waived_until": None}
    return {name: [value] for name, value in (row | fields).items()}


@pytest.mark.parametrize(
    ("fields", "standing", "action"),
    [
        ({}, "open", "keep"),
        ({"summary": "Otherwise."}, "open", "amend"),
        ({"owner": "ben"}, "open", "amend"),
        ({"answer": "it is right"}, "explained", "keep"),
        ({"state": "fixed"}, "returned", "reopen"),
        ({"state": "waived", "waived_until": dt.date(2026, 11, 24)}, "waived", "keep"),
        ({"state": "waived", "waived_until": dt.date(2026, 11, 23)}, "waiver ran out", "reopen"),
    ],
)
def test_what_is_done_depends_on_what_the_book_says(fields: dict[str, Any], standing: str, action: str) -> None:
    stale = table(queue("a", review_due=dt.date(2026, 11, 1)))
    (finding,) = audit(stale, book_of(**fields), today=TODAY).found
    assert (finding.standing, finding.action) == (standing, action)
    assert finding.due == (dt.date(2026, 12, 7) if action == "reopen" else dt.date(2026, 11, 1))


def test_what_is_no_longer_found_is_mended_unless_it_is_already() -> None:
    sound = table(queue("a"))
    assert audit(sound, book_of(), today=TODAY).fixed == ("stale_review:a",)
    assert audit(sound, book_of(state="waived", waived_until=dt.date(2027, 1, 1)), today=TODAY).fixed == (
        "stale_review:a",
    )
    assert audit(sound, book_of(state="fixed"), today=TODAY).fixed == ()
    assert audit(sound, book_of(rule="of long ago"), today=TODAY).fixed == ()


def test_ids_are_stable_and_fit_the_book() -> None:
    assert id_of("stale_review", "a") == "stale_review:a"
    assert id_of("differs", "a", "bi", "owner") == "differs@bi:a:owner"
    long = id_of("differs", "x" * 400, "bi")
    assert len(long.encode()) <= 200
    assert long != id_of("differs", "x" * 401, "bi")
    assert id_of("r", "a\nb") != id_of("r", "a\tb")
    assert Planted("r", "s", "t", "u").id == "r@t:s:u"


# --- users' rules -----------------------------------------------------------------------------------------------------


def test_rules_in_python_look_at_rows_or_at_tables() -> None:
    @rule("no_second_site", severity="low", days=5, parameters={"least": 2})
    def no_second_site(row: dict[str, Any], least: int) -> str | None:
        """One site is none."""
        return None if len(row["sites"] or ()) >= least else f"Only {', '.join(row['sites'])} reviews it."

    @table_rule("too_many", severity="high", days=1, needs=["crm"])
    def too_many(scope: Any) -> Any:
        if len(scope.table("crm")) > 1:
            yield Fault("crm", "It grows.", f"{len(scope.register)} queues", source="crm", owner="crm desk")

    assert no_second_site.explanation == "One site is none."
    outcome = audit(
        table(queue("a"), queue("b", sites=["LIS", "MNL"])),
        today=TODAY,
        rules=[no_second_site, too_many],
        crm={"queue": ["a", "b"]},
    )
    assert [(each.id, each.owner) for each in outcome.found] == [
        ("too_many@crm:crm", "crm desk"),
        ("no_second_site:a", "ana"),
    ]
    assert outcome.found[1].due == TODAY + dt.timedelta(days=5)


def test_a_rule_that_fails_is_named_with_what_it_failed_on() -> None:
    @rule("broken", severity="low", days=5)
    def broken(row: dict[str, Any]) -> None:
        raise KeyError("nothing")

    @rule("odd", severity="low", days=5)
    def odd(row: dict[str, Any]) -> Any:
        return 3

    with pytest.raises(assay.AssayError, match="rule 'broken' failed: KeyError"):
        audit(table(queue("a")), today=TODAY, rules=broken)
    with pytest.raises(assay.InputError, match="a sentence or faults from rule 'odd', got int"):
        audit(table(queue("a")), today=TODAY, rules=odd)


# --- bad input --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ({"register": {"id": ["a"]}}, "a register with the column 'state'"),
        (
            {"register": {"id": ["a", "a"], "state": ["draft"] * 2}},
            "each id once in the register, got 'a' again at row 1",
        ),
        ({"register": {"id": ["a", None], "state": ["draft"] * 2}}, "an id in every row of the register"),
        ({"register": 3}, "register"),
        ({"findings": {"id": ["a"]}}, "a book of findings with the column 'state'"),
        ({"today": "2026-11-23"}, "today= as a date"),
        ({"now": dt.datetime(2026, 1, 1)}, "now= as a time with a zone"),
        ({"default_owner": " "}, "default_owner= as somebody"),
        ({"crm": {"ref": ["a"]}}, "crm= with a column of queue ids"),
        ({"crm": Source({"ref": ["a"]}, key="ref id")}, "did you mean 'ref'"),
        ({"crm": Source({"queue": ["a"]}, columns={"owner": "boss"})}, "crm: columns= with its columns, got 'boss'"),
        ({"crm": Source({"queue": ["a"], "x": ["b"]}, columns={"label": "x"})}, "columns= with fields of a queue"),
        ({"feeds": [3]}, "feeds= as Feed values"),
        ({"feeds": [Feed("crm"), Feed("crm")]}, "under a name of its own"),
        ({"crm": Feed("x")}, "crm= as a table, got a feed"),
        ({"rules": 3}, "rules= as rules"),
        ({"crm": 7}, "crm"),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(call: dict[str, Any], words: str) -> None:
    given = {"register": table(queue("a")), **call}
    with pytest.raises(assay.InputError) as refusal:
        audit(given.pop("register"), **given)
    assert words in str(refusal.value)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"compare": {"owner": "fuzzy"}}, "among exact"),
        ({"tolerance": -1.0}, "tolerance= of 0 or more"),
        ({"separators": ""}, "separators= as at least one character"),
        ({"expects": {"a": 1}}, "expects="),
    ],
)
def test_options_of_a_source_are_checked(wrong: dict[str, Any], words: str) -> None:
    with pytest.raises(assay.InputError, match=words):
        Source({"queue": ["a"]}, **wrong)


def test_hostile_text_is_kept_harmless_and_found_again() -> None:
    hostile = "=cmd|' /C calc'!A0\u202e\x07<script>alert(1)</script>" + "x" * 3000
    crm = {"queue": [hostile, "a"], "owner": ["x", hostile]}
    one = audit(table(queue("a")), today=TODAY, crm=crm)
    assert {each.id for each in one.found} == {each.id for each in audit(table(queue("a")), today=TODAY, crm=crm).found}
    for each in one.found:
        for name in ("id", "subject", "summary", "evidence"):
            text = getattr(each, name)
            assert not {"\u202e", "\x07"} & set(text)
        for text, most in ((each.id, 200), (each.summary, 2000), (each.evidence, 4000)):
            assert len(text.encode()) <= most


# --- the result -------------------------------------------------------------------------------------------------------


def test_an_audit_is_a_value_and_a_table() -> None:
    stale = table(queue("a", review_due=dt.date(2026, 11, 1)), queue("b"))
    outcome = audit(stale, today=TODAY)
    assert outcome == audit(stale, today=TODAY)
    assert outcome != audit(stale, today=TODAY + dt.timedelta(days=1))
    assert outcome.findings.column("rule") == ["stale_review"]
    assert outcome.findings.column("due") == [dt.date(2026, 12, 7)]
    assert isinstance(outcome.to_frame(), pa.Table)
    assert outcome.to_frame(flavour="polars").height == 1
    assert pa.table(outcome).num_rows == len(outcome) == 1
    assert outcome.counts("rule") == [("stale_review", 0, 1, 0)]
    assert "stale_review" in outcome._repr_html_()
    assert "<Audit:" in repr(outcome)
    assert "1 finding (1 medium)" in outcome.findings.summary()
    with pytest.raises(AttributeError, match="immutable"):
        outcome.fixed = ()  # type: ignore[misc]


def test_what_was_not_compared_is_said() -> None:
    outcome = audit(table(queue("a")), today=TODAY, crm={"queue": ["a"], "owner": ["ana"], "colour": ["red"]})
    assert "colour of crm" in "\n".join(outcome.notes())


# --- tables of every kind ---------------------------------------------------------------------------------------------


def test_tables_of_any_library_and_streams_that_are_read_once_say_the_same() -> None:
    duckdb = pytest.importorskip("duckdb")
    rows = table(queue("a"), queue("b"))
    routing = pa.table({"queue": ["a"], "sites": [["LIS"]]})
    traffic = pa.table({"queue": ["a", "zz"], "day": [TODAY, TODAY]})
    wanted = audit(rows, today=TODAY, routing=routing, traffic=traffic)
    assert {each.rule for each in wanted.found} == {"missing_there", "no_traffic", "traffic_in_unknown"}
    connection = duckdb.connect()
    makers = (
        lambda each: each.to_reader(),
        lambda each: pl.DataFrame(each),
        lambda each: pl.DataFrame(each).lazy(),
        lambda each: each.to_pandas(),
        lambda each: connection.from_arrow(each),
        lambda each: each.to_pydict(),
    )
    for make in makers:
        got = audit(make(rows), today=TODAY, routing=make(routing), traffic=make(traffic))
        assert got.found == wanted.found


def test_without_rapidfuzz_names_are_not_compared_and_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    from assay.register_audit import own_checks

    monkeypatch.setattr(own_checks, "installed", lambda module: False)
    outcome = audit(table(queue("a", name="Toys"), queue("b", name="Toys")), today=TODAY)
    assert found(outcome, "near_duplicate_name") == []
    assert "rapidfuzz is not installed" in outcome.summary()


@pytest.mark.parametrize(
    ("tables", "words"),
    [
        ({"traffic": {"q": ["a"], "day": [TODAY]}}, "traffic= has no column 'queue'"),
        ({"sla": {"queue": ["a"], "share": [0.9]}}, "sla= needs the columns 'queue', 'cases'"),
        ({"sla": {"cases": [3], "share": [0.9]}}, "sla= has no column 'queue'"),
        ({"people": {"shoe_size": [43]}}, "people= has no column 'owner'"),
    ],
)
def test_a_table_without_what_its_rules_need_leaves_them_out_and_says_so(tables: Any, words: str) -> None:
    outcome = audit(table(queue("a")), today=TODAY, **tables)
    assert any(words in note for note in outcome.notes())
