"""The manual's page of sources is the catalogue's, word for word."""

from __future__ import annotations

from pathlib import Path

from counterpact.record import catalog
from counterpact.record.reference_page import GROUPS, render

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "sources.md"


def test_the_page_is_up_to_date() -> None:
    again = "python -m counterpact.record.reference_page > docs/reference/sources.md"
    assert PAGE.read_text("utf-8") == render(), f"make it again: {again}"


def test_every_source_stands_on_it_with_its_licence() -> None:
    page = render()
    for name in catalog.names():
        described = catalog.dataset(name)
        assert f"\n### {name}\n" in page
        assert described.licence.name in page
        assert described.group in GROUPS, f"{name}: group {described.group} has no heading"
