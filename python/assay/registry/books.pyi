# Written from the tables of the compiled library by tools/check_stubs.py --write.
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from types import EllipsisType
from typing import Any

from assay.registry._book import Book, Record
from assay.registry._events import Events

BOOKS: dict[str, type[Book]]

class Queue(Record):
    @property
    def id(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def version(self) -> int: ...
    @property
    def created(self) -> datetime: ...
    @property
    def changed(self) -> datetime: ...
    @property
    def name(self) -> str | None: ...
    @property
    def owner(self) -> str | None: ...
    @property
    def policies(self) -> tuple[str, ...]: ...
    @property
    def languages(self) -> tuple[str, ...]: ...
    @property
    def regions(self) -> tuple[str, ...]: ...
    @property
    def sites(self) -> tuple[str, ...]: ...
    @property
    def sla_hours(self) -> float | None: ...
    @property
    def sla_share(self) -> float | None: ...
    @property
    def review_due(self) -> date | None: ...
    @property
    def retain_until(self) -> date | None: ...
    @property
    def labels(self) -> Mapping[str, str]: ...
    @property
    def standard(self) -> str | None: ...
    @property
    def reroute_to(self) -> str | None: ...
    @property
    def merged_into(self) -> str | None: ...
    @property
    def merged_from(self) -> tuple[str, ...]: ...
    @property
    def split_into(self) -> tuple[str, ...]: ...
    @property
    def split_from(self) -> tuple[str, ...]: ...
    @property
    def cloned_from(self) -> str | None: ...
    @property
    def reviewed_on(self) -> date | None: ...

class Queues(Book):
    def __getitem__(self, id: str | int) -> Queue: ...
    def get(self, id: str | int, default: Any = None) -> Queue | Any: ...
    def create(
        self,
        id: str | int,
        *,
        name: str | None = None,
        owner: str | None = None,
        policies: Iterable[str] | None = None,
        languages: Iterable[str] | None = None,
        regions: Iterable[str] | None = None,
        sites: Iterable[str] | None = None,
        sla_hours: float | None = None,
        sla_share: float | None = None,
        review_due: date | str | None = None,
        retain_until: date | str | None = None,
        labels: Mapping[str, str] | None = None,
        standard: str | None = None,
        reason: str = "",
        ticket: str | None = None,
        at: datetime | str | None = None,
        command_id: str | None = None,
        expected_version: int | None = None,
        actor: str | None = None,
    ) -> Events: ...
    def create_all(
        self,
        rows: Any,
        *,
        name: str | None = None,
        owner: str | None = None,
        policies: Iterable[str] | None = None,
        languages: Iterable[str] | None = None,
        regions: Iterable[str] | None = None,
        sites: Iterable[str] | None = None,
        sla_hours: float | None = None,
        sla_share: float | None = None,
        review_due: date | str | None = None,
        retain_until: date | str | None = None,
        labels: Mapping[str, str] | None = None,
        standard: str | None = None,
        reason: str = "",
        ticket: str | None = None,
        at: datetime | str | None = None,
        actor: str | None = None,
    ) -> Events: ...
    def amend(
        self,
        id: str | int,
        *,
        name: str | None | EllipsisType = ...,
        owner: str | None | EllipsisType = ...,
        policies: Iterable[str] | None | EllipsisType = ...,
        languages: Iterable[str] | None | EllipsisType = ...,
        regions: Iterable[str] | None | EllipsisType = ...,
        sites: Iterable[str] | None | EllipsisType = ...,
        sla_hours: float | None | EllipsisType = ...,
        sla_share: float | None | EllipsisType = ...,
        review_due: date | str | None | EllipsisType = ...,
        retain_until: date | str | None | EllipsisType = ...,
        labels: Mapping[str, str] | None | EllipsisType = ...,
        standard: str | None | EllipsisType = ...,
        reason: str = "",
        ticket: str | None = None,
        at: datetime | str | None = None,
        command_id: str | None = None,
        expected_version: int | None = None,
        actor: str | None = None,
    ) -> Events: ...
    def amend_all(
        self,
        rows: Any,
        *,
        name: str | None | EllipsisType = ...,
        owner: str | None | EllipsisType = ...,
        policies: Iterable[str] | None | EllipsisType = ...,
        languages: Iterable[str] | None | EllipsisType = ...,
        regions: Iterable[str] | None | EllipsisType = ...,
        sites: Iterable[str] | None | EllipsisType = ...,
        sla_hours: float | None | EllipsisType = ...,
        sla_share: float | None | EllipsisType = ...,
        review_due: date | str | None | EllipsisType = ...,
        retain_until: date | str | None | EllipsisType = ...,
        labels: Mapping[str, str] | None | EllipsisType = ...,
        standard: str | None | EllipsisType = ...,
        reason: str = "",
        ticket: str | None = None,
        at: datetime | str | None = None,
        actor: str | None = None,
    ) -> Events: ...
    def activate(
        self,
        id: str | int,
        *,
        reason: str = "",
        ticket: str | None = None,
        at: datetime | str | None = None,
        command_id: str | None = None,
        expected_version: int | None = None,
        actor: str | None = None,
    ) -> Events: ...
    def activate_all(
        self,
        rows: Any,
        *,
        reason: str = "",
        ticket: str | None = None,
        at: datetime | str | None = None,
        actor: str | None = None,
    ) -> Events: ...
    def pause(
        self,
        id: str | int,
        *,
        reason: str = "",
        ticket: str | None = None,
        at: datetime | str | None = None,
        command_id: str | None = None,
        expected_version: int | None = None,
        actor: str | None = None,
    ) -> Events: ...
    def pause_all(
        self,
        rows: Any,
        *,
        reason: str = "",
        ticket: str | None = None,
        at: datetime | str | None = None,
        actor: str | None = None,
    ) -> Events: ...
    def resume(
        self,
        id: str | int,
        *,
        reason: str = "",
        ticket: str | None = None,
        at: datetime | str | None = None,
        command_id: str | None = None,
        expected_version: int | None = None,
        actor: str | None = None,
    ) -> Events: ...
    def resume_all(
        self,
        rows: Any,
        *,
        reason: str = "",
        ticket: str | None = None,
        at: datetime | str | None = None,
        actor: str | None = None,
    ) -> Events: ...
    def deactivate(
        self,
        id: str | int,
        *,
        open_cases: int | Any | None = None,
        reroute_to: str | None = None,
        reason: str = "",
        ticket: str | None = None,
        at: datetime | str | None = None,
        command_id: str | None = None,
        expected_version: int | None = None,
        actor: str | None = None,
    ) -> Events: ...
    def deactivate_all(
        self,
        rows: Any,
        *,
        open_cases: int | Any | None = None,
        reroute_to: str | None = None,
        reason: str = "",
        ticket: str | None = None,
        at: datetime | str | None = None,
        actor: str | None = None,
    ) -> Events: ...
    def reactivate(
        self,
        id: str | int,
        *,
        reason: str = "",
        ticket: str | None = None,
        at: datetime | str | None = None,
        command_id: str | None = None,
        expected_version: int | None = None,
        actor: str | None = None,
    ) -> Events: ...
    def reactivate_all(
        self,
        rows: Any,
        *,
        reason: str = "",
        ticket: str | None = None,
        at: datetime | str | None = None,
        actor: str | None = None,
    ) -> Events: ...
    def archive(
        self,
        id: str | int,
        *,
        reason: str = "",
        ticket: str | None = None,
        at: datetime | str | None = None,
        command_id: str | None = None,
        expected_version: int | None = None,
        actor: str | None = None,
    ) -> Events: ...
    def archive_all(
        self,
        rows: Any,
        *,
        reason: str = "",
        ticket: str | None = None,
        at: datetime | str | None = None,
        actor: str | None = None,
    ) -> Events: ...
    def discard(
        self,
        id: str | int,
        *,
        reason: str = "",
        ticket: str | None = None,
        at: datetime | str | None = None,
        command_id: str | None = None,
        expected_version: int | None = None,
        actor: str | None = None,
    ) -> Events: ...
    def discard_all(
        self,
        rows: Any,
        *,
        reason: str = "",
        ticket: str | None = None,
        at: datetime | str | None = None,
        actor: str | None = None,
    ) -> Events: ...
    def review(
        self,
        id: str | int,
        *,
        review_due: date | str | None = None,
        reason: str = "",
        ticket: str | None = None,
        at: datetime | str | None = None,
        command_id: str | None = None,
        expected_version: int | None = None,
        actor: str | None = None,
    ) -> Events: ...
    def review_all(
        self,
        rows: Any,
        *,
        review_due: date | str | None = None,
        reason: str = "",
        ticket: str | None = None,
        at: datetime | str | None = None,
        actor: str | None = None,
    ) -> Events: ...
    def merge(
        self,
        id: str | int,
        *,
        open_cases: int | Any | None = None,
        into: str | None = None,
        widen: bool | None = None,
        reason: str = "",
        ticket: str | None = None,
        at: datetime | str | None = None,
        command_id: str | None = None,
        expected_version: int | None = None,
        actor: str | None = None,
    ) -> Events: ...
    def merge_all(
        self,
        rows: Any,
        *,
        open_cases: int | Any | None = None,
        into: str | None = None,
        widen: bool | None = None,
        reason: str = "",
        ticket: str | None = None,
        at: datetime | str | None = None,
        actor: str | None = None,
    ) -> Events: ...
    def split(
        self,
        id: str | int,
        *,
        open_cases: int | Any | None = None,
        into: Iterable[str] | None = None,
        reason: str = "",
        ticket: str | None = None,
        at: datetime | str | None = None,
        command_id: str | None = None,
        expected_version: int | None = None,
        actor: str | None = None,
    ) -> Events: ...
    def split_all(
        self,
        rows: Any,
        *,
        open_cases: int | Any | None = None,
        into: Iterable[str] | None = None,
        reason: str = "",
        ticket: str | None = None,
        at: datetime | str | None = None,
        actor: str | None = None,
    ) -> Events: ...
    def clone(
        self,
        id: str | int,
        *,
        as_id: str | None = None,
        reason: str = "",
        ticket: str | None = None,
        at: datetime | str | None = None,
        command_id: str | None = None,
        expected_version: int | None = None,
        actor: str | None = None,
    ) -> Events: ...
    def clone_all(
        self,
        rows: Any,
        *,
        as_id: str | None = None,
        reason: str = "",
        ticket: str | None = None,
        at: datetime | str | None = None,
        actor: str | None = None,
    ) -> Events: ...

class Finding(Record):
    @property
    def id(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def version(self) -> int: ...
    @property
    def created(self) -> datetime: ...
    @property
    def changed(self) -> datetime: ...
    @property
    def rule(self) -> str | None: ...
    @property
    def severity(self) -> str | None: ...
    @property
    def subject(self) -> str | None: ...
    @property
    def owner(self) -> str | None: ...
    @property
    def due(self) -> date | None: ...
    @property
    def summary(self) -> str | None: ...
    @property
    def evidence(self) -> str | None: ...
    @property
    def waived_until(self) -> date | None: ...
    @property
    def answer(self) -> str | None: ...
    @property
    def source(self) -> str | None: ...

class Findings(Book):
    def __getitem__(self, id: str | int) -> Finding: ...
    def get(self, id: str | int, default: Any = None) -> Finding | Any: ...
    def raise_(
        self,
        id: str | int,
        *,
        rule: str | None = None,
        severity: str | None = None,
        subject: str | None = None,
        owner: str | None = None,
        due: date | str | None = None,
        summary: str | None = None,
        evidence: str | None = None,
        answer: str | None = None,
        source: str | None = None,
        reason: str = "",
        ticket: str | None = None,
        at: datetime | str | None = None,
        command_id: str | None = None,
        expected_version: int | None = None,
        actor: str | None = None,
    ) -> Events: ...
    def raise_all(
        self,
        rows: Any,
        *,
        rule: str | None = None,
        severity: str | None = None,
        subject: str | None = None,
        owner: str | None = None,
        due: date | str | None = None,
        summary: str | None = None,
        evidence: str | None = None,
        answer: str | None = None,
        source: str | None = None,
        reason: str = "",
        ticket: str | None = None,
        at: datetime | str | None = None,
        actor: str | None = None,
    ) -> Events: ...
    def amend(
        self,
        id: str | int,
        *,
        rule: str | None | EllipsisType = ...,
        severity: str | None | EllipsisType = ...,
        subject: str | None | EllipsisType = ...,
        owner: str | None | EllipsisType = ...,
        due: date | str | None | EllipsisType = ...,
        summary: str | None | EllipsisType = ...,
        evidence: str | None | EllipsisType = ...,
        answer: str | None | EllipsisType = ...,
        source: str | None | EllipsisType = ...,
        reason: str = "",
        ticket: str | None = None,
        at: datetime | str | None = None,
        command_id: str | None = None,
        expected_version: int | None = None,
        actor: str | None = None,
    ) -> Events: ...
    def amend_all(
        self,
        rows: Any,
        *,
        rule: str | None | EllipsisType = ...,
        severity: str | None | EllipsisType = ...,
        subject: str | None | EllipsisType = ...,
        owner: str | None | EllipsisType = ...,
        due: date | str | None | EllipsisType = ...,
        summary: str | None | EllipsisType = ...,
        evidence: str | None | EllipsisType = ...,
        answer: str | None | EllipsisType = ...,
        source: str | None | EllipsisType = ...,
        reason: str = "",
        ticket: str | None = None,
        at: datetime | str | None = None,
        actor: str | None = None,
    ) -> Events: ...
    def waive(
        self,
        id: str | int,
        *,
        until: date | str | None = None,
        reason: str = "",
        ticket: str | None = None,
        at: datetime | str | None = None,
        command_id: str | None = None,
        expected_version: int | None = None,
        actor: str | None = None,
    ) -> Events: ...
    def waive_all(
        self,
        rows: Any,
        *,
        until: date | str | None = None,
        reason: str = "",
        ticket: str | None = None,
        at: datetime | str | None = None,
        actor: str | None = None,
    ) -> Events: ...
    def fix(
        self,
        id: str | int,
        *,
        reason: str = "",
        ticket: str | None = None,
        at: datetime | str | None = None,
        command_id: str | None = None,
        expected_version: int | None = None,
        actor: str | None = None,
    ) -> Events: ...
    def fix_all(
        self,
        rows: Any,
        *,
        reason: str = "",
        ticket: str | None = None,
        at: datetime | str | None = None,
        actor: str | None = None,
    ) -> Events: ...
    def reopen(
        self,
        id: str | int,
        *,
        rule: str | None | EllipsisType = ...,
        severity: str | None | EllipsisType = ...,
        subject: str | None | EllipsisType = ...,
        owner: str | None | EllipsisType = ...,
        due: date | str | None | EllipsisType = ...,
        summary: str | None | EllipsisType = ...,
        evidence: str | None | EllipsisType = ...,
        answer: str | None | EllipsisType = ...,
        source: str | None | EllipsisType = ...,
        reason: str = "",
        ticket: str | None = None,
        at: datetime | str | None = None,
        command_id: str | None = None,
        expected_version: int | None = None,
        actor: str | None = None,
    ) -> Events: ...
    def reopen_all(
        self,
        rows: Any,
        *,
        rule: str | None | EllipsisType = ...,
        severity: str | None | EllipsisType = ...,
        subject: str | None | EllipsisType = ...,
        owner: str | None | EllipsisType = ...,
        due: date | str | None | EllipsisType = ...,
        summary: str | None | EllipsisType = ...,
        evidence: str | None | EllipsisType = ...,
        answer: str | None | EllipsisType = ...,
        source: str | None | EllipsisType = ...,
        reason: str = "",
        ticket: str | None = None,
        at: datetime | str | None = None,
        actor: str | None = None,
    ) -> Events: ...
