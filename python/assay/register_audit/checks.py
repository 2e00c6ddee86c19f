"""The built-in rules that are more than a comparison of fields: what each finds, given a `Scope`."""

from __future__ import annotations

import datetime
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

from assay import _registry
from assay._flavours import installed
from assay.register_audit import feeds
from assay.register_audit._sheets import capsule_of, day_number
from assay.register_audit.rules import Check, Fault, Scope
from assay.register_audit.sources import Source, System
from assay.words import clean, listed, number, percent, plural

NOT_NAMED = {chr(code): " " for code in range(128) if not chr(code).isalnum()}
TO_BLANKS = str.maketrans(NOT_NAMED)
SAME_WORD = 80  # from this likeness of 100 on, two words are one that was written in two ways
CODE_LETTERS = 3  # words as short as this are codes: tier a is not tier b


class CannotRunError(Exception):
    """What a rule needs is not there; the audit goes on and says so."""


# --- the register by itself -------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Index:
    """Where queues are, by id; other systems' capitals do not count where that is not ambiguous."""

    exact: dict[str, int]
    folded: dict[str, int | None]

    def row(self, name: object) -> int | None:
        key = str(name).strip()
        found = self.exact.get(key)
        return found if found is not None else self.folded.get(key.lower())


def index_of(scope: Scope) -> Index:
    if "index" not in scope.shared:
        exact: dict[str, int] = {}
        folded: dict[str, int | None] = {}
        for row, name in enumerate(scope.register.column("id")):
            exact[name] = row
            key = name.strip().lower()
            folded[key] = None if key in folded else row
        scope.shared["index"] = Index(exact, folded)
    return cast(Index, scope.shared["index"])


def successor_not_active(scope: Scope) -> Iterator[Fault]:
    register, index = scope.register, index_of(scope)
    ids, states = register.column("id"), register.column("state")
    links = [register.column(name) for name in ("merged_into", "reroute_to", "split_into")]

    def heirs(row: int) -> list[str]:
        for column in links:
            if column[row]:
                return [column[row]] if isinstance(column[row], str) else list(column[row])
        return []

    def lost(name: str, seen: frozenset[str]) -> str | None:
        """Why nobody carries on under this id; None where somebody does."""
        row = index.exact.get(name)
        if row is None:
            return f"{name!r} is not in the register"
        if states[row] == "active":
            return None
        further = heirs(row) if states[row] in ("deactivated", "archived") and name not in seen else []
        if not further:
            return f"{name!r} is {states[row]}"
        return next(filter(None, (lost(each, seen | {name}) for each in further)), None)

    for row, state in enumerate(states):
        if state != "deactivated":
            continue
        for name in heirs(row):
            why = lost(name, frozenset())
            if why is not None:
                yield Fault(
                    ids[row], f"Its cases go to {clean(name)}, but {clean(why, 300)}.", f"successor = {name}", name
                )


def duplicate_scope(scope: Scope) -> Iterator[Fault]:
    register, states = scope.register, set(scope.parameters["states"])
    ids, made = register.column("id"), register.column("created")
    parts = [register.column(name) for name in ("policies", "languages", "regions", "sites")]
    alike: dict[tuple[Any, ...], list[int]] = {}
    for row, (state, *sets) in enumerate(zip(register.column("state"), *parts, strict=True)):
        if state in states and all(sets):
            alike.setdefault(tuple(sets), []).append(row)
    latest = datetime.datetime.max.replace(tzinfo=datetime.UTC)
    for shared, rows in alike.items():
        if len(rows) < 2:
            continue
        first, *others = sorted(rows, key=lambda row: (made[row] or latest, ids[row]))
        seen = "; ".join(
            f"{name} = {', '.join(each)}"
            for name, each in zip(("policies", "languages", "regions", "sites"), shared, strict=True)
        )
        for row in others:
            summary = f"It takes the same policies, languages, regions and sites as {clean(ids[first])}; both are live."
            yield Fault(ids[row], summary, seen, ids[first])


def tidy_name(name: str) -> str:
    """A name in small letters, accents and signs left out, single blanks between words."""
    if not name.isascii():
        letters = unicodedata.normalize("NFKD", name.casefold())
        name = "".join(c if c.isalnum() else " " for c in letters if not unicodedata.combining(c))
        return " ".join(name.split())
    return " ".join(name.lower().translate(TO_BLANKS).split())


def near_duplicate_name(scope: Scope) -> Iterator[Fault]:
    if not installed("rapidfuzz"):
        raise CannotRunError("rapidfuzz is not installed; pip install 'assay[registry]'")
    from rapidfuzz import fuzz, process

    register, states = scope.register, set(scope.parameters["states"])
    least, most = float(scope.parameters["likeness"]), int(scope.parameters["most_in_block"])
    ids, names = register.column("id"), register.column("name")
    regions, languages = register.column("regions"), register.column("languages")
    live = [row for row, state in enumerate(register.column("state")) if state in states and names[row]]
    tidy = [tidy_name(names[row]) for row in live]
    scopes = [list(regions[row] or ("",)) for row in live]
    pairs, crowded = _registry.name_pairs(tidy, scopes, most, SAME_WORD / 100)
    if crowded:
        scope.shared.setdefault("notes", []).append(
            f"Names: in {plural(crowded, 'group')} of more than {most} similar names in one region, none were compared."
        )
    pairs = [(a, b) for a, b in pairs if _meet(languages[live[a]], languages[live[b]])]
    if not pairs:
        return
    ordered = [" ".join(sorted(name.split())) for name in tidy]
    scores = [
        process.cpdist([side[a] for a, _ in pairs], [side[b] for _, b in pairs], scorer=fuzz.ratio, score_cutoff=least)
        for side in (tidy, ordered)
    ]
    for (a, b), *likeness in zip(pairs, *(each.tolist() for each in scores), strict=True):
        score = max(likeness)
        if score < least or _apart_by_meaning(tidy[a], tidy[b], fuzz.ratio):
            continue
        one, other = sorted((live[a], live[b]), key=lambda row: ids[row])
        places = listed(sorted(_both(regions[one], regions[other])) or ["no region"])
        yield Fault(
            ids[other],
            f"Its name {clean(names[other])!r} is nearly that of {clean(ids[one])}: {clean(names[one])!r}.",
            f"likeness {score:.0f} of 100; both in {places}",
            ids[one],
        )


def _meet(one: Sequence[str] | None, other: Sequence[str] | None) -> bool:
    return not one or not other or bool(_both(one, other))


def _both(one: Sequence[str] | None, other: Sequence[str] | None) -> set[str]:
    return set(one or ()) & set(other or ())


def _apart_by_meaning(one: str, other: str, ratio: Callable[[str, str], float]) -> bool:
    """Whether the words that set two names apart are other words, or short codes, and no slips of the pen."""
    here, there = one.split(), other.split()
    only_here = [word for word in here if word not in there]
    only_there = [word for word in there if word not in here]
    if not only_here or not only_there:
        return False
    if all(len(word) <= CODE_LETTERS for word in only_here + only_there):
        return True
    return ratio("".join(only_here), "".join(only_there)) < SAME_WORD


# --- people -----------------------------------------------------------------------------------------------------------


def orphan_owner(scope: Scope) -> Iterator[Fault]:
    people: System = scope.tables["people"]
    named = people.column_for("owner", "person", "people", "login", "email", "name", "team", "id")
    if named is None:
        raise CannotRunError(f"{people.name}= has no column 'owner'")
    left_column, active_column = people.column_for("left", "left_on", "leaver", "end_date"), people.column_for("active")
    size = len(people.rows)
    left = people.rows.column(left_column) if left_column else [None] * size
    active = people.rows.column(active_column) if active_column else [None] * size
    here: dict[str, str | None] = {}
    for name, gone, present in zip(people.rows.column(named), left, active, strict=True):
        if name is None:
            continue
        why = _gone(gone, present, scope.today)
        key = _folded(name)
        here[key] = (
            why if here.get(key, "") is not None else None
        )  # somebody who is listed twice is here if one row says so
    ids, states, wanted = scope.register.column("id"), scope.register.column("state"), set(scope.parameters["states"])
    for row, owner in enumerate(scope.register.column("owner")):
        if not owner or states[row] not in wanted:
            continue
        why = here.get(_folded(owner), "is not on the roster")
        if why is not None:
            yield Fault(ids[row], f"Its owner {clean(owner)} {why}.", f"owner = {owner}", owner, people.name, "")


def _folded(name: object) -> str:
    return " ".join(str(name).lower().split())


def _gone(left: Any, active: Any, today: datetime.date) -> str | None:
    """Why a person does not answer any more; None where they do."""
    if isinstance(left, datetime.datetime):
        left = left.date()
    if isinstance(left, str):
        try:
            left = datetime.date.fromisoformat(left.strip()[:10])
        except ValueError:
            left = bool(left.strip()) and _folded(left) not in ("no", "false", "0")
    if isinstance(left, datetime.date):
        return f"left on {left}" if left <= today else None
    if left:
        return "has left"
    if active is not None and _folded(active) in ("false", "no", "0", "inactive"):
        return "has left"
    return None


# --- traffic and service levels ---------------------------------------------------------------------------------------


Traffic = list[tuple[str, int | None, float, Any]]


def traffic_of(scope: Scope) -> tuple[Traffic, bool]:
    """Queue, its row in the register, cases and last day, for each queue the table names; and whether it has days."""
    if "traffic" not in scope.shared:
        source: Source = scope.tables["traffic"]
        told = source.told.columns or {}
        names = _names(source.table)

        def column(*wanted: str) -> str:
            for name in wanted:
                if name in told:
                    return told[name]
            return next((name for name in wanted if name in names), "")

        queue = source.told.key or column("queue", "queue_id", "id")
        at = column("at", "day", "date", "decided_at", "last")
        cases = column("cases", "count", "n", "volume")
        if not queue:
            raise CannotRunError("traffic= has no column 'queue'; say columns={'queue': ...}")
        capsule = capsule_of(source.table, [name for name in (queue, at, cases) if name])
        found = _registry.traffic(capsule, queue, at, cases, day_number(scope.today))
        row = index_of(scope).row
        scope.shared["traffic"] = [(name, row(name), count, last) for name, count, _, last in found], bool(at)
    return cast("tuple[Traffic, bool]", scope.shared["traffic"])


def _names(table: Any) -> list[str]:
    """The columns of a table, without reading its rows."""
    for attribute in ("column_names", "columns"):
        names = getattr(table, attribute, None)
        if names is not None and not callable(names):
            return [str(name) for name in names]
    if hasattr(table, "collect_schema"):
        return list(table.collect_schema().names())
    schema = getattr(table, "schema", None)
    if schema is not None and hasattr(schema, "names"):
        return list(schema.names)
    return [str(name) for name in table] if isinstance(table, dict) else ["queue", "at"]


def _since(scope: Scope) -> datetime.date:
    return scope.today - datetime.timedelta(days=int(scope.parameters["days"]))


def _day(moment: Any) -> datetime.date | None:
    return moment.date() if isinstance(moment, datetime.datetime) else moment


def no_traffic(scope: Scope) -> Iterator[Fault]:
    traffic, dated = traffic_of(scope)
    since, register = _since(scope), scope.register
    lately: dict[int, Any] = {}
    for _, row, cases, last in traffic:
        if row is not None and (cases > 0 or row not in lately):
            lately[row] = max(
                filter(None, (lately.get(row), last if dated else scope.today if cases else None)), default=None
            )
    ids, states = register.column("id"), register.column("state")
    made, changed = register.column("created"), register.column("changed")
    for row, state in enumerate(states):
        last = lately.get(row)
        young = max(filter(None, (_day(made[row]), _day(changed[row]))), default=None)
        if state != "active" or (last is not None and last >= since) or (young is not None and young > since):
            continue
        seen = f"last case on {last}" if last else "no case in the table"
        days = int(scope.parameters["days"])
        yield Fault(ids[row], f"It is active, but no case reached it for {days} days.", seen, "", "traffic")


def traffic_in_closed(scope: Scope) -> Iterator[Fault]:
    traffic, dated = traffic_of(scope)
    since, register = _since(scope), scope.register
    ids, states, changed = register.column("id"), register.column("state"), register.column("changed")
    heirs = [register.column(name) for name in ("reroute_to", "merged_into", "split_into")]
    for _, row, cases, last in traffic:
        if row is None or states[row] == "active" or not cases > 0:
            continue
        closed = _day(changed[row])
        if dated and (last is None or last < since or (closed is not None and last <= closed)):
            continue
        alone = states[row] == "deactivated" and not any(column[row] for column in heirs)
        summary = f"It is {states[row]}{' and has no successor' if alone else ''}, yet cases reach it."
        seen = f"{number(cases)} cases in the table" + (
            f", the last on {last}; {states[row]} since {closed or 'an unknown day'}" if dated else ""
        )
        yield Fault(ids[row], summary, seen, "", "traffic")


def traffic_in_unknown(scope: Scope) -> Iterator[Fault]:
    traffic, dated = traffic_of(scope)
    since = _since(scope)
    for name, row, cases, last in traffic:
        if row is not None or not cases > 0 or (dated and (last is None or last < since)):
            continue
        seen = f"{number(cases)} cases in the table" + (f", the last on {last}" if dated else "")
        yield Fault(name or "(blank)", "Cases reach a queue that the register does not know.", seen, "", "traffic", "")


def sla_drift(scope: Scope) -> Iterator[Fault]:
    system: System = scope.tables["sla"]
    if system.key is None:
        raise CannotRunError("sla= has no column 'queue'")
    register, index, rows = scope.register, index_of(scope), system.rows
    ids, shares, hours = register.column("id"), register.column("sla_share"), register.column("sla_hours")
    states = register.column("state")
    share_at, met_at = (
        system.column_for("share", "attainment", "measured"),
        system.column_for("met", "in_time", "within"),
    )
    cases_at, hours_at = (
        system.column_for("cases", "n", "count"),
        system.column_for("sla_hours", "hours", "target_hours"),
    )
    if cases_at is None or (share_at is None and met_at is None):
        raise CannotRunError("sla= needs the columns 'queue', 'cases', and 'share' or 'met'")
    cases = rows.column(cases_at)
    met = (
        rows.column(met_at)
        if met_at
        else [
            None if share is None or count is None else share * count
            for share, count in zip(rows.column(cast(str, share_at)), cases, strict=True)
        ]
    )
    clocks = rows.column(hours_at) if hours_at else [None] * len(rows)
    judged: list[tuple[int, int, int]] = []
    for name, count, done, clock in zip(rows.column(system.key), cases, met, clocks, strict=True):
        row = index.row(name)
        if row is None or states[row] not in ("active", "paused"):
            continue
        if clock is not None and hours[row] is not None and abs(float(clock) - float(hours[row])) > 1e-9:
            yield Fault(
                ids[row],
                f"Its SLA is {hours[row]:g} hours; what was measured counts from {float(clock):g}.",
                f"sla_hours = {hours[row]:g}; measured against {float(clock):g}",
                "hours",
                system.name,
            )
        if count and done is not None and shares[row] is not None:
            judged.append((row, round(done), int(count)))
    if not judged:
        return
    import numpy as np

    from assay.interval import clopper_pearson

    _, most = clopper_pearson(  # exact, because few cases must not accuse anybody
        np.array([min(done, count) for _, done, count in judged]),
        np.array([count for _, _, count in judged]),
        confidence=float(scope.parameters["confidence"]),
    )
    confidence = percent(float(scope.parameters["confidence"]))
    for (row, done, count), upper in zip(judged, most.tolist(), strict=True):
        if upper < shares[row]:
            summary = f"{percent(done / count)} of cases were in time, promised are {percent(shares[row])}."
            yield Fault(
                ids[row],
                summary,
                f"{number(done)} of {number(count)} cases; at most {percent(upper)} with {confidence} confidence",
                "share",
                system.name,
            )


# --- other systems ----------------------------------------------------------------------------------------------------


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


def waiver_run_out(scope: Scope) -> Iterator[Fault]:
    """The engine opens findings again whose waiver has ended; nothing is found anew."""
    return iter(())


CHECKS: dict[str, Check] = {
    each.__name__: each
    for each in (
        successor_not_active,
        duplicate_scope,
        near_duplicate_name,
        orphan_owner,
        no_traffic,
        traffic_in_closed,
        traffic_in_unknown,
        sla_drift,
        routing_drift,
        differs,
        missing_there,
        unknown_here,
        twice_there,
        waiver_run_out,
        feeds.feed_missing,
        feeds.feed_late,
        feeds.feed_duplicated,
        feeds.feed_reshaped,
        feeds.feed_volume,
        feeds.feed_nulls,
    )
}
