"""Every parser at once: the choice by media type, and bytes that no one meant to be articles."""

import contextlib
import dataclasses
import datetime as dt
import pathlib
import time
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feedsvc.errors import UnreadableDocument
from feedsvc.load import MEDIA_TYPES, PARSERS, parse
from feedsvc.model import Document, Marks, RawArticle, Unread

SAMPLES = sorted((pathlib.Path(__file__).resolve().parents[1] / "data" / "load").iterdir())
PIECES = [
    *("MORE ON THEME", "Follow us", "© 2025", "1 May 2025", "Title", "**", "\n", "\n\n\n\n", " ", "\r", "\0", "---\n"),
    *("# ", "- [a](b)", "```\n", "title: ", "published: 1\n", '{"title": "a", "published": 1}', "[", "{", '"', ","),
    *("<h2>", "</h2>", "<a href='x'>", "<p>", "<div>", "<article>", "<time datetime=1>", "<ul><li>", "<title>"),
    *(
        "<aside class=related>",
        '<script type="application/ld+json">',
        '{"@type": "Article", "headline": [',
        "</script>",
    ),
    *('<rss version="2.0"><channel>', "<item>", "<feed>", "<entry>", "<link href='http://['/>", "&#xD800;", "&lt;"),
    *("<?xml version='1.0' encoding='rot13'?>", "<!DOCTYPE x [<!ENTITY x 'y'>]>", "&x;", "<!--", "<![CDATA["),
    *("embargo: ", "source: {", "image: {url: a, length: ", '{"image": {"url": "a", "contentSize": 1}}', "license: "),
    *("<media:content medium='image' url='", "<source url='x'>", "</source>", "<dc:rights>", "<rights type='html'>"),
    *("<meta property='og:image:type' content='x'>", "<meta name='copyright' content='"),
    *("\ufeff", "\u2028", "é", "\ud83d", "\x0b", "&#11;", "\uffff", "<h1>Title</h1>"),
]

soup = st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=40).map("".join)
raw_soup = soup.map(lambda text: text.encode("utf-8", "surrogatepass"))


@st.composite
def damaged(draw: st.DrawFn) -> tuple[bytes, str]:
    """A sample file with a few places overwritten, cut out or filled with something else."""
    sample = draw(st.sampled_from(SAMPLES))
    body = sample.read_bytes()
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(body)))
        end = start + draw(st.integers(0, 60))
        body = body[:start] + draw(raw_soup | st.binary(max_size=4)) + body[end:]
    return body, MEDIA_TYPES[sample.suffix]


def document(body: bytes, media_type: str) -> Document:
    return Document("gazette", "x", media_type, body, dt.datetime(2025, 3, 4, tzinfo=dt.UTC))


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for inner in value if isinstance(value, tuple) else ():
        yield from _texts(inner)


def test_every_file_ending_has_a_parser():
    assert set(MEDIA_TYPES.values()) <= set(PARSERS)


def test_parameters_of_a_media_type_are_no_part_of_the_choice():
    (article,) = parse(document(b"T\xe9", "Text/Plain; charset=latin-1"), Marks())
    assert article.title == "Té"


@pytest.mark.parametrize("media_type", ["image/png", "", "text"])
def test_an_unknown_media_type_is_refused_by_name(media_type):
    with pytest.raises(UnreadableDocument, match=f"no parser for {media_type or 'a document'}"):
        list(parse(document(b"x", media_type), Marks()))


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(damaged() | st.tuples(st.binary(max_size=300) | raw_soup, st.sampled_from(sorted(set(MEDIA_TYPES.values())))))
def test_any_bytes_give_articles_or_reasons(body_and_type):
    body, media_type = body_and_type
    found: list[RawArticle | Unread] = []
    with contextlib.suppress(UnreadableDocument):
        found.extend(parse(document(body, media_type), Marks()))
    for item in found:
        assert isinstance(item, RawArticle | Unread)
        for text in _texts(dataclasses.astuple(item)):
            text.encode()


HOSTILE = {
    "deep": b"<rss><channel><item><description>" + b"<div>" * 20_000,
    "wide": b"<div>" * 200 + b"<span></span>" * 20_000,
    "attributes": b"<div " + b"".join(b"a%d=b " % n for n in range(50_000)) + b">",
    "marks": b"<p>MORE ON THEME</p><a href=x>y</a>\n" * 5_000,
    "lines": b"MORE ON THEME\n1 May 2025\n" * 20_000,
    "blank": b"T\n" + b"\n" * 500_000 + b"MORE ON THEME",
    "brackets": b"[" * 200_000,
    "quotes": b"> " * 50_000,
    "braces": b'{"a":' * 50_000,
    "yaml": b"---\n" + b"- " * 30_000 + b"\n---\n",
    "comments": b"<rss>" + b"<!--" * 50_000,
    "tags": b"<rss>" + b"<a" * 50_000,
    "bytes": bytes(range(256)) * 1_000,
}


@pytest.mark.parametrize("media_type", sorted(set(MEDIA_TYPES.values())))
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_bytes_take_no_more_than_seconds(name, media_type):
    started = time.monotonic()
    with contextlib.suppress(UnreadableDocument):
        list(parse(document(HOSTILE[name], media_type), Marks()))
    assert time.monotonic() - started < 20
