"""`assay demo`: the main job on the bundled example."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from assay.cli.errors import writing
from assay.cli.files import Files
from assay.cli.options import option
from assay.cli.printing import patience, print_comparison, print_scores, say

DEMO_KEY = b"a key for the demo; a real one is secret"
DEMO_SIZE = 3_600  # a week's audits
DEMO_METRICS = ["accuracy", "over_enforcement", "leakage", "wrong_label", "precision", "recall"]
DEMO_TARGETS = {"accuracy": 0.94, "over_enforcement": 0.03, "leakage": 0.025, "precision": 0.7, "recall": 0.7}


def demo(
    out: Annotated[Path, option("--out", takes="FOLDER", show_default=True, help="Where to write.")] = Path("out"),
    seed: Annotated[
        int, option("--seed", takes="NUMBER", show_default=True, min=0, help="Another seed, another operation.")
    ] = 7,
    weeks: Annotated[
        int, option("--weeks", takes="NUMBER", show_default=True, min=1, max=104, help="How many weeks of it.")
    ] = 4,
) -> None:
    """Run the main job on a bundled example: an invented marketplace with known true error rates.

    Draws a sample of each week, has it audited, scores the last week and compares it with the first.

    Example:
      assay demo --out out
    """
    import assay
    from assay import example

    with writing(out):
        out.mkdir(parents=True, exist_ok=True)
    with patience("Working"), Files().blamed():
        operation = example.operation(seed=seed, weeks=weeks, flavour="pyarrow")
        names = operation.decisions.column("week").combine_chunks().dictionary.to_pylist()
        first, last = names[0], names[-1]
        now = _audited(operation, last)
        scores = assay.score(
            *now,
            verdict="verdict",
            metrics=DEMO_METRICS,
            by=[["site"], ["queue"], ["queue", "site"], ["reviewer"]],
            total=True,
            target=DEMO_TARGETS,
        )
        results: list[Any] = [scores]
        if weeks > 1:
            both = [
                assay.score(*each, verdict="verdict", metrics=DEMO_METRICS[:4], by="site", total=True)
                for each in (now, _audited(operation, first))
            ]
            results.append(assay.compare(*both, label_a=last, label_b=first))
        title, source = "Marketplace moderation: weekly scorecard", "The bundled example operation (invented)"
        report = assay.report(*results, title=title, sources=[source])
    page, book = out / "scorecard.html", out / "scorecard.xlsx"
    with writing(out):
        report.save(page, book)
    cases = operation.parameters.cases_per_week
    say(f"An invented operation. {last}: {len(now[0]):,} of {cases:,} decisions audited, drawn within each queue.", "")
    shown = [row for row in scores.records() if [name for name, _ in scores.slice_of(row)] in ([], ["site"])]
    print_scores(scores, [row for row in shown if row["metric"] == "accuracy" or row["site"] is None])
    if weeks > 1:
        say("", f"Against {first}:")
        print_comparison(results[1], [row for row in results[1].records() if row["metric"] == "accuracy"])
    say(
        "",
        f"The scorecard: {page} and {book}",
        "",
        "Next:",
        f"  1. Open {page} in a browser: sites by queue, reviewers, definitions.",
        "  2. Follow notebooks/01_first_scorecard.ipynb: the same steps, one at a time, in Python.",
        "  3. Use your own decisions: assay draw --help, then assay score --help.",
    )


def _audited(operation: Any, week: str) -> tuple[Any, Any]:
    """A week's sample and its audits."""
    import pyarrow.compute as pc

    import assay
    from assay import example

    frame = assay.frame(
        operation.decisions.filter(pc.equal(operation.decisions.column("week"), week)),
        case="case_id",
        decision="decision",
        by=["queue", "site", "reviewer"],
        violating=example.violating,
        undecided=example.undecided,
    )
    sample = assay.plan(frame, size=DEMO_SIZE, strata=["queue"], minimum=100).draw(key=DEMO_KEY, period=week)
    return sample, operation.audit(sample)
