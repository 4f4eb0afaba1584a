"""The page: well formed, alone, accessible in its structure, and every figure leads to its sources."""

from __future__ import annotations

import dataclasses
import itertools
import re
from html.parser import HTMLParser
from typing import Any

import pytest

from counterpact.case.case import Case
from counterpact.report.html import render
from tests.report import sample

VOID = {"meta", "br", "link", "img", "input", "hr"}


class Page(HTMLParser):
    """Collects tags, ids, headings and links, and complains about tags that are not closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {k: v or "" for k, v in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {k: v or "" for k, v in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"</{tag}> closes something else"

    def values(self, name: str) -> list[str]:
        return [attrs[name] for _, attrs in self.tags if name in attrs]


@pytest.fixture(scope="module", params=["brief", "small", "public"])
def page(request: pytest.FixtureRequest) -> tuple[Page, str, dict[str, Any]]:
    b = request.getfixturevalue(request.param)
    text = render(b)
    return Page(text), text, b


def test_it_is_well_formed_and_ids_are_unique(page: tuple[Page, str, dict[str, Any]]) -> None:
    ids = page[0].values("id")
    assert len(ids) == len(set(ids))


def test_it_asks_nothing_of_the_network(page: tuple[Page, str, dict[str, Any]]) -> None:
    parsed, text, _ = page
    assert not parsed.values("src")
    assert not [attrs for tag, attrs in parsed.tags if tag == "link"]
    assert "@import" not in text
    assert not re.search(r"url\(\s*['\"]?(?!data:)", re.sub(r"<script.*?</script>", "", text, flags=re.S))
    policy = next(
        attrs["content"] for tag, attrs in parsed.tags if attrs.get("http-equiv") == "Content-Security-Policy"
    )
    assert "default-src 'none'" in policy
    for tag, attrs in parsed.tags:
        if attrs.get("href", "").startswith("http"):
            assert tag == "a"
        assert not [name for name in attrs if name.startswith("on")]


def test_every_figure_leads_to_its_sources(page: tuple[Page, str, dict[str, Any]]) -> None:
    parsed, _, b = page
    ids = set(parsed.values("id"))
    links = [attrs for tag, attrs in parsed.tags if tag == "a" and "fig" in attrs.get("class", "").split()]
    assert len(links) > 20
    for attrs in links:
        assert attrs["href"].removeprefix("#") in ids
        assert attrs.get("data-facts") or attrs.get("data-how"), attrs
        for fact in attrs.get("data-facts", "").split() + attrs.get("data-rivals", "").split():
            assert f"fact-{fact}" in ids
            assert fact in b["facts"]


def test_unread_figures_are_marked_in_words(page: tuple[Page, str, dict[str, Any]]) -> None:
    _, text, b = page
    doubtful = re.findall(r'<a class="fig doubt".*?</a>(.{0,60})', text, re.S)
    assert all("not verified" in after for after in doubtful)
    for i, fact in b["facts"].items():
        entry = re.search(rf'<li id="fact-{re.escape(i)}">(.*?)</li>', text, re.S)
        if entry and not fact["verified"]:
            assert "not verified" in entry[1]


def test_headings_go_down_one_step_at_a_time(page: tuple[Page, str, dict[str, Any]]) -> None:
    levels = [int(tag[1]) for tag, _ in page[0].tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b - a <= 1 for a, b in itertools.pairwise(levels))


def test_every_drawing_is_named_and_has_its_table(page: tuple[Page, str, dict[str, Any]]) -> None:
    parsed, text, _ = page
    drawings = [attrs for _, attrs in parsed.tags if attrs.get("class") == "drawing"]
    assert drawings
    for attrs in drawings:
        assert attrs["role"] == "img"
        assert attrs["aria-label"]
        assert attrs["data-option"] in parsed.values("id")
    assert text.count("The data of this chart") == len(drawings)


def test_it_says_whose_eyes_it_is_for(page: tuple[Page, str, dict[str, Any]]) -> None:
    assert page[1].count(page[2]["handling"]) >= 2


def test_words_of_a_case_cannot_become_markup(shipped: Case) -> None:
    evil = '"><script>alert(1)</script>'
    facts = {i: f.model_copy(update={"statement": f.statement + evil}) for i, f in shipped.facts.items()}
    actors = {i: a.model_copy(update={"name": a.name + evil}) for i, a in shipped.actors.items()}
    case = dataclasses.replace(shipped, rows={**shipped.rows, "facts": facts, "actors": actors})
    text = render(sample.brief(case))
    assert "<script>alert(1)" not in text
    Page(text)


def test_same_brief_same_page(brief: dict[str, Any]) -> None:
    assert render(brief) == render(brief)


def test_what_changed_is_shown_when_asked(shipped: Case) -> None:
    assert 'id="changes"' in render(sample.brief(shipped, since="2026-01"))
    assert 'id="changes"' not in render(sample.brief(shipped))
