"""
The compiled part of assay. Import assay instead: the names here may change.
"""
from __future__ import annotations
import collections.abc
import numpy
import numpy.typing
import typing
from . import designs
from . import interval
from . import allocation
from . import survey_intervals
__all__: list[str] = ['AssayError', 'FormatError', 'Frame', 'HeldTable', 'InputError', 'KeyedSampler', 'PlanTable', 'RefusedError', 'ScoreTable', 'StoreError', 'Table', 'Tally', 'allocation', 'compare', 'designs', 'groupings_of', 'hold', 'input_error', 'interval', 'join_samples', 'make_plan', 'permanent_random_number', 'rates_in', 'read_frame', 'score_sample', 'score_table', 'score_tally', 'survey_intervals', 'take', 'unite', 'without']
class AssayError(Exception):
    """
    The root of every error that assay raises on purpose.
    """
class InputError(AssayError, ValueError):
    """
    A value, a column or a table that cannot be used.

    `wanted`, `got`, `column` and `row` (counting from 0) hold what the message says, or None.
    """
    column: str | None
    got: str | None
    row: int | None
    wanted: str | None
class FormatError(AssayError):
    """
    Bytes that are not what they claim to be: cut short, altered, or of a newer format.
    """
class RefusedError(AssayError):
    """
    A command against the registry's rules: `rule` names it, `legal` says what would do.
    """
    legal: tuple[str, ...]
    rule: str | None
class StoreError(AssayError):
    """
    The store failed; nothing was written.
    """
class Table:
    """
    An immutable table of named columns; any Arrow library reads it without a copy.
    """
    __hash__: typing.ClassVar[None] = None  # type: ignore[assignment]
    def __arrow_c_stream__(self, requested_schema: typing.Any = None) -> typing.Any:
        """
        The table as an Arrow C stream.
        """
    def __eq__(self, other: Table) -> bool:  # type: ignore[override]
        ...
    def __len__(self) -> int:
        ...
    def __reduce__(self) -> tuple[typing.Any, ...]:
        ...
    def __repr__(self) -> str:
        ...
    def column(self, name: str) -> list[typing.Any]:
        """
        One column as a list; None where it is null.
        """
    def to_pydict(self) -> dict[str, typing.Any]:
        """
        All columns as lists.
        """
    @property
    def column_names(self) -> list[str]:
        """
        The names of the columns, in order.
        """
class Tally:
    """
    Audited decisions, counted: a state that can be fed in parts, merged in any order and sent as bytes.

    Use it when rows arrive in batches, days, processes or Spark tasks; for one table, assay.score is simpler. Any split of
    the rows and any order of merging gives equal bytes. An empty table adds nothing.
    """
    __hash__: typing.ClassVar[None] = None  # type: ignore[assignment]
    @staticmethod
    def from_bytes(data: typing.Any) -> Tally:
        """
        The state that `to_bytes` wrote; FormatError where the bytes are cut short or altered.
        """
    def __add__(self, other: Tally) -> Tally:
        ...
    def __eq__(self, other: Tally) -> bool:  # type: ignore[override]
        ...
    def __getstate__(self) -> bytes:
        ...
    def __init__(self, *, decision: typing.Any = None, verdict: typing.Any = None, correct: typing.Any = None, by: typing.Any = (), violating: typing.Any = None, not_violating: typing.Any = None, undecided: typing.Any = (), weight: typing.Any = None, strata: typing.Any = (), exclude: typing.Any = None, missing: typing.Any = None) -> None:
        """
        Columns by name, as in assay.score(table, ...). `by` may be assay.cube(...) or assay.rollup(...).
        """
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: bytes) -> None:
        ...
    def add(self, table: typing.Any, *, threads: int | None = None) -> None:
        """
        Count the rows of a table. A table that is refused adds nothing at all. `threads` never changes a bit of the state.
        """
    def merge(self, other: Tally) -> None:
        """
        Add what another one has counted; the order of merging does not matter.
        """
    def score(self, **kwargs: typing.Any) -> typing.Any:
        """
        The scores of what was counted: metrics=, by=, total=, about=, target=, population=, confidence=, as in assay.score.
        """
    def to_bytes(self) -> bytes:
        """
        The state as bytes, the same on every machine.
        """
    @property
    def excluded(self) -> int:
        """
        Rows set aside because they were excluded.
        """
    @property
    def rows(self) -> int:
        """
        Rows that were scored.
        """
    @property
    def undecided(self) -> int:
        """
        Rows set aside because their decision or verdict was undecided.
        """
class Frame:
    """
    Decisions that can be drawn, checked and encoded.
    """
    def labels(self) -> Table:
        """
        One row a label: label, kind, cases, share.
        """
    @property
    def by(self) -> list[str]:
        ...
    @property
    def by_sizes(self) -> list[int]:
        """
        How many values each column of `by` has.
        """
    @property
    def case(self) -> str:
        ...
    @property
    def decided(self) -> int:
        ...
    @property
    def decision(self) -> str:
        ...
    @property
    def never_met(self) -> list[str]:
        """
        Declared labels that no decision has.
        """
    @property
    def rows(self) -> int:
        ...
    @property
    def undecided(self) -> int:
        ...
class PlanTable(Table):
    """
    The table of a plan, with the plan behind it.
    """
    def __reduce__(self) -> typing.Any:
        ...
    def draw(self, key: bytes, period: str, lost: collections.abc.Sequence[str], threads: typing.SupportsInt | typing.SupportsIndex | None, progress: typing.Any) -> Table:
        """
        Draw the cases.
        """
    def names(self) -> list[str]:
        """
        The strata in words, as a sample names them.
        """
    @property
    def frame(self) -> Frame:
        ...
    @property
    def strata(self) -> list[str]:
        ...
class KeyedSampler:
    """
    Draws each case on its own with one chance; the answer depends on (key, period, case) alone.

    `key` is a secret: whoever knows it knows who will be audited. `period` is the label that makes
    one period's draw differ from the next. The same in C++, Python and any engine's partition.

        >>> sampler = assay.KeyedSampler(key=secret, share=0.02, period="2026-W47")
        >>> if (probability := sampler.offer(case_id)) is not None: ...
    """
    __hash__: typing.ClassVar[None] = None  # type: ignore[assignment]
    def __eq__(self, other: KeyedSampler) -> bool:  # type: ignore[override]
        ...
    def __init__(self, *, key: str | bytes, share: float, period: str = '') -> None:
        ...
    def __repr__(self) -> str:
        ...
    def offer(self, case: str | int) -> float | None:
        """
        The inclusion probability when the case is drawn, else None.
        """
    def offer_many(self, cases: typing.Any) -> numpy.typing.NDArray[numpy.bool]:
        """
        A NumPy array of truth values: which of the cases are drawn, each with probability `share`.
        """
    @property
    def share(self) -> float:
        """
        The chance of every case.
        """
class HeldTable:
    """
    A table that was read once and can be read again.
    """
    def first_text(self, name: str) -> str | None:
        """
        The text in the first row of a column; None where there is none.
        """
    @property
    def column_names(self) -> list[str]:
        ...
class ScoreTable(Table):
    """
    The table of a score, with what is needed to compare it.
    """
    def __reduce__(self) -> typing.Any:
        ...
    @property
    def answered(self) -> int:
        ...
    @property
    def columns(self) -> list[str]:
        ...
    @property
    def definitions(self) -> list[typing.Any]:
        ...
    @property
    def drawn(self) -> int:
        ...
    @property
    def excluded(self) -> int:
        ...
    @property
    def undecided(self) -> int:
        ...
def _table_of_state(state: list[typing.Any]) -> Table:
    """
    The table that was pickled.
    """
def _throw(kind: str) -> None:
    """
    Throw one C++ error of the kind named, so that the tests see what becomes of it.
    """
def compare(a: ScoreTable, b: ScoreTable, about: str, margin: typing.SupportsFloat | typing.SupportsIndex) -> tuple[Table, int]:
    """
    The table of differences a - b, and how many slices only one of them holds.
    """
def groupings_of(tally: Tally) -> list[list[str]]:
    """
    The groupings a tally was made for.
    """
def hold(table: typing.Any) -> HeldTable:
    """
    Read any table once, to use it several times.
    """
def input_error(wanted: str, got: str, *, column: str = '', row: typing.SupportsInt | typing.SupportsIndex | None = None, mend: str = '') -> InputError:
    """
    An InputError to raise from Python, worded like those of the library.
    """
def join_samples(samples: list[typing.Any], case_column: str, design: str) -> Table:
    """
    Samples of different cases, one below the other.
    """
def make_plan(frame: Frame, arguments: dict[str, typing.Any], threads: typing.SupportsInt | typing.SupportsIndex | None) -> PlanTable:
    """
    Share out a sample among strata.
    """
def permanent_random_number(case: str | int, *, key: str | bytes, period: str = '') -> int:
    """
    The random number of a case, 0 to 2**64 - 1: SipHash-2-4 of its id under a key made from (key, period).
    """
def rates_in(table: typing.Any, strata: collections.abc.Sequence[str], others: collections.abc.Sequence[str]) -> list[tuple[list[str], str, float]]:
    """
    Expected error rates in a table: (the stratum's values as texts, metric, rate).
    """
def read_frame(table: typing.Any, arguments: dict[str, typing.Any], threads: typing.SupportsInt | typing.SupportsIndex | None, progress: typing.Any) -> Frame:
    """
    Read and check a table of decisions.
    """
def score_sample(sample: HeldTable, audits: typing.Any, arguments: dict[str, typing.Any], threads: typing.SupportsInt | typing.SupportsIndex | None, progress: typing.Any) -> ScoreTable:
    """
    Score a drawn sample with its audits.
    """
def score_table(table: typing.Any, arguments: dict[str, typing.Any], threads: typing.SupportsInt | typing.SupportsIndex | None, progress: typing.Any) -> ScoreTable:
    """
    Score a table that holds decisions and verdicts.
    """
def score_tally(tally: Tally, arguments: dict[str, typing.Any]) -> ScoreTable:
    """
    Score what a tally counted.
    """
def take(table: Table, rows: collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex]) -> Table:
    """
    Some rows of a table.
    """
def unite(frame: Frame, cells: collections.abc.Sequence[str], samples: list[typing.Any], period: str, threads: typing.SupportsInt | typing.SupportsIndex | None) -> Table:
    """
    Several draws from one frame as one sample, stratified by cells.
    """
def without(table: Table, name: str) -> Table:
    """
    The table without one column.
    """
__version__: str = '0.1.0'
