"""From degrees to the units of the vendored world map.

Equal Earth projection (Šavrič, Patterson & Jenny 2018, doi:10.1080/13658816.2018.1504949), turned so that 150° E stands
in the middle: the Pacific is whole and Russia is not cut.
"""

from __future__ import annotations

import math

CENTRE = 150.0
"""Degrees east in the middle of the map; scripts/vendor/world.mjs uses the same."""
SCALE = 2000.0
"""Map units per unit of the projection; the same there."""

_A1, _A2, _A3, _A4 = 1.340264, -0.081106, 0.000893, 0.003796
_M = math.sqrt(3) / 2


def project(latitude: float, longitude: float) -> tuple[float, float]:
    """Map units (east, north) of a point in degrees.

    >>> project(0, 150)
    (0.0, 0.0)
    """
    turned = math.radians((longitude - CENTRE + 180) % 360 - 180)
    theta = math.asin(_M * math.sin(math.radians(latitude)))
    t2 = theta * theta
    t6 = t2**3
    x = turned * math.cos(theta) / (_M * (_A1 + 3 * _A2 * t2 + t6 * (7 * _A3 + 9 * _A4 * t2)))
    y = theta * (_A1 + _A2 * t2 + t6 * (_A3 + _A4 * t2))
    return x * SCALE, y * SCALE
