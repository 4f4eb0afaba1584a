"""The HTTP interface: yente's own client, bad bodies, large requests, injection."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import httpx
import pytest

from counterpact.lines.sanctions.screening.screener import Screener
from counterpact.service.screening import MOST_QUERIES, build
from tests.lines.sanctions.screening.sample import SHIP, index


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    import uvicorn

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    app = build(Screener(index(), threshold=0.8))
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)


def person(name: str, **more: object) -> dict[str, object]:
    return {"schema": "Person", "properties": {"name": [name], **more}}


@pytest.mark.oracle
@pytest.mark.needs("yente_client")
def test_yentes_own_client_is_served(address: str) -> None:
    from yente_client import Client, NotFoundError, Person, Vessel

    with Client(base_url=address) as client:
        assert client.healthz().status == client.readyz().status == "ok"
        assert "sample" in {one.name for one in client.datasets().datasets}
        assert client.algorithms().best == "counterpact-1"
        found = client.match(Person(name="Igor Testov", birthDate="1970-05-12", nationality="ru"), datasets=["default"])
        assert found.top is not None
        assert found.top.id == "sample:1"
        assert found.top.match
        assert any("same day" in (f.detail or "") for f in found.top.contributing_explanations.values())
        ship = client.match(Vessel(name="Another", imoNumber=SHIP), datasets=["sample"])
        assert [hit.id for hit in ship.matches] == ["sample:4"]
        assert client.match(Person(name="Wilhelmine Quatschnick")).results == []
        assert client.search("Sever Trading", schema="Company").results[0].caption == "OOO Sever Trading"
        assert client.fetch("sample:2").schema_ == "Person"
        with pytest.raises(NotFoundError):
            client.fetch("sample:none")


def test_ten_thousand_queries_are_answered_and_more_refused(address: str) -> None:
    queries = {f"q{i}": person(f"Wilhelmine Quatsch{i}nick") for i in range(MOST_QUERIES)}
    answer = httpx.post(f"{address}/match/default", json={"queries": queries}, timeout=120)
    assert answer.status_code == 200
    assert len(answer.json()["responses"]) == MOST_QUERIES
    queries["one more"] = person("x")
    assert httpx.post(f"{address}/match/default", json={"queries": queries}, timeout=60).status_code == 422


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b'{"queries": []}', b'{"queries": {"a": {"properties": {}}}}', b"\xff\xfe",
     b'{"queries":{"a":1}}'],
)  # fmt: skip
def test_bad_bodies_are_refused_politely(address: str, body: bytes) -> None:
    answer = httpx.post(f"{address}/match/default", content=body, headers={"content-type": "application/json"})
    assert answer.status_code in (400, 422)
    assert "detail" in answer.json()


@pytest.mark.parametrize(
    "name",
    ["'; drop table names; --", "<script>alert(1)</script>", "../../etc/passwd", "{{7*7}}", "\x00",
     "a" * 10_000, "\u202e"]
)  # fmt: skip
def test_injection_is_only_a_name(address: str, name: str) -> None:
    answer = httpx.post(f"{address}/match/default", json={"queries": {"a": person(name)}})
    assert answer.status_code == 200
    assert answer.json()["responses"]["a"]["results"] == []
    assert httpx.get(f"{address}/search/default", params={"q": name[:2000]}).status_code == 200
    assert httpx.get(f"{address}/entities/{name[:50].encode().hex()}").status_code == 404


def test_what_is_not_used_is_said(address: str) -> None:
    asked = person("Igor Testov", birthDate=["00.00.1970"], hairColor=["red"], imoNumber=["1234568"])
    said = " ".join(
        httpx.post(f"{address}/match/sample", json={"queries": {"a": asked}}).json()["responses"]["a"]["ignored"]
    )
    assert "00.00.1970" in said
    assert "hairColor" in said
    assert "1234568" in said


def test_unknown_datasets_and_schemata(address: str) -> None:
    assert httpx.post(f"{address}/match/nowhere", json={"queries": {}}).status_code == 404
    bad = {"queries": {"a": {"schema": "Robot", "properties": {}}}}
    assert httpx.post(f"{address}/match/default", json=bad).status_code == 400


def test_a_body_too_large_is_refused_before_it_is_read(address: str) -> None:
    from http.client import HTTPConnection

    host, port = address.removeprefix("http://").split(":")
    connection = HTTPConnection(host, int(port), timeout=10)
    connection.putrequest("POST", "/match/default")
    connection.putheader("Content-Length", "999999999")
    connection.endheaders()
    assert connection.getresponse().status == 413
    connection.close()
