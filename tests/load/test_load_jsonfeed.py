"""JSON Feeds that are taken over."""

from datetime import UTC, datetime

import orjson

from feedsvc.load import parse
from feedsvc.model import BodyFormat, Document, Marks, RawArticle, Unread

FEED = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "Up",
    "language": "de",
    "authors": [{"name": "Ada"}],
    "items": [
        {
            "id": "1",
            "url": "https://up.example/1",
            "title": "Tram",
            "content_html": "<p>It opens.</p>",
            "date_published": "2026-03-01T10:00:00Z",
            "date_modified": "2026-03-02T10:00:00Z",
            "tags": ["tram"],
            "attachments": [{"url": "https://up.example/a.png", "mime_type": "image/png", "size_in_bytes": 7}],
        },
        {
            "id": "2",
            "external_url": "https://other.example/2",
            "content_text": "No title",
            "authors": [{"name": "Bo"}],
            "date_published": "2026-03-03T10:00:00Z",
            "language": "en",
        },
        {"id": "3", "title": "Undated"},
        "nonsense",
    ],
}


def read(value: object) -> list[RawArticle | Unread]:
    body = orjson.dumps(value)
    document = Document("up", "feed", "application/feed+json", body, datetime(2026, 3, 4, tzinfo=UTC))
    return list(parse(document, Marks()))


def test_items_are_read_with_what_the_feed_says_of_all():
    first, second, undated, nonsense = read(FEED)
    assert isinstance(first, RawArticle)
    assert (first.record_id, first.url, first.title) == ("1", "https://up.example/1", "Tram")
    assert (first.published, first.updated) == ("2026-03-01T10:00:00Z", "2026-03-02T10:00:00Z")
    assert (first.body, first.body_format) == ("<p>It opens.</p>", BodyFormat.HTML)
    assert (first.authors, first.language, first.tags) == (("Ada",), "de", ("tram",))
    assert (first.image, first.image_type, first.image_length) == ("https://up.example/a.png", "image/png", "7")
    assert isinstance(second, RawArticle)
    assert (second.title, second.url, second.authors, second.language) == ("", "https://other.example/2", ("Bo",), "en")
    assert undated == Unread("item 3", "the item does not say when it was published")
    assert nonsense == Unread("item 4", "an item must be an object")


def test_a_date_is_told_with_the_key_that_it_stands_under() -> None:
    first, second, undated, _ = read(FEED)
    keys = ('the JSON key "date_published"', 'the JSON key "date_modified"')
    assert (first.date_origin, first.updated_origin) == keys
    assert (second.date_origin, second.updated_origin) == (keys[0], "")
    assert undated.article.date_origin == ""


def test_a_feed_without_items_holds_none():
    assert read({"version": "https://jsonfeed.org/version/1", "items": None}) == []


def test_an_item_that_only_says_when_it_changed_is_as_old_as_that() -> None:
    (article,) = read(FEED | {"items": [{"id": "1", "title": "Tram", "date_modified": "2026-03-02T10:00:00Z"}]})
    assert isinstance(article, RawArticle)
    assert (article.published, article.updated) == ("2026-03-02T10:00:00Z", "2026-03-02T10:00:00Z")
    assert article.date_origin == article.updated_origin


def test_a_change_is_handed_on_for_a_publication_that_cannot_be_read() -> None:
    item = {"id": "1", "title": "Tram", "date_published": "soon", "date_modified": "2026-03-02T10:00:00Z"}
    (article,) = read(FEED | {"items": [item]})
    assert isinstance(article, RawArticle)
    assert article.published == "soon"
    assert [one.text for one in article.more_dates] == ["2026-03-02T10:00:00Z"]
