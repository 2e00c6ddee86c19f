"""The check of the floors catches what it is there to catch, and the house passes it."""

import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
sys.path.insert(0, str(REPOSITORY / "tools"))

import check_floors  # noqa: E402

PRAGMA = "#pragma once\n"


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A small house in order: one header on each floor, an umbrella over them, one binding."""
    write(tmp_path, "core/error.hpp", "#include <string>\n")
    write(
        tmp_path,
        "numeric/special.hpp",
        "#include <boost/math/distributions/beta.hpp>\n#include <assay/core/error.hpp>\n",
    )
    write(tmp_path, "interval/wilson.hpp", "#include <assay/core/error.hpp>\n#include <assay/numeric/special.hpp>\n")
    write(tmp_path, "tally/state.hpp", "#include <assay/core/error.hpp>\n")
    write(tmp_path, "score/score.hpp", "#include <assay/interval/wilson.hpp>\n")
    write(tmp_path, "registry/journal.hpp", "#include <assay/core/error.hpp>\n")
    (tmp_path / "include/assay/assay.hpp").write_text(PRAGMA + "/// The manual.\n\n// floor 0\n")
    check_floors.mend(tmp_path)
    bindings = tmp_path / "src/bindings"
    bindings.mkdir(parents=True)
    (bindings / "bind_score.cpp").write_text('#include <assay/score/score.hpp>\n#include "bindings.hpp"\n')
    return tmp_path


def write(root: Path, name: str, body: str, start: str = PRAGMA) -> None:
    file = root / "include/assay" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(start + body)


def test_a_house_in_order_has_no_findings(house: Path) -> None:
    assert check_floors.findings(house) == []


@pytest.mark.parametrize(
    ("name", "body", "words"),
    [
        ("interval/wilson.hpp", "#include <assay/score/score.hpp>\n", "interval (floor 2) includes upward"),
        ("interval/wilson.hpp", "#include <assay/tally/state.hpp>\n", "interval includes sideways"),
        ("numeric/special.hpp", "\n  # include <assay/interval/wilson.hpp>\n", "special.hpp:3: "),
        ("score/score.hpp", "#include <assay/registry/journal.hpp>\n", "do not know the registry wing"),
        ("registry/journal.hpp", "#include <assay/tally/state.hpp>\n", "includes sideways"),
        ("registry/journal.hpp", "#include <assay/score/score.hpp>\n", "includes upward"),
        ("score/score.hpp", "#include <boost/math/distributions/beta.hpp>\n", "only numeric/special.hpp names boost"),
        ("score/score.hpp", "#include <Eigen/Dense>\n", "only numeric/linear.hpp names Eigen"),
        ("score/score.hpp", "#include <iostream>\n", "the library does not print"),
        ("score/score.hpp", "#include <pybind11/pybind11.h>\n", "Python is known to src/bindings alone"),
        ("score/score.hpp", '#include "score.hpp"\n', "own headers are included as"),
        ("score/score.hpp", "#include <assay/assay.hpp>\n", "the umbrella is for users"),
        ("score/score.hpp", "#include <assay/core/gone.hpp>\n", "there is no such header"),
    ],
)
def test_a_wrong_include_is_found(house: Path, name: str, body: str, words: str) -> None:
    write(house, name, body)
    findings = check_floors.findings(house)
    assert len(findings) == 1
    assert words in findings[0]
    assert findings[0].startswith(f"include/assay/{name}:")


def test_linear_algebra_is_allowed_where_it_belongs(house: Path) -> None:
    write(house, "numeric/linear.hpp", "#include <Eigen/Dense>\n")
    check_floors.mend(house)
    assert check_floors.findings(house) == []


def test_a_header_without_its_guard_is_found(house: Path) -> None:
    write(house, "core/error.hpp", "", start="// no guard\n")
    assert check_floors.findings(house) == ["include/assay/core/error.hpp:1: the first line is not #pragma once"]


def test_a_room_that_stands_on_no_floor_is_found(house: Path) -> None:
    write(house, "attic/box.hpp", "")
    assert any("room 'attic' stands on no floor" in finding for finding in check_floors.findings(house))


def test_the_umbrella_has_every_header_and_no_other(house: Path) -> None:
    write(house, "tally/slices.hpp", "")
    (house / "include/assay/tally/state.hpp").unlink()
    missing, gone = check_floors.findings(house)
    assert "assay/tally/slices.hpp is missing" in missing
    assert "assay/tally/state.hpp does not exist" in gone
    check_floors.mend(house)
    assert check_floors.findings(house) == []
    assert (house / "include/assay/assay.hpp").read_text().startswith(PRAGMA + "/// The manual.\n")


def test_nobody_includes_the_bindings(house: Path) -> None:
    folder = house / "tests/cpp"
    folder.mkdir(parents=True)
    (folder / "score_test.cpp").write_text('#include "../../src/bindings/bindings.hpp"\n')
    (house / "src/bindings/bind_table.cpp").write_text('#include "bind_score.cpp"\n')
    findings = check_floors.findings(house)
    assert len(findings) == 2
    assert any("nobody includes the bindings" in finding for finding in findings)
    assert any("does not include another" in finding for finding in findings)


def test_this_house_is_in_order() -> None:
    assert check_floors.findings(REPOSITORY) == []
