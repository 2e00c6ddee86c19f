"""`assay draw`: the cases to audit."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from assay.cli.errors import misused
from assay.cli.files import Files, outputs, present
from assay.cli.options import Missing, NotViolating, Texts, Undecided, Violating, argument, number_of, option, several
from assay.cli.printing import bar, say
from assay.cli.tables import write_table


def draw(
    decisions: Annotated[Path, argument("DECISIONS", "The decisions, one a row (.csv or .parquet).")],
    case: Annotated[str, option("--case", takes="COLUMN", help="Holds the id of each decision; unique.")],
    decision: Annotated[str, option("--decision", takes="COLUMN", help="Holds the label that was given.")],
    output: Annotated[
        Path, option("-o", "--output", takes="FILE", help="Where to write the sample (.csv or .parquet).")
    ],
    by: Annotated[Texts, option("--by", takes="COLUMN", help="What to slice scores by later; repeat it.")] = None,
    keep: Annotated[Texts, option("--keep", takes="COLUMN", help="What else to carry along; repeat it.")] = None,
    size: Annotated[int | None, option("--size", takes="NUMBER", help="How many cases to draw.")] = None,
    share: Annotated[float | None, option("--share", takes="SHARE", help="Instead: 0.02 draws two in 100.")] = None,
    strata: Annotated[
        Texts, option("--strata", takes="COLUMN", help="Draw within each value of it; repeat it.")
    ] = None,
    allocation: Annotated[
        str,
        option("--allocation", takes="HOW", show_default=True, help="To strata: proportional, equal or neyman."),
    ] = "proportional",
    minimum: Annotated[
        int, option("--minimum", takes="NUMBER", show_default=True, help="At least so many in each stratum.")
    ] = 2,
    expected: Annotated[
        str | None,
        option(
            "--expected", takes="RATE|FILE", help="Error rate for neyman: a number, or scores of last week by stratum."
        ),
    ] = None,
    key_file: Annotated[
        Path | None,
        option("--key-file", takes="FILE", help="Holds the secret key; a line break at its end does not count."),
    ] = None,
    key: Annotated[
        str | None,
        option(
            "--key",
            takes="KEY",
            envvar="ASSAY_KEY",
            help="The secret key itself. Others see it on a command line: prefer --key-file or the variable.",
        ),
    ] = None,
    period: Annotated[
        str, option("--period", takes="LABEL", help="Such as 2026-W47: each period draws other cases.")
    ] = "",
    violating: Violating = None,
    not_violating: NotViolating = None,
    undecided: Undecided = None,
    missing: Missing = None,
    overwrite: Annotated[bool, option("--overwrite", help="Replace the output where it exists.")] = False,
) -> None:
    """Draw the cases to audit, each with a known chance.

    The sample can be sent away, filled in and read back: it carries all
    that scoring needs. The same key and period always draw the same cases;
    whoever knows the key knows who will be audited, so keep it secret.

    Example:
      head -c 32 /dev/urandom | base64 > assay.key
      assay draw decisions.csv --case case_id --decision label \\
        --by queue --by site --violating remove --strata queue \\
        --size 2000 --key-file assay.key --period 2026-W47 -o sample.csv
    """
    import assay

    if (size is None) == (share is None):
        raise misused("give --size NUMBER or --share NUMBER (one of them): how many cases to draw")
    secret = _secret(key_file, key)
    present(decisions)
    outputs([output], [".csv", ".parquet"], [decisions, key_file])
    if output.exists() and not overwrite:
        raise misused(f"{output}: exists, and may hold audits already; give another name or --overwrite")
    by = list(dict.fromkeys([*(by or []), *(strata or [])]))
    files = Files()
    table = files.read(decisions)
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
        plan = assay.plan(
            frame,
            size=size,
            share=share,
            strata=strata or (),
            allocation=allocation,
            expected=rates,
            minimum=minimum,
        )
    with files.blamed(), bar("Drawing", table.num_rows) as advance:
        sample = plan.draw(key=secret, period=period, progress=advance)
    write_table(sample, output)
    noun = "stratum" if len(plan) == 1 else "strata"
    say(f"Drew {len(sample):,} of {table.num_rows:,} decisions in {len(plan):,} {noun}.", f"Wrote {output}")


def _expected_of(given: str | None, files: Files) -> Any:
    if given is None:
        return None
    if Path(given).suffix.lower() in (".csv", ".parquet"):
        return files.read(Path(given))
    return number_of("--expected", given)


def _secret(key_file: Path | None, key: str | None) -> str | bytes:
    if key_file is not None:
        try:
            secret = key_file.read_bytes()
        except OSError as error:
            raise misused(f"{key_file}: the key could not be read: {error.strerror or error}") from error
        secret = secret.removesuffix(b"\n").removesuffix(b"\r")
        if not secret:
            raise misused(f"{key_file}: wanted a secret key, got an empty file")
        return secret
    if not key:
        raise misused(
            "give the secret key: --key-file FILE, or the environment variable ASSAY_KEY "
            "(make one with: head -c 32 /dev/urandom | base64 > assay.key)"
        )
    return key
