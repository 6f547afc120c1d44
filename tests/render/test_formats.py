import hashlib
import locale
import os
import pickle
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape
from unittest.mock import ANY

import feedparser
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from feedsvc.model import Entry, Feed
from feedsvc.render import FORMATS

ATOM = "{http://www.w3.org/2005/Atom}"
DC = "{http://purl.org/dc/elements/1.1/}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
HOME = "https://news.example/channels/world/"
PICTURE = "https://news.example/world.png?w=512&h=512"


def entry(number=1, **given):
    fields = {
        "id": f"urn:uuid:00000000-0000-0000-0000-{number:012}",
        "url": f"https://news.example/a/{number}?x=1&y=2#part",
        "title": f"AT&T and a < b, “{number}” 🎉",
        "published": datetime(2025, 6, 20, 9, 30, number, tzinfo=UTC),
        "updated": datetime(2025, 6, 21, 9, 30, number, 999_999, tzinfo=UTC),
    }
    return Entry(**(fields | given))


RICH = entry(
    1,
    summary="Both R&D and x < y",
    content_html='<p>One ]]&gt; <a href="https://a.example/?a=1&amp;b=2" rel="noopener noreferrer">two</a></p>',
    authors=("Ann Lee", "Bogdan Їжак"),
    categories=("World", "R&D"),
    language="uk",
    image="https://news.example/i.png",
)
WITHOUT_SUMMARY = entry(2, content_html="<p>First <b>bo</b>ld.</p><p>Second &amp; last.</p>", language="en")
STUB = entry(3)
IMAGE_ONLY = entry(4, content_html='<img src="https://news.example/i.png" alt="">')


def feed(*entries, **given):
    fields = {
        "id": "urn:uuid:00000000-0000-0000-0000-00000000abcd",
        "title": "World & more",
        "description": "What happens",
        "home_url": HOME,
        "self_urls": {name: f"{HOME}{style.file_name}" for name, style in FORMATS.items()},
        "author": "Example News",
        "updated": datetime(2025, 6, 21, 9, 30, 4, 5, tzinfo=UTC),
        "rights": "© Example",
        "entries": entries,
    }
    return Feed(**(fields | given))


FEED = feed(RICH, WITHOUT_SUMMARY, STUB, IMAGE_ONLY)


def read(name, value):
    parsed = feedparser.parse(FORMATS[name].render(value), sanitize_html=False, resolve_relative_uris=False)
    assert not parsed.bozo
    return parsed


def rss(value):
    return etree.fromstring(FORMATS["rss"].render(value)).find("channel")


def atom(value):
    return etree.fromstring(FORMATS["atom"].render(value))


def json(value):
    return orjson.loads(FORMATS["json"].render(value))


@pytest.mark.parametrize("name", ["rss", "atom"])
def test_a_feed_reader_finds_every_field_of_the_feed(name):
    channel = read(name, FEED).feed
    links = [(link.rel, link.href) for link in channel.links]
    assert channel.title == FEED.title
    assert channel.subtitle == FEED.description
    assert channel.link == HOME
    assert sorted(links) == [("alternate", HOME), ("self", FEED.self_urls[name])]
    assert channel.language == "en"
    assert channel.rights == FEED.rights
    assert channel.author == FEED.author
    assert channel.updated_parsed[:6] == (2025, 6, 21, 9, 30, 4)
    assert channel.generator == "feedsvc"


@pytest.mark.parametrize("name", ["rss", "atom"])
def test_a_feed_reader_finds_every_field_of_an_entry(name):
    found = read(name, FEED).entries[0]
    assert found.id == RICH.id
    assert found.link == RICH.url
    assert [link.rel for link in found.links] == ["alternate"]
    assert found.title == RICH.title
    assert found.published_parsed[:6] == (2025, 6, 20, 9, 30, 1)
    assert (unescape(found.summary) if name == "rss" else found.summary) == RICH.summary
    assert [(content.type, content.value, content.language) for content in found.content] == [
        ("text/html", RICH.content_html, "uk")
    ]
    assert [author.name for author in found.authors] == list(RICH.authors)
    assert [tag.term for tag in found.tags] == list(RICH.categories)
    assert found.media_content == [{"url": RICH.image, "medium": "image"}]


def test_atom_tells_when_an_entry_changed():
    assert read("atom", FEED).entries[0].updated == "2025-06-21T09:30:01+00:00"


@pytest.mark.parametrize("name", ["rss", "atom"])
def test_entries_keep_the_order_they_are_given_in(name):
    assert [found.id for found in read(name, FEED).entries] == [given.id for given in FEED.entries]
    assert [item["id"] for item in json(FEED)["items"]] == [given.id for given in FEED.entries]


def test_an_rss_item_names_its_authors_as_creators_and_no_permalink_but_the_link():
    item = rss(FEED).find("item")
    assert [creator.text for creator in item.findall(f"{DC}creator")] == list(RICH.authors)
    assert item.find("author") is None
    assert item.find("guid").get("isPermaLink") == "false"
    assert item.find("enclosure") is None


def test_an_rss_description_is_html_that_reads_as_the_summary_or_the_beginning_of_the_text():
    descriptions = [item.findtext("description") for item in rss(FEED).findall("item")]
    assert descriptions == [
        "Both R&amp;D and x &lt; y",
        "First bold. Second &amp; last.",
        STUB.title.replace("&", "&amp;").replace("<", "&lt;"),
        IMAGE_ONLY.title.replace("&", "&amp;").replace("<", "&lt;"),
    ]


def test_an_rss_item_carries_its_whole_text_beside_the_description():
    contents = [item.findtext(CONTENT) for item in rss(FEED).findall("item")]
    assert contents == [RICH.content_html, WITHOUT_SUMMARY.content_html, None, IMAGE_ONLY.content_html]


def test_an_rss_channel_has_one_self_link_and_is_as_new_as_its_feed():
    channel = rss(FEED)
    assert [dict(link.attrib) for link in channel.findall(f"{ATOM}link")] == [
        {"href": f"{HOME}rss.xml", "rel": "self", "type": "application/rss+xml"}
    ]
    assert channel.findtext("pubDate") == channel.findtext("lastBuildDate") == "Sat, 21 Jun 2025 09:30:04 +0000"


def test_an_atom_entry_has_one_typed_link_and_html_as_html():
    element = atom(FEED).find(f"{ATOM}entry")
    assert [dict(link.attrib) for link in element.findall(f"{ATOM}link")] == [
        {"href": RICH.url, "rel": "alternate", "type": "text/html"}
    ]
    assert element.find(f"{ATOM}content").get("type") == "html"
    assert element.find(f"{ATOM}summary").get("type") is None


def test_only_a_language_other_than_the_feeds_is_stated_for_an_entry():
    assert [item.get(LANG) for item in rss(FEED).findall("item")] == ["uk", None, None, None]
    assert [element.get(LANG) for element in atom(FEED).findall(f"{ATOM}entry")] == ["uk", None, None, None]
    assert [item.get("language") for item in json(FEED)["items"]] == ["uk", None, None, None]


def test_a_feed_may_have_a_language_and_a_picture_of_its_own():
    shown = feed(RICH, WITHOUT_SUMMARY, language="pt-BR", image=PICTURE)
    for name in ("rss", "atom"):
        assert read(name, shown).feed.language == "pt-BR"
    assert json(shown)["language"] == "pt-BR"
    assert read("rss", shown).feed.image == {
        "href": PICTURE,
        "title": shown.title,
        "title_detail": ANY,
        "link": HOME,
        "links": ANY,
    }
    assert [(part.tag, part.text) for part in rss(shown).find("image")] == [
        ("url", PICTURE),
        ("title", shown.title),
        ("link", HOME),
    ]
    assert read("atom", shown).feed.logo == PICTURE
    assert atom(shown).get(LANG) == "pt-BR"
    assert json(shown)["icon"] == PICTURE


def test_an_entry_that_says_its_own_language_keeps_it_in_a_feed_of_another():
    shown = feed(RICH, WITHOUT_SUMMARY, STUB, language="pt-BR")
    assert [item.get(LANG) for item in rss(shown).findall("item")] == ["uk", "en", None]
    assert [element.get(LANG) for element in atom(shown).findall(f"{ATOM}entry")] == ["uk", "en", None]
    assert [item.get("language") for item in json(shown)["items"]] == ["uk", "en", None]


@pytest.mark.parametrize(
    ("image", "fits"),
    [
        ("https://news.example/world.JPG", True),
        ("https://news.example/world.gif?w=512&v=.webp", True),
        ("https://news.example/pictures/17", True),
        ("https://news.example/world.webp", False),
        ("https://news.example/world.svg#.png", False),
    ],
)
def test_an_rss_channel_has_only_pictures_of_the_kinds_that_rss_knows(image, fits):
    shown = feed(image=image)
    assert rss(shown).findtext("image/url") == (image if fits else None)
    assert atom(shown).findtext(f"{ATOM}logo") == json(shown)["icon"] == image


def test_a_feed_without_a_picture_has_no_place_for_one():
    assert rss(FEED).find("image") is None
    assert atom(FEED).find(f"{ATOM}logo") is None
    assert "icon" not in json(FEED)


def test_a_json_feed_says_the_same():
    document = json(feed(RICH, STUB))
    assert list(document) == "version title home_page_url feed_url description language authors items".split()
    assert document["version"] == "https://jsonfeed.org/version/1.1"
    assert document["feed_url"] == f"{HOME}feed.json"
    assert document["authors"] == [{"name": "Example News"}]
    assert document["items"] == [
        {
            "id": RICH.id,
            "url": RICH.url,
            "title": RICH.title,
            "content_html": RICH.content_html,
            "summary": RICH.summary,
            "image": RICH.image,
            "date_published": "2025-06-20T09:30:01Z",
            "date_modified": "2025-06-21T09:30:01Z",
            "authors": [{"name": "Ann Lee"}, {"name": "Bogdan Їжак"}],
            "tags": ["World", "R&D"],
            "language": "uk",
        },
        {
            "id": STUB.id,
            "url": STUB.url,
            "title": STUB.title,
            "content_text": STUB.title,
            "date_published": "2025-06-20T09:30:03Z",
            "date_modified": "2025-06-21T09:30:03Z",
        },
    ]


@pytest.mark.parametrize("name", FORMATS)
def test_a_feed_without_entries_or_words_is_still_a_feed(name):
    bare = feed(title="", description="", author="", rights="", language="")
    body = FORMATS[name].render(bare)
    assert HOME.encode() in body
    if name != "json":
        assert read(name, bare).feed.title == HOME


@pytest.mark.parametrize("name", FORMATS)
def test_the_bytes_depend_on_the_feed_alone(name):
    program = "import pickle, sys; from feedsvc.render import FORMATS; feed, name = pickle.load(sys.stdin.buffer); "
    program += "import hashlib; print(hashlib.sha256(FORMATS[name].render(feed)).hexdigest())"
    expected = hashlib.sha256(FORMATS[name].render(FEED)).hexdigest()
    for seed, zone, language in [
        ("0", "UTC", "C"),
        ("1", "Asia/Kathmandu", "C.UTF-8"),
        ("2", "EST5EDT", "de_DE.UTF-8"),
    ]:
        environment = os.environ | {"PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": language}
        command = [sys.executable, "-c", program]
        run = subprocess.run(
            command, input=pickle.dumps((FEED, name)), env=environment, capture_output=True, check=True
        )
        assert run.stdout.decode().strip() == expected


@pytest.mark.parametrize("name", FORMATS)
def test_the_locale_of_the_process_is_left_alone(name, monkeypatch):
    def refuse(*arguments):
        raise AssertionError("the locale belongs to all threads")

    monkeypatch.setattr(locale, "setlocale", refuse)
    FORMATS[name].render(FEED)


SPECIMENS = [
    "]]>",
    "<script>alert(1)</script>",
    "&amp;lt;",
    "\x00",
    "\x0b",
    "\x93",
    "\ud800",
    "\ufffe",
    "\u202eעברית",
    "👩‍👩‍👧",
    "\r\n",
    " ",
]
TEXTS = st.lists(st.one_of(st.sampled_from(SPECIMENS), st.text(st.characters(), max_size=5)), max_size=4).map("".join)
LISTS = st.lists(TEXTS, max_size=3).map(tuple)
ENTRIES = st.lists(
    st.builds(
        replace,
        st.just(RICH),
        title=TEXTS,
        summary=TEXTS,
        content_html=TEXTS,
        authors=LISTS,
        categories=LISTS,
        language=st.none() | TEXTS,
        image=st.none() | TEXTS,
    ),
    max_size=3,
)
FEEDS = st.builds(
    lambda entries, **fields: feed(*(replace(e, id=entry(n).id) for n, e in enumerate(entries)), **fields),
    ENTRIES,
    title=TEXTS,
    description=TEXTS,
    author=TEXTS,
    rights=TEXTS,
    language=TEXTS,
    image=st.none() | TEXTS,
)


def carried(text):
    """What is left of a text that XML can carry, judged by lxml character by character."""
    return "".join(character for character in text if _is_carried(character)).strip()


def _is_carried(character):
    if "\x7f" <= character <= "\x9f":
        return False
    try:
        etree.Element("a").text = character
    except ValueError:
        return False
    return True


@given(FEEDS)
def test_whatever_the_texts_say_every_format_is_well_formed_and_says_it(value):
    titles = [carried(given.title) or given.url for given in value.entries]
    authors = [list(dict.fromkeys(filter(None, map(carried, given.authors)))) for given in value.entries]
    tags = [list(dict.fromkeys(filter(None, map(carried, given.categories)))) for given in value.entries]

    items = rss(value).findall("item")
    assert [item.findtext("title") for item in items] == titles
    assert [[creator.text for creator in item.findall(f"{DC}creator")] for item in items] == authors
    assert [[category.text for category in item.findall("category")] for item in items] == tags

    elements = atom(value).findall(f"{ATOM}entry")
    assert [element.findtext(f"{ATOM}title") for element in elements] == titles
    assert [[name.text for name in element.findall(f"{ATOM}author/{ATOM}name")] for element in elements] == authors
    assert [[category.get("term") for category in element.findall(f"{ATOM}category")] for element in elements] == tags

    members = json(value)["items"]
    assert [member["title"] for member in members] == titles
    assert [[author["name"] for author in member.get("authors", [])] for member in members] == authors
    assert [member.get("tags", []) for member in members] == tags
    assert all(("content_html" in member) != ("content_text" in member) for member in members)

    for name in ("rss", "atom"):
        assert [found.id for found in read(name, value).entries] == [given.id for given in value.entries]


def test_every_format_has_the_file_name_and_media_type_readers_expect():
    assert {name: style[:2] for name, style in FORMATS.items()} == {
        "rss": ("rss.xml", "application/rss+xml; charset=utf-8"),
        "atom": ("atom.xml", "application/atom+xml; charset=utf-8"),
        "json": ("feed.json", "application/feed+json; charset=utf-8"),
    }
