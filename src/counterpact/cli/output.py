"""What every command prints for machines."""

from __future__ import annotations

import json
from typing import Any

import typer


def say_json(value: Any) -> None:
    """One JSON value on standard output, letters as they are."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=1))
