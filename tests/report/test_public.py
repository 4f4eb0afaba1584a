"""The public version gives no route away and lists only closings that are already public."""

from __future__ import annotations

import re
from typing import Any

import pytest

from counterpact.case.case import Case
from counterpact.charts.page import library
from counterpact.report.brief import to_json
from counterpact.report.html import render
from counterpact.report.public import published


@pytest.fixture(scope="module")
def texts(public: dict[str, Any]) -> dict[str, str]:
    return {"object": to_json(public), "page": render(public).replace(library(), "")}


def test_it_is_marked_clear(public: dict[str, Any], brief: dict[str, Any]) -> None:
    assert (public["handling"], brief["handling"]) == ("TLP:CLEAR", "TLP:AMBER")
    assert public["public"]


@pytest.mark.parametrize("which", ["object", "page"])
def test_no_channel_is_named(which: str, texts: dict[str, str], shipped: Case) -> None:
    text = texts[which]
    for channel in shipped.channels.values():
        alone = rf"(?<![\w.-]){re.escape(channel.id)}(?![\w.-])"
        assert channel.id not in text or not re.search(alone, text), channel.id
        assert channel.name not in text, channel.name


def test_the_test_would_see_a_leak(brief: dict[str, Any], shipped: Case) -> None:
    text = to_json(brief)
    assert all(channel.id in text and channel.name in text for channel in shipped.channels.values())


def test_no_chain_of_places_is_shown(public: dict[str, Any]) -> None:
    assert "places" not in public["network"]
    assert public["reply"]["routes"] == []
    for one in public["loopholes"]:
        assert one["route"] == []
        assert "→" not in one["route_text"]


def test_only_published_closings_are_listed(public: dict[str, Any], shipped: Case) -> None:
    for one in public["loopholes"]:
        for closing in one["closing_measures"]:
            assert all(published(shipped, m) for m in closing["measures"])
    unread = [m.id for m in shipped.measures.values() if not m.reading.verified]
    assert unread
    assert not any(published(shipped, m) for m in unread)


def test_what_is_aggregated_still_adds_up(public: dict[str, Any], brief: dict[str, Any]) -> None:
    whole = sum(x["risk_share"]["low"] for x in brief["loopholes"])
    assert sum(x["value"]["low"] for x in public["loopholes"]) == pytest.approx(whole)
