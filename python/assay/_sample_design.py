"""What a drawn sample says of itself: the JSON that plan.draw wrote, read with suspicion."""

from __future__ import annotations

import json
from typing import Any

from assay._checks import refuse
from assay._core import InputError


def sample_design(held: Any) -> dict[str, Any]:
    text = held.first_text("sample_design")
    if text is None:
        return {}
    try:
        design = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise refuse(
            "the sample_design that plan.draw(...) wrote", f"text that is no JSON ({error})", column="sample_design"
        ) from None
    if not isinstance(design, dict):
        raise refuse("the sample_design that plan.draw(...) wrote", type(design).__name__, column="sample_design")
    if design.get("version") != 1:
        raise refuse("a sample_design of version 1", f"version {design.get('version')!r}", column="sample_design")
    for name in ("case", "decision", "period"):
        if not isinstance(design.get(name, ""), str):
            raise _tampered(f"text under {name!r}", design[name])
    for name in ("by", "by_types", "strata", "violating", "not_violating", "undecided", "labels"):
        held_names = design.get(name, [])
        if not isinstance(held_names, list) or not all(isinstance(each, str) for each in held_names):
            raise _tampered(f"a list of texts under {name!r}", held_names)
    for name in ("drawn_strata", "drawn_cases"):
        count = design.get(name, 1)  # samples of earlier versions do not say
        if type(count) is not int or not 1 <= count < 2**53:
            raise _tampered(f"a count under {name!r}", count)
    return design


def _tampered(wanted: str, got: object) -> InputError:
    return refuse(
        f"a sample_design with {wanted}",
        type(got).__name__ if not isinstance(got, list) else "a list of other values",
        column="sample_design",
        mend="restore the column as plan.draw(...) wrote it",
    )
