"""What an example register is made of: its vocabulary, and what comes out."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assay.register_audit import Feed

POLICIES = (
    "Counterfeit", "Weapons", "Drugs", "Alcohol", "Tobacco", "Gambling", "Scams", "Spam", "Nudity", "Hate speech",
    "Harassment", "Self-harm", "Violence", "Terrorism", "Misinformation", "Impersonation", "Phishing", "Copyright",
    "Privacy", "Animal cruelty", "Child safety", "Medical claims", "Unsafe products", "Price gouging",
)  # fmt: skip
SURFACES = (
    "listings", "storefronts", "reviews", "messages", "livestreams", "short videos", "comments", "profiles",
    "advertisements", "questions", "appeals", "images",
)  # fmt: skip
MARKETS = (
    ("eu-de", "Germany", "de"), ("eu-fr", "France", "fr"), ("eu-it", "Italy", "it"), ("eu-es", "Spain", "es"),
    ("eu-pl", "Poland", "pl"), ("eu-nl", "Netherlands", "nl"), ("eu-se", "Sweden", "sv"), ("eu-ie", "Ireland", "en"),
    ("eu-pt", "Portugal", "pt"), ("eu-cz", "Czechia", "cs"), ("uk", "United Kingdom", "en"),
    ("us", "United States", "en"), ("mx", "Mexico", "es"), ("br", "Brazil", "pt"), ("sg", "Singapore", "en"),
    ("my", "Malaysia", "ms"), ("id", "Indonesia", "id"), ("th", "Thailand", "th"), ("vn", "Vietnam", "vi"),
    ("ph", "Philippines", "en"),
)  # fmt: skip
SHIFTS = ("", "priority", "overnight", "new sellers")
SITES = ("Lisbon", "Manila", "Dublin", "Cairo", "Kuala Lumpur", "Warsaw", "Bogota", "Pune")
FIRST = ("ana", "ben", "chi", "dan", "eva", "fay", "gus", "hana", "ivo", "jo", "kim", "lea", "max", "nia", "omar")
LAST = ("lima", "ortiz", "tan", "novak", "silva", "khan", "meyer", "rossi")
FIELDS = (
    "id", "state", "version", "created", "changed", "name", "owner", "policies", "languages", "regions", "sites",
    "sla_hours", "sla_share", "review_due", "retain_until", "standard", "reroute_to", "merged_into", "merged_from",
    "split_into", "split_from", "cloned_from", "reviewed_on",
)  # fmt: skip
FINDING_FIELDS = (
    "id", "state", "rule", "severity", "subject", "owner", "due", "summary", "evidence", "source", "answer",
    "waived_until",
)  # fmt: skip
MOST = len(POLICIES) * len(SURFACES) * len(MARKETS) * len(SHIFTS)


@dataclass(frozen=True, slots=True)
class Planted:
    """One fault, as the audit has to find it."""

    rule: str
    subject: str
    source: str = ""
    detail: str = ""

    @property
    def id(self) -> str:
        """The id of its finding."""
        from assay.register_audit import id_of

        return id_of(self.rule, self.subject, self.source, self.detail)


@dataclass(frozen=True, slots=True)
class Register:
    """A register, other systems' tables, and the truth."""

    today: datetime.date
    queues: Any
    findings: Any
    tables: Mapping[str, Any]
    feeds: tuple[Feed, ...]
    truth: tuple[Planted, ...]
    #: Ids in the book of findings: closed by this audit, opened again, and what remains waived.
    mended: frozenset[str]
    returned: frozenset[str]
    run_out: frozenset[str]
    waived: frozenset[str]

    @property
    def routing(self) -> Any:
        """The routing tool: policies, languages, regions, sites and status of each queue, sets as text."""
        return self.tables["routing"]

    @property
    def bi(self) -> Any:
        """The BI platform: name, owner, SLA and review date of each queue."""
        return self.tables["bi"]

    @property
    def roster(self) -> Any:
        """The vendor roster: which sites review which queue, in which languages."""
        return self.tables["roster"]
