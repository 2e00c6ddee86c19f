"""The registry: books and verbs, refusals, time, many users at once, and who may do what."""

from __future__ import annotations

import copy
import datetime as dt
import inspect
import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import assay
from assay import _registry
from assay.registry import Events, Finding, Queue, Registry, command

UTC = dt.UTC
NOON = dt.datetime(2026, 11, 23, 12, tzinfo=UTC)
WHOLE: dict[str, Any] = {
    "owner": "eu-team",
    "policies": ["spam", "fraud"],
    "languages": {"de"},
    "regions": ("eu",),
    "sites": ["berlin"],
    "sla_hours": 24,
    "review_due": "2027-03-31",
}


class Clock:
    """Time that stands still until it is told to go on."""

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
    for each in ids:
        registry.queues.create(each, **(WHOLE | fields), reason="new market")
    registry.queues.activate_all(list(ids), reason="staffed")


# ---- books ---------------------------------------------------------------------------------------------------------


def test_a_queue_lives_and_retires_on_the_record(registry: Registry, clock: Clock) -> None:
    active(registry, "q-eu", "q-de")
    assert registry.queues["q-eu"].state == "active"
    clock.go(hours=1)
    registry.queues.pause("q-de", reason="outage", ticket="OPS-12")
    assert registry.queues["q-de"].state == "paused"
    registry.queues.resume("q-de", reason="mended")
    registry.queues.review("q-de", review_due=dt.date(2027, 6, 30), reason="quarterly")
    registry.queues.amend("q-de", name="Germany", labels={"tier": "1"}, reason="named")
    events = registry.queues.deactivate("q-de", open_cases=12, reroute_to="q-eu", reason="merged")
    assert isinstance(events, Events)
    assert [(each.verb, each.id, each.state) for each in events] == [("deactivate", "q-de", "deactivated")]
    assert dict(events[0].arguments) == {"open_cases": 12, "reroute_to": "q-eu"}
    registry.queues.reactivate("q-de", reason="too early")
    registry.queues.amend("q-de", retain_until="2026-12-01", reason="law")
    registry.queues.deactivate("q-de", open_cases=0, reason="now")
    with pytest.raises(assay.RefusedError, match="kept until 2026-12-01") as refusal:
        registry.queues.archive("q-de", reason="tidy")
    assert refusal.value.rule == "retention"
    clock.go(days=9)
    registry.queues.archive("q-de", reason="tidy")
    record = registry.queues["q-de"]
    assert (record.state, record.name, dict(record.labels)) == ("archived", "Germany", {"tier": "1"})
    assert (record.review_due, record.reviewed_on) == (dt.date(2027, 6, 30), dt.date(2026, 11, 23))
    assert record.created == NOON
    assert record.changed == clock.now
    story = str(record.history())
    assert "2026-11-23 13:00 UTC  ana paused it: outage [OPS-12]" in story
    assert "12 open cases to q-eu" in story
    assert len(story.splitlines()) == record.version == len(record.history())


def test_drafts_are_discarded_and_queues_cloned_merged_and_split(registry: Registry) -> None:
    active(registry, "a", "b", "c")
    registry.queues.create("d", reason="perhaps")
    registry.queues.discard("d", reason="no")
    assert registry.queues["d"].state == "archived"
    registry.queues.clone("a", as_id="e", reason="second site")
    assert (registry.queues["e"].cloned_from, registry.queues["e"].policies) == ("a", ("fraud", "spam"))
    registry.queues.amend("a", policies=["hate"], reason="wider")
    with pytest.raises(assay.RefusedError, match="does not take policy"):
        registry.queues.merge("a", into="b", open_cases=1, reason="one team")
    registry.queues.merge("a", into="b", open_cases=1, widen=True, reason="one team")
    assert registry.queues["b"].merged_from == ("a",)
    assert registry.queues["b"].policies == ("fraud", "hate", "spam")
    registry.queues.amend("c", policies=["hate", "fraud", "spam"], reason="wider")
    active(registry, "f", policies=["spam"])
    registry.queues.split("b", into=["c", "f"], open_cases=0, reason="too big")
    assert registry.queues["b"].split_into == ("c", "f")
    assert registry.queues["f"].split_from == ("b",)


def test_a_book_is_a_mapping_of_records(registry: Registry) -> None:
    active(registry, "q-eu", "q-de")
    assert list(registry.queues) == ["q-de", "q-eu"]
    assert len(registry.queues) == 2
    assert "q-eu" in registry.queues
    assert "q" not in registry.queues
    assert registry.queues.get("q") is None
    assert registry.queues.get("q", 1) == 1
    record = registry.queues["q-eu"]
    assert isinstance(record, Queue)
    assert (record.id, record.version, record.owner) == ("q-eu", 2, "eu-team")
    assert "owner" in dir(record)
    assert record == registry.queues["q-eu"]
    assert record != registry.queues["q-de"]
    assert pickle.loads(pickle.dumps(record)) == record
    assert "eu-team" in repr(record)
    assert "eu-team" in record._repr_html_()
    with pytest.raises(AttributeError):
        record.owner = "me"  # type: ignore[misc]
    with pytest.raises(AttributeError, match="has no 'ownr'"):
        _ = record.ownr
    with pytest.raises(assay.RefusedError, match=r"no queue 'q-ei'; there is .*'q-eu'") as refusal:
        _ = registry.queues["q-ei"]
    assert refusal.value.rule == "unknown_id"


def test_findings_are_raised_answered_and_mended(registry: Registry) -> None:
    given: dict[str, Any] = {
        "rule": "no_owner",
        "subject": "q-eu",
        "severity": "high",
        "owner": "ana",
        "summary": "nobody answers",
    }
    raised = registry.findings.raise_("F-1", **given, due="2026-12-01", reason="audit")
    assert raised[0].verb == "raise"
    assert raised[0].state == registry.findings["F-1"].state
    assert isinstance(registry.findings["F-1"], Finding)
    registry.findings.fix("F-1", reason="owner named")
    assert registry.findings["F-1"].state == "fixed"
    assert len(registry.table("findings")) == 1


def test_every_verb_has_the_signature_of_its_table(registry: Registry) -> None:
    manner = ["reason", "ticket", "at", "command_id", "expected_version", "actor"]
    for book in _registry.books():
        shelf = getattr(registry, book["name"])
        for verb in book["verbs"]:
            method = getattr(shelf, "raise_" if verb["name"] == "raise" else verb["name"])
            fields = [each["name"] for each in book["fields"] if not each["derived"]] if verb["takes_fields"] else []
            arguments = [each["name"] for each in verb["arguments"]]
            assert list(inspect.signature(method).parameters) == ["id", *arguments, *fields, *manner]
            words = inspect.getdoc(method)
            assert words is not None
            assert words.startswith(verb["meaning"])
            assert all(f"{name}: " in words for name in [*arguments, *fields, *manner])
            assert hasattr(shelf, f"{verb['name']}_all")


@pytest.mark.parametrize("name", ["access", "launches", "tickets", "corrections", "standards"])
def test_books_to_come_say_that_they_are_not_there_yet(registry: Registry, name: str) -> None:
    with pytest.raises(AttributeError, match="not there yet"):
        getattr(registry, name)
    assert not hasattr(registry, "nonsense")
    assert "queues" in dir(registry)


# ---- refusals ------------------------------------------------------------------------------------------------------


def refusals() -> list[tuple[str, str, Callable[[Registry], object]]]:
    return [
        ("blank_reason", "why", lambda r: r.queues.pause("q-eu")),
        ("blank_reason", "white", lambda r: r.queues.pause("q-eu", reason="  \t")),
        ("unknown_id", "unknown", lambda r: r.queues.pause("q-us", reason="x")),
        ("id_taken", "taken", lambda r: r.queues.create("q-eu", reason="x")),
        ("illegal_transition", "illegal", lambda r: r.queues.resume("q-eu", reason="x")),
        ("open_cases", "silent", lambda r: r.queues.deactivate("q-eu", reason="x")),
        ("open_cases", "nowhere", lambda r: r.queues.deactivate("q-eu", open_cases=3, reason="x")),
        ("open_cases", "table", lambda r: r.queues.deactivate("q-eu", open_cases={"q-us": 3}, reason="x")),
        ("reroute", "none", lambda r: r.queues.deactivate("q-eu", open_cases=3, reroute_to="no", reason="x")),
        ("reroute", "self", lambda r: r.queues.deactivate("q-eu", open_cases=3, reroute_to="q-eu", reason="x")),
        ("incomplete", "clear", lambda r: r.queues.amend("q-eu", owner=None, reason="x")),
        ("version", "stale", lambda r: r.queues.pause("q-eu", expected_version=1, reason="x")),
    ]


@pytest.mark.parametrize(("rule", "case", "act"), refusals(), ids=[each[1] for each in refusals()])
def test_what_breaks_a_rule_is_refused_and_nothing_is_written(
    registry: Registry, rule: str, case: str, act: Callable[[Registry], object]
) -> None:
    active(registry, "q-eu")
    before = registry.sequence
    with pytest.raises(assay.RefusedError) as refusal:
        act(registry)
    assert refusal.value.rule == rule
    assert registry.sequence == before


def test_a_refused_step_says_what_would_be_legal(registry: Registry) -> None:
    active(registry, "q-eu")
    with pytest.raises(assay.RefusedError) as refusal:
        registry.queues.resume("q-eu", reason="x")
    assert "pause" in refusal.value.legal
    assert "resume" not in refusal.value.legal
    registry.queues.create("q-new", owner="ana", reason="x")
    with pytest.raises(assay.RefusedError) as refusal:
        registry.queues.activate("q-new", reason="x")
    assert refusal.value.rule == "incomplete"
    assert set(refusal.value.legal) == set(WHOLE) - {"owner"}


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"policies": "spam"}, r"\['spam'\]"),
        ({"policies": 3}, "list or set"),
        ({"owner": 3}, "text"),
        ({"sla_hours": True}, "number"),
        ({"sla_hours": 0}, "above 0"),
        ({"sla_hours": float("nan")}, "finite"),
        ({"sla_share": 1.2}, "share"),
        ({"review_due": "31.12.2026"}, "date"),
        ({"review_due": "2026-02-30"}, "no day"),
        ({"labels": ["a"]}, "mapping"),
        ({"name": "a\x00b"}, "control character"),
        ({"name": "x" * 100_000}, "at most 500"),
        ({"at": "2026-11-22T09:00"}, "zone"),
        ({"at": dt.datetime(2026, 11, 22)}, "zone"),
        ({"at": 3}, "zone"),
        ({"expected_version": -1}, "0 or more"),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused_in_words(registry: Registry, fields: dict[str, Any], words: str) -> None:
    with pytest.raises(assay.AssayError, match=words):
        registry.queues.create("q", **fields, reason="x")
    assert registry.sequence == 0


@pytest.mark.parametrize("id", ["", " ", "a\nb", "x" * 10_000, "a\x00b", "\ud800"])
def test_an_id_is_short_visible_text(registry: Registry, id: str) -> None:
    with pytest.raises(assay.AssayError):
        registry.queues.create(id, reason="x")
    assert registry.sequence == 0


def test_a_keyword_that_no_verb_has_is_a_type_error(registry: Registry) -> None:
    with pytest.raises(TypeError, match=r"queues\.create: .*'ownr'"):
        registry.queues.create("q", ownr="ana", reason="x")  # type: ignore[call-arg]
    with pytest.raises(assay.RefusedError, match="no verb 'fly'"):
        command("queues", "fly", "q", reason="x")
    with pytest.raises(assay.RefusedError, match="no book 'cats'"):
        registry.table("cats")


def test_scalars_of_numpy_and_pandas_are_taken(registry: Registry) -> None:
    pandas = pytest.importorskip("pandas")
    scalars: dict[str, Any] = {"sla_hours": np.float32(12), "review_due": pandas.Timestamp("2027-01-31")}
    registry.queues.create(7, **scalars, sla_share=np.float64(0.5), reason="x")
    record = registry.queues["7"]
    assert (record.sla_hours, record.review_due, record.sla_share) == (12.0, dt.date(2027, 1, 31), 0.5)
    scalars = {"review_due": np.datetime64("2027-02-28"), "sla_share": pandas.NA}
    registry.queues.amend("7", **scalars, reason="x")
    assert (registry.queues["7"].review_due, registry.queues["7"].sla_share) == (dt.date(2027, 2, 28), None)


def test_open_cases_come_from_a_table(registry: Registry) -> None:
    pandas = pytest.importorskip("pandas")
    active(registry, "a", "b", "c")
    counts = pandas.DataFrame({"queue": ["a", "b"], "open_cases": [0, 4]})
    registry.queues.deactivate("a", open_cases=counts, reason="x")
    with pytest.raises(assay.RefusedError, match="4 open cases"):
        registry.queues.deactivate("b", open_cases=counts, reason="x")
    with pytest.raises(assay.RefusedError, match="unknown is not none"):
        registry.queues.deactivate("c", open_cases=counts, reason="x")


# ---- commands ------------------------------------------------------------------------------------------------------


def test_a_command_sent_twice_is_done_once(registry: Registry) -> None:
    first = registry.queues.create("q", owner="ana", reason="x", command_id="c-1")
    again = registry.queues.create("q", owner="ana", reason="x", command_id="c-1")
    assert [each.sequence for each in again] == [each.sequence for each in first]
    assert registry.sequence == 1
    with pytest.raises(assay.RefusedError) as refusal:
        registry.queues.create("other", owner="ana", reason="x", command_id="c-1")
    assert "c-1" in str(refusal.value)


def half_legal(registry: Registry) -> None:
    with registry.batch(reason="x") as batch:
        batch.queues.resume("a")
        batch.queues.resume("b")


def interrupted(registry: Registry) -> None:
    with registry.batch(reason="x") as batch:
        batch.queues.resume("a")
        raise KeyError


def test_a_batch_is_done_whole_or_not_at_all(registry: Registry) -> None:
    active(registry, "a", "b")
    with registry.batch(reason="reorganisation", ticket="OPS-1", actor="bo") as batch:
        batch.queues.pause("a")
        batch.queues.amend("b", owner="new", reason="its own")
        assert len(batch) == 2
    assert batch.events is not None
    assert [(e.reason, e.ticket, e.actor) for e in batch.events] == [
        ("reorganisation", "OPS-1", "bo"),
        ("its own", "OPS-1", "bo"),
    ]
    before = registry.sequence
    with pytest.raises(assay.RefusedError):
        half_legal(registry)
    with pytest.raises(KeyError):
        interrupted(registry)
    assert registry.sequence == before
    made = [command("queues", "resume", "a", reason="x"), command("queues", "pause", "a", reason="y")]
    assert [each.verb for each in registry.execute(made)] == ["resume", "pause"]
    assert len(registry.execute([])) == 0
    with pytest.raises(assay.InputError, match="commands made by"):
        registry.execute(["pause"])  # type: ignore[list-item]


def test_a_table_of_changes_is_one_command(registry: Registry) -> None:
    polars = pytest.importorskip("polars")
    table = polars.DataFrame({"id": ["a", "b"], "owner": ["x", None], "policies": [["p"], ["q", "r"]]})
    registry.queues.create_all(table, reason="reorganisation")
    assert registry.queues["b"].policies == ("q", "r")
    assert registry.queues["b"].owner is None
    with pytest.raises(assay.RefusedError):
        registry.queues.amend_all({"id": ["a", "zz"], "owner": ["1", "2"]}, reason="x")
    assert registry.queues["a"].owner == "x"
    with pytest.raises(assay.InputError, match="row 1"):
        registry.queues.amend_all({"id": ["a", "b"], "owner": ["1", 2]}, reason="x")
    with pytest.raises(assay.AssayError, match="list of ids"):
        registry.queues.pause_all("ab", reason="x")


def test_changes_can_wait_for_their_time_and_be_called_off(registry: Registry, clock: Clock) -> None:
    active(registry, "a", "b")
    later = clock.now + dt.timedelta(days=2)
    waits = registry.queues.pause("a", at=later, reason="holiday")
    assert waits[0].kind == "scheduled"
    registry.queues.pause("b", at=later.isoformat(), reason="holiday")
    assert registry.queues["a"].state == "active"
    assert registry.scheduled().column("id") == ["a", "b"]
    registry.cancel(waits[0].sequence, reason="no holiday")
    assert registry.scheduled().column("id") == ["b"]
    with pytest.raises(assay.RefusedError):
        registry.cancel(waits[0].sequence, reason="again")
    clock.go(days=3)
    assert [registry.queues[each].state for each in "ab"] == ["active", "paused"]
    assert registry.queues["b"].changed == later
    assert len(registry.scheduled()) == 0


def test_an_authoriser_may_veto_and_must_not_meddle(tmp_path: Path) -> None:
    asked: list[tuple[Any, Any]] = []
    answer: Any = None

    def authorise(asks: Any, record: Any) -> Any:
        asked.append((dict(asks), record))
        if isinstance(answer, Exception):
            raise answer
        return answer() if callable(answer) else answer

    with Registry.open(tmp_path / "ops.db", actor="ana", authoriser=authorise) as registry:
        registry.queues.create("q", owner="ana", reason="x", ticket="T-1")
        assert asked[0][0]["verb"] == "create"
        assert asked[0][0]["values"] == {"owner": "ana"}
        assert (asked[0][0]["actor"], asked[0][0]["ticket"], asked[0][1]) == ("ana", "T-1", None)
        answer = "only leads may"
        with pytest.raises(assay.RefusedError, match="only leads may") as refusal:
            registry.queues.amend("q", owner="bo", reason="x", actor="bo")
        assert refusal.value.rule == "vetoed"
        assert asked[-1][0]["actor"] == "bo"
        assert asked[-1][1]["owner"] == "ana"
        answer = ZeroDivisionError("directory down")
        with pytest.raises(ZeroDivisionError, match="directory down"):
            registry.queues.amend("q", owner="bo", reason="x")
        answer = 3
        with pytest.raises(assay.InputError, match="answers None"):
            registry.queues.amend("q", owner="bo", reason="x")
        answer = lambda: str(registry.sequence)  # noqa: E731
        with pytest.raises(assay.RefusedError) as refusal:
            registry.queues.amend("q", owner="bo", reason="x")
        assert refusal.value.rule == "reentered"
        assert registry.sequence == 1


# ---- opening and closing -------------------------------------------------------------------------------------------


def test_a_registry_that_is_closed_says_so(tmp_path: Path) -> None:
    registry = Registry.open(tmp_path / "ops.db", actor="ana")
    registry.close()
    registry.close()
    assert registry.closed
    assert "closed" in repr(registry)
    for act in (
        lambda: registry.sequence,
        lambda: registry.queues.pause("q", reason="x"),
        lambda: len(registry.queues),
    ):
        with pytest.raises(assay.StoreError, match="closed"):
            act()


def test_how_a_registry_may_be_opened(tmp_path: Path) -> None:
    place = tmp_path / "ops.db"
    with pytest.raises(assay.AssayError):
        Registry.open(place, actor="ana", create=False)
    for actor in ("", "  "):
        with pytest.raises(assay.RefusedError) as refusal:
            Registry.open(place, actor=actor)
        assert refusal.value.rule == "blank_actor"
    for wrong in ({"patience": "x"}, {"patience": -1}, {"clock": 3}, {"authoriser": 3}, {"read_only": 1}):
        with pytest.raises(assay.InputError):
            Registry.open(place, actor="ana", **wrong)
    with pytest.raises(TypeError, match=r"Registry\.open"):
        Registry()
    with Registry.open(place, actor="ana") as registry:
        registry.queues.create("q", reason="x")
        assert registry.path == place
        for act in (lambda: pickle.dumps(registry), lambda: copy.copy(registry), lambda: copy.deepcopy(registry)):
            with pytest.raises(TypeError, match="open connection"):
                act()
    with Registry.open(place, actor="ana", read_only=True) as registry:
        assert not registry.writable
        assert "q" in registry.queues
        with pytest.raises(assay.AssayError):
            registry.queues.amend("q", owner="x", reason="x")
    text = tmp_path / "notes.txt"
    text.write_text("these are notes, not a registry\n" * 100)
    with pytest.raises(assay.AssayError):
        Registry.open(text, actor="ana")
    assert text.read_text().startswith("these are notes")
    with Registry.open(":memory:", actor="ana") as registry:
        registry.queues.create("q", reason="x")
        assert registry.path is None


# ---- many at once --------------------------------------------------------------------------------------------------


def test_threads_take_turns(registry: Registry) -> None:
    failures: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for each in range(10):
                registry.queues.create(f"q-{number}-{each}", reason="x")
                len(registry.table("queues"))
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert not failures
    assert len(registry.queues) == 40
    assert registry.verify()


WRITER = """
import sys
from assay.registry import Registry
with Registry.open(sys.argv[1], actor=sys.argv[2], patience=30) as registry:
    print("ready", flush=True)
    sys.stdin.readline()
    for each in range(25):
        registry.queues.create(f"{sys.argv[2]}-{each}", reason="x", command_id=f"{sys.argv[2]}/{each}")
"""


def test_two_processes_write_at_once_and_lose_nothing(tmp_path: Path) -> None:
    place = tmp_path / "ops.db"
    with Registry.open(place, actor="here", patience=30) as registry:
        others = [
            subprocess.Popen(
                [sys.executable, "-c", WRITER, os.fspath(place), name],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            for name in ("one", "two")
        ]
        for each in others:
            assert each.stdout is not None
            assert each.stdout.readline() == "ready\n"
        for each in others:
            assert each.stdin is not None
            each.stdin.write("go\n")
            each.stdin.flush()
        seen = 0
        for number in range(25):
            registry.queues.create(f"here-{number}", reason="x")
            seen += len(registry.changes(seen))
        for each in others:
            assert each.communicate(timeout=60)[1] == ""
            assert each.returncode == 0
        assert len(registry.queues) == 75
        events = registry.changes()
        assert [each.sequence for each in events] == list(range(1, 76))
        assert {each.actor for each in events} == {"here", "one", "two"}
        assert registry.verify()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_child_is_told_to_open_its_own(registry: Registry) -> None:
    registry.queues.create("q", reason="x")
    child = os.fork()
    if child == 0:  # pragma: no cover
        try:
            registry.queues.create("r", reason="x")
        except assay.StoreError as error:
            os._exit(0 if "fork" in str(error) else 2)
        os._exit(3)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    registry.queues.create("s", reason="x")
    assert list(registry.queues) == ["q", "s"]
