"""
Sampling designs, samples of streams, allocation for many slices.
"""
from __future__ import annotations
import numpy
import numpy.typing
import typing
__all__: list[str] = ['DomainAllocation', 'Reservoir', 'VarOpt', 'WeightedReservoir', 'bought', 'conditional_poisson', 'cost_weighted', 'cube', 'for_domains', 'inclusion_probabilities', 'joint_probabilities', 'keyed_poisson', 'local_pivotal', 'midzuno', 'pivotal', 'poisson', 'sampford', 'second_phase', 'successive_joint_probabilities', 'successive_probabilities', 'systematic', 'systematic_at', 'systematic_in_random_order', 'tille', 'two_stage', 'working_probabilities']
class Reservoir:
    """
    A simple random sample of `size` cases of a stream of unknown length.

    Every subset of that size is equally likely; most cases cost nothing at all. The sample depends on the seed and
    on the order of the stream, its law does not. Parts with different seeds merge, in any order, to equal bytes.
    For draws that several machines must agree on, take keyed ones (assay.KeyedSampler, plan.draw).

        >>> reservoir = assay.sampling.Reservoir(3, seed=1)
        >>> reservoir.add(range(1000))
        >>> reservoir.seen, len(reservoir.sample()["case"])
        (1000, 3)

    Reference: Li (1994), ACM TOMS 20(4):481-493, doi:10.1145/198429.198435
    """
    __hash__: typing.ClassVar[None] = None  # type: ignore[assignment]
    @staticmethod
    def from_bytes(data: typing.Any) -> Reservoir:
        """
        The state that `to_bytes` wrote; FormatError where the bytes are cut short or altered.
        """
    def __add__(self, other: Reservoir) -> Reservoir:
        ...
    def __eq__(self, other: Reservoir) -> bool:  # type: ignore[override]
        ...
    def __getstate__(self) -> bytes:
        ...
    def __init__(self, size: int, *, seed: int) -> None:
        """
        `size` cases are kept. Give every worker a `seed` of its own.
        """
    def __setstate__(self, arg0: bytes) -> None:
        ...
    def add(self, cases: typing.Any) -> None:
        """
        Let cases stream by: a list, array or column of texts or whole numbers.
        """
    def merge(self, other: Reservoir) -> None:
        """
        Add what another one has counted; the order of merging does not matter.
        """
    def sample(self) -> dict[str, typing.Any]:
        """
        The cases kept, as a table: case, inclusion_probability.
        """
    def to_bytes(self) -> bytes:
        """
        The state as bytes, the same on every machine.
        """
    @property
    def inclusion_probability(self) -> float:
        """
        The chance of every case of the stream.
        """
    @property
    def seen(self) -> int:
        """
        How many cases have streamed by.
        """
    @property
    def size(self) -> int:
        """
        How many cases are kept.
        """
class WeightedReservoir:
    """
    A sample of a stream as if drawn one case after the other, in proportion to weight.

    This is successive sampling: heavier cases are likelier, but not in proportion (`successive_probabilities` gives
    the true chances, for which all weights must be known). The table of `sample` has the chances given the keys of
    the other cases, with which sums of y / inclusion_probability are unbiased. `threshold` is the smallest key that
    was not kept. Parts with different seeds merge, in any order, to equal bytes. Where chances must be exactly
    proportional to weight, take `VarOpt`.

    Reference: Efraimidis & Spirakis (2006), Information Processing Letters 97(5):181-185; Cohen & Kaplan (2007)
    """
    __hash__: typing.ClassVar[None] = None  # type: ignore[assignment]
    @staticmethod
    def from_bytes(data: typing.Any) -> WeightedReservoir:
        """
        The state that `to_bytes` wrote; FormatError where the bytes are cut short or altered.
        """
    def __add__(self, other: WeightedReservoir) -> WeightedReservoir:
        ...
    def __eq__(self, other: WeightedReservoir) -> bool:  # type: ignore[override]
        ...
    def __getstate__(self) -> bytes:
        ...
    def __init__(self, size: int, *, seed: int) -> None:
        """
        `size` cases are kept. Give every worker a `seed` of its own.
        """
    def __setstate__(self, arg0: bytes) -> None:
        ...
    def add(self, cases: typing.Any, weights: typing.Annotated[numpy.typing.ArrayLike, numpy.float64]) -> None:
        """
        Let cases stream by with their weights. Where one is refused, none is added.
        """
    def merge(self, other: WeightedReservoir) -> None:
        """
        Add what another one has counted; the order of merging does not matter.
        """
    def sample(self) -> dict[str, typing.Any]:
        """
        The cases kept, as a table: case, weight, inclusion_probability.
        """
    def to_bytes(self) -> bytes:
        """
        The state as bytes, the same on every machine.
        """
    @property
    def seen(self) -> int:
        """
        How many cases have streamed by.
        """
    @property
    def size(self) -> int:
        """
        How many cases are kept.
        """
    @property
    def threshold(self) -> float:
        """
        What parts kept cases from others: see the class.
        """
class VarOpt:
    """
    A sample of a stream with chances min(1, weight / threshold): exactly proportional to weight.

    The estimated total of the weights is exact, and on average no design of this size estimates totals of slices
    better. Parts with different seeds merge; the order of the stream and of merges shapes the sample, not its law.

        >>> sample = assay.sampling.VarOpt(4, seed=1)
        >>> sample.add(range(10), range(1, 11))
        >>> sample.threshold
        13.75

    Reference: Cohen, Duffield, Kaplan, Lund & Thorup (2011), SIAM J. Computing 40(5):1402-1431
    """
    __hash__: typing.ClassVar[None] = None  # type: ignore[assignment]
    @staticmethod
    def from_bytes(data: typing.Any) -> VarOpt:
        """
        The state that `to_bytes` wrote; FormatError where the bytes are cut short or altered.
        """
    def __add__(self, other: VarOpt) -> VarOpt:
        ...
    def __eq__(self, other: VarOpt) -> bool:  # type: ignore[override]
        ...
    def __getstate__(self) -> bytes:
        ...
    def __init__(self, size: int, *, seed: int) -> None:
        """
        `size` cases are kept. Give every worker a `seed` of its own.
        """
    def __setstate__(self, arg0: bytes) -> None:
        ...
    def add(self, cases: typing.Any, weights: typing.Annotated[numpy.typing.ArrayLike, numpy.float64]) -> None:
        """
        Let cases stream by with their weights. Where one is refused, none is added.
        """
    def merge(self, other: VarOpt) -> None:
        """
        Add what another one has counted; the order of merging does not matter.
        """
    def sample(self) -> dict[str, typing.Any]:
        """
        The cases kept, as a table: case, weight, inclusion_probability.
        """
    def to_bytes(self) -> bytes:
        """
        The state as bytes, the same on every machine.
        """
    @property
    def seen(self) -> int:
        """
        How many cases have streamed by.
        """
    @property
    def size(self) -> int:
        """
        How many cases are kept.
        """
    @property
    def threshold(self) -> float:
        """
        What parts kept cases from others: see the class.
        """
class DomainAllocation:
    """
    The cheapest sizes that make every slice as sharp as wished, and the proof.

    `sizes` are whole numbers that meet every demand at the given `cost`; `real` and `real_cost` are the optimum in
    real numbers. No sizes that meet the demands cost less than `bound`, so `real_cost` is at most the share `gap`
    above the best. `attained` is the variance of each demand with `sizes`; `prices` is what a limit higher by one
    unit saves (0 where the demand costs nothing).
    """
    def __repr__(self) -> str:
        ...
    @property
    def attained(self) -> numpy.typing.NDArray[numpy.float64]:
        """
        The variance of each demand with the whole numbers.
        """
    @property
    def bound(self) -> float:
        """
        No sizes that meet the demands cost less.
        """
    @property
    def cost(self) -> float:
        """
        Of the whole numbers.
        """
    @property
    def gap(self) -> float:
        """
        (real_cost - bound) / real_cost.
        """
    @property
    def prices(self) -> numpy.typing.NDArray[numpy.float64]:
        """
        What a limit higher by one unit saves.
        """
    @property
    def real(self) -> numpy.typing.NDArray[numpy.float64]:
        """
        The optimum in real numbers.
        """
    @property
    def real_cost(self) -> float:
        """
        Of the real numbers.
        """
    @property
    def sizes(self) -> numpy.typing.NDArray[numpy.int64]:
        """
        Whole numbers that meet every demand.
        """
def bought(populations: typing.Annotated[numpy.typing.ArrayLike, numpy.int64], spread: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], cost: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], least: typing.Annotated[numpy.typing.ArrayLike, numpy.int64], most: typing.Annotated[numpy.typing.ArrayLike, numpy.int64], amount: typing.SupportsFloat | typing.SupportsIndex) -> list[int]:
    """
    Whole numbers that a budget buys.
    """
def conditional_poisson(probabilities: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], *, seed: typing.SupportsInt | typing.SupportsIndex) -> numpy.typing.NDArray[numpy.int64]:
    """
    A maximum-entropy sample.
    """
def cost_weighted(populations: typing.Annotated[numpy.typing.ArrayLike, numpy.int64], spread: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], cost: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], least: typing.Annotated[numpy.typing.ArrayLike, numpy.int64], most: typing.Annotated[numpy.typing.ArrayLike, numpy.int64], amount: typing.SupportsFloat | typing.SupportsIndex) -> list[int]:
    """
    Whole numbers that add up to a size.
    """
def cube(probabilities: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], balance: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], *, seed: typing.SupportsInt | typing.SupportsIndex) -> numpy.typing.NDArray[numpy.int64]:
    """
    A balanced sample.
    """
def for_domains(populations: typing.Annotated[numpy.typing.ArrayLike, numpy.int64], variance: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], limit: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], cost: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], least: typing.Annotated[numpy.typing.ArrayLike, numpy.int64], most: typing.Annotated[numpy.typing.ArrayLike, numpy.int64], finite: bool) -> DomainAllocation:
    """
    The cheapest sizes for many demands.
    """
def inclusion_probabilities(sizes: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], n: typing.SupportsInt | typing.SupportsIndex) -> numpy.typing.NDArray[numpy.float64]:
    """
    Probabilities proportional to size.
    """
def joint_probabilities(probabilities: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], *, design: str) -> numpy.typing.NDArray[numpy.float64]:
    """
    The matrix of joint inclusion probabilities.
    """
def keyed_poisson(probabilities: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], numbers: typing.Annotated[numpy.typing.ArrayLike, numpy.uint64]) -> numpy.typing.NDArray[numpy.int64]:
    """
    A Poisson sample by permanent random numbers.
    """
def local_pivotal(probabilities: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], position: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], *, seed: typing.SupportsInt | typing.SupportsIndex) -> numpy.typing.NDArray[numpy.int64]:
    """
    A sample spread in space.
    """
def midzuno(probabilities: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], *, seed: typing.SupportsInt | typing.SupportsIndex) -> numpy.typing.NDArray[numpy.int64]:
    """
    The complement of a sample by elimination.
    """
def pivotal(probabilities: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], *, seed: typing.SupportsInt | typing.SupportsIndex) -> numpy.typing.NDArray[numpy.int64]:
    """
    An ordered pivotal sample.
    """
def poisson(probabilities: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], *, seed: typing.SupportsInt | typing.SupportsIndex) -> numpy.typing.NDArray[numpy.int64]:
    """
    A Poisson sample.
    """
def sampford(probabilities: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], *, seed: typing.SupportsInt | typing.SupportsIndex) -> numpy.typing.NDArray[numpy.int64]:
    """
    A sample of Sampford's design.
    """
def second_phase(probabilities: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], stratum: typing.Annotated[numpy.typing.ArrayLike, numpy.int64], *, sizes: typing.Annotated[numpy.typing.ArrayLike, numpy.int64], seed: typing.SupportsInt | typing.SupportsIndex) -> tuple[numpy.typing.NDArray[numpy.int64], numpy.typing.NDArray[numpy.float64]]:
    """
    Positions in the first phase, chances of the second.
    """
def successive_joint_probabilities(weights: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], n: typing.SupportsInt | typing.SupportsIndex) -> numpy.typing.NDArray[numpy.float64]:
    """
    Joint inclusion probabilities of successive sampling.
    """
def successive_probabilities(weights: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], n: typing.SupportsInt | typing.SupportsIndex) -> numpy.typing.NDArray[numpy.float64]:
    """
    Inclusion probabilities of successive sampling.
    """
def systematic(probabilities: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], *, seed: typing.SupportsInt | typing.SupportsIndex) -> numpy.typing.NDArray[numpy.int64]:
    """
    A systematic sample along the list.
    """
def systematic_at(probabilities: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], *, start: typing.SupportsFloat | typing.SupportsIndex) -> numpy.typing.NDArray[numpy.int64]:
    """
    A systematic sample with a given start.
    """
def systematic_in_random_order(probabilities: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], *, seed: typing.SupportsInt | typing.SupportsIndex) -> numpy.typing.NDArray[numpy.int64]:
    """
    A systematic sample along a random order.
    """
def tille(probabilities: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], *, seed: typing.SupportsInt | typing.SupportsIndex) -> numpy.typing.NDArray[numpy.int64]:
    """
    A sample by elimination.
    """
def two_stage(cluster: typing.Annotated[numpy.typing.ArrayLike, numpy.int64], *, clusters: typing.SupportsInt | typing.SupportsIndex, cases: typing.SupportsInt | typing.SupportsIndex, by_size: bool, seed: typing.SupportsInt | typing.SupportsIndex) -> tuple[numpy.typing.NDArray[numpy.int64], numpy.typing.NDArray[numpy.float64], numpy.typing.NDArray[numpy.float64]]:
    """
    Positions, chances of the clusters, chances of the cases within.
    """
def working_probabilities(probabilities: typing.Annotated[numpy.typing.ArrayLike, numpy.float64]) -> numpy.typing.NDArray[numpy.float64]:
    """
    What a Poisson sample of the right size must be drawn with.
    """
