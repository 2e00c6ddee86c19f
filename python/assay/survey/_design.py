"""The design of a sample."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay._checks import column_of, flag, missing_of, threads_of
from assay._core import survey as _core
from assay._markup import STYLE
from assay._result import flavour_of
from assay.contexts import Flavour
from assay.survey._arguments import columns_of, lonely_of, population_of, stages_of
from assay.survey._chances import with_chances
from assay.survey._questions import Questions
from assay.survey._reweighting import Reweighting
from assay.words import number, plural

__all__ = ["Design", "design"]

Names = str | Sequence[str]


def design(
    table: object,
    *,
    strata: str | Sequence[Any] | None = None,
    clusters: Names | None = None,
    weight: str | None = None,
    probability: str | None = None,
    population: str | Sequence[str] | float | None = None,
    lonely: str | None = None,
    nest: bool = False,
    missing: str | None = None,
    pps: str | None = None,
    joint: object = None,
    pair_estimator: str = "horvitz_thompson",
    probability_squares: float | None = None,
    threads: int | None = None,
) -> Design:
    """How the rows of a table were drawn: the start of every estimate.

    Use when: rows are a sample with strata, clusters, several stages or unequal chances, from any source.
    Not for: samples that `plan.draw` made, which `assay.score` scores with their own design.

    Parameters
    ----------
    strata
        The column of the first stage's strata, or a list with an entry a stage. Strata that several columns make
        together are a list in the list: `strata=[["queue", "site"]]`.
    clusters
        The column of the units that were drawn (reviewers, days, batches), or a list: first stage first. Without it
        every row is a unit. Units of a later stage are numbered within those of the stage before.
    weight, probability
        What each row stands for (finite, above 0), or the chance with which it was drawn (above 0, at most 1). Without
        either, populations known at every stage give the weights; where these are not known, rows count alike, and
        totals are refused.
    population
        How many units there are: a column with the size of each row's stratum (or the sampled fraction of it), a list
        of such columns by stage, or one number for a sample without strata. Estimates are then about that finite
        population, and a stratum drawn whole has no error. Not rows but units are counted: the number of reviewers
        where reviewers were drawn. A stage after the last cluster column is that of the rows.
    lonely
        Strata from which a single unit was drawn show nothing of how units differ and are refused, by name, unless one
        says what they shall count as. `"certainty"` or `"remove"`: as without error (too bold, unless they are).
        `"adjust"`: by their distance from the mean of all units (cautious). `"average"`: like the other strata.
    nest
        Cluster numbers start again in every stratum. Without it a cluster in two strata is refused.
    missing
        The name that nulls in strata, clusters and `by` columns get; without it they are refused.
    pps
        Units drawn without replacement, each with its own `probability`: what is known of pairs. `"brewer"` and
        `"deville"` need nothing more; `"overton"` and `"hartley_rao"` approximate joint probabilities of draws of
        fixed size; `"poisson"` says that units were drawn on their own; `"joint"` that `joint` holds the probabilities.
        `"with_replacement"` (as without `pps`) errs on the safe side. Units drawn for certain add no variance.
    joint
        Joint inclusion probabilities of the rows, a matrix in their order; see `assay.sampling.joint_probabilities`.
    pair_estimator
        Of `"overton"`, `"hartley_rao"` and `"joint"`: `"horvitz_thompson"`, or, for draws of fixed size,
        `"yates_grundy"`.
        Either may come out below 0, and then gives no standard error.
    probability_squares
        Of `"hartley_rao"`: the sum of squared probabilities over the whole population, where it is known.

    Raises
    ------
    InputError
        Naming column and row: no rows, weights or probabilities out of range, populations that differ within a stratum
        or are below what was drawn, clusters in two strata, lonely strata, nulls.

    Examples
    --------
    >>> assay.survey.design(audits, strata="queue", population="queue_size")
    >>> assay.survey.design(audits, clusters=["reviewer"], population=["reviewers", "cases_of_reviewer"])

    Reference: Särndal, Swensson & Wretman (1992), Model Assisted Survey Sampling
    """
    columns, size = population_of(population)
    arguments = {
        "strata": stages_of(strata),
        "clusters": columns_of(clusters, "clusters=") if clusters is not None and clusters != [] else [],
        "weight": column_of(weight, "weight="),
        "probability": column_of(probability, "probability="),
        "population": columns,
        "population_size": size,
        "missing": missing_of(missing),
        "lonely": lonely_of(lonely),
        "nest": flag(nest, "nest="),
    }
    workers = threads_of(threads)
    core = with_chances(
        _core.design(table, arguments, workers),
        pps,
        joint,
        pair_estimator,
        probability_squares,
        probability=probability is not None,
    )
    return Design(core, flavour_of(table), workers)


class Design(Reweighting, Questions):
    """A table with its sampling design, as `assay.survey.design` makes it. It never changes."""

    __slots__ = ()
    _kind = "design"

    def __init__(self, core: _core.SurveyDesign, flavour: Flavour = "other", threads: int | None = None) -> None:
        object.__setattr__(self, "_core", core)
        object.__setattr__(self, "_flavour", flavour)
        object.__setattr__(self, "_threads", threads)

    def __reduce__(self) -> tuple[Any, ...]:
        raise TypeError(
            "a design cannot be pickled; it holds its table: make it where the rows are, and send estimates"
        )

    def _with(self, core: _core.SurveyDesign) -> Design:
        """The same table under another design."""
        return Design(core, self._flavour, self._threads)

    # what it is

    def __len__(self) -> int:
        return int(self._core.rows)

    @property
    def degrees_of_freedom(self) -> int:
        """Units of the first stage minus strata. Slices have their own, in the column `df` of every result.

        Strata drawn whole in a single stage, units drawn for certain (`pps`), and units that no replicate changes show
        nothing of how units differ: they are left out, unless there are no others.
        """
        return int(self._core.degrees_of_freedom)

    def weights(self) -> NDArray[np.float64]:
        """What each row of the table stands for, in its order."""
        return np.asarray(self._core.weights())

    def summary(self) -> str:
        """The design in plain words."""
        weights = self.weights()
        lines = [f"Survey design: {plural(len(self), 'row')}, {self._core.words}."]
        for stage, (groups, units) in enumerate(self._core.stages, 1):
            drawn = f"{plural(units, 'unit')} drawn from {plural(groups, 'group')}"
            lines.append(f"  Stage {stage}: {drawn}." if len(self._core.stages) > 1 else f"  {drawn}.")
        lines.append(f"  Degrees of freedom: {number(self.degrees_of_freedom)}.")
        if self._core.weighted:
            spread = f"from {number(float(weights.min()))} to {number(float(weights.max()))}"
            kish = float(weights.sum() ** 2 / np.square(weights).sum())
            lines.append(
                f"  Weights {spread}, {number(float(weights.sum()))} together; effective sample size (Kish) "
                f"{number(round(kish, 1))}."
            )
        else:
            lines.append("  Neither weights nor populations are known: rows count alike, and totals are refused.")
        return "\n".join(lines)

    def __repr__(self) -> str:
        return f"<Design: {plural(len(self), 'row')}, {self._core.words}>"

    def _repr_html_(self) -> str:
        first, *rest = self.summary().splitlines()
        items = "".join(f"<p>{html.escape(line.strip())}</p>" for line in rest)
        return f"<div class='assay-result'><style>{STYLE}</style><p class='t'>{html.escape(first)}</p>{items}</div>"
