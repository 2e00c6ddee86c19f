"""The registry's tables: in time, in everybody else's tools, imported, enriched, and proved."""

from __future__ import annotations

import contextlib
import csv
import datetime as dt
import json
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pa = pytest.importorskip("pyarrow")

import pyarrow.parquet  # noqa: E402

import assay  # noqa: E402
from assay.registry import Checkpoint, Registry, make_key, verify  # noqa: E402

UTC = dt.UTC
NOON = dt.datetime(2026, 11, 23, 12, tzinfo=UTC)
WHOLE: dict[str, Any] = {
    "owner": "eu-team",
    "policies": ["spam", "fraud"],
    "languages": ["de"],
    "regions": ["eu"],
    "sites": ["berlin"],
    "sla_hours": 24,
    "review_due": "2027-03-31",
}
HOSTILE = [
    "'; DROP TABLE journal; --",
    '"); DELETE FROM events; --',
    '=HYPERLINK("http://evil","x")',
    "+cmd|' /C calc'!A0",
    "@SUM(A1)",
    "<script>alert(1)</script>",
    "שלום abc",
    "%s %n {0}",
    "a,b;c|d",
]


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> dt.datetime:
        return self.now

    def go(self, **by: float) -> None:
        self.now += dt.timedelta(**by)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def registry(tmp_path: Path, clock: Clock) -> Iterator[Registry]:
    with Registry.open(tmp_path / "ops.db", actor="ana", clock=clock) as opened:
        yield opened


def active(registry: Registry, *ids: str, **fields: Any) -> None:
    with registry.batch(reason="new market") as batch:
        for each in ids:
            batch.queues.create(each, **(WHOLE | fields))
            batch.queues.activate(each)


# ---- tables in time --------------------------------------------------------------------------------------------------


def test_a_table_holds_every_field_in_every_library(registry: Registry) -> None:
    active(registry, "b", "a", labels={"tier": "1"})
    table = registry.table("queues")
    assert table.column_names[:5] == ["id", "state", "version", "created", "changed"]
    assert table.column("id") == ["a", "b"]
    assert table.column("policies") == [["fraud", "spam"]] * 2
    assert json.loads(table.column("labels")[0]) == {"tier": "1"}
    arrow = pa.table(table)
    assert arrow.schema.field("policies").type == pa.list_(pa.string())
    assert arrow.schema.field("created").type == pa.timestamp("us", tz="UTC")
    assert arrow.schema.field("review_due").type == pa.date32()
    assert table.to_frame(flavour="pandas")["owner"].tolist() == ["eu-team"] * 2
    assert table.to_frame(flavour="polars")["sites"].to_list() == [["berlin"]] * 2
    assert "a" in repr(table)
    assert "<td" in table._repr_html_()
    duckdb = pytest.importorskip("duckdb")
    assert duckdb.sql("SELECT count(*) FROM arrow WHERE list_contains(policies, 'spam')").fetchall() == [(2,)]


def test_a_table_as_it_stood(registry: Registry, clock: Clock) -> None:
    active(registry, "a")
    clock.go(days=1)
    registry.queues.pause("a", reason="x")
    active(registry, "b")
    assert registry.table("queues", as_of=NOON).column("state") == ["active"]
    assert registry.table("queues", as_of="2026-11-24T12:00Z").column("state") == ["paused", "active"]
    assert len(registry.table("queues", as_of=NOON - dt.timedelta(seconds=1))) == 0
    with pytest.raises(assay.InputError, match="zone"):
        registry.table("queues", as_of=dt.datetime(2026, 11, 23))


def test_subscribers_poll_for_changes(registry: Registry) -> None:
    active(registry, "a", "b")
    first = registry.changes(limit=3)
    assert [each.sequence for each in first] == [1, 2, 3]
    rest = registry.changes(first.last)
    assert [(each.sequence, each.verb) for each in rest] == [(4, "activate")]
    assert len(registry.changes(rest.last)) == 0
    assert registry.changes(rest.last).last == 4
    assert registry.changes().to_frame(flavour="pandas")["actor"].tolist() == ["ana"] * 4
    assert rest[-1].changes == {}
    with pytest.raises(IndexError):
        _ = rest[1]
    for wrong in (-1, "x", 1.5):
        with pytest.raises(assay.InputError):
            registry.changes(wrong)  # type: ignore[arg-type]


# ---- other people's tools --------------------------------------------------------------------------------------------


def test_a_snapshot_is_a_whole_file_that_anybody_reads(registry: Registry, tmp_path: Path) -> None:
    active(registry, "a", "b")
    key = make_key()
    checkpoint = registry.checkpoint(key)
    path = registry.snapshot(tmp_path / "snap.db")
    assert stat.S_IMODE(path.stat().st_mode) == 0o444
    with sqlite3.connect(path) as other:
        assert other.execute("SELECT id, state, policies FROM queues").fetchall() == [
            ("a", "active", '["fraud", "spam"]'),
            ("b", "active", '["fraud", "spam"]'),
        ]
        assert other.execute("SELECT count(*), max(sequence) FROM events").fetchall() == [(4, 4)]
        assert other.execute("SELECT last_event FROM snapshot").fetchall() == [(4,)]
    other.close()
    assert verify(path, checkpoint=checkpoint, key=key)
    with Registry.open(path, actor="bo", read_only=True) as copy:
        assert list(copy.queues) == ["a", "b"]
        assert copy.queues["a"].history().column("sequence") == [1, 2]
    assert sorted(each.name for each in tmp_path.glob(".*draft*")) == []
    with pytest.raises(assay.InputError, match="no file yet"):
        registry.snapshot(path)
    registry.queues.pause("a", reason="x")
    registry.snapshot(path, overwrite=True)
    with pytest.raises(assay.InputError, match="registry's own"):
        registry.snapshot(tmp_path / "ops.db", overwrite=True)
    with pytest.raises(assay.InputError, match="folder that is there"):
        registry.snapshot(tmp_path / "no" / "snap.db")
    with Registry.open(":memory:", actor="ana") as gone:
        gone.queues.create("q", reason="x")
        assert verify(gone.snapshot(tmp_path / "memory.db"))


def test_an_export_is_a_parquet_file_a_book(registry: Registry, tmp_path: Path) -> None:
    active(registry, "a")
    made = registry.export(tmp_path / "bi")
    assert [path.name for path in made] == ["queues.parquet", "findings.parquet", "events.parquet"]
    assert pyarrow.parquet.read_table(made[0]).column("owner").to_pylist() == ["eu-team"]
    assert pyarrow.parquet.read_table(made[1]).num_rows == 0
    assert pyarrow.parquet.read_table(made[2]).column("verb").to_pylist() == ["create", "activate"]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(tmp_path: Path, text: str) -> None:
    with Registry.open(":memory:", actor=text) as registry:
        registry.queues.create("q", name=text, owner=text, policies=[text], labels={"k": text}, reason=text)
        path = registry.snapshot(tmp_path / "snap.db")
        with sqlite3.connect(path) as other:
            assert other.execute("SELECT name, owner, policies FROM queues").fetchall() == [
                (text, text, json.dumps([text], ensure_ascii=False))
            ]
            assert other.execute("SELECT actor, reason FROM events").fetchall() == [(text, text)]
        other.close()
        for shown in (registry.table("queues"), registry.history("q"), registry.queues["q"]):
            assert "<script" not in shown._repr_html_()
        pytest.importorskip("typer")
        from assay.cli import read_table, write_table

        write_table(registry.changes(), tmp_path / "events.csv")
        with (tmp_path / "events.csv").open(encoding="utf-8-sig", newline="") as file:
            cells = [cell for row in csv.reader(file) for cell in row]
        assert not [cell for cell in cells if cell[:1] in ("=", "@", "\t", "+")]
        assert read_table(tmp_path / "events.csv").column("reason").to_pylist() == [text]


@pytest.mark.parametrize("field", ["reason", "ticket", "command_id", "actor", "name", "owner"])
@pytest.mark.parametrize("text", ["a\x00b", "a\x1bb", "a\u202eb", "\ud800"])
def test_control_characters_and_broken_text_are_refused(field: str, text: str) -> None:
    with Registry.open(":memory:", actor="ana") as registry:
        with pytest.raises(assay.AssayError):
            registry.queues.create("q", **({"reason": "x"} | {field: text}))  # type: ignore[arg-type]
        assert registry.sequence == 0


NEIGHBOUR = """
import sys
from assay.registry import Registry
with Registry.open(sys.argv[1], actor="neighbour", patience=30) as registry:
    for each in range(20):
        registry.queues.create(f"theirs-{each}", reason="x")
"""


def shares_the_library() -> bool:
    """Whether Python's sqlite3 uses the very SQLite that the registry does."""
    maps = Path("/proc/self/maps")
    if not maps.exists():
        return False
    held = {line.split()[-1] for line in maps.read_text().splitlines() if "libsqlite3" in line}
    return len(held) == 1 and "libsqlite3" in _linked()


def _linked() -> str:
    import _sqlite3

    ldd = shutil.which("ldd")
    place = getattr(_sqlite3, "__file__", None)
    return "" if ldd is None or place is None else subprocess.run([ldd, place], capture_output=True, text=True).stdout


def test_a_reader_with_the_same_library_does_not_drop_our_lock(tmp_path: Path) -> None:
    if not shares_the_library():
        pytest.skip("Python's sqlite3 here has an SQLite of its own: the case that the manual forbids")
    place = tmp_path / "ops.db"
    with Registry.open(place, actor="ana", patience=30) as registry:
        registry.queues.create("first", reason="x")
        neighbour = subprocess.Popen([sys.executable, "-c", NEIGHBOUR, os.fspath(place)])
        for each in range(20):
            with contextlib.closing(sqlite3.connect(place)) as other:
                assert other.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] > 0
                registry.queues.create(f"ours-{each}", reason="x")
        assert neighbour.wait(60) == 0
        assert len(registry.queues) == 41
        assert registry.verify()


# ---- proof -----------------------------------------------------------------------------------------------------------


def test_a_checkpoint_proves_what_it_saw(registry: Registry, tmp_path: Path) -> None:
    active(registry, "a")
    key, other = make_key(), make_key()
    checkpoint = registry.checkpoint(key)
    assert (checkpoint.sequence, checkpoint.public_key, checkpoint.genuine) == (2, key.public, True)
    assert Checkpoint.from_text(str(checkpoint)) == checkpoint
    assert key.secret.hex() not in repr(key)
    registry.queues.pause("a", reason="x")
    verdict = registry.verify(checkpoint, key.public)
    assert verdict
    assert (verdict.problem, verdict.position, verdict.sequence) == (None, None, 3)
    assert registry.verify()
    assert registry.verify(checkpoint, other).problem == "false_checkpoint"
    forged = str(checkpoint).replace(" 2 ", " 1 ", 1)
    assert registry.verify(forged).problem == "false_checkpoint"
    key.save(tmp_path / "key")
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600
    assert registry.checkpoint(tmp_path / "key").public_key == key.public
    assert registry.checkpoint(key.secret).public_key == registry.checkpoint(key.secret.hex()).public_key
    (tmp_path / "line").write_text(f"{checkpoint}\n")
    assert registry.verify(tmp_path / "line")  # type: ignore[arg-type]
    for wrong in (b"short", 3, "nowhere", tmp_path / "line"):
        with pytest.raises(assay.InputError, match="a key"):
            registry.checkpoint(wrong)
    with pytest.raises(assay.InputError, match="beside key="):
        registry.verify(key=key)
    with pytest.raises(assay.AssayError):
        registry.verify("nonsense")
    with Registry.open(":memory:", actor="ana") as short:
        assert short.verify(checkpoint).problem == "shorter"
        for each in "abc":
            short.queues.create(each, reason="x")
        assert short.verify(checkpoint).problem == "other_history"


def test_a_flipped_byte_is_found(registry: Registry, tmp_path: Path) -> None:
    registry.queues.create("q", owner="the-honest-owner", reason="x")
    for each in range(3):
        registry.queues.create(f"r-{each}", reason="x")
    path = registry.snapshot(tmp_path / "snap.db")
    held = path.read_bytes()
    entry = held.find(b"the-honest-owner")
    assert entry > 0
    bad = tmp_path / "bad.db"
    bad.write_bytes(held.replace(b"the-honest-owner", b"the-honest-ownet"))
    verdict = verify(bad)
    assert not verdict
    assert (verdict.problem, verdict.position) == ("altered", 1)
    assert "altered" in repr(verdict)
    assert verify(path)
    assert verify(tmp_path / "nowhere.db").problem == "could_not_run"


# ---- enrich ----------------------------------------------------------------------------------------------------------


def test_decisions_are_enriched_in_their_own_library(registry: Registry, clock: Clock) -> None:
    active(registry, "a", "b")
    clock.go(days=1)
    registry.queues.amend("a", owner="new", reason="x")
    registry.queues.merge("a", into="b", open_cases=0, reason="x")
    times = [NOON - dt.timedelta(hours=1), NOON, clock.now, clock.now]
    columns = {"case": [1, 2, 3, 4], "queue": ["a", "a", "a", "nope"], "at": times}
    arrow = pa.table(columns)
    pandas, polars = pytest.importorskip("pandas"), pytest.importorskip("polars")
    for table in (arrow, pandas.DataFrame(columns, index=[9, 8, 7, 6]), polars.DataFrame(columns), columns):
        result = registry.enrich(table, at="at", columns=["owner", "state", "merged_into", "now"])
        frame = result.to_frame()
        assert type(frame) is type(table)
        assert result.column_names == [
            *("case", "queue", "at"),
            *("queue_owner", "queue_state", "queue_merged_into", "queue_now"),
        ]
        assert result.column("queue_owner") == [None, "eu-team", "new", None]
        assert result.column("queue_state") == [None, "active", "deactivated", None]
        assert result.column("queue_now") == ["b", "b", "b", None]
        assert result.unanswered == 2
        assert (result.faults["unknown"], result.faults["early"]) == (1, 1)
    assert registry.enrich(arrow, at="at", columns=["owner"], prefix="then_").column_names[-1] == "then_owner"
    with pytest.raises(assay.InputError, match="row 0"):
        registry.enrich(arrow, at="at", unknown="refuse")
    for wrong in (
        {"at": "nope"},
        {"at": "case"},
        {"at": "at", "on": "x"},
        {"at": "at", "columns": ["x"]},
        {"at": "at", "unknown": "x"},
        {"at": "at", "columns": ["owner", "state"], "prefix": ""} | {"columns": ["at"]},
    ):
        with pytest.raises(assay.InputError):
            registry.enrich(arrow, **wrong)


def test_scores_by_owner_survive_a_merger(registry: Registry, clock: Clock) -> None:
    active(registry, "a", owner="ana")
    active(registry, "b", owner="bo")
    clock.go(days=1)
    registry.queues.merge("a", into="b", open_cases=0, reason="one team")
    registry.queues.amend("b", owner="cleo", reason="new lead")
    later = clock.now
    rows = 60
    audited = pa.table(
        {
            "case": list(range(3 * rows)),
            "queue": ["a"] * rows + ["b"] * rows + ["b"] * rows,
            "decided_at": [NOON] * (2 * rows) + [later] * rows,
            "decision": ["remove"] * (3 * rows),
            "verdict": ["remove"] * rows + ["remove", "keep"] * (rows // 2) + ["remove"] * rows,
        }
    )
    enriched = registry.enrich(audited, at="decided_at")
    scores = assay.score(
        enriched,
        decision="decision",
        verdict="verdict",
        violating=["remove"],
        not_violating=["keep"],
        by=["queue_owner"],
    )
    found = dict(zip(scores.column("queue_owner"), scores.column("estimate"), strict=True))
    assert found == {"ana": 1.0, "bo": 0.5, "cleo": 1.0}
    by_now = assay.score(
        enriched, decision="decision", verdict="verdict", violating=["remove"], not_violating=["keep"], by=["queue_now"]
    )
    assert by_now.column("queue_now") == ["b"]
    assert by_now.column("n") == [3 * rows]


# ---- import ----------------------------------------------------------------------------------------------------------

SHEET: dict[str, list[Any]] = {
    "Queue ID": ["q-1", "q-2", "q-3", "q-4"],
    "Team": ["ana", "bo", "cleo", "dan"],
    "Policies": ["spam; fraud", "spam", "", "spam"],
    "Lang": ["de|fr", "de", "", "de"],
    "regions": ["eu"] * 4,
    "sites": ["berlin"] * 4,
    "sla_hours": ["24", "12.5", "", 8.0],
    "review_due": ["31/03/2027", "30/06/2027", "", "30/06/2027"],
    "Status": ["live", "paused", None, "deactivated"],
    "Tier": ["1", "", "2", "3"],
}
HOW: dict[str, Any] = {
    "columns": {"id": "Queue ID", "owner": "Team", "policies": "Policies", "languages": "Lang", "state": "Status"},
    "states": {"live": "active"},
    "date_format": "%d/%m/%Y",
    "labels": ["Tier"],
    "open_cases": 0,
}


def test_an_old_register_is_tried_then_imported_whole_and_once(registry: Registry) -> None:
    tried = registry.import_register(SHEET, **HOW)
    assert tried.ok, str(tried)
    assert tried.column("outcome") == ["create"] * 4
    assert registry.sequence == 0
    done = registry.import_register(SHEET, **HOW, dry_run=False, ticket="OPS-1")
    assert done.column("outcome") == ["created"] * 4
    assert [registry.queues[each].state for each in registry.queues] == ["active", "paused", "draft", "deactivated"]
    record = registry.queues["q-1"]
    assert (record.owner, record.policies, record.languages) == ("ana", ("fraud", "spam"), ("de", "fr"))
    assert (record.review_due, dict(record.labels)) == (dt.date(2027, 3, 31), {"Tier": "1"})
    before = registry.sequence
    again = registry.import_register(SHEET, **HOW, dry_run=False)
    assert again.column("outcome") == ["already there"] * 4
    assert registry.sequence == before


def test_an_import_says_everything_that_is_wrong_with_a_row(registry: Registry) -> None:
    wrong: dict[str, list[Any]] = {name: list(values) for name, values in SHEET.items()}
    wrong["Queue ID"] = ["q-1", "q-1", "", "q-4"]
    wrong["sla_hours"][3] = "soon"
    wrong["review_due"][3] = "2027-06-30"
    wrong["Status"][0] = "zombie"
    tried = registry.import_register(wrong, **HOW)
    assert not tried.ok
    assert tried.column("outcome") == ["wrong"] * 4
    faults = {(row["row"], row["column"]): row["fault"] for row in tried.faults.records()}
    assert {(0, "Status"), (2, "Queue ID"), (3, "sla_hours"), (3, "review_due")} <= set(faults)
    assert any(row == 1 and "stands in row 0" in words for (row, _), words in faults.items())
    with pytest.raises(assay.RefusedError, match="nothing was") as refusal:
        registry.import_register(wrong, **HOW, dry_run=False)
    assert refusal.value.rule == "import"
    assert registry.sequence == 0
    for columns in ({"owner": "Team"}, {"id": "No"}, {"x": "Team"}):
        with pytest.raises(assay.InputError):
            registry.import_register(SHEET, columns=columns)
    with pytest.raises(assay.InputError, match="states="):
        registry.import_register(SHEET, **(HOW | {"states": {"live": "flying"}}))
    with pytest.raises(assay.InputError, match="as a table"):
        registry.import_register(3)


# ---- audit -----------------------------------------------------------------------------------------------------------


def test_the_audit_records_what_it_finds_and_closes_what_is_mended(registry: Registry, clock: Clock) -> None:
    active(registry, "q-eu")
    example = assay.example.register()
    given = {name: table for name, table in example.tables.items() if name == "people"}
    clock.go(days=200)
    today = clock.now.date()
    looked = registry.audit(today=today, write=False, **given)
    assert len(looked.findings) > 0
    assert len(registry.findings) == 0
    outcome = registry.audit(today=today, reason="weekly", **given)
    assert len(registry.findings) == len(outcome.findings)
    assert {registry.findings[each].state for each in registry.findings} == {"open"}
    overdue = [each for each in registry.findings if "review" in str(registry.findings[each].rule)]
    assert overdue
    before = registry.sequence
    registry.audit(today=today, **given)
    assert registry.sequence == before
    registry.queues.review("q-eu", review_due="2028-01-01", reason="looked")
    registry.audit(today=today, **given)
    assert registry.findings[overdue[0]].state == "fixed"


def test_a_whole_operation_is_imported_and_audited() -> None:
    example = assay.example.register()
    noon = dt.datetime.combine(example.today, dt.time(12), UTC)
    table = pa.table(example.queues).to_pydict()
    fields = (
        "id",
        "name",
        "owner",
        "policies",
        "languages",
        "regions",
        "sites",
        "sla_hours",
        "sla_share",
        "review_due",
    )
    register = {name: table[name] for name in fields}
    register["state"] = ["deactivated" if each == "archived" else each for each in table["state"]]
    with Registry.open(":memory:", actor="ana", clock=lambda: noon) as registry:
        faults = registry.import_register(register, open_cases=0).faults
        wrong = set(faults.column("row"))
        assert 0 < len(wrong) < 500
        words = faults.column("fault")  # entries without what activation asks for, and planted numbers out of range
        assert all("cannot be active without" in each or each.startswith("wanted ") for each in words)
        assert any("share above 0 and at most 1, got 95" in each for each in words)
        whole = {name: [each for row, each in enumerate(cells) if row not in wrong] for name, cells in register.items()}
        registry.import_register(whole, open_cases=0, dry_run=False)
        assert len(registry.queues) == len(table["id"]) - len(wrong)
        outcome = registry.audit(today=example.today, feeds=example.feeds, **example.tables)
        assert len(registry.findings) == len(outcome.findings) > 100
        before = registry.sequence
        registry.audit(today=example.today, feeds=example.feeds, **example.tables)
        assert registry.sequence == before


def test_importing_assay_loads_no_database() -> None:
    code = "import sys, assay; print('assay._registry' in sys.modules, 'assay.registry' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env={**os.environ})
    assert ran.stdout.split() == ["False", "False"]
