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
from . import survey
from . import survey_intervals
__all__: list[str] = ['AssayError', 'FormatError', 'Frame', 'HeldTable', 'InputError', 'KeyedSampler', 'PlanTable', 'RefusedError', 'ScoreTable', 'StoreError', 'Table', 'Tally', 'actively_audited', 'allocation', 'compare', 'correct_by_difference', 'correct_by_error_rates', 'designs', 'exact_limits', 'groupings_of', 'hold', 'input_error', 'interval', 'join_samples', 'judge_assisted', 'latent_class', 'make_plan', 'permanent_random_number', 'prediction_powered', 'prediction_powered_quantile', 'rates_in', 'read_frame', 'score_sample', 'score_table', 'score_tally', 'shrunk', 'survey', 'survey_intervals', 'table_of_lists', 'take', 'unite', 'without']
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
    def slices(self, groupings: collections.abc.Sequence[collections.abc.Sequence[str]]) -> Table:
        """
        One row a slice: what was wished, what to expect, what the wish costs.
        """
    @property
    def by_sizes(self) -> list[int]:
        """
        How many values each column of the frame's `by` has.
        """
    @property
    def cost(self) -> float:
        """
        What the audits cost.
        """
    @property
    def frame(self) -> Frame:
        ...
    @property
    def proof(self) -> tuple[float, float, float, float] | None:
        """
        Cost, lower bound, and the prices of minimum and cap; None where nothing was wished.
        """
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
def actively_audited(prediction: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], truth: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], probability: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], given_lambda: typing.SupportsFloat | typing.SupportsIndex | None, finite: bool, side: str, confidence: typing.SupportsFloat | typing.SupportsIndex) -> Table:
    """
    The mean of a queue audited by recorded chances.
    """
def compare(a: ScoreTable, b: ScoreTable, about: str, margin: typing.SupportsFloat | typing.SupportsIndex) -> tuple[Table, int]:
    """
    The table of differences a - b, and how many slices only one of them holds.
    """
def correct_by_difference(kinds: list[typing.Any], confidence: typing.SupportsFloat | typing.SupportsIndex) -> tuple[typing.Any, ...]:
    """
    (raw, estimate, lower, upper, cut) by double audits drawn at random.
    """
def correct_by_error_rates(kinds: list[typing.Any], confidence: typing.SupportsFloat | typing.SupportsIndex) -> tuple[typing.Any, ...]:
    """
    (raw, estimate, lower, upper, cut) by sensitivity and specificity.
    """
def exact_limits(successes: typing.SupportsFloat | typing.SupportsIndex, trials: typing.SupportsFloat | typing.SupportsIndex, confidence: typing.SupportsFloat | typing.SupportsIndex) -> tuple[float, float]:
    """
    Exact limits of a share.
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
def judge_assisted(prediction: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], truth: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], stratum: typing.Annotated[numpy.typing.ArrayLike, numpy.int64], strata: typing.SupportsInt | typing.SupportsIndex, judge: str, finite: bool, side: str, confidence: typing.SupportsFloat | typing.SupportsIndex) -> Table:
    """
    The mean of a queue that a judge has seen whole.
    """
def latent_class(populations: collections.abc.Sequence[typing.Annotated[collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex], "FixedSize(6)"]], confidence: typing.SupportsFloat | typing.SupportsIndex) -> dict[str, typing.Any]:
    """
    Rates and qualities of two ordinary auditors in several populations.
    """
def make_plan(frame: Frame, arguments: dict[str, typing.Any], threads: typing.SupportsInt | typing.SupportsIndex | None) -> PlanTable:
    """
    Share out a sample among strata.
    """
def permanent_random_number(case: str | int, *, key: str | bytes, period: str = '') -> int:
    """
    The random number of a case, 0 to 2**64 - 1: SipHash-2-4 of its id under a key made from (key, period).
    """
def prediction_powered(truth: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], prediction: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], stratum: typing.Annotated[numpy.typing.ArrayLike, numpy.int64], others: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], other_stratum: typing.Annotated[numpy.typing.ArrayLike, numpy.int64], strata: typing.SupportsInt | typing.SupportsIndex, given_lambda: typing.SupportsFloat | typing.SupportsIndex | None, side: str, confidence: typing.SupportsFloat | typing.SupportsIndex) -> Table:
    """
    The mean of a process, from audited cases and others.
    """
def prediction_powered_quantile(truth: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], prediction: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], stratum: typing.Annotated[numpy.typing.ArrayLike, numpy.int64], others: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], other_stratum: typing.Annotated[numpy.typing.ArrayLike, numpy.int64], strata: typing.SupportsInt | typing.SupportsIndex, q: typing.SupportsFloat | typing.SupportsIndex, given_lambda: typing.SupportsFloat | typing.SupportsIndex | None, side: str, confidence: typing.SupportsFloat | typing.SupportsIndex) -> Table:
    """
    A quantile of a process, from audited cases and others.
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
def shrunk(scores: ScoreTable, groupings: collections.abc.Sequence[collections.abc.Sequence[str]], metrics: collections.abc.Sequence[str], model: str) -> Table:
    """
    The slices of scores, each drawn towards what its grouping has in common.
    """
def table_of_lists(columns: dict[str, typing.Any]) -> Table:
    """
    A table from names and lists of one kind of value each.
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
