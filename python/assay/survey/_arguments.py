"""What the arguments of survey designs must be before they reach the compiled core."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Any

from assay._checks import column_of, names_of, real, refuse, text

LONELY = ("certainty", "remove", "adjust", "average")


def stages_of(strata: object) -> list[list[str]]:
    """Strata stage by stage, each a list of columns that are crossed."""
    if strata is None:
        return []
    if isinstance(strata, str):
        return [[text(strata, "strata=")]]
    if isinstance(strata, Mapping | Set) or not isinstance(strata, Iterable):
        raise refuse("strata= as a name, or a list with an entry a stage", type(strata).__name__)
    return [names_of(each, "strata= of a stage") for each in strata]


def population_of(population: object) -> tuple[list[str], float | None]:
    """Columns by stage, or one number."""
    if population is None:
        return [], None
    if isinstance(population, str):
        return [column_of(population, "population=")], None
    if isinstance(population, Sequence):
        return names_of(population, "population="), None
    return [], real(population, "population=")


def lonely_of(lonely: object) -> str:
    """The rule for lonely strata; `refuse` for none."""
    if lonely is None:
        return "refuse"
    if lonely not in LONELY:
        raise refuse(f"lonely= as one of {', '.join(LONELY)}, or None to refuse them", repr(lonely))
    return str(lonely)


def drop_of(missing: object) -> bool:
    """True where rows without a value are left out."""
    if missing not in (None, "drop"):
        raise refuse(
            'missing="drop", or None to refuse missing values',
            repr(missing),
            mend="to give nulls in by and strata columns a name, pass missing= to the design",
        )
    return missing == "drop"


def columns_of(value: object, what: str) -> list[str]:
    """One column or several, each once."""
    names = names_of(value, what)
    if not names:
        raise refuse(f"{what} as the name of a column, or a list of names", "none")
    if len(set(names)) < len(names):
        raise refuse(f"{what} with each column once", ", ".join(names))
    return names


def question(by: list[list[str]], drop: bool, confidence: object, design_effect: bool = False) -> dict[str, Any]:
    """What all questions have in common, as the core takes it."""
    return {
        "by": by,
        "drop": drop,
        "confidence": real(confidence, "confidence="),
        "design_effect": design_effect,
    }
