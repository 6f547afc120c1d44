"""Maps as they are served: stored bytes, like feeds, but never a page of their own. That of a channel is made once."""

import gzip
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import insert, select, update

from feedsvc.serve.limiter import BURST
from feedsvc.store import amendments, reading
from feedsvc.store.tables import channels, made

BASE = "https://feeds.paper.example"
MAPS = ["/channels/{}/map.svg", "/map.svg"]


@pytest.fixture(scope="session")
def slug(standing) -> str:
    return standing.slugs()[0]


@pytest.mark.parametrize("path", MAPS)
def test_a_map_is_served_like_a_stored_feed(client: FlaskClient, slug: str, path: str):
    answer = client.get(path.format(slug))
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/svg+xml")
    assert answer.data.startswith(b"<svg ")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    packed = client.get(path.format(slug), headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == answer.data
    assert packed.headers["ETag"] != answer.headers["ETag"]
    assert answer.headers["Cache-Control"].startswith("public, max-age=60,")
    home = f"{BASE}/{path.format(slug)[1:].removesuffix('map.svg')}"
    assert answer.headers["Link"] == f'<{home}map.svg>; rel="self", <{home}>; rel="alternate"; type="text/html"'
    assert answer.headers["Vary"] == "Accept-Encoding, Sec-Fetch-Dest"
    head = client.head(path.format(slug))
    assert (head.status_code, head.data, head.headers["ETag"]) == (200, b"", answer.headers["ETag"])
    assert head.headers["Content-Length"] == str(len(answer.data))


@pytest.mark.parametrize("path", MAPS)
def test_a_map_that_a_client_has_is_not_sent_again(client: FlaskClient, slug: str, path: str):
    etag = client.get(path.format(slug)).headers["ETag"]
    answer = client.get(path.format(slug), headers={"If-None-Match": etag})
    assert (answer.status_code, answer.data, answer.headers["ETag"]) == (304, b"", etag)
    assert "Content-Type" not in answer.headers


@pytest.mark.parametrize("path", MAPS)
def test_a_map_that_is_opened_in_a_browser_is_the_picture_itself(client: FlaskClient, slug: str, path: str):
    answer = client.get(path.format(slug), headers={"Sec-Fetch-Dest": "document"})
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/svg+xml")


@pytest.mark.parametrize("headers", [{}, {"Sec-Fetch-Dest": "document"}])
def test_a_map_that_is_not_there_is_not_found(client: FlaskClient, headers: dict[str, str]):
    assert client.get("/channels/nothing/map.svg", headers=headers).status_code == 404


def test_caches_are_told_which_articles_a_map_shows(client: FlaskClient, standing, slug: str):
    with standing.store.reading() as connection:
        ids = [one["id"].removeprefix("urn:uuid:") for one in reading.channel_members(connection, slug)]
    keys = client.get(f"/channels/{slug}/map.svg").headers["Surrogate-Key"].split()
    assert keys == [f"channel-{slug}", *(f"article-{id}" for id in ids)]


def test_a_withdrawn_article_leaves_the_map_at_once_and_the_store(printed):
    slug = printed.slugs()[0]
    client = printed.app().test_client()
    was = client.get(f"/channels/{slug}/map.svg")
    with printed.store.writing() as connection:
        one, *others = reading.channel_members(connection, slug)
        amendments.withdraw(connection, one["id"], "because", datetime.now(UTC))
        assert not any(connection.execute(select(made.c.body)).scalars())
    for _ in range(2):  # before the run that publishes it, and after
        now = client.get(f"/channels/{slug}/map.svg", headers={"If-None-Match": was.headers["ETag"]})
        assert (now.status_code, now.text.count("<a ")) == (200, len(others))
        assert one["title"] in was.text
        assert one["title"] not in now.text
        assert one["id"] not in now.headers["Surrogate-Key"] + now.text
        assert one["title"] not in client.get(f"/channels/{slug}/").text
        printed.refresh()


def test_only_what_is_sent_counts_against_whoever_asks_for_a_map(printed):
    serve = printed.settings.serve.model_copy(update={"requests_per_minute": BURST, "unlimited": ()})
    printed.settings = printed.settings.model_copy(update={"serve": serve})
    client, path = printed.app().test_client(), f"/channels/{printed.slugs()[0]}/map.svg"
    answers = [client.get(path) for _ in range(BURST + 1)]
    assert [answer.status_code for answer in answers] == [200] * BURST + [429]
    again = client.get(path, headers={"If-None-Match": answers[0].headers["ETag"]})
    assert again.status_code == 304


def test_the_page_of_a_channel_shows_the_map_that_is_stored(client: FlaskClient, slug: str):
    picture = client.get(f"/channels/{slug}/map.svg").text
    assert f'<figure class="map">{picture}</figure>' in client.get(f"/channels/{slug}/").text
    assert f'<figure class="map">{client.get("/map.svg").text}</figure>' in client.get("/").text


def test_the_map_of_a_merged_channel_leads_to_its_heirs(printed):
    heir, other = printed.slugs()[:2]
    with printed.store.writing() as connection:
        connection.execute(update(channels).where(channels.c.slug == other).values(state="merged", heir=heir))
    answer = printed.app().test_client().get(f"/channels/{other}/map.svg")
    assert (answer.status_code, answer.headers["Location"]) == (
        301,
        f"https://feeds.paper.example/channels/{heir}/map.svg",
    )


def test_a_channel_may_be_called_map(printed):
    row = {"slug": "map", "title": "Map", "description": "", "origin": "discovered", "state": "active"}
    with printed.store.writing() as connection:
        connection.execute(insert(channels), [row])
    client = printed.app().test_client()
    assert client.get("/channels/map/").status_code == 200
    assert client.get("/map.svg").status_code == 200
    assert client.get("/channels/map/map.svg").status_code == 404


def test_other_sites_may_ask_for_a_map(client: FlaskClient, slug: str):
    for path in MAPS:
        answer = client.options(path.format(slug))
        assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (204, "*")
