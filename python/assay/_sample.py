"""The sample: the cases to audit, each with the chance it was drawn with."""

from __future__ import annotations

from typing import Any, cast

from assay import _core
from assay._looks import axis_of
from assay._offline import offline
from assay.results import Context, Result, clean, need, number, percent, plain_table, plural


class Sample(Result):
    """The cases to audit: one row a case, in the order of strata.

    Columns: the frame's own (case, decision, `by`, reviewer, policy version, time, `keep`) under their own names, then
    `stratum`, `stratum_population`, `stratum_size`, `inclusion_probability` (the chance with which the case was drawn),
    `weight` (how many cases it stands for), `decision_population` (decided cases of its stratum with the same kind of
    decision) and `sample_design` (what scoring must know, as JSON; never the key). Written to a CSV or Parquet file and
    read back, it scores exactly as before. A kept column that a judge may have made (labels of the frame, or numbers
    from 0 to 1) is joined by `<column>_in_stratum`: what the judge says of the whole stratum.
    """

    __slots__ = ("_drawn_from",)
    _drawn_from: Any

    @property
    def drawn_from(self) -> Any:
        """The frame behind a sample that was drawn here, as the compiled core holds it; None after a journey."""
        return getattr(self, "_drawn_from", None)

    def remember(self, core: Any) -> Sample:
        """The sample, knowing its frame."""
        object.__setattr__(self, "_drawn_from", core)
        return self

    def strata(self) -> list[dict[str, Any]]:
        """One mapping a stratum: `stratum`, `population`, `sample_size`, `inclusion_probability`."""
        names = ("stratum", "stratum_population", "stratum_size", "inclusion_probability")
        rows = dict.fromkeys(zip(*(self.column(name) for name in names), strict=True))
        return [
            {"stratum": name, "population": held, "sample_size": size, "inclusion_probability": chance}
            for name, held, size, chance in rows
        ]

    def to_audit(self) -> Result:
        """The cases whose audit is still to be done: all of them, or those beside `already=` in `plan.draw(...)`."""
        title = f"{self._title()}: still to audit"
        if "already" not in self.column_names:
            return Result(self._table, self._flavour, Context(title=title, period=self.context.period))
        rows = [row for row, old in enumerate(self.column("already")) if not old]
        table = _core.take(cast(Any, self._table), rows)
        return Result(table, self._flavour, Context(title=title, period=self.context.period))

    def _title(self) -> str:
        period = f" of {clean(self.context.period)}" if self.context.period else ""
        return self.context.title or f"Sample{period}: {plural(len(self), 'case')} to audit"

    def _summary(self) -> str:
        strata = self.strata()
        held = sum(row["population"] for row in strata)
        lines = [f"{self._title()}, out of {number(held)} decided."]
        if "already" in self.column_names:
            old = sum(1 for was in self.column("already") if was)
            lines.append(f"{number(len(self) - old)} new, {number(old)} already; .to_audit() lists the new ones.")
        chances = [row["inclusion_probability"] for row in strata]
        if len(strata) == 1:
            lines.append(f"Each case had a chance of {percent(chances[0], 2)}.")
        else:
            least, most = percent(min(chances), 2), percent(max(chances), 2)
            spread = least if least == most else f"{least} to {most}"
            lines.append(f"From {number(len(strata))} strata; a case's chance was {spread}, by stratum:")
            for row in strata[:20]:
                lines.append(
                    f"  {clean(row['stratum'])}: {number(row['sample_size'])} of {number(row['population'])} "
                    f"({percent(row['inclusion_probability'], 2)})"
                )
            if len(strata) > 20:
                lines.append(f"  and {number(len(strata) - 20)} more")
        return "\n".join(lines + [f"- {note}" for note in self.cautions()])

    def _chart(self, **options: Any) -> Any:
        return bars([(row["stratum"], row["sample_size"]) for row in self.strata()])

    def _html(self) -> str:
        return plain_table(Result(_core.without(cast(Any, self._table), "sample_design")), 10)


def bars(sizes: list[tuple[str, int]]) -> Any:
    alt = need("altair", "plot()")
    values = [{"stratum": clean(name), "cases": size} for name, size in sizes]
    return offline(
        alt.Chart(alt.Data(values=values))
        .mark_bar()
        .encode(
            x=alt.X("cases:Q", title="cases to audit", axis=axis_of(alt, ",.0f")),
            y=alt.Y("stratum:N", sort=None, title=None),
            tooltip=["stratum:N", "cases:Q"],
        )
    )
