"""Charts: the limits of a funnel are right, nothing too large is drawn, and every chart says what it shows."""

from __future__ import annotations

import copy
import json
import math
import pickle
import re
from collections.abc import Callable
from fractions import Fraction
from math import comb
from typing import Any
from xml.etree import ElementTree

import altair
import pytest

import stand_in
from assay import plots
from assay._core import InputError
from assay.results import Comparison, ScoreContext, Scores
from test_results import without


def tail(rate: Fraction, n: int, counts: range) -> Fraction:
    return sum((comb(n, r) * rate**r * (1 - rate) ** (n - r) for r in counts), Fraction(0))


@pytest.mark.parametrize("share", [Fraction(95, 100), Fraction(998, 1000)])
@pytest.mark.parametrize("rate", [Fraction(93, 100), Fraction(1, 2), Fraction(3, 100)])
@pytest.mark.parametrize("n", [1, 7, 60])
def test_a_count_is_outside_exactly_where_its_tail_is_too_small(share: Fraction, rate: Fraction, n: int) -> None:
    low, high = plots.funnel_limits(float(rate), n, float(share))
    for r in range(n + 1):
        assert (r / n < low - 1e-12) == (tail(rate, n, range(r + 1)) < (1 - share) / 2)
        assert (r / n > high + 1e-12) == (tail(rate, n, range(r, n + 1)) < (1 - share) / 2)


def test_limits_of_a_large_unit_are_those_of_the_normal_curve() -> None:
    low, high = plots.funnel_limits(0.9, 40_000, 0.95)
    assert low == pytest.approx(0.9 - 1.959964 * 0.0015, abs=3e-5)
    assert high == pytest.approx(0.9 + 1.959964 * 0.0015, abs=3e-5)


@pytest.mark.parametrize(("rate", "n"), [(0.995, 20_000), (0.002, 50_000), (0.5, 30_000), (0.9999, 3_000)])
def test_limits_of_large_units_agree_with_the_whole_sum(rate: float, n: int) -> None:
    base = math.lgamma(n + 1)
    terms = [
        math.exp(base - math.lgamma(r + 1) - math.lgamma(n - r + 1) + r * math.log(rate) + (n - r) * math.log1p(-rate))
        for r in range(n + 1)
    ]
    low, high = plots.funnel_limits(rate, n, 0.998)
    below, above = math.ceil(low * n - 1e-6), math.floor(high * n + 1e-6)
    assert math.fsum(terms[:below]) < 0.001 <= math.fsum(terms[: below + 1])
    assert math.fsum(terms[above + 1 :]) < 0.001 <= math.fsum(terms[above:])


def test_limits_at_the_edges_and_bad_input() -> None:
    assert plots.funnel_limits(0.9, 0, 0.95) == (0.0, 1.0)
    assert plots.funnel_limits(1.0, 10, 0.95) == (1.0, 1.0)
    assert plots.funnel_limits(0.93, 13, 0.95)[1] == 1.0
    for rate, n, share in ((1.1, 10, 0.95), (0.5, -1, 0.95), (0.5, 10, 1.0)):
        with pytest.raises(InputError, match="wanted"):
            plots.funnel_limits(rate, n, share)


def test_a_funnel_takes_the_total_as_its_middle_and_names_who_lies_outside() -> None:
    scores = stand_in.operation()
    funnel = plots.funnel(scores, unit="reviewer")
    assert funnel.rate == scores.overall()[0]["estimate"]
    assert [point.label for point in funnel.outside[:2]] == ["rv-007", "rv-031"]
    assert "2 below (rv-007 and rv-031)" in funnel.words
    assert funnel.limits[0].n == 1
    low, high = funnel.window
    assert all(low <= point.estimate <= high for point in funnel.points)
    assert plots.funnel(scores, unit="reviewer", metric="leakage").metric.name == "leakage"


def test_a_funnel_without_a_total_pools_its_units() -> None:
    scores = stand_in.simple("a", "b", "c")
    found = sum(scores.column("numerator")) / sum(scores.column("denominator"))
    assert plots.funnel(scores, unit="queue").rate == pytest.approx(found)


def test_a_funnel_that_cannot_be_drawn_says_why() -> None:
    scores = stand_in.operation()
    with pytest.raises(InputError, match=r"wanted a grouping by 'language' alone.*slices by queue"):
        plots.funnel(scores, unit="language")
    with pytest.raises(InputError, match="wanted a metric among accuracy, over_enforcement"):
        plots.funnel(scores, unit="reviewer", metric="speed")
    with pytest.raises(InputError, match="wanted unit="):
        plots.funnel_chart(stand_in.simple("a", "b"))


def test_the_reviewers_column_is_the_named_one_or_one_named_like_it() -> None:
    assert plots.reviewer_column(stand_in.operation()) == "reviewer"
    assert plots.reviewer_column(stand_in.simple("a", by=("Agent_ID",))) == "Agent_ID"
    assert plots.reviewer_column(stand_in.simple("a")) is None
    table = stand_in.simple("a", by=("who",))._table
    assert plots.reviewer_column(Scores(table, "numpy", ScoreContext(by=("who",), reviewer="who"))) == "who"
    assert plots.reviewer_column(Scores(table, "numpy", ScoreContext(by=("who",), reviewer="person"))) is None


def test_no_chart_holds_more_than_its_limit_and_it_says_what_was_left_out() -> None:
    many = stand_in.simple(*[f"q{i:05d}" for i in range(6_000)])
    spec = many.plot().to_dict()
    assert 0 < marks(spec) <= plots.MOST_MARKS
    assert "5,940 slices left out of a panel" in json.dumps(spec)
    funnel = plots.funnel(many, unit="queue", most=100)
    assert len(funnel.points) == 100
    assert funnel.left_out == 5_900
    outside = {p.label for p in plots.funnel(many, unit="queue").points if p.zone == "beyond 99.8%"}
    assert len(outside) > 100
    assert "5,900 within the limits are not drawn" in funnel.words
    assert marks(plots.funnel_chart(many, unit="queue").to_dict()) <= plots.MOST_MARKS + 300


def test_what_matters_most_is_missed_then_worst_then_unanswered() -> None:
    metric = stand_in.METRICS[0]
    rows: list[dict[str, Any]] = [
        {"estimate": None, "standing": None},
        {"estimate": 0.9, "standing": "open"},
        {"estimate": 0.93, "standing": "missed"},
        {"estimate": 0.8, "standing": "open"},
    ]
    assert [row["estimate"] for row in plots.matter_most(rows, metric, 4)] == [0.93, 0.8, 0.9, None]
    assert [row["estimate"] for row in plots.matter_most(rows, stand_in.METRICS[2], 3)] == [0.93, 0.9, 0.8]


def test_a_scores_chart_shows_two_groupings_with_words_percentages_and_tooltips() -> None:
    spec = stand_in.operation().plot().to_dict()
    text = json.dumps(spec, ensure_ascii=False)
    assert spec["title"]["text"].startswith("Accuracy, over-enforcement")
    assert len(spec["concat"]) == 5
    assert '"row"' in text
    for words in (
        '"format": "%"',
        "Audited decisions",
        "Interval",
        "queue toys · site Lisbon",
        "share of all decisions",
    ):
        assert words in text
    one = stand_in.operation().plot(metrics=["leakage"], by="site").to_dict()
    assert len(one["concat"]) == 1
    assert "site Lisbon" in json.dumps(one)
    assert '"row"' not in json.dumps(one)
    with pytest.raises(InputError, match="wanted a grouping of the result"):
        stand_in.operation().plot(by=["language"])


def test_a_funnel_chart_and_a_comparison_chart_say_what_they_show() -> None:
    funnel = json.dumps(plots.funnel_chart(stand_in.operation()).to_dict())
    for words in ("99.8%", "Audited decisions (effective number)", "rv-007", "Accuracy by reviewer"):
        assert words in funnel
    spec = stand_in.comparison().plot().to_dict()
    change = json.dumps(spec)
    for words in (
        "2026-W47 minus 2026-W46",
        "Difference in Accuracy",
        "queue toys",
        "no difference shown",
        "the margin",
    ):
        assert words in change
    assert "livestream" not in change
    assert "queue toys" in json.dumps(stand_in.comparison().plot(metrics=["accuracy"], by="queue").to_dict())
    assert "queue toys" not in json.dumps(stand_in.comparison().plot(by=()).to_dict())
    with pytest.raises(InputError, match="wanted a metric among accuracy"):
        stand_in.comparison().plot(metrics=["speed"])


def test_the_legend_names_what_occurs_and_is_absent_where_nothing_was_judged() -> None:
    text = json.dumps(stand_in.operation().plot(by="site").to_dict())
    assert '"domain": ["met", "missed", "open", "no target"]' in text
    assert "the dashed rule is the target" in text
    plain = stand_in.operation().plot(metrics=["recall"], by="site").to_dict()
    text = json.dumps(plain)
    assert '"legend": null' in text
    assert '"domain": ["no target"]' in text
    assert "dashed" not in text
    assert '"domain": ["better", "worse", "no difference shown"]' in json.dumps(stand_in.comparison().plot().to_dict())
    assert "grey band" not in json.dumps(without_margin().plot().to_dict())


def without_margin() -> Comparison:
    rows = [row | {"margin": 0.0} for row in stand_in.comparison().records()]
    return Comparison(stand_in.table(rows, ("queue",)), "numpy", stand_in.comparison().context)


def test_slices_whose_labels_are_cut_alike_keep_a_row_each() -> None:
    spec = json.dumps(stand_in.simple("q" * 50 + "1", "q" * 50 + "2").plot().to_dict())
    assert " #1" in spec
    assert " #2" in spec


def test_long_words_around_a_chart_stand_in_lines() -> None:
    subtitle = plots.funnel_chart(stand_in.operation()).to_dict()["title"]["subtitle"]
    assert len(subtitle) == 2
    assert all(len(line) <= 110 for line in subtitle)
    titles = titles_of(stand_in.operation().plot().to_dict())
    assert ["Precision (share of decisions against", "content (known from the frame))"] in titles
    long = Scores(stand_in.simple("a", "b")._table, "numpy", ScoreContext(by=("queue",), title="word " * 30))
    assert len(long.plot().to_dict()["title"]["text"]) > 1


def titles_of(node: Any) -> list[Any]:
    if isinstance(node, dict):
        mine = [node["title"]] if "title" in node else []
        return mine + [title for child in node.values() for title in titles_of(child)]
    return [title for child in node for title in titles_of(child)] if isinstance(node, list) else []


CHARTS = [
    pytest.param(lambda: stand_in.operation().plot(), id="scores"),
    pytest.param(lambda: plots.funnel_chart(stand_in.operation()), id="funnel"),
    pytest.param(lambda: stand_in.comparison().plot(), id="comparison"),
]


@pytest.mark.parametrize("make", CHARTS)
def test_a_notebook_is_handed_a_drawing_and_altairs_settings_stay(make: Callable[[], Any]) -> None:
    before = (altair.renderers.active, dict(altair.renderers.options), altair.data_transformers.active)
    chart = make()
    assert isinstance(chart, altair.TopLevelMixin)
    bundle = chart._repr_mimebundle_()
    assert set(bundle) == {"image/svg+xml", "text/plain"}
    assert ElementTree.fromstring(bundle["image/svg+xml"]).tag.endswith("svg")
    assert not re.search(r"cdn|<script|href=", bundle["image/svg+xml"])
    assert chart.properties(background="white")._repr_mimebundle_().keys() == bundle.keys()
    assert (altair.renderers.active, dict(altair.renderers.options), altair.data_transformers.active) == before
    assert "of Altair" in repr(chart)
    again = pickle.loads(pickle.dumps(chart))
    assert again.to_dict() == chart.to_dict()
    assert copy.deepcopy(chart)._repr_mimebundle_().keys() == bundle.keys()


def test_a_renderer_that_somebody_chose_is_left_to_do_its_work() -> None:
    chart = stand_in.simple("a", "b").plot()
    with altair.renderers.enable("mimetype"):
        assert "application/vnd.vegalite" in str(chart._repr_mimebundle_())


def test_without_vl_convert_a_chart_is_shown_as_altair_would(monkeypatch: pytest.MonkeyPatch) -> None:
    chart = stand_in.simple("a", "b").plot()
    without("vl_convert", monkeypatch)
    assert "text/html" in str(chart._repr_mimebundle_())


def marks(spec: Any) -> int:
    """Rows of data in a chart, wherever they are kept."""
    named = sum(len(rows) for rows in spec.get("datasets", {}).values())
    return named + inline(spec)


def inline(node: Any) -> int:
    if isinstance(node, dict):
        values = node.get("data", {}).get("values", []) if isinstance(node.get("data"), dict) else []
        return len(values) + sum(inline(child) for key, child in node.items() if key not in ("data", "datasets"))
    return sum(inline(child) for child in node) if isinstance(node, list) else 0
