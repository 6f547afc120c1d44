"""RSS and Atom: dates as found, identity as stated, markup as it is."""

import datetime as dt
import pathlib
from html import escape

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


@pytest.mark.parametrize(
    ("dates", "published", "updated"),
    [
        ("<pubDate>Tue, 04 Mar 2025 06:15:00 GMT</pubDate>", "RSS pubDate", ""),
        ("<dc:date>2025-03-04</dc:date>", "RSS dc:date", "RSS dc:date"),
        ("<pubDate>\n 2025-03-04 </pubDate><dc:date>2025-03-04</dc:date>", "RSS pubDate", "RSS dc:date"),
        ("<dcterms:created>2025-03-04</dcterms:created>", "RSS dcterms:created", ""),
        ("<pubDate><![CDATA[2025-03-04]]></pubDate>", "RSS pubDate", ""),
        ("<pubDate>4 March&#32;2025</pubDate>", "when the entry says it was published", ""),
        ("", "", ""),
    ],
)
def test_a_date_is_told_with_the_element_that_it_stands_in(dates, published, updated):
    names = 'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'
    (article,) = read(rss(f"<title>T</title>{dates}").replace("<rss ", f"<rss {names} "))
    assert (article.date_origin, article.updated_origin) == (published, updated)


def test_a_date_of_an_atom_feed_is_told_with_its_element():
    (article,) = read(ATOM)
    assert (article.date_origin, article.updated_origin) == ("Atom published", "Atom updated")


def test_further_dates_are_handed_on_for_one_that_cannot_be_read():
    (article,) = rich_dates("<pubDate>garbage</pubDate><dc:date>2026-03-04T09:15:00Z</dc:date>")
    assert article.published == "garbage"
    assert [(one.text, one.origin) for one in article.more_dates] == [("2026-03-04T09:15:00Z", "RSS dc:date")]
    (article,) = rich_dates("<pubDate>garbage</pubDate>")
    assert article.more_dates == ()


def rich_dates(dates: str) -> list[RawArticle | Unread]:
    names = 'xmlns:dc="http://purl.org/dc/elements/1.1/"'
    return read(rss(f"<title>T</title>{dates}").replace("<rss ", f"<rss {names} "))


def test_updated_is_not_made_up_from_published():
    (article,) = read(rss("<title>T</title><pubDate>Tue, 04 Mar 2025 06:15:00 GMT</pubDate>"))
    assert article.updated is None


NAMESPACES = 'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/"'
NAMESPACES += ' xmlns:content="http://purl.org/rss/1.0/modules/content/"'
NAMESPACES += ' xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'


def rich(item: str) -> RawArticle:
    markup = f'<rss version="2.0" {NAMESPACES}><channel><copyright>C</copyright><item><title>T</title>{item}</item>'
    (article,) = read(f"{markup}</channel></rss>")
    assert isinstance(article, RawArticle)
    return article


def atom(entry: str, head: str = "") -> RawArticle:
    markup = f'<feed xmlns="http://www.w3.org/2005/Atom"><title>F</title>{head}<entry><title>T</title>{entry}</entry>'
    (article,) = read(f"{markup}</feed>")
    assert isinstance(article, RawArticle)
    return article


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ('<media:content url="/a" type="image/png" fileSize="123"/>', ("/a", "image/png", "123")),
        ('<media:content url="/a" medium="image"/><media:thumbnail url="/t"/>', ("/a", None, None)),
        ('<media:content url="/v" type="video/mp4" fileSize="9"/><media:thumbnail url="/t"/>', ("/t", None, None)),
        ('<enclosure url="/a" type="image/png" length="123"/>', ("/a", "image/png", "123")),
        ('<media:content type="image/png"/><enclosure url="/a" type="image/gif"/>', ("/a", "image/gif", None)),
        ('<enclosure url="/a" type="audio/mpeg" length="123"/>', (None, None, None)),
        ('<enclosure url="/a.jpg?w=1"/><media:thumbnail url="/t"/>', ("/a.jpg?w=1", None, None)),
        ('<media:content url="/a.webp"/>', ("/a.webp", None, None)),
        ('<media:content url="/a.mp4"/><media:content url="/a.jpg" type="video/mp4"/>', (None, None, None)),
        ('<itunes:image href="/a"/><media:thumbnail url="/t"/>', ("/a", None, None)),
        ('<media:thumbnail url="/t" width="75"/><media:thumbnail url="/u" width="150"/>', ("/u", None, None)),
        (
            '<media:group><media:content url="/s.jpg" width="100"/><media:content url="/b.jpg" width="1200"/>'
            '<media:content url="/x.jpg" width="wide"/></media:group>',
            ("/b.jpg", None, None),
        ),
        (
            '<media:group><media:content url="/b.jpg" width="1200"/>'
            '<media:content url="/s.jpg" width="100" isDefault="true"/></media:group>',
            ("/s.jpg", None, None),
        ),
    ],
)
def test_a_picture_comes_with_its_type_and_size(item, expected):
    article = rich(item)
    assert (article.image, article.image_type, article.image_length) == expected


@pytest.mark.parametrize(
    ("item", "rights"),
    [
        ("<dc:rights>&amp;copy; A &lt;b>B&lt;/b></dc:rights>", "© A B"),
        ("<media:copyright>© A</media:copyright>", "© A"),
        ('<media:copyright url="/terms">© A</media:copyright>', None),  # feedparser drops the text
        ("", None),
    ],
)
def test_an_item_has_rights_of_its_own(item, rights):
    assert rich(item).rights == rights


def test_the_rights_of_an_atom_feed_are_those_of_its_entries():
    head = "<rights>© F</rights>"
    assert atom("", head).rights == "© F"
    assert atom("<rights type='html'>&amp;copy; A</rights>", head).rights == "© A"
    assert atom("<source><rights>© S</rights></source>").rights is None


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ('<source url="https://w.example/rss">The Wire</source>', ("The Wire", "https://w.example/rss")),
        ('<source url="https://w.example/rss"/>', (None, "https://w.example/rss")),
        ("<source>The Wire</source>", ("The Wire", None)),
        ("<source/><dc:source>x</dc:source>", (None, None)),
    ],
)
def test_an_item_names_the_feed_that_it_came_from(item, expected):
    article = rich(item)
    assert (article.title, article.credit_title, article.credit_url) == ("T", *expected)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<link rel='self' href='https://w.example/a'/><link href='https://w.example/'/>", "https://w.example/"),
        ("<link rel='self' href='https://w.example/a'/><link rel='hub' href='/'/>", "https://w.example/a"),
        ("<id>urn:w</id><updated>2020-01-01T00:00:00Z</updated><author><name>W</name></author>", None),
    ],
)
def test_an_atom_entry_names_the_feed_that_it_came_from(source, expected):
    article = atom(f"<source><title type='html'>The &lt;i>Wire&lt;/i></title>{source}</source>")
    assert (article.title, article.credit_title, article.credit_url) == ("T", "The Wire", expected)
    assert (article.updated, article.record_id) == (None, None)


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


@pytest.mark.parametrize(
    ("item", "authors"),
    [
        ("<author>mary@x.media (Mary Quay)</author>", ("Mary Quay",)),
        ("<author>mary@x.media (Mary (Q) Quay), john@x.example (John Pier)</author>", ("Mary (Q) Quay", "John Pier")),
        ("<author>mary@other.example</author>", ()),
        ("<author>Mary Quay &lt;mary@x.media&gt;</author>", ("Mary Quay",)),
        ("<author><![CDATA[Mary Quay <mary@x.media>]]></author>", ("Mary Quay",)),
        ("<dc:creator>mailto:mary@x.technology</dc:creator><dc:creator>John Pier</dc:creator>", ("John Pier",)),
        ("<dc:creator>@mary</dc:creator>", ("@mary",)),
        ("<dc:creator>Mary Quay, John Pier</dc:creator>", ("Mary Quay, John Pier",)),
    ],
)
def test_an_author_is_a_whole_name_without_an_address(item, authors):
    assert rich(item).authors == authors


def test_a_person_of_atom_is_the_name_and_never_the_address():
    people = (
        "<author><name>Ada Reed</name><email>ada@x.media</email></author><author><email>bo@x.media</email></author>"
    )
    assert atom(people).authors == ("Ada Reed",)


@pytest.mark.parametrize(
    ("escaped", "body", "summary"),
    [
        ("<p>Hi <b>there</b></p>", "<p>Hi <b>there</b></p>", "Hi there"),
        ("The <p> of HTML </p>", "The &lt;p&gt; of HTML &lt;/p&gt;", "The <p> of HTML </p>"),
        ("<p> is an element", "&lt;p&gt; is an element", "<p> is an element"),
    ],
)
def test_a_description_that_is_escaped_twice_is_markup_again(escaped, body, summary):
    twice = escape(escape(escaped))
    article = rich(f"<description>{twice}</description>")
    assert article.body == body
    full = rich(f"<description>{twice}</description><content:encoded>&lt;p>Full&lt;/p></content:encoded>")
    assert full.summary == summary
