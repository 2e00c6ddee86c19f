"""Commands: what somebody asks of the registry, checked and ready to be sent."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from assay import _registry
from assay._checks import refuse
from assay.registry._values import coerced, identity, is_missing, micros, optional_text, refused

#: Times as they may be given: with a zone, or as ISO text with one.
Moment = datetime.datetime | str


@cache
def books() -> dict[str, dict[str, Any]]:
    """The books there are, by name: fields, states and verbs."""
    return {str(book["name"]): book for book in _registry.books()}


def book_named(name: object) -> dict[str, Any]:
    known = books()
    if name not in known:
        raise refused(f"there is no book {name!r}; there are: {', '.join(known)}", "unknown_book", known)
    return known[str(name)]


@cache
def kinds_of(book: str, verb: str) -> dict[str, str]:
    """What a verb may be told, by name, with its kind: arguments first, then fields."""
    described = book_named(book)
    for each in described["verbs"]:
        if each["name"] == verb:
            kinds = {a["name"]: a["type"] for a in each["arguments"]}
            if each["takes_fields"]:
                kinds |= {f["name"]: f["type"] for f in described["fields"] if not f["derived"]}
            return kinds
    names = [each["name"] for each in described["verbs"]]
    raise refused(f"no verb {verb!r} in book {book!r}; there are: {', '.join(names)}", "unknown_verb", names)


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One act: who does what to which record, and why. Made by `assay.registry.command(...)`."""

    book: str
    verb: str
    id: str
    values: tuple[tuple[str, object], ...] = ()
    reason: str = ""
    ticket: str = ""
    at: int | None = None
    command_id: str = ""
    expected_version: int | None = None
    actor: str | None = None

    def sent(self, actor: str) -> tuple[Any, ...]:
        """The parts that the compiled registry takes."""
        return (
            self.book,
            self.verb,
            self.id,
            list(self.values),
            actor if self.actor is None else self.actor,
            self.reason,
            self.ticket,
            self.at,
            self.command_id,
            self.expected_version,
        )

    def but(self, **changes: Any) -> Command:
        """The same command with some parts changed."""
        return replace(self, **changes)


def command(
    book: str,
    verb: str,
    id: str | int,
    *,
    reason: str = "",
    ticket: str | None = None,
    at: Moment | None = None,
    command_id: str | None = None,
    expected_version: int | None = None,
    actor: str | None = None,
    **values: Any,
) -> Command:
    """A command to be sent later, with others: `registry.execute([command("queues", "pause", "q-1", reason="…"), …])`.

    `values` are the verb's arguments and, where it takes them, fields; `...` leaves a field as it is, None clears it.
    """
    kinds = kinds_of(book, verb)
    name = identity(id)
    return Command(
        book=book,
        verb=verb,
        id=name,
        values=tuple(
            (key, _value(key, value, kinds, name))
            for key, value in values.items()
            if value is not ... and not (value is None and _is_argument(book, verb, key))
        ),
        reason=optional_text(reason, "reason"),
        ticket=optional_text(ticket, "ticket"),
        at=None if at is None else micros(at, "at"),
        command_id=optional_text(command_id, "command_id"),
        expected_version=None if expected_version is None else _version(expected_version),
        actor=None if actor is None else optional_text(actor, "actor"),
    )


def _is_argument(book: str, verb: str, name: str) -> bool:
    described = next(each for each in book_named(book)["verbs"] if each["name"] == verb)
    return any(each["name"] == name for each in described["arguments"])


def _value(name: str, value: object, kinds: Mapping[str, str], id: str) -> object:
    if name not in kinds:
        return None  # the rules refuse the name
    if name == "open_cases":
        return open_cases_of(value, id)
    return coerced(value, kinds[name], name)


def _version(value: object) -> int:
    number = coerced(value, "whole", "expected_version")
    assert isinstance(number, int)
    if number < 0:
        raise refuse("an expected_version of 0 or more", repr(value))
    return number


def open_cases_of(given: Any, id: str) -> object:
    """A number of open cases: itself, or what a table or mapping by queue says; None where it is silent."""
    if not hasattr(given, "__iter__") and not hasattr(given, "__arrow_c_stream__"):
        return coerced(given, "whole", "open_cases")
    by_id = _cases_by_id(given)
    found = by_id.get(id)
    return None if found is None or is_missing(found) else coerced(found, "whole", "open_cases")


def _cases_by_id(given: Any) -> dict[str, Any]:
    from assay.registry._rows import columns_of, required

    if isinstance(given, str):
        raise refuse("a number, or a table of open cases by queue", repr(given), column="open_cases")
    if hasattr(given, "items") and not hasattr(given, "columns"):  # a mapping, or a pandas series by queue
        pairs = [(key, value) for key, value in given.items()]
        if not any(isinstance(value, list | tuple) or hasattr(value, "__array__") for _, value in pairs):
            return {str(key): value for key, value in pairs}
    columns = columns_of(given, "open_cases=")
    names = list(columns)
    key: str | None = next((each for each in ("queue", "queue_id", "id") if each in columns), None)
    if key is None and len(names) == 2:
        key = next((each for each in names if each != "open_cases"), names[0])
    if key is None:
        raise refuse("open_cases= with a column named queue, queue_id or id", f"the columns {', '.join(names)}")
    count = "open_cases" if "open_cases" in columns or len(names) != 2 else next(each for each in names if each != key)
    ids = [None if is_missing(each) else identity(each) for each in columns[key]]
    counts = required(columns, count, "open_cases=")
    twice = (
        next((each for i, each in enumerate(ids) if each is not None and each in ids[:i]), None)
        if len(set(ids)) < len(ids)
        else None
    )
    if twice is not None:
        raise refuse("open_cases= with one row a queue", f"{twice!r} twice", column=key)
    return {each: count for each, count in zip(ids, counts, strict=True) if each is not None}
