"""HTML pages: what they state, what they show, and what must not reach the body."""

import datetime as dt
import pathlib

import pytest

from feedsvc.errors import UnreadableDocument
from feedsvc.load.pages.html import read_page
from feedsvc.load.pages.rules import PageRules
from feedsvc.model import BodyFormat, Document, Evidence, RawArticle, RawLink

DATA = pathlib.Path(__file__).resolve().parents[2] / "data" / "load"
TEXT = "<p>The bridge opened to traffic on Tuesday.</p><p>The first trams crossed before sunrise.</p>"


def read(body: str | bytes, url: str | None = None) -> RawArticle:
    raw = body if isinstance(body, bytes) else body.encode()
    document = Document("gazette", "x.html", "text/html", raw, dt.datetime(2025, 3, 4, tzinfo=dt.UTC), url)
    return read_page(document, PageRules()).article


def related(block: str, url: str | None = "https://gazette.example/2025/x") -> list[tuple[str, str | None, str | None]]:
    article = read(f"<body><div><h1>T</h1>{TEXT}{block}</div></body>", url)
    assert "trams crossed" in article.body
    assert "MORE ON THEME" not in article.body
    return [(link.title, link.url, link.published) for link in article.related]


def test_a_whole_page_is_taken_apart():
    article = read((DATA / "page.html").read_bytes(), "https://gazette.example/2025/bridge?from=home")
    assert article.title == "Harbour Bridge Reopens"
    assert (article.published, article.date_evidence) == ("2025-03-04T08:15:00+02:00", Evidence.RECORD)
    assert article.updated == "2025-03-04T10:00:00+02:00"
    assert article.url == "https://gazette.example/2025/bridge"
    assert article.authors == ("Ada Reed", "Bo Lind")
    assert (article.summary, article.tags, article.language) == ("Every cable is new.", ("bridges",), "en-GB")
    assert article.image == "https://gazette.example/img/bridge.jpg"
    assert article.related == (
        RawLink("Tram Drivers Train", "https://gazette.example/2025/trams", "2025-03-03T17:05:00Z"),
        RawLink("Ferry Timetable Thins Out", "https://elsewhere.example/ferry", "Sat, 01 Mar 2025 12:00:00 GMT"),
    )


def test_the_body_keeps_its_markup_and_nothing_else():
    article = read((DATA / "page.html").read_bytes())
    assert article.body_format is BodyFormat.HTML
    for kept in ('<a href="/traffic">traffic</a>', "<li>Four hundred cables</li>", "fewer closures each winter"):
        assert kept in article.body
    for gone in ("Harbour Bridge Reopens", "theme", "Tram Drivers", "City desk", "quiz", "Follow us", "©", "4 March"):
        assert gone not in article.body


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ('<script type="application/ld+json">{"@type": "Article", "headline": "A"}</script>', "A"),
        ('<meta property="og:title" content="B"><title>C</title>', "B"),
        ("<title>C</title>", "H"),
    ],
)
def test_a_stated_title_comes_before_the_shown_one(head, title):
    assert read(f"<head>{head}</head><h1>**H**</h1>{TEXT}").title == title


def test_the_title_element_serves_where_no_headline_is():
    assert read(f"<title>C</title>{TEXT}").title == "C"


def test_a_headline_in_the_pages_header_is_found():
    article = read(f"<header><h1>H</h1><time>3 May 2024</time></header><main>{TEXT}</main><title>C | Site</title>")
    assert (article.title, article.published) == ("H", "3 May 2024")


@pytest.mark.parametrize(
    ("markup", "published", "evidence"),
    [
        ('<meta property="article:published_time" content="2025-01-01">', "2025-01-01", Evidence.RECORD),
        ('<meta itemprop="datePublished" content="2025-01-01">', "2025-01-01", Evidence.RECORD),
        ('<time itemprop="datePublished" datetime="2025-01-01">1 Jan</time>', "2025-01-01", Evidence.RECORD),
        ("<time pubdate>1 January 2025</time>", "1 January 2025", Evidence.RECORD),
        ('<time datetime="2025-01-01">1 Jan</time>', "2025-01-01", Evidence.PAGE),
        ("<div><span>Wed Jan 01 2025 10:00:00 GMT+0200 (EET)</span></div>", None, Evidence.PAGE),
        ("", None, Evidence.PAGE),
    ],
)
def test_a_date_is_a_record_only_where_it_is_stated(markup, published, evidence):
    article = read(f"<h1>T</h1>{markup}{TEXT}")
    expected = published or ("Wed Jan 01 2025 10:00:00 GMT+0200 (EET)" if "span" in markup else None)
    assert (article.published, article.date_evidence) == (expected, evidence)
    assert "2025" not in article.body


def test_a_date_above_the_headline_is_todays():
    assert read(f"<div>4 March 2026</div><h1>T</h1><div>3 March 2025</div>{TEXT}").published == "3 March 2025"


LD = '<script type="application/ld+json">{"@type": "Article", "image": %s}</script>'
OG = '<meta property="og:image" content="/%s">'
OG_TYPE = '<meta property="og:image:type" content="image/%s">'


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (OG % "a" + OG_TYPE % "png", ("/a", "image/png", None)),
        (OG % "a" + OG_TYPE % "png" + OG % "b" + OG_TYPE % "gif", ("/a", "image/png", None)),
        (OG % "a" + OG % "b" + OG_TYPE % "gif", ("/a", None, None)),
        (OG_TYPE % "png", (None, None, None)),
        (LD % '"/a"', ("/a", None, None)),
        (LD % '{"url": "/a", "encodingFormat": "image/png", "contentSize": "123"}', ("/a", "image/png", "123")),
        (LD % '[{"contentSize": 1}, " ", {"contentUrl": "/a", "contentSize": 2}, "/b"]', ("/a", None, "2")),
        (LD % '["/a", {"url": "/b", "contentSize": 2}]', ("/a", None, None)),
        (LD % '{"url": "/a", "encodingFormat": ["x"], "contentSize": true}', ("/a", None, None)),
        (OG % "a" + LD % '{"url": "/a", "contentSize": 2}', ("/a", None, "2")),
        (OG % "b" + LD % '{"url": "/a", "encodingFormat": "image/png", "contentSize": 2}', ("/b", None, None)),
    ],
)
def test_what_a_page_says_of_its_image_is_said_of_no_other(head, expected):
    article = read(f"<head>{head}</head><h1>T</h1>{TEXT}")
    assert (article.image, article.image_type, article.image_length) == expected


@pytest.mark.parametrize(
    ("head", "rights"),
    [
        ('<meta name="copyright" content="© Gazette">', "© Gazette"),
        ('<meta name="copyright" content="2025"><meta name="DCTERMS.rights" content="© Gazette">', "© Gazette"),
        ('<script type="application/ld+json">{"@type": "Report", "copyrightNotice": "© Ada"}</script>', "© Ada"),
        ("", None),
    ],
)
def test_a_page_states_its_rights(head, rights):
    assert read(f"<head>{head}</head><h1>T</h1>{TEXT}<footer>© 2025</footer>").rights == rights


@pytest.mark.parametrize(
    "markup",
    [
        "{not json",
        "[" * 100_000,
        '{"@type": 3, "headline": {}, "@graph": [null, 1, "x", []]}',
        '{"@type": "Article", "headline": [], "author": 7, "datePublished": {"x": 1}}',
        '{"@type": ["Person", null], "name": "\\ud83d"}',
    ],
)
def test_broken_structured_data_are_passed_over(markup):
    article = read(f'<h1>T</h1><script type="application/ld+json">{markup}</script>{TEXT}')
    assert (article.title, article.published) == ("T", None)


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        (
            "<section><div><h3>More on Theme :</h3></div><div><p><a href='/a'>A</a> 1 May 2025</p></div></section>",
            [("A", "https://gazette.example/a", "1 May 2025")],
        ),
        (
            "<p><b>MORE ON THEME</b></p><p>1 May 2025</p><p><a href='a'>**A**</a></p><p>1 May 2025</p>"
            "<p>2 May 2025</p><p><a href='b'>B</a></p><p>2 May 2025</p><p>Follow us</p><p><a href='/f'>F</a></p>",
            [
                ("A", "https://gazette.example/2025/a", "1 May 2025"),
                ("B", "https://gazette.example/2025/b", "2 May 2025"),
            ],
        ),
        (
            "<p>MORE ON THEME</p><p>1 May 2025</p><p>**A**</p><p>1 May 2025</p><p>Follow us</p><p>© 2025</p>",
            [("A", None, "1 May 2025")],
        ),
        (
            "<strong>MORE ON THEME</strong><br><a href='/a'>A</a> 1 May 2025<br><a href='/b'>B</a> 2 May 2025<br>",
            [("A", "https://gazette.example/a", "1 May 2025"), ("B", "https://gazette.example/b", "2 May 2025")],
        ),
        (
            "<details><summary>MORE ON THEME</summary><ul><li><a href='http://['>A</a><li><a href='mailto:x'>M</a></ul>"
            "</details>",
            [("A", "http://[", None)],
        ),
        (
            "<aside class='box related-links'><h4>Read</h4><a href='/a'><img src='x' alt='Alt'></a></aside>",
            [("Alt", "https://gazette.example/a", None)],
        ),
        ("<h2>MORE ON THEME</h2>", []),
        ("", []),
    ],
)
def test_related_links_are_found_by_their_heading(block, expected):
    assert related(block) == expected


def test_a_placeholder_link_counts_when_a_time_stands_beside_it():
    block = (
        "<h2>More on theme</h2><ul><li><a href='/a'>A</a> <time datetime='2025-01-02'></time></li>"
        "<li><a>B</a> <time datetime='2025-01-01'></time></li><li><a>No time</a></li></ul>"
    )
    assert related(block) == [("A", "https://gazette.example/a", "2025-01-02"), ("B", None, "2025-01-01")]


def test_related_links_stay_relative_without_a_base():
    assert related("<h2>MORE ON THEME</h2><a href='/a'>A</a>", None) == [("A", "/a", None)]


def test_a_base_element_resolves_related_links():
    block = "<h2>MORE ON THEME</h2><a href='a'>A</a>"
    article = read(f'<base href="/deep/"><h1>T</h1>{TEXT}{block}', "https://gazette.example/2025/x")
    assert article.related == (RawLink("A", "https://gazette.example/deep/a"),)


def test_a_box_within_the_article_leaves_what_follows_it():
    box = "<h3>MORE ON THEME</h3><ul><li><a href='/a'>A</a></li></ul>"
    article = read(f"<article><h1>T</h1>{TEXT}{box}<p>The mayor stayed away.</p></article>")
    assert "The mayor stayed away." in article.body
    assert [link.title for link in article.related] == ["A"]


@pytest.mark.parametrize(
    "sentence",
    [
        "<p>He wrote <strong>More on theme</strong> on <a href='/wall'>the wall</a> of the toll gate.</p>",
        "<p><strong>More on theme</strong> is what the sign on the wall of the toll gate said.</p>",
        "<p>Readers who <a href='/follow'>Follow us</a> know the toll gate well.</p>",
    ],
)
def test_words_within_a_sentence_are_no_marks(sentence):
    article = read(f"<h1>T</h1>{TEXT}{sentence}")
    assert "toll gate" in article.body
    assert article.body.lower().count("more on theme") + article.body.count("Follow us") == 1


def test_a_short_article_keeps_its_markup_and_gathers_no_menu():
    article = read(
        "<nav><a href='/'>Home</a></nav><div><a href='/m'>Menu</a></div><article><p>One <b>word</b>.</p></article>"
    )
    assert article.body in ("<p>One <b>word</b>.</p>", "<p>One <strong>word</strong>.</p>")


def test_a_text_that_is_only_its_title_stays():
    assert read("<h1>One sentence.</h1><p>One sentence.</p>").body == "<p>One sentence.</p>"


@pytest.mark.parametrize("body", ["", "  ", "<!-- -->", "<div></div>", "<div>" * 10_000 + "deep", "<script>x</script>"])
def test_a_page_without_title_or_text_is_unreadable(body):
    with pytest.raises(UnreadableDocument):
        read(body)


def test_a_page_that_names_its_own_encoding_is_read():
    assert read('<?xml version="1.0" encoding="windows-1251"?><h1>Міст</h1>'.encode("cp1251")).title == "Міст"


@pytest.mark.parametrize("start", ["", "<html><body>"])
def test_an_early_end_of_the_page_does_not_end_it(start):
    article = read(f"{start}<h1>T</h1><p>Before.</p></html>\n{TEXT}<script>x</script>\x17<p>Last.</p>")
    assert article.title == "T"
    assert "Last." in article.body
    assert "x</script>" not in article.body
