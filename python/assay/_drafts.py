"""Files that are written all or not at all: beside their target first, then put in its place."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def draft(target: Path, content: bytes | memoryview) -> Path:
    """The content in a file beside its target, complete and on disk; `.replace(target)` puts it there."""
    handle, name = tempfile.mkstemp(prefix=f".{target.name[:40]}.", suffix=".part", dir=target.absolute().parent)
    made = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        made.chmod(target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask())
    except BaseException:
        made.unlink(missing_ok=True)
        raise
    return made


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
