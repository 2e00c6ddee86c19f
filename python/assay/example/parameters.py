"""What an operation is made from: labels, queues, sites, reviewers, and the bundled ones."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import NamedTuple

from assay._metrics import METRICS

violating: tuple[str, ...] = ("remove", "restrict")
"""The labels that mean action against the listing."""

not_violating: tuple[str, ...] = ("approve",)
"""The labels that leave the listing alone."""

undecided: tuple[str, ...] = ("escalated",)
"""The labels that settle nothing yet."""

labels: tuple[str, ...] = ("approve", "remove", "restrict", "escalated")
"""Every label a decision can carry."""

metrics: tuple[str, ...] = METRICS
"""The rates `Operation.true_rates` answers, named as the metrics of `assay.score`."""

APPROVE, REMOVE, ESCALATED = 0, 1, 3  # places in `labels`


class Policy(NamedTuple):
    """A policy listings are judged under: its share of the queue's cases, and how many of them violate it."""

    name: str
    weight: int
    violation_rate: float


@dataclass(frozen=True)
class Queue:
    """A queue and the chances of error in it at a site and with a reviewer of factor 1.

    `weight` is its share of all cases against the other queues'; `hard` says which site weights deal its cases out;
    `seconds`, `price` and `views` scale handle time, listing value and exposure.
    """

    name: str
    weight: int
    hard: bool
    policies: tuple[Policy, ...]
    miss: float
    false_alarm: float
    wrong_action: float
    remove_share: float
    escalation: float
    seconds: int = 40
    price: int = 30
    views: int = 20


@dataclass(frozen=True)
class Site:
    """A site: its weights for simple and for hard queues, its error factor, and its languages with their weights."""

    name: str
    simple: int
    hard: int
    factor: float
    languages: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Reviewer:
    """A reviewer: the site, the share of the site's work against colleagues', the error factor."""

    name: str
    site: str
    weight: int
    factor: float


@dataclass(frozen=True)
class Drift:
    """From week number `week` on (counting from 1), every chance of error at `site` is multiplied by `factor`."""

    site: str
    week: int
    factor: float


@dataclass(frozen=True)
class Parameters:
    """Every number an operation was made from."""

    seed: int
    start: datetime.date
    weeks: int
    cases_per_week: int
    queues: tuple[Queue, ...]
    sites: tuple[Site, ...]
    reviewers: tuple[Reviewer, ...]
    drift: Drift | None


# fmt: off
QUEUES: tuple[Queue, ...] = tuple(
    Queue(name, weight, bool(hard), tuple(Policy(*policy) for policy in policies), *chances, *scales)
    for name, weight, hard, policies, chances, scales in [
        # name, weight, hard, policies (name, weight, violation rate);
        #     (miss, false alarm, wrong action, remove share, escalation), (seconds, price, views)
        ("electronics-counterfeit", 180, 1, [("trademark", 60, .08), ("lookalike", 25, .05), ("spare parts", 15, .03)],
            (.18, .030, .06, .70, .02), (55, 90, 30)),
        ("fashion-counterfeit", 220, 0, [("trademark", 70, .14), ("lookalike", 30, .07)],
            (.15, .040, .05, .75, .02), (40, 45, 25)),
        ("beauty-safety", 130, 1, [("ingredients", 50, .04), ("health claims", 30, .06), ("expired goods", 20, .02)],
            (.22, .025, .08, .55, .03), (60, 20, 40)),
        ("food-supplements", 90, 1, [("ingredients", 40, .05), ("health claims", 60, .10)],
            (.25, .035, .10, .50, .04), (65, 25, 35)),
        ("toys-safety", 120, 0, [("choking hazard", 55, .02), ("missing labels", 45, .05)],
            (.12, .015, .07, .40, .01), (35, 18, 15)),
        ("weapons-restricted", 50, 0, [("weapons", 70, .012), ("replicas", 30, .004)],
            (.08, .010, .04, .95, .02), (30, 60, 10)),
        ("adult-content", 110, 0, [("nudity", 65, .06), ("age rating", 35, .09)],
            (.10, .030, .12, .30, .01), (20, 22, 80)),
        ("livestream-claims", 100, 1, [("health claims", 45, .09), ("price claims", 35, .07), ("off-site", 20, .04)],
            (.28, .045, .09, .35, .05), (120, 28, 200)),
        ("health-devices", 60, 1, [("certification", 60, .05), ("health claims", 40, .06)],
            (.20, .030, .08, .60, .04), (70, 75, 15)),
        ("ticket-fraud", 35, 0, [("fake listing", 80, .11), ("price claims", 20, .05)],
            (.16, .050, .05, .85, .03), (45, 110, 50)),
        ("pets-wildlife", 25, 1, [("protected species", 30, .03), ("live animals", 70, .08)],
            (.24, .020, .06, .80, .05), (75, 65, 20)),
        ("refurbished-grading", 45, 0, [("condition", 100, .08)],
            (.18, .040, .11, .25, .02), (50, 150, 20)),
    ]
)
# fmt: on

SITES: tuple[Site, ...] = (
    Site("Dublin", 15, 30, 0.8, (("en", 50), ("de", 25), ("fr", 25))),
    Site("Manila", 40, 20, 1.0, (("en", 60), ("tl", 25), ("id", 15))),
    Site("Bogota", 25, 20, 1.3, (("es", 70), ("pt", 30))),
    Site("Krakow", 20, 30, 0.9, (("pl", 35), ("de", 30), ("en", 20), ("cs", 15))),
    Site("Hyderabad", 30, 15, 1.1, (("hi", 40), ("en", 40), ("te", 20))),
    Site("Cairo", 15, 10, 1.4, (("ar", 70), ("fr", 15), ("en", 15))),
)
