"""Charts as static SVG: no script, no style attribute, every text escaped; colours come from the page's classes."""

from __future__ import annotations

import math
from html import escape

from assay.plots import Funnel
from assay.reports.model import Chart, Forest, Mark, Matrix
from assay.results import BADGES, Unit, clean, percent, points

Scale = tuple[float, float]
WIDTH = 860.0
LINE, LETTER, BOLD_LETTER = 14.0, 6.6, 7.2  # the height of a line of labels, and the width of a letter at most
KINDS = {"g": "met", "r": "missed", "o": "open", "n": "plain"}


def tag(name: str, content: str = "", /, **attributes: object) -> str:
    """An element; attribute values are escaped, `content` must already be markup."""
    given = "".join(f' {key.rstrip("_").replace("_", "-")}="{escape(_text(v))}"' for key, v in attributes.items())
    return f"<{name}{given}>{content}</{name}>" if content or name in ("svg", "g") else f"<{name}{given}/>"


def text(x: float, y: float, words: object, kind: str, anchor: str = "start") -> str:
    return tag("text", escape(str(words)), x=x, y=y, class_=kind, text_anchor=anchor, unicode_bidi="isolate")


def _text(value: object) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def ticks(scale: Scale, most: int = 6) -> list[float]:
    """Round values that divide a scale."""
    low, high = scale
    raw = (high - low) / max(1, most)
    if raw <= 0:
        return [low]
    size = 10 ** math.floor(math.log10(raw))
    step = next(m * size for m in (1, 2, 2.5, 5, 10) if m * size >= raw * 0.999)
    first = math.ceil(low / step - 1e-9)
    return [round(i * step, 12) for i in range(first, math.floor(high / step + 1e-9) + 1)]


def tick_label(value: float, unit: Unit, zero: bool = False) -> str:
    if unit != "share":
        return f"{value:,.10f}".rstrip("0").rstrip(".") if abs(value) < 1e15 else f"{value:.4g}"
    if zero:
        return (
            "0"
            if value == 0
            else points(value, 0 if abs(value * 100 - round(value * 100)) < 1e-9 else 1).replace(" pts", "")
        )
    return f"{value * 100:.4g}%"


def kind_of(standing: str | None) -> str:
    """The class that colours a standing."""
    if standing not in BADGES:
        return "plain"
    return KINDS[BADGES[standing][2]]


def shape(x: float, y: float, standing: str | None, size: float = 4.2) -> str:
    """A point whose shape tells the standing without colour: disc, diamond, ring, triangles."""
    kind = f"dot {kind_of(standing)}"
    if standing in ("missed",):
        s = size * 1.25
        return tag("path", d=f"M{x:.1f} {y - s:.1f}l{s:.1f} {s:.1f}l{-s:.1f} {s:.1f}l{-s:.1f} {-s:.1f}z", class_=kind)
    if standing in ("better", "worse"):
        s = size * (1.2 if standing == "better" else -1.2)
        return tag("path", d=f"M{x:.1f} {y - s:.1f}l{abs(s):.1f} {1.8 * s:.1f}h{-2 * abs(s):.1f}z", class_=kind)
    if standing in ("open", "no difference shown"):
        return tag("circle", cx=x, cy=y, r=size * 0.9, class_=f"ring {kind_of(standing)}")
    return tag("circle", cx=x, cy=y, r=size, class_=kind)


def bar(mark: Mark, left: float, width: float, y: float, scale: Scale, height: float = 14, target: bool = True) -> str:
    """An interval on its scale: base line, bar, target tick, point; an arrow head where it runs off the scale."""
    low, high = scale
    if mark.estimate is None or mark.lower is None or mark.upper is None or high <= low:
        return ""

    def at(value: float) -> float:
        return left + width * min(1.0, max(0.0, (value - low) / (high - low)))

    parts = []
    start, end = at(mark.lower), at(mark.upper)
    kind = kind_of(mark.standing)
    parts.append(tag("rect", x=start, y=y - 2.5, width=max(1.0, end - start), height=5, rx=1.5, class_=f"bar {kind}"))
    if mark.lower < low:
        parts.append(tag("path", d=f"M{left:.1f} {y:.1f}l5 -4v8z", class_=f"dot {kind}"))
    if mark.upper > high:
        parts.append(tag("path", d=f"M{left + width:.1f} {y:.1f}l-5 -4v8z", class_=f"dot {kind}"))
    if target and mark.target is not None:
        x = at(mark.target)
        parts.append(tag("line", x1=x, x2=x, y1=y - height / 2, y2=y + height / 2, class_="target"))
    parts.append(shape(at(mark.estimate), y, mark.standing))
    return "".join(parts)


def spoken(mark: Mark) -> str:
    """A point in words, for those who hear the chart."""
    if mark.estimate is None:
        return f"{mark.label}: no answer"
    judged = f", target {mark.standing}" if mark.standing in ("met", "missed", "open") else ""
    model = "" if mark.basis == "measured" else f", {mark.basis}"
    return f"{mark.label}: {mark.shown} ({mark.interval}), n {mark.n}{judged}{model}"


def svg(width: float, height: float, title: str, description: str, body: str, kind: str = "chart") -> str:
    head = tag("title", escape(clean(title, 200))) + tag("desc", escape(clean(description, 4000)))
    box = f"0 0 {_text(float(width))} {_text(float(height))}"
    return tag(
        "svg", head + body, viewBox=box, width=_text(float(width)), height=_text(float(height)), role="img", class_=kind
    )


def spark(mark: Mark | None, scale: Scale, width: float = 130) -> str:
    """The small interval beside a number in a table."""
    if mark is None or mark.estimate is None:
        return ""
    line = tag("line", x1=5, x2=width - 5, y1=8, y2=8, class_="grid")
    body = line + bar(mark, 5, width - 10, 8, scale)
    return tag(
        "svg",
        body,
        viewBox=f"0 0 {_text(float(width))} 16",
        width=_text(float(width)),
        height=16,
        class_="spark",
        aria_hidden="true",
    )


def wrapped(label: str, width: int) -> list[str]:
    """A label in lines of at most `width` letters: broken after spaces, hyphens and the like, else anywhere."""
    lines, rest = [], label
    while len(rest) > width:
        cut = max((i + 1 for i in range(width) if rest[i] in " -_/.·"), default=width)
        cut = cut if cut > width // 3 else width
        lines.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [*lines, rest]


def label_lines(x: float, y: float, words: str, kind: str, width: int) -> str:
    """A label in lines, the middle of them at `y`."""
    lines = wrapped(words, width)
    top = y - (len(lines) - 1) * LINE / 2
    return "".join(text(x, top + i * LINE, line, kind) for i, line in enumerate(lines))


def matrix(chart: Matrix) -> str:
    """Rows by columns, each cell a value with its interval on one common scale."""
    label, row = 150.0, 46.0
    cell = max(112.0, min(182.0, (WIDTH - label) / max(1, len(chart.columns))))
    across = int((cell - 12) / BOLD_LETTER)
    heads = [f"{chart.column_name}: all" if name == "all" else name for name in chart.columns]
    head = 16 + LINE * max(len(wrapped(name, across)) for name in [chart.row_name, *heads])
    width, height = label + cell * len(chart.columns), head + row * len(chart.rows) + 24
    out = [text(0, head - 10, chart.row_name, "head")]
    for j, name in enumerate(heads):
        x = label + j * cell
        lines = wrapped(name, across)
        out += [text(x + 8, head - 10 - (len(lines) - 1 - i) * LINE, line, "head") for i, line in enumerate(lines)]
    for i, name in enumerate(chart.rows):
        y = head + i * row
        out.append(tag("line", x1=0, x2=width, y1=y, y2=y, class_="rule" if i else "axis"))
        strong = "label strong" if name == "all" else "label"
        words = f"All {chart.row_name}s" if name == "all" else name
        out.append(label_lines(0, y + 27, words, strong, int((label - 8) / LETTER)))
        for j, column in enumerate(chart.columns):
            out.append(_cell(chart, chart.cells.get((name, column)), label + j * cell, y, cell, row))
    bottom = head + row * len(chart.rows)
    out.append(tag("line", x1=0, x2=width, y1=bottom, y2=bottom, class_="axis"))
    low, high = chart.scale
    for j in range(len(chart.columns)):
        x = label + j * cell
        out.append(text(x + 8, bottom + 14, tick_label(_nice(low), chart.unit), "tick"))
        out.append(text(x + cell - 12, bottom + 14, tick_label(_nice(high), chart.unit), "tick", "end"))
    words = "; ".join(spoken(mark) for mark in list(chart.cells.values())[:80])
    return svg(width, height, chart.title, words, "".join(out))


def _nice(value: float) -> float:
    return round(value, 3)


def _cell(chart: Matrix, mark: Mark | None, x: float, y: float, width: float, height: float) -> str:
    if mark is None:
        return ""
    if mark.estimate is None:
        return tag(
            "g",
            tag("title", escape(spoken(mark)))
            + text(x + 8, y + 18, "no answer", "small")
            + text(x + 8, y + 34, "0 audited", "tick"),
        )
    kind = kind_of(mark.standing)
    back = tag("rect", x=x + 2, y=y + 2, width=width - 6, height=height - 4, rx=4, class_=f"tint {kind}")
    value = text(x + 8, y + 18, mark.shown + ("" if mark.basis == "measured" else " *"), f"value {kind}")
    n = text(x + width - 12, y + 18, f"n {mark.n}", "tick", "end")
    line = tag("line", x1=x + 8, x2=x + width - 12, y1=y + 32, y2=y + 32, class_="grid")
    return tag(
        "g",
        tag("title", escape(spoken(mark)))
        + back
        + value
        + n
        + line
        + bar(mark, x + 8, width - 20, y + 32, chart.scale),
    )


def forest(chart: Forest) -> str:
    """One row a slice: name, interval on a common axis, value and n."""
    label, plot, head = 230.0, 420.0, 10.0
    letters = int((label - 12) / LETTER)
    names = ["All" if mark.label == "all" else clean(mark.label, 3 * letters) for mark in chart.marks]
    row = 10 + LINE * max((len(wrapped(name, letters)) for name in names), default=1)
    width, height = WIDTH, head + row * len(chart.marks) + 26
    bottom, (low, high) = head + row * len(chart.marks), chart.scale
    out = []
    for value in ticks(chart.scale):
        x = label + plot * (value - low) / (high - low)
        out.append(tag("line", x1=x, x2=x, y1=head, y2=bottom, class_="axis" if chart.zero and value == 0 else "grid"))
        out.append(text(x, bottom + 16, tick_label(value, chart.unit, chart.zero), "tick", "middle"))
    for i, mark in enumerate(chart.marks):
        y = head + row * (i + 0.5)
        name = names[i]
        parts = [
            tag("title", escape(spoken(mark))),
            label_lines(0, y + 4, name, "label strong" if name == "All" else "label", letters),
        ]
        parts.append(bar(mark, label, plot, y, chart.scale, target=not chart.zero))
        parts.append(
            text(
                label + plot + 12,
                y + 4,
                mark.shown + ("" if mark.basis == "measured" else " *"),
                f"value {kind_of(mark.standing)}",
            )
        )
        parts.append(text(width, y + 4, f"n {mark.n}", "tick", "end"))
        out.append(tag("g", "".join(parts)))
    words = "; ".join(spoken(mark) for mark in chart.marks[:80])
    return svg(width, height, chart.title, words, "".join(out))


def funnel(chart: Funnel) -> str:
    """Units by number of audits against the limits of chance; those beyond 99.8% are named."""
    left, top, plot_width, plot_height = 46.0, 12.0, WIDTH - 46.0 - 76.0, 330.0
    width, height = WIDTH, top + plot_height + 44
    low, high = chart.window
    most = float(chart.limits[-1].n) * 1.04

    def px(n: float) -> float:
        return left + plot_width * n / most

    def py(value: float) -> float:
        return top + plot_height * (1 - (min(high, max(low, value)) - low) / (high - low))

    out = []
    for value in ticks((low, high), 9):
        out.append(tag("line", x1=left, x2=left + plot_width, y1=py(value), y2=py(value), class_="grid"))
        out.append(text(left - 8, py(value) + 4, tick_label(value, "share"), "tick", "end"))
    for value in ticks((0, most), 8):
        out.append(text(px(value), top + plot_height + 17, f"{value:,.4g}", "tick", "middle"))
    out.append(text(left + plot_width / 2, height - 6, "Audited decisions (effective number)", "axis-title", "middle"))
    for kind, ends in (("wide", ("lower_998", "upper_998")), ("narrow", ("lower_95", "upper_95"))):
        for end in ends:
            path = [(at.n, getattr(at, end)) for at in chart.limits]
            visible = [(n, v) for n, v in path if low <= v <= high]
            if visible:
                out.append(
                    tag(
                        "path", d="M" + "L".join(f"{px(n):.1f} {py(v):.1f}" for n, v in visible), class_=f"limit {kind}"
                    )
                )
    out.append(tag("line", x1=left, x2=left + plot_width, y1=py(chart.rate), y2=py(chart.rate), class_="middle"))
    out.append(text(left + plot_width + 6, py(chart.rate) + 4, f"all: {percent(chart.rate)}", "tick"))
    standings = {"inside": None, "beyond 95%": "open", "beyond 99.8%": "missed"}
    for point in sorted(chart.points, key=lambda p: p.zone == "beyond 99.8%"):
        words = f"{clean(point.label, 40)}: {percent(point.estimate)}, n {point.n:,.0f}, {point.zone}"
        drawn = shape(px(point.n), py(point.estimate), standings[point.zone], 3.6)
        out.append(tag("g", tag("title", escape(words)) + drawn))
    taken: list[tuple[float, float]] = []
    for point in chart.outside[:12]:
        x, y = px(point.n), py(point.estimate) + 4
        while any(abs(y - other) < 12 and abs(x - beside) < 70 for beside, other in taken):
            y += 12
        taken.append((x, y))
        flip = x > left + plot_width - 90
        out.append(
            text(x - 8 if flip else x + 8, y, clean(point.label, 24), "value missed", "end" if flip else "start")
        )
    return svg(width, height, f"{clean(chart.metric.title)} by {clean(chart.unit)}", chart.words, "".join(out))


def draw(chart: Chart) -> str:
    """Any chart of the model."""
    if isinstance(chart, Matrix):
        return matrix(chart)
    return forest(chart) if isinstance(chart, Forest) else funnel(chart)
