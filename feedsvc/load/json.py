"""JSON record, array of records, or JSON Lines → RawArticles.

Pure. One bad record stops only itself. JSON Lines is read line by line, so that of a long file one
record at a time is held.
"""

import codecs
import io
import re
from collections.abc import Iterator

import orjson

from feedsvc.errors import UnreadableDocument
from feedsvc.load.decode import to_text
from feedsvc.load.jsonfeed import is_json_feed, read_items
from feedsvc.load.record import kind, read_record
from feedsvc.model import Document, Marks, RawArticle, Unread

MAX_LINE_BYTES = 5 * 1024 * 1024  # more than any article's
COLLECTIONS = ("articles", "items")

# Escapes one after another; a surrogate without its other half is what cutting a string in JavaScript leaves.
_ESCAPE = re.compile(r"\\(?:ud[89ab]..\\ud[c-f]..|(?P<lone>ud[89a-f]..)|.)", re.IGNORECASE | re.DOTALL)

WIDE_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)  # UTF-32 LE begins like UTF-16 LE


def parse_json(document: Document, marks: Marks) -> Iterator[RawArticle | Unread]:
    """Read one record, an array of records, or an object that holds such an array.

    Raises UnreadableDocument for what is not JSON (RFC 8259) or holds no record.
    """
    try:
        value = loads(to_text(document.body, document.media_type))
    except orjson.JSONDecodeError as error:
        where = f"line {error.lineno} column {error.colno}"
        raise UnreadableDocument(f"not valid JSON: {error.msg} at {where}") from error
    if is_json_feed(value):
        yield from read_items(value)
        return
    if isinstance(value, dict):
        value = next((value[key] for key in COLLECTIONS if isinstance(value.get(key), list)), value)
    if isinstance(value, dict):
        yield read_record(value, ref="")
    elif isinstance(value, list):
        yield from (read_record(record, f"record {number}") for number, record in enumerate(value, 1))
    else:
        raise UnreadableDocument(f"expected a record or a list of records, found {kind(value)}")


def parse_jsonl(document: Document, marks: Marks) -> Iterator[RawArticle | Unread]:
    """Read one record a line (JSON Lines); a blank line counts but holds nothing."""
    for number, line in enumerate(_lines(document), document.first_line):
        ref = f"line {number}"
        if len(line) > MAX_LINE_BYTES:
            yield Unread(ref, f"the line is longer than {MAX_LINE_BYTES // (1024 * 1024)} MiB")
            continue
        try:
            text = to_text(line, document.media_type)
            if text.strip():
                yield read_record(loads(text), ref)
        except orjson.JSONDecodeError as error:
            yield Unread(ref, f"not valid JSON: {error.msg} at column {error.colno}")


def loads(text: str) -> object:
    """Decode JSON, with U+FFFD for half a surrogate pair. Raises orjson.JSONDecodeError."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        if "surrogate" not in error.msg:
            raise
        return orjson.loads(_ESCAPE.sub(lambda escape: r"\ufffd" if escape["lone"] else escape[0], text))


def _lines(document: Document) -> Iterator[bytes]:
    body = document.body
    if body.startswith(WIDE_MARKS):  # where a line feed is more than one byte
        body = to_text(body).encode()
    return io.BytesIO(body)
