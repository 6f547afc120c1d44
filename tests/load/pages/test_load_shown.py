"""Titles, authors, pictures and addresses as pages give them."""

import datetime as dt

import pytest

from feedsvc.load.pages.bylines import people, without_by
from feedsvc.load.pages.html import read_page
from feedsvc.load.pages.pictures import is_picture
from feedsvc.load.pages.rules import PageRules
from feedsvc.model import Document, RawArticle

URL = "https://gazette.example/news/harbour"
WALL = "Harbour wall to be rebuilt"
TEXT = "<p>The harbour wall is to be rebuilt before winter, the council of the town said on Tuesday.</p>" * 4
SITE = '<meta property="og:site_name" content="The Coast Gazette">'
TITLE = '<meta property="og:title" content="%s">'
LD = '<script type="application/ld+json">{"@type": "Article", "headline": "H w", %s}</script>'


def read(head: str, body: str = f"<h1>{WALL}</h1>{TEXT}", url: str | None = URL, **rules: str) -> RawArticle:
    page = f"<html><head>{head}</head><body>{body}</body></html>".encode()
    fetched_at = dt.datetime(2026, 3, 5, tzinfo=dt.UTC)
    return read_page(Document("g", "x", "text/html", page, fetched_at, url), PageRules(**rules)).article


# Titles


@pytest.mark.parametrize(
    ("head", "heading", "title"),
    [
        (SITE + TITLE % f"{WALL} | The Coast Gazette", "", WALL),
        (SITE + TITLE % "Harbour Wall To Be Rebuilt | The Coast Gazette", WALL, WALL),
        (
            SITE + TITLE % "Harbour’s wall ‘rebuilt’ - The Coast Gazette",
            "Harbour's wall 'rebuilt'",
            "Harbour's wall 'rebuilt'",
        ),
        (SITE + f"<title>The Coast Gazette | {WALL}</title>", "", WALL),
        (SITE + f"<title>{WALL} - The Coast Gazette</title>", "The Coast Gazette", WALL),
        (TITLE % f"{WALL} - Gazette", "", WALL),
        ("", f"<span class=kicker>Coast</span><span>{WALL}</span>", WALL),
        (
            TITLE % "Storm Eva hits – five dead in Port Town",
            "Storm Eva hits",
            "Storm Eva hits – five dead in Port Town",
        ),
        (TITLE % "Budget 2026 - what it means for you", "Budget 2026", "Budget 2026 - what it means for you"),
    ],
)
def test_a_title_is_whole_and_without_the_name_of_its_site(head, heading, title):
    assert read(head, f"<h1>{heading}</h1>{TEXT}").title == title


# Authors


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("By TOM KRISHER, AP Auto Writer", ("TOM KRISHER",)),
        ("Mary Quay, John Pier", ("Mary Quay", "John Pier")),
        ("Mary Quay and John Pier", ("Mary Quay", "John Pier")),
        ("Analysis by Mary Quay, CNN Editor-at-large", ("Mary Quay",)),
        ("By MEG KINNARD and ERRIN HAINES, Associated Press", ("MEG KINNARD", "ERRIN HAINES")),
        ("José Ortega y Gasset", ("José Ortega y Gasset",)),
        ("Smith, Jones & Partners", ("Smith, Jones & Partners",)),
        ("Reuters", ("Reuters",)),
        ("admin", ()),
        ("Political Editor", ()),
    ],
)
def test_a_byline_is_read_as_the_people_in_it(text, names):
    assert people([text]) == names
    assert read(f'<meta name="author" content="{text}">').authors == names


@pytest.mark.parametrize("text", ["By Mary Quay", "Von Mary Quay", "par Mary Quay", "Door: Mary Quay", "De Mary Quay"])
def test_a_word_that_leads_to_a_name_is_no_part_of_it(text):
    assert without_by(text) == "Mary Quay"


@pytest.mark.parametrize("name", ["Byron Quay", "Di Maio", "Von Miller"])
def test_a_name_that_begins_like_such_a_word_stays(name):
    assert without_by(name) == name


def test_a_person_in_the_byline_comes_before_the_site_as_its_own_author():
    head = SITE + '<meta name="author" content="The Coast Gazette">'
    assert read(head, f"<article><h1>{WALL}</h1><p class=byline>By Mary Quay</p>{TEXT}</article>").authors == (
        "Mary Quay",
    )
    assert read(head).authors == ("The Coast Gazette",)


# Selectors


def test_selectors_reach_into_what_leaves_the_page():
    body = (
        "<header><h2 class=t>True title</h2><i class=by>By Mary Quay</i><img id=pic src=/p.jpg></header>"
        f"<nav><b class=n>Menu</b></nav><div id=b>{TEXT}</div><footer><i class=d>2026-03-04</i> Imprint</footer>"
    )
    article = read("", body, title=".t", author=".by", image="#pic", published=".d")
    assert (article.title, article.authors, article.published) == ("True title", ("Mary Quay",), "2026-03-04")
    assert article.image == "https://gazette.example/p.jpg"
    assert not any(gone in article.body for gone in ("Menu", "Imprint", "True title"))


# Addresses


@pytest.mark.parametrize(
    ("canonical", "url"),
    [
        ("http://localhost:3000/news/harbour", URL),
        ("http://10.0.0.7/news/harbour", URL),
        ("javascript:void(0)", URL),
        ("https://gazette.example/news", URL),
        ("https://gazette.example/", URL),
        ("https://other.example/", URL),
        ("https://agency.example/a/harbour-1", "https://agency.example/a/harbour-1"),
        ("https://www.gazette.example/harbour-wall-rebuilt", "https://www.gazette.example/harbour-wall-rebuilt"),
        ("/news/wall", "https://gazette.example/news/wall"),
    ],
)
def test_a_canonical_address_is_believed_where_it_can_be_one(canonical, url):
    assert read(f'<link rel=canonical href="{canonical}">').url == url


def test_two_canonical_addresses_or_one_in_the_text_are_none():
    link = '<link rel=canonical href="/news/%s">'
    assert read(link % "a" + link % "b").url == URL
    assert read("", f"<h1>{WALL}</h1>{TEXT}<div>{link % 'evil'}</div>").url == URL


def test_addresses_in_the_text_count_from_the_base_and_never_from_a_canonical_address():
    body = (
        f"<article><h1>{WALL}</h1>{TEXT}<p>A <a href='x'>link</a> in a sentence, <a href='#n'>noted</a>.</p></article>"
    )
    canonical = "<link rel=canonical href=https://agency.example/a/b/c>"
    assert 'href="https://gazette.example/news/x"' in read(canonical, body).body
    based = read('<base href="/sub/">' + canonical, body).body
    assert 'href="https://gazette.example/sub/x"' in based
    assert 'href="#n"' in based
    assert 'href="x"' in read(canonical, body, None).body


# Pictures


@pytest.mark.parametrize(
    "name",
    ["logo.png", "site-logo-1200x630.png", "1x1.gif", "blank.gif", "default-share-image.png", "opengraph_default.jpg"],
)
def test_what_stands_for_no_article_is_no_picture(name):
    assert not is_picture(f"https://gazette.example/img/{name}")


@pytest.mark.parametrize(
    "name", ["wall.jpg", "google-logo-on-a-wall.jpg", "920x920.jpg", "by-default-closed.jpg", "social"]
)
def test_a_picture_of_something_stays(name):
    assert is_picture(f"https://gazette.example/img/{name}")


def test_a_stated_picture_that_is_none_gives_way_to_the_next():
    og = '<meta property="og:image" content="%s"><meta property="og:image:type" content="image/gif">'
    article = read(og % "data:image/gif;base64,R0l=" + LD % '"image": "/wall.jpg"')
    assert (article.image, article.image_type) == ("https://gazette.example/wall.jpg", None)
    figure = f"<article><h1>T</h1><figure><img src=/wall.jpg></figure>{TEXT}</article>"
    assert read(og % "/img/logo.png", figure).image == "https://gazette.example/wall.jpg"


@pytest.mark.parametrize(
    "markup",
    [
        '<img src="data:image/gif;base64,R0lGOD" data-src="/wall.jpg">',
        '<img src="/img/blank.gif" data-original="/wall.jpg">',
        '<img src="/img/blank.gif"><noscript><img src="/wall.jpg"></noscript>',
        '<picture><source srcset="/w.webp 800w"><img data-srcset="/small.jpg 400w, /wall.jpg 800w" alt="x"></picture>',
    ],
)
def test_a_picture_is_found_where_it_waits_to_be_seen(markup):
    body = read("", f"<article><h1>{WALL}</h1>{TEXT}<figure>{markup}</figure>{TEXT}</article>").body
    assert 'src="https://gazette.example/wall.jpg"' in body


def test_what_only_counts_readers_leaves_the_text():
    pixel = '<p>A sentence of the text <img src="https://t.example/p.gif" width="1" height="1"> goes on.</p>'
    assert "p.gif" not in read("", f"<article><h1>{WALL}</h1>{TEXT}{pixel}</article>").body


def test_the_next_article_of_a_page_without_end_is_no_part_of_this_one():
    more = f"<article><h1>Another headline of the day</h1>{TEXT.replace('harbour', 'railway')}</article>"
    body = read("", f"<article><h1>{WALL}</h1>{TEXT}</article>{more}").body
    assert ("harbour wall" in body, "railway" in body) == (True, False)
