"""The rows of an operation, made from its parameters."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from assay.example.checks import refuse
from assay.example.parameters import APPROVE, ESCALATED, REMOVE, Parameters, Reviewer, Site, labels
from assay.example.random import Chooser, Stream, Words, random_words, scramble, uniform_of
from assay.example.tables import Coded

CAP = 0.6  # of the chance to miss, and of the chance of a false alarm
CAP_WRONG = 0.3  # of the chance to take the other action; with CAP it stays below 1
CHUNK = 1 << 18
WEEK = 7 * 24 * 3600 * 1_000_000  # microseconds
RIGHT, OVER_ENFORCED, LEAKED, WRONG_LABEL, UNDECIDED = range(5)  # what a decision was


def staff(sites: Sequence[Site], each: int) -> tuple[Reviewer, ...]:
    """Hire reviewers for every site: factors spread over 0.5 + 1.5 q^2 at mid-ranks q, shuffled."""
    out = []
    for number, site in enumerate(sites):
        ranks = sorted(range(each), key=lambda j: scramble(scramble(number + 1) ^ (Stream.ORDER << 32) ^ j))
        for j, rank in enumerate(ranks):
            q = (rank + 0.5) / each
            weight = 6 + scramble(scramble(number + 1) ^ (Stream.WORKLOAD << 32) ^ j) % 9
            out.append(
                Reviewer(f"{site.name[:3].lower()}{number + 1}-{j + 1:02d}", site.name, weight, 0.5 + 1.5 * q * q)
            )
    return tuple(out)


def _distinct(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


@dataclass
class Rows:
    """The generated rows, as codes."""

    queue: NDArray[np.uint8]
    site: NDArray[np.uint8]
    reviewer: NDArray[np.uint16]
    policy: NDArray[np.uint16]
    language: NDArray[np.uint16]
    truth: NDArray[np.uint8]
    decision: NDArray[np.uint8]
    decided_at: NDArray[np.int64]
    views: NDArray[np.int32]
    value: NDArray[np.float64]
    handle_seconds: NDArray[np.int32]
    prediction: NDArray[np.float64]
    policies: tuple[str, ...] = field(default=())
    languages: tuple[str, ...] = field(default=())


def generate(p: Parameters) -> Rows:
    policies = _distinct([policy.name for queue in p.queues for policy in queue.policies])
    languages = _distinct([name for site in p.sites for name, _ in site.languages])
    n = p.weeks * p.cases_per_week
    out = Rows(
        queue=np.empty(n, np.uint8),
        site=np.empty(n, np.uint8),
        reviewer=np.empty(n, np.uint16),
        policy=np.empty(n, np.uint16),
        language=np.empty(n, np.uint16),
        truth=np.empty(n, np.uint8),
        decision=np.empty(n, np.uint8),
        decided_at=np.empty(n, np.int64),
        views=np.empty(n, np.int32),
        value=np.empty(n, np.float64),
        handle_seconds=np.empty(n, np.int32),
        prediction=np.empty(n, np.float64),
        policies=policies,
        languages=languages,
    )

    choose_queue = Chooser([[(code, queue.weight) for code, queue in enumerate(p.queues)]])
    choose_site = Chooser(
        [
            [(code, site.simple) for code, site in enumerate(p.sites)],
            [(code, site.hard) for code, site in enumerate(p.sites)],
        ]
    )
    choose_reviewer = Chooser(
        [[(c, r.weight) for c, r in enumerate(p.reviewers) if r.site == site.name] for site in p.sites]
    )
    # A policy is drawn as queue x position, so that its violation rate can differ from queue to queue.
    flat = [(number, policy) for number, queue in enumerate(p.queues) for policy in queue.policies]
    choose_policy = Chooser(
        [[(c, pol.weight) for c, (owner, pol) in enumerate(flat) if owner == q] for q in range(len(p.queues))]
    )
    choose_language = Chooser([[(languages.index(name), w) for name, w in site.languages] for site in p.sites])
    policy_code = np.array([policies.index(policy.name) for _, policy in flat], dtype=np.uint16)
    violation_rate = np.array([policy.violation_rate for _, policy in flat])

    def of_queues(name: str) -> NDArray[np.float64]:
        return np.array([float(getattr(queue, name)) for queue in p.queues])

    hard = np.array([int(queue.hard) for queue in p.queues])
    miss, false_alarm, wrong_action = of_queues("miss"), of_queues("false_alarm"), of_queues("wrong_action")
    remove_share, escalation = of_queues("remove_share"), of_queues("escalation")
    seconds, price, views = of_queues("seconds"), of_queues("price"), of_queues("views")
    site_factor = np.array([site.factor for site in p.sites])
    reviewer_factor = np.array([reviewer.factor for reviewer in p.reviewers])
    first_instant = (p.start - datetime.date(1970, 1, 1)).days * 24 * 3600 * 1_000_000
    step = WEEK // p.cases_per_week
    drifting = [site.name for site in p.sites].index(p.drift.site) if p.drift else -1

    for begin in range(0, n, CHUNK):
        here = slice(begin, min(begin + CHUNK, n))
        numbers = np.arange(here.start, here.stop, dtype=np.int64)
        rows = numbers.astype(np.uint64)
        week, of_week = np.divmod(numbers, p.cases_per_week)

        def words(stream: int, rows: Words = rows) -> Words:
            return random_words(p.seed, stream, rows)

        def uniform(stream: int, rows: Words = rows) -> NDArray[np.float64]:
            return uniform_of(random_words(p.seed, stream, rows))

        queue = choose_queue(words(Stream.QUEUE))
        site = choose_site(words(Stream.SITE), hard[queue])
        reviewer = choose_reviewer(words(Stream.REVIEWER), site)
        policy = choose_policy(words(Stream.POLICY), queue)

        violates = uniform(Stream.VIOLATES) < violation_rate[policy]
        deserves_remove = uniform(Stream.DESERVES) < remove_share[queue]
        action = np.where(deserves_remove, np.uint8(1), np.uint8(2))
        truth = np.where(violates, action, np.uint8(APPROVE))

        factor = site_factor[site] * reviewer_factor[reviewer]
        if p.drift is not None:
            factor = np.where((site == drifting) & (week >= p.drift.week - 1), factor * p.drift.factor, factor)
        error = uniform(Stream.ERROR)
        missed = error < np.minimum(CAP, miss[queue] * factor)
        wrong = error >= 1.0 - np.minimum(CAP_WRONG, wrong_action[queue] * factor)
        alarmed = error < np.minimum(CAP, false_alarm[queue] * factor)
        taken = np.where(uniform(Stream.ACTION) < remove_share[queue], np.uint8(1), np.uint8(2))
        on_violating = np.where(missed, np.uint8(APPROVE), np.where(wrong, np.uint8(3) - truth, truth))
        decision = np.where(violates, on_violating, np.where(alarmed, taken, np.uint8(APPROVE)))
        decision = np.where(uniform(Stream.ESCALATED) < escalation[queue], np.uint8(ESCALATED), decision)

        out.queue[here] = queue
        out.site[here] = site
        out.reviewer[here] = reviewer
        out.policy[here] = policy_code[policy]
        out.language[here] = choose_language(words(Stream.LANGUAGE), site)
        out.truth[here] = truth
        out.decision[here] = decision
        within = (uniform(Stream.AT) * float(step)).astype(np.int64)
        out.decided_at[here] = first_instant + week * WEEK + of_week * step + within
        # 1 / sqrt(u) has a heavy tail; the small addend bounds it at about a thousand.
        out.views[here] = (views[queue] / np.sqrt(uniform(Stream.VIEWS) + 2.0**-20)).astype(np.int32)
        cents = (price[queue] * 40.0 / np.sqrt(uniform(Stream.VALUE) + 2.0**-20)).astype(np.int32)
        out.value[here] = cents.astype(np.float64) / 100.0
        out.handle_seconds[here] = (seconds[queue] * 0.6 / np.sqrt(uniform(Stream.SECONDS) + 2.0**-8)).astype(np.int32)
        score = uniform(Stream.SCORE_A) * uniform(Stream.SCORE_B)
        score = np.where(violates, 1.0 - score, score)
        out.prediction[here] = (np.floor(score * 9998.0) + 1.0) / 10000.0
    return out


def coded(p: Parameters, rows: Rows, name: str) -> Coded:
    """One of the text columns of few values."""
    if name == "queue":
        return Coded(rows.queue, tuple(queue.name for queue in p.queues))
    if name == "site":
        return Coded(rows.site, tuple(site.name for site in p.sites))
    if name == "reviewer":
        return Coded(rows.reviewer, tuple(reviewer.name for reviewer in p.reviewers))
    if name == "policy":
        return Coded(rows.policy, rows.policies)
    if name == "language":
        return Coded(rows.language, rows.languages)
    if name == "decision":
        return Coded(rows.decision, labels)
    weeks = np.repeat(np.arange(p.weeks, dtype=np.uint16), p.cases_per_week)
    if name == "week":
        days = [p.start + datetime.timedelta(weeks=week) for week in range(p.weeks)]
        iso = [day.isocalendar() for day in days]
        return Coded(weeks, tuple(f"{day.year}-W{day.week:02d}" for day in iso))
    if name == "policy_version":
        versions = (weeks + np.uint16(3)) // np.uint16(4)
        return Coded(versions, tuple(f"5.{2 + k}" for k in range((p.weeks + 2) // 4 + 1)))
    refuse("by among week, queue, site, reviewer, policy, policy_version, language, decision", repr(name))


def kind_of(rows: Rows, numbers: NDArray[np.int64] | slice = slice(None)) -> NDArray[np.int64]:
    """What each decision was: a number of `RIGHT` to `UNDECIDED`."""
    decision, truth = rows.decision[numbers], rows.truth[numbers]
    table = np.full((len(labels), len(labels)), WRONG_LABEL, dtype=np.int64)
    table[REMOVE:ESCALATED, APPROVE] = OVER_ENFORCED
    table[APPROVE, REMOVE:ESCALATED] = LEAKED
    np.fill_diagonal(table, RIGHT)
    table[ESCALATED, :] = UNDECIDED
    return table[decision, truth]
