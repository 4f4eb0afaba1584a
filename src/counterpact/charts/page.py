"""Files that a page with charts carries: the library, the world, the runtime, and the notices they need."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import Any


def _text(*path: str) -> str:
    return resources.files("counterpact.charts").joinpath(*path).read_text(encoding="utf-8")


@cache
def library() -> str:
    """The vendored drawing library as a script."""
    return _text("vendor", "echarts.js")


@cache
def runtime() -> str:
    """Our own script that draws the charts."""
    return _text("runtime.js")


@cache
def world() -> str:
    """The world map as JSON text."""
    return _text("vendor", "world.json")


@cache
def manifest() -> dict[str, Any]:
    """What is vendored: names, versions, licences, hashes."""
    return dict(json.loads(_text("vendor", "VENDOR.json")))


def notices() -> list[tuple[str, str]]:
    """(name, text) of every licence text a page must carry; the long Apache licence by its own short notice."""
    found = []
    for entry in manifest()["files"]:
        for name in entry["notices"]:
            if name != "LICENSE.echarts":
                found.append((name, _text("vendor", name)))
    return found


def versions() -> dict[str, str]:
    """Name → version of what a page carries."""
    return {p["name"]: p["version"] for entry in manifest()["files"] for p in entry["packages"]}


def embed(value: Any) -> str:
    """JSON text that can stand inside a script element: sorted keys, no `</`, no infinite number.

    >>> embed({"b": "</script>", "a": 1})
    '{"a":1,"b":"\\\\u003c/script>"}'
    """
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
