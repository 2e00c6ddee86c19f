"""Print what pyproject.toml asks for, one requirement a line, extras of this project unfolded.

python tools/requirements.py build all     what building and running everything needs
python tools/requirements.py dev           the same and the tools of the tests and checks
"""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path


def requirements(groups: list[str], project: dict[str, object], build: list[str]) -> list[str]:
    extras = project["optional-dependencies"]
    assert isinstance(extras, dict)
    found = list(project["dependencies"])  # type: ignore[call-overload]
    waiting = list(groups)
    while waiting:
        group = waiting.pop()
        for line in build if group == "build" else extras[group]:
            own = re.fullmatch(r"assay\[(.*)\]", line)
            if own:
                waiting += own.group(1).split(",")
            else:
                found.append(line)
    return sorted(set(found))


if __name__ == "__main__":
    declared = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text(encoding="utf-8"))
    print("\n".join(requirements(sys.argv[1:], declared["project"], declared["build-system"]["requires"])))
