"""Every notebook runs from top to bottom, in this environment, and says what it promises."""

import re
import time
from pathlib import Path
from typing import Any

import pytest

nbformat = pytest.importorskip("nbformat")
nbclient = pytest.importorskip("nbclient")
pytest.importorskip("ipykernel")

FOLDER = Path(__file__).parents[2] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))


def test_there_are_notebooks() -> None:
    assert "01_first_scorecard.ipynb" in [path.name for path in NOTEBOOKS]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_kept_without_outputs(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert code
    assert all(cell.outputs == [] and cell.execution_count is None for cell in code)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR"):
        monkeypatch.setenv(name, str(tmp_path / name.lower()))
    notebook = nbformat.read(path, as_version=4)
    client = nbclient.NotebookClient(
        notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}
    )
    began = time.monotonic()
    client.execute()
    taken = time.monotonic() - began
    print(f"{path.name}: {taken:.1f} s")
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert not [output for output in cell.outputs if output.get("name") == "stderr"], cell.source
    if path.name.startswith("01_"):
        check_first_scorecard(notebook, tmp_path)
    if path.name.startswith("02_"):
        check_week_of_draws(notebook)
    if path.name.startswith("04_"):
        check_cheapest_audit(notebook)
    if path.name.startswith("03_"):
        check_queue_lifecycle(notebook, tmp_path)
    if path.name.startswith("05_"):
        check_judge_and_biased_samples(notebook)
    if path.name.startswith("07_"):
        check_small_units(notebook)


def check_week_of_draws(notebook: Any) -> None:
    shown = [
        each.data for cell in notebook.cells if cell.cell_type == "code" for each in cell.outputs if "data" in each
    ]
    texts = [data.get("text/plain", "") for data in shown]
    told = next(text for text in texts if "plain average" in text)
    numbers = {line.rsplit(maxsplit=1)[0].strip(): float(line.split()[-1]) for line in told.splitlines()[:5]}
    assert numbers["lower"] <= numbers["truth"] <= numbers["upper"]
    assert numbers["plain average"] < numbers["lower"]  # what weighing by hand would have said
    assert "(250, 100)" in texts


def check_small_units(notebook: Any) -> None:
    outputs = [each for cell in notebook.cells if cell.cell_type == "code" for each in cell.outputs]
    shown = [each.data.get("text/plain", "") for each in outputs if each.output_type == "execute_result"]
    named = re.search(r"reviewer (\S+) is at (\d+) %, all together at ([\d.]+) %", notebook.cells[0].source)
    assert named is not None
    (line,) = [line for line in shown[0].splitlines() if named[1] in line]
    assert round(100 * float(line.split()[2])) == int(named[2])
    assert line.split()[-1] == "14"  # “fourteen audits”
    told = "".join(each.text for each in outputs if each.output_type == "stream")
    assert f"average of all {named[3]}%" in told
    assert not any("float64" in text for text in [*shown, told])


def check_judge_and_biased_samples(notebook: Any) -> None:
    outputs = [each for cell in notebook.cells if cell.cell_type == "code" for each in cell.outputs]
    told = "".join(each.text for each in outputs if each.output_type == "stream")
    assert "The judge is worth" in told
    assert "points too low, because cases with outcome “action” were audited" in told
    assert "nobody can know from these audits alone" in told
    shown = [each.data for each in outputs if each.output_type == "execute_result"]
    assert any("assay-result" in data.get("text/html", "") and "judge is worth" in data["text/html"] for data in shown)
    assert any("modelled" in data["text/plain"] for data in shown)


def check_cheapest_audit(notebook: Any) -> None:
    outputs = [each for cell in notebook.cells if cell.cell_type == "code" for each in cell.outputs]
    told = "".join(each.text for each in outputs if each.output_type == "stream")
    assert "The overall score: wished to ± 1.0 points" in told
    assert "wanted max_audits= of at least" in told
    assert "not even auditing every case allowed" in told
    shown = [each.data for each in outputs if each.output_type == "execute_result"]
    assert any(data.get("image/svg+xml", "").startswith("<svg") for data in shown)
    assert any("What to expect of each slice" in data.get("text/html", "") for data in shown)
    assert any("found ±" in data.get("text/html", "") for data in shown)


def check_queue_lifecycle(notebook: Any, folder: Path) -> None:
    outputs = [each for cell in notebook.cells if cell.cell_type == "code" for each in cell.outputs]
    told = "".join(each.text for each in outputs if each.output_type == "stream")
    assert "cannot be active without" in told
    assert "12 open cases into listings-de" in told
    shown = [each.data for each in outputs if each.output_type == "execute_result"]
    assert any("berlin" in data.get("text/html", "") and "vienna" in data["text/html"] for data in shown)
    assert any("Verdict: whole" in data["text/plain"] for data in shown)
    assert (folder / "register.db").stat().st_size > 10_000


def check_first_scorecard(notebook: Any, folder: Path) -> None:
    shown = [
        (cell.source, output)
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if output.output_type == "execute_result"
    ]
    tables = [output.data["text/html"] for _, output in shown if "text/html" in output.data]
    assert any("assay-result" in table and "Manila" in table for table in tables)
    charts = [output for source, output in shown if ".plot(" in source or "_chart(" in source]
    assert len(charts) == 3
    assert all(output.data.get("image/svg+xml", "").startswith("<svg") for output in charts)
    assert not any("cdn." in str(output.data) for _, output in shown)  # nothing needs a network to be seen
    assert (folder / "scorecard.html").stat().st_size > 10_000
    assert (folder / "scorecard.xlsx").stat().st_size > 5_000
