"""The example operation: the same for ever, true to its parameters, and usable from every library."""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import subprocess
import sys
import types
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

try:
    import assay._core  # noqa: F401
except ImportError:  # the compiled core is not built: its error is all that the example takes from it
    core = types.ModuleType("assay._core")
    core.InputError = type("InputError", (ValueError,), {})  # type: ignore[attr-defined]
    sys.modules["assay._core"] = core

from assay import example
from assay.example import Policy, Queue, Site

InputError: type[Exception] = sys.modules["assay._core"].InputError

FLAVOURS: tuple[example.Flavour, ...] = ("pandas", "polars", "pyarrow", "numpy")
COLUMNS = [
    *("case_id", "decided_at", "week", "queue", "site", "reviewer", "policy", "policy_version", "language"),
    *("decision", "prediction", "handle_seconds", "views", "value"),
]


def plain(table: Any) -> dict[str, NDArray[Any]]:
    """Any table as NumPy arrays."""
    if isinstance(table, dict):
        return table
    if hasattr(table, "to_pydict"):
        return {name: np.array(values) for name, values in table.to_pydict().items()}
    return {name: np.asarray(table[name].to_numpy()) for name in table.columns}


def digest(columns: dict[str, NDArray[Any]]) -> str:
    whole = hashlib.sha256()
    for name, values in columns.items():
        listed = values.astype(np.int64).tolist() if values.dtype.kind == "M" else values.tolist()
        whole.update(f"{name}: {listed}\n".encode())
    return whole.hexdigest()


@pytest.fixture(scope="module")
def made() -> example.Operation:
    return example.operation(flavour="numpy")


# ------------------------------------------------------------------------------------- the same rows for ever


def test_the_rows_of_seed_7_never_change() -> None:
    small = example.operation(seed=7, weeks=2, cases_per_week=500, drift_week=2, flavour="numpy")
    assert digest(small.decisions) == "8745c720b3f703bbca8e20ea0918fd5dc50e141a799231d05b9a70638d537658"
    assert digest(small.truth) == "8bed674c080d210fb4e6632c90bf91105afa6c2aaac9ecaca679952e3ed67410"
    assert (
        digest(small.audit(small.decisions, response=0.8))
        == "985abce6b3fb64ce2ceb01ab5358397517878475b99f6baf559598e704c06027"
    )


def test_the_first_rows_of_seed_7_as_anybody_can_read_them() -> None:
    first = example.operation(flavour="numpy").decisions
    assert {name: str(values[0]) for name, values in first.items()} == {
        "case_id": "c00000001",
        "decided_at": "2026-10-26T00:00:09.169599",
        "week": "2026-W44",
        "queue": "beauty-safety",
        "site": "Bogota",
        "reviewer": "bog3-08",
        "policy": "health claims",
        "policy_version": "5.2",
        "language": "es",
        "decision": "approve",
        "prediction": "0.9079",
        "handle_seconds": "58",
        "views": "58",
        "value": "8.86",
    }


def test_another_seed_gives_other_rows() -> None:
    one = example.operation(cases_per_week=1000, flavour="numpy").decisions
    two = example.operation(cases_per_week=1000, seed=8, flavour="numpy").decisions
    assert np.mean(one["queue"] == two["queue"]) < 0.3


def test_fewer_weeks_are_the_beginning_of_more() -> None:
    # more rows than are made at a time, so that the seam lies in between
    short = example.operation(weeks=2, cases_per_week=150_000, flavour="numpy")
    long = example.operation(weeks=3, cases_per_week=150_000, flavour="numpy")
    for few, many in ((short.decisions, long.decisions), (short.truth, long.truth)):
        for name, values in few.items():
            assert np.array_equal(values, many[name][:300_000]), name


def test_drift_changes_nothing_before_it_and_nowhere_else(made: example.Operation) -> None:
    steady = example.operation(drift_site=None, flavour="numpy").decisions
    changed = np.flatnonzero(steady["decision"] != made.decisions["decision"])
    assert len(changed) > 500
    assert set(steady["site"][changed]) == {"Manila"}
    assert set(steady["week"][changed]) == {"2026-W46", "2026-W47"}


# ---------------------------------------------------------------------------------- true to the parameters


@dataclasses.dataclass
class Known:
    """What the parameters say about each row, worked out row by row, and what happened to it."""

    violates: NDArray[np.float64]
    factor: NDArray[np.float64]
    decision: NDArray[Any]
    truth: NDArray[Any]
    chance: Callable[[str], NDArray[np.float64]]


@pytest.fixture(scope="module")
def known(made: example.Operation) -> Known:
    p, d = made.parameters, made.decisions
    queues = {queue.name: queue for queue in p.queues}
    rate = {(queue.name, policy.name): policy.violation_rate for queue in p.queues for policy in queue.policies}
    sites = {site.name: site.factor for site in p.sites}
    reviewers = {reviewer.name: reviewer.factor for reviewer in p.reviewers}
    assert p.drift is not None
    drifted = (d["site"] == p.drift.site) & (np.arange(len(made)) // p.cases_per_week >= p.drift.week - 1)

    def chance(name: str) -> NDArray[np.float64]:
        return np.array([getattr(queues[name_of], name) for name_of in d["queue"].tolist()])

    return Known(
        violates=np.array([rate[pair] for pair in zip(d["queue"].tolist(), d["policy"].tolist(), strict=True)]),
        factor=np.array(
            [sites[s] * reviewers[r] for s, r in zip(d["site"].tolist(), d["reviewer"].tolist(), strict=True)]
        )
        * np.where(drifted, p.drift.factor, 1.0),
        decision=d["decision"],
        truth=made.truth["true_label"],
        chance=chance,
    )


def worst_deviation(by: NDArray[Any], happened: NDArray[np.bool_], expected: NDArray[np.float64]) -> float:
    """The largest deviation of a slice's count from its expectation, in its standard deviations."""
    names, cell = np.unique(by, return_inverse=True)
    mean = np.bincount(cell, expected, minlength=len(names))
    variance = np.bincount(cell, expected * (1 - expected), minlength=len(names))
    count = np.bincount(cell, happened, minlength=len(names))
    enough = variance > 5
    assert enough.sum() >= min(4, len(names))
    return float(np.max(np.abs(count - mean)[enough] / np.sqrt(variance[enough])))


@pytest.mark.parametrize("column", ["site", "queue", "reviewer", "week", "policy", "language"])
def test_every_slice_errs_as_often_as_its_parameters_say(made: example.Operation, known: Known, column: str) -> None:
    # At most 48 slices a call and seven rates: 5 standard deviations are passed by chance once in 5,000 runs or so,
    # and the seed is fixed.
    by = made.decisions[column]
    bad = known.truth != "approve"
    settled = known.decision != "escalated"
    acted = np.isin(known.decision, example.violating)
    assert worst_deviation(by, bad, known.violates) < 5
    assert worst_deviation(by, ~settled, known.chance("escalation")) < 5

    missable, good = bad & settled, ~bad & settled
    miss = np.minimum(0.6, known.chance("miss") * known.factor)
    alarm = np.minimum(0.6, known.chance("false_alarm") * known.factor)
    other = np.minimum(0.3, known.chance("wrong_action") * known.factor)
    assert worst_deviation(by[missable], ~acted[missable], miss[missable]) < 5
    assert worst_deviation(by[good], acted[good], alarm[good]) < 5
    wrong = acted & (known.decision != known.truth)
    assert worst_deviation(by[missable], wrong[missable], other[missable]) < 5
    assert worst_deviation(by[bad], known.truth[bad] == "remove", known.chance("remove_share")[bad]) < 5
    alarmed = good & acted
    assert worst_deviation(by[alarmed], known.decision[alarmed] == "remove", known.chance("remove_share")[alarmed]) < 5


def test_cases_are_dealt_by_the_weights(made: example.Operation) -> None:
    p, d = made.parameters, made.decisions
    everything = np.zeros(len(made))
    weight = sum(queue.weight for queue in p.queues)
    for queue in p.queues:
        assert worst_deviation(everything, d["queue"] == queue.name, everything + queue.weight / weight) < 5
        here = d["queue"] == queue.name
        of_queue = sum(policy.weight for policy in queue.policies)
        for policy in queue.policies:
            share = np.full(here.sum(), policy.weight / of_queue)
            assert worst_deviation(everything[here], d["policy"][here] == policy.name, share) < 5
    hard = np.isin(d["queue"], [queue.name for queue in p.queues if queue.hard])
    for chosen, kind in ((hard, "hard"), (~hard, "simple")):
        total = sum(getattr(site, kind) for site in p.sites)
        for site in p.sites:
            share = np.full(chosen.sum(), getattr(site, kind) / total)
            assert worst_deviation(everything[chosen], d["site"][chosen] == site.name, share) < 5
    for site in p.sites:
        here = d["site"] == site.name
        total = sum(reviewer.weight for reviewer in p.reviewers if reviewer.site == site.name)
        for reviewer in p.reviewers:
            if reviewer.site == site.name:
                share = np.full(here.sum(), reviewer.weight / total)
                assert worst_deviation(everything[here], d["reviewer"][here] == reviewer.name, share) < 5
        for language, number in site.languages:
            share = np.full(here.sum(), number / sum(n for _, n in site.languages))
            assert worst_deviation(everything[here], d["language"][here] == language, share) < 5


def test_reviewers_of_a_site_are_unequal_and_average_about_one(made: example.Operation) -> None:
    reviewers = made.parameters.reviewers
    assert len(reviewers) == 48
    assert len({reviewer.name for reviewer in reviewers}) == 48
    for site in made.parameters.sites:
        factors = [reviewer.factor for reviewer in reviewers if reviewer.site == site.name]
        assert np.mean(factors) == pytest.approx(1, abs=0.01)
        assert max(factors) / min(factors) > 3
        assert factors != sorted(factors)
    rates = made.true_rates(by="reviewer")["accuracy"]
    assert rates.max() - rates.min() > 0.06


def test_the_drift_shows_and_only_where_it_is(made: example.Operation) -> None:
    rates = made.true_rates(by=["site", "week"])
    for site in ("Dublin", "Manila", "Bogota", "Krakow"):
        accuracy = rates["accuracy"][rates["site"] == site]
        fall = accuracy[:2].mean() - accuracy[2:].mean()
        assert fall > 0.035 if site == "Manila" else abs(fall) < 0.006


def test_violations_are_rare_somewhere(made: example.Operation) -> None:
    rates = made.true_rates(by="queue")
    assert rates["violation_rate"].min() < 0.015
    assert made.true_rates()["violation_rate"][0] == pytest.approx(0.07, abs=0.005)


def test_the_prediction_knows_something_and_not_everything(made: example.Operation) -> None:
    score, bad = made.decisions["prediction"], made.truth["true_label"] != "approve"
    assert score.min() >= 0.0001
    assert score.max() <= 0.9999
    ranks = np.empty(len(score))
    ranks[np.argsort(score)] = np.arange(len(score))
    area = (ranks[bad].mean() - (bad.sum() - 1) / 2) / (~bad).sum()
    assert 0.85 < area < 0.97  # 1 - u v against u v: P(u1 v1 + u2 v2 < 1) = 0.9349...


def test_amounts_and_times_make_sense(made: example.Operation) -> None:
    d = made.decisions
    assert d["views"].min() >= 9
    assert d["views"].max() > 50 * np.median(d["views"])
    assert d["value"].min() >= 7
    assert np.allclose(d["value"] * 100, np.round(d["value"] * 100), atol=1e-6)
    assert 10 <= d["handle_seconds"].min() < d["handle_seconds"].max() < 3600
    at = d["decided_at"]
    assert np.all(np.diff(at) >= np.timedelta64(0))
    assert at[0] >= np.datetime64("2026-10-26T00:00:00")
    assert at[-1] < np.datetime64("2026-11-23T00:00:00")
    week = ((at - np.datetime64("2026-10-26")) // np.timedelta64(7, "D")).astype(int)
    assert np.array_equal(np.array(["2026-W44", "2026-W45", "2026-W46", "2026-W47"])[week], d["week"])
    assert np.array_equal(d["policy_version"], np.where(week == 0, "5.2", "5.3"))


# ------------------------------------------------------------------------------------------------ true rates


@pytest.mark.parametrize("by", [(), "site", ["queue", "week"], ["decision"], ["reviewer", "policy", "language"]])
@pytest.mark.parametrize("weight", [None, "views", "value", "handle_seconds"])
def test_the_four_shares_add_up_to_one(made: example.Operation, by: Any, weight: str | None) -> None:
    rates = made.true_rates(by=by, weight=weight)
    total = rates["accuracy"] + rates["over_enforcement"] + rates["leakage"] + rates["wrong_label"]
    assert np.allclose(total, 1, atol=1e-12)
    assert np.all(rates["n"] > 0)


def test_the_rates_are_those_counted_by_hand(made: example.Operation) -> None:
    d, truth = made.decisions, made.truth["true_label"]
    rates = made.true_rates(by=["site", "queue"])
    assert len(rates["n"]) == 32
    row = 13
    here = (d["site"] == rates["site"][row]) & (d["queue"] == rates["queue"][row])
    settled = here & (d["decision"] != "escalated")
    decision, label = d["decision"][settled], truth[settled]
    acted, bad = decision != "approve", label != "approve"
    assert rates["n"][row] == settled.sum()
    assert rates["undecided"][row] == here.sum() - settled.sum()
    wanted = {
        "accuracy": np.mean(decision == label),
        "over_enforcement": np.mean(acted & ~bad),
        "leakage": np.mean(~acted & bad),
        "wrong_label": np.mean(acted & bad & (decision != label)),
        "precision": np.sum(acted & bad) / np.sum(acted),
        "recall": np.sum(acted & bad) / np.sum(bad),
        "specificity": np.sum(~acted & ~bad) / np.sum(~bad),
        "false_positive_rate": np.sum(acted & ~bad) / np.sum(~bad),
        "false_negative_rate": np.sum(~acted & bad) / np.sum(bad),
        "violation_rate": np.mean(bad),
    }
    assert list(rates) == ["site", "queue", "n", "undecided", *example.metrics]
    assert {name: rates[name][row] for name in example.metrics} == pytest.approx(wanted, abs=1e-14)
    views = d["views"][settled].astype(float)
    weighted = made.true_rates(by=["site", "queue"], weight="views")
    assert weighted["violation_rate"][row] == pytest.approx(np.sum(views * bad) / np.sum(views), abs=1e-14)
    assert weighted["n"][row] == settled.sum()


def test_a_rate_over_no_case_is_no_answer() -> None:
    for flavour in FLAVOURS:
        rates = example.operation(cases_per_week=500, flavour=flavour).true_rates(by="decision")
        recall = rates["precision"]  # approved cases are never decided violating
        assert list(plain(rates)["decision"]) == ["approve", "remove", "restrict"]
        if flavour == "numpy":
            assert np.isnan(recall[0])
        elif flavour == "pandas":
            assert recall.isna().tolist() == [True, False, False]
        else:
            assert list(
                recall.is_null().to_numpy(zero_copy_only=False) if flavour == "pyarrow" else recall.is_null()
            ) == [
                True,
                False,
                False,
            ]


# ---------------------------------------------------------------------------------------------------- tables


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_every_library_gets_the_same_table(flavour: example.Flavour) -> None:
    wanted = example.operation(weeks=2, cases_per_week=300, flavour="numpy")
    made = example.operation(weeks=2, cases_per_week=300, flavour=flavour)
    assert made.flavour == flavour
    for given, expected in (
        (made.decisions, wanted.decisions),
        (made.truth, wanted.truth),
        (made.audit(made.decisions), wanted.audit(wanted.decisions)),
    ):
        assert flavour == "numpy" or type(given).__module__.startswith(flavour)
        columns = plain(given)
        assert list(columns) == list(expected)
        for name, values in expected.items():
            if name == "decided_at":
                assert [str(at)[:26].replace(" ", "T") for at in columns[name]] == [str(at) for at in values]
            else:
                assert columns[name].tolist() == values.tolist(), name
    assert list(wanted.decisions) == COLUMNS


def test_text_columns_are_dictionaries_and_instants_carry_their_zone() -> None:
    pa = pytest.importorskip("pyarrow")
    arrow = example.operation(cases_per_week=50, flavour="pyarrow").decisions
    arrow.validate(full=True)
    assert arrow.schema.field("decided_at").type == pa.timestamp("us", "UTC")
    assert arrow.schema.field("case_id").type == pa.string()
    assert arrow.schema.field("queue").type == pa.dictionary(pa.int32(), pa.string())
    pl = pytest.importorskip("polars")
    polars = example.operation(cases_per_week=50, flavour="polars").decisions
    assert polars.schema["decided_at"] == pl.Datetime("us", "UTC")
    assert isinstance(polars.schema["queue"], pl.Enum)
    pytest.importorskip("pandas")
    pandas = example.operation(cases_per_week=50, flavour="pandas").decisions
    assert str(pandas["decided_at"].dtype) == "datetime64[us, UTC]"
    assert str(pandas["queue"].dtype) == "category"


def test_the_default_flavour_is_the_first_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    for gone, left in ((set(), "pandas"), ({"pandas"}, "polars"), ({"pandas", "polars"}, "pyarrow")):
        monkeypatch.setattr(example, "_installed", lambda name, gone=gone: name not in gone)
        assert example.operation(cases_per_week=5).flavour == left
    monkeypatch.setattr(example, "_installed", lambda name: name == "numpy")
    made = example.operation(cases_per_week=5)
    assert made.flavour == "numpy"
    assert made.decisions["case_id"].tolist()[:2] == ["c00000001", "c00000002"]
    with pytest.raises(InputError, match="wanted the library polars to be installed"):
        example.operation(cases_per_week=5, flavour="polars")


def test_the_module_brings_nothing_but_numpy_with_it() -> None:
    code = (
        "import sys, types; package = types.ModuleType('assay'); package.__path__ = [sys.argv[1]]\n"
        "sys.modules['assay'] = package; import assay.example as e; e.operation(cases_per_week=10, flavour='numpy')\n"
        "print([m for m in ('pandas', 'polars', 'pyarrow', 'duckdb', 'assay._core') if m in sys.modules])"
    )
    folder = str(example.__file__).rsplit("/", 2)[0]
    done = subprocess.run([sys.executable, "-c", code, folder], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# ---------------------------------------------------------------------------------------------------- audits


def test_auditors_give_the_truth_in_the_order_of_the_sample(made: example.Operation) -> None:
    chosen = np.array([5, 199_999, 17, 123_456])
    ids = made.decisions["case_id"][chosen]
    for sample in (ids, ids.tolist(), {"case_id": ids}):
        audits = made.audit(sample)
        assert list(audits) == ["case_id", "verdict", "reason", "auditor"]
        assert audits["case_id"].tolist() == ids.tolist()
        assert audits["verdict"].tolist() == made.truth["true_label"][chosen].tolist()


def test_reasons_go_with_the_kind_of_error(made: example.Operation) -> None:
    audits = made.audit(made.decisions["case_id"])
    decision, verdict, reason = made.decisions["decision"], audits["verdict"], audits["reason"]
    acted, bad = np.isin(decision, example.violating), verdict != "approve"
    settled = decision != "escalated"
    assert set(reason[~settled]) == {"undecided"}
    assert set(reason[decision == verdict]) == {"correct"}
    assert set(reason[acted & ~bad]) == {"policy misread", "context ignored", "rushed"}
    assert set(reason[~acted & bad & settled]) == {
        "missed in the images",
        "missed in the text",
        "policy misread",
        "rushed",
    }
    assert set(reason[acted & bad & (decision != verdict)]) == {"wrong severity", "policy misread"}


def test_audits_are_lost_as_often_as_asked(made: example.Operation) -> None:
    ids, decision = made.decisions["case_id"], made.decisions["decision"]
    back = made.audit(ids, response=0.9)["case_id"]
    assert abs(len(back) / len(ids) - 0.9) < 5 * np.sqrt(0.09 / len(ids))
    came = np.isin(ids, made.audit(ids, response={"remove": 0.7, "escalated": 0.0})["case_id"])
    assert came[np.isin(decision, ["approve", "restrict"])].all()
    assert not came[decision == "escalated"].any()
    removed = came[decision == "remove"]
    assert abs(removed.mean() - 0.7) < 5 * np.sqrt(0.21 / len(removed))
    assert len(made.audit(ids[:100], response=0.0)["case_id"]) == 0


def test_an_audit_depends_on_its_case_and_the_seed_alone(made: example.Operation) -> None:
    ids = made.decisions["case_id"]
    one, two = made.audit(ids[:5000], response=0.5), made.audit(ids[4000:5000][::-1], response=0.5)
    shared = np.isin(one["case_id"], ids[4000:5000])
    for name in one:
        assert np.array_equal(one[name][shared], two[name][::-1]), name
    other = made.audit(ids[:5000], response=0.5, seed=2)
    overlap = np.isin(one["case_id"], other["case_id"]).mean()
    assert 0.4 < overlap < 0.6


def test_the_work_is_shared_among_as_many_auditors_as_asked(made: example.Operation) -> None:
    ids = made.decisions["case_id"][:2000]
    assert set(made.audit(ids)["auditor"]) == {f"auditor-{k}" for k in range(1, 7)}
    assert set(made.audit(ids, auditors=2)["auditor"]) == {"auditor-1", "auditor-2"}


@pytest.mark.parametrize("flavour", ["pandas", "polars", "pyarrow"])
def test_a_sample_may_come_from_any_library_and_name_its_case_otherwise(flavour: str) -> None:
    library = pytest.importorskip(flavour)
    make = library.table if flavour == "pyarrow" else library.DataFrame
    made = example.operation(cases_per_week=100, flavour="numpy")
    audits = made.audit(make({"job": ["c00000007", "c00000003"]}), case="job")
    assert list(audits) == ["job", "verdict", "reason", "auditor"]
    assert audits["job"].tolist() == ["c00000007", "c00000003"]


# ------------------------------------------------------------------------------------------ other operations


def test_size_and_shape_are_as_asked() -> None:
    made = example.operation(
        weeks=6,
        cases_per_week=700,
        queues=12,
        sites=6,
        reviewers=3,
        drift_site="Cairo",
        drift_week=2,
        drift_factor=1.5,
        start=datetime.date(2025, 12, 22),
        flavour="numpy",
    )
    d, p = made.decisions, made.parameters
    assert len(made) == 4200 == len(d["case_id"]) == len(made.truth["case_id"])
    assert repr(made) == "Operation(4,200 decisions, 12 queues x 6 sites x 18 reviewers x 6 weeks, seed 7)"
    assert len(set(d["queue"])) == 12
    assert len(set(d["site"])) == 6
    assert len(set(d["reviewer"])) == 18
    assert list(dict.fromkeys(d["week"])) == [
        "2025-W52", "2026-W01", "2026-W02", "2026-W03", "2026-W04", "2026-W05",
    ]  # fmt: skip
    assert list(dict.fromkeys(d["policy_version"])) == ["5.2", "5.3", "5.4"]
    assert p.drift == example.Drift("Cairo", 2, 1.5)
    assert len(set(d["case_id"])) == 4200


def test_own_queues_and_sites_err_as_they_are_told_to() -> None:
    queue = Queue("only", 1, False, (Policy("p", 1, 0.5),), 0.2, 0.1, 0.05, 0.5, 0.0)
    never = Queue("never", 1, True, (Policy("p", 1, 0.5),), 0.0, 0.0, 0.0, 0.5, 0.0)
    always = Queue("capped", 1, True, (Policy("p", 1, 0.5),), 1.0, 1.0, 1.0, 0.5, 0.0)
    site = Site("Here", 1, 1, 1.0, (("en", 1),))
    made = example.operation(
        queues=[queue, never, always],
        sites=[site],
        reviewers=1,
        drift_site=None,
        cases_per_week=30_000,
        flavour="numpy",
    )
    rates = made.true_rates(by="queue")
    assert made.parameters.reviewers[0].factor == 0.875  # half way up the ranks: 0.5 + 1.5 / 4
    assert rates["queue"].tolist() == ["only", "never", "capped"]
    assert rates["false_negative_rate"] == pytest.approx([0.175, 0, 0.6], abs=0.02)
    assert rates["false_positive_rate"] == pytest.approx([0.0875, 0, 0.6], abs=0.02)
    assert rates["wrong_label"] == pytest.approx([0.021875, 0, 0.15], abs=0.008)


def test_the_description_names_everyone_and_the_drift(made: example.Operation) -> None:
    text = made.describe()
    for name in [queue.name for queue in made.parameters.queues] + [site.name for site in made.parameters.sites]:
        assert name in text
    assert "x 2 from week 3 on" in text
    assert f"{made.true_rates(by='site')['accuracy'][0]:.2%}" in text


# ------------------------------------------------------------------------------------------------- bad input


def changed(name: str, value: Any) -> Queue:
    values: dict[str, Any] = {name: value}
    return dataclasses.replace(GOOD, **values)


GOOD = Queue("q", 1, False, (Policy("p", 1, 0.5),), 0.2, 0.1, 0.05, 0.5, 0.0)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"seed": -1}, r"wanted seed as a whole number from 0 to \d+, got -1"),
        ({"seed": "7"}, "wanted seed as a whole number .*, got '7'"),
        ({"weeks": 0}, "wanted weeks as a whole number from 1 to 520, got 0"),
        ({"weeks": True}, "wanted weeks as a whole number .*, got True"),
        ({"cases_per_week": 2.5}, "wanted cases_per_week .*, got 2.5"),
        ({"weeks": 500, "cases_per_week": 200_000}, "wanted at most 99,999,999 cases in all, got 500 weeks of 200,000"),
        ({"queues": 13}, "wanted queues as a whole number from 1 to 12, got 13"),
        ({"queues": []}, "wanted queues as a number from 1 to 12 or 1 to 200 of example.Queue, got none"),
        ({"queues": ["fashion"]}, "of example.Queue, got str"),
        ({"queues": [GOOD, GOOD]}, "wanted queues with names of their own"),
        ({"sites": 7}, "wanted sites as a whole number from 1 to 6, got 7"),
        ({"reviewers": 301}, "wanted reviewers as a whole number from 1 to 300, got 301"),
        ({"drift_site": "Paris"}, "wanted drift_site among Dublin, .*, got 'Paris'; or None for no drift"),
        ({"sites": 1}, "wanted drift_site among Dublin, got 'Manila'"),
        ({"drift_week": 0}, "wanted drift_week as a whole number from 1 to 521, got 0"),
        ({"drift_factor": float("nan")}, "wanted drift_factor between 0 and 100, got nan"),
        ({"start": datetime.date(2026, 10, 27)}, "wanted start as the date of a Monday"),
        ({"start": "2026-10-26"}, "wanted start as the date of a Monday"),
        ({"flavour": "spark"}, "wanted flavour as pandas, polars, pyarrow or numpy, got 'spark'"),
        *(
            ({"queues": [changed(name, 1.5)]}, f"wanted {name} of queue 'q' between 0 and 1")
            for name in ("miss", "false_alarm", "wrong_action", "remove_share", "escalation")
        ),
        *(
            ({"queues": [changed(name, 0)]}, f"wanted {name} of queue 'q' as a whole number")
            for name in ("weight", "seconds", "price", "views")
        ),
        ({"queues": [dataclasses.replace(GOOD, policies=())]}, "wanted 1 to 100 policies of queue 'q', got 0"),
        ({"queues": [dataclasses.replace(GOOD, policies=(Policy("p", 0, 0.5),))]}, "wanted weight of policy 'p'"),
        ({"queues": [dataclasses.replace(GOOD, policies=(Policy("p", 1, -0.5),))]}, "wanted violation_rate of policy"),
        ({"sites": [Site("s", 0, 1, 1.0, (("en", 1),))], "drift_site": None}, "wanted weight for simple queues"),
        ({"sites": [Site("s", 1, 0, 1.0, (("en", 1),))], "drift_site": None}, "wanted weight for hard queues"),
        ({"sites": [Site("s", 1, 1, -1.0, (("en", 1),))], "drift_site": None}, "wanted factor of site 's' between"),
        ({"sites": [Site("s", 1, 1, 1.0, ())], "drift_site": None}, "wanted at least one language of site 's'"),
        ({"sites": [Site("s", 1, 1, 1.0, (("en", 0),))], "drift_site": None}, "wanted weight of language 'en'"),
    ],
)
def test_an_operation_that_cannot_be_is_refused(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        example.operation(**{"cases_per_week": 10, "flavour": "numpy", **arguments})


@pytest.mark.parametrize(
    ("sample", "options", "message"),
    [
        ({"job": ["c00000001"]}, {}, "wanted a table with the column 'case_id', .*, got the columns job; name it with"),
        (object(), {}, "wanted a table with the column 'case_id', or a list of case ids, got a object"),
        (["c00000001", "c00000041"], {}, "c00000001 to c00000040, got 'c00000041' in column 'case_id', row 1"),
        (["c00000000"], {}, "got 'c00000000' in column 'case_id', row 0"),
        (["x00000001"], {}, "got 'x00000001'"),
        (["c0000001\u0661"], {}, "wanted cases of this operation"),
        ([1], {}, "wanted cases of this operation, .*, got 1 in"),
        (["c00000002", "c00000001", "c00000002"], {}, "wanted each case once, got 'c00000002' again .*, row 2"),
        (["c00000001"], {"response": 1.1}, "wanted response between 0 and 1, got 1.1"),
        (["c00000001"], {"response": {"removed": 0.5}}, "wanted response for labels among approve, .*, got 'removed'"),
        (["c00000001"], {"response": {"remove": -1}}, "wanted response for 'remove' between 0 and 1, got -1"),
        (["c00000001"], {"auditors": 0}, "wanted auditors as a whole number from 1 to 1000, got 0"),
        (["c00000001"], {"seed": -1}, "wanted seed as a whole number"),
    ],
)
def test_a_sample_that_cannot_be_audited_is_refused(sample: Any, options: dict[str, Any], message: str) -> None:
    made = example.operation(cases_per_week=10, flavour="numpy")
    with pytest.raises(InputError, match=message):
        made.audit(sample, **options)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"by": "colour"}, "wanted by among week, queue, .*, got 'colour'"),
        ({"by": ["site", "site"]}, "wanted by with each column once"),
        ({"weight": "prediction"}, "wanted weight as views, value or handle_seconds, got 'prediction'"),
    ],
)
def test_rates_that_cannot_be_given_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        example.operation(cases_per_week=10, flavour="numpy").true_rates(**options)


def test_too_many_slices_are_refused() -> None:
    made = example.operation(weeks=520, cases_per_week=10, reviewers=300, flavour="numpy")
    with pytest.raises(InputError, match="wanted by with at most 50,000,000 combinations"):
        made.true_rates(by=["reviewer", "week", "policy", "language"])
