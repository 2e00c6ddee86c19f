"""The rows of the shared survey table: which case is asked how, and what is compared with what."""

from __future__ import annotations

import csv
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

import assay
from shared_files import shared_file

Z = 1.959963984540054
FOLDER = "golden/A_survey/"

#: What the calls of R's svydesign on the api data are here.
DESIGNS: dict[str, tuple[str, dict[str, Any]]] = {
    "svydesign(id=~1,data=apisrs,fpc=~fpc)": ("apisrs", {"population": "fpc"}),
    "svydesign(id=~1,data=apisrs,weights=~pw)": ("apisrs", {"weight": "pw"}),
    "svydesign(id=~1,strata=~stype,weights=~pw,data=apistrat)": ("apistrat", {"strata": "stype", "weight": "pw"}),
    "svydesign(id=~1,strata=~stype,weights=~pw,data=apistrat,fpc=~fpc)": (
        "apistrat",
        {"strata": "stype", "weight": "pw", "population": "fpc"},
    ),
    "svydesign(id=~dnum,weights=~pw,data=apiclus1)": ("apiclus1", {"clusters": "dnum", "weight": "pw"}),
    "svydesign(id=~dnum,weights=~pw,data=apiclus1,fpc=~fpc)": (
        "apiclus1",
        {"clusters": "dnum", "weight": "pw", "population": "fpc"},
    ),
    "svydesign(id=~dnum+snum,weights=~pw,data=apiclus2)": ("apiclus2", {"clusters": ["dnum", "snum"], "weight": "pw"}),
    "svydesign(id=~dnum+snum,fpc=~fpc1+fpc2,data=apiclus2)": (
        "apiclus2",
        {"clusters": ["dnum", "snum"], "population": ["fpc1", "fpc2"]},
    ),
}
BRIEF = {
    "srs_fpc": "svydesign(id=~1,data=apisrs,fpc=~fpc)",
    "strat_fpc": "svydesign(id=~1,strata=~stype,weights=~pw,data=apistrat,fpc=~fpc)",
    "clus1_fpc": "svydesign(id=~dnum,weights=~pw,data=apiclus1,fpc=~fpc)",
    "clus2_fpc": "svydesign(id=~dnum+snum,fpc=~fpc1+fpc2,data=apiclus2)",
}
INDICATORS: dict[str, Callable[[pd.DataFrame], Any]] = {
    "I(ell==0)": lambda d: d["ell"] == 0,
    "I(awards=='No')": lambda d: d["awards"] == "No",
    "I(api00<500)": lambda d: d["api00"] < 500,
    "I(api00>900)": lambda d: d["api00"] > 900,
    "I(stype=='H')": lambda d: d["stype"] == "H",
}


def rows_of(name: str) -> list[dict[str, str]]:
    with shared_file(FOLDER + name).open() as lines:
        return list(csv.DictReader(lines))


@cache
def data(name: str) -> pd.DataFrame:
    frame = pd.read_csv(shared_file(f"{FOLDER}{name}.csv"))
    if name.startswith("api"):
        for indicator, value in INDICATORS.items():
            frame[indicator] = value(frame)
        for level in "EHM":
            frame[level] = frame["stype"] == level
        frame["awarded"] = frame["awards"] != "No"
    return frame


@cache
def design(call: str) -> assay.survey.Design:
    name, arguments = DESIGNS[call]
    return assay.survey.design(data(name), **arguments)


def one(result: assay.survey.Estimates, row: int = 0) -> dict[str, Any]:
    return list(result.records())[row]


def near(got: float | None, want: float, relative: float, absolute: float = 0.0) -> None:
    assert got is not None, f"no answer, wanted {want!r}"
    assert abs(got - want) <= relative * abs(want) + absolute, f"{got!r} is not {want!r}"


def compare(row: dict[str, Any], stat: str, want: float) -> None:
    """One golden number against a row of a result."""
    estimate, error = row["estimate"], row["standard_error"]
    dust = 1e-12 * abs(estimate)
    if stat in ("estimate", "quantile"):
        near(estimate, want, 1e-10)
    elif stat == "se":
        near(error, want, 1e-10, dust)
    elif stat == "deff":
        near(row["design_effect"], want, 1e-10, 1e-12)
    elif stat in ("ci95_lo_z", "ci95_hi_z"):
        near(estimate + (Z if "hi" in stat else -Z) * error, want, 1e-10, dust)
    elif stat in ("ci95_lo_t", "ci.2.5"):
        near(row["lower"], want, 1e-10, dust)
    elif stat in ("ci95_hi_t", "ci.97.5"):
        near(row["upper"], want, 1e-10, dust)
    else:
        raise AssertionError(f"nobody knows what {stat} is")


def compare_covariance(result: assay.survey.Estimates, names: list[str], term: str, want: float) -> None:
    """`a:b` of a covariance matrix whose rows are called `names`."""
    a, b = (names.index(each) for each in term.split(":"))
    matrix = result.covariance()
    size = float(np.sqrt(matrix[a, a] * matrix[b, b]))
    if np.isnan(want):
        assert np.isfinite(matrix[a, b])
        assert abs(matrix[a, b]) <= size * (1 + 1e-12)
    else:
        near(float(matrix[a, b]), want, 1e-10, 1e-12 * size + 1e-30)
