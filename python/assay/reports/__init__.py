"""Reports: the same results as a page or a workbook; the ending of the file chooses the writer.

assay.report(scores, change, title="Week 47", sources=["decisions.parquet"]).save("w47.html", "w47.xlsx")
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from assay._core import InputError, StoreError
from assay._drafts import draft
from assay._value import Value
from assay.reports.model import Model, build
from assay.results import Result, clean, listed

__all__ = ["Report", "report"]


def report(
    *results: Result, title: str | None = None, period: str | None = None, sources: Sequence[str] = ()
) -> Report:
    """A report of any number of results, in the order given.

    `title` and `period` default to what the results say of themselves; `sources` name where the rows came from, on top
    of what the results remember.
    """
    for position, result in enumerate(results):
        if not isinstance(result, Result):
            raise InputError(
                f"wanted results of Assay (scores, a comparison), got {type(result).__name__} at position {position}"
            )
    if not results:
        raise InputError("wanted at least one result to report on, got none")
    if isinstance(sources, str):
        raise InputError(f"wanted sources as a list of texts, got the text {clean(sources, 40)!r}; put it in a list")
    return Report(build(results, title=title, period=period, sources=tuple(sources)))


class Report(Value):
    """What a page and a workbook will say; `.save` writes them."""

    __slots__ = ("_model",)
    _model: Model
    _kind = "report"

    def __init__(self, model: Model) -> None:
        object.__setattr__(self, "_model", model)

    @property
    def model(self) -> Model:
        """The content, before any writer."""
        return self._model

    def save(self, *paths: str | os.PathLike[str]) -> list[Path]:
        """Write the report to each path; the ending says as what. Either all files are written or none is changed.

        Raises InputError for an ending that no writer knows, before anything is written, and StoreError where a file
        cannot be written.
        """
        if not paths:
            raise InputError(f"wanted at least one path ending in {listed(sorted(WRITERS))}, got none")
        for path in paths:
            if not isinstance(path, str | os.PathLike):
                raise InputError(f"wanted paths as text or pathlib.Path, got {type(path).__name__}")
            if "\0" in str(path) or any("\ud800" <= character <= "\udc7f" for character in str(path)):
                raise InputError(f"wanted a path that files can have, got {str(path)!a}; choose another name")
        targets = [Path(path) for path in paths]
        for target in targets:
            if target.suffix.lower() not in WRITERS:
                raise InputError(
                    f"wanted a path ending in {listed(sorted(WRITERS))}, got {clean(target.name)!r}; "
                    "other endings are not supported"
                )
            if not target.absolute().parent.is_dir():
                raise InputError(f"wanted a folder that exists, got {clean(target.parent, 300)!r}; make it first")
            if target.is_dir():
                raise InputError(f"wanted a file to write, got the folder {clean(target, 300)!r}")
        made = {suffix: WRITERS[suffix](self._model) for suffix in dict.fromkeys(t.suffix.lower() for t in targets)}
        drafts: list[tuple[Path, Path]] = []
        try:
            for target in targets:
                with _writing(target):
                    drafts.append((draft(target, made[target.suffix.lower()]), target))
            for beside, target in drafts:
                with _writing(target):
                    beside.replace(target)
        finally:
            for beside, _ in drafts:
                beside.unlink(missing_ok=True)
        return targets

    def _repr_html_(self) -> str:
        from assay.reports.html import fragment

        return fragment(self._model)

    def __repr__(self) -> str:
        return (
            f"<Report: {self._model.title}, {len(self._model.sections)} results; .save('report.html', 'report.xlsx')>"
        )


@contextlib.contextmanager
def _writing(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreError(f"{clean(target, 300)}: could not be written: {error.strerror or error}") from error


def _html(model: Model) -> bytes:
    from assay.reports.html import page

    return page(model).encode(errors="replace")


def _excel(model: Model) -> bytes:
    from assay.reports.excel import workbook

    return workbook(model)


WRITERS: dict[str, Callable[[Model], bytes]] = {".html": _html, ".xlsx": _excel}
