import time
from datetime import UTC, datetime, timedelta

import feedparser
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from feedsvc.model import Entry, Feed, Tombstone
from feedsvc.publish.delta import delta
from feedsvc.render import FORMATS

NEWEST = datetime(2025, 6, 20, 9, 30, tzinfo=UTC)
HOME = "https://news.example/channels/world/"
TOMBSTONE = Tombstone("urn:uuid:00000000-0000-0000-0000-000000000999", NEWEST)


def a_feed(entries: int, text: str = "<p>One ]]&gt; &amp; <b>two</b> 🎉</p>") -> Feed:
    return Feed(
        id="urn:uuid:00000000-0000-0000-0000-00000000abcd",
        title="World & more",
        description="What happens",
        home_url=HOME,
        self_urls={name: f"{HOME}{style.file_name}" for name, style in FORMATS.items()},
        author="Example News",
        updated=NEWEST,
        entries=tuple(
            Entry(
                id=id_of(number),
                url=f"https://news.example/{number}?a=1&b=2",
                title=f"AT&T and a < b, “{number}”",
                published=NEWEST - timedelta(hours=number),
                updated=NEWEST,
                content_html=text,
            )
            for number in range(entries)
        ),
        tombstones=(TOMBSTONE,),
    )


def id_of(number: int) -> str:
    return f"urn:uuid:00000000-0000-0000-0000-{number:012}"


SIX = {name: style.render(a_feed(6)) for name, style in FORMATS.items()}
formats = pytest.mark.parametrize("format", FORMATS)


def ids(body: bytes, format: str) -> list[str]:
    if format == "json":
        return [item["id"] for item in orjson.loads(body)["items"]]
    parsed = feedparser.parse(body)
    assert not parsed.bozo
    return [entry.id for entry in parsed.entries]


@formats
def test_only_what_is_kept_is_left_in_its_order(format: str) -> None:
    kept = delta(SIX[format], format, {id_of(4), id_of(1), "urn:uuid:unknown"})
    assert ids(kept, format) == [id_of(1), id_of(4)]
    assert len(kept) < len(SIX[format])


@formats
@given(st.sets(st.integers(0, 5)))
def test_any_part_of_a_feed_is_that_feed_with_that_part(format: str, numbers: set[int]) -> None:
    keep = {id_of(number) for number in numbers}
    once = delta(SIX[format], format, keep)
    assert ids(once, format) == [id_of(number) for number in sorted(numbers)]
    assert delta(once, format, keep) == once


@formats
def test_with_everything_kept_no_byte_changes(format: str) -> None:
    assert delta(SIX[format], format, {id_of(number) for number in range(6)}) == SIX[format]


def test_what_stands_before_the_feed_stays() -> None:
    declaration, rest = SIX["rss"].split(b"\n", 1)
    styled = declaration + b'\n<?xml-stylesheet href="/feed.css" type="text/css"?>\n' + rest
    assert delta(styled, "rss", {id_of(number) for number in range(6)}) == styled


def test_what_a_feed_says_of_itself_stays() -> None:
    left = etree.fromstring(delta(SIX["atom"], "atom", set()))
    whole = etree.fromstring(SIX["atom"])
    entry = "{http://www.w3.org/2005/Atom}entry"
    assert [etree.tostring(e) for e in left] == [etree.tostring(e) for e in whole if e.tag != entry]
    assert b"deleted-entry" in etree.tostring(left)

    channel, whole = (etree.fromstring(body)[0] for body in (delta(SIX["rss"], "rss", set()), SIX["rss"]))
    assert [etree.tostring(e) for e in channel] == [etree.tostring(e) for e in whole if e.tag != "item"]

    assert orjson.loads(delta(SIX["json"], "json", set())) == orjson.loads(SIX["json"]) | {"items": []}


def test_what_only_looks_like_an_entry_is_none() -> None:
    inner = '<other xmlns="urn:x"><item><guid>a</guid></item></other>'
    items = [f"<item><guid>{id}</guid><x><![CDATA[</item><item>]]></x>{inner}</item>" for id in "ab"]
    document = '<?xml version="1.0"?><!-- <item> --><rss><channel>{}\n<item></item><image/></channel></rss>'
    kept = delta(document.format("\n".join(items)).encode(), "rss", {"b"})
    assert kept == document.format("\n" + items[1]).replace("<item></item>", "").encode()


@formats
def test_a_text_of_many_megabytes_is_no_obstacle(format: str) -> None:
    body = FORMATS[format].render(a_feed(2, f"<p>{'long ' * 2_500_000}</p>"))
    assert ids(delta(body, format, {id_of(1)}), format) == [id_of(1)]


@formats
def test_a_delta_of_a_usual_feed_takes_about_a_millisecond(format: str) -> None:
    body = FORMATS[format].render(a_feed(50, "<p>" + "Some sentence of a story. " * 40 + "</p>"))
    took = []
    for _ in range(10):
        began = time.perf_counter()
        delta(body, format, {id_of(0), id_of(1)})
        took.append(time.perf_counter() - began)
    assert min(took) < 0.003  # on a busy machine


def test_there_is_no_delta_of_what_is_no_feed() -> None:
    with pytest.raises(KeyError):
        delta(b"<svg/>", "map", set())
