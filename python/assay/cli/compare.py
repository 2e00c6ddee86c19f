"""`assay compare`: better, worse, or no difference shown."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

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
    Title,
    Total,
    Undecided,
    Verdict,
    Violating,
    Weight,
    argument,
    metrics_of,
    option,
)
from assay.cli.printing import print_comparison, print_notes
from assay.cli.score import scores_of


def compare(
    a: Annotated[Path, argument("A", "The sample (or table) in question: this week's, say.")],
    b: Annotated[Path, argument("B", "What it is compared with: last week's, say.")],
    a_audits: Annotated[Path | None, option("--a-audits", takes="FILE", help="The audits of the first.")] = None,
    b_audits: Annotated[Path | None, option("--b-audits", takes="FILE", help="The audits of the second.")] = None,
    verdict: Verdict = None,
    correct: Correct = None,
    metric: Metric = None,
    by: By = None,
    depth: Depth = None,
    total: Total = False,
    margin: Annotated[
        float,
        option("--margin", takes="NUMBER", show_default=True, help="Only differences surely larger than it count."),
    ] = 0.0,
    about: Annotated[
        str, option("--about", takes="WHAT", show_default=True, help="process: what made the cases; queue: the cases.")
    ] = "process",
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
) -> None:
    """Compare two samples: better, worse, or no difference shown?

    Differences are the first minus the second, each with its interval.

    Example:
      assay compare w47.csv w46.csv --verdict verdict --by site \\
        --a-audits w47-audits.csv --b-audits w46-audits.csv
    """
    import assay

    metrics = metrics_of(metric)
    paths = list(output or [])
    sides = [(a, a_audits), (b, b_audits)]
    outputs(paths, [".csv", ".parquet", ".html", ".xlsx"], [a, b, a_audits, b_audits])
    scores = []
    for sample, audits in sides:
        files = Files()
        table, found = files.read(sample), None if audits is None else files.read(audits)
        scores.append(
            scores_of(
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
                exclude=exclude,
                confidence=confidence,
                missing=missing,
                violating=violating,
                not_violating=not_violating,
                undecided=undecided,
                weight=weight,
                strata=strata,
                population=population,
            )
        )
    names = [each.context.period or path.stem for each, (path, _) in zip(scores, sides, strict=True)]
    if names[0] == names[1]:
        names = ["a", "b"]
    with Files().blamed():
        change = assay.compare(*scores, about=about, margin=margin, label_a=names[0], label_b=names[1])
    print_comparison(change)
    print_notes(change)
    save(change, paths, [a, a_audits, b, b_audits], title)
