"""A store in a temporary folder and a server on this machine that misbehaves on request."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from counterpact.record.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "home")


class Publisher(http.server.ThreadingHTTPServer):
    """Serves `files`; `faults` is a list of what to do wrong, one entry used per request."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.files: dict[str, bytes] = {}
        self.faults: list[str] = []
        self.seen: list[tuple[str, dict[str, str]]] = []
        self.version = '"v1"'

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(http.server.BaseHTTPRequestHandler):
    server: Publisher
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        server = self.server
        server.seen.append((self.path, dict(self.headers)))
        fault = server.faults.pop(0) if server.faults else ""
        body = server.files.get(self.path.lstrip("/"))
        if body is None:
            return self._answer(404, b"not here")
        if fault == "busy":
            return self._answer(503, b"later", {"Retry-After": "0"})
        if fault == "page":
            return self._answer(200, b"<!DOCTYPE html><html><body>Too many requests</body></html>")
        if self.headers.get("If-None-Match") == server.version:
            return self._answer(304, b"")
        start, status = 0, 200
        span = self.headers.get("Range", "")
        if span and self.headers.get("If-Range") == server.version:
            start, status = int(span.removeprefix("bytes=").split("-")[0]), 206
        rest = body[start:]
        headers = {"ETag": server.version, "Last-Modified": "Fri, 03 May 2024 10:00:00 GMT"}
        self.send_response(status)
        for key, value in (headers | {"Content-Length": str(len(rest))}).items():
            self.send_header(key, value)
        self.end_headers()
        if fault == "drop":
            self.wfile.write(rest[: len(rest) // 2])
            self.wfile.flush()
            self.close_connection = True
            self.connection.close()
            return None
        self.wfile.write(rest)
        return None

    def _answer(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for key, value in ((headers or {}) | {"Content-Length": str(len(body))}).items():
            self.send_header(key, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    server = Publisher()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
