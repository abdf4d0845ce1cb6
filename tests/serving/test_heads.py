"""Heads of requests are bounded, in count and in bytes, whichever library reads them."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
from collections.abc import Callable
from typing import Any

import pytest
import uvicorn

from cellbook.serving import Server, heads
from cellbook.serving.door import Door
from cellbook.serving.settings import Settings
from tests.serving.bundles import Client

PROTOCOLS = [heads.h11_protocol, heads.httptools_protocol]

START = b"GET /ping HTTP/1.1\r\nHost: localhost\r\n"


def test_too_many_headers_are_refused(iris_server: Server) -> None:
    client = Client(iris_server.url)
    few = {f"x{number}": "1" for number in range(80)}
    assert client.get("/ping", **few).status == 200
    refused = client.get("/ping", **{f"x{number}": "1" for number in range(120)})
    assert refused.status == 431
    assert refused.doc == {"error": heads.TOO_LARGE}
    assert client.get("/ping").status == 200


def test_large_headers_are_refused(iris_server: Server) -> None:
    client = Client(iris_server.url)
    assert client.get("/ping", x="a" * 20_000).status == 200
    assert client.get("/ping", x="a" * 60_000).status == 431
    assert client.get("/" + "a" * 60_000).status == 431


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_head_without_an_end_is_not_held(protocol: Callable[[], type]) -> None:
    for piece in (b"X: " + b"a" * 1000 + b"\r\n", b"a" * 1000):
        told = _ask(protocol(), [START + b"Y: ", *[piece] * 200])
        head, _, body = told.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 431 ")
        assert b"connection: close" in head
        assert json.loads(body) == {"error": heads.TOO_LARGE}


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_bodies_and_later_requests_are_no_part_of_a_head(protocol: Callable[[], type]) -> None:
    large = b"POST /ping HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n"
    sent = [large, *[b"a" * 1000] * 1000] * 2 + [START + b"\r\n"] * 900
    last = START + b"Connection: close\r\n\r\n"
    told = _ask(protocol(), [*sent, last])
    assert told.count(b"HTTP/1.1 200 ") == 903


def test_a_trailer_without_an_end_is_not_held() -> None:
    start = b"POST /ping HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
    with contextlib.suppress(ConnectionError):
        pieces = [start, b"1\r\na\r\n0\r\nX: ", *[b"a" * 1000] * 200]
        assert _ask(heads.httptools_protocol(), pieces) == b""


def _ask(protocol: type, pieces: list[bytes]) -> bytes:
    """Send pieces to a server; return what came until it closed."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        while (await receive()).get("more_body"):
            pass
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def run() -> bytes:
        with socket.create_server(("127.0.0.1", 0)) as bound:
            config = uvicorn.Config(
                Door(app, Settings()),
                http=protocol,
                lifespan="off",
                log_level="critical",
                h11_max_incomplete_event_size=heads.MOST_BYTES,
            )
            server = uvicorn.Server(config)
            serving = asyncio.create_task(server.serve([bound]))
            while not server.started:
                await asyncio.sleep(0.01)
            reader, writer = await asyncio.open_connection(*bound.getsockname())
            heard = asyncio.create_task(reader.read())
            for piece in pieces:
                writer.write(piece)
                await writer.drain()
            told = await asyncio.wait_for(heard, 30)
            writer.close()
            server.should_exit = True
            await serving
            return told

    return asyncio.run(run())
