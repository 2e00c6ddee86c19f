"""`assay plan`: how many cases to audit, and how sharp the scores will be, before anything is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

from assay.cli.errors import misused
from assay.cli.files import Files, outputs, present
from assay.cli.options import Missing, NotViolating, Texts, Undecided, Violating, argument, number_of, option, several
from assay.cli.printing import bar, say
from assay.cli.tables import write_table

Decisions = Annotated[Path, argument("DECISIONS", "The decisions, one a row (.csv or .parquet).")]
Case = Annotated[str, option("--case", takes="COLUMN", help="Holds the id of each decision; unique.")]
Decision = Annotated[str, option("--decision", takes="COLUMN", help="Holds the label that was given.")]
By = Annotated[Texts, option("--by", takes="COLUMN", help="What to slice scores by later; repeat it.")]
Size = Annotated[int | None, option("--size", takes="NUMBER", help="How many cases to draw.")]
Share = Annotated[float | None, option("--share", takes="SHARE", help="Instead: 0.02 draws two in 100.")]
HalfWidth = Annotated[
    Texts,
    option(
        "--half-width",
        takes="[COLUMN=]WIDTH",
        help="Instead: how sharp; 0.02 for the whole, queue=0.05 for every queue. Repeat it.",
    ),
]
MaxAudits = Annotated[
    int | None, option("--max-audits", takes="NUMBER", help="The most audits; alone: the sharpest they can pay.")
]
Strata = Annotated[Texts, option("--strata", takes="COLUMN", help="Draw within each value of it; repeat it.")]
Allocation = Annotated[
    str | None,
    option("--allocation", takes="HOW", help="To strata: proportional, equal, neyman or optimal."),
]
Minimum = Annotated[
    int, option("--minimum", takes="NUMBER", show_default=True, help="At least so many in each stratum.")
]
Expected = Annotated[
    str | None,
    option("--expected", takes="RATE|FILE", help="Error rate to expect: a number, or scores of last week by stratum."),
]


def plan(
    decisions: Decisions,
    case: Case,
    decision: Decision,
    by: By = None,
    size: Size = None,
    share: Share = None,
    half_width: HalfWidth = None,
    max_audits: MaxAudits = None,
    strata: Strata = None,
    allocation: Allocation = None,
    minimum: Minimum = 2,
    expected: Expected = None,
    violating: Violating = None,
    not_violating: NotViolating = None,
    undecided: Undecided = None,
    missing: Missing = None,
    output: Annotated[
        Path | None, option("-o", "--output", takes="FILE", help="Where to write the plan (.csv or .parquet).")
    ] = None,
) -> None:
    """Say how many cases to audit, and how sharp the scores will be.

    Nothing is drawn. Give the same options to assay draw, with a key, to
    draw what was planned.

    Example:
      assay plan decisions.csv --case case_id --decision label --by queue \\
        --violating remove --strata queue --expected 0.05 \\
        --half-width 0.01 --half-width queue=0.05
    """
    present(decisions)
    if output is not None:
        outputs([output], [".csv", ".parquet"], [decisions])
    _, made = planned(
        decisions, Files(), case=case, decision=decision, by=by, keep=None, size=size, share=share,
        half_width=half_width, max_audits=max_audits, strata=strata, allocation=allocation, minimum=minimum,
        expected=expected, violating=violating, not_violating=not_violating, undecided=undecided, missing=missing,
    )  # fmt: skip
    say(made.summary())
    if output is not None:
        write_table(made, output)
        say(f"Wrote {output}")


def planned(
    decisions: Path,
    files: Files,
    *,
    case: str,
    decision: str,
    by: Sequence[str] | None,
    keep: Sequence[str] | None,
    size: int | None,
    share: float | None,
    half_width: Sequence[str] | None,
    max_audits: int | None,
    strata: Sequence[str] | None,
    allocation: str | None,
    minimum: int,
    expected: str | None,
    violating: Sequence[str] | None,
    not_violating: Sequence[str] | None,
    undecided: Sequence[str] | None,
    missing: str | None,
) -> tuple[Any, Any]:
    """The table of decisions, and the plan that the options ask for."""
    import assay

    aims = sum(each is not None for each in (size, share, half_width or None))
    if aims > 1 or (aims == 0 and max_audits is None):
        raise misused("give --size, --share or --half-width (one of them), or --max-audits: how many cases to draw")
    table = files.read(decisions)
    wishes = _wishes(half_width)
    by = list(dict.fromkeys([*(by or []), *(strata or [])]))
    if isinstance(wishes, dict):
        by += [name for name in wishes if name not in by and name != "overall" and name in table.column_names]
    for flag, names in (("--by", by), ("--keep", keep), ("--strata", strata)):
        several(flag, names, table.column_names)
    rates = _expected_of(expected, files)
    with files.blamed(), bar("Checking", table.num_rows) as advance:
        frame = assay.frame(
            table,
            case=case,
            decision=decision,
            by=by,
            keep=keep or (),
            violating=violating or None,
            not_violating=not_violating or None,
            undecided=undecided or (),
            missing=missing,
            progress=advance,
        )
        made = assay.plan(
            frame,
            size=size,
            share=share,
            half_width=wishes,
            max_audits=max_audits,
            strata=strata or (),
            allocation=allocation,
            expected=rates,
            minimum=minimum,
        )
    return table, made


def _wishes(given: Sequence[str] | None) -> float | dict[str, float] | None:
    """0.02, or a mapping from columns (and "overall") to half-widths."""
    if not given:
        return None
    if len(given) == 1 and "=" not in given[0]:
        return number_of("--half-width", given[0])
    wishes: dict[str, float] = {}
    for text in given:
        name, equals, value = text.rpartition("=")
        name = name if equals else "overall"
        if name in wishes:
            raise misused(f"--half-width: wanted one for {name}, got two")
        wishes[name] = number_of("--half-width", value)
    return wishes


def _expected_of(given: str | None, files: Files) -> Any:
    if given is None:
        return None
    if Path(given).suffix.lower() in (".csv", ".parquet"):
        return files.read(Path(given))
    return number_of("--expected", given)
