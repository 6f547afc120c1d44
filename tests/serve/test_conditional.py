import os
import time
from collections.abc import Iterator
from email.utils import formatdate
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.serve import conditional
from feedsvc.serve.conditional import best_coding, entity_tags, is_unchanged, takes, wants_news_only

TAG = '"0123abcd"'
AT = 784111777  # Sun, 06 Nov 1994 08:49:37 GMT, the example of RFC 9110 §5.6.7
DAY = 86_400


@pytest.fixture(params=["UTC", "America/New_York", "Asia/Tokyo"])
def anywhere(request: pytest.FixtureRequest) -> Iterator[None]:
    """This machine, moved to another time zone."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = request.param
    time.tzset()
    conditional._unix_time.cache_clear()
    yield
    if before is None:
        del os.environ["TZ"]
    else:
        os.environ["TZ"] = before
    time.tzset()


@pytest.mark.parametrize(
    "header",
    [
        TAG,
        f"W/{TAG}",
        f'"other", {TAG}',
        f'{TAG}, "other"',
        f'W/"other",W/{TAG}',
        f'"a,b" , {TAG}',
        f'"", {TAG}',
        f'\t{TAG} , "x"\t',
        "*",
        " * ",
        "0123abcd",  # some clients forget the quotes
    ],
)
def test_a_client_that_names_the_etag_has_it_already(header: str):
    assert is_unchanged(header, None, TAG, AT)


@pytest.mark.parametrize(
    "header",
    [
        "",
        " ",
        '"other"',
        '"0123ABCD"',
        '"0123abcd-gzip"',
        '"0123abcd',
        '0123abcd"',
        '"x0123abcd"',
        "W/",
        "**",
        '"*"',
        ",,,",
        '" 0123abcd"',
        '"other" 0123abcd',
        "\x00\xff",
        '"' * 5000,
        '"a", ' * 5000,
    ],
)
def test_a_client_that_names_another_etag_or_none_gets_the_whole(header: str):
    assert not is_unchanged(header, None, TAG, AT)


@pytest.mark.parametrize("since", [formatdate(AT, usegmt=True), formatdate(AT + DAY, usegmt=True)])
def test_if_none_match_wins_over_if_modified_since(since: str):
    assert not is_unchanged('"other"', since, TAG, AT)
    assert not is_unchanged("", since, TAG, AT)
    assert is_unchanged(TAG, formatdate(AT - DAY, usegmt=True), TAG, AT)


def test_without_either_header_the_client_gets_the_whole():
    assert not is_unchanged(None, None, TAG, AT)


@pytest.mark.parametrize(
    "since",
    [
        "Sun, 06 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:38 GMT",
        "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994",
        "Sun, 06 Nov 1994 09:49:37 +0100",
        "Sun, 06 Nov 1994 08:49:37 -0000",
        "Sat, 06 Nov 1994 08:49:37 GMT",  # a wrong weekday says nothing about the time
        "  Sun, 06 Nov 1994 08:49:37 GMT  ",
        "Fri, 31 Dec 9999 23:59:59 GMT",
    ],
)
def test_a_client_whose_copy_is_no_older_has_it_already(anywhere: None, since: str):
    assert is_unchanged(None, since, TAG, AT)


@pytest.mark.parametrize(
    "since",
    [
        "Sun, 06 Nov 1994 08:49:36 GMT",
        "Sunday, 06-Nov-94 08:49:36 GMT",
        "Sun Nov  6 08:49:36 1994",
        "Sat, 05 Nov 1994 23:00:00 GMT",
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "Sun, 99 Nov 1994 08:49:37 GMT",
        "Fri, 31 Dec 99999 23:59:59 GMT",
        "Sun, 06 Nov 2094",
        "tomorrow",
        "0",
        "",
        "784111777",
        "9" * 5000,
        "Sun, 06 Nov 2094 08:49:37 GMT".rjust(5000),
    ],
)
def test_a_client_whose_copy_is_older_or_of_no_known_time_gets_the_whole(anywhere: None, since: str):
    assert not is_unchanged(None, since, TAG, AT)


def test_the_zero_time_that_some_clients_send_is_long_ago():
    assert not is_unchanged(None, "Mon, 01 Jan 0001 00:00:00 GMT", TAG, 1_780_000_000)


@pytest.mark.parametrize(
    "header",
    [
        "gzip",
        "GZip",
        "x-gzip",
        "*",
        "gzip, deflate, br",
        "deflate, gzip;q=1.0, *;q=0.5",
        "br;q=1.0, gzip;q=0.8, *;q=0.1",
        "gzip;q=0.001",
        "gzip ; Q = 0.5",
        "gzip, identity",
        "identity;q=0.5, gzip;q=1.0",
        "br, *;q=0.1",
        "gzip;q=0.5, gzip;q=1",
    ],
)
def test_a_client_that_takes_gzip_gets_gzip(header: str):
    assert best_coding(header, ("gzip",)) == "gzip"


@pytest.mark.parametrize(
    "header",
    [
        "",
        " ",
        ",",
        "identity",
        "identity;q=0",  # nothing is left to take; plain bytes are better than none (RFC 9110 §12.5.3)
        "br",
        "deflate, br, zstd",
        "gzip;q=0",
        "gzip;q=0.0",
        "gzip;q=0.000, *",
        "x-gzip;q=0",
        "*;q=0",
        "identity, *;q=0",
        "identity;q=1, gzip;q=0.5",  # it says that it likes the plain one better
        "gzip;q=nan",
        "gzip;q=-1",
        "gzip;q=",
        "gzip;q=high",
        "gzipped",
        "not-gzip",
        "gzip\x00",
        "br," * 100_000 + "gzip",
    ],
)
def test_a_client_that_does_not_clearly_take_gzip_gets_plain_bytes(header: str):
    assert best_coding(header, ("gzip",)) == ""


def test_of_two_codings_liked_equally_the_first_offered_is_taken():
    assert best_coding("gzip, br", ("br", "gzip")) == "br"
    assert best_coding("gzip, br", ("gzip", "br")) == "gzip"
    assert best_coding("gzip;q=0.9, br;q=0.8", ("br", "gzip")) == "gzip"
    assert best_coding("*", ("br", "gzip")) == "br"
    assert best_coding("br;q=0, *", ("br", "gzip")) == "gzip"


def test_where_no_coding_is_offered_there_is_none():
    assert best_coding("gzip, *", ()) == ""


@pytest.mark.parametrize(
    ("header", "coding", "takes_it"),
    [
        ("", "", True),
        ("gzip", "", True),
        ("gzip, br", "br", True),
        ("gzip, br", "zstd", False),
        ("br;q=0, *", "br", False),
        ("*", "zstd", True),
        ("", "gzip", False),
    ],
)
def test_a_client_takes_what_it_names_and_plain_bytes(header: str, coding: str, takes_it: bool):
    assert takes(header, coding) == takes_it


def test_the_tags_of_a_header_are_told_without_their_weakness():
    assert entity_tags('W/"a", "b-gzip" , c') == {'"a"', '"b-gzip"'}
    assert entity_tags("0123abcd") == {TAG}


@pytest.mark.parametrize(
    ("header", "wants"),
    [("feed", True), ("vcdiff, Feed ;q=0.1", True), ("feed;q=0", False), ("feeds", False), ("", False), ("*", False)],
)
def test_only_who_names_it_wants_news_only(header: str, wants: bool):
    assert wants_news_only(header) == wants


@given(st.text(), st.text(), st.text(alphabet='W/"*, abc'))
def test_no_header_is_too_odd_to_answer(none_match: str, since: str, tags: str):
    for if_none_match in (none_match, tags, None):
        assert is_unchanged(if_none_match, since, TAG, AT) in (True, False)


@given(
    st.from_regex(
        r"(Sun|Sunday|X)?,? ?[0-9]{0,3}[ -](Nov|X)[ -][0-9]{0,6}( [0-9:.]{0,10})?( GMT| [+-][0-9]{0,6}| EST| \(x)?",
        fullmatch=True,
    )
)
def test_nothing_that_looks_like_a_date_raises(since: str):
    assert is_unchanged(None, since, TAG, AT) in (True, False)


@given(st.text() | st.text(alphabet="gzip*brxidentity;q=0.19, "))
def test_any_accept_encoding_gets_a_coding_that_is_offered_or_none(header: str):
    assert best_coding(header, ("gzip",)) in ("gzip", "")


@given(st.lists(st.text(alphabet="0123456789abcdef", min_size=1, max_size=32), max_size=20))
def test_an_etag_is_found_in_a_list_exactly_when_it_is_there(names: list[str]):
    header = ", ".join(f'W/"{name}"' for name in names)
    assert is_unchanged(header, None, TAG, AT) == ("0123abcd" in names)


def test_huge_headers_cost_neither_time_nor_memory():
    began = perf_counter()
    for number in range(200):
        filler = f"{number}".rjust(100_000, "x")
        is_unchanged(filler, None, TAG, AT)
        is_unchanged(None, filler, TAG, AT)
        best_coding(filler, ("gzip",))
        wants_news_only(filler)
    assert perf_counter() - began < 2
