"""`assay score`: how good the decisions are."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import pyarrow as pa

from assay._core import input_error
from assay.cli.errors import MISSED, Stop, misused
from assay.cli.files import Files, outputs, save
from assay.cli.options import (
    By,
    Confidence,
    Correct,
    Decision,
    Depth,
    Exclude,
    Metric,
    Missing,
    NotViolating,
    Outputs,
    Population,
    Strata,
    Texts,
    Title,
    Total,
    Undecided,
    Verdict,
    Violating,
    Weight,
    argument,
    by_of,
    metrics_of,
    number_of,
    option,
    targets_of,
)
from assay.cli.printing import bar, print_notes, print_scores


def score(
    sample: Annotated[
        Path, argument("SAMPLE", "The sample that assay draw wrote, or a table of decisions and verdicts.")
    ],
    audits: Annotated[Path | None, argument("AUDITS", "What auditors found, one row a case.")] = None,
    verdict: Verdict = None,
    correct: Correct = None,
    metric: Metric = None,
    by: By = None,
    depth: Depth = None,
    total: Total = False,
    target: Annotated[
        Texts, option("--target", takes="[METRIC=]NUMBER", help="Such as 0.95 or 95%; rows say met, missed or open.")
    ] = None,
    fail_on_missed: Annotated[
        bool, option("--fail-on-missed", help="Exit with 1 where a target was surely missed.")
    ] = False,
    about: Annotated[
        str | None,
        option(
            "--about", takes="WHAT", help="queue: these cases; process: what made them (the default with --target)."
        ),
    ] = None,
    exclude: Exclude = None,
    confidence: Confidence = 0.95,
    missing: Missing = None,
    output: Outputs = None,
    title: Title = None,
    decision: Decision = None,
    violating: Violating = None,
    not_violating: NotViolating = None,
    undecided: Undecided = None,
    weight: Weight = None,
    strata: Strata = None,
    population: Population = None,
    exposure: Annotated[
        str | None, option("--exposure", takes="COLUMN", help="Holds views: violation_rate becomes the prevalence.")
    ] = None,
) -> None:
    """Score a sample and its audits: how good are the decisions, and how sure are we?

    A table that holds decision and verdict in one row needs no AUDITS:
    name the decision with --decision. Audits that were written into the
    sample itself are found there.

    Example:
      assay score sample.csv audits.csv --verdict verdict --by queue \\
        --metric accuracy --metric leakage --target accuracy=0.95 \\
        --total -o scores.csv -o scorecard.html
    """
    metrics = metrics_of(metric)
    targets = targets_of(target, metrics)
    if fail_on_missed and targets is None:
        raise misused("--fail-on-missed: wanted a --target beside it")
    paths = list(output or [])
    outputs(paths, [".csv", ".parquet", ".html", ".xlsx"], [sample, audits])
    files = Files()
    table, found = files.read(sample), None if audits is None else files.read(audits)
    scores = scores_of(
        files,
        table,
        found,
        verdict=verdict,
        correct=correct,
        decision=decision,
        by=by,
        depth=depth,
        metrics=metrics,
        total=total,
        target=targets,
        about=about,
        exclude=exclude,
        confidence=confidence,
        missing=missing,
        violating=violating,
        not_violating=not_violating,
        undecided=undecided,
        weight=weight,
        strata=strata,
        population=population,
        exposure=exposure,
    )
    print_scores(scores)
    print_notes(scores)
    save(scores, paths, [sample, audits], title)
    missed = scores.column("standing").count("missed") if targets else 0
    if fail_on_missed and missed:
        raise Stop(MISSED, f"{missed} of {len(scores)} scores missed their target")


def scores_of(
    files: Files,
    table: pa.Table,
    audits: pa.Table | None,
    *,
    verdict: str | None,
    correct: str | None,
    decision: str | None,
    by: Sequence[str] | None,
    depth: int | None,
    **options: Any,
) -> Any:
    """The scores of a sample with its audits, of a sample that holds them, or of a table of decisions and verdicts."""
    import assay

    if (verdict is None) == (correct is None):
        raise misused("give --verdict COLUMN or --correct COLUMN (one of them): where the audits' findings are")
    if audits is None and decision is None:
        audits = _audits_in(table, verdict or correct)
        if audits is None:
            raise misused("give the file with the AUDITS beside the sample, or --decision COLUMN for a single table")
        table = table.drop_columns([name for name in audits.column_names[1:] if name in table.column_names])
    given = {name: value for name, value in options.items() if value not in (None, [], ())}
    if audits is not None:
        for name in ("weight", "strata", "population"):
            if name in given:
                raise misused(f"--{name}: only for a single table; a sample brings its design along")
    population = given.get("population")
    if population is not None and population not in table.column_names:
        given["population"] = number_of("--population", population)
    elif population is not None:
        with files.blamed():
            table = _counted(table, population)
    given |= {"verdict": verdict, "correct": correct, "decision": decision, "by": by_of(by, depth, table, audits)}
    with files.blamed(), bar("Scoring", table.num_rows) as advance:
        return assay.score(table, audits, **given, progress=advance)


def _counted(table: pa.Table, name: str) -> pa.Table:
    """The table with one column of text as whole numbers."""
    column = table.column(name)
    if not pa.types.is_string(column.type):
        return table
    counts = []
    for row, text in enumerate(column.to_pylist()):
        if text is None or not re.fullmatch(r"[0-9]{1,18}(\.0*)?", text):
            raise input_error("a whole number", "an empty cell" if text is None else repr(text), column=name, row=row)
        counts.append(int(text.partition(".")[0]))
    return table.set_column(table.column_names.index(name), name, pa.array(counts, pa.int64()))


def _audits_in(sample: pa.Table, finding: str | None) -> pa.Table | None:
    """The audits that auditors wrote into the sample itself: its own columns but those of the draw, where filled in."""
    import pyarrow.compute as pc

    if "sample_design" not in sample.column_names or finding not in sample.column_names or not sample.num_rows:
        return None
    try:
        design = json.loads(sample.column("sample_design")[0].as_py())
        own = {design["case"], design["decision"], *design["by"], *design["strata"], *design["keep"]}
        own |= {design[name] for name in ("at", "reviewer", "policy_version")}
    except (ValueError, KeyError, TypeError):
        return None
    own |= {"stratum", "stratum_population", "stratum_size", "inclusion_probability", "weight"}
    own |= {"decision_population", "sample_design"}
    if finding in own or design["case"] not in sample.column_names:
        return None
    audits = sample.select([design["case"], *(name for name in sample.column_names if name not in own)])
    return audits.filter(pc.is_valid(audits.column(finding)))
