"""Rules about the register by itself, and about the people in it."""

from __future__ import annotations

import datetime
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from assay import _registry
from assay._flavours import installed
from assay.register_audit.index import index_of
from assay.register_audit.model import CannotRunError, Fault, Scope
from assay.register_audit.sources import System
from assay.words import clean, listed, plural

NOT_NAMED = {chr(code): " " for code in range(128) if not chr(code).isalnum()}
TO_BLANKS = str.maketrans(NOT_NAMED)
SAME_WORD = 80  # from this likeness of 100 on, two words are one that was written in two ways
CODE_LETTERS = 3  # words as short as this are codes: tier a is not tier b


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
