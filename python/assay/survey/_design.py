"""The design of a sample, and the questions that can be put to it."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay._checks import column_of, flag, missing_of, refuse, threads_of
from assay._core import survey as _core
from assay._markup import STYLE
from assay._result import flavour_of
from assay._value import Value
from assay.contexts import Flavour, MetricDefinition, ScoreContext
from assay.groupings import all_names, groupings_of
from assay.survey._arguments import (
    INTERVALS,
    columns_of,
    contrast_of,
    drop_of,
    indicators_of,
    lonely_of,
    one_of,
    population_of,
    question,
    shares_of,
    stages_of,
)
from assay.survey._chances import with_chances
from assay.survey._results import Estimates
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
        `"deville"` need nothing more; `"overton"` and `"hartley_rao"` approximate joint probabilities of draws of fixed size;
        `"poisson"` says that units were drawn on their own; `"joint"` that `joint` holds the probabilities.
        `"with_replacement"` (as without `pps`) errs on the safe side. Units drawn for certain add no variance.
    joint
        Joint inclusion probabilities of the rows, a matrix in their order; see `assay.sampling.joint_probabilities`.
    pair_estimator
        Of `"overton"`, `"hartley_rao"` and `"joint"`: `"horvitz_thompson"`, or `"yates_grundy"` for draws of fixed size.
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
        _core.design(table, arguments, workers), pps, joint, pair_estimator, probability_squares,
        probability=probability is not None,
    )
    return Design(core, flavour_of(table), workers)


class Design(Reweighting, Value):
    """A table with its sampling design, as `assay.survey.design` makes it. It never changes."""

    __slots__ = ("_core", "_flavour", "_threads")
    _core: Any
    _flavour: Flavour
    _threads: int | None
    _kind = "design"

    def __init__(self, core: _core.SurveyDesign, flavour: Flavour = "other", threads: int | None = None) -> None:
        object.__setattr__(self, "_core", core)
        object.__setattr__(self, "_flavour", flavour)
        object.__setattr__(self, "_threads", threads)

    def _with(self, core: _core.SurveyDesign) -> Design:
        """The same table under another design."""
        return Design(core, self._flavour, self._threads)

    # what it is

    def __len__(self) -> int:
        return int(self._core.rows)

    @property
    def degrees_of_freedom(self) -> int:
        """Units of the first stage minus strata. Slices have their own, in the column `df` of every result."""
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

    # what it answers

    def mean(
        self,
        y: Names,
        by: object = (),
        *,
        total: bool = False,
        missing: str | None = None,
        confidence: float = 0.95,
        design_effect: bool = False,
    ) -> Estimates:
        """Means of columns of numbers, overall or by slice.

        Use when: the question is how much on average: minutes, amounts, views. For shares take `proportion`, whose
        intervals stay within 0 and 1.

        Parameters
        ----------
        y
            A column, or several. True counts 1. Missing values (null, NaN) are refused, or with `missing="drop"` the
            answer is about the rows that have a value.
        by, total
            Columns that name slices: a list for their combinations, `assay.cube(...)`, `assay.rollup(...)`, or a list
            of lists; `total=True` puts the overall row first.
        design_effect
            Adds the column `design_effect`: the variance over that of a simple random sample as large.

        Intervals are Student's t with the slice's own degrees of freedom (sampled units minus strata that it touches).
        A slice with none has no standard error and no limits: null. A slice without a row has no estimate.
        """
        return self._estimate(
            "mean", "Mean of {}", columns_of(y, "y="), [], by, total, missing, confidence, design_effect
        )

    def total(
        self,
        y: Names,
        by: object = (),
        *,
        total: bool = False,
        missing: str | None = None,
        confidence: float = 0.95,
        design_effect: bool = False,
    ) -> Estimates:
        """Totals over the whole population, overall or by slice; the arguments are those of `mean`.

        Use when: the question is how many or how much in all. Needs weights, probabilities or populations.
        """
        return self._estimate(
            "total", "Total of {}", columns_of(y, "y="), [], by, total, missing, confidence, design_effect
        )

    def variance(
        self,
        y: Names,
        by: object = (),
        *,
        total: bool = False,
        missing: str | None = None,
        confidence: float = 0.95,
    ) -> Estimates:
        """Variances of columns in the population (not of estimates), overall or by slice; arguments as of `mean`.

        Use when: the next sample is planned, and how much cases differ must be known.
        """
        return self._estimate(
            "variance", "Variance of {}", columns_of(y, "y="), [], by, total, missing, confidence, False
        )

    def ratio(
        self,
        numerator: Names,
        denominator: Names,
        by: object = (),
        *,
        total: bool = False,
        missing: str | None = None,
        confidence: float = 0.95,
    ) -> Estimates:
        """The total of one column over that of another, overall or by slice.

        Use when: both are counted in the sample: errors per hour, views of violating content over all views.
        Lists of numerators and denominators are taken pair by pair; a single one goes with each of the others.
        """
        above, below = columns_of(numerator, "numerator="), names_repeated(denominator, "denominator=")
        above = above * len(below) if len(above) == 1 else above
        below = below * len(above) if len(below) == 1 else below
        if len(above) != len(below):
            raise refuse(f"as many denominators as the {len(above)} numerators, or one", str(len(below)))
        return self._estimate("ratio", "Ratio {}", above, below, by, total, missing, confidence, False)

    def proportion(
        self,
        y: object,
        by: object = (),
        *,
        interval: str = "wilson",
        effective_n: str = "plug_in",
        total: bool = False,
        missing: str | None = None,
        confidence: float = 0.95,
        design_effect: bool = False,
    ) -> Estimates:
        """Shares, overall or by slice, with intervals that stay within 0 and 1.

        Parameters
        ----------
        y
            A column of true/false (or 1 and 0); a column of text, which answers one row a level; `(column, value)` for
            the share of one value; or a list of these.
        interval
            `wilson` (the default), `korn_graubard` (cautious: few events behind a headline), `logit` and `likelihood`
            (as survey software prints), `beta`, `jeffreys`, `agresti_coull`, `arcsine`, and `wald`, which is there to
            be compared with and should not be reported.
        effective_n
            How large a simple random sample would know as much. `"plug_in"`: share (1 - share) / variance, as R's
            survey package has it; take it to agree with other software, and where weights vary little.
            `"smaller"`: at most Kish's size, which depends on weights alone; take it where weights vary and errors are
            few, because the plug-in then rests on the few cases that happened to be in error. A share of 0 or 1, and
            one without a visible variance, always go by Kish's size.

        Intervals use Student's t with the slice's own degrees of freedom; a slice with none has no standard error and
        the limits 0 and 1: everything is still possible. Other arguments are those of `mean`.

        Reference: Franco, Little, Louis & Slud (2019), J. Surv. Stat. Methodol. 7(3):334-364
        """
        groupings = groupings_of(by, total)
        wanted = indicators_of(y)
        asked = question(groupings, drop_of(missing), confidence, flag(design_effect, "design_effect="))
        asked["interval"] = one_of(interval, "interval=", INTERVALS)
        asked["effective_n"] = one_of(effective_n, "effective_n=", ("plug_in", "smaller"))
        table = self._core.proportion(wanted, asked, self._threads)
        names = dict.fromkeys(table.column("metric"))
        metrics = [MetricDefinition(name, f"Share of {name}", "", "", "neither") for name in names]
        return self._answered(table, groupings, metrics, asked["confidence"])

    def quantile(
        self,
        y: Names,
        q: float | Sequence[float] = 0.5,
        by: object = (),
        *,
        rule: str = "math",
        total: bool = False,
        missing: str | None = None,
        confidence: float = 0.95,
    ) -> Estimates:
        """Medians and other quantiles, overall or by slice, with Woodruff's limits.

        Use when: how long it takes for most, and what the slowest tenth waits. The column `quantile` says which.

        Parameters
        ----------
        q
            Strictly between 0 and 1, or several.
        rule
            Between two values: `math` (the smaller one that reaches the share), `school` (the same; the middle where
            the share is met exactly), `hf7` or `hf8` (straight lines, definitions 7 and 8 of Hyndman & Fan).

        The standard error is the width of the interval over 2 t. Other arguments are those of `mean`.

        Reference: Woodruff (1952), JASA 47(260):635-646
        """
        groupings = groupings_of(by, total)
        asked = question(groupings, drop_of(missing), confidence)
        rules = ("math", "school", "hf7", "hf8")
        table = self._core.quantile(
            columns_of(y, "y="), shares_of(q), one_of(rule, "rule=", rules), asked, self._threads
        )
        names = dict.fromkeys(table.column("metric"))
        metrics = [MetricDefinition(name, f"Quantile of {name}", "", "", "neither", "number") for name in names]
        return self._answered(table, groupings, metrics, asked["confidence"])

    def difference(
        self,
        y: object,
        between: str | Sequence[Any],
        by: object = (),
        *,
        interval: str = "wilson",
        effective_n: str = "plug_in",
        missing: str | None = None,
        confidence: float = 0.95,
    ) -> Estimates:
        """Differences of means or shares between the values of a column, within each slice of `by`.

        Use when: two vendors, sites or weeks in one sample are compared: they share strata and clusters, and the
        interval knows it. Not for: two samples with designs of their own (`assay.compare`).

        Parameters
        ----------
        y
            A column of numbers (means), a column of true/false or `(column, value)` (shares), or a list of them.
        between
            The column whose values are compared, all pairs of them; or `(column, a, b)` for a minus b alone.

        The result has the column `between` names with "a - b" in words, `a`, `b`, and both estimates. Means have
        Student's t limits with the degrees of freedom of both sides together; shares join the `interval` of each side
        (MOVER), which keeps within -1 and 1.

        Reference: Zou & Donner (2008), Statistics in Medicine 27(10):1693-1702
        """
        groupings = groupings_of(by, False)
        column, pair = contrast_of(between)
        if any(column in names for names in groupings):
            raise refuse("between= as a column that is not in by=", repr(column))
        items = list(y) if isinstance(y, list) else [y]
        plain = [item for item in items if isinstance(item, str)]
        counted = [item for item in items if not isinstance(item, str)]
        numbers = columns_of(plain, "y=") if plain or not counted else []
        asked = question(groupings, drop_of(missing), confidence)
        asked["interval"] = one_of(interval, "interval=", INTERVALS)
        asked["effective_n"] = one_of(effective_n, "effective_n=", ("plug_in", "smaller"))
        indicators = indicators_of(counted) if counted else []
        table = self._core.difference(numbers, indicators, column, pair, asked, self._threads)
        metrics = [
            MetricDefinition(name, f"Difference in {name}", "", "", "neither", "number")
            for name in dict.fromkeys(table.column("metric"))
        ]
        return self._answered(table, [[*names, column] for names in groupings], metrics, asked["confidence"])

    def _estimate(
        self,
        statistic: str,
        title: str,
        y: list[str],
        x: list[str],
        by: object,
        total: object,
        missing: object,
        confidence: object,
        design_effect: object,
    ) -> Estimates:
        groupings = groupings_of(by, total)
        asked = question(groupings, drop_of(missing), confidence, flag(design_effect, "design_effect="))
        table = self._core.estimate(statistic, y, x, asked, self._threads)
        metrics = [
            MetricDefinition(name, title.format(name), "", "", "neither", "number")
            for name in ([f"{a} / {b}" for a, b in zip(y, x, strict=True)] if x else y)
        ]
        return self._answered(table, groupings, metrics, asked["confidence"])

    def _answered(
        self, table: Any, groupings: list[list[str]], metrics: list[MetricDefinition], confidence: float
    ) -> Estimates:
        context = ScoreContext(
            by=tuple(all_names(groupings)),
            groupings=tuple(tuple(each) for each in groupings),
            metrics=tuple(metrics),
            confidence=confidence,
            about="queue" if self._core.finite else "process",
        )
        return Estimates(table, self._flavour, context)


def names_repeated(value: object, what: str) -> list[str]:
    """Columns of which one may be named twice."""
    from assay._checks import names_of

    names = names_of(value, what)
    if not names:
        raise refuse(f"{what} as the name of a column, or a list of names", "none")
    return names
