"""How long the weekly audit takes: a register of 20,000 queues against three other systems' tables of as many rows.

    python tests/bench/registry_audit.py
    python tests/bench/registry_audit.py --queues 5000 --rounds 9

The median of the rounds counts; the aim is a second for the audit, half of one for the near-duplicate names in it.
"""

from __future__ import annotations

import argparse
import statistics
import time
from typing import Any

import pyarrow as pa

from assay.example import register
from assay.register_audit import Rules, audit

AIM, NAMES_AIM = 1.0, 0.5


def timed(rounds: int, **given: Any) -> tuple[float, Any]:
    took, outcome = [], None
    for _ in range(rounds):
        start = time.perf_counter()
        outcome = audit(**given)
        took.append(time.perf_counter() - start)
    return statistics.median(took), outcome


def filled(table: pa.Table, rows: int) -> pa.Table:
    """The table with rows of queues that nobody knows, so that it has as many as the register."""
    more = table.slice(0, max(0, rows - table.num_rows))
    strangers = pa.array([f"stranger {number}" for number in range(more.num_rows)])
    return pa.concat_tables([table, more.set_column(0, table.column_names[0], strangers)])


def main() -> None:
    told = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    told.add_argument("--queues", type=int, default=20_000)
    told.add_argument("--rounds", type=int, default=5)
    asked = told.parse_args()
    example = register(queues=asked.queues, flavour="pyarrow")
    systems = {name: filled(example.tables[name], asked.queues) for name in ("routing", "bi", "roster")}
    everything = {"feeds": example.feeds, "findings": example.findings, **example.tables, **systems}
    jobs = (
        ("register against three systems", {**systems}, None, AIM),
        ("the same with traffic, people, SLA, feeds and findings so far", everything, None, None),
        ("near-duplicate names alone", {}, Rules.default().only("near_duplicate_name"), NAMES_AIM),
    )
    rows = ", ".join(f"{name} {table.num_rows:,}" for name, table in systems.items())
    print(f"{asked.queues:,} queues; {rows} rows; median of {asked.rounds}")
    for title, given, rules, aim in jobs:
        seconds, outcome = timed(asked.rounds, register=example.queues, today=example.today, rules=rules, **given)
        aimed = "" if aim is None else f"   aim {aim:g} s: {'met' if seconds <= aim else 'MISSED'}"
        print(f"{title:<64} {seconds:7.3f} s {len(outcome):6,} findings{aimed}")


if __name__ == "__main__":
    main()
