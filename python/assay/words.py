"""Numbers, labels and findings as people read them."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from assay.contexts import MetricDefinition, Slice, Unit

ALL, LONGEST_LABEL = "all", 40  # what the total is called, and how long a label beside a drawing may be
NONE, MINUS = "\u2013", "\u2212"  # a dash where there is no value, and the sign of a negative one


def clean(value: object, limit: int = 80) -> str:
    """A label fit for display: no control or direction-override characters, at most `limit` characters."""
    text = str(value)[: limit + 1000].replace("\u2068", "").replace("\u2069", "")
    kept = text if len(text) <= limit else text[: limit - 1] + "…"
    return "".join("\ufffd" if unicodedata.category(c) in ("Cc", "Cs") or c in _DIRECTION else c for c in kept)


_DIRECTION = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u2028\u2029")


def digits_for(half_width: float | None) -> int:
    """Decimals of a percentage that its precision deserves: 1 as a rule, more where the interval is very narrow."""
    if half_width is None or not half_width > 0:
        return 1
    return min(4, max(1, math.ceil(-math.log10(half_width * 100 * 2))))


def percent(value: float | None, digits: int = 1) -> str:
    """A share as a percentage; it reads 0% or 100% only where it is exactly that."""
    if value is None:
        return NONE
    nearest = round(abs(value))
    if nearest <= 1 and 1e-9 < abs(abs(value) - nearest) < 0.01:
        while f"{abs(value) * 100:.{digits}f}" == f"{nearest * 100:.{digits}f}":
            if digits == 4:
                return ("below 0.0001%" if nearest == 0 else "above 99.9999%") if value > 0 else f"{MINUS}0.0001%"
            digits += 1
    return f"{value * 100:.{digits}f}%".replace("-", MINUS)


def points(value: float | None, digits: int = 1) -> str:
    """A difference of two shares in percentage points, with its sign."""
    if value is None:
        return NONE
    return f"{value * 100:+.{digits}f} pts".replace("-", MINUS)


def number(value: float | None) -> str:
    """A count or an amount, with thousands separators and at most four significant decimals."""
    if value is None:
        return NONE
    if not math.isfinite(value):
        return str(value)
    text = f"{value:,.0f}" if value == int(value) or abs(value) >= 1000 else f"{value:,.4g}"
    return text.replace("-", MINUS)


def show(value: float | None, unit: Unit, half_width: float | None = None) -> str:
    """A metric's value in its own unit; beside an interval, with the decimals that the interval deserves."""
    if unit == "share":
        return percent(value, digits_for(half_width))
    if value is None or not math.isfinite(value) or half_width is None or not 0 < half_width < math.inf:
        return number(value)
    decimals = min(8, max(0, 2 - math.floor(math.log10(2 * half_width))))
    return f"{value:,.{decimals}f}".replace("-", MINUS)


def half_width(lower: float | None, upper: float | None) -> float | None:
    return None if lower is None or upper is None else (upper - lower) / 2


def interval_words(lower: float | None, upper: float | None, unit: Unit, joint: str = " to ") -> str:
    """Both limits of an interval, in words or with any joint."""
    if lower is None or upper is None:
        return "no answer"
    half = half_width(lower, upper)
    if unit == "share" and joint != " and ":  # between … and … has no room for “below”
        return f"{_limit(lower, digits_for(half))}{joint}{_limit(upper, digits_for(half))}"
    return f"{show(lower, unit, half)}{joint}{show(upper, unit, half)}"


def _limit(value: float, digits: int) -> str:
    """A limit with the decimals of its interval: beside 3.3%, 0.01% is no more than “below 0.1%”."""
    least = 10.0**-digits
    if 0 < value * 100 < least / 2:
        return f"below {least:.{digits}f}%"
    if 0 < (1 - value) * 100 < least / 2 and 1 - value > 1e-9:
        return f"above {100 - least:.{digits}f}%"
    return percent(value, digits)


def plural(count: float, one: str, many: str | None = None) -> str:
    return f"{number(count)} {one if count == 1 else many or one + 's'}"


def two_figures(count: float) -> float:
    """A number that was reckoned, not counted: 78,584 is 79,000. Below a hundred it is whole."""
    if not math.isfinite(count):
        return count
    return float(round(count, -max(0, math.floor(math.log10(abs(count))) - 1))) if count else 0.0


def more_audits(count: float) -> str:
    """How many more audits; more than two digits would claim a precision that nobody has."""
    about = "over a million" if count > 1_000_000 else f"about {number(two_figures(count))}"
    return f"{about} more {'audit' if count == 1 else 'audits'}"


def lowered(title: str) -> str:
    """A title inside a sentence; abbreviations keep their capitals."""
    return title if title[1:2].isupper() else title[:1].lower() + title[1:]


def listed(words: Sequence[str], most: int = 8) -> str:
    """Words as an English list; what goes beyond `most` is counted."""
    shown = list(words[:most])
    if len(words) > most:
        shown.append(f"{number(len(words) - most)} more")
    return shown[0] if len(shown) == 1 else ", ".join(shown[:-1]) + " and " + shown[-1] if shown else ""


# --- sentences ------------------------------------------------------------------------------------------------------


def labels_of(values: Sequence[Any]) -> dict[Any, str]:
    """A label for each value, short enough to draw and shared by no other value.

    Only where shortened labels collide they are numbered, in the order of the full texts, so that a value has the same
    label in every chart. A value called `all` is quoted, for `all` is the total.
    """
    full = {value: str(value) for value in dict.fromkeys(values)}
    short = {value: f"“{ALL}”" if text == ALL else clean(text, LONGEST_LABEL) for value, text in full.items()}
    alike: dict[str, list[Any]] = {}
    for value in sorted(full, key=full.__getitem__):
        alike.setdefault(short[value], []).append(value)
    for label, those in alike.items():
        for position, value in enumerate(those, 1):
            short[value] = label if len(those) == 1 else f"{clean(label, LONGEST_LABEL - 4)} #{position}"
    return short


def slice_name(fixed: Slice) -> str:
    """A slice in words: `queue toys · site Lisbon`; the overall slice is `all`."""
    return " · ".join(f"{clean(name, 40)} {isolated(clean(value, 40))}" for name, value in fixed) or "all"


def isolated(label: str) -> str:
    """A label that reads from right to left, kept from turning the sentence around it."""
    turns = any(unicodedata.bidirectional(c) in ("R", "AL", "AN") for c in label)
    return f"\u2068{label}\u2069" if turns else label


def score_sentence(row: Mapping[str, Any], metric: MetricDefinition, one: str = "audit") -> str:
    """One score as a sentence: value, interval in words, how many (of what), and the target."""
    if row["estimate"] is None:
        nothing = "nothing was audited" if one == "audit" else f"there was no {one}"
        return f"no answer, because {nothing} that could answer."
    half = half_width(row["lower"], row["upper"])
    text = f"{show(row['estimate'], metric.unit, half)} from {plural(row['n'], one)}"
    if row["lower"] is not None:
        text += f"; the true value lies between {interval_words(row['lower'], row['upper'], metric.unit, ' and ')}"
    text += f" ({confident(row['confidence'])} confidence)."
    if row.get("worst_case_lower") is not None:
        worst = interval_words(row["worst_case_lower"], row["worst_case_upper"], metric.unit, " and ")
        text += f" With all that is missing at its worst or best, between {worst}."
    if row.get("target") is not None:
        text += f" Target {show(row['target'], metric.unit)}: {row.get('standing') or 'not judged'}."
        if row.get("standing") == "open" and row.get("audits_needed"):
            text += f" {_sentence(more_audits(row['audits_needed']))} would settle it."
    return text


def beside(row: Mapping[str, Any], metric: MetricDefinition, because: str) -> list[str]:
    """What else is known of a score: how far a plain average was off, what a judge was worth."""
    out = []
    if row.get("bias") is not None:
        out.append(naive_sentence(row, metric, because))
    if row.get("lambda") is not None:
        out.append(judge_sentence(row))
    return out


def naive_sentence(row: Mapping[str, Any], metric: MetricDefinition, because: str) -> str:
    """How far the plain average of the audits is off."""
    says = f"The plain average of these audits says {show(row['naive'], metric.unit)}"
    off = row["bias"]
    half = half_width(row["lower"], row["upper"])
    if abs(off) * 100 < 0.05:
        return f"{says}, which is about the same."
    unit = f"{abs(off) * 100:.1f} points" if metric.unit == "share" else number(abs(off))
    chance = "" if half is None or abs(off) > half else " That is within what chance alone can do."
    reason = f", {because}" if because else ""
    return f"{says}, {unit} too {'high' if off > 0 else 'low'}{reason}.{chance}"


def judge_sentence(row: Mapping[str, Any]) -> str:
    """What a judge was worth beside the audits."""
    saved = row["audits_saved"] or 0
    if row["lambda"] == 0:
        return "The judge was not believed: the audits stand alone."
    if saved < 1:
        return "The judge saved no audits here."
    saved = two_figures(saved)
    worth = f"The judge is worth about {plural(saved, 'audit')}"
    needed = number(two_figures(row["n"] + saved))
    return f"{worth}: without it, about {needed} would have been needed for an answer as sharp as this."


def difference_sentence(row: Mapping[str, Any], metric: MetricDefinition, a: str, b: str) -> str:
    """One difference as a sentence."""
    if row["difference"] is None:
        return "no answer, because one side has no audits."
    text = (
        f"{show(row['estimate_a'], metric.unit)} in {a} against {show(row['estimate_b'], metric.unit)} in {b}, "
        f"a difference of {show_difference(row['difference'], metric.unit)} "
        f"({difference_interval(row, metric.unit)}): {row['standing']}."
    )
    if row["standing"] == "no difference shown" and row.get("audits_needed"):
        text += f" {_sentence(more_audits(row['audits_needed']))} would settle a difference of this size."
    return text


def show_difference(value: float | None, unit: Unit) -> str:
    return points(value) if unit == "share" else number(value)


def difference_interval(row: Mapping[str, Any], unit: Unit) -> str:
    if row["lower"] is None or row["upper"] is None:
        return "no answer"
    return f"{show_difference(row['lower'], unit)} to {show_difference(row['upper'], unit)}"


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


def confident(level: float) -> str:
    return f"{level * 100:.4g}%"


def bullets(title: str, notes: Sequence[str]) -> list[str]:
    return ["", f"{title}:", *(f"- {note}" for note in notes)] if notes else []
