"""The built-in rules that are more than a comparison of fields, by name: what each finds, given a `Scope`."""

from __future__ import annotations

from collections.abc import Iterator

from assay.register_audit import feeds, own_checks, system_checks, traffic_checks
from assay.register_audit.model import Check, Fault, Scope


def waiver_run_out(scope: Scope) -> Iterator[Fault]:
    """The engine opens findings again whose waiver has ended; nothing is found anew."""
    return iter(())


CHECKS: dict[str, Check] = {
    each.__name__: each
    for each in (
        own_checks.successor_not_active,
        own_checks.duplicate_scope,
        own_checks.near_duplicate_name,
        own_checks.orphan_owner,
        traffic_checks.no_traffic,
        traffic_checks.traffic_in_closed,
        traffic_checks.traffic_in_unknown,
        traffic_checks.sla_drift,
        system_checks.routing_drift,
        system_checks.differs,
        system_checks.missing_there,
        system_checks.unknown_here,
        system_checks.twice_there,
        waiver_run_out,
        feeds.feed_missing,
        feeds.feed_late,
        feeds.feed_duplicated,
        feeds.feed_reshaped,
        feeds.feed_volume,
        feeds.feed_nulls,
    )
}
