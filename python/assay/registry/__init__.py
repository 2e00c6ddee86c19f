"""The registry: queues live, change hands and retire on the record.

    with assay.Registry.open("ops.db", actor="ops-analyst") as registry:
        registry.queues.create("q-eu", owner="eu-team", policies=["spam"], languages=["de"], regions=["eu"],
                               sites=["berlin"], sla_hours=24, review_due="2027-03-31", reason="new market")
        registry.queues.activate("q-eu", reason="staffed", ticket="OPS-7")
        print(registry.history("q-eu"))
        registry.table("queues")

SQLite and libsodium are loaded when this package is first used, not with assay itself.
"""

from __future__ import annotations

from assay.registry._book import Book, Record
from assay.registry._commands import Command, command
from assay.registry._enrich import Enriched
from assay.registry._events import Event, Events, History
from assay.registry._import import Import
from assay.registry._proof import Checkpoint, Key, Verdict, make_key, verify
from assay.registry._tables import Page
from assay.registry.books import Finding, Findings, Queue, Queues
from assay.registry.desk import Authoriser, Batch, Registry

__all__ = [
    "Authoriser",
    "Batch",
    "Book",
    "Checkpoint",
    "Command",
    "Enriched",
    "Event",
    "Events",
    "Finding",
    "Findings",
    "History",
    "Import",
    "Key",
    "Page",
    "Queue",
    "Queues",
    "Record",
    "Registry",
    "Verdict",
    "command",
    "make_key",
    "verify",
]
