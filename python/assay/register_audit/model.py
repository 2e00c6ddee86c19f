"""What a rule is, what it is given, and what it finds."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal, cast

from assay._checks import refuse
from assay.register_audit._sheets import Rows
from assay.register_audit.conditions import Compiled
from assay.words import clean

Severity = Literal["high", "medium", "low"]
SEVERITIES: tuple[Severity, ...] = ("high", "medium", "low")
REGISTER = "register"
MOST_DAYS = 3650

#: The fields of a queue that a rule may name.
QUEUE_FIELDS = (
    "id",
    "state",
    "version",
    "created",
    "changed",
    "name",
    "owner",
    "policies",
    "languages",
    "regions",
    "sites",
    "sla_hours",
    "sla_share",
    "review_due",
    "retain_until",
    "standard",
    "reroute_to",
    "merged_into",
    "merged_from",
    "split_into",
    "split_from",
    "cloned_from",
    "reviewed_on",
)


@dataclass(frozen=True, slots=True)
class Fault:
    """What a rule finds: about which queue (or table), what is wrong, and what was seen.

    `detail` tells faults of one rule and one subject apart, so that each keeps its own finding from week to week; it
    must not change while the fault stays. `owner` is who mends it: none for the queue's own owner.
    """

    subject: str
    summary: str
    evidence: str = ""
    detail: str = ""
    source: str = ""
    owner: str | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """What a rule that looks at whole tables is given."""

    register: Rows
    tables: Mapping[str, Any]
    today: datetime.date
    parameters: Mapping[str, Any]
    shared: dict[str, Any] = field(default_factory=dict)

    def table(self, name: str) -> Rows:
        """A table that was given to the audit, as rows."""
        found = self.tables[name]
        return cast(Rows, getattr(found, "rows", found))


Check = Callable[[Scope], Iterable[Fault]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule. `check` finds the faults; a rule from a file has `when`, `require` and `text` instead.

    `needs` names what must be given for it to run: `traffic`, `sla`, `people`, `routing`, any table by its name.
    """

    id: str
    severity: Severity
    days: int
    explanation: str
    needs: tuple[str, ...] = ()
    parameters: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    enabled: bool = True
    check: Check | None = None
    table: str = REGISTER
    subject: str = "id"
    when: tuple[Compiled, ...] = ()
    require: tuple[str, ...] = ()
    text: str = ""


class CannotRunError(Exception):
    """What a rule needs is not there; the audit goes on and says so."""


def word_of(value: object, where: str) -> str:
    if not isinstance(value, str) or not value:
        raise refuse(f"{where} as a name", repr(value))
    return value


def id_of_rule(value: object, where: str) -> str:
    good = (
        isinstance(value, str)
        and 0 < len(value) <= 60
        and all(c.isascii() and (c.isalnum() or c in "_-") for c in value)
    )
    if not good:
        raise refuse(f"{where} as up to 60 letters, digits, _ and -", repr(clean(value, 80)))
    return cast(str, value)


def severity_of(value: object, where: str) -> Severity:
    if value not in SEVERITIES:
        raise refuse(f"{where} as high, medium or low", repr(value))
    return value


def days_of(value: object, where: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MOST_DAYS:
        raise refuse(f"{where} as a whole number from 0 to {MOST_DAYS}", repr(value))
    return value


def flag_of(value: object, where: str) -> bool:
    if not isinstance(value, bool):
        raise refuse(f"{where} as true or false", repr(value))
    return value
