import sqlite3
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from urllib.robotparser import RobotFileParser

import pytest
from flask import Flask, abort
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from sqlalchemy import insert
from werkzeug.test import TestResponse

from feedsvc.model import ChannelState, Origin
from feedsvc.serve import pages
from feedsvc.settings import Settings, Site, SourceSettings
from feedsvc.store.engine import migrate, open_engine
from feedsvc.store.store import Store
from feedsvc.store.tables import articles, channels, feeds, generations, links, members

NOON = datetime(2025, 6, 21, 12, 0, 5, tzinfo=UTC)
BASE = "https://news.example/feeds"

PAGES = ["/", "/channels/flood/", "/channels/many/?page=2", "/articles/urn:uuid:1", "/articles/urn:uuid:stub"]
FEEDS = ["/rss.xml", "/atom.xml", "/feed.json", "/channels/flood/rss.xml", "/channels/flood/feed.json"]
ERRORS = ["/nothing", "/channels/none/", "/articles/urn:uuid:none", "/gone", "/broken"]


def an_article(id: str, **values: object) -> dict[str, object]:
    row: dict[str, object] = {column.name: None for column in articles.columns if column.nullable}
    row |= {"id": id, "source": "paper", "title": f"Title of {id}", "title_key": id, "published": NOON}
    row |= {"stub": False, "served": True, "digest": "", "authors": [], "tags": []}
    return row | {"subtitle": "", "summary": "", "body_html": ""} | values


def a_channel(slug: str, **values: object) -> dict[str, object]:
    row: dict[str, object] = {"slug": slug, "title": f"All about {slug}", "description": ""}
    return row | {"origin": Origin.DISCOVERED.value, "state": ChannelState.ACTIVE.value, "heir": None} | values


def a_link(id: str, target: str, **values: object) -> dict[str, object]:
    row: dict[str, object] = {column.name: None for column in links.columns}
    row |= {"article_id": id, "target_id": target, "position": 0, "listed": True, "title": f"Link to {target}"}
    return row | {"title_key": target, "woven": True} | values


WHOLE = an_article(
    "urn:uuid:1",
    title="Bridge <shut> & “closed”",
    url="https://www.paper.example/bridge?a=1&b=2",
    published=datetime(2025, 6, 21, 21, 47, 12, tzinfo=UTC),
    updated=datetime(2025, 6, 22, 8, 5, tzinfo=UTC),
    authors=["Maeve <Strannock>", "Declan Moxley"],
    summary="Until the new year.",
    body_html="<p>The bridge is <em>shut</em>.</p>",
    image="https://paper.example/bridge.jpg?w=1&h=2",
    rights="© Maeve <Strannock>",
    credit_title="The Other <Paper>",
    credit_url="https://other.example/?a=1&b=2",
    note="The bridge is shut until <spring>, not the new year.",
)
STUB = an_article("urn:uuid:stub", stub=True)
FOREIGN = an_article("urn:uuid:de", title="Hochwasser", language="de", body_html="<p>Pumpen.</p>")
STRANGE = an_article("urn:uuid:strange", language='x" onload="', published=NOON - timedelta(days=3))
HIDDEN = an_article("urn:uuid:hidden", served=False, title="Embargoed")
BECAME_WHOLE = an_article("urn:uuid:old", stub=True, merged_into="urn:uuid:1")
MANY = [an_article(f"urn:uuid:many-{n}", published=NOON - timedelta(days=n)) for n in range(31)]
WITHDRAWN = an_article("urn:uuid:taken", title="Libel", url="https://paper.example/libel", withdrawn=NOON)
ARABIC = an_article("urn:uuid:ar", title="NASA تطلق", language="ar", body_html="<p>NASA تطلق</p>", summary="ملخص")
ARTICLES = [WHOLE, STUB, FOREIGN, STRANGE, HIDDEN, BECAME_WHOLE, WITHDRAWN, ARABIC, *MANY]
CHANNELS = [
    a_channel("flood", description="High water."),
    a_channel("many"),
    a_channel("once", state=ChannelState.MERGED.value, heir="flood"),
    a_channel("over", state=ChannelState.RETIRED.value, ended=datetime.now(UTC) - timedelta(days=10)),
    a_channel("long-over", state=ChannelState.RETIRED.value, ended=datetime.now(UTC) - timedelta(days=100)),
]
MEMBERS = {"flood": [WHOLE, STUB, FOREIGN, STRANGE, WITHDRAWN], "many": MANY, "over": [STUB], "long-over": [STUB]}
LINKS = [
    a_link("urn:uuid:1", "urn:uuid:stub", published=NOON),
    a_link("urn:uuid:1", "urn:uuid:hidden", position=1),
    a_link("urn:uuid:1", "urn:uuid:taken", position=2),
]
GENERATION = {"key": "channels/flood", "generation": 3, "digest": "", "entries": 4, "published_at": NOON}


def an_app(folder: Path, base_url: str, filled: bool = True) -> Flask:
    engine = open_engine(f"sqlite:///{folder}/store.db")
    migrate(engine)
    store = Store(engine)
    with store.writing() as connection:
        if filled:
            for table, rows in ((articles, ARTICLES), (channels, CHANNELS)):
                for row in rows:
                    connection.execute(insert(table), [row])
            connection.execute(insert(links), LINKS)
            ids = [{"slug": slug, "article_id": row["id"]} for slug, group in MEMBERS.items() for row in group]
            connection.execute(insert(members), ids)
            connection.execute(insert(feeds), [{"key": "channels/flood", "id": "urn:uuid:f", "generation": 3}])
            connection.execute(insert(generations), [GENERATION])
    app = Flask("feedsvc.serve")
    app.register_blueprint(pages.blueprint(some_settings(folder, base_url), store))
    app.add_url_rule("/gone", "gone", lambda: abort(410))
    app.add_url_rule("/broken", "broken", lambda: 1 / 0)
    return app


def some_settings(folder: Path, base_url: str) -> Settings:
    site = Site(title="The Paper", base_url=base_url, copyright="© The Paper")
    source = SourceSettings(name="paper", kind="folder", path=folder)
    return Settings(origin=folder / "feedsvc.toml", site=site, sources=(source,))


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return an_app(tmp_path_factory.mktemp("filled"), BASE).test_client()


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return an_app(tmp_path_factory.mktemp("empty"), "http://127.0.0.1:8080", filled=False).test_client()


def tree(response: TestResponse) -> etree._Element:
    """The page, read by a parser that forgives nothing."""
    return etree.fromstring(response.data)


def text(element: etree._Element) -> str:
    return " ".join("".join(element.itertext()).split())


# What holds for every page


@pytest.mark.parametrize("path", PAGES + FEEDS + ERRORS)
def test_every_page_is_well_formed_and_guarded(client: FlaskClient, path: str):
    response = client.get(path)
    assert tree(response).get("lang") == "en"
    assert response.headers["Content-Security-Policy"].startswith(
        "default-src 'none'; script-src 'self'; style-src 'self';"
    )
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "strict-origin-when-cross-origin"


@pytest.mark.parametrize("path", PAGES + FEEDS + ERRORS)
def test_every_page_can_be_found_the_way_around_in(client: FlaskClient, path: str):
    page = tree(client.get(path))
    assert len(page.findall(".//h1")) == len(page.findall(".//main")) == len(page.findall(".//title")) == 1
    assert page.xpath("//a[1]/@href")[0] == "#" + page.find(".//main").get("id")
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert page.xpath("//script/@src") == ["/feeds/static/page.js"]
    assert not page.xpath("//@style | //script/text() | //style | //@*[starts-with(name(), 'on')]")


@pytest.mark.parametrize("path", PAGES + FEEDS + ERRORS)
def test_every_link_within_the_site_carries_the_path_prefix(client: FlaskClient, path: str):
    page = tree(client.get(path, headers={"Host": "elsewhere.example"}))
    inner = [link for link in page.xpath("//@href | //@src") if link.startswith("/")]
    assert inner
    assert all(link.startswith("/feeds/") for link in inner)
    assert b"elsewhere.example" not in etree.tostring(page)


@pytest.mark.parametrize("path", PAGES)
def test_pages_may_be_kept_for_a_minute(client: FlaskClient, path: str):
    assert client.get(path).headers["Cache-Control"] == "public, max-age=60"


@pytest.mark.parametrize("path", PAGES + FEEDS)
def test_a_head_request_gets_the_same_headers_and_no_page(client: FlaskClient, path: str):
    response = client.head(path)
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    assert not response.data


def test_the_style_sheet_the_script_and_the_icons_that_pages_name_are_there(client: FlaskClient):
    files = tree(client.get("/")).xpath("//link[not(@rel='alternate' or @rel='canonical')]/@href | //script/@src")
    assert len(files) == 5
    for path in files:
        assert client.get(path.removeprefix("/feeds")).status_code == 200


# Home


def test_home_lists_the_channels_with_their_size_and_newest_time(client: FlaskClient):
    first, second = tree(client.get("/")).xpath("//ul[@class='cards']/li")
    assert text(first) == (
        "All about flood High water. 4 articles, the newest of 21 June 2025, 21:47 UTC RSS Atom JSON Feed"
    )
    assert first.xpath(".//a/@href") == [
        "/feeds/channels/flood/",
        "/feeds/channels/flood/rss.xml",
        "/feeds/channels/flood/atom.xml",
        "/feeds/channels/flood/feed.json",
    ]
    assert "31 articles" in text(second)


def test_home_shows_the_newest_articles_and_nothing_that_is_not_public(client: FlaskClient):
    page = tree(client.get("/"))
    assert len(page.xpath("//ul[@class='entries']/li")) == pages.ARTICLES_ON_HOME
    assert text(page.find(".//article/h3")) == "Bridge <shut> & “closed”"
    assert "Embargoed" not in text(page)


def test_home_names_its_feeds_and_those_of_channels_to_readers(client: FlaskClient):
    found = tree(client.get("/")).xpath("//link[@rel='alternate']")
    assert [(link.get("type"), link.get("href")) for link in found[:4]] == [
        ("application/rss+xml", "/feeds/rss.xml"),
        ("application/atom+xml", "/feeds/atom.xml"),
        ("application/feed+json", "/feeds/feed.json"),
        ("application/rss+xml", "/feeds/channels/flood/rss.xml"),
    ]
    assert found[3].get("title") == "All about flood (RSS)"


def test_home_names_no_more_than_fifty_channels_to_readers(tmp_path: Path):
    app = an_app(tmp_path, BASE, filled=False)
    with Store(open_engine(f"sqlite:///{tmp_path}/store.db")).writing() as connection:
        connection.execute(insert(channels), [a_channel(f"c{n}") for n in range(60)])
    page = tree(app.test_client().get("/"))
    assert len(page.xpath("//link[@rel='alternate']")) == 3 + 50 * 3
    assert len(page.xpath("//ul[@class='cards']/li")) == 60


def test_home_without_channels_says_when_there_will_be_some(empty: FlaskClient):
    assert "There are no channels yet" in text(tree(empty.get("/")).find(".//main"))


def test_the_list_of_channels_is_home(client: FlaskClient):
    for path in ("/channels", "/channels/"):
        response = client.get(path)
        assert (response.status_code, response.headers["Location"]) == (301, "/feeds/")


# A channel


def test_a_channel_shows_its_articles_newest_first(client: FlaskClient):
    page = tree(client.get("/channels/flood/"))
    assert [text(heading) for heading in page.iterfind(".//article/h3")] == [
        "Bridge <shut> & “closed”",
        "Title of urn:uuid:stub",
        "Hochwasser",
        "Title of urn:uuid:strange",
    ]
    first, stub = page.findall(".//article")[:2]
    assert first.xpath("./h3/a/@href") == ["https://www.paper.example/bridge?a=1&b=2"]
    assert first.xpath(".//time/@datetime") == ["2025-06-21T21:47:12Z"]
    assert text(first.find("ul")) == ("21 June 2025, 21:47 UTC paper.example Read here: Bridge <shut> & “closed”")
    assert stub.xpath("./h3/a/@href") == ["/feeds/articles/urn:uuid:stub"]
    assert "only the title is known" in text(stub)


def test_a_channel_gives_its_feed_addresses_in_full(client: FlaskClient):
    page = tree(client.get("/channels/flood/"))
    files = ["rss.xml", "atom.xml", "feed.json"]
    assert page.xpath("//input/@value") == [f"{BASE}/channels/flood/{file}" for file in files]
    assert page.xpath("//link[@rel='alternate']/@href") == [f"/feeds/channels/flood/{file}" for file in files]
    assert page.xpath("//link[@rel='canonical']/@href") == [f"{BASE}/channels/flood/"]
    assert page.xpath("//label/@for") == page.xpath("//input/@id")


def test_an_article_in_another_language_says_so_and_a_strange_language_is_not_repeated(client: FlaskClient):
    headings = tree(client.get("/channels/flood/")).findall(".//article/h3")
    assert [(heading.get("lang"), heading.get("dir")) for heading in headings[2:]] == [("de", "auto"), ("en", "auto")]


def test_a_long_channel_goes_on_over_pages(client: FlaskClient):
    first, last = tree(client.get("/channels/many/")), tree(client.get("/channels/many/?page=2"))
    assert [len(page.findall(".//article")) for page in (first, last)] == [30, 1]
    assert first.xpath("//link[@rel='next']/@href") == first.xpath("//a[@rel='next']/@href")
    assert first.xpath("//a[@rel='next']/@href") == ["/feeds/channels/many/?page=2"]
    assert last.xpath("//link[@rel='prev']/@href") == last.xpath("//a[@rel='prev']/@href")
    assert last.xpath("//a[@rel='prev']/@href") == ["/feeds/channels/many/"]
    assert not first.xpath("//*[@rel='prev']")
    assert not last.xpath("//*[@rel='next']")
    assert last.xpath("//link[@rel='canonical']/@href") == [f"{BASE}/channels/many/?page=2"]


@pytest.mark.parametrize("page", ["0", "-1", "3", "x", "", "1.5", "+1", "01", "%202", "1_0", "٣", "9" * 30])
def test_a_page_that_is_not_there_is_not_found(client: FlaskClient, page: str):
    assert client.get(f"/channels/many/?page={page}").status_code == 404


def test_a_merged_channel_leads_to_its_heir_for_good(client: FlaskClient):
    response = client.get("/channels/once/")
    assert (response.status_code, response.headers["Location"]) == (301, "/feeds/channels/flood/")


def test_a_channel_without_its_slash_gets_it_whatever_host_the_request_names(client: FlaskClient):
    response = client.get("/channels/flood", headers={"Host": "elsewhere.example"})
    assert (response.status_code, response.headers["Location"]) == (301, "/feeds/channels/flood/")


def test_a_channel_leads_into_the_well_known_readers(client: FlaskClient):
    page = tree(client.get("/channels/flood/"))
    encoded = "https%3A%2F%2Fnews.example%2Ffeeds%2Fchannels%2Fflood%2Frss.xml"
    assert page.xpath("//ul[@aria-labelledby='open-in']//a/@href") == [
        f"https://feedly.com/i/subscription/feed%2F{encoded}",
        f"https://www.inoreader.com/?add_feed={encoded}",
        f"https://www.newsblur.com/?url={encoded}",
        f"https://feedbin.com/?subscribe={encoded}",
        f"https://theoldreader.com/feeds/subscribe?url={encoded}",
        f"feed:{BASE}/channels/flood/rss.xml",
    ]


def test_a_channel_has_a_button_for_each_address_that_only_a_script_shows(client: FlaskClient):
    page = tree(client.get("/channels/flood/"))
    buttons = page.findall(".//button")
    assert [button.get("data-copies") for button in buttons] == page.xpath("//input/@id")
    assert all(button.get("hidden") for button in buttons)
    assert text(buttons[0]) == "Copy the RSS address"
    assert page.xpath("//*[@role='status']/@id") == [button.get("data-tells") for button in buttons]


def test_a_channel_says_when_it_last_had_something_new_without_counting_from_now(client: FlaskClient):
    page = tree(client.get("/channels/flood/"))
    assert [text(time.getparent()) for time in page.xpath("//time[@data-age]")] == [
        "Newest article: 21 June 2025, 21:47 UTC",
        "Feed last changed: 21 June 2025, 12:00 UTC",
    ]
    assert page.xpath("//time[@data-age]/@datetime") == ["2025-06-21T21:47:12Z", "2025-06-21T12:00:05Z"]


def test_a_channel_that_has_ended_says_so_for_a_while_with_its_last_articles(client: FlaskClient):
    response = client.get("/channels/over/")
    page = tree(response)
    assert response.status_code == 200
    assert "This channel ended on" in text(page.find(".//p[@class='note']"))
    assert [text(heading) for heading in page.iterfind(".//article/h3")] == ["Title of urn:uuid:stub"]
    assert not page.xpath("//link[@rel='alternate'] | //section[@class='subscribe']")
    feed = tree(client.get("/channels/over/rss.xml"))
    assert "a channel that ended on" in text(feed.find(".//p[@class='note']"))
    assert not feed.xpath("//link[@rel='alternate'] | //input")


@pytest.mark.parametrize("path", ["/channels/long-over/", "/channels/long-over/atom.xml"])
def test_after_that_it_is_gone(client: FlaskClient, path: str):
    response = client.get(path)
    assert (response.status_code, response.headers["Cache-Control"]) == (410, "no-store")
    assert text(tree(response).find(".//h1")) == "This channel has ended"
    assert b"All about" not in response.data


# An article


def test_an_article_is_shown_with_its_times_authors_and_body(client: FlaskClient):
    page = tree(client.get("/articles/urn:uuid:1"))
    assert text(page.find(".//h1")) == "Bridge <shut> & “closed”"
    assert text(page.find(".//main/article/ul")) == (
        "By Maeve <Strannock>, Declan Moxley 21 June 2025, 21:47 UTC updated 22 June 2025, 08:05 UTC"
    )
    assert text(page.find(".//div[@class='body']/p/em")) == "shut"
    assert page.xpath("//article//img/@src") == ["https://paper.example/bridge.jpg?w=1&h=2"]


def test_an_article_with_an_address_of_its_own_leads_there(client: FlaskClient):
    page = tree(client.get("/articles/urn:uuid:1"))
    assert page.xpath("//link[@rel='canonical']/@href") == ["https://www.paper.example/bridge?a=1&b=2"]
    assert page.xpath("//a[@class='original']/@href") == ["https://www.paper.example/bridge?a=1&b=2"]
    assert text(page.find(".//a[@class='original']")) == "Read it at paper.example"


def test_an_article_without_an_address_of_its_own_has_its_page_here(client: FlaskClient):
    page = tree(client.get("/articles/urn:uuid:de"))
    assert page.xpath("//link[@rel='canonical']/@href") == [f"{BASE}/articles/urn:uuid:de"]
    assert not page.xpath("//a[@class='original']")
    assert page.find(".//div[@class='body']").get("lang") == "de"


def test_an_article_leads_to_its_channels_and_to_related_articles_that_are_public(client: FlaskClient):
    page = tree(client.get("/articles/urn:uuid:1"))
    assert page.xpath("//section[@aria-labelledby='channels']//a/@href") == ["/feeds/channels/flood/"]
    (related,) = page.xpath("//section[@aria-labelledby='related']//li")
    assert related.xpath("./a/@href") == ["/feeds/articles/urn:uuid:stub"]
    assert text(related) == "Link to urn:uuid:stub 21 June 2025, 12:00 UTC"


def test_an_article_tells_its_rights_its_first_publication_and_its_correction(client: FlaskClient):
    page = tree(client.get("/articles/urn:uuid:1"))
    story = page.find(".//main/article")
    assert "First published by The Other <Paper>" in text(story)
    assert story.xpath(".//a[.='The Other <Paper>']/@href") == ["https://other.example/?a=1&b=2"]
    assert text(story.find("p[@class='note']")) == "Correction: The bridge is shut until <spring>, not the new year."
    assert text(story.findall("p")[-1]) == "© Maeve <Strannock>"
    assert story.xpath(".//img/@alt") == [""]
    plain = text(tree(client.get("/articles/urn:uuid:de")).find(".//main"))
    assert "First published" not in plain
    assert "Correction" not in plain


def test_an_article_in_a_language_from_right_to_left_runs_so_whatever_its_first_word(client: FlaskClient):
    page = tree(client.get("/articles/urn:uuid:ar"))
    told = [page.find(".//h1"), page.find(".//p[@class='summary']"), page.find(".//div[@class='body']")]
    assert [(one.get("lang"), one.get("dir")) for one in told] == [("ar", "rtl")] * 3


def test_of_a_withdrawn_article_nothing_is_left(client: FlaskClient):
    response = client.get("/articles/urn:uuid:taken")
    assert (response.status_code, response.headers["Cache-Control"]) == (410, "no-store")
    page = tree(response)
    assert text(page.find(".//h1")) == "This article has been withdrawn"
    for told in (b"Libel", b"libel", b"urn:uuid:taken", b"All about"):
        assert told not in response.data
    assert not [link for link in page.xpath("//main//@href") if link != "/feeds/"]


@pytest.mark.parametrize("path", [*PAGES, *FEEDS, "/channels/flood/?page=1"])
def test_no_page_names_a_withdrawn_article(client: FlaskClient, path: str):
    page = client.get(path).data
    assert b"Libel" not in page
    assert b"taken" not in page


def test_a_stub_says_how_little_is_known_of_it(client: FlaskClient):
    page = tree(client.get("/articles/urn:uuid:stub"))
    assert "Only the title and the time of this article are known so far" in text(page)


def test_an_id_that_became_another_leads_to_it_for_good(client: FlaskClient):
    response = client.get("/articles/urn:uuid:old")
    assert (response.status_code, response.headers["Location"]) == (301, "/feeds/articles/urn:uuid:1")


@pytest.mark.parametrize("id", ["urn:uuid:hidden", "urn:uuid:none", "urn%3Auuid%3A1%00", "a/b", "%ff"])
def test_an_article_that_is_not_public_is_not_found(client: FlaskClient, id: str):
    response = client.get(f"/articles/{id}")
    assert response.status_code == 404
    assert b"Embargoed" not in response.data


# A feed in a browser


@pytest.mark.parametrize("path", FEEDS)
def test_a_feed_in_a_browser_gives_its_own_address_to_copy(client: FlaskClient, path: str):
    page = tree(client.get(path))
    assert page.xpath("//input[@readonly]/@value") == [BASE + path]
    assert "This is a feed" in text(page.find(".//main/section"))
    assert page.find(".//article") is not None


@pytest.mark.parametrize("path", [*FEEDS, "/channels/once/rss.xml", "/channels/none/rss.xml"])
def test_no_cache_may_hand_the_page_of_a_feed_to_a_feed_reader(client: FlaskClient, path: str):
    response = client.get(path)
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Vary"] == "Sec-Fetch-Dest, Accept-Encoding"


def test_a_feed_in_a_browser_shows_fifty_articles_at_most(client: FlaskClient):
    page = tree(client.get("/channels/many/atom.xml"))
    assert len(page.findall(".//article")) == len(MANY) < pages.ARTICLES_IN_FEED_VIEW == 50


@pytest.mark.parametrize("path", FEEDS)
def test_what_may_be_asked_of_a_feed_is_left_to_others_to_answer(client: FlaskClient, path: str):
    assert client.options(path).status_code == 405


def test_the_feed_of_a_merged_channel_leads_to_its_heirs(client: FlaskClient):
    response = client.get("/channels/once/feed.json")
    assert (response.status_code, response.headers["Location"]) == (301, "/feeds/channels/flood/feed.json")


# Errors


@pytest.mark.parametrize(("path", "status"), list(zip(ERRORS, [404, 404, 404, 410, 500], strict=True)))
def test_an_error_is_told_in_words_and_not_kept(client: FlaskClient, path: str, status: int):
    response = client.get(path)
    assert response.status_code == status
    assert text(tree(response).find(".//h1")) == pages.ERRORS[status][0]
    assert response.headers.getlist("Cache-Control") == ["no-store"]
    assert response.headers.getlist("Content-Type") == ["text/html; charset=utf-8"]


def test_a_refused_method_is_told_which_ones_are_allowed(client: FlaskClient):
    response = client.post("/articles/urn:uuid:1")
    assert response.status_code == 405
    assert set(response.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}
    assert text(tree(response).find(".//h1")) == "Not possible here"


def test_a_store_that_is_away_is_told_as_such(tmp_path: Path):
    app = an_app(tmp_path, "https://a.example")
    client = app.test_client()
    for table in ("members", "links", "articles"):
        with sqlite3.connect(tmp_path / "store.db") as connection:
            connection.execute(f"DROP TABLE {table}")
    response = client.get("/channels/flood/")
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "30"


# For machines


def test_robots_are_led_to_the_sitemap(client: FlaskClient):
    response = client.get("/robots.txt")
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert response.text.splitlines() == [
        "User-agent: *",
        "Disallow: /feeds/health",
        "Disallow: /feeds/readyz",
        "Disallow: /feeds/metrics",
        "",
        "Sitemap: https://news.example/feeds/sitemap.xml",
    ]


def test_robots_may_read_every_page_and_every_feed(client: FlaskClient):
    rules = RobotFileParser()
    rules.parse(client.get("/robots.txt").text.splitlines())
    assert rules.site_maps() == [f"{BASE}/sitemap.xml"]
    assert all(rules.can_fetch("Feedbot", f"{BASE}{path}") for path in PAGES + FEEDS)
    assert not rules.can_fetch("Feedbot", f"{BASE}/health")


def test_readers_that_ask_for_an_icon_by_its_usual_name_get_one(client: FlaskClient):
    response = client.get("/favicon.ico")
    assert (response.status_code, response.data[:4]) == (200, b"\0\0\1\0")
    assert response.headers["Cache-Control"] == "public, max-age=3600"


# Times and tongues


@pytest.mark.parametrize(
    ("language", "direction"),
    [
        ("ar", "rtl"), ("fa-IR", "rtl"), ("HE", "rtl"), ("ur_PK", "rtl"), ("ks-Deva", "auto"), ("az-Arab-IR", "rtl"),
        ("ar-Latn", "auto"), ("en", "auto"), ("arn", "auto"), ("", "auto"), (None, "auto"),
    ],
)  # fmt: skip
def test_the_direction_of_a_language(language: str | None, direction: str):
    assert pages.direction(language) == direction


def test_a_time_is_spoken_in_utc():
    assert pages.spoken(datetime(2025, 6, 22, 0, 47, tzinfo=timezone(timedelta(hours=3)))) == "21 June 2025, 21:47 UTC"


@given(st.datetimes(timezones=st.just(UTC)))
def test_a_time_for_machines_can_be_read_back(at: datetime):
    assert datetime.fromisoformat(pages.machine(at)) == at.replace(microsecond=0)
