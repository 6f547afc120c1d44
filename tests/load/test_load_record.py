"""Records: pictures, rights, credits and embargoes, whatever values stand where they are looked for."""

import dataclasses
import datetime as dt
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedsvc.load.json import parse_json
from feedsvc.load.markdown import parse_markdown
from feedsvc.load.record import CREDIT, EMBARGO, RIGHTS, read_record
from feedsvc.model import Document, Marks, RawArticle, Unread

PICTURE = {"url": "/a.jpg", "type": "image/jpeg", "length": 123}
RECORD = {"title": "T", "published": "3 March 2025"}


def article(**keys: object) -> RawArticle:
    found = read_record(RECORD | keys, "")
    assert isinstance(found, RawArticle)
    return found


def test_a_date_is_told_with_the_key_that_it_stands_under() -> None:
    told = article(updated="4 March 2025")
    assert (told.date_origin, told.updated_origin) == ('the JSON key "published"', 'the JSON key "updated"')
    assert article().updated_origin == ""


def picture(**keys: object) -> tuple[str | None, str | None, str | None]:
    found = article(**keys)
    return found.image, found.image_type, found.image_length


def credit(**keys: object) -> tuple[str | None, str | None]:
    found = article(**keys)
    return found.credit_title, found.credit_url


# Pictures


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        ("/a.jpg", ("/a.jpg", None, None)),
        (PICTURE, ("/a.jpg", "image/jpeg", "123")),
        ({"url": "/a.jpg", "media_type": "image/png", "size_in_bytes": "9"}, ("/a.jpg", "image/png", "9")),
        ({"url": "/a.jpg", "mime_type": "image/png", "size": 9}, ("/a.jpg", "image/png", "9")),
        ({"url": "/a.jpg", "type": "photo", "mime_type": "image/png", "length": None}, ("/a.jpg", "image/png", None)),
        ({"url": "/a.jpg", "type": 7, "length": True}, ("/a.jpg", None, None)),
        ({"type": "image/jpeg"}, (None, None, None)),
        ({"url": 7}, (None, None, None)),
        (["/a.jpg"], (None, None, None)),
        ("", (None, None, None)),
    ],
)
def test_an_image_is_an_address_or_an_object_with_one(image, expected):
    assert picture(image=image) == expected


@pytest.mark.parametrize(
    ("attachments", "expected"),
    [
        (
            [{"url": "/a.mp3", "mime_type": "audio/mpeg"}, {"url": "/b.png", "mime_type": "IMAGE/png"}],
            ("/b.png", "IMAGE/png", None),
        ),
        (
            [{"mime_type": "image/png"}, {"url": "/b.png", "mime_type": "image/png", "size_in_bytes": 7}],
            ("/b.png", "image/png", "7"),
        ),
        ([7, None, "/b.png", {"url": "/b.png"}], (None, None, None)),
        (PICTURE, (None, None, None)),
    ],
)
def test_the_first_picture_attached_serves_where_there_is_no_image(attachments, expected):
    assert picture(attachments=attachments) == expected
    assert picture(attachments=attachments, image={"alt": "no address"}) == expected
    assert picture(attachments=attachments, image="/own.jpg") == ("/own.jpg", None, None)


# Rights and credits


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ({"rights": "© Gazette"}, "© Gazette"),
        ({"license": "CC BY 4.0", "copyright": "© Gazette"}, "© Gazette"),
        ({"rights": " ", "copyright": True, "license": "CC BY 4.0"}, "CC BY 4.0"),
        ({"copyright": "yes", "rights": "false"}, None),
        ({"rights": {"text": "©"}}, None),
    ],
)
def test_rights_are_the_first_text_that_says_any(keys, expected):
    assert article(**keys).rights == expected


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ({"source": "The Wire"}, ("The Wire", None)),
        ({"source": "https://wire.example/1"}, (None, "https://wire.example/1")),
        ({"source": {"name": "The Wire", "url": "https://wire.example/1"}}, ("The Wire", "https://wire.example/1")),
        ({"source": {"title": "The Wire", "name": "wire"}}, ("The Wire", None)),
        ({"source": {"id": 7}, "credit": "The Wire"}, ("The Wire", None)),
        ({"source": "", "credit": {"name": "The Wire", "url": 7}}, ("The Wire", None)),
        ({"source": True, "credit": ["The Wire"]}, (None, None)),
        ({"source": "no", "credit": "~"}, (None, None)),
    ],
)
def test_a_credit_is_a_name_an_address_or_an_object_with_either(keys, expected):
    assert credit(**keys) == expected


# Embargoes


@pytest.mark.parametrize("key", EMBARGO)
@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("1 May 2026 09:00", "1 May 2026 09:00"),
        (" 1 May\n2026 ", "1 May 2026"),
        (1777626000, "1777626000"),
        (1777626000.5, "1777626000.5"),
        (True, "true"),
        ("Yes", "Yes"),
        (0, "0"),
        ([1], "a list"),
        ({"until": "1 May 2026"}, "an object"),
        *((nothing, None) for nothing in (None, False, "", " \n", "False", "no", "null", "~", [], {})),
    ],
)
def test_whatever_an_embargo_says_is_handed_on_unless_it_says_there_is_none(key, value, expected):
    assert article(**{key: value}).embargo == expected


def test_several_embargoes_are_all_handed_on():
    assert article(embargo=True, embargo_until=False, publish_after="1 May 2026").embargo == "true\n1 May 2026"


def test_an_embargo_stands_in_for_the_publication_time():
    found = read_record({"title": "T", "embargo": "1 May 2026"}, "")
    assert isinstance(found, RawArticle)
    assert (found.published, found.embargo) == (None, "1 May 2026")
    assert read_record({"title": "T", "embargo": False}, "line 1") == Unread("line 1", "'published' is missing")


# Whatever stands there

WORDS = [
    "/a.jpg",
    "https://wire.example/",
    "image/png",
    "true",
    "no",
    "1 May 2026",
    "\ud83d",
    "\ud83d\ude00",
    "http://[",
]
NAMES = ["url", "type", "mime_type", "length", "size", "title", "name", "image"]
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
scalars |= st.text(max_size=8) | st.sampled_from(WORDS)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4),
    max_leaves=8,
)
records = st.dictionaries(st.sampled_from(["image", "attachments", *RIGHTS, *CREDIT, *EMBARGO]), values, max_size=6)


def document(body: str) -> Document:
    return Document("gazette", "x", "", body.encode(), dt.datetime(2025, 3, 4, tzinfo=dt.UTC))


def assert_text(found: Any) -> None:
    assert isinstance(found, RawArticle | Unread)
    for value in dataclasses.astuple(found):
        assert not isinstance(value, str) or value.encode("utf-8") is not None


@settings(deadline=None)
@given(records)
def test_any_json_under_these_keys_gives_an_article(keys: dict[str, Any]) -> None:
    (found,) = parse_json(document(json.dumps(RECORD | keys)), Marks())
    assert isinstance(found, RawArticle)
    assert_text(found)


@settings(deadline=None)
@given(records)
def test_any_front_matter_under_these_keys_gives_an_article(keys: dict[str, Any]) -> None:
    front = "".join(f"{key}: {json.dumps(value)}\n" for key, value in keys.items())
    (found,) = parse_markdown(document(f"---\ntitle: T\n{front}---\nText.\n"), Marks())
    assert isinstance(found, RawArticle)
    assert_text(found)
