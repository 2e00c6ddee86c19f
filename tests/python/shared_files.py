"""Golden numbers and real data that lie beside the repository, not in it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

#: $ASSAY_SHARED, or else the folder `shared` beside the repository.
FOLDER = Path(os.environ.get("ASSAY_SHARED", "") or Path(__file__).parents[3] / "shared")


def shared_file(name: str) -> Path:
    """A file of that folder. Where it is absent the test is skipped with the reason, or fails where it must run."""
    file = FOLDER / name
    if not file.exists():
        if os.environ.get("ASSAY_REQUIRE_SHARED") == "1":
            pytest.fail(f"ASSAY_REQUIRE_SHARED=1, but there is no shared file {name}")
        pytest.skip(f"no shared file {name} (set ASSAY_SHARED to the folder that holds it)")
    return file
