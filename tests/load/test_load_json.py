"""JSON records and JSON Lines: what is required, what is dropped, what stops whom."""

import datetime as dt
import json
import pathlib

import pytest

from feedsvc.errors import UnreadableDocument
from feedsvc.load.json import parse_json, parse_jsonl
from feedsvc.model import BodyFormat, Document, Evidence, Marks, RawArticle, RawLink, Unread

DATA = pathlib.Path(__file__).resolve().parents[1] / "data" / "load"
RECORD = {"title": "T", "published": "3 March 2025"}


def document(body: bytes, media_type: str = "application/json") -> Document:
    return Document("gazette", "x.json", media_type, body, dt.datetime(2025, 3, 4, tzinfo=dt.UTC))


def records(value: object) -> list[RawArticle | Unread]:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return list(parse_json(document(raw), Marks()))


def article(**keys: object) -> RawArticle:
    (found,) = records(RECORD | keys)
    assert isinstance(found, RawArticle)
    return found


def reason(record: object) -> str:
    (found,) = records([record])
    assert isinstance(found, Unread)
    assert found.ref == "record 1"
    return found.reason


def test_json_lines_are_read_one_by_one():
    raw = (DATA / "articles.jsonl").read_bytes()
    bridge, broken, numbered, undated, untitled = parse_jsonl(document(raw), Marks())
    assert bridge == RawArticle(
        title="Harbour Bridge Reopens",
        published="4 March 2025",
        date_evidence=Evidence.RECORD,
        record_id="7",
        url="https://gazette.example/2025/bridge",
        authors=("Ada Reed",),
        summary="Every cable is new.",
        body="It *opened*.",
        body_format=BodyFormat.MARKDOWN,
        tags=("bridges",),
        related=(
            RawLink("Tram Drivers Train", "https://gazette.example/2025/trams", "1741021500"),
            RawLink("", "https://gazette.example/2025/ferry"),
            RawLink("A walk along the quay"),
        ),
        ref="line 1",
    )
    assert broken.ref == "line 3"
    assert broken.reason.startswith("not valid JSON: ")
    assert numbered == Unread("line 4", "'title' must be text, found 12")
    assert undated == Unread("line 5", "'published' is missing")
    assert untitled == RawArticle(title="", published="1741075200", tags=("one", "two"), ref="line 6")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32-be"])
def test_json_lines_with_a_byte_order_mark_are_read(encoding):
    text = "\n".join(json.dumps(RECORD | {"title": title}, ensure_ascii=False) for title in ("Übung", "Київ"))
    raw = ("\ufeff" if encoding == "utf-32-be" else "") + text
    assert [found.title for found in parse_jsonl(document(raw.encode(encoding)), Marks())] == ["Übung", "Київ"]


def test_a_line_that_is_not_utf8_is_read_by_itself():
    lines = [json.dumps(RECORD | {"title": "é"}, ensure_ascii=False).encode(code) for code in ("cp1252", "utf-8")]
    assert [found.title for found in parse_jsonl(document(b"\r\n".join(lines)), Marks())] == ["é", "é"]


def test_an_empty_file_of_json_lines_holds_nothing():
    assert list(parse_jsonl(document(b"\n  \n"), Marks())) == []


def test_lines_are_read_as_they_are_asked_for():
    reading = parse_jsonl(document(b'{"title": "T", "published": "x"}\n' * 100_000), Marks())
    assert next(reading).ref == "line 1"


@pytest.mark.parametrize(
    ("value", "refs"),
    [
        (RECORD, [""]),
        ([RECORD, RECORD], ["record 1", "record 2"]),
        ({"articles": [RECORD]}, ["record 1"]),
        ({"version": 1, "items": [RECORD]}, ["record 1"]),
        (RECORD | {"items": 3}, [""]),
        ([], []),
    ],
)
def test_a_file_holds_a_record_or_a_list_of_them(value, refs):
    assert [found.ref for found in records(value)] == refs


@pytest.mark.parametrize("value", [b"", b"{", b"null", b"3", b'"text"', b"[" * 100_000, b'{"title": NaN}', b"\x89PNG"])
def test_what_holds_no_record_is_unreadable(value):
    with pytest.raises(UnreadableDocument):
        records(value)


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ({"published": "x"}, "'title' is missing"),
        ({"title": None, "published": "x"}, "'title' must be text, found null"),
        ({"title": ["T"], "published": "x"}, "'title' must be text, found a list"),
        ({"title": "T", "published": {}}, "'published' must be text or a number, found an object"),
        ({"title": "T", "published": True}, "'published' must be text or a number, found true"),
        ({"title": "T", "published": None}, "'published' must be text or a number, found null"),
        (7, "a record must be an object, found 7"),
        ("x" * 99, 'a record must be an object, found "' + "x" * 39),
    ],
)
def test_an_unread_record_says_which_key_and_what_was_found(record, expected):
    assert reason(record) == expected


def test_one_bad_record_stops_only_itself():
    assert [type(found) for found in records([RECORD, 3, RECORD])] == [RawArticle, Unread, RawArticle]


def test_a_value_of_the_wrong_type_is_as_good_as_none():
    keys = ("url", "updated", "author", "summary", "body_text", "tags", "language", "image", "related", "subtitle")
    assert article(**{key: {"x": [1]} for key in keys}) == article(nothing=1)
    assert article(id=[1], authors=7, tags=7, related=7) == article()


def test_numbers_serve_as_id_and_times():
    found = article(id=12, published=1741075200, updated=1741075200.5)
    assert (found.record_id, found.published, found.updated) == ("12", "1741075200", "1741075200.5")


def test_an_id_that_lost_its_digits_is_none():
    assert records(b'{"title": "T", "published": "x", "id": 123456789012345678901234567890}')[0].record_id is None


@pytest.mark.parametrize(
    ("author", "expected"),
    [
        ({"author": "A"}, ("A",)),
        ({"authors": ["A", {"name": "B"}, 3, {}, ""]}, ("A", "B")),
        ({"author": {"name": "A"}}, ("A",)),
        ({"authors": [], "author": "A"}, ("A",)),
    ],
)
def test_authors_are_names_or_objects_with_names(author, expected):
    assert article(**author).authors == expected


@pytest.mark.parametrize(
    ("bodies", "expected"),
    [
        ({"body_text": "a", "body_markdown": "b", "body_html": "c"}, ("c", BodyFormat.HTML)),
        ({"body_text": "a", "body_html": ""}, ("a", BodyFormat.TEXT)),
        ({}, ("", BodyFormat.TEXT)),
    ],
)
def test_the_richest_body_is_taken(bodies, expected):
    found = article(**bodies)
    assert (found.body, found.body_format) == expected


def test_a_repeated_key_and_a_huge_title_are_read():
    (found,) = records(b'{"title": "a", "published": "x", "title": "' + b"b" * 1_000_000 + b'"}')
    assert len(found.title) == 1_000_000


def test_half_a_surrogate_pair_costs_one_character():
    (found,) = records(rb'{"title": "cut \ud83d", "published": "x", "summary": "\\ud83d \ud83d\ude00"}')
    assert (found.title, found.summary) == ("cut \ufffd", "\\ud83d 😀")
