"""Which cases: draws with unequal chances, balanced and spread draws, several stages, and samples of streams.

    >>> from assay import sampling
    >>> views = [120, 40, 900, 60, 300, 80]
    >>> chances = sampling.inclusion_probabilities(views, 3)
    >>> sampling.conditional_poisson(chances, seed=7)
    array([1, 2, 4])

All draws take inclusion probabilities (above 0, at most 1; cases with 1 are certain) and a `seed`, and answer the
positions drawn, ascending. The same seed and the same list give the same sample everywhere. For draws of decisions
that only a secret key foretells, and that any machine repeats, take `assay.plan` and `plan.draw`.

Which one?

* `conditional_poisson`: the default for unequal chances: a fixed size, as random as can be, exact variances.
* `cube`: estimated totals of what is known of every case shall be right; `local_pivotal`: the sample shall be spread
  over all that is known; `systematic`, `pivotal`: spread along a sorted list.
* `poisson`: each case on its own, size left to chance; with a `key` any partition draws the same.
* `two_stage`: reviewers first, then their cases; `second_phase`: a cheap screen first, then experts.
* `Reservoir`, `WeightedReservoir`, `VarOpt`: cases stream by and nobody knows how many.
* `sampford`, `tille`, `midzuno`: to repeat a design that a rule or an older survey names.

Estimate with 1 / probability as weights; `joint_probabilities` has what variances need.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Protocol, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from assay._checks import refuse, text, whole
from assay._core import designs as _core
from assay._core import permanent_random_number
from assay._core.designs import Reservoir, VarOpt, WeightedReservoir

__all__ = [
    "Reservoir",
    "VarOpt",
    "WeightedReservoir",
    "conditional_poisson",
    "cube",
    "inclusion_probabilities",
    "joint_probabilities",
    "local_pivotal",
    "midzuno",
    "pivotal",
    "poisson",
    "sampford",
    "second_phase",
    "successive_probabilities",
    "systematic",
    "tille",
    "two_stage",
    "working_probabilities",
]


class Column(Protocol):
    """A column of pandas, polars or pyarrow."""

    def __len__(self) -> int: ...
    def __array__(self, *args: Any, **options: Any) -> NDArray[Any]: ...


Numbers: TypeAlias = NDArray[Any] | Sequence[Any] | Column
"""Many numbers: an array, a list, or a column of a table."""

Rows: TypeAlias = NDArray[Any] | Sequence[Any] | Column | Mapping[str, Any]
"""A number or several for each case: columns by name, or a matrix with a row a case."""

Positions: TypeAlias = NDArray[np.int64]
"""Which cases were drawn: their positions, ascending."""

Reals: TypeAlias = NDArray[np.float64]

Design: TypeAlias = Literal[
    "conditional_poisson", "sampford", "systematic", "poisson", "tille", "midzuno", "high_entropy"
]
"""The designs whose joint probabilities are known."""


def _numbers(values: object, what: str) -> NDArray[Any]:
    """An array of numbers from whatever holds some; text, truth values and missing values are none."""
    if isinstance(values, str | bytes | Mapping | set | frozenset):
        raise refuse(f"{what} as a list, array or column of numbers", type(values).__name__)
    try:
        array = np.asarray(values if hasattr(values, "__array__") or hasattr(values, "__len__") else list(values))  # type: ignore[call-overload]
    except (TypeError, ValueError):
        raise refuse(f"{what} as a list, array or column of numbers", type(values).__name__) from None
    if array.dtype.kind == "O" and all(isinstance(each, int | float | np.number) for each in array.flat):
        booleans = any(isinstance(each, bool | np.bool_) for each in array.flat)
        array = array if booleans else array.astype(np.float64)
    if array.size and array.dtype.kind not in "iuf":
        raise refuse(f"{what} as numbers", f"values of type {array.dtype}", mend="fill or drop missing values first")
    if np.ma.isMaskedArray(values) and np.ma.getmaskarray(values).any():
        raise refuse(f"{what} without missing values", f"{int(np.ma.getmaskarray(values).sum())} of them")
    return array


def _reals(values: object, what: str) -> Reals:
    array = _numbers(values, what)
    if array.ndim != 1:
        raise refuse(f"{what} as one number a case", f"{array.ndim} dimensions")
    return np.ascontiguousarray(array, dtype=np.float64)


def _wholes(values: object, what: str) -> NDArray[np.int64]:
    array = _numbers(values, what)
    if array.ndim != 1:
        raise refuse(f"{what} as one number each", f"{array.ndim} dimensions")
    if array.dtype.kind == "f" and not np.all(np.isfinite(array) & (array == np.floor(array)) & (abs(array) < 2**53)):
        raise refuse(f"{what} as whole numbers", "others")
    if array.dtype.kind == "u" and array.size and array.max() >= 2**63:
        raise refuse(f"{what} below 2^63", str(array.max()))
    return np.ascontiguousarray(array, dtype=np.int64)


def _rows(values: object, what: str) -> Reals:
    """A matrix with a row a case."""
    if isinstance(values, Mapping):
        columns = [_reals(column, f"{what} {name!r}") for name, column in values.items()]
        if len({len(column) for column in columns}) > 1:
            raise refuse(f"columns of {what} of one length", f"lengths {sorted({len(each) for each in columns})}")
        return np.column_stack(columns) if columns else np.empty((0, 0))
    array = _numbers(values, what)
    if array.ndim not in (1, 2):
        raise refuse(f"{what} as a matrix with a row a case", f"{array.ndim} dimensions")
    return np.ascontiguousarray(array if array.ndim == 2 else array[:, np.newaxis], dtype=np.float64)


def _seed(value: object) -> int:
    seed = value if isinstance(value, int | np.integer) and not isinstance(value, bool) else None
    if seed is None or not 0 <= int(seed) < 2**64:
        raise refuse("seed= as a whole number from 0 to 2^64 - 1", repr(value))
    return int(seed)


def _one_of(value: object, what: str, words: tuple[str, ...]) -> str:
    if value not in words:
        raise refuse(f"{what} as one of {', '.join(words)}", repr(value))
    return str(value)


def inclusion_probabilities(size: Numbers, n: int) -> Reals:
    """Probabilities proportional to size that add up to `n`.

    Cases so large that their share would exceed 1 are certain, and the rest is shared among the others, in turn.

    Use when: a case's weight in the answer (views, amount, risk) grows with its size.
    Not for: sizes of 0, which could never be drawn: they are refused, with the row.

    Reference: Särndal, Swensson & Wretman (1992), Model Assisted Survey Sampling, section 3.6
    """
    return _core.inclusion_probabilities(_reals(size, "size"), whole(n, "n"))


def conditional_poisson(probabilities: Numbers, *, seed: int) -> Positions:
    """A sample of fixed size with these inclusion probabilities, as random as can be (maximum entropy).

    Use when: chances are unequal and variances shall be exact: the default.
    Not for: spreading a sample (`systematic`, `local_pivotal`) or balancing it (`cube`).
    The law does not depend on the order of the list; a given sample does. Any number of cases.

    Reference: Chen, Dempster & Liu (1994), Biometrika 81(3):457-469, doi:10.1093/biomet/81.3.457
    """
    return _core.conditional_poisson(_reals(probabilities, "probabilities"), seed=_seed(seed))


def working_probabilities(probabilities: Numbers) -> Reals:
    """The chances of the Poisson sample that, given its size, has these inclusion probabilities.

    Use when: conditional Poisson sampling must be drawn or checked elsewhere.
    Solved to a relative miss below 1e-12, where others stop at 1e-6.

    Reference: Chen, Dempster & Liu (1994), Biometrika 81(3):457-469
    """
    return _core.working_probabilities(_reals(probabilities, "probabilities"))


def sampford(probabilities: Numbers, *, seed: int) -> Positions:
    """A sample of Sampford's design: fixed size, exact probabilities, near to `conditional_poisson`.

    Use when: a rule or an older survey names it.

    Reference: Sampford (1967), Biometrika 54(3-4):499-513; Grafström (2009), Stat. & Probability Letters 79(6):760-764
    """
    return _core.sampford(_reals(probabilities, "probabilities"), seed=_seed(seed))


def tille(probabilities: Numbers, *, seed: int) -> Positions:
    """A sample by elimination: cases leave one by one until the size is reached. For lists of a few thousand.

    Reference: Tillé (1996), Biometrika 83(1):238-241, doi:10.1093/biomet/83.1.238
    """
    return _core.tille(_reals(probabilities, "probabilities"), seed=_seed(seed))


def midzuno(probabilities: Numbers, *, seed: int) -> Positions:
    """The complement of a sample by elimination with probabilities 1 - p. For lists of a few thousand.

    Reference: Tillé (2006), Sampling Algorithms, section 6.3
    """
    return _core.midzuno(_reals(probabilities, "probabilities"), seed=_seed(seed))


def pivotal(probabilities: Numbers, *, seed: int) -> Positions:
    """The ordered pivotal method: neighbours in the list fight for their chances, so the sample is spread along it.

    Use when: the list is sorted by what matters, and more chance is wanted than one random start.
    Not for: unbiased variances: neighbours hardly ever meet.

    Reference: Deville & Tillé (1998), Biometrika 85(1):89-101, doi:10.1093/biomet/85.1.89
    """
    return _core.pivotal(_reals(probabilities, "probabilities"), seed=_seed(seed))


def systematic(
    probabilities: Numbers,
    *,
    seed: int | None = None,
    start: float | None = None,
    order: Literal["given", "random"] = "given",
) -> Positions:
    """Systematic sampling: one start, then equal steps along the cumulated probabilities.

    Case i is drawn when one of start, start + 1, ... lies in (V[i-1], V[i]]. Either `seed` or a `start` from 0 to 1.
    `order="random"` shuffles the list first.

    Use when: the list is sorted by what matters (time, queue, risk).
    Not for: unbiased variances, or lists with a period.

    Reference: Madow (1949), Ann. Math. Statistics 20(3):333-354, doi:10.1214/aoms/1177729988
    """
    chances = _reals(probabilities, "probabilities")
    shuffled = _one_of(order, "order=", ("given", "random")) == "random"
    if (seed is None) == (start is None):
        raise refuse("either seed= or start=", "both" if seed is not None else "neither")
    if start is not None:
        if shuffled:
            raise refuse("seed= for a random order", "start=")
        if isinstance(start, bool) or not isinstance(start, int | float | np.number):
            raise refuse("start= as a number", repr(start))
        return _core.systematic_at(chances, start=float(start))
    draw = _core.systematic_in_random_order if shuffled else _core.systematic
    return draw(chances, seed=_seed(seed))


def poisson(
    probabilities: Numbers,
    *,
    seed: int | None = None,
    key: str | bytes | None = None,
    period: str = "",
    cases: Sequence[str | int] | None = None,
) -> Positions:
    """Each case on its own with its own chance; the size is random, and probabilities need not add up to anything.

    With `seed`, the number of a case depends on its position. With `key` and `cases`, it is the case's permanent random
    number: any part of the cases, in any order, on any machine draws the same, and raising a chance never drops a case.

    Use when: chances follow a risk or an uncertainty, and cases must not wait for one another.
    Not for: a fixed number of audits.

    Reference: Brewer, Early & Joyce (1972), Australian J. Statistics 14(3):231-239
    """
    chances = _reals(probabilities, "probabilities")
    if (seed is None) == (key is None):
        raise refuse("either seed= or key=", "both" if seed is not None else "neither")
    if key is None:
        if cases is not None:
            raise refuse("cases= together with key=", "cases= with seed=")
        return _core.poisson(chances, seed=_seed(seed))
    if cases is None or isinstance(cases, str | bytes):
        raise refuse("cases= as a list of ids, for key=", "one text" if cases is not None else "None")
    ids = np.asarray(cases).tolist() if hasattr(cases, "__array__") else list(cases)
    numbers = [permanent_random_number(case, key=key, period=text(period, "period=")) for case in ids]
    return _core.keyed_poisson(chances, np.array(numbers, dtype=np.uint64))


def cube(probabilities: Numbers, balance: Rows, *, seed: int) -> Positions:
    """A balanced sample: estimated totals of the columns of `balance` are as near the true ones as whole cases allow.

    `balance` has a row a case: a matrix, or a mapping from names to columns. Its last columns are let go first.

    Use when: the score goes with what is known of every case; what is balanced adds no variance.
    Not for: more columns than about a tenth of the sample.

    Reference: Deville & Tillé (2004), Biometrika 91(4):893-912; Chauvet & Tillé (2006), Comp. Statistics 21(1):53-62
    """
    return _core.cube(_reals(probabilities, "probabilities"), _rows(balance, "balance"), seed=_seed(seed))


def local_pivotal(probabilities: Numbers, position: Rows, *, seed: int) -> Positions:
    """A spread sample: near cases, by the columns of `position`, seldom come together.

    Distances are Euclidean: bring columns to one scale first. A matrix with a row a case, or a mapping of columns.

    Use when: the score varies smoothly with what is known, in whatever way.
    Not for: unbiased variances, or exact balance (`cube`).

    Reference: Grafström, Lundström & Schelin (2012), Biometrics 68(2):514-520, doi:10.1111/j.1541-0420.2011.01699.x
    """
    return _core.local_pivotal(_reals(probabilities, "probabilities"), _rows(position, "position"), seed=_seed(seed))


def joint_probabilities(probabilities: Numbers, *, design: Design) -> Reals:
    """The matrix of chances that two cases are drawn together; the diagonal holds the probabilities themselves.

    Exact for all designs but "high_entropy" (Hájek's approximation, good where many cases are drawn). "systematic" is
    the one along the list. A pair that can never meet has 0, and then no unbiased variance exists.

    Use when: a variance is wanted that takes the design as it was.

    Reference: Chen, Dempster & Liu (1994); Sampford (1967); Tillé (2006), Sampling Algorithms; Hájek (1981)
    """
    if not isinstance(design, str):
        raise refuse("design= as text", type(design).__name__)
    return _core.joint_probabilities(_reals(probabilities, "probabilities"), design=text(design, "design="))


def successive_probabilities(weights: Numbers, n: int, *, joint: bool = False) -> Reals:
    """The true chance of each case to be among `n` drawn one after the other in proportion to weight.

    This is what `WeightedReservoir` draws. `joint=True` answers the matrix for pairs (at most 1,000 weights).

    Reference: Rosén (1997), J. Statistical Planning and Inference 62(2):135-158
    """
    compute = _core.successive_joint_probabilities if joint else _core.successive_probabilities
    return compute(_reals(weights, "weights"), whole(n, "n"))


def two_stage(
    cluster: Numbers | Sequence[str],
    *,
    clusters: int,
    cases: int,
    seed: int,
    first: Literal["equal", "by_size"] = "equal",
) -> dict[str, NDArray[Any]]:
    """Draws `clusters` clusters (reviewers, sites, days), then `cases` cases of each, or all of a smaller one.

    `cluster` names the cluster of each case. `first="by_size"` gives clusters chances in proportion to their cases: as
    many cases of each then give every case the same chance. The answer is a table: position, cluster,
    cluster_probability, case_probability, inclusion_probability.

    Use when: every further reviewer has a cost of its own.
    Not for: reviewers who each need a score: that is a stratified draw.
    Clusters are taken in ascending order of their names, whatever the order of the cases.

    Reference: Cochran (1977), Sampling Techniques, 3rd ed., chapters 10 and 11
    """
    names = np.asarray(cluster)
    if names.ndim != 1 or isinstance(cluster, str | bytes):
        raise refuse("cluster as one name a case", "one text" if names.ndim == 0 else f"{names.ndim} dimensions")
    if names.dtype.kind == "O" and not all(isinstance(name, str) for name in names):
        raise refuse("clusters that are all texts, or all whole numbers", "others or missing ones among them")
    if names.dtype.kind not in "OUiu" and names.size:
        raise refuse("clusters that are all texts, or all whole numbers", f"values of type {names.dtype}")
    number_of: NDArray[Any] = np.unique(names, return_inverse=True)[1] if names.size else names.astype(np.int64)
    by_size = _one_of(first, "first=", ("equal", "by_size")) == "by_size"
    position, of_cluster, of_case = _core.two_stage(
        number_of.astype(np.int64),
        clusters=whole(clusters, "clusters="),
        cases=whole(cases, "cases="),
        by_size=by_size,
        seed=_seed(seed),
    )
    return {
        "position": position,
        "cluster": names[position],
        "cluster_probability": of_cluster,
        "case_probability": of_case,
        "inclusion_probability": of_cluster * of_case,
    }


def second_phase(
    probabilities: Numbers, stratum: Numbers | Sequence[str], *, sizes: Mapping[Any, int], seed: int
) -> dict[str, NDArray[Any]]:
    """From cases screened in a first phase, `sizes[h]` of each stratum `h` that the screen sorted them into.

    `probabilities` are the inclusion probabilities of the first phase. The answer is a table: position (in the first
    phase), stratum, first_probability, second_probability, and their product, 1 / weight.

    Use when: a model or a second label sorts many cases cheaply and experts see few.
    Not for: strata known before anything is drawn (one stratified draw is sharper).

    Reference: Särndal, Swensson & Wretman (1992), Model Assisted Survey Sampling, chapter 9
    """
    first = _reals(probabilities, "probabilities")
    if not isinstance(sizes, Mapping):
        raise refuse("sizes= as a mapping from strata to sizes", type(sizes).__name__)
    found = np.asarray(stratum)
    if found.ndim != 1 or isinstance(stratum, str | bytes):
        raise refuse("stratum as one name a case", "one text" if found.ndim == 0 else f"{found.ndim} dimensions")
    rank = {name: at for at, name in enumerate(sizes)}
    held = found.tolist()
    unknown = next((name for name in held if name not in rank), None)
    if any(name not in rank for name in held):
        raise refuse("a size for every stratum", f"none for {unknown!r}")
    position, second = _core.second_phase(
        first,
        np.array([rank[name] for name in held], dtype=np.int64),
        sizes=np.array([whole(size, f"the size of {name!r}") for name, size in sizes.items()], dtype=np.int64),
        seed=_seed(seed),
    )
    return {
        "position": position,
        "stratum": found[position],
        "first_probability": first[position],
        "second_probability": second,
        "product": cast("NDArray[Any]", first[position] * second),
    }
