"""The numbers that `real_data.py` prints: two sites redrawn thousands of times, and 123 reviewers against experts."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

import real_data
from real_data import REDRAWS, SITES, Compared, Reviewers, Study, monte_carlo_error
from shared_files import shared_file

TOLD = {"us": (12_190, 9_389, 0.770, 0.954), "in": (11_205, 7_602, 0.678, 0.956)}  # answers, right, accuracy, coverage


@pytest.fixture(scope="module")
def shared() -> Path:
    folder = real_data.shared_folder()
    for file in real_data.data_files(folder):
        shared_file(str(file.relative_to(folder)))
    return folder


@pytest.fixture(scope="module")
def study(shared: Path) -> Study:
    return real_data.two_sites(shared, REDRAWS)


@pytest.fixture(scope="module")
def reviewers(shared: Path) -> Reviewers:
    return real_data.reviewers_against_experts(shared)


def within_three_errors(found: float, chance: float, redraws: int) -> bool:
    return abs(found - chance) <= 3 * monte_carlo_error(chance, redraws)


# ------------------------------------------------------------------------------------ by hand, without data


def test_hypergeometric_chances_are_those_counted_by_hand() -> None:
    # 2 of 5 drawn, 3 of the 5 right: 1, 6 and 3 of the 10 pairs hold 0, 1 and 2 of them
    np.testing.assert_allclose(real_data.hypergeometric_chances(5, 3, 2), [0.1, 0.6, 0.3], rtol=1e-12)
    # 4 of 5 drawn leave one out: 0 and 1 right cannot be
    np.testing.assert_allclose(real_data.hypergeometric_chances(5, 3, 4), [0, 0, 0.6, 0.4, 0], rtol=1e-12)


def test_coverage_by_enumeration_of_a_queue_audited_whole_is_certain() -> None:
    assert real_data.exact_coverage(7, 3, 7) == pytest.approx(1.0, abs=1e-12)


def test_the_hybrid_score_interval_is_the_published_one() -> None:
    # Newcombe (1998), Statistics in Medicine 17:873-890, table II, method 11, 56/70 - 48/80
    lower, upper = real_data.hybrid_score_limits(56, 70, 48, 80)
    assert lower == pytest.approx(0.0428, abs=5e-5)
    assert upper == pytest.approx(0.3422, abs=5e-5)


def test_standings_of_all_pairs_are_antisymmetric_and_monotone() -> None:
    standings = real_data.hybrid_score_standings(10)
    assert standings[0, 0] == standings[5, 5] == 0
    assert standings[10, 0] == 1
    assert standings[0, 10] == -1
    np.testing.assert_array_equal(standings, -standings.T)
    assert (np.diff(standings, axis=0) >= 0).all()


def test_two_halves_of_a_queue_audited_whole_are_enumerated_pair_by_pair() -> None:
    # Queue of 8 with 4 right, halves of 4: the first holds k with chance C(4,k)^2 / 70
    standings = real_data.hybrid_score_standings(4)
    chances = [1 / 70, 16 / 70, 36 / 70, 16 / 70, 1 / 70]
    by_hand = sum(chance for k, chance in enumerate(chances) if standings[k, 4 - k] != 0)
    assert by_hand == 2 / 70  # only all against none
    assert real_data.chance_between_halves(8, 4, standings) == pytest.approx(by_hand, rel=1e-12)


# ------------------------------------------------------------------------------------ two sites, one workload


@pytest.mark.parametrize("site", SITES)
def test_the_pools_are_the_ones_that_were_described(study: Study, site: str) -> None:
    answers, right, accuracy, _ = TOLD[site]
    found = study.audits[site]
    assert (found.site.population, found.right) == (answers, right)
    assert found.truth == pytest.approx(accuracy, abs=0.0005)


@pytest.mark.parametrize("site", SITES)
def test_intervals_hold_the_truth_as_often_as_enumeration_says(study: Study, site: str) -> None:
    audits = study.audits[site]
    assert audits.methods == {"hypergeometric"}
    assert len(audits.estimates) == study.redraws
    assert audits.exact == pytest.approx(TOLD[site][3], abs=0.0005)
    print(f"{site}: covered {audits.covered:.4f}, by enumeration {audits.exact:.4f}")
    assert within_three_errors(audits.covered, audits.exact, study.redraws)


@pytest.mark.parametrize("site", SITES)
def test_redraws_differ_and_have_no_bias(study: Study, site: str) -> None:
    audits = study.audits[site]
    population = audits.site.population
    variance = audits.truth * (1 - audits.truth) / real_data.AUDITED
    variance *= (population - real_data.AUDITED) / (population - 1)
    assert len(np.unique(audits.estimates)) > 40
    assert abs(audits.estimates.mean() - audits.truth) <= 3 * np.sqrt(variance / study.redraws)
    # the variance of a variance: near 2 / redraws of its square
    assert abs(audits.estimates.var() / variance - 1) <= 3 * np.sqrt(2 / study.redraws)


def test_the_difference_between_the_sites_is_found(study: Study) -> None:
    found = study.between_sites
    print(f"us - in: found {found.found:.4f}, by enumeration {found.exact_found:.4f}")
    assert found.share("better") >= 0.80
    assert found.exact_better is not None
    assert found.exact_better == pytest.approx(0.8200, abs=0.00005)
    assert within_three_errors(found.share("better"), found.exact_better, found.redraws)
    assert found.share("worse") <= 0.001


@pytest.mark.parametrize(("site", "exact"), [("us", 0.04344), ("in", 0.04449)])
def test_halves_of_one_site_are_told_apart_in_at_most_one_audit_of_twenty(
    study: Study, site: str, exact: float
) -> None:
    found = study.between_halves[site]
    print(f"{found.what}: found {found.found:.4f}, by enumeration {found.exact_found:.5f}")
    assert found.exact_found == pytest.approx(exact, abs=0.000005)
    assert within_three_errors(found.found, exact, found.redraws)
    assert found.found <= 0.05


@pytest.mark.parametrize("site", SITES)
def test_one_site_in_two_periods_is_told_apart_no_more_often(study: Study, site: str) -> None:
    found = study.between_periods[site]
    print(f"{found.what}: found {found.found:.4f}")
    assert found.found <= 0.05


@pytest.mark.parametrize(("n", "most"), [(20, 0.0385), (50, 0.0363), (100, 0.0400), (400, 0.0455)])
def test_no_share_makes_a_false_difference_more_likely_than_it_may_be(n: int, most: float) -> None:
    standings = real_data.hybrid_score_standings(n)
    chances = []
    for share in np.linspace(0.02, 0.98, 97):
        logs = [math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1) for k in range(n + 1)]
        at = np.exp(np.array(logs) + np.arange(n + 1) * math.log(share) + np.arange(n, -1, -1) * math.log1p(-share))
        chances.append(float(at @ (standings != 0) @ at))
    assert max(chances) == pytest.approx(most, abs=0.00006)
    assert max(chances) <= 0.05


def test_standings_are_those_of_the_hybrid_score_interval_in_every_redraw(study: Study) -> None:
    compared: list[Compared] = [study.between_sites, *study.between_halves.values()]
    for each in compared:
        assert each.redraws == study.redraws
        assert each.unlike_enumeration == 0
    assert set(study.between_sites.standings) <= {"better", "worse", real_data.NO_DIFFERENCE}


# ------------------------------------------------------------------------------------ reviewers against experts


def test_the_majority_of_123_reviewers_against_experts(reviewers: Reviewers) -> None:
    scores = reviewers.majority
    assert reviewers.flagged == 79
    assert reviewers.tied == 2
    assert scores.column("metric") == ["recall", "specificity", "accuracy"]
    assert scores.column("numerator") == [66, 162, 228]
    assert scores.column("denominator") == [175, 175, 350]
    assert scores.column("estimate") == pytest.approx([0.377, 0.926, 0.651], abs=0.0005)
    for lower, estimate, upper in zip(*(scores.column(name) for name in ("lower", "estimate", "upper")), strict=True):
        assert lower < estimate < upper


def test_each_reviewer_against_experts(reviewers: Reviewers) -> None:
    accuracy = np.array(reviewers.reviewers.column("estimate"))
    assert len(set(reviewers.reviewers.column("rater"))) == len(accuracy) == 123
    assert set(reviewers.reviewers.column("n")) == {350}
    assert accuracy.min() == pytest.approx(0.303, abs=0.0005)
    assert accuracy.max() == pytest.approx(0.686, abs=0.0005)
    assert accuracy.mean() == pytest.approx(0.569, abs=0.0005)


def test_unsure_is_a_wrong_answer_unless_it_is_declared_undecided(reviewers: Reviewers) -> None:
    accuracy = np.array(reviewers.decided_only.column("estimate"))
    answered = np.array(reviewers.decided_only.column("n"))
    assert answered.max() <= 350
    assert answered.min() < 350
    right = np.array(reviewers.reviewers.column("numerator"))
    np.testing.assert_allclose(accuracy * answered, right, rtol=1e-12)
    assert accuracy.mean() == pytest.approx(0.6091, abs=0.00005)


# ------------------------------------------------------------------------------------ the command


def test_the_command_names_the_files_that_are_absent(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert real_data.main(["--shared", str(tmp_path)]) == 3
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "zencrowd_us.csv.gz" in printed.err
    assert "ASSAY_SHARED" in printed.err


def test_the_command_prints_neat_tables(study: Study, reviewers: Reviewers, capsys: pytest.CaptureFixture[str]) -> None:
    real_data.show_study(study)
    real_data.show_reviewers(reviewers)
    printed = capsys.readouterr().out
    assert max(len(line) for line in printed.splitlines()) <= 120
    for number in ("9,389", "0.9541", "0.9563", "0.8200", "66 / 175", "162 / 175", "0.3029", "0.6857", "0.5692"):
        assert number in printed
