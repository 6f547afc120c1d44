"""Bytes → text: what counts as declared, and what is guessed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.load.decode import joined, to_text

FRENCH = "Le président a déclaré à l’Élysée que l’été sera très chaud. Ça va être long à Genève. "


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_unicode_with_and_without_a_byte_order_mark_is_read(encoding):
    assert to_text("Zürich – Київ".encode(encoding)) == "Zürich – Київ"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("café", "cp1252"),
        (FRENCH * 5, "cp1252"),
        ("Президент заявив, що переговори відбудуться у вівторок. " * 10, "cp1251"),
        ("Президент заявив, що переговори відбудуться у вівторок. " * 10, "koi8-u"),
        ("Łódź leży w środku kraju, mówi żona prezydenta; wczoraj odbyło się spotkanie. " * 10, "cp1250"),
        ("大統領はトルコを訪問する予定です。" * 20, "shift_jis"),
        ("总统将前往土耳其进行访问并举行会谈。" * 20, "gbk"),
    ],
)
def test_older_encodings_are_guessed(text, encoding):
    assert to_text(text.encode(encoding)) == text


@pytest.mark.parametrize(
    ("head", "media_type"),
    [
        ('<meta charset="windows-1251">', "text/html"),
        ('<?xml version="1.0" encoding="windows-1251"?>', "application/xml"),
        ("", "text/plain; charset=windows-1251"),
        ("", 'text/html; charset="windows-1251"'),
    ],
)
def test_a_declared_encoding_is_believed(head, media_type):
    assert to_text(f"{head}Ђаво".encode("cp1251"), media_type) == f"{head}Ђаво"


@pytest.mark.parametrize("name", ["rot13", "base64", "idna", "punycode", "utf-7", "unicode_escape", "utf-16", "none"])
def test_a_declaration_that_cannot_be_right_is_passed_over(name):
    page = f'<meta charset="{name}">café \\ud800 +2AA-'
    assert to_text(page.encode(), "text/html") == page


def test_a_declared_encoding_that_does_not_fit_is_passed_over():
    assert to_text(b'<meta charset="utf-8">caf\xe9', "text/html").endswith("café")


def test_utf8_with_one_bad_byte_stays_utf8():
    assert to_text(("é" * 40).encode() + b"\xe2\x80") == "é" * 40 + "\ufffd"


def test_nuls_are_dropped():
    assert to_text(b"a\0b\0") == "ab"


@given(st.binary(max_size=400), st.sampled_from(["text/plain", "text/html", "application/xml; charset=big5", ";"]))
def test_any_bytes_become_text_that_can_be_written_again(body, media_type):
    text = to_text(body, media_type)
    assert "\0" not in text
    text.encode()


def test_halves_of_a_surrogate_pair_are_joined_or_replaced():
    assert joined("a\ud83d\ude00b\ud83d") == "a😀b\ufffd"
    assert joined("plain 😀") == "plain 😀"
