"""Whole articles with hostile strings, from what a parser read to the bytes of every format, before independent
judges: lxml at its strictest, feedparser, the schema of JSON Feed, and Ruby's validating parser."""

import base64
import json
import re
import shutil
import subprocess
from datetime import UTC, datetime
from html import unescape
from itertools import chain
from pathlib import Path

import feedparser
import jsonschema
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from lxml import etree

from feedsvc.errors import UnreadableRecord
from feedsvc.model import Article, BodyFormat, Document, RawArticle, RawLink, RelatedLink
from feedsvc.normalise.article import Reading, normalise
from feedsvc.render import FORMATS
from feedsvc.render.assemble import article_page, assemble
from feedsvc.render.edge import language_tag, web_url
from feedsvc.settings import Site

DATA = Path(__file__).resolve().parents[1] / "data"
NAUGHTY = json.loads((DATA / "naughty.json").read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(json.loads((DATA / "jsonfeed-1.1.schema.json").read_text(encoding="utf-8")))
STRICT = etree.XMLParser(recover=False, resolve_entities=False, no_network=True, huge_tree=False)
ATOM = "{http://www.w3.org/2005/Atom}"

SITE = Site(title="The Paper", base_url="https://paper.example/feeds", copyright="© Paper & Co")
FILES = {name: style.file_name for name, style in FORMATS.items()}
DAY = datetime(2025, 6, 1, 9, tzinfo=UTC)
DOCUMENT = Document("paper", "a.json", "application/json", b"", DAY, url="https://paper.example/a/")


# From strings to feeds


def article(raw, number):
    """What the service would make of it, or None where it would set it aside."""
    try:
        draft = normalise(raw, DOCUMENT, Reading(UTC))
    except UnreadableRecord:
        return None
    return Article(
        id=f"urn:uuid:00000000-0000-4000-8000-{number:012}",
        source="paper",
        title=draft.title,
        published=draft.published.at,
        updated=draft.updated and draft.updated.at,
        url=draft.url,
        authors=draft.authors,
        subtitle=draft.subtitle,
        summary=draft.summary,
        body_html=draft.body_html,
        tags=draft.tags,
        language=draft.language,
        image=draft.image,
        rights=draft.rights,
        credit=draft.credit,
        related=tuple(RelatedLink(link.title, link.url, None, f"urn:x:{n}") for n, link in enumerate(draft.links)),
    )


def articles(raws):
    return [made for number, raw in enumerate(raws) if (made := article(raw, number))]


def feed(shown):
    return assemble("channels/x", "urn:uuid:00000000-0000-4000-8000-ffffffffffff", "X", "", shown, FILES, SITE)


def raw(text="Text", url=None, **given):
    """An article with `text` wherever a text can stand, and `url` wherever an address can."""
    fields = {
        "title": text,
        "published": "2025-06-01T09:30:00Z",
        "updated": "2025-06-02T10:00:00Z",
        "url": url,
        "authors": (text, f"Ann {text}"),
        "subtitle": text,
        "summary": text,
        "body": f"<p>{text}</p><p><a href='{url or ''}'>more</a></p>",
        "body_format": BodyFormat.HTML,
        "tags": (text, "World"),
        "language": "uk",
        "image": url,
        "image_type": "image/jpeg",
        "image_length": "1234",
        "rights": text,
        "credit_title": text,
        "credit_url": url,
        "related": (RawLink(text, url), RawLink(text)),
    }
    return RawArticle(**(fields | given))


# The judges


def judge(ours):
    """Holds every format against every judge but Ruby's."""
    value = feed(ours)
    bodies = {name: style.render(value) for name, style in FORMATS.items()}
    for name in ("rss", "atom"):
        etree.fromstring(bodies[name], STRICT)
        found = feedparser.parse(bodies[name], sanitize_html=False, resolve_relative_uris=False)
        assert not found.bozo, (name, found.get("bozo_exception"))
        shown = [shown_by_feedparser(entry, name) for entry in found.entries]
        for one, entry in zip(ours, shown, strict=True):
            if not one.summary and not one.subtitle:
                entry["summary"] = None  # XML has the beginning of the text there
            assert entry == told(one, name)
    document = json.loads(bodies["json"])
    VALIDATOR.validate(document)
    assert [shown_by_json(item) for item in document["items"]] == [told(one, "json") for one in ours]


def told(one, format):
    """The fields of an article as a reader of that format should find them."""
    words = (lambda text: text) if format == "json" else seen
    image = one.image if one.image and web_url(one.image.url) else None
    file = image if image and image.media_type and image.length else None
    if format == "rss" and file and file.url.startswith(("http://localhost", "https://under_score")):
        file = None  # validators want a host with a dot and without an underscore
    language = language_tag(one.language)
    return {
        "id": one.id,
        "url": as_link(address(one)) if format == "rss" else address(one),
        "title": words(one.title),
        "published": one.published,
        "updated": max(one.published, one.updated or one.published),
        "summary": words((one.summary or one.subtitle).strip()) or None,
        "content": words(one.body_html) or None,
        "authors": [words(name) for name in one.authors],
        "tags": list(one.tags) if format == "atom" else [words(tag) for tag in one.tags],
        "language": language if language and language.lower() != "en" else None,
        "image": image.url if image else None,
        "file": (file.url, file.media_type, file.length) if file else None,
        "rights": words(one.rights) or None,
        "source": (words(one.credit.title), web_url(one.credit.url)) if has_source(one, format) else None,
        "related": related(one),
    }


def has_source(one, format):
    return one.credit and (format != "rss" or web_url(one.credit.url))


def related(one):
    urls = [web_url(link.url) or article_page(link.article_id, SITE) for link in one.related]
    return [url for url in dict.fromkeys(urls) if url != address(one)]


def address(one):
    return web_url(one.url) or article_page(one.id, SITE)


def as_link(url):
    """The URL of an item as feedparser hands it on: to it what looks like an entity is one that was written twice."""
    return re.sub(r"&(\w+);", r"&\1", url.replace("&amp;", "&"))


def seen(text):
    """The text as feedparser hands it on: it takes Latin-1 that could be UTF-8 for UTF-8 that was read wrong."""
    try:
        return text.encode("iso-8859-1").decode("utf-8")
    except UnicodeError:
        return text


def shown_by_feedparser(entry, format):
    links = {rel: [link for link in entry.links if link.rel == rel] for rel in ("related", "enclosure")}
    source = entry.get("source", {})
    content = entry.get("content", [{}])[0]
    summary = entry.summary if "summary_detail" in entry else None  # without one it is a copy of the content
    return {
        "id": entry.id,
        "url": entry.link,
        "title": entry.title,
        "published": datetime(*entry.published_parsed[:6], tzinfo=UTC),
        "updated": datetime(*entry.updated_parsed[:6], tzinfo=UTC),
        "summary": unescape(summary) if summary and format == "rss" else summary,
        "content": content.get("value"),
        "authors": [seen(author.name) for author in entry.get("authors", [])],
        "tags": [tag.term for tag in entry.get("tags", [])],
        "language": entry.title_detail.language if entry.title_detail.language != "en" else None,
        "image": next((media["url"] for media in entry.get("media_content", [])), None),
        "file": next(((file.href, file.type, int(file.length)) for file in links["enclosure"]), None),
        "rights": entry.get("rights"),
        "source": (source.title, address_of(source)) if source else None,
        "related": [link.href for link in links["related"]],
    }


def address_of(source):
    return next((link.href for link in source.get("links", [])), source.get("href", ""))


def shown_by_json(item):
    file = next(iter(item.get("attachments", [])), None)
    more = item.get("_feedsvc", {})
    return {
        "id": item["id"],
        "url": item["url"],
        "title": item["title"],
        "published": datetime.fromisoformat(item["date_published"]),
        "updated": datetime.fromisoformat(item["date_modified"]),
        "summary": item.get("summary"),
        "content": item.get("content_html"),
        "authors": [author["name"] for author in item.get("authors", [])],
        "tags": item.get("tags", []),
        "language": item.get("language"),
        "image": item.get("image"),
        "file": (file["url"], file["mime_type"], file["size_in_bytes"]) if file else None,
        "rights": more.get("rights"),
        "source": (more["source"]["title"], more["source"].get("url", "")) if "source" in more else None,
        "related": [link["url"] for link in more.get("related", [])],
    }


RUBY = """
require "rss"
STDOUT.sync = true
STDIN.each_line do |line|
  begin
    RSS::Parser.parse(line.unpack1("m").force_encoding("UTF-8"), true) or raise "no feed"
    puts "valid"
  rescue => error
    puts "#{error.class}: #{error.message}".tr("\\n", " ")
  end
end
"""


@pytest.fixture(scope="module")
def ruby():
    """Asks Ruby's validating parser what it thinks of a document: "valid", or what is wrong."""
    if not shutil.which("ruby"):
        pytest.skip("needs Ruby with its rss library")
    with subprocess.Popen(["ruby", "-e", RUBY], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:

        def ask(body):
            process.stdin.write(base64.b64encode(body).decode() + "\n")
            process.stdin.flush()
            return process.stdout.readline().strip()

        yield ask
        process.stdin.close()


# Hostile articles

TEXTS = st.lists(
    st.sampled_from(list(chain(*NAUGHTY["texts"].values()))) | st.text(st.characters(), max_size=8), max_size=3
).map("".join)
URLS = st.none() | st.sampled_from(NAUGHTY["urls"]) | TEXTS.map("https://a.example/".__add__) | TEXTS
TIMES = st.datetimes(datetime(1990, 1, 1), datetime(2030, 1, 1)).map(lambda time: time.isoformat() + "Z")
LINKS = st.lists(st.builds(RawLink, TEXTS, URLS), max_size=3).map(tuple)
RAWS = st.builds(
    RawArticle,
    title=TEXTS,
    published=TIMES,
    updated=st.none() | TIMES,
    url=URLS,
    authors=st.lists(TEXTS, max_size=2).map(tuple),
    subtitle=st.none() | TEXTS,
    summary=st.none() | TEXTS,
    body=TEXTS,
    body_format=st.sampled_from(BodyFormat),
    tags=st.lists(TEXTS, max_size=2).map(tuple),
    language=st.none() | st.sampled_from(["en", "EN", "uk", "pt_BR", "xx", "English", "zh-Hant"]) | TEXTS,
    image=URLS,
    image_type=st.none() | st.sampled_from(["image/png", "image/jpeg; q=1", "text/html"]) | TEXTS,
    image_length=st.none() | st.sampled_from(["0", "-1", "1234", "1e9"]) | TEXTS,
    rights=st.none() | TEXTS,
    credit_title=st.none() | TEXTS,
    credit_url=URLS,
    related=LINKS,
)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.lists(RAWS, min_size=1, max_size=3))
def test_whatever_articles_hold_every_format_is_valid_and_says_all_of_it(raws):
    shown = articles(raws)
    assume(shown)
    judge(shown)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(raws=st.lists(RAWS, min_size=3, max_size=6))
def test_whatever_articles_hold_rubys_parser_finds_nothing_wrong(ruby, raws):
    for name in ("rss", "atom"):
        assert ruby(FORMATS[name].render(feed(articles(raws)))) == "valid"


@pytest.mark.parametrize("kind", NAUGHTY["texts"])
def test_naughty_strings_arrive_as_they_are(kind):
    judge(articles([raw(text, "https://paper.example/a") for text in NAUGHTY["texts"][kind]]))


def test_naughty_addresses_are_made_good_or_left_out():
    shown = articles([raw("Text", url) for url in NAUGHTY["urls"]])
    assert len(shown) == len(NAUGHTY["urls"])
    judge(shown)


def test_ruby_finds_nothing_wrong_with_anything_naughty(ruby):
    texts = articles([raw(text) for text in chain(*NAUGHTY["texts"].values())])
    for shown in (texts, articles([raw("Text", url) for url in NAUGHTY["urls"]])):
        for name in ("rss", "atom"):
            assert ruby(FORMATS[name].render(feed(shown))) == "valid"


@pytest.mark.parametrize(
    "giant",
    [
        raw("t " * 500_000),
        raw("👩‍👩‍👧" * 100_000),
        raw(body="<div>" * 10_000 + "deep" + "</div>" * 10_000),
        raw(body="<b><i>" * 5_000 + "]]>" * 5_000),
        raw(related=tuple(RawLink(f"Title {n} & more", f"/a/{n}") for n in range(1000))),
        raw(tags=tuple(f"<b>tag</b> {n} &amp;" for n in range(1000))),
    ],
    ids=["a title of 1 MB", "a title of emoji", "10,000 deep", "crossed and unclosed", "1,000 links", "1,000 tags"],
)
def test_giants_pass_too(giant):
    judge(articles([giant]))
