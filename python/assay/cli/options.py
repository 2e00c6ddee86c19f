"""The command itself, the options that its parts share, and what is made of their values."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any

import pyarrow as pa
import typer

from assay._core import __version__
from assay._metrics import METRICS
from assay.cli.errors import misused
from assay.cli.printing import say

app = typer.Typer(
    name="assay",
    help="Assay measures moderation quality: how good are the decisions, and how sure?\n\n"
    "Draw a sample of decisions, have it audited, score it, compare with last week.\n"
    "New here? Run: assay demo",
    epilog="Exit codes: 0 done, 1 target missed (if asked), 2 bad use, 3 bad input, 4 not written.",
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def option(*names: str, help: str, takes: str = " ", panel: str | None = None, **more: Any) -> Any:
    """An option that `takes` a COLUMN, say; a flag takes nothing."""
    return typer.Option(*names, help=help, metavar=takes, rich_help_panel=panel, **{"show_default": False, **more})


def argument(name: str, help: str) -> Any:
    return typer.Argument(metavar=name, help=help, show_default=False)


Texts = list[str] | None
By = Annotated[
    Texts, option("--by", takes="COLUMN", help="What makes slices; repeat it: --by queue --by site, a slice a pair.")
]
Depth = Annotated[
    int | None,
    option(
        "--depth",
        takes="NUMBER",
        min=0,
        help="All groupings of so many --by columns at most; 1: the total, each alone.",
    ),
]
Total = Annotated[bool, option("--total", help="Put the overall row first.")]
Metric = Annotated[
    Texts,
    option("--metric", takes="METRIC", help=f"What to measure, repeatable; default accuracy. {', '.join(METRICS)}."),
]
Verdict = Annotated[
    str | None, option("--verdict", takes="COLUMN", help="Holds the label that each decision should have had.")
]
Correct = Annotated[
    str | None, option("--correct", takes="COLUMN", help="Instead: holds true or false; answers accuracy only.")
]
Decision = Annotated[
    str | None,
    option("--decision", takes="COLUMN", help="Holds the decision: one table of decisions and verdicts will do."),
]
Exclude = Annotated[
    str | None, option("--exclude", takes="COLUMN", help="Holds true or false: leave out these cases (an incident).")
]
Missing = Annotated[
    str | None, option("--missing", takes="NAME", help="What empty cells in --by and --strata are called.")
]
Confidence = Annotated[
    float, option("--confidence", takes="SHARE", show_default=True, help="How many intervals hold the truth.")
]
Outputs = Annotated[
    list[Path] | None,
    option("-o", "--output", takes="FILE", help="Where to write: .csv, .parquet, .html or .xlsx; repeat it."),
]
Title = Annotated[str | None, option("--title", takes="TEXT", help="Heads the report (.html, .xlsx).")]

_LABELS, _SINGLE = "What the labels mean", "How the rows of a single table were drawn"
Violating = Annotated[
    Texts, option("--violating", takes="LABEL", panel=_LABELS, help="Acts against the content; repeat it.")
]
NotViolating = Annotated[
    Texts, option("--not-violating", takes="LABEL", panel=_LABELS, help="Leaves the content alone; repeat it.")
]
Undecided = Annotated[
    Texts,
    option("--undecided", takes="LABEL", panel=_LABELS, help="Settles nothing (escalated); counted, not scored."),
]
Weight = Annotated[
    str | None, option("--weight", takes="COLUMN", panel=_SINGLE, help="How many decisions each row stands for.")
]
Strata = Annotated[Texts, option("--strata", takes="COLUMN", panel=_SINGLE, help="What makes strata; repeat it.")]
Population = Annotated[
    str | None,
    option(
        "--population", takes="NUMBER|COLUMN", panel=_SINGLE, help="How many decisions there were (in each stratum)."
    ),
]


def _show_version(wanted: bool) -> None:
    if wanted:
        say(f"assay {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, option("--version", help="Say which version this is.", callback=_show_version, is_eager=True)
    ] = False,
    debug: Annotated[bool, option("--debug", help="Show where an error came from, all of it.")] = False,
) -> None:
    pass


def metrics_of(given: Sequence[str] | None) -> list[str]:
    metrics = list(given or ["accuracy"])
    for metric in metrics:
        if metric not in METRICS:
            raise misused(f"--metric: wanted one of {', '.join(METRICS)}, got {metric!r}")
    return metrics


def by_of(by: Sequence[str] | None, depth: int | None, *tables: pa.Table | None) -> Any:
    import assay

    known = {name for table in tables if table is not None for name in table.column_names}
    several("--by", by, known)
    if depth is None:
        return list(by or [])
    if depth > len(by or []):
        raise misused(f"--depth: wanted at most the number of --by columns ({len(by or [])}), got {depth}")
    return assay.cube(*by, depth=depth) if by else []


def several(option: str, given: Sequence[str] | None, known: Iterable[str]) -> None:
    for name in given or []:
        if "," in name and name not in known and all(part.strip() in known for part in name.split(",")):
            again = " ".join(f"{option} {part.strip()}" for part in name.split(","))
            raise misused(f"{option}: wanted one column, got {name!r}; repeat the option: {again}")


def targets_of(given: Sequence[str] | None, metrics: Sequence[str]) -> dict[str, float] | None:
    if not given:
        return None
    targets: dict[str, float] = {}
    for text in given:
        name, equals, value = text.rpartition("=")
        if not equals and len(metrics) > 1:
            raise misused(f"--target: wanted METRIC=NUMBER where there are several metrics, got {text!r}")
        name = name if equals else metrics[0]
        if name not in metrics:
            raise misused(f"--target: wanted a metric that is measured ({', '.join(metrics)}), got {name!r}")
        if name in targets:
            raise misused(f"--target: wanted one target for {name}, got two")
        targets[name] = number_of("--target", value)
    return targets


def number_of(option: str, text: str) -> float:
    percent = text.endswith("%")
    try:
        value = float(text[:-1] if percent else text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise misused(f"{option}: wanted a number such as 0.95 or 95%, got {text!r}")
    return value / 100 if percent else value
