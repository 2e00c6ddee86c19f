"""A register of queues with planted faults, and other systems' tables that disagree with it in known ways.

    example = assay.example.register(seed=7)
    outcome = assay.register_audit.audit(example.queues, example.findings, feeds=example.feeds, today=example.today,
                                         **example.tables)
    {each.id for each in outcome.found} == {each.id for each in example.truth}

Everything is invented. A queue is one policy on one surface in one market; whoever keeps the register made `faults`
mistakes of each kind, and so did the owners of the routing tool, the BI platform and the vendor roster. What they write
otherwise without being wrong (capitals, blanks, the order of sets, dates as text) is no fault. `truth` lists each
planted fault as the audit has to find it, and the faults that follow from one.

The same arguments give the same register for ever, on every platform.
"""

from __future__ import annotations

import datetime

from assay.example.checks import refuse, whole
from assay.example.random import MASK
from assay.example.register_maker import Maker
from assay.example.register_parts import MOST, Planted, Register
from assay.example.tables import Flavour, installed

__all__ = ["MOST", "Planted", "Register", "register"]


def register(
    *,
    seed: int = 7,
    queues: int = 5_000,
    faults: int = 12,
    today: datetime.date = datetime.date(2026, 11, 23),
    flavour: Flavour | None = None,
) -> Register:
    """Make a register; the same arguments give the same rows for ever.

    Args:
        seed: which of the registers that these parameters describe.
        queues: how many, from 60 queues a fault up to 23,040.
        faults: how many of each kind are planted; 0 for a register without fault.
        today: the day of the audit.
        flavour: the library whose tables to give; default the first installed of pandas, polars, pyarrow, else
            mappings of lists.

    Raises:
        InputError: an argument is out of range; it names the argument.
    """
    seed = whole("seed", seed, 0, MASK)
    faults = whole("faults", faults, 0, 200)
    queues = whole("queues", queues, max(1, 120 * faults), MOST)
    known: tuple[Flavour, ...] = ("pandas", "polars", "pyarrow", "numpy")
    if flavour is not None and flavour not in known:
        refuse("flavour as pandas, polars, pyarrow or numpy", repr(flavour))
    first: Flavour = next(name for name in known if installed(name))
    return Maker(seed, queues, faults, today, first if flavour is None else flavour).made()
