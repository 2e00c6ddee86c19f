"""Conditions on the fields of a row as data: read from TOML or mappings, checked by name, never evaluated as code.

    {field = "state", is = ["active", "paused"]}
    {field = "review_due", before = "today - 14 days"}
    {field = "review_due", before = {field = "created"}}
    {field = "sites", lacks = "MNL"}
    {any = [{field = "owner", missing = true}, {field = "owner", like = "temp-*"}]}

A field that is not set fulfils `missing = true` and nothing else.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Collection, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from assay._checks import refuse
from assay.words import clean, listed

#: How a test is written, and what the compiled core calls it.
TESTS = {
    "is": "is",
    "is_not": "is_not",
    "missing": "missing",
    "below": "below",
    "before": "below",
    "at_most": "at_most",
    "until": "at_most",
    "at_least": "at_least",
    "from": "at_least",
    "above": "above",
    "after": "above",
    "holds": "holds",
    "lacks": "lacks",
    "like": "like",
}
ORDERED = frozenset(("below", "at_most", "at_least", "above"))
TODAY = re.compile(r"today(?:\s*([+-])\s*(\d{1,5})\s*days?)?")
PLACES = re.compile(r"\{([^{}]*)\}")

#: What the compiled core takes: (field, test, kind of operand, operand), or ("any", [...]).
Compiled = tuple[Any, ...]


def close(name: object, known: Collection[str]) -> str:
    """What mends a name that nobody knows."""
    near = get_close_matches(str(name), list(known), n=1)
    return f"did you mean {near[0]!r}?" if near else f"there are {listed(sorted(known), 40)}"


def conditions(given: object, where: str, fields: Collection[str] | None) -> list[Compiled]:
    """A list of conditions, all of which must hold; `fields` are the names that rows have, None where unknown."""
    if isinstance(given, Mapping) or not isinstance(given, Sequence) or isinstance(given, str):
        raise refuse(f"{where} as a list of conditions", _kind(given))
    return [_condition(each, f"{where}[{position}]", fields) for position, each in enumerate(given)]


def _condition(given: object, where: str, fields: Collection[str] | None) -> Compiled:
    if not isinstance(given, Mapping):
        raise refuse(f'{where} as a condition such as {{field = "owner", missing = true}}', _kind(given))
    if "any" in given:
        if len(given) != 1:
            raise refuse(f"{where} with nothing beside 'any'", listed([repr(str(key)) for key in given]))
        choices = conditions(given["any"], f"{where}.any", fields)
        if not choices:
            raise refuse(f"{where}.any with at least one condition", "an empty list")
        return ("any", choices)
    field = given.get("field")
    if not isinstance(field, str):
        raise refuse(f"{where}.field as the name of a field", "nothing" if field is None else _kind(field))
    _known(field, f"{where}.field", fields)
    tests = [str(key) for key in given if key != "field"]
    for test in tests:
        if test not in TESTS:
            raise refuse(f"{where} with a test that is known", repr(clean(test, 40)), mend=close(test, TESTS))
    if len(tests) != 1:
        raise refuse(f"{where} with one test beside 'field'", listed(tests) or "none")
    test, operand = tests[0], given[tests[0]]
    at = f"{where}.{test}"
    if test == "missing":
        if not isinstance(operand, bool):
            raise refuse(f"{at} as true or false", _kind(operand))
        return (field, "missing" if operand else "present", "values", [])
    word = TESTS[test]
    if isinstance(operand, Mapping):
        other = operand.get("field")
        if set(operand) != {"field"} or not isinstance(other, str):
            raise refuse(f'{at} as a value or {{field = "..."}}', repr(dict(operand)))
        _known(other, f"{at}.field", fields)
        return (field, word, "field", other)
    if word in ORDERED and isinstance(operand, str) and (today := TODAY.fullmatch(operand.strip())):
        days = int(today[2] or 0)
        return (field, word, "today", -days if today[1] == "-" else days)
    values = list(operand) if isinstance(operand, list | tuple) else [operand]
    if not values or (word in ORDERED and len(values) != 1):
        raise refuse(f"{at} as {'one value' if word in ORDERED else 'a value or some'}", f"{len(values)} values")
    for value in values:
        plain = isinstance(value, str | bool | int | float | datetime.date)
        if not plain or (isinstance(value, datetime.datetime) and value.tzinfo is None):
            raise refuse(f"{at} as text, a number, true or false, a date or a time with a zone", _kind(value))
    if word == "like" and not all(isinstance(value, str) for value in values):
        raise refuse(f"{at} as text in which * stands for any letters", _kind(values[0]))
    return (field, word, "values", values)


def names_in(text: str) -> list[str]:
    """The names in braces of a rule's sentence."""
    return PLACES.findall(text)


def sentence(text: object, where: str, fields: Collection[str] | None) -> str:
    """The sentence of a rule, whose names in braces are fields, {today} or {missing}."""
    if not isinstance(text, str) or not text.strip():
        raise refuse(f"{where} as a sentence that says what is wrong", "nothing" if not text else _kind(text))
    for name in names_in(text):
        if fields is not None and name not in fields and name not in ("today", "missing"):
            mend = close(name, {*fields, "today", "missing"})
            raise refuse(f"{where} with names of fields in braces", "{" + clean(name, 40) + "}", mend=mend)
    return text


def _known(name: str, where: str, fields: Collection[str] | None) -> None:
    if fields is not None and name not in fields:
        raise refuse(f"{where} as the name of a field", repr(clean(name, 40)), mend=close(name, fields))


def _kind(value: object) -> str:
    return f"{type(value).__name__} {clean(repr(value), 40)}"
