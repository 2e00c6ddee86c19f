"""assay.survey: every row of the shared tables that this room answers, through the public calls."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

import assay
from assay.survey import Design, Estimates
from shared_files import shared_file
from survey_golden import BRIEF, Z, compare, compare_covariance, data, design, near, one, rows_of

Row = dict[str, str]
Ask = Callable[[Design], Estimates]
INTERVALS = {
    "ciprop_logit": "logit",
    "ciprop_xlogit": "logit",
    "ciprop_likelihood": "likelihood",
    "ciprop_asin": "arcsine",
    "ciprop_beta": "beta",
    "ciprop_mean": "wald",
    "ciprop_wilson": "wilson",
}

#: By case: the question, what R calls the rows of its answer, and how many numbers the table holds.
ASKED: dict[str, tuple[Ask, list[str], int]] = {
    "mean": (lambda d: d.mean("api00", design_effect=True), ["api00"], 56),
    "mean_multi": (lambda d: d.mean(["api00", "api99"]), ["api00", "api99"], 104),
    "prop_factor": (lambda d: d.mean(["E", "H", "M"]), ["stypeE", "stypeH", "stypeM"], 168),
    "prop": (
        lambda d: d.mean(["awarded", "I(awards=='No')"]),
        ['I(awards == "No")FALSE', 'I(awards == "No")TRUE'],
        104,
    ),
    "total_factor": (lambda d: d.total(["E", "H", "M"]), ["stypeE", "stypeH", "stypeM"], 168),
    "ratio_multi": (
        lambda d: d.ratio(
            ["api.stu", "api00", "api.stu", "api00"], ["enroll", "enroll", "api99", "api99"], missing="drop"
        ),
        ["api.stu/enroll", "api00/enroll", "api.stu/api99", "api00/api99"],
        240,
    ),
    "svyby_mean": (lambda d: d.mean("api00", by="stype", design_effect=True), ["E", "H", "M"], 96),
    "svyby_ratio_2way": (
        lambda d: d.ratio("api.stu", "enroll", by=["stype", "sch.wide"], missing="drop"),
        ["E.No", "E.Yes", "H.No", "H.Yes", "M.No", "M.Yes"],
        48,
    ),
    "var": (lambda d: d.variance("api00"), ["api00"], 16),
}


@cache
def golden() -> tuple[Row, ...]:
    return tuple(rows_of("survey_results.csv"))


def rows(*cases: str) -> list[Row]:
    return [row for row in golden() if row["case"] in cases]


@pytest.fixture(autouse=True)
def _shared() -> None:
    shared_file("golden/A_survey/survey_results.csv")


def test_degrees_of_freedom_and_weights() -> None:
    checked = rows("degf")
    for row in checked:
        own = design(row["design"])
        got = own.degrees_of_freedom if row["stat"] == "df" else float(own.weights().sum())
        near(got, float(row["value"]), 1e-12)
    assert len(checked) == 16


@pytest.mark.parametrize("case", ASKED)
def test_estimates(case: str) -> None:
    ask, names, expected = ASKED[case]
    answers: dict[str, Estimates] = {}
    checked = rows(case)
    for row in checked:
        result = answers.setdefault(row["design"], ask(design(row["design"])))
        if row["stat"] == "cov":
            compare_covariance(result, names, row["term"], float(row["value"]))
        else:
            compare_as_r(one(result, names.index(row["term"])), row)
    assert len(checked) == expected


def compare_as_r(answer: dict[str, Any], row: Row) -> None:
    """The table's limits of domains have the degrees of freedom of the whole design, ours those of the domain; where
    these differ, R's limits are made from our standard error."""
    whole = one(design(row["design"]).mean("api00"))
    if not row["stat"].endswith("_t") or answer["df"] == whole["df"]:
        return compare(answer, row["stat"], float(row["value"]))
    t = (whole["upper"] - whole["estimate"]) / whole["standard_error"]
    assert answer["df"] < whole["df"]
    assert answer["upper"] - answer["estimate"] > t * answer["standard_error"]
    got = answer["estimate"] + (t if "_hi_" in row["stat"] else -t) * answer["standard_error"]
    near(got, float(row["value"]), 1e-10)


@pytest.mark.parametrize("what", ["mean", "total"])
def test_domains(what: str) -> None:
    checked = [row for row in golden() if row["case"].startswith(f"domain_{what}_stype_")]
    answers: dict[str, Estimates] = {}
    for row in checked:
        own = design(row["design"])
        if row["design"] not in answers:
            ask = own.mean("api00", by="stype") if what == "mean" else own.total("enroll", by="stype", missing="drop")
            answers[row["design"]] = ask
        found = [each for each in answers[row["design"]].records() if each["stype"] == row["case"][-1]]
        compare_as_r(found[0], row)
    assert len(checked) == 144


def test_shares_of_levels_are_the_means_of_indicators() -> None:
    checked = [row for row in rows("prop_factor") if row["stat"] in ("estimate", "se", "cov")]
    for row in checked:
        result = design(row["design"]).proportion("stype")
        names = ["stype" + level for level in result.column("level")]
        if row["stat"] == "cov":
            compare_covariance(result, names, row["term"], float(row["value"]))
        else:
            compare(one(result, names.index(row["term"])), row["stat"], float(row["value"]))
    assert len(checked) == 72


def test_differences() -> None:
    checked = rows("contrast_H_minus_E")
    for row in checked:
        compare(one(design(row["design"]).difference("api00", ("stype", "H", "E"))), row["stat"], float(row["value"]))
    assert len(checked) == 16


@pytest.mark.parametrize("rule", ["math", "school", "hf8"])
def test_quantiles(rule: str) -> None:
    checked = rows(f"quantile_{rule}")
    for row in checked:
        result = design(row["design"]).quantile("api00", [0.25, 0.5, 0.75], rule=rule)
        found = result.column("quantile").index(float(row["term"]))
        compare(one(result, found), row["stat"], float(row["value"]))
    assert len(checked) == 96


TOLERANCE = {"ciprop_logit": 1e-7, "ciprop_likelihood": 5e-4}


def limits(row: Row) -> tuple[dict[str, Any], float | None]:
    """The answer to a row of svyciprop, and what R says, or None."""
    level = 0.9 if "level=0.9)" in row["call"] else 0.95
    result = design(row["design"]).proportion(row["term"], interval=INTERVALS[row["case"]], confidence=level)
    value = None if row["stat"] == "error" or row["value"] == "NaN" else float(row["value"])
    return one(result), value


@pytest.mark.parametrize(
    ("case", "expected", "honest"),
    [
        ("ciprop_logit", 192, 12),
        ("ciprop_xlogit", 216, 16),
        ("ciprop_likelihood", 156, 6),
        ("ciprop_asin", 192, 8),
        ("ciprop_beta", 144, 12),
        ("ciprop_mean", 120, 12),
        ("ciprop_wilson", 168, 8),
    ],
)
def test_intervals_of_shares(case: str, expected: int, honest: int) -> None:
    """`honest`: where R answers NaN, an error, or a point for a share whose variance the sample does not show (0, or an
    indicator that is constant within every stratum), an interval stands here."""
    checked, open_ = rows(case), 0
    for row in checked:
        got, want = limits(row)
        if row["stat"] == "estimate":
            near(got["estimate"], float(row["value"]), TOLERANCE.get(case, 1e-10), 1e-11)
            continue
        assert 0 <= got["lower"] <= got["estimate"] <= got["upper"] <= 1
        if want is None or got["standard_error"] == 0:
            assert got["upper"] - got["lower"] > 0.005
            open_ += 1
            continue
        if case == "ciprop_asin" and row["stat"] == "lo" and got["lower"] == 0:
            continue  # below 0 the sine turns back, and R's limit with it
        want = min(max(want, 0.0), 1.0)
        if case == "ciprop_likelihood":
            assert abs(got["lower" if row["stat"] == "lo" else "upper"] - want) <= 5e-4
        else:
            near(got["lower" if row["stat"] == "lo" else "upper"], want, TOLERANCE.get(case, 1e-10), 1e-14)
    assert (len(checked), open_) == (expected, honest)


def test_likelihood_by_root_finding() -> None:
    checked = rows_of("ciprop_likelihood_exact.csv")
    for row in checked:
        got = one(design(BRIEF[row["design"]]).proportion(row["indicator"], interval="likelihood"))
        near(got["estimate"], float(row["p"]), 1e-12)
        near(got["df"], float(row["df"]), 0.0)
        near(got["lower"], float(row["exact_lo_n_over_nm1"]), 1e-9)
        near(got["upper"], float(row["exact_hi_n_over_nm1"]), 1e-9)
    assert len(checked) == 12


EFFECTIVE = {
    "KG_NCHS (n_eff*adj truncated at n; beta)": "korn_graubard",
    "Jeffreys_eff (n_eff df-adj, no trunc)": "jeffreys",
    "AgrestiCoull_eff (z, n_eff df-adj)": "agresti_coull",
    "logit delta t (xlogit)": "logit",
}


def test_effective_sizes() -> None:
    checked = rows_of("ciprop_effective_results.csv")
    compared = 0
    for row in checked:
        if row["method"] not in EFFECTIVE:
            continue
        got = one(design(BRIEF[row["design"]]).proportion(row["indicator"], interval=EFFECTIVE[row["method"]]))
        near(got["estimate"], float(row["p"]), 1e-12)
        near(got["standard_error"] ** 2, float(row["var"]), 1e-10, 1e-30)
        if got["standard_error"] == 0:
            continue
        near(got["lower"], max(float(row["lo"]), 0.0), 1e-10, 1e-12)
        near(got["upper"], min(float(row["hi"]), 1.0), 1e-10, 1e-12)
        compared += 1
    assert (len(checked), compared) == (75, 60)


def test_two_stages_and_two_clusters_a_stratum() -> None:
    checked = 0
    mu284 = assay.survey.design(data("mu284"), clusters=["id1", "id2"], population=["n1", "n2"])
    scd = assay.survey.design(
        data("scd").assign(one=1.0), strata="ESA", clusters="ambulance", probability="one", nest=True
    )
    for case, answer in (("mu284", mu284.total("y1")), ("scd_tsl", scd.ratio("alive", "arrests"))):
        for row in rows(case):
            compare(one(answer), row["stat"], float(row["value"]))
            checked += 1
    assert checked == 8


@pytest.mark.parametrize("rule", ["certainty", "remove", "adjust", "average"])
def test_lonely_strata(rule: str) -> None:
    own = assay.survey.design(
        data("fpc_lonely"), strata="stratid", clusters="psuid", weight="weight", nest=True, lonely=rule
    )
    checked = rows(f"lonely_{rule}")
    for row in checked:
        compare(one(own.total("x")), row["stat"], float(row["value"]))
    assert len(checked) == 4
    near(Z, 1.959963984540054, 0.0)


def test_the_textbook_of_finite_populations() -> None:
    """Eight units in two strata, as printed in the manuals of several packages."""
    frame = data("fpc")
    sure = assay.survey.design(frame, strata="stratid", clusters="psuid", weight="weight", population="Nh", nest=True)
    endless = assay.survey.design(frame, strata="stratid", clusters="psuid", weight="weight", nest=True)
    near(one(sure.mean("x"))["standard_error"], 0.616041, 1e-6)
    near(one(endless.mean("x"))["standard_error"], 0.741268, 1e-6)
    near(one(sure.mean("x"))["estimate"], 5.4481481481, 1e-8)
