"""`assay draw`: the cases to audit."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from assay.cli.errors import misused
from assay.cli.files import Files, outputs, present
from assay.cli.options import Missing, NotViolating, Texts, Undecided, Violating, option
from assay.cli.plan import (
    Allocation,
    By,
    Case,
    Decision,
    Decisions,
    Expected,
    HalfWidth,
    MaxAudits,
    Minimum,
    Share,
    Size,
    Strata,
    planned,
)
from assay.cli.printing import bar, say
from assay.cli.tables import write_table


def draw(
    decisions: Decisions,
    case: Case,
    decision: Decision,
    output: Annotated[
        Path, option("-o", "--output", takes="FILE", help="Where to write the sample (.csv or .parquet).")
    ],
    by: By = None,
    keep: Annotated[Texts, option("--keep", takes="COLUMN", help="What else to carry along; repeat it.")] = None,
    size: Size = None,
    share: Share = None,
    half_width: HalfWidth = None,
    max_audits: MaxAudits = None,
    strata: Strata = None,
    allocation: Allocation = None,
    minimum: Minimum = 2,
    expected: Expected = None,
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
    secret = _secret(key_file, key)
    present(decisions)
    outputs([output], [".csv", ".parquet"], [decisions, key_file])
    if output.exists() and not overwrite:
        raise misused(f"{output}: exists, and may hold audits already; give another name or --overwrite")
    files = Files()
    table, plan = planned(
        decisions, files, case=case, decision=decision, by=by, keep=keep, size=size, share=share,
        half_width=half_width, max_audits=max_audits, strata=strata, allocation=allocation, minimum=minimum,
        expected=expected, violating=violating, not_violating=not_violating, undecided=undecided, missing=missing,
    )  # fmt: skip
    with files.blamed(), bar("Drawing", table.num_rows) as advance:
        sample = plan.draw(key=secret, period=period, progress=advance)
    write_table(sample, output)
    noun = "stratum" if len(plan) == 1 else "strata"
    say(f"Drew {len(sample):,} of {table.num_rows:,} decisions in {len(plan):,} {noun}.", f"Wrote {output}")


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
