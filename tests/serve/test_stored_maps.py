"""Maps as they are served: stored bytes, like feeds, but never a page of their own."""

import gzip

import pytest
from flask.testing import FlaskClient
from sqlalchemy import insert, update

from feedsvc.store.tables import channels

MAPS = ["/channels/{}/map.svg", "/map.svg"]


@pytest.fixture(scope="session")
def slug(standing) -> str:
    return standing.slugs()[0]


@pytest.mark.parametrize("path", MAPS)
def test_a_map_is_served_as_it_is_stored(client: FlaskClient, slug: str, path: str):
    answer = client.get(path.format(slug))
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/svg+xml")
    assert answer.data.startswith(b"<svg ")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    packed = client.get(path.format(slug), headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == answer.data
    assert packed.headers["ETag"] != answer.headers["ETag"]


@pytest.mark.parametrize("path", MAPS)
def test_a_map_that_a_client_has_is_not_sent_again(client: FlaskClient, slug: str, path: str):
    etag = client.get(path.format(slug)).headers["ETag"]
    answer = client.get(path.format(slug), headers={"If-None-Match": etag})
    assert (answer.status_code, answer.data) == (304, b"")


@pytest.mark.parametrize("path", MAPS)
def test_a_map_that_is_opened_in_a_browser_is_the_picture_itself(client: FlaskClient, slug: str, path: str):
    answer = client.get(path.format(slug), headers={"Sec-Fetch-Dest": "document"})
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/svg+xml")


@pytest.mark.parametrize("headers", [{}, {"Sec-Fetch-Dest": "document"}])
def test_a_map_that_is_not_there_is_not_found(client: FlaskClient, headers: dict[str, str]):
    assert client.get("/channels/nothing/map.svg", headers=headers).status_code == 404


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
