from datetime import UTC, datetime

import pytest

from feedsvc.model import Entry
from feedsvc.render.edge import language_tag, names, summary_of, writable

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
