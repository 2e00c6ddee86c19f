"""`assay registry`: queues on the record, from the command line."""

from __future__ import annotations

import datetime
import getpass
import inspect
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import pyarrow as pa
import typer

from assay.cli.errors import BAD_INPUT, MISSED, STORE_FAILED, Stop, misused, writing
from assay.cli.files import Files, outputs, present
from assay.cli.options import argument, number_of, option
from assay.cli.printing import patience, print_rows, say
from assay.cli.tables import write_table

if TYPE_CHECKING:
    from assay.registry import Registry

app = typer.Typer(
    name="registry",
    help="Queues on the record: who answers for them, what changed, when, why, and who did it.",
    epilog="Exit codes: 0 done, 1 findings (if asked), 2 bad use, 3 refused, 4 the store failed or is not whole.",
    no_args_is_help=True,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Place = Annotated[
    str,
    option("--db", takes="PLACE", envvar="ASSAY_REGISTRY", help="A file, or postgresql://...; or set ASSAY_REGISTRY."),
]
Id = Annotated[str, argument("ID", "The queue.")]
Text = str | None
Many = list[str] | None
Actor = Annotated[Text, option("--actor", takes="NAME", help="Who does it; default: the login name.")]
Reason = Annotated[str, option("--reason", takes="TEXT", help="Why; required.")]
Ticket = Annotated[Text, option("--ticket", takes="TEXT", help="The request it answers.")]
AsOf = Annotated[Text, option("--as-of", takes="TIME", help="As it stood then: 2026-11-22T09:00+01:00.")]
Cases = Annotated[Text, option("--open-cases", takes="NUMBER", help="Open cases, or a file of them by queue.")]
Output = Annotated[Path | None, option("-o", "--output", takes="FILE", help="Where to write: .csv or .parquet.")]
Fail = Annotated[bool, option("--fail-on-findings", help="End with exit code 1 where there are findings.")]

_LIST = "repeat it, or part with commas"
#: What a verb may be told besides its manner: name -> (type, help).
FIELDS: dict[str, Any] = {
    "name": Annotated[Text, option("--name", takes="TEXT", help="What people call it.")],
    "owner": Annotated[Text, option("--owner", takes="TEXT", help="Who answers for it.")],
    "policies": Annotated[Many, option("--policies", takes="TEXT", help=f"Policies it takes; {_LIST}.")],
    "languages": Annotated[Many, option("--languages", takes="TEXT", help=f"Languages it takes; {_LIST}.")],
    "regions": Annotated[Many, option("--regions", takes="TEXT", help=f"Regions it takes; {_LIST}.")],
    "sites": Annotated[Many, option("--sites", takes="TEXT", help=f"Sites that review it; {_LIST}.")],
    "sla_hours": Annotated[Text, option("--sla-hours", takes="NUMBER", help="Hours to decide a case in.")],
    "sla_share": Annotated[Text, option("--sla-share", takes="SHARE", help="Share to be decided in time.")],
    "review_due": Annotated[Text, option("--review-due", takes="DAY", help="When it must be looked at again.")],
    "retain_until": Annotated[Text, option("--retain-until", takes="DAY", help="Not archived before this day.")],
    "labels": Annotated[Many, option("--labels", takes="NAME=TEXT", help="Free notes; repeat it.")],
    "standard": Annotated[Text, option("--standard", takes="TEXT", help="The standard its reviewers work by.")],
}
_REROUTE = Annotated[Text, option("--reroute-to", takes="ID", help="The active queue that takes its cases.")]
_WIDEN = Annotated[bool, option("--widen", help="That queue takes over its policies, languages, regions and sites.")]
VERBS: dict[str, tuple[str, dict[str, Any]]] = {
    "create": ("Make a draft.", FIELDS),
    "amend": ("Change fields; an empty text clears one.", FIELDS),
    "activate": ("Open a draft for cases.", {}),
    "pause": ("Stop cases for a while.", {}),
    "resume": ("Let cases in again.", {}),
    "deactivate": ("Close it for cases.", {"open_cases": Cases, "reroute_to": _REROUTE}),
    "reactivate": ("Open it again.", {}),
    "archive": ("Put it away for good.", {}),
    "discard": ("Put a draft away that never took a case.", {}),
    "review": ("Confirm that its entry is right.", {"review_due": FIELDS["review_due"]}),
    "merge": (
        "Close it; another queue carries on for it.",
        {
            "open_cases": Cases,
            "into": Annotated[Text, option("--into", takes="ID", help="The queue that carries on.")],
            "widen": _WIDEN,
        },
    ),
    "split": (
        "Close it; two or more queues carry on for it.",
        {
            "open_cases": Cases,
            "into": Annotated[Many, option("--into", takes="ID", help=f"The queues that carry on; {_LIST}.")],
        },
    ),
    "clone": (
        "Make a draft with the same fields.",
        {"as_id": Annotated[Text, option("--as-id", takes="ID", help="The id of the new queue.")]},
    ),
}
MANNER: dict[str, tuple[Any, Any]] = {
    "reason": (Reason, ""),
    "ticket": (Ticket, None),
    "at": (Annotated[Text, option("--at", takes="TIME", help="When it takes effect; a time to come waits.")], None),
    "command_id": (Annotated[Text, option("--command-id", takes="TEXT", help="Sent twice, it is done once.")], None),
    "expected_version": (
        Annotated[int | None, option("--expected-version", takes="NUMBER", help="Refused unless it is this one.")],
        None,
    ),
    "actor": (Actor, None),
}
_SETS = ("policies", "languages", "regions", "sites")


def opened(place: str, actor: str | None = None, **how: Any) -> Registry:
    from assay.registry import Registry

    return Registry.open(place, actor=actor or _login(), **how)


def looked_at(place: str) -> Registry:
    return opened(place, "assay", read_only=True, create=False)


def _login() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        raise misused("--actor: the login name is not known here; say who acts") from None


def _parts(texts: Sequence[str]) -> list[str]:
    return [part.strip() for text in texts for part in text.split(",") if part.strip()]


def _pairs(name: str, texts: Sequence[str]) -> dict[str, str]:
    pairs = dict(text.partition("=")[::2] for text in texts if text)
    if any("=" not in text for text in texts if text):
        raise misused(f"{name}: wanted NAME=TEXT, got {next(t for t in texts if '=' not in t)!r}")
    return pairs


def _cases(text: str) -> Any:
    if text.isdigit():
        return int(text)
    path = Path(text)
    if path.suffix.lower() not in (".csv", ".parquet"):
        raise misused(f"--open-cases: wanted a number or a file, got {text!r}")
    table = Files().read(path).to_pydict()
    return {
        name: [int(each) if str(each).isdigit() else each for each in values]
        if name not in ("queue", "queue_id", "id")
        else values
        for name, values in table.items()
    }


def _value(verb: str, name: str, value: Any) -> Any:
    """An option's text as the verb takes it; an empty text clears."""
    if name in _SETS or (verb, name) == ("split", "into"):
        return _parts(value) or None
    if name == "labels":
        return _pairs("--labels", value) or None
    if value == "" and name in FIELDS:
        return None
    if name in ("sla_hours", "sla_share"):
        return number_of(f"--{name.replace('_', '-')}", value)
    return _cases(value) if name == "open_cases" else value


def _command(verb: str) -> Callable[..., None]:
    words, takes = VERBS[verb]

    def run(**given: Any) -> None:
        place, id = given.pop("db"), given.pop("id")
        manner = {name: given.pop(name) for name in MANNER}
        told = {name: _value(verb, name, value) for name, value in given.items() if value not in (None, [], False)}
        with opened(place, manner.pop("actor"), create=verb == "create") as registry:
            events = getattr(registry.queues, verb)(id, **told, **manner)
        say(*(f"{event.id}: {line}" for event, line in zip(events, events.story().splitlines(), strict=True)))

    keyword = inspect.Parameter.KEYWORD_ONLY
    kinds: dict[str, tuple[Any, Any]] = {"id": (Id, inspect.Parameter.empty), "db": (Place, inspect.Parameter.empty)}
    kinds |= {name: (kind, False if name == "widen" else None) for name, kind in takes.items()} | MANNER
    parameters = [inspect.Parameter(n, keyword, annotation=kind, default=d) for n, (kind, d) in kinds.items()]
    run.__name__, run.__doc__ = verb, words
    run.__annotations__ = {name: kind for name, (kind, _) in kinds.items()}
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return run


for _verb in VERBS:
    app.command(_verb, no_args_is_help=True)(_command(_verb))


@app.command("list")
def list_queues(
    db: Place,
    state: Annotated[Many, option("--state", takes="STATE", help="Only these; repeat it.")] = None,
    as_of: AsOf = None,
    output: Output = None,
) -> None:
    """List the queues, one a line."""
    outputs([output] if output else [], (".csv", ".parquet"), [])
    with looked_at(db) as registry:
        table = registry.table("queues", as_of=as_of)
    if output:
        with writing(output):
            write_table(_flat(table.to_arrow()) if output.suffix.lower() == ".csv" else table, output)
        say(f"Wrote {output}")
        return
    names = ["id", "state", "owner", "policies", "languages", "sites", "review_due"]
    rows = [row for row in table.records() if not state or row["state"] in state]
    print_rows(names, [[_cell(row[name]) for name in names] for row in rows], len(names), "-o queues.csv has them all")


def _flat(table: pa.Table) -> pa.Table:
    """Sets as text: a CSV file has no lists."""
    for position, field in enumerate(table.schema):
        if pa.types.is_list(field.type):
            texts = ["; ".join(each) or None for each in table.column(position).to_pylist()]
            table = table.set_column(position, field.name, pa.array(texts, pa.string()))
    return table


def _cell(value: Any) -> str:
    from assay.words import clean

    return "" if value is None else clean(", ".join(value) if isinstance(value, list | tuple) else str(value), 60)


@app.command(no_args_is_help=True)
def show(id: Id, db: Place) -> None:
    """Show one queue."""
    with looked_at(db) as registry:
        say(*repr(registry.queues[id]).strip("<").replace(">", "", 1).splitlines())


@app.command(no_args_is_help=True)
def history(id: Id, db: Place) -> None:
    """Tell the story of one queue, first event to last."""
    with looked_at(db) as registry:
        say(*str(registry.queues[id].history()).splitlines())


@app.command("import", no_args_is_help=True)
def import_register(
    file: Annotated[Path, argument("FILE", "The old register, .csv or .parquet.")],
    db: Place,
    column: Annotated[Many, option("--column", takes="FIELD=COLUMN", help="Repeat it: --column 'id=Queue ID'.")] = None,
    label: Annotated[Many, option("--label", takes="COLUMN", help="A column to keep as a label; repeat it.")] = None,
    state: Annotated[Many, option("--state", takes="WORD=STATE", help="What its words for states mean.")] = None,
    separator: Annotated[Text, option("--separator", takes="TEXT", help="What parts the entries of a set.")] = None,
    date_format: Annotated[Text, option("--date-format", takes="FORMAT", help="Such as %d/%m/%Y.")] = None,
    open_cases: Cases = None,
    reason: Annotated[str, option("--reason", takes="TEXT", show_default=True, help="Why.")] = "imported",
    ticket: Ticket = None,
    apply: Annotated[bool, option("--apply", help="Do it; without, only say what would be done.")] = False,
    actor: Actor = None,
    fail_on_findings: Fail = False,
) -> int:
    """Bring in an existing register: first look what would be done, then --apply."""
    files = Files()
    table = files.read(file)
    with opened(db, actor) as registry, files.blamed(), patience("Importing"):
        outcome = registry.import_register(
            table,
            columns=_pairs("--column", column or []),
            labels=label or [],
            states=_pairs("--state", state or []),
            separator=separator,
            date_format=date_format,
            open_cases=None if open_cases is None else _cases(open_cases),
            reason=reason,
            ticket=ticket,
            dry_run=not apply,
        )
    say(*outcome._summary().splitlines())
    return MISSED if fail_on_findings and not outcome.ok else 0


@app.command(no_args_is_help=True)
def snapshot(
    file: Annotated[Path, argument("FILE", "The SQLite file to write.")],
    db: Place,
    overwrite: Annotated[bool, option("--overwrite", help="Replace a file that is there.")] = False,
) -> None:
    """Write a SQLite file for everybody else's tools."""
    with looked_at(db) as registry, patience("Copying"):
        say(f"Wrote {registry.snapshot(file, overwrite=overwrite)}")


@app.command(no_args_is_help=True)
def checkpoint(
    db: Place,
    key_file: Annotated[Path, option("--key-file", takes="FILE", help="Holds the secret key.")],
    make_key: Annotated[bool, option("--make-key", help="Make a key and write it there first.")] = False,
) -> None:
    """Print a signed statement of how the journal ends; keep it elsewhere."""
    from assay.registry import make_key as made

    if make_key:
        if key_file.exists():
            raise misused(f"{key_file}: is there already; a key is never written over")
        with writing(key_file):
            made().save(key_file)
    if not key_file.is_file():
        raise misused(f"{key_file}: there is no such file (--make-key makes one)")
    with looked_at(db) as registry:
        say(str(registry.checkpoint(key_file)))


@app.command()
def verify(
    db: Place,
    against: Annotated[Path | None, option("--checkpoint", takes="FILE", help="One that was kept elsewhere.")] = None,
    key: Annotated[Text, option("--key", takes="KEY", help="The public key it was signed with.")] = None,
) -> None:
    """Prove that the journal is whole; exit code 4 where it is not."""
    from assay.registry import verify as proved

    if against is not None and not against.is_file():
        raise misused(f"{against}: there is no such file")
    line = None if against is None else against.read_text(encoding="utf-8", errors="replace").strip()
    with patience("Verifying"):
        verdict = proved(db, checkpoint=line, key=key)
    if not verdict:
        raise Stop(STORE_FAILED, str(verdict))
    say(str(verdict))


@app.command()
def audit(
    db: Place,
    table: Annotated[Many, option("--table", takes="NAME=FILE", help="What another system says; repeat it.")] = None,
    today: Annotated[Text, option("--today", takes="DAY", help="The day of the audit; default: today.")] = None,
    look: Annotated[bool, option("--look", help="Write nothing into the register.")] = False,
    reason: Annotated[Text, option("--reason", takes="TEXT", help="Why; default: the day of the audit.")] = None,
    ticket: Ticket = None,
    actor: Actor = None,
    output: Annotated[
        Many, option("-o", "--output", takes="FILE", help="The report: .html or .xlsx; repeat it.")
    ] = None,
    fail_on_findings: Fail = False,
) -> int:
    """Audit the register against other systems, and record what is found."""
    given: dict[str, Any] = {}
    files = Files()
    for name, path in _pairs("--table", table or []).items():
        present(Path(path))
        given[name] = files.read(Path(path))
    if today is not None:
        try:
            given["today"] = datetime.date.fromisoformat(today)
        except ValueError:
            raise misused(f"--today: wanted a day such as 2026-11-23, got {today!r}") from None
    outputs([Path(each) for each in output or []], (".html", ".xlsx"), [])
    with opened(db, actor, create=False) as registry, files.blamed(), patience("Auditing"):
        try:
            outcome = registry.audit(write=not look, reason=reason, ticket=ticket or "", **given)
        except TypeError as error:
            raise Stop(BAD_INPUT, f"--table: {error}") from error
    if output:
        outcome.save(*(os.fspath(each) for each in output))
        say(f"Wrote {', '.join(output)}")
    say(str(outcome))
    return MISSED if fail_on_findings and len(outcome.findings) else 0
