"""What the headers of an answer say."""

from datetime import UTC, datetime

import pytest

from feedsvc.load.web.headers import content_type, fresh_s, retry_after_s

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
IN_AN_HOUR = "Wed, 04 Mar 2026 13:00:00 GMT"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("text/html; charset=UTF-8", ("text/html", "utf-8")),
        ("application/rss+xml", ("application/rss+xml", None)),
        ('TEXT/XML;charset="iso-8859-1"; x=y', ("text/xml", "iso-8859-1")),
        ("text/html; charset=", ("text/html", "")),
        ("", ("", None)),
        ("rubbish", ("text/plain", None)),
    ],
)
def test_the_media_type_and_the_charset(value: str, expected: tuple[str, str | None]) -> None:
    assert content_type({"content-type": value}) == expected


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, 0),
        ({"cache-control": "max-age=300"}, 300),
        ({"cache-control": 'public, Max-Age="300", must-revalidate'}, 300),
        ({"cache-control": "max-age=300", "age": "100"}, 200),
        ({"cache-control": "max-age=300", "age": "1000"}, 0),
        ({"cache-control": "max-age=300", "expires": IN_AN_HOUR}, 300),
        ({"cache-control": "max-age=soon", "expires": IN_AN_HOUR}, 0),
        ({"cache-control": "max-age=31536000, immutable"}, 86_400),
        ({"cache-control": "max-age=" + "9" * 5000}, 86_400),
        ({"cache-control": "max-age=300, no-store"}, None),
        ({"cache-control": "no-cache, max-age=300"}, 0),
        ({"expires": IN_AN_HOUR}, 3600),
        ({"expires": IN_AN_HOUR, "date": "Wed, 04 Mar 2026 12:59:00 GMT"}, 60),
        ({"expires": "0"}, 0),
        ({"expires": "-1"}, 0),
        ({"expires": "Thu, 01 Jan 1970 00:00:00 GMT"}, 0),
        ({"expires": "when hell freezes over"}, 0),
    ],
)
def test_how_long_an_answer_is_fresh(headers: dict[str, str], expected: int | None) -> None:
    assert fresh_s(headers, NOW) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("120", 120),
        ("0", 0),
        (IN_AN_HOUR, 3600),
        ("Wed, 04 Mar 2026 11:00:00 GMT", 0),
        ("Wed, 04 Mar 2099 11:00:00 GMT", 86_400),
        ("99999999999999999999", 86_400),
        ("-5", None),
        ("1.5", None),
        ("", None),
        ("later", None),
        ("²", None),
    ],
)
def test_when_to_come_back(value: str, expected: int | None) -> None:
    assert retry_after_s({"retry-after": value}, NOW) == expected
