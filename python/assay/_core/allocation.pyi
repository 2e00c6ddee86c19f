"""
How many cases to audit in each stratum: whole numbers that add up to `size`, each at least `minimum` and at
most the stratum's population; a stratum that holds fewer than the minimum is taken whole.
"""
from __future__ import annotations
import collections.abc
__all__: list[str] = ['equal', 'neyman', 'power', 'proportional']
def equal(populations: collections.abc.Iterable[int], *, size: int, minimum: int = 2) -> list[int]:
    """
    The same number in every stratum, or all of a stratum that holds fewer.
    """
def neyman(populations: collections.abc.Iterable[int], *, spread: collections.abc.Iterable[float], size: int, minimum: int = 2) -> list[int]:
    """
    The smallest variance of the overall score, exactly (Wright 2017). `spread` is the standard deviation in each
    stratum; for an error rate p that is sqrt(p (1 - p)).

        >>> assay.allocation.neyman([3000, 4000, 5000, 2000], spread=[48, 79, 76, 16], size=190)
        [31, 69, 83, 7]
    """
def power(populations: collections.abc.Iterable[int], *, importance: collections.abc.Iterable[float], variation: collections.abc.Iterable[float], exponent: float = 0.5, size: int, minimum: int = 2) -> list[int]:
    """
    Between a sharp whole and equally sharp strata (Bankier 1988). `importance` is how much a stratum counts,
    `variation` its coefficient of variation, `exponent` runs from 0 (equally sharp) to 1 (a sharp whole).
    """
def proportional(populations: collections.abc.Iterable[int], *, size: int, minimum: int = 2) -> list[int]:
    """
    The same share of every stratum, rounded by largest remainders.

        >>> assay.allocation.proportional([3000, 4000, 5000, 2000], size=190)
        [41, 54, 68, 27]
    """
