import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import insert
from werkzeug.serving import make_server

from feedsvc.serve import pages
from feedsvc.settings import Settings, Site, SourceSettings
from feedsvc.store.engine import migrate, open_engine
from feedsvc.store.store import Store
from feedsvc.store.tables import articles, channels, feeds, generations, members

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
ARABIC = ARTICLE | {
    "id": "urn:uuid:ar",
    "title": "NASA: الفيضان يغمر المدينة القديمة",
    "title_key": "ar",
    "language": "ar",
    "published": datetime(2025, 6, 20, 9, 30, tzinfo=UTC),
    "url": "https://paper.example/ar",
    "authors": ["ليلى حداد"],
    "summary": "قالت NASA إن المياه ارتفعت متراً في ليلة واحدة.",
    "body_html": "<p>NASA تراقب النهر من الفضاء.</p><blockquote><p>لم نر مثل هذا من قبل.</p></blockquote>"
    "<ul><li>ارتفع الماء متراً</li><li>أُغلقت ثلاثة جسور</li></ul>",
    "rights": "© الصحيفة",
    "credit_title": "The Other Paper",
    "credit_url": "https://other.example/",
    "note": "The bridge is shut until spring.",
}
WITHDRAWN = ARTICLE | {"id": "urn:uuid:taken", "title_key": "taken", "withdrawn": datetime(2025, 7, 1, tzinfo=UTC)}
CHANNEL = {"slug": "flood", "title": "Flood", "description": "", "origin": "discovered", "state": "active"}
CHANNELS = [
    CHANNEL,
    CHANNEL | {"slug": "fayadan", "title": "الفيضان", "description": "كل ما يجري على النهر.", "language": "ar"},
    CHANNEL | {"slug": "over", "title": "The long drought", "state": "retired", "ended": datetime.now(UTC)},
]
CHANGED = datetime.now(UTC) - timedelta(hours=3, minutes=30)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the pages are served from, on a port that was free."""
    folder = tmp_path_factory.mktemp("browser")
    engine = open_engine(f"sqlite:///{folder}/store.db")
    migrate(engine)
    store = Store(engine)
    with store.writing() as connection:
        for table, rows in ((articles, [ARTICLE, ARABIC, WITHDRAWN]), (channels, CHANNELS)):
            for row in rows:
                connection.execute(insert(table), [row])
        for slug, id in (("flood", "urn:uuid:1"), ("fayadan", "urn:uuid:ar"), ("over", "urn:uuid:1")):
            connection.execute(insert(members), [{"slug": slug, "article_id": id, "run": 1}])
        feed = {"key": "channels/flood", "generation": 1}
        connection.execute(insert(feeds), [feed | {"id": "flood"}])
        connection.execute(insert(generations), [feed | {"digest": "", "entries": 1, "published_at": CHANGED}])
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
    page.get_by_role("link", name="Bridge shut until the new year", exact=True).click()
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


def test_the_button_copies_the_address_and_says_so(browser: Browser, address: str):
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"{address}/channels/flood/")
    page.get_by_role("button", name="Copy the Atom address").click()
    page.get_by_role("status").filter(has_text="Copied.").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == f"{address}/channels/flood/atom.xml"
    context.close()


def test_where_the_clipboard_is_closed_the_address_is_marked_to_be_copied_by_hand(browser: Browser, address: str):
    page = browser.new_page()
    page.add_init_script("document.execCommand = () => false; delete Navigator.prototype.clipboard")
    page.goto(f"{address}/channels/flood/")
    page.get_by_role("button", name="Copy the RSS address").click()
    page.get_by_role("status").filter(has_text="by hand").wait_for()
    assert page.evaluate("getSelection().toString()") == f"{address}/channels/flood/rss.xml"
    page.close()


def test_times_become_ages_by_the_clock_of_who_reads(page: Page, address: str):
    page.goto(f"{address}/channels/flood/")
    changed = page.get_by_text("Feed last changed:")
    assert changed.text_content() == "Feed last changed: 3 hours ago"
    assert changed.locator("time").get_attribute("title") == pages.spoken(CHANGED)


def test_without_a_script_everything_is_there_but_the_button(browser: Browser, address: str):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/channels/flood/")
    assert page.get_by_text("Feed last changed:").text_content() == f"Feed last changed: {pages.spoken(CHANGED)}"
    assert page.get_by_label("RSS", exact=True).input_value() == f"{address}/channels/flood/rss.xml"
    assert page.get_by_role("button").count() == 0
    context.close()


def test_text_in_arabic_starts_at_the_right_though_its_first_word_is_latin(page: Page, address: str):
    page.goto(f"{address}/articles/urn:uuid:ar")
    for selector in ("h1", ".body p", ".body li", ".summary"):
        first = page.locator(selector).first
        assert first.evaluate("one => getComputedStyle(one).direction") == "rtl"
    title, body = page.locator("h1").bounding_box(), page.locator("main").bounding_box()
    assert title["x"] + title["width"] == pytest.approx(body["x"] + body["width"], abs=2)
    assert page.evaluate("document.documentElement.dir") == ""  # what the service says is in English


TO_JUDGE = {
    "home": ("/", 200),
    "channel": ("/channels/flood/", 200),
    "channel from right to left": ("/channels/fayadan/", 200),
    "ended channel": ("/channels/over/", 200),
    "article": ("/articles/urn:uuid:1", 200),
    "article from right to left": ("/articles/urn:uuid:ar", 200),
    "feed": ("/channels/flood/rss.xml", 200),
    "not found": ("/nothing", 404),
    "withdrawn": ("/articles/urn:uuid:taken", 410),
}


@pytest.mark.parametrize("name", TO_JUDGE)
def test_nothing_stands_in_the_way_of_anyone(browser: Browser, address: str, name: str):
    path, status = TO_JUDGE[name]
    page = browser.new_page()
    assert page.goto(address + path).status == status
    for scheme in ("light", "dark"):
        for width in (390, 1280):
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size({"width": width, "height": 800})
            found = Axe().run(page).response["violations"]
            told = [f"{one['id']}: {node['html']}" for one in found for node in one["nodes"]]
            assert (scheme, width, told) == (scheme, width, [])
            assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


@pytest.mark.parametrize("name", TO_JUDGE)
def test_the_keyboard_shows_where_it_is_on_every_stop(browser: Browser, address: str, name: str):
    page = browser.new_page()
    page.goto(address + TO_JUDGE[name][0])
    for _ in range(60):
        page.keyboard.press("Tab")
        style = page.evaluate(
            "() => { const at = document.activeElement; const { outlineStyle, outlineWidth } = getComputedStyle(at);"
            " return at === document.body ? null : [at.outerHTML.slice(0, 80), outlineStyle, outlineWidth] }"
        )
        if style is None:
            break
        assert style[1:] == ["solid", "3px"], style
    else:
        assert name.startswith(("home", "channel"))
    page.close()
