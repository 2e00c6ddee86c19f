"""An object whose __init__ never ran is refused in plain words by all it offers, and never read as if it were whole."""

from __future__ import annotations

import contextlib
import copy
import inspect
import pickle
import subprocess
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

import assay
from assay import _core

# What a class has from `object` or `type` alone, and what makes the object rather than reads it.
MAKERS = {"__new__", "__init__", "__setstate__", "__init_subclass__", "__subclasshook__", "__class__"}


def compiled_classes(module: ModuleType = _core) -> Iterator[type]:
    """The classes of the compiled module and of the modules in it, without its errors."""
    for value in vars(module).values():
        if isinstance(value, ModuleType) and value.__name__.startswith("assay."):
            yield from compiled_classes(value)
        elif isinstance(value, type) and not issubclass(value, BaseException):
            yield value


def own_names(kind: type) -> list[str]:
    """What the class and its compiled bases bring along, beyond what every object has."""
    mine = [base for base in kind.__mro__ if base.__module__.startswith("assay")]
    return sorted({name for base in mine for name in vars(base)} - MAKERS)


def poke(kind: type, name: str) -> None:
    """Read one attribute of an object that was never made and, where it is a method, call it with all it may want."""
    unmade = kind.__new__(kind)
    static = inspect.getattr_static(kind, name)
    if isinstance(static, staticmethod):
        return
    found = getattr(unmade, name)
    if not callable(found):
        return
    for arguments in ([], [unmade], [unmade, unmade], [1], ["a"], [b"a"], [b"a", "", None, None]):
        with contextlib.suppress(TypeError, assay.InputError):  # what an argument should have been may be said first
            found(*arguments)


# The whole walk runs in a process of its own, so that a crash is a failure that names the class and not the end of all.
WALK = """
import sys
sys.path.insert(0, {folder!r})
from test_unmade import compiled_classes, own_names, poke
for kind in compiled_classes():
    for name in own_names(kind):
        print(kind.__module__, kind.__qualname__, name, flush=True)
        try:
            poke(kind, name)
        except TypeError:
            pass
print("whole")
"""


def test_nothing_that_an_unmade_object_offers_crashes() -> None:
    folder = str(__import__("pathlib").Path(__file__).parent)
    done = subprocess.run(
        [sys.executable, "-c", WALK.format(folder=folder)], capture_output=True, text=True, timeout=120
    )
    lines = done.stdout.splitlines()
    assert done.returncode == 0, f"ended with {done.returncode} at {lines[-1:]}: {done.stderr[-500:]}"
    assert lines[-1] == "whole"
    assert len(lines) > 50


CLASSES = sorted(compiled_classes(), key=lambda kind: kind.__qualname__)


def test_the_walk_meets_the_classes_people_hold() -> None:
    assert {kind.__name__ for kind in CLASSES} >= {"Tally", "KeyedSampler", "Frame", "Table", "Interval", "ScoreTable"}


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__qualname__)
def test_every_property_of_an_unmade_object_is_refused_in_plain_words(kind: type) -> None:
    for name in own_names(kind):
        if isinstance(inspect.getattr_static(kind, name), property):
            with pytest.raises(TypeError, match="made by __new__ alone"):
                getattr(kind.__new__(kind), name)


@pytest.mark.parametrize(
    "use", [repr, copy.copy, pickle.dumps, lambda it: it == it, lambda it: it + it, lambda it: it.to_bytes()]
)
def test_an_unmade_tally_is_refused_in_plain_words(use: Any) -> None:
    with pytest.raises(TypeError, match="made by __new__ alone"):
        use(assay.Tally.__new__(assay.Tally))


def test_a_made_tally_refuses_to_merge_an_unmade_one_and_stays_as_it_was() -> None:
    tally = assay.Tally(decision="label", verdict="verdict")
    before = tally.to_bytes()
    with pytest.raises(TypeError, match="made by __new__ alone"):
        tally.merge(assay.Tally.__new__(assay.Tally))
    assert tally.to_bytes() == before


@pytest.mark.parametrize("kind", [assay.Frame, assay.Plan, assay.Sample, assay.Scores, assay.Comparison, assay.Result])
@pytest.mark.parametrize("use", [repr, len, lambda it: it.summary(), lambda it: it._repr_html_()])
def test_an_unmade_value_of_python_is_refused_in_plain_words(kind: Any, use: Any) -> None:
    with pytest.raises(TypeError, match="made by __new__ alone"):
        use(kind.__new__(kind))


def test_an_unmade_result_is_neither_pickled_nor_compared() -> None:
    with pytest.raises(TypeError, match="made by __new__ alone"):
        pickle.dumps(assay.Sample.__new__(assay.Sample))
    with pytest.raises(TypeError, match="made by __new__ alone"):
        assert assay.Sample.__new__(assay.Sample) == assay.Sample.__new__(assay.Sample)


def test_a_name_that_nothing_has_is_still_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="'Sample' object has no attribute 'nothing'"):
        _ = assay.Sample.__new__(assay.Sample).nothing
