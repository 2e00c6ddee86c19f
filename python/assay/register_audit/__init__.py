"""The weekly audit of the register: is everything that it says of the queues up to date, and do other systems agree?

    from assay.register_audit import Feed, Source, audit

    outcome = audit(
        registry.table("queues"), registry.table("findings"),
        routing=routing, bi=Source(bi, columns={"sla_hours": "SLA (h)"}), people=people, traffic=decisions,
    )
    outcome.findings                              # a table: rule, severity, owner, due day, evidence
    outcome.save("audit.html", "audit.xlsx")      # the report
    outcome.sheets("for_owners.xlsx")             # one sheet an owner; answers come back with read_answers

`registry.audit(routing=..., bi=...)` does the same with the registry's own books, and records what it found.
"""

from __future__ import annotations

from assay.register_audit.answers import Answers, read_answers
from assay.register_audit.engine import Found, audit, id_of
from assay.register_audit.feeds import Feed
from assay.register_audit.model import Fault, Rule, Scope
from assay.register_audit.recording import answered, audit_registry, record
from assay.register_audit.result import Audit, Findings, NotRun
from assay.register_audit.rules import Rules, rule, table_rule
from assay.register_audit.sources import Source

__all__ = [
    "Answers",
    "Audit",
    "Fault",
    "Feed",
    "Findings",
    "Found",
    "NotRun",
    "Rule",
    "Rules",
    "Scope",
    "Source",
    "answered",
    "audit",
    "audit_registry",
    "id_of",
    "read_answers",
    "record",
    "rule",
    "table_rule",
]
