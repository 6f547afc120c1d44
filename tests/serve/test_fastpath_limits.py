"""What the fast path refuses, and whom it tells of what it sent."""

import socket
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from feedsvc.serve.fastpath import FastPath
from feedsvc.serve.limiter import Limiter
from feedsvc.settings import Serve

PER_MINUTE = 20
FEEDS = ("/rss.xml", "/atom.xml", "/feed.json", "/feed", "/channels.opml", "/map.svg")


def get(client: FlaskClient, path: str, **headers: str) -> TestResponse:
    return client.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})


@pytest.fixture
def client(standing: Any) -> FlaskClient:
    """Of an application that sends an address so many documents a minute."""
    serve = standing.settings.serve.model_copy(update={"requests_per_minute": PER_MINUTE, "unlimited": ()})
    before = standing.settings
    standing.settings = before.model_copy(update={"serve": serve})
    made: FlaskClient = standing.app().test_client()
    standing.settings = before
    return made


def exhaust(client: FlaskClient) -> None:
    assert [client.get("/rss.xml").status_code for _ in range(PER_MINUTE)] == [200] * PER_MINUTE


def test_who_asks_too_often_is_told_when_to_come_back(client: FlaskClient):
    statuses = [client.get(path).status_code for path in FEEDS * 4]
    assert statuses == [200] * PER_MINUTE + [429] * (len(statuses) - PER_MINUTE)
    refused = client.get("/rss.xml")
    wait_s = int(refused.headers["Retry-After"])
    assert 0 < wait_s <= 60
    assert refused.text == f"Too many requests have come from your address; please ask again in {wait_s} seconds.\n"
    assert refused.mimetype == "text/plain"
    assert refused.headers["Cache-Control"] == "no-store"
    assert refused.headers["Access-Control-Allow-Origin"] == "*"
    assert not {"ETag", "Last-Modified", "Surrogate-Key"} & set(refused.headers.keys())
    assert client.head("/rss.xml").status_code == 429


def test_what_has_not_changed_is_never_counted_and_never_refused(client: FlaskClient):
    tag = client.get("/rss.xml").headers["ETag"]
    assert {get(client, "/rss.xml", If_None_Match=tag).status_code for _ in range(5 * PER_MINUTE)} == {304}
    assert [client.get("/rss.xml").status_code for _ in range(PER_MINUTE)] == [200] * (PER_MINUTE - 1) + [429]
    assert {get(client, "/rss.xml", If_None_Match=tag).status_code for _ in range(5)} == {304}


def test_pages_and_health_are_for_everyone(client: FlaskClient):
    exhaust(client)
    assert client.get("/rss.xml").status_code == 429
    for path in ("/", "/healthz", "/readyz", "/health", "/nothing"):
        assert {client.get(path).status_code for _ in range(5)} <= {200, 404, 503}  # the last run may be long ago
    assert get(client, "/rss.xml", Sec_Fetch_Dest="document").status_code == 200
    assert client.options("/rss.xml").status_code == 204
    assert client.get("/channels/nothing/rss.xml").status_code == 404


def test_others_are_served_all_the_same(client: FlaskClient):
    exhaust(client)
    assert client.get("/rss.xml").status_code == 429
    assert client.get("/rss.xml", environ_overrides={"REMOTE_ADDR": "192.0.2.7"}).status_code == 200


def test_a_real_server_refuses_and_keeps_304_free(printed: Any, serving: Callable[..., int]):
    port = serving(printed, requests_per_minute=PER_MINUTE, unlimited=[])
    statuses, tag = [], b""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection, connection.makefile("rb") as answers:
        for number in range(PER_MINUTE + 5):
            connection.sendall(b"GET /rss.xml?%d HTTP/1.1\r\nHost: x\r\n\r\n" % number)
            status, headers = _read(answers)
            statuses.append(status)
            tag = headers.get(b"etag", tag)
        connection.sendall(b"GET /rss.xml HTTP/1.1\r\nHost: x\r\nIf-None-Match: " + tag + b"\r\n\r\n")
        assert _read(answers)[0] == 304
    assert statuses == [200] * PER_MINUTE + [429] * 5


def _read(answers: Any) -> tuple[int, dict[bytes, bytes]]:
    """One answer of a connection that stays open."""
    status = int(answers.readline().split()[1])
    headers = {}
    while line := answers.readline().strip():
        name, _, value = line.partition(b":")
        headers[name.lower()] = value.strip()
    answers.read(int(headers.get(b"content-length", 0)))
    return status, headers


# The watch


class Watched:
    """A fast path with a watch that writes down what it is told."""

    def __init__(self, paper: Any, per_minute: int = 0) -> None:
        self.told: list[tuple[Any, ...]] = []
        self.fails = False
        app = paper.app()
        shelf = app.wsgi_app._shelf
        limiter = Limiter(Serve(requests_per_minute=per_minute, unlimited=()))
        app.wsgi_app = FastPath(app.wsgi_app, shelf, "", limiter, self._note)
        self.client: FlaskClient = app.test_client()

    def _note(self, environ: dict[str, Any], *told: Any) -> None:
        self.told.append((environ["REQUEST_METHOD"], *told))
        if self.fails:
            raise RuntimeError("the watch is out of order")


def test_each_answer_for_a_feed_is_told_with_what_it_cost(standing: Any):
    watched = Watched(standing)
    client, slug = watched.client, standing.slugs()[0]
    plain = client.get("/rss.xml")
    packed = get(client, f"/channels/{slug}/atom.xml", Accept_Encoding="br")
    get(client, "/feed.json", If_None_Match="*")
    client.head("/feed")
    size, whole = len(plain.data), len(client.get("/feed.json").data)
    unpacked = len(standing.app().test_client().get(f"/channels/{slug}/atom.xml").data)
    assert watched.told == [
        ("GET", "", "rss", 200, size, size),
        ("GET", f"channels/{slug}", "atom", 200, len(packed.data), unpacked),
        ("GET", "", "json", 304, 0, whole),
        ("HEAD", "", "rss", 200, 0, size),
        ("GET", "", "json", 200, whole, whole),
    ]


def test_a_refusal_is_told_too(standing: Any):
    watched = Watched(standing, per_minute=PER_MINUTE)
    answers = [watched.client.get("/rss.xml") for _ in range(PER_MINUTE + 1)]
    size = len(answers[0].data)
    assert watched.told[-1] == ("GET", "", "rss", 429, len(answers[-1].data), size)


def test_what_is_no_feed_is_not_told(standing: Any):
    watched = Watched(standing)
    paths = ("/channels.opml", "/map.svg", "/", "/channels/nothing/rss.xml", "/healthz")
    for path in paths:
        watched.client.get(path)
    get(watched.client, "/rss.xml", Sec_Fetch_Dest="document")
    assert watched.told == []


def test_a_watch_that_fails_spoils_no_answer_and_is_complained_of_once(
    standing: Any, capsys: pytest.CaptureFixture[str]
):
    watched = Watched(standing)
    watched.fails = True
    assert [watched.client.get("/rss.xml").status_code for _ in range(3)] == [200] * 3
    assert get(watched.client, "/rss.xml", If_None_Match="*").status_code == 304
    assert len(watched.told) == 4
    assert capsys.readouterr().out.count("the watch is out of order") == 1
