"""Check that the house stands as it was drawn: no header includes upward or sideways, and the umbrella has them all.

python tools/check_floors.py           say what is wrong, one finding a line
python tools/check_floors.py --mend    rewrite the list of includes in assay.hpp
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

#: The rooms of each floor. A header includes only lower floors and its own room.
FLOORS: tuple[tuple[str, ...], ...] = (
    ("core",),
    ("numeric", "io"),
    ("interval", "sampling", "sequential", "acceptance", "agreement", "truth", "control", "audit", "queue", "tally"),
    ("score", "survey", "explain", "effect"),
)
#: The other wing stands on floors 0 and 1; no measuring room includes it.
WING = ("registry", "rules")
#: Rooms of one floor of which the first may look into the second: a plan forecasts the limits that a score will have.
BESIDE = {("sampling", "interval")}
#: Libraries that one header alone may name.
KEEPERS = {"boost/": "numeric/special.hpp", "Eigen/": "numeric/linear.hpp"}
#: What no header includes: printing, and the bindings.
BANNED = {
    "iostream": "the library does not print",
    "print": "the library does not print",
    "pybind11/": "Python is known to src/bindings alone",
}

INCLUDE = re.compile(r"^\s*#\s*include\s*([<\"])([^>\"]+)[>\"]", re.MULTILINE)


def floor_of(room: str) -> int | None:
    for floor, rooms in enumerate(FLOORS):
        if room in rooms:
            return floor
    return 2 if room in WING else None


def includes(text: str) -> list[tuple[int, str, str]]:
    """Line, quote and name of every include."""
    return [(text.count("\n", 0, hit.start(2)) + 1, hit[1], hit[2]) for hit in INCLUDE.finditer(text)]


def headers(root: Path) -> list[Path]:
    return sorted((root / "include/assay").glob("*/**/*.hpp"))


def header_findings(root: Path, file: Path) -> list[str]:
    own = file.relative_to(root / "include/assay").as_posix()
    room = own.split("/")[0]
    floor = floor_of(room)
    where = file.relative_to(root).as_posix()
    if floor is None:
        return [f"{where}: room '{room}' stands on no floor; give it one in tools/check_floors.py"]
    text = file.read_text(encoding="utf-8")
    out = [] if text.startswith("#pragma once\n") else [f"{where}:1: the first line is not #pragma once"]
    for line, quote, name in includes(text):
        at = f"{where}:{line}:"
        for library, keeper in KEEPERS.items():
            if name.startswith(library) and own != keeper:
                out.append(f"{at} <{name}>: only {keeper} names {library.rstrip('/')}")
        for banned, reason in BANNED.items():
            if name == banned or (banned.endswith("/") and name.startswith(banned)):
                out.append(f"{at} <{name}>: {reason}")
        if quote == '"' or name.startswith("."):
            out.append(f'{at} "{name}": own headers are included as <assay/room/file.hpp>')
        elif name == "assay/assay.hpp":
            out.append(f"{at} <{name}>: the umbrella is for users, not for the library")
        elif name.startswith("assay/"):
            out += target_findings(root, at, room, floor, name)
    return out


def target_findings(root: Path, at: str, room: str, floor: int, name: str) -> list[str]:
    target = name.split("/")[1]
    target_floor = floor_of(target)
    if not (root / "include" / name).is_file():
        return [f"{at} <{name}>: there is no such header"]
    if target == room or target_floor is None:  # a room without a floor is reported once, where it lies
        return []
    if target in WING:
        return [f"{at} <{name}>: the measuring rooms do not know the {target} wing"]
    if target_floor > floor:
        return [f"{at} <{name}>: {room} (floor {floor}) includes upward, {target} is on floor {target_floor}"]
    if target_floor == floor and (room, target) not in BESIDE:
        return [f"{at} <{name}>: {room} includes sideways, {target} is on floor {floor} too"]
    return []


def binding_findings(root: Path) -> list[str]:
    """The bindings are a roof: they include the library and their own headers, and nobody includes a binding."""
    out = []
    for file in sorted(root.glob("src/**/*.[ch]pp")) + sorted(root.glob("tests/**/*.[ch]pp")):
        where = file.relative_to(root).as_posix()
        inside = where.startswith(("src/bindings/", "src/registry_bindings/"))
        for line, quote, name in includes(file.read_text(encoding="utf-8")):
            if not inside and ("bindings" in name.split("/") or name.endswith("bindings.hpp")):
                out.append(f"{where}:{line}: {name}: nobody includes the bindings")
            elif inside and quote == '"' and name.endswith(".cpp"):
                out.append(f"{where}:{line}: {name}: a binding file does not include another")
    return out


def umbrella_list(root: Path) -> str:
    """The includes of assay.hpp as they should be, floor by floor."""
    names = [file.relative_to(root / "include").as_posix() for file in headers(root)]
    parts = []
    titles = ["floor 0", "floor 1", "floor 2", "floor 3"]
    groups = [*zip(titles, FLOORS, strict=True), ("the other wing, on floors 0 and 1", WING)]
    for title, rooms in groups:
        of_floor = [name for name in names if name.split("/")[1] in rooms]
        if of_floor:
            parts.append(f"// {title}\n" + "".join(f"#include <{name}>\n" for name in of_floor))
    return "\n".join(parts)


def umbrella_findings(root: Path) -> list[str]:
    umbrella = root / "include/assay/assay.hpp"
    listed = [name for _, _, name in includes(umbrella.read_text(encoding="utf-8"))]
    there = [file.relative_to(root / "include").as_posix() for file in headers(root)]
    return [
        f"include/assay/assay.hpp: {name} is missing; python tools/check_floors.py --mend adds it"
        for name in there
        if name not in listed
    ] + [f"include/assay/assay.hpp: {name} does not exist" for name in listed if name not in there]


def mend(root: Path) -> None:
    umbrella = root / "include/assay/assay.hpp"
    manual = umbrella.read_text(encoding="utf-8").split("// floor 0")[0]
    umbrella.write_text(manual + umbrella_list(root), encoding="utf-8")


def findings(root: Path) -> list[str]:
    out = [finding for file in headers(root) for finding in header_findings(root, file)]
    return out + umbrella_findings(root) + binding_findings(root)


if __name__ == "__main__":
    house = Path(__file__).parent.parent
    if "--mend" in sys.argv[1:]:
        mend(house)
    wrong = findings(house)
    print("\n".join(wrong) if wrong else f"{len(headers(house))} headers, every one on its floor")
    sys.exit(1 if wrong else 0)
