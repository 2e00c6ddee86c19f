"""Books in Python: each verb of a book's table becomes a method with a signature of its own.

A book that is added to the library needs no line here; `make stubs` writes its types into books.pyi.
"""

from __future__ import annotations

import difflib
import html
import inspect
import keyword
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from assay._markup import STYLE, label
from assay._value import Value
from assay.registry._commands import Command, book_named, command
from assay.registry._events import Events, History
from assay.registry._rows import columns_of, required
from assay.registry._values import identity, is_missing, refused
from assay.words import clean, number, plural

if TYPE_CHECKING:
    from assay.registry.desk import Registry

Submit = Callable[[list[Command]], Events]

#: What every verb is told besides its own arguments and fields, with what it means.
MANNER = {
    "reason": "why; required",
    "ticket": "the request it answers",
    "at": "when it takes effect, a time with a zone; a time to come makes it wait",
    "command_id": "names the command, so that sending it twice does it once",
    "expected_version": "refused unless the record is still of this version",
    "actor": "who does it, where that is not who opened the registry",
}


class Record(Value):
    """One record as it stood when it was looked up; its fields are attributes. It does not change: look again."""

    __slots__ = ("_book", "_desk", "_values")
    _book: str
    _desk: Registry | None
    _values: Mapping[str, Any]
    _kind = "record"

    def __init__(self, book: str, values: Mapping[str, Any], desk: Registry | None = None) -> None:
        object.__setattr__(self, "_book", book)
        object.__setattr__(self, "_values", MappingProxyType(dict(values)))
        object.__setattr__(self, "_desk", desk)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        if name not in self._values:
            raise AttributeError(
                f"a {book_named(self._book)['noun']} has no {name!r}; it has {', '.join(self._values)}"
            )
        value = self._values[name]
        return MappingProxyType(value) if isinstance(value, dict) else value

    def __dir__(self) -> list[str]:
        return sorted([*super().__dir__(), *self._values])

    def to_dict(self) -> dict[str, Any]:
        """All of it, by name."""
        return dict(self._values)

    def history(self) -> History:
        """Every event of this record, first to last."""
        if self._desk is None:
            raise refused("this record was sent here without its registry; open that and ask it", "detached")
        return self._desk.history(self._values["id"], book=self._book)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self._book, dict(self._values))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Record):
            return NotImplemented
        return self._book == other._book and self._values == other._values

    def __hash__(self) -> int:
        return hash((self._book, self._values["id"], self._values["version"]))

    def _shown(self) -> list[tuple[str, str]]:
        out = []
        for name, value in self._values.items():
            if name in ("id", "state", "version") or value is None or value in ((), {}):
                continue
            words = ", ".join(value) if isinstance(value, tuple) else value
            if isinstance(value, dict):
                words = ", ".join(f"{key}={each}" for key, each in value.items())
            if name in ("created", "changed"):
                words = f"{value:%Y-%m-%d %H:%M} UTC"
            out.append((name, clean(words, 300)))
        return out

    def _heading(self) -> str:
        noun = book_named(self._book)["noun"]
        return f"{noun} {clean(self._values['id'], 200)}: {self._values['state']}, version {self._values['version']}"

    def __repr__(self) -> str:
        rows = self._shown()
        width = max((len(name) for name, _ in rows), default=0)
        return "\n".join([f"<{self._heading()}>", *(f"  {name.ljust(width)}  {words}" for name, words in rows)])

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><th class=l>{html.escape(n)}</th><td class=l>{label(w)}</td></tr>" for n, w in self._shown()
        )
        title = f"<p class='t'>{html.escape(self._heading())}</p>"
        return f"<div class='assay-result'><style>{STYLE}</style>{title}<table><tbody>{rows}</tbody></table></div>"


class Book:
    """The records of one kind, by id, and the verbs that change them."""

    __slots__ = ("_desk", "_submit")
    _name: str = ""
    _record: type[Record] = Record

    def __init__(self, desk: Registry, submit: Submit) -> None:
        self._desk = desk
        self._submit = submit

    def __getitem__(self, id: str | int) -> Any:
        name = identity(id)
        found = self._desk._open.record(self._name, name)
        if found is not None:
            return self._record(self._name, found, self._desk)
        noun = book_named(self._name)["noun"]
        near = difflib.get_close_matches(name, self._desk._open.ids(self._name), n=3)
        hint = f"; there is {' and '.join(map(repr, near))}" if near else ""
        raise refused(f"there is no {noun} {clean(name)!r}{hint}", "unknown_id", near)

    def get(self, id: str | int, default: Any = None) -> Any:
        """A record, or `default` where there is none."""
        found = self._desk._open.record(self._name, identity(id))
        return default if found is None else self._record(self._name, found, self._desk)

    def __contains__(self, id: object) -> bool:
        return isinstance(id, str | int) and self._desk._open.record(self._name, identity(id)) is not None

    def __iter__(self) -> Iterator[str]:
        return iter(self._desk._open.ids(self._name))

    def __len__(self) -> int:
        return self._desk._open.count(self._name)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {plural(len(self), book_named(self._name)['noun'])}>"

    def _repr_html_(self) -> str:
        return self._desk.table(self._name)._repr_html_()

    def _do(self, verb: str, id: str | int, given: dict[str, Any]) -> Events:
        return self._submit([command(self._name, verb, id, **given)])

    def _do_all(self, verb: str, rows: Any, given: dict[str, Any]) -> Events:
        return self._submit(commands_of(self._name, verb, rows, given))


def commands_of(book: str, verb: str, rows: Any, given: Mapping[str, Any]) -> list[Command]:
    """One command a row of a table with an `id` column, or one an id of a list; `given` is told to each."""
    if isinstance(rows, str):
        raise refused(f"wanted a list of ids or a table with an id column, got the text {clean(rows)!r}", "value")
    if isinstance(rows, list | tuple | set | frozenset):
        return [command(book, verb, each, **given) for each in rows]
    columns = columns_of(rows, "the table")
    ids = required(columns, "id", "the table")
    rest = {name: values for name, values in columns.items() if name != "id" and name not in given}
    out = []
    for row, id in enumerate(ids):
        told = {name: values[row] for name, values in rest.items() if not is_missing(values[row])}
        try:
            out.append(command(book, verb, "" if id is None else id, **given, **told))
        except ValueError as error:  # an InputError, which names the column
            raise type(error)(f"row {number(row)} (counting from 0): {error}") from error
    return out


def _parameters(book: dict[str, Any], verb: dict[str, Any]) -> list[inspect.Parameter]:
    named = inspect.Parameter.KEYWORD_ONLY
    names = [each["name"] for each in verb["arguments"]]
    out = [inspect.Parameter(name, named, default=None) for name in names]
    if verb["takes_fields"]:
        default = None if verb["creates"] else ...
        fields = [each["name"] for each in book["fields"] if not each["derived"] and each["name"] not in names]
        out += [inspect.Parameter(name, named, default=default) for name in fields]
    return out


def _manner(names: tuple[str, ...]) -> list[inspect.Parameter]:
    named = inspect.Parameter.KEYWORD_ONLY
    return [inspect.Parameter(name, named, default="" if name == "reason" else None) for name in names]


def signature_of(book: dict[str, Any], verb: dict[str, Any], every: bool) -> inspect.Signature:
    """The signature of a verb; `every`: of its form for many records."""
    first = inspect.Parameter("rows" if every else "id", inspect.Parameter.POSITIONAL_OR_KEYWORD)
    own = inspect.Parameter("self", inspect.Parameter.POSITIONAL_OR_KEYWORD)
    manner = ("reason", "ticket", "at", "actor") if every else tuple(MANNER)
    return inspect.Signature([own, first, *_parameters(book, verb), *_manner(manner)])


def _documentation(book: dict[str, Any], verb: dict[str, Any], every: bool) -> str:
    lines = [verb["meaning"], ""]
    if every:
        lines = [f"{verb['meaning']} For every row of a table with an `id` column, or every id of a list.", ""]
        lines += [
            "All are done, or none. Cells that are empty are not told; what is given here goes for every row.",
            "",
        ]
    if verb["creates"]:
        lines += [f"Makes a {book['noun']} that is {verb['to']}.", ""]
    else:
        to = f", makes it {verb['to']}" if verb["to"] else ""
        lines += [f"For a {book['noun']} that is {' or '.join(verb['from'])}{to}.", ""]
    meanings = {each["name"]: each["meaning"] for each in [*verb["arguments"], *book["fields"]][::-1]}
    names = list(signature_of(book, verb, every).parameters)[2:]
    meanings |= {name: words for name, words in MANNER.items() if name not in meanings}
    lines += [f"{name}: {meanings[name][:1].lower() + meanings[name][1:].rstrip('.')}" for name in names]
    if verb["takes_fields"] and not verb["creates"]:
        lines += ["", "A field that is not named stays as it is; None clears it."]
    if any(each["name"] == "open_cases" for each in verb["arguments"]):
        lines += ["", f"open_cases may be a table or mapping of open cases by {book['noun']}; silence is not 0."]
    return "\n".join(lines)


def method_name(verb: str, every: bool = False) -> str:
    """What a verb is called in Python: `raise` is a word of the language, and so `raise_`."""
    if every:
        return f"{verb}_all"
    return f"{verb}_" if keyword.iskeyword(verb) else verb


def _method(book: dict[str, Any], verb: dict[str, Any], every: bool) -> Callable[..., Events]:
    signature, name = signature_of(book, verb, every), str(verb["name"])

    def method(self: Book, /, *args: Any, **given: Any) -> Events:
        try:
            bound = signature.bind(self, *args, **given)
        except TypeError as error:
            raise TypeError(f"{book['name']}.{method.__name__}: {error}") from None
        told = dict(list(bound.arguments.items())[2:])
        if every:
            return self._do_all(name, bound.arguments["rows"], told)
        return self._do(name, bound.arguments["id"], told)

    method.__name__ = method_name(name, every)
    method.__qualname__ = f"{book['name'].capitalize()}.{method.__name__}"
    method.__doc__ = _documentation(book, verb, every)
    method.__signature__ = signature  # type: ignore[attr-defined]
    return method


def made(name: str) -> type[Book]:
    """The class of a book, from its table."""
    book = book_named(name)
    methods: dict[str, Any] = {"__slots__": (), "_name": name, "__module__": "assay.registry.books"}
    for verb in book["verbs"]:
        for every in (False, True):
            methods[method_name(verb["name"], every)] = _method(book, verb, every)
    noun = str(book["noun"]).capitalize()
    methods["_record"] = type(noun, (Record,), {"__slots__": (), "__module__": "assay.registry.books"})
    states = "; ".join(f"{each['name']}: {each['meaning'].rstrip('.').lower()}" for each in book["states"])
    methods["__doc__"] = f"The book of {name}, by id.\n\nStates: {states}."
    return type(name.capitalize(), (Book,), methods)
