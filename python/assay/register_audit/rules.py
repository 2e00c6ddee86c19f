"""Rules of the register audit: data, and functions that find faults.

rules = Rules.load("our_rules.toml")                       # changes of the built-in rules, and new ones

@rule("no_eu_site", severity="high", days=7, explanation="EU queues are reviewed in the EU.")
def no_eu_site(queue):                                     # one call a queue: None, a sentence, or faults
    if "eu" in queue["regions"] and not {"LIS", "WAW"} & set(queue["sites"]):
        return "No site of the EU reviews it."

registry.audit(rules=rules.plus(no_eu_site), routing=routing)
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from assay._checks import names_of, refuse
from assay.register_audit.conditions import close
from assay.register_audit.model import Check, Fault, Rule, Scope, Severity, days_of, id_of_rule, severity_of
from assay.register_audit.rule_files import built_in, merged
from assay.words import clean, listed


class Rules:
    """An immutable collection of rules by id: the built-in ones, changed and added to."""

    __slots__ = ("_rules",)

    def __init__(self, rules: Iterable[Rule] = ()) -> None:
        own: dict[str, Rule] = {}
        for each in rules:
            if each.id in own:
                raise refuse("each rule once", f"{each.id!r} twice")
            own[each.id] = each
        self._rules: Mapping[str, Rule] = MappingProxyType(own)

    @classmethod
    def default(cls) -> Rules:
        """The built-in rules."""
        return _default()

    @classmethod
    def load(cls, *paths: str | Path) -> Rules:
        """The built-in rules with what TOML files change and add; later files win.

        Raises InputError that names the file, the rule and the key.
        """
        out = cls.default()
        for path in paths:
            out = out.changed(_read(path), where=Path(path).name)
        return out

    def changed(self, given: Mapping[str, Any], *, where: str = "rules") -> Rules:
        """These rules with what a mapping changes and adds, laid out as in a file: {"rules": {id: {...}}}."""
        return Rules(merged(self, given, where))

    def plus(self, *more: Rule) -> Rules:
        """These rules and further ones; one of the same id takes the other's place."""
        own = dict(self._rules)
        for each in more:
            if not isinstance(each, Rule):
                raise refuse(
                    "rules made by @rule, @table_rule or Rule(...)", type(each).__name__, mend="decorate the function"
                )
            own[each.id] = each
        return Rules(own.values())

    def without(self, *ids: str) -> Rules:
        """These rules but for some."""
        for each in ids:
            self[each]
        return Rules(each for each in self._rules.values() if each.id not in ids)

    def only(self, *ids: str) -> Rules:
        """Some of these rules."""
        return Rules(self[each] for each in ids)

    def __getitem__(self, rule_id: str) -> Rule:
        if rule_id not in self._rules:
            raise refuse("the id of a rule", repr(clean(rule_id, 60)), mend=close(rule_id, self._rules))
        return self._rules[rule_id]

    def __iter__(self) -> Iterator[Rule]:
        return iter(self._rules.values())

    def __len__(self) -> int:
        return len(self._rules)

    def __contains__(self, rule_id: object) -> bool:
        return rule_id in self._rules

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Rules) and dict(self._rules) == dict(other._rules)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"<Rules: {listed(list(self._rules), 50)}>"


def rules_of(given: object) -> Rules:
    """What a caller passed as rules=: nothing, a path or several, a mapping, rules, or a list of these."""
    if given is None:
        return Rules.default()
    if isinstance(given, Rules):
        return given
    if isinstance(given, str | Path):
        return Rules.load(given)
    if isinstance(given, Mapping):
        return Rules.default().changed(given)
    if isinstance(given, Rule):
        return Rules.default().plus(given)
    if not isinstance(given, Iterable):
        raise refuse("rules= as rules, a path to a TOML file, a mapping, or a list of these", type(given).__name__)
    out = Rules.default()
    for each in given:
        if isinstance(each, Rules):
            out = out.plus(*each)
        elif isinstance(each, str | Path):
            out = out.changed(_read(each), where=Path(each).name)
        elif isinstance(each, Mapping):
            out = out.changed(each)
        else:
            out = out.plus(each)
    return out


def _read(path: str | Path) -> dict[str, Any]:
    target = Path(path)
    try:
        return tomllib.loads(target.read_text(encoding="utf-8"))
    except OSError as error:
        raise refuse("a file of rules that can be read", f"{clean(target, 300)}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise refuse("a file of rules in TOML", f"{clean(target, 300)}: {error}") from error


Answer = str | Fault | Iterable[Fault] | None


def rule(
    rule_id: str,
    *,
    severity: Severity,
    days: int,
    explanation: str = "",
    needs: Collection[str] = (),
    parameters: Mapping[str, Any] | None = None,
) -> Callable[[Callable[..., Answer]], Rule]:
    """Makes a rule of a function of one queue: a mapping of its fields; what is not set is None.

    The function answers None where all is well, else a sentence, a Fault, or several. With `parameters` it is called
    with them as keyword arguments.
    """

    def make(function: Callable[..., Answer]) -> Rule:
        def check(scope: Scope) -> Iterator[Fault]:
            ids = scope.register.column("id")
            for row, queue in enumerate(scope.register):
                yield from _faults_in(rule_id, str(ids[row]), function(queue, **scope.parameters))

        return _made(rule_id, severity, days, explanation or (function.__doc__ or ""), needs, parameters, check)

    return make


def table_rule(
    rule_id: str,
    *,
    severity: Severity,
    days: int,
    explanation: str = "",
    needs: Collection[str] = (),
    parameters: Mapping[str, Any] | None = None,
) -> Callable[[Check], Rule]:
    """Makes a rule of a function of a `Scope`: the register, the tables given, today; it answers faults."""

    def make(function: Check) -> Rule:
        def check(scope: Scope) -> Iterator[Fault]:
            for fault in function(scope):
                if not isinstance(fault, Fault):
                    raise refuse(f"faults from rule {rule_id!r}", type(fault).__name__)
                yield fault

        return _made(rule_id, severity, days, explanation or (function.__doc__ or ""), needs, parameters, check)

    return make


def _faults_in(rule_id: str, queue: str, answer: Answer) -> Iterator[Fault]:
    if answer is None:
        return
    if isinstance(answer, str):
        yield Fault(queue, answer)
    elif isinstance(answer, Fault):
        yield answer
    elif isinstance(answer, Iterable) and not isinstance(answer, Mapping | bytes):
        for each in answer:
            yield from _faults_in(rule_id, queue, each)
    else:
        raise refuse(f"None, a sentence or faults from rule {rule_id!r}", type(answer).__name__)


def _made(
    rule_id: str,
    severity: object,
    days: object,
    explanation: str,
    needs: Collection[str],
    parameters: Mapping[str, Any] | None,
    check: Check,
) -> Rule:
    return Rule(
        id=id_of_rule(rule_id, "the id of a rule"),
        severity=severity_of(severity, f"rule {rule_id!r}: severity"),
        days=days_of(days, f"rule {rule_id!r}: days"),
        explanation=" ".join(explanation.split()),
        needs=tuple(names_of(list(needs) if not isinstance(needs, str) else needs, "needs=")),
        parameters=MappingProxyType(dict(parameters or {})),
        check=check,
    )


@cache
def _default() -> Rules:
    return Rules(built_in())
