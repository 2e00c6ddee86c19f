"""Rules as data: what a file or a mapping says, checked key by key."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from assay._checks import names_of, refuse, text
from assay.register_audit.conditions import close, conditions, sentence
from assay.register_audit.model import (
    QUEUE_FIELDS,
    REGISTER,
    Rule,
    days_of,
    flag_of,
    id_of_rule,
    severity_of,
    word_of,
)
from assay.words import clean, listed

KEYS = frozenset(
    ("severity", "days", "enabled", "explanation", "parameters", "needs", "when", "require", "text", "table", "subject")
)
CHANGEABLE = frozenset(("severity", "days", "enabled", "parameters"))


@cache
def built_in() -> tuple[Rule, ...]:
    from assay.register_audit.checks import CHECKS

    given = tomllib.loads((Path(__file__).parent / "rules.toml").read_text(encoding="utf-8"))
    made = []
    for rule_id, each in given["rules"].items():
        check = CHECKS[each.pop("check")] if "check" in each else None
        made.append(replace(_new(rule_id, each, f"rules.toml, rule {rule_id!r}", check is not None), check=check))
    return tuple(made)


def merged(rules: Iterable[Rule], given: Mapping[str, Any], where: str) -> list[Rule]:
    for key in given:
        if key not in ("rules", "feeds"):
            raise refuse(f"{where} with [rules.<id>] and [feeds.<name>]", f"[{clean(key, 40)}]")
    changes = given.get("rules", {})
    if not isinstance(changes, Mapping):
        raise refuse(f"{where}, [rules] as one table a rule", type(changes).__name__)
    own = {each.id: each for each in rules}
    for rule_id, each in changes.items():
        at = f"{where}, rule {clean(rule_id, 60)!r}"
        if not isinstance(each, Mapping):
            raise refuse(f"{at} as a table", type(each).__name__)
        known = own.get(rule_id)
        if known is not None and (known.check is not None or known.id in {each.id for each in built_in()}):
            own[rule_id] = _changed(known, each, at)
        else:
            own[rule_id] = _new(rule_id, each, at)
    return list(own.values())


def _changed(known: Rule, given: Mapping[str, Any], at: str) -> Rule:
    for key in given:
        if key not in CHANGEABLE:
            raise refuse(
                f"{at} with {listed(sorted(CHANGEABLE))}", f"the key {clean(key, 40)!r}", mend=close(key, CHANGEABLE)
            )
    parameters = given.get("parameters", {})
    if not isinstance(parameters, Mapping):
        raise refuse(f"{at}, key 'parameters' as a table", type(parameters).__name__)
    for name, value in parameters.items():
        if name not in known.parameters:
            has = listed(sorted(known.parameters)) or "none"
            raise refuse(f"{at}, key 'parameters' with what the rule has ({has})", repr(clean(name, 40)))
        wanted = known.parameters[name]
        number = isinstance(wanted, int | float) and isinstance(value, int | float) and not isinstance(value, bool)
        if not number and type(value) is not type(wanted):
            raise refuse(f"{at}, key 'parameters.{name}' such as {wanted!r}", repr(value))
    return replace(
        known,
        severity=severity_of(given.get("severity", known.severity), f"{at}, key 'severity'"),
        days=days_of(given.get("days", known.days), f"{at}, key 'days'"),
        enabled=flag_of(given.get("enabled", known.enabled), f"{at}, key 'enabled'"),
        parameters=MappingProxyType({**known.parameters, **parameters}),
    )


def _new(rule_id: str, given: Mapping[str, Any], at: str, checked: bool = False) -> Rule:
    for key in given:
        if key not in KEYS:
            raise refuse(f"{at} with keys that are known", repr(clean(key, 40)), mend=close(key, KEYS))
    for key in ("severity", "days"):
        if key not in given:
            raise refuse(f"{at} with the key {key!r}", "nothing")
    severity = severity_of(given["severity"], f"{at}, key 'severity'")
    days = days_of(given["days"], f"{at}, key 'days'")
    table = word_of(given.get("table", REGISTER), f"{at}, key 'table'")
    fields = QUEUE_FIELDS if table == REGISTER else None
    require = given.get("require", [])
    if not isinstance(require, list) or not all(isinstance(each, str) for each in require):
        raise refuse(f"{at}, key 'require' as a list of fields", repr(require))
    for each in require:
        if fields is not None and each not in fields:
            raise refuse(f"{at}, key 'require' with names of fields", repr(clean(each, 40)), mend=close(each, fields))
    when = conditions(given.get("when", []), f"{at}, key when", fields)
    if not checked and not when and not require:
        raise refuse(f"{at} with 'when' or 'require'", "neither")
    told = "" if checked else sentence(given.get("text"), f"{at}, key 'text'", fields)
    parameters = given.get("parameters", {})
    if parameters and not checked:
        raise refuse(f"{at} without 'parameters'", "some", mend="put the values into 'when'")
    needs = given.get("needs", [] if table == REGISTER else [table])
    return Rule(
        id=id_of_rule(rule_id, f"{at}: the id"),
        severity=severity,
        days=days,
        enabled=flag_of(given.get("enabled", True), f"{at}, key 'enabled'"),
        explanation=text(given.get("explanation", ""), f"{at}, key 'explanation'"),
        needs=tuple(names_of(needs, f"{at}, key 'needs'")),
        parameters=MappingProxyType(dict(parameters)),
        table=table,
        subject=word_of(given.get("subject", "id" if table == REGISTER else "queue"), f"{at}, key 'subject'"),
        when=tuple(when),
        require=tuple(require),
        text=told,
    )
