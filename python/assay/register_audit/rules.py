"""Rules of the register audit: data, and functions that find faults.

rules = Rules.load("our_rules.toml")                       # changes of the built-in rules, and new ones

@rule("no_eu_site", severity="high", days=7, explanation="EU queues are reviewed in the EU.")
def no_eu_site(queue):                                     # one call a queue: None, a sentence, or faults
    if "eu" in queue["regions"] and not {"LIS", "WAW"} & set(queue["sites"]):
        return "No site of the EU reviews it."

registry.audit(rules=rules.plus(no_eu_site), routing=routing)
"""

from __future__ import annotations

import datetime
import tomllib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, cast

from assay._checks import names_of, refuse, text
from assay.register_audit._sheets import Rows
from assay.register_audit.conditions import Compiled, close, conditions, sentence
from assay.words import clean, listed

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
        return _built_in()

    @classmethod
    def load(cls, *paths: str | Path) -> Rules:
        """The built-in rules with what TOML files change and add; later files win.

        Raises InputError that names the file, the rule and the key.
        """
        out = cls.default()
        for path in paths:
            target = Path(path)
            try:
                given = tomllib.loads(target.read_text(encoding="utf-8"))
            except OSError as error:
                raise refuse("a file of rules that can be read", f"{clean(target, 300)}: {error.strerror}") from error
            except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
                raise refuse("a file of rules in TOML", f"{clean(target, 300)}: {error}") from error
            out = out.changed(given, where=target.name)
        return out

    def changed(self, given: Mapping[str, Any], *, where: str = "rules") -> Rules:
        """These rules with what a mapping changes and adds, laid out as in a file: {"rules": {id: {...}}}."""
        return Rules(_merged(self, given, where))

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
            out = Rules(_merged(out, tomllib.loads(Path(each).read_text(encoding="utf-8")), Path(each).name))
        elif isinstance(each, Mapping):
            out = out.changed(each)
        else:
            out = out.plus(each)
    return out


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
        id=_id(rule_id, "the id of a rule"),
        severity=_severity(severity, f"rule {rule_id!r}: severity"),
        days=_days(days, f"rule {rule_id!r}: days"),
        explanation=" ".join(explanation.split()),
        needs=tuple(names_of(list(needs) if not isinstance(needs, str) else needs, "needs=")),
        parameters=MappingProxyType(dict(parameters or {})),
        check=check,
    )


# --- files ------------------------------------------------------------------------------------------------------------

KEYS = frozenset(
    ("severity", "days", "enabled", "explanation", "parameters", "needs", "when", "require", "text", "table", "subject")
)
CHANGEABLE = frozenset(("severity", "days", "enabled", "parameters"))


@cache
def _built_in() -> Rules:
    from assay.register_audit.checks import CHECKS

    given = tomllib.loads((Path(__file__).parent / "rules.toml").read_text(encoding="utf-8"))
    made = []
    for rule_id, each in given["rules"].items():
        check = CHECKS[each.pop("check")] if "check" in each else None
        made.append(replace(_new(rule_id, each, f"rules.toml, rule {rule_id!r}", check is not None), check=check))
    return Rules(made)


def _merged(rules: Rules, given: Mapping[str, Any], where: str) -> list[Rule]:
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
        if known is not None and (known.check is not None or known.id in Rules.default()):
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
        severity=_severity(given.get("severity", known.severity), f"{at}, key 'severity'"),
        days=_days(given.get("days", known.days), f"{at}, key 'days'"),
        enabled=_flag(given.get("enabled", known.enabled), f"{at}, key 'enabled'"),
        parameters=MappingProxyType({**known.parameters, **parameters}),
    )


def _new(rule_id: str, given: Mapping[str, Any], at: str, checked: bool = False) -> Rule:
    for key in given:
        if key not in KEYS:
            raise refuse(f"{at} with keys that are known", repr(clean(key, 40)), mend=close(key, KEYS))
    for key in ("severity", "days"):
        if key not in given:
            raise refuse(f"{at} with the key {key!r}", "nothing")
    severity = _severity(given["severity"], f"{at}, key 'severity'")
    days = _days(given["days"], f"{at}, key 'days'")
    table = _word(given.get("table", REGISTER), f"{at}, key 'table'")
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
        id=_id(rule_id, f"{at}: the id"),
        severity=severity,
        days=days,
        enabled=_flag(given.get("enabled", True), f"{at}, key 'enabled'"),
        explanation=text(given.get("explanation", ""), f"{at}, key 'explanation'"),
        needs=tuple(names_of(needs, f"{at}, key 'needs'")),
        parameters=MappingProxyType(dict(parameters)),
        table=table,
        subject=_word(given.get("subject", "id" if table == REGISTER else "queue"), f"{at}, key 'subject'"),
        when=tuple(when),
        require=tuple(require),
        text=told,
    )


def _word(value: object, where: str) -> str:
    if not isinstance(value, str) or not value:
        raise refuse(f"{where} as a name", repr(value))
    return value


def _id(value: object, where: str) -> str:
    good = (
        isinstance(value, str)
        and 0 < len(value) <= 60
        and all(c.isascii() and (c.isalnum() or c in "_-") for c in value)
    )
    if not good:
        raise refuse(f"{where} as up to 60 letters, digits, _ and -", repr(clean(value, 80)))
    return cast(str, value)


def _severity(value: object, where: str) -> Severity:
    if value not in SEVERITIES:
        raise refuse(f"{where} as high, medium or low", repr(value))
    return value


def _days(value: object, where: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MOST_DAYS:
        raise refuse(f"{where} as a whole number from 0 to {MOST_DAYS}", repr(value))
    return value


def _flag(value: object, where: str) -> bool:
    if not isinstance(value, bool):
        raise refuse(f"{where} as true or false", repr(value))
    return value
