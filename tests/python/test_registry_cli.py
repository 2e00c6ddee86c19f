"""`assay registry`: every verb, every exit code, and the options against the books' own tables."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path

import pytest

pytest.importorskip("pyarrow")
pytest.importorskip("typer")
pytest.importorskip("rich")

from assay import _registry, cli
from assay.cli import registry as commands
from assay.registry import Registry

WHOLE = [
    *("--owner", "eu", "--policies", "spam, fraud", "--languages", "de", "--regions", "eu", "--sites", "berlin"),
    *("--sla-hours", "24", "--review-due", "2027-03-31"),
]
WHY = ["--reason", "new market"]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("ASSAY_REGISTRY", "ops.db")
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    return tmp_path / "ops.db"


def run(*arguments: object) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), pytest.raises(SystemExit) as ended:
        cli.main(["registry", *(str(each) for each in arguments)])
    assert isinstance(ended.value.code, int)
    return ended.value.code, out.getvalue(), err.getvalue()


def done(*arguments: object) -> str:
    code, out, err = run(*arguments)
    assert (code, err) == (0, "")
    return out


def active(*ids: str) -> None:
    for each in ids:
        done("create", each, *WHOLE, *WHY)
        done("activate", each, *WHY, "--ticket", "OPS-1", "--actor", "ana")


def test_the_options_are_those_of_the_book() -> None:
    book = _registry.books()[0]
    fields = [each["name"] for each in book["fields"] if not each["derived"]]
    assert list(commands.VERBS) == [each["name"] for each in book["verbs"]]
    for verb in book["verbs"]:
        takes = [each["name"] for each in verb["arguments"]] + (fields if verb["takes_fields"] else [])
        assert list(commands.VERBS[verb["name"]][1]) == takes


def test_a_queue_lives_on_the_command_line(place: Path) -> None:
    active("a", "b")
    done("pause", "a", *WHY)
    done("resume", "a", *WHY)
    done("amend", "a", *WHY, "--name", "Ä", "--labels", "tier=1", "--labels", "shift=night", "--sla-share", "95%")
    done("amend", "a", *WHY, "--name", "")
    done("review", "a", *WHY, "--review-due", "2028-01-01")
    assert "12 open cases to b" in done("deactivate", "a", *WHY, "--open-cases", 12, "--reroute-to", "b")
    done("reactivate", "a", *WHY)
    (place.parent / "open.csv").write_text("queue,open_cases\na,3\nb,0\n")
    done("merge", "a", *WHY, "--into", "b", "--open-cases", "open.csv", "--widen")
    done("archive", "a", *WHY)
    done("clone", "b", *WHY, "--as-id", "c")
    done("discard", "c", *WHY)
    active("d", "e")
    done("split", "b", *WHY, "--into", "d,e", "--open-cases", 0)
    assert "ana activated it: new market [OPS-1]" in done("history", "a")
    assert "queue a: archived" in done("show", "a")
    assert [line.split()[:2] for line in done("list", "--state", "active").splitlines()[1:]] == [
        ["d", "active"],
        ["e", "active"],
    ]
    assert done("list", "-o", "queues.csv") == "Wrote queues.csv\n"
    assert cli.read_table(place.parent / "queues.csv").column("id").to_pylist() == ["a", "b", "c", "d", "e"]
    assert cli.read_table(place.parent / "queues.csv").column("policies")[0].as_py() == "fraud; spam"
    with Registry.open(place, actor="x", read_only=True) as registry:
        assert dict(registry.queues["a"].labels) == {"tier": "1", "shift": "night"}
        assert (registry.queues["a"].name, registry.queues["a"].sla_share) == (None, 0.95)
        assert registry.queues["b"].split_into == ("d", "e")


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["pause", "a"], 3, "reason"),
        (["pause", "nope", *WHY], 3, "no queue 'nope'"),
        (["deactivate", "a", *WHY], 3, "open_cases"),
        (["pause", "a", *WHY, "--expected-version", "1"], 3, "version"),
        (["pause", "a", *WHY, "--at", "2027-01-01"], 3, "zone"),
        (["amend", "a", *WHY, "--sla-hours", "soon"], 2, "--sla-hours"),
        (["amend", "a", *WHY, "--labels", "tier"], 2, "NAME=TEXT"),
        (["deactivate", "a", *WHY, "--open-cases", "many"], 2, "--open-cases"),
        (["fly", "a"], 2, "fly"),
        (["show", "nope"], 3, "nope"),
        (["list", "--db", "nowhere.db"], 4, "nowhere.db"),
        (["verify", "--db", "nowhere.db"], 4, "nowhere.db"),
        (["verify", "--checkpoint", "nowhere"], 2, "no such file"),
        (["checkpoint", "--key-file", "nowhere"], 2, "--make-key"),
        (["audit", "--today", "soon"], 2, "--today"),
        (["audit", "--table", "x"], 2, "--table"),
        (["snapshot", "ops.db"], 3, "no file yet"),
    ],
    ids=lambda value: " ".join(value[:2]) if isinstance(value, list) else None,
)
def test_what_is_refused_is_one_line_and_a_code(place: Path, arguments: list[str], code: int, words: str) -> None:
    active("a")
    got, _, err = run(*arguments)
    assert (got, err.count("\n")) == (code, 1), err
    assert err.startswith("assay registry")
    assert words in err
    assert "Traceback" not in err


def test_an_import_is_looked_at_and_then_applied(place: Path) -> None:
    (place.parent / "old.csv").write_text("Queue,Team,Status\nq-1,ana,draft\nq-2,bo,flying\n")
    how = ["old.csv", "--column", "id=Queue", "--column", "owner=Team", "--column", "state=Status"]
    assert "1 wrong" in done("import", *how)
    assert run("import", *how, "--fail-on-findings")[0] == 1
    assert run("import", *how, "--apply")[0] == 3
    assert "2 create" in done("import", *how, "--state", "flying=draft")
    assert "2 created" in done("import", *how, "--state", "flying=draft", "--apply")
    assert "2 already there" in done("import", *how, "--state", "flying=draft", "--apply")


def test_a_journal_is_proved_and_a_damaged_one_is_not(place: Path) -> None:
    active("a")
    line = done("checkpoint", "--key-file", "key", "--make-key")
    assert run("checkpoint", "--key-file", "key", "--make-key")[0] == 2
    (place.parent / "line").write_text(line)
    assert "whole" in done("verify")
    assert "checkpoint" in done("verify", "--checkpoint", "line", "--key", line.split()[4])
    done("snapshot", "snap.db")
    damaged = (place.parent / "snap.db").read_bytes().replace(b"new market", b"old market")
    (place.parent / "bad.db").write_bytes(damaged)
    code, out, err = run("verify", "--db", "bad.db")
    assert (code, out, err.count("\n")) == (4, "", 1)


def test_an_audit_fails_only_where_it_is_asked_to(place: Path) -> None:
    active("a")
    assert "finding" in done("audit", "--look", "--today", "2028-01-01")
    code, out, _ = run("audit", "--today", "2028-01-01", "--fail-on-findings", "-o", "audit.html")
    assert code == 1, out
    assert "Wrote audit.html" in out
    with Registry.open(place, actor="x", read_only=True) as registry:
        assert len(registry.findings) > 0
    code, _, err = run("audit", "--table", "people=nowhere.csv")
    assert (code, err.count("\n")) == (2, 1), err
