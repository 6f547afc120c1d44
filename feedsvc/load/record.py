"""One decoded record → RawArticle: the keys that JSON, JSON Lines and front matter share.

Pure. `title` and `published` are required, and an embargo stands in for the latter; every other key is optional, a
value of the wrong type is as good as none, and unknown keys are ignored. But for the embargo: whatever
it says is handed on, so that a record whose embargo nobody can read is set aside rather than shown.
"""

from collections.abc import Iterator, Mapping

import orjson

from feedsvc.errors import UnreadableRecord
from feedsvc.model import BodyFormat, RawArticle, RawLink, Unread

# The richest that holds anything is taken.
FORMAT_BY_BODY_KEY = {
    "body_html": BodyFormat.HTML,
    "body_markdown": BodyFormat.MARKDOWN,
    "body_text": BodyFormat.TEXT,
}

# Of several names for one thing, earlier ones win; of embargoes, the one that ends last.
RIGHTS = ("rights", "copyright", "license")
CREDIT = ("source", "credit")
EMBARGO = ("embargo", "embargo_until", "embargoed_until", "publish_after")
IMAGE_TYPE = ("type", "media_type", "mime_type")
IMAGE_LENGTH = ("length", "size_in_bytes", "size")

# What true, false and null become where every scalar is text, as in front matter.
NOTHING = frozenset({"", "false", "no", "off", "none", "null", "~"})
YES = frozenset({"true", "yes", "on"})

EXACT_BELOW = 2**53  # a float beyond it has lost digits, and with them whom or when it meant

Picture = tuple[str | None, str | None, str | None]  # URL, media type, bytes


def read_record(record: object, ref: str) -> RawArticle | Unread:
    """Make a RawArticle of one decoded record, or say in plain words why not."""
    if not isinstance(record, dict):
        return Unread(ref, f"a record must be an object, found {kind(record)}")
    try:
        title = _required(record, "title", _text(record.get("title")), "text")
        published = _scalar(record.get("published"))
        if not _embargo(record):
            published = _required(record, "published", published, "text or a number")
    except UnreadableRecord as error:
        known = read_optional(record, _text(record.get("title")) or "", _scalar(record.get("published")), ref)
        return Unread(ref, error.reason, known)
    return read_optional(record, title, published, ref)


def read_optional(record: Mapping[str, object], title: str, published: str | None, ref: str) -> RawArticle:
    """Make a RawArticle of a record whose title and publication time are known already."""
    bodies = {key: body for key in FORMAT_BY_BODY_KEY if (body := _text(record.get(key)))}
    body_key, body = next(iter(bodies.items()), ("body_text", ""))
    updated = _scalar(record.get("updated"))
    image, image_type, image_length = _picture(record)
    credit_title, credit_url = _credit(record)
    return RawArticle(
        title=title,
        published=published,
        updated=updated,
        date_origin=key_origin("published") if published else "",
        updated_origin=key_origin("updated") if updated else "",
        record_id=_scalar(record.get("id")),
        url=_text(record.get("url")),
        authors=_names(record.get("authors")) or _names(record.get("author")),
        subtitle=_text(record.get("subtitle")),
        summary=_text(record.get("summary")),
        body=body,
        body_format=FORMAT_BY_BODY_KEY[body_key],
        tags=_tags(record.get("tags")),
        language=_text(record.get("language")),
        image=image,
        image_type=image_type,
        image_length=image_length,
        rights=next(filter(None, (_said(record.get(key)) for key in RIGHTS)), None),
        credit_title=credit_title,
        credit_url=credit_url,
        embargo=_embargo(record),
        related=tuple(_links(record.get("related"))),
        ref=ref,
    )


def key_origin(key: str) -> str:
    """Where a date of a record stands, for people."""
    return f'the JSON key "{key}"'


def kind(value: object) -> str:
    """A decoded value in a few words, for people."""
    if isinstance(value, list | dict):
        return "a list" if isinstance(value, list) else "an object"
    return orjson.dumps(value).decode()[:40]


def _required(record: Mapping[str, object], key: str, value: str | None, wanted: str) -> str:
    if value is not None:
        return value
    if key not in record:
        raise UnreadableRecord(f"{key!r} is missing")
    raise UnreadableRecord(f"{key!r} must be {wanted}, found {kind(record[key])}")


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _said(value: object) -> str | None:
    """A text that says more than yes or no."""
    text = _text(value) or ""
    return None if text.strip().casefold() in NOTHING | YES else text


def _scalar(value: object) -> str | None:
    """Text, or a number as its text; true and false are no numbers here."""
    if isinstance(value, bool) or (isinstance(value, float) and abs(value) >= EXACT_BELOW):
        return None
    return str(value) if isinstance(value, str | int | float) else None


def _names(value: object) -> tuple[str, ...]:
    """A name, an object with a name, or a list of either."""
    people = value if isinstance(value, list) else [value]
    names = (_text(person.get("name") if isinstance(person, dict) else person) for person in people)
    return tuple(name for name in names if name)


def _tags(value: object) -> tuple[str, ...]:
    words = value.split(",") if isinstance(value, str) else value if isinstance(value, list) else []
    return tuple(word.strip() for word in words if isinstance(word, str) and word.strip())


def _picture(record: Mapping[str, object]) -> Picture:
    """The image, given as its URL or as an object; else the first picture among a JSON Feed item's attachments."""
    told, attached = record.get("image"), record.get("attachments")
    images = [told if isinstance(told, dict) else {"url": told}]
    if isinstance(attached, list):
        images += [one for one in attached if isinstance(one, dict) and _image_type(one)]
    for image in images:
        if url := _text(image.get("url")):
            lengths = (_scalar(image.get(key)) for key in IMAGE_LENGTH)
            return url, _image_type(image), next(filter(None, lengths), None)
    return None, None, None


def _image_type(image: Mapping[str, object]) -> str | None:
    """The media type, under whichever of its names holds one: a `type` may also be "photo"."""
    texts = (_text(image.get(key)) or "" for key in IMAGE_TYPE)
    return next((text for text in texts if text.strip().lower().startswith("image/")), None)


def _credit(record: Mapping[str, object]) -> tuple[str | None, str | None]:
    """(title, URL) of the publication that the article was taken over from."""
    for key in CREDIT:
        told = record.get(key)
        if isinstance(told, str):
            told = {"url": told} if "://" in told else {"title": told}
        if isinstance(told, dict):
            title, url = _said(told.get("title")) or _said(told.get("name")), _said(told.get("url"))
            if title or url:
                return title, url
    return None, None


def _embargo(record: Mapping[str, object]) -> str | None:
    """Every embargo that the record speaks of, one a line."""
    return "\n".join(filter(None, (_embargo_text(record.get(key)) for key in EMBARGO))) or None


def _embargo_text(value: object) -> str:
    """What is said of an embargo, on one line: a time, or else something that nobody takes for one. Empty for none."""
    if isinstance(value, list | dict) and not value:
        return ""
    text = " ".join(value.split()) if isinstance(value, str) else kind(value)
    return "" if text.casefold() in NOTHING else text


def _links(value: object) -> Iterator[RawLink]:
    for link in value if isinstance(value, list) else []:
        if isinstance(link, str):
            link = {"url": link} if "://" in link else {"title": link}
        if not isinstance(link, dict):
            continue
        title, url = _text(link.get("title")) or "", _text(link.get("url"))
        if title or url:
            yield RawLink(title, url, _scalar(link.get("published")))
