"""Related links: by which way they are found, and what is never taken for them."""

import datetime as dt

import pytest

from feedsvc.load.html import PageReading, read_page
from feedsvc.load.rules import PageRules
from feedsvc.model import Document, Marks, RawLink

URL = "https://gazette.example/2025/03/04/harbour-bridge-reopens"
TITLE = "Harbour bridge reopens after two years of repairs"
PROSE = "<p>" + "The bridge opened to traffic on Tuesday and the first trams crossed before sunrise. " * 3 + "</p>"
LINKS = (
    '<li><a href="/2025/03/01/harbour-bridge-cables">All cables of the harbour bridge are new</a></li>'
    '<li><a href="/2025/02/11/tram-drivers-train">Tram drivers train for the bridge</a></li>'
    '<li><a href="https://www.gazette.example/2025/01/09/who-pays-for-bridge">Who pays for the bridge repairs?</a></li>'
)
BARE = LINKS.replace("<li>", "<p>").replace("</li>", "</p>")


def read(block: str, rules: PageRules | None = None, head: str = "", url: str = URL) -> PageReading:
    page = f"<head>{head}</head><body><article><h1>{TITLE}</h1>{PROSE * 3}{block}</article><footer>©</footer></body>"
    document = Document("gazette", "x.html", "text/html", page.encode(), dt.datetime(2025, 3, 4, tzinfo=dt.UTC), url)
    return read_page(document, rules or PageRules())


def titles(reading: PageReading) -> list[str]:
    return [link.title for link in reading.article.related]


@pytest.mark.parametrize(
    "heading",
    [
        *("Related articles", "RELATED STORIES:", "More on this story", "See also", "Read also"),
        *("Lesen Sie auch", "Mehr zum Thema", "À lire aussi", "A LIRE AUSSI", "Sur le même sujet"),
        *("Lea también", "Noticias relacionadas", "Leia também", "Leggi anche", "Lees ook", "Läs också"),
        *("Czytaj także", "Související články", "Διαβάστε επίσης", "İlgili Haberler", "Kapcsolódó cikkek"),
        *("Читайте также", "Материалы по теме", "Читайте також", "Новини за темою", "Още по темата"),
        *("関連記事", "相关文章", "관련 기사", "اقرأ أيضا", "Baca juga", "Tin liên quan"),
    ],
)
def test_a_heading_that_many_sites_use_opens_related_links(heading):
    for tag in ("h2", "h4", "strong"):
        reading = read(f"<div><{tag}>{heading}</{tag}><ul>{LINKS}</ul></div>")
        assert len(titles(reading)) == 3
        assert reading.origins["related"] == f"the heading {heading!r}"
        assert "cables of the harbour" not in reading.article.body


def test_a_line_that_is_such_a_word_and_a_link_is_related_wherever_it_stands():
    lines = (
        '<p><strong>Читайте також:</strong> <a href="/2025/bridge-cables-are-new">Усі троси мосту нові</a></p>'
        f'{PROSE}<p><a href="/2025/tram-drivers-train">Читайте також: Водії трамваїв навчаються</a></p>{PROSE}'
    )
    reading = read(lines)
    assert titles(reading) == ["Усі троси мосту нові", "Водії трамваїв навчаються"]
    assert "Читайте" not in reading.article.body
    assert reading.article.body.count("first trams crossed before sunrise") >= 9


def test_a_sentence_with_such_a_word_and_a_link_stays():
    block = '<p>See also what the mayor said in <a href="/2025/mayor-on-the-bridge">her speech on the bridge</a>.</p>'
    reading = read(block)
    assert titles(reading) == []
    assert "her speech on the bridge" in reading.article.body


def test_the_words_of_the_source_come_before_those_that_many_use():
    block = f"<h2>Related articles</h2><ul>{LINKS}</ul><h2>Mehr Brücke</h2><ul><li><a href='/b/1'>A</a></li></ul>"
    assert titles(read(block, PageRules(marks=Marks(related=("MEHR BRUCKE",))))) == ["A"]


def test_a_selector_comes_before_all_words():
    block = (
        f"<h2>MORE ON THEME</h2><ul>{LINKS}</ul><div class=teasers><a href='/b'>B</a> <time>3 March 2025</time></div>"
    )
    reading = read(block, PageRules(related="div.teasers"))
    assert reading.article.related == (RawLink("B", "https://gazette.example/b", "3 March 2025"),)
    assert reading.origins["related"] == "the selector div.teasers"
    assert titles(read(block, PageRules(related=".nothing"))) != ["B"]


def test_an_aside_of_links_about_the_same_is_related():
    reading = read(f"<aside>{BARE}</aside>")
    assert len(titles(reading)) == 3
    assert reading.origins["related"] == "an aside of links"


def test_json_ld_lists_related_articles_where_the_page_shows_none():
    head = """<script type="application/ld+json">{"@type": "NewsArticle", "headline": "H",
      "relatedLink": ["https://gazette.example/a", 3, null],
      "mentions": [{"@type": "Person", "name": "Ada", "url": "https://ada.example/"},
                   {"@type": "NewsArticle", "headline": "B", "url": "/b", "datePublished": "2025-01-02"}]}</script>"""
    reading = read("", head=head)
    assert reading.article.related == (
        RawLink("", "https://gazette.example/a"),
        RawLink("B", "https://gazette.example/b", "2025-01-02"),
    )


def test_the_one_list_of_links_after_the_article_is_related_if_it_is_about_the_same():
    reading = read(f"<ul>{LINKS}</ul>")
    assert len(titles(reading)) == 3
    assert reading.origins["related"] == "the one list of links after the article"


OTHER = (
    '<li><a href="/2025/03/01/how-to-grow-beans">How to grow beans on a balcony</a></li>'
    '<li><a href="/2025/02/11/rovers-win-again">Rovers win again, in extra time</a></li>'
    '<li><a href="/2025/01/09/rain-until-sunday">Rain until Sunday, then snow</a></li>'
)


@pytest.mark.parametrize(
    "block",
    [
        f"<h3>Most read</h3><ul>{LINKS}</ul>",
        f"<div><h3>Meistgelesen</h3></div><ul>{LINKS}</ul>",
        f"<h3>Самое читаемое</h3><ul>{LINKS}</ul>",
        f"<h3>Latest news</h3><ul>{LINKS}</ul>",
        f"<aside><h3>Trending now</h3>{BARE}</aside>",
        f"<aside class=popular-posts>{BARE}</aside>",
        f"<nav><h3>Related articles</h3><ul>{LINKS}</ul></nav>",
        f"<footer><h3>Related articles</h3><ul>{LINKS}</ul></footer>",
        f"<div id=comments><h3>Read also</h3><ul>{LINKS}</ul></div>",
        f"<div class=user-comments><h3>Read also</h3><ul>{LINKS}</ul></div>",
        f"<ul class=menu>{LINKS}</ul>",
        f"<ul>{LINKS}</ul><ul>{LINKS}</ul>",
        f"<ul>{OTHER}</ul>",
        f"<aside>{OTHER.replace('li>', 'p>')}</aside>",
        "<h3>Related</h3><ul><li><a href='/tag/bridges'>Bridges of the harbour</a></li></ul>",
        "<h3>Related</h3><ul><li><a href='https://ads.example/bridge-1'>One weird trick for bridges</a></li></ul>",
        f"<h3>Related</h3><ul><li><a href='{URL}?from=here#top'>Harbour bridge</a></li></ul>",
        "<ul><li><a href='/sport/'>Sports in the harbour</a></li><li><a href='/city/'>City and the bridge</a></li>"
        "<li><a href='/opinion/'>Opinions on bridges</a></li></ul>",
        "<ul><li>Four hundred cables</li><li>Two years of repairs</li><li>One bridge</li></ul>",
    ],
)
def test_other_boxes_are_never_taken_for_related_links(block):
    assert titles(read(block)) == []


def test_of_a_card_its_heading_is_the_title_and_its_time_no_part_of_it():
    block = (
        "<h2>Related</h2><div><a href='/2025/1'><span>City</span><h3>Bridge cables are new</h3><p>Teaser</p></a></div>"
        "<div><a href='/2025/2'>City desk</a><a href='/2025/2'>Drivers train for the bridge 2 May 2025</a>"
        "<span>2 May 2025</span></div>"
        "<div><a href='/2025/3'>Who pays for the bridge <span>3 May 2025</span></a></div>"
    )
    assert [(link.title, link.published) for link in read(block).article.related] == [
        ("Bridge cables are new", None),
        ("Drivers train for the bridge", "2 May 2025"),
        ("Who pays for the bridge", "3 May 2025"),
    ]
