"""How an example register is made: queues, their faults, other systems' tables and theirs, feeds, findings so far."""

from __future__ import annotations

import datetime
import importlib
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from assay.example.random import scramble
from assay.example.register_parts import (
    FIELDS,
    FINDING_FIELDS,
    FIRST,
    LAST,
    MARKETS,
    POLICIES,
    SHIFTS,
    SITES,
    SURFACES,
    Planted,
    Register,
)
from assay.example.tables import Flavour

if TYPE_CHECKING:
    from assay.register_audit import Feed

UTC = datetime.UTC
Row = dict[str, Any]


class Maker:
    """Makes one register, step by step: queues, their faults, the other systems' tables, theirs."""

    def __init__(self, seed: int, queues: int, faults: int, today: datetime.date, flavour: Flavour) -> None:
        self.key, self.faults, self.today, self.flavour = scramble(seed), faults, today, flavour
        self.truth: list[Planted] = []
        self.rows = [self._queue(number) for number in range(queues)]
        self.by_id = {row["id"]: row for row in self.rows}
        order = sorted(range(queues), key=lambda number: self._word(99, number))
        self.pools = {
            state: iter([self.rows[number] for number in order if self.rows[number]["state"] == state])
            for state in ("draft", "active", "paused", "deactivated", "archived")
        }

    def _word(self, stream: int, number: int) -> int:
        return scramble(scramble(self.key ^ (1_000 + stream)) ^ number)

    def _below(self, most: int, stream: int, number: int) -> int:
        return self._word(stream, number) % most

    def _day(self, back: int) -> datetime.date:
        return self.today - datetime.timedelta(days=back)

    def _time(self, back: int) -> datetime.datetime:
        return datetime.datetime.combine(self._day(back), datetime.time(9, 30), UTC)

    def _some(self, state: str) -> Iterator[Row]:
        for _ in range(self.faults):
            yield next(self.pools[state])

    def _plant(self, rule: str, subject: str, source: str = "", detail: str = "") -> None:
        self.truth.append(Planted(rule, subject, source, detail))

    def _owner(self, number: int) -> str:
        return f"{FIRST[number % len(FIRST)]}.{LAST[number // len(FIRST) % len(LAST)]}"

    # queues

    def _queue(self, number: int) -> Row:
        policy_at, rest = number % len(POLICIES), number // len(POLICIES)
        surface_at, rest = rest % len(SURFACES), rest // len(SURFACES)
        (region, country, language), shift = MARKETS[rest % len(MARKETS)], SHIFTS[rest // len(MARKETS)]
        policy, surface = POLICIES[policy_at], SURFACES[surface_at]
        share = self._below(100, 1, number)
        state = "active" if share < 70 else ("paused", "deactivated", "archived", "draft")[share % 4]
        made = 400 + self._below(900, 2, number)
        row: Row = dict.fromkeys(FIELDS)
        code = policy.lower().replace(" ", "-")
        row |= {
            "id": f"q-{region}-{code}-{surface.replace(' ', '-')}{'-' + shift.replace(' ', '-') if shift else ''}",
            "state": state,
            "version": 2 + self._below(9, 3, number),
            "created": self._time(made),
            "changed": self._time(120 + self._below(250, 4, number)),
            "name": " ".join(filter(None, (policy, surface, country, shift))),
            "owner": self._owner(self._below(len(FIRST) * len(LAST), 5, number)),
            "policies": sorted({f"{code}.{surface}", *(["general"] if share % 3 else [])}),
            "languages": sorted({language, *(["en"] if share % 5 == 0 else [])}),
            "regions": [region],
            "sites": sorted({SITES[self._below(8, 6, number)], SITES[self._below(8, 7, number)]}),
            "sla_hours": float((4, 8, 24, 48, 72)[self._below(5, 8, number)]),
            "sla_share": (0.9, 0.95)[share % 2],
            "review_due": self.today + datetime.timedelta(days=1 + self._below(180, 9, number)),
            "standard": f"SOP-{1 + policy_at}",
        }
        if shift:
            row["policies"].append(f"shift.{shift}")
        if state == "deactivated":
            row["retain_until"] = self.today + datetime.timedelta(days=30 + self._below(600, 10, number))
        if state == "archived":
            row["retain_until"] = self._day(1 + self._below(90, 11, number))
            row["review_due"] = None
        if state == "draft":
            row |= {"created": self._time(80), "changed": self._time(5 + self._below(70, 12, number)), "owner": None}
        return row

    def _queue_faults(self) -> None:
        for row in self._some("active"):
            row["review_due"] = self._day(1 + len(self.truth) % 50)
            self._plant("stale_review", row["id"])
        emptied = ("owner", "policies", "languages", "regions", "sites", "sla_hours", "review_due")
        for at, row in enumerate(self._some("active")):
            row[emptied[at % len(emptied)]] = None
            self._plant("missing_fields", row["id"])
        for row in self._some("paused"):
            row["name"] = None
            self._plant("nameless", row["id"])
        for row in self._some("deactivated"):
            row["retain_until"] = None
            self._plant("no_retention", row["id"])
        for row in self._some("draft"):
            row |= {"created": self._time(300), "changed": self._time(91 + len(self.truth) % 100)}
            self._plant("old_draft", row["id"])
        for row in self._some("active"):
            row["reroute_to"] = self._target(row)["id"]
            self._plant("successor_on_live", row["id"])
        for row in self._some("paused"):
            row["review_due"] = row["created"].date() - datetime.timedelta(days=3)
            self._plant("review_before_created", row["id"])
            self._plant("stale_review", row["id"])
        for at, row in enumerate(self._some("active")):
            row |= ({"sla_hours": 0.0}, {"sla_share": 95.0}, {"sla_hours": 9_000.0}, {"sla_share": 0.0})[at % 4]
            self._plant("sla_out_of_range", row["id"])
        for row in self._some("archived"):
            row["retain_until"] = self.today + datetime.timedelta(days=40)
            self._plant("archived_before_retention", row["id"])
        for at, row in enumerate(self._some("deactivated")):
            row["merged_into"] = "q-nowhere" if at % 2 else next(self.pools["paused"])["id"]
            self._plant("successor_not_active", row["id"], detail=row["merged_into"])
        for row in self._some("deactivated"):  # without fault: its successor was merged into an active queue itself
            middle = next(self.pools["deactivated"])
            row["reroute_to"], middle["merged_into"] = middle["id"], self._target(row)["id"]
        for row in self._some("active"):
            row["owner"] = "nobody.atall"
            self._plant("orphan_owner", row["id"], "people", row["owner"])
        for row in self._some("paused"):
            row["owner"] = "left.lastmonth"
            self._plant("orphan_owner", row["id"], "people", row["owner"])
        for row in self._some("active"):
            other = next(self.pools["active"])
            for field in ("policies", "languages", "regions", "sites"):
                row[field] = list(other[field])
            first, second = sorted((row, other), key=lambda each: (each["created"], each["id"]))
            self._plant("duplicate_scope", second["id"], detail=first["id"])
        for at, row in enumerate(self._some("active")):
            other = next(self.pools["active"])
            row |= {"regions": other["regions"], "languages": other["languages"]}
            row["policies"] = sorted({*row["policies"], f"pilot.{at}"})
            name = other["name"]
            words = name.split(" ")
            row["name"] = (name[:4] + name[5:], name.replace("e", "ee", 1), " ".join([words[-1], *words[:-1]]))[at % 3]
            first, second = sorted((row, other), key=lambda each: str(each["id"]))
            self._plant("near_duplicate_name", second["id"], detail=first["id"])

    def _target(self, row: Row) -> Row:
        """An active queue without a fault that cases may go to."""
        del row
        return next(self.pools["active"])

    # what went through them

    def _traffic(self) -> tuple[list[Row], list[Row]]:
        idle = {row["id"] for row in self._some("active")}
        for name in sorted(idle):
            self._plant("no_traffic", name, "traffic")
        rows = []
        for number, row in enumerate(self.rows):
            if row["state"] == "active" and row["id"] not in idle:
                rows += [
                    {"queue": row["id"], "day": self._day(back), "cases": 1 + self._below(200, 20, number * 8 + back)}
                    for back in (1, 3, 6)
                ]
            elif row["id"] in idle:
                rows.append({"queue": row["id"], "day": self._day(45), "cases": 4})
            elif row["state"] == "deactivated":  # before it was closed: no fault
                rows.append({"queue": row["id"], "day": row["changed"].date(), "cases": 9})
        for state in ("paused", "deactivated", "archived", "draft"):
            for row in self._some(state):
                rows.append({"queue": row["id"], "day": self._day(2), "cases": 7})
                self._plant("traffic_in_closed", row["id"], "traffic")
        for number in range(self.faults):
            rows.append({"queue": f"q-shadow-{number}", "day": self._day(1), "cases": 30 + number})
            self._plant("traffic_in_unknown", f"q-shadow-{number}", "traffic")
        return rows, self._sla()

    def _sla(self) -> list[Row]:
        late = {row["id"] for row in self._some("active")}
        other_clock = {row["id"] for row in self._some("active")}
        rows = []
        for number, row in enumerate(self.rows):
            if row["state"] != "active" or row["sla_hours"] is None or not 0 < (row["sla_share"] or 0) <= 1:
                continue
            cases = 200 + self._below(400, 21, number)
            met = round(cases * (row["sla_share"] - 0.2)) if row["id"] in late else -int(-cases * row["sla_share"] // 1)
            hours = row["sla_hours"] + (12 if row["id"] in other_clock else 0)
            rows.append({"queue": row["id"], "cases": cases, "met": met, "sla_hours": hours})
        for name in sorted(late):
            self._plant("sla_drift", name, "sla", "share")
        for name in sorted(other_clock):
            self._plant("sla_drift", name, "sla", "hours")
        return rows

    # what other systems say

    def _systems(self) -> dict[str, list[Row]]:
        live = [row for row in self.rows if row["state"] in ("active", "paused")]

        def joined(row: Row, field: str, mark: str) -> str | None:
            return None if row[field] is None else mark.join(reversed(row[field]))

        routing = {
            row["id"]: {
                "Queue ID": row["id"].upper() if number % 7 == 0 else row["id"],
                "policies": joined(row, "policies", "; "),
                "languages": joined(row, "languages", "|"),
                "regions": joined(row, "regions", ","),
                "sites": (joined(row, "sites", ", ") or "").upper() or None,
                "status": {"active": "live", "paused": "Off", "deactivated": "off"}[row["state"]],
            }
            for number, row in enumerate(
                row for row in self.rows if row["state"] in ("active", "paused", "deactivated")
            )
        }
        bi = {
            row["id"]: {
                "queue": f" {row['id']} " if number % 11 == 0 else row["id"],
                "name": None if row["name"] is None else f"{row['name']} " if number % 5 else row["name"].upper(),
                "owner": None if row["owner"] is None else row["owner"].title(),
                "sla_hours": row["sla_hours"],
                "review_due": None if row["review_due"] is None else row["review_due"].isoformat(),
                "colour": "teal",
            }
            for number, row in enumerate(live)
        }
        roster = {
            row["id"]: {"queue": row["id"], "sites": row["sites"], "languages": row["languages"], "vendor": "Acme"}
            for row in live
        }
        self._system(
            "routing",
            "routing_drift",
            routing,
            "Queue ID",
            {"policies": "weapons.never", "languages": "xx", "sites": "ATLANTIS", "status": "off"},
        )
        self._system(
            "bi",
            "differs",
            bi,
            "queue",
            {"name": "Something else", "owner": "Zed", "sla_hours": 1_000.0, "review_due": "2031-01-01"},
        )
        self._system("roster", "differs", roster, "queue", {"sites": ["Atlantis"], "languages": ["xx", "yy"]})
        for row in self._some("deactivated"):  # closed here, still routed there
            routing[row["id"]]["status"] = "live"
            self._plant("routing_drift", row["id"], "routing", "state")
        return {"routing": list(routing.values()), "bi": list(bi.values()), "roster": list(roster.values())}

    def _system(self, name: str, rule: str, table: dict[str, Row], key: str, wrong: Row) -> None:
        """The faults of one system: values that differ; rows missing, not known, there twice, without a key."""
        columns = list(wrong)
        for at, row in enumerate(self._some("active")):
            column = columns[at % len(columns)]
            table[row["id"]][column] = wrong[column]
            self._plant(rule, row["id"], name, "state" if column == "status" else column)
        for row in self._some("active"):
            del table[row["id"]]
            self._plant("missing_there", row["id"], name)
        for row in self._some("active"):
            table[f"{row['id']} again"] = dict(table[row["id"]])
            self._plant("twice_there", row["id"], name)
        for number in range(self.faults):
            table[f"q-{name}-only-{number}"] = {**next(iter(table.values())), key: f"q-{name}-only-{number}"}
            self._plant("unknown_here", f"q-{name}-only-{number}", name)
        if self.faults:
            table["blank"] = {**next(iter(table.values())), key: None}
            self._plant("unknown_here", name, name, "blank")

    # the findings so far

    def _findings(self) -> tuple[list[Row], dict[str, set[str]]]:
        rows: list[Row] = []
        kept: dict[str, set[str]] = {"mended": set(), "returned": set(), "run_out": set(), "waived": set()}

        def add(planted: Planted, state: str, until: datetime.date | None = None) -> str:
            row: Row = dict.fromkeys(FINDING_FIELDS)
            row |= {"id": planted.id, "state": state, "rule": planted.rule, "severity": "medium", "waived_until": until}
            row |= {
                "subject": planted.subject,
                "owner": "ana.lima",
                "due": self._day(20),
                "source": planted.source or None,
            }
            row |= {"summary": "As it was seen before.", "evidence": "of an earlier week"}
            rows.append(row)
            return planted.id

        stale = [each for each in self.truth if each.rule == "stale_review"]
        differing = [each for each in self.truth if each.rule == "differs"]
        for number in range(min(self.faults, 8)):
            calm = next(self.pools["active"])["id"]
            kept["mended"].add(add(Planted("stale_review", calm), "open"))
            gone = Planted("differs", next(self.pools["active"])["id"], "bi", "owner")
            kept["mended"].add(add(gone, "waived", self.today + datetime.timedelta(days=9)))
            other = Planted("differs", f"q-crm-{number}", "crm", "owner")  # of a table that is not given this time
            add(other, "open")
            ended = Planted("differs", f"q-crm-waived-{number}", "crm", "owner")
            kept["run_out"].add(add(ended, "waived", self._day(1)))
            self.truth.append(ended)
            kept["returned"].add(add(stale[number], "fixed"))
            kept["waived"].add(add(stale[-1 - number], "waived", self.today + datetime.timedelta(days=30)))
            kept["run_out"].add(add(differing[number], "waived", self.today))
        return rows, kept

    # feeds

    def _feeds(self) -> tuple[Feed, ...]:
        from assay.register_audit import Feed

        start = datetime.datetime.combine(self._day(8), datetime.time(12), UTC)

        def rows(fewer: Mapping[int, int] = {}) -> list[Row]:
            out = []
            for back in range(8, 0, -1):
                count = fewer.get(back, 40 if self._day(back).weekday() < 5 else 15)
                at = start + datetime.timedelta(days=8 - back)
                out += [{"case_id": f"c{back}-{number}", "queue": "q", "at": at} for number in range(count)]
            return out

        shape = {"case_id": "text", "queue": "text", "at": "time"}
        volume = {"weekday": (30, 50), "weekend": (10, 20)}

        def feed(name: str, table: list[Row] | None, **more: Any) -> Feed:
            made = None if table is None else self._table(table, list(table[0]))
            told: dict[str, Any] = {"columns": shape, "at": "at", "key": "case_id", "fresh_hours": 26, "volume": volume}
            return Feed(name, made, owner="data team", **(told | more))

        sound = feed("decisions", rows(), nulls={"queue": 0.0})
        if not self.faults:
            return (sound,)
        newest = 1
        while self._day(newest).weekday() > 4:
            newest += 1
        missed, thin = [back for back in range(2, 8) if self._day(back).weekday() < 5][:2]
        self._plant("feed_missing", "payments", "payments")
        self._plant("feed_missing", "appeals", "appeals", str(self._day(missed)))
        self._plant("feed_volume", "appeals", "appeals", str(self._day(thin)))
        self._plant("feed_late", "exposure", "exposure")
        self._plant("feed_duplicated", "gold", "gold")
        for column in ("site", "views", "at"):
            self._plant("feed_reshaped", "reviewers", "reviewers", column)
        self._plant("feed_nulls", "labels", "labels", "queue")
        reviewers = [{"case_id": row["case_id"], "at": row["at"].isoformat(), "views": 3} for row in rows()]
        labels = [{**row, "queue": None if number % 4 == 0 else "q"} for number, row in enumerate(rows())]
        return (
            sound,
            feed("payments", None),
            feed("appeals", rows({missed: 0, thin: 3})),
            feed("exposure", [row for row in rows() if row["at"] < start + datetime.timedelta(days=5)], volume={}),
            feed("gold", [*rows(), *rows()[:3]], volume={}),
            feed("reviewers", reviewers, columns={"case_id": "text", "site": "text", "at": "time"}),
            feed("labels", labels, nulls={"queue": 0.05}),
        )

    # tables

    def made(self) -> Register:
        self._queue_faults()
        traffic, sla = self._traffic()
        systems = self._systems()
        people: list[Row] = [
            {"owner": self._owner(number).upper(), "left": None} for number in range(len(FIRST) * len(LAST))
        ]
        people += [
            {"owner": "left.lastmonth", "left": self._day(30)},
            {"owner": "Ana.Lima", "left": self._day(700)},  # who came back
            {"owner": "leaves.later", "left": self.today + datetime.timedelta(days=20)},
        ]
        findings, kept = self._findings()
        feeds = self._feeds()
        tables = {**systems, "people": people, "traffic": traffic, "sla": sla}
        return Register(
            today=self.today,
            queues=self._table(self.rows, FIELDS),
            findings=self._table(findings, FINDING_FIELDS),
            tables={name: self._table(rows, list(rows[0])) for name, rows in tables.items()},
            feeds=feeds,
            truth=tuple(self.truth),
            **{name: frozenset(ids) for name, ids in kept.items()},
        )

    def _table(self, rows: list[Row], names: Any) -> Any:
        columns = {name: [row[name] for row in rows] for name in names}
        if self.flavour == "numpy":
            return columns
        library = importlib.import_module(self.flavour)
        if self.flavour == "pyarrow":
            return library.table(columns)
        if self.flavour == "polars":
            return library.DataFrame(columns, infer_schema_length=None)
        makers: dict[str, Callable[[Any], Any]] = {"pandas": library.DataFrame}
        return makers["pandas"](columns)
