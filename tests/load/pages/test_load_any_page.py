"""Pages that nobody wrote to be read: no HTML makes the reading of one raise, hang, or give what cannot be written."""

import contextlib
import dataclasses
import datetime as dt
import time
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feedsvc.errors import UnreadableDocument
from feedsvc.load.pages.html import read_page
from feedsvc.load.pages.rules import PageRules
from feedsvc.model import Document

URL = "https://gazette.example/2025/03/04/bridge"
PIECES = [
    *(
        "<article>",
        "</article>",
        "<main>",
        "<aside>",
        "</aside>",
        "<nav>",
        "<footer>",
        "<div class=comments>",
        "</div>",
    ),
    *(
        "<h1>Bridge reopens</h1>",
        "<h2>Related articles</h2>",
        "<h3>Читайте также:</h3>",
        "<b>See also</b>",
        "<h2>Most read</h2>",
    ),
    *(
        "<ul>",
        "<li>",
        "</ul>",
        "<a href='/2025/03/01/cables-of-the-bridge'>Cables of the bridge</a>",
        "<a href='http://['>x",
    ),
    *(
        "<p>Read also: <a href=/a-b-c-1>Bridge and trams</a></p>",
        "<p>",
        "</p>",
        "<section class=related>",
        "<a>",
        "</a>",
    ),
    *(
        "<time>",
        "<time datetime='2025-03-01'>",
        "14:32",
        "3 марта 2024",
        "Updated 3 March 2024",
        "By Ada Reed | 1 May 2024",
    ),
    *(
        "<div itemscope itemtype='https://schema.org/NewsArticle'>",
        "<meta itemprop=datePublished content='2024-01-01'>",
    ),
    *("<span itemprop='author image' itemscope>", "<b itemprop=name>Ada</b>", "<img itemprop=url src=x>", "<h1>"),
    *(
        "<script type='application/ld+json'>",
        "</script>",
        '{"@type": "NewsArticle", "mentions": [',
        '{"@id": "a"}',
        "]}",
    ),
    *('{"@graph": [{"@type": "Article", "@id": "a", "image": {"@id": "a"}, "relatedLink": "/x"}]}', "<!--", "]]>", ";"),
    *(
        "<meta property='og:title' content='Bridge – x'>",
        "<link rel=canonical href='/'>",
        "<base href='//['>",
        "<html lang=''>",
    ),
    *(
        "\ufffe",
        "\x00",
        "\x1f",
        "😀",
        "\ud83d",
        "&#xD800;",
        "<svg>",
        "<template>",
        "<pre><code>x",
        "© 2025",
        "Follow us",
    ),
]
RULES = st.builds(
    PageRules,
    title=st.sampled_from(["", "h1", "//p"]),
    body=st.sampled_from(["", "p", "article", "*"]),
    published=st.sampled_from(["", "time", "*"]),
    author=st.sampled_from(["", "b"]),
    related=st.sampled_from(["", "ul", "//*"]),
)
soup = st.lists(st.sampled_from(PIECES) | st.text(max_size=4), max_size=40).map("".join)


def document(text: str) -> Document:
    return Document(
        "g", "x", "text/html", text.encode("utf-8", "surrogatepass"), dt.datetime(2025, 3, 4, tzinfo=dt.UTC), URL
    )


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for inner in value if isinstance(value, tuple) else ():
        yield from _texts(inner)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(soup, RULES)
def test_any_markup_is_read_or_unreadable(text, rules):
    with contextlib.suppress(UnreadableDocument):
        reading = read_page(document(text), rules)
        assert bool(reading.undated) == (reading.article.published is None)
        assert set(reading.origins) <= {field.name for field in dataclasses.fields(reading.article)}
        for one in _texts(dataclasses.astuple(reading.article)):
            one.encode()


@given(soup)
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_same_page_is_always_read_alike(text):
    with contextlib.suppress(UnreadableDocument):
        assert read_page(document(text), PageRules()) == read_page(document(text), PageRules())


LINK = '<a href="/2025/03/01/cables-of-the-bridge-%d">Cables of the bridge</a>'
HOSTILE = {
    "asides in asides": "<aside>" * 240 + LINK * 20 + "<p>x</p>" * 20_000,
    "articles in articles": "<article>" * 250 + "<p>some words</p>" * 20_000,
    "lists": ("<p>" + "prose " * 60 + "</p>") + f"<ul><li>{LINK}<li>{LINK}<li>{LINK}</ul>" * 6_000,
    "headings": "<h2>Related articles</h2><p>x</p>" * 20_000,
    "headings in boxes": "<div><h2>Related articles</h2>" * 10_000 + LINK,
    "labels": f"<p>Read also: {LINK}</p>" * 15_000,
    "clocks": "<time>14:32</time>" * 40_000 + "<span>14:32</span> x " * 40_000,
    "days": "<p>3 March</p>" * 30_000,
    "items": '<div itemscope itemtype="http://schema.org/NewsArticle">' * 200 + "<meta itemprop=a content=b>" * 20_000,
    "data": '<script type="application/ld+json">'
    + '{"@graph":[' * 400
    + '{"@type":"Thing"},' * 30_000
    + "</script><h1>T</h1>",
    "headlines": '<meta property="og:title" content="Bridge | x">' + "<h1>Bridge | y</h1>" * 20_000,
    "words": "<p>" + "word " * 400_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_page_takes_no_more_than_seconds(name):
    started = time.monotonic()
    with contextlib.suppress(UnreadableDocument):
        read_page(document(HOSTILE[name]), PageRules())
    assert time.monotonic() - started < 20
