import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from feedsvc.normalise.text import clean, first_words, plain, title_key

ANY_TEXT = st.text(alphabet=st.one_of(st.characters(), st.sampled_from("<>&;#/!-\"' \t\n\r\x00\x85\ud800\ufffe")))
MEGABYTE = 1_000_000


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\x00b\x0bc\x1fd\x7fe", "abcde"),
        ("tab\tand\nnewline", "tab\tand\nnewline"),
        ("one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("\ufffea\uffff\ufdd0\U0001ffff\ufeff", "a"),
        ("lone \ud800 surrogate", "lone  surrogate"),
        ("\x93quoted\x94 \x96 wait\x85\x81", "“quoted” – wait…"),
        ("e\u0301", "é"),
        ("👍🏽 עברית", "👍🏽 עברית"),
    ],
)
def test_what_xml_cannot_carry_is_cleaned_away(text, expected):
    assert clean(text) == expected


@given(ANY_TEXT)
def test_clean_text_is_composed_fits_in_xml_and_cleaning_it_again_changes_nothing(text):
    cleaned = clean(text)
    etree.Element("a").text = cleaned
    assert unicodedata.is_normalized("NFC", cleaned)
    assert clean(cleaned) == cleaned


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("AT&amp;T", "AT&T"),
        ("AT&T", "AT&T"),
        ("a < b", "a < b"),
        ("a<b", "a<b"),
        ("I <3 <b>you</b>", "I <3 you"),
        ("&lt;b&gt; is a tag", "<b> is a tag"),
        ("&amp;lt;", "&lt;"),
        ("<p>one</p><p>two</p>", "one two"),
        ("line<br/>break", "line break"),
        ("half<b>bold</b>", "halfbold"),
        ("<a title='x>y'>link</a>", "link"),
        ("before<script>alert(1)</script>after", "beforeafter"),
        ("<!-- hidden > -->shown", "shown"),
        ("  many \n\t spaces\u00a0here ", "many spaces here"),
        ("&#147;quoted&#148;&#1;", "“quoted”"),
        ("<p>&nbsp;</p>", ""),
        ("lone <b>\ud800</b>", "lone"),
        ("How the <dialog> element works", "How the <dialog> element works"),
        ("<dialog> and <b>bold</b>", "<dialog> and bold"),
        ("Why <T> is no <b> in List<String>", "Why <T> is no <b> in List<String>"),
        ("<name>Ada</name>", "<name>Ada</name>"),
        ("<em>One</em> <i>two</i><br>three", "One two three"),
        ("<P>One<P>two", "One two"),
        ("cut off <a href='/x'>here", "cut off here"),
        ("the end</p>", "the end"),
        ("<o:p>Word</o:p> <x-a>y</x-a>", "Word y"),
        ("a picture <img src='/a.png'> <wbr> here", "a picture here"),
        ("&lt;dialog> <dialog>", "<dialog> <dialog>"),
    ],
)
def test_markup_becomes_plain_text_once(markup, expected):
    assert plain(markup) == expected


@given(ANY_TEXT)
def test_plain_text_is_one_clean_line_whatever_it_was(markup):
    text = plain(markup)
    assert text == clean(text) == " ".join(text.split())


@pytest.mark.parametrize(
    "unit",
    ["<a", "<x>", "a", "<div>", "<ul><li>", "&", "&notit; ", "<", "<script>", "<!--", "<b a=", "\ud800", "</p >"],
)
def test_a_megabyte_of_broken_markup_is_read_in_about_a_second(unit):
    started = time.process_time()
    plain(unit * (MEGABYTE // len(unit)))
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("**Don’t Panic!**", "don't panic"),
        ("Don´t `panic`", "dont panic"),
        ("STRASSE", "Straße"),
        ("ｶﾞｰﾄﾞ", "ガード"),
        ("e\u0301te\u0301", "Été"),
        ("❤️ letters", "❤letters"),
        ("“Quoted” – here…", "'Quoted' - here..."),
        ("soft\u00adhyphen\u200b", "softhyphen"),
    ],
)
def test_titles_that_differ_in_case_width_or_punctuation_have_one_key(one, other):
    assert title_key(one) == title_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("5 €", "5 $"), ("1 + 1", "1 − 1"), ("C", "C++"), ("👍", "👎"), ("👍", "👍🏽"), ("resume", "résumé"), ("!", "?")],
)
def test_titles_that_differ_in_what_they_say_have_different_keys(one, other):
    assert title_key(one) != title_key(other)


def test_a_title_of_punctuation_only_is_its_own_key():
    assert title_key(" *** ") == "***"
    assert title_key("") == ""


@given(ANY_TEXT)
def test_a_title_key_does_not_depend_on_composition_or_on_stars_around_it(text):
    if any(character.isalnum() for character in text):
        assert title_key(text) == title_key(unicodedata.normalize("NFD", text))
        assert title_key(text) == title_key(f"** {text} **")


def test_first_words_are_cut_with_an_ellipsis():
    assert first_words("one two three", limit=2) == "one two…"
    assert first_words("one two", limit=2) == "one two"
    assert first_words("") == ""
    assert first_words("x" * 500) == "x" * 120 + "…"
