"""Audits that were picked by risk: the unbiased score, how far a plain average was off, and what cannot be known."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

import assay

ACTED = ["remove", "restrict"]
ASKED: dict[str, Any] = {"decision": "decision", "verdict": "verdict", "violating": ACTED}


class Known:
    def __init__(self) -> None:
        operation = assay.example.operation(seed=11, weeks=1, cases_per_week=20_000, flavour="polars")
        rows = operation.decisions.filter(pl.col("decision") != "escalated")
        answers = operation.audit(rows)
        truth = dict(zip(answers["case_id"], answers["verdict"], strict=True))
        self.table = rows.with_columns(
            pl.col("decision").cast(pl.String), pl.Series("verdict", [truth[case] for case in rows["case_id"]])
        )
        self.acted = self.table["decision"].is_in(ACTED).to_numpy()
        self.accuracy = float((self.table["decision"] == self.table["verdict"]).mean())
        self.chance = np.where(self.acted, 0.3, 0.02)
        self.table = self.table.with_columns(
            pl.Series("chance", self.chance), pl.Series("outcome", np.where(self.acted, "action", "none"))
        )

    def drawn(self, seed: int) -> Any:
        picked = np.random.default_rng(seed).random(len(self.chance)) < self.chance
        return self.table.filter(pl.Series(picked))

    def populations(self, column: str) -> dict[str, int]:
        return dict(self.table[column].value_counts().iter_rows())


@pytest.fixture(scope="module")
def known() -> Known:
    return Known()


def first(scores: Any) -> dict[str, Any]:
    return next(scores.records())


@pytest.mark.parametrize("way", ["probability", "weight", "strata", "population"])
def test_the_score_is_unbiased_and_the_plain_average_is_off_by_what_is_said(known: Known, way: str) -> None:
    estimates, held, naive, bias = [], [], [], []
    for seed in range(200):
        drawn = known.drawn(seed)
        asked: dict[str, Any] = {
            "probability": {"probability": "chance"},
            "weight": {"weight": "w"},
            "strata": {"strata": "outcome", "population": known.populations("outcome")},
            "population": {"population": known.populations("outcome")},
        }[way]
        row = first(assay.score(drawn.with_columns(w=1 / pl.col("chance")), drawn_by="outcome", **asked, **ASKED))
        estimates.append(row["estimate"])
        held.append(row["lower"] <= known.accuracy <= row["upper"])
        naive.append(row["naive"])
        bias.append(row["bias"])
        assert row["naive"] == pytest.approx(float((drawn["decision"] == drawn["verdict"]).mean()))
        assert row["bias"] == pytest.approx(row["naive"] - row["estimate"])
        assert row["basis"] == ("modelled" if way == "population" else "measured")
    error = np.std(estimates, ddof=1) / np.sqrt(len(estimates))
    assert abs(np.mean(estimates) - known.accuracy) <= 3 * error
    right = (known.table["decision"] == known.table["verdict"]).to_numpy()
    wrong = float((right * known.chance).sum() / known.chance.sum()) - known.accuracy
    assert np.mean(bias) == pytest.approx(wrong, abs=3 * np.std(bias, ddof=1) / np.sqrt(len(bias)) + 0.002)
    assert wrong < -0.1
    assert np.mean(held) >= 0.93


def test_the_summary_says_how_far_and_why(known: Known) -> None:
    scores = assay.score(known.drawn(1), probability="chance", drawn_by="outcome", total=True, **ASKED)
    row = first(scores)
    words = (
        f"The plain average of these audits says {row['naive'] * 100:.1f}%, {abs(row['bias']) * 100:.1f} points too "
        "low, because cases with outcome “action” were audited 15"
    )
    assert words in scores.summary()
    assert words in scores._repr_html_()
    assert "times as often as the rest" in scores.summary()
    assert scores.column_names[-2:] == ["naive", "bias"]
    assert row["design"] == "recorded chances"
    plain = assay.score(known.drawn(1), probability="chance", **ASKED)
    assert "naive" not in plain.column_names
    assert first(plain)["estimate"] == row["estimate"]


def test_a_post_stratified_score_is_called_modelled(known: Known) -> None:
    scores = assay.score(known.drawn(2), drawn_by="outcome", population=known.populations("outcome"), **ASKED)
    assert first(scores)["design"] == "post-stratified, picked by hand"
    assert "1 score rests on a model, not on audits alone: right only if the picked cases" in scores.summary()
    assert "are like the others of their kind (outcome)." in scores.summary()
    column = known.drawn(2).with_columns(size=pl.col("outcome").replace_strict(known.populations("outcome")))
    same = assay.score(column, drawn_by="outcome", population="size", **ASKED)
    assert first(same)["estimate"] == first(scores)["estimate"]


def test_a_drawn_sample_says_it_too(known: Known) -> None:
    frame = assay.frame(known.table, case="case_id", decision="decision", by=["outcome", "site"], violating=ACTED)
    sample = assay.plan(frame, size=600, strata=["outcome"], allocation="equal").draw(key="60/40")
    truth = dict(known.table.select("case_id", "verdict").iter_rows())
    audits = {
        "case_id": np.array(sample.column("case_id")),
        "verdict": np.array([truth[case] for case in sample.column("case_id")]),
    }
    scores = assay.score(sample, audits, verdict="verdict", by="site", total=True, drawn_by="outcome")
    row = scores.overall()[0]
    assert row["bias"] < -0.1
    assert row["basis"] == "measured"
    assert "because cases with outcome “action” were audited" in scores.summary()
    assert row["lower"] <= known.accuracy <= row["upper"]


def test_a_certain_case_stands_for_itself(known: Known) -> None:
    whole = known.table.with_columns(chance=pl.lit(1.0))
    row = first(assay.score(whole, probability="chance", **ASKED))
    assert row["estimate"] == pytest.approx(known.accuracy, abs=1e-12)
    assert row["standard_error"] == 0.0
    assert (row["lower"], row["upper"], row["method"]) == (row["estimate"], row["estimate"], "census")
    half = known.table.with_columns(chance=pl.Series(np.where(known.acted, 1.0, 0.02)))
    picked = np.random.default_rng(5).random(half.height) < half["chance"].to_numpy()
    drawn = half.filter(pl.Series(picked))
    about_queue = first(assay.score(drawn, probability="chance", **ASKED))
    about_process = first(assay.score(drawn, probability="chance", about="process", **ASKED))
    assert about_queue["standard_error"] < about_process["standard_error"]


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"drawn_by": "outcome"}, "wanted the chance with which each case was drawn (probability= or weight=), or how"),
        ({"drawn_by": "outcome", "population": 20_000}, "wanted population= as a mapping from the values of 'outcome'"),
        ({"drawn_by": "outcome", "strata": "site", "population": {"a": 1}},
         "wanted strata= that hold 'outcome', by which the audits were drawn, got strata site without outcome"),
        ({"drawn_by": "alert", "probability": "chance"}, "wanted"),
        ({"probability": "chance", "weight": "chance"}, "wanted weight= or probability=, got both"),
        ({"probability": "views"}, "wanted a chance of having been drawn above 0 and at most 1, got"),
        ({"probability": "nowhere"}, "wanted"),
        ({"weight": "nan"}, "wanted a finite weight above 0, got nan in column 'nan', row 0"),
        ({"probability": "nan"}, "wanted a chance of having been drawn above 0 and at most 1, got nan in column 'nan'"),
        ({"drawn_by": "outcome", "population": {"action": 5, "none": 9}}, "wanted a population of at least the"),
        ({"drawn_by": "outcome", "population": {"action": 5_000}}, "wanted a population for every stratum, got none"),
        ({"drawn_by": 3}, "wanted drawn_by= as a name or a list of names"),
    ],
)  # fmt: skip
def test_what_cannot_be_known_is_refused_by_name(known: Known, asked: dict[str, Any], told: str) -> None:
    drawn = known.drawn(3).with_columns(nan=pl.lit(float("nan")))
    with pytest.raises(assay.InputError) as error:
        assay.score(drawn, **asked, **ASKED)
    assert str(error.value).startswith(told), str(error.value)


def test_the_refusal_says_what_would_mend_it(known: Known) -> None:
    with pytest.raises(assay.InputError) as error:
        assay.score(known.drawn(3), drawn_by=["outcome"], **ASKED)
    assert "nobody can know from these audits alone how good the queue is" in str(error.value)
    assert "tagged modelled" in str(error.value)
    with pytest.raises(assay.InputError, match="no probability= beside a sample"):
        assay.score(known.table, known.table, verdict="verdict", probability="chance")


@pytest.mark.parametrize("told", ["chances", "strata", "population", "weights"])
def test_the_standard_error_is_what_redraws_show_however_the_chances_are_told(told: str) -> None:
    """900 cases were audited for certain, 900 with one chance in three, and nobody says which strata those were."""
    random = np.random.default_rng(5)
    wrong = np.concatenate([random.random(900) < 0.10, random.random(900) < 0.25])
    truth = 1.0 - float(wrong.mean())
    said: dict[str, Any] = {"probability": "chance"}
    if told == "strata":
        said["strata"] = ["one"]
    elif told == "population":
        said["population"] = 1800
    elif told == "weights":
        said = {"weight": "weight", "population": 1800}
    estimates, errors, covered = [], [], 0
    for _ in range(300):
        drawn = np.concatenate([np.ones(900, dtype=bool), random.random(900) < 1 / 3])
        chance = np.where(np.arange(1800) < 900, 1.0, 1 / 3)[drawn]
        table = {
            "label": np.full(drawn.sum(), "keep"),
            "gold": np.where(wrong[drawn], "remove", "keep"),
            "chance": chance,
            "weight": 1 / chance,
            "one": np.full(drawn.sum(), "all"),
        }
        scores = assay.score(table, decision="label", verdict="gold", violating=["remove"], **said)
        row = next(scores.records())
        estimates.append(row["estimate"])
        errors.append(row["standard_error"])
        covered += row["lower"] <= truth <= row["upper"]
    spread = float(np.std(estimates, ddof=1))
    assert float(np.mean(errors)) == pytest.approx(spread, rel=3 / (2 * 300) ** 0.5)
    assert covered / 300 > 0.95 - 3 * (0.95 * 0.05 / 300) ** 0.5
