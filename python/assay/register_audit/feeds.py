"""Data feeds and their contracts: what must come, when, how much, and in which shape.

Feed("decisions", table, columns={"case_id": "text", "queue": "text", "at": "time"}, at="at", key="case_id",
     fresh_hours=26, volume={"weekday": (40_000, 60_000), "weekend": (15_000, 30_000)}, nulls={"queue": 0.01})
"""

from __future__ import annotations

import datetime
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from assay import _registry
from assay._checks import names_of, real, refuse, text, whole
from assay.register_audit._sheets import EPOCH, capsule_of
from assay.register_audit.conditions import close
from assay.register_audit.model import Fault, Scope
from assay.words import clean, listed, number, percent, plural

#: The types of a contract, and the Arrow types that are such, as they are called in messages.
TYPES = {
    "text": ("text",),
    "whole": ("whole numbers",),
    "number": ("whole numbers", "real numbers", "decimals"),
    "flag": ("true/false",),
    "day": ("dates",),
    "time": ("timestamps in ",),
    "any": ("",),
}
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
BANDS = (*WEEKDAYS, "weekday", "weekend", "any")
KEYS = frozenset(("columns", "at", "key", "fresh_hours", "volume", "nulls", "owner", "days", "more_columns"))


class Feed:
    """A feed's table and its contract; `table` None is a feed that did not come.

    Args:
        name: what the feed is called.
        table: any table.
        columns: its columns and their types: text, whole, number, flag, day, time (with a zone), any.
        at: the column of times (or dates), which freshness and volume are about.
        key: the column, or columns together, whose values never come twice.
        fresh_hours: how old the newest row may be.
        volume: rows expected of a day, (least, most), by mon, tue, ..., weekday, weekend or any; the closest counts.
        nulls: the greatest share of empty values, by column.
        owner: who mends it.
        days: how many whole days before today are looked at for volume.
        more_columns: whether further columns are welcome.
    """

    __slots__ = (
        "at",
        "columns",
        "days",
        "fresh_hours",
        "key",
        "more_columns",
        "name",
        "nulls",
        "owner",
        "table",
        "volume",
    )

    def __init__(
        self,
        name: str,
        table: Any = None,
        *,
        columns: Mapping[str, str] | None = None,
        at: str | None = None,
        key: str | Sequence[str] = (),
        fresh_hours: float | None = None,
        volume: Mapping[str, Sequence[float]] | None = None,
        nulls: Mapping[str, float] | None = None,
        owner: str = "",
        days: int = 7,
        more_columns: bool = False,
    ) -> None:
        self.name = text(name, "a feed's name")
        where = f"feed {clean(name, 60)!r}"
        self.table = table
        self.columns = dict(columns or {})
        for column, kind in self.columns.items():
            if kind not in TYPES:
                raise refuse(
                    f"{where}: columns with types among {listed(sorted(TYPES))}", f"{kind!r} for {clean(column, 40)!r}"
                )
        self.at, self.key = at, tuple(names_of(key, f"{where}: key"))
        self.fresh_hours = None if fresh_hours is None else real(fresh_hours, f"{where}: fresh_hours")
        self.volume = {band: _range(given, band, where) for band, given in (volume or {}).items()}
        self.nulls = {column: _share(share, column, where) for column, share in (nulls or {}).items()}
        for column in (*self.key, *self.nulls, *([at] if at is not None else [])):
            if self.columns and column not in self.columns:
                raise refuse(
                    f"{where}: names among its columns", repr(clean(column, 40)), mend=close(column, self.columns)
                )
        if at is None and (self.volume or self.fresh_hours is not None):
            raise refuse(f"{where}: at= the column of times", "none", mend="freshness and volume are about times")
        self.owner = text(owner, f"{where}: owner")
        self.days = whole(days, f"{where}: days")
        if not 1 <= self.days <= 366:
            raise refuse(f"{where}: days from 1 to 366", repr(days))
        self.more_columns = more_columns

    @classmethod
    def load(cls, path: str | Path, tables: Mapping[str, Any]) -> list[Feed]:
        """The feeds of a TOML file, [feeds.<name>] each, with their tables by name; one that is not there is None."""
        target = Path(path)
        try:
            given = tomllib.loads(target.read_text(encoding="utf-8")).get("feeds", {})
        except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise refuse("a file of feed contracts in TOML", f"{clean(target, 300)}: {error}") from error
        out = []
        for name, contract in given.items():
            for key in contract:
                if key not in KEYS:
                    raise refuse(
                        f"{target.name}, feed {clean(name, 60)!r} with keys that are known",
                        repr(clean(key, 40)),
                        mend=close(key, KEYS),
                    )
            out.append(cls(name, tables.get(name), **contract))
        return out

    def band(self, day: datetime.date) -> tuple[float, float] | None:
        """The rows expected of a day, the closest band first."""
        weekday = day.weekday()
        for band in (WEEKDAYS[weekday], "weekend" if weekday > 4 else "weekday", "any"):
            if band in self.volume:
                return self.volume[band]
        return None


def _range(given: Any, band: str, where: str) -> tuple[float, float]:
    if band not in BANDS:
        raise refuse(f"{where}: volume by {listed(BANDS, 20)}", repr(clean(band, 40)), mend=close(band, BANDS))
    pair = list(given) if isinstance(given, list | tuple) else []
    numbers = [real(each, f"{where}: volume of {band}") for each in pair]
    if len(numbers) != 2 or not 0 <= numbers[0] <= numbers[1]:
        raise refuse(f"{where}: volume of {band} as (least, most)", repr(given))
    return numbers[0], numbers[1]


def _share(given: Any, column: str, where: str) -> float:
    share = real(given, f"{where}: nulls of {column}")
    if not 0 <= share <= 1:
        raise refuse(f"{where}: nulls of {column} as a share from 0 to 1", repr(given))
    return share


def facts_of(scope: Scope, feed: Feed) -> dict[str, Any]:
    """What a feed brought; looked at once an audit. A column that is not there cannot be a key or a time."""
    key = f"feed {feed.name}"
    if key not in scope.shared:
        nothing = {"rows": 0, "columns": [], "days": [], "newest": None, "repeated": 0, "examples": []}
        came = feed.table is not None
        scope.shared[key] = (
            _registry.feed_facts(capsule_of(feed.table), feed.at or "", list(feed.key)) if came else nothing
        )
    return cast("dict[str, Any]", scope.shared[key])


def feeds_of(scope: Scope) -> list[tuple[Feed, dict[str, Any]]]:
    """The feeds, and what each brought."""
    return [(feed, facts_of(scope, feed)) for feed in scope.tables.values() if isinstance(feed, Feed)]


def _fault(feed: Feed, summary: str, evidence: str, detail: str = "") -> Fault:
    return Fault(feed.name, summary, evidence, detail, feed.name, feed.owner)


def _days(scope: Scope, feed: Feed, facts: dict[str, Any]) -> Iterator[tuple[datetime.date, int, tuple[float, float]]]:
    """Each whole day that is looked at, its rows, and what was expected; none where the feed has no readable times."""
    if not feed.volume or not facts.get("timed"):
        return
    rows = {datetime.date.fromordinal(day + EPOCH): count for day, count in facts["days"]}
    for back in range(feed.days, 0, -1):
        day = scope.today - datetime.timedelta(days=back)
        expected = feed.band(day)
        if expected is not None:
            yield day, rows.get(day, 0), expected


def feed_missing(scope: Scope) -> Iterator[Fault]:
    for feed, facts in feeds_of(scope):
        if not facts["rows"]:
            yield _fault(
                feed, f"The feed {clean(feed.name)} did not come.", "no table" if feed.table is None else "no rows"
            )
            continue
        for day, rows, (least, most) in _days(scope, feed, facts):
            if rows == 0 and least > 0:
                seen = f"0 rows; expected are {number(least)} to {number(most)}"
                yield _fault(feed, f"Nothing came for {day} ({day:%A}).", seen, str(day))


def feed_late(scope: Scope) -> Iterator[Fault]:
    now: datetime.datetime = scope.shared["now"]
    for feed, facts in feeds_of(scope):
        newest = facts["newest"]
        if feed.fresh_hours is None or newest is None:
            continue
        hours = (now - newest).total_seconds() / 3600
        if hours > feed.fresh_hours:
            seen = f"newest row of {newest:%Y-%m-%d %H:%M} UTC; looked at {now:%Y-%m-%d %H:%M} UTC"
            yield _fault(
                feed,
                f"Its newest row is {number(round(hours))} hours old; at most {feed.fresh_hours:g} are allowed.",
                seen,
            )


def feed_duplicated(scope: Scope) -> Iterator[Fault]:
    for feed, facts in feeds_of(scope):
        if facts["repeated"]:
            rows = listed([str(row) for row in facts["examples"]])
            seen = f"by {', '.join(feed.key)}; {number(facts['repeated'])} of {number(facts['rows'])} rows, "
            seen += f"such as {rows} (counting from 0)"
            yield _fault(feed, f"{plural(facts['repeated'], 'row')} came again under a key that was there.", seen)


def feed_reshaped(scope: Scope) -> Iterator[Fault]:
    for feed, facts in feeds_of(scope):
        if not feed.columns or feed.table is None:
            continue
        got = {name: kind for name, kind, _ in facts["columns"]}
        for column, kind in feed.columns.items():
            if column not in got:
                yield _fault(
                    feed,
                    f"Its column {clean(column)!r} is missing.",
                    f"it has {listed([clean(each) for each in got], 40)}",
                    column,
                )
            elif got[column] != "only nulls" and not got[column].startswith(TYPES[kind]):
                yield _fault(
                    feed,
                    f"Its column {clean(column)!r} holds {clean(got[column])}, not {kind}.",
                    f"the contract says {kind}",
                    column,
                )
        for column in [] if feed.more_columns else [name for name in got if name not in feed.columns]:
            yield _fault(feed, f"It has a new column {clean(column)!r}.", f"holds {clean(got[column])}", column)


def feed_volume(scope: Scope) -> Iterator[Fault]:
    for feed, facts in feeds_of(scope):
        for day, rows, (least, most) in _days(scope, feed, facts):
            if rows and not least <= rows <= most:
                word = "few" if rows < least else "many"
                seen = f"{number(rows)} rows; expected are {number(least)} to {number(most)}"
                yield _fault(feed, f"{day} ({day:%A}) brought too {word} rows.", seen, str(day))


def feed_nulls(scope: Scope) -> Iterator[Fault]:
    for feed, facts in feeds_of(scope):
        for name, _, nulls in facts["columns"]:
            most = feed.nulls.get(name)
            if most is not None and facts["rows"] and nulls / facts["rows"] > most:
                share = nulls / facts["rows"]
                seen = f"{number(nulls)} of {number(facts['rows'])} rows"
                yield _fault(
                    feed, f"{percent(share)} of {clean(name)!r} is empty; at most {percent(most)} may be.", seen, name
                )
