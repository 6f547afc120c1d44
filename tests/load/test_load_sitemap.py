"""Sitemaps, indexes and plain lists as sites write them."""

import gzip
from datetime import UTC, datetime

import pytest

from feedsvc.errors import UnreadableDocument
from feedsvc.load.sitemap import Place, Sitemap, parse_sitemap
from feedsvc.model import Document

XML = '<?xml version="1.0" encoding="{}"?>'
NAMES = (
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
    'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" '
    'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"'
)
ONE = f"<urlset {NAMES}><url><loc>https://paper.example/café</loc></url></urlset>"
ONE_READ = Sitemap(pages=(Place("https://paper.example/café"),))


def read(body: str | bytes, media_type: str = "application/xml") -> Sitemap:
    raw = body.encode() if isinstance(body, str) else body
    at = datetime(2026, 3, 4, tzinfo=UTC)
    return parse_sitemap(Document("paper", "https://paper.example/sitemap.xml", media_type, raw, at))


@pytest.mark.parametrize(
    "body",
    [
        XML.format("utf-8") + ONE,
        "\n  " + XML.format("utf-8") + "\n" + ONE,
        b"\xef\xbb\xbf" + (XML.format("utf-8") + ONE).encode(),
        (XML.format("utf-16") + ONE).encode("utf-16"),
        (XML.format("utf-16") + ONE).encode("utf-16-le"),
        (XML.format("utf-16") + ONE).encode(),
        (XML.format("iso-8859-1") + ONE).encode("latin-1"),
        gzip.compress(("\n" + XML.format("utf-8") + ONE).encode()),
        "https://paper.example/café\n".encode("utf-16"),
    ],
)
def test_a_sitemap_is_read_in_whatever_encoding_and_behind_white_space(body: str | bytes) -> None:
    assert read(body) == ONE_READ


def test_an_ampersand_that_begins_no_reference_is_itself() -> None:
    entries = "".join(
        f"<url><loc>https://paper.example/{rest}</loc></url>" for rest in ("a?x=1&y=2", "b?x=1&amp;y=2", "c?x=&#49;")
    )
    pages = read(f"<urlset {NAMES}>{entries}</urlset>").pages
    assert [page.url.rpartition("/")[2] for page in pages] == ["a?x=1&y=2", "b?x=1&y=2", "c?x=1"]


def test_what_it_says_of_the_last_change_or_else_of_the_publication_is_handed_on() -> None:
    news = "<news:news><news:publication_date>2026-03-05T09:15:00Z</news:publication_date></news:news>"
    picture = "<image:image><image:loc>https://paper.example/i.jpg</image:loc></image:image>"
    entries = (
        f"<url><loc>https://paper.example/a</loc>{picture}{news}</url>"
        f"<url><loc>https://paper.example/b</loc><lastmod>2026-03-06</lastmod>{news}</url>"
        "<url><loc>https://paper.example/c</loc></url>"
    )
    pages = read(f"<urlset {NAMES}>{entries}</urlset>").pages
    assert [page.changed for page in pages] == ["2026-03-05T09:15:00Z", "2026-03-06", ""]


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<!doctype html><html></html>",
        "<rss><channel/></rss>",
        f"{ONE[:-9]}",
        "<urlset>&undefined;</wrong>",
        "Hello",
    ],
)
def test_what_is_no_sitemap_is_refused(body: str) -> None:
    with pytest.raises(UnreadableDocument):
        read(body)
