"""The audit itself: a pure function of tables, rules and a day."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from assay._checks import refuse, text
from assay._core import AssayError
from assay._registry import faults
from assay._result import flavour_of
from assay.register_audit._sheets import Rows, day_number, rows_of
from assay.register_audit.feeds import Feed
from assay.register_audit.model import QUEUE_FIELDS, REGISTER, CannotRunError, Fault, Rule, Scope, Severity
from assay.register_audit.result import Audit, Counted, NotRun
from assay.register_audit.rules import rules_of
from assay.register_audit.sources import System, source_of, system_of
from assay.words import clean, listed

Action = Literal["raise", "reopen", "amend", "keep"]
Standing = Literal["new", "returned", "waiver ran out", "open", "explained", "waived"]

MOST_SUMMARY, MOST_EVIDENCE, MOST_ID, MOST_NAME = 1900, 3900, 180, 480
NO_OWNER = "queue operations"
#: Tables that are no copies of the register.
SPECIAL = ("traffic", "decisions", "sla", "people")


@dataclass(frozen=True, slots=True)
class Found:
    """A finding as this audit sees it, and what is to be done about it in the book."""

    id: str
    rule: str
    severity: Severity
    subject: str
    owner: str
    due: datetime.date
    summary: str
    evidence: str
    source: str
    standing: Standing
    action: Action
    history: str = ""  # where the story of its subject is told


def audit(
    register: Any,
    findings: Any = None,
    *,
    rules: Any = None,
    feeds: Sequence[Feed] | Mapping[str, Any] = (),
    today: datetime.date | None = None,
    now: datetime.datetime | None = None,
    default_owner: str = NO_OWNER,
    **tables: Any,
) -> Audit:
    """Looks for everything that is wrong with a register of queues, by itself and against other systems' tables.

    Pure: nothing is written. `record` puts the outcome into a registry's book of findings; `registry.audit(...)` does
    both.

    Args:
        register: the table of queues, as `registry.table("queues")` gives it.
        findings: the book of findings so far, as `registry.table("findings")` gives it; none: everything is new.
        rules: None for the built-in rules; a path to TOML, a mapping, `Rules`, or a list of rules and these.
        feeds: contracts of data feeds with their tables.
        today: the day of the audit; default today in UTC.
        now: the moment freshness of feeds is judged at; default the present, or the first moment of `today`.
        default_owner: who mends what has no owner of its own, or one who has left.
        tables: other systems' tables by name, plain or as `Source`. `traffic` (or `decisions`), `sla` and `people` have
            rules of their own; every other one (`routing`, `bi`, `roster`, ...) is reconciled queue by queue. A
            `roster` of persons (a column `owner`, none of queues) serves as `people`.

    Raises:
        InputError: a table, a column, a rule or an option that cannot be used, by name.
    """
    moment, day = _when(today, now)
    chosen = rules_of(rules)
    rows = _register_of(register)
    given = _tables_of(tables, feeds)
    scope_tables = dict(given)
    owner = text(default_owner, "default_owner=").strip()
    if not owner:
        raise refuse("default_owner= as somebody", "blank text")
    book = _book_of(findings)
    shared: dict[str, Any] = {"now": moment}
    met: dict[str, Found] = {}
    ran: set[str] = set()
    not_run: list[NotRun] = []
    owners = dict(zip(rows.column("id"), rows.column("owner"), strict=True))
    for rule in chosen:
        reason = _missing(rule, given, findings)
        if reason is not None:
            not_run.append(NotRun(rule.id, reason))
            continue
        scope = Scope(rows, scope_tables, day, rule.parameters, shared)
        try:
            for fault in _faults(rule, scope):
                found = _found(rule, fault, owners, owner, day)
                met.setdefault(found.id, found)
        except CannotRunError as why:
            not_run.append(NotRun(rule.id, str(why)))
            continue
        except AssayError:
            raise
        except Exception as error:
            raise AssayError(f"rule {rule.id!r} failed: {type(error).__name__}: {clean(error, 300)}") from error
        ran.add(rule.id)
    sources = {"", *given}
    outcome, fixed = _against(
        book, met, ran, sources, day, "waiver_run_out" in chosen and chosen["waiver_run_out"].enabled
    )
    return Audit(
        found=tuple(outcome),
        fixed=tuple(fixed),
        not_run=tuple(not_run),
        counted=Counted(
            day=day,
            queues=len(rows),
            tables=tuple(
                (
                    name,
                    len(each.rows) if isinstance(each, System) else None,
                    () if name in SPECIAL else getattr(each, "unused", ()),
                )
                for name, each in given.items()
            ),
            notes=tuple(shared.get("notes", ())),
            rules=tuple((each.id, each.severity, each.explanation) for each in chosen if each.id in ran),
        ),
        flavour=flavour_of(register),
    )


def _when(today: Any, now: Any) -> tuple[datetime.datetime, datetime.date]:
    if now is not None and (not isinstance(now, datetime.datetime) or now.tzinfo is None):
        raise refuse("now= as a time with a zone", repr(now))
    if today is not None and (not isinstance(today, datetime.date) or isinstance(today, datetime.datetime)):
        raise refuse("today= as a date", repr(today))
    if now is None:
        now = (
            datetime.datetime.now(datetime.UTC)
            if today is None
            else datetime.datetime.combine(today, datetime.time(), datetime.UTC)
        )
    now = now.astimezone(datetime.UTC)
    return now, today or now.date()


def _register_of(register: Any) -> Rows:
    rows = rows_of(register, REGISTER)
    for column in ("id", "state"):
        if column not in rows:
            raise refuse(f"a register with the column {column!r}", f"the columns {listed(rows.column_names, 40)}")
    rows = Rows(rows.sheet.with_columns(list(QUEUE_FIELDS)))
    met: set[Any] = set()
    for row, name in enumerate(rows.column("id")):
        if not isinstance(name, str) or not name.strip():
            raise refuse(
                "an id in every row of the register, as text", f"{name!r} at row {row} (counting from 0)", column="id"
            )
        if name in met:
            raise refuse(
                "each id once in the register", f"{clean(name)!r} again at row {row} (counting from 0)", column="id"
            )
        met.add(name)
    return rows


def _tables_of(tables: Mapping[str, Any], feeds: Sequence[Feed] | Mapping[str, Any]) -> dict[str, Any]:
    given: dict[str, Any] = {}
    if tables.get("traffic") is not None and tables.get("decisions") is not None:
        raise refuse("traffic= or decisions=", "both")
    for name, table in tables.items():
        if table is None:
            continue
        if name in ("traffic", "decisions"):
            given["traffic"] = source_of(table)
            continue
        if isinstance(table, Feed):
            raise refuse(f"{name}= as a table", "a feed", mend="feeds go into feeds=[...]")
        given[name] = system_of(name, table)
    roster = given.get("roster")
    if isinstance(roster, System) and "people" not in given:
        persons = roster.column_for("owner", "person", "people", "login", "email") is not None
        leavers = roster.column_for("left", "left_on", "leaver", "end_date", "active") is not None
        if persons and (roster.key in (None, "id") or leavers):
            given["people"] = System("people", roster.rows, roster.key, roster.pairs, roster.told, roster.unused)
            if roster.key in (None, "id"):
                del given["roster"]
    for name, each in given.items():
        if isinstance(each, System) and name not in SPECIAL and each.key is None:
            columns = listed(each.rows.column_names, 40)
            raise refuse(
                f"{name}= with a column of queue ids (queue, queue_id or id)",
                f"the columns {columns}",
                mend="say Source(table, key=...)",
            )
        if isinstance(each, System) and name not in SPECIAL and not each.pairs and each.told.columns is not None:
            raise refuse(f"{name}: columns= with fields of a queue", listed(list(each.told.columns)) or "none")
    for feed in feeds.values() if isinstance(feeds, Mapping) else feeds:
        if not isinstance(feed, Feed):
            raise refuse("feeds= as Feed values", type(feed).__name__)
        if feed.name in given:
            raise refuse("each table and feed under a name of its own", f"{clean(feed.name)!r} twice")
        given[feed.name] = feed
    return given


def _missing(rule: Rule, given: Mapping[str, Any], findings: Any) -> str | None:
    """Why a rule cannot run; None where it can."""
    if not rule.enabled:
        return "switched off"
    for need in rule.needs:
        has = need in given
        if need == "feed":
            has = any(isinstance(each, Feed) for each in given.values())
        elif need == "system":
            has = any(isinstance(each, System) and name not in SPECIAL for name, each in given.items())
        elif need == "findings":
            has = findings is not None
        if not has:
            named = {"feed": "no feed", "system": "no other system's table", "findings": "no book of findings"}
            return f"{named.get(need, 'no ' + need + '=')} was given"
    return None


def _faults(rule: Rule, scope: Scope) -> Iterable[Fault]:
    if rule.check is not None:
        return rule.check(scope)
    rows = scope.register if rule.table == REGISTER else scope.table(rule.table)
    found = faults(rows.sheet, rule.id, list(rule.when), list(rule.require), rule.text, day_number(scope.today))
    subjects = rows.column(rule.subject)
    source = "" if rule.table == REGISTER else rule.table
    return [
        Fault(str(subjects[row] or f"row {row}").strip(), summary, seen, "", source) for row, summary, seen in found
    ]


def _plain(value: str, most: int) -> str:
    """Text that the book of findings keeps: nothing invisible, no longer than it takes."""
    if len(value) <= most and value.isascii() and value.isprintable():
        return value.strip()
    kept = clean(value, most)
    while len(kept.encode()) > most:
        kept = kept[: len(kept) - max(1, (len(kept.encode()) - most) // 4)]
    return kept.replace("\ufeff", "").strip()


def id_of(rule: str, subject: str, source: str = "", detail: str = "") -> str:
    """The id of a finding: the same fault has the same id in every audit."""
    plain = f"{rule}{'@' + source if source else ''}:{subject}{':' + detail if detail else ''}"
    kept = _plain(plain, MOST_ID)
    if kept == plain:
        return kept
    digest = hashlib.sha256("\0".join((rule, source, subject, detail)).encode(errors="backslashreplace")).hexdigest()[
        :16
    ]
    return f"{_plain(plain, MOST_ID - 20)}#{digest}"


def _found(rule: Rule, fault: Fault, owners: Mapping[str, Any], nobody: str, today: datetime.date) -> Found:
    owner = fault.owner if fault.owner is not None else owners.get(fault.subject)
    return Found(
        id=id_of(rule.id, fault.subject, fault.source, fault.detail),
        rule=rule.id,
        severity=rule.severity,
        subject=_plain(fault.subject, MOST_NAME) or "(blank)",
        owner=_plain(owner or "", MOST_NAME) or nobody,
        due=today + datetime.timedelta(days=rule.days),
        summary=_plain(fault.summary, MOST_SUMMARY) or rule.id,
        evidence=_plain(fault.evidence, MOST_EVIDENCE),
        source=_plain(fault.source, MOST_NAME),
        standing="new",
        action="raise",
        history=f"registry.history({fault.subject!r})" if fault.subject in owners else "",
    )


def _book_of(findings: Any) -> dict[str, dict[str, Any]]:
    if findings is None:
        return {}
    rows = rows_of(findings, "findings")
    for column in ("id", "state", "rule"):
        if column not in rows:
            raise refuse(
                f"a book of findings with the column {column!r}", f"the columns {listed(rows.column_names, 40)}"
            )
    names = (
        "id",
        "state",
        "rule",
        "severity",
        "subject",
        "owner",
        "due",
        "summary",
        "evidence",
        "source",
        "answer",
        "waived_until",
    )
    rows = Rows(rows.sheet.with_columns(list(names)))
    columns = [rows.column(name) for name in names]
    return {values[0]: dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)}


def _against(
    book: dict[str, dict[str, Any]],
    met: dict[str, Found],
    ran: set[str],
    sources: set[str],
    today: datetime.date,
    waivers_end: bool,
) -> tuple[list[Found], list[str]]:
    """What this audit found, against what the book says already: what is to be done about each."""
    import dataclasses

    out: list[Found] = []
    fixed: list[str] = []
    for found in met.values():
        known = book.get(found.id)
        if known is None:
            out.append(found)
            continue
        standing: Standing = "explained" if known["answer"] else "open"
        action: Action = "keep"
        due = known["due"] or found.due
        same = all(known[name] == getattr(found, name) for name in ("severity", "owner", "summary"))
        if known["state"] == "fixed":
            standing, action, due = "returned", "reopen", found.due
        elif known["state"] == "waived":
            ended = known["waived_until"] is not None and known["waived_until"] <= today
            standing = "waived"
            if ended and waivers_end:
                standing, action, due = "waiver ran out", "reopen", found.due
        elif not same:
            action = "amend"
        out.append(dataclasses.replace(found, due=due, standing=standing, action=action))
    for name, known in book.items():
        if name in met or known["state"] == "fixed":
            continue
        if known["rule"] in ran and (known["source"] or "") in sources:
            fixed.append(name)
            continue
        ended = known["state"] == "waived" and known["waived_until"] is not None and known["waived_until"] <= today
        if ended and waivers_end:
            out.append(
                Found(
                    id=name,
                    rule=known["rule"],
                    severity=known["severity"] or "medium",
                    subject=known["subject"] or "",
                    owner=known["owner"] or "",
                    due=today + datetime.timedelta(days=7),
                    summary=known["summary"] or "",
                    evidence=known["evidence"] or "",
                    source=known["source"] or "",
                    standing="waiver ran out",
                    action="reopen",
                )
            )
    rank = {"high": 0, "medium": 1, "low": 2}
    out.sort(key=lambda each: (rank.get(each.severity, 3), each.rule, each.source, each.subject, each.id))
    return out, sorted(fixed)
