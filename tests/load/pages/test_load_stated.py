"""What a page states of itself in JSON-LD, microdata and meta elements, and what is shown where it states nothing."""

import datetime as dt

import pytest

from feedsvc.load.pages.html import PageReading, read_page
from feedsvc.load.pages.rules import PageRules
from feedsvc.model import Document

TEXT = "<p>The bridge opened to traffic on Tuesday.</p><p>The first trams crossed before sunrise.</p>"
LD = '<script type="application/ld+json">%s</script>'
OG = '<meta property="og:%s" content="%s">'


def read(head: str, body: str = f"<h1>Harbour bridge reopens</h1>{TEXT}", url: str | None = None) -> PageReading:
    page = f"<html><head>{head}</head><body>{body}</body></html>"
    return read_page(
        Document("g", "x", "text/html", page.encode(), dt.datetime(2025, 3, 4, tzinfo=dt.UTC), url), PageRules()
    )


MICRODATA = """<div itemscope itemtype="https://schema.org/NewsArticle"><h1 itemprop="headline">Bridge reopens</h1>
<link itemprop="mainEntityOfPage" href="/2025/bridge"><meta itemprop="inLanguage" content="nb">
<span itemprop="author" itemscope itemtype="https://schema.org/Person"><a itemprop="url" href="/ada"></a>
<b itemprop="name">Ada Reed</b></span> <i itemprop="articleSection">City</i>
<figure itemprop="image" itemscope itemtype="https://schema.org/ImageObject"><img itemprop="url" src="/b.jpg"></figure>
<time itemprop="datePublished" datetime="2025-03-04T08:00Z">today</time>
<meta itemprop="keywords" content="bridges, trams">
<meta itemprop="dateModified" content="2025-03-05"><div itemprop="articleBody"><p>The bridge opened.</p>
<div itemscope itemtype="https://schema.org/NewsArticle"><h3 itemprop="headline">Other</h3>
<meta itemprop="datePublished" content="1999-01-01"><span itemprop="author">Nobody</span></div></div></div>"""


def test_microdata_say_as_much_as_json_ld():
    article = read("", MICRODATA, "https://g.example/x").article
    assert (article.title, article.url, article.language) == ("Bridge reopens", "https://g.example/2025/bridge", "nb")
    assert (article.published, article.updated) == ("2025-03-04T08:00Z", "2025-03-05")
    assert (article.authors, article.tags) == (("Ada Reed",), ("bridges", "trams", "City"))
    assert article.image == "https://g.example/b.jpg"


def test_json_ld_that_names_other_nodes_is_read_as_those():
    graph = """{"@graph": [{"@type": "NewsArticle", "headline": "H", "author": {"@id": "#ada"}, "image": {"@id": "#i"},
      "publisher": {"@id": "#nobody"}}, {"@type": "Person", "@id": "#ada", "name": "Ada Reed"},
      {"@type": "ImageObject", "@id": "#i", "url": "https://g.example/b.jpg", "encodingFormat": "image/png"}]}"""
    article = read(LD % graph).article
    assert (article.authors, article.image, article.image_type) == (
        ("Ada Reed",),
        "https://g.example/b.jpg",
        "image/png",
    )


@pytest.mark.parametrize(
    "wrapped",
    ["<!-- %s -->", "//<![CDATA[\n%s\n//]]>", "%s;", "\n<!--//--><![CDATA[//><!--\n%s\n//--><!]]>"],
)
def test_json_ld_in_the_wrappings_of_other_times_is_read(wrapped):
    data = '{"@type": "https://schema.org/NewsArticle", "headline": "Bridge: all --> clear"}'
    found = read(LD % (wrapped % data)).origins["title"]
    assert found == "JSON-LD headline" or wrapped.startswith("\n")


@pytest.mark.parametrize(
    ("head", "title", "origin"),
    [
        (
            OG % ("title", "Harbour bridge reopens | The Gazette"),
            "Harbour bridge reopens",
            "the heading, for meta og:title",
        ),
        (OG % ("title", "Harbour bridge reop…"), "Harbour bridge reopens", "the heading, for meta og:title"),
        (OG % ("title", "Harbour bridge reopens wide"), "Harbour bridge reopens wide", "meta og:title"),
        (OG % ("title", "Bridge reopens, at last"), "Bridge reopens, at last", "meta og:title"),
        (LD % '{"@type": "Article", "headline": "H"}' + OG % ("title", "O"), "H", "JSON-LD headline"),
    ],
)
def test_a_title_is_stated_without_the_name_of_the_site(head, title, origin):
    reading = read(head)
    assert (reading.article.title, reading.origins["title"]) == (title, origin)


def test_a_short_heading_is_not_taken_for_the_headline():
    reading = read(OG % ("title", "Sport – Rovers win again"), f"<h1>Sport</h1>{TEXT}")
    assert reading.article.title == "Sport – Rovers win again"


def test_the_title_element_loses_the_name_of_the_site():
    head = "<title>Bridge – reopens – The Gazette</title>" + OG % ("site_name", "The Gazette")
    assert read(head, TEXT).article.title == "Bridge – reopens"
    assert read("<title>Bridge – reopens – The Gazette</title>", TEXT).article.title == "Bridge – reopens – The Gazette"


@pytest.mark.parametrize(
    ("canonical", "url"),
    [
        ("https://g.example/", "https://g.example/2025/bridge"),
        ("/", "https://g.example/2025/bridge"),
        ("/2025/other", "https://g.example/2025/other"),
        ("https://g.example/?p=12", "https://g.example/?p=12"),
    ],
)
def test_a_canonical_url_that_is_the_whole_site_is_passed_over(canonical, url):
    assert read(f'<link rel=canonical href="{canonical}">', url="https://g.example/2025/bridge").article.url == url


def test_a_section_is_a_tag_after_the_keywords():
    section = (
        '<meta property="article:section" content="City, Port &amp; Sea"><meta name=keywords content="bridges,city">'
    )
    assert read(section).article.tags == ("bridges", "city", "City, Port & Sea")
    assert read('<meta property="article:section" content="City"><meta name=keywords content="city">').article.tags == (
        "city",
    )


@pytest.mark.parametrize(
    ("head", "language"),
    [(OG % ("locale", "pt_BR"), "pt-BR"), ('<meta http-equiv="content-language" content="de, en">', "de"), ("", None)],
)
def test_a_language_is_a_tag(head, language):
    assert read(head).article.language == language


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ("<p class=byline>By Ada Reed</p>", ("Ada Reed",)),
        ("<p class=byline>By <a rel=author href='/ada'>Ada van der Reed</a></p>", ("Ada van der Reed",)),
        ("<p class=byline>By our staff in the harbour</p>", ()),
        ("<p class=byline>Ada Reed November</p>", ()),
        ("<p class=author>jdadmin</p>", ()),
        ("<p>Ada Reed said so.</p>", ()),
    ],
)
def test_a_byline_names_authors_only_where_it_reads_like_names(byline, names):
    assert read("", f"<article><h1>Bridge</h1>{byline}{TEXT}</article>").article.authors == names


def test_menus_comments_and_other_boxes_are_no_part_of_the_text():
    boxes = (
        "<div id=comments><p>First! I have crossed that bridge many a time.</p></div>"
        "<aside><h3>Trending</h3><p><a href='/quiz'>The weekly quiz about bridges</a></p></aside>"
        "<form><p>Sign up for our letter about bridges and trams</p><input></form>"
    )
    body = read(
        "", f"<article><h1>Bridge</h1>{TEXT * 3}<ul><li>Four hundred cables</li></ul></article>{boxes}"
    ).article.body
    assert "Four hundred cables" in body
    assert not any(gone in body for gone in ("First!", "weekly quiz", "Sign up"))
