"""Writing what an audit found, and what owners answered, into a registry's book of findings: all of it or nothing."""

from __future__ import annotations

import datetime
from typing import Any

from assay._checks import refuse
from assay.register_audit.answers import Answers
from assay.register_audit.engine import audit
from assay.register_audit.result import Audit


def record(
    registry: Any, outcome: Audit, *, reason: str | None = None, ticket: str = "", actor: str | None = None
) -> Any:
    """Raises what is new, opens again what has returned, brings up to date what is open, closes what is mended.

    One bulk command: all of it is written or nothing. Returns the events written; recording the same outcome twice is
    refused by the registry's rules, because what was raised is there.

    Args:
        registry: an open registry.
        outcome: what `audit` answered for the registry's own tables.
        reason: why, for the record; by default the day of the audit.
        ticket: a ticket that the audit belongs to.
        actor: who, where it is not the one who opened the registry.
    """
    if not isinstance(outcome, Audit):
        raise refuse("the outcome of an audit", type(outcome).__name__)
    why = reason or f"audit of the register on {outcome.counted.day}"
    return registry.execute(commands_of(outcome, why, ticket, actor))


def audit_registry(
    registry: Any,
    *,
    write: bool = True,
    reason: str | None = None,
    ticket: str = "",
    actor: str | None = None,
    **given: Any,
) -> Audit:
    """Audits a registry's own books against other systems' tables, and records what was found.

    Args:
        registry: an open registry.
        write: False looks and writes nothing.
        reason: why, for the record; `ticket`, `actor`: as for every command.
        given: what `audit` takes: tables by name, `rules`, `feeds`, `today`, `default_owner`.
    """
    outcome = audit(registry.table("queues"), registry.table("findings"), **given)
    if write and (outcome.fixed or any(each.action != "keep" for each in outcome.found)):
        record(registry, outcome, reason=reason, ticket=ticket, actor=actor)
    return outcome


def commands_of(outcome: Audit, reason: str, ticket: str = "", actor: str | None = None) -> list[Any]:
    """The commands that bring a book of findings up to date."""
    from assay.registry import command

    manner: dict[str, Any] = {"reason": reason, "ticket": ticket, "actor": actor}
    out = []
    for each in outcome.found:
        fields: dict[str, Any] = {
            "severity": each.severity,
            "owner": each.owner,
            "summary": each.summary,
            "evidence": each.evidence or None,
        }
        if each.action == "raise":
            fields |= {"rule": each.rule, "subject": each.subject, "due": each.due, "source": each.source or None}
            out.append(command("findings", "raise", each.id, **fields, **manner))
        elif each.action == "reopen":
            again = {**manner, "reason": f"{reason}: {each.standing}"}
            out.append(command("findings", "reopen", each.id, **fields, due=each.due, **again))
        elif each.action == "amend":
            out.append(command("findings", "amend", each.id, **fields, **manner))
    gone = {**manner, "reason": f"{reason}: no longer found"}
    out += [command("findings", "fix", name, **gone) for name in outcome.fixed]
    return out


def answered(registry: Any, answers: Answers, *, ticket: str = "", actor: str | None = None) -> Any:
    """Writes owners' answers into the book of findings, all of them or none; returns the events written.

    The answer is kept with the finding and is the reason on the record. `fixed` closes it (the next audit opens it
    again where the fault is still there), `explain` keeps it open with its explanation, `waive` accepts it until a day.

    Raises InputError that lists the rows where any of them cannot be used.
    """
    from assay.registry import command

    if not isinstance(answers, Answers):
        raise refuse("what read_answers answered", type(answers).__name__)
    answers.require()
    out = []
    for each in answers.rows:
        manner: dict[str, Any] = {"reason": each.answer, "ticket": ticket, "actor": actor}
        out.append(command("findings", "amend", each.id, answer=each.answer, **manner))
        if each.action == "fixed":
            out.append(command("findings", "fix", each.id, **manner))
        elif each.action == "waive":
            out.append(command("findings", "waive", each.id, until=each.until or datetime.date.max, **manner))
    return registry.execute(out)
