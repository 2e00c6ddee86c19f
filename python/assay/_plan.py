"""The plan: how many cases to audit in each stratum."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any, cast

from assay._checks import labels_of, progress_of, refuse, threads_of
from assay._sample import Sample, bars
from assay.results import Context, Result, clean, number, plural

Progress = Callable[[int], object]


class Plan(Result):
    """How many cases to audit in each stratum: one row a stratum.

    Columns: the strata, `population` (decided cases), `sample_size`, and `expected_half_width`: half the width of the
    interval to expect for the stratum's error rate, at the rate given as `expected`, else at 50 %, where it is widest.
    """

    __slots__ = ()

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
        drawn = Sample(table, self.flavour, Context(period=period, source=self.context.source))
        if already is None:
            return drawn.remember(core.frame)
        from assay.combining import design_of, unite

        parts = [(design_of(already), already, True), (design_of(drawn), drawn, False)]
        return unite(core.frame, (), parts, period, threads_of(threads), self.flavour)

    @property
    def strata(self) -> list[str]:
        """The columns whose combinations are the strata."""
        return list(cast(Any, self._table).strata)

    @property
    def size(self) -> int:
        """Cases to audit in all."""
        return sum(self.column("sample_size"))

    def _title(self) -> str:
        return self.context.title or f"Plan: {plural(self.size, 'case')} to audit"

    def _summary(self) -> str:
        held, sizes = self.column("population"), self.column("sample_size")
        lines = [
            f"{plural(self.size, 'case')} to audit out of {number(sum(held))} decided"
            f"{_in_strata(self.strata, len(self))}."
        ]
        widths = self.column("expected_half_width")
        low, high = _points(min(widths)), _points(max(widths))
        if len(self) == 1:
            lines.append(f"Expect the error rate to ± {high} or better.")
        else:
            few, many = number(min(sizes)), number(max(sizes))
            lines.append(f"{few} cases a stratum." if few == many else f"From {few} to {many} cases a stratum.")
            widest = "" if low == high else f" at the sharpest, ± {high} at the widest"
            lines.append(f"Expect each stratum's error rate to ± {low}{widest}.")
        return "\n".join(lines + [f"- {note}" for note in self.cautions()])

    def _cautions(self) -> tuple[str, ...]:
        single = sum(
            1 for n, held in zip(self.column("sample_size"), self.column("population"), strict=True) if n == 1 < held
        )
        if not single:
            return ()
        return (f"{plural(single, 'stratum gets', 'strata get')} a single case, which shows no spread: set minimum=2.",)

    def _chart(self, **options: Any) -> Any:
        names = cast(Any, self._table).names()
        return bars(list(zip(names, self.column("sample_size"), strict=True)))


def _points(half: float) -> str:
    digits = 1 if half >= 0.01 or half == 0 else min(4, math.ceil(-math.log10(half * 100)) + 1)
    return f"{half * 100:.{digits}f} points"


def _in_strata(columns: Sequence[str], count: int) -> str:
    return f", from {plural(count, 'stratum', 'strata')} of {' and '.join(map(clean, columns))}" if columns else ""
