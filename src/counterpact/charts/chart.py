"""What every builder returns: an option, and all that a reader needs who cannot see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Option = dict[str, Any]
"""An ECharts option: plain JSON values only."""

Cell = str | Mapping[str, Any]
"""A cell of the table under a chart: text, or a figure of the brief (it then opens its sources)."""


@dataclass(frozen=True)
class Key:
    """One entry of a legend. `shape`: bar, hollow, line, dash, dot, diamond or tick."""

    name: str
    colour: str
    shape: str = "bar"

    def as_dict(self) -> dict[str, str]:
        """Plain values."""
        return {"name": self.name, "colour": self.colour, "shape": self.shape}


@dataclass(frozen=True)
class Table:
    """The data under a chart."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True)
class Chart:
    """A drawing with its words. `alt` says in one or two sentences what one sees.

    `height` in pixels; with `aspect` (width over height) it is the least height.
    """

    id: str
    title: str
    alt: str
    caption: str
    option: Option
    table: Table
    height: int = 320
    legend: tuple[Key, ...] = ()
    aspect: float = 0.0


def base(**more: Any) -> Option:
    """Settings common to all options: no animation (it distracts and differs on paper), own tooltip text per item."""
    return {
        "animation": False,
        "tooltip": {"trigger": "item", "confine": True, "enterable": False, "renderMode": "html"},
        **more,
    }


def axis(name: str = "", *, kind: str = "value", **more: Any) -> Option:
    """A horizontal axis with its unit beneath."""
    return {
        "type": kind,
        "name": name,
        "nameLocation": "middle",
        "nameGap": 26,
        "splitNumber": 4,
        "axisLabel": {"hideOverlap": True},
        **more,
    }


def plain(value: float) -> float | int:
    """A number without float noise, six significant digits: shorter files, same picture.

    >>> plain(1234567.891), plain(3.0), plain(0.1 + 0.2)
    (1234570, 3, 0.3)
    """
    rounded = float(f"{value:.6g}")
    return int(rounded) if rounded == int(rounded) and abs(rounded) < 1e15 else rounded


def tip(*lines: str) -> str:
    """The text of a tooltip: first line strong, all escaped.

    >>> tip("Rajin & Vostochny", "6,000")
    '<strong>Rajin &amp; Vostochny</strong><br>6,000'
    """
    from html import escape

    shown = [escape(line, quote=False) for line in lines if line]
    return "<br>".join([f"<strong>{shown[0]}</strong>", *shown[1:]]) if shown else ""
