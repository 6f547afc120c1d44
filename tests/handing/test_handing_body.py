"""Bodies, taken apart."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.errors import UnreadableDocument
from feedsvc.handing.body import single, split
from feedsvc.handing.values import MAX_RECORDS, TooMuch
from feedsvc.model import Unread


@pytest.mark.parametrize(
    ("body", "records"),
    [
        (b'{"a": 1}', [{"a": 1}]),
        (b'\xef\xbb\xbf{"a": 1}\n', [{"a": 1}]),
        (b'{\n  "a": 1\n}', [{"a": 1}]),
        (b'[{"a": 1}, 2]', [{"a": 1}, 2]),
        (b'{"articles": [{"a": 1}, {"a": 2}]}', [{"a": 1}, {"a": 2}]),
        (b'{"a": 1}\n\n{"a": 2}\r\n', [{"a": 1}, {"a": 2}]),
        (b'{"a": "x\xe2\x80\xa8y"}\n{"a": 2}', [{"a": "x\u2028y"}, {"a": 2}]),
        (rb'{"a": "cut \ud83d"}', [{"a": "cut \ufffd"}]),
    ],
)
def test_records_are_found_by_looking(body: bytes, records: list[object]):
    assert split(body) == records


def test_a_line_that_cannot_be_read_stops_only_itself():
    body = b'{"a": 1}\n{"a": \n\n{"a": 3}'
    reason = "not valid JSON: unexpected end of data at line 2 column 7"
    assert split(body) == split(body, lines=True) == [{"a": 1}, Unread("line 2", reason), {"a": 3}]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "not valid JSON: Input is a zero-length, empty document at line 1 column 1"),
        (b'{"a":\n 1,}', "not valid JSON: trailing comma is not allowed at line 2 column 3"),
        (b'[{"a": 1}', "not valid JSON: unexpected end of data at line 1 column 10"),
        (b'{"a": 1}\n{"a": \xff}', "not UTF-8: invalid start byte at line 2 byte 7"),
        (b"[" * 100_000, "not valid JSON: depth limit exceeded at line 1 column 1026"),
        (b"[1e999]", "not valid JSON: number is infinity when parsed as double at line 1 column 2"),
        (b'"text"', 'expected a record or a list of records, found "text"'),
        (b"[]", "it holds no record"),
        (b'{"articles": []}', "it holds no record"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(body: bytes, reason: str):
    with pytest.raises(UnreadableDocument) as error:
        split(body)
    assert error.value.reason == reason


def test_only_so_many_records_are_taken_at_once():
    assert len(split(b"{}\n" * MAX_RECORDS)) == MAX_RECORDS
    with pytest.raises(TooMuch):
        split(b"{}\n" * (MAX_RECORDS + 1))


@given(st.binary(max_size=200) | st.text(alphabet='{}[]",:\\ud8 \n01e.-\x00', max_size=60).map(str.encode))
def test_no_bytes_do_any_harm(body: bytes):
    for read in (split, single, lambda body: split(body, lines=True)):
        with suppress(UnreadableDocument):
            read(body)
