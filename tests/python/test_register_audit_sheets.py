"""Owners' sheets, their answers, the report, and the book of findings: the way of a finding through an organisation."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest

import assay
from assay.register_audit import Audit, Feed, answered, audit, audit_registry, read_answers, record
from test_register_audit import TODAY, queue, table

openpyxl = pytest.importorskip("openpyxl")
pytest.importorskip("xlsxwriter")

LATER = dt.date(2027, 1, 31)
HOSTILE = '=HYPERLINK("http://x","y")'


def stale(owner: str = "ana", *names: str) -> list[dict[str, Any]]:
    return [queue(name, owner=owner, review_due=dt.date(2026, 11, 1)) for name in names or ("a",)]


def two_owners() -> Audit:
    return audit(table(*stale("ana", "a", "b"), *stale("ben [EU]/x", "c")), today=TODAY)


def book_of(outcome: Audit, state: str = "open") -> dict[str, list[Any]]:
    names = ("id", "rule", "severity", "subject", "owner", "due", "summary", "evidence", "source")
    return {name: [getattr(each, name) for each in outcome.found] for name in names} | {"state": [state] * len(outcome)}


def fill(path: Path, *answers: tuple[int, str, Any], sheet: int = 0) -> Path:
    """Writes values into cells of a sheet: (row of the sheet from its first finding, column, value)."""
    book = openpyxl.load_workbook(path)
    page = book.worksheets[sheet]
    heads = {cell.value: cell.column for cell in page[4]}
    for row, head, value in answers:
        page.cell(5 + row, heads[head]).value = value
    book.save(path)
    return path


def sent(folder: Path, outcome: Audit | None = None) -> tuple[Path, dict[str, list[Any]]]:
    outcome = outcome or two_owners()
    (path,) = outcome.sheets(folder / "owners.xlsx")
    return path, book_of(outcome)


# --- out --------------------------------------------------------------------------------------------------------------


def test_a_workbook_has_a_sheet_an_owner(tmp_path: Path) -> None:
    path, _ = sent(tmp_path)
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["ana", "ben -EU--x"]
    page = book["ana"]
    assert page["A1"].value == "2 findings for ana"
    assert [cell.value for cell in page[4]][:7] == [
        "Finding",
        "Rule",
        "Severity",
        "Queue",
        "What is wrong",
        "Evidence",
        "Due",
    ]
    assert [page.cell(5, column).value for column in range(1, 8)] == [
        "stale_review:a",
        "stale_review",
        "medium",
        "a",
        "Its review was due on 2026-11-01.",
        "state = active; review_due = 2026-11-01",
        "2026-12-07",
    ]
    assert page.protection.sheet
    assert not page["H5"].protection.locked
    assert {each.type for each in page.data_validations.dataValidation} == {"list", "date"}


def test_a_file_an_owner_in_a_folder_or_a_zip(tmp_path: Path) -> None:
    folder = tmp_path / "sheets"
    folder.mkdir()
    paths = two_owners().sheets(folder)
    assert sorted(path.name for path in paths) == ["ana.xlsx", "ben EU x.xlsx"]
    (archive,) = two_owners().sheets(tmp_path / "sheets.zip")
    with zipfile.ZipFile(archive) as files:
        assert sorted(files.namelist()) == ["ana.xlsx", "ben EU x.xlsx"]
        assert len(openpyxl.load_workbook(io.BytesIO(files.read("ana.xlsx"))).sheetnames) == 1


def test_owners_of_one_name_but_for_capitals_and_of_odd_names_have_files_of_their_own(tmp_path: Path) -> None:
    owners = ["Ana", "ana", "../ana", "History", "x" * 300]
    rows = [queue(f"q{i}", owner=name, review_due=dt.date(2026, 1, 2)) for i, name in enumerate(owners)]
    outcome = audit(table(*rows), today=TODAY)
    (path,) = outcome.sheets(tmp_path / "all.xlsx")
    names = openpyxl.load_workbook(path).sheetnames
    assert len({name.lower() for name in names}) == 5
    assert all(len(name) <= 31 for name in names)
    paths = outcome.sheets(tmp_path)
    assert {path.parent for path in paths} == {tmp_path}


def test_hostile_text_stays_text(tmp_path: Path) -> None:
    crm = {"queue": ["a"], "owner": [HOSTILE]}
    outcome = audit(table(queue("a", owner=HOSTILE + "1")), today=TODAY, crm=crm)
    (path,) = outcome.sheets(tmp_path / "owners.xlsx")
    outcome.save(tmp_path / "audit.xlsx")
    for each in (path, tmp_path / "audit.xlsx"):
        for page in openpyxl.load_workbook(each).worksheets:
            assert all(cell.data_type != "f" for row in page.iter_rows() for cell in row)
            assert not page._hyperlinks
    answers = read_answers(path, findings=book_of(outcome), today=TODAY)
    assert answers.unanswered == tuple(each.id for each in outcome.found)


def test_waived_findings_are_not_sent_and_nothing_to_send_is_refused(tmp_path: Path) -> None:
    waived = book_of(two_owners(), "waived") | {"waived_until": [LATER] * 3}
    outcome = audit(table(*stale("ana", "a", "b"), *stale("ben [EU]/x", "c")), waived, today=TODAY)
    assert outcome.open() == ()
    with pytest.raises(assay.InputError, match="findings to send"):
        outcome.sheets(tmp_path / "owners.xlsx")


@pytest.mark.parametrize("name", ["owners.csv", "nowhere", "gone/owners.xlsx"])
def test_places_that_cannot_be_written_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(assay.InputError):
        two_owners().sheets(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_the_same_audit_gives_the_same_bytes(tmp_path: Path) -> None:
    one = two_owners().sheets(tmp_path / "one.xlsx")[0].read_bytes()
    assert one == two_owners().sheets(tmp_path / "two.xlsx")[0].read_bytes()


# --- back -------------------------------------------------------------------------------------------------------------


def test_answers_come_back(tmp_path: Path) -> None:
    path, book = sent(tmp_path)
    fill(
        path, (0, "Action", "Fixed "), (0, "Answer", " looked  at it "), (1, "Action", "waive"), (1, "Answer", "pilot")
    )
    fill(path, (1, "Waive until", dt.datetime(2027, 1, 31)))
    fill(path, (0, "Action", "explain"), (0, "Answer", "yearly review"), sheet=1)
    answers = read_answers(path, findings=book, today=TODAY)
    assert answers.problems == ()
    assert [(each.id, each.action, each.answer, each.until) for each in answers] == [
        ("stale_review:a", "fixed", "looked at it", None),
        ("stale_review:b", "waive", "pilot", LATER),
        ("stale_review:c", "explain", "yearly review", None),
    ]
    assert answers.rows[0].row == 5
    assert "3 answers: 1 fixed, 1 explain and 1 waive" in answers.summary()
    answers.require()


def test_days_may_be_written_as_text_and_unanswered_rows_are_told(tmp_path: Path) -> None:
    path, book = sent(tmp_path)
    fill(path, (0, "Action", "waive"), (0, "Answer", "pilot"), (0, "Waive until", "2027-01-31"))
    answers = read_answers(path, findings=book, today=TODAY)
    assert answers.rows[0].until == LATER
    assert answers.unanswered == ("stale_review:b", "stale_review:c")


def test_an_answer_to_what_is_settled_meanwhile_is_told_and_not_used(tmp_path: Path) -> None:
    path, book = sent(tmp_path)
    fill(path, (0, "Action", "fixed"), (0, "Answer", "done"))
    answers = read_answers(path, findings=book | {"state": ["fixed", "open", "open"]}, today=TODAY)
    assert (answers.rows, answers.settled) == ((), ("stale_review:a",))


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ([(0, "Action", "fixed")], "row 5, column 'Answer': blank"),
        ([(0, "Answer", "x")], "column 'Action': no action"),
        ([(0, "Action", "close"), (0, "Answer", "x")], "'close'; choose fixed, explain and waive"),
        ([(0, "Action", "waive"), (0, "Answer", "x")], "column 'Waive until': blank; a waiver ends on a day after"),
        ([(0, "Action", "waive"), (0, "Answer", "x"), (0, "Waive until", "soon")], "'soon'; a waiver ends"),
        ([(0, "Action", "waive"), (0, "Answer", "x"), (0, "Waive until", TODAY)], "a waiver ends on a day after"),
        ([(0, "Action", "fixed"), (0, "Answer", "x"), (0, "Waive until", LATER)], "a day, but the action is 'fixed'"),
        ([(0, "Finding", "stale_review:zz")], "no finding 'stale_review:zz' is in the book"),
        ([(0, "Finding", None), (0, "Answer", "x")], "an answer without the id of a finding"),
        ([(1, "Finding", "stale_review:a")], "'stale_review:a' was there before, in owners.xlsx, sheet 'ana', row 5"),
        ([(0, "What is wrong", "nothing")], "what stands left of the answer was altered"),
        ([(0, "Due", "2030-01-01")], "what stands left of the answer was altered"),
        ([(0, "Check", None)], "what stands left of the answer was altered"),
        ([(-1, "Answer", "Comment")], "the column 'Answer' was altered or removed"),
        ([(0, "Action", "fixed"), (0, "Answer", "=1+1")], "column 'Answer': a formula, not a value"),
        ([(0, "Action", "fixed"), (0, "Answer", "x" * 3000)], "3000 bytes of text"),
    ],
)
def test_rows_that_cannot_be_used_are_told_one_by_one_and_nothing_is_used(
    tmp_path: Path, cells: Any, words: str
) -> None:
    path, book = sent(tmp_path)
    fill(path, *cells)
    fill(path, (0, "Action", "fixed"), (0, "Answer", "done"), sheet=1)
    answers = read_answers(path, findings=book, today=TODAY)
    shown = "\n".join(map(str, answers.problems))
    if "bytes of text" not in words:
        assert words in shown
        assert words in answers.summary()
        with pytest.raises(assay.InputError, match="nothing was written"):
            answers.require()
    else:
        assert len(answers.rows[0].answer.encode()) <= 2000  # a long answer is cut where the book would refuse it


def test_files_that_are_no_sheets_are_refused_or_told(tmp_path: Path) -> None:
    _, book = sent(tmp_path)
    other = tmp_path / "other.xlsx"
    openpyxl.Workbook().save(other)
    answers = read_answers(other, findings=book, today=TODAY)
    assert "no sheet with the columns" in str(answers.problems[0])
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(b"not a workbook")
    with pytest.raises(assay.InputError, match=r"a workbook \(.xlsx\)"):
        read_answers(broken, findings=book)
    with pytest.raises(assay.InputError, match="a workbook that is there"):
        read_answers(tmp_path / "none.xlsx", findings=book)
    with pytest.raises(assay.InputError, match="at least one workbook"):
        read_answers(findings=book)


# --- the report -------------------------------------------------------------------------------------------------------


def test_the_page_stands_alone_and_shows_hostile_text_as_text(tmp_path: Path) -> None:
    pytest.importorskip("jinja2")
    crm = {"queue": ["a"], "owner": ["<script>alert(1)</script>"]}
    outcome = audit(table(*stale("ana", "a")), today=TODAY, crm=crm, feeds=[Feed("gone")])
    outcome.save(tmp_path / "audit.html", title="Week 48 & more")
    page = (tmp_path / "audit.html").read_text(encoding="utf-8")
    assert "<h1>Week 48 &amp; more</h1>" in page
    assert "<script" not in page
    assert not re.search(r"(src|href)=", page)
    assert "&lt;script&gt;alert(1)" in page
    assert page.count("<svg") == 2
    assert "Stale review" in page


def test_an_audit_that_found_nothing_has_a_page_too(tmp_path: Path) -> None:
    pytest.importorskip("jinja2")
    audit(table(queue("a")), today=TODAY).save(tmp_path / "a.html", tmp_path / "a.xlsx")
    assert "Nothing was found." in (tmp_path / "a.html").read_text(encoding="utf-8")


def test_the_workbook_counts_lists_and_explains(tmp_path: Path) -> None:
    outcome = two_owners()
    outcome.save(tmp_path / "audit.xlsx")
    book = openpyxl.load_workbook(tmp_path / "audit.xlsx")
    assert book.sheetnames == ["Summary", "Owners", "Findings", "Rules"]
    summary = {row[0].value: [cell.value for cell in row[1:5]] for row in book["Summary"].iter_rows(min_row=9)}
    assert summary["Stale review"] == [0, 3, 0, 3]
    assert len(book["Summary"]._charts) == 1
    owners = {row[0].value: row[4].value for row in book["Owners"].iter_rows(min_row=2)}
    assert owners == {"ana": 2, "ben [EU]/x": 1}
    assert book["Findings"]["G2"].value == dt.datetime(2026, 12, 7)
    assert book["Findings"].max_row == 4
    explained = {row[0].value: row[4].value for row in book["Rules"].iter_rows(min_row=2)}
    assert "look at the entry again" in explained["stale_review"]


@pytest.mark.parametrize("paths", [(), ("a.pdf",), ("gone/a.html",), ("a.html", "b.pdf")])
def test_reports_are_written_all_or_not_at_all(tmp_path: Path, paths: tuple[str, ...]) -> None:
    with pytest.raises(assay.InputError):
        two_owners().save(*(tmp_path / path for path in paths))
    assert list(tmp_path.iterdir()) == []


# --- a real registry --------------------------------------------------------------------------------------------------


def registry_of(folder: Path, when: dt.datetime) -> tuple[Any, dict[str, dt.datetime]]:
    clock = {"now": when}
    kind = pytest.importorskip("assay.registry").Registry
    return kind.open(folder / "ops.db", actor="analyst", clock=lambda: clock["now"]), clock


def test_findings_live_in_the_registry_from_raising_to_mending(tmp_path: Path) -> None:
    registry, clock = registry_of(tmp_path, dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC))
    fields: dict[str, Any] = {
        "policies": ["spam"],
        "languages": ["de"],
        "regions": ["eu"],
        "sites": ["LIS"],
        "sla_hours": 24,
    }
    for name, owner in (("q-1", "ana"), ("q-2", "ben")):
        registry.queues.create(name, name=f"Spam {owner}", owner=owner, review_due="2026-12-01", reason="new", **fields)
        registry.queues.activate(name, reason="staffed")

    def look(day: dt.date, **tables: Any) -> Audit:
        return audit(registry.table("queues"), registry.table("findings"), today=day, **tables)

    routing = {"queue": ["q-1", "q-2"], "sites": ["LIS", "MNL"]}
    first = look(TODAY, routing=routing)
    assert {each.rule for each in first.found} == {"duplicate_scope", "routing_drift"}
    events = record(registry, first, ticket="OPS-1")
    assert len(events) == 2
    assert registry.findings["routing_drift@routing:q-2:sites"].state == "open"
    with pytest.raises(assay.RefusedError):
        record(registry, first)

    (path,) = first.sheets(tmp_path / "owners.xlsx")
    fill(path, (0, "Action", "explain"), (0, "Answer", "a pilot in Manila"))
    fill(path, (1, "Action", "waive"), (1, "Answer", "until the merge"), (1, "Waive until", "2026-12-05"))
    answers = read_answers(path, findings=registry.table("findings"), today=TODAY)
    answered(registry, answers, ticket="OPS-2")
    assert [registry.findings[each.id].state for each in first.found] == ["open", "waived"]
    assert registry.findings[first.found[0].id].answer == "a pilot in Manila"

    clock["now"] = dt.datetime(2026, 12, 7, 9, tzinfo=dt.UTC)
    later = look(dt.date(2026, 12, 7), routing={"queue": ["q-1", "q-2"], "sites": ["LIS", "LIS"]})
    assert later.fixed == ("routing_drift@routing:q-2:sites",)
    record(registry, later)
    assert registry.findings["routing_drift@routing:q-2:sites"].state == "fixed"
    assert registry.findings["duplicate_scope:q-2:q-1"].state == "open"
    assert "waiver ran out" in str(registry.history("duplicate_scope:q-2:q-1", book="findings"))

    clock["now"] = dt.datetime(2026, 12, 8, 9, tzinfo=dt.UTC)
    back = look(dt.date(2026, 12, 8), routing=routing)
    assert {each.action for each in back.found if each.rule == "routing_drift"} == {"reopen"}
    record(registry, back)
    assert registry.findings["routing_drift@routing:q-2:sites"].state == "open"
    assert bool(registry.verify())


def test_a_registry_is_audited_and_what_was_found_recorded_in_one_call(tmp_path: Path) -> None:
    registry, clock = registry_of(tmp_path, dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC))
    registry.queues.create("q-1", reason="new", review_due="2026-01-01")
    looked = audit_registry(registry, today=TODAY, write=False)
    assert [each.rule for each in looked.found] == ["review_before_created", "stale_review"]
    assert len(registry.findings) == 0
    assert audit_registry(registry, today=TODAY, reason="week 48", actor="the desk") == looked
    assert len(registry.findings) == 2
    story = str(registry.history("stale_review:q-1", book="findings"))
    assert "week 48" in story
    assert "the desk" in story
    before = registry.sequence
    audit_registry(registry, today=TODAY)
    assert registry.sequence == before  # nothing new, nothing written
    clock["now"] += dt.timedelta(hours=1)
    registry.queues.amend("q-1", review_due="2027-01-01", reason="looked at")
    assert len(audit_registry(registry, today=TODAY).fixed) == 2
    assert {each.state for each in (registry.findings[name] for name in registry.findings)} == {"fixed"}


def test_answers_with_a_problem_write_nothing(tmp_path: Path) -> None:
    registry, _ = registry_of(tmp_path, dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC))
    registry.queues.create("q-1", reason="new", review_due="2026-01-01")
    outcome = audit(registry.table("queues"), registry.table("findings"), today=TODAY)
    record(registry, outcome)
    (path,) = outcome.sheets(tmp_path / "owners.xlsx")
    fill(path, (0, "Action", "fixed"))
    before = registry.sequence
    answers = read_answers(path, findings=registry.table("findings"), today=TODAY)
    with pytest.raises(assay.InputError, match="nothing was written"):
        answered(registry, answers)
    assert registry.sequence == before
    with pytest.raises(assay.InputError, match="what read_answers answered"):
        answered(registry, [])
    with pytest.raises(assay.InputError, match="the outcome of an audit"):
        record(registry, [])
