"""The questions that can be put to the design of a sample."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from assay._checks import flag, refuse
from assay._value import Value
from assay.contexts import Flavour, MetricDefinition, ScoreContext
from assay.groupings import all_names, groupings_of, refuse_result_columns
from assay.survey._arguments import (
    INTERVALS,
    columns_of,
    contrast_of,
    drop_of,
    indicators_of,
    names_given,
    one_of,
    question,
    shares_of,
)
from assay.survey._results import Estimates

__all__ = ["Questions"]

Names = str | Sequence[str]


class Questions(Value):
    """What a design answers."""

    __slots__ = ("_core", "_flavour", "_threads")
    _core: Any
    _flavour: Flavour
    _threads: int | None

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
            answer is about the rows that have a value in each of the columns.
        by, total
            Columns that name slices: a list for their combinations, `assay.cube(...)`, `assay.rollup(...)`, or a list
            of lists; `total=True` puts the overall row first.
        design_effect
            Adds the column `design_effect`: the variance over that of a simple random sample as large.

        Intervals are Student's t with the slice's own degrees of freedom (sampled units minus strata that it touches).
        A slice with none has no limits (null), one that rests on a single unit no standard error either, and one
        without a row no estimate.
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
        above, below = names_given(numerator, "numerator="), names_given(denominator, "denominator=")
        above = above * len(below) if len(above) == 1 else above
        below = below * len(above) if len(below) == 1 else below
        if len(above) != len(below):
            raise refuse(f"as many denominators as the {len(above)} numerators, or one", str(len(below)))
        if len(set(zip(above, below, strict=True))) < len(above):
            raise refuse("each pair of numerator and denominator once", ", ".join(above))
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

        Intervals use Student's t with the slice's own degrees of freedom; a slice with none has the limits 0 and 1:
        everything is still possible. Other arguments are those of `mean`.

        Reference: Franco, Little, Louis & Slud (2019), J. Surv. Stat. Methodol. 7(3):334-364
        """
        groupings = groupings_of(by, total)
        refuse_result_columns(all_names(groupings), ("level",))
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
        refuse_result_columns(all_names(groupings), ("quantile",))
        asked = question(groupings, drop_of(missing), confidence)
        rules = ("math", "school", "hf7", "hf8")
        table = self._core.quantile(
            columns_of(y, "y="), shares_of(q), one_of(rule, "rule=", rules), asked, self._threads
        )
        names = dict.fromkeys(table.column("metric"))
        metrics = [MetricDefinition(name, _percentile(name), "", "", "neither", "number") for name in names]
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
        refuse_result_columns([*all_names(groupings), column], ("a", "b", "estimate_a", "estimate_b"))
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


def _percentile(name: str) -> str:
    """The title of a quantile, whose metric is called `column at share`."""
    column, _, share = name.rpartition(" at ")
    try:
        at = round(float(share) * 100, 9)
    except ValueError:
        return f"Quantile of {name}"
    if at == 50:
        return f"Median of {column}"
    if at != int(at) or not column:
        return f"{at:g}% quantile of {column}"
    ending = "th" if 10 <= at % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(int(at) % 10, "th")
    return f"{at:g}{ending} percentile of {column}"
