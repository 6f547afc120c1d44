from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from feedsvc.render import sitemap as sitemaps
from feedsvc.render.sitemap import (
    News,
    Page,
    news_language,
    render_news_sitemap,
    render_sitemap_index,
    render_sitemaps,
)

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
NEWS = "{http://www.google.com/schemas/sitemap-news/0.9}"
DAY = datetime(2026, 3, 1, 12, 30, 0, 5, tzinfo=UTC)


def names(element):
    return [child.tag for child in element]


def read(body, root, entry):
    """Holds a document against the published structure; returns its entries."""
    assert body.startswith(b"<?xml version='1.0' encoding='UTF-8'?>")
    assert len(body) <= 50 * 1024 * 1024
    document = etree.fromstring(body)
    assert document.tag == f"{SITEMAP}{root}"
    assert document.nsmap[None] == SITEMAP[1:-1]
    assert len(document) <= 50_000
    for found in document:
        assert found.tag == f"{SITEMAP}{entry}"
        assert names(found)[0] == f"{SITEMAP}loc"
        assert set(names(found)[1:]) <= {f"{SITEMAP}lastmod", f"{NEWS}news"}
        loc = found.findtext(f"{SITEMAP}loc")
        assert loc.startswith(("http://", "https://"))
        assert loc.isascii()
        assert len(loc) < 2048
        if lastmod := found.findtext(f"{SITEMAP}lastmod"):
            datetime.strptime(lastmod, "%Y-%m-%dT%H:%M:%SZ")
    return list(document)


def locs(entries):
    return [entry.findtext(f"{SITEMAP}loc") for entry in entries]


def test_a_sitemap_lists_pages_and_when_they_changed():
    pages = [Page("https://a.example/?x=1&y=2", DAY), Page("https://a.example/ä")]
    [body] = render_sitemaps(pages)
    found = read(body, "urlset", "url")
    assert locs(found) == ["https://a.example/?x=1&y=2", "https://a.example/%C3%A4"]
    assert [entry.findtext(f"{SITEMAP}lastmod") for entry in found] == ["2026-03-01T12:30:00Z", None]


def test_no_pages_are_an_empty_sitemap():
    [body] = render_sitemaps([])
    assert read(body, "urlset", "url") == []


def test_more_pages_than_one_sitemap_may_hold_go_into_several():
    bodies = render_sitemaps(Page(f"https://a.example/{number}") for number in range(100_001))
    found = [locs(read(body, "urlset", "url")) for body in bodies]
    assert [len(entries) for entries in found] == [50_000, 50_000, 1]
    assert found[1][0] == "https://a.example/50000"


def test_a_sitemap_is_never_larger_than_the_protocol_allows(monkeypatch):
    monkeypatch.setattr(sitemaps, "MAX_BYTES", 5000)
    bodies = render_sitemaps(Page(f"https://a.example/{'&' * 100}{number}") for number in range(50))
    assert all(len(body) <= 5000 for body in bodies)
    assert sum(len(read(body, "urlset", "url")) for body in bodies) == 50


def test_pages_without_an_address_of_the_web_are_left_out():
    [body] = render_sitemaps([Page("/a"), Page("https://[::1]/"), Page("https://a.example/" + "x" * 3000)])
    assert read(body, "urlset", "url") == []


def test_an_index_lists_sitemaps():
    pages = [Page("https://a.example/sitemap-1.xml", DAY), Page("https://a.example/sitemap-2.xml")]
    found = read(render_sitemap_index(pages), "sitemapindex", "sitemap")
    assert locs(found) == ["https://a.example/sitemap-1.xml", "https://a.example/sitemap-2.xml"]


def test_an_index_holds_no_more_than_it_may():
    pages = [Page(f"https://a.example/{number}") for number in range(50_001)]
    assert len(read(render_sitemap_index(pages), "sitemapindex", "sitemap")) == 50_000


TEXTS = st.text(st.characters(), max_size=20)


@given(publication=TEXTS.map("P".__add__), title=TEXTS, language=st.sampled_from(["en", "zh-Hant-HK", "xx", ""]))
def test_a_news_sitemap_says_who_published_what_and_when(publication, title, language):
    body = render_news_sitemap(publication, language, [News("https://a.example/1", title, DAY)])
    [found] = read(body, "urlset", "url")
    news = found.find(f"{NEWS}news")
    assert names(news) == [f"{NEWS}publication", f"{NEWS}publication_date", f"{NEWS}title"]
    assert names(news[0]) == [f"{NEWS}name", f"{NEWS}language"]
    assert news[0].findtext(f"{NEWS}name").startswith("P")
    assert news.findtext(f"{NEWS}publication_date") == "2026-03-01T12:30:00Z"
    assert news.findtext(f"{NEWS}title")


def test_a_news_sitemap_holds_the_first_thousand():
    news = [News(f"https://a.example/{number}", "T", DAY) for number in range(1001)]
    found = read(render_news_sitemap("Paper", "en", news), "urlset", "url")
    assert (len(found), locs(found)[-1]) == (1000, "https://a.example/999")


@pytest.mark.parametrize(
    ("language", "named"),
    [("en", "en"), ("pt_BR", "pt"), ("zh", "zh-cn"), ("zh-Hans", "zh-cn"), ("zh-TW", "zh-tw"), ("?", "en")],
)
def test_a_news_sitemap_names_languages_in_its_own_way(language, named):
    assert news_language(language) == named
