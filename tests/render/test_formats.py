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

from feedsvc.model import Credit, Entry, Feed, Image, RelatedLink, Tombstone
from feedsvc.render import FORMATS

ATOM = "{http://www.w3.org/2005/Atom}"
DC = "{http://purl.org/dc/elements/1.1/}"
DCTERMS = "{http://purl.org/dc/terms/}"
FH = "{http://purl.org/syndication/history/1.0}"
SY = "{http://purl.org/rss/1.0/modules/syndication/}"
TOMBSTONES = "{http://purl.org/atompub/tombstones/1.0}"
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
    image=Image("https://news.example/i.png"),
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
    assert found.media_content == [{"url": RICH.image.url, "medium": "image"}]


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
    assert read("atom", shown).feed.logo == read("atom", shown).feed.icon == PICTURE
    assert atom(shown).get(LANG) == "pt-BR"
    assert json(shown)["icon"] == json(shown)["favicon"] == PICTURE


def test_an_entry_that_says_its_own_language_keeps_it_in_a_feed_of_another():
    shown = feed(RICH, WITHOUT_SUMMARY, STUB, language="pt-BR")
    assert [item.get(LANG) for item in rss(shown).findall("item")] == ["uk", "en", None]
    assert [element.get(LANG) for element in atom(shown).findall(f"{ATOM}entry")] == ["uk", "en", None]
    assert [item.get("language") for item in json(shown)["items"]] == ["uk", "en", None]


@pytest.mark.parametrize(
    ("image", "fits"),
    [
        ("https://news.example/world.JPG", True),
        ("https://news.example/world.gif?w=512&h=512", True),
        ("https://news.example/pictures/17", True),
        ("https://news.example/world.gif?w=512&v=.webp", False),
        ("https://news.example", False),
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
    assert atom(FEED).find(f"{ATOM}icon") is None
    assert {"icon", "favicon"}.isdisjoint(json(FEED))


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
            "image": RICH.image.url,
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
    value = feed(FULL, GONE, *FEED.entries[1:], tombstones=(TOMB,), every_min=30, prev_urls=OLDER)
    expected = hashlib.sha256(FORMATS[name].render(value)).hexdigest()
    for seed, zone, language in [
        ("0", "UTC", "C"),
        ("1", "Asia/Kathmandu", "C.UTF-8"),
        ("2", "EST5EDT", "de_DE.UTF-8"),
    ]:
        environment = os.environ | {"PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": language}
        command = [sys.executable, "-c", program]
        run = subprocess.run(
            command, input=pickle.dumps((value, name)), env=environment, capture_output=True, check=True
        )
        assert run.stdout.decode().strip() == expected


@pytest.mark.parametrize("name", FORMATS)
def test_the_locale_of_the_process_is_left_alone(name, monkeypatch):
    def refuse(*arguments):
        raise AssertionError("the locale belongs to all threads")

    monkeypatch.setattr(locale, "setlocale", refuse)
    FORMATS[name].render(FEED)


# What an entry brings along

FULL = replace(
    RICH,
    image=Image("https://news.example/i.jpg", "image/jpeg", 1234),
    rights="© A & B",
    credit=Credit("Agency & Sons", "https://agency.example/"),
    related=(RelatedLink("More & more", "https://news.example/b"), RelatedLink("Use <b>", "https://news.example/c")),
)


@pytest.mark.parametrize("name", ["rss", "atom"])
def test_a_feed_reader_finds_all_that_an_entry_brings_along(name):
    found = read(name, feed(FULL)).entries[0]
    assert [(file.href, file.type, file.length) for file in found.enclosures] == [
        ("https://news.example/i.jpg", "image/jpeg", "1234")
    ]
    assert found.media_content == [
        {"url": "https://news.example/i.jpg", "medium": "image", "type": "image/jpeg", "filesize": "1234"}
    ]
    assert found.rights == FULL.rights
    assert found.source.title == "Agency & Sons"
    assert [link.href for link in found.links if link.rel == "related"] == [link.url for link in FULL.related]
    assert found.updated_parsed[:6] == (2025, 6, 21, 9, 30, 1)


def test_json_tells_the_same_in_attachments_and_in_an_extension_of_its_own():
    item = json(feed(FULL))["items"][0]
    assert item["attachments"] == [
        {"url": "https://news.example/i.jpg", "mime_type": "image/jpeg", "size_in_bytes": 1234}
    ]
    assert item["_feedsvc"] == {
        "rights": "© A & B",
        "source": {"title": "Agency & Sons", "url": "https://agency.example/"},
        "related": [
            {"title": "More & more", "url": "https://news.example/b"},
            {"title": "Use <b>", "url": "https://news.example/c"},
        ],
    }


@pytest.mark.parametrize("image", [Image("https://a.example/i"), Image("https://a.example/i", "image/png"), None])
def test_a_picture_is_an_enclosure_only_when_all_is_known_of_it(image):
    shown = feed(replace(FULL, image=image))
    assert rss(shown).find("item/enclosure") is None
    assert [link.get("rel") for link in atom(shown).iter(f"{ATOM}link") if link.get("rel") == "enclosure"] == []
    assert "attachments" not in json(shown)["items"][0]


def test_an_rss_enclosure_has_a_host_that_validators_believe():
    shown = feed(replace(FULL, image=Image("http://localhost:8080/i.jpg", "image/jpeg", 5)))
    assert rss(shown).find("item/enclosure") is None
    assert json(shown)["items"][0]["attachments"]


def test_an_rss_item_tells_when_it_changed_and_where_it_came_from():
    item = rss(feed(FULL)).find("item")
    assert item.findtext(f"{DCTERMS}modified") == "2025-06-21T09:30:01Z"
    assert (item.find("source").get("url"), item.findtext("source")) == ("https://agency.example/", "Agency & Sons")
    assert rss(feed(replace(FULL, credit=Credit("Agency")))).find("item/source") is None


def test_an_atom_source_has_an_id_a_title_and_a_time_and_keeps_its_id():
    source = atom(feed(FULL)).find(f"{ATOM}entry/{ATOM}source")
    assert [part.tag.removeprefix(ATOM) for part in source] == ["id", "title", "updated", "link"]
    other = atom(feed(replace(entry(7), credit=FULL.credit))).find(f"{ATOM}entry/{ATOM}source")
    assert source.findtext(f"{ATOM}id") == other.findtext(f"{ATOM}id")
    nameless = atom(feed(replace(FULL, credit=Credit("", "https://agency.example/"))))
    assert nameless.findtext(f"{ATOM}entry/{ATOM}source/{ATOM}title") == "https://agency.example/"


def test_a_related_title_that_reads_like_markup_stays_out_of_an_attribute():
    titles = ["More & more", "AT&T", "Use <b>", "a < b", "&amp;", "Q&A1", "&#39;", ""]
    links = tuple(RelatedLink(title, f"https://news.example/{n}") for n, title in enumerate(titles))
    found = [link.get("title") for link in rss(feed(replace(FULL, related=links))).find("item").findall(f"{ATOM}link")]
    assert found == ["More & more", "AT&T", None, "a < b", None, None, None, None]


@pytest.mark.parametrize("name", ["rss", "atom"])
def test_plain_text_is_told_from_html_by_hexadecimal_references(name):
    body = FORMATS[name].render(feed(replace(FULL, title="R&D <b> &amp;"), title="a < b & c")).decode()
    assert "<title>R&#x26;D &#x3C;b&gt; &#x26;amp;</title>" in body
    assert "<title>a &#x3C; b &#x26; c</title>" in body


def test_a_made_up_language_is_named_nowhere():
    shown = feed(replace(RICH, language="xx"))
    assert rss(shown).find("item").get(LANG) is None
    assert "language" not in json(shown)["items"][0]


# Rhythm, archives, withdrawals

CURRENT = {name: f"{HOME}{style.file_name}" for name, style in FORMATS.items()}
OLDER = {name: f"{HOME}archive/1/{style.file_name}" for name, style in FORMATS.items()}


def history(element):
    links = {link.get("rel"): link.get("href") for link in element.findall(f"{ATOM}link")}
    return {rel: href for rel, href in links.items() if rel not in ("self", "alternate")}


def test_an_rss_channel_tells_its_rhythm_in_both_ways():
    channel = rss(feed(RICH, every_min=30))
    assert channel.findtext("ttl") == "30"
    assert (channel.findtext(f"{SY}updatePeriod"), channel.findtext(f"{SY}updateFrequency")) == ("hourly", "2")
    assert rss(FEED).find("ttl") is rss(FEED).find(f"{SY}updatePeriod") is None


def test_a_feed_leads_to_the_archive_before_it():
    shown = feed(RICH, prev_urls=OLDER)
    assert history(rss(shown)) == {"prev-archive": OLDER["rss"]}
    assert history(atom(shown)) == {"prev-archive": OLDER["atom"]}
    assert json(shown)["next_url"] == OLDER["json"]
    assert rss(shown).find(f"{FH}archive") is atom(shown).find(f"{FH}archive") is None


def test_an_archive_says_that_it_is_one_and_where_the_others_are():
    shown = feed(RICH, prev_urls=OLDER, current_urls=CURRENT)
    for element, name in ((rss(shown), "rss"), (atom(shown), "atom")):
        assert element.find(f"{FH}archive") is not None
        links = {"current": CURRENT[name], "prev-archive": OLDER[name]}
        assert history(element) == links
    assert json(shown)["_feedsvc"] == {"current_url": CURRENT["json"]}


def test_the_first_archive_is_followed_by_the_feed():
    shown = feed(RICH, current_urls=CURRENT)
    links = {"current": CURRENT["atom"], "next-archive": CURRENT["atom"]}
    assert history(atom(shown)) == links
    assert "next_url" not in json(shown)


GONE = entry(8, updated=datetime(2025, 7, 1, tzinfo=UTC), expired=datetime(2025, 7, 1, tzinfo=UTC))
TOMB = Tombstone("urn:uuid:tomb", datetime(2025, 7, 2, 1, 2, 3, 4, tzinfo=UTC))


def test_a_withdrawn_entry_has_come_to_its_end():
    period = "start=2025-06-20T09:30:08Z;end=2025-07-01T00:00:00Z;scheme=W3C-DTF"
    assert rss(feed(GONE)).findtext(f"item/{DCTERMS}valid") == period
    assert atom(feed(GONE)).findtext(f"{ATOM}entry/{DCTERMS}valid") == period
    assert json(feed(GONE))["items"][0]["_feedsvc"] == {"expired": "2025-07-01T00:00:00Z"}
    assert rss(FEED).find(f"item/{DCTERMS}valid") is None


def test_atom_and_json_name_what_is_to_be_forgotten_once_each():
    shown = feed(GONE, RICH, tombstones=(TOMB, Tombstone(GONE.id, GONE.updated)))
    named = [dict(element.attrib) for element in atom(shown).findall(f"{TOMBSTONES}deleted-entry")]
    assert named == [
        {"ref": TOMB.id, "when": "2025-07-02T01:02:03Z"},
        {"ref": GONE.id, "when": "2025-07-01T00:00:00Z"},
    ]
    assert json(shown)["_feedsvc"]["deleted"] == [{"id": one["ref"], "when": one["when"]} for one in named]


def test_a_namespace_that_validators_do_not_know_is_there_only_where_it_is_needed():
    assert b"tombstones" not in FORMATS["atom"].render(FEED)
    assert b"tombstones" in FORMATS["atom"].render(feed(tombstones=(TOMB,)))


# Whatever the texts

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
        image=st.none() | st.builds(Image, TEXTS, st.none() | TEXTS, st.none() | st.integers(0, 10**9)),
        rights=TEXTS,
        credit=st.none() | st.builds(Credit, TEXTS, st.none() | TEXTS),
        related=st.lists(st.builds(RelatedLink, TEXTS, TEXTS), max_size=2).map(tuple),
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
