"""The types of the books, python/assay/registry/books.pyi, written from the tables of the compiled library."""

from __future__ import annotations

import inspect
from typing import Any

#: What a field, or an argument, is when it is given.
GIVEN = {
    "text": "str",
    "texts": "Iterable[str]",
    "whole": "int",
    "real": "float",
    "flag": "bool",
    "day": "date | str",
    "time": "datetime | str",
    "labels": "Mapping[str, str]",
}
#: What it is when a record is looked at.
HELD = {
    "text": "str | None",
    "texts": "tuple[str, ...]",
    "whole": "int | None",
    "real": "float | None",
    "flag": "bool | None",
    "day": "date | None",
    "time": "datetime | None",
    "labels": "Mapping[str, str]",
}
MANNER = {
    "reason": "str",
    "ticket": "str | None",
    "at": "datetime | str | None",
    "command_id": "str | None",
    "expected_version": "int | None",
    "actor": "str | None",
}
HEAD = """\
# Written from the tables of the compiled library by tools/check_stubs.py --write.
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from types import EllipsisType
from typing import Any

from assay.registry._book import Book, Record
from assay.registry._events import Events

BOOKS: dict[str, type[Book]]
"""


def books_stub() -> str:
    """The text of books.pyi."""
    from assay.registry._book import method_name, signature_of
    from assay.registry._commands import books

    out = [HEAD]
    for book in books().values():
        out += ["", _record(book), "", "", f"class {book['name'].capitalize()}(Book):"]
        noun = book["noun"].capitalize()
        out.append(f"    def __getitem__(self, id: str | int) -> {noun}: ...")
        out.append(f"    def get(self, id: str | int, default: Any = None) -> {noun} | Any: ...")
        for verb in book["verbs"]:
            for every in (False, True):
                name = method_name(verb["name"], every)
                out.append(_verb(book, verb, name, signature_of(book, verb, every)))
        out.append("")
    return "\n".join(out).rstrip() + "\n"


def _record(book: dict[str, Any]) -> str:
    lines = [f"class {book['noun'].capitalize()}(Record):"]
    for name, kind in (("id", "str"), ("state", "str"), ("version", "int"), ("created", "datetime")):
        lines.append(f"    @property\n    def {name}(self) -> {kind}: ...")
    lines.append("    @property\n    def changed(self) -> datetime: ...")
    lines += [f"    @property\n    def {each['name']}(self) -> {HELD[each['type']]}: ..." for each in book["fields"]]
    return "\n".join(lines)


def _verb(book: dict[str, Any], verb: dict[str, Any], name: str, signature: inspect.Signature) -> str:
    kinds = {each["name"]: each["type"] for each in [*book["fields"], *verb["arguments"]]}
    parts = ["self"]
    for position, (each, parameter) in enumerate(list(signature.parameters.items())[1:]):
        if position == 0:
            parts += ["id: str | int" if each == "id" else "rows: Any", "*"]
        elif each in MANNER and each not in kinds:
            default = '""' if each == "reason" else "None"
            parts.append(f"{each}: {MANNER[each]} = {default}")
        else:
            given = "int | Any" if each == "open_cases" else GIVEN[kinds[each]]
            unchanged = parameter.default is ...
            parts.append(f"{each}: {given} | None{' | EllipsisType = ...' if unchanged else ' = None'}")
    return f"    def {name}(\n" + "".join(f"        {part},\n" for part in parts) + "    ) -> Events: ..."
