"""Compare the type stubs of the compiled modules, and of the books made from them, with what is built.

python tools/check_stubs.py            say where they differ
python tools/check_stubs.py --write    write the stubs anew
"""

from __future__ import annotations

import difflib
import importlib
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import pybind11_stubgen
from registry_stubs import books_stub

#: What the writer cannot see: the types of the parts of an error, which are None until it is raised.
TYPED = {
    "    column = None": "    column: str | None",
    "    got = None": "    got: str | None",
    "    row = None": "    row: int | None",
    "    wanted = None": "    wanted: str | None",
    "    legal: typing.ClassVar[tuple] = tuple()": "    legal: tuple[str, ...]",
    "    rule = None": "    rule: str | None",
}

PACKAGE = Path(__file__).parent.parent / "python/assay"
BOOKS = "registry/books.pyi"


def fresh() -> dict[str, str]:
    """The stubs as they are now, by their paths in the package."""
    return written("_core") | written("_registry") | {BOOKS: formatted(books_stub())}


def written(name: str) -> dict[str, str]:
    """The stubs of one compiled module.

    The package calls its classes assay.X; for the writer they must be of the module that defines them.
    """
    module = importlib.import_module(f"assay.{name}")
    for value in vars(module).values():
        if isinstance(value, type):
            value.__module__ = f"assay.{name}"
    with tempfile.TemporaryDirectory() as folder:
        pybind11_stubgen.main([f"assay.{name}", "--exit-code", "--output-dir", folder])
        package = Path(folder) / "assay"
        files = [each for each in package.rglob("*.pyi") if each.relative_to(package).parts[0].startswith(name)]
        return {str(each.relative_to(package)): tidy(each.read_text(encoding="utf-8")) for each in files}


def checked_in() -> dict[str, str]:
    files = [*(PACKAGE / "_core").rglob("*.pyi"), PACKAGE / "_registry.pyi", PACKAGE / BOOKS]
    return {str(each.relative_to(PACKAGE)): each.read_text(encoding="utf-8") for each in files if each.exists()}


def formatted(text: str) -> str:
    """As ruff lays it out."""
    ruff = [sys.executable, "-m", "ruff", "format", "--line-length", "120", "--stdin-filename", "books.pyi", "-"]
    return subprocess.run(ruff, input=text, capture_output=True, text=True, check=True).stdout


def tidy(text: str) -> str:
    """The writer's text, typed where it cannot see the type."""
    lines = [TYPED.get(line.rstrip(), line.rstrip()) for line in text.splitlines()]
    for position, line in enumerate(lines):
        if line.lstrip().startswith("def "):
            line = re.sub(r"\bdict\b(?!\[)", "dict[str, typing.Any]", line)
            line = re.sub(r"\blist\b(?!\[)", "list[typing.Any]", line)
            line = re.sub(r"\btuple\b(?!\[)", "tuple[typing.Any, ...]", line)
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
            (PACKAGE / name).parent.mkdir(parents=True, exist_ok=True)
            (PACKAGE / name).write_text(text, encoding="utf-8")
    old = checked_in()
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
        print("the stubs in python/assay are not what the modules offer; 'make stubs' writes them anew")
        sys.exit(1)
