"""Counterpact: one integrated strategy against a hostile alliance, with every figure traced to its source.

>>> import counterpact
>>> case = counterpact.open("russia-dprk")                    # doctest: +SKIP
>>> case.plan(money=2_000).package.measures                   # doctest: +SKIP
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from counterpact.version import __version__

if TYPE_CHECKING:
    from counterpact.api import open

__all__ = ["__version__", "open"]


def __getattr__(name: str) -> Any:
    """Import the API only when it is asked for: `import counterpact` stays instant."""
    if name == "open":
        from counterpact.api import open

        return open
    raise AttributeError(f"module 'counterpact' has no attribute {name!r}")
