"""Compare python/assay/_core.pyi with what the compiled module offers.

python tools/check_stubs.py            say where they differ
python tools/check_stubs.py --write    write the stubs anew
"""

from __future__ import annotations

import difflib
import importlib
import sys
import tempfile
from pathlib import Path

import pybind11_stubgen

#: What the writer cannot see: the types of the parts of an error, which are None until it is raised.
TYPED = {
    "    column = None": "    column: str | None",
    "    got = None": "    got: str | None",
    "    row = None": "    row: int | None",
    "    wanted = None": "    wanted: str | None",
    "    legal: typing.ClassVar[tuple] = tuple()": "    legal: tuple[str, ...]",
    "    rule = None": "    rule: str | None",
}

CHECKED_IN = Path(__file__).parent.parent / "python/assay/_core.pyi"


def fresh() -> str:
    """The stubs of the module as it is built now.

    The package calls its classes assay.X; for the writer they must be of the module that defines them.
    """
    core = importlib.import_module("assay._core")
    for value in vars(core).values():
        if isinstance(value, type):
            value.__module__ = "assay._core"
    with tempfile.TemporaryDirectory() as folder:
        pybind11_stubgen.main(["assay._core", "--exit-code", "--output-dir", folder])
        text = (Path(folder) / "assay/_core.pyi").read_text(encoding="utf-8")
    lines = [TYPED.get(line.rstrip(), line.rstrip()) for line in text.splitlines()]
    return (
        "\n".join(line.replace("mend: str = '') -> typing.Any:", "mend: str = '') -> InputError:") for line in lines)
        + "\n"
    )


if __name__ == "__main__":
    new = fresh()
    if "--write" in sys.argv[1:]:
        CHECKED_IN.write_text(new, encoding="utf-8")
    old = CHECKED_IN.read_text(encoding="utf-8") if CHECKED_IN.exists() else ""
    difference = list(difflib.unified_diff(old.splitlines(), new.splitlines(), "checked in", "built", lineterm="", n=1))
    if difference:
        print("\n".join(difference[:60]))
        print("python/assay/_core.pyi is not what the module offers; 'make stubs' writes it anew")
        sys.exit(1)
