"""What frames, results and reports share: they are values, which never change."""

from __future__ import annotations

from typing import Any, Self

_UNMADE = "this object was made by __new__ alone, so it holds nothing; call its class, or the function that returns it"


class Value:
    """An object that cannot change, so that a copy of it is itself."""

    __slots__ = ()
    _kind = "value"

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a {self._kind} is immutable: cannot set {name!r}")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"a {self._kind} is immutable: cannot delete {name!r}")

    def __getattr__(self, name: str) -> Any:
        if name in ("_core", "_table", "_context", "_flavour", "_model"):
            raise TypeError(_UNMADE)
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self
