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


RUSSIAN = "Президент заявил, что переговоры состоятся во вторник. " * 5
JAPANESE = "大統領はトルコを訪問する予定です。会談は火曜日。" * 5
CHINESE = "总统将前往土耳其进行访问并举行会谈。" * 5
REAL = [
    *((RUSSIAN, "cp1251", "windows-1251"), (RUSSIAN, "koi8-r", "koi8-r"), (RUSSIAN, "utf-8", "utf-8")),
    *((JAPANESE, "cp932", "Shift_JIS"), (JAPANESE, "euc_jp", "euc-jp"), (JAPANESE, "iso2022_jp", "iso-2022-jp")),
    *((CHINESE, "gbk", "gbk"), (CHINESE, "gbk", "gb2312"), ("總統將前往土耳其進行訪問。" * 5, "big5", "big5")),
    *(("대통령은 화요일에 터키를 방문할 것이다. " * 5, "cp949", "euc-kr"), (FRENCH, "cp1252", "iso-8859-1")),
    *(
        ("Ο πρόεδρος δήλωσε ότι θα έρθει. " * 5, "cp1253", "windows-1253"),
        ("הנשיא אמר כי השיחות יתקיימו ביום שלישי. " * 5, "cp1255", "windows-1255"),
    ),
    *(("ประธานาธิบดีกล่าวว่า" * 5, "cp874", "windows-874"), ("قال الرئيس إن. " * 9, "cp1256", "windows-1256")),
    *(("Cumhurbaşkanı görüşmelerin salı günü Türkiye’de yapılacağını açıkladı. " * 5, "cp1254", "iso-8859-9"),),
]


def page_in(text: str, encoding: str, charset: str) -> tuple[bytes, str]:
    meta = f'<meta charset="{charset}">' if charset else ""
    page = f"<!doctype html><html><head>{meta}<title>x</title></head><body><p>{text}</p></body></html>"
    return page.encode(encoding), page


@pytest.mark.parametrize(("text", "encoding", "label"), REAL)
@pytest.mark.parametrize(
    ("header", "says_so"),
    [
        ("", True),
        ("; charset=utf-8", True),
        ("; charset=ISO-8859-1", True),
        ("; charset=none", True),
        ("itself", False),
    ],
)
def test_a_page_is_read_whoever_is_right_of_server_and_page(text, encoding, label, header, says_so):
    header = f"; charset={label}" if header == "itself" else header
    body, page = page_in(text, encoding, label if says_so else "utf-8")
    assert to_text(body, f"text/html{header}") == page


@pytest.mark.parametrize(("text", "encoding", "label"), REAL)
def test_a_page_that_nobody_declares_is_told_by_its_bytes(text, encoding, label):
    body, page = page_in(text * 3, encoding, "")
    assert to_text(body, "text/html") == page


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", [RUSSIAN, JAPANESE, FRENCH])
@pytest.mark.parametrize("charset", ["", "utf-16", "utf-8"])
def test_utf16_without_a_mark_is_told_by_its_markup(text, encoding, charset):
    body, page = page_in(text, encoding, charset)
    assert to_text(body, "text/html") == page


def test_a_byte_order_mark_comes_before_what_the_server_says():
    body, page = page_in(RUSSIAN, "utf-16", "utf-8")
    assert to_text(body, "text/html; charset=windows-1251") == page


def test_utf8_that_is_called_something_else_is_still_utf8():
    body, page = page_in(RUSSIAN, "utf-8", "windows-1251")
    assert to_text(body, "text/html; charset=windows-1251") == page


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
