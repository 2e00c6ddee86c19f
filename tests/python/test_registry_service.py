"""A C++ service and a Python process at work on one registry at the same time."""

from __future__ import annotations

import os
import subprocess
import threading
from pathlib import Path

import pytest

from assay import RefusedError, StoreError
from assay.registry import Registry

ROOT = Path(__file__).parents[2]
QUEUES = 30


@pytest.fixture(scope="module")
def service() -> Path:
    """examples/registry_service.cpp as the C++ tests build it, or as ASSAY_REGISTRY_SERVICE names it."""
    given = os.environ.get("ASSAY_REGISTRY_SERVICE")
    if given:
        return Path(given)
    built = [folder / "registry_service" for folder in ROOT.glob("build/*/examples")]
    if not built:
        pytest.skip("the C++ examples are not configured here: make test-cpp builds them")
    there = [each for each in built if each.exists()]
    assert there, f"configured but not built: {', '.join(map(str, built))}; make test-cpp builds it"
    return max(there, key=lambda each: each.stat().st_mtime)


def started(service: Path, place: Path, follow: int) -> subprocess.Popen[str]:
    command = [os.fspath(service), os.fspath(place), "service", str(QUEUES), str(follow)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_a_service_in_cpp_and_an_analyst_in_python_share_a_registry(service: Path, tmp_path: Path) -> None:
    place = tmp_path / "ops.db"
    with Registry.open(place, actor="analyst", patience=30) as registry:
        running = started(service, place, 2 * QUEUES)
        for each in range(QUEUES):
            registry.queues.create(f"analyst-{each}", reason="by hand")
            if each % 5 == 0 and "service-1" in registry.queues:
                registry.queues.amend("service-1", name=f"Seen {each}", reason="named")
        output, errors = running.communicate(timeout=120)
        assert (running.returncode, errors) == (0, "")
        lines = output.splitlines()

        # each saw what the other did, while it did it
        assert lines[0] == "queue service-1 active de, fr"
        assert lines[1].startswith("refused vetoed: 'pause' by 'trainee-service' was vetoed")
        assert f"done {2 * QUEUES} queues seen" in lines
        assert all(any(f" queue analyst-{each}: " in line for line in lines) for each in range(QUEUES))
        ids = {
            f"{name}-{each}"
            for name, start in (("analyst", 0), ("service", 1))
            for each in range(start, QUEUES + start)
        }
        assert set(registry.queues) == ids

        # one journal, without a gap, of two hands
        events = registry.changes()
        assert [each.sequence for each in events] == list(range(1, len(events) + 1))
        assert {each.actor for each in events} == {"analyst", "service"}
        assert registry.queues["service-1"].state == "active"
        assert registry.queues["service-1"].languages == ("de", "fr")
        assert "service activated it: staffed" in registry.history("service-1").story()
        assert registry.verify()
        assert next(line for line in lines if line.startswith("proof")).startswith("proof whole")


def test_a_service_that_starts_again_does_nothing_twice(service: Path, tmp_path: Path) -> None:
    place = tmp_path / "ops.db"
    for _ in range(2):
        running = started(service, place, QUEUES)
        output, _ = running.communicate(timeout=120)
        assert running.returncode == 0, output
    with Registry.open(place, actor="analyst") as registry:
        assert len(registry.changes()) == QUEUES + 1


def test_beside_a_busy_service_of_two_who_decide_on_one_version_one_is_told(service: Path, tmp_path: Path) -> None:
    place = tmp_path / "ops.db"
    with Registry.open(place, actor="analyst", patience=30) as registry:
        registry.queues.create("shared", reason="x")
        seen = registry.queues["shared"].version
        running = started(service, place, QUEUES + 1)
        told: list[RefusedError] = []

        def amend(name: str) -> None:
            try:
                registry.queues.amend("shared", name=name, reason="x", expected_version=seen)
            except RefusedError as error:
                told.append(error)

        threads = [threading.Thread(target=amend, args=(name,)) for name in ("one", "other")]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        assert [each.rule for each in told] == ["version"]
        assert running.wait(120) == 0
        assert registry.queues["shared"].version == seen + 1


def test_a_place_that_is_no_registry_stops_a_service_in_words(service: Path, tmp_path: Path) -> None:
    place = tmp_path / "notes.txt"
    place.write_text("these are notes, long enough to be no empty file\n" * 50)
    running = started(service, place, 1)
    _, errors = running.communicate(timeout=60)
    assert running.returncode == 1
    assert errors.startswith("registry_service: ")
    with pytest.raises(StoreError) as failed:
        Registry.open(place, actor="analyst")
    assert str(failed.value) in errors
