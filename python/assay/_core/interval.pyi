"""
Intervals for shares and for counts in a finite queue.
"""
from __future__ import annotations
import collections.abc
import typing
__all__: list[str] = ['CountInterval', 'Interval', 'agresti_coull', 'blaker', 'clopper_pearson', 'hypergeometric', 'jeffreys', 'mid_p', 'wilson']
class Interval:
    """
    Two limits, lower <= upper; unpacks as a pair.
    """
    def __contains__(self, value: typing.SupportsFloat | typing.SupportsIndex) -> bool:
        """
        True where lower <= value <= upper.
        """
    def __eq__(self, other: typing.Any) -> typing.Any:
        ...
    def __getitem__(self, at: typing.SupportsInt | typing.SupportsIndex) -> float:
        ...
    def __getstate__(self) -> tuple[float, float]:
        ...
    def __hash__(self) -> int:
        ...
    def __init__(self, lower: typing.SupportsFloat | typing.SupportsIndex, upper: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    def __iter__(self) -> collections.abc.Iterator[float]:
        ...
    def __len__(self) -> int:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple[typing.SupportsFloat | typing.SupportsIndex, typing.SupportsFloat | typing.SupportsIndex]) -> None:
        ...
    @property
    def lower(self) -> float:
        """
        The lower limit.
        """
    @property
    def upper(self) -> float:
        """
        The upper limit.
        """
    @property
    def width(self) -> float:
        """
        upper - lower.
        """
class CountInterval:
    """
    Two whole limits, both of them possible; unpacks as a pair.
    """
    def __contains__(self, value: typing.SupportsInt | typing.SupportsIndex) -> bool:
        """
        True where lower <= value <= upper.
        """
    def __eq__(self, other: typing.Any) -> typing.Any:
        ...
    def __getitem__(self, at: typing.SupportsInt | typing.SupportsIndex) -> int:
        ...
    def __getstate__(self) -> tuple[int, int]:
        ...
    def __hash__(self) -> int:
        ...
    def __init__(self, lower: typing.SupportsInt | typing.SupportsIndex, upper: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    def __iter__(self) -> collections.abc.Iterator[int]:
        ...
    def __len__(self) -> int:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple[typing.SupportsInt | typing.SupportsIndex, typing.SupportsInt | typing.SupportsIndex]) -> None:
        ...
    def shares_of(self, population: typing.Any) -> Interval:
        """
        The same limits as shares of the whole queue; of an empty one, 0 and 1.
        """
    @property
    def lower(self) -> int:
        """
        The lower limit.
        """
    @property
    def upper(self) -> int:
        """
        The upper limit.
        """
    @property
    def width(self) -> int:
        """
        upper - lower.
        """
def agresti_coull(successes: typing.Any, trials: typing.Any, *, confidence: typing.Any = 0.95) -> typing.Any:
    """
    Agresti and Coull's interval for a share, clamped.
    """
def blaker(successes: typing.Any, trials: typing.Any, *, confidence: typing.Any = 0.95) -> typing.Any:
    """
    Blaker's exact interval for a share.
    """
def clopper_pearson(successes: typing.Any, trials: typing.Any, *, confidence: typing.Any = 0.95) -> typing.Any:
    """
    Clopper and Pearson's exact interval for a share.
    """
def hypergeometric(successes: typing.Any, trials: typing.Any, *, population: typing.Any, confidence: typing.Any = 0.95, method: typing.Any = 'equal_tailed') -> typing.Any:
    """
    Exact limits for the number of successes in a finite queue.
    """
def jeffreys(successes: typing.Any, trials: typing.Any, *, confidence: typing.Any = 0.95) -> typing.Any:
    """
    Jeffreys' interval for a share.
    """
def mid_p(successes: typing.Any, trials: typing.Any, *, confidence: typing.Any = 0.95) -> typing.Any:
    """
    The mid-P interval for a share.
    """
def wilson(successes: typing.Any, trials: typing.Any, *, confidence: typing.Any = 0.95) -> typing.Any:
    """
    Wilson's score interval for a share.
    """
