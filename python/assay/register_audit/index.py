"""Where queues are in a register, by id."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from assay.register_audit.model import Scope


@dataclass(slots=True)
class Index:
    """Where queues are, by id; other systems' capitals do not count where that is not ambiguous."""

    exact: dict[str, int]
    folded: dict[str, int | None]

    def row(self, name: object) -> int | None:
        key = str(name).strip()
        found = self.exact.get(key)
        return found if found is not None else self.folded.get(key.lower())


def index_of(scope: Scope) -> Index:
    if "index" not in scope.shared:
        exact: dict[str, int] = {}
        folded: dict[str, int | None] = {}
        for row, name in enumerate(scope.register.column("id")):
            exact[name] = row
            key = name.strip().lower()
            folded[key] = None if key in folded else row
        scope.shared["index"] = Index(exact, folded)
    return cast(Index, scope.shared["index"])
