"""Rules about other systems: what they say otherwise, lack, have twice, or know alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from assay import _registry
from assay.register_audit.index import index_of
from assay.register_audit.model import CannotRunError, Fault, Scope
from assay.register_audit.sources import System
from assay.words import clean, listed, number, plural


def reconciled(scope: Scope, system: System) -> dict[str, Any]:
    """What a system and the register disagree on; worked out once an audit."""
    key = f"reconciled {system.name}"
    if key not in scope.shared:
        register, told = scope.register, system.told
        states = register.column("state")
        fields = [
            (
                pair.here,
                pair.there,
                pair.kind,
                told.tolerance,
                told.separators,
                [(word, list(ours)) for word, ours in pair.meanings],
                pair.always,
            )
            for pair in system.pairs
        ]
        expected = [state in told.expects for state in states]
        compared = [state in ("active", "paused") for state in states]
        scope.shared[key] = _registry.reconcile(
            register.sheet, system.rows.sheet, "id", cast(str, system.key), fields, expected, compared
        )
    return cast("dict[str, Any]", scope.shared[key])


def systems_of(scope: Scope) -> list[System]:
    return [
        each
        for each in scope.tables.values()
        if isinstance(each, System) and each.key is not None and each.name != "sla"
    ]


def _differences(scope: Scope, system: System) -> Iterator[Fault]:
    ids = scope.register.column("id")
    for row, _, position, here, there in reconciled(scope, system)["differences"]:
        pair = system.pairs[position]
        what = pair.here.replace("_", " ")
        says = f"says {clean(there, 200)}" if there.strip() else "says nothing"
        mine = f"the register says {clean(here, 200)}" if here else "the register says nothing"
        more = ""
        if pair.kind == "set" and here and there:
            more = _apart(here, there, system.told.separators)
        yield Fault(
            ids[row],
            f"{system.name.capitalize()} {says} for its {what}; {mine}.",
            f"{pair.here} = {here}; {system.name}.{pair.there} = {there}{more}",
            pair.here,
            system.name,
        )


def _apart(here: str, there: str, separators: str) -> str:
    def members(written: str, marks: str) -> set[str]:
        for mark in marks:
            written = written.replace(mark, "\n")
        return {" ".join(each.lower().split()) for each in written.split("\n")} - {""}

    ours, theirs = members(here, ","), members(there, separators)
    return "".join(
        f"; {word} {', '.join(sorted(each))}"
        for word, each in (("lacks", ours - theirs), ("has besides", theirs - ours))
        if each
    )


def routing_drift(scope: Scope) -> Iterator[Fault]:
    system = scope.tables["routing"]
    if system.key is None:
        raise CannotRunError("routing= has no column 'queue'")
    return _differences(scope, system)


def differs(scope: Scope) -> Iterator[Fault]:
    for system in systems_of(scope):
        if system.name != "routing":
            yield from _differences(scope, system)


def missing_there(scope: Scope) -> Iterator[Fault]:
    ids, states = scope.register.column("id"), scope.register.column("state")
    for system in systems_of(scope):
        for row in reconciled(scope, system)["only_here"]:
            yield Fault(
                ids[row],
                f"It is {states[row]}, but {system.name} does not have it.",
                f"{number(len(system.rows))} rows in {system.name}",
                "",
                system.name,
            )


def unknown_here(scope: Scope) -> Iterator[Fault]:
    for system in systems_of(scope):
        found = reconciled(scope, system)
        keys = system.rows.column(cast(str, system.key))
        for row in found["only_there"]:
            yield Fault(
                str(keys[row]).strip(),
                f"{system.name.capitalize()} has a queue that the register does not know.",
                f"row {row} of {system.name} (counting from 0)",
                "",
                system.name,
                "",
            )
        if found["blank_there"]:
            rows = found["blank_there"]
            yield Fault(
                system.name,
                f"{plural(len(rows), 'row')} of {system.name} name no queue.",
                f"rows {listed([str(row) for row in rows])} (counting from 0)",
                "blank",
                system.name,
                "",
            )


def twice_there(scope: Scope) -> Iterator[Fault]:
    index, ids = index_of(scope), scope.register.column("id")
    for system in systems_of(scope):
        for name, rows in reconciled(scope, system)["twice_there"]:
            row = index.row(name)
            subject = ids[row] if row is not None else name
            yield Fault(
                subject,
                f"{system.name.capitalize()} has it {len(rows)} times.",
                f"rows {listed([str(each) for each in rows])} of {system.name} (counting from 0)",
                "",
                system.name,
            )
