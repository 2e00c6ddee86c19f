"""The command line: `assay demo`, `assay plan`, `assay draw`, `assay score`, `assay compare`, `assay registry …`.

Files are CSV or Parquet by their ending. Exit codes: 0 done, 1 a target missed (only with --fail-on-missed), 2 bad
use, 3 bad input, 4 a file could not be written or the store failed. An error is one line on standard error.

CSV, so that a sample can be written, sent away and read back with no loss:

* Every column is read as text, exactly as it stands: 007 keeps its zeros, NA and null are labels. Only a cell with
  nothing in it is a null; `""` is empty text. The library reads numbers and true/false from their text.
* A spreadsheet runs a cell that begins with = + - @ (or a tab or line break before them) as a formula. Such text is
  written with an apostrophe before it, unless it is a plain number, and the apostrophe is taken off again on reading;
  column names likewise.
* UTF-8, with or without a byte order mark. Where the header has no comma, semicolons or tabs separate.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import NoReturn

try:
    for _each in ("pyarrow", "rich", "typer"):
        import_module(_each)
except ImportError as missing:
    print(
        f"assay: the command line needs {missing.name}, which is not installed; "
        "install it with: pip install 'assay[cli]'",
        file=sys.stderr,
    )
    raise SystemExit(2) from missing

import typer

from assay._core import AssayError, StoreError
from assay.cli.compare import compare
from assay.cli.demo import demo
from assay.cli.draw import draw
from assay.cli.errors import BAD_INPUT, BAD_USE, DONE, STORE_FAILED, Stop
from assay.cli.options import app
from assay.cli.plan import plan
from assay.cli.registry import app as registry_app
from assay.cli.score import score
from assay.cli.tables import read_table, write_table

__all__ = ["app", "main", "read_table", "write_table"]

PATIENCE = 2.0  # seconds before anything about progress is shown
ROWS_SHOWN = 50  # on a terminal; a pipe gets them all

app.command()(demo)
for _command in (plan, draw, score, compare):
    app.command(no_args_is_help=True)(_command)
app.add_typer(registry_app)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run a command and exit with its code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in given
    raise SystemExit(_run([each for each in given if each != "--debug"], debug))


def _run(arguments: list[str], debug: bool) -> int:
    from assay.results import clean

    known = [each.callback.__name__ for each in app.registered_commands if each.callback is not None]
    command = next((f"assay {each}" for each in arguments[:1] if each in known), "assay")
    if arguments[:1] == ["registry"]:
        verbs = {each.name or getattr(each.callback, "__name__", "") for each in registry_app.registered_commands}
        command = " ".join(["assay registry", *(each for each in arguments[1:2] if each in verbs)])
    try:
        try:
            code = app(arguments, prog_name="assay", standalone_mode=False)
            sys.stdout.flush()
            return code if isinstance(code, int) else DONE
        except Exception:
            if debug:
                import traceback

                traceback.print_exc()
            raise
    except Stop as stop:
        code, message = stop.code, str(stop)
    except typer.Abort:
        code, message = 130, "interrupted"
    except KeyboardInterrupt:
        code, message = 130, "interrupted"
    except BrokenPipeError:  # the reader of a pipe has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + 13
    except StoreError as error:
        code, message = STORE_FAILED, str(error)
    except AssayError as error:
        code, message = BAD_INPUT, str(error)
    except Exception as error:
        if not hasattr(error, "format_message"):  # not a refusal of the command line itself
            code, message = 70, f"something went wrong inside: {type(error).__name__}: {error} (--debug says where)"
        else:
            code, message = BAD_USE, f"{error.format_message()} (see: {command} --help)"
            if not error.format_message():  # the help was asked for by giving nothing; it is printed already
                return BAD_USE
    print(f"{command}: {clean(' '.join(message.split()), 2000)}", file=sys.stderr)
    return code
