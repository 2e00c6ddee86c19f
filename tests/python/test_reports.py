"""Reports: one page and one workbook with the same numbers, safe against what users write, whole or not at all."""

from __future__ import annotations

import base64
import hashlib
import io
import re
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import openpyxl
import pytest

import assay
import stand_in
from assay import reports
from assay._core import AssayError, InputError
from assay.reports import report
from assay.reports.svg import draw, ticks, wrapped
from assay.results import MINUS, Comparison, Context, Result, ScoreContext, Scores, labels_of
from assay.words import LONGEST_LABEL
from test_results import Tags, without


@pytest.fixture(scope="module")
def week() -> reports.Report:
    return report(stand_in.operation(), stand_in.comparison(), title="Week 47", sources=["Export of 23 November"])


def html(made: reports.Report, folder: Path) -> str:
    made.save(folder / "r.html")
    return (folder / "r.html").read_text(encoding="utf-8")


def excel(made: reports.Report, folder: Path) -> Any:
    made.save(folder / "r.xlsx")
    return openpyxl.load_workbook(folder / "r.xlsx")


def cells(book: Any) -> list[Any]:
    return [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row if cell.value is not None]


# --- saving


def test_the_ending_chooses_the_writer_and_the_paths_come_back(week: reports.Report, tmp_path: Path) -> None:
    paths = week.save(tmp_path / "a.html", str(tmp_path / "b.XLSX"))
    assert paths == [tmp_path / "a.html", tmp_path / "b.XLSX"]
    assert paths[0].read_bytes().startswith(b"<!DOCTYPE html>")
    assert zipfile.is_zipfile(paths[1])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.html", "b.XLSX"]
    assert week.save(tmp_path / "a.html") == [tmp_path / "a.html"]


@pytest.mark.parametrize("name", ["w.docx", "w.pptx", "w.pdf", "w", ".html"])
def test_other_endings_are_refused_before_anything_is_written(name: str, week: reports.Report, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"wanted a path ending in \.html and \.xlsx, got"):
        week.save(tmp_path / "ok.html", tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_no_path_and_no_folder_are_refused(week: reports.Report, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="wanted at least one path"):
        week.save()
    with pytest.raises(InputError, match="wanted a folder that exists"):
        week.save(tmp_path / "none" / "r.html")
    (tmp_path / "d.html").mkdir()
    with pytest.raises(InputError, match="got the folder"):
        week.save(tmp_path / "d.html")


def test_a_writer_that_fails_leaves_what_was_there(
    week: reports.Report, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "r.html").write_text("old")

    def fail(model: object) -> bytes:
        raise RuntimeError("no")

    monkeypatch.setitem(reports.WRITERS, ".xlsx", fail)
    with pytest.raises(RuntimeError, match="no"):
        week.save(tmp_path / "r.html", tmp_path / "r.xlsx")
    monkeypatch.setitem(reports.WRITERS, ".xlsx", lambda model: b"x")
    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(RuntimeError, match="no"):
        week.save(tmp_path / "r.html", tmp_path / "r.xlsx")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("r.html", "old")]


@pytest.mark.parametrize("ending", [".html", ".xlsx"])
def test_the_same_report_is_the_same_bytes(ending: str, tmp_path: Path) -> None:
    made = [report(stand_in.operation(), title="W").save(tmp_path / f"{i}{ending}")[0].read_bytes() for i in range(2)]
    assert made[0] == made[1]


def test_what_is_no_result_is_refused() -> None:
    with pytest.raises(InputError, match="wanted at least one result"):
        report()
    with pytest.raises(InputError, match="got dict at position 1"):
        report(stand_in.simple("a"), {})  # type: ignore[arg-type]
    with pytest.raises(InputError, match="wanted sources as a list"):
        report(stand_in.simple("a"), sources="decisions.csv")


def test_missing_writers_are_named_with_their_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from assay.reports import html as writer

    made = report(stand_in.simple("a"))
    writer._environment.cache_clear()
    without("jinja2", monkeypatch)
    without("xlsxwriter", monkeypatch)
    with pytest.raises(AssayError, match=r"an HTML report needs jinja2.*assay\[html\]"):
        made.save(tmp_path / "r.html")
    with pytest.raises(AssayError, match=r"an Excel report needs xlsxwriter.*assay\[office\]"):
        made.save(tmp_path / "r.xlsx")
    assert list(tmp_path.iterdir()) == []


# --- the page


class Links(HTMLParser):
    """Every attribute that could reach out or run, and whether the elements nest."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.reaching: list[tuple[str, str]] = []
        self.open: list[str] = []
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        bad = {"src", "href", "style", "action", "srcset", "xlink:href"}
        self.reaching += [(tag, name) for name, _ in attrs if name in bad or name.startswith("on")]
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_is_one_file_that_reaches_nowhere_and_runs_nothing(week: reports.Report, tmp_path: Path) -> None:
    page = html(week, tmp_path)
    links = Links(page)
    assert links.reaching == []
    assert links.open == []
    assert "script" not in Tags(page).tags
    assert not re.search(r"https?://|@import|url\(", page)
    style = re.search(r"<style>(.*?)</style>", page, re.S)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{digest}'" in page


def test_the_page_holds_headline_charts_tables_definitions_and_sources(week: reports.Report, tmp_path: Path) -> None:
    page = html(week, tmp_path)
    text = " ".join(Tags(page).text.split())
    for words in (
        "Week 47",
        "2026-W47",
        "93.3%",
        "92.4% to 94.0%",
        "Target 95.0%",
        "3,788 audits",
        "What asks for attention",
        "Accuracy misses its target in 13 slices",
        "Worse than 2026-W46: Accuracy of queue toys",
        "Accuracy by queue and site",
        "Accuracy by reviewer: who stands out",
        "2 below (rv-007 and rv-031)",
        "By queue and site",
        "no answer",
        "modelled, 84.0% came back, worst case",
        "Definitions",
        "decisions against content (known from the frame)",
        "stratified by queue, without replacement",
        "Export of 23 November",
        "decisions.parquet and audits.csv",
        "The livestream queue changed its policy on Wednesday.",
        "How to read an interval",
    ):
        assert words in text, words


def test_charts_on_the_page_are_drawings_with_words_for_those_who_hear_them(
    week: reports.Report, tmp_path: Path
) -> None:
    drawings = re.findall(r'<svg[^>]*role="img".*?</svg>', html(week, tmp_path), re.S)
    assert len(drawings) == 5 + 1 + 1
    for drawing in drawings:
        root = ElementTree.fromstring(drawing)
        assert root[0].tag == "title"
        assert root[1].tag == "desc"
        assert len(root[1].text or "") > 40
        assert "nan" not in drawing.lower()


def test_without_a_total_the_tiles_tell_the_spread(tmp_path: Path) -> None:
    text = " ".join(Tags(html(report(stand_in.simple("a", "b", "c")), tmp_path)).text.split())
    assert "94.1% to 96.0%" in text
    assert "303 audits in 3 slices by queue" in text


def test_a_report_of_one_result_takes_its_title_and_period(tmp_path: Path) -> None:
    model = report(stand_in.operation()).model
    assert model.title.startswith("Accuracy, over-enforcement")
    assert model.period == "2026-W47"
    assert report(stand_in.operation(), period="November").model.period == "November"


def test_any_result_is_reported_as_a_table(tmp_path: Path) -> None:
    plan = Result(stand_in.Table({"stratum": ["a", None], "sample_size": [1200, 3]}), "numpy", Context(title="Plan"))
    made = report(plan)
    text = " ".join(Tags(html(made, tmp_path)).text.split())
    assert "stratum sample_size a 1,200" in text
    assert excel(made, tmp_path)["Plan"]["B2"].value == 1200


def test_empty_and_unanswered_results_are_reported(tmp_path: Path) -> None:
    rows = [{"queue": "a", "site": "b", **stand_in.row("accuracy", 0, 0, 0.95)}]
    nothing = Scores(stand_in.table(rows, ("queue", "site")), "numpy", ScoreContext(by=("queue", "site")))
    empty = Result(stand_in.Table({"x": []}))
    made = report(nothing, empty)
    assert "no answer" in html(made, tmp_path)
    assert excel(made, tmp_path).sheetnames[0] == "Summary"


def test_a_wide_crossing_is_cut_and_says_so(tmp_path: Path) -> None:
    rows = [
        {"a": f"a{i:02d}", "b": f"b{j:02d}", **stand_in.row("accuracy", i % 9, 100, 0.95)}
        for i in range(60)
        for j in range(12)
    ]
    scores = Scores(
        stand_in.table(rows, ("a", "b")), "numpy", ScoreContext(by=("a", "b"), metrics=stand_in.METRICS[:1])
    )
    chart = report(scores).model.sections[0].charts[0]
    assert isinstance(chart, reports.model.Matrix)
    assert (len(chart.rows), len(chart.columns)) == (40, 8)
    assert "24 rows or columns not drawn" in chart.note


def test_labels_that_look_alike_when_cut_stay_apart() -> None:
    long = "q" * 50
    rows = [{"a": f"{long}{i}", "b": "all", **stand_in.row("accuracy", i, 100)} for i in range(3)]
    scores = Scores(stand_in.table(rows, ("a", "b")), "numpy", ScoreContext(by=("a", "b")))
    chart = report(scores).model.sections[0].charts[0]
    assert isinstance(chart, reports.model.Matrix)
    assert len(set(chart.rows)) == 3
    assert len(chart.cells) == 3
    assert "all" not in chart.columns


def test_a_label_is_numbered_only_where_it_collides_and_always_alike() -> None:
    long = "q" * 50
    assert labels_of(["electronics-counterfeit", "all", 3]) == {
        "electronics-counterfeit": "electronics-counterfeit",
        "all": "“all”",
        3: "3",
    }
    one, other = labels_of([f"{long}b", f"{long}a", "x"]), labels_of(["x", f"{long}a", f"{long}b"])
    assert one == other
    assert one[f"{long}a"].endswith(" #1")
    assert one["x"] == "x"
    assert all(len(label) <= LONGEST_LABEL for label in one.values())


def test_a_slice_called_all_is_no_total_in_a_chart_of_one_grouping() -> None:
    rows = [
        {"queue": queue, **stand_in.row("accuracy", 3, 100)} for queue in ("all", "q" * 50 + "1", "q" * 50 + "2", None)
    ]
    scores = Scores(stand_in.table(rows, ("queue",)), "numpy", ScoreContext(by=("queue",)))
    chart = report(scores).model.sections[0].charts[0]
    assert isinstance(chart, reports.model.Forest)
    labels = [mark.label for mark in chart.marks]
    assert labels[0] == "all"
    assert "“all”" in labels
    assert len(set(labels)) == 4


def test_a_long_label_is_drawn_in_lines_and_whole() -> None:
    assert wrapped("electronics-counterfeit", 21) == ["electronics-", "counterfeit"]
    assert wrapped("short", 21) == ["short"]
    assert wrapped("x" * 45, 20) == ["x" * 20, "x" * 20, "x" * 5]
    assert wrapped("site Manila · queue toys", 14) == ["site Manila ·", "queue toys"]
    rows = [{"queue": "electronics-counterfeit", **stand_in.row("accuracy", 3, 100)}] * 2
    rows[1] = rows[1] | {"queue": "toys"}
    scores = Scores(stand_in.table(rows, ("queue",)), "numpy", ScoreContext(by=("queue",)))
    drawing = draw(report(scores).model.sections[0].charts[0])
    assert ">electronics-counterfeit<" in drawing


def test_what_asks_for_attention_is_the_surest_first_and_leaves_out_what_few_audits_say() -> None:
    def judged(queue: str, errors: int, n: int) -> dict[str, Any]:
        return {"queue": queue, **stand_in.row("accuracy", errors, n, 0.95)}

    rows = [judged("few", 9, 9), judged("wild", 5, 10), judged("sure", 300, 1000), judged("fine", 0, 1000)]
    metrics = stand_in.METRICS[:1]
    scores = Scores(stand_in.table(rows, ("queue",)), "numpy", ScoreContext(by=("queue",), metrics=metrics))
    (finding,) = report(scores).model.findings
    assert finding.replace("\u00a0", " ") == (
        "Accuracy misses its target in 2 slices, and 1 with fewer than 10 audits: "
        "queue sure (70.0%, n = 1,000); queue wild (50.0%, n = 10)."
    )
    alone = Scores(stand_in.table(rows[:1], ("queue",)), "numpy", ScoreContext(by=("queue",), metrics=metrics))
    assert report(alone).model.findings == ()
    many = [judged(f"q{i}", 50 + i, 100) for i in range(8)]
    scores = Scores(stand_in.table(many, ("queue",)), "numpy", ScoreContext(by=("queue",), metrics=metrics))
    assert report(scores).model.findings[0].endswith("; and 2 more.")


def test_an_overall_change_is_called_overall() -> None:
    rows = [row | {"standing": "worse"} for row in stand_in.comparison().records()]
    change = Comparison(stand_in.table(rows, ("queue",)), "numpy", stand_in.comparison().context)
    (finding,) = report(change).model.findings
    assert finding.startswith(f"Worse than 2026-W46: overall accuracy ({MINUS}0.4 pts); Accuracy of queue toys")
    assert "livestream" not in finding


def test_a_difference_without_an_answer_reads_so_whatever_its_standing(tmp_path: Path) -> None:
    for standing in (None, "no difference shown"):
        rows = [row | {"standing": standing} for row in stand_in.comparison().records() if row["queue"] == "livestream"]
        made = report(Comparison(stand_in.table(rows, ("queue",)), "numpy", stand_in.comparison().context))
        (line,) = made.model.sections[0].grids[0].blocks[0].lines
        assert (line.cells[2], line.standing) == ("no answer", "no answer")
        page = html(made, tmp_path)
        assert ">no difference shown<" not in page
        assert "</span> no difference shown</td>" not in page


@pytest.mark.parametrize(("tiles", "four"), [(3, False), (4, True), (5, False), (6, False), (8, True)])
def test_tiles_stand_in_rows_that_balance(tiles: int, four: bool, tmp_path: Path) -> None:
    rows = [stand_in.row(f"m{i}", 5, 100) for i in range(tiles)]
    page = html(report(Scores(stand_in.table(rows, ()), "numpy", ScoreContext())), tmp_path)
    assert page.count('class="tile"') == tiles
    assert ('class="tiles four"' in page) == four


def test_hostile_text_stays_text_on_the_page(tmp_path: Path) -> None:
    scores = stand_in.operation(
        queues=(stand_in.HOSTILE, "</title><script>1</script>", "=1+1", "\x00", "\ud800", "toys")
    )
    made = report(scores, title=stand_in.HOSTILE, period="<b>", sources=["</p><img src=x onerror=alert(1)>"])
    page = html(made, tmp_path)
    assert Links(page).reaching == []
    assert not {"script", "img", "b>"} & set(Tags(page).tags)
    assert "\u202e" not in page
    assert len(page) < 1_500_000
    frame = made._repr_html_()
    assert Tags(frame).tags == ["iframe"]


def test_a_notebook_shows_the_page_in_a_frame_that_may_run_nothing(week: reports.Report) -> None:
    assert 'sandbox=""' in week._repr_html_()
    assert "2 results" in repr(week)
    with pytest.raises(AttributeError, match="immutable"):
        week._model = None  # type: ignore[assignment]


def test_ticks_are_round_and_inside() -> None:
    assert ticks((0.74, 1.0)) == [0.75, 0.8, 0.85, 0.9, 0.95, 1.0]
    assert ticks((0, 260), 8) == [0, 50, 100, 150, 200, 250]
    assert ticks((0.5, 0.5)) == [0.5]


# --- the workbook


def test_the_workbook_has_its_sheets_and_the_rates_their_numerators(week: reports.Report, tmp_path: Path) -> None:
    book = excel(week, tmp_path)
    assert book.sheetnames == ["Summary", "Scores", "Changes 2", "Charts", "Chart data", "Definitions", "About"]
    head = [cell.value for cell in book["Scores"][1]]
    at = head.index("Estimate")
    assert head[:4] == ["queue", "site", "reviewer", "Metric"]
    assert head[at : at + 3] == ["Estimate", "Numerator", "Denominator"]
    first = [cell.value for cell in book["Scores"][2]]
    assert first[:4] == ["all", "all", "all", "accuracy"]
    assert first[at] == pytest.approx(first[at + 1] / first[at + 2])
    assert book["Scores"].max_row == 1 + 295
    assert book["Scores"].cell(2, at + 1).number_format == "0.0%"


def test_tables_are_native_panes_frozen_and_pages_wide(week: reports.Report, tmp_path: Path) -> None:
    book = excel(week, tmp_path)
    for name in ("Scores", "Changes 2", "Definitions"):
        sheet = book[name]
        assert len(sheet.tables) == 1
        assert sheet.freeze_panes is not None
        assert sheet.page_setup.orientation == "landscape"
        assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (
            None,
            0,
        ) or sheet.page_setup.fitToHeight == 0


def test_charts_are_native_with_error_bars(week: reports.Report, tmp_path: Path) -> None:
    week.save(tmp_path / "r.xlsx")
    with zipfile.ZipFile(tmp_path / "r.xlsx") as archive:
        charts = [
            archive.read(name).decode() for name in archive.namelist() if re.match(r"xl/charts/chart\d+\.xml", name)
        ]
    assert len(charts) == 7
    assert sum("<c:errBars>" in chart for chart in charts) == 6
    assert sum("<c:scatterChart>" in chart for chart in charts) == 1
    for words in ("Target missed", "Open: the interval holds the target", "Accuracy by queue and site"):
        assert words in charts[0]


def test_there_are_no_formulas_and_hostile_text_stays_text(tmp_path: Path) -> None:
    names = (stand_in.HOSTILE, "=1+1", "+cmd", "-2", "@SUM(A1)", "http://evil.example/x")
    scores = stand_in.operation(queues=names)
    hostile = Result(
        stand_in.Table({"=x": ["=1+1", "http://a", "\x01", "x" * 40_000], "=X": [1, 2.5, True, None]}), "numpy"
    )
    made = report(scores, hostile, title="=HYPERLINK(1)", sources=["@x"], period="-1")
    book = excel(made, tmp_path)
    found = cells(book)
    assert not [cell for cell in found if cell.data_type == "f"]
    assert not [cell for cell in found if cell.hyperlink]
    values = {cell.value for cell in found}
    assert {"=1+1", "+cmd", "-2", "@SUM(A1)", "http://evil.example/x", "=HYPERLINK(1)"} <= values
    with zipfile.ZipFile(tmp_path / "r.xlsx") as archive:
        sheets = [archive.read(name).decode() for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
        for name in archive.namelist():
            if name.endswith((".xml", ".rels")):
                ElementTree.fromstring(archive.read(name))
    assert not [sheet for sheet in sheets if "<f>" in sheet]


def test_sheet_names_are_allowed_short_and_unique(tmp_path: Path) -> None:
    titles = ["a/b:c*?[d]", "A-B-C---D-", "History", "'quoted'", "x" * 60, "x" * 60, "Summary", " ", "about"]
    results = [Result(stand_in.Table({"v": [i]}), "numpy", Context(title=title)) for i, title in enumerate(titles)]
    names = excel(report(*results), tmp_path).sheetnames
    assert len({name.lower() for name in names}) == len(names)
    assert all(0 < len(name) <= 31 and not re.search(r"[\[\]:*?/\\]", name) for name in names)
    assert "history" not in {name.strip().lower() for name in names}


def test_an_unanswered_row_is_blank_not_zero(tmp_path: Path) -> None:
    book = excel(report(stand_in.operation()), tmp_path)
    head = [cell.value for cell in book["Scores"][1]]
    rows = [dict(zip(head, [cell.value for cell in row], strict=True)) for row in book["Scores"].iter_rows(min_row=2)]
    empty = next(row for row in rows if row["Audited (n)"] == 0)
    assert (empty["Estimate"], empty["Lower limit"], empty["Upper limit"]) == (None, None, None)
    modelled = next(row for row in rows if row["Basis"] == "modelled")
    assert modelled["Response rate"] == 0.84


def test_the_workbook_says_when_it_was_made_only_as_a_fixed_day(tmp_path: Path) -> None:
    report(stand_in.simple("a")).save(tmp_path / "r.xlsx")
    with zipfile.ZipFile(io.BytesIO((tmp_path / "r.xlsx").read_bytes())) as archive:
        assert "2000-01-01T00:00:00Z" in archive.read("docProps/core.xml").decode()
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_comparison_alone_makes_a_report(tmp_path: Path) -> None:
    made = report(stand_in.comparison())
    assert isinstance(made.model.sections[0].result, Comparison)
    assert "see the scores compared" in html(made, tmp_path)
    head = [cell.value for cell in excel(made, tmp_path)["Changes"][1]]
    assert head[:3] == ["queue", "Metric", "Difference"]


# --- results that are neither scores nor comparisons ----------------------------------------------------------------


@pytest.fixture(scope="module")
def planned() -> tuple[Any, Any, Any]:
    """A plan with wishes, the scores of its draw, and the slices of those scores adjusted."""
    operation = assay.example.operation(weeks=2)
    frame = assay.frame(
        operation.decisions,
        case="case_id",
        decision="decision",
        by=["queue", "site"],
        violating=["remove", "restrict"],
        undecided=["escalated"],
    )
    plan = assay.plan(frame, half_width={"overall": 0.015, "queue": 0.06}, strata=["queue"], expected=0.08)
    sample = plan.draw(key="a secret of a dozen letters", period="W44")
    scores = assay.score(sample, operation.audit(sample), verdict="verdict", by=["queue"])
    return plan, scores, assay.shrink(scores)


def test_a_report_on_a_plan_tells_its_wishes_its_cost_and_its_slices(
    planned: tuple[Any, Any, Any], tmp_path: Path
) -> None:
    plan = planned[0]
    made = report(plan)
    text = " ".join(Tags(html(made, tmp_path)).text.split())
    for words in ("wished to ± 1.5 points", "nothing that keeps the wishes costs less than", "Cost ", "decided cases"):
        assert words in text
    for words in ("How to read an interval", "expected_half_width", "·", "target met"):
        assert words not in text
    assert "<svg" in html(made, tmp_path)
    book = excel(made, tmp_path)
    assert "Slices" in book.sheetnames
    assert any("wished to ± 1.5 points" in str(cell.value) for row in book["Summary"].rows for cell in row)
    assert [cell.value for cell in book["Slices"][1]][:3] == ["Grouping", "Slice", "Decided cases"]
    assert "What to expect of each slice" in Tags(html(report(plan.slices()), tmp_path)).text


def test_a_report_on_small_slices_is_about_something_and_drawn(planned: tuple[Any, Any, Any], tmp_path: Path) -> None:
    shrunk = planned[2]
    made = report(shrunk)
    text = " ".join(Tags(html(made, tmp_path)).text.split())
    assert "95% hold the true value" in text
    assert "is <i>met</i>" not in html(made, tmp_path)
    assert "the process that made the decisions" in text
    assert "raw_estimate" not in text
    assert len(made.model.sections[0].charts) == 1
    heads = [cell.value for cell in excel(made, tmp_path)["Shrunk"][1]]
    assert "Weight on the average of all" in heads


def test_what_a_judge_was_worth_is_among_the_findings(planned: tuple[Any, Any, Any]) -> None:
    scores = stand_in.operation()
    rows = {name: scores.column(name) for name in scores.column_names}
    rows |= {"lambda": [0.8] * len(scores), "audits_saved": [1_485] * len(scores)}
    judged = Scores(stand_in.Table(rows), "numpy", scores.context)
    assert any("The judge is worth about 1,500 audits" in finding for finding in report(judged).model.findings)
