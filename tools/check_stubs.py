"""Compare the type stubs in python/assay/_core with what the compiled module offers.

python tools/check_stubs.py            say where they differ
python tools/check_stubs.py --write    write the stubs anew
"""

from __future__ import annotations

import difflib
import importlib
import re
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

CHECKED_IN = Path(__file__).parent.parent / "python/assay/_core"


def fresh() -> dict[str, str]:
    """The stubs of the module as it is built now, by file name.

    The package calls its classes assay.X; for the writer they must be of the module that defines them.
    """
    core = importlib.import_module("assay._core")
    for value in vars(core).values():
        if isinstance(value, type):
            value.__module__ = "assay._core"
    with tempfile.TemporaryDirectory() as folder:
        pybind11_stubgen.main(["assay._core", "--exit-code", "--output-dir", folder])
        written = Path(folder) / "assay/_core"
        return {
            str(each.relative_to(written)): tidy(each.read_text(encoding="utf-8")) for each in written.rglob("*.pyi")
        }


def tidy(text: str) -> str:
    """The writer's text, typed where it cannot see the type."""
    lines = [TYPED.get(line.rstrip(), line.rstrip()) for line in text.splitlines()]
    for position, line in enumerate(lines):
        if line.lstrip().startswith("def "):
            line = re.sub(r"\bdict\b(?!\[)", "dict[str, typing.Any]", line)
            line = re.sub(r"\blist\b(?!\[)", "list[typing.Any]", line)
            line = line.replace("**kwargs)", "**kwargs: typing.Any)")
            line = line.replace("mend: str = '') -> typing.Any:", "mend: str = '') -> InputError:")
            if "def __eq__(" in line and ": object)" not in line and ": typing.Any)" not in line:
                line += "  # type: ignore[override]"
        elif line.strip().startswith("__hash__:"):
            line += "  # type: ignore[assignment]"
        lines[position] = line
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    new = fresh()
    if "--write" in sys.argv[1:]:
        for name, text in new.items():
            (CHECKED_IN / name).parent.mkdir(parents=True, exist_ok=True)
            (CHECKED_IN / name).write_text(text, encoding="utf-8")
    old = {str(each.relative_to(CHECKED_IN)): each.read_text(encoding="utf-8") for each in CHECKED_IN.rglob("*.pyi")}
    difference = [
        line
        for name in sorted(new.keys() | old.keys())
        for line in difflib.unified_diff(
            old.get(name, "").splitlines(),
            new.get(name, "").splitlines(),
            f"checked in {name}",
            "built",
            lineterm="",
            n=1,
        )
    ]
    if difference:
        print("\n".join(difference[:60]))
        print("python/assay/_core is not what the module offers; 'make stubs' writes it anew")
        sys.exit(1)
