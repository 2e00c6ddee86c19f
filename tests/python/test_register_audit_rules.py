"""Rules and feed contracts as data: what a TOML file may say, and what is refused with file, rule and key."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import assay
from assay.register_audit import Feed, Rule, Rules, audit

UTC = dt.UTC
TODAY = dt.date(2026, 11, 23)  # a Monday

REGISTER = {
    "id": ["a", "b", "c"],
    "state": ["active", "active", "draft"],
    "name": ["temp one", "Two", None],
    "owner": ["ana", None, "ben"],
    "sites": [["LIS", "MNL"], ["LIS"], None],
    "sla_hours": [24, 72, None],
    "review_due": [dt.date(2027, 3, 1), dt.date(2026, 12, 1), None],
    "created": [dt.datetime(2026, 1, 1, tzinfo=UTC)] * 3,
    "changed": [dt.datetime(2026, 11, 1, tzinfo=UTC)] * 3,
}


def written(folder: Path, text: str) -> Path:
    path = folder / "ours.toml"
    path.write_text(text, encoding="utf-8")
    return path


def hits(folder: Path, when: str, more: str = 'text = "x"') -> list[str]:
    rules = Rules.load(written(folder, f'[rules.mine]\nseverity = "low"\ndays = 3\n{more}\nwhen = [{when}]\n'))
    outcome = audit(REGISTER, today=TODAY, rules=rules.only("mine"))
    return [each.subject for each in outcome.found]


@pytest.mark.parametrize(
    ("when", "subjects"),
    [
        ('{field = "state", is = "active"}', "ab"),
        ('{field = "state", is = ["active", "draft"]}', "abc"),
        ('{field = "state", is_not = "active"}', "c"),
        ('{field = "owner", missing = true}', "b"),
        ('{field = "owner", missing = false}', "ac"),
        ('{field = "sla_hours", above = 24}', "b"),
        ('{field = "sla_hours", at_least = 24}', "ab"),
        ('{field = "sla_hours", below = 72.0}', "a"),
        ('{field = "sla_hours", at_most = 72}', "ab"),
        ('{field = "review_due", before = "today + 30 days"}', "b"),
        ('{field = "review_due", after = 2027-02-28}', "a"),
        ('{field = "review_due", until = 2026-12-01}', "b"),
        ('{field = "review_due", from = "2027-03-01"}', "a"),
        ('{field = "changed", before = "today - 30 days"}', ""),
        ('{field = "changed", before = "today"}', "abc"),
        ('{field = "review_due", after = {field = "created"}}', "ab"),
        ('{field = "sites", holds = "MNL"}', "a"),
        ('{field = "sites", lacks = "MNL"}', "b"),
        ('{field = "name", like = "temp*"}', "a"),
        ('{any = [{field = "owner", missing = true}, {field = "name", like = "temp *"}]}', "ab"),
        ('{field = "state", is = "active"}, {field = "sla_hours", above = 24}', "b"),
    ],
)
def test_each_condition_of_a_file_compares_as_it_reads(tmp_path: Path, when: str, subjects: str) -> None:
    assert "".join(hits(tmp_path, when)) == subjects


def test_required_fields_and_sentences_are_filled_in(tmp_path: Path) -> None:
    text = '[rules.mine]\nseverity = "low"\ndays = 3\nrequire = ["owner", "name"]\n'
    text += 'text = "{name} lacks {missing} on {today}."\n'
    outcome = audit(REGISTER, today=TODAY, rules=Rules.load(written(tmp_path, text)).only("mine"))
    assert [each.summary for each in outcome.found] == [
        "Two lacks owner on 2026-11-23.",
        " lacks name on 2026-11-23.".strip(),
    ]


def test_a_rule_may_look_at_another_table(tmp_path: Path) -> None:
    text = """
    [rules.vendor_gone]
    severity = "high"
    days = 2
    table = "vendors"
    subject = "vendor"
    text = "{vendor} ends on {ends}."
    when = [{field = "ends", before = "today + 14 days"}]
    """
    vendors = {"vendor": ["Acme", "Beta"], "ends": [dt.date(2026, 12, 1), dt.date(2028, 1, 1)], "queue": ["a", "b"]}
    rules = Rules.load(written(tmp_path, text)).only("vendor_gone")
    (finding,) = audit(REGISTER, today=TODAY, rules=rules, vendors=vendors).found
    assert finding.id == "vendor_gone@vendors:Acme"
    assert finding.summary == "Acme ends on 2026-12-01."
    assert audit(REGISTER, today=TODAY, rules=rules).not_run[0].reason == "no vendors= was given"


def test_built_in_rules_are_changed_by_a_file(tmp_path: Path) -> None:
    text = """
    [rules.missing_fields]
    severity = "low"
    days = 99
    [rules.no_traffic.parameters]
    days = 90
    [rules.old_draft]
    enabled = false
    """
    rules = Rules.load(written(tmp_path, text))
    assert (rules["missing_fields"].severity, rules["missing_fields"].days) == ("low", 99)
    assert rules["missing_fields"].require == Rules.default()["missing_fields"].require
    assert rules["no_traffic"].parameters["days"] == 90
    assert not rules["old_draft"].enabled
    assert rules["stale_review"] == Rules.default()["stale_review"]


def test_later_files_win_and_a_mapping_says_the_same(tmp_path: Path) -> None:
    one = written(tmp_path, '[rules.mine]\nseverity = "low"\ndays = 3\ntext = "x"\nrequire = ["owner"]\n')
    other = tmp_path / "later.toml"
    other.write_text('[rules.mine]\nseverity = "high"\ndays = 4\ntext = "y"\nrequire = ["name"]\n', encoding="utf-8")
    assert Rules.load(one, other)["mine"].text == "y"
    given = {"rules": {"mine": {"severity": "high", "days": 4, "text": "y", "require": ["name"]}}}
    assert Rules.default().changed(given) == Rules.load(other)
    assert audit(REGISTER, today=TODAY, rules=[one, given]) == audit(REGISTER, today=TODAY, rules=str(other))


def wrong(body: str) -> str:
    return f'[rules.mine]\nseverity = "low"\ndays = 3\n{body}'


GOOD = 'text = "x"\n'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[rules.mine]\ndays = 3", "ours.toml, rule 'mine' with the key 'severity', got nothing"),
        ('[rules.mine]\nseverity = "bad"\ndays = 3', "key 'severity' as high, medium or low, got 'bad'"),
        ('[rules.mine]\nseverity = "low"\ndays = -1', "key 'days' as a whole number from 0 to 3650, got -1"),
        (wrong(GOOD), "rule 'mine' with 'when' or 'require', got neither"),
        (wrong('require = ["owner"]'), "key 'text' as a sentence that says what is wrong, got nothing"),
        (wrong(GOOD + 'require = ["ownr"]'), "did you mean 'owner'"),
        (wrong(GOOD + "require = 3"), "key 'require' as a list of fields"),
        (wrong(GOOD + "wen = []"), "did you mean 'when'"),
        (wrong('text = "{ownr}"\nrequire = ["owner"]'), "names of fields in braces, got {ownr}; did you mean 'owner'"),
        (wrong(GOOD + "when = 3"), "key when as a list of conditions"),
        (wrong(GOOD + "when = [3]"), "key when[0] as a condition"),
        (wrong(GOOD + 'when = [{is = "x"}]'), "key when[0].field as the name of a field, got nothing"),
        (wrong(GOOD + 'when = [{field = "ownr", is = "x"}]'), "key when[0].field as the name of a field, got 'ownr'"),
        (wrong(GOOD + 'when = [{field = "owner", equals = "x"}]'), "with a test that is known, got 'equals'"),
        (wrong(GOOD + 'when = [{field = "owner"}]'), "with one test beside 'field', got none"),
        (wrong(GOOD + 'when = [{field = "owner", is = "x", like = "y"}]'), "with one test beside 'field'"),
        (wrong(GOOD + 'when = [{field = "owner", missing = 1}]'), ".missing as true or false"),
        (wrong(GOOD + 'when = [{field = "owner", is = []}]'), "as a value or some, got 0 values"),
        (wrong(GOOD + 'when = [{field = "sla_hours", below = [1, 2]}]'), "as one value, got 2 values"),
        (wrong(GOOD + 'when = [{field = "owner", is = {file = "x"}}]'), "as a value or {field"),
        (wrong(GOOD + 'when = [{field = "owner", is = {field = "x"}}]'), ".is.field as the name of a field"),
        (wrong(GOOD + 'when = [{field = "changed", before = 2026-01-01T00:00:00}]'), "a time with a zone"),
        (wrong(GOOD + 'when = [{field = "owner", like = 3}]'), "as text in which * stands for any letters"),
        (wrong(GOOD + "when = [{any = []}]"), "with at least one condition"),
        (wrong(GOOD + 'when = [{any = [], field = "owner"}]'), "with nothing beside 'any'"),
        (wrong(GOOD + 'require = ["owner"]\nparameters = {x = 1}'), "without 'parameters'"),
        (wrong(GOOD + 'require = ["owner"]\nenabled = "yes"'), "key 'enabled' as true or false"),
        ("[rules.stale_review]\nwhen = []", "rule 'stale_review' with days, enabled, parameters and severity"),
        ("[rules.no_traffic.parameters]\ndais = 3", "key 'parameters' with what the rule has (days), got 'dais'"),
        ("[rules.no_traffic.parameters]\ndays = 'x'", "key 'parameters.days' such as 30, got 'x'"),
        ('[rules."a b"]\nseverity = "low"\ndays = 3\ntext = "x"\nrequire = ["owner"]', "up to 60 letters, digits"),
        ("[rule.mine]\nx = 1", "ours.toml with [rules.<id>] and [feeds.<name>], got [rule]"),
        ("rules = 3", "[rules] as one table a rule"),
        ("[rules]\nmine = 3", "rule 'mine' as a table, got int"),
        ("[rules", "a file of rules in TOML"),
    ],
)
def test_a_file_that_is_wrong_is_refused_with_file_rule_and_key(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(assay.InputError) as refusal:
        Rules.load(written(tmp_path, text))
    assert words in str(refusal.value)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(assay.InputError, match="a file of rules that can be read"):
        Rules.load(tmp_path / "none.toml")
    with pytest.raises(assay.InputError, match="a file of rules that can be read"):
        audit(REGISTER, today=TODAY, rules=[tmp_path / "none.toml"])


def test_a_rule_is_compared_with_what_columns_hold(tmp_path: Path) -> None:
    with pytest.raises(
        assay.InputError, match="in rule 'mine' a comparison of like with like, got text against a whole number"
    ):
        hits(tmp_path, '{field = "owner", above = 3}')


def test_rules_are_a_collection() -> None:
    rules = Rules.default()
    assert "stale_review" in rules
    assert len(rules) == len(list(rules)) > 25
    assert len(rules.without("stale_review")) == len(rules) - 1
    assert [each.id for each in rules.only("stale_review")] == ["stale_review"]
    assert all(each.explanation.endswith(".") for each in rules)
    assert "stale_review" in repr(rules)
    with pytest.raises(assay.InputError, match="did you mean 'stale_review'"):
        rules["stale_reviw"]
    with pytest.raises(assay.InputError, match="twice"):
        Rules([rules["stale_review"], rules["stale_review"]])
    with pytest.raises(assay.InputError, match="decorate the function"):
        rules.plus(lambda row: None)  # type: ignore[arg-type]
    assert isinstance(rules["stale_review"], Rule)


# --- feeds ------------------------------------------------------------------------------------------------------------


def rows(days: dict[int, int], **more: Any) -> pa.Table:
    """So many rows so many days before today, at noon."""
    at = [
        dt.datetime(2026, 11, 23, 12, tzinfo=UTC) - dt.timedelta(days=back)
        for back, count in days.items()
        for _ in range(count)
    ]
    columns: dict[str, Any] = {"case": [f"c{number}" for number in range(len(at))], "at": at}
    return pa.table(columns | {name: make(len(at)) for name, make in more.items()})


def feed_findings(feed: Feed, **more: Any) -> list[str]:
    outcome = audit(REGISTER, today=TODAY, feeds=[feed], rules=[], **more)
    return sorted(each.id for each in outcome.found if each.rule.startswith("feed"))


def test_a_feed_that_keeps_its_contract_has_no_findings() -> None:
    contract: dict[str, Any] = {
        "columns": {"case": "text", "at": "time"},
        "at": "at",
        "key": "case",
        "fresh_hours": 24,
        "volume": {"weekday": (8, 12), "weekend": (3, 5)},
        "nulls": {"case": 0.0},
        "days": 4,
    }
    assert feed_findings(Feed("cases", rows({1: 4, 2: 4, 3: 10, 4: 10}), **contract)) == []
    busy_sunday = Feed("cases", rows({1: 10, 2: 4, 3: 10, 4: 10}), **contract)
    assert feed_findings(busy_sunday) == ["feed_volume@cases:cases:2026-11-22"]


def test_the_closest_band_counts_and_days_are_looked_back() -> None:
    table = rows({1: 4, 3: 10})
    volume: dict[str, Any] = {"any": (1, 5), "fri": (9, 11)}
    assert feed_findings(Feed("f", table, at="at", volume=volume, days=3)) == ["feed_missing@f:f:2026-11-21"]
    assert feed_findings(Feed("f", table, at="at", volume=volume, days=1)) == []
    assert feed_findings(Feed("f", table, at="at", volume=volume | {"sat": (0, 5)}, days=3)) == []


def test_a_feed_is_late_by_the_hour() -> None:
    feed = Feed("f", rows({1: 1}), at="at", fresh_hours=24)
    assert feed_findings(feed, now=dt.datetime(2026, 11, 23, 12, tzinfo=UTC)) == []
    assert feed_findings(feed, now=dt.datetime(2026, 11, 23, 12, 1, tzinfo=UTC)) == ["feed_late@f:f"]


def test_a_feed_that_did_not_come_is_missing_and_nothing_else() -> None:
    contract: dict[str, Any] = {"columns": {"case": "text", "at": "time"}, "at": "at", "key": "case", "fresh_hours": 1}
    assert feed_findings(Feed("f", None, **contract)) == ["feed_missing@f:f"]
    assert feed_findings(Feed("f", rows({}), **contract | {"columns": {}})) == ["feed_missing@f:f"]


def test_rows_that_came_twice_are_found_by_one_key_or_several() -> None:
    table = rows({1: 4}, site=lambda count: ["LIS", "LIS", "MNL", "MNL"])
    assert feed_findings(Feed("f", table, key="case")) == []
    assert feed_findings(Feed("f", table, key=["site", "at"])) == ["feed_duplicated@f:f"]


def test_shapes_are_compared_column_by_column() -> None:
    table = rows(
        {1: 2}, n=lambda count: [1] * count, x=lambda count: [0.5] * count, empty=lambda count: pa.nulls(count)
    )
    shape = {"case": "text", "at": "time", "n": "whole", "x": "number", "empty": "day"}
    assert feed_findings(Feed("f", table, columns=shape)) == []
    assert feed_findings(Feed("f", table, columns=shape | {"n": "number", "x": "any"})) == []
    assert feed_findings(Feed("f", table, columns=shape | {"x": "whole", "case": "flag"})) == [
        "feed_reshaped@f:f:case",
        "feed_reshaped@f:f:x",
    ]
    fewer = {"case": "text", "gone": "text"}
    ids = [f"feed_reshaped@f:f:{name}" for name in ("at", "empty", "gone", "n", "x")]
    assert feed_findings(Feed("f", table, columns=fewer)) == ids
    assert feed_findings(Feed("f", table, columns=fewer, more_columns=True)) == ["feed_reshaped@f:f:gone"]
    nullable = Feed("f", table, nulls={"empty": 0.99}, owner="data team")
    assert feed_findings(nullable) == ["feed_nulls@f:f:empty"]
    assert {each.owner for each in audit(REGISTER, today=TODAY, feeds=[nullable]).found if each.subject == "f"} == {
        "data team"
    }


def test_a_feed_of_another_shape_than_its_contract_is_no_error() -> None:
    table = pa.table({"case": [1.5, 1.5], "at": ["yesterday", "today"]})
    contract: dict[str, Any] = {"columns": {"case": "text", "at": "time"}, "at": "at", "key": "case", "fresh_hours": 1}
    assert feed_findings(Feed("f", table, **contract)) == ["feed_reshaped@f:f:at", "feed_reshaped@f:f:case"]


def test_contracts_come_from_a_file(tmp_path: Path) -> None:
    text = """
    [feeds.cases]
    columns = {case = "text", at = "time"}
    at = "at"
    key = ["case"]
    fresh_hours = 30
    volume = {weekday = [8, 12], weekend = [3, 5]}
    nulls = {case = 0.0}
    owner = "data team"
    days = 1
    more_columns = true
    [feeds.gone]
    owner = "nobody"
    """
    path = written(tmp_path, text)
    feeds = Feed.load(path, {"cases": rows({1: 4})})
    assert [feed.name for feed in feeds] == ["cases", "gone"]
    outcome = audit(REGISTER, today=TODAY, feeds=feeds)
    assert [each.id for each in outcome.found if each.rule.startswith("feed")] == ["feed_missing@gone:gone"]
    assert len(Rules.load(path)) == len(Rules.default())  # rules and feeds may share a file


@pytest.mark.parametrize(
    ("contract", "words"),
    [
        ({"columns": {"a": "str"}}, "columns with types among"),
        ({"volume": {"monday": [1, 2]}, "at": "a"}, "did you mean 'mon'"),
        ({"volume": {"mon": [2, 1]}, "at": "a"}, "volume of mon as (least, most)"),
        ({"volume": {"mon": [1, 2]}}, "at= the column of times"),
        ({"fresh_hours": 3}, "at= the column of times"),
        ({"nulls": {"a": 2}}, "nulls of a as a share from 0 to 1"),
        ({"columns": {"a": "text"}, "key": "b"}, "names among its columns, got 'b'"),
        ({"days": 0}, "days from 1 to 366"),
    ],
)
def test_a_contract_that_is_wrong_is_refused(contract: dict[str, Any], words: str) -> None:
    with pytest.raises(assay.InputError) as refusal:
        Feed("f", None, **contract)
    assert words in str(refusal.value)


def test_a_file_of_contracts_that_is_wrong_is_refused(tmp_path: Path) -> None:
    with pytest.raises(assay.InputError, match=r"ours\.toml, feed 'f' with keys that are known, got 'colums'"):
        Feed.load(written(tmp_path, "[feeds.f]\ncolums = {}"), {})
    with pytest.raises(assay.InputError, match="a file of feed contracts in TOML"):
        Feed.load(tmp_path / "none.toml", {})
