from __future__ import annotations

from pathlib import Path

import pytest

from counterpact.errors import SourceError, UsageError
from counterpact.record.fetch import fetch
from counterpact.record.ingest import import_files
from counterpact.record.store import Store

from .conftest import Publisher

BODY = bytes(range(256)) * 2_000


@pytest.fixture
def served(publisher: Publisher) -> Publisher:
    publisher.files["ics-attack.json"] = BODY
    return publisher


def get(store: Store, publisher: Publisher) -> tuple[Path, bool]:
    (done,) = fetch(store, "attack_ics", base=publisher.base, pause=0.0)
    return done.path, done.changed


def test_a_file_is_fetched_once_and_then_only_asked_for(store: Store, served: Publisher) -> None:
    path, changed = get(store, served)
    assert changed
    assert path.read_bytes() == BODY
    path, changed = get(store, served)
    assert not changed
    assert served.seen[-1][1]["If-None-Match"] == '"v1"'
    served.version, served.files["ics-attack.json"] = '"v2"', BODY[::-1]
    path, changed = get(store, served)
    assert changed
    assert path.read_bytes() == BODY[::-1]


def test_a_dropped_connection_is_resumed_where_it_broke(store: Store, served: Publisher) -> None:
    served.faults = ["drop"]
    path, _ = get(store, served)
    assert path.read_bytes() == BODY
    assert len(served.seen) == 2
    begin = int(served.seen[1][1]["Range"].removeprefix("bytes=").rstrip("-"))
    assert 0 < begin < len(BODY)


def test_a_file_that_changed_while_broken_is_not_glued_together(store: Store, served: Publisher) -> None:
    served.faults = ["drop"] * 5
    with pytest.raises(SourceError, match="did not succeed in 5 tries"):
        get(store, served)
    served.version, served.files["ics-attack.json"] = '"v2"', BODY[::-1]
    path, _ = get(store, served)
    assert path.read_bytes() == BODY[::-1]


def test_a_busy_server_is_tried_again_and_an_absent_file_is_said(store: Store, served: Publisher) -> None:
    served.faults = ["busy", "busy"]
    assert get(store, served)[0].read_bytes() == BODY
    served.files.clear()
    (store.root / "downloads" / "attack_ics" / "ics-attack.json").unlink()
    with pytest.raises(SourceError, match="answered 404"):
        get(store, served)


def test_a_web_page_in_place_of_data_is_refused_at_import(store: Store, served: Publisher) -> None:
    served.faults = ["page"]
    path, _ = get(store, served)
    with pytest.raises(SourceError, match="a web page, not data"):
        import_files(store, "attack_ics", [path])
    assert store.manifest().entries == ()


def test_a_data_set_without_an_address_says_how_to_get_it(store: Store) -> None:
    with pytest.raises(UsageError, match="counterpact record import nmc FILE"):
        fetch(store, "nmc")


def test_a_key_stands_in_no_message_and_on_no_disk(
    store: Store, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    import httpx

    from counterpact.record.fetch import download

    target = store.root / "downloads" / "answer.json"
    target.parent.mkdir(parents=True)
    path = "answer.json?subscription-key=hunter2"
    publisher.files[path] = BODY
    publisher.faults = ["drop"]
    with httpx.Client() as client:
        download(client, f"{publisher.base}/{path}", target, pause=0.0, secret="hunter2")
        publisher.files.clear()
        with pytest.raises(SourceError, match="key=KEY") as error:
            download(client, f"{publisher.base}/{path}", target, pause=0.0, secret="hunter2")
    assert "hunter2" in publisher.seen[0][0]
    assert "hunter2" not in str(error.value)
    assert not any(b"hunter2" in file.read_bytes() for file in target.parent.iterdir())
    monkeypatch.delenv("COMTRADE_API_KEY", raising=False)
    with pytest.raises(UsageError, match="environment as COMTRADE_API_KEY"):
        fetch(store, "comtrade", values={"reporter": "643", "year": "2021", "product": "TOTAL"})
