"""Whether a page is an article: what else stands where one is looked for, and what is one however short."""

import datetime as dt

import pytest

from feedsvc.errors import UnreadableDocument
from feedsvc.load.pages.html import read_page
from feedsvc.load.pages.rules import PageRules
from feedsvc.load.pages.walls import names_the_site, wall_named
from feedsvc.model import Document, RawArticle

URL = "https://gazette.example/2026/03/04/harbour-wall"
TEXT = "<p>The harbour wall is to be rebuilt before winter, the council of the town said on Tuesday.</p>" * 4
DENSE = "<p>港湾当局は火曜日、冬が来る前に北側の防波堤を再建すると発表した。昨年の嵐。</p>"
CARDS = "".join(
    f'<article><h2><a href="/news/{n}-harbour-story">Harbour story number {n}</a></h2>'
    f'<time datetime="2026-03-0{n}T10:00Z">0{n} March 2026</time><p>A short teaser of story number {n}.</p></article>'
    for n in range(1, 9)
)
DATED = '<meta property="article:published_time" content="2026-03-04T09:15:00Z">'
LD = """<script type="application/ld+json">
{"@type": "%s", "headline": "Harbour wall", "datePublished": "2026-03-04"}</script>"""
LOGIN = "<form action=/login><input name=u><input type=password name=p><button>Log in</button></form>"


def read(head: str, body: str, url: str | None = URL) -> RawArticle:
    page = f"<html><head>{head}</head><body>{body}</body></html>".encode()
    fetched_at = dt.datetime(2026, 3, 5, tzinfo=dt.UTC)
    return read_page(Document("g", "x", "text/html", page, fetched_at, url), PageRules()).article


def reason(head: str, body: str, url: str | None = URL) -> str:
    with pytest.raises(UnreadableDocument) as refused:
        read(head, body, url)
    return refused.value.reason


LIST = "it is a list of pages"
STATED_LIST = "it says of itself that it is a list of pages"


@pytest.mark.parametrize(
    ("head", "body", "why"),
    [
        ("<title>Log in - The Gazette</title>", f"<h1>Welcome back</h1>{LOGIN}", "it is a page to log in"),
        ("<title>The Gazette</title>", f"<h1>Hello, reader</h1>{LOGIN}", "it is a page to log in"),
        ("<title>Anmelden</title>", "<h1>Anmelden</h1><p>Noch kein Konto?</p>", "it is a page to log in"),
        (LD % "NewsArticle", LOGIN, "it is a page to log in"),
        ("", "<h1>Page not found</h1><p>It may have been moved.</p>", "it is the page of an error"),
        ("", f"<h1>404: We cannot find it</h1><h2>Latest</h2>{CARDS}", "it is the page of an error"),
        ("", "<h1>We value your privacy</h1><p>We and our 843 partners.</p>", "it is a page that asks for consent"),
        ("<title>Just a moment...</title>", "<h1>gazette.example</h1>", "it is a page that keeps programs out"),
        (
            '<meta http-equiv="Refresh" content="0; URL=/x"><title>Bridge</title>',
            "<p>…</p>",
            "it only leads to another page",
        ),
        ("<title>Privacy policy</title>", f"<h1>Privacy policy</h1>{TEXT}", "it is a page about the site"),
        (
            '<meta property="og:type" content="profile">',
            f"<h1>Ada</h1>{TEXT}",
            "it says of itself that it is about a person",
        ),
        (LD % "CollectionPage", f"<h1>Local news</h1>{CARDS}", STATED_LIST),
        (LD % "SearchResultsPage", f"<h1>Harbour</h1>{CARDS}", STATED_LIST),
        ('<meta property="og:type" content="website">', f"<h1>Local news</h1>{CARDS}", LIST),
        (LD % "WebPage", f"<h1>Ada Reed</h1><p>Writes about harbours.</p>{CARDS}", LIST),
        (
            '<meta property="og:type" content="video.other">',
            "<h1>Wall</h1><p>Watch.</p>",
            "it says of itself that it is a video",
        ),
        (
            "<title>Wall</title>" + DATED,
            "<div id=root></div><noscript>Enable it.</noscript>",
            "it has no text without its scripts",
        ),
        ("", "<h1>Harbour wall</h1><p>A line.</p>", "it has no text of an article"),
        ("", "Error establishing a database connection", "it has no markup of a page"),
        ("", '{"error": "unauthorised"}', "it has no markup of a page"),
    ],
)
def test_what_is_no_article_is_refused_with_its_reason(head, body, why):
    assert reason(head, body) == why


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (DATED, "<h1>Harbour wall</h1><p>The wall will be rebuilt, the council said.</p><p>More soon.</p>"),
        (LD % "NewsArticle", f"<h1>Harbour wall</h1><p>The first sentence, and then the paywall stands.</p>{LOGIN}"),
        (LD % "NewsArticle", f"<h1>Page not found</h1>{TEXT}"),
        (LD % "LiveBlogPosting", f"<h1>Live: harbour</h1>{CARDS}"),
        ('<meta property="og:type" content="website">', f"<h1>Harbour wall</h1>{TEXT * 2}{LOGIN}"),
        ("", f"<h1>Harbour wall</h1>{TEXT * 2}<div><h3>Latest</h3>{CARDS}</div>"),
        ('<meta http-equiv="refresh" content="300; url=/x">', f"<h1>Harbour wall</h1>{TEXT}"),
        (DATED, f"<header>{LOGIN}</header><h1>Harbour wall</h1><p>The wall will be rebuilt, the council said.</p>"),
        ("", f"<article><h1>港の壁を再建へ</h1>{DENSE * 2}"),
    ],
)
def test_an_article_is_read_however_short_or_walled(head, body):
    assert read(head, body).published


def test_sections_whose_headings_are_links_are_no_cards_where_they_hold_the_text():
    sections = "".join(f'<section><h2><a href="/thing-{n}">Thing {n}</a></h2>{TEXT * 3}</section>' for n in range(6))
    assert read("", f"<h1>Six things</h1>{sections}").title == "Six things"


@pytest.mark.parametrize(
    "name", ["How to log in to continue a game", "The 404 that changed the web", "Consent matters"]
)
def test_a_title_that_only_holds_such_words_names_no_wall(name):
    assert (wall_named(name), names_the_site(name)) == ("", False)


@pytest.mark.parametrize(
    "name", ["Page introuvable", "404", "Error 404 – Not Found", "Войти", "ページが見つかりません", "LOG IN!"]
)
def test_a_wall_is_known_by_its_name_in_any_writing(name):
    assert wall_named(name)
