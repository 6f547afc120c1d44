import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import insert
from werkzeug.serving import make_server

from feedsvc.render.maps.channel import Dot, channel_map
from feedsvc.render.maps.channels import Circle, channels_map
from feedsvc.serve import pages
from feedsvc.settings import Settings, Site, SourceSettings
from feedsvc.store.engine import migrate, open_engine
from feedsvc.store.store import Store
from feedsvc.store.tables import articles, channels, feeds, members, snapshots

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason=f"there is no browser at {CHROMIUM}")

ARTICLE = {
    "id": "urn:uuid:1",
    "source": "paper",
    "title": "Bridge shut until the new year",
    "title_key": "bridge",
    "stub": False,
    "served": True,
    "published": datetime(2025, 6, 21, 21, 47, tzinfo=UTC),
    "authors": [],
    "subtitle": "",
    "summary": "",
    "body_html": "<p>It is shut. " + "long" * 200 + '</p><img src="data:," alt="A bridge" width="4000" height="50">',
    "tags": [],
}
CHANNEL = {"slug": "flood", "title": "Flood", "description": "", "origin": "discovered", "state": "active"}
DOT = Dot("urn:uuid:1", "Bridge shut", datetime(2025, 6, 21, 21, 47, tzinfo=UTC), "/articles/urn:uuid:1", False, "")
MAPS = {
    "channels/flood": channel_map([DOT], [], "Flood"),
    "map": channels_map([Circle("flood", "Flood", 1, "/channels/flood/")], [], "The Paper"),
}


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the pages are served from, on a port that was free."""
    folder = tmp_path_factory.mktemp("browser")
    engine = open_engine(f"sqlite:///{folder}/store.db")
    migrate(engine)
    store = Store(engine)
    with store.writing() as connection:
        connection.execute(insert(articles), [ARTICLE])
        connection.execute(insert(channels), [CHANNEL])
        connection.execute(insert(members), [{"slug": "flood", "article_id": "urn:uuid:1", "run": 1}])
        for key, svg in MAPS.items():
            row = {"key": key, "generation": 1, "format": "map", "encoding": "", "media_type": "image/svg+xml"}
            connection.execute(insert(feeds), [{"key": key, "id": key, "generation": 1}])
            connection.execute(insert(snapshots), [row | {"etag": f'"{key}"', "body": svg.encode()}])
    app = Flask("feedsvc.serve")
    server = make_server("127.0.0.1", 0, app, threaded=True)
    site = Site(title="The Paper", base_url=f"http://127.0.0.1:{server.server_port}")
    sources = (SourceSettings(name="paper", kind="folder", path=folder),)
    app.register_blueprint(pages.blueprint(Settings(origin=folder / "x.toml", site=site, sources=sources), store))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield site.base_url
    server.shutdown()
    thread.join()
    engine.dispose()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that fails the test when the browser complains: a blocked style or picture, a missing file."""
    page, complaints = browser.new_page(), []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("requestfailed", lambda request: complaints.append(f"{request.url}: {request.failure}"))
    yield page
    page.close()
    assert complaints == []


def test_a_visitor_clicks_from_home_to_a_channel_and_to_an_article(page: Page, address: str):
    page.goto(address)
    assert page.title() == "The Paper"
    page.get_by_role("link", name="Flood", exact=True).click()
    page.wait_for_url(f"{address}/channels/flood/")
    assert page.title() == "Flood – The Paper"
    page.get_by_role("link", name="Bridge shut until the new year").click()
    page.wait_for_url(f"{address}/articles/urn:uuid:1")
    assert page.title() == "Bridge shut until the new year – The Paper"


def test_the_style_sheet_takes_effect(page: Page, address: str):
    page.goto(address)
    assert page.evaluate("getComputedStyle(document.querySelector('.cards')).display") == "grid"


@pytest.mark.parametrize("path", ["/", "/channels/flood/", "/channels/flood/rss.xml"])
def test_no_page_is_wider_than_a_phone(page: Page, address: str, path: str):
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(address + path)
    assert page.evaluate("document.documentElement.scrollWidth") == 320


def test_neither_a_long_word_nor_a_broken_picture_breaks_an_article(browser: Browser, address: str):
    page = browser.new_page(viewport={"width": 320, "height": 640})
    page.goto(f"{address}/articles/urn:uuid:1")
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    page.close()


def test_the_first_tab_key_offers_to_skip_to_the_content(page: Page, address: str):
    page.goto(address)
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    assert skip.bounding_box()["y"] >= 0
    skip.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


def test_the_tab_key_selects_the_whole_address_of_a_feed(page: Page, address: str):
    page.goto(f"{address}/channels/flood/rss.xml")
    page.get_by_role("link", name="The Paper").focus()
    page.keyboard.press("Tab")
    assert page.evaluate("getSelection().toString()") == f"{address}/channels/flood/rss.xml"


@pytest.mark.parametrize("path", ["/", "/channels/flood/"])
def test_the_keyboard_finds_a_way_past_a_map(page: Page, address: str, path: str):
    page.goto(address + path)
    skip = page.get_by_role("link", name="Skip the map")
    assert page.evaluate("getComputedStyle(document.querySelector('.mapped > .skip')).clipPath") == "inset(50%)"
    skip.focus()
    assert page.evaluate("getComputedStyle(document.activeElement).clipPath") == "none"
    map_top = page.locator(".mapped").bounding_box()["y"]
    assert abs(skip.bounding_box()["y"] - map_top) < 100
    skip.press("Enter")
    assert page.evaluate("document.activeElement.id") == "articles"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('#articles') !== null")


def test_a_map_leads_to_its_articles_and_is_named_for_screen_readers(page: Page, address: str):
    page.goto(f"{address}/channels/flood/")
    assert page.get_by_role("group", name="Flood").get_by_role("link", name="Bridge shut").count() == 1
    page.get_by_role("group", name="Flood").get_by_role("link", name="Bridge shut").click()
    page.wait_for_url(f"{address}/articles/urn:uuid:1")


def test_the_reasons_open_by_the_keyboard(page: Page, address: str):
    page.goto(f"{address}/channels/flood/")
    reason = page.get_by_text("Here since run 1.")
    assert not reason.is_visible()
    page.locator("summary").focus()
    page.keyboard.press("Enter")
    assert reason.is_visible()
