"""Means with a judge from arrays: golden numbers, one side, strata of unequal audits, chances from uncertainty."""

from __future__ import annotations

import csv
from typing import Any

import numpy as np
import pytest

import assay
from assay import judge
from shared_files import shared_file


def columns(name: str) -> dict[str, Any]:
    with shared_file(f"golden/A_ppi/{name}").open() as file:
        rows = list(csv.DictReader(file))
    return {key: [row[key] for row in rows] for key in rows[0]}


def numbers(texts: list[str]) -> Any:
    return np.array([float(text) if text else np.nan for text in texts])


def first(result: Any) -> dict[str, Any]:
    return next(result.records())


def test_prediction_powered_is_glides() -> None:
    data = columns("ppi_data.csv")
    audited = np.array(data["set"]) == "labeled"
    y, f = numbers(data["y"])[audited], numbers(data["f"])
    row = first(judge.prediction_powered(y, f[audited], f[~audited]))
    assert row["estimate"] == pytest.approx(0.1274433087604324, rel=1e-10)
    assert row["standard_error"] == pytest.approx(0.011200111668905511, rel=1e-10)
    assert row["lambda"] == pytest.approx(1.282306897657953, rel=1e-10)
    group = np.where(f >= 0.15, "high", "low")
    row = first(judge.prediction_powered(
        y, f[audited], f[~audited], stratum=group[audited], other_stratum=group[~audited]
    ))  # fmt: skip
    assert row["estimate"] == pytest.approx(0.13153158655337294, rel=1e-10)
    assert row["standard_error"] == pytest.approx(0.00840079620469326, rel=1e-10)
    queue = np.where(audited, numbers(data["y"]), np.nan)
    row = first(judge.assisted(f, queue))
    assert row["estimate"] == pytest.approx(0.130556094887458, rel=1e-10)
    assert row["standard_error"] == pytest.approx(0.00803867733487071, rel=1e-10)
    # what a library without the finite queue would say is wider
    assert row["standard_error"] < first(judge.assisted(f, queue, about="process"))["standard_error"]


def test_a_quantile_lies_at_the_steps_beside_ppi_pys() -> None:
    data = columns("ppi_data.csv")
    audited = np.array(data["set"]) == "labeled"
    y, f = numbers(data["y"])[audited], numbers(data["f"])
    given = (y + f[audited], f[audited] + 0.5, f[~audited] + 0.5)
    result = judge.quantile(*given, 0.9, lam=1, confidence=0.9)
    row = first(result)
    step = (
        1.999654 - 0.50004
    ) / 4_999  # of ppi_py's grid, which answers 0.61195..., one of the values with a share of .9
    assert row["lower"] == pytest.approx(0.5188053214642928, abs=step)
    assert row["upper"] == pytest.approx(1.8993049129825967, abs=step)
    assert row["lower"] < row["estimate"] <= 0.6119580596119224
    assert row["method"] == "prediction-powered quantile, Woodruff"
    assert (row["n"], row["cases"], row["lambda"], row["about"]) == (200, 2_200, 1.0, "process")
    assert result.summary().startswith("0.6")
    assert "Quantile with the help of a judge" in result._repr_html_()


def test_a_median_with_a_judge_is_narrower_and_one_side_is_one_side() -> None:
    rng = np.random.default_rng(5)
    minutes = rng.lognormal(2.0, 0.8, 3_000)
    guess = minutes * rng.lognormal(0.0, 0.2, 3_000)
    ask = (minutes[:200], guess[:200], guess[200:])
    both, lower, upper = (first(judge.quantile(*ask, side=side)) for side in ("both", "lower", "upper"))
    flat = first(judge.quantile(minutes[:200], np.ones(200), np.ones(2_800)))
    assert both["upper"] - both["lower"] < 0.8 * (flat["upper"] - flat["lower"])
    assert flat["estimate"] == np.sort(minutes[:200])[99]
    assert (lower["upper"], upper["lower"]) == (None, None)
    assert both["lower"] <= lower["lower"] < both["estimate"] < upper["upper"] <= both["upper"]
    strata = first(judge.quantile(*ask, 0.8, stratum=["a", "b"] * 100, other_stratum=["a", "b"] * 1_400))
    assert strata["lower"] < np.quantile(minutes, 0.8) < strata["upper"]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"q": 0}, "wanted a quantile above 0 and below 1, got 0"),
        ({"q": float("nan")}, "wanted "),
        ({"q": 0.99}, "wanted at least 368 audits for limits of the quantile 0.99, got 100"),
        ({"truth": [float("nan")] + [1.0] * 99}, "wanted a finite number, got nan in column 'truth', row 0"),
        ({"others": [1.0, float("nan")]}, "wanted a finite number, got nan in column 'others', row 1"),
        ({"others": []}, "wanted two audited and two other cases at least in stratum 1, got 100 and 0"),
        ({"truth": [], "prediction": [], "others": []}, "wanted at least one stratum with cases, got none"),
        ({"stratum": ["a"] * 100}, "wanted stratum= and other_stratum= together"),
        ({"truth": [1.0]}, "wanted"),
    ],
)
def test_quantiles_without_an_answer_are_refused(change: dict[str, Any], told: str) -> None:
    asked: dict[str, Any] = {"truth": np.arange(100.0), "prediction": np.arange(100.0), "others": np.arange(50.0)}
    with pytest.raises(assay.InputError) as error:
        judge.quantile(**(asked | change))
    assert str(error.value).startswith(told)


def test_active_audits_are_glides() -> None:
    data = columns("asi_data.csv")
    row = first(judge.actively_audited(numbers(data["f"]), numbers(data["y"]), numbers(data["pi"]), about="process"))
    assert row["estimate"] == pytest.approx(0.13292168156551012, rel=1e-10)
    assert row["standard_error"] == pytest.approx(0.011338469156937902, rel=1e-10)


def test_one_side_is_one_side() -> None:
    # ppi_py drops `alternative` where it tunes lambda, and answers with both sides.
    rng = np.random.default_rng(1)
    f = rng.random(3_000)
    y = (rng.random(200) < f[:200]).astype(float)
    for ask in (
        lambda side: judge.prediction_powered(y, f[:200], f[200:], side=side),
        lambda side: judge.assisted(f, np.concatenate([y, np.full(2_800, np.nan)]), side=side),
        lambda side: judge.actively_audited(
            f, np.concatenate([y, np.full(2_800, np.nan)]), np.full(3_000, 200 / 3_000), side=side
        ),
    ):
        both, lower, upper = (first(ask(side)) for side in ("both", "lower", "upper"))
        assert lower["upper"] is None
        assert upper["lower"] is None
        assert both["lower"] < lower["lower"] < both["estimate"] < upper["upper"] < both["upper"]
        assert "at least" in ask("lower").summary()
        assert "at most" in ask("upper").summary()


def test_strata_weigh_their_cases_however_many_were_audited() -> None:
    # GLIDE pools sizes as if all strata were audited at one rate.
    stratum = np.repeat(["a", "b"], [100, 1_000])
    truth = np.full(1_100, np.nan)
    truth[:90] = np.arange(90) % 10 != 0
    truth[100:130] = np.arange(30) % 2
    row = first(judge.assisted(np.full(1_100, 0.5), truth, stratum=stratum))
    assert row["estimate"] == pytest.approx((100 * 0.9 + 1_000 * 0.5) / 1_100)


def test_chances_follow_uncertainty_and_the_score_is_unbiased() -> None:
    rng = np.random.default_rng(2)
    f = np.clip(rng.beta(6, 1, 4_000), 0, 1)
    y = (rng.random(4_000) < f).astype(float)
    chances = judge.uncertainty_probabilities(f, 300)
    assert chances.sum() == pytest.approx(300)
    assert chances.min() > 0
    assert chances.max() <= 1
    assert chances[np.argmin(np.abs(f - 0.5))] > chances[np.argmax(f)]
    found, plain, held = [], [], 0
    for draw in range(200):
        drawn = assay.sampling.poisson(chances, key=f"draw {draw}", cases=list(range(4_000)))
        truth = np.full(4_000, np.nan)
        truth[drawn] = y[drawn]
        row = first(judge.actively_audited(f, truth, chances))
        found.append(row["estimate"])
        held += row["lower"] <= y.mean() <= row["upper"]
        # and by assay.score of the audited alone, by their recorded chances
        table = {"right": y[drawn] == 1, "p": chances[drawn]}
        plain.append(next(assay.score(table, correct="right", probability="p").records())["estimate"])
    for each in (found, plain):
        assert abs(np.mean(each) - y.mean()) <= 3 * np.std(each, ddof=1) / np.sqrt(len(each))
    assert 0.9 <= held / 200 <= 0.99
    assert np.std(found) < np.std(plain)


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: judge.assisted([0.1, np.nan], [1, np.nan]), "wanted a finite number, got nan in column 'prediction'"),
        (lambda: judge.assisted([0.1, 0.2], [1.0]), "wanted truth with 2 numbers, one a case, got 1"),
        (lambda: judge.assisted([0.1, 0.2], [1.0, np.nan]), "wanted 3 to 2 audits in stratum 1, got 1"),
        (lambda: judge.assisted(["a"], [1.0]), "wanted prediction as numbers"),
        (lambda: judge.assisted([[0.1]], [1.0]), "wanted prediction as one number a case, got 2 dimensions"),
        (
            lambda: judge.assisted([0.1], [1.0], judge="half"),
            "wanted judge= one of 'tuned', 'full', 'none', got 'half'",
        ),
        (lambda: judge.assisted([0.1], [1.0], side="left"), "wanted side= one of 'both', 'lower', 'upper', got 'left'"),
        (lambda: judge.assisted([0.1], [1.0], stratum=["a", "b"]), "wanted a stratum for each of 1 cases, got 2"),
        (lambda: judge.assisted([0.1] * 5, [1.0] * 4 + [np.inf]), "wanted truth between -1e+100 and 1e+100, got inf"),
        (lambda: judge.prediction_powered([1.0], [0.1], [0.2], stratum=["a"]), "wanted stratum= and other_stratum="),
        (lambda: judge.prediction_powered([1, 0], [0.1, 0.2], [0.2, np.nan]), "wanted a finite number, got nan"),
        (lambda: judge.actively_audited([0.1, 0.2], [1, 0], [0.5, 1.5]), "wanted a probability above 0 and at most 1"),
        (lambda: judge.uncertainty_probabilities([0.5, 1.2], 1), "wanted predictions between 0 and 1"),
        (lambda: judge.uncertainty_probabilities([0.5], 1, least=0), "wanted least= above 0 and at most 1, got 0"),
        (lambda: judge.assisted([0.1] * 5, [1.0] * 5, confidence=1.5), "wanted"),
    ],
)
def test_what_cannot_be_is_refused(call: Any, told: str) -> None:
    with pytest.raises(assay.InputError) as error:
        call()
    assert str(error.value).startswith(told), str(error.value)
