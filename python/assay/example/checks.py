"""What an argument may be, and how it is refused."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NoReturn

import numpy as np

from assay.example.parameters import Queue, Site


def refuse(wanted: str, got: object, mend: str = "") -> NoReturn:
    from assay._core import InputError  # here, so that this module needs nothing but NumPy until something is wrong

    error: Exception = InputError(f"wanted {wanted}, got {got}" + (f"; {mend}" if mend else ""))
    raise error


def whole(name: str, value: object, least: int, most: int) -> int:
    if isinstance(value, (int, np.integer)) and not isinstance(value, bool) and least <= int(value) <= most:
        return int(value)
    refuse(f"{name} as a whole number from {least} to {most}", repr(value))


def between(name: str, value: object, most: int = 1) -> float:
    """A number from 0 to `most`."""
    if isinstance(value, (int, float, np.floating)) and not isinstance(value, bool) and 0.0 <= float(value) <= most:
        return float(value)
    refuse(f"{name} between 0 and {most}", repr(value))


def first_or_own(kind: str, asked: int | Sequence[Any], known: Sequence[Any], cls: type) -> tuple[Any, ...]:
    """Take the first so many of the known ones, or the caller's own."""
    if isinstance(asked, (int, np.integer)):
        return tuple(known[: whole(kind, asked, 1, len(known))])
    own = tuple(asked)
    if not own or len(own) > 200 or not all(isinstance(item, cls) for item in own):
        got = ", ".join(sorted({type(item).__name__ for item in own})) or "none"
        refuse(f"{kind} as a number from 1 to {len(known)} or 1 to 200 of example.{cls.__name__}", got)
    names = [item.name for item in own]
    if len(set(names)) != len(names):
        refuse(f"{kind} with names of their own", f"{names} with repeats")
    return own


def check_queue(queue: Queue) -> None:
    where = f"of queue '{queue.name}'"
    whole(f"weight {where}", queue.weight, 1, 10_000)
    if not 1 <= len(queue.policies) <= 100:
        refuse(f"1 to 100 policies {where}", len(queue.policies))
    for policy in queue.policies:
        whole(f"weight of policy '{policy.name}' {where}", policy.weight, 1, 10_000)
        between(f"violation_rate of policy '{policy.name}' {where}", policy.violation_rate)
    for name in ("miss", "false_alarm", "wrong_action", "remove_share", "escalation"):
        between(f"{name} {where}", getattr(queue, name))
    for name in ("seconds", "price", "views"):
        whole(f"{name} {where}", getattr(queue, name), 1, 10_000)


def check_site(site: Site) -> None:
    where = f"of site '{site.name}'"
    whole(f"weight for simple queues {where}", site.simple, 1, 10_000)
    whole(f"weight for hard queues {where}", site.hard, 1, 10_000)
    between(f"factor {where}", site.factor, 100)
    if not site.languages:
        refuse(f"at least one language {where}", "none")
    for language, weight in site.languages:
        whole(f"weight of language '{language}' {where}", weight, 1, 10_000)
