"""Auditors who are always right, and the audits that do not come back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.example.checks import between, refuse, whole
from assay.example.parameters import ESCALATED, Parameters, labels
from assay.example.random import MASK, Chooser, Stream, random_words, scramble, uniform_of
from assay.example.rows import Rows, kind_of
from assay.example.tables import Coded, Column, Ids, Table, column_of

REASONS: tuple[str, ...] = (
    "correct",
    "undecided",
    "missed in the images",
    "missed in the text",
    "policy misread",
    "context ignored",
    "rushed",
    "wrong severity",
)
REASONS_OF_KIND: tuple[tuple[str, ...], ...] = (  # accuracy, over-enforcement, leakage, wrong label, undecided
    ("correct",),
    ("policy misread", "policy misread", "context ignored", "rushed"),
    ("missed in the images", "missed in the text", "policy misread", "rushed", "rushed"),
    ("wrong severity", "wrong severity", "policy misread"),
    ("undecided",),
)


def audited(
    p: Parameters,
    rows: Rows,
    sample: Table,
    *,
    case: str,
    response: float | Mapping[str, float],
    auditors: int,
    seed: int,
) -> dict[str, Column]:
    """The columns that `Operation.audit` gives."""
    auditors = whole("auditors", auditors, 1, 1000)
    seed = whole("seed", seed, 0, MASK)
    chances = np.ones(len(labels))
    if isinstance(response, Mapping):
        for label, chance in response.items():
            if label not in labels:
                refuse(f"response for labels among {', '.join(labels)}", repr(label))
            chances[labels.index(label)] = between(f"response for '{label}'", chance)
    else:
        chances[:] = between("response", response)

    numbers = _numbers(column_of(sample, case), case, len(rows.decision))
    # The operation's own seed goes in too, so that two operations do not lose the same audits.
    mixed = scramble(scramble(p.seed) ^ seed)
    words = numbers.astype(np.uint64)
    came_back = uniform_of(random_words(mixed, Stream.RESPONSE, words)) < chances[rows.decision[numbers]]
    numbers, words = numbers[came_back], words[came_back]

    kind = kind_of(rows, numbers)
    choose_reason = Chooser([[(REASONS.index(name), 1) for name in names] for names in REASONS_OF_KIND])
    choose_auditor = Chooser([[(code, 1) for code in range(auditors)]])
    columns: dict[str, Column] = {
        case: Ids(numbers),
        "verdict": Coded(rows.truth[numbers], labels[:ESCALATED]),
        "reason": Coded(choose_reason(random_words(mixed, Stream.REASON, words), kind), REASONS),
        "auditor": Coded(
            choose_auditor(random_words(mixed, Stream.AUDITOR, words)),
            tuple(f"auditor-{k + 1}" for k in range(auditors)),
        ),
    }
    return columns


def _numbers(ids: NDArray[Any], case: str, count: int) -> NDArray[np.int64]:
    """Find the row numbers of case ids."""
    numbers = np.empty(len(ids), dtype=np.int64)
    for position, text in enumerate(ids.tolist()):
        digits = text[1:] if isinstance(text, str) and len(text) == 9 and text[0] == "c" else ""
        number = int(digits) if digits.isascii() and digits.isdigit() else 0
        if not 1 <= number <= count:
            refuse(
                f"cases of this operation, c00000001 to c{count:08d}",
                f"{text!r} in column '{case}', row {position} (counting from 0)",
            )
        numbers[position] = number - 1
    unique, first = np.unique(numbers, return_index=True)
    if len(unique) != len(numbers):
        position = int(np.setdiff1d(np.arange(len(numbers)), first)[0])
        refuse("each case once", f"{str(ids[position])!r} again in column '{case}', row {position} (counting from 0)")
    return numbers
