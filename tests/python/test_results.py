"""Results: immutable tables in the caller's flavour, with words a newcomer reads and markup that nobody can break."""

from __future__ import annotations

import builtins
import datetime
import pickle
import subprocess
import sys
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import stand_in
from assay._core import AssayError, InputError
from assay.results import (
    MINUS,
    NONE,
    Comparison,
    Context,
    MetricDefinition,
    Result,
    ScoreContext,
    Scores,
    clean,
    digits_for,
    domain,
    flavour_of,
    interval_words,
    listed,
    lowered,
    mini_bar,
    more_audits,
    number,
    percent,
    plural,
    show,
    slice_name,
)
from assay.words import two_figures


class Tags(HTMLParser):
    """What a browser would see: the elements, and the text outside of styles."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""
        self.attributes: list[str] = []
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [name for name, _ in attrs]

    def handle_data(self, data: str) -> None:
        self.text += data


def without(module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make a library look as if it were not installed."""
    real = builtins.__import__

    def refuse(name: str, *args: Any, **more: Any) -> Any:
        if name.partition(".")[0] == module:
            raise ImportError(name)
        return real(name, *args, **more)

    monkeypatch.setattr(builtins, "__import__", refuse)
    for name in [name for name in sys.modules if name.partition(".")[0] == module]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, module, None)


# --- numbers as people read them


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.952, "95.2%"),
        (1.0, "100.0%"),
        (0.0, "0.0%"),
        (0.9996, "99.96%"),
        (0.0003, "0.03%"),
        (0.999999, "99.9999%"),
        (0.99999999, "above 99.9999%"),
        (0.00000001, "below 0.0001%"),
        (1 - 1e-16, "100.0%"),
        (1e-17, "0.0%"),
        (-0.02, f"{MINUS}2.0%"),
        (None, NONE),
    ],
)
def test_a_share_reads_0_or_100_percent_only_where_it_is(value: float | None, text: str) -> None:
    assert percent(value) == text


def test_digits_follow_the_width_of_the_interval() -> None:
    assert [digits_for(width) for width in (None, 0.05, 0.004, 0.0004, 0.00004)] == [1, 1, 1, 2, 3]
    assert show(0.95, "share", 0.0004) == "95.00%"
    assert show(1234.5, "number") == "1,234"
    assert interval_words(0.9412, 0.961, "share", " and ") == "94.1% and 96.1%"
    assert interval_words(None, 0.5, "share") == "no answer"
    assert interval_words(0.0001, 0.033, "share") == "below 0.1% to 3.3%"
    assert interval_words(0.967, 0.9999, "share") == "96.7% to above 99.9%"
    assert interval_words(0.0, 1.0, "share") == "0.0% to 100.0%"
    assert interval_words(40.03, 42.5, "number") == "40.03 to 42.50"  # as many decimals on either side
    assert interval_words(17_986.2, 30_013.8, "number") == "17,986 to 30,014"


@pytest.mark.parametrize(
    ("count", "said"), [(78_584, "79,000"), (14_032, "14,000"), (400, "400"), (99.6, "100"), (7, "7"), (0, "0")]
)
def test_what_was_reckoned_has_two_figures(count: float, said: str) -> None:
    assert number(two_figures(count)) == said
    assert more_audits(count).startswith(f"about {said} more audit")


def test_worst_cases_stand_in_the_table_and_in_the_sentence() -> None:
    row = stand_in.row("accuracy", 90, 100) | {"basis": "modelled", "response_rate": 0.8}
    row |= {"worst_case_lower": 0.7, "worst_case_upper": 0.95}
    scores = Scores(stand_in.table([row], ()), "numpy", ScoreContext())
    assert "70.0% to 95.0%" in Tags(scores._html()).text
    assert "between 70.0% and 95.0%" in scores.summary()
    assert "1 score rests on a model" in scores.summary()


def test_counts_and_lists_read_as_english() -> None:
    assert number(1234567) == "1,234,567"
    assert number(-3) == f"{MINUS}3"
    assert number(0.12345) == "0.1235"
    assert (plural(1, "slice"), plural(2, "slice"), plural(1000, "box", "boxes")) == (
        "1 slice",
        "2 slices",
        "1,000 boxes",
    )
    assert listed(["a"]) == "a"
    assert listed(["a", "b", "c"]) == "a, b and c"
    assert listed(["a", "b", "c", "d"], 2) == "a, b and 2 more"
    assert listed([]) == ""


def test_labels_lose_controls_and_direction_overrides_and_are_cut() -> None:
    assert clean("a\x00b\u202ec\ud800") == "a\ufffdb\ufffdc\ufffd"
    assert clean("x" * 100) == "x" * 79 + "…"
    assert clean("x" * 100, 10) == "x" * 9 + "…"
    assert clean("\u05e9\u05dc\u05d5\u05dd") == "\u05e9\u05dc\u05d5\u05dd"


# --- the table


def test_a_label_from_right_to_left_does_not_turn_the_sentence_around_it() -> None:
    assert slice_name((("queue", "\u05e9\u05dc"), ("site", "x"))) == "queue \u2068\u05e9\u05dc\u2069 · site x"
    assert clean("a\u2068b\u2069") == "ab"


def test_a_result_is_immutable_equal_by_value_and_picklable() -> None:
    one, same, other = stand_in.simple("a", "b"), stand_in.simple("a", "b", flavour="pandas"), stand_in.simple("a", "c")
    assert one == same
    assert one != other
    assert one != one.to_pydict()
    assert pickle.loads(pickle.dumps(one)) == one
    with pytest.raises(AttributeError, match="immutable"):
        one.flavour = "pandas"  # type: ignore[misc]
    with pytest.raises(AttributeError, match="immutable"):
        del one._table
    with pytest.raises(TypeError):
        hash(one)


def test_where_the_rows_came_from_is_no_part_of_equality_but_the_period_is() -> None:
    table = stand_in.Table({"x": [1]})
    assert Result(table, "numpy", Context(source="a.csv")) == Result(table, "numpy", Context(source="b.csv"))
    assert Result(table, "numpy", Context(period="W1")) != Result(table, "numpy", Context(period="W2"))
    assert Result(table) != Scores(table)


def test_a_result_answers_as_a_table() -> None:
    scores = stand_in.simple("a", "b")
    assert len(scores) == 2
    assert scores.column_names[:3] == ["queue", "metric", "estimate"]
    assert scores.column("n") == [100, 101]
    assert [row["queue"] for row in scores.first(1)] == ["a"]
    assert pa.table(scores).column("queue").to_pylist() == ["a", "b"]
    with pytest.raises(InputError, match=r"wanted a column among .* got 'nn'"):
        scores.column("nn")
    with pytest.raises(InputError, match="wanted a flavour among"):
        Result(stand_in.Table({"x": [1]}), "excel")  # type: ignore[arg-type]


def test_a_table_that_can_be_cut_is_cut_before_it_is_read() -> None:
    class Cut(stand_in.Table):
        def head(self, count: int) -> stand_in.Table:
            return stand_in.Table({name: values[:count] for name, values in self._columns.items()})

        def to_pydict(self) -> dict[str, list[Any]]:
            raise AssertionError("read as a whole")

    assert list(Result(Cut({"x": list(range(100))})).first(2)) == [{"x": 0}, {"x": 1}]


def test_every_flavour_goes_back_the_way_it_came() -> None:
    scores = {
        kind: stand_in.simple("a", "b", flavour=kind) for kind in ("pandas", "polars", "pyarrow", "duckdb", "numpy")
    }
    frame = scores["pandas"].to_frame()
    assert isinstance(frame, pd.DataFrame)
    assert list(frame["n"]) == [100, 101]
    polars = scores["polars"].to_frame()
    assert isinstance(polars, pl.DataFrame)
    assert polars["queue"].to_list() == ["a", "b"]
    assert isinstance(scores["pyarrow"].to_frame(), pa.Table)
    relation = scores["duckdb"].to_frame()
    assert relation.filter("queue = 'b'").fetchall()[0][0] == "b"
    assert len(relation.fetchall()) == 2
    arrays = scores["numpy"].to_frame()
    assert arrays["n"].dtype == np.int64
    assert arrays["estimate"].dtype == np.float64
    assert isinstance(scores["numpy"].to_frame(flavour="polars"), pl.DataFrame)
    assert isinstance(stand_in.simple("a", flavour="other").to_frame(), pa.Table)
    with pytest.raises(InputError, match="wanted a flavour"):
        scores["numpy"].to_frame(flavour="excel")  # type: ignore[arg-type]


def test_numpy_keeps_nulls_zones_and_kinds() -> None:
    zone = datetime.timezone(datetime.timedelta(hours=2))
    when = datetime.datetime(2026, 11, 23, 2, tzinfo=zone)
    columns: dict[str, list[Any]] = {
        "i": [1, None],
        "s": ["a", None],
        "b": [True, False],
        "t": [when, None],
        "estimate": [None, None],
        "u": ["a", "b"],
    }
    arrays = Result(stand_in.Table(columns), "numpy").to_frame()
    assert np.isnan(arrays["i"][1])
    assert list(arrays["s"]) == ["a", None]
    assert arrays["b"].dtype == np.bool_
    assert arrays["t"][0] == np.datetime64("2026-11-23T00:00:00")
    assert np.isnat(arrays["t"][1])
    assert arrays["estimate"].dtype == np.float64
    assert arrays["u"].dtype.kind == "U"


def test_pandas_works_without_pyarrow(monkeypatch: pytest.MonkeyPatch) -> None:
    scores = stand_in.simple("a", "b", flavour="pandas")
    full = scores.to_frame()
    without("pyarrow", monkeypatch)
    plain = scores.to_frame()
    assert list(plain.columns) == list(full.columns)
    assert list(plain["queue"]) == ["a", "b"]
    assert plain["response_rate"].dtype == np.float64
    assert plain["estimate"].tolist() == full["estimate"].tolist()


@pytest.mark.parametrize(
    ("module", "flavour", "extra"),
    [
        ("pandas", "pandas", "pandas"),
        ("polars", "polars", "polars"),
        ("pyarrow", "pyarrow", "pandas"),
        ("duckdb", "duckdb", "duckdb"),
    ],
)
def test_a_missing_library_is_named_with_its_extra(
    module: str, flavour: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    scores = stand_in.simple("a", flavour=flavour)
    without(module, monkeypatch)
    with pytest.raises(AssayError, match=rf"needs {module}, which is not installed.*assay\[{extra}\]"):
        scores.to_frame()


def test_a_missing_altair_is_named_too(monkeypatch: pytest.MonkeyPatch) -> None:
    without("altair", monkeypatch)
    with pytest.raises(AssayError, match=r"plot\(\) needs altair.*assay\[charts\]"):
        stand_in.simple("a").plot()


def test_the_flavour_of_a_users_table_is_recognised() -> None:
    import duckdb

    frame = pd.DataFrame({"x": [1]})
    assert flavour_of(frame) == "pandas"
    assert flavour_of(pl.DataFrame({"x": [1]})) == "polars"
    assert flavour_of(pl.LazyFrame({"x": [1]})) == "polars"
    assert flavour_of(pa.table({"x": [1]})) == "pyarrow"
    assert flavour_of(duckdb.sql("select 1 as x")) == "duckdb"
    assert flavour_of({"x": np.array([1])}) == "numpy"
    assert flavour_of(stand_in.simple("a", flavour="polars")) == "polars"
    assert flavour_of(object()) == "other"


def test_importing_results_plots_and_reports_imports_nothing_heavy() -> None:
    script = (
        "import sys\n"
        "import assay.results, assay.plots, assay.reports\n"
        "heavy = {'pandas', 'polars', 'pyarrow', 'duckdb', 'narwhals', 'altair', 'jinja2', 'xlsxwriter'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert run.stdout.strip() == "[]", run.stderr


# --- the words


def test_a_summary_says_what_how_many_how_sure_and_against_what() -> None:
    text = stand_in.operation().summary()
    assert "Accuracy: 93.3% from 3,788 audits; the true value lies between 92.4% and 94.0% (95% confidence)." in text
    assert "Target 95.0%: missed." in text
    assert "share of decisions that the auditor would have made alike, out of all decisions." in text
    assert "By queue: 6 slices from 89.1% (livestream, n = 540) to 98.1% (toys, n = 900)." in text
    assert "missed by 3 (livestream, prohibited goods and reviews)" in text
    assert "The livestream queue changed its policy on Wednesday." in text
    assert "No answer for queue prohibited goods · site Lisbon" in text
    assert "lowest response 84.0%" in text
    assert "Of 295 intervals about 15 miss their true value by chance" in text


def test_a_summary_of_one_slice_says_it_in_full_and_an_open_target_says_what_would_settle_it() -> None:
    text = stand_in.simple("toys").summary()
    assert "By queue: toys, 96.0% from 100 audits" in text
    assert "Target 95.0%: open. About 400 more audits would settle it." in text


def test_a_summary_of_nothing_audited_is_an_answer() -> None:
    rows = [{"queue": None, **stand_in.row("accuracy", 0, 0, 0.95)}]
    scores = Scores(stand_in.table(rows, ("queue",)), "numpy", ScoreContext(by=("queue",), metrics=stand_in.METRICS))
    assert "Accuracy: no answer, because nothing was audited that could answer." in scores.summary()
    assert "no answer" in Tags(scores._repr_html_()).text.lower()


def test_a_ratio_that_is_no_share_is_no_percentage() -> None:
    row = stand_in.row("loss", 50, 100) | {"estimate": 12.5, "lower": 10.25, "upper": 15.0, "metric": "loss"}
    metric = MetricDefinition("loss", "Loss per order", "money lost", "orders", "lower", "number")
    scores = Scores(stand_in.table([row], ()), "numpy", ScoreContext(metrics=(metric,), about="process"))
    assert "Loss per order: 12.50 from 100 audits; the true value lies between 10.25 and 15.00" in scores.summary()
    assert "It is the money lost, out of orders." in scores.summary()
    assert "%" not in Tags(scores._html()).text.replace("95% interval", "")


def test_a_comparison_speaks_of_both_sides() -> None:
    text = stand_in.comparison().summary()
    assert "2026-W47 minus 2026-W46" in text
    assert f"94.6% in 2026-W47 against 95.0% in 2026-W46, a difference of {MINUS}0.4 pts" in text
    assert "Accuracy, worse: queue toys." in text
    assert "Accuracy, better: queue cosmetics." in text
    assert "No answer for queue livestream" in text


def test_a_difference_without_an_answer_has_no_standing_in_words_or_markup() -> None:
    rows = [row | {"standing": "no difference shown"} for row in stand_in.comparison().records()]
    livestream = [row for row in rows if row["queue"] == "livestream"]
    change = Comparison(stand_in.table(livestream, ("queue",)), "numpy", stand_in.comparison().context)
    assert "no difference shown" not in change.summary().lower()
    assert "No answer for queue livestream" in change.summary()
    text = Tags(change._repr_html_()).text
    assert "no difference shown" not in text
    assert "no answer" in text
    assert "not judged" not in Tags(stand_in.comparison()._repr_html_()).text


def test_audits_beyond_a_million_are_told_as_that() -> None:
    assert more_audits(1) == "about 1 more audit"
    assert more_audits(1_000_000) == "about 1,000,000 more audits"
    assert more_audits(1_268_441_124) == "over a million more audits"
    row = stand_in.row("accuracy", 4, 100, 0.95) | {"audits_needed": 1_268_441_124}
    scores = Scores(stand_in.table([row], ()), "numpy", ScoreContext(metrics=stand_in.METRICS))
    assert "open. Over a million more audits would settle it." in scores.summary()
    assert scores.column("audits_needed") == [1_268_441_124]
    rows = [r | {"audits_needed": 2_000_000} for r in stand_in.comparison().records() if r["queue"] is None]
    change = Comparison(stand_in.table(rows, ("queue",)), "numpy", stand_in.comparison().context)
    assert "Over a million more audits would settle a difference of this size." in change.summary()


def test_a_title_in_a_sentence_keeps_its_abbreviations() -> None:
    assert (lowered("Over-enforcement"), lowered("CSAM rate"), lowered("")) == ("over-enforcement", "CSAM rate", "")


def test_a_metric_without_a_definition_still_has_a_title() -> None:
    assert ScoreContext().metric("wrong_label").title == "Wrong label"


def test_a_subclass_says_its_own_words() -> None:
    class Plan(Result):
        def _title(self) -> str:
            return "A plan"

        def _cautions(self) -> tuple[str, ...]:
            return ("The budget binds.",)

    plan = Plan(stand_in.Table({"stratum": ["a", None], "share": [0.25, 1.0]}), "numpy", Context(notes=("A note.",)))
    assert plan.summary() == "A plan: 2 rows.\n\nCautions:\n- A note.\n- The budget binds."
    assert "The budget binds." in plan._repr_html_()
    assert "<Plan: A plan, 2 rows>" in repr(plan)
    assert "0.25" in repr(plan)
    with pytest.raises(AssayError, match="Plan has no chart"):
        plan.plot()


# --- notebooks


def test_the_notebook_table_groups_slices_draws_intervals_and_tells_standing_in_words() -> None:
    markup = stand_in.operation()._repr_html_()
    page = Tags(markup)
    assert page.tags.count("tr") == 1 + 60
    assert "and 235 more rows; .to_frame() has them all" in page.text
    assert page.tags.count("svg") >= 55
    for word in ("met", "missed", "open", "Over-enforcement"):
        assert word in page.text
    assert page.text.count("toys") == 1
    assert "not judged" not in page.text
    assert "aria-hidden" in page.attributes


def test_a_target_that_was_not_judged_says_so() -> None:
    rows = [stand_in.row("accuracy", 4, 100, 0.95, response=0.84)]
    scores = Scores(stand_in.table(rows, ()), "numpy", ScoreContext(metrics=stand_in.METRICS))
    text = Tags(scores._repr_html_()).text
    assert "not judged" in text
    assert "modelled" in text
    assert "Target 95.0%: not judged." in scores.summary()


def test_hostile_labels_are_text_and_short() -> None:
    scores = stand_in.simple(stand_in.HOSTILE, "b", by=("queue <b>",))
    markup = scores._repr_html_()
    page = Tags(markup)
    assert "script" not in page.tags
    assert "<script>alert('x')" in page.text
    assert "onerror" not in page.attributes
    assert len(markup) < 10_000
    assert "\u202e" not in markup
    assert Tags(Result(stand_in.Table({"<i>": ["<img src=x onerror=alert(1)>"]}))._repr_html_()).tags.count("img") == 0
    scores.summary().encode()
    repr(scores).encode()


def test_an_interval_is_drawn_on_its_scale_with_its_target() -> None:
    row = {"estimate": 0.5, "lower": 0.4, "upper": 0.6, "target": 0.9}
    assert "cx='60.0'" in mini_bar(row, (0.0, 1.0))
    assert "x1='105.6'" in mini_bar(row, (0.0, 1.0))
    assert "cx='30.0'" in mini_bar(row, (0.0, 1.0), width=60)
    assert "stroke-dasharray" not in mini_bar(row | {"target": None}, (0.0, 1.0))
    assert mini_bar({"estimate": None, "lower": 0, "upper": 1}, (0, 1)) == ""


def test_a_scale_holds_all_points_and_stays_within_0_and_1_for_shares() -> None:
    low, high = domain([{"estimate": 0.9, "lower": 0.8, "upper": 1.0, "target": 0.7}])
    assert low < 0.7
    assert high == 1.0
    low, high = domain([{"difference": -0.1, "lower": -0.2, "upper": 0.0}], "difference", (0.0,))
    assert low < -0.2
    assert high > 0.0
