"""What the arguments of survey designs must be before they reach the compiled core."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Any

from assay._checks import column_of, names_of, real, refuse, shown, text

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
    if not isinstance(lonely, str) or lonely not in LONELY:
        raise refuse(f"lonely= as one of {', '.join(LONELY)}, or None to refuse them", shown(lonely))
    return lonely


def drop_of(missing: object) -> bool:
    """True where rows without a value are left out."""
    if missing is not None and not (isinstance(missing, str) and missing == "drop"):
        raise refuse(
            'missing="drop", or None to refuse missing values',
            shown(missing),
            mend="to give nulls in by and strata columns a name, pass missing= to the design",
        )
    return missing == "drop"


def names_given(value: object, what: str) -> list[str]:
    """One column or several."""
    names = names_of(value, what)
    if not names:
        raise refuse(f"{what} as the name of a column, or a list of names", "none")
    return names


def columns_of(value: object, what: str) -> list[str]:
    """One column or several, each once."""
    names = names_given(value, what)
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


INTERVALS = (
    "wilson",
    "korn_graubard",
    "logit",
    "likelihood",
    "beta",
    "arcsine",
    "jeffreys",
    "agresti_coull",
    "wald",
)


def one_of(value: object, what: str, words: tuple[str, ...]) -> str:
    """One of some words."""
    if not isinstance(value, str) or value not in words:
        raise refuse(f"{what} as one of {', '.join(words)}", shown(value))
    return value


def value_words(value: object, what: str) -> str:
    """A value of a column as text: whole numbers and true/false as a table writes them."""
    if isinstance(value, bool) or type(value).__name__ == "bool_":
        return "true" if value else "false"
    if isinstance(value, str | int):
        return text(str(value), what)
    raise refuse(f"{what} as text, a whole number or true/false", type(value).__name__)


def is_pair(value: object) -> bool:
    """(column, value): a tuple, where a list names columns."""
    return isinstance(value, tuple) and len(value) == 2 and isinstance(value[0], str)


def indicators_of(y: object) -> list[tuple[str, str | None]]:
    """(column, the value that counts or None) for each share that is asked for."""
    if is_pair(y):
        items: list[Any] = [y]
    elif isinstance(y, str):
        items = [y]
    elif isinstance(y, Iterable) and not isinstance(y, Mapping | Set):
        items = list(y)
    else:
        raise refuse("y= as a column, (column, value), or a list of them", type(y).__name__)
    if not items:
        raise refuse("y= as a column, (column, value), or a list of them", "none")
    out: list[tuple[str, str | None]] = []
    for item in items:
        if is_pair(item):
            out.append((column_of(item[0], "y="), value_words(item[1], "the value that counts")))
        elif isinstance(item, str):
            out.append((column_of(item, "y="), None))
        else:
            raise refuse(
                "y= as a column, (column, value), or a list of them", f"a list that holds {type(item).__name__}"
            )
    if len(set(out)) < len(out):
        raise refuse("y= with each column and value once", ", ".join(name for name, _ in out))
    return out


def contrast_of(between: object) -> tuple[str, tuple[str, str] | None]:
    """A column, or (column, a, b)."""
    if isinstance(between, str):
        return column_of(between, "between="), None
    if isinstance(between, Sequence) and len(between) == 3:
        sides = (value_words(between[1], "a value of between="), value_words(between[2], "a value of between="))
        return column_of(between[0], "between="), sides
    raise refuse("between= as a column, or (column, a, b)", repr(between))


def shares_of(q: object) -> list[float]:
    """Quantiles strictly between 0 and 1."""
    values = [q] if isinstance(q, float | int) else q
    if isinstance(values, str | Mapping) or not isinstance(values, Iterable):
        raise refuse("q= as a number between 0 and 1, or a list of them", type(q).__name__)
    out = [real(each, "q=") for each in values]
    if not out:
        raise refuse("q= as a number between 0 and 1, or a list of them", "none")
    if len(set(out)) < len(out):
        raise refuse("q= with each quantile once", ", ".join(map(str, out)))
    return out
