"""The bundled example: a marketplace moderation operation whose truth is known.

    import assay
    from assay import example

    operation = example.operation(seed=7)
    frame = assay.frame(
        operation.decisions, case="case_id", decision="decision", by=["queue", "site"],
        violating=example.violating, undecided=example.undecided,
    )
    sample = assay.plan(frame, size=2_000, strata=["queue"]).draw(key=b"secret", period="2026-W47")
    audits = operation.audit(sample)
    scores = assay.score(sample, audits, verdict="verdict", by=["site"])
    operation.true_rates(by=["site"])          # what the scores should cover

Listings wait in queues, are dealt to sites and there to reviewers, and are approved, removed, restricted or
escalated. Everything is invented, and every number behind it is in `operation.parameters` (in words:
`operation.describe()`):

* A listing falls into a queue by the queues' `weight`, into a site by the site's weight for simple or hard queues
  (so sites differ in case mix), to a reviewer of that site by workload, under a policy of the queue, in a language
  of the site.
* It violates with its policy's `violation_rate` (between 0.4 % and 14 %). What it then deserves is `remove` with the
  queue's `remove_share`, else `restrict`.
* The reviewer's decision is `escalated` with the queue's `escalation` chance, whatever the truth. Otherwise, with
  f = site factor x reviewer factor x drift factor:

  ====================================  ==============================  ===================
  the listing deserved                  it got                          with chance
  ====================================  ==============================  ===================
  approve                               remove or restrict              min(0.6, false_alarm x f)
  remove or restrict                    approve                         min(0.6, miss x f)
  remove or restrict                    the other of the two            min(0.3, wrong_action x f)
  ====================================  ==============================  ===================

* Factors above 1 are worse than usual. Sites go from 0.8 (Dublin) to 1.4 (Cairo). The reviewers of a site go from 0.5
  to 2, most of them below 1. Manila drifts: from the third week on, its errors double.

Assumes: errors are independent given queue, site, reviewer and week.
Use when: trying Assay out, testing that intervals cover, timing.
Not for: learning how real operations behave; nothing here was fitted to one.

The same arguments give the same rows for ever, on every platform and with every NumPy: each number is a scramble of
(seed, stream, row), and only integer and correctly rounded floating-point steps follow. Row i depends on its number
alone, so an operation with fewer weeks is the beginning of one with more.

Reference: Steele, Lea & Flood (2014), "Fast splittable pseudorandom number generators", OOPSLA (the scramble);
Salmon, Moraes, Dror & Shaw (2011), "Parallel random numbers: as easy as 1, 2, 3", SC11 (random access by counter).
"""

from __future__ import annotations

import datetime
import importlib
import importlib.util
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, NamedTuple, NoReturn, cast

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "Drift",
    "Flavour",
    "Operation",
    "Parameters",
    "Policy",
    "Queue",
    "Reviewer",
    "Site",
    "labels",
    "metrics",
    "not_violating",
    "operation",
    "undecided",
    "violating",
]

Flavour = Literal["pandas", "polars", "pyarrow", "numpy"]

violating: tuple[str, ...] = ("remove", "restrict")
"""The labels that mean action against the listing."""

not_violating: tuple[str, ...] = ("approve",)
"""The labels that leave the listing alone."""

undecided: tuple[str, ...] = ("escalated",)
"""The labels that settle nothing yet."""

labels: tuple[str, ...] = ("approve", "remove", "restrict", "escalated")
"""Every label a decision can carry."""

metrics: tuple[str, ...] = (
    "accuracy",
    "over_enforcement",
    "leakage",
    "wrong_label",
    "precision",
    "recall",
    "specificity",
    "false_positive_rate",
    "false_negative_rate",
    "violation_rate",
)
"""The rates `Operation.true_rates` answers, named as the metrics of `assay.score`."""

_APPROVE, _REMOVE, _ESCALATED = 0, 1, 3
_CAP = 0.6  # of the chance to miss, and of the chance of a false alarm
_CAP_WRONG = 0.3  # of the chance to take the other action; with _CAP it stays below 1
_ROWS_MAX = 99_999_999  # eight digits in a case id
_CHUNK = 1 << 18
_WEEK = 7 * 24 * 3600 * 1_000_000  # microseconds

Words = NDArray[np.uint64]
Table = Any


# ---------------------------------------------------------------------------------------------- what is known


class Policy(NamedTuple):
    """A policy listings are judged under: its share of the queue's cases, and how many of them violate it."""

    name: str
    weight: int
    violation_rate: float


@dataclass(frozen=True)
class Queue:
    """A queue and the chances of error in it at a site and with a reviewer of factor 1.

    `weight` is its share of all cases against the other queues'; `hard` says which site weights deal its cases out;
    `seconds`, `price` and `views` scale handle time, listing value and exposure.
    """

    name: str
    weight: int
    hard: bool
    policies: tuple[Policy, ...]
    miss: float
    false_alarm: float
    wrong_action: float
    remove_share: float
    escalation: float
    seconds: int = 40
    price: int = 30
    views: int = 20


@dataclass(frozen=True)
class Site:
    """A site: its weights for simple and for hard queues, its error factor, and its languages with their weights."""

    name: str
    simple: int
    hard: int
    factor: float
    languages: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Reviewer:
    """A reviewer: the site, the share of the site's work against colleagues', the error factor."""

    name: str
    site: str
    weight: int
    factor: float


@dataclass(frozen=True)
class Drift:
    """From week number `week` on (counting from 1), every chance of error at `site` is multiplied by `factor`."""

    site: str
    week: int
    factor: float


@dataclass(frozen=True)
class Parameters:
    """Every number an operation was made from."""

    seed: int
    start: datetime.date
    weeks: int
    cases_per_week: int
    queues: tuple[Queue, ...]
    sites: tuple[Site, ...]
    reviewers: tuple[Reviewer, ...]
    drift: Drift | None


# fmt: off
_QUEUES: tuple[Queue, ...] = tuple(
    Queue(name, weight, bool(hard), tuple(Policy(*policy) for policy in policies), *chances, *scales)
    for name, weight, hard, policies, chances, scales in [
        # name, weight, hard, policies (name, weight, violation rate);
        #     (miss, false alarm, wrong action, remove share, escalation), (seconds, price, views)
        ("electronics-counterfeit", 180, 1, [("trademark", 60, .08), ("lookalike", 25, .05), ("spare parts", 15, .03)],
            (.18, .030, .06, .70, .02), (55, 90, 30)),
        ("fashion-counterfeit", 220, 0, [("trademark", 70, .14), ("lookalike", 30, .07)],
            (.15, .040, .05, .75, .02), (40, 45, 25)),
        ("beauty-safety", 130, 1, [("ingredients", 50, .04), ("health claims", 30, .06), ("expired goods", 20, .02)],
            (.22, .025, .08, .55, .03), (60, 20, 40)),
        ("food-supplements", 90, 1, [("ingredients", 40, .05), ("health claims", 60, .10)],
            (.25, .035, .10, .50, .04), (65, 25, 35)),
        ("toys-safety", 120, 0, [("choking hazard", 55, .02), ("missing labels", 45, .05)],
            (.12, .015, .07, .40, .01), (35, 18, 15)),
        ("weapons-restricted", 50, 0, [("weapons", 70, .012), ("replicas", 30, .004)],
            (.08, .010, .04, .95, .02), (30, 60, 10)),
        ("adult-content", 110, 0, [("nudity", 65, .06), ("age rating", 35, .09)],
            (.10, .030, .12, .30, .01), (20, 22, 80)),
        ("livestream-claims", 100, 1, [("health claims", 45, .09), ("price claims", 35, .07), ("off-site", 20, .04)],
            (.28, .045, .09, .35, .05), (120, 28, 200)),
        ("health-devices", 60, 1, [("certification", 60, .05), ("health claims", 40, .06)],
            (.20, .030, .08, .60, .04), (70, 75, 15)),
        ("ticket-fraud", 35, 0, [("fake listing", 80, .11), ("price claims", 20, .05)],
            (.16, .050, .05, .85, .03), (45, 110, 50)),
        ("pets-wildlife", 25, 1, [("protected species", 30, .03), ("live animals", 70, .08)],
            (.24, .020, .06, .80, .05), (75, 65, 20)),
        ("refurbished-grading", 45, 0, [("condition", 100, .08)],
            (.18, .040, .11, .25, .02), (50, 150, 20)),
    ]
)
# fmt: on

_SITES: tuple[Site, ...] = (
    Site("Dublin", 15, 30, 0.8, (("en", 50), ("de", 25), ("fr", 25))),
    Site("Manila", 40, 20, 1.0, (("en", 60), ("tl", 25), ("id", 15))),
    Site("Bogota", 25, 20, 1.3, (("es", 70), ("pt", 30))),
    Site("Krakow", 20, 30, 0.9, (("pl", 35), ("de", 30), ("en", 20), ("cs", 15))),
    Site("Hyderabad", 30, 15, 1.1, (("hi", 40), ("en", 40), ("te", 20))),
    Site("Cairo", 15, 10, 1.4, (("ar", 70), ("fr", 15), ("en", 15))),
)

_REASONS: tuple[str, ...] = (
    "correct",
    "undecided",
    "missed in the images",
    "missed in the text",
    "policy misread",
    "context ignored",
    "rushed",
    "wrong severity",
)
_REASONS_OF_KIND: tuple[tuple[str, ...], ...] = (  # accuracy, over-enforcement, leakage, wrong label, undecided
    ("correct",),
    ("policy misread", "policy misread", "context ignored", "rushed"),
    ("missed in the images", "missed in the text", "policy misread", "rushed", "rushed"),
    ("wrong severity", "wrong severity", "policy misread"),
    ("undecided",),
)


# ------------------------------------------------------------------------------------------------ randomness

_GOLDEN = 0x9E3779B97F4A7C15
_MASK = (1 << 64) - 1

# One stream a purpose. The numbers are part of what "the same rows for ever" means: append, never renumber.
_S_QUEUE, _S_SITE, _S_REVIEWER, _S_POLICY, _S_LANGUAGE, _S_VIOLATES, _S_DESERVES, _S_ESCALATED = range(1, 9)
_S_ERROR, _S_ACTION, _S_AT, _S_VIEWS, _S_VALUE, _S_SECONDS, _S_SCORE_A, _S_SCORE_B = range(9, 17)
_S_RESPONSE, _S_REASON, _S_AUDITOR, _S_ORDER, _S_WORKLOAD = range(17, 22)


def _scramble(value: int) -> int:
    value = (value + _GOLDEN) & _MASK
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & _MASK
    return value ^ (value >> 31)


def _words(seed: int, stream: int, rows: Words) -> Words:
    """64 random bits for each row: SplitMix64 entered at position `row` of the sequence of (seed, stream)."""
    key = _scramble(_scramble(seed) ^ stream)
    word = rows * np.uint64(_GOLDEN)
    word += np.uint64((key + _GOLDEN) & _MASK)
    word ^= word >> np.uint64(30)
    word *= np.uint64(0xBF58476D1CE4E5B9)
    word ^= word >> np.uint64(27)
    word *= np.uint64(0x94D049BB133111EB)
    word ^= word >> np.uint64(31)
    return word


def _uniform(words: Words) -> NDArray[np.float64]:
    """Uniform on [0, 1), in steps of 2^-53: exact in floating point."""
    return (words >> np.uint64(11)).astype(np.float64) * 2.0**-53


class _Chooser:
    """Draws one of several choices by integer weights, with a table of its own for each group."""

    def __init__(self, groups: Sequence[Sequence[tuple[int, int]]]) -> None:
        """Each group is a sequence of (code, weight)."""
        slots = [np.repeat([code for code, _ in group], [weight for _, weight in group]) for group in groups]
        self._totals = np.array([len(slot) for slot in slots], dtype=np.uint64)
        self._width = int(self._totals.max())
        self._table = np.zeros(len(slots) * self._width, dtype=np.uint16)
        for number, slot in enumerate(slots):
            self._table[number * self._width : number * self._width + len(slot)] = slot

    def __call__(self, words: Words, group: NDArray[Any] | int = 0) -> NDArray[np.uint16]:
        slot = ((words >> np.uint64(32)) * self._totals[group]) >> np.uint64(32)
        start = np.asarray(group, dtype=np.uint64) * np.uint64(self._width)
        return cast("NDArray[np.uint16]", self._table[slot + start])


# ---------------------------------------------------------------------------------------------------- tables


class _Coded(NamedTuple):
    """A text column of few values."""

    codes: NDArray[Any]
    names: tuple[str, ...]


class _Ids(NamedTuple):
    """The column of case ids of these row numbers."""

    rows: NDArray[np.int64]


class _Instants(NamedTuple):
    """Microseconds since 1970 in UTC."""

    microseconds: NDArray[np.int64]


_Column = NDArray[Any] | _Coded | _Ids | _Instants


def _digits(rows: NDArray[np.int64], dtype: type[np.unsignedinteger[Any]]) -> NDArray[Any]:
    """Spell the case ids, one row each: 'c' and the row's number from 1 in eight digits."""
    out = np.empty((len(rows), 9), dtype=dtype)
    out[:, 0] = ord("c")
    rest = (rows + 1).astype(np.uint32)
    for place in range(8, 0, -1):
        rest, digit = np.divmod(rest, np.uint32(10))
        out[:, place] = digit + np.uint32(ord("0"))
    return out


def _installed(name: str) -> bool:
    return importlib.util.find_spec(name) is not None


def _to_numpy(column: _Column) -> NDArray[Any]:
    if isinstance(column, _Coded):
        return cast("NDArray[Any]", np.array(column.names)[column.codes])
    if isinstance(column, _Ids):
        return cast("NDArray[Any]", _digits(column.rows, np.uint32).view("U9").reshape(-1))
    if isinstance(column, _Instants):
        return column.microseconds.view("datetime64[us]")
    return column


def _to_pyarrow(column: _Column) -> Any:
    pa = importlib.import_module("pyarrow")
    if isinstance(column, _Coded):
        codes = pa.array(column.codes.astype(np.int32))
        return pa.DictionaryArray.from_arrays(codes, pa.array(column.names, pa.string()))
    if isinstance(column, _Ids):
        offsets = np.arange(len(column.rows) + 1, dtype=np.int32) * np.int32(9)
        characters = _digits(column.rows, np.uint8).reshape(-1)
        return pa.StringArray.from_buffers(len(column.rows), pa.py_buffer(offsets), pa.py_buffer(characters))
    if isinstance(column, _Instants):
        return pa.array(column.microseconds).view(pa.timestamp("us", "UTC"))
    return pa.array(column, from_pandas=True)  # NaN, no answer, becomes null


def _to_polars(name: str, column: _Column) -> Any:
    pl = importlib.import_module("polars")
    if isinstance(column, _Coded):
        return pl.Series(name, column.names, dtype=pl.Enum(column.names)).gather(column.codes.astype(np.uint32))
    if isinstance(column, _Ids):
        number = pl.Series(name, column.rows + 1).cast(pl.String).str.zfill(8)
        return ("c" + number).rename(name)
    if isinstance(column, _Instants):
        return pl.Series(name, column.microseconds).cast(pl.Datetime("us", "UTC"))
    return pl.Series(name, column, nan_to_null=True)


def _to_pandas(column: _Column) -> Any:
    pd = importlib.import_module("pandas")
    if isinstance(column, _Coded):
        return pd.Categorical.from_codes(column.codes, categories=list(column.names))
    if isinstance(column, _Instants):
        return pd.Series(_to_numpy(column)).dt.tz_localize("UTC")
    return pd.Series(_to_numpy(column))


def _table(columns: Mapping[str, _Column], flavour: Flavour) -> Table:
    if flavour == "pyarrow":
        table = importlib.import_module("pyarrow").table
        return table({name: _to_pyarrow(column) for name, column in columns.items()})
    if flavour == "polars":
        frame = importlib.import_module("polars").DataFrame
        return frame([_to_polars(name, column) for name, column in columns.items()])
    if flavour == "pandas":
        frame = importlib.import_module("pandas").DataFrame
        return frame({name: _to_pandas(column) for name, column in columns.items()})
    return {name: _to_numpy(column) for name, column in columns.items()}


def _column_of(table: Table, name: str) -> NDArray[Any]:
    """One column of any table as a NumPy array; a list or an array of ids is taken as it is."""
    if isinstance(table, (list, tuple, np.ndarray)):
        return np.asarray(table)
    if not isinstance(table, Mapping) and hasattr(table, "__arrow_c_stream__"):
        if _installed("pyarrow"):
            table = importlib.import_module("pyarrow").table(table)
        elif _installed("polars"):
            table = importlib.import_module("polars").DataFrame(table)
    try:
        column = table[name]
    except Exception:
        _refuse(f"a table with the column '{name}', or a list of case ids", _names_of(table), "name it with case=")
    for method in ("to_numpy", "to_pylist"):
        if hasattr(column, method):
            return np.asarray(getattr(column, method)())
    return np.asarray(column)


def _names_of(table: Table) -> str:
    for attribute in ("column_names", "columns", "keys"):
        names = getattr(table, attribute, None)
        if names is not None:
            return "the columns " + ", ".join(str(name) for name in (names() if callable(names) else names))
    return f"a {type(table).__name__}"


# ---------------------------------------------------------------------------------------------------- errors


def _refuse(wanted: str, got: object, mend: str = "") -> NoReturn:
    from assay._core import InputError  # here, so that this module needs nothing but NumPy until something is wrong

    error: Exception = InputError(f"wanted {wanted}, got {got}" + (f"; {mend}" if mend else ""))
    raise error


def _whole(name: str, value: object, least: int, most: int) -> int:
    if isinstance(value, (int, np.integer)) and not isinstance(value, bool) and least <= int(value) <= most:
        return int(value)
    _refuse(f"{name} as a whole number from {least} to {most}", repr(value))


def _chance(name: str, value: object) -> float:
    if isinstance(value, (int, float, np.floating)) and not isinstance(value, bool) and 0.0 <= float(value) <= 1.0:
        return float(value)
    _refuse(f"{name} between 0 and 1", repr(value))


def _factor(name: str, value: object) -> float:
    if isinstance(value, (int, float, np.floating)) and not isinstance(value, bool) and 0.0 <= float(value) <= 100.0:
        return float(value)
    _refuse(f"{name} between 0 and 100", repr(value))


def _first(kind: str, asked: int | Sequence[Any], known: Sequence[Any], cls: type) -> tuple[Any, ...]:
    """Take the first so many of the known ones, or the caller's own."""
    if isinstance(asked, (int, np.integer)):
        return tuple(known[: _whole(kind, asked, 1, len(known))])
    own = tuple(asked)
    if not own or len(own) > 200 or not all(isinstance(item, cls) for item in own):
        got = ", ".join(sorted({type(item).__name__ for item in own})) or "none"
        _refuse(f"{kind} as a number from 1 to {len(known)} or 1 to 200 of example.{cls.__name__}", got)
    names = [item.name for item in own]
    if len(set(names)) != len(names):
        _refuse(f"{kind} with names of their own", f"{names} with repeats")
    return own


def _check_queue(queue: Queue) -> None:
    where = f"of queue '{queue.name}'"
    _whole(f"weight {where}", queue.weight, 1, 10_000)
    if not 1 <= len(queue.policies) <= 100:
        _refuse(f"1 to 100 policies {where}", len(queue.policies))
    for policy in queue.policies:
        _whole(f"weight of policy '{policy.name}' {where}", policy.weight, 1, 10_000)
        _chance(f"violation_rate of policy '{policy.name}' {where}", policy.violation_rate)
    for name in ("miss", "false_alarm", "wrong_action", "remove_share", "escalation"):
        _chance(f"{name} {where}", getattr(queue, name))
    for name in ("seconds", "price", "views"):
        _whole(f"{name} {where}", getattr(queue, name), 1, 10_000)


def _check_site(site: Site) -> None:
    where = f"of site '{site.name}'"
    _whole(f"weight for simple queues {where}", site.simple, 1, 10_000)
    _whole(f"weight for hard queues {where}", site.hard, 1, 10_000)
    _factor(f"factor {where}", site.factor)
    if not site.languages:
        _refuse(f"at least one language {where}", "none")
    for language, weight in site.languages:
        _whole(f"weight of language '{language}' {where}", weight, 1, 10_000)


# ------------------------------------------------------------------------------------------------- operation


def operation(
    *,
    seed: int = 7,
    weeks: int = 4,
    cases_per_week: int = 50_000,
    queues: int | Sequence[Queue] = 8,
    sites: int | Sequence[Site] = 4,
    reviewers: int = 12,
    drift_site: str | None = "Manila",
    drift_week: int = 3,
    drift_factor: float = 2.0,
    start: datetime.date = datetime.date(2026, 10, 26),
    flavour: Flavour | None = None,
) -> Operation:
    """Make an operation; the same arguments give the same rows for ever.

    Args:
        seed: which of the operations that these parameters describe.
        weeks: how many; more weeks leave the rows of the earlier ones as they were.
        cases_per_week: decisions in each week. At most 99,999,999 in all.
        queues: the first so many of the twelve bundled queues, or `Queue` values of your own.
        sites: the first so many of the six bundled sites, or `Site` values of your own.
        reviewers: how many at each site.
        drift_site: the site whose quality falls; None for a steady operation.
        drift_week: the first week, counting from 1, in which it has fallen.
        drift_factor: by what its chances of error are multiplied from then on.
        start: the Monday the first week begins on, at 00:00 UTC.
        flavour: the library whose tables to give; default the first installed of pandas, polars, pyarrow, else NumPy
            arrays in a dict.

    Raises:
        InputError: an argument is out of range; it names the argument.
    """
    seed = _whole("seed", seed, 0, _MASK)
    weeks = _whole("weeks", weeks, 1, 520)
    cases_per_week = _whole("cases_per_week", cases_per_week, 1, _ROWS_MAX)
    if weeks * cases_per_week > _ROWS_MAX:
        _refuse(f"at most {_ROWS_MAX:,} cases in all", f"{weeks} weeks of {cases_per_week:,}")
    chosen_queues: tuple[Queue, ...] = _first("queues", queues, _QUEUES, Queue)
    chosen_sites: tuple[Site, ...] = _first("sites", sites, _SITES, Site)
    for queue in chosen_queues:
        _check_queue(queue)
    for site in chosen_sites:
        _check_site(site)
    reviewers = _whole("reviewers", reviewers, 1, 300)
    drift = None
    if drift_site is not None:
        names = [site.name for site in chosen_sites]
        if drift_site not in names:
            _refuse(f"drift_site among {', '.join(names)}", repr(drift_site), "or None for no drift")
        drift = Drift(drift_site, _whole("drift_week", drift_week, 1, 521), _factor("drift_factor", drift_factor))
    if not isinstance(start, datetime.date) or start.weekday() != 0:
        _refuse("start as the date of a Monday", repr(start))
    start = datetime.date(start.year, start.month, start.day)
    parameters = Parameters(
        seed=seed,
        start=start,
        weeks=weeks,
        cases_per_week=cases_per_week,
        queues=chosen_queues,
        sites=chosen_sites,
        reviewers=_staff(chosen_sites, reviewers),
        drift=drift,
    )
    return Operation(parameters, _chosen(flavour), _generate(parameters))


def _chosen(flavour: Flavour | None) -> Flavour:
    known: tuple[Flavour, ...] = ("pandas", "polars", "pyarrow", "numpy")
    if flavour is None:
        return next(name for name in known if _installed(name))
    if flavour not in known:
        _refuse("flavour as pandas, polars, pyarrow or numpy", repr(flavour))
    if not _installed(flavour):
        _refuse(f"the library {flavour} to be installed", "none of that name", "install it or take another flavour")
    return flavour


def _staff(sites: Sequence[Site], each: int) -> tuple[Reviewer, ...]:
    """Hire reviewers for every site: factors spread over 0.5 + 1.5 q^2 at mid-ranks q, shuffled."""
    out = []
    for number, site in enumerate(sites):
        ranks = sorted(range(each), key=lambda j: _scramble(_scramble(number + 1) ^ (_S_ORDER << 32) ^ j))
        for j, rank in enumerate(ranks):
            q = (rank + 0.5) / each
            weight = 6 + _scramble(_scramble(number + 1) ^ (_S_WORKLOAD << 32) ^ j) % 9
            out.append(
                Reviewer(f"{site.name[:3].lower()}{number + 1}-{j + 1:02d}", site.name, weight, 0.5 + 1.5 * q * q)
            )
    return tuple(out)


def _distinct(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


@dataclass
class _Rows:
    """The generated rows, as codes."""

    queue: NDArray[np.uint8]
    site: NDArray[np.uint8]
    reviewer: NDArray[np.uint16]
    policy: NDArray[np.uint16]
    language: NDArray[np.uint16]
    truth: NDArray[np.uint8]
    decision: NDArray[np.uint8]
    decided_at: NDArray[np.int64]
    views: NDArray[np.int32]
    value: NDArray[np.float64]
    handle_seconds: NDArray[np.int32]
    prediction: NDArray[np.float64]
    policies: tuple[str, ...] = field(default=())
    languages: tuple[str, ...] = field(default=())


def _generate(p: Parameters) -> _Rows:
    policies = _distinct([policy.name for queue in p.queues for policy in queue.policies])
    languages = _distinct([name for site in p.sites for name, _ in site.languages])
    n = p.weeks * p.cases_per_week
    out = _Rows(
        queue=np.empty(n, np.uint8),
        site=np.empty(n, np.uint8),
        reviewer=np.empty(n, np.uint16),
        policy=np.empty(n, np.uint16),
        language=np.empty(n, np.uint16),
        truth=np.empty(n, np.uint8),
        decision=np.empty(n, np.uint8),
        decided_at=np.empty(n, np.int64),
        views=np.empty(n, np.int32),
        value=np.empty(n, np.float64),
        handle_seconds=np.empty(n, np.int32),
        prediction=np.empty(n, np.float64),
        policies=policies,
        languages=languages,
    )

    choose_queue = _Chooser([[(code, queue.weight) for code, queue in enumerate(p.queues)]])
    choose_site = _Chooser(
        [
            [(code, site.simple) for code, site in enumerate(p.sites)],
            [(code, site.hard) for code, site in enumerate(p.sites)],
        ]
    )
    choose_reviewer = _Chooser(
        [[(c, r.weight) for c, r in enumerate(p.reviewers) if r.site == site.name] for site in p.sites]
    )
    # A policy is drawn as queue x position, so that its violation rate can differ from queue to queue.
    flat = [(number, policy) for number, queue in enumerate(p.queues) for policy in queue.policies]
    choose_policy = _Chooser(
        [[(c, pol.weight) for c, (owner, pol) in enumerate(flat) if owner == q] for q in range(len(p.queues))]
    )
    choose_language = _Chooser([[(languages.index(name), w) for name, w in site.languages] for site in p.sites])
    policy_code = np.array([policies.index(policy.name) for _, policy in flat], dtype=np.uint16)
    violation_rate = np.array([policy.violation_rate for _, policy in flat])

    def of_queues(name: str) -> NDArray[np.float64]:
        return np.array([float(getattr(queue, name)) for queue in p.queues])

    hard = np.array([int(queue.hard) for queue in p.queues])
    miss, false_alarm, wrong_action = of_queues("miss"), of_queues("false_alarm"), of_queues("wrong_action")
    remove_share, escalation = of_queues("remove_share"), of_queues("escalation")
    seconds, price, views = of_queues("seconds"), of_queues("price"), of_queues("views")
    site_factor = np.array([site.factor for site in p.sites])
    reviewer_factor = np.array([reviewer.factor for reviewer in p.reviewers])
    first_instant = (p.start - datetime.date(1970, 1, 1)).days * 24 * 3600 * 1_000_000
    step = _WEEK // p.cases_per_week
    drifting = [site.name for site in p.sites].index(p.drift.site) if p.drift else -1

    for begin in range(0, n, _CHUNK):
        here = slice(begin, min(begin + _CHUNK, n))
        numbers = np.arange(here.start, here.stop, dtype=np.int64)
        rows = numbers.astype(np.uint64)
        week, of_week = np.divmod(numbers, p.cases_per_week)

        def words(stream: int, rows: Words = rows) -> Words:
            return _words(p.seed, stream, rows)

        def uniform(stream: int, rows: Words = rows) -> NDArray[np.float64]:
            return _uniform(_words(p.seed, stream, rows))

        queue = choose_queue(words(_S_QUEUE))
        site = choose_site(words(_S_SITE), hard[queue])
        reviewer = choose_reviewer(words(_S_REVIEWER), site)
        policy = choose_policy(words(_S_POLICY), queue)

        violates = uniform(_S_VIOLATES) < violation_rate[policy]
        deserves_remove = uniform(_S_DESERVES) < remove_share[queue]
        action = np.where(deserves_remove, np.uint8(1), np.uint8(2))
        truth = np.where(violates, action, np.uint8(_APPROVE))

        factor = site_factor[site] * reviewer_factor[reviewer]
        if p.drift is not None:
            factor = np.where((site == drifting) & (week >= p.drift.week - 1), factor * p.drift.factor, factor)
        error = uniform(_S_ERROR)
        missed = error < np.minimum(_CAP, miss[queue] * factor)
        wrong = error >= 1.0 - np.minimum(_CAP_WRONG, wrong_action[queue] * factor)
        alarmed = error < np.minimum(_CAP, false_alarm[queue] * factor)
        taken = np.where(uniform(_S_ACTION) < remove_share[queue], np.uint8(1), np.uint8(2))
        on_violating = np.where(missed, np.uint8(_APPROVE), np.where(wrong, np.uint8(3) - truth, truth))
        decision = np.where(violates, on_violating, np.where(alarmed, taken, np.uint8(_APPROVE)))
        decision = np.where(uniform(_S_ESCALATED) < escalation[queue], np.uint8(_ESCALATED), decision)

        out.queue[here] = queue
        out.site[here] = site
        out.reviewer[here] = reviewer
        out.policy[here] = policy_code[policy]
        out.language[here] = choose_language(words(_S_LANGUAGE), site)
        out.truth[here] = truth
        out.decision[here] = decision
        within = (uniform(_S_AT) * float(step)).astype(np.int64)
        out.decided_at[here] = first_instant + week * _WEEK + of_week * step + within
        # 1 / sqrt(u) has a heavy tail; the small addend bounds it at about a thousand.
        out.views[here] = (views[queue] / np.sqrt(uniform(_S_VIEWS) + 2.0**-20)).astype(np.int32)
        cents = (price[queue] * 40.0 / np.sqrt(uniform(_S_VALUE) + 2.0**-20)).astype(np.int32)
        out.value[here] = cents.astype(np.float64) / 100.0
        out.handle_seconds[here] = (seconds[queue] * 0.6 / np.sqrt(uniform(_S_SECONDS) + 2.0**-8)).astype(np.int32)
        score = uniform(_S_SCORE_A) * uniform(_S_SCORE_B)
        score = np.where(violates, 1.0 - score, score)
        out.prediction[here] = (np.floor(score * 9998.0) + 1.0) / 10000.0
    return out


class Operation:
    """A moderation operation and its truth. Made by `operation()`; immutable.

    `decisions`, `truth`, `audit()` and `true_rates()` are tables of the library in `flavour`.
    """

    def __init__(self, parameters: Parameters, flavour: Flavour, rows: _Rows) -> None:
        """Take what `operation()` made."""
        self._parameters = parameters
        self._flavour: Flavour = flavour
        self._rows = rows

    def __len__(self) -> int:
        """How many decisions there are."""
        return len(self._rows.decision)

    def __repr__(self) -> str:
        """One line."""
        p = self._parameters
        return (
            f"Operation({len(self):,} decisions, {len(p.queues)} queues x {len(p.sites)} sites x "
            f"{len(p.reviewers)} reviewers x {p.weeks} weeks, seed {p.seed})"
        )

    @property
    def parameters(self) -> Parameters:
        """Every number the operation was made from."""
        return self._parameters

    @property
    def flavour(self) -> Flavour:
        """The library whose tables this operation gives."""
        return self._flavour

    @cached_property
    def decisions(self) -> Table:
        """One row a decision.

        ==================  =======================================================================================
        `case_id`           text: "c00000001", "c00000002", ...
        `decided_at`        timestamp in microseconds, UTC, rising (NumPy has no zones: `datetime64[us]`, in UTC)
        `week`              ISO week: "2026-W44"
        `queue`             "electronics-counterfeit", ...
        `site`              "Dublin", ...
        `reviewer`          "dub1-01", ...
        `policy`            the policy the listing is judged under
        `policy_version`    "5.2" in the first week, "5.3" in the next four, and so on
        `language`          "en", ...
        `decision`          "approve", "remove", "restrict" or "escalated"
        `prediction`        a machine's score that the listing violates, 0.0001 to 0.9999; not calibrated
        `handle_seconds`    time the reviewer took
        `views`             how often the listing was seen
        `value`             the listing's price
        ==================  =======================================================================================

        Text columns of few values are dictionaries (pyarrow), enums (polars) or categoricals (pandas).
        """
        rows = self._rows
        columns: dict[str, _Column] = {
            "case_id": _Ids(np.arange(len(self), dtype=np.int64)),
            "decided_at": _Instants(rows.decided_at),
        }
        for name in ("week", "queue", "site", "reviewer", "policy", "policy_version", "language", "decision"):
            columns[name] = self._coded(name)
        columns["prediction"] = rows.prediction
        columns["handle_seconds"] = rows.handle_seconds
        columns["views"] = rows.views
        columns["value"] = rows.value
        return _table(columns, self._flavour)

    @cached_property
    def truth(self) -> Table:
        """`case_id`, and `true_label`: the label the decision should have had (never an undecided one)."""
        columns: dict[str, _Column] = {
            "case_id": _Ids(np.arange(len(self), dtype=np.int64)),
            "true_label": _Coded(self._rows.truth, labels[:_ESCALATED]),
        }
        return _table(columns, self._flavour)

    def audit(
        self,
        sample: Table,
        *,
        case: str = "case_id",
        response: float | Mapping[str, float] = 1.0,
        auditors: int = 6,
        seed: int = 1,
    ) -> Table:
        """Have the cases of a sample audited by people who are always right.

        Args:
            sample: any table with the case ids, or a list of them; each case once.
            case: the name of the column that holds them.
            response: the chance that an audit comes back; or a chance for each decision, 1 where none is given:
                `{"remove": 0.7}` loses three in ten audits of removals.
            auditors: how many share the work.
            seed: which audits are lost, what reasons are given, who audits. They depend on it and on the case alone,
                not on what else is in the sample.

        Returns:
            A table, in the order of the sample: `case_id` (or whatever `case` is), `verdict` (the true label),
            `reason` ("correct", "undecided", or why the decision went wrong), `auditor`.

        Raises:
            InputError: no such column, a case that this operation does not have, the same case twice, a chance
                outside [0, 1], a label that no decision has.
        """
        auditors = _whole("auditors", auditors, 1, 1000)
        seed = _whole("seed", seed, 0, _MASK)
        chances = np.ones(len(labels))
        if isinstance(response, Mapping):
            for label, chance in response.items():
                if label not in labels:
                    _refuse(f"response for labels among {', '.join(labels)}", repr(label))
                chances[labels.index(label)] = _chance(f"response for '{label}'", chance)
        else:
            chances[:] = _chance("response", response)

        numbers = self._numbers(_column_of(sample, case), case)
        # The operation's own seed goes in too, so that two operations do not lose the same audits.
        mixed = _scramble(_scramble(self._parameters.seed) ^ seed)
        words = numbers.astype(np.uint64)
        came_back = _uniform(_words(mixed, _S_RESPONSE, words)) < chances[self._rows.decision[numbers]]
        numbers, words = numbers[came_back], words[came_back]

        kind = self._kind(numbers)
        choose_reason = _Chooser([[(_REASONS.index(name), 1) for name in names] for names in _REASONS_OF_KIND])
        choose_auditor = _Chooser([[(code, 1) for code in range(auditors)]])
        columns: dict[str, _Column] = {
            case: _Ids(numbers),
            "verdict": _Coded(self._rows.truth[numbers], labels[:_ESCALATED]),
            "reason": _Coded(choose_reason(_words(mixed, _S_REASON, words), kind), _REASONS),
            "auditor": _Coded(
                choose_auditor(_words(mixed, _S_AUDITOR, words)), tuple(f"auditor-{k + 1}" for k in range(auditors))
            ),
        }
        return _table(columns, self._flavour)

    def true_rates(self, by: Sequence[str] | str = (), *, weight: str | None = None) -> Table:
        """Compute the true rates of every slice that holds a scored case, over all of them.

        Undecided cases are counted, not scored. With `violating` = remove or restrict, and over the scored cases:

        =====================  ============================================================
        `accuracy`             decision = truth
        `over_enforcement`     decision violating, truth not
        `leakage`              truth violating, decision not
        `wrong_label`          both violating, with different labels
        `precision`            of the decided violating, those that are
        `recall`               of the violating, those decided so
        `specificity`          of the not violating, those decided so
        `false_positive_rate`  1 - specificity
        `false_negative_rate`  1 - recall
        `violation_rate`       truth violating
        =====================  ============================================================

        The first four add up to one.

        Args:
            by: one or several of `week queue site reviewer policy policy_version language decision`.
            weight: "views", "value" or "handle_seconds" to weigh every case by it (`violation_rate` by views is the
                prevalence); default every case counts one.

        Returns:
            A table: the columns of `by`, `n` (scored cases), `undecided` (cases), and the rates. A rate over no case
            is null, and NaN where the table library knows no null.

        Raises:
            InputError: `by` or `weight` names no such column.
        """
        names = [by] if isinstance(by, str) else list(by)
        if len(set(names)) != len(names):
            _refuse("by with each column once", repr(names))
        parts = [self._coded(name) for name in names]
        cell = np.zeros(len(self), dtype=np.int64)
        cells = 1
        for part in parts:
            cells *= len(part.names)
            if cells > 50_000_000:
                _refuse("by with at most 50,000,000 combinations", repr(names), "name fewer columns")
            cell *= len(part.names)
            cell += part.codes
        weights = None
        if weight is not None:
            if weight not in ("views", "value", "handle_seconds"):
                _refuse("weight as views, value or handle_seconds", repr(weight))
            weights = getattr(self._rows, weight).astype(np.float64)

        kind = self._kind()
        rows = self._rows

        def total(rows_in: NDArray[np.bool_]) -> NDArray[np.float64]:
            chosen = None if weights is None else weights[rows_in]
            return np.bincount(cell[rows_in], chosen, minlength=cells).astype(np.float64)

        scored = kind != 4
        n = np.bincount(cell[scored], minlength=cells)
        present = np.flatnonzero(n)
        everything, right, over, leaked, wrong = (
            total(mask)[present] for mask in (scored, kind == 0, kind == 1, kind == 2, kind == 3)
        )
        bad = total(scored & (rows.truth != _APPROVE))[present]
        good = everything - bad
        caught = bad - leaked
        rates = {
            "accuracy": (right, everything),
            "over_enforcement": (over, everything),
            "leakage": (leaked, everything),
            "wrong_label": (wrong, everything),
            "precision": (caught, caught + over),
            "recall": (caught, bad),
            "specificity": (good - over, good),
            "false_positive_rate": (over, good),
            "false_negative_rate": (leaked, bad),
            "violation_rate": (bad, everything),
        }
        columns: dict[str, _Column] = {}
        rest = present
        for name, part in reversed(list(zip(names, parts, strict=True))):
            rest, codes = np.divmod(rest, len(part.names))
            columns[name] = _Coded(codes, part.names)
        columns = dict(reversed(columns.items()))
        columns["n"] = n[present].astype(np.int64)
        columns["undecided"] = np.bincount(cell[~scored], minlength=cells)[present].astype(np.int64)
        for name in metrics:
            above, below = rates[name]
            columns[name] = np.divide(above, below, out=np.full(len(present), np.nan), where=below > 0)
        return _table(columns, self._flavour)

    def describe(self) -> str:
        """Put the operation in words: its size, its known chances of error, and the rates they led to."""
        p = self._parameters
        lines = [repr(self), "", "Queues (chances at a site and with a reviewer of factor 1)"]
        head = ["queue", "share", "violating", "miss", "false alarm", "wrong action", "escalated"]
        weight = sum(queue.weight for queue in p.queues)
        body = []
        for queue in p.queues:
            dealt = sum(policy.weight for policy in queue.policies)
            rate = sum(policy.weight * policy.violation_rate for policy in queue.policies) / dealt
            chances = (queue.weight / weight, rate, queue.miss, queue.false_alarm, queue.wrong_action, queue.escalation)
            body.append([queue.name, *(f"{chance:.1%}" for chance in chances)])
        lines += _aligned(head, body)
        lines += ["", "Sites (factors multiply every chance of error; true accuracy of all its decisions)"]
        plain = Operation(p, "numpy", self._rows).true_rates(by="site")
        truth = dict(zip(plain["site"].tolist(), plain["accuracy"].tolist(), strict=True))
        body = []
        for site in p.sites:
            factors = [reviewer.factor for reviewer in p.reviewers if reviewer.site == site.name]
            note = ""
            if p.drift is not None and p.drift.site == site.name:
                note = f"x {p.drift.factor:g} from week {p.drift.week} on"
            spread = f"{min(factors):.2f} to {max(factors):.2f}"
            accuracy = f"{truth[site.name]:.2%}" if site.name in truth else "-"
            body.append([site.name, f"{site.factor:.2f}", spread, accuracy, note])
        lines += _aligned(["site", "factor", "reviewers", "accuracy", "drift"], body)
        return "\n".join(lines) + "\n"

    def _coded(self, name: str) -> _Coded:
        p, rows = self._parameters, self._rows
        if name == "queue":
            return _Coded(rows.queue, tuple(queue.name for queue in p.queues))
        if name == "site":
            return _Coded(rows.site, tuple(site.name for site in p.sites))
        if name == "reviewer":
            return _Coded(rows.reviewer, tuple(reviewer.name for reviewer in p.reviewers))
        if name == "policy":
            return _Coded(rows.policy, rows.policies)
        if name == "language":
            return _Coded(rows.language, rows.languages)
        if name == "decision":
            return _Coded(rows.decision, labels)
        weeks = np.repeat(np.arange(p.weeks, dtype=np.uint16), p.cases_per_week)
        if name == "week":
            days = [p.start + datetime.timedelta(weeks=week) for week in range(p.weeks)]
            iso = [day.isocalendar() for day in days]
            return _Coded(weeks, tuple(f"{day.year}-W{day.week:02d}" for day in iso))
        if name == "policy_version":
            versions = (weeks + np.uint16(3)) // np.uint16(4)
            return _Coded(versions, tuple(f"5.{2 + k}" for k in range((p.weeks + 2) // 4 + 1)))
        _refuse("by among week, queue, site, reviewer, policy, policy_version, language, decision", repr(name))

    def _kind(self, numbers: NDArray[np.int64] | slice = slice(None)) -> NDArray[np.int64]:
        """0 right, 1 over-enforcement, 2 leakage, 3 wrong label, 4 undecided."""
        decision, truth = self._rows.decision[numbers], self._rows.truth[numbers]
        table = np.full((len(labels), len(labels)), 3, dtype=np.int64)
        table[_REMOVE:_ESCALATED, _APPROVE] = 1
        table[_APPROVE, _REMOVE:_ESCALATED] = 2
        np.fill_diagonal(table, 0)
        table[_ESCALATED, :] = 4
        return table[decision, truth]

    def _numbers(self, ids: NDArray[Any], case: str) -> NDArray[np.int64]:
        """Find the row numbers of case ids."""
        numbers = np.empty(len(ids), dtype=np.int64)
        for position, text in enumerate(ids.tolist()):
            digits = text[1:] if isinstance(text, str) and len(text) == 9 and text[0] == "c" else ""
            number = int(digits) if digits.isascii() and digits.isdigit() else 0
            if not 1 <= number <= len(self):
                _refuse(
                    f"cases of this operation, c00000001 to c{len(self):08d}",
                    f"{text!r} in column '{case}', row {position} (counting from 0)",
                )
            numbers[position] = number - 1
        unique, first = np.unique(numbers, return_index=True)
        if len(unique) != len(numbers):
            position = int(np.setdiff1d(np.arange(len(numbers)), first)[0])
            _refuse(
                "each case once", f"{str(ids[position])!r} again in column '{case}', row {position} (counting from 0)"
            )
        return numbers


def _aligned(head: Sequence[str], body: Sequence[Sequence[str]]) -> list[str]:
    """Lay out a table: the first column to the left, the others to the right."""
    rows = [head, *body]
    widths = [max(len(row[k]) for row in rows) for k in range(len(head))]
    out = []
    for row in rows:
        first, *rest = (cell.rjust(width) for cell, width in zip(row, widths, strict=True))
        out.append("  ".join(["  " + first.strip().ljust(widths[0]), *rest]).rstrip())
    return out
