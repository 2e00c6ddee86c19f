"""Rules about what went through the queues, and how fast."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any, cast

from assay import _registry
from assay.register_audit._sheets import capsule_of, day_number
from assay.register_audit.index import index_of
from assay.register_audit.model import CannotRunError, Fault, Scope
from assay.register_audit.sources import Source, System
from assay.words import number, percent

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
    if hasattr(table, "collect_schema"):
        return list(table.collect_schema().names())
    for attribute in ("column_names", "columns"):
        names = getattr(table, attribute, None)
        if names is not None and not callable(names):
            return [str(name) for name in names]
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
