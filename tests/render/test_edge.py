from datetime import UTC, datetime, timedelta

import pytest

from feedsvc.model import Entry, Feed, Image, Tombstone
from feedsvc.render.edge import deletions, enclosure_of, language_tag, names, summary_of, timestamp, web_url, writable

DAY = datetime(2025, 6, 20, tzinfo=UTC)


def entry(**given):
    return Entry(id="urn:x", url="https://a.example/", title="t", published=DAY, updated=DAY, **given)


def test_only_what_xml_can_carry_is_written():
    assert writable("a\x00\x1b\x85\ud800\ufffeb\tc\nd 🎉") == "ab\tc\nd 🎉"


def test_names_are_written_once_and_never_empty():
    assert names(("Ann", " Ann ", "", "\x00", "Bob")) == ["Ann", "Bob"]


@pytest.mark.parametrize(
    ("language", "tag"),
    [
        ("en", "en"),
        ("en_GB", "en-GB"),
        ("zh-Hant-TW", "zh-Hant-TW"),
        ("English", None),
        ("", None),
        (None, None),
        ("é", None),
        ("xx", None),
        ("zzz-Latn", None),
        ("UK", "UK"),
        ("haw", "haw"),
    ],
)
def test_a_language_is_a_tag_or_nothing(language, tag):
    assert language_tag(language) == tag


def test_a_summary_that_is_given_outranks_the_text():
    assert summary_of(entry(summary="Given", content_html="<p>text</p>")) == "Given"


def test_without_a_summary_the_text_begins_the_description():
    link = '<a href="https://a.example/" title="a &gt; b">link</a>'
    html = f"<h2>Head</h2><p>An <em>odd</em><br>line &lt;x&gt; with a {link}.</p>"
    assert summary_of(entry(content_html=html)) == "Head An odd line <x> with a link."


def test_a_long_text_is_cut_between_words():
    summary = summary_of(entry(content_html="<p>" + "word " * 1000 + "</p>"))
    assert summary.endswith("word…")
    assert 290 <= len(summary) <= 301


def test_an_entry_without_text_has_no_summary():
    assert summary_of(entry(content_html='<img src="https://a.example/i.png" alt="x">')) == ""


@pytest.mark.parametrize(
    ("url", "written"),
    [
        ("https://a.example/b?c=d&e='f'#g", "https://a.example/b?c=d&e='f'#g"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("HTTPS://A.Example/B", "https://a.example/B"),
        ("https://bücher.example/ä b?ö=<ü>#ß", "https://xn--bcher-kva.example/%C3%A4%20b?%C3%B6=%3C%C3%BC%3E#%C3%9F"),
        ("https://a.example/100%/%zz/%41", "https://a.example/100%25/%25zz/%41"),
        ("https://a.example/[b]{c}|d^e`f", "https://a.example/%5Bb%5D%7Bc%7D%7Cd%5Ee%60f"),
        ("https://[::1]/", ""),
        ("https://ann:secret@a.example/", ""),
        ("/relative", ""),
        ("javascript:alert(1)", ""),
        ("https://", ""),
        ("https://a..example/", ""),
        ("https://\ud800.example/", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_a_url_is_written_so_that_every_format_can_carry_it_or_not_at_all(url, written):
    assert web_url(url) == written
    assert web_url(written) == written


def test_a_time_is_told_to_the_second_and_in_utc():
    assert timestamp(datetime(999, 2, 3, 4, 5, 6, 999_999, tzinfo=UTC)) == "0999-02-03T04:05:06Z"


@pytest.mark.parametrize("image", [Image("u", "image/png", 5), Image("u", None, 5), Image("u", "image/png", 0), None])
def test_a_picture_is_an_enclosure_when_its_type_and_its_length_are_known(image):
    assert bool(enclosure_of(entry(image=image))) == (image == Image("u", "image/png", 5))


def test_what_was_withdrawn_is_to_be_forgotten_from_then_on():
    gone = entry(expired=DAY)
    tombs = (Tombstone("urn:tomb", DAY), Tombstone(gone.id, DAY - timedelta(days=1)))
    value = Feed("urn:f", "F", "", "", {}, "", DAY, entries=(gone,), tombstones=tombs)
    assert deletions(value) == {"urn:tomb": DAY, gone.id: DAY}
