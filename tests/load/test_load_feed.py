"""RSS and Atom: dates as found, identity as stated, markup as it is."""

import datetime as dt
import pathlib

import pytest

from feedsvc.errors import UnreadableDocument
from feedsvc.load.feed import parse_feed
from feedsvc.model import BodyFormat, Document, Evidence, Marks, RawArticle, RawLink, Unread

DATA = pathlib.Path(__file__).resolve().parents[1] / "data" / "load"
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>F</title><id>f</id>
<author><name>Ada</name></author><entry xml:base="https://b.example/x/">
<title type="html">A &amp;lt; B &lt;i&gt;C&lt;/i&gt;</title><id>urn:x:1</id><link href="https://b.example/1"/>
<link rel="related" href="r" title="Rel"/><published>2025-01-01T00:00:00Z</published>
<updated>2025-01-02T00:00:00Z</updated><summary>plain &lt; text</summary><category term="t" label="Tee"/>
<content type="xhtml" xml:lang="fr"><div xmlns="http://www.w3.org/1999/xhtml"><p><a href="q">l</a></p></div></content>
</entry></feed>"""


def read(body: str | bytes, media_type: str = "application/xml", url: str | None = None) -> list[RawArticle | Unread]:
    raw = body if isinstance(body, bytes) else body.encode()
    document = Document("gazette", "feed.xml", media_type, raw, dt.datetime(2025, 3, 4, tzinfo=dt.UTC), url)
    return list(parse_feed(document, Marks()))


def rss(item: str) -> str:
    return f'<rss version="2.0"><channel><title>C</title><item>{item}</item></channel></rss>'


def test_an_rss_feed_is_read_entry_by_entry():
    bridge, dated, empty = read((DATA / "feed.xml").read_bytes())
    assert bridge == RawArticle(
        title="Bridge & Ferry: Both Run",
        published="Tue, 04 Mar 2025 06:15:00 GMT",
        date_evidence=Evidence.RECORD,
        record_id="gazette-7",
        url="https://gazette.example/2025/bridge",
        authors=("Ada Reed",),
        summary="Every cable is new.",
        body="<p>It <b>opened</b>.<script>alert(1)</script></p>",
        body_format=BodyFormat.HTML,
        tags=("bridges",),
        language="en-GB",
        image="https://gazette.example/bridge.jpg",
        ref="entry 1",
    )
    assert (dated.published, dated.record_id, dated.url) == ("2025-03-01", "12345", None)
    assert (dated.body, dated.summary, dated.body_format) == ("Only a description.", None, BodyFormat.HTML)
    assert empty == Unread("entry 3", "the entry has neither a title nor a link nor content")


def test_an_atom_feed_is_read():
    (article,) = read(ATOM)
    assert (article.title, article.summary, article.authors) == ("A < B C", "plain < text", ("Ada",))
    assert (article.published, article.updated) == ("2025-01-01T00:00:00Z", "2025-01-02T00:00:00Z")
    assert (article.record_id, article.url, article.language) == ("urn:x:1", "https://b.example/1", "fr")
    assert article.body == '<p><a href="https://b.example/x/q">l</a></p>'
    assert article.related == (RawLink("Rel", "https://b.example/x/r"),)
    assert article.tags == ("Tee",)


def test_updated_is_not_made_up_from_published():
    (article,) = read(rss("<title>T</title><pubDate>Tue, 04 Mar 2025 06:15:00 GMT</pubDate>"))
    assert article.updated is None


def test_a_relative_link_is_resolved_against_the_feeds_address():
    (article,) = read(rss("<title>T</title><link>/a</link>"), url="https://gazette.example/feed.xml")
    assert article.url == "https://gazette.example/a"


@pytest.mark.parametrize("encoding", ["utf-16", "windows-1251"])
def test_the_declared_encoding_of_a_feed_counts(encoding):
    text = f'<?xml version="1.0" encoding="{encoding}"?>' + rss("<title>Міст</title>")
    assert read(text.encode(encoding))[0].title == "Міст"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("", "not a feed"),
        ("/etc/hostname", "not a feed"),
        ("<html><p>x</p></html>", "not a feed"),
        ("<opml><body/></opml>", "not a feed"),
        ('<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url/></urlset>', "a sitemap lists pages"),
        ("<sitemapindex/>", "a sitemap lists pages"),
        ("<rss><channel><title>cut", "broken before its first entry"),
    ],
)
def test_what_is_no_feed_says_so(body, reason):
    with pytest.raises(UnreadableDocument, match=reason):
        read(body)


def test_a_feed_without_entries_holds_none():
    assert read("<rss version='2.0'><channel><title>C</title></channel></rss>") == []


def test_references_that_xml_cannot_carry_cost_one_character():
    (article,) = read(rss("<title>a&#xD83D;&#8;&#x110000;b</title>"))
    assert article.title == "a\ufffd\ufffd\ufffdb"


def test_external_entities_are_not_fetched():
    head = '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
    assert read(head + rss("<title>a&x;b</title>"))[0].title == "ab"


def test_entities_do_not_multiply():
    entities = '<!ENTITY l0 "lol">' + "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    (article,) = read(f"<!DOCTYPE r [{entities}]>" + rss("<title>&l9;</title>"))
    assert len(article.title) < 100
