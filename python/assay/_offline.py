"""Charts that a notebook shows without a network.

Altair's usual renderer loads its libraries from the internet. A chart of ours is still an Altair chart in every way,
but a notebook is handed a drawing instead, where one can be made and nobody has chosen a renderer of their own.
"""

from __future__ import annotations

import io
from functools import cache
from typing import Any

from assay._flavours import installed


class _Drawn:
    """What is laid over an Altair chart's own class."""

    def _repr_mimebundle_(self, *args: Any, **options: Any) -> Any:
        import altair

        chosen = altair.renderers.active != "default" or altair.renderers.options
        if not chosen and installed("vl_convert"):
            drawing = io.StringIO()
            self.save(drawing, format="svg")  # type: ignore[attr-defined]
            return {"image/svg+xml": drawing.getvalue(), "text/plain": repr(self)}
        return super()._repr_mimebundle_(*args, **options)  # type: ignore[misc]

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        return _again, (type(self).__mro__[2], self.__dict__)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of Altair; .save('chart.svg') or .to_json()>"


@cache
def _drawn(kind: Any) -> type:
    return type(kind.__name__, (_Drawn, kind), {"__module__": kind.__module__, "__doc__": kind.__doc__})


def _again(kind: Any, state: dict[str, Any]) -> Any:
    chart = object.__new__(kind)
    chart.__dict__.update(state)
    return offline(chart)


def offline(chart: Any) -> Any:
    """The same chart, shown as a drawing in notebooks; Altair's own settings stay as they are."""
    kind: Any = type(chart)
    object.__setattr__(chart, "__class__", _drawn(kind))  # Altair's own would take it for a property of the chart
    return chart
