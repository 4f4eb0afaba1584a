"""Colours of data: told apart by people who do not see red and green apart, and visible on white and on black.

The hues follow Okabe & Ito (2008), "Color Universal Design", darkened or lightened until each has a contrast of at
least 3 : 1 (WCAG 2.2, 1.4.11) against both grounds of the page; a test holds them to it. Colour is never the only sign:
unverified bars are hollow, uncertain routes dashed, and every chart has its table.
"""

from __future__ import annotations

from collections.abc import Mapping

GROUND_LIGHT = "#ffffff"
GROUND_DARK = "#14181f"

BLUE = "#1f77b4"
ORANGE = "#d55e00"
GREEN = "#0a9367"
PINK = "#bb5490"
VIOLET = "#8069c9"
OCHRE = "#a07400"
GREY = "#75808d"

SERIES: tuple[str, ...] = (BLUE, ORANGE, GREEN, PINK, OCHRE, VIOLET, GREY)
"""Colours of series in order; a chart with more than seven repeats them and tells rows apart by their labels."""

KIND: Mapping[str, str] = {
    "strategic": ORANGE,
    "people": PINK,
    "money": BLUE,
    "know-how": VIOLET,
    "civilian": GREEN,
}
"""By kind of good."""

KIND_NAME: Mapping[str, str] = {
    "strategic": "Arms, energy and other goods",
    "people": "People",
    "money": "Money",
    "know-how": "Know-how",
    "civilian": "Civilian goods",
}

LINE: Mapping[str, str] = dict(
    zip(
        ("diplomacy", "sanctions", "readiness", "cyber", "humanitarian", "technology", "accountability"),
        (BLUE, ORANGE, PINK, VIOLET, GREEN, OCHRE, GREY),
        strict=True,
    )
)
"""By line of effort."""

BEFORE = GREY
AFTER = BLUE
WORSE = ORANGE
BETTER = BLUE
LIMIT = ORANGE


def luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb`, 0 to 1 (WCAG 2.2).

    >>> round(luminance("#ffffff"), 3), round(luminance("#000000"), 3)
    (1.0, 0.0)
    """
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21 (WCAG 2.2).

    >>> round(contrast("#ffffff", "#000000"))
    21
    """
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)
