"""When a page was published: by which evidence, and why not."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.load.pages.dating import names_day
from feedsvc.load.pages.html import PageReading, parse_html, read_page
from feedsvc.load.pages.rules import PageRules
from feedsvc.model import Document, Evidence, Marks, Unread

TEXT = (
    "<p>The bridge opened to traffic on Tuesday.</p><p>The first trams crossed before sunrise, and by noon the last of"
    " the barriers had been carried down to the quay.</p><p>Nobody in the harbour, said the mayor, had waited for it"
    " longer than the fishermen of the old town, who had rowed across for all these years.</p>"
)
UPDATED = "//p[@class='u']"
LD = '<script type="application/ld+json">%s</script>'


def page_of(markup: str, url: str | None = None) -> Document:
    return Document("gazette", "x.html", "text/html", markup.encode(), dt.datetime(2025, 3, 4, tzinfo=dt.UTC), url)


def read(markup: str, url: str | None = None, rules: PageRules | None = None) -> PageReading:
    return read_page(page_of(f"<h1>Bridge reopens</h1>{markup}{TEXT}", url), rules or PageRules())


SCOPE = '<div itemscope itemtype="https://schema.org/NewsArticle">%s</div>'


@pytest.mark.parametrize(
    ("markup", "published", "evidence", "origin"),
    [
        (
            LD % '{"@type": "NewsArticle", "datePublished": "2024-03-01"}',
            "2024-03-01",
            "record",
            "JSON-LD datePublished",
        ),
        (
            LD % '{"@graph": [{"@type": "WebPage", "datePublished": "2024-03-01"}]}',
            "2024-03-01",
            "record",
            "JSON-LD of the page, datePublished",
        ),
        (
            SCOPE % '<time itemprop="datePublished" datetime="2024-03-01T10:00Z">1 March</time>',
            "2024-03-01T10:00Z",
            "record",
            "microdata datePublished",
        ),
        ("<article><time datetime='2024-03-01'>1 March</time></article>", "2024-03-01", "page", "a <time> element"),
        (
            "<article><time>14:32</time> <time id=day class='a  b'>1 March 2024</time></article>",
            "1 March 2024",
            "page",
            'a <time id="day" class="a b"> element; a <time> element says only \'14:32\'',
        ),
        (
            '<meta property="article:published_time" content="today"><time pubdate>1 March 2024</time>',
            "1 March 2024",
            "record",
            "a <time pubdate> element; meta article:published_time says only 'today'",
        ),
        (
            "<p itemprop=datePublished>1 March 2024</p>",
            "1 March 2024",
            "record",
            'a <p itemprop="datePublished"> element',
        ),
        ("<div>12. März 2024, 14:30 Uhr</div>", "12. März 2024, 14:30 Uhr", "page", "a dated line in <div>"),
        ("<div>Среда, 3 апреля 2024, 14:32</div>", "Среда, 3 апреля 2024, 14:32", "page", "a dated line in <div>"),
        ("<div>ADA REED, FUTURISM 18 NOV 2019</div>", "18 NOV 2019", "page", "a dated line in <div>"),
        ("<div>Опубликовано: 3 марта 2024, 14:32</div>", "3 марта 2024, 14:32", "page", "a dated line in <div>"),
        ("<p>Veröffentlicht am 12.03.2024</p>", "am 12.03.2024", "page", "a dated line in <p>"),
        (
            "<div class=byline>By Ada Reed and Bo Lind in Port Skerrin | 3 March 2024 | 5 min read</div>",
            "3 March 2024",
            "page",
            'the line below the title, in <div class="byline">',
        ),
        (
            "<div class=meta>Ada Reed and Bo Lind, reporters in Skerrin · 3 March 2024 · Updated 5 March 2024</div>",
            "3 March 2024",
            "page",
            'the line below the title, in <div class="meta">',
        ),
    ],
)
def test_the_best_evidence_there_is_gives_the_date(markup, published, evidence, origin):
    reading = read(markup)
    assert reading.article.date_origin == origin
    assert (reading.article.published, reading.article.date_evidence.value) == (published, evidence)
    assert (reading.origins["published"], reading.undated) == (origin, "")


@pytest.mark.parametrize(
    ("path", "day"),
    [
        ("/2024/03/01/bridge", "2024-03-01"),
        ("/news/2024/3/1/", "2024-03-01"),
        ("/2024-03-01-bridge", "2024-03-01"),
        ("/20240301/bridge", "2024-03-01"),
        ("/news/2024/mar/01/bridge", "2024-03-01"),
        ("/2024/03/bridge", None),
        ("/2024/13/01/bridge", None),
        ("/2024/02/30/bridge", None),
        ("/20241399-bridge", None),
        ("/article/20240301234/bridge", None),
        ("/2024/foo/01/bridge", None),
    ],
)
def test_the_date_in_the_url_is_the_last_resort(path, day):
    reading = read("", f"https://gazette.example{path}")
    assert (reading.article.published, reading.article.date_evidence) == (day, Evidence.PAGE)
    assert reading.origins.get("published") == ("the URL" if day else None)
    assert read("<div>5 May 2023</div>", f"https://gazette.example{path}").article.published == "5 May 2023"


@pytest.mark.parametrize(
    ("markup", "told"),
    [
        ("", "looked for: JSON-LD, meta elements, microdata, <time>, a line with a date below the title, and the URL"),
        ("<time>14:32</time>", "a <time> element says only '14:32'"),
        ("<div>14:32</div>", "a dated line in <div> says only '14:32'"),
        ("<div>4 March, 14:32</div>", "says only '4 March, 14:32'"),
        ('<meta property="article:published_time" content="today">', "meta article:published_time says only 'today'"),
        (
            '<meta property="article:modified_time" content="2024-03-05">',
            "it does say when it was changed: '2024-03-05' (meta article:modified_time)",
        ),
        ("<p>The bridge, said the mayor, was closed to all traffic on 3 March 2024</p>", "it does not say"),
        ("<div>Updated 5 March 2024</div>", "it does not say"),
        ("<aside><p>Another article <time datetime='2024-03-05'></time></p></aside>", "it does not say"),
        ("<div>Updated: <time datetime='2024-03-05'>5 March</time></div>", "it does not say"),
    ],
)
def test_a_page_that_names_no_day_is_set_aside_with_what_was_looked_for(markup, told):
    (unread,) = parse_html(page_of(f"<h1>T</h1>{markup}{TEXT}"), Marks())
    assert isinstance(unread, Unread)
    assert told in unread.reason
    assert unread.article is not None
    assert unread.article.title == "T"


def test_a_stated_text_that_names_no_day_leaves_it_to_what_is_shown():
    reading = read('<meta property="article:published_time" content="14:32"><time datetime="2024-03-01"></time>')
    assert (reading.article.published, reading.article.date_evidence) == ("2024-03-01", Evidence.PAGE)


def test_published_and_changed_are_kept_apart():
    ld = LD % '{"@type": "Article", "datePublished": "2024-03-01", "dateModified": "2024-03-05"}'
    article = read(ld).article
    assert (article.published, article.updated) == ("2024-03-01", "2024-03-05")


def test_the_same_clock_is_told_of_once():
    reading = read("<time>14:32</time>", "https://gazette.example/2024/03/01/bridge")
    assert reading.article.date_origin == "the URL; a <time> element says only '14:32'"


def test_dates_of_other_articles_on_the_page_are_not_its_own():
    date = '<meta itemprop="datePublished" content="%s">'
    other = SCOPE % f'<h3>Other</h3>{date % "2020-01-01"}<time itemprop="datePublished"></time>'
    own = SCOPE % f"<h1>Own</h1>{date % '2024-03-01'}"
    reading = read_page(page_of(f"{other}{own}{TEXT}{other}"), PageRules())
    assert (reading.article.published, reading.article.title) == ("2024-03-01", "Own")


def test_a_selector_says_where_dates_are_and_takes_no_more_than_them():
    markup = '<p class="d">3 March 2024</p><p class="d">Not a date.</p><p class="u">5 March 2024</p>'
    ld = LD % '{"@type": "Article", "datePublished": "2020-01-01"}'
    reading = read(ld + markup, rules=PageRules(published=".d", updated=UPDATED))
    assert (reading.article.published, reading.article.updated) == ("3 March 2024", "5 March 2024")
    assert (reading.article.date_origin, reading.article.updated_origin) == (
        "the selector .d",
        f"the selector {UPDATED}",
    )
    assert reading.article.date_evidence is Evidence.RECORD
    assert "Not a date" in reading.article.body
    assert "March" not in reading.article.body


@pytest.mark.parametrize(
    ("text", "names"),
    [
        *(
            (text, True)
            for text in ("2024-03-01", "1 March 2024", "1.3.24", "Mar 1, '24", "1709251200", "20240301T101112")
        ),
        *((text, True) for text in ("2024年3月1日", "3 มีนาคม 2567", "Fri, 1 Mar 24 10:00:00 GMT")),
        *(
            (text, False)
            for text in ("14:32", "14:32 GMT+0300", "2 hours ago", "yesterday", "1 March", "Mar 1 14:32", "")
        ),
    ],
)
def test_a_day_has_its_year(text, names):
    assert names_day(text) is names


@given(st.text(max_size=60))
def test_any_text_is_judged(text):
    names_day(text)
