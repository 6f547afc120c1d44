import importlib
from itertools import islice
from pathlib import Path
from types import ModuleType

import orjson
import pytest

from feedsvc.load import parse
from feedsvc.load.pages.rules import PageRules
from feedsvc.model import BodyFormat, Document, RawArticle

BENCH = Path(__file__).resolve().parents[1] / "bench"


@pytest.fixture(scope="module")
def invented() -> ModuleType:
    return bench_module("figures.invented")


@pytest.fixture(scope="module")
def documents() -> ModuleType:
    return bench_module("figures.documents")


def bench_module(name: str) -> ModuleType:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(BENCH)
        return importlib.import_module(name)


def read(document: Document) -> list[RawArticle]:
    articles = list(parse(document, PageRules()))
    assert all(isinstance(article, RawArticle) for article in articles)
    return articles


def test_the_same_news_are_invented_each_time(invented):
    assert list(islice(invented.articles(60, 8), 300)) == list(islice(invented.articles(60, 8), 300))


def test_invented_articles_list_only_what_was_told_before_them(invented):
    told = set()
    for article in islice(invented.articles(60, 8), 3000):
        assert set(article.related) <= told
        told.add(invented.Listed(article.title, article.published))
    assert len(article.related) == 8


def test_an_invented_line_has_all_of_its_article(invented):
    article = next(islice(invented.articles(200, 8), 3000, None))
    (raw,) = read(Document("b", "x", "application/x-ndjson", orjson.dumps(invented.record(article)), article.published))
    assert (raw.title, raw.url, raw.record_id) == (article.title, article.url, "a3000")
    assert [link.title for link in raw.related] == [one.title for one in article.related]
    assert len(raw.body.split()) == 200


def test_invented_pages_are_read_whole(documents):
    for page in (*documents.text_pages(2), *documents.html_pages(2)):
        (raw,) = read(page)
        assert raw.title
        assert raw.published
        assert len(raw.related) == documents.LISTED
        assert len(raw.body.split()) > 0.8 * documents.WORDS


def test_an_invented_html_page_is_as_large_as_those_of_sites(documents):
    (page,) = documents.html_pages(1)
    assert 55_000 < len(page.body) < 70_000


@pytest.mark.parametrize("format", ["rss", "atom", "json"])
def test_feeds_hold_their_entries_in_full(documents, format):
    entries = documents.posts(None, 2 * documents.A_FEED)
    first, second = documents.feeds(entries, format)
    articles = read(first) + read(second)
    assert [article.title for article in articles] == [entry.title for entry in entries]
    assert {article.body_format for article in articles} == {BodyFormat.HTML}
    assert all(len(article.body) > 3000 for article in articles)
