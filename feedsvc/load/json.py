"""JSON record, array of records, or JSON Lines → RawArticles.

Pure. `title` and `published` are required; every other key is optional, a value of the wrong type is
as good as none, and unknown keys are ignored. One bad record stops only itself. JSON Lines is read
line by line, so that of a long file one record at a time is held.
"""

import codecs
import io
import re
from collections.abc import Iterator, Mapping

import orjson

from feedsvc.errors import UnreadableDocument, UnreadableRecord
from feedsvc.load.decode import to_text
from feedsvc.model import BodyFormat, Document, Marks, RawArticle, RawLink, Unread

COLLECTIONS = ("articles", "items")

# The richest that holds anything is taken.
FORMAT_BY_BODY_KEY = {
    "body_html": BodyFormat.HTML,
    "body_markdown": BodyFormat.MARKDOWN,
    "body_text": BodyFormat.TEXT,
}

EXACT_BELOW = 2**53  # a float beyond it has lost digits, and with them whom or when it meant

# Escapes one after another; a surrogate without its other half is what cutting a string in JavaScript leaves.
_ESCAPE = re.compile(r"\\(?:ud[89ab]..\\ud[c-f]..|(?P<lone>ud[89a-f]..)|.)", re.IGNORECASE | re.DOTALL)

WIDE_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)  # UTF-32 LE begins like UTF-16 LE


def parse_json(document: Document, marks: Marks) -> Iterator[RawArticle | Unread]:
    """Read one record, an array of records, or an object that holds such an array.

    Raises UnreadableDocument for what is not JSON (RFC 8259) or holds no record.
    """
    try:
        value = _loads(to_text(document.body, document.media_type))
    except orjson.JSONDecodeError as error:
        where = f"line {error.lineno} column {error.colno}"
        raise UnreadableDocument(f"not valid JSON: {error.msg} at {where}") from error
    if isinstance(value, dict):
        value = next((value[key] for key in COLLECTIONS if isinstance(value.get(key), list)), value)
    if isinstance(value, dict):
        yield read_record(value, ref="")
    elif isinstance(value, list):
        yield from (read_record(record, f"record {number}") for number, record in enumerate(value, 1))
    else:
        raise UnreadableDocument(f"expected a record or a list of records, found {_kind(value)}")


def parse_jsonl(document: Document, marks: Marks) -> Iterator[RawArticle | Unread]:
    """Read one record a line (JSON Lines); a blank line counts but holds nothing."""
    for number, line in enumerate(_lines(document), 1):
        ref = f"line {number}"
        if not line.strip():
            continue
        try:
            yield read_record(_loads(line), ref)
        except orjson.JSONDecodeError as error:
            yield Unread(ref, f"not valid JSON: {error.msg} at column {error.colno}")


def read_record(record: object, ref: str) -> RawArticle | Unread:
    """Make a RawArticle of one decoded record, or say in plain words why not."""
    if not isinstance(record, dict):
        return Unread(ref, f"a record must be an object, found {_kind(record)}")
    try:
        title = _required(record, "title", _text(record.get("title")), "text")
        published = _required(record, "published", _scalar(record.get("published")), "text or a number")
    except UnreadableRecord as error:
        return Unread(ref, error.reason)
    return read_optional(record, title, published, ref)


def read_optional(record: Mapping[str, object], title: str, published: str | None, ref: str) -> RawArticle:
    """Make a RawArticle of a record whose title and publication time are known already."""
    bodies = {key: body for key in FORMAT_BY_BODY_KEY if (body := _text(record.get(key)))}
    body_key, body = next(iter(bodies.items()), ("body_text", ""))
    return RawArticle(
        title=title,
        published=published,
        updated=_scalar(record.get("updated")),
        record_id=_scalar(record.get("id")),
        url=_text(record.get("url")),
        authors=_names(record.get("authors")) or _names(record.get("author")),
        subtitle=_text(record.get("subtitle")),
        summary=_text(record.get("summary")),
        body=body,
        body_format=FORMAT_BY_BODY_KEY[body_key],
        tags=_tags(record.get("tags")),
        language=_text(record.get("language")),
        image=_text(record.get("image")),
        related=tuple(_links(record.get("related"))),
        ref=ref,
    )


def _loads(text: str) -> object:
    """Decode JSON, with U+FFFD for half a surrogate pair."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        if "surrogate" not in error.msg:
            raise
        return orjson.loads(_ESCAPE.sub(lambda escape: r"\ufffd" if escape["lone"] else escape[0], text))


def _lines(document: Document) -> Iterator[str]:
    body = document.body
    if body.startswith(WIDE_MARKS):  # where a line feed is more than one byte
        body = to_text(body).encode()
    return (to_text(line, document.media_type) for line in io.BytesIO(body))


def _required(record: Mapping[str, object], key: str, value: str | None, wanted: str) -> str:
    if value is not None:
        return value
    if key not in record:
        raise UnreadableRecord(f"{key!r} is missing")
    raise UnreadableRecord(f"{key!r} must be {wanted}, found {_kind(record[key])}")


def _kind(value: object) -> str:
    if isinstance(value, list | dict):
        return "a list" if isinstance(value, list) else "an object"
    return orjson.dumps(value).decode()[:40]


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


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


def _links(value: object) -> Iterator[RawLink]:
    for link in value if isinstance(value, list) else []:
        if isinstance(link, str):
            link = {"url": link} if "://" in link else {"title": link}
        if not isinstance(link, dict):
            continue
        title, url = _text(link.get("title")) or "", _text(link.get("url"))
        if title or url:
            yield RawLink(title, url, _scalar(link.get("published")))
