"""Related links: by which way they are found, and what is never taken for them."""

import datetime as dt

import pytest

from feedsvc.load.pages.html import PageReading, read_page
from feedsvc.load.pages.rules import PageRules
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
    assert reading.article.related == (RawLink("B", "https://gazette.example/b", "2025-01-02"),)


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


def link(title: str, href: str = "") -> str:
    return f'<a href="{href or "/2025/" + title.lower().replace(" ", "-")}">{title}</a>'


MOST_READ = f"<ul><li>{link('School fair draws record crowd')}</li><li>{link('New cafe on harbour bridge')}</li></ul>"


@pytest.mark.parametrize(
    "after",
    [
        f"<div class=mr><h4>Most read</h4>{MOST_READ}</div>",
        f"<p class=title>Most popular</p>{MOST_READ}",
        f"<div><div><b>Trending now</b></div>{MOST_READ}</div>",
        '<ul><li><a href="/share/email?x=1">Send this article to a friend</a></li>'
        '<li><a href="/print/harbour-bridge-reopens">A version to put on paper</a></li>'
        '<li><a href="/politics">Politics and society</a></li>'
        '<li><a href="/video/2025/bridge-from-above">The bridge seen from above</a></li></ul>',
        link("See all harbour stories here"),
    ],
)
def test_what_follows_related_links_is_none_of_them(after):
    assert len(titles(read(f"<div><h2>Related stories</h2><ul>{LINKS}</ul>{after}</div>"))) == 3


def test_another_box_within_the_part_after_the_heading_ends_the_links():
    inner = f"<div><ul>{LINKS}</ul><div><h4>Most read</h4>{MOST_READ}</div></div>"
    assert len(titles(read(f"<h2>Related stories</h2>{inner}"))) == 3


GUIDES = "".join(
    f'<li><a href="/harbour/{one}-harbour-guide-here">Harbour guide for {one}</a></li>'
    for one in ("north", "south", "west")
)


@pytest.mark.parametrize(
    "block",
    [
        f"<aside><p class=title>Most popular</p>{BARE}</aside>",
        f"<div><b>Trending</b><aside>{BARE}</aside></div>",
        f"<section class=related><h2>Most read</h2><ul>{LINKS}</ul></section>",
        f"<div class=regions><ul>{GUIDES}</ul></div>",
    ],
)
def test_what_is_most_read_and_menus_are_not_related(block):
    assert titles(read(block)) == []


A, B = "Bridge cables are new", "Tram drivers train again"


@pytest.mark.parametrize(
    "block",
    [
        f"<p>Read also: {link(A)}, {link(B)}</p>",
        f"<p>Read also: {link(A)} | {link(B)}</p>",
        f"<p>Related: {link(A)} and {link(B)}.</p>",
        f"<p>Read also:<br>{link(A)}<br>{link(B)}</p>",
        f"<p><em>Also Read | {link(A)}</em></p><p><em>Also Read | {link(B)}</em></p>",
        f"<p>{link(f'READ MORE: {A}', '/2025/a-b-c')}</p><p>{link(f'READ MORE: {B}', '/2025/d-e-f')}</p>",
    ],
)
def test_a_line_may_hold_several_links_and_little_beside_them(block):
    reading = read(f"{block}{PROSE}")
    assert titles(reading) == [A, B]
    assert "cables" not in reading.article.body


@pytest.mark.parametrize(
    "block",
    [
        f"<p>Read also: {link(A)}, which the mayor said in {link(B)}</p>",
        f"<p><b>See also</b> what the mayor said in {link(A)} on Monday</p>",
        f"<p>Four more years. <a href='/2025/03/01/harbour-bridge-cables'>Read more</a></p><ul>{OTHER}</ul>",
        f"<p><a href='/recommended-for-you'>Recommended for you</a></p><ul>{OTHER}</ul>",
        f"<h3>Recommended</h3><ul>{OTHER}</ul>",
        f"<div>Read more</div><ul>{LINKS}</ul><ul>{LINKS}</ul>",
    ],
)
def test_words_in_sentences_on_buttons_and_over_other_matters_open_nothing(block):
    assert titles(read(block)) == []


@pytest.mark.parametrize(
    "heading", ["Read more", "Read next", "You may also like...", "Recommended", "Recommended for you"]
)
def test_a_heading_that_recommends_opens_links_about_the_same(heading):
    reading = read(f"<div><h3>{heading}</h3><ul>{LINKS}</ul></div>")
    assert len(titles(reading)) == 3
    assert reading.origins["related"] == f"the heading {heading!r}"


def test_a_recommending_line_that_is_no_button_may_be_marked_up_as_nothing():
    assert len(titles(read(f"<div>You may also be interested in...</div><div>{BARE}</div>"))) == 3


def test_a_heading_may_share_its_part_with_a_link_back_to_the_top():
    head = '<div><h2>Related Articles</h2><div><a href="#top">Scroll back to top</a></div></div>'
    assert len(titles(read(f"{head}<div><ul>{LINKS}</ul></div>"))) == 3


def test_words_in_bold_after_a_rule_open_links_up_to_the_next_rule():
    block = f"<hr><b>See also:</b><br>{link(A)} (11 February 2025)<br>{link(B)}<br><hr>{link('Who pays for this page')}"
    related = read(block).article.related
    assert [(one.title, one.published) for one in related] == [(A, "11 February 2025"), (B, None)]


def test_the_title_of_a_card_is_not_the_section_over_it():
    cards = "".join(
        f'<li><a href="/2025/{one}"><h6>City desk</h6></a><a href="/2025/{one}"><p>{one.replace("-", " ")}</p></a></li>'
        for one in ("bridge-cables-are-new", "tram-drivers-train-again")
    )
    assert titles(read(f"<h2>Related</h2><ul>{cards}</ul>")) == ["bridge cables are new", "tram drivers train again"]


def test_a_short_title_counts_where_the_address_is_an_articles():
    block = f"<h2>Related</h2>{link('Storm hits', '/2025/storm-hits-harbour')} {link('City news', '/city-news')}"
    assert titles(read(block)) == ["Storm hits"]


def test_the_time_of_a_link_stands_beside_its_author_and_comments_too():
    beside = '<a href="/authors/ada">Ada Quay</a> <a href="{}#comments">12 comments</a>'
    item = f"<li>{{}} {beside} <time>{{}} March 2025</time></li>"
    items = "".join(
        item.format(link(one, href), href, day) for one, href, day in ((A, "/2025/a", 1), (B, "/2025/b", 2))
    )
    related = read(f"<h2>Related</h2><ul>{items}</ul>").article.related
    assert [(one.title, one.published) for one in related] == [(A, "1 March 2025"), (B, "2 March 2025")]


def test_a_bare_address_in_json_ld_has_the_title_that_the_page_shows():
    head = """<script type="application/ld+json">{"@type": "NewsArticle", "headline": "H",
      "relatedLink": ["/2025/tram-drivers", "/2025/never-shown"]}</script>"""
    block = f"<p>Beside it, {link(B, '/2025/tram-drivers')}, as reported in this newspaper before.</p>"
    assert read(block, head=head).article.related == (RawLink(B, "https://gazette.example/2025/tram-drivers"),)
