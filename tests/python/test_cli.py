"""The command line: every command, every exit code, hostile text, and files that survive a journey."""

import contextlib
import io
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pa = pytest.importorskip("pyarrow")
pytest.importorskip("typer")
pytest.importorskip("rich")


import assay  # noqa: E402
from assay import cli, example  # noqa: E402

HOSTILE = [
    "007",
    "NA",
    "null",
    "NaN",
    "true",
    "None",
    "#N/A",
    "",
    " padded ",
    "=1+1",
    "+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1)",
    "\tx",
    "\rx",
    "\nx",
    "'",
    "'quoted'",
    "'=1+1",
    "''=1+1",
    "-5",
    "+1.5e3",
    "-",
    'say "no", twice',
    "two\r\nlines",
    "שלום \u202e abc",
    "\uff1d1+1",
    "[red]markup[/red]",
    "x" * 100_000,
]


class Ran:
    """What a command left: its exit code and what it said."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err


Run = Callable[..., Ran]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    monkeypatch.delenv("ASSAY_KEY", raising=False)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.chdir(tmp_path)
    return run_command


def run_command(*arguments: object) -> Ran:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), pytest.raises(SystemExit) as ended:
        cli.main([str(each) for each in arguments])
    assert isinstance(ended.value.code, int)
    return Ran(ended.value.code, out.getvalue(), err.getvalue())


def run_piped(*arguments: object) -> Ran:
    """The same where the output is no terminal."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("FORCE_COLOR", raising=False)
        return run_command(*arguments)


def fails(ran: Ran, code: int, *words: str) -> None:
    """The exit code, one line on standard error that holds the words, and no traceback."""
    assert ran.code == code, ran.err
    assert ran.err.count("\n") == 1, ran.err
    assert ran.err.startswith("assay")
    assert "Traceback" not in ran.err
    for word in words:
        assert word in ran.err, ran.err


@pytest.fixture(scope="module")
def operation() -> example.Operation:
    return example.operation(seed=3, weeks=2, cases_per_week=4_000, drift_week=2, drift_factor=6.0, flavour="pyarrow")


def decisions_of(operation: example.Operation, week: int) -> Any:
    name = operation.decisions.column("week").combine_chunks().dictionary[week].as_py()
    return operation.decisions.filter(pa.compute.equal(operation.decisions.column("week"), name))


DRAW = ["--case", "case_id", "--decision", "decision", "--by", "queue", "--by", "site"]
LABELS = ["--violating", "remove", "--violating", "restrict", "--undecided", "escalated"]


@pytest.fixture
def drawn(run: Run, operation: example.Operation, tmp_path: Path) -> Path:
    """A folder with decisions, a key, a sample and its audits, as CSV."""
    cli.write_table(decisions_of(operation, 0), tmp_path / "decisions.csv")
    (tmp_path / "key").write_text("a secret of sixteen\n")
    ran = run("draw", "decisions.csv", *DRAW, *LABELS, "--strata", "queue", "--size", 400, "--key-file", "key",
              "--period", "w1", "-o", "sample.csv")  # fmt: skip
    assert ran.code == 0, ran.err
    assert ran.out == "Drew 400 of 4,000 decisions in 8 strata.\nWrote sample.csv\n"
    cli.write_table(operation.audit(cli.read_table(tmp_path / "sample.csv")), tmp_path / "audits.csv")
    return tmp_path


# --- files ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_text_survives_a_file_exactly(tmp_path: Path, ending: str) -> None:
    table = pa.table({"id": [str(i) for i in range(len(HOSTILE))], "text": HOSTILE, "=name": [None, *HOSTILE[1:]]})
    cli.write_table(table, tmp_path / f"a.{ending}")
    assert cli.read_table(tmp_path / f"a.{ending}").equals(table)


@given(
    st.lists(st.tuples(st.text(), st.none() | st.text(alphabet="'=+-@\t\r\n\"a1.,;\uff1d")), min_size=1, max_size=20)
)
@settings(max_examples=150, deadline=None)
def test_any_text_survives_csv(tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str | None]]) -> None:
    texts = [text.encode(errors="replace").decode() for text, _ in rows]
    table = pa.table({"a": pa.array(texts, pa.string()), "b": pa.array([b for _, b in rows], pa.string())})
    path = tmp_path_factory.mktemp("csv") / "a.csv"
    cli.write_table(table, path)
    assert cli.read_table(path).to_pydict() == table.to_pydict()


def test_no_cell_that_we_write_begins_like_a_formula(tmp_path: Path) -> None:
    cli.write_table(pa.table({"=cmd": HOSTILE, "n": [-1.5] * len(HOSTILE)}), tmp_path / "a.csv")
    with (tmp_path / "a.csv").open(newline="", encoding="utf-8") as file:
        import csv

        cells = [cell for row in csv.reader(file) for cell in row]
    assert len(cells) == 2 * (len(HOSTILE) + 1)
    risky = [cell for cell in cells if cell[:1] in tuple("=+-@\t\r\n\uff1d")]
    assert sorted(set(risky)) == ["+1.5e3", "-1.5", "-5"]  # numbers, which run nothing
    assert "'=1+1" in cells


def test_every_csv_column_is_text_and_only_an_empty_cell_is_null(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('id,label,n\n007,NA,1\n008,,2.50\n009,"",null\n')
    table = cli.read_table(tmp_path / "a.csv")
    assert [str(kind) for kind in table.schema.types] == ["string"] * 3
    assert table.to_pydict() == {"id": ["007", "008", "009"], "label": ["NA", None, ""], "n": ["1", "2.50", "null"]}


@pytest.mark.parametrize("separator", [";", "\t"])
def test_what_spreadsheets_of_other_countries_save_is_read(tmp_path: Path, separator: str) -> None:
    text = f'\ufeff"id"{separator}label{separator}\r\n007{separator}"a, b"{separator}\r\n'
    (tmp_path / "a.csv").write_text(text, encoding="utf-8", newline="")
    assert cli.read_table(tmp_path / "a.csv").to_pydict() == {"id": ["007"], "label": ["a, b"]}


def test_numbers_in_csv_come_back_to_the_bit(tmp_path: Path) -> None:
    values = [0.1, 1 / 3, 1e-300, 2.0**53 + 2, -0.0, 123456.789]
    cli.write_table(pa.table({"x": values, "y": [2**63 - 1, -(2**63), 0, 1, 2, 3]}), tmp_path / "a.csv")
    back = cli.read_table(tmp_path / "a.csv").to_pydict()
    assert [float(text).hex() for text in back["x"]] == [value.hex() for value in values]
    assert [int(text) for text in back["y"]] == [2**63 - 1, -(2**63), 0, 1, 2, 3]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"a,b\n1,2\n3\n", ("2 cells in each row", "got 1", "row 3 (the header is row 1)")),
        (b"a,a\n1,2\n", ("each column name once", "'a' twice")),
        (b"a,b\n1,2\n1,caf\xe9\n", ("UTF-8", "0xe9", "row 3 (the header is row 1)", "CSV UTF-8")),
        (b"caf\xe9,b\n1,2\n", ("UTF-8", "0xe9", "header")),
        (b"", ("a header", "empty first line")),
        (b'a,b\n1,"open\n', ("bad.csv",)),
    ],
)
def test_a_broken_csv_file_is_refused_by_file_and_row(run: Run, content: bytes, words: tuple[str, ...]) -> None:
    Path("bad.csv").write_bytes(content)
    fails(run("score", "bad.csv", "--decision", "a", "--verdict", "b"), 3, "assay score: bad.csv: ", *words)


def test_a_file_that_is_not_parquet_is_refused(run: Run) -> None:
    Path("bad.parquet").write_bytes(b"PAR1 not really")
    fails(run("score", "bad.parquet", "--decision", "a", "--verdict", "b"), 3, "bad.parquet: wanted a Parquet file")


# --- journeys -------------------------------------------------------------------------------------------------------


def awkward(ids: list[Any]) -> tuple[Any, Any]:
    """Decisions with ids, labels and slices that careless readers guess wrong, and their audits."""
    count = len(ids)
    labels = ["NA", "null", "true", "=1+1"]
    table = pa.table(
        {
            "case": ids,
            "label": [labels[i % 4] for i in range(count)],
            "queue": ["-1", "007", "x;y", "'"] * (count // 4),
            "level": [i % 3 for i in range(count)],
            "views": [i / 7 for i in range(count)],
        }
    )
    audits = pa.table({"case": ids, "verdict": [labels[(i + (i % 11 == 0)) % 4] for i in range(count)]})
    return table, audits


@pytest.mark.parametrize("ending", ["csv", "parquet"])
@pytest.mark.parametrize("kind", ["zeros", "whole", "hostile"])
def test_a_sample_sent_away_and_read_back_scores_to_the_bit(tmp_path: Path, ending: str, kind: str) -> None:
    kinds: dict[str, list[Any]] = {
        "zeros": [f"{i:05d}" for i in range(400)],
        "whole": list(range(1_000_000_000_000, 1_000_000_000_400)),
        "hostile": [f"={i}" if i % 2 else f"-{i}" for i in range(400)],
    }
    ids = kinds[kind]
    table, all_audits = awkward(ids)
    frame = assay.frame(
        table, case="case", decision="label", by=["queue", "level"], violating=["NA", "true"], keep="views"
    )
    sample = assay.plan(frame, size=120, strata="queue").draw(key="k", period="p")
    drawn = set(sample.to_arrow().column("case").to_pylist())
    audits = all_audits.filter(pa.array([each in drawn for each in ids])).slice(5)  # five did not come back
    options: Any = {
        "verdict": "verdict",
        "by": ["queue", "level"],
        "metrics": ["accuracy", "leakage", "recall", assay.ratio("v", numerator="views", denominator="views")],
        "total": True,
    }
    before = assay.score(sample, audits, **options)
    for name, each in (("sample", sample), ("audits", audits)):
        cli.write_table(each, tmp_path / f"{name}.{ending}")
    back = [cli.read_table(tmp_path / f"{name}.{ending}") for name in ("sample", "audits")]
    after = assay.score(*back, **options)
    assert after == before
    assert after.to_arrow().equals(before.to_arrow())
    assert any(0 < value < 1 for value in before.column("estimate") if value is not None)


def test_the_commands_draw_and_score_as_the_library_does(drawn: Path, run: Run, operation: example.Operation) -> None:
    table = decisions_of(operation, 0)
    frame = assay.frame(
        table, case="case_id", decision="decision", by=["queue", "site"], violating=example.violating,
        undecided=example.undecided,
    )  # fmt: skip
    sample = assay.plan(frame, size=400, strata="queue").draw(key="a secret of sixteen", period="w1")
    assert cli.read_table(drawn / "sample.csv").column("case_id").to_pylist() == sample.column("case_id")
    ran = run("score", "sample.csv", "audits.csv", "--verdict", "verdict", "--metric", "accuracy", "--metric", "recall",
              "--by", "site", "--by", "queue", "--total", "-o", "scores.parquet", "-o", "scores.csv")  # fmt: skip
    assert ran.code == 0, ran.err
    scores = assay.score(
        sample,
        operation.audit(sample),
        verdict="verdict",
        metrics=["accuracy", "recall"],
        by=["site", "queue"],
        total=True,
    )
    assert cli.read_table(drawn / "scores.parquet").equals(scores.to_arrow())
    texts = cli.read_table(drawn / "scores.csv")
    assert texts.column_names == scores.column_names
    assert [None if x is None else float(x) for x in texts.column("lower").to_pylist()] == scores.column("lower")
    line = next(line for line in ran.out.splitlines() if line.startswith("all"))
    assert "Accuracy" in line
    assert " 400" in line
    assert "Wrote scores.parquet, scores.csv" in ran.out


def test_parquet_and_csv_give_the_same_scores(drawn: Path, run: Run, operation: example.Operation) -> None:
    cli.write_table(decisions_of(operation, 0), drawn / "decisions.parquet")
    ran = run("draw", "decisions.parquet", *DRAW, *LABELS, "--strata", "queue", "--size", 400, "--key-file", "key",
              "--period", "w1", "-o", "sample.parquet")  # fmt: skip
    assert ran.code == 0, ran.err
    for kind in ("csv", "parquet"):
        assert run("score", f"sample.{kind}", "audits.csv", "--verdict", "verdict", "-o", f"s-{kind}.csv").code == 0
    assert Path("s-csv.csv").read_bytes() == Path("s-parquet.csv").read_bytes()


def test_audits_written_into_the_sample_itself_are_found_there(drawn: Path, run: Run) -> None:
    sample, audits = cli.read_table(drawn / "sample.csv"), cli.read_table(drawn / "audits.csv")
    found = dict(zip(audits.column("case_id").to_pylist(), audits.column("verdict").to_pylist(), strict=True))
    verdicts = [None if i < 10 else found[case] for i, case in enumerate(sample.column("case_id").to_pylist())]
    cli.write_table(sample.append_column("verdict", pa.array(verdicts)), drawn / "filled.csv")
    kept = set(sample.column("case_id").to_pylist()[10:])
    some = audits.filter(pa.array([case in kept for case in audits.column("case_id").to_pylist()]))
    cli.write_table(some, drawn / "some.csv")
    one = run("score", "filled.csv", "--verdict", "verdict", "--by", "site")
    two = run("score", "sample.csv", "some.csv", "--verdict", "verdict", "--by", "site")
    assert one.code == two.code == 0, one.err
    assert one.out == two.out
    assert "390 of 400 audits came back" in one.out


# --- draw -----------------------------------------------------------------------------------------------------------


def test_the_key_comes_from_a_file_the_environment_or_the_command_line(
    drawn: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw = ["draw", "decisions.csv", *DRAW, *LABELS, "--strata", "queue", "--size", 400, "--period", "w1", "-o"]
    assert run(*draw, "typed.csv", "--key", "a secret of sixteen").code == 0
    monkeypatch.setenv("ASSAY_KEY", "a secret of sixteen")
    assert run(*draw, "environment.csv").code == 0
    assert run(*draw, "other.csv", "--key", "another").code == 0
    same = (drawn / "sample.csv").read_bytes()
    assert (drawn / "typed.csv").read_bytes() == (drawn / "environment.csv").read_bytes() == same
    assert (drawn / "other.csv").read_bytes() != same
    monkeypatch.setenv("ASSAY_KEY", "not this one")
    assert run(*draw, "file.csv", "--key-file", "key").code == 0
    assert (drawn / "file.csv").read_bytes() == same


def test_draw_takes_shares_kept_columns_allocations_and_names_for_nulls(run: Run) -> None:
    rows = 200
    table = {
        "id": [f"{i}" for i in range(rows)],
        "label": ["a", "b"] * (rows // 2),
        "queue": [None if i % 10 == 0 else "q1" if i < 50 else "q2" for i in range(rows)],
        "views": list(range(rows)),
    }
    cli.write_table(pa.table(table), Path("d.csv"))
    draw = ["draw", "d.csv", "--case", "id", "--decision", "label", "--strata", "queue", "--key", "k"]
    fails(run(*draw, "--share", 0.2, "-o", "s.csv"), 3, "d.csv: ", "'queue'", "row 2 (the header is row 1)", "missing=")
    ran = run(*draw, "--missing", "(none)", "--share", 0.2, "--keep", "views", "--minimum", 6, "-o", "s.csv")
    assert ran.code == 0, ran.err
    sample = cli.read_table(Path("s.csv")).to_pydict()
    assert len(sample["id"]) == 40
    assert set(sample["queue"]) == {"(none)", "q1", "q2"}
    assert all(views == case for views, case in zip(sample["views"], sample["id"], strict=True))
    assert min(int(size) for size in sample["stratum_size"]) >= 6
    Path("rates.csv").write_text("queue,rate\nq1,0.5\nq2,0.01\n(none),0.01\n")
    neyman = [*draw, "--missing", "(none)", "--size", 40, "--allocation", "neyman", "--expected"]
    assert run(*neyman, "rates.csv", "-o", "n.csv").code == 0
    sizes = cli.read_table(Path("n.csv")).to_pydict()
    by_queue = dict(zip(sizes["queue"], sizes["stratum_size"], strict=True))
    assert int(by_queue["q1"]) > int(by_queue["q2"])
    assert run(*neyman, "5%", "-o", "m.csv").code == 0


def test_a_sample_that_may_hold_audits_is_not_overwritten(drawn: Path, run: Run) -> None:
    draw = ["draw", "decisions.csv", *DRAW, "--size", 10, "--key-file", "key", "-o"]
    before = (drawn / "sample.csv").read_bytes()
    fails(run(*draw, "sample.csv"), 2, "sample.csv: exists", "--overwrite")
    assert (drawn / "sample.csv").read_bytes() == before
    assert run(*draw, "sample.csv", "--overwrite").code == 0
    assert (drawn / "sample.csv").read_bytes() != before
    fails(run(*draw, "decisions.csv", "--overwrite"), 2, "would overwrite an input")
    fails(run(*draw, "key", "--overwrite"), 2, "ending in .csv or .parquet")


# --- score ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def judged(run: Run) -> Path:
    """One table of decisions and verdicts: 80 right and 20 wrong."""
    rows = ["c,label,gold,ok,queue,w,size,out,views"]
    for i in range(100):
        gold = "keep" if i % 5 == 0 else "remove"
        rows.append(
            f"{i:03d},remove,{gold},{'false' if i % 5 == 0 else 'TRUE'},q{i % 2},{1 + i % 3},500,{i < 10},{i + 1}"
        )
    Path("judged.csv").write_text("\n".join(rows) + "\n")
    return Path("judged.csv")


SINGLE = ["--decision", "label", "--verdict", "gold", "--violating", "remove", "--not-violating", "keep"]


def test_one_table_of_decisions_and_verdicts_is_scored(judged: Path, run: Run) -> None:
    ran = run("score", judged, *SINGLE, "--metric", "accuracy", "--metric", "precision", "-o", "s.parquet")
    assert ran.code == 0, ran.err
    out = cli.read_table(Path("s.parquet")).to_pydict()
    assert out["estimate"] == [0.8, 0.8]
    assert out["n"] == [100, 100]
    assert run("score", judged, "--decision", "label", "--correct", "ok", "-o", "t.parquet").code == 0
    assert cli.read_table(Path("t.parquet")).to_pydict()["estimate"] == [0.8]


def test_every_option_of_a_single_table_reaches_the_library(judged: Path, run: Run) -> None:
    table = cli.read_table(judged)
    ran = run("score", judged, *SINGLE, "--metric", "violation_rate", "--by", "queue", "--total", "--weight", "w",
              "--strata", "queue", "--population", "size", "--exposure", "views", "--exclude", "out", "--confidence",
              0.9, "--about", "process", "--undecided", "never", "-o", "s.parquet")  # fmt: skip
    assert ran.code == 0, ran.err
    sizes = pa.array([500] * 100)
    scores = assay.score(
        table.set_column(table.column_names.index("size"), "size", sizes), decision="label", verdict="gold",
        violating=["remove"], not_violating=["keep"], undecided=["never"],
        metrics=["violation_rate"], by="queue", total=True, weight="w", strata="queue", population="size",
        exposure="views", exclude="out", confidence=0.9, about="process",
    )  # fmt: skip
    assert cli.read_table(Path("s.parquet")).equals(scores.to_arrow())
    assert "90% interval" in ran.out
    change(judged, "500,False", "5OO,False")
    ran = run("score", judged, *SINGLE, "--strata", "queue", "--population", "size")
    fails(ran, 3, "judged.csv: ", "a whole number", "'5OO'", "'size'", "row 12 (the header is row 1)")
    change(judged, "5OO", "500")
    assert run("score", judged, *SINGLE, "--population", 500, "-o", "p.parquet").code == 0
    finite = assay.score(
        table, decision="label", verdict="gold", violating=["remove"], not_violating=["keep"], population=500
    )
    assert cli.read_table(Path("p.parquet")).equals(finite.to_arrow())


def test_empty_cells_get_the_name_they_are_given(judged: Path, run: Run) -> None:
    change(judged, ",q1,", ",,")
    fails(run("score", judged, *SINGLE, "--by", "queue"), 3, "judged.csv: ", "'queue'", "row 3 (the header is row 1)")
    assert run("score", judged, *SINGLE, "--by", "queue", "--missing", "(none)", "-o", "s.csv").code == 0
    assert sorted(cli.read_table(Path("s.csv")).column("queue").to_pylist()) == ["(none)", "q0", "q1"]


def test_depth_gives_all_groupings(judged: Path, run: Run) -> None:
    ran = run("score", judged, *SINGLE, "--by", "queue", "--by", "w", "--depth", 1, "-o", "s.parquet")
    assert ran.code == 0, ran.err
    assert cli.read_table(Path("s.parquet")).num_rows == 1 + 2 + 3
    fails(run("score", judged, *SINGLE, "--by", "queue", "--depth", 2), 2, "--depth", "(1)", "got 2")


def test_targets_are_judged_and_fail_only_when_asked(judged: Path, run: Run) -> None:
    score = ["score", judged, *SINGLE]
    ran = run(*score, "--target", "95%", "-o", "s.parquet")
    assert (ran.code, ran.err) == (0, "")
    assert cli.read_table(Path("s.parquet")).to_pydict()["standing"] == ["missed"]
    assert "missed" in ran.out
    fails(run(*score, "--target", "accuracy=0.95", "--fail-on-missed"), 1, "1 of 1 scores missed their target")
    ran = run(*score, "--metric", "accuracy", "--metric", "over_enforcement", "--target", "accuracy=0.8", "--target",
              "over_enforcement=0.5", "--fail-on-missed")  # fmt: skip
    assert (ran.code, ran.err) == (0, "")
    assert "open" in ran.out
    assert "met" in ran.out


def test_reports_are_written_with_title_and_sources(judged: Path, run: Run) -> None:
    ran = run("score", judged, *SINGLE, "--by", "queue", "-o", "a.html", "-o", "a.xlsx", "--title", "Week <47>")
    assert ran.code == 0, ran.err
    page = Path("a.html").read_text()
    assert "Week &lt;47&gt;" in page
    assert "judged.csv" in page
    assert Path("a.xlsx").read_bytes()[:2] == b"PK"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], ("--verdict COLUMN or --correct COLUMN",)),
        (["--verdict", "gold", "--correct", "ok"], ("one of them",)),
        (["--verdict", "gold"], ("AUDITS beside the sample", "--decision COLUMN")),
        ([*SINGLE, "--metric", "acuracy"], ("--metric", "accuracy", "'acuracy'")),
        ([*SINGLE, "--target", "good"], ("--target", "'good'", "0.95 or 95%")),
        ([*SINGLE, "--target", "nan"], ("--target", "'nan'")),
        ([*SINGLE, "--target", "recall=0.9"], ("--target", "'recall'", "(accuracy)")),
        ([*SINGLE, "--metric", "accuracy", "--metric", "recall", "--target", "0.9"], ("METRIC=NUMBER",)),
        ([*SINGLE, "--target", "0.9", "--target", "accuracy=0.8"], ("one target for accuracy",)),
        ([*SINGLE, "--fail-on-missed"], ("--fail-on-missed", "--target")),
        ([*SINGLE, "--by", "queue,c"], ("--by queue --by c",)),
        ([*SINGLE, "--population", "many"], ("--population", "'many'")),
        ([*SINGLE, "-o", "a.pdf"], ("a.pdf", ".xlsx")),
        ([*SINGLE, "-o", "no/such/a.csv"], ("no folder no/such",)),
        ([*SINGLE, "-o", "judged.csv"], ("overwrite an input",)),
        ([*SINGLE, "--colour"], ("No such option", "--colour", "assay score --help")),
        ([*SINGLE, "--confidence", "much"], ("--confidence", "a valid number")),
    ],
)
def test_bad_use_is_refused_before_anything_is_done(
    judged: Path, run: Run, arguments: list[str], words: tuple[str, ...]
) -> None:
    fails(run("score", judged, *arguments), 2, "assay score: ", *words)


def test_bad_use_of_the_other_commands(judged: Path, run: Run) -> None:
    fails(run("scor"), 2, "assay: ", "scor", "assay --help")
    fails(run("score", "nowhere.csv", *SINGLE), 2, "nowhere.csv: there is no such file")
    fails(run("score", "judged.txt", *SINGLE), 2, "judged.txt", "'.txt'")
    fails(run("score", judged, judged, *SINGLE, "--weight", "w"), 2, "--weight", "single table")
    draw = ["draw", judged, "--case", "c", "--decision", "label", "-o", "s.csv"]
    fails(run(*draw, "--size", 5), 2, "--key-file", "ASSAY_KEY", "/dev/urandom")
    fails(run(*draw, "--size", 5, "--key-file", "nokey"), 2, "nokey", "could not be read")
    Path("empty").write_text("\n")
    fails(run(*draw, "--size", 5, "--key-file", "empty"), 2, "empty", "an empty file")
    fails(run(*draw, "--key", "k"), 2, "--size, --share or --half-width")
    fails(run(*draw, "--size", 5, "--share", 0.1, "--key", "k"), 2, "one of them")
    fails(run("draw", judged, "--decision", "label", "-o", "s.csv"), 2, "--case")
    fails(run("demo", "--weeks", 0), 2, "--weeks")
    assert not Path("s.csv").exists()


@pytest.mark.parametrize("command", ["draw", "score", "compare"])
def test_a_command_with_nothing_after_it_shows_its_help(run: Run, command: str) -> None:
    ran = run(command)
    assert ran.code == 2
    assert "Example:" in ran.out
    assert ran.err == ""


# --- bad input ------------------------------------------------------------------------------------------------------


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_errors_name_the_file_the_column_and_the_row(drawn: Path, run: Run) -> None:
    score = ["score", "sample.csv", "audits.csv", "--verdict", "verdict"]
    audits = (drawn / "audits.csv").read_text()
    first, second = (line.split(",")[0] for line in audits.splitlines()[1:3])

    (drawn / "audits.csv").write_text(audits.replace(second, '"c99999999"', 1))
    fails(run(*score), 3, "assay score: audits.csv: ", "c99999999", "'case_id'", "row 3 (the header is row 1)")
    (drawn / "audits.csv").write_text(audits.replace(second, first, 1))
    fails(run(*score), 3, "audits.csv: ", "one audit a case", "row 3 (the header is row 1)")
    (drawn / "audits.csv").write_text(audits.replace('"approve"', '"aprove"', 1))
    fails(run(*score), 3, "audits.csv: ", "aprove", "'verdict'", "(the header is row 1)")
    (drawn / "audits.csv").write_text(audits)

    sample = (drawn / "sample.csv").read_text()
    lines = sample.splitlines(keepends=True)
    (drawn / "sample.csv").write_text("".join([*lines[:3], lines[2], *lines[4:]]))
    fails(run(*score), 3, "sample.csv: ", "each case once in the sample", "row 4 (the header is row 1)")
    (drawn / "sample.csv").write_text("".join(lines[:-1]))
    fails(run(*score), 3, "pass the whole sample")
    (drawn / "sample.csv").write_text(sample)
    fails(run(*score, "--by", "planet"), 3, "planet")
    fails(run("score", "sample.csv", "audits.csv", "--verdict", "judgement"), 3, "audits.csv", "judgement")


def test_hostile_text_stays_on_one_line_and_colours_nothing(run: Run) -> None:
    evil = "x\x1b[31m\r\n\u202eassay: all is well"
    table = pa.table({"label": ["remove", "remove"], "gold": ["remove", "remove"], "q[bold]": [evil, "[red]b"]})
    cli.write_table(table, Path("evil.csv"))
    ran = run("score", "evil.csv", *SINGLE[:2], "--verdict", "gold", "--by", "q[bold]")
    assert ran.code == 0, ran.err
    assert "\x1b" not in ran.out
    assert "\u202e" not in ran.out
    assert "[red]b" in ran.out
    assert "q[bold]" in ran.out
    bad = pa.table({"label": ["remove", evil], "gold": ["remove", "remove"]})
    cli.write_table(bad, Path("evil.csv"))
    ran = run("score", "evil.csv", *SINGLE[:2], "--verdict", "gold", "--violating", "remove", "--not-violating", "keep")
    fails(ran, 3, "evil.csv")
    assert "\x1b" not in ran.err
    assert "\u202e" not in ran.err


def test_what_cannot_be_written_is_exit_4_and_leaves_nothing(
    judged: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fdopen", full)
    fails(run("score", judged, *SINGLE, "-o", "s.csv"), 4, "s.csv", "No space left on device")
    fails(run("score", judged, *SINGLE, "-o", "s.html"), 4, "s.html", "No space left on device")
    assert sorted(path.name for path in Path().iterdir()) == ["judged.csv"]


def test_a_store_that_failed_is_exit_4(judged: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise assay.StoreError("disk full; nothing was written")

    monkeypatch.setattr(assay, "score", broken)
    fails(run("score", judged, *SINGLE), 4, "disk full")


def test_a_fault_of_ours_is_told_as_one_and_traced_with_debug(
    judged: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("oh")

    monkeypatch.setattr(assay, "score", broken)
    fails(run("score", judged, *SINGLE), 70, "ZeroDivisionError: oh", "--debug")
    ran = run("score", judged, *SINGLE, "--debug")
    assert ran.code == 70
    assert "Traceback" in ran.err


# --- compare --------------------------------------------------------------------------------------------------------


def test_two_weeks_are_compared(drawn: Path, run: Run, operation: example.Operation) -> None:
    cli.write_table(decisions_of(operation, 1), drawn / "later.csv")
    ran = run("draw", "later.csv", *DRAW, *LABELS, "--strata", "queue", "--size", 800, "--key-file", "key", "--period",
              "w2", "-o", "b.parquet")  # fmt: skip
    assert ran.code == 0, ran.err
    cli.write_table(operation.audit(cli.read_table(drawn / "b.parquet")), drawn / "b-audits.parquet")
    sides = [
        "b.parquet",
        "sample.csv",
        "--a-audits",
        "b-audits.parquet",
        "--b-audits",
        "audits.csv",
        "--verdict",
        "verdict",
    ]
    ran = run("compare", *sides, "--by", "site", "--total", "-o", "c.parquet", "-o", "c.html")
    assert ran.code == 0, ran.err
    out = cli.read_table(drawn / "c.parquet").to_pydict()
    standing = dict(zip(out["site"], out["standing"], strict=True))
    assert standing["Manila"] == "worse"
    assert "w2" in ran.out
    assert "w1" in ran.out
    assert "Manila" in (drawn / "c.html").read_text()
    ran = run("compare", *sides, "--by", "site", "--margin", 0.9, "--about", "queue", "-o", "d.parquet")
    assert ran.code == 0, ran.err
    out = cli.read_table(drawn / "d.parquet").to_pydict()
    assert set(out["standing"]) == {"no difference shown"}
    assert set(out["margin"]) == {0.9}
    assert set(out["about"]) == {"queue"}


def test_two_tables_are_compared(judged: Path, run: Run) -> None:
    Path("other.csv").write_text(judged.read_text().replace(",keep,", ",remove,"))
    ran = run("compare", "other.csv", judged, *SINGLE, "-o", "c.parquet")
    assert ran.code == 0, ran.err
    out = cli.read_table(Path("c.parquet")).to_pydict()
    assert out["difference"] == [pytest.approx(0.2)]
    assert out["standing"] == ["better"]
    assert "other" in ran.out
    fails(run("compare", "other.csv", judged, "--verdict", "gold"), 2, "AUDITS")
    fails(run("compare", "other.csv", judged, *SINGLE, "--margin", -1), 3, "margin")
    fails(run("compare", "other.csv", judged, *SINGLE, "--about", "us"), 3, "about")


# --- demo and help --------------------------------------------------------------------------------------------------


def test_the_demo_leaves_a_scorecard_and_says_what_is_next(run: Run) -> None:
    ran = run("demo", "--out", "deep/out", "--seed", 8, "--weeks", 3)
    assert ran.code == 0, ran.err
    page = Path("deep/out/scorecard.html").read_text()
    assert "Manila" in page
    assert "2026-W46" in page
    assert Path("deep/out/scorecard.xlsx").stat().st_size > 10_000
    rows = ran.out.splitlines()
    assert any(row.startswith("Manila") and "Accuracy" in row for row in rows)
    assert "deep/out/scorecard.html" in ran.out
    assert sum(row.startswith(("  1. ", "  2. ", "  3. ")) for row in rows) == 3
    other = run("demo", "--out", "other", "--seed", 9, "--weeks", 1)
    assert other.code == 0
    assert "Against" not in other.out
    assert other.out.splitlines()[2:] != rows[2:]


def test_the_demo_is_interesting(run: Run) -> None:
    ran = run("demo")
    assert ran.code == 0, ran.err
    standings = [row.split()[-1] for row in ran.out.split("Against")[0].splitlines() if row.startswith(("all", "Man"))]
    assert {"met", "missed", "open"} <= set(standings)
    assert any(row.startswith("Manila") and "worse" in row for row in ran.out.split("Against")[1].splitlines())


def test_the_demo_where_nothing_can_be_written(run: Run) -> None:
    Path("out").write_text("a file")
    fails(run("demo"), 4, "out: could not be written")


def test_help_is_understood(run: Run) -> None:
    ran = run("--help")
    assert ran.code == 0
    assert all(word in ran.out for word in ("demo", "draw", "score", "compare", "Exit codes: 0 done", "assay demo"))
    for command in ("demo", "draw", "score", "compare"):
        ran = run(command, "--help")
        assert ran.code == 0
        assert ran.out.count("Example:") == 1
        assert f"assay {command}" in ran.out.split("Example:")[1]
    assert "ASSAY_KEY" in run("draw", "--help").out
    assert "Others see it on a command line" in " ".join(run("draw", "--help").out.replace("│", " ").split())


def test_the_version(run: Run) -> None:
    ran = run("--version")
    assert (ran.code, ran.out) == (0, f"assay {assay.__version__}\n")


# --- the terminal ---------------------------------------------------------------------------------------------------


def test_a_terminal_gets_a_drawn_table_and_a_bar_on_long_work(
    judged: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setattr(cli, "PATIENCE", -1.0)
    real = assay.score

    def slowly(*arguments: Any, progress: Callable[[int], object], **options: Any) -> Any:
        progress(40)
        return real(*arguments, progress=progress, **options)

    monkeypatch.setattr(assay, "score", slowly)
    ran = run("score", judged, *SINGLE, "--by", "queue", "--target", 0.95)
    assert ran.code == 0, ran.err
    assert "\x1b[" in ran.out
    assert "─" in ran.out
    assert "Scoring" in ran.err
    assert "40%" in ran.err
    monkeypatch.setattr(cli, "ROWS_SHOWN", 1)
    assert "and 1 more row;" in run("score", judged, *SINGLE, "--by", "queue").out


def test_a_narrow_terminal_cuts_no_number(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "80")
    ran = run("demo")
    assert ran.code == 0, ran.err
    assert "…" not in ran.out
    line = next(line for line in ran.out.split("Against")[1].splitlines() if "Manila" in line)
    assert {"worse", "90.4%"} <= set(line.split())
    assert "needed" in ran.out
    needed = [line.split()[-1] for line in run_piped("demo").out.split("Against")[1].splitlines() if "shown" in line]
    assert len(needed) == 3
    assert all(number in ran.out.split() for number in needed)


def test_short_work_shows_no_bar(judged: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert run("score", judged, *SINGLE).err == ""


def test_the_command_runs_as_a_process_and_stops_with_its_pipe(judged: Path) -> None:
    command = [sys.executable, "-m", "assay.cli", "score", str(judged.absolute()), *SINGLE]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "80.0%" in done.stdout
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, "")


def test_without_typer_the_command_says_what_to_install() -> None:
    code = "import sys; sys.modules['typer'] = None; import assay.cli"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "pip install 'assay[cli]'" in done.stderr


# -------------------------------------------------------------------------------------------------- planning by wish


def wishes(*more: object) -> list[object]:
    return [
        "decisions.csv", "--case", "case_id", "--decision", "decision", "--by", "site", "--violating", "remove",
        "--violating", "restrict", "--undecided", "escalated", "--strata", "queue", "--expected", "0.05", *more,
    ]  # fmt: skip


def test_a_plan_by_wish_is_told_and_drawn(run: Run, tmp_path: Path) -> None:
    operation = example.operation(weeks=1, flavour="pyarrow")
    cli.write_table(operation.decisions, tmp_path / "decisions.csv")
    told = run("plan", *wishes("--half-width", "0.02", "--half-width", "site=0.04", "-o", "plan.csv"))
    assert told.code == 0, told.err
    assert "cases to audit out of" in told.out
    plan = cli.read_table(tmp_path / "plan.csv")
    planned = sum(int(size) for size in plan["sample_size"].to_pylist())
    drawn = run(
        "draw", *wishes("--half-width", "0.02", "--half-width", "site=0.04"), "--key", "k" * 20, "-o", "sample.csv"
    )
    assert drawn.code == 0, drawn.err
    assert cli.read_table(tmp_path / "sample.csv").num_rows == planned
    for arguments, code, word in [
        (["--half-width", "0.02", "--half-width", "0.03"], 2, "wanted one for overall, got two"),
        (["--half-width", "wide"], 2, "wanted a number such as 0.95"),
        (["--half-width", "0.02", "--size", "100"], 2, "one of them"),
        ([], 2, "--max-audits"),
        (["--half-width", "nowhere=0.02"], 3, "nowhere"),
        (["--half-width", "0.001", "--max-audits", "100"], 3, "audits"),
    ]:
        refused = run("plan", *wishes(*arguments))
        assert refused.code == code, refused.err
        assert word in refused.err
