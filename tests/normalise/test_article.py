"""RawArticle → Draft: pictures, rights, credits, embargoes, and a digest that stands."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.errors import UnreadableRecord
from feedsvc.model import (
    BodyFormat,
    Credit,
    Document,
    Draft,
    Evidence,
    Image,
    Precision,
    RawArticle,
    RawDate,
)
from feedsvc.normalise.article import MAX_RIGHTS, Reading, normalise

DOCUMENT = Document("gazette", "a.json", "application/json", b"", datetime(2026, 3, 4, tzinfo=UTC))
BARE = RawArticle(title="T", published="2026-03-01T12:00:00Z")
FULL = RawArticle(
    title="Bridge opens",
    published="2026-03-01T12:00:00Z",
    updated="2026-03-02T12:00:00Z",
    url="https://gazette.example/bridge",
    authors=("Ada Reed", "Bo Lind"),
    subtitle="At last",
    summary="Every cable is new.",
    body="<p>It <b>opened</b>.</p>",
    body_format=BodyFormat.HTML,
    tags=("bridges",),
    language="en",
    image="/bridge.jpg",
)


def draft(zone: str = "UTC", of: RawArticle = BARE, **fields: object) -> Draft:
    return normalise(replace(of, **fields), DOCUMENT, Reading(ZoneInfo(zone)))  # type: ignore[arg-type]


# Where dates stand


def test_a_date_carries_where_it_stands_and_is_the_same_wherever_that_is() -> None:
    told = draft(of=FULL, date_origin="the URL", updated_origin="RSS dc:\x00date")
    assert told.updated is not None
    assert (told.published.origin, told.updated.origin) == ("the URL", "RSS dc:date")
    assert told == draft(of=FULL)
    assert told.digest == draft(of=FULL).digest


@pytest.mark.parametrize(
    ("embargo", "origin"),
    [("2026-05-01", "the end of its embargo"), ("2026-02-01", "the URL"), (None, "the URL")],
)
def test_an_embargo_is_told_where_it_says_when(embargo: str | None, origin: str) -> None:
    assert draft(date_origin="the URL", embargo=embargo).published.origin == origin


# Digests


@pytest.mark.parametrize(
    ("raw", "digest"),
    [
        (BARE, "b66cf56c80138cbcc7f735581527ed10808551e1424ebcff2aeaa2034f7e3aae"),
        (FULL, "cb6fcb267dab6a3947e26e1bccca67b39d53fe39d817a3760f72ed9db187ddaa"),
    ],
)
def test_the_digest_of_what_was_served_before_stands(raw: RawArticle, digest: str) -> None:
    """Another one would show every article that there is as updated, in every reader."""
    assert draft(of=raw).digest == digest
    nothing = {"image_type": "photo", "image_length": "12 kB", "rights": " ", "credit_url": "mailto:a@b.example"}
    assert draft(of=raw, **nothing).digest == digest


def test_whatever_readers_see_of_it_changes_the_digest() -> None:
    more: list[dict[str, object]] = [
        {},
        {"image_type": "image/png"},
        {"image_length": "7"},
        {"rights": "The Wire"},
        {"credit_title": "The Wire"},
        {"credit_title": "The Wire", "credit_url": "https://wire.example/"},
    ]
    assert len({draft(of=FULL, **fields).digest for fields in more}) == len(more)


def test_an_embargo_is_nothing_that_readers_see() -> None:
    assert draft(embargo="2026-05-01").digest == draft().digest


# Pictures, rights and credits


@pytest.mark.parametrize(
    ("media_type", "expected"),
    [
        ("image/jpeg", "image/jpeg"),
        (" Image/SVG+XML; charset=utf-8", "image/svg+xml"),
        ("image/vnd.microsoft.icon", "image/vnd.microsoft.icon"),
        *((other, None) for other in ("video/mp4", "image/", "image/*", "jpeg", "image/a b", "image/é", "", None)),
    ],
)
def test_a_media_type_is_that_of_an_image_or_none(media_type: str | None, expected: str | None) -> None:
    assert draft(image="https://a.example/i", image_type=media_type).image == Image("https://a.example/i", expected)


@pytest.mark.parametrize(
    ("length", "expected"),
    [
        ("1", 1),
        (" 48213 ", 48213),
        ("2147483647", 2147483647),
        *((other, None) for other in ("2147483648", "0", "-1", "+1", "1.0", "1e3", "12 kB", "٣", "9" * 5000, "", None)),
    ],
)
def test_a_length_is_a_whole_number_of_bytes_or_none(length: str | None, expected: int | None) -> None:
    assert draft(image="https://a.example/i", image_length=length).image == Image("https://a.example/i", None, expected)


def test_a_type_and_a_length_without_an_image_are_nothing() -> None:
    assert draft(image="data:x", image_type="image/png", image_length="7").image is None


def test_rights_are_plain_text_of_a_bounded_length() -> None:
    assert draft(rights="&copy; <b>Ada</b>\n& Bo").rights == "© Ada & Bo"
    assert len(draft(rights="x" * 5000).rights) == MAX_RIGHTS
    assert draft().rights == ""


@pytest.mark.parametrize(
    ("title", "url", "expected"),
    [
        ("The <i>Wire</i>", "https://wire.example/1", Credit("The Wire", "https://wire.example/1")),
        ("gazette", None, Credit("gazette")),
        ("The Wire", "/relative", Credit("The Wire")),
        ("The Wire", "javascript:alert(1)", Credit("The Wire")),
        (None, "https://wire.example:8080/1", Credit("wire.example", "https://wire.example:8080/1")),
        (" ", "ftp://wire.example/", None),
        (None, None, None),
    ],
)
def test_a_credit_has_a_title_and_a_web_address(title: str | None, url: str | None, expected: Credit | None) -> None:
    assert draft(of=FULL, credit_title=title, credit_url=url).credit == expected


# Embargoes


@pytest.mark.parametrize(
    ("published", "embargo", "text"),
    [
        ("2026-03-01T12:00:00Z", "2026-03-01 14:01", "2026-03-01 14:01"),
        ("2026-03-01T12:00:00Z", "2026-03-01 14:00", "2026-03-01T12:00:00Z"),  # 12:00 in UTC
        ("2026-03-01T12:00:00Z", "2026-03-02", "2026-03-02"),
        ("2026-03-02", "2026-03-02", "2026-03-02"),
        (None, "2026-03-02", "2026-03-02"),
        (" ", "2026-03-02", "2026-03-02"),
        ("2026-03-01T12:00:00Z", "2026-04-01\n2026-05-01\n2026-03-15", "2026-05-01"),
        ("2026-03-01T12:00:00Z", None, "2026-03-01T12:00:00Z"),
        ("2026-03-01T12:00:00Z", "\n", "2026-03-01T12:00:00Z"),
    ],
)
def test_an_article_is_published_at_the_end_of_its_embargo_where_that_is_later(
    published: str | None, embargo: str | None, text: str
) -> None:
    assert draft("Europe/Kyiv", published=published, embargo=embargo).published.text == text


def test_the_later_time_is_taken_whole() -> None:
    found = draft("Europe/Kyiv", embargo="2026-05-01").published
    assert (found.at, found.precision) == (datetime(2026, 4, 30, 21, tzinfo=UTC), Precision.DAY)
    assert (found.zone, found.zone_assumed) == ("Europe/Kyiv", True)


@pytest.mark.parametrize(
    "embargo", ["true", "Yes", "soon", "May", "09:00", "a list", "0", "2026-05-01\ntrue", "\x00", "9" * 9999]
)
def test_what_has_an_embargo_that_nobody_can_read_is_set_aside(embargo: str) -> None:
    with pytest.raises(UnreadableRecord, match=r"^it has an embargo, but until when cannot be read: unreadable date"):
        draft(embargo=embargo)


@pytest.mark.parametrize("embargo", ["2026-01-01", "2026-05-01"])
def test_an_embargo_is_stated_even_where_the_time_is_only_shown(embargo: str) -> None:
    """Else a list that gives the article an earlier time would end its embargo."""
    assert draft(embargo=embargo, date_evidence=Evidence.PAGE).evidence is Evidence.RECORD
    assert draft(date_evidence=Evidence.PAGE).evidence is Evidence.PAGE


# Whatever stands there

ANY_TEXT = st.none() | st.text(
    st.characters() | st.sampled_from("<&;/:.0123456789 \n\x00\x85\ud83d\ude00\ufffe"), max_size=40
)
ODD_TEXT = ANY_TEXT | st.sampled_from(["image/png", "https://a.example/", "http://[", "//x", "2026-05-01", "1" * 30])
NEW = ("image", "image_type", "image_length", "rights", "credit_title", "credit_url", "embargo")


@given(st.fixed_dictionaries(dict.fromkeys(NEW, ODD_TEXT)))
def test_any_text_gives_an_article_or_a_reason(fields: dict[str, str | None]) -> None:
    try:
        found = draft(**fields)
    except UnreadableRecord:
        assert (fields["embargo"] or "").strip()  # of all that may stand there, only this stops an article
        return
    assert found.published.at >= draft().published.at
    for text in (found.rights, found.credit.title if found.credit else "", found.image.url if found.image else ""):
        text.encode()


# Several dates

SHOWN = RawDate("4 March 2026", Evidence.PAGE, "a dated line")


@pytest.mark.parametrize(
    "text", ["0001-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "04/03/2026 09:15", "%Y 2026 undefined", "", None]
)
def test_the_first_date_that_can_be_read_is_taken_with_what_is_known_of_it(text: str | None) -> None:
    told = draft(published=text, date_origin="JSON-LD", more_dates=(RawDate("garbage"), SHOWN, RawDate("2020-01-01")))
    assert (told.published.text, told.published.origin, told.evidence) == (
        "4 March 2026",
        "a dated line",
        Evidence.PAGE,
    )


def test_where_no_date_can_be_read_the_first_is_told_of() -> None:
    with pytest.raises(UnreadableRecord, match="ambiguous"):
        draft(published="04/03/2026", more_dates=(RawDate("garbage"),))
    with pytest.raises(UnreadableRecord, match="what programs write for no date"):
        draft(published="1970-01-01T00:00:00Z", more_dates=(RawDate("garbage"),))


def test_a_day_of_1970_is_a_day() -> None:
    assert draft(published="1970-01-01").published.at == datetime(1970, 1, 1, tzinfo=UTC)


def test_the_first_change_that_can_be_read_is_taken_and_none_is_none() -> None:
    told = draft(updated="garbage", more_updates=(RawDate("2026-03-05", origin="meta"),)).updated
    assert told is not None
    assert (told.text, told.origin) == ("2026-03-05", "meta")
    assert draft(updated="0001-01-01T00:00:00Z").updated is None
