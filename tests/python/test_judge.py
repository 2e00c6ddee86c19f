"""Scores with a judge: what it may say, what it is worth, and how often the limits hold, by redrawing known queues."""

from __future__ import annotations

import gzip
import io
from collections import Counter, defaultdict
from typing import Any

import numpy as np
import polars as pl
import pytest

import assay
from assay.words import two_figures
from shared_files import shared_file

VIOLATING = ["remove", "restrict"]
METRICS = ["accuracy", "over_enforcement", "leakage", "wrong_label", "violation_rate", "precision", "recall"]
JUDGES = ("good", "fair", "useless")


class Known:
    """A week of the example operation, its truth, and judges of three kinds."""

    def __init__(self) -> None:
        operation = assay.example.operation(seed=7, weeks=1, cases_per_week=12_000, flavour="polars")
        rows = operation.decisions.filter(pl.col("decision") != "escalated")
        answers = operation.audit(rows)
        self.truth = dict(zip(answers["case_id"], answers["verdict"], strict=True))
        verdict = np.array([self.truth[case] for case in rows["case_id"]])
        decision = rows["decision"].to_numpy().astype(str)
        rng = np.random.default_rng(20_261_129)
        labels = np.array(sorted(set(decision)))

        def mistaken(share: float) -> Any:
            return np.where(rng.random(len(verdict)) < share, rng.choice(labels, len(verdict)), verdict)

        self.table = rows.with_columns(
            pl.Series("good", mistaken(0.05)),
            pl.Series("fair", mistaken(0.2)),
            pl.Series("useless", rng.permutation(decision)),
            pl.Series(
                "chance", np.clip(np.where(verdict == decision, 0.95, 0.3) + rng.normal(0, 0.05, len(verdict)), 0, 1)
            ),
            pl.Series("views_like", rng.integers(1, 900, len(verdict))),
        )
        acted, due = np.isin(decision, VIOLATING), np.isin(verdict, VIOLATING)
        self.rates = {
            "accuracy": (decision == verdict).mean(),
            "over_enforcement": (acted & ~due).mean(),
            "leakage": (due & ~acted).mean(),
            "wrong_label": ((acted == due) & (decision != verdict)).mean(),
            "violation_rate": due.mean(),
            "precision": (acted & due).sum() / acted.sum(),
            "recall": (acted & due).sum() / due.sum(),
        }
        self.frame = self.frame_of(self.table)

    @staticmethod
    def frame_of(table: Any) -> assay.Frame:
        return assay.frame(
            table,
            case="case_id",
            decision="decision",
            by=["queue", "site"],
            keep=[*JUDGES, "chance", "views_like"],
            violating=VIOLATING,
        )

    def sample(self, size: int, strata: list[str], key: str = "key") -> Any:
        return assay.plan(self.frame, size=size, strata=strata).draw(key=key)

    def audits(self, sample: Any) -> Any:
        cases = sample.column("case_id")
        return pl.DataFrame({"case_id": cases, "verdict": [self.truth[case] for case in cases]})


@pytest.fixture(scope="module")
def known() -> Known:
    return Known()


def score(known: Known, sample: Any, **asked: Any) -> Any:
    return assay.score(sample, known.audits(sample), verdict="verdict", **asked)


def test_limits_hold_as_often_as_they_say_and_a_judge_never_widens_them_much(known: Known) -> None:
    held: dict[tuple[int, str, str], list[bool]] = defaultdict(list)
    widths: dict[tuple[int, str, str], list[float]] = defaultdict(list)
    for size, strata in ((200, []), (400, ["queue"]), (1_000, ["queue"])):
        for draw in range(120):
            sample = known.sample(size, strata, f"{size} {draw}")
            audits = known.audits(sample)
            alone: dict[str, float] = {}
            for judge in ("alone", *JUDGES):
                named = {} if judge == "alone" else {"prediction": judge}
                scores = assay.score(sample, audits, verdict="verdict", metrics=METRICS, **named)
                for row in scores.records():
                    if row["estimate"] is None:
                        continue
                    width = row["upper"] - row["lower"]
                    widths[size, judge, row["metric"]].append(width)
                    if judge == "alone":
                        alone[row["metric"]] = width
                        continue
                    held[size, judge, row["metric"]].append(row["lower"] <= known.rates[row["metric"]] <= row["upper"])
                    # Audits are saved only where what is printed is narrower.
                    assert row["audits_saved"] == 0 or width < alone[row["metric"]]
    coverage = {key: float(np.mean(each)) for key, each in held.items()}
    print({key: round(share, 3) for key, share in coverage.items()})
    assert 0.945 <= np.mean(list(coverage.values())) <= 0.97
    pooled: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for (_, judge, metric), each in held.items():
        pooled[judge, metric] += each
    assert min(np.mean(each) for each in pooled.values()) >= 0.90
    for cell, share in coverage.items():
        assert share >= 0.90 - 3 * np.sqrt(0.90 * 0.10 / len(held[cell])), cell
    for (size, judge, metric), each in widths.items():
        ratio = np.mean(each) / np.mean(widths[size, "alone", metric])
        assert ratio <= 1.03, (size, judge, metric, ratio)
    assert np.mean(widths[1_000, "good", "accuracy"]) < 0.75 * np.mean(widths[1_000, "alone", "accuracy"])


def test_a_judge_that_knows_nothing_widens_no_limit_of_rare_errors() -> None:
    """Four errors in a thousand cases: the case in which forms of limits differ most."""
    rng = np.random.default_rng(4_711)
    rows = 8_000
    decision = np.where(rng.random(rows) < 0.3, "remove", "allow")
    verdict = np.where(rng.random(rows) < 0.004, np.where(decision == "remove", "allow", "remove"), decision)
    table = pl.DataFrame(
        {
            "case_id": np.arange(rows),
            "decision": decision,
            "queue": rng.choice(["a", "b", "c"], rows, p=[0.6, 0.3, 0.1]),
            "coin": rng.permutation(decision),
            "rare": np.where(rng.random(rows) < 0.01, "remove", "allow"),
            "number": rng.random(rows),
        }
    )
    frame = assay.frame(
        table,
        case="case_id",
        decision="decision",
        by=["queue"],
        keep=["coin", "rare", "number"],
        violating=["remove"],
    )
    widths: dict[tuple[int, str, str], list[float]] = defaultdict(list)
    for size, strata in ((100, []), (400, ["queue"])):
        for draw in range(60):
            sample = assay.plan(frame, size=size, strata=strata).draw(key=f"rare {draw}")
            cases = sample.column("case_id")
            audits = pl.DataFrame({"case_id": cases, "verdict": [verdict[int(case)] for case in cases]})
            for judge in ("alone", "coin", "rare", "number"):
                named = {} if judge == "alone" else {"prediction": judge}
                metrics = (
                    ["accuracy"] if judge == "number" else ["accuracy", "leakage", "over_enforcement", "precision"]
                )
                for row in assay.score(sample, audits, verdict="verdict", metrics=metrics, **named).records():
                    widths[size, judge, row["metric"]].append(row["upper"] - row["lower"])
    for (size, judge, metric), each in widths.items():
        ratio = np.mean(each) / np.mean(widths[size, "alone", metric])
        assert ratio <= 1.03, (size, judge, metric, ratio)


def test_scores_with_a_judge_are_unbiased(known: Known) -> None:
    found = defaultdict(list)
    for draw in range(150):
        sample = known.sample(300, ["queue"], f"unbiased {draw}")
        for row in score(known, sample, metrics=METRICS[:5], prediction="fair", judge="full").records():
            found[row["metric"]].append(row["estimate"])
    for metric, each in found.items():
        error = np.std(each, ddof=1) / np.sqrt(len(each))
        assert abs(np.mean(each) - known.rates[metric]) <= 3 * error, metric


def test_a_result_says_what_the_judge_was_worth(known: Known) -> None:
    scores = score(known, known.sample(1_000, ["queue"]), by=["site"], total=True, prediction="good")
    row = scores.overall()[0]
    assert row["method"] == "judge-assisted beta"
    assert row["design"] == "stratified simple random, judge-assisted"
    assert row["basis"] == "measured"
    assert 0 < row["lambda"] < 1.5
    assert row["audits_saved"] > 200
    saved = two_figures(row["audits_saved"])
    needed = two_figures(1_000 + row["audits_saved"])
    words = f"The judge is worth about {saved:,.0f} audits: without it, about {needed:,.0f} would"
    assert words in scores.summary()
    assert words in scores._repr_html_()
    useless = score(known, known.sample(1_000, ["queue"]), prediction="useless", judge="none")
    assert "The judge was not believed: the audits stand alone." in useless.summary()


def test_a_sample_read_back_from_a_file_scores_the_same(known: Known) -> None:
    sample = known.sample(600, ["queue"])
    buffer = io.BytesIO()
    sample.to_frame().write_csv(buffer)
    buffer.seek(0)
    back = pl.read_csv(buffer)
    for prediction in ("good", "chance", {"accuracy": "chance", "leakage": "good"}):
        asked: dict[str, Any] = {"metrics": ["accuracy", "leakage"], "prediction": prediction, "total": True}
        here, there = (score(known, each, by=["queue"], **asked) for each in (sample, back_result(back)))
        assert here.to_pydict() == there.to_pydict()
        with pytest.raises(assay.InputError, match=r"slices by .site., which cut through strata; pass frame=") as told:
            score(known, back_result(back), by=["site"], **asked)
        assert "frame=" in str(told.value)
        again = score(known, back_result(back), by=["site"], frame=known.frame, **asked)
        assert again.to_pydict() == score(known, sample, by=["site"], **asked).to_pydict()
    assert sample.column_names.count("good_in_stratum") == 1
    assert "views_like_in_stratum" not in sample.column_names  # whole numbers are no predictions


class Back:
    """A table that has columns like a sample."""

    def __init__(self, table: Any) -> None:
        self.table = table

    def column(self, name: str) -> list[Any]:
        return list(self.table[name])

    def __arrow_c_stream__(self, schema: object = None) -> object:
        return self.table.__arrow_c_stream__(schema)


def back_result(table: Any) -> Back:
    return Back(table)


def test_rows_in_any_order_give_the_same_bits(known: Known) -> None:
    sample = known.sample(500, ["queue"])
    mixed = Back(sample.to_frame().sample(fraction=1.0, shuffle=True, seed=3))
    asked: dict[str, Any] = {"metrics": METRICS[:5], "total": True, "by": ["site"], "frame": known.frame}
    for prediction in ("fair", "chance"):
        one = score(known, sample, prediction=prediction, **asked)
        other = score(known, mixed, prediction=prediction, **asked)
        assert one.to_pydict() == other.to_pydict()


def test_few_audits_stand_alone_or_get_limits_that_always_hold(known: Known) -> None:
    held = 0
    for draw in range(80):
        sample = known.sample(20, [], f"few {draw}")
        alone = next(score(known, sample).records())
        tuned = next(score(known, sample, prediction="good").records())
        full = next(score(known, sample, prediction="good", judge="full").records())
        assert (tuned["lower"], tuned["upper"], tuned["lambda"]) == (alone["lower"], alone["upper"], 0.0)
        assert full["method"] == "judge-assisted betting"
        assert 0 <= full["lower"] <= full["estimate"] <= full["upper"] <= 1
        held += full["lower"] <= known.rates["accuracy"] <= full["upper"]
    assert held >= 76


def test_about_the_process_and_targets(known: Known) -> None:
    sample = known.sample(800, ["queue"])
    process = next(score(known, sample, prediction="good", target=0.9).records())
    queue = next(score(known, sample, prediction="good").records())
    assert process["about"] == "process"
    assert process["standing"] == "met"
    assert process["standard_error"] > queue["standard_error"]


def test_comparisons_of_queues_apart_work_and_shared_cases_are_refused(known: Known) -> None:
    half = known.table.height // 2
    frames = [known.frame_of(each) for each in (known.table[:half], known.table[half:])]
    samples = [assay.plan(frame, size=500).draw(key="k") for frame in frames]
    one, other = (score(known, sample, prediction="good") for sample in samples)
    change = next(assay.compare(one, other).records())
    assert change["lower"] <= change["difference"] <= change["upper"]
    alone = next(assay.compare(*(score(known, sample) for sample in samples)).records())
    assert change["upper"] - change["lower"] < alone["upper"] - alone["lower"]
    with pytest.raises(assay.InputError, match="judge-assisted scores of samples that share no case"):
        assay.compare(one, score(known, samples[0]))


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"prediction": "jury"}, "wanted predictions in a column of the sample, got no column 'jury'"),
        ({"prediction": 3}, "wanted prediction= as the name of a column"),
        ({"prediction": {"leakage": "good"}}, "wanted prediction= with a column for each metric asked"),
        ({"prediction": {"accuracy": "good", "recall": "good"}}, "wanted prediction= for the metrics accuracy"),
        ({"prediction": "good", "judge": "wholly"}, "wanted judge= one of tuned, full and none, got 'wholly'"),
        ({"judge": "full"}, "wanted judge= only beside prediction="),
        ({"prediction": "good", "frame": 3}, "wanted frame= as assay.frame"),
        ({"prediction": "chance", "metrics": ["recall"]}, "wanted labels as predictions for 'recall'"),
        ({"prediction": "good", "metrics": [assay.ratio("r", numerator="views_like", denominator="views_like")]},
         "wanted metrics of decisions beside prediction=, got 'r', a ratio of columns"),
        ({"prediction": "good", "by": ["reason"]}, "wanted slices of columns that every case of the frame has"),
        ({"prediction": "queue"}, "wanted predictions among the labels of the frame's decisions"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_by_name(known: Known, asked: dict[str, Any], told: str) -> None:
    sample = known.sample(200, [])
    audits = known.audits(sample).with_columns(reason=pl.lit("why"))
    with pytest.raises(assay.InputError) as error:
        assay.score(sample, audits, verdict="verdict", **asked)
    assert str(error.value).startswith(told)


def test_missing_audits_predictions_and_the_wrong_frame_are_refused(known: Known) -> None:
    sample = known.sample(200, ["queue"])
    with pytest.raises(assay.InputError, match="wanted audits of every drawn case beside prediction=, got 199 of 200"):
        assay.score(sample, known.audits(sample)[:-1], verdict="verdict", prediction="good")
    wrong = known.frame_of(known.table[:9_000])
    with pytest.raises(assay.InputError, match="the frame that the sample was drawn from, with"):
        score(known, Back(sample.to_frame()), prediction="good", frame=wrong)
    holes = known.table.with_columns(
        good=pl.when(pl.col("case_id").is_in(sample.column("case_id")[3:4])).then(None).otherwise("good")
    )
    frame = known.frame_of(holes)
    drawn = assay.plan(frame, size=200, strata=["queue"]).draw(key="key")
    with pytest.raises(assay.InputError, match="a prediction, got null in column 'good', row"):
        score(known, drawn, prediction="good")
    with pytest.raises(assay.InputError, match="prediction= beside a sample and its audits"):
        assay.score(known.table, decision="decision", verdict="fair", prediction="good")


def test_zencrowd_with_the_majority_of_the_other_crowd_as_judge() -> None:
    answers = {}
    for site in ("us", "in"):
        with gzip.open(shared_file(f"data/truth_inference/zencrowd_{site}.csv.gz")) as file:
            answers[site] = pl.read_csv(file.read(), schema_overrides={"label": pl.String, "truth": pl.String})
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for item, label in answers["in"].select("item", "label").iter_rows():
        votes[item][label] += 1
    judged = [
        min(votes[item].items(), key=lambda vote: (-vote[1], vote[0]))[0] if item in votes else "0"
        for item in answers["us"]["item"]
    ]
    table = answers["us"].with_row_index("case").with_columns(pl.Series("judge", judged))
    right = (table["label"] == table["truth"]).mean()
    truth = table["truth"].to_list()
    frame = assay.frame(table, case="case", decision="label", keep=["judge"], violating=["1"])
    plan = assay.plan(frame, size=400)
    held, narrower = [], []
    for draw in range(250):
        sample = plan.draw(key=f"zencrowd {draw}")
        cases = sample.column("case")
        audits = {"case": np.array(cases), "verdict": np.array([truth[case] for case in cases])}
        with_judge = next(assay.score(sample, audits, verdict="verdict", prediction="judge").records())
        alone = next(assay.score(sample, audits, verdict="verdict").records())
        held.append(with_judge["lower"] <= right <= with_judge["upper"])
        narrower.append((with_judge["upper"] - with_judge["lower"]) / (alone["upper"] - alone["lower"]))
    print(f"coverage {np.mean(held):.3f}, width {np.mean(narrower):.3f} of the audits alone")
    error = np.sqrt(0.95 * 0.05 / len(held))
    assert 0.945 - 2 * error <= np.mean(held) <= 0.97 + 2 * error
    assert np.mean(narrower) < 0.97
