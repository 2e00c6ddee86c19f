"""The libraries people keep tables in: importing them when needed, and handing rows back as theirs."""

from __future__ import annotations

import math
from importlib import import_module
from typing import TYPE_CHECKING, Any

from assay._core import AssayError

if TYPE_CHECKING:
    from assay._result import Result

EXTRAS = {
    "pandas": "pandas",
    "polars": "polars",
    "pyarrow": "pandas",
    "duckdb": "duckdb",
    "altair": "charts",
    "jinja2": "html",
    "xlsxwriter": "office",
}
# Numbers in every result of the contract: a column of nothing but nulls keeps its type in a frame built without Arrow.
_NUMBERS = frozenset(
    [
        "estimate",
        "standard_error",
        "lower",
        "upper",
        "confidence",
        "n",
        "n_effective",
        "numerator",
        "denominator",
        "target",
        "audits_needed",
        "response_rate",
        "worst_case_lower",
        "worst_case_upper",
        "difference",
        "estimate_a",
        "estimate_b",
        "n_a",
        "n_b",
        "margin",
    ]
)


def need(module: str, purpose: str) -> Any:
    """Import a library that is only needed now, or say which extra brings it."""
    try:
        return import_module(module)
    except ImportError as missing:
        name = module.partition(".")[0]
        raise AssayError(
            f"{purpose} needs {name}, which is not installed; install it with: pip install 'assay[{EXTRAS[name]}]'"
        ) from missing


def installed(module: str) -> bool:
    try:
        import_module(module)
    except ImportError:
        return False
    return True


def _to_pandas(result: Result) -> Any:
    pandas = need("pandas", "to_frame()")
    if installed("pyarrow"):
        return result.to_arrow().to_pandas()
    frame = {}
    for name, values in result.to_pydict().items():
        empty = name in _NUMBERS and all(value is None for value in values)
        frame[name] = pandas.Series(values, dtype="float64" if empty else None, name=name)
    return pandas.DataFrame(frame)


def _to_arrow(result: Result) -> Any:
    return result.to_arrow()


def _to_polars(result: Result) -> Any:
    return need("polars", "to_frame()").DataFrame(result._table)


def _to_duckdb(result: Result) -> Any:
    duckdb = need("duckdb", "to_frame()")
    return duckdb.from_arrow(result.to_arrow() if installed("pyarrow") else result._table)


def _to_numpy(result: Result) -> dict[str, Any]:
    import datetime

    import numpy as np

    out: dict[str, Any] = {}
    for name, values in result.to_pydict().items():
        kinds = {type(value) for value in values if value is not None}
        null = any(value is None for value in values)
        if kinds <= {int, float} and (kinds or name in _NUMBERS):
            dtype: Any = np.float64 if null or float in kinds else np.int64
            out[name] = np.array([math.nan if value is None else value for value in values], dtype=dtype)
        elif kinds == {datetime.datetime}:
            stamps = [_utc(value) for value in values]
            out[name] = np.array(stamps, dtype="datetime64[us]")
        elif kinds in ({str}, {bool}) and not null:
            out[name] = np.array(values)
        else:
            out[name] = np.array(values, dtype=object)
    return out


def _utc(value: Any) -> Any:
    import datetime

    if value is None or value.tzinfo is None:
        return value
    return value.astimezone(datetime.UTC).replace(tzinfo=None)


FRAMES = {
    "pandas": _to_pandas,
    "polars": _to_polars,
    "pyarrow": _to_arrow,
    "duckdb": _to_duckdb,
    "numpy": _to_numpy,
}
