"""Of several articles that a page describes, the one that it is about."""

import json

import pytest

from feedsvc.load.pages.linkeddata import linked_data
from feedsvc.load.pages.microdata import main_item, microdata
from feedsvc.load.pages.page import open_page

URL = "https://gazette.example/news/harbour-wall"
OTHER = {
    "@type": "NewsArticle",
    "headline": "Storm damage is worse",
    "url": "/news/storm",
    "author": "Wrong",
    "datePublished": "2026-01-01",
}
OWN = {"@type": "NewsArticle", "headline": "Harbour wall to be rebuilt", "datePublished": "2026-03-04"}
AT = OWN | {"url": URL}
ENTITY = OWN | {"mainEntityOfPage": {"@id": f"{URL}/#page"}}
NAMED = OWN | {"@id": f"{URL}#article"}


def script(value: object) -> str:
    return f'<script type="application/ld+json">{json.dumps(value)}</script>'


@pytest.mark.parametrize("own", [AT, ENTITY, NAMED])
@pytest.mark.parametrize("shape", [lambda *nodes: {"@graph": nodes}, lambda *nodes: list(nodes)])
def test_the_node_with_the_address_of_the_page_is_the_article(own, shape):
    page = open_page(script(shape(OTHER, own)) + "<h1>Another heading</h1>")
    assert linked_data(page, URL).article == own
    assert linked_data(open_page(script(OTHER) + script(own) + "<p>x"), URL).article == own


def test_a_canonical_address_is_the_pages_too():
    page = open_page(f'<link rel="canonical" href="{URL}">{script([OTHER, AT])}<p>x')
    assert linked_data(page, "https://m.gazette.example/?id=7").article == AT


@pytest.mark.parametrize(
    "title", [f"<h1>{OWN['headline']}</h1>", f'<meta property="og:title" content="{OWN["headline"]} | Gazette">']
)
def test_without_an_address_the_title_decides(title):
    assert linked_data(open_page(script([OTHER, OWN]) + title)).article == OWN


def test_without_either_the_one_that_states_most_is_the_article():
    page = open_page(script({"@type": "Article", "name": "x"}) + script(OWN) + "<p>x")
    assert linked_data(page).article == OWN


def test_a_node_that_states_nothing_is_no_article_beside_one_that_does():
    page = open_page(script([{"@type": "Article", "@id": URL}, OWN]) + "<p>x")
    assert linked_data(page, URL).article == OWN


CARD = (
    '<div itemscope itemtype="https://schema.org/NewsArticle"><h3 itemprop=headline>Storm</h3>'
    '<a itemprop=url href="/news/storm"></a><i itemprop=author>Wrong</i>'
    "<meta itemprop=datePublished content=2026-01-01></div>"
)
MAIN = (
    '<div itemscope itemtype="https://schema.org/NewsArticle"><h2 itemprop=headline>Harbour wall</h2>%s'
    "<meta itemprop=datePublished content=2026-03-04></div>"
)


@pytest.mark.parametrize("more", [f'<link itemprop=url href="{URL}">', "<div itemprop=articleBody>Text</div>"])
def test_a_card_before_the_article_is_not_the_article(more):
    page = open_page(CARD + MAIN % more + CARD)
    assert dict(microdata(main_item(page, URL)))["md.datePublished"] == "2026-03-04"
