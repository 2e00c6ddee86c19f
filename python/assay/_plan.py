"""The plan: how many cases to audit in each stratum."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, cast

from assay._checks import labels_of, progress_of, refuse, threads_of
from assay._plan_words import Slices, SlicesContext, cheap, half_width_points, price_words, slice_words, strata_table
from assay._sample import Sample
from assay._wishes import columns_named
from assay.results import Context, Result, clean, listed, number, percent, plural

Progress = Callable[[int], object]
_MOST_VALUES = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanContext(Context):
    """The words of a plan: how it was allocated, whether cost is money, the frame's columns, what scores are about."""

    allocation: str = "proportional"
    money: bool = False
    by: tuple[str, ...] = ()
    about: str = "queue"


@dataclass(frozen=True, slots=True)
class Proof:
    """That a plan keeps its wishes for about as little as can be.

    `cost` is the plan's, in money where costs were given, else in audits. No allocation that keeps the wishes costs
    less than `lower_bound`, and `gap` is the share of the cost above it: whole numbers of cases, and what the proof
    cannot tell (most where much of the queue is audited). The bound is a dual bound over all weights that audits
    can have; it rests on expected half-widths that do not fall when weights grow, which the tests try. Wishes of
    half-widths of 0.178 and more, and of error rates above one half, are left out of it: other wishes then bound
    the cost. `minimum_price` is what one audit less in every stratum's minimum would save, `cap_price` what one
    audit more under `max_audits` would.
    """

    cost: float
    lower_bound: float
    minimum_price: float
    cap_price: float

    @property
    def gap(self) -> float:
        """The share of the cost that lies above the bound."""
        return max(0.0, self.cost - self.lower_bound) / self.cost if self.cost else 0.0


class Plan(Result):
    """How many cases to audit in each stratum: one row a stratum.

    Columns: the strata, `population` (decided cases), `sample_size`, and `expected_half_width`: half the width of the
    interval to expect for the stratum's error rate, at the rate given as `expected`, else at 50 %, where it is widest.
    `slices()` says the same of every slice, with what was wished and what it costs; `proof` how near the plan is to the
    cheapest.
    """

    __slots__ = ()
    _default_context = PlanContext

    @property
    def context(self) -> PlanContext:
        """The words that go with the numbers."""
        return cast(PlanContext, self._context)

    def draw(
        self,
        *,
        key: str | bytes,
        period: str = "",
        already: object = None,
        replacing: Iterable[str | int] = (),
        threads: int | None = None,
        progress: Progress | None = None,
    ) -> Sample:
        """Draw the cases to audit.

        Parameters
        ----------
        key
            A secret, as text or bytes. Whoever knows it can foresee who will be audited; 16 random bytes or more.
        period
            What makes this draw differ from the next ("2026-W47"). The same key, period and cases always give the same
            draw: on any machine, in any order of the rows, in C++, Python or Spark.
        already
            A sample of the same frame whose audits are at work or done, drawn before this plan changed. Its cases stay
            in: the answer is the union of both draws with the chances that hold for it, the column `already` marks the
            old cases, and `.to_audit()` lists the new ones. With the same key, period and strata a larger plan only
            adds cases. Where strata differ, they are the combinations of both (see `assay.combine`).
        replacing
            Ids of drawn cases that cannot be audited (deleted, say). The next cases of their strata are drawn for
            them; the lost ones stay in the sample without an audit, so that scores see how many were lost and weigh
            what is left by stratum and decision (`basis` says modelled). It restores the number of audits; it cannot
            tell how good the decisions on the lost cases were.
        threads
            Workers; all cores by default. It never changes the draw.
        progress
            Called now and then with the number of rows done.
        """
        if not isinstance(key, str | bytes):
            raise refuse("key= as text or bytes", type(key).__name__)
        if not isinstance(period, str):
            raise refuse("period= as text", type(period).__name__, mend='write it as text, "2026-W47" for instance')
        try:
            secret = key.encode() if isinstance(key, str) else key
            period.encode()
        except UnicodeEncodeError:
            raise refuse("key= and period= as text that UTF-8 can hold", "text with a lone surrogate") from None
        lost = labels_of(replacing, "replacing=")
        core = cast(Any, self._table)
        table = core.draw(secret, period, lost, threads_of(threads), progress_of(progress))
        notes = self._replaced(core, secret, period, lost, table, threads) if lost else ()
        context = Context(period=period, source=self.context.source, notes=notes)
        drawn = Sample(table, self.flavour, context).remember(core.frame)
        if already is None:
            return drawn
        from assay.combining import design_of, unite

        parts = [(design_of(already), already, True), (design_of(drawn), drawn, False)]
        return unite(core.frame, (), parts, period, threads_of(threads), self.flavour)

    @staticmethod
    def _replaced(
        core: Any, secret: bytes, period: str, lost: Sequence[str], table: Any, threads: int | None
    ) -> tuple[str, ...]:
        """How many lost cases were replaced, and by which: those that the draw without replacing does not hold."""
        before = core.draw(secret, period, [], threads_of(threads), None)
        case = core.frame.case
        first = {str(each) for each in before.column(case)}
        new = [str(each) for each in table.column(case) if str(each) not in first]
        gone = len(first & set(lost))
        names = listed([clean(name, 40) for name in new], 5)
        by = f" by {plural(len(new), 'new case')} ({names})" if new else ", for their strata hold no others"
        return (f"{plural(gone, 'lost case')} replaced{by}; the lost stay in without an audit.",)

    @property
    def strata(self) -> list[str]:
        """The columns whose combinations are the strata."""
        return list(cast(Any, self._table).strata)

    @property
    def size(self) -> int:
        """Cases to audit in all."""
        return sum(self.column("sample_size"))

    @property
    def cost(self) -> float:
        """What the audits cost: money where costs were given, else their number."""
        return float(cast(Any, self._table).cost)

    @property
    def proof(self) -> Proof | None:
        """How near the plan is to the cheapest that keeps its wishes; None where nothing was wished."""
        found = cast(Any, self._table).proof
        return None if found is None else Proof(*found)

    def slices(self, by: str | Sequence[Any] | None = None) -> Slices:
        """What to expect of every slice before a single audit is done: one row a slice.

        The slices of the wishes come first, then the overall score and the slices of each column of the frame's `by`
        that has at most 200 values; `by` names other groupings instead (columns, or `"queue, site"` together).

        Columns: `column`, `slice`, `population` (decided cases), `expected_rate` (of errors), `expected_audits`,
        `expected_half_width`, `wished` (half-width), `expected_variation` and `wished_variation` (coefficient of
        variation of the rate), `minimum` (of audits), `price` (what a wish 1 % wider would save, in money where costs
        were given, else in audits; 0: this wish costs nothing, others are stricter) and `minimum_price` (what a minimum
        lower by one would save). Null where nothing was given, wished or priced: only the cheapest plan has prices.
        """
        if by is None:
            sizes = dict(zip(self.context.by, cast(Any, self._table).by_sizes, strict=True))
            groupings = [[], *([name] for name in self.context.by if sizes[name] <= _MOST_VALUES)]
        else:
            names = [by] if isinstance(by, str) else by
            groupings = [list(columns_named(name, self.context.by, "by=")) for name in names]
        table = cast(Any, self._table).slices(groupings)
        context = SlicesContext(title="What to expect of each slice", money=self.context.money)
        return Slices(table, self.flavour, context)

    def _title(self) -> str:
        return self.context.title or f"Plan: {plural(self.size, 'case')} to audit"

    def _summary(self) -> str:
        held, sizes = self.column("population"), self.column("sample_size")
        lines = [
            f"{plural(self.size, 'case')} to audit out of {number(sum(held))} decided"
            f"{_in_strata(self.strata, len(self))}."
        ]
        widths = self.column("expected_half_width")
        low, high = half_width_points(min(widths)), half_width_points(max(widths))
        if len(self) == 1:
            lines.append(f"Expect the error rate to ± {high} or better.")
        else:
            few, many = number(min(sizes)), number(max(sizes))
            lines.append(f"{few} cases a stratum." if few == many else f"From {few} to {many} cases a stratum.")
            widest = "" if low == high else f" at the sharpest, ± {high} at the widest"
            lines.append(f"Expect each stratum's error rate to ± {low}{widest}.")
        lines += self._wishes()
        return "\n".join(lines + [f"- {note}" for note in self.cautions()])

    def _wishes(self) -> list[str]:
        """What was wished and what it costs, in sentences."""
        proof = self.proof
        if proof is None:
            return [f"They cost {number(self.cost)}."] if self.context.money else []
        unit = "" if self.context.money else " audits"
        rows = [row for row in self.slices([]).records() if row["wished"] or row["wished_variation"] or row["minimum"]]
        lines = []
        for column in dict.fromkeys(row["column"] for row in rows):
            mine = [row for row in rows if row["column"] == column]
            who = (
                "The overall score" if column == "overall" else f"Each of {number(len(mine))} slices by {clean(column)}"
            )
            told = []
            if mine[0]["wished"]:
                widest = max(row["expected_half_width"] for row in mine)
                told.append(
                    f"wished to ± {_alike(mine[0]['wished'], widest)}, expected to ± "
                    f"{_alike(widest, mine[0]['wished'])} or better"
                )
            if mine[0]["wished_variation"]:
                widest = max(row["expected_variation"] for row in mine)
                told.append(
                    f"wished to {percent(mine[0]['wished_variation'])} of its rate, expected to {percent(widest)}"
                )
            if mine[0]["minimum"]:
                told.append(f"with at least {number(mine[0]['minimum'])} audits, or all it holds")
            lines.append(f"{who}: {'; '.join(told)}.")
        priced = [row for row in rows if row["wished"] or row["wished_variation"]]
        dear = sorted((row for row in priced if not cheap(row["price"])), key=lambda row: -row["price"])
        if dear:
            named = [f"{slice_words(row)} ({price_words(row['price'], self.context.money)})" for row in dear]
            lines.append(f"What each wish would save if it were 1% wider: {listed(named, 4)}.")
        free = sum(1 for row in priced if row["price"] is not None) - len(dear)
        lines += [f"{plural(free, 'wish costs', 'wishes cost')} nothing: others are stricter."] if free else []
        words = f"Cost {number(self.cost)}{unit}; nothing that keeps the wishes costs less than "
        lines.append(f"{words}{number(round(proof.lower_bound, 1))}{unit} (gap {percent(proof.gap)}).")
        return lines

    def _cautions(self) -> tuple[str, ...]:
        single = sum(
            1 for n, held in zip(self.column("sample_size"), self.column("population"), strict=True) if n == 1 < held
        )
        if not single:
            return ()
        return (f"{plural(single, 'stratum gets', 'strata get')} a single case, which shows no spread: set minimum=2.",)

    def _chart(self, **options: Any) -> Any:
        from assay._plan_chart import plan_chart

        return plan_chart(self, cast(Any, self._table).names(), list(self.slices().records()))

    def _html(self) -> str:
        said = "".join(f"<p>{html.escape(line)}</p>" for line in self._wishes()) if self.proof is not None else ""
        return said + self._tables()

    def _tables(self) -> str:
        table = strata_table(self, self.strata)
        if self.proof is None:
            return table
        expected = self.slices()
        return f"{table}<p class='t'>{html.escape(expected._title())}</p>{expected._html()}"


def _alike(half: float, other: float) -> str:
    """A half-width with the digits of the sharper of two, so that both read alike."""
    fewest = half_width_points(min(half, other)).removesuffix(" points")
    return f"{half * 100:.{len(fewest.partition('.')[2])}f} points"


def _in_strata(columns: Sequence[str], count: int) -> str:
    return f", from {plural(count, 'stratum', 'strata')} of {' and '.join(map(clean, columns))}" if columns else ""
